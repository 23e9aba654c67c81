//! Webhooks: a review that becomes visible changes its product's stars, and "product.updated" tells that. There is no topic
//! for reviews.

use std::sync::Mutex;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::Hmac;
use hmac::KeyInit;
use hmac::Mac;
use serde_json::json;
use sha2::Sha256;

use super::WooCommerce;
use crate::sites::hold;

pub struct Hooks {
    http: Option<reqwest::Client>,
    changed: Mutex<Vec<u64>>,
}

impl Hooks {
    pub fn new(http: Option<reqwest::Client>) -> Hooks {
        Hooks {
            http,
            changed: Mutex::default(),
        }
    }

    pub fn changed(&self, product: u64) {
        hold(&self.changed).push(product);
    }
}

/// `X-WC-Webhook-Signature` of these bytes.
pub fn sign(secret: &str, body: &[u8]) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes());
    mac.map(|mac| STANDARD.encode(mac.chain_update(body).finalize().into_bytes()))
        .unwrap_or_default()
}

impl WooCommerce {
    /// Tells what changed since the last time. A failure is not tried again; after five of them the shop stops calling.
    pub async fn tick(&self) {
        let changed = std::mem::take(&mut *hold(&self.hooks.changed));
        for product in changed {
            let known = self
                .settings
                .products
                .iter()
                .find(|p| p.id == product.to_string());
            let body = known.map(|p| super::state::product(p, &self.settings.public_url));
            let body = body.unwrap_or_else(|| json!({ "id": product })).to_string();
            self.call("product.updated", body).await;
        }
    }

    /// The first word to a new address, with no signature: whether it was answered with 200.
    pub async fn ping(&self) -> bool {
        let (Some(webhook), Some(http)) = (&self.settings.webhook, &self.hooks.http) else {
            return false;
        };
        let sent = http.post(&webhook.url).body("webhook_id=14").send().await;
        sent.is_ok_and(|answer| answer.status() == reqwest::StatusCode::OK)
    }

    /// The status that the call was answered with.
    pub async fn call(&self, topic: &str, body: String) -> Option<u16> {
        let (webhook, http) = (self.settings.webhook.as_ref()?, self.hooks.http.as_ref()?);
        let (resource, event) = topic.split_once('.')?;
        let sent = http
            .post(&webhook.url)
            .header("content-type", "application/json")
            .header("x-wc-webhook-source", &self.settings.public_url)
            .header("x-wc-webhook-topic", topic)
            .header("x-wc-webhook-resource", resource)
            .header("x-wc-webhook-event", event)
            .header("x-wc-webhook-signature", sign(&webhook.secret, body.as_bytes()))
            .header("x-wc-webhook-id", "14")
            .header("x-wc-webhook-delivery-id", "5f2a9c0d")
            .body(body)
            .send()
            .await;
        sent.ok().map(|answer| answer.status().as_u16())
    }
}
