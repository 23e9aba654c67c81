//! Handing a case to a colleague by name. It stays with whoever gives it until the colleague accepts it, as at the end of a
//! shift; if they do not in time, it is free again, and the giver and those whom the rooms name are told.

use chrono::TimeDelta;

use crate::domain::item::event::Called;
use crate::domain::item::event::EventKind;
use crate::domain::item::handling::Handling;
use crate::domain::item::handling::Refusal;
use crate::domain::people::person::PersonId;
use crate::domain::people::rights::Grantee;
use crate::domain::press::action::Named;
use crate::domain::promise::agenda::Plan;
use crate::domain::promise::recipients::Summoned;
use crate::domain::say::words;
use crate::store::Tx;
use crate::store::person;
use crate::store::timer;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::change::write::Change;
use crate::workflow::press::judge::Case;
use crate::workflow::press::judge::Verdict;
use crate::workflow::press::submit::Values;
use crate::workflow::press::submit::fault;
use crate::workflow::press::submit::value;
use crate::workflow::press::verbs::not_now;

impl Desk {
    /// The form that asks to whom.
    pub(super) async fn begin_giving(&self, tx: &mut Tx, case: &Case<'_>) -> Result<Verdict> {
        if let Some(no) = not_mine_to_give(case) {
            return Ok(Verdict::Refused(no));
        }
        let colleagues = self.colleagues(tx, case).await?;
        Ok(if colleagues.is_empty() {
            Verdict::Say(case.locale.say("refused-give-nobody", &[]))
        } else {
            Verdict::Show(self.give_form(case, &colleagues))
        })
    }

    pub(super) async fn give_by_form(
        &self,
        tx: &mut Tx,
        case: &mut Case<'_>,
        values: &Values,
    ) -> Result<Verdict> {
        let to = value(values, "to");
        let colleagues = self.colleagues(tx, case).await?;
        let Some((person, name)) = colleagues.into_iter().find(|(p, _)| p.user == to) else {
            return Ok(fault("to", case.locale.lang.text("fault-choose", &[])));
        };
        let why = Some(words::short_line(value(values, "why"), 300)).filter(|w| !w.is_empty());
        self.give(tx, case, person, &name, why).await
    }

    /// Somebody who is named in a command: by the chat's own mention, or as people write a name.
    pub(super) async fn give_by_name(&self, tx: &mut Tx, case: &mut Case<'_>, to: &Named) -> Result<Verdict> {
        let locale = case.locale;
        let number = ("number", case.locked.number.to_string().into());
        let typed = words::short_line(to.typed.trim_start_matches('@'), 60);
        let me = case.press.by.person.clone();
        let colleagues = self.colleagues(tx, case).await?;
        if let Some(user) = mentioned(&to.typed) {
            if user == me.user {
                return Ok(Verdict::Say(locale.say("refused-give-self", &[])));
            }
            if let Some((person, name)) = colleagues.into_iter().find(|(p, _)| p.user == user) {
                return self.give(tx, case, person, &name, None).await;
            }
            if let Some(known) = &to.known {
                let channels = self.channels_of(tx, case.press, Some(case.locked.id)).await?;
                // Only what the delivery itself says of somebody who may never have been here.
                let role = self.role_of(known, &channels, &[]);
                if role.is_some_and(|r| r >= crate::domain::press::action::Verb::Take.needs()) {
                    person::met(tx, &known.person, &known.name).await?;
                    return self.give(tx, case, known.person.clone(), &known.name, None).await;
                }
            }
            let person = PersonId::new(me.chat.as_str(), user);
            let known = to.known.as_ref().map(|k| k.name.clone());
            let name = match known {
                Some(name) => name,
                None => self.name(tx, &person).await?,
            };
            return Ok(Verdict::Say(
                locale.say("refused-give-right", &[("name", name.into()), number]),
            ));
        }
        let mut fits = fitting(colleagues, &typed);
        match (fits.pop(), fits.is_empty()) {
            (Some((person, name)), true) => self.give(tx, case, person, &name, None).await,
            (Some(last), false) => {
                let who: Vec<String> = fits.into_iter().chain([last]).map(|(_, name)| name).collect();
                Ok(Verdict::Say(locale.say(
                    "refused-give-many",
                    &[("typed", typed.into()), ("who", who.join(", ").into())],
                )))
            }
            (None, _) => Ok(Verdict::Say(
                locale.say("refused-give-unknown", &[("typed", typed.into()), number]),
            )),
        }
    }

    async fn give(
        &self,
        tx: &mut Tx,
        case: &mut Case<'_>,
        to: PersonId,
        name: &str,
        why: Option<String>,
    ) -> Result<Verdict> {
        if let Some(no) = not_mine_to_give(case) {
            return Ok(Verdict::Refused(no));
        }
        let now = case.now;
        let me = case.press.by.person.clone();
        let item = &mut case.locked;
        let rules = self.rules.now();
        let plan = Plan::of(rules, rules.route(&item.route), item.origin());
        let whom = vec![Summoned::Person(to.clone())];
        let called = whom.iter().filter_map(Summoned::called).collect::<Vec<Called>>();
        let told = self.reached(tx, &plan, whom, now).await?;
        // Nobody would be there to accept it, and the giver would think that it is done.
        if let Some((_, until)) = told.iter().find(|(_, at)| *at > now) {
            let quiet = [("name", name.into()), ("until", (*until).into())];
            return Ok(Verdict::Say(case.locale.say("refused-give-quiet", &quiet)));
        }
        let until = now + TimeDelta::minutes(self.rules.claim_minutes);
        item.handling = match item.handling.give(&me, &to, until, now) {
            Ok(given) => given,
            Err(no) => return Ok(Verdict::Refused(no)),
        };
        let mut change = Change::of(item.id, now);
        change.timer(timer::CLAIM_ENDS, until);
        let offered = EventKind::Offered {
            rota: String::new(),
            of: me,
            until,
            called,
            to: Some(to),
            why,
        };
        change.event_for(offered, told, TimeDelta::zero());
        Ok(Verdict::Changed(Box::new(change), None))
    }

    /// Those who may answer here, as far as they are known, by name, without whoever asks. Taking it is judged once more.
    async fn colleagues(&self, tx: &mut Tx, case: &Case<'_>) -> Result<Vec<(PersonId, String)>> {
        let chat = case.press.chat.as_str();
        let channels = self.channels_of(tx, case.press, Some(case.locked.id)).await?;
        let needed = crate::domain::press::action::Verb::Take.needs();
        let grants = self.rules.grants.iter();
        let grants = grants.filter(|g| g.role >= needed && g.chat == chat && g.holds_in(&channels));
        let mut circles = Vec::new();
        let mut users = Vec::new();
        for grant in grants {
            match &grant.to {
                Grantee::Circle(circle) => circles.push(circle.key()),
                Grantee::Person(user) => users.push(user.clone()),
            }
        }
        users.extend(person::members(tx, chat, &circles).await?);
        let people: Vec<PersonId> = users
            .into_iter()
            .map(|user| PersonId::new(chat, user))
            .filter(|person| *person != case.press.by.person)
            .collect();
        let names = person::names(&mut **tx, &people).await?;
        let mut named: Vec<(PersonId, String)> = names.into_iter().collect();
        named.sort_by(|(_, a), (_, b)| a.cmp(b));
        Ok(named)
    }
}

/// Why it cannot be handed over now: it is done or on its way, or somebody else has it.
fn not_mine_to_give(case: &Case) -> Option<Refusal> {
    let me = &case.press.by.person;
    let taken = match &case.locked.handling {
        Handling::Claimed {
            by,
            until,
            offered: false,
            ..
        } if by != me && *until > case.now => Some(Refusal::Taken {
            by: by.clone(),
            until: *until,
        }),
        _ => None,
    };
    not_now(case).or(taken)
}

/// `<@U0BEN>`, `<@U0BEN|ben>` or `<@!123>`: whoever the chat itself says is meant.
fn mentioned(typed: &str) -> Option<&str> {
    let inside = typed.strip_prefix("<@")?.strip_suffix('>')?;
    let id = inside.split('|').next().unwrap_or_default();
    Some(id.trim_start_matches('!'))
}

/// Those whose name it is: the whole name before the first name before how it begins.
fn fitting(colleagues: Vec<(PersonId, String)>, typed: &str) -> Vec<(PersonId, String)> {
    let typed = typed.to_lowercase();
    let whole = |name: &str| name == typed;
    let first = |name: &str| name.split_whitespace().next() == Some(typed.as_str());
    let begins = |name: &str| !typed.is_empty() && name.starts_with(&typed);
    let ways: [&dyn Fn(&str) -> bool; 3] = [&whole, &first, &begins];
    for way in ways {
        let fits = colleagues.iter().filter(|(_, name)| way(&name.to_lowercase()));
        let fits: Vec<(PersonId, String)> = fits.cloned().collect();
        if !fits.is_empty() {
            return fits;
        }
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_means_whoever_it_fits_best() {
        let all: Vec<(PersonId, String)> = ["Anna Berger", "Anna Lohr", "Annabell", "Ben"]
            .map(|name| (PersonId::new("chat", name), name.to_owned()))
            .into();
        let fits = |typed: &str| -> Vec<String> {
            let fits = fitting(all.clone(), typed);
            fits.into_iter().map(|(_, name)| name).collect()
        };
        assert_eq!(fits("anna lohr"), ["Anna Lohr"]);
        assert_eq!(
            fits("Anna"),
            ["Anna Berger", "Anna Lohr"],
            "and not who only begins so"
        );
        assert_eq!(fits("annab"), ["Annabell"]);
        assert!(fits("").is_empty() && fits("Carl").is_empty());
        assert_eq!(mentioned("<@U0BEN|ben>"), Some("U0BEN"));
        assert_eq!(mentioned("<@!123>"), Some("123"));
        assert_eq!(mentioned("ben"), None);
    }
}
