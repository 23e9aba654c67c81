//! Something to practise with: an item like any other, from a source that every installation has. Its replies stay
//! here, nobody is warned about it, and no digest counts it.

use std::collections::BTreeMap;

use crate::domain::At;
use crate::domain::item::Author;
use crate::domain::item::Details;
use crate::domain::item::Incoming;
use crate::domain::item::ItemKind;
use crate::domain::item::Rating;
use crate::domain::item::Subject;
use crate::domain::item::Votes;
use crate::domain::item::caps::ReplyCaps;
use crate::domain::item::caps::ReplyMode;
use crate::domain::item::caps::Retry;
use crate::domain::item::policy::From;
use crate::domain::item::policy::Policy;
use crate::domain::lang::Lang;
use crate::domain::promise::route::Route;
use crate::domain::promise::route::When;
use crate::domain::promise::rules::Channel;
use crate::domain::promise::rules::Rules;

/// The source's name; no other source may have it.
pub const NAME: &str = "practice";

impl Rules {
    /// The rules of an installation that one can practise in: each channel has a route of its own for it, before all
    /// others, so that no rule for customers takes a practice item elsewhere.
    pub fn with_practice(mut self) -> Self {
        let routes = self.channels.keys().map(|channel| Route {
            name: format!("{NAME}-{channel}"),
            when: When {
                source: vec![NAME.to_owned()],
                subject: vec![mark(channel)],
                ..When::default()
            },
            to: vec![channel.clone()],
            // Nobody is warned about it, so nothing promises a warning.
            policy: Policy {
                first_answer: Some(24 * 60),
                from: From::FirstSeen,
                ..Policy::default()
            },
            owner: None,
        });
        self.routes = routes.chain(std::mem::take(&mut self.routes)).collect();
        self.labels.insert(NAME.to_owned(), label(&self.channels));
        self
    }
}

/// What the team calls it, in each language that is spoken.
pub fn label(channels: &BTreeMap<String, Channel>) -> String {
    let spoken = |lang: Lang| channels.values().any(|c| c.locale.lang == lang);
    let said = [Lang::De, Lang::En].into_iter().filter(|lang| spoken(*lang));
    let said: Vec<String> = said.map(|lang| lang.text("practice-label", &[])).collect();
    said.join(" / ")
}

/// A new one for a channel.
pub fn incoming(channel: &Channel, native_id: String, now: At) -> Incoming {
    let lang = channel.locale.lang;
    Incoming {
        scope: NAME.to_owned(),
        native_id,
        kind: ItemKind::Review,
        rating: Rating::of_five(3.0),
        title: None,
        body: Some(lang.text("practice-words", &[])),
        language: Some(lang.as_str().to_owned()),
        author: Author {
            native_id: None,
            name: Some(lang.text("practice-author", &[])),
            anonymous: false,
        },
        subject: Some(Subject {
            kind: NAME.to_owned(),
            id: mark(&channel.name),
            name: Some(lang.text("practice-subject", &[])),
            url: None,
        }),
        verified: None,
        details: Details::default(),
        votes: Votes::default(),
        permalink: None,
        published_at: Some(now),
        edited_at: None,
        removed: false,
        caps: ReplyCaps {
            mode: ReplyMode::Api,
            limit: None,
            edit: true,
            delete: true,
            moderated: false,
            retry: Retry::Upsert,
        },
        reply: None,
        raw: serde_json::Value::Object(serde_json::Map::new()),
    }
}

/// With a colon, which no name that people read has in it.
fn mark(channel: &str) -> String {
    format!("{NAME}:{channel}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::promise::route;
    use crate::domain::promise::rules::ClockStops;
    use crate::domain::promise::rules::Keep;
    use crate::domain::say::text::Locale;

    fn channel(name: &str, lang: Lang) -> Channel {
        Channel {
            name: name.into(),
            chat: "chat".into(),
            room: name.to_uppercase(),
            locale: Locale {
                lang,
                zone: chrono_tz::Tz::UTC,
            },
            responsible: vec![],
            calendar: None,
            quiet: None,
            budget: None,
        }
    }

    #[test]
    fn it_goes_to_its_channel_whatever_the_rules_for_customers_say() {
        let everything = Route {
            name: "all".into(),
            when: When::default(),
            to: vec!["b".into()],
            policy: Policy::default(),
            owner: None,
        };
        let channels = [channel("a", Lang::De), channel("b", Lang::En)];
        let rules = Rules {
            channels: channels.clone().map(|c| (c.name.clone(), c)).into(),
            routes: vec![everything.clone()],
            fallback: everything,
            grants: vec![],
            targets: vec![],
            digests: vec![],
            rotas: BTreeMap::new(),
            labels: BTreeMap::new(),
            claim_minutes: 15,
            keep: Keep {
                deliveries: 14,
                history: 90,
            },
            undo_seconds: 30,
            clock_stops: ClockStops::Visible,
            calendars: BTreeMap::new(),
            chains: BTreeMap::new(),
            gather_seconds: 0,
            post_every_ms: BTreeMap::new(),
        }
        .with_practice();
        for channel in &channels {
            let item = incoming(channel, "1".into(), At::UNIX_EPOCH);
            let route = route::choose(&rules.routes, &rules.fallback, NAME, &item, Some("de"));
            assert_eq!(route.to.join(" "), channel.name);
            let from_elsewhere = route::choose(&rules.routes, &rules.fallback, "shop", &item, None);
            assert_eq!(from_elsewhere.name, "all");
        }
        assert_eq!(rules.label(NAME), "Übung / Practice");
    }
}
