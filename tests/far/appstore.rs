//! The App Store's far side: the reviews of one app.

use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use chrono::TimeDelta;
use serde_json::Value;
use serde_json::json;
use standins::appstore;
use standins::appstore::AppStore;

use crate::far::Far;
use crate::far::Seen;
use crate::far::elsewhere;

struct Hand {
    store: Arc<AppStore>,
    settings: appstore::Settings,
}

pub fn open(now: standins::Now, _hooks: &str) -> Arc<dyn Far> {
    let settings = appstore::Settings {
        delay: TimeDelta::zero(),
        ..Default::default()
    };
    let store = AppStore::new(now, settings.clone());
    Arc::new(Hand { store, settings })
}

#[async_trait]
impl Far for Hand {
    fn section(&self) -> String {
        format!(
            r#"
            [[source]]
            name = "far"
            kind = "appstore"
            label = "App Store"
            app = {{ id = "{}", name = "Gartenhelfer" }}
            issuer_id = "{}"
            key_id = "{}"
            base_url = "BASE/appstore"
            "#,
            self.settings.app.id, self.settings.issuer_id, self.settings.key_id
        )
    }

    fn env(&self, name: &str) -> Option<String> {
        (name == "APPSTORE_KEY").then(|| self.store.key_file())
    }

    fn router(&self) -> Router {
        appstore::router(self.store.clone())
    }

    fn write(&self, stars: u8, text: &str) -> String {
        self.store.write("hafenblick", stars, "Na ja", text).unwrap()
    }

    fn edit(&self, id: &str, stars: u8, text: &str) {
        self.store.edit(id, Some(stars), text).unwrap();
    }

    fn remove(&self, id: &str) {
        self.store.remove(id).unwrap();
    }

    fn seen(&self, id: &str) -> Seen {
        let public = self.store.public(id).unwrap();
        Seen {
            reply: public.response,
            publications: public.responses,
        }
    }

    /// Time alone makes a response public, and nobody is called.
    async fn tick(&self) {}

    fn garble(&self) -> Option<fn(&mut Value)> {
        Some(|answer| {
            for review in answer["data"].as_array_mut().into_iter().flatten() {
                let said = &mut review["attributes"];
                said["rating"] = json!(11);
                said["territory"] = json!("ATLANTIS");
                said["reviewerLevel"] = json!("GOLD");
                said["createdDate"] = json!(elsewhere(said["createdDate"].as_str().unwrap()));
            }
        })
    }
}
