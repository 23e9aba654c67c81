//! Digests for one person: those that people asked for themselves, and what becomes of one that does not reach them.

use chrono::TimeDelta;

use crate::domain::At;
use crate::domain::action::Actor;
use crate::domain::daily;
use crate::domain::person::Mention;
use crate::domain::person::PersonId;
use crate::domain::rights;
use crate::domain::rights::Role;
use crate::domain::rules::Channel;
use crate::domain::rules::DigestPlan;
use crate::domain::text::Seg;
use crate::port::chat::Body;
use crate::port::chat::Note;
use crate::port::chat::Post;
use crate::store::StoreError;
use crate::store::digest as rows;
use crate::store::outbox::Leased;
use crate::store::outbox::Settled;
use crate::store::person;
use crate::store::preference;
use crate::store::preference::Daily;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::perform::Posted;
use crate::workflow::perform::there;

/// Somebody whom nothing reaches is told so again after this long: they may have overlooked it.
const SAID_AGAIN_DAYS: i64 = 30;

impl Desk {
    /// Those that people asked for whose time has come. Returns how many were ours to send.
    pub(crate) async fn schedule_daily(&self, now: At) -> Result<usize> {
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

    /// A digest as it is to be sent, and the channel that it tells of, in the language of whoever gets it. None, when it is
    /// not wanted any more.
    pub(crate) async fn digest_of(&self, name: &str, place: &str) -> Result<Option<(DigestPlan, Channel)>> {
        let found = if name == daily::NAME {
            let all = preference::daily(self.store.pool()).await?;
            let wanted = all.iter().find(|wanted| wanted.person.to_string() == place);
            wanted.and_then(|wanted| self.daily_plan(wanted))
        } else {
            let plan = self.rules.digests.iter().find(|plan| plan.name == name);
            match plan {
                Some(plan) => Some((plan.clone(), self.channel(&plan.channel)?.clone())),
                None => None,
            }
        };
        let Some((plan, mut channel)) = found else {
            return Ok(None);
        };
        if let Some(person) = &plan.to {
            channel.voice = self.own_voice(self.store.pool(), person, channel.voice).await?;
        }
        Ok(Some((plan, channel)))
    }

    fn daily_plan(&self, wanted: &Daily) -> Option<(DigestPlan, Channel)> {
        let channel = self.rules.channel(&wanted.channel)?.clone();
        let zone = wanted.own.zone.unwrap_or(channel.voice.zone);
        let plan = daily::plan(&wanted.person, &channel.name, wanted.own.quiet, zone).ok()?;
        Some((plan, channel))
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
        let role = rights::role(
            &self.rules.grants,
            &actor,
            std::slice::from_ref(&wanted.channel),
            |circle| circles.contains(&circle.key()),
        );
        Ok(role.is_some_and(|role| role >= Role::Viewer))
    }

    /// They take no direct messages. They are told so where the digest's channel is, once and not each morning, and with how
    /// to have it again; the digest itself is not for everybody.
    pub(crate) async fn unreached(
        &self,
        leased: &Leased,
        plan: &DigestPlan,
        person: &PersonId,
    ) -> Result<()> {
        let channel = self.channel(&plan.channel)?;
        let place = plan.place(channel);
        let now = self.now();
        let told = rows::closed_since(self.store.pool(), &plan.name, &place).await?;
        if told.is_some_and(|at| now - at < TimeDelta::days(SAID_AGAIN_DAYS)) {
            return self.settle(leased, Settled::Done).await;
        }
        let post = Post {
            key: leased.key.clone(),
            generation: 0,
            room: channel.room.clone(),
            thread: None,
            body: Body::Note(Note {
                ping: vec![Mention::Person(person.user.clone())],
                text: no_way(channel),
                quote: None,
                buttons: Vec::new(),
                item: None,
                each: Vec::new(),
                about: String::new(),
            }),
        };
        let how = match self.post(leased, &channel.chat, &post).await? {
            Posted::At(_) | Posted::Somewhere => Settled::Done,
            Posted::Found(_) => there(leased),
            Posted::Gone(why) => Settled::Dead { why },
            Posted::Not(how) | Posted::No(how) => how,
        };
        let mut tx = self.store.begin().await?;
        if let Settled::Done | Settled::Found = how {
            tracing::warn!(
                effect.key = leased.key,
                "somebody takes no direct messages and is told so in the room of their digest"
            );
            rows::closed(&mut tx, &plan.name, &place, Some(now)).await?;
        }
        self.settle_in(tx, leased, how).await
    }

    /// It reached them: when it does not again, that is news again.
    pub(crate) async fn did_reach(&self, plan: &DigestPlan, posted: &Posted) -> Result<()> {
        if let (Some(person), Posted::At(_) | Posted::Found(_)) = (&plan.to, posted) {
            let mut tx = self.store.begin().await?;
            rows::closed(&mut tx, &plan.name, &person.to_string(), None).await?;
            tx.commit().await.map_err(StoreError::from)?;
        }
        Ok(())
    }
}

/// What somebody turned off is over; what the file does not have any more is worth a look.
pub(crate) fn no_longer(name: &str) -> Settled {
    if name == daily::NAME {
        return Settled::Done;
    }
    Settled::Dead {
        why: "no such digest is configured any more".into(),
    }
}

fn no_way(channel: &Channel) -> Vec<Seg> {
    channel.voice.say("digest-closed", &[("channel", channel.said())])
}
