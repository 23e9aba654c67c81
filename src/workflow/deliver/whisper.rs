//! A sentence for one person is handed to their chat, once.

use crate::domain::show::row::Told;
use crate::port::PortError;
use crate::store::outbox::Leased;
use crate::store::outbox::Settled;
use crate::workflow::Desk;
use crate::workflow::Result;

impl Desk {
    pub(super) async fn send_whisper(
        &self,
        leased: &Leased,
        (chat, room, user): (&str, &str, &str),
        (thread, answer_to): (Option<&str>, Option<&str>),
        told: &Told,
    ) -> Result<()> {
        if leased.unclear {
            // A private sentence twice is worse than one lost: the card tells the same.
            return self.settle(leased, Settled::Done).await;
        }
        let chat = self.chat(chat)?;
        match chat.whisper(room, user, thread, answer_to, told).await {
            Ok(()) | Err(PortError::Unclear { .. }) => self.settle(leased, Settled::Done).await,
            // They take no messages from us, which is their own choice.
            Err(PortError::Never { why }) => {
                tracing::warn!(effect.key = leased.key, "a private sentence reaches nobody");
                self.settle(leased, Settled::Dead { why }).await
            }
            Err(e) => {
                self.heed(leased, &e).await?;
                self.settle(leased, self.verdict(leased, &e)).await
            }
        }
    }
}
