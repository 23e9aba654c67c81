//! Runs one command beside a private server, as the scripts do with the tests: the command finds `DATABASE_URL`,
//! its exit code is ours, and the server is gone when it ends, however it ends.

use std::{
    ffi::OsString,
    io::{self, IsTerminal},
    os::unix::process::ExitStatusExt,
    path::Path,
    process::ExitStatus,
};

use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    process::Command,
    signal::unix::{Signal as Stream, SignalKind, signal},
};

use super::{
    Durability, Server,
    error::{LaunchError, during},
};

/// Starts a server in `dir`, runs `command` with `DATABASE_URL`, stops the server, gives the command's exit code.
pub fn with_postgres(dir: &Path, durability: Durability, command: &[OsString]) -> Result<u8, LaunchError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime
        .map_err(during("starting the runtime"))?
        .block_on(run(dir, durability, command))
}

async fn run(dir: &Path, durability: Durability, command: &[OsString]) -> Result<u8, LaunchError> {
    let (program, arguments) = command.split_first().ok_or(LaunchError::NoCommand)?;
    // Listening comes first: from here on a signal no longer ends us, and the server is always stopped in order.
    let mut signals = Signals::listen().map_err(during("listening to signals"))?;
    let server = Server::start(dir, durability)?;

    let mut child = Command::new(program)
        .args(arguments)
        .env("DATABASE_URL", server.url())
        .spawn()
        .map_err(|source| LaunchError::Command {
            program: program.to_string_lossy().into_owned(),
            source,
        })?;
    let pid = child
        .id()
        .and_then(|id| i32::try_from(id).ok())
        .and_then(Pid::from_raw);
    let status = loop {
        tokio::select! {
            status = child.wait() => break status.map_err(during("waiting for the command"))?,
            signal = signals.next() => {
                if let (Some(signal), Some(pid)) = (signal, pid) {
                    let _ = kill_process(pid, signal);
                }
            }
        }
    };
    server.stop()?;
    Ok(exit_code(status))
}

struct Signals {
    interrupt: Stream,
    terminate: Stream,
    hang_up: Stream,
}

impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    /// What the command must be told. A terminal tells Ctrl-C to the command itself, and many programs take a
    /// second one for impatience.
    async fn next(&mut self) -> Option<Signal> {
        tokio::select! {
            _ = self.interrupt.recv() => (!io::stdin().is_terminal()).then_some(Signal::INT),
            _ = self.terminate.recv() => Some(Signal::TERM),
            _ = self.hang_up.recv() => Some(Signal::HUP),
        }
    }
}

/// As a shell says it: a command ended by a signal gives 128 and the signal's number.
fn exit_code(status: ExitStatus) -> u8 {
    let code = status
        .code()
        .or_else(|| status.signal().map(|signal| 128 + signal));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_is_told_as_a_shell_tells_it() {
        assert_eq!(exit_code(ExitStatus::from_raw(7 << 8)), 7);
        assert_eq!(exit_code(ExitStatus::from_raw(2)), 130);
    }
}
