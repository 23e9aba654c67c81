//! The manifest is a promise to the people who install the bot: it asks for what the code needs and no more. A
//! scope too few fails months later in a rare path, a scope too many is a reason not to install it.

use std::{fs, path::Path, path::PathBuf};

use serde_json::Value;
use zeitnah::chat::slack::COMMANDS;
use zeitnah::chat::slack::EVENTS;
use zeitnah::chat::slack::SCOPES;

/// Which scope lets an event through (any one of them). Slack's schema does not say it, so this list was made by
/// hand: the first installation in a real workspace has to confirm it.
const EVENT_NEEDS: &[(&str, &[&str])] = &[
    ("app_uninstalled", &[]),
    ("tokens_revoked", &[]),
    ("channel_archive", &["channels:read"]),
    ("channel_unarchive", &["channels:read"]),
    ("group_archive", &["groups:read"]),
    ("group_unarchive", &["groups:read"]),
    ("channel_id_changed", &["channels:read", "groups:read"]),
    ("member_joined_channel", &["channels:read", "groups:read"]),
    ("member_left_channel", &["channels:read", "groups:read"]),
    ("subteam_members_changed", &["usergroups:read"]),
    ("subteam_updated", &["usergroups:read"]),
    ("app_home_opened", &[]),
];

#[test]
fn the_manifest_asks_for_what_the_code_needs() {
    let faults = held_against_code(&manifest(), SCOPES, COMMANDS, EVENTS);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_invitation_to_discord_asks_for_the_least_and_explains_each() {
    use zeitnah::chat::discord;
    use zeitnah::chat::kind::Asked;
    let asked = |commands| Asked {
        application: Some("1300000000000000002"),
        commands,
    };
    let printed = (discord::KIND.manifest)(asked(false));
    // View, send, embed, attach, history, public threads, send in threads. The stories run with these and no other.
    let least: u64 = [10, 11, 14, 15, 16, 35, 38].iter().map(|bit| 1 << bit).sum();
    assert_eq!(discord::permissions(), least);
    assert!(printed.contains(&format!(
        "client_id=1300000000000000002&scope=bot+applications.commands&permissions={least}"
    )));
    for (_, name, why) in discord::PERMISSIONS {
        assert!(printed.contains(&format!("{name}: {why}")), "{name}");
    }
    assert!(printed.lines().count() < 20, "one screen: {printed}");
    let with_commands = (discord::KIND.manifest)(asked(true));
    let listed = with_commands.strip_prefix(&format!("{printed}\n\n# The commands:\n"));
    let commands: Value = serde_json::from_str(listed.unwrap()).unwrap();
    assert_eq!(commands, discord::commands::list());
}

#[test]
fn no_scope_reads_messages_unless_a_person_takes_it_in() {
    let reading: Vec<String> = list(&manifest(), "/oauth_config/scopes/bot")
        .into_iter()
        .filter(|s| s.ends_with(":history"))
        .collect();
    assert!(reading.is_empty(), "{reading:?}");
    assert_eq!(
        manifest().pointer("/oauth_config/scopes/user"),
        None,
        "nothing is done in a person's name"
    );
}

#[test]
fn every_scope_and_event_says_why() {
    let text = text();
    let entries: Vec<&str> = text.lines().filter(|line| line.starts_with("      - ")).collect();
    assert_eq!(entries.len(), SCOPES.len() + EVENTS.len());
    let silent: Vec<&&str> = entries.iter().filter(|line| !line.contains(" # ")).collect();
    assert!(silent.is_empty(), "{silent:?}");
}

#[test]
fn it_works_behind_a_firewall_as_it_stands() {
    let manifest = manifest();
    for (place, wanted) in [
        ("/settings/socket_mode_enabled", true),
        ("/settings/interactivity/is_enabled", true),
        ("/settings/org_deploy_enabled", false),
        ("/settings/token_rotation_enabled", false),
    ] {
        assert_eq!(manifest.pointer(place), Some(&Value::Bool(wanted)), "{place}");
    }
    assert!(
        !manifest.to_string().contains("_url\""),
        "Socket Mode needs no address"
    );
}

#[test]
fn with_the_lines_for_http_taken_in_it_names_all_three_addresses() {
    let http = text()
        .lines()
        .map(|line| match line.split_once("# ") {
            Some((indent, rest)) if rest.ends_with("# HTTP mode") => format!("{indent}{rest}"),
            _ => line.replace("socket_mode_enabled: true", "socket_mode_enabled: false"),
        })
        .collect::<Vec<_>>()
        .join("\n");
    let manifest: Value = serde_yaml_ng::from_str(&http).unwrap();
    for place in [
        "/features/slash_commands/0/url",
        "/settings/event_subscriptions/request_url",
        "/settings/interactivity/request_url",
    ] {
        assert!(manifest.pointer(place).is_some(), "{place}");
    }
    check_schema(&manifest);
}

#[test]
fn slack_takes_it() {
    check_schema(&manifest());
}

#[test]
fn a_difference_is_named_from_both_sides() {
    let mut manifest = manifest();
    let scopes = manifest
        .pointer_mut("/oauth_config/scopes/bot")
        .and_then(Value::as_array_mut)
        .unwrap();
    scopes.retain(|scope| scope != "usergroups:read");
    scopes.push("chat:write.public".into());
    let faults = held_against_code(&manifest, SCOPES, COMMANDS, EVENTS);
    assert_eq!(
        faults,
        [
            "scope chat:write.public is asked for and not needed",
            "scope usergroups:read is needed (rights and pings) and not asked for",
            "event subteam_members_changed needs one of [\"usergroups:read\"]",
            "event subteam_updated needs one of [\"usergroups:read\"]",
        ]
    );
    assert_eq!(
        held_against_code(&manifest, SCOPES, &["/other"], &["app_uninstalled"]).len(),
        4 + 2 + EVENTS.len() - 1
    );
}

/// Every difference between the manifest and what the code needs.
fn held_against_code(
    manifest: &Value,
    scopes: &[(&str, &str)],
    commands: &[&str],
    events: &[&str],
) -> Vec<String> {
    let mut faults = vec![];
    let asked = list(manifest, "/oauth_config/scopes/bot");
    for scope in &asked {
        if !scopes.iter().any(|(needed, _)| needed == scope) {
            faults.push(format!("scope {scope} is asked for and not needed"));
        }
    }
    for (scope, why) in scopes {
        if !asked.iter().any(|a| a == scope) {
            faults.push(format!("scope {scope} is needed ({why}) and not asked for"));
        }
    }

    let offered: Vec<String> = manifest
        .pointer("/features/slash_commands")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|command| command["command"].as_str().map(str::to_owned))
        .collect();
    differences("command", &offered, commands, &mut faults);

    let heard = list(manifest, "/settings/event_subscriptions/bot_events");
    differences("event", &heard, events, &mut faults);
    for event in &heard {
        match EVENT_NEEDS.iter().find(|(name, _)| name == event) {
            None => faults.push(format!("event {event} is not in EVENT_NEEDS: look up its scope")),
            Some((_, needs)) if !needs.is_empty() && !asked.iter().any(|a| needs.contains(&a.as_str())) => {
                faults.push(format!("event {event} needs one of {needs:?}"));
            }
            Some(_) => {}
        }
    }
    faults
}

fn differences(kind: &str, offered: &[String], wanted: &[&str], faults: &mut Vec<String>) {
    for one in offered.iter().filter(|one| !wanted.contains(&one.as_str())) {
        faults.push(format!("{kind} {one} is in the manifest and not in the code"));
    }
    for one in wanted.iter().filter(|one| !offered.iter().any(|o| o == *one)) {
        faults.push(format!("{kind} {one} is in the code and not in the manifest"));
    }
}

/// Slack's own schema is not part of this repository; it is used where a copy lies beside it.
fn check_schema(manifest: &Value) {
    let specs = std::env::var_os("ZEITNAH_SPECS")
        .map(PathBuf::from)
        .unwrap_or_else(|| root().join("../shared/reference/specs"));
    let file = specs.join("chat/slack-manifest/manifest.schema.2.0.0.json");
    let Ok(schema) = fs::read_to_string(&file) else {
        eprintln!(
            "skipped: no schema of Slack's manifest at hand; set ZEITNAH_SPECS to the folder of the specs"
        );
        return;
    };
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<String> = validator
        .iter_errors(manifest)
        .map(|fault| format!("{}: {fault}", fault.instance_path()))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(
        !validator.is_valid(&serde_json::json!({ "name": "zeitnah" })),
        "the schema holds nothing"
    );
}

fn list(manifest: &Value, place: &str) -> Vec<String> {
    let found = manifest.pointer(place).and_then(Value::as_array);
    found
        .into_iter()
        .flatten()
        .filter_map(|one| one.as_str().map(str::to_owned))
        .collect()
}

fn manifest() -> Value {
    serde_yaml_ng::from_str(&text()).unwrap()
}

fn text() -> String {
    fs::read_to_string(root().join("bot-manifest.yaml")).unwrap()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
