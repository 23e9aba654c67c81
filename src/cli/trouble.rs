//! What goes wrong outside of us, in one sentence each for the person at the terminal: what, where, what to do.

use std::error::Error;
use std::io;

use crate::config::database::Database;
use crate::port::PortError;
use crate::store::SourcePlace;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::Trouble;
use crate::workflow::WorkflowError;

pub struct Sentence {
    pub what: String,
    pub remedy: String,
}

impl std::fmt::Display for Sentence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}; {}", self.what, self.remedy)
    }
}

/// Any failure that a command ends with.
pub fn of(error: &(dyn Error + 'static)) -> String {
    if let Some(WorkflowError::Store(store)) = error.downcast_ref() {
        return of_store(store);
    }
    if let Some(store) = error.downcast_ref::<StoreError>() {
        return of_store(store);
    }
    if let Some(WorkflowError::Port(port)) = error.downcast_ref() {
        return of_port(port);
    }
    if let Some(port) = error.downcast_ref::<PortError>() {
        return of_port(port);
    }
    match error.downcast_ref::<io::Error>() {
        Some(io) => of_io(io),
        None => error.to_string(),
    }
}

pub fn of_io(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "the disk is full; make room and run the same command again".to_owned()
        }
        _ => error.to_string(),
    }
}

fn of_port(error: &PortError) -> String {
    let why = error.why().text();
    format!("{why}; `zeitnah check` looks at everything at once")
}

fn of_store(error: &StoreError) -> String {
    sentence(error, None, "DATABASE_URL").to_string()
}

/// With the address at hand.
pub fn of_database(error: &StoreError, settings: &Database) -> Sentence {
    let place = Store::place(secrecy::ExposeSecret::expose_secret(&settings.url));
    sentence(error, place.as_ref(), &settings.url_from.name)
}

fn sentence(error: &StoreError, place: Option<&SourcePlace>, setting: &str) -> Sentence {
    let at = place.map_or_else(String::new, |p| format!(" at {}", p.server));
    let user = place.map_or("this user", |p| p.user.as_str());
    let database = place.map_or("of this name", |p| p.database.as_str());
    let correct = format!("correct {setting}");
    let (what, remedy) = match error.trouble() {
        Trouble::Address => (
            format!("{setting} is no address of a database"),
            "write postgres://user:password@host/database".to_owned(),
        ),
        Trouble::NoServer(why) => (
            format!("no PostgreSQL answers{at}: {why}"),
            format!("start it, or {correct}"),
        ),
        Trouble::NotYet => (
            format!("PostgreSQL{at} is starting or stopping"),
            "try again in a minute".to_owned(),
        ),
        Trouble::Password => (
            format!("PostgreSQL{at} does not take this password of user {user}"),
            correct,
        ),
        Trouble::NotLetIn(why) => (
            format!("PostgreSQL{at} does not let user {user} in: {why}"),
            format!("make that user, or allow it in pg_hba.conf, or {correct}"),
        ),
        Trouble::NoDatabase => (
            format!("PostgreSQL{at} has no database {database}"),
            format!("make it with `createdb {database}`, or {correct}"),
        ),
        Trouble::TooMany => (
            format!("PostgreSQL{at} has no connection left"),
            "raise max_connections, or lower [database] connections".to_owned(),
        ),
        Trouble::Encryption(why) => (
            format!("the encrypted connection to PostgreSQL{at} fails: {why}"),
            format!("check its certificate, or sslmode in {setting}"),
        ),
        Trouble::DiskFull => (
            format!(
                "the disk of PostgreSQL{at} is full: nothing new is accepted until there is room, and nothing accepted \
                 is lost"
            ),
            "make room there, then run the same command again".to_owned(),
        ),
        Trouble::ReadOnly => (
            format!("the database{at} can only be read"),
            format!("name the primary server in {setting}, not a standby"),
        ),
        Trouble::NotAllowed(why) => (
            format!("user {user} may not do that{at}: {why}"),
            "let the database's owner grant it".to_owned(),
        ),
        Trouble::Schema(why) => (
            format!("the database's schema is not what it should be: {why}"),
            "run `zeitnah migrate`; if it stays so, give zeitnah a database of its own".to_owned(),
        ),
        Trouble::Busy => (
            format!("PostgreSQL{at} does not answer in time"),
            "look whether it has too much to do, then try again".to_owned(),
        ),
        Trouble::Other => (error.to_string(), "see what `zeitnah check` says".to_owned()),
    };
    Sentence { what, remedy }
}
