//! How customers' words come in, pushed, fetched or from a file, and what of it is new.
//!
//! It names `base`, `views`, `change` and `publish`, because a source also says what became of our reply. A new way for items
//! to come in belongs here; a new place where they come from belongs to `source/`.

pub mod again;
mod alarm;
pub mod aside;
pub mod import;
pub mod ingest;
pub mod missing;
mod named;
pub mod poll;
pub mod practise;
pub mod receive;
pub mod welcome;
