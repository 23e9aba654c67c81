//! Our answer to a review. A review has at most one, and sending it again replaces it; whether a lost one arrived is read
//! back from the review.

use crate::domain::item::SourceReply;
use crate::domain::item::Standing;
use crate::port::PortError;
use crate::port::source::Published;
use crate::port::source::ReplyAction;
use crate::port::source::ReplyCall;
use crate::source::trustpilot::Trustpilot;
use crate::source::trustpilot::wire;

pub async fn publish(trustpilot: &Trustpilot, call: &ReplyCall) -> Result<Published, PortError> {
    let api = &trustpilot.api;
    match &call.what {
        ReplyAction::Create { body } | ReplyAction::Edit { body } => {
            let user = &trustpilot.settings.business_user;
            api.reply(&call.native_id, user, body, call.at).await?;
        }
        ReplyAction::Delete => api.delete_reply(&call.native_id, call.at).await?,
    }
    Ok(Published {
        native_id: None,
        url: None,
        standing: Standing::Visible,
    })
}

pub async fn look(trustpilot: &Trustpilot, call: &ReplyCall) -> Result<Option<SourceReply>, PortError> {
    let review = trustpilot.api.review(&call.native_id, call.at).await?;
    Ok(wire::reply(&review))
}
