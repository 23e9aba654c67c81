//! A value that may be of a newer release: reading it does not spoil the rows beside it.

use serde::de::DeserializeOwned;
use sqlx::Decode;
use sqlx::Postgres;
use sqlx::Type;
use sqlx::error::BoxDynError;
use sqlx::postgres::PgTypeInfo;
use sqlx::postgres::PgValueRef;
use sqlx::types::Json;

use crate::store::Result;
use crate::store::StoreError;

/// JSON as far as it could be read. The driver ends a whole query at the first value that it cannot decode; this one
/// keeps the reason, and whoever wants the value gets an error with an address.
#[derive(Debug, Clone, PartialEq)]
pub struct Read<T>(std::result::Result<T, String>);

impl<T> Read<T> {
    pub fn of(self, table: &'static str, column: &'static str, id: impl ToString) -> Result<T> {
        self.0.map_err(|why| StoreError::odd(table, column, id, why))
    }
}

impl<T> Type<Postgres> for Read<T> {
    fn type_info() -> PgTypeInfo {
        <Json<T> as Type<Postgres>>::type_info()
    }

    fn compatible(ty: &PgTypeInfo) -> bool {
        <Json<T> as Type<Postgres>>::compatible(ty)
    }
}

impl<'r, T: DeserializeOwned + 'r> Decode<'r, Postgres> for Read<T> {
    fn decode(value: PgValueRef<'r>) -> std::result::Result<Self, BoxDynError> {
        let read = <Json<T> as Decode<'r, Postgres>>::decode(value);
        Ok(Self(read.map(|json| json.0).map_err(|why| why.to_string())))
    }
}

/// The rows that can be read. What cannot is left out of a list, and said wherever it is worked on alone.
pub fn readable<T>(rows: impl IntoIterator<Item = Result<T>>) -> Result<Vec<T>> {
    let mut read = Vec::new();
    for row in rows {
        match row {
            Ok(row) => read.push(row),
            Err(error) if error.is_of_rows() => {
                tracing::debug!(error = %error, "a row cannot be read and is left out");
            }
            Err(error) => return Err(error),
        }
    }
    Ok(read)
}
