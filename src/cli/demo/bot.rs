//! Keeps the bot running as a process of its own, as a service manager would: starts it, tells it the demo's time, ends
//! it gracefully at the end, kills it with SIGKILL when the page asks for that, and starts it again.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncBufReadExt;
use tokio::io::AsyncWriteExt;
use tokio::io::BufReader;
use tokio::net::TcpSocket;
use tokio::process::Child;
use tokio::process::ChildStdin;
use tokio::process::Command;
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::replica;
use crate::cli::Failure;
use crate::cli::Outcome;
use crate::demo::Bot;
use crate::demo::Demo;
use crate::domain::show::news::Mood;
use crate::domain::show::news::News;

/// Long enough to see that the bot is gone, and that the far side gets no answer.
const DEAD_FOR: Duration = Duration::from_secs(3);
/// Longer than the bot's own patience with what it has begun.
const GOODBYE: Duration = Duration::from_secs(30);
/// A bot that cannot even start has a fault that starting again does not cure.
const STARTS: u32 = 3;

/// A port that is kept for the bot while no bot listens there: the far side knows one address for it.
pub struct Port {
    pub number: u16,
    _kept: TcpSocket,
}

pub fn reserve() -> io::Result<Port> {
    let kept = socket(0)?;
    Ok(Port {
        number: kept.local_addr()?.port(),
        _kept: kept,
    })
}

/// Bound beside the one that keeps the port. Only who listens is reached.
pub fn socket(port: u16) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.set_reuseport(true)?;
    socket.bind(([127, 0, 0, 1], port).into())?;
    Ok(socket)
}

pub struct Keeper {
    /// Ours, as it was found when we started: it may be built anew meanwhile.
    pub program: PathBuf,
    pub demo: Arc<Demo>,
    pub base: String,
    pub port: Port,
    pub database: String,
    /// Where its words go.
    pub log: PathBuf,
    /// True once the first bot was up.
    pub up: watch::Sender<bool>,
}

enum Ended {
    /// Because we asked it to.
    Stopped,
    Killed,
    ByItself(ExitStatus),
}

impl Keeper {
    pub async fn keep(self, stop: CancellationToken) -> Outcome {
        let mut in_vain = 0;
        loop {
            self.demo.bot_is(Bot::Starting);
            let mut child = self.start()?;
            let ended = self.attend(&mut child, &stop).await?;
            let was_up = self.demo.is_up();
            self.demo.bot_is(Bot::Down);
            match ended {
                Ended::Stopped => return Ok(()),
                Ended::Killed => {}
                Ended::ByItself(status) => {
                    tracing::error!(%status, "the demo's bot ended by itself");
                    self.tell(Mood::Warn, "demo-bot-ended");
                }
            }
            in_vain = if was_up { 0 } else { in_vain + 1 };
            if in_vain >= STARTS {
                return Err(Failure::Say(format!(
                    "the bot does not start; its own words are in {}",
                    self.log.display()
                )));
            }
            if timeout(DEAD_FOR, stop.cancelled()).await.is_ok() {
                return Ok(());
            }
        }
    }

    fn start(&self) -> io::Result<Child> {
        Command::new(&self.program)
            .args([replica::COMMAND, "--far", &self.base, "--port"])
            .arg(self.port.number.to_string())
            // Not an argument: those can be read by everybody on the machine.
            .env("DATABASE_URL", &self.database)
            // A group of its own: Ctrl-C on the terminal is for us, the bot is told by us.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::options().create(true).append(true).open(&self.log)?)
            .kill_on_drop(true)
            .spawn()
    }

    async fn attend(&self, child: &mut Child, stop: &CancellationToken) -> io::Result<Ended> {
        let (Some(mut orders), Some(words)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::other("the bot was started without pipes"));
        };
        let mut words = BufReader::new(words).lines();
        let mut shift = self.demo.clock.watch();
        shift.mark_changed();
        loop {
            tokio::select! {
                Ok(()) = shift.changed() => {
                    let ahead = *shift.borrow_and_update();
                    order(&mut orders, &ahead.to_string()).await;
                }
                Ok(Some(word)) = words.next_line() => {
                    if word == replica::READY {
                        self.up.send_replace(true);
                        self.demo.bot_is(Bot::Up);
                    }
                }
                status = child.wait() => return Ok(Ended::ByItself(status?)),
                () = self.demo.told_to_kill() => {
                    // SIGKILL, and then only gathering what is left.
                    child.kill().await?;
                    return Ok(Ended::Killed);
                }
                () = stop.cancelled() => {
                    order(&mut orders, replica::STOP).await;
                    if timeout(GOODBYE, child.wait()).await.is_err() {
                        child.kill().await?;
                    }
                    return Ok(Ended::Stopped);
                }
            }
        }
    }

    fn tell(&self, mood: Mood, key: &str) {
        self.demo.news(News::of(self.demo.clock.now(), mood, key, &[]));
    }
}

/// Who does not read any more has ended, which is noticed elsewhere.
async fn order(orders: &mut ChildStdin, word: &str) {
    let line = format!("{word}\n");
    if let Err(error) = orders.write_all(line.as_bytes()).await {
        tracing::debug!(error = %error, "the bot did not hear an order");
    }
}
