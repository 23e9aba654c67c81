//! Our answer to a review. A review has at most one, and writing it again replaces it, so a second try does no harm; customers
//! see it a while later.

use serde_json::Value;

use crate::domain::item::SourceReply;
use crate::domain::item::Standing;
use crate::port::PortError;
use crate::port::source::Published;
use crate::port::source::ReplyAction;
use crate::port::source::ReplyCall;
use crate::source::appstore::REPLY_LIMIT;
use crate::source::appstore::api::Api;
use crate::source::appstore::wire;

pub async fn publish(api: &Api, call: &ReplyCall) -> Result<Published, PortError> {
    let (native_id, standing) = match &call.what {
        ReplyAction::Create { body } | ReplyAction::Edit { body } => {
            if let Some(over) = REPLY_LIMIT.excess(body) {
                let max = REPLY_LIMIT.max;
                return Err(PortError::never(format!(
                    "the reply is {over} characters over Apple's limit of {max}"
                )));
            }
            let response = api.respond(&call.native_id, body, call.at).await?.data;
            let response = response.unwrap_or_default();
            (wire::id(&response), wire::standing(&response))
        }
        ReplyAction::Delete => {
            // A reply that was replaced may have another id by now.
            let stands = response(api, call).await?;
            if let Some(id) = stands.as_ref().and_then(wire::id) {
                taken_back(api.delete_response(&id, call.at).await)?;
            }
            (None, Standing::Visible)
        }
    };
    Ok(Published {
        native_id,
        url: None,
        standing,
    })
}

/// `Gone` when the review is; there is nothing that tells a lost reply from one that never came.
pub async fn look(api: &Api, call: &ReplyCall) -> Result<Option<SourceReply>, PortError> {
    Ok(response(api, call).await?.as_ref().and_then(wire::reply))
}

async fn response(api: &Api, call: &ReplyCall) -> Result<Option<Value>, PortError> {
    let document = api.review(&call.native_id, call.at).await?;
    let Some(review) = document.data else {
        return Err(PortError::later("the answer about a review has no review in it"));
    };
    Ok(wire::response_of(&review, &document.included).cloned())
}

/// The review was there a moment ago, so what is gone now is the reply.
fn taken_back(done: Result<(), PortError>) -> Result<(), PortError> {
    match done {
        Err(PortError::Gone { .. }) => Ok(()),
        done => done,
    }
}
