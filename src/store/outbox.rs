//! The outbox: effects are put in the transaction that decided them, leased, carried out, and settled only by who
//! still holds the lease. A lease that ran out leaves an unknown outcome, never a ready effect.

use serde::Serialize;

use crate::domain::At;
use crate::domain::effect::Addressee;
use crate::domain::effect::Effect;
use crate::domain::effect::EffectKind;
use crate::domain::effect::KindName;
use crate::domain::effect::NewEffect;
use crate::domain::id::EffectId;
use crate::domain::id::ItemId;
use crate::domain::id::LeaseToken;
use crate::domain::say::quoted::Obstacle;
use crate::domain::say::quoted::Why;
use crate::domain::show::closure::Closure;
use crate::domain::show::closure::Shut;
use crate::store::Result;
use crate::store::StoreError;
use crate::store::Tx;

/// An effect that we may carry out until the lease ends.
#[derive(Debug, Clone, PartialEq)]
pub struct Leased {
    pub id: EffectId,
    pub key: String,
    pub effect: Effect,
    pub item: Option<ItemId>,
    pub pace: Option<String>,
    pub attempts: i32,
    pub looks: i32,
    /// An earlier try's outcome is unclear: look before doing anything.
    pub unclear: bool,
    /// Since when what it is about could not be read, by whoever took it before.
    pub unread_since: Option<At>,
    pub begun_at: At,
    /// When it could first be tried, as far as it is known: later tries only know when the first one began.
    pub ready_at: At,
    pub started_at: At,
    pub token: LeaseToken,
}

/// How a try ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    Done,
    /// Not done, because nobody needs it any more.
    Moot,
    /// Not done, and not needed now: the card waits in its room's fold.
    Folded,
    /// Looked after an unclear try, and it was there: nothing was done again.
    Found,
    /// Not done; try again then.
    Later {
        at: At,
        why: Why,
    },
    /// Done for now, by intention: look again then. Not a failure.
    Again {
        at: At,
    },
    /// May have been done; look then.
    Unknown {
        at: At,
        why: Why,
    },
    /// Looked and not found, with more looking to come.
    LookAgain {
        at: At,
    },
    /// Looked and surely not there: do it anew.
    Anew {
        at: At,
    },
    /// Given up, visibly.
    Dead {
        why: Why,
    },
}

impl Settled {
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Moot => "moot",
            Self::Folded => "folded",
            Self::Found => "found",
            Self::Later { .. } => "later",
            Self::Again { .. } => "again",
            Self::Unknown { .. } => "unknown",
            Self::LookAgain { .. } => "looked",
            Self::Anew { .. } => "anew",
            Self::Dead { .. } => "dead",
        }
    }
}

#[derive(Serialize)]
struct New<'a> {
    id: EffectId,
    key: &'a str,
    kind: &'static str,
    body: &'a Effect,
    item: Option<ItemId>,
    lane: i16,
    serial: &'a str,
    pace: Option<&'a str>,
    run_at: At,
}

/// Writes effects down. One with a key that was there before is the same effect and changes nothing.
pub async fn put(tx: &mut Tx, effects: &[NewEffect], now: At) -> Result<()> {
    if effects.is_empty() {
        return Ok(());
    }
    let rows: Vec<New> = effects
        .iter()
        .map(|e| New {
            id: e.id,
            key: &e.key,
            kind: e.effect.kind().as_str(),
            body: &e.effect,
            item: e.item,
            lane: e.lane as i16,
            serial: &e.serial,
            pace: e.pace.as_deref(),
            run_at: e.run_at,
        })
        .collect();
    let json = serde_json::to_value(rows).map_err(|e| StoreError::odd("effect", "*", "batch", e))?;
    sqlx::query!(
        r#"WITH put AS (
             INSERT INTO effect (id, key, kind, body, item_id, lane, serial, pace, run_at, created_at)
             SELECT id, key, kind, body, item, lane, serial, pace, run_at, $2
             FROM jsonb_to_recordset($1) AS r(id uuid, key text, kind text, body jsonb, item uuid, lane smallint,
                 serial text, pace text, run_at timestamptz)
             ON CONFLICT (key) DO NOTHING RETURNING 1)
           -- Delivered when the transaction commits, and only once however many there are.
           SELECT pg_notify('zeitnah_effect', '')::text AS "notified" WHERE EXISTS (SELECT 1 FROM put)"#,
        json,
        now
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(())
}

/// An effect that was taken and whose row cannot be read: it holds up nobody, and whoever can read it may take it.
#[derive(Debug, Clone, PartialEq)]
pub struct Odd {
    pub id: EffectId,
    pub key: String,
    pub kind: String,
    pub token: LeaseToken,
    /// As it was before.
    pub unclear: bool,
    /// Since when nobody could; none: it is news.
    pub since: Option<At>,
    pub why: String,
}

/// What was taken.
#[derive(Debug, Default)]
pub struct Taken {
    pub leased: Vec<Leased>,
    pub odd: Vec<Odd>,
}

/// Takes up to `limit` effects that may run now: one of each serial, none whose pace is used up. First what may have been
/// done and has to be looked up, then what is urgent.
/// Kinds that only a newer version knows are left to it.
pub async fn lease(pool: &sqlx::PgPool, now: At, until: At, token: LeaseToken, limit: i64) -> Result<Taken> {
    let kinds = EffectKind::names();
    let rows = sqlx::query!(
        // A line is what waits for the same limit in the same lane, or has to be looked up before. Lines are found by jumping
        // from the head of one to the head of the next in the index `effect_rank`: what it costs follows from how many lines
        // there are, never from how long they are. In a room's line all share one serial, so its head is all that can run;
        // elsewhere, and where a head is a newer version's, some more are read. Heads are locked where they were seen (`ctid`):
        // looking each of them up by its id was a third of what a lease touches. One that moved in between is locked or
        // leased by another replica, and is left to it.
        r#"WITH RECURSIVE line AS (
             (SELECT coalesce(e.pace, '') AS pace, CASE e.state WHEN 'unknown' THEN -1 ELSE e.lane END AS rank, e.serial,
                  e.ctid AS spot, e.run_at, e.seq, e.kind = ANY($5) AS known
              FROM effect e WHERE e.state IN ('ready', 'unknown')
              ORDER BY coalesce(e.pace, ''), CASE e.state WHEN 'unknown' THEN -1 ELSE e.lane END, e.run_at, e.seq LIMIT 1)
             UNION ALL
             SELECT after.* FROM line l CROSS JOIN LATERAL (
                 SELECT coalesce(e.pace, ''), CASE e.state WHEN 'unknown' THEN -1 ELSE e.lane END, e.serial,
                     e.ctid, e.run_at, e.seq, e.kind = ANY($5) FROM effect e
                 WHERE e.state IN ('ready', 'unknown')
                   AND (coalesce(e.pace, ''), CASE e.state WHEN 'unknown' THEN -1 ELSE e.lane END) > (l.pace, l.rank)
                 ORDER BY coalesce(e.pace, ''), CASE e.state WHEN 'unknown' THEN -1 ELSE e.lane END, e.run_at, e.seq
                 LIMIT 1) after),
           free AS MATERIALIZED (
             SELECT *, serial = pace AND known AS alone FROM line
             WHERE run_at <= $1 AND NOT EXISTS (SELECT 1 FROM rate WHERE rate.key = line.pace AND rate.free_at > $1)),
           waiting AS (
             SELECT spot, serial, rank, run_at, seq FROM free
             WHERE alone AND NOT EXISTS (SELECT 1 FROM effect s WHERE s.serial = free.serial AND s.state = 'sending')
             UNION ALL
             SELECT e.* FROM free CROSS JOIN LATERAL (
                 SELECT h.spot, h.serial, free.rank, h.run_at, h.seq FROM (
                     SELECT w.ctid AS spot, w.serial, w.run_at, w.seq FROM effect w
                     WHERE w.state IN ('ready', 'unknown') AND coalesce(w.pace, '') = free.pace
                       AND CASE w.state WHEN 'unknown' THEN -1 ELSE w.lane END = free.rank
                       AND w.run_at <= $1 AND w.kind = ANY($5)
                     ORDER BY w.run_at, w.seq LIMIT CASE WHEN free.serial = free.pace THEN 1 ELSE 100 END) h
                 WHERE NOT EXISTS (SELECT 1 FROM effect s WHERE s.serial = h.serial AND s.state = 'sending')) e
             WHERE NOT free.alone),
           heads AS (SELECT DISTINCT ON (serial) spot, rank, run_at, seq FROM waiting ORDER BY serial, rank, run_at, seq),
           mine AS (
             SELECT e.id, e.state, e.run_at FROM effect e JOIN heads h ON h.spot = e.ctid
             WHERE e.state IN ('ready', 'unknown')
             ORDER BY h.rank, h.run_at, h.seq LIMIT $4 FOR UPDATE OF e SKIP LOCKED)
           UPDATE effect SET state = 'sending', lease_token = $3, lease_until = $2, attempts = attempts + 1,
               begun_at = coalesce(begun_at, $1)
           FROM mine WHERE effect.id = mine.id
           RETURNING effect.id, effect.key, effect.kind, effect.body, effect.unread_since, effect.item_id, effect.pace, effect.attempts, effect.looks,
               effect.begun_at AS "begun_at!", mine.state = 'unknown' AS "unclear!",
               CASE WHEN effect.attempts = 1 THEN mine.run_at ELSE effect.begun_at END AS "ready_at!""#,
        now,
        until,
        token.0,
        limit,
        &kinds
    )
    .fetch_all(pool)
    .await;
    let rows = match rows {
        Ok(rows) => rows,
        Err(e) => {
            let e = StoreError::from(e);
            // Another replica took one of the same serial at the same moment; the unique index kept us apart.
            return if e.is_conflict() {
                Ok(Taken::default())
            } else {
                Err(e)
            };
        }
    };
    let mut taken = Taken::default();
    for r in rows {
        match crate::domain::effect::decode(r.body) {
            Ok(effect) => taken.leased.push(Leased {
                id: EffectId(r.id),
                effect,
                key: r.key,
                item: r.item_id.map(ItemId),
                pace: r.pace,
                attempts: r.attempts,
                looks: r.looks,
                unclear: r.unclear,
                unread_since: r.unread_since,
                begun_at: r.begun_at,
                ready_at: r.ready_at,
                started_at: now,
                token,
            }),
            Err(why) => taken.odd.push(Odd {
                id: EffectId(r.id),
                key: r.key,
                kind: r.kind,
                token,
                unclear: r.unclear,
                since: r.unread_since,
                why: StoreError::odd("effect", "body", r.id, why).to_string(),
            }),
        }
    }
    Ok(taken)
}

/// Lets go of what could not be read: it is worth another try then, by whoever can, and its serial is free until then.
/// A try that did nothing is none.
pub async fn set_aside(pool: &sqlx::PgPool, odd: &Odd, at: At, now: At) -> Result<()> {
    let state = if odd.unclear { "unknown" } else { "ready" };
    sqlx::query!(
        "UPDATE effect SET state = $3, run_at = $4, last_error = $5, attempts = attempts - 1,
             begun_at = CASE WHEN attempts = 1 THEN NULL ELSE begun_at END,
             lease_token = NULL, lease_until = NULL, unread_since = coalesce(unread_since, $6)
         WHERE id = $1 AND lease_token = $2",
        odd.id.0,
        odd.token.0,
        state,
        at,
        odd.why,
        now
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Whoever is still at it holds it until then. False: the lease was lost in the meantime.
pub async fn renew(pool: &sqlx::PgPool, leased: &Leased, until: At) -> Result<bool> {
    let done = sqlx::query!(
        "UPDATE effect SET lease_until = $3 WHERE id = $1 AND lease_token = $2",
        leased.id.0,
        leased.token.0,
        until
    )
    .execute(pool)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Leases that ran out: whoever held them died or hangs, and what they did is unknown.
pub async fn reap(pool: &sqlx::PgPool, now: At) -> Result<u64> {
    let done = sqlx::query!(
        "WITH lost AS (
             UPDATE effect SET state = 'unknown', run_at = $1, looks = 0, lease_token = NULL, lease_until = NULL,
                 last_error = 'the lease ran out' WHERE state = 'sending' AND lease_until < $1
             RETURNING id, begun_at)
         INSERT INTO effect_attempt (effect_id, begun_at, ended_at, outcome, error)
         SELECT id, coalesce(begun_at, $1), $1, 'lost', 'the lease ran out' FROM lost",
        now
    )
    .execute(pool)
    .await?;
    Ok(done.rows_affected())
}

/// Writes how the try ended, in one statement. False: the lease was lost in the meantime, and nothing may be written.
pub async fn settle(
    connection: impl sqlx::PgExecutor<'_>,
    leased: &Leased,
    how: &Settled,
    now: At,
) -> Result<bool> {
    let (state, at, why, looks, fresh) = match how {
        Settled::Done | Settled::Moot | Settled::Found | Settled::Folded => ("done", None, None, 0, false),
        Settled::Later { at, why } if leased.unclear => {
            ("unknown", Some(*at), Some(why), leased.looks, false)
        }
        Settled::Later { at, why } => ("ready", Some(*at), Some(why), 0, false),
        Settled::Again { at } => ("ready", Some(*at), None, 0, true),
        // A new unclear try: looks at the one before say nothing about it.
        Settled::Unknown { at, why } => ("unknown", Some(*at), Some(why), 0, false),
        Settled::LookAgain { at } => ("unknown", Some(*at), None, leased.looks + 1, false),
        Settled::Anew { at } => ("ready", Some(*at), None, 0, true),
        Settled::Dead { why } => ("dead", None, Some(why), 0, false),
    };
    let outcome = how.as_str();
    let error = why.map(Why::text);
    let obstacle = why.and_then(|why| why.obstacle).map(Obstacle::as_str);
    let held = sqlx::query_scalar!(
        r#"WITH held AS (
             UPDATE effect SET state = $3, run_at = coalesce($4, run_at), last_error = $5, looks = $6,
                 begun_at = CASE WHEN $7 THEN NULL ELSE begun_at END,
                 attempts = CASE WHEN $7 THEN 0 ELSE attempts END,
                 lease_token = NULL, lease_until = NULL, unread_since = NULL,
                 settled_at = CASE WHEN $3 IN ('done', 'dead') THEN $8::timestamptz END
             WHERE id = $1 AND lease_token = $2 RETURNING id),
           tried AS (
             INSERT INTO effect_attempt (effect_id, begun_at, ended_at, outcome, error, obstacle)
             SELECT id, $9, $8, $10, $5, $11 FROM held)
           SELECT count(*) AS "n!" FROM held"#,
        leased.id.0,
        leased.token.0,
        state,
        at,
        error,
        looks,
        fresh,
        now,
        leased.started_at,
        outcome,
        obstacle
    )
    .fetch_one(connection)
    .await?;
    Ok(held == 1)
}

/// Keeps everybody from calling until then; never shortens what somebody else has learned.
pub async fn slow_down(connection: impl sqlx::PgExecutor<'_>, key: &str, until: At) -> Result<()> {
    sqlx::query!(
        "INSERT INTO rate (key, free_at) VALUES ($1, $2)
         ON CONFLICT (key) DO UPDATE SET free_at = greatest(rate.free_at, excluded.free_at),
           shut = CASE WHEN rate.free_at < excluded.free_at THEN NULL ELSE rate.shut END",
        key,
        until
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The same, with what it is that is closed, for whoever asks.
pub async fn shut(pool: &sqlx::PgPool, key: &str, until: At, closure: &Closure) -> Result<()> {
    let shut = serde_json::to_value(closure).map_err(|e| StoreError::odd("rate", "shut", key, e))?;
    sqlx::query!(
        "INSERT INTO rate (key, free_at, shut) VALUES ($1, $2, $3)
         ON CONFLICT (key) DO UPDATE SET free_at = greatest(rate.free_at, excluded.free_at),
           shut = CASE WHEN rate.free_at > excluded.free_at THEN coalesce(rate.shut, excluded.shut) ELSE excluded.shut END",
        key,
        until,
        shut
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// How long after a closure's end what waited for it was told to come again, at most.
const AFTER_SECONDS: f64 = 5.0;

/// The chat takes our token, or whoever starts us may have put something right: what was refused there is open again, and
/// what was put off until then is due. Returns how much was. Limits of how fast we may be go on.
pub async fn reopen(pool: &sqlx::PgPool, chat: &str, now: At) -> Result<u64> {
    let row = sqlx::query!(
        r#"WITH opened AS (
             DELETE FROM rate WHERE shut ->> 'chat' = $1
               AND (shut ->> 'what' IN ('token', 'line', 'room', 'right') OR key LIKE 'refused:%')
             RETURNING free_at),
           ended AS (SELECT max(free_at) AS at FROM opened WHERE free_at > $2),
           woken AS (
             -- What waits for something else in this time finds that out by a try that is refused before it leaves.
             UPDATE effect SET run_at = $2 FROM ended
             WHERE effect.state IN ('ready', 'unknown') AND effect.last_error IS NOT NULL
               AND effect.unread_since IS NULL AND effect.run_at > $2
               AND effect.run_at <= ended.at + $3::float8 * interval '1 second'
               AND split_part(effect.pace, ':', 2) = $1 AND split_part(effect.pace, ':', 1) <> 'source'
             RETURNING 1)
           SELECT (SELECT count(*) FROM woken) AS "woken!",
             (SELECT pg_notify('zeitnah_effect', '')::text WHERE EXISTS (SELECT 1 FROM woken)) AS notified"#,
        chat,
        now,
        AFTER_SECONDS
    )
    .fetch_one(pool)
    .await?;
    Ok(u64::try_from(row.woken).unwrap_or(0))
}

/// What is closed now, what opens last first. A row of a newer release that cannot be read is left out.
pub async fn closed(pool: &sqlx::PgPool, now: At) -> Result<Vec<Shut>> {
    let rows = sqlx::query!(
        r#"SELECT shut AS "shut!", free_at FROM rate WHERE shut IS NOT NULL AND free_at > $1
           ORDER BY free_at DESC, key LIMIT 200"#,
        now
    )
    .fetch_all(pool)
    .await?;
    let read = rows.into_iter().filter_map(|row| {
        let closure = crate::domain::effect::decode(row.shut).ok()?;
        Some(Shut {
            closure,
            until: row.free_at,
        })
    });
    Ok(read.collect())
}

/// Until when one of these is used up. None: all are free.
pub async fn used_up(pool: &sqlx::PgPool, keys: &[String], now: At) -> Result<Option<At>> {
    Ok(sqlx::query_scalar!(
        "SELECT max(free_at) FROM rate WHERE key = ANY($1) AND free_at > $2",
        keys,
        now
    )
    .fetch_one(pool)
    .await?)
}

/// One call of those that `key` allows: `every` apart, and up to `burst` of them at once after a pause. None: go on.
pub async fn spend(
    pool: &sqlx::PgPool,
    key: &str,
    every: chrono::TimeDelta,
    burst: i32,
    now: At,
) -> Result<Option<At>> {
    // `free_at` is when the last call taken would have had its turn at an even pace.
    let ahead = every * burst;
    let taken = sqlx::query_scalar!(
        "INSERT INTO rate (key, free_at) VALUES ($1, $2::timestamptz + $3::bigint * interval '1 microsecond')
         ON CONFLICT (key) DO UPDATE
           SET free_at = greatest(rate.free_at, $2) + $3::bigint * interval '1 microsecond'
           WHERE rate.free_at <= $4
         RETURNING free_at",
        key,
        now,
        every.num_microseconds().unwrap_or(0),
        now + ahead
    )
    .fetch_optional(pool)
    .await?;
    Ok(if taken.is_some() { None } else { Some(now + every) })
}

/// Deletes limits that were over before then, some at a time: a limit that is over and one that nobody has heard of
/// are the same.
pub async fn forget_limits(pool: &sqlx::PgPool, before: At, limit: i64) -> Result<u64> {
    let done = sqlx::query!(
        "DELETE FROM rate WHERE key IN (SELECT key FROM rate WHERE free_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)",
        before,
        limit
    )
    .execute(pool)
    .await?;
    Ok(done.rows_affected())
}

/// What nobody has begun yet begins then already, if that is earlier.
pub async fn hurry(tx: &mut Tx, key: &str, at: At) -> Result<()> {
    sqlx::query!(
        r#"WITH hurried AS (
             UPDATE effect SET run_at = $2
             WHERE key = $1 AND state = 'ready' AND begun_at IS NULL AND run_at > $2 RETURNING 1)
           SELECT pg_notify('zeitnah_effect', '')::text AS "notified" WHERE EXISTS (SELECT 1 FROM hurried)"#,
        key,
        at
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(())
}

/// Takes back what nobody has begun. False: it is too late.
pub async fn cancel(tx: &mut Tx, key: &str, now: At) -> Result<bool> {
    let done = sqlx::query!(
        "UPDATE effect SET state = 'cancelled', settled_at = $2 WHERE key = $1 AND state = 'ready' AND begun_at IS NULL",
        key,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Makes what waits for a pace worth another try now, for example when a room works again.
pub async fn wake(pool: &sqlx::PgPool, pace: &str, now: At) -> Result<u64> {
    let done = sqlx::query!(
        "UPDATE effect SET run_at = $2 WHERE pace = $1 AND state = 'ready' AND attempts > 0 AND run_at > $2
           AND kind IN ('post_card', 'edit_card', 'post_note', 'alert', 'send_digest')",
        pace,
        now
    )
    .execute(pool)
    .await?;
    Ok(done.rows_affected())
}

/// Cards are never given up for good: what could not be shown is tried again some time after it was given up, and is
/// true then because it shows what is true then. Returns how many.
pub async fn revive_cards(pool: &sqlx::PgPool, given_up: At, now: At) -> Result<usize> {
    let done = sqlx::query!(
        "UPDATE effect SET state = 'ready', run_at = $2, attempts = 0, looks = 0, begun_at = NULL, settled_at = NULL
         WHERE state = 'dead' AND kind IN ('post_card', 'edit_card') AND settled_at <= $1",
        given_up,
        now
    )
    .execute(pool)
    .await?;
    Ok(usize::try_from(done.rows_affected()).unwrap_or(usize::MAX))
}

/// When the next effect may run that is not due yet: its own time, or when its pace is free again.
pub async fn next(pool: &sqlx::PgPool, now: At) -> Result<Option<At>> {
    Ok(sqlx::query_scalar!(
        // Of each line (see `lease`) the first that is not due yet, or when a limit ends that keeps what is.
        r#"WITH RECURSIVE line AS (
             (SELECT coalesce(e.pace, '') AS pace, CASE e.state WHEN 'unknown' THEN -1 ELSE e.lane END AS rank
              FROM effect e WHERE e.state IN ('ready', 'unknown')
              ORDER BY coalesce(e.pace, ''), CASE e.state WHEN 'unknown' THEN -1 ELSE e.lane END LIMIT 1)
             UNION ALL
             SELECT after.* FROM line l CROSS JOIN LATERAL (
                 SELECT coalesce(e.pace, ''), CASE e.state WHEN 'unknown' THEN -1 ELSE e.lane END FROM effect e
                 WHERE e.state IN ('ready', 'unknown')
                   AND (coalesce(e.pace, ''), CASE e.state WHEN 'unknown' THEN -1 ELSE e.lane END) > (l.pace, l.rank)
                 ORDER BY coalesce(e.pace, ''), CASE e.state WHEN 'unknown' THEN -1 ELSE e.lane END LIMIT 1) after),
           at AS (
             SELECT (SELECT free_at FROM rate WHERE key = line.pace AND free_at > $1) AS free_at,
               (SELECT e.run_at FROM effect e WHERE e.state IN ('ready', 'unknown') AND coalesce(e.pace, '') = line.pace
                  AND CASE e.state WHEN 'unknown' THEN -1 ELSE e.lane END = line.rank
                  ORDER BY e.run_at, e.seq LIMIT 1) AS first,
               (SELECT e.run_at FROM effect e WHERE e.state IN ('ready', 'unknown') AND coalesce(e.pace, '') = line.pace
                  AND CASE e.state WHEN 'unknown' THEN -1 ELSE e.lane END = line.rank AND e.run_at > $1
                  ORDER BY e.run_at, e.seq LIMIT 1) AS later
             FROM line)
           SELECT min(CASE WHEN free_at IS NULL THEN later ELSE greatest(first, free_at) END) FROM at"#,
        now
    )
    .fetch_one(pool)
    .await?)
}

/// How the outbox stands: how many wait and since when the oldest could have run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backlog {
    pub due: i64,
    /// Not due yet.
    pub waiting: i64,
    /// What only a newer version can do, due or not.
    pub newer: i64,
    pub sending: i64,
    pub unknown: i64,
    pub dead: i64,
    pub oldest: Option<At>,
}

pub async fn backlog(pool: &sqlx::PgPool, now: At) -> Result<Backlog> {
    let row = sqlx::query!(
        // Each part is worded as the partial index that answers it, so that no part walks through what is over.
        r#"SELECT count(*) FILTER (WHERE e.state = 'ready' AND e.run_at <= $1 AND e.kind = ANY($2)) AS "due!",
             count(*) FILTER (WHERE e.state = 'ready' AND e.run_at > $1 AND e.kind = ANY($2)) AS "waiting!",
             count(*) FILTER (WHERE e.kind <> ALL($2)) AS "newer!",
             count(*) FILTER (WHERE e.state = 'unknown' AND e.unread_since IS NULL AND e.kind = ANY($2)) AS "unknown!",
             -- What waits for its turn in a room, or because a far side asked for it, is not stuck.
             min(greatest(e.run_at, rate.free_at)) FILTER
                 -- Nor is what only a newer version can do, or can read.
                 (WHERE e.state = 'ready' AND greatest(e.run_at, rate.free_at) <= $1 AND e.unread_since IS NULL
                     AND e.kind = ANY($2)) AS oldest,
             (SELECT count(*) FROM effect s WHERE s.state = 'sending') AS "sending!",
             (SELECT count(*) FROM effect d WHERE d.state = 'dead') AS "dead!"
           FROM effect e LEFT JOIN rate ON rate.key = e.pace WHERE e.state IN ('ready', 'unknown')"#,
        now,
        &EffectKind::names()
    )
    .fetch_one(pool)
    .await?;
    Ok(Backlog {
        due: row.due,
        waiting: row.waiting,
        newer: row.newer,
        sending: row.sending,
        unknown: row.unknown,
        dead: row.dead,
        oldest: row.oldest,
    })
}

/// Deletes effects that were over before then with their tries, some at a time; not those of items that are still
/// open, whose story somebody may need. Nothing is done twice for it: what may happen once for each approval is counted
/// with the reply, and every other key is made of something that happens once.
pub async fn forget(pool: &sqlx::PgPool, before: At, limit: i64) -> Result<u64> {
    let done = sqlx::query!(
        "WITH old AS (
             SELECT e.id FROM effect e WHERE e.state IN ('done', 'dead', 'cancelled') AND e.settled_at < $1
               AND NOT EXISTS (SELECT 1 FROM item i
                   WHERE i.id = e.item_id AND i.state IN ('open', 'claimed', 'snoozed'))
             ORDER BY e.settled_at LIMIT $2 FOR UPDATE OF e SKIP LOCKED),
           tries AS (DELETE FROM effect_attempt a USING old WHERE a.effect_id = old.id)
         DELETE FROM effect USING old WHERE effect.id = old.id",
        before,
        limit
    )
    .execute(pool)
    .await?;
    Ok(done.rows_affected())
}

/// One line for each try of each effect of an item, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Try {
    pub effect: uuid::Uuid,
    pub kind: KindName,
    /// Of the card that it is about.
    pub channel: Option<String>,
    pub begun: At,
    pub at: At,
    pub outcome: String,
    pub error: Option<String>,
    /// Whom it tells what waited for them.
    pub to: Option<sqlx::types::Json<Addressee>>,
    /// The service that it calls.
    pub webhook: Option<String>,
}

/// Of what is about this item alone, and of the messages that tell somebody about it among others.
pub async fn tries(pool: &sqlx::PgPool, item: ItemId) -> Result<Vec<Try>> {
    Ok(sqlx::query_as!(
        Try,
        r#"SELECT e.id AS effect, e.kind, c.channel AS "channel?", a.begun_at AS begun, a.ended_at AS at, a.outcome,
             a.error, CASE WHEN e.kind = 'notify' THEN e.body -> 'to' END AS "to: sqlx::types::Json<Addressee>",
             e.body ->> 'webhook' AS webhook
           FROM effect e JOIN effect_attempt a ON a.effect_id = e.id LEFT JOIN card c ON c.id = (e.body ->> 'card')::uuid
           WHERE e.item_id = $1 OR e.id IN (SELECT n.effect_id FROM notice n WHERE n.item_id = $1 AND NOT n.dropped)
           ORDER BY a.ended_at, a.begun_at, e.seq"#,
        item.0
    )
    .fetch_all(pool)
    .await?)
}

/// What is still to be done about an item, in the order of its times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ahead {
    pub effect: uuid::Uuid,
    pub kind: KindName,
    pub channel: Option<String>,
    pub state: String,
    pub run_at: At,
    pub webhook: Option<String>,
}

pub async fn ahead(pool: &sqlx::PgPool, item: ItemId) -> Result<Vec<Ahead>> {
    Ok(sqlx::query_as!(
        Ahead,
        r#"SELECT e.id AS effect, e.kind, c.channel AS "channel?", e.state, e.run_at,
             e.body ->> 'webhook' AS webhook
           FROM effect e LEFT JOIN card c ON c.id = (e.body ->> 'card')::uuid
           WHERE e.item_id = $1 AND e.state IN ('ready', 'sending', 'unknown') ORDER BY e.run_at, e.seq"#,
        item.0
    )
    .fetch_all(pool)
    .await?)
}

/// A try of any effect, with what came out of the one before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateTry {
    pub effect: uuid::Uuid,
    pub key: String,
    pub kind: KindName,
    pub body: serde_json::Value,
    /// Of the item that it is about.
    pub number: Option<i64>,
    pub source: Option<String>,
    /// Where it was to be shown, as its line says.
    pub chat: Option<String>,
    pub at: At,
    pub outcome: String,
    /// What stood in its way, where it was told apart.
    pub obstacle: Option<String>,
    pub before: Option<String>,
    /// It made another message of a card that had one.
    pub is_another: bool,
}

/// The tries that ended lately, oldest first.
pub async fn tries_since(pool: &sqlx::PgPool, at: At, limit: i64) -> Result<Vec<LateTry>> {
    Ok(sqlx::query_as!(
        LateTry,
        r#"SELECT e.id AS effect, e.key, e.kind, e.body, i.number AS "number?", i.source AS "source?",
             coalesce(c.chat, split_part(e.serial, ':', 2)) AS chat, a.ended_at AS at, a.outcome, a.obstacle,
             (SELECT b.outcome FROM effect_attempt b WHERE b.effect_id = a.effect_id AND b.ended_at < a.ended_at
              ORDER BY b.ended_at DESC LIMIT 1) AS before,
             coalesce(e.kind = 'post_card' AND c.posted_at < a.begun_at, false) AS "is_another!"
           FROM effect_attempt a JOIN effect e ON e.id = a.effect_id LEFT JOIN item i ON i.id = e.item_id
               LEFT JOIN card c ON c.id = (e.body ->> 'card')::uuid
           WHERE a.ended_at >= $1 ORDER BY a.ended_at, a.begun_at, e.seq LIMIT $2"#,
        at,
        limit
    )
    .fetch_all(pool)
    .await?)
}

/// How many are being carried out, or were when their holder died.
pub async fn in_flight(pool: &sqlx::PgPool) -> Result<i64> {
    Ok(
        sqlx::query_scalar!(r#"SELECT count(*) AS "n!" FROM effect WHERE state = 'sending'"#)
            .fetch_one(pool)
            .await?,
    )
}
