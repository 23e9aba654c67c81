//! What the stand-ins for review sites share, and the one router that serves them with their controls.

pub mod control;
pub mod faults;
pub mod outbox;
pub mod site;

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use axum::Router;
use chrono::DateTime;
use chrono::SecondsFormat;
use chrono::Utc;
use serde::Deserialize;
use serde::Serialize;

use self::site::Site;
use crate::appstore::AppStore;
use crate::bazaarvoice::Bazaarvoice;
use crate::etrusted::Etrusted;
use crate::google::Google;
use crate::judgeme::Judgeme;
use crate::play::Play;
use crate::shop::Shop;
use crate::trustpilot::Trustpilot;
use crate::woocommerce::WooCommerce;

/// Where something is reviewed: a location of the business or a product of the shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub id: String,
    pub name: String,
}

impl Place {
    pub fn new(id: &str, name: &str) -> Place {
        Place {
            id: id.into(),
            name: name.into(),
        }
    }
}

/// A "no" to whoever plays the customer or the moderator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("no such place")]
    NoSuchPlace,
    #[error("no such review or question")]
    NoSuchItem,
    #[error("a review needs one to five stars")]
    Stars,
    #[error("there is no reply to judge")]
    NoReply,
}

/// What `router` answers behind one address, until stopped; sites push and moderate on the way.
pub async fn serve(
    listener: tokio::net::TcpListener,
    router: axum::Router,
    sites: Vec<Arc<dyn Site>>,
    stop: tokio_util::sync::CancellationToken,
) -> std::io::Result<()> {
    let ticking = async {
        loop {
            for site in &sites {
                site.tick().await;
            }
            tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        }
    };
    tokio::select! {
        done = axum::serve(listener, router) => done,
        () = ticking => Ok(()),
        () = stop.cancelled() => Ok(()),
    }
}

/// One of each, as it comes.
pub fn each(now: &crate::Now) -> Vec<Arc<dyn Site>> {
    let now = || now.clone();
    vec![
        Google::new(now(), Default::default()),
        Shop::new(now(), Default::default()),
        Play::new(now(), Default::default()),
        AppStore::new(now(), Default::default()),
        Trustpilot::new(now(), Default::default()),
        Etrusted::new(now(), Default::default()),
        WooCommerce::new(now(), Default::default()),
        Judgeme::new(now(), Default::default()),
        Bazaarvoice::new(now(), Default::default()),
    ]
}

/// All sites and their controls.
pub fn router(sites: Vec<Arc<dyn Site>>, now: crate::Now) -> Router {
    let each = sites.iter().map(|site| site.clone().router());
    each.fold(Router::new(), Router::merge)
        .merge(control::router(sites, now))
}

/// A lock whose holder panicked still guards usable data: the sandbox changes its state in single steps.
pub fn hold<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

pub fn millis(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Moderators refuse replies that carry a telephone number. A number is taken for one when it starts with `+` or `0`
/// and is seven signs long or more; dots end it, or every German date would be a telephone number.
pub fn has_phone_number(text: &str) -> bool {
    let mut digits = 0;
    let mut before = ' ';
    for c in text.chars() {
        let starts = c == '+' || (c == '0' && !before.is_alphanumeric());
        if digits > 0 && (c.is_ascii_digit() || matches!(c, ' ' | '-' | '/' | '(' | ')')) {
            digits += u32::from(c.is_ascii_digit());
        } else {
            digits = u32::from(starts);
        }
        if digits >= 7 {
            return true;
        }
        before = c;
    }
    false
}

#[cfg(test)]
pub mod tests;
