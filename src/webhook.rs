//! Calls to services outside, signed by Standard Webhooks 1.0 like replies to shops: whoever receives one can tell that it
//! came from us and whether it is one they have already seen.

use async_trait::async_trait;
use secrecy::SecretString;
use serde_json::Value;
use url::Url;

use crate::domain::At;
use crate::port::PortError;
use crate::port::webhook::Webhook;
use crate::source::http;
use crate::source::http::Access;
use crate::source::http::Http;
use crate::source::signature::Secret;

pub struct Signed {
    http: Http,
    url: Url,
    secret: Secret,
}

/// Fails with a secret or an address that can never work.
pub fn open(name: &str, url: &str, secret: &SecretString) -> Result<Signed, PortError> {
    let bad = |e| PortError::never(format!("webhook {name}, secret: {e}"));
    Ok(Signed {
        http: Http::open()?,
        url: http::address("webhook.url", url)?,
        secret: Secret::parse(secret).map_err(bad)?,
    })
}

#[async_trait]
impl Webhook for Signed {
    async fn call(&self, id: &str, at: At, body: &Value) -> Result<(), PortError> {
        let body = body.to_string().into_bytes();
        let request = self.http.post(self.url.clone());
        let headers = self.secret.headers(id, at, &body);
        let request = headers
            .into_iter()
            .fold(request, |request, (name, value)| request.header(name, value));
        let request = request.header("content-type", "application/json").body(body);
        // The id makes a second call the same one, so an unclear outcome is simply tried again.
        let answer = self.http.call(request, Access::Read, at).await?;
        if answer.is_success() {
            Ok(())
        } else {
            Err(answer.error())
        }
    }
}
