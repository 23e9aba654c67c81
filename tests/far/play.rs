//! Google Play's far side: the reviews of one app.

use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use chrono::TimeDelta;
use serde_json::Value;
use serde_json::json;
use standins::play;
use standins::play::Play;

use crate::far::Far;
use crate::far::Seen;

struct Hand {
    play: Arc<Play>,
}

pub fn open(now: standins::Now, _hooks: &str) -> Arc<dyn Far> {
    let play = Play::new(now, play::Settings::default());
    Arc::new(Hand { play })
}

#[async_trait]
impl Far for Hand {
    fn section(&self) -> String {
        r#"
        [[source]]
        name = "far"
        kind = "play"
        label = "Google Play"
        app = { id = "com.example.garden", name = "Gartenhelfer" }
        base_url = "BASE/play"
        token_url = "BASE/play/token"
        "#
        .to_owned()
    }

    fn env(&self, name: &str) -> Option<String> {
        (name == "PLAY_KEY").then(|| self.play.key_file())
    }

    fn router(&self) -> Router {
        play::router(self.play.clone())
    }

    fn write(&self, stars: u8, text: &str) -> String {
        self.play.write("Jule K.", stars, "", text).unwrap()
    }

    fn edit(&self, id: &str, stars: u8, text: &str) {
        self.play.edit(id, Some(stars), text).unwrap();
    }

    fn remove(&self, id: &str) {
        self.play.remove(id).unwrap();
    }

    fn seen(&self, id: &str) -> Seen {
        let public = self.play.public(id).unwrap();
        Seen {
            reply: public.reply,
            publications: public.replies,
        }
    }

    /// Nothing happens here by itself: replies are not judged, and nobody is called.
    async fn tick(&self) {}

    fn garble(&self) -> Option<fn(&mut Value)> {
        Some(|answer| {
            for review in answer["reviews"].as_array_mut().into_iter().flatten() {
                review["standing"] = json!("TOP_REVIEWER");
                let said = &mut review["comments"][0]["userComment"];
                said["starRating"] = json!(11);
                said["thumbsUpCount"] = json!("many");
                let seconds: i64 = said["lastModified"]["seconds"].as_str().unwrap().parse().unwrap();
                said["lastModified"]["seconds"] = json!(seconds);
            }
        })
    }

    fn window(&self) -> Option<TimeDelta> {
        Some(play::WINDOW)
    }
}
