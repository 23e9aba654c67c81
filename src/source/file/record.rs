//! One row or one object, as cells under names. An object inside an object lends its name to what it holds; of a list of
//! objects the first one that says something counts, and where it holds questions with their answers, each has a name.

use std::collections::HashMap;

use serde_json::Map;
use serde_json::Value;

use crate::source::file::name;

/// More names than this is no export.
const MOST_COLUMNS: usize = 2_000;
const DEEPEST: usize = 8;
/// What a question in a list of questions and answers is called, and what an answer is. The likelier one comes first.
const QUESTIONS: &[&str] = &[
    "questionGroup",
    "question",
    "questionText",
    "label",
    "key",
    "field",
    "attribute",
];
const ANSWERS: &[&str] = &["answer", "answerText", "value", "rating", "response", "text"];

/// The columns that were seen so far.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// As the file spells them, and in the one spelling.
    pub all: Vec<(String, String)>,
    index: HashMap<String, usize>,
}

/// The cells of a row by the number of their column; empty ones are left out.
#[derive(Debug, Clone, Default)]
pub struct Cells(Vec<(usize, String)>);

impl Names {
    pub fn of(names: &[String]) -> Self {
        let all = names.iter().map(|n| (n.clone(), name::plain(n))).collect();
        Self {
            all,
            index: HashMap::new(),
        }
    }

    fn number(&mut self, path: &str) -> Option<usize> {
        if let Some(known) = self.index.get(path) {
            return Some(*known);
        }
        if self.all.len() >= MOST_COLUMNS {
            return None;
        }
        let number = self.all.len();
        self.all.push((path.to_owned(), name::plain(path)));
        self.index.insert(path.to_owned(), number);
        Some(number)
    }
}

impl Cells {
    pub fn get(&self, column: usize) -> Option<&str> {
        self.0
            .iter()
            .find(|(c, _)| *c == column)
            .map(|(_, cell)| cell.as_str())
    }

    pub fn iter(&self) -> impl Iterator<Item = (usize, &str)> {
        self.0.iter().map(|(column, cell)| (*column, cell.as_str()))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn of_row(row: &[String]) -> Self {
        let filled = row.iter().enumerate().filter(|(_, cell)| !cell.trim().is_empty());
        Self(filled.map(|(column, cell)| (column, cell.clone())).collect())
    }

    pub fn of_object(object: &Map<String, Value>, names: &mut Names) -> Self {
        let mut cells = Self::default();
        cells.add(object, "", names, 0);
        cells
    }

    fn add(&mut self, object: &Map<String, Value>, path: &str, names: &mut Names, depth: usize) {
        for (key, value) in object {
            let path = if path.is_empty() {
                key.clone()
            } else {
                format!("{path}.{key}")
            };
            self.put(value, &path, names, depth);
        }
    }

    fn put(&mut self, value: &Value, path: &str, names: &mut Names, depth: usize) {
        let cell = match value {
            Value::Null => return,
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Bool(yes) => yes.to_string(),
            Value::Object(inner) if depth < DEEPEST => return self.add(inner, path, names, depth + 1),
            Value::Array(all) if all.iter().any(Value::is_object) && depth < DEEPEST => {
                if let Some(asked) = asked(all) {
                    for (question, answer) in asked {
                        self.put(answer, &format!("{path}.{question}"), names, depth + 1);
                    }
                    return;
                }
                for inner in all.iter().filter_map(Value::as_object) {
                    self.add(inner, path, names, depth + 1);
                }
                return;
            }
            Value::Array(all) => {
                let words = all.iter().filter_map(Value::as_str);
                words.collect::<Vec<_>>().join(", ")
            }
            Value::Object(_) => return,
        };
        self.fill(path, &cell, names);
    }

    /// What stands there already stays.
    pub fn fill(&mut self, path: &str, cell: &str, names: &mut Names) {
        if cell.trim().is_empty() {
            return;
        }
        if let Some(number) = names.number(path)
            && self.get(number).is_none()
        {
            self.0.push((number, cell.to_owned()));
        }
    }
}

/// A list of questions with their answers, as forms have them.
fn asked(all: &[Value]) -> Option<Vec<(&str, &Value)>> {
    let pair = |one| {
        let object = Value::as_object(one)?;
        let question = QUESTIONS.iter().find_map(|name| object.get(*name)?.as_str())?;
        let answer = ANSWERS.iter().find_map(|name| object.get(*name))?;
        (!question.trim().is_empty()).then_some((question, answer))
    };
    all.iter().map(pair).collect()
}
