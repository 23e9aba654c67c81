//! Stars in every notation that exports have. Nought is no rating, which is not the worst one.

/// What a cell says about stars.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Stars {
    /// It says that there is none.
    None,
    /// With the end of the scale, where the cell names it.
    Value(f64, Option<f64>),
    /// Good, neither or bad, where nobody counts.
    Mood(f64),
}

const WORDS: [(&[&str], f64); 5] = [
    (&["one", "eins", "ein", "una", "une", "uno"], 1.0),
    (&["two", "zwei", "deux", "dos", "due"], 2.0),
    (&["three", "drei", "trois", "tres", "tre"], 3.0),
    (&["four", "vier", "quatre", "cuatro", "quattro"], 4.0),
    (&["five", "fünf", "fuenf", "cinq", "cinco", "cinque"], 5.0),
];
const MOODS: [(&[&str], f64); 3] = [
    (
        &[
            "positive",
            "positiv",
            "positif",
            "positiva",
            "positivo",
            "good",
            "true",
            "recommended",
            "recommends",
        ],
        1.0,
    ),
    (&["neutral", "neutre", "neutro", "neutrale"], 0.0),
    (
        &[
            "negative",
            "negativ",
            "négatif",
            "negativa",
            "negativo",
            "bad",
            "false",
            "not recommended",
        ],
        -1.0,
    ),
];
/// Words that stand beside a number of stars and say nothing themselves.
const BESIDE: &[&str] = &[
    "star",
    "stars",
    "sterne",
    "sternen",
    "punkten",
    "stern",
    "étoiles",
    "étoile",
    "estrellas",
    "estrella",
    "stelle",
    "stella",
    "rating",
    "punkte",
    "punkt",
    "points",
    "pts",
    "rated",
    "score",
    "bewertung",
    "note",
];
const OF: &[&str] = &["of", "von", "out", "sur", "de", "su", "aus"];

pub fn read(cell: &str) -> Option<Stars> {
    let cell = cell.trim();
    if matches!(cell, "" | "-" | "–" | "—") {
        return Some(Stars::None);
    }
    if let Some(stars) = signs(cell) {
        return Some(stars);
    }
    let lower = cell.to_lowercase();
    if matches!(
        lower.as_str(),
        "n/a"
            | "na"
            | "null"
            | "none"
            | "nan"
            | "keine"
            | "k. a."
            | "k.a."
            | "unspecified"
            | "offered"
            | "unoffered"
    ) || lower.ends_with("rating_unspecified")
    {
        return Some(Stars::None);
    }
    if let Some((_, mood)) = MOODS.iter().find(|(words, _)| words.contains(&lower.as_str())) {
        return Some(Stars::Mood(*mood));
    }
    let mut numbers: Vec<f64> = Vec::new();
    let mut percent = false;
    let spaced = lower
        .replace(['/', '_', '(', ')', ':', '-'], " ")
        .replace('%', " % ");
    for word in spaced.split_whitespace() {
        let word = word.trim_end_matches(['★', '⭐', '*', '.']);
        let number = word
            .replace(',', ".")
            .parse::<f64>()
            .ok()
            .filter(|n| n.is_finite());
        let named = WORDS
            .iter()
            .find(|(words, _)| words.contains(&word))
            .map(|(_, n)| *n);
        match number.or(named) {
            Some(number) => numbers.push(number),
            None if word == "%" => percent = true,
            None if word.is_empty() || BESIDE.contains(&word) || OF.contains(&word) => {}
            None => return None,
        }
    }
    let negative = lower.starts_with('-');
    match numbers.as_slice() {
        [value] if negative => Some(Stars::Value(-value, None)),
        [0.0] | [0.0, _] => Some(Stars::None),
        [value] if percent => Some(Stars::Value(*value, Some(100.0))),
        [value] => Some(Stars::Value(*value, None)),
        [value, most] if *most > 0.0 => Some(Stars::Value(*value, Some(*most))),
        _ => None,
    }
}

fn signs(cell: &str) -> Option<Stars> {
    let (mut full, mut empty, mut half) = (0.0, 0.0, 0.0);
    for sign in cell.chars() {
        match sign {
            '★' | '⭐' | '🌟' | '✭' | '✮' => full += 1.0,
            '☆' | '✩' | '✰' => empty += 1.0,
            '½' => half = 0.5,
            '\u{fe0f}' | ' ' => {}
            _ => return None,
        }
    }
    match full + empty {
        0.0 => None,
        _ if full == 0.0 => Some(Stars::None),
        all => Some(Stars::Value(full + half, (empty > 0.0).then_some(all))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notation_is_a_number_of_stars() {
        for (cell, wanted) in [
            ("4", Stars::Value(4.0, None)),
            ("4,5", Stars::Value(4.5, None)),
            ("4/5", Stars::Value(4.0, Some(5.0))),
            ("4 von 5 Sternen", Stars::Value(4.0, Some(5.0))),
            ("4 out of 5 stars", Stars::Value(4.0, Some(5.0))),
            ("9.2/10", Stars::Value(9.2, Some(10.0))),
            ("80 %", Stars::Value(80.0, Some(100.0))),
            ("★★☆☆☆", Stars::Value(2.0, Some(5.0))),
            ("⭐⭐⭐", Stars::Value(3.0, None)),
            ("5 stars", Stars::Value(5.0, None)),
            ("1 Stern", Stars::Value(1.0, None)),
            ("FIVE", Stars::Value(5.0, None)),
            ("Zwei", Stars::Value(2.0, None)),
            ("ONE_STAR", Stars::Value(1.0, None)),
            ("0", Stars::None),
            ("0/5", Stars::None),
            ("", Stars::None),
            ("n/a", Stars::None),
            ("STAR_RATING_UNSPECIFIED", Stars::None),
            ("☆☆☆☆☆", Stars::None),
            ("-2", Stars::Value(-2.0, None)),
            ("Negative", Stars::Mood(-1.0)),
        ] {
            assert_eq!(read(cell), Some(wanted), "{cell}");
        }
        for cell in ["elf", "many", "2026-11-20", "gut gemacht", "1 2 3"] {
            assert_eq!(read(cell), None, "{cell}");
        }
    }
}
