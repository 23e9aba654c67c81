//! A file of three hundred reviews, brought in by the real command, killed and started again, shown one a second.

use std::path::Path;
use std::path::PathBuf;
use std::process::Stdio;

use chrono::TimeDelta;
use tokio::process::Command;
use zeitnah::port::clock::Clock;
use zeitnah::port::clock::SystemClock;
use zeitnah::sandbox::shop;
use zeitnah::sandbox::shop::Item;
use zeitnah::sandbox::shop::Kind;
use zeitnah::store::item;
use zeitnah::store::item::Filter;

use crate::desk::ANNA;
use crate::desk::CARE;
use crate::desk::Desk;
use crate::desk::SHEARS;
use crate::desk::Wish;
use crate::tune;

const MINIMAL: &str = r#"
[[channel]]
name = "care"
slack = "C0CARE"
language = "de"
time_zone = "Europe/Berlin"
[default_route]
to = ["care"]
deadline = "24h"
[[source]]
name = "shop"
kind = "push"
[source.reply]
url = "http://127.0.0.1:9/replies"
max_chars = 350
[[role]]
role = "responder"
slack_user = "U0ANNA"
"#;

/// A folder that goes when the test does.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("zeitnah-import-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

fn import(desk: &Desk, folder: &Folder, file: &Path) -> Command {
    let shop = shop::Settings::default();
    let mut command = Command::new(env!("CARGO_BIN_EXE_zeitnah"));
    command
        .args([
            "--config".as_ref(),
            folder.write("zeitnah.toml", MINIMAL).as_os_str(),
        ])
        .args(["import".as_ref(), "shop".as_ref(), file.as_os_str()])
        .env("DATABASE_URL", &desk.database)
        .env("SOURCE_SHOP_SECRET", shop.hook_secret)
        .env("SOURCE_SHOP_REPLY_SECRET", shop.reply_secret)
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

/// The real reviews that lie beside a checkout of the team; else as many made up ones.
fn three_hundred() -> String {
    let real = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/amazon-reviews-en.csv");
    std::fs::read_to_string(real).unwrap_or_else(|_| {
        let rows = (1..=300).map(|n| {
            format!(
                "amz-{n:04},2026-10-01T08:00:00Z,{},en,Customer {n},\"text {n}, with a comma\nand a line\"\n",
                n % 5 + 1
            )
        });
        format!(
            "id,published_at,stars,language,author,body\n{}",
            rows.collect::<String>()
        )
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_hundred_reviews_get_one_card_each_through_two_kills() {
    let mut desk = Desk::with(Wish {
        paced: true,
        tune: tune::boundless,
        ..Wish::default()
    })
    .await;
    desk.clock.set(SystemClock.now());
    desk.tick().await;
    let folder = Folder::new("three-hundred");
    let file = folder.write("reviews.csv", &three_hundred());

    // Killed somewhere in the middle, without a word.
    let mut first = import(&desk, &folder, &file)
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let everything = || Filter::Open { channels: None };
    while item::count(desk.store.pool(), everything()).await.unwrap() == 0 {
        assert!(
            first.try_wait().unwrap().is_none_or(|s| s.success()),
            "the import works"
        );
        tokio::task::yield_now().await;
    }
    first.start_kill().ok();
    first.wait().await.unwrap();
    let second = import(&desk, &folder, &file).output().await.unwrap();
    assert!(
        second.status.success(),
        "{}",
        String::from_utf8_lossy(&second.stderr)
    );
    assert_eq!(item::count(desk.store.pool(), everything()).await.unwrap(), 300);
    desk.shop.stock((1..=300).map(|n| Item {
        id: format!("amz-{n:04}"),
        product: SHEARS.into(),
        kind: Kind::Review,
        author: format!("Customer {n}"),
        stars: Some(3),
        text: "as imported".into(),
        created: desk.clock.now(),
        edited: None,
        removed: None,
        reply: None,
        publications: 0,
    }));

    desk.clock.set(SystemClock.now());
    let mut seconds = 0;
    while desk.slack.messages(CARE).len() < 300 {
        desk.clock.advance(TimeDelta::seconds(1));
        desk.settle().await;
        seconds += 1;
        if seconds == 100 {
            desk.kill(0);
            desk.revive().await;
        }
        assert!(
            seconds < 400,
            "{} cards after {seconds} s",
            desk.slack.messages(CARE).len()
        );
    }
    assert!(seconds >= 250, "about one a second, not {seconds} s for all");
    desk.seconds(120).await;
    let cards = desk.slack.see(CARE);
    let mut texts: Vec<&str> = cards.iter().map(|m| m.text.as_str()).collect();
    texts.sort_unstable();
    texts.dedup();
    assert_eq!((cards.len(), texts.len()), (300, 300), "one card each");

    let card = cards
        .iter()
        .find(|m| desk.slack.buttons(m).contains(&"Antworten".to_owned()))
        .unwrap()
        .clone();
    desk.answer(ANNA, &card, "Thank you, that helps. – Anna").await;
    desk.seconds(5).await;
    desk.seconds(5).await;
    let answered: Vec<_> = (1..=300)
        .filter_map(|n| desk.shop.public(&format!("amz-{n:04}")))
        .filter(|i| i.reply.is_some())
        .collect();
    assert_eq!(answered.len(), 1);
    assert_eq!(answered[0].publications, 1);
    assert!(
        desk.text(&card).contains("✔ Beantwortet von Anna"),
        "{}",
        desk.text(&card)
    );
    for _ in 0..5 {
        desk.seconds(2).await;
    }
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_rows_are_kept_with_their_reason_and_lose_nothing() {
    let desk = Desk::open().await;
    desk.clock.set(SystemClock.now());
    let folder = Folder::new("bad-rows");
    let file = folder.write(
        "mixed.csv",
        "id,stars,author,body\na-1,5,Jule,Sehr gut\na-2,elf,Rolf,Wie viele Sterne?\n,3,Ute,Ohne Nummer\na-4,2,Ben,Leider laut\n",
    );
    let done = import(&desk, &folder, &file).output().await.unwrap();
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success(), "{said}");
    assert!(said.contains("mixed.csv:3: "), "{said}");
    assert!(said.contains("mixed.csv:4: "), "{said}");
    assert!(said.contains("2 new, 0 changed, 0 known, 2 bad."), "{said}");
    let rejects = std::fs::read_to_string(folder.0.join("mixed.csv.rejects")).unwrap();
    assert!(
        rejects.starts_with("id,stars,author,body\n# line 3: "),
        "{rejects}"
    );
    assert!(
        rejects.contains("\na-2,elf,Rolf,Wie viele Sterne?\n# line 4: "),
        "{rejects}"
    );
    assert!(rejects.ends_with("\n,3,Ute,Ohne Nummer\n"), "{rejects}");

    let again = import(&desk, &folder, &file).output().await.unwrap();
    assert!(
        String::from_utf8_lossy(&again.stderr).contains("was read before"),
        "{again:?}"
    );
    assert_eq!(
        std::fs::read_to_string(folder.0.join("mixed.csv.rejects")).unwrap(),
        rejects
    );

    desk.clock.set(SystemClock.now());
    desk.settle().await;
    assert_eq!(desk.slack.see(CARE).len(), 2);
    desk.finish().await;
}
