//! Logs: text for a person at a terminal, JSON for machines. Never a customer's words, a person's name or a secret;
//! ids and counts are enough to find the rest in the database.

use std::fs::File;
use std::io::IsTerminal;
use std::sync::Mutex;

use tracing_subscriber::EnvFilter;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Auto,
    Text,
    Json,
}

/// `level` as in RUST_LOG, which wins when it is set. The libraries log only their warnings: slack-morphism's debug
/// lines hold whole bodies.
pub fn start(format: Format, level: &str) {
    let filter = filter(level);
    let json = match format {
        Format::Auto => !std::io::stderr().is_terminal(),
        Format::Text => false,
        Format::Json => true,
    };
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false);
    // A second start, as in tests, changes nothing.
    let started = if json {
        // One flat object a line, so that a field is found by its own name.
        lines
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(false)
            .try_init()
    } else {
        lines.compact().try_init()
    };
    drop(started);
}

/// Into a file instead, where a terminal is for people who have not asked for logs.
pub fn start_in(file: File, level: &str) {
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter(level))
        .with_writer(Mutex::new(file))
        .with_ansi(false)
        .with_target(false);
    drop(lines.compact().try_init());
}

fn filter(level: &str) -> EnvFilter {
    let default = format!("warn,zeitnah={level}");
    EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default))
}
