//! Who may do what, and what somebody holds whose right has ended.
//!
//! It names `base`, `views`, `change` and `clock`. A new question about a person's right belongs here, never beside its verb.

pub(in crate::workflow) mod refuse;
pub(in crate::workflow) mod unseat;
