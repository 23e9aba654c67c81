//! The rules as they hold now. They are read everywhere and change a few times a year, so reading them costs nothing
//! and nobody has to hold anything: a reference stays good although the rules have moved on meanwhile.

use std::ops::Deref;
use std::sync::OnceLock;

use crate::domain::At;
use crate::domain::promise::rules::Rules;

/// Each set of rules holds the one that took its place, so all of them live as long as the first: a few kilobytes for each
/// change that an admin makes, and what was borrowed from an older one stays where it is.
pub struct Live(Held);

struct Held {
    rules: Rules,
    since: Since,
    next: OnceLock<Box<Held>>,
}

/// Which settings from the chat the rules stand under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Since {
    /// The number of the last change; 0 is the configuration alone.
    pub seq: i64,
    /// When that was.
    pub at: Option<At>,
}

impl Live {
    /// What configuration says, before any setting is known.
    pub fn of(rules: Rules) -> Self {
        Self(Held::of(rules, Since::default()))
    }

    fn held(&self) -> &Held {
        let mut last = &self.0;
        while let Some(next) = last.next.get() {
            last = next;
        }
        last
    }

    /// For whoever needs the same rules from beginning to end.
    pub fn now(&self) -> &Rules {
        &self.held().rules
    }

    pub fn since(&self) -> Since {
        self.held().since
    }

    /// False when somebody here was faster with the same or something newer.
    pub fn replace(&self, rules: Rules, since: Since) -> bool {
        let mut new = Box::new(Held::of(rules, since));
        loop {
            let last = self.held();
            if since.seq <= last.since.seq {
                return false;
            }
            match last.next.set(new) {
                Ok(()) => return true,
                Err(back) => new = back,
            }
        }
    }
}

impl Held {
    fn of(rules: Rules, since: Since) -> Self {
        let next = OnceLock::new();
        Self { rules, since, next }
    }
}

impl Deref for Live {
    type Target = Rules;

    fn deref(&self) -> &Rules {
        self.now()
    }
}
