//! Whether a text is in the language of the place where it stands: none of the words that only our other language has may be
//! in it. What customers wrote may be in any.

use std::sync::LazyLock;

use zeitnah::domain::lang::Lang;

const DE: &str = include_str!("../src/domain/say/text/de.ftl");
const EN: &str = include_str!("../src/domain/say/text/en.ftl");
/// Shorter pieces of a sentence stand in the other language by chance.
const TELLING: usize = 12;

static ONLY_DE: LazyLock<Vec<String>> = LazyLock::new(|| only(DE, EN));
static ONLY_EN: LazyLock<Vec<String>> = LazyLock::new(|| only(EN, DE));

/// What stands between the values of our sentences, as far as the other language does not have it, too.
fn only(own: &str, other: &str) -> Vec<String> {
    let sentences = own.lines().filter(|line| !line.starts_with('#'));
    let words = sentences.map(|line| line.split_once(" = ").map_or(line, |(_, said)| said));
    let pieces = words.flat_map(|said| said.split(['{', '}']));
    let telling = pieces.map(str::trim).filter(|piece| {
        let is_ours = !piece.contains('$') && !piece.contains("->") && !piece.contains('"');
        is_ours && piece.chars().count() >= TELLING && piece.contains(' ') && !other.contains(*piece)
    });
    telling.map(str::to_owned).collect()
}

/// Words in it that only the other language has. What stands in `theirs`, too, is a customer's.
pub fn foreign(text: &str, theirs: &str, lang: Lang) -> Option<String> {
    let (others, number) = match lang {
        Lang::De => (&*ONLY_EN, "No. "),
        Lang::En => (&*ONLY_DE, "Nr. "),
    };
    let numbered = text.match_indices(number).find(|(at, _)| {
        let after = text[at + number.len()..].chars().next();
        after.is_some_and(|c| c.is_ascii_digit())
    });
    let found = others
        .iter()
        .find(|piece| text.contains(piece.as_str()) && !theirs.contains(piece.as_str()));
    found.cloned().or(numbered.map(|_| number.to_owned()))
}

#[test]
fn words_of_the_other_language_are_noticed() {
    let german = "Nr. 2 · Dafür brauchst du hier das Recht „Antworten“.";
    assert_eq!(foreign(german, "", Lang::De), None);
    assert!(foreign(german, "", Lang::En).is_some());
    assert!(foreign("No. 2", "", Lang::De).is_some() && foreign("Nr. 2", "", Lang::En).is_some());
    assert!(
        foreign(
            "A reply by Anna is already on its way. The card shows how it ends.",
            "",
            Lang::De
        )
        .is_some()
    );
    let theirs = "Perhaps there is another reason why.";
    assert_eq!(foreign("another reason", theirs, Lang::De), None);
    assert!(foreign("another reason", "", Lang::De).is_some());
    assert!(
        ONLY_DE.len() > 300 && ONLY_EN.len() > 300,
        "{} {}",
        ONLY_DE.len(),
        ONLY_EN.len()
    );
}
