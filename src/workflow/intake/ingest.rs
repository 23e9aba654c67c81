//! A batch from a source becomes items, cards and deadlines, in one transaction. The same item again changes
//! nothing; a changed one is recognised by its fingerprint, and by its time as the newer one; what we answered is
//! recognised by its text.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde_json::Value;

use crate::domain::At;
use crate::domain::item::Incoming;
use crate::domain::item::Item;
use crate::domain::item::ItemKind;
use crate::domain::item::fingerprint;
use crate::domain::item::handling::Handling;
use crate::domain::item::manner::Manner;
use crate::domain::say::language;
use crate::domain::say::words;
use crate::port::source::OddItem;
use crate::store;
use crate::store::Tx;
use crate::store::item;
use crate::store::item::Seen;
use crate::store::source;
use crate::telemetry::meter;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::WorkflowError;
use crate::workflow::intake::again::Met;

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
    pub(super) fn count_new(&mut self, kind: ItemKind) {
        self.new += 1;
        *self.by_kind.entry((kind.as_str(), "new")).or_default() += 1;
    }

    fn count_changed(&mut self, kind: ItemKind) {
        self.changed += 1;
        *self.by_kind.entry((kind.as_str(), "changed")).or_default() += 1;
    }

    pub(super) fn count_same(&mut self, kind: ItemKind) {
        self.same += 1;
        *self.by_kind.entry((kind.as_str(), "unchanged")).or_default() += 1;
    }

    fn count_aside(&mut self, kind: ItemKind) {
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

/// Whose batch it is, how it is to be believed, and when it came.
#[derive(Clone, Copy)]
pub(super) struct Batch<'a> {
    pub source: &'a str,
    pub manner: &'a Manner,
    pub now: At,
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
        let of = Batch { source, manner, now };
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
            self.keep_aside(tx, of, &incoming, &unread.why).await?;
            tally.count_aside(incoming.kind);
        }
        let known = known.locked;
        let versions = item::versions(tx, &known).await?;
        for mut locked in known {
            let key = (locked.scope.clone(), locked.native_id.clone());
            let Some((number, incoming)) = wanted.remove(&key) else {
                continue;
            };
            if manner.is_file() && are_two(Who::known(&locked), Who::of(&incoming)) {
                tally.others.push(number);
                continue;
            }
            let version = versions.get(&locked.id).copied().unwrap_or_default();
            let may_write = is_other(&locked, &incoming);
            if may_write {
                store::from_here(tx).await?;
            }
            let met = self.meet_again(tx, &mut locked, &incoming, version, of).await;
            let met = match met {
                // Not the item but its story, or its answer.
                Err(WorkflowError::Store(why)) if may_write && why.is_unreadable() => {
                    store::back_to_here(tx).await?;
                    self.keep_aside(tx, of, &incoming, &why).await?;
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
                        id: locked.id,
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
        self.welcome(tx, of, &fresh, &mut tally).await?;
        Ok(tally)
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

/// Who reads a file has listened to the words already, beside whoever writes the rows; it is the dearest part of a row.
pub(super) fn spoken(incoming: &Incoming, manner: &Manner) -> Option<String> {
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
    let details = &mut incoming.details;
    for detail in [
        &mut details.order,
        &mut details.version,
        &mut details.device,
        &mut details.country,
    ] {
        strip(detail);
    }
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
