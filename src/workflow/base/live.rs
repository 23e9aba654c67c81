//! The rules as they hold now. They are read everywhere and change a few times a year, so reading them costs nothing
//! and nobody has to hold anything: a reference stays good although the rules have moved on meanwhile.

use std::ops::Deref;
use std::sync::PoisonError;
use std::sync::RwLock;

use crate::domain::At;
use crate::domain::promise::rules::Rules;

/// Each set of rules is leaked on purpose: a few kilobytes for each change that an admin makes.
pub struct Live(RwLock<Held>);

#[derive(Clone, Copy)]
struct Held {
    rules: &'static Rules,
    since: Since,
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
        let rules = Box::leak(Box::new(rules));
        let since = Since::default();
        Self(RwLock::new(Held { rules, since }))
    }

    fn held(&self) -> Held {
        *self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// For whoever needs the same rules from beginning to end.
    pub fn now(&self) -> &'static Rules {
        self.held().rules
    }

    pub fn since(&self) -> Since {
        self.held().since
    }

    /// False when somebody here was faster with the same or something newer.
    pub fn replace(&self, rules: Rules, since: Since) -> bool {
        let mut held = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if since.seq <= held.since.seq {
            return false;
        }
        let rules = Box::leak(Box::new(rules));
        *held = Held { rules, since };
        true
    }
}

impl Deref for Live {
    type Target = Rules;

    fn deref(&self) -> &Rules {
        self.now()
    }
}
