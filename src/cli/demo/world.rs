//! The demo's little world: a garden shop's team with its channels, the sites where its customers write, and a
//! configuration like anybody's, with short deadlines so that one sees them pass.

use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use super::elsewhere;
use crate::chat::discord::commands;
use crate::demo::Chats;
use crate::demo::Demo;
use crate::demo::Room;
use crate::demo::Shift;
use crate::domain::people::person::PersonId;
use crate::port::clock::Clock;
use crate::port::clock::SystemClock;
use standins::Now;
use standins::discord;
use standins::discord::Discord;
use standins::google;
use standins::google::Google;
use standins::shop;
use standins::shop::Shop;
use standins::sites::site::Site;
use standins::slack;
use standins::slack::Slack;

/// The chat whose groups the bot reads ahead; in the other one the people have the same rights.
pub const CHAT: &str = "slack";

/// One of the team, who is in both chats.
struct Member {
    slack: &'static str,
    discord: &'static str,
    name: &'static str,
    real: &'static str,
}

const TEAM: [Member; 4] = [
    Member {
        slack: "U0ANNA",
        discord: "1310000000000000101",
        name: "Anna",
        real: "Anna Berger",
    },
    Member {
        slack: "U0BEN",
        discord: "1310000000000000102",
        name: "Ben",
        real: "Ben Okafor",
    },
    Member {
        slack: "U0CARLA",
        discord: "1310000000000000103",
        name: "Carla",
        real: "Carla Winter",
    },
    Member {
        slack: "U0GISELA",
        discord: "1310000000000000104",
        name: "Gisela",
        real: "Gisela Rahn",
    },
];

const DISCORD_STIMMEN: &str = "1310000000000000201";
const DISCORD_VOICES: &str = "1310000000000000202";
const DISCORD_CARE: &str = "1310000000000000301";

/// Who somebody of the one chat is in the other.
pub fn in_discord(user: &str) -> Option<&'static str> {
    TEAM.iter().find(|m| m.slack == user).map(|m| m.discord)
}

/// Who answers customers: the same people under whichever name a chat gives them.
pub fn answering() -> [(PersonId, &'static str); 3] {
    let [anna, ben, carla, _] = TEAM;
    [
        (PersonId::new("slack", anna.slack), anna.name),
        (PersonId::new("discord", ben.discord), ben.name),
        (PersonId::new("slack", carla.slack), carla.name),
    ]
}

/// All that is outside of the bot, and the two sites that have a past.
pub struct FarSide {
    pub demo: Arc<Demo>,
    pub google: Arc<Google>,
    pub shop: Arc<Shop>,
}

pub fn far_side(base: &str, hooks: &str, dir: &Path) -> FarSide {
    let clock = Shift::new(Arc::new(|| SystemClock.now()));
    let reading = clock.clone();
    let now: Now = Arc::new(move || reading.now());
    let slack = Slack::new(now.clone(), slack::Settings::default());
    for Member {
        slack: id,
        name,
        real,
        ..
    } in TEAM
    {
        slack.add_user(id, name, real);
    }
    let everybody = TEAM.map(|member| member.slack);
    slack.add_channel("C0STIMMEN", "kundenstimmen", &everybody);
    slack.add_channel("C0VOICES", "customer-voices", &everybody);
    slack.add_channel("C0LEITUNG", "leitung", &["U0CARLA"]);
    slack.add_group("S0CARE", "care-team", &["U0ANNA", "U0BEN"]);
    // The words after the command are the same in each chat.
    if let Value::Array(commands) = commands::list() {
        slack.set_commands(commands);
    }
    slack.set_base(base);
    slack.set_request_urls(
        &format!("{hooks}/slack/events"),
        &format!("{hooks}/slack/interactions"),
        &format!("{hooks}/slack/commands"),
    );
    let discord = Discord::new(now.clone(), discord::Settings::default());
    for Member {
        discord: id, name, ..
    } in TEAM
    {
        discord.add_user(id, &name.to_lowercase(), name);
    }
    discord.add_role(DISCORD_CARE, "Care-Team", &[TEAM[0].discord, TEAM[1].discord]);
    discord.add_channel(DISCORD_STIMMEN, "kundenstimmen");
    discord.add_channel(DISCORD_VOICES, "customer-voices");
    discord.set_base(base);
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
    let elsewhere = elsewhere::sites(&now, base, hooks);
    let shop = Shop::new(
        now,
        shop::Settings {
            hook_url: Some(format!("{hooks}/hook/shop")),
            public_url: base.to_owned(),
            ..Default::default()
        },
    );
    let chats = Chats { slack, discord };
    let mut sites: Vec<Arc<dyn Site>> = vec![google.clone(), shop.clone()];
    sites.extend(elsewhere);
    let demo = Demo::new(clock, chats, sites, dir.join("far-side.json"));
    let rooms = [
        ("C0STIMMEN", "de"),
        ("C0VOICES", "en"),
        ("C0LEITUNG", "de"),
        (DISCORD_STIMMEN, "de"),
        (DISCORD_VOICES, "en"),
    ];
    demo.rooms_are(
        rooms
            .map(|(room, language)| Room {
                room: room.into(),
                language: language.into(),
            })
            .into(),
    );
    FarSide { demo, google, shop }
}

/// What the settings ask the environment for.
pub const SECRETS: [&str; 8] = [
    "SLACK_BOT_TOKEN",
    "SLACK_SIGNING_SECRET",
    "DISCORD_BOT_TOKEN",
    "GOOGLE_CLIENT_ID",
    "GOOGLE_CLIENT_SECRET",
    "GOOGLE_REFRESH_TOKEN",
    "SOURCE_SHOP_SECRET",
    "SOURCE_SHOP_REPLY_SECRET",
];

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
        "DISCORD_BOT_TOKEN" => Some(discord::Settings::default().bot_token),
        "GOOGLE_CLIENT_ID" => Some(google.client_id),
        "GOOGLE_CLIENT_SECRET" => Some(google.client_secret),
        "GOOGLE_REFRESH_TOKEN" => Some(google.refresh_token),
        "SOURCE_SHOP_SECRET" => Some(shop.hook_secret),
        "SOURCE_SHOP_REPLY_SECRET" => Some(shop.reply_secret),
        "DATABASE_URL" => Some("postgres://demo".into()),
        other => elsewhere::secret(other),
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

[discord]
api_url = "{base}/discord/api/v10"
server = "{server}"

[[channel]]
name = "kundenstimmen"
slack = "C0STIMMEN"
language = "de"
time_zone = "Europe/Berlin"
responsible = ["group:S0CARE"]
noise_budget = "20 in 2m"

[[channel]]
name = "customer-voices"
slack = "C0VOICES"
language = "en"
time_zone = "Europe/Berlin"
responsible = ["group:S0CARE"]
noise_budget = "20 in 2m"

[[channel]]
name = "kundenstimmen-discord"
discord = "{DISCORD_STIMMEN}"
language = "de"
time_zone = "Europe/Berlin"
responsible = ["role:{DISCORD_CARE}"]
noise_budget = "20 in 2m"

[[channel]]
name = "customer-voices-discord"
discord = "{DISCORD_VOICES}"
language = "en"
time_zone = "Europe/Berlin"
responsible = ["role:{DISCORD_CARE}"]
noise_budget = "20 in 2m"

[[channel]]
name = "leitung"
slack = "C0LEITUNG"
language = "de"
time_zone = "Europe/Berlin"

[[route]]
name = "ruf"
keyword = ["Anwalt", "Presse", "lawyer", "press"]
to = ["kundenstimmen", "kundenstimmen-discord", "leitung"]
deadline = "3m"
warn = ["1m"]

[[route]]
name = "kritik-en"
language = ["en"]
tone = ["complaint"]
to = ["customer-voices", "customer-voices-discord"]
deadline = "4m"
warn = ["2m"]

[[route]]
name = "english"
language = ["en"]
to = ["customer-voices", "customer-voices-discord"]
deadline = "24h"

[[route]]
name = "kritik"
tone = ["complaint"]
to = ["kundenstimmen", "kundenstimmen-discord"]
deadline = "4m"
warn = ["2m"]

[default_route]
to = ["kundenstimmen", "kundenstimmen-discord"]
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
{elsewhere}
[[role]]
role = "responder"
slack_group = "S0CARE"

[[role]]
role = "responder"
discord_role = "{DISCORD_CARE}"

[[role]]
role = "admin"
slack_user = "U0CARLA"

[[role]]
role = "admin"
discord_user = "{carla}"

[[escalation]]
name = "leitung"
label = "Leitung"
slack_users = ["U0CARLA"]
slack_channel = "C0LEITUNG"

[[escalation]]
name = "team"
label = "Care-Team"
slack_group = "S0CARE"

[[escalation]]
name = "leitung-discord"
label = "Leitung"
discord_users = ["{carla}"]

[[escalation]]
name = "team-discord"
label = "Care-Team"
discord_role = "{DISCORD_CARE}"

[[digest]]
name = "kundenstimmen"
channel = "kundenstimmen"
schedule = "*/4 * * * *"

[[digest]]
name = "kundenstimmen-discord"
channel = "kundenstimmen-discord"
schedule = "*/4 * * * *"

[[digest]]
name = "customer-voices"
channel = "customer-voices"
schedule = "*/4 * * * *"
"#,
        account = google.account,
        server = discord::Settings::default().guild_id,
        carla = TEAM[2].discord,
        locations = locations.join(", "),
        elsewhere = elsewhere::sections(base),
    )
}
