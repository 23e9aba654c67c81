//! `zeitnah serve`: one replica, until it is told to stop.

use std::path::Path;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::signal::unix::SignalKind;
use tokio::signal::unix::signal;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::app::Parts;
use crate::cli::Failure;
use crate::cli::Outcome;
use crate::cli::current;
use crate::cli::load;
use crate::cli::store;
use crate::config::log::Format;
use crate::port::clock::SystemClock;
use crate::telemetry;

pub async fn run(asked: Option<&Path>, migrate: bool) -> Outcome {
    let config = load(asked)?;
    let format = match config.log.format {
        Format::Auto => telemetry::Format::Auto,
        Format::Text => telemetry::Format::Text,
        Format::Json => telemetry::Format::Json,
    };
    telemetry::start(format, &config.log.level);
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    let store = store(&config).await?;
    if migrate {
        store.migrate().await?;
    }
    current(&store).await?;
    let listener = TcpListener::bind(config.http.listen).await.map_err(|error| {
        Failure::Say(format!(
            "{} cannot be listened at: {error}; choose another port in [http] listen",
            config.http.listen
        ))
    })?;
    let app = App::assemble(Parts::of(&config, store, Arc::new(SystemClock))?)?;
    let stop = CancellationToken::new();
    let asked = stop.clone();
    tokio::spawn(async move {
        told_to_stop().await;
        tracing::info!("stopping: what was begun is finished first");
        asked.cancel();
    });
    tracing::info!(listen = %config.http.listen, sources = config.sources.len(), "ready");
    Ok(app.run(listener, stop).await?)
}

/// Ctrl-C at a terminal, SIGTERM from whoever keeps us running.
pub async fn told_to_stop() {
    let Ok(mut term) = signal(SignalKind::terminate()) else {
        tokio::signal::ctrl_c().await.ok();
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = term.recv() => {}
    }
}
