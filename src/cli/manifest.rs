//! `zeitnah manifest`: what to paste into the platform's console.

use clap::ValueEnum;

use crate::cli::Outcome;
use crate::cli::tell;

#[derive(Clone, Copy, ValueEnum)]
pub enum Chat {
    Slack,
}

pub fn run(chat: Chat) -> Outcome {
    match chat {
        Chat::Slack => tell(include_str!("../../bot-manifest.yaml").trim_end()),
    }
    Ok(())
}
