//! The calls to eTrusted's interface, with the token in them.

use reqwest::RequestBuilder;
use serde_json::Value;
use serde_json::json;
use url::Url;

use crate::domain::At;
use crate::port::PortError;
use crate::source::access::AccessToken;
use crate::source::etrusted::wire::Listing;
use crate::source::http;
use crate::source::http::Access;
use crate::source::http::Answer;
use crate::source::http::Http;

pub struct Api {
    pub http: Http,
    pub base: Url,
    pub token: AccessToken,
}

/// By what a list is sorted, the newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Submitted,
    Edited,
}

impl Order {
    fn word(self) -> &'static str {
        match self {
            Self::Submitted => "submittedAt",
            Self::Edited => "lastEditedAt",
        }
    }
}

impl Api {
    /// One page of a channel's reviews, behind the review `after`.
    pub async fn list(
        &self,
        channel: &str,
        order: Order,
        count: usize,
        after: Option<&str>,
        now: At,
    ) -> Result<Listing, PortError> {
        let mut url = http::under(&self.base, &["reviews"])?;
        {
            let mut query = url.query_pairs_mut();
            query
                .append_pair("channels", channel)
                .append_pair("orderBy", order.word())
                .append_pair("count", &count.to_string());
            if let Some(after) = after {
                query.append_pair("after", after);
            }
        }
        self.call(Access::Read, now, || self.http.get(url.clone()))
            .await?
            .json()
    }

    /// One review as it stands there now; `Gone` when it does not.
    pub async fn review(&self, id: &str, now: At) -> Result<Value, PortError> {
        let url = http::under(&self.base, &["reviews", id])?;
        self.call(Access::Read, now, || self.http.get(url.clone()))
            .await?
            .json()
    }

    /// Saves the one answer to a review.
    pub async fn reply(&self, id: &str, comment: &str, notify: bool, now: At) -> Result<(), PortError> {
        let url = http::under(&self.base, &["reviews", id, "reply"])?;
        let body = json!({ "comment": comment, "sendNotification": notify });
        self.call(Access::Write, now, || self.http.post(url.clone()).json(&body))
            .await
            .map(drop)
    }

    pub async fn delete_reply(&self, id: &str, now: At) -> Result<(), PortError> {
        let url = http::under(&self.base, &["reviews", id, "reply"])?;
        self.call(Access::Write, now, || self.http.delete(url.clone()))
            .await
            .map(drop)
    }

    async fn call(
        &self,
        deed: Access,
        now: At,
        request: impl Fn() -> RequestBuilder + Send + Sync,
    ) -> Result<Answer, PortError> {
        self.token.call(deed, now, request).await?.done()
    }
}
