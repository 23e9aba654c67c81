//! Telling somebody all that waits for them, in one message. What was dealt with while it waited is left out here, in
//! the transaction that takes it; if nothing remains, nothing is sent.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use crate::domain::At;
use crate::domain::effect::Addressee;
use crate::domain::effect::NewEffect;
use crate::domain::id::EventId;
use crate::domain::id::ItemId;
use crate::domain::id::NoticeId;
use crate::domain::id::ReplyId;
use crate::domain::item::Item;
use crate::domain::item::event::Event;
use crate::domain::item::event::EventKind;
use crate::domain::item::reply::ReplyState;
use crate::domain::people::person::Mention;
use crate::domain::people::person::PersonId;
use crate::domain::press::action::Listing;
use crate::domain::press::action::Verb;
use crate::domain::press::list_action::ListAction;
use crate::domain::press::list_action::QuickAction;
use crate::domain::say::text::Arg;
use crate::domain::say::text::Locale;
use crate::domain::say::text::Seg;
use crate::domain::show::card;
use crate::domain::show::card::Button;
use crate::domain::show::row;
use crate::domain::show::row::ListRow;
use crate::port::PortError;
use crate::port::chat::Body;
use crate::port::chat::Note;
use crate::port::chat::Post;
use crate::store::StoreError;
use crate::store::Tx;
use crate::store::card as cards;
use crate::store::card::CardRow;
use crate::store::card::Entry;
use crate::store::event;
use crate::store::item;
use crate::store::notice;
use crate::store::notice::NewNotice;
use crate::store::notice::Notice;
use crate::store::outbox;
use crate::store::outbox::Leased;
use crate::store::outbox::Settled;
use crate::store::reply;
use crate::store::timer;
use crate::telemetry::meter;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::base::people::people_in;
use crate::workflow::base::settle::there;
use crate::workflow::change::deadline::is_under_way;
use crate::workflow::deliver::note::note_buttons;
use crate::workflow::deliver::post::Posted;
use crate::workflow::deliver::post::not_posted_yet;

/// What this version cannot read is left for so long to one that can.
const UNREAD_SECONDS: i64 = 60;

/// One item that somebody has to know about, why, and its card where they see it.
struct News {
    item: Item,
    event: Event,
    card: Option<CardRow>,
}

/// All that notices are about, read at once.
struct Known {
    items: BTreeMap<ItemId, Item>,
    events: BTreeMap<EventId, Event>,
    cards: Vec<CardRow>,
    replies: BTreeMap<ReplyId, ReplyState>,
}

impl Known {
    async fn of(tx: &mut Tx, notices: &[Notice]) -> Result<Self> {
        let ids: Vec<ItemId> = notices.iter().map(|n| n.item).collect();
        let events: Vec<EventId> = notices.iter().map(|n| n.event).collect();
        let items = item::of_ids(tx, &ids).await?;
        let events = event::of_ids(tx, &events).await?;
        let replies: Vec<ReplyId> = items.iter().filter_map(|item| item.reply).collect();
        Ok(Self {
            replies: reply::states(&mut **tx, &replies).await?,
            cards: cards::of_items(tx, &ids).await?,
            items: items.into_iter().map(|item| (item.id, item)).collect(),
            events: events.into_iter().map(|event| (event.id, event)).collect(),
        })
    }
}

impl Desk {
    pub(super) async fn notify(&self, leased: &Leased, to: &Addressee) -> Result<()> {
        let now = self.now();
        let mut tx = self.store.begin().await?;
        let taken = notice::take(&mut tx, to, leased.id, now).await?;
        let mut all: Vec<NoticeId> = taken.iter().map(|n| n.id).collect();
        let Known {
            items,
            mut events,
            cards,
            replies,
        } = Known::of(&mut tx, &taken).await?;
        let mut moot = Vec::new();
        let mut unread: Vec<Notice> = Vec::new();
        // By item: of several reasons, the last one says it all.
        let mut news: BTreeMap<ItemId, News> = BTreeMap::new();
        for one in taken {
            let (Some(item), Some(event)) = (items.get(&one.item), events.remove(&one.event)) else {
                // Neither is ever deleted, so a newer version wrote it.
                unread.push(one);
                continue;
            };
            let is_out = item
                .reply
                .and_then(|id| replies.get(&id))
                .is_some_and(is_under_way);
            // What may stand in the chat already is not taken out again.
            if !leased.unclear && (is_out || is_moot(to, item, &event, now)) {
                moot.push(one.id);
                continue;
            }
            let later = news.get(&one.item).is_some_and(|known| known.event.id > event.id);
            if !later {
                let card = card_for(&cards, to, one.item);
                let item = item.clone();
                news.insert(one.item, News { item, event, card });
            }
        }
        notice::settle(&mut tx, &moot, true, now).await?;
        let mut news: Vec<News> = news.into_values().collect();
        news.sort_by_key(|n| {
            (
                n.item.raised_at.is_none(),
                n.item.deadline.map(|d| d.due),
                n.item.number,
            )
        });
        if let Some(first) = unread.first() {
            if news.is_empty() {
                let why = "what it is about cannot be read";
                return Err(StoreError::odd("notice", "event_id", first.id, why).into());
            }
            let ids: Vec<NoticeId> = unread.iter().map(|n| n.id).collect();
            all.retain(|id| !ids.contains(id));
            let later = now + TimeDelta::seconds(UNREAD_SECONDS);
            notice::put_off(&mut tx, &ids, later).await?;
            let again = NewEffect::notify_again(to, first.event, later, now);
            outbox::put(&mut tx, &[again], now).await?;
        }
        if news.is_empty() {
            return self.settle_in(tx, leased, Settled::Moot).await;
        }
        tx.commit().await.map_err(StoreError::from)?;
        let posted = match news.as_slice() {
            [News { card: Some(card), .. }] => self.in_thread(leased, to, &news[0], card).await?,
            _ => self.in_list(leased, to, &news).await?,
        };
        let how = match (posted, to) {
            (Posted::At(_) | Posted::Somewhere, _) => Settled::Done,
            (Posted::Found(_), _) => there(leased),
            (Posted::No(_) | Posted::Gone(_), Addressee::Person(person)) if !has_thread(&news) => {
                return self.instead(leased, person, &news, &all).await;
            }
            (Posted::Gone(why), _) => self.patiently(leased, why),
            (Posted::Not(how) | Posted::No(how), _) => how,
        };
        let mut tx = self.store.begin().await?;
        match how {
            Settled::Done | Settled::Found => notice::settle(&mut tx, &all, false, self.now()).await?,
            // Whoever tells them something next tells this, too.
            Settled::Dead { .. } => notice::let_go(&mut tx, leased.id).await?,
            _ => return self.settle_in(tx, leased, how).await,
        }
        for one in news.iter().filter(|_| !matches!(how, Settled::Dead { .. })) {
            if let Some(warning) = warning(&one.event) {
                // How late it stands in the chat: from the instant that it is about, or, where something else than the
                // clock gave rise to it (an answer came back when the time was over), from then.
                let instant = timer::fired_for(&mut tx, one.item.id, one.event.at).await?;
                meter::warned(warning, self.now() - instant.unwrap_or(one.event.at));
            }
        }
        self.settle_in(tx, leased, how).await
    }

    /// Somebody takes no direct messages: they are called where the cards are, which is better than not at all.
    async fn instead(
        &self,
        leased: &Leased,
        person: &PersonId,
        news: &[News],
        all: &[NoticeId],
    ) -> Result<()> {
        let now = self.now();
        let usual = self.rules.channels.values().find(|c| c.chat == person.chat);
        let mut notices: Vec<NewNotice> = Vec::new();
        let mut effects: Vec<NewEffect> = Vec::new();
        for one in news {
            let room = one.card.as_ref().map(|card| &card.room);
            let Some(room) = room.or(usual.map(|c| &c.room)) else {
                continue;
            };
            let to = Addressee::Room {
                chat: person.chat.clone(),
                room: room.clone(),
                ping: vec![Mention::Person(person.user.clone())],
            };
            effects.push(NewEffect::notify(&to, one.event.id, now, now));
            notices.push(NewNotice {
                id: NoticeId::new(now),
                addressee: to,
                item: one.item.id,
                event: one.event.id,
                not_before: now,
            });
        }
        let mut tx = self.store.begin().await?;
        notice::settle(&mut tx, all, true, now).await?;
        notice::put(&mut tx, &notices).await?;
        outbox::put(&mut tx, &effects, now).await?;
        tracing::warn!(
            effect.key = leased.key,
            "somebody takes no direct messages and is called in the room"
        );
        self.settle_in(tx, leased, Settled::Done).await
    }

    /// Below the card, where everything about the item stands.
    async fn in_thread(&self, leased: &Leased, to: &Addressee, news: &News, row: &CardRow) -> Result<Posted> {
        let Some(thread) = row.message.clone() else {
            return Ok(Posted::Gone(not_posted_yet()));
        };
        let News { item, event, .. } = news;
        let locale = self.locale_of(row);
        let told = people_in(to.chat(), &ping(to));
        let note = Note {
            ping: ping(to),
            text: match event.what {
                // That it was changed stands in the thread already; this is what it means for whoever is at it.
                EventKind::Edited { .. } => locale.say("notify-edited", &[]),
                _ => self.note_text(item, event, &told, locale).await?,
            },
            quotes: Vec::new(),
            buttons: self.buttons(item, event, &told, locale),
            item: Some(item.id),
            each: Vec::new(),
            about: card::head(item, self.rules.label(&item.source), locale.lang),
        };
        let post = Post {
            key: leased.key.clone(),
            generation: row.generation,
            room: row.room.clone(),
            thread: Some(thread.clone()),
            body: Body::Note(note),
        };
        let posted = self.post_below(leased, row.id, &row.chat, &post).await?;
        if let Posted::Gone(_) = &posted {
            // The card was deleted: it gets a new message, and the line goes there.
            let now = self.now();
            let mut tx = self.store.begin().await?;
            if let Some(generation) = cards::lost(&mut tx, row.id, &thread).await? {
                let again = NewEffect::post_card(row.again(generation), now);
                outbox::put(&mut tx, &[again], now).await?;
            }
            tx.commit().await.map_err(StoreError::from)?;
        }
        Ok(posted)
    }

    /// What one can do at once; who cannot do it now says that they have seen it.
    fn buttons(&self, item: &Item, event: &Event, told: &[PersonId], locale: Locale) -> Vec<Button> {
        let mut buttons = note_buttons(item, told, locale, self.now());
        if matches!(event.what, EventKind::Offered { .. }) {
            for button in buttons.iter_mut().filter(|b| b.verb == Verb::Take) {
                button.label = locale.lang.text("button-accept", &[]);
            }
        }
        if matches!(event.what, EventKind::Stepped { .. }) {
            buttons.push(Button {
                verb: Verb::Acknowledge,
                label: locale.lang.text("button-seen", &[]),
                main: false,
                url: None,
                confirm: None,
            });
        }
        buttons
    }

    /// Several items, or one that has no card where its addressee is: in the room, or directly.
    async fn in_list(&self, leased: &Leased, to: &Addressee, news: &[News]) -> Result<Posted> {
        let chat = self.chat(to.chat())?;
        let (room, locale) = match to {
            Addressee::Room { chat, room, .. } => (room.clone(), self.locale(chat, room)),
            Addressee::Person(person) => match chat.direct(&person.user).await {
                Ok(room) => {
                    let card = news.iter().find_map(|one| one.card.as_ref());
                    let about = card.map_or_else(|| self.locale(&person.chat, ""), |row| self.locale_of(row));
                    (room, self.private_locale(person, about).await?)
                }
                // Opening the same conversation twice is opening it once.
                Err(PortError::Unclear { why }) => return Ok(Posted::Not(self.patiently(leased, why))),
                // Their own choice; they are called in the room instead.
                Err(e) if e.is_no() => {
                    return Ok(Posted::No(Settled::Dead {
                        why: e.to_string().into(),
                    }));
                }
                Err(e) => return Ok(Posted::Not(self.verdict(leased, &e))),
            },
        };
        let mut each = Vec::new();
        for one in news.iter().take(row::SHOWN) {
            each.push(self.line(to, one, locale)?);
        }
        let rest = news.len().saturating_sub(row::SHOWN);
        if rest > 0 {
            let all = ListAction::List {
                listing: Listing::Open,
                page: 0,
                everywhere: matches!(to, Addressee::Person(_)),
            };
            let label = locale.lang.text("button-list-open", &[]);
            let line = locale.say("list-more", &[("n", rest.into())]);
            each.push(ListRow::with(
                line,
                QuickAction::list_action(all, label.clone()),
                label,
            ));
        }
        let note = Note {
            ping: match to {
                // In a conversation with one person, nobody else reads.
                Addressee::Person(_) => Vec::new(),
                Addressee::Room { ping, .. } => ping.clone(),
            },
            text: headline(news, locale, self.now()),
            quotes: Vec::new(),
            buttons: Vec::new(),
            item: None,
            each,
            about: String::new(),
        };
        let post = Post {
            key: leased.key.clone(),
            generation: 0,
            room,
            thread: None,
            body: Body::Note(note),
        };
        match to {
            Addressee::Person(_) => self.post_directly(leased, to.chat(), &post).await,
            Addressee::Room { .. } => self.post(leased, to.chat(), &post).await,
        }
    }

    fn line(&self, to: &Addressee, news: &News, locale: Locale) -> Result<ListRow> {
        let (item, now) = (&news.item, self.now());
        let row = news.card.as_ref();
        let link = match row.and_then(|row| Some((row, row.message.as_deref()?))) {
            Some((row, message)) => self.chat(&row.chat)?.link(&row.room, message),
            None => None,
        };
        let facts = row::RowFacts {
            item,
            link,
            holder: None,
            owner: None,
            locale,
            now,
        };
        Ok(ListRow {
            line: row::line(&facts),
            act: Some(row::act(take(to, item, now), item, locale.lang)),
        })
    }
}

/// The one thing to know first: how many, and until when.
fn headline(news: &[News], locale: Locale, now: At) -> Vec<Seg> {
    for (by_name, key) in [(false, "notify-offered"), (true, "notify-given")] {
        let offers = news.iter().filter_map(|n| match &n.event.what {
            EventKind::Offered { until, to, .. } if to.is_some() == by_name => Some(*until),
            _ => None,
        });
        if offers.clone().count() == news.len()
            && let Some(until) = offers.min()
        {
            return locale.say(key, &[("n", news.len().into()), ("until", until.into())]);
        }
    }
    let due = |n: &News| n.item.deadline.map(|d| d.due);
    let late = news.iter().filter(|n| due(n).is_some_and(|at| at <= now)).count();
    let n = Arg::from(news.len());
    match news.iter().filter_map(due).max() {
        Some(_) if late == news.len() => locale.say("notify-late", &[("n", n)]),
        Some(last) if late == 0 => locale.say("notify-due", &[("n", n), ("due", last.into())]),
        Some(last) => locale.say(
            "notify-some-late",
            &[("n", n), ("late", late.into()), ("due", last.into())],
        ),
        None => locale.say("notify-endless", &[("n", n)]),
    }
}

/// Whoever holds it goes on with it; everybody else takes it.
fn take(to: &Addressee, item: &Item, now: At) -> Verb {
    let holds = match to {
        Addressee::Person(person) => item.handling.holder(now) == Some(person),
        Addressee::Room { .. } => false,
    };
    match holds && item.caps.can_reply() {
        true => Verb::Reply,
        false => Verb::Take,
    }
}

/// Somebody answered or took it meanwhile, or a later warning says more.
fn is_moot(to: &Addressee, item: &Item, event: &Event, now: At) -> bool {
    let overtaken = match (&event.what, to) {
        (EventKind::Reminded { due, .. }, _) if *due <= now => true,
        (
            EventKind::Reminded { .. } | EventKind::Overdue { .. } | EventKind::NotAccepted { .. },
            Addressee::Room { .. },
        ) => item.handling.holder(now).is_some(),
        // It was theirs, so they were told alone; since then they gave it away, and others know.
        (EventKind::Overdue { holder: Some(of), .. }, Addressee::Person(person)) if of == person => {
            item.handling.holder(now) != Some(of)
        }
        (EventKind::Offered { .. }, _) => !item.handling.is_offered(),
        _ => false,
    };
    overtaken || !item.handling.is_open()
}

/// The card that an addressee sees: in their room, else anywhere in their chat.
fn card_for(cards: &[CardRow], to: &Addressee, item: ItemId) -> Option<CardRow> {
    let mine = || {
        let seen = cards.iter().filter(|c| c.entry != Entry::Folded);
        seen.filter(|c| c.item == item && c.chat == to.chat())
    };
    let here = mine().find(|card| matches!(to, Addressee::Room { room, .. } if card.room == *room));
    here.or_else(|| mine().next()).cloned()
}

/// It is told below its card and not directly.
fn has_thread(news: &[News]) -> bool {
    matches!(news, [News { card: Some(_), .. }])
}

fn ping(to: &Addressee) -> Vec<Mention> {
    match to {
        Addressee::Person(person) => vec![Mention::Person(person.user.clone())],
        Addressee::Room { ping, .. } => ping.clone(),
    }
}

fn warning(event: &Event) -> Option<&'static str> {
    match &event.what {
        EventKind::Reminded { .. } => Some("reminder"),
        EventKind::Overdue { .. } => Some("overdue"),
        EventKind::Stepped { .. } => Some("step"),
        _ => None,
    }
}
