//! How effects are carried out: cards, lines, messages, homes and calls, and what becomes of each outcome.
//!
//! It names `base`, `views`, `change`, `publish` and `intake`, and nobody but `workflow` names it. A new kind of message belongs
//! here, with its arm in `dispatch`.

pub mod alarm;
pub mod alert;
pub mod card;
pub mod digest;
pub mod dispatch;
pub mod fold;
pub mod home;
pub mod illustrate;
pub mod lease;
pub mod note;
pub mod notify;
pub mod onward;
pub mod post;
pub mod tell;
pub mod webhook;
pub mod whisper;
