//! What stand-ins of sources answer, and what we ask of them, held against the platforms' official descriptions. These are no
//! part of this repository: `ZEITNAH_SPECS` names their folder; without it this check is skipped and says so.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::Mutex;

use axum::body::Body;
use axum::body::Bytes;
use axum::body::to_bytes;
use axum::extract::Request;
use axum::extract::State;
use axum::middleware::Next;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use chrono::TimeDelta;
use serde_json::Value;
use serde_json::json;
use standins::shop::Kind;
use standins::sites::site::Written;
use tokio::net::TcpListener;
use zeitnah::config::Sections;
use zeitnah::domain::id::ReplyId;
use zeitnah::domain::item::Incoming;
use zeitnah::domain::item::ItemKind;
use zeitnah::domain::item::caps::Retry;
use zeitnah::port::clock::Clock as _;
use zeitnah::port::clock::FakeClock;
use zeitnah::port::source::ReplyAction;
use zeitnah::port::source::ReplyCall;

use crate::desk::friday;
use crate::far;

/// How a description of one format is read.
type Reader = fn(Value) -> Description;

/// The kinds of sources whose platforms publish descriptions, by their word in the file. A platform of several parts has one
/// for each.
const DESCRIBED: &[(&str, &[&str], Reader)] = &[
    ("play", &["google/androidpublisher.v3.json"], discovery),
    (
        "appstore",
        &["apple/app_store_connect_3.7.0.customer-reviews.json"],
        openapi,
    ),
    (
        "bazaarvoice",
        &[
            "bazaarvoice/bazaarvoice-conversations-display-openapi.json",
            "bazaarvoice/bazaarvoice-conversations-submission-openapi.json",
            "bazaarvoice/bazaarvoice-response-openapi.json",
        ],
        bazaarvoice,
    ),
];

struct Description {
    routes: Vec<Route>,
    schemas: Value,
}

struct Route {
    method: String,
    /// `/v1/apps/{id}/reviews`
    path: String,
    queries: BTreeSet<String>,
    request: Value,
    /// By status.
    responses: BTreeMap<u16, Value>,
}

/// A call and its answer.
struct Exchange {
    method: String,
    path: String,
    queries: Vec<String>,
    sent: Bytes,
    status: u16,
    told: Bytes,
}

fn openapi(mut document: Value) -> Description {
    let mut routes = Vec::new();
    let body = |of: &Value| {
        let of = &of["content"];
        let form = &of["application/x-www-form-urlencoded"]["schema"];
        let json = &of["application/json"]["schema"];
        if json.is_null() {
            form.clone()
        } else {
            json.clone()
        }
    };
    for (path, verbs) in document["paths"].take().as_object().unwrap() {
        for (method, route) in verbs
            .as_object()
            .unwrap()
            .iter()
            .filter(|(m, _)| *m != "parameters")
        {
            let queries = route["parameters"].as_array().into_iter().flatten();
            let queries = queries
                .filter(|of| of["in"] != "header")
                .map(|query| query["name"].as_str().unwrap().to_owned());
            let responses = route["responses"].as_object().unwrap().iter();
            routes.push(Route {
                method: method.to_uppercase(),
                path: path.clone(),
                queries: queries.collect(),
                request: body(&route["requestBody"]),
                responses: responses
                    // "default" names none.
                    .filter_map(|(status, r)| Some((status.parse().ok()?, body(r))))
                    .collect(),
            });
        }
    }
    Description {
        routes,
        schemas: document["components"]["schemas"].take(),
    }
}

/// Of client responses and the address of a product, the schemas contradict the examples beside them: these are held to.
fn bazaarvoice(mut document: Value) -> Description {
    let schemas = &mut document["components"]["schemas"];
    if schemas["ClientResponseResponseModel"].is_object() {
        for time in ["created", "updated"] {
            schemas["ClientResponse"]["properties"][time] =
                json!({ "type": "string", "format": "date-time" });
        }
        schemas["ErrorCode"] = json!({ "type": "string" });
        let one = json!({ "$ref": "#/components/schemas/ClientResponseResponseModel" });
        let many = json!({ "type": "object", "required": ["data"],
            "properties": { "data": { "type": "array", "items": one }, "links": { "type": "object" } } });
        let paths = document["paths"].as_object_mut().unwrap();
        for (path, verb, told) in [
            (
                "/response/v1/clientResponses/{client}/reviews/{reviewId}",
                "get",
                &many,
            ),
            (
                "/response/v1/clientResponses/{client}/reviews/{reviewId}",
                "post",
                &many,
            ),
            ("/response/v1/clientResponses/{responseGuid}", "patch", &one),
        ] {
            paths[path][verb]["responses"]["200"]["content"]["application/json"]["schema"] = told.clone();
        }
    }
    let product = &mut document["components"]["schemas"]["Product"]["properties"];
    if let Some(page) = product.pointer_mut("/Results/items/properties/ProductPageUrl") {
        *page = json!({ "type": "string" });
    }
    openapi(document)
}

/// Google's own form: methods in resources, and references by a bare name.
fn discovery(mut document: Value) -> Description {
    let mut routes = Vec::new();
    let mut open = vec![document["resources"].take()];
    while let Some(resources) = open.pop() {
        for resource in resources.as_object().into_iter().flat_map(|all| all.values()) {
            open.push(resource["resources"].clone());
            for method in resource["methods"]
                .as_object()
                .into_iter()
                .flat_map(|all| all.values())
            {
                let queries = method["parameters"].as_object().into_iter().flatten();
                let queries = queries.filter(|(_, of)| of["location"] == "query");
                let mut response = method["response"].clone();
                let mut request = method["request"].clone();
                point(&mut response);
                point(&mut request);
                routes.push(Route {
                    method: method["httpMethod"].as_str().unwrap().to_owned(),
                    path: format!("/{}", method["flatPath"].as_str().unwrap_or_default()),
                    queries: queries.map(|(name, _)| name.clone()).collect(),
                    request,
                    responses: BTreeMap::from([(200, response)]),
                });
            }
        }
    }
    let mut schemas = document["schemas"].take();
    point(&mut schemas);
    Description { routes, schemas }
}

fn point(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::String(to)) = fields.get_mut("$ref") {
                *to = format!("#/components/schemas/{to}");
            }
            // Here it is a name, elsewhere an address.
            if fields.get("id").is_some_and(Value::is_string) {
                fields.remove("id");
            }
            fields.values_mut().for_each(point);
        }
        Value::Array(all) => all.iter_mut().for_each(point),
        _ => {}
    }
}

/// What is not described is not sent either.
fn close(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if fields.get("properties").is_some_and(Value::is_object) {
                fields.entry("additionalProperties").or_insert(json!(false));
            }
            fields.values_mut().for_each(close);
        }
        Value::Array(all) => all.iter_mut().for_each(close),
        _ => {}
    }
}

/// By the one description that has the route.
fn complaints(descriptions: &[Description], exchange: &Exchange) -> Vec<String> {
    let fits = |route: &&Route| route.method == exchange.method && matches(&route.path, &exchange.path);
    let found = |of: &'_ Description| of.routes.iter().position(|route| fits(&route));
    let mut found = descriptions.iter().filter_map(|of| Some((of, found(of)?)));
    match found.next() {
        Some((description, route)) => description.complaints(&description.routes[route], exchange),
        None => vec![format!("{} {} is not described", exchange.method, exchange.path)],
    }
}

impl Description {
    fn complaints(&self, route: &Route, exchange: &Exchange) -> Vec<String> {
        let mut found: Vec<String> = exchange
            .queries
            .iter()
            // It is what a link carries, and described nowhere.
            .filter(|name| !route.takes(name) && *name != "cursor")
            .map(|name| format!("the parameter {name} is not described"))
            .collect();
        if exchange.method != "GET" && !exchange.sent.is_empty() {
            found.extend(self.faults(&route.request, &exchange.sent));
        }
        match route.responses.get(&exchange.status) {
            Some(schema) if !schema.is_null() => found.extend(self.faults(schema, &exchange.told)),
            Some(_) => {}
            // Google describes no error.
            None if exchange.status >= 400 && route.responses.len() == 1 => {}
            None => found.push(format!("the status {} is not described", exchange.status)),
        }
        found
    }

    fn faults(&self, schema: &Value, body: &Bytes) -> Vec<String> {
        let body = serde_json::from_slice(body).unwrap_or_else(|_| form(body));
        let mut whole = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "allOf": [schema],
            "components": { "schemas": self.schemas },
        });
        close(&mut whole);
        let validator = jsonschema::validator_for(&whole).unwrap();
        validator
            .iter_errors(&body)
            .map(|e| format!("{}: {e}", e.instance_path()))
            .collect()
    }
}

impl Route {
    /// `Limit_[TYPE]` stands for one of each type.
    fn takes(&self, name: &str) -> bool {
        let fits = |known: &String| match known.strip_suffix("[TYPE]") {
            Some(before) => name.len() > before.len() && name.starts_with(before),
            None => known == name,
        };
        self.queries.iter().any(fits)
    }
}

/// As JSON, in which only truth has another type.
fn form(body: &Bytes) -> Value {
    let pairs = url::form_urlencoded::parse(body).into_owned();
    let typed = pairs.map(|(name, value)| match value.parse::<bool>() {
        Ok(truth) => (name, json!(truth)),
        Err(_) => (name, json!(value)),
    });
    Value::Object(typed.collect())
}

/// `{…}` stands for one segment, or for its beginning before a colon.
fn matches(template: &str, path: &str) -> bool {
    let (template, path): (Vec<&str>, Vec<&str>) = (template.split('/').collect(), path.split('/').collect());
    let one = |(part, given): (&&str, &&str)| match part.strip_prefix('{') {
        Some(rest) => match rest.split_once("}:") {
            Some((_, verb)) => given.ends_with(&format!(":{verb}")),
            None => rest.ends_with('}'),
        },
        None => part == given,
    };
    template.len() == path.len() && template.iter().zip(&path).all(one)
}

type Heard = Arc<Mutex<Vec<Exchange>>>;

async fn hear(State(heard): State<Heard>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let sent = to_bytes(body, 1 << 22).await.unwrap();
    let query = head.uri.query().unwrap_or_default().to_owned();
    let (method, path) = (head.method.to_string(), head.uri.path().to_owned());
    let request = Request::from_parts(head, Body::from(sent.clone()));
    let (head, body) = next.run(request).await.into_parts();
    let told = to_bytes(body, 1 << 22).await.unwrap();
    let names = query.split('&').filter_map(|pair| pair.split('=').next());
    heard.lock().unwrap().push(Exchange {
        method,
        path,
        queries: names.filter(|name| !name.is_empty()).map(str::to_owned).collect(),
        sent,
        status: head.status.as_u16(),
        told: told.clone(),
    });
    Response::from_parts(head, Body::from(told))
}

/// Everything that the adapter asks for, from the first page to what is gone.
async fn exchanges(kind: &str, open: far::Open) -> Vec<Exchange> {
    rustls::crypto::ring::default_provider().install_default().ok();
    let clock = FakeClock::at(friday());
    let reading = clock.clone();
    let far = open(Arc::new(move || reading.now()), "http://127.0.0.1:1");
    let heard = Heard::default();
    let router = far.router().layer(from_fn_with_state(heard.clone(), hear));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let text = far.section().replace("BASE", &base);
    let sections = Sections::parse("zeitnah.toml", &text, &|name| far.env(name));
    let placed = sections.sources.first().unwrap();
    let source = placed.value.settings.open(placed.value.about.clone()).unwrap();

    for n in 0..250 {
        clock.advance(TimeDelta::seconds(1));
        far.write(1 + n % 5, "Zu lang.");
    }
    if let Some(site) = far.site().filter(|site| site.kinds().contains(&Kind::Question)) {
        let places = site.places();
        let asked = Written {
            place: places[0]["id"].as_str().unwrap(),
            author: "koch77",
            kind: Kind::Question,
            stars: None,
            text: "Passt das?",
        };
        site.write(asked).unwrap();
    }
    let (mut cursor, mut items) = (None, Vec::new());
    loop {
        let page = source.fetch(cursor, clock.now()).await.unwrap();
        cursor = Some(page.cursor);
        items.extend(page.items);
        if !page.more {
            break;
        }
    }
    let call = |item: &Incoming, what: ReplyAction| ReplyCall {
        what,
        key: ReplyId::new(clock.now()),
        scope: item.scope.clone(),
        native_id: item.native_id.clone(),
        reply_native_id: None,
        language: None,
        revision: 1,
        raw: item.raw.clone(),
        at: clock.now(),
    };
    let says = |body: &str| ReplyAction::Create {
        body: body.to_owned(),
    };
    if let Some(question) = items.iter().find(|item| item.kind == ItemKind::Question) {
        let create = call(question, says("Ja, das passt."));
        source.publish(&create).await.unwrap();
        source.look(&create).await.unwrap();
    }
    let item = items.iter().find(|item| item.kind == ItemKind::Review).unwrap();
    let create = call(item, says("Wir stellen um."));
    let told = source.publish(&create).await.unwrap();
    source.look(&create).await.unwrap().unwrap();
    source.fetch(None, clock.now()).await.unwrap();
    let known = |what: ReplyAction| ReplyCall {
        reply_native_id: told.native_id.clone(),
        ..call(item, what)
    };
    if item.caps.edit && item.caps.retry == Retry::Append {
        let edit = ReplyAction::Edit {
            body: "Wir haben umgestellt.".to_owned(),
        };
        source.publish(&known(edit)).await.unwrap();
    }
    if item.caps.delete {
        source.publish(&known(ReplyAction::Delete)).await.unwrap();
    }
    far.remove(&item.native_id);
    source.look(&create).await.unwrap_err();
    source.publish(&create).await.unwrap_err();
    let heard = std::mem::take(&mut *heard.lock().unwrap());
    let of_kind = format!("/{kind}");
    let heard = heard.into_iter().filter(|e| !e.path.ends_with("/token"));
    heard
        .map(|exchange| Exchange {
            path: exchange.path.strip_prefix(&of_kind).unwrap().to_owned(),
            ..exchange
        })
        .collect()
}

#[tokio::test]
async fn calls_and_answers_are_as_the_platforms_describe_them() {
    let Some(folder) = std::env::var_os("ZEITNAH_SPECS") else {
        eprintln!("skipped: ZEITNAH_SPECS is not set, so no source is held against its official description");
        return;
    };
    for (kind, files, read) in DESCRIBED {
        let path = |file: &&str| std::path::Path::new(&folder).join(file);
        let text = |file: &&str| std::fs::read_to_string(path(file)).unwrap();
        let document = |file: &&str| serde_json::from_str(&text(file)).unwrap();
        let descriptions: Vec<Description> = files.iter().map(|file| read(document(file))).collect();
        let (_, open) = far::ALL.iter().find(|(word, _)| word == kind).unwrap();
        let exchanges = exchanges(kind, *open).await;
        assert!(exchanges.len() >= 6, "{kind}: {}", exchanges.len());
        let mut found = Vec::new();
        for exchange in &exchanges {
            let told = complaints(&descriptions, exchange);
            let (method, path) = (&exchange.method, &exchange.path);
            found.extend(told.iter().map(|c| format!("{method} {path}: {c}")));
        }
        assert_eq!(found, Vec::<String>::new(), "{kind}");

        // And it can complain.
        let list = exchanges.iter().find(|e| e.status == 200).unwrap();
        let changed = String::from_utf8(list.told.to_vec()).unwrap();
        let changed = changed
            .replacen("tarRating", "tarRatings", 1)
            .replacen("\"Rating\"", "\"Ratings\"", 1)
            .replacen("\"rating\"", "\"ratings\"", 1);
        let changed = Exchange {
            method: list.method.clone(),
            path: list.path.clone(),
            queries: vec!["pageSize".to_owned()],
            sent: Bytes::new(),
            status: 200,
            told: changed.into(),
        };
        assert_eq!(complaints(&descriptions, &changed).len(), 2, "{kind}");
    }
}
