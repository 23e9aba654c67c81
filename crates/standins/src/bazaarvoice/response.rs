//! The Response API: as many answers below a review as are written, but none with the same words twice.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use axum::extract::Query;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::response::Response;
use serde_json::Value;
use serde_json::json;

use super::Bazaarvoice;
use super::access::Refused;
use super::access::admit;
use super::api::Asked;
use super::state;
use crate::shop::Kind;
use crate::sites::hold;
use crate::sites::millis;

type Told = Result<Response, Refused>;

pub async fn list(
    State(of): State<Arc<Bazaarvoice>>,
    Path((client, review)): Path<(String, String)>,
    Query(query): Asked,
    headers: HeaderMap,
) -> Told {
    admit(&of, &query, &headers)?;
    of.owns(&client, &review)?;
    let state = hold(&of.state);
    let below = state.responses.iter().filter(|r| r.review == review);
    let data: Vec<Value> = below.map(|r| of.response(r)).collect();
    Ok(Json(json!({ "data": data, "links": {} })).into_response())
}

pub async fn create(
    State(of): State<Arc<Bazaarvoice>>,
    Path((client, review)): Path<(String, String)>,
    Query(query): Asked,
    headers: HeaderMap,
    body: Bytes,
) -> Told {
    admit(&of, &query, &headers)?;
    of.owns(&client, &review)?;
    let (department, text) = read(&body)?;
    let mut state = hold(&of.state);
    if state
        .responses
        .iter()
        .any(|r| r.review == review && r.text == text)
    {
        return Err(duplicate(&text).into());
    }
    let written = state.respond(&review, &department, &text, of.clock());
    drop(state);
    of.door.touch();
    Ok(Json(json!({ "data": [of.response(&written)], "links": {} })).into_response())
}

pub async fn one(
    State(of): State<Arc<Bazaarvoice>>,
    Path(guid): Path<String>,
    Query(query): Asked,
    headers: HeaderMap,
) -> Told {
    admit(&of, &query, &headers)?;
    let state = hold(&of.state);
    let found = state
        .responses
        .iter()
        .find(|r| r.id == guid)
        .ok_or_else(unknown)?;
    Ok(Json(of.response(found)).into_response())
}

pub async fn update(
    State(of): State<Arc<Bazaarvoice>>,
    Path(guid): Path<String>,
    Query(query): Asked,
    headers: HeaderMap,
    body: Bytes,
) -> Told {
    admit(&of, &query, &headers)?;
    let (department, text) = read(&body)?;
    let mut state = hold(&of.state);
    let now = of.clock();
    let found = state
        .responses
        .iter_mut()
        .find(|r| r.id == guid)
        .ok_or_else(unknown)?;
    if found.text == text {
        return Err(duplicate(&text).into());
    }
    found.text = text;
    found.department = department;
    found.updated = now;
    let changed = of.response(found);
    drop(state);
    of.door.touch();
    Ok(Json(changed).into_response())
}

/// Answered alike whether it was there or not.
pub async fn delete(
    State(of): State<Arc<Bazaarvoice>>,
    Path(guid): Path<String>,
    Query(query): Asked,
    headers: HeaderMap,
) -> Told {
    admit(&of, &query, &headers)?;
    hold(&of.state).responses.retain(|r| r.id != guid);
    of.door.touch();
    Ok(StatusCode::NO_CONTENT.into_response())
}

impl Bazaarvoice {
    /// What another client collected is not this one's to answer.
    fn owns(&self, client: &str, review: &str) -> Result<(), Refused> {
        let state = hold(&self.state);
        let known = state.find(review);
        let is_own = known.is_ok_and(|item| item.kind == Kind::Review && !item.is_syndicated);
        match client == self.settings.client && is_own {
            true => Ok(()),
            false => Err(invalid("reviewId", "Review Id does not exist for client").into()),
        }
    }

    fn response(&self, of: &state::Response) -> Value {
        json!({
            "type": "clientResponse",
            "id": of.id,
            "attributes": {
                "department": of.department,
                "response": of.text,
                "responseSource": "zeitnah",
                "created": millis(of.created),
                "updated": millis(of.updated),
            },
            "relationships": {
                "review": { "data": { "type": "review", "id": of.review, "clientName": self.settings.client } },
            },
        })
    }
}

/// Department and words. A field that is not described is refused here.
fn read(body: &[u8]) -> Result<(String, String), Refused> {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let Some(said) = body["attributes"].as_object() else {
        return Err(invalid("attributes", "may not be null").into());
    };
    if said
        .keys()
        .any(|key| !["department", "response", "responseBy"].contains(&key.as_str()))
    {
        return Err(invalid("attributes", "unrecognized field").into());
    }
    let text = |field: &str| {
        let given = said.get(field).and_then(Value::as_str).unwrap_or_default();
        match given.trim().is_empty() {
            true => Err(Refused::from(invalid(field, "may not be empty"))),
            false => Ok(given.to_owned()),
        }
    };
    Ok((text("department")?, text("response")?))
}

fn duplicate(text: &str) -> Response {
    invalid(
        "response",
        &format!("Duplicate '{text}' detected for ClientResponse.response"),
    )
}

fn invalid(field: &str, message: &str) -> Response {
    problem(StatusCode::BAD_REQUEST, field, message)
}

fn unknown() -> Response {
    problem(StatusCode::NOT_FOUND, "id", "Client Response Id does not exist")
}

fn problem(status: StatusCode, field: &str, message: &str) -> Response {
    let error = json!({ "code": "INVALID_PROPERTY_VALUE", "field": field, "message": message });
    let body = json!({
        "httpCode": status.as_u16(), "requestURI": "/response/v1/clientResponses", "errors": [error],
    });
    (status, Json(body)).into_response()
}
