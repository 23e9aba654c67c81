//! Presses and choices. A press is possible on what a person SEES, which may be older than what is there.

use chrono::DateTime;
use chrono::Utc;
use serde_json::Value;
use serde_json::json;

use crate::discord::Discord;
use crate::discord::Outcome;
use crate::discord::form;
use crate::discord::payload::COMPONENT;
use crate::discord::payload::Deed;
use crate::discord::permission::Permission;
use crate::discord::state::Message;
use crate::discord::state::World;

const BUTTON: u64 = 2;
const LINK: u64 = 5;

/// Where somebody presses, and what they still see there.
struct Place<'a> {
    user: &'a str,
    channel: &'a str,
    message: &'a str,
    seen: Option<&'a [Value]>,
}

impl Discord {
    /// Presses a button of the message as it is now, by custom id or by the words on it; or chooses in a menu what has
    /// these words.
    pub async fn press(&self, user: &str, channel: &str, message: &str, what: &str) -> Outcome {
        let place = Place {
            user,
            channel,
            message,
            seen: None,
        };
        self.act(place, what, None).await
    }

    /// Presses what an outdated client still shows: `seen` are the components as they once were.
    pub async fn press_as_seen(
        &self,
        user: &str,
        channel: &str,
        message: &str,
        seen: &[Value],
        what: &str,
    ) -> Outcome {
        let place = Place {
            user,
            channel,
            message,
            seen: Some(seen),
        };
        self.act(place, what, None).await
    }

    /// Chooses in a menu, by the options' words or values, or by ids of people, roles and channels.
    pub async fn choose(
        &self,
        user: &str,
        channel: &str,
        message: &str,
        what: &str,
        options: &[&str],
    ) -> Outcome {
        let place = Place {
            user,
            channel,
            message,
            seen: None,
        };
        self.act(place, what, Some(options)).await
    }

    async fn act(&self, place: Place<'_>, what: &str, options: Option<&[&str]>) -> Outcome {
        let payload = self.change(|world, now| world.component_press(now, &place, what, options));
        match payload {
            Ok(payload) => {
                let what = format!("pressing `{what}`");
                self.deliver_for(place.user, &what, &payload).await
            }
            Err(why) => Outcome::refused(why),
        }
    }
}

impl World {
    fn component_press(
        &mut self,
        now: DateTime<Utc>,
        place: &Place<'_>,
        what: &str,
        options: Option<&[&str]>,
    ) -> Result<Value, String> {
        let (user, channel) = (place.user, place.channel);
        self.may_touch(now, user, channel)?;
        let there = |m: &&Message| {
            let theirs = m.only_for.as_deref().is_none_or(|only| only == user);
            m.id == place.message && theirs && (!m.deleted || place.seen.is_some())
        };
        let message = self
            .messages
            .get(channel)
            .and_then(|all| all.iter().find(there))
            .cloned()
            .ok_or_else(|| format!("there is no message {} in {channel}", place.message))?;
        let components = place.seen.unwrap_or(&message.components);
        let (component, only) = match find(components, what) {
            Ok(component) => (component, None),
            Err(why) if options.is_some() => return Err(why),
            Err(why) => (offering(components, what).ok_or(why)?, Some([what])),
        };
        let options = options.or(only.as_ref().map(<[&str; 1]>::as_slice));
        if component["disabled"] == true {
            return Err(format!("`{what}` is disabled"));
        }
        let kind = component["type"].as_u64().unwrap_or(0);
        let mut data = json!({
            "custom_id": component["custom_id"],
            "component_type": kind,
            "id": component["id"],
        });
        match (kind, options) {
            (BUTTON, _) if component["style"] == LINK => return Err(format!("`{what}` is a link")),
            (BUTTON, None) => {}
            (BUTTON, Some(_)) => return Err(format!("`{what}` is pressed, not chosen in")),
            (_, None) => return Err(format!("`{what}` has to be chosen in, not pressed")),
            (_, Some(options)) => {
                let values = self.chosen(component, options)?;
                if kind != 3 {
                    data["resolved"] = self.resolved(&values);
                }
                data["values"] = json!(values);
            }
        }
        let deed = Deed {
            kind: COMPONENT,
            user,
            channel,
            message: Some(&message),
            data,
        };
        Ok(self.interaction(now, deed))
    }

    /// Discord's client wakes a thread before it sends a press, and greys out what is locked.
    pub fn may_touch(&mut self, now: DateTime<Utc>, user: &str, channel: &str) -> Result<(), String> {
        let found = self.channel(channel).ok_or("there is no such channel")?.clone();
        if found.with.as_deref().is_some_and(|with| with != user)
            || !self.may(user, &found, Permission::ViewChannel)
        {
            return Err(format!("{user} does not see that channel"));
        }
        let Some(thread) = &found.thread else {
            return Ok(());
        };
        let manages = self.may(user, &found, Permission::ManageThreads);
        if thread.locked && !manages {
            return Err("the thread is locked, its buttons are grey".to_owned());
        }
        if thread.archived && !self.may(user, &found, Permission::SendMessagesInThreads) {
            return Err("An error occurred, please try again.".to_owned());
        }
        self.wake(now, channel, manages)
            .map_err(|refused| refused.message)
    }

    /// The values of a menu's options, within what the menu allows.
    pub fn chosen(&self, menu: &Value, options: &[&str]) -> Result<Vec<String>, String> {
        let offered = menu["options"].as_array().map_or(&[][..], Vec::as_slice);
        let mut values = Vec::new();
        for option in options {
            let value = match menu["type"].as_u64() {
                Some(3 | 21 | 22) => offered
                    .iter()
                    .find(|o| o["value"] == *option || o["label"] == *option)
                    .and_then(|o| o["value"].as_str())
                    .ok_or_else(|| format!("there is no option `{option}`"))?,
                Some(5) if self.user(option).is_some_and(|user| !user.away) => option,
                Some(6) if self.role(option).is_some() => option,
                Some(7) if self.user(option).is_some() || self.role(option).is_some() => option,
                Some(8) if self.channel(option).is_some() => option,
                _ => return Err(format!("there is nobody and nothing called `{option}`")),
            };
            values.push(value.to_owned());
        }
        let least = menu["min_values"].as_u64().unwrap_or(1);
        let most = menu["max_values"].as_u64().unwrap_or(1);
        let many = values.len() as u64;
        if many < least || many > most {
            return Err(format!(
                "between {least} and {most} have to be chosen, not {many}"
            ));
        }
        Ok(values)
    }
}

/// The menu in which this can be chosen.
fn offering<'a>(components: &'a [Value], what: &str) -> Option<&'a Value> {
    let is = |option: &Value| option["label"] == *what || option["value"] == *what;
    let all = form::all(components).into_iter();
    all.filter(|c| c["type"] == 3).find(|c| {
        c["options"]
            .as_array()
            .is_some_and(|options| options.iter().any(is))
    })
}

/// By custom id or by the words on it.
pub fn find<'a>(components: &'a [Value], what: &str) -> Result<&'a Value, String> {
    let all = form::all(components);
    let named = |c: &&&Value| c["custom_id"] == *what;
    let labelled = |c: &&&Value| {
        let words = ["label", "placeholder"].iter().any(|key| c[*key] == *what);
        words && matches!(c["type"].as_u64(), Some(2..=8))
    };
    all.iter()
        .find(named)
        .or_else(|| all.iter().find(labelled))
        .copied()
        .ok_or_else(|| format!("there is no `{what}`"))
}
