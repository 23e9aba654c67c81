//! Files that were handed in from a chat: what became of each, and its bytes for as long as somebody may decide about it.

use sqlx::types::Json;

use crate::domain::At;
use crate::domain::people::person::PersonId;
use crate::store::Result;
use crate::store::StoreError;
use crate::store::Tx;

macro_rules! states {
    ($($name:ident = $word:literal;)+) => {
        /// What became of a file.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum State { $($name,)+ }

        impl State {
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }

            fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$name),)+ _ => None }
            }
        }
    };
}

states! {
    Asked = "asked";
    Shown = "shown";
    Going = "going";
    Done = "done";
    Left = "left";
    Refused = "refused";
    Back = "back";
}

/// A file as it is handed in.
#[derive(Debug, Clone)]
pub struct NewFile<'a> {
    pub key: &'a str,
    pub source: &'a str,
    pub name: &'a str,
    pub place: &'a str,
    pub by: &'a PersonId,
    pub room: &'a str,
    pub thread: Option<&'a str>,
    pub answer_to: Option<&'a str>,
    /// How it is to be read, as they typed it.
    pub said: &'a str,
    pub at: At,
}

/// A row that was not taken: where it stands, why, and the row.
pub type Rejected = (String, String, String);

#[derive(Debug, Clone)]
pub struct Handed {
    pub number: i64,
    pub source: String,
    pub name: String,
    pub place: String,
    pub state: State,
    pub by: PersonId,
    pub room: String,
    pub thread: Option<String>,
    pub answer_to: Option<String>,
    pub open: u64,
    pub run: Option<i64>,
    /// The first rows that were not taken.
    pub refused: Vec<(String, String)>,
    pub said: String,
    pub handed_at: At,
}

/// `None`: this delivery brought it before.
pub async fn put(tx: &mut Tx, file: &NewFile<'_>) -> Result<Option<i64>> {
    Ok(sqlx::query_scalar!(
        "INSERT INTO import_file (key, source, name, place, state, chat, person, room, thread, answer_to, handed_at, touched_at, said)
         VALUES ($1, $2, $3, $4, 'asked', $5, $6, $7, $8, $9, $10, $10, $11)
         ON CONFLICT (key) DO NOTHING RETURNING number",
        file.key,
        file.source,
        file.name,
        file.place,
        file.by.chat,
        file.by.user,
        file.room,
        file.thread,
        file.answer_to,
        file.at,
        file.said
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Ours until the end of the transaction.
pub async fn lock(tx: &mut Tx, number: i64) -> Result<Option<Handed>> {
    let row = sqlx::query!(
        r#"SELECT number, source, name, place, state, chat, person, room, thread, answer_to, open, run, handed_at, said,
             refused AS "refused: Json<Vec<(String, String)>>"
           FROM import_file WHERE number = $1 FOR UPDATE"#,
        number
    )
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let state = State::parse(&row.state)
        .ok_or_else(|| StoreError::odd("import_file", "state", row.number, "a state of a newer version"))?;
    Ok(Some(Handed {
        number: row.number,
        source: row.source,
        name: row.name,
        place: row.place,
        state,
        by: PersonId::new(row.chat, row.person),
        room: row.room,
        thread: row.thread,
        answer_to: row.answer_to,
        open: u64::try_from(row.open).unwrap_or(0),
        run: row.run,
        refused: row.refused.0,
        said: row.said,
        handed_at: row.handed_at,
    }))
}

pub async fn bytes(pool: &sqlx::PgPool, number: i64) -> Result<Option<Vec<u8>>> {
    let bytes = sqlx::query_scalar!("SELECT bytes FROM import_file WHERE number = $1", number)
        .fetch_optional(pool)
        .await?;
    Ok(bytes.flatten())
}

pub async fn keep_bytes(tx: &mut Tx, number: i64, bytes: &[u8]) -> Result<()> {
    sqlx::query!(
        "UPDATE import_file SET bytes = $2 WHERE number = $1",
        number,
        bytes
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// These were not taken, either.
pub async fn reject(tx: &mut Tx, number: i64, rows: &[Rejected]) -> Result<()> {
    sqlx::query!(
        "UPDATE import_file SET rejected = rejected || $2 WHERE number = $1",
        number,
        Json(rows) as _
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// So many of those that were not taken, and how many there are.
pub async fn rejected(tx: &mut Tx, number: i64, skip: usize, most: usize) -> Result<(Vec<Rejected>, usize)> {
    let rows = sqlx::query_scalar!(
        r#"SELECT rejected AS "rejected: Json<Vec<Rejected>>" FROM import_file WHERE number = $1"#,
        number
    )
    .fetch_optional(&mut **tx)
    .await?;
    let rows = rows.map(|rows| rows.0).unwrap_or_default();
    let in_all = rows.len();
    Ok((rows.into_iter().skip(skip).take(most).collect(), in_all))
}

/// What becomes of it now, and what is known of it by now. What nobody needs any more goes at once.
pub async fn save(tx: &mut Tx, file: &Handed, now: At) -> Result<()> {
    let needed = matches!(file.state, State::Asked | State::Shown | State::Going);
    sqlx::query!(
        "UPDATE import_file SET state = $2, open = $3, run = $4, refused = $5, room = $6, thread = $7, answer_to = $8,
             touched_at = $9, bytes = CASE WHEN $10 THEN bytes END WHERE number = $1",
        file.number,
        file.state.as_str(),
        i64::try_from(file.open).unwrap_or(i64::MAX),
        file.run,
        Json(&file.refused) as _,
        file.room,
        file.thread,
        file.answer_to,
        now,
        needed
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The bytes of what nobody has decided about for so long go; so do rows that nobody has touched since `history`.
pub async fn forget(pool: &sqlx::PgPool, undecided: At, history: At, limit: i64) -> Result<u64> {
    sqlx::query!(
        "UPDATE import_file SET bytes = NULL, state = 'left' WHERE touched_at < $1 AND state IN ('asked', 'shown')",
        undecided
    )
    .execute(pool)
    .await?;
    let done = sqlx::query!(
        "DELETE FROM import_file WHERE number IN (
             SELECT number FROM import_file WHERE touched_at < $1 AND state <> 'going' LIMIT $2 FOR UPDATE SKIP LOCKED)",
        history,
        limit
    )
    .execute(pool)
    .await?;
    Ok(done.rows_affected())
}
