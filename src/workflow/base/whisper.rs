//! A sentence for one person, written down like everything else, so that a full channel cannot swallow it.

use crate::domain::effect::NewEffect;
use crate::domain::effect::new::Listener;
use crate::domain::say::text::Seg;
use crate::domain::show::row::Told;
use crate::store::outbox;
use crate::store::person;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::base::turn::Turn;

impl Desk {
    /// To whoever pressed.
    pub(in crate::workflow) async fn whisper(&self, turn: &mut Turn<'_>, text: Vec<Seg>) -> Result<()> {
        self.whisper_with(turn, text.into()).await
    }

    /// The same with what it lists and offers.
    pub(in crate::workflow) async fn whisper_with(&self, turn: &mut Turn<'_>, told: Told) -> Result<()> {
        let Turn { press, now, .. } = *turn;
        // Whoever is answered is known by name from now on, also if all they did was to ask for help.
        if !press.by.name.is_empty() {
            person::met(turn.tx, &press.by.person, &press.by.name).await?;
        }
        let to = Listener {
            chat: &press.chat,
            room: &press.room,
            user: &press.by.person.user,
            thread: press.thread.as_deref(),
            answer_to: press.answer_to.as_deref(),
        };
        let effect = NewEffect::whisper(to, &press.key, told, now);
        outbox::put(turn.tx, &[effect], now).await?;
        Ok(())
    }
}
