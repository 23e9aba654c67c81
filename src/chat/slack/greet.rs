//! The first word with Slack: does it know this token, and what may the token do. Which scopes a token has is told only
//! by a header, and slack-morphism keeps headers to itself; so these two calls are made directly.

use std::collections::BTreeSet;
use std::time::Duration;

use reqwest::Client;
use reqwest::redirect::Policy;
use secrecy::ExposeSecret;
use secrecy::SecretString;
use serde_json::Value;

use crate::chat::slack::api;
use crate::port::PortError;

/// People wait for the answer, at a terminal or at the start.
const CONNECT: Duration = Duration::from_secs(4);
const TOTAL: Duration = Duration::from_secs(8);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Greeting {
    pub team: String,
    pub bot: String,
    /// None when this server does not tell.
    pub scopes: Option<BTreeSet<String>>,
}

/// With the bot token.
pub async fn bot(api_url: &str, token: &SecretString) -> Result<Greeting, PortError> {
    let (answer, scopes) = call(api_url, "auth.test", token).await?;
    let word = |key: &str| {
        answer
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    Ok(Greeting {
        team: word("team"),
        bot: word("user"),
        scopes,
    })
}

/// With the app-level token: whether Slack would give us a line.
pub async fn line(api_url: &str, token: &SecretString) -> Result<(), PortError> {
    call(api_url, "apps.connections.open", token).await.map(|_| ())
}

async fn call(
    api_url: &str,
    method: &str,
    token: &SecretString,
) -> Result<(Value, Option<BTreeSet<String>>), PortError> {
    // Without a process-wide provider reqwest panics; whoever comes first installs it, the others keep it.
    let _first = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder()
        .connect_timeout(CONNECT)
        .timeout(TOTAL)
        .redirect(Policy::none())
        .build()
        .map_err(|e| PortError::never(format!("no HTTP client: {}", e.without_url())))?;
    let request = client
        .post(format!("{api_url}/{method}"))
        .bearer_auth(token.expose_secret());
    let answer = request.send().await.map_err(|e| {
        let why = if e.is_timeout() {
            "no answer in time"
        } else if e.is_connect() {
            "the connection was not made"
        } else if e.is_builder() {
            "the token or the address has characters that do not belong there"
        } else {
            "the connection was lost"
        };
        PortError::later(format!("{method}: {why}"))
    })?;
    let status = answer.status();
    if !status.is_success() {
        return Err(PortError::later(format!("{method}: HTTP {}", status.as_u16())));
    }
    let scopes = answer
        .headers()
        .get("x-oauth-scopes")
        .and_then(|v| v.to_str().ok());
    let scopes = scopes.map(|list| {
        let names = list.split(',').map(str::trim).filter(|name| !name.is_empty());
        names.map(str::to_owned).collect()
    });
    let body: Value = answer
        .json()
        .await
        .map_err(|_| PortError::later(format!("{method}: an answer that is no JSON")))?;
    if body.get("ok").and_then(Value::as_bool) == Some(true) {
        return Ok((body, scopes));
    }
    let code = body
        .get("error")
        .and_then(Value::as_str)
        .unwrap_or("an answer without `ok`");
    Err(api::by_name(code, format!("{method}: {code}"), PortError::later))
}
