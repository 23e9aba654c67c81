//! Odd values for the tests of the stand-ins: whatever JSON can hold where something else was expected.

use serde_json::Value;
use serde_json::json;

fn odd() -> Vec<Value> {
    vec![
        Value::Null,
        json!(true),
        json!(-1),
        json!(1.5),
        json!(1e308),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(""),
        json!("\u{0}"),
        json!("ä\u{202e}👍🏽"),
        json!("99999999999999999999999999"),
        json!([]),
        json!([null]),
        json!([[[]]]),
        json!({}),
        json!({ "": {} }),
    ]
}

/// The body with each of its values replaced by each odd one, and with each of its keys left out.
pub fn variants(body: &Value) -> Vec<Value> {
    let mut out = odd();
    let mut paths = vec![String::new()];
    let mut at = 0;
    while let Some(path) = paths.get(at).cloned() {
        at += 1;
        match body.pointer(&path) {
            Some(Value::Object(fields)) => paths.extend(fields.keys().map(|key| format!("{path}/{key}"))),
            Some(Value::Array(list)) => paths.extend((0..list.len()).map(|n| format!("{path}/{n}"))),
            _ => {}
        }
    }
    for path in paths.iter().skip(1) {
        for value in odd() {
            let mut one = body.clone();
            if let Some(place) = one.pointer_mut(path) {
                *place = value;
            }
            out.push(one);
        }
        let (parent, key) = path.rsplit_once('/').unwrap_or(("", path));
        let mut one = body.clone();
        if let Some(Value::Object(fields)) = one.pointer_mut(parent) {
            fields.remove(key);
            out.push(one);
        }
    }
    out
}
