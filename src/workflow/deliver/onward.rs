//! What comes after a step that called nobody, said with it.

use crate::domain::agenda::Plan;
use crate::domain::chain::Chain;
use crate::domain::chain::Next;
use crate::domain::chain::Whom;
use crate::domain::event::Event;
use crate::domain::item::Item;
use crate::domain::person::Mention;
use crate::domain::person::PersonId;
use crate::domain::text::Seg;
use crate::domain::text::Voice;
use crate::store::event;
use crate::store::person;
use crate::workflow::Desk;
use crate::workflow::Result;

impl Desk {
    /// What comes after a step that looked for somebody in vain.
    pub(super) async fn onward(&self, item: &Item, stepped: &Event, voice: Voice) -> Result<Vec<Seg>> {
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
