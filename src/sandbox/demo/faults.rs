//! The faults that the page offers by name. Each breaks the far side where it hurts most; killing the app is somebody
//! else's business and only asked for here.

use super::Demo;
use crate::domain::news::Mood;
use crate::domain::text::Lang;
use crate::sandbox::sites::faults::Aim;
use crate::sandbox::sites::faults::Detail;
use crate::sandbox::sites::faults::Door;
use crate::sandbox::sites::faults::Fault;
use crate::sandbox::sites::hold;
use crate::sandbox::slack;
use crate::sandbox::slack::Kind;

pub const NAMES: [&str; 6] = [
    "answer_lost",
    "rate_limit",
    "archived_channel",
    "card_deleted",
    "site_away",
    "bot_killed",
];

/// The channel that most of the samples come to.
const CHANNEL: &str = "C0STIMMEN";
/// Long enough to be seen, short enough to be waited for.
const RETRY_AFTER: u64 = 10;

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
            "answer_lost" => {
                let _turn = hold(&self.turn);
                for door in self.doors() {
                    door.queue(Fault::AnswerLost, None, 1);
                }
            }
            "rate_limit" => {
                for method in ["chat.postMessage", "chat.update"] {
                    self.slack.fault(slack::Fault::rate_limit(method, RETRY_AFTER));
                }
            }
            "archived_channel" => drop(self.slack.archive(CHANNEL).await),
            "card_deleted" => {
                let Some((channel, ts)) = self.newest_card() else {
                    self.tell(Mood::Plain, "demo-no-card", &[]);
                    return true;
                };
                self.slack.delete_message(&channel, &ts);
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

    pub async fn heal(&self) {
        for door in self.doors() {
            door.heal();
        }
        self.slack.heal();
        if self.is_archived() {
            drop(self.slack.unarchive(CHANNEL).await);
        }
        self.tell(Mood::Good, "demo-healed", &[]);
        self.look_at_faults();
    }

    /// A lost answer is queued at both sites and meant for one: where it struck first, it is over.
    pub(super) fn look_at_faults(&self) {
        let waits = |name: &str| self.doors().map(|door| door.has(name));
        {
            let _turn = hold(&self.turn);
            if waits("answer_lost").contains(&false) {
                for door in self.doors() {
                    door.forget("answer_lost");
                }
            }
        }
        let chat = self.slack.faults();
        let archived = self.is_archived();
        self.board.change(|seen| {
            let down = seen.bot != super::lines::Bot::Up;
            seen.faults = NAMES
                .into_iter()
                .filter(|name| match *name {
                    "answer_lost" => waits("answer_lost").contains(&true),
                    "rate_limit" => chat.iter().any(|f| f.kind == Kind::RateLimit),
                    "archived_channel" => archived,
                    "site_away" => waits("server_error").contains(&true),
                    "bot_killed" => down,
                    _ => false,
                })
                .collect();
        });
    }

    fn is_archived(&self) -> bool {
        self.slack
            .channels()
            .iter()
            .any(|c| c.id == CHANNEL && c.archived)
    }

    fn doors(&self) -> [&Door; 2] {
        [self.google.door(), self.shop.door()]
    }

    /// The newest message of the app that is not in a thread and has buttons.
    fn newest_card(&self) -> Option<(String, String)> {
        let channels = self.slack.channels();
        let rooms = channels.iter().filter(|c| c.with.is_none() && !c.archived);
        rooms
            .flat_map(|c| self.slack.messages(&c.id))
            .filter(|m| !m.deleted && m.bot_id.is_some() && m.thread_ts.is_none())
            .filter(|m| !self.slack.buttons(m).is_empty())
            .max_by(|a, b| a.ts.cmp(&b.ts))
            .map(|m| (m.channel, m.ts))
    }
}
