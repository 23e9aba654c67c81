//! Four ways in which the database can disappoint. A row that contradicts the rules is an error with an address, not
//! a panic and not a default.

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("database: {}", said(.0))]
    Driver(#[from] sqlx::Error),
    #[error("migration: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    #[error("{table}.{column} of {id} is not what it should be: {why}")]
    Inconsistent {
        table: &'static str,
        column: &'static str,
        id: String,
        why: String,
    },
    #[error("{table}: {got} rows where {wanted} were meant")]
    Rows {
        table: &'static str,
        wanted: u64,
        got: u64,
    },
}

/// A full disk is said by what it means, wherever it is met: it is the one fault that looks like loss and is none.
fn said(driver: &sqlx::Error) -> String {
    let code = driver.as_database_error().and_then(|e| e.code());
    match code.as_deref() {
        Some("53100") => {
            "the disk of PostgreSQL is full: nothing new is accepted until there is room again, and \
                          nothing accepted is lost"
                .to_owned()
        }
        _ => driver.to_string(),
    }
}

impl StoreError {
    pub fn odd(table: &'static str, column: &'static str, id: impl ToString, why: impl ToString) -> Self {
        Self::Inconsistent {
            table,
            column,
            id: id.to_string(),
            why: why.to_string(),
        }
    }

    /// What is written there cannot be read or does not go together: the same again will fail again, while other rows
    /// are not concerned.
    pub fn is_of_rows(&self) -> bool {
        match self {
            Self::Inconsistent { .. } | Self::Rows { .. } => true,
            Self::Driver(
                sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::Encode(_),
            ) => true,
            // Data, constraints, and what a trigger refuses.
            Self::Driver(sqlx::Error::Database(e)) => {
                let code = e.code();
                let class = code.as_deref().and_then(|code| code.get(..2));
                matches!(class, Some("22" | "23" | "P0"))
            }
            Self::Driver(_) | Self::Migrate(_) => false,
        }
    }

    /// Something stands there that this version cannot read.
    pub fn is_unreadable(&self) -> bool {
        matches!(
            self,
            Self::Inconsistent { .. }
                | Self::Driver(sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_))
        )
    }

    /// Two transactions met; the same again will do.
    pub fn is_conflict(&self) -> bool {
        match self {
            Self::Driver(sqlx::Error::Database(e)) => {
                matches!(e.code().as_deref(), Some("40001" | "40P01" | "55P03" | "23505"))
            }
            _ => false,
        }
    }
}
