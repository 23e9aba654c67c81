//! Who may press what, and the sentence for whoever may not, or not now.

use chrono::TimeDelta;

use crate::domain::At;
use crate::domain::action::Press;
use crate::domain::handling::Refusal;
use crate::domain::id::ItemId;
use crate::domain::person::PersonId;
use crate::domain::rights;
use crate::domain::rights::Circle;
use crate::domain::rights::Grantee;
use crate::domain::rights::Role;
use crate::domain::text::Arg;
use crate::domain::text::Seg;
use crate::domain::text::Voice;
use crate::store::Tx;
use crate::store::person;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::decide::Case;
use crate::workflow::refresh::TRUSTED_MINUTES;

impl Desk {
    /// Remembers who it was, and where the delivery vouches for circles, that too: for the sentence that says who may.
    pub(crate) async fn meet(&self, tx: &mut Tx, press: &Press) -> Result<()> {
        person::met(tx, &press.by.person, &press.by.name).await?;
        if let Some(vouched) = &press.by.vouched {
            let all = self.rules.circles(&press.chat);
            let all: Vec<String> = all.iter().map(Circle::key).collect();
            let here: Vec<String> = vouched.iter().map(Circle::key).collect();
            person::vouched(tx, &press.chat, &press.by.person.user, &all, &here).await?;
        }
        Ok(())
    }

    /// Why this person may not, as a sentence; none if they may.
    pub(crate) async fn no_right(
        &self,
        tx: &mut Tx,
        press: &Press,
        voice: Voice,
        needed: Role,
        item: Option<ItemId>,
        now: At,
    ) -> Result<Option<Vec<Seg>>> {
        let channels = self.channels_of(tx, press, item).await?;
        self.no_right_in(tx, press, voice, needed, &channels, now).await
    }

    /// The same where it is known which channels it is about.
    pub(crate) async fn no_right_in(
        &self,
        tx: &mut Tx,
        press: &Press,
        voice: Voice,
        needed: Role,
        channels: &[String],
        now: At,
    ) -> Result<Option<Vec<Seg>>> {
        let since = now - TimeDelta::minutes(TRUSTED_MINUTES);
        let circles = person::circles_of(tx, &press.chat, &press.by.person.user, since).await?;
        let role = rights::role(&self.rules.grants, &press.by, channels, |c| {
            let vouched = press.by.vouched.as_ref();
            vouched.map_or_else(|| circles.contains(&c.key()), |v| v.contains(c))
        });
        if role.is_some_and(|r| r >= needed) {
            return Ok(None);
        }
        if press.by.outsider {
            return Ok(Some(voice.say("refused-outsider", &[])));
        }
        let label = voice.lang.text(&format!("role-{}", needed.as_str()), &[]);
        let who = self.who_may(tx, &press.chat, channels, needed).await?;
        Ok(Some(if who.is_empty() {
            voice.say("refused-right-nobody", &[("role", label.into())])
        } else {
            voice.say(
                "refused-right",
                &[("role", label.into()), ("who", who.join(", ").into())],
            )
        }))
    }

    /// Where the right has to hold: in the room where it is pressed, if the item belongs there. From elsewhere (a
    /// direct message, a number typed in another room) the item's own channels count, not the room's.
    async fn channels_of(&self, tx: &mut Tx, press: &Press, item: Option<ItemId>) -> Result<Vec<String>> {
        let here = self
            .rules
            .channel_of_room(&press.chat, &press.room)
            .map(|c| c.name.clone());
        let cards = match item {
            Some(id) => crate::store::card::of_item(tx, id).await?,
            None => Vec::new(),
        };
        if cards.is_empty()
            || here
                .as_ref()
                .is_some_and(|h| cards.iter().any(|c| c.channel == *h))
        {
            return Ok(here.into_iter().collect());
        }
        Ok(cards.into_iter().map(|c| c.channel).collect())
    }

    async fn who_may(
        &self,
        tx: &mut Tx,
        chat: &str,
        channels: &[String],
        needed: Role,
    ) -> Result<Vec<String>> {
        let grants = self
            .rules
            .grants
            .iter()
            .filter(|g| g.role >= needed && g.chat == chat && g.holds_in(channels));
        let mut circles = Vec::new();
        let mut people = Vec::new();
        for grant in grants {
            match &grant.to {
                Grantee::Circle(circle) => circles.push(circle.key()),
                Grantee::Person(user) => people.push(PersonId::new(chat, user.as_str())),
            }
        }
        let mut names: Vec<String> = person::names(&mut **tx, &people).await?.into_values().collect();
        names.extend(person::members_named(tx, chat, &circles, 5).await?);
        names.sort();
        names.dedup();
        Ok(names)
    }

    pub(crate) async fn refusal(&self, tx: &mut Tx, case: &Case<'_>, refusal: &Refusal) -> Result<Vec<Seg>> {
        let source = || Arg::from(self.rules.label(&case.locked.0.source));
        let voice = case.voice;
        Ok(match refusal {
            Refusal::Taken { by, until } => voice.say(
                "refused-taken",
                &[
                    ("name", self.name(tx, by).await?.into()),
                    ("until", (*until).into()),
                ],
            ),
            Refusal::Answered { by: Some(by), at } => voice.say(
                "refused-answered",
                &[("name", self.name(tx, by).await?.into()), ("at", (*at).into())],
            ),
            Refusal::Answered { by: None, at } => voice.say(
                "refused-answered-elsewhere",
                &[("source", source()), ("at", (*at).into())],
            ),
            Refusal::Handled { by, at } => voice.say(
                "refused-handled",
                &[("name", self.name(tx, by).await?.into()), ("at", (*at).into())],
            ),
            Refusal::Removed { at } => {
                voice.say("refused-removed", &[("source", source()), ("at", (*at).into())])
            }
            Refusal::OnItsWay => {
                let by = case.reply.as_ref().map_or(&case.press.by.person, |r| &r.by);
                voice.say("refused-on-its-way", &[("name", self.name(tx, by).await?.into())])
            }
            Refusal::NothingThere => voice.say("refused-nothing", &[]),
            Refusal::NoReplyHere => voice.say("refused-no-reply", &[("source", source())]),
            Refusal::Stale => voice.say("refused-stale", &[]),
        })
    }

    pub(crate) async fn name(&self, tx: &mut Tx, person: &PersonId) -> Result<String> {
        let known = person::names(&mut **tx, std::slice::from_ref(person)).await?;
        Ok(known.into_values().next().unwrap_or_else(|| person.user.clone()))
    }
}
