//! Reading reviews in small steps: one call is one page, and where we are stands in the cursor. Nothing tells an edit but the
//! words themselves, so each walk reads the last days again, and now and then everything, which also shows what is missing.

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
use crate::source::appstore::AppStore;
use crate::source::appstore::CAPS;
use crate::source::appstore::wire;
use crate::source::appstore::wire::Document;

/// The most that Apple gives at once.
const PAGE_SIZE: u32 = 200;
/// The ids of a complete walk travel in the cursor; an app with more reviews is read but not swept.
const MOST_SWEPT: usize = 20_000;

/// Everything we remember between two pages.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Cursor {
    /// The newest review seen.
    created: Option<At>,
    /// When everything was last listed.
    complete: Option<At>,
    walk: Option<Walk>,
    /// When this source was read for the first time.
    first: Option<At>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Walk {
    page: Option<String>,
    /// The pages before: one that comes again leads nowhere.
    used: Vec<String>,
    since: At,
    /// Read until a review older than this; without it, to the end.
    until: Option<At>,
    newest: Option<At>,
    /// What was listed so far, on a walk to the end that can still tell what is missing.
    ids: Option<Vec<String>>,
    /// A page that Apple no longer knows is worth one new beginning.
    restarted: bool,
}

/// One call of `fetch`.
struct Step<'a> {
    store: &'a AppStore,
    cursor: Cursor,
    now: At,
}

pub async fn step(store: &AppStore, cursor: Option<Value>, now: At) -> Result<Page, PortError> {
    // A cursor that an older version wrote differently costs one complete walk, nothing else.
    let mut cursor: Cursor = cursor
        .and_then(|c| serde_json::from_value(c).ok())
        .unwrap_or_default();
    cursor.first.get_or_insert(now);
    let open = cursor.walk.take();
    let mut step = Step { store, cursor, now };
    let walk = open.unwrap_or_else(|| step.begin());
    match store.api.list(PAGE_SIZE, walk.page.as_deref(), now).await {
        Ok(listing) => Ok(step.taken(walk, listing)),
        Err(PortError::Never { .. }) if walk.page.is_some() && !walk.restarted => {
            step.cursor.walk = Some(Walk {
                restarted: true,
                ..step.begin()
            });
            Ok(step.page(Vec::new(), Vec::new(), None))
        }
        Err(error) => Err(error),
    }
}

impl Step<'_> {
    fn begin(&self) -> Walk {
        let settings = &self.store.settings;
        let every = TimeDelta::hours(settings.sweep_hours);
        let sweep = self.cursor.complete.is_none_or(|at| self.now - at >= every);
        let overlap = TimeDelta::days(settings.overlap_days);
        let newest = self.cursor.created.filter(|_| !sweep);
        Walk {
            page: None,
            used: Vec::new(),
            since: self.now,
            until: newest.map(|at| at - overlap),
            newest: None,
            ids: sweep.then(Vec::new),
            restarted: false,
        }
    }

    fn taken(mut self, mut walk: Walk, listing: Document<Vec<Value>>) -> Page {
        let (mut items, mut odd) = (Vec::new(), Vec::new());
        let mut behind = false;
        let total = listing.total();
        let Document {
            data,
            included,
            links,
            ..
        } = listing;
        if data.is_none() {
            walk.ids = None;
        }
        for (index, value) in data.unwrap_or_default().into_iter().enumerate() {
            // A date in the future would hide every review until then.
            let created = wire::created(&value).map(|at| at.min(self.now));
            walk.newest = walk.newest.max(created);
            behind |= walk.until.zip(created).is_some_and(|(until, at)| at < until);
            match (walk.ids.as_mut(), wire::id(&value)) {
                (Some(ids), Some(id)) if ids.len() < MOST_SWEPT => ids.push(id),
                // A review that we cannot name, or too many to carry: what is missing cannot be told.
                _ => walk.ids = None,
            }
            match wire::review(value, &included, &self.store.settings.app, CAPS) {
                // Whoever starts today has no thousand old reviews to answer first.
                Ok(_) if self.is_history(created) => {}
                Ok(incoming) => items.push(incoming),
                Err(o) => odd.push(OddItem {
                    index,
                    native_id: None,
                    why: o.why,
                }),
            }
        }
        let complete = self.go_on(walk, links.next.as_deref().filter(|_| !behind), total);
        self.page(items, odd, complete)
    }

    /// The walk goes on in the cursor, or it is through and moves the mark.
    fn go_on(&mut self, mut walk: Walk, next: Option<&str>, total: Option<u64>) -> Option<CompleteWalk> {
        if let Some(next) = next {
            let cursor = self.store.api.cursor(next)?;
            // A page that comes again ends the walk before its end: the mark stays, and nothing counts as missing.
            if walk.page.as_ref() != Some(&cursor) && !walk.used.contains(&cursor) {
                walk.used.extend(walk.page.replace(cursor));
                self.cursor.walk = Some(walk);
            }
            return None;
        }
        self.cursor.created = self.cursor.created.max(walk.newest);
        if walk.until.is_some() {
            return None;
        }
        self.cursor.complete = Some(walk.since);
        let ids = walk.ids?;
        let is_short = |total: u64| u64::try_from(ids.len()).is_ok_and(|listed| listed < total);
        if total.is_some_and(is_short) {
            return None;
        }
        Some(CompleteWalk {
            scope: self.store.settings.app.id.clone(),
            ids,
            since: walk.since,
        })
    }

    fn is_history(&self, created: Option<At>) -> bool {
        let days = TimeDelta::days(self.store.about.backfill_days);
        self.cursor
            .first
            .zip(created)
            .is_some_and(|(first, at)| at < first - days)
    }

    fn page(self, items: Vec<Incoming>, odd: Vec<OddItem>, complete: Option<CompleteWalk>) -> Page {
        Page {
            items,
            odd,
            more: self.cursor.walk.is_some(),
            cursor: json!(self.cursor),
            complete,
        }
    }
}
