//! What an effect's earlier tries have left at the far side, so that a picture is brought once.

use serde::Deserialize;
use serde::Serialize;
use sqlx::types::Json;

use crate::domain::At;
use crate::domain::id::EffectId;
use crate::store::Result;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Left {
    /// Brought then, under this id of the chat's.
    File { id: String, at: At },
    /// It could not be brought: the message goes without.
    Without,
}

pub async fn left(pool: &sqlx::PgPool, effect: EffectId) -> Result<Option<Left>> {
    let left = sqlx::query_scalar!(
        r#"SELECT picture AS "picture: Json<Left>" FROM effect WHERE id = $1"#,
        effect.0
    )
    .fetch_optional(pool)
    .await?;
    Ok(left.flatten().map(|j| j.0))
}

pub async fn leave(pool: &sqlx::PgPool, effect: EffectId, left: &Left) -> Result<()> {
    sqlx::query!(
        "UPDATE effect SET picture = $2 WHERE id = $1",
        effect.0,
        Json(left) as _
    )
    .execute(pool)
    .await?;
    Ok(())
}
