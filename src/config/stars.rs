//! Ranges of stars as people write them: `1`, `"1-2"`, `"<=2"`, `">=4"`.

use toml::de::DeValue;

use crate::reader::table::Table;

/// The outer `None` is a fault, the inner one any stars or none.
pub fn stars(table: &Table, key: &'static str) -> Option<Option<(u8, u8)>> {
    let Some(entry) = table.entry(key) else {
        return Some(None);
    };
    let text = match entry.value {
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(number) => number.to_string(),
        DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_)
        | DeValue::Array(_)
        | DeValue::Table(_) => {
            table.wrong_type(key, entry, REMEDY);
            return None;
        }
    };
    let found = parse(&text);
    if found.is_none() {
        table.fault(
            key,
            format!("`{}` = {text:?} is no range of stars", table.dotted(key)),
            REMEDY,
        );
    }
    found.map(Some)
}

const REMEDY: &str = "write 1 to 5 as 1, \"1-2\", \"<=2\" or \">=4\"";

fn parse(text: &str) -> Option<(u8, u8)> {
    let star = |s: &str| s.trim().parse::<u8>().ok().filter(|n| (1..=5).contains(n));
    let (low, high) = if let Some(high) = text.strip_prefix("<=") {
        (1, star(high)?)
    } else if let Some(low) = text.strip_prefix(">=") {
        (star(low)?, 5)
    } else if let Some((low, high)) = text.split_once('-') {
        (star(low)?, star(high)?)
    } else {
        (star(text)?, star(text)?)
    };
    (low <= high).then_some((low, high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_people_write_them() {
        assert_eq!(
            ["1", "1-2", "<=2", ">=4", "3 - 5"].map(parse),
            [
                Some((1, 1)),
                Some((1, 2)),
                Some((1, 2)),
                Some((4, 5)),
                Some((3, 5))
            ]
        );
        for wrong in ["", "0", "6", "2-1", "-2", "1-", "<3", "one", "1..2"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
