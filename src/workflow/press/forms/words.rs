//! The customer's words and ours in a form: which post it is about, quoted, cut, or in full.

use crate::domain::item::Item;
use crate::domain::press::form::FormPart;
use crate::domain::say::text::Locale;
use crate::domain::say::text::Seg;
use crate::domain::say::words;
use crate::domain::show::card;
use crate::domain::show::card::rated;
use crate::domain::show::card::stars;
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
pub(in crate::workflow::press) fn which(item: &Item, locale: Locale, source: &str) -> Vec<Seg> {
    let head = card::head(item, source, locale.lang);
    let number = item.number.to_string();
    let line = [("number", number.into()), ("head", head.into())];
    vec![Seg::Strong(locale.lang.text("list-line", &line))]
}

/// Which post a form is about that shows nothing of it otherwise.
pub(in crate::workflow::press) fn about(item: &Item, locale: Locale, source: &str) -> Vec<FormPart> {
    let text = words::short_line(&card::full_words(item), ABOUT_UNITS);
    let words = if text.is_empty() {
        locale.lang.text("no-text", &[])
    } else {
        text
    };
    vec![FormPart::Say(which(item, locale, source)), FormPart::Quote(words)]
}

pub(in crate::workflow::press) fn quoted(
    item: &Item,
    locale: Locale,
    source: &str,
    units: usize,
) -> Vec<FormPart> {
    let words = shortened(&card::full_words(item), units, locale);
    vec![FormPart::Say(which(item, locale, source)), FormPart::Quote(words)]
}

/// Stars and words as they were.
pub(in crate::workflow::press) fn was(before: &Before, locale: Locale) -> Vec<FormPart> {
    let head = match before.stars {
        Some(n) => locale.say("form-before-stars", &[("head", stars(n).into())]),
        None => locale.say("form-before", &[]),
    };
    let words = shortened(&before.words, BESIDE_UNITS, locale);
    vec![FormPart::Say(head), FormPart::Quote(words)]
}

pub(in crate::workflow::press) fn full(item: &Item, locale: Locale) -> Vec<FormPart> {
    let text = card::full_words(item);
    if text.is_empty() {
        let rating = item.rating.map(rated).unwrap_or_default();
        return vec![FormPart::Quote(
            format!("{rating} {}", locale.lang.text("no-text", &[]))
                .trim()
                .to_owned(),
        )];
    }
    words::pieces(&text, PIECE_UNITS)
        .into_iter()
        .take(PIECES)
        .map(|p| FormPart::Quote(p.to_owned()))
        .collect()
}

pub(in crate::workflow::press) fn reply_parts(case: &Case) -> Vec<FormPart> {
    let body = case.reply.as_ref().map(|r| r.body.as_str()).unwrap_or_default();
    words::pieces(body, PIECE_UNITS)
        .into_iter()
        .take(PIECES)
        .map(|p| FormPart::Quote(p.to_owned()))
        .collect()
}
