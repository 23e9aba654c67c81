//! Talking.

use crate::discord::Discord;
use crate::discord::permission::Permission;
use crate::discord::state::Message;
use serde_json::Value;

impl Discord {
    /// A person writes into a channel or a thread, which wakes up by it. Returns the id, or why not.
    pub fn say(&self, user: &str, channel: &str, text: &str) -> Result<String, String> {
        self.change(|world, now| {
            let found = world.channel(channel).ok_or("there is no such channel")?.clone();
            let needed = match found.thread.is_some() {
                true => Permission::SendMessagesInThreads,
                false => Permission::SendMessages,
            };
            if !world.may(user, &found, needed) {
                return Err(format!("{user} may not write there"));
            }
            let manages = world.may(user, &found, Permission::ManageThreads);
            world
                .wake(now, channel, manages)
                .map_err(|_| "the thread is locked".to_owned())?;
            let message = Message {
                id: world.id(now),
                channel: channel.to_owned(),
                author: user.to_owned(),
                kind: 0,
                content: text.trim().to_owned(),
                embeds: Vec::new(),
                attachments: Vec::new(),
                components: Vec::new(),
                flags: 0,
                allowed_mentions: Value::Null,
                nonce: None,
                reply_to: None,
                at: now,
                edited: None,
                deleted: false,
                only_for: None,
                interaction: None,
                pings: world.pings(user, channel, text, &Value::Null),
                version: 1,
                // The bot's words are what a test must look at, not its own.
                seen: true,
                read_by: [user.to_owned()].into(),
            };
            let id = message.id.clone();
            let shown = world.message_json(&message);
            world.put(message);
            world.tell_message("MESSAGE_CREATE", shown);
            Ok(id)
        })
    }
}
