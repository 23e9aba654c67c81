//! The customer's words and ours in a form: which post it is about, quoted, cut, or in full.

use crate::domain::card;
use crate::domain::card::rated;
use crate::domain::card::stars;
use crate::domain::form::Part;
use crate::domain::item::Item;
use crate::domain::text::Seg;
use crate::domain::text::Voice;
use crate::domain::words;
use crate::workflow::press::forms::BESIDE_UNITS;
use crate::workflow::press::forms::PIECE_UNITS;
use crate::workflow::press::judge::Case;
use crate::workflow::views::before::Before;
use crate::workflow::views::before::shortened;

/// A text beyond this is read at the source.
const PIECES: usize = 20;
/// Of the words that say which post a form is about.
const ABOUT_UNITS: usize = 140;

/// `Nr. 12 · ★★☆☆☆  Kritik · Google · Filiale München Ost`
pub(in crate::workflow::press) fn which(item: &Item, voice: Voice, source: &str) -> Vec<Seg> {
    let head = card::head(item, source, voice.lang);
    let number = item.number.to_string();
    let line = [("number", number.into()), ("head", head.into())];
    vec![Seg::Strong(voice.lang.text("list-line", &line))]
}

/// Which post a form is about that shows nothing of it otherwise.
pub(in crate::workflow::press) fn about(item: &Item, voice: Voice, source: &str) -> Vec<Part> {
    let text = words::short_line(&card::full_words(item), ABOUT_UNITS);
    let words = if text.is_empty() {
        voice.lang.text("no-text", &[])
    } else {
        text
    };
    vec![Part::Say(which(item, voice, source)), Part::Quote(words)]
}

pub(in crate::workflow::press) fn quoted(item: &Item, voice: Voice, source: &str, units: usize) -> Vec<Part> {
    let words = shortened(&card::full_words(item), units, voice);
    vec![Part::Say(which(item, voice, source)), Part::Quote(words)]
}

/// Stars and words as they were.
pub(in crate::workflow::press) fn was(before: &Before, voice: Voice) -> Vec<Part> {
    let head = match before.stars {
        Some(n) => voice.say("form-before-stars", &[("head", stars(n).into())]),
        None => voice.say("form-before", &[]),
    };
    let words = shortened(&before.words, BESIDE_UNITS, voice);
    vec![Part::Say(head), Part::Quote(words)]
}

pub(in crate::workflow::press) fn full(item: &Item, voice: Voice) -> Vec<Part> {
    let text = card::full_words(item);
    if text.is_empty() {
        let rating = item.rating.map(rated).unwrap_or_default();
        return vec![Part::Quote(
            format!("{rating} {}", voice.lang.text("no-text", &[]))
                .trim()
                .to_owned(),
        )];
    }
    words::pieces(&text, PIECE_UNITS)
        .into_iter()
        .take(PIECES)
        .map(|p| Part::Quote(p.to_owned()))
        .collect()
}

pub(in crate::workflow::press) fn reply_parts(case: &Case) -> Vec<Part> {
    let body = case.reply.as_ref().map(|r| r.body.as_str()).unwrap_or_default();
    words::pieces(body, PIECE_UNITS)
        .into_iter()
        .take(PIECES)
        .map(|p| Part::Quote(p.to_owned()))
        .collect()
}
