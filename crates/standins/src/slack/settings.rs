//! What a test or the demo may choose about the stand-in workspace before it starts. Everything has a default
//! that behaves like a small real workspace, limits on.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::TimeDelta;
use serde_json::Value;

/// The scopes that zeitnah's manifest asks for. Leaving one out is how a test sees `missing_scope`.
pub const SCOPES: [&str; 11] = [
    "chat:write",
    "commands",
    "files:write",
    "files:read",
    "channels:read",
    "groups:read",
    "channels:history",
    "groups:history",
    "users:read",
    "usergroups:read",
    "im:write",
];

/// The events an installation listens to; what people do causes an event only when it is named here.
pub const SUBSCRIPTIONS: [&str; 8] = [
    "app_home_opened",
    "app_uninstalled",
    "tokens_revoked",
    "channel_archive",
    "channel_unarchive",
    "channel_id_changed",
    "group_archive",
    "subteam_members_changed",
];

/// Which way interactions, commands and events travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Over sockets while any is connected, else over HTTP.
    Auto,
    Http,
    Socket,
}

#[derive(Debug, Clone)]
pub struct Settings {
    pub team_id: String,
    pub team_name: String,
    pub team_domain: String,
    pub bot_user: String,
    pub bot_name: String,
    pub bot_id: String,
    pub app_id: String,
    pub bot_token: String,
    pub app_token: String,
    pub signing_secret: String,
    pub scopes: BTreeSet<String>,
    pub subscriptions: BTreeSet<String>,
    /// Somebody has uninstalled the app.
    pub revoked: bool,
    /// Methods this server claims not to know, as other Slack-compatible servers do.
    pub absent: BTreeSet<String>,
    pub rate_limits: bool,
    /// The app's commands, each with the words that it knows, as the page offers them. With none named, any is delivered.
    pub commands: Vec<Value>,
    /// How long Slack looks into a file before a message may show it.
    pub files_take: TimeDelta,
    /// Whether a repeated `client_msg_id` is refused. Slack does not document it, so a bot must not lean on it.
    pub refuses_repeats: bool,
    pub mode: Mode,
    /// How long a person waits for an acknowledgement (real time). Slack gives 3 s.
    pub ack_within: Duration,
    pub events_url: Option<String>,
    pub interactions_url: Option<String>,
    pub commands_url: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        let names = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect();
        Self {
            team_id: "T0ZEITNAH".to_owned(),
            team_name: "Zeitnah".to_owned(),
            team_domain: "zeitnah".to_owned(),
            bot_user: "U0ZEITNAH".to_owned(),
            bot_name: "zeitnah".to_owned(),
            bot_id: "B0ZEITNAH".to_owned(),
            app_id: "A0ZEITNAH".to_owned(),
            bot_token: "xoxb-sandbox".to_owned(),
            app_token: "xapp-sandbox".to_owned(),
            signing_secret: "sandbox-signing-secret".to_owned(),
            scopes: names(&SCOPES),
            subscriptions: names(&SUBSCRIPTIONS),
            revoked: false,
            absent: BTreeSet::new(),
            rate_limits: true,
            commands: Vec::new(),
            files_take: TimeDelta::milliseconds(700),
            refuses_repeats: true,
            mode: Mode::Auto,
            ack_within: Duration::from_secs(3),
            events_url: None,
            interactions_url: None,
            commands_url: None,
        }
    }
}
