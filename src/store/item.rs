//! Items, as rows. Whoever changes one holds its lock: `save` takes the proof.

use std::collections::BTreeMap;
use std::mem;
use std::ops::Deref;
use std::ops::DerefMut;

use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

use crate::domain::At;
use crate::domain::id::ItemId;
use crate::domain::id::ReplyId;
use crate::domain::item::Author;
use crate::domain::item::Details;
use crate::domain::item::Incoming;
use crate::domain::item::Item;
use crate::domain::item::ItemKind;
use crate::domain::item::Rating;
use crate::domain::item::Subject;
use crate::domain::item::Tone;
use crate::domain::item::Votes;
use crate::domain::item::caps::ReplyCaps;
use crate::domain::item::handling::Escalation;
use crate::domain::item::handling::Handling;
use crate::domain::item::sla::Deadline;
use crate::domain::promise::backtest::past::Words;
use crate::store::Read;
use crate::store::Result;
use crate::store::StoreError;
use crate::store::Tx;
use crate::store::exactly;
use crate::store::exactly_one;
use crate::store::readable;

struct Row {
    id: Uuid,
    number: i64,
    source: String,
    scope: String,
    native_id: String,
    kind: String,
    tone: String,
    rating: Option<Read<Rating>>,
    title: Option<String>,
    body: Option<String>,
    language: Option<String>,
    author: Read<Author>,
    subject: Option<Read<Subject>>,
    verified: Option<String>,
    details: Read<Details>,
    votes: Read<Votes>,
    permalink: Option<String>,
    published_at: Option<At>,
    edited_at: Option<At>,
    first_seen_at: At,
    revision: i32,
    fingerprint: Vec<u8>,
    caps: Read<ReplyCaps>,
    route: String,
    handling: Read<Handling>,
    escalation: Option<Read<Escalation>>,
    deadline: Option<Read<Deadline>>,
    overdue_at: Option<At>,
    raised_at: Option<At>,
    reply_id: Option<Uuid>,
    is_answer_sent: bool,
    version: i64,
}

impl TryFrom<Row> for Item {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self> {
        let odd =
            |column, value: &str| StoreError::odd("item", column, row.id, format!("{value:?} is unknown"));
        let id = row.id;
        Ok(Self {
            kind: ItemKind::parse(&row.kind).ok_or_else(|| odd("kind", &row.kind))?,
            tone: Tone::parse(&row.tone).ok_or_else(|| odd("tone", &row.tone))?,
            id: ItemId(row.id),
            number: row.number,
            source: row.source,
            scope: row.scope,
            native_id: row.native_id,
            rating: row.rating.map(|r| r.of("item", "rating", id)).transpose()?,
            title: row.title,
            body: row.body,
            language: row.language,
            author: row.author.of("item", "author", id)?,
            subject: row.subject.map(|r| r.of("item", "subject", id)).transpose()?,
            verified: row.verified,
            details: row.details.of("item", "details", id)?,
            votes: row.votes.of("item", "votes", id)?,
            permalink: row.permalink,
            published_at: row.published_at,
            edited_at: row.edited_at,
            first_seen_at: row.first_seen_at,
            revision: row.revision,
            fingerprint: row.fingerprint,
            caps: row.caps.of("item", "caps", id)?,
            route: row.route,
            handling: row.handling.of("item", "handling", id)?,
            escalation: row
                .escalation
                .map(|r| r.of("item", "escalation", id))
                .transpose()?,
            deadline: row.deadline.map(|r| r.of("item", "deadline", id)).transpose()?,
            overdue_at: row.overdue_at,
            raised_at: row.raised_at,
            reply: row.reply_id.map(ReplyId),
            is_answer_sent: row.is_answer_sent,
            version: row.version,
        })
    }
}

/// One select list for both ways of reading.
macro_rules! items {
    ($tail:literal, $($arg:expr),+) => {
        sqlx::query_as!(
            Row,
            r#"SELECT id, number, source, scope, native_id, kind, tone, rating AS "rating: Read<Rating>", title, body,
                 language, author AS "author: Read<Author>", subject AS "subject: Read<Subject>", verified,
                 details AS "details: Read<Details>", votes AS "votes: Read<Votes>", permalink, published_at, edited_at,
                 first_seen_at, revision, fingerprint, caps AS "caps: Read<ReplyCaps>", route, handling AS "handling: Read<Handling>",
                 escalation AS "escalation: Read<Escalation>", deadline AS "deadline: Read<Deadline>", overdue_at,
                 raised_at, reply_id, EXISTS (SELECT 1 FROM reply r WHERE r.id = item.reply_id
                     AND r.phase IN ('queued', 'sending', 'pending', 'unknown')) AS "is_answer_sent!", version
               FROM item "# + $tail,
            $($arg),+
        )
    };
}

/// An item whose row is locked until the transaction ends. The lock keeps others from deciding about the item and lets
/// rows that name it be written: whoever only adds an effect or a card never waits for a decision, nor in a circle.
#[derive(Debug)]
pub struct Locked(Item);

impl Deref for Locked {
    type Target = Item;

    fn deref(&self) -> &Item {
        &self.0
    }
}

impl Locked {
    /// As it was decided, to be read after the transaction has ended.
    pub fn into_item(self) -> Item {
        self.0
    }
}

impl DerefMut for Locked {
    fn deref_mut(&mut self) -> &mut Item {
        &mut self.0
    }
}

pub async fn lock(tx: &mut Tx, id: ItemId) -> Result<Option<Locked>> {
    let row = items!("WHERE id = $1 FOR NO KEY UPDATE", id.0)
        .fetch_optional(&mut **tx)
        .await?;
    row.map(|r| r.try_into().map(Locked)).transpose()
}

/// Those of these items that nobody else has locked. Waits for nobody, so it may come after other locks.
pub async fn lock_free(tx: &mut Tx, ids: &[ItemId]) -> Result<Vec<Locked>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    items!("WHERE id = ANY($1) FOR NO KEY UPDATE SKIP LOCKED", &ids)
        .fetch_all(&mut **tx)
        .await?
        .into_iter()
        .map(|r| r.try_into().map(Locked))
        .collect()
}

pub async fn get(pool: &sqlx::PgPool, id: ItemId) -> Result<Option<Item>> {
    let row = items!("WHERE id = $1", id.0).fetch_optional(pool).await?;
    row.map(TryInto::try_into).transpose()
}

/// Some items, in no order; not those that a newer release wrote and we cannot read.
pub async fn of_ids(tx: &mut Tx, ids: &[ItemId]) -> Result<Vec<Item>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows = items!("WHERE id = ANY($1)", &ids).fetch_all(&mut **tx).await?;
    readable(rows.into_iter().map(TryInto::try_into))
}

/// Some items, in the order in which they are named; not those that a newer release wrote and we cannot read.
pub async fn in_order(tx: &mut Tx, ids: &[ItemId]) -> Result<Vec<Item>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut items = of_ids(tx, ids).await?;
    items.sort_by_key(|item| ids.iter().position(|id| *id == item.id));
    Ok(items)
}

pub async fn by_number(pool: &sqlx::PgPool, number: i64) -> Result<Option<ItemId>> {
    let id = sqlx::query_scalar!("SELECT id FROM item WHERE number = $1", number)
        .fetch_optional(pool)
        .await?;
    Ok(id.map(ItemId))
}

/// What a batch is about that we know already.
#[derive(Debug, Default)]
pub struct Known {
    pub locked: Vec<Locked>,
    /// Written by a newer release. Locked as well, though nobody here can say what stands there.
    pub unread: Vec<Unread>,
}

#[derive(Debug)]
pub struct Unread {
    pub scope: String,
    pub native_id: String,
    pub why: StoreError,
}

/// The items of a batch that we know already, locked in one order so that two batches never wait for each other.
pub async fn lock_known(
    tx: &mut Tx,
    source: &str,
    scopes: &[String],
    native_ids: &[String],
) -> Result<Known> {
    let rows = items!(
        // One by one through the unique index: joined with a list of any length, the planner reads the whole table.
        "WHERE id = ANY(ARRAY(
             SELECT known.id FROM unnest($2::text[], $3::text[]) AS told (scope, native_id)
             CROSS JOIN LATERAL (
                 SELECT i.id FROM item i
                 WHERE i.source = $1 AND i.scope = told.scope AND i.native_id = told.native_id LIMIT 1) known))
         ORDER BY id FOR NO KEY UPDATE",
        source,
        scopes,
        native_ids
    )
    .fetch_all(&mut **tx)
    .await?;
    let mut known = Known::default();
    for row in rows {
        let (scope, native_id) = (row.scope.clone(), row.native_id.clone());
        match row.try_into() {
            Ok(item) => known.locked.push(Locked(item)),
            Err(why) => known.unread.push(Unread {
                scope,
                native_id,
                why,
            }),
        }
    }
    Ok(known)
}

/// What a list or a digest shows, oldest deadline first.
pub enum Filter<'a> {
    /// Of these channels; none are all.
    Open {
        channels: Option<&'a [String]>,
    },
    /// Also what waits for them, because somebody handed it to them by name.
    HeldBy {
        person: &'a str,
    },
    Overdue {
        channels: Option<&'a [String]>,
        now: At,
    },
    /// What waits in the channel's fold.
    Folded {
        channels: &'a [String],
    },
}

impl<'a> Filter<'a> {
    /// Channels, holder, overdue at, whether only what waits in the fold.
    fn parts(&self) -> (Option<&'a [String]>, Option<&'a str>, Option<At>, bool) {
        match *self {
            Self::Open { channels } => (channels, None, None, false),
            Self::HeldBy { person } => (None, Some(person), None, false),
            Self::Overdue { channels, now } => (channels, None, Some(now), false),
            Self::Folded { channels } => (Some(channels), None, None, true),
        }
    }
}

pub async fn list(pool: &sqlx::PgPool, filter: Filter<'_>, limit: i64) -> Result<Vec<Item>> {
    page(pool, filter, limit, 0).await
}

/// The same from further down.
pub async fn page(pool: &sqlx::PgPool, filter: Filter<'_>, limit: i64, after: i64) -> Result<Vec<Item>> {
    let (channels, person, overdue, folded) = filter.parts();
    let rows = items!(
        "WHERE state IN ('open', 'claimed', 'snoozed')
           -- One by one: a list begins with a few, and the cards of all others need not be read.
           AND ($1::text[] IS NULL OR (SELECT true FROM card c WHERE c.item_id = item.id AND c.channel = ANY($1)
               AND (NOT $6 OR c.folded_at IS NOT NULL AND c.message_id IS NULL) LIMIT 1))
           AND ($2::text IS NULL OR handling ->> 'by' = $2 OR handling ->> 'to' = $2)
           AND ($3::timestamptz IS NULL OR due_at < $3)
         ORDER BY raised_at IS NULL, due_at, number LIMIT $4 OFFSET $5",
        channels as _,
        person,
        overdue,
        limit,
        after,
        folded
    )
    .fetch_all(pool)
    .await?;
    readable(rows.into_iter().map(TryInto::try_into))
}

/// What most people found helpful of what came in a period: one praise and one complaint, where there is one.
pub async fn helpful(tx: &mut Tx, channel: &str, without: &str, from: At, to: At) -> Result<Vec<Item>> {
    let rows = items!(
        "WHERE id IN (
             SELECT DISTINCT ON (tone) id FROM item
             WHERE first_seen_at >= $3 AND first_seen_at < $4 AND (votes ->> 'up')::int > 0
               AND tone IN ('praise', 'complaint') AND state <> 'removed' AND source <> $2
               AND (SELECT true FROM card c WHERE c.item_id = item.id AND c.channel = $1 LIMIT 1)
             ORDER BY tone, (votes ->> 'up')::int DESC, first_seen_at, id)
         ORDER BY tone DESC",
        channel,
        without,
        from,
        to
    )
    .fetch_all(&mut **tx)
    .await?;
    readable(rows.into_iter().map(TryInto::try_into))
}

/// What was answered or handled, the newest first.
pub async fn closed(pool: &sqlx::PgPool, channel: Option<&str>, limit: i64) -> Result<Vec<Item>> {
    let rows = items!(
        "WHERE state IN ('answered', 'handled')
           AND ($1::text IS NULL OR EXISTS (SELECT 1 FROM card c WHERE c.item_id = item.id AND c.channel = $1))
         ORDER BY number DESC LIMIT $2",
        channel,
        limit
    )
    .fetch_all(pool)
    .await?;
    readable(rows.into_iter().map(TryInto::try_into))
}

/// What somebody holds.
pub async fn claimed(pool: &sqlx::PgPool, limit: i64) -> Result<Vec<ItemId>> {
    let ids = sqlx::query_scalar!(
        "SELECT id FROM item WHERE state = 'claimed' ORDER BY id LIMIT $1",
        limit
    )
    .fetch_all(pool)
    .await?;
    Ok(ids.into_iter().map(ItemId).collect())
}

/// How many a list would show without its limit.
pub async fn count(pool: &sqlx::PgPool, filter: Filter<'_>) -> Result<i64> {
    let (channels, person, overdue, folded) = filter.parts();
    Ok(sqlx::query_scalar!(
        r#"SELECT count(*) AS "n!" FROM item
           WHERE state IN ('open', 'claimed', 'snoozed')
             AND ($1::text[] IS NULL OR EXISTS (SELECT 1 FROM card c WHERE c.item_id = item.id AND c.channel = ANY($1)
                 AND (NOT $4 OR c.folded_at IS NOT NULL AND c.message_id IS NULL)))
             AND ($2::text IS NULL OR handling ->> 'by' = $2 OR handling ->> 'to' = $2)
             AND ($3::timestamptz IS NULL OR due_at < $3)"#,
        channels as _,
        person,
        overdue,
        folded
    )
    .fetch_one(pool)
    .await?)
}

/// What one person holds of a channel; without a person, what nobody holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    pub by: Option<String>,
    pub open: i64,
    pub late: i64,
    /// Of these, what is put off: it stays theirs until then.
    pub asleep: i64,
}

/// Of what somebody holds, what is put off.
pub async fn asleep(pool: &sqlx::PgPool, person: &str) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"SELECT count(*) AS "n!" FROM item WHERE state = 'snoozed' AND handling ->> 'by' = $1"#,
        person
    )
    .fetch_one(pool)
    .await?)
}

/// How a channel's open items are spread over its people.
pub async fn load(tx: &mut Tx, channel: &str, now: At) -> Result<Vec<Held>> {
    let rows = sqlx::query!(
        // Whoever has answered has it until the answer stands, however long the source looks at it.
        r#"SELECT CASE WHEN state <> 'open' THEN handling ->> 'by' ELSE (
                 SELECT r.by_person FROM reply r WHERE r.id = item.reply_id
                     AND r.phase IN ('queued', 'sending', 'pending', 'unknown')) END AS "by", count(*) AS "open!",
             count(*) FILTER (WHERE due_at < $2) AS "late!", count(*) FILTER (WHERE state = 'snoozed') AS "asleep!"
           FROM item
           WHERE state IN ('open', 'claimed', 'snoozed')
             AND EXISTS (SELECT 1 FROM card c WHERE c.item_id = item.id AND c.channel = $1)
           GROUP BY 1"#,
        channel,
        now
    )
    .fetch_all(&mut **tx)
    .await?;
    let held = rows.into_iter().map(|r| Held {
        by: r.by,
        open: r.open,
        late: r.late,
        asleep: r.asleep,
    });
    Ok(held.collect())
}

/// How many open items were escalated to one of these targets.
pub async fn escalated_to(tx: &mut Tx, targets: &[String]) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"SELECT count(*) AS "n!" FROM item
           WHERE state IN ('open', 'claimed', 'snoozed') AND escalation ->> 'to' = ANY($1)"#,
        targets
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// The next open items after one, or the first ones.
pub async fn open_after(pool: &sqlx::PgPool, after: Option<ItemId>, limit: i64) -> Result<Vec<ItemId>> {
    let ids = sqlx::query_scalar!(
        "SELECT id FROM item WHERE state IN ('open', 'claimed', 'snoozed') AND ($1::uuid IS NULL OR id > $1)
         ORDER BY id LIMIT $2",
        after.map(|id| id.0),
        limit
    )
    .fetch_all(pool)
    .await?;
    Ok(ids.into_iter().map(ItemId).collect())
}

/// How many are in each state in which somebody owes an answer.
pub async fn still_open(pool: &sqlx::PgPool) -> Result<Vec<(String, i64)>> {
    let rows = sqlx::query!(
        r#"SELECT state AS "state!", count(*) AS "n!" FROM item WHERE state IN ('open', 'claimed', 'snoozed')
           GROUP BY state"#
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|r| (r.state, r.n)).collect())
}

/// A new item, with what the rules decided for it.
#[derive(Debug, Serialize)]
pub struct NewItem<'a> {
    pub id: ItemId,
    pub source: &'a str,
    #[serde(flatten)]
    pub incoming: &'a Incoming,
    pub tone: Tone,
    /// Replaces the declared language of `incoming`.
    pub spoken: Option<String>,
    /// Hex, because JSON has no bytes.
    pub fingerprint: String,
    pub route: &'a str,
    pub handling: &'a Handling,
    pub deadline: Option<Deadline>,
    pub due_at: Option<At>,
    /// When it counts as arrived: now, or in its own time where it is history.
    pub seen_at: At,
    /// Until when the source is known to hold these words.
    pub as_of: At,
    /// The import that brings it.
    pub import_run: Option<i64>,
    pub now: At,
}

/// Writes all that are not there yet and says which; another replica may have been faster with the others.
pub async fn insert(tx: &mut Tx, items: &[NewItem<'_>]) -> Result<Vec<ItemId>> {
    let ids = sqlx::query_scalar!(
        "INSERT INTO item (id, source, scope, native_id, kind, tone, rating, title, body, language, author, subject,
             verified, details, votes, permalink, published_at, edited_at, first_seen_at, last_seen_at, fingerprint, caps,
             raw, route, handling, deadline, due_at, edition, as_of, import_run)
         SELECT id, source, scope, native_id, kind, tone, nullif(rating, 'null'), title, body, spoken, author,
             nullif(subject, 'null'), verified, coalesce(details, '{}'), votes, permalink, published_at, edited_at,
             seen_at, now, decode(fingerprint, 'hex'), caps, raw, route, handling, nullif(deadline, 'null'), due_at, edited_at,
             as_of, import_run
         FROM jsonb_to_recordset($1) AS r(id uuid, source text, scope text, native_id text, kind text, tone text,
             rating jsonb, title text, body text, spoken text, author jsonb, subject jsonb, verified text, details jsonb,
             votes jsonb, permalink text, published_at timestamptz, edited_at timestamptz, now timestamptz, fingerprint text,
             caps jsonb, raw jsonb, route text, handling jsonb, deadline jsonb, due_at timestamptz,
             seen_at timestamptz, as_of timestamptz, import_run bigint)
         -- Always in the same order: two batches with the same items then wait for each other only once.
         ORDER BY source, scope, native_id
         ON CONFLICT (source, scope, native_id) DO NOTHING
         RETURNING id",
        Json(items) as _
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(ids.into_iter().map(ItemId).collect())
}

/// When the source says that the words we know were written, and until when they are known to have stood.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Version {
    pub edition: Option<At>,
    pub as_of: Option<At>,
}

/// The versions of items that are ours until the end of the transaction.
pub async fn versions(tx: &mut Tx, locked: &[Locked]) -> Result<BTreeMap<ItemId, Version>> {
    if locked.is_empty() {
        return Ok(BTreeMap::new());
    }
    let ids: Vec<Uuid> = locked.iter().map(|locked| locked.id.0).collect();
    let rows = sqlx::query!("SELECT id, edition, as_of FROM item WHERE id = ANY($1)", &ids)
        .fetch_all(&mut **tx)
        .await?;
    let versions = rows.into_iter().map(|r| {
        let version = Version {
            edition: r.edition,
            as_of: r.as_of,
        };
        (ItemId(r.id), version)
    });
    Ok(versions.collect())
}

/// An item that was told again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub id: ItemId,
    pub votes: Votes,
    /// When it was last changed, if the source says so. It may move without a change of the words.
    pub edition: Option<At>,
}

/// Seen again, with nothing new that is worth an edit of a card. How many found it helpful is kept all the same, and until
/// when its words are known to stand.
pub async fn seen(tx: &mut Tx, seen: &[Seen], as_of: At, now: At) -> Result<()> {
    if seen.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = seen.iter().map(|s| s.id.0).collect();
    let votes: Vec<serde_json::Value> = seen
        .iter()
        .map(|s| serde_json::to_value(s.votes).map_err(|e| StoreError::odd("item", "votes", s.id, e)))
        .collect::<Result<_>>()?;
    let editions: Vec<Option<At>> = seen.iter().map(|s| s.edition).collect();
    sqlx::query!(
        "UPDATE item SET last_seen_at = greatest(last_seen_at, $3), missed_at = NULL,
             votes = CASE WHEN item.as_of > $4 THEN item.votes ELSE r.votes END,
             edition = greatest(item.edition, r.edition), as_of = greatest(item.as_of, $4)
         FROM unnest($1::uuid[], $2::jsonb[], $5::timestamptz[]) r (id, votes, edition)
         WHERE item.id = r.id AND (item.last_seen_at < $3 OR item.as_of IS DISTINCT FROM $4)",
        &ids,
        &votes,
        now,
        as_of,
        &editions as &[Option<At>]
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

#[derive(Serialize)]
struct Decided<'a> {
    id: ItemId,
    handling: &'a Handling,
    escalation: Option<&'a Escalation>,
    deadline: Option<Deadline>,
    due_at: Option<At>,
    overdue_at: Option<At>,
    raised_at: Option<At>,
    reply_id: Option<ReplyId>,
    version: i64,
}

/// Writes what we decided about items; every save is a new version, so every card of them becomes stale.
pub async fn save(tx: &mut Tx, locked: &mut [&mut Locked]) -> Result<()> {
    let mut rows = Vec::new();
    for item in locked.iter_mut().map(|locked| &mut **locked) {
        item.version += 1;
        rows.push(Decided {
            id: item.id,
            handling: &item.handling,
            escalation: item.escalation.as_ref(),
            deadline: item.deadline,
            due_at: item.deadline.map(|d| d.due),
            overdue_at: item.overdue_at,
            raised_at: item.raised_at,
            reply_id: item.reply,
            version: item.version,
        });
    }
    let wanted = rows.len();
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id.0).collect();
    let json = serde_json::to_value(rows).map_err(|e| StoreError::odd("item", "*", "batch", e))?;
    let done = sqlx::query!(
        // Named besides being joined: how many rows a document holds the planner cannot know, and it reads the whole table.
        "UPDATE item SET handling = r.handling, escalation = nullif(r.escalation, 'null'),
             deadline = nullif(r.deadline, 'null'), due_at = r.due_at, overdue_at = r.overdue_at, raised_at = r.raised_at,
             reply_id = r.reply_id, version = r.version
         FROM jsonb_to_recordset($1) AS r(id uuid, handling jsonb, escalation jsonb, deadline jsonb, due_at timestamptz,
             overdue_at timestamptz, raised_at timestamptz, reply_id uuid, version bigint)
         WHERE item.id = r.id AND item.id = ANY($2)",
        json,
        &ids
    )
    .execute(&mut **tx)
    .await?;
    exactly("item", wanted, &done)
}

/// Writes the customer's new words and keeps the old ones.
pub async fn rewrite(
    tx: &mut Tx,
    locked: &mut Locked,
    incoming: &Incoming,
    fingerprint: Vec<u8>,
    language: Option<String>,
    (edition, as_of): (Option<At>, At),
    now: At,
) -> Result<()> {
    let item = &mut **locked;
    sqlx::query!(
        "INSERT INTO item_revision (item_id, revision, rating, title, body, replaced_at) VALUES ($1, $2, $3, $4, $5, $6)",
        item.id.0,
        item.revision,
        item.rating.as_ref().map(Json) as _,
        item.title,
        item.body,
        now
    )
    .execute(&mut **tx)
    .await?;
    item.revision += 1;
    item.kind = incoming.kind;
    item.tone = Tone::of(incoming.kind, incoming.rating);
    item.rating = incoming.rating;
    item.title.clone_from(&incoming.title);
    item.body.clone_from(&incoming.body);
    item.edited_at = incoming.edited_at.or(Some(now));
    item.language = language;
    item.votes = incoming.votes;
    item.permalink.clone_from(&incoming.permalink);
    item.caps = incoming.caps.clone();
    item.fingerprint = fingerprint;
    // What this telling of it leaves out is not taken back.
    if incoming.author != Author::default() {
        item.author = incoming.author.clone();
    }
    if incoming.verified.is_some() {
        item.verified.clone_from(&incoming.verified);
    }
    if incoming.subject.is_some() {
        item.subject.clone_from(&incoming.subject);
    }
    item.details = incoming.details.clone().or(mem::take(&mut item.details));
    let done = sqlx::query!(
        "UPDATE item SET revision = $2, kind = $3, tone = $4, rating = $5, title = $6, body = $7, edited_at = $8,
             language = $9, votes = $10, permalink = $11, caps = $12, fingerprint = $13, raw = $14, last_seen_at = $15,
             subject = $16, missed_at = NULL, edition = $17, as_of = greatest(as_of, $18), author = $19, verified = $20,
             details = $21
         WHERE id = $1",
        item.id.0,
        item.revision,
        item.kind.as_str(),
        item.tone.as_str(),
        item.rating.as_ref().map(Json) as _,
        item.title,
        item.body,
        item.edited_at,
        item.language,
        Json(item.votes) as _,
        item.permalink,
        Json(&item.caps) as _,
        item.fingerprint,
        incoming.raw,
        now,
        item.subject.as_ref().map(Json) as _,
        edition,
        as_of,
        Json(&item.author) as _,
        item.verified,
        Json(&item.details) as _
    )
    .execute(&mut **tx)
    .await?;
    exactly_one("item", &done)
}

/// The next items in the order in which they reached us, after one of them or after an instant.
pub async fn arrived(
    tx: &mut Tx,
    after: (At, ItemId),
    until: At,
    without: &str,
    limit: i64,
) -> Result<Vec<Item>> {
    let (at, id) = after;
    items!(
        "WHERE first_seen_at >= $1 AND (first_seen_at, id) > ($1, $2) AND first_seen_at < $3 AND source <> $4
         ORDER BY first_seen_at, id LIMIT $5",
        at,
        id.0,
        until,
        without,
        limit
    )
    .fetch_all(&mut **tx)
    .await?
    .into_iter()
    .map(TryInto::try_into)
    .collect()
}

/// What the customers had written before they changed it, item by item, each oldest first.
pub async fn earlier_words(tx: &mut Tx, items: &[ItemId]) -> Result<Vec<(ItemId, Words)>> {
    let ids: Vec<Uuid> = items.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"SELECT item_id, rating AS "rating: Json<Rating>", title, body, replaced_at FROM item_revision
           WHERE item_id = ANY($1) ORDER BY item_id, revision"#,
        &ids
    )
    .fetch_all(&mut **tx)
    .await?;
    let words = rows.into_iter().map(|row| {
        let words = Words {
            rating: row.rating.map(|j| j.0),
            title: row.title,
            body: row.body,
            until: row.replaced_at,
        };
        (ItemId(row.item_id), words)
    });
    Ok(words.collect())
}

/// Title and words of the version before this one, and of this one, as far as they exist.
pub async fn rewritten(
    pool: &sqlx::PgPool,
    id: ItemId,
    revision: i32,
) -> Result<Vec<(Option<String>, Option<String>)>> {
    let rows = sqlx::query!(
        "SELECT title, body FROM (
             SELECT revision, title, body FROM item_revision WHERE item_id = $1
             UNION ALL SELECT revision, title, body FROM item WHERE id = $1) version
         WHERE revision IN ($2 - 1, $2) ORDER BY revision",
        id.0,
        revision
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|row| (row.title, row.body)).collect())
}

/// What the source last told us, as it told it.
pub async fn raw(pool: &sqlx::PgPool, id: ItemId) -> Result<serde_json::Value> {
    Ok(sqlx::query_scalar!("SELECT raw FROM item WHERE id = $1", id.0)
        .fetch_one(pool)
        .await?)
}

/// A whole listing of `scope` did not have these items that we knew before it began: they may be gone.
pub async fn mark_missing(
    tx: &mut Tx,
    source: &str,
    scope: &str,
    listed: &[String],
    since: At,
    now: At,
) -> Result<()> {
    sqlx::query!(
        "UPDATE item SET missed_at = $5
         WHERE source = $1 AND scope = $2 AND state <> 'removed' AND missed_at IS NULL AND first_seen_at < $4
           AND NOT native_id = ANY($3)",
        source,
        scope,
        listed,
        since,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Their source says that these are gone: worth looking whether they are.
pub async fn missed(tx: &mut Tx, ids: &[ItemId], now: At) -> Result<()> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    sqlx::query!(
        "UPDATE item SET missed_at = $2 WHERE id = ANY($1) AND state <> 'removed' AND missed_at IS NULL",
        &ids,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Items that have been missing since before `before`.
pub async fn missing(pool: &sqlx::PgPool, source: &str, before: At, limit: i64) -> Result<Vec<ItemId>> {
    let ids = sqlx::query_scalar!(
        "SELECT id FROM item WHERE source = $1 AND missed_at < $2 AND state <> 'removed' ORDER BY missed_at LIMIT $3",
        source,
        before,
        limit
    )
    .fetch_all(pool)
    .await?;
    Ok(ids.into_iter().map(ItemId).collect())
}

/// It is there after all, or it could not be told: the next whole listing says more.
pub async fn found_again(tx: &mut Tx, id: ItemId) -> Result<()> {
    sqlx::query!("UPDATE item SET missed_at = NULL WHERE id = $1", id.0)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The next deadline that somebody has to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextDue {
    pub number: i64,
    pub at: At,
    pub room: String,
}

pub async fn next_due(pool: &sqlx::PgPool, now: At) -> Result<Option<NextDue>> {
    Ok(sqlx::query_as!(
        NextDue,
        r#"SELECT i.number, i.due_at AS "at!", c.room FROM item i JOIN card c ON c.item_id = i.id
           WHERE i.state IN ('open', 'claimed', 'snoozed') AND i.due_at > $1
           ORDER BY i.due_at, i.id, c.id LIMIT 1"#,
        now
    )
    .fetch_optional(pool)
    .await?)
}
