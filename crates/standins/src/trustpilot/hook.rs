//! The calls to us: what happened and to which review, signed by nobody. Whether it calls again after a no is documented
//! nowhere, so here it does not.

use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use serde_json::Value;
use serde_json::json;

use super::Trustpilot;
use super::state::State;
use crate::sites::hold;
use crate::sites::millis;
use crate::sites::outbox;

fn pause(_attempts: u32) -> Option<TimeDelta> {
    None
}

/// A call as it comes, about any review: whoever knows the address can make one.
pub fn body(event: &str, data: &Value) -> Value {
    let event = json!({ "eventName": format!("service-review-{event}"), "version": "1", "eventData": data });
    json!({ "events": [event] })
}

impl Trustpilot {
    pub(super) fn announce(&self, state: &mut State, review: &str, event: &str) {
        let (Some(_), Ok(review)) = (&self.settings.hook_url, state.find(review)) else {
            return;
        };
        let now: DateTime<Utc> = (self.now)();
        let consumer = format!("c{}", review.id);
        let data = match event {
            "deleted" => json!({ "id": review.id }),
            _ => json!({
                "id": review.id,
                "language": "de",
                "title": review.title,
                "text": review.text,
                "referenceId": review.reference,
                "stars": review.stars,
                "createdAt": millis(review.created),
                "isVerified": true,
                "locationId": null,
                "link": format!("https://api.trustpilot.com/v1/reviews/{}", review.id),
                "consumer": {
                    "id": consumer,
                    "name": review.author,
                    "link": format!("https://api.trustpilot.com/v1/consumers/{consumer}"),
                },
                "tags": [],
            }),
        };
        let id = format!("call-{}", state.outbox.deliveries.len() + 1);
        state.outbox.put(id, body(event, &data).to_string(), now);
    }

    pub(super) async fn call_due(&self) {
        let (Some(url), Some(http)) = (&self.settings.hook_url, &self.http) else {
            return;
        };
        let due = hold(&self.state).outbox.take_due((self.now)());
        for delivery in due {
            let answer = outbox::post(http.post(url).body(delivery.body)).await;
            let now = (self.now)();
            hold(&self.state).outbox.settle(&delivery.id, answer, now, pause);
        }
    }
}
