//! A far side for the clients' tests: it answers as it is told and remembers what it was asked.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

use axum::Router;
use axum::body::Body;
use axum::body::to_bytes;
use axum::extract::Request;
use axum::response::Response;
use futures::stream;
use proptest::prelude::*;
use serde_json::Value;
use serde_json::json;
use tokio::net::TcpListener;
use toml::de::DeTable;

use crate::config::DEFAULTS;
use crate::config::Sections;
use crate::config::source::Source;
use crate::domain::At;
use crate::reader::reading::Reading;
use crate::reader::table::Table;
use crate::source::KINDS;
use crate::source::jwt::tests::ec_pem;
use crate::source::jwt::tests::rsa_pem;

#[derive(Debug, Clone)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub query: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

pub enum Says {
    Json(u16, Value),
    /// 200 with these headers.
    With(Vec<(&'static str, String)>, Value),
    Wait(u16, &'static str),
    /// It did what it was asked, and the answer breaks off.
    Lost,
    /// It was heard, and nothing comes back.
    Never,
}

pub struct Far {
    pub url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Asked {
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .iter()
            .find(|(n, _)| n == name)
            .map_or("", |(_, v)| v)
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

impl Far {
    /// `says` gets the request and how many came before it.
    pub async fn open(says: impl Fn(&Asked, usize) -> Says + Send + Sync + 'static) -> Self {
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let (memory, says) = (asked.clone(), Arc::new(says));
        let count = Arc::new(AtomicUsize::new(0));
        let app = Router::new().fallback(move |request: Request| {
            let (memory, says, count) = (memory.clone(), says.clone(), count.clone());
            async move {
                let (head, body) = request.into_parts();
                let headers = head
                    .headers
                    .iter()
                    .map(|(n, v)| (n.to_string(), v.to_str().unwrap().to_owned()));
                let call = Asked {
                    method: head.method.to_string(),
                    path: head.uri.path().to_owned(),
                    query: head.uri.query().unwrap_or_default().to_owned(),
                    headers: headers.collect(),
                    body: String::from_utf8(to_bytes(body, 1 << 20).await.unwrap().to_vec()).unwrap(),
                };
                memory.lock().unwrap().push(call.clone());
                let before = count.fetch_add(1, Ordering::SeqCst);
                match says(&call, before) {
                    Says::Json(status, value) => answer(status, Body::from(value.to_string())),
                    Says::With(headers, value) => {
                        let mut response = answer(200, Body::from(value.to_string()));
                        for (name, value) in headers {
                            response.headers_mut().insert(name, value.parse().unwrap());
                        }
                        response
                    }
                    Says::Wait(status, after) => {
                        let mut response = answer(status, Body::from("slow down"));
                        response
                            .headers_mut()
                            .insert("retry-after", after.parse().unwrap());
                        response
                    }
                    Says::Never => std::future::pending().await,
                    Says::Lost => {
                        let broken = stream::once(async { Err::<Vec<u8>, _>(std::io::Error::other("gone")) });
                        answer(200, Body::from_stream(broken))
                    }
                }
            }
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, asked }
    }

    /// What it was asked since the last time.
    pub fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

fn answer(status: u16, body: Body) -> Response {
    Response::builder().status(status).body(body).unwrap()
}

/// An address where nobody listens.
pub async fn nowhere() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

pub fn at(text: &str) -> At {
    text.parse().unwrap()
}

pub fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::btree_map("[a-z\\\\\"]{0,6}", inner, 0..6)
                .prop_map(|m| Value::Object(m.into_iter().collect())),
        ]
    })
}

const SHOP: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A source of each kind, as a file has it.
const SETTINGS: &str = r#"
[[source]]
name = "shop"
kind = "push"
label = "Shop"
[source.reply]
url = "https://shop.example/replies"
edit = true

[[source]]
name = "stores"
kind = "google"
label = "Google"
account = "1071"
locations = [{ id = "88213", name = "Filiale Ost" }]
[source.push]
audience = "https://bot.example"
service_account = "a@b"

[[source]]
name = "opinions"
kind = "trustpilot"
label = "Trustpilot"
business_units = [{ id = "46d6a890000064000500e0c3", name = "Gartenshop" }]
business_user = "5f2ab7e6f3c2a80001a9b1d4"

[[source]]
name = "seal"
kind = "etrusted"
label = "Trusted Shops"
channels = [{ id = "chl-3cd85eba", name = "Gartenshop" }]

[[source]]
name = "garden"
kind = "woocommerce"
label = "Gartenshop"
url = "https://shop.example"
[source.reply]
user = "service"
[source.webhook]

[[source]]
name = "stars"
kind = "judgeme"
label = "Judge.me"
shop_domain = "garten.myshopify.com"
[source.webhook]

[[source]]
name = "android"
kind = "play"
label = "Google Play"
app = { id = "com.example.shop", name = "Example Shop" }

[[source]]
name = "ios"
kind = "appstore"
label = "App Store"
app = { id = "1234567890", name = "Example Shop" }
issuer_id = "69a6de70"
key_id = "2X9R4HXF34"

[[source]]
name = "portals"
kind = "bazaarvoice"
label = "Bazaarvoice"
client = "gartenmarkt"
[source.reply]
department = "Kundenservice"
[source.answer]
user = "service"
nickname = "Gartenmarkt"
"#;

/// What a variable holds: for most the same secret, and a key where only a key opens.
fn secret(name: &str) -> String {
    match name {
        "PLAY_KEY" => service_account(),
        "APPSTORE_KEY" => ec_pem(),
        _ => SHOP.to_owned(),
    }
}

/// The key file of a service account.
pub fn service_account() -> String {
    let key = rsa_pem();
    json!({ "client_email": "care@example.iam.gserviceaccount.com", "private_key": key }).to_string()
}

/// The sources of a file.
pub fn sources(text: &str) -> Vec<Source> {
    let sections = Sections::parse("zeitnah.toml", text, &|name| Some(secret(name)));
    let about: Vec<_> = sections
        .faults
        .iter()
        .filter(|fault| fault.what.contains("source"))
        .collect();
    assert!(about.is_empty(), "{about:?}");
    sections.sources.into_iter().map(|placed| placed.value).collect()
}

/// What is read of the first source of a file, above the defaults.
pub fn read<T>(text: &str, read: impl Fn(&Table) -> T) -> T {
    let (given, _) = DeTable::parse_recoverable(text);
    let (preset, _) = DeTable::parse_recoverable(DEFAULTS);
    let own = |name: &str| Some(name.to_lowercase());
    let reading = Reading::new("zeitnah.toml", text, &own);
    let root = Table::root(&reading, given.get_ref(), preset.get_ref());
    read(&root.tables("source")[0])
}

#[test]
fn each_kind_opens_from_its_settings_and_no_secret_is_printed() {
    let all = sources(SETTINGS);
    let printed = format!("{all:?}");
    assert!(
        !printed.contains("whsec_") && !printed.contains("BEGIN"),
        "{printed}"
    );
    let labels = all.iter().map(|source| {
        source
            .settings
            .open(source.about.clone())
            .unwrap()
            .label()
            .to_owned()
    });
    assert_eq!(
        labels.collect::<Vec<_>>(),
        [
            "Shop",
            "Google",
            "Trustpilot",
            "Trusted Shops",
            "Gartenshop",
            "Judge.me",
            "Google Play",
            "App Store",
            "Bazaarvoice"
        ]
    );
    for kind in KINDS {
        assert!(SETTINGS.contains(&format!("kind = \"{}\"", kind.word)));
    }
}

/// A `read` that stops at the first fault would hide the others, and what belongs to its kind would be unknown elsewhere.
#[test]
fn each_kind_asks_for_all_its_settings_whatever_is_wrong() {
    for kind in KINDS {
        let asked = Table::asked_by(|table| (kind.read)(table, None).is_some());
        let (defaults, _) = DeTable::parse_recoverable(DEFAULTS);
        let all = defaults.get_ref()["source"].get_ref().as_array().unwrap();
        let of_kind =
            |table: &&DeTable| table.get("kind").and_then(|k| k.get_ref().as_str()) == Some(kind.word);
        let own = all
            .iter()
            .filter_map(|t| t.get_ref().as_table())
            .find(of_kind)
            .unwrap();
        for key in own.keys().map(|key| key.get_ref()).filter(|key| *key != "kind") {
            assert!(asked.contains(key.as_ref()), "{kind:?} does not ask for {key}");
        }
    }
}
