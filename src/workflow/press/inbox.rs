//! A press becomes a change. It is judged by the item's state and the person's rights as they are now, inside one
//! transaction that also marks the delivery as done; so the same press twice is one press, and of two people at once
//! one wins and the other is told.

use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::TimeDelta;
use futures::StreamExt as _;

use crate::domain::action::Ask;
use crate::domain::action::Change as ChatChange;
use crate::domain::action::FormToken;
use crate::domain::action::ItemRef;
use crate::domain::action::Named;
use crate::domain::action::Outcome;
use crate::domain::action::Press;
use crate::domain::action::Step;
use crate::domain::action::Verb;
use crate::domain::digest::MOST_DAYS;
use crate::domain::rights::Role;
use crate::domain::text::Lang;
use crate::domain::text::Voice;
use crate::domain::words::short_line;
use crate::port::PortError;
use crate::port::chat::Delivery;
use crate::port::chat::Inbox;
use crate::port::chat::Kept;
use crate::port::chat::Repeat;
use crate::store::StoreError;
use crate::store::inbox;
use crate::store::outbox;
use crate::store::person;
use crate::telemetry::meter;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::WorkflowError;
use crate::workflow::commands::Page;
use crate::workflow::find::Wanted;
use crate::workflow::tell::room_key;
use crate::workflow::together;

/// How long the replica that got a press has to finish it before another one tries.
const LEASE_SECONDS: i64 = 20;
/// The same when more wait than it can finish soon: whoever has time takes what is left.
const BUSY_LEASE_SECONDS: i64 = 3;
/// Presses that were left behind, taken at once; and how often in one round.
const PICKED_UP: i64 = 200;
const ROUNDS: usize = 10;
/// Two transactions that met are tried again this often.
const TRIES: usize = 4;

#[async_trait]
impl Inbox for Desk {
    async fn keep(&self, delivery: Delivery) -> std::result::Result<Option<Kept>, PortError> {
        let kept = self.keeping.join(delivery, |few| self.keep_together(few)).await;
        let cut = || PortError::later("whoever was writing it down broke off");
        kept.ok_or_else(cut)?.map_err(PortError::later)
    }

    async fn act(&self, kept: &Kept, press: Press) -> std::result::Result<Outcome, PortError> {
        let judged = match self.together(kept, &press).await {
            Some(judged) => Ok(judged),
            // On the heap: so many wait above that none of them should carry room for it.
            None => Box::pin(self.alone(kept, &press)).await,
        };
        let came_to = judged.as_ref().map_or("failed", |j| j.came_to);
        if let Some(verb) = verb_of(&press.ask) {
            meter::judged(verb, came_to, self.now() - kept.at);
        }
        judged
            .map(|j| j.outcome)
            .map_err(|e| PortError::later(e.to_string()))
    }

    fn leaves(&self, press: &Press) -> bool {
        self.has_enough() && together::is_plain(press)
    }

    async fn repeated(&self, chat: &str, key: &str) -> std::result::Result<Repeat, PortError> {
        let known = inbox::outcome(self.store.pool(), chat, key).await;
        Ok(match known.map_err(|e| PortError::later(e.to_string()))? {
            None => Repeat::Waiting,
            Some(Some(outcome)) => Repeat::CameTo(outcome),
            Some(None) => Repeat::Over,
        })
    }

    async fn missed(&self, kept: &Kept, press: &Press) -> std::result::Result<(), PortError> {
        let again = async {
            let mut tx = self.store.begin().await?;
            let text = self.voice(&press.chat, &press.room).say("told-press-again", &[]);
            let press = Press {
                key: format!("{}:missed", kept.key),
                ..press.clone()
            };
            self.whisper(&mut tx, &press, text, self.now()).await?;
            tx.commit().await.map_err(StoreError::from)?;
            Ok::<(), crate::workflow::WorkflowError>(())
        };
        again.await.map_err(|e| PortError::later(e.to_string()))
    }

    async fn suggest(
        &self,
        press: &Press,
        typed: &str,
    ) -> std::result::Result<Vec<(i64, String)>, PortError> {
        let found = self.suggestions(press, typed).await;
        found.map_err(|e| PortError::later(e.to_string()))
    }

    fn voice(&self, chat: &str, room: &str) -> Voice {
        self.voice(chat, room)
    }
}

/// A press that was decided: what the chat has to do now, and in a word what became of it.
pub(crate) struct Judged {
    pub outcome: Outcome,
    pub came_to: &'static str,
}

impl Judged {
    pub fn done(came_to: &'static str) -> Self {
        Self {
            outcome: Outcome::Done,
            came_to,
        }
    }

    /// A private sentence is on its way.
    pub fn told(came_to: &'static str) -> Self {
        Self {
            outcome: Outcome::Told,
            came_to,
        }
    }
}

impl Desk {
    /// Presses that a crash or a lost connection left behind. A form can no longer be opened for them; and a form that
    /// was sent in vain was said to be sent in vain, so it is not acted upon behind the person's back.
    pub async fn pick_up(&self) -> Result<usize> {
        let mut all = 0;
        for _ in 0..ROUNDS {
            let some = self.pick_some_up().await?;
            all += some;
            if i64::try_from(some).unwrap_or(PICKED_UP) < PICKED_UP {
                break;
            }
        }
        Ok(all)
    }

    async fn pick_some_up(&self) -> Result<usize> {
        let now = self.now();
        // What came from a chat that only a newer version knows, or another replica's file, is left to it.
        let chats: Vec<String> = self.chats.keys().cloned().collect();
        let left = inbox::left(
            self.store.pool(),
            &chats,
            now,
            now + TimeDelta::seconds(LEASE_SECONDS),
            PICKED_UP,
        )
        .await?;
        let count = left.len();
        // Side by side, so that they are judged together.
        let finished = left.into_iter().map(|delivery| self.finish_left(delivery));
        futures::stream::iter(finished)
            .for_each_concurrent(together::MOST, |finished| finished)
            .await;
        Ok(count)
    }

    async fn finish_left(&self, delivery: inbox::Left) {
        let Ok(chat) = self.chat(&delivery.chat) else {
            return;
        };
        let mut press = chat.read(&delivery.raw);
        press.key.clone_from(&delivery.key);
        press.opener = None;
        let kept = Kept {
            chat: delivery.chat,
            key: delivery.key,
            at: delivery.received_at,
        };
        let done = match &press.ask {
            Ask::Submit { form, values } => self.keep_what_was_typed(&kept, &press, form, values).await,
            _ => self
                .act(&kept, press)
                .await
                .map(drop)
                .map_err(WorkflowError::from),
        };
        if let Err(error) = done {
            tracing::warn!(error = %error, "a press that was left behind could not be finished yet");
        }
    }

    /// Writes down at once what came at once.
    async fn keep_together(&self, few: Vec<Delivery>) -> Vec<std::result::Result<Option<Kept>, String>> {
        let seconds = if self.has_enough() {
            BUSY_LEASE_SECONDS
        } else {
            LEASE_SECONDS
        };
        let new = few.iter().map(|d| inbox::New {
            chat: &d.chat,
            key: &d.key,
            raw: &d.raw,
            at: d.at,
            lease_until: d.at + TimeDelta::seconds(seconds),
        });
        match inbox::keep(self.store.pool(), &new.collect::<Vec<_>>()).await {
            Ok(first) => {
                let kept = few.into_iter().zip(first).map(|(delivery, first)| {
                    let Delivery { chat, key, at, .. } = delivery;
                    Ok(first.then_some(Kept { chat, key, at }))
                });
                kept.collect()
            }
            Err(error) => few.iter().map(|_| Err(error.to_string())).collect(),
        }
    }

    async fn alone(&self, kept: &Kept, press: &Press) -> Result<Judged> {
        let mut tries = 1;
        loop {
            match self.judge(kept, press).await {
                Err(e) if e.is_conflict() && tries < TRIES => tries += 1,
                judged => return judged,
            }
        }
    }

    async fn judge(&self, kept: &Kept, press: &Press) -> Result<Judged> {
        let now = self.now();
        let voice = self.voice(&press.chat, &press.room);
        let mut tx = self.store.begin().await?;
        let voice = self.own_voice(&mut *tx, &press.by.person, voice).await?;
        let note = match &press.ask {
            Ask::Odd { why } => Some(why.as_str()),
            _ => None,
        };
        if !inbox::finish(&mut tx, &kept.chat, &kept.key, now, note).await? {
            return Ok(Judged::done("repeated"));
        }
        let judged = match &press.ask {
            // Nobody's right is asked for these, and they are nothing to people from elsewhere.
            Ask::Help { .. } | Ask::NoNumber { .. } | Ask::Odd { .. } if press.by.outsider => {
                if let Ask::Odd { why } = &press.ask {
                    tracing::warn!(error = why, inbox.key = kept.key, "delivery not understood");
                }
                if press.by.person.user.is_empty() {
                    Judged::done("not_understood")
                } else {
                    let no = voice.say("refused-outsider", &[]);
                    self.whisper(&mut tx, press, no, now).await?;
                    Judged::told("forbidden")
                }
            }
            Ask::HomeOpened | Ask::Changed(_) if press.by.outsider => Judged::done("forbidden"),
            Ask::Do { verb, item } => {
                let deed = Deed::Do(*verb);
                self.act_on(&mut tx, press, voice, deed, *item, now).await?
            }
            Ask::Sure { verb, item } => {
                let deed = Deed::Ask(*verb);
                self.act_on(&mut tx, press, voice, deed, *item, now).await?
            }
            Ask::Again { form } => {
                let deed = Deed::Again(form);
                self.act_on(&mut tx, press, voice, deed, ItemRef::Id(form.item), now)
                    .await?
            }
            Ask::Submit { form, values } => self.submit(&mut tx, press, voice, form, values, now).await?,
            Ask::Give { item, to } => {
                let deed = Deed::Give(to);
                self.act_on(&mut tx, press, voice, deed, *item, now).await?
            }
            Ask::Closed { form, values } => {
                let typed = values.values().any(|v| !v.trim().is_empty());
                self.put_away(&mut tx, press, voice, form, typed, now).await?
            }
            Ask::List(listing) => {
                let no = self
                    .no_right(&mut tx, press, voice, Role::Viewer, None, now)
                    .await?;
                match no {
                    Some(no) => {
                        self.whisper(&mut tx, press, no, now).await?;
                        Judged::told("forbidden")
                    }
                    None => {
                        let page = Page::first(*listing);
                        self.tell_list(&mut tx, press, voice, page, now).await?
                    }
                }
            }
            Ask::Errand(errand) => self.run_errand(&mut tx, press, voice, *errand, now).await?,
            Ask::HomeOpened => {
                self.meet(&mut tx, press).await?;
                self.home_opened(&mut tx, &press.by.person, now).await?;
                Judged::done("noted")
            }
            Ask::Find { words } => {
                self.look_up(&mut tx, press, voice, Wanted::Words(words), now)
                    .await?
            }
            Ask::Show { item } => {
                self.look_up(&mut tx, press, voice, Wanted::Item(*item), now)
                    .await?
            }
            Ask::Sources => self.look_up(&mut tx, press, voice, Wanted::Sources, now).await?,
            Ask::Numbers { days } => {
                self.look_up(&mut tx, press, voice, Wanted::Numbers(*days), now)
                    .await?
            }
            Ask::Quiet { hours } => {
                let no = self
                    .no_right(&mut tx, press, voice, Role::Viewer, None, now)
                    .await?;
                let (text, came_to) = match no {
                    Some(no) => (no, "forbidden"),
                    None => (self.prefer(&mut tx, press, voice, hours).await?, "told"),
                };
                self.whisper(&mut tx, press, text, now).await?;
                Judged::told(came_to)
            }
            Ask::Settings { typed } => {
                let no = self
                    .no_right(&mut tx, press, voice, Role::Admin, None, now)
                    .await?;
                let (text, came_to) = match no {
                    Some(no) => (no, "forbidden"),
                    None => (self.settings(&mut tx, press, voice, typed).await?, "told"),
                };
                self.whisper(&mut tx, press, text, now).await?;
                Judged::told(came_to)
            }
            Ask::Import => self.offer_import(&mut tx, press, voice, now).await?,
            Ask::HandIn { source, file, said } => {
                self.hand_in(&mut tx, press, voice, (source, file.as_ref(), said), now)
                    .await?
            }
            Ask::Help { unknown } => {
                let text = crate::workflow::commands::help(voice, unknown.as_deref());
                self.whisper(&mut tx, press, text, now).await?;
                Judged::told("told")
            }
            Ask::NoNumber { command } => {
                let text = voice.say("help-no-number", &[("word", short_line(command, 40).into())]);
                self.whisper(&mut tx, press, text, now).await?;
                Judged::told("told")
            }
            Ask::Several { verb, numbers } => {
                self.act_on_several(&mut tx, press, voice, *verb, numbers, now)
                    .await?
            }
            Ask::Leftover { good, odd } => {
                let (good, odd) = (short_line(good, 60), short_line(odd, 60));
                let text = voice.say("help-leftover", &[("good", good.into()), ("odd", odd.into())]);
                self.whisper(&mut tx, press, text, now).await?;
                Judged::told("told")
            }
            Ask::OneOnly { command, number } => {
                let args = [
                    ("command", short_line(command, 40).into()),
                    ("number", (*number).into()),
                ];
                self.whisper(&mut tx, press, voice.say("help-one-only", &args), now)
                    .await?;
                Judged::told("told")
            }
            Ask::OddDays { typed } => {
                let args = [
                    ("typed", short_line(typed, 40).into()),
                    ("most", MOST_DAYS.into()),
                ];
                self.whisper(&mut tx, press, voice.say("numbers-odd-days", &args), now)
                    .await?;
                Judged::told("told")
            }
            Ask::Changed(ChatChange::Circle(id)) => {
                person::circle_changed(&mut tx, &press.chat, id, now).await?;
                Judged::done("noted")
            }
            Ask::Changed(ChatChange::Room(room)) => {
                person::circle_changed(&mut tx, &press.chat, room, now).await?;
                outbox::wake(self.store.pool(), &room_key(&press.chat, room), now).await?;
                Judged::done("noted")
            }
            Ask::Odd { why } => {
                tracing::warn!(error = why, inbox.key = kept.key, "delivery not understood");
                self.whisper(&mut tx, press, voice.say("told-not-understood", &[]), now)
                    .await?;
                Judged::told("not_understood")
            }
            Ask::Nothing => Judged::done("noted"),
        };
        if let Some(channel) = self.rules.channel_of_room(&press.chat, &press.room) {
            let spoken = BTreeMap::from([(&press.by.person, channel.voice.lang)]);
            let changed = person::spoken(&mut tx, &spoken).await?;
            self.homes_changed(&mut tx, &changed, now).await?;
        }
        inbox::came_to(&mut tx, &kept.chat, &kept.key, &judged.outcome).await?;
        tx.commit().await.map_err(StoreError::from)?;
        if let Ask::Settings { .. } = &press.ask
            && let Err(error) = self.follow().await
        {
            // It is written down; a moment later the worker that looks for it finds it.
            tracing::warn!(error = %error, "a changed setting does not hold here yet");
        }
        Ok(judged)
    }
}

/// What a press wants with an item.
#[derive(Clone, Copy)]
pub(crate) enum Deed<'a> {
    Do(Verb),
    /// First the question whether one is sure.
    Ask(Verb),
    Again(&'a FormToken),
    Give(&'a Named),
}

impl Deed<'_> {
    pub(crate) fn verb(self) -> Verb {
        match self {
            Self::Do(verb) | Self::Ask(verb) => verb,
            Self::Again(form) => form.step.verb(),
            Self::Give(_) => Verb::HandOver,
        }
    }
}

/// What was pressed, in a word; none for what no person did.
fn verb_of(ask: &Ask) -> Option<&'static str> {
    Some(match ask {
        Ask::Do { verb, .. } => verb.as_str(),
        Ask::Submit { form, .. } => match form.step {
            Step::Write => "form_write",
            Step::Preview => "form_send",
            Step::Escalate => "form_escalate",
            Step::Handle => "form_handled",
            Step::Snooze => "form_snooze",
            Step::HandOver => "form_give",
            Step::SendAgain => "form_send_again",
            Step::Read => "form_read",
            Step::Import => "form_import",
        },
        Ask::Give { .. } => Verb::HandOver.as_str(),
        Ask::Closed { .. } => "form_closed",
        Ask::Sure { .. } => "sure",
        Ask::Again { .. } => "form_again",
        Ask::List(_) => "list",
        Ask::Errand(errand) => errand.as_str(),
        Ask::Import => "import",
        Ask::HandIn { .. } => "form_import",
        Ask::Find { .. } => "find",
        Ask::Show { .. } => "item",
        Ask::Sources => "sources",
        Ask::Numbers { .. } => "stats",
        Ask::Quiet { .. } => "quiet",
        Ask::Settings { .. } => "settings",
        Ask::Several { verb, .. } => verb.as_str(),
        Ask::Help { .. }
        | Ask::NoNumber { .. }
        | Ask::Leftover { .. }
        | Ask::OneOnly { .. }
        | Ask::OddDays { .. } => "help",
        Ask::Odd { .. } => "odd",
        Ask::Changed(_) | Ask::HomeOpened | Ask::Nothing => return None,
    })
}
