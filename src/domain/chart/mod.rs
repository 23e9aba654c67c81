//! The picture in a digest.

use chrono::NaiveDate;

use crate::domain::item::Tone;

/// One local day (or, in a long period, one week) of a period, as it is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// Its first day.
    pub date: NaiveDate,
    /// New items by tone, in the order of `Tone::ALL`.
    pub new: [i64; Tone::ALL.len()],
    pub answered: i64,
    /// Median minutes to the first answer of those answered on it.
    pub median_minutes: Option<i64>,
}
