//! Our answer below a review is a comment of WordPress. There may be many, and writing adds one: so it is looked first
//! whether the same words stand there already, and after a lost answer a person decides.

use crate::domain::item::SourceReply;
use crate::domain::item::Standing;
use crate::port::PortError;
use crate::port::source::Published;
use crate::port::source::ReplyAction;
use crate::port::source::ReplyCall;
use crate::source::woocommerce::REPLY_LIMIT;
use crate::source::woocommerce::api::Api;
use crate::source::woocommerce::wire;
use crate::source::woocommerce::wire::Comment;

pub async fn publish(api: &Api, call: &ReplyCall) -> Result<Published, PortError> {
    if let Some(over) = call
        .body()
        .and_then(|body| REPLY_LIMIT.excess(&wire::markup(body)))
    {
        return Err(PortError::never(format!(
            "the reply is {over} bytes over what WordPress keeps of a comment"
        )));
    }
    match &call.what {
        ReplyAction::Create { body } => create(api, call, body).await.map(published),
        ReplyAction::Edit { body } => {
            let comment = api.rewrite(&ours(call)?, body, call.at).await?;
            Ok(published(comment))
        }
        ReplyAction::Delete => {
            let id = ours(call)?;
            match api.delete(&id, call.at).await {
                // Somebody was faster; it is not there, as it was meant to be.
                Ok(()) | Err(PortError::Gone { .. }) => Ok(Published {
                    native_id: Some(id),
                    url: None,
                    standing: Standing::Visible,
                }),
                Err(error) => Err(error),
            }
        }
    }
}

async fn create(api: &Api, call: &ReplyCall, body: &str) -> Result<Comment, PortError> {
    // WordPress would take an answer to a review that is gone, and nobody would read it.
    let review = api.review(&call.native_id, call.at).await?;
    let (Some(id), Some(product)) = (wire::id(&review), wire::product_id(&review)) else {
        return Err(PortError::never("the shop does not say what the review is about"));
    };
    let same = says(body);
    let standing = answers(api, id, wire::reviewer(&review), call).await?;
    if let Some(there) = standing.into_iter().find(&same) {
        return Ok(there);
    }
    if let Some(comment) = api.write(product, id, body, call.at).await? {
        return Ok(comment);
    }
    // It came between our look and our writing.
    let standing = answers(api, id, wire::reviewer(&review), call).await?;
    standing.into_iter().find(same).ok_or_else(|| {
        PortError::never("the shop says that exactly this comment was written before, and does not show it")
    })
}

/// `Gone` when the review is.
pub async fn look(api: &Api, call: &ReplyCall) -> Result<Option<SourceReply>, PortError> {
    let review = api.review(&call.native_id, call.at).await?;
    if api.settings.reply.is_none() {
        return Err(PortError::never("without [source.reply] answers cannot be read"));
    }
    if let Some(known) = &call.reply_native_id
        && let Some(comment) = api.comment(known, call.at).await?
        && !comment.is_trashed
    {
        return Ok(Some(comment.reply));
    }
    let Some(id) = wire::id(&review) else {
        return Ok(None);
    };
    let mut standing = answers(api, id, wire::reviewer(&review), call).await?;
    let ours = call.body().and_then(|body| standing.iter().position(says(body)));
    let at = ours.unwrap_or(0);
    Ok((at < standing.len()).then(|| standing.swap_remove(at).reply))
}

fn says(body: &str) -> impl Fn(&Comment) -> bool {
    let kept = wire::as_kept(body);
    move |comment| Some(&comment.reply.body) == kept.as_ref()
}

async fn answers(
    api: &Api,
    review: u64,
    reviewer: Option<u64>,
    call: &ReplyCall,
) -> Result<Vec<Comment>, PortError> {
    let all = api.comments(&[review], call.at).await?;
    Ok(all
        .into_iter()
        .filter(|comment| comment.parent == review && is_answer(comment, reviewer))
        .collect())
}

/// The shop's own people are signed in; whoever wrote the review answers nobody there.
pub fn is_answer(comment: &Comment, reviewer: Option<u64>) -> bool {
    comment.author != 0 && Some(comment.author) != reviewer
}

fn ours(call: &ReplyCall) -> Result<String, PortError> {
    let known = call.reply_native_id.clone();
    known.ok_or_else(|| PortError::never("the shop never said which comment the answer is"))
}

fn published(comment: Comment) -> Published {
    Published {
        native_id: comment.reply.native_id,
        url: comment.url,
        standing: comment.reply.standing,
    }
}
