//! Who may do what, and what becomes of what somebody holds whose right has ended.
//!
//! It names `base` and `change`. A new question about somebody's right belongs here, never beside the verb that asks it.

pub mod refuse;
pub mod unseat;
