//! The only file that knows every layer: puts the parts together, starts them in order and stops them in order. Any
//! number of these run on one database.

mod book;
pub mod exports;
pub mod parts;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::chat;
use crate::chat::kind::Hold;
use crate::chat::kind::Holding;
use crate::chat::kind::Inward;
use crate::chat::kind::Line;
use crate::chat::kind::Opened;
use crate::chat::kind::Reach;
use crate::chat::kind::Tools;
use crate::domain::id::LeaseToken;
use crate::domain::promise::practice;
use crate::domain::promise::rules::Rules;
use crate::http;
use crate::http::Health;
use crate::http::Room;
use crate::port::PortError;
use crate::port::chat::ChatPlatform;
use crate::port::chat::Finding;
use crate::port::chat::Greeting;
use crate::port::clock::Clock;
use crate::port::export::Exports;
use crate::port::rulebook::Rulebook;
use crate::port::source::ReviewSource;
use crate::port::webhook::Webhook;
use crate::source::budget;
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
    pub chats: Vec<Arc<dyn chat::Settings>>,
}

pub struct App {
    pub desk: Arc<Desk>,
    /// Presses under way after their acknowledgement.
    pub work: TaskTracker,
    /// From the moment in which we are told to stop: nobody should be sent to us any more.
    stopping: CancellationToken,
    /// For how long we go on after that, until whoever asks whether we are ready has heard it.
    pub drain: Duration,
    /// What our listener for the world puts up with.
    pub room: Room,
    watched: Option<Watched>,
    health: Arc<Health>,
    /// The lines that we hold, each by its chat's name.
    held: Vec<(&'static str, Line)>,
    leads: Vec<Arc<dyn Fn() -> bool + Send + Sync>>,
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
            chats,
        } = parts;
        let shared = Arc::new(Shared {
            store: store.clone(),
            clock: clock.clone(),
            me: LeaseToken::new(clock.now()).0,
        });
        let tools = Tools {
            clock: clock.clone(),
            pace: shared.clone(),
            lead: shared,
        };
        let open = |settings: Arc<dyn chat::Settings>| -> Result<(&'static str, Opened), PortError> {
            let opened = settings.open(tools.clone())?;
            Ok((settings.kind().name, opened))
        };
        let opened = chats
            .into_iter()
            .map(open)
            .collect::<Result<Vec<_>, PortError>>()?;
        let practice: Arc<dyn ReviewSource> = Arc::new(Practice {
            label: practice::label(&rules.channels),
        });
        let sources = sources
            .into_iter()
            .map(|source| budget::within(source, tools.pace.clone()))
            .chain([practice]);
        let platforms = opened.iter().map(|(name, opened)| {
            let platform: Arc<dyn ChatPlatform> = opened.platform.clone();
            ((*name).to_owned(), platform)
        });
        let platforms: BTreeMap<String, Arc<dyn ChatPlatform>> = platforms.collect();
        let desk = Arc::new(Desk {
            store,
            clock,
            rules: Live::of(rules.with_practice()),
            rulebook,
            exports,
            sources: sources.map(|s| (s.name().to_owned(), s)).collect(),
            chats: platforms,
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
            work: TaskTracker::new(),
            stopping,
            drain: Duration::ZERO,
            room: Room::world(),
            watched: None,
            held: Vec::new(),
            leads: Vec::new(),
            called: http::Routes::new(),
        };
        app.desk.speak();
        for (name, chat) in opened {
            let inward = Inward {
                inbox: app.desk.clone(),
                work: app.work.clone(),
            };
            match (chat.connect)(inward)? {
                Reach::Called(routes) => app.called = std::mem::take(&mut app.called).merge(routes),
                Reach::Held(line) => app.held.push((name, line)),
            }
        }
        app.leads = app.held.iter().map(|(_, line)| line.leads.clone()).collect();
        let lines = app
            .held
            .iter()
            .map(|(chat, line)| ((*chat).to_owned(), line.sockets.clone()));
        let lines: Vec<http::Line> = lines.collect();
        app.health = Arc::new(Health::new(app.desk.clone(), lines, app.stopping.clone()));
        Ok(app)
    }

    /// Whether this process holds a line that all replicas share.
    pub fn leads(&self) -> bool {
        self.leads.iter().any(|leads| leads())
    }

    /// Lets operators read `scrape` at a listener of their own, or at ours where there is none.
    pub fn watched_at(&mut self, listener: Option<TcpListener>, scrape: Scrape) {
        let at = listener.map_or(Place::Shared, Place::Own);
        self.watched = Some(Watched { scrape, at });
    }

    /// The first word with each chat. A token that a chat refuses never works by itself, so nobody should believe that we run. A
    /// chat that is away comes back, and until then reviews are taken in.
    pub async fn greet(&self) -> Result<(), Finding> {
        for (name, chat) in &self.desk.chats {
            match chat.greet().await {
                Greeting::Taken(lacking) => {
                    for finding in lacking {
                        tracing::error!(chat = name, remedy = finding.remedy, "{}", finding.text);
                    }
                    if let Err(error) = self.desk.reopen(name).await {
                        tracing::warn!(chat = name, error = %error,
                            "what the chat refused before waits for its own time");
                    }
                }
                Greeting::Refused(finding) => return Err(finding),
                Greeting::Silent(error) => {
                    tracing::warn!(chat = name, error = %error,
                        "the chat does not answer yet; it is asked again and again");
                }
            }
        }
        Ok(())
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
        held.into_iter()
            .map(|(_, line)| (line.hold)(stop.clone()))
            .collect()
    }

    /// Everything, until stopped. The order matters: who we are, then ears, then hands. At the end we first say that
    /// we are not ready any more, then close our ears, so that nothing new comes in while what was begun is finished;
    /// operators can watch until it is.
    pub async fn run(mut self, listener: TcpListener, stop: CancellationToken) -> std::io::Result<()> {
        let (tasks, listening) = (TaskTracker::new(), TaskTracker::new());
        let (ears, hands) = (CancellationToken::new(), CancellationToken::new());
        let mut lines: BTreeMap<&str, Hold> = std::mem::take(&mut self.held)
            .into_iter()
            .map(|(chat, line)| (chat, line.hold))
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
