//! WooCommerce: the reviews of a shop's products, answered by comments of the WordPress below it. The shop is somebody's own
//! server, so it is asked little and much at a time. Fields after WooCommerce's REST reference (product reviews v3) and
//! WordPress's (comments v2).

mod api;
mod list;
mod reply;
mod settings;
mod shelf;
#[cfg(test)]
mod tests;
mod wake;
mod wire;

use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;
use serde_json::Value;

use crate::domain::At;
use crate::domain::item::SourceReply;
use crate::domain::item::caps::Limit;
use crate::domain::item::caps::ReplyCaps;
use crate::domain::item::caps::ReplyMode;
use crate::domain::item::caps::Retry;
use crate::domain::item::caps::Unit;
use crate::port::PortError;
use crate::port::source::Flaw;
use crate::port::source::HookCall;
use crate::port::source::HookNews;
use crate::port::source::HookRefusal;
use crate::port::source::Page;
use crate::port::source::Published;
use crate::port::source::Remedies;
use crate::port::source::ReplyCall;
use crate::port::source::ReviewSource;
use crate::source::http;
use crate::source::kind::About;
use crate::source::listing;
use crate::source::listing::Habits;
use crate::source::listing::Place;
use crate::source::woocommerce::api::Api;
pub use crate::source::woocommerce::settings::KIND;
use crate::source::woocommerce::settings::WooSettings;
use crate::source::woocommerce::shelf::Shelf;

/// What the column of a comment's text holds (WordPress, `wp_get_comment_fields_max_lengths`).
const REPLY_LIMIT: Limit = Limit {
    unit: Unit::Bytes,
    max: 65_525,
};

/// Whoever may moderate comments is not moderated; a shop that does it all the same is followed.
const CAPS: ReplyCaps = ReplyCaps {
    mode: ReplyMode::Api,
    limit: Some(REPLY_LIMIT),
    edit: true,
    delete: true,
    moderated: false,
    retry: Retry::Append,
};

/// How often everything is listed, to notice what was removed and what was changed long after it was written.
const SWEEP: TimeDelta = TimeDelta::hours(24);

/// No budget: neither WooCommerce nor WordPress counts calls, and what a host allows nobody documents.
pub struct Woo {
    about: About,
    api: Api,
    shelf: Shelf,
}

/// Fails with settings that can never work.
pub fn open(about: About, settings: WooSettings) -> Result<Woo, PortError> {
    let base = http::address("url", &settings.url)?;
    let http = http::Http::open()?;
    Ok(Woo {
        about,
        api: Api { http, base, settings },
        shelf: Shelf::default(),
    })
}

#[async_trait]
impl ReviewSource for Woo {
    fn name(&self) -> &str {
        &self.about.name
    }

    fn label(&self) -> &str {
        &self.about.label
    }

    fn poll_every(&self) -> Option<Duration> {
        Some(Duration::from_secs(60 * self.api.settings.poll_minutes))
    }

    async fn fetch(&self, cursor: Option<Value>, now: At) -> Result<Page, PortError> {
        let shop = Place {
            id: "reviews".to_owned(),
            scope: self.about.name.clone(),
            is_whole: true,
        };
        let habits = Habits {
            overlap: TimeDelta::hours(self.api.settings.overlap_hours),
            sweep: SWEEP,
            backfill: TimeDelta::days(self.about.backfill_days),
        };
        listing::step(self, &[shop], habits, cursor, now).await
    }

    async fn hook(&self, call: &HookCall, _now: At) -> Result<HookNews, HookRefusal> {
        match &self.api.settings.webhook_secret {
            Some(secret) => wake::admit(secret, call),
            None => Err(HookRefusal::NotHere),
        }
    }

    async fn publish(&self, call: &ReplyCall) -> Result<Published, PortError> {
        reply::publish(&self.api, call).await
    }

    async fn look(&self, call: &ReplyCall) -> Result<Option<SourceReply>, PortError> {
        reply::look(&self.api, call).await
    }

    async fn check(&self, now: At) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        if self.api.base.scheme() == "http" && !http::is_local(&self.api.base) {
            flaws.push(Flaw {
                what: "its keys would go over http, and WooCommerce takes them over https only".to_owned(),
                remedy: "write https:// in url".to_owned(),
            });
            return flaws;
        }
        match self.api.reviews(1, 1, now).await {
            Err(error) => flaws.push(Flaw::of("the reviews", &error, &READ)),
            Ok(listing) if listing.total.is_none() => flaws.push(Flaw {
                what: list::NO_TOTAL.to_owned(),
                remedy: "look which proxy or plugin between us and the shop takes headers out".to_owned(),
            }),
            Ok(_) => {}
        }
        if let Some(reply) = &self.api.settings.reply {
            match self.api.may_moderate(now).await {
                Err(error) => flaws.push(Flaw::of(&format!("the user {}", reply.user), &error, &ANSWER)),
                Ok(false) => flaws.push(Flaw {
                    what: format!("the user {} may not moderate comments", reply.user),
                    remedy: "give it the role Shop manager; else its answers wait and cannot be changed"
                        .to_owned(),
                }),
                Ok(true) => {}
            }
        }
        flaws
    }
}

const READ: Remedies = Remedies {
    denied: "the key must be allowed to read, belong to a user who may moderate comments, and be the one of this \
                    shop (WooCommerce, Settings, Advanced, REST API)",
    gone: "compare `url` with the shop's address; its permalinks must not be set to \"Plain\", and WooCommerce must be \
           switched on",
    later: "try again in a minute; if it stays so, look whether the shop can be reached from here",
    never: "write `url` as the browser shows it, with https:// and with or without www",
};
const ANSWER: Remedies = Remedies {
    denied: "make an application password for this user in its profile and compare both with [source.reply]; some \
                      security plugins switch application passwords off",
    ..READ
};
