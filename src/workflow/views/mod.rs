//! What people are shown: built from the database as it is now, and changing nothing.
//!
//! It names `base`. A new list, page or figure belongs here; sending it is `deliver`'s, asking for it is `press`'s.

pub mod digest;
pub mod home;
pub mod lists;
#[cfg(feature = "demo")]
pub mod news;
pub mod offers;
pub mod story;
