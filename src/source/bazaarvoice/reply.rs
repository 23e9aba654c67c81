//! Our answers. Below a review stand as many as anybody writes, so we look whether ours is there before we write it; its list
//! is true at once, while what customers are shown follows later. An answer to a question goes to moderators, who tell nobody
//! what they refuse: until customers see it, only that it was submitted is known.

use chrono::DateTime;
use chrono::TimeDelta;
use serde_json::Value;

use crate::domain::At;
use crate::domain::item::SourceReply;
use crate::domain::item::Standing;
use crate::port::PortError;
use crate::port::source::Published;
use crate::port::source::ReplyAction;
use crate::port::source::ReplyCall;
use crate::source::bazaarvoice::Bazaarvoice;
use crate::source::bazaarvoice::settings::Answerer;
use crate::source::bazaarvoice::wire;
use crate::source::bazaarvoice::wire::Content;
use crate::source::bazaarvoice::wire::Response;

/// Before the second in which an answer was submitted, in place of the id that it does not have yet.
const SUBMITTED: &str = "submitted-";

pub async fn publish(of: &Bazaarvoice, call: &ReplyCall) -> Result<Published, PortError> {
    match Content::of_scope(&call.scope) {
        Content::Review => respond(of, call).await.map(published),
        Content::Question => answer(of, call).await,
    }
}

/// `Gone` when customers cannot see the item any more.
pub async fn look(of: &Bazaarvoice, call: &ReplyCall) -> Result<Option<SourceReply>, PortError> {
    let content = Content::of_scope(&call.scope);
    let listing = of.api.one(content, &call.native_id, call.at).await?;
    let shown = listing.results.into_iter().flatten().next().unwrap_or_default();
    match content {
        Content::Review if of.api.settings.reply.is_none() || wire::is_syndicated(&shown) => {
            Ok(wire::shown_response(&shown, &of.api.settings.client))
        }
        Content::Review => {
            let standing = of.api.responses(&call.native_id, call.at).await?;
            Ok(the_one(standing, call).map(|response| response.reply))
        }
        Content::Question => {
            let below = of.api.answers(&call.native_id, call.at).await?;
            Ok(looked(of, call, &below))
        }
    }
}

async fn respond(of: &Bazaarvoice, call: &ReplyCall) -> Result<Option<Response>, PortError> {
    let (api, review) = (&of.api, call.native_id.as_str());
    let standing = api.responses(review, call.at).await?;
    let written = match &call.what {
        ReplyAction::Create { body } => {
            if let Some(there) = standing.into_iter().find(says(body)) {
                return Ok(Some(there));
            }
            api.respond(review, body, call.at).await?
        }
        ReplyAction::Edit { body } => {
            let known = ours(standing, call)?;
            if same(&known.reply.body, body) {
                return Ok(Some(known));
            }
            api.rewrite(&known.id, body, call.at).await?
        }
        ReplyAction::Delete => {
            let Ok(known) = ours(standing, call) else {
                return Ok(None);
            };
            api.withdraw(&known.id, call.at).await?;
            return Ok(None);
        }
    };
    if written.is_some() {
        return Ok(written);
    }
    // It came between our look and our writing.
    let standing = api.responses(review, call.at).await?;
    let there = standing
        .into_iter()
        .find(|response| call.body().is_some_and(|body| same(&response.reply.body, body)));
    there.map(Some).ok_or_else(|| {
        PortError::never("Bazaarvoice says that exactly this was written before, and does not show it")
    })
}

async fn answer(of: &Bazaarvoice, call: &ReplyCall) -> Result<Published, PortError> {
    let ReplyAction::Create { body } = &call.what else {
        return Err(PortError::never(
            "Bazaarvoice changes and removes answers in its Portal only",
        ));
    };
    let answerer = answerer(of)?;
    let (api, question) = (&of.api, call.native_id.as_str());
    api.one(Content::Question, question, call.at).await?;
    let below = api.answers(question, call.at).await?;
    let mine = below.iter().filter(|answer| wire::is_mine(answer, answerer));
    if let Some(there) = mine
        .filter_map(wire::answer)
        .find(|reply| same(&reply.body, body))
    {
        return Ok(Published {
            native_id: there.native_id,
            url: None,
            standing: there.standing,
        });
    }
    let locale = call.raw["ContentLocale"].as_str();
    // Submitted before, it waits just as well: nothing is submitted twice.
    let _is_new = api.submit(answerer, question, locale, body, call.at).await?;
    Ok(Published {
        native_id: Some(format!("{SUBMITTED}{}", call.at.timestamp())),
        url: None,
        standing: Standing::Pending,
    })
}

/// Our words where customers see them; else what became of what was submitted; else the newest answer of ours.
fn looked(of: &Bazaarvoice, call: &ReplyCall, below: &[Value]) -> Option<SourceReply> {
    let answerer = of.api.settings.answer.as_ref();
    let is_ours =
        |answer: &&Value| wire::is_brands(answer) || answerer.is_some_and(|a| wire::is_mine(answer, a));
    let mut ours: Vec<SourceReply> = below.iter().filter(is_ours).filter_map(wire::answer).collect();
    let at = call
        .body()
        .and_then(|body| ours.iter().position(|reply| same(&reply.body, body)));
    if let Some(at) = at {
        return Some(ours.swap_remove(at));
    }
    let waiting = answerer.and_then(|answerer| waiting(answerer, call));
    waiting.or_else(|| ours.into_iter().next())
}

/// What was submitted and is not shown: it waits, until nobody publishes it any more as far as anybody knows.
fn waiting(answerer: &Answerer, call: &ReplyCall) -> Option<SourceReply> {
    let since = submitted(call)?;
    let days = answerer.moderation_days;
    let standing = match call.at - since < TimeDelta::days(days) {
        true => Standing::Pending,
        // Nobody says why, and what we would say ourselves is no quote.
        false => Standing::Rejected(String::new()),
    };
    Some(SourceReply {
        native_id: call.reply_native_id.clone(),
        body: call.body()?.to_owned(),
        at: Some(since),
        standing,
        by: Some(answerer.nickname.clone()),
    })
}

fn submitted(call: &ReplyCall) -> Option<At> {
    let known = call.reply_native_id.as_ref()?.strip_prefix(SUBMITTED)?;
    DateTime::from_timestamp(known.parse().ok()?, 0)
}

fn answerer(of: &Bazaarvoice) -> Result<&Answerer, PortError> {
    let answerer = of.api.settings.answer.as_ref();
    answerer.ok_or_else(|| PortError::never("nobody is configured who answers questions"))
}

/// The one that the call knows; else the one that says this; else the newest.
fn the_one(mut standing: Vec<Response>, call: &ReplyCall) -> Option<Response> {
    let known = |response: &Response| call.reply_native_id.as_deref() == Some(&response.id);
    let said = |response: &Response| call.body().is_some_and(|body| same(&response.reply.body, body));
    let at = standing
        .iter()
        .position(known)
        .or_else(|| standing.iter().position(said));
    let at = at.or_else(|| {
        let dated = standing.iter().enumerate();
        dated
            .max_by_key(|(_, response)| response.reply.at)
            .map(|(at, _)| at)
    });
    at.map(|at| standing.swap_remove(at))
}

/// What is changed or removed.
fn ours(standing: Vec<Response>, call: &ReplyCall) -> Result<Response, PortError> {
    let is_known = |response: &Response| match &call.reply_native_id {
        Some(known) => *known == response.id,
        None => true,
    };
    let all: Vec<Response> = standing.into_iter().filter(is_known).collect();
    the_one(all, call).ok_or_else(|| PortError::never("our answer does not stand there any more"))
}

fn says(body: &str) -> impl Fn(&Response) -> bool {
    move |response| same(&response.reply.body, body)
}

/// Platforms fold white space and trim.
fn same(one: &str, other: &str) -> bool {
    one.split_whitespace().eq(other.split_whitespace())
}

fn published(response: Option<Response>) -> Published {
    Published {
        native_id: response.map(|response| response.id),
        url: None,
        standing: Standing::Visible,
    }
}
