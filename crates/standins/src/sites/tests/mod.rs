//! What the tests of the sites share: a clock that stands still and a real socket.

mod control;

use std::sync::Arc;
use std::sync::Mutex;

use axum::Router;
use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;

use super::hold;
use crate::Now;

#[derive(Clone)]
pub struct Clock(Arc<Mutex<DateTime<Utc>>>);

impl Clock {
    pub fn stopped() -> Clock {
        Clock(Arc::new(Mutex::new("2026-11-21T09:00:00.250Z".parse().unwrap())))
    }

    pub fn advance(&self, seconds: i64) {
        *hold(&self.0) += TimeDelta::seconds(seconds);
    }

    pub fn at(&self) -> DateTime<Utc> {
        *hold(&self.0)
    }

    pub fn now(&self) -> Now {
        let clock = self.clone();
        Arc::new(move || clock.at())
    }
}

/// Serves on a free port; answers with the base address.
pub async fn open(router: Router) -> String {
    rustls::crypto::ring::default_provider().install_default().ok();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    base
}

#[test]
fn telephone_numbers_are_told_from_dates_and_prices() {
    for yes in [
        "Ruf an: 089 1234567",
        "+49 (0)89/123 456",
        "Tel.030/1234-56 bitte",
    ] {
        assert!(super::has_phone_number(yes), "{yes}");
    }
    for no in [
        "am 08.12.2026 um 10:30",
        "Bestellung 4711-99812",
        "0,99 Euro",
        "007",
        "10 000 000 Danke",
    ] {
        assert!(!super::has_phone_number(no), "{no}");
    }
}
