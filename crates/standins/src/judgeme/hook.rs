//! Webhooks: the whole review, signed in hexadecimal.

use hmac::Hmac;
use hmac::KeyInit;
use hmac::Mac;
use serde_json::Value;
use serde_json::json;
use sha2::Sha256;

use super::Judgeme;
use super::Review;
use crate::sites::hold;
use crate::sites::outbox;

/// `JUDGEME-HMAC-SHA256` of these bytes.
pub fn sign(secret: &str, body: &[u8]) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes());
    mac.map(|mac| hex::encode(mac.chain_update(body).finalize().into_bytes()))
        .unwrap_or_default()
}

impl Judgeme {
    /// The body of a call about a review as it is now.
    pub fn told(&self, event: &str, review: &str) -> Option<Value> {
        let state = hold(&self.state);
        let review = state.find(review.parse().ok()?).map(Review::wire)?;
        Some(json!({
            "event": event, "platform": "shopify", "shop_domain": self.settings.shop_domain, "review": review,
        }))
    }

    /// Tells what happened since the last time, each once.
    pub async fn tick(&self) {
        let news = std::mem::take(&mut *hold(&self.news));
        for (event, id) in news {
            if let Some(body) = self.told(event, &id.to_string()) {
                self.call(body.to_string()).await;
            }
        }
    }

    /// The status that the call was answered with.
    pub async fn call(&self, body: String) -> Option<u16> {
        let (webhook, http) = (self.settings.webhook.as_ref()?, self.http.as_ref()?);
        let signature = sign(&webhook.secret, body.as_bytes());
        let request = http.post(&webhook.url).header("JUDGEME-HMAC-SHA256", signature);
        outbox::post(request.body(body)).await.map(|answer| answer.status)
    }
}
