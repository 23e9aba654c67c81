//! Where the stand-in is reached. Response URLs and socket addresses carry it, so it is remembered once known.

use std::io;
use std::sync::Arc;

use axum::http::{HeaderMap, header};

use super::{Slack, router};

pub fn base_of(headers: &HeaderMap) -> Option<String> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    Some(format!("http://{host}"))
}

impl Slack {
    /// Serves on a free local port and answers with the address, `http://127.0.0.1:PORT`. The bot's base URL is
    /// that with `/slack/api`.
    pub async fn serve(self: &Arc<Self>) -> io::Result<String> {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
        let base = format!("http://{}", listener.local_addr()?);
        self.set_base(&base);
        let app = router(Arc::clone(self));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Ok(base)
    }

    /// For a server that somebody else runs.
    pub fn set_base(&self, base: &str) {
        self.look().base = Some(base.trim_end_matches('/').to_owned());
    }
}
