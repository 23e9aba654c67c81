//! An item that nobody knew: its route, what becomes of it, its first deadline and its cards, many at a time.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::domain::At;
use crate::domain::id::EventId;
use crate::domain::id::ItemId;
use crate::domain::id::TimerId;
use crate::domain::item::Incoming;
use crate::domain::item::SourceReply;
use crate::domain::item::Standing;
use crate::domain::item::Tone;
use crate::domain::item::event::Event;
use crate::domain::item::event::EventKind;
use crate::domain::item::fingerprint;
use crate::domain::item::handling::Handling;
use crate::domain::item::handling::Reason;
use crate::domain::item::manner::Manner;
use crate::domain::item::sla;
use crate::domain::item::sla::Origin;
use crate::domain::item::sla::Run;
use crate::domain::promise::agenda::Look;
use crate::domain::promise::agenda::Plan;
use crate::domain::promise::route;
use crate::domain::promise::route::Route;
use crate::store::Tx;
use crate::store::card;
use crate::store::event;
use crate::store::fold;
use crate::store::item;
use crate::store::item::NewItem;
use crate::store::outbox;
use crate::store::timer;
use crate::store::timer::NewTimer;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::change::deadline::kind;
use crate::workflow::intake::ingest::Batch;
use crate::workflow::intake::ingest::Tally;
use crate::workflow::intake::ingest::spoken;

impl Desk {
    /// New items: route, deadline, cards, timers, in a handful of statements however many there are.
    pub(super) async fn welcome(
        &self,
        tx: &mut Tx,
        of: Batch<'_>,
        fresh: &[Incoming],
        tally: &mut Tally,
    ) -> Result<()> {
        let Batch { source, manner, now } = of;
        if fresh.is_empty() {
            return Ok(());
        }
        let news: Vec<News> = fresh
            .iter()
            .map(|incoming| {
                let language = spoken(incoming, manner);
                let route = route::choose(
                    &self.rules.routes,
                    &self.rules.fallback,
                    source,
                    incoming,
                    language.as_deref(),
                );
                let fate = Fate::of(incoming, manner, now);
                let id = ItemId::new(now);
                let log = fate.log(id, &route.name, incoming.reply.as_ref(), now);
                let origin = Origin {
                    published: incoming.published_at,
                    first_seen: fate.seen_at,
                };
                let plan = Plan::of(&self.rules, route, origin);
                let runs = sla::runs(plan.terms, origin, &log);
                News {
                    id,
                    route,
                    fate,
                    language,
                    log,
                    plan,
                    runs,
                }
            })
            .collect();
        let rows: Vec<NewItem> = fresh
            .iter()
            .zip(&news)
            .map(|(incoming, plan)| {
                let deadline = sla::deadline(plan.plan.terms, &plan.runs);
                NewItem {
                    id: plan.id,
                    source,
                    incoming,
                    tone: Tone::of(incoming.kind, incoming.rating),
                    spoken: plan.language.clone(),
                    fingerprint: hex::encode(fingerprint::of(incoming)),
                    route: &plan.route.name,
                    handling: &plan.fate.handling,
                    deadline,
                    due_at: deadline.map(|d| d.due),
                    seen_at: plan.fate.seen_at,
                    as_of: manner.as_of(now),
                    import_run: manner.run(),
                    now,
                }
            })
            .collect();
        let written: BTreeSet<ItemId> = item::insert(tx, &rows).await?.into_iter().collect();

        let mut events = Vec::new();
        let mut timers = Vec::new();
        let mut cards = Vec::new();
        let mut effects = Vec::new();
        for (row, plan) in rows.iter().zip(&news) {
            if !written.contains(&row.id) {
                tally.count_same(row.incoming.kind);
                continue;
            }
            tally.count_new(row.incoming.kind);
            if plan.fate.past.is_some() {
                match plan.fate.handling {
                    Handling::Answered { .. } => tally.answered += 1,
                    _ => tally.past += 1,
                }
            }
            events.extend(plan.log.iter().cloned());
            if !plan.fate.handling.is_open() {
                if plan.fate.past.is_some() {
                    // Where it belongs, though nobody is shown it: there it is counted, and found.
                    let (new, _) = self.deal(&plan.route.name, row.id, now);
                    cards.extend(new.into_iter().map(|card| card.put_away(now)));
                }
                continue;
            }
            // What is to be said at once is said by the tick that finds this timer due.
            let log: Vec<&Event> = plan.log.iter().collect();
            let agenda = plan.plan.agenda(&plan.runs, &log, &plan.fate.handling, now);
            let at_once = agenda.now.first().map(|_| (now, Look::Step));
            timers.extend(at_once.or(agenda.next).map(|(at, look)| NewTimer {
                id: TimerId::new(now),
                item: row.id,
                kind: kind(look),
                at,
            }));
            let (new, posts) = self.deal(&plan.route.name, row.id, now);
            for (card, post) in new.into_iter().zip(posts) {
                let has_budget = self
                    .rules
                    .channel(card.channel)
                    .is_some_and(|c| c.budget.is_some());
                if manner.folds() && has_budget {
                    cards.push(card.listed(now));
                } else {
                    cards.push(card);
                    effects.push(post);
                }
            }
        }
        let mut waiting: BTreeMap<(&str, &str), i64> = BTreeMap::new();
        for card in cards
            .iter()
            .filter(|card| card.folded_at.is_some() && card.watched)
        {
            *waiting.entry((card.chat, card.room)).or_default() += 1;
        }
        event::append(tx, &events).await?;
        timer::set(tx, &timers).await?;
        card::insert(tx, &cards).await?;
        outbox::put(tx, &effects, now).await?;
        let rooms: Vec<(&str, &str, i64)> = waiting.into_iter().map(|((c, r), n)| (c, r, n)).collect();
        fold::came(tx, &rooms, now).await?;
        self.fold_changed(tx, rooms.iter().map(|(c, r, _)| (*c, *r)), now)
            .await?;
        Ok(())
    }
}

/// A new item with what the rules decided for it.
struct News<'a> {
    id: ItemId,
    route: &'a Route,
    fate: Fate,
    language: Option<String>,
    log: Vec<Event>,
    plan: Plan<'a>,
    runs: Vec<Run>,
}

/// What becomes of a new item, before any clock is asked.
struct Fate {
    handling: Handling,
    /// When it counts as arrived.
    seen_at: At,
    /// When it was taken over, if it is history.
    past: Option<At>,
    answer: Answer,
}

/// The answer that stands at the source already.
enum Answer {
    None,
    Given,
    GivenAt(At),
}

impl Fate {
    fn of(incoming: &Incoming, manner: &Manner, now: At) -> Self {
        let reply = incoming.reply.as_ref();
        let reply = reply.filter(|r| !matches!(r.standing, Standing::Rejected(_)));
        let answer = match reply.map(|r| r.at) {
            None => Answer::None,
            Some(None) => Answer::Given,
            Some(Some(at)) => Answer::GivenAt(at.min(now)),
        };
        let given = reply.map(|r| r.at.map_or(now, |at| at.min(now)));
        let written = incoming.edited_at.or(incoming.published_at);
        let past = manner.is_file() && (given.is_some() || manner.is_past(written));
        let seen_at = match (past, incoming.published_at.or(given)) {
            (true, Some(at)) => at.min(now),
            _ => now,
        };
        let handling = match given {
            // Answered before we knew it: kept, but nobody owes anything.
            Some(at) => Handling::Answered { by: None, at },
            None if past => Handling::Handled {
                by: None,
                at: now,
                reason: Reason::Past,
                note: None,
            },
            None => Handling::Open,
        };
        Self {
            handling,
            seen_at,
            past: past.then_some(now),
            answer,
        }
    }

    fn log(&self, item: ItemId, route: &str, reply: Option<&SourceReply>, now: At) -> Vec<Event> {
        let event = |at, what| Event {
            id: EventId::new(now),
            item,
            at,
            by: None,
            what,
        };
        // In its own time an answer is a thing that happened; to us it only was there.
        let answer = match self.answer {
            Answer::GivenAt(at) if self.past.is_some() => Some(at),
            _ => None,
        };
        let received = EventKind::Received {
            route: route.to_owned(),
            answered: answer.is_none() && matches!(self.handling, Handling::Answered { .. }),
            past: self.past,
        };
        let answered = answer.map(|given| {
            let what = EventKind::AnsweredElsewhere {
                given: Some(given),
                in_time: None,
                words: reply.map(|r| r.body.clone()),
                author: reply.and_then(|r| r.by.clone()),
            };
            event(given.max(self.seen_at), what)
        });
        [event(self.seen_at, received)]
            .into_iter()
            .chain(answered)
            .collect()
    }
}
