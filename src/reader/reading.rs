//! One reading of one file: its lines, its faults so far and the environment. Faults are collected instead of
//! returned, because people mend a file in one go when they see all of them at once.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;
use std::path::PathBuf;

use crate::domain::promise::rules::Named;
use crate::reader::fault::Fault;
use crate::reader::fault::Gravity;
use crate::reader::suggest::nearest;

/// The value of an environment variable.
pub type Env<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A value and the line it stands in.
#[derive(Debug, Clone)]
pub struct Placed<T> {
    pub value: T,
    pub line: usize,
}

/// Something of a chat that the file names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mentioned {
    pub chat: &'static str,
    pub named: Named,
}

/// Which secrets whoever reads the file is going to use. The others need not exist where the command is typed, and are
/// not even looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Uses {
    #[default]
    All,
    /// Only the database's address.
    Database,
    Nothing,
}

impl Uses {
    pub fn includes(self, setting: &str) -> bool {
        match self {
            Self::All => true,
            Self::Database => setting.starts_with("database."),
            Self::Nothing => false,
        }
    }
}

pub struct Reading<'a> {
    pub uses: Uses,
    file: &'a str,
    text: &'a str,
    pub env: Env<'a>,
    faults: RefCell<Vec<(usize, Fault)>>,
    /// What each section knows, by its path: for unknown keys, which may belong elsewhere.
    known: RefCell<BTreeMap<String, BTreeSet<&'static str>>>,
    unknown: RefCell<Vec<Unknown>>,
    /// What of the chats was named, and where, for those who ask the chat about it.
    named: RefCell<Vec<Placed<Mentioned>>>,
}

struct Unknown {
    line: usize,
    path: String,
    key: String,
    known: BTreeSet<&'static str>,
}

impl<'a> Reading<'a> {
    pub fn new(file: &'a str, text: &'a str, env: Env<'a>) -> Self {
        let (faults, known, unknown, named) = Default::default();
        Self {
            file,
            text,
            env,
            uses: Uses::All,
            faults,
            known,
            unknown,
            named,
        }
    }

    pub fn using(self, uses: Uses) -> Self {
        Self { uses, ..self }
    }

    pub fn line(&self, span: &Range<usize>) -> usize {
        self.text.bytes().take(span.start).filter(|b| *b == b'\n').count() + 1
    }

    /// What could not even be parsed: the line alone does not say where to look, so the column does.
    pub fn broken(&self, span: Option<Range<usize>>, what: impl Into<String>, remedy: impl Into<String>) {
        let Some(span) = span else {
            return self.fault(0, what, remedy);
        };
        let line = self.line(&span);
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let place = format!("{}:{line}:{column}", self.file);
        self.note_at(Gravity::Fault, line, place, what.into(), remedy.into());
    }

    pub fn named(&self, line: usize, chat: &'static str, named: Named) {
        let value = Mentioned { chat, named };
        self.named.borrow_mut().push(Placed { value, line });
    }

    pub fn take_named(&self) -> Vec<Placed<Mentioned>> {
        self.named.take()
    }

    /// `zeitnah.toml:12`, or the file as a whole.
    pub fn place(&self, line: usize) -> String {
        if line == 0 {
            self.file.to_owned()
        } else {
            format!("{}:{line}", self.file)
        }
    }

    /// A file that ours names: a relative path begins where ours is, whatever directory we were started in.
    pub fn beside(&self, path: &str) -> PathBuf {
        let folder = Path::new(self.file).parent().unwrap_or(Path::new(""));
        folder.join(path)
    }

    /// Line 0 is the file as a whole.
    pub fn fault(&self, line: usize, what: impl Into<String>, remedy: impl Into<String>) {
        self.note(Gravity::Fault, line, what.into(), remedy.into());
    }

    pub fn warn(&self, line: usize, what: impl Into<String>, remedy: impl Into<String>) {
        self.note(Gravity::Warning, line, what.into(), remedy.into());
    }

    fn note(&self, gravity: Gravity, line: usize, what: String, remedy: String) {
        self.note_at(gravity, line, self.place(line), what, remedy);
    }

    fn note_at(&self, gravity: Gravity, line: usize, place: String, what: String, remedy: String) {
        self.faults.borrow_mut().push((
            line,
            Fault {
                gravity,
                place,
                what,
                remedy,
            },
        ));
    }

    /// Two things of one sort must differ in this.
    pub fn unique<'n>(&self, sort: &str, names: impl IntoIterator<Item = &'n Placed<String>>) {
        let mut first = BTreeMap::new();
        for name in names {
            if let Some(line) = first.get(&name.value) {
                let what = format!("{sort} {:?} is here a second time", name.value);
                self.fault(
                    name.line,
                    what,
                    format!("the first is in line {line}: change one of them or take it out"),
                );
            } else {
                first.insert(&name.value, name.line);
            }
        }
    }

    /// A section has been read: whatever else stands in it is unknown.
    pub fn close(&self, path: &str, asked: &BTreeSet<&'static str>, given: Vec<(String, usize)>) {
        self.known
            .borrow_mut()
            .entry(path.to_owned())
            .or_default()
            .extend(asked);
        for (key, line) in given.into_iter().filter(|(key, _)| !asked.contains(key.as_str())) {
            let unknown = Unknown {
                line,
                path: path.to_owned(),
                key,
                known: asked.clone(),
            };
            self.unknown.borrow_mut().push(unknown);
        }
    }

    /// Every setting of every section that was read, as `slack.mode`.
    pub fn settings(&self) -> BTreeSet<String> {
        let dotted = |path: &str, key: &str| {
            if path.is_empty() {
                key.to_owned()
            } else {
                format!("{path}.{key}")
            }
        };
        let known = self.known.borrow();
        known
            .iter()
            .flat_map(|(path, keys)| keys.iter().map(move |key| dotted(path, key)))
            .collect()
    }

    /// All faults, from the top of the file to its end.
    pub fn finish(self) -> Vec<Fault> {
        for unknown in self.unknown.take() {
            let where_from = if unknown.path.is_empty() {
                String::new()
            } else {
                format!(" in [{}]", unknown.path)
            };
            let what = format!("unknown setting `{}`{where_from}", unknown.key);
            self.fault(unknown.line, what, self.remedy(&unknown));
        }
        let mut faults = self.faults.into_inner();
        faults.sort_by_key(|(line, _)| *line);
        faults.into_iter().map(|(_, fault)| fault).collect()
    }

    fn remedy(&self, unknown: &Unknown) -> String {
        if let Some(near) = nearest(&unknown.key, unknown.known.iter().copied()) {
            return format!("did you mean `{near}`?");
        }
        let known = self.known.borrow();
        let home = known.iter().find(|(_, keys)| keys.contains(unknown.key.as_str()));
        match home {
            Some((path, _)) if path.is_empty() => format!("`{}` is a section of its own", unknown.key),
            Some((path, _)) if *path != unknown.path => format!("it belongs in [{path}]"),
            _ => {
                let known: Vec<&str> = unknown.known.iter().copied().collect();
                format!("take it out; there are {}", known.join(", "))
            }
        }
    }
}
