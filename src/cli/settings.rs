//! `zeitnah settings`: what was set from a chat and what holds; with `--export` the file as it would read with all of it,
//! for whoever wants to keep it there.

use std::path::Path;

use clap::Args;

use crate::cli::Failure;
use crate::cli::Outcome;
use crate::cli::current;
use crate::cli::load;
use crate::cli::say;
use crate::cli::store;
use crate::cli::tell;
use crate::config::overlay;
use crate::store::person;
use crate::store::setting;
use crate::workflow::holding;

#[derive(Args)]
pub struct Options {
    /// Print the configuration file with all settings in it, comments kept; nothing is changed.
    #[arg(long)]
    export: bool,
    /// How many changes are told.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..))]
    last: u16,
}

pub async fn run(asked: Option<&Path>, options: Options) -> Outcome {
    let config = load(asked)?;
    let store = store(&config).await?;
    current(&store).await?;
    let latest = setting::latest(store.pool()).await?;
    let held = holding(&latest);
    let edition = config.written.under(&held).map_err(|faults| {
        faults.iter().for_each(|fault| say(&fault.to_string()));
        Failure::Said
    })?;
    for (key, fault) in &edition.left_out {
        say(&format!(
            "left out: {key}: {}; {}; or reset it in the chat: /zeitnah settings reset {key}",
            fault.what, fault.remedy
        ));
    }
    if options.export {
        tell(edition.text.trim_end());
        return Ok(());
    }
    tell("What holds (* was set from a chat):");
    for (key, value) in overlay::values(&edition.text) {
        let is_set = held.iter().any(|s| s.key == key) && edition.left_out.iter().all(|(k, _)| *k != key);
        let mark = if is_set { "*" } else { " " };
        tell(&format!("{mark} {key} = {value}"));
    }
    let log = setting::log(store.pool(), i64::from(options.last)).await?;
    if log.is_empty() {
        tell("Nothing was set from a chat yet.");
        return Ok(());
    }
    let people: Vec<_> = log.iter().map(|l| l.by.clone()).collect();
    let names = person::names(store.pool(), &people).await?;
    tell("Changed, newest first:");
    for line in log {
        let at = line.at.format("%Y-%m-%d %H:%M UTC");
        let who = names.get(&line.by).unwrap_or(&line.by.user);
        let what = match &line.value {
            Some(value) => format!("= {value}"),
            None => "is what the file says again".to_owned(),
        };
        tell(&format!("  {at}  {} {what}  ({who}, {})", line.key, line.by));
    }
    Ok(())
}
