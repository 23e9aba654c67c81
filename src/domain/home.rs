//! What concerns one person: what they hold by deadline, how their team does, what they have set for themselves. The same in
//! a place of its own, where a chat has one, and as a private answer where it has not.

use chrono_tz::Tz;

use crate::domain::At;
use crate::domain::action::Listing;
use crate::domain::action::Verb;
use crate::domain::calendar::Quiet;
use crate::domain::daily;
use crate::domain::errand::Errand;
use crate::domain::errand::Offer;
use crate::domain::id::ItemId;
use crate::domain::text::Arg;
use crate::domain::text::Lang;
use crate::domain::text::Seg;
use crate::domain::text::Voice;

/// More than this is a list; it is one button away.
pub const MINE_SHOWN: usize = 10;
/// One row of buttons in every chat.
const BUTTONS: usize = 5;
/// More names than this say nothing any more.
const PEOPLE_SHOWN: usize = 8;
/// Whoever wants quiet hours and has none begins with these.
pub const USUAL_QUIET: Quiet = quiet(20, 7);
/// Those that a button offers; others can be typed.
const QUIET_HOURS: [Quiet; 3] = [USUAL_QUIET, quiet(18, 8), quiet(22, 6)];

const fn quiet(from: u16, to: u16) -> Quiet {
    Quiet {
        from: from * 60,
        to: to * 60,
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    pub parts: Vec<Part>,
    /// When this was true.
    pub as_of: Vec<Seg>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub title: String,
    pub lines: Vec<Vec<Seg>>,
    pub offers: Vec<Offer>,
}

/// An item that the person holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mine {
    pub id: ItemId,
    pub number: i64,
    pub head: String,
    pub due: Option<At>,
    pub link: Option<String>,
    pub can_reply: bool,
}

/// What waits in a channel that the person may see, and who is at how much of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Load {
    pub channel: String,
    pub open: i64,
    pub overdue: i64,
    pub free: i64,
    /// By name, those with the most first.
    pub people: Vec<(String, i64)>,
}

pub struct Facts {
    pub mine: Vec<Mine>,
    /// All of them; only the first are listed.
    pub mine_count: i64,
    pub team: Vec<Load>,
    /// The person's own.
    pub quiet: Option<(Quiet, Option<Tz>)>,
    /// The channel of which the person gets the day's numbers, and by whose clock.
    pub digest: Option<(String, Tz)>,
    pub voice: Voice,
    /// The person has set a language.
    pub speaks: bool,
    pub now: At,
}

pub fn build(facts: &Facts) -> Home {
    Home {
        parts: vec![mine(facts), team(facts), settings(facts)],
        as_of: facts.voice.say("home-as-of", &[("at", facts.now.into())]),
    }
}

impl Home {
    /// In one piece, for a chat that has no place for it.
    pub fn flat(&self) -> (Vec<Seg>, Vec<Offer>) {
        let newline = || Seg::Text("\n".to_owned());
        let mut text = Vec::new();
        for part in &self.parts {
            if !text.is_empty() {
                text.extend([newline(), newline()]);
            }
            text.push(Seg::Strong(part.title.clone()));
            for line in &part.lines {
                text.push(newline());
                text.extend(line.iter().cloned());
            }
        }
        text.extend([newline(), newline()]);
        text.extend(self.as_of.iter().cloned());
        let offers = self.parts.iter().flat_map(|part| part.offers.iter().cloned());
        (text, offers.collect())
    }
}

fn mine(facts: &Facts) -> Part {
    let Facts { voice, now, .. } = facts;
    let lang = voice.lang;
    let lines = facts.mine.iter().take(MINE_SHOWN).map(|item| {
        let label = lang.text(
            "list-line",
            &[
                ("number", item.number.to_string().into()),
                ("head", item.head.as_str().into()),
            ],
        );
        let link = match &item.link {
            Some(url) => Arg::Link {
                label,
                url: url.clone(),
            },
            None => Arg::Str(label),
        };
        match item.due {
            Some(due) if due <= *now => voice.say("notify-line-late", &[("link", link), ("due", due.into())]),
            Some(due) => voice.say("notify-line", &[("link", link), ("due", due.into())]),
            None => voice.say("notify-line-endless", &[("link", link)]),
        }
    });
    let mut lines: Vec<Vec<Seg>> = lines.collect();
    let shown = i64::try_from(lines.len()).unwrap_or(0);
    let rest = facts.mine_count - shown;
    if rest > 0 {
        lines.push(voice.say("list-more", &[("n", rest.into())]));
    }
    let mut offers: Vec<Offer> = facts
        .mine
        .iter()
        .filter(|item| item.can_reply)
        .take(BUTTONS)
        .map(|item| {
            let number = [("number", item.number.to_string().into())];
            Offer::item(Verb::Reply, item.id, lang.text("button-reply-number", &number))
        })
        .collect();
    if rest > 0 {
        let listing = Listing::Mine;
        offers.push(Offer::errand(
            Errand::List { listing, page: 0 },
            lang.text("button-list-mine", &[]),
        ));
    }
    Part {
        title: lang.text("home-mine", &[("n", facts.mine_count.into())]),
        lines,
        offers,
    }
}

fn team(facts: &Facts) -> Part {
    let Facts { voice, team, .. } = facts;
    let lang = voice.lang;
    let lines = team.iter().map(|load| {
        let mut line = voice.say(
            "home-load",
            &[
                ("channel", Arg::Strong(load.channel.clone())),
                ("n", load.open.into()),
                ("late", load.overdue.into()),
                ("free", load.free.into()),
            ],
        );
        for (name, n) in load.people.iter().take(PEOPLE_SHOWN) {
            line.extend(voice.say(
                "home-load-person",
                &[("name", name.as_str().into()), ("n", (*n).into())],
            ));
        }
        line
    });
    let mut lines: Vec<Vec<Seg>> = lines.collect();
    let mut offers = Vec::new();
    if lines.is_empty() {
        lines.push(voice.say("home-no-team", &[]));
    } else {
        if team.iter().any(|load| load.free > 0) {
            offers.push(Offer::errand(Errand::Oldest, lang.text("button-oldest", &[])));
        }
        let list = |listing, key| Offer::errand(Errand::List { listing, page: 0 }, lang.text(key, &[]));
        if team.iter().any(|load| load.overdue > 0) {
            offers.push(list(Listing::Overdue, "button-list-overdue"));
        }
        offers.push(list(Listing::Open, "button-list-open"));
    }
    Part {
        title: lang.text("home-team", &[]),
        lines,
        offers,
    }
}

fn settings(facts: &Facts) -> Part {
    let Facts { voice, .. } = facts;
    let lang = voice.lang;
    let offer = |errand, key, args: &[(&str, Arg)]| Offer::errand(errand, lang.text(key, args));
    let own = facts.quiet.map(|(quiet, _)| quiet);
    let mut offers = Vec::new();
    if own.is_some() {
        offers.push(offer(Errand::Quiet { on: false }, "button-quiet-off", &[]));
    }
    let usual = QUIET_HOURS.into_iter().filter(|hours| Some(*hours) != own);
    for hours in usual.take(QUIET_HOURS.len() - offers.len()) {
        let args = [("hours", hours.to_string().into())];
        offers.push(offer(Errand::Rest { hours }, "button-quiet-on", &args));
    }
    let other = match lang {
        Lang::De => Lang::En,
        Lang::En => Lang::De,
    };
    // Whoever reads only the other one has to be able to read it.
    let label = other.text("button-speak", &[]);
    offers.push(Offer::errand(Errand::Speak { lang: other }, label));
    let zoned = |hours: String, zone: Tz| [("hours", hours.into()), ("zone", zone.name().into())];
    let quiet = match facts.quiet {
        Some((quiet, zone)) => voice.say("quiet-is", &zoned(quiet.to_string(), zone.unwrap_or(voice.zone))),
        None => voice.say("quiet-none", &[]),
    };
    let daily = match &facts.digest {
        Some((channel, zone)) => {
            offers.push(offer(Errand::Daily { on: false }, "button-daily-off", &[]));
            let [hours, zone] = zoned(daily::time(own), *zone);
            voice.say("daily-is", &[("channel", channel.as_str().into()), hours, zone])
        }
        None if facts.team.is_empty() => Vec::new(),
        None => {
            offers.push(offer(Errand::Daily { on: true }, "button-daily-on", &[]));
            voice.say("daily-none", &[("hours", daily::time(own).into())])
        }
    };
    let speaks = if facts.speaks { "speak-is" } else { "speak-follows" };
    let mut lines = vec![quiet, voice.say(speaks, &[])];
    lines.extend((!daily.is_empty()).then_some(daily));
    Part {
        title: lang.text("home-settings", &[]),
        lines,
        offers,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::flat;

    fn facts(lang: Lang, n: i64) -> Facts {
        let now: At = "2026-11-21T10:00:00Z".parse().unwrap();
        let mine = (1..=n).map(|number| Mine {
            id: ItemId::new(now),
            number,
            head: "★★☆☆☆  Kritik · Google".into(),
            due: (number > 1).then(|| now + chrono::TimeDelta::hours(number - 3)),
            link: (number % 2 == 0).then(|| format!("https://chat.example/{number}")),
            can_reply: number != 3,
        });
        Facts {
            mine: mine.collect(),
            mine_count: n,
            team: Vec::new(),
            quiet: None,
            digest: None,
            voice: Voice {
                lang,
                zone: Tz::Europe__Berlin,
            },
            speaks: lang == Lang::De,
            now,
        }
    }

    fn read(home: &Home) -> String {
        let (text, offers) = home.flat();
        let labels: Vec<String> = offers.into_iter().map(|o| format!("[{}]", o.label)).collect();
        format!("{}\n{}", flat(&text), labels.join(" "))
    }

    #[test]
    fn a_busy_person_and_an_idle_one_in_both_languages() {
        let mut busy = facts(Lang::De, 12);
        busy.team = vec![Load {
            channel: "care".into(),
            open: 14,
            overdue: 3,
            free: 9,
            people: vec![("Anna".into(), 3), ("Ben".into(), 2)],
        }];
        busy.quiet = Some((Quiet::parse("20:00-09:00").unwrap(), None));
        busy.digest = Some(("care".into(), Tz::Europe__Berlin));
        let mut idle = facts(Lang::En, 0);
        idle.team = vec![Load {
            channel: "care".into(),
            open: 1,
            overdue: 0,
            free: 0,
            people: vec![("Ben".into(), 1)],
        }];
        insta::assert_snapshot!("home_busy", read(&build(&busy)));
        insta::assert_snapshot!("home_idle", read(&build(&idle)));
    }

    #[test]
    fn who_may_see_nothing_is_told_so_and_offered_nothing() {
        let home = build(&facts(Lang::En, 0));
        assert!(home.parts[1].offers.is_empty(), "{}", read(&home));
    }

    #[test]
    fn no_part_has_more_buttons_than_a_chat_takes() {
        for part in build(&facts(Lang::De, 200)).parts {
            assert!(part.offers.len() <= BUTTONS + 1 && part.lines.len() <= MINE_SHOWN + 1);
        }
    }
}
