//! A person's home is shown as it is now.

use crate::domain::people::person::PersonId;
use crate::domain::press::action::Actor;
use crate::port::PortError;
use crate::store::StoreError;
use crate::store::home as homes;
use crate::store::outbox::Leased;
use crate::store::outbox::Settled;
use crate::workflow::Desk;
use crate::workflow::Result;

impl Desk {
    pub(super) async fn show_home(&self, leased: &Leased, person: &PersonId) -> Result<()> {
        let Some(begun) = homes::begin(self.store.pool(), person).await? else {
            return self.settle(leased, Settled::Done).await;
        };
        if begun.shown >= begun.wanted {
            return self.settle(leased, Settled::Done).await;
        }
        let chat = self.chat(&person.chat)?;
        if !chat.can().homes {
            let mut tx = self.store.begin().await?;
            homes::shown(&mut tx, person, begun.wanted, None, self.now()).await?;
            return self.settle_in(tx, leased, Settled::Done).await;
        }
        let actor = Actor {
            person: person.clone(),
            name: String::new(),
            outsider: false,
            vouched: None,
        };
        let locale = self.private_locale(person, self.locale(&person.chat, "")).await?;
        let mut tx = self.store.begin().await?;
        let home = self.home(&mut tx, &actor, locale, self.now()).await?;
        tx.rollback().await.map_err(StoreError::from)?;
        let shown = chat.show_home(&person.user, &home, begun.seal.as_deref()).await;
        let mut tx = self.store.begin().await?;
        let how = match shown {
            Ok(seal) => {
                let now = self.now();
                homes::shown(&mut tx, person, begun.wanted, seal.as_deref(), now).await?;
                Settled::Done
            }
            // Another one stands there: what is true now is read again and takes its place.
            Err(PortError::Gone { .. }) => {
                homes::unseal(&mut tx, person).await?;
                Settled::Again { at: self.now() }
            }
            // Shown twice is shown once; but what it is called nobody knows.
            Err(PortError::Unclear { why }) => {
                homes::unseal(&mut tx, person).await?;
                self.patiently(leased, why)
            }
            Err(e) => {
                self.heed(leased, &e).await?;
                self.verdict(leased, &e)
            }
        };
        self.settle_in(tx, leased, how).await
    }
}
