//! What a check found, area by area: calm to read at a terminal, and plain to read for a program.

use std::fmt::Write as _;

use serde::Serialize;

use crate::config::Fault;
use crate::config::Gravity;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Sign {
    Good,
    Warning,
    Fault,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReportLine {
    area: &'static str,
    mark: Sign,
    /// `zeitnah.toml:12`, or the environment variable.
    place: Option<String>,
    what: String,
    remedy: Option<String>,
}

#[derive(Debug, Default)]
pub struct Report {
    lines: Vec<ReportLine>,
}

/// What a program reads.
#[derive(Serialize)]
struct Told<'a> {
    ok: bool,
    faults: usize,
    warnings: usize,
    findings: &'a [ReportLine],
}

impl Report {
    pub fn good(&mut self, area: &'static str, what: impl Into<String>) {
        self.add(area, Sign::Good, None, what.into(), None);
    }

    pub fn warning(&mut self, area: &'static str, place: Option<String>, what: String, remedy: &str) {
        self.add(area, Sign::Warning, place, what, Some(remedy.to_owned()));
    }

    pub fn fault(&mut self, area: &'static str, place: Option<String>, what: String, remedy: &str) {
        self.add(area, Sign::Fault, place, what, Some(remedy.to_owned()));
    }

    pub fn of_file(&mut self, area: &'static str, fault: &Fault) {
        let mark = match fault.gravity {
            Gravity::Fault => Sign::Fault,
            Gravity::Warning => Sign::Warning,
        };
        let (place, what) = (fault.place.clone(), fault.what.clone());
        self.add(area, mark, Some(place), what, Some(fault.remedy.clone()));
    }

    /// What was looked at elsewhere is told behind this.
    pub fn append(&mut self, mut other: Self) {
        self.lines.append(&mut other.lines);
    }

    fn add(
        &mut self,
        area: &'static str,
        mark: Sign,
        place: Option<String>,
        what: String,
        remedy: Option<String>,
    ) {
        self.lines.push(ReportLine {
            area,
            mark,
            place,
            what,
            remedy,
        });
    }

    fn count(&self, mark: Sign) -> usize {
        self.lines.iter().filter(|line| line.mark == mark).count()
    }

    pub fn is_green(&self) -> bool {
        self.count(Sign::Fault) == 0
    }

    pub fn json(&self) -> String {
        let told = Told {
            ok: self.is_green(),
            faults: self.count(Sign::Fault),
            warnings: self.count(Sign::Warning),
            findings: &self.lines,
        };
        // Strings and numbers only: there is nothing in it that could not be written.
        serde_json::to_string_pretty(&told).unwrap_or_default()
    }

    /// `all` is whether everything was looked at that there is.
    pub fn text(&self, colour: bool, all: bool) -> String {
        let mut out = String::new();
        let mut area = "";
        for line in &self.lines {
            if line.area != area {
                let gap = if area.is_empty() { "" } else { "\n" };
                writeln!(out, "{gap}{}", line.area).ok();
                area = line.area;
            }
            let place = line.place.as_ref().map(|p| format!("{p}: ")).unwrap_or_default();
            writeln!(out, "  {} {place}{}", mark(line.mark, colour), line.what).ok();
            if let Some(remedy) = &line.remedy {
                writeln!(out, "      → {remedy}").ok();
            }
        }
        writeln!(out, "\n{}", self.summary(all)).ok();
        out
    }

    fn summary(&self, all: bool) -> String {
        let several = |n: usize, one: &str| match n {
            1 => format!("1 {one}"),
            n => format!("{n} {one}s"),
        };
        let (faults, warnings) = (self.count(Sign::Fault), self.count(Sign::Warning));
        let works = if all {
            "`zeitnah serve` will work"
        } else {
            "nothing wrong here; the database, the chats and the sources were not asked"
        };
        match (faults, warnings) {
            (0, 0) => format!("All good: {works}."),
            (0, n) => format!("{}, no fault: {works}.", several(n, "warning")),
            (n, 0) => format!("{}.", several(n, "fault")),
            (n, m) => format!("{}, {}.", several(n, "fault"), several(m, "warning")),
        }
    }
}

fn mark(mark: Sign, colour: bool) -> String {
    let (sign, code) = match mark {
        Sign::Good => ("✔", 32),
        Sign::Warning => ("⚠", 33),
        Sign::Fault => ("✖", 31),
    };
    if colour {
        format!("\u{1b}[{code}m{sign}\u{1b}[0m")
    } else {
        sign.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_says_what_it_comes_to() {
        let mut report = Report::default();
        report.good("Database", "PostgreSQL answers");
        assert_eq!(
            report.text(false, true),
            "Database\n  ✔ PostgreSQL answers\n\nAll good: `zeitnah serve` will work.\n"
        );
        report.warning("Slack", None, "odd".into(), "look");
        assert!(
            report
                .text(false, true)
                .ends_with("1 warning, no fault: `zeitnah serve` will work.\n")
        );
        report.fault("Slack", Some("zeitnah.toml:3".into()), "wrong".into(), "mend it");
        let text = report.text(true, true);
        assert!(
            text.contains("\u{1b}[31m✖\u{1b}[0m zeitnah.toml:3: wrong\n      → mend it\n"),
            "{text}"
        );
        assert!(text.ends_with("1 fault, 1 warning.\n"));
        let json: serde_json::Value = serde_json::from_str(&report.json()).unwrap();
        assert_eq!(json["ok"], false);
        assert_eq!(json["findings"][2]["place"], "zeitnah.toml:3");
    }
}
