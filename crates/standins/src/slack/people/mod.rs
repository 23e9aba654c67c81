//! What people do in the workspace. Tests call these; the demo page reaches the same ones.

mod form;
mod input;
mod press;
mod say;
mod settle_in;
pub(super) use press::Move;
