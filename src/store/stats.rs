//! Sums of what happened in channels. The database writes down each fact as a delta in the transaction that makes it
//! true (migrations 0007 and 0014); here deltas are folded into buckets by one replica at a time, both are read together, and all
//! of it can be counted anew from what happened itself.

use std::collections::BTreeMap;

use sqlx::types::Json;

use crate::domain::At;
use crate::domain::item::Tone;
use crate::domain::item::stats::Counts;
use crate::domain::item::stats::Fact;
use crate::domain::item::stats::Span;
use crate::domain::item::stats::Subject;
use crate::domain::item::stats::parts;
use crate::store::Result;
use crate::store::StoreError;
use crate::store::Tx;

/// Where a sum belongs.
type Place = (String, Span, At);

struct Row {
    channel: String,
    at: At,
    measure: String,
    source: String,
    tone: Option<String>,
    stars: Option<i16>,
    subject_kind: Option<String>,
    subject_id: Option<String>,
    subject_name: Option<String>,
    person: Option<String>,
    minutes: Option<i64>,
    in_time: Option<bool>,
    n: i64,
    /// Which of the periods asked for, counted from 1.
    period: i64,
}

/// What we know how to count.
const MEASURES: [&str; 3] = ["new", "answered", "handled"];

impl Row {
    /// None, where it is a newer version's measure. A tone of which only a newer version knows is still a new item.
    fn fact(self) -> Option<Fact> {
        Some(match self.measure.as_str() {
            "new" => {
                let tone = self.tone.as_deref().unwrap_or_default();
                Fact::New {
                    tone: Tone::parse(tone).unwrap_or(Tone::Neutral),
                    stars: self.stars.unwrap_or(0),
                    subject: self.subject_id.map(|id| Subject {
                        source: self.source.clone(),
                        kind: self.subject_kind.unwrap_or_default(),
                        id,
                        name: self.subject_name,
                    }),
                    source: self.source,
                }
            }
            "answered" => Fact::Answered {
                by: self.person,
                minutes: self.minutes,
                in_time: self.in_time,
            },
            "handled" => Fact::Handled,
            _ => return None,
        })
    }
}

/// The sums of some periods in one channel. All of it is one moment's truth only inside a transaction that sees one.
pub async fn sums(tx: &mut Tx, channel: &str, periods: &[(At, At)]) -> Result<Vec<Counts>> {
    let mut out = vec![Counts::default(); periods.len()];
    let mut whole: Vec<(i64, Span, At, At)> = Vec::new();
    let mut ends: Vec<(usize, At, At)> = Vec::new();
    for (no, (from, to)) in periods.iter().enumerate() {
        for part in parts(*from, *to) {
            match part.span {
                Some(span) => whole.push((i64::try_from(no).unwrap_or(i64::MAX), span, part.from, part.to)),
                None => ends.push((no, part.from, part.to)),
            }
        }
    }
    let numbers: Vec<i64> = whole.iter().map(|w| w.0).collect();
    let spans: Vec<String> = whole.iter().map(|w| w.1.as_str().to_owned()).collect();
    let (begun, ended): (Vec<At>, Vec<At>) = whole.iter().map(|w| (w.2, w.3)).unzip();
    let kept = sqlx::query!(
        r#"SELECT r.no AS "no!", b.counts AS "counts: Json<Counts>"
           FROM unnest($2::bigint[], $3::text[], $4::timestamptz[], $5::timestamptz[]) r (no, span, begun, ended)
           -- In its place, so that each stretch is looked up by itself and never all of history joined.
           CROSS JOIN LATERAL (
             SELECT s.counts FROM stat_bucket s
             WHERE s.channel = $1 AND s.span = r.span AND s.at >= r.begun AND s.at < r.ended
             ORDER BY s.at OFFSET 0) b"#,
        channel,
        &numbers,
        &spans,
        &begun,
        &ended
    )
    .fetch_all(&mut **tx)
    .await?;
    for row in kept {
        if let Some(sum) = usize::try_from(row.no).ok().and_then(|no| out.get_mut(no)) {
            sum.add(row.counts.0);
        }
    }
    let waiting = sqlx::query_as!(
        Row,
        r#"SELECT d.channel, d.at, d.measure, d.source, d.tone, d.stars, d.subject ->> 'kind' AS subject_kind,
             d.subject ->> 'id' AS subject_id, d.subject ->> 'name' AS subject_name, d.person, d.minutes, d.in_time,
             d.n::bigint AS "n!", r.no AS "period!"
           FROM unnest($2::bigint[], $3::timestamptz[], $4::timestamptz[]) r (no, begun, ended)
           CROSS JOIN LATERAL (
             SELECT s.* FROM stat_delta s WHERE s.channel = $1 AND s.at >= r.begun AND s.at < r.ended
             ORDER BY s.at OFFSET 0) d"#,
        channel,
        &numbers,
        &begun,
        &ended
    )
    .fetch_all(&mut **tx)
    .await?;
    for row in waiting {
        if let Some(sum) = usize::try_from(row.period).ok().and_then(|no| out.get_mut(no)) {
            let n = row.n;
            row.fact().into_iter().for_each(|fact| sum.count(fact, n));
        }
    }
    // Two for each period at most, and less than a quarter of an hour each.
    for (no, from, to) in ends {
        for row in happened(tx, Some(channel), from, to).await? {
            if let Some(sum) = out.get_mut(no) {
                let n = row.n;
                row.fact().into_iter().for_each(|fact| sum.count(fact, n));
            }
        }
    }
    Ok(out)
}

/// When the first thing happened that was ever counted in a channel.
pub async fn first(tx: &mut Tx, channel: &str) -> Result<Option<At>> {
    Ok(sqlx::query_scalar!(
        "SELECT least((SELECT min(at) FROM stat_bucket WHERE channel = $1 AND span = 'day'),
             (SELECT min(at) FROM stat_delta WHERE channel = $1)) AS first",
        channel
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// What happened in a period, counted from what happened itself; `$first` runs in the same statement.
macro_rules! happened {
    ($first:literal, $($arg:expr),+) => {
        sqlx::query_as!(
            Row,
            $first
                + r#"SELECT c.channel AS "channel!", to_timestamp(f.quarter * 900) AS "at!", f.measure AS "measure!",
                 f.source AS "source!", f.tone, f.stars, f.subject ->> 'kind' AS subject_kind,
                 f.subject ->> 'id' AS subject_id, f.subject ->> 'name' AS subject_name, f.person, f.minutes,
                 f.in_time, sum(f.n)::bigint AS "n!", 0::bigint AS "period!"
               FROM (SELECT tally.*, floor(extract(epoch FROM tally.at) / 900)::bigint AS quarter FROM tally
                 WHERE tally.at >= $2 AND tally.at < $3) f
               CROSS JOIN LATERAL (
                 SELECT DISTINCT card.channel FROM card
                 WHERE card.item_id = f.item_id AND ($1::text IS NULL OR card.channel = $1)) c
               GROUP BY c.channel, f.quarter, f.measure, f.source, f.tone, f.stars, subject_kind, subject_id,
                 subject_name, f.person, f.minutes, f.in_time"#,
            $($arg),+
        )
    };
}

async fn happened(tx: &mut Tx, channel: Option<&str>, from: At, to: At) -> Result<Vec<Row>> {
    plan_anew(tx).await?;
    Ok(happened!("", channel, from, to).fetch_all(&mut **tx).await?)
}

/// From here to the end of the transaction: a plan for any period whatever may walk through all of history for a minute
/// of it.
async fn plan_anew(tx: &mut Tx) -> Result<()> {
    sqlx::query!("SET LOCAL plan_cache_mode = force_custom_plan")
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Puts some of the deltas into buckets. `None`: somebody else is at it. Else how many there were.
pub async fn fold(tx: &mut Tx, limit: i64) -> Result<Option<usize>> {
    let ours = sqlx::query_scalar!(
        r#"SELECT pg_try_advisory_xact_lock(hashtextextended('zeitnah stats', 0)) AS "ours!""#
    )
    .fetch_one(&mut **tx)
    .await?;
    if !ours {
        return Ok(None);
    }
    let taken = sqlx::query_as!(
        Row,
        // What only a newer version can count waits for it.
        r#"WITH taken AS (SELECT id FROM stat_delta WHERE measure = ANY($2) AND (tone IS NULL OR tone = ANY($3))
             ORDER BY id LIMIT $1)
           DELETE FROM stat_delta d USING taken WHERE d.id = taken.id
           RETURNING d.channel, d.at, d.measure, d.source, d.tone, d.stars, d.subject ->> 'kind' AS subject_kind,
             d.subject ->> 'id' AS subject_id, d.subject ->> 'name' AS subject_name, d.person, d.minutes, d.in_time,
             d.n::bigint AS "n!", 0::bigint AS "period!""#,
        limit,
        &MEASURES.map(str::to_owned),
        &Tone::ALL.map(|tone| tone.as_str().to_owned())
    )
    .fetch_all(&mut **tx)
    .await?;
    let n = taken.len();
    let mut sums = gathered(taken);
    for (place, kept) in kept(tx, sums.keys()).await? {
        sums.entry(place).or_default().add(kept);
    }
    put(tx, sums).await?;
    Ok(Some(n))
}

fn gathered(rows: Vec<Row>) -> BTreeMap<Place, Counts> {
    let mut sums: BTreeMap<Place, Counts> = BTreeMap::new();
    for row in rows {
        let (channel, at, n) = (row.channel.clone(), row.at, row.n);
        let Some(fact) = row.fact() else { continue };
        for span in Span::ALL {
            let place = (channel.clone(), span, span.begin(at));
            sums.entry(place).or_default().count(fact.clone(), n);
        }
    }
    sums
}

async fn kept(tx: &mut Tx, places: impl Iterator<Item = &Place>) -> Result<Vec<(Place, Counts)>> {
    let mut columns: (Vec<String>, Vec<String>, Vec<At>) = Default::default();
    for (channel, span, at) in places {
        columns.0.push(channel.clone());
        columns.1.push(span.as_str().to_owned());
        columns.2.push(*at);
    }
    let rows = sqlx::query!(
        r#"SELECT channel, span, at, counts AS "counts: Json<Counts>" FROM stat_bucket
           WHERE (channel, span, at) IN (SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[]))"#,
        &columns.0,
        &columns.1,
        &columns.2
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            let span = Span::parse(&row.span);
            let span = span.ok_or_else(|| {
                StoreError::odd(
                    "stat_bucket",
                    "span",
                    row.at,
                    format!("{:?} is unknown", row.span),
                )
            })?;
            Ok(((row.channel, span, row.at), row.counts.0))
        })
        .collect()
}

async fn put(tx: &mut Tx, sums: BTreeMap<Place, Counts>) -> Result<()> {
    let mut columns: (Vec<String>, Vec<String>, Vec<At>, Vec<serde_json::Value>) = Default::default();
    for ((channel, span, at), counts) in sums {
        let json =
            serde_json::to_value(&counts).map_err(|e| StoreError::odd("stat_bucket", "counts", at, e))?;
        columns.0.push(channel);
        columns.1.push(span.as_str().to_owned());
        columns.2.push(at);
        columns.3.push(json);
    }
    sqlx::query!(
        "INSERT INTO stat_bucket (channel, span, at, counts)
         SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::jsonb[])
         ON CONFLICT (channel, span, at) DO UPDATE SET counts = excluded.counts",
        &columns.0,
        &columns.1,
        &columns.2,
        &columns.3
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// From the first day of which anything is known or was counted, until the end of the last one.
pub async fn history(tx: &mut Tx, now: At) -> Result<Option<(At, At)>> {
    let row = sqlx::query!(
        r#"SELECT least((SELECT min(first_seen_at) FROM item), (SELECT min(at) FROM stat_bucket),
               (SELECT min(at) FROM stat_delta)) AS first,
             greatest($1, (SELECT max(first_seen_at) FROM item), (SELECT max(at) FROM item_event),
               (SELECT max(at) FROM stat_bucket), (SELECT max(at) FROM stat_delta)) AS "last!""#,
        now
    )
    .fetch_one(&mut **tx)
    .await?;
    let end = |last| Span::Day.next(last + chrono::TimeDelta::microseconds(1));
    Ok(row.first.map(|first| (Span::Day.begin(first), end(row.last))))
}

/// Counts one day anew and puts that in the place of what was kept.
pub async fn rebuild(tx: &mut Tx, day: At) -> Result<()> {
    sqlx::query!("SET LOCAL statement_timeout = 0")
        .execute(&mut **tx)
        .await?;
    // Whoever folds is waited for; whoever adds deltas is not, and its deltas stay unless they are counted here.
    sqlx::query!("SELECT pg_advisory_xact_lock(hashtextextended('zeitnah stats', 0))")
        .execute(&mut **tx)
        .await?;
    let end = day + chrono::TimeDelta::days(1);
    plan_anew(tx).await?;
    let rows = happened!(
        "WITH dropped AS (DELETE FROM stat_delta WHERE at >= $2 AND at < $3) ",
        None::<&str>,
        day,
        end
    )
    .fetch_all(&mut **tx)
    .await?;
    sqlx::query!("DELETE FROM stat_bucket WHERE at >= $1 AND at < $2", day, end)
        .execute(&mut **tx)
        .await?;
    put(tx, gathered(rows)).await
}

/// Where the kept sums of a day, with what waits to be folded, are not what happened. Inside a transaction that sees one
/// moment.
pub async fn differences(tx: &mut Tx, day: At) -> Result<Vec<(String, &'static str, At)>> {
    let end = day + chrono::TimeDelta::days(1);
    let rows = sqlx::query!(
        r#"SELECT channel, span, at, counts AS "counts: Json<Counts>" FROM stat_bucket WHERE at >= $1 AND at < $2"#,
        day,
        end
    )
    .fetch_all(&mut **tx)
    .await?;
    let mut kept: BTreeMap<Place, Counts> = BTreeMap::new();
    for row in rows {
        let span = Span::parse(&row.span).unwrap_or(Span::Day);
        kept.entry((row.channel, span, row.at))
            .or_default()
            .add(row.counts.0);
    }
    let waiting = sqlx::query_as!(
        Row,
        r#"SELECT channel, at, measure, source, tone, stars, subject ->> 'kind' AS subject_kind,
             subject ->> 'id' AS subject_id, subject ->> 'name' AS subject_name, person, minutes, in_time,
             n::bigint AS "n!", 0::bigint AS "period!" FROM stat_delta WHERE at >= $1 AND at < $2"#,
        day,
        end
    )
    .fetch_all(&mut **tx)
    .await?;
    for (place, sum) in gathered(waiting) {
        kept.entry(place).or_default().add(sum);
    }
    let mut real = gathered(happened(tx, None, day, end).await?);
    let mut wrong = Vec::new();
    for (place, sum) in kept {
        if real.remove(&place).unwrap_or_default() != sum {
            wrong.push(place);
        }
    }
    wrong.extend(real.into_keys());
    wrong.sort();
    Ok(wrong
        .into_iter()
        .map(|(channel, span, at)| (channel, span.as_str(), at))
        .collect())
}
