//! Bazaarvoice's far side: reviews of a product, with moderators who judge when a story says so.

use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use serde_json::Value;
use serde_json::json;
use standins::bazaarvoice;
use standins::bazaarvoice::Bazaarvoice;
use standins::sites::site::Site;

use crate::far::Far;
use crate::far::Seen;
use crate::far::elsewhere;

struct Hand {
    site: Arc<Bazaarvoice>,
    settings: bazaarvoice::Settings,
}

pub fn open(now: standins::Now, _hooks: &str) -> Arc<dyn Far> {
    let settings = bazaarvoice::Settings {
        moderated: None,
        ..Default::default()
    };
    let site = Bazaarvoice::new(now, settings.clone());
    Arc::new(Hand { site, settings })
}

#[async_trait]
impl Far for Hand {
    fn section(&self) -> String {
        format!(
            r#"
            [[source]]
            name = "far"
            kind = "bazaarvoice"
            label = "Bazaarvoice"
            client = "{}"
            base_url = "BASE/bazaarvoice"
            [source.reply]
            department = "Kundenservice"
            [source.answer]
            user = "{}"
            nickname = "Gartenmarkt"
            "#,
            self.settings.client, self.settings.user
        )
    }

    fn env(&self, name: &str) -> Option<String> {
        match name {
            "SOURCE_FAR_PASSKEY" => Some(self.settings.passkey.clone()),
            "SOURCE_FAR_RESPONSE_PASSKEY" => Some(self.settings.response_passkey.clone()),
            "SOURCE_FAR_CLIENT_ID" => Some(self.settings.client_id.clone()),
            "SOURCE_FAR_CLIENT_SECRET" => Some(self.settings.client_secret.clone()),
            "SOURCE_FAR_REFRESH_TOKEN" => Some(self.settings.refresh_token.clone()),
            _ => None,
        }
    }

    fn router(&self) -> Router {
        bazaarvoice::router(self.site.clone())
    }

    fn write(&self, stars: u8, text: &str) -> String {
        self.site.review("SKU-1002", "Jule K.", stars, text).unwrap()
    }

    fn edit(&self, id: &str, stars: u8, text: &str) {
        self.site.edit(id, Some(stars), text).unwrap();
    }

    fn remove(&self, id: &str) {
        self.site.remove(id).unwrap();
    }

    fn seen(&self, id: &str) -> Seen {
        let public = self.site.public(id).unwrap();
        Seen {
            reply: public.replies.last().cloned(),
            publications: public.publications,
        }
    }

    async fn tick(&self) {}

    fn site(&self) -> Option<Arc<dyn Site>> {
        Some(self.site.clone())
    }

    fn nothing(&self) -> &'static str {
        "{\"Results\": [], \"TotalResults\": 0}"
    }

    /// The passkey lasts until somebody takes it back; only answers need a token that runs out.
    fn renews(&self) -> bool {
        false
    }

    fn garble(&self) -> Option<fn(&mut Value)> {
        Some(|answer| {
            for review in answer["Results"].as_array_mut().into_iter().flatten() {
                review["Rating"] = json!("ELEVEN");
                review["ModerationStatus"] = json!("CELEBRATED");
                review["TotalPositiveFeedbackCount"] = json!("many");
                for time in ["SubmissionTime", "LastModificationTime", "LastModeratedTime"] {
                    review[time] = json!(elsewhere(review[time].as_str().unwrap()));
                }
            }
        })
    }
}
