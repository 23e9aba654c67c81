//! Reading reviews in small steps: one call is one page, and where we are stands in the cursor. Google shows what was written
//! or changed within a week, newest change first, so nothing is ever concluded from an absence; and whoever does not read for
//! longer than that has lost something, which is said.

use chrono::TimeDelta;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;

use crate::domain::At;
use crate::domain::item::Incoming;
use crate::port::PortError;
use crate::port::source::OddItem;
use crate::port::source::Page;
use crate::source::play::CAPS;
use crate::source::play::Play;
use crate::source::play::WINDOW;
use crate::source::play::wire;
use crate::source::play::wire::Listing;

/// The most that Google gives at once.
const PAGE_SIZE: u32 = 100;
/// A walk uses no more pages than this: more than a million reviews in a week are not ours.
const MOST_PAGES: usize = 10_000;

/// Everything we remember between two pages.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Cursor {
    /// The newest change seen.
    updated: Option<At>,
    /// When the last walk that ended began.
    read: Option<At>,
    walk: Option<Walk>,
    /// When this source was read for the first time.
    first: Option<At>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Walk {
    page: Option<String>,
    /// The tokens of the pages before: one that comes again leads nowhere.
    used: Vec<String>,
    since: At,
    /// Read until a change older than this; without it, to the end.
    until: Option<At>,
    newest: Option<At>,
    /// A page token that Google no longer knows is worth one new beginning.
    restarted: bool,
}

pub async fn step(play: &Play, cursor: Option<Value>, now: At) -> Result<Page, PortError> {
    // A cursor that an older version wrote differently costs one whole walk, nothing else.
    let mut cursor: Cursor = cursor
        .and_then(|c| serde_json::from_value(c).ok())
        .unwrap_or_default();
    cursor.first.get_or_insert(now);
    let open = cursor.walk.take();
    let lost = open.is_none().then(|| lost(&cursor, now)).flatten();
    let walk = open.unwrap_or_else(|| begin(play, &cursor, now));
    match play.api.list(PAGE_SIZE, walk.page.as_deref(), now).await {
        Ok(listing) => {
            let (items, mut odd) = taken(play, &mut cursor, walk, listing, now);
            odd.extend(lost);
            Ok(page(cursor, items, odd))
        }
        Err(PortError::Never { .. }) if walk.page.is_some() && !walk.restarted => {
            cursor.walk = Some(Walk {
                restarted: true,
                ..begin(play, &cursor, now)
            });
            Ok(page(cursor, Vec::new(), Vec::new()))
        }
        Err(error) => Err(error),
    }
}

fn begin(play: &Play, cursor: &Cursor, now: At) -> Walk {
    let overlap = TimeDelta::hours(play.settings.overlap_hours);
    Walk {
        page: None,
        used: Vec::new(),
        since: now,
        until: cursor.updated.map(|at| at - overlap),
        newest: None,
        restarted: false,
    }
}

/// What fell out of the window while nobody read.
fn lost(cursor: &Cursor, now: At) -> Option<OddItem> {
    let (from, to) = (cursor.read?, now - WINDOW);
    (from < to).then(|| OddItem {
        index: 0,
        native_id: None,
        why: format!(
            "nothing was read since {from}, and Google Play shows 7 days only: import the reviews until {to} from the \
             Play Console",
            from = from.format("%Y-%m-%d %H:%M UTC"),
            to = to.format("%Y-%m-%d %H:%M UTC"),
        ),
    })
}

/// What the page brought; the walk goes on in the cursor, or ends and moves the mark.
fn taken(
    play: &Play,
    cursor: &mut Cursor,
    mut walk: Walk,
    listing: Listing,
    now: At,
) -> (Vec<Incoming>, Vec<OddItem>) {
    let (mut items, mut odd) = (Vec::new(), Vec::new());
    let mut behind = false;
    let next = listing.next();
    let days = TimeDelta::days(play.about.backfill_days);
    for (index, value) in listing.reviews.into_iter().enumerate() {
        // A date in the future would hide every change until then.
        let modified = wire::modified(&value).map(|at| at.min(now));
        walk.newest = walk.newest.max(modified);
        behind |= walk.until.zip(modified).is_some_and(|(until, at)| at < until);
        let is_history = cursor
            .first
            .zip(modified)
            .is_some_and(|(first, at)| at < first - days);
        match wire::review(value, &play.settings.app, CAPS) {
            // Whoever starts today has no old reviews to answer first; one that changes comes anyway.
            Ok(_) if is_history => {}
            Ok(incoming) => items.push(incoming),
            Err(o) => odd.push(OddItem {
                index,
                native_id: o.native_id,
                why: o.why,
            }),
        }
    }
    match next.filter(|_| !behind) {
        None => {
            cursor.updated = cursor.updated.max(walk.newest);
            cursor.read = Some(walk.since);
        }
        // A page that comes again ends the walk before its end: the mark stays, and the next walk reads what is behind it. But
        // Google was asked and answered, so no week went by.
        Some(token)
            if walk.page.as_ref() == Some(&token)
                || walk.used.contains(&token)
                || walk.used.len() >= MOST_PAGES =>
        {
            cursor.read = Some(walk.since);
        }
        Some(token) => {
            walk.used.extend(walk.page.replace(token));
            cursor.walk = Some(walk);
        }
    }
    (items, odd)
}

fn page(cursor: Cursor, items: Vec<Incoming>, odd: Vec<OddItem>) -> Page {
    Page {
        items,
        odd,
        more: cursor.walk.is_some(),
        cursor: json!(cursor),
        // What is not in the window may well be there.
        complete: None,
    }
}
