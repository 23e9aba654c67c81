//! The demo's page: both chats as a member of the team sees them, and beside them the review sites as customers see them.
//! Plain files compiled in; no build step, nothing fetched from elsewhere.

use axum::Router;
use axum::http::HeaderName;
use axum::response::IntoResponse;
use axum::routing::get;

/// The chat renders hostile words: should a mistake ever let markup through, the browser still runs nothing of it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

const FILES: &[(&str, &str, &str)] = &[
    ("/", HTML, include_str!("index.html")),
    ("/page/page.css", CSS, include_str!("page.css")),
    ("/page/chat.css", CSS, include_str!("chat.css")),
    ("/page/discord.css", CSS, include_str!("discord.css")),
    ("/page/sites.css", CSS, include_str!("sites.css")),
    ("/page/under.css", CSS, include_str!("under.css")),
    ("/page/theme.js", SCRIPT, include_str!("theme.js")),
    ("/page/page.js", SCRIPT, include_str!("page.js")),
    ("/page/api.js", SCRIPT, include_str!("api.js")),
    ("/page/words.js", SCRIPT, include_str!("words.js")),
    ("/page/memory.js", SCRIPT, include_str!("memory.js")),
    ("/page/dom.js", SCRIPT, include_str!("dom.js")),
    ("/page/text.js", SCRIPT, include_str!("text.js")),
    ("/page/blocks.js", SCRIPT, include_str!("blocks.js")),
    ("/page/inputs.js", SCRIPT, include_str!("inputs.js")),
    ("/page/sure.js", SCRIPT, include_str!("sure.js")),
    ("/page/modal.js", SCRIPT, include_str!("modal.js")),
    ("/page/people.js", SCRIPT, include_str!("people.js")),
    ("/page/hand.js", SCRIPT, include_str!("hand.js")),
    ("/page/rooms.js", SCRIPT, include_str!("rooms.js")),
    ("/page/marks.js", SCRIPT, include_str!("marks.js")),
    ("/page/message.js", SCRIPT, include_str!("message.js")),
    ("/page/log.js", SCRIPT, include_str!("log.js")),
    ("/page/slack.js", SCRIPT, include_str!("slack.js")),
    ("/page/discord-text.js", SCRIPT, include_str!("discord-text.js")),
    (
        "/page/discord-message.js",
        SCRIPT,
        include_str!("discord-message.js"),
    ),
    ("/page/discord-form.js", SCRIPT, include_str!("discord-form.js")),
    ("/page/slash.js", SCRIPT, include_str!("slash.js")),
    ("/page/discord.js", SCRIPT, include_str!("discord.js")),
    ("/page/chats.js", SCRIPT, include_str!("chats.js")),
    ("/page/sides.js", SCRIPT, include_str!("sides.js")),
    ("/page/review.js", SCRIPT, include_str!("review.js")),
    ("/page/write.js", SCRIPT, include_str!("write.js")),
    ("/page/sites.js", SCRIPT, include_str!("sites.js")),
    ("/page/trouble.js", SCRIPT, include_str!("trouble.js")),
    ("/page/story.js", SCRIPT, include_str!("story.js")),
    ("/page/clock.js", SCRIPT, include_str!("clock.js")),
    ("/page/welcome.js", SCRIPT, include_str!("welcome.js")),
    ("/page/icon.svg", "image/svg+xml", include_str!("icon.svg")),
];

pub fn router() -> Router {
    let mut router = Router::new();
    for &(path, kind, text) in FILES {
        router = router.route(path, get(move || async move { file(kind, text) }));
    }
    router
}

fn file(kind: &'static str, text: &'static str) -> impl IntoResponse {
    let headers = [
        (HeaderName::from_static("content-type"), kind),
        (HeaderName::from_static("content-security-policy"), POLICY),
        (HeaderName::from_static("x-content-type-options"), "nosniff"),
        (HeaderName::from_static("referrer-policy"), "no-referrer"),
        // A new build must not meet an old script.
        (HeaderName::from_static("cache-control"), "no-cache"),
    ];
    (headers, text)
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::FILES;

    #[tokio::test]
    async fn every_file_comes_with_a_strict_policy() {
        rustls::crypto::ring::default_provider().install_default().ok();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, super::router()).await.unwrap() });
        for (path, kind, text) in FILES {
            let answer = reqwest::get(format!("{base}{path}")).await.unwrap();
            assert_eq!(answer.status(), 200, "{path}");
            assert_eq!(answer.headers()["content-type"], *kind);
            let policy = answer.headers()["content-security-policy"]
                .to_str()
                .unwrap()
                .to_owned();
            assert!(
                policy.starts_with("default-src 'none'; script-src 'self'"),
                "{policy}"
            );
            assert!(!policy.contains("unsafe"));
            assert_eq!(answer.text().await.unwrap(), *text);
        }
    }

    /// The policy would stop it; better that there is nothing to stop.
    #[test]
    fn no_script_builds_markup_from_words_and_no_page_asks_elsewhere() {
        for (path, _, text) in FILES {
            for bad in [
                "innerHTML",
                "outerHTML",
                "insertAdjacentHTML",
                "document.write",
                "eval(",
                " style=\"",
                "onclick=",
            ] {
                assert!(!text.contains(bad), "{path} has {bad}");
            }
            let elsewhere = text.matches("http").count() - text.matches("http://www.w3.org/2000/svg").count();
            assert!(elsewhere == 0 || path.ends_with(".js"), "{path} names an address");
        }
    }

    fn file(path: &str) -> &'static str {
        FILES
            .iter()
            .find(|(name, _, _)| *name == path)
            .map(|(_, _, text)| *text)
            .unwrap()
    }

    /// What stands in quotes after each `before`.
    fn quoted<'a>(text: &'a str, before: &str) -> Vec<&'a str> {
        let parts = text.split(before).skip(1);
        parts.filter_map(|rest| rest.split('"').next()).collect()
    }

    #[test]
    fn whatever_a_file_asks_for_is_served() {
        let known = |path: &str| FILES.iter().any(|(name, _, _)| *name == path);
        let mut asked = 0;
        for (path, _, text) in FILES {
            for module in quoted(text, " from \"./") {
                assert!(known(&format!("/page/{module}")), "{path} imports {module}");
                asked += 1;
            }
            for part in quoted(text, "\"/page/") {
                assert!(known(&format!("/page/{part}")), "{path} names {part}");
                asked += 1;
            }
        }
        assert!(asked > 50, "only {asked} found: the search is broken");
    }

    #[test]
    fn every_label_is_written_in_both_languages() {
        let (page, words) = (file("/"), file("/page/words.js"));
        let (german, english) = words.split_once("\n  en: {").unwrap();
        let mut labels = Vec::new();
        for kind in [" data-word=\"", " data-label=\"", " data-placeholder=\""] {
            labels.extend(quoted(page, kind));
        }
        for (path, _, text) in FILES.iter().filter(|(path, _, _)| path.ends_with(".js")) {
            let said = quoted(text, "word(\"");
            assert!(said.iter().all(|label| !label.is_empty()), "{path}");
            labels.extend(said);
        }
        assert!(
            labels.len() > 100,
            "only {} found: the search is broken",
            labels.len()
        );
        for label in labels {
            for (language, text) in [("German", german), ("English", english)] {
                let written = text.contains(&format!(" {label}: "));
                assert!(written, "{label} is missing in {language}");
            }
        }
    }
}
