//! Our answer to a review. A review has at most one, and saving it again replaces it; customers read it as soon as they can
//! read the review.

use crate::domain::item::SourceReply;
use crate::domain::item::Standing;
use crate::port::PortError;
use crate::port::source::Published;
use crate::port::source::ReplyAction;
use crate::port::source::ReplyCall;
use crate::source::etrusted::Etrusted;
use crate::source::etrusted::wire;
use crate::source::etrusted::wire::Stage;

pub async fn publish(etrusted: &Etrusted, call: &ReplyCall) -> Result<Published, PortError> {
    let api = &etrusted.api;
    let standing = match &call.what {
        ReplyAction::Create { body } | ReplyAction::Edit { body } => {
            let notify = etrusted.settings.notify_customers;
            api.reply(&call.native_id, body, notify, call.at).await?;
            Stage::of(&call.raw).of_reply()
        }
        ReplyAction::Delete => {
            api.delete_reply(&call.native_id, call.at).await?;
            Standing::Visible
        }
    };
    Ok(Published {
        native_id: None,
        url: None,
        standing,
    })
}

/// A review that moderators refused is gone for whoever would read our answer.
pub async fn look(etrusted: &Etrusted, call: &ReplyCall) -> Result<Option<SourceReply>, PortError> {
    let review = etrusted.api.review(&call.native_id, call.at).await?;
    match Stage::of(&review) {
        Stage::Refused => Err(PortError::Gone {
            why: "its moderators refused the review".into(),
        }),
        Stage::Shown | Stage::Held => Ok(wire::reply(&review)),
    }
}
