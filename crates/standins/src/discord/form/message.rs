//! A message as it is sent, edited, or given as an answer to an interaction: one check for all of them.

use serde_json::Value;

use super::Form;
use super::component;
use super::embed;
use super::is_snowflake;
use super::join;
use super::length;
use crate::discord::refused::Refused;

pub const SUPPRESS_EMBEDS: u64 = 1 << 2;
pub const EPHEMERAL: u64 = 1 << 6;
pub const LOADING: u64 = 1 << 7;
pub const NEWER: u64 = 1 << 15;
/// What an app may set: no previews, only for one, silent, and components instead of content.
const SETTABLE: u64 = SUPPRESS_EMBEDS | EPHEMERAL | 1 << 12 | NEWER;
const CONTENT: usize = 2_000;

/// What a request says about a message; `None` is left out, which an edit leaves as it was.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Content {
    pub content: Option<String>,
    pub embeds: Option<Vec<Value>>,
    pub components: Option<Vec<Value>>,
    pub allowed_mentions: Value,
    pub flags: Option<u64>,
    pub nonce: Option<Value>,
    pub enforce_nonce: bool,
    pub reply_to: Option<String>,
}

impl Content {
    pub fn is_empty(&self) -> bool {
        self.content.as_deref().is_none_or(str::is_empty)
            && self.embeds.as_ref().is_none_or(Vec::is_empty)
            && self.components.as_ref().is_none_or(Vec::is_empty)
    }
}

/// `newer` tells whether the message that is edited already is of the newer kind; `at` is where in the body it is.
pub fn message(body: &Value, at: &str, newer: bool) -> Result<Content, Refused> {
    let mut form = Form::default();
    let flags = flags(&mut form, body, at);
    let newer = newer || flags.is_some_and(|flags| flags & NEWER != 0);
    let content = content(&mut form, body, at);
    let embeds = form.list(body, "", "embeds", (0, 10));
    embed::embeds(&mut form, embeds);
    let components = form.list(body, "", "components", (0, 40));
    component::of_message(&mut form, components, newer);
    if newer {
        let old = [
            ("content", content.as_deref().is_some_and(|c| !c.is_empty())),
            ("embeds", !embeds.is_empty()),
        ];
        for (key, _) in old.iter().filter(|(_, there)| *there) {
            let message =
                "The 'content' and 'embeds' fields cannot be used when using MessageFlags.IS_COMPONENTS_V2";
            form.fault(
                key,
                "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                message,
            );
        }
    }
    allowed_mentions(&mut form, &body["allowed_mentions"]);
    nonce(&mut form, body);
    let reply = &body["message_reference"]["message_id"];
    if !reply.is_null() && !is_snowflake(reply) {
        form.fault(
            "message_reference.message_id",
            "NUMBER_TYPE_COERCE",
            "Value is not snowflake.",
        );
    }
    form.finish()?;
    let listed = |key: &str| match &body[key] {
        Value::Array(list) => Some(list.clone()),
        // Null takes away what is there.
        Value::Null if body.get(key).is_some() => Some(Vec::new()),
        _ => None,
    };
    Ok(Content {
        content,
        embeds: listed("embeds").map(|list| list.into_iter().map(drawn).collect()),
        components: listed("components").map(|list| component::numbered(&list)),
        allowed_mentions: body["allowed_mentions"].clone(),
        flags,
        nonce: body.get("nonce").filter(|nonce| !nonce.is_null()).cloned(),
        enforce_nonce: body["enforce_nonce"] == true,
        reply_to: reply.as_str().map(str::to_owned),
    })
}

fn drawn(mut embed: Value) -> Value {
    embed["type"] = Value::String("rich".to_owned());
    embed
}

fn content(form: &mut Form, body: &Value, at: &str) -> Option<String> {
    if body.get("content").is_some_and(Value::is_null) {
        return Some(String::new());
    }
    let text = form.text(body, at, "content", (0, CONTENT), false)?;
    // White space around it is not kept.
    Some(text.trim().to_owned())
}

fn flags(form: &mut Form, body: &Value, at: &str) -> Option<u64> {
    let flags = form.number(body, at, "flags", 0, i64::from(i32::MAX))?;
    let flags = u64::try_from(flags).ok()?;
    if flags & !SETTABLE != 0 {
        form.fault(
            &join(at, "flags"),
            "MESSAGE_FLAGS_INVALID",
            "These flags cannot be set by an app.",
        );
    }
    Some(flags)
}

fn allowed_mentions(form: &mut Form, allowed: &Value) {
    if allowed.is_null() {
        return;
    }
    let at = "allowed_mentions";
    let kinds = form.list(allowed, at, "parse", (0, 3));
    for (n, kind) in kinds.iter().enumerate() {
        if !matches!(kind.as_str(), Some("users" | "roles" | "everyone")) {
            form.choice(&format!("{at}.parse.{n}"), "'users', 'roles', 'everyone'");
        }
    }
    for key in ["users", "roles"] {
        let ids = form.list(allowed, at, key, (0, 100));
        for (n, id) in ids.iter().enumerate() {
            if !is_snowflake(id) {
                let place = format!("{at}.{key}.{n}");
                form.fault(
                    &place,
                    "NUMBER_TYPE_COERCE",
                    format!("Value {id} is not snowflake."),
                );
            }
        }
        if !ids.is_empty() && kinds.iter().any(|kind| kind == key) {
            let message = format!("parse:[\"{key}\"] and {key}: [ids...] are mutually exclusive.");
            form.fault(at, "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", message);
        }
    }
}

fn nonce(form: &mut Form, body: &Value) {
    let fits = match &body["nonce"] {
        Value::Null => true,
        Value::String(text) => length(text) <= 25,
        Value::Number(number) => number.is_i64() || number.is_u64(),
        _ => false,
    };
    if !fits {
        form.fault("nonce", "NONCE_TYPE_INVALID", "Must be 25 or fewer in length.");
    }
    if body["enforce_nonce"] == true && body["nonce"].is_null() {
        form.required("nonce");
    }
}
