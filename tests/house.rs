//! The rules of the house that a machine can hold: who may name whom, what lives where, what is not written.
//! A rule is a function from one file to its faults; the tests below run it over the tree and over samples that
//! break it, because a rule that cannot fail holds nothing.

use std::{fs, path::Path, path::PathBuf};

/// A layer and the layers it may name besides itself. Who is not listed (app, cli, main, lib) may name all.
const MAY_NAME: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("port", &["domain"]),
    ("store", &["domain"]),
    ("workflow", &["domain", "port", "store", "telemetry", "picture"]),
    ("worker", &["domain", "port", "workflow", "telemetry"]),
    ("source", &["domain", "port"]),
    // The same client and the same signature as towards shops.
    ("webhook", &["domain", "port", "source"]),
    ("chat", &["domain", "port", "telemetry"]),
    ("http", &["domain", "port", "workflow", "telemetry"]),
    ("config", &["domain"]),
    // What the bot is shown with; the stand-ins are a crate of their own, which knows nothing of us.
    ("demo", &["domain"]),
    ("telemetry", &[]),
    // Text in, bytes out: it asks nobody, so it needs no port.
    ("picture", &[]),
    ("postgres", &[]),
];
const TOP: &[&str] = &["app", "cli", "main"];

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

const NO_PLATFORM: &[&str] = &["domain", "port", "store", "workflow", "worker"];
const PLATFORM_WORDS: &[&str] = &[
    "slack",
    "discord",
    "block_kit",
    "embed",
    "embeds",
    "guild",
    "guilds",
    "trigger_id",
    "google",
];

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
    ("files have nouns or verbs for names", names),
];

#[test]
fn the_house_is_in_order() {
    let mut faults = migration_names(&listing(&root().join("migrations")));
    for file in tree() {
        faults.extend(all_faults(&file));
    }
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

fn places(file: &File) -> Vec<(usize, String)> {
    let Some(place) = file.path.strip_prefix("src/") else {
        return vec![];
    };
    let mut faults = vec![];
    for (line, path) in paths(&file.code()) {
        for (mark, homes) in LIVES_IN {
            let mark_parts: Vec<&str> = mark.split("::").collect();
            let at_home = homes.iter().any(|home| {
                place
                    .strip_prefix(home)
                    .is_some_and(|rest| rest.starts_with(['/', '.']))
            });
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
    if !NO_PLATFORM.contains(&file.layer()) {
        return vec![];
    }
    let mut faults = vec![];
    for (line, text) in numbered(&file.code_with_strings()) {
        let words = words(text);
        for word in PLATFORM_WORDS
            .iter()
            .filter(|word| words.contains(&format!("_{word}_")))
        {
            faults.push((line, format!("`{word}` is a word of a platform")));
        }
    }
    faults
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

    /// Not only for tests.
    fn is_shipped(&self) -> bool {
        self.path.starts_with("src/") || self.path.starts_with("crates/")
    }

    /// How many `super` lead from here to the crate.
    fn depth(&self) -> usize {
        let module = self
            .path
            .trim_start_matches("src/")
            .trim_end_matches(".rs")
            .trim_end_matches("/mod");
        module.split('/').count()
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
fn a_platform_word_is_found_in_names_and_in_strings() {
    let text = "//! Not for slack.\nstruct SlackCard { trigger_id: u8 }\nconst A: &str = \"discord_id\";\nlet embedded = 1;\n#[cfg(test)]\nmod tests {\n    const A: &str = \"slack\";\n}\n";
    assert_eq!(lines(platform_words, "src/domain/card.rs", text), [2, 2, 3]);
    assert_eq!(
        lines(platform_words, "src/chat/slack/render.rs", text),
        [0_usize; 0]
    );
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
