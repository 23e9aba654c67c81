//! What a step of an escalation chain says: to whoever has the item, to whoever is to see to it besides, or, where it
//! found nobody to call, whom it looked for and what comes next.

use crate::domain::agenda::Plan;
use crate::domain::chain::Chain;
use crate::domain::chain::Next;
use crate::domain::chain::Whom;
use crate::domain::event::Event;
use crate::domain::event::Missing;
use crate::domain::event::What;
use crate::domain::item::Item;
use crate::domain::person::Mention;
use crate::domain::person::PersonId;
use crate::domain::text::Arg;
use crate::domain::text::Seg;
use crate::domain::text::Voice;
use crate::store::event;
use crate::store::person;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::perform::Held;

/// Why somebody is called by a step, how much time is left, and who is on it.
pub(crate) fn calls(event: &Event, item: &Item, again: bool, voice: Voice, held: Option<Held>) -> Vec<Seg> {
    let whose = match &held {
        Some(held) if held.is_told => "-owner",
        Some(_) => "-held",
        None => "",
    };
    let mut args = vec![("name", Arg::from(held.map_or_else(String::new, |held| held.name)))];
    let mut line = if again {
        voice.say("note-step-still", &[])
    } else {
        Vec::new()
    };
    let Some(deadline) = item.deadline else {
        line.extend(voice.say(&format!("note-step-endless{whose}"), &args));
        return line;
    };
    let minutes = (deadline.due - event.at).num_minutes();
    args.push(("due", deadline.due.into()));
    args.push(("span", voice.lang.span(minutes.abs()).into()));
    let when = match (deadline.due > event.at, minutes) {
        (true, 0) => "-soon",
        (true, _) => "",
        (false, 0) => "-now",
        (false, _) => "-late",
    };
    line.extend(voice.say(&format!("note-step{when}{whose}"), &args));
    line
}

/// What a step did that called nobody, a sentence for each thing; nothing where its condition did not hold.
pub(crate) fn calls_nobody(
    missing: &[Missing],
    raised: bool,
    webhook: Option<&str>,
    widened: Option<&str>,
    voice: Voice,
) -> Vec<Seg> {
    let mut said: Vec<Vec<Seg>> = missing
        .iter()
        .map(|one| match one {
            Missing::Holder => voice.say("note-missing-holder", &[]),
            Missing::OnDuty(rota) => voice.say("note-missing-on-duty", &[("name", rota.as_str().into())]),
            Missing::Channel => voice.say("note-missing-channel", &[]),
            Missing::Group => voice.say("note-missing-group", &[]),
        })
        .collect();
    let webhook = webhook.map(|name| [("name", Arg::from(name))]);
    said.extend(match (&webhook, raised) {
        (Some(name), true) => Some(voice.say("note-raised-webhook", name)),
        (Some(name), false) => Some(voice.say("note-webhook", name)),
        (None, true) => Some(voice.say("note-raised", &[])),
        (None, false) => None,
    });
    said.extend(widened.map(|name| voice.say("note-widened", &[("channel", name.into())])));
    said.join(&Seg::Text(" ".to_owned()))
}

impl Desk {
    /// What comes after a step that looked for somebody in vain.
    pub(crate) async fn onward(&self, item: &Item, stepped: &Event, voice: Voice) -> Result<Vec<Seg>> {
        let log = event::of_item(self.store.pool(), item.id).await?;
        let until = log.iter().position(|event| event.id == stepped.id);
        let log: Vec<&Event> = log.iter().take(until.map_or(log.len(), |at| at + 1)).collect();
        let rules = self.rules.now();
        let plan = Plan::of(rules, rules.route(&item.route), item.origin());
        let Some((chain, next)) = plan.chain.zip(plan.next_step(&log)) else {
            return Ok(voice.say("note-next-none", &[]));
        };
        let what = self.coming(chain, next, voice).await?;
        Ok(voice.say(
            "note-next",
            &[("at", next.at.into()), ("what", what.join(", ").into())],
        ))
    }

    async fn coming(&self, chain: &Chain, next: Next, voice: Voice) -> Result<Vec<String>> {
        let Some(step) = chain.step(next) else {
            return Ok(Vec::new());
        };
        let mut what = Vec::new();
        for whom in &step.call {
            what.push(match whom {
                Whom::Holder => voice.lang.text("next-holder", &[]),
                Whom::OnDuty(rota) => voice.lang.text("next-on-duty", &[("name", rota.as_str().into())]),
                Whom::Channel => voice.lang.text("next-channel", &[]),
                Whom::Named {
                    mention: Mention::Group(_),
                    ..
                } => voice.lang.text("next-group", &[]),
                Whom::Named {
                    chat,
                    mention: Mention::Person(user),
                } => {
                    self.coming_person(&PersonId::new(chat.as_str(), user.as_str()), voice)
                        .await?
                }
                Whom::Direct(person) => self.coming_person(person, voice).await?,
            });
        }
        let named = |key: &str, name: &str| voice.lang.text(key, &[("name", name.into())]);
        what.extend(step.widen.as_ref().map(|name| named("next-widen", name)));
        what.extend(step.webhook.as_ref().map(|name| named("next-webhook", name)));
        what.extend(step.raise.then(|| voice.lang.text("next-raise", &[])));
        Ok(what)
    }

    async fn coming_person(&self, person: &PersonId, voice: Voice) -> Result<String> {
        let names = person::names(self.store.pool(), std::slice::from_ref(person)).await?;
        let name = names.into_values().next().unwrap_or_else(|| person.user.clone());
        Ok(voice.lang.text("next-person", &[("name", name.into())]))
    }
}

/// Whether a step looked for somebody and called nobody.
pub(crate) fn is_in_vain(what: &What) -> bool {
    matches!(what, What::Stepped { called, missing, .. } if called.is_empty() && !missing.is_empty())
}
