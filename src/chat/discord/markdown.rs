//! Sentences in Discord's markdown. Every character that it could read as a mark is escaped, so a customer's words
//! stay what they are; times, links and pings are made here, from values and from nothing else.

use crate::domain::people::person::Mention;
use crate::domain::say::text::Seg;
use crate::domain::say::text::Shape;
use crate::domain::say::words;

/// Discord counts like this, as far as anybody knows; it is the strictest way to count.
pub fn units(text: &str) -> usize {
    words::utf16_len(text)
}

/// A backslash before a mark makes it a character. `:` also keeps bare addresses from becoming links.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        if matches!(
            c,
            '\\' | '*'
                | '_'
                | '~'
                | '|'
                | '`'
                | '>'
                | '#'
                | '-'
                | '+'
                | '['
                | ']'
                | '('
                | ')'
                | '<'
                | '@'
                | ':'
                | '!'
                | '.'
        ) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// The sentence; a time is shown in the reader's own zone.
pub fn text(segs: &[Seg]) -> String {
    segs.iter().map(one).collect()
}

fn one(seg: &Seg) -> String {
    match seg {
        Seg::Text(text) => escape(text),
        Seg::Strong(text) if text.trim().is_empty() => escape(text),
        Seg::Strong(text) => format!("**{}**", escape(text)),
        Seg::Time { at, shape, .. } => time(at.timestamp(), *shape),
        Seg::Link { label, url } => match address(url) {
            Some(url) => format!("[{}]({url})", escape(label)),
            None => escape(label),
        },
        Seg::Ping(mention) => ping(mention).unwrap_or_default(),
        Seg::Room { id, name } => match id_number(id) {
            Some(id) => format!("<#{id}>"),
            None => escape(&format!("#{name}")),
        },
    }
}

/// As the reader's own client writes it: date and time in words, in figures, or the time of day alone.
fn time(at: i64, shape: Shape) -> String {
    match shape {
        Shape::Whole => format!("<t:{at}:f>"),
        Shape::Short => format!("<t:{at}:d> <t:{at}:t>"),
        Shape::Clock => format!("<t:{at}:t>"),
    }
}

/// Somebody else's words, line by line behind a bar.
pub fn quote(text: &str) -> String {
    let lines = text.split('\n').map(|line| format!("> {}", escape(line)));
    lines.collect::<Vec<_>>().join("\n")
}

/// Pings are made from ids of the right form and from nothing else; another chat's ids are not.
pub fn ping(mention: &Mention) -> Option<String> {
    match mention {
        Mention::Person(id) => id_number(id).map(|id| format!("<@{id}>")),
        Mention::Group(id) => id_number(id).map(|id| format!("<@&{id}>")),
    }
}

/// A snowflake: digits only, not zero.
pub fn id_number(id: &str) -> Option<u64> {
    let sound = (15..=20).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_digit());
    id.parse().ok().filter(|n| sound && *n > 0)
}

/// An address that can stand in a link of ours: of the web, and without what would end the link.
pub fn address(url: &str) -> Option<String> {
    let parsed = url::Url::parse(url).ok()?;
    if !matches!(parsed.scheme(), "https" | "http") {
        return None;
    }
    let safe = parsed.as_str().replace('(', "%28").replace(')', "%29");
    (units(&safe) <= 512 && !safe.contains(['<', '>', ' ', '\\'])).then_some(safe)
}

/// What fits, cut between lines or at least not inside an escape.
pub fn fit(text: &str, most: usize) -> String {
    if units(text) <= most {
        return text.to_owned();
    }
    let kept = words::cut(text, most.saturating_sub(2), usize::MAX);
    let slashes = kept.bytes().rev().take_while(|b| *b == b'\\').count();
    let kept = &kept[..kept.len() - slashes % 2];
    format!("{} …", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::At;

    #[test]
    fn a_ping_is_made_from_an_id_only() {
        assert_eq!(
            ping(&Mention::Person("80351110224678912".into())).as_deref(),
            Some("<@80351110224678912>")
        );
        assert_eq!(
            ping(&Mention::Group("165511591545143296".into())).as_deref(),
            Some("<@&165511591545143296>")
        );
        for odd in [
            "",
            "everyone",
            "U012AB3CD",
            "0000000000000000",
            "80351110224678912>",
            "+8035111022467891",
        ] {
            assert!(ping(&Mention::Person(odd.into())).is_none(), "{odd}");
        }
    }

    #[test]
    fn times_and_links_are_ours_and_words_are_words() {
        let segs = [
            Seg::Text("<@&1> bis ".into()),
            Seg::Time {
                at: At::UNIX_EPOCH,
                fallback: "x".into(),
                shape: Shape::Whole,
            },
            Seg::Time {
                at: At::UNIX_EPOCH,
                fallback: "x".into(),
                shape: Shape::Short,
            },
            Seg::Time {
                at: At::UNIX_EPOCH,
                fallback: "x".into(),
                shape: Shape::Clock,
            },
            Seg::Room {
                id: "1300000000000000003".into(),
                name: "care".into(),
            },
            Seg::Room {
                id: "C0CARE".into(),
                name: "care".into(),
            },
            Seg::Link {
                label: "dort](x)".into(),
                url: "https://a.example/p(1)".into(),
            },
            Seg::Link {
                label: "böse".into(),
                url: "javascript:alert(1)".into(),
            },
        ];
        assert_eq!(
            text(&segs),
            r"\<\@&1\> bis <t:0:f><t:0:d> <t:0:t><t:0:t><#1300000000000000003>\#care[dort\]\(x\)](https://a.example/p%281%29)böse"
        );
        assert_eq!(quote("-# klein\n1. eins"), "> \\-\\# klein\n> 1\\. eins");
    }

    proptest! {
        #[test]
        fn nothing_of_a_text_is_left_to_be_read_as_a_mark(text in "[ -~]{0,60}") {
            let shown = escape(&text);
            let mut plain = String::new();
            let mut chars = shown.chars();
            while let Some(c) = chars.next() {
                match c {
                    '\\' => plain.extend(chars.next()),
                    c => {
                        prop_assert!(!"*_~|`>#-+[]()<@:!.".contains(c));
                        plain.push(c);
                    }
                }
            }
            prop_assert_eq!(plain, text);
        }

        #[test]
        fn a_cut_never_splits_an_escape(text in "[a*\\\\]{0,60}", most in 4usize..40) {
            let cut = fit(&escape(&text), most);
            prop_assert!(units(&cut) <= most);
            let body = cut.trim_end_matches('…').trim_end();
            let slashes = body.bytes().rev().take_while(|b| *b == b'\\').count();
            prop_assert_eq!(slashes % 2, 0);
        }
    }
}
