//! Google's far side: reviews of one store.

use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use chrono::TimeDelta;
use serde_json::Value;
use serde_json::json;
use standins::google;
use standins::google::Google;
use standins::sites::Place;

use crate::desk::STORE;
use crate::far::Far;
use crate::far::Seen;
use crate::far::elsewhere;

struct Hand {
    google: Arc<Google>,
    settings: google::Settings,
}

pub fn open(now: standins::Now, _hooks: &str) -> Arc<dyn Far> {
    let settings = google::Settings {
        locations: vec![Place::new(STORE, "Filiale München Ost")],
        moderation: google::Moderation::After(TimeDelta::zero()),
        ..Default::default()
    };
    let google = Google::new(now, settings.clone());
    Arc::new(Hand { google, settings })
}

#[async_trait]
impl Far for Hand {
    fn section(&self) -> String {
        format!(
            r#"
            [[source]]
            name = "far"
            kind = "google"
            label = "Google"
            account = "{}"
            locations = [{{ id = "{STORE}", name = "Filiale München Ost" }}]
            base_url = "BASE/google"
            token_url = "BASE/google/token"
            "#,
            self.settings.account
        )
    }

    fn env(&self, name: &str) -> Option<String> {
        match name {
            "GOOGLE_CLIENT_ID" => Some(self.settings.client_id.clone()),
            "GOOGLE_CLIENT_SECRET" => Some(self.settings.client_secret.clone()),
            "GOOGLE_REFRESH_TOKEN" => Some(self.settings.refresh_token.clone()),
            _ => None,
        }
    }

    fn router(&self) -> Router {
        google::router(self.google.clone())
    }

    fn write(&self, stars: u8, text: &str) -> String {
        self.google.write(STORE, "Jule K.", stars, text).unwrap()
    }

    fn edit(&self, id: &str, stars: u8, text: &str) {
        self.google.edit(id, Some(stars), text).unwrap();
    }

    fn remove(&self, id: &str) {
        self.google.remove(id).unwrap();
    }

    fn seen(&self, id: &str) -> Seen {
        let public = self.google.public(id).unwrap();
        Seen {
            reply: public.reply,
            publications: public.puts,
        }
    }

    async fn tick(&self) {
        self.google.tick().await;
    }

    fn refuse(&self, id: &str) -> bool {
        self.google.reject(id).unwrap();
        true
    }

    fn garble(&self) -> Option<fn(&mut Value)> {
        Some(|answer| {
            for review in answer["reviews"].as_array_mut().into_iter().flatten() {
                review["starRating"] = json!("ELEVEN");
                review["reviewer"]["standing"] = json!("LOCAL_GUIDE");
                for time in ["createTime", "updateTime"] {
                    review[time] = json!(elsewhere(review[time].as_str().unwrap()));
                }
            }
        })
    }
}
