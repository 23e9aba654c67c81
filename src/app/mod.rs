//! The only file that knows every layer: puts the parts together, starts them in order and stops them in order. Any
//! number of these run on one database.

mod book;
pub mod exports;
pub mod parts;

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::chat::discord;
use crate::chat::discord::DiscordChat;
use crate::chat::slack;
use crate::chat::slack::SlackChat;
use crate::domain::id::LeaseToken;
use crate::domain::promise::practice;
use crate::domain::promise::rules::Rules;
use crate::http;
use crate::http::Health;
use crate::http::Room;
use crate::http::Sockets;
use crate::port::PortError;
use crate::port::chat::ChatPlatform;
use crate::port::clock::Clock;
use crate::port::export::Exports;
use crate::port::rulebook::Rulebook;
use crate::port::source::ReviewSource;
use crate::port::webhook::Webhook;
use crate::source::practice::Practice;
use crate::store::Store;
use crate::telemetry::Scrape;
use crate::telemetry::process;
use crate::worker;
use crate::workflow::Aside;
use crate::workflow::AtHand;
use crate::workflow::Desk;
use crate::workflow::Live;
use crate::workflow::Shared;
use crate::workflow::queue;

/// What an installation is made of.
pub struct Parts {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub rules: Rules,
    /// Where rules come from under settings from a chat; without it there are no such settings.
    pub rulebook: Option<Arc<dyn Rulebook>>,
    /// Who reads files that somebody hands in from a chat; without it nobody can.
    pub exports: Option<Arc<dyn Exports>>,
    pub sources: Vec<Arc<dyn ReviewSource>>,
    pub webhooks: Vec<(String, Arc<dyn Webhook>)>,
    pub slack: Option<SlackParts>,
    pub discord: Option<DiscordParts>,
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

pub struct DiscordParts {
    pub settings: discord::Settings,
    pub mode: DiscordMode,
}

/// How interactions reach us.
pub enum DiscordMode {
    Http { public_key: String },
    Gateway,
}

/// Holds a chat's line until stopped.
type Holding = Pin<Box<dyn Future<Output = Result<(), PortError>> + Send>>;
type Hold = Box<dyn FnOnce(CancellationToken) -> Holding + Send + Sync>;

/// A chat's line that we hold, by the chat's name.
struct Held {
    chat: &'static str,
    sockets: Arc<dyn Fn() -> Sockets + Send + Sync>,
    hold: Hold,
}

pub struct App {
    pub desk: Arc<Desk>,
    pub slack: Option<Arc<SlackChat>>,
    pub discord: Option<Arc<DiscordChat>>,
    /// Presses under way after their acknowledgement.
    pub work: TaskTracker,
    /// Whether this replica holds the line to Discord that all replicas share.
    pub leads: Arc<dyn Fn() -> bool + Send + Sync>,
    /// From the moment in which we are told to stop: nobody should be sent to us any more.
    stopping: CancellationToken,
    /// For how long we go on after that, until whoever asks whether we are ready has heard it.
    pub drain: Duration,
    /// What our listener for the world puts up with.
    pub room: Room,
    watched: Option<Watched>,
    health: Arc<Health>,
    held: Vec<Held>,
    /// The addresses at which chats call us.
    called: http::Routes,
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
            rulebook,
            exports,
            sources,
            webhooks,
            slack,
            discord,
        } = parts;
        let shared = Arc::new(Shared {
            store: store.clone(),
            clock: clock.clone(),
            me: LeaseToken::new(clock.now()).0,
        });
        let mut chats: BTreeMap<String, Arc<dyn ChatPlatform>> = BTreeMap::new();
        let slack = match slack {
            Some(SlackParts { settings, mode }) => {
                let url = settings.api_url.clone();
                let chat = Arc::new(SlackChat::open(settings)?);
                chats.insert(slack::NAME.to_owned(), chat.clone());
                Some((chat, mode, url))
            }
            None => None,
        };
        let discord = match discord {
            Some(DiscordParts { settings, mode }) => {
                let chat = Arc::new(DiscordChat::open(settings, shared.clone(), clock.clone())?);
                chats.insert(discord::NAME.to_owned(), chat.clone());
                Some((chat, mode))
            }
            None => None,
        };
        let practice: Arc<dyn ReviewSource> = Arc::new(Practice {
            label: practice::label(&rules.channels),
        });
        let sources = sources.into_iter().chain([practice]);
        let desk = Arc::new(Desk {
            store,
            clock: clock.clone(),
            rules: Live::of(rules.with_practice()),
            rulebook,
            exports,
            sources: sources.map(|s| (s.name().to_owned(), s)).collect(),
            chats,
            webhooks: webhooks.into_iter().collect(),
            aside: Aside::default(),
            keeping: queue::keeping(),
            presses: queue::presses(),
            at_hand: AtHand::default(),
        });
        let stopping = CancellationToken::new();
        let mut app = Self {
            health: Arc::new(Health::new(desk.clone(), Vec::new(), stopping.clone())),
            desk,
            slack: slack.as_ref().map(|(chat, _, _)| chat.clone()),
            discord: discord.as_ref().map(|(chat, _)| chat.clone()),
            work: TaskTracker::new(),
            leads: Arc::new(|| false),
            stopping,
            drain: Duration::ZERO,
            room: Room::world(),
            watched: None,
            held: Vec::new(),
            called: http::Routes::new(),
        };
        if let Some((chat, mode, api_url)) = slack {
            let door = slack::door::Door {
                chat,
                inbox: app.desk.clone(),
                clock: clock.clone(),
                work: app.work.clone(),
            };
            app.connect_slack(door, mode, api_url, shared.clone());
        }
        if let Some((chat, mode)) = discord {
            let door = discord::door::Door {
                chat,
                inbox: app.desk.clone(),
                clock,
                work: app.work.clone(),
            };
            app.connect_discord(door, mode, shared)?;
        }
        let lines = app
            .held
            .iter()
            .map(|held| (held.chat.to_owned(), held.sockets.clone()));
        let lines: Vec<http::Line> = lines.collect();
        app.health = Arc::new(Health::new(app.desk.clone(), lines, app.stopping.clone()));
        Ok(app)
    }

    fn connect_slack(
        &mut self,
        door: slack::door::Door,
        mode: SlackMode,
        api_url: String,
        pace: Arc<Shared>,
    ) {
        match mode {
            SlackMode::Http { signing_secrets } => {
                self.is_called_at(slack::http::routes(slack::http::Http {
                    door,
                    signing_secrets,
                }));
            }
            SlackMode::Socket {
                app_token,
                connections,
            } => {
                let line = Arc::new(slack::socket::Line::default());
                let watched = line.clone();
                let sockets = move || Sockets {
                    up: watched.up(),
                    wanted: connections,
                };
                let socket = slack::socket::Socket {
                    door,
                    api_url,
                    app_token,
                    connections,
                    pace,
                };
                self.holds(
                    slack::NAME,
                    sockets,
                    Box::new(move |stop| Box::pin(socket.run(line, stop))),
                );
            }
        }
    }

    fn connect_discord(
        &mut self,
        door: discord::door::Door,
        mode: DiscordMode,
        lead: Arc<Shared>,
    ) -> Result<(), PortError> {
        match mode {
            DiscordMode::Http { public_key } => {
                let verifier = discord::http::verifier(&public_key)?;
                self.is_called_at(discord::http::routes(discord::http::Http { door, verifier }));
            }
            DiscordMode::Gateway => {
                let line = Arc::new(discord::gateway::Line::default());
                let (watched, led) = (line.clone(), line.clone());
                self.leads = Arc::new(move || led.is_held_here());
                // All replicas share one; whoever stands by for it has none and wants none.
                let sockets = move || Sockets {
                    up: u32::from(watched.is_held_here()),
                    wanted: u32::from(!watched.stands_by()),
                };
                let gateway = discord::gateway::Gateway { door, lead };
                self.holds(
                    discord::NAME,
                    sockets,
                    Box::new(move |stop| Box::pin(gateway.run(line, stop))),
                );
            }
        }
        Ok(())
    }

    fn is_called_at(&mut self, routes: http::Routes) {
        self.called = std::mem::take(&mut self.called).merge(routes);
    }

    fn holds(
        &mut self,
        chat: &'static str,
        sockets: impl Fn() -> Sockets + Send + Sync + 'static,
        hold: Hold,
    ) {
        let sockets = Arc::new(sockets);
        self.held.push(Held { chat, sockets, hold });
    }

    /// Lets operators read `scrape` at a listener of their own, or at ours where there is none.
    pub fn watched_at(&mut self, listener: Option<TcpListener>, scrape: Scrape) {
        let at = listener.map_or(Place::Shared, Place::Own);
        self.watched = Some(Watched { scrape, at });
    }

    /// Knows who we are and who is in which group before the first press is judged.
    pub async fn introduce(&self) -> Result<(), PortError> {
        for chat in self.desk.chats.values() {
            chat.introduce().await?;
        }
        self.refresh().await
    }

    async fn refresh(&self) -> Result<(), PortError> {
        let read = self.desk.refresh().await;
        read.map(drop).map_err(|e| PortError::later(e.to_string()))
    }

    /// Answers HTTP until stopped.
    pub fn answer(
        &self,
        listener: TcpListener,
        stop: CancellationToken,
    ) -> impl Future<Output = std::io::Result<()>> + Send + use<> {
        let chats = self.called.clone();
        let router = match &self.watched {
            Some(Watched {
                scrape,
                at: Place::Shared,
            }) => http::together(&self.health, scrape.clone(), process::now(), chats),
            Some(_) | None => http::router(&self.health, chats),
        };
        http::serve(listener, router, self.room, stop)
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
                Some(http::serve(listener, router, Room::operators(), stop))
            }
            other => {
                watched.at = other;
                None
            }
        }
    }

    /// Holds the chats' lines until stopped; once, and only where there is a line to hold.
    pub fn hold_lines(&mut self, stop: &CancellationToken) -> Vec<Holding> {
        let held = std::mem::take(&mut self.held);
        held.into_iter().map(|line| (line.hold)(stop.clone())).collect()
    }

    /// Everything, until stopped. The order matters: who we are, then ears, then hands. At the end we first say that
    /// we are not ready any more, then close our ears, so that nothing new comes in while what was begun is finished;
    /// operators can watch until it is.
    pub async fn run(mut self, listener: TcpListener, stop: CancellationToken) -> std::io::Result<()> {
        let (tasks, listening) = (TaskTracker::new(), TaskTracker::new());
        let (ears, hands) = (CancellationToken::new(), CancellationToken::new());
        let mut lines: BTreeMap<&str, Hold> = std::mem::take(&mut self.held)
            .into_iter()
            .map(|line| (line.chat, line.hold))
            .collect();
        let watching = self.watch(&tasks, &hands);
        let this = Arc::new(self);
        for (name, chat) in &this.desk.chats {
            let (chat, known, quit) = (chat.clone(), this.clone(), ears.clone());
            let line = lines.remove(name.as_str());
            // One chat away at the start is no reason to keep the other waiting, nor not to take in reviews.
            listening.spawn(async move {
                let mut tries: u32 = 0;
                while let Err(error) = chat.introduce().await {
                    tries += 1;
                    // Said often at first and seldom later: it may last for hours.
                    if tries.is_power_of_two() {
                        tracing::warn!(chat = chat.name(), error = %error, tries, "the chat does not answer yet");
                    }
                    if quit.is_cancelled() {
                        return;
                    }
                    worker::breathe(&quit).await;
                }
                if let Err(error) = known.refresh().await {
                    tracing::warn!(error = %error, "groups could not be read yet");
                }
                if let Some(line) = line
                    && let Err(error) = line(quit).await
                {
                    tracing::error!(chat = chat.name(), error = %error, "the line ended");
                }
            });
        }
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
        listening.close();
        this.work.close();
        tasks.close();
        let finish = async {
            let answered = match broken {
                Some(ended) => ended,
                // Whoever has begun to ask is answered.
                None => (&mut answering).await,
            };
            // A line is handed over while it is still heard.
            listening.wait().await;
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
