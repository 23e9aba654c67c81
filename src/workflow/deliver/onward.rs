//! What comes after a step that called nobody, said with it.

use crate::domain::item::Item;
use crate::domain::item::event::Event;
use crate::domain::people::person::Mention;
use crate::domain::people::person::PersonId;
use crate::domain::promise::agenda::Plan;
use crate::domain::promise::chain::Chain;
use crate::domain::promise::chain::Next;
use crate::domain::promise::chain::Recipient;
use crate::domain::say::text::Locale;
use crate::domain::say::text::Seg;
use crate::store::event;
use crate::store::person;
use crate::workflow::Desk;
use crate::workflow::Result;

impl Desk {
    /// What comes after a step that looked for somebody in vain.
    pub(super) async fn onward(&self, item: &Item, stepped: &Event, locale: Locale) -> Result<Vec<Seg>> {
        let log = event::of_item(self.store.pool(), item.id).await?;
        let until = log.iter().position(|event| event.id == stepped.id);
        let log: Vec<&Event> = log.iter().take(until.map_or(log.len(), |at| at + 1)).collect();
        let rules = self.rules.now();
        let plan = Plan::of(rules, rules.route(&item.route), item.origin());
        let Some((chain, next)) = plan.chain.zip(plan.next_step(&log)) else {
            return Ok(locale.say("note-next-none", &[]));
        };
        let what = self.coming(chain, next, locale).await?;
        Ok(locale.say(
            "note-next",
            &[("at", next.at.into()), ("what", what.join(", ").into())],
        ))
    }

    async fn coming(&self, chain: &Chain, next: Next, locale: Locale) -> Result<Vec<String>> {
        let Some(step) = chain.step(next) else {
            return Ok(Vec::new());
        };
        let mut what = Vec::new();
        for whom in &step.call {
            what.push(match whom {
                Recipient::Holder => locale.lang.text("next-holder", &[]),
                Recipient::OnDuty(rota) => locale
                    .lang
                    .text("next-on-duty", &[("name", rota.as_str().into())]),
                Recipient::Channel => locale.lang.text("next-channel", &[]),
                Recipient::Named {
                    mention: Mention::Group(_),
                    ..
                } => locale.lang.text("next-group", &[]),
                Recipient::Named {
                    chat,
                    mention: Mention::Person(user),
                } => {
                    self.coming_person(&PersonId::new(chat.as_str(), user.as_str()), locale)
                        .await?
                }
                Recipient::Direct(person) => self.coming_person(person, locale).await?,
            });
        }
        let named = |key: &str, name: &str| locale.lang.text(key, &[("name", name.into())]);
        what.extend(step.widen.as_ref().map(|name| named("next-widen", name)));
        what.extend(step.webhook.as_ref().map(|name| named("next-webhook", name)));
        what.extend(step.raise.then(|| locale.lang.text("next-raise", &[])));
        Ok(what)
    }

    async fn coming_person(&self, person: &PersonId, locale: Locale) -> Result<String> {
        let names = person::names(self.store.pool(), std::slice::from_ref(person)).await?;
        let name = names.into_values().next().unwrap_or_else(|| person.user.clone());
        Ok(locale.lang.text("next-person", &[("name", name.into())]))
    }
}
