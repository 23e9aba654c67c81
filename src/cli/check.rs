//! `zeitnah check`: all faults at once, each with its place and its remedy. Green means that it will work.

use std::path::Path;
use std::sync::Arc;

use crate::app::App;
use crate::app::Parts;
use crate::cli::Failure;
use crate::cli::Outcome;
use crate::cli::environment;
use crate::cli::store;
use crate::cli::tell;
use crate::config::Config;
use crate::port::chat::Gravity;
use crate::port::clock::Clock;
use crate::port::clock::SystemClock;

pub async fn run(asked: Option<&Path>, offline: bool) -> Outcome {
    let path = Config::path(asked, &environment);
    let config = match Config::load(&path, &environment) {
        Ok(config) => config,
        Err(faults) => {
            for fault in &faults {
                tell(&format!("✖ {fault}"));
            }
            return Err(Failure::Said);
        }
    };
    let mut faults = 0;
    for warning in &config.warnings {
        tell(&format!("⚠ {warning}"));
    }
    tell(&format!("✔ {}", path.display()));
    for runs in config.digest_runs(SystemClock.now()) {
        let next: Vec<String> = runs
            .next
            .iter()
            .map(|s| s.local.format("%Y-%m-%d %H:%M").to_string())
            .collect();
        tell(&format!("✔ digest {}: next at {}", runs.digest, next.join(", ")));
    }
    let store = match store(&config).await {
        Ok(store) => store,
        Err(Failure::Say(why)) => {
            tell(&format!("✖ {why}"));
            return Err(Failure::Said);
        }
        Err(Failure::Said) => return Err(Failure::Said),
    };
    match store.lacking_migrations().await {
        Ok(lacking) if lacking.is_empty() => tell("✔ database"),
        Ok(lacking) => {
            faults += 1;
            tell(&format!(
                "✖ the database lacks {}; run `zeitnah migrate`",
                lacking.join(", ")
            ));
        }
        Err(error) => {
            faults += 1;
            tell(&format!("✖ database: {error}"));
        }
    }
    if !offline {
        faults += outside(&App::assemble(Parts::of(&config, store, Arc::new(SystemClock))?)?).await;
    }
    if faults > 0 { Err(Failure::Said) } else { Ok(()) }
}

/// What only the far side can tell. Returns the number of faults.
async fn outside(app: &App) -> usize {
    let mut faults = 0;
    let rules = &app.desk.rules;
    for (name, chat) in &app.desk.chats {
        let rooms: Vec<String> = rules
            .channels
            .values()
            .filter(|c| c.chat == *name)
            .map(|c| c.room.clone())
            .collect();
        let findings = chat.check(&rooms, &rules.circles(name)).await;
        if findings.is_empty() {
            tell(&format!("✔ {name}"));
        }
        for finding in findings {
            let mark = match finding.grave {
                Gravity::Fault => {
                    faults += 1;
                    "✖"
                }
                Gravity::Warning => "⚠",
            };
            tell(&format!("{mark} {} {}", finding.text, finding.remedy));
        }
    }
    for (name, source) in &app.desk.sources {
        let found = source.check(app.desk.now()).await;
        if found.is_empty() {
            tell(&format!("✔ source {name}"));
        }
        for fault in found {
            faults += 1;
            tell(&format!("✖ source {name}: {fault}"));
        }
    }
    faults
}
