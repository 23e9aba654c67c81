//! What concerns one person: what they hold, and how each team does whose channel they may see.

use crate::domain::At;
use crate::domain::people::person::PersonId;
use crate::domain::press::action::Actor;
use crate::domain::promise::rules::Channel;
use crate::domain::promise::rules::Target;
use crate::domain::say::text::Locale;
use crate::domain::show::home;
use crate::domain::show::home::Busy;
use crate::domain::show::home::Home;
use crate::domain::show::home::Load;
use crate::domain::show::row;
use crate::domain::show::row::ListRow;
use crate::store::Tx;
use crate::store::item;
use crate::store::item::Filter;
use crate::store::person;
use crate::store::preference;
use crate::workflow::Desk;
use crate::workflow::Result;

impl Desk {
    pub(in crate::workflow) async fn home(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        locale: Locale,
        now: At,
    ) -> Result<Home> {
        let me = &actor.person;
        let key = me.to_string();
        let pool = self.store.pool();
        let held = || Filter::HeldBy { person: &key };
        let mine_count = item::count(pool, held()).await?;
        let first = item::list(pool, held(), row::SHOWN as i64).await?;
        let known = self.row_facts(tx, &first, Some(me), (&me.chat, "")).await?;
        let mine = first.iter().zip(known).map(|(item, known)| ListRow {
            line: row::line(&known.of(item, locale, now)),
            act: row::at_once(item, Some(me), locale.lang, now),
        });
        let mine = mine.collect();
        let mine_asleep = item::asleep(pool, &key).await?;
        let mut team = Vec::new();
        for channel in self.channels_seen(tx, actor, now).await? {
            team.push(self.load(tx, channel, now).await?);
        }
        let known = preference::of(tx, std::slice::from_ref(me)).await?;
        let wishes = preference::wishes(&mut **tx, me).await?;
        let digest = wishes.digest.and_then(|name| self.rules.channel(&name));
        Ok(home::build(&home::HomeFacts {
            mine,
            mine_count,
            mine_asleep,
            team,
            quiet: known.get(me).and_then(|p| Some((p.quiet?, p.zone))),
            digest: digest.map(|channel| {
                let own = known.get(me).and_then(|p| p.zone);
                (channel.said(), own.unwrap_or(channel.locale.zone))
            }),
            locale,
            speaks: wishes.language.is_some(),
            now,
        }))
    }

    /// What waits in a channel, and who has how much of it.
    pub(in crate::workflow) async fn load(&self, tx: &mut Tx, channel: &Channel, now: At) -> Result<Load> {
        let counted = item::load(tx, &channel.name, now).await?;
        let all = |of: fn(&item::Held) -> i64| counted.iter().map(of).sum();
        let at_it: Vec<(PersonId, &item::Held)> = counted
            .iter()
            .filter_map(|held| Some((held.by.as_deref()?.parse().ok()?, held)))
            .collect();
        let ids: Vec<PersonId> = at_it.iter().map(|(id, _)| id.clone()).collect();
        let names = person::names(&mut **tx, &ids).await?;
        let named = at_it.into_iter().map(|(id, held)| Busy {
            name: names.get(&id).cloned().unwrap_or_else(|| id.user.clone()),
            has: held.open,
            late: held.late,
            asleep: held.asleep,
        });
        let mut people: Vec<Busy> = named.collect();
        people.sort_by(|a, b| b.has.cmp(&a.has).then_with(|| a.name.cmp(&b.name)));
        let free = counted.iter().filter(|held| held.by.is_none());
        let targets = self.rules.targets.iter();
        let looks_here = |t: &&Target| t.chat == channel.chat && t.room.as_ref() == Some(&channel.room);
        let targets: Vec<String> = targets.filter(looks_here).map(|t| t.label.clone()).collect();
        let escalated = match targets.is_empty() {
            true => 0,
            false => item::escalated_to(tx, &targets).await?,
        };
        Ok(Load {
            channel: channel.said(),
            open: all(|held| held.open),
            overdue: all(|held| held.late),
            free: free.map(|held| held.open).sum(),
            escalated,
            people,
        })
    }
}
