//! What comes at once and is done together: deliveries to be written down, presses to be judged.

use crate::domain::id::ItemId;
use crate::domain::press::action::Press;
use crate::domain::press::action::Verb;
use crate::port::chat::Delivery;
use crate::port::chat::Kept;
use crate::workflow::base::gather::Gather;

/// More together would let the first wait for the last.
pub const MOST: usize = 64;
/// Two, so that one is decided while the other is written; more would only wait for each other's rows.
const TURNS: usize = 2;

pub type Keeping = Gather<Delivery, std::result::Result<Option<Kept>, String>>;
pub type Presses = Gather<Pressed, bool>;

/// A press about one item that changes it at once or not at all.
pub struct Pressed {
    pub(in crate::workflow) kept: Kept,
    pub(in crate::workflow) press: Press,
    pub(in crate::workflow) verb: Verb,
    pub(in crate::workflow) item: ItemId,
}

pub fn keeping() -> Keeping {
    Gather::new(MOST, TURNS, |_, _| true)
}

/// One of each item, so that each is judged by what the one before it left.
pub fn presses() -> Presses {
    Gather::new(MOST, TURNS, |few, one| {
        few.iter()
            .all(|other| other.item != one.item && other.kept.chat == one.kept.chat)
    })
}
