//! Posting once: after an unclear try it is looked whether the message stands there before it is posted again.

use chrono::TimeDelta;

use crate::domain::say::quoted::Obstacle;
use crate::port::PortError;
use crate::port::Why;
use crate::port::chat::Body;
use crate::port::chat::Lookup;
use crate::port::chat::Post;
use crate::store::fold as folds;
use crate::store::outbox;
use crate::store::outbox::Leased;
use crate::store::outbox::Settled;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::base::settle::LOOK_AFTER;

/// Where looking is not allowed, another message is risked only this long after each try.
const BLIND_WAIT_SECONDS: i64 = 60;

/// What a post came to.
pub(super) enum Posted {
    At(String),
    /// An earlier try brought it there, as it was then.
    Found(String),
    /// An earlier try brought it there, and nobody can tell where.
    Somewhere,
    Not(Settled),
    /// A clear no: the same way will not do it.
    No(Settled),
    /// The room or the thread is not there.
    Gone(Why),
}

/// What belongs below a card comes once the card is there.
pub(super) fn not_posted_yet() -> Why {
    Why::from("the card is not posted yet").by(Obstacle::NotThereYet)
}

impl Desk {
    /// A room that is closed to us is news for whoever can open it.
    pub(super) async fn complain(&self, chat: &str, room: &str, error: &PortError) -> Result<()> {
        match error {
            PortError::Denied { why } => self.tell_admins(chat, room, &why.text()).await,
            PortError::Later { .. }
            | PortError::Never { .. }
            | PortError::Gone { .. }
            | PortError::Unclear { .. } => Ok(()),
        }
    }

    /// Posts once. After an unclear try it looks first, twice, and only then posts again under the same key.
    pub(super) async fn post(&self, leased: &Leased, chat: &str, post: &Post) -> Result<Posted> {
        self.post_to(leased, chat, post, false).await
    }

    /// The same to one person alone. That they take no direct messages is a normal fact, for which there is another way:
    /// no fault of anybody's, and nothing that rights would change.
    pub(super) async fn post_directly(&self, leased: &Leased, chat: &str, post: &Post) -> Result<Posted> {
        self.post_to(leased, chat, post, true).await
    }

    async fn post_to(&self, leased: &Leased, chat: &str, post: &Post, directly: bool) -> Result<Posted> {
        let platform = self.chat(chat)?;
        let now = self.now();
        if leased.unclear {
            match platform.find(post, leased.begun_at).await {
                Ok(Lookup::At(message)) => return Ok(Posted::Found(message)),
                Ok(Lookup::NotThere) => {
                    let looked = usize::try_from(leased.looks).unwrap_or(0) + 1;
                    return Ok(Posted::Not(match LOOK_AFTER.get(looked) {
                        Some(wait) => Settled::LookAgain {
                            at: now + TimeDelta::seconds(*wait),
                        },
                        None => Settled::Anew { at: now },
                    }));
                }
                Ok(Lookup::CannotLook) => {
                    if leased.looks == 0 {
                        let at = now + TimeDelta::seconds(BLIND_WAIT_SECONDS - LOOK_AFTER[0]);
                        return Ok(Posted::Not(Settled::LookAgain { at }));
                    }
                    tracing::warn!(
                        effect.key = leased.key,
                        "posting again without being able to look"
                    );
                }
                Err(e) => return Ok(Posted::Not(self.verdict(leased, &e))),
            }
        }
        match platform.post(post).await {
            Ok(message) => {
                self.count_in_room(chat, post).await?;
                if let Some(pace) = &leased.pace {
                    let apart = self.rules.post_every_ms.get(chat).copied().unwrap_or_default();
                    let free = now + TimeDelta::milliseconds(apart);
                    outbox::slow_down(self.store.pool(), pace, free).await?;
                }
                match message {
                    Some(message) => Ok(Posted::At(message)),
                    None => self.locate(leased, chat, post).await,
                }
            }
            Err(PortError::Gone { why }) => Ok(Posted::Gone(why)),
            Err(PortError::Unclear { why }) => {
                let at = now + TimeDelta::seconds(LOOK_AFTER[0]);
                Ok(Posted::Not(Settled::Unknown { at, why }))
            }
            // Whether it is the message or its picture shows when it comes without.
            Err(PortError::Denied { why } | PortError::Never { why }) if post.body.has_picture() => {
                Ok(Posted::Not(Settled::Dead { why }))
            }
            Err(e) if directly && e.is_no() => Ok(Posted::No(Settled::Dead {
                why: e.to_string().into(),
            })),
            Err(e) => {
                self.heed(leased, &e).await?;
                self.complain(chat, &post.room, &e).await?;
                let how = self.verdict(leased, &e);
                Ok(if e.is_no() {
                    Posted::No(how)
                } else {
                    Posted::Not(how)
                })
            }
        }
    }

    /// The chat has it; where, it may tell whoever may look.
    async fn locate(&self, leased: &Leased, chat: &str, post: &Post) -> Result<Posted> {
        Ok(match self.chat(chat)?.find(post, leased.begun_at).await {
            Ok(Lookup::At(message)) => Posted::Found(message),
            Ok(Lookup::NotThere | Lookup::CannotLook) => Posted::Somewhere,
            Err(e) => Posted::Not(self.verdict(leased, &e)),
        })
    }

    /// A message of ours that stands in a room, and is no card: those were counted when the room took them.
    async fn count_in_room(&self, chat: &str, post: &Post) -> Result<()> {
        let channel = self.rules.channel_of_room(chat, &post.room);
        let Some(budget) = channel.and_then(|c| c.budget) else {
            return Ok(());
        };
        if post.thread.is_some() || matches!(post.body, Body::Card(_)) {
            return Ok(());
        }
        let now = self.now();
        folds::count(self.store.pool(), chat, &post.room, budget.since(now), now).await?;
        Ok(())
    }
}
