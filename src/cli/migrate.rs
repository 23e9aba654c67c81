//! `zeitnah migrate`: the schema, up to date.

use std::path::Path;

use crate::cli::Outcome;
use crate::cli::load;
use crate::cli::say;
use crate::cli::store;
use crate::store::Store;

pub async fn run(asked: Option<&Path>) -> Outcome {
    let store = store(&load(asked)?).await?;
    let lacking = store.lacking_migrations().await?;
    store.migrate().await?;
    match lacking.as_slice() {
        [] => say("The database is up to date."),
        all if all.len() == Store::migrations() => {
            say(&format!("The database is set up ({} steps).", all.len()))
        }
        names => say(&format!("Done: {}.", names.join(", "))),
    }
    Ok(())
}
