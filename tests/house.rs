//! The rules of the house that a machine can hold: who may name whom, what lives where, what is not written.
//! A rule is a function from one file to its faults; the tests below run it over the tree and over samples that
//! break it, because a rule that cannot fail holds nothing.

use std::{collections::BTreeMap, collections::BTreeSet, fs, path::Path, path::PathBuf};

/// A layer and the layers it may name besides itself. Who is not listed (app, cli, main, lib) may name all.
const MAY_NAME: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("port", &["domain"]),
    ("store", &["domain"]),
    ("workflow", &["domain", "port", "store", "telemetry", "picture"]),
    ("worker", &["domain", "port", "workflow", "telemetry"]),
    // How a section of the file is read. It knows no setting.
    ("reader", &["domain"]),
    // Each kind reads its own settings.
    ("source", &["domain", "port", "reader"]),
    // The same client and the same signature as towards shops.
    ("webhook", &["domain", "port", "source"]),
    ("chat", &["domain", "port", "reader", "telemetry"]),
    ("http", &["domain", "port", "workflow", "telemetry"]),
    // It asks the tables of kinds what else a source has, and what the settings of a chat are.
    ("config", &["domain", "reader", "source", "chat"]),
    // What the bot is shown with; the stand-ins are a crate of their own, which knows nothing of us.
    ("demo", &["domain"]),
    ("telemetry", &[]),
    // Text in, bytes out: it asks nobody, so it needs no port.
    ("picture", &[]),
    ("postgres", &[]),
];
const TOP: &[&str] = &["app", "cli", "main"];

/// A room of the workflows, the rooms that it may name besides itself, and what belongs there. Each stands after those that it
/// names, so no door can open both ways.
const ROOMS: &[(&str, &[&str], &str)] = &[
    ("base", &[], "what any verb may need and what changes no item"),
    ("views", &["base"], "what people are shown"),
    ("change", &["base"], "what every change of an item comes to"),
    (
        "clock",
        &["base", "views", "change"],
        "what only the clock asks for",
    ),
    ("publish", &["base", "views", "change"], "our words at a source"),
    (
        "intake",
        &["base", "views", "change", "publish"],
        "how customers' words come in",
    ),
    ("rights", &["base", "change"], "who may do what"),
    (
        "press",
        &["base", "views", "change", "publish", "intake", "rights"],
        "what a person asks for",
    ),
    (
        "deliver",
        &["base", "views", "change", "publish", "intake"],
        "how an effect is carried out",
    ),
    (
        "upkeep",
        &["base", "change", "intake", "rights"],
        "what nobody waits for",
    ),
];
/// The rooms of the rules, each after those that it may name, and what stands there. What is in none of them (ids, the
/// language) may be named by all.
const NOUNS: &[(&str, &str)] = &[
    ("people", "who acts, and what they may"),
    ("time", "when"),
    ("say", "how it is said"),
    ("item", "what a customer wrote, and what became of it"),
    ("press", "what somebody asks for"),
    ("show", "what people are shown"),
    ("effect", "what must happen outside"),
    ("promise", "what was promised, and who is called"),
];
/// What every room calls by its own name.
const OF_ALL_ROOMS: &[&str] = &["Desk", "Result", "WorkflowError", "Leased"];

/// What gives a layer away, and the places (beginnings of paths below src) that may name it.
const LIVES_IN: &[(&str, &[&str])] = &[
    ("sqlx", &["store"]),
    ("reqwest", &["source", "chat"]),
    ("slack_morphism", &["chat"]),
    ("serenity", &["chat"]),
    ("axum", &["http", "chat", "demo"]),
    ("standins", &["demo", "cli/demo", "cli/sandbox"]),
    ("resvg", &["picture"]),
    ("toml_edit", &["config/overlay"]),
    ("metrics", &["telemetry"]),
    ("metrics_exporter_prometheus", &["telemetry"]),
    ("anyhow", TOP),
    ("tokio::time::sleep", WAITS),
    ("tokio::time::sleep_until", WAITS),
    ("tokio::time::interval", WAITS),
    ("tokio::time::interval_at", WAITS),
    ("std::process::Command", &["postgres"]),
    // The demo's bot is a process of its own because only such a one can be killed.
    ("tokio::process", &["postgres", "cli/demo"]),
];
/// Besides the workers, whoever keeps a connection, pages that must not overtake the first one, and a repeated delivery
/// that waits for what the first one comes to.
const WAITS: &[&str] = &[
    "worker",
    "chat/slack/socket",
    "chat/slack/door",
    "chat/discord/gateway",
    "chat/discord/door",
    "chat/discord/turn",
    "demo",
];

/// Where a kind of source may be named: in its folder and in the table of kinds, in what sets one up, and in what plays the
/// far side. Everybody else goes by the table.
const NAMES_SOURCES: &[&str] = &["source", "demo", "cli/demo", "cli/sandbox", "cli/init"];
/// The same of a chat, besides its own folder: the table of chats, and what plays the far side. Everybody else goes by the
/// table, so a new chat changes no other file.
const NAMES_CHATS: &[&str] = &["chat/mod", "demo", "cli/demo", "cli/sandbox"];

const NOT_A_NAME: &[&str] = &["util", "utils", "helper", "helpers", "common", "misc"];

const SQL_CLOCKS: &[&str] = &[
    "now()",
    "current_timestamp",
    "current_date",
    "localtimestamp",
    "clock_timestamp(",
    "statement_timestamp(",
];

type Rule = fn(&File) -> Vec<(usize, String)>;

const RULES: &[(&str, Rule)] = &[
    ("layers point one way", layers),
    ("each library has its place", places),
    ("every file says why it exists", purpose),
    ("no platform word inside", platform_words),
    ("no panic before the tests", panics),
    ("tests are modules", cfg_test),
    ("an open end has an issue", open_ends),
    ("time is a parameter", sql_clocks),
    ("kinds of effects are named as the enum names them", effect_kinds),
    ("files have nouns or verbs for names", names),
];

#[test]
fn the_house_is_in_order() {
    let mut faults = migration_names(&listing(&root().join("migrations")));
    let tree = tree();
    for file in &tree {
        faults.extend(all_faults(file));
    }
    faults.extend(door_faults(&tree));
    faults.extend(circle_faults(&tree));
    faults.sort();
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

fn all_faults(file: &File) -> Vec<String> {
    let of = |(name, rule): &(&str, Rule)| {
        rule(file)
            .into_iter()
            .map(|(line, fault)| format!("{}:{line} {fault} ({name})", file.path))
            .collect::<Vec<_>>()
    };
    RULES.iter().flat_map(of).collect()
}

fn layers(file: &File) -> Vec<(usize, String)> {
    let Some((layer, may)) = MAY_NAME.iter().find(|(name, _)| *name == file.layer()) else {
        return vec![];
    };
    let mut faults = vec![];
    for (line, path) in paths(&file.code()) {
        let climbed = path.iter().take_while(|part| *part == "super").count();
        let named = match path.first().map(String::as_str) {
            Some("crate" | "zeitnah") => path.get(1),
            Some("super") if climbed >= file.depth() => path.get(climbed),
            _ => None,
        };
        let Some(named) = named else { continue };
        let known = MAY_NAME.iter().any(|(name, _)| name == named) || TOP.contains(&named.as_str());
        if known && named != layer && !may.contains(&named.as_str()) {
            faults.push((line, format!("{layer} must not name {named}")));
        }
    }
    faults
}

/// The doors between the rooms of the workflows. A desk is one type, so a verb reaches another room by a method as well as by a
/// path, and no import shows it: both are counted.
fn door_faults(tree: &[File]) -> Vec<String> {
    let mut verbs: BTreeMap<String, &str> = BTreeMap::new();
    for file in tree {
        for (room, (_, name)) in file
            .room()
            .iter()
            .flat_map(|room| methods(file).map(move |m| (*room, m)))
        {
            verbs.insert(name, room);
        }
    }
    let mut faults = vec![];
    for file in tree.iter().filter(|file| file.layer() == "workflow") {
        let fault =
            |(line, fault): (usize, String)| format!("{}:{line} {fault} (doors open one way)", file.path);
        faults.extend(doors(file, &verbs).into_iter().map(fault));
    }
    faults
}

fn doors(file: &File, verbs: &BTreeMap<String, &str>) -> Vec<(usize, String)> {
    let Some(room) = file.room() else {
        let is_front = ["src/workflow.rs", "src/workflow/mod.rs"].contains(&file.path.as_str());
        let stray = (1, format!("stands in no room: {}", belongs(|_| true)));
        return if is_front { vec![] } else { vec![stray] };
    };
    let may = ROOMS.iter().find(|(name, ..)| *name == room);
    let may = may.map_or(&[] as &[&str], |(_, may, _)| may);
    let no = |named: &str, by: &str| {
        (named != room && !may.contains(&named)).then(|| {
            // Who may name both, or is one of them and may name the other.
            let fits = belongs(|(name, may, _)| {
                let reaches = |other: &str| *name == other || may.contains(&other);
                reaches(room) && reaches(named)
            });
            format!(
                "`{room}` must not name `{named}`, as it does by `{by}`; what needs both belongs to {fits}"
            )
        })
    };
    let mut faults = vec![];
    let code = file.code();
    for (line, path) in paths(&code) {
        match file.absolute(&path) {
            Some(path) if path.len() > 1 && path[0] == "workflow" => {
                let (named, by) = (path[1].as_str(), path.join("::"));
                if ROOMS.iter().any(|(name, ..)| *name == named) {
                    faults.extend(no(named, &by).map(|fault| (line, fault)));
                } else if !OF_ALL_ROOMS.contains(&named) {
                    faults.push((line, format!("name `{by}` by the room where it stands")));
                }
            }
            _ => {}
        }
    }
    for (line, name) in calls(&code) {
        if let Some(named) = verbs.get(&name) {
            faults.extend(no(named, &format!("self.{name}()")).map(|fault| (line, fault)));
        }
    }
    if file.path.ends_with(&format!("workflow/{room}/mod.rs")) && said_doors(&file.text) != may {
        let said = format!(
            "say which rooms it names as the table does: `{}`",
            may.join("`, `")
        );
        faults.push((1, said));
    }
    faults
}

/// A noun of the rules: a file or a folder in a room, or what stands in none. A folder is one noun, whatever is named inside it.
fn noun(path: &[String]) -> Option<String> {
    let of = path.get(1)?;
    let is_module = |name: &&String| name.chars().all(|c| c.is_lowercase() || c == '_');
    match path.get(2).filter(is_module) {
        Some(inner) if *of != "effect" && NOUNS.iter().any(|(room, _)| room == of) => {
            Some(format!("{of}/{inner}"))
        }
        _ => Some(of.clone()),
    }
}

/// Nouns of the rules that name each other in a circle, and rooms that name one behind them.
fn circle_faults(tree: &[File]) -> Vec<String> {
    let mut nouns: BTreeMap<String, (&str, BTreeSet<String>)> = BTreeMap::new();
    let mut faults = vec![];
    let rank = |noun: &str| {
        let room = noun.split('/').next().unwrap_or_default();
        NOUNS.iter().position(|(name, _)| *name == room)
    };
    for file in tree.iter().filter(|file| file.layer() == "domain") {
        let Some(own) = noun(&file.module()) else {
            continue;
        };
        let entry = nouns.entry(own.clone()).or_insert((&file.path, BTreeSet::new()));
        for (line, path) in paths(&file.code()) {
            let Some(path) = file
                .absolute(&path)
                .filter(|path| path.len() > 1 && path[0] == "domain")
            else {
                continue;
            };
            let Some(named) = noun(&path).filter(|named| *named != own) else {
                continue;
            };
            if rank(&own) < rank(&named) {
                let (path, before) = (&file.path, own.split('/').next().unwrap_or_default());
                faults.push(format!(
                    "{path}:{line} `{before}` stands before `{named}` and must not name it (rooms in their order)"
                ));
            }
            entry.1.insert(named);
        }
    }
    for (noun, (path, _)) in &nouns {
        let all = reached(&nouns, noun);
        let with: Vec<&str> = all
            .iter()
            .copied()
            .filter(|other| {
                *other != noun && nouns.contains_key(*other) && reached(&nouns, other).contains(noun.as_str())
            })
            .collect();
        if !with.is_empty() {
            let with = with.join("`, `");
            faults.push(format!(
                "{path}:1 `{noun}` stands in a circle with `{with}`: what they all need is a noun of its own (no circles)"
            ));
        }
    }
    faults
}

/// What a noun needs, and what that needs.
fn reached<'n>(nouns: &'n BTreeMap<String, (&str, BTreeSet<String>)>, from: &'n str) -> BTreeSet<&'n str> {
    let mut seen = BTreeSet::new();
    let mut todo = vec![from];
    while let Some(at) = todo.pop() {
        let named = nouns.get(at).into_iter().flat_map(|(_, named)| named);
        todo.extend(named.map(String::as_str).filter(|next| seen.insert(*next)));
    }
    seen
}

/// The rooms to choose from for a new verb, and what each is for.
fn belongs(fits: impl Fn(&(&str, &[&str], &str)) -> bool) -> String {
    let rooms = ROOMS.iter().filter(|room| fits(room));
    let said = rooms.map(|(name, _, what)| format!("`{name}` ({what})"));
    match said.collect::<Vec<_>>().as_slice() {
        [] => "no room: part it".to_owned(),
        some => some.join(" or "),
    }
}

/// The rooms in the sentence "It names …" of a room's own page.
fn said_doors(text: &str) -> Vec<&str> {
    let Some((_, said)) = text.split_once("//! It names ") else {
        return vec![];
    };
    let sentence = said.split(". ").next().unwrap_or_default();
    let all = sentence.split('`').skip(1).step_by(2);
    all.filter(|word| ROOMS.iter().any(|(name, ..)| name == word))
        .collect()
}

/// Where the code is inside an `impl` that begins so, line by line: how deep, or none.
fn in_desk(code: &str, begins: impl Fn(&str) -> bool) -> Vec<Option<i32>> {
    let mut depth = 0_i32;
    let mut inside = false;
    let mut all = vec![];
    for line in code.lines() {
        inside = inside || (depth == 0 && begins(line.trim_end()));
        all.push(inside.then_some(depth));
        depth += line.matches('{').count() as i32 - line.matches('}').count() as i32;
        inside = inside && depth > 0;
    }
    all
}

/// The methods of the desk that a file adds to it.
fn methods(file: &File) -> impl Iterator<Item = (usize, String)> {
    let code = file.code();
    let inside = in_desk(&code, |line| line == "impl Desk {");
    let found = numbered(&code).zip(inside).filter_map(|((line, text), inside)| {
        let rest = text.split("fn ").nth(1).filter(|_| inside == Some(1))?;
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_')?;
        Some((line, rest[..end].to_owned()))
    });
    found.collect::<Vec<_>>().into_iter()
}

/// What is called on a desk: on `self` inside it, on `desk` anywhere.
fn calls(code: &str) -> Vec<(usize, String)> {
    let inside = in_desk(code, |line| {
        line == "impl Desk {" || line.ends_with(" for Desk {")
    });
    let tokens = tokens(code);
    let found = tokens.windows(4).filter_map(|four| {
        let [(line, on), (_, dot), (_, name), (_, open)] = four else {
            return None;
        };
        let is_desk = match on.as_str() {
            "desk" | "Desk" => true,
            "self" | "Self" => inside.get(line - 1).is_some_and(Option::is_some),
            _ => false,
        };
        let is_call = [".", "::"].contains(&dot.as_str()) && ["(", "::"].contains(&open.as_str());
        (is_desk && is_call && is_word(name)).then(|| (*line, name.clone()))
    });
    found.collect()
}

fn places(file: &File) -> Vec<(usize, String)> {
    let Some(place) = file.path.strip_prefix("src/") else {
        return vec![];
    };
    let mut faults = vec![];
    for (line, path) in paths(&file.code()) {
        for (mark, homes) in LIVES_IN {
            let mark_parts: Vec<&str> = mark.split("::").collect();
            let at_home = is_in(place, homes);
            // `use tokio::time;` and then `time::sleep` names it too.
            let shortened = mark_parts.len() == 3
                && path
                    .iter()
                    .map(String::as_str)
                    .eq(mark_parts[1..].iter().copied());
            if !at_home && (shortened || begins_with(&path, &mark_parts)) {
                faults.push((line, format!("{mark} lives in {}", homes.join(", "))));
            }
        }
    }
    faults
}

fn purpose(file: &File) -> Vec<(usize, String)> {
    let says = file.path.ends_with(".rs") && !file.text.starts_with("//! ");
    if says {
        vec![(1, "begin with `//!` and the reason this file exists".into())]
    } else {
        vec![]
    }
}

fn platform_words(file: &File) -> Vec<(usize, String)> {
    let Some(place) = file.path.strip_prefix("src/") else {
        return vec![];
    };
    let mut unwanted: Vec<&str> = vec![];
    for chat in zeitnah::chat::KINDS {
        let own = format!("chat/{}", chat.name);
        if !is_in(place, NAMES_CHATS) && !is_in(place, &[&own]) {
            unwanted.extend(chat.marks);
        }
    }
    if !is_in(place, NAMES_SOURCES) {
        unwanted.extend(zeitnah::source::KINDS.iter().flat_map(|kind| kind.marks));
    }
    let mut faults = vec![];
    for (line, text) in numbered(&file.code_with_strings()) {
        let words = words(text);
        for word in unwanted
            .iter()
            .filter(|word| words.contains(&format!("_{word}_")))
        {
            faults.push((line, format!("`{word}` is a word of a platform")));
        }
    }
    faults
}

/// Whether a path below src begins with one of these.
fn is_in(place: &str, homes: &[&str]) -> bool {
    homes.iter().any(|home| {
        place
            .strip_prefix(home)
            .is_some_and(|rest| rest.starts_with(['/', '.']))
    })
}

fn panics(file: &File) -> Vec<(usize, String)> {
    if !file.is_shipped() {
        return vec![];
    }
    let code = file.code();
    let found = numbered(&code).filter(|(_, text)| text.contains(".unwrap()") || text.contains(".expect("));
    found
        .map(|(line, _)| (line, "return the fault instead of unwrap() or expect()".into()))
        .collect()
}

fn cfg_test(file: &File) -> Vec<(usize, String)> {
    if !file.is_shipped() {
        return vec![];
    }
    // What belongs to `mod tests` is blank in here.
    let code = file.code();
    let found = numbered(&code).filter(|(_, text)| {
        let text: String = text.split_whitespace().collect();
        text.contains("cfg(test")
            || text.contains("cfg!(test")
            || text.contains("cfg_attr(test")
            || text.contains("cfg(not(test")
    });
    found
        .map(|(line, _)| {
            (
                line,
                "cfg(test) is for `mod tests` only; a stand-in comes in through a port".into(),
            )
        })
        .collect()
}

fn open_ends(file: &File) -> Vec<(usize, String)> {
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
    let has_issue = |text: &str| {
        text.split('#')
            .skip(1)
            .any(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    let found = numbered(&file.text).filter(|(_, text)| {
        text.split(|c: char| !c.is_alphanumeric())
            .any(|word| marks.contains(&word))
            && !has_issue(text)
    });
    found
        .map(|(line, _)| (line, "name the issue: #number".into()))
        .collect()
}

fn sql_clocks(file: &File) -> Vec<(usize, String)> {
    let sql = match (file.layer(), file.path.starts_with("migrations/")) {
        // Its purpose is to compare the clocks.
        _ if file.path == "src/store/condition.rs" => return vec![],
        ("store", _) => file.strings(),
        (_, true) => without_sql_comments(&file.text),
        _ => return vec![],
    };
    let mut faults = vec![];
    for (line, text) in numbered(&sql) {
        let text: String = text.to_lowercase().split_whitespace().collect();
        for clock in SQL_CLOCKS.iter().filter(|clock| text.contains(**clock)) {
            faults.push((
                line,
                format!("`{clock}` in SQL: time is a parameter, else tests need a clock in the database"),
            ));
        }
    }
    faults
}

/// SQL names kinds of effects as text: `kind = 'post_card'`, `kind IN ('post_card', 'edit_card')`. One that the enum does not
/// have, or not any more, would match nothing and say nothing.
fn effect_kinds(file: &File) -> Vec<(usize, String)> {
    if file.layer() != "store" {
        return vec![];
    }
    let known = zeitnah::domain::effect::EffectKind::names();
    let mut faults = vec![];
    for (line, text) in numbered(&file.strings()) {
        for rest in text.split("kind ").skip(1) {
            let list = ["= '", "<> '", "IN ('", "NOT IN ('"].iter();
            let Some(rest) = list.filter_map(|begin| rest.strip_prefix(begin)).next() else {
                continue;
            };
            let end = rest.find(')').unwrap_or(rest.len());
            let named = rest[..end].split('\'').step_by(2);
            // Of a single one only the first word is a kind.
            let listed = text.contains(&format!("IN ('{rest}"));
            for name in named.take(if listed { usize::MAX } else { 1 }) {
                if !name.is_empty() && !known.iter().any(|kind| kind == name) {
                    faults.push((line, format!("`{name}` is no kind of effect")));
                }
            }
        }
    }
    faults
}

fn names(file: &File) -> Vec<(usize, String)> {
    let parts = file.path.trim_end_matches(".rs").split('/');
    let found = parts.filter(|part| NOT_A_NAME.contains(part));
    found
        .map(|part| (1, format!("`{part}` says nothing: a thing lives with its noun")))
        .collect()
}

fn migration_names(files: &[String]) -> Vec<String> {
    let number = |name: &str| name.split_once('_').map(|(number, _)| number.to_owned());
    let well_named = |name: &str| {
        let Some((number, what)) = name.strip_suffix(".sql").and_then(|stem| stem.split_once('_')) else {
            return false;
        };
        number.len() == 4
            && number.bytes().all(|b| b.is_ascii_digit())
            && what.starts_with(|c: char| c.is_ascii_lowercase())
            && what
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    let mut faults = vec![];
    for (i, name) in files.iter().enumerate() {
        if !well_named(name) {
            faults.push(format!("migrations/{name}:1 is not NNNN_what.sql"));
        }
        if files[..i].iter().any(|earlier| number(earlier) == number(name)) {
            faults.push(format!("migrations/{name}:1 has the number of another one"));
        }
    }
    faults
}

struct File {
    /// From the root of the package, with `/`.
    path: String,
    text: String,
}

impl File {
    /// `domain` for src/domain.rs and for everything below src/domain.
    fn layer(&self) -> &str {
        let inside = self.path.strip_prefix("src/").unwrap_or("");
        inside.split(['/', '.']).next().unwrap_or("")
    }

    /// The room of the workflows that it stands in.
    fn room(&self) -> Option<&'static str> {
        let inside = self.path.strip_prefix("src/workflow/")?.split_once('/')?.0;
        ROOMS.iter().map(|(name, ..)| *name).find(|name| *name == inside)
    }

    /// A path from the crate on; none if it leads out of it, or nowhere yet.
    fn absolute(&self, path: &[String]) -> Option<Vec<String>> {
        let climbed = path.iter().take_while(|part| *part == "super").count();
        match path.first().map(String::as_str)? {
            "crate" | "zeitnah" => Some(path[1..].to_vec()),
            "super" => {
                let module = self.module();
                let here = module.get(..module.len().checked_sub(climbed)?)?;
                Some(here.iter().chain(&path[climbed..]).cloned().collect())
            }
            _ => None,
        }
    }

    /// Its own path from the crate on.
    fn module(&self) -> Vec<String> {
        let path = self.path.trim_start_matches("src/").trim_end_matches(".rs");
        let path = path.trim_end_matches("/mod");
        path.split('/').map(str::to_owned).collect()
    }

    /// Not only for tests.
    fn is_shipped(&self) -> bool {
        self.path.starts_with("src/") || self.path.starts_with("crates/")
    }

    /// How many `super` lead from here to the crate.
    fn depth(&self) -> usize {
        self.module().len()
    }

    fn code(&self) -> String {
        without_tests(self, &blank(&self.text, Keep::Code))
    }

    fn strings(&self) -> String {
        without_tests(self, &blank(&self.text, Keep::Strings))
    }

    fn code_with_strings(&self) -> String {
        without_tests(self, &blank(&self.text, Keep::CodeAndStrings))
    }

    fn tests_begin(&self) -> usize {
        let code = blank(&self.text, Keep::Code);
        let lines: Vec<&str> = code.lines().collect();
        let is_module = |i: usize| {
            lines
                .get(i + 1)
                .is_some_and(|next| next.trim_start_matches("pub ").starts_with("mod tests"))
        };
        let found = (0..lines.len()).find(|i| lines[*i].trim_end() == "#[cfg(test)]" && is_module(*i));
        found.unwrap_or(if is_tests(&self.path) { 0 } else { lines.len() })
    }
}

/// A test module in a file or folder of its own.
fn is_tests(path: &str) -> bool {
    path.ends_with("tests.rs") || path.contains("/tests/")
}

/// The test module ends the file; a file called tests.rs is one.
fn without_tests(file: &File, text: &str) -> String {
    let begin = file.tests_begin();
    let mut depth = 0_i32;
    let mut inside = false;
    let code = blank(&file.text, Keep::Code);
    let kept = text
        .lines()
        .zip(code.lines())
        .enumerate()
        .map(|(i, (line, code))| {
            if is_tests(&file.path) || (i >= begin && i <= begin + 1) || inside {
                if i > begin {
                    depth += code.matches('{').count() as i32 - code.matches('}').count() as i32;
                    inside = depth > 0;
                }
                return "";
            }
            line
        });
    kept.collect::<Vec<_>>().join("\n")
}

#[derive(Clone, Copy, PartialEq)]
enum Keep {
    Code,
    Strings,
    CodeAndStrings,
}

/// The text with everything else turned to spaces; lines stay where they are.
fn blank(text: &str, keep: Keep) -> String {
    let chars: Vec<char> = text.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or('\0');
    let mut out = String::with_capacity(text.len());
    let mut i = 0;
    while i < chars.len() {
        let before = if i == 0 { ' ' } else { chars[i - 1] };
        let in_word = before.is_alphanumeric() || before == '_';
        let (end, is_string) = if at(i) == '/' && at(i + 1) == '/' {
            (
                (i..chars.len())
                    .find(|j| chars[*j] == '\n')
                    .unwrap_or(chars.len()),
                false,
            )
        } else if at(i) == '/' && at(i + 1) == '*' {
            (end_of_comment(&chars, i), false)
        } else if at(i) == '"' {
            (end_of_string(&chars, i), true)
        } else if at(i) == 'r' && !in_word && raw_hashes(&chars, i + 1).is_some() {
            (end_of_raw(&chars, i + 1), true)
        } else if at(i) == '\'' && (at(i + 1) == '\\' || at(i + 2) == '\'') {
            let from = if at(i + 1) == '\\' { i + 3 } else { i + 2 };
            (
                (from..chars.len())
                    .find(|j| chars[*j] == '\'')
                    .map_or(chars.len(), |j| j + 1),
                true,
            )
        } else {
            out.push(if keep == Keep::Strings && at(i) != '\n' {
                ' '
            } else {
                at(i)
            });
            i += 1;
            continue;
        };
        let kept = is_string && keep != Keep::Code;
        out.extend(
            chars[i..end]
                .iter()
                .map(|c| if kept || *c == '\n' { *c } else { ' ' }),
        );
        i = end;
    }
    out
}

fn end_of_comment(chars: &[char], from: usize) -> usize {
    let mut depth = 0;
    let mut i = from;
    while i + 1 < chars.len() {
        match (chars[i], chars[i + 1]) {
            ('/', '*') => depth += 1,
            ('*', '/') if depth == 1 => return i + 2,
            ('*', '/') => depth -= 1,
            _ => {
                i += 1;
                continue;
            }
        }
        i += 2;
    }
    chars.len()
}

fn end_of_string(chars: &[char], from: usize) -> usize {
    let mut i = from + 1;
    while i < chars.len() {
        match chars[i] {
            '\\' => i += 2,
            '"' => return i + 1,
            _ => i += 1,
        }
    }
    chars.len()
}

fn raw_hashes(chars: &[char], from: usize) -> Option<usize> {
    let hashes = chars[from..].iter().take_while(|c| **c == '#').count();
    (chars.get(from + hashes) == Some(&'"')).then_some(hashes)
}

fn end_of_raw(chars: &[char], from: usize) -> usize {
    let hashes = raw_hashes(chars, from).unwrap_or(0);
    let mut i = from + hashes + 1;
    while i < chars.len() {
        if chars[i] == '"' && chars[i + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes {
            return i + 1 + hashes;
        }
        i += 1;
    }
    chars.len()
}

/// Every path in the code with the line it is on, groups spelled out: `a::{b, c::d}` is `a::b` and `a::c::d`.
fn paths(code: &str) -> Vec<(usize, Vec<String>)> {
    let tokens = tokens(code);
    let mut found = vec![];
    let mut i = 0;
    while i < tokens.len() {
        if is_word(&tokens[i].1) {
            i = path_from(&tokens, i, &[], &mut found);
        } else {
            i += 1;
        }
    }
    found
}

/// Words, `::` and single signs, each with the line it is on.
fn tokens(code: &str) -> Vec<(usize, String)> {
    let mut tokens: Vec<(usize, String)> = vec![];
    for (line, text) in numbered(code) {
        let mut rest = text.trim_start();
        while let Some(first) = rest.chars().next() {
            let is_part = |c: char| c.is_alphanumeric() || c == '_';
            let length = if is_part(first) {
                rest.find(|c| !is_part(c)).unwrap_or(rest.len())
            } else if rest.starts_with("::") {
                2
            } else {
                first.len_utf8()
            };
            tokens.push((line, rest[..length].to_owned()));
            rest = rest[length..].trim_start();
        }
    }
    tokens
}

fn path_from(
    tokens: &[(usize, String)],
    from: usize,
    prefix: &[String],
    found: &mut Vec<(usize, Vec<String>)>,
) -> usize {
    let token = |i: usize| tokens.get(i).map_or("", |(_, text)| text.as_str());
    let mut path = prefix.to_vec();
    let mut i = from;
    while is_word(token(i)) {
        path.push(token(i).to_owned());
        if token(i + 1) != "::" {
            found.push((tokens[i].0, path));
            return i + 1;
        }
        i += 2;
    }
    if token(i) != "{" {
        found.push((tokens[from].0, path));
        return i.max(from + 1);
    }
    i += 1;
    while i < tokens.len() && token(i) != "}" {
        i = if is_word(token(i)) {
            path_from(tokens, i, &path, found)
        } else {
            i + 1
        };
    }
    i + 1
}

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

fn begins_with(path: &[String], mark: &[&str]) -> bool {
    // One word alone may be a variable or a field.
    path.len() > 1 && path.len() >= mark.len() && path.iter().zip(mark).all(|(a, b)| a == b)
}

/// `SlackCard::trigger_id` becomes `_slack_card_ _trigger_id_`.
fn words(line: &str) -> String {
    let mut out = String::from("_");
    let mut before = ' ';
    for c in line.chars() {
        if !c.is_alphanumeric() && c != '_' {
            out.push_str("_ _");
        } else {
            if c.is_uppercase() && before.is_lowercase() {
                out.push('_');
            }
            out.extend(c.to_lowercase());
        }
        before = c;
    }
    out.push('_');
    out
}

fn without_sql_comments(text: &str) -> String {
    text.lines()
        .map(|line| line.split("--").next().unwrap_or(""))
        .collect::<Vec<_>>()
        .join("\n")
}

fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(i, line)| (i + 1, line))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn listing(dir: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(dir) else {
        return vec![];
    };
    let mut names: Vec<String> = entries
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn tree() -> Vec<File> {
    let mut found = vec![];
    let mut folders = ["src", "crates", "tests", "migrations"]
        .map(str::to_owned)
        .to_vec();
    while let Some(folder) = folders.pop() {
        for name in listing(&root().join(&folder)) {
            let path = format!("{folder}/{name}");
            if root().join(&path).is_dir() {
                folders.push(path);
            } else if path.ends_with(".rs") || path.ends_with(".sql") {
                let text = fs::read_to_string(root().join(&path)).unwrap();
                found.push(File { path, text });
            }
        }
    }
    assert!(
        found.iter().any(|file| file.path == "src/lib.rs"),
        "the tree was not found"
    );
    found
}

/// The lines at which a rule finds fault with a text.
fn lines(rule: Rule, path: &str, text: &str) -> Vec<usize> {
    rule(&File {
        path: path.into(),
        text: text.into(),
    })
    .into_iter()
    .map(|(line, _)| line)
    .collect()
}

#[test]
fn a_layer_that_names_a_higher_one_is_found() {
    let text = "use crate::domain::Item;\nuse crate::{\n    domain::Card,\n    store::{Store, Tx},\n};\nfn f() { crate::http::x() }\n";
    assert_eq!(lines(layers, "src/port/clock.rs", text), [4, 4, 6]);
    assert_eq!(lines(layers, "src/workflow/press/inbox.rs", text), [6]);
    assert_eq!(lines(layers, "src/app.rs", text), [0_usize; 0]);
    assert_eq!(
        lines(
            layers,
            "src/demo/mod.rs",
            "use crate::{domain::Item, port::Clock};"
        ),
        [1]
    );
    assert_eq!(
        lines(layers, "src/config/mod.rs", "use crate::domain::Item;"),
        [0_usize; 0]
    );
}

#[test]
fn a_layer_cannot_hide_behind_super() {
    assert_eq!(
        lines(layers, "src/domain/item.rs", "use super::super::store::Store;"),
        [1]
    );
    assert_eq!(
        lines(layers, "src/domain/mod.rs", "use super::{store, port};"),
        [1, 1]
    );
    assert_eq!(
        lines(layers, "src/domain/item.rs", "use super::store::Shelf;"),
        [0_usize; 0]
    );
}

fn at(path: &str, text: &str) -> File {
    File {
        path: path.into(),
        text: text.into(),
    }
}

#[test]
fn a_door_that_opens_the_wrong_way_is_found() {
    let shown = at(
        "src/workflow/views/lists.rs",
        "impl Desk {\n    pub async fn row_facts(&self) {\n        let f = |fn_| 1;\n    }\n}\n",
    );
    let front = at("src/workflow/mod.rs", "pub use views::lists::Page;\n");
    for (path, text, wrong) in [
        // A method of the desk counts as a path does, on whatever line it is called.
        (
            "press/find.rs",
            "impl Desk {\n    fn f(&self) {\n        self.row_facts()\n    }\n}\n",
            0,
        ),
        (
            "views/home.rs",
            "impl Desk {\n    fn f(&self) {\n        self.row_facts()\n    }\n}\n",
            0,
        ),
        (
            "change/write.rs",
            "impl Desk {\n    fn f(&self) {\n        self\n            .row_facts()\n    }\n}\n",
            1,
        ),
        ("base/locale.rs", "fn f(desk: &Desk) { desk.row_facts() }\n", 1),
        ("base/locale.rs", "fn f() { Desk::row_facts() }\n", 1),
        (
            "base/locale.rs",
            "impl Inbox for Desk {\n    fn f(&self) {\n        self.row_facts()\n    }\n}\n",
            1,
        ),
        (
            "base/locale.rs",
            "impl Rows {\n    fn f(&self) {\n        self.row_facts()\n    }\n}\n",
            0,
        ),
        (
            "base/locale.rs",
            "// self.row_facts()\nconst A: &str = \"desk.row_facts()\";\n",
            0,
        ),
        ("base/locale.rs", "use crate::workflow::views::lists::Page;\n", 1),
        ("base/locale.rs", "use super::super::views::lists::Page;\n", 1),
        ("base/locale.rs", "use super::people;\n", 0),
        (
            "deliver/note.rs",
            "use crate::workflow::{Desk, press::judge::Case, views::note};\n",
            1,
        ),
        // What the front names for other layers is no back door.
        ("base/locale.rs", "use crate::workflow::Page;\n", 1),
        ("base/locale.rs", "use crate::workflow::Desk;\n", 0),
        ("act.rs", "", 1),
        ("verbs/act.rs", "", 1),
        (
            "rights/mod.rs",
            "//! Who may.\n//!\n//! It names `base` and\n//! `change`. See `press`.\n",
            0,
        ),
        (
            "rights/mod.rs",
            "//! Who may.\n//!\n//! It names `base`. See `change`.\n",
            1,
        ),
    ] {
        let file = at(&format!("src/workflow/{path}"), text);
        let tree = [at(&shown.path, &shown.text), at(&front.path, &front.text), file];
        let faults = door_faults(&tree);
        assert_eq!(faults.len(), wrong, "{path}: {text}\n{faults:?}");
    }
}

#[test]
fn a_fault_at_a_door_says_where_a_new_verb_belongs() {
    let sent = at(
        "src/workflow/publish/send.rs",
        "impl Desk {\n    fn publish_reply(&self) {}\n}\n",
    );
    let wrong = at(
        "src/workflow/rights/refuse.rs",
        "fn f(desk: &Desk) { desk.publish_reply() }\n",
    );
    assert_eq!(
        door_faults(&[sent, wrong]),
        [
            "src/workflow/rights/refuse.rs:1 `rights` must not name `publish`, as it does by `self.publish_reply()`; what needs \
             both belongs to `press` (what a person asks for) (doors open one way)"
        ]
    );
}

#[test]
fn nouns_that_need_each_other_are_found() {
    let action = at(
        "src/domain/press/action.rs",
        "use crate::domain::press::form::Form;\nuse crate::domain::id::ItemId;\n",
    );
    let form = at(
        "src/domain/press/form/mod.rs",
        "use crate::domain::press::form::token::Token;\n",
    );
    let token = at(
        "src/domain/press/form/token.rs",
        "use super::super::action::Verb;\n",
    );
    let id = at("src/domain/id.rs", "// crate::domain::press::action\n");
    assert_eq!(
        circle_faults(&[action, form, token, id]),
        [
            "src/domain/press/action.rs:1 `press/action` stands in a circle with `press/form`: what they all need is a noun of its own (no circles)",
            "src/domain/press/form/mod.rs:1 `press/form` stands in a circle with `press/action`: what they all need is a noun of its own (no circles)",
        ]
    );
    let action = at(
        "src/domain/press/action.rs",
        "use crate::domain::press::form::Form;\n",
    );
    let form = at("src/domain/press/form.rs", "use crate::domain::id::ItemId;\n");
    assert_eq!(circle_faults(&[action, form]), [""; 0]);
    let early = at(
        "src/domain/people/person.rs",
        "use crate::domain::promise::rules::Rules;\n",
    );
    let late = at(
        "src/domain/promise/rules.rs",
        "use crate::domain::item::sla::Terms;\n",
    );
    assert_eq!(
        circle_faults(&[early, late]),
        [
            "src/domain/people/person.rs:1 `people` stands before `promise/rules` and must not name it (rooms in their order)"
        ]
    );
}

#[test]
fn no_door_between_rooms_opens_both_ways() {
    for (at, (room, may, _)) in ROOMS.iter().enumerate() {
        for named in *may {
            let stands_before = ROOMS[..at].iter().any(|(name, ..)| name == named);
            assert!(
                stands_before,
                "{room} names {named}, which does not stand before it"
            );
        }
    }
}

#[test]
fn comments_strings_and_tests_may_name_anything() {
    let text = "//! crate::store\n// crate::store\n/* crate::store /* */ crate::store */\nconst A: &str = \"crate::store \\\" crate::store\";\nconst B: &str = r#\"crate::store \" \"#;\nconst C: char = '\"';\n#[cfg(test)]\nmod tests {\n    use crate::store::Store;\n    fn f() { x.unwrap() }\n}\n";
    assert_eq!(lines(layers, "src/domain/item.rs", text), [0_usize; 0]);
    assert_eq!(lines(panics, "src/domain/item.rs", text), [0_usize; 0]);
    let after = format!("{text}use crate::store::Store;\n");
    assert_eq!(lines(layers, "src/domain/item.rs", &after), [12]);
}

#[test]
fn a_library_out_of_its_place_is_found() {
    for (path, text, count) in [
        ("src/workflow/press/inbox.rs", "use sqlx::PgPool;", 1),
        ("src/domain/id.rs", "#[derive(sqlx::Type)]", 1),
        ("src/store/item.rs", "use sqlx::PgPool;", 0),
        ("src/storefront.rs", "use sqlx::PgPool;", 1),
        ("src/http/mod.rs", "use reqwest::Client;", 1),
        ("src/source/http.rs", "use reqwest::Client;", 0),
        ("src/worker/drain.rs", "use slack_morphism::prelude::*;", 1),
        ("src/source/shop.rs", "use axum::{Router, routing::get};", 2),
        ("src/demo/mod.rs", "use axum::Router;", 0),
        ("src/workflow/views/news.rs", "use standins::Now;", 1),
        (
            "src/store/item.rs",
            "use tokio::time::{self, Duration, sleep};",
            1,
        ),
        ("src/store/item.rs", "tokio::time::timeout(a, b)", 0),
        ("src/store/item.rs", "time::sleep(a)", 1),
        ("src/chat/slack/socket.rs", "tokio::time::sleep(a)", 0),
        ("src/chat/slack/send.rs", "tokio::time::interval(a)", 1),
        ("src/worker/tick.rs", "tokio::time::interval(a)", 0),
        ("src/cli/demo.rs", "std::process::Command::new(\"ls\")", 1),
        ("src/cli/demo.rs", "use std::process::ExitCode;", 0),
        ("src/postgres.rs", "use std::process::{Child, Command};", 0),
        ("src/store/error.rs", "fn f() -> anyhow::Result<()>", 1),
        ("src/app.rs", "fn f() -> anyhow::Result<()>", 0),
    ] {
        assert_eq!(lines(places, path, text).len(), count, "{path}: {text}");
    }
}

#[test]
fn a_file_without_a_reason_is_found() {
    assert_eq!(lines(purpose, "src/domain/item.rs", "use a;\n"), [1]);
    assert_eq!(lines(purpose, "src/domain/item.rs", "//! Why.\n"), [0_usize; 0]);
    assert_eq!(
        lines(purpose, "migrations/0001_item.sql", "create table a ();"),
        [0_usize; 0]
    );
}

#[test]
fn a_kind_that_no_effect_has_is_found() {
    let text = "let a = \"SELECT 1 FROM effect\n  WHERE kind = 'post_card' AND state = 'new'\";\n\
                let b = \"kind IN ('edit_card', 'post_crad')\";\nlet c = \"e.kind <> 'whispr' THEN 'x'\";\n";
    assert_eq!(lines(effect_kinds, "src/store/outbox.rs", text), [3, 4]);
    assert_eq!(lines(effect_kinds, "src/http/hook.rs", text), [0_usize; 0]);
}

#[test]
fn a_platform_word_is_found_in_names_and_in_strings() {
    let text = "//! Not for slack.\nstruct SlackCard { trigger_id: u8 }\nconst A: &str = \"discord_id\";\nlet embedded = 1;\n#[cfg(test)]\nmod tests {\n    const A: &str = \"slack\";\n}\n";
    assert_eq!(lines(platform_words, "src/domain/card.rs", text), [2, 2, 3]);
    assert_eq!(lines(platform_words, "src/chat/slack/render.rs", text), [3]);
    // A chat knows nothing of another one, and whoever deals with all of them goes by their table.
    for (path, wrong) in [
        ("src/chat/discord/render.rs", vec![2, 2]),
        ("src/chat/typed.rs", vec![2, 2, 3]),
        ("src/config/channel.rs", vec![2, 2, 3]),
        ("src/app/mod.rs", vec![2, 2, 3]),
        ("src/cli/check/chat.rs", vec![2, 2, 3]),
        ("src/chat/mod.rs", vec![]),
        ("src/cli/demo/world.rs", vec![]),
    ] {
        assert_eq!(lines(platform_words, path, text), wrong, "{path}");
    }
    // The words of sources come from the table of kinds.
    let text = "match kind { Kind::Google(_) => 1 }\nlet a = \"google\";\n";
    for (path, wrong) in [
        ("src/app/parts.rs", vec![1, 2]),
        ("src/config/source.rs", vec![1, 2]),
        ("src/cli/check/sources.rs", vec![1, 2]),
        ("src/cli/init/answer.rs", vec![]),
        ("src/source/google/mod.rs", vec![]),
    ] {
        assert_eq!(lines(platform_words, path, text), wrong, "{path}");
    }
}

#[test]
fn a_panic_is_found() {
    let text = "fn f() {\n    a.unwrap();\n    b.expect(\"it\");\n    c.unwrap_or(1);\n    d.expect_err(\"x\");\n}\n";
    assert_eq!(lines(panics, "src/http/hook.rs", text), [2, 3]);
    assert_eq!(lines(panics, "src/http/tests.rs", text), [0_usize; 0]);
    assert_eq!(lines(panics, "crates/standins/src/png.rs", text), [2, 3]);
}

#[test]
fn a_test_switch_in_the_code_is_found() {
    let text = "#[cfg(test)]\nfn fake() {}\nfn f() { if cfg!(test) {} }\n#[cfg(test)]\nmod tests {}\n";
    assert_eq!(lines(cfg_test, "src/port/clock.rs", text), [1, 3]);
    assert_eq!(
        lines(cfg_test, "src/port/clock.rs", "#[cfg(test)]\nmod tests;\n"),
        [0_usize; 0]
    );
}

#[test]
fn an_open_end_without_an_issue_is_found() {
    let mark = concat!("TO", "DO");
    let text = format!("// {mark}: later\n// {mark} #12: later\n// {mark}S are words\n");
    assert_eq!(lines(open_ends, "src/app.rs", &text), [1]);
}

#[test]
fn a_clock_in_sql_is_found() {
    let text = "// now()\nlet now = clock.now();\nquery!(\"update a set b = NOW ( )\");\nquery!(r#\"\n  select current_timestamp\n\"#);\n#[cfg(test)]\nmod tests {\n    const A: &str = \"now()\";\n}\n";
    assert_eq!(lines(sql_clocks, "src/store/item.rs", text), [3, 5]);
    assert_eq!(
        lines(sql_clocks, "src/workflow/press/inbox.rs", text),
        [0_usize; 0]
    );
    let sql = "-- not now()\ncreate table a (at timestamptz not null default now());\n";
    assert_eq!(lines(sql_clocks, "migrations/0001_a.sql", sql), [2]);
}

#[test]
fn a_file_that_is_called_nothing_is_found() {
    for (path, count) in [
        ("src/domain/utils.rs", 1),
        ("src/common/mod.rs", 1),
        ("src/domain/item.rs", 0),
    ] {
        assert_eq!(lines(names, path, "").len(), count, "{path}");
    }
}

#[test]
fn a_migration_out_of_line_is_found() {
    let files = [
        "0001_item.sql",
        "0002_effect.sql",
        "0002_timer.sql",
        "3_x.sql",
        "0004_A.sql",
        "notes.md",
    ];
    let faults = migration_names(&files.map(str::to_owned));
    let expected = ["0002_timer.sql", "3_x.sql", "0004_A.sql", "notes.md"];
    assert_eq!(faults.len(), expected.len(), "{faults:?}");
    assert!(
        faults
            .iter()
            .zip(expected)
            .all(|(fault, name)| fault.contains(name)),
        "{faults:?}"
    );
}

#[test]
fn faults_carry_file_line_and_rule() {
    let file = File {
        path: "src/domain/item.rs".into(),
        text: "use crate::store::Store;".into(),
    };
    assert_eq!(
        all_faults(&file),
        [
            "src/domain/item.rs:1 domain must not name store (layers point one way)",
            "src/domain/item.rs:1 begin with `//!` and the reason this file exists (every file says why it exists)",
        ]
    );
}
