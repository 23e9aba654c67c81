//! Who may call: WooCommerce's interface takes key and secret, that of WordPress an application password. Neither takes the
//! other's.

use axum::http::HeaderMap;
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::WooCommerce;
use super::api::Problem;

/// Whoever has the key.
pub fn keyed(shop: &WooCommerce, headers: &HeaderMap) -> Result<(), Problem> {
    let known = (
        shop.settings.consumer_key.as_str(),
        shop.settings.consumer_secret.as_str(),
    );
    match basic(headers) {
        Some((key, secret)) if (key.as_str(), secret.as_str()) == known => Ok(()),
        Some((key, _)) if key == known.0 => Err(Problem(
            StatusCode::UNAUTHORIZED,
            "woocommerce_rest_authentication_error",
            "Consumer secret is invalid.",
        )),
        Some(_) | None => Err(Problem(
            StatusCode::UNAUTHORIZED,
            "woocommerce_rest_cannot_view",
            "Sorry, you cannot list resources.",
        )),
    }
}

/// Whoever answers. Blanks in an application password are for people only.
pub fn signed_in(shop: &WooCommerce, headers: &HeaderMap) -> Result<(), Problem> {
    let without = |text: &str| text.replace(' ', "");
    let Some((user, password)) = basic(headers) else {
        return Err(Problem(
            StatusCode::UNAUTHORIZED,
            "rest_not_logged_in",
            "You are not currently logged in.",
        ));
    };
    if user != shop.settings.user {
        return Err(Problem(
            StatusCode::UNAUTHORIZED,
            "invalid_username",
            "Unknown username.",
        ));
    }
    match without(&password) == without(&shop.settings.password) {
        true => Ok(()),
        false => Err(Problem(
            StatusCode::UNAUTHORIZED,
            "incorrect_password",
            "The provided password is an invalid application password.",
        )),
    }
}

fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let header = headers.get("authorization")?.to_str().ok()?;
    let decoded = STANDARD.decode(header.strip_prefix("Basic ")?).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let (name, word) = text.split_once(':')?;
    Some((name.to_owned(), word.to_owned()))
}
