//! Sums of what happened in a channel, in buckets that any period is put together from. Adding up is all that is done
//! with them, so it does not matter who adds what first, nor how often it is taken apart again.

use std::collections::BTreeMap;

use chrono::DurationRound;
use chrono::TimeDelta;
use serde::Deserialize;
use serde::Serialize;

use crate::domain::At;
use crate::domain::item::Tone;

/// How long a bucket is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Span {
    Quarter,
    Day,
}

impl Span {
    pub const ALL: [Self; 2] = [Self::Quarter, Self::Day];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Quarter => "quarter",
            Self::Day => "day",
        }
    }

    pub fn parse(s: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|span| span.as_str() == s)
    }

    fn length(self) -> TimeDelta {
        match self {
            Self::Quarter => TimeDelta::minutes(15),
            Self::Day => TimeDelta::days(1),
        }
    }

    /// The beginning of the bucket that an instant lies in.
    pub fn begin(self, at: At) -> At {
        // Rounding fails only outside the years 1677 to 2262.
        at.duration_trunc(self.length()).unwrap_or(at)
    }

    /// The first beginning of a bucket that is not before an instant.
    pub fn next(self, at: At) -> At {
        let begin = self.begin(at);
        if begin == at { at } else { begin + self.length() }
    }
}

/// A part of a period: whole buckets of one length, or the rest at its ends that no bucket fits in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// `None`: counted from what happened itself.
    pub span: Option<Span>,
    pub from: At,
    pub to: At,
}

/// A period as few buckets and what is left over at its two ends, in order and without gaps.
pub fn parts(from: At, to: At) -> Vec<Part> {
    let mut out = Vec::new();
    let mut part = |span, from: At, to: At| {
        if from < to {
            out.push(Part { span, from, to });
        }
    };
    let (first, last) = (Span::Quarter.next(from), Span::Quarter.begin(to));
    if first >= last {
        part(None, from, to);
        return out;
    }
    part(None, from, first);
    let (day, end) = (Span::Day.next(first), Span::Day.begin(last));
    if day < end {
        part(Some(Span::Quarter), first, day);
        part(Some(Span::Day), day, end);
        part(Some(Span::Quarter), end, last);
    } else {
        part(Some(Span::Quarter), first, last);
    }
    part(None, last, to);
    out
}

/// What the customer wrote about, as sums know it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Subject {
    pub source: String,
    pub kind: String,
    pub id: String,
    pub name: Option<String>,
}

/// One thing that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    New {
        source: String,
        tone: Tone,
        /// 0 is no rating.
        stars: i16,
        subject: Option<Subject>,
    },
    Answered {
        /// Nobody: not through us.
        by: Option<String>,
        /// To the first answer of the item, if this is it.
        minutes: Option<i64>,
        in_time: Option<bool>,
    },
    Handled,
}

/// Sums. What would be 0 is not there, so equal sums are equal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    #[serde(with = "pairs", skip_serializing_if = "BTreeMap::is_empty")]
    new: BTreeMap<(String, Tone, i16), i64>,
    #[serde(with = "pairs", skip_serializing_if = "BTreeMap::is_empty")]
    subjects: BTreeMap<Subject, i64>,
    #[serde(with = "pairs", skip_serializing_if = "BTreeMap::is_empty")]
    answered: BTreeMap<Option<String>, i64>,
    #[serde(with = "pairs", skip_serializing_if = "BTreeMap::is_empty")]
    minutes: BTreeMap<i64, i64>,
    #[serde(with = "pairs", skip_serializing_if = "BTreeMap::is_empty")]
    in_time: BTreeMap<bool, i64>,
    #[serde(skip_serializing_if = "is_none")]
    handled: i64,
}

fn is_none(n: &i64) -> bool {
    *n == 0
}

/// JSON has no maps from anything but strings.
mod pairs {
    use std::collections::BTreeMap;

    use serde::Deserialize;
    use serde::Deserializer;
    use serde::Serialize;
    use serde::Serializer;
    use serde::de::DeserializeOwned;

    pub fn serialize<K: Serialize, S: Serializer>(map: &BTreeMap<K, i64>, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(map)
    }

    pub fn deserialize<'de, K, D>(from: D) -> Result<BTreeMap<K, i64>, D::Error>
    where
        K: DeserializeOwned + Ord,
        D: Deserializer<'de>,
    {
        Ok(Vec::<(K, i64)>::deserialize(from)?.into_iter().collect())
    }
}

fn put<K: Ord>(map: &mut BTreeMap<K, i64>, key: K, n: i64) {
    use std::collections::btree_map::Entry;
    match map.entry(key) {
        Entry::Vacant(entry) if n != 0 => {
            entry.insert(n);
        }
        Entry::Vacant(_) => {}
        Entry::Occupied(mut entry) => {
            *entry.get_mut() += n;
            if *entry.get() == 0 {
                entry.remove();
            }
        }
    }
}

impl Counts {
    /// So many more of it; fewer, if `n` is negative.
    pub fn count(&mut self, fact: Fact, n: i64) {
        match fact {
            Fact::New {
                source,
                tone,
                stars,
                subject,
            } => {
                put(&mut self.new, (source, tone, stars), n);
                if let Some(subject) = subject {
                    put(&mut self.subjects, subject, n);
                }
            }
            Fact::Answered { by, minutes, in_time } => {
                put(&mut self.answered, by, n);
                if let Some(minutes) = minutes {
                    put(&mut self.minutes, minutes, n);
                }
                if let Some(in_time) = in_time {
                    put(&mut self.in_time, in_time, n);
                }
            }
            Fact::Handled => self.handled += n,
        }
    }

    pub fn add(&mut self, other: Self) {
        other.new.into_iter().for_each(|(k, n)| put(&mut self.new, k, n));
        other
            .subjects
            .into_iter()
            .for_each(|(k, n)| put(&mut self.subjects, k, n));
        other
            .answered
            .into_iter()
            .for_each(|(k, n)| put(&mut self.answered, k, n));
        other
            .minutes
            .into_iter()
            .for_each(|(k, n)| put(&mut self.minutes, k, n));
        other
            .in_time
            .into_iter()
            .for_each(|(k, n)| put(&mut self.in_time, k, n));
        self.handled += other.handled;
    }

    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub fn new_total(&self) -> i64 {
        self.new.values().sum()
    }

    /// By source, each with its tones in the order of `Tone::ALL`.
    pub fn new_by_source(&self) -> BTreeMap<&str, [i64; Tone::ALL.len()]> {
        let mut out: BTreeMap<&str, [i64; Tone::ALL.len()]> = BTreeMap::new();
        for ((source, tone, _), n) in &self.new {
            let tones = out.entry(source).or_default();
            for (at, count) in Tone::ALL.iter().zip(tones.iter_mut()) {
                if at == tone {
                    *count += n;
                }
            }
        }
        out
    }

    pub fn new_by_tone(&self) -> [i64; Tone::ALL.len()] {
        Tone::ALL.map(|tone| {
            let of_tone = self.new.iter().filter(|((_, t, _), _)| *t == tone);
            of_tone.map(|(_, n)| n).sum()
        })
    }

    /// How many have one star, two, … five.
    pub fn stars(&self) -> [i64; 5] {
        [1, 2, 3, 4, 5].map(|stars| {
            let so_many = self.new.iter().filter(|((_, _, s), _)| *s == stars);
            so_many.map(|(_, n)| n).sum()
        })
    }

    /// The mean of the ratings in tenths of a star, half a tenth up; none without a rating.
    pub fn mean_tenths(&self) -> Option<i64> {
        let stars = self.stars();
        let rated: i64 = stars.iter().sum();
        let sum: i64 = stars.iter().zip(1..).map(|(n, stars)| n * stars).sum();
        (rated > 0).then(|| (sum * 20 + rated) / (rated * 2))
    }

    /// Answers that closed a case.
    pub fn answered(&self) -> i64 {
        self.answered.values().sum()
    }

    /// Who gave them, whoever gave most first.
    pub fn answered_by(&self) -> Vec<(&str, i64)> {
        let by = self
            .answered
            .iter()
            .filter_map(|(by, n)| Some((by.as_deref()?, *n)));
        let mut by: Vec<_> = by.collect();
        by.sort_by_key(|(who, n)| (-n, *who));
        by
    }

    /// Those that did not go through us.
    pub fn answered_elsewhere(&self) -> i64 {
        self.answered.get(&None).copied().unwrap_or(0)
    }

    pub fn handled(&self) -> i64 {
        self.handled
    }

    /// How many first answers there were.
    pub fn first_answers(&self) -> i64 {
        self.minutes.values().sum()
    }

    /// The least number of minutes within which so many percent of the first answers came.
    pub fn minutes_of(&self, percent: i64) -> Option<i64> {
        let all = self.first_answers();
        let mut seen = 0;
        self.minutes
            .iter()
            .find(|(_, n)| {
                seen += **n;
                seen * 100 >= all * percent
            })
            .map(|(minutes, _)| *minutes)
    }

    /// Promises that were kept, and all that were decided: kept with the answer, broken when the deadline passed.
    pub fn in_time(&self) -> (i64, i64) {
        let of = |kept| self.in_time.get(&kept).copied().unwrap_or(0);
        (of(true), of(true) + of(false))
    }

    /// How many came about each subject, by source, sort and id; with the name that it has now or had then.
    pub fn by_subject(&self) -> BTreeMap<(&str, &str, &str), (Option<&str>, i64)> {
        let mut out: BTreeMap<_, (Option<&str>, i64)> = BTreeMap::new();
        for (subject, n) in &self.subjects {
            let key = (
                subject.source.as_str(),
                subject.kind.as_str(),
                subject.id.as_str(),
            );
            let known = out.entry(key).or_default();
            known.0 = subject.name.as_deref().or(known.0);
            known.1 += n;
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn utc(text: &str) -> At {
        text.parse().unwrap()
    }

    #[test]
    fn a_period_is_whole_buckets_and_two_ends() {
        let at = |time: &str| utc(&format!("2026-11-{time}Z"));
        let part = |span, from, to| Part {
            span,
            from: at(from),
            to: at(to),
        };
        let (quarter, day) = (Some(Span::Quarter), Some(Span::Day));
        assert_eq!(
            parts(at("18T07:00:00"), at("21T07:00:00")),
            [
                part(quarter, "18T07:00:00", "19T00:00:00"),
                part(day, "19T00:00:00", "21T00:00:00"),
                part(quarter, "21T00:00:00", "21T07:00:00"),
            ]
        );
        assert_eq!(
            parts(at("18T07:07:30"), at("18T08:01:00")),
            [
                part(None, "18T07:07:30", "18T07:15:00"),
                part(quarter, "18T07:15:00", "18T08:00:00"),
                part(None, "18T08:00:00", "18T08:01:00"),
            ]
        );
        assert_eq!(
            parts(at("18T07:01:00"), at("18T07:02:00")),
            [part(None, "18T07:01:00", "18T07:02:00")]
        );
        assert_eq!(
            parts(at("18T00:00:00"), at("19T00:00:00")),
            [part(day, "18T00:00:00", "19T00:00:00")]
        );
        assert!(parts(at("18T07:00:00"), at("18T07:00:00")).is_empty());
    }

    proptest! {
        #[test]
        fn the_parts_of_a_period_lie_side_by_side(from in 0i64..400_000_000, length in 0i64..40_000_000) {
            let from = At::UNIX_EPOCH + TimeDelta::milliseconds(from * 1000 + from % 1000);
            let to = from + TimeDelta::seconds(length);
            let parts = parts(from, to);
            let mut at = from;
            for part in &parts {
                prop_assert_eq!(part.from, at);
                prop_assert!(part.from < part.to);
                if let Some(span) = part.span {
                    prop_assert_eq!((span.begin(part.from), span.begin(part.to)), (part.from, part.to));
                } else {
                    prop_assert!(part.to - part.from < TimeDelta::minutes(30));
                }
                at = part.to;
            }
            prop_assert_eq!(at, to);
            let quarters = parts.iter().filter(|p| p.span == Some(Span::Quarter));
            prop_assert!(quarters.map(|p| (p.to - p.from).num_minutes() / 15).sum::<i64>() < 2 * 96);
        }

        #[test]
        fn what_is_taken_back_was_never_there(facts in proptest::collection::vec((0i64..3, 0usize..5, 0i16..6, any::<bool>()), 0..20)) {
            let fact = |(what, tone, stars, flag): (i64, usize, i16, bool)| match what {
                0 => Fact::Handled,
                1 => Fact::Answered { by: flag.then(|| "slack:U1".into()), minutes: flag.then_some(i64::from(stars)), in_time: Some(flag) },
                _ => Fact::New { source: "google".into(), tone: Tone::ALL[tone], stars, subject: flag.then(|| Subject {
                    source: "google".into(), kind: "shop".into(), id: stars.to_string(), name: None }) },
            };
            let (mut forth, mut back) = (Counts::default(), Counts::default());
            for given in &facts {
                forth.count(fact(*given), 1);
                back.count(fact(*given), -1);
            }
            let json = serde_json::to_value(&forth).unwrap();
            prop_assert_eq!(&serde_json::from_value::<Counts>(json).unwrap(), &forth);
            back.add(forth);
            prop_assert!(back.is_empty());
        }
    }

    #[test]
    fn means_and_percentiles_are_those_of_the_single_values() {
        let mut counts = Counts::default();
        assert_eq!((counts.mean_tenths(), counts.minutes_of(50)), (None, None));
        for stars in [0, 0, 1, 4, 5, 5] {
            counts.count(
                Fact::New {
                    source: "google".into(),
                    tone: Tone::Neutral,
                    stars,
                    subject: None,
                },
                1,
            );
        }
        assert_eq!(counts.mean_tenths(), Some(38), "3.75");
        for minutes in [1, 2, 3, 4, 5, 6, 7, 8, 9, 100] {
            let by = Some("slack:U1".to_owned());
            counts.count(
                Fact::Answered {
                    by,
                    minutes: Some(minutes),
                    in_time: Some(minutes < 9),
                },
                1,
            );
        }
        assert_eq!((counts.minutes_of(50), counts.minutes_of(90)), (Some(5), Some(9)));
        assert_eq!(counts.minutes_of(100), Some(100));
        assert_eq!(counts.in_time(), (8, 10));
    }
}
