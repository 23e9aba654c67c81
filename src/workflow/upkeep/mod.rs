//! What one replica does now and then so that all stays true: repair, read ahead, forget, count.
//!
//! It names every room but `press`. A new verb belongs here if no item and no person waits for it.

pub mod forget;
pub mod probe;
pub mod pulse;
pub mod reconcile;
pub mod refresh;
pub mod stats;
