//! Word to those who were asked for help, where they look.

use crate::domain::effect::AlertTo;
use crate::domain::effect::NewEffect;
use crate::domain::id::CardId;
use crate::domain::id::EventId;
use crate::domain::people::person::PersonId;
use crate::domain::say::text::Seg;
use crate::domain::show::card;
use crate::port::PortError;
use crate::port::chat::Body;
use crate::port::chat::Note;
use crate::port::chat::Post;
use crate::store::card::CardRow;
use crate::store::event;
use crate::store::outbox;
use crate::store::outbox::Leased;
use crate::store::outbox::Settled;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::base::people::people_in;
use crate::workflow::base::settle::there;
use crate::workflow::deliver::note::note_buttons;
use crate::workflow::deliver::post::Posted;

impl Desk {
    pub(super) async fn alert(
        &self,
        leased: &Leased,
        id: CardId,
        event: EventId,
        to: &AlertTo,
    ) -> Result<()> {
        let Some((row, item, _)) = self.card(id).await? else {
            return self.settle(leased, Settled::Done).await;
        };
        let Some(event) = event::get(self.store.pool(), event).await? else {
            return self.settle(leased, Settled::Done).await;
        };
        if self.is_overtaken(&item, &event) {
            return self.settle(leased, Settled::Moot).await;
        }
        let chat = self.chat(&row.chat)?;
        let (room, ping) = match to {
            AlertTo::Room { room, ping } => (room.clone(), ping.clone()),
            AlertTo::Person(user) => match chat.direct(user).await {
                Ok(room) => (room, Vec::new()),
                // Opening the same conversation twice is opening it once.
                Err(PortError::Unclear { why }) => {
                    return self.settle(leased, self.patiently(leased, why)).await;
                }
                Err(e) if e.is_no() => return self.call_below(leased, &row, event.id, user).await,
                Err(e) => return self.settle(leased, self.verdict(leased, &e)).await,
            },
        };
        // It is read where it goes, not where the card stands.
        let locale = match to {
            AlertTo::Person(user) => {
                let person = PersonId::new(row.chat.as_str(), user.as_str());
                self.private_locale(&person, self.locale_of(&row)).await?
            }
            AlertTo::Room { room, .. } => match self.rules.channel_of_room(&row.chat, room) {
                Some(channel) => channel.locale,
                None => self.locale_of(&row),
            },
        };
        let head = card::head(&item, self.rules.label(&item.source), locale.lang);
        let told = match to {
            AlertTo::Room { ping, .. } => people_in(&row.chat, ping),
            AlertTo::Person(user) => vec![PersonId::new(row.chat.as_str(), user.as_str())],
        };
        let mut text = self.note_text(&item, &event, &told, locale).await?;
        text.push(Seg::Text("\n".to_owned()));
        text.push(Seg::Strong(head.clone()));
        if let Some(url) = row.message.as_deref().and_then(|m| chat.link(&row.room, m)) {
            text.push(Seg::Text(" · ".to_owned()));
            text.push(Seg::Link {
                label: locale.lang.text("alert-link", &[]),
                url,
            });
        }
        let note = Note {
            ping,
            text,
            quotes: Vec::new(),
            buttons: note_buttons(&item, &told, locale, self.now()),
            item: Some(item.id),
            each: Vec::new(),
            about: head,
        };
        let post = Post {
            key: leased.key.clone(),
            generation: 0,
            room,
            thread: None,
            body: Body::Note(note),
        };
        let posted = match to {
            AlertTo::Person(_) => self.post_directly(leased, &row.chat, &post).await?,
            AlertTo::Room { .. } => self.post(leased, &row.chat, &post).await?,
        };
        match (posted, to) {
            (Posted::At(_) | Posted::Somewhere, _) => self.settle(leased, Settled::Done).await,
            (Posted::Found(_), _) => self.settle(leased, there(leased)).await,
            (Posted::No(_) | Posted::Gone(_), AlertTo::Person(user)) => {
                self.call_below(leased, &row, event.id, user).await
            }
            (Posted::Gone(why), _) => self.settle(leased, Settled::Dead { why }).await,
            (Posted::Not(how) | Posted::No(how), _) => self.settle(leased, how).await,
        }
    }

    /// Somebody takes no direct messages, which is their own choice: they are called below the card instead.
    async fn call_below(&self, leased: &Leased, row: &CardRow, event: EventId, user: &str) -> Result<()> {
        let now = self.now();
        tracing::warn!(
            effect.key = leased.key,
            "somebody takes no direct messages and is called below the card"
        );
        let call = NewEffect::call_below(row.named(), event, user, &leased.key, now);
        let mut tx = self.store.begin().await?;
        outbox::put(&mut tx, &[call], now).await?;
        self.settle_in(tx, leased, Settled::Done).await
    }
}
