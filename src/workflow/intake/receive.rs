//! Sources hand something in: by calling us, or by being read. Either way the answer goes out, and the cursor moves,
//! only with the rows committed.

use chrono::TimeDelta;
use serde::Deserialize;
use serde::Serialize;

use crate::domain::fingerprint;
use crate::domain::id::ReplyId;
use crate::domain::item::Incoming;
use crate::port::PortError;
use crate::port::source::HookCall;
use crate::port::source::HookNews;
use crate::port::source::HookRefusal;
use crate::port::source::ReplyCall;
use crate::port::source::ReplyDeed;
use crate::store::item;
use crate::store::source;
use crate::telemetry::meter;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::ingest::Tally;

/// How long one page may take before another replica tries.
const PAGE_LEASE_SECONDS: i64 = 120;
/// Between missing in a listing and being looked for, so that a platform's hiccup is not a deletion.
const MISSING_MINUTES: i64 = 10;
const MISSING_AT_ONCE: i64 = 20;

/// What a hook call is answered with, and answered with again when the same delivery comes again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    pub accepted: usize,
    pub new: usize,
    pub changed: usize,
    pub unchanged: usize,
    /// Of the unchanged: versions that were written before the one that we have.
    #[serde(default, skip_serializing_if = "none")]
    pub older: usize,
    /// What is kept until the item that it is about can be read again.
    #[serde(default, skip_serializing_if = "none")]
    pub aside: usize,
    pub rejected: Vec<RejectedItem>,
    /// Fields that nobody reads, by their place: the items are taken, and whoever meant something by them hears it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignored: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectedItem {
    pub index: usize,
    pub id: Option<String>,
    pub error: String,
}

#[derive(Debug)]
pub enum HookAnswer {
    Receipt(Receipt),
    Awake,
    Refused(HookRefusal),
    /// A delivery of this id came before and said something else: nothing of this one is taken.
    Reused,
    UnknownSource,
}

impl Desk {
    pub async fn receive(&self, name: &str, call: &HookCall) -> Result<HookAnswer> {
        let answered = self.answer(name, call).await;
        let known = self.sources.contains_key(name).then_some(name);
        meter::hooked(known, result(&answered));
        answered
    }

    async fn answer(&self, name: &str, call: &HookCall) -> Result<HookAnswer> {
        let now = self.now();
        let Some(from) = self.sources.get(name) else {
            return Ok(HookAnswer::UnknownSource);
        };
        match from.hook(call, now).await {
            Err(refusal) => Ok(HookAnswer::Refused(refusal)),
            Ok(HookNews::WakeUp) => {
                source::wake(self.store.pool(), name, now).await?;
                Ok(HookAnswer::Awake)
            }
            Ok(HookNews::Items {
                delivery,
                items,
                odd,
                total: _,
                unread,
                unread_count,
            }) => {
                let hash = fingerprint::of_bytes(&call.body);
                let mut tx = self.store.begin().await?;
                if let Some(before) = source::answered(&mut tx, name, &delivery).await? {
                    // What an older version took has no hash. Its id is believed, as it was then: to refuse a repeat
                    // of it would be answered by trying again for days.
                    if before.body_hash.is_some_and(|known| known != hash) {
                        tracing::warn!(
                            source.name = name,
                            "a delivery has the id of an earlier one and another body; it is refused"
                        );
                        return Ok(HookAnswer::Reused);
                    }
                    let receipt = serde_json::from_value(before.answer)
                        .map_err(|e| crate::store::StoreError::odd("delivery", "answer", &delivery, e))?;
                    return Ok(HookAnswer::Receipt(receipt));
                }
                let accepted = items.len();
                let batch: Vec<Incoming> = items.into_iter().map(|(_, item)| item).collect();
                let tally = self.ingest(&mut tx, name, batch, now).await?;
                self.keep_odd(&mut tx, name, &odd, now).await?;
                let receipt = Receipt {
                    accepted,
                    new: tally.new,
                    changed: tally.changed,
                    unchanged: tally.same,
                    older: tally.older,
                    aside: tally.aside,
                    rejected: odd
                        .into_iter()
                        .map(|o| RejectedItem {
                            index: o.index,
                            id: o.native_id,
                            error: o.why,
                        })
                        .collect(),
                    ignored: unread,
                };
                let json = serde_json::to_value(&receipt)
                    .map_err(|e| crate::store::StoreError::odd("delivery", "answer", &delivery, e))?;
                source::answer(&mut tx, name, &delivery, &json, &hash, now).await?;
                tx.commit().await.map_err(crate::store::StoreError::from)?;
                tally.tell(name);
                if unread_count > 0 {
                    meter::unread(name, unread_count);
                    tracing::info!(
                        source.name = name,
                        fields = unread_count,
                        "a delivery has fields that are not used; its answer names them"
                    );
                }
                Ok(HookAnswer::Receipt(receipt))
            }
        }
    }

    /// Reads one page of a source if it is due. `None`: it is not, or another replica is at it.
    pub async fn poll(&self, name: &str) -> Result<Option<Tally>> {
        let now = self.now();
        let from = self.source(name)?;
        let Some(every) = from.poll_every() else {
            return Ok(None);
        };
        let lease = now + TimeDelta::seconds(PAGE_LEASE_SECONDS);
        let Some(cursor) = source::take(self.store.pool(), name, now, lease).await? else {
            return Ok(None);
        };
        match from.fetch(cursor, now).await {
            Ok(page) => {
                let mut tx = self.store.begin().await?;
                let tally = self.ingest(&mut tx, name, page.items, now).await?;
                self.keep_odd(&mut tx, name, &page.odd, now).await?;
                if let Some(walk) = &page.complete {
                    item::mark_missing(&mut tx, name, &walk.scope, &walk.ids, walk.since, now).await?;
                }
                let every = TimeDelta::from_std(every).unwrap_or(TimeDelta::minutes(5));
                let next = if page.more { now } else { now + every };
                source::read_on(&mut tx, name, &page.cursor, next, now).await?;
                tx.commit().await.map_err(crate::store::StoreError::from)?;
                meter::polled(name, true);
                tally.tell(name);
                Ok(Some(tally))
            }
            Err(error) => {
                let failures = source::failures(self.store.pool(), name).await?;
                let wait = match &error {
                    PortError::Later {
                        after: Some(seconds), ..
                    } => (*seconds).clamp(1, 3600),
                    PortError::Denied { .. } => 300,
                    PortError::Later { after: None, .. }
                    | PortError::Never { .. }
                    | PortError::Gone { .. }
                    | PortError::Unknown { .. } => 10 << failures.clamp(0, 5),
                };
                meter::polled(name, false);
                if matches!(error, PortError::Later { after: Some(_), .. }) {
                    meter::limited(name, "read", wait);
                }
                tracing::warn!(source.name = name, error = %error, wait_s = wait, "source could not be read");
                source::failed(
                    self.store.pool(),
                    name,
                    &error.to_string(),
                    now + TimeDelta::seconds(wait),
                )
                .await?;
                Ok(None)
            }
        }
    }

    /// Items that a whole listing lacked are looked at one by one, a while later; gone is only what the source
    /// itself then says is gone. Returns how many were looked at.
    pub async fn look_for_missing(&self, name: &str) -> Result<usize> {
        let now = self.now();
        let before = now - TimeDelta::minutes(MISSING_MINUTES);
        let ids = item::missing(self.store.pool(), name, before, MISSING_AT_ONCE).await?;
        let looked = ids.len();
        for id in ids {
            let Some(known) = item::get(self.store.pool(), id).await? else {
                continue;
            };
            let call = ReplyCall {
                what: ReplyDeed::Delete,
                key: ReplyId::new(now),
                scope: known.scope.clone(),
                native_id: known.native_id.clone(),
                reply_native_id: None,
                language: None,
                revision: known.revision,
                raw: serde_json::Value::Null,
                at: now,
            };
            let gone = match self.source(name)?.look(&call).await {
                Err(PortError::Gone { .. }) => true,
                Ok(_) | Err(PortError::Never { .. }) => false,
                // Away, or our rights are gone: that says nothing about the review.
                Err(_) => return Ok(looked),
            };
            let mut tx = self.store.begin().await?;
            if let Some(mut locked) = item::lock(&mut tx, id).await? {
                if gone {
                    self.gone(&mut tx, &mut locked, now).await?;
                }
                item::found_again(&mut tx, id).await?;
            }
            tx.commit().await.map_err(crate::store::StoreError::from)?;
        }
        Ok(looked)
    }
}

fn none(n: &usize) -> bool {
    *n == 0
}

/// A call by what it was answered with, for the figures.
fn result(answered: &Result<HookAnswer>) -> &'static str {
    match answered {
        Ok(HookAnswer::Receipt(receipt)) if receipt.accepted == 0 && !receipt.rejected.is_empty() => {
            "rejected"
        }
        Ok(HookAnswer::Receipt(_)) => "taken",
        Ok(HookAnswer::Awake) => "wake_up",
        Ok(HookAnswer::Reused) => "reused_id",
        Ok(HookAnswer::UnknownSource) => "unknown_source",
        Ok(HookAnswer::Refused(refusal)) => match refusal {
            HookRefusal::Unsigned(_) => "unsigned",
            HookRefusal::Malformed(_) => "malformed",
            HookRefusal::NotHere => "no_hook",
            HookRefusal::Later(_) => "later",
        },
        Err(_) => "failed",
    }
}
