//! Our own endpoints. Handlers translate, once in and once out; what happens is decided by the desk.

mod guests;
mod health;
mod hook;
mod lately;
mod scrape;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::routing::get;
use axum::routing::post;
use tower_http::timeout::TimeoutLayer;

use crate::telemetry::Scrape;
use crate::workflow::Desk;

/// The largest body anybody may send us.
pub const BODY_LIMIT: usize = 1024 * 1024;
const PATIENCE: Duration = Duration::from_secs(20);

/// For the world; `chats` are the routes of chats that call us.
pub fn router(health: &Arc<Health>, chats: Router) -> Router {
    Router::new()
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .with_state(health.clone())
        .merge(hooks(health.desk.clone(), chats))
}

/// For operators only: a listener of its own, because whoever opens the hooks to the world opens a whole listener.
pub fn operators(health: &Arc<Health>, scrape: Scrape, started: f64) -> Router {
    let watch = scrape::Watch {
        health: health.clone(),
        scrape,
        started,
    };
    Router::new()
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready_in_full))
        .with_state(health.clone())
        .merge(
            Router::new()
                .route("/metrics", get(scrape::page))
                .with_state(watch),
        )
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            PATIENCE,
        ))
}

/// Both on one listener, for installations that the world cannot reach.
pub fn together(health: &Arc<Health>, scrape: Scrape, started: f64, chats: Router) -> Router {
    operators(health, scrape, started).merge(hooks(health.desk.clone(), chats))
}

fn hooks(desk: Arc<Desk>, chats: Router) -> Router {
    Router::new()
        .route("/hook/{source}", post(hook::take))
        .route("/hook/{source}/{token}", post(hook::take_from_whoever_knows))
        .with_state(desk)
        .merge(chats)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            PATIENCE,
        ))
}

pub use guests::Room;
pub use guests::serve;
pub use health::Health;
pub use health::Line;
pub use health::STOPPING;

/// The addresses at which a chat calls us.
pub type Routes = Router;
