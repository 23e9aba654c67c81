//! `zeitnah stats`: whether the sums that digests are read from are what happened, and to count them anew. Both work
//! while the bot runs.

use std::path::Path;

use clap::Args;

use crate::cli::Failure;
use crate::cli::Outcome;
use crate::cli::current;
use crate::cli::load;
use crate::cli::say;
use crate::cli::store;
use crate::cli::tell;
use crate::port::clock::Clock as _;
use crate::port::clock::SystemClock;
use crate::workflow::stats;

/// Days between two words on how far it is.
const A_WHILE: usize = 100;
/// More differences than this are only counted.
const SHOWN: usize = 20;

#[derive(Args)]
#[group(required = true, multiple = false)]
pub struct Options {
    /// Hold the sums against items, their log and their cards; nothing is changed.
    #[arg(long)]
    check: bool,
    /// Count all of them anew.
    #[arg(long)]
    rebuild: bool,
}

pub async fn run(asked: Option<&Path>, options: Options) -> Outcome {
    let store = store(&load(asked)?).await?;
    current(&store).await?;
    let days = stats::days(&store, SystemClock.now()).await?;
    let (Some(first), Some(last)) = (days.first(), days.last()) else {
        tell("There is nothing to count yet.");
        return Ok(());
    };
    let mut wrong = 0;
    for (no, day) in days.iter().enumerate() {
        if options.rebuild {
            stats::recount(&store, *day).await?;
        } else {
            for (channel, span, at) in stats::verify(&store, *day).await? {
                wrong += 1;
                if wrong <= SHOWN {
                    let at = at.format("%Y-%m-%d %H:%M UTC");
                    say(&format!(
                        "The sum of the {span} from {at} in channel {channel} is not what happened."
                    ));
                }
            }
        }
        if no > 0 && no.is_multiple_of(A_WHILE) {
            say(&format!("{no} of {} days", days.len()));
        }
    }
    let (first, last) = (first.format("%Y-%m-%d"), last.format("%Y-%m-%d"));
    if wrong > 0 {
        return Err(Failure::Say(format!(
            "{wrong} sums from {first} to {last} are not what happened; `zeitnah stats --rebuild` counts them anew"
        )));
    }
    let done = if options.rebuild {
        "are counted anew"
    } else {
        "are what happened"
    };
    tell(&format!("All sums from {first} to {last} {done}."));
    Ok(())
}
