//! Channels and direct messages.

use chrono::DateTime;
use chrono::Utc;

use super::Call;
use crate::discord::refused::Answer;
use crate::discord::refused::Refused;
use crate::discord::state::World;

pub fn get(world: &mut World, _: DateTime<Utc>, call: &Call) -> Answer {
    let channel = world.visible(call.place(0))?;
    Ok(world.channel_json(channel).into())
}

pub fn create_dm(world: &mut World, now: DateTime<Utc>, call: &Call) -> Answer {
    let given = &call.body["recipient_id"];
    let id = given
        .as_str()
        .map(str::to_owned)
        .or_else(|| given.as_u64().map(|n| n.to_string()));
    let user = id.filter(|id| world.user(id).is_some_and(|user| !user.bot));
    let Some(user) = user else {
        return Err(Refused::new(400, 50033, "Invalid Recipient(s)"));
    };
    let id = world.direct(&user, now);
    let channel = world.channel(&id).ok_or_else(Refused::unknown_channel)?;
    Ok(world.channel_json(channel).into())
}
