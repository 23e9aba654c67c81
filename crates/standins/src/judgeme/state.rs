//! What Judge.me remembers of one shop.

use chrono::DateTime;
use chrono::SecondsFormat;
use chrono::Utc;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;

use crate::sites::Refusal;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Curated {
    Ok,
    Spam,
    NotYet,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    pub id: u64,
    pub author: String,
    pub rating: u8,
    pub body: String,
    pub curated: Curated,
    pub created: DateTime<Utc>,
    pub updated: DateTime<Utc>,
}

impl Review {
    pub fn wire(&self) -> Value {
        let at = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, false);
        json!({
            "id": self.id, "title": "", "body": self.body, "rating": self.rating,
            "product_external_id": 8_302_173_290_794_u64, "product_handle": "gartenschere",
            "product_title": "Gartenschere",
            "reviewer": {
                "id": 2_136_342, "external_id": null, "email": format!("customer{}@example.org", self.id),
                "name": self.author, "phone": null, "accepts_marketing": false, "unsubscribed_at": null, "tags": [],
            },
            "source": "web", "curated": self.curated, "published": self.curated == Curated::Ok, "hidden": false,
            "verified": "buyer", "featured": false, "created_at": at(self.created), "updated_at": at(self.updated),
            "has_published_pictures": false, "has_published_videos": false, "pictures": [],
            "ip_address": "192.0.2.7",
        })
    }
}

#[derive(Debug, Default, Serialize, Deserialize)]
pub struct State {
    /// In the order of writing.
    pub reviews: Vec<Review>,
    /// By their review; nobody but customers sees them.
    pub replies: Vec<(u64, String)>,
    last: u64,
}

impl State {
    pub fn write(&mut self, author: &str, rating: u8, body: &str, now: DateTime<Utc>) -> u64 {
        self.last = self.last.max(465_077_900) + 1;
        self.reviews.push(Review {
            id: self.last,
            author: author.into(),
            rating,
            body: body.into(),
            curated: Curated::Ok,
            created: now,
            updated: now,
        });
        self.last
    }

    pub fn find(&self, id: u64) -> Option<&Review> {
        self.reviews.iter().find(|review| review.id == id)
    }

    pub fn find_mut(&mut self, id: u64) -> Result<&mut Review, Refusal> {
        let found = self.reviews.iter_mut().find(|review| review.id == id);
        found.ok_or(Refusal::NoSuchItem)
    }
}
