//! The configuration's sources as those that exports can be for, each with what the file says about its exports.

use std::sync::Arc;

use chrono_tz::Tz;

use crate::app::parts::source_settings;
use crate::config::Config;
use crate::config::source::Source;
use crate::domain::At;
use crate::port::export::Export;
use crate::port::export::Exports;
use crate::source::file;
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
        self.sources.iter().find(|s| s.name == name)
    }
}

impl Exports for Files {
    fn sources(&self) -> Vec<String> {
        self.sources.iter().map(|s| s.name.clone()).collect()
    }

    fn backfill_days(&self, source: &str) -> i64 {
        self.source(source).map_or(0, |s| s.backfill_days)
    }

    fn look(
        &self,
        source: &str,
        name: &str,
        bytes: Arc<[u8]>,
        zone: Tz,
        now: At,
    ) -> Result<Arc<dyn Export>, String> {
        let found = self.source(source);
        let source = found.ok_or_else(|| format!("there is no source {source:?} any more"))?;
        let wish = wish(source, zone, now)?;
        let handed = Handed::Bytes {
            name: name.to_owned(),
            bytes,
        };
        let export = file::Export::survey_handed(&[handed], wish, |_| {}).map_err(|e| e.to_string())?;
        Ok(Arc::new(Looked::through(
            export,
            &source.name,
            source_settings(source),
        )))
    }
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
    let (min, max) = scale.split_once('-').unwrap_or(("1", scale));
    let number = |text: &str| text.trim().replace(',', ".").parse::<f64>().ok();
    match (number(min), number(max)) {
        (Some(min), Some(max)) if min != max => {
            wish.scale(min, max);
            Ok(())
        }
        _ => Err(format!(
            "the scale {scale:?}: write its best rating, such as 10, or the worst and the best, such as 0-10 or 6-1"
        )),
    }
}
