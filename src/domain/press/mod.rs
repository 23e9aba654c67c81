//! What somebody asks for, and what they are asked.

pub mod action;
pub mod form;
pub mod list_action;
pub mod setting;
pub mod verb;
