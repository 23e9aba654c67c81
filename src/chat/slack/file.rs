//! The one file that an admin hands in by a form. Its id comes with the form; where it lies is asked of Slack, and our token goes
//! to no other host than Slack's own.

use serde_json::Value;
use url::Url;

use crate::chat::fetch;
use crate::chat::slack::api::Api;
use crate::domain::press::action::Upload;
use crate::port::PortError;

/// What stands in a form's field for a file.
pub fn handed(view: &Value, key: &str) -> Option<Upload> {
    let field = view.pointer("/state/values")?.get(key)?.as_object()?;
    let file = field.values().next()?.pointer("/files/0")?;
    let word = |name: &str| file.get(name).and_then(Value::as_str).unwrap_or_default();
    let id = word("id");
    (!id.is_empty()).then(|| Upload {
        name: [word("name"), word("title"), id]
            .into_iter()
            .find(|n| !n.is_empty())
            .unwrap_or_default()
            .to_owned(),
        size: file.get("size").and_then(Value::as_u64).unwrap_or(0),
        place: id.to_owned(),
    })
}

pub async fn fetch(api: &Api, id: &str, most: u64) -> Result<Vec<u8>, PortError> {
    let answer = api.read("files.info", &[("file", id)]).await?;
    let file = answer.get("file").unwrap_or(&Value::Null);
    let word = |name: &str| file.get(name).and_then(Value::as_str).filter(|w| !w.is_empty());
    if file
        .get("size")
        .and_then(Value::as_u64)
        .is_some_and(|size| size > most)
    {
        return Err(PortError::never(format!("file: it is larger than {most} bytes")));
    }
    let address = word("url_private_download").or(word("url_private"));
    let Some(address) = address else {
        return Err(PortError::later("files.info answered without an address"));
    };
    if !api.is_ours(address) {
        return Err(PortError::never("the address of the file is not this Slack's"));
    }
    let url: Url = address
        .parse()
        .map_err(|_| PortError::never("the address of the file is none"))?;
    let fetched = fetch::get(url, Some(api.secret()), most).await?;
    let wanted_page = word("mimetype").is_some_and(|kind| kind.starts_with("text/html"));
    if fetched.is_page && !wanted_page {
        return Err(PortError::denied(
            "file: Slack shows its sign-in page instead; `zeitnah check` names the scope",
        ));
    }
    Ok(fetched.bytes)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_file_comes_with_its_id_and_a_form_without_one_is_no_fault() {
        let view = |files: Value| {
            json!({ "state": { "values": {
                "source": { "source": { "type": "static_select", "selected_option": { "value": "shop" } } },
                "file": { "file": { "type": "file_input", "files": files } },
            } } })
        };
        let file =
            json!([{ "id": "F1", "name": "a.csv", "size": 12, "url_private": "https://files.slack.com/x" }]);
        let found = handed(&view(file), "file").unwrap();
        assert_eq!(
            (found.name.as_str(), found.size, found.place.as_str()),
            ("a.csv", 12, "F1")
        );
        for none in [
            json!([]),
            json!(null),
            json!([{}]),
            json!([{ "id": "" }]),
            json!("x"),
        ] {
            assert_eq!(handed(&view(none), "file"), None);
        }
        assert_eq!(handed(&json!({}), "file"), None);
    }
}
