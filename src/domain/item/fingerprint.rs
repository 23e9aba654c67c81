//! Whether the customer changed something. Platforms move their own "updated" time for reasons that are not the
//! customer's (a vote, an avatar), so only what the customer said counts.

use sha2::Digest as _;
use sha2::Sha256;
use unicode_normalization::UnicodeNormalization;
use unicode_properties::GeneralCategoryGroup;
use unicode_properties::UnicodeGeneralCategory;

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

/// What the words say, without white space and punctuation. Between digits both count: 4,5 is not 45.
pub fn said<'a>(texts: impl IntoIterator<Item = Option<&'a str>>) -> String {
    let composed: String = texts
        .into_iter()
        .flatten()
        .flat_map(|text| text.nfc().chain(['\n']))
        .collect();
    let mut said = String::with_capacity(composed.len());
    let mut between = String::new();
    for letter in composed.chars() {
        if is_between_words(letter) {
            if !letter.is_whitespace() {
                between.push(letter);
            } else if !between.ends_with(' ') {
                between.push(' ');
            }
            continue;
        }
        if letter.is_numeric() && said.ends_with(char::is_numeric) {
            said.push_str(&between);
        }
        between.clear();
        said.push(letter);
    }
    said
}

/// White space, punctuation and what nobody sees. Signs such as + and a thumb are words.
fn is_between_words(letter: char) -> bool {
    letter.is_whitespace()
        || letter.is_control()
        || matches!(
            letter.general_category_group(),
            GeneralCategoryGroup::Punctuation | GeneralCategoryGroup::Separator
        )
        || matches!(
            letter,
            '\u{fe0e}' | '\u{fe0f}' | '\u{200b}'..='\u{200f}' | '\u{feff}'
        )
}

fn folded(text: Option<&str>) -> String {
    let composed: String = text.unwrap_or_default().nfc().collect();
    composed.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// SHA-256 of a message as it came.
pub fn of_bytes(bytes: &[u8]) -> Vec<u8> {
    Sha256::digest(bytes).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn punctuation_and_white_space_say_nothing_but_digits_and_signs_do() {
        let same = |a: &str, b: &str| said([Some(a)]) == said([Some(b)]);
        assert!(same("Deckel passt nicht", "Deckel  passt nicht!"));
        assert!(same("„Gut“, aber laut…", "\"Gut\" - aber laut"));
        assert!(same("na ja", "naja."));
        assert!(same("Cafe\u{301} zu", "Café zu."));
        assert!(!same("4,5 Liter", "45 Liter"));
        assert!(!same("12 3", "1 23"));
        assert!(!same("Gut 👍", "Gut 👎"));
        assert!(!same("Plus +", "Plus"));
        assert!(!same("passt nicht", "passt"));
        assert_eq!(
            said([Some("a"), None]),
            said([None, Some("a")]),
            "a title that became the text"
        );
    }
}
