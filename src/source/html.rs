//! Words from a page that stored them as HTML. What looks like a tag and is none ("<3", "<ganz ehrlich>") stays.

const BREAKS: &[&str] = &["br", "hr", "tr"];
const BLOCKS: &[&str] = &[
    "p",
    "div",
    "ul",
    "ol",
    "blockquote",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "table",
    "section",
    "article",
    "pre",
];
const INLINE: &[&str] = &[
    "a", "b", "i", "u", "s", "em", "strong", "span", "small", "big", "font", "img", "code", "sub", "sup",
    "li", "td", "th", "tbody", "thead", "mark", "del", "ins", "abbr", "cite", "q", "center", "strike",
    "label", "figure", "video", "picture",
];
/// What stands inside is not for people.
const SILENT: &[&str] = &["script", "style"];

/// The words without tags and entities; `None` where there are none.
pub fn words(text: &str) -> Option<String> {
    if !text.contains(['<', '&']) {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut changed = false;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        let from = &rest[at..];
        match tag(from) {
            Some((name, is_end, length)) => {
                changed = true;
                rest = &from[length..];
                if SILENT.contains(&name.as_str()) && !is_end {
                    let end = format!("</{name}");
                    let close = rest.to_ascii_lowercase().find(&end);
                    rest = close.map_or("", |close| &rest[close..]);
                } else if BREAKS.contains(&name.as_str()) {
                    out.push('\n');
                } else if BLOCKS.contains(&name.as_str()) {
                    out.push_str("\n\n");
                } else if name == "li" {
                    out.push_str(if is_end { "" } else { "\n– " });
                } else if matches!(name.as_str(), "td" | "th") && is_end {
                    out.push(' ');
                }
            }
            None => {
                out.push('<');
                rest = &from[1..];
            }
        }
    }
    out.push_str(rest);
    // Entities last, so that "&lt;b&gt;" stays what the customer wrote.
    let decoded = html_escape::decode_html_entities(&out);
    changed |= decoded != out;
    changed.then(|| tidy(&decoded))
}

/// A tag at the beginning: its name, whether it closes, its length.
fn tag(text: &str) -> Option<(String, bool, usize)> {
    if text.starts_with("<!--") {
        let end = text.find("-->")?;
        return Some((String::new(), false, end + 3));
    }
    let inner = text.strip_prefix('<')?;
    let (inner, is_end) = match inner.strip_prefix('/') {
        Some(inner) => (inner, true),
        None => (inner, false),
    };
    let end = inner.find(|c: char| !c.is_ascii_alphanumeric())?;
    let name = inner[..end].to_ascii_lowercase();
    let is_known = [BREAKS, BLOCKS, INLINE, SILENT]
        .iter()
        .any(|list| list.contains(&name.as_str()));
    let after = inner[end..].chars().next()?;
    if !is_known || !(after == '>' || after == '/' || after.is_whitespace()) {
        return None;
    }
    let close = text.find('>')?;
    Some((name, is_end, close + 1))
}

/// No blanks at a line's ends and no more than one empty line.
fn tidy(text: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in text.split('\n') {
        let line = line.trim_matches([' ', '\t', '\r', '\u{a0}']);
        if !(line.is_empty() && lines.last().is_none_or(|last| last.is_empty())) {
            lines.push(line);
        }
    }
    lines.join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_entities_become_words_and_signs_stay() {
        for (html, wanted) in [
            (
                "<p>Deckel passt nicht &amp; klappert.</p>",
                "Deckel passt nicht & klappert.",
            ),
            ("Eins.<br>Das war&#39;s.", "Eins.\nDas war's."),
            ("<p>Eins</p>\n<p>Zwei</p>", "Eins\n\nZwei"),
            ("Gr&ouml;&szlig;e&nbsp;M", "Größe\u{a0}M"),
            ("<ul><li>laut</li><li>heiß</li></ul>", "– laut\n– heiß"),
            ("<script>alert(1)</script>Gut", "Gut"),
            ("<b>Sehr</b> gut <3", "Sehr gut <3"),
            ("&lt;b&gt; ist ein Tag", "<b> ist ein Tag"),
            ("<a href=\"https://x.example\">hier</a>", "hier"),
        ] {
            assert_eq!(words(html).as_deref(), Some(wanted), "{html}");
        }
        for text in [
            "Ich <3 euch",
            "<ganz ehrlich> nicht gut",
            "Salz & Pfeffer",
            "a < b",
            "5 > 3",
        ] {
            assert_eq!(words(text), None, "{text}");
        }
    }
}
