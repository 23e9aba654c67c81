//! The forms that a press opens. All that a form shows comes from the database at that moment; what it is about rides
//! in its token.

pub mod ask;
pub mod words;
pub mod writing;

use crate::domain::action::FormToken;
use crate::domain::action::Step;
use crate::domain::action::Verb;
use crate::domain::event::Event;
use crate::domain::form::Form;
use crate::domain::form::Part;
use crate::domain::id::ReplyId;
use crate::domain::policy::Pause;
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
        let lang = case.voice.lang;
        let item = &case.locked.0;
        let source = self.rules.label(&item.source);
        let about = || about(item, case.voice, source);
        let (step, title, submit, parts) = match verb {
            Verb::Escalate => (
                Step::Escalate,
                "form-escalate-title",
                Some("form-escalate-submit"),
                with(about(), self.escalate(case)),
            ),
            Verb::Handle => (
                Step::Handle,
                "form-handled-title",
                Some("form-handled-submit"),
                with(about(), handled(case.voice)),
            ),
            Verb::Snooze => (
                Step::Snooze,
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
                let lines = self.reasons(log, item, case.voice, &case.press.chat);
                let lines = lines.into_iter().map(Part::Say).collect();
                (Step::Read, "form-why-title", None, with(about(), lines))
            }
            Verb::ViewReply => (
                Step::Read,
                "form-view-title",
                None,
                with(about(), reply_parts(case)),
            ),
            Verb::CopyText => {
                let say = case.voice.say("form-copy-say", &[("source", source.into())]);
                let mut parts = vec![Part::Say(which(item, case.voice, source)), Part::Say(say)];
                parts.extend(full(item, case.voice));
                (Step::Read, "form-copy-title", None, parts)
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
                let head = vec![Part::Say(which(item, case.voice, source))];
                (
                    Step::Read,
                    "form-full-title",
                    None,
                    with(head, full(item, case.voice)),
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
        step: Step,
        reply: Option<ReplyId>,
    ) -> FormToken {
        FormToken {
            step,
            item: case.locked.0.id,
            room: case.press.room.clone(),
            reply,
            seal: None,
            read: Some(case.locked.0.revision),
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

fn with(mut head: Vec<Part>, rest: Vec<Part>) -> Vec<Part> {
    head.extend(rest);
    head
}
