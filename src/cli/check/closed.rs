//! What the chats keep closed to us at this moment: a replica at work has heard it, and nothing else would show it to
//! whoever wonders why no card comes.

use secrecy::ExposeSecret as _;

use crate::cli::check::report::Report;
use crate::config::Sections;
use crate::domain::show::closure::Closed;
use crate::domain::show::closure::Shut;
use crate::port::clock::Clock as _;
use crate::port::clock::SystemClock;
use crate::store::Store;
use crate::store::outbox;

const AREA: &str = "Closed by the chats";
const TOKEN: &str =
    "copy the token again from the bot's page in the chat's settings, and restart `zeitnah serve` with it";
const LINE: &str =
    "see what the chat says about the token and the app in its settings, then restart `zeitnah serve`";
const RIGHT: &str = "give the bot back its right or its channel; it is tried again by itself";
const WAIT: &str = "nothing: it goes on by itself";

/// A database that cannot be asked is a fault of its own, told where it is looked at.
pub async fn look(sections: &Sections, report: &mut Report) {
    let Some(settings) = &sections.database else {
        return;
    };
    let Ok(store) = Store::open(settings.url.expose_secret(), 1).await else {
        return;
    };
    let lacking = store.lacking_migrations().await;
    let found = match lacking.is_ok_and(|lacking| lacking.is_empty()) {
        true => outbox::closed(store.pool(), SystemClock.now()).await,
        false => Ok(Vec::new()),
    };
    store.close().await;
    let called = |room: &str| {
        let channel = sections.channels.iter().find(|c| c.value.room == room);
        channel.map(|c| c.value.name.clone())
    };
    judge(&found.unwrap_or_default(), &called, report);
}

fn judge(found: &[Shut], called: &dyn Fn(&str) -> Option<String>, report: &mut Report) {
    for Shut { closure, until } in found {
        let (chat, name, why) = (&closure.chat, &closure.name, &closure.why);
        let until = until.format("%Y-%m-%d %H:%M:%S UTC");
        let room = || called(name).map_or_else(|| name.clone(), |known| format!("{known} ({name})"));
        match closure.what {
            Closed::Token => {
                let what =
                    format!("{chat} does not take the token, so nothing is sent to it until {until}: {why}");
                report.fault(AREA, None, what, TOKEN);
            }
            Closed::Line => {
                let what = format!("{chat} refuses the line by which presses come, until {until}: {why}");
                report.fault(AREA, None, what, LINE);
            }
            Closed::Room => {
                let what = format!("{chat} channel {} is closed until {until}: {why}", room());
                report.warning(AREA, None, what, RIGHT);
            }
            Closed::Right => {
                let what = format!(
                    "in {chat} channel {} this is not tried until {until}: {why}",
                    room()
                );
                report.warning(AREA, None, what, RIGHT);
            }
            Closed::Bot => {
                let what = format!("{chat} asks the whole bot to wait until {until}: {why}");
                report.warning(AREA, None, what, WAIT);
            }
            Closed::Message => {
                let what = format!("{chat} message {name} shows an older state until {until}: {why}");
                report.warning(AREA, None, what, WAIT);
            }
            Closed::Call => {
                let what = format!("{chat} lets {name} wait until {until}: {why}");
                report.warning(AREA, None, what, WAIT);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::show::closure::Closure;

    fn told(what: Closed, name: &str) -> (String, bool) {
        let shut = Shut {
            closure: Closure {
                chat: "discord".into(),
                what,
                name: name.into(),
                why: "Unauthorized".into(),
            },
            until: "2026-11-20T09:05:00Z".parse().unwrap(),
        };
        let mut report = Report::default();
        judge(
            &[shut],
            &|room| (room == "7").then(|| "care".to_owned()),
            &mut report,
        );
        (report.text(false, true), report.is_green())
    }

    #[test]
    fn whatever_is_closed_is_said_with_until_when_and_what_stops_all_is_a_fault() {
        for what in Closed::ALL {
            let (text, green) = told(what, "7");
            assert!(
                text.contains("until 2026-11-20 09:05:00 UTC: Unauthorized"),
                "{text}"
            );
            assert_eq!(green, !matches!(what, Closed::Token | Closed::Line), "{text}");
        }
        assert!(told(Closed::Room, "7").0.contains("channel care (7)"));
        assert!(told(Closed::Right, "8").0.contains("channel 8"));
    }
}
