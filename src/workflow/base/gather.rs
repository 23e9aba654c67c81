//! What comes while somebody is at it waits a moment and is done together, in one statement or transaction instead of
//! many: so the busier it is, the cheaper each one becomes, and nobody waits when it is quiet. Whoever comes first does it
//! for all; there is no loop that would have to be alive.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use tokio::sync::Semaphore;
use tokio::sync::oneshot;

struct Waits<T, R> {
    one: T,
    told: oneshot::Sender<R>,
}

pub struct Gather<T, R> {
    waiting: Mutex<VecDeque<Waits<T, R>>>,
    turns: Semaphore,
    most: usize,
    /// Whether one may go with those that go already; who may not comes with the next, and keeps its place.
    fits: fn(&[T], &T) -> bool,
}

impl<T, R> Gather<T, R> {
    /// At most `most` go together, and `turns` groups are under way at once.
    pub fn new(most: usize, turns: usize, fits: fn(&[T], &T) -> bool) -> Self {
        Self {
            waiting: Mutex::default(),
            turns: Semaphore::new(turns),
            most,
            fits,
        }
    }

    /// How many wait for their turn.
    pub fn waiting(&self) -> usize {
        self.hold().len()
    }

    /// What `work` answered for this one; it has to answer in the order in which it was asked. None: whoever did it for
    /// this one broke off.
    pub async fn join<F>(&self, one: T, work: impl Fn(Vec<T>) -> F) -> Option<R>
    where
        F: Future<Output = Vec<R>>,
    {
        let (told, mut hears) = oneshot::channel();
        self.hold().push_back(Waits { one, told });
        loop {
            let turn = tokio::select! {
                biased;
                told = &mut hears => return told.ok(),
                turn = self.turns.acquire() => turn.ok()?,
            };
            let (few, told) = self.take();
            if few.is_empty() {
                // Another one has ours in hand.
                drop(turn);
                return hears.await.ok();
            }
            let came = work(few).await;
            drop(turn);
            for (told, came) in told.into_iter().zip(came) {
                // Whoever asked may have gone by now.
                let _ = told.send(came);
            }
        }
    }

    fn take(&self) -> (Vec<T>, Vec<oneshot::Sender<R>>) {
        let mut waiting = self.hold();
        let (mut few, mut told) = (Vec::new(), Vec::new());
        let mut left = VecDeque::new();
        while let Some(next) = waiting.pop_front() {
            if few.len() < self.most && (self.fits)(&few, &next.one) {
                few.push(next.one);
                told.push(next.told);
            } else {
                left.push_back(next);
            }
        }
        *waiting = left;
        (few, told)
    }

    fn hold(&self) -> MutexGuard<'_, VecDeque<Waits<T, R>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::sync::Notify;

    use super::*;

    /// Numbers of one parity do not go together.
    fn gather(most: usize) -> Arc<Gather<u32, (u32, usize)>> {
        Arc::new(Gather::new(most, 1, |few, one| {
            few.iter().all(|n| n % 10 != one % 10)
        }))
    }

    /// Answers each with itself and how many went with it.
    async fn answer(few: Vec<u32>, gate: Option<Arc<Notify>>) -> Vec<(u32, usize)> {
        if let Some(gate) = gate {
            gate.notified().await;
        }
        let n = few.len();
        few.into_iter().map(|one| (one, n)).collect()
    }

    #[tokio::test]
    async fn what_comes_meanwhile_goes_together_and_what_does_not_fit_goes_next() {
        let (gather, gate) = (gather(3), Arc::new(Notify::new()));
        let join = |n: u32| {
            let (gather, gate) = (gather.clone(), gate.clone());
            tokio::spawn(async move { gather.join(n, |few| answer(few, Some(gate.clone()))).await })
        };
        let first = join(1);
        tokio::task::yield_now().await;
        // 12 does not go with 2, and 5 is one too many.
        let others: Vec<_> = [2, 12, 3, 4, 5].into_iter().map(join).collect();
        tokio::task::yield_now().await;
        let mut came = Vec::new();
        for _ in 0..3 {
            gate.notify_one();
            for _ in 0..20 {
                tokio::task::yield_now().await;
            }
        }
        came.push(first.await.unwrap());
        for other in others {
            came.push(other.await.unwrap());
        }
        let went = [(1, 1), (2, 3), (12, 2), (3, 3), (4, 3), (5, 2)].map(Some);
        assert_eq!(came, went);
    }

    #[tokio::test]
    async fn whoever_breaks_off_says_so_to_those_who_rely_on_it() {
        let (gather, gate) = (gather(9), Arc::new(Notify::new()));
        let join = |n: u32| {
            let (gather, gate) = (gather.clone(), gate.clone());
            tokio::spawn(async move { gather.join(n, |few| answer(few, Some(gate.clone()))).await })
        };
        let (one, leads) = (join(1), tokio::task::yield_now());
        leads.await;
        let (two, three) = (join(2), join(3));
        tokio::task::yield_now().await;
        gate.notify_one();
        assert_eq!(one.await.unwrap(), Some((1, 1)));
        tokio::task::yield_now().await;
        // The second leads for both now, and is cut.
        two.abort();
        assert!(two.await.is_err());
        assert_eq!(three.await.unwrap(), None);
        // Nobody is left behind, and the turn is free.
        assert_eq!(gather.join(4, |few| answer(few, None)).await, Some((4, 1)));
    }
}
