//! Bazaarvoice's words in ours. Every field may be missing and every enum may grow: what is not understood costs that field,
//! and only what has no id costs the item.

use chrono::DateTime;
use serde::Deserialize;
use serde_json::Value;

use crate::domain::At;
use crate::domain::item::Author;
use crate::domain::item::Details;
use crate::domain::item::Incoming;
use crate::domain::item::ItemKind;
use crate::domain::item::Rating;
use crate::domain::item::SourceReply;
use crate::domain::item::Standing;
use crate::domain::item::Subject;
use crate::domain::item::Votes;
use crate::domain::say::language;
use crate::source::bazaarvoice::settings::Answerer;
use crate::source::bazaarvoice::settings::BazaarvoiceSettings;
use crate::source::json;
use crate::source::json::instant;
use crate::source::json::text;
use crate::source::push::item::link;

/// How old they are, where they live: nobody here needs it.
const PERSONAL: &[&str] = &[
    "UserLocation",
    "ContextDataValues",
    "ContextDataValuesOrder",
    "AdditionalFields",
    "InappropriateFeedbackList",
];
const QUESTIONS: &str = "/questions";

/// What is listed apart. Ids are unique only within it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    Review,
    Question,
}

impl Content {
    pub fn of(kind: ItemKind) -> Self {
        match kind {
            ItemKind::Question => Self::Question,
            ItemKind::Review | ItemKind::Comment | ItemKind::Mention | ItemKind::Message => Self::Review,
        }
    }

    pub fn of_scope(scope: &str) -> Self {
        match scope.ends_with(QUESTIONS) {
            true => Self::Question,
            false => Self::Review,
        }
    }

    /// No client's name has a slash.
    pub fn scope(self, client: &str) -> String {
        match self {
            Self::Review => client.to_owned(),
            Self::Question => format!("{client}{QUESTIONS}"),
        }
    }

    pub fn list(self) -> &'static str {
        match self {
            Self::Review => "reviews.json",
            Self::Question => "questions.json",
        }
    }
}

/// An answer of the Conversations API.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Listing {
    pub results: Option<Vec<Value>>,
    pub total_results: Option<usize>,
    pub offset: Option<usize>,
    /// What the results speak of, by kind and id.
    pub includes: Value,
}

/// An answer to a review, as the Response API has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    pub id: String,
    pub reply: SourceReply,
}

pub fn item(
    content: Content,
    value: Value,
    includes: &Value,
    settings: &BazaarvoiceSettings,
) -> Result<Incoming, String> {
    let native_id = id(&value).ok_or_else(|| "an item without an id".to_owned())?;
    let subject = subject(&value, includes);
    let page = subject.as_ref().and_then(|subject| subject.url.clone());
    let (title, body) = words(content, &value);
    let reply = match content {
        Content::Review => shown_response(&value, &settings.client),
        Content::Question => shown_answer(&native_id, includes, settings.answer.as_ref()),
    };
    Ok(Incoming {
        scope: content.scope(&settings.client),
        native_id,
        kind: match content {
            Content::Review => ItemKind::Review,
            Content::Question => ItemKind::Question,
        },
        rating: rating(&value),
        title,
        body,
        language: value["ContentLocale"]
            .as_str()
            .and_then(|locale| language::declared(&locale.replace('_', "-"))),
        author: Author {
            native_id: text(&value["AuthorId"]),
            name: text(&value["UserNickname"]),
            anonymous: false,
        },
        subject,
        verified: is_buyer(&value).then(|| "buyer".to_owned()),
        details: Details::default(),
        votes: Votes {
            up: count(&value["TotalPositiveFeedbackCount"]),
            down: count(&value["TotalNegativeFeedbackCount"]),
        },
        permalink: link_to_source(&value).or(page),
        published_at: instant(&value["SubmissionTime"]),
        // What changed an item may have been a moderator or a vote, so that no edit follows from it.
        edited_at: None,
        removed: value["ModerationStatus"] == "REJECTED",
        caps: settings.caps(content, is_syndicated(&value)),
        reply,
        raw: json::storable(json::without(value, PERSONAL)),
    })
}

/// A number, written as a string; it becomes a part of addresses and filters.
pub fn id(value: &Value) -> Option<String> {
    let id = match &value["Id"] {
        Value::String(id) => id.clone(),
        Value::Number(id) => id.to_string(),
        _ => return None,
    };
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    ((1..=200).contains(&id.len()) && id.chars().all(is_plain)).then_some(id)
}

/// By what the lists are sorted.
pub fn changed(value: &Value) -> Option<At> {
    instant(&value["LastModificationTime"]).or_else(|| instant(&value["SubmissionTime"]))
}

/// Another client collected it, and only that one answers it.
pub fn is_syndicated(value: &Value) -> bool {
    value["IsSyndicated"] == true || value["SyndicationSource"].is_object()
}

fn link_to_source(value: &Value) -> Option<String> {
    value["SyndicationSource"]["ContentLink"].as_str().and_then(link)
}

fn words(content: Content, value: &Value) -> (Option<String>, Option<String>) {
    match content {
        Content::Review => (text(&value["Title"]), text(&value["ReviewText"])),
        Content::Question => match (text(&value["QuestionSummary"]), text(&value["QuestionDetails"])) {
            (summary, Some(details)) => (summary, Some(details)),
            (summary, None) => (None, summary),
        },
    }
}

fn rating(value: &Value) -> Option<Rating> {
    let range = value["RatingRange"].as_f64().unwrap_or(5.0);
    Rating::new(value["Rating"].as_f64()?, 1.0, range)
}

fn is_buyer(value: &Value) -> bool {
    let badges = value["BadgesOrder"].as_array().into_iter().flatten();
    let mut named = badges.filter_map(Value::as_str);
    named.any(|badge| badge.eq_ignore_ascii_case("verifiedPurchaser"))
}

fn count(value: &Value) -> Option<i32> {
    i32::try_from(value.as_i64()?).ok().filter(|n| *n >= 0)
}

fn subject(value: &Value, includes: &Value) -> Option<Subject> {
    let id = text(&value["ProductId"])?;
    let product = &includes["Products"][id.as_str()];
    Some(Subject {
        kind: "product".to_owned(),
        name: text(&product["Name"]),
        url: product["ProductPageUrl"].as_str().and_then(link),
        id,
    })
}

/// The newest answer of this client that customers see below a review.
pub fn shown_response(review: &Value, client: &str) -> Option<SourceReply> {
    let all = review["ClientResponses"].as_array().into_iter().flatten();
    let is_ours = |of: &&Value| match of["SourceClientName"].as_str() {
        Some(name) => name.eq_ignore_ascii_case(client),
        None => true,
    };
    let read = |of: &Value| {
        Some(SourceReply {
            native_id: None,
            body: text(&of["Response"])?,
            at: instant(&of["Date"]),
            standing: Standing::Visible,
            by: text(&of["Name"]).or_else(|| text(&of["Department"])),
        })
    };
    let ours = all.filter(is_ours).filter_map(read);
    ours.max_by_key(|reply| reply.at)
}

/// The newest answer of ours that came with a list of questions.
fn shown_answer(question: &str, includes: &Value, answerer: Option<&Answerer>) -> Option<SourceReply> {
    let all = includes["Answers"].as_object().into_iter().flatten();
    let below = all
        .map(|(_, answer)| answer)
        .filter(|answer| answer["QuestionId"].as_str() == Some(question))
        .filter(|answer| is_brands(answer) || answerer.is_some_and(|a| is_mine(answer, a)));
    below.filter_map(answer).max_by_key(|reply| reply.at)
}

pub fn is_mine(answer: &Value, answerer: &Answerer) -> bool {
    answer["AuthorId"].as_str() == Some(&answerer.user)
}

/// Whoever wrote it, it stands there for the brand.
pub fn is_brands(answer: &Value) -> bool {
    answer["IsBrandAnswer"] == true
}

/// Only what moderators let pass is shown, so one that is shown and refused was taken back.
pub fn answer(value: &Value) -> Option<SourceReply> {
    Some(SourceReply {
        native_id: id(value),
        body: text(&value["AnswerText"])?,
        at: instant(&value["SubmissionTime"]),
        standing: match value["ModerationStatus"].as_str() {
            Some("REJECTED") => Standing::Rejected(String::new()),
            _ => Standing::Visible,
        },
        by: text(&value["UserNickname"]),
    })
}

/// A list below `data`, or one alone: both are documented for the same answer.
pub fn responses(told: &Value) -> Vec<Response> {
    match &told["data"] {
        Value::Array(all) => all.iter().filter_map(response).collect(),
        Value::Object(_) => response(&told["data"]).into_iter().collect(),
        _ => response(told).into_iter().collect(),
    }
}

fn response(value: &Value) -> Option<Response> {
    let id = value["id"].as_str().filter(|id| !id.is_empty())?.to_owned();
    let said = &value["attributes"];
    Some(Response {
        reply: SourceReply {
            native_id: Some(id.clone()),
            body: text(&said["response"])?,
            at: moment(&said["created"]),
            standing: Standing::Visible,
            by: text(&said["responseBy"]).or_else(|| text(&said["department"])),
        },
        id,
    })
}

/// Described as a number and shown as a text.
fn moment(value: &Value) -> Option<At> {
    instant(value).or_else(|| DateTime::from_timestamp_millis(value.as_i64()?))
}
