//! What people answer, read as kindly as it can be read without guessing. An error is what to write instead.

use chrono_tz::Tz;

use crate::config::name::Sort;
use crate::config::name::is_id;
use crate::config::zone;
use crate::domain::lang::Lang;

/// The channel that shows the cards, and so which chat it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Room {
    Slack(String),
    Discord { server: String, channel: String },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// Whoever is in the channel; in Discord whoever is on the server.
    Channel,
    Group(String),
    Person(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum First {
    Push,
    Google,
    Later,
}

/// Account and location of a business profile.
pub type Profile = (String, String);

/// An id, or a link as "Copy link" gives it: https://team.slack.com/archives/C0123ABC, or Discord's
/// https://discord.com/channels/SERVER/CHANNEL, which names the server, too.
pub fn channel(text: &str) -> Result<Room, String> {
    if let Some((_, ids)) = text.trim().split_once("/channels/") {
        let mut ids = ids.split(['/', '?']);
        return match (ids.next(), ids.next()) {
            (Some(server), Some(channel))
                if is_id(server, Sort::Server) && is_id(channel, Sort::TextChannel) =>
            {
                Ok(Room::Discord {
                    server: server.to_owned(),
                    channel: channel.to_owned(),
                })
            }
            _ => Err(
                "that is no link to a channel of a server. Right-click the channel, Copy Link.".to_owned(),
            ),
        };
    }
    if is_id(text.trim(), Sort::TextChannel) {
        let what = "that is an id of Discord's, which does not say on which server. Right-click the channel, Copy Link.";
        return Err(what.to_owned());
    }
    let tail = text.trim().rsplit("/archives/").next().unwrap_or_default();
    let id = tail.split(['/', '?']).next().unwrap_or_default();
    if is_id(id, Sort::Channel) {
        return Ok(Room::Slack(id.to_owned()));
    }
    let hint = if text.trim().starts_with('#') {
        "that is its name; the id stays when somebody renames it"
    } else {
        "that is no id of a channel"
    };
    Err(format!(
        "{hint}. It looks like C0123ABC and stands at the end of the channel's details in Slack; in Discord right-click the channel, Copy Link."
    ))
}

pub fn language(text: &str) -> Result<Lang, String> {
    match text.trim().to_lowercase().as_str() {
        "de" | "deutsch" | "german" => Ok(Lang::De),
        "en" | "english" | "englisch" => Ok(Lang::En),
        _ => Err("write de or en.".to_owned()),
    }
}

pub fn zone(text: &str) -> Result<Tz, String> {
    zone::find(text.trim()).map_err(|remedy| format!("{:?} is no time zone; {remedy}", text.trim()))
}

pub fn who(text: &str, room: &Room) -> Result<Who, String> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("channel") {
        return Ok(Who::Channel);
    }
    if let Room::Discord { .. } = room {
        let id = |prefix: &str, sort| text.strip_prefix(prefix).filter(|id| is_id(id, sort));
        return match (id("role:", Sort::Role), id("user:", Sort::Member)) {
            (Some(role), _) => Ok(Who::Group(role.to_owned())),
            (None, Some(user)) => Ok(Who::Person(user.to_owned())),
            (None, None) => Err(
                "write channel, role:ID or user:ID. With developer mode, right-click the role or the person, Copy ID."
                    .to_owned(),
            ),
        };
    }
    if is_id(text, Sort::Group) {
        return Ok(Who::Group(text.to_owned()));
    }
    if is_id(text, Sort::Person) {
        return Ok(Who::Person(text.to_owned()));
    }
    Err(
        "write channel, or an id: S… of a user group (in the address of its page), U… of a person (in the profile)."
            .to_owned(),
    )
}

pub fn source(text: &str) -> Result<First, String> {
    match text.trim().to_lowercase().as_str() {
        "push" => Ok(First::Push),
        "google" => Ok(First::Google),
        "later" => Ok(First::Later),
        _ => Err("write push, google or later.".to_owned()),
    }
}

/// Nothing, or `1071/88213`; Google itself shows `accounts/1071/locations/88213`.
pub fn google(text: &str) -> Result<Option<Profile>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let parts: Vec<&str> = text
        .split('/')
        .filter(|p| !["accounts", "locations", ""].contains(p))
        .collect();
    match parts[..] {
        [account, location]
            if [account, location]
                .iter()
                .all(|p| p.chars().all(|c| c.is_ascii_digit())) =>
        {
            Ok(Some((account.to_owned(), location.to_owned())))
        }
        _ => Err("write two numbers, for example 1071/88213.".to_owned()),
    }
}

/// What this machine is set to, if that says anything.
pub fn usual_zone(language: Lang, env: &dyn Fn(&str) -> Option<String>) -> String {
    let told = env("TZ").or_else(|| std::fs::read_to_string("/etc/timezone").ok());
    let linked = || {
        let link = std::fs::read_link("/etc/localtime").ok()?;
        Some(link.to_str()?.split_once("zoneinfo/")?.1.to_owned())
    };
    let named = told.or_else(linked).unwrap_or_default();
    let named = named.trim().parse::<Tz>().ok();
    // Servers stand in UTC; teams do not.
    let somewhere = named.filter(|z| ![Tz::UTC, Tz::Etc__UTC, Tz::UCT, Tz::Etc__UCT].contains(z));
    match (somewhere, language) {
        (Some(zone), _) => zone.name().to_owned(),
        (None, Lang::De) => "Europe/Berlin".to_owned(),
        (None, Lang::En) => "UTC".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_whole_names_are_understood() {
        let slack = || Room::Slack("C0123ABC".into());
        assert_eq!(channel(" C0123ABC "), Ok(slack()));
        assert_eq!(
            channel("https://team.slack.com/archives/C0123ABC/p17000?x=1"),
            Ok(slack())
        );
        let discord = Room::Discord {
            server: "1300000000000000001".into(),
            channel: "1300000000000000003".into(),
        };
        assert_eq!(
            channel("https://discord.com/channels/1300000000000000001/1300000000000000003"),
            Ok(discord.clone())
        );
        assert!(channel("https://discord.com/channels/@me/1300000000000000003").is_err());
        assert!(channel("1300000000000000003").unwrap_err().contains("Copy Link"));
        assert_eq!(
            who("role:1300000000000000004", &discord),
            Ok(Who::Group("1300000000000000004".into()))
        );
        assert!(who("1300000000000000004", &discord).is_err());
        assert!(channel("#care").unwrap_err().starts_with("that is its name"));
        assert!(channel("S0123ABC").is_err());
        assert_eq!(
            google("accounts/1071/locations/88213"),
            Ok(Some(("1071".into(), "88213".into())))
        );
        assert!(google("1071").is_err());
        assert!(google("abc/def").is_err());
        assert_eq!(who("S0123CARE", &slack()), Ok(Who::Group("S0123CARE".into())));
        assert!(who("@care", &slack()).is_err());
        assert!(
            zone("Europe/Berln")
                .unwrap_err()
                .contains("did you mean \"Europe/Berlin\"?")
        );
    }

    #[test]
    fn a_machine_in_utc_says_nothing_about_the_team() {
        let set = |zone: &'static str| move |name: &str| (name == "TZ").then(|| zone.to_owned());
        assert_eq!(usual_zone(Lang::De, &set("Etc/UTC")), "Europe/Berlin");
        assert_eq!(usual_zone(Lang::De, &set("Europe/Vienna")), "Europe/Vienna");
        assert_eq!(usual_zone(Lang::En, &set("UTC")), "UTC");
    }
}
