//! Carrying out one effect. Every kind is named here, so a new effect does not build until somebody says what it
//! does. An outcome that is unclear is looked up at the far side before anything is done again.

use crate::domain::effect::Effect;
use crate::domain::effect::new::whispered_in;
use crate::store::outbox;
use crate::store::outbox::Leased;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::WorkflowError;

impl Desk {
    /// A fault of what it is about, and not of the database, would be there at each try: the effect is set aside, so that
    /// whatever waits behind it goes on.
    pub async fn perform(&self, leased: &Leased) -> Result<()> {
        let Err(error) = self.carry_out(leased).await else {
            return Ok(());
        };
        if !error.is_of_item() || error.is_conflict() {
            return Err(error);
        }
        let odd = outbox::Odd {
            id: leased.id,
            key: leased.key.clone(),
            kind: leased.effect.kind().as_str().to_owned(),
            token: leased.token,
            unclear: leased.unclear || may_be_done(&leased.effect, &error),
            since: leased.unread_since,
            why: error.to_string(),
        };
        self.set_aside(&odd).await
    }

    async fn carry_out(&self, leased: &Leased) -> Result<()> {
        match &leased.effect {
            Effect::PostCard { card } => self.post_card(leased, *card).await,
            Effect::EditCard { card } => self.edit(leased, *card).await,
            Effect::PostNote { card, event, ping } => self.post_note(leased, *card, *event, ping).await,
            Effect::Alert { card, event, to } => self.alert(leased, *card, *event, to).await,
            Effect::Notify { to } => self.notify(leased, to).await,
            Effect::Whisper {
                chat,
                room,
                user,
                thread,
                answer_to,
                told,
            } => {
                let chat = whispered_in(chat, &leased.key);
                let (thread, answer_to) = (thread.as_deref(), answer_to.as_deref());
                self.send_whisper(leased, (chat, room, user), (thread, answer_to), told)
                    .await
            }
            Effect::TellRoom { chat, room, text } => self.tell_room(leased, chat, room, text).await,
            Effect::CallWebhook { webhook, event } => self.call_webhook(leased, webhook, *event).await,
            Effect::KeepFold { chat, room } => self.keep_fold(leased, chat, room).await,
            Effect::ShowHome { person } => self.show_home(leased, person).await,
            Effect::PublishReply { reply } => self.publish_reply(leased, *reply).await,
            Effect::FollowReply { reply, since } => self.follow_reply(leased, *reply, *since).await,
            Effect::ReadFile { file } => self.read_file(leased, *file).await,
            Effect::BringIn { file, unanswered } => self.bring_in(leased, *file, *unanswered).await,
            Effect::TakeBack { file } => self.take_file_back(leased, *file).await,
            Effect::SendDigest {
                room,
                from,
                to,
                digest,
                ..
            } => self.send_digest(leased, digest, room, *from, *to).await,
        }
    }
}

/// Whether it may have happened although it ended with a fault. What is read is read before anything is called, so a row
/// that cannot be read says no; but a reply is public, and there the item is read again after the call.
fn may_be_done(effect: &Effect, error: &WorkflowError) -> bool {
    match error {
        WorkflowError::NotConfigured { .. } | WorkflowError::NoItem(_) | WorkflowError::Export(_) => false,
        WorkflowError::Store(error) => {
            matches!(effect, Effect::PublishReply { .. }) || !error.is_unreadable()
        }
        WorkflowError::Port(_) => true,
    }
}
