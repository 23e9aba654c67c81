//! Fetching the bytes of a file that somebody handed in: a time limit, a limit for its size whatever the far side says it is,
//! and no following of redirects, because whoever redirects would get our token.

use std::time::Duration;

use reqwest::Client;
use reqwest::StatusCode;
use reqwest::header::CONTENT_TYPE;
use reqwest::redirect::Policy;
use secrecy::ExposeSecret as _;
use secrecy::SecretString;
use url::Url;

use crate::port::PortError;

const CONNECT: Duration = Duration::from_secs(4);
/// Well within an effect's lease.
const TOTAL: Duration = Duration::from_secs(30);
const WHAT: &str = "file";

/// What came, and whether the far side calls it a web page: a sign-in page stands there for whoever may not.
pub struct Fetched {
    pub bytes: Vec<u8>,
    pub is_page: bool,
}

pub async fn get(url: Url, token: Option<&SecretString>, most: u64) -> Result<Fetched, PortError> {
    // Without a process-wide provider reqwest panics; whoever comes first installs it, the others keep it.
    let _first = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder()
        .connect_timeout(CONNECT)
        .timeout(TOTAL)
        .redirect(Policy::none())
        .build()
        .map_err(|e| PortError::never(format!("no HTTP client: {}", e.without_url())))?;
    let mut request = client.get(url);
    if let Some(token) = token {
        request = request.bearer_auth(token.expose_secret());
    }
    // The address may be as good as a token, so it stands in no message.
    let lost = |e: reqwest::Error| PortError::later(format!("{WHAT}: {}", e.without_url()));
    let mut answer = request.send().await.map_err(lost)?;
    let status = answer.status();
    if status != StatusCode::OK {
        let why = format!("{WHAT}: HTTP {}", status.as_u16());
        return Err(match status.as_u16() {
            300..=399 | 401 | 403 => PortError::denied(why),
            404 | 410 => PortError::gone(why),
            408 | 429 => PortError::Later {
                why: why.into(),
                after: Some(30),
            },
            400..=499 => PortError::never(why),
            _ => PortError::later(why),
        });
    }
    let large = || PortError::never(format!("{WHAT}: it is larger than {most} bytes"));
    if answer.content_length().is_some_and(|length| length > most) {
        return Err(large());
    }
    let kind = answer
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let is_page = kind.is_some_and(|kind| kind.starts_with("text/html"));
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(lost)? {
        if (bytes.len() + chunk.len()) as u64 > most {
            return Err(large());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Fetched { bytes, is_page })
}
