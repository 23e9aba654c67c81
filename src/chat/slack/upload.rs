//! Bringing a picture to Slack, in its three steps: ask for an address, send the bytes there, say that it is all. Until the
//! last step nothing is there; after it, a file that nobody sees until a message shows it. So each step may be tried again.

use std::time::Duration;

use reqwest::Client;
use reqwest::header::CONTENT_TYPE;
use reqwest::redirect::Policy;
use serde_json::Value;
use serde_json::json;

use crate::chat::slack::api::Api;
use crate::domain::say::quoted::Obstacle;
use crate::port::PortError;
use crate::port::Why;
use crate::port::chat::Picture;

const NAME: &str = "chart.png";
const CONNECT: Duration = Duration::from_secs(4);
const TOTAL: Duration = Duration::from_secs(15);
const STEP: &str = "upload";

pub async fn upload(api: &Api, picture: &Picture) -> Result<String, PortError> {
    let length = picture.png.len().to_string();
    let args = [("filename", NAME), ("length", length.as_str())];
    let answer = api.read("files.getUploadURLExternal", &args).await?;
    let word = |key: &str| answer.get(key).and_then(Value::as_str);
    let (Some(address), Some(file)) = (word("upload_url"), word("file_id")) else {
        return Err(PortError::later(
            "files.getUploadURLExternal answered without an address",
        ));
    };
    send(api, address, picture).await?;
    let body = json!({ "files": [{ "id": file, "title": "zeitnah" }] });
    api.write("files.completeUploadExternal", &body).await?;
    Ok(file.to_owned())
}

/// Whether Slack has looked into it: before that, a message that shows it is refused.
pub async fn is_processed(api: &Api, file: &str) -> Result<bool, PortError> {
    let answer = api.read("files.info", &[("file", file)]).await?;
    let kind = answer.pointer("/file/mimetype").and_then(Value::as_str);
    Ok(kind.is_some_and(|kind| !kind.is_empty()))
}

/// The address is as good as a token, so it is used only where it belongs and written nowhere.
async fn send(api: &Api, address: &str, picture: &Picture) -> Result<(), PortError> {
    if !api.is_ours(address) {
        return Err(PortError::never("the address for the upload is not this Slack's"));
    }
    // Without a process-wide provider reqwest panics; whoever comes first installs it, the others keep it.
    let _first = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder()
        .connect_timeout(CONNECT)
        .timeout(TOTAL)
        .redirect(Policy::none())
        .build()
        .map_err(|e| PortError::never(format!("no HTTP client: {}", e.without_url())))?;
    let request = client
        .post(address)
        .header(CONTENT_TYPE, "image/png")
        .body(picture.png.to_vec());
    let answer = request
        .send()
        .await
        .map_err(|e| PortError::unclear(format!("{STEP}: {}", e.without_url())))?;
    let status = answer.status();
    match status.as_u16() {
        200..=299 => Ok(()),
        429 => Err(PortError::Later {
            why: Why::from(format!("{STEP}: rate limit")).by(Obstacle::Limit),
            after: Some(30),
        }),
        400..=499 => Err(PortError::never(format!("{STEP}: HTTP {}", status.as_u16()))),
        _ => Err(PortError::unclear(format!("{STEP}: HTTP {}", status.as_u16()))),
    }
}
