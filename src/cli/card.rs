//! `zeitnah card`: a card to practise with, in the real channel, before any review platform is connected. It is an item
//! like any other, so every button works; what is answered stays in our own table.

use std::path::Path;

use clap::Args;

use crate::cli::Failure;
use crate::cli::Outcome;
use crate::cli::desk;
use crate::cli::load_for;
use crate::cli::say;
use crate::cli::tell;
use crate::config::Config;
use crate::config::Uses;
use crate::domain::promise::rules::Channel;
use crate::domain::promise::rules::Named;
use crate::port::chat::Gravity;
use crate::store::condition;
use crate::worker::show;

#[derive(Args)]
pub struct Options {
    /// Its name in [[channel]], or its id in the chat (default: where everything goes that no route names).
    channel: Option<String>,
}

pub async fn run(asked: Option<&Path>, options: Options) -> Outcome {
    let config = load_for(asked, Uses::All)?;
    let channel = channel(&config, options.channel.as_deref())?.clone();
    let app = desk(&config).await?;
    let Some(chat) = app.desk.chats.get(&channel.chat) else {
        let section = &channel.chat;
        return Err(Failure::Say(format!(
            "there is no [{section}] in the configuration, so no card can be shown; add the line [{section}]"
        )));
    };
    // What would keep the card away is said before there is one.
    let findings = chat.check(&[Named::Room(channel.room.clone())]).await;
    let faults: Vec<_> = findings.iter().filter(|f| f.grave == Gravity::Fault).collect();
    if !faults.is_empty() {
        faults
            .iter()
            .for_each(|f| say(&format!("✖ {} {}", f.text, f.remedy)));
        return Err(Failure::Said);
    }
    chat.introduce().await?;

    let replicas = condition::replicas(app.desk.store.pool()).await?;
    let made = app.desk.practise(&channel.name).await?;
    let number = made.number;
    match show::until_shown(&app.desk, made.item, replicas == 0).await? {
        Some(Some(link)) => tell(&format!(
            "Card {number} stands in channel {}: {link}",
            channel.name
        )),
        Some(None) => tell(&format!("Card {number} stands in channel {}.", channel.name)),
        None => tell(&format!(
            "Card {number} waits for its turn in channel {}; `zeitnah why {number}` tells what happens to it.",
            channel.name
        )),
    }
    if replicas == 0 {
        tell("Its buttons work as soon as `zeitnah serve` runs; none was seen on this database.");
    } else {
        tell("`zeitnah serve` runs, so its buttons work now.");
    }
    tell(
        "It is for practice: what is answered stays here and is published nowhere, and no digest counts it.",
    );
    app.desk.store.close().await;
    Ok(())
}

fn channel<'a>(config: &'a Config, asked: Option<&str>) -> Result<&'a Channel, Failure> {
    let usual = config.default_route.to.first().map(String::as_str);
    let wanted = asked.or(usual).unwrap_or_default().trim_start_matches('#');
    let found = config
        .channels
        .iter()
        .find(|c| c.name == wanted || c.room == wanted);
    found.ok_or_else(|| {
        let names: Vec<&str> = config.channels.iter().map(|c| c.name.as_str()).collect();
        Failure::Say(format!(
            "there is no channel {wanted:?}; there is: {}",
            names.join(", ")
        ))
    })
}
