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
use crate::port::PortError;
use crate::port::chat::ChatPlatform;
use crate::port::clock::Clock;
use crate::port::source::ReviewSource;
use crate::source::practice::Practice;
use crate::store::Store;
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
    line: http::Line,
    socket: Option<(Socket, Arc<Line>)>,
    signed: Option<slack::http::Http>,
}

/// What was begun may take this long to end.
const GRACE: Duration = Duration::from_secs(25);

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
        let mut app = Self {
            desk,
            slack,
            work,
            line: Arc::new(|| true),
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
                    app.line = Arc::new(move || watched.is_up());
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
        Ok(app)
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
        http::serve(
            listener,
            http::router(self.desk.clone(), self.line.clone(), chats),
            stop,
        )
    }

    /// Holds the chat's line until stopped; once, and only where there is a line to hold.
    pub fn hold_line(
        &mut self,
        stop: CancellationToken,
    ) -> Option<impl Future<Output = Result<(), PortError>> + Send + use<>> {
        let (socket, line) = self.socket.take()?;
        Some(socket.run(line, stop))
    }

    /// Everything, until stopped. The order matters: who we are, then ears, then hands; and at the end ears first,
    /// so that nothing new comes in while what was begun is finished.
    pub async fn run(mut self, listener: TcpListener, stop: CancellationToken) -> std::io::Result<()> {
        let tasks = TaskTracker::new();
        let hands = CancellationToken::new();
        let line = self.hold_line(stop.clone());
        let this = Arc::new(self);
        let (known, quit) = (this.clone(), stop.clone());
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
        let answered = this.answer(listener, stop.clone()).await;
        stop.cancel();
        this.work.close();
        tasks.close();
        let finish = async {
            this.work.wait().await;
            hands.cancel();
            tasks.wait().await;
        };
        if tokio::time::timeout(GRACE, finish).await.is_err() {
            tracing::warn!(
                "some work did not end in time; its leases run out and another replica looks it up"
            );
        }
        this.desk.store.close().await;
        answered
    }
}
