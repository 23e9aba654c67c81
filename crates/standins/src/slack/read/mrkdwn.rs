//! Reading mrkdwn as Slack does: tokens first, then marks, then (unless told not to) bare links and `@here`.

use super::Ping;
use super::marks::{self, Formatted, Style};
use super::page::Page;
use crate::slack::state::World;
use crate::slack::wire::{token, unescape};

/// Which of Slack's rules apply to a text.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    pub marks: bool,
    /// `@here`, `@name` and `#channel` become live.
    pub words: bool,
    /// Bare addresses become links.
    pub bare: bool,
}

/// A token stands for one character while marks are looked for.
const STAND_IN: char = '\u{F8FF}';

struct Flat {
    chars: Vec<char>,
    /// What each stand-in is shown as, in order.
    tokens: Vec<String>,
}

impl Page<'_> {
    /// Returns the text as shown; what it calls, links and formats is kept with the page.
    pub fn mrkdwn(&mut self, text: &str, reading: Reading) -> String {
        let mut flat = self.tokens(text);
        let plain: String = flat.chars.iter().collect();
        if reading.bare {
            for address in bare_links(&plain) {
                self.link(address, None);
            }
        }
        if reading.words {
            self.words(&plain);
        }
        let ranges = if reading.marks {
            marks::ranges(&flat.chars)
        } else {
            Vec::new()
        };
        let mut hidden = vec![false; flat.chars.len()];
        for range in &ranges {
            let inner = range.start + range.open..range.end - range.close;
            let text: String = flat.chars[inner.clone()].iter().collect();
            let text = show(&text, &flat.tokens, count(&flat.chars[..inner.start]));
            self.formatted.push(Formatted {
                style: range.style,
                text,
            });
            hidden[range.start..inner.start].fill(true);
            hidden[inner.end..range.end].fill(true);
        }
        let mut kept = hidden.iter();
        flat.chars.retain(|_| kept.next() != Some(&true));
        let shown: String = flat.chars.iter().collect();
        show(&shown, &flat.tokens, 0)
    }

    fn tokens(&mut self, text: &str) -> Flat {
        let mut flat = Flat {
            chars: Vec::new(),
            tokens: Vec::new(),
        };
        let mut rest = text;
        while let Some(at) = rest.find('<') {
            flat.chars.extend(unescape(&rest[..at]).chars());
            rest = &rest[at..];
            match token(rest) {
                Some(found) => {
                    let shown = self.live(&found[1..found.len() - 1]);
                    flat.tokens.push(shown);
                    flat.chars.push(STAND_IN);
                    rest = &rest[found.len()..];
                }
                None => {
                    flat.chars.push('<');
                    rest = &rest[1..];
                }
            }
        }
        flat.chars.extend(unescape(rest).chars());
        flat
    }

    fn live(&mut self, token: &str) -> String {
        let (target, label) = match token.split_once('|') {
            Some((target, label)) => (target, Some(unescape(label))),
            None => (token, None),
        };
        let (kind, name) = target.split_at(1);
        match kind {
            "@" => self.user(name),
            "#" => label.unwrap_or_else(|| self.channel(name)),
            "!" => match name.split_once('^') {
                Some(("subteam", id)) => self.group(id),
                Some(("date", rest)) => self.date(rest, label),
                _ => self.broadcast(name),
            },
            _ => self.link(unescape(target), label),
        }
    }

    fn date(&mut self, rest: &str, fallback: Option<String>) -> String {
        if let Some(link) = rest.split('^').nth(2) {
            self.link(link.to_owned(), None);
        }
        let shown = fallback.unwrap_or_else(|| "(date)".to_owned());
        self.formatted.push(Formatted {
            style: Style::Date,
            text: shown.clone(),
        });
        shown
    }

    pub fn user(&mut self, id: &str) -> String {
        self.pings.insert(Ping::User(id.to_owned()));
        format!("@{}", self.world.user_name(id))
    }

    pub fn group(&mut self, id: &str) -> String {
        self.pings.insert(Ping::Group(id.to_owned()));
        format!("@{}", self.world.group(id).map_or(id, |group| &group.handle))
    }

    pub fn channel(&mut self, id: &str) -> String {
        format!("#{}", self.world.channel(id).map_or(id, |channel| &channel.name))
    }

    pub fn broadcast(&mut self, word: &str) -> String {
        match word {
            "here" => self.pings.insert(Ping::Here),
            "everyone" => self.pings.insert(Ping::Everyone),
            _ => self.pings.insert(Ping::Channel),
        };
        format!("@{word}")
    }

    pub fn link(&mut self, url: String, label: Option<String>) -> String {
        let shown = label.unwrap_or_else(|| url.clone());
        self.formatted.push(Formatted {
            style: Style::Link,
            text: shown.clone(),
        });
        if !self.links.contains(&url) {
            self.links.push(url);
        }
        shown
    }

    fn words(&mut self, text: &str) {
        let mut before = ' ';
        for (at, c) in text.char_indices() {
            if c == '@' && !before.is_alphanumeric() {
                let name = leading_name(&text[at + 1..]);
                if let Some(ping) = called(self.world, name) {
                    self.pings.insert(ping);
                }
            }
            before = c;
        }
    }
}

fn leading_name(text: &str) -> &str {
    let end = text
        .find(|c: char| !(c.is_alphanumeric() || "._-".contains(c)))
        .unwrap_or(text.len());
    text[..end].trim_end_matches(['.', '-'])
}

fn called(world: &World, name: &str) -> Option<Ping> {
    match name {
        "here" => return Some(Ping::Here),
        "channel" => return Some(Ping::Channel),
        "everyone" => return Some(Ping::Everyone),
        _ => {}
    }
    let user = world
        .users
        .iter()
        .find(|user| user.name == name || user.id == name);
    let group = world.groups.iter().find(|group| group.handle == name);
    user.map(|user| Ping::User(user.id.clone()))
        .or_else(|| group.map(|group| Ping::Group(group.id.clone())))
}

const TOP_LEVEL: [&str; 14] = [
    "com", "org", "net", "de", "io", "gg", "info", "app", "dev", "co", "me", "shop", "xyz", "example",
];

/// Addresses Slack's client makes clickable by itself, with or without a scheme.
fn bare_links(text: &str) -> Vec<String> {
    let words = text.split(|c: char| c.is_whitespace() || "<>|\"()[]{}`".contains(c) || c == STAND_IN);
    words
        .map(|word| word.trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '_', '~']))
        .filter(|word| is_address(word))
        .map(str::to_owned)
        .collect()
}

fn is_address(word: &str) -> bool {
    let rest = word
        .strip_prefix("https://")
        .or_else(|| word.strip_prefix("http://"));
    if let Some(rest) = rest {
        return !rest.is_empty();
    }
    let host = word.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let plain = host
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.');
    let ending = host
        .rsplit_once('.')
        .filter(|(name, _)| !name.is_empty() && !name.starts_with('.'));
    plain && ending.is_some_and(|(_, top)| TOP_LEVEL.contains(&top.to_ascii_lowercase().as_str()))
}

fn count(chars: &[char]) -> usize {
    chars.iter().filter(|c| **c == STAND_IN).count()
}

/// Puts the tokens back, from the n-th on.
fn show(text: &str, tokens: &[String], first: usize) -> String {
    let mut tokens = tokens.iter().skip(first);
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match (c, c == STAND_IN) {
            (_, true) => shown.push_str(tokens.next().map_or("\u{F8FF}", String::as_str)),
            (c, false) => shown.push(c),
        }
    }
    shown
}
