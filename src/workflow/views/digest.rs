//! The numbers of a period and what waits now, as a digest says and draws them.

use chrono::DurationRound;
use chrono::NaiveDate;
use chrono::TimeDelta;

use crate::domain::At;
use crate::domain::id::ItemId;
use crate::domain::item::Item;
use crate::domain::item::Tone;
use crate::domain::item::stats::Counts;
use crate::domain::people::person::PersonId;
use crate::domain::promise::practice;
use crate::domain::promise::rules::Channel;
use crate::domain::show::card;
use crate::domain::show::chart;
use crate::domain::show::chart::Chart;
use crate::domain::show::daily;
use crate::domain::show::digest;
use crate::domain::show::digest::Digest;
use crate::domain::show::digest::Helpful;
use crate::domain::show::digest::Mine;
use crate::domain::show::digest::Numbers;
use crate::domain::show::digest::Trouble;
use crate::domain::show::digest::period;
use crate::domain::show::digest::plan::DigestPlan;
use crate::domain::show::digest::unusual;
use crate::domain::show::row;
use crate::domain::show::row::ListRow;
use crate::store::StoreError;
use crate::store::Tx;
use crate::store::digest as rows;
use crate::store::item;
use crate::store::person;
use crate::store::preference::Daily;
use crate::store::source;
use crate::store::stats;
use crate::workflow::Desk;
use crate::workflow::Result;

/// More overdue items than this are only counted.
const LISTED: i32 = row::SHOWN as i32;
/// So many of those that come next.
const COMING: i32 = 3;
/// A source that failed so often in a row is in trouble; once or twice is the weather.
const SILENT: i32 = 3;

/// Beside a shorter time, the time before says nothing.
const COMPARED: TimeDelta = TimeDelta::hours(1);

/// What a digest is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub channel: &'a Channel,
    /// For whom, if it is for one person.
    pub person: Option<&'a PersonId>,
    /// Who reads it alone, if one person does.
    pub reader: Option<&'a PersonId>,
    pub who_answered: bool,
    pub from: At,
    pub to: At,
    /// Where the period before began, if a schedule says so.
    pub usual: Option<At>,
    /// What happened is told of the period, what waits is told as of now.
    pub now: At,
}

impl Desk {
    pub async fn write_digest(&self, asked: &Asked<'_>) -> Result<Digest> {
        let numbers = self.numbers(asked).await?;
        Ok(digest::write(
            &numbers,
            asked.from,
            asked.to,
            asked.channel.locale,
        ))
    }

    /// With the picture of its numbers.
    pub async fn illustrated_digest(&self, asked: &Asked<'_>) -> Result<(Digest, Option<Chart>)> {
        let numbers = self.numbers(asked).await?;
        let locale = asked.channel.locale;
        let chart = chart::chart(&numbers.days, numbers.target_minutes, locale);
        Ok((digest::write(&numbers, asked.from, asked.to, locale), chart))
    }

    /// All that a digest says and shows, as it was in one moment.
    pub async fn numbers(&self, asked: &Asked<'_>) -> Result<Numbers> {
        let Asked {
            channel, from, to, ..
        } = *asked;
        let (name, zone) = (channel.name.as_str(), channel.locale.zone);
        let mut tx = self.store.begin_reading().await?;

        let before = period::before(from, to, zone, asked.usual);
        let known = stats::first(&mut tx, name).await?;
        let usual = known.and_then(|known| period::usual(from, to, known));
        let blocks = period::blocks(from, to, zone);
        let mut periods = vec![(from, to), (before, from)];
        periods.push(usual.map_or((from, from), |(begin, _)| (begin, from)));
        periods.extend(blocks.iter().map(|block| (block.from, block.to)));
        let mut sums = stats::sums(&mut tx, name, &periods).await?.into_iter();
        let mut next = || sums.next().unwrap_or_default();
        let (counts, counts_before, past) = (next(), next(), next());
        let days = blocks.iter().map(|block| drawn(block.date, &next())).collect();

        let rows::Waiting {
            open,
            overdue_count,
            overdue,
            coming,
        } = rows::waiting(&mut tx, name, practice::NAME, asked.now, (LISTED, COMING)).await?;
        let helpful = item::helpful(&mut tx, name, practice::NAME, from, to).await?;
        let all: Vec<ItemId> = overdue
            .iter()
            .chain(&coming)
            .chain(&helpful)
            .map(|i| i.id)
            .collect();
        let messages = rows::card_messages(&mut tx, &all, &channel.room).await?;
        let chat = self.chat(&channel.chat)?;
        let link = |item: &Item| chat.link(&channel.room, messages.get(&item.id)?);
        let head = |item: &Item| card::head(item, self.rules.label(&item.source), channel.locale.lang);
        let place = (channel.chat.as_str(), channel.room.as_str());
        let mut lines = Vec::new();
        for items in [&overdue, &coming] {
            let known = self.row_facts(&mut tx, items, asked.reader, place).await?;
            let rows = items.iter().zip(known).map(|(item, known)| ListRow {
                line: row::line(&known.of(item, channel.locale, asked.now)),
                act: row::at_once(item, asked.reader, channel.locale.lang, asked.now),
            });
            lines.push(rows.collect());
        }
        let mut lines = lines.into_iter();
        let mut listed = || -> Vec<ListRow> { lines.next().unwrap_or_default() };
        let numbers = Numbers {
            labels: self.rules.labels.clone(),
            open,
            overdue: listed(),
            overdue_count,
            oldest: overdue
                .iter()
                .filter_map(|item| item.deadline)
                .map(|d| d.due)
                .min(),
            next: listed(),
            helpful: helpful
                .iter()
                .map(|item| Helpful {
                    is_praise: item.tone == Tone::Praise,
                    votes: item.votes.up.map_or(0, i64::from),
                    words: card::full_words(item),
                    number: item.number,
                    head: head(item),
                    link: link(item),
                })
                .collect(),
            unusual: usual.map_or_else(Vec::new, |(_, share)| unusual::unusual(&counts, &past, share)),
            people: match asked.who_answered {
                true => Some(names(&mut tx, &counts).await?),
                false => None,
            },
            troubles: self.troubles(&mut tx).await?,
            mine: match asked.person {
                Some(person) => {
                    let (held, next) = rows::held(&mut tx, &person.to_string(), practice::NAME).await?;
                    Some(Mine { held, next })
                }
                None => None,
            },
            days,
            target_minutes: self.rules.target_minutes(channel),
            now: counts,
            before: (to - from >= COMPARED).then_some(counts_before),
        };
        tx.rollback().await.map_err(StoreError::from)?;
        Ok(numbers)
    }

    /// Sources that have not answered several times in a row.
    async fn troubles(&self, tx: &mut Tx) -> Result<Vec<Trouble>> {
        let health = source::health(&mut **tx).await?.into_iter();
        let silent = health.filter(|h| h.failures >= SILENT && self.sources.contains_key(&h.source));
        Ok(silent
            .map(|h| Trouble {
                label: self.rules.label(&h.source).to_owned(),
                since: h.last_ok_at,
            })
            .collect())
    }
}

impl<'a> Asked<'a> {
    /// As the schedule says.
    pub fn of(plan: &'a DigestPlan, channel: &'a Channel, from: At, to: At, now: At) -> Self {
        let slot = plan.schedule.latest(from).filter(|slot| slot.at == from);
        let usual = slot.and_then(|slot| plan.schedule.before(slot));
        Self {
            channel,
            person: plan.to.as_ref(),
            reader: plan.to.as_ref(),
            who_answered: plan.who_answered,
            from,
            to,
            usual: usual.map(|slot| slot.at),
            now,
        }
    }

    /// The day until now, for who asks.
    pub fn lately(channel: &'a Channel, person: Option<&'a PersonId>, now: At) -> Self {
        let minute = TimeDelta::minutes(1);
        let to = now.duration_trunc(minute).unwrap_or(now);
        Self {
            channel,
            person,
            reader: person,
            who_answered: false,
            from: to - TimeDelta::days(1),
            to,
            usual: None,
            now,
        }
    }
}

fn drawn(date: NaiveDate, counts: &Counts) -> chart::Day {
    chart::Day {
        date,
        new: counts.new_by_tone(),
        answered: counts.answered(),
        median_minutes: counts.minutes_of(50),
    }
}

/// What people call those who answered, with how often.
async fn names(tx: &mut Tx, counts: &Counts) -> Result<Vec<(String, i64)>> {
    let by: Vec<(PersonId, i64)> = counts
        .answered_by()
        .into_iter()
        .filter_map(|(who, n)| Some((who.parse().ok()?, n)))
        .collect();
    let people: Vec<PersonId> = by.iter().map(|(person, _)| person.clone()).collect();
    let mut names = person::names(&mut **tx, &people).await?;
    Ok(by
        .into_iter()
        .map(|(person, n)| (names.remove(&person).unwrap_or(person.user), n))
        .collect())
}

impl Desk {
    pub(in crate::workflow) fn daily_plan(&self, wanted: &Daily) -> Option<(DigestPlan, Channel)> {
        let channel = self.rules.channel(&wanted.channel)?.clone();
        let zone = wanted.own.zone.unwrap_or(channel.locale.zone);
        let plan = daily::plan(&wanted.person, &channel.name, wanted.own.quiet, zone).ok()?;
        Some((plan, channel))
    }
}
