//! Reading reviews in small steps: one call is one page of one location, and where we are stands in the cursor, so a
//! restart, another replica or an error goes on there. A location's mark moves only when its walk is through.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;

use crate::domain::At;
use crate::domain::item::Incoming;
use crate::port::PortError;
use crate::port::source::CompleteWalk;
use crate::port::source::OddItem;
use crate::port::source::Page;
use crate::source::google::CAPS;
use crate::source::google::Google;
use crate::source::google::settings::Location;
use crate::source::google::wire;
use crate::source::google::wire::Listing;

/// The most that Google gives at once.
const PAGE_SIZE: u32 = 50;
/// The ids of a complete walk travel in the cursor; a location with more reviews is read but not swept.
const MOST_SWEPT: usize = 20_000;

/// Everything we remember between two pages.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Cursor {
    locations: BTreeMap<String, Watermark>,
    walk: Option<Walk>,
    /// When this source was read for the first time.
    first: Option<At>,
}

/// How far a location is known.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Watermark {
    /// The newest change seen.
    updated: Option<At>,
    /// When everything was last listed.
    complete: Option<At>,
    /// It does not let us in, and this has been reported.
    refused: bool,
}

/// A location that is being read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Walk {
    location: String,
    page: Option<String>,
    since: At,
    /// Read until a change older than this; without it, to the end.
    until: Option<At>,
    newest: Option<At>,
    /// What was listed so far, on a walk to the end that can still tell what is missing.
    ids: Option<Vec<String>>,
    /// A page token that Google no longer knows is worth one new beginning.
    restarted: bool,
}

/// One call of `fetch`.
struct Step<'a> {
    google: &'a Google,
    cursor: Cursor,
    now: At,
}

pub async fn step(google: &Google, cursor: Option<Value>, now: At) -> Result<Page, PortError> {
    let locations = google.settings.locations.as_slice();
    // A cursor that an older version wrote differently costs one complete walk, nothing else.
    let mut cursor: Cursor = cursor
        .and_then(|c| serde_json::from_value(c).ok())
        .unwrap_or_default();
    cursor
        .locations
        .retain(|id, _| locations.iter().any(|l| l.id == *id));
    cursor.first.get_or_insert(now);
    let open = cursor
        .walk
        .take()
        .and_then(|w| Some((place(locations, &w.location)?, w)));
    let mut step = Step { google, cursor, now };
    let first = locations
        .first()
        .ok_or_else(|| PortError::never("no location is configured"))?;
    let (location, walk) = open.unwrap_or_else(|| (first, step.begin(first)));

    match google
        .api
        .list(&location.id, PAGE_SIZE, walk.page.as_deref(), now)
        .await
    {
        Ok(listing) => Ok(step.taken(walk, location, listing)),
        Err(PortError::Never { .. }) if walk.page.is_some() && !walk.restarted => {
            step.cursor.walk = Some(Walk {
                restarted: true,
                ..step.begin(location)
            });
            Ok(step.page(Vec::new(), Vec::new(), None))
        }
        Err(error @ (PortError::Denied { .. } | PortError::Gone { .. } | PortError::Never { .. })) => {
            step.refused(location, error).await
        }
        Err(error) => Err(error),
    }
}

fn place<'a>(locations: &'a [Location], id: &str) -> Option<&'a Location> {
    locations.iter().find(|l| l.id == id)
}

impl Step<'_> {
    fn begin(&self, location: &Location) -> Walk {
        let mark = self
            .cursor
            .locations
            .get(&location.id)
            .cloned()
            .unwrap_or_default();
        let every = self.google.settings.sweep_hours;
        let sweep = mark
            .complete
            .is_none_or(|at| every > 0 && self.now - at >= TimeDelta::hours(every));
        let overlap = TimeDelta::hours(self.google.settings.overlap_hours);
        Walk {
            location: location.id.clone(),
            page: None,
            since: self.now,
            until: mark.updated.filter(|_| !sweep).map(|at| at - overlap),
            newest: None,
            ids: sweep.then(Vec::new),
            restarted: false,
        }
    }

    fn taken(mut self, mut walk: Walk, location: &Location, listing: Listing) -> Page {
        let (mut items, mut odd) = (Vec::new(), Vec::new());
        let mut behind = false;
        for (index, value) in listing.reviews.into_iter().enumerate() {
            // A date in the future would hide every change until then.
            let updated = wire::updated(&value).map(|at| at.min(self.now));
            walk.newest = walk.newest.max(updated);
            behind |= walk.until.zip(updated).is_some_and(|(until, at)| at < until);
            match (walk.ids.as_mut(), wire::id(&value)) {
                (Some(ids), Some(id)) if ids.len() < MOST_SWEPT => ids.push(id),
                // A review that we cannot name, or too many to carry: what is missing cannot be told.
                _ => walk.ids = None,
            }
            match wire::review(value, location, CAPS) {
                // Whoever starts today has no thousand old reviews to answer first; one that changes comes anyway.
                Ok(_) if self.is_history(updated) => {}
                Ok(incoming) => items.push(incoming),
                Err(o) => odd.push(OddItem {
                    index,
                    native_id: o.native_id,
                    why: o.why,
                }),
            }
        }
        self.cursor
            .locations
            .entry(location.id.clone())
            .or_default()
            .refused = false;
        let next = listing.next_page_token.filter(|t| !t.is_empty());
        if next.is_some() && next == walk.page {
            // A page that comes again ends the walk before its end, so what is missing cannot be told.
            walk.ids = None;
        }
        let next = next.filter(|t| walk.page.as_ref() != Some(t));
        if let Some(token) = next.filter(|_| !behind) {
            self.cursor.walk = Some(Walk {
                page: Some(token),
                ..walk
            });
            return self.page(items, odd, None);
        }
        let complete = self.finish(walk, location);
        self.page(items, odd, complete)
    }

    fn is_history(&self, updated: Option<At>) -> bool {
        let days = TimeDelta::days(self.google.about.backfill_days);
        self.cursor
            .first
            .zip(updated)
            .is_some_and(|(first, at)| at < first - days)
    }

    /// The location is through: its mark moves and the next one begins.
    fn finish(&mut self, walk: Walk, location: &Location) -> Option<CompleteWalk> {
        let mark = self.cursor.locations.entry(location.id.clone()).or_default();
        mark.updated = mark.updated.max(walk.newest);
        if walk.until.is_none() {
            mark.complete = Some(walk.since);
        }
        self.next(location);
        let ids = walk.ids.filter(|_| walk.until.is_none())?;
        Some(CompleteWalk {
            scope: location.id.clone(),
            ids,
            since: walk.since,
        })
    }

    fn next(&mut self, after: &Location) {
        let next = self
            .google
            .settings
            .locations
            .iter()
            .skip_while(|l| l.id != after.id)
            .nth(1);
        self.cursor.walk = next.map(|l| self.begin(l));
    }

    /// One location that lost its verification must not silence the others; if none lets us in, it is the account.
    async fn refused(mut self, location: &Location, error: PortError) -> Result<Page, PortError> {
        let is_refused = |l: &&Location| self.cursor.locations.get(&l.id).is_some_and(|m| m.refused);
        let others: Vec<_> = self
            .google
            .settings
            .locations
            .iter()
            .filter(|l| l.id != location.id)
            .collect();
        if others.iter().all(is_refused) {
            for other in others {
                if self.google.api.list(&other.id, 1, None, self.now).await.is_ok() {
                    self.cursor.walk = Some(self.begin(other));
                    return Ok(self.page(Vec::new(), Vec::new(), None));
                }
            }
            return Err(error);
        }
        let mark = self.cursor.locations.entry(location.id.clone()).or_default();
        let known = std::mem::replace(&mut mark.refused, true);
        let why = format!("location {}: {error}", location.id);
        let report = (!known).then_some(OddItem {
            index: 0,
            native_id: None,
            why,
        });
        self.next(location);
        Ok(self.page(Vec::new(), report.into_iter().collect(), None))
    }

    fn page(self, items: Vec<Incoming>, odd: Vec<OddItem>, complete: Option<CompleteWalk>) -> Page {
        let more = self.cursor.walk.is_some();
        Page {
            items,
            odd,
            cursor: json!(self.cursor),
            more,
            complete,
        }
    }
}
