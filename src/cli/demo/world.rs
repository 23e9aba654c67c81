//! The demo's little world: a garden shop's team with its channels, the sites where its customers write, and a
//! configuration like anybody's, with short deadlines so that one sees them pass.

use std::path::Path;
use std::sync::Arc;

use crate::port::clock::Clock;
use crate::port::clock::SystemClock;
use crate::sandbox::Now;
use crate::sandbox::demo::Demo;
use crate::sandbox::demo::Shift;
use crate::sandbox::google;
use crate::sandbox::google::Google;
use crate::sandbox::shop;
use crate::sandbox::shop::Shop;
use crate::sandbox::slack;
use crate::sandbox::slack::Slack;

/// The chat that the people are in.
pub const CHAT: &str = "slack";

pub fn far_side(base: &str, hooks: &str, dir: &Path) -> Arc<Demo> {
    let clock = Shift::new(Arc::new(|| SystemClock.now()));
    let reading = clock.clone();
    let now: Now = Arc::new(move || reading.now());
    let slack = Slack::new(now.clone(), slack::Settings::default());
    for (id, name, real) in [
        ("U0ANNA", "Anna", "Anna Berger"),
        ("U0BEN", "Ben", "Ben Okafor"),
        ("U0CARLA", "Carla", "Carla Winter"),
        ("U0GISELA", "Gisela", "Gisela Rahn"),
    ] {
        slack.add_user(id, name, real);
    }
    let everybody = ["U0ANNA", "U0BEN", "U0CARLA", "U0GISELA"];
    slack.add_channel("C0STIMMEN", "kundenstimmen", &everybody);
    slack.add_channel("C0VOICES", "customer-voices", &everybody);
    slack.add_channel("C0LEITUNG", "leitung", &["U0CARLA"]);
    slack.add_group("S0CARE", "care-team", &["U0ANNA", "U0BEN"]);
    slack.set_base(base);
    slack.set_request_urls(
        &format!("{hooks}/slack/events"),
        &format!("{hooks}/slack/interactions"),
        &format!("{hooks}/slack/commands"),
    );
    let google = Google::new(
        now.clone(),
        google::Settings {
            push: Some(google::Push {
                url: format!("{hooks}/hook/google"),
                audience: "zeitnah-demo".into(),
                service_account: "demo@zeitnah.example".into(),
                subscription: "projects/demo/subscriptions/zeitnah".into(),
            }),
            public_url: base.to_owned(),
            ..Default::default()
        },
    );
    let shop = Shop::new(
        now,
        shop::Settings {
            hook_url: Some(format!("{hooks}/hook/shop")),
            public_url: base.to_owned(),
            ..Default::default()
        },
    );
    Demo::new(clock, slack, google, shop, dir.join("far-side.json"))
}

/// The stand-ins' secrets, by the names that the settings use.
pub fn secret(name: &str) -> Option<String> {
    let (slack, google, shop) = (
        slack::Settings::default(),
        google::Settings::default(),
        shop::Settings::default(),
    );
    match name {
        "SLACK_BOT_TOKEN" => Some(slack.bot_token),
        "SLACK_SIGNING_SECRET" => Some(slack.signing_secret),
        "GOOGLE_CLIENT_ID" => Some(google.client_id),
        "GOOGLE_CLIENT_SECRET" => Some(google.client_secret),
        "GOOGLE_REFRESH_TOKEN" => Some(google.refresh_token),
        "SOURCE_SHOP_SECRET" => Some(shop.hook_secret),
        "SOURCE_SHOP_REPLY_SECRET" => Some(shop.reply_secret),
        "DATABASE_URL" => Some("postgres://demo".into()),
        _ => None,
    }
}

/// A configuration like anybody's, with short deadlines so that one sees them pass.
pub fn settings(base: &str) -> String {
    let google = google::Settings::default();
    let locations: Vec<String> = google
        .locations
        .iter()
        .map(|l| format!("{{ id = {:?}, name = {:?} }}", l.id, l.name))
        .collect();
    format!(
        r#"
[slack]
mode = "http"
api_url = "{base}/slack/api"

[[channel]]
name = "stimmen"
slack = "C0STIMMEN"
language = "de"
time_zone = "Europe/Berlin"
responsible = ["group:S0CARE"]

[[channel]]
name = "voices"
slack = "C0VOICES"
language = "en"
time_zone = "Europe/Berlin"
responsible = ["group:S0CARE"]

[[channel]]
name = "leitung"
slack = "C0LEITUNG"
language = "de"
time_zone = "Europe/Berlin"

[[route]]
name = "ruf"
keyword = ["Anwalt", "Presse", "lawyer", "press"]
to = ["stimmen", "leitung"]
deadline = "3m"
warn = ["1m"]

[[route]]
name = "kritik-en"
language = ["en"]
tone = ["complaint"]
to = ["voices"]
deadline = "4m"
warn = ["2m"]

[[route]]
name = "english"
language = ["en"]
to = ["voices"]
deadline = "24h"

[[route]]
name = "kritik"
tone = ["complaint"]
to = ["stimmen"]
deadline = "4m"
warn = ["2m"]

[default_route]
to = ["stimmen"]
deadline = "24h"

[[source]]
name = "google"
kind = "google"
label = "Google"
account = "{account}"
locations = [{locations}]
base_url = "{base}/google"
token_url = "{base}/google/token"
poll_minutes = 1
[source.push]
audience = "zeitnah-demo"
service_account = "demo@zeitnah.example"
certs_url = "{base}/google/certs"

[[source]]
name = "shop"
kind = "push"
label = "Gartenshop"
[source.reply]
url = "{base}/shop/replies"
max_chars = 2000
edit = true
delete = true

[[role]]
role = "responder"
slack_group = "S0CARE"

[[role]]
role = "admin"
slack_user = "U0CARLA"

[[escalation]]
name = "leitung"
label = "Leitung"
slack_users = ["U0CARLA"]
slack_channel = "C0LEITUNG"

[[escalation]]
name = "team"
label = "Care-Team"
slack_group = "S0CARE"

[[digest]]
name = "stimmen"
channel = "stimmen"
schedule = "*/4 * * * *"

[[digest]]
name = "voices"
channel = "voices"
schedule = "*/4 * * * *"
"#,
        account = google.account,
        locations = locations.join(", "),
    )
}
