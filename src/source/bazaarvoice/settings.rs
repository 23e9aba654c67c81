//! What the file says about a client of Bazaarvoice, and what can be said from it without asking Bazaarvoice.

use std::sync::Arc;

use secrecy::SecretString;

use crate::domain::item::Incoming;
use crate::domain::item::ItemKind;
use crate::domain::item::caps::ReplyCaps;
use crate::port::PortError;
use crate::port::source::ReviewSource;
use crate::reader::secret;
use crate::reader::table::Table;
use crate::reader::url;
use crate::source::bazaarvoice;
use crate::source::bazaarvoice::wire;
use crate::source::bazaarvoice::wire::Content;
use crate::source::kind::About;
use crate::source::kind::Kind;
use crate::source::kind::Look;
use crate::source::kind::Settings;
use crate::source::place;
use crate::source::place::Form;

pub const KIND: Kind = Kind {
    word: "bazaarvoice",
    marks: &["bazaarvoice"],
    brings: &[ItemKind::Review, ItemKind::Question],
    read: |table, name| Some(Arc::new(read(table, name)?)),
};

const CLIENT: Form = Form {
    example: "gartenmarkt",
    fits: is_client,
    remedy: "write the client's name as it stands in the addresses of the Response API, without blanks",
};
/// What Bazaarvoice takes.
const NICKNAME: Form = Form {
    example: "Gartenmarkt",
    fits: |text| (4..=25).contains(&text.chars().count()),
    remedy: "write 4 to 25 characters",
};
const USER: Form = Form {
    example: "service-gartenmarkt",
    fits: |text| !text.is_empty() && !text.contains('@'),
    remedy: "write the id of an account of yours; Bazaarvoice wants no e-mail address there",
};

#[derive(Debug, Clone)]
pub struct BazaarvoiceSettings {
    pub client: String,
    pub passkey: SecretString,
    pub base_url: String,
    pub poll_minutes: u64,
    pub overlap_hours: i64,
    /// 0 is only once, at the very beginning.
    pub sweep_hours: i64,
    pub calls_per_minute: i32,
    pub questions: bool,
    /// Without it, people answer reviews in the Portal.
    pub reply: Option<Responder>,
    /// Without it, people answer questions in the Portal.
    pub answer: Option<Answerer>,
}

/// Who answers reviews.
#[derive(Debug, Clone)]
pub struct Responder {
    pub passkey: SecretString,
    pub client_id: SecretString,
    pub client_secret: SecretString,
    pub refresh_token: SecretString,
    pub department: String,
}

/// Who answers questions.
#[derive(Debug, Clone)]
pub struct Answerer {
    pub user: String,
    pub nickname: String,
    pub moderation_days: i64,
}

impl BazaarvoiceSettings {
    pub fn caps(&self, content: Content, is_syndicated: bool) -> ReplyCaps {
        match (content, &self.reply, &self.answer) {
            _ if is_syndicated => ReplyCaps::deep_link(),
            (Content::Review, Some(_), _) => bazaarvoice::OF_REVIEWS,
            (Content::Question, _, Some(_)) => bazaarvoice::OF_QUESTIONS,
            (Content::Review, None, _) | (Content::Question, _, None) => ReplyCaps::deep_link(),
        }
    }
}

impl Settings for BazaarvoiceSettings {
    fn open(&self, about: About) -> Result<Arc<dyn ReviewSource>, PortError> {
        Ok(Arc::new(bazaarvoice::open(about, self.clone())?))
    }

    fn caps_for(&self, incoming: &Incoming) -> ReplyCaps {
        self.caps(Content::of(incoming.kind), wire::is_syndicated(&incoming.raw))
    }

    fn scope_for(&self, _source: &str, incoming: &Incoming) -> Result<String, String> {
        Ok(Content::of(incoming.kind).scope(&self.client))
    }

    fn in_order(&self, look: &Look<'_>) -> String {
        let what = match self.questions {
            true => "reviews and questions",
            false => "reviews",
        };
        let read = match look.asked {
            true => format!("the {what} of {} can be read", self.client),
            false => format!("{what} of {}", self.client),
        };
        let reviews = match &self.reply {
            Some(reply) => format!("{} answers reviews", reply.department),
            None => "people answer reviews in the Portal".to_owned(),
        };
        match (&self.answer, self.questions) {
            (_, false) => format!("{read}; {reviews}"),
            (Some(answer), true) => format!("{read}; {reviews}, {} questions", answer.nickname),
            (None, true) => format!("{read}; {reviews}; people answer questions in the Portal"),
        }
    }
}

pub fn read(table: &Table, name: Option<&str>) -> Option<BazaarvoiceSettings> {
    let client = place::id(table, "client", CLIENT);
    let passkey = own(table, "passkey", name);
    let base_url = url::url(table, "base_url");
    let poll_minutes = table
        .integer("poll_minutes", 1..=1440)
        .and_then(|n| u64::try_from(n).ok());
    let overlap_hours = table.integer("overlap_hours", 0..=8760);
    let sweep_hours = table.integer("sweep_hours", 0..=8760);
    let calls_per_minute = table
        .integer("calls_per_minute", 10..=100_000)
        .and_then(|n| i32::try_from(n).ok());
    let questions = table.flag("questions");
    let reply = table.optional("reply").map(|reply| responder(reply, name));
    let answer = table.optional("answer").map(answerer);
    Some(BazaarvoiceSettings {
        client: client?,
        passkey: passkey?,
        base_url: base_url?,
        poll_minutes: poll_minutes?,
        overlap_hours: overlap_hours?,
        sweep_hours: sweep_hours?,
        calls_per_minute: calls_per_minute?,
        questions: questions?,
        reply: match reply {
            Some(reply) => Some(reply?),
            None => None,
        },
        answer: match answer {
            Some(answer) => Some(answer?),
            None => None,
        },
    })
}

fn responder(table: Table, name: Option<&str>) -> Option<Responder> {
    let passkey = own(&table, "passkey", name);
    let client_id = own(&table, "client_id", name);
    let client_secret = own(&table, "client_secret", name);
    let refresh_token = own(&table, "refresh_token", name);
    let department = table.needed("department", "\"Customer service\"");
    table.close();
    Some(Responder {
        passkey: passkey?,
        client_id: client_id?,
        client_secret: client_secret?,
        refresh_token: refresh_token?,
        department: department?.value,
    })
}

fn answerer(table: Table) -> Option<Answerer> {
    let user = place::id(&table, "user", USER);
    let nickname = place::id(&table, "nickname", NICKNAME);
    let moderation_days = table.integer("moderation_days", 1..=60);
    table.close();
    Some(Answerer {
        user: user?,
        nickname: nickname?,
        moderation_days: moderation_days?,
    })
}

/// Its default variable is named after the source; without a name nothing can be looked up.
fn own(table: &Table, key: &'static str, name: Option<&str>) -> Option<SecretString> {
    table.entry(key);
    name.and_then(|name| secret::needed_of(table, key, name))
}

/// It becomes a part of addresses.
fn is_client(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    (1..=100).contains(&text.len()) && text.chars().all(is_plain)
}
