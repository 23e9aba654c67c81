//! A line to the database that is cut at a chosen word: what a process that dies leaves behind, at each of its steps. A
//! word is what the client says in one go; it is lost with the line, or the server has heard it and nobody hears what it
//! answers.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

use tokio::io::AsyncRead;
use tokio::io::AsyncReadExt as _;
use tokio::io::AsyncWrite;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tokio::net::TcpStream;
use tokio::net::UnixStream;
use tokio_util::sync::CancellationToken;
use url::Url;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// The word never arrives.
    Before,
    /// It arrives, and its answer does not.
    After,
}

pub struct Line {
    /// Where a client connects to instead.
    pub url: String,
    state: Arc<State>,
}

struct State {
    /// Words that may still be said; nobody counts while it is not armed.
    left: AtomicUsize,
    armed: AtomicBool,
    at: At,
    cut: CancellationToken,
}

trait Stream: AsyncRead + AsyncWrite + Send {}
impl<T: AsyncRead + AsyncWrite + Send> Stream for T {}

impl Line {
    pub async fn to(database: &str, at: At) -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").await.unwrap(), database, at)
    }

    pub fn on(listener: TcpListener, database: &str, at: At) -> Self {
        let upstream = Url::parse(database).unwrap();
        let mut url = upstream.clone();
        url.set_query(Some("sslmode=disable"));
        url.set_host(Some("127.0.0.1")).unwrap();
        url.set_port(Some(listener.local_addr().unwrap().port())).unwrap();
        let state = Arc::new(State {
            left: AtomicUsize::new(0),
            armed: AtomicBool::new(false),
            at,
            cut: CancellationToken::new(),
        });
        let serving = state.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                // Whoever calls a line that is cut is hung up on at once.
                if !serving.cut.is_cancelled() {
                    let server = connect(&upstream).await;
                    tokio::spawn(carry(client, server, serving.clone()));
                }
            }
        });
        Self {
            url: url.into(),
            state,
        }
    }

    /// From now on words are counted, and the line is cut at this one.
    pub fn cut_at(&self, word: usize) {
        self.state.left.store(word, Ordering::SeqCst);
        self.state.armed.store(true, Ordering::SeqCst);
    }

    pub async fn broken(&self) {
        self.state.cut.cancelled().await;
    }
}

async fn connect(url: &Url) -> Pin<Box<dyn Stream>> {
    let folder = url.query_pairs().find(|(key, _)| key == "host");
    let port = url.port().unwrap_or(5432);
    match folder {
        Some((_, folder)) => {
            let socket = format!("{folder}/.s.PGSQL.{port}");
            Box::pin(UnixStream::connect(socket).await.unwrap())
        }
        None => {
            let host = url.host_str().unwrap_or("localhost").to_owned();
            Box::pin(TcpStream::connect((host, port)).await.unwrap())
        }
    }
}

async fn carry(mut client: TcpStream, mut server: Pin<Box<dyn Stream>>, state: Arc<State>) {
    let (mut said, mut told) = ([0; 65536], [0; 65536]);
    loop {
        tokio::select! {
            biased;
            () = state.cut.cancelled() => return,
            read = server.read(&mut told) => {
                let n = read.unwrap_or(0);
                if n == 0 || client.write_all(&told[..n]).await.is_err() {
                    return;
                }
            }
            read = client.read(&mut said) => {
                let n = read.unwrap_or(0);
                if n == 0 {
                    return;
                }
                let last = state.armed.load(Ordering::SeqCst) && state.left.fetch_sub(1, Ordering::SeqCst) == 0;
                if last && state.at == At::Before {
                    state.cut.cancel();
                    return;
                }
                if server.write_all(&said[..n]).await.is_err() {
                    return;
                }
                if last {
                    // Whatever it answers, however much of it: it has heard the word.
                    let _answered = server.read(&mut told).await.unwrap_or(0);
                    state.cut.cancel();
                    return;
                }
            }
        }
    }
}
