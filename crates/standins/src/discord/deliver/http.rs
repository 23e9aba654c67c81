//! HTTP mode: a POST to the interactions address, signed with the app's key over timestamp and raw body, whose
//! answer is the first answer.

use std::time::Duration;

use ed25519_dalek::Signer;
use ed25519_dalek::SigningKey;
use serde_json::Value;
use serde_json::json;

use super::Outcome;
use crate::discord::Discord;
use crate::discord::fault::Kind;

/// Enough to be too old for a receiver that looks.
const SKEW_SECONDS: i64 = 6 * 60;

/// Hexadecimal.
pub fn signature(seed: &[u8; 32], timestamp: &str, body: &str) -> String {
    let key = SigningKey::from_bytes(seed);
    let signed = key.sign([timestamp.as_bytes(), body.as_bytes()].concat().as_slice());
    hex::encode(signed.to_bytes())
}

struct Letter {
    timestamp: String,
    signature: String,
}

impl Discord {
    pub(super) async fn over_http(&self, url: &str, payload: &Value, token: &str) -> Outcome {
        let body = payload.to_string();
        let letter = self.letter(&body);
        let (status, text) = match self.post(url, body, letter).await {
            Ok(answer) => answer,
            Err(why) => return Outcome::refused(why),
        };
        let travels = self.look().settings.answer_travels;
        tokio::time::sleep(travels).await;
        let sent = Outcome {
            status: Some(status),
            ..Outcome::default()
        };
        // An app may also say that it will use the callback.
        if status == 202 && text.is_empty() {
            return sent;
        }
        if status != 200 {
            let error = Some(format!("the app answered {status}"));
            return Outcome { error, ..sent };
        }
        let read: Result<Value, _> = serde_json::from_str(&text);
        let answered = match read {
            Err(_) => Err("the answer is no JSON".to_owned()),
            Ok(answer) => self.change(|world, now| {
                let route = "POST /interactions/{interaction_id}/{interaction_token}/callback";
                let judge = world.settings.judge.clone();
                let complaints = judge.map_or_else(Vec::new, |judge| judge.complaints(route, &answer));
                if !complaints.is_empty() {
                    world.odd.push(format!("{route}: {}", complaints.join("; ")));
                    return Err(complaints.join("; "));
                }
                world.answer(now, token, &answer).map_err(|refused| {
                    let why = refused.body().to_string();
                    if refused.is_odd() {
                        world.odd.push(format!("answer to an interaction: {why}"));
                    }
                    why
                })
            }),
        };
        Outcome {
            error: answered.err(),
            ..sent
        }
    }

    fn letter(&self, body: &str) -> Letter {
        self.change(|world, now| {
            let skew = if world.faults.strike(Kind::ClockSkew).is_some() {
                SKEW_SECONDS
            } else {
                0
            };
            let timestamp = (now.timestamp() - skew).to_string();
            let mut seed = world.settings.signing_seed;
            if world.faults.strike(Kind::BadSignature).is_some() {
                seed[0] ^= 1;
            }
            Letter {
                signature: signature(&seed, &timestamp, body),
                timestamp,
            }
        })
    }

    async fn post(&self, url: &str, body: String, letter: Letter) -> Result<(u16, String), &'static str> {
        let within = self.look().settings.ack_within;
        let request = self
            .http
            .post(url)
            .timeout(within)
            .header("content-type", "application/json")
            .header("user-agent", "Discord-Interactions/1.0 (+https://discord.com)")
            .header("x-signature-ed25519", letter.signature)
            .header("x-signature-timestamp", letter.timestamp)
            .body(body);
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) if error.is_timeout() => return Err("not answered in time"),
            Err(_) => return Err("the app did not answer"),
        };
        let status = response.status().as_u16();
        let text = response.text().await.map_err(|_| "not answered in time")?;
        Ok((status, text))
    }

    /// From now on answers to signed calls arrive so much later, in real time.
    pub fn let_answers_travel(&self, time: Duration) {
        self.change(|world, _| world.settings.answer_travels = time);
    }

    /// What Discord does when an address is entered: a PING that must be answered, and one that is signed wrongly
    /// and must be refused. On success interactions go there.
    pub async fn register_interactions_url(&self, url: &str) -> Result<(), String> {
        let ping = json!({
            "id": self.change(|world, now| world.id(now)),
            "application_id": self.look().settings.application_id,
            "type": 1,
            "token": "aW50ZXJhY3Rpb246cGluZw",
            "version": 1,
            "entitlements": [],
            "authorizing_integration_owners": {},
            "attachment_size_limit": 0,
            "user": null,
        });
        let body = ping.to_string();
        let (status, text) = self.post(url, body.clone(), self.letter(&body)).await?;
        let answer: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
        if status != 200 || answer["type"] != 1 {
            return Err(format!("the app answered the ping with {status}: {text}"));
        }
        let timestamp = self.now().timestamp().to_string();
        let wrong = Letter {
            signature: signature(&[0x55; 32], &timestamp, &body),
            timestamp,
        };
        let (status, _) = self.post(url, body, wrong).await?;
        if status != 401 {
            return Err(format!("the app answered a wrong signature with {status}"));
        }
        self.set_interactions_url(Some(url));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::Signature;
    use ed25519_dalek::Verifier;

    use super::*;

    #[test]
    fn a_signature_covers_timestamp_and_body() {
        let seed = [7; 32];
        let key = SigningKey::from_bytes(&seed).verifying_key();
        let bytes = hex::decode(signature(&seed, "1763726400", "{}")).unwrap();
        let signed = Signature::from_slice(&bytes).unwrap();
        assert!(key.verify(b"1763726400{}", &signed).is_ok());
        assert!(key.verify(b"1763726401{}", &signed).is_err());
    }
}
