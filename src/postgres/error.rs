//! Why there is no server, in sentences that say what to do: the first thing a new person sees may be one of them.

use std::{io, path::PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    #[error(
        "PostgreSQL is not installed: no `initdb` in PATH nor below /usr/lib/postgresql. \
         Install it with `apt-get install postgresql` or set DATABASE_URL."
    )]
    NotInstalled,
    #[error(
        "{} was made by PostgreSQL {made_with}, but only {found} is installed. \
         Install PostgreSQL {made_with}, or remove that folder to begin anew.",
        data.display()
    )]
    OtherVersion {
        data: PathBuf,
        made_with: String,
        found: String,
    },
    #[error(
        "PostgreSQL does not run as root, and neither `postgres` nor `nobody` is in /etc/passwd. \
         Run zeitnah as an ordinary user or set DATABASE_URL."
    )]
    NoAccount,
    #[error(
        "PostgreSQL does not run as root, so it runs as `{user}`, who cannot enter {}. \
         Choose a folder that everybody may enter, such as one below /tmp or /var/lib.",
        closed.display()
    )]
    Unreachable { user: String, closed: PathBuf },
    #[error(
        "{} is not empty and was not made by zeitnah, so it is left alone. Choose another folder.",
        folder.display()
    )]
    NotOurs { folder: PathBuf },
    #[error(
        "{} is in use by another zeitnah (process {owner}). Stop that one or choose another folder.",
        folder.display()
    )]
    InUse { folder: PathBuf, owner: String },
    #[error(
        "a PostgreSQL that nobody owns still runs in {} (process {pid}) and does not stop. \
         Stop it with `kill -QUIT {pid}`, then try again.",
        folder.display()
    )]
    StillRunning { folder: PathBuf, pid: i32 },
    #[error("no folder for the server's socket: {} is too long a path. Set TMPDIR to a short one.", folder.display())]
    PathTooLong { folder: PathBuf },
    #[error("PostgreSQL could not make its data folder:\n{output}")]
    Initdb { output: String },
    #[error("PostgreSQL stopped while it was starting. Its last words:\n{log}")]
    Died { log: String },
    #[error("PostgreSQL was not ready after {seconds} s. Its last words:\n{log}")]
    NotReady { seconds: u64, log: String },
    #[error("PostgreSQL runs but refuses us: {sentence}")]
    Refused { sentence: String },
    #[error("there is no command to run. Usage: zeitnah with-postgres [--dir DIR] -- COMMAND…")]
    NoCommand,
    #[error("cannot run `{program}`: {source}")]
    Command { program: String, source: io::Error },
    #[error("{what}: {source}")]
    Io { what: String, source: io::Error },
}

/// Says what was being done when the system said no.
pub(super) fn during(what: impl Into<String>) -> impl FnOnce(io::Error) -> LaunchError {
    let what = what.into();
    move |source| LaunchError::Io { what, source }
}
