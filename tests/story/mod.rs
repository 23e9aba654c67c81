//! Stories: what the team lives through, told with the real clients against a far side with memory.

mod hook;
mod main_job;
mod people;
mod time;
