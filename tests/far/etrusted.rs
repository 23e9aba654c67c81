//! eTrusted's far side: reviews of one shop.

use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use serde_json::Value;
use serde_json::json;
use standins::etrusted;
use standins::etrusted::Etrusted;

use crate::far::Far;
use crate::far::Seen;
use crate::far::elsewhere;

struct Hand {
    etrusted: Arc<Etrusted>,
    settings: etrusted::Settings,
}

pub fn open(now: standins::Now, _hooks: &str) -> Arc<dyn Far> {
    let settings = etrusted::Settings::default();
    let etrusted = Etrusted::new(now, settings.clone());
    Arc::new(Hand { etrusted, settings })
}

impl Hand {
    fn channel(&self) -> &str {
        &self.settings.channels[0].id
    }
}

#[async_trait]
impl Far for Hand {
    fn section(&self) -> String {
        format!(
            r#"
            [[source]]
            name = "far"
            kind = "etrusted"
            label = "Trusted Shops"
            channels = [{{ id = "{}", name = "Gartenshop" }}]
            base_url = "BASE/etrusted"
            token_url = "BASE/etrusted/oauth/token"
            "#,
            self.channel()
        )
    }

    fn env(&self, name: &str) -> Option<String> {
        match name {
            "ETRUSTED_CLIENT_ID" => Some(self.settings.client_id.clone()),
            "ETRUSTED_CLIENT_SECRET" => Some(self.settings.client_secret.clone()),
            _ => None,
        }
    }

    fn router(&self) -> Router {
        etrusted::router(self.etrusted.clone())
    }

    fn write(&self, stars: u8, text: &str) -> String {
        self.etrusted.write(self.channel(), None, stars, text).unwrap()
    }

    fn edit(&self, id: &str, stars: u8, text: &str) {
        self.etrusted.edit(id, stars, text).unwrap();
    }

    fn remove(&self, id: &str) {
        self.etrusted.remove(id).unwrap();
    }

    fn seen(&self, id: &str) -> Seen {
        let public = self.etrusted.public(id).unwrap();
        Seen {
            reply: public.reply,
            publications: public.saves,
        }
    }

    async fn tick(&self) {}

    fn garble(&self) -> Option<fn(&mut Value)> {
        Some(|answer| {
            for review in answer["items"].as_array_mut().into_iter().flatten() {
                review["rating"] = json!("ELEVEN");
                review["state"] = json!("ENCHANTED");
                for time in ["createdAt", "submittedAt"] {
                    review[time] = json!(elsewhere(review[time].as_str().unwrap()));
                }
            }
        })
    }
}
