//! `zeitnah demo`: the real bot on a real Postgres, with stand-ins for everything outside, on one page. Nothing to set
//! up; stopped and started again it goes on where it was. The bot is a process of its own, so that it can be killed.

mod bot;
mod elsewhere;
mod narrator;
mod past;
pub mod replica;
mod world;

use std::fs::File;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use sha2::Digest;
use sha2::Sha256;
use tokio_util::sync::CancellationToken;

use self::bot::Keeper;
use self::narrator::Narrator;
use crate::app::App;
use crate::app::Parts;
use crate::cli::Failure;
use crate::cli::Outcome;
use crate::cli::environment;
use crate::cli::listen::locally;
use crate::cli::say;
use crate::cli::serve::told_to_stop;
use crate::config::Config;
use crate::demo::Shift;
use crate::domain::At;
use crate::port::clock::Clock;
use crate::postgres::Durability;
use crate::postgres::Server;
use crate::store::Store;
use crate::telemetry;

#[derive(Args)]
pub struct Options {
    /// Where the page is.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Where the demo's memory is kept; remove it to begin anew.
    #[arg(long)]
    dir: Option<PathBuf>,
}

/// The stand-ins' clock, for the bot too.
pub struct DemoClock(pub Arc<Shift>);

impl Clock for DemoClock {
    fn now(&self) -> At {
        self.0.now()
    }
}

pub async fn run(options: Options) -> Outcome {
    let page = locally(options.port).await?;
    let base = format!("http://127.0.0.1:{}", page.local_addr()?.port());
    let dir = options.dir.clone().unwrap_or_else(home);
    let _folder = claim(&dir)?;
    let log = dir.join("log.txt");
    telemetry::start_in(appended(&log)?, "warn");
    say("Starting …");

    let port = bot::reserve()?;
    let far_side = world::far_side(&base, &format!("http://127.0.0.1:{}", port.number), &dir);
    let demo = far_side.demo.clone();
    let (server, url) = database(&dir, options.dir.is_some(), !demo.file.exists()).await?;
    let store = Store::open(&url, 4).await?;
    store.migrate().await?;
    demo.remember().map_err(|e| {
        Failure::Say(format!(
            "{} cannot be read: {e}; remove {} to begin anew",
            demo.file.display(),
            dir.display()
        ))
    })?;
    let onlooker = App::assemble(parts(&base, store.clone(), demo.clock.clone())?)?.desk;

    let env = written_down(&dir, &base, &url)?;
    let (stop, quit) = (CancellationToken::new(), CancellationToken::new());
    let far = tokio::spawn(demo.clone().run(page, quit.clone()));
    if demo.begins() {
        past::live(&base, &far_side, &store).await?;
        demo.knows_all();
    }
    let narrator = Narrator::new(demo.clone(), onlooker);
    let told = tokio::spawn(narrator.run(quit.clone()));
    let (up, mut is_up) = tokio::sync::watch::channel(false);
    let keeper = Keeper {
        program: std::env::current_exe()?,
        demo,
        base: base.clone(),
        port,
        database: url,
        log: log.clone(),
        up,
    };
    let mut near = tokio::spawn(keeper.keep(stop.clone()));
    let asked = async {
        tokio::select! {
            _ = is_up.wait_for(|up| *up) => say(&format!(
                "Ready: {base}   (Ctrl-C ends it; started again it goes on where it was)\n\
                 What the bot logs is in {}.\n\
                 To ask it from another terminal: . {} && zeitnah probe --last 30d",
                log.display(),
                env.display()
            )),
            () = told_to_stop() => return,
        }
        told_to_stop().await;
    };
    let ended = tokio::select! {
        () = asked => {
            say("Stopping …");
            stop.cancel();
            near.await
        }
        ended = &mut near => ended,
    };
    quit.cancel();
    told.await?;
    far.await??;
    ended??;
    if let Some(server) = server {
        tokio::task::spawn_blocking(move || server.stop()).await??;
    }
    Ok(())
}

/// The bot's parts, in the process that runs it and in the one that looks on.
fn parts(base: &str, store: Store, clock: Arc<Shift>) -> Result<Parts, Failure> {
    let config =
        Config::parse("the demo's settings", &world::settings(base), &world::secret).map_err(|faults| {
            faults.iter().for_each(|fault| say(&fault.to_string()));
            Failure::Said
        })?;
    Ok(Parts::of(&config, store, Arc::new(DemoClock(clock)))?)
}

/// A folder that also the account can reach that PostgreSQL runs as when we are root.
fn home() -> PathBuf {
    let lasting = Path::new("/var/tmp");
    let base = if lasting.is_dir() {
        lasting.to_path_buf()
    } else {
        std::env::temp_dir()
    };
    let who = environment("USER")
        .or_else(|| environment("LOGNAME"))
        .unwrap_or_else(|| "demo".into());
    base.join(format!("zeitnah-demo-{}", who.replace('/', "")))
}

/// The folder is ours as long as the answer lives: two demos with one memory would each overwrite the other's.
fn claim(dir: &Path) -> Result<File, Failure> {
    let failing = |e: std::io::Error| {
        Failure::Say(format!(
            "{} cannot be written: {e}; choose another with --dir",
            dir.display()
        ))
    };
    std::fs::create_dir_all(dir).map_err(failing)?;
    let lock = File::create(dir.join("in-use")).map_err(failing)?;
    lock.try_lock().map_err(|_| {
        Failure::Say(format!(
            "another demo uses {}; end it, or choose another folder with --dir",
            dir.display()
        ))
    })?;
    Ok(lock)
}

/// The logs of the demo and of its bot, one after the other.
fn appended(log: &Path) -> Result<File, Failure> {
    let open = File::options().create(true).append(true).open(log);
    open.map_err(|e| Failure::Say(format!("{} cannot be written: {e}", log.display())))
}

/// Settings and environment, so that every other command can be tried on the demo. Its secrets are nobody's.
fn written_down(dir: &Path, base: &str, url: &str) -> Result<PathBuf, Failure> {
    let failing = |e: std::io::Error| Failure::Say(format!("{} cannot be written: {e}", dir.display()));
    let dir = std::fs::canonicalize(dir).map_err(failing)?;
    let (settings, env) = (dir.join("zeitnah.toml"), dir.join("env"));
    std::fs::write(&settings, world::settings(base)).map_err(failing)?;
    let named = world::SECRETS.iter().chain(&elsewhere::SECRETS);
    let secrets = named.map(|name| (*name, world::secret(name).unwrap_or_default()));
    let own = [
        ("DATABASE_URL", url.to_owned()),
        ("ZEITNAH_CONFIG", settings.display().to_string()),
    ];
    let line = |(name, value): (&str, String)| format!("export {name}='{}'\n", value.replace('\'', "'\\''"));
    let lines: String = own.into_iter().chain(secrets).map(line).collect();
    std::fs::write(&env, lines).map_err(failing)?;
    Ok(env)
}

/// A private server, or a database of our own on the one at DATABASE_URL. A folder without a memory gets an empty
/// one: what the stand-ins do not know, the bot must not know either.
async fn database(dir: &Path, named: bool, anew: bool) -> Result<(Option<Server>, String), Failure> {
    if let Some(url) = environment("DATABASE_URL") {
        let name = database_name(&std::fs::canonicalize(dir)?, named);
        say(&format!("Using the database {name} at DATABASE_URL."));
        if anew {
            Store::forget(&url, &name).await?;
        }
        return Ok((None, Store::ensure(&url, &name).await?));
    }
    let dir = dir.to_path_buf();
    let server = tokio::task::spawn_blocking(move || Server::start(&dir, Durability::Demo)).await??;
    let url = server.url();
    Ok((Some(server), url))
}

/// One for each folder, so that demos beside each other do not share one.
fn database_name(dir: &Path, named: bool) -> String {
    if !named {
        return "zeitnah_demo".into();
    }
    let hash = Sha256::digest(dir.as_os_str().as_encoded_bytes());
    format!("zeitnah_demo_{}", hex::encode(&hash[..4]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_folder_has_a_database_of_its_own() {
        let name = |dir: &str| database_name(Path::new(dir), true);
        assert_eq!(name("/a"), name("/a"));
        assert_ne!(name("/a"), name("/b"));
        assert_eq!(database_name(Path::new("/a"), false), "zeitnah_demo");
    }
}
