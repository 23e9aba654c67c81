//! From the file to the parts: the one place where settings meet what they configure.

use std::sync::Arc;

use crate::app::Parts;
use crate::config::Config;
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
            chats: config.chats.clone(),
        })
    }
}
