//! Asking the clock about one item: which deadline counts, what has to be said now, when to look again. All of it
//! follows from the log, so it is asked again after every event that moves a clock, and by every timer.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use crate::domain::At;
use crate::domain::agenda::Agenda;
use crate::domain::agenda::Call;
use crate::domain::agenda::Look;
use crate::domain::agenda::Plan;
use crate::domain::calendar::Quiet;
use crate::domain::chain::Chain;
use crate::domain::chain::Next;
use crate::domain::chain::Starts;
use crate::domain::chain::Whom;
use crate::domain::effect::Addressee;
use crate::domain::event::Called;
use crate::domain::event::Event;
use crate::domain::event::What;
use crate::domain::handling::Handling;
use crate::domain::id::EventId;
use crate::domain::item::Item;
use crate::domain::person::Mention;
use crate::domain::person::PersonId;
use crate::domain::policy::Metric;
use crate::domain::practice;
use crate::domain::route::Route;
use crate::domain::route::View;
use crate::domain::rules::Channel;
use crate::domain::sla;
use crate::domain::sla::Origin;
use crate::domain::sla::Run;
use crate::domain::sla::State;
use crate::domain::text::Seg;
use crate::domain::text::Voice;
use crate::domain::why;
use crate::store::Tx;
use crate::store::card;
use crate::store::card::CardRow;
use crate::store::event;
use crate::store::item::Locked;
use crate::store::preference;
use crate::store::timer;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::remind::is_out;
use crate::workflow::tell::Change;
use crate::workflow::tell::card_in;

/// What a look at an item is about, besides its row.
pub(crate) struct Known {
    pub log: Vec<Event>,
    /// Our answer has left the house.
    pub is_out: bool,
}

/// More rounds than any chain has steps that are due in the same instant.
const ROUNDS: usize = 8;

impl Desk {
    /// Brings the item's deadline up to date with its log and with what `change` adds to it, says what has to be said
    /// now, and sets the timer for the next look. True when something changed that is to be written.
    pub(crate) async fn look(&self, tx: &mut Tx, locked: &mut Locked, change: &mut Change) -> Result<bool> {
        let known = Known {
            log: event::of_item(&mut **tx, locked.0.id).await?,
            is_out: is_out(tx, &locked.0).await?,
        };
        self.look_at(tx, locked, &known, change).await
    }

    /// The same for who has read already what it takes.
    pub(crate) async fn look_at(
        &self,
        tx: &mut Tx,
        locked: &mut Locked,
        known: &Known,
        change: &mut Change,
    ) -> Result<bool> {
        change.looked = true;
        let now = change.now();
        let kept = &known.log;
        let route = self.rules.route(&locked.0.route).clone();
        let plan = self.plan(&route, origin(&locked.0));
        let silent = locked.0.source == practice::NAME || known.is_out;
        let mut changed = false;
        for round in 0..ROUNDS {
            let log: Vec<&Event> = kept.iter().chain(change.log()).collect();
            let runs = sla::runs(plan.terms, plan.origin, log.iter().copied());
            changed |= settle(&plan, &runs, &mut locked.0, now);
            let Agenda { now: calls, next } = plan.agenda(&runs, &log, now);
            let calls: Vec<Call> = match locked.0.handling {
                _ if silent || round + 1 == ROUNDS => Vec::new(),
                Handling::Open | Handling::Claimed { .. } => calls,
                // A warning about something that was put aside on purpose is noise.
                Handling::Snoozed { .. } => {
                    let warning = |call: &Call| matches!(call, Call::Warn { .. });
                    calls.into_iter().filter(|call| !warning(call)).collect()
                }
                Handling::Answered { .. } | Handling::Handled { .. } | Handling::Removed { .. } => Vec::new(),
            };
            if calls.is_empty() {
                if let Some((at, look)) = next.filter(|_| locked.0.handling.is_open()) {
                    change.timer(kind(look), at);
                }
                break;
            }
            for call in calls {
                self.say(tx, &plan, &mut locked.0, call, change).await?;
            }
            changed = true;
        }
        Ok(changed)
    }

    /// Why the deadline is when it is, a line for each thought.
    pub(crate) fn reasons(&self, log: &[Event], item: &Item, voice: Voice) -> Vec<Vec<Seg>> {
        let terms = self.rules.terms(self.rules.route(&item.route));
        let runs = sla::runs(terms, origin(item), log);
        why::deadline(&why::Facts {
            item,
            source: self.rules.label(&item.source),
            voice,
            now: self.now(),
            terms,
            runs: &runs,
        })
    }

    /// Since when the clock runs that an answer would stop now, and whether it would be in time.
    pub(crate) async fn if_answered(
        &self,
        tx: &mut Tx,
        item: &Item,
        change: &Change,
    ) -> Result<(At, Option<bool>)> {
        let now = change.now();
        let answered = Event {
            id: EventId::new(now),
            item: item.id,
            at: now,
            by: None,
            what: What::Visible {
                minutes: None,
                in_time: None,
            },
        };
        let kept = event::of_item(&mut **tx, item.id).await?;
        let terms = self.rules.terms(self.rules.route(&item.route));
        let origin = origin(item);
        let runs = sla::runs(terms, origin, kept.iter().chain(change.log()).chain([&answered]));
        let run = runs.iter().rfind(|run| run.metric != Metric::Resolution);
        let in_time = run.map(|run| run.state(terms, origin.first_seen, now) == State::Met);
        let since = run.map_or(item.published_at.unwrap_or(item.first_seen_at), |run| run.from);
        Ok((since, in_time))
    }

    pub(crate) fn plan<'a>(&'a self, route: &'a Route, origin: Origin) -> Plan<'a> {
        let chain = route.policy.chain.as_ref();
        let channel = route.to.iter().filter_map(|name| self.rules.channel(name));
        let quiet = channel.filter_map(|c| Some((c.quiet?, c.voice.zone))).next();
        Plan {
            terms: self.rules.terms(route),
            chain: chain.and_then(|name| self.rules.chains.get(name)),
            quiet: quiet.filter(|_| !route.policy.at_night),
            origin,
            has_owner: route.owner.is_some(),
        }
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
        match call {
            Call::Assign => {
                let route = self.rules.route(&item.route);
                if let Some(owner) = &route.owner {
                    let word = route.when.word_in(View::of(item));
                    let assigned = What::Assigned {
                        to: owner.clone(),
                        word: word.map(str::to_owned),
                    };
                    let whom = vec![Summoned::Person(owner.clone())];
                    let told = self.reached(tx, plan, whom, now).await?;
                    change.event_for(assigned, told, TimeDelta::zero());
                }
            }
            Call::Warn { metric, mark, due } => {
                let whom = self.responsible(tx, item, now).await?;
                let told = self.reached(tx, plan, whom, now).await?;
                let mark = Some(mark);
                change.event_for(What::Reminded { due, metric, mark }, told, self.gathered());
            }
            Call::Overdue { metric, due } => {
                item.overdue_at = Some(now);
                // Whom a chain calls at once need not be called twice.
                let by_chain = plan.chain.filter(|c| c.starts == Starts::Due);
                let by_chain = by_chain.is_some_and(|c| c.steps.first().is_some_and(|s| s.wait == 0));
                let whom = if by_chain {
                    Vec::new()
                } else {
                    self.responsible(tx, item, now).await?
                };
                let told = self.reached(tx, plan, whom, now).await?;
                change.event_for(What::Overdue { due, metric }, told, self.gathered());
            }
            Call::Step(next) => {
                if let Some(chain) = plan.chain {
                    self.step(tx, plan, chain, next, item, change).await?;
                }
            }
        }
        Ok(())
    }

    async fn step(
        &self,
        tx: &mut Tx,
        plan: &Plan<'_>,
        chain: &Chain,
        next: Next,
        item: &mut Item,
        change: &mut Change,
    ) -> Result<()> {
        let now = change.now();
        let Some(step) = chain.step(next).filter(|step| step.only.holds(item, now)) else {
            change.event(None, stepped(chain, next, Vec::new()));
            return Ok(());
        };
        let cards = card::of_item(tx, item.id).await?;
        let mut whom = Vec::new();
        for one in &step.call {
            for found in self.called(one, item, &cards, now) {
                if !whom.contains(&found) {
                    whom.push(found);
                }
            }
        }
        if let Some(channel) = step.widen.as_ref().and_then(|name| self.rules.channel(name))
            && !cards
                .iter()
                .any(|c| c.chat == channel.chat && c.room == channel.room)
        {
            let (new, post) = card_in(channel, item.id, now);
            card::insert(tx, &[new]).await?;
            change.effect(post);
        }
        let called = whom.iter().filter_map(Summoned::called).collect();
        let told = self.reached(tx, plan, whom, now).await?;
        change.event_for(stepped(chain, next, called), told, TimeDelta::zero());
        Ok(())
    }

    fn called(&self, whom: &Whom, item: &Item, cards: &[CardRow], now: At) -> Vec<Summoned> {
        match whom {
            Whom::Holder => {
                let owner = self.rules.route(&item.route).owner.as_ref();
                let holder = item.handling.holder(now).or(owner).cloned();
                holder.map(Summoned::Person).into_iter().collect()
            }
            Whom::Channel => self.of_rooms(cards),
            Whom::Named { chat, mention } => in_rooms(cards, chat, std::slice::from_ref(mention)),
            Whom::Direct(person) => vec![Summoned::Person(person.clone())],
            Whom::OnDuty(rota) => match self.rules.rotas.get(rota) {
                Some(rota) => in_rooms(cards, &rota.chat, &rota.on_duty(now)),
                None => Vec::new(),
            },
        }
    }

    /// Whom the rooms of the item's cards name.
    fn of_rooms(&self, cards: &[CardRow]) -> Vec<Summoned> {
        let rooms = cards
            .iter()
            .filter_map(|c| Some((c, self.rules.channel(&c.channel)?)));
        rooms
            .filter(|(_, channel)| !channel.responsible.is_empty())
            .map(|(card, channel)| Summoned::Room {
                chat: card.chat.clone(),
                room: card.room.clone(),
                ping: channel.responsible.clone(),
            })
            .collect()
    }

    /// The one who holds it, else those whom the channels name.
    async fn responsible(&self, tx: &mut Tx, item: &Item, now: At) -> Result<Vec<Summoned>> {
        if let Some(holder) = item.handling.holder(now) {
            return Ok(vec![Summoned::Person(holder.clone())]);
        }
        if let Some(owner) = &self.rules.route(&item.route).owner {
            return Ok(vec![Summoned::Person(owner.clone())]);
        }
        let cards = card::of_item(tx, item.id).await?;
        Ok(self.of_rooms(&cards))
    }

    /// When each of them may be told: not in their quiet hours, unless the policy says so. Who is named in a room and
    /// has quiet hours now is told alone, later; the others are not kept waiting for that.
    async fn reached(
        &self,
        tx: &mut Tx,
        plan: &Plan<'_>,
        whom: Vec<Summoned>,
        now: At,
    ) -> Result<Vec<(Addressee, At)>> {
        let at_night = plan.terms.policy.at_night;
        let people: Vec<PersonId> = whom.iter().flat_map(Summoned::people).collect();
        let own = if at_night || people.is_empty() {
            BTreeMap::new()
        } else {
            preference::of(tx, &people).await?
        };
        let usual = |chat: &str| -> Option<(Quiet, chrono_tz::Tz)> {
            let quiet = plan.quiet;
            let channel = self.rules.channels.values().find(|c| c.chat == chat);
            quiet.or_else(|| channel.and_then(|c: &Channel| Some((c.quiet?, c.voice.zone))))
        };
        let wait = |person: &PersonId| -> Option<At> {
            let usual = usual(&person.chat).filter(|_| !at_night);
            let quiet = match own.get(person) {
                Some(own) => {
                    let zone = own
                        .zone
                        .or(usual.map(|(_, zone)| zone))
                        .unwrap_or(chrono_tz::Tz::UTC);
                    own.quiet.map(|quiet| (quiet, zone)).or(usual)
                }
                None => usual,
            };
            quiet.and_then(|(quiet, zone)| quiet.ends(now, zone))
        };
        let mut out: Vec<(Addressee, At)> = Vec::new();
        let mut tell = |to: Addressee, at: At| {
            if !out.iter().any(|(known, _)| *known == to) {
                out.push((to, at));
            }
        };
        for one in whom {
            match one {
                Summoned::Person(person) => {
                    let at = wait(&person).unwrap_or(now);
                    tell(Addressee::Person(person), at);
                }
                Summoned::Room { chat, room, ping } => {
                    let night = plan.quiet.and_then(|(quiet, zone)| quiet.ends(now, zone));
                    let mut here = Vec::new();
                    for mention in ping {
                        match &mention {
                            Mention::Person(user) => {
                                let person = PersonId::new(chat.as_str(), user.as_str());
                                let own = own.get(&person).and_then(|own| own.quiet);
                                match wait(&person).filter(|at| own.is_some() && night != Some(*at)) {
                                    Some(at) => tell(Addressee::Person(person), at),
                                    None => here.push(mention),
                                }
                            }
                            Mention::Group(_) => here.push(mention),
                        }
                    }
                    if !here.is_empty() {
                        let to = Addressee::Room {
                            chat,
                            room,
                            ping: here,
                        };
                        tell(to, night.unwrap_or(now));
                    }
                }
            }
        }
        Ok(out)
    }

    /// How long warnings wait for others that go to the same people.
    fn gathered(&self) -> TimeDelta {
        TimeDelta::seconds(self.rules.gather_seconds)
    }
}

pub(crate) fn origin(item: &Item) -> Origin {
    Origin {
        published: item.published_at,
        first_seen: item.first_seen_at,
    }
}

/// Somebody who has to know, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Summoned {
    Person(PersonId),
    Room {
        chat: String,
        room: String,
        ping: Vec<Mention>,
    },
}

impl Summoned {
    fn people(&self) -> Vec<PersonId> {
        match self {
            Self::Person(person) => vec![person.clone()],
            Self::Room { chat, ping, .. } => ping
                .iter()
                .filter_map(|mention| match mention {
                    Mention::Person(user) => Some(PersonId::new(chat.as_str(), user.as_str())),
                    Mention::Group(_) => None,
                })
                .collect(),
        }
    }

    fn called(&self) -> Option<Called> {
        let (chat, mention) = match self {
            Self::Person(person) => (&person.chat, Mention::Person(person.user.clone())),
            Self::Room { chat, ping, .. } => (chat, ping.first()?.clone()),
        };
        Some(Called {
            chat: chat.clone(),
            mention,
        })
    }
}

/// People are called wherever they are, groups where a card is.
fn in_rooms(cards: &[CardRow], chat: &str, mentions: &[Mention]) -> Vec<Summoned> {
    let room = cards.iter().find(|c| c.chat == chat);
    let mut out = Vec::new();
    for mention in mentions {
        match (mention, room) {
            (Mention::Person(user), _) => out.push(Summoned::Person(PersonId::new(chat, user.as_str()))),
            (Mention::Group(_), Some(card)) => out.push(Summoned::Room {
                chat: chat.to_owned(),
                room: card.room.clone(),
                ping: vec![mention.clone()],
            }),
            (Mention::Group(_), None) => {}
        }
    }
    out
}

fn stepped(chain: &Chain, next: Next, called: Vec<Called>) -> What {
    What::Stepped {
        chain: chain.name.clone(),
        round: next.round,
        step: next.step,
        called,
    }
}

pub(crate) fn kind(look: Look) -> &'static str {
    match look {
        Look::Warn => timer::WARN,
        Look::Due => timer::DUE,
        Look::Step => timer::STEP,
    }
}

/// The row keeps what the log says. True when it said something else before.
fn settle(plan: &Plan, runs: &[Run], item: &mut Item, now: At) -> bool {
    let deadline = sla::deadline(plan.terms, runs);
    let overdue = runs
        .iter()
        .any(|run| run.state(plan.terms, plan.origin.first_seen, now) == State::Overdue);
    let was = (item.deadline, item.overdue_at);
    item.deadline = deadline;
    if !overdue && item.handling.is_open() {
        item.overdue_at = None;
    }
    was != (item.deadline, item.overdue_at)
}
