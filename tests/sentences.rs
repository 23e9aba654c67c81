//! Every sentence that somebody reads, in one file: what the bot says in the chat, what the page says, what the
//! command line and the logs say. Whoever changes a sentence sees it there beside its neighbours and its other
//! language; CONTRIBUTING.md says how we want them.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use proc_macro2::Delimiter;
use proc_macro2::TokenStream;
use proc_macro2::TokenTree;
use zeitnah::domain::lang::Lang;
use zeitnah::domain::say::text::Arg;

/// What stands in the chat's sentences here, so that they read like real ones.
const EXAMPLES: &[(&str, &str, &str)] = &[
    ("name", "Anna", "Anna"),
    ("from", "Ben", "Ben"),
    ("source", "Google", "Google"),
    ("to", "@care-team", "@care-team"),
    ("who", "@care-team", "@care-team"),
    ("due", "Do 20.11. 13:58", "Thu 20 Nov 13:58"),
    ("until", "Do 20.11. 15:24", "Thu 20 Nov 15:24"),
    ("at", "Do 20.11. 10:41", "Thu 20 Nov 10:41"),
    ("published", "Mi 19.11. 13:58", "Wed 19 Nov 13:58"),
    ("seen", "Mi 19.11. 14:02", "Wed 19 Nov 14:02"),
    ("span", "2 Std. 29 Min.", "2 h 29 min"),
    ("number", "42", "42"),
    (
        "head",
        "★★☆☆☆ Kritik · Google · Filiale München Ost",
        "★★☆☆☆ Complaint · Google · Munich East",
    ),
    ("link", "Nr. 42", "No. 42"),
    ("then", "3,8", "3.8"),
    ("answered_before", "9", "9"),
    ("kept", "6", "6"),
    ("since", "Do 20.11. 08:41", "Thu 20 Nov 08:41"),
    ("one", "1", "1"),
    ("two", "2", "2"),
    ("three", "3", "3"),
    ("four", "4", "4"),
    ("five", "5", "5"),
    ("mean", "4,1", "4.1"),
    ("usual", "2,1", "2.1"),
    ("percent", "92", "92"),
    ("half", "59 Min.", "59 min"),
    ("most", "2 Std. 10 Min.", "2 h 10 min"),
    ("subject", "Rasenmäher Zaunkönig", "Wren mower"),
    ("words", "Sehr freundlich", "Very friendly"),
    ("state", "offen", "open"),
    ("word", "tkae", "tkae"),
    ("hours", "Mo–Fr 09:00–17:00", "Mon–Fri 09:00–17:00"),
    ("zone", "Europe/Berlin", "Europe/Berlin"),
    ("typed", "abends", "evenings"),
    ("late", "2", "2"),
    ("order", "DE-2026-4711", "DE-2026-4711"),
    ("version", "4.2.1", "4.2.1"),
    (
        "device",
        "Galaxy S25, Android API 36",
        "Galaxy S25, Android API 36",
    ),
    ("country", "DEU", "DEU"),
    ("step", "1", "1"),
    (
        "stretches",
        "Fr 20.11. 16:30–17:00 = 30 Min., Mo 23.11. 09:00–12:30 = 3 Std. 30 Min.",
        "Fri 20 Nov 16:30–17:00 = 30 min, Mon 23 Nov 09:00–12:30 = 3 h 30 min",
    ),
    ("days", "Mo 30.11. (Feiertag)", "Mon 30 Nov (holiday)"),
    ("day", "So 28.03.", "Sun 28 Mar"),
    ("language", "Polnisch", "Polish"),
    ("max", "350", "350"),
    ("count", "362", "362"),
    ("over", "12", "12"),
    ("seconds", "30", "30"),
    ("role", "Antworten", "reply"),
    ("route", "kritik", "complaints"),
    ("reason", "Spam", "spam"),
    ("note", "steht schon im FAQ", "is in the FAQ"),
    ("why", "wartet auf Ersatzteil", "waits for a spare part"),
    ("found", "[Name]", "[Name]"),
    ("now", "2", "2"),
    ("before", "4", "4"),
    ("tone", "Kritik", "Complaint"),
    ("slot", "Do 20.11. 08:00", "Thu 20 Nov 08:00"),
    ("channel", "care", "care"),
    ("all", "care, leads", "care, leads"),
    ("text", "Anna war schneller.", "Anna was faster."),
    ("place", "Google, München Ost", "Google, Munich East"),
    ("author", "Jule", "Jule"),
    ("what", "Die Karte stimmt wieder", "The card is true again"),
    ("page", "2", "2"),
    ("pages", "4", "4"),
    ("free", "9", "9"),
    ("least", "1 Std.", "1 h"),
    ("most", "6 Std. 30 Min.", "6 h 30 min"),
    ("last", "1 Std.", "1 h"),
    ("kept", "4", "4"),
    ("values", "care de · leads en", "care de · leads en"),
    ("key", "deadline default", "deadline default"),
    ("after", "8h", "8h"),
    ("remedy", "write for example 8h", "write for example 8h"),
    ("counts", "3× Lob, 2× Kritik", "3 praise, 2 complaints"),
    (
        "about",
        "★★☆☆☆ „Nette Beratung, aber …“",
        "★★☆☆☆ “Friendly, but the queue …”",
    ),
    ("where", "#care", "#care"),
    ("file", "bewertungen.csv", "reviews.csv"),
    ("row", "b-6;05.02.2025;elf", "r-6,2025-02-05,eleven"),
    ("line", "Texte sind hinten", "texts are behind"),
    (
        "button",
        "Auch Älteres offen hereinholen",
        "Bring in, older ones open too",
    ),
    ("begin", "6", "6"),
    ("end", "10", "10"),
    ("mb", "20", "20"),
    ("shape", "Trustpilot", "Trustpilot"),
    ("encoding", "Windows-1252", "Windows-1252"),
    (
        "columns",
        "Sterne = Stars, Text = Review",
        "stars = Stars, text = Review",
    ),
    ("best", "10", "10"),
    ("new", "12", "12"),
    ("changed", "1", "1"),
    ("known", "3", "3"),
    ("open", "4", "4"),
    ("answered", "6", "6"),
    ("past", "2", "2"),
    ("room", "#care", "#care"),
    ("chat", "Slack", "Slack"),
    ("odd", "bitte", "please"),
    ("good", "take 42", "take 42"),
    ("command", "handled", "handled"),
    ("asleep", "2", "2"),
    ("length", "7", "7"),
    ("dates", "1, 15", "1, 15"),
    ("minute", "5", "5"),
];

/// Where the English that operators read stands in the code. SQL is not for reading, the stand-ins say what the
/// platforms say.
const SPEAKING: &[&str] = &[
    "app",
    "chat",
    "cli",
    "config",
    "http",
    "port",
    "postgres",
    "postgres.rs",
    "reader",
    "source",
    "telemetry",
    "worker",
    "workflow",
];

#[test]
fn every_sentence_was_read() {
    let all = format!(
        "# In the chat\n\n{}\n# On the demo's page\n\n{}\n# At the command line\n\n{}\n# In the code: faults, remedies, logs\n\n{}",
        chat(),
        page(),
        help(&[]),
        code(),
    );
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("sentences", all);
    });
}

/// No sentence shouts, blames or leaves a hole, in either language.
#[test]
fn sentences_keep_to_the_style() {
    let mut faults = Vec::new();
    for (key, lang, text) in said() {
        let mut fault = |what: &str| faults.push(format!("{key} ({}): {what}: {text}", lang.as_str()));
        if text.contains('!') {
            fault("shouts");
        }
        if text.contains("{ $") || text.contains("{$") {
            fault("has a hole, or an example is missing in this test");
        }
        if text.contains("...") || text.contains('"') || text.contains("  ") {
            fault("is not set like print");
        }
        let blames = [
            "falsch",
            "ungültig",
            "Fehler",
            "wrong",
            "invalid",
            "illegal",
            "failed",
            "error",
        ];
        // What the demo breaks on purpose may be called broken.
        if !key.starts_with("demo-fault") && blames.iter().any(|w| text.contains(w)) {
            fault("blames");
        }
        let formal = |word: &str| {
            text.match_indices(word)
                .any(|(at, _)| !text[..at].ends_with(['.', '?', ':']))
        };
        if lang == Lang::De && [" Sie ", " Ihre ", " Ihnen "].into_iter().any(formal) {
            fault("says Sie to a colleague");
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Of two with one name the later one is said, wherever the first one was meant.
#[test]
fn no_sentence_stands_twice() {
    for language in ["de", "en"] {
        let mut seen = BTreeSet::new();
        for (key, _) in keys(&read(&format!("src/domain/say/text/{language}.ftl"))) {
            assert!(!seen.contains(&key), "{language}.ftl: `{key}` stands there twice");
            seen.insert(key);
        }
    }
}

fn read(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(root.join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// The keys with the numbers that make a difference to them.
fn keys(ftl: &str) -> Vec<(String, Vec<i64>)> {
    let mut out: Vec<(String, Vec<i64>)> = Vec::new();
    for line in ftl.lines() {
        let key = line.split_once(" =").map(|(key, _)| key);
        if let Some(key) = key.filter(|k| !k.starts_with([' ', '#']) && !k.is_empty()) {
            out.push((key.to_owned(), vec![7]));
        }
        let Some((_, numbers)) = out.last_mut() else {
            continue;
        };
        if line.contains("[0]") && !numbers.contains(&0) {
            numbers.insert(0, 0);
        }
        if line.contains("[one]") && !numbers.contains(&1) {
            numbers.insert(numbers.len() - 1, 1);
        }
    }
    out
}

fn sentence(lang: Lang, key: &str, n: i64) -> String {
    let counted = ["n", "up", "new", "answered", "handled", "open", "overdue"];
    let mut args: Vec<(&str, Arg)> = EXAMPLES
        .iter()
        .map(|(name, de, en)| (*name, Arg::from(if lang == Lang::De { *de } else { *en })))
        .collect();
    args.extend(counted.iter().map(|name| (*name, Arg::from(n))));
    lang.text(key, &args)
}

fn said() -> Vec<(String, Lang, String)> {
    let all = ["de.ftl", "demo_de.ftl"].map(|file| keys(&read(&format!("src/domain/say/text/{file}"))));
    all.into_iter()
        .flatten()
        .flat_map(|(key, numbers)| {
            numbers.into_iter().flat_map(move |n| {
                let key = key.clone();
                [Lang::De, Lang::En].map(move |lang| (key.clone(), lang, sentence(lang, &key, n)))
            })
        })
        .collect()
}

fn chat() -> String {
    let mut out = String::new();
    let mut last = String::new();
    for (key, lang, text) in said() {
        if key != last {
            writeln!(out, "{key}").unwrap();
            last.clone_from(&key);
        }
        writeln!(out, "  {}  {text}", lang.as_str()).unwrap();
    }
    out
}

/// The page's labels as they stand in its source, German beside English.
fn page() -> String {
    let source = read("src/demo/page/words.js");
    let (_, german) = source.split_once("\n  de: {").expect("German words");
    let (german, english) = german.split_once("\n  en: {").expect("English words");
    let (german, english) = (labels(german), labels(english));
    let names = |of: &BTreeMap<String, String>| of.keys().cloned().collect::<Vec<_>>();
    assert_eq!(
        names(&german),
        names(&english),
        "a label is missing in one language"
    );
    let mut out = String::new();
    for (name, value) in &german {
        writeln!(out, "{name}\n  de  {value}\n  en  {}", english[name]).unwrap();
    }
    out
}

/// `name: "value"` and `name: (n) => …` of one language; a value ends where the next name begins.
fn labels(source: &str) -> BTreeMap<String, String> {
    let source = source.split("\n  },").next().unwrap_or(source);
    let mut out = BTreeMap::new();
    let mut rest = source;
    while let Some((name, after)) = rest.split_once(": ") {
        let name = name.trim_start_matches([',', ' ', '\n']).trim();
        let end = end_of_value(after);
        out.insert(name.to_owned(), after[..end].trim().trim_matches('"').to_owned());
        rest = &after[end..];
    }
    out
}

/// The comma outside all quotes and brackets.
fn end_of_value(text: &str) -> usize {
    let (mut depth, mut quote, mut escaped) = (0_i32, None, false);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            _ if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(q), _) if q == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '`' | '\'') => quote = Some(c),
            (None, '(' | '{' | '[') => depth += 1,
            (None, ')' | '}' | ']') => depth -= 1,
            (None, ',') if depth == 0 => return at,
            (None, _) => {}
        }
    }
    text.len()
}

/// What `--help` says, of the command and of each below it.
fn help(of: &[&str]) -> String {
    let shown = Command::new(env!("CARGO_BIN_EXE_zeitnah"))
        .args(of)
        .arg("--help")
        .output()
        .unwrap();
    assert!(shown.status.success(), "--help of {of:?}");
    let text = String::from_utf8(shown.stdout).unwrap();
    let mut out = format!("$ zeitnah {}\n\n{text}\n", [of, &["--help"]].concat().join(" "));
    let commands = text
        .split_once("\nCommands:\n")
        .map(|(_, list)| list)
        .unwrap_or_default();
    for line in commands.lines().take_while(|l| !l.is_empty()) {
        let name = line.split_whitespace().next().unwrap_or_default();
        if name != "help" {
            out.push_str(&help(&[of, &[name]].concat()));
        }
    }
    out
}

/// The texts in the code that are sentences: three words or more.
fn code() -> String {
    let mut out = String::new();
    for place in SPEAKING {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(place);
        for file in files(&path) {
            let name = file
                .strip_prefix(env!("CARGO_MANIFEST_DIR"))
                .unwrap()
                .display()
                .to_string();
            if name.ends_with("tests.rs") || name.contains("/tests/") {
                continue;
            }
            let tokens: TokenStream = fs::read_to_string(&file).unwrap().parse().unwrap();
            let mut found = Vec::new();
            texts(tokens, &mut found);
            found.retain(|text| text.split_whitespace().count() >= 3 && !text.contains('\n'));
            if !found.is_empty() {
                writeln!(out, "{name}").unwrap();
            }
            for text in found {
                writeln!(out, "  {text}").unwrap();
            }
        }
    }
    out
}

fn files(path: &Path) -> Vec<std::path::PathBuf> {
    if path.extension().is_some_and(|e| e == "rs") {
        return vec![path.to_owned()];
    }
    let mut inside: Vec<_> = fs::read_dir(path)
        .map(|dir| dir.map(|entry| entry.unwrap().path()).collect())
        .unwrap_or_default();
    inside.sort();
    inside.iter().flat_map(|p| files(p)).collect()
}

/// String literals, without attributes and without what only tests see.
fn texts(tokens: TokenStream, found: &mut Vec<String>) {
    let mut tokens = tokens.into_iter().peekable();
    let mut only_tests = false;
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(mark) if mark.as_char() == '#' => {
                while tokens
                    .next_if(|t| matches!(t, TokenTree::Punct(p) if p.as_char() == '!'))
                    .is_some()
                {}
                if let Some(TokenTree::Group(attribute)) = tokens.peek()
                    && attribute.delimiter() == Delimiter::Bracket
                {
                    only_tests |= attribute.stream().to_string().replace(' ', "") == "cfg(test)";
                    tokens.next();
                }
            }
            TokenTree::Group(group) => {
                if only_tests && group.delimiter() == Delimiter::Brace {
                    only_tests = false;
                } else {
                    texts(group.stream(), found);
                }
            }
            TokenTree::Literal(literal) => {
                let literal = literal.to_string();
                if let Some(text) = literal.strip_prefix('"').and_then(|t| t.strip_suffix('"')) {
                    found.push(text.split("\\\n").map(str::trim_start).collect());
                }
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) => {}
        }
    }
}
