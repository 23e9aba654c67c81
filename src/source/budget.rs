//! Keeps all replicas together within what a platform takes: before each call one is taken from the budget that they share.
//! Whoever finds it used up is told as the platform would tell it, and when to come back.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;
use serde_json::Value;

use crate::domain::At;
use crate::domain::item::Incoming;
use crate::domain::item::SourceReply;
use crate::port::PortError;
use crate::port::shared::Pace;
use crate::port::source::Budget;
use crate::port::source::Calls;
use crate::port::source::Flaw;
use crate::port::source::HookCall;
use crate::port::source::HookNews;
use crate::port::source::HookRefusal;
use crate::port::source::Page;
use crate::port::source::Published;
use crate::port::source::ReplyCall;
use crate::port::source::ReviewSource;

struct Within {
    source: Arc<dyn ReviewSource>,
    pace: Arc<dyn Pace>,
}

/// The source, with its calls counted where its platform counts them.
pub fn within(source: Arc<dyn ReviewSource>, pace: Arc<dyn Pace>) -> Arc<dyn ReviewSource> {
    match source.budgets() {
        [] => source,
        _ => Arc::new(Within { source, pace }),
    }
}

impl Within {
    async fn spend(&self, calls: Calls, now: At) -> Result<(), PortError> {
        let budgets = self.source.budgets();
        for (n, budget) in budgets
            .iter()
            .enumerate()
            .filter(|(_, b)| b.calls.includes(calls))
        {
            let key = format!("budget:{}:{n}", self.source.name());
            // A fifth may be used at once, the rest evenly: no span of this length ever sees more than all of it.
            let at_once = budget.most / 5;
            let every = budget.per / (budget.most - at_once).max(1);
            if let Some(at) = self.pace.spend(&key, every, (at_once - 1).max(0)).await? {
                let minutes = budget.per.num_minutes();
                return Err(PortError::Later {
                    why: format!("its platform takes {} calls in {minutes} min", budget.most).into(),
                    after: Some((at - now + TimeDelta::milliseconds(999)).num_seconds().max(1)),
                });
            }
        }
        Ok(())
    }
}

#[async_trait]
impl ReviewSource for Within {
    fn name(&self) -> &str {
        self.source.name()
    }

    fn label(&self) -> &str {
        self.source.label()
    }

    fn poll_every(&self) -> Option<Duration> {
        self.source.poll_every()
    }

    fn budgets(&self) -> &[Budget] {
        self.source.budgets()
    }

    async fn fetch(&self, cursor: Option<Value>, now: At) -> Result<Page, PortError> {
        self.spend(Calls::Reads, now).await?;
        self.source.fetch(cursor, now).await
    }

    /// Their call, not ours.
    async fn hook(&self, call: &HookCall, now: At) -> Result<HookNews, HookRefusal> {
        self.source.hook(call, now).await
    }

    async fn read(&self, native_id: &str, now: At) -> Result<Incoming, PortError> {
        self.spend(Calls::Reads, now).await?;
        self.source.read(native_id, now).await
    }

    async fn publish(&self, call: &ReplyCall) -> Result<Published, PortError> {
        self.spend(Calls::Writes, call.at).await?;
        self.source.publish(call).await
    }

    async fn look(&self, call: &ReplyCall) -> Result<Option<SourceReply>, PortError> {
        self.spend(Calls::Reads, call.at).await?;
        self.source.look(call).await
    }

    async fn check(&self, now: At) -> Vec<Flaw> {
        self.source.check(now).await
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Mutex;

    use super::*;
    use crate::domain::show::closure::Closure;
    use crate::source::practice::Practice;
    use crate::source::tests::at;

    /// What two replicas have in common.
    #[derive(Default)]
    struct Shared(Mutex<BTreeMap<String, i32>>);

    #[async_trait]
    impl Pace for Shared {
        async fn used_up(&self, _keys: &[String]) -> Result<Option<At>, PortError> {
            Ok(None)
        }

        async fn close(&self, _key: &str, _until: At) -> Result<(), PortError> {
            Ok(())
        }

        async fn shut(&self, _key: &str, _until: At, _closure: &Closure) -> Result<(), PortError> {
            Ok(())
        }

        async fn spend(&self, key: &str, every: TimeDelta, burst: i32) -> Result<Option<At>, PortError> {
            let mut spent = self.0.lock().unwrap();
            let spent = spent.entry(key.to_owned()).or_default();
            *spent += 1;
            Ok((*spent > burst + 1).then(|| now() + every))
        }
    }

    struct Small(Practice);

    #[async_trait]
    impl ReviewSource for Small {
        fn name(&self) -> &str {
            "small"
        }

        fn label(&self) -> &str {
            "Small"
        }

        fn poll_every(&self) -> Option<Duration> {
            None
        }

        fn budgets(&self) -> &'static [Budget] {
            const HOUR: TimeDelta = TimeDelta::hours(1);
            const BUDGETS: &[Budget] = &[
                Budget {
                    calls: Calls::Reads,
                    most: 20,
                    per: HOUR,
                },
                Budget {
                    calls: Calls::All,
                    most: 40,
                    per: HOUR,
                },
            ];
            BUDGETS
        }

        async fn fetch(&self, cursor: Option<Value>, _now: At) -> Result<Page, PortError> {
            Ok(Page {
                items: Vec::new(),
                odd: Vec::new(),
                cursor: cursor.unwrap_or_default(),
                more: false,
                complete: None,
            })
        }

        async fn hook(&self, call: &HookCall, now: At) -> Result<HookNews, HookRefusal> {
            self.0.hook(call, now).await
        }

        async fn publish(&self, call: &ReplyCall) -> Result<Published, PortError> {
            self.0.publish(call).await
        }

        async fn look(&self, call: &ReplyCall) -> Result<Option<SourceReply>, PortError> {
            self.0.look(call).await
        }

        async fn check(&self, now: At) -> Vec<Flaw> {
            self.0.check(now).await
        }
    }

    fn now() -> At {
        at("2026-11-21T09:00:00Z")
    }

    #[tokio::test]
    async fn two_replicas_use_up_one_budget_and_are_told_when_to_come_back() {
        let pace = Arc::new(Shared::default());
        let replica = || {
            let practice = Practice {
                label: "Small".into(),
            };
            within(Arc::new(Small(practice)), pace.clone())
        };
        let (one, other) = (replica(), replica());
        for _ in 0..2 {
            assert!(one.fetch(None, now()).await.is_ok());
            assert!(other.fetch(None, now()).await.is_ok());
        }
        // 20 in an hour: 4 at once, then 16 evenly.
        let refused = other.fetch(None, now()).await;
        assert!(
            matches!(refused, Err(PortError::Later { after: Some(225), .. })),
            "{refused:?}"
        );
        let spent = pace.0.lock().unwrap().clone();
        assert_eq!(
            spent.into_iter().collect::<Vec<_>>(),
            [("budget:small:0".to_owned(), 5), ("budget:small:1".to_owned(), 4)],
            "what is refused by one budget is not taken from the next"
        );
    }
}
