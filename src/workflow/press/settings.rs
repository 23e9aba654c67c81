//! An admin sets something from a chat. It is judged under the lock of the log by what holds at that moment, so of two
//! admins at once the second one decides on what the first one left; and what the configuration does not allow changes
//! nothing.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use crate::domain::At;
use crate::domain::effect::NewEffect;
use crate::domain::lang::Lang;
use crate::domain::people::person::PersonId;
use crate::domain::people::rights::Role;
use crate::domain::press::setting;
use crate::domain::press::setting::Key;
use crate::domain::press::setting::Setting;
use crate::domain::press::setting::SettingKind;
use crate::domain::press::setting::Wanted;
use crate::domain::say::text::Arg;
use crate::domain::say::text::Locale;
use crate::domain::say::text::Seg;
use crate::domain::say::words::short_line;
use crate::domain::time::schedule::Schedule;
use crate::domain::time::span;
use crate::port::rulebook::EditFault;
use crate::port::rulebook::Edition;
use crate::port::rulebook::Rulebook;
use crate::store::Tx;
use crate::store::digest;
use crate::store::outbox;
use crate::store::person;
use crate::store::setting as rows;
use crate::store::setting::SettingLine;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::base::follow::holding;
use crate::workflow::base::turn::Turn;

/// Changes that are told with the list.
const LATELY: i64 = 5;
/// More values of one sort nobody reads in a chat.
const SHOWN: usize = 20;
/// Of what was typed and of what is wrong with it.
const LONG: usize = 300;
/// Within this time a changed setting holds at each replica.
const HEARD_SECONDS: i64 = 10;

impl Desk {
    pub(super) async fn settings(&self, turn: &mut Turn<'_>, typed: &str) -> Result<Vec<Seg>> {
        let locale = turn.locale;
        let Some(book) = self.rulebook.clone() else {
            return Ok(locale.say("settings-not-here", &[]));
        };
        match setting::wanted(typed) {
            Wanted::List => self.told(turn.tx, locale, &*book).await,
            Wanted::Set(wanted) => {
                let keys = [(wanted.key, Some(wanted.value))];
                self.change(turn, &*book, &keys).await
            }
            Wanted::Reset(key) => self.change(turn, &*book, &[(key, None)]).await,
            Wanted::ResetAll => {
                let held = holding(&rows::latest(&mut **turn.tx).await?);
                let keys: Vec<_> = held.into_iter().map(|s| (s.key, None)).collect();
                if keys.is_empty() {
                    return Ok(locale.say("settings-none", &[]));
                }
                self.change(turn, &*book, &keys).await
            }
            Wanted::Odd => {
                let mut out = locale.say("settings-odd", &[("typed", short_line(typed, 80).into())]);
                line(&mut out, locale.say("settings-how", &[]));
                Ok(out)
            }
        }
    }

    async fn change(
        &self,
        turn: &mut Turn<'_>,
        book: &dyn Rulebook,
        changes: &[(Key, Option<String>)],
    ) -> Result<Vec<Seg>> {
        let Turn { press, locale, .. } = *turn;
        for (key, _) in changes {
            if let Some(no) = self.no_right_for(turn, key).await? {
                return Ok(no);
            }
        }
        rows::lock(turn.tx).await?;
        let held = holding(&rows::latest(&mut **turn.tx).await?);
        let mut wanted = held.clone();
        wanted.retain(|s| !changes.iter().any(|(key, _)| *key == s.key));
        let set = changes.iter().filter_map(|(key, value)| {
            let (key, value) = (key.clone(), value.clone()?);
            Some(Setting { key, value })
        });
        wanted.extend(set);
        let (was, is) = (book.under(&held)?, book.under(&wanted)?);
        let is_new = |left: &&(Key, EditFault)| {
            !was.left_out.contains(left) || changes.iter().any(|(key, _)| *key == left.0)
        };
        if let Some((key, fault)) = is.left_out.iter().find(is_new) {
            let value = changes.iter().find(|(changed, _)| changed == key);
            return Ok(match value {
                Some((_, value)) => match slip(locale, key, value.as_deref(), &was) {
                    Some(said) => refused(locale, key, said),
                    None => refused(locale, key, said(locale, "settings-fault", fault)),
                },
                // It has lost its place by this change.
                None => {
                    let hangs =
                        locale.say("settings-fault-hangs", &[("key", clean(&key.to_string()).into())]);
                    refused(locale, key, hangs)
                }
            });
        }
        let now = self.now();
        let mut out = Vec::new();
        for (key, value) in changes {
            let (before, after) = (value_of(&was, key, locale), value_of(&is, key, locale));
            let known = held.iter().find(|s| s.key == *key).map(|s| &s.value);
            let (name, after) = (key.to_string(), after.unwrap_or_else(|| "–".to_owned()));
            if known == value.as_ref() {
                let sentence = if value.is_some() {
                    "settings-same"
                } else {
                    "settings-unset"
                };
                line(
                    &mut out,
                    locale.say(sentence, &[("key", name.into()), ("after", after.into())]),
                );
                continue;
            }
            rows::add(turn.tx, &name, value.as_deref(), &press.by.person, now).await?;
            match key.kind {
                SettingKind::Digest => digest::wanted_anew(turn.tx, &key.name, now).await?,
                SettingKind::Language => self.say_anew(turn.tx, &key.name, now).await?,
                SettingKind::Route | SettingKind::Deadline => {}
            }
            let before = before.unwrap_or_else(|| "–".to_owned());
            let args = [
                ("key", name.into()),
                ("before", before.into()),
                ("after", after.into()),
            ];
            line(&mut out, locale.say("settings-set", &args));
            line(&mut out, then(locale, key, &is, now));
        }
        for fault in is.warnings.iter().filter(|w| !was.warnings.contains(w)) {
            line(&mut out, said(locale, "settings-note", fault));
        }
        Ok(out)
    }

    /// Cards of what is open are shown in the new language, behind everything that is more urgent and at the chat's own
    /// pace; what is over follows when something changes about it.
    async fn say_anew(&self, tx: &mut Tx, channel: &str, now: At) -> Result<()> {
        let cards = rows::stale_cards(tx, channel).await?;
        // By then each replica has heard of it.
        let run_at = now + TimeDelta::seconds(HEARD_SECONDS);
        let edits = cards
            .iter()
            .map(|card| NewEffect::reword_card((card.id, card.item), &card.chat, run_at, now));
        outbox::put(tx, &edits.collect::<Vec<_>>(), now).await?;
        Ok(())
    }

    /// What concerns one channel is for its admins; a way or a promise concerns all that it may lead to.
    async fn no_right_for(&self, turn: &mut Turn<'_>, key: &Key) -> Result<Option<Vec<Seg>>> {
        let digest = || self.rules.digests.iter().find(|d| d.name == key.name);
        let one = match key.kind {
            SettingKind::Language => self.rules.channel(&key.name).map(|c| &c.name),
            SettingKind::Digest => digest().map(|d| &d.channel),
            SettingKind::Route | SettingKind::Deadline => None,
        };
        let concerned: Vec<String> = match one {
            Some(channel) => vec![channel.clone()],
            None => self.rules.channels.keys().cloned().collect(),
        };
        self.no_right_in_each(turn, Role::Admin, &concerned).await
    }

    async fn told(&self, tx: &mut Tx, locale: Locale, book: &dyn Rulebook) -> Result<Vec<Seg>> {
        let edition = book.under(&holding(&rows::latest(&mut **tx).await?))?;
        let mut out = locale.say("settings-title", &[]);
        for kind in SettingKind::ALL {
            let values: Vec<String> = edition
                .values
                .iter()
                .filter(|(key, _)| key.kind == kind)
                .map(|(key, value)| format!("{} {}", key.name, dash(&readable(key, value, locale))))
                .collect();
            let mut shown = values.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(" · ");
            if values.len() > SHOWN {
                shown.push_str(" · …");
            }
            if !values.is_empty() {
                let sentence = format!("settings-{}", kind.as_str());
                line(&mut out, locale.say(&sentence, &[("values", shown.into())]));
            }
        }
        for (key, fault) in &edition.left_out {
            let args = [
                ("key", key.to_string().into()),
                ("what", clean(&fault.what).into()),
            ];
            line(&mut out, locale.say("settings-left-out", &args));
        }
        line(&mut out, locale.say("settings-how", &[]));
        let log = rows::log(&mut **tx, LATELY).await?;
        if log.is_empty() {
            line(&mut out, locale.say("settings-none", &[]));
            return Ok(out);
        }
        let people: Vec<PersonId> = log.iter().map(|l| l.by.clone()).collect();
        let names = person::names(&mut **tx, &people).await?;
        line(&mut out, locale.say("settings-lately", &[]));
        for entry in &log {
            line(&mut out, one(locale, entry, &names));
        }
        Ok(out)
    }
}

fn one(locale: Locale, entry: &SettingLine, names: &BTreeMap<PersonId, String>) -> Vec<Seg> {
    let name = names.get(&entry.by).unwrap_or(&entry.by.user);
    let mut args = vec![
        ("at", entry.at.into()),
        ("name", name.as_str().into()),
        ("key", clean(&entry.key).into()),
    ];
    match &entry.value {
        Some(value) => {
            let key = entry.key.parse::<Key>().ok();
            let value = key.map_or_else(|| value.clone(), |key| readable(&key, value, locale));
            args.push(("after", clean(&value).into()));
            locale.say("settings-line", &args)
        }
        None => locale.say("settings-line-reset", &args),
    }
}

/// What becomes of that which is there already, or when the difference shows.
fn then(locale: Locale, key: &Key, edition: &Edition, now: At) -> Vec<Seg> {
    match key.kind {
        SettingKind::Route => locale.say("settings-then-route", &[]),
        SettingKind::Deadline => locale.say("settings-then-deadline", &[]),
        SettingKind::Language => locale.say("settings-then-language", &[]),
        SettingKind::Digest => {
            let plan = edition.rules.digests.iter().find(|d| d.name == key.name);
            let next = plan.and_then(|plan| plan.schedule.upcoming(now, 1).into_iter().next());
            next.map(|slot| locale.say("settings-then-digest", &[("at", slot.at.into())]))
                .unwrap_or_default()
        }
    }
}

fn refused(locale: Locale, key: &Key, why: Vec<Seg>) -> Vec<Seg> {
    let name = clean(&key.to_string());
    let mut out = locale.say("settings-refused", &[("key", name.into())]);
    line(&mut out, why);
    out
}

/// What was refused, said in the reader's language where it is a slip that people make. Whether it is one is not decided
/// here: whoever reads the file has refused it already.
fn slip(locale: Locale, key: &Key, value: Option<&str>, known: &Edition) -> Option<Vec<Seg>> {
    let all = |names: Vec<&str>| Arg::from(clean(&names.join(", ")));
    let of_kind = known.values.iter().filter(|(k, _)| k.kind == key.kind);
    let names: Vec<&str> = of_kind.map(|(k, _)| k.name.as_str()).collect();
    let is_route = key.kind == SettingKind::Deadline && known.rules.routes.iter().any(|r| r.name == key.name);
    if !names.contains(&key.name.as_str()) && !is_route {
        let sentence = format!("settings-fault-name-{}", key.kind.as_str());
        let args = [("name", clean(&key.name).into()), ("all", all(names))];
        return Some(locale.say(&sentence, &args));
    }
    let value = value?;
    let typed = || ("typed", Arg::from(clean(value)));
    match key.kind {
        SettingKind::Route => {
            let channels = &known.rules.channels;
            let unknown = value.split(' ').find(|name| !channels.contains_key(*name));
            let known = channels.keys().map(String::as_str).collect();
            Some(match unknown {
                Some(name) => {
                    let args = [("name", clean(name).into()), ("all", all(known))];
                    locale.say("settings-fault-channel", &args)
                }
                None => locale.say("settings-fault-twice", &[typed()]),
            })
        }
        SettingKind::Deadline if span::parse(value).is_none() => {
            Some(locale.say("settings-fault-span", &[typed()]))
        }
        // A route that promises what a policy says cannot promise something of its own.
        SettingKind::Deadline if !names.contains(&key.name.as_str()) => {
            let is_way =
                |name: &&str| *name == "default" || known.rules.routes.iter().any(|r| r.name == *name);
            let policies = names.into_iter().filter(|name| !is_way(name)).collect();
            let args = [("name", clean(&key.name).into()), ("all", all(policies))];
            Some(locale.say("settings-fault-policy", &args))
        }
        // The file says itself which warnings it wants, and one of them would come before the clock starts.
        SettingKind::Deadline => Some(locale.say("settings-fault-warn", &[typed()])),
        SettingKind::Language if Lang::parse(value).is_none() => {
            Some(locale.say("settings-fault-language", &[typed()]))
        }
        SettingKind::Digest if setting::time_of_day(value).is_some() => {
            let args = [("name", clean(&key.name).into())];
            Some(locale.say("settings-fault-often", &args))
        }
        SettingKind::Digest if Schedule::parse(value, locale.zone).is_err() => {
            Some(locale.say("settings-fault-time", &[typed()]))
        }
        SettingKind::Digest => Some(locale.say("settings-fault-never", &[typed()])),
        SettingKind::Language => None,
    }
}

fn said(locale: Locale, sentence: &str, fault: &EditFault) -> Vec<Seg> {
    let (what, remedy) = (clean(&fault.what), clean(&fault.remedy));
    locale.say(sentence, &[("what", what.into()), ("remedy", remedy.into())])
}

/// What an admin typed may stand in it.
fn clean(text: &str) -> String {
    short_line(text, LONG)
}

fn dash(value: &str) -> &str {
    if value.is_empty() { "–" } else { value }
}

fn value_of(edition: &Edition, key: &Key, locale: Locale) -> Option<String> {
    let found = edition.values.iter().find(|(known, _)| known == key);
    let value = found.map(|(_, value)| clean(&readable(key, value, locale)));
    value.filter(|v| !v.is_empty())
}

/// When a digest comes is said in words; what no words say is shown as it is written, because admins write it.
fn readable(key: &Key, value: &str, locale: Locale) -> String {
    let schedule = match key.kind {
        SettingKind::Digest => Schedule::parse(value, locale.zone).ok(),
        SettingKind::Route | SettingKind::Deadline | SettingKind::Language => None,
    };
    match schedule.map(|schedule| schedule.in_words(locale.lang)) {
        Some(Some(words)) => words,
        Some(None) => format!("{} ({value})", locale.lang.text("schedule-own", &[])),
        None => value.to_owned(),
    }
}

fn line(out: &mut Vec<Seg>, more: Vec<Seg>) {
    if !out.is_empty() {
        out.push(Seg::Text("\n".to_owned()));
    }
    out.extend(more);
}
