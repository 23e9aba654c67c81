//! Reading platforms that list what they have place by place, the newest first, and page by page. One call is one page, and
//! where we are stands in the cursor, so a restart, another replica or an error goes on there. What was changed further down
//! does not come up again in such a list: so every walk reads what is not old yet once more, and now and then one goes to
//! the end. A place's mark moves only when its walk is through.

use std::collections::BTreeMap;

use async_trait::async_trait;
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

/// The ids of a walk to the end travel in the cursor; a place with more items is read, but what is missing is not told.
const MOST_SWEPT: usize = 20_000;

/// What is listed on its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its name in the cursor.
    pub id: String,
    /// The scope of its items, and whoever may read one list of a scope may read the others.
    pub scope: String,
    /// All items of the scope are in it. Another list is read for its news only, never to its end.
    pub is_whole: bool,
}

/// One line of a list.
#[derive(Debug, PartialEq)]
pub struct Row {
    pub id: Option<String>,
    /// By what the list is sorted.
    pub at: Option<At>,
    /// Or why it cannot be understood.
    pub item: Result<Incoming, String>,
}

/// One page of a list.
#[derive(Debug, PartialEq)]
pub struct Listed {
    /// None: the answer held no list at all, which says nothing about what is there.
    pub rows: Option<Vec<Row>>,
    /// Where the next page is.
    pub next: Option<String>,
    /// It holds less than was asked for, so it may be the last one: good enough, unless all of it is needed.
    pub is_short: bool,
}

/// A platform's list.
#[async_trait]
pub trait Lists: Send + Sync {
    async fn page(&self, place: &Place, page: Option<&str>, now: At) -> Result<Listed, PortError>;

    /// Whether an error is about all places, whatever their scope: then no other one has to be asked.
    fn is_of_all(&self, _error: &PortError) -> bool {
        false
    }
}

/// How a source wants to be read.
#[derive(Debug, Clone, Copy)]
pub struct Habits {
    /// How far behind the newest known item each walk reads.
    pub overlap: TimeDelta,
    /// How often a walk goes to the end; zero is only once, at the very beginning.
    pub sweep: TimeDelta,
    /// What is older at the first look is history.
    pub backfill: TimeDelta,
}

/// Everything that is remembered between two pages.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Cursor {
    places: BTreeMap<String, Mark>,
    walk: Option<Walk>,
    /// When this source was read for the first time.
    first: Option<At>,
}

/// How far a place is known.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Mark {
    newest: Option<At>,
    /// When a walk to the end began last.
    complete: Option<At>,
    /// It does not let us in, and this has been reported.
    refused: bool,
}

/// A place that is being read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Walk {
    place: String,
    page: Option<String>,
    since: At,
    /// Read until something older than this; without it, to the end.
    until: Option<At>,
    newest: Option<At>,
    /// What was listed so far, on a walk to the end that can still tell what is missing.
    ids: Option<Vec<String>>,
    /// What the page before began with.
    began_with: Option<String>,
    /// A page that the platform does not know any more is worth one new beginning.
    restarted: bool,
}

struct Step<'a> {
    lists: &'a dyn Lists,
    places: &'a [Place],
    habits: Habits,
    cursor: Cursor,
    now: At,
}

/// One call of `fetch`.
pub async fn step(
    lists: &dyn Lists,
    places: &[Place],
    habits: Habits,
    cursor: Option<Value>,
    now: At,
) -> Result<Page, PortError> {
    // A cursor that an older version wrote differently costs one walk to the end, nothing else.
    let mut cursor: Cursor = cursor
        .and_then(|c| serde_json::from_value(c).ok())
        .unwrap_or_default();
    cursor
        .places
        .retain(|id, _| places.iter().any(|place| place.id == *id));
    cursor.first.get_or_insert(now);
    let open = cursor
        .walk
        .take()
        .and_then(|walk| Some((places.iter().find(|place| place.id == walk.place)?, walk)));
    let step = Step {
        lists,
        places,
        habits,
        cursor,
        now,
    };
    let first = places
        .first()
        .ok_or_else(|| PortError::never("nothing is configured that could be read"))?;
    let (place, walk) = open.unwrap_or_else(|| (first, step.begin(first)));
    step.go(place, walk).await
}

impl Step<'_> {
    fn begin(&self, place: &Place) -> Walk {
        let mark = self.cursor.places.get(&place.id).cloned().unwrap_or_default();
        let is_due = mark
            .complete
            .is_none_or(|at| self.habits.sweep > TimeDelta::zero() && self.now - at >= self.habits.sweep);
        let sweeps = place.is_whole && is_due;
        let known = mark.newest.unwrap_or(self.now);
        Walk {
            place: place.id.clone(),
            page: None,
            since: self.now,
            until: (!sweeps).then(|| known - self.habits.overlap),
            newest: None,
            ids: sweeps.then(Vec::new),
            began_with: None,
            restarted: false,
        }
    }

    async fn go(mut self, place: &Place, walk: Walk) -> Result<Page, PortError> {
        match self.lists.page(place, walk.page.as_deref(), self.now).await {
            Ok(listed) => Ok(self.taken(walk, place, listed)),
            Err(PortError::Never { .. } | PortError::Gone { .. })
                if walk.page.is_some() && !walk.restarted =>
            {
                self.cursor.walk = Some(Walk {
                    restarted: true,
                    ..self.begin(place)
                });
                Ok(self.page(Vec::new(), Vec::new(), None))
            }
            Err(error) if self.lists.is_of_all(&error) => Err(error),
            Err(error @ (PortError::Denied { .. } | PortError::Gone { .. } | PortError::Never { .. })) => {
                self.refused(place, error).await
            }
            Err(error) => Err(error),
        }
    }

    fn taken(mut self, mut walk: Walk, place: &Place, listed: Listed) -> Page {
        self.cursor.places.entry(place.id.clone()).or_default().refused = false;
        let Some(rows) = listed.rows else {
            return self.dropped(place, Vec::new(), Vec::new());
        };
        let begins_with = rows.first().and_then(|row| row.id.clone());
        let is_repeated = begins_with.is_some() && begins_with == walk.began_with;
        let (mut items, mut odd) = (Vec::new(), Vec::new());
        let mut behind = false;
        for (index, row) in rows.into_iter().enumerate() {
            // A date in the future would hide every change until then.
            let at = row.at.map(|at| at.min(self.now));
            walk.newest = walk.newest.max(at);
            behind |= walk.until.zip(at).is_some_and(|(until, at)| at < until);
            match (walk.ids.as_mut(), &row.id) {
                (Some(ids), Some(id)) if ids.len() < MOST_SWEPT => ids.push(id.clone()),
                // One that we cannot name, or too many to carry: what is missing cannot be told.
                _ => walk.ids = None,
            }
            match row.item {
                // Whoever starts today has no thousand old ones to answer first; one that changes comes anyway.
                Ok(incoming) if self.is_history(at.max(incoming.edited_at)) => {}
                Ok(incoming) => items.push(incoming),
                Err(why) => odd.push(OddItem {
                    index,
                    native_id: row.id,
                    why,
                }),
            }
        }
        if is_repeated || (listed.next.is_some() && listed.next == walk.page) {
            return self.dropped(place, items, odd);
        }
        let is_enough = behind || (listed.is_short && walk.until.is_some());
        if let Some(next) = listed.next.filter(|_| !is_enough) {
            self.cursor.walk = Some(Walk {
                page: Some(next),
                began_with: begins_with,
                ..walk
            });
            return self.page(items, odd, None);
        }
        let complete = self.finish(walk, place);
        self.page(items, odd, complete)
    }

    fn is_history(&self, at: Option<At>) -> bool {
        self.cursor
            .first
            .zip(at)
            .is_some_and(|(first, at)| at < first - self.habits.backfill)
    }

    /// The walk ended before its end: nothing is known to be missing, and the next one begins where this one did.
    fn dropped(mut self, place: &Place, items: Vec<Incoming>, odd: Vec<OddItem>) -> Page {
        self.next(place);
        self.page(items, odd, None)
    }

    /// The place is through: its mark moves and the next one begins.
    fn finish(&mut self, walk: Walk, place: &Place) -> Option<CompleteWalk> {
        let mark = self.cursor.places.entry(place.id.clone()).or_default();
        mark.newest = mark.newest.max(walk.newest);
        if walk.until.is_none() {
            mark.complete = Some(walk.since);
        }
        self.next(place);
        let ids = walk.ids.filter(|_| walk.until.is_none())?;
        Some(CompleteWalk {
            scope: place.scope.clone(),
            ids,
            since: walk.since,
        })
    }

    fn next(&mut self, after: &Place) {
        let next = self.places.iter().skip_while(|p| p.id != after.id).nth(1);
        self.cursor.walk = next.map(|place| self.begin(place));
    }

    /// One scope that does not let us in must not silence the others; if none does, it is the account.
    async fn refused(mut self, place: &Place, error: PortError) -> Result<Page, PortError> {
        let refused = |id: &str| self.cursor.places.get(id).is_some_and(|mark| mark.refused);
        let all = self.places.iter();
        let is_refused = |p: &&Place| all.clone().any(|q| q.scope == p.scope && refused(&q.id));
        let others: Vec<&Place> = all.clone().filter(|p| p.scope != place.scope).collect();
        if others.iter().all(is_refused) {
            for other in others {
                if self.lists.page(other, None, self.now).await.is_ok() {
                    self.cursor.walk = Some(self.begin(other));
                    return Ok(self.page(Vec::new(), Vec::new(), None));
                }
            }
            return Err(error);
        }
        let mark = self.cursor.places.entry(place.id.clone()).or_default();
        let known = std::mem::replace(&mut mark.refused, true);
        let why = format!("{}: {error}", place.id);
        let report = (!known).then_some(OddItem {
            index: 0,
            native_id: None,
            why,
        });
        let mut later = self.places.iter().skip_while(|p| p.id != place.id);
        let next = later.find(|p| p.scope != place.scope);
        self.cursor.walk = next.map(|place| self.begin(place));
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
