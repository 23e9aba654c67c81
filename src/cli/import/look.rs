//! What an import says before it writes anything: how each file was understood, which columns are used and which are not, the
//! first posts as they would look, how many there are, and what will happen.

use std::collections::HashMap;
use std::collections::HashSet;

use crate::app::App;
use crate::cli::Failure;
use crate::cli::import::CARDS;
use crate::cli::say;
use crate::config::source::Source;
use crate::domain::At;
use crate::domain::fingerprint;
use crate::domain::item::Incoming;
use crate::domain::item::Rating;
use crate::domain::item::Standing;
use crate::domain::manner::File;
use crate::domain::manner::Manner;
use crate::domain::words;
use crate::source::Settings;
use crate::source::file::Export;
use crate::source::file::Order;
use crate::source::file::Row;
use crate::source::file::Told;
use crate::store::import;

/// Posts that are shown.
const SHOWN: usize = 3;
/// Files that are described; more of the same say nothing new.
const DESCRIBED: usize = 4;
/// Bad rows that are printed.
const BAD: usize = 5;
const AT_ONCE: usize = 1_000;

pub fn say_understood(export: &Export) {
    let about = export.about();
    for file in about.iter().take(DESCRIBED) {
        let shape = file
            .shape
            .map_or_else(|| "by the names of its columns".to_owned(), str::to_owned);
        let encoding = if file.encoding.is_empty() {
            String::new()
        } else {
            format!(", {}", file.encoding)
        };
        say(&format!(
            "{}: {shape}; {}{encoding}, {} rows.",
            file.label, file.form, file.rows
        ));
        let used = file
            .used
            .iter()
            .map(|(field, column)| format!("{field} = {column}"));
        say(&format!("  used: {}", used.collect::<Vec<_>>().join(", ")));
        if !file.unused.is_empty() {
            say(&format!("  not used: {}", file.unused.join(", ")));
        }
        if let Some((order, why)) = &file.order {
            let (first, other) = match order {
                Order::DayFirst => ("day", "mdy"),
                Order::MonthFirst => ("month", "dmy"),
            };
            say(&format!(
                "  dates: the {first} comes first ({why}); --dates {other} reads them the other way"
            ));
        }
        if file.scale != (1.0, 5.0) {
            say(&format!(
                "  stars: of {}; --scale 5 reads them of five",
                file.scale.1
            ));
        }
        if file.shortened > 0 {
            say(
                "  ids: a spreadsheet has shortened them, so that two people may have one; they are kept apart by their words",
            );
        }
    }
    if about.len() > DESCRIBED {
        say(&format!("… and {} more files.", about.len() - DESCRIBED));
    }
    for skipped in export.skipped.iter().take(10) {
        say(&format!("{}: left out, {}", skipped.label, skipped.why));
    }
}

/// What the rows come to.
#[derive(Debug, Default)]
pub struct Preview {
    pub items: u64,
    pub bad: u64,
    pub answered: u64,
    pub past: u64,
    pub open: u64,
    left_out: u64,
    new: u64,
    changed: u64,
    known: u64,
    older: u64,
    /// Whether the database was asked.
    counted: bool,
    first: Vec<Incoming>,
    reasons: Vec<String>,
}

impl Preview {
    pub async fn of(
        app: &App,
        export: &Export,
        source: &str,
        settings: &Settings,
        past_before: Option<At>,
        counted: bool,
        now: At,
    ) -> Result<Self, Failure> {
        let manner = Manner::File(File {
            run: 0,
            as_of: export.as_of().unwrap_or(now),
            dates_changes: export.dates_changes(),
            past_before,
            folded: false,
        });
        let mut preview = Self {
            counted,
            ..Self::default()
        };
        let mut batch = Vec::new();
        let mut met = HashSet::new();
        for row in export.rows(source, settings) {
            let Some(incoming) = preview.take(row?, export, &manner) else {
                continue;
            };
            if counted {
                batch.push(incoming);
            }
            if batch.len() == AT_ONCE {
                preview.count(app, source, &manner, &mut batch, &mut met).await?;
            }
        }
        preview.count(app, source, &manner, &mut batch, &mut met).await?;
        Ok(preview)
    }

    fn take(&mut self, row: Row, export: &Export, manner: &Manner) -> Option<Incoming> {
        let incoming = match row.parsed {
            Ok(Told::Item(incoming)) => *incoming,
            Ok(Told::Answer) => return None,
            Ok(Told::LeftOut(_)) => {
                self.left_out += 1;
                return None;
            }
            Err(why) => {
                self.bad += 1;
                if self.reasons.len() < BAD {
                    self.reasons
                        .push(format!("{}:{}: {why}", export.label(row.part), row.line));
                }
                return None;
            }
        };
        self.items += 1;
        let answered = incoming
            .reply
            .as_ref()
            .is_some_and(|r| !matches!(r.standing, Standing::Rejected(_)));
        match (
            answered,
            manner.is_past(incoming.edited_at.or(incoming.published_at)),
        ) {
            (true, _) => self.answered += 1,
            (false, true) => self.past += 1,
            (false, false) => self.open += 1,
        }
        if self.first.len() < SHOWN {
            self.first.push(incoming.clone());
        }
        Some(incoming)
    }

    async fn count(
        &mut self,
        app: &App,
        source: &str,
        manner: &Manner,
        batch: &mut Vec<Incoming>,
        met: &mut HashSet<u64>,
    ) -> Result<(), Failure> {
        let batch = std::mem::take(batch);
        if batch.is_empty() {
            return Ok(());
        }
        let (scopes, ids): (Vec<String>, Vec<String>) = batch
            .iter()
            .map(|i| (i.scope.clone(), i.native_id.clone()))
            .unzip();
        let known = import::known(app.desk.store.pool(), source, &scopes, &ids).await?;
        let known: HashMap<(&str, &str), &import::Known> = known
            .iter()
            .map(|k| ((k.scope.as_str(), k.native_id.as_str()), k))
            .collect();
        for incoming in &batch {
            let found = known.get(&(incoming.scope.as_str(), incoming.native_id.as_str()));
            match found {
                None if met.insert(short(incoming)) => self.new += 1,
                None => self.known += 1,
                Some(known) if known.fingerprint == fingerprint::of(incoming) => self.known += 1,
                Some(known) if manner.is_older(incoming.edited_at, known.edition, known.as_of) => {
                    self.older += 1
                }
                Some(_) => self.changed += 1,
            }
        }
        Ok(())
    }

    pub fn say(&self, source: &Source) {
        for incoming in &self.first {
            say("");
            for line in card(incoming) {
                say(&format!("  {line}"));
            }
        }
        say("");
        let number = |n: u64, what: &str| {
            if n > 0 {
                format!(", {n} {what}")
            } else {
                String::new()
            }
        };
        say(&format!(
            "{} posts: {} open, {} answered already, {} history{}{}.",
            self.items,
            self.open,
            self.answered,
            self.past,
            number(self.left_out, "left out (thrown away where they come from)"),
            number(self.bad, "rows that cannot be read"),
        ));
        if self.counted {
            say(&format!(
                "{} are new, {} changed, {} known{}.",
                self.new,
                self.changed,
                self.known,
                number(
                    self.older,
                    "differ from what is known and are not newer: they change nothing"
                ),
            ));
        }
        for reason in &self.reasons {
            say(reason);
        }
        if self.bad > self.reasons.len() as u64 && !self.reasons.is_empty() {
            say(&format!("… and {} more.", self.bad - self.reasons.len() as u64));
        }
        let days = source.backfill_days;
        match self.open {
            0 => say(
                "What will happen: no cards and no deadlines; all of it can be found and is counted in its own time.",
            ),
            n if n <= CARDS => say(&format!(
                "What will happen: a card and a deadline for each of {n} open posts."
            )),
            n => say(&format!(
                "What will happen: one message with a list of {n} open posts, each with its deadline."
            )),
        }
        if self.answered + self.past > 0 && self.open > 0 {
            say(&format!(
                "The others get neither card nor deadline: answered, or older than {days} days (`backfill_days`); --as open|history overrules."
            ));
        }
    }

    /// Nothing is written where nearly nothing was understood.
    pub fn refuse(&self, export: &Export) -> Result<(), Failure> {
        let rows = export.rows_in_all();
        if self.items == 0 && self.bad > 0 {
            return Err(Failure::Say(format!(
                "none of {rows} rows can be read; nothing was written"
            )));
        }
        if self.items == 0 {
            return Err(Failure::Say(
                "there is no post in it; nothing was written".to_owned(),
            ));
        }
        let held = export.held();
        let missing: Vec<&str> = [
            (held.words, "words (body, title)"),
            (held.stars, "stars (rating)"),
            // Where no column is left over, the dates were not overlooked: there are none.
            (held.dates || export.uses_all(), "dates (published_at)"),
        ]
        .into_iter()
        .filter(|(has, _)| !has)
        .map(|(_, what)| what)
        .collect();
        if missing.is_empty() {
            return Ok(());
        }
        let field = match missing[0] {
            m if m.starts_with("words") => "body",
            m if m.starts_with("stars") => "rating",
            _ => "published_at",
        };
        Err(Failure::Say(format!(
            "no row has {}; nothing was written. Say which column it is with --map {field}=\"…\", or that there is none with --map {field}=-",
            missing.join(", nor ")
        )))
    }
}

/// 64 bits of an item's address: a million of them take little room, and a doubt costs one number of a preview.
fn short(incoming: &Incoming) -> u64 {
    use std::hash::Hash as _;
    use std::hash::Hasher as _;
    let mut hasher = std::hash::DefaultHasher::new();
    (&incoming.scope, &incoming.native_id).hash(&mut hasher);
    hasher.finish()
}

/// A post as it would look.
fn card(incoming: &Incoming) -> Vec<String> {
    let stars = match incoming.rating {
        Some(rating) => {
            let n = usize::from(rating.stars());
            let own = if (rating.min, rating.max) == (1.0, 5.0) {
                String::new()
            } else {
                scale(rating)
            };
            format!("{}{}{own}", "★".repeat(n), "☆".repeat(5 - n))
        }
        None => "no stars".to_owned(),
    };
    let subject = incoming
        .subject
        .as_ref()
        .map(|s| s.name.clone().unwrap_or_else(|| s.id.clone()));
    let head = [Some(stars), incoming.title.clone(), subject];
    let head: Vec<String> = head
        .into_iter()
        .flatten()
        .map(|part| words::short_line(&part, 80))
        .collect();
    let text = incoming
        .body
        .as_deref()
        .map_or_else(|| "(no words)".to_owned(), |b| words::short_line(b, 200));
    let mut foot: Vec<String> = Vec::new();
    foot.extend(incoming.author.name.as_deref().map(|n| words::short_line(n, 60)));
    foot.extend(
        incoming
            .published_at
            .map(|at| at.format("%-d %b %Y %H:%M UTC").to_string()),
    );
    foot.extend(incoming.language.clone());
    foot.push(format!("id {}", words::short_line(&incoming.native_id, 60)));
    let mut lines = vec![head.join(" · "), text, foot.join(" · ")];
    if let Some(reply) = &incoming.reply {
        let at = reply
            .at
            .map(|at| at.format(" on %-d %b %Y").to_string())
            .unwrap_or_default();
        lines.push(format!("answered{at}: {}", words::short_line(&reply.body, 120)));
    }
    lines
}

fn scale(rating: Rating) -> String {
    format!(" ({} of {})", rating.value, rating.max)
}
