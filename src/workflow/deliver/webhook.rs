//! A step of a chain tells a service outside which item it is about, why, and until when. Nothing is told about what was
//! dealt with meanwhile.

use serde_json::Value;
use serde_json::json;

use crate::domain::id::EventId;
use crate::domain::item::Item;
use crate::domain::item::Rating;
use crate::domain::item::event::Event;
use crate::domain::item::event::EventKind;
use crate::store::event;
use crate::store::item;
use crate::store::outbox::Leased;
use crate::store::outbox::Settled;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::WorkflowError;
use crate::workflow::change::deadline::is_out;

impl Desk {
    pub(super) async fn call_webhook(&self, leased: &Leased, name: &str, id: EventId) -> Result<()> {
        // One by one: what cannot be read is a fault here, and not something to leave out.
        let event = event::get(self.store.pool(), id).await?;
        let item = match &event {
            Some(event) => item::get(self.store.pool(), event.item).await?,
            None => None,
        };
        let mut tx = self.store.begin().await?;
        let (Some(event), Some(item)) = (event, item) else {
            return self.settle_in(tx, leased, Settled::Moot).await;
        };
        if !item.handling.is_open() || is_out(&mut tx, &item).await? {
            return self.settle_in(tx, leased, Settled::Moot).await;
        }
        let webhook = self
            .webhooks
            .get(name)
            .ok_or_else(|| WorkflowError::NotConfigured {
                what: "webhook",
                name: name.to_owned(),
            })?;
        drop(tx);
        let now = self.now();
        let body = body(&item, &event, self.rules.label(&item.source));
        let how = match webhook.call(&id.to_string(), now, &body).await {
            Ok(()) => Settled::Done,
            Err(e) => self.verdict(leased, &e),
        };
        self.settle(leased, how).await
    }
}

/// Without the customer's name: whoever is called needs to know what to look at, not who wrote it.
fn body(item: &Item, event: &Event, label: &str) -> Value {
    let (chain, round, step) = match &event.what {
        EventKind::Stepped {
            chain, round, step, ..
        } => (chain.as_str(), *round, *step),
        _ => ("", 0, 0),
    };
    let holder = item.handling.holder(event.at).map(ToString::to_string);
    json!({
        "type": "escalation.step",
        "timestamp": event.at,
        "data": {
            "chain": chain,
            "round": round + 1,
            "step": step + 1,
            "urgent": item.raised_at.is_some(),
            "holder": holder,
            "deadline": item.deadline.map(|d| d.due),
            "overdue": item.deadline.is_some_and(|d| d.due <= event.at),
            "item": {
                "id": item.id,
                "number": item.number,
                "source": item.source,
                "source_label": label,
                "kind": item.kind.as_str(),
                "stars": item.rating.map(Rating::stars),
                "subject": item.subject_name(),
                "title": item.title,
                "body": item.body,
                "language": item.language,
                "permalink": item.permalink,
                "published_at": item.published_at,
            },
        },
    })
}
