//! One chat as people use it, whichever it is: a story that is told with these words runs once per chat.

use serde_json::Value;
use zeitnah::domain::promise::rules::Rules;

use crate::desk::ANNA;
use crate::desk::BEN;
use crate::desk::CARE;
use crate::desk::Chats;
use crate::desk::D_ANNA;
use crate::desk::D_BEN;
use crate::desk::D_CARE;
use crate::desk::D_GAST;
use crate::desk::D_LEADS;
use crate::desk::Desk;
use crate::desk::GAST;
use crate::desk::LEADS;
use crate::desk::Wish;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chat {
    Slack,
    Discord,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    Anna,
    Ben,
    Gast,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    Care,
    Leads,
}

/// A message that people see: a card, or a line with buttons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    pub room: String,
    pub id: String,
}

/// A team's place in front of one chat.
pub struct Seat<'a> {
    pub desk: &'a Desk,
    pub chat: Chat,
}

impl Chat {
    /// A team that has this chat and no other.
    pub fn wish(self) -> Wish {
        Wish {
            chats: match self {
                Self::Slack => Chats::Slack,
                Self::Discord => Chats::Discord,
            },
            ..Wish::default()
        }
    }

    /// A team on this chat, at work.
    pub async fn desk(self, replicas: usize, tune: fn(&mut Rules)) -> Desk {
        Desk::with(Wish {
            replicas,
            tune,
            ..self.wish()
        })
        .await
    }

    /// The chat of a team that has one.
    pub fn of(rules: &Rules) -> Self {
        match rules.channels["care"].chat.as_str() {
            "slack" => Self::Slack,
            _ => Self::Discord,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Slack => "slack",
            Self::Discord => "discord",
        }
    }

    /// The name of a snapshot: what each chat shows is its own.
    pub fn named(self, name: &str) -> String {
        match self {
            Self::Slack => name.to_owned(),
            Self::Discord => format!("discord_{name}"),
        }
    }

    /// How a file begins: the chat, and the two channels.
    pub fn head(self) -> String {
        let section = match self {
            Self::Slack => "[slack]",
            Self::Discord => "[discord]\nserver = \"1300000000000000001\"",
        };
        let channel = |name: &str, room: Room| {
            format!(
                r#"
[[channel]]
name = "{name}"
{} = "{}"
language = "de"
time_zone = "Europe/Berlin"
"#,
                self.name(),
                self.room(room)
            )
        };
        format!(
            "{section}\npost_every_ms = 0\n{}{}",
            channel("care", Room::Care),
            channel("leads", Room::Leads)
        )
    }

    /// Lines of a file that give each of these a role.
    pub fn roles(self, roles: &[(&str, Who)]) -> String {
        let line = |(role, who): &(&str, Who)| {
            let (key, id) = (self.name(), self.id(*who));
            format!("[[role]]\nrole = \"{role}\"\n{key}_user = \"{id}\"\n")
        };
        roles.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    pub fn id(self, who: Who) -> &'static str {
        match (self, who) {
            (Self::Slack, Who::Anna) => ANNA,
            (Self::Slack, Who::Ben) => BEN,
            (Self::Slack, Who::Gast) => GAST,
            (Self::Discord, Who::Anna) => D_ANNA,
            (Self::Discord, Who::Ben) => D_BEN,
            (Self::Discord, Who::Gast) => D_GAST,
        }
    }

    pub fn room(self, room: Room) -> &'static str {
        match (self, room) {
            (Self::Slack, Room::Care) => CARE,
            (Self::Slack, Room::Leads) => LEADS,
            (Self::Discord, Room::Care) => D_CARE,
            (Self::Discord, Room::Leads) => D_LEADS,
        }
    }
}

impl<'a> Seat<'a> {
    pub fn new(desk: &'a Desk, chat: Chat) -> Self {
        Self { desk, chat }
    }

    /// The messages of a room, looked at.
    pub fn all(&self, room: Room) -> Vec<Shown> {
        let id = self.chat.room(room);
        match self.chat {
            Chat::Slack => {
                let all = self.desk.slack.see(id);
                all.iter().map(|m| shown(&m.channel, &m.ts)).collect()
            }
            Chat::Discord => {
                let all = self.desk.discord.see(id);
                all.iter().map(|m| shown(&m.channel, &m.id)).collect()
            }
        }
    }

    pub fn card(&self) -> Shown {
        self.all(Room::Care).pop().expect("a card")
    }

    /// What it says now, as a person reads it.
    pub fn text(&self, card: &Shown) -> String {
        match self.chat {
            Chat::Slack => {
                let slack = &self.desk.slack;
                slack.visible_text(&slack.see_message(&card.room, &card.id).expect("it stands"))
            }
            Chat::Discord => {
                let discord = &self.desk.discord;
                discord.visible_text(&discord.see_message(&card.room, &card.id).expect("it stands"))
            }
        }
    }

    /// All that can be pressed, whether it lies open or in a menu.
    pub fn buttons(&self, card: &Shown) -> Vec<String> {
        match self.chat {
            Chat::Slack => {
                let message = self.desk.slack.message(&card.room, &card.id).expect("it stands");
                self.desk.slack.buttons(&message)
            }
            Chat::Discord => {
                let message = self
                    .desk
                    .discord
                    .message(&card.room, &card.id)
                    .expect("it stands");
                // In the order in which they stand.
                let rows = message
                    .components
                    .iter()
                    .filter_map(|row| row["components"].as_array());
                let labels = |c: &Value| -> Vec<String> {
                    let options = c["options"]
                        .as_array()
                        .cloned()
                        .unwrap_or_else(|| vec![c.clone()]);
                    let labels = options.iter().filter_map(|o| o["label"].as_str());
                    labels.map(str::to_owned).collect()
                };
                rows.flatten()
                    .filter(|c| c["disabled"] != true)
                    .flat_map(labels)
                    .collect()
            }
        }
    }

    /// The card's thread as lines.
    pub fn thread(&self, card: &Shown) -> Vec<String> {
        match self.chat {
            Chat::Slack => {
                let slack = &self.desk.slack;
                let lines = slack.see_thread(&card.room, &card.id);
                lines
                    .iter()
                    .map(|m| slack.visible_text(m).trim().to_owned())
                    .collect()
            }
            Chat::Discord => {
                let discord = &self.desk.discord;
                // Discord writes a line of its own where a thread begins.
                let lines = discord.see(&card.id);
                let ours = lines
                    .iter()
                    .filter(|m| !m.content.is_empty() || !m.embeds.is_empty());
                ours.map(|m| discord.visible_text(m).trim().to_owned()).collect()
            }
        }
    }

    /// The lines below a card that call somebody.
    pub fn calls(&self, card: &Shown) -> Vec<String> {
        let lines = self.thread(card).into_iter();
        lines.filter(|line| line.starts_with('@')).collect()
    }

    /// Looks at all that stands in these rooms and below it, and at what these people were told alone. Whatever else was
    /// written somewhere, a story does not end with.
    pub fn look_around(&self, rooms: &[Room], people: &[Who]) {
        for room in rooms {
            for message in self.all(*room) {
                self.thread(&message);
            }
        }
        for who in people {
            self.whispers(*who);
        }
    }

    pub async fn press(&self, who: Who, card: &Shown, what: &str) {
        let id = self.chat.id(who);
        match self.chat {
            Chat::Slack => {
                let outcome = self.desk.slack.press(id, &card.room, &card.id, what).await;
                assert!(outcome.acked, "{what}: {outcome:?}");
            }
            Chat::Discord => {
                let discord = &self.desk.discord;
                let outcome = match self.menu_with(card, what) {
                    Some(menu) => discord.choose(id, &card.room, &card.id, &menu, &[what]).await,
                    None => discord.press(id, &card.room, &card.id, what).await,
                };
                assert!(outcome.acked, "{what}: {outcome:?}");
            }
        }
        self.desk.settle().await;
    }

    /// The menu of a message of Discord's that offers this.
    fn menu_with(&self, card: &Shown, what: &str) -> Option<String> {
        let message = self.desk.discord.message(&card.room, &card.id)?;
        let mut menus = message.components.iter().map(|row| &row["components"][0]);
        let menu = menus.find(|menu| {
            let options = menu["options"].as_array().into_iter().flatten();
            options.into_iter().any(|option| option["label"] == *what)
        })?;
        menu["custom_id"].as_str().map(str::to_owned)
    }

    /// Chooses in the menu of what one seldom does: in Slack's own tab, or in the private message in Discord.
    pub async fn set(&self, who: Who, what: &str) {
        match self.chat {
            Chat::Slack => {
                let slack = &self.desk.slack;
                let home = slack.home(self.chat.id(who)).expect("a home");
                let outcome = slack
                    .choose_in_view(self.chat.id(who), &home.id, "z1.menu", what)
                    .await;
                assert!(outcome.acked, "{what}: {outcome:?}");
                self.desk.settle().await;
            }
            Chat::Discord => self.press(who, &self.last_told(who), what).await,
        }
    }

    /// What stands in Slack's menu behind the dots stands in Discord's menu below the buttons.
    pub async fn choose(&self, who: Who, card: &Shown, what: &str) {
        match self.chat {
            Chat::Slack => {
                let id = self.chat.id(who);
                let slack = &self.desk.slack;
                let outcome = slack.choose(id, &card.room, &card.id, "z1.more", what).await;
                assert!(outcome.acked, "{what}: {outcome:?}");
                self.desk.settle().await;
            }
            Chat::Discord => self.press(who, card, what).await,
        }
    }

    /// Sends the form that `who` has open: a modal, or in Discord the private message that follows one.
    pub async fn submit(&self, who: Who, values: &[(&str, &str)]) {
        let id = self.chat.id(who);
        match self.chat {
            Chat::Slack => {
                let view = self.desk.slack.view(id).expect("a form is open");
                let outcome = self.desk.slack.submit(id, &view.id, values).await;
                assert!(outcome.acked, "{outcome:?}");
            }
            Chat::Discord if self.desk.discord.modal(id).is_some() => {
                let outcome = self.desk.discord.submit(id, values).await;
                assert!(outcome.acked, "{outcome:?}");
            }
            Chat::Discord => {
                let form = self
                    .desk
                    .discord
                    .see_ephemerals(id)
                    .pop()
                    .expect("a private message");
                let first = form.components.first().expect("buttons")["components"][0]["custom_id"].clone();
                let Value::String(button) = first else {
                    panic!("no button in {form:?}")
                };
                let outcome = self
                    .desk
                    .discord
                    .press(id, &form.channel, &form.id, &button)
                    .await;
                assert!(outcome.acked, "{outcome:?}");
            }
        }
        self.desk.settle().await;
    }

    /// Presses another button of the private message that `who` has before them.
    pub async fn press_private(&self, who: Who, what: &str) {
        let id = self.chat.id(who);
        let form = self
            .desk
            .discord
            .see_ephemerals(id)
            .pop()
            .expect("a private message");
        let outcome = self.desk.discord.press(id, &form.channel, &form.id, what).await;
        assert!(outcome.acked, "{what}: {outcome:?}");
        self.desk.settle().await;
    }

    /// What the form says that `who` has before them.
    pub fn form(&self, who: Who) -> String {
        let id = self.chat.id(who);
        match self.chat {
            Chat::Slack => self.desk.form(id),
            Chat::Discord => match self.desk.discord.modal(id) {
                Some(modal) => self.desk.discord.visible_modal(&modal),
                None => self.whispers(who).pop().expect("a private message"),
            },
        }
    }

    /// Nothing is left to fill in or to press.
    pub fn has_form(&self, who: Who) -> bool {
        let id = self.chat.id(who);
        match self.chat {
            Chat::Slack => self.desk.slack.view(id).is_some(),
            Chat::Discord => {
                let private = self.desk.discord.see_ephemerals(id);
                let waits = private.last().is_some_and(|m| !m.components.is_empty());
                self.desk.discord.modal(id).is_some() || waits
            }
        }
    }

    /// Puts away the form that is open. In Slack the next one covers it.
    pub fn close(&self, who: Who) {
        if self.chat == Chat::Discord {
            self.desk.discord.close_modal(self.chat.id(who));
        }
    }

    /// Where its links lead, as a person would follow them.
    pub fn links(&self, card: &Shown) -> Vec<String> {
        match self.chat {
            Chat::Slack => {
                let message = self.desk.slack.message(&card.room, &card.id).expect("it stands");
                self.desk.slack.links(&message)
            }
            Chat::Discord => {
                let message = self
                    .desk
                    .discord
                    .message(&card.room, &card.id)
                    .expect("it stands");
                self.desk.discord.links(&message)
            }
        }
    }

    /// Where a message is found in the chat's own client.
    pub fn address(&self, card: &Shown) -> String {
        let chats = &self.desk.apps[0].desk.chats;
        chats[self.chat.name()]
            .link(&card.room, &card.id)
            .expect("it has an address")
    }

    /// How many people this one message called.
    pub fn called_by(&self, card: &Shown) -> usize {
        match self.chat {
            Chat::Slack => {
                let message = self.desk.slack.message(&card.room, &card.id).expect("it stands");
                self.desk.slack.notified(&message).len()
            }
            Chat::Discord => {
                let message = self
                    .desk
                    .discord
                    .message(&card.room, &card.id)
                    .expect("it stands");
                self.desk.discord.notified(&message).len()
            }
        }
    }

    /// What only `who` was told, oldest first.
    pub fn whispers(&self, who: Who) -> Vec<String> {
        let id = self.chat.id(who);
        match self.chat {
            Chat::Slack => self.desk.whispers(id),
            Chat::Discord => {
                let discord = &self.desk.discord;
                let all = discord.see_ephemerals(id);
                all.iter()
                    .map(|m| discord.visible_text(m).trim().to_owned())
                    .collect()
            }
        }
    }

    pub fn told(&self, who: Who) -> String {
        self.whispers(who).pop().unwrap_or_default()
    }

    /// `/zeitnah take 42`, as each chat wants it typed.
    pub async fn command(&self, who: Who, word: &str, number: Option<i64>) -> String {
        let id = self.chat.id(who);
        match self.chat {
            Chat::Slack => {
                let text = number.map_or_else(|| word.to_owned(), |n| format!("{word} {n}"));
                self.desk.command(id, &text).await
            }
            Chat::Discord => {
                let text = number.map_or_else(|| word.to_owned(), |n| format!("{word} number:{n}"));
                let outcome = self
                    .desk
                    .discord
                    .command(id, D_CARE, &format!("/zeitnah {text}"))
                    .await;
                assert!(outcome.acked, "{outcome:?}");
                self.desk.settle().await;
                self.told(who)
            }
        }
    }

    /// `/zeitnah find …`: words as each chat wants them typed.
    pub async fn look(&self, who: Who, word: &str, words: &str) -> String {
        let word = match self.chat {
            Chat::Slack => format!("{word} {words}"),
            Chat::Discord => format!("{word} words:{words}"),
        };
        self.command(who, &word, None).await
    }

    /// The private message that `who` was told last.
    pub fn last_told(&self, who: Who) -> Shown {
        let id = self.chat.id(who);
        match self.chat {
            Chat::Slack => {
                let last = self.desk.slack.see_ephemerals(id).pop().expect("it was said");
                shown(&last.channel, &last.ts)
            }
            Chat::Discord => {
                let last = self.desk.discord.see_ephemerals(id).pop().expect("it was said");
                shown(&last.channel, &last.id)
            }
        }
    }

    /// What can be done in it.
    pub fn buttons_told(&self, who: Who) -> Vec<String> {
        match self.chat {
            Chat::Slack => {
                let private = self
                    .desk
                    .slack
                    .see_ephemerals(self.chat.id(who))
                    .pop()
                    .expect("it was said");
                let beside = private.blocks.iter().map(|block| &block["accessory"]);
                let read_out = beside.filter_map(|button| button["accessibility_label"].as_str());
                read_out.map(str::to_owned).collect()
            }
            Chat::Discord => self.buttons(&self.last_told(who)),
        }
    }

    /// `/zeitnah quiet …`; what Slack takes as one line is an option in Discord.
    pub async fn quiet(&self, who: Who, hours: &str) -> String {
        let word = match (self.chat, hours) {
            (_, "") => "quiet".to_owned(),
            (Chat::Slack, hours) => format!("quiet {hours}"),
            (Chat::Discord, hours) => format!("quiet hours:{hours}"),
        };
        self.command(who, &word, None).await
    }

    /// `/zeitnah settings …`, the same way.
    pub async fn settings(&self, who: Who, change: &str) -> String {
        let word = match (self.chat, change) {
            (_, "") => "settings".to_owned(),
            (Chat::Slack, change) => format!("settings {change}"),
            (Chat::Discord, change) => format!("settings change:{change}"),
        };
        self.command(who, &word, None).await
    }

    /// What the bot wrote to `who` directly, looked at; none if it never did.
    pub fn direct(&self, who: Who) -> Vec<String> {
        let id = self.chat.id(who);
        match self.chat {
            Chat::Slack => {
                let slack = &self.desk.slack;
                let all = slack.dm(id).map(|room| slack.see(&room)).unwrap_or_default();
                all.iter()
                    .map(|m| slack.visible_text(m).trim().to_owned())
                    .collect()
            }
            Chat::Discord => {
                let discord = &self.desk.discord;
                let all = discord.dm(id).map(|room| discord.see(&room)).unwrap_or_default();
                all.iter()
                    .map(|m| discord.visible_text(m).trim().to_owned())
                    .collect()
            }
        }
    }

    /// The newest line below a card, looked at.
    pub fn last_line(&self, card: &Shown) -> Shown {
        match self.chat {
            Chat::Slack => {
                let lines = self.desk.slack.see_thread(&card.room, &card.id);
                let last = lines.last().expect("a line");
                shown(&last.channel, &last.ts)
            }
            Chat::Discord => {
                let lines = self.desk.discord.see(&card.id);
                let last = lines.last().expect("a line");
                shown(&last.channel, &last.id)
            }
        }
    }

    /// From the card to the published answer, as a person does it.
    pub async fn answer(&self, who: Who, card: &Shown, text: &str) {
        self.press(who, card, "Antworten").await;
        self.submit(who, &[("text", text)]).await;
        self.submit(who, &[]).await;
        self.desk.seconds(30).await;
    }

    /// Who was called by anything that the bot wrote in these rooms and below their cards.
    pub fn notified(&self) -> std::collections::BTreeSet<String> {
        match self.chat {
            Chat::Slack => self.desk.notified(),
            Chat::Discord => {
                let discord = &self.desk.discord;
                let channels = discord.channels();
                let all = channels.iter().flat_map(|c| discord.see(&c.id));
                all.flat_map(|m| discord.notified(&m)).collect()
            }
        }
    }
}

fn shown(room: &str, id: &str) -> Shown {
    Shown {
        room: room.to_owned(),
        id: id.to_owned(),
    }
}
