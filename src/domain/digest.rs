//! What a channel is told at the end of its day or the start of its next: one line that says it all, then numbers,
//! then what is overdue, each with its link.

use crate::domain::At;
use crate::domain::item::Tone;
use crate::domain::text::Arg;
use crate::domain::text::Seg;
use crate::domain::text::Voice;

/// More than this is a list nobody reads; the rest is one command away.
const OVERDUE_SHOWN: usize = 10;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Numbers {
    /// New ones by source label and tone.
    pub new: Vec<(String, Tone, i64)>,
    pub answered: i64,
    pub handled: i64,
    pub open: i64,
    /// The first ones, oldest deadline first.
    pub overdue: Vec<Late>,
    /// All of them.
    pub overdue_count: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Late {
    pub number: i64,
    pub head: String,
    pub due: At,
    pub link: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    pub headline: Vec<Seg>,
    pub lines: Vec<Vec<Seg>>,
}

pub fn write(numbers: &Numbers, from: At, to: At, voice: Voice) -> Digest {
    let new: i64 = numbers.new.iter().map(|(_, _, n)| n).sum();
    if new == 0
        && numbers.open == 0
        && numbers.overdue.is_empty()
        && numbers.answered == 0
        && numbers.handled == 0
    {
        return Digest {
            headline: voice.say("digest-quiet", &[]),
            lines: Vec::new(),
        };
    }
    let mut headline = voice.say(
        "digest-morning",
        &[
            ("new", new.into()),
            ("answered", numbers.answered.into()),
            ("overdue", numbers.overdue_count.into()),
        ],
    );
    if let Some(oldest) = numbers.overdue.iter().map(|l| l.due).min() {
        headline.extend(voice.say("digest-oldest", &[("at", oldest.into())]));
    }
    let mut lines = vec![voice.say("digest-period", &[("from", from.into()), ("to", to.into())])];
    lines.extend(by_source(numbers, voice));
    lines.push(voice.say(
        "digest-totals",
        &[
            ("answered", numbers.answered.into()),
            ("handled", numbers.handled.into()),
            ("open", numbers.open.into()),
        ],
    ));
    if !numbers.overdue.is_empty() {
        lines.push(voice.say("digest-overdue", &[]));
        for late in numbers.overdue.iter().take(OVERDUE_SHOWN) {
            let label = voice.lang.text(
                "list-line",
                &[
                    ("number", late.number.into()),
                    ("head", late.head.as_str().into()),
                ],
            );
            let link = match &late.link {
                Some(url) => Arg::Link {
                    label,
                    url: url.clone(),
                },
                None => Arg::Str(label),
            };
            lines.push(voice.say("digest-overdue-line", &[("link", link), ("due", late.due.into())]));
        }
        let hidden =
            numbers.overdue_count - i64::try_from(numbers.overdue.len().min(OVERDUE_SHOWN)).unwrap_or(0);
        if hidden > 0 {
            lines.push(voice.say("digest-more", &[("n", hidden.into())]));
        }
    }
    Digest { headline, lines }
}

fn by_source(numbers: &Numbers, voice: Voice) -> Vec<Vec<Seg>> {
    let mut sources: Vec<&str> = numbers.new.iter().map(|(s, _, _)| s.as_str()).collect();
    sources.sort_unstable();
    sources.dedup();
    sources
        .into_iter()
        .map(|source| {
            let counts: Vec<String> = Tone::ALL
                .into_iter()
                .filter_map(|tone| {
                    let n: i64 = numbers
                        .new
                        .iter()
                        .filter(|(s, t, _)| s == source && *t == tone)
                        .map(|(_, _, n)| n)
                        .sum();
                    (n > 0).then(|| {
                        voice
                            .lang
                            .text(&format!("digest-count-{}", tone.as_str()), &[("n", n.into())])
                    })
                })
                .collect();
            voice.say(
                "digest-by-source",
                &[("source", source.into()), ("counts", counts.join(", ").into())],
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;
    use crate::domain::text::Lang;
    use crate::domain::text::flat;

    const VOICE: Voice = Voice {
        lang: Lang::De,
        zone: Tz::Europe__Berlin,
    };

    #[test]
    fn an_empty_day_is_one_kind_line() {
        let digest = write(&Numbers::default(), At::UNIX_EPOCH, At::UNIX_EPOCH, VOICE);
        assert_eq!(flat(&digest.headline), "Nichts Neues, nichts offen. Schönen Tag.");
        assert!(digest.lines.is_empty());
    }

    #[test]
    fn a_full_day_says_the_one_thing_first() {
        let late = |n| Late {
            number: n,
            head: "Kritik".into(),
            due: At::UNIX_EPOCH,
            link: None,
        };
        let numbers = Numbers {
            new: vec![
                ("Google".into(), Tone::Complaint, 2),
                ("Google".into(), Tone::Praise, 1),
                ("Shop".into(), Tone::Question, 1),
            ],
            answered: 1,
            handled: 0,
            open: 14,
            overdue: (1..=11).map(late).collect(),
            overdue_count: 12,
        };
        let digest = write(&numbers, At::UNIX_EPOCH, At::UNIX_EPOCH, VOICE);
        let lines: Vec<String> = digest.lines.iter().map(|l| flat(l)).collect();
        assert_eq!(
            flat(&digest.headline),
            "4 neue Beiträge, einer beantwortet, 12 überfällig. Der älteste wartet seit Do 01.01. 01:00."
        );
        assert_eq!(lines[1], "Neu bei Google: 1 Lob, 2× Kritik");
        assert_eq!(
            lines.last().unwrap(),
            "… und 2 weitere; /zeitnah overdue zeigt alle."
        );
    }
}
