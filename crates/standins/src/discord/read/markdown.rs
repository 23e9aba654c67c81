//! Reading text as Discord shows it: escapes first, then code, lines that begin with a mark, tokens in angle
//! brackets, links, and marks around words.

use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;

use crate::discord::state::World;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    Bold,
    Italic,
    Underline,
    Strike,
    Spoiler,
    Code,
    CodeBlock,
    Quote,
    Heading,
    Small,
    List,
    Link,
    Mention,
    Time,
    Emoji,
}

/// A stretch of text that is shown as more than words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formatted {
    pub style: Style,
    pub text: String,
}

#[derive(Debug, Default)]
pub struct Read {
    pub text: String,
    pub links: Vec<String>,
    pub formatted: Vec<Formatted>,
}

pub fn read(world: &World, text: &str, now: DateTime<Utc>) -> Read {
    let mut reader = Reader {
        world,
        now,
        read: Read::default(),
    };
    let shown = reader.blocks(text);
    Read {
        text: shown,
        ..reader.read
    }
}

/// Marks that stand around words, the longer ones first.
const MARKS: [(&str, Style); 7] = [
    ("***", Style::Bold),
    ("**", Style::Bold),
    ("__", Style::Underline),
    ("~~", Style::Strike),
    ("||", Style::Spoiler),
    ("*", Style::Italic),
    ("_", Style::Italic),
];

struct Reader<'a> {
    world: &'a World,
    now: DateTime<Utc>,
    read: Read,
}

impl Reader<'_> {
    fn note(&mut self, style: Style, text: &str) {
        self.read.formatted.push(Formatted {
            style,
            text: text.to_owned(),
        });
    }

    fn link(&mut self, url: &str, shown: &str) {
        self.note(Style::Link, shown);
        if !self.read.links.iter().any(|known| known == url) {
            self.read.links.push(url.to_owned());
        }
    }

    /// Fences over several lines, then line by line.
    fn blocks(&mut self, text: &str) -> String {
        let mut shown = String::new();
        let mut rest = text;
        while let Some((at, inner, end)) = fence(rest) {
            shown.push_str(&self.lines(&rest[..at]));
            self.note(Style::CodeBlock, inner);
            shown.push_str(inner);
            rest = &rest[end..];
        }
        shown.push_str(&self.lines(rest));
        shown
    }

    fn lines(&mut self, text: &str) -> String {
        let mut shown: Vec<String> = Vec::new();
        let mut rest = text;
        while !rest.is_empty() || (shown.is_empty() && text.is_empty()) {
            if let Some(quoted) = rest.strip_prefix(">>> ") {
                // All that follows.
                let inner = self.lines(quoted);
                self.note(Style::Quote, &inner);
                shown.push(inner);
                return shown.join("\n");
            }
            let (line, after) = rest.split_once('\n').map_or((rest, None), |(a, b)| (a, Some(b)));
            shown.push(self.line(line));
            match after {
                None => return shown.join("\n"),
                Some("") => {
                    shown.push(String::new());
                    return shown.join("\n");
                }
                Some(after) => rest = after,
            }
        }
        shown.join("\n")
    }

    fn line(&mut self, line: &str) -> String {
        if let Some(quoted) = line.strip_prefix("> ") {
            let inner = self.line(quoted);
            self.note(Style::Quote, &inner);
            return inner;
        }
        let begins = [
            ("### ", Style::Heading),
            ("## ", Style::Heading),
            ("# ", Style::Heading),
            ("-# ", Style::Small),
        ];
        for (mark, style) in begins {
            if let Some(inner) = line.strip_prefix(mark).filter(|inner| !inner.trim().is_empty()) {
                let inner = self.inline(inner.trim());
                self.note(style, &inner);
                return inner;
            }
        }
        let body = line.trim_start_matches(' ');
        if let Some((mark, inner)) = item(body) {
            let indent = &line[..line.len() - body.len()];
            let inner = self.inline(inner);
            self.note(Style::List, &inner);
            return format!("{indent}{mark} {inner}");
        }
        self.inline(line)
    }

    fn inline(&mut self, text: &str) -> String {
        let mut shown = String::with_capacity(text.len());
        let mut rest = text;
        let mut before = ' ';
        while let Some(c) = rest.chars().next() {
            let taken = self.token(rest, before, &mut shown).unwrap_or_else(|| {
                shown.push(c);
                c.len_utf8()
            });
            before = rest[..taken].chars().next_back().unwrap_or(' ');
            rest = &rest[taken..];
        }
        shown
    }

    /// How much of the text was understood as something.
    fn token(&mut self, text: &str, before: char, shown: &mut String) -> Option<usize> {
        match text.as_bytes().first()? {
            b'\\' => {
                let next = text[1..].chars().next()?;
                let mark = !next.is_ascii_alphanumeric() && !next.is_whitespace();
                mark.then(|| {
                    shown.push(next);
                    1 + next.len_utf8()
                })
            }
            b'`' => self.code(text, shown),
            b'<' => self.angle(text, shown),
            b'[' => self.masked(text, shown),
            b'h' => self.bare(text, before, shown),
            b'@' => ["@everyone", "@here"]
                .into_iter()
                .find(|word| text.starts_with(word))
                .map(|word| {
                    self.note(Style::Mention, word);
                    shown.push_str(word);
                    word.len()
                }),
            b'*' | b'_' | b'~' | b'|' => self.mark(text, before, shown),
            _ => None,
        }
    }

    fn code(&mut self, text: &str, shown: &mut String) -> Option<usize> {
        let ticks = text.len() - text.trim_start_matches('`').len();
        let inner = &text[ticks..];
        let mut from = 0;
        // Closed by as many ticks as opened it, no more and no fewer.
        loop {
            let at = from + inner[from..].find('`')?;
            let run = inner[at..].len() - inner[at..].trim_start_matches('`').len();
            if run == ticks && at > 0 {
                let code = inner[..at].trim();
                self.note(Style::Code, code);
                shown.push_str(code);
                return Some(ticks + at + run);
            }
            from = at + run;
        }
    }

    fn angle(&mut self, text: &str, shown: &mut String) -> Option<usize> {
        let end = text
            .find(['>', '\n'])
            .filter(|end| text[*end..].starts_with('>'))?;
        let inner = &text[1..end];
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let (style, words) = if let Some(url) = ["https://", "http://"]
            .iter()
            .find_map(|s| inner.starts_with(s).then_some(inner))
        {
            self.link(url, url);
            shown.push_str(url);
            return Some(end + 1);
        } else if let Some(id) = inner.strip_prefix("@&").filter(|id| digits(id)) {
            let name = self.world.role(id).map_or("unknown-role", |role| &role.name);
            (Style::Mention, format!("@{name}"))
        } else if let Some(id) = inner
            .strip_prefix('@')
            .map(|id| id.trim_start_matches('!'))
            .filter(|id| digits(id))
        {
            (Style::Mention, format!("@{}", self.world.user_name(id)))
        } else if let Some(id) = inner.strip_prefix('#').filter(|id| digits(id)) {
            let name = self.world.channel(id).map_or("unknown", |channel| &channel.name);
            (Style::Mention, format!("#{name}"))
        } else if let Some((name, id)) = inner
            .strip_prefix('/')
            .and_then(|command| command.split_once(':'))
        {
            (digits(id) && !name.is_empty()).then(|| (Style::Mention, format!("/{name}")))?
        } else if let Some(place) = inner.strip_prefix("id:") {
            let known = matches!(place, "customize" | "browse" | "guide" | "linked-roles");
            known.then(|| (Style::Mention, format!("#{place}")))?
        } else if let Some(rest) = inner.strip_prefix("t:") {
            (Style::Time, self.time(rest)?)
        } else {
            let emoji = inner.strip_prefix("a:").or_else(|| inner.strip_prefix(':'))?;
            let (name, id) = emoji.split_once(':')?;
            let word = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
            (word && digits(id)).then(|| (Style::Emoji, format!(":{name}:")))?
        };
        self.note(style, &words);
        shown.push_str(&words);
        Some(end + 1)
    }

    /// Written out in UTC; a client would use the reader's own zone.
    fn time(&self, rest: &str) -> Option<String> {
        let (seconds, form) = rest.split_once(':').unwrap_or((rest, "f"));
        let at = DateTime::from_timestamp(seconds.parse().ok()?, 0)?;
        let written = match form {
            "t" => at.format("%H:%M").to_string(),
            "T" => at.format("%H:%M:%S").to_string(),
            "d" => at.format("%d.%m.%Y").to_string(),
            "D" => at.format("%-d %B %Y").to_string(),
            "f" | "s" | "S" => at.format("%-d %B %Y %H:%M").to_string(),
            "F" => at.format("%A, %-d %B %Y %H:%M").to_string(),
            "R" => relative(at - self.now),
            _ => return None,
        };
        Some(written)
    }

    /// `[words](address)`; words that look like an address themselves stay as they are.
    fn masked(&mut self, text: &str, shown: &mut String) -> Option<usize> {
        let close = closing(text, '[', ']')?;
        let words = &text[1..close];
        let after = text[close + 1..].strip_prefix('(')?;
        let end = close + 1 + closing(&text[close + 1..], '(', ')')?;
        let inner = after[..end - close - 2].trim();
        let target = inner.split([' ', '\n']).next().unwrap_or_default();
        let target = target.trim_start_matches('<').trim_end_matches('>');
        let fine = ["https://", "http://"]
            .iter()
            .any(|scheme| target.len() > scheme.len() && target.starts_with(scheme));
        let pretends =
            words.contains("http://") || words.contains("https://") || words.contains("discord.gg/");
        if !fine || words.trim().is_empty() || pretends {
            return None;
        }
        let words = self.inline(words);
        self.link(target, &words);
        shown.push_str(&words);
        Some(end + 1)
    }

    fn bare(&mut self, text: &str, before: char, shown: &mut String) -> Option<usize> {
        let scheme = ["https://", "http://"]
            .into_iter()
            .find(|scheme| text.starts_with(scheme))?;
        if before.is_alphanumeric() {
            return None;
        }
        let end = text
            .find(|c: char| c.is_whitespace() || c == '<' || c == '>')
            .unwrap_or(text.len());
        let mut url =
            text[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '"', '*', '_', '~', '|', '\\']);
        while url.ends_with(')') && url.matches(')').count() > url.matches('(').count() {
            url = &url[..url.len() - 1];
        }
        // A backslash ends an address for the client.
        url = url.split('\\').next().unwrap_or_default();
        if url.len() <= scheme.len() {
            return None;
        }
        self.link(url, url);
        shown.push_str(url);
        Some(url.len())
    }

    fn mark(&mut self, text: &str, before: char, shown: &mut String) -> Option<usize> {
        for (mark, style) in MARKS {
            let Some(after) = text.strip_prefix(mark) else {
                continue;
            };
            // `_` inside a word is a letter like any other.
            if mark == "_" && before.is_alphanumeric() {
                continue;
            }
            let Some(end) = end_of(after, mark) else {
                continue;
            };
            let inner = &after[..end];
            let empty = inner.trim_matches(|c| mark.contains(c)).is_empty();
            let spaced = matches!(mark, "*" | "_")
                && (inner.starts_with(char::is_whitespace) || inner.ends_with(char::is_whitespace));
            if empty || (spaced && mark == "*") || (mark == "||" && inner.trim().is_empty()) {
                continue;
            }
            let words = self.inline(inner);
            self.note(style, &words);
            if mark == "***" {
                self.note(Style::Italic, &words);
            }
            shown.push_str(&words);
            return Some(mark.len() * 2 + end);
        }
        None
    }
}

/// Where a mark closes: not behind a backslash, not inside code, and for single ones not as part of a double one.
fn end_of(text: &str, mark: &str) -> Option<usize> {
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        if c == '\\' {
            at += 1 + rest[1..].chars().next().map_or(0, char::len_utf8);
            continue;
        }
        if c == '`'
            && let Some(close) = rest[1..].find('`')
        {
            at += close + 2;
            continue;
        }
        if rest.starts_with(mark) && at > 0 {
            let run = rest.len() - rest.trim_start_matches(c).len();
            let word_goes_on = mark == "_" && rest[1..].starts_with(char::is_alphanumeric);
            let closes = if mark.len() == 1 {
                run != 2
            } else {
                run >= mark.len()
            };
            if closes && !word_goes_on {
                return Some(at + run - mark.len().min(run));
            }
            at += run.max(1);
            continue;
        }
        at += c.len_utf8();
    }
    None
}

/// The bracket that belongs to the one at the start.
fn closing(text: &str, open: char, close: char) -> Option<usize> {
    let mut depth = 0_u32;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '\n' => return None,
            _ if c == open => depth += 1,
            _ if c == close && depth <= 1 => return Some(at),
            _ if c == close => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Where a fenced block begins, what stands in it, and where it ends.
fn fence(text: &str) -> Option<(usize, &str, usize)> {
    let mut from = 0;
    loop {
        let at = from + text[from..].find("```")?;
        let escapes = text[..at].len() - text[..at].trim_end_matches('\\').len();
        if escapes % 2 == 1 {
            from = at + 1;
            continue;
        }
        let inner = &text[at + 3..];
        let end = inner.find("```").filter(|end| !inner[..*end].trim().is_empty())?;
        let body = &inner[..end];
        // A word alone on the first line is the language.
        let body = match body.split_once('\n') {
            Some((first, rest)) if !first.contains(' ') && !rest.trim().is_empty() => rest,
            _ => body,
        };
        return Some((at, body.trim_matches('\n'), at + 3 + end + 3));
    }
}

fn item(line: &str) -> Option<(&str, &str)> {
    if let Some(inner) = line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")) {
        return (!inner.trim().is_empty()).then_some(("•", inner));
    }
    let dot = line
        .find(". ")
        .filter(|dot| *dot > 0 && line[..*dot].bytes().all(|b| b.is_ascii_digit()))?;
    Some((&line[..=dot], &line[dot + 2..]))
}

fn relative(away: TimeDelta) -> String {
    let seconds = away.num_seconds();
    let (number, unit) = match seconds.abs() {
        s @ 0..=59 => (s, "second"),
        s @ 60..=3599 => (s / 60, "minute"),
        s @ 3600..=86_399 => (s / 3600, "hour"),
        s => (s / 86_400, "day"),
    };
    let plural = if number == 1 { "" } else { "s" };
    match seconds < 0 {
        true => format!("{number} {unit}{plural} ago"),
        false => format!("in {number} {unit}{plural}"),
    }
}
