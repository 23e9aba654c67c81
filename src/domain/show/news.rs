//! One happening in one sentence, in both languages at once: for those who look on from outside, whose language is
//! not the channel's.

use serde::Deserialize;
use serde::Serialize;

use crate::domain::At;
use crate::domain::lang::Lang;
use crate::domain::say::text::Args;

/// What it means to whoever looks on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mood {
    Plain,
    Good,
    Warn,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    pub at: At,
    pub mood: Mood,
    /// The number of the item that it is about.
    pub item: Option<i64>,
    pub de: String,
    pub en: String,
}

impl News {
    /// The sentence `key`, whose values are the same in both languages.
    pub fn of(at: At, mood: Mood, key: &str, args: Args) -> Self {
        Self::told(at, mood, |lang| lang.text(key, args))
    }

    pub fn told(at: At, mood: Mood, say: impl Fn(Lang) -> String) -> Self {
        Self {
            at,
            mood,
            item: None,
            de: say(Lang::De),
            en: say(Lang::En),
        }
    }

    /// Whoever shows it shows the number beside it.
    pub fn about(self, number: i64) -> Self {
        Self {
            item: Some(number),
            ..self
        }
    }
}
