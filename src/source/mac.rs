//! HMAC-SHA256 over a body as it came, as platforms sign their calls that know no Standard Webhooks. Without a time in what
//! is signed, a recorded call can be played again: so it may only wake us, or must be safe to take twice.

use hmac::Hmac;
use hmac::KeyInit as _;
use hmac::Mac as _;
use secrecy::ExposeSecret as _;
use secrecy::SecretString;
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

/// Whether `given` was made from these bytes with this secret. An empty secret signs nothing.
pub fn is_signed(secret: &SecretString, body: &[u8], given: &[u8]) -> bool {
    let key = secret.expose_secret().as_bytes();
    let Ok(mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return false;
    };
    let ours: [u8; 32] = mac.chain_update(body).finalize().into_bytes().into();
    !key.is_empty() && bool::from(ours.as_slice().ct_eq(given))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231, test case 2.
    const MAC: &str = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";

    #[test]
    fn the_standards_vector_is_known_and_nothing_beside_it() {
        let (secret, body) = (SecretString::from("Jefe"), b"what do ya want for nothing?");
        let mac = hex::decode(MAC).unwrap();
        assert!(is_signed(&secret, body, &mac));
        assert!(!is_signed(&secret, b"what do ya want for nothing!", &mac));
        assert!(!is_signed(&SecretString::from("Jeff"), body, &mac));
        assert!(!is_signed(&secret, body, &mac[..31]));
        assert!(!is_signed(&secret, body, b""));
    }

    #[test]
    fn an_empty_secret_signs_nothing() {
        let mac = Hmac::<Sha256>::new_from_slice(b"").unwrap();
        let mac = mac.chain_update(b"x").finalize().into_bytes();
        assert!(!is_signed(&SecretString::from(""), b"x", &mac));
    }
}
