//! One turn of somebody who presses: the transaction in which it is judged, who presses what and where, how we speak to them,
//! and when it is. Whatever is asked, told or written for them needs all four, so they go together.

use crate::domain::At;
use crate::domain::press::action::Press;
use crate::domain::say::text::Locale;
use crate::store::Tx;

pub(in crate::workflow) struct Turn<'a> {
    pub tx: &'a mut Tx,
    pub press: &'a Press,
    pub locale: Locale,
    pub now: At,
}
