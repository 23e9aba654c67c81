//! Each source, and each service that we call: whether its settings can work, and whether the platform lets us in.

use crate::cli::check::report::Report;
use crate::config::Sections;
use crate::config::source::Source;
use crate::port::PortError;
use crate::port::clock::Clock;
use crate::port::clock::SystemClock;
use crate::source::kind::Look;
use crate::webhook;

const AREA: &str = "Sources";
const WEBHOOKS: &str = "Webhooks";
const NEW_SECRET: &str =
    "make one with: echo \"whsec_$(openssl rand -base64 32)\", and give it to the other side too";

pub async fn look(sections: &Sections, offline: bool, report: &mut Report) {
    for placed in &sections.sources {
        let Source { about, settings, .. } = &placed.value;
        let name = &about.name;
        let secrets = settings.secrets().unwrap_or(name);
        let place = || Some(sections.place(placed.line, secrets));
        let source = match settings.open(about.clone()) {
            Ok(source) => source,
            Err(PortError::Never { why }) => {
                let remedy = if why.ours.contains("signing secret") {
                    NEW_SECRET
                } else {
                    "correct it there"
                };
                report.fault(AREA, place(), why.text(), remedy);
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
            let hook = format!("{}/hook/{name}", public_url(sections));
            let look = Look {
                hook: &hook,
                asked: !offline,
            };
            report.good(AREA, format!("{name}: {}", settings.in_order(&look)));
        }
    }
}

/// Where the world reaches us, as far as the file says.
fn public_url(sections: &Sections) -> &str {
    let url = sections.http.as_ref().and_then(|http| http.public_url.as_deref());
    url.unwrap_or("https://…")
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
