//! Embeds: each with its limits, and six thousand characters over all of them.

use serde_json::Value;

use super::Form;
use super::join;
use super::length;

const TOTAL: usize = 6_000;

pub fn embeds(form: &mut Form, list: &[Value]) {
    let mut total = 0;
    for (n, embed) in list.iter().enumerate() {
        let at = format!("embeds.{n}");
        if !embed.is_object() {
            let message = "Only dictionaries may be used in a DictType";
            form.fault(&at, "DICT_TYPE_CONVERT", message);
            continue;
        }
        total += one(form, embed, &at);
    }
    if total > TOTAL {
        let message = format!("Embed size exceeds maximum size of {TOTAL}");
        form.fault("embeds", "MAX_EMBED_SIZE_EXCEEDED", message);
    }
}

/// Returns how much it counts.
fn one(form: &mut Form, embed: &Value, at: &str) -> usize {
    let mut counted = vec![
        form.text(embed, at, "title", (0, 256), false),
        form.text(embed, at, "description", (0, 4096), false),
        form.text(
            &embed["author"],
            &join(at, "author"),
            "name",
            (1, 256),
            embed["author"].is_object(),
        ),
        form.text(
            &embed["footer"],
            &join(at, "footer"),
            "text",
            (1, 2048),
            embed["footer"].is_object(),
        ),
    ];
    for (n, field) in form.list(embed, at, "fields", (0, 25)).iter().enumerate() {
        let at = format!("{at}.fields.{n}");
        counted.push(form.text(field, &at, "name", (1, 256), true));
        counted.push(form.text(field, &at, "value", (1, 1024), true));
        if !matches!(field["inline"], Value::Null | Value::Bool(_)) {
            form.fault(
                &join(&at, "inline"),
                "BOOLEAN_TYPE_CONVERT",
                "Must be either true or false.",
            );
        }
    }
    let web = ["http", "https"];
    let pictures = ["http", "https", "attachment"];
    form.url(embed, at, "url", 2048, &web);
    form.url(&embed["author"], &join(at, "author"), "url", 2048, &web);
    for (part, key) in [
        ("author", "icon_url"),
        ("footer", "icon_url"),
        ("image", "url"),
        ("thumbnail", "url"),
    ] {
        form.url(&embed[part], &join(at, part), key, 2048, &pictures);
    }
    form.number(embed, at, "color", 0, 0xff_ffff);
    if let Some(text) = form.text(embed, at, "timestamp", (0, 64), false)
        && chrono::DateTime::parse_from_rfc3339(text).is_err()
    {
        let message = format!("Could not parse {text}. Should be ISO8601.");
        form.fault(&join(at, "timestamp"), "DATE_TYPE_PARSE", message);
    }
    let total: usize = counted.iter().flatten().map(|text| length(text.trim())).sum();
    let pictured = embed["image"].is_object() || embed["thumbnail"].is_object();
    if total == 0 && !pictured {
        form.required(&join(at, "description"));
    }
    total
}
