//! What comes again and again, as calendars write it (RFC 5545). Counted in local time without any zone, like digests:
//! the clocks may be changed, but "each Monday at nine" stays at nine, and what a zone skips or repeats is decided
//! where it becomes an instant.

use std::collections::BTreeSet;

use chrono::DateTime;
use chrono::NaiveDate;
use chrono::NaiveDateTime;
use chrono::NaiveTime;
use chrono::TimeDelta;
use chrono_tz::Tz;
use rrule::Frequency;
use rrule::RRule;
use rrule::RRuleSet;
use rrule::Unvalidated;

use crate::domain::time::calendar::local;

/// At most one a day comes of these. The rest repeats within a day, which no rota and no holiday does.
const PARTS: [&str; 11] = [
    "FREQ",
    "INTERVAL",
    "COUNT",
    "UNTIL",
    "WKST",
    "BYDAY",
    "BYMONTH",
    "BYMONTHDAY",
    "BYYEARDAY",
    "BYWEEKNO",
    "BYSETPOS",
];
const LONGEST_RULE: usize = 500;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotARule {
    #[error("its repetition {0:?} is not understood")]
    Part(String),
    #[error("its repetition {0:?} never comes")]
    Never(String),
    #[error("it is not between the years 1970 and 2100")]
    Far,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Recurrence {
    start: NaiveDateTime,
    rule: Option<RRule<Unvalidated>>,
    until: Option<NaiveDateTime>,
    except: BTreeSet<NaiveDateTime>,
    also: BTreeSet<NaiveDateTime>,
}

impl Recurrence {
    pub fn once(start: NaiveDateTime) -> Result<Self, NotARule> {
        let years = NaiveDate::from_yo_opt(1970, 1)..NaiveDate::from_yo_opt(2100, 1);
        if !years.contains(&Some(start.date())) {
            return Err(NotARule::Far);
        }
        let (rule, until, except, also) = Default::default();
        Ok(Self {
            start,
            rule,
            until,
            except,
            also,
        })
    }

    /// `FREQ=WEEKLY;BYDAY=MO`. The zone is that of `start`, for an end that is written in UTC.
    pub fn by_rule(start: NaiveDateTime, rule: &str, zone: Tz) -> Result<Self, NotARule> {
        let once = Self::once(start)?;
        let wrong = || NotARule::Part(rule.chars().take(LONGEST_RULE).collect());
        if rule.len() > LONGEST_RULE {
            return Err(wrong());
        }
        let mut until = None;
        let mut kept = vec![];
        for part in rule.split(';').filter(|part| !part.is_empty()) {
            let (key, value) = part.split_once('=').ok_or_else(wrong)?;
            let key = key.trim().to_ascii_uppercase();
            if !PARTS.contains(&key.as_str()) {
                return Err(wrong());
            }
            match key.as_str() {
                "UNTIL" => until = Some(last(value, zone).ok_or_else(wrong)?),
                "INTERVAL" if value.bytes().all(|b| b == b'0') => return Err(wrong()),
                _ => kept.push(format!("{key}={value}")),
            }
        }
        let parsed: RRule<Unvalidated> = kept.join(";").parse().map_err(|_| wrong())?;
        let often = [
            Frequency::Daily,
            Frequency::Weekly,
            Frequency::Monthly,
            Frequency::Yearly,
        ];
        if !often.contains(&parsed.get_freq()) || parsed.clone().validate(utc(start)).is_err() {
            return Err(wrong());
        }
        let found = Self {
            rule: Some(parsed),
            until,
            ..once
        };
        match found.all(start, start + TimeDelta::days(366 * 30)).next() {
            Some(_) => Ok(found),
            None => Err(NotARule::Never(rule.to_owned())),
        }
    }

    pub fn except(&mut self, start: NaiveDateTime) {
        self.except.insert(start);
    }

    pub fn also(&mut self, start: NaiveDateTime) {
        self.also.insert(start);
    }

    /// It never comes before.
    pub fn earliest(&self) -> NaiveDateTime {
        self.also
            .first()
            .map_or(self.start, |first| self.start.min(*first))
    }

    /// All local times in [from, to) at which it begins, in order.
    pub fn starts(&self, from: NaiveDateTime, to: NaiveDateTime) -> Vec<NaiveDateTime> {
        let once = self.rule.is_none().then_some(self.start);
        let extra = self.also.iter().copied().chain(once);
        let extra = extra.filter(|start| (from..to).contains(start));
        let all: BTreeSet<NaiveDateTime> = self.all(from, to).chain(extra).collect();
        all.difference(&self.except).copied().collect()
    }

    /// What the rule alone says.
    fn all(&self, from: NaiveDateTime, to: NaiveDateTime) -> impl Iterator<Item = NaiveDateTime> + use<> {
        let until = self.until;
        let start = utc(self.near(from));
        let rule = self.rule.clone().and_then(|rule| rule.validate(start).ok());
        // Limited: a rule that never comes is not followed to the end of time.
        let set = rule.map(|rule| RRuleSet::new(start).rrule(rule).limit());
        let found = set.map(|set| (&set).into_iter()).into_iter().flatten();
        let found = found.map(|at| at.naive_utc());
        found
            .take_while(move |at| *at < to && until.is_none_or(|until| *at <= until))
            .filter(move |at| *at >= from)
    }

    /// An earlier start from which the rule says the same, so that nobody counts through years of days. Not where it
    /// counts from the first one, and not where a step is not always equally long.
    fn near(&self, from: NaiveDateTime) -> NaiveDateTime {
        let Some(rule) = self.rule.as_ref().filter(|rule| rule.get_count().is_none()) else {
            return self.start;
        };
        let days = match rule.get_freq() {
            Frequency::Daily => 1,
            Frequency::Weekly => 7,
            _ => return self.start,
        };
        let step = days * i64::from(rule.get_interval());
        let steps = (from - self.start).num_days() / step - 1;
        self.start + TimeDelta::days(steps.max(0) * step)
    }
}

fn utc(local: NaiveDateTime) -> DateTime<rrule::Tz> {
    local.and_utc().with_timezone(&rrule::Tz::UTC)
}

/// The last local time that an UNTIL still lets through.
fn last(text: &str, zone: Tz) -> Option<NaiveDateTime> {
    if let Ok(date) = NaiveDate::parse_from_str(text, "%Y%m%d") {
        return Some(date.and_time(NaiveTime::from_hms_opt(23, 59, 59)?));
    }
    let time = NaiveDateTime::parse_from_str(text.trim_end_matches('Z'), "%Y%m%dT%H%M%S").ok()?;
    match text.ends_with('Z') {
        true => local(zone, time.and_utc()),
        false => Some(time),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap()
    }

    fn starts(start: &str, rule: &str, from: &str, to: &str) -> Vec<String> {
        let found = Recurrence::by_rule(at(start), rule, Tz::Europe__Berlin).unwrap();
        let starts = found.starts(at(from), at(to));
        starts
            .iter()
            .map(|at| at.format("%a %F %H:%M").to_string())
            .collect()
    }

    #[test]
    fn it_comes_at_the_same_local_time_whatever_the_clocks_do() {
        assert_eq!(
            starts(
                "2026-03-23 02:30",
                "FREQ=WEEKLY;BYDAY=SU",
                "2026-03-22 00:00",
                "2026-04-06 00:00"
            ),
            ["Sun 2026-03-29 02:30", "Sun 2026-04-05 02:30"]
        );
        // From far away as well: every second week stays every second week.
        assert_eq!(
            starts(
                "2020-01-06 09:00",
                "FREQ=WEEKLY;INTERVAL=2",
                "2026-06-01 00:00",
                "2026-06-30 00:00"
            ),
            [
                "Mon 2026-06-01 09:00",
                "Mon 2026-06-15 09:00",
                "Mon 2026-06-29 09:00"
            ]
        );
        assert_eq!(
            starts(
                "2020-02-29 00:00",
                "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
                "2021-01-01 00:00",
                "2033-01-01 00:00"
            ),
            [
                "Thu 2024-02-29 00:00",
                "Tue 2028-02-29 00:00",
                "Sun 2032-02-29 00:00"
            ]
        );
        assert_eq!(
            starts(
                "2026-01-01 09:00",
                "FREQ=MONTHLY;BYDAY=-1FR;COUNT=2",
                "2026-01-01 00:00",
                "2027-01-01 00:00"
            ),
            ["Fri 2026-01-30 09:00", "Fri 2026-02-27 09:00"]
        );
    }

    #[test]
    fn an_end_in_utc_is_meant_in_the_zone_and_a_day_is_meant_whole() {
        let daily = |until: &str| {
            let rule = format!("FREQ=DAILY;UNTIL={until}");
            starts("2026-06-01 23:00", &rule, "2026-06-01 00:00", "2026-07-01 00:00").len()
        };
        assert_eq!((daily("20260602T205959Z"), daily("20260602T210000Z")), (1, 2));
        assert_eq!((daily("20260602"), daily("20260602T230000")), (2, 2));
    }

    #[test]
    fn what_was_moved_or_called_off_does_not_come() {
        let mut found = Recurrence::by_rule(at("2026-06-01 09:00"), "FREQ=DAILY;COUNT=3", Tz::UTC).unwrap();
        found.except(at("2026-06-02 09:00"));
        found.also(at("2026-06-10 09:00"));
        let starts = found.starts(at("2026-06-01 00:00"), at("2026-07-01 00:00"));
        assert_eq!(
            starts,
            [
                at("2026-06-01 09:00"),
                at("2026-06-03 09:00"),
                at("2026-06-10 09:00")
            ]
        );
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for wrong in [
            "",
            "FREQ=HOURLY",
            "FREQ=SECONDLY;COUNT=5",
            "FREQ=DAILY;BYHOUR=1,2",
            "FREQ=DAILY;INTERVAL=0",
            "DAILY",
            "FREQ=DAILY;UNTIL=soon",
            "FREQ=DAILY;COUNT=x",
            "FREQ=YEARLY;BYMONTH=13",
            "FREQ=DAILY;RSCALE=HEBREW",
            "FREQ=DAILY;INTERVAL=99999999999",
            "FREQ=DAILY;COUNT=0",
            "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        ] {
            assert!(
                Recurrence::by_rule(at("2026-06-01 09:00"), wrong, Tz::UTC).is_err(),
                "{wrong}"
            );
        }
        assert_eq!(Recurrence::once(at("1969-06-01 09:00")), Err(NotARule::Far));
    }

    fn any_rule() -> impl Strategy<Value = String> {
        let part = prop_oneof![
            Just("INTERVAL=1".to_owned()),
            (0..400u32).prop_map(|n| format!("INTERVAL={n}")),
            (0..40u32).prop_map(|n| format!("COUNT={n}")),
            "BYDAY=(-?[0-9]{0,2}(MO|TU|WE|TH|FR|SA|SU)){1,2}",
            "BYDAY=MO,WE,FR",
            "BYMONTHDAY=-?[0-9]{1,2}",
            "BYMONTH=[0-9]{1,2}",
            "BYYEARDAY=-?[0-9]{1,3}",
            "BYWEEKNO=-?[0-9]{1,2}",
            "BYSETPOS=-?[0-9]{1,2}",
            "WKST=(MO|SU|XX)",
            "UNTIL=20[0-9]{2}0[1-9]1[0-9](T[0-9]{6}Z?)?",
            "[A-Z=;]{0,8}",
        ];
        let often = prop_oneof![Just("DAILY"), Just("WEEKLY"), Just("MONTHLY"), Just("YEARLY")];
        (often, proptest::collection::vec(part, 0..4))
            .prop_map(|(often, parts)| format!("FREQ={often};{}", parts.join(";")))
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

        // The oracle counts from the very first one.
        #[test]
        fn starting_to_count_later_changes_nothing_and_no_rule_makes_it_panic(rule in any_rule(), day in 0..20_000i64, ahead in 0..2_000i64) {
            let start = at("1970-01-01 09:30") + TimeDelta::days(day);
            let Ok(found) = Recurrence::by_rule(start, &rule, Tz::America__New_York) else {
                return Ok(());
            };
            let (from, to) = (start + TimeDelta::days(ahead), start + TimeDelta::days(ahead + 40));
            let near = found.starts(from, to);
            let all = found.starts(start, to);
            let expected: Vec<NaiveDateTime> = all.into_iter().filter(|at| *at >= from).collect();
            prop_assert_eq!(near, expected);
        }
    }
}
