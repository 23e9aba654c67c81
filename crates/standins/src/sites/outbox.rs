//! What a site still has to push to the bot: attempts follow the sandbox's clock, so a test can live through a day
//! of retries in no time.

use std::time::Duration;

use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use serde::Deserialize;
use serde::Serialize;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Due(DateTime<Utc>),
    Sending,
    Done,
    GivenUp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    pub id: String,
    pub body: String,
    pub standing: Standing,
    pub attempts: u32,
    /// The last answer, none when there was none.
    pub status: Option<u16>,
}

/// What the receiver said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub retry_after: Option<u64>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Outbox {
    pub deliveries: Vec<Delivery>,
    /// The receiver said 410: it wants no more.
    pub closed: bool,
}

impl Outbox {
    pub fn put(&mut self, id: String, body: String, now: DateTime<Utc>) {
        let standing = if self.closed {
            Standing::GivenUp
        } else {
            Standing::Due(now)
        };
        self.deliveries.push(Delivery {
            id,
            body,
            standing,
            attempts: 0,
            status: None,
        });
    }

    /// Taken under the lock and marked, so two ticks at once cannot send the same delivery.
    pub fn take_due(&mut self, now: DateTime<Utc>) -> Vec<Delivery> {
        let mut due = vec![];
        for delivery in &mut self.deliveries {
            if matches!(delivery.standing, Standing::Due(at) if at <= now) {
                delivery.standing = Standing::Sending;
                delivery.attempts += 1;
                due.push(delivery.clone());
            }
        }
        due
    }

    pub fn settle(
        &mut self,
        id: &str,
        answer: Option<Answer>,
        now: DateTime<Utc>,
        pause: fn(u32) -> Option<TimeDelta>,
    ) {
        let status = answer.map(|a| a.status);
        if status == Some(410) {
            self.closed = true;
        }
        let Some(delivery) = self.deliveries.iter_mut().find(|d| d.id == id) else {
            return;
        };
        delivery.status = status;
        delivery.standing = match status {
            Some(200..=299) => Standing::Done,
            Some(410) => Standing::GivenUp,
            Some(_) | None => match pause(delivery.attempts) {
                None => Standing::GivenUp,
                Some(pause) => Standing::Due(now + pause.max(asked(answer))),
            },
        };
    }

    pub fn resend(&mut self, id: &str, now: DateTime<Utc>) -> bool {
        let Some(delivery) = self.deliveries.iter_mut().find(|d| d.id == id) else {
            return false;
        };
        delivery.standing = Standing::Due(now);
        true
    }

    /// After a restart nobody is sending any more.
    pub fn wake(&mut self, now: DateTime<Utc>) {
        for delivery in &mut self.deliveries {
            if delivery.standing == Standing::Sending {
                delivery.standing = Standing::Due(now);
            }
        }
    }
}

fn asked(answer: Option<Answer>) -> TimeDelta {
    let seconds = answer.and_then(|a| a.retry_after).unwrap_or(0).min(86_400);
    TimeDelta::seconds(i64::try_from(seconds).unwrap_or(0))
}

/// The client that pushes. It carries no root certificates: the bot it knocks at is on the same machine.
pub fn client() -> Option<reqwest::Client> {
    // Whoever comes first installs it; a second attempt changes nothing.
    rustls::crypto::ring::default_provider().install_default().ok();
    reqwest::Client::builder()
        .tls_built_in_root_certs(false)
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(15))
        .user_agent("zeitnah-sandbox")
        .build()
        .ok()
}

pub async fn post(request: reqwest::RequestBuilder) -> Option<Answer> {
    let response = request
        .header("content-type", "application/json")
        .send()
        .await
        .ok()?;
    let retry_after = response
        .headers()
        .get("retry-after")
        .and_then(|v| v.to_str().ok()?.parse().ok());
    Some(Answer {
        status: response.status().as_u16(),
        retry_after,
    })
}
