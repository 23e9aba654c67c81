//! The Conversations API: lists with filters, sorting and includes. It says most of its noes with status 200.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::extract::Query;
use axum::extract::State;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::Html;
use axum::response::IntoResponse;
use axum::response::Response;
use axum::routing::get;
use axum::routing::post;
use serde_json::Value;
use serde_json::json;

use super::Bazaarvoice;
use super::Stage;
use super::access;
use super::access::keyed;
use super::response;
use super::state::Item;
use super::submit;
use crate::shop::Kind;
use crate::sites::faults::Fault;
use crate::sites::faults::exposed;
use crate::sites::faults::logged;
use crate::sites::hold;

const PRESET: usize = 10;
const MOST: usize = 100;
const DEEPEST: usize = 300_000;
const MOST_WITHIN: usize = 20;
/// What the lists can be asked for, after the description.
const PARAMETERS: &[&str] = &[
    "apiversion",
    "passkey",
    "Filter",
    "Include",
    "Limit",
    "Offset",
    "Sort",
    "Limit_Answers",
    "Sort_Answers",
];

pub type Asked = Query<HashMap<String, String>>;

pub fn router(of: Arc<Bazaarvoice>) -> Router {
    let door = of.door.clone();
    let responses = "/bazaarvoice/response/v1/clientResponses";
    let open = Router::new()
        .route("/bazaarvoice/data/reviews.json", get(reviews))
        .route("/bazaarvoice/data/questions.json", get(questions))
        .route("/bazaarvoice/data/answers.json", get(answers))
        .route("/bazaarvoice/data/products.json", get(products))
        .route("/bazaarvoice/data/submitanswer.json", post(submit::answer))
        .route(
            &format!("{responses}/{{of}}/reviews/{{review}}"),
            get(response::list).post(response::create),
        )
        .route(
            &format!("{responses}/{{of}}"),
            get(response::one)
                .patch(response::update)
                .delete(response::delete),
        )
        .layer(from_fn_with_state(door.clone(), exposed));
    let sign_in = Router::new()
        .route("/bazaarvoice/auth/v1/oauth2/token", post(access::token))
        .layer(from_fn_with_state(door, logged));
    open.merge(sign_in).with_state(of)
}

/// A "no" of the Conversations API, with its code.
pub struct Problem(pub &'static str, pub String);

impl Problem {
    pub fn invalid(code: &'static str, message: &str) -> Problem {
        Problem(code, message.to_owned())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let errors = json!([{ "Code": self.0, "Message": self.1 }]);
        let body = json!({
            "HasErrors": true, "Errors": errors, "Includes": {}, "Results": [],
            "Limit": 0, "Offset": 0, "TotalResults": 0, "Locale": "de_DE",
        });
        Json(body).into_response()
    }
}

/// What a fault that refuses looks like here.
pub fn refuse(fault: Fault) -> Response {
    match fault {
        Fault::RateLimit { retry_after } => (
            StatusCode::TOO_MANY_REQUESTS,
            [("retry-after", retry_after.to_string())],
            Problem::invalid(
                "ERROR_REQUEST_LIMIT_REACHED",
                "The API key has exceeded its limit.",
            ),
        )
            .into_response(),
        // Keys of another age are counted by the second, and told like this.
        Fault::Quota => (StatusCode::FORBIDDEN, Html("<h1>Developer Over Qps</h1>")).into_response(),
        Fault::ServerError { status } => StatusCode::from_u16(status)
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            .into_response(),
        Fault::UnauthorizedOnce => access::unauthorized(),
        Fault::Deny => access::inactive(),
        // These three never ask for a refusal.
        Fault::AnswerLost | Fault::RequestLost | Fault::Slow { .. } => {
            StatusCode::IM_A_TEAPOT.into_response()
        }
    }
}

async fn reviews(State(of): State<Arc<Bazaarvoice>>, Query(query): Asked) -> Result<Json<Value>, Problem> {
    list(&of, &query, Kind::Review)
}

async fn questions(State(of): State<Arc<Bazaarvoice>>, Query(query): Asked) -> Result<Json<Value>, Problem> {
    list(&of, &query, Kind::Question)
}

fn list(of: &Bazaarvoice, query: &HashMap<String, String>, kind: Kind) -> Result<Json<Value>, Problem> {
    keyed(of, query, "passkey")?;
    known(query)?;
    let (limit, offset) = paging(query)?;
    let ids = filtered(query, "Id:eq:")?;
    let state = hold(&of.state);
    let mut found: Vec<&Item> = state.items.iter().filter(|item| item.kind == kind).collect();
    found.retain(|item| ids.as_ref().is_none_or(|ids| ids.contains(&item.id)));
    match query.get("Sort").map(String::as_str) {
        None => {}
        Some("LastModificationTime:desc") => {
            found.sort_by_key(|item| (item.modified, item.id.clone()));
            found.reverse();
        }
        Some("SubmissionTime:desc") => {
            found.sort_by_key(|item| (item.submitted, item.id.clone()));
            found.reverse();
        }
        Some(_) => {
            return Err(Problem::invalid(
                "ERROR_PARAM_INVALID_SORT_ATTRIBUTE",
                "Invalid sort",
            ));
        }
    }
    let total = found.len();
    let page: Vec<&Item> = found.into_iter().skip(offset).take(limit).collect();
    let wanted = query.get("Include").map(String::as_str).unwrap_or_default();
    let includes = of.includes(&page, &state, wanted);
    let results = page.iter().map(|item| of.shown(item, &state)).collect();
    Ok(answered(results, includes, total, (limit, offset)))
}

/// Only what moderators let pass.
async fn answers(State(of): State<Arc<Bazaarvoice>>, Query(query): Asked) -> Result<Json<Value>, Problem> {
    keyed(&of, &query, "passkey")?;
    known(&query)?;
    let paging = paging(&query)?;
    let questions = filtered(&query, "QuestionId:eq:")?;
    let state = hold(&of.state);
    let shown = state.answers.iter().rev().filter(|a| a.stage == Stage::Approved);
    let found: Vec<Value> = shown
        .filter(|a| questions.as_ref().is_none_or(|ids| ids.contains(&a.question)))
        .map(|a| of.answer(a))
        .collect();
    let total = found.len();
    let page = found.into_iter().skip(paging.1).take(paging.0).collect();
    Ok(answered(page, json!({}), total, paging))
}

async fn products(State(of): State<Arc<Bazaarvoice>>, Query(query): Asked) -> Result<Json<Value>, Problem> {
    keyed(&of, &query, "passkey")?;
    known(&query)?;
    let paging = paging(&query)?;
    let all = of.settings.products.iter();
    let page = all.skip(paging.1).take(paging.0).map(|p| of.product(&p.id));
    Ok(answered(
        page.collect(),
        json!({}),
        of.settings.products.len(),
        paging,
    ))
}

fn answered(results: Vec<Value>, includes: Value, total: usize, paging: (usize, usize)) -> Json<Value> {
    Json(json!({
        "Limit": paging.0, "Offset": paging.1, "TotalResults": total, "Locale": "de_DE",
        "Results": results, "Includes": includes, "HasErrors": false, "Errors": [],
    }))
}

/// It passes over what it does not know; whoever asks for it here has misread the documentation.
fn known(query: &HashMap<String, String>) -> Result<(), Problem> {
    let within = query.get("Limit_Answers").map(|n| n.parse::<usize>());
    let is_known = query.keys().all(|name| PARAMETERS.contains(&name.as_str()));
    match is_known && within.is_none_or(|n| n.is_ok_and(|n| n <= MOST_WITHIN)) {
        true if query.get("apiversion").map(String::as_str) == Some("5.4") => Ok(()),
        _ => Err(Problem::invalid("ERROR_BAD_REQUEST", "Bad request")),
    }
}

fn paging(query: &HashMap<String, String>) -> Result<(usize, usize), Problem> {
    let number = |name: &str, preset: usize| query.get(name).map_or(Ok(preset), |n| n.parse::<usize>());
    match (number("Limit", PRESET), number("Offset", 0)) {
        (Ok(limit), _) if limit > MOST => Err(Problem::invalid(
            "ERROR_PARAM_INVALID_LIMIT",
            "The limit must be at most 100",
        )),
        (Ok(limit), Ok(offset)) if offset <= DEEPEST => Ok((limit, offset)),
        _ => Err(Problem::invalid("ERROR_PARAM_INVALID_OFFSET", "Invalid offset")),
    }
}

/// The values of the one filter that is understood.
fn filtered(query: &HashMap<String, String>, by: &str) -> Result<Option<Vec<String>>, Problem> {
    let Some(filter) = query.get("Filter") else {
        return Ok(None);
    };
    let values = filter.strip_prefix(by).ok_or_else(|| {
        Problem::invalid("ERROR_PARAM_INVALID_FILTER_ATTRIBUTE", "Invalid filter attribute")
    })?;
    Ok(Some(values.split(',').map(str::to_owned).collect()))
}
