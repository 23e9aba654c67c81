//! The wall clock, moved: in a demo nobody waits four hours for a deadline.

use std::sync::Arc;

use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use tokio::sync::watch;

use standins::Now;

pub struct Shift {
    wall: Now,
    seconds: watch::Sender<i64>,
}

impl Shift {
    pub fn new(wall: Now) -> Arc<Self> {
        Arc::new(Self {
            wall,
            seconds: watch::Sender::new(0),
        })
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.wall() + TimeDelta::seconds(self.seconds())
    }

    /// The clock of everybody else.
    pub fn wall(&self) -> DateTime<Utc> {
        (self.wall)()
    }

    /// By how much it is ahead of the wall clock.
    pub fn seconds(&self) -> i64 {
        *self.seconds.borrow()
    }

    /// For whoever has a clock of their own to keep in step.
    pub fn watch(&self) -> watch::Receiver<i64> {
        self.seconds.subscribe()
    }

    /// Forward only: nothing that happened may come to lie in the future.
    pub fn advance(&self, seconds: i64) {
        self.seconds.send_modify(|ahead| *ahead += seconds.max(0));
    }

    /// The same, to a place in time that somebody else keeps.
    pub fn set(&self, seconds: i64) {
        self.seconds.send_modify(|ahead| *ahead = (*ahead).max(seconds));
    }
}
