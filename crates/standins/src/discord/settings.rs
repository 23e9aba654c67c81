//! What a test or the demo may choose about the stand-in server before it starts. Everything has a default that
//! behaves like a small real server, limits on.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use ed25519_dalek::SigningKey;
use serde_json::Value;

type Look = dyn Fn(&str, &Value) -> Vec<String> + Send + Sync;

/// A second opinion on every request body: gets the route as the official description names it, `POST
/// /channels/{channel_id}/messages`, and the body; answers with what is wrong. The checks of the stand-in itself
/// are always on.
#[derive(Clone)]
pub struct Judge(Arc<Look>);

impl Judge {
    pub fn new(look: impl Fn(&str, &Value) -> Vec<String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(look))
    }

    pub fn complaints(&self, route: &str, body: &Value) -> Vec<String> {
        (self.0)(route, body)
    }
}

impl fmt::Debug for Judge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Judge")
    }
}

#[derive(Debug, Clone)]
pub struct Settings {
    pub guild_id: String,
    pub guild_name: String,
    /// The app and its bot user share one id, as all newer apps do.
    pub application_id: String,
    pub bot_name: String,
    pub bot_token: String,
    /// What the invitation asked for: the permissions of the bot's own role.
    pub bot_permissions: u64,
    /// Which of the intents that need Discord's consent the app was given.
    pub privileged_intents: u64,
    /// The seed of the key that signs HTTP interactions.
    pub signing_seed: [u8; 32],
    pub rate_limits: bool,
    /// How long a nonce is remembered. Discord says "the past few minutes".
    pub nonce_window: TimeDelta,
    /// How long a person waits for the first answer (real time). Discord gives 3 s.
    pub ack_within: Duration,
    pub heartbeat: Duration,
    /// How long the answer to a signed call is on its way, in real time.
    pub answer_travels: Duration,
    /// With an address, interactions go there and never to the gateway, as at Discord.
    pub interactions_url: Option<String>,
    pub judge: Option<Judge>,
}

impl Settings {
    /// What the developer portal shows, in hexadecimal.
    pub fn public_key(&self) -> String {
        let key = SigningKey::from_bytes(&self.signing_seed);
        hex::encode(key.verifying_key().as_bytes())
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            guild_id: "1300000000000000001".to_owned(),
            guild_name: "Zeitnah".to_owned(),
            application_id: "1300000000000000002".to_owned(),
            bot_name: "zeitnah".to_owned(),
            bot_token: "discord-sandbox".to_owned(),
            // View, send, embed, attach, history, public threads, send in threads.
            bot_permissions: 309_237_763_072,
            privileged_intents: 0,
            signing_seed: [7; 32],
            rate_limits: true,
            nonce_window: TimeDelta::minutes(3),
            ack_within: Duration::from_secs(3),
            heartbeat: Duration::from_millis(41_250),
            answer_travels: Duration::ZERO,
            interactions_url: None,
            judge: None,
        }
    }
}
