//! Where each mark of the drawing stands. Nothing here measures letters: what could grow stands in two columns, or at an
//! edge with room for the longest there is.

use std::fmt::Write as _;

use chrono::Datelike as _;
use chrono::NaiveDate;

use super::Bar;
use super::Day;
use super::axis;
use super::bars;
use super::by_tone;
use super::days_apart;
use super::length;
use super::number;
use super::short;
use super::short_date;
use super::sum;
use crate::domain::item::Tone;
use crate::domain::say::text::Locale;

const WIDTH: f64 = 720.0;
const EDGE: f64 = 32.0;
/// Where the plots begin and end; the figures of their lines stand right of them.
const LEFT: f64 = EDGE;
const RIGHT: f64 = 592.0;
const BARS_HIGH: f64 = 210.0;
const TIMES_HIGH: f64 = 160.0;
const LEGEND_ROW: f64 = 40.0;
const WIDEST_BAR: f64 = 96.0;
/// A segment that counts must be seen, however small it is beside the others.
const LEAST: f64 = 3.0;
/// More dates than this run into each other.
const MOST_DATES: usize = 4;
const MOST_WEEKDAYS: usize = 7;

pub const GROUND: &str = "#ffffff";
const FRAME: &str = "#c9ced6";
const INK: &str = "#1d2129";
const SOFT: &str = "#565d68";
const LINE: &str = "#dfe3e8";
pub const TIMES: &str = "#0b4a75";
pub const TARGET: &str = "#9a5b00";

/// From the ground up: what hurts stands on the line, where heights can be compared.
const STACK: [Tone; Tone::ALL.len()] = [
    Tone::Complaint,
    Tone::Question,
    Tone::Suggestion,
    Tone::Neutral,
    Tone::Praise,
];

/// Neighbours differ in lightness as well as in hue, for those who do not see all hues (a test looks at it with their eyes).
pub fn colour(tone: Tone) -> &'static str {
    match tone {
        Tone::Complaint => "#b3261e",
        Tone::Question => "#4a90d9",
        Tone::Suggestion => "#e8a200",
        Tone::Neutral => "#6f7682",
        Tone::Praise => "#8fd694",
    }
}

/// A drawing that grows downwards.
struct Sheet {
    out: String,
    y: f64,
}

pub fn svg(days: &[Day], target: Option<i64>, locale: Locale) -> String {
    let mut sheet = Sheet {
        out: String::new(),
        y: EDGE,
    };
    sheet.volume(days, locale);
    if days.iter().any(|day| day.median_minutes.is_some()) {
        sheet.y += 44.0;
        sheet.times(days, target, locale);
    } else {
        // An empty plot says less than a line.
        sheet.y += 44.0;
        let text = locale.lang.text("chart-no-answers", &[]);
        sheet.text(LEFT, sheet.y, REMARK, Anchor::Start, &text);
    }
    let height = sheet.y + EDGE;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height:.0}\" \
         viewBox=\"0 0 {WIDTH} {height:.0}\" font-family=\"Zeitnah Sans\">\n\
         <rect x=\"1\" y=\"1\" width=\"{:.0}\" height=\"{:.0}\" rx=\"20\" fill=\"{GROUND}\" stroke=\"{FRAME}\" stroke-width=\"2\"/>\n\
         {}</svg>\n",
        WIDTH - 2.0,
        height - 2.0,
        sheet.out
    )
}

/// Where something on the line of days stands.
#[derive(Clone, Copy)]
struct Along {
    count: usize,
}

impl Along {
    fn step(self) -> f64 {
        (RIGHT - LEFT) / self.count.max(1) as f64
    }

    fn middle(self, at: usize) -> f64 {
        LEFT + self.step() * (at as f64 + 0.5)
    }
}

/// How letters look.
#[derive(Clone, Copy)]
struct Face {
    size: u32,
    ink: &'static str,
    bold: bool,
}

const fn face(size: u32, ink: &'static str) -> Face {
    let bold = false;
    Face { size, ink, bold }
}

const TITLE: Face = Face {
    bold: true,
    ..face(32, INK)
};
const WORDS: Face = face(26, INK);
const REMARK: Face = face(26, SOFT);
const DATE: Face = face(24, INK);
const ASIDE: Face = face(24, SOFT);

#[derive(Clone, Copy)]
enum Anchor {
    Start,
    Middle,
    End,
}

impl Sheet {
    fn put(&mut self, mark: std::fmt::Arguments) {
        // A String takes everything.
        let _ = self.out.write_fmt(mark);
        self.out.push('\n');
    }

    fn text(&mut self, x: f64, y: f64, face: Face, anchor: Anchor, text: &str) {
        let Face { size, ink, bold } = face;
        let weight = if bold { " font-weight=\"700\"" } else { "" };
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let text = escape(text);
        self.put(format_args!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size}\" fill=\"{ink}\"{weight}{anchor}>{text}</text>"
        ));
    }

    fn title(&mut self, text: &str) {
        self.y += 26.0;
        self.text(LEFT, self.y, TITLE, Anchor::Start, text);
        self.y += 14.0;
    }

    fn line(&mut self, y: f64, label: &str) {
        self.put(format_args!(
            "<path d=\"M{LEFT:.1} {y:.1}H{RIGHT:.1}\" stroke=\"{LINE}\" stroke-width=\"2\"/>"
        ));
        self.text(RIGHT + 10.0, y + 8.0, ASIDE, Anchor::Start, label);
    }

    fn ground(&mut self, y: f64) {
        self.put(format_args!(
            "<path d=\"M{LEFT:.1} {y:.1}H{RIGHT:.1}\" stroke=\"{SOFT}\" stroke-width=\"2\"/>"
        ));
    }

    fn volume(&mut self, days: &[Day], locale: Locale) {
        let lang = locale.lang;
        let totals = by_tone(days);
        let all = sum(totals);
        let count = if all < 1_000_000 {
            number(lang, all)
        } else {
            short(lang, all)
        };
        let args = [
            ("n", all.into()),
            ("count", count.into()),
            ("length", length(days).into()),
        ];
        self.title(&lang.text("chart-new", &args));
        self.legend(totals, locale);
        let bars = bars(days);
        let along = Along { count: bars.len() };
        let top = axis::count(bars.iter().map(Bar::total).max().unwrap_or(0));
        self.y += 22.0;
        let ground = self.y + BARS_HIGH;
        self.line(self.y, &short(lang, top));
        self.line(self.y + BARS_HIGH / 2.0, &short(lang, top / 2));
        for (at, bar) in bars.iter().enumerate() {
            self.bar(bar, along, at, ground, top);
        }
        self.ground(ground);
        self.y = ground;
        let dates: Vec<NaiveDate> = bars.iter().map(|b| b.date).collect();
        self.dates(&dates, along, locale);
        let apart = days_apart(&dates);
        if apart > 1 {
            self.y += 34.0;
            let text = lang.text("chart-bar", &[("n", apart.into())]);
            self.text(LEFT, self.y, ASIDE, Anchor::Start, &text);
        }
    }

    fn legend(&mut self, totals: [i64; Tone::ALL.len()], locale: Locale) {
        let there = STACK.into_iter().filter_map(|tone| {
            let n = Tone::ALL.into_iter().zip(totals).find(|(t, _)| *t == tone)?.1;
            (n > 0).then_some((tone, n))
        });
        for (at, (tone, n)) in there.enumerate() {
            let x = if at % 2 == 0 { LEFT } else { LEFT + 328.0 };
            if at % 2 == 0 {
                self.y += LEGEND_ROW;
            }
            let y = self.y;
            self.put(format_args!(
                "<rect x=\"{x:.1}\" y=\"{:.1}\" width=\"24\" height=\"24\" rx=\"4\" fill=\"{}\"/>",
                y - 20.0,
                colour(tone)
            ));
            let name = locale.lang.text(&format!("tone-{}", tone.as_str()), &[]);
            let text = format!("{name} {}", short(locale.lang, n));
            self.text(x + 34.0, y, WORDS, Anchor::Start, &text);
        }
    }

    fn bar(&mut self, bar: &Bar, along: Along, at: usize, ground: f64, top: i64) {
        if bar.total() == 0 {
            return;
        }
        let wide = (along.step() * 0.72).min(WIDEST_BAR);
        let left = along.middle(at) - wide / 2.0;
        let mut y = ground;
        for tone in STACK {
            let n = Tone::ALL
                .into_iter()
                .zip(bar.new)
                .find(|(t, _)| *t == tone)
                .map_or(0, |(_, n)| n);
            if n == 0 {
                continue;
            }
            let high = (n as f64 / top.max(1) as f64 * BARS_HIGH).max(LEAST);
            y -= high;
            // A thin line of the ground keeps neighbours apart, where there is room for one.
            let shown = if high > 6.0 { high - 2.0 } else { high };
            self.put(format_args!(
                "<rect x=\"{left:.1}\" y=\"{y:.1}\" width=\"{wide:.1}\" height=\"{shown:.1}\" fill=\"{}\"/>",
                colour(tone)
            ));
        }
    }

    fn times(&mut self, days: &[Day], target: Option<i64>, locale: Locale) {
        let lang = locale.lang;
        self.title(&lang.text("chart-first-answer", &[]));
        self.times_legend(target, locale);
        let longest = days.iter().filter_map(|d| d.median_minutes).max();
        self.y += 22.0;
        let (up, ground) = (self.y, self.y + TIMES_HIGH);
        let along = Along { count: days.len() };
        // A little air above the target, so that its line is not the edge.
        let wanted = target.map_or(0, |t| t.saturating_add(t / 10));
        let top = axis::minutes(longest.unwrap_or(0).max(wanted));
        let high = |minutes: i64| ground - minutes as f64 / top.max(1) as f64 * TIMES_HIGH;
        self.line(up, &time(top, locale));
        self.line(high(top / 2), &time(top / 2, locale));
        self.ground(ground);
        if let Some(target) = target {
            let y = high(target);
            self.put(format_args!(
                "<path d=\"M{LEFT:.1} {y:.1}H{RIGHT:.1}\" stroke=\"{TARGET}\" stroke-width=\"4\" stroke-dasharray=\"14 8\"/>"
            ));
        }
        self.medians(days, target, along, high);
        self.y = ground;
        let dates: Vec<NaiveDate> = days.iter().map(|d| d.date).collect();
        self.dates(&dates, along, locale);
    }

    fn times_legend(&mut self, target: Option<i64>, locale: Locale) {
        self.y += LEGEND_ROW;
        let y = self.y;
        self.put(format_args!(
            "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"9\" fill=\"{TIMES}\"/>",
            LEFT + 12.0,
            y - 9.0
        ));
        let median = locale.lang.text("chart-median", &[]);
        self.text(LEFT + 34.0, y, WORDS, Anchor::Start, &median);
        let Some(target) = target else { return };
        let x = LEFT + 328.0;
        self.put(format_args!(
            "<path d=\"M{x:.1} {0:.1}H{1:.1}\" stroke=\"{TARGET}\" stroke-width=\"4\" stroke-dasharray=\"14 8\"/>",
            y - 9.0,
            x + 36.0
        ));
        let text = locale
            .lang
            .text("chart-target", &[("span", time(target, locale).into())]);
        self.text(x + 46.0, y, WORDS, Anchor::Start, &text);
    }

    /// A line from day to day that breaks where nothing was answered; what was too late is hollow.
    fn medians(&mut self, days: &[Day], target: Option<i64>, along: Along, high: impl Fn(i64) -> f64) {
        let mut path = String::new();
        let mut drawn = false;
        for (at, day) in days.iter().enumerate() {
            drawn = match day.median_minutes {
                Some(minutes) => {
                    let to = if drawn { 'L' } else { 'M' };
                    let _ = write!(path, "{to}{:.1} {:.1}", along.middle(at), high(minutes));
                    true
                }
                None => false,
            };
        }
        if path.contains('L') {
            self.put(format_args!(
                "<path d=\"{path}\" fill=\"none\" stroke=\"{TIMES}\" stroke-width=\"4\" stroke-linejoin=\"round\"/>"
            ));
        }
        let radius = (along.step() * 0.4).clamp(3.0, 9.0);
        for (at, day) in days.iter().enumerate() {
            let Some(minutes) = day.median_minutes else {
                continue;
            };
            let late = target.is_some_and(|target| minutes > target);
            let fill = if late { GROUND } else { TIMES };
            self.put(format_args!(
                "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"{radius:.1}\" fill=\"{fill}\" stroke=\"{TIMES}\" stroke-width=\"4\"/>",
                along.middle(at),
                high(minutes)
            ));
        }
    }

    /// Few enough to be read; the first and the last always.
    fn dates(&mut self, dates: &[NaiveDate], along: Along, locale: Locale) {
        self.y += 34.0;
        let y = self.y;
        let daily = days_apart(dates) == 1;
        match dates {
            [] => {}
            [only] => self.text(along.middle(0), y, WORDS, Anchor::Middle, &locale.day(*only)),
            _ if dates.len() <= MOST_WEEKDAYS && daily => {
                for (at, date) in dates.iter().enumerate() {
                    let key = format!("weekday-{}", date.weekday().num_days_from_monday());
                    let day = locale.lang.text(&key, &[]);
                    self.text(along.middle(at), y, WORDS, Anchor::Middle, &day);
                }
            }
            _ => {
                let gaps = MOST_DATES.min(dates.len()) - 1;
                let last = dates.len() - 1;
                for n in 0..=gaps {
                    let at = n * last / gaps.max(1);
                    let Some(date) = dates.get(at) else { continue };
                    let (x, anchor) = match n {
                        0 => (LEFT, Anchor::Start),
                        n if n == gaps => (RIGHT, Anchor::End),
                        _ => (along.middle(at), Anchor::Middle),
                    };
                    self.text(x, y, DATE, anchor, &short_date(locale.lang, *date));
                }
            }
        }
    }
}

/// A length of time at the edge of a drawing: never more than one unit and its half.
fn time(minutes: i64, locale: Locale) -> String {
    const DAY: i64 = 1440;
    let lang = locale.lang;
    match minutes {
        m if m >= 1000 * DAY => lang.text("chart-days", &[("n", "> 999".into())]),
        m if m >= 2 * DAY && m % DAY == 0 => lang.text("chart-days", &[("n", (m / DAY).to_string().into())]),
        m if m % 60 == 0 && m > 0 => lang.text("span-hours", &[("n", (m / 60).into())]),
        m => lang.span(m),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
