//! `zeitnah settings`, and what else reads the file: what was set from a chat holds for all of them.

use zeitnah::store::Store;

use crate::setup::Bench;

/// As an admin did it in a chat.
#[expect(clippy::disallowed_methods, reason = "a test looks past the store")]
async fn set(bench: &Bench, lines: &[(&str, Option<&str>)]) {
    let store = Store::open(&bench.database, 1).await.unwrap();
    for (key, value) in lines {
        sqlx::query("INSERT INTO setting (key, value, by_person, at) VALUES ($1, $2, 'slack:U0ANNA', '2026-11-20T09:00Z')")
            .bind(key)
            .bind(value)
            .execute(store.pool())
            .await
            .unwrap();
    }
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_set_is_told_exported_and_believed() {
    let bench = Bench::sound().await;
    let none = bench.run(&["settings"]).await;
    assert_eq!((none.code, none.err.as_str()), (Some(0), ""), "{none:?}");
    none.says(&[
        "  language care = de",
        "  digest morning = 0 8 * * 1-5",
        "Nothing was set from a chat yet.",
    ]);
    let same = bench.run(&["settings", "--export"]).await;
    let file = bench.read("zeitnah.toml").replace(&bench.base, "BASE");
    assert_eq!(
        same.out.trim_end(),
        file.trim_end(),
        "nothing set, nothing changed"
    );

    set(
        &bench,
        &[
            ("language care", Some("fr")),
            ("language care", Some("en")),
            ("digest morning", Some("09:30")),
            ("deadline default", Some("3h")),
            ("route shop", Some("care")),
            ("route shop", None),
            ("language support", Some("en")),
            ("colour care", Some("red")),
        ],
    )
    .await;
    let told = bench.run(&["settings"]).await;
    assert_eq!(told.code, Some(0), "{told:?}");
    told.says(&[
        "* language care = en",
        "* digest morning = 30 9 * * 1-5",
        "* deadline default = 3h",
        "  route shop = care",
        "route shop is what the file says again",
        "language care = fr",
    ]);
    assert!(
        told.err
            .contains("left out: language support: there is no channel"),
        "{told:?}"
    );
    let last = bench.run(&["settings", "--last", "1"]).await;
    assert!(!last.out.contains("language care = fr"), "{last:?}");

    let exported = bench.run(&["settings", "--export"]).await;
    for line in [
        "language = \"en\"",
        "schedule = \"30 9 * * 1-5\"",
        "deadline = \"3h\"",
    ] {
        assert!(exported.out.contains(line), "{line}: {exported:?}");
    }
    // What holds is what the others reckon with.
    let check = bench.run(&["check"]).await;
    let digest = check
        .out
        .lines()
        .find(|line| line.contains("morning in channel care"));
    assert!(
        digest.is_some_and(|line| line.contains("09:30") && !line.contains("08:00")),
        "{check:?}"
    );
    // Kept as the file, it holds without any setting.
    bench.write("zeitnah.toml", &exported.out);
    let kept = bench.run(&["settings"]).await;
    kept.says(&["digest morning = 30 9 * * 1-5", "deadline default = 3h"]);
    bench.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_back_test_reckons_with_what_was_set() {
    let bench = Bench::sound().await;
    bench.write("reviews.csv", "id,kind,rating,body\nr1,review,1,Defekt.\n");
    bench
        .run(&["import", "shop", "reviews.csv"])
        .await
        .says(&["1 new"]);
    let store = Store::open(&bench.database, 1).await.unwrap();
    sqlx::raw_sql(
        "ALTER TABLE item_event DISABLE TRIGGER item_event_stays;
         UPDATE item_event SET at = at - interval '5 hours';
         ALTER TABLE item_event ENABLE TRIGGER item_event_stays;
         UPDATE item SET first_seen_at = first_seen_at - interval '5 hours', published_at = NULL",
    )
    .execute(store.pool())
    .await
    .unwrap();
    store.close().await;
    let passed = |out: &str| -> String {
        let line = out
            .lines()
            .find(|l| l.trim_start().starts_with("deadlines passed"));
        line.unwrap_or_default()
            .split_whitespace()
            .nth(2)
            .unwrap_or_default()
            .to_owned()
    };
    let before = bench.run(&["probe", "--last", "2d"]).await;
    assert_eq!(passed(&before.out), "0", "{before:?}");
    set(
        &bench,
        &[("deadline default", Some("3h")), ("language support", Some("en"))],
    )
    .await;
    let after = bench.run(&["probe", "--last", "2d"]).await;
    assert_eq!(passed(&after.out), "1", "{after:?}");
    assert!(after.err.contains("left out: language support"), "{after:?}");
    bench.finish().await;
}
