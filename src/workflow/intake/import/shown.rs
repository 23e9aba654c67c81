//! What an admin reads about a file that they handed in: how it was understood, what it would come to, and what it came to.

use crate::domain::item::Incoming;
use crate::domain::item::manner::Unanswered;
use crate::domain::lang::Lang;
use crate::domain::press::list_action::ListAction;
use crate::domain::press::list_action::QuickAction;
use crate::domain::say::text::Arg;
use crate::domain::say::text::Locale;
use crate::domain::say::text::Seg;
use crate::domain::say::words::short_line;
use crate::domain::show::card;
use crate::domain::show::row::ListRow;
use crate::domain::show::row::Told;
use crate::port::export::Export;
use crate::port::export::Order;
use crate::store::import::Progress;
use crate::store::import_file::Handed;
use crate::store::import_file::Rejected;
use crate::workflow::intake::import::CARDS;
use crate::workflow::intake::import::preview::Nothing;
use crate::workflow::intake::import::preview::Preview;
use crate::workflow::views::lists::pages;

/// Of a name, a reason, a list of columns.
pub const NAME_UNITS: usize = 80;
pub const WHY_UNITS: usize = 200;
const COLUMNS_UNITS: usize = 300;
/// Rows that were not taken: in one message, and of each.
pub const REJECTED_SHOWN: usize = 5;
const REJECTED_UNITS: usize = 220;

/// Fields that have a name in both languages; the others are told by their column alone.
const FIELDS: [&str; 9] = [
    "rating",
    "title",
    "body",
    "author",
    "subject",
    "published_at",
    "edited_at",
    "reply",
    "reply_at",
];

/// What an admin reads before they decide.
pub struct Shown<'a> {
    pub locale: Locale,
    pub file: &'a Handed,
    pub source: &'a str,
    pub days: i64,
}

impl Shown<'_> {
    pub fn told(&self, export: &dyn Export, preview: &Preview) -> Told {
        let locale = self.locale;
        let button =
            |list_action, key: &str| QuickAction::list_action(list_action, locale.lang.text(key, &[]));
        let file = self.file.number;
        let bring = |unanswered, key: &str| button(ListAction::BringIn { file, unanswered }, key);
        let mut offers = vec![bring(Unanswered::ByAge, "button-bring-in")];
        // Who hands it in may know better than the posts' age. What is there already stays as it is.
        let is_new = !preview.is_known();
        if is_new && preview.open > 0 {
            offers.push(bring(Unanswered::Past, "button-bring-in-past"));
        }
        if is_new && preview.past > 0 {
            offers.push(bring(Unanswered::Open, "button-bring-in-open"));
        }
        offers.push(button(ListAction::LeaveOut { file }, "button-leave-out"));
        let mut after = self.counted(preview);
        self.then(&mut after, preview);
        Told {
            text: self.understood(export),
            rows: preview
                .first
                .iter()
                .map(|post| ListRow::plain(card(locale, post)))
                .collect(),
            after,
            offers,
            menus: Vec::new(),
        }
    }

    fn understood(&self, export: &dyn Export) -> Vec<Seg> {
        let locale = self.locale;
        let mut out = Vec::new();
        let about = export.about();
        for file in about.iter().take(2) {
            let shape = file
                .shape
                .map_or_else(|| locale.lang.text("import-by-names", &[]), str::to_owned);
            let rows = i64::try_from(file.rows).unwrap_or(i64::MAX);
            let args = [
                ("file", short_line(&file.label, NAME_UNITS).into()),
                ("source", self.source.into()),
                ("shape", shape.into()),
                ("n", rows.into()),
            ];
            line(&mut out, locale.say("import-understood", &args));
            if !file.encoding.is_empty() {
                let encoding = ("encoding", file.encoding.into());
                line(&mut out, locale.say("import-encoding", &[encoding]));
            }
            let used: Vec<String> = file
                .used
                .iter()
                .map(|(field, column)| used(locale.lang, field, column))
                .collect();
            let columns = |names: &[String]| short_line(&names.join(", "), COLUMNS_UNITS);
            if !used.is_empty() {
                let taken = columns(&used);
                line(&mut out, locale.say("import-used", &[("columns", taken.into())]));
            }
            if !file.unused.is_empty() {
                let left = columns(&file.unused);
                line(&mut out, locale.say("import-unused", &[("columns", left.into())]));
            }
            match file.order {
                Some((Order::DayFirst, _)) => line(&mut out, locale.say("import-day-first", &[])),
                Some((Order::MonthFirst, _)) => line(&mut out, locale.say("import-month-first", &[])),
                None => {}
            }
            if file.scale != (1.0, 5.0) {
                let best = format!("{}", file.scale.1.max(file.scale.0));
                line(&mut out, locale.say("import-scale", &[("best", best.into())]));
            }
            if file.shortened > 0 {
                line(&mut out, locale.say("import-shortened", &[]));
            }
        }
        let more = about.len().saturating_sub(2) + export.skipped().len();
        if more > 0 {
            line(&mut out, locale.say("import-more-files", &[("n", more.into())]));
        }
        out
    }

    fn counted(&self, preview: &Preview) -> Vec<Seg> {
        let locale = self.locale;
        let mut out = Vec::new();
        let args = [
            ("n", number(preview.items)),
            ("open", number(preview.open)),
            ("answered", number(preview.answered)),
            ("past", number(preview.past)),
        ];
        line(&mut out, locale.say("import-posts", &args));
        let args = [
            ("new", number(preview.new)),
            ("changed", number(preview.changed)),
            ("known", number(preview.known)),
        ];
        line(&mut out, locale.say("import-news", &args));
        for (n, key) in [
            (preview.older, "import-older"),
            (preview.left_out, "import-thrown-away"),
        ] {
            if n > 0 {
                line(&mut out, locale.say(key, &[("n", number(n))]));
            }
        }
        bad(locale, &mut out, preview.bad, &preview.reasons);
        out
    }

    /// What each of the buttons would do.
    fn then(&self, out: &mut Vec<Seg>, preview: &Preview) {
        let locale = self.locale;
        // What is there already gets no second card.
        let all_known = preview.is_known();
        let then = match preview.open {
            _ if all_known => locale.say("import-then-known", &[]),
            0 => locale.say("import-then-nothing", &[]),
            n if n <= CARDS => locale.say("import-then-cards", &[("n", number(n))]),
            n => locale.say("import-then-list", &[("n", number(n))]),
        };
        line(out, then);
        if all_known {
            return;
        }
        if preview.answered + preview.past > 0 && preview.open > 0 {
            line(out, locale.say("import-then-rest", &[("span", self.days.into())]));
        }
        // Twenty thousand deadlines are not to come of two words on a button.
        if preview.past > 0 {
            let button = locale.lang.text("button-bring-in-open", &[]);
            let args = [
                ("button", button.into()),
                ("n", number(preview.open + preview.past)),
            ];
            line(out, locale.say("import-or-open", &args));
        }
    }

    /// What was understood, without the buttons, and why that is not enough.
    pub fn refused(&self, told: Told, preview: &Preview, nothing: &Nothing) -> Told {
        let locale = self.locale;
        let mut after = match nothing {
            Nothing::Unreadable(_) => locale.say("import-nothing-read", &[]),
            Nothing::Empty => locale.say("import-nothing-there", &[]),
            Nothing::Missing(fields) => {
                let named = |field: &str| locale.lang.text(&format!("field-{}", dashed(field)), &[]);
                let names: Vec<String> = fields.iter().map(|field| named(field)).collect();
                // The field for it takes the word that stands here.
                let word = names.first().cloned().unwrap_or_else(|| named("body"));
                let args = [("columns", names.join(", ").into()), ("word", word.into())];
                locale.say("import-nothing-of", &args)
            }
        };
        if let Nothing::Unreadable(_) = nothing {
            bad(locale, &mut after, preview.bad, &preview.reasons);
            line(&mut after, locale.say("import-nothing-read-then", &[]));
        }
        Told {
            after,
            offers: Vec::new(),
            ..told
        }
    }
}

pub fn report(locale: Locale, file: &Handed, progress: &Progress) -> Told {
    let counts = progress.counts;
    let mut text = locale.say("import-done", &[("file", file.name.as_str().into())]);
    let args = [
        ("new", number(counts.new)),
        ("changed", number(counts.changed)),
        ("known", number(counts.same)),
    ];
    line(&mut text, locale.say("import-news", &args));
    let closed = counts.answered + counts.past;
    if closed > 0 {
        let args = [
            ("open", number(counts.new.saturating_sub(closed))),
            ("answered", number(counts.answered)),
            ("past", number(counts.past)),
        ];
        line(&mut text, locale.say("import-done-of-which", &args));
    }
    bad(locale, &mut text, counts.bad, &file.refused);
    let mut offers = Vec::new();
    if counts.bad > 0 {
        let list_action = ListAction::Rejected {
            file: file.number,
            page: 0,
        };
        offers.push(QuickAction::list_action(
            list_action,
            locale.lang.text("button-rejected", &[]),
        ));
    }
    if counts.new > 0 {
        let list_action = ListAction::TakeBack { file: file.number };
        offers.push(QuickAction::list_action(
            list_action,
            locale.lang.text("button-take-back", &[]),
        ));
    }
    Told {
        text,
        offers,
        ..Told::default()
    }
}

/// A page of the rows that were not taken.
pub fn rejected(
    locale: Locale,
    file: &Handed,
    (number_of_file, page): (i64, u32),
    rows: &[Rejected],
    in_all: usize,
) -> Told {
    let name = ("file", file.name.as_str().into());
    if in_all == 0 {
        return locale.say("import-rejected-gone", &[name]).into();
    }
    let last = u32::try_from((in_all - 1) / REJECTED_SHOWN).unwrap_or(u32::MAX);
    let skipped = page as usize * REJECTED_SHOWN;
    let args = [
        name,
        ("n", number(in_all as u64)),
        ("begin", number(skipped as u64 + 1)),
        ("end", number((skipped + rows.len()) as u64)),
    ];
    let mut text = locale.say("import-rejected", &args);
    for (place, why, raw) in rows {
        let args = [
            ("where", short_line(place, NAME_UNITS).into()),
            ("what", short_line(why, WHY_UNITS).into()),
            ("row", short_line(raw, REJECTED_UNITS).into()),
        ];
        line(&mut text, locale.say("import-rejected-row", &args));
    }
    line(&mut text, locale.say("import-rejected-then", &[]));
    let turn = |page| ListAction::Rejected {
        file: number_of_file,
        page,
    };
    Told {
        text,
        offers: pages(locale, page, last, turn),
        ..Told::default()
    }
}

/// How many rows are bad, why the first of them are, and how many more there are.
fn bad(locale: Locale, out: &mut Vec<Seg>, n: u64, reasons: &[(String, String)]) {
    if n == 0 {
        return;
    }
    line(out, locale.say("import-bad", &[("n", number(n))]));
    for (place, why) in reasons {
        let args = [
            ("where", short_line(place, NAME_UNITS).into()),
            ("what", short_line(why, WHY_UNITS).into()),
        ];
        line(out, locale.say("import-reason", &args));
    }
    let more = n.saturating_sub(reasons.len() as u64);
    if more > 0 {
        line(out, locale.say("import-bad-more", &[("n", number(more))]));
    }
}

/// A post as a line: the stars, what it is about, the beginning of its words, whose, when.
fn card(locale: Locale, post: &Incoming) -> Vec<Seg> {
    let stars = post.rating.map(card::rated);
    let words = [post.title.as_deref(), post.body.as_deref()];
    let words: Vec<&str> = words.into_iter().flatten().collect();
    let words = short_line(&words.join(" – "), 100);
    let subject = post.subject.as_ref().map(|s| s.name.as_deref().unwrap_or(&s.id));
    let mut parts: Vec<String> = stars.into_iter().collect();
    parts.extend(subject.map(|s| short_line(s, 40)));
    parts.extend((!words.is_empty()).then(|| locale.lang.text("import-quoted", &[("words", words.into())])));
    parts.extend(post.author.name.as_deref().map(|n| short_line(n, 40)));
    let mut out = vec![Seg::Text(parts.join(" · "))];
    if let Some(at) = post.published_at {
        // The year counts, and a time that the file does not have would be made up.
        let day = at.with_timezone(&locale.zone);
        let day = match locale.lang {
            Lang::De => day.format("%d.%m.%Y"),
            Lang::En => day.format("%-d %b %Y"),
        };
        out.push(Seg::Text(format!(" · {day}")));
    }
    if post.reply.is_some() {
        out.push(Seg::Text(" · ".to_owned()));
        out.extend(locale.say("import-answered", &[]));
    }
    out
}

fn used(lang: Lang, field: &str, column: &str) -> String {
    match FIELDS.contains(&field) {
        true => format!(
            "{} = {column}",
            lang.text(&format!("field-{}", dashed(field)), &[])
        ),
        false => column.to_owned(),
    }
}

fn dashed(field: &str) -> String {
    field.replace('_', "-")
}

fn number(n: u64) -> Arg {
    i64::try_from(n).unwrap_or(i64::MAX).into()
}

pub fn line(out: &mut Vec<Seg>, more: Vec<Seg>) {
    if !out.is_empty() {
        out.push(Seg::Text("\n".to_owned()));
    }
    out.extend(more);
}
