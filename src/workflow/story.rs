//! An item's whole story in sentences: what people did, what the far side answered, why the deadline is when it is.

use crate::domain::At;
use crate::domain::card;
use crate::domain::id::ItemId;
use crate::domain::person::PersonId;
use crate::domain::text::Lang;
use crate::domain::text::Voice;
use crate::domain::text::flat;
use crate::domain::why;
use crate::store::event;
use crate::store::item;
use crate::store::outbox;
use crate::store::person;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::perform::note;

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
        let voice = self
            .rules
            .route(&item.route)
            .to
            .first()
            .and_then(|name| self.rules.channel(name))
            .map_or(
                Voice {
                    lang: Lang::default(),
                    zone: chrono_tz::Tz::UTC,
                },
                |c| c.voice,
            );
        let source = self.rules.label(&item.source);
        let mut out = vec![format!(
            "#{} {} ({})",
            item.number,
            card::head(&item, source, voice.lang),
            item.id
        )];
        let mut story: Vec<(At, String)> = Vec::new();
        let events = event::of_item(pool, item.id).await?;
        let mut people: Vec<PersonId> = events.iter().filter_map(|e| e.by.clone()).collect();
        people.sort();
        people.dedup();
        let names = person::names(pool, &people).await?;
        for happened in &events {
            let called = |p: &PersonId| names.get(p).cloned().unwrap_or_else(|| p.user.clone());
            let line = flat(&note(happened, &item, source, voice, None, called));
            let line = if line.is_empty() {
                happened.what.as_str().to_owned()
            } else {
                line
            };
            story.push((happened.at, line));
        }
        for tried in outbox::tries(pool, item.id).await? {
            let why = tried.error.map(|e| format!(": {e}")).unwrap_or_default();
            story.push((tried.at, format!("  → {} {}{why}", tried.kind, tried.outcome)));
        }
        story.sort_by_key(|(at, _)| *at);
        out.extend(
            story
                .into_iter()
                .map(|(at, line)| format!("{}  {line}", voice.moment(at))),
        );
        out.extend(
            why::deadline(&item, source, voice, self.now())
                .iter()
                .map(|line| flat(line)),
        );
        Ok(Some(out))
    }
}
