//! How an effect ends: what a failed call means for it, when it is tried again, and that nothing is written once its lease is
//! lost. Whoever carries out effects of any kind ends here.

use chrono::TimeDelta;

use crate::domain::At;
use crate::domain::effect::Effect;
use crate::domain::effect::next_try;
use crate::domain::show::closure::Closed;
use crate::domain::show::closure::Closure;
use crate::port::PortError;
use crate::port::Why;
use crate::store::StoreError;
use crate::store::Tx;
use crate::store::outbox;
use crate::store::outbox::Leased;
use crate::store::outbox::Settled;
use crate::telemetry::meter;
use crate::workflow::Desk;
use crate::workflow::Result;

/// First look after an unclear outcome, then the second: far sides show what they took with a delay.
pub(in crate::workflow) const LOOK_AFTER: [i64; 2] = [2, 15];

/// What was refused is tried again before this is over.
const REFUSED_SECONDS: i64 = 60;

impl Desk {
    /// Whoever is told to slow down tells everybody who shares the limit; whoever is refused leaves word for those who
    /// wonder why nothing comes.
    pub(in crate::workflow) async fn heed(&self, leased: &Leased, error: &PortError) -> Result<()> {
        if let (PortError::Denied { why }, Some(pace)) = (error, &leased.pace)
            && let Some(closure) = self.refused(pace, &why.text())
        {
            let until = self.now() + TimeDelta::seconds(REFUSED_SECONDS);
            outbox::shut(self.store.pool(), &format!("refused:{pace}"), until, &closure).await?;
        }
        if let (
            PortError::Later {
                after: Some(seconds), ..
            },
            Some(pace),
        ) = (error, &leased.pace)
            && !self.keeps_limits(pace)
        {
            let free = self.now() + TimeDelta::seconds((*seconds).clamp(1, 3600));
            outbox::slow_down(self.store.pool(), pace, free).await?;
        }
        Ok(())
    }

    /// The chat takes our token, or somebody has started us who may have put something right: what was refused is asked for
    /// again at once, also where another token was refused.
    pub async fn reopen(&self, chat: &str) -> Result<u64> {
        Ok(outbox::reopen(self.store.pool(), chat, self.now()).await?)
    }

    /// Whether the chat of this pace keeps its own limits: then one call's wait says nothing about the next.
    fn keeps_limits(&self, pace: &str) -> bool {
        let mut parts = pace.split(':');
        let kind = parts.next().unwrap_or_default();
        let chat = parts.next().and_then(|name| self.chats.get(name));
        kind != "source" && chat.is_some_and(|chat| chat.can().keeps_limits)
    }

    /// What a chat that keeps no limits itself has refused: everything in a room, or one kind of call.
    fn refused(&self, pace: &str, why: &str) -> Option<Closure> {
        let mut parts = pace.splitn(3, ':');
        let kind = parts.next()?;
        let chat = parts
            .next()
            .filter(|name| kind != "source" && self.chats.contains_key(*name))?;
        let (what, name) = match (kind, parts.next()) {
            ("room", Some(room)) => (Closed::Room, room),
            (call, _) => (Closed::Call, call),
        };
        (!self.keeps_limits(pace)).then(|| Closure {
            chat: chat.to_owned(),
            what,
            name: name.to_owned(),
            why: why.to_owned(),
        })
    }

    /// What a failed call means for its effect.
    pub(in crate::workflow) fn verdict(&self, leased: &Leased, error: &PortError) -> Settled {
        match error {
            PortError::Later { why, after } => Settled::Later {
                at: self.next(leased, *after),
                why: why.clone(),
            },
            // Rights can be given back; until then somebody has to see it.
            PortError::Denied { why } => {
                // It is tried on and on, and said once.
                if leased.attempts <= 1 {
                    tracing::error!(effect.kind = leased.effect.kind().as_str(), effect.key = leased.key, error = %error,
                        "denied: rights or tokens have to change");
                }
                self.patiently(leased, why.clone())
            }
            PortError::Never { why } | PortError::Gone { why } => {
                tracing::error!(effect.kind = leased.effect.kind().as_str(), effect.key = leased.key, error = %error,
                    "given up: the same will never succeed");
                Settled::Dead { why: why.clone() }
            }
            PortError::Unclear { why } => Settled::Unknown {
                at: self.now() + TimeDelta::seconds(LOOK_AFTER[0]),
                why: why.clone(),
            },
        }
    }

    pub(in crate::workflow) fn patiently(&self, leased: &Leased, why: impl Into<Why>) -> Settled {
        Settled::Later {
            at: self.next(leased, None),
            why: why.into(),
        }
    }

    pub(in crate::workflow) fn next(&self, leased: &Leased, hint: Option<i64>) -> At {
        // Different for each effect and try, the same on every run: replicas spread out, tests stay exact.
        let jitter = (leased.id.0.as_u128() % 997) as f64 / 997.0;
        next_try(self.now(), leased.attempts, hint, jitter)
    }

    pub(in crate::workflow) async fn settle(&self, leased: &Leased, how: Settled) -> Result<()> {
        // Nothing is written with it, so it needs no transaction of several round trips.
        let held = outbox::settle(self.store.pool(), leased, &how, self.now()).await?;
        self.settled(leased, &how, held);
        Ok(())
    }

    /// Settles and commits what was written with it; if the lease was lost, nothing of it is written.
    pub(in crate::workflow) async fn settle_in(
        &self,
        mut tx: Tx,
        leased: &Leased,
        how: Settled,
    ) -> Result<()> {
        let held = outbox::settle(&mut *tx, leased, &how, self.now()).await?;
        match held {
            true => tx.commit().await.map_err(StoreError::from)?,
            false => tx.rollback().await.map_err(StoreError::from)?,
        }
        self.settled(leased, &how, held);
        Ok(())
    }

    fn settled(&self, leased: &Leased, how: &Settled, held: bool) {
        if held {
            count(leased, how, self.now());
        } else {
            tracing::warn!(
                effect.key = leased.key,
                "the lease was lost before the effect was settled"
            );
        }
    }
}

fn count(leased: &Leased, how: &Settled, now: At) {
    let kind = leased.effect.kind().as_str();
    meter::tried(kind, how.as_str());
    match how {
        Settled::Done | Settled::Moot | Settled::Found | Settled::Folded | Settled::Dead { .. } => {
            meter::ended(kind, how.as_str(), now - leased.ready_at)
        }
        Settled::Later { .. }
        | Settled::Again { .. }
        | Settled::Unknown { .. }
        | Settled::LookAgain { .. }
        | Settled::Anew { .. } => {}
    }
    if leased.unclear {
        match how {
            // What became of a reply, publishing knows better.
            Settled::Done | Settled::Found if matches!(leased.effect, Effect::PublishReply { .. }) => {}
            Settled::Done | Settled::Moot | Settled::Found | Settled::Folded => {
                meter::resolved(kind, "settled")
            }
            Settled::Anew { .. } => meter::resolved(kind, "missing"),
            Settled::Dead { .. } => meter::resolved(kind, "given_up"),
            Settled::Later { .. }
            | Settled::Again { .. }
            | Settled::Unknown { .. }
            | Settled::LookAgain { .. } => {}
        }
    }
}

/// It stands there. Whether by an earlier try, whose answer was lost, or by this one, which only had to ask where.
pub(in crate::workflow) fn there(leased: &Leased) -> Settled {
    if leased.unclear {
        Settled::Found
    } else {
        Settled::Done
    }
}
