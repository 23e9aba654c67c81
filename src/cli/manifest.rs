//! `zeitnah manifest`: what to paste into the platform's console.

use clap::Args;
use clap::builder::PossibleValuesParser;

use crate::chat::KINDS;
use crate::chat::kind::Asked;
use crate::cli::Failure;
use crate::cli::Outcome;
use crate::cli::tell;

#[derive(Args)]
pub struct Options {
    /// Whose console.
    #[arg(value_parser = PossibleValuesParser::new(KINDS.map(|chat| chat.name)))]
    chat: String,
    /// The application's id, where the bot is invited by a link.
    #[arg(long)]
    application: Option<String>,
    /// Also print the commands, where the bot registers them itself.
    #[arg(long)]
    commands: bool,
}

pub fn run(options: &Options) -> Outcome {
    let Some(chat) = KINDS.iter().find(|chat| chat.name == options.chat) else {
        return Err(Failure::Say(format!("there is no chat {:?}", options.chat)));
    };
    tell(&(chat.manifest)(Asked {
        application: options.application.as_deref(),
        commands: options.commands,
    }));
    Ok(())
}
