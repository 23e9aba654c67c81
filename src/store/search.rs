//! Finding items by words: by the customer's, and by those of our answers that were published. Nothing here depends on how
//! much there is: the newest are read in the order in which they came, and only a word that is too rare among them is
//! looked up in the index, where it is rare, too.

use serde::Deserialize;
use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

use crate::domain::At;
use crate::domain::id::ItemId;
use crate::domain::id::ReplyId;
use crate::domain::people::person::PersonId;
use crate::store::Result;
use crate::store::Tx;

/// So many of the newest that have the words are ranked.
const RANKED: i64 = 400;
/// So many of the newest are read one by one. What does not fill a list from them is rare, whatever the index would say.
const READ: i64 = 20_000;
/// Of what was frequent once and is not any more, the index gives no more than these.
const LOOKED_UP: i64 = 30_000;
/// Nobody means more than this many words by one that is misspelt.
const NEAR: i64 = 5;

/// An item that was found; by an answer of ours, if the customer's own words do not say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    pub item: ItemId,
    pub reply: Option<ReplyId>,
}

/// What somebody looked for, with what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    pub number: i64,
    pub typed: String,
    /// What was really looked for, where nothing was written exactly so.
    pub meant: String,
    pub channel: Option<String>,
    pub hits: Vec<Hit>,
    /// There were more than these.
    pub more: bool,
}

/// Items with these words, in any of the forms that German and English give them; quotes, `or` and a minus are understood.
/// The best first.
pub async fn by_words(tx: &mut Tx, channels: Option<&[String]>, words: &str, limit: i64) -> Result<Vec<Hit>> {
    // The planner cannot know how soon it ends, and would compile for longer than it runs.
    sqlx::query!("SET LOCAL jit = off").execute(&mut **tx).await?;
    let rows = sqlx::query!(
        r#"WITH asked AS (
             SELECT websearch_to_tsquery('german', $1) || websearch_to_tsquery('english', $1)
               || websearch_to_tsquery('simple', $1) AS q),
           lately AS MATERIALIZED (
             SELECT f.id, f.item_id, f.at FROM (SELECT * FROM findable ORDER BY at DESC, id DESC LIMIT $3) f
             WHERE f.words @@ (SELECT q FROM asked)
               -- One by one, so that it ends with the last that is ranked.
               AND ($2::text[] IS NULL
                    OR (SELECT true FROM card c WHERE c.item_id = f.item_id AND c.channel = ANY($2) LIMIT 1))
             LIMIT $4),
           ever AS MATERIALIZED (
             SELECT f.id, f.item_id, f.at FROM findable f
             WHERE f.words @@ (SELECT q FROM asked) AND (SELECT count(*) FROM lately) < $6
               -- What only says which words are not there is no way into an index.
               AND querytree((SELECT q FROM asked)) NOT IN ('', 'T')
             LIMIT $5),
           earlier AS (
             SELECT e.id FROM (SELECT * FROM ever ORDER BY at DESC, id DESC) e
             WHERE $2::text[] IS NULL
                OR (SELECT true FROM card c WHERE c.item_id = e.item_id AND c.channel = ANY($2) LIMIT 1)
             LIMIT $4),
           fitting AS (SELECT id FROM lately UNION SELECT id FROM earlier)
           SELECT f.item_id AS "item!",
             CASE WHEN bool_and(f.ours) THEN (array_agg(f.id ORDER BY f.at DESC))[1] END AS reply
           FROM fitting JOIN findable f USING (id) GROUP BY f.item_id
           ORDER BY max(ts_rank_cd(f.words, (SELECT q FROM asked))) DESC, max(f.at) DESC, f.item_id DESC LIMIT $6"#,
        words,
        channels as _,
        READ,
        RANKED,
        LOOKED_UP,
        limit
    )
    .fetch_all(&mut **tx)
    .await?;
    let hits = rows.into_iter().map(|row| Hit {
        item: ItemId(row.item),
        reply: row.reply.map(ReplyId),
    });
    Ok(hits.collect())
}

/// Words that customers wrote which look like this one: for slips of the finger. The nearest first.
pub async fn near(tx: &mut Tx, word: &str) -> Result<Vec<String>> {
    // A letter too many or too few in a word of eight is still the same word.
    sqlx::query!("SET LOCAL pg_trgm.word_similarity_threshold = 0.55")
        .execute(&mut **tx)
        .await?;
    Ok(sqlx::query_scalar!(
        "SELECT word FROM spelling WHERE $1 <% word GROUP BY word
         ORDER BY word_similarity($1, word) DESC, similarity($1, word) DESC, word LIMIT $2",
        word,
        NEAR
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// Of these answers, the place where the words stand.
pub async fn excerpts(tx: &mut Tx, replies: &[ReplyId], words: &str) -> Result<Vec<(ReplyId, String)>> {
    let ids: Vec<Uuid> = replies.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"SELECT r.id, ts_headline(words_of(i.language), left(r.body, 20000),
               websearch_to_tsquery('german', $2) || websearch_to_tsquery('english', $2)
                   || websearch_to_tsquery('simple', $2),
               'StartSel="", StopSel="", MaxWords=14, MinWords=8') AS "excerpt!"
           FROM reply r JOIN item i ON i.id = r.item_id WHERE r.id = ANY($1)"#,
        &ids,
        words
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (ReplyId(row.id), row.excerpt))
        .collect())
}

/// Of these items, the place in the customer's own words; the beginning, if what was found stands elsewhere.
pub async fn places(tx: &mut Tx, items: &[ItemId], words: &str) -> Result<Vec<(ItemId, String)>> {
    let ids: Vec<Uuid> = items.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"SELECT id, ts_headline(words_of(language), left(concat_ws(' ', title, body), 20000),
               websearch_to_tsquery('german', $2) || websearch_to_tsquery('english', $2)
                   || websearch_to_tsquery('simple', $2),
               'StartSel="", StopSel="", MaxWords=12, MinWords=6') AS "place!"
           FROM item WHERE id = ANY($1)"#,
        &ids,
        words
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| (ItemId(row.id), row.place)).collect())
}

/// Keeps what somebody found instead of what they had found before. Returns its number.
pub async fn keep(tx: &mut Tx, person: &PersonId, search: &Search, now: At) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        "INSERT INTO search (person, typed, meant, channel, hits, more, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (person) DO UPDATE SET number = EXCLUDED.number, typed = $2, meant = $3, channel = $4, hits = $5,
             more = $6, at = $7
         RETURNING number",
        person.to_string(),
        search.typed,
        search.meant,
        search.channel,
        Json(&search.hits) as _,
        search.more,
        now
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// What somebody looked for last.
pub async fn last(tx: &mut Tx, person: &PersonId) -> Result<Option<Search>> {
    let row = sqlx::query!(
        r#"SELECT number, typed, meant, channel, hits AS "hits: Json<Vec<Hit>>", more FROM search WHERE person = $1"#,
        person.to_string()
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| Search {
        number: row.number,
        typed: row.typed,
        meant: row.meant,
        channel: row.channel,
        hits: row.hits.0,
        more: row.more,
    }))
}

/// What somebody typed may be a customer's name: it is kept no longer than what else they typed.
pub async fn forget(pool: &sqlx::PgPool, before: At, limit: i64) -> Result<u64> {
    let done = sqlx::query!(
        "DELETE FROM search WHERE person IN (
             SELECT person FROM search WHERE at < $1 ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED)",
        before,
        limit
    )
    .execute(pool)
    .await?;
    Ok(done.rows_affected())
}
