//! Who may press what, and the sentence for whoever may not, or not now.

use crate::domain::At;
use crate::domain::id::ItemId;
use crate::domain::item::event::EventKind;
use crate::domain::people::person::Mention;
use crate::domain::people::person::PersonId;
use crate::domain::people::rights::Circle;
use crate::domain::people::rights::Grantee;
use crate::domain::people::rights::Role;
use crate::domain::press::action::Actor;
use crate::domain::press::action::Press;
use crate::domain::say::text::Arg;
use crate::domain::say::text::Locale;
use crate::domain::say::text::Seg;
use crate::store::Tx;
use crate::store::card::CardRow;
use crate::store::person;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::base::role::trusted_since;
use crate::workflow::base::turn::Turn;

/// More of those who may do something nobody reads.
const MOST_NAMED: usize = 8;

impl Desk {
    /// Remembers who it was, and where the delivery vouches for circles, that too: for the sentence that says who may.
    pub(in crate::workflow) async fn meet(&self, tx: &mut Tx, press: &Press) -> Result<()> {
        person::met(tx, &press.by.person, &press.by.name).await?;
        self.vouch(tx, press).await
    }

    pub(in crate::workflow) async fn vouch(&self, tx: &mut Tx, press: &Press) -> Result<()> {
        if let Some(vouched) = &press.by.vouched {
            let all = self.rules.circles(&press.chat);
            let all: Vec<String> = all.iter().map(Circle::key).collect();
            let here: Vec<String> = vouched.iter().map(Circle::key).collect();
            person::vouched(tx, &press.chat, &press.by.person.user, &all, &here).await?;
        }
        Ok(())
    }

    /// Why this person may not, as a sentence; none if they may.
    pub(in crate::workflow) async fn no_right(
        &self,
        turn: &mut Turn<'_>,
        needed: Role,
        item: Option<ItemId>,
    ) -> Result<Option<Vec<Seg>>> {
        let Turn { press, now, .. } = *turn;
        let channels = self.channels_of(turn.tx, press, item).await?;
        let no = self.no_right_in(turn, needed, &channels).await?;
        match (no, item) {
            (Some(_), Some(id))
                if needed <= Role::Responder
                    && self
                        .was_asked(turn.tx, &press.by, Some(&press.room), id, now)
                        .await? =>
            {
                Ok(None)
            }
            (no, _) => Ok(no),
        }
    }

    /// The same where it is known which channels it is about.
    pub(in crate::workflow) async fn no_right_in(
        &self,
        turn: &mut Turn<'_>,
        needed: Role,
        channels: &[String],
    ) -> Result<Option<Vec<Seg>>> {
        let Turn {
            press, locale, now, ..
        } = *turn;
        let circles = self.circles_now(turn.tx, &press.by, now).await?;
        let role = self.role_of(&press.by, channels, &circles);
        if role.is_some_and(|r| r >= needed) {
            return Ok(None);
        }
        if press.by.outsider {
            return Ok(Some(locale.say("refused-outsider", &[])));
        }
        let label = locale.lang.text(&format!("role-{}", needed.as_str()), &[]);
        // Whoever has no right here at all learns which groups have it, and nobody's name.
        let who = self.who_may(turn, channels, needed, role.is_some()).await?;
        Ok(Some(if who.is_empty() {
            locale.say("refused-right-nobody", &[("role", label.into())])
        } else {
            locale.say(
                "refused-right",
                &[("role", label.into()), ("who", Arg::Segs(who))],
            )
        }))
    }

    /// What concerns all of them is only for whoever has the right in each. Who is in which circle is read once, however many
    /// there are.
    pub(in crate::workflow) async fn no_right_in_each(
        &self,
        turn: &mut Turn<'_>,
        needed: Role,
        channels: &[String],
    ) -> Result<Option<Vec<Seg>>> {
        let Turn { press, now, .. } = *turn;
        let circles = self.circles_now(turn.tx, &press.by, now).await?;
        match self.lacking(press, &circles, needed, channels) {
            None => Ok(None),
            Some(channel) => {
                self.no_right_in(turn, needed, std::slice::from_ref(channel))
                    .await
            }
        }
    }

    /// The first of these channels in which somebody who is in these circles does not have the right.
    pub(in crate::workflow) fn lacking<'c>(
        &self,
        press: &Press,
        circles: &[String],
        needed: Role,
        channels: &'c [String],
    ) -> Option<&'c String> {
        let has = |channel: &&'c String| {
            let role = self.role_of(&press.by, std::slice::from_ref(*channel), circles);
            role.is_some_and(|role| role >= needed)
        };
        channels.iter().find(|channel| !has(channel))
    }

    /// In plain words, for a field of a form, where no group can be shown.
    pub(in crate::workflow) fn no_right_plainly(press: &Press, locale: Locale, needed: Role) -> String {
        if press.by.outsider {
            return locale.lang.text("refused-outsider", &[]);
        }
        let label = locale.lang.text(&format!("role-{}", needed.as_str()), &[]);
        locale
            .lang
            .text("refused-right-nobody", &[("role", label.into())])
    }

    /// The circles that somebody is in, as the delivery vouches for, else as last read.
    pub(in crate::workflow) async fn circles_now(
        &self,
        tx: &mut Tx,
        by: &Actor,
        now: At,
    ) -> Result<Vec<String>> {
        if let Some(vouched) = &by.vouched {
            return Ok(vouched.iter().map(Circle::key).collect());
        }
        let since = trusted_since(now);
        Ok(person::circles_of(tx, &by.person.chat, &by.person.user, since).await?)
    }

    /// Whoever was called about an item, because the file names them as those to be called, may do what the buttons below
    /// the call offer, about this item alone: an escalation's target, a chain's step, who comes after a shift, an owner,
    /// and those who are responsible for its channels once they are warned. `room` is where they press; none: wherever that
    /// was.
    pub(super) async fn was_asked(
        &self,
        tx: &mut Tx,
        by: &Actor,
        room: Option<&str>,
        item: ItemId,
        now: At,
    ) -> Result<bool> {
        let chat = &by.person.chat;
        let items = crate::store::item::of_ids(tx, &[item]).await?;
        let Some(item) = items.into_iter().next() else {
            return Ok(false);
        };
        let mut asked: Vec<(&str, Mention)> = Vec::new();
        let escalated = item.escalation.as_ref().map(|escalation| &escalation.to);
        let mut targets = self.rules.targets.iter();
        let target = targets.find(|target| Some(&target.label) == escalated && target.chat == *chat);
        if let Some(target) = target {
            // Where only they look.
            let there = target
                .room
                .as_deref()
                .is_some_and(|own| room.is_none_or(|here| here == own));
            if there && !by.outsider {
                return Ok(true);
            }
            asked.extend(
                target
                    .ping
                    .iter()
                    .map(|mention| (target.chat.as_str(), mention.clone())),
            );
        }
        let log = crate::store::event::of_item(&mut **tx, item.id).await?;
        let mut is_warned = false;
        for event in &log {
            match &event.what {
                // Whom a colleague named has to have the right by themselves.
                EventKind::Stepped { called, .. } | EventKind::Offered { called, to: None, .. } => {
                    asked.extend(called.iter().map(|one| (one.chat.as_str(), one.mention.clone())));
                }
                EventKind::Assigned { to, .. } => {
                    asked.push((to.chat.as_str(), Mention::Person(to.user.clone())));
                }
                EventKind::Reminded { .. } | EventKind::Overdue { .. } | EventKind::NotAccepted { .. } => {
                    is_warned = true
                }
                _ => {}
            }
        }
        if is_warned {
            let route = self.rules.route(&item.route);
            let channels = route.to.iter().filter_map(|name| self.rules.channel(name));
            asked.extend(channels.flat_map(|channel| {
                let responsible = channel.responsible.iter();
                responsible.map(|mention| (channel.chat.as_str(), mention.clone()))
            }));
        }
        asked.retain(|(their, _)| their == chat);
        if asked.is_empty() {
            return Ok(false);
        }
        let circles = self.circles_now(tx, by, now).await?;
        Ok(asked.iter().any(|(_, mention)| match mention {
            Mention::Person(user) => *user == by.person.user,
            Mention::Group(id) => !by.outsider && circles.contains(&Circle::Group(id.clone()).key()),
        }))
    }

    /// Whether somebody presses in a room where the item's card stands: what the card says only in part they may read in
    /// full. Another company's people read what is shown to them, and no more.
    pub(in crate::workflow) async fn sees_card(
        &self,
        tx: &mut Tx,
        press: &Press,
        item: Option<ItemId>,
    ) -> Result<bool> {
        let Some(item) = item.filter(|_| !press.by.outsider) else {
            return Ok(false);
        };
        let cards = crate::store::card::of_item(tx, item).await?;
        let here = |card: &CardRow| {
            (card.chat.as_str(), card.room.as_str()) == (press.chat.as_str(), press.room.as_str())
        };
        Ok(cards.iter().any(|card| card.message.is_some() && here(card)))
    }

    /// Where the right has to hold: in the room where it is pressed, if the item belongs there. From elsewhere (a
    /// direct message, a number typed in another room) the item's own channels count, not the room's; an item that has no
    /// card belongs where its route leads.
    pub(in crate::workflow) async fn channels_of(
        &self,
        tx: &mut Tx,
        press: &Press,
        item: Option<ItemId>,
    ) -> Result<Vec<String>> {
        let Some(id) = item else {
            return Ok(self.channels_among(press, Vec::new()));
        };
        let cards = crate::store::card::of_item(tx, id).await?;
        let mut own: Vec<String> = cards.into_iter().map(|c| c.channel).collect();
        if own.is_empty() {
            let items = crate::store::item::of_ids(tx, &[id]).await?;
            own.extend(
                items
                    .iter()
                    .flat_map(|item| self.rules.route(&item.route).to.iter().cloned()),
            );
        }
        Ok(self.channels_among(press, own))
    }

    /// Of an item's own channels those that count for this press.
    pub(in crate::workflow) fn channels_among(&self, press: &Press, own: Vec<String>) -> Vec<String> {
        let here = self.rules.channel_of_room(&press.chat, &press.room);
        match here.map(|channel| channel.name.clone()) {
            // There is no such item, and nothing to be learnt about it.
            Some(here) if own.is_empty() || own.contains(&here) => vec![here],
            Some(_) | None => own,
        }
    }

    /// Those who have a right, as they are configured: groups by their name, whoever is in them; and people who have it
    /// by themselves, if `by_name`.
    async fn who_may(
        &self,
        turn: &mut Turn<'_>,
        channels: &[String],
        needed: Role,
        by_name: bool,
    ) -> Result<Vec<Seg>> {
        let Turn { press, locale, .. } = *turn;
        let grants = self.rules.grants.iter();
        let grants = grants.filter(|g| g.role >= needed && g.chat == press.chat && g.holds_in(channels));
        let mut circles: Vec<Seg> = Vec::new();
        let mut people = Vec::new();
        for grant in grants {
            let found = match &grant.to {
                Grantee::Circle(Circle::Group(id)) => Seg::Ping(Mention::Group(id.clone())),
                Grantee::Circle(Circle::Room(room)) => match self.rules.channel_of_room(&press.chat, room) {
                    Some(channel) => {
                        let args = [("channel", channel.name.as_str().into())];
                        Seg::Text(locale.lang.text("who-room", &args))
                    }
                    None => Seg::Text(locale.lang.text("who-room-elsewhere", &[])),
                },
                Grantee::Person(user) => {
                    people.push(PersonId::new(press.chat.as_str(), user.as_str()));
                    continue;
                }
            };
            if !circles.contains(&found) {
                circles.push(found);
            }
        }
        let mut names: Vec<String> = Vec::new();
        if by_name {
            names.extend(person::names(&mut **turn.tx, &people).await?.into_values());
            names.sort();
            names.dedup();
        }
        let all = circles.into_iter().chain(names.into_iter().map(Seg::Text));
        let mut out = Vec::new();
        for one in all.take(MOST_NAMED) {
            if !out.is_empty() {
                out.push(Seg::Text(", ".to_owned()));
            }
            out.push(one);
        }
        Ok(out)
    }
}
