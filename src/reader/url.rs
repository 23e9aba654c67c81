//! Addresses in the file. The clients parse them in full; here only what people really get wrong is caught, with its
//! line.

use crate::reader::table::Table;

/// An address without a slash at its end, so that paths can be put behind it.
pub fn url(table: &Table, key: &'static str) -> Option<String> {
    let given = table.string(key)?;
    let host = given
        .value
        .strip_prefix("https://")
        .or_else(|| given.value.strip_prefix("http://"));
    let sound = host.is_some_and(|h| !h.is_empty() && !h.starts_with(['/', ':']))
        && !given
            .value
            .contains(|c: char| c.is_whitespace() || c.is_control());
    if sound {
        return Some(given.value.trim_end_matches('/').to_owned());
    }
    let what = format!("`{}` = {:?} is no address", table.dotted(key), given.value);
    table.reading.fault(
        given.line,
        what,
        "begin with https:// and the host, for example \"https://bot.example.com\"",
    );
    None
}

pub fn needed(table: &Table, key: &'static str, example: &str) -> Option<String> {
    if table.entry(key).is_none() {
        table.missing(key, example);
    }
    url(table, key)
}
