//! The team whose work is measured: one channel, a shop that pushes, one person. And what the process itself takes.

/// `chat` is the chat's section, `room` and `person` as the file names them there; `reply` says where the shop takes answers.
pub fn file(chat: &str, room: &str, person: &str, reply: &str) -> String {
    format!(
        r#"
{chat}
[[channel]]
name = "care"
{room}
language = "de"
time_zone = "Europe/Berlin"
[default_route]
to = ["care"]
deadline = "24h"
[[source]]
name = "shop"
kind = "push"
{reply}
[[role]]
role = "responder"
{person}
"#
    )
}

/// Resident, in MB.
pub fn memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find(|l| l.starts_with("VmRSS:"))
        .unwrap_or_default();
    let kilobytes = line.split_whitespace().nth(1).and_then(|n| n.parse::<f64>().ok());
    kilobytes.unwrap_or(f64::NAN) / 1024.0
}
