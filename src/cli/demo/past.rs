//! Four weeks that lie behind the team when a demo begins: customers wrote, the bot's own intake took it in at its time, and
//! somebody answered. Nothing of it is posted any more; digests, searches and back-tests know it.

use std::sync::Arc;

use chrono::TimeDelta;
use chrono_tz::Europe::Berlin;
use serde_json::json;

use super::parts;
use super::world;
use super::world::FarSide;
use crate::app::App;
use crate::cli::Failure;
use crate::cli::Outcome;
use crate::demo::Shift;
use crate::domain::At;
use crate::domain::effect::NewEffect;
use crate::domain::id::EventId;
use crate::domain::id::ItemId;
use crate::domain::id::ReplyId;
use crate::domain::item::event::Event;
use crate::domain::item::event::EventKind;
use crate::domain::item::handling::Handling;
use crate::domain::item::handling::Reason;
use crate::domain::item::reply::Reply;
use crate::domain::item::reply::ReplyState;
use crate::domain::people::person::PersonId;
use crate::port::source::HookCall;
use crate::store::Store;
use crate::store::Tx;
use crate::store::card;
use crate::store::card::Wanted;
use crate::store::event;
use crate::store::fold;
use crate::store::item;
use crate::store::outbox;
use crate::store::person;
use crate::store::reply;
use crate::workflow::Desk;
use standins::google::Review;
use standins::samples::Past;
use standins::samples::past;
use standins::shop;
use standins::shop::webhook;
use standins::sites::millis;
use standins::sites::site::Site as _;

/// As long as a reply can be taken back.
const UNDO: TimeDelta = TimeDelta::seconds(30);

/// What was, lived through with a clock of its own.
struct Behind<'a> {
    far: &'a FarSide,
    store: Store,
    desk: Arc<Desk>,
    clock: Arc<Shift>,
    people: Vec<PersonId>,
    base: String,
}

/// Before the bot begins: it finds all this when it comes.
pub async fn live(base: &str, far: &FarSide, store: &Store) -> Outcome {
    let all = past(far.demo.clock.now());
    let Some(begins) = all.first().map(|p| p.at) else {
        return Ok(());
    };
    let clock = Shift::new(Arc::new(move || begins));
    let desk = App::assemble(parts(base, store.clone(), clock.clone())?)?.desk;
    let mut people = Vec::new();
    for (who, name) in world::answering() {
        person::looked_up(store.pool(), &who, name, Some(Berlin), begins).await?;
        people.push(who);
    }
    let behind = Behind {
        far,
        store: store.clone(),
        desk,
        clock,
        people,
        base: base.to_owned(),
    };
    // What stands at Google is read at the end of each day.
    let mut read: Vec<(String, &Past)> = Vec::new();
    for (n, one) in all.iter().enumerate() {
        behind.clock.set((one.at - begins).num_seconds());
        match one.spot.site == behind.far.shop.word() {
            true => behind.at_shop(n, one).await?,
            false => read.push((behind.at_google(one), one)),
        }
        if all
            .get(n + 1)
            .is_none_or(|next| next.at.date_naive() != one.at.date_naive())
        {
            behind.reads_google(std::mem::take(&mut read)).await?;
        }
    }
    Ok(())
}

/// Of all that was written down since then, much of it as of later.
const LOOKED_THROUGH: i64 = 2000;

impl Behind<'_> {
    async fn at_shop(&self, n: usize, one: &Past) -> Outcome {
        let product = one.spot.place;
        let item = shop::Item {
            id: format!("it-{:04}", self.far.shop.items().len() + 1),
            product: product.to_owned(),
            kind: if one.stars.is_some() {
                shop::Kind::Review
            } else {
                shop::Kind::Question
            },
            author: one.author.to_owned(),
            stars: one.stars,
            text: one.text.clone(),
            created: one.at,
            edited: None,
            removed: None,
            reply: one.answer.map(|(at, text)| shop::Reply {
                id: format!("past-{n}"),
                body: text.to_owned(),
                language: None,
                revision: None,
                published: at,
                edited: None,
            }),
            publications: u32::from(one.answer.is_some()),
        };
        let product = standins::samples::products()
            .into_iter()
            .find(|p| p.id == product);
        let data = product.map(|p| item.wire(&p, &self.base));
        let now = self.desk.now();
        let body = json!({ "type": "item.created", "timestamp": millis(now), "data": data }).to_string();
        self.far.shop.stock([item]);
        let id = format!("msg_past{n:06}");
        let secret = shop::Settings::default().hook_secret;
        let signature = webhook::sign(&secret, &id, now, body.as_bytes()).unwrap_or_default();
        let header = |name: &str, value: String| (name.to_owned(), value);
        let call = HookCall {
            token: None,
            headers: vec![
                header("content-type", "application/json".to_owned()),
                header("webhook-id", id),
                header("webhook-timestamp", now.timestamp().to_string()),
                header("webhook-signature", signature),
            ],
            body: body.into_bytes(),
        };
        self.desk.receive("shop", &call).await?;
        for id in self.received(now).await? {
            self.ends(id, one, now).await?;
        }
        Ok(())
    }

    /// What came in at this moment.
    async fn received(&self, now: At) -> Result<Vec<ItemId>, Failure> {
        let lately = event::since(self.store.pool(), now, LOOKED_THROUGH).await?;
        let is_new = |event: &Event| event.at == now && matches!(event.what, EventKind::Received { .. });
        Ok(lately.iter().filter(|e| is_new(e)).map(|e| e.item).collect())
    }

    /// It stands there from now on.
    fn at_google(&self, one: &Past) -> String {
        let id = format!("AbFvOq{:04}", self.far.google.reviews().len() + 1);
        self.far.google.stock(Review {
            id: id.clone(),
            location: one.spot.place.to_owned(),
            author: one.author.to_owned(),
            stars: one.stars.unwrap_or(5),
            text: Some(one.text.clone()),
            created: one.at,
            updated: one.at,
            removed: None,
            reply: None,
            puts: 0,
        });
        id
    }

    /// Read as ever, from the site that is served already.
    async fn reads_google(&self, written: Vec<(String, &Past)>) -> Outcome {
        if written.is_empty() {
            return Ok(());
        }
        let now = self.desk.now();
        // One page for each location, and then it is not due any more.
        for _ in 0..20 {
            if self.desk.poll("google").await?.is_none() {
                break;
            }
        }
        for id in self.received(now).await? {
            let native = item::get(self.store.pool(), id).await?.map(|item| item.native_id);
            let Some((review, one)) = written.iter().find(|(review, _)| native.as_ref() == Some(review))
            else {
                continue;
            };
            self.ends(id, one, now).await?;
            if let Some((at, text)) = one.answer {
                self.far
                    .google
                    .answered(review, text, self.answered(one, at, now));
            }
        }
        Ok(())
    }

    /// What was read late was answered as much later, and not in the future.
    fn answered(&self, one: &Past, at: At, now: At) -> At {
        let late = (at + (now - one.at)).min(self.far.demo.clock.now() - UNDO);
        late.max(now + UNDO)
    }

    /// Somebody saw to it, at their time.
    async fn ends(&self, id: ItemId, one: &Past, now: At) -> Outcome {
        let mut tx = self.store.begin().await?;
        let Some(mut locked) = item::lock(&mut tx, id).await? else {
            return Ok(());
        };
        let Some(by) = self.people.get(one.by % self.people.len().max(1)).cloned() else {
            return Err(Failure::Say("the demo has no team".into()));
        };
        let due = locked.deadline.map(|d| d.due);
        let event = |at: At, what: EventKind| Event {
            id: EventId::new(at),
            item: id,
            at,
            by: Some(by.clone()),
            what,
        };
        match one.answer {
            Some((at, text)) => {
                let at = self.answered(one, at, now);
                let ours = Reply {
                    id: ReplyId::new(at),
                    item: id,
                    by: by.clone(),
                    body: text.to_owned(),
                    state: ReplyState::Visible { at },
                    answers: locked.revision,
                    changes: None,
                    native_id: Some(format!("past-{}", locked.number)),
                    url: locked.permalink.clone(),
                    created_at: at,
                    sent_at: Some(at),
                };
                reply::insert(&mut tx, &ours).await?;
                reply::save(&mut tx, &ours).await?;
                let visible = EventKind::Visible {
                    minutes: Some((at - now).num_minutes()),
                    in_time: due.map(|due| at <= due),
                };
                let log = [
                    event(at - UNDO, EventKind::Sent { until: at }),
                    event(at, visible),
                ];
                event::append(&mut tx, &log).await?;
                locked.reply = Some(ours.id);
                locked.handling = Handling::Answered { by: Some(by), at };
            }
            None => {
                let at = now + TimeDelta::minutes(9);
                let handled = EventKind::Handled {
                    reason: Reason::NoNeed,
                    note: None,
                };
                event::append(&mut tx, &[event(at, handled)]).await?;
                locked.handling = Handling::Handled {
                    by: Some(by),
                    at,
                    reason: Reason::NoNeed,
                    note: None,
                };
            }
        }
        locked.deadline = None;
        item::save(&mut tx, &mut [&mut locked]).await?;
        self.stays_unposted(&mut tx, id, locked.version, now).await?;
        tx.commit().await.map_err(crate::store::StoreError::from)?;
        Ok(())
    }

    /// As with a card that waited in a fold until its case was closed.
    async fn stays_unposted(&self, tx: &mut Tx, id: ItemId, version: i64, now: At) -> Outcome {
        let wanted = Wanted {
            item: id,
            version,
            watched: false,
        };
        for card in card::want(tx, &[wanted]).await?.0 {
            let effect = NewEffect::post_card(card.named(), now);
            outbox::cancel(tx, &effect.key, now).await?;
            fold::put_in(tx, &card, version, now).await?;
        }
        Ok(())
    }
}
