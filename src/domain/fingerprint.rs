//! Whether the customer changed something. Platforms move their own "updated" time for reasons that are not the
//! customer's (a vote, an avatar), so only what the customer said counts.

use sha2::Digest as _;
use sha2::Sha256;
use unicode_normalization::UnicodeNormalization;

use crate::domain::item::Incoming;

/// SHA-256 over length-prefixed parts: kind, raw rating, title, body and subject, white space folded.
pub fn of(incoming: &Incoming) -> Vec<u8> {
    let mut hash = Sha256::new();
    let mut part = |text: &str| {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text.as_bytes());
    };
    part(incoming.kind.as_str());
    part(
        &incoming
            .rating
            .map(|r| format!("{}/{}/{}", r.value, r.min, r.max))
            .unwrap_or_default(),
    );
    part(&folded(incoming.title.as_deref()));
    part(&folded(incoming.body.as_deref()));
    part(incoming.subject.as_ref().map_or("", |s| s.id.as_str()));
    hash.finalize().to_vec()
}

fn folded(text: Option<&str>) -> String {
    let composed: String = text.unwrap_or_default().nfc().collect();
    composed.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// SHA-256 of a message as it came.
pub fn of_bytes(bytes: &[u8]) -> Vec<u8> {
    Sha256::digest(bytes).to_vec()
}
