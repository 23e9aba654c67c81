//! What people are shown: built from the database as it is now, and changing nothing.
//!
//! It names `base`. A new list, line, card or figure belongs here; asking for it is for `press`, sending it for `deliver`.

pub mod before;
pub mod card;
pub mod digest;
pub mod home;
pub mod links;
pub mod lists;
#[cfg(feature = "demo")]
pub mod news;
pub mod note;
pub mod offers;
pub mod story;
pub mod why;
