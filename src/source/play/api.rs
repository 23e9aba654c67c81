//! The calls to the Play Developer API, and what Google's noes mean.

use chrono::TimeDelta;
use reqwest::RequestBuilder;
use secrecy::ExposeSecret as _;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;
use url::Url;

use crate::domain::At;
use crate::port::PortError;
use crate::source::access::AccessToken;
use crate::source::access::Ask;
use crate::source::access::Grant;
use crate::source::http;
use crate::source::http::Access;
use crate::source::http::Answer;
use crate::source::http::Http;
use crate::source::jwt::Claims;
use crate::source::jwt::Signer;
use crate::source::play::wire::Listing;

const SCOPE: &str = "https://www.googleapis.com/auth/androidpublisher";
/// The longest that Google takes.
const ASSERTION_LASTS: TimeDelta = TimeDelta::hours(1);

pub struct Api {
    pub http: Http,
    pub base: Url,
    pub app: String,
    pub token: AccessToken,
}

/// What is read of a service account's key file.
#[derive(Deserialize)]
struct KeyFile {
    client_email: String,
    private_key: SecretString,
    private_key_id: Option<String>,
}

/// Google's error body, as far as it changes what is to be done.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Fault {
    error: FaultBody,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct FaultBody {
    status: String,
    errors: Vec<Reason>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Reason {
    reason: String,
}

/// How the service account comes to its tokens.
pub fn grant(key: &SecretString, token_url: Url) -> Result<Grant, PortError> {
    // The file holds the key, so nothing of it may be quoted.
    let file: KeyFile = serde_json::from_str(key.expose_secret()).map_err(|_| {
        PortError::never(
            "`key` is no key file of a service account: it is JSON with client_email and private_key, downloaded where \
             the key was made",
        )
    })?;
    let claims = [
        ("iss", file.client_email),
        ("scope", SCOPE.to_owned()),
        ("aud", token_url.to_string()),
    ];
    let claims = claims.map(|(name, value)| (name.to_owned(), Value::from(value)));
    let claims = Claims {
        key_id: file.private_key_id,
        claims: Map::from_iter(claims),
        lasts: ASSERTION_LASTS,
    };
    let signer = Signer::rs256(&file.private_key, claims)?;
    Ok(Grant::Asked(Ask::jwt_bearer(token_url, signer).explained(remedy)))
}

fn remedy(error: &str) -> Option<&'static str> {
    match error {
        "invalid_grant" | "invalid_client" => Some(
            "Google does not take the key of the service account (it was deleted, the account is disabled, or this \
             machine's clock is wrong): make a new key for the account and replace the file",
        ),
        "unauthorized_client" | "access_denied" => Some(
            "Google lets this service account do nothing here: switch on the Google Play Android Developer API in its \
             project",
        ),
        _ => None,
    }
}

impl Api {
    /// One page of the reviews of the last week, newest change first. No translation is asked for: it would stand in the
    /// place of the customer's words.
    pub async fn list(&self, size: u32, page: Option<&str>, now: At) -> Result<Listing, PortError> {
        let mut url = self.reviews(None)?;
        {
            let mut query = url.query_pairs_mut();
            query.append_pair("maxResults", &size.to_string());
            if let Some(page) = page {
                query.append_pair("token", page);
            }
        }
        self.call(Access::Read, now, || self.http.get(url.clone()))
            .await?
            .json()
    }

    /// One review as Google shows it now.
    pub async fn review(&self, id: &str, now: At) -> Result<Value, PortError> {
        let url = self.reviews(Some(id))?;
        self.call(Access::Read, now, || self.http.get(url.clone()))
            .await?
            .json()
    }

    /// Creates or changes the one reply of a review.
    pub async fn reply(&self, id: &str, text: &str, now: At) -> Result<(), PortError> {
        let url = self.reviews(Some(&format!("{id}:reply")))?;
        let body = json!({ "replyText": text });
        self.call(Access::Write, now, || self.http.post(url.clone()).json(&body))
            .await?
            .json::<Value>()
            .map(drop)
    }

    fn reviews(&self, id: Option<&str>) -> Result<Url, PortError> {
        let path = ["androidpublisher", "v3", "applications", &self.app, "reviews"];
        http::under(&self.base, &[path.as_slice(), id.as_slice()].concat())
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
        Err(match answer.status {
            403 if is_quota(&fault.error) => PortError::later(answer.why()),
            _ => answer.error(),
        })
    }
}

/// A quota may come as 403; it is about the time, not about rights.
fn is_quota(fault: &FaultBody) -> bool {
    let of_time = |reason: &str| {
        matches!(
            reason,
            "rateLimitExceeded" | "userRateLimitExceeded" | "quotaExceeded" | "dailyLimitExceeded"
        )
    };
    fault.status == "RESOURCE_EXHAUSTED" || fault.errors.iter().any(|e| of_time(&e.reason))
}
