//! Who is told about a call, and from when on: the holder, else those whom the rooms name, or whom a step calls; each
//! outside their quiet hours.

use std::collections::BTreeMap;

use chrono_tz::Tz;

use crate::domain::At;
use crate::domain::effect::Addressee;
use crate::domain::item::Item;
use crate::domain::item::event::Called;
use crate::domain::item::event::Missing;
use crate::domain::people::person::Mention;
use crate::domain::people::person::PersonId;
use crate::domain::promise::agenda::Plan;
use crate::domain::promise::chain::Recipient;
use crate::domain::promise::chain::Step;
use crate::domain::promise::chain::StepFound;
use crate::domain::promise::rules::Channel;
use crate::domain::promise::rules::Rules;
use crate::domain::time::calendar::Quiet;

/// What somebody has set for themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preference {
    pub quiet: Option<Quiet>,
    pub zone: Option<Tz>,
}

/// A room in which the item has a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub channel: String,
    pub chat: String,
    pub room: String,
}

impl Place {
    pub fn of(channel: &Channel) -> Self {
        Self {
            channel: channel.name.clone(),
            chat: channel.chat.clone(),
            room: channel.room.clone(),
        }
    }
}

/// Somebody who has to know, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Summoned {
    Person(PersonId),
    Room {
        chat: String,
        room: String,
        ping: Vec<Mention>,
    },
}

impl Summoned {
    pub fn people(&self) -> Vec<PersonId> {
        match self {
            Self::Person(person) => vec![person.clone()],
            Self::Room { chat, ping, .. } => ping
                .iter()
                .filter_map(|mention| match mention {
                    Mention::Person(user) => Some(PersonId::new(chat.as_str(), user.as_str())),
                    Mention::Group(_) => None,
                })
                .collect(),
        }
    }

    /// How the log names them.
    pub fn called(&self) -> Option<Called> {
        let (chat, mention) = match self {
            Self::Person(person) => (&person.chat, Mention::Person(person.user.clone())),
            Self::Room { chat, ping, .. } => (chat, ping.first()?.clone()),
        };
        Some(Called {
            chat: chat.clone(),
            mention,
        })
    }
}

/// Whom a step calls, and whom it looked for and did not find.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    pub found: Vec<Summoned>,
    pub missing: Vec<Missing>,
}

impl Search {
    /// How the log names them.
    pub fn named(&self) -> StepFound {
        StepFound {
            called: self.found.iter().filter_map(Summoned::called).collect(),
            missing: self.missing.clone(),
        }
    }
}

/// All that an address follows from.
#[derive(Clone, Copy)]
pub struct Book<'a> {
    pub rules: &'a Rules,
    pub own: &'a BTreeMap<PersonId, Preference>,
}

impl<'a> Book<'a> {
    /// The one who holds it, else those whom the channels name.
    pub fn responsible(&self, holder: Option<&PersonId>, places: &[Place]) -> Vec<Summoned> {
        match holder {
            Some(holder) => vec![Summoned::Person(holder.clone())],
            None => self.of_rooms(places),
        }
    }

    /// Whom a step of a chain calls.
    pub fn called(
        &self,
        whom: &Recipient,
        holder: Option<&PersonId>,
        places: &[Place],
        now: At,
    ) -> Vec<Summoned> {
        match whom {
            Recipient::Holder => holder.cloned().map(Summoned::Person).into_iter().collect(),
            Recipient::Channel => self.of_rooms(places),
            Recipient::Named { chat, mention } => in_rooms(places, chat, std::slice::from_ref(mention)),
            Recipient::Direct(person) => vec![Summoned::Person(person.clone())],
            Recipient::OnDuty(rota) => match self.rules.rotas.get(rota) {
                Some(rota) => in_rooms(places, &rota.chat, &rota.on_duty(now)),
                None => Vec::new(),
            },
        }
    }

    /// Those who are told that a deadline has passed: nobody, where a chain calls somebody because of the same; and
    /// whether the chain does so in this instant, with words about the deadline.
    pub fn on_overdue(
        &self,
        plan: &Plan,
        step: Option<At>,
        item: &Item,
        holder: Option<&PersonId>,
        places: &[Place],
        now: At,
    ) -> (Vec<Summoned>, bool) {
        let first = plan.chain.and_then(|chain| chain.steps.first());
        if let Some((first, at)) = first.filter(|first| first.only.holds(item, now)).zip(step)
            && !self.summoned(first, true, holder, places, at).found.is_empty()
        {
            return (Vec::new(), at <= now);
        }
        (self.responsible(holder, places), false)
    }

    /// All whom a step calls, each once, and whom it looks for in vain. A step that tells the deadline tells whoever
    /// holds the item, too, in the same message as the rest of the room.
    pub fn summoned(
        &self,
        step: &Step,
        tells_deadline: bool,
        holder: Option<&PersonId>,
        places: &[Place],
        now: At,
    ) -> Search {
        let mut search = Search::default();
        for whom in &step.call {
            let found = self.called(whom, holder, places, now);
            search.missing.extend(missing(whom).filter(|_| found.is_empty()));
            for one in found {
                if !search.found.contains(&one) {
                    search.found.push(one);
                }
            }
        }
        if let Some(holder) = holder {
            let is_holder = |one: &Summoned| *one == Summoned::Person(holder.clone());
            if search.found.iter().any(is_holder) || tells_deadline && !search.found.is_empty() {
                search.found.retain(|one| !is_holder(one));
                with_room(&mut search.found, holder);
            }
        }
        search
    }

    /// Who comes after somebody whose shift is over; the rooms' responsible, where nobody does.
    pub fn next_on_duty(&self, rota: &str, of: &PersonId, places: &[Place], now: At) -> Vec<Summoned> {
        let next = self.called(&Recipient::OnDuty(rota.to_owned()), None, places, now);
        let next: Vec<Summoned> = next
            .into_iter()
            .filter(|one| *one != Summoned::Person(of.clone()))
            .collect();
        if next.is_empty() {
            self.of_rooms(places)
        } else {
            next
        }
    }

    /// Whom the rooms name.
    pub fn of_rooms(&self, places: &[Place]) -> Vec<Summoned> {
        let rooms = places
            .iter()
            .filter_map(|place| Some((place, self.rules.channel(&place.channel)?)));
        rooms
            .filter(|(_, channel)| !channel.responsible.is_empty())
            .map(|(place, channel)| Summoned::Room {
                chat: place.chat.clone(),
                room: place.room.clone(),
                ping: channel.responsible.clone(),
            })
            .collect()
    }

    /// When each of them may be told: not in their quiet hours, unless the policy says so.
    pub fn reached(&self, plan: &Plan, whom: Vec<Summoned>, now: At) -> Vec<(Addressee, At)> {
        let at_night = plan.terms.policy.at_night;
        let night = plan.quiet.and_then(|(quiet, zone)| quiet.ends(now, zone));
        let wait = |person: &PersonId| -> Option<At> {
            let usual = plan.quiet.or_else(|| self.quiet_of_chat(&person.chat));
            let (quiet, zone) = self.quiet_of(person, usual).filter(|_| !at_night)?;
            quiet.ends(now, zone)
        };
        // Where nobody rests, a clock of one's own changes nothing.
        let has_own = |person: &PersonId| {
            let own = self.own.get(person);
            own.is_some_and(|own| own.quiet.is_some() || own.zone.is_some() && plan.quiet.is_some())
        };
        let mut out: Vec<(Addressee, At)> = Vec::new();
        let mut tell = |to: Addressee, at: At| {
            if !out.iter().any(|(known, _)| *known == to) {
                out.push((to, at));
            }
        };
        for one in whom {
            match one {
                Summoned::Person(person) => {
                    let at = wait(&person).unwrap_or(now);
                    tell(Addressee::Person(person), at);
                }
                Summoned::Room { chat, room, ping } => {
                    let mut here = Vec::new();
                    for mention in ping {
                        let alone = match &mention {
                            Mention::Person(user) => {
                                let person = PersonId::new(chat.as_str(), user.as_str());
                                let at = wait(&person).filter(|at| has_own(&person) && night != Some(*at));
                                at.map(|at| (person, at))
                            }
                            Mention::Group(_) => None,
                        };
                        match alone {
                            Some((person, at)) => tell(Addressee::Person(person), at),
                            None => here.push(mention),
                        }
                    }
                    if !here.is_empty() {
                        let to = Addressee::Room {
                            chat,
                            room,
                            ping: here,
                        };
                        tell(to, night.unwrap_or(now));
                    }
                }
            }
        }
        out
    }

    /// The hours are their own, else the usual ones; the clock is their own, as far as it is known.
    fn quiet_of(&self, person: &PersonId, usual: Option<(Quiet, Tz)>) -> Option<(Quiet, Tz)> {
        let own = self.own.get(person);
        let quiet = own.and_then(|own| own.quiet).or(usual.map(|(quiet, _)| quiet))?;
        let there = || self.first_of_chat(&person.chat).map(|c| c.locale.zone);
        let zone = own.and_then(|own| own.zone).or(usual.map(|(_, zone)| zone));
        Some((quiet, zone.or_else(there).unwrap_or(Tz::UTC)))
    }

    fn first_of_chat(&self, chat: &str) -> Option<&'a Channel> {
        self.rules.channels.values().find(|c| c.chat == chat)
    }

    fn quiet_of_chat(&self, chat: &str) -> Option<(Quiet, Tz)> {
        self.first_of_chat(chat)
            .and_then(|c| Some((c.quiet?, c.locale.zone)))
    }

    /// By which clock an addressee lives, and when they want to be left alone, whatever a policy says.
    pub fn home(&self, to: &Addressee) -> (Tz, Option<Quiet>) {
        let channel = match to {
            Addressee::Person(person) => self.first_of_chat(&person.chat),
            Addressee::Room { chat, room, .. } => self
                .rules
                .channel_of_room(chat, room)
                .or_else(|| self.first_of_chat(chat)),
        };
        let zone = channel.map_or(Tz::UTC, |c| c.locale.zone);
        let quiet = channel.and_then(|c| c.quiet);
        match to {
            Addressee::Person(person) => {
                let own = self.own.get(person);
                let zone = own.and_then(|own| own.zone).unwrap_or(zone);
                (zone, own.and_then(|own| own.quiet).or(quiet))
            }
            Addressee::Room { .. } => (zone, quiet),
        }
    }
}

/// One message in a room names somebody who is called besides it.
fn with_room(found: &mut Vec<Summoned>, holder: &PersonId) {
    let mention = Mention::Person(holder.user.clone());
    let mut rooms = found.iter_mut().filter_map(|one| match one {
        Summoned::Room { chat, ping, .. } if *chat == holder.chat => Some(ping),
        _ => None,
    });
    match rooms.next() {
        Some(ping) if ping.contains(&mention) => {}
        Some(ping) => ping.push(mention),
        None => found.insert(0, Summoned::Person(holder.clone())),
    }
}

fn missing(whom: &Recipient) -> Option<Missing> {
    match whom {
        Recipient::Holder => Some(Missing::Holder),
        Recipient::OnDuty(rota) => Some(Missing::OnDuty(rota.clone())),
        Recipient::Channel => Some(Missing::Channel),
        Recipient::Named { .. } => Some(Missing::Group),
        // Somebody is always there to be told directly.
        Recipient::Direct(_) => None,
    }
}

/// People are called wherever they are, groups where a card is.
fn in_rooms(places: &[Place], chat: &str, mentions: &[Mention]) -> Vec<Summoned> {
    let room = places.iter().find(|place| place.chat == chat);
    let found = mentions.iter().filter_map(|mention| match (mention, room) {
        (Mention::Person(user), _) => Some(Summoned::Person(PersonId::new(chat, user.as_str()))),
        (Mention::Group(_), Some(place)) => Some(Summoned::Room {
            chat: chat.to_owned(),
            room: place.room.clone(),
            ping: vec![mention.clone()],
        }),
        (Mention::Group(_), None) => None,
    });
    found.collect()
}
