//! Review platforms, one folder each, and the table of those that the file can name. Whatever else there is to know of a
//! kind stands in its folder.

pub mod access;
pub mod appstore;
pub mod bazaarvoice;
pub mod budget;
pub mod etrusted;
pub mod file;
pub mod google;
mod html;
pub(crate) mod http;
mod json;
pub mod judgeme;
pub mod jwt;
pub mod kind;
mod listing;
mod mac;
mod place;
pub mod play;
pub mod practice;
pub mod push;
pub mod signature;
#[cfg(test)]
mod tests;
pub mod trustpilot;
pub mod woocommerce;

use crate::source::kind::Kind;

/// The kinds of sources. A new one is a line here and its folder.
pub static KINDS: &[Kind] = &[
    push::KIND,
    google::KIND,
    trustpilot::KIND,
    etrusted::KIND,
    woocommerce::KIND,
    judgeme::KIND,
    play::KIND,
    appstore::KIND,
    bazaarvoice::KIND,
];
