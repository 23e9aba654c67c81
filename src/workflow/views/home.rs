//! What concerns one person, shown where their chat has a place for it. Whoever looks is remembered; from then on, what
//! changes for them makes it stale, and one effect shows all that happened since the last, a few seconds apart, however much
//! it was.

use chrono::TimeDelta;

use crate::domain::At;
use crate::domain::action::Actor;
use crate::domain::effect::Effect;
use crate::domain::effect::Lane;
use crate::domain::effect::NewEffect;
use crate::domain::home;
use crate::domain::home::Busy;
use crate::domain::home::Home;
use crate::domain::home::Load;
use crate::domain::id::EffectId;
use crate::domain::person::PersonId;
use crate::domain::rights;
use crate::domain::rights::Role;
use crate::domain::row;
use crate::domain::row::Row;
use crate::domain::rules::Channel;
use crate::domain::rules::Target;
use crate::domain::text::Voice;
use crate::port::PortError;
use crate::port::chat::Inbox as _;
use crate::store::StoreError;
use crate::store::Tx;
use crate::store::home as homes;
use crate::store::home::Stale;
use crate::store::item;
use crate::store::item::Filter;
use crate::store::outbox;
use crate::store::outbox::Leased;
use crate::store::outbox::Settled;
use crate::store::person;
use crate::store::preference;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::refresh::trusted_since;

/// Who has not looked for so long is not drawn for.
const LOOKS_FOR_DAYS: i64 = 7;
/// Several presses in a row are one change.
const GATHERED_MS: i64 = 1_500;
/// What colleagues did is shown to whoever has looked within this time, and not more often than this.
const LOOKING_MINUTES: i64 = 60;
const TEAM_SECONDS: i64 = 30;
/// How far clocks and transactions may be apart.
const MARGIN_SECONDS: i64 = 10;
const HOMES_AT_ONCE: i64 = 50;
/// Not more often than this for one person.
const APART_SECONDS: i64 = 10;

impl Desk {
    /// Somebody looks at it now.
    pub(crate) async fn home_opened(&self, tx: &mut Tx, person: &PersonId, now: At) -> Result<()> {
        let stale = homes::opened(tx, person, now).await?;
        let again = stale.shown_at.map(|at| at + TimeDelta::seconds(APART_SECONDS));
        let run_at = again.map_or(now, |at| at.max(now));
        outbox::put(tx, &[show(stale, run_at, now)], now).await?;
        Ok(())
    }

    /// Something changed that stands in these people's homes.
    pub(crate) async fn homes_changed(&self, tx: &mut Tx, people: &[PersonId], now: At) -> Result<()> {
        if people.is_empty() {
            return Ok(());
        }
        let since = now - TimeDelta::days(LOOKS_FOR_DAYS);
        let stale = homes::changed(tx, people, since).await?;
        let effects = stale.into_iter().map(|stale| {
            let soon = now + TimeDelta::milliseconds(GATHERED_MS);
            let again = stale.shown_at.map(|at| at + TimeDelta::seconds(APART_SECONDS));
            let run_at = again.map_or(soon, |at| at.max(soon));
            show(stale, run_at, now)
        });
        outbox::put(tx, &effects.collect::<Vec<_>>(), now).await?;
        Ok(())
    }

    /// What colleagues did changes how the team does, in the homes of those who look. It is found here now and then, so
    /// that no press has to touch everybody's home.
    pub(crate) async fn homes_behind(&self) -> Result<()> {
        let now = self.now();
        let mut tx = self.store.begin().await?;
        let looked = now - TimeDelta::minutes(LOOKING_MINUTES);
        let shown = now - TimeDelta::seconds(TEAM_SECONDS);
        let margin = TimeDelta::seconds(MARGIN_SECONDS);
        let stale = homes::behind(&mut tx, looked, shown, margin, HOMES_AT_ONCE).await?;
        let effects = stale.into_iter().map(|stale| show(stale, now, now));
        outbox::put(&mut tx, &effects.collect::<Vec<_>>(), now).await?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(())
    }

    pub(crate) async fn show_home(&self, leased: &Leased, person: &PersonId) -> Result<()> {
        let Some(begun) = homes::begin(self.store.pool(), person).await? else {
            return self.settle(leased, Settled::Done).await;
        };
        if begun.shown >= begun.wanted {
            return self.settle(leased, Settled::Done).await;
        }
        let actor = Actor {
            person: person.clone(),
            name: String::new(),
            outsider: false,
            vouched: None,
        };
        let voice = self.private_voice(person, self.voice(&person.chat, "")).await?;
        let mut tx = self.store.begin().await?;
        let home = self.home(&mut tx, &actor, voice, self.now()).await?;
        tx.rollback().await.map_err(StoreError::from)?;
        let chat = self.chat(&person.chat)?;
        let shown = chat.show_home(&person.user, &home, begun.seal.as_deref()).await;
        let mut tx = self.store.begin().await?;
        let how = match shown {
            Ok(seal) => {
                let now = self.now();
                homes::shown(&mut tx, person, begun.wanted, seal.as_deref(), now).await?;
                Settled::Done
            }
            // Another one stands there: what is true now is read again and takes its place.
            Err(PortError::Gone { .. }) => {
                homes::unseal(&mut tx, person).await?;
                Settled::Again { at: self.now() }
            }
            // Shown twice is shown once; but what it is called nobody knows.
            Err(PortError::Unknown { why }) => {
                homes::unseal(&mut tx, person).await?;
                self.patiently(leased, why)
            }
            Err(e) => {
                self.heed(leased, &e).await?;
                self.verdict(leased, &e)
            }
        };
        self.settle_in(tx, leased, how).await
    }

    pub(crate) async fn home(&self, tx: &mut Tx, actor: &Actor, voice: Voice, now: At) -> Result<Home> {
        let me = &actor.person;
        let key = me.to_string();
        let pool = self.store.pool();
        let held = || Filter::HeldBy { person: &key };
        let mine_count = item::count(pool, held()).await?;
        let first = item::list(pool, held(), row::SHOWN as i64).await?;
        let known = self.row_facts(tx, &first, Some(me), (&me.chat, "")).await?;
        let mine = first.iter().zip(known).map(|(item, known)| Row {
            line: row::line(&known.of(item, voice, now)),
            act: row::at_once(item, Some(me), voice.lang, now),
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
        Ok(home::build(&home::Facts {
            mine,
            mine_count,
            mine_asleep,
            team,
            quiet: known.get(me).and_then(|p| Some((p.quiet?, p.zone))),
            digest: digest.map(|channel| {
                let own = known.get(me).and_then(|p| p.zone);
                (channel.said(), own.unwrap_or(channel.voice.zone))
            }),
            voice,
            speaks: wishes.language.is_some(),
            now,
        }))
    }

    /// What waits in a channel, and who has how much of it.
    pub(crate) async fn load(&self, tx: &mut Tx, channel: &Channel, now: At) -> Result<Load> {
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

    /// The channels of their chat in which somebody may at least look.
    pub(crate) async fn channels_seen(&self, tx: &mut Tx, actor: &Actor, now: At) -> Result<Vec<&Channel>> {
        let since = trusted_since(now);
        let chat = &actor.person.chat;
        let circles = person::circles_of(tx, chat, &actor.person.user, since).await?;
        let may_look = |channel: &&Channel| {
            let name = [channel.name.clone()];
            let role = rights::role(&self.rules.grants, actor, &name, |c| {
                let vouched = actor.vouched.as_ref();
                vouched.map_or_else(|| circles.contains(&c.key()), |v| v.contains(c))
            });
            role.is_some_and(|role| role >= Role::Viewer)
        };
        let channels = self.rules.channels.values().filter(|c| c.chat == *chat);
        Ok(channels.filter(may_look).collect())
    }
}

/// All that happens until it begins is in it: the key counts beginnings.
fn show(stale: Stale, run_at: At, now: At) -> NewEffect {
    let Stale { person, begun, .. } = stale;
    NewEffect {
        id: EffectId::new(now),
        key: format!("home:{person}:{begun}"),
        serial: format!("home:{person}"),
        pace: Some(format!("home:{}", person.chat)),
        effect: Effect::ShowHome { person },
        item: None,
        // Somebody looks at it.
        lane: Lane::Urgent,
        run_at,
    }
}
