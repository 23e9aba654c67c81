//! People's names, and the groups and rooms that give them rights, as last read from the chat.

use std::collections::BTreeMap;

use chrono_tz::Tz;

use crate::domain::At;
use crate::domain::lang::Lang;
use crate::domain::people::person::PersonId;
use crate::store::Reads;
use crate::store::Result;
use crate::store::Tx;

/// Remembers a name that came with a press, unless a better one was looked up. It nearly always is the one that we know, and
/// then nothing is written and nothing locked: somebody who presses many buttons would wait for themselves.
pub async fn met(tx: &mut Tx, person: &PersonId, name: &str) -> Result<()> {
    met_all(tx, &BTreeMap::from([(person, name)])).await
}

pub async fn met_all(tx: &mut Tx, people: &BTreeMap<&PersonId, &str>) -> Result<()> {
    let ids: Vec<String> = people.keys().map(ToString::to_string).collect();
    let names: Vec<String> = people.values().map(|name| (*name).to_owned()).collect();
    sqlx::query!(
        "INSERT INTO person (id, name)
         SELECT r.id, r.name FROM unnest($1::text[], $2::text[]) AS r (id, name) WHERE NOT EXISTS (
             SELECT 1 FROM person p WHERE p.id = r.id AND (p.looked_up_at IS NOT NULL OR p.name = r.name))
         ORDER BY r.id
         ON CONFLICT (id) DO UPDATE SET name = excluded.name
         WHERE person.looked_up_at IS NULL AND person.name <> excluded.name",
        &ids,
        &names
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What the chat says about somebody.
pub async fn looked_up(
    pool: &sqlx::PgPool,
    person: &PersonId,
    name: &str,
    zone: Option<Tz>,
    now: At,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO person (id, name, zone, looked_up_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, zone = excluded.zone,
             looked_up_at = excluded.looked_up_at",
        person.to_string(),
        name,
        zone.map(|z| z.name()),
        now
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// In which language we spoke with people where others read, when they have just pressed or typed something there. Those
/// with whom it was another one before.
pub async fn spoken(tx: &mut Tx, people: &BTreeMap<&PersonId, Lang>) -> Result<Vec<PersonId>> {
    let ids: Vec<String> = people.keys().map(ToString::to_string).collect();
    let langs: Vec<String> = people.values().map(|lang| lang.as_str().to_owned()).collect();
    let changed = sqlx::query_scalar!(
        "UPDATE person SET spoken = r.lang FROM unnest($1::text[], $2::text[]) AS r (id, lang)
         WHERE person.id = ANY($1) AND person.id = r.id AND spoken IS DISTINCT FROM r.lang RETURNING person.id",
        &ids,
        &langs
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(changed.iter().filter_map(|id| id.parse().ok()).collect())
}

pub async fn last_spoken(connection: impl Reads<'_>, person: &PersonId) -> Result<Option<Lang>> {
    let spoken = sqlx::query_scalar!("SELECT spoken FROM person WHERE id = $1", person.to_string())
        .fetch_optional(connection)
        .await?;
    Ok(spoken.flatten().as_deref().and_then(Lang::parse))
}

pub async fn names(
    connection: impl sqlx::PgExecutor<'_>,
    people: &[PersonId],
) -> Result<BTreeMap<PersonId, String>> {
    let ids: Vec<String> = people.iter().map(ToString::to_string).collect();
    let rows = sqlx::query!("SELECT id, name FROM person WHERE id = ANY($1)", &ids)
        .fetch_all(connection)
        .await?;
    let named = rows
        .into_iter()
        .filter_map(|r| Some((r.id.parse().ok()?, r.name)));
    Ok(told_apart(named.collect()))
}

/// Two who are called the same in different chats, and may be one and the same, are named with their chat.
fn told_apart(people: BTreeMap<PersonId, String>) -> BTreeMap<PersonId, String> {
    let shares = |id: &PersonId, name: &str| {
        let mut others = people.iter();
        others.any(|(other, theirs)| other.chat != id.chat && theirs == name)
    };
    let said = people.iter().map(|(id, name)| {
        let said = match shares(id, name) {
            true => format!("{name} ({})", titled(&id.chat)),
            false => name.clone(),
        };
        (id.clone(), said)
    });
    said.collect()
}

/// A chat as people write its name.
pub fn titled(chat: &str) -> String {
    let mut letters = chat.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

/// People whom nobody has looked up, or not since `before`: members of circles, whoever pressed something, and `users`,
/// whom the configuration names.
pub async fn unnamed(
    pool: &sqlx::PgPool,
    chat: &str,
    users: &[String],
    before: At,
    limit: i64,
) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!(
        r#"SELECT substr(id, length($1) + 2) AS "user!" FROM person
           WHERE (looked_up_at IS NULL OR looked_up_at < $4) AND id LIKE $1 || ':%'
           UNION
           SELECT m.user_id FROM member m WHERE m.chat = $1
             AND NOT EXISTS (SELECT 1 FROM person p WHERE p.id = $1 || ':' || m.user_id)
           UNION
           SELECT u FROM unnest($2::text[]) AS u
           WHERE NOT EXISTS (SELECT 1 FROM person p WHERE p.id = $1 || ':' || u)
           LIMIT $3"#,
        chat,
        users,
        limit,
        before
    )
    .fetch_all(pool)
    .await?)
}

/// The circles that `user` is known to be in, read not longer ago than `since`.
pub async fn circles_of(tx: &mut Tx, chat: &str, user: &str, since: At) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!(
        "SELECT m.circle FROM member m JOIN circle c ON c.chat = m.chat AND c.key = m.circle
         WHERE m.chat = $1 AND m.user_id = $2 AND c.read_at >= $3",
        chat,
        user,
        since
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// The same of several people.
pub async fn circles_of_each(
    tx: &mut Tx,
    chat: &str,
    users: &[String],
    since: At,
) -> Result<BTreeMap<String, Vec<String>>> {
    let rows = sqlx::query!(
        "SELECT m.user_id, m.circle FROM member m JOIN circle c ON c.chat = m.chat AND c.key = m.circle
         WHERE m.chat = $1 AND m.user_id = ANY($2) AND c.read_at >= $3",
        chat,
        users,
        since
    )
    .fetch_all(&mut **tx)
    .await?;
    let mut circles: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in rows {
        circles.entry(row.user_id).or_default().push(row.circle);
    }
    Ok(circles)
}

/// The same however long ago it was read, and where nobody can read it, as somebody's last press had it: for what they once
/// asked for and what reaches them alone.
pub async fn circles_known(tx: &mut Tx, chat: &str, user: &str) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!(
        "SELECT circle FROM member WHERE chat = $1 AND user_id = $2",
        chat,
        user
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// Who is known to be in one of these circles.
pub async fn members(tx: &mut Tx, chat: &str, circles: &[String]) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!(
        "SELECT DISTINCT user_id FROM member WHERE chat = $1 AND circle = ANY($2)",
        chat,
        circles
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// A circle of which nobody has read who is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadCircle {
    pub key: String,
    /// It is about to be read.
    pub is_soon: bool,
}

/// Those of these circles that were never read.
pub async fn circles_unread(
    pool: &sqlx::PgPool,
    chat: &str,
    keys: &[String],
    soon: At,
) -> Result<Vec<UnreadCircle>> {
    Ok(sqlx::query_as!(
        UnreadCircle,
        r#"SELECT k AS "key!", coalesce(c.next_read_at <= $3, true) AS "is_soon!"
           FROM unnest($2::text[]) AS k LEFT JOIN circle c ON c.chat = $1 AND c.key = k
           WHERE c.read_at IS NULL"#,
        chat,
        keys,
        soon
    )
    .fetch_all(pool)
    .await?)
}

/// Makes sure that these circles are known, and says which of them are to be read now; taking one is claiming it.
pub async fn circles_due(
    pool: &sqlx::PgPool,
    chat: &str,
    keys: &[String],
    now: At,
    claimed_until: At,
) -> Result<Vec<String>> {
    sqlx::query!(
        "INSERT INTO circle (chat, key, next_read_at) SELECT $1, k, $3 FROM unnest($2::text[]) AS k
         ON CONFLICT (chat, key) DO NOTHING",
        chat,
        keys,
        now
    )
    .execute(pool)
    .await?;
    Ok(sqlx::query_scalar!(
        "UPDATE circle SET next_read_at = $4 WHERE chat = $1 AND key IN (
             SELECT key FROM circle WHERE chat = $1 AND key = ANY($2) AND next_read_at <= $3
             FOR UPDATE SKIP LOCKED)
         RETURNING key",
        chat,
        keys,
        now,
        claimed_until
    )
    .fetch_all(pool)
    .await?)
}

pub async fn circle_read(
    tx: &mut Tx,
    chat: &str,
    key: &str,
    users: &[String],
    now: At,
    next: At,
) -> Result<()> {
    sqlx::query!(
        "UPDATE circle SET read_at = $3, next_read_at = $4, trouble = NULL WHERE chat = $1 AND key = $2",
        chat,
        key,
        now,
        next
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "DELETE FROM member WHERE chat = $1 AND circle = $2 AND NOT user_id = ANY($3)",
        chat,
        key,
        users
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "INSERT INTO member (chat, circle, user_id) SELECT $1, $2, u FROM unnest($3::text[]) AS u
         ON CONFLICT DO NOTHING",
        chat,
        key,
        users
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The chat does not tell who is in it, and that is not a fault.
pub async fn circle_unlisted(pool: &sqlx::PgPool, chat: &str, key: &str, next: At) -> Result<()> {
    sqlx::query!(
        "UPDATE circle SET trouble = NULL, next_read_at = $3 WHERE chat = $1 AND key = $2",
        chat,
        key,
        next
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Of the circles `all`, this person is in those of `here`, says the chat. It is remembered for showing only: such a
/// circle is never read as a whole, so nobody gets a right from it without a press that says it again. Said with every
/// press and nearly always as before, so only what differs is written.
pub async fn vouched(tx: &mut Tx, chat: &str, user: &str, all: &[String], here: &[String]) -> Result<()> {
    sqlx::query!(
        "WITH gone AS (
             DELETE FROM member
             WHERE chat = $1 AND user_id = $2 AND circle = ANY($3) AND NOT circle = ANY($4))
         INSERT INTO member (chat, circle, user_id) SELECT c.chat, c.key, $2 FROM circle c
         WHERE c.chat = $1 AND c.key = ANY($3) AND c.key = ANY($4)
           AND NOT EXISTS (SELECT 1 FROM member m WHERE m.chat = c.chat AND m.circle = c.key AND m.user_id = $2)
         ON CONFLICT DO NOTHING",
        chat,
        user,
        all,
        here
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn circle_trouble(pool: &sqlx::PgPool, chat: &str, key: &str, why: &str, next: At) -> Result<()> {
    sqlx::query!(
        "UPDATE circle SET trouble = $3, next_read_at = $4 WHERE chat = $1 AND key = $2",
        chat,
        key,
        why,
        next
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Somebody joined or left: read it again at once.
pub async fn circle_changed(tx: &mut Tx, chat: &str, id: &str, now: At) -> Result<()> {
    sqlx::query!(
        "UPDATE circle SET next_read_at = $3 WHERE chat = $1 AND key IN ('group:' || $2, 'room:' || $2)",
        chat,
        id,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_shares_a_name_across_chats_is_named_with_the_chat() {
        let people = [
            ("slack", "U1", "Anna"),
            ("discord", "7", "Anna"),
            ("slack", "U2", "Ben"),
            ("slack", "U3", "Ben"),
        ];
        let named = people.map(|(chat, user, name)| (PersonId::new(chat, user), name.to_owned()));
        let said: Vec<String> = told_apart(named.into()).into_values().collect();
        assert_eq!(said, ["Anna (Discord)", "Anna (Slack)", "Ben", "Ben"]);
    }
}
