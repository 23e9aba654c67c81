//! A file of three hundred reviews, brought in by the real command, killed and started again, shown one a second.

use std::ffi::OsStr;
use std::path::Path;
use std::path::PathBuf;
use std::process::Stdio;

use chrono::TimeDelta;
use standins::shop;
use standins::shop::Item;
use standins::shop::Kind;
use tokio::process::Command;
use zeitnah::port::clock::Clock;
use zeitnah::port::clock::SystemClock;
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
noise_budget = "BUDGET"
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
    importing(desk, folder, "none", &["shop".as_ref(), file.as_os_str()])
}

/// What stands behind `zeitnah import`, for a channel that takes so many messages.
fn importing(desk: &Desk, folder: &Folder, budget: &str, args: &[&OsStr]) -> Command {
    let shop = shop::Settings::default();
    let mut command = Command::new(env!("CARGO_BIN_EXE_zeitnah"));
    command
        .args([
            "--config".as_ref(),
            folder
                .write("zeitnah.toml", &MINIMAL.replace("BUDGET", budget))
                .as_os_str(),
        ])
        .arg("import")
        .args(args)
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
        .args(["--as", "open"])
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
    let second = import(&desk, &folder, &file)
        .args(["--as", "open"])
        .output()
        .await
        .unwrap();
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

/// What the command said, and how it ended.
async fn said(command: &mut Command) -> (Option<i32>, String) {
    let done = command.output().await.unwrap();
    (
        done.status.code(),
        String::from_utf8_lossy(&done.stderr).into_owned(),
    )
}

fn given(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/exports")
        .join(name)
}

/// Everything that stands in the channel and below its cards was looked at.
fn look_at_all(desk: &Desk) -> usize {
    let cards = desk.slack.see(CARE);
    for card in &cards {
        desk.thread(card);
    }
    cards.len()
}

/// Days before now, as a file writes them.
fn days_ago(days: i64) -> String {
    (SystemClock.now() - TimeDelta::days(days))
        .format("%Y-%m-%d")
        .to_string()
}

async fn items(desk: &Desk) -> Vec<String> {
    desk.rows("SELECT state || ' ' || coalesce((rating ->> 'value')::float8::int::text, '-') || ' ' || coalesce(body, '') FROM item ORDER BY native_id")
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_rows_are_kept_with_their_reason_and_lose_nothing() {
    let desk = Desk::open().await;
    desk.clock.set(SystemClock.now());
    let folder = Folder::new("bad-rows");
    let day = days_ago(1);
    let file = folder.write(
        "mixed.csv",
        &format!("id,date,stars,author,body\na-1,{day},5,Jule,Sehr gut\na-2,{day},elf,Rolf,Wie viele Sterne?\na-3,{day},3\na-4,{day},2,Ben,Leider laut\n"),
    );
    let (code, said_first) = said(&mut import(&desk, &folder, &file)).await;
    assert_eq!(
        code,
        Some(3),
        "rows that were not taken have a code of their own: {said_first}"
    );
    assert!(said_first.contains("mixed.csv:3: "), "{said_first}");
    assert!(said_first.contains("mixed.csv:4: "), "{said_first}");
    assert!(
        said_first.contains("2 new, 0 changed, 0 known, 2 bad."),
        "{said_first}"
    );
    let rejects = std::fs::read_to_string(folder.0.join("mixed.csv.rejects")).unwrap();
    assert!(
        rejects.starts_with("id,date,stars,author,body\n# line 3: "),
        "{rejects}"
    );
    assert!(
        rejects.contains("elf,Rolf,Wie viele Sterne?\n# line 4: "),
        "{rejects}"
    );
    assert!(rejects.ends_with(&format!("\na-3,{day},3\n")), "{rejects}");

    let (_, again) = said(&mut import(&desk, &folder, &file)).await;
    assert!(again.contains("was read before"), "{again}");
    assert_eq!(
        std::fs::read_to_string(folder.0.join("mixed.csv.rejects")).unwrap(),
        rejects
    );

    desk.clock.set(SystemClock.now());
    desk.settle().await;
    assert_eq!(desk.slack.see(CARE).len(), 2);
    look_at_all(&desk);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_years_with_their_answers_are_history_and_can_be_found() {
    let desk = Desk::open().await;
    desk.clock.set(SystemClock.now());
    let folder = Folder::new("history");
    let (code, said) = said(&mut import(&desk, &folder, &given("answered-history.csv"))).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("60 answered already"), "{said}");
    assert!(said.contains("no cards and no deadlines"), "{said}");
    desk.clock.set(SystemClock.now());
    desk.settle().await;
    desk.hours(30).await;
    assert_eq!(desk.slack.messages(CARE).len(), 0, "nobody is shown the past");
    let count =
        "SELECT count(*) FROM item WHERE state = 'answered' AND due_at IS NULL AND overdue_at IS NULL";
    assert_eq!(desk.row::<i64>(count).await, 60);
    // Counted in its own time, with how long the answer took: a day.
    let counted = "SELECT count(*) FROM fact JOIN card USING (item_id)
         WHERE channel = 'care' AND measure = 'new' AND fact.at < '2026-11-01'";
    assert_eq!(desk.row::<i64>(counted).await, 60);
    let answers = "SELECT count(*) FROM fact WHERE measure = 'answered' AND minutes = 1440";
    assert_eq!(desk.row::<i64>(answers).await, 60);
    let found = desk.command(ANNA, "find \"Eintrag Nummer 7\"").await;
    assert!(found.contains("Alter Eintrag Nummer 7"), "{found}");
    look_at_all(&desk);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_answered_long_ago_is_history_unless_somebody_says_otherwise() {
    let desk = Desk::open().await;
    desk.clock.set(SystemClock.now());
    let folder = Folder::new("past");
    let rows: String = (0..4)
        .map(|n| format!("o-{n},{},2,Alt {n}\n", days_ago(60 + n)))
        .collect();
    let file = folder.write(
        "old.csv",
        &format!("id,date,rating,text\nn-1,{},1,Neu\n{rows}", days_ago(2)),
    );
    let (code, told) = said(&mut import(&desk, &folder, &file)).await;
    assert_eq!(code, Some(0), "{told}");
    assert!(
        told.contains("Of the new ones: 1 open, 0 answered already, 4 history; 4 without card"),
        "{told}"
    );
    desk.clock.set(SystemClock.now());
    desk.settle().await;
    assert_eq!(desk.slack.messages(CARE).len(), 1);
    assert_eq!(
        desk.row::<i64>("SELECT count(*) FROM item WHERE state = 'handled'")
            .await,
        4
    );

    // A customer takes it up again: then it is a case like any other.
    let again = folder.write(
        "new.csv",
        &format!(
            "id,date,edited_at,rating,text\no-1,{},{},1,Immer noch kaputt\n",
            days_ago(61),
            days_ago(1)
        ),
    );
    let (code, told) = said(&mut import(&desk, &folder, &again)).await;
    assert_eq!(code, Some(0), "{told}");
    desk.clock.set(SystemClock.now());
    desk.settle().await;
    assert_eq!(look_at_all(&desk), 2, "now it has a card");

    let open = folder.write(
        "open.csv",
        &format!("id,date,rating,text\np-1,{},1,Alt und offen\n", days_ago(90)),
    );
    let (code, told) = said(import(&desk, &folder, &open).args(["--as", "open"])).await;
    assert_eq!(code, Some(0), "{told}");
    assert_eq!(
        desk.row::<String>("SELECT state FROM item WHERE native_id = 'p-1'")
            .await,
        "open"
    );
    desk.clock.set(SystemClock.now());
    desk.settle().await;
    look_at_all(&desk);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_open_posts_are_one_message_and_the_next_review_has_its_card() {
    let desk = Desk::open().await;
    desk.clock.set(SystemClock.now());
    let folder = Folder::new("many");
    let rows: String = (0..40)
        .map(|n| format!("m-{n},{},2,Offen {n}\n", days_ago(1)))
        .collect();
    let file = folder.write("many.csv", &format!("id,date,rating,text\n{rows}"));
    let args = ["shop".as_ref(), file.as_os_str()];
    let (code, told) = said(&mut importing(&desk, &folder, "30 in 10m", &args)).await;
    assert_eq!(code, Some(0), "{told}");
    desk.clock.set(SystemClock.now());
    desk.settle().await;
    desk.seconds(10).await;
    let messages = desk.slack.see(CARE);
    assert_eq!(messages.len(), 1, "one message, no flood");
    assert!(
        desk.text(&messages[0])
            .contains("Aus einer Datei sind 40 Beiträge offen"),
        "{}",
        desk.text(&messages[0])
    );
    desk.push("d1", "{\"id\":\"r1\",\"rating\":1,\"body\":\"Ganz neu.\"}")
        .await;
    desk.settle().await;
    assert_eq!(desk.slack.messages(CARE).len(), 2, "the next one does not wait");
    desk.minutes(30).await;
    assert_eq!(desk.slack.messages(CARE).len(), 2, "and the list stays a list");
    look_at_all(&desk);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_newer_of_two_exports_stands_whichever_is_read_last() {
    let desk = Desk::open().await;
    desk.clock.set(SystemClock.now());
    let folder = Folder::new("versions");
    for name in ["later.csv", "earlier.csv"] {
        let (code, told) = said(import(&desk, &folder, &given(name)).args(["--as", "open"])).await;
        assert_eq!(code, Some(0), "{told}");
        assert_eq!(
            items(&desk).await,
            ["open 5 Nachtrag: Ersatz kam sofort. Danke"],
            "{told}"
        );
    }
    // Neither says when it was changed: the export with the newest rows is the newest export.
    let export = |words: &str, newest: i64| {
        format!(
            "id,date,rating,text\nk-1,{},2,{words}\nk-2,{},5,Anderes\n",
            days_ago(20),
            days_ago(newest)
        )
    };
    let newer = folder.write("november.csv", &export("Jetzt gut", 2));
    let older = folder.write("oktober.csv", &export("Zuerst schlecht", 10));
    let (_, told) = said(&mut import(&desk, &folder, &newer)).await;
    assert!(told.contains("2 new"), "{told}");
    let (_, told) = said(&mut import(&desk, &folder, &older)).await;
    assert!(told.contains("what is known was kept"), "{told}");
    assert!(items(&desk).await.contains(&"open 2 Jetzt gut".to_owned()));
    desk.clock.set(SystemClock.now());
    desk.settle().await;
    look_at_all(&desk);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_written_where_nearly_nothing_was_understood() {
    let desk = Desk::open().await;
    let folder = Folder::new("refused");
    let day = days_ago(1);
    for (name, text, why) in [
        (
            "no-words.csv",
            format!("id,date,rating\n1,{day},4\n"),
            "no row has words",
        ),
        (
            "no-date.csv",
            "id,rating,text,Wann\n1,4,Gut,neulich\n".to_owned(),
            "no row has dates",
        ),
        (
            "no-stars.csv",
            format!("id,date,text\n1,{day},Gut\n"),
            "no row has stars",
        ),
        (
            "bad.csv",
            format!("id,date,rating,text\n1,{day},elf,Gut\n2,gestern,4,Gut\n"),
            "none of 2 rows can be read",
        ),
        ("names.csv", "k1,k2\n1,2\n".to_owned(), "--map"),
    ] {
        let file = folder.write(name, &text);
        let (code, told) = said(&mut import(&desk, &folder, &file)).await;
        assert_eq!(code, Some(1), "{name}: {told}");
        assert!(told.contains(why), "{name}: {told}");
    }
    let file = folder.write("no-date.csv", "id,rating,text,Wann\n1,4,Gut,neulich\n");
    let (code, told) = said(import(&desk, &folder, &file).arg("--dry-run")).await;
    assert_eq!(code, Some(1), "{told}");
    assert_eq!(items(&desk).await, Vec::<String>::new());
    let (code, told) =
        said(import(&desk, &folder, &file).args(["--map", "published_at=-", "--dry-run"])).await;
    assert_eq!(code, Some(0), "{told}");
    assert!(
        told.contains("1 new, 0 changed, 0 known.") && told.contains("Nothing was written"),
        "{told}"
    );
    assert_eq!(items(&desk).await, Vec::<String>::new());
    look_at_all(&desk);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ctrl_c_ends_with_the_batch_and_the_list_says_how_far_it_came() {
    let desk = Desk::open().await;
    desk.clock.set(SystemClock.now());
    let folder = Folder::new("stopped");
    let old = days_ago(90);
    let rows = (0..4_000).map(|n| format!("s-{n},{old},5,Gut Nummer {n}\n"));
    let file = folder.write(
        "long.csv",
        &format!("id,date,rating,text\n{}", rows.collect::<String>()),
    );
    let child = import(&desk, &folder, &file)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while desk.row::<i64>("SELECT count(*) FROM item").await == 0 {
        tokio::task::yield_now().await;
    }
    let pid = child.id().unwrap().to_string();
    Command::new("kill").args(["-INT", &pid]).status().await.unwrap();
    let done = child.wait_with_output().await.unwrap();
    let told = String::from_utf8_lossy(&done.stderr).into_owned();
    assert_eq!(done.status.code(), Some(130), "{told}");
    let there: i64 = desk.row("SELECT count(*) FROM item").await;
    assert!(
        there < 4_000
            && told.contains(&format!(
                "Stopped after {there} of 4000 rows; {there} posts are in."
            )),
        "{told}"
    );
    let listed = importing(&desk, &folder, "none", &["--list".as_ref()])
        .output()
        .await
        .unwrap();
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    assert!(
        listed.contains(&format!("stopped after {there} of 4000 rows")),
        "{listed}"
    );
    let (code, told) = said(&mut import(&desk, &folder, &file)).await;
    assert_eq!(code, Some(0), "{told}");
    assert!(
        told.contains(&format!("Going on after row {there} of 4000."))
            && told.contains("4000 new, 0 changed"),
        "{told}"
    );
    desk.clock.set(SystemClock.now());
    desk.settle().await;
    look_at_all(&desk);
    desk.finish().await;
}

/// The command at a terminal of its own, made by `script`: what it says there, and what is typed when it has said something.
struct Terminal {
    child: tokio::process::Child,
    typed: tokio::process::ChildStdin,
    out: tokio::process::ChildStdout,
    said: String,
}

impl Terminal {
    fn open(desk: &Desk, folder: &Folder, args: &[&str]) -> Self {
        let args: Vec<&OsStr> = args.iter().map(OsStr::new).collect();
        let inner = importing(desk, folder, "none", &args);
        let inner = inner.as_std();
        let words = std::iter::once(inner.get_program()).chain(inner.get_args());
        let line: Vec<String> = words
            .map(|word| format!("'{}'", word.to_string_lossy()))
            .collect();
        let mut command = Command::new("script");
        command.args(["-q", "-e", "-f", "-c", &line.join(" "), "/dev/null"]);
        for (name, value) in inner.get_envs() {
            command.env(name, value.unwrap_or_default());
        }
        let mut child = command
            .env("SHELL", "/bin/sh")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        Self {
            typed: child.stdin.take().unwrap(),
            out: child.stdout.take().unwrap(),
            child,
            said: String::new(),
        }
    }

    /// Waits until it has said this.
    async fn until(&mut self, words: &str) {
        use tokio::io::AsyncReadExt as _;
        let mut piece = [0; 4096];
        while !self.said.contains(words) {
            let read = self.out.read(&mut piece).await.unwrap();
            assert!(read > 0, "{words:?} was not said:\n{}", self.said);
            self.said.push_str(&String::from_utf8_lossy(&piece[..read]));
        }
    }

    async fn keys(&mut self, keys: &str) {
        use tokio::io::AsyncWriteExt as _;
        self.typed.write_all(keys.as_bytes()).await.unwrap();
        self.typed.flush().await.unwrap();
    }

    async fn ended(mut self) -> (Option<i32>, String) {
        use tokio::io::AsyncReadExt as _;
        let mut rest = Vec::new();
        self.out.read_to_end(&mut rest).await.unwrap();
        self.said.push_str(&String::from_utf8_lossy(&rest));
        drop(self.typed);
        (self.child.wait().await.unwrap().code(), self.said)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_terminal_is_asked_before_anything_comes_in_or_goes() {
    let desk = Desk::open().await;
    desk.clock.set(SystemClock.now());
    let folder = Folder::new("terminal");
    let old = days_ago(90);
    let file = folder.write(
        "two.csv",
        &format!("id,date,rating,text\nt-1,{old},5,Gut\nt-2,{old},4,Ganz gut\n"),
    );
    let file = file.to_string_lossy().into_owned();

    // No is what nobody has to say: the return key, another word.
    for (keys, times) in [("\r", 1), ("nein\r", 2)] {
        let mut asked = Terminal::open(&desk, &folder, &["shop", &file]);
        asked.until("Bring this in? [y/N]").await;
        assert!(asked.said.contains("2 new, 0 changed, 0 known"), "{}", asked.said);
        asked.keys(keys).await;
        let (code, told) = asked.ended().await;
        assert!(
            code == Some(0) && told.contains("Nothing was written."),
            "{times}: {code:?} {told}"
        );
    }
    // Ctrl-C at the question.
    let mut asked = Terminal::open(&desk, &folder, &["shop", &file]);
    asked.until("Bring this in? [y/N]").await;
    asked.keys("\u{3}").await;
    let (code, told) = asked.ended().await;
    assert!(code == Some(130) && !told.contains("it back"), "{code:?} {told}");
    assert_eq!(items(&desk).await, Vec::<String>::new());

    let mut asked = Terminal::open(&desk, &folder, &["shop", &file]);
    asked.until("Bring this in? [y/N]").await;
    asked.keys("y\r").await;
    let (code, told) = asked.ended().await;
    assert!(
        code == Some(0) && told.contains("2 new, 0 changed, 0 known, 0 bad."),
        "{code:?} {told}"
    );
    // Nobody is asked about nothing, nor with --yes.
    let (code, told) = Terminal::open(&desk, &folder, &["shop", &file]).ended().await;
    assert!(
        code == Some(0) && told.contains("all of it is there already") && !told.contains("[y/N]"),
        "{code:?} {told}"
    );
    let number: i64 = desk.row("SELECT number FROM import_run").await;
    let number = number.to_string();
    let mut asked = Terminal::open(&desk, &folder, &["--undo", &number]);
    asked.until("Take back what it brought? [y/N]").await;
    asked.keys("\r").await;
    let (code, told) = asked.ended().await;
    assert!(
        code == Some(0) && told.contains("Nothing was taken back."),
        "{code:?} {told}"
    );
    assert_eq!(items(&desk).await.len(), 2);
    let mut asked = Terminal::open(&desk, &folder, &["--undo", &number]);
    asked.until("Take back what it brought? [y/N]").await;
    asked.keys("ja\r").await;
    let (code, told) = asked.ended().await;
    assert!(
        code == Some(0) && told.contains("2 posts are gone."),
        "{code:?} {told}"
    );
    let (code, told) = Terminal::open(&desk, &folder, &["shop", &file, "--yes"])
        .ended()
        .await;
    assert!(
        code == Some(0) && told.contains("2 new, 0 changed") && !told.contains("[y/N]"),
        "{code:?} {told}"
    );

    // Ctrl-C while rows come in.
    let rows = (0..6_000).map(|n| format!("s-{n},{old},5,Gut Nummer {n}\n"));
    let long = folder.write(
        "long.csv",
        &format!("id,date,rating,text\n{}", rows.collect::<String>()),
    );
    let mut asked = Terminal::open(&desk, &folder, &["shop", &long.to_string_lossy()]);
    asked.until("Bring this in? [y/N]").await;
    asked.keys("y\r").await;
    while desk.row::<i64>("SELECT count(*) FROM item").await == 2 {
        tokio::task::yield_now().await;
    }
    asked.keys("\u{3}").await;
    let (code, told) = asked.ended().await;
    let there: i64 = desk.row("SELECT count(*) - 2 FROM item").await;
    assert!(
        code == Some(130) && told.contains(&format!("Stopped after {there} of 6000 rows")),
        "{code:?} {told}"
    );
    desk.clock.set(SystemClock.now());
    desk.settle().await;
    look_at_all(&desk);
    desk.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_is_taken_back_but_for_what_somebody_touched() {
    let desk = Desk::open().await;
    desk.clock.set(SystemClock.now());
    let folder = Folder::new("undo");
    let file = folder.write(
        "three.csv",
        &format!(
            "id,date,rating,text,reply,reply_at\nu-1,{0},2,Eins,,\nu-2,{0},2,Zwei,,\nu-3,{1},5,Drei,Danke,{2}\n",
            days_ago(1), days_ago(90), days_ago(89)
        ),
    );
    let (_, told) = said(&mut import(&desk, &folder, &file)).await;
    assert!(told.contains("3 new"), "{told}");
    let number: i64 = desk.row("SELECT number FROM import_run").await;
    assert!(told.contains(&format!("--undo {number}")), "{told}");
    desk.clock.set(SystemClock.now());
    desk.settle().await;
    let cards = desk.slack.see(CARE);
    assert_eq!(cards.len(), 2);
    let touched = cards
        .iter()
        .find(|m| desk.text(m).contains("Eins"))
        .unwrap()
        .clone();
    let other = cards
        .iter()
        .find(|m| desk.text(m).contains("Zwei"))
        .unwrap()
        .clone();
    // Who is in the team is read again: the clock was days behind.
    desk.minutes(1).await;
    desk.press(ANNA, &touched, "Übernehmen").await;
    desk.settle().await;

    let undo = number.to_string();
    let args = ["--undo".as_ref(), undo.as_ref()];
    let (code, told) = said(&mut importing(&desk, &folder, "none", &args)).await;
    assert_eq!(code, Some(0), "{told}");
    assert!(
        told.contains("1 post is gone") && told.contains("One had a card") && told.contains("One stays"),
        "{told}"
    );
    assert_eq!(items(&desk).await, ["claimed 2 Eins", "handled 2 Zwei"]);
    desk.clock.set(SystemClock.now());
    desk.settle().await;
    assert!(
        desk.text(&other).contains("nichts offen"),
        "{}",
        desk.text(&other)
    );
    let listed = importing(&desk, &folder, "none", &["--list".as_ref()])
        .output()
        .await
        .unwrap();
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    assert!(
        listed.contains("three.csv: 3 new") && listed.contains("taken back at"),
        "{listed}"
    );

    let (code, told) = said(&mut importing(&desk, &folder, "none", &args)).await;
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("Import 1 is taken back.\n2 stay"), "{told}");

    // The same file may come in once more.
    let (code, told) = said(&mut import(&desk, &folder, &file)).await;
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("1 new, 0 changed, 2 known"), "{told}");
    desk.clock.set(SystemClock.now());
    desk.settle().await;
    look_at_all(&desk);
    desk.finish().await;
}
