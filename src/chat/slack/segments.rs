//! Sentences in Slack's own pieces. Rich text elements are never read as markup, so whatever a customer wrote stays
//! what it is; in the few places that are markup, only our own constants, numbers and times stand.

use serde_json::Value;
use serde_json::json;

use crate::domain::person::Mention;
use crate::domain::text::Seg;

/// The reader's own language and time zone.
const MOMENT: &str = "{date_short_pretty} {time}";

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
        Seg::Time { at, fallback } => {
            json!({ "type": "date", "timestamp": at.timestamp(), "format": MOMENT, "fallback": fallback })
        }
        Seg::Link { label, url } if is_web(url) => json!({ "type": "link", "url": url, "text": label }),
        Seg::Link { label, .. } => json!({ "type": "text", "text": label }),
        Seg::Ping(mention) => return ping(mention),
    })
}

/// Pings are made from ids of the right form and from nothing else.
pub fn ping(mention: &Mention) -> Option<Value> {
    match mention {
        Mention::Person(id) if is_id(id, &['U', 'W']) => Some(json!({ "type": "user", "user_id": id })),
        Mention::Group(id) if is_id(id, &['S']) => Some(json!({ "type": "usergroup", "usergroup_id": id })),
        Mention::Person(_) | Mention::Group(_) => None,
    }
}

/// An element of a context block: plain text where it can be, markup only for times.
pub fn small(segs: &[Seg]) -> Option<Value> {
    let has_time = segs.iter().any(|s| matches!(s, Seg::Time { .. }));
    if !has_time {
        let text = crate::domain::text::flat(segs);
        return (!text.is_empty()).then(|| json!({ "type": "plain_text", "text": text, "emoji": false }));
    }
    let text: String = segs
        .iter()
        .map(|seg| match seg {
            Seg::Text(s) | Seg::Strong(s) => escape(s),
            Seg::Time { at, fallback } => {
                format!(
                    "<!date^{}^{MOMENT}|{}>",
                    at.timestamp(),
                    escape(fallback).replace('|', "/")
                )
            }
            Seg::Link { label, .. } => escape(label),
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
            },
        ];
        let small = small(&segs).unwrap();
        assert_eq!(
            small["text"],
            "&lt;!here&gt; <!date^0^{date_short_pretty} {time}|Do/&gt;>"
        );
        assert_eq!(small["verbatim"], true);
    }
}
