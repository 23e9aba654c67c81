//! Discord's rates on the outside clock: a bucket per route and channel, fifty a second over all, the quiet limit
//! on edits of old messages, and the count of invalid requests that ends in a ban.

use std::collections::HashMap;
use std::collections::VecDeque;

use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;

const GLOBAL: u32 = 50;
const INVALID_WINDOW: TimeDelta = TimeDelta::minutes(10);
pub const INVALID_MOST: usize = 10_000;
/// Not documented by Discord; about what people measured.
const OLD_EDITS: usize = 3;
const OLD_EDIT_WINDOW: TimeDelta = TimeDelta::seconds(20);

#[derive(Default)]
pub struct Rates {
    buckets: HashMap<String, Bucket>,
    global: (i64, u32),
    old_edits: HashMap<String, VecDeque<DateTime<Utc>>>,
    invalid: VecDeque<DateTime<Utc>>,
    /// How many 429 were handed out.
    pub limited: u64,
}

struct Bucket {
    left: u32,
    reset: DateTime<Utc>,
}

/// What the headers tell.
#[derive(Debug, Clone, PartialEq)]
pub struct Bucketed {
    pub bucket: String,
    pub limit: u32,
    pub left: u32,
    pub reset: DateTime<Utc>,
    pub after: f64,
}

/// How many requests in how many seconds.
fn of(route: &str) -> (u32, i64) {
    match route {
        "create_message" | "edit_message" | "create_followup" | "edit_original" | "edit_followup" => (5, 5),
        "delete_message" => (5, 1),
        "start_thread" | "start_post" | "modify_channel" => (10, 10),
        "list_messages" | "get_message" => (10, 5),
        "create_dm" => (10, 10),
        "overwrite_commands" | "overwrite_guild_commands" => (2, 20),
        _ => (50, 5),
    }
}

impl Rates {
    pub fn take(&mut self, route: &str, major: &str, now: DateTime<Utc>) -> Result<Bucketed, Bucketed> {
        let (limit, seconds) = of(route);
        let bucket = self.buckets.entry(format!("{route} {major}")).or_insert(Bucket {
            left: limit,
            reset: now,
        });
        if bucket.reset <= now {
            *bucket = Bucket {
                left: limit,
                reset: now + TimeDelta::seconds(seconds),
            };
        }
        let allowed = bucket.left > 0;
        bucket.left = bucket.left.saturating_sub(1);
        let told = Bucketed {
            bucket: hash(route),
            limit,
            left: bucket.left,
            reset: bucket.reset,
            after: (bucket.reset - now).as_seconds_f64(),
        };
        if allowed { Ok(told) } else { Err(told) }
    }

    /// `Err` carries the seconds to wait.
    pub fn take_global(&mut self, now: DateTime<Utc>) -> Result<(), f64> {
        let (second, used) = self.global;
        let used = if second == now.timestamp() { used } else { 0 };
        if used >= GLOBAL {
            let into = f64::from(now.timestamp_subsec_millis()) / 1000.0;
            return Err((1.0 - into).max(0.001));
        }
        self.global = (now.timestamp(), used + 1);
        Ok(())
    }

    /// An edit of a message older than an hour.
    pub fn take_old_edit(&mut self, channel: &str, now: DateTime<Utc>) -> Result<(), f64> {
        let edits = self.old_edits.entry(channel.to_owned()).or_default();
        while edits.front().is_some_and(|at| *at + OLD_EDIT_WINDOW <= now) {
            edits.pop_front();
        }
        match edits.front() {
            Some(first) if edits.len() >= OLD_EDITS => Err((*first + OLD_EDIT_WINDOW - now).as_seconds_f64()),
            _ => {
                edits.push_back(now);
                Ok(())
            }
        }
    }

    pub fn count_invalid(&mut self, now: DateTime<Utc>) {
        self.invalid.push_back(now);
    }

    pub fn invalid(&self, now: DateTime<Utc>) -> usize {
        self.invalid
            .iter()
            .filter(|at| **at + INVALID_WINDOW > now)
            .count()
    }
}

/// A name that says nothing, as Discord's do.
fn hash(route: &str) -> String {
    let sum = route.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| {
        (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{sum:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_takes_five_messages_in_five_seconds() {
        let mut rates = Rates::default();
        let now = DateTime::UNIX_EPOCH;
        for left in (0..5).rev() {
            assert_eq!(rates.take("create_message", "1", now).unwrap().left, left);
        }
        let refused = rates.take("create_message", "1", now).unwrap_err();
        assert!((refused.after - 5.0).abs() < 0.01, "{refused:?}");
        assert!(rates.take("create_message", "2", now).is_ok());
        let later = now + TimeDelta::seconds(5);
        assert!(rates.take("create_message", "1", later).is_ok());
    }

    #[test]
    fn fifty_a_second_over_all() {
        let mut rates = Rates::default();
        let now = DateTime::UNIX_EPOCH;
        assert_eq!((0..60).filter(|_| rates.take_global(now).is_ok()).count(), 50);
        assert!(rates.take_global(now + TimeDelta::seconds(1)).is_ok());
    }

    #[test]
    fn old_messages_are_edited_slowly() {
        let mut rates = Rates::default();
        let now = DateTime::UNIX_EPOCH;
        assert_eq!(
            (0..5).filter(|_| rates.take_old_edit("1", now).is_ok()).count(),
            3
        );
        assert!(rates.take_old_edit("1", now + TimeDelta::seconds(20)).is_ok());
    }

    #[test]
    fn invalid_requests_are_forgotten_after_ten_minutes() {
        let mut rates = Rates::default();
        let now = DateTime::UNIX_EPOCH;
        rates.count_invalid(now);
        rates.count_invalid(now + TimeDelta::minutes(5));
        assert_eq!(rates.invalid(now + TimeDelta::minutes(6)), 2);
        assert_eq!(rates.invalid(now + TimeDelta::minutes(11)), 1);
    }
}
