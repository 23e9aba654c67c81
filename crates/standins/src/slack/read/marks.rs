//! Slack's text marks: where `*`, `_`, `~`, back-ticks and `>` do something and where they are just characters.

/// What Slack does to a stretch of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Style {
    Bold,
    Italic,
    Strike,
    Code,
    Preformatted,
    Quote,
    Emoji,
    Link,
    Date,
    List,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formatted {
    pub style: Style,
    pub text: String,
}

/// A marked stretch, the marks themselves included: `text[start..end]`, `mark` characters on either side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    pub style: Style,
    pub start: usize,
    pub end: usize,
    pub open: usize,
    pub close: usize,
}

pub fn ranges(text: &[char]) -> Vec<Range> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let range = fence(text, at)
            .or_else(|| quote(text, at, &mut found))
            .or_else(|| inline(text, at));
        match range {
            Some(range) => {
                found.push(range);
                // Marks may stand within marks, but nothing is a mark within code.
                let code = matches!(range.style, Style::Code | Style::Preformatted | Style::Emoji);
                at = if code { range.end } else { at + range.open };
            }
            None => at += 1,
        }
    }
    found
}

fn fence(text: &[char], at: usize) -> Option<Range> {
    let three = |at: usize| text.get(at..at + 3).is_some_and(|part| part == ['`'; 3]);
    if !three(at) {
        return None;
    }
    let end = (at + 4..text.len()).find(|end| three(*end))?;
    Some(Range {
        style: Style::Preformatted,
        start: at,
        end: end + 3,
        open: 3,
        close: 3,
    })
}

fn quote(text: &[char], at: usize, found: &mut [Range]) -> Option<Range> {
    let line_start = at == 0 || text[at - 1] == '\n';
    if text[at] != '>' || !line_start || found.iter().any(|r| r.style == Style::Quote && r.end > at) {
        return None;
    }
    let all = text.get(at..at + 3) == Some(&['>'; 3]);
    let end = match all {
        true => text.len(),
        false => (at..text.len())
            .find(|end| text[*end] == '\n')
            .unwrap_or(text.len()),
    };
    let open = if all { 3 } else { 1 };
    Some(Range {
        style: Style::Quote,
        start: at,
        end,
        open,
        close: 0,
    })
}

fn inline(text: &[char], at: usize) -> Option<Range> {
    let mark = text[at];
    let style = match mark {
        '*' => Style::Bold,
        '_' => Style::Italic,
        '~' => Style::Strike,
        '`' => Style::Code,
        ':' => return emoji(text, at),
        _ => return None,
    };
    let word = |at: usize| text.get(at).is_some_and(|c| c.is_alphanumeric());
    let space = |at: usize| text.get(at).is_none_or(|c| c.is_whitespace());
    if at > 0 && word(at - 1) || space(at + 1) || text.get(at + 1) == Some(&mark) {
        return None;
    }
    let line_end = (at..text.len())
        .find(|end| text[*end] == '\n')
        .unwrap_or(text.len());
    let end = (at + 2..line_end)
        .find(|end| text[*end] == mark && !text[*end - 1].is_whitespace() && !word(*end + 1))?;
    Some(Range {
        style,
        start: at,
        end: end + 1,
        open: 1,
        close: 1,
    })
}

/// `:name:`. Times and ratios (`10:30:00`) are none.
fn emoji(text: &[char], at: usize) -> Option<Range> {
    let rest = &text[at + 1..];
    let length = rest
        .iter()
        .position(|c| !(c.is_ascii_lowercase() || c.is_ascii_digit() || "_+'-".contains(*c)))?;
    let name = &rest[..length];
    let named = name
        .iter()
        .any(|c| c.is_ascii_lowercase() || *c == '+' || *c == '-');
    (named && rest[length] == ':').then_some(Range {
        style: Style::Emoji,
        start: at,
        end: at + length + 2,
        open: 0,
        close: 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn styles(text: &str) -> Vec<Style> {
        let chars: Vec<char> = text.chars().collect();
        ranges(&chars).into_iter().map(|range| range.style).collect()
    }

    #[test]
    fn marks_need_word_borders() {
        assert_eq!(
            styles("*b* _i_ ~s~ `c`"),
            [Style::Bold, Style::Italic, Style::Strike, Style::Code]
        );
        assert_eq!(styles("snake_case_name 2*3*4 a * b * c 10:30:00"), []);
        assert_eq!(styles("*_both_*"), [Style::Bold, Style::Italic]);
        assert_eq!(styles("`*code*` :boom:"), [Style::Code, Style::Emoji]);
    }

    #[test]
    fn quotes_and_fences_reach_over_lines() {
        assert_eq!(styles("> one\n>>> all\n> more"), [Style::Quote, Style::Quote]);
        assert_eq!(styles("```\n*x*\n``` a > b"), [Style::Preformatted]);
    }
}
