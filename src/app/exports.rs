//! The configuration's sources as those that exports can be for, each with what the file says about its exports.

use std::sync::Arc;

use chrono_tz::Tz;

use crate::config::Config;
use crate::config::source::Source;
use crate::domain::At;
use crate::port::export::Export;
use crate::port::export::Exports;
use crate::port::export::Unread;
use crate::source::file;
use crate::source::file::FileError;
use crate::source::file::Handed;
use crate::source::file::Looked;
use crate::source::file::Wish;

pub struct Files {
    sources: Vec<Source>,
}

impl Files {
    pub fn of(config: &Config) -> Self {
        Self {
            sources: config.sources.clone(),
        }
    }

    fn source(&self, name: &str) -> Option<&Source> {
        self.sources.iter().find(|s| s.about.name == name)
    }
}

impl Exports for Files {
    fn sources(&self) -> Vec<String> {
        self.sources.iter().map(|s| s.about.name.clone()).collect()
    }

    fn backfill_days(&self, source: &str) -> i64 {
        self.source(source).map_or(0, |s| s.about.backfill_days)
    }

    fn not_understood(&self, said: &str) -> Option<String> {
        let mut wish = Wish::new(Tz::UTC, At::UNIX_EPOCH);
        lines(said).find(|line| !wish.said(line)).map(str::to_owned)
    }

    fn look(
        &self,
        source: &str,
        name: &str,
        bytes: Arc<[u8]>,
        said: &str,
        zone: Tz,
        now: At,
    ) -> Result<Arc<dyn Export>, Unread> {
        let odd = |why: String| Unread {
            why,
            by_columns: false,
        };
        let found = self.source(source);
        let source = found.ok_or_else(|| odd(format!("there is no source {source:?} any more")))?;
        let mut wish = wish(source, zone, now).map_err(odd)?;
        for line in lines(said) {
            wish.said(line);
        }
        let handed = Handed::Bytes {
            name: name.to_owned(),
            bytes,
        };
        let export = file::Export::survey_handed(&[handed], wish, |_| {}).map_err(|e| match e {
            // What is said here names the file already.
            FileError::In(label, e) if label == name => odd(e.to_string()),
            FileError::Unknown { why, has, .. } => Unread {
                why: format!("{why}; it has {has}"),
                by_columns: true,
            },
            e @ FileError::NoColumn(_) => Unread {
                why: e.to_string(),
                by_columns: true,
            },
            e => odd(e.to_string()),
        })?;
        Ok(Arc::new(Looked::through(
            export,
            &source.about.name,
            source.settings.clone(),
        )))
    }
}

/// What somebody typed, one thing after the other. The example in the empty field stands in one line, and is written likewise.
fn lines(said: &str) -> impl Iterator<Item = &str> {
    let parts = said.lines().flat_map(|line| line.split(" · "));
    parts.map(str::trim).filter(|part| !part.is_empty())
}

/// What the file says about the exports of a source.
pub fn wish(source: &Source, zone: Tz, now: At) -> Result<Wish, String> {
    let mut wish = Wish::new(zone, now);
    wish.language.clone_from(&source.language);
    for (field, column) in &source.columns {
        wish.map(field, column).map_err(|e| e.to_string())?;
    }
    if let Some(scale) = &source.scale {
        scaled(&mut wish, scale)?;
    }
    Ok(wish)
}

/// `10`, `0-10`; `6-1` for school marks, of which one is the best.
pub fn scaled(wish: &mut Wish, scale: &str) -> Result<(), String> {
    match wish.scaled(scale) {
        true => Ok(()),
        false => Err(format!(
            "the scale {scale:?}: write its best rating, such as 10, or the worst and the best, such as 0-10 or 6-1"
        )),
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Europe::Berlin;

    use super::*;
    use crate::port::export::Told;

    const FILE: &str = r#"
[slack]
[[channel]]
name = "care"
slack = "C0CARE"
[default_route]
to = ["care"]
deadline = "24h"
[[role]]
role = "responder"
slack_user = "U0ANNA"
[[source]]
name = "shop"
kind = "push"
language = "en"
scale = "0-10"
columns = { body = "Anmerkung", rating = "Note" }
"#;
    const SECRET: &str = "whsec_Zm9ydW0tbmV3LXNlY3JldC1ub3QtYS1zZWNyZXQ=";

    #[test]
    fn what_the_file_says_of_a_source_holds_for_its_exports_and_whoever_hands_one_in_knows_better() {
        let config = Config::parse("zeitnah.toml", FILE, &|_: &str| Some(SECRET.to_owned())).unwrap();
        let files = Files::of(&config);
        let text = "ID;Datum;Note;Anmerkung;Urteil\n1;20.11.2026;7;Super;Ganz und gar nicht\n";
        let first = |said: &str| {
            let bytes = text.as_bytes().to_vec().into();
            let looked = files.look("shop", "a.csv", bytes, said, Berlin, At::UNIX_EPOCH);
            let row = looked.unwrap().rows(0).next().unwrap().unwrap();
            match row.parsed.unwrap() {
                Told::Item(item) => *item,
                other => panic!("{other:?}"),
            }
        };
        let item = first("");
        assert_eq!(
            (
                item.body.as_deref(),
                item.rating.unwrap().max,
                item.language.as_deref()
            ),
            (Some("Super"), 10.0, Some("en")),
            "a word that could be any language is the source's"
        );
        let item = first("Text = Urteil\nSkala = 20");
        assert_eq!(
            (item.body.as_deref(), item.rating.unwrap().max),
            (Some("Ganz und gar nicht"), 20.0)
        );
        assert_eq!(
            files.not_understood("Text = Urteil · Skala = 10\n\nso nicht"),
            Some("so nicht".to_owned())
        );
        let item = first("Text = Urteil · Skala = 20");
        assert_eq!(item.body.as_deref(), Some("Ganz und gar nicht"), "in one line");
        let look = |bytes: &[u8], said: &str| {
            let looked = files.look(
                "shop",
                "b.csv",
                bytes.to_vec().into(),
                said,
                Berlin,
                At::UNIX_EPOCH,
            );
            looked.err().map(|unread| unread.why).unwrap_or_default()
        };
        let missed = look(b"Lfd;Wie war es\n1;Gut\n", "Text = Wie war das");
        assert!(
            missed.starts_with(r#"it has no column "Wie war das"; it has Lfd"#),
            "{missed}"
        );
        let empty = look(b"", "");
        assert!(empty.starts_with("the file is empty"), "named twice: {empty}");
    }
}
