//! `zeitnah serve`: one replica, until it is told to stop.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::signal::unix::Signal;
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
use crate::cli::listen::listen;
use crate::cli::load;
use crate::cli::store;
use crate::config::Config;
use crate::config::discord;
use crate::config::log::Format;
use crate::config::slack::Way;
use crate::port::PortError;
use crate::port::clock::SystemClock;
use crate::telemetry;
use crate::telemetry::Scrape;

pub async fn run(asked: Option<&Path>, migrate: bool) -> Outcome {
    let config = load(asked)?;
    let format = match config.log.format {
        Format::Auto => telemetry::Format::Auto,
        Format::Text => telemetry::Format::Text,
        Format::Json => telemetry::Format::Json,
    };
    telemetry::start(format, &config.log.level);
    for warning in &config.warnings {
        tracing::warn!(fault = %warning, "the configuration can be read, and one thing in it is hardly meant");
    }
    let store = store(&config).await?;
    if migrate {
        store.migrate().await?;
    }
    current(&store).await?;
    let listener = listen(config.http.listen, "in [http] listen").await?;
    let operators = match config.http.operator_listen {
        Some(at) => Some(listen(at, "in [http] operator_listen").await?),
        None => None,
    };
    let mut app = App::assemble(Parts::of(&config, store, Arc::new(SystemClock))?)?;
    // From the first card on as the team has set it.
    app.desk.follow().await?;
    greet(&config, &app).await?;
    app.watched_at(operators, Scrape::install()?);
    app.drain = Duration::from_secs(config.http.drain_seconds);
    let stop = CancellationToken::new();
    let at_once = CancellationToken::new();
    let mut signals = Signals::open()?;
    let (asked, urged) = (stop.clone(), at_once.clone());
    tokio::spawn(async move {
        signals.next().await;
        tracing::info!("stopping: what was begun is finished first; asked again, we end at once");
        asked.cancel();
        signals.next().await;
        urged.cancel();
    });
    started(&config);
    tokio::select! {
        ended = app.run(listener, stop) => ended?,
        () = at_once.cancelled() => {
            let what = "ended at once; what was under way is looked up by another replica, or at the next start";
            return Err(Failure::Say(what.to_owned()));
        }
    }
    tracing::info!("stopped");
    Ok(())
}

/// A token that a chat refuses never works by itself, so nobody should believe that we run. A chat that is away comes
/// back, and until then reviews are taken in.
async fn greet(config: &Config, app: &App) -> Outcome {
    greet_slack(config, app).await?;
    let Some(discord) = &app.discord else {
        return Ok(());
    };
    match discord.greet().await {
        Ok(()) => {}
        Err(PortError::Denied { why }) => {
            return Err(Failure::Say(format!(
                "Discord does not take the bot token: {why}; copy the token of the page \"Bot\" in the developer \
                 portal again, and see `zeitnah check`"
            )));
        }
        Err(error) => {
            tracing::warn!(error = %error, "Discord does not answer yet; it is asked again and again")
        }
    }
    Ok(())
}

async fn greet_slack(config: &Config, app: &App) -> Outcome {
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

/// What an operator wants to see first. Whether we are one of several, nobody knows, ourselves included.
fn started(config: &Config) {
    let slack = match config.slack.as_ref().map(|s| &s.way) {
        Some(Way::Socket { .. }) => "socket",
        Some(Way::Http { .. }) => "http",
        None => "none",
    };
    let discord = match config.discord.as_ref().map(|d| &d.way) {
        Some(discord::Way::Gateway) => "gateway",
        Some(discord::Way::Http { .. }) => "http",
        None => "none",
    };
    let operators = config.http.operator_listen.unwrap_or(config.http.listen);
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        slack.mode = slack,
        discord.mode = discord,
        http.listen = %config.http.listen,
        http.operator_listen = %operators,
        sources = config.sources.len(),
        channels = config.channels.len(),
        "started"
    );
}

/// Ctrl-C at a terminal, SIGTERM from whoever keeps us running. Opened once, so that none is missed in between.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn open() -> std::io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Once, for whoever has nothing to finish.
pub async fn told_to_stop() {
    if let Ok(mut signals) = Signals::open() {
        signals.next().await;
    }
}
