//! Every figure of `/metrics`: its name, its labels and what it means, in one place. A dashboard or an alert that
//! names something else is wrong, and a test says so.

use metrics::Label;
use metrics_exporter_prometheus::BuildError;
use metrics_exporter_prometheus::Matcher;
use metrics_exporter_prometheus::PrometheusBuilder;
use metrics_exporter_prometheus::PrometheusHandle;
use metrics_exporter_prometheus::PrometheusRecorder;

/// The values of a figure's labels, in the order of its `labels`.
type Values<'a> = &'a [&'a str];

pub struct Metric {
    pub name: &'static str,
    pub kind: FigureKind,
    /// Each takes few values, all of them from the code or from the configuration.
    pub labels: &'static [&'static str],
    pub help: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum FigureKind {
    Counter,
    Gauge,
    /// Seconds, with the upper ends of its buckets.
    Histogram(&'static [f64]),
}

/// While a person waits.
const AT_ONCE: &[f64] = &[
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 5.0, 10.0, 30.0, 60.0,
];
/// While a far side may be away.
const IN_TIME: &[f64] = &[
    0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3600.0, 14400.0, 86400.0,
];

macro_rules! metrics {
    ($($(#[$of:meta])* $constant:ident = $name:literal, $kind:expr, $labels:expr, $help:literal;)+) => {
        $($(#[$of])* pub const $constant: Metric = Metric {
            name: $name, kind: $kind, labels: &$labels, help: $help,
        };)+

        pub const ALL: &[Metric] = &[$($constant),+];
    };
}

metrics! {
    ITEMS = "zeitnah_items_received_total", FigureKind::Counter, ["source", "kind", "news"],
        "Reviews, questions and the like that sources handed in; news is new, changed, unchanged or aside (its item cannot be read yet)";
    HOOKS = "zeitnah_hook_deliveries_total", FigureKind::Counter, ["source", "result"],
        "Calls to POST /hook/{source} by what they were answered with";
    HOOK_UNREAD = "zeitnah_hook_fields_ignored_total", FigureKind::Counter, ["source"],
        "Fields of deliveries that are kept and not used, because they are not in the schema";
    POLLS = "zeitnah_source_polls_total", FigureKind::Counter, ["source", "result"],
        "Pages read from sources; result is read or failed";
    SOURCE_LAG = "zeitnah_source_lag_seconds", FigureKind::Gauge, ["source"],
        "Time since a polled source was last read without a failure";
    SOURCE_FAILURES = "zeitnah_source_failures", FigureKind::Gauge, ["source"],
        "Failed reads of a polled source since the last one that worked";

    PRESSES = "zeitnah_presses_total", FigureKind::Counter, ["verb", "outcome"],
        "Buttons, forms and commands by what they came to";
    PRESS_ACK = "zeitnah_press_acknowledged_seconds", FigureKind::Histogram(AT_ONCE), ["chat", "kind"],
        "From a delivery's arrival to its acknowledgement; chats give up after 3 s; kind is press or form";
    PRESS_JUDGED = "zeitnah_press_judged_seconds", FigureKind::Histogram(AT_ONCE), ["verb"],
        "From writing a press down to the decision about it";
    FORM_OPENED = "zeitnah_form_opened_seconds", FigureKind::Histogram(AT_ONCE), ["chat", "result"],
        "From a press's arrival to the chat's answer about the form that it opens; result is opened or failed";
    PRESSES_LEFT = "zeitnah_presses_waiting", FigureKind::Gauge, [],
        "Presses that are written down and not yet decided";

    TRIES = "zeitnah_effect_tries_total", FigureKind::Counter, ["kind", "outcome"],
        "Tries to do something outside by how they ended; unknown means that nobody can tell yet";
    EFFECT_TIME = "zeitnah_effect_seconds", FigureKind::Histogram(IN_TIME), ["kind", "outcome"],
        "From when something outside could first be tried to its end; outcome is done or dead";
    RESOLVED = "zeitnah_unknown_resolved_total", FigureKind::Counter, ["kind", "how"],
        "Unknown outcomes that came to an end: settled, missing (and done anew), given_up, or left to a person";
    EFFECTS = "zeitnah_effects", FigureKind::Gauge, ["state"],
        "Rows of the outbox by state: due, waiting (for their time), newer (only a newer version can do them), sending, unknown, dead";
    OUTBOX_AGE = "zeitnah_outbox_age_seconds", FigureKind::Gauge, [],
        "How long the oldest effect could have been tried and was not; waiting for a rate limit does not count";
    LIMITED = "zeitnah_rate_limits_total", FigureKind::Counter, ["far", "method"],
        "Times that a far side asked us to slow down";
    LIMITED_TIME = "zeitnah_rate_limit_wait_seconds_total", FigureKind::Counter, ["far", "method"],
        "Seconds that far sides asked us to wait";

    TIMER_LATE = "zeitnah_timer_lateness_seconds", FigureKind::Histogram(IN_TIME), ["kind"],
        "From a timer's time to the look that it asked for";
    WARNING_LATE = "zeitnah_deadline_lateness_seconds", FigureKind::Histogram(IN_TIME), ["warning"],
        "From the time at which a reminder or an overdue note should be in the chat to when it was there";
    TIMERS_AGE = "zeitnah_timer_age_seconds", FigureKind::Gauge, [],
        "How long the oldest timer has been due; grows when nobody looks";
    DIGESTS = "zeitnah_digests_total", FigureKind::Counter, ["digest"],
        "Digests that were sent";
    DIGEST_LATE = "zeitnah_digest_lateness_seconds", FigureKind::Histogram(IN_TIME), ["digest"],
        "From a digest's time to when it was in the chat";

    OPEN = "zeitnah_items_open", FigureKind::Gauge, ["state"],
        "Items that somebody still owes an answer: open, claimed, snoozed";
    OVERDUE = "zeitnah_items_overdue", FigureKind::Gauge, [],
        "Open items whose deadline has passed";
    CARDS = "zeitnah_cards_behind", FigureKind::Gauge, ["what"],
        "Cards that are stale (show an older state), unposted (not in the chat yet) or folded (wait for room in a full channel)";

    CALLS = "zeitnah_chat_calls_total", FigureKind::Counter, ["chat", "result"],
        "Calls of chats that reach us by HTTP: taken, refused (their signature is not the chat's), failed (not kept)";

    SOCKETS = "zeitnah_sockets_connected", FigureKind::Gauge, ["chat"],
        "Sockets of this process on which the chat has said hello";
    SOCKETS_WANTED = "zeitnah_sockets_wanted", FigureKind::Gauge, ["chat"],
        "Sockets that this process should have";
    RECONNECTS = "zeitnah_socket_reconnects_total", FigureKind::Counter, ["chat", "why"],
        "Sockets that ended and were made anew";

    SENT_AWAY = "zeitnah_connections_sent_away_total", FigureKind::Counter, ["listener"],
        "Connections that asked nothing and made room for others because all places were taken; listener is world or operators";

    UNREAD = "zeitnah_rows_unread", FigureKind::Gauge, ["table"],
        "Rows that have waited for five minutes because this version cannot read them, or has not their chat: effect, timer, inbox, odd_item (what sources told)";

    CLOSED = "zeitnah_closed_seconds", FigureKind::Gauge, ["chat", "what"],
        "For how long a chat still keeps something closed to us, at most: token, bot, line, room, right, message or call; 0 when nothing is";

    DATABASE_UP = "zeitnah_database_up", FigureKind::Gauge, [],
        "1 when the database answered for this page; without it, figures from the database are NaN";
    CONNECTIONS = "zeitnah_database_connections", FigureKind::Gauge, ["state"],
        "Connections of this process: used, idle";
    CONNECTIONS_MAX = "zeitnah_database_connections_max", FigureKind::Gauge, [],
        "Connections that this process may have";
    FORGOTTEN = "zeitnah_rows_forgotten_total", FigureKind::Counter, ["table"],
        "Rows deleted because their time of keeping was over";

    BUILD = "zeitnah_build_info", FigureKind::Gauge, ["version"],
        "1, with the version";
    STARTED = "process_start_time_seconds", FigureKind::Gauge, [],
        "When this process started, in seconds since 1970";
    MEMORY = "process_resident_memory_bytes", FigureKind::Gauge, [],
        "Memory that this process holds";
}

impl Metric {
    pub(super) fn add(&self, values: Values, n: u64) {
        metrics::counter!(self.name, self.labelled(values)).increment(n);
    }

    pub(super) fn set(&self, values: Values, value: f64) {
        metrics::gauge!(self.name, self.labelled(values)).set(value);
    }

    pub(super) fn observe(&self, values: Values, seconds: f64) {
        metrics::histogram!(self.name, self.labelled(values)).record(seconds.max(0.0));
    }

    fn labelled(&self, values: Values) -> Vec<Label> {
        let pairs = self.labels.iter().zip(values);
        pairs
            .map(|(name, value)| Label::new(*name, (*value).to_owned()))
            .collect()
    }

    fn describe(&self) {
        match self.kind {
            FigureKind::Counter => metrics::describe_counter!(self.name, self.help),
            FigureKind::Gauge => metrics::describe_gauge!(self.name, self.help),
            FigureKind::Histogram(_) => metrics::describe_histogram!(self.name, self.help),
        }
    }
}

/// Where figures are collected, and the page that they become.
#[derive(Clone)]
pub struct Scrape(PrometheusHandle);

impl Scrape {
    /// A collection of its own. It collects once it is the process's recorder, or a test's.
    pub fn open() -> Result<(Self, PrometheusRecorder), BuildError> {
        let mut builder = PrometheusBuilder::new();
        for metric in ALL {
            if let FigureKind::Histogram(buckets) = metric.kind {
                builder = builder.set_buckets_for_metric(Matcher::Full(metric.name.to_owned()), buckets)?;
            }
        }
        let recorder = builder.build_recorder();
        metrics::with_local_recorder(&recorder, || ALL.iter().for_each(Metric::describe));
        Ok((Self(recorder.handle()), recorder))
    }

    /// Collects for the whole process from now on. Once; whoever comes later sees an empty page.
    pub fn install() -> Result<Self, BuildError> {
        let (scrape, recorder) = Self::open()?;
        if metrics::set_global_recorder(recorder).is_err() {
            tracing::warn!("figures are collected elsewhere already");
        }
        Ok(scrape)
    }

    /// The page, in Prometheus' text format.
    pub fn page(&self) -> String {
        self.0.render()
    }

    /// Folds what was observed into the histograms. Needed now and then, else it piles up where nobody scrapes.
    pub fn fold(&self) {
        self.0.run_upkeep();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_conventions() {
        let mut names: Vec<&str> = ALL.iter().map(|m| m.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ALL.len(), "a name is used twice");
        for metric in ALL {
            let Metric { name, kind, help, .. } = metric;
            assert!(
                name.starts_with("zeitnah_") || name.starts_with("process_"),
                "{name}"
            );
            assert_eq!(name.ends_with("_total"), *kind == FigureKind::Counter, "{name}");
            assert!(
                !matches!(kind, FigureKind::Histogram(_)) || name.ends_with("_seconds"),
                "{name}"
            );
            assert!(help.len() > 10 && !help.ends_with('.'), "{name}: {help}");
        }
    }

    #[test]
    fn a_histogram_has_the_buckets_of_its_kind() {
        let (scrape, recorder) = Scrape::open().unwrap();
        metrics::with_local_recorder(&recorder, || {
            PRESS_ACK.observe(&["chat", "press"], 0.2);
            PRESS_ACK.observe(&["chat", "press"], -1.0);
        });
        let page = scrape.page();
        for line in [
            "# HELP zeitnah_press_acknowledged_seconds From a delivery",
            "# TYPE zeitnah_press_acknowledged_seconds histogram",
            r#"zeitnah_press_acknowledged_seconds_bucket{chat="chat",kind="press",le="0.1"} 1"#,
            r#"zeitnah_press_acknowledged_seconds_bucket{chat="chat",kind="press",le="0.25"} 2"#,
        ] {
            assert!(page.contains(line), "{line} is not in\n{page}");
        }
    }
}
