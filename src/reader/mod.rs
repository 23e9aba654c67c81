//! How a section of the file is read: setting by setting on top of its defaults, each fault in its line and with its remedy.
//! It knows no setting. Whoever has settings reads them with it: the configuration, a kind of source.

pub mod fault;
pub mod reading;
pub mod secret;
pub mod suggest;
pub mod table;
pub mod url;
