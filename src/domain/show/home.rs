//! What concerns one person: what they hold by deadline, how their team does, what they have set for themselves. The same in
//! a place of its own, where a chat has one, and as a private answer where it has not.

use chrono_tz::Tz;

use crate::domain::At;
use crate::domain::lang::Lang;
use crate::domain::press::action::Listing;
use crate::domain::press::list_action::ListAction;
use crate::domain::press::list_action::QuickAction;
use crate::domain::say::text::Arg;
use crate::domain::say::text::Locale;
use crate::domain::say::text::Seg;
use crate::domain::say::words;
use crate::domain::show::daily;
use crate::domain::show::row;
use crate::domain::show::row::ListRow;
use crate::domain::show::row::Menu;
use crate::domain::show::row::Told;
use crate::domain::time::calendar::Quiet;

/// More names than this say nothing any more.
const PEOPLE_SHOWN: usize = 8;
const NAME_UNITS: usize = 40;
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
    pub parts: Vec<HomePart>,
    /// Where a press in a place of its own is answered.
    pub answers: Vec<Seg>,
    /// When this was true.
    pub as_of: Vec<Seg>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HomePart {
    pub title: String,
    pub lines: Vec<Vec<Seg>>,
    /// A line each, with what can be done about it beside it.
    pub rows: Vec<ListRow>,
    pub offers: Vec<QuickAction>,
    /// What one seldom does, so that it pushes nothing away.
    pub menu: Option<Menu>,
}

/// What waits in a channel that the person may see, and who is at how much of it.
#[derive(Debug, Clone)]
pub struct Load {
    /// The room, as its chat shows it.
    pub channel: Arg,
    pub open: i64,
    pub overdue: i64,
    pub free: i64,
    /// What was escalated to those who look here, wherever its cards are.
    pub escalated: i64,
    /// Those with the most first.
    pub people: Vec<Busy>,
}

/// How much somebody has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Busy {
    pub name: String,
    pub has: i64,
    pub late: i64,
    /// Of these, what is put off.
    pub asleep: i64,
}

pub struct HomeFacts {
    pub mine: Vec<ListRow>,
    /// All of them; only the first are listed.
    pub mine_count: i64,
    /// Of these, what is put off.
    pub mine_asleep: i64,
    pub team: Vec<Load>,
    /// The person's own.
    pub quiet: Option<(Quiet, Option<Tz>)>,
    /// The channel of which the person gets the day's numbers, and by whose clock.
    pub digest: Option<(Arg, Tz)>,
    pub locale: Locale,
    /// The person has set a language.
    pub speaks: bool,
    pub now: At,
}

pub fn build(facts: &HomeFacts) -> Home {
    Home {
        parts: vec![mine(facts), team(facts), settings(facts)],
        answers: facts.locale.say("home-answers", &[]),
        as_of: facts.locale.say("home-as-of", &[("at", facts.now.into())]),
    }
}

impl Home {
    /// In one piece, for a chat that has no place for it.
    pub fn flat(self) -> Told {
        let newline = || Seg::Text("\n".to_owned());
        let mut told = Told::default();
        for part in self.parts {
            // What one has is the first part; what follows its rows stands below them.
            let text = match told.rows.is_empty() {
                true => &mut told.text,
                false => &mut told.after,
            };
            if !text.is_empty() {
                text.extend([newline(), newline()]);
            }
            text.push(Seg::Strong(part.title));
            for line in part.lines {
                text.push(newline());
                text.extend(line);
            }
            told.rows.extend(part.rows);
            told.offers.extend(part.offers);
            told.menus.extend(part.menu);
        }
        told.after.extend((!told.after.is_empty()).then(newline));
        told.after.extend(self.as_of);
        told
    }
}

fn mine(facts: &HomeFacts) -> HomePart {
    let HomeFacts { locale, .. } = facts;
    let lang = locale.lang;
    let mut rows: Vec<ListRow> = facts.mine.iter().take(row::SHOWN).cloned().collect();
    let rest = facts.mine_count - i64::try_from(rows.len()).unwrap_or(0);
    if rest > 0 {
        rows.push(ListRow::plain(locale.say("list-more", &[("n", rest.into())])));
    }
    let mut offers = Vec::new();
    if rest > 0 {
        offers.push(list(Listing::Mine, "button-list-mine", lang));
    }
    let args = [
        ("n", facts.mine_count.into()),
        ("asleep", facts.mine_asleep.into()),
    ];
    let asleep = match facts.mine_asleep {
        0 => String::new(),
        _ => lang.text("home-mine-asleep", &args),
    };
    HomePart {
        title: format!("{}{asleep}", lang.text("home-mine", &args)),
        lines: Vec::new(),
        rows,
        offers,
        menu: None,
    }
}

fn list(listing: Listing, key: &str, lang: Lang) -> QuickAction {
    let all = ListAction::List {
        listing,
        page: 0,
        everywhere: true,
    };
    QuickAction::list_action(all, lang.text(key, &[]))
}

/// How much there is in a channel, and who has how much of it.
pub fn load(load: &Load, locale: Locale) -> Vec<Vec<Seg>> {
    let args = [
        ("channel", load.channel.clone()),
        ("n", load.open.into()),
        ("late", load.overdue.into()),
        ("free", load.free.into()),
    ];
    let mut first = locale.say("home-load", &args);
    if load.escalated > 0 {
        first.extend(locale.say("home-escalated", &[("n", load.escalated.into())]));
    }
    let mut lines = vec![first];
    if load.people.is_empty() {
        return lines;
    }
    let shown = load.people.iter().take(PEOPLE_SHOWN);
    let mut people: Vec<String> = shown.map(|busy| person(busy, locale.lang)).collect();
    let rest = load.people.len() - people.len();
    if rest > 0 {
        people.push(locale.lang.text("digest-more-people", &[("n", rest.into())]));
    }
    lines.push(locale.say("home-people", &[("who", people.join(" · ").into())]));
    lines
}

/// `Anna 3, 1 überfällig`
fn person(busy: &Busy, lang: Lang) -> String {
    let name = words::short_line(&busy.name, NAME_UNITS);
    let mut said = lang.text("digest-person", &[("name", name.into()), ("n", busy.has.into())]);
    for (n, key) in [(busy.late, "home-late"), (busy.asleep, "home-asleep")] {
        if n > 0 {
            said.push_str(&lang.text(key, &[("n", n.into())]));
        }
    }
    said
}

fn team(facts: &HomeFacts) -> HomePart {
    let HomeFacts { locale, team, .. } = facts;
    let lang = locale.lang;
    let mut lines: Vec<Vec<Seg>> = team.iter().flat_map(|one| load(one, *locale)).collect();
    let mut offers = Vec::new();
    if lines.is_empty() {
        lines.push(locale.say("home-no-team", &[]));
    } else {
        if team.iter().any(|load| load.free > 0) {
            offers.push(QuickAction::list_action(
                ListAction::Oldest,
                lang.text("button-oldest", &[]),
            ));
        }
        if team.iter().any(|load| load.overdue > 0) {
            offers.push(list(Listing::Overdue, "button-list-overdue", lang));
        }
        offers.push(list(Listing::Open, "button-list-open", lang));
    }
    HomePart {
        title: lang.text("home-team", &[]),
        lines,
        rows: Vec::new(),
        offers,
        menu: None,
    }
}

fn settings(facts: &HomeFacts) -> HomePart {
    let HomeFacts { locale, .. } = facts;
    let lang = locale.lang;
    let offer =
        |list_action, key, args: &[(&str, Arg)]| QuickAction::list_action(list_action, lang.text(key, args));
    let own = facts.quiet.map(|(quiet, _)| quiet);
    let mut offers = Vec::new();
    if own.is_some() {
        offers.push(offer(ListAction::Quiet { on: false }, "button-quiet-off", &[]));
    }
    let usual = QUIET_HOURS.into_iter().filter(|hours| Some(*hours) != own);
    for hours in usual.take(QUIET_HOURS.len() - offers.len()) {
        let args = [("hours", hours.to_string().into())];
        offers.push(offer(ListAction::Rest { hours }, "button-quiet-on", &args));
    }
    let other = match lang {
        Lang::De => Lang::En,
        Lang::En => Lang::De,
    };
    // Whoever reads only the other one has to be able to read it.
    let label = other.text("button-speak", &[]);
    offers.push(QuickAction::list_action(ListAction::Speak { lang: other }, label));
    let zoned = |hours: String, zone: Tz| [("hours", hours.into()), ("zone", zone.name().into())];
    let quiet = match facts.quiet {
        Some((quiet, zone)) => locale.say("quiet-is", &zoned(quiet.to_string(), zone.unwrap_or(locale.zone))),
        None => locale.say("quiet-none", &[]),
    };
    let daily = match &facts.digest {
        Some((channel, zone)) => {
            offers.push(offer(ListAction::Daily { on: false }, "button-daily-off", &[]));
            let [hours, zone] = zoned(daily::time(own), *zone);
            locale.say("daily-is", &[("channel", channel.clone()), hours, zone])
        }
        None if facts.team.is_empty() => Vec::new(),
        None => {
            offers.push(offer(ListAction::Daily { on: true }, "button-daily-on", &[]));
            locale.say("daily-none", &[("hours", daily::time(own).into())])
        }
    };
    let speaks = if facts.speaks { "speak-is" } else { "speak-follows" };
    let mut lines = vec![quiet, locale.say(speaks, &[])];
    lines.extend((!daily.is_empty()).then_some(daily));
    HomePart {
        title: lang.text("home-settings", &[]),
        lines,
        rows: Vec::new(),
        offers: Vec::new(),
        menu: Some(Menu {
            label: lang.text("home-set", &[]),
            offers,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::ItemId;
    use crate::domain::press::action::Verb;
    use crate::domain::say::text::flat;

    fn facts(lang: Lang, n: i64) -> HomeFacts {
        let now: At = "2026-11-21T10:00:00Z".parse().unwrap();
        let mine = (1..=n).map(|number| {
            let what = QuickAction::item(
                Verb::Reply,
                ItemId::new(now),
                format!("Antworten auf Nr. {number}"),
            );
            let line = vec![Seg::Text(format!("bis 12:00 · Nr. {number} · ★★☆☆☆ „Nett“"))];
            ListRow::with(line, what, "Antworten".into())
        });
        HomeFacts {
            mine: mine.collect(),
            mine_count: n,
            mine_asleep: 0,
            team: Vec::new(),
            quiet: None,
            digest: None,
            locale: Locale {
                lang,
                zone: Tz::Europe__Berlin,
            },
            speaks: lang == Lang::De,
            now,
        }
    }

    fn read(home: &Home) -> String {
        let Told {
            text,
            rows,
            after,
            offers,
            menus,
        } = home.clone().flat();
        let mut out = flat(&text);
        for row in rows {
            let beside = row.act.map(|act| format!(" [{}]", act.label)).unwrap_or_default();
            out.push_str(&format!("\n{}{beside}", flat(&row.line)));
        }
        let labels = |offers: Vec<QuickAction>| {
            offers
                .into_iter()
                .map(|o| format!("[{}]", o.label))
                .collect::<Vec<_>>()
        };
        out.push_str(&format!("\n{}\n{}", flat(&after), labels(offers).join(" ")));
        for menu in menus {
            out.push_str(&format!("\n{} ▾ {}", menu.label, labels(menu.offers).join(" ")));
        }
        out
    }

    fn busy(name: &str, has: i64, late: i64, asleep: i64) -> Busy {
        Busy {
            name: name.into(),
            has,
            late,
            asleep,
        }
    }

    fn care() -> Arg {
        Arg::Room {
            id: "C0CARE".into(),
            name: "care".into(),
        }
    }

    #[test]
    fn a_busy_person_and_an_idle_one_in_both_languages() {
        let mut much = facts(Lang::De, 12);
        much.mine_asleep = 1;
        much.team = vec![Load {
            channel: care(),
            open: 14,
            overdue: 3,
            free: 9,
            escalated: 2,
            people: vec![busy("Anna", 3, 1, 0), busy("Ben", 2, 0, 1)],
        }];
        much.quiet = Some((Quiet::parse("20:00-09:00").unwrap(), None));
        much.digest = Some((care(), Tz::Europe__Berlin));
        let mut idle = facts(Lang::En, 0);
        idle.team = vec![Load {
            channel: care(),
            open: 1,
            overdue: 0,
            free: 0,
            escalated: 0,
            people: vec![busy("Ben", 1, 0, 0)],
        }];
        insta::assert_snapshot!("home_busy", read(&build(&much)));
        insta::assert_snapshot!("home_idle", read(&build(&idle)));
    }

    #[test]
    fn who_may_see_nothing_is_told_so_and_offered_nothing() {
        let home = build(&facts(Lang::En, 0));
        assert!(home.parts[1].offers.is_empty(), "{}", read(&home));
    }

    #[test]
    fn what_one_has_stands_beside_its_button_and_nothing_pushes_it_away() {
        let home = build(&facts(Lang::De, 200));
        let [mine, team, settings] = &home.parts[..] else {
            panic!("three parts")
        };
        assert_eq!(
            mine.rows.len(),
            row::SHOWN + 1,
            "five, and how many more there are"
        );
        assert_eq!(
            mine.rows.iter().filter(|row| row.act.is_some()).count(),
            row::SHOWN
        );
        let open = mine.offers.len() + team.offers.len() + settings.offers.len();
        assert!(open <= 4, "the rest is in a menu: {}", read(&home));
    }
}
