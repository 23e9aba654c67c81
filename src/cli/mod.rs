//! The command line. Each command is a file; what they share is reading the configuration and saying what is wrong.

mod card;
mod check;
#[cfg(feature = "demo")]
mod demo;
mod digest;
mod health;
mod import;
mod init;
mod listen;
pub mod manifest;
mod migrate;
mod neighbour;
mod probe;
#[cfg(feature = "demo")]
mod sandbox;
mod serve;
mod settings;
mod stats;
mod trouble;
mod why;

use std::ffi::OsString;
use std::path::Path;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::CommandFactory as _;
use clap::Parser;
use clap::Subcommand;
use secrecy::ExposeSecret;

use crate::app::App;
use crate::app::Parts;
use crate::app::parts;
use crate::config::Config;
use crate::config::Uses;
use crate::postgres;
use crate::postgres::Durability;
use crate::store::Store;

/// Customer reviews and questions, answered in time from your team's chat.
#[derive(Parser)]
#[command(version, about)]
pub struct Cli {
    /// The configuration file (default: ZEITNAH_CONFIG, else ./zeitnah.toml).
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    #[cfg(feature = "demo")]
    /// The whole product with no account and no set-up: a page to see and press.
    Demo(demo::Options),
    /// Run the bot until it is told to stop; any number of these on one database.
    Serve {
        /// Bring the schema up to date first.
        #[arg(long)]
        migrate: bool,
    },
    /// Bring the database's schema up to date; running it again changes nothing.
    Migrate,
    /// Look at configuration, database, tokens, channels and sources, and name every fault with its remedy.
    Check(check::Options),
    /// Write a configuration file, by five questions or by flags.
    Init(init::Options),
    /// Show a card to practise with in a channel; every button works, nothing is published.
    Card(card::Options),
    /// Bring in an export of reviews as it comes: CSV, JSON, Excel, ZIP, a folder.
    Import(Box<import::Options>),
    /// Print a digest as its channel would read it; nothing is sent.
    Digest(digest::Options),
    /// Print what was set from a chat by /zeitnah settings, by whom and when, and what holds now.
    Settings(settings::Options),
    /// Check the sums that digests are made of against what happened, or count them anew.
    Stats(stats::Options),
    /// Ask the replica on this machine whether it is ready; the exit code says it too.
    Health,
    /// Tell everything that happened to an item, and what comes next.
    Why {
        /// Its number, as the card and the chat say it, or its id.
        item: String,
    },
    /// Try a configuration on what really happened lately: who would have been called, what would have been late.
    /// Nothing is sent and nothing is written.
    Probe(probe::Options),
    /// Print what a chat's developer console asks for: an app manifest, or a link that invites the bot.
    Manifest(manifest::Options),
    /// Print what lets your shell complete commands and flags, for example
    /// `zeitnah completions bash > /etc/bash_completion.d/zeitnah`.
    Completions {
        /// The shell that will read it.
        shell: clap_complete::Shell,
    },
    #[cfg(feature = "demo")]
    /// Only the stand-ins of the demo, to try a configuration against.
    #[command(hide = true)]
    Sandbox(sandbox::Options),
    #[cfg(feature = "demo")]
    /// The bot of a running demo; the demo starts it.
    #[command(hide = true)]
    DemoBot(demo::replica::Options),
    /// Run a command beside a private PostgreSQL, with DATABASE_URL set.
    #[command(hide = true)]
    WithPostgres {
        /// The folder that holds the server's data; it is made when it is missing.
        #[arg(long, default_value = "target/with-postgres")]
        dir: PathBuf,
        /// The command and its arguments.
        #[arg(last = true, required = true)]
        command: Vec<OsString>,
    },
}

/// Why a command could not do what it was asked, in words for the person who asked.
#[derive(Debug)]
pub enum Failure {
    /// One sentence.
    Say(String),
    /// Everything has been said already.
    Said,
    /// So has this, and whoever called us can tell by the exit code what it was.
    Code(u8),
    /// Trying the same again changes nothing: somebody has to correct the configuration. In one sentence, if it has not
    /// been said already.
    Misconfigured(Option<String>),
}

/// For whoever starts us again and again; the number is the one that BSD gave to a wrong configuration.
const MISCONFIGURED: u8 = 78;

impl<E: std::error::Error + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Say(trouble::of(&error))
    }
}

type Outcome = Result<(), Failure>;

/// Runs the command that was typed.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    // The launcher runs before any runtime and any thread of ours.
    if let Command::WithPostgres { dir, command } = &cli.command {
        return match postgres::with_postgres(dir, Durability::Tests, command) {
            Ok(code) => ExitCode::from(code),
            Err(fault) => failed(&fault.to_string()),
        };
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&format!("the runtime does not start: {error}")),
    };
    let ended = runtime.block_on(dispatch(cli));
    // Whatever still looks up a name or writes a file is not waited for.
    runtime.shutdown_background();
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Said) => ExitCode::FAILURE,
        Err(Failure::Code(code)) => ExitCode::from(code),
        Err(Failure::Say(why)) => failed(&why),
        Err(Failure::Misconfigured(why)) => {
            why.iter().for_each(|why| say(&format!("zeitnah: {why}")));
            ExitCode::from(MISCONFIGURED)
        }
    }
}

async fn dispatch(cli: Cli) -> Outcome {
    let config = cli.config.as_deref();
    match cli.command {
        #[cfg(feature = "demo")]
        Command::Demo(options) => demo::run(options).await,
        #[cfg(feature = "demo")]
        Command::DemoBot(options) => demo::replica::run(options).await,
        Command::Serve { migrate } => serve::run(config, migrate).await,
        Command::Migrate => migrate::run(config).await,
        Command::Check(options) => check::run(config, options).await,
        Command::Init(options) => init::run(config, options),
        Command::Card(options) => card::run(config, options).await,
        Command::Import(options) => import::run(config, *options).await,
        Command::Digest(options) => digest::run(config, options).await,
        Command::Settings(options) => settings::run(config, options).await,
        Command::Stats(options) => stats::run(config, options).await,
        Command::Health => health::run(config).await,
        Command::Why { item } => why::run(config, &item).await,
        Command::Probe(options) => probe::run(config, options).await,
        Command::Manifest(options) => manifest::run(&options),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "zeitnah", &mut std::io::stdout());
            Ok(())
        }
        #[cfg(feature = "demo")]
        Command::Sandbox(options) => sandbox::run(options).await,
        Command::WithPostgres { .. } => Ok(()),
    }
}

fn failed(why: &str) -> ExitCode {
    say(&format!("zeitnah: {why}"));
    ExitCode::FAILURE
}

/// A line for the person at the terminal. Not a log line: those have a level and go their own way.
#[expect(
    clippy::print_stderr,
    reason = "a command line speaks to the person who typed it"
)]
fn say(line: &str) {
    eprintln!("{line}");
}

/// A line of what was asked for, to be read or piped on.
#[expect(clippy::print_stdout, reason = "a command's result goes to standard output")]
fn tell(line: &str) {
    println!("{line}");
}

/// Empty is not set: env files and `NAME= command` leave such behind.
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The configuration for a command that looks into the database and at nothing else, or all its faults at once. Most
/// are typed where the chats' tokens are not.
fn load(asked: Option<&Path>) -> Result<Config, Failure> {
    load_for(asked, Uses::Database)
}

fn load_for(asked: Option<&Path>, uses: Uses) -> Result<Config, Failure> {
    let path = Config::path(asked, &environment);
    Config::load_for(&path, &environment, uses).map_err(|faults| {
        for fault in &faults {
            say(&fault.to_string());
        }
        Failure::Misconfigured(None)
    })
}

async fn store(config: &Config) -> Result<Store, Failure> {
    let url = config.database.url.expose_secret();
    let opened = Store::open(url, config.database.connections).await;
    opened.map_err(|error| {
        let why = trouble::of_database(&error, &config.database).to_string();
        if error.trouble().is_of_configuration() {
            Failure::Misconfigured(Some(why))
        } else {
            Failure::Say(why)
        }
    })
}

/// A database that is not up to date is named, not half used.
async fn current(store: &Store) -> Outcome {
    let lacking = store.lacking_migrations().await?;
    if lacking.is_empty() {
        return Ok(());
    }
    let names = lacking.join(", ");
    Err(Failure::Say(format!(
        "the database lacks {names}; run `zeitnah migrate` (or `zeitnah serve --migrate`)"
    )))
}

/// The desk for a command that runs once and does not listen.
async fn desk(config: &Config) -> Result<App, Failure> {
    let store = store(config).await?;
    current(&store).await?;
    let app = App::assemble(Parts::of(config, store, parts::clock())?)?;
    app.desk.set_clock().await?;
    app.desk.follow().await?;
    Ok(app)
}
