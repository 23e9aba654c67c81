//! What the commands are, for whoever asks or mistypes one.

use crate::domain::text::Seg;
use crate::domain::text::Voice;
use crate::domain::words;

pub(super) fn help(voice: Voice, unknown: Option<&str>) -> Vec<Seg> {
    let mut out = Vec::new();
    if let Some(word) = unknown {
        out.extend(voice.say("help-unknown", &[("word", words::short_line(word, 40).into())]));
        out.push(Seg::Text("\n".to_owned()));
    }
    out.extend(voice.say("help-title", &[]));
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
        out.extend(voice.say(key, &[]));
    }
    out
}
