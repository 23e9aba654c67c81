//! The one client for review platforms. It sorts what went wrong by what to do about it, and here lies the difference
//! that keeps replies from appearing twice: a read that failed is simply tried later, a write that may have arrived is
//! `Unknown`.

use std::time::Duration;

use chrono::DateTime;
use reqwest::Client;
use reqwest::RequestBuilder;
use reqwest::header::HeaderMap;
use reqwest::header::RETRY_AFTER;
use reqwest::redirect::Policy;
use serde::de::DeserializeOwned;
use serde_json::Map;
use serde_json::Value;
use url::Url;

use crate::domain::At;
use crate::domain::say::words;
use crate::port::PortError;
use crate::port::Why;

const CONNECT: Duration = Duration::from_secs(5);
const TOTAL: Duration = Duration::from_secs(15);
const LARGEST_BODY: usize = 8 * 1024 * 1024;
/// So much of an answer tells what is wrong; more would fill the log with somebody's page.
const QUOTED: usize = 300;
/// A platform that asks for a longer pause than a day is asked again after a day.
const LONGEST_PAUSE: i64 = 24 * 60 * 60;

/// Whether doing it twice shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Read,
    Write,
}

#[derive(Debug, Clone)]
pub struct Http {
    client: Client,
}

/// What the far side said, whatever its status.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
    headers: HeaderMap,
    deed: Access,
    /// Method and path, for people. Queries carry tokens, so they stay out.
    what: String,
    /// Seconds.
    retry_after: Option<i64>,
}

impl Http {
    pub fn open() -> Result<Self, PortError> {
        // Without a process-wide provider reqwest panics; whoever comes first installs it, the others keep it.
        let _first = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .connect_timeout(CONNECT)
            .timeout(TOTAL)
            .redirect(Policy::none())
            .user_agent(concat!("zeitnah/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|e| PortError::never(format!("no HTTP client can be made: {}", cause(&e))))?;
        Ok(Self { client })
    }

    pub fn get(&self, url: Url) -> RequestBuilder {
        self.client.get(url)
    }

    pub fn post(&self, url: Url) -> RequestBuilder {
        self.client.post(url)
    }

    pub fn put(&self, url: Url) -> RequestBuilder {
        self.client.put(url)
    }

    pub fn patch(&self, url: Url) -> RequestBuilder {
        self.client.patch(url)
    }

    pub fn delete(&self, url: Url) -> RequestBuilder {
        self.client.delete(url)
    }

    /// Any status is an answer; an error here means that there was none.
    pub async fn call(&self, request: RequestBuilder, deed: Access, now: At) -> Result<Answer, PortError> {
        let request = request
            .build()
            .map_err(|e| PortError::never(format!("the request cannot be made: {}", cause(&e))))?;
        let what = format!("{} {}", request.method(), request.url().path());
        let mut response = self
            .client
            .execute(request)
            .await
            .map_err(|e| lost(&what, deed, e))?;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let header = headers.get(RETRY_AFTER).and_then(|v| v.to_str().ok());
        let retry_after = header.and_then(|v| pause(v, now));
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|e| lost(&what, deed, e))? {
            if body.len() + chunk.len() > LARGEST_BODY {
                let why = format!("{what}: the answer is larger than {LARGEST_BODY} bytes");
                return Err(match deed {
                    Access::Read => PortError::never(why),
                    Access::Write => PortError::unclear(why),
                });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer {
            status,
            body,
            headers,
            deed,
            what,
            retry_after,
        })
    }
}

impl Answer {
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// A success, or what its status means.
    pub fn done(self) -> Result<Self, PortError> {
        match self.is_success() {
            true => Ok(self),
            false => Err(self.error()),
        }
    }

    /// By its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body of a success, which is an object: a list would be read as its fields in their order, and an empty one as an
    /// answer that says nothing. One that cannot be read says nothing about whether a write was done.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, PortError> {
        let object = serde_json::from_slice::<Map<String, Value>>(&self.body);
        let read = object.and_then(|object| serde_json::from_value(Value::Object(object)));
        read.map_err(|e| self.odd(&e))
    }

    /// The body of a success, which is a list.
    pub fn list(&self) -> Result<Vec<Value>, PortError> {
        serde_json::from_slice(&self.body).map_err(|e| self.odd(&e))
    }

    fn odd(&self, error: &serde_json::Error) -> PortError {
        let why = format!(
            "{}: {}, but the body is not what was documented: {error}",
            self.what, self.status
        );
        match self.deed {
            Access::Read => PortError::later(why),
            Access::Write => PortError::unclear(why),
        }
    }

    /// What a status that is not a success means, for this kind of call.
    pub fn error(&self) -> PortError {
        let why = self.why();
        match (self.status, self.deed) {
            (401 | 403 | 407, _) => PortError::Denied { why },
            (404 | 410, _) => PortError::Gone { why },
            (425 | 429, _) => PortError::Later {
                why,
                after: self.retry_after,
            },
            (408, Access::Read) => PortError::Later {
                why,
                after: self.retry_after,
            },
            // The far side does not know the method, so it has done nothing.
            (501, _) => PortError::Never { why },
            (500..=599, Access::Read) => PortError::Later {
                why,
                after: self.retry_after,
            },
            (408 | 500..=599, Access::Write) => PortError::Unclear { why },
            _ => PortError::Never { why },
        }
    }

    /// The call, the status and the beginning of the answer.
    pub fn why(&self) -> Why {
        let said = words::short_line(&String::from_utf8_lossy(&self.body), QUOTED);
        let hint = if (300..400).contains(&self.status) {
            " (redirects are not followed)"
        } else {
            ""
        };
        let why = Why::from(format!("{}: {}{hint}", self.what, self.status));
        match said.is_empty() {
            true => why,
            false => why.answered(said),
        }
    }
}

/// `base` with these segments behind its path, each one percent-encoded as a whole.
pub fn under(base: &Url, segments: &[&str]) -> Result<Url, PortError> {
    let mut url = base.clone();
    // A URL swallows such a segment, and then the call would hit something else.
    if let Some(bad) = segments.iter().find(|s| matches!(**s, "" | "." | "..")) {
        return Err(PortError::never(format!(
            "{bad:?} is not an id that fits into an address"
        )));
    }
    url.path_segments_mut()
        .map_err(|()| PortError::never("the address has no path"))?
        .pop_if_empty()
        .extend(segments);
    Ok(url)
}

/// A configured address, if it can be called at all.
pub fn address(setting: &str, text: &str) -> Result<Url, PortError> {
    let fault = match Url::parse(text) {
        Err(e) => format!("is not an address: {e}"),
        Ok(url) if !matches!(url.scheme(), "http" | "https") || !url.has_host() => {
            "must begin with https:// (or http://) and a host".to_owned()
        }
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            "must not carry a name or password: they would end in logs".to_owned()
        }
        Ok(url) => return Ok(url),
    };
    Err(PortError::never(format!("{setting} {fault}")))
}

/// Whether what goes there stays in this house.
pub fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || !name.contains('.'),
        Some(url::Host::Ipv4(ip)) => ip.is_loopback() || ip.is_private(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

fn lost(what: &str, deed: Access, error: reqwest::Error) -> PortError {
    let connecting = error.is_connect();
    let slow = error.is_timeout();
    let why = format!(
        "{what}: {}",
        if slow {
            "no answer in time".to_owned()
        } else {
            cause(&error)
        }
    );
    match deed {
        _ if error.is_builder() => PortError::never(why),
        _ if connecting => PortError::later(why),
        Access::Read => PortError::later(why),
        Access::Write => PortError::unclear(why),
    }
}

/// The innermost cause. The outer ones repeat the whole URL with its query.
fn cause(error: &reqwest::Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(inner) = innermost.source() {
        innermost = inner;
    }
    match std::ptr::addr_eq(innermost, error) {
        true => "the connection failed".to_owned(),
        false => words::short_line(&innermost.to_string(), QUOTED),
    }
}

/// `Retry-After`, in seconds from now: a number or an HTTP date.
fn pause(header: &str, now: At) -> Option<i64> {
    let header = header.trim();
    let seconds = match header.parse::<i64>() {
        Ok(seconds) => seconds,
        Err(_) => (DateTime::parse_from_rfc2822(header).ok()?.to_utc() - now).num_seconds() + 1,
    };
    Some(seconds.clamp(0, LONGEST_PAUSE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::tests::Far;
    use crate::source::tests::Says;
    use crate::source::tests::at;

    fn answer(status: u16, deed: Access, body: &str) -> Answer {
        Answer {
            status,
            body: body.into(),
            headers: HeaderMap::new(),
            deed,
            what: "PUT /v4/x".into(),
            retry_after: Some(7),
        }
    }

    #[test]
    fn a_pause_is_seconds_or_a_date_and_never_negative() {
        let now = at("2026-11-21T10:00:00Z");
        assert_eq!(pause("120", now), Some(120));
        assert_eq!(pause("Sat, 21 Nov 2026 10:00:30 GMT", now), Some(31));
        assert_eq!(pause("Sat, 21 Nov 2026 09:00:00 GMT", now), Some(0));
        assert_eq!(pause("999999999", now), Some(LONGEST_PAUSE));
        assert_eq!(pause("soon", now), None);
    }

    #[test]
    fn a_server_fault_is_later_for_a_read_and_unclear_for_a_write() {
        assert!(matches!(
            answer(503, Access::Read, "").error(),
            PortError::Later { after: Some(7), .. }
        ));
        assert!(matches!(
            answer(503, Access::Write, "").error(),
            PortError::Unclear { .. }
        ));
        assert!(matches!(
            answer(429, Access::Write, "").error(),
            PortError::Later { after: Some(7), .. }
        ));
        assert!(matches!(
            answer(409, Access::Write, "").error(),
            PortError::Never { .. }
        ));
        assert!(matches!(
            answer(404, Access::Read, "").error(),
            PortError::Gone { .. }
        ));
        assert!(matches!(
            answer(403, Access::Write, "").error(),
            PortError::Denied { .. }
        ));
        assert!(matches!(
            answer(302, Access::Read, "").error(),
            PortError::Never { .. }
        ));
    }

    #[tokio::test]
    async fn a_flood_is_stopped() {
        let far = Far::open(|_, _| Says::Json(200, "x".repeat(LARGEST_BODY).into())).await;
        let http = Http::open().unwrap();
        let url = Url::parse(&far.url).unwrap();
        let now = at("2026-11-21T10:00:00Z");
        let read = http.call(http.get(url.clone()), Access::Read, now).await;
        assert!(matches!(read, Err(PortError::Never { why }) if why.ours.contains("larger than")));
        let write = http.call(http.post(url), Access::Write, now).await;
        assert!(
            matches!(write, Err(PortError::Unclear { .. })),
            "it may have been done all the same"
        );
    }

    #[test]
    fn an_error_quotes_one_short_line() {
        let answer = answer(400, Access::Read, &"böse\n\u{202e}".repeat(500));
        let why = answer.why().text();
        assert!(why.starts_with("PUT /v4/x: 400, answered: böse böse"), "{why}");
        assert!(why.chars().count() < 350 && !why.contains('\n') && !why.contains('\u{202e}'));
        assert_eq!(
            answer.error().to_string(),
            "never: PUT /v4/x: 400",
            "what is logged"
        );
    }

    #[test]
    fn an_id_stays_one_segment_of_the_path() {
        let base = Url::parse("https://shop.example/api/?key=1").unwrap();
        assert_eq!(under(&base, &["a/b?c"]).unwrap().path(), "/api/a%2Fb%3Fc");
        assert!(under(&base, &[".."]).is_err() && under(&base, &[""]).is_err());
        assert!(
            ["ftp://x/", "https://a:b@x/", "x"]
                .iter()
                .all(|bad| address("url", bad).is_err())
        );
    }
}
