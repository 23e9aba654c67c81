//! The only file that knows every layer: puts the parts together, starts them in order and stops them in order. Any
//! number of these run on one database.

pub mod parts;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::chat::slack;
use crate::chat::slack::SlackChat;
use crate::chat::slack::door::Door;
use crate::chat::slack::socket::Line;
use crate::chat::slack::socket::Socket;
use crate::domain::practice;
use crate::domain::rules::Rules;
use crate::http;
use crate::http::Health;
use crate::http::Sockets;
use crate::port::PortError;
use crate::port::chat::ChatPlatform;
use crate::port::clock::Clock;
use crate::port::source::ReviewSource;
use crate::source::practice::Practice;
use crate::store::Store;
use crate::telemetry::Scrape;
use crate::telemetry::process;
use crate::worker;
use crate::workflow::Desk;

/// What an installation is made of.
pub struct Parts {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub rules: Rules,
    pub sources: Vec<Arc<dyn ReviewSource>>,
    pub slack: Option<SlackParts>,
}

pub struct SlackParts {
    pub settings: slack::Settings,
    pub mode: SlackMode,
}

/// How presses reach us.
pub enum SlackMode {
    Http {
        signing_secrets: Vec<SecretString>,
    },
    Socket {
        app_token: SecretString,
        connections: u32,
    },
}

pub struct App {
    pub desk: Arc<Desk>,
    pub slack: Option<Arc<SlackChat>>,
    /// Presses under way after their acknowledgement.
    pub work: TaskTracker,
    /// From the moment in which we are told to stop: nobody should be sent to us any more.
    stopping: CancellationToken,
    /// For how long we go on after that, until whoever asks whether we are ready has heard it.
    pub drain: Duration,
    watched: Option<Watched>,
    health: Arc<Health>,
    socket: Option<(Socket, Arc<Line>)>,
    signed: Option<slack::http::Http>,
}

/// Where operators ask, and what they read there.
struct Watched {
    scrape: Scrape,
    at: Place,
}

enum Place {
    /// On the listener that the world reaches, because somebody wants it so.
    Shared,
    Own(TcpListener),
    /// On one of their own, which answers already.
    Answering,
}

/// What was begun may take this long to end.
const GRACE: Duration = Duration::from_secs(25);
/// And the database connections this long to close.
const LAST_WORDS: Duration = Duration::from_secs(3);
/// So long it takes at most from the end of the pause for balancers to the end of the process.
pub const LONGEST_STOP: Duration = GRACE.saturating_add(LAST_WORDS);
const FOLD: Duration = Duration::from_secs(5);

impl App {
    pub fn assemble(parts: Parts) -> Result<Self, PortError> {
        let Parts {
            store,
            clock,
            rules,
            sources,
            slack: wanted,
        } = parts;
        let mut chats: BTreeMap<String, Arc<dyn ChatPlatform>> = BTreeMap::new();
        let (slack, mode) = match wanted {
            Some(SlackParts { settings, mode }) => {
                let url = settings.api_url.clone();
                let chat = Arc::new(SlackChat::open(settings)?);
                chats.insert(slack::NAME.to_owned(), chat.clone());
                (Some(chat), Some((mode, url)))
            }
            None => (None, None),
        };
        let practice: Arc<dyn ReviewSource> = Arc::new(Practice {
            label: practice::label(&rules.channels),
        });
        let sources = sources.into_iter().chain([practice]);
        let desk = Arc::new(Desk {
            store,
            clock: clock.clone(),
            rules: Arc::new(rules.with_practice()),
            sources: sources.map(|s| (s.name().to_owned(), s)).collect(),
            chats,
        });
        let work = TaskTracker::new();
        let stopping = CancellationToken::new();
        let mut lines: Vec<http::Line> = Vec::new();
        let mut app = Self {
            health: Arc::new(Health::new(desk.clone(), Vec::new(), stopping.clone())),
            desk,
            slack,
            work,
            stopping,
            drain: Duration::ZERO,
            watched: None,
            socket: None,
            signed: None,
        };
        if let (Some(chat), Some((mode, api_url))) = (app.slack.clone(), mode) {
            let door = Door {
                chat,
                inbox: app.desk.clone(),
                clock,
                work: app.work.clone(),
            };
            match mode {
                SlackMode::Http { signing_secrets } => {
                    app.signed = Some(slack::http::Http {
                        door,
                        signing_secrets,
                    });
                }
                SlackMode::Socket {
                    app_token,
                    connections,
                } => {
                    let line = Arc::new(Line::default());
                    let watched = line.clone();
                    let sockets = move || Sockets {
                        up: watched.up(),
                        wanted: connections,
                    };
                    lines.push((slack::NAME.to_owned(), Arc::new(sockets)));
                    app.socket = Some((
                        Socket {
                            door,
                            api_url,
                            app_token,
                            connections,
                        },
                        line,
                    ));
                }
            }
        }
        app.health = Arc::new(Health::new(app.desk.clone(), lines, app.stopping.clone()));
        Ok(app)
    }

    /// Lets operators read `scrape` at a listener of their own, or at ours where there is none.
    pub fn watched_at(&mut self, listener: Option<TcpListener>, scrape: Scrape) {
        let at = listener.map_or(Place::Shared, Place::Own);
        self.watched = Some(Watched { scrape, at });
    }

    /// Knows who we are and who is in which group before the first press is judged.
    pub async fn introduce(&self) -> Result<(), PortError> {
        if let Some(slack) = &self.slack {
            slack.introduce().await?;
        }
        self.desk
            .refresh()
            .await
            .map(|_| ())
            .map_err(|e| PortError::later(e.to_string()))
    }

    /// Answers HTTP until stopped.
    pub fn answer(
        &self,
        listener: TcpListener,
        stop: CancellationToken,
    ) -> impl Future<Output = std::io::Result<()>> + Send + use<> {
        let chats = self.signed.clone().map(slack::http::routes).unwrap_or_default();
        let router = match &self.watched {
            Some(Watched {
                scrape,
                at: Place::Shared,
            }) => http::together(&self.health, scrape.clone(), process::now(), chats),
            Some(_) | None => http::router(&self.health, chats),
        };
        http::serve(listener, router, stop)
    }

    /// Answers operators at their listener until stopped; once, and only where they have one.
    pub fn answer_operators(
        &mut self,
        stop: CancellationToken,
    ) -> Option<impl Future<Output = std::io::Result<()>> + Send + use<>> {
        let watched = self.watched.as_mut()?;
        match std::mem::replace(&mut watched.at, Place::Answering) {
            Place::Own(listener) => {
                let router = http::operators(&self.health, watched.scrape.clone(), process::now());
                Some(http::serve(listener, router, stop))
            }
            other => {
                watched.at = other;
                None
            }
        }
    }

    /// Holds the chat's line until stopped; once, and only where there is a line to hold.
    pub fn hold_line(
        &mut self,
        stop: CancellationToken,
    ) -> Option<impl Future<Output = Result<(), PortError>> + Send + use<>> {
        let (socket, line) = self.socket.take()?;
        Some(socket.run(line, stop))
    }

    /// Everything, until stopped. The order matters: who we are, then ears, then hands. At the end we first say that
    /// we are not ready any more, then close our ears, so that nothing new comes in while what was begun is finished;
    /// operators can watch until it is.
    pub async fn run(mut self, listener: TcpListener, stop: CancellationToken) -> std::io::Result<()> {
        let tasks = TaskTracker::new();
        let (ears, hands) = (CancellationToken::new(), CancellationToken::new());
        let line = self.hold_line(ears.clone());
        let watching = self.watch(&tasks, &hands);
        let this = Arc::new(self);
        let (known, quit) = (this.clone(), ears.clone());
        tasks.spawn(async move {
            // Slack away at the start is no reason not to take in reviews.
            let mut tries: u32 = 0;
            while let Err(error) = known.introduce().await {
                tries += 1;
                // Said often at first and seldom later: it may last for hours.
                if tries.is_power_of_two() {
                    tracing::warn!(error = %error, tries, "the chat does not answer yet");
                }
                if quit.is_cancelled() {
                    return;
                }
                worker::breathe(&quit).await;
            }
            if let Some(line) = line
                && let Err(error) = line.await
            {
                tracing::error!(error = %error, "Socket Mode ended");
            }
        });
        worker::start(&this.desk, &hands, &tasks);
        let mut answering = tokio::spawn(this.answer(listener, ears.clone()));
        let broken = tokio::select! {
            () = stop.cancelled() => None,
            ended = &mut answering => Some(ended),
        };
        this.stopping.cancel();
        if broken.is_none() {
            worker::pause(this.drain, &hands).await;
        }
        ears.cancel();
        this.work.close();
        tasks.close();
        let finish = async {
            let answered = match broken {
                Some(ended) => ended,
                // Whoever has begun to ask is answered.
                None => (&mut answering).await,
            };
            this.work.wait().await;
            hands.cancel();
            tasks.wait().await;
            answered
        };
        let finished = tokio::time::timeout(GRACE, finish).await;
        answering.abort();
        if let Some(watching) = watching {
            watching.abort();
        }
        if finished.is_err()
            || tokio::time::timeout(LAST_WORDS, this.desk.store.close())
                .await
                .is_err()
        {
            tracing::warn!(
                "some work did not end in time; its leases run out and another replica looks it up"
            );
        }
        finished.unwrap_or(Ok(Ok(()))).unwrap_or_else(|e| Err(e.into()))
    }

    /// Answers operators, and keeps what they read from piling up when nobody does.
    fn watch(
        &mut self,
        tasks: &TaskTracker,
        stop: &CancellationToken,
    ) -> Option<tokio::task::JoinHandle<std::io::Result<()>>> {
        let scrape = self.watched.as_ref()?.scrape.clone();
        tasks.spawn(worker::every(FOLD, stop.clone(), move || scrape.fold()));
        // Never told to stop: it is ended when everything else has.
        self.answer_operators(CancellationToken::new()).map(tokio::spawn)
    }
}
