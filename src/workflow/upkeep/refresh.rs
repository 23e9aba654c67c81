//! Who is in which group, and what people are called: read from the chat now and then, so that a press never has to
//! wait for it. What cannot be read for too long counts as nobody.

use chrono::TimeDelta;

use crate::domain::people::person::PersonId;
use crate::domain::people::rights::Circle;
use crate::domain::press::action::Actor;
use crate::store::person;
use crate::workflow::Desk;
use crate::workflow::Result;

const READ_EVERY_MINUTES: i64 = 5;
const RETRY_SECONDS: i64 = 30;
const NAMES_AT_ONCE: i64 = 20;
/// People marry and move: what their profile says is read again after so long.
const PROFILE_HOURS: i64 = 24;

impl Desk {
    /// Reads the circles that are due and looks up names. Returns how many calls that took.
    pub async fn refresh(&self) -> Result<usize> {
        let mut calls = 0;
        for (name, chat) in &self.chats {
            let circles = self.rules.circles(name);
            let keys: Vec<String> = circles.iter().map(Circle::key).collect();
            let now = self.now();
            let claimed = now + TimeDelta::seconds(RETRY_SECONDS);
            let due = person::circles_due(self.store.pool(), name, &keys, now, claimed).await?;
            for circle in circles.iter().filter(|c| due.contains(&c.key())) {
                if !chat.can().members {
                    // Nothing to read and nothing wrong: each press says it for its own person.
                    let next = now + TimeDelta::days(1);
                    person::circle_unlisted(self.store.pool(), name, &circle.key(), next).await?;
                    continue;
                }
                calls += 1;
                match chat.members(circle).await {
                    Ok(users) => {
                        let mut tx = self.store.begin().await?;
                        let next = now + TimeDelta::minutes(READ_EVERY_MINUTES);
                        let were = person::members(&mut tx, name, &[circle.key()]).await?;
                        person::circle_read(&mut tx, name, &circle.key(), &users, now, next).await?;
                        for user in were.iter().filter(|user| !users.contains(user)) {
                            let left = Actor {
                                person: PersonId::new(name.as_str(), user.as_str()),
                                name: String::new(),
                                outsider: false,
                                vouched: None,
                            };
                            self.unseat(&mut tx, &left, now).await?;
                        }
                        tx.commit().await.map_err(crate::store::StoreError::from)?;
                    }
                    Err(error) => {
                        tracing::warn!(circle.key = circle.key(), error = %error, "members could not be read");
                        let next = now + TimeDelta::seconds(RETRY_SECONDS);
                        let why = error.to_string();
                        person::circle_trouble(self.store.pool(), name, &circle.key(), &why, next).await?;
                    }
                }
            }
            let named = self.rules.named(name);
            let before = now - TimeDelta::hours(PROFILE_HOURS);
            for user in person::unnamed(self.store.pool(), name, &named, before, NAMES_AT_ONCE).await? {
                calls += 1;
                let id = PersonId::new(name.as_str(), user.as_str());
                match chat.profile(&user).await {
                    Ok(known) => {
                        person::looked_up(self.store.pool(), &id, &known.name, known.zone, now).await?;
                    }
                    // They have left, or we may not look: what is known of them stays, and keeps nobody else waiting.
                    Err(error) if error.is_no() => {
                        tracing::debug!(error = %error, "somebody cannot be looked up");
                        let known = person::names(self.store.pool(), std::slice::from_ref(&id)).await?;
                        if let Some(name) = known.get(&id) {
                            person::looked_up(self.store.pool(), &id, name, None, now).await?;
                        }
                    }
                    Err(error) => {
                        // The name that came with the press will do; asking again at once would not help.
                        tracing::debug!(error = %error, "name could not be read");
                        break;
                    }
                }
            }
        }
        Ok(calls)
    }
}
