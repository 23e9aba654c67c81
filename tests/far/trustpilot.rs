//! Trustpilot's far side: reviews of one company.

use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use serde_json::Value;
use serde_json::json;
use standins::trustpilot;
use standins::trustpilot::Trustpilot;
use zeitnah::port::source::HookCall;

use crate::far::Far;
use crate::far::Seen;
use crate::far::elsewhere;

const TOKEN: &str = "f00dbabe0123456789abcdef";

struct Hand {
    trustpilot: Arc<Trustpilot>,
    settings: trustpilot::Settings,
    poll_minutes: u32,
}

pub fn open(now: standins::Now, _hooks: &str) -> Arc<dyn Far> {
    Hand::with(now, trustpilot::Settings::default(), 5)
}

/// It calls us, and a poll is far away.
pub fn calling(now: standins::Now, hooks: &str) -> Arc<dyn Far> {
    let settings = trustpilot::Settings {
        hook_url: Some(format!("{hooks}/hook/far/{TOKEN}")),
        ..Default::default()
    };
    Hand::with(now, settings, 1440)
}

impl Hand {
    fn with(now: standins::Now, settings: trustpilot::Settings, poll_minutes: u32) -> Arc<dyn Far> {
        Arc::new(Self {
            trustpilot: Trustpilot::new(now, settings.clone()),
            settings,
            poll_minutes,
        })
    }

    fn unit(&self) -> &str {
        &self.settings.business_units[0].id
    }
}

#[async_trait]
impl Far for Hand {
    fn section(&self) -> String {
        format!(
            r#"
            [[source]]
            name = "far"
            kind = "trustpilot"
            label = "Trustpilot"
            business_units = [{{ id = "{}", name = "Gartenshop" }}]
            business_user = "{}"
            base_url = "BASE/trustpilot"
            token_url = "BASE/trustpilot/v1/oauth/oauth-business-users-for-applications/accesstoken"
            poll_minutes = {}
            [source.hook]
            "#,
            self.unit(),
            self.settings.business_user,
            self.poll_minutes,
        )
    }

    fn env(&self, name: &str) -> Option<String> {
        match name {
            "TRUSTPILOT_API_KEY" => Some(self.settings.api_key.clone()),
            "TRUSTPILOT_API_SECRET" => Some(self.settings.api_secret.clone()),
            "TRUSTPILOT_HOOK_TOKEN" => Some(TOKEN.to_owned()),
            _ => None,
        }
    }

    fn router(&self) -> Router {
        trustpilot::router(self.trustpilot.clone())
    }

    fn write(&self, stars: u8, text: &str) -> String {
        self.trustpilot
            .write(self.unit(), "Jule K.", stars, "Meine Bestellung", text)
            .unwrap()
    }

    fn edit(&self, id: &str, stars: u8, text: &str) {
        self.trustpilot.edit(id, stars, text).unwrap();
    }

    fn remove(&self, id: &str) {
        self.trustpilot.remove(id).unwrap();
    }

    fn seen(&self, id: &str) -> Seen {
        let public = self.trustpilot.public(id).unwrap();
        Seen {
            reply: public.reply,
            publications: public.posts,
        }
    }

    async fn tick(&self) {
        self.trustpilot.tick().await;
    }

    fn garble(&self) -> Option<fn(&mut Value)> {
        Some(|answer| {
            for review in answer["reviews"].as_array_mut().into_iter().flatten() {
                review["stars"] = json!("ELEVEN");
                review["status"] = json!("enchanted");
                review["createdAt"] = json!(elsewhere(review["createdAt"].as_str().unwrap()));
            }
        })
    }

    fn forged(&self, id: &str) -> Vec<HookCall> {
        let call = |token: Option<&str>, event: &str, data: Value| HookCall {
            token: token.map(str::to_owned),
            headers: Vec::new(),
            body: trustpilot::body(event, &data).to_string().into(),
        };
        let insult = json!({ "id": id, "stars": 1, "text": "Alles Betrug." });
        vec![
            call(None, "updated", insult.clone()),
            call(Some("f00dbabe"), "updated", insult.clone()),
            call(Some(TOKEN), "updated", insult),
            call(Some(TOKEN), "deleted", json!({ "id": id })),
        ]
    }
}
