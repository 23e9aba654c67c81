//! An item that is known and comes again: other words, other stars, an answer from elsewhere, or gone.

use crate::domain::At;
use crate::domain::item::Incoming;
use crate::domain::item::Rating;
use crate::domain::item::Standing;
use crate::domain::item::event::EventKind;
use crate::domain::item::fingerprint;
use crate::domain::item::handling::Handling;
use crate::domain::item::manner::Manner;
use crate::domain::item::reply::ReplyState;
use crate::store::Tx;
use crate::store::item;
use crate::store::item::Locked;
use crate::store::item::Version;
use crate::store::reply;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::change::write::Change;
use crate::workflow::intake::ingest::Batch;
use crate::workflow::intake::ingest::spoken;
use crate::workflow::publish::send::found;
use crate::workflow::publish::standing::is_ours;
use crate::workflow::publish::standing::same_words;

impl Desk {
    /// An item that we know.
    pub(super) async fn meet_again(
        &self,
        tx: &mut Tx,
        locked: &mut Locked,
        incoming: &Incoming,
        version: Version,
        of: Batch<'_>,
    ) -> Result<Met> {
        let Batch { manner, now, .. } = of;
        let mut change = Change::of(locked.id, now);
        let mut met = Met::Same;
        if incoming.removed {
            let is_news = self.gone(tx, locked, now).await?;
            return Ok(if is_news { Met::Changed } else { Met::Same });
        }
        if let Handling::Removed { at } = locked.handling {
            // An export from before it was taken away does not bring it back.
            if manner.as_of(now) < at {
                return Ok(Met::Older);
            }
            change.event(None, EventKind::BackAtSource);
            locked.handling = Handling::Open;
            met = Met::Changed;
        }
        let is_other = fingerprint::of(incoming) != locked.fingerprint;
        let is_older = is_other && manner.is_older(incoming.edited_at, version.edition, version.as_of);
        if is_other && !is_older {
            self.reread(tx, locked, incoming, manner, &mut change).await?;
            met = Met::Changed;
        }
        // With words that are over comes an answer to them: it counts where it was given after the newest words.
        let newest = locked.edited_at.or(locked.published_at);
        let answers = |given: Option<At>| given.zip(newest).is_some_and(|(given, words)| given >= words);
        let believed = !is_older || incoming.reply.as_ref().is_some_and(|r| answers(r.at));
        if believed && self.hear_reply(tx, locked, incoming, &mut change).await? {
            met = Met::Changed;
        }
        match met {
            Met::Changed => {
                self.write(tx, locked, change).await?;
                Ok(Met::Changed)
            }
            Met::Same | Met::Older if is_older => Ok(Met::Older),
            Met::Same | Met::Older => Ok(Met::Same),
        }
    }

    /// The customer changed their words.
    async fn reread(
        &self,
        tx: &mut Tx,
        locked: &mut Locked,
        incoming: &Incoming,
        manner: &Manner,
        change: &mut Change,
    ) -> Result<()> {
        let now = change.now();
        let print = fingerprint::of(incoming);
        let stars = |r: Option<Rating>| r.map(Rating::stars);
        let (before, after) = (stars(locked.rating), stars(incoming.rating));
        // A comma more says nothing new; what was answered stays answered.
        let said = |title: &Option<String>, body: &Option<String>| {
            fingerprint::said([title.as_deref(), body.as_deref()])
        };
        let other_words = said(&locked.title, &locked.body) != said(&incoming.title, &incoming.body);
        let became_question = incoming.kind != locked.kind;
        let told = (incoming.edited_at, manner.as_of(now));
        item::rewrite(tx, locked, incoming, print, spoken(incoming, manner), told, now).await?;
        let (old, new) = if before == after {
            (None, None)
        } else {
            (before, after)
        };
        let edited = EventKind::Edited {
            revision: locked.revision,
            stars_before: old,
            stars_now: new,
        };
        let fell = matches!((before, after), (Some(b), Some(a)) if a < b);
        // Whoever is at it may be writing an answer to what does not stand there any more.
        let told = if old.is_some() || other_words || became_question {
            self.at_it(tx, locked, now).await?
        } else {
            Vec::new()
        };
        change.event_also_for(edited, told);
        let done = matches!(
            locked.handling,
            Handling::Answered { .. } | Handling::Handled { .. }
        );
        let their_turn = matches!(
            locked.handling,
            Handling::Snoozed {
                for_customer: true,
                ..
            }
        );
        if their_turn && (other_words || became_question) {
            change.event(None, EventKind::Woke);
            locked.handling = Handling::Open;
        }
        let is_past = manner.is_past(incoming.edited_at.or(incoming.published_at));
        if done && !is_past && (fell || other_words || became_question) {
            change.event(None, EventKind::Reopened { by_customer: true });
            locked.handling = Handling::Open;
        }
        Ok(())
    }

    /// What the source says about the reply that stands there.
    async fn hear_reply(
        &self,
        tx: &mut Tx,
        locked: &mut Locked,
        incoming: &Incoming,
        change: &mut Change,
    ) -> Result<bool> {
        let now = change.now();
        let Some(theirs) = &incoming.reply else {
            return Ok(false);
        };
        let ours = match locked.reply {
            Some(id) => reply::get(&mut **tx, id).await?,
            None => None,
        };
        let standing = reply::standing(tx, locked.id).await?;
        let known = ours
            .into_iter()
            .chain(standing)
            .find(|r| is_ours(r, &theirs.body));
        if let Some(mut ours) = known {
            if matches!(ours.state, ReplyState::Unknown { .. }) {
                // Nobody knew whether it had arrived. Now the source says so itself.
                let there = found(theirs.clone());
                self.stands(tx, locked, &mut ours, there, change).await?;
                return Ok(true);
            }
            let waiting = matches!(ours.state, ReplyState::Pending { .. });
            let turned = matches!(ours.state, ReplyState::Visible { .. });
            return match &theirs.standing {
                Standing::Visible if waiting => {
                    self.now_visible(tx, locked, &mut ours, change).await?;
                    Ok(true)
                }
                Standing::Rejected(why) if waiting || turned => {
                    self.now_rejected(tx, locked, &mut ours, why.clone(), change)
                        .await?;
                    Ok(true)
                }
                Standing::Visible | Standing::Pending | Standing::Rejected(_) => Ok(false),
            };
        }
        let earlier = reply::sent(&mut **tx, locked.id).await?;
        if earlier.iter().any(|body| same_words(body, &theirs.body)) {
            // An earlier text of ours that a change has not replaced yet.
            return Ok(false);
        }
        // Somebody answered on the platform's own page.
        if locked.handling.is_open() && !matches!(theirs.standing, Standing::Rejected(_)) {
            // Only words written after the customer's last change answer them.
            if locked
                .edited_at
                .zip(theirs.at)
                .is_some_and(|(edited, at)| at < edited)
            {
                return Ok(false);
            }
            let elsewhere = self.elsewhere(tx, locked, change, Some(theirs)).await?;
            locked.handling = Handling::Answered {
                by: None,
                at: theirs.at.unwrap_or(now),
            };
            change.event(None, elsewhere);
            return Ok(true);
        }
        Ok(false)
    }

    /// The source says that it is not there any more.
    pub(super) async fn gone(&self, tx: &mut Tx, locked: &mut Locked, now: At) -> Result<bool> {
        if matches!(locked.handling, Handling::Removed { .. }) {
            return Ok(false);
        }
        locked.handling = Handling::Removed { at: now };
        let mut change = Change::of(locked.id, now);
        change.event(None, EventKind::RemovedAtSource);
        self.write(tx, locked, change).await?;
        Ok(true)
    }
}

/// What a version of a known item came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Met {
    Same,
    Changed,
    /// Other words, but not newer ones: what is known stays.
    Older,
}
