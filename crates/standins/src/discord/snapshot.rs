//! The server as one JSON value, so that a restarted demo goes on where it was. What lives for minutes
//! (interactions, open forms, sockets, faults) is left out.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;

use super::state::Channel;
use super::state::Failure;
use super::state::Message;
use super::state::Role;
use super::state::User;
use super::state::World;

#[derive(Serialize, Deserialize)]
pub struct Snapshot {
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

impl Snapshot {
    pub fn of(world: &World) -> Self {
        Self {
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
        }
    }

    /// Takes the place of all there is.
    pub fn into_world(self, world: &mut World) {
        world.users = self.users;
        world.roles = self.roles;
        world.channels = self.channels;
        world.messages = self.messages;
        world.commands = self.commands;
        world.created_commands = self.created_commands;
        world.failures = self.failures;
        let files = self.files.into_iter();
        world.files = files
            .filter_map(|(id, text)| Some((id, STANDARD.decode(text).ok()?)))
            .collect();
        world.last_id = self.last_id;
    }
}
