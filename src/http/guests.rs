//! A listener that nobody can fill: whoever connects has to ask something soon, there are only so many at once, and when
//! all places are taken, whoever has waited longest without asking anything makes room.

use std::collections::BTreeMap;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::time::Duration;

use axum::Router;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service as _;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::rt::TokioTimer;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::telemetry::meter;
use crate::telemetry::process;

/// How much a listener puts up with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Its name in the figures.
    pub name: &'static str,
    /// So long the first request may take to arrive.
    pub first: Duration,
    /// And so long each further one, counted from the answer before. Longer than the minute for which balancers keep a
    /// connection that they mean to use again.
    pub next: Duration,
    /// Connections at once.
    pub connections: usize,
}

/// After the system refused a connection, for want of memory or of descriptors.
const AFTER_REFUSAL: Duration = Duration::from_secs(1);

impl Room {
    /// For the world: half of what the system gives us, because the database, the chats and operators need theirs.
    pub fn world() -> Self {
        Self {
            name: "world",
            first: Duration::from_secs(10),
            next: Duration::from_secs(75),
            connections: process::files().map_or(512, |files| (files / 2).clamp(16, 512)),
        }
    }

    /// For operators, who keep theirs whatever the world does.
    pub fn operators() -> Self {
        Self {
            name: "operators",
            connections: 32,
            ..Self::world()
        }
    }
}

/// Serves until stopped; requests that were taken are answered.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    room: Room,
    stop: CancellationToken,
) -> io::Result<()> {
    let places = Arc::new(Semaphore::new(room.connections));
    let idle = Arc::new(Idle::default());
    let tasks = TaskTracker::new();
    loop {
        let guest = tokio::select! {
            () = stop.cancelled() => break,
            guest = listener.accept() => guest,
        };
        let (stream, _) = match guest {
            Ok(guest) => guest,
            Err(error) if is_of_guest(&error) => continue,
            Err(error) => {
                tracing::error!(error = %error, "a connection could not be taken");
                timeout(AFTER_REFUSAL, stop.cancelled()).await.ok();
                continue;
            }
        };
        let place = tokio::select! {
            () = stop.cancelled() => break,
            place = place(&places, &idle, room) => place?,
        };
        let visit = Visit {
            router: router.clone(),
            room,
            idle: idle.clone(),
            stop: stop.clone(),
        };
        tasks.spawn(visit.run(stream, place));
    }
    drop(listener);
    tasks.close();
    tasks.wait().await;
    Ok(())
}

/// It is about whoever connected, and says nothing about us.
fn is_of_guest(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
    )
}

async fn place(places: &Arc<Semaphore>, idle: &Idle, room: Room) -> io::Result<OwnedSemaphorePermit> {
    if let Ok(free) = places.clone().try_acquire_owned() {
        return Ok(free);
    }
    if idle.send_away() {
        meter::sent_away(room.name);
    }
    places.clone().acquire_owned().await.map_err(io::Error::other)
}

/// Who is connected and asks nothing, those first who have been so for longest.
#[derive(Default)]
struct Idle(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    next: u64,
    by_age: BTreeMap<u64, CancellationToken>,
}

impl Idle {
    fn hold(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins to wait; the number ends it.
    fn begin(&self, away: &CancellationToken) -> u64 {
        let mut waiting = self.hold();
        waiting.next += 1;
        let number = waiting.next;
        waiting.by_age.insert(number, away.clone());
        number
    }

    fn end(&self, number: u64) {
        self.hold().by_age.remove(&number);
    }

    /// True when there was somebody.
    fn send_away(&self) -> bool {
        let oldest = self.hold().by_age.pop_first();
        let is_somebody = oldest.is_some();
        if let Some((_, away)) = oldest {
            away.cancel();
        }
        is_somebody
    }
}

/// One connection.
struct Visit {
    router: Router,
    room: Room,
    idle: Arc<Idle>,
    stop: CancellationToken,
}

impl Visit {
    async fn run(self, stream: TcpStream, _place: OwnedSemaphorePermit) {
        let away = CancellationToken::new();
        let asked = CancellationToken::new();
        // One request at a time, so one number: that of the wait for the next one.
        let number = Arc::new(Mutex::new(self.idle.begin(&away)));
        let inner = TowerToHyperService::new(self.router);
        let (idle, leave, begun, of_wait) = (self.idle.clone(), away.clone(), asked.clone(), number.clone());
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            begun.cancel();
            idle.end(*of_wait.lock().unwrap_or_else(PoisonError::into_inner));
            let answer = inner.call(request);
            let (idle, leave, of_wait) = (idle.clone(), leave.clone(), of_wait.clone());
            async move {
                let answer = answer.await;
                *of_wait.lock().unwrap_or_else(PoisonError::into_inner) = idle.begin(&leave);
                answer
            }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.room.next)
            .serve_connection(TokioIo::new(stream), service);
        let mut connection = pin!(connection);
        let mut first = pin!(timeout(self.room.first, asked.cancelled()));
        let (mut has_asked, mut is_stopping) = (false, false);
        loop {
            tokio::select! {
                ended = connection.as_mut() => {
                    if let Err(error) = ended {
                        tracing::debug!(error = %error, "a connection broke off");
                    }
                    break;
                }
                () = away.cancelled() => break,
                in_time = &mut first, if !has_asked => match in_time {
                    Ok(()) => has_asked = true,
                    Err(_) => break,
                },
                () = self.stop.cancelled(), if !is_stopping => {
                    is_stopping = true;
                    connection.as_mut().graceful_shutdown();
                }
            }
        }
        self.idle
            .end(*number.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
