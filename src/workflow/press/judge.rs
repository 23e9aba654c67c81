//! What a press does to its item: the state machine and the reply decide, as they are now, and either a change is written
//! down, or a form is shown, or somebody is told why not.

use std::collections::BTreeMap;

use crate::domain::At;
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
use crate::domain::handling::Refusal;
use crate::domain::reply::Reply;
use crate::domain::rights::Role;
use crate::domain::text::Seg;
use crate::domain::text::Voice;
use crate::domain::words::short_line;
use crate::port::chat::Kept;
use crate::store::StoreError;
use crate::store::Tx;
use crate::store::card;
use crate::store::inbox;
use crate::store::item;
use crate::store::item::Locked;
use crate::store::outbox;
use crate::store::person;
use crate::store::reply;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::change::effects::room_key;
use crate::workflow::change::write::Change;
use crate::workflow::press::find::Wanted;
use crate::workflow::press::find::unknown;
use crate::workflow::views::lists::Page;

/// What a press may do about an item, with all that it needs to know.
pub(super) struct Case<'a> {
    pub press: &'a Press,
    pub voice: Voice,
    pub locked: Locked,
    pub reply: Option<Reply>,
    pub now: At,
}

/// What a verb comes to before it is written down.
pub(super) enum Verdict {
    /// Something changed; maybe a form follows.
    Changed(Box<Change>, Option<crate::domain::form::Form>),
    /// Nothing changed.
    Show(crate::domain::form::Form),
    Say(Vec<Seg>),
    Refused(Refusal),
    /// It was pressed twice, and once was enough.
    Repeated,
    Faults(std::collections::BTreeMap<String, String>),
}

/// Whether a form would be the first answer to a press, or the next step of a form.
#[derive(Clone, Copy)]
pub(super) enum Opening {
    Press,
    Form,
}

impl Desk {
    pub(super) async fn act_on(
        &self,
        tx: &mut Tx,
        press: &Press,
        voice: Voice,
        deed: Deed<'_>,
        item: ItemRef,
        now: At,
    ) -> Result<Judged> {
        self.meet(tx, press).await?;
        let id = match item {
            ItemRef::Id(id) => Some(id),
            ItemRef::Number(number) => item::by_number(self.store.pool(), number).await?,
        };
        let is_shown = deed.verb().is_on_card() && self.sees_card(tx, press, id).await?;
        // Before the item is looked up: without a right one does not even learn which numbers there are.
        if !is_shown
            && let Some(no) = self
                .no_right(tx, press, voice, deed.verb().needs(), id, now)
                .await?
        {
            self.whisper(tx, press, no, now).await?;
            // Where a chat says only with a press who is in which group, this is when it shows.
            self.unseat(tx, &press.by, now).await?;
            return Ok(Judged::told("forbidden"));
        }
        let locked = match id {
            Some(id) => item::lock(tx, id).await?,
            None => None,
        };
        let Some(locked) = locked else {
            self.whisper(tx, press, unknown(item, voice), now).await?;
            return Ok(Judged::told("unknown_item"));
        };
        let mut case = self.case(tx, press, voice, locked, now).await?;
        let verdict = match deed {
            Deed::Do(verb) => self.decide(tx, &mut case, verb).await?,
            Deed::Ask(verb) => self.ask_first(tx, &mut case, verb).await?,
            Deed::Again(form) => self.begin_again(tx, &mut case, form).await?,
            Deed::Give(to) => self.give_by_name(tx, &mut case, to).await?,
        };
        self.conclude(tx, &mut case, verdict, Opening::Press).await
    }

    pub(super) async fn case<'a>(
        &self,
        tx: &mut Tx,
        press: &'a Press,
        voice: Voice,
        locked: Locked,
        now: At,
    ) -> Result<Case<'a>> {
        let reply = match locked.0.reply {
            Some(id) => reply::get(&mut **tx, id).await?,
            None => None,
        };
        Ok(Case {
            press,
            voice,
            locked,
            reply,
            now,
        })
    }

    /// Writes the verdict down and says what the chat has to do now.
    pub(super) async fn conclude(
        &self,
        tx: &mut Tx,
        case: &mut Case<'_>,
        verdict: Verdict,
        opening: Opening,
    ) -> Result<Judged> {
        let Case {
            press, voice, now, ..
        } = *case;
        let shown = |form| match opening {
            Opening::Press => Outcome::Open(form),
            Opening::Form => Outcome::Next(form),
        };
        let (outcome, came_to) = match verdict {
            Verdict::Changed(change, form) => {
                self.write(tx, &mut case.locked, *change).await?;
                if form.is_none()
                    && let Some(late) = self.shown_later(tx, case).await?
                {
                    self.whisper(tx, press, late, now).await?;
                }
                (form.map_or(Outcome::Done, shown), "changed")
            }
            Verdict::Show(_) if press.opener.is_none() && matches!(opening, Opening::Press) => {
                self.whisper(tx, press, voice.say("told-press-again", &[]), now)
                    .await?;
                (Outcome::Told, "told")
            }
            Verdict::Show(form) => (shown(form), "shown"),
            Verdict::Say(text) => {
                self.whisper(tx, press, text, now).await?;
                (Outcome::Told, "told")
            }
            Verdict::Refused(refusal) => {
                let mut text = self.refusal(tx, case, &refusal).await?;
                // Who was slower still has what they wrote.
                if matches!(&press.ask, Ask::Submit { form, .. } if form.step == Step::Write) {
                    text.extend(case.voice.say("refused-text-kept", &[]));
                }
                if let Some(late) = self.shown_later(tx, case).await? {
                    text.push(Seg::Text(" ".to_owned()));
                    text.extend(late);
                }
                self.whisper(tx, press, text, now).await?;
                (Outcome::Told, "refused")
            }
            Verdict::Repeated => (Outcome::Done, "repeated"),
            Verdict::Faults(faults) => (Outcome::Faults(faults), "faulty"),
        };
        Ok(Judged { outcome, came_to })
    }

    /// The card before somebody's eyes stays for a while as it is, because its chat lets nobody edit it now.
    async fn shown_later(&self, tx: &mut Tx, case: &Case<'_>) -> Result<Option<Vec<Seg>>> {
        let Case {
            press, voice, now, ..
        } = case;
        let until = card::late_until(tx, case.locked.0.id, &press.chat, &press.room, *now).await?;
        Ok(until.map(|until| voice.say("told-card-late", &[("until", until.into())])))
    }
}

/// Two transactions that met are tried again this often.
const TRIES: usize = 4;

/// A press that was decided: what the chat has to do now, and in a word what became of it.
pub(super) struct Judged {
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
    pub(super) async fn alone(&self, kept: &Kept, press: &Press) -> Result<Judged> {
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
                let text = crate::workflow::press::help::help(voice, unknown.as_deref());
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
pub(super) enum Deed<'a> {
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
