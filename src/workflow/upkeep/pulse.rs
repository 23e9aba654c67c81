//! How things stand now, for whoever watches us: only counts and ages, and only questions that an index answers.

use chrono::TimeDelta;

use crate::domain::show::closure::Shut;
use crate::store::card;
use crate::store::inbox;
use crate::store::item;
use crate::store::item::Filter;
use crate::store::outbox;
use crate::store::outbox::Backlog;
use crate::store::source;
use crate::store::timer;
use crate::store::unread;

pub use crate::store::unread::Unread;
use crate::workflow::Desk;
use crate::workflow::Result;

/// What waits for less than this may be a newer replica's, which is just about to take it.
pub const UNREAD_MINUTES: i64 = 5;

#[derive(Debug, Clone)]
pub struct Pulse {
    pub backlog: Backlog,
    /// Since when the oldest effect could have been tried.
    pub outbox_age: TimeDelta,
    pub presses: i64,
    /// Items by state, those that somebody still owes an answer.
    pub open: Vec<(String, i64)>,
    pub overdue: i64,
    pub stale_cards: i64,
    pub unposted_cards: i64,
    /// Of open items, in the folds of full rooms.
    pub folded_cards: i64,
    pub timer_age: TimeDelta,
    pub sources: Vec<SourcePulse>,
    /// What waits because this version cannot read it.
    pub unread: Unread,
    /// What chats keep closed to us, and for how long still.
    pub closed: Vec<(Shut, TimeDelta)>,
}

/// A source that is read, not one that only calls us.
#[derive(Debug, Clone)]
pub struct SourcePulse {
    pub name: String,
    /// None when it was never read.
    pub lag: Option<TimeDelta>,
    pub failures: i32,
}

impl Desk {
    pub async fn pulse(&self) -> Result<Pulse> {
        let pool = self.store.pool();
        let now = self.now();
        let chats: Vec<String> = self.chats.keys().cloned().collect();
        let age = |since: Option<_>| since.map_or(TimeDelta::zero(), |at| now - at);
        let backlog = self.backlog().await?;
        let (stale_cards, unposted_cards, folded_cards) = card::behind(pool).await?;
        let known = source::health(pool).await?;
        let polled = self.sources.values().filter(|s| s.poll_every().is_some());
        let sources = polled.map(|s| {
            let row = known.iter().find(|row| row.source == s.name());
            SourcePulse {
                name: s.name().to_owned(),
                lag: row.and_then(|r| r.last_ok_at).map(|at| now - at),
                failures: row.map_or(0, |r| r.failures),
            }
        });
        Ok(Pulse {
            outbox_age: age(backlog.oldest),
            backlog,
            presses: inbox::waiting(pool).await?,
            open: item::still_open(pool).await?,
            overdue: item::count(pool, Filter::Overdue { channels: None, now }).await?,
            stale_cards,
            unposted_cards,
            folded_cards,
            timer_age: age(timer::oldest_due(pool, now).await?),
            sources: sources.collect(),
            unread: unread::of(pool, &chats, now - TimeDelta::minutes(UNREAD_MINUTES)).await?,
            closed: outbox::closed(pool, now)
                .await?
                .into_iter()
                .map(|shut| {
                    let left = shut.until - now;
                    (shut, left)
                })
                .collect(),
        })
    }

    pub async fn backlog(&self) -> Result<outbox::Backlog> {
        Ok(outbox::backlog(self.store.pool(), self.now()).await?)
    }
}
