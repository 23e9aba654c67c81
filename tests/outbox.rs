//! The outbox under any order of events: replicas that lease, finish, hang, die and come back too late.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use proptest::prelude::*;
use zeitnah::domain::At;
use zeitnah::domain::effect::Effect;
use zeitnah::domain::effect::Lane;
use zeitnah::domain::effect::NewEffect;
use zeitnah::domain::id::CardId;
use zeitnah::domain::id::EffectId;
use zeitnah::domain::id::LeaseToken;
use zeitnah::store::Store;
use zeitnah::store::outbox;
use zeitnah::store::outbox::Leased;
use zeitnah::store::outbox::Settled;

use crate::database;

const LEASE: i64 = 60;

#[derive(Debug, Clone)]
enum Step {
    /// Written down once more or for the first time.
    Put { effect: u8 },
    /// Two replicas want something at the same moment.
    Lease { limit: i64 },
    /// Whoever holds (or held) one of these ends its try.
    Settle { which: prop::sample::Index, how: u8 },
    /// Time goes by, maybe past the ends of leases.
    Wait { seconds: i64 },
    /// A replica looks for leases that ran out.
    Reap,
    /// The reconciler gives cards another chance.
    Revive,
    /// Somebody takes it back.
    Cancel { effect: u8 },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0..6_u8).prop_map(|effect| Step::Put { effect }),
        4 => (1..4_i64).prop_map(|limit| Step::Lease { limit }),
        5 => (any::<prop::sample::Index>(), 0..8_u8).prop_map(|(which, how)| Step::Settle { which, how }),
        3 => (0..100_i64).prop_map(|seconds| Step::Wait { seconds }),
        2 => Just(Step::Reap),
        1 => Just(Step::Revive),
        1 => (0..6_u8).prop_map(|effect| Step::Cancel { effect }),
    ]
}

fn key(effect: u8) -> String {
    format!("effect:{effect}")
}

/// Six effects, two of each serial.
fn new(effect: u8, now: At) -> NewEffect {
    NewEffect {
        id: EffectId::new(now),
        key: key(effect),
        effect: Effect::PostCard {
            card: CardId::new(now),
        },
        item: None,
        lane: Lane::Normal,
        serial: format!("serial:{}", effect % 3),
        pace: None,
        run_at: now,
    }
}

fn how(n: u8, now: At) -> Settled {
    let at = now + TimeDelta::seconds(2);
    let why = "tried".into();
    match n {
        0 => Settled::Done,
        1 => Settled::Later { at, why },
        2 => Settled::Again { at },
        3 => Settled::Unknown { at, why },
        4 => Settled::LookAgain { at },
        5 => Settled::Anew { at },
        6 => Settled::Found,
        _ => Settled::Dead { why },
    }
}

/// What is known about an effect without asking the outbox.
#[derive(Debug, Default)]
struct Known {
    /// Who may settle it, and until when.
    held: Option<(LeaseToken, At)>,
    /// A try may have done it: it must be looked at before it is done again.
    unclear: bool,
    over: bool,
    given_up: bool,
}

struct World {
    store: Store,
    now: At,
    known: BTreeMap<String, Known>,
    /// Every lease that was ever given out.
    leases: Vec<Leased>,
}

impl World {
    async fn run(&mut self, step: &Step) {
        let pool = self.store.pool().clone();
        match step {
            Step::Put { effect } => {
                let mut tx = self.store.begin().await.unwrap();
                outbox::put(&mut tx, &[new(*effect, self.now)], self.now)
                    .await
                    .unwrap();
                tx.commit().await.unwrap();
                self.known.entry(key(*effect)).or_default();
            }
            Step::Lease { limit } => {
                let until = self.now + TimeDelta::seconds(LEASE);
                let (one, two) = (LeaseToken::new(self.now), LeaseToken::new(self.now));
                let (a, b) = futures::join!(
                    outbox::lease(&pool, self.now, until, one, *limit),
                    outbox::lease(&pool, self.now, until, two, *limit),
                );
                for leased in a.unwrap().leased.into_iter().chain(b.unwrap().leased) {
                    self.took(leased, until);
                }
            }
            Step::Settle { which, how: n } if !self.leases.is_empty() => {
                let leased = self.leases[which.index(self.leases.len())].clone();
                let how = how(*n, self.now);
                let mut tx = self.store.begin().await.unwrap();
                let held = outbox::settle(&mut *tx, &leased, &how, self.now).await.unwrap();
                tx.commit().await.unwrap();
                let known = self.known.get_mut(&leased.key).unwrap();
                let mine = known.held.is_some_and(|(token, _)| token == leased.token);
                assert_eq!(held, mine, "only who holds the lease may write: {leased:?}");
                if held {
                    known.ended(&how, leased.unclear);
                }
            }
            Step::Settle { .. } => {}
            Step::Wait { seconds } => self.now += TimeDelta::seconds(*seconds),
            Step::Reap => {
                let lost = outbox::reap(&pool, self.now).await.unwrap();
                let mut expected = 0;
                for known in self.known.values_mut() {
                    if known.held.is_some_and(|(_, until)| until < self.now) {
                        known.held = None;
                        known.unclear = true;
                        expected += 1;
                    }
                }
                assert_eq!(lost, expected);
            }
            Step::Revive => {
                outbox::revive_cards(&pool, self.now, self.now).await.unwrap();
                for known in self.known.values_mut().filter(|k| k.given_up) {
                    (known.over, known.given_up) = (false, false);
                }
            }
            Step::Cancel { effect } => {
                let mut tx = self.store.begin().await.unwrap();
                let gone = outbox::cancel(&mut tx, &key(*effect), self.now).await.unwrap();
                tx.commit().await.unwrap();
                if gone {
                    let known = self.known.get_mut(&key(*effect)).unwrap();
                    assert!(
                        known.held.is_none() && !known.unclear,
                        "it may have been done already"
                    );
                    known.over = true;
                }
            }
        }
    }

    fn took(&mut self, leased: Leased, until: At) {
        let known = self.known.get_mut(&leased.key).unwrap();
        assert!(known.held.is_none(), "held by somebody else: {leased:?}");
        assert!(!known.over, "it is over: {leased:?}");
        assert_eq!(
            leased.unclear, known.unclear,
            "what may have been done is looked at first: {leased:?}"
        );
        known.held = Some((leased.token, until));
        let serial = leased.key.trim_start_matches("effect:").parse::<u8>().unwrap() % 3;
        let same = [key(serial), key(serial + 3)];
        let running = same
            .iter()
            .filter(|k| self.known.get(*k).is_some_and(|k| k.held.is_some()));
        assert_eq!(running.count(), 1, "two of one serial at once");
        self.leases.push(leased);
    }
}

impl Known {
    fn ended(&mut self, how: &Settled, was_unclear: bool) {
        self.held = None;
        self.unclear = match how {
            // Not done now says nothing about the try before.
            Settled::Later { .. } => was_unclear,
            Settled::Unknown { .. } | Settled::LookAgain { .. } => true,
            Settled::Again { .. }
            | Settled::Anew { .. }
            | Settled::Done
            | Settled::Moot
            | Settled::Found
            | Settled::Folded
            | Settled::Dead { .. } => false,
        };
        self.over = matches!(
            how,
            Settled::Done | Settled::Moot | Settled::Found | Settled::Folded | Settled::Dead { .. }
        );
        self.given_up = matches!(how, Settled::Dead { .. });
    }
}

async fn live(steps: &[Step]) {
    let database = database::fresh().await;
    let mut world = World {
        store: Store::open(&database, 4).await.unwrap(),
        now: "2026-11-20T09:00:00Z".parse().unwrap(),
        known: BTreeMap::new(),
        leases: Vec::new(),
    };
    for step in steps {
        world.run(step).await;
    }
    world.store.close().await;
    database::drop(&database).await;
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_runs_twice_at_once_and_nothing_unclear_is_done_without_a_look(
        steps in prop::collection::vec(step(), 1..40)
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(live(&steps));
    }
}
