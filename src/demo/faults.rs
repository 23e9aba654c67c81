//! The faults that the page offers by name. Each breaks the far side where it hurts most; killing the app is somebody
//! else's business and only asked for here.

use super::Demo;
use crate::domain::lang::Lang;
use crate::domain::show::news::Mood;
use standins::discord;
use standins::discord::Permission;
use standins::samples;
use standins::sites::faults::Aim;
use standins::sites::faults::Detail;
use standins::sites::faults::Door;
use standins::sites::faults::Fault;
use standins::sites::hold;
use standins::slack;
/// What goes wrong at the sites, in Slack, in Discord and with the bot, in this order on the page.
pub const NAMES: [&str; 16] = [
    "rush",
    "answer_lost",
    "site_away",
    "slack_rate_limit",
    "slack_answer_lost",
    "slack_away",
    "slack_archived",
    "slack_card_deleted",
    "discord_rate_limit",
    "discord_answer_lost",
    "discord_away",
    "discord_cut_off",
    "discord_thread_locked",
    "discord_forbidden",
    "discord_card_deleted",
    "bot_killed",
];

/// The channel that most of the samples come to, by its name in both chats.
const CHANNEL: &str = "kundenstimmen";
/// What the bot may no longer do when it is forbidden to it.
const FORBIDDEN: Permission = Permission::SendMessages;
/// Long enough to be seen, short enough to be waited for.
const RETRY_AFTER: u32 = 10;
/// More than the demo's channels take at once.
const RUSH: usize = 40;

/// Under which heading the page shows it.
pub fn place(name: &str) -> &'static str {
    match name.split('_').next() {
        Some("slack") => "slack",
        Some("discord") => "discord",
        Some("bot") => "bot",
        _ => "sites",
    }
}

pub fn label(name: &str, lang: Lang) -> String {
    lang.text(&format!("demo-fault-{}", name.replace('_', "-")), &[])
}

pub fn hint(name: &str, lang: Lang) -> String {
    lang.text(&format!("demo-fault-{}-hint", name.replace('_', "-")), &[])
}

impl Demo {
    /// False when there is no such fault.
    pub async fn inject(&self, name: &str) -> bool {
        let Some(name) = NAMES.into_iter().find(|known| *known == name) else {
            return false;
        };
        match name {
            "rush" => self.rush(),
            "answer_lost" => {
                let _turn = hold(&self.turn);
                for door in self.doors() {
                    door.queue(Fault::AnswerLost, None, 1);
                }
            }
            "slack_rate_limit" => {
                for method in ["chat.postMessage", "chat.update"] {
                    self.slack.fault(slack::Fault::rate_limit(method, RETRY_AFTER));
                }
            }
            "slack_answer_lost" => self.slack.fault(slack::Fault::answer_lost("chat.postMessage")),
            "slack_away" => self
                .slack
                .fault(slack::Fault::new(slack::Kind::ServerError).always()),
            "slack_archived" => {
                if let Some(channel) = self.slack_channel() {
                    drop(self.slack.archive(&channel).await);
                }
            }
            "slack_card_deleted" => {
                let Some((channel, ts)) = self.newest_card() else {
                    self.tell(Mood::Plain, "demo-no-card", &[]);
                    return true;
                };
                self.slack.delete_message(&channel, &ts);
            }
            "discord_rate_limit" => {
                for method in ["create_message", "edit_message"] {
                    let pause = discord::Fault::rate_limit(method, RETRY_AFTER);
                    self.discord.fault(pause);
                }
            }
            "discord_answer_lost" => self.discord.fault(discord::Fault::answer_lost("create_message")),
            "discord_away" => self
                .discord
                .fault(discord::Fault::new(discord::Kind::ServerError).always()),
            "discord_cut_off" => self
                .discord
                .fault(discord::Fault::new(discord::Kind::DisconnectSockets)),
            "discord_thread_locked" => {
                self.discord.fault(discord::Fault::new(discord::Kind::LockThread));
                if !self.discord_has(discord::Kind::LockThread) {
                    self.tell(Mood::Plain, "demo-no-thread", &[]);
                    return true;
                }
            }
            "discord_forbidden" => {
                if let Some(channel) = self.discord_channel() {
                    self.discord.take_permission(&channel.id, FORBIDDEN);
                }
            }
            "discord_card_deleted" => {
                let Some(card) = self.newest_discord_card() else {
                    self.tell(Mood::Plain, "demo-no-card", &[]);
                    return true;
                };
                self.discord.delete_message(&card.channel, &card.id);
            }
            "site_away" => {
                if let Some(away) = Fault::named("server_error", Detail::default()) {
                    for door in self.doors() {
                        door.queue(away, Some(Aim::All), u32::MAX);
                    }
                }
            }
            // Who is dead already cannot be killed; the one that comes next must not die of it.
            _ if !self.is_up() => return true,
            _ => self.kill.notify_one(),
        }
        self.tell(
            Mood::Warn,
            &format!("demo-fault-{}-told", name.replace('_', "-")),
            &[],
        );
        self.look_at_faults();
        true
    }

    /// A newsletter went out, or something broke: many write within a moment.
    fn rush(&self) {
        let german = samples::samples().into_iter().filter(|s| s.language == "de");
        let all: Vec<samples::Sample> = german.collect();
        for sample in all.iter().cycle().take(RUSH) {
            self.write(sample);
        }
    }

    pub async fn heal(&self) {
        for door in self.doors() {
            door.heal();
        }
        self.slack.heal();
        self.discord.heal();
        if let Some(channel) = self.slack_channel().filter(|_| self.is_archived()) {
            drop(self.slack.unarchive(&channel).await);
        }
        if let Some(channel) = self.discord_channel().filter(|_| self.is_forbidden()) {
            self.discord.give_permission(&channel.id, FORBIDDEN);
        }
        self.tell(Mood::Good, "demo-healed", &[]);
        self.look_at_faults();
    }

    /// A lost answer is queued at all sites and meant for one: where it struck first, it is over.
    pub(super) fn look_at_faults(&self) {
        let waits = |name: &str| self.doors().map(|door| door.has(name)).collect::<Vec<_>>();
        {
            let _turn = hold(&self.turn);
            if waits("answer_lost").contains(&false) {
                for door in self.doors() {
                    door.forget("answer_lost");
                }
            }
        }
        let chat = self.slack.faults();
        let slack_has = |kind: slack::Kind| chat.iter().any(|f| f.kind == kind);
        let (archived, forbidden) = (self.is_archived(), self.is_forbidden());
        self.board.change(|seen| {
            let down = seen.bot != super::lines::Bot::Up;
            seen.faults = NAMES
                .into_iter()
                .filter(|name| match *name {
                    "answer_lost" => waits("answer_lost").contains(&true),
                    "slack_rate_limit" => slack_has(slack::Kind::RateLimit),
                    "slack_answer_lost" => slack_has(slack::Kind::AnswerLost),
                    "slack_away" => slack_has(slack::Kind::ServerError),
                    "slack_archived" => archived,
                    "discord_rate_limit" => self.discord_has(discord::Kind::RateLimit),
                    "discord_answer_lost" => self.discord_has(discord::Kind::AnswerLost),
                    "discord_away" => self.discord_has(discord::Kind::ServerError),
                    "discord_thread_locked" => self.discord_has(discord::Kind::LockThread),
                    "discord_forbidden" => forbidden,
                    "site_away" => waits("server_error").contains(&true),
                    "bot_killed" => down,
                    _ => false,
                })
                .collect();
        });
    }

    fn slack_channel(&self) -> Option<String> {
        let channels = self.slack.channels().into_iter();
        channels
            .map(|c| (c.name, c.id))
            .find(|(name, _)| name == CHANNEL)
            .map(|(_, id)| id)
    }

    fn is_archived(&self) -> bool {
        let mut channels = self.slack.channels().into_iter();
        channels.any(|c| c.name == CHANNEL && c.archived)
    }

    fn discord_channel(&self) -> Option<discord::Channel> {
        let mut channels = self.discord.channels().into_iter();
        channels.find(|c| c.thread.is_none() && c.with.is_none() && c.name == CHANNEL)
    }

    fn is_forbidden(&self) -> bool {
        self.discord_channel()
            .is_some_and(|c| c.overwrites.iter().any(|o| o.deny & FORBIDDEN.bit() != 0))
    }

    fn discord_has(&self, kind: discord::Kind) -> bool {
        self.discord.faults().iter().any(|fault| fault.kind == kind)
    }

    pub(super) fn doors(&self) -> impl Iterator<Item = &Door> {
        self.sites.iter().map(|site| site.door())
    }

    /// As `newest_card`, in the other chat.
    fn newest_discord_card(&self) -> Option<discord::Message> {
        let channels = self.discord.channels().into_iter();
        let rooms = channels.filter(|c| c.with.is_none() && c.thread.is_none());
        rooms
            .flat_map(|c| self.discord.messages(&c.id))
            .filter(|m| !self.discord.choices(m).is_empty())
            .max_by_key(|m| m.at)
    }

    /// The newest card: of all that stands in rooms, only cards have a menu of what one seldom does.
    fn newest_card(&self) -> Option<(String, String)> {
        let channels = self.slack.channels();
        let rooms = channels.iter().filter(|c| c.with.is_none() && !c.archived);
        rooms
            .flat_map(|c| self.slack.messages(&c.id))
            .filter(|m| !m.deleted && m.bot_id.is_some() && m.thread_ts.is_none())
            .filter(|m| !self.slack.choices(m).is_empty())
            .max_by(|a, b| a.ts.cmp(&b.ts))
            .map(|m| (m.channel, m.ts))
    }
}
