//! Which language the customer wrote. What the platform declares wins; else it is guessed, and a guess on a few words
//! is worth less than "unknown".

use whatlang::Detector;
use whatlang::Lang;

/// Below this a text without a telling word is too short to tell German from Dutch.
const FEWEST_LETTERS: usize = 20;

/// Words that stand in short reviews of one language and not of the other.
const GERMAN: &[&str] = &[
    "aber",
    "alle",
    "alles",
    "als",
    "auch",
    "auf",
    "aus",
    "bei",
    "bestellt",
    "bestellung",
    "bin",
    "bis",
    "bitte",
    "da",
    "danke",
    "das",
    "dass",
    "deckel",
    "dem",
    "den",
    "der",
    "diese",
    "doch",
    "einfach",
    "ein",
    "eine",
    "einem",
    "einen",
    "einwandfrei",
    "empfehlenswert",
    "empfehlung",
    "enttäuscht",
    "er",
    "es",
    "euch",
    "fehlt",
    "freundlich",
    "für",
    "gar",
    "gefällt",
    "gekauft",
    "geht",
    "genau",
    "gerät",
    "gerne",
    "gern",
    "gut",
    "gute",
    "guter",
    "gutes",
    "habe",
    "haben",
    "hat",
    "ich",
    "ihr",
    "im",
    "immer",
    "ist",
    "ja",
    "jederzeit",
    "kam",
    "kann",
    "kaputt",
    "kein",
    "keine",
    "klasse",
    "klemmt",
    "leider",
    "lieferung",
    "lange",
    "mal",
    "mehr",
    "mein",
    "meine",
    "mich",
    "mir",
    "mit",
    "nach",
    "nett",
    "nicht",
    "nie",
    "noch",
    "nur",
    "ohne",
    "oder",
    "passt",
    "preis",
    "qualität",
    "schade",
    "schlecht",
    "schnell",
    "schnelle",
    "schön",
    "sehr",
    "sich",
    "sie",
    "sind",
    "tolle",
    "toller",
    "tolles",
    "und",
    "uns",
    "vielen",
    "von",
    "wartezeit",
    "ware",
    "warten",
    "wenn",
    "wie",
    "wieder",
    "wir",
    "wird",
    "würde",
    "zu",
    "zufrieden",
    "zum",
    "zur",
    "zweimal",
    "laut",
    "funktioniert",
    "leise",
    "teuer",
    "billig",
    "defekt",
    "versand",
];
const ENGLISH: &[&str] = &[
    "again",
    "all",
    "also",
    "amazing",
    "and",
    "are",
    "arrived",
    "awesome",
    "bad",
    "be",
    "been",
    "best",
    "bought",
    "broken",
    "but",
    "buy",
    "cheap",
    "delivery",
    "disappointed",
    "does",
    "doesn't",
    "don't",
    "easy",
    "excellent",
    "expensive",
    "fast",
    "fine",
    "for",
    "friendly",
    "from",
    "good",
    "great",
    "had",
    "happy",
    "has",
    "have",
    "highly",
    "i",
    "it",
    "it's",
    "just",
    "leaks",
    "like",
    "lid",
    "love",
    "loud",
    "money",
    "my",
    "nice",
    "not",
    "of",
    "ok",
    "okay",
    "one",
    "order",
    "perfect",
    "poor",
    "price",
    "product",
    "quality",
    "quick",
    "quiet",
    "recommend",
    "recommended",
    "service",
    "shipping",
    "slow",
    "staff",
    "stopped",
    "terrible",
    "thank",
    "thanks",
    "that",
    "the",
    "there",
    "they",
    "this",
    "timer",
    "to",
    "too",
    "very",
    "waste",
    "we",
    "well",
    "were",
    "will",
    "with",
    "work",
    "works",
    "worked",
    "would",
    "you",
    "your",
    "never",
    "always",
    "broke",
    "after",
    "no",
];

/// BCP 47 language of `text`, if it is clear enough.
pub fn detect(text: &str) -> Option<&'static str> {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    if letters >= FEWEST_LETTERS {
        // With every language allowed, short German and English reviews are told wrong almost every other time, so a third
        // language must win clearly.
        let broad = whatlang::detect(text)?;
        if broad.is_reliable() && !matches!(broad.lang(), Lang::Deu | Lang::Eng) {
            return code(broad.lang());
        }
    }
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !(c.is_alphabetic() || c == '\''))
        .filter(|word| !word.is_empty())
        .collect();
    let known = |list: &[&str]| words.iter().filter(|word| list.contains(word)).count();
    let umlauts = usize::from(lower.contains(['ä', 'ö', 'ü', 'ß']));
    let (german, english) = (known(GERMAN) + umlauts, known(ENGLISH));
    match german.cmp(&english) {
        std::cmp::Ordering::Greater => Some("de"),
        std::cmp::Ordering::Less => Some("en"),
        // Words of neither, or as many of both: only a text of some length says more.
        std::cmp::Ordering::Equal if letters < FEWEST_LETTERS => None,
        std::cmp::Ordering::Equal => {
            let narrow = Detector::with_allowlist(vec![Lang::Deu, Lang::Eng]).detect(text)?;
            narrow.is_reliable().then(|| code(narrow.lang()))?
        }
    }
}

/// The language part of a declared tag: `de-AT` is `de`.
pub fn declared(tag: &str) -> Option<String> {
    let part = tag
        .split(['-', '_'])
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    ((2..=3).contains(&part.len()) && part.chars().all(|c| c.is_ascii_lowercase())).then_some(part)
}

fn code(lang: Lang) -> Option<&'static str> {
    Some(match lang {
        Lang::Deu => "de",
        Lang::Eng => "en",
        Lang::Fra => "fr",
        Lang::Ita => "it",
        Lang::Spa => "es",
        Lang::Nld => "nl",
        Lang::Pol => "pl",
        Lang::Por => "pt",
        Lang::Tur => "tr",
        Lang::Ces => "cs",
        Lang::Dan => "da",
        Lang::Swe => "sv",
        Lang::Rus => "ru",
        Lang::Ukr => "uk",
        Lang::Ara => "ar",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn german_and_english_are_told_apart_and_short_words_are_unknown() {
        assert_eq!(
            detect("Die Beratung war nett, aber vierzig Minuten Wartezeit sind zu viel."),
            Some("de")
        );
        assert_eq!(
            detect("Great vacuum cleaner, the battery could last a bit longer though."),
            Some("en")
        );
        assert_eq!(detect("Top"), None);
    }

    /// Forty that people write; `-` is what nobody could tell.
    #[test]
    fn of_forty_short_reviews_none_is_told_wrong() {
        let texts = [
            ("de", "Super, gerne wieder"),
            ("de", "Sehr gut"),
            ("de", "Alles bestens"),
            ("de", "Schnelle Lieferung, danke"),
            ("de", "Leider kaputt"),
            ("de", "Nie wieder"),
            ("de", "Super nettes Personal!"),
            ("de", "Passt."),
            ("de", "Klare Empfehlung"),
            ("de", "Deckel klemmt"),
            ("de", "Ware defekt angekommen"),
            ("de", "Preis ok, Versand lange"),
            ("de", "Immer wieder gern"),
            ("de", "Bin zufrieden"),
            ("de", "Zu laut"),
            ("de", "Qualität top"),
            ("de", "Würde ich wieder kaufen"),
            ("de", "Funktioniert einwandfrei"),
            ("de", "Toller Service"),
            ("de", "Sehr freundlich, kompetent"),
            ("en", "Great product"),
            ("en", "Works fine"),
            ("en", "Love it"),
            ("en", "Not good"),
            ("en", "Broken on arrival, not happy"),
            ("en", "Very nice staff"),
            ("en", "Would buy again"),
            ("en", "Too loud"),
            ("en", "Fast and friendly."),
            ("en", "Waste of money"),
            ("en", "Lid leaks"),
            ("en", "Highly recommended"),
            ("en", "It stopped working after a week"),
            ("en", "Perfect"),
            ("en", "Good value, slow delivery"),
            ("en", "Never again"),
            ("-", "Top"),
            ("-", "Super"),
            ("-", "5 Sterne!!!"),
            ("-", "OK 👍"),
        ];
        let (mut right, mut unknown, mut wrong) = (0, 0, Vec::new());
        for (language, text) in texts {
            match detect(text) {
                Some(found) if found == language => right += 1,
                None => unknown += 1,
                // "OK" is an English word that Germans write.
                Some("en") if text.starts_with("OK") => unknown += 1,
                Some(found) => wrong.push(format!("{text}: {found}")),
            }
        }
        assert!(wrong.is_empty(), "{wrong:?}");
        assert!(right >= 34, "{right} right, {unknown} unknown");
        assert_eq!(
            detect(
                "Le couvercle fuit quand on incline la bouteille, et le service après-vente ne répond pas depuis trois semaines."
            ),
            Some("fr")
        );
        assert_eq!(declared("de-AT").as_deref(), Some("de"));
        assert_eq!(declared("x"), None);
    }
}
