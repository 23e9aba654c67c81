//! A real PostgreSQL for the demo and the tests, with nothing set up by hand: the installed programs, run as a
//! private server in a private folder, reached over a socket that nobody else can open, gone when its owner goes.
//!
//! Only the standard library and tokio's signals: a build of the binary must be able to start the server that the
//! queries of the crate are then checked against.

mod account;
mod error;
mod greeting;
mod home;
mod installation;
mod run;
mod watchdog;

use std::{
    io::{Read, Seek, SeekFrom},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

use self::{
    account::Account,
    error::during,
    greeting::{Answer, greet},
    home::Home,
    installation::Installation,
    watchdog::Watchdog,
};
pub use self::{error::LaunchError, run::with_postgres};

/// The superuser and the database of a private server.
const NAME: &str = "zeitnah";

/// A server that recovers from a crash needs seconds; one that needs longer than this has a fault.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a power cut may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Everything: no write waits for the disk, and many databases are used at once.
    Tests,
    /// Nothing: what was committed is there after `kill -9` and after a power cut.
    Demo,
}

impl Durability {
    fn settings(self) -> &'static [&'static str] {
        match self {
            Self::Tests => &[
                "fsync=off",
                "synchronous_commit=off",
                "full_page_writes=off",
                "max_connections=200",
            ],
            Self::Demo => &["max_connections=100"],
        }
    }
}

/// A running private server. Dropping it stops it.
#[derive(Debug)]
pub struct Server {
    process: Child,
    watchdog: Watchdog,
    home: Home,
    stopped: bool,
}

impl Server {
    /// Starts the server whose data lies below `dir` and waits until it answers; the data is made when it is missing.
    pub fn start(dir: &Path, durability: Durability) -> Result<Self, LaunchError> {
        let home = Home::claim(dir)?;
        let installation = Installation::find(&home)?;
        let was_killed = home.end_orphan()?;
        if home.made_with().is_none() {
            installation.make_cluster(&home, durability)?;
        }
        home.make_socket_dir()?;

        let deadline = Instant::now() + PATIENCE;
        loop {
            let mut server = Self::spawn(&installation, home.clone(), durability)?;
            match server.wait_until_ready(deadline) {
                Ok(()) => return Ok(server),
                // The children of a killed server hold its memory for a moment longer.
                Err(LaunchError::Died { .. }) if was_killed && Instant::now() < deadline => {
                    drop(server);
                    pause(Duration::from_millis(300));
                }
                Err(fault) => return Err(fault),
            }
        }
    }

    /// Where the server is, for `DATABASE_URL`. The port is named because `PGPORT` would change it otherwise.
    pub fn url(&self) -> String {
        let dir: String = self
            .home
            .socket_dir()
            .to_string_lossy()
            .bytes()
            .map(percent_encoded)
            .collect();
        format!("postgres://{NAME}@localhost:5432/{NAME}?host={dir}")
    }

    /// What the server writes about itself.
    pub fn log(&self) -> PathBuf {
        self.home.log()
    }

    /// Ends all connections, writes everything down and waits until the server is gone.
    pub fn stop(mut self) -> Result<(), LaunchError> {
        self.shut_down()
    }

    fn spawn(installation: &Installation, home: Home, durability: Durability) -> Result<Self, LaunchError> {
        let log = home.open_log()?;
        let socket_dir = home.socket_dir().to_string_lossy().replace('"', "\"\"");
        let mut command = Account::command(&installation.program("postgres"), home.account());
        command.arg("-D").arg(home.data()).args(["-p", "5432"]);
        for setting in [
            "listen_addresses=",
            "unix_socket_permissions=0700",
            "shared_buffers=64MB",
            "timezone=UTC",
            "log_timezone=UTC",
            &format!("unix_socket_directories=\"{socket_dir}\""),
        ] {
            command.args(["-c", setting]);
        }
        for setting in durability.settings() {
            command.args(["-c", setting]);
        }
        // A group of its own: Ctrl-C on the terminal is for the command, the server is stopped after it.
        command.process_group(0).stdin(Stdio::null());
        command
            .stdout(log.try_clone().map_err(during("opening the server's log"))?)
            .stderr(log);
        let mut process = command.spawn().map_err(during("starting PostgreSQL"))?;
        let watchdog = Watchdog::over(process.id(), home.socket_dir(), home.account()).inspect_err(|_| {
            let _ = process.kill().and_then(|()| process.wait());
        })?;
        Ok(Self {
            process,
            watchdog,
            home,
            stopped: false,
        })
    }

    fn wait_until_ready(&mut self, deadline: Instant) -> Result<(), LaunchError> {
        let socket = self.home.socket_dir().join(".s.PGSQL.5432");
        loop {
            if self
                .process
                .try_wait()
                .map_err(during("waiting for PostgreSQL"))?
                .is_some()
            {
                self.stopped = true;
                return Err(LaunchError::Died {
                    log: self.last_lines(),
                });
            }
            match greet(&socket, NAME, NAME) {
                Ok(Answer::Ready(_)) => return Ok(()),
                Ok(Answer::NoSuchDatabase) => {
                    if let Ok(Answer::Ready(mut connection)) = greet(&socket, NAME, "postgres") {
                        connection
                            .run(&format!("create database {NAME}"))
                            .map_err(during("creating the database"))?;
                    }
                }
                Ok(Answer::Refused(sentence)) => return Err(LaunchError::Refused { sentence }),
                Ok(Answer::NotYet) | Err(_) => {}
            }
            if Instant::now() > deadline {
                return Err(LaunchError::NotReady {
                    seconds: PATIENCE.as_secs(),
                    log: self.last_lines(),
                });
            }
            pause(Duration::from_millis(10));
        }
    }

    fn last_lines(&self) -> String {
        let mut text = String::new();
        if let Ok(mut log) = std::fs::File::open(self.home.log()) {
            let length = log.metadata().map_or(0, |m| m.len());
            let _ = log.seek(SeekFrom::Start(length.saturating_sub(4096)));
            let mut bytes = vec![];
            let _ = log.read_to_end(&mut bytes);
            text = String::from_utf8_lossy(&bytes).into_owned();
        }
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(10)..].join("\n")
    }

    fn shut_down(&mut self) -> Result<(), LaunchError> {
        if !std::mem::replace(&mut self.stopped, true) {
            // Fast, then immediate, then none of its business any more: what is committed stays in every case.
            for (signal, patience) in [(Signal::INT, 20), (Signal::QUIT, 5), (Signal::KILL, 5)] {
                let _ = kill_process(Pid::from_child(&self.process), signal);
                if self.gone_within(Duration::from_secs(patience))? {
                    break;
                }
            }
        }
        self.watchdog.dismiss();
        self.home.remove_socket_dir();
        Ok(())
    }

    fn gone_within(&mut self, patience: Duration) -> Result<bool, LaunchError> {
        let deadline = Instant::now() + patience;
        loop {
            if self
                .process
                .try_wait()
                .map_err(during("stopping PostgreSQL"))?
                .is_some()
            {
                return Ok(true);
            }
            if Instant::now() > deadline {
                return Ok(false);
            }
            pause(Duration::from_millis(5));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.shut_down();
    }
}

fn percent_encoded(byte: u8) -> String {
    match byte {
        b'/' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the launcher runs before there is a runtime, and polls a process"
)]
fn pause(time: Duration) {
    std::thread::sleep(time);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_with_odd_letters_survives_the_url() {
        let encoded: String = "/tmp/a b&ü".bytes().map(percent_encoded).collect();
        assert_eq!(encoded, "/tmp/a%20b%26%C3%BC");
    }
}
