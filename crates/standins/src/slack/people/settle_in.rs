//! Moving people and channels into the workspace.

use serde_json::Value;

use crate::slack::Slack;
use crate::slack::state::{Channel, Group, StoredFile, User};

impl Slack {
    /// A colleague. Ids are what the bot's configuration names, so the caller chooses them.
    pub fn add_user(&self, id: &str, name: &str, real_name: &str) {
        let team = self.look().settings.team_id.clone();
        self.add_user_of(&team, id, name, real_name);
    }

    /// Somebody of another workspace, met in a shared channel.
    pub fn add_user_of(&self, team: &str, id: &str, name: &str, real_name: &str) {
        let user = User {
            id: id.to_owned(),
            name: name.to_owned(),
            real_name: real_name.to_owned(),
            tz: "Europe/Berlin".to_owned(),
            team_id: team.to_owned(),
            deleted: false,
            is_bot: false,
        };
        self.change(|world, _| world.users.push(user));
    }

    pub fn change_user(&self, id: &str, change: impl FnOnce(&mut User)) {
        self.change(|world, _| world.users.iter_mut().find(|user| user.id == id).map(change));
    }

    /// A public channel with the bot and these people in it.
    pub fn add_channel(&self, id: &str, name: &str, people: &[&str]) {
        self.change(|world, now| {
            let bot = world.settings.bot_user.clone();
            let people = people.iter().map(|person| (*person).to_owned());
            world.channels.push(Channel {
                id: id.to_owned(),
                name: name.to_owned(),
                created: now.timestamp(),
                private: false,
                archived: false,
                is_ext_shared: false,
                members: people.chain([bot]).collect(),
                with: None,
            });
        });
    }

    /// Makes a channel private or shared, or changes who is in it.
    pub fn change_channel(&self, id: &str, change: impl FnOnce(&mut Channel)) {
        self.change(|world, _| {
            world
                .channels
                .iter_mut()
                .find(|channel| channel.id == id)
                .map(change)
        });
    }

    /// Somebody has a file on their device that they may hand in. Returns its id.
    pub fn hold_file(&self, user: &str, name: &str, bytes: &[u8]) -> String {
        self.change(|world, now| {
            let id = world.name("F");
            let ticket = world.name("upload");
            world.files.push(StoredFile {
                id: id.clone(),
                ticket,
                name: name.to_owned(),
                length: bytes.len() as u64,
                title: None,
                asked: now,
                bytes: bytes.to_vec(),
                done: Some(now),
                ready: None,
                by: Some(user.to_owned()),
            });
            id
        })
    }

    pub fn add_group(&self, id: &str, handle: &str, users: &[&str]) {
        let group = Group {
            id: id.to_owned(),
            handle: handle.to_owned(),
            name: handle.to_owned(),
            users: users.iter().map(|user| (*user).to_owned()).collect(),
            disabled: false,
        };
        self.change(|world, _| world.groups.push(group));
    }

    pub fn change_group(&self, id: &str, change: impl FnOnce(&mut Group)) {
        self.change(|world, _| world.groups.iter_mut().find(|group| group.id == id).map(change));
    }

    /// What the app's manifest registers; from now on other commands are unknown here.
    pub fn set_commands(&self, commands: Vec<Value>) {
        self.change(|world, _| world.settings.commands = commands);
    }

    /// The app is uninstalled: its bot token is worth nothing from now on.
    pub fn revoke(&self) {
        self.look().settings.revoked = true;
    }

    /// Takes a scope away or gives it back, as a reinstallation would.
    pub fn set_scope(&self, scope: &str, granted: bool) {
        self.change(|world, _| match granted {
            true => world.settings.scopes.insert(scope.to_owned()),
            false => world.settings.scopes.remove(scope),
        });
    }

    pub fn set_rate_limits(&self, on: bool) {
        self.change(|world, _| world.settings.rate_limits = on);
    }
}
