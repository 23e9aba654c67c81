//! What a customer wrote, in the same nouns whichever platform it came from (normalised as far as the platforms
//! agree, raw kept for the rest).

pub mod caps;
pub mod event;
pub mod fingerprint;
pub mod handling;
pub mod manner;
pub mod policy;
pub mod reply;
pub mod silence;
pub mod sla;
pub mod stats;

use serde::Deserialize;
use serde::Serialize;

use crate::domain::At;
use crate::domain::id::ItemId;
use crate::domain::id::ReplyId;
use crate::domain::item::caps::ReplyCaps;
use crate::domain::item::handling::Escalation;
use crate::domain::item::handling::Handling;
use crate::domain::item::sla::Deadline;
use crate::domain::item::sla::Origin;

/// What sort of thing the customer wrote. A question is a kind, not a platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    Review,
    Question,
    Comment,
    Mention,
    Message,
}

impl ItemKind {
    pub const ALL: [Self; 5] = [
        Self::Review,
        Self::Question,
        Self::Comment,
        Self::Mention,
        Self::Message,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Review => "review",
            Self::Question => "question",
            Self::Comment => "comment",
            Self::Mention => "mention",
            Self::Message => "message",
        }
    }

    pub fn parse(s: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.as_str() == s)
    }
}

/// How the item reads to the team: what it asks for, not which platform field it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    Praise,
    Suggestion,
    Complaint,
    Question,
    Neutral,
}

impl Tone {
    pub const ALL: [Self; 5] = [
        Self::Praise,
        Self::Suggestion,
        Self::Complaint,
        Self::Question,
        Self::Neutral,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Praise => "praise",
            Self::Suggestion => "suggestion",
            Self::Complaint => "complaint",
            Self::Question => "question",
            Self::Neutral => "neutral",
        }
    }

    pub fn parse(s: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.as_str() == s)
    }

    /// A question stays a question whatever its stars; unrated words are neutral, never negative.
    pub fn of(kind: ItemKind, rating: Option<Rating>) -> Self {
        match (kind, rating.map(Rating::stars)) {
            (ItemKind::Question, _) => Self::Question,
            (_, Some(4..)) => Self::Praise,
            (_, Some(3)) => Self::Suggestion,
            (_, Some(_)) => Self::Complaint,
            (_, None) => Self::Neutral,
        }
    }
}

/// A rating on the platform's own scale.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rating {
    pub value: f64,
    pub min: f64,
    pub max: f64,
}

impl Rating {
    /// Only finite values inside a real scale are ratings; anything else is "no rating", which is not the worst one.
    pub fn new(value: f64, min: f64, max: f64) -> Option<Self> {
        let sound = value.is_finite() && min.is_finite() && max.is_finite() && min < max;
        (sound && value >= min && value <= max).then_some(Self { value, min, max })
    }

    pub fn of_five(value: f64) -> Option<Self> {
        Self::new(value, 1.0, 5.0)
    }

    /// 1 to 5, whatever the platform's scale.
    pub fn stars(self) -> u8 {
        let share = (self.value - self.min) / (self.max - self.min);
        // The value lies inside the scale (see `new`), so 1 + 4 * share lies between 1 and 5.
        (1.0 + 4.0 * share).round().clamp(1.0, 5.0) as u8
    }

    /// 2 to 10, for where people see them: 4.5 of 5 is neither four stars nor five.
    pub fn half_stars(self) -> u8 {
        let share = (self.value - self.min) / (self.max - self.min);
        (2.0 + 8.0 * share).round().clamp(2.0, 10.0) as u8
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    pub native_id: Option<String>,
    pub name: Option<String>,
    #[serde(default)]
    pub anonymous: bool,
}

/// What the customer wrote about: a product, a store, an app, a video, an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    pub kind: String,
    pub id: String,
    pub name: Option<String>,
    pub url: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Votes {
    pub up: Option<i32>,
    pub down: Option<i32>,
}

/// What a source tells of the case besides. None of it is needed, each of it helps to answer: the order is looked up with
/// it, and of an app one has to know which version on which device.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// As the source writes it: `DEU` in the App Store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

impl Details {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What this telling leaves out is not taken back.
    pub fn or(self, known: Self) -> Self {
        Self {
            order: self.order.or(known.order),
            version: self.version.or(known.version),
            device: self.device.or(known.device),
            country: self.country.or(known.country),
        }
    }
}

/// A business reply that stands at the source, as the source tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceReply {
    pub native_id: Option<String>,
    pub body: String,
    pub at: Option<At>,
    pub standing: Standing,
    /// Who gave it, if the source says so.
    #[serde(default)]
    pub by: Option<String>,
}

/// Whether customers can see a reply yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Visible,
    Pending,
    Rejected(String),
}

/// One item as a source tells it, before we know whether it is new, changed or known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Incoming {
    /// Where `native_id` is unique: a location, an app, a shop.
    pub scope: String,
    pub native_id: String,
    pub kind: ItemKind,
    pub rating: Option<Rating>,
    pub title: Option<String>,
    pub body: Option<String>,
    /// BCP 47, when the platform declares one; else it is detected.
    pub language: Option<String>,
    pub author: Author,
    pub subject: Option<Subject>,
    pub verified: Option<String>,
    #[serde(default, skip_serializing_if = "Details::is_empty")]
    pub details: Details,
    pub votes: Votes,
    pub permalink: Option<String>,
    pub published_at: Option<At>,
    pub edited_at: Option<At>,
    /// The source says that it is gone.
    pub removed: bool,
    pub caps: ReplyCaps,
    pub reply: Option<SourceReply>,
    pub raw: serde_json::Value,
}

/// An item as we keep it.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    pub id: ItemId,
    /// The short number that people type.
    pub number: i64,
    pub source: String,
    pub scope: String,
    pub native_id: String,
    pub kind: ItemKind,
    pub tone: Tone,
    pub rating: Option<Rating>,
    pub title: Option<String>,
    pub body: Option<String>,
    pub language: Option<String>,
    pub author: Author,
    pub subject: Option<Subject>,
    pub verified: Option<String>,
    pub details: Details,
    pub votes: Votes,
    pub permalink: Option<String>,
    pub published_at: Option<At>,
    pub edited_at: Option<At>,
    pub first_seen_at: At,
    /// Counts the customer's own changes; a reply says which one it answers.
    pub revision: i32,
    pub fingerprint: Vec<u8>,
    pub caps: ReplyCaps,
    pub route: String,
    pub handling: Handling,
    pub escalation: Option<Escalation>,
    pub deadline: Option<Deadline>,
    /// When the deadline passed with nobody having answered.
    pub overdue_at: Option<At>,
    /// Since when it is urgent, because a step of its chain said so.
    pub raised_at: Option<At>,
    pub reply: Option<ReplyId>,
    /// That reply has left, or is about to, and does not stand yet: nobody else can answer meanwhile.
    pub is_answer_sent: bool,
    /// Bumped by every change that a card shows.
    pub version: i64,
}

impl Item {
    /// From what its clocks may run, besides its log.
    pub fn origin(&self) -> Origin {
        Origin {
            published: self.published_at,
            first_seen: self.first_seen_at,
        }
    }

    pub fn author_name(&self) -> Option<&str> {
        self.author.name.as_deref().filter(|n| !n.trim().is_empty())
    }

    pub fn subject_name(&self) -> Option<&str> {
        self.subject.as_ref().map(|s| s.name.as_deref().unwrap_or(&s.id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratings_of_any_scale_become_one_to_five_stars() {
        let stars = |value, min, max| Rating::new(value, min, max).map(Rating::stars);
        assert_eq!(stars(1.0, 1.0, 5.0), Some(1));
        assert_eq!(stars(10.0, 0.0, 10.0), Some(5));
        assert_eq!(stars(0.0, 0.0, 10.0), Some(1));
        assert_eq!(stars(6.0, 0.0, 10.0), Some(3));
        assert_eq!(stars(0.0, 1.0, 5.0), None, "WooCommerce's 0 is no rating");
        assert_eq!(stars(f64::NAN, 1.0, 5.0), None);
        assert_eq!(stars(3.0, 5.0, 5.0), None);
    }

    #[test]
    fn a_question_is_never_a_complaint() {
        assert_eq!(Tone::of(ItemKind::Question, Rating::of_five(1.0)), Tone::Question);
        assert_eq!(Tone::of(ItemKind::Review, Rating::of_five(2.0)), Tone::Complaint);
        assert_eq!(Tone::of(ItemKind::Review, Rating::of_five(3.0)), Tone::Suggestion);
        assert_eq!(Tone::of(ItemKind::Comment, None), Tone::Neutral);
    }
}
