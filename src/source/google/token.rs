//! The access token: made from the refresh token that is left of somebody's sign-in.

use url::Url;

use crate::source::access::Ask;
use crate::source::access::Client;
use crate::source::access::Grant;
use crate::source::access::Shown;
use crate::source::google::settings::GoogleSettings;

pub fn grant(settings: &GoogleSettings, url: Url) -> Grant {
    let client = Client {
        id: settings.client_id.clone(),
        secret: settings.client_secret.clone(),
        shown: Shown::InForm,
    };
    Grant::Asked(Ask::refresh_token(url, client, settings.refresh_token.clone()).explained(remedy))
}

fn remedy(error: &str) -> Option<&'static str> {
    match error {
        "invalid_grant" => Some(
            "Google no longer accepts the refresh token (it was withdrawn, it expired or the password changed): sign in \
             again with an owner or manager of the locations and replace refresh_token",
        ),
        "invalid_client" | "unauthorized_client" => Some(
            "Google does not know client_id with this client_secret: compare both with the project's credentials",
        ),
        _ => None,
    }
}
