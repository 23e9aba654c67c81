//! What people answer, read as kindly as it can be read without guessing. An error is what to write instead.

use chrono_tz::Tz;

use crate::chat::KINDS;
use crate::chat::kind::ChatKind;
use crate::chat::setup::Room;
use crate::chat::setup::Who;
use crate::config::zone;
use crate::domain::lang::Lang;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum First {
    Push,
    Google,
    Later,
}

/// Account and location of a business profile.
pub type Profile = (String, String);

/// An id, or a link, as one of the chats gives it.
pub fn channel(text: &str) -> Result<Room, String> {
    let text = text.trim();
    if let Some(answer) = KINDS.iter().find_map(|chat| (chat.setup.room)(text)) {
        return answer;
    }
    let hint = if text.starts_with('#') {
        "that is its name; the id stays when somebody renames it"
    } else {
        "that is no id of a channel"
    };
    let found = KINDS.map(|chat| chat.setup.found).join("; ");
    Err(format!("{hint}. {found}."))
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

pub fn who(text: &str, chat: &ChatKind) -> Result<Who, String> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("channel") {
        return Ok(Who::Channel);
    }
    (chat.setup.who)(text)
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
    use crate::chat::discord;
    use crate::chat::slack;

    #[test]
    fn links_and_whole_names_are_understood() {
        let named = |text: &str| channel(text).map(|room| (room.chat.name, room.server, room.id));
        let slack = Ok(("slack", None, "C0123ABC".to_owned()));
        assert_eq!(named(" C0123ABC "), slack);
        assert_eq!(
            named("https://team.slack.com/archives/C0123ABC/p17000?x=1"),
            slack
        );
        assert_eq!(
            named("https://discord.com/channels/1300000000000000001/1300000000000000003"),
            Ok((
                "discord",
                Some("1300000000000000001".into()),
                "1300000000000000003".into()
            ))
        );
        assert!(channel("https://discord.com/channels/@me/1300000000000000003").is_err());
        assert!(channel("1300000000000000003").unwrap_err().contains("Copy Link"));
        let (slack, discord) = (&slack::KIND, &discord::KIND);
        assert_eq!(
            who("role:1300000000000000004", discord),
            Ok(Who::Group("1300000000000000004".into()))
        );
        assert!(who("1300000000000000004", discord).is_err());
        assert!(channel("#care").unwrap_err().starts_with("that is its name"));
        assert!(channel("S0123ABC").is_err());
        assert_eq!(
            google("accounts/1071/locations/88213"),
            Ok(Some(("1071".into(), "88213".into())))
        );
        assert!(google("1071").is_err());
        assert!(google("abc/def").is_err());
        assert_eq!(who("S0123CARE", slack), Ok(Who::Group("S0123CARE".into())));
        assert!(who("@care", slack).is_err());
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
