//! What is wrong with the file, said so that the person who wrote it can mend it without asking: where, what, and
//! what to write instead. A fault stops the start; a warning is legal but hardly meant.

use std::fmt;
use std::io;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub gravity: Gravity,
    /// `zeitnah.toml:12`; without a line when the file as a whole lacks something.
    pub place: String,
    pub what: String,
    pub remedy: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gravity {
    Fault,
    Warning,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let gravity = match self.gravity {
            Gravity::Fault => "",
            Gravity::Warning => "warning: ",
        };
        write!(f, "{}: {gravity}{}; {}", self.place, self.what, self.remedy)
    }
}

/// Why a file cannot be read.
pub fn unread(why: &io::Error) -> String {
    match why.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "the file may not be read by this user".to_owned(),
        io::ErrorKind::IsADirectory => "this is a folder".to_owned(),
        _ => format!("the file cannot be read: {why}"),
    }
}
