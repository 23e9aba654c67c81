//! Every sort of setting on real files, and everything that somebody may type by accident or on purpose.

use proptest::prelude::*;
use toml::de::DeTable;

use super::*;
use crate::config::Config;
use crate::config::written::Edition;
use crate::domain::item::policy::Policy;
use crate::domain::lang::Lang;
use crate::domain::promise::rules::Rules;

const EXAMPLE: &str = include_str!("../../../zeitnah.example.toml");

const PLAIN: &str = r#"# Ours.
[slack]

[[channel]]
name = "care"
slack = "C0123ABC"
language = "de" # spoken here

[[channel]]
name = "leads"
slack = "C0456ABC"

[[source]]
name = "shop"
kind = "push"
[source.reply]
url = "https://shop.example.com/replies"

[[source]]
name = "forum"
kind = "push"

[[route]] # the narrow one
name = "law"
keyword = ["Anwalt"]
to = ["leads"]
deadline = "4h"

[[digest]]
name = "morning"
channel = "care"
schedule = "0 8 * * 1-5" # before work

[default_route]
to = ["care"]
deadline = "12h" # half a day
warn = ["50%"]

[[role]]
role = "admin"
slack_user = "U0123ABC"
# The end.
"#;

fn setting(typed: &str) -> Setting {
    match crate::domain::press::setting::wanted(typed) {
        crate::domain::press::setting::Wanted::Set(setting) => setting,
        other => panic!("{typed}: {other:?}"),
    }
}

fn under(text: &str, typed: &[&str]) -> Edition {
    let config = Config::parse("z.toml", text, &|name| Some(name.to_lowercase())).unwrap();
    let settings: Vec<Setting> = typed.iter().map(|t| setting(t)).collect();
    config.written.under(&settings).unwrap()
}

fn rules(text: &str, typed: &[&str]) -> Rules {
    let edition = under(text, typed);
    let left: Vec<String> = edition.left_out.iter().map(|(_, f)| f.to_string()).collect();
    assert_eq!(left, Vec::<String>::new());
    edition.config.rules()
}

/// The one setting that is left out, as its fault says it.
fn told(text: &str, typed: &str) -> String {
    let edition = under(text, &[typed]);
    assert_eq!(edition.text, text, "what is left out leaves no trace");
    let [(_, fault)] = &edition.left_out[..] else {
        panic!("{typed} is allowed");
    };
    format!("{}; {}", fault.what, fault.remedy)
}

#[test]
fn a_value_is_changed_in_its_place_and_all_comments_stay() {
    let edition = under(
        PLAIN,
        &["language care en", "deadline default 6h", "digest morning 7:30"],
    );
    let expected = PLAIN
        .replace("language = \"de\" #", "language = \"en\" #")
        .replace("deadline = \"12h\" #", "deadline = \"6h\" #")
        .replace("\"0 8 * * 1-5\" #", "\"30 7 * * 1-5\" #");
    assert_eq!(edition.text, expected);
    let rules = edition.config.rules();
    assert_eq!(rules.channels["care"].locale.lang, Lang::En);
    assert_eq!(rules.fallback.policy.first_answer, Some(360));
}

#[test]
fn what_stood_nowhere_is_added_where_it_belongs() {
    let rules = rules(PLAIN, &["language leads de", "deadline law none"]);
    assert_eq!(rules.channels["leads"].locale.lang, Lang::De);
    assert_eq!(rules.route("law").policy.first_answer, None);
}

#[test]
fn a_source_goes_elsewhere_behind_the_narrow_routes_and_is_promised_the_same() {
    let before = rules(PLAIN, &[]);
    let after = rules(PLAIN, &["route shop leads"]);
    let names: Vec<&str> = after.routes.iter().map(|r| r.name.as_str()).collect();
    assert_eq!(names, ["law", "shop"]);
    let shop = after.route("shop");
    assert_eq!(
        (&shop.to[..], &shop.when.source[..]),
        (&["leads".to_owned()][..], &["shop".to_owned()][..])
    );
    assert_eq!(shop.policy, before.fallback.policy);
    let both = rules(PLAIN, &["route shop care leads"]);
    assert_eq!(both.route("shop").to, ["care", "leads"]);
}

#[test]
fn its_promise_follows_the_default_and_may_become_its_own() {
    let rules = rules(
        PLAIN,
        &[
            "deadline shop 2h",
            "route shop leads",
            "route forum leads",
            "deadline default 6h",
        ],
    );
    assert_eq!(rules.route("shop").policy.first_answer, Some(120));
    assert_eq!(rules.route("forum").policy.first_answer, Some(360));
}

#[test]
fn the_routes_first_comes_before_what_would_take_all_of_it() {
    let wide = PLAIN.replace(
        "[default_route]",
        "[[route]]\nname = \"pages\"\nsource = [\"shop\", \"forum\"]\nto = [\"care\"]\n\n[default_route]",
    );
    let edition = under(&wide, &["route shop leads"]);
    assert_eq!(edition.config.warnings.len(), 0, "{:?}", edition.config.warnings);
    let names: Vec<String> = edition.config.routes.into_iter().map(|r| r.name).collect();
    assert_eq!(names, ["law", "shop", "pages"]);
}

#[test]
fn a_route_of_the_file_for_this_source_alone_is_changed_itself() {
    let own = PLAIN.replace(
        "[default_route]",
        "[[route]]\nname = \"ours\"\nsource = [\"shop\"]\nto = [\"care\"] # so far\ndeadline = \"1h\"\n\n[default_route]",
    );
    let edition = under(&own, &["route shop leads"]);
    assert_eq!(
        edition.text,
        own.replace("[\"care\"] # so far", "[\"leads\"] # so far")
    );
}

#[test]
fn names_that_are_taken_are_not_given_again() {
    let taken = PLAIN.replace("name = \"law\"", "name = \"shop\"");
    let rules = rules(
        &taken,
        &["route shop leads", "deadline shop 1h", "deadline shop-2 3h"],
    );
    assert_eq!(rules.route("shop").policy.first_answer, Some(60));
    assert_eq!(rules.route("shop-2").policy.first_answer, Some(180));
}

#[test]
fn lists_in_one_line_are_changed_like_all_others() {
    let inline = PLAIN
        .replace(
            "[[route]] # the narrow one\nname = \"law\"\nkeyword = [\"Anwalt\"]\nto = [\"leads\"]\ndeadline = \"4h\"\n",
            "",
        )
        .replace(
            "[slack]",
            "route = [{ name = \"law\", keyword = [\"Anwalt\"], to = [\"leads\"], deadline = \"4h\" }]\n[slack]",
        );
    let changed = rules(&inline, &["deadline law 3h", "route shop leads"]);
    let names: Vec<&str> = changed.routes.iter().map(|r| r.name.as_str()).collect();
    assert_eq!(names, ["law", "shop"]);
    assert_eq!(changed.route("law").policy.first_answer, Some(180));
}

#[test]
fn a_policy_is_changed_as_a_policy() {
    let rules = rules(EXAMPLE, &["deadline careful 6h"]);
    let Policy { first_answer, .. } = rules.route("bad").policy;
    assert_eq!(first_answer, Some(360));
    assert_eq!(
        told(EXAMPLE, "deadline bad 6h"),
        "\"bad\" takes its deadline from the policy \"careful\"; set it there, for all routes with it: deadline careful 4h"
    );
}

#[test]
fn what_the_file_does_not_allow_is_said_as_the_file_says_it() {
    let faults = [
        ("language care fr", "`channel.language`"),
        ("language car en", "did you mean \"care\"?"),
        ("deadline default soon", "\"soon\" is no span of time"),
        ("deadline lwa 4h", "did you mean \"law\"?"),
        (
            "route shop car",
            "names the channel \"car\", which does not exist; did you mean \"care\"?",
        ),
        (
            "route shp care",
            "there is no source \"shp\"; did you mean \"shop\"?",
        ),
        ("digest morning late", "neither a time of day nor a schedule"),
        ("digest morning 24:00", "neither a time of day nor a schedule"),
        ("digest morning 0 8 31 2 *", "never comes"),
        ("digest moning 08:30", "did you mean \"morning\"?"),
    ];
    for (typed, part) in faults {
        let said = told(PLAIN, typed);
        assert!(said.contains(part), "{typed}: {said}");
    }
    let often = PLAIN.replace("0 8 * * 1-5", "0 8,16 * * 1-5");
    assert!(told(&often, "digest morning 08:30").contains("several times a day"));
    let rules = rules(&often, &["digest morning 30 7,15 * * *"]);
    assert_eq!(rules.digests.len(), 1);
}

#[test]
fn one_that_lost_its_place_does_not_keep_the_others_from_holding() {
    let gone = PLAIN.replace("name = \"morning\"", "name = \"evening\"");
    let edition = under(
        &gone,
        &[
            "language care en",
            "digest morning 07:00",
            "deadline shop 1h",
            "route shop leads",
        ],
    );
    let left: Vec<String> = edition.left_out.iter().map(|(key, _)| key.to_string()).collect();
    assert_eq!(left, ["digest morning"]);
    let rules = edition.config.rules();
    assert_eq!(rules.channels["care"].locale.lang, Lang::En);
    assert_eq!(rules.route("shop").policy.first_answer, Some(60));
}

#[test]
fn everything_that_can_be_set_is_named_with_what_holds() {
    let edition = under(PLAIN, &["route forum leads care"]);
    let all: Vec<String> = values(&edition.text)
        .into_iter()
        .map(|(key, value)| format!("{key} = {value}"))
        .collect();
    assert_eq!(
        all,
        [
            "route shop = care",
            "route forum = leads care",
            "deadline default = 12h",
            "deadline law = 4h",
            "deadline forum = 12h",
            "language care = de",
            "language leads = en",
            "digest morning = 0 8 * * 1-5",
        ]
    );
}

#[test]
fn an_export_under_the_same_settings_stays_as_it_is() {
    let typed = [
        "route shop leads",
        "deadline shop 1h",
        "language care en",
        "digest morning 07:00",
    ];
    for text in [PLAIN, EXAMPLE] {
        let typed: &[&str] = if text == PLAIN { &typed } else { &typed[..3] };
        let once = under(text, typed);
        let twice = under(&once.text, typed);
        assert_eq!(once.text, twice.text);
        assert_eq!(
            format!("{:?}", once.config.rules()),
            format!("{:?}", twice.config.rules())
        );
    }
}

proptest! {
    /// Whatever is typed as a name or a value, what comes out is a file with the same sections in it.
    #[test]
    fn nothing_that_is_typed_breaks_out_of_its_place(
        kind in 0..4_usize,
        name in "care|shop|default|law|morning|.{0,12}|[\"'\\\\\n\\]\\[=#]{1,8}",
        value in ".{0,40}|[\"'\\\\\n\\]\\[=#]{1,20}|en\"\n\\[\\[role\\]\\]\nrole = \"admin\"\n|([0-9*,/-]{1,4} ){4}[0-9*]",
    ) {
        let setting = Setting { key: Key { kind: SettingKind::ALL[kind], name }, value };
        if let Ok(patched) = patch(PLAIN, &[&setting]) {
            let (table, faults) = DeTable::parse_recoverable(&patched);
            prop_assert!(faults.is_empty(), "{}", patched);
            let (before, _) = DeTable::parse_recoverable(PLAIN);
            prop_assert_eq!(table.get_ref().len(), before.get_ref().len());
            let roles = |t: &DeTable| t.get("role").and_then(|r| r.get_ref().as_array().map(|a| a.len()));
            prop_assert_eq!(roles(table.get_ref()), Some(1));
        }
    }
}
