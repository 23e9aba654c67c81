//! One way to call Slack: a time limit on everything, and every failure sorted into "was not done", "may have been
//! done", "will never be done". What was not certainly refused is unclear, and unclear things are never repeated
//! blindly.

use std::time::Duration;

use secrecy::ExposeSecret;
use secrecy::SecretString;
use serde_json::Value;
use slack_morphism::SlackApiToken;
use slack_morphism::SlackApiTokenValue;
use slack_morphism::SlackClient;
use slack_morphism::SlackClientApiCallContext;
use slack_morphism::SlackClientHttpConnector as _;
use slack_morphism::errors::SlackClientError;
use slack_morphism::hyper_tokio::SlackClientHyperConnector;
use slack_morphism::hyper_tokio::SlackHyperClient;
use tokio::time::timeout;

use crate::chat::slack::NAME;
use crate::chat::slack::greet;
use crate::chat::slack::greet::Greeting;
use crate::domain::say::quoted::Obstacle;
use crate::port::PortError;
use crate::port::Why;
use crate::telemetry::meter;

/// slack-morphism has no time limits of its own.
const CALL: Duration = Duration::from_secs(15);
/// It took this id before; the second one means that somebody has deleted the message since.
const REPEATS: [&str; 2] = ["duplicate_message", "duplicate_message_not_found"];

pub struct Api {
    client: SlackHyperClient,
    token: SlackApiToken,
    secret: SecretString,
    url: String,
    scheme: String,
    host: String,
}

/// A client for any address: slack-morphism's own constructor refuses `http://`, which a stand-in on this machine has.
pub fn client(api_url: &str) -> Result<SlackHyperClient, PortError> {
    let tls = hyper_rustls::HttpsConnectorBuilder::new()
        .with_native_roots()
        .map_err(|e| PortError::never(format!("the system's certificates cannot be read: {e}")))?
        .https_or_http()
        .enable_http1()
        .enable_http2()
        .build();
    Ok(SlackClient::new(
        SlackClientHyperConnector::with_connector(tls).with_slack_api_url(api_url),
    ))
}

pub fn token(secret: &SecretString) -> SlackApiToken {
    SlackApiToken::new(SlackApiTokenValue(secret.expose_secret().to_owned()))
}

impl Api {
    pub fn open(api_url: &str, bot_token: &SecretString) -> Result<Self, PortError> {
        let home = url::Url::parse(api_url).ok();
        let host = home.as_ref().and_then(url::Url::host_str).unwrap_or_default();
        let scheme = home.as_ref().map_or("https", url::Url::scheme);
        Ok(Self {
            client: client(api_url)?,
            token: token(bot_token),
            secret: bot_token.clone(),
            url: api_url.to_owned(),
            scheme: scheme.to_owned(),
            host: host.to_owned(),
        })
    }

    pub async fn greet(&self) -> Result<Greeting, PortError> {
        greet::bot(&self.url, &self.secret).await
    }

    /// A call that changes something there.
    pub async fn write(&self, method: &'static str, body: &Value) -> Result<Value, PortError> {
        told(method, self.send(method, body).await)
    }

    /// The same with a body that carries an id by which Slack may know a repeat. `None`: it knows this one.
    pub async fn write_once(&self, method: &'static str, body: &Value) -> Result<Option<Value>, PortError> {
        match self.send(method, body).await {
            Ok(Err(SlackClientError::ApiError(e))) if REPEATS.contains(&e.code.as_str()) => Ok(None),
            answered => told(method, answered).map(Some),
        }
    }

    /// A private sentence. Where Slack says that it failed, it is tried again: somebody who asked and hears nothing is worse off
    /// than somebody who hears it twice. An answer that is lost stays unclear.
    pub async fn whisper(&self, method: &'static str, body: &Value) -> Result<(), PortError> {
        match self.send(method, body).await {
            Ok(Err(SlackClientError::HttpError(e))) if e.status_code.is_server_error() => {
                Err(PortError::later(format!("{method}: {}", e.status_code)))
            }
            answered => told(method, answered).map(|_| ()),
        }
    }

    async fn send(&self, method: &str, body: &Value) -> Answered {
        let session = self.client.open_session(&self.token);
        let post = session
            .http_session_api
            .http_post::<Value, Value>(method, body, None);
        timeout(CALL, post).await
    }

    /// A call that only reads: whatever goes wrong, trying again does no harm.
    pub async fn read(&self, method: &'static str, args: &[(&str, &str)]) -> Result<Value, PortError> {
        let session = self.client.open_session(&self.token);
        let args: Vec<(&str, Option<&str>)> = args
            .iter()
            .filter(|(_, v)| !v.is_empty())
            .map(|(k, v)| (*k, Some(*v)))
            .collect();
        match timeout(
            CALL,
            session
                .http_session_api
                .http_get::<Value, _, &str>(method, &args, None),
        )
        .await
        {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(sort(method, &error, CallKind::Read)),
            Err(_) => Err(PortError::later(format!(
                "{method}: no answer within {} s",
                CALL.as_secs()
            ))),
        }
    }

    pub fn secret(&self) -> &SecretString {
        &self.secret
    }

    /// An address to which our bytes may go: Slack's own, or the stand-in's on its own host.
    pub fn is_ours(&self, address: &str) -> bool {
        let Ok(url) = address.parse::<url::Url>() else {
            return false;
        };
        let host = url.host_str().unwrap_or_default();
        self.is_home(&url) || url.scheme() == "https" && (host == "slack.com" || host.ends_with(".slack.com"))
    }

    /// The host that the file names, spoken to as the file says: what is encrypted there is never sent in the clear.
    fn is_home(&self, url: &url::Url) -> bool {
        url.host_str() == Some(self.host.as_str()) && url.scheme() == self.scheme
    }

    /// Answers through the address that came with a press. It came signed, and still only Slack's own hosts are used. The
    /// address itself says that we may, so no token goes along.
    pub async fn answer(&self, url: &str, body: &Value) -> Result<(), PortError> {
        let url: url::Url = url
            .parse()
            .map_err(|_| PortError::never("response_url is no address"))?;
        let is_hooks = url.scheme() == "https" && url.host_str() == Some("hooks.slack.com");
        if !is_hooks && !self.is_home(&url) {
            return Err(PortError::never("response_url is not an address of this Slack"));
        }
        let span = tracing::Span::none();
        let context = SlackClientApiCallContext {
            rate_control_params: None,
            token: None,
            tracing_span: &span,
            is_sensitive_url: true,
        };
        let connector = &self.client.http_api.connector;
        match timeout(CALL, connector.http_post_uri::<Value, Value>(url, body, context)).await {
            Ok(Ok(_)) => Ok(()),
            // Five answers, or half an hour: then it is not there any more, which says nothing about anything else.
            Ok(Err(SlackClientError::HttpError(e))) if matches!(e.status_code.as_u16(), 404 | 410) => {
                Err(PortError::gone("response_url: it has ended"))
            }
            Ok(Err(error)) => Err(sort("response_url", &error, CallKind::Write)),
            Err(_) => Err(PortError::unclear("response_url: no answer")),
        }
    }
}

type Answered = Result<Result<Value, SlackClientError>, tokio::time::error::Elapsed>;

fn told(method: &'static str, answered: Answered) -> Result<Value, PortError> {
    match answered {
        Ok(Ok(answer)) => certain(method, answer),
        Ok(Err(error)) => Err(sort(method, &error, CallKind::Write)),
        Err(_) => Err(PortError::unclear(format!(
            "{method}: no answer within {} s",
            CALL.as_secs()
        ))),
    }
}

#[derive(Clone, Copy, PartialEq)]
enum CallKind {
    Read,
    Write,
}

/// An answer that does not say `ok` says nothing.
fn certain(method: &str, answer: Value) -> Result<Value, PortError> {
    match answer.get("ok").and_then(Value::as_bool) {
        Some(true) => Ok(answer),
        _ => Err(PortError::unclear(format!("{method}: an answer without `ok`"))),
    }
}

fn sort(method: &'static str, error: &SlackClientError, kind: CallKind) -> PortError {
    let unclear = |why: Why| match kind {
        CallKind::Read => PortError::later(why),
        CallKind::Write => PortError::unclear(why),
    };
    match error {
        SlackClientError::ApiError(e) => {
            let detail = e.errors.as_ref().map(|m| m.join("; ")).filter(|m| !m.is_empty());
            let why = detail.map_or_else(
                || format!("{method}: {}", e.code),
                |d| format!("{method}: {} ({d})", e.code),
            );
            by_name(&e.code, with_remedy(&e.code, why), unclear)
        }
        SlackClientError::RateLimitError(e) => {
            let wait = e
                .retry_after
                .map_or(30, |d| i64::try_from(d.as_secs()).unwrap_or(30))
                .max(1);
            meter::limited(NAME, method, wait);
            PortError::Later {
                why: Why::from(format!("{method}: rate limit")).by(Obstacle::Limit),
                after: Some(wait),
            }
        }
        // Slack says no with 200 and a name; this is somebody in between, who let nothing through.
        SlackClientError::HttpError(e) if e.status_code.is_client_error() => {
            PortError::later(format!("{method}: HTTP {}", e.status_code.as_u16()))
        }
        SlackClientError::HttpError(e) => {
            unclear(format!("{method}: HTTP {}", e.status_code.as_u16()).into())
        }
        SlackClientError::HttpProtocolError(e) => {
            let refused = e.cause.as_deref().is_some_and(never_connected);
            let why = format!(
                "{method}: the connection {}",
                if refused { "was not made" } else { "was lost" }
            );
            if refused {
                PortError::later(why)
            } else {
                unclear(why.into())
            }
        }
        // Display of these may print whole bodies, tokens included: only the kind is told.
        SlackClientError::ProtocolError(_) => unclear(format!("{method}: an answer that is no JSON").into()),
        SlackClientError::EndOfStream(_)
        | SlackClientError::SystemError(_)
        | SlackClientError::SocketModeProtocolError(_) => {
            unclear(format!("{method}: the connection was lost").into())
        }
    }
}

/// What an operator reads first when rights end while we run: in the log, and in an item's story.
fn with_remedy(code: &str, why: String) -> String {
    match code {
        "invalid_auth" | "not_authed" | "account_inactive" | "token_revoked" | "token_expired" => {
            format!(
                "{why}; Slack does not take the bot token any more: install the app again and restart with its token"
            )
        }
        "missing_scope" => format!("{why}; `zeitnah check` names the scope"),
        _ => why,
    }
}

pub(super) fn by_name(code: &str, why: String, unclear: impl FnOnce(Why) -> PortError) -> PortError {
    let why = Why::from(why).called(code);
    match code {
        "ratelimited" | "rate_limited" => PortError::Later {
            why: why.by(Obstacle::Limit),
            after: Some(30),
        },
        "is_archived" => PortError::later(why.by(Obstacle::Archived)),
        // A home that is not the one we know.
        "hash_conflict"
        | "message_not_found"
        | "thread_not_found"
        | "cant_update_message"
        | "edit_window_closed" => PortError::Gone { why },
        "channel_not_found"
        | "not_in_channel"
        | "restricted_action"
        | "missing_scope"
        | "invalid_auth"
        | "not_authed"
        | "account_inactive"
        | "token_revoked"
        | "token_expired"
        | "not_allowed_token_type"
        | "no_permission"
        | "user_not_in_channel"
        | "user_not_found"
        | "ekm_access_denied"
        | "access_denied"
        | "not_enabled"
        | "restricted_action_read_only_channel" => PortError::Denied { why },
        "unknown_method"
        | "method_deprecated"
        | "invalid_blocks"
        | "invalid_blocks_format"
        | "msg_too_long"
        | "msg_blocks_too_long"
        | "no_text"
        | "invalid_arguments"
        | "view_too_large"
        | "too_many_attachments"
        | "invalid_metadata_format"
        | "metadata_too_large"
        | "block_mismatch"
        | "trigger_expired"
        | "trigger_exchanged"
        | "exchanged_trigger_id"
        | "expired_trigger_id"
        | "invalid_trigger"
        | "invalid_trigger_id"
        | "file_not_found"
        | "file_deleted"
        | "file_upload_size_restricted"
        | "file_uploads_disabled"
        | "file_uploads_except_images_disabled"
        | "no_such_subteam"
        | "subteam_not_found"
        | "plan_upgrade_required"
        | "paid_teams_only" => PortError::Never { why },
        // The documents say that part of the work may have been done.
        "fatal_error"
        | "internal_error"
        | "request_timeout"
        | "service_unavailable"
        | "duplicate_message"
        | "duplicate_message_not_found"
        | "duplicate_channel_not_found"
        | "team_added_to_org" => unclear(why),
        // Everything else is a clear no that may change: an archived room is opened again, a limit is lifted.
        _ => PortError::later(why),
    }
}

/// Nothing was sent if there was no connection.
fn never_connected(cause: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    let legacy = cause.downcast_ref::<hyper_util::client::legacy::Error>();
    legacy.is_some_and(hyper_util::client::legacy::Error::is_connect)
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::extract::State;
    use axum::http::HeaderMap;
    use axum::routing::post;
    use serde_json::json;
    use tokio::net::TcpListener;
    use tokio::sync::mpsc;

    use super::*;

    fn api(url: &str) -> Api {
        Api::open(url, &SecretString::from("xoxb-secret")).unwrap()
    }

    #[test]
    fn bytes_go_to_slack_itself_and_never_in_the_clear() {
        let real = api("https://slack.com/api");
        for address in [
            "https://files.slack.com/upload",
            "https://slack.com/x",
            "https://hooks.slack.com/a",
        ] {
            assert!(real.is_ours(address), "{address}");
        }
        for address in [
            "http://slack.com/x",
            "http://hooks.slack.com/a",
            "https://slack.com.evil.example/a",
            "ftp://slack.com/a",
            "nonsense",
        ] {
            assert!(!real.is_ours(address), "{address}");
        }
        let stand_in = api("http://127.0.0.1:9/slack/api");
        assert!(stand_in.is_ours("http://127.0.0.1:9/upload"));
        assert!(!stand_in.is_ours("http://hooks.slack.com/a"));
    }

    #[tokio::test]
    async fn an_answer_carries_no_token_and_never_goes_out_in_the_clear() {
        let (sender, mut seen) = mpsc::unbounded_channel();
        let hear = async |State(sender): State<mpsc::UnboundedSender<bool>>, headers: HeaderMap| {
            let _closed = sender.send(headers.contains_key("authorization"));
            "ok"
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let routes = Router::new().route("/response", post(hear)).with_state(sender);
        let serving = tokio::spawn(async move { axum::serve(listener, routes).await });
        let address = format!("{base}/response");
        let body = json!({ "text": "x" });
        api(&format!("{base}/api")).answer(&address, &body).await.unwrap();
        assert_eq!(seen.recv().await, Some(false), "the token stays at home");
        let elsewhere = api("https://127.0.0.1/api").answer(&address, &body).await;
        assert!(matches!(elsewhere, Err(PortError::Never { .. })), "{elsewhere:?}");
        let clear = api("https://slack.com/api");
        for address in ["http://hooks.slack.com/a", "http://slack.com/a"] {
            assert!(
                matches!(clear.answer(address, &body).await, Err(PortError::Never { .. })),
                "{address}"
            );
        }
        assert!(seen.try_recv().is_err(), "and nothing was sent there");
        serving.abort();
    }
}
