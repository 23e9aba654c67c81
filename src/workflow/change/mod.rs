//! What every change of an item comes to: its event, its next look, its cards' edits, whoever has to be told, in the
//! transaction that makes it true.
//!
//! It names `base`. A new consequence that every change may have belongs here; what makes a change does not.

pub mod deadline;
pub mod fold;
pub mod homes;
pub mod write;
