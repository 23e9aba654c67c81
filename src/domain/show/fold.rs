//! A room that gets more than anybody can read. Above its budget new cards wait in a fold, and one message says how many and
//! what is due first. As soon as there is room again they come by themselves, the most pressing first; what is urgent, and
//! what somebody takes, never waits.

use chrono::TimeDelta;

use crate::domain::At;
use crate::domain::item::Item;
use crate::domain::item::Tone;
use crate::domain::item::handling::Handling;
use crate::domain::say::text::Arg;
use crate::domain::say::text::Locale;
use crate::domain::show::digest::Digest;
use crate::domain::show::row::ListRow;

/// So many messages in any span of so many minutes, in one room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    pub messages: i64,
    pub minutes: i64,
}

impl Budget {
    /// A message that came then or earlier does not count any more.
    pub fn since(self, now: At) -> At {
        now - TimeDelta::minutes(self.minutes)
    }

    /// How many more messages the room takes now.
    pub fn free(self, posted: &[At], now: At) -> i64 {
        let since = self.since(now);
        let counted = posted.iter().filter(|at| **at > since).count();
        (self.messages - i64::try_from(counted).unwrap_or(i64::MAX)).max(0)
    }

    /// When it takes the next one.
    pub fn opens(self, posted: &[At], now: At) -> At {
        let since = self.since(now);
        let mut counted: Vec<At> = posted.iter().copied().filter(|at| *at > since).collect();
        counted.sort();
        let most = usize::try_from(self.messages).unwrap_or(usize::MAX);
        match counted.len().checked_sub(most) {
            // When that one has left, one fewer than the budget is left.
            Some(over) => counted[over] + TimeDelta::minutes(self.minutes),
            None => now,
        }
    }
}

/// Whether it comes through however full the room is: somebody is at it, it is somebody's own, or a chain made it urgent.
pub fn is_urgent(item: &Item, is_personal: bool) -> bool {
    let is_at_it = matches!(item.handling, Handling::Claimed { .. } | Handling::Snoozed { .. });
    item.raised_at.is_some() || is_personal || is_at_it
}

/// What the message is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoldFacts {
    /// How many wait, by what customers wanted.
    pub tones: Vec<(Tone, i64)>,
    /// The most pressing of them.
    pub first: Vec<ListRow>,
    /// How many there were since the fold began.
    pub came: i64,
    pub since: At,
    /// When the next ones come; none, if nothing keeps them any more.
    pub opens: Option<(Budget, At)>,
    /// All of them came with a file: nothing comes by itself.
    pub listed: bool,
}

impl FoldFacts {
    fn total(&self) -> i64 {
        self.tones.iter().map(|(_, n)| n).sum()
    }
}

pub fn write(facts: &FoldFacts, locale: Locale) -> Digest {
    let lang = locale.lang;
    let total = facts.total();
    if total == 0 {
        return Digest {
            headline: locale.say("fold-over", &[("n", facts.came.into())]),
            lead: Vec::new(),
            rows: Vec::new(),
            lines: vec![locale.say("fold-over-since", &[("since", facts.since.into())])],
        };
    }
    let counted: Vec<String> = facts
        .tones
        .iter()
        .filter(|(_, n)| *n > 0)
        .map(|(tone, n)| lang.text(&format!("digest-count-{}", tone.as_str()), &[("n", (*n).into())]))
        .collect();
    let mut lead = vec![locale.say(
        "fold-counts",
        &[
            ("counts", counted.join(", ").into()),
            ("since", facts.since.into()),
        ],
    )];
    if !facts.first.is_empty() {
        lead.push(locale.say("fold-first", &[]));
    }
    let mut lines = Vec::new();
    if let Some((budget, at)) = facts.opens {
        let span = lang.span(budget.minutes);
        let args = [
            ("n", Arg::from(budget.messages)),
            ("span", span.into()),
            ("at", at.into()),
        ];
        lines.push(locale.say("fold-opens", &args));
    }
    Digest {
        headline: locale.say(
            if facts.listed {
                "fold-listed"
            } else {
                "fold-waiting"
            },
            &[("n", total.into())],
        ),
        lead,
        rows: facts.first.clone(),
        lines,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::lang::Lang;
    use crate::domain::say::text::Seg;

    fn at(second: i64) -> At {
        At::UNIX_EPOCH + TimeDelta::seconds(second)
    }

    proptest! {
        /// Whoever posts whenever there is room never posts more than the budget in any span, and never waits longer than
        /// the budget says.
        #[test]
        fn no_span_holds_more_than_the_budget(
            messages in 1_i64..8,
            minutes in 1_i64..4,
            gaps in proptest::collection::vec(0_i64..90, 1..120),
        ) {
            let budget = Budget { messages, minutes };
            let mut posted: Vec<At> = Vec::new();
            let mut now = 0;
            for gap in gaps {
                now += gap;
                let opens = budget.opens(&posted, at(now));
                prop_assert_eq!(opens > at(now), budget.free(&posted, at(now)) == 0);
                if budget.free(&posted, at(now)) > 0 {
                    posted.push(at(now));
                } else {
                    prop_assert_eq!(budget.free(&posted, opens - TimeDelta::milliseconds(1)), 0);
                    prop_assert!(budget.free(&posted, opens) >= 1);
                }
            }
            for from in &posted {
                let to = *from + TimeDelta::minutes(minutes);
                let within = posted.iter().filter(|at| **at >= *from && **at < to).count();
                prop_assert!(i64::try_from(within).unwrap() <= messages);
            }
        }
    }

    #[test]
    fn it_says_what_waits_and_when_it_comes() {
        let facts = FoldFacts {
            tones: vec![(Tone::Praise, 1), (Tone::Complaint, 12), (Tone::Question, 0)],
            first: vec![
                ListRow::plain(vec![Seg::Text("bis 09:30 · Nr. 31 · ★☆☆☆☆ „Kaputt“".to_owned())]),
                ListRow::plain(vec![Seg::Text("Nr. 44 · ★★★★★ „Toll“".to_owned())]),
            ],
            came: 15,
            since: at(3_600),
            opens: Some((
                Budget {
                    messages: 30,
                    minutes: 10,
                },
                at(4_200),
            )),
            listed: false,
        };
        let over = FoldFacts {
            tones: vec![(Tone::Praise, 0)],
            first: Vec::new(),
            opens: None,
            ..facts.clone()
        };
        let mut all = String::new();
        for lang in [Lang::De, Lang::En] {
            let locale = Locale {
                lang,
                zone: chrono_tz::Europe::Berlin,
            };
            for facts in [&facts, &over] {
                let digest = write(facts, locale);
                for said in digest.all() {
                    all.push_str(&crate::domain::say::text::flat(said));
                    all.push('\n');
                }
                all.push('\n');
            }
        }
        insta::assert_snapshot!(all);
    }
}
