//! Which role somebody has, by what their delivery vouches for, else by what was read of their circles, and for how long that
//! is relied on. Asked here alone, so that a home, a digest and a press cannot come to different answers.

use chrono::TimeDelta;

use crate::domain::At;
use crate::domain::people::rights;
use crate::domain::people::rights::Role;
use crate::domain::press::action::Actor;
use crate::domain::promise::rules::Channel;
use crate::store::Tx;
use crate::store::person;
use crate::workflow::Desk;
use crate::workflow::Result;

/// How old a membership may be on a press.
const TRUSTED_MINUTES: i64 = 60;

/// What was read of a circle before counts no more.
pub(in crate::workflow) fn trusted_since(now: At) -> At {
    now - TimeDelta::minutes(TRUSTED_MINUTES)
}

impl Desk {
    /// The best role in any of these channels. `known` are the circles that count where the delivery itself says none.
    pub(in crate::workflow) fn role_of(
        &self,
        actor: &Actor,
        channels: &[String],
        known: &[String],
    ) -> Option<Role> {
        rights::role(&self.rules.grants, actor, channels, |circle| {
            match &actor.vouched {
                Some(vouched) => vouched.contains(circle),
                None => known.contains(&circle.key()),
            }
        })
    }

    /// The channels of their chat in which somebody may at least look.
    pub(in crate::workflow) async fn channels_seen(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        now: At,
    ) -> Result<Vec<&Channel>> {
        let since = trusted_since(now);
        let chat = &actor.person.chat;
        let circles = person::circles_of(tx, chat, &actor.person.user, since).await?;
        let may_look = |channel: &&Channel| {
            let name = [channel.name.clone()];
            let role = self.role_of(actor, &name, &circles);
            role.is_some_and(|role| role >= Role::Viewer)
        };
        let channels = self.rules.channels.values().filter(|c| c.chat == *chat);
        Ok(channels.filter(may_look).collect())
    }
}
