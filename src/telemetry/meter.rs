//! What is counted, said where it happens. The types keep labels few: what is not `&'static` is a name from the
//! configuration.

use std::time::Duration;

use chrono::TimeDelta;

use crate::telemetry::catalogue as is;

/// A connection that asked nothing made room for another one.
pub fn sent_away(listener: &'static str) {
    is::SENT_AWAY.add(&[listener], 1);
}

/// Items that a source handed in, sorted by what was new about them.
pub fn received(source: &str, kind: &'static str, news: &'static str, n: usize) {
    if n > 0 {
        is::ITEMS.add(&[source, kind, news], n as u64);
    }
}

/// A call from outside. `source` is none when no such source is configured: names that strangers type are no labels.
pub fn hooked(source: Option<&str>, result: &'static str) {
    is::HOOKS.add(&[source.unwrap_or("none"), result], 1);
}

/// A chat called us, or somebody who claims to be it.
pub fn called(chat: &str, result: &'static str) {
    is::CALLS.add(&[chat, result], 1);
}

/// There are such calls here, also before the first one: without a zero, nobody can see that none comes.
pub fn may_be_called(chat: &str) {
    for result in ["taken", "refused", "failed"] {
        is::CALLS.add(&[chat, result], 0);
    }
}

/// Fields of a delivery that nobody reads.
pub fn unread(source: &str, fields: usize) {
    is::HOOK_UNREAD.add(&[source], u64::try_from(fields).unwrap_or(u64::MAX));
}

pub fn polled(source: &str, worked: bool) {
    is::POLLS.add(&[source, if worked { "read" } else { "failed" }], 1);
}

pub fn judged(verb: &'static str, outcome: &'static str, took: TimeDelta) {
    is::PRESSES.add(&[verb, outcome], 1);
    is::PRESS_JUDGED.observe(&[verb], seconds(took));
}

pub fn acknowledged(chat: &str, is_form: bool, took: Duration) {
    let kind = if is_form { "form" } else { "press" };
    is::PRESS_ACK.observe(&[chat, kind], took.as_secs_f64());
}

pub fn form_opened(chat: &str, worked: bool, took: Duration) {
    let result = if worked { "opened" } else { "failed" };
    is::FORM_OPENED.observe(&[chat, result], took.as_secs_f64());
}

pub fn tried(kind: &'static str, outcome: &'static str) {
    is::TRIES.add(&[kind, outcome], 1);
}

/// An effect is over: done or given up.
pub fn ended(kind: &'static str, outcome: &'static str, took: TimeDelta) {
    is::EFFECT_TIME.observe(&[kind, outcome], seconds(took));
}

pub fn resolved(kind: &'static str, how: &'static str) {
    is::RESOLVED.add(&[kind, how], 1);
}

/// `far` is a chat or a source that asks us to wait.
pub fn limited(far: &str, method: &'static str, wait_seconds: i64) {
    is::LIMITED.add(&[far, method], 1);
    is::LIMITED_TIME.add(&[far, method], u64::try_from(wait_seconds).unwrap_or(0));
}

pub fn fired(kind: &'static str, late: TimeDelta) {
    is::TIMER_LATE.observe(&[kind], seconds(late));
}

pub fn warned(warning: &'static str, late: TimeDelta) {
    is::WARNING_LATE.observe(&[warning], seconds(late));
}

pub fn digest_sent(digest: &str, late: TimeDelta) {
    is::DIGESTS.add(&[digest], 1);
    is::DIGEST_LATE.observe(&[digest], seconds(late));
}

pub fn reconnected(chat: &str, why: &'static str) {
    is::RECONNECTS.add(&[chat, why], 1);
}

pub fn forgotten(table: &'static str, rows: u64) {
    if rows > 0 {
        is::FORGOTTEN.add(&[table], rows);
    }
}

/// What is true now, asked for a page and not counted along the way. What could not be asked is none and becomes NaN,
/// so that nobody takes an old figure for a new one.
pub fn level(of: &is::Metric, labels: &[&str], value: Option<f64>) {
    of.set(labels, value.unwrap_or(f64::NAN));
}

fn seconds(time: TimeDelta) -> f64 {
    time.as_seconds_f64()
}
