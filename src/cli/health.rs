//! `zeitnah health`: is the replica on this machine ready? For containers, which have no other program to ask with.

use std::io::ErrorKind;
use std::net::IpAddr;
use std::net::Ipv4Addr;
use std::net::Ipv6Addr;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::cli::Failure;
use crate::cli::Outcome;
use crate::cli::load_for;
use crate::cli::tell;
use crate::config::Uses;

/// Longer than the answer itself may take.
const PATIENCE: Duration = Duration::from_secs(4);
const LARGEST: u64 = 64 * 1024;

pub async fn run(asked: Option<&Path>) -> Outcome {
    let config = load_for(asked, Uses::Nothing)?;
    let (at, setting) = match config.http.operator_listen {
        Some(at) => (reachable(at), "operator_listen"),
        None => (reachable(config.http.listen), "listen"),
    };
    let answer = match timeout(PATIENCE, ask(at)).await {
        Ok(answer) => answer.map_err(|e| Failure::Say(unheard(at, setting, &e)))?,
        Err(_) => {
            return Err(Failure::Say(format!(
                "the replica at {at} takes the call and says nothing for {} s; look at its log, and at the database",
                PATIENCE.as_secs()
            )));
        }
    };
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    tell(body.trim());
    if head.split(' ').nth(1) == Some("200") {
        Ok(())
    } else {
        Err(Failure::Say(format!(
            "the replica at {at} is not ready; the reasons stand above"
        )))
    }
}

/// Where we looked, what that means, and what to do.
fn unheard(at: SocketAddr, setting: &str, error: &std::io::Error) -> String {
    let what = match error.kind() {
        ErrorKind::ConnectionRefused => format!("no replica runs at {at}"),
        ErrorKind::ConnectionReset | ErrorKind::UnexpectedEof | ErrorKind::BrokenPipe => {
            format!("what listens at {at} hangs up, so it may be another program")
        }
        _ => format!("the replica at {at} cannot be asked ({error})"),
    };
    format!("{what}; start `zeitnah serve` with this configuration, or correct [http] {setting}")
}

pub async fn ask(at: SocketAddr) -> std::io::Result<String> {
    let mut line = TcpStream::connect(at).await?;
    let request = format!("GET /health/ready HTTP/1.1\r\nhost: {at}\r\nconnection: close\r\n\r\n");
    line.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    line.take(LARGEST).read_to_string(&mut answer).await?;
    Ok(answer)
}

/// Who listens everywhere is reached at home.
pub fn reachable(at: SocketAddr) -> SocketAddr {
    let home = match at.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(home, at.port())
}
