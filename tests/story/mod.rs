//! Stories: what the team lives through, told with the real clients against a far side with memory.

mod buttons;
mod digest;
mod discord;
mod errands;
mod faults;
mod find;
mod gateway;
mod home;
mod hook;
mod hostile;
mod import;
mod keeping;
mod killed;
mod logs;
mod main_job;
mod news;
mod people;
mod picture;
mod promises;
mod publishing;
mod replicas;
mod shifts;
mod socket;
mod time;
mod timers;
mod urgent;
pub mod watching;
