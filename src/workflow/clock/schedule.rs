//! A schedule slot came: whoever claims it first writes one effect. After an outage the latest slot is late, and the
//! ones before it are covered by its numbers, not sent.

use chrono::TimeDelta;

use crate::domain::At;
use crate::domain::effect::NewEffect;
use crate::domain::effect::new;
use crate::domain::effect::new::Room;
use crate::domain::people::rights::Role;
use crate::domain::press::action::Actor;
use crate::domain::promise::rules::Channel;
use crate::domain::show::digest::plan::DigestPlan;
use crate::domain::time::schedule;
use crate::domain::time::schedule::Slot;
use crate::store::StoreError;
use crate::store::digest as rows;
use crate::store::outbox;
use crate::store::person;
use crate::store::preference;
use crate::store::preference::Daily;
use crate::workflow::Desk;
use crate::workflow::Result;

impl Desk {
    /// Those that people asked for whose time has come. Returns how many were ours to send.
    async fn schedule_daily(&self, now: At) -> Result<usize> {
        let mut claimed = 0;
        for wanted in preference::daily(self.store.pool()).await? {
            let Some((plan, channel)) = self.daily_plan(&wanted) else {
                continue;
            };
            let Some(slot) = plan.schedule.latest(now) else {
                continue;
            };
            // Not before they asked for it, and not twice.
            let is_due = wanted.since.is_some_and(|since| since < slot.at)
                && wanted.last.is_none_or(|last| last < slot.local);
            if is_due && self.may_still_look(&wanted).await? {
                claimed += usize::from(self.claim(&plan, &channel, slot, now).await?);
            }
        }
        Ok(claimed)
    }

    /// Whoever has lost the right gets nothing any more, although they once asked for it.
    async fn may_still_look(&self, wanted: &Daily) -> Result<bool> {
        let person = &wanted.person;
        let mut tx = self.store.begin_reading().await?;
        let circles = person::circles_known(&mut tx, &person.chat, &person.user).await?;
        tx.rollback().await.map_err(StoreError::from)?;
        let actor = Actor {
            person: person.clone(),
            name: String::new(),
            outsider: false,
            vouched: None,
        };
        let role = self.role_of(&actor, std::slice::from_ref(&wanted.channel), &circles);
        Ok(role.is_some_and(|role| role >= Role::Viewer))
    }

    /// Writes down the digests whose time has come. Returns how many were ours to send.
    pub async fn schedule(&self) -> Result<usize> {
        let now = self.now();
        let mut claimed = 0;
        for plan in &self.rules.digests {
            let channel = self.channel(&plan.channel)?;
            let place = plan.place(&channel.room);
            let Some(slot) = plan.schedule.latest(now) else {
                continue;
            };
            if rows::was_claimed(self.store.pool(), &plan.name, &place, slot.local).await?
                || slot.at <= rows::wanted_since(self.store.pool(), &plan.name, &place, now).await?
            {
                continue;
            }
            claimed += usize::from(self.claim(plan, channel, slot, now).await?);
        }
        Ok(claimed + self.schedule_daily(now).await?)
    }

    /// True for the one replica that sends it.
    async fn claim(&self, plan: &DigestPlan, channel: &Channel, slot: Slot, now: At) -> Result<bool> {
        let place = plan.place(&channel.room);
        let mut tx = self.store.begin().await?;
        let is_ours = rows::claim(&mut tx, &plan.name, &place, slot.local, now).await?;
        if is_ours {
            let usual = plan
                .schedule
                .before(slot)
                .map_or(slot.at - TimeDelta::days(1), |s| s.at);
            let sent = rows::sent_before(&mut tx, &plan.name, &place, slot.local).await?;
            let sent = sent.map(|local| schedule::instant(plan.schedule.zone, local));
            let from = sent.map_or(usual, |at| at.min(usual));
            let digest = send(plan, channel, &slot.local.to_string(), from, slot.at, now);
            outbox::put(&mut tx, &[digest], now).await?;
        }
        tx.commit().await.map_err(StoreError::from)?;
        Ok(is_ours)
    }
}

fn send(plan: &DigestPlan, channel: &Channel, slot: &str, from: At, to: At, now: At) -> NewEffect {
    let room = Room {
        chat: &channel.chat,
        room: &channel.room,
    };
    let digest = new::Slot {
        name: &plan.name,
        place: &plan.place(&channel.room),
        slot,
        from,
        until: to,
    };
    NewEffect::send_digest(plan.to.as_ref().map_or(Ok(room), Err), digest, now)
}
