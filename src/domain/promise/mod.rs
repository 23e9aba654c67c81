//! What was promised to whom, who is called when it is about to break, and why.

pub mod agenda;
pub mod backtest;
pub mod chain;
pub mod practice;
pub mod recipients;
pub mod rota;
pub mod route;
pub mod rules;
pub mod why;
