//! The calls to a shop: WooCommerce's own interface with its key, and that of WordPress with somebody's application
//! password, because WooCommerce's knows no answers.

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
use crate::source::woocommerce::settings::Replier;
use crate::source::woocommerce::settings::WooSettings;
use crate::source::woocommerce::wire;
use crate::source::woocommerce::wire::Comment;
use crate::source::woocommerce::wire::Products;

/// The most that WordPress gives at once.
pub const PAGE_SIZE: usize = 100;
/// So many answers below a hundred reviews: whoever has more sees the newest.
const MOST_COMMENT_PAGES: usize = 5;
/// WordPress lets nobody write two comments within this.
const FLOOD_SECONDS: i64 = 15;

pub struct Api {
    pub http: Http,
    pub base: Url,
    pub settings: WooSettings,
}

pub struct Listing {
    pub reviews: Vec<Value>,
    /// Of all pages; none where something on the way swallowed the header.
    pub total: Option<usize>,
}

#[derive(Default, Deserialize)]
struct Fault {
    #[serde(default)]
    code: String,
}

impl Api {
    /// One page of the reviews that customers see, newest first.
    pub async fn reviews(&self, page: usize, size: usize, now: At) -> Result<Listing, PortError> {
        let mut url = self.at(&["wc", "v3", "products", "reviews"])?;
        url.query_pairs_mut()
            .append_pair("status", "approved")
            .append_pair("orderby", "date_gmt")
            .append_pair("order", "desc")
            .append_pair("per_page", &size.to_string())
            .append_pair("page", &page.to_string());
        let answer = self
            .call(self.keyed(self.http.get(url)), Access::Read, now)
            .await?;
        Ok(Listing {
            total: answer.header("x-wp-total").and_then(|total| total.parse().ok()),
            reviews: answer.list()?,
        })
    }

    /// One review as the shop has it now; `Gone` when customers cannot see it any more.
    pub async fn review(&self, id: &str, now: At) -> Result<Value, PortError> {
        let url = self.at(&["wc", "v3", "products", "reviews", id])?;
        let answer = self
            .call(self.keyed(self.http.get(url)), Access::Read, now)
            .await?;
        let review: Value = answer.json()?;
        match wire::is_removed(&review) {
            true => Err(PortError::gone("the review lies in the shop's trash or spam")),
            false => Ok(review),
        }
    }

    pub async fn products(&self, ids: &[u64], now: At) -> Result<Products, PortError> {
        let mut url = self.at(&["wc", "v3", "products"])?;
        url.query_pairs_mut()
            .append_pair("include", &listed(ids))
            .append_pair("per_page", &PAGE_SIZE.to_string())
            .append_pair("_fields", "id,name,permalink");
        let answer = self
            .call(self.keyed(self.http.get(url)), Access::Read, now)
            .await?;
        Ok(answer.list()?.iter().filter_map(wire::product).collect())
    }

    /// What stands below these reviews, or waits for a moderator there, newest first.
    pub async fn comments(&self, reviews: &[u64], now: At) -> Result<Vec<Comment>, PortError> {
        let mut all = Vec::new();
        for page in 1..=MOST_COMMENT_PAGES {
            let mut url = self.at(&["wp", "v2", "comments"])?;
            url.query_pairs_mut()
                .append_pair("parent", &listed(reviews))
                .append_pair("status", "all")
                .append_pair("context", "edit")
                .append_pair("orderby", "date_gmt")
                .append_pair("order", "desc")
                .append_pair("per_page", &PAGE_SIZE.to_string())
                .append_pair("page", &page.to_string());
            let answer = self
                .call(self.signed_in(self.http.get(url))?, Access::Read, now)
                .await?;
            let found = answer.list()?;
            all.extend(found.iter().filter_map(wire::comment));
            if found.len() < PAGE_SIZE {
                break;
            }
        }
        Ok(all)
    }

    pub async fn comment(&self, id: &str, now: At) -> Result<Option<Comment>, PortError> {
        let mut url = self.at(&["wp", "v2", "comments", id])?;
        url.query_pairs_mut().append_pair("context", "edit");
        let answer = self
            .call(self.signed_in(self.http.get(url))?, Access::Read, now)
            .await;
        match answer {
            Ok(answer) => Ok(wire::comment(&answer.json()?)),
            Err(PortError::Gone { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// None when exactly this stands there already: WordPress takes the same words of the same person once.
    pub async fn write(
        &self,
        product: u64,
        review: u64,
        body: &str,
        now: At,
    ) -> Result<Option<Comment>, PortError> {
        let url = self.at(&["wp", "v2", "comments"])?;
        let body = json!({ "post": product, "parent": review, "content": wire::markup(body) });
        let request = self.signed_in(self.http.post(url).json(&body))?;
        let answer = self.http.call(request, Access::Write, now).await?;
        match (answer.status, fault(&answer).as_str()) {
            (409, "comment_duplicate") => Ok(None),
            (400, "comment_flood") => Err(PortError::Later {
                why: answer.why(),
                after: Some(FLOOD_SECONDS),
            }),
            _ if answer.is_success() => written(&answer).map(Some),
            _ => Err(answer.error()),
        }
    }

    pub async fn rewrite(&self, comment: &str, body: &str, now: At) -> Result<Comment, PortError> {
        let url = self.at(&["wp", "v2", "comments", comment])?;
        let body = json!({ "content": wire::markup(body) });
        let request = self.signed_in(self.http.post(url).json(&body))?;
        written(&self.call(request, Access::Write, now).await?)
    }

    /// Past the trash, where it would be kept for a month.
    pub async fn delete(&self, comment: &str, now: At) -> Result<(), PortError> {
        let mut url = self.at(&["wp", "v2", "comments", comment])?;
        url.query_pairs_mut().append_pair("force", "true");
        let request = self.signed_in(self.http.delete(url))?;
        self.call(request, Access::Write, now).await.map(drop)
    }

    /// Whether the one who answers may moderate comments; only then answers appear at once and can be changed.
    pub async fn may_moderate(&self, now: At) -> Result<bool, PortError> {
        let mut url = self.at(&["wp", "v2", "users", "me"])?;
        url.query_pairs_mut().append_pair("context", "edit");
        let answer = self
            .call(self.signed_in(self.http.get(url))?, Access::Read, now)
            .await?;
        let me: Value = answer.json()?;
        Ok(me["capabilities"]["moderate_comments"] == true)
    }

    fn at(&self, path: &[&str]) -> Result<Url, PortError> {
        http::under(&self.base, &[&["wp-json"] as &[&str], path].concat())
    }

    fn keyed(&self, request: RequestBuilder) -> RequestBuilder {
        let WooSettings {
            consumer_key,
            consumer_secret,
            ..
        } = &self.settings;
        request.basic_auth(
            consumer_key.expose_secret(),
            Some(consumer_secret.expose_secret()),
        )
    }

    fn signed_in(&self, request: RequestBuilder) -> Result<RequestBuilder, PortError> {
        let Some(Replier { user, password }) = &self.settings.reply else {
            return Err(PortError::never("nobody is configured who answers in the shop"));
        };
        Ok(request.basic_auth(user, Some(password.expose_secret())))
    }

    async fn call(&self, request: RequestBuilder, deed: Access, now: At) -> Result<Answer, PortError> {
        self.http.call(request, deed, now).await?.done()
    }
}

/// It was done, so an answer that says nothing leaves open what it came to.
fn written(answer: &Answer) -> Result<Comment, PortError> {
    let value: Value = answer.json()?;
    wire::comment(&value).ok_or_else(|| PortError::unclear("the shop answered with no comment"))
}

fn fault(answer: &Answer) -> String {
    let fault: Fault = serde_json::from_slice(&answer.body).unwrap_or_default();
    fault.code
}

fn listed(ids: &[u64]) -> String {
    let ids: Vec<String> = ids.iter().map(u64::to_string).collect();
    ids.join(",")
}
