//! Chat platforms, both directions. Each turns our nouns into its own format and its own format into our nouns;
//! nothing outside this folder knows how.

pub mod discord;
mod fetch;
pub mod slack;
pub mod typed;
