//! Slack's rates as token buckets on the outside clock. Bursts are tolerated a little, as the real one does,
//! and never promised.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

/// How much of a burst passes and how fast it comes back.
struct Rate {
    burst: f64,
    per_second: f64,
}

#[derive(Default)]
pub struct Rates {
    buckets: HashMap<String, Bucket>,
}

struct Bucket {
    left: f64,
    at: DateTime<Utc>,
}

impl Rates {
    /// `Err` carries the seconds for `Retry-After`.
    pub fn take(&mut self, method: &str, channel: &str, now: DateTime<Utc>) -> Result<(), u64> {
        let (key, rate) = match method {
            // "about 1 message per second per channel, short bursts tolerated"
            "chat.postMessage" => (
                format!("{method} {channel}"),
                Rate {
                    burst: 3.0,
                    per_second: 1.0,
                },
            ),
            // Tier 3 is 50 a minute for the whole workspace.
            "chat.update" => (
                method.to_owned(),
                Rate {
                    burst: 50.0,
                    per_second: 50.0 / 60.0,
                },
            ),
            // Tier 4.
            "views.publish" => (
                method.to_owned(),
                Rate {
                    burst: 100.0,
                    per_second: 100.0 / 60.0,
                },
            ),
            _ => return Ok(()),
        };
        let bucket = self.buckets.entry(key).or_insert(Bucket {
            left: rate.burst,
            at: now,
        });
        let elapsed = (now - bucket.at).as_seconds_f64().max(0.0);
        bucket.left = (bucket.left + elapsed * rate.per_second).min(rate.burst);
        bucket.at = now;
        if bucket.left < 1.0 {
            let missing = (1.0 - bucket.left) / rate.per_second;
            return Err(whole_seconds(missing));
        }
        bucket.left -= 1.0;
        Ok(())
    }
}

/// `Retry-After` has no fractions; coming back a moment early would only be refused again.
fn whole_seconds(seconds: f64) -> u64 {
    (1_u32..)
        .find(|whole| f64::from(*whole) >= seconds)
        .map_or(1, u64::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    #[test]
    fn a_channel_takes_a_short_burst_and_then_one_a_second() {
        let mut rates = Rates::default();
        let now = DateTime::UNIX_EPOCH;
        for _ in 0..3 {
            assert_eq!(rates.take("chat.postMessage", "C1", now), Ok(()));
        }
        assert_eq!(rates.take("chat.postMessage", "C1", now), Err(1));
        assert_eq!(rates.take("chat.postMessage", "C2", now), Ok(()));
        let later = now + TimeDelta::seconds(1);
        assert_eq!(rates.take("chat.postMessage", "C1", later), Ok(()));
        assert_eq!(rates.take("chat.postMessage", "C1", later), Err(1));
    }

    #[test]
    fn updates_share_fifty_a_minute() {
        let mut rates = Rates::default();
        let now = DateTime::UNIX_EPOCH;
        let passed = (0..60)
            .filter(|_| rates.take("chat.update", "C1", now).is_ok())
            .count();
        assert_eq!(passed, 50);
        assert_eq!(rates.take("chat.update", "C2", now), Err(2));
    }
}
