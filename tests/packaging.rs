//! What we hand to operators names what is there: every query of the dashboard and of the alerts asks for figures and
//! labels that `/metrics` has.

use std::fs;
use std::path::Path;
use std::path::PathBuf;

use serde_json::Value;
use zeitnah::telemetry::catalogue;

use crate::story::watching::named;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging").join(name)
}

/// Words that are no label: Prometheus' own and those that scraping adds.
const GIVEN: &[&str] = &["le", "job", "instance"];

/// What is wrong with a query.
fn faults(query: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let words = || query.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let asked: Vec<&str> = words()
        .filter(|w| w.starts_with("zeitnah_") || w.starts_with("process_"))
        .collect();
    let of = |name: &str| catalogue::ALL.iter().find(|m| named(m, name));
    faults.extend(
        asked
            .iter()
            .filter(|name| of(name).is_none())
            .map(|name| format!("there is no {name}")),
    );
    let known: Vec<&str> = asked
        .iter()
        .filter_map(|name| of(name))
        .flat_map(|m| m.labels)
        .copied()
        .chain(GIVEN.iter().copied())
        .collect();
    faults.extend(
        labels(query)
            .into_iter()
            .filter(|label| !known.contains(&label.as_str()))
            .map(|label| format!("there is no label {label}")),
    );
    if asked.is_empty() {
        faults.push("it asks for nothing of ours".to_owned());
    }
    faults
}

/// Labels in `{…}` and in `by (…)`.
fn labels(query: &str) -> Vec<String> {
    let mut found = Vec::new();
    for part in query.split('{').skip(1) {
        let inside = part.split('}').next().unwrap();
        let pairs = inside.split(',').filter(|p| !p.trim().is_empty());
        found.extend(pairs.map(|p| p.split(['=', '!']).next().unwrap().trim().to_owned()));
    }
    for part in query.split("by (").skip(1) {
        let inside = part.split(')').next().unwrap();
        found.extend(inside.split(',').map(|l| l.trim().to_owned()));
    }
    found
}

/// Every value under `key`, however deep.
fn all<'a>(value: &'a Value, key: &str, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get(key).and_then(Value::as_str));
            fields.values().for_each(|v| all(v, key, found));
        }
        Value::Array(list) => list.iter().for_each(|v| all(v, key, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn hold(queries: &[&str]) {
    let faults: Vec<String> = queries
        .iter()
        .flat_map(|q| faults(q).into_iter().map(move |f| format!("{f}: {q}")))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_dashboard_asks_for_figures_that_there_are() {
    let text = fs::read_to_string(file("grafana/zeitnah.json")).unwrap();
    let dashboard: Value = serde_json::from_str(&text).unwrap();
    let mut queries = Vec::new();
    all(&dashboard, "expr", &mut queries);
    assert!(queries.len() > 20, "{}", queries.len());
    hold(&queries);
    // A figure that nobody looks at is not worth collecting.
    let mut unseen: Vec<&str> = catalogue::ALL.iter().map(|m| m.name).collect();
    unseen.retain(|name| !queries.iter().any(|q| q.contains(name)));
    assert!(unseen.is_empty(), "not on the dashboard: {unseen:?}");

    let panels = dashboard["panels"].as_array().unwrap();
    let mut ids: Vec<i64> = panels.iter().map(|p| p["id"].as_i64().unwrap()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), panels.len(), "each panel has its own id");
    for panel in panels.iter().filter(|p| p["type"] != "row") {
        assert!(
            panel["description"].as_str().is_some_and(|d| !d.is_empty()),
            "{panel}"
        );
        assert_eq!(panel["datasource"]["uid"], "${datasource}", "{panel}");
    }
}

#[test]
fn the_alerts_ask_for_figures_that_there_are() {
    let text = fs::read_to_string(file("prometheus/alerts.yml")).unwrap();
    let alerts: Value = serde_yaml_ng::from_str(&text).unwrap();
    let mut queries = Vec::new();
    all(&alerts, "expr", &mut queries);
    assert!(queries.len() >= 6);
    // Whether it runs at all, only Prometheus itself knows.
    let queries: Vec<&str> = queries.into_iter().filter(|q| !q.contains("up{job=")).collect();
    hold(&queries);
    let rules = alerts["groups"][0]["rules"].as_array().unwrap();
    for rule in rules {
        for text in ["summary", "description"] {
            assert!(rule["annotations"][text].is_string(), "{rule}");
        }
        assert!(
            rule["labels"]["severity"].is_string() && rule["for"].is_string(),
            "{rule}"
        );
    }
}

#[test]
fn a_query_for_what_is_not_there_is_found() {
    assert_eq!(faults("zeitnah_effects{state=\"dead\"} > 0"), [""; 0]);
    assert_eq!(faults("zeitnah_efects"), ["there is no zeitnah_efects"]);
    assert_eq!(
        faults("sum by (kind) (zeitnah_effects)"),
        ["there is no label kind"]
    );
    assert_eq!(
        faults("rate(zeitnah_effect_seconds_count{kindd=\"x\"}[5m])"),
        ["there is no label kindd"]
    );
    assert_eq!(
        faults("zeitnah_effect_seconds"),
        ["there is no zeitnah_effect_seconds"],
        "a histogram has no value of its own"
    );
    assert_eq!(faults("1 + 1"), ["it asks for nothing of ours"]);
}

#[test]
fn the_unit_waits_longer_than_we_take_to_stop() {
    let unit = fs::read_to_string(file("systemd/zeitnah.service")).unwrap();
    let line = unit
        .lines()
        .find_map(|l| l.strip_prefix("TimeoutStopSec="))
        .unwrap();
    let seconds: u64 = line.trim_end_matches('s').parse().unwrap();
    let compose = fs::read_to_string(file("../compose.yaml")).unwrap();
    let compose: Value = serde_yaml_ng::from_str(&compose).unwrap();
    let grace = compose["services"]["zeitnah"]["stop_grace_period"]
        .as_str()
        .unwrap();
    let grace: u64 = grace.trim_end_matches('s').parse().unwrap();
    // The longest pause for a balancer that can be set, and what follows it.
    let longest = 60 + zeitnah::app::LONGEST_STOP.as_secs();
    assert!(
        seconds > longest && grace > longest,
        "{seconds}, {grace} > {longest}"
    );
}

/// A wrong configuration is not tried again all night; whatever else it ends by is, for as long as it takes.
#[test]
fn the_unit_starts_it_again_unless_somebody_has_to_correct_the_configuration() {
    let unit = fs::read_to_string(file("systemd/zeitnah.service")).unwrap();
    let line = |key: &str| unit.lines().find_map(|l| l.strip_prefix(key)).map(str::to_owned);
    assert_eq!(line("Restart=").as_deref(), Some("on-failure"));
    assert_eq!(
        line("RestartPreventExitStatus=").as_deref(),
        Some("78"),
        "what `serve` ends with then; see tests/setup/start.rs"
    );
    assert_eq!(line("StartLimitIntervalSec=").as_deref(), Some("0"));
}

/// The chats' tokens are handed to nobody but the bot, and whoever copies the examples has all that they need.
#[test]
fn compose_gives_each_its_own_secrets_and_the_example_lacks_none() {
    let read = |name: &str| fs::read_to_string(file("..").join(name)).unwrap();
    let compose: Value = serde_yaml_ng::from_str(&read("compose.yaml")).unwrap();
    let given = |service: &str| {
        compose["services"][service]["env_file"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(given("database"), "compose.database.env");
    assert_eq!(given("migrate"), "compose.env");
    let names = |file: &str| -> Vec<String> {
        let text = read(file);
        let lines = text.lines().filter(|l| !l.starts_with('#'));
        lines
            .filter_map(|l| l.split_once('='))
            .map(|(name, _)| name.to_owned())
            .collect()
    };
    assert_eq!(names("compose.database.env.example"), ["POSTGRES_PASSWORD"]);
    let asked = std::cell::RefCell::new(std::collections::BTreeSet::new());
    let example = read("zeitnah.example.toml");
    let config = zeitnah::config::Config::parse("zeitnah.toml", &example, &|name| {
        asked.borrow_mut().insert(name.to_owned());
        Some(name.to_lowercase())
    });
    assert!(config.is_ok(), "{config:?}");
    let there: std::collections::BTreeSet<String> = names("compose.env.example").into_iter().collect();
    assert_eq!(there, asked.into_inner());
    let kept_out = read(".gitignore");
    for name in ["/compose.env", "/compose.database.env"] {
        assert!(kept_out.lines().any(|l| l == name), "{name} could be committed");
    }
}

/// Whoever adds a source is sent to files that there are and that say something about the example.
#[test]
fn the_way_to_a_new_source_leads_through_files_that_know_the_example() {
    let text = fs::read_to_string(file("../CONTRIBUTING.md")).unwrap();
    let section = text.split("## A new source").nth(1).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter_map(|l| l.strip_prefix("| `"));
    let named: Vec<&str> = rows.map(|l| l.split('`').next().unwrap()).collect();
    assert_eq!(named.len(), 5, "{named:?}");
    assert!(section.contains("one file besides knows it"));
    for name in named {
        let path = file("..").join(name.replace("NAME", "google"));
        assert!(path.exists(), "{name}");
        let there = path.is_file().then(|| fs::read_to_string(&path).unwrap());
        assert!(
            there.is_none_or(|text| text.to_lowercase().contains("google")),
            "{name}"
        );
    }
}

/// The same for a chat.
#[test]
fn the_way_to_a_new_chat_leads_through_files_that_know_the_example() {
    let text = fs::read_to_string(file("../CONTRIBUTING.md")).unwrap();
    let section = text.split("## A new chat").nth(1).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter_map(|l| l.strip_prefix("| `"));
    let named: Vec<&str> = rows.map(|l| l.split('`').next().unwrap()).collect();
    assert_eq!(named.len(), 2, "{named:?}");
    assert!(section.contains("two files besides know it"));
    for name in named {
        let there = fs::read_to_string(file("..").join(name)).unwrap();
        assert!(there.to_lowercase().contains("discord"), "{name}");
    }
    for name in section
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|n| n.ends_with(".rs"))
    {
        let paths = [file("..").join(name), file("../src/chat/discord").join(name)];
        assert!(paths.iter().any(|path| path.exists()), "{name}");
    }
}
