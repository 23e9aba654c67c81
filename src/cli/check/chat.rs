//! The chats: the tokens, what they may, and each room, group and person that the file names, in the line that names it.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::TimeDelta;
use secrecy::ExposeSecret as _;

use crate::chat::discord;
use crate::chat::discord::DiscordChat;
use crate::chat::slack;
use crate::chat::slack::SlackChat;
use crate::cli::check::report::Report;
use crate::config;
use crate::config::Sections;
use crate::domain::At;
use crate::domain::promise::rules::Named;
use crate::domain::show::closure::Closure;
use crate::port::PortError;
use crate::port::chat::ChatPlatform;
use crate::port::chat::Finding;
use crate::port::chat::Gravity;
use crate::port::clock::SystemClock;
use crate::port::shared::Pace;
use crate::reader::secret::Origin;

const SLACK: Area = Area {
    name: "Slack",
    chat: slack::NAME,
    taken: "the bot token is taken, with the scopes that are needed",
    room: "the bot is in it",
};
const DISCORD: Area = Area {
    name: "Discord",
    chat: discord::NAME,
    taken: "the bot token is taken, and the server can be read",
    room: "the bot may do there what it has to",
};
const CERTIFICATES: &str = "install the system's certificates, for example the package ca-certificates";

/// A chat, and what is said about it when all is well.
struct Area {
    name: &'static str,
    chat: &'static str,
    taken: &'static str,
    room: &'static str,
}

pub async fn look(sections: &Sections, report: &mut Report) {
    if let Some(given) = &sections.slack {
        on_slack(sections, given, report).await;
    }
    if let Some(given) = &sections.discord {
        on_discord(sections, given, report).await;
    }
}

/// What can be said of the secrets without asking anybody: whether they are of the form that the chat hands out. A
/// server that only speaks like one may hand out what it wants.
pub fn look_at_secrets(sections: &Sections, report: &mut Report) {
    use config::slack::Way;
    if let Some(given) = &sections.slack
        && is_at(given.api_url.as_deref(), "slack.com")
    {
        let bot = given
            .bot_token
            .as_ref()
            .map(|token| (token, "xoxb-", &given.bot_token_from));
        let app = match &given.way {
            Some(Way::Socket { app_token, .. }) => Some((app_token, "xapp-", &given.app_token_from)),
            Some(Way::Http { .. }) | None => None,
        };
        for (token, beginning, from) in bot.into_iter().chain(app) {
            let place = sections.place(from.line, &from.name);
            if token.expose_secret().starts_with(beginning) {
                report.good(
                    SLACK.name,
                    format!("{} has the form of one of Slack's tokens", from.name),
                );
            } else {
                let what = format!(
                    "{} is none of Slack's tokens, which begin here with {beginning}",
                    from.name
                );
                report.fault(
                    SLACK.name,
                    Some(place),
                    what,
                    "copy it again from the app's settings",
                );
            }
        }
    }
    if let Some(given) = &sections.discord
        && is_at(given.api_url.as_deref(), "discord.com")
        && let Some(token) = &given.bot_token
    {
        let from = &given.bot_token_from;
        let parts: Vec<&str> = token.expose_secret().split('.').collect();
        if parts.len() == 3 && parts.iter().all(|part| !part.is_empty()) {
            report.good(
                DISCORD.name,
                format!("{} has the form of one of Discord's tokens", from.name),
            );
        } else {
            let what = format!(
                "{} is none of Discord's bot tokens, which are three parts with full stops between",
                from.name
            );
            let remedy = "copy the token of the page \"Bot\" in the developer portal again";
            report.fault(
                DISCORD.name,
                Some(sections.place(from.line, &from.name)),
                what,
                remedy,
            );
        }
    }
}

fn is_at(url: Option<&str>, host: &str) -> bool {
    let url = url.and_then(|url| url::Url::parse(url).ok());
    url.as_ref().and_then(url::Url::host_str) == Some(host)
}

async fn on_slack(sections: &Sections, given: &config::slack::Given, report: &mut Report) {
    use config::slack::Way;
    if let (Some(url), Some(token)) = (&given.api_url, &given.bot_token) {
        let opened = SlackChat::open(slack::Settings {
            api_url: url.to_owned(),
            bot_token: token.clone(),
            read_back: false,
        });
        match opened {
            Ok(chat) => ask(sections, &SLACK, &chat, &given.bot_token_from, report).await,
            Err(error) => closed(sections, &SLACK, &given.bot_token_from, &error, report),
        }
    }
    match (&given.way, &given.api_url) {
        (Some(Way::Socket { app_token, .. }), Some(url)) => match slack::check::line(url, app_token).await {
            Some(finding) => {
                let place = sections.place(given.app_token_from.line, &given.app_token_from.name);
                say(&SLACK, report, Some(place), &finding);
            }
            None => report.good(SLACK.name, "Socket Mode: the app-level token is taken"),
        },
        (Some(Way::Http { .. }), _) => report.warning(
            SLACK.name,
            None,
            "in HTTP mode only Slack can tell whether it reaches us".into(),
            "press a button or type /zeitnah help in the channel; if Slack shows an error, compare the three \
             addresses in the app's settings with [http] public_url",
        ),
        (Some(Way::Socket { .. }) | None, _) => {}
    }
}

async fn on_discord(sections: &Sections, given: &config::discord::Given, report: &mut Report) {
    let (Some(url), Some(token), Some(server)) = (&given.api_url, &given.bot_token, &given.server) else {
        return;
    };
    let settings = discord::Settings {
        api_url: url.to_owned(),
        bot_token: token.clone(),
        server: server.to_owned(),
        locales: BTreeMap::new(),
        paced: false,
    };
    let chat = match DiscordChat::open(settings, Arc::new(Alone), Arc::new(SystemClock)) {
        Ok(chat) => chat,
        Err(error) => return closed(sections, &DISCORD, &given.bot_token_from, &error, report),
    };
    ask(sections, &DISCORD, &chat, &given.bot_token_from, report).await;
    // Whatever keeps it from answering has been said.
    let (Some(way), Ok(endpoint)) = (&given.way, chat.endpoint().await) else {
        return;
    };
    let http = sections.http.as_ref();
    let ours = http.and_then(|h| h.public_url.as_deref());
    delivery(
        way,
        endpoint.as_deref(),
        ours,
        sections.place(given.mode_line, "[discord] mode"),
        report,
    );
}

/// Discord sends presses to one address or to the gateway, never to both.
fn delivery(
    way: &config::discord::Way,
    endpoint: Option<&str>,
    public_url: Option<&str>,
    place: String,
    report: &mut Report,
) {
    use config::discord::Way;
    const FIELD: &str = "\"Interactions Endpoint URL\" under \"General Information\" in the developer portal";
    let ours = public_url.map(|url| format!("{}/discord/interactions", url.trim_end_matches('/')));
    match (way, endpoint) {
        (Way::Gateway, None) => report.good(DISCORD.name, "presses come by the gateway"),
        (Way::Gateway, Some(url)) => {
            let what = format!("Discord sends presses to {url}, so none come by the gateway");
            report.fault(DISCORD.name, Some(place), what, &format!("empty {FIELD}"));
        }
        (Way::Http { .. }, None) => {
            let what = "Discord knows no address to call, so no press reaches us".to_owned();
            let remedy = format!(
                "start `zeitnah serve`, then write {} into {FIELD}",
                ours.as_deref()
                    .unwrap_or("your public address with /discord/interactions")
            );
            report.warning(DISCORD.name, Some(place), what, &remedy);
        }
        (Way::Http { .. }, Some(url)) if ours.as_deref().is_some_and(|ours| ours != url) => {
            let what =
                format!("Discord calls {url}, which is not [http] public_url with /discord/interactions");
            report.warning(
                DISCORD.name,
                Some(place),
                what,
                &format!("compare it with {FIELD}"),
            );
        }
        (Way::Http { .. }, Some(url)) => report.good(DISCORD.name, format!("Discord calls {url}")),
    }
}

/// Asks a few things once, beside whoever is at work: limits are nobody's but its own.
struct Alone;

#[async_trait]
impl Pace for Alone {
    async fn used_up(&self, _keys: &[String]) -> Result<Option<At>, PortError> {
        Ok(None)
    }

    async fn close(&self, _key: &str, _until: At) -> Result<(), PortError> {
        Ok(())
    }

    async fn shut(&self, _key: &str, _until: At, _closure: &Closure) -> Result<(), PortError> {
        Ok(())
    }

    async fn reopen(&self, _chat: &str) -> Result<(), PortError> {
        Ok(())
    }

    async fn spend(&self, _key: &str, _every: TimeDelta, _burst: i32) -> Result<Option<At>, PortError> {
        Ok(None)
    }
}

fn closed(sections: &Sections, area: &Area, token: &Origin, error: &PortError, report: &mut Report) {
    let place = sections.place(token.line, &token.name);
    report.fault(area.name, Some(place), error.to_string(), CERTIFICATES);
}

async fn ask(sections: &Sections, area: &Area, chat: &dyn ChatPlatform, token: &Origin, report: &mut Report) {
    let place = sections.place(token.line, &token.name);
    let here = sections.named.iter().filter(|n| n.value.chat == area.chat);
    let named: Vec<Named> = here.clone().map(|n| n.value.named.clone()).collect();
    let findings = chat.check(&named).await;
    let is_access = |f: &&Finding| matches!(f.about, None | Some(Named::Server(_)));
    let may_look = findings
        .iter()
        .filter(is_access)
        .all(|f| f.grave == Gravity::Warning);
    if may_look {
        report.good(area.name, area.taken);
    }
    for finding in findings.iter().filter(|f| f.about.is_none()) {
        say(area, report, Some(place.clone()), finding);
    }
    for finding in findings.iter().filter(|f| f.about.is_some()) {
        let lines = here
            .clone()
            .filter(|n| Some(&n.value.named) == finding.about.as_ref());
        let places: Vec<String> = lines.map(|n| sections.place(n.line, "")).collect();
        say(area, report, Some(places.join(", ")), finding);
    }
    if !may_look {
        // Without a scope, not to hear a fault means nothing.
        return;
    }
    let sound = |one: &Named| findings.iter().all(|f| f.about.as_ref() != Some(one));
    for channel in sections.channels.iter().filter(|c| c.value.chat == area.chat) {
        if sound(&Named::Room(channel.value.room.clone())) {
            let (name, room) = (&channel.value.name, &channel.value.room);
            report.good(area.name, format!("channel {name} ({room}): {}", area.room));
        }
    }
    let others = named
        .iter()
        .filter(|n| !matches!(n, Named::Room(_) | Named::Server(_)));
    // Who gives rights and is pinged as well is one.
    let others: BTreeSet<&str> = others.filter(|n| sound(n)).map(Named::id).collect();
    match others.len() {
        0 => {}
        1 => report.good(area.name, "1 group or person is known"),
        n => report.good(area.name, format!("{n} groups and people are known")),
    }
}

fn say(area: &Area, report: &mut Report, place: Option<String>, finding: &Finding) {
    let text = finding.text.trim_end_matches('.').to_owned();
    let remedy = finding.remedy.trim_end_matches('.');
    match finding.grave {
        Gravity::Fault => report.fault(area.name, place, text, remedy),
        Gravity::Warning => report.warning(area.name, place, text, remedy),
    }
}
