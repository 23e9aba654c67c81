//! The chats: the tokens, what they may, and each room, group and person that the file names, in the line that names it.

use std::collections::BTreeSet;

use crate::chat::Section;
use crate::chat::kind::ChatKind;
use crate::chat::kind::Heard;
use crate::chat::kind::Remark;
use crate::cli::check::report::Report;
use crate::config::Sections;
use crate::domain::promise::rules::Named;
use crate::port::chat::ChatPlatform;
use crate::port::chat::Finding;
use crate::port::chat::Gravity;

const CERTIFICATES: &str = "install the system's certificates, for example the package ca-certificates";

pub async fn look(sections: &Sections, report: &mut Report) {
    let http = sections.http.as_ref();
    let public_url = http.and_then(|http| http.public_url.as_deref());
    for section in &sections.chats {
        match section.ask() {
            Some(Ok(chat)) => ask(sections, &**section, &*chat, report).await,
            Some(Err(error)) => {
                let place = token_at(sections, &**section);
                report.fault(section.kind().title, Some(place), error.to_string(), CERTIFICATES);
            }
            None => {}
        }
        for remark in section.reached(public_url).await {
            tell(sections, section.kind(), remark, report);
        }
    }
}

/// What can be said of the secrets without asking anybody.
pub fn look_at_secrets(sections: &Sections, report: &mut Report) {
    for section in &sections.chats {
        for remark in section.secrets() {
            tell(sections, section.kind(), remark, report);
        }
    }
}

fn tell(sections: &Sections, chat: &ChatKind, remark: Remark, report: &mut Report) {
    match remark.what {
        Heard::Good(text) => report.good(chat.title, text),
        Heard::Bad(finding) => {
            let about = remark.about;
            let place = about.map(|setting| sections.place(setting.line, &setting.name));
            say(chat, report, place, &finding);
        }
    }
}

fn token_at(sections: &Sections, section: &dyn Section) -> String {
    let token = section.token();
    sections.place(token.line, &token.name)
}

async fn ask(sections: &Sections, section: &dyn Section, chat: &dyn ChatPlatform, report: &mut Report) {
    let place = token_at(sections, section);
    let kind = section.kind();
    let here = sections.named.iter().filter(|n| n.value.chat == kind.name);
    let named: Vec<Named> = here.clone().map(|n| n.value.named.clone()).collect();
    let findings = chat.check(&named).await;
    let is_access = |f: &&Finding| matches!(f.about, None | Some(Named::Server(_)));
    let may_look = findings
        .iter()
        .filter(is_access)
        .all(|f| f.grave == Gravity::Warning);
    if may_look {
        report.good(kind.title, kind.said.taken);
    }
    for finding in findings.iter().filter(|f| f.about.is_none()) {
        say(kind, report, Some(place.clone()), finding);
    }
    for finding in findings.iter().filter(|f| f.about.is_some()) {
        let lines = here
            .clone()
            .filter(|n| Some(&n.value.named) == finding.about.as_ref());
        let places: Vec<String> = lines.map(|n| sections.place(n.line, "")).collect();
        say(kind, report, Some(places.join(", ")), finding);
    }
    if !may_look {
        // Without a scope, not to hear a fault means nothing.
        return;
    }
    let sound = |one: &Named| findings.iter().all(|f| f.about.as_ref() != Some(one));
    for channel in sections.channels.iter().filter(|c| c.value.chat == kind.name) {
        if sound(&Named::Room(channel.value.room.clone())) {
            let (name, room) = (&channel.value.name, &channel.value.room);
            report.good(kind.title, format!("channel {name} ({room}): {}", kind.said.room));
        }
    }
    let others = named
        .iter()
        .filter(|n| !matches!(n, Named::Room(_) | Named::Server(_)));
    // Who gives rights and is pinged as well is one.
    let others: BTreeSet<&str> = others.filter(|n| sound(n)).map(Named::id).collect();
    match others.len() {
        0 => {}
        1 => report.good(kind.title, "1 group or person is known"),
        n => report.good(kind.title, format!("{n} groups and people are known")),
    }
}

fn say(chat: &ChatKind, report: &mut Report, place: Option<String>, finding: &Finding) {
    let text = finding.text.trim_end_matches('.').to_owned();
    let remedy = finding.remedy.trim_end_matches('.');
    match finding.grave {
        Gravity::Fault => report.fault(chat.title, place, text, remedy),
        Gravity::Warning => report.warning(chat.title, place, text, remedy),
    }
}
