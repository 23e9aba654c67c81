//! Which language the customer wrote. What the platform declares wins; else it is guessed, and a guess on a few words
//! is worth less than "unknown".

use whatlang::Detector;
use whatlang::Lang;

/// Below this a text without a telling word is too short to tell German from Dutch.
const FEWEST_LETTERS: usize = 20;

/// Below this nothing but a telling word says anything.
const FEW_LETTERS: usize = 8;
/// How sure the guess between German and English has to be. With it, none of 150 short texts of eleven languages was told wrong.
const SURE: f64 = 0.2;
/// What a short text may be in besides German and English; a guess between these two alone makes one of them of anything.
const NEIGHBOURS: [Lang; 12] = [
    Lang::Deu,
    Lang::Eng,
    Lang::Fra,
    Lang::Ita,
    Lang::Spa,
    Lang::Nld,
    Lang::Por,
    Lang::Pol,
    Lang::Tur,
    Lang::Dan,
    Lang::Swe,
    Lang::Ces,
];

/// Words that stand in short reviews of one language, and not of the other nor of a neighbour ("es", "fast", "service").
const GERMAN: &[&str] = &[
    "aber",
    "auch",
    "auf",
    "aus",
    "bei",
    "bestellt",
    "bestellung",
    "bin",
    "bis",
    "bitte",
    "danke",
    "das",
    "dass",
    "deckel",
    "dem",
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
    "amazing",
    "and",
    "are",
    "arrived",
    "awesome",
    "be",
    "been",
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
    "friendly",
    "from",
    "good",
    "great",
    "happy",
    "have",
    "highly",
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
    "one",
    "order",
    "poor",
    "price",
    "quality",
    "quick",
    "quiet",
    "recommend",
    "recommended",
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
    "to",
    "too",
    "very",
    "waste",
    "well",
    "were",
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
    // Umlauts are Turkish and Swedish, too.
    let sharp = usize::from(lower.contains('ß'));
    let (german, english) = (known(GERMAN) + sharp, known(ENGLISH));
    match german.cmp(&english) {
        std::cmp::Ordering::Greater => Some("de"),
        std::cmp::Ordering::Less => Some("en"),
        // Words of neither, or as many of both.
        std::cmp::Ordering::Equal if letters < FEW_LETTERS => None,
        std::cmp::Ordering::Equal => {
            let narrow = Detector::with_allowlist(vec![Lang::Deu, Lang::Eng]).detect(text)?;
            if narrow.confidence() < SURE {
                return None;
            }
            let wide = Detector::with_allowlist(NEIGHBOURS.to_vec()).detect(text)?;
            (wide.lang() == narrow.lang()).then(|| code(narrow.lang()))?
        }
    }
}

/// What platforms write where others write a tag.
const NAMED: &[(&[&str], &str)] = &[
    (&["german", "deutsch"], "de"),
    (&["english", "englisch"], "en"),
    (&["french", "französisch", "français"], "fr"),
    (&["italian", "italienisch", "italiano"], "it"),
    (&["spanish", "spanisch", "español", "latam"], "es"),
    (&["dutch", "niederländisch", "nederlands"], "nl"),
    (&["polish", "polnisch", "polski"], "pl"),
    (&["portuguese", "portugiesisch", "brazilian"], "pt"),
    (&["turkish", "türkisch"], "tr"),
    (&["czech", "tschechisch"], "cs"),
    (&["danish", "dänisch"], "da"),
    (&["swedish", "schwedisch"], "sv"),
    (&["russian", "russisch"], "ru"),
    (&["ukrainian", "ukrainisch"], "uk"),
];

/// The language part of a declared tag: `de-AT` is `de`. Some platforms write its name.
pub fn declared(tag: &str) -> Option<String> {
    let name = tag.trim().to_lowercase();
    if let Some((_, code)) = NAMED.iter().find(|(names, _)| names.contains(&name.as_str())) {
        return Some((*code).to_owned());
    }
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
                Some(found) => wrong.push(format!("{text}: {found}")),
            }
        }
        assert!(wrong.is_empty(), "{wrong:?}");
        assert!(right >= 33, "{right} right, {unknown} unknown");
        assert_eq!(
            detect(
                "Le couvercle fuit quand on incline la bouteille, et le service après-vente ne répond pas depuis trois semaines."
            ),
            Some("fr")
        );
        assert_eq!(declared("de-AT").as_deref(), Some("de"));
        assert_eq!(declared("x"), None);
    }

    /// Forty more, which the lists of words above were not made from, and as many of neither language.
    #[test]
    fn of_forty_others_none_is_told_wrong_and_no_neighbour_is_taken_for_them() {
        let german = [
            "Hat leider nicht gehalten, was versprochen",
            "Bombe!",
            "Kommt nicht an",
            "Rückgabe war kompliziert",
            "Echt schick",
            "Macht Spaß",
            "Personal unfreundlich",
            "Essen kalt, Bedienung patzig",
            "Zwei Wochen gewartet",
            "Stoff kratzt",
            "Läuft super",
            "Besser als erwartet",
            "Abzocke",
            "Finger weg!",
            "Absolut empfehlenswert",
            "Bin begeistert",
            "App stürzt ständig ab",
            "Hält, was es verspricht",
            "Farbe anders als im Bild",
            "Viel zu klein",
        ];
        let english = [
            "Fell apart within days",
            "Exactly as described",
            "Rude receptionist",
            "Couldn't be happier",
            "Battery dies quickly",
            "Smaller than expected",
            "Arrived damaged",
            "App keeps crashing",
            "Food was cold",
            "Worth every penny",
            "Do not bother",
            "Five stars from me",
            "Fits perfectly",
            "Total rip off",
            "Refund took ages",
            "Looks cheap",
            "My kids adore this",
            "Meh",
            "Keeps disconnecting",
            "Comfy and warm",
        ];
        let all = german
            .map(|text| ("de", text))
            .into_iter()
            .chain(english.map(|text| ("en", text)));
        let (mut right, mut unknown, mut wrong) = (0, Vec::new(), Vec::new());
        for (language, text) in all {
            match detect(text) {
                Some(found) if found == language => right += 1,
                None => unknown.push(text),
                Some(found) => wrong.push(format!("{text}: {found}")),
            }
        }
        assert!(wrong.is_empty(), "{wrong:?}");
        assert!(right >= 24, "{right} right, unknown: {unknown:?}");
        let others = [
            "Muy bueno",
            "Excelente servicio",
            "Llegó roto",
            "No me gustó nada",
            "Precio alto",
            "Todo perfecto",
            "Très bien",
            "Livraison rapide",
            "Produit cassé",
            "Je recommande vivement",
            "Retard de livraison",
            "Mauvaise qualité",
            "Personnel aimable",
            "Molto buono",
            "Arrivato rotto",
            "Servizio pessimo",
            "Lo consiglio",
            "Ottima qualità",
            "Personale gentile",
            "Heel goed",
            "Snelle levering",
            "Kapot aangekomen",
            "Niet tevreden",
            "Goede service",
            "Prima service en vlotte levering",
            "Werkt perfect",
            "Mooi product",
            "Batterij snel leeg",
            "Zeer ontevreden over de klantenservice",
            "Muito bom",
            "Chegou quebrado",
            "Bardzo dobry",
            "Polecam wszystkim",
            "Szybka dostawa",
            "Çok güzel",
            "Mükemmel ürün",
            "Meget fint",
            "Mycket bra",
            "Leverans försenad",
            "Velmi dobré",
        ];
        let taken: Vec<&str> = others
            .into_iter()
            .filter(|text| matches!(detect(text), Some("de" | "en")))
            .collect();
        assert!(taken.is_empty(), "{taken:?}");
    }
}
