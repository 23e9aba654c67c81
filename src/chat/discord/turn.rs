//! What follows an answer must not overtake it: Discord knows nothing to follow before the first answer has arrived.
//! Whoever is answering says so here, and whoever wants to follow waits. It is of this process only; another replica that
//! follows asks again until the answer is there.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;
use tokio::time::timeout;

/// Nobody answers later than this.
const LONGEST: Duration = Duration::from_secs(4);

/// A moment until a far side may have taken what is on its way.
pub async fn pause(time: Duration) {
    sleep(time).await;
}

/// Interactions that are being answered by this process.
#[derive(Clone, Default)]
pub struct Turns(Arc<Mutex<HashMap<String, watch::Receiver<()>>>>);

/// While it lives, the first answer is not out.
pub struct Answering {
    turns: Turns,
    interaction: String,
    /// Its end is what others wait for.
    _until: watch::Sender<()>,
}

impl Turns {
    pub fn begin(&self, interaction: &str) -> Answering {
        let (until, seen) = watch::channel(());
        self.of_all().insert(interaction.to_owned(), seen);
        Answering {
            turns: self.clone(),
            interaction: interaction.to_owned(),
            _until: until,
        }
    }

    /// Returns when this process has answered; at once if it never began to.
    pub async fn wait(&self, interaction: &str) {
        let seen = self.of_all().get(interaction).cloned();
        if let Some(mut seen) = seen {
            // An error is the end that is waited for; whoever never ends is not waited for any longer.
            let _ended = timeout(LONGEST, seen.changed()).await;
        }
    }

    fn of_all(&self) -> std::sync::MutexGuard<'_, HashMap<String, watch::Receiver<()>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.turns.of_all().remove(&self.interaction);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_follows_waits_for_the_answer_and_for_nothing_else() {
        let turns = Turns::default();
        turns.wait("1").await;
        let answering = turns.begin("1");
        turns.wait("2").await;
        let mut following = waiting(&turns, "1");
        assert!(futures::poll!(&mut following).is_pending());
        drop(answering);
        following.await;
        assert!(turns.of_all().is_empty());
    }

    fn waiting<'a>(
        turns: &'a Turns,
        interaction: &'a str,
    ) -> std::pin::Pin<Box<dyn Future<Output = ()> + 'a>> {
        Box::pin(turns.wait(interaction))
    }
}
