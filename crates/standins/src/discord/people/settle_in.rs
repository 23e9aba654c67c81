//! Who and what is there before anything happens.

use crate::discord::Discord;
use crate::discord::Settings;
use crate::discord::json;
use crate::discord::state::Channel;
use crate::discord::state::FORUM;
use crate::discord::state::Forum;
use crate::discord::state::Role;
use crate::discord::state::TEXT;
use crate::discord::state::User;

impl Discord {
    pub fn settings(&self) -> Settings {
        self.look().settings.clone()
    }

    pub fn set_rate_limits(&self, on: bool) {
        self.change(|world, _| world.settings.rate_limits = on);
    }

    pub fn add_user(&self, id: &str, name: &str, display_name: &str) {
        self.change(|world, _| {
            world.users.push(User {
                id: id.to_owned(),
                name: name.to_owned(),
                display_name: display_name.to_owned(),
                roles: Vec::new(),
                bot: false,
                closed: false,
                away: false,
            });
        });
    }

    pub fn change_user(&self, id: &str, change: impl FnOnce(&mut User)) {
        self.change(|world, _| {
            if let Some(user) = world.users.iter_mut().find(|user| user.id == id) {
                change(user);
            }
        });
    }

    /// Somebody has a file on their device that they may hand in. Returns the id that it will have.
    pub fn hold_file(&self, user: &str, name: &str, bytes: &[u8]) -> String {
        self.change(|world, now| {
            let id = world.id(now);
            world.files.insert(id.clone(), bytes.to_vec());
            world.held.insert(id.clone(), (name.to_owned(), user.to_owned()));
            id
        })
    }

    /// A role with nothing of its own but its name, which may be mentioned.
    pub fn add_role(&self, id: &str, name: &str, users: &[&str]) {
        self.change(|world, _| {
            world.roles.push(Role {
                id: id.to_owned(),
                name: name.to_owned(),
                permissions: 0,
                mentionable: true,
                managed: false,
            });
            for user in world
                .users
                .iter_mut()
                .filter(|user| users.contains(&user.id.as_str()))
            {
                user.roles.push(id.to_owned());
            }
            let shown = world.role(id).map(json::role);
            let guild = world.settings.guild_id.clone();
            world.tell_guild(
                "GUILD_ROLE_CREATE",
                serde_json::json!({ "guild_id": guild, "role": shown }),
            );
        });
    }

    pub fn change_role(&self, id: &str, change: impl FnOnce(&mut Role)) {
        self.change(|world, _| {
            if let Some(role) = world.roles.iter_mut().find(|role| role.id == id) {
                change(role);
            }
            let shown = world.role(id).map(json::role);
            let guild = world.settings.guild_id.clone();
            world.tell_guild(
                "GUILD_ROLE_UPDATE",
                serde_json::json!({ "guild_id": guild, "role": shown }),
            );
        });
    }

    pub fn add_channel(&self, id: &str, name: &str) {
        self.open_room(id, name, TEXT, None);
    }

    /// A channel of posts.
    pub fn add_forum(&self, id: &str, name: &str) {
        self.open_room(id, name, FORUM, Some(Forum::default()));
    }

    /// Somebody changes a forum's tags, or that it asks for one. What is no tag any more is none on its posts, either.
    pub fn change_forum(&self, id: &str, change: impl FnOnce(&mut Forum)) {
        self.change(|world, _| {
            if let Some(forum) = world.channel_mut(id).and_then(|c| c.forum.as_mut()) {
                change(forum);
            }
            world.forget_tags(id);
            world.tell_channel("CHANNEL_UPDATE", id);
        });
    }

    /// Somebody tags a post.
    pub fn set_tags(&self, post: &str, tags: &[&str]) {
        self.change(|world, _| {
            if let Some(thread) = world.channel_mut(post).and_then(|c| c.thread.as_mut()) {
                thread.tags = tags.iter().map(|id| (*id).to_owned()).collect();
            }
            world.tell_channel("THREAD_UPDATE", post);
        });
    }

    fn open_room(&self, id: &str, name: &str, kind: u8, forum: Option<Forum>) {
        self.change(|world, _| {
            world.channels.push(Channel {
                id: id.to_owned(),
                kind,
                name: name.to_owned(),
                parent: None,
                overwrites: Vec::new(),
                thread: None,
                forum,
                with: None,
            });
            world.tell_channel("CHANNEL_CREATE", id);
        });
    }
}
