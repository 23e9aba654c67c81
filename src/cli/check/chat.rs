//! Slack: the tokens, what they may, and each room, group and person that the file names, in the line that names it.

use secrecy::SecretString;

use crate::chat::slack;
use crate::chat::slack::SlackChat;
use crate::cli::check::report::Report;
use crate::config::Sections;
use crate::config::slack::Given;
use crate::config::slack::Way;
use crate::domain::rules::Named;
use crate::port::chat::ChatPlatform as _;
use crate::port::chat::Finding;
use crate::port::chat::Gravity;

const AREA: &str = "Slack";

pub async fn look(sections: &Sections, report: &mut Report) {
    let Some(given) = &sections.slack else { return };
    if let (Some(url), Some(token)) = (&given.api_url, &given.bot_token) {
        ask(sections, given, url, token, report).await;
    }
    match (&given.way, &given.api_url) {
        (Some(Way::Socket { app_token, .. }), Some(url)) => match slack::check::line(url, app_token).await {
            Some(finding) => {
                let place = sections.place(given.app_token_from.line, &given.app_token_from.name);
                say(report, Some(place), &finding);
            }
            None => report.good(AREA, "Socket Mode: the app-level token is taken"),
        },
        (Some(Way::Http { .. }), _) => report.warning(
            AREA,
            None,
            "in HTTP mode only Slack can tell whether it reaches us".into(),
            "press a button or type /zeitnah help in the channel; if Slack shows an error, compare the three \
             addresses in the app's settings with [http] public_url",
        ),
        (Some(Way::Socket { .. }) | None, _) => {}
    }
}

async fn ask(sections: &Sections, given: &Given, url: &str, token: &SecretString, report: &mut Report) {
    let settings = slack::Settings {
        api_url: url.to_owned(),
        bot_token: token.clone(),
        read_back: false,
    };
    let place = sections.place(given.bot_token_from.line, &given.bot_token_from.name);
    let chat = match SlackChat::open(settings) {
        Ok(chat) => chat,
        Err(error) => {
            let remedy = "install the system's certificates, for example the package ca-certificates";
            return report.fault(AREA, Some(place), error.to_string(), remedy);
        }
    };
    let named: Vec<Named> = sections.named.iter().map(|n| n.value.clone()).collect();
    let findings = chat.check(&named).await;
    let ours = |f: &&Finding| f.about.is_none();
    let may_look = findings.iter().filter(ours).all(|f| f.grave == Gravity::Warning);
    if may_look {
        report.good(AREA, "the bot token is taken, with the scopes that are needed");
    }
    for finding in findings.iter().filter(ours) {
        say(report, Some(place.clone()), finding);
    }
    for finding in findings.iter().filter(|f| f.about.is_some()) {
        let lines = sections
            .named
            .iter()
            .filter(|n| Some(&n.value) == finding.about.as_ref());
        let places: Vec<String> = lines.map(|n| sections.place(n.line, "")).collect();
        say(report, Some(places.join(", ")), finding);
    }
    if !may_look {
        // Without a scope, not to hear a fault means nothing.
        return;
    }
    let sound = |one: &Named| findings.iter().all(|f| f.about.as_ref() != Some(one));
    for channel in &sections.channels {
        if sound(&Named::Room(channel.value.room.clone())) {
            let (name, room) = (&channel.value.name, &channel.value.room);
            report.good(AREA, format!("channel {name} ({room}): the bot is in it"));
        }
    }
    let others = named.iter().filter(|n| !matches!(n, Named::Room(_)));
    let mut others: Vec<&Named> = others.filter(|n| sound(n)).collect();
    others.sort();
    others.dedup();
    match others.len() {
        0 => {}
        1 => report.good(AREA, "1 group or person is known"),
        n => report.good(AREA, format!("{n} groups and people are known")),
    }
}

fn say(report: &mut Report, place: Option<String>, finding: &Finding) {
    let text = finding.text.trim_end_matches('.').to_owned();
    let remedy = finding.remedy.trim_end_matches('.');
    match finding.grave {
        Gravity::Fault => report.fault(AREA, place, text, remedy),
        Gravity::Warning => report.warning(AREA, place, text, remedy),
    }
}
