//! The workspace as one JSON value, so that a restarted demo goes on where it was. What lives for seconds
//! (triggers, open forms, sockets, faults) is left out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Slack;
use super::state::{Channel, Ephemeral, Failure, Group, Message, StoredFile, User};

#[derive(Serialize, Deserialize)]
struct Snapshot {
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

impl Slack {
    pub fn export(&self) -> Value {
        let world = self.look();
        let snapshot = Snapshot {
            users: world.users.clone(),
            groups: world.groups.clone(),
            channels: world.channels.clone(),
            messages: world.messages.clone(),
            ephemerals: world.ephemerals.clone(),
            failures: world.failures.clone(),
            files: world.files.clone(),
            serial: world.serial,
            last_ts: world.last_ts,
        };
        // Everything in it is plain data with text keys, so this cannot fail.
        serde_json::to_value(snapshot).unwrap_or(Value::Null)
    }

    /// Takes the place of all there is; on an error nothing changes.
    pub fn import(&self, snapshot: Value) -> Result<(), serde_json::Error> {
        let snapshot: Snapshot = serde_json::from_value(snapshot)?;
        self.change(|world, _| {
            world.users = snapshot.users;
            world.groups = snapshot.groups;
            world.channels = snapshot.channels;
            world.messages = snapshot.messages;
            world.ephemerals = snapshot.ephemerals;
            world.failures = snapshot.failures;
            world.files = snapshot.files;
            world.serial = snapshot.serial;
            world.last_ts = snapshot.last_ts;
        });
        Ok(())
    }
}
