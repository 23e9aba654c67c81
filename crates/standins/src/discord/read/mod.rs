//! What a test looks at afterwards: what stands in the channels, how a person reads it, whom it called and what it
//! linked to. Looking through `see…` marks a message as read, so a test can end with nothing unread.

mod markdown;
mod page;

use std::collections::BTreeSet;

use chrono::DateTime;
use chrono::Utc;

use super::Discord;
use super::mention::Ping;
use super::state::ApiCall;
use super::state::Channel;
use super::state::Failure;
use super::state::Message;
use super::state::Role;
use super::state::User;
use super::state::World;

pub use markdown::Formatted;
pub use markdown::Style;
use page::Page;

impl Discord {
    /// What everybody sees, oldest first.
    pub fn messages(&self, channel: &str) -> Vec<Message> {
        self.look().live(channel, |m| m.only_for.is_none())
    }

    pub fn message(&self, channel: &str, id: &str) -> Option<Message> {
        self.look().message(channel, id).cloned()
    }

    /// What one person alone sees, in every channel.
    pub fn ephemerals(&self, user: &str) -> Vec<Message> {
        let world = self.look();
        let all = world.messages.values().flatten();
        let mut found: Vec<Message> = all
            .filter(|m| m.only_for.as_deref() == Some(user) && !m.deleted)
            .cloned()
            .collect();
        found.sort_by_key(|m| m.id.parse::<u64>().unwrap_or(0));
        found
    }

    pub fn channel(&self, id: &str) -> Option<Channel> {
        self.look().channel(id).cloned()
    }

    pub fn channels(&self) -> Vec<Channel> {
        self.look().channels.clone()
    }

    /// The posts of a forum, oldest first.
    pub fn posts(&self, forum: &str) -> Vec<Channel> {
        let world = self.look();
        let posts = world
            .channels
            .iter()
            .filter(|c| c.parent.as_deref() == Some(forum));
        posts.cloned().collect()
    }

    /// What stands on a post, in the order in which it was put there.
    pub fn tags(&self, post: &str) -> Vec<String> {
        let world = self.look();
        let Some(post) = world.channel(post) else {
            return Vec::new();
        };
        let known = world.forum_of(post).map_or(&[][..], |forum| &forum.tags);
        let applied = post.thread.iter().flat_map(|thread| &thread.tags);
        let named = |id: &String| known.iter().find(|tag| tag.id == *id).map(|tag| tag.name.clone());
        applied.filter_map(named).collect()
    }

    pub fn users(&self) -> Vec<User> {
        self.look().users.clone()
    }

    pub fn roles(&self) -> Vec<Role> {
        self.look().roles.clone()
    }

    /// The id of the direct message with somebody, if there is one.
    pub fn dm(&self, user: &str) -> Option<String> {
        let world = self.look();
        let found = world.channels.iter().find(|c| c.with.as_deref() == Some(user));
        found.map(|c| c.id.clone())
    }

    pub fn calls(&self) -> Vec<ApiCall> {
        self.look().calls.clone()
    }

    /// How many 429 were handed out.
    pub fn limited(&self) -> u64 {
        self.look().rates.limited
    }

    /// The 401, 403 and 429 of the last ten minutes. Ten thousand of them end in a ban.
    pub fn invalid_requests(&self) -> usize {
        let now = self.now();
        self.look().rates.invalid(now)
    }

    /// What was sent that no well-behaved app sends, with Discord's answer.
    pub fn odd(&self) -> Vec<String> {
        self.look().odd.clone()
    }

    pub fn failures(&self) -> Vec<Failure> {
        self.look().failures.clone()
    }

    pub fn see(&self, channel: &str) -> Vec<Message> {
        self.mark(|m| m.channel == channel && m.only_for.is_none());
        self.messages(channel)
    }

    pub fn see_message(&self, channel: &str, id: &str) -> Option<Message> {
        self.mark(|m| m.channel == channel && m.id == id);
        self.message(channel, id)
    }

    pub fn see_ephemerals(&self, user: &str) -> Vec<Message> {
        self.mark(|m| m.only_for.as_deref() == Some(user));
        self.ephemerals(user)
    }

    /// What the bot wrote and nobody looked at, as `channel: words`.
    pub fn unread(&self) -> Vec<String> {
        let now = self.now();
        let world = self.look();
        let unseen = world
            .messages
            .values()
            .flatten()
            .filter(|m| !m.seen && !m.deleted);
        unseen
            .map(|m| {
                let words = Page::of(&world, m, now).text();
                match &m.only_for {
                    Some(user) => format!("{} only for {user}: {words}", m.channel),
                    None => format!("{}: {words}", m.channel),
                }
            })
            .collect()
    }

    fn mark(&self, which: impl Fn(&Message) -> bool) {
        self.change(|world, _| {
            let all = world.messages.values_mut().flatten();
            all.filter(|m| which(m)).for_each(|m| m.seen = true);
        });
    }

    /// Somebody has a channel on their screen.
    pub fn open_channel(&self, user: &str, channel: &str) {
        self.change(|world, _| {
            for message in world.messages.get_mut(channel).into_iter().flatten() {
                message.read_by.insert(user.to_owned());
            }
        });
    }

    /// As a person reads it: names for mentions, marks gone, times as they are written out.
    pub fn visible_text(&self, message: &Message) -> String {
        let now = self.now();
        Page::of(&self.look(), message, now).text()
    }

    /// A form as a person reads it.
    pub fn visible_modal(&self, modal: &super::Modal) -> String {
        let now = self.now();
        Page::of_modal(&self.look(), modal, now).text()
    }

    /// The words on the buttons that can be pressed, in order.
    pub fn buttons(&self, message: &Message) -> Vec<String> {
        let now = self.now();
        Page::of(&self.look(), message, now).buttons
    }

    /// The words of everything that menus offer.
    pub fn choices(&self, message: &Message) -> Vec<String> {
        let now = self.now();
        Page::of(&self.look(), message, now).choices
    }

    /// Every live call for attention, each once.
    pub fn pings(&self, message: &Message) -> Vec<Ping> {
        message.pings.iter().cloned().collect()
    }

    /// The people who would hear it: roles and channels resolved, unknown ids and bots left out.
    pub fn notified(&self, message: &Message) -> BTreeSet<String> {
        let world = self.look();
        let pings = &message.pings;
        let people = world.users.iter().filter(|user| !user.bot && !user.away);
        let called = |user: &&User| {
            pings.iter().any(|ping| match ping {
                Ping::User(id) => *id == user.id,
                Ping::Role(id) => user.roles.contains(id),
                Ping::Here | Ping::Everyone => true,
            })
        };
        people.filter(called).map(|user| user.id.clone()).collect()
    }

    /// Every link that can be clicked in the words (buttons are not words).
    pub fn links(&self, message: &Message) -> Vec<String> {
        let now = self.now();
        Page::of(&self.look(), message, now).links
    }

    /// The links that would grow a preview: those in the content, unless told not to.
    pub fn unfurls(&self, message: &Message) -> Vec<String> {
        let now = self.now();
        Page::of(&self.look(), message, now).unfurls
    }

    /// Every stretch of text that Discord would not show as plain words.
    pub fn formatted(&self, message: &Message) -> Vec<Formatted> {
        let now = self.now();
        Page::of(&self.look(), message, now).formatted
    }
}

impl World {
    fn live(&self, channel: &str, which: impl Fn(&Message) -> bool) -> Vec<Message> {
        let messages = self.messages.get(channel).map_or(&[][..], Vec::as_slice);
        let there = messages.iter().filter(|m| !m.deleted && which(m));
        there.cloned().collect()
    }

    /// What a person reads in a message.
    pub fn words(&self, message: &Message, now: DateTime<Utc>) -> String {
        Page::of(self, message, now).text()
    }
}
