//! Why the database cannot be used, sorted by who has to do what about it. Drivers and servers say it in a hundred
//! ways; people need the dozen that differ.

use std::io;

use crate::store::StoreError;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// The address itself is wrong; what it says is not repeated, because it carries the password.
    Address,
    /// Nobody answers there.
    NoServer(String),
    /// It is starting, stopping or restoring.
    NotYet,
    Password,
    /// The server lets this user not in, for a reason of its own.
    NotLetIn(String),
    NoDatabase,
    TooMany,
    Encryption(String),
    DiskFull,
    ReadOnly,
    NotAllowed(String),
    /// Another program, or another zeitnah, has made tables of these names or has changed ours.
    Schema(String),
    /// All connections of this process are busy, or the server is.
    Busy,
    Other,
}

impl Trouble {
    /// Somebody has to correct what we were told; the server will say the same for ever.
    pub fn is_of_configuration(&self) -> bool {
        match self {
            Self::Address | Self::Password | Self::NotLetIn(_) | Self::NoDatabase => true,
            Self::NoServer(_)
            | Self::NotYet
            | Self::TooMany
            | Self::Encryption(_)
            | Self::DiskFull
            | Self::ReadOnly
            | Self::NotAllowed(_)
            | Self::Schema(_)
            | Self::Busy
            | Self::Other => false,
        }
    }

    /// The server is not there, or has no time for us: it may be different in a moment.
    pub fn passes(&self) -> bool {
        match self {
            Self::NoServer(_) | Self::NotYet | Self::TooMany | Self::Busy => true,
            Self::Address
            | Self::Password
            | Self::NotLetIn(_)
            | Self::NoDatabase
            | Self::Encryption(_)
            | Self::DiskFull
            | Self::ReadOnly
            | Self::NotAllowed(_)
            | Self::Schema(_)
            | Self::Other => false,
        }
    }
}

impl StoreError {
    pub fn trouble(&self) -> Trouble {
        let driver = match self {
            Self::Driver(driver) => driver,
            Self::Migrate(sqlx::migrate::MigrateError::Execute(driver)) => driver,
            Self::Migrate(sqlx::migrate::MigrateError::ExecuteMigration(driver, _)) => driver,
            Self::Migrate(other) => return Trouble::Schema(other.to_string()),
            Self::Inconsistent { .. } | Self::Rows { .. } => return Trouble::Other,
        };
        match driver {
            sqlx::Error::Configuration(_) => Trouble::Address,
            sqlx::Error::Io(why) => Trouble::NoServer(unreached(why)),
            sqlx::Error::Tls(why) => Trouble::Encryption(why.to_string()),
            sqlx::Error::PoolTimedOut => Trouble::Busy,
            sqlx::Error::Database(said) => by_code(&said.code().unwrap_or_default(), said.message()),
            _ => Trouble::Other,
        }
    }
}

/// PostgreSQL's own codes: https://www.postgresql.org/docs/current/errcodes-appendix.html.
fn by_code(code: &str, message: &str) -> Trouble {
    match code {
        "28P01" => Trouble::Password,
        "28000" => Trouble::NotLetIn(message.to_owned()),
        "3D000" => Trouble::NoDatabase,
        "53300" => Trouble::TooMany,
        "53100" => Trouble::DiskFull,
        "25006" => Trouble::ReadOnly,
        "42501" => Trouble::NotAllowed(message.to_owned()),
        "42P01" | "42703" | "42P07" => Trouble::Schema(message.to_owned()),
        "57P01" | "57P02" | "57P03" => Trouble::NotYet,
        _ => Trouble::Other,
    }
}

fn unreached(why: &io::Error) -> String {
    match why.kind() {
        io::ErrorKind::ConnectionRefused => "the connection was refused".to_owned(),
        io::ErrorKind::NotFound => "there is no socket".to_owned(),
        io::ErrorKind::PermissionDenied => "its socket may not be opened".to_owned(),
        io::ErrorKind::TimedOut => "there was no answer in time".to_owned(),
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset => {
            "what answers there hangs up, so it may be something else".to_owned()
        }
        _ => why.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_row_is_no_trouble_with_the_server() {
        let odd = StoreError::odd("item", "tone", "-", "?");
        assert_eq!(odd.trouble(), Trouble::Other);
    }

    #[test]
    fn each_reason_not_to_reach_it_is_a_sentence() {
        let refused = StoreError::from(sqlx::Error::Io(io::ErrorKind::ConnectionRefused.into()));
        assert_eq!(
            refused.trouble(),
            Trouble::NoServer("the connection was refused".into())
        );
        assert_eq!(by_code("53100", ""), Trouble::DiskFull);
        assert_eq!(by_code("XX000", ""), Trouble::Other);
    }
}
