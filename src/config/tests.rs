//! The whole file at once: what a person writes, and what they are told.

use std::collections::BTreeSet;
use std::fs;

use secrecy::ExposeSecret;
use toml::de::DeTable;

use super::*;
use crate::chat::discord;
use crate::chat::slack;
use crate::chat::slack::settings::Way;
use crate::domain::item::policy::From;
use crate::domain::item::policy::Mark;
use crate::domain::item::policy::Pause;
use crate::domain::item::policy::Policy;
use crate::domain::people::person::Mention;
use crate::domain::promise::rules::ClockStops;
use crate::domain::promise::rules::Named;
use crate::source::KINDS;
use crate::source::kind::Look;

const EXAMPLE: &str = include_str!("../../zeitnah.example.toml");

const MINIMAL: &str = r#"
[slack]

[[channel]]
name = "care"
slack = "C0123ABC"

[[source]]
name = "my-shop"
kind = "push"

[default_route]
to = ["care"]

[[role]]
role = "responder"
slack_channel = "C0123ABC"
"#;

/// Each variable has its own name as value, in small letters.
fn full(name: &str) -> Option<String> {
    Some(name.to_lowercase())
}

fn parse(text: &str) -> Result<Config, Vec<Fault>> {
    Config::parse("zeitnah.toml", text, &full)
}

fn told(text: &str, env: Env) -> Vec<String> {
    match Config::parse("zeitnah.toml", text, env) {
        Ok(config) => config.warnings.iter().map(Fault::to_string).collect(),
        Err(faults) => faults.iter().map(Fault::to_string).collect(),
    }
}

#[test]
fn a_minimal_file_gets_everything_else_from_the_defaults() {
    let config = parse(MINIMAL).unwrap();
    assert_eq!(config.warnings, []);
    assert_eq!(config.database.url.expose_secret(), "database_url");
    assert_eq!(
        (config.database.connections, config.http.listen.port()),
        (16, 8080)
    );
    let slack = config.chat::<slack::Settings>().unwrap();
    assert!(matches!(&slack.way, Way::Socket { connections: 2, .. }));
    assert_eq!(slack.bot_token.expose_secret(), "slack_bot_token");
    let shop = &config.sources[0];
    assert_eq!(
        (shop.about.label.as_str(), shop.about.backfill_days),
        ("my-shop", 30)
    );
    assert_eq!(shop.settings.secrets(), Some("SOURCE_MY_SHOP_SECRET"));
    assert!(
        in_order(shop).ends_with("it takes no replies"),
        "a default reply section is no reply section"
    );

    let rules = config.rules();
    assert_eq!(rules.channel("care").unwrap().room, "C0123ABC");
    let day = Policy {
        first_answer: Some(1440),
        from: From::Published,
        pauses: vec![Pause::Moderation, Pause::Customer],
        marks: vec![Mark::Used(50), Mark::Used(80)],
        ..Policy::default()
    };
    assert_eq!(
        (rules.fallback.name.as_str(), &rules.fallback.policy),
        ("default", &day)
    );
    assert_eq!(
        (
            rules.claim_minutes,
            rules.undo_seconds,
            rules.post_every_ms.clone()
        ),
        (15, 30, [("slack".to_owned(), 1000)].into())
    );
    assert_eq!(
        (rules.clock_stops, rules.label("my-shop")),
        (ClockStops::Visible, "my-shop")
    );
}

#[test]
fn the_example_is_valid_and_says_what_it_seems_to_say() {
    let config = parse(EXAMPLE).unwrap();
    assert_eq!(config.warnings, []);
    let rules = config.rules();
    assert_eq!(rules.channels.len(), 3);
    let route = |name: &str| rules.routes.iter().find(|r| r.name == name).unwrap();
    assert_eq!(route("bad").when.stars, Some((1, 2)));
    assert_eq!(route("bad").to, ["urgent", "care"]);
    assert_eq!(route("praise").policy.first_answer, None);
    let questions = &route("product-questions").policy;
    assert_eq!(
        (questions.first_answer, questions.from, questions.marks.as_slice()),
        (Some(90), From::FirstSeen, &[Mark::Left(30)][..])
    );
    assert_eq!(
        rules.target("legal").unwrap().ping,
        [Mention::Group("S0999LAW".into())]
    );
    assert_eq!(rules.target("head-of-care").unwrap().room, None);
    let [google, shop] = config.sources.as_slice() else {
        panic!("{:?}", config.sources)
    };
    assert_eq!(in_order(google), "all 2 locations can be read");
    let said = format!("{google:?}");
    assert!(
        said.contains("München Ost") && said.contains("poll_minutes: 5,"),
        "{said}"
    );
    assert!(in_order(shop).contains("replies go to https://"));
    let said = format!("{shop:?}");
    assert!(
        said.contains("max: 2000") && said.contains("edit: true, delete: false"),
        "{said}"
    );
}

/// What operators are told about a source with which nothing is wrong.
fn in_order(source: &Source) -> String {
    let look = Look {
        hook: "https://bot.example.com/hook/x",
        asked: true,
    };
    source.settings.in_order(&look)
}

#[test]
fn people_can_see_when_their_digests_come() {
    let sections = Sections::parse("zeitnah.toml", EXAMPLE, &full);
    let morning = &sections.digests[0];
    let runs = morning
        .value
        .schedule
        .upcoming("2026-11-20T12:00:00Z".parse().unwrap(), 3);
    let shown: Vec<String> = runs.iter().map(|slot| slot.local.to_string()).collect();
    assert_eq!(morning.value.name, "morning");
    let line = EXAMPLE.lines().nth(morning.line - 1).unwrap();
    assert!(line.starts_with("schedule = \"0 8 * * 1-5\""), "{line}");
    assert_eq!(
        shown,
        [
            "2026-11-23 08:00:00",
            "2026-11-24 08:00:00",
            "2026-11-25 08:00:00"
        ]
    );
}

/// In faults.toml each wrong line says itself what is told about it: behind `#!`, or `#0!` for the file as a whole.
#[test]
fn all_faults_are_told_at_once_each_in_its_line() {
    let text = include_str!("faults.toml");
    let whole = text
        .lines()
        .filter_map(|l| l.strip_prefix("#0! "))
        .map(|fault| format!("zeitnah.toml: {fault}"));
    let by_line = text.lines().zip(1..).flat_map(|(content, line)| {
        let told = content.split(" #! ").skip(1);
        told.map(move |fault| format!("zeitnah.toml:{line}: {fault}"))
            .collect::<Vec<_>>()
    });
    let expected: Vec<String> = whole.chain(by_line).collect();
    let env = |name: &str| (name != "DATABASE_URL").then(|| name.to_lowercase());
    let found = told(text, &env);
    assert!(found.len() > 40);
    assert_eq!(found, expected, "\n{}\n", found.join("\n"));
}

#[test]
fn every_broken_line_is_told() {
    let found = told(
        "[slack]\nmode = \n\n[http]\nlisten = \"x\nlisten = \"y\"\n",
        &full,
    );
    let places: Vec<&str> = found.iter().map(|f| f.split(": ").next().unwrap()).collect();
    assert_eq!(
        places,
        ["zeitnah.toml:2:8", "zeitnah.toml:5:12", "zeitnah.toml:6:1"],
        "{found:?}"
    );
}

#[test]
fn one_bracket_too_few_or_too_many_is_told_with_the_right_form() {
    let found = told(
        "[channel]\nname = \"care\"\n[[http]]\nlisten = \"127.0.0.1:1\"\n",
        &full,
    )
    .join("\n");
    assert!(
        found.contains("zeitnah.toml:1: `channel` is a section; write each with two brackets: [[channel]]")
    );
    assert!(
        found.contains("zeitnah.toml:3: `http` is a list; write it as a section: [http]"),
        "{found}"
    );
    assert_eq!(found.matches("`channel`").count(), 1);
}

#[test]
fn what_does_nothing_is_a_warning_and_no_fault() {
    let text = MINIMAL
        .replace("[slack]", "[http]\nlisten = \"0.0.0.0:80\"")
        .replace(
            "kind = \"push\"",
            "kind = \"push\"\n[[channel]]\nname = \"idle\"\nslack = \"C0999XYZ\"",
        );
    assert_eq!(
        told(&text, &full),
        [
            "zeitnah.toml: warning: there is no [slack] and no [discord], so nobody will see a card; add the line [slack], or [discord] with its server",
            r#"zeitnah.toml: warning: no route and no digest leads to channel "idle"; name it in the `to` of a route, or take it out"#,
            "zeitnah.toml:3: warning: we speak plain HTTP, and this address can be reached from other machines; \
             put a proxy with TLS in front and write its address as public_url = \"https://…\"",
        ]
    );
}

#[test]
fn somebody_must_be_able_to_answer() {
    let viewer = MINIMAL.replace("\"responder\"", "\"viewer\"");
    assert!(told(&viewer, &full)[0].contains("nobody may answer: no [[role]] is responder"));
    let elsewhere = MINIMAL.replace(
        "role = \"responder\"",
        "role = \"responder\"\nchannels = [\"other\"]",
    ) + "\n[[channel]]\nname = \"other\"\nslack = \"C0456DEF\"\n[[route]]\nname = \"all\"\nto = [\"other\"]\n";
    assert!(told(&elsewhere, &full)[0].contains("warning: nobody may answer in channel \"care\""));
}

#[test]
fn each_way_to_slack_needs_its_own_secret_only() {
    let without = |gone: &'static str| move |name: &str| (name != gone).then(|| name.to_lowercase());
    let http = MINIMAL.replace("[slack]", "[slack]\nmode = \"http\"");
    assert_eq!(
        told(MINIMAL, &without("SLACK_SIGNING_SECRET")),
        Vec::<String>::new()
    );
    let faults = |found: Vec<String>| -> Vec<String> {
        found.into_iter().filter(|f| !f.contains("warning: ")).collect()
    };
    assert_eq!(
        faults(told(&http, &without("SLACK_APP_TOKEN"))),
        Vec::<String>::new()
    );
    assert_eq!(
        faults(told(&http, &without("SLACK_SIGNING_SECRET"))),
        [
            "zeitnah.toml:2: the environment variable SLACK_SIGNING_SECRET is not set (`slack.signing_secret`); \
          set SLACK_SIGNING_SECRET, or write signing_secret = { env = \"OTHER_NAME\" } or { file = \"/path\" }"
        ]
    );
}

#[test]
fn a_token_in_another_ones_place_is_told_by_how_it_begins() {
    let holds = |wanted: &'static str, value: &'static str| {
        move |name: &str| {
            Some(if name == wanted {
                value.to_owned()
            } else {
                name.to_lowercase()
            })
        }
    };
    for (variable, value, sort) in [
        ("SLACK_BOT_TOKEN", "xapp-1", "the App-Level Token"),
        ("SLACK_BOT_TOKEN", "xoxp-1", "a User OAuth Token"),
        ("SLACK_APP_TOKEN", "xoxb-1", "the Bot User OAuth Token"),
    ] {
        let found = told(MINIMAL, &holds(variable, value));
        assert_eq!(found.len(), 1, "{found:?}");
        let (mark, setting) = (&value[..5], variable.trim_start_matches("SLACK_").to_lowercase());
        let what = format!(
            "zeitnah.toml:2: `slack.{setting}` begins with {mark}, so {setting} holds {sort}; put the "
        );
        assert!(
            found[0].starts_with(&what.replace(&format!("so {setting}"), &format!("so {variable}"))),
            "{found:?}"
        );
        assert!(!found[0].contains(value), "no secret in it: {found:?}");
    }
    assert!(told(MINIMAL, &holds("SLACK_BOT_TOKEN", "xoxb-1")).is_empty());
}

#[test]
fn what_is_no_signing_secret_is_a_warning() {
    let http = MINIMAL.replace("[slack]", "[slack]\nmode = \"http\"");
    let found = told(&http, &full);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].contains("warning: SLACK_SIGNING_SECRET does not look like a signing secret"),
        "{found:?}"
    );
    assert!(!found[0].contains("slack_signing_secret"), "{found:?}");
    let right = |name: &str| {
        Some(if name == "SLACK_SIGNING_SECRET" {
            "0123456789abcdef0123456789abcdef".to_owned()
        } else {
            name.to_lowercase()
        })
    };
    assert_eq!(told(&http, &right), Vec::<String>::new());
}

#[test]
fn a_fault_in_one_section_leaves_the_others_readable() {
    let text = MINIMAL
        .replace("role = \"responder\"", "role = \"boss\"")
        .replace("[slack]", "[slack]\nread_back = \"perhaps\"")
        + "[http]\nlisten = \"x\"\n";
    let without = |name: &str| (name != "SLACK_APP_TOKEN").then(|| name.to_lowercase());
    let sections = Sections::parse("zeitnah.toml", &text, &without);
    assert_eq!(sections.faults.len(), 4, "{:?}", sections.faults);
    assert!(sections.database.is_some() && sections.http.is_none());
    let slack: &dyn Any = &*sections.chats[0];
    let slack: &slack::settings::Given = slack.downcast_ref().unwrap();
    assert!(slack.bot_token.is_some() && slack.way.is_none());
    assert!(sections.chats[0].whole().is_none());
    assert_eq!((sections.channels.len(), sections.sources.len()), (1, 1));
    let lines: Vec<(usize, &Named)> = sections.named.iter().map(|n| (n.line, &n.value.named)).collect();
    let circle = Named::Circle(crate::domain::people::rights::Circle::Room("C0123ABC".into()));
    assert_eq!(lines, [(7, &Named::Room("C0123ABC".into())), (18, &circle)]);
    assert_eq!(sections.place(7, ""), "zeitnah.toml:7");
    assert_eq!(sections.place(0, "DATABASE_URL"), "DATABASE_URL");
    assert!(sections.whole().is_err());
}

#[test]
fn the_practice_source_has_its_name_for_itself() {
    let found = told(&MINIMAL.replace("my-shop", "practice"), &full);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("\"practice\" is the name of the source that `zeitnah card` uses"));
}

#[test]
fn secrets_come_from_files_too_and_are_never_shown() {
    let path = std::env::temp_dir().join(format!("zeitnah-config-{}", std::process::id()));
    fs::write(&path, "s3cret\n").unwrap();
    let given = format!(
        "[database]\nurl = {{ file = {:?} }}\n{MINIMAL}",
        path.display().to_string()
    );
    let config = parse(&given).unwrap();
    fs::remove_file(&path).unwrap();
    assert_eq!(config.database.url.expose_secret(), "s3cret");
    assert!(!format!("{config:?}").contains("s3cret"));
    assert!(told(&given, &full)[0].contains("cannot be used (`database.url`): there is no such file"));
    let plain = told(
        &format!("[database]\nurl = \"postgres://me:s3cret@db\"\n{MINIMAL}"),
        &full,
    );
    assert!(plain[0].starts_with("zeitnah.toml:2: `database.url` is written into the file"));
    assert!(!plain[0].contains("s3cret"));
}

#[test]
fn the_file_is_found_by_argument_then_variable_then_here() {
    let env = |name: &str| (name == "ZEITNAH_CONFIG").then(|| "/etc/z.toml".to_owned());
    assert_eq!(Config::path(Some(Path::new("a.toml")), &env), Path::new("a.toml"));
    assert_eq!(Config::path(None, &env), Path::new("/etc/z.toml"));
    assert_eq!(Config::path(None, &|_| None), Path::new("zeitnah.toml"));
    let faults = Config::load(Path::new("/nowhere/z.toml"), &full).unwrap_err();
    assert_eq!((faults.len(), faults[0].place.as_str()), (1, "/nowhere/z.toml"));
}

/// Every setting that a line of the defaults shows, with or without a # in front: `source.reply.url`.
fn shown_in_defaults() -> BTreeSet<String> {
    let mut section = String::new();
    let mut out = BTreeSet::new();
    for line in DEFAULTS.lines() {
        if line.starts_with('[') {
            section = line.trim_matches(['[', ']']).to_owned();
            out.insert(section.clone());
        }
        let Some((key, value)) = line.trim_start_matches("# ").split_once(" = ") else {
            continue;
        };
        if key.chars().all(|c| c.is_ascii_lowercase() || c == '_') {
            out.insert(format!("{section}.{key}"));
            if value.starts_with("[{ id") {
                out.extend(["id", "name"].map(|inner| format!("{section}.{key}.{inner}")));
            }
        }
    }
    out
}

const ON_DISCORD: &str = r#"
[discord]
server = "1300000000000000001"

[[channel]]
name = "care"
discord = "1300000000000000101"
responsible = ["role:1300000000000000021", "user:1300000000000000011"]

[[source]]
name = "my-shop"
kind = "push"

[default_route]
to = ["care"]

[[role]]
role = "responder"
discord_role = "1300000000000000021"

[[escalation]]
name = "lead"
discord_users = ["1300000000000000013"]
discord_channel = "1300000000000000102"
"#;

#[test]
fn a_team_on_discord_needs_no_slack() {
    let config = parse(ON_DISCORD).unwrap();
    assert_eq!(config.warnings, []);
    assert_eq!(config.chats.len(), 1);
    let discord = config.chat::<discord::Settings>().unwrap();
    assert_eq!(discord.way, discord::settings::Way::Gateway);
    assert_eq!(discord.api_url, "https://discord.com/api/v10");
    let care = &config.channels[0];
    assert_eq!(
        (care.chat.as_str(), care.room.as_str()),
        ("discord", "1300000000000000101")
    );
    let role = "1300000000000000021".to_owned();
    assert_eq!(care.responsible[0], Mention::Group(role.clone()));
    assert_eq!(
        config.grants[0].to,
        crate::domain::people::rights::Grantee::Circle(crate::domain::people::rights::Circle::Group(role))
    );
    assert_eq!(
        (
            config.grants[0].chat.as_str(),
            config.escalations[0].chat.as_str()
        ),
        ("discord", "discord")
    );

    let http = ON_DISCORD.replace("[discord]", "[discord]\nmode = \"http\"");
    assert!(told(&http, &full)[0].contains("`discord.public_key` is missing"));
    let http = http.replace(
        "mode = \"http\"",
        &format!("mode = \"http\"\npublic_key = \"{}\"", "0a".repeat(32)),
    );
    assert_eq!(told(&http, &full), Vec::<String>::new());
    assert!(told(&http.replace("0a0a", "0g0g"), &full)[0].contains("is no public key"));
}

#[test]
fn what_is_mixed_up_between_the_chats_is_told() {
    let mixed = ON_DISCORD.replace("[[channel]]", "[[channel]]\nslack = \"C0123ABC\"");
    assert!(told(&mixed, &full)[0].contains("in Slack and in Discord"));
    let mixed = ON_DISCORD.replace("discord_users", "slack_users = [\"U0123ABC\"]\ndiscord_users");
    assert!(told(&mixed, &full)[0].contains("in Slack and in Discord"));
    let mixed = ON_DISCORD.replace("\"role:13", "\"group:13");
    assert!(told(&mixed, &full)[0].contains("write \"role:…\""));
    let named = ON_DISCORD.replace("\"1300000000000000101\"", "\"#care\"");
    assert!(told(&named, &full)[0].contains("is no id of a Discord channel"));
    let away = MINIMAL.replace("slack = \"C0123ABC\"", "discord = \"1300000000000000101\"");
    assert!(told(&away, &full)[0].contains("which is not set up"));
}

/// People read one file. What a kind of source adds to it stands in the kind's folder; `INSTA_UPDATE=always` puts the pieces
/// back together.
#[test]
fn the_defaults_hold_the_piece_of_each_kind_of_source() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = root.join("src/source");
    let piece = |word: &str| fs::read_to_string(folder.join(word).join("config.toml")).ok();
    let kinds: Vec<&str> = KINDS.iter().map(|kind| kind.word).collect();
    let pieces: Vec<String> = kinds
        .iter()
        .map(|word| piece(word).unwrap_or_else(|| panic!("src/source/{word}/config.toml is missing")))
        .collect();
    let begins = DEFAULTS.find("# The kinds of sources.").unwrap();
    let begins = begins + DEFAULTS[begins..].find("\n\n").unwrap() + 2;
    let ends = begins + DEFAULTS[begins..].find("# Who may do what.").unwrap();
    let whole = format!(
        "{}{}\n{}",
        &DEFAULTS[..begins],
        pieces.join("\n"),
        &DEFAULTS[ends..]
    );
    if std::env::var("INSTA_UPDATE").is_ok_and(|wanted| wanted == "always") {
        fs::write(root.join("config.default.toml"), &whole).unwrap();
    } else {
        assert!(
            whole == DEFAULTS,
            "a piece differs from config.default.toml: run this with INSTA_UPDATE=always"
        );
    }
    for entry in fs::read_dir(&folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(
            piece(&name).is_none() || kinds.contains(&name.as_str()),
            "src/source/{name} is missing in KINDS"
        );
    }
}

#[test]
fn what_belongs_to_another_kind_is_told() {
    let text = MINIMAL.replace(
        "kind = \"push\"",
        "kind = \"push\"\naccount = \"1\"\nbackfill_days = 7",
    );
    assert_eq!(
        told(&text, &full),
        ["zeitnah.toml:11: `source.account` is for kind = \"google\" only; take it out, or change the kind"]
    );
    let none = MINIMAL.replace("kind = \"push\"\n", "");
    let missing = &told(&none, &full)[0];
    assert!(missing.contains("`source.kind` is missing; write kind = \"push\""));
    assert!(
        KINDS
            .iter()
            .all(|kind| missing.contains(&format!("{:?}", kind.word)))
    );
}

#[test]
fn the_defaults_parse_and_show_every_setting_and_no_other() {
    DeTable::parse(DEFAULTS).unwrap();
    let sources = r#"
        [[source]]
        name = "g"
        kind = "google"
        [source.push]
        [[source]]
        name = "t"
        kind = "trustpilot"
        business_units = [{ id = "46d6a890000064000500e0c3", name = "Gartenshop" }]
        [source.hook]
        [[source]]
        name = "e"
        kind = "etrusted"
        channels = [{ id = "chl-3cd85eba", name = "Gartenshop" }]
        [[source]]
        name = "w"
        kind = "woocommerce"
        [source.reply]
        [source.webhook]
        [[source]]
        name = "j"
        kind = "judgeme"
        [source.webhook]
        [[source]]
        name = "p"
        kind = "play"
        [[source]]
        name = "i"
        kind = "appstore"
        [[source]]
        name = "b"
        kind = "bazaarvoice"
        [source.reply]
        [source.answer]
    "#;
    let everything = format!("{EXAMPLE}\n{sources}\n");
    let everything = format!("{everything}[discord]\nmode = \"http\"\nserver = \"1\"\n");
    let reading = Reading::new("zeitnah.toml", &everything, &full);
    read(&reading, &everything);
    let known = reading.settings();
    let shown = shown_in_defaults();
    assert_eq!(
        known.difference(&shown).collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "not in config.default.toml"
    );
    assert_eq!(
        shown.difference(&known).collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "no such setting"
    );
}

#[test]
fn odd_but_legal_ways_of_writing_are_read() {
    let text = MINIMAL.replace(
        "[slack]",
        "slack = { post_every_ms = 1_500, api_url = 'http://127.0.0.1:9/api/' }",
    );
    let config = parse(&text.replace('\n', "\r\n")).unwrap();
    let slack = config.chat::<slack::Settings>().unwrap();
    assert_eq!(slack.post_every_ms, 1500);
    assert_eq!(slack.api_url, "http://127.0.0.1:9/api");
}

#[test]
fn each_chat_has_a_pace_of_its_own() {
    let both = "[slack]\npost_every_ms = 250\n[discord]\nserver = \"1300000000000000001\"";
    let text = MINIMAL.replace("[slack]", both);
    let paces = |text: &str| parse(text).unwrap().rules().post_every_ms;
    let pace = |chat: &str, ms: i64| (chat.to_owned(), ms);
    assert_eq!(paces(&text), [pace("slack", 250), pace("discord", 1000)].into());
    let slower = text.replace("server", "post_every_ms = 3000\nserver");
    assert_eq!(paces(&slower), [pace("slack", 250), pace("discord", 3000)].into());
}

#[test]
fn no_text_makes_the_reader_panic() {
    // Beginnings of both files, cut inside words, brackets and characters: a file is often saved half-written.
    for file in [EXAMPLE, include_str!("faults.toml")] {
        for (end, _) in file.char_indices().step_by(83) {
            let _ = parse(&file[..end]);
        }
    }
}

#[test]
fn figures_have_an_address_of_their_own_unless_somebody_wants_one_port() {
    let config = parse(MINIMAL).unwrap();
    let operators = config.http.operator_listen.unwrap();
    assert!(operators.ip().is_loopback() && operators != config.http.listen);
    let shared =
        format!("[http]\nlisten = \"127.0.0.1:8080\"\noperator_listen = \"127.0.0.1:8080\"\n{MINIMAL}");
    let config = parse(&shared).unwrap();
    assert_eq!((config.http.operator_listen, config.warnings.len()), (None, 0));
    let open = shared.replace("[http]", "[http]\npublic_url = \"https://bot.example.com\"");
    let warnings = told(&open, &full);
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].contains("told to the world"), "{warnings:?}");
}

#[test]
fn an_unknown_policy_is_told_beside_what_else_is_wrong_with_its_route() {
    let text =
        "[[route]]\nname = \"a\"\nto = [\"nowhere\"]\nstars = 1\npolicy = \"careful\"\ndeadline = \"4h\"\n";
    let faults = Config::parse("z.toml", text, &|_| None).unwrap_err();
    let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
    let all = told.join("\n");
    for part in [
        "`route.policy` names the policy \"careful\", which does not exist",
        "`route.deadline` stands beside a policy",
        "`route.to` names the channel \"nowhere\"",
    ] {
        assert!(all.contains(part), "{part:?} is not in:\n{all}");
    }
}
