//! Customers' words are hostile until shown. The order matters: repair and store, then filter for display, then cut,
//! and only then may a chat escape. Filtering after escaping would put a broken token together again.

use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

/// More marks than this on one letter cover the lines around it.
const MARKS_PER_LETTER: usize = 4;
/// More empty lines than this push the buttons off the screen.
const EMPTY_LINES: usize = 2;
/// Around a difference, so that one sees where it is.
const WORDS_AROUND: usize = 8;

/// What is stored: exactly what came, less the characters that a database, a log or a terminal cannot hold.
pub fn stored(text: &str) -> String {
    let unified = text.replace("\r\n", "\n").replace('\r', "\n");
    unified
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect()
}

/// What is shown: nothing that turns the line around, hides, or piles up. The stored text stays as it was.
pub fn shown(text: &str) -> String {
    let text = stored(text);
    let mut out = String::with_capacity(text.len());
    let mut marks = 0;
    let mut newlines = 0;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\u{1F3F4}' && chars.peek().is_some_and(|next| is_tag(*next)) {
            let mut tags = String::new();
            while let Some(tag) = chars.next_if(|next| is_tag(*next)) {
                tags.push(tag);
            }
            out.push(c);
            if is_flag(&tags) {
                out.push_str(&tags);
            }
            continue;
        }
        if is_bidi(c) || is_padding(c) || is_tag(c) || is_private(c) {
            continue;
        }
        marks = if is_combining_mark(c) { marks + 1 } else { 0 };
        newlines = match c {
            '\n' => newlines + 1,
            ' ' | '\t' => newlines,
            _ => 0,
        };
        if marks <= MARKS_PER_LETTER && newlines <= EMPTY_LINES + 1 {
            out.push(c);
        }
    }
    if out.chars().all(|c| c.is_whitespace() || is_joiner(c)) {
        String::new()
    } else {
        out.trim().to_owned()
    }
}

/// One line, for names, heads and labels.
pub fn line(text: &str) -> String {
    shown(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// One line of at most `max` UTF-16 units, cut between graphemes.
pub fn short_line(text: &str, max: usize) -> String {
    let line = line(text);
    let cut = cut(&line, max, usize::MAX);
    if cut.len() < line.len() {
        let kept = self::cut(&line, max.saturating_sub(1), usize::MAX);
        format!("{}…", kept.trim_end())
    } else {
        line
    }
}

/// Two versions of a text; where one is too long for `units`, both without what stands in both before and after the
/// difference, but for a few words around it.
pub fn differing(before: &str, now: &str, units: usize) -> (String, String) {
    if utf16_len(before) <= units && utf16_len(now) <= units {
        return (before.to_owned(), now.to_owned());
    }
    let split = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let (old, new) = (split(before), split(now));
    let same =
        |pairs: &mut dyn Iterator<Item = (&String, &String)>| pairs.take_while(|(a, b)| a == b).count();
    let front = same(&mut old.iter().zip(&new));
    let back = same(&mut old[front..].iter().rev().zip(new[front..].iter().rev()));
    let (from, left) = (
        front.saturating_sub(WORDS_AROUND),
        back.saturating_sub(WORDS_AROUND),
    );
    let middle = |words: &[String]| {
        let mut part = words[from..words.len() - left].join(" ");
        if from > 0 {
            part.insert_str(0, "… ");
        }
        if left > 0 {
            part.push_str(" …");
        }
        part
    };
    (middle(&old), middle(&new))
}

/// The longest beginning within `units` UTF-16 units and `lines` lines that ends between two graphemes.
pub fn cut(text: &str, units: usize, lines: usize) -> &str {
    let mut used = 0;
    let mut newlines = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        used += grapheme.encode_utf16().count();
        if grapheme.contains('\n') {
            newlines += 1;
        }
        if used > units || newlines >= lines {
            return &text[..at];
        }
    }
    text
}

/// `text` in pieces of at most `units` UTF-16 units each, broken at a blank where there is one near.
pub fn pieces(text: &str, units: usize) -> Vec<&str> {
    let mut rest = text;
    let mut out = Vec::new();
    while !rest.is_empty() {
        let mut piece = cut(rest, units, usize::MAX);
        if piece.is_empty() {
            // One grapheme alone is longer than a piece: cut it by characters rather than never ending.
            let end = rest
                .char_indices()
                .nth(units.max(1))
                .map_or(rest.len(), |(at, _)| at);
            piece = &rest[..end];
        } else if piece.len() < rest.len()
            && let Some(blank) = piece
                .rfind(char::is_whitespace)
                .filter(|at| *at > piece.len() / 2)
        {
            let width = piece[blank..].chars().next().map_or(1, char::len_utf8);
            piece = &piece[..blank + width];
        }
        out.push(piece);
        rest = &rest[piece.len()..];
    }
    out
}

pub fn utf16_len(text: &str) -> usize {
    text.encode_utf16().count()
}

/// People count what they see.
pub fn graphemes(text: &str) -> usize {
    text.graphemes(true).count()
}

fn is_bidi(c: char) -> bool {
    matches!(c, '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Invisible characters that are not needed to join letters or emoji.
fn is_padding(c: char) -> bool {
    matches!(
        c,
        '\u{00AD}' | '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180E}' | '\u{200B}'
            | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{2064}' | '\u{206A}'..='\u{206F}' | '\u{3164}' | '\u{FEFF}'
            | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0100}'..='\u{E01EF}'
    )
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}')
}

fn is_tag(c: char) -> bool {
    matches!(c, '\u{E0000}'..='\u{E007F}')
}

/// Tags after a black flag are a region's flag: two or more letters or digits and the end tag.
fn is_flag(tags: &str) -> bool {
    let ascii: Option<String> = tags.chars().map(|c| char::from_u32(c as u32 - 0xE0000)).collect();
    ascii.is_some_and(|a| {
        let Some(region) = a.strip_suffix('\u{7F}') else {
            return false;
        };
        (3..=6).contains(&region.len())
            && region
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    })
}

/// Private characters mark our own placeholders in sentences (see `text`), so customers cannot have them.
fn is_private(c: char) -> bool {
    matches!(c, '\u{E000}'..='\u{F8FF}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn of_two_long_versions_only_the_difference_and_its_surroundings_are_shown() {
        assert_eq!(differing("Gut", "Gut!", 100), ("Gut".into(), "Gut!".into()));
        let (front, back) = ("vorn ".repeat(100), " hinten".repeat(100));
        let (before, now) = (format!("{front}gut{back}"), format!("{front}gar nicht{back}"));
        let around = |middle: &str| format!("… {}{middle}{} …", "vorn ".repeat(8), " hinten".repeat(8));
        assert_eq!(
            differing(&before, &now, 100),
            (around("gut"), around("gar nicht"))
        );
        let added = format!("{before} Nachtrag");
        let (old, new) = differing(&before, &added, 100);
        assert_eq!(old, format!("…{}", " hinten".repeat(8)));
        assert_eq!(new, format!("{old} Nachtrag"));
    }

    #[test]
    fn a_cut_never_splits_a_family() {
        let family = "👨‍👩‍👧‍👦";
        let text = family.repeat(300);
        let kept = cut(&text, 100, usize::MAX);
        assert!(kept.len().is_multiple_of(family.len()));
        assert!(utf16_len(kept) <= 100);
    }

    #[test]
    fn lines_are_counted_too() {
        assert_eq!(cut("a\nb\nc", 100, 2), "a\nb");
        assert_eq!(short_line("Filiale\nMünchen  Ost", 100), "Filiale München Ost");
        assert_eq!(short_line("abcdef", 4), "abc…");
    }

    #[test]
    fn nothing_visible_is_nothing() {
        assert_eq!(shown(" \u{200b}\u{2060}\n\t\u{feff} "), "");
        assert_eq!(shown("\u{200d}\u{fe0f}"), "");
    }

    #[test]
    fn flags_stay_hidden_instructions_go() {
        let england = "\u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}";
        assert_eq!(shown(england), england);
        assert_eq!(shown("Nice\u{E006D}\u{E0061}"), "Nice");
        assert_eq!(shown("\u{1F3F4}\u{E006D}\u{E0020}\u{E0061}"), "\u{1F3F4}");
    }

    proptest! {
        #[test]
        fn showing_twice_is_showing_once(text in "\\PC{0,60}|[\\x00-\\x20a\u{200b}\u{202e}\u{301}\n]{0,40}") {
            let once = shown(&text);
            prop_assert_eq!(shown(&once), once);
        }

        #[test]
        fn pieces_put_together_are_the_whole(text in "\\PC{0,200}", units in 1usize..40) {
            prop_assert_eq!(pieces(&text, units).concat(), text);
        }

        #[test]
        fn a_cut_is_a_beginning_within_its_budget(text in "\\PC{0,100}", units in 0usize..60) {
            let kept = cut(&text, units, usize::MAX);
            prop_assert!(text.starts_with(kept) && utf16_len(kept) <= units);
        }
    }
}
