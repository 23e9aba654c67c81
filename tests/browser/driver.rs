//! One chromedriver for all stories of this run, and a browser of its own for each person in them.

use std::io::BufRead;
use std::io::BufReader;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::LazyLock;
use std::time::Duration;

use async_trait::async_trait;
use axum::body::Bytes;
use axum::http::Request;
use axum::http::Response;
use serde_json::json;
use thirtyfour::Capabilities;
use thirtyfour::WebDriver;
use thirtyfour::error::WebDriverError;
use thirtyfour::error::WebDriverResult;
use thirtyfour::session::http::Body;
use thirtyfour::session::http::HttpClient;

/// Ends with us, however we end: its shell waits for the end of a pipe that the system closes for us.
struct Driver {
    url: String,
    chromium: PathBuf,
    _shell: Child,
}

/// Whatever comes first: the pipe's end or the driver's.
const SCRIPT: &str = r#""$0" --port=0 & read -r _; kill "$!""#;

static DRIVER: LazyLock<Driver> = LazyLock::new(|| {
    let programs = (
        program(&["chromium", "chromium-browser"]),
        program(&["chromedriver"]),
    );
    let (Some(chromium), Some(chromedriver)) = programs else {
        panic!(
            "The browser tests need Chromium and its driver: run script/prepare, or install the packages `chromium` and \
             `chromium-driver` (or what your system calls them)."
        );
    };
    let mut shell = Command::new("/bin/sh")
        .args(["-c", SCRIPT])
        .arg(chromedriver)
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("chromedriver starts");
    let mut words = BufReader::new(shell.stdout.take().unwrap()).lines();
    let port = words
        .by_ref()
        .map_while(Result::ok)
        .find_map(|line| {
            let (_, port) = line.split_once("started successfully on port ")?;
            Some(port.trim_end_matches('.').to_owned())
        })
        .expect("chromedriver says its port");
    // A full pipe would stop it.
    std::thread::spawn(move || words.for_each(drop));
    Driver {
        url: format!("http://127.0.0.1:{port}"),
        chromium,
        _shell: shell,
    }
});

fn program(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .flat_map(|dir| names.iter().map(move |name| dir.join(name)))
        .find(|program| program.is_file())
}

/// What a person sits in front of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    Desk,
    /// 390 pixels wide, and touched.
    Phone,
}

pub async fn open(screen: Screen, lang: &str, home: &Path) -> WebDriver {
    let mut arguments = vec![
        "--headless=new".to_owned(),
        "--disable-gpu".into(),
        "--disable-quic".into(),
        "--disable-sync".into(),
        "--disable-dev-shm-usage".into(),
        "--disable-extensions".into(),
        "--disable-component-update".into(),
        "--disable-background-networking".into(),
        "--no-first-run".into(),
        format!("--lang={lang}"),
        format!("--accept-lang={lang}"),
        "--window-size=1440,1040".into(),
        format!("--user-data-dir={}", home.display()),
    ];
    // Chromium's own sandbox refuses to run as root, as in most containers.
    if rustix::process::geteuid().is_root() {
        arguments.push("--no-sandbox".into());
    }
    let mut options = json!({ "args": arguments, "binary": DRIVER.chromium });
    if screen == Screen::Phone {
        options["mobileEmulation"] =
            json!({ "deviceMetrics": { "width": 390, "height": 844, "pixelRatio": 2.0, "touch": true } });
    }
    let wanted = json!({
        "browserName": "chrome",
        "goog:chromeOptions": options,
        "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
    });
    let serde_json::Value::Object(wanted) = wanted else {
        unreachable!("it is an object")
    };
    WebDriver::builder(&DRIVER.url, Capabilities::from(wanted))
        .client(Client::new())
        .connect()
        .await
        .expect("a browser opens")
}

/// The driver is reached with the client that we have already.
struct Client(reqwest::Client);

impl Client {
    fn new() -> Self {
        let client = reqwest::Client::builder()
            .timeout(Duration::from_secs(60))
            .build();
        Self(client.unwrap())
    }
}

#[async_trait]
impl HttpClient for Client {
    async fn send(&self, request: Request<Body<'_>>) -> WebDriverResult<Response<Bytes>> {
        let failed = |e: reqwest::Error| WebDriverError::RequestFailed(e.to_string());
        let (head, body) = request.into_parts();
        let mut call = self
            .0
            .request(head.method, head.uri.to_string())
            .headers(head.headers);
        if let Body::Json(json) = body {
            call = call.json(json);
        }
        let answer = call.send().await.map_err(failed)?;
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = answer.status();
        *response.body_mut() = answer.bytes().await.map_err(failed)?;
        Ok(response)
    }

    async fn new(&self) -> Arc<dyn HttpClient> {
        Arc::new(Self::new())
    }
}
