//! What happens, one verb a file: load, decide by a pure rule, write down the change and what must follow from it,
//! answer. Nothing here waits and nothing here calls outside while a transaction is open.
//!
//! The files stand in rooms whose doors open one way. Each says what belongs into it and which others it may name, by a path
//! or by a method of the desk; `tests/house.rs` holds both. What other layers use has its name here.

mod base;
mod change;
mod clock;
mod deliver;
mod intake;
mod press;
mod publish;
mod rights;
mod upkeep;
mod views;

pub use crate::store::outbox::Leased;
pub use base::aside::Aside;
pub use base::at_hand::AtHand;
pub use base::desk::Desk;
pub use base::desk::Result;
pub use base::desk::WorkflowError;
pub use base::follow::holding;
pub use base::live::Live;
pub use base::queue;
pub use base::shared::Shared;
pub use deliver::lease::LEASE_SECONDS;
pub use intake::import;
pub use intake::receive::HookAnswer;
pub use upkeep::probe;
pub use upkeep::pulse::Pulse;
pub use upkeep::pulse::UNREAD_MINUTES;
pub use upkeep::pulse::Unread;
pub use upkeep::stats;
pub use views::digest::Asked;
pub use views::note;
