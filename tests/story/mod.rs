//! Stories: what the team lives through, told with the real clients against a far side with memory.

mod buttons;
mod hook;
mod hostile;
mod main_job;
mod people;
mod socket;
mod time;
