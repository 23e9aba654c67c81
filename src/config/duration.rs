//! Spans as people write them: `24h`, `90m`, `2d`, `1d12h`, or `none`. Minutes are the finest unit, because a promise
//! to a customer is never about seconds.

pub use crate::domain::time::span::parse;
use crate::reader::table::Table;

/// Minutes; 0 is none.
pub fn minutes(table: &Table, key: &'static str) -> Option<i64> {
    let given = table.string(key)?;
    let found = parse(&given.value);
    if found.is_none() {
        let what = format!("`{}` = {:?} is no span of time", table.dotted(key), given.value);
        table.reading.fault(
            given.line,
            what,
            "write for example \"90m\", \"24h\", \"2d\", \"1d12h\" or \"none\"",
        );
    }
    found
}

/// The longest single unit that fits, as people would write it.
pub fn written(minutes: i64) -> String {
    match minutes {
        0 => "none".to_owned(),
        n if n % 1440 == 0 => format!("{}d", n / 1440),
        n if n % 60 == 0 => format!("{}h", n / 60),
        n => format!("{n}m"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_as_people_write_them() {
        let read = |text| parse(text);
        assert_eq!(
            (read("90m"), read("24h"), read("2d")),
            (Some(90), Some(1440), Some(2880))
        );
        assert_eq!((read("1d12h"), read("none")), (Some(2160), Some(0)));
        for wrong in [
            "",
            "24",
            "h",
            "1.5h",
            "-1h",
            "0h",
            "24 h",
            "1w",
            "400d",
            "99999999999999999999h",
            "1ä",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        assert_eq!([written(90), written(120), written(2880)], ["90m", "2h", "2d"]);
    }
}
