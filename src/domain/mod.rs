//! The product's rules, pure: no await, no clock, no pool and no word of any platform. Whatever time it is comes in
//! as an argument, so each rule can be tested by saying what happened and when.

pub mod action;
pub mod agenda;
pub mod backtest;
pub mod calendar;
pub mod caps;
pub mod card;
pub mod chain;
pub mod chart;
pub mod closure;
pub mod daily;
pub mod digest;
pub mod effect;
pub mod errand;
pub mod event;
pub mod fingerprint;
pub mod fold;
pub mod form;
pub mod handling;
pub mod home;
pub mod id;
pub mod item;
pub mod language;
pub mod manner;
#[cfg(feature = "demo")]
pub mod news;
pub mod person;
pub mod policy;
pub mod practice;
pub mod quoted;
pub mod recurrence;
pub mod reply;
pub mod rights;
pub mod rota;
pub mod route;
pub mod row;
pub mod rules;
pub mod schedule;
pub mod setting;
pub mod sla;
pub mod snooze;
pub mod span;
pub mod stats;
pub mod text;
pub mod verb;
pub mod whom;
pub mod why;
pub mod words;

/// An instant, always UTC; local time appears only where people read it.
pub type At = chrono::DateTime<chrono::Utc>;
