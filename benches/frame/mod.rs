//! What all measurements say about themselves: on what they ran, and how long things took.

use std::time::Duration;

pub fn build() -> &'static str {
    if cfg!(debug_assertions) {
        "debug"
    } else {
        "optimised"
    }
}

pub fn report(what: &str, took: &mut [Duration]) {
    took.sort();
    let at = |share: f64| took[((took.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0;
    println!(
        "{what:<35} {:>9.1} ms p50 {:>9.1} ms p99 {:>9.1} ms max {:>6} samples",
        at(0.5),
        at(0.99),
        at(1.0),
        took.len()
    );
}

/// Over one, five and fifteen minutes: a figure from a busy machine is about the machine.
pub fn load() -> String {
    let all = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    all.split_whitespace().take(3).collect::<Vec<_>>().join(" ")
}
