//! Judge.me's webhooks carry the whole review, signed with the token or the app's secret that made the webhook. Nothing in
//! what is signed says when, so an old call can be played again; it brings an older version, which never replaces a newer
//! one.

use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;

use crate::domain::item::fingerprint;
use crate::port::source::HookCall;
use crate::port::source::HookNews;
use crate::port::source::HookRefusal;
use crate::port::source::OddItem;
use crate::source::json;
use crate::source::judgeme::wire;
use crate::source::mac;

/// As documented, and as some servers in between rename it.
const SIGNATURES: [&str; 2] = ["judgeme-hmac-sha256", "x-judgeme-hmac-sha256"];
const TELLING: [&str; 2] = ["review/created", "review/updated"];

#[derive(Default, Deserialize)]
#[serde(default)]
struct Told {
    event: String,
    shop_domain: String,
    review: Value,
}

pub fn admit(secret: &SecretString, shop: &str, call: &HookCall) -> Result<HookNews, HookRefusal> {
    let unsigned = |why: &str| HookRefusal::Unsigned(why.to_owned());
    let given = SIGNATURES
        .iter()
        .find_map(|name| call.header(name))
        .ok_or_else(|| unsigned("the header JUDGEME-HMAC-SHA256 is missing"))?;
    let given = hex::decode(given.trim()).map_err(|_| unsigned("JUDGEME-HMAC-SHA256 is not hexadecimal"))?;
    if !mac::is_signed(secret, &call.body, &given) {
        return Err(unsigned("JUDGEME-HMAC-SHA256 was not made with this secret"));
    }
    let told: Told = serde_json::from_slice(&json::repaired(&call.body))
        .map_err(|e| HookRefusal::Malformed(format!("expected a webhook of Judge.me: {e}")))?;
    // An app's secret signs for all shops that use it, and a review that was not taken is no review.
    if told.shop_domain != shop || !TELLING.contains(&told.event.as_str()) {
        return Ok(HookNews::Trial);
    }
    let native_id = wire::id(&told.review);
    let (mut items, mut odd) = (Vec::new(), Vec::new());
    match wire::review(told.review, shop) {
        Ok(item) => items.push((0, item)),
        Err(why) => odd.push(OddItem {
            index: 0,
            native_id,
            why,
        }),
    }
    Ok(HookNews::Items {
        // It names no delivery: the same bytes are the same one.
        delivery: hex::encode(fingerprint::of_bytes(&call.body)),
        items,
        odd,
        unread: Vec::new(),
        unread_count: 0,
    })
}
