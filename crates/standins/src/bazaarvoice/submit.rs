//! Answers to questions: taken from whoever has the passkey, looked at by moderators, and not shown before.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::Query;
use axum::extract::State;
use serde_json::Value;
use serde_json::json;
use url::form_urlencoded;

use super::Bazaarvoice;
use super::Stage;
use super::access::keyed;
use super::api::Asked;
use super::api::Problem;
use super::state::Answer;
use crate::shop::Kind;
use crate::sites::hold;
use crate::sites::millis;

const FIELDS: &[&str] = &[
    "Action",
    "QuestionId",
    "AnswerText",
    "UserId",
    "UserNickname",
    "AgreedToTermsAndConditions",
    "Locale",
];

/// `POST /data/submitanswer.json?ApiVersion=5.4&PassKey=`, as a form.
pub async fn answer(
    State(of): State<Arc<Bazaarvoice>>,
    Query(query): Asked,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    keyed(&of, &query, "PassKey")?;
    let form: HashMap<String, String> = form_urlencoded::parse(&body).into_owned().collect();
    let said = |key: &str| form.get(key).map(String::as_str).unwrap_or_default();
    if form.keys().any(|key| !FIELDS.contains(&key.as_str())) || said("Action") != "Submit" {
        return Err(Problem::invalid("ERROR_BAD_REQUEST", "Bad request"));
    }
    if said("UserId").is_empty() {
        return Err(Problem::invalid(
            "ERROR_PARAM_MISSING_USER_ID",
            "User authentication required, anonymous submission not allowed.",
        ));
    }
    let mut state = hold(&of.state);
    let is_question = state
        .find(said("QuestionId"))
        .is_ok_and(|item| item.kind == Kind::Question);
    if !is_question {
        return Err(Problem::invalid(
            "ERROR_PARAM_INVALID_PARAMETERS",
            "There is no such question.",
        ));
    }
    if said("AnswerText").trim().is_empty() {
        return Ok(Json(field(
            "AnswerText",
            "ERROR_FORM_REQUIRED",
            "You must enter an answer.",
        )));
    }
    let is_again = |a: &Answer| {
        a.question == said("QuestionId") && a.user == said("UserId") && a.text == said("AnswerText")
    };
    if state.answers.iter().any(is_again) {
        return Err(Problem::invalid(
            "ERROR_DUPLICATE_SUBMISSION",
            "This content was submitted before.",
        ));
    }
    let answer = state.submit(Answer {
        id: String::new(),
        question: said("QuestionId").to_owned(),
        user: said("UserId").to_owned(),
        nickname: said("UserNickname").to_owned(),
        text: said("AnswerText").to_owned(),
        submitted: of.clock(),
        stage: Stage::Submitted,
    });
    drop(state);
    of.door.touch();
    Ok(Json(json!({
        "HasErrors": false,
        "Errors": [],
        "FormErrors": {},
        "Locale": "de_DE",
        "SubmissionId": format!("sub-{}", answer.id),
        "TypicalHoursToPost": 72,
        "Answer": {
            "SubmissionTime": millis(answer.submitted),
            "AnswerText": answer.text,
            "SubmissionId": format!("sub-{}", answer.id),
            "TypicalHoursToPost": 72,
        },
    })))
}

/// What is wrong with one field.
fn field(name: &str, code: &str, message: &str) -> Value {
    let error = json!({ "Field": name, "Code": code, "Message": message });
    json!({
        "HasErrors": true,
        "Errors": [],
        "FormErrors": { "FieldErrors": { name: error }, "FieldErrorsOrder": [name] },
    })
}
