//! Listening at an address that somebody chose: one sentence for each reason why it cannot be had, and where to choose
//! another.

use std::io::ErrorKind;
use std::net::SocketAddr;

use tokio::net::TcpListener;

use crate::cli::Failure;

/// `chosen` says where the address comes from: `in [http] listen`, `with --port`.
pub async fn listen(at: SocketAddr, chosen: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(at).await.map_err(|error| {
        let why = match error.kind() {
            ErrorKind::AddrInUse => "is taken by another program; stop that one, or choose another port",
            ErrorKind::PermissionDenied => "may not be used by this user; choose a port above 1023",
            ErrorKind::AddrNotAvailable => "is no address of this machine; write one of its own",
            _ => return Failure::Say(format!("{at} cannot be used: {error}; choose another {chosen}")),
        };
        Failure::Say(format!("{at} {why} {chosen}"))
    })
}

/// Where only this machine reaches it.
#[cfg(feature = "demo")]
pub async fn locally(port: u16) -> Result<TcpListener, Failure> {
    listen(SocketAddr::from(([127, 0, 0, 1], port)), "with --port").await
}
