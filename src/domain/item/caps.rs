//! What a source lets us do with a reply, resolved per item and never assumed per platform: some platforms close old
//! reviews, some comments cannot be answered. Limits are counted in the source's own unit, before a person presses
//! Send and again before the call.

use serde::Deserialize;
use serde::Serialize;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyCaps {
    pub mode: ReplyMode,
    pub limit: Option<Limit>,
    #[serde(default)]
    pub edit: bool,
    #[serde(default)]
    pub delete: bool,
    /// The source looks at replies before customers see them.
    #[serde(default)]
    pub moderated: bool,
    pub retry: Retry,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplyMode {
    /// We can publish.
    Api,
    /// A person has to answer on the platform's own page.
    DeepLink,
    /// Nobody can answer.
    None,
}

/// What happens when the same reply is sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// It replaces itself.
    Upsert,
    /// The source recognises our key.
    IdempotencyKey,
    /// A second public answer appears: look first, always.
    Append,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    pub unit: Unit,
    pub max: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    Bytes,
    Chars,
}

impl Limit {
    pub fn count(self, text: &str) -> usize {
        match self.unit {
            Unit::Bytes => text.len(),
            Unit::Chars => text.chars().count(),
        }
    }

    /// How many characters a text has room for that begins with `text` and goes on like it, as people count them. Where the
    /// source counts bytes, this is an estimate, and never one that promises too much room.
    pub fn room(self, text: &str) -> usize {
        match self.unit {
            Unit::Chars => self.max,
            Unit::Bytes => {
                let (chars, bytes) = (text.chars().count(), text.len());
                let left = self.max.saturating_sub(bytes);
                // Of a hundred letters of German five take two bytes; other scripts and emojis take more.
                let per_hundred = (100 * bytes).div_ceil(chars.max(1)).max(105);
                let room = chars + 100 * left / per_hundred;
                // Two digits are all that an estimate is worth.
                let step = 10_usize.pow(room.checked_ilog10().unwrap_or(0).saturating_sub(1));
                room / step * step
            }
        }
    }

    /// Whether so much of the room is used that one has to look closely.
    pub fn is_near(self, text: &str) -> bool {
        self.count(text) * 10 >= self.max * 9
    }

    /// How many characters at the end of a text that is too long are too many.
    pub fn surplus(self, text: &str) -> Option<usize> {
        let over = self.excess(text)?;
        match self.unit {
            Unit::Chars => Some(over),
            Unit::Bytes => {
                let mut cut = 0;
                let enough = text.chars().rev().position(|c| {
                    cut += c.len_utf8();
                    cut >= over
                });
                enough.map(|last| last + 1)
            }
        }
    }

    /// By how much the text is too long, if it is.
    pub fn excess(self, text: &str) -> Option<usize> {
        self.count(text).checked_sub(self.max).filter(|over| *over > 0)
    }
}

impl ReplyCaps {
    pub fn none() -> Self {
        Self {
            mode: ReplyMode::None,
            limit: None,
            edit: false,
            delete: false,
            moderated: false,
            retry: Retry::Append,
        }
    }

    pub fn deep_link() -> Self {
        Self {
            mode: ReplyMode::DeepLink,
            ..Self::none()
        }
    }

    /// Somebody can answer from here: we publish it, or they carry it there themselves.
    pub fn can_reply(&self) -> bool {
        match self.mode {
            ReplyMode::Api | ReplyMode::DeepLink => true,
            ReplyMode::None => false,
        }
    }

    /// The text is written here, and a person puts it on the platform's own page.
    pub fn is_by_hand(&self) -> bool {
        self.mode == ReplyMode::DeepLink
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_counts_in_the_sources_own_unit() {
        let bytes = Limit {
            unit: Unit::Bytes,
            max: 4,
        };
        let chars = Limit {
            unit: Unit::Chars,
            max: 4,
        };
        assert_eq!(bytes.excess("äöü"), Some(2));
        assert_eq!(chars.excess("äöü"), None);
        assert_eq!(chars.excess("abcd"), None);
        assert_eq!(chars.excess("abcde"), Some(1));
    }

    #[test]
    fn people_count_characters_also_where_the_source_counts_bytes() {
        let google = Limit {
            unit: Unit::Bytes,
            max: 4096,
        };
        assert_eq!(google.room(""), 3900);
        assert_eq!(google.room(&"ö".repeat(100)), 2000, "it goes on as it began");
        for text in ["", "Schöne Grüße. ", "Спасибо ", "👍🏽 "] {
            let long = text.repeat(5_000 / text.len().max(1));
            let room = google.room(&long.chars().take(100).collect::<String>());
            let fits: String = long.chars().take(room).collect();
            assert_eq!(google.excess(&fits), None, "{text}: {room}");
        }
        let small = Limit {
            unit: Unit::Bytes,
            max: 4,
        };
        assert_eq!(small.surplus("äöü"), Some(1), "without the last one it fits");
        assert_eq!(small.surplus("ab👍"), Some(1));
        assert_eq!(small.surplus("abcd"), None);
        assert_eq!(small.surplus("abcdefg"), Some(3));
        assert!(!google.is_near("kurz") && google.is_near(&"x".repeat(3_700)));
    }
}
