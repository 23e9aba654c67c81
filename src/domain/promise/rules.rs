//! What configuration says, in the nouns that the workflows use. Read at start, and anew
//! when somebody sets something from a chat; the same on every replica.

use std::collections::BTreeMap;

use crate::domain::item::ItemKind;
pub use crate::domain::item::policy::ClockStops;
use crate::domain::item::policy::Hours;
use crate::domain::item::sla::Terms;
use crate::domain::people::person::Mention;
use crate::domain::people::rights::Circle;
use crate::domain::people::rights::Grant;
use crate::domain::people::rights::Grantee;
use crate::domain::promise::chain::Chain;
use crate::domain::promise::chain::Recipient;
use crate::domain::promise::rota::Rota;
use crate::domain::promise::route;
use crate::domain::promise::route::Route;
use crate::domain::promise::route::View;
use crate::domain::say::text::Arg;
use crate::domain::say::text::Locale;
use crate::domain::show::digest::plan::DigestPlan;
use crate::domain::show::fold::Budget;
use crate::domain::time::calendar::Calendar;
use crate::domain::time::calendar::Quiet;

#[derive(Debug, Clone)]
pub struct Rules {
    pub channels: BTreeMap<String, Channel>,
    pub routes: Vec<Route>,
    /// Where everything goes that no rule names.
    pub fallback: Route,
    pub grants: Vec<Grant>,
    pub targets: Vec<Target>,
    pub digests: Vec<DigestPlan>,
    /// When teams work.
    pub calendars: BTreeMap<String, Calendar>,
    /// Who is on call.
    pub rotas: BTreeMap<String, Rota>,
    /// What people call each source.
    pub labels: BTreeMap<String, String>,
    pub claim_minutes: i64,
    pub undo_seconds: i64,
    pub clock_stops: ClockStops,
    pub chains: BTreeMap<String, Chain>,
    /// How long warnings wait for others that go to the same people.
    pub gather_seconds: i64,
    /// Least milliseconds between two messages in one room, by chat; none where a chat is not named.
    pub post_every_ms: BTreeMap<String, i64>,
    pub keep: Keep,
}

/// How many days what is over is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    /// Deliveries from chats as they came: they hold people's names and words.
    pub deliveries: i64,
    /// What was done outside and how often it was tried, and whatever only serves to do nothing twice.
    pub history: i64,
}

/// A room of a chat, and how we speak in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    pub name: String,
    pub chat: String,
    pub room: String,
    pub locale: Locale,
    /// Who is named when a deadline nears and nobody holds the item.
    pub responsible: Vec<Mention>,
    /// The name of the calendar that the team works by: its hours count for what is shown here.
    pub calendar: Option<String>,
    /// When nobody there is to be pinged, by the channel's own clock.
    pub quiet: Option<Quiet>,
    /// How many messages it takes before new cards wait in a fold. None: as many as come.
    pub budget: Option<Budget>,
}

impl Channel {
    /// The room by its own name.
    pub fn said(&self) -> Arg {
        Arg::Room {
            id: self.room.clone(),
            name: self.name.clone(),
        }
    }
}

/// Somebody who can be asked for help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub name: String,
    pub label: String,
    pub chat: String,
    pub ping: Vec<Mention>,
    /// Where they look: a room of their own. Without one, people get a direct message.
    pub room: Option<String>,
}

/// Something in a chat that configuration names, by what it is needed for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Named {
    /// All rooms of a chat are there, where a chat has such a thing.
    Server(String),
    /// We post there.
    Room(String),
    /// Whoever is in it has rights.
    Circle(Circle),
    /// A group that is pinged.
    Group(String),
    /// Somebody who has rights or is pinged.
    Person(String),
    /// Somebody who gets direct messages.
    Confidant(String),
}

impl Named {
    /// The chat's own.
    pub fn id(&self) -> &str {
        match self {
            Self::Circle(circle) => circle.id(),
            Self::Server(id) | Self::Room(id) | Self::Group(id) | Self::Person(id) | Self::Confidant(id) => {
                id
            }
        }
    }
}

impl Rules {
    pub fn channel(&self, name: &str) -> Option<&Channel> {
        self.channels.get(name)
    }

    pub fn channel_of_room(&self, chat: &str, room: &str) -> Option<&Channel> {
        self.channels.values().find(|c| c.chat == chat && c.room == room)
    }

    /// Where a source's posts go that nothing sets apart from others.
    pub fn channels_of(&self, source: &str) -> impl Iterator<Item = &Channel> {
        let view = View {
            source,
            kind: ItemKind::Review,
            rating: None,
            title: None,
            body: None,
            subject: None,
            language: None,
        };
        let route = route::choose_for(&self.routes, &self.fallback, view);
        route.to.iter().filter_map(|name| self.channel(name))
    }

    /// How a chat is spoken to where no channel says it: as in most of its channels, and of as many in the first one's way.
    pub fn usual_locale(&self, chat: &str) -> Option<Locale> {
        let of_chat = || {
            self.channels
                .values()
                .filter(|c| c.chat == chat)
                .map(|c| c.locale)
        };
        let like = |locale: Locale| of_chat().filter(|other| *other == locale).count();
        of_chat().rev().max_by_key(|locale| like(*locale))
    }

    /// In which time the route's promise is counted, and what ends it.
    pub fn terms<'a>(&'a self, route: &'a Route) -> Terms<'a> {
        let mut own = route
            .to
            .iter()
            .filter_map(|name| self.channel(name)?.calendar.as_ref());
        let calendar = match &route.policy.hours {
            Hours::All => None,
            Hours::Usual => own.next(),
            Hours::Of(usual) => Some(own.next().unwrap_or(usual)),
        };
        Terms {
            policy: &route.policy,
            calendar: calendar.and_then(|name| self.calendars.get(name)),
            stops: self.clock_stops,
        }
    }

    /// The target for the first answer to what comes here, if there is a single one and it counts all hours: only then
    /// can the time that customers waited be held against it.
    pub fn target_minutes(&self, channel: &Channel) -> Option<i64> {
        let routes = self.routes.iter().chain([&self.fallback]);
        let here = routes.filter(|route| route.to.contains(&channel.name));
        let mut targets: Vec<Option<i64>> = here
            .filter_map(|route| {
                let terms = self.terms(route);
                let minutes = terms.policy.first_answer?;
                Some(terms.calendar.is_none().then_some(minutes))
            })
            .collect();
        targets.sort_unstable();
        targets.dedup();
        match targets[..] {
            [target] => target,
            _ => None,
        }
    }

    pub fn label<'a>(&'a self, source: &'a str) -> &'a str {
        self.labels.get(source).map_or(source, String::as_str)
    }

    pub fn target(&self, name: &str) -> Option<&Target> {
        self.targets.iter().find(|t| t.name == name)
    }

    /// Every group and room whose members have rights: wherever a grant says, or about what they are called for.
    pub fn circles(&self, chat: &str) -> Vec<Circle> {
        let granted = self.grants.iter().filter(|g| g.chat == chat);
        let granted = granted.filter_map(|g| match &g.to {
            Grantee::Circle(circle) => Some(circle.clone()),
            Grantee::Person(_) => None,
        });
        let targets = self.targets.iter().filter(|t| t.chat == chat);
        let responsible = self.channels.values().filter(|c| c.chat == chat);
        let steps = self.chains.values().flat_map(|chain| &chain.steps);
        let called = steps.flat_map(|step| &step.call).filter_map(|whom| match whom {
            Recipient::Named { chat: there, mention } if there == chat => Some(mention),
            _ => None,
        });
        let rotas = self.rotas.values().filter(|rota| rota.chat == chat);
        let asked = targets.flat_map(|t| &t.ping);
        let asked = asked
            .chain(responsible.flat_map(|c| &c.responsible))
            .chain(called)
            .chain(rotas.flat_map(Rota::named));
        let asked = asked.filter_map(|mention| match mention {
            Mention::Group(id) => Some(Circle::Group(id.clone())),
            Mention::Person(_) => None,
        });
        let mut out: Vec<Circle> = granted.chain(asked).collect();
        out.sort();
        out.dedup();
        out
    }

    /// Everybody whom configuration gives a right by id, or whom something concerns personally.
    pub fn named(&self, chat: &str) -> Vec<String> {
        let granted = self.grants.iter().filter(|g| g.chat == chat);
        let granted = granted.filter_map(|g| match &g.to {
            Grantee::Person(user) => Some(user.clone()),
            Grantee::Circle(_) => None,
        });
        let owners = self.routes.iter().chain([&self.fallback]);
        let owners = owners.filter_map(|route| route.owner.as_ref().filter(|o| o.chat == chat));
        let mut named: Vec<String> = granted.chain(owners.map(|o| o.user.clone())).collect();
        named.sort();
        named.dedup();
        named
    }

    pub fn route(&self, name: &str) -> &Route {
        self.routes
            .iter()
            .find(|r| r.name == name)
            .unwrap_or(&self.fallback)
    }
}
