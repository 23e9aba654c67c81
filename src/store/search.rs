//! Finding items by words. Both ways look at the newest that fit and rank those, so that a word that stands in a million
//! items costs as much as a rare one.

use crate::domain::id::ItemId;
use crate::store::Result;
use crate::store::Tx;

/// So many of the newest that have the words are ranked.
const RANKED: i64 = 400;

/// Items with these words, in any of the forms that German and English give them; quotes, `or` and a minus are understood.
/// The best first. Nothing of the source `without`.
pub async fn by_words(
    tx: &mut Tx,
    channel: Option<&str>,
    without: &str,
    typed: &str,
    limit: i64,
) -> Result<Vec<ItemId>> {
    let ids = sqlx::query_scalar!(
        r#"WITH fitting AS (
             SELECT id, item_words(language, title, body, author, subject) AS words FROM item
             WHERE item_words(language, title, body, author, subject) @@ (websearch_to_tsquery('german', $1)
                   || websearch_to_tsquery('english', $1) || websearch_to_tsquery('simple', $1))
               AND ($2::text IS NULL OR EXISTS (SELECT 1 FROM card c WHERE c.item_id = item.id AND c.channel = $2))
               AND source <> $3
             ORDER BY first_seen_at DESC LIMIT $4)
           SELECT id FROM fitting
           ORDER BY ts_rank_cd(words, websearch_to_tsquery('german', $1) || websearch_to_tsquery('english', $1)
               || websearch_to_tsquery('simple', $1)) DESC, id DESC LIMIT $5"#,
        typed,
        channel,
        without,
        RANKED,
        limit
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(ids.into_iter().map(ItemId).collect())
}

/// Items in which something is written nearly like this: for slips of the finger. The nearest first.
pub async fn by_parts(
    tx: &mut Tx,
    channel: Option<&str>,
    without: &str,
    typed: &str,
    limit: i64,
) -> Result<Vec<ItemId>> {
    // A letter too many or too few in a word of eight is still the same word.
    sqlx::query!("SET LOCAL pg_trgm.word_similarity_threshold = 0.5")
        .execute(&mut **tx)
        .await?;
    let ids = sqlx::query_scalar!(
        r#"WITH fitting AS (
             SELECT id, lower(left(item_text(title, body, author, subject), 400)) AS words FROM item
             WHERE lower($1) <% lower(left(item_text(title, body, author, subject), 400))
               AND ($2::text IS NULL OR EXISTS (SELECT 1 FROM card c WHERE c.item_id = item.id AND c.channel = $2))
               AND source <> $3
             ORDER BY first_seen_at DESC LIMIT $4)
           SELECT id FROM fitting ORDER BY word_similarity(lower($1), words) DESC, id DESC LIMIT $5"#,
        typed,
        channel,
        without,
        RANKED,
        limit
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(ids.into_iter().map(ItemId).collect())
}
