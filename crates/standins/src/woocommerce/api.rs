//! WooCommerce's own interface, `wc/v3`: reviews and products, and the errors of both interfaces.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::extract::Path;
use axum::extract::Query;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use axum::response::Response;
use axum::routing::get;
use serde_json::Value;
use serde_json::json;

use super::Comment;
use super::Status;
use super::WooCommerce;
use super::access::keyed;
use super::comments;
use super::state;
use super::state::Type;
use crate::sites::Refusal;
use crate::sites::faults::Fault;
use crate::sites::faults::exposed;
use crate::sites::hold;

/// The most of a page; more is refused, not brought down.
const MOST: usize = 100;

/// What a list of reviews can be asked for, after WooCommerce's reference.
pub const OF_REVIEWS: &[&str] = &[
    "context",
    "page",
    "per_page",
    "search",
    "after",
    "before",
    "exclude",
    "include",
    "offset",
    "order",
    "orderby",
    "reviewer",
    "reviewer_exclude",
    "reviewer_email",
    "product",
    "status",
];
const OF_PRODUCTS: &[&str] = &["context", "page", "per_page", "include", "status", "_fields"];

pub type Asked = Query<HashMap<String, String>>;

pub fn router(shop: Arc<WooCommerce>) -> Router {
    let door = shop.door.clone();
    let wc = "/woocommerce/wp-json/wc/v3";
    let wp = "/woocommerce/wp-json/wp/v2";
    Router::new()
        .route(&format!("{wc}/products/reviews"), get(reviews))
        .route(&format!("{wc}/products/reviews/{{id}}"), get(review))
        .route(&format!("{wc}/products"), get(products))
        .route(
            &format!("{wp}/comments"),
            get(comments::list).post(comments::create),
        )
        .route(
            &format!("{wp}/comments/{{id}}"),
            get(comments::one).post(comments::update).delete(comments::delete),
        )
        .route(&format!("{wp}/users/me"), get(comments::me))
        .layer(from_fn_with_state(door, exposed))
        .with_state(shop)
}

/// A "no" in WordPress's words.
pub struct Problem(pub StatusCode, pub &'static str, pub &'static str);

impl Problem {
    pub fn invalid(message: &'static str) -> Problem {
        Problem(StatusCode::BAD_REQUEST, "rest_invalid_param", message)
    }
}

impl From<Refusal> for Problem {
    fn from(_: Refusal) -> Problem {
        Problem(
            StatusCode::NOT_FOUND,
            "woocommerce_rest_review_invalid_id",
            "Invalid review ID.",
        )
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Problem(status, code, message) = self;
        let body = json!({ "code": code, "message": message, "data": { "status": status.as_u16() } });
        (status, Json(body)).into_response()
    }
}

/// What a fault that refuses looks like here. A limit comes from the host in front of the shop.
pub fn refuse(fault: Fault) -> Response {
    match fault {
        Fault::RateLimit { retry_after } => (
            [("retry-after", retry_after.to_string())],
            StatusCode::TOO_MANY_REQUESTS,
        )
            .into_response(),
        Fault::Quota => StatusCode::TOO_MANY_REQUESTS.into_response(),
        Fault::ServerError { status } => StatusCode::from_u16(status)
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            .into_response(),
        Fault::UnauthorizedOnce => Problem(
            StatusCode::UNAUTHORIZED,
            "woocommerce_rest_cannot_view",
            "Sorry, you cannot list resources.",
        )
        .into_response(),
        Fault::Deny => Problem(
            StatusCode::FORBIDDEN,
            "woocommerce_rest_cannot_view",
            "Sorry, you cannot list resources.",
        )
        .into_response(),
        // These three never ask for a refusal.
        Fault::AnswerLost | Fault::RequestLost | Fault::Slow { .. } => {
            StatusCode::IM_A_TEAPOT.into_response()
        }
    }
}

/// WordPress passes over what it does not know; whoever asks for it here has misread the documentation.
pub fn known(query: &HashMap<String, String>, names: &[&str]) -> Result<(), Problem> {
    match query.keys().all(|name| names.contains(&name.as_str())) {
        true => Ok(()),
        false => Err(Problem::invalid(
            "Invalid parameter(s): one that is not documented",
        )),
    }
}

/// Ten of the first page, unless asked otherwise.
pub fn paging(query: &HashMap<String, String>) -> Result<(usize, usize), Problem> {
    let number = |name: &str, preset: usize| match query.get(name).map(|n| n.parse::<usize>()) {
        None => Ok(preset),
        Some(Ok(n)) if n > 0 => Ok(n),
        Some(_) => Err(Problem::invalid("Invalid parameter(s): page, per_page")),
    };
    let (page, size) = (number("page", 1)?, number("per_page", 10)?);
    match size > MOST {
        true => Err(Problem::invalid("Invalid parameter(s): per_page")),
        false => Ok((page, size)),
    }
}

/// A page of what was found, with the headers that count it.
pub fn page(found: Vec<Value>, (page, size): (usize, usize)) -> Response {
    let total = found.len();
    let shown: Vec<Value> = found.into_iter().skip((page - 1) * size).take(size).collect();
    let headers = [
        ("x-wp-total", total.to_string()),
        ("x-wp-totalpages", total.div_ceil(size).to_string()),
    ];
    (headers, Json(shown)).into_response()
}

pub fn ids(query: &HashMap<String, String>, name: &str) -> Result<Option<Vec<u64>>, Problem> {
    let read = |list: &String| list.split(',').map(str::parse).collect::<Result<Vec<u64>, _>>();
    let given = query.get(name).map(read).transpose();
    given.map_err(|_| Problem::invalid("Invalid parameter(s): include, parent"))
}

async fn reviews(
    State(shop): State<Arc<WooCommerce>>,
    Query(query): Asked,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    keyed(&shop, &headers)?;
    known(&query, OF_REVIEWS)?;
    let paging = paging(&query)?;
    let is_wanted = wanted(&query)?;
    let state = hold(&shop.state);
    let mut found: Vec<&Comment> = state
        .comments
        .iter()
        .filter(|c| c.kind == Type::Review && is_wanted(c.status))
        .collect();
    match query.get("orderby").map(String::as_str) {
        None | Some("date_gmt" | "date") => found.sort_by_key(|c| (c.created, c.id)),
        Some("id") => found.sort_by_key(|c| c.id),
        Some("product") => found.sort_by_key(|c| c.post),
        Some(_) => return Err(Problem::invalid("Invalid parameter(s): orderby")),
    }
    match query.get("order").map(String::as_str) {
        None | Some("desc") => found.reverse(),
        Some("asc") => {}
        Some(_) => return Err(Problem::invalid("Invalid parameter(s): order")),
    }
    let found = found.into_iter().map(|c| c.review(&shop.settings.public_url));
    Ok(page(found.collect(), paging))
}

/// `all` is what is approved or waits for it.
pub fn wanted(query: &HashMap<String, String>) -> Result<fn(Status) -> bool, Problem> {
    match query.get("status").map(String::as_str) {
        None | Some("approved" | "approve") => Ok(|status| status == Status::Approved),
        Some("all") => Ok(|status| matches!(status, Status::Approved | Status::Hold)),
        Some("hold") => Ok(|status| status == Status::Hold),
        Some("spam") => Ok(|status| status == Status::Spam),
        Some("trash") => Ok(|status| status == Status::Trash),
        Some(_) => Err(Problem::invalid("Invalid parameter(s): status")),
    }
}

async fn review(
    State(shop): State<Arc<WooCommerce>>,
    Path(id): Path<u64>,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    keyed(&shop, &headers)?;
    let state = hold(&shop.state);
    Ok(Json(state.find(id)?.review(&shop.settings.public_url)))
}

async fn products(
    State(shop): State<Arc<WooCommerce>>,
    Query(query): Asked,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    keyed(&shop, &headers)?;
    known(&query, OF_PRODUCTS)?;
    let paging = paging(&query)?;
    let include = ids(&query, "include")?;
    let is_wanted = |id: &str| {
        let wanted = include.as_ref();
        wanted.is_none_or(|ids| ids.iter().any(|wanted| wanted.to_string() == id))
    };
    let mut found: Vec<Value> = shop
        .settings
        .products
        .iter()
        .filter(|p| is_wanted(&p.id))
        .map(|p| state::product(p, &shop.settings.public_url))
        .collect();
    found.sort_by_key(|p| Reverse(p["id"].as_u64()));
    if let Some(fields) = query.get("_fields") {
        for product in found.iter_mut().filter_map(Value::as_object_mut) {
            product.retain(|name, _| fields.split(',').any(|field| field == name));
        }
    }
    Ok(page(found, paging))
}
