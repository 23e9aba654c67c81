//! `zeitnah serve`: one replica, until it is told to stop.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;
use std::time::Instant;

use secrecy::ExposeSecret as _;
use tokio::net::TcpListener;
use tokio::signal::unix::Signal;
use tokio::signal::unix::SignalKind;
use tokio::signal::unix::signal;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::app::LONGEST_STOP;
use crate::app::Parts;
use crate::app::parts;
use crate::cli::Failure;
use crate::cli::Outcome;
use crate::cli::current;
use crate::cli::listen::listen;
use crate::cli::load_for;
use crate::cli::neighbour;
use crate::cli::neighbour::Neighbour;
use crate::cli::store;
use crate::cli::trouble;
use crate::config::Config;
use crate::config::Uses;
use crate::config::log::Format;
use crate::store::Store;
use crate::telemetry;
use crate::telemetry::Scrape;
use crate::worker;

/// So long a replica may take to stop: the longest pause for balancers that can be set, and what was begun.
const LONGEST_WAIT: Duration = Duration::from_secs(60).saturating_add(LONGEST_STOP);
/// An address may stay taken for a moment when nobody answers there any more.
const A_MOMENT: Duration = Duration::from_secs(3);
const BETWEEN_LOOKS: Duration = Duration::from_millis(250);

pub async fn run(asked: Option<&Path>, migrate: bool) -> Outcome {
    let config = load_for(asked, Uses::All)?;
    let format = match config.log.format {
        Format::Auto => telemetry::Format::Auto,
        Format::Text => telemetry::Format::Text,
        Format::Json => telemetry::Format::Json,
    };
    telemetry::start(format, &config.log.level);
    for warning in &config.warnings {
        tracing::warn!(fault = %warning, "the configuration can be read, and one thing in it is hardly meant");
    }
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
    let Some(store) = patiently(&config, &stop).await? else {
        tracing::info!("stopped before the database was there");
        return Ok(());
    };
    if migrate {
        store.migrate().await?;
    }
    current(&store).await?;
    let Some((listener, operators)) = places(&config, &stop).await? else {
        tracing::info!("stopped before our address was free");
        return Ok(());
    };
    let mut app = App::assemble(Parts::of(&config, store, parts::clock())?)?;
    app.desk.set_clock().await?;
    // From the first card on as the team has set it.
    app.desk.follow().await?;
    app.greet().await.map_err(|refused| {
        let what = format!("{}; {}", refused.text, refused.remedy);
        Failure::Misconfigured(Some(what))
    })?;
    app.watched_at(operators, Scrape::install()?);
    app.drain = Duration::from_secs(config.http.drain_seconds);
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

/// The database, as soon as it is there. A server that starts later than we do, or again, is no reason to end; one that
/// does not want us is. None: we were told to stop meanwhile.
async fn patiently(config: &Config, stop: &CancellationToken) -> Result<Option<Store>, Failure> {
    let mut tries: u32 = 0;
    loop {
        let url = config.database.url.expose_secret();
        let opening = Store::open(url, config.database.connections);
        let opened = tokio::select! {
            () = stop.cancelled() => return Ok(None),
            opened = opening => opened,
        };
        let error = match opened {
            Ok(store) => {
                if tries > 0 {
                    tracing::info!(tries, "the database is there");
                }
                return Ok(Some(store));
            }
            Err(error) if error.trouble().passes() => error,
            Err(_) => return store(config).await.map(Some),
        };
        tries += 1;
        // Said often at first and seldom later: it may last for hours.
        if tries.is_power_of_two() {
            let trouble = trouble::of_database(&error, &config.database);
            tracing::warn!(tries, remedy = trouble.remedy, "{}; we wait for it", trouble.what);
        }
        worker::breathe(stop).await;
        if stop.is_cancelled() {
            return Ok(None);
        }
    }
}

/// Where we listen: for the world, and for operators where they have a place of their own.
type Listeners = (TcpListener, Option<TcpListener>);

/// Our addresses, as soon as they are free: whoever starts us again need not wait until the replica before has finished.
/// None: we were told to stop meanwhile.
async fn places(config: &Config, stop: &CancellationToken) -> Result<Option<Listeners>, Failure> {
    let Some(listener) = wait_for(config.http.listen, "in [http] listen", stop).await? else {
        return Ok(None);
    };
    let operators = match config.http.operator_listen {
        Some(at) => match wait_for(at, "in [http] operator_listen", stop).await? {
            Some(listener) => Some(listener),
            None => return Ok(None),
        },
        None => None,
    };
    Ok(Some((listener, operators)))
}

/// Somebody else's program is said at once. Of ours only one that is stopping is waited for, and as long as that may take.
async fn wait_for(
    at: SocketAddr,
    chosen: &str,
    stop: &CancellationToken,
) -> Result<Option<TcpListener>, Failure> {
    let begun = Instant::now();
    let mut said = false;
    loop {
        let failure = match listen(at, chosen).await {
            Ok(listener) => return Ok(Some(listener)),
            Err(failure) => failure,
        };
        match neighbour::at(at).await {
            Neighbour::Stopping if begun.elapsed() < LONGEST_WAIT => {}
            // Between two looks it may just have gone.
            Neighbour::Nobody if begun.elapsed() < A_MOMENT || said && begun.elapsed() < LONGEST_WAIT => {}
            Neighbour::Running => {
                return Err(Failure::Say(format!(
                    "at {at} another replica of zeitnah runs; stop that one, or choose another port {chosen}"
                )));
            }
            Neighbour::Stopping | Neighbour::Nobody | Neighbour::Stranger => return Err(failure),
        }
        if !said {
            said = true;
            tracing::info!(http.listen = %at,
                "a replica that was told to stop is still finishing what it began at our address; we wait for it");
        }
        worker::pause(BETWEEN_LOOKS, stop).await;
        if stop.is_cancelled() {
            return Ok(None);
        }
    }
}

/// What an operator wants to see first. Whether we are one of several, nobody knows, ourselves included.
fn started(config: &Config) {
    let modes = config.chats.iter();
    let modes = modes.map(|chat| format!("{} by {}", chat.kind().name, chat.mode()));
    let modes: Vec<String> = modes.collect();
    let operators = config.http.operator_listen.unwrap_or(config.http.listen);
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        chats = modes.join(", "),
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
#[cfg(feature = "demo")]
pub async fn told_to_stop() {
    if let Ok(mut signals) = Signals::open() {
        signals.next().await;
    }
}
