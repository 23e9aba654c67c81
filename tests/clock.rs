//! One clock for all replicas, the database's: a machine whose own clock is wrong takes nothing away from anybody and does
//! nothing early. Here real time passes, because the server's clock is the one that is asked.

use std::sync::Arc;

use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use zeitnah::app::App;
use zeitnah::app::Parts;
use zeitnah::config::Config;
use zeitnah::port::clock::Clock;
use zeitnah::port::clock::SharedClock;
use zeitnah::port::clock::SystemClock;
use zeitnah::port::source::HookCall;
use zeitnah::source::signature::Secret;
use zeitnah::store::Store;
use zeitnah::workflow::HookAnswer;

use crate::database;

const SECRET: &str = "whsec_Zm9ydW0tbmV3LXNlY3JldC1ub3QtYS1zZWNyZXQ=";

/// A machine's clock.
struct Off(TimeDelta);

impl Clock for Off {
    fn now(&self) -> DateTime<Utc> {
        SystemClock.now() + self.0
    }
}

async fn replica(database: &str, clock: Arc<dyn Clock>) -> App {
    let file = r#"
[slack]
mode = "http"
[[channel]]
name = "care"
slack = "C0CARE"
[default_route]
to = ["care"]
deadline = "4m"
warn = []
[[source]]
name = "shop"
kind = "push"
[[role]]
role = "responder"
slack_user = "U0ANNA"
"#;
    let config = Config::parse("clock", file, &|_: &str| Some(SECRET.to_owned())).unwrap();
    let store = Store::open(database, 2).await.unwrap();
    App::assemble(Parts::of(&config, store, clock).unwrap()).unwrap()
}

fn off(minutes: i64) -> Arc<SharedClock> {
    Arc::new(SharedClock::over(Arc::new(Off(TimeDelta::minutes(minutes)))))
}

#[tokio::test]
async fn a_replica_five_minutes_ahead_reaps_no_lease_that_lives_and_fires_no_timer_early() {
    let database = database::fresh().await;
    let right = replica(&database, off(0)).await;
    let ahead = replica(&database, off(5)).await;
    let behind = replica(&database, off(-5)).await;
    for app in [&right, &ahead, &behind] {
        app.desk.set_clock().await.unwrap();
    }
    let apart = (ahead.desk.now() - behind.desk.now()).abs();
    assert!(apart < TimeDelta::seconds(10), "{apart}");

    let body = r#"{"items": [{"id": "1", "kind": "review", "rating": 2, "body": "Der Griff ist locker."}]}"#;
    let secret = Secret::parse(&SECRET.to_owned().into()).unwrap();
    let headers = secret.headers("d1", right.desk.now(), body.as_bytes());
    let call = HookCall {
        token: None,
        headers: headers
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
        body: body.into(),
    };
    // Who is behind takes it in, and what it promises begins now all the same.
    let answer = behind.desk.receive("shop", &call).await.unwrap();
    assert!(matches!(answer, HookAnswer::Receipt(_)), "{answer:?}");

    let held = right.desk.lease(16).await.unwrap();
    assert_eq!(held.len(), 1);
    for app in [&ahead, &behind] {
        assert_eq!(app.desk.lease(16).await.unwrap(), [], "it is held");
        assert_eq!(app.desk.tick().await.unwrap(), 0, "nothing is due");
    }
    // Who goes by a clock of its own takes both.
    let alone = replica(&database, off(5)).await;
    let taken = alone.desk.lease(16).await.unwrap();
    assert!(
        taken
            .iter()
            .any(|leased| leased.unclear && leased.key == held[0].key)
    );
    assert!(alone.desk.tick().await.unwrap() > 0);
    for app in [right, ahead, behind, alone] {
        app.desk.store.close().await;
    }
    database::drop(&database).await;
}
