//! What a press does to its item: the state machine and the reply decide, as they are now, and either a change is written
//! down, or a form is shown, or somebody is told why not.

use std::collections::BTreeMap;

use crate::domain::At;
use crate::domain::effect::new::room_key;
use crate::domain::item::handling::Refusal;
use crate::domain::item::reply::Reply;
use crate::domain::people::rights::Role;
use crate::domain::press::action::Ask;
use crate::domain::press::action::Change as ChatChange;
use crate::domain::press::action::FormToken;
use crate::domain::press::action::ItemRef;
use crate::domain::press::action::Named;
use crate::domain::press::action::Outcome;
use crate::domain::press::action::Press;
use crate::domain::press::action::Verb;
use crate::domain::press::form::FormStep;
use crate::domain::say::text::Locale;
use crate::domain::say::text::Seg;
use crate::domain::say::words::short_line;
use crate::domain::show::digest::MOST_DAYS;
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
use crate::workflow::base::turn::Turn;
use crate::workflow::change::write::Change;
use crate::workflow::press::find::Wanted;
use crate::workflow::press::find::unknown;
use crate::workflow::press::help::help;
use crate::workflow::views::lists::Page;

/// What a press may do about an item, with all that it needs to know.
pub(super) struct Case<'a> {
    pub press: &'a Press,
    pub locale: Locale,
    pub locked: Locked,
    pub reply: Option<Reply>,
    pub now: At,
}

impl<'a> Case<'a> {
    /// To say something to whoever pressed.
    fn turn<'t>(&self, tx: &'t mut Tx) -> Turn<'t>
    where
        'a: 't,
    {
        Turn {
            tx,
            press: self.press,
            locale: self.locale,
            now: self.now,
        }
    }
}

/// What a verb comes to before it is written down.
pub(super) enum Verdict {
    /// Something changed; maybe a form follows.
    Changed(Box<Change>, Option<crate::domain::press::form::Form>),
    /// Nothing changed.
    Show(crate::domain::press::form::Form),
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
        turn: &mut Turn<'_>,
        deed: ItemPress<'_>,
        item: ItemRef,
    ) -> Result<Judged> {
        let Turn {
            press, locale, now, ..
        } = *turn;
        self.meet(turn.tx, press).await?;
        let id = match item {
            ItemRef::Id(id) => Some(id),
            ItemRef::Number(number) => item::by_number(self.store.pool(), number).await?,
        };
        let is_shown = deed.verb().is_on_card() && self.sees_card(turn.tx, press, id).await?;
        // Before the item is looked up: without a right one does not even learn which numbers there are.
        if !is_shown && let Some(no) = self.no_right(turn, deed.verb().needs(), id).await? {
            self.whisper(turn, no).await?;
            // Where a chat says only with a press who is in which group, this is when it shows.
            self.unseat(turn.tx, &press.by, now).await?;
            return Ok(Judged::told("forbidden"));
        }
        let locked = match id {
            Some(id) => item::lock(turn.tx, id).await?,
            None => None,
        };
        let Some(locked) = locked else {
            return self.tell(turn, unknown(item, locale), "unknown_item").await;
        };
        let mut case = self.case(turn, locked).await?;
        let verdict = match deed {
            ItemPress::Do(verb) => self.decide(turn.tx, &mut case, verb).await?,
            ItemPress::Ask(verb) => self.ask_first(turn.tx, &mut case, verb).await?,
            ItemPress::Again(form) => self.begin_again(turn.tx, &mut case, form).await?,
            ItemPress::Give(to) => self.give_by_name(turn.tx, &mut case, to).await?,
        };
        self.conclude(turn.tx, &mut case, verdict, Opening::Press).await
    }

    pub(super) async fn case<'a>(&self, turn: &mut Turn<'a>, locked: Locked) -> Result<Case<'a>> {
        let reply = match locked.reply {
            Some(id) => reply::get(&mut **turn.tx, id).await?,
            None => None,
        };
        Ok(Case {
            press: turn.press,
            locale: turn.locale,
            locked,
            reply,
            now: turn.now,
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
        let Case { press, locale, .. } = *case;
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
                    self.whisper(&mut case.turn(tx), late).await?;
                }
                (form.map_or(Outcome::Done, shown), "changed")
            }
            Verdict::Show(_) if press.opener.is_none() && matches!(opening, Opening::Press) => {
                self.whisper(&mut case.turn(tx), locale.say("told-press-again", &[]))
                    .await?;
                (Outcome::Told, "told")
            }
            Verdict::Show(form) => (shown(form), "shown"),
            Verdict::Say(text) => {
                self.whisper(&mut case.turn(tx), text).await?;
                (Outcome::Told, "told")
            }
            Verdict::Refused(refusal) => {
                let mut text = self.refusal(tx, case, &refusal).await?;
                // Who was slower still has what they wrote.
                if matches!(&press.ask, Ask::Submit { form, .. } if form.step == FormStep::Write) {
                    text.extend(case.locale.say("refused-text-kept", &[]));
                }
                if let Some(late) = self.shown_later(tx, case).await? {
                    text.push(Seg::Text(" ".to_owned()));
                    text.extend(late);
                }
                self.whisper(&mut case.turn(tx), text).await?;
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
            press, locale, now, ..
        } = case;
        let until = card::late_until(tx, case.locked.id, &press.chat, &press.room, *now).await?;
        Ok(until.map(|until| locale.say("told-card-late", &[("until", until.into())])))
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
        let locale = self.locale(&press.chat, &press.room);
        let mut tx = self.store.begin().await?;
        let locale = self.own_locale(&mut *tx, &press.by.person, locale).await?;
        let note = match &press.ask {
            Ask::Odd { why } => Some(why.as_str()),
            _ => None,
        };
        if !inbox::finish(&mut tx, &kept.chat, &kept.key, now, note).await? {
            return Ok(Judged::done("repeated"));
        }
        let turn = &mut Turn {
            tx: &mut tx,
            press,
            locale,
            now,
        };
        let judged = match press.by.outsider {
            true => self.outsider(turn, kept).await?,
            false => None,
        };
        let judged = match judged {
            Some(judged) => judged,
            None => self.asked(turn, kept).await?,
        };
        if let Some(channel) = self.rules.channel_of_room(&press.chat, &press.room) {
            let spoken = BTreeMap::from([(&press.by.person, channel.locale.lang)]);
            let changed = person::spoken(turn.tx, &spoken).await?;
            self.homes_changed(turn.tx, &changed, now).await?;
        }
        inbox::came_to(turn.tx, &kept.chat, &kept.key, &judged.outcome).await?;
        tx.commit().await.map_err(StoreError::from)?;
        if let Ask::Settings { .. } = &press.ask
            && let Err(error) = self.follow().await
        {
            // It is written down; a moment later the worker that looks for it finds it.
            tracing::warn!(error = %error, "a changed setting does not hold here yet");
        }
        Ok(judged)
    }

    /// What people from elsewhere may not even ask. For all else rights are asked, which they do not have.
    async fn outsider(&self, turn: &mut Turn<'_>, kept: &Kept) -> Result<Option<Judged>> {
        let press = turn.press;
        Ok(match &press.ask {
            Ask::Help { .. } | Ask::NoNumber { .. } | Ask::Odd { .. } => {
                if let Ask::Odd { why } = &press.ask {
                    tracing::warn!(error = why, inbox.key = kept.key, "delivery not understood");
                }
                if press.by.person.user.is_empty() {
                    return Ok(Some(Judged::done("not_understood")));
                }
                let no = turn.locale.say("refused-outsider", &[]);
                Some(self.tell(turn, no, "forbidden").await?)
            }
            Ask::HomeOpened | Ask::Changed(_) => Some(Judged::done("forbidden")),
            _ => None,
        })
    }

    async fn asked(&self, turn: &mut Turn<'_>, kept: &Kept) -> Result<Judged> {
        let Turn {
            press, locale, now, ..
        } = *turn;
        match &press.ask {
            Ask::Do { verb, item } => self.act_on(turn, ItemPress::Do(*verb), *item).await,
            Ask::Sure { verb, item } => self.act_on(turn, ItemPress::Ask(*verb), *item).await,
            Ask::Again { form } => {
                let item = ItemRef::Id(form.item);
                self.act_on(turn, ItemPress::Again(form), item).await
            }
            Ask::Give { item, to } => self.act_on(turn, ItemPress::Give(to), *item).await,
            Ask::Several { verb, numbers } => self.act_on_several(turn, *verb, numbers).await,
            Ask::Submit { form, values } => self.submit(turn, form, values).await,
            Ask::Closed { form, values } => {
                let typed = values.values().any(|v| !v.trim().is_empty());
                self.put_away(turn, form, typed).await
            }
            Ask::List(listing) => match self.no_right(turn, Role::Viewer, None).await? {
                Some(no) => self.tell(turn, no, "forbidden").await,
                None => self.tell_list(turn, Page::first(*listing)).await,
            },
            Ask::ListAction(list_action) => self.run_list_action(turn, *list_action).await,
            Ask::Find { words } => self.look_up(turn, Wanted::Words(words)).await,
            Ask::Show { item } => self.look_up(turn, Wanted::Item(*item)).await,
            Ask::Sources => self.look_up(turn, Wanted::Sources).await,
            Ask::Numbers { days } => self.look_up(turn, Wanted::Numbers(*days)).await,
            Ask::Quiet { hours } => {
                let (text, came_to) = match self.no_right(turn, Role::Viewer, None).await? {
                    Some(no) => (no, "forbidden"),
                    None => (self.prefer(turn, hours).await?, "told"),
                };
                self.tell(turn, text, came_to).await
            }
            Ask::Settings { typed } => {
                let (text, came_to) = match self.no_right(turn, Role::Admin, None).await? {
                    Some(no) => (no, "forbidden"),
                    None => (self.settings(turn, typed).await?, "told"),
                };
                self.tell(turn, text, came_to).await
            }
            Ask::Import => self.offer_import(turn).await,
            Ask::HandIn { source, file, said } => self.hand_in(turn, (source, file.as_ref(), said)).await,
            Ask::Help { .. }
            | Ask::NoNumber { .. }
            | Ask::Leftover { .. }
            | Ask::OneOnly { .. }
            | Ask::OddDays { .. } => self.tell(turn, misread(locale, &press.ask), "told").await,
            Ask::HomeOpened => {
                self.meet(turn.tx, press).await?;
                self.home_opened(turn.tx, &press.by.person, now).await?;
                Ok(Judged::done("noted"))
            }
            Ask::Changed(ChatChange::Circle(id)) => {
                person::circle_changed(turn.tx, &press.chat, id, now).await?;
                Ok(Judged::done("noted"))
            }
            Ask::Changed(ChatChange::Room(room)) => {
                person::circle_changed(turn.tx, &press.chat, room, now).await?;
                outbox::wake(self.store.pool(), &room_key(&press.chat, room), now).await?;
                Ok(Judged::done("noted"))
            }
            Ask::Odd { why } => {
                tracing::warn!(error = why, inbox.key = kept.key, "delivery not understood");
                let text = locale.say("told-not-understood", &[]);
                self.tell(turn, text, "not_understood").await
            }
            Ask::Nothing => Ok(Judged::done("noted")),
        }
    }

    /// A private sentence is all that a press comes to.
    pub(super) async fn tell(
        &self,
        turn: &mut Turn<'_>,
        text: Vec<Seg>,
        came_to: &'static str,
    ) -> Result<Judged> {
        self.whisper(turn, text).await?;
        Ok(Judged::told(came_to))
    }
}

/// What is said to who typed something that is no command, or not quite one.
fn misread(locale: Locale, ask: &Ask) -> Vec<Seg> {
    let short = |typed: &str, most| short_line(typed, most).into();
    match ask {
        Ask::NoNumber { command } => locale.say("help-no-number", &[("word", short(command, 40))]),
        Ask::Leftover { good, odd } => locale.say(
            "help-leftover",
            &[("good", short(good, 60)), ("odd", short(odd, 60))],
        ),
        Ask::OneOnly { command, number } => {
            let args = [("command", short(command, 40)), ("number", (*number).into())];
            locale.say("help-one-only", &args)
        }
        Ask::OddDays { typed } => {
            let args = [("typed", short(typed, 40)), ("most", MOST_DAYS.into())];
            locale.say("numbers-odd-days", &args)
        }
        Ask::Help { unknown } => help(locale, unknown.as_deref()),
        _ => help(locale, None),
    }
}

/// What a press wants with an item.
#[derive(Clone, Copy)]
pub(super) enum ItemPress<'a> {
    Do(Verb),
    /// First the question whether one is sure.
    Ask(Verb),
    Again(&'a FormToken),
    Give(&'a Named),
}

impl ItemPress<'_> {
    pub(crate) fn verb(self) -> Verb {
        match self {
            Self::Do(verb) | Self::Ask(verb) => verb,
            Self::Again(form) => form.step.verb(),
            Self::Give(_) => Verb::HandOver,
        }
    }
}
