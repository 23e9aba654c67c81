//! What the shop remembers: WordPress keeps reviews and the answers to them in one table of comments.

use chrono::DateTime;
use chrono::Utc;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;

use crate::sites::Place;
use crate::sites::Refusal;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Approved,
    Hold,
    Spam,
    Trash,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Type {
    Review,
    Comment,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    pub id: u64,
    pub kind: Type,
    pub post: u64,
    /// 0 for a review.
    pub parent: u64,
    /// The user who wrote it, 0 for a guest.
    pub user: u64,
    pub author: String,
    /// HTML, as it lies in the table.
    pub content: String,
    pub rating: u8,
    pub verified: bool,
    pub status: Status,
    pub created: DateTime<Utc>,
}

impl Comment {
    /// A review of `wc/v3`.
    pub fn review(&self, base: &str) -> Value {
        let mut links = json!({
            "self": [{ "href": format!("{base}/wp-json/wc/v3/products/reviews/{}", self.id) }],
            "collection": [{ "href": format!("{base}/wp-json/wc/v3/products/reviews") }],
            "up": [{ "href": format!("{base}/wp-json/wc/v3/products/{}", self.post) }],
        });
        if self.user != 0 {
            let href = format!("{base}/wp-json/wp/v2/users/{}", self.user);
            links["reviewer"] = json!([{ "embeddable": true, "href": href }]);
        }
        json!({
            "id": self.id, "date_created": self.local(), "date_created_gmt": self.gmt(), "product_id": self.post,
            "status": self.status, "reviewer": self.author,
            "reviewer_email": format!("customer{}@example.org", self.id),
            "review": rendered(&self.content), "rating": self.rating, "verified": self.verified,
            "reviewer_avatar_urls": { "24": format!("{base}/avatar/{}?s=24", self.id) },
            "_links": links,
        })
    }

    /// A comment of `wp/v2`; only whoever may edit sees what lies in the table.
    pub fn comment(&self, base: &str, edits: bool) -> Value {
        let mut content = json!({ "rendered": rendered(&self.content) });
        if edits {
            content["raw"] = json!(self.content);
        }
        json!({
            "id": self.id, "post": self.post, "parent": self.parent, "author": self.user, "author_name": self.author,
            "author_url": "", "date": self.local(), "date_gmt": self.gmt(), "content": content,
            "link": format!("{base}/product/{}/#comment-{}", self.post, self.id), "status": self.status,
            "type": self.kind, "author_avatar_urls": {}, "meta": [],
        })
    }

    fn gmt(&self) -> String {
        self.created.format("%Y-%m-%dT%H:%M:%S").to_string()
    }

    /// The shop's clock is an hour ahead of UTC, as in Berlin in winter.
    fn local(&self) -> String {
        (self.created + chrono::TimeDelta::hours(1))
            .format("%Y-%m-%dT%H:%M:%S")
            .to_string()
    }
}

/// As `wpautop` makes paragraphs.
fn rendered(content: &str) -> String {
    let paragraphs = content
        .split("\n\n")
        .map(|p| format!("<p>{}</p>\n", p.replace('\n', "<br />\n")));
    paragraphs.collect()
}

/// What a visitor's words become on their way into the table.
pub fn kept(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// What a browser shows of it.
pub fn shown(content: &str) -> String {
    content
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

#[derive(Debug, Default, Serialize, Deserialize)]
pub struct State {
    pub comments: Vec<Comment>,
    /// How often an answer became visible, by its review.
    pub publications: Vec<u64>,
    pub last_id: u64,
}

impl State {
    pub fn add(&mut self, comment: Comment) -> u64 {
        self.last_id = self.last_id.max(2200) + 1;
        let id = self.last_id;
        if comment.parent != 0 && comment.status == Status::Approved {
            self.publications.push(comment.parent);
        }
        self.comments.push(Comment { id, ..comment });
        id
    }

    pub fn find(&self, id: u64) -> Result<&Comment, Refusal> {
        self.comments
            .iter()
            .find(|c| c.id == id)
            .ok_or(Refusal::NoSuchItem)
    }

    pub fn find_mut(&mut self, id: u64) -> Result<&mut Comment, Refusal> {
        self.comments
            .iter_mut()
            .find(|c| c.id == id)
            .ok_or(Refusal::NoSuchItem)
    }

    /// The same words of the same person below the same comment are taken once, unless they were thrown away.
    pub fn is_duplicate(&self, new: &Comment) -> bool {
        let same = |c: &&Comment| {
            (c.post, c.parent, &c.author, &c.content) == (new.post, new.parent, &new.author, &new.content)
        };
        self.comments
            .iter()
            .filter(same)
            .any(|c| c.status != Status::Trash)
    }
}

/// A product of `wc/v3`, as far as anybody asks.
pub fn product(place: &Place, base: &str) -> Value {
    json!({
        "id": place.id.parse::<u64>().unwrap_or_default(), "name": place.name,
        "permalink": format!("{base}/product/{}/", place.id), "status": "publish",
    })
}
