//! How it is said: sentences in both languages, and the words of others.

pub mod language;
pub mod quoted;
pub mod text;
pub mod words;
