//! WordPress's interface, `wp/v2`: comments, which is what answers to reviews are, and who one is there.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use axum::extract::Query;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value;
use serde_json::json;

use super::Comment;
use super::SERVICE;
use super::Status;
use super::WooCommerce;
use super::access::signed_in;
use super::api::Asked;
use super::api::Problem;
use super::api::ids;
use super::api::known;
use super::api::page;
use super::api::paging;
use super::api::wanted;
use super::state::Type;
use crate::sites::hold;

/// After WordPress's reference of comments, as far as anybody asks.
const OF_COMMENTS: &[&str] = &[
    "context", "page", "per_page", "order", "orderby", "parent", "post", "status", "include",
];
const LONGEST: usize = 65_525;

pub async fn list(
    State(shop): State<Arc<WooCommerce>>,
    Query(query): Asked,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    signed_in(&shop, &headers)?;
    known(&query, OF_COMMENTS)?;
    let edits = edits(&shop, query.get("context"))?;
    if query.contains_key("status") && !shop.settings.moderates {
        return Err(Problem(
            StatusCode::FORBIDDEN,
            "rest_forbidden_param",
            "Query parameter not permitted: status",
        ));
    }
    let paging = paging(&query)?;
    let (parents, is_wanted) = (ids(&query, "parent")?, wanted(&query)?);
    let state = hold(&shop.state);
    let mut found: Vec<&Comment> = state
        .comments
        .iter()
        .filter(|c| c.kind == Type::Comment && is_wanted(c.status))
        .filter(|c| parents.as_ref().is_none_or(|ids| ids.contains(&c.parent)))
        .collect();
    found.sort_by_key(|c| (c.created, c.id));
    if query.get("order").map(String::as_str) != Some("asc") {
        found.reverse();
    }
    let found = found
        .into_iter()
        .map(|c| c.comment(&shop.settings.public_url, edits));
    Ok(page(found.collect(), paging))
}

pub async fn one(
    State(shop): State<Arc<WooCommerce>>,
    Path(id): Path<u64>,
    Query(query): Asked,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    signed_in(&shop, &headers)?;
    let edits = edits(&shop, query.get("context"))?;
    let state = hold(&shop.state);
    let found = state.find(id).map_err(|_| unknown())?;
    Ok(Json(found.comment(&shop.settings.public_url, edits)))
}

pub async fn create(
    State(shop): State<Arc<WooCommerce>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), Problem> {
    signed_in(&shop, &headers)?;
    let body = read(&body, &["post", "parent", "content"])?;
    let content = content(&body)?;
    let (Some(post), Some(parent)) = (body["post"].as_u64(), body["parent"].as_u64()) else {
        return Err(Problem::invalid("Invalid parameter(s): post, parent"));
    };
    if !shop.settings.products.iter().any(|p| p.id == post.to_string()) {
        return Err(Problem(
            StatusCode::FORBIDDEN,
            "rest_comment_invalid_post_id",
            "Sorry, you are not allowed to create this comment without a post.",
        ));
    }
    // Nobody looks whether the parent is there: an answer to nothing is kept like any other.
    let comment = Comment {
        id: 0,
        kind: Type::Comment,
        post,
        parent,
        user: SERVICE,
        author: "Kundenservice".to_owned(),
        content,
        rating: 0,
        verified: false,
        status: match shop.settings.moderates {
            true => Status::Approved,
            false => Status::Hold,
        },
        created: shop.clock(),
    };
    let mut state = hold(&shop.state);
    if state.is_duplicate(&comment) {
        return Err(Problem(
            StatusCode::CONFLICT,
            "comment_duplicate",
            "Duplicate comment detected; it looks as though you&#8217;ve already said that!",
        ));
    }
    let id = state.add(comment);
    let made = state
        .find(id)
        .map(|c| c.comment(&shop.settings.public_url, shop.settings.moderates));
    drop(state);
    shop.door.touch();
    Ok((StatusCode::CREATED, Json(made.unwrap_or_default())))
}

pub async fn update(
    State(shop): State<Arc<WooCommerce>>,
    Path(id): Path<u64>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    signed_in(&shop, &headers)?;
    let content = content(&read(&body, &["content"])?)?;
    may_edit(&shop)?;
    let mut state = hold(&shop.state);
    let found = state.find_mut(id).map_err(|_| unknown())?;
    found.content = content;
    let changed = found.comment(&shop.settings.public_url, true);
    drop(state);
    shop.door.touch();
    Ok(Json(changed))
}

pub async fn delete(
    State(shop): State<Arc<WooCommerce>>,
    Path(id): Path<u64>,
    Query(query): Asked,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    signed_in(&shop, &headers)?;
    may_edit(&shop)?;
    let mut state = hold(&shop.state);
    let found = state.find_mut(id).map_err(|_| unknown())?;
    let previous = found.comment(&shop.settings.public_url, true);
    if query.get("force").map(String::as_str) == Some("true") {
        state.comments.retain(|c| c.id != id);
        shop.door.touch();
        return Ok(Json(json!({ "deleted": true, "previous": previous })));
    }
    if found.status == Status::Trash {
        return Err(Problem(
            StatusCode::GONE,
            "rest_already_trashed",
            "The comment has already been trashed.",
        ));
    }
    found.status = Status::Trash;
    let trashed = found.comment(&shop.settings.public_url, true);
    shop.door.touch();
    Ok(Json(trashed))
}

pub async fn me(State(shop): State<Arc<WooCommerce>>, headers: HeaderMap) -> Result<Json<Value>, Problem> {
    signed_in(&shop, &headers)?;
    let moderates = shop.settings.moderates;
    Ok(Json(json!({
        "id": SERVICE, "name": "Kundenservice", "slug": shop.settings.user,
        "capabilities": { "read": true, "edit_posts": moderates, "moderate_comments": moderates },
    })))
}

fn unknown() -> Problem {
    Problem(
        StatusCode::NOT_FOUND,
        "rest_comment_invalid_id",
        "Invalid comment ID.",
    )
}

fn edits(shop: &WooCommerce, context: Option<&String>) -> Result<bool, Problem> {
    match context.map(String::as_str) {
        None | Some("view" | "embed") => Ok(false),
        Some("edit") if shop.settings.moderates => Ok(true),
        Some("edit") => Err(Problem(
            StatusCode::FORBIDDEN,
            "rest_forbidden_context",
            "Sorry, you are not allowed to edit comments.",
        )),
        Some(_) => Err(Problem::invalid("Invalid parameter(s): context")),
    }
}

fn may_edit(shop: &WooCommerce) -> Result<(), Problem> {
    match shop.settings.moderates {
        true => Ok(()),
        false => Err(Problem(
            StatusCode::FORBIDDEN,
            "rest_cannot_edit",
            "Sorry, you are not allowed to edit this comment.",
        )),
    }
}

/// WordPress passes over fields that it does not know; whoever sends one here has misread the documentation.
fn read(body: &[u8], known: &[&str]) -> Result<Value, Problem> {
    let body: Value = serde_json::from_slice(body).map_err(|_| {
        Problem(
            StatusCode::BAD_REQUEST,
            "rest_invalid_json",
            "Invalid JSON body passed.",
        )
    })?;
    let fields = body.as_object();
    match fields.is_some_and(|fields| fields.keys().all(|name| known.contains(&name.as_str()))) {
        true => Ok(body),
        false => Err(Problem::invalid("Invalid parameter(s)")),
    }
}

fn content(body: &Value) -> Result<String, Problem> {
    let content = body["content"].as_str().unwrap_or_default().trim();
    if content.is_empty() {
        return Err(Problem(
            StatusCode::BAD_REQUEST,
            "rest_comment_content_invalid",
            "Invalid comment content.",
        ));
    }
    if content.len() > LONGEST {
        return Err(Problem(
            StatusCode::BAD_REQUEST,
            "comment_content_column_length",
            "Comment field exceeds maximum length allowed.",
        ));
    }
    Ok(content.to_owned())
}
