//! The calls to the App Store Connect API, with a token that we sign ourselves. They go out one after the other: many at once
//! are refused although the hour's quota is far from used up.

use chrono::TimeDelta;
use reqwest::RequestBuilder;
use secrecy::SecretString;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;
use tokio::sync::Mutex;
use url::Url;

use crate::domain::At;
use crate::port::PortError;
use crate::source::access::AccessToken;
use crate::source::access::Grant;
use crate::source::appstore::settings::AppStoreSettings;
use crate::source::appstore::wire::Document;
use crate::source::http;
use crate::source::http::Access;
use crate::source::http::Answer;
use crate::source::http::Http;
use crate::source::jwt::Claims;
use crate::source::jwt::Signer;

const AUDIENCE: &str = "appstoreconnect-v1";
/// Apple refuses what lasts longer than twenty minutes, and clocks differ.
const TOKEN_LASTS: TimeDelta = TimeDelta::minutes(15);

pub struct Api {
    pub http: Http,
    pub base: Url,
    pub app: String,
    pub token: AccessToken,
    pub turn: Mutex<()>,
}

pub fn grant(settings: &AppStoreSettings) -> Result<Grant, PortError> {
    let claims = [("iss", settings.issuer_id.as_str()), ("aud", AUDIENCE)];
    let claims = claims.map(|(name, value)| (name.to_owned(), Value::from(value)));
    let claims = Claims {
        key_id: Some(settings.key_id.clone()),
        claims: Map::from_iter(claims),
        lasts: TOKEN_LASTS,
    };
    Ok(Grant::Signed(signer(&settings.key, claims)?))
}

fn signer(key: &SecretString, claims: Claims) -> Result<Signer, PortError> {
    Signer::es256(key, claims).map_err(|error| {
        PortError::never(format!(
            "`key` is not what stands in AuthKey_….p8: {}",
            error.why().text()
        ))
    })
}

impl Api {
    /// One page of the app's reviews with their replies, newest first.
    pub async fn list(
        &self,
        size: u32,
        cursor: Option<&str>,
        now: At,
    ) -> Result<Document<Vec<Value>>, PortError> {
        let mut url = self.at(&["apps", &self.app, "customerReviews"])?;
        {
            let mut query = url.query_pairs_mut();
            query
                .append_pair("sort", "-createdDate")
                .append_pair("include", "response")
                .append_pair("limit", &size.to_string());
            if let Some(cursor) = cursor {
                query.append_pair("cursor", cursor);
            }
        }
        self.call(Access::Read, now, || self.http.get(url.clone()))
            .await?
            .json()
    }

    /// One review with its reply as Apple has them now; `Gone` when it has not.
    pub async fn review(&self, id: &str, now: At) -> Result<Document<Value>, PortError> {
        let mut url = self.at(&["customerReviews", id])?;
        url.query_pairs_mut().append_pair("include", "response");
        self.call(Access::Read, now, || self.http.get(url.clone()))
            .await?
            .json()
    }

    /// Creates the one reply of a review or replaces it. A review that is not there is a conflict, as others are, so it is
    /// looked for.
    pub async fn respond(&self, id: &str, text: &str, now: At) -> Result<Document<Value>, PortError> {
        let url = self.at(&["customerReviewResponses"])?;
        let body = json!({ "data": {
            "type": "customerReviewResponses",
            "attributes": { "responseBody": text },
            "relationships": { "review": { "data": { "type": "customerReviews", "id": id } } },
        }});
        let request = || self.http.post(url.clone()).json(&body);
        let refused = match self.call(Access::Write, now, request).await {
            Ok(answer) => return answer.json(),
            Err(refused @ PortError::Never { .. }) => refused,
            Err(error) => return Err(error),
        };
        match self.review(id, now).await {
            Err(gone @ PortError::Gone { .. }) => Err(gone),
            _ => Err(refused),
        }
    }

    pub async fn delete_response(&self, id: &str, now: At) -> Result<(), PortError> {
        let url = self.at(&["customerReviewResponses", id])?;
        self.call(Access::Write, now, || self.http.delete(url.clone()))
            .await
            .map(drop)
    }

    /// Whatever a link names, calls go to the configured host: only its cursor is taken.
    pub fn cursor(&self, next: &str) -> Option<String> {
        let url = self.base.join(next).ok()?;
        let cursor = url.query_pairs().find(|(name, _)| name == "cursor")?;
        (!cursor.1.is_empty()).then(|| cursor.1.into_owned())
    }

    fn at(&self, path: &[&str]) -> Result<Url, PortError> {
        http::under(&self.base, &[["v1"].as_slice(), path].concat())
    }

    async fn call(
        &self,
        deed: Access,
        now: At,
        request: impl Fn() -> RequestBuilder + Send + Sync,
    ) -> Result<Answer, PortError> {
        let _turn = self.turn.lock().await;
        self.token.call(deed, now, request).await?.done()
    }
}
