//! `zeitnah digest NAME --preview --png FILE`: the real program prints what a channel would read and writes its chart.

use chrono::SecondsFormat;
use chrono::TimeDelta;
use zeitnah::port::clock::Clock as _;
use zeitnah::port::clock::SystemClock;

use crate::setup::Bench;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_chart_is_written_where_it_was_asked_for() {
    let bench = Bench::sound().await;
    let name = bench
        .read("zeitnah.toml")
        .split("[[digest]]\nname = \"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a digest")
        .to_owned();
    let preview = ["digest", name.as_str(), "--preview"];
    let empty = bench.run(&[&preview[..], &["--png", "chart.png"]].concat()).await;
    assert_eq!(empty.code, Some(0), "{empty:?}");
    empty.says(&["There is nothing to draw"]);
    assert!(!bench.folder.join("chart.png").exists());

    bench.write(
        "reviews.csv",
        "id,kind,rating,body\nr1,review,1,Defekt.\nr2,review,5,Gut.\n",
    );
    let said = bench.run(&["import", "shop", "reviews.csv"]).await;
    said.says(&["2 new"]);
    // As of the digest after next, which surely is about now.
    let later = (SystemClock.now() + TimeDelta::days(4)).to_rfc3339_opts(SecondsFormat::Secs, true);
    let said = bench
        .run(&[&preview[..], &["--at", &later, "--png", "chart.png"]].concat())
        .await;
    assert_eq!(said.code, Some(0), "{said:?}");
    said.says(&["Chart: chart.png", "2 neue Beiträge in 7 Tagen. Lob 1, Kritik 1."]);
    let png = std::fs::read(bench.folder.join("chart.png")).unwrap();
    assert!(
        png.starts_with(b"\x89PNG\r\n\x1a\n") && png.len() > 10_000,
        "{}",
        png.len()
    );

    let said = bench
        .run(&[&preview[..], &["--at", &later, "--png", "no/such/folder.png"]].concat())
        .await;
    assert!(
        said.sentence().contains("no/such/folder.png cannot be written"),
        "{said:?}"
    );
    assert!(
        bench.slack.messages(crate::setup::ROOM).is_empty(),
        "nothing is sent"
    );
    bench.finish().await;
}
