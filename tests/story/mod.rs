//! Stories: what the team lives through, told with the real clients against a far side with memory.

mod faults;
mod import;
mod main_job;
mod publishing;
mod replicas;
