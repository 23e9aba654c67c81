//! A schedule slot came: whoever claims it first writes one effect. After an outage the latest slot is late, and the
//! ones before it are covered by its numbers, not sent.

use chrono::TimeDelta;

use crate::domain::At;
use crate::domain::card;
use crate::domain::digest;
use crate::domain::digest::Digest;
use crate::domain::digest::Late;
use crate::domain::digest::Numbers;
use crate::domain::effect::Effect;
use crate::domain::effect::Lane;
use crate::domain::effect::NewEffect;
use crate::domain::id::EffectId;
use crate::domain::item::Tone;
use crate::domain::practice;
use crate::domain::rules::Channel;
use crate::domain::rules::DigestPlan;
use crate::domain::schedule;
use crate::store::StoreError;
use crate::store::digest as rows;
use crate::store::item;
use crate::store::item::Filter;
use crate::store::outbox;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::WorkflowError;
use crate::workflow::tell::room_key;

/// More overdue items than this are only counted.
const LISTED: i64 = 11;

impl Desk {
    /// Writes down the digests whose time has come. Returns how many were ours to send.
    pub async fn schedule(&self) -> Result<usize> {
        let now = self.now();
        let mut claimed = 0;
        for plan in &self.rules.digests {
            let channel = self.channel(&plan.channel)?;
            let Some(slot) = plan.schedule.latest(now) else {
                continue;
            };
            if rows::was_claimed(self.store.pool(), &plan.name, &channel.room, slot.local).await?
                || slot.at <= rows::wanted_since(self.store.pool(), &plan.name, &channel.room, now).await?
            {
                continue;
            }
            let mut tx = self.store.begin().await?;
            if rows::claim(&mut tx, &plan.name, &channel.room, slot.local, now).await? {
                let usual = plan
                    .schedule
                    .before(slot)
                    .map_or(slot.at - TimeDelta::days(1), |s| s.at);
                let sent = rows::sent_before(&mut tx, &plan.name, &channel.room, slot.local).await?;
                let sent = sent.map(|local| schedule::instant(plan.schedule.zone, local));
                let from = sent.map_or(usual, |at| at.min(usual));
                outbox::put(
                    &mut tx,
                    &[send(plan, channel, &slot.local.to_string(), from, slot.at, now)],
                    now,
                )
                .await?;
                claimed += 1;
            }
            tx.commit().await.map_err(StoreError::from)?;
        }
        Ok(claimed)
    }

    pub async fn write_digest(&self, channel: &Channel, from: At, to: At) -> Result<Digest> {
        Ok(digest::write(
            &self.numbers(channel, from, to).await?,
            from,
            to,
            channel.voice,
        ))
    }

    async fn numbers(&self, channel: &Channel, from: At, to: At) -> Result<Numbers> {
        let pool = self.store.pool();
        let name = channel.name.as_str();
        let mut numbers = Numbers::default();
        for (source, tone, n) in rows::new_items(pool, name, practice::NAME, from, to).await? {
            let tone = Tone::parse(&tone).unwrap_or(Tone::Neutral);
            numbers.new.push((self.rules.label(&source).to_owned(), tone, n));
        }
        let answered = ["visible", "answered_elsewhere", "confirmed_there"].map(str::to_owned);
        numbers.answered = rows::happened(pool, name, practice::NAME, &answered, from, to).await?;
        numbers.handled =
            rows::happened(pool, name, practice::NAME, &["handled".to_owned()], from, to).await?;
        let counted = |overdue| Filter::Digest {
            channel: name,
            overdue,
            without: practice::NAME,
        };
        numbers.open = item::count(pool, counted(None)).await?;
        let late = counted(Some(to));
        for item in item::list(pool, late, LISTED).await? {
            let message = rows::card_message(pool, item.id.0, &channel.room).await?;
            let chat = self.chat(&channel.chat)?;
            numbers.overdue.push(Late {
                number: item.number,
                head: card::head(&item, self.rules.label(&item.source), channel.voice.lang),
                due: item.deadline.map_or(to, |d| d.due),
                link: message.and_then(|m| chat.link(&channel.room, &m)),
            });
        }
        numbers.overdue_count = item::count(pool, counted(Some(to))).await?;
        Ok(numbers)
    }

    pub fn channel(&self, name: &str) -> Result<&Channel> {
        self.rules
            .channel(name)
            .ok_or_else(|| WorkflowError::NotConfigured {
                what: "channel",
                name: name.to_owned(),
            })
    }
}

fn send(plan: &DigestPlan, channel: &Channel, slot: &str, from: At, to: At, now: At) -> NewEffect {
    NewEffect {
        id: EffectId::new(now),
        key: format!("digest:{}:{}:{slot}", plan.name, channel.room),
        effect: Effect::SendDigest {
            digest: plan.name.clone(),
            room: channel.room.clone(),
            slot: slot.to_owned(),
            from,
            to,
        },
        item: None,
        lane: Lane::Digest,
        serial: room_key(&channel.chat, &channel.room),
        pace: Some(room_key(&channel.chat, &channel.room)),
        run_at: now,
    }
}
