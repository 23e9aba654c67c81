//! What people do in the server. Tests call these; the demo page reaches the same ones.

mod command;
mod fill;
mod moderate;
mod press;
mod say;
mod settle_in;
