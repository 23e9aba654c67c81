//! A source that cannot be read, or from which nothing comes for unusually long, is told of once, in the rooms where its
//! posts go: whoever waits for customers there would take the silence for praise.

use chrono::TimeDelta;

use crate::domain::At;
use crate::domain::effect::NewEffect;
use crate::domain::effect::new::Room;
use crate::domain::item::silence;
use crate::domain::say::text::Arg;
use crate::domain::say::text::Locale;
use crate::domain::say::text::Seg;
use crate::port::PortError;
use crate::store::StoreError;
use crate::store::Tx;
use crate::store::outbox;
use crate::store::source;
use crate::store::source::Failing;
use crate::workflow::Desk;
use crate::workflow::Result;

/// A platform that is away for a moment is nobody's news.
const AWAY_MINUTES: i64 = 30;
/// Once may be an accident while a key is changed.
const REFUSALS: i32 = 2;
/// A source that comes and goes is told of no more often.
const TOLD_AGAIN_HOURS: i64 = 6;

const SILENCE_EVERY_MINUTES: i64 = 60;
/// What is usual is what was usual lately.
const SILENCE_DAYS: i64 = 120;
const ARRIVALS: i64 = 500;

impl Desk {
    /// Reading failed, and not for the first time.
    pub(super) async fn cannot_read(
        &self,
        name: &str,
        error: &PortError,
        failing: Failing,
        now: At,
    ) -> Result<()> {
        let (is_news, sentence) = match error {
            PortError::Denied { .. } => (failing.times >= REFUSALS, "told-source-refused"),
            PortError::Later { .. } | PortError::Unclear { .. } => {
                (is_long(failing, now), "told-source-unanswered")
            }
            PortError::Never { .. } | PortError::Gone { .. } => {
                (is_long(failing, now), "told-source-unreadable")
            }
        };
        if !is_news {
            return Ok(());
        }
        let lately = now - TimeDelta::hours(TOLD_AGAIN_HOURS);
        let mut tx = self.store.begin().await?;
        if !source::tell_trouble(&mut tx, name, lately, now).await? {
            return Ok(());
        }
        // What exactly it answered is for whoever can do something about it: `zeitnah check` says it.
        self.tell_rooms(&mut tx, name, "trouble", now, |locale| {
            locale.say(
                sentence,
                &[("source", self.label_of(name)), ("at", failing.since.into())],
            )
        })
        .await?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(())
    }

    /// It can be read again, and somebody knows that it could not.
    pub(super) async fn can_read_again(&self, tx: &mut Tx, name: &str, now: At) -> Result<()> {
        source::trouble_is_over(tx, name).await?;
        self.tell_rooms(tx, name, "again", now, |locale| {
            locale.say("told-source-again", &[("source", self.label_of(name))])
        })
        .await
    }

    /// Looks now and then whether its customers are quiet for longer than they ever were.
    pub async fn look_for_silence(&self, name: &str) -> Result<()> {
        let (now, pool) = (self.now(), self.store.pool());
        let before = now - TimeDelta::minutes(SILENCE_EVERY_MINUTES);
        if self.rules.channels_of(name).next().is_none()
            || !source::look_at_silence(pool, name, before, now).await?
        {
            return Ok(());
        }
        let since = now - TimeDelta::days(SILENCE_DAYS);
        let arrivals = source::arrivals(pool, name, since, ARRIVALS).await?;
        let Some(silence) = silence::of(&arrivals, now) else {
            return Ok(());
        };
        let mut tx = self.store.begin().await?;
        if !source::tell_silence(&mut tx, name, silence.since).await? {
            return Ok(());
        }
        self.tell_rooms(&mut tx, name, "silent", now, |locale| {
            let longest = locale.lang.span(silence.longest.num_minutes());
            let args = [
                ("source", self.label_of(name)),
                ("at", silence.since.into()),
                ("span", longest.into()),
            ];
            locale.say("told-source-silent", &args)
        })
        .await?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(())
    }

    fn label_of(&self, name: &str) -> Arg {
        Arg::Strong(self.rules.label(name).to_owned())
    }

    async fn tell_rooms(
        &self,
        tx: &mut Tx,
        name: &str,
        what: &str,
        now: At,
        say: impl Fn(Locale) -> Vec<Seg>,
    ) -> Result<()> {
        let what = format!("source:{name}:{what}:{}", now.timestamp_micros());
        let lines: Vec<NewEffect> = self
            .rules
            .channels_of(name)
            .map(|channel| {
                let room = Room {
                    chat: &channel.chat,
                    room: &channel.room,
                };
                NewEffect::tell_room(room, &what, say(channel.locale), now)
            })
            .collect();
        outbox::put(tx, &lines, now).await?;
        Ok(())
    }
}

fn is_long(failing: Failing, now: At) -> bool {
    now - failing.since >= TimeDelta::minutes(AWAY_MINUTES)
}
