//! The calls to Trustpilot's private interface, with key and token in them.

use reqwest::RequestBuilder;
use secrecy::ExposeSecret as _;
use secrecy::SecretString;
use serde_json::Value;
use serde_json::json;
use url::Url;

use crate::domain::At;
use crate::port::PortError;
use crate::source::access::AccessToken;
use crate::source::http;
use crate::source::http::Access;
use crate::source::http::Answer;
use crate::source::http::Http;
use crate::source::trustpilot::wire::Listing;

pub struct Api {
    pub http: Http,
    pub base: Url,
    pub key: SecretString,
    pub token: AccessToken,
}

impl Api {
    /// One page of a business unit's reviews, the newest first; from 1. Behind the last one it is empty.
    pub async fn list(&self, unit: &str, page: u32, size: usize, now: At) -> Result<Listing, PortError> {
        let path = ["v1", "private", "business-units", unit, "reviews"];
        let mut url = http::under(&self.base, &path)?;
        url.query_pairs_mut()
            .append_pair("orderBy", "createdat.desc")
            .append_pair("perPage", &size.to_string())
            .append_pair("page", &page.to_string());
        self.call(Access::Read, now, || self.http.get(url.clone()))
            .await?
            .json()
    }

    /// One review as it stands there now; `Gone` when it does not.
    pub async fn review(&self, id: &str, now: At) -> Result<Value, PortError> {
        let url = self.of(id, &[])?;
        self.call(Access::Read, now, || self.http.get(url.clone()))
            .await?
            .json()
    }

    /// Creates or replaces the one answer to a review.
    pub async fn reply(&self, id: &str, user: &str, message: &str, now: At) -> Result<(), PortError> {
        let url = self.of(id, &["reply"])?;
        let body = json!({ "authorBusinessUserId": user, "message": message });
        self.call(Access::Write, now, || self.http.post(url.clone()).json(&body))
            .await
            .map(drop)
    }

    pub async fn delete_reply(&self, id: &str, now: At) -> Result<(), PortError> {
        let url = self.of(id, &["reply"])?;
        self.call(Access::Write, now, || self.http.delete(url.clone()))
            .await
            .map(drop)
    }

    fn of(&self, id: &str, rest: &[&str]) -> Result<Url, PortError> {
        let path = ["v1", "private", "reviews", id];
        http::under(&self.base, &[path.as_slice(), rest].concat())
    }

    async fn call(
        &self,
        deed: Access,
        now: At,
        request: impl Fn() -> RequestBuilder + Send + Sync,
    ) -> Result<Answer, PortError> {
        let keyed = || request().header("apikey", self.key.expose_secret());
        self.token.call(deed, now, keyed).await?.done()
    }
}
