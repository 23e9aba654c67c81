//! Looks on and tells the page what goes on inside: from the database, which holds all that happened, and never from
//! the bot itself, so that it tells the truth while the bot is dead, too.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::world;
use crate::demo::Bot;
use crate::demo::Demo;
use crate::demo::Leaving;
use crate::demo::Next;
use crate::demo::Person;
use crate::domain::At;
use crate::domain::people::rights::Role;
use crate::domain::show::news::Mood;
use crate::domain::show::news::News;
use crate::workflow::Desk;
use crate::workflow::Result;

const EVERY: Duration = Duration::from_millis(400);
/// Rows become visible when their transaction ends, not when they were dated: look back this far for late ones.
const LATE_SECONDS: i64 = 60;

pub struct Narrator {
    demo: Arc<Demo>,
    desk: Arc<Desk>,
    /// What was told already, by when it happened.
    told: BTreeMap<String, At>,
    since: At,
    was: Bot,
    was_ever_up: bool,
}

impl Narrator {
    /// Tells what happens from now on.
    pub fn new(demo: Arc<Demo>, desk: Arc<Desk>) -> Self {
        Self {
            since: desk.now(),
            demo,
            desk,
            told: BTreeMap::new(),
            was: Bot::Starting,
            was_ever_up: false,
        }
    }

    pub async fn run(mut self, quit: CancellationToken) {
        while timeout(EVERY, quit.cancelled()).await.is_err() {
            if let Err(error) = self.look().await {
                tracing::warn!(error = %error, "the demo's onlooker could not read");
            }
        }
    }

    async fn look(&mut self) -> Result<()> {
        self.look_at_bot().await?;
        let begun = self.desk.now();
        for (key, news) in self.desk.news(self.since).await? {
            if self.told.insert(key, news.at).is_none() {
                self.demo.news(news);
            }
        }
        // After a leap of the clock everything since the last look is still looked at.
        self.since = self.since.max(begun - TimeDelta::seconds(LATE_SECONDS));
        self.told.retain(|_, at| *at >= self.since);
        let next = self.desk.next_due().await?.map(|due| Next {
            at: due.at,
            item: due.number,
            channel: due.room,
        });
        self.demo.next_is(next);
        let leaving = self.desk.leaving().await?.into_iter().map(|leaving| Leaving {
            item: leaving.number,
            until: leaving.until,
            url: leaving.url,
        });
        self.demo.leaving_are(leaving.collect());
        let users = self.demo.slack.users().into_iter();
        let users: Vec<String> = users.filter(|u| !u.is_bot).map(|u| u.id).collect();
        let mut roles = self.desk.roles(world::CHAT, &users).await?;
        let people = users.into_iter().map(|user| {
            let role = roles.remove(&user).flatten().map(Role::as_str).map(str::to_owned);
            let discord = world::in_discord(&user).map(str::to_owned);
            Person { user, discord, role }
        });
        self.demo.people_are(people.collect());
        Ok(())
    }

    async fn look_at_bot(&mut self) -> Result<()> {
        let is = self.demo.bot();
        if std::mem::replace(&mut self.was, is) == is || is != Bot::Up {
            return Ok(());
        }
        let now = self.desk.now();
        let news = if !std::mem::replace(&mut self.was_ever_up, true) {
            News::of(now, Mood::Plain, "demo-bot-up", &[])
        } else {
            match self.desk.left_over().await? {
                0 => News::of(now, Mood::Good, "demo-bot-back", &[]),
                left => News::of(now, Mood::Good, "demo-bot-back-left", &[("n", left.into())]),
            }
        };
        self.demo.news(news);
        Ok(())
    }
}
