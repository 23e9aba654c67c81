//! Chat platforms, both directions. Each turns our nouns into its own format and its own format into our nouns;
//! nothing outside this folder knows how, nor which there are.

mod alone;
pub mod discord;
mod fetch;
pub mod id;
pub mod kind;
pub mod setup;
pub mod slack;
pub mod typed;

use crate::chat::kind::ChatKind;
pub use crate::chat::kind::Section;
pub use crate::chat::kind::Settings;

/// Every chat that there is. The first is meant where a file says nothing about which.
pub static KINDS: [&ChatKind; 2] = [&slack::KIND, &discord::KIND];
