//! Our own endpoints. Handlers translate, once in and once out; what happens is decided by the desk.

mod health;
mod hook;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::routing::get;
use axum::routing::post;
use tower_http::timeout::TimeoutLayer;

use crate::workflow::Desk;

/// The largest body anybody may send us.
pub const BODY_LIMIT: usize = 1024 * 1024;
const PATIENCE: Duration = Duration::from_secs(20);

/// `chats` are the routes of chats that call us.
pub fn router(desk: Arc<Desk>, line: health::Line, chats: Router) -> Router {
    Router::new()
        .route("/hook/{source}", post(hook::take))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .with_state(health::Ready { desk, line })
        .merge(chats)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            PATIENCE,
        ))
}

pub use health::Line;

/// Serves until stopped; requests that were taken are answered.
pub async fn serve(
    listener: tokio::net::TcpListener,
    router: Router,
    stop: tokio_util::sync::CancellationToken,
) -> std::io::Result<()> {
    axum::serve(listener, router)
        .with_graceful_shutdown(stop.cancelled_owned())
        .await
}
