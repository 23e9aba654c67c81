//! An item's whole story in sentences, for operators: what people did, what was tried outside and how it ended, what is
//! still to come, why the deadline is when it is. In English like the rest of the command line, in the channel's time.

use crate::domain::At;
use crate::domain::effect::Addressee;
use crate::domain::effect::EffectKind;
use crate::domain::effect::KindName;
use crate::domain::id::ItemId;
use crate::domain::item::Item;
use crate::domain::item::event::Event;
use crate::domain::item::event::EventKind;
use crate::domain::item::event::Missing;
use crate::domain::item::handling::Handling;
use crate::domain::item::policy::Mark;
use crate::domain::lang::Lang;
use crate::domain::people::person::Mention;
use crate::domain::people::person::PersonId;
use crate::domain::say::text::Locale;
use crate::domain::say::text::Seg;
use crate::domain::say::text::flat;
use crate::domain::say::words;
use crate::domain::show::card;
use crate::store::event;
use crate::store::item;
use crate::store::notice;
use crate::store::notice::Told;
use crate::store::outbox;
use crate::store::outbox::Ahead;
use crate::store::outbox::Try;
use crate::store::person;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::base::people::people_in;
use crate::workflow::base::people::people_of;
use crate::workflow::views::note::note;

/// One line of the story; tries stand below what they follow from.
struct Line {
    at: At,
    is_try: bool,
    text: String,
}

impl Desk {
    /// `named` is a number or an id. None when there is no such item.
    pub async fn story(&self, named: &str) -> Result<Option<Vec<String>>> {
        let pool = self.store.pool();
        let id = match (
            named.trim_start_matches('#').parse::<i64>(),
            named.parse::<ItemId>(),
        ) {
            (Ok(number), _) => item::by_number(pool, number).await?,
            (_, Ok(id)) => Some(id),
            _ => None,
        };
        let Some(item) = (match id {
            Some(id) => item::get(pool, id).await?,
            None => None,
        }) else {
            return Ok(None);
        };
        let channels = &self.rules.route(&item.route).to;
        let channel = channels.first().and_then(|name| self.rules.channel(name));
        let locale = Locale {
            lang: Lang::En,
            zone: channel.map_or(chrono_tz::Tz::UTC, |c| c.locale.zone),
        };
        let source = self.rules.label(&item.source);
        let events = event::of_item(pool, item.id).await?;
        let tries = outbox::tries(pool, item.id).await?;
        let ahead = outbox::ahead(pool, item.id).await?;
        let notices = notice::of_item(pool, item.id).await?;
        let mut people = people(&item, &events);
        people.extend(notices.iter().flat_map(|told| addressed(&told.addressee)));
        let names = person::names(pool, &people).await?;
        let called = |p: &PersonId| names.get(p).cloned().unwrap_or_else(|| p.user.clone());
        let whom = |to: &Addressee| self.whom(to, &called);

        let mut lines: Vec<Line> = events
            .iter()
            .map(|event| Line {
                at: event.at,
                is_try: false,
                text: told(event, &item, source, locale, &called),
            })
            .collect();
        for told in &notices {
            let event = events.iter().find(|event| event.id == told.event);
            lines.extend(waited(told, event.map(|event| event.at), &whom, locale));
        }
        lines.extend(tried(&tries, &ahead, source, locale, &whom));
        lines.sort_by_key(|line| (line.at, line.is_try));

        let mut out = vec![
            format!("#{}  {}", item.number, card::head(&item, source, locale.lang)),
            format!("    {}", item.id),
            format!("    now {}", now(&item, locale, &called)),
            format!("    times are those of {}", locale.zone),
            String::new(),
        ];
        // What several effects did in the same moment is told once.
        for same in lines.chunk_by(|a, b| a.at == b.at && a.text == b.text) {
            let line = &same[0];
            let indent = if line.is_try { "    " } else { "" };
            let times = match same.len() {
                1 => String::new(),
                n => format!(", {n} times"),
            };
            out.push(format!(
                "{}  {indent}{}{times}",
                moment(line.at, locale),
                line.text
            ));
        }
        if tries.is_empty() && !item.handling.is_open() {
            out.push(format!(
                "(What was tried outside is kept for {} days after the item is done.)",
                self.rules.keep.history
            ));
        }
        if !ahead.is_empty() {
            out.push(String::new());
            out.extend(ahead.iter().map(|a| coming(a, source, locale)));
        }
        out.push(String::new());
        // Operators know the file's own names, and no chat.
        let reasons = self.reasons(&events, &item, locale, "");
        out.extend(reasons.iter().map(|line| dated(line, locale)));
        out.push(format!("The route in charge is {:?}.", item.route));
        Ok(Some(out))
    }

    /// Somebody who was to be told something: one person, or those who are named in a room.
    fn whom(&self, to: &Addressee, called: &impl Fn(&PersonId) -> String) -> String {
        match to {
            Addressee::Person(person) => called(person),
            Addressee::Room { chat, room, ping } => {
                let channel = self.rules.channel_of_room(chat, room);
                let channel = channel.map_or(room.as_str(), |channel| channel.name.as_str());
                let ping: Vec<String> = ping
                    .iter()
                    .map(|mention| match mention {
                        Mention::Person(user) => called(&PersonId::new(chat.as_str(), user.as_str())),
                        Mention::Group(group) => format!("group {group}"),
                    })
                    .collect();
                format!("{} in {channel}", ping.join(", "))
            }
        }
    }
}

fn addressed(to: &Addressee) -> Vec<PersonId> {
    match to {
        Addressee::Person(person) => vec![person.clone()],
        Addressee::Room { chat, ping, .. } => people_in(chat, ping),
    }
}

/// A sentence with its times to the second and with their years.
fn dated(line: &[Seg], locale: Locale) -> String {
    let one = |seg: &Seg| match seg {
        Seg::Time { at, .. } => moment(*at, locale),
        other => flat(std::slice::from_ref(other)),
    };
    line.iter().map(one).collect()
}

/// That somebody was not told at once, and that they were not told at all. When a message left, its try says.
fn waited(
    told: &Told,
    decided: Option<At>,
    whom: &impl Fn(&Addressee) -> String,
    locale: Locale,
) -> Vec<Line> {
    let line = |at, text| Line {
        at,
        is_try: true,
        text,
    };
    let to = whom(&told.addressee);
    let mut lines = Vec::new();
    if let Some(at) = decided.filter(|at| *at < told.not_before) {
        let until = moment(told.not_before, locale);
        lines.push(line(
            at,
            format!("→ for {to}: held back by quiet hours until {until}"),
        ));
    }
    if let Some(at) = told.settled_at.filter(|_| told.dropped) {
        lines.push(line(
            at,
            format!("→ for {to}: not told, because it was no longer needed"),
        ));
    }
    lines
}

fn people(item: &Item, events: &[Event]) -> Vec<PersonId> {
    let mut people = people_of(&item.handling);
    for event in events {
        people.extend(event.by.clone());
        people.extend(event.what.of().cloned());
        people.extend(event.what.to().cloned());
    }
    people.sort();
    people.dedup();
    people
}

/// To the second, and with the year: whoever reads this compares it with logs.
fn moment(at: At, locale: Locale) -> String {
    at.with_timezone(&locale.zone)
        .format("%Y-%m-%d %H:%M:%S")
        .to_string()
}

fn now(item: &Item, locale: Locale, called: &impl Fn(&PersonId) -> String) -> String {
    match &item.handling {
        Handling::Open => "open, nobody is on it".to_owned(),
        Handling::Claimed {
            by,
            until,
            offered: true,
            to: None,
        } => format!(
            "{}’s shift is over; somebody has to accept it until {}",
            called(by),
            moment(*until, locale)
        ),
        Handling::Claimed {
            by,
            until,
            offered: true,
            to: Some(to),
        } => format!(
            "handed to {} by {}; to be accepted until {}",
            called(to),
            called(by),
            moment(*until, locale)
        ),
        Handling::Claimed { by, until, .. } => {
            format!("taken by {} until {}", called(by), moment(*until, locale))
        }
        Handling::Snoozed { by, until, .. } => {
            format!("snoozed by {} until {}", called(by), moment(*until, locale))
        }
        Handling::Answered { by: Some(by), at } => {
            format!("answered by {} at {}", called(by), moment(*at, locale))
        }
        Handling::Answered { by: None, at } => {
            format!("answered, not through us, at {}", moment(*at, locale))
        }
        Handling::Handled { by: None, at, .. } => {
            format!(
                "history that came with a file at {}, owed to nobody",
                moment(*at, locale)
            )
        }
        Handling::Handled { by: Some(by), at, .. } => {
            format!("marked handled by {} at {}", called(by), moment(*at, locale))
        }
        Handling::Removed { at } => format!("gone at the source since {}", moment(*at, locale)),
    }
}

/// What the card's thread tells, and what it leaves out because the card shows it.
fn told(
    event: &Event,
    item: &Item,
    source: &str,
    locale: Locale,
    called: &impl Fn(&PersonId) -> String,
) -> String {
    let who = || event.by.as_ref().map_or_else(String::new, called);
    match &event.what {
        EventKind::Received {
            route,
            past: Some(taken),
            ..
        } => format!(
            "It was written to {source}. It came with a file at {}, as history by the route {route:?}: no card, no deadline.",
            moment(*taken, locale)
        ),
        EventKind::Received { route, .. } => {
            format!("It came from {source} and went by the route {route:?}.")
        }
        EventKind::AnsweredElsewhere {
            given,
            words: Some(words),
            author,
            ..
        } => {
            let by = author
                .as_deref()
                .map_or_else(String::new, |name| format!(" by {}", words::short_line(name, 60)));
            let at = given.map_or_else(String::new, |at| format!(" at {}", moment(at, locale)));
            format!(
                "It was answered{by}, not through us{at}: “{}”",
                words::short_line(words, 300)
            )
        }
        EventKind::Drafted => format!("{} wrote a draft.", who()),
        EventKind::Sent { until } => {
            format!(
                "{} sent the reply; it could be taken back until {}.",
                who(),
                moment(*until, locale)
            )
        }
        EventKind::Escalated { to, why } => format!("{} asked {to} for help – “{why}”.", who()),
        EventKind::Reminded { due, mark, .. } => {
            let mark = match mark {
                Some(Mark::Used(percent)) => format!(" at {percent} % of the time"),
                Some(Mark::Left(minutes)) => format!(" {} before", locale.lang.span(*minutes)),
                None => String::new(),
            };
            format!(
                "A reminder was due{mark}: the deadline is {}.",
                moment(*due, locale)
            )
        }
        EventKind::Assigned { to, word } => {
            let word = word.as_ref().map(|w| format!(", because of the word {w:?}"));
            format!(
                "It concerns {} personally{}.",
                called(to),
                word.unwrap_or_default()
            )
        }
        EventKind::Stepped {
            chain,
            round,
            step,
            called,
            missing,
            widened,
            raised,
            webhook,
        } => {
            let mut line = format!("Escalation {chain:?}, round {}, step {}", round + 1, step + 1);
            if called.is_empty() {
                line.push_str(", which called nobody");
            }
            for one in missing {
                line.push_str(&match one {
                    Missing::Holder => "; nobody has it".to_owned(),
                    Missing::OnDuty(rota) => format!("; nobody is on duty in {rota:?}"),
                    Missing::Channel => "; no channel names anybody".to_owned(),
                    Missing::Group => "; a group has no channel with it".to_owned(),
                });
            }
            if let Some(channel) = widened {
                line.push_str(&format!(", with a card in {channel}"));
            }
            if let Some(webhook) = webhook {
                line.push_str(&format!(", with a call to {webhook:?}"));
            }
            if *raised {
                line.push_str("; it is urgent since");
            }
            line.push('.');
            line
        }
        EventKind::Offered {
            of,
            until,
            to: Some(to),
            why,
            ..
        } => {
            let why = why.as_ref().map(|w| format!(" – “{w}”")).unwrap_or_default();
            format!(
                "{} handed it to {}, to be accepted until {}{why}.",
                called(of),
                called(to),
                moment(*until, locale)
            )
        }
        EventKind::Offered { rota, of, until, .. } => format!(
            "{}’s shift in {rota:?} was over: somebody had to accept it until {}.",
            called(of),
            moment(*until, locale)
        ),
        EventKind::Overdue { due, again: true, .. } => format!(
            "The deadline ({}) had passed, and nobody had it any more: somebody had to know.",
            moment(*due, locale)
        ),
        EventKind::Overdue {
            due,
            holder: Some(holder),
            ..
        } => format!(
            "The deadline ({}) passed while {} had it.",
            moment(*due, locale),
            called(holder)
        ),
        EventKind::Overdue { due, .. } => format!("The deadline ({}) passed.", moment(*due, locale)),
        EventKind::Unclear => {
            format!("Unclear whether the reply arrived at {source}: a person was asked to look and decide.")
        }
        _ => dated(&note(event, item, source, locale, None, called), locale),
    }
}

/// Each try in a sentence; the same again and again is one line.
fn tried(
    tries: &[Try],
    ahead: &[Ahead],
    source: &str,
    locale: Locale,
    whom: &impl Fn(&Addressee) -> String,
) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut seen = vec![false; tries.len()];
    for (i, first) in tries.iter().enumerate() {
        if std::mem::replace(&mut seen[i], true) {
            continue;
        }
        let mut last = first;
        let mut repeats = 0;
        let mut next = None;
        for (j, later) in tries.iter().enumerate().skip(i + 1) {
            if later.effect != first.effect {
                continue;
            }
            if (&later.outcome, &later.error) != (&first.outcome, &first.error) {
                next = Some(later.begun);
                break;
            }
            seen[j] = true;
            last = later;
            repeats += 1;
        }
        let next = next.or_else(|| {
            let waiting = ahead.iter().find(|a| a.effect == first.effect);
            waiting.map(|a| a.run_at)
        });
        let before = tries[..i].iter().rev().find(|t| t.effect == first.effect);
        let unclear = before.is_some_and(|t| matches!(t.outcome.as_str(), "unknown" | "looked" | "lost"));
        let ended = match first.outcome.as_str() {
            "done" if unclear => "looked up, and settled".to_owned(),
            outcome => ended(outcome, first.error.as_deref()),
        };
        let deed = match &first.to {
            Some(to) => format!("the message to {}", whom(&to.0)),
            None => deed(
                &first.kind,
                first.channel.as_deref(),
                first.webhook.as_deref(),
                source,
            ),
        };
        let mut text = format!("→ {deed}: {ended}");
        if repeats > 0 {
            let until = moment(last.at, locale);
            text.push_str(&format!(" ({} times until {until})", repeats + 1));
        }
        if let Some(next) = next {
            text.push_str(&format!("; next try {}", moment(next, locale)));
        }
        lines.push(Line {
            at: first.at,
            is_try: true,
            text,
        });
    }
    lines
}

fn deed(kind: &KindName, channel: Option<&str>, webhook: Option<&str>, source: &str) -> String {
    let channel = channel.unwrap_or("?");
    let kind = match kind {
        KindName::Known(kind) => *kind,
        KindName::Newer(name) => return format!("what a newer version calls {name:?}"),
    };
    match kind {
        EffectKind::PostCard => format!("the card in {channel}"),
        EffectKind::EditCard => format!("the card in {channel}, brought up to date"),
        EffectKind::PostNote => format!("a line in the thread in {channel}"),
        EffectKind::Alert => "word to those who were asked for help".to_owned(),
        EffectKind::KeepFold => format!("what waits in {channel}"),
        EffectKind::Whisper => "a private sentence".to_owned(),
        EffectKind::TellRoom => format!("a sentence in {channel}"),
        EffectKind::PublishReply => format!("the reply to {source}"),
        EffectKind::FollowReply => format!("a look whether {source} shows the reply"),
        EffectKind::Notify => "a message to whoever had to know".to_owned(),
        EffectKind::CallWebhook => format!("a call to {:?}", webhook.unwrap_or_default()),
        EffectKind::ShowHome => "somebody’s home, brought up to date".to_owned(),
        EffectKind::SendDigest => "a digest".to_owned(),
        EffectKind::ReadFile => "a look into a file that was handed in".to_owned(),
        EffectKind::BringIn => "the next rows of a file".to_owned(),
        EffectKind::TakeBack => "a file’s rows, taken out again".to_owned(),
    }
}

fn ended(outcome: &str, error: Option<&str>) -> String {
    let why = error.map(|e| format!(" ({e})")).unwrap_or_default();
    match outcome {
        "done" => "done".to_owned(),
        "found" => "looked up, and it is there".to_owned(),
        "moot" => "not needed any more".to_owned(),
        "folded" => "it waits, because the channel is full".to_owned(),
        "later" => format!("not done{why}"),
        "again" => "not yet".to_owned(),
        "unknown" => format!("unclear whether it was done{why}"),
        "looked" => "looked, and it is not there so far".to_owned(),
        "anew" => "looked, and it is not there: it is done anew".to_owned(),
        "dead" => format!("given up{why}"),
        "lost" => "whoever did it died or hung: unclear whether it was done".to_owned(),
        other => format!("{other}{why}"),
    }
}

fn coming(ahead: &Ahead, source: &str, locale: Locale) -> String {
    let deed = deed(
        &ahead.kind,
        ahead.channel.as_deref(),
        ahead.webhook.as_deref(),
        source,
    );
    match ahead.state.as_str() {
        "sending" => format!("Under way: {deed}."),
        "unknown" => format!(
            "To be looked up: {deed}, at {} or as soon as it is its turn.",
            moment(ahead.run_at, locale)
        ),
        _ => format!(
            "To be done: {deed}, at {} or as soon as it is its turn.",
            moment(ahead.run_at, locale)
        ),
    }
}
