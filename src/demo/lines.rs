//! What the page tells under it: one sentence for each happening, the last hundred, and all that the page asks for
//! besides. Every change has a number, so that a page can wait for the next one.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::MutexGuard;

use chrono::DateTime;
use chrono::Utc;
use serde::Deserialize;
use serde::Serialize;
use tokio::sync::watch;

use crate::domain::show::news::Mood;
use crate::domain::show::news::News;
use standins::sites::hold;

const KEPT: usize = 100;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewsLine {
    pub n: u64,
    pub at: DateTime<Utc>,
    pub tone: Mood,
    pub de: String,
    pub en: String,
    pub item: Option<i64>,
}

/// How the app stands behind all this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Bot {
    Up,
    Down,
    Starting,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Next {
    pub at: DateTime<Utc>,
    pub item: i64,
    pub channel: String,
}

/// An answer that was sent and can still be taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Leaving {
    pub item: i64,
    pub until: DateTime<Utc>,
    /// Where it will stand.
    pub url: Option<String>,
}

/// In which language the cards of a room are written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Room {
    pub room: String,
    pub language: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Person {
    pub user: String,
    /// The same person in the other chat.
    pub discord: Option<String>,
    /// `viewer`, `responder`, `admin`, or none at all.
    pub role: Option<String>,
}

/// What whoever knows the app says about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub bot: Bot,
    pub next: Option<Next>,
    pub leaving: Vec<Leaving>,
    pub rooms: Vec<Room>,
    pub people: Vec<Person>,
    /// The faults that are in force, by name.
    pub faults: Vec<&'static str>,
    pub lines: VecDeque<NewsLine>,
}

pub struct Board {
    seen: Mutex<Seen>,
    revision: watch::Sender<u64>,
}

impl Default for Board {
    fn default() -> Self {
        Self {
            seen: Mutex::new(Seen {
                bot: Bot::Starting,
                next: None,
                leaving: Vec::new(),
                rooms: Vec::new(),
                people: Vec::new(),
                faults: Vec::new(),
                lines: VecDeque::new(),
            }),
            revision: watch::Sender::new(1),
        }
    }
}

impl Board {
    pub fn look(&self) -> MutexGuard<'_, Seen> {
        hold(&self.seen)
    }

    /// Counts only what really changed something.
    pub fn change(&self, change: impl FnOnce(&mut Seen)) {
        let mut seen = self.look();
        let before = seen.clone();
        change(&mut seen);
        if *seen != before {
            self.revision.send_modify(|n| *n += 1);
        }
    }

    pub fn tell(&self, news: News) {
        self.change(|seen| {
            let n = seen.lines.back().map_or(1, |last| last.n + 1);
            seen.lines.push_back(NewsLine {
                n,
                at: news.at,
                tone: news.mood,
                de: news.de,
                en: news.en,
                item: news.item,
            });
            if seen.lines.len() > KEPT {
                seen.lines.pop_front();
            }
        });
    }

    pub fn revision(&self) -> watch::Receiver<u64> {
        self.revision.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_hundred_are_kept_and_nothing_new_is_no_news() {
        let board = Board::default();
        for _ in 0..130 {
            board.tell(News::of(DateTime::UNIX_EPOCH, Mood::Plain, "demo-healed", &[]));
        }
        let seen = board.look().clone();
        assert_eq!(
            (seen.lines.len(), seen.lines[0].n, seen.lines[99].n),
            (100, 31, 130)
        );
        let before = *board.revision().borrow();
        board.change(|seen| seen.bot = Bot::Starting);
        assert_eq!(*board.revision().borrow(), before);
        board.change(|seen| seen.bot = Bot::Up);
        assert_eq!(*board.revision().borrow(), before + 1);
    }
}
