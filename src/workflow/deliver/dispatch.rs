//! Carrying out one effect. Every kind is named here, so a new effect does not build until somebody says what it
//! does. An outcome that is unclear is looked up at the far side before anything is done again.

use chrono::TimeDelta;

use crate::domain::At;
use crate::domain::action::Verb;
use crate::domain::card;
use crate::domain::card::Button;
use crate::domain::card::Card;
use crate::domain::card::Facts;
use crate::domain::closure::Closed;
use crate::domain::closure::Closure;
use crate::domain::effect::AlertTo;
use crate::domain::effect::Effect;
use crate::domain::effect::Lane;
use crate::domain::effect::NewEffect;
use crate::domain::effect::next_try;
use crate::domain::event::Event;
use crate::domain::event::What;
use crate::domain::handling::Handling;
use crate::domain::id::CardId;
use crate::domain::id::EventId;
use crate::domain::id::LeaseToken;
use crate::domain::item::Item;
use crate::domain::person::Mention;
use crate::domain::person::PersonId;
use crate::domain::practice;
use crate::domain::quoted;
use crate::domain::text::Arg;
use crate::domain::text::Lang;
use crate::domain::text::Seg;
use crate::domain::text::Voice;
use crate::port::PortError;
use crate::port::chat::Body;
use crate::port::chat::Found;
use crate::port::chat::Note;
use crate::port::chat::Page;
use crate::port::chat::Post;
use crate::store::StoreError;
use crate::store::Tx;
use crate::store::card as cards;
use crate::store::card::CardRow;
use crate::store::card::Entry;
use crate::store::event;
use crate::store::item;
use crate::store::outbox;
use crate::store::outbox::Leased;
use crate::store::outbox::Settled;
use crate::store::person;
use crate::store::reply;
use crate::telemetry::meter;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::WorkflowError;
use crate::workflow::digest::Asked;
use crate::workflow::directly::no_longer;
use crate::workflow::illustrate::Illustrated;
use crate::workflow::stepped;
use crate::workflow::tell::edit_card;
use crate::workflow::tell::note_below;
use crate::workflow::tell::post_card;

/// The first wait of what cannot be read, and the longest.
const ASIDE_SECONDS: (i64, i64) = (15, 600);
/// Whoever is at it renews its lease, so one runs out soon after its holder died, and its room waits no longer.
pub const LEASE_SECONDS: i64 = 15;
/// Of an answer that its thread shows; the rest is one button away.
const ANSWER_UNITS: usize = 1200;
/// First look after an unclear outcome, then the second: far sides show what they took with a delay.
const LOOK_AFTER: [i64; 2] = [2, 15];
/// Where looking is not allowed, another message is risked only this long after each try.
const BLIND_WAIT_SECONDS: i64 = 60;

/// What was refused is tried again before this is over.
const REFUSED_SECONDS: i64 = 60;

/// What a post came to.
pub(crate) enum Posted {
    At(String),
    /// An earlier try brought it there, as it was then.
    Found(String),
    /// An earlier try brought it there, and nobody can tell where.
    Somewhere,
    Not(Settled),
    /// A clear no: the same way will not do it.
    No(Settled),
    /// The room or the thread is not there.
    Gone(String),
}

impl Desk {
    /// Takes effects that may run now. The worker runs them side by side.
    pub async fn lease(&self, limit: i64) -> Result<Vec<Leased>> {
        let now = self.now();
        outbox::reap(self.store.pool(), now).await?;
        let until = now + TimeDelta::seconds(LEASE_SECONDS);
        loop {
            let taken = outbox::lease(self.store.pool(), now, until, LeaseToken::new(now), limit).await?;
            let mut freed = false;
            for odd in taken.odd {
                // The others are taken and go on, whatever becomes of this one; in doubt its lease runs out.
                match self.set_aside(&odd).await {
                    Ok(()) => freed = true,
                    Err(error) => {
                        tracing::warn!(effect.key = odd.key, error = %error, "an effect could not be set aside");
                    }
                }
            }
            // What waited behind it can run now.
            if !taken.leased.is_empty() || !freed {
                return Ok(taken.leased);
            }
        }
    }

    /// A call that takes its time keeps its lease. False: it was lost, and somebody else looks what became of it.
    pub async fn hold_on(&self, leased: &Leased) -> Result<bool> {
        let until = self.now() + TimeDelta::seconds(LEASE_SECONDS);
        Ok(outbox::renew(self.store.pool(), leased, until).await?)
    }

    /// What this version cannot read, or has no part for, is left to one that can: soon, and then less and less often.
    async fn set_aside(&self, odd: &outbox::Odd) -> Result<()> {
        let now = self.now();
        let waited = odd.since.map_or(0, |since| (now - since).num_seconds());
        let wait = waited.clamp(ASIDE_SECONDS.0, ASIDE_SECONDS.1);
        if odd.since.is_none() {
            tracing::error!(
                effect.kind = odd.kind,
                effect.key = odd.key,
                error = odd.why,
                "an effect cannot be understood here; it is set aside for a version that can, and holds up nobody"
            );
        }
        outbox::set_aside(self.store.pool(), odd, now + TimeDelta::seconds(wait), now).await?;
        Ok(())
    }

    /// When the next effect may run that cannot run yet.
    pub async fn next_effect(&self) -> Result<Option<At>> {
        Ok(outbox::next(self.store.pool(), self.now()).await?)
    }

    pub async fn backlog(&self) -> Result<outbox::Backlog> {
        Ok(outbox::backlog(self.store.pool(), self.now()).await?)
    }

    /// A fault of what it is about, and not of the database, would be there at each try: the effect is set aside, so that
    /// whatever waits behind it goes on.
    pub async fn perform(&self, leased: &Leased) -> Result<()> {
        let Err(error) = self.carry_out(leased).await else {
            return Ok(());
        };
        if !error.is_of_item() || error.is_conflict() {
            return Err(error);
        }
        let odd = outbox::Odd {
            id: leased.id,
            key: leased.key.clone(),
            kind: leased.effect.kind().to_owned(),
            token: leased.token,
            unclear: leased.unclear || may_be_done(&leased.effect, &error),
            since: leased.unread_since,
            why: error.to_string(),
        };
        self.set_aside(&odd).await
    }

    async fn carry_out(&self, leased: &Leased) -> Result<()> {
        match &leased.effect {
            Effect::PostCard { card } => self.post_card(leased, *card).await,
            Effect::EditCard { card } => self.edit(leased, *card).await,
            Effect::PostNote { card, event, ping } => self.post_note(leased, *card, *event, ping).await,
            Effect::Alert { card, event, to } => self.alert(leased, *card, *event, to).await,
            Effect::Notify { to } => self.notify(leased, to).await,
            Effect::Whisper {
                room,
                user,
                thread,
                answer_to,
                told,
            } => {
                // The key begins with the chat: `whisper:<chat>:…`.
                let chat = leased.key.split(':').nth(1).unwrap_or_default();
                if leased.unclear {
                    // A private sentence twice is worse than one lost: the card tells the same.
                    return self.settle(leased, Settled::Done).await;
                }
                let chat = self.chat(chat)?;
                match chat
                    .whisper(room, user, thread.as_deref(), answer_to.as_deref(), told)
                    .await
                {
                    Ok(()) | Err(PortError::Unknown { .. }) => self.settle(leased, Settled::Done).await,
                    // They take no messages from us, which is their own choice.
                    Err(PortError::Never { why }) => {
                        tracing::warn!(effect.key = leased.key, "a private sentence reaches nobody");
                        self.settle(leased, Settled::Dead { why }).await
                    }
                    Err(e) => {
                        self.heed(leased, &e).await?;
                        self.settle(leased, self.verdict(leased, &e)).await
                    }
                }
            }
            Effect::CallWebhook { webhook, event } => self.call_webhook(leased, webhook, *event).await,
            Effect::KeepFold { chat, room } => self.keep_fold(leased, chat, room).await,
            Effect::ShowHome { person } => self.show_home(leased, person).await,
            Effect::PublishReply { reply } => self.publish_reply(leased, *reply).await,
            Effect::FollowReply { reply, since } => self.follow_reply(leased, *reply, *since).await,
            Effect::ReadFile { file } => self.read_file(leased, *file).await,
            Effect::BringIn { file, unanswered } => self.bring_in(leased, *file, *unanswered).await,
            Effect::TakeBack { file } => self.take_file_back(leased, *file).await,
            Effect::SendDigest {
                room,
                from,
                to,
                digest,
                ..
            } => self.send_digest(leased, digest, room, *from, *to).await,
        }
    }

    async fn post_card(&self, leased: &Leased, id: CardId) -> Result<()> {
        let Some((row, item, card)) = self.card(id).await? else {
            return self.settle(leased, Settled::Done).await;
        };
        if row.message.is_some() || matches!(item.handling, Handling::Removed { .. }) {
            return self.settle(leased, Settled::Moot).await;
        }
        if !self.enters(leased, &row, &item).await? {
            return Ok(());
        }
        let post = Post {
            key: format!("card:{id}"),
            generation: row.generation,
            room: row.room.clone(),
            thread: None,
            body: Body::Card(Box::new(card)),
        };
        match self.post(leased, &row.chat, &post).await? {
            Posted::At(message) => {
                self.stands_at(leased, row, message, item.version, Settled::Done)
                    .await
            }
            // What it shows is what was true at that try.
            Posted::Found(message) => self.stands_at(leased, row, message, 0, there(leased)).await,
            Posted::Somewhere => {
                // A card that nobody can edit would lie for ever: a second one is the lesser evil.
                let now = self.now();
                let mut tx = self.store.begin().await?;
                if let Some(generation) = cards::anew(&mut tx, id, row.generation).await? {
                    tracing::warn!(card.id = %id, "posted again because nobody can tell where the first one stands");
                    let again = post_card(id, item.id, &row.chat, &row.room, generation, now);
                    outbox::put(&mut tx, &[again], now).await?;
                }
                self.settle_in(tx, leased, Settled::Done).await
            }
            Posted::Gone(why) => self.settle(leased, self.patiently(leased, why)).await,
            Posted::Not(how) | Posted::No(how) => self.settle(leased, how).await,
        }
    }

    /// The card has a message now. If the item is further than what that shows, an edit follows.
    async fn stands_at(
        &self,
        leased: &Leased,
        row: CardRow,
        message: String,
        shown: i64,
        how: Settled,
    ) -> Result<()> {
        let now = self.now();
        let mut tx = self.store.begin().await?;
        let wanted = cards::posted(&mut tx, row.id, &message, shown, now).await?;
        if wanted > shown {
            let row = CardRow {
                message: Some(message),
                ..row
            };
            outbox::put(&mut tx, &[edit_card(&row, wanted, now)], now).await?;
        }
        self.settle_in(tx, leased, how).await
    }

    async fn edit(&self, leased: &Leased, id: CardId) -> Result<()> {
        let Some((row, item, card)) = self.card(id).await? else {
            return self.settle(leased, Settled::Done).await;
        };
        let Some(message) = &row.message else {
            return self.settle(leased, Settled::Done).await;
        };
        if row.shown >= item.version {
            // Another edit has shown it already.
            return self.settle(leased, Settled::Moot).await;
        }
        let now = self.now();
        let key = format!("card:{id}");
        match self
            .chat(&row.chat)?
            .edit(&row.room, message, &key, &Body::Card(Box::new(card)))
            .await
        {
            Ok(()) => {
                let mut tx = self.store.begin().await?;
                let wanted = cards::edited(&mut tx, id, item.version, now).await?;
                if wanted > item.version {
                    outbox::put(&mut tx, &[edit_card(&row, wanted, now)], now).await?;
                }
                self.settle_in(tx, leased, Settled::Done).await
            }
            Err(PortError::Gone { .. }) => {
                let mut tx = self.store.begin().await?;
                if let Some(generation) = cards::lost(&mut tx, id, message).await? {
                    let again = post_card(id, item.id, &row.chat, &row.room, generation, now);
                    outbox::put(&mut tx, &[again], now).await?;
                }
                self.settle_in(tx, leased, Settled::Done).await
            }
            // Showing the newest state twice is showing it once.
            Err(PortError::Unknown { why }) => self.settle(leased, self.patiently(leased, why)).await,
            Err(e) => {
                self.heed(leased, &e).await?;
                self.complain(&row.chat, &row.room, &e).await?;
                self.settle(leased, self.verdict(leased, &e)).await
            }
        }
    }

    /// A room that is closed to us is news for whoever can open it.
    async fn complain(&self, chat: &str, room: &str, error: &PortError) -> Result<()> {
        match error {
            PortError::Denied { why } => self.tell_admins(chat, room, why).await,
            PortError::Later { .. }
            | PortError::Never { .. }
            | PortError::Gone { .. }
            | PortError::Unknown { .. } => Ok(()),
        }
    }

    async fn post_note(&self, leased: &Leased, id: CardId, event: EventId, ping: &[Mention]) -> Result<()> {
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
                .settle(
                    leased,
                    self.patiently(leased, "the card is not posted yet".to_owned()),
                )
                .await;
        };
        if self.is_overtaken(&item, &event) {
            return self.settle(leased, Settled::Moot).await;
        }
        let voice = self.voice_of(&row);
        let told = people_in(&row.chat, ping);
        let buttons = if ping.is_empty() || !item.handling.is_open() {
            Vec::new()
        } else {
            note_buttons(&item, &told, voice, self.now())
        };
        let text = self.note_text(&item, &event, &told, voice).await?;
        if text.is_empty() {
            // Written down by an earlier release, which would have posted an empty line.
            return self.settle(leased, Settled::Moot).await;
        }
        let note = Note {
            ping: ping.to_vec(),
            text,
            quote: self.published(&item, &event, voice).await?,
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
                    let again = post_card(id, item.id, &row.chat, &row.room, generation, now);
                    outbox::put(&mut tx, &[again], now).await?;
                }
                self.settle_in(tx, leased, self.patiently(leased, why)).await
            }
            Posted::Not(how) | Posted::No(how) => self.settle(leased, how).await,
        }
    }

    /// A line below a card. What is dealt with and was put away comes out by it and is put back, whatever comes in between:
    /// until that is done, it counts as not known whether the line is there.
    pub(crate) async fn post_below(
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
                let why = error.to_string();
                return Ok(Posted::Not(Settled::Unknown { at, why }));
            }
        }
        Ok(posted)
    }

    /// The answer that customers see since this event; none where another one stands there by now.
    async fn published(&self, item: &Item, event: &Event, voice: Voice) -> Result<Option<String>> {
        let What::Visible { .. } = event.what else {
            return Ok(None);
        };
        let reply = match item.reply {
            Some(id) => reply::get(self.store.pool(), id).await?,
            None => None,
        };
        // The database keeps a moment to the microsecond.
        let same = |at: At| at.timestamp_micros() == event.at.timestamp_micros();
        let reply =
            reply.filter(|r| matches!(r.state, crate::domain::reply::ReplyState::Visible { at } if same(at)));
        Ok(reply.map(|r| {
            let shown = crate::domain::words::shown(&r.body);
            crate::workflow::forms::shortened(&shown, ANSWER_UNITS, voice)
        }))
    }

    async fn alert(&self, leased: &Leased, id: CardId, event: EventId, to: &AlertTo) -> Result<()> {
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
                Err(PortError::Unknown { why }) => {
                    return self.settle(leased, self.patiently(leased, why)).await;
                }
                Err(e) if e.is_no() => return self.call_below(leased, &row, event.id, user).await,
                Err(e) => return self.settle(leased, self.verdict(leased, &e)).await,
            },
        };
        // It is read where it goes, not where the card stands.
        let voice = match to {
            AlertTo::Person(user) => {
                let person = PersonId::new(row.chat.as_str(), user.as_str());
                self.private_voice(&person, self.voice_of(&row)).await?
            }
            AlertTo::Room { room, .. } => match self.rules.channel_of_room(&row.chat, room) {
                Some(channel) => channel.voice,
                None => self.voice_of(&row),
            },
        };
        let head = card::head(&item, self.rules.label(&item.source), voice.lang);
        let told = match to {
            AlertTo::Room { ping, .. } => people_in(&row.chat, ping),
            AlertTo::Person(user) => vec![PersonId::new(row.chat.as_str(), user.as_str())],
        };
        let mut text = self.note_text(&item, &event, &told, voice).await?;
        text.push(Seg::Text("\n".to_owned()));
        text.push(Seg::Strong(head.clone()));
        if let Some(url) = row.message.as_deref().and_then(|m| chat.link(&row.room, m)) {
            text.push(Seg::Text(" · ".to_owned()));
            text.push(Seg::Link {
                label: voice.lang.text("alert-link", &[]),
                url,
            });
        }
        let note = Note {
            ping,
            text,
            quote: None,
            buttons: note_buttons(&item, &told, voice, self.now()),
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
        let ping = vec![Mention::Person(user.to_owned())];
        let call = NewEffect {
            key: format!("{}:below", leased.key),
            lane: Lane::Urgent,
            ..note_below(row, event, &ping, now)
        };
        let mut tx = self.store.begin().await?;
        outbox::put(&mut tx, &[call], now).await?;
        self.settle_in(tx, leased, Settled::Done).await
    }

    async fn send_digest(&self, leased: &Leased, name: &str, room: &str, from: At, to: At) -> Result<()> {
        let Some((plan, channel)) = self.digest_of(name, room).await? else {
            return self.settle(leased, no_longer(name)).await;
        };
        let (plan, channel) = (&plan, &channel);
        let room = match &plan.to {
            Some(person) => match self.chat(&person.chat)?.direct(&person.user).await {
                Ok(room) => room,
                // Opening the same conversation twice is opening it once.
                Err(PortError::Unknown { why }) => {
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
                digest.lines.push(channel.voice.say("digest-no-chart", &[]));
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
                self.do_without(leased, &why).await?;
                self.settle(leased, Settled::Again { at: self.now() }).await
            }
            Posted::Not(how) | Posted::No(how) => self.settle(leased, how).await,
        }
    }

    /// Posts once. After an unclear try it looks first, twice, and only then posts again under the same key.
    pub(crate) async fn post(&self, leased: &Leased, chat: &str, post: &Post) -> Result<Posted> {
        self.post_to(leased, chat, post, false).await
    }

    /// The same to one person alone. That they take no direct messages is a normal fact, for which there is another way:
    /// no fault of anybody's, and nothing that rights would change.
    pub(crate) async fn post_directly(&self, leased: &Leased, chat: &str, post: &Post) -> Result<Posted> {
        self.post_to(leased, chat, post, true).await
    }

    async fn post_to(&self, leased: &Leased, chat: &str, post: &Post, directly: bool) -> Result<Posted> {
        let platform = self.chat(chat)?;
        let now = self.now();
        if leased.unclear {
            match platform.find(post, leased.begun_at).await {
                Ok(Found::At(message)) => return Ok(Posted::Found(message)),
                Ok(Found::NotThere) => {
                    let looked = usize::try_from(leased.looks).unwrap_or(0) + 1;
                    return Ok(Posted::Not(match LOOK_AFTER.get(looked) {
                        Some(wait) => Settled::LookAgain {
                            at: now + TimeDelta::seconds(*wait),
                        },
                        None => Settled::Anew { at: now },
                    }));
                }
                Ok(Found::CannotLook) => {
                    if leased.looks == 0 {
                        let at = now + TimeDelta::seconds(BLIND_WAIT_SECONDS - LOOK_AFTER[0]);
                        return Ok(Posted::Not(Settled::LookAgain { at }));
                    }
                    tracing::warn!(
                        effect.key = leased.key,
                        "posting again without being able to look"
                    );
                }
                Err(e) => return Ok(Posted::Not(self.verdict(leased, &e))),
            }
        }
        match platform.post(post).await {
            Ok(message) => {
                self.count_in_room(chat, post).await?;
                if let Some(pace) = &leased.pace {
                    let apart = self.rules.post_every_ms.get(chat).copied().unwrap_or_default();
                    let free = now + TimeDelta::milliseconds(apart);
                    outbox::slow_down(self.store.pool(), pace, free).await?;
                }
                match message {
                    Some(message) => Ok(Posted::At(message)),
                    None => self.locate(leased, chat, post).await,
                }
            }
            Err(PortError::Gone { why }) => Ok(Posted::Gone(why)),
            Err(PortError::Unknown { why }) => {
                let at = now + TimeDelta::seconds(LOOK_AFTER[0]);
                Ok(Posted::Not(Settled::Unknown { at, why }))
            }
            // Whether it is the message or its picture shows when it comes without.
            Err(PortError::Denied { why } | PortError::Never { why }) if post.body.has_picture() => {
                Ok(Posted::Not(Settled::Dead { why }))
            }
            Err(e) if directly && e.is_no() => Ok(Posted::No(Settled::Dead { why: e.to_string() })),
            Err(e) => {
                self.heed(leased, &e).await?;
                self.complain(chat, &post.room, &e).await?;
                let how = self.verdict(leased, &e);
                Ok(if e.is_no() {
                    Posted::No(how)
                } else {
                    Posted::Not(how)
                })
            }
        }
    }

    /// The chat has it; where, it may tell whoever may look.
    async fn locate(&self, leased: &Leased, chat: &str, post: &Post) -> Result<Posted> {
        Ok(match self.chat(chat)?.find(post, leased.begun_at).await {
            Ok(Found::At(message)) => Posted::Found(message),
            Ok(Found::NotThere | Found::CannotLook) => Posted::Somewhere,
            Err(e) => Posted::Not(self.verdict(leased, &e)),
        })
    }

    /// Whoever is told to slow down tells everybody who shares the limit; whoever is refused leaves word for those who
    /// wonder why nothing comes.
    pub(crate) async fn heed(&self, leased: &Leased, error: &PortError) -> Result<()> {
        if let (PortError::Denied { why }, Some(pace)) = (error, &leased.pace)
            && let Some(closure) = self.refused(pace, why)
        {
            let until = self.now() + TimeDelta::seconds(REFUSED_SECONDS);
            outbox::shut(self.store.pool(), &format!("refused:{pace}"), until, &closure).await?;
        }
        if let (
            PortError::Later {
                after: Some(seconds), ..
            },
            Some(pace),
        ) = (error, &leased.pace)
            && !self.keeps_limits(pace)
        {
            let free = self.now() + TimeDelta::seconds((*seconds).clamp(1, 3600));
            outbox::slow_down(self.store.pool(), pace, free).await?;
        }
        Ok(())
    }

    /// A chat takes our token: what it refused is asked for again at once.
    pub async fn reopen(&self, chat: &str) -> Result<u64> {
        Ok(outbox::reopen(self.store.pool(), chat, self.now()).await?)
    }

    /// Whether the chat of this pace keeps its own limits: then one call's wait says nothing about the next.
    fn keeps_limits(&self, pace: &str) -> bool {
        let mut parts = pace.split(':');
        let kind = parts.next().unwrap_or_default();
        let chat = parts.next().and_then(|name| self.chats.get(name));
        kind != "source" && chat.is_some_and(|chat| chat.keeps_limits())
    }

    /// What a chat that keeps no limits itself has refused: everything in a room, or one kind of call.
    fn refused(&self, pace: &str, why: &str) -> Option<Closure> {
        let mut parts = pace.splitn(3, ':');
        let kind = parts.next()?;
        let chat = parts
            .next()
            .filter(|name| kind != "source" && self.chats.contains_key(*name))?;
        let (what, name) = match (kind, parts.next()) {
            ("room", Some(room)) => (Closed::Room, room),
            (call, _) => (Closed::Call, call),
        };
        (!self.keeps_limits(pace)).then(|| Closure {
            chat: chat.to_owned(),
            what,
            name: name.to_owned(),
            why: why.to_owned(),
        })
    }

    /// What a failed call means for its effect.
    pub(crate) fn verdict(&self, leased: &Leased, error: &PortError) -> Settled {
        match error {
            PortError::Later { why, after } => Settled::Later {
                at: self.next(leased, *after),
                why: why.clone(),
            },
            // Rights can be given back; until then somebody has to see it.
            PortError::Denied { why } => {
                // It is tried on and on, and said once.
                if leased.attempts <= 1 {
                    tracing::error!(effect.kind = leased.effect.kind(), effect.key = leased.key, error = %error,
                        "denied: rights or tokens have to change");
                }
                self.patiently(leased, why.clone())
            }
            PortError::Never { why } | PortError::Gone { why } => {
                tracing::error!(effect.kind = leased.effect.kind(), effect.key = leased.key, error = %error,
                    "given up: the same will never succeed");
                Settled::Dead { why: why.clone() }
            }
            PortError::Unknown { why } => Settled::Unknown {
                at: self.now() + TimeDelta::seconds(LOOK_AFTER[0]),
                why: why.clone(),
            },
        }
    }

    pub(crate) fn patiently(&self, leased: &Leased, why: String) -> Settled {
        Settled::Later {
            at: self.next(leased, None),
            why,
        }
    }

    pub(crate) fn next(&self, leased: &Leased, hint: Option<i64>) -> At {
        // Different for each effect and try, the same on every run: replicas spread out, tests stay exact.
        let jitter = (leased.id.0.as_u128() % 997) as f64 / 997.0;
        next_try(self.now(), leased.attempts, hint, jitter)
    }

    pub(crate) async fn settle(&self, leased: &Leased, how: Settled) -> Result<()> {
        // Nothing is written with it, so it needs no transaction of several round trips.
        let held = outbox::settle(self.store.pool(), leased, &how, self.now()).await?;
        self.settled(leased, &how, held);
        Ok(())
    }

    /// Settles and commits what was written with it; if the lease was lost, nothing of it is written.
    pub(crate) async fn settle_in(&self, mut tx: Tx, leased: &Leased, how: Settled) -> Result<()> {
        let held = outbox::settle(&mut *tx, leased, &how, self.now()).await?;
        match held {
            true => tx.commit().await.map_err(StoreError::from)?,
            false => tx.rollback().await.map_err(StoreError::from)?,
        }
        self.settled(leased, &how, held);
        Ok(())
    }

    fn settled(&self, leased: &Leased, how: &Settled, held: bool) {
        if held {
            count(leased, how, self.now());
        } else {
            tracing::warn!(
                effect.key = leased.key,
                "the lease was lost before the effect was settled"
            );
        }
    }

    /// The card as it should be now.
    pub(crate) async fn card(&self, id: CardId) -> Result<Option<(CardRow, Item, Card)>> {
        self.card_in(id, None).await
    }

    /// The same for somebody who reads it in another place, where we speak otherwise than in its own.
    pub(crate) async fn card_in(
        &self,
        id: CardId,
        voice: Option<Voice>,
    ) -> Result<Option<(CardRow, Item, Card)>> {
        let Some(row) = cards::get(self.store.pool(), id).await? else {
            return Ok(None);
        };
        let item = item::get(self.store.pool(), row.item)
            .await?
            .ok_or(WorkflowError::NoItem(row.item))?;
        let reply = match item.reply {
            Some(id) => reply::get(self.store.pool(), id).await?,
            None => None,
        };
        let mut people = people_of(&item.handling);
        let owner = self.owner(&item);
        people.extend(
            reply
                .as_ref()
                .map(|r| r.by.clone())
                .into_iter()
                .chain(owner.cloned()),
        );
        let names = person::names(self.store.pool(), &people).await?;
        let name = |p: &PersonId| names.get(p).cloned().unwrap_or_else(|| p.user.clone());
        let began = item
            .deadline
            .map_or(item.published_at.unwrap_or(item.first_seen_at), |d| d.from);
        let first_answer_minutes = match &item.handling {
            Handling::Answered { at, .. } => Some((*at - began).num_minutes()).filter(|m| *m >= 0),
            _ => None,
        };
        let card = card::build(&Facts {
            item: &item,
            reply: reply.as_ref(),
            source: self.rules.label(&item.source),
            voice: voice.unwrap_or_else(|| self.voice_of(&row)),
            name: &name,
            owner,
            first_answer_minutes,
        });
        Ok(Some((row, item, card)))
    }

    pub(crate) fn voice_of(&self, row: &CardRow) -> Voice {
        let channel = self.rules.channel(&row.channel);
        channel.map_or(
            Voice {
                lang: Lang::default(),
                zone: chrono_tz::Tz::UTC,
            },
            |c| c.voice,
        )
    }

    /// A warning about something that was dealt with while it waited to be sent is not sent.
    fn is_overtaken(&self, item: &Item, event: &Event) -> bool {
        let warning = matches!(
            event.what,
            What::Reminded { .. } | What::Overdue { .. } | What::Escalated { .. }
        );
        warning && !item.handling.is_open()
    }

    /// `told` are the people whom the line calls by name.
    pub(crate) async fn note_text(
        &self,
        item: &Item,
        event: &Event,
        told: &[PersonId],
        voice: Voice,
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
        let mut line = note(event, item, label, voice, held, called);
        if stepped::is_in_vain(&event.what) {
            line.push(Seg::Text(" ".to_owned()));
            line.extend(self.onward(item, event, voice).await?);
        }
        Ok(line)
    }
}

/// Whether it may have happened although it ended with a fault. What is read is read before anything is called, so a row
/// that cannot be read says no; but a reply is public, and there the item is read again after the call.
fn may_be_done(effect: &Effect, error: &WorkflowError) -> bool {
    match error {
        WorkflowError::NotConfigured { .. } | WorkflowError::NoItem(_) | WorkflowError::Export(_) => false,
        WorkflowError::Store(error) => {
            matches!(effect, Effect::PublishReply { .. }) || !error.is_unreadable()
        }
        WorkflowError::Port(_) => true,
    }
}

fn count(leased: &Leased, how: &Settled, now: At) {
    let kind = leased.effect.kind();
    meter::tried(kind, how.as_str());
    match how {
        Settled::Done | Settled::Moot | Settled::Found | Settled::Folded | Settled::Dead { .. } => {
            meter::ended(kind, how.as_str(), now - leased.ready_at)
        }
        Settled::Later { .. }
        | Settled::Again { .. }
        | Settled::Unknown { .. }
        | Settled::LookAgain { .. }
        | Settled::Anew { .. } => {}
    }
    if leased.unclear {
        match how {
            // What became of a reply, publishing knows better.
            Settled::Done | Settled::Found if matches!(leased.effect, Effect::PublishReply { .. }) => {}
            Settled::Done | Settled::Moot | Settled::Found | Settled::Folded => {
                meter::resolved(kind, "settled")
            }
            Settled::Anew { .. } => meter::resolved(kind, "missing"),
            Settled::Dead { .. } => meter::resolved(kind, "given_up"),
            Settled::Later { .. }
            | Settled::Again { .. }
            | Settled::Unknown { .. }
            | Settled::LookAgain { .. } => {}
        }
    }
}

pub(crate) fn people_of(handling: &Handling) -> Vec<PersonId> {
    match handling {
        Handling::Claimed { by, to, .. } => std::iter::once(by).chain(to).cloned().collect(),
        Handling::Snoozed { by, .. } => vec![by.clone()],
        Handling::Answered { by, .. } | Handling::Handled { by, .. } => by.iter().cloned().collect(),
        Handling::Open | Handling::Removed { .. } => Vec::new(),
    }
}

/// It stands there. Whether by an earlier try, whose answer was lost, or by this one, which only had to ask where.
pub(crate) fn there(leased: &Leased) -> Settled {
    if leased.unclear {
        Settled::Found
    } else {
        Settled::Done
    }
}

/// Under a warning: what one can do about it at once. Nobody takes what is theirs, or what somebody else has.
pub(crate) fn note_buttons(item: &Item, told: &[PersonId], voice: Voice, now: At) -> Vec<Button> {
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
            label: voice.lang.text(&format!("button-{}", verb.as_str()), &[]),
            main: false,
            url: None,
            confirm: None,
        })
        .collect()
}

/// Those of them who are called by name.
pub(crate) fn people_in(chat: &str, ping: &[Mention]) -> Vec<PersonId> {
    let people = ping.iter().filter_map(|mention| match mention {
        Mention::Person(user) => Some(PersonId::new(chat, user.as_str())),
        Mention::Group(_) => None,
    });
    people.collect()
}

/// Who has the item while a line about it is written.
pub struct Held {
    pub name: String,
    /// They are among those who are called by it.
    pub is_told: bool,
}

/// One line of an item's story, as it is told in the thread.
pub fn note(
    event: &Event,
    item: &Item,
    source: &str,
    voice: Voice,
    held: Option<Held>,
    called: impl Fn(&PersonId) -> String,
) -> Vec<Seg> {
    let name = || Arg::from(event.by.as_ref().map_or_else(String::new, &called));
    let source = || Arg::from(source);
    let short = |s: &str| Arg::from(crate::domain::words::short_line(s, 300));
    match &event.what {
        What::Received { .. } | What::Drafted => Vec::new(),
        What::Edited {
            stars_before: Some(before),
            stars_now: Some(now),
            ..
        } => voice.say(
            "note-edited-stars",
            &[
                ("before", i64::from(*before).into()),
                ("now", i64::from(*now).into()),
            ],
        ),
        What::Edited { .. } => voice.say("note-edited", &[]),
        What::RemovedAtSource => voice.say("note-removed", &[("source", source())]),
        What::BackAtSource => voice.say("note-back", &[("source", source())]),
        What::AnsweredElsewhere { .. } => voice.say("note-elsewhere", &[("source", source())]),
        What::Claimed { until } => voice.say("note-claimed", &[("name", name()), ("until", (*until).into())]),
        What::TakenOver { from, until } => voice.say(
            "note-taken-over",
            &[
                ("name", name()),
                ("from", called(from).into()),
                ("until", (*until).into()),
            ],
        ),
        What::Released => voice.say("note-released", &[("name", name())]),
        What::ClaimEnded { of, lost_right } => {
            let key = if *lost_right {
                "note-lost-right"
            } else {
                "note-claim-ended"
            };
            voice.say(key, &[("name", called(of).into())])
        }
        What::Sent { .. } => voice.say("note-sent", &[("name", name())]),
        What::TakenBack { of: Some(of) } => voice.say(
            "note-held-back",
            &[("name", called(of).into()), ("source", source())],
        ),
        What::TakenBack { of: None } => voice.say("note-taken-back", &[("name", name())]),
        What::Accepted { .. } => voice.say("note-accepted", &[("source", source())]),
        What::Visible { minutes, .. } if item.source == practice::NAME => match minutes {
            Some(minutes) => voice.say("practice-visible", &[("span", voice.lang.span(*minutes).into())]),
            None => voice.say("practice-visible-again", &[]),
        },
        What::Visible {
            minutes: Some(minutes),
            ..
        } => voice.say(
            "note-visible",
            &[("source", source()), ("span", voice.lang.span(*minutes).into())],
        ),
        What::Visible { minutes: None, .. } => voice.say("note-visible-again", &[("source", source())]),
        What::Rejected { why } => match quoted::words(why) {
            Some(why) => voice.say("note-rejected", &[("source", source()), ("why", short(&why))]),
            None => voice.say("note-rejected-silent", &[("source", source())]),
        },
        What::Failed { why, .. } => match quoted::words(why) {
            Some(why) => voice.say("note-failed", &[("source", source()), ("why", short(&why))]),
            None => voice.say("note-failed-silent", &[("source", source())]),
        },
        What::Unclear => voice.say("note-unclear", &[("source", source())]),
        What::ConfirmedThere => voice.say("note-confirmed", &[("name", name())]),
        What::SentAgain => voice.say("note-again", &[("name", name())]),
        What::Handled { reason, note } => {
            let reason = Arg::from(voice.lang.text(&format!("reason-{}", reason.as_str()), &[]));
            match note {
                Some(note) => voice.say(
                    "note-handled-note",
                    &[("name", name()), ("reason", reason), ("note", short(note))],
                ),
                None => voice.say("note-handled", &[("name", name()), ("reason", reason)]),
            }
        }
        What::Reopened { by_customer: true } => voice.say("note-reopened-customer", &[]),
        What::Reopened { by_customer: false } => voice.say("note-reopened", &[("name", name())]),
        What::Snoozed {
            until,
            why: Some(why),
            ..
        } => voice.say(
            "note-snoozed-why",
            &[("name", name()), ("until", (*until).into()), ("why", short(why))],
        ),
        What::Snoozed { until, why: None, .. } => {
            voice.say("note-snoozed", &[("name", name()), ("until", (*until).into())])
        }
        What::Woke => match item.deadline {
            Some(d) if d.due <= event.at => voice.say("note-woke-late", &[("due", d.due.into())]),
            Some(d) => voice.say("note-woke-due", &[("due", d.due.into())]),
            None => voice.say("note-woke", &[]),
        },
        What::Escalated { why, .. } => match item.deadline {
            Some(d) => voice.say(
                "note-escalated-due",
                &[("name", name()), ("why", short(why)), ("due", d.due.into())],
            ),
            None => voice.say("note-escalated", &[("name", name()), ("why", short(why))]),
        },
        What::Reminded { due, .. } => {
            let minutes = ((*due - event.at).num_seconds() + 30) / 60;
            let soon = if minutes <= 0 { "-soon" } else { "" };
            let mut args = vec![
                ("due", Arg::from(*due)),
                ("span", voice.lang.span(minutes).into()),
            ];
            let whose = whose(held, &mut args);
            voice.say(&format!("note-reminded{soon}{whose}"), &args)
        }
        What::Overdue { due, again: true, .. } => voice.say("note-overdue-again", &[("due", (*due).into())]),
        What::Overdue { due, .. } => {
            let mut args = vec![("due", Arg::from(*due))];
            let whose = whose(held, &mut args);
            voice.say(&format!("note-overdue{whose}"), &args)
        }
        What::Stepped {
            called,
            missing,
            raised,
            webhook,
            widened,
            ..
        } if called.is_empty() => {
            stepped::calls_nobody(missing, *raised, webhook.as_deref(), widened.as_deref(), voice)
        }
        What::Stepped { round, .. } => stepped::calls(event, item, *round > 0, voice, held),
        What::Assigned { word, .. } => {
            let mut line = match item.deadline {
                Some(d) => voice.say("note-assigned-due", &[("due", d.due.into())]),
                None => voice.say("note-assigned", &[]),
            };
            if let Some(word) = word {
                line.extend(voice.say("note-assigned-word", &[("word", short(word))]));
            }
            line
        }
        What::Offered {
            of,
            until,
            to: Some(_),
            why,
            ..
        } => {
            let given = [("name", called(of).into()), ("until", (*until).into())];
            match why {
                Some(why) => {
                    let [name, until] = given;
                    voice.say("note-given-why", &[name, until, ("why", short(why))])
                }
                None => voice.say("note-given", &given),
            }
        }
        What::Offered { of, until, .. } => voice.say(
            "note-offered",
            &[("name", called(of).into()), ("until", (*until).into())],
        ),
        What::NotAccepted { of, to: Some(to) } => voice.say(
            "note-given-not",
            &[("name", called(of).into()), ("to", called(to).into())],
        ),
        What::NotAccepted { of, to: None } => match item.deadline.filter(|d| d.due <= event.at) {
            Some(d) => voice.say(
                "note-not-accepted-late",
                &[("name", called(of).into()), ("due", d.due.into())],
            ),
            None => voice.say("note-not-accepted", &[("name", called(of).into())]),
        },
        What::Acknowledged { until } => voice.say(
            "note-acknowledged",
            &[("name", name()), ("until", (*until).into())],
        ),
    }
}

/// Which of the sentences it is: for nobody in particular, to whoever has the item, or to others about them.
fn whose(held: Option<Held>, args: &mut Vec<(&'static str, Arg)>) -> &'static str {
    let Some(held) = held else { return "" };
    args.push(("name", held.name.into()));
    if held.is_told { "-owner" } else { "-held" }
}
