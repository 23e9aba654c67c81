//! Tokens that we sign ourselves with the key that a platform gave us: as the access token itself, or to ask for one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use jsonwebtoken::Algorithm;
use jsonwebtoken::EncodingKey;
use jsonwebtoken::Header;
use jsonwebtoken::encode;
use pkcs8::PrivateKeyInfo;
use secrecy::ExposeSecret as _;
use secrecy::SecretString;
use serde_json::Map;
use serde_json::Value;

use crate::domain::At;
use crate::port::PortError;

/// Nobody believes a token from the future, and clocks differ by seconds.
const BACK: TimeDelta = TimeDelta::seconds(60);

const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const END: &str = "-----END PRIVATE KEY-----";
/// Names of kinds of keys, as they stand in them.
const RSA: &str = "1.2.840.113549.1.1.1";
const EC: &str = "1.2.840.10045.2.1";

pub struct Signer {
    key: EncodingKey,
    header: Header,
    /// All but the times.
    claims: Map<String, Value>,
    lasts: TimeDelta,
}

/// What a token says besides its times.
pub struct Claims {
    /// Which of the account's keys it is, where there are several.
    pub key_id: Option<String>,
    pub claims: Map<String, Value>,
    /// From `iat` to `exp`; platforms refuse what lasts longer than they document.
    pub lasts: TimeDelta,
}

impl Signer {
    /// A key as it is downloaded: PKCS#8 in PEM. A key that cannot sign is told at once.
    pub fn rs256(pem: &SecretString, claims: Claims) -> Result<Self, PortError> {
        let der = der(pem.expose_secret(), RSA, "RSA")?;
        let info = PrivateKeyInfo::try_from(der.as_slice()).map_err(|_| no_key("RSA"))?;
        Self::new(
            EncodingKey::from_rsa_der(info.private_key),
            Algorithm::RS256,
            claims,
        )
    }

    pub fn es256(pem: &SecretString, claims: Claims) -> Result<Self, PortError> {
        let der = der(pem.expose_secret(), EC, "EC (P-256)")?;
        Self::new(EncodingKey::from_ec_der(&der), Algorithm::ES256, claims)
    }

    fn new(key: EncodingKey, algorithm: Algorithm, claims: Claims) -> Result<Self, PortError> {
        let header = Header {
            kid: claims.key_id,
            ..Header::new(algorithm)
        };
        let signer = Self {
            key,
            header,
            claims: claims.claims,
            lasts: claims.lasts,
        };
        signer.sign(At::UNIX_EPOCH)?;
        Ok(signer)
    }

    /// The token and its end.
    pub fn sign(&self, now: At) -> Result<(SecretString, At), PortError> {
        let begin = now - BACK;
        let end = begin + self.lasts;
        let mut claims = self.claims.clone();
        claims.insert("iat".to_owned(), begin.timestamp().into());
        claims.insert("exp".to_owned(), end.timestamp().into());
        let token = encode(&self.header, &claims, &self.key)
            .map_err(|e| PortError::never(format!("the key cannot sign: {e}")))?;
        Ok((token.into(), end))
    }
}

/// What stands between BEGIN and END, if it is a key of this kind. Variables are filled by hand, so line ends may be missing
/// or stand there as `\n`.
fn der(pem: &str, kind: &str, name: &str) -> Result<Vec<u8>, PortError> {
    let inner = pem.split_once(BEGIN).and_then(|(_, rest)| rest.split_once(END));
    let (inner, _) = inner.ok_or_else(|| no_key(name))?;
    let digits: String = inner.replace("\\n", "").split_whitespace().collect();
    let der = STANDARD.decode(digits).map_err(|_| no_key(name))?;
    let is_of_kind =
        PrivateKeyInfo::try_from(der.as_slice()).is_ok_and(|info| info.algorithm.oid.to_string() == kind);
    is_of_kind.then_some(der).ok_or_else(|| no_key(name))
}

fn no_key(name: &str) -> PortError {
    PortError::never(format!(
        "the key is no private {name} key between {BEGIN} and {END}"
    ))
}

#[cfg(test)]
pub mod tests {
    use jsonwebtoken::DecodingKey;
    use jsonwebtoken::Validation;
    use jsonwebtoken::decode;
    use jsonwebtoken::decode_header;
    use serde_json::json;

    use super::*;
    use crate::source::tests::at;

    macro_rules! key {
        ($name:literal) => {
            include_bytes!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/tests/fixtures/source/keys/",
                $name
            ))
        };
    }

    const RSA_KEY: &[u8] = key!("rsa-test-key.der");
    const EC_KEY: &[u8] = key!("ec-test-key.der");
    const EC_PUBLIC: &[u8] = key!("ec-test-key-public.der");

    /// A key as platforms hand it out.
    pub fn pem(key: &[u8]) -> String {
        let digits = STANDARD.encode(key);
        let lines = digits.as_bytes().chunks(64);
        let lines: Vec<&str> = lines.map(|l| std::str::from_utf8(l).unwrap()).collect();
        format!("{BEGIN}\n{}\n{END}\n", lines.join("\n"))
    }

    pub fn rsa_pem() -> String {
        pem(RSA_KEY)
    }

    pub fn ec_pem() -> String {
        pem(EC_KEY)
    }

    fn claims() -> Claims {
        let Value::Object(claims) = json!({ "iss": "me", "aud": "them" }) else {
            panic!()
        };
        Claims {
            key_id: Some("k1".into()),
            claims,
            lasts: TimeDelta::minutes(15),
        }
    }

    pub fn rsa_signer() -> Signer {
        Signer::rs256(&rsa_pem().into(), claims()).unwrap()
    }

    #[test]
    fn a_token_names_its_key_and_holds_no_longer_than_was_said() {
        let now = at("2026-11-21T09:00:00Z");
        let signer = Signer::es256(&ec_pem().into(), claims()).unwrap();
        let (token, end) = signer.sign(now).unwrap();
        let header = decode_header(token.expose_secret()).unwrap();
        assert_eq!(
            (header.kid.as_deref(), header.alg),
            (Some("k1"), Algorithm::ES256)
        );
        assert_eq!(header.typ.as_deref(), Some("JWT"));
        let mut validation = Validation::new(Algorithm::ES256);
        validation.set_audience(&["them"]);
        validation.validate_exp = false;
        let key = DecodingKey::from_ec_der(EC_PUBLIC);
        let said = decode::<Value>(token.expose_secret(), &key, &validation)
            .unwrap()
            .claims;
        assert_eq!(said["iss"], "me");
        assert_eq!(said["iat"], now.timestamp() - 60);
        assert_eq!(
            (&said["exp"], end),
            (&json!(end.timestamp()), at("2026-11-21T09:14:00Z"))
        );
    }

    #[test]
    fn a_key_is_read_however_it_went_through_a_variable() {
        let of = |pem: &str| {
            let signer = Signer::es256(&pem.into(), claims()).unwrap();
            signer.sign(at("2026-11-21T09:00:00Z")).unwrap().1
        };
        for pem in [
            ec_pem(),
            ec_pem().replace('\n', "\r\n"),
            ec_pem().replace('\n', "\\n"),
            ec_pem().replace('\n', " "),
        ] {
            of(&pem);
        }
    }

    #[test]
    fn what_cannot_sign_is_told_at_once_and_not_shown() {
        let bad = [
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned(),
            rsa_pem(),
            ec_pem().replace("MIG", "MIH"),
            format!("{BEGIN}\nAAAA\n{END}"),
            format!("{BEGIN}\n{END}"),
        ];
        for pem in bad {
            let told = Signer::es256(&pem.as_str().into(), claims()).err().unwrap();
            let told = format!("{told:?}");
            assert!(told.contains("no private EC"), "{told}");
            assert!(!told.contains("AAAA") && !told.contains("whsec"), "{told}");
        }
        assert!(Signer::rs256(&ec_pem().into(), claims()).is_err());
        assert!(rsa_signer().sign(at("2026-11-21T09:00:00Z")).is_ok());
    }
}
