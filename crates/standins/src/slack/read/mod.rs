//! What a test looks at afterwards: what stands in the channels, how a person reads it, whom it called and what
//! it linked to. Looking through `see…` marks a message as read, so a test can end with nothing unread.

mod marks;
mod mrkdwn;
mod page;
mod rich;

use std::collections::BTreeSet;

use serde_json::Value;

use super::Slack;
use super::state::{ApiCall, Channel, Ephemeral, Failure, Group, Message, OpenView, StoredFile, User, World};

pub use marks::{Formatted, Style};
use page::Page;

/// Who is called. The id may belong to nobody: a live token is a ping waiting for its owner.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ping {
    User(String),
    Group(String),
    Here,
    Channel,
    Everyone,
}

impl Slack {
    /// Top level, oldest first, without what was deleted.
    pub fn messages(&self, channel: &str) -> Vec<Message> {
        self.look()
            .live(channel, |m| m.thread_ts.is_none() || m.broadcast)
    }

    /// The replies, without their parent.
    pub fn thread(&self, channel: &str, ts: &str) -> Vec<Message> {
        self.look().live(channel, |m| m.thread_ts.as_deref() == Some(ts))
    }

    pub fn message(&self, channel: &str, ts: &str) -> Option<Message> {
        self.look().message(channel, ts).filter(|m| !m.deleted).cloned()
    }

    pub fn ephemerals(&self, user: &str) -> Vec<Ephemeral> {
        let world = self.look();
        world
            .ephemerals
            .iter()
            .filter(|e| e.user == user && !e.deleted)
            .cloned()
            .collect()
    }

    /// Open forms, the topmost last.
    pub fn views(&self, user: &str) -> Vec<OpenView> {
        self.look().views.get(user).cloned().unwrap_or_default()
    }

    /// The form in front of somebody.
    pub fn view(&self, user: &str) -> Option<OpenView> {
        self.views(user).pop()
    }

    /// What somebody's own tab of the bot shows.
    pub fn home(&self, user: &str) -> Option<OpenView> {
        self.look().homes.get(user).cloned()
    }

    pub fn files(&self) -> Vec<StoredFile> {
        self.look().files.clone()
    }

    pub fn calls(&self) -> Vec<ApiCall> {
        self.look().calls.clone()
    }

    /// How many 429 were handed out.
    pub fn limited(&self) -> u64 {
        self.look().limited
    }

    pub fn failures(&self) -> Vec<Failure> {
        self.look().failures.clone()
    }

    pub fn channels(&self) -> Vec<Channel> {
        self.look().channels.clone()
    }

    pub fn users(&self) -> Vec<User> {
        self.look().users.clone()
    }

    pub fn groups(&self) -> Vec<Group> {
        self.look().groups.clone()
    }

    /// The id of the direct message with somebody, if there is one.
    pub fn dm(&self, user: &str) -> Option<String> {
        let world = self.look();
        world
            .channels
            .iter()
            .find(|c| c.with.as_deref() == Some(user))
            .map(|c| c.id.clone())
    }

    pub fn see(&self, channel: &str) -> Vec<Message> {
        self.mark(channel, |m| m.thread_ts.is_none() || m.broadcast);
        self.messages(channel)
    }

    pub fn see_thread(&self, channel: &str, ts: &str) -> Vec<Message> {
        self.mark(channel, |m| m.thread_ts.as_deref() == Some(ts));
        self.thread(channel, ts)
    }

    pub fn see_message(&self, channel: &str, ts: &str) -> Option<Message> {
        self.mark(channel, |m| m.ts == ts);
        self.message(channel, ts)
    }

    pub fn see_ephemerals(&self, user: &str) -> Vec<Ephemeral> {
        self.change(|world, _| {
            world
                .ephemerals
                .iter_mut()
                .filter(|e| e.user == user)
                .for_each(|e| e.seen = true);
        });
        self.ephemerals(user)
    }

    /// What the bot wrote and nobody looked at, as `channel: words`.
    pub fn unread(&self) -> Vec<String> {
        let world = self.look();
        let posted = world
            .messages
            .values()
            .flatten()
            .filter(|m| !m.seen && !m.deleted)
            .map(|m| {
                let page = Page::of_message(&world, m);
                format!("{}: {}", m.channel, page.text())
            });
        let whispered = world
            .ephemerals
            .iter()
            .filter(|e| !e.seen && !e.deleted)
            .map(|e| {
                let page = Page::of(&world, &e.text, &e.blocks);
                format!("{} only for {}: {}", e.channel, e.user, page.text())
            });
        posted.chain(whispered).collect()
    }

    fn mark(&self, channel: &str, which: impl Fn(&Message) -> bool) {
        self.change(|world, _| {
            let messages = world.messages.get_mut(channel).into_iter().flatten();
            messages.filter(|m| which(m)).for_each(|m| m.seen = true);
        });
    }

    /// As a person reads it: names for mentions, labels in brackets, marks gone.
    pub fn visible_text(&self, message: &Message) -> String {
        Page::of_message(&self.look(), message).text()
    }

    pub fn visible_ephemeral(&self, whisper: &Ephemeral) -> String {
        Page::of(&self.look(), &whisper.text, &whisper.blocks).text()
    }

    pub fn visible_view(&self, open: &OpenView) -> String {
        let world = self.look();
        let title = open.view["title"]["text"].as_str().unwrap_or_default();
        let blocks = open.view["blocks"].as_array().map_or(&[][..], Vec::as_slice);
        let page = Page::of(&world, "", blocks);
        let errors = open.errors.values().map(|error| format!("! {error}"));
        let lines: Vec<String> = [title.to_owned(), page.text()]
            .into_iter()
            .chain(errors)
            .collect();
        lines.join("\n")
    }

    /// The words on the buttons, in order.
    pub fn buttons(&self, message: &Message) -> Vec<String> {
        Page::of_message(&self.look(), message).buttons
    }

    /// The words of everything that menus offer.
    pub fn choices(&self, message: &Message) -> Vec<String> {
        Page::of_message(&self.look(), message).choices
    }

    /// Every live call for attention in text and blocks, each once.
    pub fn pings(&self, message: &Message) -> Vec<Ping> {
        Page::of_message(&self.look(), message)
            .pings
            .into_iter()
            .collect()
    }

    /// The people who would hear it: groups and channels resolved, unknown ids left out.
    pub fn notified(&self, message: &Message) -> BTreeSet<String> {
        let world = self.look();
        let pings = Page::of_message(&world, message).pings;
        let known = |id: &String| world.user(id).is_some_and(|user| !user.deleted && !user.is_bot);
        pings
            .iter()
            .flat_map(|ping| world.behind(ping, &message.channel))
            .filter(known)
            .collect()
    }

    /// Every link that can be clicked in the words (buttons are not words).
    pub fn links(&self, message: &Message) -> Vec<String> {
        Page::of_message(&self.look(), message).links
    }

    /// The links that would grow a preview.
    pub fn unfurls(&self, message: &Message) -> Vec<String> {
        let handling = &message.handling;
        let mut links = self.links(message);
        links.retain(|link| match page::is_media(link) {
            // Media unfurls unless told not to, pages of words only when told to.
            true => handling.unfurl_media != Some(false),
            false => handling.unfurl_links == Some(true),
        });
        links
    }

    /// Every stretch of text that Slack would not show as plain words.
    pub fn formatted(&self, message: &Message) -> Vec<Formatted> {
        Page::of_message(&self.look(), message).formatted
    }
}

impl World {
    fn live(&self, channel: &str, which: impl Fn(&Message) -> bool) -> Vec<Message> {
        let messages = self.messages.get(channel).map_or(&[][..], Vec::as_slice);
        messages
            .iter()
            .filter(|m| !m.deleted && which(m))
            .cloned()
            .collect()
    }

    fn behind(&self, ping: &Ping, channel: &str) -> Vec<String> {
        match ping {
            Ping::User(id) => vec![id.clone()],
            Ping::Group(id) => {
                let group = self.group(id).filter(|group| !group.disabled);
                group.map(|group| group.users.clone()).unwrap_or_default()
            }
            Ping::Here | Ping::Channel | Ping::Everyone => self
                .channel(channel)
                .map(|channel| channel.members.clone())
                .unwrap_or_default(),
        }
    }
}

/// The words on a block's element, whatever shape they have.
fn words(value: &Value) -> &str {
    value["text"].as_str().unwrap_or_default()
}
