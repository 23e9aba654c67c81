//! `GET /metrics`: what was counted along the way, and how things stand now. Asking for it is cheap for the database,
//! however often and by however many it is asked.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::response::Response;
use chrono::TimeDelta;

use crate::domain::show::closure::Closed;
use crate::http::health::Health;
use crate::telemetry::Scrape;
use crate::telemetry::catalogue as is;
use crate::telemetry::meter::level;
use crate::telemetry::meter::may_be_called;
use crate::telemetry::process;
use crate::workflow::Pulse;
use crate::workflow::Unread;

#[derive(Clone)]
pub struct Watch {
    pub health: Arc<Health>,
    pub scrape: Scrape,
    /// Seconds since 1970.
    pub started: f64,
}

pub async fn page(State(watch): State<Watch>) -> Response {
    let pulse = watch.health.pulse().await;
    let chats: Vec<&str> = watch.health.desk.chats.keys().map(String::as_str).collect();
    database(&chats, pulse.as_ref());
    for (chat, sockets) in watch.health.sockets() {
        level(&is::SOCKETS, &[chat], Some(f64::from(sockets.up)));
        level(&is::SOCKETS_WANTED, &[chat], Some(f64::from(sockets.wanted)));
    }
    for chat in watch.health.called() {
        may_be_called(chat);
    }
    let (used, idle, most) = watch.health.desk.store.connections();
    level(&is::CONNECTIONS, &["used"], Some(f64::from(used)));
    level(&is::CONNECTIONS, &["idle"], Some(f64::from(idle)));
    level(&is::CONNECTIONS_MAX, &[], Some(f64::from(most)));
    level(&is::BUILD, &[env!("CARGO_PKG_VERSION")], Some(1.0));
    level(&is::STARTED, &[], Some(watch.started));
    level(&is::MEMORY, &[], process::memory());
    let text = "text/plain; version=0.0.4; charset=utf-8";
    ([(CONTENT_TYPE, text)], watch.scrape.page()).into_response()
}

/// Figures that the database knows; none of them is left as it was when it does not answer.
fn database(chats: &[&str], pulse: Option<&Pulse>) {
    level(&is::DATABASE_UP, &[], Some(f64::from(u8::from(pulse.is_some()))));
    let count = |of: fn(&Pulse) -> i64| pulse.map(|p| of(p) as f64);
    level(&is::EFFECTS, &["due"], count(|p| p.backlog.due));
    level(&is::EFFECTS, &["waiting"], count(|p| p.backlog.waiting));
    level(&is::EFFECTS, &["newer"], count(|p| p.backlog.newer));
    level(&is::EFFECTS, &["sending"], count(|p| p.backlog.sending));
    level(&is::EFFECTS, &["unknown"], count(|p| p.backlog.unknown));
    level(&is::EFFECTS, &["dead"], count(|p| p.backlog.dead));
    level(&is::OUTBOX_AGE, &[], pulse.map(|p| seconds(p.outbox_age)));
    level(&is::PRESSES_LEFT, &[], count(|p| p.presses));
    level(&is::TIMERS_AGE, &[], pulse.map(|p| seconds(p.timer_age)));
    level(&is::OVERDUE, &[], count(|p| p.overdue));
    level(&is::CARDS, &["stale"], count(|p| p.stale_cards));
    level(&is::CARDS, &["unposted"], count(|p| p.unposted_cards));
    level(&is::CARDS, &["folded"], count(|p| p.folded_cards));
    for (no, (table, _)) in Unread::default().by_table().into_iter().enumerate() {
        level(
            &is::UNREAD,
            &[table],
            pulse.map(|p| p.unread.by_table()[no].1 as f64),
        );
    }
    for state in ["open", "claimed", "snoozed"] {
        let in_it = |p: &Pulse| {
            let row = p.open.iter().find(|(s, _)| s == state);
            row.map_or(0.0, |(_, n)| *n as f64)
        };
        level(&is::OPEN, &[state], pulse.map(in_it));
    }
    closed(chats, pulse);
    for source in pulse.into_iter().flat_map(|p| &p.sources) {
        level(&is::SOURCE_LAG, &[&source.name], source.lag.map(seconds));
        level(
            &is::SOURCE_FAILURES,
            &[&source.name],
            Some(f64::from(source.failures)),
        );
    }
}

/// What is open again is 0, so that an alert on it ends.
fn closed(chats: &[&str], pulse: Option<&Pulse>) {
    for chat in chats {
        for what in Closed::ALL {
            let left = pulse.map(|pulse| {
                let of_it = pulse
                    .closed
                    .iter()
                    .filter(|(shut, _)| shut.closure.chat == *chat && shut.closure.what == what);
                of_it.map(|(_, left)| seconds(*left)).fold(0.0, f64::max)
            });
            level(&is::CLOSED, &[chat, what.as_str()], left);
        }
    }
}

fn seconds(time: TimeDelta) -> f64 {
    time.as_seconds_f64().max(0.0)
}
