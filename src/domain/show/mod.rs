//! What people are shown: cards, rows, lists, charts, the day's numbers.

pub mod card;
pub mod chart;
pub mod closure;
pub mod daily;
pub mod digest;
pub mod fold;
pub mod home;
#[cfg(feature = "demo")]
pub mod news;
pub mod row;
