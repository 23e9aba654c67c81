//! What one replica does now and then so that all stays true: repair, read ahead, forget, count.
//!
//! It names `base`, `change`, `intake` and `rights`, and nobody but `workflow` names it. A new verb belongs here if neither a
//! person nor an item waits for it.

pub mod forget;
pub mod probe;
pub mod pulse;
pub mod reconcile;
pub mod refresh;
pub mod stats;
