//! The way in which a batch reaches us, because it says how much its order means. What a source tells is told now, but
//! calls may overtake each other; a file may be a year old.

use chrono::TimeDelta;
use serde::Deserialize;
use serde::Serialize;

use crate::domain::At;

/// What becomes of an export's posts that nobody answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unanswered {
    /// History beyond an age.
    #[default]
    ByAge,
    /// Open, however old they are.
    Open,
    /// History, however new they are.
    Past,
}

impl Unanswered {
    /// Before this, they are history.
    pub fn past_before(self, days: i64, now: At) -> Option<At> {
        match self {
            Self::ByAge => Some(now - TimeDelta::days(days)),
            Self::Open => None,
            // Nothing is written later than tomorrow.
            Self::Past => Some(now + TimeDelta::days(1)),
        }
    }

    pub fn is_by_age(&self) -> bool {
        *self == Self::ByAge
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Manner {
    /// The source told it itself, or somebody made it up to try something.
    Told,
    File(File),
}

/// An export that somebody brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// The run that brings it, by which it can be taken back.
    pub run: i64,
    /// The newest moment that stands in the file: it holds nothing that was said later.
    pub as_of: At,
    /// It has a place for when something was changed, so that an empty one says "never".
    pub dates_changes: bool,
    /// What nobody answered is past, and owed to nobody, when it was written before this.
    pub past_before: Option<At>,
    /// What is open waits in the rooms' folds from the beginning.
    pub folded: bool,
}

impl Manner {
    /// Until when the source is known to hold these words.
    pub fn as_of(&self, now: At) -> At {
        match self {
            Self::Told => now,
            Self::File(file) => file.as_of.min(now),
        }
    }

    pub fn is_file(&self) -> bool {
        matches!(self, Self::File(_))
    }

    /// The import that brings it.
    pub fn run(&self) -> Option<i64> {
        match self {
            Self::Told => None,
            Self::File(file) => Some(file.run),
        }
    }

    /// Whether what is open waits in the rooms' folds at once.
    pub fn folds(&self) -> bool {
        matches!(self, Self::File(File { folded: true, .. }))
    }

    /// Of two versions that reach us together, whether the first was written before the second.
    pub fn is_before(&self, this: Option<At>, that: Option<At>) -> bool {
        match (this, that) {
            (Some(this), Some(that)) => this < that,
            // What was never changed is the first version.
            (None, Some(_)) => match self {
                Self::Told => true,
                Self::File(file) => file.dates_changes,
            },
            (_, None) => false,
        }
    }

    /// Whether a version that differs from what we know is not newer than it. `edition` is when the source says that the
    /// known one was written, `known` until when it is known to have stood.
    pub fn is_older(&self, edited: Option<At>, edition: Option<At>, known: Option<At>) -> bool {
        match self {
            Self::Told => self.is_before(edited, edition),
            Self::File(file) => {
                let is_before = |known: Option<At>| known.is_some_and(|known| file.as_of < known);
                match (edited, edition) {
                    (Some(this), Some(that)) if this != that => this < that,
                    (None, Some(_)) if file.dates_changes => true,
                    (None, Some(that)) => file.as_of < that || is_before(known),
                    (Some(_), None) => false,
                    // Nobody says when: the file with the newest rows is the newest file.
                    (Some(_), Some(_)) | (None, None) => is_before(known),
                }
            }
        }
    }

    /// Whether words of that time are history.
    pub fn is_past(&self, written: Option<At>) -> bool {
        match self {
            Self::Told => false,
            Self::File(file) => {
                let edge = file.past_before.zip(written);
                edge.is_some_and(|(edge, written)| written < edge)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn day(n: i64) -> At {
        At::UNIX_EPOCH + TimeDelta::days(n)
    }

    fn file(as_of: i64, dates_changes: bool) -> Manner {
        Manner::File(File {
            run: 1,
            as_of: day(as_of),
            dates_changes,
            past_before: Some(day(3)),
            folded: false,
        })
    }

    #[test]
    fn what_was_written_earlier_is_older_however_late_it_comes() {
        for way in [Manner::Told, file(9, true), file(9, false)] {
            assert!(way.is_older(Some(day(1)), Some(day(2)), None));
            assert!(!way.is_older(Some(day(3)), Some(day(2)), Some(day(8))));
            assert!(!way.is_older(Some(day(3)), None, None));
        }
        assert!(
            Manner::Told.is_older(None, Some(day(2)), None),
            "it was changed since"
        );
        assert!(file(9, true).is_older(None, Some(day(2)), None));
        assert!(
            !file(9, false).is_older(None, Some(day(2)), None),
            "it never says when something was changed"
        );
        assert!(
            file(1, false).is_older(None, Some(day(2)), None),
            "it ends before the change"
        );
    }

    #[test]
    fn where_nobody_says_when_the_newest_file_is_the_one_with_the_newest_rows() {
        assert!(file(1, false).is_older(None, None, Some(day(2))));
        assert!(
            !file(2, false).is_older(None, None, Some(day(2))),
            "within one file the later row counts"
        );
        assert!(!file(3, false).is_older(None, None, Some(day(2))));
        assert!(
            !Manner::Told.is_older(None, None, Some(day(2))),
            "a source tells what is so now"
        );
    }

    #[test]
    fn only_files_bring_the_past() {
        assert!(file(9, true).is_past(Some(day(2))));
        assert!(!file(9, true).is_past(Some(day(3))));
        assert!(!file(9, true).is_past(None));
        assert!(!Manner::Told.is_past(Some(day(0))));
    }
}
