//! What happened lately, each happening in one sentence, for whoever looks on: the demo's page tells by it what goes on
//! inside. Everything is read from the log and from the tries, so it can only say what really happened.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use chrono_tz::Tz;

use crate::domain::At;
use crate::domain::effect::Effect;
use crate::domain::effect::EffectKind;
use crate::domain::effect::KindName;
use crate::domain::effect::decode;
use crate::domain::effect::new::whispered_in;
use crate::domain::item::Item;
use crate::domain::item::event::Event;
use crate::domain::item::event::EventKind;
use crate::domain::item::handling::Reason;
use crate::domain::people::person::PersonId;
use crate::domain::people::rights::Role;
use crate::domain::press::action::Actor;
use crate::domain::say::quoted::Obstacle;
use crate::domain::say::text::Arg;
use crate::domain::say::text::Locale;
use crate::domain::say::text::flat;
use crate::domain::say::words::short_line;
use crate::domain::show::news::Mood;
use crate::domain::show::news::News;
use crate::store::StoreError;
use crate::store::event;
use crate::store::inbox;
use crate::store::item;
use crate::store::outbox;
use crate::store::outbox::LateTry;
use crate::store::person;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::base::role::trusted_since;
use crate::workflow::views::note::Held;
use crate::workflow::views::note::note;

/// More at once nobody reads.
const AT_ONCE: i64 = 400;
/// A private sentence is quoted up to here.
const QUOTED: usize = 70;

/// An answer on its way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaving {
    /// Of the item that it answers.
    pub number: i64,
    /// As long as it can be taken back.
    pub until: At,
    /// Where the item stands, and the answer will.
    pub url: Option<String>,
}

impl Desk {
    /// In the order of time; the first of each pair is the same whenever the same happening is read again.
    pub async fn news(&self, since: At) -> Result<Vec<(String, News)>> {
        let pool = self.store.pool();
        let mut out = Vec::new();
        for happened in event::since(pool, since, AT_ONCE).await? {
            if matches!(happened.what, EventKind::Stepped { .. }) && !happened.what.is_told() {
                continue;
            }
            let Some(item) = item::get(pool, happened.item).await? else {
                continue;
            };
            let news = self.event_news(&happened, &item).await?.about(item.number);
            out.push((happened.id.to_string(), news));
        }
        for tried in outbox::tries_since(pool, since, AT_ONCE).await? {
            let key = format!(
                "{} {} {}",
                tried.effect,
                tried.outcome,
                tried.at.timestamp_micros()
            );
            if let Some(news) = self.try_news(&tried).await? {
                out.push((key, tried.number.into_iter().fold(news, News::about)));
            }
        }
        out.sort_by_key(|(_, news)| news.at);
        Ok(out)
    }

    /// What comes due next, with the room where it is shown.
    pub async fn next_due(&self) -> Result<Option<item::NextDue>> {
        Ok(item::next_due(self.store.pool(), self.now()).await?)
    }

    /// Answers that somebody has sent and can still take back, in the order in which they will go out.
    pub async fn leaving(&self) -> Result<Vec<Leaving>> {
        let (pool, now) = (self.store.pool(), self.now());
        let since = now - TimeDelta::seconds(self.rules.undo_seconds + 1);
        let mut until = BTreeMap::new();
        for happened in event::since(pool, since, AT_ONCE).await? {
            match happened.what {
                EventKind::Sent { until: at } if at > now => {
                    until.insert(happened.item, at);
                }
                EventKind::TakenBack { .. } => {
                    until.remove(&happened.item);
                }
                _ => {}
            }
        }
        let mut out = Vec::new();
        for (id, until) in until {
            if let Some(item) = item::get(pool, id).await? {
                out.push(Leaving {
                    number: item.number,
                    until,
                    url: item.permalink,
                });
            }
        }
        out.sort_by_key(|leaving| leaving.until);
        Ok(out)
    }

    /// What a bot that ended left to be done: effects that are due or were cut off, and presses.
    pub async fn left_over(&self) -> Result<i64> {
        let backlog = outbox::backlog(self.store.pool(), self.now()).await?;
        let cut_off = outbox::in_flight(self.store.pool()).await?;
        Ok(backlog.due + cut_off + inbox::waiting(self.store.pool()).await?)
    }

    /// The best role of each of these people anywhere.
    pub async fn roles(&self, chat: &str, users: &[String]) -> Result<BTreeMap<String, Option<Role>>> {
        let channels: Vec<String> = self.rules.channels.keys().cloned().collect();
        let since = trusted_since(self.now());
        let mut tx = self.store.begin().await?;
        let mut out = BTreeMap::new();
        for user in users {
            let circles = person::circles_of(&mut tx, chat, user, since).await?;
            let actor = Actor {
                person: PersonId::new(chat, user),
                name: user.clone(),
                outsider: false,
                vouched: None,
            };
            out.insert(user.clone(), self.role_of(&actor, &channels, &circles));
        }
        tx.rollback().await.map_err(StoreError::from)?;
        Ok(out)
    }

    async fn event_news(&self, happened: &Event, item: &Item) -> Result<News> {
        let at = happened.at;
        let zone = self.zone(item);
        let source = Arg::from(self.rules.label(&item.source));
        let held = item.handling.holder(at).cloned();
        let mut people: Vec<PersonId> = happened.by.iter().cloned().chain(held.clone()).collect();
        people.extend(happened.what.of().cloned());
        people.extend(happened.what.to().cloned());
        let names = person::names(self.store.pool(), &people).await?;
        let called = |p: &PersonId| names.get(p).cloned().unwrap_or_else(|| p.user.clone());
        let name = || Arg::from(happened.by.as_ref().map_or_else(String::new, called));
        let news = |mood, key: &str, args: &[(&str, Arg)]| News::of(at, mood, key, args);
        let due_news = |mood, key: &str, due: At, name: Option<String>| {
            News::told(at, mood, |lang| {
                let due = hour(due, at, Locale { lang, zone });
                let name = name.clone().unwrap_or_default();
                lang.text(key, &[("due", due.into()), ("name", name.into())])
            })
        };
        Ok(match &happened.what {
            EventKind::Received { .. } => News::told(at, Mood::Plain, |lang| {
                let tone = lang.text(&format!("tone-{}", item.tone.as_str()), &[]);
                let args = [("source", source.clone()), ("tone", tone.into())];
                match item.deadline {
                    Some(d) => lang.text(
                        "news-received-due",
                        &[
                            &args[..],
                            &[("due", hour(d.due, at, Locale { lang, zone }).into())],
                        ]
                        .concat(),
                    ),
                    None => lang.text("news-received", &args),
                }
            }),
            EventKind::Drafted => news(Mood::Plain, "news-drafted", &[("name", name())]),
            EventKind::Sent { until } => news(
                Mood::Plain,
                "news-sent",
                &[("name", name()), ("n", (*until - at).num_seconds().into())],
            ),
            EventKind::Visible {
                in_time: Some(true), ..
            } => news(Mood::Good, "news-visible-in-time", &[("source", source)]),
            EventKind::Visible {
                in_time: Some(false), ..
            } => news(Mood::Warn, "news-visible-late", &[("source", source)]),
            EventKind::Reminded { due, .. } => match held {
                Some(held) => due_news(Mood::Plain, "news-reminded-owner", *due, Some(called(&held))),
                None => due_news(Mood::Plain, "news-reminded", *due, None),
            },
            EventKind::Overdue { due, again: true, .. } => {
                due_news(Mood::Warn, "news-overdue-again", *due, None)
            }
            EventKind::Overdue { due, .. } => match held {
                Some(held) => due_news(Mood::Warn, "news-overdue-owner", *due, Some(called(&held))),
                None => due_news(Mood::Warn, "news-overdue", *due, None),
            },
            EventKind::Offered {
                to: Some(to), until, ..
            } => News::told(at, Mood::Plain, |lang| {
                let until = hour(*until, at, Locale { lang, zone });
                let args = [
                    ("name", name()),
                    ("to", called(to).into()),
                    ("until", until.into()),
                ];
                lang.text("news-given", &args)
            }),
            EventKind::Handled {
                reason: Reason::Past, ..
            } => news(Mood::Plain, "news-past", &[]),
            EventKind::Unclear => news(Mood::Warn, "news-unclear", &[("source", source)]),
            EventKind::Escalated { to, .. } => {
                let to = self.rules.target(to).map_or(to.as_str(), |t| t.label.as_str());
                news(
                    Mood::Warn,
                    "news-escalated",
                    &[("name", name()), ("to", to.into())],
                )
            }
            // The thread's own line says it as well as we could.
            told => News::told(at, mood_of(told), |lang| {
                let locale = Locale { lang, zone };
                // A line of a list has no full stop.
                let line = flat(&note(
                    happened,
                    item,
                    self.rules.label(&item.source),
                    locale,
                    held.as_ref().map(|holder| Held {
                        name: called(holder),
                        is_told: false,
                    }),
                    called,
                ));
                line.trim_end_matches('.').to_owned()
            }),
        })
    }

    async fn try_news(&self, tried: &LateTry) -> Result<Option<News>> {
        let at = tried.at;
        let before = tried.before.as_deref().unwrap_or_default();
        let source = || {
            let name = tried.source.as_deref().unwrap_or_default();
            Arg::from(self.rules.label(name))
        };
        let news = |mood, key: &str, args: &[(&str, Arg)]| Ok(Some(News::of(at, mood, key, args)));
        let chat = || {
            (
                "chat",
                Arg::from(person::titled(tried.chat.as_deref().unwrap_or_default())),
            )
        };
        // What only a newer version knows, it tells itself.
        let KindName::Known(kind) = tried.kind else {
            return Ok(None);
        };
        match (kind, tried.outcome.as_str()) {
            (_, "lost") => news(Mood::Warn, "news-lost", &[]),
            (EffectKind::PublishReply, "unknown") => {
                news(Mood::Warn, "news-answer-unknown", &[("source", source())])
            }
            (EffectKind::PublishReply, "found") => news(Mood::Good, "news-answer-found", &[]),
            (EffectKind::PublishReply, "looked") => {
                news(Mood::Plain, "news-answer-looked", &[("source", source())])
            }
            (EffectKind::PublishReply, "later") if before != "later" => {
                news(Mood::Warn, "news-answer-later", &[("source", source())])
            }
            (EffectKind::PublishReply, "done") if before == "later" => {
                news(Mood::Good, "news-answer-made-up", &[("source", source())])
            }
            (
                EffectKind::PostCard | EffectKind::PostNote | EffectKind::Alert | EffectKind::SendDigest,
                "unknown",
            ) => news(Mood::Warn, "news-post-unknown", &[chat()]),
            (
                EffectKind::PostCard | EffectKind::PostNote | EffectKind::Alert | EffectKind::SendDigest,
                "found",
            ) => news(Mood::Good, "news-post-found", &[]),
            (
                EffectKind::PostCard | EffectKind::PostNote | EffectKind::Alert | EffectKind::SendDigest,
                "anew",
            ) => news(Mood::Plain, "news-post-anew", &[]),
            (
                EffectKind::PostCard
                | EffectKind::PostNote
                | EffectKind::EditCard
                | EffectKind::Alert
                | EffectKind::SendDigest,
                "later",
            ) if before != "later" => match tried.obstacle.as_deref().and_then(Obstacle::named) {
                Some(Obstacle::Limit) => news(Mood::Warn, "news-post-limited", &[chat()]),
                Some(Obstacle::Archived) => news(Mood::Warn, "news-post-archived", &[chat()]),
                Some(Obstacle::NotThereYet) => Ok(None),
                None => news(Mood::Warn, "news-post-later", &[chat()]),
            },
            (EffectKind::PostCard, "done") if tried.is_another => news(Mood::Good, "news-card-again", &[]),
            (EffectKind::PostCard | EffectKind::EditCard, "done") if before == "later" => {
                news(Mood::Good, "news-made-up", &[])
            }
            (EffectKind::KeepFold, "again") if before.is_empty() => news(Mood::Plain, "news-folded", &[]),
            (EffectKind::KeepFold, "done") if !before.is_empty() => news(Mood::Good, "news-unfolded", &[]),
            (EffectKind::SendDigest, "done") => match decode::<Effect>(tried.body.clone()) {
                Ok(Effect::SendDigest { slot, digest, .. }) => {
                    let time = slot.get(11..16).unwrap_or(&slot).to_owned();
                    let room = self.rules.digests.iter().find(|plan| plan.name == digest);
                    let room = room.and_then(|plan| self.rules.channel(&plan.channel));
                    let room = room.map_or(digest, |channel| format!("#{}", channel.name));
                    let args = [("slot", time.into()), ("room", room.into())];
                    news(Mood::Plain, "news-digest", &args)
                }
                _ => Ok(None),
            },
            (EffectKind::Whisper, "done") => match decode::<Effect>(tried.body.clone()) {
                Ok(Effect::Whisper { chat, user, told, .. }) => {
                    let chat = whispered_in(&chat, &tried.key);
                    let who = PersonId::new(chat, user.clone());
                    let names = person::names(self.store.pool(), std::slice::from_ref(&who)).await?;
                    let name = names.get(&who).cloned().unwrap_or(user);
                    let text = quoted_inside(&short_line(&flat(&told.text), QUOTED));
                    news(
                        Mood::Plain,
                        "news-whisper",
                        &[("name", name.into()), ("text", text.into())],
                    )
                }
                _ => Ok(None),
            },
            (_, "dead") => news(Mood::Warn, "news-dead", &[]),
            _ => Ok(None),
        }
    }

    fn zone(&self, item: &Item) -> Tz {
        let first = self.rules.route(&item.route).to.first();
        let channel = first.and_then(|name| self.rules.channel(name));
        channel.map_or(Tz::UTC, |c| c.locale.zone)
    }
}

/// As it stands between quotation marks.
fn quoted_inside(text: &str) -> String {
    let inner = |c: char| match c {
        '„' => '‚',
        '“' => '‘',
        '”' => '’',
        other => other,
    };
    text.chars().map(inner).collect()
}

fn mood_of(what: &EventKind) -> Mood {
    match what {
        EventKind::Rejected { .. } | EventKind::Failed { .. } | EventKind::RemovedAtSource => Mood::Warn,
        EventKind::ConfirmedThere | EventKind::BackAtSource => Mood::Good,
        _ => Mood::Plain,
    }
}

/// The time of day, and the day too when it is another one.
fn hour(at: At, now: At, locale: Locale) -> String {
    let local = |at: At| at.with_timezone(&locale.zone);
    match local(at).date_naive() == local(now).date_naive() {
        true => local(at).format("%H:%M").to_string(),
        false => locale.moment_seen(at, now),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::lang::Lang;

    #[test]
    fn every_sentence_is_short_enough_for_one_line() {
        let long = [
            ("name", Arg::from("Anna-Katharina")),
            ("source", "Gartenshop".into()),
            ("tone", "suggestion".into()),
            ("to", "Care-Team".into()),
            ("due", "31.12. 23:59".into()),
            ("slot", "14:05".into()),
            ("room", "#kundenstimmen-discord".into()),
            ("channel", "customer-voices".into()),
            ("chat", "Discord".into()),
            ("until", "31.12. 23:59".into()),
            ("n", 30_i64.into()),
            ("author", "Familie Butenschön".into()),
            ("place", "Filiale Leipzig Südvorstadt".into()),
            ("span", "3 Std. 59 Min.".into()),
            ("text", "x".repeat(QUOTED).into()),
        ];
        let keys = include_str!("../../domain/say/text/demo_en.ftl")
            .lines()
            .filter_map(|l| l.split_once(" =").map(|(key, _)| key));
        let mut seen = 0;
        for key in keys {
            for lang in [Lang::De, Lang::En] {
                let line = lang.text(key, &long);
                assert!(
                    line.chars().count() <= 110,
                    "{key}: {} {line}",
                    line.chars().count()
                );
                assert!(!line.contains("{$"), "{key} lacks a value: {line}");
            }
            seen += 1;
        }
        assert!(seen > 30, "{seen}");
    }
}
