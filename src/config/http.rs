//! Our own door: pushes from sources, Slack in HTTP mode, health.

use std::net::SocketAddr;

use crate::config::table::Table;
use crate::config::url::url;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Http {
    pub listen: SocketAddr,
    /// How the world reaches us, without a slash at its end.
    pub public_url: Option<String>,
}

pub fn read(table: Table) -> Option<Http> {
    let listen = listen(&table);
    let public_url = url(&table, "public_url");
    let is_encrypted = public_url.as_ref().is_some_and(|url| url.starts_with("https://"));
    if listen.is_some_and(|at| !at.ip().is_loopback()) && !is_encrypted {
        let what = "we speak plain HTTP, and this address can be reached from other machines";
        let remedy = "put a proxy with TLS in front and write its address as public_url = \"https://…\"";
        table.reading.warn(table.line_of("listen"), what, remedy);
    }
    table.close();
    Some(Http {
        listen: listen?,
        public_url,
    })
}

fn listen(table: &Table) -> Option<SocketAddr> {
    let given = table.string("listen")?;
    let found = given.value.parse().ok();
    if found.is_none() {
        let what = format!(
            "`{}` = {:?} is no address to listen on",
            table.dotted("listen"),
            given.value
        );
        table.fault(
            "listen",
            what,
            "write a number address and a port, for example \"127.0.0.1:8080\"",
        );
    }
    found
}
