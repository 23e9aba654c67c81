//! Our own door: pushes from sources, Slack in HTTP mode, health.

use std::net::SocketAddr;

use crate::reader::table::Table;
use crate::reader::url::url;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Http {
    pub listen: SocketAddr,
    /// Where operators ask; none where they ask at `listen`.
    pub operator_listen: Option<SocketAddr>,
    /// For how long we go on after we have said that we stop.
    pub drain_seconds: u64,
    /// How the world reaches us, without a slash at its end.
    pub public_url: Option<String>,
}

pub fn read(table: Table) -> Option<Http> {
    let listen = address(&table, "listen");
    let operator_listen = address(&table, "operator_listen");
    let drain_seconds = table.integer("drain_seconds", 0..=60);
    let public_url = url(&table, "public_url");
    let is_encrypted = public_url.as_ref().is_some_and(|url| url.starts_with("https://"));
    if listen.is_some_and(|at| !at.ip().is_loopback()) && !is_encrypted {
        let what = "we speak plain HTTP, and this address can be reached from other machines";
        let remedy = "put a proxy with TLS in front and write its address as public_url = \"https://…\"";
        table.reading.warn(table.line_of("listen"), what, remedy);
    }
    let is_shared = listen.is_some() && listen == operator_listen;
    if is_shared && public_url.is_some() {
        let what = "/metrics and the figures of /health/ready are told to the world";
        let remedy = "give operator_listen an address of its own, and forward only `listen`";
        table.reading.warn(table.line_of("operator_listen"), what, remedy);
    }
    table.close();
    Some(Http {
        listen: listen?,
        operator_listen: operator_listen.map(|at| (!is_shared).then_some(at))?,
        drain_seconds: drain_seconds.and_then(|n| u64::try_from(n).ok())?,
        public_url,
    })
}

fn address(table: &Table, key: &'static str) -> Option<SocketAddr> {
    let given = table.string(key)?;
    let found = given.value.parse().ok();
    if found.is_none() {
        let what = format!(
            "`{}` = {:?} is no address to listen on",
            table.dotted(key),
            given.value
        );
        table.fault(
            key,
            what,
            "write a number address and a port, for example \"127.0.0.1:8080\"",
        );
    }
    found
}
