//! A batch from a source becomes items, cards and deadlines, in one transaction. The same item again changes
//! nothing; a changed one is recognised by its fingerprint, and by its time as the newer one; what we answered is
//! recognised by its text.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use chrono::TimeDelta;
use serde_json::Value;
use uuid::Uuid;

use crate::domain::At;
use crate::domain::agenda::Look;
use crate::domain::agenda::Plan;
use crate::domain::event::Event;
use crate::domain::event::What;
use crate::domain::fingerprint;
use crate::domain::handling::Handling;
use crate::domain::handling::Reason;
use crate::domain::id::EventId;
use crate::domain::id::ItemId;
use crate::domain::id::TimerId;
use crate::domain::item::Incoming;
use crate::domain::item::Item;
use crate::domain::item::Kind;
use crate::domain::item::Rating;
use crate::domain::item::SourceReply;
use crate::domain::item::Standing;
use crate::domain::item::Tone;
use crate::domain::language;
use crate::domain::manner::Manner;
use crate::domain::reply::Reply;
use crate::domain::reply::ReplyState;
use crate::domain::route;
use crate::domain::route::Route;
use crate::domain::sla;
use crate::domain::sla::Origin;
use crate::domain::sla::Run;
use crate::domain::words;
use crate::port::source::OddItem;
use crate::store;
use crate::store::StoreError;
use crate::store::Tx;
use crate::store::card;
use crate::store::event;
use crate::store::fold;
use crate::store::item;
use crate::store::item::Locked;
use crate::store::item::NewItem;
use crate::store::item::Seen;
use crate::store::item::Version;
use crate::store::outbox;
use crate::store::reply;
use crate::store::source;
use crate::store::timer;
use crate::store::timer::NewTimer;
use crate::telemetry::meter;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::WorkflowError;
use crate::workflow::look::kind;
use crate::workflow::publish;
use crate::workflow::tell::Change;

/// Of what was set aside, in one round.
const ASIDE_AT_ONCE: i64 = 1000;

/// What a batch came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    pub new: usize,
    pub changed: usize,
    pub same: usize,
    /// Versions that a newer one, or what is known, stands before: nothing was changed by them. They count as `same`, too.
    pub older: usize,
    /// What is about items that a newer release wrote: kept until they can be read.
    pub aside: usize,
    /// Of the new ones of a file: what came answered, and what else is history.
    pub answered: usize,
    pub past: usize,
    /// Which of the batch have the id of somebody else's post; they were not taken.
    pub others: Vec<usize>,
    by_kind: BTreeMap<(&'static str, &'static str), usize>,
}

impl Tally {
    fn count_new(&mut self, kind: Kind) {
        self.new += 1;
        *self.by_kind.entry((kind.as_str(), "new")).or_default() += 1;
    }

    fn count_changed(&mut self, kind: Kind) {
        self.changed += 1;
        *self.by_kind.entry((kind.as_str(), "changed")).or_default() += 1;
    }

    fn count_same(&mut self, kind: Kind) {
        self.same += 1;
        *self.by_kind.entry((kind.as_str(), "unchanged")).or_default() += 1;
    }

    fn count_aside(&mut self, kind: Kind) {
        self.aside += 1;
        *self.by_kind.entry((kind.as_str(), "aside")).or_default() += 1;
    }

    /// Counts what was committed.
    pub(crate) fn tell(&self, source: &str) {
        for ((kind, news), n) in &self.by_kind {
            meter::received(source, kind, news, *n);
        }
        if self.aside > 0 {
            tracing::error!(
                source.name = source,
                items = self.aside,
                "what came is about items that cannot be understood here; it is set aside for a version that can, and odd_item says why"
            );
        }
    }
}

impl Desk {
    /// What a source told just now.
    pub async fn ingest(&self, tx: &mut Tx, source: &str, batch: Vec<Incoming>, now: At) -> Result<Tally> {
        self.take_in(tx, source, batch, &Manner::Told, now).await
    }

    pub async fn take_in(
        &self,
        tx: &mut Tx,
        source: &str,
        batch: Vec<Incoming>,
        manner: &Manner,
        now: At,
    ) -> Result<Tally> {
        let mut tally = Tally::default();
        // The same item twice in one batch: the newer word counts, and of two that do not say when, the later one.
        let mut wanted: BTreeMap<(String, String), (usize, Incoming)> = BTreeMap::new();
        for (number, incoming) in batch.into_iter().enumerate() {
            let key = (incoming.scope.clone(), incoming.native_id.clone());
            let kind = incoming.kind;
            let incoming = clean(incoming);
            match wanted.get(&key) {
                Some((_, first)) if manner.is_file() && are_two(Who::of(first), Who::of(&incoming)) => {
                    tally.others.push(number);
                    continue;
                }
                Some((_, first)) if manner.is_before(incoming.edited_at, first.edited_at) => {
                    tally.count_same(kind);
                    tally.older += usize::from(fingerprint::of(&incoming) != fingerprint::of(first));
                    continue;
                }
                Some(_) => tally.count_same(kind),
                None => {}
            }
            wanted.insert(key, (number, incoming));
        }
        let (scopes, ids): (Vec<String>, Vec<String>) = wanted.keys().cloned().unzip();
        let mut same = Vec::new();
        let known = item::lock_known(tx, source, &scopes, &ids).await?;
        for unread in known.unread {
            let Some((_, incoming)) = wanted.remove(&(unread.scope, unread.native_id)) else {
                continue;
            };
            self.keep_aside(tx, source, &incoming, manner, &unread.why, now)
                .await?;
            tally.count_aside(incoming.kind);
        }
        let known = known.locked;
        let versions = item::versions(tx, &known).await?;
        for mut locked in known {
            let key = (locked.0.scope.clone(), locked.0.native_id.clone());
            let Some((number, incoming)) = wanted.remove(&key) else {
                continue;
            };
            if manner.is_file() && are_two(Who::known(&locked.0), Who::of(&incoming)) {
                tally.others.push(number);
                continue;
            }
            let version = versions.get(&locked.0.id).copied().unwrap_or_default();
            let may_write = is_other(&locked.0, &incoming);
            if may_write {
                store::from_here(tx).await?;
            }
            let met = self
                .meet_again(tx, &mut locked, &incoming, version, manner, now)
                .await;
            let met = match met {
                // Not the item but its story, or its answer.
                Err(WorkflowError::Store(why)) if may_write && why.is_unreadable() => {
                    store::back_to_here(tx).await?;
                    self.keep_aside(tx, source, &incoming, manner, &why, now).await?;
                    tally.count_aside(incoming.kind);
                    continue;
                }
                met => met?,
            };
            match met {
                Met::Changed => tally.count_changed(incoming.kind),
                Met::Older => {
                    tally.count_same(incoming.kind);
                    tally.older += 1;
                }
                Met::Same => {
                    tally.count_same(incoming.kind);
                    same.push(Seen {
                        id: locked.0.id,
                        votes: incoming.votes,
                        edition: incoming.edited_at,
                    });
                }
            }
        }
        item::seen(tx, &same, manner.as_of(now), now).await?;
        let fresh: Vec<Incoming> = wanted
            .into_values()
            .map(|(_, i)| i)
            .filter(|i| !i.removed)
            .collect();
        self.welcome(tx, source, &fresh, manner, &mut tally, now).await?;
        Ok(tally)
    }

    /// New items: route, deadline, cards, timers, in a handful of statements however many there are.
    async fn welcome(
        &self,
        tx: &mut Tx,
        source: &str,
        fresh: &[Incoming],
        manner: &Manner,
        tally: &mut Tally,
        now: At,
    ) -> Result<()> {
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

    /// An item that we know.
    async fn meet_again(
        &self,
        tx: &mut Tx,
        locked: &mut Locked,
        incoming: &Incoming,
        version: Version,
        manner: &Manner,
        now: At,
    ) -> Result<Met> {
        let mut change = Change::of(locked.0.id, now);
        let mut met = Met::Same;
        if incoming.removed {
            let is_news = self.gone(tx, locked, now).await?;
            return Ok(if is_news { Met::Changed } else { Met::Same });
        }
        if let Handling::Removed { at } = locked.0.handling {
            // An export from before it was taken away does not bring it back.
            if manner.as_of(now) < at {
                return Ok(Met::Older);
            }
            change.event(None, What::BackAtSource);
            locked.0.handling = Handling::Open;
            met = Met::Changed;
        }
        let print = fingerprint::of(incoming);
        let is_other = print != locked.0.fingerprint;
        let is_older = is_other && manner.is_older(incoming.edited_at, version.edition, version.as_of);
        if is_other && !is_older {
            self.reread(tx, locked, incoming, print, manner, &mut change)
                .await?;
            met = Met::Changed;
        }
        // With words that are over comes an answer to them: it counts where it was given after the newest words.
        let newest = locked.0.edited_at.or(locked.0.published_at);
        let answers = |given: Option<At>| given.zip(newest).is_some_and(|(given, words)| given >= words);
        let believed = !is_older || incoming.reply.as_ref().is_some_and(|r| answers(r.at));
        if believed && self.hear_reply(tx, locked, incoming, &mut change, now).await? {
            met = Met::Changed;
        }
        match met {
            Met::Changed => {
                self.write(tx, locked, change).await?;
                Ok(Met::Changed)
            }
            Met::Same | Met::Older if is_older => Ok(Met::Older),
            Met::Same | Met::Older => Ok(Met::Same),
        }
    }

    /// The customer changed their words.
    async fn reread(
        &self,
        tx: &mut Tx,
        locked: &mut Locked,
        incoming: &Incoming,
        print: Vec<u8>,
        manner: &Manner,
        change: &mut Change,
    ) -> Result<()> {
        let now = change.now();
        let stars = |r: Option<Rating>| r.map(Rating::stars);
        let (before, after) = (stars(locked.0.rating), stars(incoming.rating));
        // A comma more says nothing new; what was answered stays answered.
        let said = |title: &Option<String>, body: &Option<String>| {
            fingerprint::said([title.as_deref(), body.as_deref()])
        };
        let other_words = said(&locked.0.title, &locked.0.body) != said(&incoming.title, &incoming.body);
        let became_question = incoming.kind != locked.0.kind;
        let told = (incoming.edited_at, manner.as_of(now));
        item::rewrite(tx, locked, incoming, print, spoken(incoming, manner), told, now).await?;
        let (old, new) = if before == after {
            (None, None)
        } else {
            (before, after)
        };
        let edited = What::Edited {
            revision: locked.0.revision,
            stars_before: old,
            stars_now: new,
        };
        let fell = matches!((before, after), (Some(b), Some(a)) if a < b);
        // Whoever is at it may be writing an answer to what does not stand there any more.
        let told = if old.is_some() || other_words || became_question {
            self.at_it(tx, &locked.0, now).await?
        } else {
            Vec::new()
        };
        change.event_also_for(edited, told);
        let done = matches!(
            locked.0.handling,
            Handling::Answered { .. } | Handling::Handled { .. }
        );
        let their_turn = matches!(
            locked.0.handling,
            Handling::Snoozed {
                for_customer: true,
                ..
            }
        );
        if their_turn && (other_words || became_question) {
            change.event(None, What::Woke);
            locked.0.handling = Handling::Open;
        }
        let is_past = manner.is_past(incoming.edited_at.or(incoming.published_at));
        if done && !is_past && (fell || other_words || became_question) {
            change.event(None, What::Reopened { by_customer: true });
            locked.0.handling = Handling::Open;
        }
        Ok(())
    }

    /// What the source says about the reply that stands there.
    async fn hear_reply(
        &self,
        tx: &mut Tx,
        locked: &mut Locked,
        incoming: &Incoming,
        change: &mut Change,
        now: At,
    ) -> Result<bool> {
        let Some(theirs) = &incoming.reply else {
            return Ok(false);
        };
        let ours = match locked.0.reply {
            Some(id) => reply::get(&mut **tx, id).await?,
            None => None,
        };
        let standing = reply::standing(tx, locked.0.id).await?;
        let known = ours
            .into_iter()
            .chain(standing)
            .find(|r| is_ours(r, &theirs.body));
        if let Some(mut ours) = known {
            if matches!(ours.state, ReplyState::Unknown { .. }) {
                // Nobody knew whether it had arrived. Now the source says so itself.
                let there = publish::found(theirs.clone());
                self.stands(tx, locked, &mut ours, there, change, now).await?;
                return Ok(true);
            }
            let waiting = matches!(ours.state, ReplyState::Pending { .. });
            let turned = matches!(ours.state, ReplyState::Visible { .. });
            return match &theirs.standing {
                Standing::Visible if waiting => {
                    self.now_visible(tx, locked, &mut ours, change, now).await?;
                    Ok(true)
                }
                Standing::Rejected(why) if waiting || turned => {
                    self.now_rejected(tx, locked, &mut ours, why.clone(), change)
                        .await?;
                    Ok(true)
                }
                Standing::Visible | Standing::Pending | Standing::Rejected(_) => Ok(false),
            };
        }
        let earlier = reply::sent(&mut **tx, locked.0.id).await?;
        if earlier.iter().any(|body| same_words(body, &theirs.body)) {
            // An earlier text of ours that a change has not replaced yet.
            return Ok(false);
        }
        // Somebody answered on the platform's own page.
        if locked.0.handling.is_open() && !matches!(theirs.standing, Standing::Rejected(_)) {
            // Only words written after the customer's last change answer them.
            if locked
                .0
                .edited_at
                .zip(theirs.at)
                .is_some_and(|(edited, at)| at < edited)
            {
                return Ok(false);
            }
            let elsewhere = self.elsewhere(tx, &locked.0, change, Some(theirs)).await?;
            locked.0.handling = Handling::Answered {
                by: None,
                at: theirs.at.unwrap_or(now),
            };
            change.event(None, elsewhere);
            return Ok(true);
        }
        Ok(false)
    }

    /// The source says that it is not there any more.
    pub(crate) async fn gone(&self, tx: &mut Tx, locked: &mut Locked, now: At) -> Result<bool> {
        if matches!(locked.0.handling, Handling::Removed { .. }) {
            return Ok(false);
        }
        locked.0.handling = Handling::Removed { at: now };
        let mut change = Change::of(locked.0.id, now);
        change.event(None, What::RemovedAtSource);
        self.write(tx, locked, change).await?;
        Ok(true)
    }

    /// The others of its batch go on. What a source told is kept and taken up when the item can be read; a file can be
    /// brought again.
    async fn keep_aside(
        &self,
        tx: &mut Tx,
        name: &str,
        incoming: &Incoming,
        manner: &Manner,
        why: &StoreError,
        now: At,
    ) -> Result<()> {
        let kept = (!manner.is_file()).then_some(incoming);
        source::aside(tx, name, &incoming.native_id, &why.to_string(), kept, now).await?;
        Ok(())
    }

    /// Takes up what was set aside, in the order in which it came, as far as it can be read now. Returns how much.
    pub async fn take_up_aside(&self) -> Result<usize> {
        let mut taken = 0;
        for id in source::all_aside(self.store.pool(), ASIDE_AT_ONCE).await? {
            match self.take_up(id).await {
                Ok(done) => taken += usize::from(done),
                Err(error) if error.is_of_item() => {
                    tracing::debug!(error = %error, "what was set aside stays so");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(taken)
    }

    async fn take_up(&self, id: Uuid) -> Result<bool> {
        let now = self.now();
        let mut tx = self.store.begin().await?;
        let Some(kept) = source::lock_aside(&mut tx, id).await? else {
            return Ok(false);
        };
        let (scopes, ids) = ([kept.incoming.scope.clone()], [kept.incoming.native_id.clone()]);
        let known = item::lock_known(&mut tx, &kept.source, &scopes, &ids).await?;
        if !known.unread.is_empty() {
            return Ok(false);
        }
        // Whoever told it again since then is believed.
        let versions = item::versions(&mut tx, &known.locked).await?;
        let since = versions.values().filter_map(|known| known.as_of).max();
        let tally = match since.is_some_and(|at| at > kept.seen_at) {
            true => Tally::default(),
            false => {
                self.ingest(&mut tx, &kept.source, vec![kept.incoming], now)
                    .await?
            }
        };
        if tally.aside > 0 {
            return Ok(false);
        }
        source::take_up(&mut tx, id).await?;
        tx.commit().await.map_err(StoreError::from)?;
        tally.tell(&kept.source);
        Ok(true)
    }

    /// Keeps the address of what could not be understood.
    pub async fn keep_odd(&self, tx: &mut Tx, name: &str, odd: &[OddItem], now: At) -> Result<()> {
        if !odd.is_empty() {
            // What was wrong may quote what was written, so it stands in the database only.
            tracing::warn!(
                source.name = name,
                items = odd.len(),
                "items not understood; odd_item says why"
            );
        }
        for item in odd {
            source::odd(tx, name, item.native_id.as_deref(), &item.why, now).await?;
        }
        Ok(())
    }
}

/// By what two people under one id are told apart.
#[derive(Clone, Copy)]
struct Who<'a> {
    name: Option<&'a str>,
    published: Option<At>,
}

impl<'a> Who<'a> {
    fn of(incoming: &'a Incoming) -> Self {
        Self {
            name: incoming.author.name.as_deref(),
            published: incoming.published_at,
        }
    }

    fn known(item: &'a Item) -> Self {
        Self {
            name: item.author.name.as_deref(),
            published: item.published_at,
        }
    }
}

/// A name changes, and a date is corrected; both at once are somebody else.
fn are_two(one: Who<'_>, other: Who<'_>) -> bool {
    let names = one.name.zip(other.name);
    let dates = one.published.zip(other.published);
    names.is_some_and(|(a, b)| a.trim().to_lowercase() != b.trim().to_lowercase())
        && dates.is_some_and(|(a, b)| (a - b).abs() > TimeDelta::days(1))
}

/// Whether what came may change anything of what we have.
fn is_other(known: &Item, incoming: &Incoming) -> bool {
    let is_gone = matches!(known.handling, Handling::Removed { .. });
    let answer = incoming.reply.is_some() && (known.reply.is_some() || known.handling.is_open());
    incoming.removed || is_gone || answer || fingerprint::of(incoming) != known.fingerprint
}

/// What a version of a known item came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Met {
    Same,
    Changed,
    /// Other words, but not newer ones: what is known stays.
    Older,
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
        let received = What::Received {
            route: route.to_owned(),
            answered: answer.is_none() && matches!(self.handling, Handling::Answered { .. }),
            past: self.past,
        };
        let answered = answer.map(|given| {
            let what = What::AnsweredElsewhere {
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

/// Whether the text at the source is what we sent: platforms fold white space and trim.
pub(crate) fn is_ours(reply: &Reply, theirs: &str) -> bool {
    let sent = reply.state.is_on_its_way() || reply.state.stands_at_source();
    sent && same_words(&reply.body, theirs)
}

pub(crate) fn same_words(a: &str, b: &str) -> bool {
    a.split_whitespace().eq(b.split_whitespace())
}

/// Who reads a file has listened to the words already, beside whoever writes the rows; it is the dearest part of a row.
fn spoken(incoming: &Incoming, manner: &Manner) -> Option<String> {
    let declared = incoming.language.as_deref().and_then(language::declared);
    if manner.is_file() {
        return declared;
    }
    declared.or_else(|| {
        let text = [incoming.title.as_deref(), incoming.body.as_deref()];
        language::detect(&text.into_iter().flatten().collect::<Vec<_>>().join("\n")).map(str::to_owned)
    })
}

/// Nothing that the database cannot hold, wherever it hides.
fn clean(mut incoming: Incoming) -> Incoming {
    let strip = |text: &mut Option<String>| {
        if let Some(text) = text {
            *text = words::stored(text);
        }
    };
    strip(&mut incoming.title);
    strip(&mut incoming.body);
    strip(&mut incoming.author.name);
    strip(&mut incoming.author.native_id);
    strip(&mut incoming.verified);
    strip(&mut incoming.permalink);
    if let Some(subject) = &mut incoming.subject {
        subject.id = words::stored(&subject.id);
        strip(&mut subject.name);
        strip(&mut subject.url);
    }
    incoming.native_id = words::stored(&incoming.native_id);
    incoming.scope = words::stored(&incoming.scope);
    incoming.raw = clean_raw(incoming.raw);
    incoming
}

/// Postgres refuses NUL in jsonb; all else is kept as it came.
fn clean_raw(raw: Value) -> Value {
    match raw {
        Value::String(s) if s.contains('\0') => Value::String(s.replace('\0', "")),
        Value::Array(list) => Value::Array(list.into_iter().map(clean_raw).collect()),
        Value::Object(map) => Value::Object(
            map.into_iter()
                .map(|(k, v)| (k.replace('\0', ""), clean_raw(v)))
                .collect(),
        ),
        other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => other,
    }
}
