//! Who has the address that we want: a replica that is stopping is waited for, everybody else is named.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;
use tokio::time::timeout;

use crate::cli::health;

/// Somebody who takes longer to say who they are is none of ours.
const PATIENCE: Duration = Duration::from_secs(4);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Neighbour {
    /// Ours, and told to stop.
    Stopping,
    /// Ours, and it goes on.
    Running,
    /// Nobody takes the call: the ears are closed already, while the last work is being finished.
    Nobody,
    Stranger,
}

pub async fn at(at: SocketAddr) -> Neighbour {
    match timeout(PATIENCE, health::ask(health::reachable(at))).await {
        Ok(Ok(answer)) => who(&answer),
        Ok(Err(error)) if error.kind() == std::io::ErrorKind::ConnectionRefused => Neighbour::Nobody,
        Ok(Err(_)) | Err(_) => Neighbour::Stranger,
    }
}

fn who(answer: &str) -> Neighbour {
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    let Ok(said) = serde_json::from_str::<Value>(body.trim()) else {
        return Neighbour::Stranger;
    };
    let (Some(_), Some(reasons)) = (said["ready"].as_bool(), said["reasons"].as_array()) else {
        return Neighbour::Stranger;
    };
    if reasons.iter().any(|reason| reason == crate::http::STOPPING) {
        Neighbour::Stopping
    } else {
        Neighbour::Running
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_answers_is_known_by_what_they_say() {
        let said = |body: &str| who(&format!("HTTP/1.1 503 Service Unavailable\r\nx: y\r\n\r\n{body}"));
        assert_eq!(
            said(r#"{"ready":false,"reasons":["we are stopping"]}"#),
            Neighbour::Stopping
        );
        assert_eq!(said(r#"{"ready":true,"reasons":[]}"#), Neighbour::Running);
        assert_eq!(
            said(r#"{"ready":false,"reasons":["the database does not answer"]}"#),
            Neighbour::Running
        );
        for other in ["", "<html>", "{}", "[1]", r#"{"ready":"yes","reasons":[]}"#] {
            assert_eq!(said(other), Neighbour::Stranger, "{other}");
        }
    }
}
