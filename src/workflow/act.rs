//! A press becomes a change. It is judged by the item's state and the person's rights as they are now, inside one
//! transaction that also marks the delivery as done; so the same press twice is one press, and of two people at once
//! one wins and the other is told.

use async_trait::async_trait;
use chrono::TimeDelta;

use crate::domain::At;
use crate::domain::action::Ask;
use crate::domain::action::Change as ChatChange;
use crate::domain::action::FormToken;
use crate::domain::action::ItemRef;
use crate::domain::action::Outcome;
use crate::domain::action::Press;
use crate::domain::action::Step;
use crate::domain::action::Verb;
use crate::domain::effect::Effect;
use crate::domain::effect::Lane;
use crate::domain::effect::NewEffect;
use crate::domain::errand::Offer;
use crate::domain::event::What;
use crate::domain::handling::Handling;
use crate::domain::handling::Refusal;
use crate::domain::id::EffectId;
use crate::domain::id::ItemId;
use crate::domain::item::Item;
use crate::domain::person::PersonId;
use crate::domain::reply::Reply;
use crate::domain::reply::ReplyState;
use crate::domain::rights;
use crate::domain::rights::Circle;
use crate::domain::rights::Grantee;
use crate::domain::rights::Role;
use crate::domain::text::Arg;
use crate::domain::text::Lang;
use crate::domain::text::Seg;
use crate::domain::text::Voice;
use crate::domain::words::short_line;
use crate::port::PortError;
use crate::port::chat::Delivery;
use crate::port::chat::Inbox;
use crate::port::chat::Kept;
use crate::store::StoreError;
use crate::store::Tx;
use crate::store::event;
use crate::store::inbox;
use crate::store::item;
use crate::store::item::Locked;
use crate::store::outbox;
use crate::store::person;
use crate::store::reply;
use crate::store::timer;
use crate::telemetry::meter;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::WorkflowError;
use crate::workflow::find::Wanted;
use crate::workflow::find::unknown;
use crate::workflow::refresh::TRUSTED_MINUTES;
use crate::workflow::tell::Change;
use crate::workflow::tell::room_key;

/// How long the replica that got a press has to finish it before another one tries.
const LEASE_SECONDS: i64 = 20;
/// Two transactions that met are tried again this often.
const TRIES: usize = 4;

#[async_trait]
impl Inbox for Desk {
    async fn keep(&self, delivery: Delivery) -> std::result::Result<Option<Kept>, PortError> {
        let lease = delivery.at + TimeDelta::seconds(LEASE_SECONDS);
        let Delivery { chat, key, raw, at } = delivery;
        let first = inbox::keep(self.store.pool(), &chat, &key, &raw, at, lease).await;
        let first = first.map_err(|e| PortError::later(e.to_string()))?;
        Ok(first.then_some(Kept { chat, key, at }))
    }

    async fn act(&self, kept: &Kept, press: Press) -> std::result::Result<Outcome, PortError> {
        let mut tries = 1;
        let judged = loop {
            match self.judge(kept, &press).await {
                Err(e) if e.is_conflict() && tries < TRIES => tries += 1,
                judged => break judged,
            }
        };
        let came_to = judged.as_ref().map_or("failed", |j| j.came_to);
        if let Some(verb) = verb_of(&press.ask) {
            meter::judged(verb, came_to, self.now() - kept.at);
        }
        judged
            .map(|j| j.outcome)
            .map_err(|e| PortError::later(e.to_string()))
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
        let channel = self.rules.channel_of_room(chat, room);
        channel
            .or_else(|| self.rules.channels.values().find(|c| c.chat == chat))
            .map_or(
                Voice {
                    lang: Lang::default(),
                    zone: chrono_tz::Tz::UTC,
                },
                |c| c.voice,
            )
    }
}

/// What a press may do about an item, with all that it needs to know.
pub(crate) struct Case<'a> {
    pub press: &'a Press,
    pub voice: Voice,
    pub locked: Locked,
    pub reply: Option<Reply>,
    pub now: At,
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

/// What a verb comes to before it is written down.
pub(crate) enum Verdict {
    /// Something changed; maybe a form follows.
    Changed(Box<Change>, Option<crate::domain::form::Form>),
    /// Nothing changed.
    Show(crate::domain::form::Form),
    Say(Vec<Seg>),
    Refused(Refusal),
    Faults(std::collections::BTreeMap<String, String>),
}

impl Desk {
    /// Presses that a crash or a lost connection left behind. A form can no longer be opened for them; and a form that
    /// was sent in vain was said to be sent in vain, so it is not acted upon behind the person's back.
    pub async fn pick_up(&self) -> Result<usize> {
        let now = self.now();
        let left = inbox::left(
            self.store.pool(),
            now,
            now + TimeDelta::seconds(LEASE_SECONDS),
            50,
        )
        .await?;
        let count = left.len();
        for delivery in left {
            let Ok(chat) = self.chat(&delivery.chat) else {
                continue;
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
        Ok(count)
    }

    async fn judge(&self, kept: &Kept, press: &Press) -> Result<Judged> {
        let now = self.now();
        let voice = self.voice(&press.chat, &press.room);
        let mut tx = self.store.begin().await?;
        let note = match &press.ask {
            Ask::Odd { why } => Some(why.as_str()),
            _ => None,
        };
        if !inbox::finish(&mut tx, &kept.chat, &kept.key, now, note).await? {
            return Ok(Judged::done("repeated"));
        }
        let judged = match &press.ask {
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
            Ask::List(listing) => {
                let no = self
                    .no_right(&mut tx, press, voice, Role::Viewer, None, now)
                    .await?;
                match no {
                    Some(no) => {
                        self.whisper(&mut tx, press, no, now).await?;
                        Judged::told("forbidden")
                    }
                    None => self.tell_list(&mut tx, press, voice, *listing, 0, now).await?,
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
        tx.commit().await.map_err(StoreError::from)?;
        if let Ask::Settings { .. } = &press.ask
            && let Err(error) = self.follow().await
        {
            // It is written down; a moment later the worker that looks for it finds it.
            tracing::warn!(error = %error, "a changed setting does not hold here yet");
        }
        Ok(judged)
    }

    pub(crate) async fn act_on(
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
        // Before the item is looked up: without a right one does not even learn which numbers there are.
        if let Some(no) = self
            .no_right(tx, press, voice, deed.verb().needs(), id, now)
            .await?
        {
            self.whisper(tx, press, no, now).await?;
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
        let reply = match locked.0.reply {
            Some(id) => reply::get(&mut **tx, id).await?,
            None => None,
        };
        let mut case = Case {
            press,
            voice,
            locked,
            reply,
            now,
        };
        let verdict = match deed {
            Deed::Do(verb) => self.decide(tx, &mut case, verb).await?,
            Deed::Ask(verb) => self.ask_first(tx, &mut case, verb).await?,
            Deed::Again(form) => self.begin_again(tx, &mut case, form).await?,
        };
        self.conclude(tx, &mut case, verdict, Opening::Press).await
    }

    /// Writes the verdict down and says what the chat has to do now.
    pub(crate) async fn conclude(
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
                let text = self.refusal(tx, case, &refusal).await?;
                self.whisper(tx, press, text, now).await?;
                (Outcome::Told, "refused")
            }
            Verdict::Faults(faults) => (Outcome::Faults(faults), "faulty"),
        };
        Ok(Judged { outcome, came_to })
    }

    async fn decide(&self, tx: &mut Tx, case: &mut Case<'_>, verb: Verb) -> Result<Verdict> {
        let me = &case.press.by.person;
        let now = case.now;
        Ok(match verb {
            Verb::Reply => self.begin_reply(tx, case).await?,
            Verb::Take => {
                let until = now + TimeDelta::minutes(self.rules.claim_minutes);
                changed(case, |item, change| {
                    let claimed = item.handling.claim(me, until, now)?;
                    hold(item, claimed, me, until, change);
                    Ok(())
                })
            }
            Verb::Release => changed(case, |item, change| {
                item.handling = item.handling.release(me)?;
                change.event(Some(me), What::Released);
                Ok(())
            }),
            Verb::Reopen => {
                let was = case.locked.0.handling.reopen();
                match (was, case.reply.as_ref().is_some_and(|r| r.state.is_on_its_way())) {
                    (_, true) => Verdict::Refused(Refusal::OnItsWay),
                    (Err(no), _) => Verdict::Refused(no),
                    (Ok(_), false) => {
                        let mut change = Change::of(case.locked.0.id, now);
                        change.event(Some(me), What::Reopened { by_customer: false });
                        case.locked.0.handling = Handling::Open;
                        Verdict::Changed(Box::new(change), None)
                    }
                }
            }
            Verb::Acknowledge => self.acknowledge(case),
            Verb::Undo => self.take_back(tx, case).await?,
            Verb::ConfirmThere => self.confirm_there(tx, case).await?,
            Verb::SendAgain => self.send_again(tx, case).await?,
            Verb::Escalate | Verb::Handle | Verb::Snooze => match not_now(case) {
                Some(no) => Verdict::Refused(no),
                None if verb == Verb::Escalate && self.targets(&case.press.chat).is_empty() => {
                    Verdict::Say(case.voice.say("refused-target", &[]))
                }
                None => Verdict::Show(self.form(case, verb, &[])),
            },
            Verb::ChangeReply => match &case.reply {
                Some(r) if r.state.stands_at_source() && case.locked.0.caps.edit => {
                    Verdict::Show(self.form(case, verb, &[]))
                }
                Some(r) if r.state.is_on_its_way() => Verdict::Refused(Refusal::OnItsWay),
                _ => Verdict::Refused(Refusal::NothingThere),
            },
            Verb::ViewReply if case.reply.is_none() => Verdict::Refused(Refusal::NothingThere),
            Verb::Why => {
                let log = event::of_item(&mut **tx, case.locked.0.id).await?;
                Verdict::Show(self.form(case, verb, &log))
            }
            Verb::FullText | Verb::ViewReply | Verb::CopyText => Verdict::Show(self.form(case, verb, &[])),
            Verb::OpenSource => Verdict::Say(match &case.locked.0.permalink {
                Some(url) => {
                    let label = self.rules.label(&case.locked.0.source).to_owned();
                    let link = Arg::Link {
                        label,
                        url: url.clone(),
                    };
                    case.voice.say("told-open-at", &[("link", link)])
                }
                None => case.voice.say("told-no-link", &[]),
            }),
        })
    }

    /// Somebody has seen the escalation and takes care of it: it waits for them, and goes on if the item is still open
    /// then.
    fn acknowledge(&self, case: &mut Case<'_>) -> Verdict {
        if let Some(no) = not_now(case) {
            return Verdict::Refused(no);
        }
        let policy = &self.rules.route(&case.locked.0.route).policy;
        let chain = policy.chain.as_ref().and_then(|name| self.rules.chains.get(name));
        let Some(chain) = chain.filter(|chain| chain.acknowledge_minutes > 0) else {
            return Verdict::Say(case.voice.say("refused-nothing-to-see", &[]));
        };
        let until = case.now + TimeDelta::minutes(chain.acknowledge_minutes);
        let mut change = Change::of(case.locked.0.id, case.now);
        change.event(Some(&case.press.by.person), What::Acknowledged { until });
        Verdict::Changed(Box::new(change), None)
    }

    /// Remembers who it was, and where the delivery vouches for circles, that too: for the sentence that says who may.
    pub(crate) async fn meet(&self, tx: &mut Tx, press: &Press) -> Result<()> {
        person::met(tx, &press.by.person, &press.by.name).await?;
        if let Some(vouched) = &press.by.vouched {
            let all = self.rules.circles(&press.chat);
            let all: Vec<String> = all.iter().map(Circle::key).collect();
            let here: Vec<String> = vouched.iter().map(Circle::key).collect();
            person::vouched(tx, &press.chat, &press.by.person.user, &all, &here).await?;
        }
        Ok(())
    }

    /// The question that goes with a button, as a form of its own.
    async fn ask_first(&self, tx: &mut Tx, case: &mut Case<'_>, verb: Verb) -> Result<Verdict> {
        match (verb, case.reply.as_ref().map(|r| &r.state)) {
            (Verb::SendAgain, Some(ReplyState::Unknown { .. })) => Ok(Verdict::Show(self.sure_form(case))),
            // Nothing to be sure about any more, or nothing ever: it is judged like any other press.
            _ => self.decide(tx, case, verb).await,
        }
    }

    /// The form that came back, open again; what was typed in it is a draft by now.
    async fn begin_again(&self, tx: &mut Tx, case: &mut Case<'_>, form: &FormToken) -> Result<Verdict> {
        match form.step {
            Step::Write | Step::Preview => {
                if let Some(changed) = self.reply_to_change(tx, case, form).await? {
                    return Ok(Verdict::Show(self.write_form(tx, case, Some(&changed)).await?));
                }
                self.begin_reply(tx, case).await
            }
            Step::Escalate | Step::Handle | Step::Snooze | Step::SendAgain | Step::Read => {
                self.decide(tx, case, form.step.verb()).await
            }
        }
    }

    /// Takes the item for whoever wants to write, and shows the form. Somebody else's lease is shown, not broken:
    /// only the preview takes over.
    async fn begin_reply(&self, tx: &mut Tx, case: &mut Case<'_>) -> Result<Verdict> {
        let item = &case.locked.0;
        if !item.caps.can_reply() {
            return Ok(Verdict::Refused(Refusal::NoReplyHere));
        }
        if let Some(no) = not_now(case) {
            return Ok(Verdict::Refused(no));
        }
        if case.press.opener.is_none() {
            return Ok(Verdict::Say(case.voice.say("told-press-again", &[])));
        }
        let me = case.press.by.person.clone();
        let form = self.write_form(tx, case, None).await?;
        let until = case.now + TimeDelta::minutes(self.rules.claim_minutes);
        let Ok(claimed) = case.locked.0.handling.claim(&me, until, case.now) else {
            return Ok(Verdict::Show(form));
        };
        let mut change = Change::of(case.locked.0.id, case.now);
        hold(&mut case.locked.0, claimed, &me, until, &mut change);
        Ok(Verdict::Changed(Box::new(change), Some(form)))
    }

    async fn take_back(&self, tx: &mut Tx, case: &mut Case<'_>) -> Result<Verdict> {
        let Some(mut ours) = case.reply.clone() else {
            return Ok(Verdict::Refused(Refusal::NothingThere));
        };
        match ours.state {
            ReplyState::Queued { .. } => {}
            ReplyState::Sending | ReplyState::Unknown { .. } => {
                return Ok(Verdict::Refused(Refusal::OnItsWay));
            }
            _ => return Ok(Verdict::Refused(Refusal::NothingThere)),
        }
        let approval = reply::approvals(tx, ours.id).await?;
        let key = crate::workflow::submit::publish_key(ours.id, approval);
        if !outbox::cancel(tx, &key, case.now).await? {
            return Ok(Verdict::Refused(Refusal::OnItsWay));
        }
        ours.state = ReplyState::Draft;
        ours.sent_at = None;
        reply::save(tx, &ours).await?;
        let me = &case.press.by.person;
        let mut change = Change::of(case.locked.0.id, case.now);
        if ours.changes.is_some() {
            // The card goes back to the reply that stands there.
            case.locked.0.reply = ours.changes;
        } else {
            // The lease may have run out while the reply was on its way, when nobody had to hold the item.
            let until = case.now + TimeDelta::minutes(self.rules.claim_minutes);
            case.locked.0.handling = Handling::held(me, until);
            change.timer(timer::CLAIM_ENDS, until);
        }
        change.event(Some(me), What::TakenBack);
        Ok(Verdict::Changed(Box::new(change), None))
    }

    /// Why this person may not, as a sentence; none if they may.
    pub(crate) async fn no_right(
        &self,
        tx: &mut Tx,
        press: &Press,
        voice: Voice,
        needed: Role,
        item: Option<ItemId>,
        now: At,
    ) -> Result<Option<Vec<Seg>>> {
        let channels = self.channels_of(tx, press, item).await?;
        self.no_right_in(tx, press, voice, needed, &channels, now).await
    }

    /// The same where it is known which channels it is about.
    pub(crate) async fn no_right_in(
        &self,
        tx: &mut Tx,
        press: &Press,
        voice: Voice,
        needed: Role,
        channels: &[String],
        now: At,
    ) -> Result<Option<Vec<Seg>>> {
        let since = now - TimeDelta::minutes(TRUSTED_MINUTES);
        let circles = person::circles_of(tx, &press.chat, &press.by.person.user, since).await?;
        let role = rights::role(&self.rules.grants, &press.by, channels, |c| {
            let vouched = press.by.vouched.as_ref();
            vouched.map_or_else(|| circles.contains(&c.key()), |v| v.contains(c))
        });
        if role.is_some_and(|r| r >= needed) {
            return Ok(None);
        }
        if press.by.outsider {
            return Ok(Some(voice.say("refused-outsider", &[])));
        }
        let label = voice.lang.text(&format!("role-{}", needed.as_str()), &[]);
        let who = self.who_may(tx, &press.chat, channels, needed).await?;
        Ok(Some(if who.is_empty() {
            voice.say("refused-right-nobody", &[("role", label.into())])
        } else {
            voice.say(
                "refused-right",
                &[("role", label.into()), ("who", who.join(", ").into())],
            )
        }))
    }

    /// Where the right has to hold: in the room where it is pressed, if the item belongs there. From elsewhere (a
    /// direct message, a number typed in another room) the item's own channels count, not the room's.
    async fn channels_of(&self, tx: &mut Tx, press: &Press, item: Option<ItemId>) -> Result<Vec<String>> {
        let here = self
            .rules
            .channel_of_room(&press.chat, &press.room)
            .map(|c| c.name.clone());
        let cards = match item {
            Some(id) => crate::store::card::of_item(tx, id).await?,
            None => Vec::new(),
        };
        if cards.is_empty()
            || here
                .as_ref()
                .is_some_and(|h| cards.iter().any(|c| c.channel == *h))
        {
            return Ok(here.into_iter().collect());
        }
        Ok(cards.into_iter().map(|c| c.channel).collect())
    }

    async fn who_may(
        &self,
        tx: &mut Tx,
        chat: &str,
        channels: &[String],
        needed: Role,
    ) -> Result<Vec<String>> {
        let grants = self
            .rules
            .grants
            .iter()
            .filter(|g| g.role >= needed && g.chat == chat && g.holds_in(channels));
        let mut circles = Vec::new();
        let mut people = Vec::new();
        for grant in grants {
            match &grant.to {
                Grantee::Circle(circle) => circles.push(circle.key()),
                Grantee::Person(user) => people.push(PersonId::new(chat, user.as_str())),
            }
        }
        let mut names: Vec<String> = person::names(&mut **tx, &people).await?.into_values().collect();
        names.extend(person::members_named(tx, chat, &circles, 5).await?);
        names.sort();
        names.dedup();
        Ok(names)
    }

    async fn refusal(&self, tx: &mut Tx, case: &Case<'_>, refusal: &Refusal) -> Result<Vec<Seg>> {
        let source = || Arg::from(self.rules.label(&case.locked.0.source));
        let voice = case.voice;
        Ok(match refusal {
            Refusal::Taken { by, until } => voice.say(
                "refused-taken",
                &[
                    ("name", self.name(tx, by).await?.into()),
                    ("until", (*until).into()),
                ],
            ),
            Refusal::Answered { by: Some(by), at } => voice.say(
                "refused-answered",
                &[("name", self.name(tx, by).await?.into()), ("at", (*at).into())],
            ),
            Refusal::Answered { by: None, at } => voice.say(
                "refused-answered-elsewhere",
                &[("source", source()), ("at", (*at).into())],
            ),
            Refusal::Handled { by, at } => voice.say(
                "refused-handled",
                &[("name", self.name(tx, by).await?.into()), ("at", (*at).into())],
            ),
            Refusal::Removed { at } => {
                voice.say("refused-removed", &[("source", source()), ("at", (*at).into())])
            }
            Refusal::OnItsWay => {
                let by = case.reply.as_ref().map_or(&case.press.by.person, |r| &r.by);
                voice.say("refused-on-its-way", &[("name", self.name(tx, by).await?.into())])
            }
            Refusal::NothingThere => voice.say("refused-nothing", &[]),
            Refusal::NoReplyHere => voice.say("refused-no-reply", &[("source", source())]),
            Refusal::Stale => voice.say("refused-stale", &[]),
        })
    }

    pub(crate) async fn name(&self, tx: &mut Tx, person: &PersonId) -> Result<String> {
        let known = person::names(&mut **tx, std::slice::from_ref(person)).await?;
        Ok(known.into_values().next().unwrap_or_else(|| person.user.clone()))
    }

    /// A sentence for one person, written down like everything else, so that a full channel cannot swallow it.
    pub(crate) async fn whisper(&self, tx: &mut Tx, press: &Press, text: Vec<Seg>, now: At) -> Result<()> {
        self.whisper_with(tx, press, text, Vec::new(), now).await
    }

    /// The same with buttons below.
    pub(crate) async fn whisper_with(
        &self,
        tx: &mut Tx,
        press: &Press,
        text: Vec<Seg>,
        offers: Vec<Offer>,
        now: At,
    ) -> Result<()> {
        let effect = NewEffect {
            id: EffectId::new(now),
            key: format!("whisper:{}:{}", press.chat, press.key),
            effect: Effect::Whisper {
                room: press.room.clone(),
                user: press.by.person.user.clone(),
                thread: press.thread.clone(),
                answer_to: press.answer_to.clone(),
                text,
                offers,
            },
            item: None,
            lane: Lane::Urgent,
            serial: format!("whisper:{}:{}", press.chat, press.by.person.user),
            pace: Some(format!("whisper:{}", press.chat)),
            run_at: now,
        };
        outbox::put(tx, &[effect], now).await?;
        Ok(())
    }
}

/// What a press wants with an item.
#[derive(Clone, Copy)]
pub(crate) enum Deed<'a> {
    Do(Verb),
    /// First the question whether one is sure.
    Ask(Verb),
    Again(&'a FormToken),
}

impl Deed<'_> {
    fn verb(self) -> Verb {
        match self {
            Self::Do(verb) | Self::Ask(verb) => verb,
            Self::Again(form) => form.step.verb(),
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
            Step::SendAgain => "form_send_again",
            Step::Read => "form_read",
        },
        Ask::Sure { .. } => "sure",
        Ask::Again { .. } => "form_again",
        Ask::List(_) => "list",
        Ask::Errand(errand) => errand.as_str(),
        Ask::Find { .. } => "find",
        Ask::Show { .. } => "item",
        Ask::Sources => "sources",
        Ask::Numbers { .. } => "stats",
        Ask::Quiet { .. } => "quiet",
        Ask::Settings { .. } => "settings",
        Ask::Help { .. } | Ask::NoNumber { .. } => "help",
        Ask::Odd { .. } => "odd",
        Ask::Changed(_) | Ask::HomeOpened | Ask::Nothing => return None,
    })
}

/// Whether a form would be the first answer to a press, or the next step of a form.
#[derive(Clone, Copy)]
pub(crate) enum Opening {
    Press,
    Form,
}

/// Why nobody can do anything about an answer now: it is there, or it is on its way or under review.
pub(crate) fn not_now(case: &Case) -> Option<Refusal> {
    let done = case.locked.0.handling.still_open().err();
    done.or_else(|| is_busy(case).then_some(Refusal::OnItsWay))
}

fn is_busy(case: &Case) -> bool {
    let reply = case.reply.as_ref();
    reply.is_some_and(|r| r.state.is_on_its_way() || matches!(r.state, ReplyState::Pending { .. }))
}

/// The item is theirs until then, and the log says since when. Prolonging one's own lease leaves no trace there, unless
/// one keeps what one was to hand over.
pub(crate) fn hold(item: &mut Item, held: Handling, me: &PersonId, until: At, change: &mut Change) {
    let before = item.handling.holder(change.now()).cloned();
    let was_offered = item.handling.is_offered();
    item.handling = held;
    change.timer(timer::CLAIM_ENDS, until);
    match before {
        Some(holder) if holder == *me && !was_offered => {}
        Some(from) if from != *me => {
            change.event(Some(me), What::TakenOver { from, until });
        }
        Some(_) | None => {
            change.event(Some(me), What::Claimed { until });
        }
    }
}

/// Applies a move of the state machine; one that is not possible is a refusal and changes nothing.
fn changed(
    case: &mut Case<'_>,
    change: impl FnOnce(&mut Item, &mut Change) -> std::result::Result<(), Refusal>,
) -> Verdict {
    if case.locked.0.handling.is_open() && is_busy(case) {
        return Verdict::Refused(Refusal::OnItsWay);
    }
    let mut written = Change::of(case.locked.0.id, case.now);
    match change(&mut case.locked.0, &mut written) {
        Ok(()) => Verdict::Changed(Box::new(written), None),
        Err(refusal) => Verdict::Refused(refusal),
    }
}
