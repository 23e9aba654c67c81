//! The calls to Bazaarvoice: the Conversations API, whose passkey stands in the address, to read everything and to answer
//! questions, and the Response API, with somebody's token, to answer reviews.

use reqwest::RequestBuilder;
use secrecy::ExposeSecret as _;
use serde_json::Value;
use serde_json::json;
use url::Url;

use crate::domain::At;
use crate::port::PortError;
use crate::source::access::AccessToken;
use crate::source::bazaarvoice::fault;
use crate::source::bazaarvoice::fault::Fault;
use crate::source::bazaarvoice::settings::Answerer;
use crate::source::bazaarvoice::settings::BazaarvoiceSettings;
use crate::source::bazaarvoice::settings::Responder;
use crate::source::bazaarvoice::wire;
use crate::source::bazaarvoice::wire::Content;
use crate::source::bazaarvoice::wire::Listing;
use crate::source::bazaarvoice::wire::Response;
use crate::source::http;
use crate::source::http::Access;
use crate::source::http::Answer;
use crate::source::http::Http;

const VERSION: &str = "5.4";
/// The most that Bazaarvoice gives at once, and the most of what lies in it.
pub const PAGE_SIZE: usize = 100;
const WITHIN: &str = "20";

pub struct Api {
    pub http: Http,
    pub base: Url,
    pub settings: BazaarvoiceSettings,
    /// Of the Response API, where reviews are answered.
    pub token: Option<AccessToken>,
}

impl Api {
    /// One page, what was changed last at its top.
    pub async fn list(
        &self,
        content: Content,
        offset: usize,
        size: usize,
        now: At,
    ) -> Result<Listing, PortError> {
        let (offset, size) = (offset.to_string(), size.to_string());
        let asks = [
            ("Sort", "LastModificationTime:desc"),
            ("Limit", size.as_str()),
            ("Offset", offset.as_str()),
        ];
        self.show(content, &asks, now).await
    }

    /// One item as customers see it now; `Gone` when they do not.
    pub async fn one(&self, content: Content, id: &str, now: At) -> Result<Listing, PortError> {
        let filter = format!("Id:eq:{id}");
        let listing = self
            .show(content, &[("Filter", filter.as_str()), ("Limit", "1")], now)
            .await?;
        let results = listing.results.as_ref().ok_or_else(unsaid)?;
        match results.iter().any(|value| wire::id(value).as_deref() == Some(id)) {
            true => Ok(listing),
            false => Err(self.absent(now).await),
        }
    }

    /// `Gone`, as long as there is anything that the passkey shows: of a catalogue without products nothing is known.
    async fn absent(&self, now: At) -> PortError {
        let url = self.shown("products.json").map(|mut url| {
            url.query_pairs_mut().append_pair("Limit", "1");
            url
        });
        let listing = match url {
            Ok(url) => self.read(url, now).await,
            Err(error) => Err(error),
        };
        match listing.map(|listing| listing.results.unwrap_or_default()) {
            Ok(products) if products.is_empty() => {
                PortError::later("Bazaarvoice shows no product of this client, and so nothing else")
            }
            Ok(_) => PortError::gone("Bazaarvoice does not show it any more"),
            Err(error) => error,
        }
    }

    /// What stands below a question, the newest first.
    pub async fn answers(&self, question: &str, now: At) -> Result<Vec<Value>, PortError> {
        let filter = format!("QuestionId:eq:{question}");
        let mut url = self.shown("answers.json")?;
        url.query_pairs_mut()
            .append_pair("Filter", &filter)
            .append_pair("Sort", "SubmissionTime:desc")
            .append_pair("Limit", &PAGE_SIZE.to_string());
        self.read(url, now).await?.results.ok_or_else(unsaid)
    }

    /// Whether it is new to Bazaarvoice: it takes the same words of the same person once.
    pub async fn submit(
        &self,
        answerer: &Answerer,
        question: &str,
        locale: Option<&str>,
        body: &str,
        now: At,
    ) -> Result<bool, PortError> {
        let mut url = http::under(&self.base, &["data", "submitanswer.json"])?;
        url.query_pairs_mut()
            .append_pair("ApiVersion", VERSION)
            .append_pair("PassKey", self.settings.passkey.expose_secret());
        let mut form = vec![
            ("Action", "Submit"),
            ("QuestionId", question),
            ("AnswerText", body),
            ("UserId", &answerer.user),
            ("UserNickname", &answerer.nickname),
            ("AgreedToTermsAndConditions", "true"),
        ];
        form.extend(locale.map(|locale| ("Locale", locale)));
        let request = self.http.post(url).form(&form);
        let answer = self.http.call(request, Access::Write, now).await?;
        if Fault::of(&answer).is_some_and(|fault| fault.is_duplicate()) {
            return Ok(false);
        }
        let told: Value = fault::done(answer, Access::Write)?.json()?;
        match told["HasErrors"] == false || told["Answer"].is_object() {
            true => Ok(true),
            false => Err(PortError::unclear(
                "Bazaarvoice answered with nothing that says so",
            )),
        }
    }

    /// All answers to a review, ours and those of other departments.
    pub async fn responses(&self, review: &str, now: At) -> Result<Vec<Response>, PortError> {
        let (token, responder) = self.responding()?;
        let url = self.of_review(review, responder)?;
        let answer = token
            .call(Access::Read, now, || self.http.get(url.clone()))
            .await?;
        let told: Value = fault::done(answer, Access::Read)?.json()?;
        Ok(wire::responses(&told))
    }

    /// None when exactly this stands there already.
    pub async fn respond(&self, review: &str, body: &str, now: At) -> Result<Option<Response>, PortError> {
        let (_, responder) = self.responding()?;
        let url = self.of_review(review, responder)?;
        self.write(now, body, || self.http.post(url.clone())).await
    }

    /// None when exactly this stands there already.
    pub async fn rewrite(&self, response: &str, body: &str, now: At) -> Result<Option<Response>, PortError> {
        let url = self.of_response(response)?;
        self.write(now, body, || self.http.patch(url.clone())).await
    }

    /// Answered alike whether it was there or not.
    pub async fn withdraw(&self, response: &str, now: At) -> Result<(), PortError> {
        let (token, _) = self.responding()?;
        let url = self.of_response(response)?;
        let answer = token
            .call(Access::Write, now, || self.http.delete(url.clone()))
            .await?;
        fault::done(answer, Access::Write).map(drop)
    }

    async fn write(
        &self,
        now: At,
        body: &str,
        request: impl Fn() -> RequestBuilder + Send + Sync,
    ) -> Result<Option<Response>, PortError> {
        let (token, responder) = self.responding()?;
        let body = json!({ "attributes": { "department": responder.department, "response": body } });
        let answer: Answer = token.call(Access::Write, now, || request().json(&body)).await?;
        if Fault::of(&answer).is_some_and(|fault| fault.is_duplicate()) {
            return Ok(None);
        }
        let told: Value = fault::done(answer, Access::Write)?.json()?;
        let written = wire::responses(&told).into_iter().next();
        written
            .map(Some)
            .ok_or_else(|| PortError::unclear("Bazaarvoice answered with no response"))
    }

    async fn show(&self, content: Content, asks: &[(&str, &str)], now: At) -> Result<Listing, PortError> {
        let mut url = self.shown(content.list())?;
        {
            let mut query = url.query_pairs_mut();
            query.extend_pairs(asks);
            match content {
                Content::Review => query.append_pair("Include", "Products"),
                Content::Question => query
                    .append_pair("Include", "Products,Answers")
                    .append_pair("Limit_Answers", WITHIN)
                    .append_pair("Sort_Answers", "SubmissionTime:desc"),
            };
        }
        self.read(url, now).await
    }

    async fn read(&self, url: Url, now: At) -> Result<Listing, PortError> {
        let answer = self.http.call(self.http.get(url), Access::Read, now).await?;
        fault::done(answer, Access::Read)?.json()
    }

    fn shown(&self, list: &str) -> Result<Url, PortError> {
        let mut url = http::under(&self.base, &["data", list])?;
        url.query_pairs_mut()
            .append_pair("apiversion", VERSION)
            .append_pair("passkey", self.settings.passkey.expose_secret());
        Ok(url)
    }

    fn of_review(&self, review: &str, responder: &Responder) -> Result<Url, PortError> {
        let client = self.settings.client.as_str();
        self.below(&[client, "reviews", review], responder)
    }

    fn of_response(&self, response: &str) -> Result<Url, PortError> {
        let (_, responder) = self.responding()?;
        self.below(&[response], responder)
    }

    fn below(&self, path: &[&str], responder: &Responder) -> Result<Url, PortError> {
        let of = ["response", "v1", "clientResponses"];
        let mut url = http::under(&self.base, &[&of, path].concat())?;
        url.query_pairs_mut()
            .append_pair("passkey", responder.passkey.expose_secret());
        Ok(url)
    }

    fn responding(&self) -> Result<(&AccessToken, &Responder), PortError> {
        let both = self.token.as_ref().zip(self.settings.reply.as_ref());
        both.ok_or_else(|| PortError::never("nobody is configured who answers reviews"))
    }
}

fn unsaid() -> PortError {
    PortError::later("Bazaarvoice's answer holds no list")
}
