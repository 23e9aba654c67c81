//! Slack takes the same call as JSON, as a form or as a query, with nested values as JSON or as a string of
//! JSON. This reads all of them into one shape, and writes answers in Slack's envelope.

use axum::http::{HeaderMap, header};
use serde_json::{Map, Value, json};

/// A "no" in Slack's words.
#[derive(Debug, Clone, PartialEq)]
pub struct Refused {
    pub error: String,
    pub fields: Map<String, Value>,
}

impl Refused {
    pub fn with(self, key: &str, value: Value) -> Self {
        let mut fields = self.fields;
        fields.insert(key.to_owned(), value);
        Self { fields, ..self }
    }

    pub fn messages(self, messages: Vec<String>) -> Self {
        self.with("response_metadata", json!({ "messages": messages }))
    }

    pub fn body(&self) -> Value {
        let mut body = Map::new();
        body.insert("ok".to_owned(), Value::Bool(false));
        body.insert("error".to_owned(), Value::String(self.error.clone()));
        body.extend(self.fields.clone());
        Value::Object(body)
    }
}

impl From<&str> for Refused {
    fn from(error: &str) -> Self {
        Self {
            error: error.to_owned(),
            fields: Map::new(),
        }
    }
}

pub type Answer = Result<Value, Refused>;

#[derive(Debug, Clone, Default)]
pub struct Args(Map<String, Value>);

impl Args {
    pub fn read(headers: &HeaderMap, query: Option<&str>, body: &[u8]) -> Result<Self, Refused> {
        let mut args = Map::new();
        let is_json = headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|kind| kind.starts_with("application/json"));
        form(&mut args, query.unwrap_or_default().as_bytes());
        match is_json {
            _ if body.is_empty() => {}
            true => match serde_json::from_slice(body) {
                Ok(Value::Object(fields)) => args.extend(fields),
                Ok(_) => return Err("json_not_object".into()),
                Err(_) => return Err("invalid_json".into()),
            },
            false => form(&mut args, body),
        }
        args.retain(|_, value| !value.is_null());
        Ok(Self(args))
    }

    pub fn of(value: Value) -> Self {
        match value {
            Value::Object(fields) => Self(fields.into_iter().filter(|(_, v)| !v.is_null()).collect()),
            _ => Self::default(),
        }
    }

    pub fn text(&self, key: &str) -> Option<String> {
        match self.0.get(key)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// As `text`, but an empty string counts as absent.
    pub fn word(&self, key: &str) -> Option<String> {
        self.text(key).filter(|text| !text.is_empty())
    }

    pub fn flag(&self, key: &str) -> Option<bool> {
        match self.0.get(key)? {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) => Some(matches!(text.as_str(), "true" | "1" | "True")),
            Value::Number(number) => Some(number.as_i64() != Some(0)),
            _ => None,
        }
    }

    pub fn number(&self, key: &str) -> Option<u64> {
        self.text(key)?.parse().ok()
    }

    /// Nested values, as JSON or as a string holding JSON.
    pub fn nested(&self, key: &str, error: &str) -> Result<Option<Value>, Refused> {
        match self.0.get(key) {
            None => Ok(None),
            Some(Value::String(text)) if text.is_empty() => Ok(None),
            Some(Value::String(text)) => serde_json::from_str(text).map(Some).map_err(|_| error.into()),
            Some(value) => Ok(Some(value.clone())),
        }
    }
}

fn form(args: &mut Map<String, Value>, bytes: &[u8]) {
    for (key, value) in url::form_urlencoded::parse(bytes) {
        args.insert(key.into_owned(), Value::String(value.into_owned()));
    }
}

/// How Slack hands literal text back: the three characters that mean something to it are entities.
pub fn literal(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// How Slack stores mrkdwn: live tokens and entities stay, loose marks become entities.
pub fn normal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let entity = ["&amp;", "&lt;", "&gt;"]
            .into_iter()
            .find(|entity| rest.starts_with(entity));
        let taken = match (entity, token(rest)) {
            (Some(entity), _) => {
                out.push_str(entity);
                entity.len()
            }
            (None, Some(token)) => {
                out.push_str(token);
                token.len()
            }
            (None, None) => {
                out.push_str(&literal(&rest[..1]));
                1
            }
        };
        rest = &rest[taken..];
    }
    out.push_str(rest);
    out
}

/// A live `<…>` token at the very start of the text, brackets included.
pub fn token(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('<')?;
    let end = inner
        .find(['<', '>', '\n'])
        .filter(|end| inner[*end..].starts_with('>'))?;
    let body = &inner[..end];
    let target = body.split('|').next().unwrap_or_default();
    let id =
        |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let live = match target.chars().next()? {
        '@' | '#' => id(&target[1..]),
        '!' => ["here", "channel", "everyone", "subteam^", "date^"]
            .iter()
            .any(|word| target[1..].starts_with(word)),
        _ => ["http://", "https://", "mailto:", "tel:"]
            .iter()
            .any(|scheme| target.starts_with(scheme)),
    };
    live.then(|| &text[..end + 2])
}

pub fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_and_json_read_the_same() {
        let mut headers = HeaderMap::new();
        let form = Args::read(&headers, Some("limit=5"), b"channel=C1&blocks=%5B%5D").unwrap();
        headers.insert(
            header::CONTENT_TYPE,
            "application/json; charset=utf-8".parse().unwrap(),
        );
        let json = Args::read(&headers, None, br#"{"channel":"C1","limit":5,"blocks":[]}"#).unwrap();
        for args in [form, json] {
            assert_eq!(args.text("channel").as_deref(), Some("C1"));
            assert_eq!(args.number("limit"), Some(5));
            assert_eq!(args.nested("blocks", "x").unwrap(), Some(json!([])));
        }
    }

    #[test]
    fn loose_marks_become_entities_and_live_tokens_stay() {
        assert_eq!(
            normal("a & b < c > <@U1> &lt;!here&gt;"),
            "a &amp; b &lt; c &gt; <@U1> &lt;!here&gt;"
        );
        assert_eq!(normal("<javascript:alert(1)|x>"), "&lt;javascript:alert(1)|x&gt;");
        assert_eq!(
            normal("<!here|now> <https://a.example|b>"),
            "<!here|now> <https://a.example|b>"
        );
    }
}
