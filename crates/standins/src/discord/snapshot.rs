//! The server as one JSON value, so that a restarted demo goes on where it was. What lives for minutes
//! (interactions, open forms, sockets, faults) is left out.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;

use super::Discord;
use super::state::Channel;
use super::state::Failure;
use super::state::Message;
use super::state::Role;
use super::state::User;

#[derive(Serialize, Deserialize)]
struct Snapshot {
    users: Vec<User>,
    roles: Vec<Role>,
    channels: Vec<Channel>,
    messages: BTreeMap<String, Vec<Message>>,
    commands: Vec<Value>,
    created_commands: u32,
    failures: Vec<Failure>,
    /// As base64.
    #[serde(default)]
    files: BTreeMap<String, String>,
    last_id: u64,
}

impl Discord {
    pub fn export(&self) -> Value {
        let world = self.look();
        let snapshot = Snapshot {
            users: world.users.clone(),
            roles: world.roles.clone(),
            channels: world.channels.clone(),
            messages: world.messages.clone(),
            commands: world.commands.clone(),
            created_commands: world.created_commands,
            failures: world.failures.clone(),
            files: world
                .files
                .iter()
                .map(|(id, bytes)| (id.clone(), STANDARD.encode(bytes)))
                .collect(),
            last_id: world.last_id,
        };
        // Everything in it is plain data with text keys, so this cannot fail.
        serde_json::to_value(snapshot).unwrap_or(Value::Null)
    }

    /// Takes the place of all there is; on an error nothing changes.
    pub fn import(&self, snapshot: Value) -> Result<(), serde_json::Error> {
        let snapshot: Snapshot = serde_json::from_value(snapshot)?;
        self.change(|world, _| {
            world.users = snapshot.users;
            world.roles = snapshot.roles;
            world.channels = snapshot.channels;
            world.messages = snapshot.messages;
            world.commands = snapshot.commands;
            world.created_commands = snapshot.created_commands;
            world.failures = snapshot.failures;
            let files = snapshot.files.into_iter();
            world.files = files
                .filter_map(|(id, text)| Some((id, STANDARD.decode(text).ok()?)))
                .collect();
            world.last_id = snapshot.last_id;
        });
        Ok(())
    }
}
