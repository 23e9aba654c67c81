//! Parse, load, run, exit code.

use std::{ffi::OsString, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use zeitnah::postgres::{Durability, with_postgres};

#[derive(Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run a command beside a private PostgreSQL, with DATABASE_URL set.
    WithPostgres {
        /// The folder that holds the server's data; it is made when it is missing.
        #[arg(long, default_value = "target/with-postgres")]
        dir: PathBuf,
        /// The command and its arguments.
        #[arg(last = true, required = true)]
        command: Vec<OsString>,
    },
}

fn main() -> ExitCode {
    let Command::WithPostgres { dir, command } = Cli::parse().command;
    match with_postgres(&dir, Durability::Tests, &command) {
        Ok(code) => ExitCode::from(code),
        Err(fault) => {
            eprintln!("zeitnah: {fault}");
            ExitCode::FAILURE
        }
    }
}
