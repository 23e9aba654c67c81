//! What operators read.

use crate::reader::suggest::meant;
use crate::reader::table::Table;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    pub format: Format,
    /// A level, or levels by module: `info,zeitnah=debug`.
    pub level: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Text on a terminal, else JSON.
    Auto,
    Text,
    Json,
}

const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

pub fn read(table: Table) -> Option<Log> {
    let formats = [
        ("auto", Format::Auto),
        ("text", Format::Text),
        ("json", Format::Json),
    ];
    let format = table.choice("format", &formats);
    let level = level(&table);
    table.close();
    Some(Log {
        format: format?,
        level: level?,
    })
}

fn level(table: &Table) -> Option<String> {
    let given = table.string("level")?;
    for part in given.value.split(',') {
        let level = part.rsplit('=').next().unwrap_or(part).trim();
        if !LEVELS.contains(&level.to_lowercase().as_str()) {
            table.fault(
                "level",
                format!("`log.level` does not know {level:?}"),
                meant(level, LEVELS),
            );
            return None;
        }
    }
    Some(given.value)
}
