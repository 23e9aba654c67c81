//! Trustpilot calls us when a review is written, changed or removed, and signs nothing. So what it says is not believed: the
//! address has to be known, and only the ids are taken from the call.

use secrecy::ExposeSecret as _;
use secrecy::SecretString;
use serde_json::Value;

use crate::domain::item::fingerprint;
use crate::port::PortError;
use crate::port::source::HookCall;
use crate::port::source::HookNews;
use crate::port::source::HookRefusal;
use crate::source::trustpilot::wire;
use crate::source::trustpilot::wire::Events;

/// What begins like this is about a service review.
const ABOUT: &str = "service-review-";
/// Shorter ones can be found by trying.
const SHORTEST: usize = 24;

pub fn token(given: &SecretString) -> Result<(), PortError> {
    let text = given.expose_secret();
    let is_sound = text.len() >= SHORTEST && text.chars().all(|c| c.is_ascii_alphanumeric());
    is_sound.then_some(()).ok_or_else(|| {
        PortError::never(format!(
            "hook.token must be {SHORTEST} letters and digits or more, because who guesses it can call: openssl rand -hex 32"
        ))
    })
}

pub fn admit(
    call: &HookCall,
    token: Option<&SecretString>,
    scopes: Vec<String>,
) -> Result<HookNews, HookRefusal> {
    let token = token.ok_or(HookRefusal::NotHere)?;
    let told = call.token.as_deref().unwrap_or_default();
    // How long this takes says nothing about the token: compared are hashes.
    if fingerprint::of_bytes(told.as_bytes()) != fingerprint::of_bytes(token.expose_secret().as_bytes()) {
        return Err(HookRefusal::Unsigned(
            "the address must end with the token of source.hook".to_owned(),
        ));
    }
    let events: Events = serde_json::from_slice(&call.body)
        .map_err(|_| HookRefusal::Malformed("expected an object with events".to_owned()))?;
    let mut ids: Vec<String> = events.events.iter().filter_map(named).collect();
    ids.sort();
    ids.dedup();
    Ok(match ids.is_empty() {
        // The test that their page offers, and what they may invent.
        true => HookNews::WakeUp,
        false => HookNews::Named { scopes, ids },
    })
}

fn named(event: &Value) -> Option<String> {
    let is_about_service = event["eventName"]
        .as_str()
        .is_some_and(|name| name.starts_with(ABOUT));
    is_about_service.then(|| wire::id(&event["eventData"])).flatten()
}
