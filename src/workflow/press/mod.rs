//! What a person asks for, from the bytes of a delivery to the verdict: judged under the item's lock by what is true now.
//!
//! It names `base`, `views`, `change`, `publish`, `intake` and `rights`, and nobody but `workflow` names it. A new button,
//! command or form belongs here.

pub mod find;
pub mod forms;
pub mod give;
pub mod help;
pub mod import;
pub mod inbox;
pub mod judge;
pub mod list_action;
pub mod prefer;
pub mod refusal;
pub mod settings;
pub mod several;
pub mod submit;
pub mod suggest;
pub mod together;
pub mod unclear;
pub mod verbs;
