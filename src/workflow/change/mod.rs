//! What every change of an item comes to: its event, its next look, its cards' edits, in the transaction that makes it true.
//!
//! It names `base` and `views`. A new consequence that every change may have belongs here; what makes a change does not.

pub mod deadline;
pub mod write;
