//! Folds, as rows: what a room has taken lately, which cards wait, and the message that stands for them. A card with a message
//! does not wait, whoever posted it: a replica of an older version knows no folds. Whoever locks a card and a room's row locks
//! the card first.

use uuid::Uuid;

use crate::domain::At;
use crate::domain::id::CardId;
use crate::domain::item::Tone;
use crate::store::Result;
use crate::store::Tx;
use crate::store::card::CardRow;

/// A fold whose message has to be shown anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stale {
    pub chat: String,
    pub room: String,
    /// Names the effect that keeps it.
    pub number: i64,
    pub shown_at: Option<At>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fold {
    pub posted: Vec<At>,
    pub began_at: Option<At>,
    pub came: i64,
    pub over_at: Option<At>,
    pub changes: i64,
    pub message: Option<String>,
    pub generation: i32,
}

impl Fold {
    /// That it is over was written down.
    pub fn is_over(&self) -> bool {
        self.began_at
            .is_none_or(|began| self.over_at.is_some_and(|over| over >= began))
    }
}

/// Takes one card into its room, if the room takes `most` since then and none waits that came before; or in any case. False:
/// it has to wait.
pub async fn enter(
    pool: &sqlx::PgPool,
    card: &CardRow,
    most: i64,
    since: At,
    in_any_case: bool,
    now: At,
) -> Result<bool> {
    let taken = sqlx::query_scalar!(
        "WITH mine AS (
             SELECT id FROM card WHERE id = $1 AND message_id IS NULL AND folded_at IS NULL FOR UPDATE),
           taken AS (
             INSERT INTO fold (chat, room, posted) SELECT $2, $3, ARRAY[$4::timestamptz] FROM mine
             ON CONFLICT (chat, room) DO UPDATE
               SET posted = ARRAY(SELECT t FROM unnest(fold.posted) t WHERE t > $5) || $4
               WHERE $6 OR (SELECT count(*) FROM unnest(fold.posted) t WHERE t > $5) < $7
                   AND NOT EXISTS (SELECT 1 FROM card c WHERE c.chat = $2 AND c.room = $3
                       AND c.folded_at IS NOT NULL AND c.message_id IS NULL AND c.watched AND NOT c.listed)
             RETURNING 1)
         UPDATE card SET let_in_at = $4 FROM taken WHERE card.id = $1 RETURNING card.id",
        card.id.0,
        card.chat,
        card.room,
        now,
        since,
        in_any_case,
        most
    )
    .fetch_optional(pool)
    .await?;
    Ok(taken.is_some())
}

/// Another message of ours that the room has to take.
pub async fn count(pool: &sqlx::PgPool, chat: &str, room: &str, since: At, now: At) -> Result<()> {
    sqlx::query!(
        "INSERT INTO fold (chat, room, posted) VALUES ($1, $2, ARRAY[$3::timestamptz])
         ON CONFLICT (chat, room) DO UPDATE
           SET posted = ARRAY(SELECT t FROM unnest(fold.posted) t WHERE t > $4) || $3",
        chat,
        room,
        now,
        since
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// The card waits from now on, unless its item is further than `version` by now. False: look again.
pub async fn put_in(tx: &mut Tx, card: &CardRow, version: i64, now: At) -> Result<bool> {
    let done = sqlx::query!(
        "UPDATE card SET folded_at = $3
         WHERE id = $1 AND message_id IS NULL AND folded_at IS NULL AND wanted <= $2",
        card.id.0,
        version,
        now
    )
    .execute(&mut **tx)
    .await?;
    let is_in = done.rows_affected() == 1;
    if is_in {
        // Over means not earlier than begun, so whatever begins anew begins later.
        sqlx::query!(
            "UPDATE fold SET
                 came = CASE WHEN began_at IS NULL OR over_at >= began_at THEN 1 ELSE came + 1 END,
                 began_at = CASE WHEN began_at IS NULL OR over_at >= began_at
                     THEN greatest($3, over_at + interval '1 microsecond') ELSE began_at END
             WHERE chat = $1 AND room = $2",
            card.chat,
            card.room,
            now
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(is_in)
}

/// So many more wait in these rooms, without having asked.
pub async fn came(tx: &mut Tx, rooms: &[(&str, &str, i64)], now: At) -> Result<()> {
    if rooms.is_empty() {
        return Ok(());
    }
    let chats: Vec<String> = rooms.iter().map(|(chat, _, _)| (*chat).to_owned()).collect();
    let names: Vec<String> = rooms.iter().map(|(_, room, _)| (*room).to_owned()).collect();
    let counts: Vec<i64> = rooms.iter().map(|(_, _, n)| *n).collect();
    sqlx::query!(
        "INSERT INTO fold (chat, room, came, began_at)
         SELECT r.chat, r.room, r.n, $4 FROM unnest($1::text[], $2::text[], $3::bigint[]) AS r (chat, room, n)
         ORDER BY r.chat, r.room
         ON CONFLICT (chat, room) DO UPDATE SET
             came = CASE WHEN fold.began_at IS NULL OR fold.over_at >= fold.began_at THEN EXCLUDED.came
                 ELSE fold.came + EXCLUDED.came END,
             began_at = CASE WHEN fold.began_at IS NULL OR fold.over_at >= fold.began_at
                 THEN greatest($4, fold.over_at + interval '1 microsecond') ELSE fold.began_at END",
        &chats,
        &names,
        &counts,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// These wait no longer. Each gets a new generation, because the effect of the one before is over.
pub async fn take_out(tx: &mut Tx, cards: &[CardId]) -> Result<Vec<(CardId, i32)>> {
    let ids: Vec<Uuid> = cards.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        "WITH mine AS (SELECT id FROM card WHERE id = ANY($1) AND folded_at IS NOT NULL AND message_id IS NULL
             ORDER BY id FOR UPDATE)
         UPDATE card SET folded_at = NULL, listed = false, generation = generation + 1 FROM mine WHERE card.id = mine.id
         RETURNING card.id, card.generation",
        &ids
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|r| (CardId(r.id), r.generation)).collect())
}

/// Something changed for these rooms' folds.
pub async fn changed(tx: &mut Tx, rooms: &[(&str, &str)]) -> Result<Vec<Stale>> {
    let (chats, names): (Vec<String>, Vec<String>) = rooms
        .iter()
        .map(|(c, r)| ((*c).to_owned(), (*r).to_owned()))
        .unzip();
    let rows = sqlx::query!(
        r#"WITH mine AS (
             SELECT fold.chat, fold.room FROM unnest($1::text[], $2::text[]) AS r(chat, room)
             JOIN fold USING (chat, room) ORDER BY fold.chat, fold.room FOR UPDATE OF fold)
           UPDATE fold SET changes = changes + 1 FROM mine WHERE fold.chat = mine.chat AND fold.room = mine.room
           RETURNING fold.chat, fold.room, fold.number, fold.shown_at"#,
        &chats,
        &names
    )
    .fetch_all(&mut **tx)
    .await?;
    let stale = rows.into_iter().map(|r| Stale {
        chat: r.chat,
        room: r.room,
        number: r.number,
        shown_at: r.shown_at,
    });
    Ok(stale.collect())
}

/// The room's row, which is ours until the end of the transaction.
pub async fn lock(tx: &mut Tx, chat: &str, room: &str) -> Result<Option<Fold>> {
    let row = sqlx::query!(
        "SELECT posted, began_at, came, over_at, changes, message_id, generation FROM fold
         WHERE chat = $1 AND room = $2 FOR UPDATE",
        chat,
        room
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|r| Fold {
        posted: r.posted,
        began_at: r.began_at,
        came: r.came,
        over_at: r.over_at,
        changes: r.changes,
        message: r.message_id,
        generation: r.generation,
    }))
}

/// The room takes the most pressing ones of those that wait. Whoever works on one of them keeps it.
pub async fn let_in(
    tx: &mut Tx,
    chat: &str,
    room: &str,
    most: i64,
    since: At,
    now: At,
) -> Result<Vec<CardRow>> {
    let rows = sqlx::query!(
        "WITH mine AS (
             SELECT card.id FROM card JOIN item ON item.id = card.item_id
             WHERE card.chat = $1 AND card.room = $2 AND card.folded_at IS NOT NULL
                 AND card.message_id IS NULL AND card.watched AND NOT card.listed
             ORDER BY item.raised_at IS NULL, item.due_at, item.number LIMIT $3 FOR UPDATE OF card SKIP LOCKED),
           taken AS (
             UPDATE fold SET posted = ARRAY(SELECT t FROM unnest(posted) t WHERE t > $5)
                 || array_fill($4::timestamptz, ARRAY[(SELECT count(*)::int FROM mine)])
             WHERE chat = $1 AND room = $2)
         UPDATE card SET folded_at = NULL, let_in_at = $4, generation = generation + 1 FROM mine
         WHERE card.id = mine.id RETURNING card.id",
        chat,
        room,
        most,
        now,
        since
    )
    .fetch_all(&mut **tx)
    .await?;
    let ids: Vec<CardId> = rows.into_iter().map(|r| CardId(r.id)).collect();
    crate::store::card::of_ids(tx, &ids).await
}

/// How many wait, by what customers wanted.
pub async fn waiting(tx: &mut Tx, chat: &str, room: &str) -> Result<Vec<(Tone, i64)>> {
    let rows = sqlx::query!(
        r#"SELECT item.tone, count(*) AS "n!" FROM card JOIN item ON item.id = card.item_id
           WHERE card.chat = $1 AND card.room = $2 AND card.folded_at IS NOT NULL
                 AND card.message_id IS NULL AND card.watched
           GROUP BY item.tone"#,
        chat,
        room
    )
    .fetch_all(&mut **tx)
    .await?;
    // One of which only a newer version knows waits all the same.
    let read = |tone: &str| Tone::parse(tone).unwrap_or(Tone::Neutral);
    let mut found: Vec<(Tone, i64)> = Vec::new();
    for row in rows {
        let tone = read(&row.tone);
        match found.iter_mut().find(|(known, _)| *known == tone) {
            Some((_, n)) => *n += row.n,
            None => found.push((tone, row.n)),
        }
    }
    found.sort_by_key(|(tone, _)| Tone::ALL.iter().position(|t| t == tone));
    Ok(found)
}

/// Whether any of those that wait comes by itself as soon as the room takes it.
pub async fn moves(tx: &mut Tx, chat: &str, room: &str) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM card WHERE chat = $1 AND room = $2 AND folded_at IS NOT NULL AND message_id IS NULL
             AND watched AND NOT listed) AS "moves!""#,
        chat,
        room
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// The message stands, as the `generation`-th of its room. When the fold before was over is of no use any more.
pub async fn shown(
    tx: &mut Tx,
    chat: &str,
    room: &str,
    message: &str,
    generation: i32,
    now: At,
) -> Result<()> {
    sqlx::query!(
        "UPDATE fold SET message_id = $3, generation = $4, shown_at = $5,
             over_at = CASE WHEN over_at >= began_at THEN over_at END
         WHERE chat = $1 AND room = $2",
        chat,
        room,
        message,
        generation,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The message was deleted: the next one is another.
pub async fn lost(tx: &mut Tx, chat: &str, room: &str, generation: i32) -> Result<()> {
    sqlx::query!(
        "UPDATE fold SET message_id = NULL, generation = $3 + 1 WHERE chat = $1 AND room = $2 AND generation = $3",
        chat,
        room,
        generation
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// None waits any more. What waits later is another fold, with an effect of its own.
pub async fn over(tx: &mut Tx, chat: &str, room: &str, now: At) -> Result<()> {
    sqlx::query!(
        "UPDATE fold SET number = number + 1,
             over_at = CASE WHEN over_at >= began_at THEN over_at ELSE greatest($3, began_at) END
         WHERE chat = $1 AND room = $2",
        chat,
        room,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Rooms in which cards wait and nothing is under way that would let them in. Each begins anew, with another effect.
pub async fn forgotten(tx: &mut Tx) -> Result<Vec<(String, String)>> {
    let rows = sqlx::query!(
        "UPDATE fold SET number = number + 1
         WHERE EXISTS (SELECT 1 FROM card WHERE card.chat = fold.chat AND card.room = fold.room
                 AND card.folded_at IS NOT NULL
                 AND card.message_id IS NULL AND card.watched)
             AND NOT EXISTS (SELECT 1 FROM effect e WHERE e.kind = 'keep_fold'
                 AND e.serial = 'room:' || fold.chat || ':' || fold.room AND e.state IN ('ready', 'sending', 'unknown'))
         RETURNING chat, room"
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|r| (r.chat, r.room)).collect())
}
