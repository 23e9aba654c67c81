//! What every verb stands on and what knows of none: the desk and its tools, the rules as they hold, how we speak and whom
//! we mean, a sentence to one person, and how an effect ends.
//!
//! It names no other room. A new verb belongs here only if any room may need it and it changes no item.

pub mod aside;
pub mod at_hand;
pub mod desk;
pub mod follow;
pub mod gather;
pub mod live;
pub mod locale;
pub mod people;
pub mod queue;
pub mod role;
pub mod settle;
pub mod shared;
pub mod turn;
pub mod whisper;
