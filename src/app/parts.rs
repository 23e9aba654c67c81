//! From the file to the parts: the one place where settings meet what they configure.

use std::sync::Arc;

use crate::app::DiscordMode;
use crate::app::DiscordParts;
use crate::app::Parts;
use crate::app::SlackMode;
use crate::app::SlackParts;
use crate::chat::discord;
use crate::chat::slack;
use crate::config::Config;
use crate::config::slack::ReadBack;
use crate::config::slack::Way;
use crate::port::PortError;
use crate::port::clock::Clock;
use crate::port::clock::SharedClock;
use crate::port::clock::SteadyClock;
use crate::port::webhook::Webhook;
use crate::store::Store;
use crate::webhook;

/// The time of whoever works on what replicas share: the database's, once it was asked.
pub fn clock() -> Arc<dyn Clock> {
    Arc::new(SharedClock::over(Arc::new(SteadyClock::new())))
}

impl Parts {
    pub fn of(config: &Config, store: Store, clock: Arc<dyn Clock>) -> Result<Self, PortError> {
        let sources = config.sources.iter().map(|s| s.settings.open(s.about.clone()));
        let webhooks = config.webhooks.iter().map(|w| {
            let signed: Arc<dyn Webhook> = Arc::new(webhook::open(&w.name, &w.url, &w.secret)?);
            Ok((w.name.clone(), signed))
        });
        Ok(Self {
            store,
            clock,
            rules: config.rules(),
            rulebook: Some(Arc::new(config.written.clone())),
            exports: Some(Arc::new(crate::app::exports::Files::of(config))),
            sources: sources.collect::<Result<_, _>>()?,
            webhooks: webhooks.collect::<Result<_, PortError>>()?,
            slack: config.slack.as_ref().map(slack_parts),
            discord: config.discord.as_ref().map(|d| discord_parts(d, config)),
        })
    }
}

fn slack_parts(slack: &crate::config::slack::Slack) -> SlackParts {
    SlackParts {
        settings: slack::Settings {
            api_url: slack.api_url.clone(),
            bot_token: slack.bot_token.clone(),
            read_back: match slack.read_back {
                ReadBack::Auto => true,
                ReadBack::Never => false,
            },
        },
        mode: match &slack.way {
            Way::Socket {
                app_token,
                connections,
            } => SlackMode::Socket {
                app_token: app_token.clone(),
                connections: u32::from(*connections),
            },
            Way::Http {
                signing_secret,
                previous,
            } => SlackMode::Http {
                signing_secrets: std::iter::once(signing_secret).chain(previous).cloned().collect(),
            },
        },
    }
}

fn discord_parts(from: &crate::config::discord::Discord, config: &Config) -> DiscordParts {
    let rooms = config.channels.iter().filter(|c| c.chat == discord::NAME);
    DiscordParts {
        settings: discord::Settings {
            api_url: from.api_url.clone(),
            bot_token: from.bot_token.clone(),
            server: from.server.clone(),
            locales: rooms.map(|c| (c.room.clone(), c.locale)).collect(),
            paced: true,
        },
        mode: match &from.way {
            crate::config::discord::Way::Gateway => DiscordMode::Gateway,
            crate::config::discord::Way::Http { public_key } => DiscordMode::Http {
                public_key: public_key.clone(),
            },
        },
    }
}
