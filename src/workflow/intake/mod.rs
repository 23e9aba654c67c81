//! How customers' words come in: pushed, fetched, or from a file, and what of it is new.
//!
//! It names `base`, `views`, `change` and `publish` (a source also says what became of our reply). A new way for items to
//! come in belongs here; where they come from is `source/`'s.

pub mod import;
pub mod ingest;
pub mod practise;
pub mod receive;
