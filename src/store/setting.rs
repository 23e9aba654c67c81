//! What was set from a chat, by whom and when. Nothing is ever changed or deleted; the last line about a key holds.

use crate::domain::At;
use crate::domain::id::CardId;
use crate::domain::id::ItemId;
use crate::domain::people::person::PersonId;
use crate::store::Result;
use crate::store::Tx;

/// One line of the log. The key as it was written: a newer version may know more of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingLine {
    pub seq: i64,
    pub key: String,
    /// None: what the file says holds again.
    pub value: Option<String>,
    pub by: PersonId,
    pub at: At,
}

struct Row {
    seq: i64,
    key: String,
    value: Option<String>,
    by_person: String,
    at: At,
}

impl Row {
    fn line(self) -> SettingLine {
        // What was set holds whoever set it, so a name that we cannot read keeps nobody from starting.
        let by = self.by_person.parse::<PersonId>();
        SettingLine {
            seq: self.seq,
            key: self.key,
            value: self.value,
            by: by.unwrap_or_else(|_| PersonId::new("", self.by_person)),
            at: self.at,
        }
    }
}

/// Until this transaction ends nobody else changes a setting: what is judged is what will hold. Numbers are given in
/// the order in which they become visible, so whoever knows the last one has missed none.
pub async fn lock(tx: &mut Tx) -> Result<()> {
    sqlx::query!("LOCK TABLE setting IN SHARE ROW EXCLUSIVE MODE")
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The number of the last change; 0 before the first.
pub async fn last(pool: &sqlx::PgPool) -> Result<i64> {
    Ok(
        sqlx::query_scalar!(r#"SELECT coalesce(max(seq), 0) AS "last!" FROM setting"#)
            .fetch_one(pool)
            .await?,
    )
}

/// The last line about each key, oldest first, those that were reset included.
pub async fn latest(executor: impl sqlx::PgExecutor<'_>) -> Result<Vec<SettingLine>> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT seq, key, value, by_person, at FROM (
             SELECT DISTINCT ON (key) seq, key, value, by_person, at FROM setting ORDER BY key, seq DESC) AS latest
         ORDER BY seq"
    )
    .fetch_all(executor)
    .await?;
    Ok(rows.into_iter().map(Row::line).collect())
}

/// A card that does not say any more what it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaleCard {
    pub id: CardId,
    pub item: ItemId,
    pub chat: String,
}

/// The cards of what is open in this channel show nothing of what they should, until each was edited.
pub async fn stale_cards(tx: &mut Tx, channel: &str) -> Result<Vec<StaleCard>> {
    let rows = sqlx::query!(
        "WITH open AS (
             SELECT id FROM card WHERE channel = $1 AND watched AND message_id IS NOT NULL ORDER BY id FOR UPDATE)
         UPDATE card SET shown = 0 FROM open WHERE card.id = open.id RETURNING card.id, card.item_id, card.chat",
        channel
    )
    .fetch_all(&mut **tx)
    .await?;
    let cards = rows.into_iter().map(|row| StaleCard {
        id: CardId(row.id),
        item: ItemId(row.item_id),
        chat: row.chat,
    });
    Ok(cards.collect())
}

/// The log, newest first.
pub async fn log(executor: impl sqlx::PgExecutor<'_>, limit: i64) -> Result<Vec<SettingLine>> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT seq, key, value, by_person, at FROM setting ORDER BY seq DESC LIMIT $1",
        limit
    )
    .fetch_all(executor)
    .await?;
    Ok(rows.into_iter().map(Row::line).collect())
}

pub async fn add(tx: &mut Tx, key: &str, value: Option<&str>, by: &PersonId, at: At) -> Result<()> {
    sqlx::query!(
        "INSERT INTO setting (key, value, by_person, at) VALUES ($1, $2, $3, $4)",
        key,
        value,
        by.to_string(),
        at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
