//! Who acts: people as we know them, and what they may.

pub mod person;
pub mod rights;
