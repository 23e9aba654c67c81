//! The routes: their names (by which faults and logs call them), their places in the official description, and who
//! may call them.

use axum::http::Method;
use chrono::DateTime;
use chrono::Utc;

use super::Call;
use super::channels;
use super::commands;
use super::forum;
use super::guild;
use super::interactions;
use super::messages;
use super::session;
use super::threads;
use crate::discord::refused::Answer;
use crate::discord::refused::Refused;
use crate::discord::state::World;

pub type Work = fn(&mut World, DateTime<Utc>, &Call) -> Answer;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Bot,
    /// The token is in the path.
    Open,
}

pub struct Route {
    pub name: &'static str,
    verb: &'static str,
    /// As the official description writes it.
    template: &'static str,
    pub access: Access,
    pub work: Work,
}

const fn bot(name: &'static str, verb: &'static str, template: &'static str, work: Work) -> Route {
    Route {
        name,
        verb,
        template,
        access: Access::Bot,
        work,
    }
}

const fn open(name: &'static str, verb: &'static str, template: &'static str, work: Work) -> Route {
    Route {
        name,
        verb,
        template,
        access: Access::Open,
        work,
    }
}

/// Fixed words before places, so that `@me` is never taken for an id.
#[rustfmt::skip]
const ROUTES: &[Route] = &[
    bot("gateway", "GET", "/gateway", session::gateway),
    bot("gateway_bot", "GET", "/gateway/bot", session::gateway_bot),
    bot("get_me", "GET", "/users/@me", session::me),
    bot("my_guilds", "GET", "/users/@me/guilds", session::guilds),
    bot("create_dm", "POST", "/users/@me/channels", channels::create_dm),
    bot("get_user", "GET", "/users/{user_id}", session::user),
    bot("get_application", "GET", "/applications/@me", session::application),
    bot("get_application", "GET", "/oauth2/applications/@me", session::application),
    bot("get_channel", "GET", "/channels/{channel_id}", channels::get),
    bot("modify_channel", "PATCH", "/channels/{channel_id}", threads::modify),
    bot("list_messages", "GET", "/channels/{channel_id}/messages", messages::list),
    bot("create_message", "POST", "/channels/{channel_id}/messages", messages::create),
    bot("get_message", "GET", "/channels/{channel_id}/messages/{message_id}", messages::get),
    bot("edit_message", "PATCH", "/channels/{channel_id}/messages/{message_id}", messages::edit),
    bot("delete_message", "DELETE", "/channels/{channel_id}/messages/{message_id}", messages::delete),
    bot("start_thread", "POST", "/channels/{channel_id}/messages/{message_id}/threads", threads::start),
    bot("start_post", "POST", "/channels/{channel_id}/threads", forum::start),
    bot("archived_threads", "GET", "/channels/{channel_id}/threads/archived/public", forum::archived),
    bot("join_thread", "PUT", "/channels/{channel_id}/thread-members/@me", threads::join),
    bot("get_guild", "GET", "/guilds/{guild_id}", guild::get),
    bot("get_guild_channels", "GET", "/guilds/{guild_id}/channels", guild::channels),
    bot("active_threads", "GET", "/guilds/{guild_id}/threads/active", guild::active_threads),
    bot("get_roles", "GET", "/guilds/{guild_id}/roles", guild::roles),
    bot("list_members", "GET", "/guilds/{guild_id}/members", guild::members),
    bot("get_member", "GET", "/guilds/{guild_id}/members/{user_id}", guild::member),
    bot("list_commands", "GET", "/applications/{application_id}/commands", commands::list),
    bot("create_command", "POST", "/applications/{application_id}/commands", commands::create),
    bot("overwrite_commands", "PUT", "/applications/{application_id}/commands", commands::overwrite),
    bot("delete_command", "DELETE", "/applications/{application_id}/commands/{command_id}", commands::delete),
    bot("list_guild_commands", "GET", "/applications/{application_id}/guilds/{guild_id}/commands", commands::list_in_guild),
    bot("create_guild_command", "POST", "/applications/{application_id}/guilds/{guild_id}/commands", commands::create_in_guild),
    bot("overwrite_guild_commands", "PUT", "/applications/{application_id}/guilds/{guild_id}/commands", commands::overwrite_in_guild),
    bot("delete_guild_command", "DELETE", "/applications/{application_id}/guilds/{guild_id}/commands/{command_id}", commands::delete_in_guild),
    open("callback", "POST", "/interactions/{interaction_id}/{interaction_token}/callback", interactions::callback),
    open("create_followup", "POST", "/webhooks/{webhook_id}/{webhook_token}", interactions::follow_up),
    open("get_original", "GET", "/webhooks/{webhook_id}/{webhook_token}/messages/@original", interactions::get_original),
    open("edit_original", "PATCH", "/webhooks/{webhook_id}/{webhook_token}/messages/@original", interactions::edit_original),
    open("delete_original", "DELETE", "/webhooks/{webhook_id}/{webhook_token}/messages/@original", interactions::delete_original),
    open("get_followup", "GET", "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}", interactions::get),
    open("edit_followup", "PATCH", "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}", interactions::edit),
    open("delete_followup", "DELETE", "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}", interactions::delete),
];

impl Route {
    pub fn told(&self) -> String {
        format!("{} {}", self.verb, self.template)
    }

    /// What a bucket is counted by besides the route: the channel, the server, or the webhook with its token.
    pub fn major(&self, call: &Call) -> String {
        match self.template.split('/').nth(1) {
            Some("channels" | "guilds") => call.place(0).to_owned(),
            Some("webhooks") => format!("{} {}", call.place(0), call.place(1)),
            _ => String::new(),
        }
    }
}

/// The route and what stands in its places.
pub fn find(method: &Method, path: &str) -> Result<(&'static Route, Vec<String>), Refused> {
    let mut known = false;
    for route in ROUTES {
        let Some(places) = places(route.template, path) else {
            continue;
        };
        if route.verb == method.as_str() {
            return Ok((route, places));
        }
        known = true;
    }
    match known {
        true => Err(Refused::new(405, 0, "405: Method Not Allowed")),
        false => Err(Refused::not_found()),
    }
}

fn places(template: &str, path: &str) -> Option<Vec<String>> {
    let wanted: Vec<&str> = template.split('/').skip(1).collect();
    let given: Vec<&str> = path.split('/').collect();
    if wanted.len() != given.len() {
        return None;
    }
    let mut places = Vec::new();
    for (wanted, given) in wanted.into_iter().zip(given) {
        match wanted.starts_with('{') {
            true if given.is_empty() || given == "@me" || given == "@original" => return None,
            true => places.push(given.to_owned()),
            false if wanted == given => {}
            false => return None,
        }
    }
    Some(places)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixed_words_come_before_places() {
        let of = |method: Method, path: &str| find(&method, path).map(|(route, places)| (route.name, places));
        assert_eq!(of(Method::GET, "users/@me"), Ok(("get_me", vec![])));
        assert_eq!(of(Method::GET, "users/5"), Ok(("get_user", vec!["5".to_owned()])));
        let original = "webhooks/1/tok/messages/@original";
        let places = vec!["1".to_owned(), "tok".to_owned()];
        assert_eq!(of(Method::PATCH, original), Ok(("edit_original", places)));
        assert_eq!(of(Method::GET, "nothing/here").unwrap_err().status, 404);
        assert_eq!(of(Method::PUT, "users/@me").unwrap_err().status, 405);
    }
}
