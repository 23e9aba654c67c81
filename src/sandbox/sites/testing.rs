//! What the tests of the sites share: a clock that stands still and a real socket.

use std::sync::Arc;
use std::sync::Mutex;

use axum::Router;
use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;

use super::hold;
use crate::sandbox::Now;

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
