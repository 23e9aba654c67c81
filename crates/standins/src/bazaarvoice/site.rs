//! Bazaarvoice as a page and the controls have it.

use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use serde_json::Value;
use serde_json::json;

use super::Bazaarvoice;
use super::Stage;
use super::state::Item;
use super::state::State;
use crate::shop::Kind;
use crate::sites::Refusal;
use crate::sites::faults::Door;
use crate::sites::has_phone_number;
use crate::sites::hold;
use crate::sites::site::Known;
use crate::sites::site::Shown;
use crate::sites::site::Site;
use crate::sites::site::Verdict;
use crate::sites::site::Written;
use crate::sites::site::name_of;
use crate::sites::site::places;

#[async_trait]
impl Site for Bazaarvoice {
    fn word(&self) -> &'static str {
        "bazaarvoice"
    }

    fn name(&self) -> &'static str {
        "Bazaarvoice"
    }

    fn mark(&self) -> &'static str {
        "BV"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::Review, Kind::Question]
    }

    fn router(self: Arc<Self>) -> Router {
        super::router(self)
    }

    fn door(&self) -> &Door {
        &self.door
    }

    fn write(&self, written: Written<'_>) -> Result<String, Refusal> {
        match written.kind {
            Kind::Question => self.ask(written.place, written.author, written.text),
            Kind::Review | Kind::Comment | Kind::Mention | Kind::Message => self.review(
                written.place,
                written.author,
                written.stars.unwrap_or(0),
                written.text,
            ),
        }
    }

    fn edit(&self, id: &str, stars: Option<u8>, text: &str) -> Result<(), Refusal> {
        self.edit(id, stars, text)
    }

    fn remove(&self, id: &str) -> Result<(), Refusal> {
        self.remove(id)
    }

    fn judges(&self) -> bool {
        true
    }

    fn judge(&self, id: &str, verdict: Verdict) -> Result<(), Refusal> {
        self.judge(id, verdict)
    }

    fn places(&self) -> Value {
        let state = hold(&self.state);
        let items: Vec<(String, Value)> = state
            .items
            .iter()
            .map(|item| (item.product.clone(), drawn(item, &state)))
            .collect();
        let items = items.iter().map(|(place, item)| (place.as_str(), item.clone()));
        places(&self.settings.products, items)
    }

    fn written(&self) -> Vec<Known> {
        let state = hold(&self.state);
        let known = state.items.iter().map(|item| Known {
            id: item.id.clone(),
            author: item.author.clone(),
            place: name_of(&self.settings.products, &item.product),
        });
        known.collect()
    }

    /// Moderators get to what has waited long enough.
    async fn tick(&self) {
        let (Some(after), now) = (self.settings.moderated, self.clock()) else {
            return;
        };
        let mut state = hold(&self.state);
        let waiting = state.answers.iter().filter(|a| a.stage == Stage::Submitted);
        let due: Vec<(String, Stage)> = waiting
            .filter(|a| a.submitted + after <= now)
            .map(|a| match has_phone_number(&a.text) {
                true => (a.question.clone(), Stage::Rejected),
                false => (a.question.clone(), Stage::Approved),
            })
            .collect();
        let judged = due.len();
        for (question, stage) in due {
            // It waited a moment ago, and the lock is ours.
            let _judged = state.judge(&question, stage, now);
        }
        drop(state);
        if judged > 0 {
            self.door.touch();
        }
    }

    fn export(&self) -> Value {
        json!(*hold(&self.state))
    }

    fn import(&self, memory: Value) -> Result<(), serde_json::Error> {
        *hold(&self.state) = serde_json::from_value(memory)?;
        self.door.touch();
        Ok(())
    }
}

fn drawn(item: &Item, state: &State) -> Value {
    let response = state.responses.iter().rfind(|r| r.review == item.id);
    let response = response.map(|r| (r.text.as_str(), r.updated, true));
    let answer = state
        .answers
        .iter()
        .rfind(|a| a.question == item.id && a.stage != Stage::Rejected);
    let answer = answer.map(|a| (a.text.as_str(), a.submitted, a.stage == Stage::Approved));
    let shown = Shown {
        id: &item.id,
        author: &item.author,
        stars: Some(item.stars).filter(|stars| *stars > 0),
        text: &item.text,
        created: item.submitted,
        updated: Some(item.modified).filter(|at| *at != item.submitted),
        removed: None,
        reply: response.or(answer),
        publications: state.published(&item.id),
    };
    shown.json()
}
