//! An answer that the source looks at before customers see it: we look, too, soon at first and then patiently, until it
//! is visible or refused.

use chrono::TimeDelta;

use crate::domain::At;
use crate::domain::id::ReplyId;
use crate::domain::item::Standing;
use crate::domain::item::reply::ReplyState;
use crate::port::PortError;
use crate::store::item;
use crate::store::outbox::Leased;
use crate::store::outbox::Settled;
use crate::store::reply;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::WorkflowError;
use crate::workflow::change::write::Change;
use crate::workflow::publish::standing::same_words;

/// How often a moderated reply is looked at: soon at first, then patiently.
const FOLLOW_MINUTES: [(i64, i64); 4] = [(10, 1), (60, 5), (24 * 60, 15), (i64::MAX, 60)];

impl Desk {
    /// Looks whether a reply under moderation became visible.
    pub(in crate::workflow) async fn follow_reply(
        &self,
        leased: &Leased,
        id: ReplyId,
        since: At,
    ) -> Result<()> {
        let now = self.now();
        let Some(item) = leased.item else {
            return self.settle(leased, Settled::Done).await;
        };
        let item = item::get(self.store.pool(), item)
            .await?
            .ok_or(WorkflowError::NoItem(item))?;
        let Some(ours) = reply::get(self.store.pool(), id).await? else {
            return self.settle(leased, Settled::Done).await;
        };
        if !matches!(ours.state, ReplyState::Pending { .. }) {
            return self.settle(leased, Settled::Done).await;
        }
        let call = self.reply_call(&item, &ours).await?;
        let theirs = match self.source(&item.source)?.look(&call).await {
            Ok(Some(theirs)) if same_words(&theirs.body, &ours.body) => theirs,
            // Replaced or removed at the source: what the poll hears decides.
            Ok(_) => {
                return self
                    .settle(
                        leased,
                        Settled::Again {
                            at: now + follow_wait(since, now),
                        },
                    )
                    .await;
            }
            Err(PortError::Gone { .. } | PortError::Never { .. }) => {
                return self.settle(leased, Settled::Done).await;
            }
            Err(PortError::Unclear { why }) => return self.settle(leased, self.patiently(leased, why)).await,
            Err(e) => return self.settle(leased, self.verdict(leased, &e)).await,
        };
        if theirs.standing == Standing::Pending {
            return self
                .settle(
                    leased,
                    Settled::Again {
                        at: now + follow_wait(since, now),
                    },
                )
                .await;
        }
        let mut tx = self.store.begin().await?;
        let mut locked = item::lock(&mut tx, item.id)
            .await?
            .ok_or(WorkflowError::NoItem(item.id))?;
        let Some(mut ours) = reply::get(&mut *tx, id).await? else {
            return Ok(());
        };
        if matches!(ours.state, ReplyState::Pending { .. }) {
            let mut change = Change::of(item.id, now);
            match theirs.standing {
                Standing::Visible => {
                    self.now_visible(&mut tx, &mut locked, &mut ours, &mut change)
                        .await?
                }
                Standing::Rejected(why) => {
                    self.now_rejected(&mut tx, &mut locked, &mut ours, why, &mut change)
                        .await?;
                }
                Standing::Pending => {}
            }
            self.write(&mut tx, &mut locked, change).await?;
        }
        self.settle_in(tx, leased, Settled::Done).await
    }
}

fn follow_wait(since: At, now: At) -> TimeDelta {
    let waited = (now - since).num_minutes();
    let minutes = FOLLOW_MINUTES
        .into_iter()
        .find(|(until, _)| waited < *until)
        .map_or(60, |(_, m)| m);
    TimeDelta::minutes(minutes)
}
