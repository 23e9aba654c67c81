//! Our answer to a review. A review has at most one, writing it again replaces it, and nobody can take it back. What is older
//! than the window cannot be seen, so nothing is concluded from not seeing it.

use crate::domain::item::SourceReply;
use crate::domain::item::Standing;
use crate::port::PortError;
use crate::port::source::Published;
use crate::port::source::ReplyCall;
use crate::source::play::REPLY_LIMIT;
use crate::source::play::SEEN;
use crate::source::play::api::Api;
use crate::source::play::wire;

pub async fn publish(api: &Api, call: &ReplyCall) -> Result<Published, PortError> {
    let Some(body) = call.body() else {
        return Err(PortError::never(
            "Google Play takes no answer back; it can only be changed",
        ));
    };
    if let Some(over) = REPLY_LIMIT.excess(body) {
        let max = REPLY_LIMIT.max;
        return Err(PortError::never(format!(
            "the reply is {over} characters over Google's limit of {max}"
        )));
    }
    if let Some(tag) = tag(body) {
        return Err(PortError::never(format!(
            "Google Play would take {tag} out of the reply, and what is published would not be what was seen: write it \
             without the angle brackets"
        )));
    }
    let done = api.reply(&call.native_id, body, call.at).await;
    done.map_err(|error| within(call, error))?;
    Ok(Published {
        native_id: None,
        url: None,
        standing: Standing::Visible,
    })
}

pub async fn look(api: &Api, call: &ReplyCall) -> Result<Option<SourceReply>, PortError> {
    let review = api.review(&call.native_id, call.at).await;
    let review = review.map_err(|error| within(call, error))?;
    Ok(wire::reply(&review))
}

/// A review that is not found is gone only while Google would have to show it.
fn within(call: &ReplyCall, error: PortError) -> PortError {
    let is_seen = wire::modified(&call.raw).is_some_and(|at| call.at - at <= SEEN);
    match error {
        PortError::Gone { why } if !is_seen => PortError::never(format!(
            "Google Play shows reviews here for 7 days only, so this one has to be dealt with in the Play Console ({})",
            why.text()
        )),
        error => error,
    }
}

/// The first thing in a text that reads as an HTML tag.
fn tag(text: &str) -> Option<&str> {
    text.match_indices('<').find_map(|(begin, _)| {
        let rest = &text[begin..];
        let named = rest[1..].trim_start_matches('/');
        let end = rest.find('>')?;
        named
            .starts_with(|c: char| c.is_ascii_alphabetic() || c == '!')
            .then(|| &rest[..=end])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_angle_bracket_is_no_tag() {
        assert_eq!(tag("Danke <b>sehr</b>"), Some("<b>"));
        assert_eq!(tag("1 < 2 und 3 > 2, <3 </p>"), Some("</p>"));
        for text in ["1 < 2 und 3 > 2", "Wir <3 euch", "<", "<b", "a <- b", "-> x"] {
            assert_eq!(tag(text), None, "{text}");
        }
    }
}
