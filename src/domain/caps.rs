//! What a source lets us do with a reply, resolved per item and never assumed per platform: some platforms close old
//! reviews, some comments cannot be answered. Limits are counted in the source's own unit, before a person presses
//! Send and again before the call.

use serde::Deserialize;
use serde::Serialize;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyCaps {
    pub mode: Mode,
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
pub enum Mode {
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

    /// By how much the text is too long, if it is.
    pub fn excess(self, text: &str) -> Option<usize> {
        self.count(text).checked_sub(self.max).filter(|over| *over > 0)
    }
}

impl ReplyCaps {
    pub fn none() -> Self {
        Self {
            mode: Mode::None,
            limit: None,
            edit: false,
            delete: false,
            moderated: false,
            retry: Retry::Append,
        }
    }

    pub fn deep_link() -> Self {
        Self {
            mode: Mode::DeepLink,
            ..Self::none()
        }
    }

    pub fn can_reply(&self) -> bool {
        self.mode == Mode::Api
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
}
