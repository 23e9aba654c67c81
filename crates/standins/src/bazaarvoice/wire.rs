//! Items as the Conversations API shows them, with the fields of its description.

use chrono::DateTime;
use chrono::Utc;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::Bazaarvoice;
use super::Stage;
use super::state::Answer;
use super::state::Item;
use super::state::Response;
use super::state::State;
use crate::shop::Kind;

/// `2026-11-18T09:00:00.000+00:00`
pub fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%S%.3f+00:00").to_string()
}

impl Bazaarvoice {
    pub fn shown(&self, item: &Item, state: &State) -> Value {
        let mut shown = json!({
            "Id": item.id,
            "CID": format!("cid-{}", item.id),
            "SourceClient": if item.is_syndicated { "silberreiher" } else { self.settings.client.as_str() },
            "LastModeratedTime": time(item.submitted),
            "LastModificationTime": time(item.modified),
            "ProductId": item.product,
            "AuthorId": format!("author-{}", item.author),
            "UserNickname": item.author,
            "UserLocation": "Kassel",
            "ContentLocale": "de_DE",
            "IsFeatured": false,
            "IsSyndicated": item.is_syndicated,
            "ModerationStatus": "APPROVED",
            "SubmissionTime": time(item.submitted),
            "TotalFeedbackCount": 1,
            "TotalNegativeFeedbackCount": 0,
            "TotalPositiveFeedbackCount": 1,
            "Photos": [],
            "Videos": [],
        });
        match item.kind {
            Kind::Review => self.of_review(&mut shown, item, state),
            Kind::Question | Kind::Comment | Kind::Mention | Kind::Message => {
                of_question(&mut shown, item, state);
            }
        }
        if item.is_syndicated {
            shown["SyndicationSource"] = json!({
                "Name": "silberreiher.example",
                "ContentLink": format!("https://silberreiher.example/reviews/{}", item.id),
            });
        }
        shown
    }

    fn of_review(&self, shown: &mut Value, item: &Item, state: &State) {
        let now = self.clock();
        let responses: Vec<Value> = state
            .responses
            .iter()
            .filter(|r| r.review == item.id && r.created + self.settings.lag <= now)
            .map(|r| self.client_response(r))
            .collect();
        shown["TotalClientResponseCount"] = json!(responses.len());
        shown["ClientResponses"] = json!(responses);
        shown["Rating"] = json!(item.stars);
        shown["RatingRange"] = json!(5);
        shown["IsRatingsOnly"] = json!(item.text.is_empty());
        shown["ReviewText"] = json!(item.text);
        shown["Title"] = json!("Nach zwei Wochen");
        shown["BadgesOrder"] = json!(["verifiedPurchaser"]);
        shown["TotalCommentCount"] = json!(0);
    }

    fn client_response(&self, response: &Response) -> Value {
        json!({
            "Department": response.department,
            "Response": response.text,
            "ResponseType": "client",
            "ResponseSource": "zeitnah",
            "Date": time(response.updated),
            "SourceClientName": self.settings.client,
        })
    }

    pub fn product(&self, id: &str) -> Value {
        let known = self.settings.products.iter().find(|p| p.id == id);
        json!({
            "Id": id,
            "Name": known.map(|p| p.name.as_str()),
            "ProductPageUrl": format!("https://gartenmarkt.example/{id}"),
        })
    }

    pub fn answer(&self, answer: &Answer) -> Value {
        json!({
            "Id": answer.id,
            "CID": format!("cid-{}", answer.id),
            "SourceClient": self.settings.client,
            "QuestionId": answer.question,
            "AuthorId": answer.user,
            "UserNickname": answer.nickname,
            "ContentLocale": "de_DE",
            "IsBrandAnswer": answer.user == self.settings.user,
            "IsSyndicated": false,
            "ModerationStatus": answer.stage,
            "SubmissionTime": time(answer.submitted),
            "LastModificationTime": time(answer.submitted),
            "AnswerText": answer.text,
        })
    }

    /// What the results speak of.
    pub fn includes(&self, items: &[&Item], state: &State, wanted: &str) -> Value {
        let mut includes = Map::new();
        if wanted.contains("Products") {
            let products: Map<String, Value> = items
                .iter()
                .map(|item| (item.product.clone(), self.product(&item.product)))
                .collect();
            includes.insert("Products".to_owned(), json!(products));
        }
        if wanted.contains("Answers") {
            let below = state.answers.iter().filter(|a| a.stage == Stage::Approved);
            let below = below.filter(|a| items.iter().any(|item| item.id == a.question));
            let answers: Map<String, Value> = below.map(|a| (a.id.clone(), self.answer(a))).collect();
            includes.insert("Answers".to_owned(), json!(answers));
        }
        Value::Object(includes)
    }
}

fn of_question(shown: &mut Value, item: &Item, state: &State) {
    let below = state.answers.iter().filter(|a| a.question == item.id);
    let count = below.filter(|a| a.stage == Stage::Approved).count();
    shown["QuestionSummary"] = json!(item.text);
    shown["TotalAnswerCount"] = json!(count);
}
