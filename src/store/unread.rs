//! What stands in the database and waits because this version cannot read it: rows of a newer release after a step back,
//! or while a newer replica is away. Nothing is lost by it; somebody has to know.

use crate::domain::At;
use crate::domain::effect::EffectKind;
use crate::store::Result;
use crate::store::timer;

/// How many wait, by table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Unread {
    pub effects: i64,
    pub timers: i64,
    /// Presses from chats that this replica has not.
    pub presses: i64,
    /// What sources told about items that cannot be read.
    pub told: i64,
}

impl Unread {
    pub fn by_table(&self) -> [(&'static str, i64); 4] {
        [
            ("effect", self.effects),
            ("timer", self.timers),
            ("inbox", self.presses),
            ("odd_item", self.told),
        ]
    }
}

/// Those that have waited since before then: a newer replica may be just about to take what is younger.
pub async fn of(pool: &sqlx::PgPool, chats: &[String], before: At) -> Result<Unread> {
    let row = sqlx::query!(
        r#"SELECT
             (SELECT count(*) FROM effect WHERE unread_since <= $1 AND state IN ('ready', 'unknown'))
               + (SELECT count(*) FROM effect WHERE state IN ('ready', 'unknown') AND run_at <= $1
                    AND unread_since IS NULL AND kind <> ALL($2)) AS "effects!",
             (SELECT count(*) FROM timer WHERE fired_at IS NULL AND at <= $1 AND kind <> ALL($3)) AS "timers!",
             (SELECT count(*) FROM inbox WHERE done_at IS NULL AND received_at <= $1 AND chat <> ALL($4)) AS "presses!",
             (SELECT count(*) FROM odd_item WHERE incoming IS NOT NULL AND seen_at <= $1) AS "told!""#,
        before,
        &EffectKind::names(),
        &timer::KINDS.map(str::to_owned),
        chats
    )
    .fetch_one(pool)
    .await?;
    Ok(Unread {
        effects: row.effects,
        timers: row.timers,
        presses: row.presses,
        told: row.told,
    })
}
