//! JSON from strangers. serde_json takes the last of two equal keys and refuses half an emoji; we want the opposite:
//! two equal keys are an error, because the sender and we could mean different ones, and half an emoji is repaired,
//! because a customer's phone cut it off and the rest of the words are good.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::Deserializer;
use serde::de::DeserializeSeed;
use serde::de::Error as _;
use serde::de::MapAccess;
use serde::de::SeqAccess;
use serde::de::Visitor;
use serde_json::Map;
use serde_json::Number;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::domain::At;
use crate::domain::say::words;

/// Writes U+FFFD for each half of a surrogate pair that stands alone; the length stays, and all other bytes too.
pub fn repaired(bytes: &[u8]) -> Cow<'_, [u8]> {
    let mut fixed = Cow::Borrowed(bytes);
    let mut i = 0;
    while i < bytes.len() {
        if bytes[i] != b'\\' {
            i += 1;
            continue;
        }
        i += match escaped_unit(bytes, i) {
            Some(0xD800..=0xDBFF) if matches!(escaped_unit(bytes, i + 6), Some(0xDC00..=0xDFFF)) => 12,
            Some(0xD800..=0xDFFF) => {
                fixed.to_mut()[i..i + 6].copy_from_slice(br"\ufffd");
                6
            }
            Some(_) => 6,
            // Another escape: the character after the backslash must not be read as the beginning of one.
            None => 2,
        };
    }
    fixed
}

/// The UTF-16 unit that `\uXXXX` at `i` stands for.
fn escaped_unit(bytes: &[u8], i: usize) -> Option<u16> {
    let digits = bytes.get(i..i + 6)?.strip_prefix(br"\u")?;
    let digits = std::str::from_utf8(digits).ok()?;
    digits
        .bytes()
        .all(|b| b.is_ascii_hexdigit())
        .then(|| u16::from_str_radix(digits, 16).ok())?
}

/// One value with no key twice, no number beyond f64 and at most 127 levels.
pub fn strict(text: &str) -> Result<Value, String> {
    serde_json::from_str::<Strict>(text)
        .map(|v| v.0)
        .map_err(|e| e.to_string())
}

/// The entries of an object, each still text, so that one bad entry does not lose the others.
pub fn entries(text: &str) -> Result<Vec<(String, &RawValue)>, String> {
    serde_json::from_str::<Entries<'_>>(text)
        .map(|e| e.0)
        .map_err(|e| e.to_string())
}

/// The elements of an array, each still text.
pub fn elements(text: &str) -> Result<Vec<&RawValue>, String> {
    serde_json::from_str(text).map_err(|e| e.to_string())
}

/// What a value is, in the words of JSON Schema.
pub fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// Somebody's words; none where there are none.
pub fn text(value: &Value) -> Option<String> {
    value.as_str().map(words::stored).filter(|t| !t.trim().is_empty())
}

/// A time as RFC 3339 writes it, with whatever offset.
pub fn instant(value: &Value) -> Option<At> {
    value.as_str()?.parse().ok()
}

/// Postgres keeps no NUL in JSON. U+2400 shows where one was.
pub fn storable(value: Value) -> Value {
    let clean = |text: String| {
        if text.contains('\0') {
            text.replace('\0', "\u{2400}")
        } else {
            text
        }
    };
    match value {
        Value::String(text) => Value::String(clean(text)),
        Value::Array(all) => Value::Array(all.into_iter().map(storable).collect()),
        Value::Object(all) => Value::Object(all.into_iter().map(|(k, v)| (clean(k), storable(v))).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) => value,
    }
}

/// Without the entries of these names, wherever they stand.
pub fn without(value: Value, names: &[&str]) -> Value {
    match value {
        Value::Array(all) => Value::Array(all.into_iter().map(|v| without(v, names)).collect()),
        Value::Object(all) => {
            let kept = all.into_iter().filter(|(key, _)| !names.contains(&key.as_str()));
            Value::Object(kept.map(|(key, v)| (key, without(v, names))).collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> DeserializeSeed<'de> for StrictVisitor {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, v: bool) -> Result<Value, E> {
        Ok(Value::Bool(v))
    }

    fn visit_i64<E>(self, v: i64) -> Result<Value, E> {
        Ok(Value::Number(v.into()))
    }

    fn visit_u64<E>(self, v: u64) -> Result<Value, E> {
        Ok(Value::Number(v.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, v: f64) -> Result<Value, E> {
        Number::from_f64(v)
            .map(Value::Number)
            .ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, v: &str) -> Result<Value, E> {
        Ok(Value::String(v.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut all = Vec::new();
        while let Some(Strict(value)) = seq.next_element()? {
            all.push(value);
        }
        Ok(Value::Array(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut all = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            if all.contains_key(&key) {
                return Err(A::Error::custom(twice(&key)));
            }
            let value = map.next_value_seed(StrictVisitor)?;
            all.insert(key, value);
        }
        Ok(Value::Object(all))
    }
}

struct Entries<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;

        impl<'de> Visitor<'de> for Each {
            type Value = Entries<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut all: Vec<(String, &'de RawValue)> = Vec::new();
                while let Some(key) = map.next_key::<String>()? {
                    if all.iter().any(|(known, _)| *known == key) {
                        return Err(A::Error::custom(twice(&key)));
                    }
                    // A body has few entries at the top; one with thousands is not ours.
                    if all.len() == 1000 {
                        return Err(A::Error::custom("more than 1000 keys"));
                    }
                    all.push((key, map.next_value()?));
                }
                Ok(Entries(all))
            }
        }

        deserializer.deserialize_map(Each)
    }
}

fn twice(key: &str) -> String {
    let short: String = key.chars().take(60).collect();
    format!("the key {short:?} stands there twice")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::source::tests::any_json;

    fn repair(text: &str) -> String {
        String::from_utf8(repaired(text.as_bytes()).into_owned()).unwrap()
    }

    #[test]
    fn half_an_emoji_becomes_a_replacement_and_nothing_else_moves() {
        assert_eq!(repair(r#"{"a":"x\ud83dy"}"#), r#"{"a":"x\ufffdy"}"#);
        assert_eq!(repair(r#""\uDE00\uD83D""#), r#""\ufffd\ufffd""#);
        assert_eq!(repair(r#""\ud83d\ud83d\ude00""#), r#""\ufffd\ud83d\ude00""#);
        let untouched = [
            r#""\ud83d\ude00""#,
            r#""\\ud83d""#,
            r#""\\\\ud83d\"""#,
            r#""\u00e4\n""#,
            "\"\\",
            "\\u12",
        ];
        for text in untouched {
            assert!(matches!(repaired(text.as_bytes()), Cow::Borrowed(_)), "{text}");
        }
        assert_eq!(repair(r#""\\\ud83d""#), r#""\\\ufffd""#);
    }

    #[test]
    fn what_two_readers_could_read_differently_is_an_error() {
        assert!(
            strict(r#"{"a":1,"b":{"c":1,"c":2}}"#)
                .unwrap_err()
                .contains("the key \"c\" stands there twice")
        );
        assert!(strict("1e400").unwrap_err().contains("number out of range"));
        assert!(
            strict(&"[".repeat(100_000))
                .unwrap_err()
                .contains("recursion limit")
        );
        assert!(entries(r#"{"a":1,"\u0061":2}"#).unwrap_err().contains("twice"));
    }

    #[test]
    fn a_bad_element_leaves_the_others_readable() {
        let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
        let text = format!(r#"[1,1e400,{{"a":1,"a":2}},{deep},"x"]"#);
        let read: Vec<bool> = elements(&text)
            .unwrap()
            .iter()
            .map(|e| strict(e.get()).is_ok())
            .collect();
        assert_eq!(read, [true, false, false, false, true]);
    }

    #[test]
    fn what_nobody_may_keep_is_taken_out_wherever_it_stands() {
        let value = serde_json::json!({"a": [{"email": "x", "b": 1}], "email": {"c": 2}, "emails": 3});
        let kept = serde_json::json!({"a": [{"b": 1}], "emails": 3});
        assert_eq!(without(value, &["email"]), kept);
    }

    #[test]
    fn nul_becomes_visible() {
        let value = storable(serde_json::json!({"a\0": ["b\0c", 1]}));
        assert_eq!(value, serde_json::json!({"a\u{2400}": ["b\u{2400}c", 1]}));
    }

    proptest! {
        #[test]
        fn good_json_is_left_byte_for_byte_and_read_alike(value in any_json()) {
            let text = value.to_string();
            prop_assert!(matches!(repaired(text.as_bytes()), Cow::Borrowed(_)));
            prop_assert_eq!(strict(&text).unwrap(), serde_json::from_str::<Value>(&text).unwrap());
        }

        #[test]
        fn surrogates_in_any_order_become_readable(units in proptest::collection::vec(any::<u16>(), 0..20)) {
            let escaped: String = units.iter().map(|u| format!("\\u{u:04x}")).collect();
            let text = repair(&format!("\"{escaped}\""));
            prop_assert_eq!(strict(&text).unwrap(), Value::from(String::from_utf16_lossy(&units)));
        }

        #[test]
        fn any_bytes_can_be_repaired(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let once = repaired(&bytes).into_owned();
            prop_assert_eq!(once.len(), bytes.len());
            let again = repaired(&once);
            prop_assert_eq!(again.as_ref(), once.as_slice());
        }
    }
}
