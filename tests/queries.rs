//! `.sqlx` holds what PostgreSQL says about each checked query, and every build believes it. Here the server is asked again,
//! so that a migration or a query that changed without `script/sqlx` is found without a second build.

use std::collections::BTreeSet;
use std::path::Path;

use proc_macro2::TokenStream;
use proc_macro2::TokenTree;
use serde_json::Value;
use sqlx::AssertSqlSafe;
use sqlx::Column as _;
use sqlx::Connection as _;
use sqlx::Either;
use sqlx::Executor as _;
use sqlx::PgConnection;
use sqlx::SqlSafeStr as _;

use crate::database;

const REMEDY: &str = "run `script/sqlx` and commit .sqlx";

/// A shorter string is no part of a query.
const SHORTEST: usize = 5;

/// What lies in `.sqlx`, by file.
fn stored() -> Vec<(String, Value)> {
    let all = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".sqlx")).unwrap();
    let files = all.map(|entry| entry.unwrap().path());
    files
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, serde_json::from_str(&text).unwrap())
        })
        .collect()
}

/// As it is written into the file: `PgTypeInfo(Int8)` is Int8 there.
fn kind(info: &impl std::fmt::Debug) -> String {
    let told = format!("{info:?}");
    told.trim_start_matches("PgTypeInfo(")
        .trim_end_matches(')')
        .to_owned()
}

fn texts(list: &Value) -> Vec<&str> {
    let list = list.as_array().unwrap();
    list.iter().map(|value| value.as_str().unwrap()).collect()
}

/// What differs between what a build believes of a query and what the server says.
async fn difference(server: &mut PgConnection, believed: &Value) -> Option<String> {
    let query = believed["query"].as_str().unwrap().to_owned();
    let believed = &believed["describe"];
    let said = match server.describe(AssertSqlSafe(query).into_sql_str()).await {
        Ok(said) => said,
        Err(error) => return Some(format!("PostgreSQL does not take it: {error}")),
    };
    let parameters: Vec<String> = match said.parameters() {
        Some(Either::Left(kinds)) => kinds.iter().map(kind).collect(),
        Some(Either::Right(_)) | None => Vec::new(),
    };
    if parameters != texts(&believed["parameters"]["Left"]) {
        return Some(format!("it takes {parameters:?}"));
    }
    let columns = believed["columns"].as_array().unwrap();
    let (names, kinds): (Vec<&str>, Vec<&str>) = columns
        .iter()
        .map(|column| {
            (
                column["name"].as_str().unwrap(),
                column["type_info"].as_str().unwrap(),
            )
        })
        .unzip();
    let told: Vec<(&str, String)> = said
        .columns()
        .iter()
        .map(|column| (column.name(), kind(column.type_info())))
        .collect();
    if told.iter().map(|(name, _)| *name).ne(names) || told.iter().map(|(_, kind)| kind.as_str()).ne(kinds) {
        return Some(format!("it gives {told:?}"));
    }
    let known = believed["nullable"].as_array().unwrap();
    told.iter().enumerate().find_map(|(n, (name, _))| {
        let (says, known) = (said.nullable(n), known[n].as_bool());
        // It goes by the plan; where the query itself says it, a build does not ask.
        let column = name.split(':').next().unwrap_or(name);
        let is_said = column.ends_with(['!', '?']);
        (says != known && !is_said).then(|| format!("NULL can be in {name}: {says:?}, and not {known:?}"))
    })
}

#[tokio::test]
async fn what_the_build_believes_of_each_query_is_what_postgres_says() {
    let url = database::fresh_as_served().await;
    let mut server = PgConnection::connect(&url).await.unwrap();
    let all = stored();
    assert!(all.len() > 200, "{}", all.len());
    let mut faults = Vec::new();
    for (name, believed) in &all {
        if let Some(difference) = difference(&mut server, believed).await {
            faults.push(format!(
                "{name}: {difference}\n{}",
                believed["query"].as_str().unwrap()
            ));
        }
    }
    assert!(faults.is_empty(), "{REMEDY}:\n{}", faults.join("\n"));
    // And a difference is seen.
    let mut other = all[0].1.clone();
    other["query"] = "SELECT id, body FROM item WHERE id = $1".into();
    assert!(difference(&mut server, &other).await.is_some());
    other["describe"] = serde_json::json!({
        "columns": [{ "name": "id", "type_info": "Uuid" }, { "name": "body", "type_info": "Text" }],
        "parameters": { "Left": ["Uuid"] },
        "nullable": [false, true],
    });
    assert_eq!(difference(&mut server, &other).await, None);
    other["describe"]["nullable"][1] = false.into();
    assert!(difference(&mut server, &other).await.unwrap().starts_with("NULL"));
    server.close().await.unwrap();
    database::drop(&url).await;
}

/// A query that is gone from the code; that none is missing is what the build itself finds.
#[test]
fn no_file_is_left_over() {
    let mut said = BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                literals(text.parse().unwrap(), &mut said);
            }
        }
    }
    let all = stored();
    assert!(!is_said("SELECT nobody FROM item", &said));
    let left: Vec<&String> = all
        .iter()
        .filter(|(_, of)| !is_said(of["query"].as_str().unwrap(), &said))
        .map(|(name, _)| name)
        .collect();
    assert!(left.is_empty(), "{REMEDY}: left over are {left:?}");
}

/// In one string, or in several behind each other, as where many queries have the same columns.
fn is_said(query: &str, said: &BTreeSet<String>) -> bool {
    said.contains(query)
        || said.iter().any(|part| {
            let rest = query
                .strip_suffix(part.as_str())
                .filter(|_| part.len() >= SHORTEST);
            rest.is_some_and(|rest| is_said(rest, said))
        })
}

fn literals(tokens: TokenStream, found: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => literals(group.stream(), found),
            TokenTree::Literal(literal) => found.extend(text(&literal.to_string())),
            TokenTree::Ident(_) | TokenTree::Punct(_) => {}
        }
    }
}

/// What a string says; none for another literal.
fn text(literal: &str) -> Option<String> {
    if let Some(raw) = literal.strip_prefix('r') {
        let raw = raw.trim_matches('#');
        return Some(raw.strip_prefix('"')?.strip_suffix('"')?.to_owned());
    }
    let inner = literal.strip_prefix('"')?.strip_suffix('"')?;
    let (mut text, mut chars) = (String::new(), inner.chars().peekable());
    while let Some(c) = chars.next() {
        if c != '\\' {
            text.push(c);
            continue;
        }
        match chars.next()? {
            '\n' => while chars.next_if(|c| c.is_whitespace()).is_some() {},
            'n' => text.push('\n'),
            't' => text.push('\t'),
            other => text.push(other),
        }
    }
    Some(text)
}

#[test]
fn a_string_says_what_it_says() {
    assert_eq!(text("\"a\\n\\\"b\\\"\"").unwrap(), "a\n\"b\"");
    assert_eq!(text("\"SELECT 1, \\\n      2\"").unwrap(), "SELECT 1, 2");
    assert_eq!(text("r#\"SELECT 1 AS \"n!\"\"#").unwrap(), "SELECT 1 AS \"n!\"");
    assert_eq!(text("12"), None);
}
