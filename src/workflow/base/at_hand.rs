//! The file whose rows are coming in, kept between two of its steps: looking a large one through takes longer than a step.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

use crate::port::export::Export;

/// The file whose rows are coming in, looked through. There is one: files come in one after the other, and each may be large.
/// Whoever does not have it looks once more.
#[derive(Default)]
pub struct AtHand(Mutex<Option<Held>>);

struct Held {
    number: i64,
    export: Arc<dyn Export>,
    /// How old what nobody answered may be to be owed an answer.
    days: i64,
}

impl AtHand {
    pub(in crate::workflow) fn get(&self, number: i64) -> Option<(Arc<dyn Export>, i64)> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let held = held.as_ref().filter(|held| held.number == number)?;
        Some((held.export.clone(), held.days))
    }

    pub(in crate::workflow) fn keep(&self, number: i64, export: Arc<dyn Export>, days: i64) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Held { number, export, days });
    }

    pub(in crate::workflow) fn put_away(&self, number: i64) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.take_if(|held| held.number == number);
    }
}
