//! Asking the clock about one item: which deadline counts, what has to be said now, when to look again. All of it
//! follows from the log, so it is asked again after every event that moves a clock, and by every timer.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use crate::domain::At;
use crate::domain::effect::Addressee;
use crate::domain::effect::NewEffect;
use crate::domain::id::EventId;
use crate::domain::id::ItemId;
use crate::domain::item::Item;
use crate::domain::item::event::Event;
use crate::domain::item::event::EventKind;
use crate::domain::item::handling::Handling;
use crate::domain::item::policy::Metric;
use crate::domain::item::reply::ReplyState;
use crate::domain::item::sla;
use crate::domain::item::sla::Run;
use crate::domain::item::sla::State;
use crate::domain::people::person::PersonId;
use crate::domain::promise::agenda::Agenda;
use crate::domain::promise::agenda::Call;
use crate::domain::promise::agenda::Look;
use crate::domain::promise::agenda::Plan;
use crate::domain::promise::agenda::ROUNDS;
use crate::domain::promise::chain::Step;
use crate::domain::promise::practice;
use crate::domain::promise::recipients::Book;
use crate::domain::promise::recipients::Place;
use crate::domain::promise::recipients::Search;
use crate::domain::promise::recipients::Summoned;
use crate::domain::promise::route::View;
use crate::domain::promise::rules::Channel;
use crate::store::Tx;
use crate::store::card;
use crate::store::card::CardRow;
use crate::store::event;
use crate::store::item::Locked;
use crate::store::preference;
use crate::store::reply;
use crate::store::timer;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::change::write::Change;
use crate::workflow::change::write::card_in;

/// What a look at an item is about, besides its row.
pub(in crate::workflow) struct Known {
    pub log: Vec<Event>,
    /// Our answer has left the house.
    pub is_out: bool,
}

impl Desk {
    /// Brings the item's deadline up to date with its log and with what `change` adds to it, says what has to be said
    /// now, and sets the timer for the next look. True when something changed that is to be written.
    pub(in crate::workflow) async fn look(
        &self,
        tx: &mut Tx,
        locked: &mut Locked,
        change: &mut Change,
    ) -> Result<bool> {
        let known = Known {
            log: event::of_item(&mut **tx, locked.id).await?,
            is_out: is_out(tx, locked).await?,
        };
        self.look_at(tx, locked, &known, change).await
    }

    /// The same for who has read already what it takes.
    pub(in crate::workflow) async fn look_at(
        &self,
        tx: &mut Tx,
        locked: &mut Locked,
        known: &Known,
        change: &mut Change,
    ) -> Result<bool> {
        change.looked = true;
        let now = change.now();
        let kept = &known.log;
        let rules = self.rules.now();
        let route = rules.route(&locked.route);
        let plan = Plan::of(rules, route, locked.origin());
        let silent = locked.source == practice::NAME || known.is_out;
        let mut changed = false;
        for round in 0..ROUNDS {
            let log: Vec<&Event> = kept.iter().chain(change.log()).collect();
            let runs = sla::runs(plan.terms, plan.origin, log.iter().copied());
            changed |= settle(&plan, &runs, locked, now);
            let Agenda { now: mut calls, next } = plan.agenda(&runs, &log, &locked.handling, now);
            calls.retain(|_| !silent && round + 1 < ROUNDS);
            if calls.is_empty() {
                if let Some((at, look)) = next {
                    change.timer(kind(look), at);
                }
                break;
            }
            for call in calls {
                self.say(tx, &plan, locked, call, change).await?;
            }
            changed = true;
        }
        Ok(changed)
    }

    /// Since when the clock runs that this answer stops, and whether it is in time.
    pub(in crate::workflow) async fn if_answered(
        &self,
        tx: &mut Tx,
        item: &Item,
        change: &Change,
        what: EventKind,
    ) -> Result<(At, Option<bool>)> {
        let now = change.now();
        let answered = Event {
            id: EventId::new(now),
            item: item.id,
            at: now,
            by: None,
            what,
        };
        let kept = event::of_item(&mut **tx, item.id).await?;
        let terms = self.rules.terms(self.rules.route(&item.route));
        let origin = item.origin();
        let runs = sla::runs(terms, origin, kept.iter().chain(change.log()).chain([&answered]));
        let run = runs.iter().rfind(|run| run.metric != Metric::Resolution);
        let in_time = run.map(|run| run.state(terms, origin.first_seen, now) == State::Met);
        let since = run.map_or(item.published_at.unwrap_or(item.first_seen_at), |run| run.from);
        Ok((since, in_time))
    }

    async fn say(
        &self,
        tx: &mut Tx,
        plan: &Plan<'_>,
        item: &mut Item,
        call: Call,
        change: &mut Change,
    ) -> Result<()> {
        let now = change.now();
        let route = self.rules.route(&item.route);
        let owner = route.owner.as_ref();
        let holder = item.handling.holder(now).or(owner).cloned();
        let places = places(tx, item.id).await?;
        let nobody = BTreeMap::new();
        let book = Book {
            rules: &self.rules,
            own: &nobody,
        };
        match call {
            Call::Assign => {
                if let Some(owner) = owner {
                    let word = route.when.word_in(View::of(item));
                    let assigned = EventKind::Assigned {
                        to: owner.clone(),
                        word: word.map(str::to_owned),
                    };
                    let whom = vec![Summoned::Person(owner.clone())];
                    let told = self.reached(tx, plan, whom, now).await?;
                    change.event_for(assigned, told, TimeDelta::zero());
                }
            }
            Call::Warn { metric, mark, due } => {
                let whom = book.responsible(holder.as_ref(), &places);
                let told = self.reached(tx, plan, whom, now).await?;
                let mark = Some(mark);
                change.event_for(EventKind::Reminded { due, metric, mark }, told, self.gathered());
            }
            Call::Overdue {
                metric,
                due,
                again,
                step,
            } => {
                item.overdue_at = item.overdue_at.or(Some(now));
                let (whom, by_step) = book.on_overdue(plan, step, item, holder.as_ref(), &places, now);
                let told = self.reached(tx, plan, whom, now).await?;
                let alone = item.handling.holder(now).filter(|_| !by_step);
                let overdue = EventKind::Overdue {
                    due,
                    metric,
                    holder: alone.cloned(),
                    again,
                };
                if by_step {
                    // The step's own line says it, in the same instant.
                    change.silent_event(overdue);
                } else {
                    change.event_for(overdue, told, self.gathered());
                }
            }
            Call::Step(next) => {
                if let Some(chain) = plan.chain {
                    let step = chain.step(next).filter(|step| step.only.holds(item, now));
                    let search = step.map_or_else(Search::default, |step| {
                        let tells_deadline = chain.tells_deadline(next);
                        book.summoned(step, tells_deadline, holder.as_ref(), &places, now)
                    });
                    let mut widened = None;
                    if let Some(step) = step {
                        widened = self.widen(tx, step, item, &places, change).await?;
                        if step.raise {
                            item.raised_at = item.raised_at.or(Some(now));
                        }
                    }
                    let stepped = chain.stepped(next, step, search.named(), widened);
                    let told = self.reached(tx, plan, search.found, now).await?;
                    let event = change.event_for(stepped, told, TimeDelta::zero());
                    if let Some(webhook) = step.and_then(|step| step.webhook.as_ref()) {
                        change.effect(NewEffect::call_webhook(webhook, item.id, event, now));
                    }
                }
            }
            Call::Offer { rota, of } => {
                let within = self.rules.rotas.get(&rota).and_then(|rota| rota.accept_minutes);
                let until = now + TimeDelta::minutes(within.unwrap_or_default());
                let whom = book.next_on_duty(&rota, &of, &places, now);
                let called = whom.iter().filter_map(Summoned::called).collect();
                let told = self.reached(tx, plan, whom, now).await?;
                item.handling = Handling::Claimed {
                    by: of.clone(),
                    until,
                    offered: true,
                    to: None,
                };
                change.timer(timer::CLAIM_ENDS, until);
                let offered = EventKind::Offered {
                    rota,
                    of,
                    until,
                    called,
                    to: None,
                    why: None,
                };
                change.event_for(offered, told, self.gathered());
            }
        }
        Ok(())
    }

    /// Nobody accepted what was handed over: it is free again, and those whom the rooms name are told; so is whoever handed
    /// it to somebody by name and relies on it.
    pub(in crate::workflow) async fn not_accepted(
        &self,
        tx: &mut Tx,
        item: &mut Item,
        of: PersonId,
        to: Option<PersonId>,
        change: &mut Change,
    ) -> Result<()> {
        item.handling = Handling::Open;
        let places = places(tx, item.id).await?;
        let nobody = BTreeMap::new();
        let book = Book {
            rules: &self.rules,
            own: &nobody,
        };
        let plan = Plan::of(&self.rules, self.rules.route(&item.route), item.origin());
        let mut whom = book.of_rooms(&places);
        whom.extend(to.is_some().then(|| Summoned::Person(of.clone())));
        let told = self.reached(tx, &plan, whom, change.now()).await?;
        change.event_for(EventKind::NotAccepted { of, to }, told, self.gathered());
        Ok(())
    }

    /// A card in another room, too: our name of its channel, if there was none yet.
    async fn widen(
        &self,
        tx: &mut Tx,
        step: &Step,
        item: &Item,
        places: &[Place],
        change: &mut Change,
    ) -> Result<Option<String>> {
        let channel = step.widen.as_ref().and_then(|name| self.rules.channel(name));
        let is_there = |c: &&Channel| places.iter().any(|p| (&p.chat, &p.room) == (&c.chat, &c.room));
        let Some(channel) = channel.filter(|c| !is_there(c)) else {
            return Ok(None);
        };
        let (new, post) = card_in(channel, item.id, change.now());
        card::insert(tx, &[new]).await?;
        change.effect(post);
        Ok(Some(channel.name.clone()))
    }

    /// Whoever has an item, or put it aside, and when they may be told what happened to it meanwhile.
    pub(in crate::workflow) async fn at_it(
        &self,
        tx: &mut Tx,
        item: &Item,
        now: At,
    ) -> Result<Vec<(Addressee, At)>> {
        let whom = match &item.handling {
            Handling::Claimed { by, until, .. } if *until > now => vec![Summoned::Person(by.clone())],
            Handling::Snoozed { by, .. } => vec![Summoned::Person(by.clone())],
            _ => Vec::new(),
        };
        let plan = Plan::of(&self.rules, self.rules.route(&item.route), item.origin());
        self.reached(tx, &plan, whom, now).await
    }

    /// When each of them may be told.
    pub(in crate::workflow) async fn reached(
        &self,
        tx: &mut Tx,
        plan: &Plan<'_>,
        whom: Vec<Summoned>,
        now: At,
    ) -> Result<Vec<(Addressee, At)>> {
        let people: Vec<PersonId> = whom.iter().flat_map(Summoned::people).collect();
        let own = if plan.terms.policy.at_night || people.is_empty() {
            BTreeMap::new()
        } else {
            preference::of(tx, &people).await?
        };
        let book = Book {
            rules: &self.rules,
            own: &own,
        };
        Ok(book.reached(plan, whom, now))
    }

    /// How long warnings wait for others that go to the same people.
    fn gathered(&self) -> TimeDelta {
        TimeDelta::seconds(self.rules.gather_seconds)
    }
}

/// The rooms in which an item has a card.
async fn places(tx: &mut Tx, item: ItemId) -> Result<Vec<Place>> {
    let cards = card::of_item(tx, item).await?;
    let place = |card: CardRow| Place {
        channel: card.channel,
        chat: card.chat,
        room: card.room,
    };
    Ok(cards.into_iter().map(place).collect())
}

pub(in crate::workflow) fn kind(look: Look) -> &'static str {
    match look {
        Look::Warn => timer::WARN,
        Look::Due => timer::DUE,
        Look::Step | Look::Shift => timer::STEP,
    }
}

/// The row keeps what the log says. True when it said something else before.
fn settle(plan: &Plan, runs: &[Run], item: &mut Item, now: At) -> bool {
    let deadline = sla::deadline(plan.terms, runs);
    let overdue = runs
        .iter()
        .any(|run| run.state(plan.terms, plan.origin.first_seen, now) == State::Overdue);
    let was = (item.deadline, item.overdue_at, item.raised_at);
    item.deadline = deadline;
    if !overdue && item.handling.is_open() {
        item.overdue_at = None;
    }
    if !item.handling.is_open() {
        item.raised_at = None;
    }
    was != (item.deadline, item.overdue_at, item.raised_at)
}

/// Our answer has left the house: nobody can do anything about the deadline now.
pub(in crate::workflow) async fn is_out(tx: &mut Tx, item: &Item) -> Result<bool> {
    let Some(id) = item.reply else { return Ok(false) };
    let states = reply::states(&mut **tx, &[id]).await?;
    Ok(states.get(&id).is_some_and(is_under_way))
}

pub(in crate::workflow) fn is_under_way(state: &ReplyState) -> bool {
    match state {
        ReplyState::Queued { .. } | ReplyState::Sending | ReplyState::Pending { .. } => true,
        ReplyState::Draft
        | ReplyState::Visible { .. }
        | ReplyState::Rejected { .. }
        | ReplyState::Failed { .. }
        | ReplyState::Unknown { .. }
        | ReplyState::Withdrawn => false,
    }
}
