//! What a person asks for, from the bytes of a delivery to the verdict: judged under the item's lock by what is true now.
//!
//! It names every room but `deliver` and `upkeep`. A new button, command or form belongs here.

pub mod errand;
pub(in crate::workflow) mod find;
pub mod forms;
pub(in crate::workflow) mod give;
pub mod inbox;
pub(in crate::workflow) mod judge;
pub mod prefer;
pub mod settings;
pub mod several;
pub mod submit;
pub mod together;
pub(in crate::workflow) mod unclear;
