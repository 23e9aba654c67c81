//! What operators see of us: log lines and figures. Both know only ids, counts and names from the configuration,
//! never a customer's words, a person's name or a secret.

pub mod catalogue;
pub mod log;
pub mod meter;
pub mod process;

pub use crate::telemetry::catalogue::Scrape;
pub use crate::telemetry::log::Format;
pub use crate::telemetry::log::start;
pub use crate::telemetry::log::start_in;
