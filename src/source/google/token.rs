//! The access token: short-lived, made from the refresh token, shared by all calls. The lock is held while a new one
//! is fetched, so ten calls that find it expired ask once.

use chrono::TimeDelta;
use secrecy::ExposeSecret as _;
use secrecy::SecretString;
use serde::Deserialize;
use tokio::sync::Mutex;
use url::Url;

use crate::domain::At;
use crate::port::PortError;
use crate::source::google::settings::GoogleSettings;
use crate::source::http::Access;
use crate::source::http::Http;

/// A token that ends while the request is on its way is a 401 for nothing.
const EARLY: TimeDelta = TimeDelta::seconds(60);

pub struct Token {
    http: Http,
    url: Url,
    client_id: SecretString,
    client_secret: SecretString,
    refresh_token: SecretString,
    cached: Mutex<Option<Cached>>,
}

struct Cached {
    token: SecretString,
    until: At,
}

#[derive(Deserialize)]
struct Granted {
    access_token: SecretString,
    expires_in: Option<i64>,
}

#[derive(Default, Deserialize)]
struct Refused {
    #[serde(default)]
    error: String,
}

impl Token {
    pub fn new(settings: &GoogleSettings, url: Url, http: Http) -> Self {
        Self {
            http,
            url,
            client_id: settings.client_id.clone(),
            client_secret: settings.client_secret.clone(),
            refresh_token: settings.refresh_token.clone(),
            cached: Mutex::new(None),
        }
    }

    pub async fn get(&self, now: At) -> Result<SecretString, PortError> {
        let mut cached = self.cached.lock().await;
        if let Some(cached) = cached.as_ref().filter(|c| now < c.until) {
            return Ok(cached.token.clone());
        }
        let granted = self.refresh(now).await?;
        // Google says 3599 seconds; one that says nothing is believed for less.
        let seconds = granted.expires_in.unwrap_or(600).clamp(0, 24 * 60 * 60);
        let until = now + TimeDelta::seconds(seconds) - EARLY;
        let token = granted.access_token;
        *cached = Some(Cached {
            token: token.clone(),
            until,
        });
        Ok(token)
    }

    /// Forgets `refused`, unless another call has already replaced it.
    pub async fn forget(&self, refused: &SecretString) {
        let mut cached = self.cached.lock().await;
        if cached
            .as_ref()
            .is_some_and(|c| c.token.expose_secret() == refused.expose_secret())
        {
            *cached = None;
        }
    }

    async fn refresh(&self, now: At) -> Result<Granted, PortError> {
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", self.client_id.expose_secret()),
            ("client_secret", self.client_secret.expose_secret()),
            ("refresh_token", self.refresh_token.expose_secret()),
        ];
        // Nobody sees how often it is asked, so to us it is a read: no answer only means later.
        let answer = self
            .http
            .call(self.http.post(self.url.clone()).form(&form), Access::Read, now)
            .await?;
        if answer.is_success() {
            // The body holds the token, so nothing of it may be quoted.
            return serde_json::from_slice(&answer.body)
                .map_err(|_| PortError::later("the token address answered, but with no token"));
        }
        let refused: Refused = serde_json::from_slice(&answer.body).unwrap_or_default();
        let why = match refused.error.as_str() {
            "invalid_grant" => {
                "Google no longer accepts the refresh token (it was withdrawn, it expired or the password changed): \
                 sign in again with an owner or manager of the locations and replace refresh_token"
            }
            "invalid_client" | "unauthorized_client" => {
                "Google does not know client_id with this client_secret: compare both with the project's credentials"
            }
            _ => return Err(answer.error()),
        };
        Err(PortError::denied(why))
    }
}
