//! `zeitnah serve`: one replica, until it is told to stop.

use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::signal::unix::SignalKind;
use tokio::signal::unix::signal;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::app::Parts;
use crate::chat::slack::check;
use crate::chat::slack::greet;
use crate::cli::Failure;
use crate::cli::Outcome;
use crate::cli::current;
use crate::cli::load;
use crate::cli::store;
use crate::config::Config;
use crate::config::log::Format;
use crate::config::slack::Way;
use crate::port::PortError;
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
        let why = match error.kind() {
            ErrorKind::AddrInUse => "is taken by another program; stop that one, or choose another port",
            ErrorKind::PermissionDenied => "may not be used by this user; choose a port above 1023",
            ErrorKind::AddrNotAvailable => "is no address of this machine; write one of its own",
            _ => return Failure::Say(format!("{} cannot be used: {error}", config.http.listen)),
        };
        Failure::Say(format!("{} {why} in [http] listen", config.http.listen))
    })?;
    let app = App::assemble(Parts::of(&config, store, Arc::new(SystemClock))?)?;
    greet(&config, &app).await?;
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

/// A token that Slack refuses never works by itself, so nobody should believe that we run. A Slack that is away comes
/// back, and until then reviews are taken in.
async fn greet(config: &Config, app: &App) -> Outcome {
    let (Some(slack), Some(settings)) = (&app.slack, &config.slack) else {
        return Ok(());
    };
    match slack.greet().await {
        Ok(greeting) => {
            for name in greeting.scopes.iter().flat_map(check::lacking) {
                let finding = check::scope(name, &[]);
                tracing::error!(remedy = finding.remedy, "{}", finding.text);
            }
        }
        Err(PortError::Denied { why }) => {
            return Err(Failure::Say(format!(
                "Slack does not take the bot token: {why}; copy the Bot User OAuth Token (xoxb-…) of the installed \
                 app again, and see `zeitnah check`"
            )));
        }
        Err(error) => {
            tracing::warn!(error = %error, "Slack does not answer yet; it is asked again and again")
        }
    }
    let Way::Socket { app_token, .. } = &settings.way else {
        return Ok(());
    };
    match greet::line(&settings.api_url, app_token).await {
        Err(PortError::Denied { why }) => Err(Failure::Say(format!(
            "Slack does not take the app-level token: {why}; make one with connections:write under \"Basic \
             Information\" (xapp-…), and see `zeitnah check`"
        ))),
        Ok(()) | Err(_) => Ok(()),
    }
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
