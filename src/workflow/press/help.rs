//! What the commands are, for whoever asks or mistypes one.

use crate::domain::say::text::Locale;
use crate::domain::say::text::Seg;
use crate::domain::say::words;

pub(super) fn help(locale: Locale, unknown: Option<&str>) -> Vec<Seg> {
    let mut out = Vec::new();
    if let Some(word) = unknown {
        out.extend(locale.say("help-unknown", &[("word", words::short_line(word, 40).into())]));
        out.push(Seg::Text("\n".to_owned()));
    }
    out.extend(locale.say("help-title", &[]));
    for key in [
        "help-open",
        "help-mine",
        "help-overdue",
        "help-home",
        "help-find",
        "help-item",
        "help-stats",
        "help-sources",
        "help-quiet",
        "help-zone",
        "help-settings",
        "help-import",
        "help-give",
        "help-verbs",
    ] {
        out.push(Seg::Text("\n".to_owned()));
        out.extend(locale.say(key, &[]));
    }
    out
}
