//! The forms that a press opens. All that a form shows comes from the database at that moment; what it is about rides
//! in its token.

pub mod ask;
pub mod words;
pub mod writing;

use crate::domain::id::ReplyId;
use crate::domain::item::event::Event;
use crate::domain::item::policy::Pause;
use crate::domain::press::action::FormToken;
use crate::domain::press::action::Verb;
use crate::domain::press::form::Form;
use crate::domain::press::form::FormPart;
use crate::domain::press::form::FormStep;
use crate::workflow::Desk;
use crate::workflow::press::forms::ask::handled;
use crate::workflow::press::forms::ask::snooze;
use crate::workflow::press::forms::words::about;
use crate::workflow::press::forms::words::full;
use crate::workflow::press::forms::words::reply_parts;
use crate::workflow::press::forms::words::which;
use crate::workflow::press::judge::Case;

/// What one block of a form holds in every chat.
pub(in crate::workflow::press) const PIECE_UNITS: usize = 2800;
/// The same where it stands beside our own, or beside what they were before.
pub(in crate::workflow::press) const BESIDE_UNITS: usize = 600;

impl Desk {
    /// Every other form. `log` is the item's, for the one that explains its deadline.
    pub(in crate::workflow::press) fn form(&self, case: &Case<'_>, verb: Verb, log: &[Event]) -> Form {
        let lang = case.locale.lang;
        let item = &case.locked;
        let source = self.rules.label(&item.source);
        let about = || about(item, case.locale, source);
        let (step, title, submit, parts) = match verb {
            Verb::Escalate => (
                FormStep::Escalate,
                "form-escalate-title",
                Some("form-escalate-submit"),
                with(about(), self.escalate(case)),
            ),
            Verb::Handle => (
                FormStep::Handle,
                "form-handled-title",
                Some("form-handled-submit"),
                with(about(), handled(case.locale)),
            ),
            Verb::Snooze => (
                FormStep::Snooze,
                "form-snooze-title",
                Some("form-snooze-submit"),
                with(
                    about(),
                    snooze(
                        case,
                        self.days_of(case),
                        self.rules.route(&item.route).policy.pauses_for(Pause::Customer),
                    ),
                ),
            ),
            Verb::Why => {
                let lines = self.reasons(log, item, case.locale, &case.press.chat);
                let lines = lines.into_iter().map(FormPart::Say).collect();
                (FormStep::Read, "form-why-title", None, with(about(), lines))
            }
            Verb::ViewReply => (
                FormStep::Read,
                "form-view-title",
                None,
                with(about(), reply_parts(case)),
            ),
            Verb::CopyText => {
                let say = case.locale.say("form-copy-say", &[("source", source.into())]);
                let mut parts = vec![
                    FormPart::Say(which(item, case.locale, source)),
                    FormPart::Say(say),
                ];
                parts.extend(full(item, case.locale));
                (FormStep::Read, "form-copy-title", None, parts)
            }
            Verb::Reply
            | Verb::ChangeReply
            | Verb::HandOver
            | Verb::Take
            | Verb::Release
            | Verb::Acknowledge
            | Verb::Undo
            | Verb::ConfirmThere
            | Verb::SendAgain
            | Verb::Reopen
            | Verb::FullText
            | Verb::OpenSource => {
                let head = vec![FormPart::Say(which(item, case.locale, source))];
                (
                    FormStep::Read,
                    "form-full-title",
                    None,
                    with(head, full(item, case.locale)),
                )
            }
        };
        let close = if submit.is_some() {
            "form-cancel"
        } else {
            "form-close"
        };
        Form {
            token: self.token(case, step, None),
            title: lang.text(title, &[]),
            submit: submit.map(|key| lang.text(key, &[])),
            close: lang.text(close, &[]),
            parts,
        }
    }

    pub(in crate::workflow::press) fn token(
        &self,
        case: &Case<'_>,
        step: FormStep,
        reply: Option<ReplyId>,
    ) -> FormToken {
        FormToken {
            step,
            item: case.locked.id,
            room: case.press.room.clone(),
            reply,
            seal: None,
            read: Some(case.locked.revision),
            lease: None,
        }
    }
}

/// Changes when a single character of the text does.
pub(in crate::workflow::press) fn seal(body: &str) -> String {
    use sha2::Digest as _;
    let hash = sha2::Sha256::digest(body.as_bytes());
    hex::encode(hash.iter().take(8).copied().collect::<Vec<u8>>())
}

fn with(mut head: Vec<FormPart>, rest: Vec<FormPart>) -> Vec<FormPart> {
    head.extend(rest);
    head
}
