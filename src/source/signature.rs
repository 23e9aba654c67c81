//! Standard Webhooks 1.0: one scheme for what we are sent and for what we send. What is signed are the bytes as they
//! came; whoever parses first and signs again signs something else.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::GeneralPurpose;
use base64::engine::GeneralPurposeConfig;
use hmac::Hmac;
use hmac::KeyInit as _;
use hmac::Mac as _;
use secrecy::ExposeSecret as _;
use secrecy::SecretSlice;
use secrecy::SecretString;
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use crate::domain::At;
use crate::port::source::HookCall;

pub const ID: &str = "webhook-id";
pub const TIMESTAMP: &str = "webhook-timestamp";
pub const SIGNATURE: &str = "webhook-signature";

/// A delivery that is older or newer than this is not believed, so that a recorded one cannot be played again.
pub const WINDOW_SECONDS: i64 = 300;
const PREFIX: &str = "whsec_";
const KEY_BYTES: std::ops::RangeInclusive<usize> = 24..=64;
const LONGEST_ID: usize = 255;
/// A rotation needs two or three; a header full of them is work for nothing.
const MOST_SIGNATURES: usize = 32;

/// Senders disagree about the padding, and it carries nothing.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A shared secret, ready to sign with. It prints as nothing.
#[derive(Debug, Clone)]
pub struct Secret(SecretSlice<u8>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadSecret {
    #[error("a signing secret begins with whsec_")]
    Prefix,
    #[error("a signing secret is base64 after whsec_")]
    Base64,
    #[error("a signing secret has 24 to 64 bytes, this one has {0}")]
    Length(usize),
}

/// Why a delivery is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsigned {
    #[error("the header {0} is missing")]
    Missing(&'static str),
    #[error("webhook-id must have 1 to 255 visible ASCII characters")]
    BadId,
    #[error("webhook-timestamp must be a whole number of seconds since 1970")]
    BadTimestamp,
    #[error("webhook-timestamp is {0} seconds away from our clock, at most 300 are allowed")]
    OutsideWindow(u64),
    #[error("no signature of version v1 in webhook-signature matches")]
    NoMatch,
}

impl Secret {
    pub fn parse(text: &SecretString) -> Result<Self, BadSecret> {
        let encoded = text
            .expose_secret()
            .trim()
            .strip_prefix(PREFIX)
            .ok_or(BadSecret::Prefix)?;
        let key = BASE64.decode(encoded).map_err(|_| BadSecret::Base64)?;
        match KEY_BYTES.contains(&key.len()) {
            true => Ok(Self(key.into())),
            false => Err(BadSecret::Length(key.len())),
        }
    }

    fn mac(&self, id: &str, timestamp: i64, body: &[u8]) -> Option<[u8; 32]> {
        // HMAC takes keys of any length, so there is always one.
        let mac = Hmac::<Sha256>::new_from_slice(self.0.expose_secret()).ok()?;
        let mac = mac.chain_update(format!("{id}.{timestamp}.")).chain_update(body);
        Some(mac.finalize().into_bytes().into())
    }

    /// The value of `webhook-signature`. `id` has no blank and no full stop.
    pub fn sign(&self, id: &str, at: At, body: &[u8]) -> String {
        let mac = self.mac(id, at.timestamp(), body).unwrap_or_default();
        format!("v1,{}", BASE64.encode(mac))
    }

    /// The three headers of a delivery.
    pub fn headers(&self, id: &str, at: At, body: &[u8]) -> [(&'static str, String); 3] {
        let signature = self.sign(id, at, body);
        [
            (ID, id.to_owned()),
            (TIMESTAMP, at.timestamp().to_string()),
            (SIGNATURE, signature),
        ]
    }
}

/// The delivery's id, if one of the signatures was made with one of the secrets and not long ago.
pub fn verify<'a>(secrets: &[Secret], call: &'a HookCall, now: At) -> Result<&'a str, Unsigned> {
    let header = |name| call.header(name).ok_or(Unsigned::Missing(name));
    let (id, timestamp, signatures) = (header(ID)?, header(TIMESTAMP)?, header(SIGNATURE)?);
    if !(1..=LONGEST_ID).contains(&id.len()) || !id.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(Unsigned::BadId);
    }
    // Digits only, because the number is signed as we print it: "+5" and "05" would be other texts.
    let seconds = timestamp
        .parse::<i64>()
        .ok()
        .filter(|s| s.to_string() == timestamp);
    let seconds = seconds.ok_or(Unsigned::BadTimestamp)?;
    let away = now.timestamp().abs_diff(seconds);
    if away > WINDOW_SECONDS.unsigned_abs() {
        return Err(Unsigned::OutsideWindow(away));
    }
    let given: Vec<Vec<u8>> = signatures
        .split_ascii_whitespace()
        .filter_map(|s| s.strip_prefix("v1,"))
        .filter_map(|s| BASE64.decode(s).ok())
        .take(MOST_SIGNATURES)
        .collect();
    let mut matches = subtle::Choice::from(0);
    for secret in secrets {
        let Some(ours) = secret.mac(id, seconds, &call.body) else {
            continue;
        };
        for theirs in &given {
            matches |= theirs.as_slice().ct_eq(ours.as_slice());
        }
    }
    if bool::from(matches) {
        Ok(id)
    } else {
        Err(Unsigned::NoMatch)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The vector of the standard's own libraries (github.com/standard-webhooks/standard-webhooks, test
    /// "sign function works"); the specification's text has none with a secret.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const VECTOR: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SENT: i64 = 1_614_265_330;

    fn at(seconds: i64) -> At {
        At::from_timestamp(seconds, 0).unwrap()
    }

    fn secret(text: &str) -> Secret {
        Secret::parse(&text.into()).unwrap()
    }

    fn call(id: &str, timestamp: &str, signature: &str, body: &[u8]) -> HookCall {
        let headers = [(ID, id), (TIMESTAMP, timestamp), (SIGNATURE, signature)];
        HookCall {
            token: None,
            headers: headers.map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec(),
            body: body.to_vec(),
        }
    }

    fn vector(signature: &str) -> HookCall {
        call("msg_p5jXN8AQM9LWM0D4loKWxJek", &SENT.to_string(), signature, BODY)
    }

    #[test]
    fn the_standards_own_vector_is_signed_and_verified() {
        let ours = secret(SECRET);
        assert_eq!(ours.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", at(SENT), BODY), VECTOR);
        assert_eq!(
            verify(&[ours], &vector(VECTOR), at(SENT)),
            Ok("msg_p5jXN8AQM9LWM0D4loKWxJek")
        );
    }

    #[test]
    fn five_minutes_both_ways_and_not_a_second_more() {
        let ours = [secret(SECRET)];
        for (now, verdict) in [
            (SENT - 300, true),
            (SENT + 300, true),
            (SENT - 301, false),
            (SENT + 301, false),
        ] {
            assert_eq!(verify(&ours, &vector(VECTOR), at(now)).is_ok(), verdict);
        }
        assert_eq!(
            verify(&ours, &vector(VECTOR), at(SENT + 301)),
            Err(Unsigned::OutsideWindow(301))
        );
    }

    #[test]
    fn while_secrets_rotate_old_and_new_are_believed() {
        let new = secret("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
        let both = [new.clone(), secret(SECRET)];
        assert!(verify(&both, &vector(VECTOR), at(SENT)).is_ok());
        let list = format!(
            "v1a,unknown v2,x v1,!!! {} {VECTOR}",
            new.sign("other", at(SENT), BODY)
        );
        assert!(verify(&both[1..], &vector(&list), at(SENT)).is_ok());
        assert_eq!(
            verify(&both[..1], &vector(&list), at(SENT)),
            Err(Unsigned::NoMatch)
        );
        assert_eq!(verify(&[], &vector(VECTOR), at(SENT)), Err(Unsigned::NoMatch));
    }

    #[test]
    fn each_fault_has_its_own_sentence() {
        let ours = [secret(SECRET)];
        let now = at(SENT);
        let mut bare = vector(VECTOR);
        bare.headers.retain(|(n, _)| n != SIGNATURE);
        assert_eq!(verify(&ours, &bare, now), Err(Unsigned::Missing(SIGNATURE)));
        for stamp in [
            "",
            "1e9",
            "+1614265330",
            "01614265330",
            "1614265330.0",
            " 1614265330",
            "99999999999999999999",
        ] {
            assert_eq!(
                verify(&ours, &call("a", stamp, VECTOR, BODY), now),
                Err(Unsigned::BadTimestamp),
                "{stamp}"
            );
        }
        assert!(verify(&ours, &call("a", &i64::MIN.to_string(), VECTOR, BODY), now).is_err());
        assert_eq!(
            verify(&ours, &call("", "1", VECTOR, BODY), now),
            Err(Unsigned::BadId)
        );
        assert_eq!(
            verify(&ours, &call("ä b", "1", VECTOR, BODY), now),
            Err(Unsigned::BadId)
        );
        assert_eq!(verify(&ours, &vector("v1a,abc"), now), Err(Unsigned::NoMatch));
    }

    #[test]
    fn a_secret_says_what_is_wrong_with_it_and_never_itself() {
        let fault = |text: &str| Secret::parse(&text.into()).map(drop).unwrap_err();
        assert_eq!(fault("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), BadSecret::Prefix);
        assert_eq!(fault("whsec_%%"), BadSecret::Base64);
        assert_eq!(fault("whsec_c2hvcnQ="), BadSecret::Length(5));
        assert!(
            !format!("{:?}", secret(SECRET)).contains("49"),
            "no bytes in Debug"
        );
    }

    proptest! {
        #[test]
        fn what_is_signed_verifies_and_one_changed_byte_does_not(
            key in proptest::collection::vec(any::<u8>(), 24..=64),
            id in "[!-~]{1,60}",
            body in proptest::collection::vec(any::<u8>(), 1..200),
            late in -300i64..=300,
            at_byte in any::<proptest::sample::Index>(),
        ) {
            let ours = secret(&format!("whsec_{}", BASE64.encode(&key)));
            let signature = ours.sign(&id, at(SENT), &body);
            let mut sent = call(&id, &SENT.to_string(), &signature, &body);
            prop_assert_eq!(verify(std::slice::from_ref(&ours), &sent, at(SENT + late)), Ok(id.as_str()));
            let i = at_byte.index(body.len());
            sent.body[i] ^= 1;
            prop_assert_eq!(verify(&[ours], &sent, at(SENT)), Err(Unsigned::NoMatch));
        }

        #[test]
        fn no_header_makes_it_panic(id in any::<String>(), stamp in any::<String>(), list in any::<String>()) {
            let _verdict = verify(&[secret(SECRET)], &call(&id, &stamp, &list, BODY), at(SENT));
        }
    }
}
