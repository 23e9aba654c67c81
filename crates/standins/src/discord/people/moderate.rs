//! What moderators do: taking messages, threads, channels and permissions away.

use serde_json::json;

use crate::discord::Discord;
use crate::discord::permission::Permission;
use crate::discord::state::Overwrite;

impl Discord {
    /// A person takes a message away. `false` when it is not there.
    pub fn delete_message(&self, channel: &str, message: &str) -> bool {
        self.change(|world, _| world.take_back(channel, message))
    }

    /// Archives or locks a thread, or opens it again. `false` when there is none.
    pub fn set_thread(&self, thread: &str, archived: bool, locked: bool) -> bool {
        self.change(|world, now| {
            let Some(state) = world.channel_mut(thread).and_then(|c| c.thread.as_mut()) else {
                return false;
            };
            state.archived = archived;
            state.locked = locked;
            state.changed = now;
            world.tell_channel("THREAD_UPDATE", thread);
            true
        })
    }

    /// Threads in which nobody wrote for long fall asleep; Discord does it by itself, here whoever moves the clock.
    pub fn let_threads_sleep(&self) {
        let tired = self.look().tired(self.now());
        // Whoever watches is told of a change only where there is one.
        if !tired.is_empty() {
            self.change(|world, now| world.doze(tired, now));
        }
    }

    /// A channel or a thread, with all that is in it.
    pub fn delete_channel(&self, id: &str) -> bool {
        self.change(|world, _| {
            let Some(channel) = world.channel(id) else {
                return false;
            };
            let name = match channel.thread.is_some() {
                true => "THREAD_DELETE",
                false => "CHANNEL_DELETE",
            };
            world.tell_channel(name, id);
            let inside = |c: &str, parent: Option<&str>| c == id || parent == Some(id);
            let gone: Vec<String> = world
                .channels
                .iter()
                .filter(|c| inside(&c.id, c.parent.as_deref()))
                .map(|c| c.id.clone())
                .collect();
            world.channels.retain(|c| !gone.contains(&c.id));
            for channel in gone {
                world.messages.remove(&channel);
            }
            true
        })
    }

    /// Takes a permission from the bot in one channel.
    pub fn take_permission(&self, channel: &str, permission: Permission) {
        self.overwrite(channel, |own| {
            own.deny |= permission.bit();
            own.allow &= !permission.bit();
        });
    }

    /// Gives it back, or gives one that its role does not have.
    pub fn give_permission(&self, channel: &str, permission: Permission) {
        self.overwrite(channel, |own| {
            own.allow |= permission.bit();
            own.deny &= !permission.bit();
        });
    }

    fn overwrite(&self, id: &str, change: impl FnOnce(&mut Overwrite)) {
        self.change(|world, _| {
            let bot = world.bot().to_owned();
            let Some(channel) = world.channel_mut(id) else {
                return;
            };
            if !channel.overwrites.iter().any(|o| o.id == bot) {
                channel.overwrites.push(Overwrite {
                    id: bot.clone(),
                    allow: 0,
                    deny: 0,
                });
            }
            if let Some(own) = channel.overwrites.iter_mut().find(|o| o.id == bot) {
                change(own);
            }
            // Told also when the bot does not see it any more: that is how it learns of it.
            let shown = world.channel(id).map(|channel| world.channel_json(channel));
            world.tell_guild("CHANNEL_UPDATE", json!(shown));
        });
    }

    /// Somebody leaves the server, or comes back.
    pub fn set_away(&self, user: &str, away: bool) {
        self.change_user(user, |user| user.away = away);
    }
}
