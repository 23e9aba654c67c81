//! Taking effects that may run now, keeping them, and setting aside what this version cannot read.

use chrono::TimeDelta;

use crate::domain::At;
use crate::domain::id::LeaseToken;
use crate::store::outbox;
use crate::store::outbox::Leased;
use crate::workflow::Desk;
use crate::workflow::Result;

/// The first wait of what cannot be read, and the longest.
const ASIDE_SECONDS: (i64, i64) = (15, 600);
/// Whoever is at it renews its lease, so one runs out soon after its holder died, and its room waits no longer.
pub const LEASE_SECONDS: i64 = 15;

impl Desk {
    /// Takes effects that may run now. The worker runs them side by side.
    pub async fn lease(&self, limit: i64) -> Result<Vec<Leased>> {
        let now = self.now();
        outbox::reap(self.store.pool(), now).await?;
        let until = now + TimeDelta::seconds(LEASE_SECONDS);
        loop {
            let taken = outbox::lease(self.store.pool(), now, until, LeaseToken::new(now), limit).await?;
            let mut freed = false;
            for odd in taken.odd {
                // The others are taken and go on, whatever becomes of this one; in doubt its lease runs out.
                match self.set_aside(&odd).await {
                    Ok(()) => freed = true,
                    Err(error) => {
                        tracing::warn!(effect.key = odd.key, error = %error, "an effect could not be set aside");
                    }
                }
            }
            // What waited behind it can run now.
            if !taken.leased.is_empty() || !freed {
                return Ok(taken.leased);
            }
        }
    }

    /// A call that takes its time keeps its lease. False: it was lost, and somebody else looks what became of it.
    pub async fn hold_on(&self, leased: &Leased) -> Result<bool> {
        let until = self.now() + TimeDelta::seconds(LEASE_SECONDS);
        Ok(outbox::renew(self.store.pool(), leased, until).await?)
    }

    /// What this version cannot read, or has no part for, is left to one that can: soon, and then less and less often.
    pub(super) async fn set_aside(&self, odd: &outbox::Odd) -> Result<()> {
        let now = self.now();
        let waited = odd.since.map_or(0, |since| (now - since).num_seconds());
        let wait = waited.clamp(ASIDE_SECONDS.0, ASIDE_SECONDS.1);
        if odd.since.is_none() {
            tracing::error!(
                effect.kind = odd.kind,
                effect.key = odd.key,
                error = odd.why,
                "an effect cannot be understood here; it is set aside for a version that can, and holds up nobody"
            );
        }
        outbox::set_aside(self.store.pool(), odd, now + TimeDelta::seconds(wait), now).await?;
        Ok(())
    }

    /// When the next effect may run that cannot run yet.
    pub async fn next_effect(&self) -> Result<Option<At>> {
        Ok(outbox::next(self.store.pool(), self.now()).await?)
    }
}
