//! The workspace as one JSON value, so that a restarted demo goes on where it was. What lives for seconds
//! (triggers, open forms, sockets, faults) is left out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::state::{Channel, Ephemeral, Failure, Group, Message, StoredFile, User, World};

#[derive(Serialize, Deserialize)]
pub struct Snapshot {
    users: Vec<User>,
    groups: Vec<Group>,
    channels: Vec<Channel>,
    messages: BTreeMap<String, Vec<Message>>,
    ephemerals: Vec<Ephemeral>,
    failures: Vec<Failure>,
    #[serde(default)]
    files: Vec<StoredFile>,
    serial: u64,
    last_ts: (i64, u32),
}

impl Snapshot {
    pub fn of(world: &World) -> Self {
        Self {
            users: world.users.clone(),
            groups: world.groups.clone(),
            channels: world.channels.clone(),
            messages: world.messages.clone(),
            ephemerals: world.ephemerals.clone(),
            failures: world.failures.clone(),
            files: world.files.clone(),
            serial: world.serial,
            last_ts: world.last_ts,
        }
    }

    /// Takes the place of all there is.
    pub fn into_world(self, world: &mut World) {
        world.users = self.users;
        world.groups = self.groups;
        world.channels = self.channels;
        world.messages = self.messages;
        world.ephemerals = self.ephemerals;
        world.failures = self.failures;
        world.files = self.files;
        world.serial = self.serial;
        world.last_ts = self.last_ts;
    }
}
