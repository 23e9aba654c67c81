//! Spans of time as people write them, in a file and in a chat: `24h`, `90m`, `2d`, `1d12h`, or `none`.

/// A year; what is longer was a slip.
const LONGEST: i64 = 366 * 24 * 60;

/// Minutes; 0 is none.
pub fn parse(text: &str) -> Option<i64> {
    if text == "none" {
        return Some(0);
    }
    let mut total = 0_i64;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, tail) = rest.split_at(digits);
        let unit = match tail.chars().next()? {
            'm' => 1,
            'h' => 60,
            'd' => 24 * 60,
            _ => return None,
        };
        total = number
            .parse::<i64>()
            .ok()?
            .checked_mul(unit)?
            .checked_add(total)?;
        rest = tail.get(1..)?;
    }
    (1..=LONGEST).contains(&total).then_some(total)
}
