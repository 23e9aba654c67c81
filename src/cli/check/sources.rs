//! Each source, and each service that we call: whether its settings can work, and whether the platform lets us in.

use crate::app::parts::source_settings;
use crate::cli::check::report::Report;
use crate::config::Sections;
use crate::config::source::Kind;
use crate::port::PortError;
use crate::port::clock::Clock;
use crate::port::clock::SystemClock;
use crate::source;
use crate::webhook;

const AREA: &str = "Sources";
const WEBHOOKS: &str = "Webhooks";
const NEW_SECRET: &str =
    "make one with: echo \"whsec_$(openssl rand -base64 32)\", and give it to the other side too";

pub async fn look(sections: &Sections, offline: bool, report: &mut Report) {
    for placed in &sections.sources {
        let settings = &placed.value;
        let name = &settings.name;
        let secrets = match &settings.kind {
            Kind::Push(push) => push.secrets_from.as_str(),
            Kind::Google(_) => name,
        };
        let place = || Some(sections.place(placed.line, secrets));
        let source = match source::open(name.clone(), source_settings(settings)) {
            Ok(source) => source,
            Err(PortError::Never { why }) => {
                let remedy = if why.contains("signing secret") {
                    NEW_SECRET
                } else {
                    "correct it there"
                };
                report.fault(AREA, place(), why, remedy);
                continue;
            }
            Err(other) => {
                report.fault(AREA, place(), other.to_string(), "try again in a minute");
                continue;
            }
        };
        let found = if offline {
            Vec::new()
        } else {
            source.check(SystemClock.now()).await
        };
        for flaw in &found {
            report.fault(AREA, place(), format!("{name}: {}", flaw.what), &flaw.remedy);
        }
        if found.is_empty() {
            report.good(AREA, told(name, &settings.kind, sections, offline));
        }
    }
}

/// What chains call. Nobody is called to find out whether it works: it would look like an escalation.
pub fn look_at_webhooks(sections: &Sections, report: &mut Report) {
    for placed in &sections.webhooks {
        let settings = &placed.value;
        match webhook::open(&settings.name, &settings.url, &settings.secret) {
            Ok(_) => report.good(
                WEBHOOKS,
                format!("{}: signed calls go to {}", settings.name, settings.url),
            ),
            Err(e) => {
                let place = sections.place(placed.line, &settings.name);
                report.fault(WEBHOOKS, Some(place), e.to_string(), NEW_SECRET);
            }
        }
    }
}

fn told(name: &str, kind: &Kind, sections: &Sections, offline: bool) -> String {
    match kind {
        Kind::Push(push) => {
            let base = sections.http.as_ref().and_then(|h| h.public_url.clone());
            let base = base.unwrap_or_else(|| "https://…".into());
            let replies = match &push.reply {
                Some(reply) => format!("replies go to {}", reply.url),
                None => "it takes no replies".to_owned(),
            };
            format!("{name}: waits for signed calls at {base}/hook/{name}; {replies}")
        }
        Kind::Google(google) if offline => format!("{name}: {} locations", google.locations.len()),
        Kind::Google(google) => format!("{name}: all {} locations can be read", google.locations.len()),
    }
}
