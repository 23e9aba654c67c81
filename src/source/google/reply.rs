//! Our answer to a review. A review has at most one, and writing it again replaces it, so a second try does no harm;
//! it is looked at by Google before customers see it.

use crate::domain::item::SourceReply;
use crate::domain::item::Standing;
use crate::port::PortError;
use crate::port::source::Published;
use crate::port::source::ReplyAction;
use crate::port::source::ReplyCall;
use crate::source::google::REPLY_LIMIT;
use crate::source::google::api::Api;
use crate::source::google::wire;

pub async fn publish(api: &Api, call: &ReplyCall) -> Result<Published, PortError> {
    let standing = match &call.what {
        ReplyAction::Create { body } | ReplyAction::Edit { body } => {
            if let Some(over) = REPLY_LIMIT.excess(body) {
                let max = REPLY_LIMIT.max;
                return Err(PortError::never(format!(
                    "the reply is {over} bytes over Google's limit of {max}"
                )));
            }
            wire::standing(&api.put_reply(&call.scope, &call.native_id, body, call.at).await?)
        }
        ReplyAction::Delete => {
            api.delete_reply(&call.scope, &call.native_id, call.at).await?;
            Standing::Visible
        }
    };
    Ok(Published {
        native_id: None,
        url: None,
        standing,
    })
}

/// `Gone` when the review is; there is nothing that tells a lost reply from one that never came.
pub async fn look(api: &Api, call: &ReplyCall) -> Result<Option<SourceReply>, PortError> {
    let review = api.review(&call.scope, &call.native_id, call.at).await?;
    Ok(wire::reply(&review["reviewReply"]))
}
