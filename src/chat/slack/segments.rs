//! Sentences in Slack's own pieces. Rich text elements are never read as markup, so whatever a customer wrote stays
//! what it is; in the few places that are markup, only our own constants, numbers and times stand.

use serde_json::Value;
use serde_json::json;

use crate::domain::people::person::Mention;
use crate::domain::say::text::Seg;
use crate::domain::say::text::Shape;

/// The reader's own language and time zone.
const MOMENT: &str = "{date_short_pretty} {time}";
const CLOCK: &str = "{time}";

/// The three characters that Slack's markup reads, and nothing else.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// What Slack hands back escaped, as it was written.
pub fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

/// Elements of a rich text section or quote.
pub fn rich(segs: &[Seg]) -> Vec<Value> {
    segs.iter().filter_map(rich_one).collect()
}

fn rich_one(seg: &Seg) -> Option<Value> {
    Some(match seg {
        Seg::Text(text) if text.is_empty() => return None,
        Seg::Strong(text) if text.is_empty() => return None,
        Seg::Text(text) => json!({ "type": "text", "text": text }),
        Seg::Strong(text) => json!({ "type": "text", "text": text, "style": { "bold": true } }),
        Seg::Time { at, fallback, shape } => {
            json!({ "type": "date", "timestamp": at.timestamp(), "format": format(*shape), "fallback": fallback })
        }
        Seg::Link { label, url } if is_web(url) => json!({ "type": "link", "url": url, "text": label }),
        Seg::Link { label, .. } => json!({ "type": "text", "text": label }),
        Seg::Ping(mention) => return ping(mention),
        Seg::Room { id, .. } if is_id(id, &['C', 'G']) => json!({ "type": "channel", "channel_id": id }),
        Seg::Room { name, .. } => json!({ "type": "text", "text": format!("#{name}") }),
    })
}

fn format(shape: Shape) -> &'static str {
    match shape {
        Shape::Whole | Shape::Short => MOMENT,
        Shape::Clock => CLOCK,
    }
}

/// A line as markup, for the one kind of block that has a button beside its text. What is not ours stands in it with signs
/// that look alike in place of marks, because Slack's markup has no way to write a mark as a character.
pub fn marked(segs: &[Seg]) -> Value {
    let text: String = segs.iter().map(marked_one).collect();
    let text = match text.trim().is_empty() {
        true => "–".to_owned(),
        false => text,
    };
    json!({ "type": "mrkdwn", "text": text, "verbatim": true })
}

fn marked_one(seg: &Seg) -> String {
    match seg {
        Seg::Text(text) => plainly(text),
        Seg::Strong(text) if text.trim().is_empty() => String::new(),
        Seg::Strong(text) => format!("*{}*", plainly(text)),
        Seg::Time { at, fallback, shape } => date(at.timestamp(), format(*shape), fallback),
        Seg::Link { label, url } if is_web(url) && !url.contains(['|', '<', '>', ' ']) => {
            format!("<{url}|{}>", plainly(label).replace('|', "/"))
        }
        Seg::Link { label, .. } => plainly(label),
        Seg::Room { id, .. } if is_id(id, &['C', 'G']) => format!("<#{id}>"),
        Seg::Room { name, .. } => plainly(&format!("#{name}")),
        // Who is called stands in the sentence above.
        Seg::Ping(_) => String::new(),
    }
}

fn plainly(text: &str) -> String {
    let alike = text.chars().map(|c| match c {
        '*' => '∗',
        '_' => 'ˍ',
        '~' => '∼',
        '`' => 'ˋ',
        // Between two of these Slack sees the name of a picture.
        ':' => '∶',
        c => c,
    });
    escape(&alike.collect::<String>())
}

fn date(timestamp: i64, format: &str, fallback: &str) -> String {
    let fallback = escape(fallback).replace('|', "/");
    format!("<!date^{timestamp}^{format}|{fallback}>")
}

/// Pings are made from ids of the right form and from nothing else.
pub fn ping(mention: &Mention) -> Option<Value> {
    match mention {
        Mention::Person(id) if is_id(id, &['U', 'W']) => Some(json!({ "type": "user", "user_id": id })),
        Mention::Group(id) if is_id(id, &['S']) => Some(json!({ "type": "usergroup", "usergroup_id": id })),
        Mention::Person(_) | Mention::Group(_) => None,
    }
}

/// The same in the line that stands where no blocks are shown.
pub fn named(mention: &Mention) -> Option<String> {
    ping(mention)?;
    Some(match mention {
        Mention::Person(id) => format!("<@{id}>"),
        Mention::Group(id) => format!("<!subteam^{id}>"),
    })
}

/// An element of a context block: plain text where it can be, markup only for times.
pub fn small(segs: &[Seg]) -> Option<Value> {
    let has_time = segs.iter().any(|s| matches!(s, Seg::Time { .. }));
    if !has_time {
        let text = crate::domain::say::text::flat(segs);
        return (!text.is_empty()).then(|| json!({ "type": "plain_text", "text": text, "emoji": false }));
    }
    let text: String = segs
        .iter()
        .map(|seg| match seg {
            Seg::Text(s) | Seg::Strong(s) => escape(s),
            Seg::Time { at, fallback, shape } => date(at.timestamp(), format(*shape), fallback),
            Seg::Link { label, .. } => escape(label),
            Seg::Room { name, .. } => escape(&format!("#{name}")),
            Seg::Ping(_) => String::new(),
        })
        .collect();
    Some(json!({ "type": "mrkdwn", "text": text, "verbatim": true }))
}

pub fn plain_text(text: &str) -> Value {
    json!({ "type": "plain_text", "text": text, "emoji": false })
}

pub fn is_web(url: &str) -> bool {
    (url.starts_with("https://") || url.starts_with("http://")) && url.len() <= 3000
}

fn is_id(id: &str, letters: &[char]) -> bool {
    let mut chars = id.chars();
    chars.next().is_some_and(|c| letters.contains(&c))
        && (3..=21).contains(&id.len())
        && chars.all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::At;

    #[test]
    fn a_ping_is_made_from_an_id_only() {
        assert!(ping(&Mention::Person("U012AB3CD".into())).is_some());
        assert!(ping(&Mention::Group("S012AB3CD".into())).is_some());
        for odd in ["", "here", "U1> <!here", "u012ab3cd", "C012AB3CD"] {
            assert!(ping(&Mention::Person(odd.into())).is_none(), "{odd}");
        }
    }

    #[test]
    fn markup_holds_only_what_is_ours() {
        let segs = [
            Seg::Text("<!here> ".into()),
            Seg::Time {
                at: At::UNIX_EPOCH,
                fallback: "Do|>".into(),
                shape: Shape::Whole,
            },
        ];
        let small = small(&segs).unwrap();
        assert_eq!(
            small["text"],
            "&lt;!here&gt; <!date^0^{date_short_pretty} {time}|Do/&gt;>"
        );
        assert_eq!(small["verbatim"], true);
    }

    #[test]
    fn in_a_line_beside_a_button_words_stay_words() {
        let segs = [
            Seg::Time {
                at: At::UNIX_EPOCH,
                fallback: "09:12".into(),
                shape: Shape::Clock,
            },
            Seg::Text(" · ".into()),
            Seg::Link {
                label: "Nr. 5".into(),
                url: "https://care.example/p5".into(),
            },
            Seg::Text(" · „*fett* _x_ ~y~ `z` :bomb: <!here> & <@U1>“".into()),
            Seg::Room {
                id: "C0CARE".into(),
                name: "care".into(),
            },
            Seg::Room {
                id: "C0> <!here".into(),
                name: "*care*".into(),
            },
        ];
        let text = marked(&segs);
        assert_eq!(text["verbatim"], true);
        assert_eq!(
            text["text"],
            "<!date^0^{time}|09:12> · <https://care.example/p5|Nr. 5> · „∗fett∗ ˍxˍ ∼y∼ ˋzˋ ∶bomb∶ &lt;!here&gt; &amp; \
             &lt;@U1&gt;“<#C0CARE>#∗care∗"
        );
        assert_eq!(marked(&[])["text"], "–", "nothing is refused");
    }
}
