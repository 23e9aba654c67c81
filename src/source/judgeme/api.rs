//! The calls to Judge.me: the token in a header, the shop in the address. What it documents is a list, one review, and a
//! way to answer; it has no way to read, change or remove an answer.

use reqwest::RequestBuilder;
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use serde_json::Value;
use serde_json::json;
use url::Url;

use crate::domain::At;
use crate::port::PortError;
use crate::source::http;
use crate::source::http::Access;
use crate::source::http::Answer;
use crate::source::http::Http;
use crate::source::judgeme::settings::JudgemeSettings;
use crate::source::judgeme::wire;

/// The most that Judge.me gives at once.
pub const PAGE_SIZE: usize = 100;

pub struct Api {
    pub http: Http,
    pub base: Url,
    pub settings: JudgemeSettings,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Listing {
    pub current_page: Option<usize>,
    /// It may give less at once than it was asked for.
    pub per_page: Option<usize>,
    pub reviews: Option<Vec<Value>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct One {
    review: Value,
}

impl Api {
    pub async fn reviews(&self, page: usize, size: usize, now: At) -> Result<Listing, PortError> {
        let mut url = self.at(&["reviews"])?;
        url.query_pairs_mut()
            .append_pair("page", &page.to_string())
            .append_pair("per_page", &size.to_string());
        self.call(self.http.get(url), Access::Read, now).await?.json()
    }

    /// One review as Judge.me has it now; `Gone` when customers cannot see it any more.
    pub async fn review(&self, id: &str, now: At) -> Result<Value, PortError> {
        let url = self.at(&["reviews", id])?;
        let one: One = self.call(self.http.get(url), Access::Read, now).await?.json()?;
        match one.review {
            Value::Null => Err(PortError::gone("Judge.me has no such review")),
            review if !wire::is_public(&review) => {
                Err(PortError::gone("the review is not published any more"))
            }
            review => Ok(review),
        }
    }

    /// An answer for everybody to read. What Judge.me says to that is not documented, so only the status counts.
    pub async fn answer(&self, review: &str, body: &str, now: At) -> Result<(), PortError> {
        let url = self.at(&["replies"])?;
        let id: u64 = review
            .parse()
            .map_err(|_| PortError::never(format!("{review} is no number of a review")))?;
        let body = json!({
            "review_id": id, "send_reply_email": self.settings.mail_reviewer, "reply": { "content": body },
        });
        self.call(self.http.post(url).json(&body), Access::Write, now)
            .await
            .map(drop)
    }

    fn at(&self, path: &[&str]) -> Result<Url, PortError> {
        let mut url = http::under(&self.base, path)?;
        url.query_pairs_mut()
            .append_pair("shop_domain", &self.settings.shop_domain);
        Ok(url)
    }

    async fn call(&self, request: RequestBuilder, deed: Access, now: At) -> Result<Answer, PortError> {
        let token = self.settings.api_token.expose_secret();
        let request = request.header("x-api-token", token);
        self.http.call(request, deed, now).await?.done()
    }
}
