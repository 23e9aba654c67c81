//! `zeitnah why ITEM`: an item's whole story in sentences, from the log, with every try at the far side.

use std::path::Path;

use crate::cli::Failure;
use crate::cli::Outcome;
use crate::cli::desk;
use crate::cli::load;
use crate::cli::tell;

pub async fn run(asked: Option<&Path>, item: &str) -> Outcome {
    let config = load(asked)?;
    let app = desk(&config).await?;
    let lines = app.desk.story(item).await?;
    let lines =
        lines.ok_or_else(|| Failure::Say(format!("there is no item {item:?}; give its number or its id")))?;
    for line in lines {
        tell(&line);
    }
    Ok(())
}
