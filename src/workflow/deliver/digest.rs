//! A digest goes to its room, or to one person who wants the daily numbers. Whoever takes no direct messages is told so where
//! the channel is.

use chrono::TimeDelta;

use crate::domain::At;
use crate::domain::people::person::Mention;
use crate::domain::people::person::PersonId;
use crate::domain::promise::rules::Channel;
use crate::domain::say::text::Seg;
use crate::domain::show::daily;
use crate::domain::show::digest::plan::DigestPlan;
use crate::port::PortError;
use crate::port::chat::Body;
use crate::port::chat::Note;
use crate::port::chat::Page;
use crate::port::chat::Post;
use crate::store::StoreError;
use crate::store::digest as rows;
use crate::store::outbox::Leased;
use crate::store::outbox::Settled;
use crate::store::preference;
use crate::telemetry::meter;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::base::settle::there;
use crate::workflow::deliver::illustrate::Illustrated;
use crate::workflow::deliver::post::Posted;
use crate::workflow::views::digest::Asked;

/// Somebody whom nothing reaches is told so again after this long: they may have overlooked it.
const SAID_AGAIN_DAYS: i64 = 30;

impl Desk {
    /// A digest as it is to be sent, and the channel that it tells of, in the language of whoever gets it. None, when it is
    /// not wanted any more.
    async fn digest_of(&self, name: &str, place: &str) -> Result<Option<(DigestPlan, Channel)>> {
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
            channel.locale = self.own_locale(self.store.pool(), person, channel.locale).await?;
        }
        Ok(Some((plan, channel)))
    }

    /// They take no direct messages. They are told so where the digest's channel is, once and not each morning, and with how
    /// to have it again; the digest itself is not for everybody.
    async fn unreached(&self, leased: &Leased, plan: &DigestPlan, person: &PersonId) -> Result<()> {
        let channel = self.channel(&plan.channel)?;
        let place = plan.place(&channel.room);
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
                quotes: Vec::new(),
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
    async fn did_reach(&self, plan: &DigestPlan, posted: &Posted) -> Result<()> {
        if let (Some(person), Posted::At(_) | Posted::Found(_)) = (&plan.to, posted) {
            let mut tx = self.store.begin().await?;
            rows::closed(&mut tx, &plan.name, &person.to_string(), None).await?;
            tx.commit().await.map_err(StoreError::from)?;
        }
        Ok(())
    }
}

/// What somebody turned off is over; what the file does not have any more is worth a look.
fn no_longer(name: &str) -> Settled {
    if name == daily::NAME {
        return Settled::Done;
    }
    Settled::Dead {
        why: "no such digest is configured any more".into(),
    }
}

fn no_way(channel: &Channel) -> Vec<Seg> {
    channel
        .locale
        .say("digest-closed", &[("channel", channel.said())])
}

impl Desk {
    pub(super) async fn send_digest(
        &self,
        leased: &Leased,
        name: &str,
        room: &str,
        from: At,
        to: At,
    ) -> Result<()> {
        let Some((plan, channel)) = self.digest_of(name, room).await? else {
            return self.settle(leased, no_longer(name)).await;
        };
        let (plan, channel) = (&plan, &channel);
        let room = match &plan.to {
            Some(person) => match self.chat(&person.chat)?.direct(&person.user).await {
                Ok(room) => room,
                // Opening the same conversation twice is opening it once.
                Err(PortError::Unclear { why }) => {
                    return self.settle(leased, self.patiently(leased, why)).await;
                }
                Err(e) if e.is_no() => return self.unreached(leased, plan, person).await,
                Err(e) => return self.settle(leased, self.verdict(leased, &e)).await,
            },
            None => room.to_owned(),
        };
        let asked = Asked::of(plan, channel, from, to, self.now());
        let (mut digest, chart) = self.illustrated_digest(&asked).await?;
        if plan.only_if_something && digest.lines.is_empty() {
            return self.settle(leased, Settled::Done).await;
        }
        let picture = match self.illustrate(leased, &channel.chat, chart).await? {
            Illustrated::With(picture) => Some(picture),
            Illustrated::Plain => None,
            Illustrated::Without => {
                digest.lines.push(channel.locale.say("digest-no-chart", &[]));
                None
            }
            Illustrated::NotYet(how) => return self.settle(leased, how).await,
        };
        let has_picture = picture.is_some();
        let offers = self.digest_offers(channel).await?;
        let post = Post {
            key: leased.key.clone(),
            generation: 0,
            room,
            thread: None,
            body: Body::Digest(Box::new(Page {
                digest,
                picture,
                offers,
            })),
        };
        let posted = match &plan.to {
            Some(_) => self.post_directly(leased, &channel.chat, &post).await?,
            None => self.post(leased, &channel.chat, &post).await?,
        };
        if let (Some(person), Posted::No(_) | Posted::Gone(_)) = (&plan.to, &posted) {
            return self.unreached(leased, plan, person).await;
        }
        self.did_reach(plan, &posted).await?;
        match posted {
            Posted::At(_) | Posted::Somewhere => {
                self.settle(leased, Settled::Done).await?;
                meter::digest_sent(name, self.now() - to);
                Ok(())
            }
            Posted::Found(_) => {
                self.settle(leased, there(leased)).await?;
                meter::digest_sent(name, self.now() - to);
                Ok(())
            }
            Posted::Gone(why) => self.settle(leased, self.patiently(leased, why)).await,
            // It may be the picture that they do not take: the same without it.
            Posted::Not(Settled::Dead { why }) if has_picture => {
                self.do_without(leased, &why.ours).await?;
                self.settle(leased, Settled::Again { at: self.now() }).await
            }
            Posted::Not(how) | Posted::No(how) => self.settle(leased, how).await,
        }
    }
}
