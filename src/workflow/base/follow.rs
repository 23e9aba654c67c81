//! What all replicas have in common and each follows: settings that somebody changed, here or elsewhere, and the time.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use crate::domain::At;
use crate::domain::press::setting::Key;
use crate::domain::press::setting::Setting;
use crate::store::condition;
use crate::store::setting;
use crate::store::setting::SettingLine;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::base::live::Since;

/// An answer that took longer says less about when it was given: it is asked for again, and the quickest one counts.
const PROMPT: TimeDelta = TimeDelta::milliseconds(200);
const TRIES: usize = 3;

impl Desk {
    /// Sets our clock by the database's.
    pub async fn set_clock(&self) -> Result<()> {
        let mut quickest: Option<(TimeDelta, At, At, At)> = None;
        for _ in 0..TRIES {
            let before = self.clock.own();
            let theirs = condition::clock(self.store.pool()).await?;
            let after = self.clock.own();
            let took = after - before;
            if quickest.is_none_or(|(least, ..)| took < least) {
                quickest = Some((took, before, theirs, after));
            }
            if took <= PROMPT {
                break;
            }
        }
        if let Some((_, before, theirs, after)) = quickest {
            self.clock.follow(before, theirs, after);
        }
        Ok(())
    }

    /// True when the rules changed.
    pub async fn follow(&self) -> Result<bool> {
        let Some(book) = &self.rulebook else {
            return Ok(false);
        };
        let pool = self.store.pool();
        if setting::last(pool).await? == self.rules.since().seq {
            return Ok(false);
        }
        let latest = setting::latest(pool).await?;
        let Some(newest) = latest.last() else {
            return Ok(false);
        };
        let since = Since {
            seq: newest.seq,
            at: Some(newest.at),
        };
        let edition = book.under(&holding(&latest))?;
        for (key, fault) in &edition.left_out {
            // Nobody fails to start because of it: the file was changed, and the setting has lost its place.
            tracing::warn!(setting.key = %key, fault = fault.what, remedy = fault.remedy,
                "a setting from the chat is left out, because the configuration does not allow it");
        }
        if !self.rules.replace(edition.rules.with_practice(), since) {
            return Ok(false);
        }
        self.speak();
        tracing::info!(setting.seq = since.seq, "settings from the chat hold now");
        Ok(true)
    }

    /// Tells the chats how we speak in their rooms, as the rules hold now.
    pub fn speak(&self) {
        for (name, chat) in &self.chats {
            let rooms = self.rules.channels.values().filter(|c| c.chat == *name);
            let locales: BTreeMap<_, _> = rooms.map(|c| (c.room.clone(), c.locale)).collect();
            chat.speak(locales);
        }
    }
}

/// What was set and not reset. What only a newer version knows is left to it.
pub fn holding(latest: &[SettingLine]) -> Vec<Setting> {
    let known = latest.iter().filter_map(|line| {
        let key: Key = line.key.parse().ok()?;
        let value = line.value.clone()?;
        Some(Setting { key, value })
    });
    known.collect()
}
