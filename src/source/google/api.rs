//! The calls to the reviews API, and what Google's noes mean.

use reqwest::RequestBuilder;
use serde::Deserialize;
use serde_json::Value;
use serde_json::json;
use url::Url;

use crate::domain::At;
use crate::port::PortError;
use crate::source::access::AccessToken;
use crate::source::google::wire::Listing;
use crate::source::http;
use crate::source::http::Access;
use crate::source::http::Answer;
use crate::source::http::Http;

pub struct Api {
    pub http: Http,
    pub base: Url,
    pub account: String,
    pub token: AccessToken,
}

/// Google's error body, as far as it changes what is to be done.
#[derive(Default, Deserialize)]
struct Fault {
    #[serde(default)]
    error: FaultBody,
}

#[derive(Default, Deserialize)]
struct FaultBody {
    #[serde(default)]
    status: String,
}

impl Api {
    /// One page of a location's reviews, newest change first.
    pub async fn list(
        &self,
        location: &str,
        size: u32,
        page: Option<&str>,
        now: At,
    ) -> Result<Listing, PortError> {
        let mut url = self.reviews(location, &[])?;
        {
            let mut query = url.query_pairs_mut();
            query
                .append_pair("pageSize", &size.to_string())
                .append_pair("orderBy", "updateTime desc");
            if let Some(page) = page {
                query.append_pair("pageToken", page);
            }
        }
        self.call(Access::Read, now, || self.http.get(url.clone()))
            .await?
            .json()
    }

    /// One review as Google has it now; `Gone` when it has not.
    pub async fn review(&self, location: &str, id: &str, now: At) -> Result<Value, PortError> {
        let url = self.reviews(location, &[id])?;
        self.call(Access::Read, now, || self.http.get(url.clone()))
            .await?
            .json()
    }

    /// Creates or changes the one reply of a review.
    pub async fn put_reply(
        &self,
        location: &str,
        id: &str,
        comment: &str,
        now: At,
    ) -> Result<Value, PortError> {
        let url = self.reviews(location, &[id, "reply"])?;
        let body = json!({ "comment": comment });
        self.call(Access::Write, now, || self.http.put(url.clone()).json(&body))
            .await?
            .json()
    }

    pub async fn delete_reply(&self, location: &str, id: &str, now: At) -> Result<(), PortError> {
        let url = self.reviews(location, &[id, "reply"])?;
        self.call(Access::Write, now, || self.http.delete(url.clone()))
            .await
            .map(drop)
    }

    /// Where a location's reviews are, or something below one of them.
    pub fn reviews(&self, location: &str, rest: &[&str]) -> Result<Url, PortError> {
        let path = ["v4", "accounts", &self.account, "locations", location, "reviews"];
        http::under(&self.base, &[path.as_slice(), rest].concat())
    }

    async fn call(
        &self,
        deed: Access,
        now: At,
        request: impl Fn() -> RequestBuilder + Send + Sync,
    ) -> Result<Answer, PortError> {
        let answer = self.token.call(deed, now, request).await?;
        if answer.is_success() {
            return Ok(answer);
        }
        let fault: Fault = serde_json::from_slice(&answer.body).unwrap_or_default();
        match (answer.status, fault.error.status.as_str()) {
            // A quota may come as 403; it is about the time, not about rights.
            (403, "RESOURCE_EXHAUSTED") => Err(PortError::later(answer.why())),
            _ => Err(answer.error()),
        }
    }
}
