//! Telling somebody all that waits for them, in one message. What was dealt with while it waited is left out here, in
//! the transaction that takes it; if nothing remains, nothing is sent.

use std::collections::BTreeMap;

use crate::domain::At;
use crate::domain::action::Verb;
use crate::domain::card;
use crate::domain::card::Button;
use crate::domain::effect::Addressee;
use crate::domain::event::Event;
use crate::domain::event::What;
use crate::domain::id::ItemId;
use crate::domain::id::NoticeId;
use crate::domain::item::Item;
use crate::domain::person::Mention;
use crate::domain::text::Arg;
use crate::domain::text::Seg;
use crate::domain::text::Voice;
use crate::port::PortError;
use crate::port::chat::Body;
use crate::port::chat::Inbox as _;
use crate::port::chat::Note;
use crate::port::chat::Post;
use crate::store::StoreError;
use crate::store::Tx;
use crate::store::card as cards;
use crate::store::card::CardRow;
use crate::store::event;
use crate::store::item;
use crate::store::notice;
use crate::store::outbox;
use crate::store::outbox::Leased;
use crate::store::outbox::Settled;
use crate::store::timer;
use crate::telemetry::meter;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::perform::Posted;
use crate::workflow::perform::note_buttons;
use crate::workflow::perform::there;
use crate::workflow::remind::is_out;
use crate::workflow::tell::post_card;

/// A list longer than this nobody reads; the rest is one command away.
const LISTED: usize = 10;
/// One row of buttons in every chat.
const BUTTONS: usize = 5;

/// One item that somebody has to know about, and why.
struct News {
    item: Item,
    event: Event,
}

impl Desk {
    pub(crate) async fn notify(&self, leased: &Leased, to: &Addressee) -> Result<()> {
        let now = self.now();
        let mut tx = self.store.begin().await?;
        let taken = notice::take(&mut tx, to, leased.id, now).await?;
        let all: Vec<NoticeId> = taken.iter().map(|n| n.id).collect();
        let mut moot = Vec::new();
        // By item: of several reasons, the last one says it all.
        let mut news: BTreeMap<ItemId, News> = BTreeMap::new();
        for one in taken {
            let item = item::get(self.store.pool(), one.item).await?;
            let event = event::get(self.store.pool(), one.event).await?;
            let (Some(item), Some(event)) = (item, event) else {
                moot.push(one.id);
                continue;
            };
            // What may stand in the chat already is not taken out again.
            if !leased.unclear && is_moot(&mut tx, to, &item, &event, now).await? {
                moot.push(one.id);
                continue;
            }
            let later = news.get(&one.item).is_some_and(|known| known.event.id > event.id);
            if !later {
                news.insert(one.item, News { item, event });
            }
        }
        notice::settle(&mut tx, &moot, true, now).await?;
        let mut news: Vec<News> = news.into_values().collect();
        news.sort_by_key(|n| (n.item.deadline.map(|d| d.due), n.item.number));
        let only = match news.as_slice() {
            [] => {
                return self.settle_in(tx, leased, Settled::Done).await;
            }
            [one] => Some(one),
            _ => None,
        };
        let card = match only {
            Some(one) => card_for(&mut tx, to, one.item.id).await?,
            None => None,
        };
        tx.commit().await.map_err(StoreError::from)?;
        let posted = match (only, card) {
            (Some(one), Some(row)) => self.in_thread(leased, to, one, row).await?,
            _ => self.in_list(leased, to, &news).await?,
        };
        let how = match posted {
            Posted::At(_) | Posted::Somewhere => Settled::Done,
            Posted::Found(_) => there(leased),
            Posted::Gone(why) => return self.settle(leased, self.patiently(leased, why)).await,
            Posted::Not(how) => return self.settle(leased, how).await,
        };
        for one in &news {
            if let Some(warning) = warning(&one.event) {
                // How late it stands in the chat: from the instant that it is about, or, where something else than the
                // clock gave rise to it (an answer came back when the time was over), from then.
                let instant = timer::fired_for(self.store.pool(), one.item.id, one.event.at).await?;
                meter::warned(warning, self.now() - instant.unwrap_or(one.event.at));
            }
        }
        let mut tx = self.store.begin().await?;
        notice::settle(&mut tx, &all, false, self.now()).await?;
        self.settle_in(tx, leased, how).await
    }

    /// Below the card, where everything about the item stands.
    async fn in_thread(&self, leased: &Leased, to: &Addressee, news: &News, row: CardRow) -> Result<Posted> {
        let Some(thread) = row.message.clone() else {
            return Ok(Posted::Gone("the card is not posted yet".to_owned()));
        };
        let News { item, event } = news;
        let voice = self.voice_of(&row);
        let note = Note {
            ping: ping(to),
            text: self.note_text(item, event, voice).await?,
            buttons: self.buttons(item, event, voice),
            item: Some(item.id),
            each: Vec::new(),
            about: card::head(item, self.rules.label(&item.source), voice.lang),
        };
        let post = Post {
            key: leased.key.clone(),
            generation: row.generation,
            room: row.room.clone(),
            thread: Some(thread.clone()),
            body: Body::Note(note),
        };
        let posted = self.post(leased, &row.chat, &post).await?;
        if let Posted::Gone(_) = &posted {
            // The card was deleted: it gets a new message, and the line goes there.
            let now = self.now();
            let mut tx = self.store.begin().await?;
            if let Some(generation) = cards::lost(&mut tx, row.id, &thread).await? {
                let again = post_card(row.id, item.id, &row.chat, &row.room, generation, now);
                outbox::put(&mut tx, &[again], now).await?;
            }
            tx.commit().await.map_err(StoreError::from)?;
        }
        Ok(posted)
    }

    /// What one can do at once; who cannot do it now says that they have seen it.
    fn buttons(&self, item: &Item, event: &Event, voice: Voice) -> Vec<Button> {
        let mut buttons = note_buttons(item, voice);
        if matches!(event.what, What::Stepped { .. }) {
            buttons.push(Button {
                verb: Verb::Acknowledge,
                label: voice.lang.text("button-seen", &[]),
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
        let (room, voice) = match to {
            Addressee::Room { chat, room, .. } => (room.clone(), self.voice(chat, room)),
            Addressee::Person(person) => match chat.direct(&person.user).await {
                Ok(room) => (room, self.voice(&person.chat, "")),
                // Opening the same conversation twice is opening it once.
                Err(PortError::Unknown { why }) => return Ok(Posted::Not(self.patiently(leased, why))),
                Err(e) => return Ok(Posted::Not(self.verdict(leased, &e))),
            },
        };
        let mut text = headline(news, voice, self.now());
        for one in news.iter().take(LISTED) {
            text.push(Seg::Text("\n".to_owned()));
            text.extend(self.line(to, one, voice).await?);
        }
        let rest = news.len().saturating_sub(LISTED);
        if rest > 0 {
            text.push(Seg::Text("\n".to_owned()));
            text.extend(voice.say("list-more", &[("n", rest.into())]));
        }
        let each = news.iter().take(BUTTONS);
        let note = Note {
            ping: match to {
                // In a conversation with one person, nobody else reads.
                Addressee::Person(_) => Vec::new(),
                Addressee::Room { ping, .. } => ping.clone(),
            },
            text,
            buttons: Vec::new(),
            item: None,
            each: each
                .map(|one| (one.item.id, take(to, &one.item, voice, self.now())))
                .collect(),
            about: String::new(),
        };
        let post = Post {
            key: leased.key.clone(),
            generation: 0,
            room,
            thread: None,
            body: Body::Note(note),
        };
        self.post(leased, to.chat(), &post).await
    }

    async fn line(&self, to: &Addressee, news: &News, voice: Voice) -> Result<Vec<Seg>> {
        let item = &news.item;
        let head = card::head(item, self.rules.label(&item.source), voice.lang);
        let number = item.number.to_string();
        let label = voice
            .lang
            .text("list-line", &[("number", number.into()), ("head", head.into())]);
        let mut tx = self.store.begin().await?;
        let row = card_for(&mut tx, to, item.id).await?;
        tx.rollback().await.map_err(StoreError::from)?;
        let url = match row.as_ref().and_then(|row| Some((row, row.message.as_deref()?))) {
            Some((row, message)) => self.chat(&row.chat)?.link(&row.room, message),
            None => None,
        };
        let link = match url {
            Some(url) => Arg::Link { label, url },
            None => Arg::Str(label),
        };
        Ok(match item.deadline {
            Some(d) if d.due <= self.now() => {
                voice.say("notify-line-late", &[("link", link), ("due", d.due.into())])
            }
            Some(d) => voice.say("notify-line", &[("link", link), ("due", d.due.into())]),
            None => voice.say("notify-line-endless", &[("link", link)]),
        })
    }
}

/// The one thing to know first: how many, and until when.
fn headline(news: &[News], voice: Voice, now: At) -> Vec<Seg> {
    let due = |n: &News| n.item.deadline.map(|d| d.due);
    let late = news.iter().filter(|n| due(n).is_some_and(|at| at <= now)).count();
    let n = Arg::from(news.len());
    match news.iter().filter_map(due).max() {
        Some(_) if late == news.len() => voice.say("notify-late", &[("n", n)]),
        Some(last) if late == 0 => voice.say("notify-due", &[("n", n), ("due", last.into())]),
        Some(last) => voice.say(
            "notify-some-late",
            &[("n", n), ("late", late.into()), ("due", last.into())],
        ),
        None => voice.say("notify-endless", &[("n", n)]),
    }
}

/// Whoever holds it goes on with it; everybody else takes it.
fn take(to: &Addressee, item: &Item, voice: Voice, now: At) -> Button {
    let holds = match to {
        Addressee::Person(person) => item.handling.holder(now) == Some(person),
        Addressee::Room { .. } => false,
    };
    let verb = if holds && item.caps.can_reply() {
        Verb::Reply
    } else {
        Verb::Take
    };
    let number = item.number.to_string();
    Button {
        verb,
        label: voice.lang.text(
            &format!("button-{}-number", verb.as_str()),
            &[("number", number.into())],
        ),
        main: false,
        url: None,
        confirm: None,
    }
}

/// Somebody answered or took it meanwhile, or a later warning says more.
async fn is_moot(tx: &mut Tx, to: &Addressee, item: &Item, event: &Event, now: At) -> Result<bool> {
    let overtaken = match (&event.what, to) {
        (What::Reminded { due, .. }, _) if *due <= now => true,
        (What::Reminded { .. } | What::Overdue { .. }, Addressee::Room { .. }) => {
            item.handling.holder(now).is_some()
        }
        _ => false,
    };
    Ok(overtaken || !item.handling.is_open() || is_out(tx, item).await?)
}

/// The card that an addressee sees: in their room, else anywhere in their chat.
async fn card_for(tx: &mut Tx, to: &Addressee, item: ItemId) -> Result<Option<CardRow>> {
    let mut rows = cards::of_item(tx, item).await?;
    rows.retain(|row| row.chat == to.chat());
    if let Addressee::Room { room, .. } = to {
        rows.sort_by_key(|row| row.room != *room);
    }
    Ok(rows.into_iter().next())
}

fn ping(to: &Addressee) -> Vec<Mention> {
    match to {
        Addressee::Person(person) => vec![Mention::Person(person.user.clone())],
        Addressee::Room { ping, .. } => ping.clone(),
    }
}

fn warning(event: &Event) -> Option<&'static str> {
    match &event.what {
        What::Reminded { .. } => Some("reminder"),
        What::Overdue { .. } => Some("overdue"),
        What::Stepped { .. } => Some("step"),
        _ => None,
    }
}
