//! What Bazaarvoice's noes mean. Most of them come with status 200 and `HasErrors`, those of the Response API with a list of
//! fields, and those of its doorkeeper as a page of HTML.

use serde_json::Value;

use crate::port::PortError;
use crate::port::Why;
use crate::source::http::Access;
use crate::source::http::Answer;

/// Its limits are counted by the minute, and the doorkeeper does not say how much of it is left.
const MINUTE: i64 = 60;

/// The first "no" of an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fault {
    pub code: String,
    /// What of ours it is about.
    pub field: String,
    pub message: String,
}

/// A success, or what the answer means otherwise.
pub fn done(answer: Answer, deed: Access) -> Result<Answer, PortError> {
    let told = Fault::of(&answer);
    match (answer.status, told) {
        (403, _) if is_too_fast(&answer) => Err(PortError::Later {
            why: answer.why(),
            after: Some(MINUTE),
        }),
        (200..=299, None) => Ok(answer),
        (200..=299 | 400, Some(fault)) => Err(fault.means(deed)),
        _ => Err(answer.error()),
    }
}

/// `<h1>Developer Over Qps</h1>`, where a wrong passkey is `<h1>Developer Inactive</h1>`.
fn is_too_fast(answer: &Answer) -> bool {
    let page = String::from_utf8_lossy(&answer.body).to_lowercase();
    let header = answer.header("x-mashery-error-code").unwrap_or_default();
    let header = header.to_lowercase();
    let says = |text: &str| page.contains(text) || header.contains(&text.replace(' ', "_"));
    says("over qps") || says("over qpm") || says("over rate")
}

impl Fault {
    /// None where nothing is said to be wrong.
    pub fn of(answer: &Answer) -> Option<Self> {
        let said: Value = serde_json::from_slice(&answer.body).ok()?;
        let form = said["FormErrors"]["FieldErrors"].as_object();
        let first = said["Errors"].as_array().and_then(|all| all.first());
        let first = first.or_else(|| form.and_then(|all| all.values().next()));
        let text = |of: &Value, key: &str| of[key].as_str().unwrap_or_default().to_owned();
        if let Some(of) = first {
            return Some(Self {
                code: text(of, "Code"),
                field: text(of, "Field"),
                message: text(of, "Message"),
            });
        }
        if said["HasErrors"] == true {
            return Some(Self::default());
        }
        if answer.is_success() {
            return None;
        }
        let of = said["errors"].as_array().and_then(|all| all.first());
        if let Some(of) = of {
            return Some(Self {
                code: text(of, "code"),
                field: text(of, "field"),
                message: text(of, "message"),
            });
        }
        let code = said["ERROR_CODE"].as_str().or(said["code"].as_str())?;
        Some(Self {
            code: code.to_owned(),
            field: String::new(),
            message: text(&said, "detail"),
        })
    }

    /// Exactly these words of ours were taken before.
    pub fn is_duplicate(&self) -> bool {
        let is_response = self.field == "response" && self.message.starts_with("Duplicate");
        is_response
            || matches!(
                self.code.as_str(),
                "ERROR_DUPLICATE_SUBMISSION" | "ERROR_FORM_DUPLICATE"
            )
    }

    pub fn means(self, deed: Access) -> PortError {
        let said = Why::from(format!("Bazaarvoice says {}", self.name()));
        let why = match self.message.is_empty() {
            true => said,
            false => said.answered(self.message),
        };
        match (self.code.as_str(), deed) {
            (
                "ERROR_PARAM_INVALID_API_KEY"
                | "ERROR_ACCESS_DENIED"
                | "ERROR_FORBIDDEN"
                | "ERROR_PARAM_MISSING_USER_ID",
                _,
            ) => PortError::Denied { why },
            ("ERROR_REQUEST_LIMIT_REACHED", _) => PortError::Later {
                why,
                after: Some(MINUTE),
            },
            ("ERROR_UNKNOWN", Access::Read) => PortError::Later { why, after: None },
            ("ERROR_UNKNOWN", Access::Write) => PortError::Unclear { why },
            // "Review Id does not exist for client".
            _ if self.field == "reviewId" => PortError::Gone { why },
            _ => PortError::Never { why },
        }
    }

    fn name(&self) -> &str {
        match self.code.as_str() {
            "" => "no, and not why",
            code => code,
        }
    }
}
