//! In whose homes something changed. Whoever looks is remembered; from then on, what changes for them makes it stale, and one
//! effect shows all that happened since the last, a few seconds apart, however much it was.

use chrono::TimeDelta;

use crate::domain::At;
use crate::domain::effect::NewEffect;
use crate::domain::people::person::PersonId;
use crate::store::StoreError;
use crate::store::Tx;
use crate::store::home as homes;
use crate::store::home::Stale;
use crate::store::outbox;
use crate::workflow::Desk;
use crate::workflow::Result;

/// Who has not looked for so long is not drawn for.
const LOOKS_FOR_DAYS: i64 = 7;
/// Several presses in a row are one change.
const GATHERED_MS: i64 = 1_500;
/// What colleagues did is shown to whoever has looked within this time, and not more often than this.
const LOOKING_MINUTES: i64 = 60;
const TEAM_SECONDS: i64 = 30;
/// How far clocks and transactions may be apart.
const MARGIN_SECONDS: i64 = 10;
const HOMES_AT_ONCE: i64 = 50;
/// Not more often than this for one person.
const APART_SECONDS: i64 = 10;

impl Desk {
    /// Somebody looks at it now.
    pub(in crate::workflow) async fn home_opened(
        &self,
        tx: &mut Tx,
        person: &PersonId,
        now: At,
    ) -> Result<()> {
        let stale = homes::opened(tx, person, now).await?;
        let again = stale.shown_at.map(|at| at + TimeDelta::seconds(APART_SECONDS));
        let run_at = again.map_or(now, |at| at.max(now));
        outbox::put(tx, &[show(stale, run_at, now)], now).await?;
        Ok(())
    }

    /// Something changed that stands in these people's homes.
    pub(in crate::workflow) async fn homes_changed(
        &self,
        tx: &mut Tx,
        people: &[PersonId],
        now: At,
    ) -> Result<()> {
        if people.is_empty() {
            return Ok(());
        }
        let since = now - TimeDelta::days(LOOKS_FOR_DAYS);
        let stale = homes::changed(tx, people, since).await?;
        let effects = stale.into_iter().map(|stale| {
            let soon = now + TimeDelta::milliseconds(GATHERED_MS);
            let again = stale.shown_at.map(|at| at + TimeDelta::seconds(APART_SECONDS));
            let run_at = again.map_or(soon, |at| at.max(soon));
            show(stale, run_at, now)
        });
        outbox::put(tx, &effects.collect::<Vec<_>>(), now).await?;
        Ok(())
    }

    /// What colleagues did changes how the team does, in the homes of those who look. It is found here now and then, so
    /// that no press has to touch everybody's home.
    pub(in crate::workflow) async fn homes_behind(&self) -> Result<()> {
        let now = self.now();
        let mut tx = self.store.begin().await?;
        let looked = now - TimeDelta::minutes(LOOKING_MINUTES);
        let shown = now - TimeDelta::seconds(TEAM_SECONDS);
        let margin = TimeDelta::seconds(MARGIN_SECONDS);
        let stale = homes::behind(&mut tx, looked, shown, margin, HOMES_AT_ONCE).await?;
        let effects = stale.into_iter().map(|stale| show(stale, now, now));
        outbox::put(&mut tx, &effects.collect::<Vec<_>>(), now).await?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(())
    }
}

fn show(stale: Stale, run_at: At, now: At) -> NewEffect {
    let Stale { person, begun, .. } = stale;
    NewEffect::show_home(person, begun, run_at, now)
}
