//! A "no" in Discord's words: status, code, sentence, and for a form where in it.

use serde_json::Map;
use serde_json::Value;
use serde_json::json;

#[derive(Debug, Clone, PartialEq)]
pub struct Refused {
    pub status: u16,
    pub code: u32,
    pub message: String,
    pub errors: Option<Box<Value>>,
    pub fields: Box<Map<String, Value>>,
}

impl Refused {
    pub fn new(status: u16, code: u32, message: &str) -> Self {
        Self {
            status,
            code,
            message: message.to_owned(),
            errors: None,
            fields: Box::default(),
        }
    }

    pub fn with(mut self, key: &str, value: Value) -> Self {
        self.fields.insert(key.to_owned(), value);
        self
    }

    pub fn body(&self) -> Value {
        let mut body = json!({ "message": self.message, "code": self.code });
        if let Some(errors) = &self.errors {
            body["errors"] = Value::clone(errors);
        }
        for (key, value) in self.fields.iter() {
            body[key] = value.clone();
        }
        body
    }

    /// What no well-behaved app ever sends.
    pub fn is_odd(&self) -> bool {
        matches!(
            self.code,
            50006 | 50033 | 50035 | 50050 | 50068 | 50109 | 40333 | 50041
        ) || (self.code == 0 && matches!(self.status, 400 | 404 | 405))
    }

    pub fn unknown_channel() -> Self {
        Self::new(404, 10003, "Unknown Channel")
    }

    pub fn unknown_message() -> Self {
        Self::new(404, 10008, "Unknown Message")
    }

    pub fn unknown_interaction() -> Self {
        Self::new(404, 10062, "Unknown interaction")
    }

    pub fn missing_access() -> Self {
        Self::new(403, 50001, "Missing Access")
    }

    pub fn missing_permissions() -> Self {
        Self::new(403, 50013, "Missing Permissions")
    }

    pub fn thread_archived() -> Self {
        Self::new(400, 50083, "Thread is archived")
    }

    pub fn too_many_threads() -> Self {
        Self::new(400, 160_006, "Maximum number of active threads reached")
    }

    pub fn unauthorized() -> Self {
        Self::new(401, 0, "401: Unauthorized")
    }

    pub fn not_found() -> Self {
        Self::new(404, 0, "404: Not Found")
    }

    pub fn empty_message() -> Self {
        Self::new(400, 50006, "Cannot send an empty message")
    }

    pub fn invalid_form(errors: Value) -> Self {
        Self {
            errors: Some(Box::new(errors)),
            ..Self::new(400, 50035, "Invalid Form Body")
        }
    }
}

/// A status and, mostly, a body.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    pub status: u16,
    pub body: Option<Value>,
}

impl Reply {
    pub fn empty() -> Self {
        Self {
            status: 204,
            body: None,
        }
    }

    pub fn created(body: Value) -> Self {
        Self {
            status: 201,
            body: Some(body),
        }
    }
}

impl From<Value> for Reply {
    fn from(body: Value) -> Self {
        Self {
            status: 200,
            body: Some(body),
        }
    }
}

pub type Answer = Result<Reply, Refused>;
