//! `zeitnah probe`: the real program, a database with a past, and a file that was never in force.

use zeitnah::store::Store;

use crate::setup::Bench;

const POLICY: &str = r#"[default_route]
deadline = "10h"
warn = ["50%", "80%"]
resolution = "none"
"#;

/// Two items that arrived two days ago, and nobody did anything.
async fn with_past(bench: &Bench) {
    bench.write(
        "reviews.csv",
        "id,kind,rating,body\nr1,review,1,Defekt.\nr2,review,2,Zu laut.\n",
    );
    let said = bench.run(&["import", "shop", "reviews.csv"]).await;
    said.says(&["2 new, 0 changed, 0 known, 0 bad."]);
    let store = Store::open(&bench.database, 1).await.unwrap();
    sqlx::raw_sql(
        "ALTER TABLE item_event DISABLE TRIGGER item_event_stays;
         UPDATE item_event SET at = at - interval '2 days';
         ALTER TABLE item_event ENABLE TRIGGER item_event_stays;
         UPDATE item SET first_seen_at = first_seen_at - interval '2 days', published_at = NULL",
    )
    .execute(store.pool())
    .await
    .unwrap();
    store.close().await;
}

fn figure<'a>(out: &'a str, label: &str) -> Vec<&'a str> {
    let line = out.lines().find(|l| l.trim_start().starts_with(label));
    let line = line.unwrap_or_else(|| panic!("no line {label:?} in\n{out}"));
    line.trim_start()[label.len()..].split_whitespace().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_says_what_a_file_would_have_done() {
    let bench = Bench::sound().await;
    bench.change(&[
        ("[default_route]\n", POLICY),
        (
            "language = \"de\"\n",
            "language = \"de\"\nresponsible = [\"group:S0TEAM\", \"user:U0ANNA\"]\n",
        ),
    ]);
    let empty = bench.run(&["probe", "--last", "90d"]).await;
    assert_eq!((empty.code, empty.err.as_str()), (Some(0), ""), "{empty:?}");
    empty.says(&["Nothing arrived from ", "Look further back with a longer --last."]);

    with_past(&bench).await;
    let said = bench.run(&["probe", "--last", "90d"]).await;
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{said:?}");
    said.says(&["2 items arrived from ", "(Europe/Berlin)."]);
    // Both came at once, so each message is about both; each names a group and a person.
    for (label, figures) in [
        ("warnings", vec!["4", "0"]),
        ("deadlines passed", vec!["2", "0"]),
        ("steps of a chain", vec!["0", "0"]),
        ("messages for them", vec!["3"]),
        ("pings in these messages", vec!["6"]),
        ("dropped, dealt with meanwhile", vec!["0"]),
    ] {
        assert_eq!(figure(&said.out, label), figures, "{}", said.out);
    }
    let promise = figure(&said.out, "default");
    assert_eq!(
        promise,
        ["first", "answer", "0", "0", "2", "100.0", "%", "0", "0"],
        "{}",
        said.out
    );
    assert_eq!(figure(&said.out, "group S0TEAM")[0], "3");
    assert_eq!(figure(&said.out, "user U0ANNA")[0], "3");

    let json = bench.run(&["probe", "--last", "90d", "--json"]).await;
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(
        (
            &json["items"],
            &json["calls"]["warning"]["would"],
            &json["messages"]
        ),
        (&2.into(), &4.into(), &3.into())
    );

    // Another file, which is in force nowhere.
    let calm = bench.read("zeitnah.toml").replace("10h", "none");
    bench.write("new.toml", &calm);
    let said = bench
        .run(&["probe", "--last", "90d", "--config", "new.toml"])
        .await;
    said.says(&[
        "No route that they take promises anything.",
        "Nobody would have been called.",
    ]);
    bench.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_looked_at_is_said_in_words() {
    let bench = Bench::sound().await;
    for wrong in ["90", "2w", "none", "0d", "999d", "ninety"] {
        let said = bench.run(&["probe", "--last", wrong]).await;
        assert_eq!(said.code, Some(2), "{said:?}");
        said.says(&["--last", "write for example 90d, 36h or 1d12h; at most 366d"]);
    }
    let said = bench
        .run(&["probe", "--last", "1d", "--until", "2999-01-01T00:00:00Z"])
        .await;
    assert_eq!(
        said.sentence(),
        "zeitnah: nothing has happened yet at 2999-01-01T00:00:00+00:00; --until must not lie ahead"
    );
    let said = bench.run(&["probe"]).await;
    assert_eq!(said.code, Some(2), "{said:?}");
    bench.finish().await;
}
