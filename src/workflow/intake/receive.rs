//! Sources hand something in: by calling us, or by being read. Either way the answer goes out, and the cursor moves,
//! only with the rows committed.

use serde::Deserialize;
use serde::Serialize;

use crate::domain::item::Incoming;
use crate::domain::item::fingerprint;
use crate::port::source::HookCall;
use crate::port::source::HookNews;
use crate::port::source::HookRefusal;
use crate::store::source;
use crate::telemetry::meter;
use crate::workflow::Desk;
use crate::workflow::Result;

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
    /// Nothing follows from it.
    Heard,
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
            Ok(HookNews::Named { scopes, ids }) => self.look_at_named(name, &scopes, &ids, now).await,
            Ok(HookNews::Trial) => Ok(HookAnswer::Heard),
            Ok(HookNews::WakeUp) => {
                source::wake(self.store.pool(), name, now).await?;
                Ok(HookAnswer::Awake)
            }
            Ok(HookNews::Items {
                delivery,
                items,
                odd,
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
        Ok(HookAnswer::Heard) => "trial",
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
