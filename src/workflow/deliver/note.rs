//! A line below a card.

use crate::domain::At;
use crate::domain::effect::NewEffect;
use crate::domain::id::CardId;
use crate::domain::id::EventId;
use crate::domain::item::Item;
use crate::domain::item::event::Event;
use crate::domain::item::event::EventKind;
use crate::domain::item::handling::Handling;
use crate::domain::people::person::Mention;
use crate::domain::people::person::PersonId;
use crate::domain::press::action::Verb;
use crate::domain::say::text::Locale;
use crate::domain::say::text::Seg;
use crate::domain::say::words;
use crate::domain::show::card::Button;
use crate::domain::show::card::joined;
use crate::port::chat::Body;
use crate::port::chat::Note;
use crate::port::chat::Post;
use crate::port::chat::Quote;
use crate::store::card as cards;
use crate::store::card::Entry;
use crate::store::event;
use crate::store::item;
use crate::store::outbox;
use crate::store::outbox::Leased;
use crate::store::outbox::Settled;
use crate::store::person;
use crate::store::reply;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::base::people::people_in;
use crate::workflow::base::people::people_of;
use crate::workflow::base::settle::there;
use crate::workflow::deliver::post::Posted;
use crate::workflow::deliver::post::not_posted_yet;
use crate::workflow::views::before::shortened;
use crate::workflow::views::note::Held;
use crate::workflow::views::note::note;

/// Of an answer that its thread shows; the rest is one button away.
const ANSWER_UNITS: usize = 1200;
/// Of each of the two versions of what a customer changed.
const EDITED_UNITS: usize = 500;

impl Desk {
    pub(super) async fn post_note(
        &self,
        leased: &Leased,
        id: CardId,
        event: EventId,
        ping: &[Mention],
    ) -> Result<()> {
        let Some((row, item, card)) = self.card(id).await? else {
            return self.settle(leased, Settled::Done).await;
        };
        let Some(event) = event::get(self.store.pool(), event).await? else {
            return self.settle(leased, Settled::Done).await;
        };
        let Some(thread) = row.message.clone() else {
            // The card that comes out of the fold shows what is true then.
            if matches!(item.handling, Handling::Removed { .. }) || row.entry == Entry::Folded {
                return self.settle(leased, Settled::Moot).await;
            }
            return self
                .settle(leased, self.patiently(leased, not_posted_yet()))
                .await;
        };
        if self.is_overtaken(&item, &event) {
            return self.settle(leased, Settled::Moot).await;
        }
        let locale = self.locale_of(&row);
        let told = people_in(&row.chat, ping);
        let buttons = if ping.is_empty() || !item.handling.is_open() {
            Vec::new()
        } else {
            note_buttons(&item, &told, locale, self.now())
        };
        let text = self.note_text(&item, &event, &told, locale).await?;
        if text.is_empty() {
            // Written down by an earlier release, which would have posted an empty line.
            return self.settle(leased, Settled::Moot).await;
        }
        let note = Note {
            ping: ping.to_vec(),
            text,
            quotes: self.quotes(&item, &event, locale).await?,
            buttons,
            item: Some(item.id),
            each: Vec::new(),
            about: card.head,
        };
        let post = Post {
            key: leased.key.clone(),
            generation: row.generation,
            room: row.room.clone(),
            thread: Some(thread.clone()),
            body: Body::Note(note),
        };
        match self.post_below(leased, id, &row.chat, &post).await? {
            Posted::At(_) | Posted::Somewhere => self.settle(leased, Settled::Done).await,
            Posted::Found(_) => self.settle(leased, there(leased)).await,
            Posted::Gone(why) => {
                // The card was deleted: it gets a new message, and the line goes there.
                let now = self.now();
                let mut tx = self.store.begin().await?;
                if let Some(generation) = cards::lost(&mut tx, id, &thread).await? {
                    let again = NewEffect::post_card(row.again(generation), now);
                    outbox::put(&mut tx, &[again], now).await?;
                }
                self.settle_in(tx, leased, self.patiently(leased, why)).await
            }
            Posted::Not(how) | Posted::No(how) => self.settle(leased, how).await,
        }
    }

    /// A line below a card. What is dealt with and was put away comes out by it and is put back, whatever comes in between:
    /// until that is done, it counts as not known whether the line is there.
    pub(super) async fn post_below(
        &self,
        leased: &Leased,
        card: CardId,
        chat: &str,
        post: &Post,
    ) -> Result<Posted> {
        let posted = self.post(leased, chat, post).await?;
        let (Posted::At(_) | Posted::Found(_) | Posted::Somewhere, Some(message)) = (&posted, &post.thread)
        else {
            return Ok(posted);
        };
        let mut shown = None;
        while let Some((row, item, card)) = self.card(card).await?
            && card.is_over
            && shown != Some(item.version)
        {
            shown = Some(item.version);
            if let Err(error) = self.chat(&row.chat)?.tidy(&row.room, message, &card).await {
                let at = self.next(leased, None);
                let why = error.to_string().into();
                return Ok(Posted::Not(Settled::Unknown { at, why }));
            }
        }
        Ok(posted)
    }

    /// What a line is about, word for word: the answer that is seen now, or what was written before and instead.
    async fn quotes(&self, item: &Item, event: &Event, locale: Locale) -> Result<Vec<Quote>> {
        match event.what {
            EventKind::Visible { .. } => {
                let words = self.published(item, event, locale).await?;
                Ok(words
                    .map(|words| Quote { label: None, words })
                    .into_iter()
                    .collect())
            }
            EventKind::Edited { revision, .. } => {
                let versions = item::rewritten(self.store.pool(), item.id, revision).await?;
                Ok(edited(&versions, locale))
            }
            _ => Ok(Vec::new()),
        }
    }

    /// The answer that customers see since this event; none where another one stands there by now.
    async fn published(&self, item: &Item, event: &Event, locale: Locale) -> Result<Option<String>> {
        let reply = match item.reply {
            Some(id) => reply::get(self.store.pool(), id).await?,
            None => None,
        };
        // The database keeps a moment to the microsecond.
        let same = |at: At| at.timestamp_micros() == event.at.timestamp_micros();
        let reply = reply.filter(
            |r| matches!(r.state, crate::domain::item::reply::ReplyState::Visible { at } if same(at)),
        );
        Ok(reply.map(|r| {
            let shown = crate::domain::say::words::shown(&r.body);
            shortened(&shown, ANSWER_UNITS, locale)
        }))
    }

    /// A warning about something that was dealt with while it waited to be sent is not sent.
    pub(super) fn is_overtaken(&self, item: &Item, event: &Event) -> bool {
        let warning = matches!(
            event.what,
            EventKind::Reminded { .. } | EventKind::Overdue { .. } | EventKind::Escalated { .. }
        );
        warning && !item.handling.is_open()
    }

    /// `told` are the people whom the line calls by name.
    pub(super) async fn note_text(
        &self,
        item: &Item,
        event: &Event,
        told: &[PersonId],
        locale: Locale,
    ) -> Result<Vec<Seg>> {
        let now = self.now();
        let mut people: Vec<PersonId> = event.by.iter().cloned().collect();
        people.extend(people_of(&item.handling));
        people.extend(event.what.of().cloned());
        people.extend(event.what.to().cloned());
        let names = person::names(self.store.pool(), &people).await?;
        let called = |p: &PersonId| names.get(p).cloned().unwrap_or_else(|| p.user.clone());
        let held = item.handling.holder(now).map(|holder| Held {
            name: called(holder),
            is_told: told.contains(holder),
        });
        let label = self.rules.label(&item.source);
        let mut line = note(event, item, label, locale, held, called);
        if is_in_vain(&event.what) {
            line.push(Seg::Text(" ".to_owned()));
            line.extend(self.onward(item, event, locale).await?);
        }
        Ok(line)
    }
}

/// Old beside new. Whoever changed nothing but the stars is not quoted, and of long words only what differs is.
fn edited(versions: &[(Option<String>, Option<String>)], locale: Locale) -> Vec<Quote> {
    let [before, now] = versions else {
        // Removed with the customer's data since.
        return Vec::new();
    };
    let whole = |(title, body): &(Option<String>, Option<String>)| joined(title.as_deref(), body.as_deref());
    let (before, now) = (whole(before), whole(now));
    if before.split_whitespace().eq(now.split_whitespace()) {
        return Vec::new();
    }
    let (before, now) = words::differing(&before, &now, EDITED_UNITS);
    [("form-before", before), ("form-now", now)]
        .map(|(label, words)| Quote {
            label: Some(locale.lang.text(label, &[])),
            words: shortened(&words, EDITED_UNITS, locale),
        })
        .into()
}

/// Under a warning: what one can do about it at once. Nobody takes what is theirs, or what somebody else has.
pub(super) fn note_buttons(item: &Item, told: &[PersonId], locale: Locale, now: At) -> Vec<Button> {
    let holder = item.handling.holder(now).filter(|_| !item.handling.is_offered());
    let second = match holder {
        Some(holder) if told == [holder.clone()] => Some(Verb::Release),
        Some(_) if item.caps.can_reply() => None,
        Some(_) | None => Some(Verb::Take),
    };
    let first = item.caps.can_reply().then_some(Verb::Reply);
    first
        .into_iter()
        .chain(second)
        .map(|verb| Button {
            verb,
            label: locale.lang.text(&format!("button-{}", verb.as_str()), &[]),
            main: false,
            url: None,
            confirm: None,
        })
        .collect()
}

/// Whether a step looked for somebody and called nobody.
fn is_in_vain(what: &EventKind) -> bool {
    matches!(what, EventKind::Stepped { called, missing, .. } if called.is_empty() && !missing.is_empty())
}
