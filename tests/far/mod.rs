//! The far sides of all kinds of sources behind one handle, so that what has to hold for one source is tried with each of
//! them. A new kind adds its hand and its line in `ALL`, and gets every test of `contract.rs` and `story/contract.rs`.

pub mod appstore;
pub mod bazaarvoice;
pub mod etrusted;
pub mod google;
pub mod judgeme;
pub mod play;
pub mod shop;
pub mod trustpilot;
pub mod way;
pub mod woocommerce;

use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use chrono::TimeDelta;
use serde_json::Value;
use serde_json::json;
use standins::sites::site::Site;
use zeitnah::port::source::HookCall;

/// How one is opened: where the stand-in reads the time, and where our hooks begin (`http://…`).
pub type Open = fn(standins::Now, &str) -> Arc<dyn Far>;

/// The kinds of sources that are tried, by their word in the file.
pub const ALL: &[(&str, Open)] = &[
    ("google", google::open),
    ("push", shop::open),
    ("trustpilot", trustpilot::open),
    ("etrusted", etrusted::open),
    ("woocommerce", woocommerce::open),
    ("judgeme", judgeme::open),
    ("play", play::open),
    ("appstore", appstore::open),
    ("bazaarvoice", bazaarvoice::open),
];

/// What customers and moderators do at a platform, and what they see there.
#[async_trait]
pub trait Far: Send + Sync {
    /// The source in the file. `BASE` stands for where the far side answers.
    fn section(&self) -> String;

    /// The variables that the section names.
    fn env(&self, name: &str) -> Option<String>;

    fn router(&self) -> Router;

    fn write(&self, stars: u8, text: &str) -> String;

    fn edit(&self, id: &str, stars: u8, text: &str);

    fn remove(&self, id: &str);

    fn seen(&self, id: &str) -> Seen;

    /// What falls to the far side by itself: it judges replies, and calls us where it does.
    async fn tick(&self);

    /// Its page, where a story goes beyond what all platforms have: questions, moderators, what others collected.
    fn site(&self) -> Option<Arc<dyn Site>> {
        None
    }

    /// A list in which nothing is.
    fn nothing(&self) -> &'static str {
        "{}"
    }

    /// The key that opens it is a token that runs out and is asked for again; a key that lasts is refused only for good.
    fn renews(&self) -> bool {
        true
    }

    /// Which answers stand there can be read, by us as by customers.
    fn shows_answers(&self) -> bool {
        true
    }

    /// Its moderators take back an answer that it had taken. False where there are none.
    fn refuse(&self, _id: &str) -> bool {
        false
    }

    /// How a list of items looks in which nothing is as it was documented: enums have grown and times carry odd offsets, but
    /// mean the same moment. None where the source is not read.
    fn garble(&self) -> Option<fn(&mut Value)>;

    /// How long it shows what was written or changed, where that ends: behind it nothing can be said about an item.
    fn window(&self) -> Option<TimeDelta> {
        None
    }

    /// Calls that say what is not so of an item, as somebody makes them who has no secret of the platform; where it signs
    /// nothing, also of somebody who knows the address.
    fn forged(&self, id: &str) -> Vec<HookCall> {
        let body = json!({ "id": id, "rating": 1, "body": "Alles Betrug.", "removed": true });
        vec![HookCall {
            body: body.to_string().into(),
            ..HookCall::default()
        }]
    }
}

/// What customers read below an item, and how often an answer of ours was made public there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub reply: Option<String>,
    pub publications: u32,
}

/// `2026-11-20T09:00:00.000Z` on a clock that is 5 hours 45 minutes ahead.
pub fn elsewhere(time: &str) -> String {
    let at: chrono::DateTime<chrono::Utc> = time.parse().unwrap();
    let ahead = chrono::FixedOffset::east_opt((5 * 60 + 45) * 60).unwrap();
    at.with_timezone(&ahead).to_rfc3339()
}

#[test]
fn each_kind_of_source_is_tried() {
    let tried: Vec<&str> = ALL.iter().map(|(word, _)| *word).collect();
    for kind in zeitnah::source::KINDS {
        assert!(
            tried.contains(&kind.word),
            "{kind:?} needs its line in tests/far/mod.rs"
        );
    }
}
