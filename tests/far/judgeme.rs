//! Judge.me's far side: reviews that are listed and told, answers that only customers see.

use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use serde_json::Value;
use serde_json::json;
use standins::judgeme;
use standins::judgeme::Judgeme;
use standins::judgeme::Webhook;

use crate::far::Far;
use crate::far::Seen;
use crate::far::elsewhere;

struct Hand {
    judgeme: Arc<Judgeme>,
    settings: judgeme::Settings,
}

pub fn open(now: standins::Now, hooks: &str) -> Arc<dyn Far> {
    let settings = judgeme::Settings::default();
    let settings = judgeme::Settings {
        webhook: Some(Webhook {
            url: format!("{hooks}/hook/far"),
            secret: settings.api_token.clone(),
        }),
        ..settings
    };
    let judgeme = Judgeme::new(now, settings.clone());
    Arc::new(Hand { judgeme, settings })
}

#[async_trait]
impl Far for Hand {
    fn section(&self) -> String {
        format!(
            r#"
            [[source]]
            name = "far"
            kind = "judgeme"
            label = "Gartenshop"
            shop_domain = "{}"
            base_url = "BASE/judgeme/api/v1"
            [source.webhook]
            "#,
            self.settings.shop_domain
        )
    }

    fn env(&self, name: &str) -> Option<String> {
        (name == "SOURCE_FAR_API_TOKEN").then(|| self.settings.api_token.clone())
    }

    fn router(&self) -> Router {
        judgeme::router(self.judgeme.clone())
    }

    fn write(&self, stars: u8, text: &str) -> String {
        self.judgeme.write("Jule K.", stars, text).unwrap()
    }

    fn edit(&self, id: &str, stars: u8, text: &str) {
        self.judgeme.edit(id, stars, text).unwrap();
    }

    fn remove(&self, id: &str) {
        self.judgeme.remove(id).unwrap();
    }

    fn seen(&self, id: &str) -> Seen {
        let replies = self.judgeme.replies(id);
        Seen {
            reply: replies.last().cloned(),
            publications: u32::try_from(replies.len()).unwrap(),
        }
    }

    async fn tick(&self) {
        self.judgeme.tick().await;
    }

    /// A private token lasts until somebody takes it back.
    fn renews(&self) -> bool {
        false
    }

    fn shows_answers(&self) -> bool {
        false
    }

    fn garble(&self) -> Option<fn(&mut Value)> {
        Some(|answer| {
            for review in answer["reviews"].as_array_mut().into_iter().flatten() {
                review["rating"] = json!("ELEVEN");
                review["curated"] = json!("celebrated");
                for time in ["created_at", "updated_at"] {
                    review[time] = json!(elsewhere(review[time].as_str().unwrap()));
                }
            }
        })
    }
}
