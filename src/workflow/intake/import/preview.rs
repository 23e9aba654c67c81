//! What the rows of an export come to before anything is written: how many there are of which sort, the first of them, and
//! whether enough was understood to write anything.

use std::collections::HashMap;
use std::collections::HashSet;
use std::sync::Arc;

use crate::domain::At;
use crate::domain::item::Incoming;
use crate::domain::item::Standing;
use crate::domain::item::fingerprint;
use crate::domain::item::manner::File;
use crate::domain::item::manner::Manner;
use crate::port::export::Export;
use crate::port::export::FileRow;
use crate::port::export::Told;
use crate::store::import;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::intake::import::rows::Batches;

/// Posts that are shown.
const SHOWN: usize = 3;
/// Bad rows that are said.
const BAD: usize = 5;
const AT_ONCE: usize = 1_000;

#[derive(Debug, Default)]
pub struct Preview {
    pub items: u64,
    pub bad: u64,
    pub answered: u64,
    pub past: u64,
    pub open: u64,
    /// Thrown away where they come from.
    pub left_out: u64,
    pub new: u64,
    pub changed: u64,
    pub known: u64,
    pub older: u64,
    /// Whether the database was asked.
    pub counted: bool,
    pub first: Vec<Incoming>,
    /// The first bad rows: where they stand, and why.
    pub reasons: Vec<(String, String)>,
}

/// Why nothing may be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Nothing {
    /// None of so many rows can be read.
    Unreadable(u64),
    /// There is no post in it.
    Empty,
    /// No row has any of these fields.
    Missing(Vec<&'static str>),
}

impl Desk {
    /// `counted`: also how many of them are known already.
    pub async fn preview(
        &self,
        export: &Arc<dyn Export>,
        source: &str,
        past_before: Option<At>,
        counted: bool,
        now: At,
    ) -> Result<Preview> {
        let manner = Manner::File(File {
            run: 0,
            as_of: export.as_of().unwrap_or(now),
            dates_changes: export.dates_changes(),
            past_before,
            folded: false,
        });
        let mut preview = Preview {
            counted,
            ..Preview::default()
        };
        let mut met = HashSet::new();
        let mut batches = Batches::of(export, 0, AT_ONCE);
        while let Some(rows) = batches.next().await? {
            let items: Vec<Incoming> = rows
                .into_iter()
                .filter_map(|row| preview.take(row, export.as_ref(), &manner))
                .collect();
            if counted {
                self.count(&mut preview, source, &manner, &items, &mut met)
                    .await?;
            }
        }
        Ok(preview)
    }

    async fn count(
        &self,
        preview: &mut Preview,
        source: &str,
        manner: &Manner,
        batch: &[Incoming],
        met: &mut HashSet<u64>,
    ) -> Result<()> {
        let (scopes, ids): (Vec<String>, Vec<String>) = batch
            .iter()
            .map(|i| (i.scope.clone(), i.native_id.clone()))
            .unzip();
        let known = import::known(self.store.pool(), source, &scopes, &ids).await?;
        let known: HashMap<(&str, &str), &import::Known> = known
            .iter()
            .map(|k| ((k.scope.as_str(), k.native_id.as_str()), k))
            .collect();
        for incoming in batch {
            let found = known.get(&(incoming.scope.as_str(), incoming.native_id.as_str()));
            match found {
                None if met.insert(short(incoming)) => preview.new += 1,
                None => preview.known += 1,
                Some(known) if known.fingerprint == fingerprint::of(incoming) => preview.known += 1,
                Some(known) if manner.is_older(incoming.edited_at, known.edition, known.as_of) => {
                    preview.older += 1
                }
                Some(_) => preview.changed += 1,
            }
        }
        Ok(())
    }
}

impl Preview {
    fn take(&mut self, row: FileRow, export: &dyn Export, manner: &Manner) -> Option<Incoming> {
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
                    let place = format!("{}:{}", export.label(row.part), row.line);
                    self.reasons.push((place, why));
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

    /// All of it is there already, as it is in the file.
    pub fn is_known(&self) -> bool {
        self.known > 0 && self.new + self.changed == 0
    }

    /// Nothing is written where nearly nothing was understood.
    pub fn nothing(&self, export: &dyn Export) -> Option<Nothing> {
        if self.items == 0 && self.bad > 0 {
            return Some(Nothing::Unreadable(export.rows_in_all()));
        }
        if self.items == 0 {
            return Some(Nothing::Empty);
        }
        let held = export.held();
        let missing: Vec<&str> = [
            (held.words, "body"),
            (held.stars, "rating"),
            // Where no column is left over, the dates were not overlooked: there are none.
            (held.dates || export.uses_all(), "published_at"),
        ]
        .into_iter()
        .filter(|(has, _)| !has)
        .map(|(_, field)| field)
        .collect();
        (!missing.is_empty()).then_some(Nothing::Missing(missing))
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
