//! Cards, as rows: what a room should show (the item's version) and what it shows.

use std::collections::BTreeSet;

use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

use crate::domain::At;
use crate::domain::effect::new;
use crate::domain::id::CardId;
use crate::domain::id::ItemId;
use crate::store::Result;
use crate::store::Tx;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardRow {
    pub id: CardId,
    pub item: ItemId,
    pub channel: String,
    pub chat: String,
    pub room: String,
    pub message: Option<String>,
    pub shown: i64,
    pub generation: i32,
    pub entry: Entry,
}

impl CardRow {
    /// As effects are about it.
    pub fn named(&self) -> new::Card<'_> {
        new::Card {
            id: self.id,
            item: self.item,
            room: new::Room {
                chat: &self.chat,
                room: &self.room,
            },
            generation: self.generation,
        }
    }

    /// The same as its next message.
    pub fn again(&self, generation: i32) -> new::Card<'_> {
        new::Card {
            generation,
            ..self.named()
        }
    }
}

/// Whether the room has taken the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// Nobody has asked yet.
    Open,
    /// It waits in the room's fold.
    Folded,
    Granted,
}

#[derive(Debug, Serialize)]
pub struct NewCard<'a> {
    pub id: CardId,
    pub item: ItemId,
    pub channel: &'a str,
    pub chat: &'a str,
    pub room: &'a str,
    /// Since when it waits in the room's fold.
    pub folded_at: Option<At>,
    /// Somebody has to see it.
    pub watched: bool,
    /// It stands in the fold's list and does not come by itself.
    pub listed: bool,
}

impl NewCard<'_> {
    /// It stands in the list of the room's fold from the beginning.
    pub fn listed(self, now: At) -> Self {
        Self {
            folded_at: Some(now),
            listed: true,
            ..self
        }
    }

    /// It says where the item belongs; nobody is shown it before somebody has to see it.
    pub fn put_away(self, now: At) -> Self {
        Self {
            watched: false,
            ..self.listed(now)
        }
    }
}

/// What the cards of an item should show.
#[derive(Debug)]
pub struct Wanted {
    pub item: ItemId,
    pub version: i64,
    pub watched: bool,
}

struct Row {
    id: Uuid,
    item_id: Uuid,
    channel: String,
    chat: String,
    room: String,
    message_id: Option<String>,
    shown: i64,
    generation: i32,
    is_folded: bool,
    is_granted: bool,
}

impl From<Row> for CardRow {
    fn from(row: Row) -> Self {
        Self {
            id: CardId(row.id),
            item: ItemId(row.item_id),
            channel: row.channel,
            chat: row.chat,
            room: row.room,
            message: row.message_id,
            shown: row.shown,
            generation: row.generation,
            entry: match (row.is_folded, row.is_granted) {
                (true, _) => Entry::Folded,
                (false, true) => Entry::Granted,
                (false, false) => Entry::Open,
            },
        }
    }
}

macro_rules! cards {
    ($tail:literal, $($arg:expr),+) => {
        sqlx::query_as!(
            Row,
            r#"SELECT card.id, card.item_id, card.channel, card.chat, card.room, card.message_id, card.shown,
                 card.generation, card.folded_at IS NOT NULL AND card.message_id IS NULL AS "is_folded!",
                 coalesce(card.let_in_at, card.posted_at) IS NOT NULL AS "is_granted!" FROM card "# + $tail,
            $($arg),+
        )
    };
}

pub async fn insert(tx: &mut Tx, cards: &[NewCard<'_>]) -> Result<()> {
    sqlx::query!(
        "INSERT INTO card (id, item_id, channel, chat, room, folded_at, watched, listed)
         SELECT id, item, channel, chat, room, folded_at, watched, listed
         FROM jsonb_to_recordset($1) AS r(id uuid, item uuid, channel text, chat text, room text, folded_at timestamptz,
             watched boolean, listed boolean)",
        Json(cards) as _
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn get(pool: &sqlx::PgPool, id: CardId) -> Result<Option<CardRow>> {
    Ok(cards!("WHERE id = $1", id.0)
        .fetch_optional(pool)
        .await?
        .map(Into::into))
}

/// Until when the message of an item's card in a room cannot be edited, by what its chat has said.
pub async fn late_until(tx: &mut Tx, item: ItemId, chat: &str, room: &str, now: At) -> Result<Option<At>> {
    Ok(sqlx::query_scalar!(
        r#"SELECT max(r.free_at) FROM rate r JOIN card c
             ON r.shut ->> 'name' IN (c.message_id, split_part(c.message_id, '/', 2))
           WHERE r.shut IS NOT NULL AND r.free_at > $4 AND r.shut ->> 'what' = 'message' AND r.shut ->> 'chat' = $2
             AND c.item_id = $1 AND c.chat = $2 AND c.room = $3"#,
        item.0,
        chat,
        room,
        now
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// Those of these items of which a card's message cannot be edited now.
pub async fn late(tx: &mut Tx, items: &[ItemId], now: At) -> Result<Vec<ItemId>> {
    let ids: Vec<Uuid> = items.iter().map(|id| id.0).collect();
    let late = sqlx::query_scalar!(
        "SELECT DISTINCT c.item_id FROM rate r JOIN card c
             ON r.shut ->> 'name' IN (c.message_id, split_part(c.message_id, '/', 2))
         WHERE r.shut IS NOT NULL AND r.free_at > $2 AND r.shut ->> 'what' = 'message' AND c.item_id = ANY($1)",
        &ids,
        now
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(late.into_iter().map(ItemId).collect())
}

pub async fn of_item(tx: &mut Tx, item: ItemId) -> Result<Vec<CardRow>> {
    Ok(cards!("WHERE item_id = $1 ORDER BY id", item.0)
        .fetch_all(&mut **tx)
        .await?
        .into_iter()
        .map(Into::into)
        .collect())
}

pub async fn of_ids(tx: &mut Tx, cards: &[CardId]) -> Result<Vec<CardRow>> {
    let ids: Vec<Uuid> = cards.iter().map(|id| id.0).collect();
    Ok(cards!("WHERE id = ANY($1) ORDER BY id", &ids)
        .fetch_all(&mut **tx)
        .await?
        .into_iter()
        .map(Into::into)
        .collect())
}

/// The cards of some items, the oldest of each first.
pub async fn of_items(tx: &mut Tx, items: &[ItemId]) -> Result<Vec<CardRow>> {
    let ids: Vec<Uuid> = items.iter().map(|id| id.0).collect();
    Ok(cards!("WHERE item_id = ANY($1) ORDER BY id", &ids)
        .fetch_all(&mut **tx)
        .await?
        .into_iter()
        .map(Into::into)
        .collect())
}

/// From now on the cards of these items should show these versions; those who are watched are looked at now and then.
/// They are locked in one order, so that two who want many never wait for each other. Besides the cards it says which of them
/// were put away, because nobody had to see them until now.
pub async fn want(tx: &mut Tx, wanted: &[Wanted]) -> Result<(Vec<CardRow>, BTreeSet<CardId>)> {
    let items: Vec<Uuid> = wanted.iter().map(|w| w.item.0).collect();
    let versions: Vec<i64> = wanted.iter().map(|w| w.version).collect();
    let watched: Vec<bool> = wanted.iter().map(|w| w.watched).collect();
    let rows = sqlx::query!(
        // Named by arrays, so that each is found through its index: joined with a document, all cards there are would be read.
        r#"WITH locked AS (
             SELECT id, watched AS was_watched FROM card WHERE item_id = ANY($1) ORDER BY id FOR NO KEY UPDATE)
           UPDATE card SET wanted = r.version, watched = r.watched
           FROM unnest($1::uuid[], $2::bigint[], $3::boolean[]) AS r(item, version, watched), locked
           WHERE card.id = ANY(ARRAY(SELECT id FROM locked)) AND card.item_id = r.item AND locked.id = card.id
           RETURNING card.id, card.item_id, card.channel, card.chat, card.room, card.message_id, card.shown,
               card.generation, card.folded_at IS NOT NULL AND card.message_id IS NULL AS "is_folded!",
               coalesce(card.let_in_at, card.posted_at) IS NOT NULL AS "is_granted!",
               locked.was_watched AS "was_watched!", card.watched AS "is_watched!""#,
        &items,
        &versions,
        &watched
    )
    .fetch_all(&mut **tx)
    .await?;
    let mut woken = BTreeSet::new();
    let cards = rows.into_iter().map(|r| {
        if r.is_folded && r.is_watched && !r.was_watched {
            woken.insert(CardId(r.id));
        }
        let row = Row {
            id: r.id,
            item_id: r.item_id,
            channel: r.channel,
            chat: r.chat,
            room: r.room,
            message_id: r.message_id,
            shown: r.shown,
            generation: r.generation,
            is_folded: r.is_folded,
            is_granted: r.is_granted,
        };
        CardRow::from(row)
    });
    let mut cards: Vec<CardRow> = cards.collect();
    cards.sort_by_key(|c| c.id);
    Ok((cards, woken))
}

/// The card stands and shows `version`. Says which version it should show by now.
pub async fn posted(tx: &mut Tx, id: CardId, message: &str, version: i64, now: At) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        "UPDATE card SET message_id = $2, shown = $3, posted_at = coalesce(posted_at, $4), probed_at = $4
         WHERE id = $1 RETURNING wanted",
        id.0,
        message,
        version,
        now
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// The card shows `version`, unless a later edit was faster.
pub async fn edited(tx: &mut Tx, id: CardId, version: i64, now: At) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        "UPDATE card SET shown = greatest(shown, $2), probed_at = $3 WHERE id = $1 RETURNING wanted",
        id.0,
        version,
        now
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// Somebody deleted the message: the card needs a new one. `None` when it was noticed already.
pub async fn lost(tx: &mut Tx, id: CardId, message: &str) -> Result<Option<i32>> {
    Ok(sqlx::query_scalar!(
        "UPDATE card SET message_id = NULL, shown = 0, generation = generation + 1
         WHERE id = $1 AND message_id = $2 RETURNING generation",
        id.0,
        message
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// A card without a message gets another try under a new mark. `None` when somebody else gave it one.
pub async fn anew(tx: &mut Tx, id: CardId, generation: i32) -> Result<Option<i32>> {
    Ok(sqlx::query_scalar!(
        "UPDATE card SET generation = generation + 1 WHERE id = $1 AND generation = $2 AND message_id IS NULL
         RETURNING generation",
        id.0,
        generation
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Posted cards that show an older version than they should with nothing under way to repair it.
pub async fn stale(pool: &sqlx::PgPool, limit: i64) -> Result<Vec<(CardRow, i64)>> {
    let rows = sqlx::query!(
        r#"SELECT card.id, card.item_id, card.channel, card.chat, card.room, card.message_id, card.shown,
             card.generation, card.wanted
           FROM card
           WHERE card.message_id IS NOT NULL AND card.shown < card.wanted
             AND NOT EXISTS (SELECT 1 FROM effect e WHERE e.item_id = card.item_id AND e.kind = 'edit_card'
                 AND e.state IN ('ready', 'sending', 'unknown') AND e.serial = 'card:' || card.id)
           ORDER BY card.id LIMIT $1"#,
        limit
    )
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| {
            let row = Row {
                id: r.id,
                item_id: r.item_id,
                channel: r.channel,
                chat: r.chat,
                room: r.room,
                message_id: r.message_id,
                shown: r.shown,
                generation: r.generation,
                is_folded: false,
                is_granted: true,
            };
            (row.into(), r.wanted)
        })
        .collect())
}

/// Cards without a message and without anything under way to post one.
pub async fn unposted(pool: &sqlx::PgPool, limit: i64) -> Result<Vec<CardRow>> {
    Ok(cards!(
        "JOIN item ON item.id = card.item_id WHERE card.message_id IS NULL AND card.folded_at IS NULL AND item.state <> 'removed'
           AND NOT EXISTS (SELECT 1 FROM effect e WHERE e.item_id = item.id AND e.kind = 'post_card'
               AND e.state IN ('ready', 'sending', 'unknown', 'dead') AND e.body ->> 'card' = card.id::text
               AND e.key = 'card:' || card.id || ':' || card.generation)
         ORDER BY card.id LIMIT $1",
        limit
    )
    .fetch_all(pool)
    .await?
    .into_iter()
    .map(Into::into)
    .collect())
}

/// Takes the cards of open items that nobody looked at for longest, so that replicas share the looking.
pub async fn to_probe(tx: &mut Tx, before: At, now: At, limit: i64) -> Result<Vec<CardRow>> {
    Ok(sqlx::query_as!(
        Row,
        r#"UPDATE card SET probed_at = $2 WHERE id IN (
             SELECT card.id FROM card WHERE card.message_id IS NOT NULL AND card.watched AND card.probed_at < $1
             ORDER BY card.probed_at LIMIT $3 FOR UPDATE SKIP LOCKED)
         RETURNING id, item_id, channel, chat, room, message_id, shown, generation,
             folded_at IS NOT NULL AND message_id IS NULL AS "is_folded!",
             coalesce(let_in_at, posted_at) IS NOT NULL AS "is_granted!""#,
        before,
        now,
        limit
    )
    .fetch_all(&mut **tx)
    .await?
    .into_iter()
    .map(Into::into)
    .collect())
}

/// How many cards show an older state than they should, how many are not posted, and how many of open items wait in folds.
pub async fn behind(pool: &sqlx::PgPool) -> Result<(i64, i64, i64)> {
    let row = sqlx::query!(
        r#"SELECT (SELECT count(*) FROM card WHERE message_id IS NOT NULL AND shown < wanted) AS "stale!",
             (SELECT count(*) FROM card WHERE message_id IS NULL AND folded_at IS NULL) AS "unposted!",
             (SELECT count(*) FROM card WHERE folded_at IS NOT NULL AND message_id IS NULL AND watched) AS "folded!""#
    )
    .fetch_one(pool)
    .await?;
    Ok((row.stale, row.unposted, row.folded))
}
