//! Column names in one spelling, so that "Review Created (UTC)", "reviewCreatedUtc" and "review-created-utc" are one name.

/// Small letters, words joined by `_`, umlauts written out.
pub fn plain(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    let mut before: Option<char> = None;
    let letters: Vec<char> = name.chars().collect();
    for (i, letter) in letters.iter().copied().enumerate() {
        let next_is_small = letters.get(i + 1).is_some_and(|next| next.is_lowercase());
        // A word begins: in "userName", and with the last capital of "ASINCode".
        let begins = letter.is_uppercase()
            && before
                .is_some_and(|b| b.is_lowercase() || b.is_numeric() || (b.is_uppercase() && next_is_small));
        let is_word = letter.is_alphanumeric();
        if (begins || !is_word) && !plain.is_empty() && !plain.ends_with('_') {
            plain.push('_');
        }
        if is_word {
            match letter {
                'ä' | 'Ä' => plain.push_str("ae"),
                'ö' | 'Ö' => plain.push_str("oe"),
                'ü' | 'Ü' => plain.push_str("ue"),
                'ß' => plain.push_str("ss"),
                'á' | 'à' | 'â' | 'Á' | 'À' | 'ã' => plain.push('a'),
                'é' | 'è' | 'ê' | 'É' | 'È' => plain.push('e'),
                'í' | 'ì' | 'î' => plain.push('i'),
                'ó' | 'ò' | 'ô' | 'õ' => plain.push('o'),
                'ú' | 'ù' | 'û' => plain.push('u'),
                'ç' | 'Ç' => plain.push('c'),
                'ñ' | 'Ñ' => plain.push('n'),
                other => plain.extend(other.to_lowercase()),
            }
        }
        before = Some(letter);
    }
    let kept = plain.trim_end_matches('_').len();
    plain.truncate(kept);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_are_one() {
        for (name, wanted) in [
            ("Review Created (UTC)", "review_created_utc"),
            ("reviewCreatedUtc", "review_created_utc"),
            ("comment_ID", "comment_id"),
            ("reviewID", "review_id"),
            ("Bewertungs-ID", "bewertungs_id"),
            ("Überschrift", "ueberschrift"),
            ("attributes.createdDate", "attributes_created_date"),
            ("im:rating.label", "im_rating_label"),
            (" E-Mail des Bewertenden ", "e_mail_des_bewertenden"),
            ("ASINCode", "asin_code"),
            ("評価", "評価"),
            ("%", ""),
        ] {
            assert_eq!(plain(name), wanted, "{name}");
        }
    }
}
