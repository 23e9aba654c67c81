//! Exports as people have them, and files that nobody should have.

use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use chrono_tz::Europe::Berlin;
use proptest::prelude::*;

use crate::domain::item::Incoming;
use crate::domain::item::ItemKind;
use crate::source::file::About;
use crate::source::file::Export;
use crate::source::file::FileError;
use crate::source::file::LARGEST_ROW;
use crate::source::file::Order;
use crate::source::file::Told;
use crate::source::file::Wish;
use crate::source::kind::Settings;
use crate::source::tests::at;
use crate::source::tests::sources;

fn shop() -> Arc<dyn Settings> {
    configured("[[source]]\nname = \"shop\"\nkind = \"push\"\n")
}

fn configured(text: &str) -> Arc<dyn Settings> {
    sources(text).remove(0).settings
}

fn wish() -> Wish {
    Wish::new(Berlin, at("2026-11-29T12:00:00Z"))
}

/// A folder that goes when the test does.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NEXT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let next = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let name = format!("zeitnah-file-{}-{next}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

/// A row as a test looks at it.
#[derive(Debug)]
struct Read {
    line: u64,
    raw: Vec<u8>,
    item: Option<Incoming>,
    why: String,
}

fn all(export: &Export) -> Vec<Read> {
    let settings = shop();
    export
        .rows("shop", settings.as_ref())
        .map(|row| {
            let row = row.unwrap();
            let (item, why) = match row.parsed {
                Ok(Told::Item(item)) => (Some(*item), String::new()),
                Ok(Told::Answer) => (None, "an answer".to_owned()),
                Ok(Told::LeftOut(why)) => (None, why.to_owned()),
                Err(why) => (None, why),
            };
            Read {
                line: row.line,
                raw: row.raw,
                item,
                why,
            }
        })
        .collect()
}

fn survey(paths: &[PathBuf]) -> Result<Export, FileError> {
    Export::survey(paths, wish(), |_| {})
}

fn read(name: &str, bytes: impl AsRef<[u8]>) -> (Vec<Read>, Vec<About>) {
    let folder = Folder::new();
    let export = survey(&[folder.write(name, bytes)]).unwrap();
    (all(&export), export.about())
}

fn csv(text: &str) -> Vec<Read> {
    read("a.csv", text).0
}

fn given(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/exports")
        .join(name)
}

/// The items of a file of the examples; every row has to be one.
fn items(name: &str) -> Vec<Incoming> {
    let export = survey(&[given(name)]).unwrap_or_else(|e| panic!("{name}: {e}"));
    let rows = all(&export);
    rows.into_iter()
        .filter(|r| r.why != "an answer")
        .map(|r| r.item.unwrap_or_else(|| panic!("{name}:{}: {}", r.line, r.why)))
        .collect()
}

fn shape(name: &str) -> Option<&'static str> {
    survey(&[given(name)]).unwrap().about()[0].shape
}

fn stars(item: &Incoming) -> Option<f64> {
    item.rating.map(|r| r.value)
}

fn answered(item: &Incoming) -> Option<&str> {
    item.reply.as_ref().map(|r| r.body.as_str())
}

#[test]
fn the_page_about_exports_has_all_that_is_known() {
    let page = include_str!("../../../schema/exports.md");
    for shape in crate::source::file::shapes() {
        assert!(page.contains(&format!("| {shape} |")), "{shape}");
    }
    for (word, names) in crate::source::file::known() {
        let line = page.lines().find(|l| l.starts_with(&format!("| `{word}` |")));
        let line = line.unwrap_or_else(|| panic!("{word}"));
        assert!(names.iter().all(|n| *n == word || line.contains(n)), "{word}");
    }
}

#[test]
fn play_console_is_utf_16_with_the_id_in_a_link() {
    let all = items("play-console.csv");
    assert_eq!(shape("play-console.csv"), Some("Play Console, reviews"));
    assert_eq!(
        survey(&[given("play-console.csv")]).unwrap().about()[0].encoding,
        "UTF-16LE"
    );
    assert_eq!(all.len(), 3);
    assert_eq!(all[0].native_id, "gp:AOq7001");
    assert_eq!(
        (stars(&all[0]), all[0].language.as_deref()),
        (Some(2.0), Some("de"))
    );
    assert_eq!(
        all[0].body.as_deref(),
        Some("Seit dem Update stürzt die Rezeptsuche ab, schade.")
    );
    assert_eq!(all[0].published_at, Some(at("2026-11-20T07:12:44Z")));
    assert_eq!(all[0].details.version.as_deref(), Some("2.1.0"));
    assert_eq!(all[0].details.device.as_deref(), Some("pixel8"));
    assert_eq!((stars(&all[1]), all[1].body.as_deref()), (Some(5.0), None));
    assert_eq!(
        all[1].native_id,
        items("play-console.csv")[1].native_id,
        "there once, however often it is read"
    );
    assert_eq!(answered(&all[2]), Some("Thank you! Louder timer comes with 2.2."));
    assert_eq!(
        all[2].reply.as_ref().unwrap().at,
        Some(at("2026-11-19T12:00:00Z"))
    );
    assert_eq!(all[2].edited_at, Some(at("2026-11-19T10:00:00Z")));
}

#[test]
fn trustpilot_has_names_of_its_own() {
    let all = items("trustpilot.csv");
    assert_eq!(shape("trustpilot.csv"), Some("Trustpilot, reviews"));
    let first = &all[0];
    assert_eq!(
        (first.native_id.as_str(), stars(first)),
        ("673c1f0a9b1e4d00aa01", Some(3.0))
    );
    assert_eq!(
        (first.title.as_deref(), first.body.as_deref()),
        (
            Some("Paket nass"),
            Some("Karton war durchweicht, Inhalt noch gut.")
        )
    );
    assert_eq!(first.author.name.as_deref(), Some("Mara L."));
    assert_eq!(
        (first.language.as_deref(), first.published_at),
        (Some("de"), Some(at("2026-11-20T08:15:31Z")))
    );
    assert_eq!(answered(&all[1]), Some("Thanks for your kind words!"));
    assert_eq!(all.len(), 2);
}

#[test]
fn takeout_comes_in_pages_and_means_the_items_that_polling_finds() {
    let pages = ["takeout-reviews.json", "takeout-reviews-AbHRLX.json"].map(given);
    let export = survey(&pages).unwrap();
    let settings = configured(
        r#"
        [[source]]
        name = "google"
        kind = "google"
        account = "1071"
        locations = [{ id = "88213", name = "Ost" }, { id = "7", name = "West" }]
        "#,
    );
    let all: Vec<Incoming> = export
        .rows("google", settings.as_ref())
        .map(|row| match row.unwrap().parsed.unwrap() {
            Told::Item(item) => *item,
            other => panic!("{other:?}"),
        })
        .collect();
    let ids: Vec<(&str, &str)> = all
        .iter()
        .map(|i| (i.scope.as_str(), i.native_id.as_str()))
        .collect();
    assert_eq!(
        ids,
        [("88213", "AbFvQ1"), ("88213", "AbFvQ2"), ("88213", "AbFvQ3")]
    );
    assert_eq!(
        all.iter().map(|i| stars(i).unwrap()).collect::<Vec<_>>(),
        [2.0, 5.0, 4.0]
    );
    assert_eq!(answered(&all[2]), Some("Danke! Im Frühling wird es größer."));
    assert_eq!(all[0].edited_at, None);
    assert_eq!(
        export.about()[1].shape,
        Some("Google Business Profile, Takeout or API")
    );
}

#[test]
fn shopify_has_no_id_and_yet_the_same_items() {
    let all = items("shopify-product-reviews.csv");
    let again = items("shopify-product-reviews.csv");
    assert_eq!(
        shape("shopify-product-reviews.csv"),
        Some("Shopify Product Reviews")
    );
    assert_eq!(all.len(), 2);
    assert_ne!(all[0].native_id, all[1].native_id);
    assert_eq!(all[0].native_id, again[0].native_id);
    assert_eq!(answered(&all[1]), Some("Das freut uns!"));
    assert_eq!(all[0].subject.as_ref().unwrap().id, "schuerze");
}

#[test]
fn amazon_germany_is_known_by_its_words() {
    let all = items("amazon-feedback-de.txt");
    assert_eq!(shape("amazon-feedback-de.txt"), Some("Amazon, seller feedback"));
    assert_eq!(all[0].native_id, "302-1111111-2222222");
    assert_eq!(
        all[0].body.as_deref(),
        Some("Lieferung kam beschädigt an, Tür verklemmt")
    );
    assert_eq!(
        [all[0].published_at, all[1].published_at],
        [Some(at("2026-11-20T00:00:00Z")), Some(at("2026-11-18T00:00:00Z"))]
    );
    assert_eq!(answered(&all[1]), Some("Vielen Dank!"));
}

#[test]
fn german_excel_writes_semicolons_and_commas() {
    for name in ["portal-excel.csv", "german-dates.csv"] {
        let all = items(name);
        assert_eq!(
            all.iter().map(|i| stars(i).unwrap()).collect::<Vec<_>>(),
            [2.0, 4.5],
            "{name}"
        );
        assert_eq!(all[0].published_at, Some(at("2026-10-31T00:00:00Z")), "{name}");
        assert_eq!(all[0].author.name.as_deref(), Some("Jörg Ü."));
        assert_eq!(
            all[0].subject.as_ref().unwrap().name.as_deref(),
            Some("Bräter 5 l")
        );
        assert_eq!(all[0].title.as_deref(), Some("Enttäuscht"));
        assert_eq!(all[0].native_id, "B-1");
    }
    assert_eq!(
        survey(&[given("portal-excel.csv")]).unwrap().about()[0].encoding,
        "Windows-1252"
    );
    assert_eq!(
        items("german-dates.csv")[1].published_at,
        Some(at("2026-11-01T13:30:00Z")),
        "the team's clock"
    );
}

#[test]
fn woocommerce_keeps_answers_in_rows_of_their_own() {
    let all = items("woocommerce-comments.csv");
    assert_eq!(all.len(), 1);
    assert_eq!(stars(&all[0]), Some(2.0));
    assert_eq!(all[0].body.as_deref(), Some("Deckel passt nicht & klappert."));
    assert_eq!(
        all[0].raw["comment_content"],
        "<p>Deckel passt nicht &amp; klappert.</p>"
    );
    assert_eq!(all[0].published_at, Some(at("2026-11-20T10:00:00Z")));
    let reply = all[0].reply.as_ref().unwrap();
    assert_eq!(
        (reply.body.as_str(), reply.by.as_deref()),
        ("Wir schicken einen neuen Deckel.", Some("Shop"))
    );
    assert_eq!(reply.at, Some(at("2026-11-20T14:00:00Z")));
}

#[test]
fn collectors_and_dumps_are_read() {
    let dump = &items("amazon-dump.jsonl")[0];
    assert_eq!(
        (stars(dump), dump.title.as_deref()),
        (Some(2.0), Some("Lid leaks"))
    );
    assert_eq!(dump.published_at, Some(at("2023-11-20T00:00:00.123Z")));
    assert_eq!(dump.native_id, items("amazon-dump.jsonl")[0].native_id);
    let play = &items("play-scraper.jsonl")[0];
    assert_eq!((play.native_id.as_str(), stars(play)), ("gp:AOq2", Some(1.0)));
    assert_eq!(
        (play.author.name.as_deref(), play.published_at),
        (Some("H. Salz"), Some(at("2026-11-20T06:26:10Z")))
    );
    assert_eq!(play.body.as_deref(), Some("Werbung in jeder Ansicht."));
    let shop = &items("integer-id.jsonl")[0];
    assert_eq!((shop.native_id.as_str(), stars(shop)), ("501", Some(2.0)));
}

#[test]
fn stars_come_in_many_notations() {
    let all = items("rating-words.csv");
    let stars: Vec<Option<f64>> = all.iter().map(stars).collect();
    assert_eq!(stars, [None, Some(4.0), Some(2.0), Some(5.0), Some(5.0)]);
    let ten = items("ten-scale.csv");
    assert_eq!(
        ten.iter().map(|i| i.rating.unwrap().max).collect::<Vec<_>>(),
        [10.0, 10.0]
    );
    assert_eq!(
        ten.iter().map(|i| i.rating.unwrap().stars()).collect::<Vec<_>>(),
        [5, 2]
    );
}

#[test]
fn what_is_no_export_is_named() {
    for (name, words) in [
        ("feed.xml", "an XML feed"),
        ("book.xlsx", "a workbook with nothing to read"),
    ] {
        let why = survey(&[given(name)]).err().unwrap().to_string();
        assert!(why.contains(words) && why.contains(": "), "{why}");
    }
    for (bytes, words) in [
        (&b"%PDF-1.7 ..."[..], "a PDF"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1", "an old Excel"),
        (b"\x89PNG\r\n", "a picture"),
    ] {
        let folder = Folder::new();
        let why = survey(&[folder.write("x.csv", bytes)]).err().unwrap().to_string();
        assert!(why.contains(words), "{why}");
    }
}

#[test]
fn two_people_under_one_shortened_id_are_two() {
    let all = items("excel-ids.csv");
    assert_ne!(all[0].native_id, all[1].native_id);
    assert!(all[0].native_id.starts_with("1.23457E+14~"));
    assert_eq!(survey(&[given("excel-ids.csv")]).unwrap().about()[0].shortened, 2);
    let cut = csv(
        "id,rating,text,date\n12345678901234500000,5,Gut,2026-11-20\n12345678901234500000,1,Schlecht,2026-11-20\n",
    );
    assert_ne!(
        cut[0].item.as_ref().unwrap().native_id,
        cut[1].item.as_ref().unwrap().native_id
    );
}

#[test]
fn excels_habits_cost_nothing() {
    assert_eq!(items("excel-sep.csv")[0].body.as_deref(), Some("Griff locker"));
    let quotes: Vec<String> = items("tab-quotes.tsv")
        .into_iter()
        .filter_map(|i| i.body)
        .collect();
    assert_eq!(
        quotes,
        [
            "Der 26\" Topf ist zu klein",
            "\"Bester\" Topf bisher",
            "\"Alles gut, dachte ich",
            "Deckel fehlt",
            "Er sagte \"nein\""
        ]
    );
    assert_eq!(items("trailing.csv").len(), 2);
    let twice = survey(&[given("notes-twice.csv")]).unwrap();
    assert_eq!(twice.about()[0].unused, ["Notiz", "Notiz"]);
    let notes = all(&twice).remove(0).item.unwrap().raw;
    assert_eq!((&notes["Notiz"], &notes["Notiz 2"]), (&"a".into(), &"b".into()));
    let html = &items("html.jsonl")[0];
    assert_eq!(
        html.body.as_deref(),
        Some("Deckel passt nicht & klappert.\nDas war's.")
    );
    assert_eq!(
        html.raw["body"],
        "<p>Deckel passt nicht &amp; klappert.<br>Das war&#39;s.</p>"
    );
}

#[test]
fn history_and_versions_are_read() {
    let all = items("answered-history.csv");
    assert_eq!(all.len(), 60);
    assert!(
        all.iter()
            .all(|i| i.reply.as_ref().is_some_and(|r| r.at.is_some()))
    );
    assert_eq!(items("later.csv")[0].edited_at, Some(at("2026-11-20T00:00:00Z")));
    assert_eq!(
        items("earlier.csv")[0].edited_at,
        None,
        "it was edited when it was written"
    );
    assert_eq!(
        items("clocks-back.csv")[0].published_at,
        Some(at("2026-10-24T10:00:00Z"))
    );
}

#[test]
fn a_spreadsheet_export_is_read_with_its_own_names() {
    let text = "\u{feff}Review ID;Stars;Text;Lang;Reviewer;Product;Helpful;URL;Date;Verified;Filiale\r\n\
                r-1;4,5;\"Gut; aber\r\nlaut \"\"hier\"\"\";de;Jule;S2;3;https://shop.example/r/1;2026-11-21 09:00 UTC;ja;Ost\r\n";
    let all = csv(text);
    assert_eq!((all.len(), all[0].line), (1, 2));
    let item = all[0].item.as_ref().unwrap();
    assert_eq!(
        (item.scope.as_str(), item.native_id.as_str(), item.kind),
        ("shop", "r-1", ItemKind::Review)
    );
    assert_eq!(item.rating.unwrap().value, 4.5);
    assert_eq!(item.body.as_deref(), Some("Gut; aber\nlaut \"hier\""));
    assert_eq!(item.author.name.as_deref(), Some("Jule"));
    assert_eq!(item.subject.as_ref().unwrap().id, "S2");
    assert_eq!(
        (item.votes.up, item.verified.as_deref()),
        (Some(3), Some("verified"))
    );
    assert_eq!(item.published_at, Some(at("2026-11-21T09:00:00Z")));
    assert_eq!(
        (&item.raw["Filiale"], &item.raw["Stars"]),
        (&"Ost".into(), &"4,5".into())
    );
}

#[test]
fn a_bad_row_says_what_and_where_and_the_next_one_is_read() {
    let all = csv(
        "id,stars,text\n1,5\n2,5,a,b\n3,many,x\n,5,x\n\n4,9,x\n5,5,ok\n6,5,\"two\nlines\"\n7,5,ok\n8,4,ok\n9,3,ok\n10,5,ok\n11,5,ok\n12,5,ok\n",
    );
    let told: Vec<(u64, &str)> = all.iter().map(|r| (r.line, r.why.as_str())).collect();
    assert_eq!(
        told[0],
        (
            2,
            "the row has 2 fields, the first line has 3: it ends at column `stars`"
        )
    );
    assert_eq!(
        told[1],
        (
            3,
            "the row has 4 fields, the first line has 3: it goes on behind column `text`"
        )
    );
    assert!(
        told[2].1.starts_with("column `stars`: expected stars such as 4")
            && told[2].1.ends_with("found \"many\""),
        "{told:?}"
    );
    assert_eq!(told[3], (5, ""), "without an id it is known by its words");
    assert_eq!(told[4], (7, "rating: 9 does not lie on the scale 1 to 5"));
    assert_eq!((told[5], told[6], told[7]), ((8, ""), (9, ""), (11, "")));
    assert_eq!(
        all[2].raw, b"3,many,x",
        "the rejects file gets the row as it came"
    );
}

#[test]
fn one_broken_letter_is_a_bad_row() {
    let many = (0..30).map(|n| format!("{n},5,süß\n")).collect::<String>();
    let text = [
        format!("id,stars,text\n{many}").into_bytes(),
        b"x,5,gr\xfc\xdfe\n".to_vec(),
    ]
    .concat();
    let (all, about) = read("a.csv", text);
    assert_eq!(about[0].encoding, "UTF-8");
    assert!(
        all[30].why.starts_with("not UTF-8 at byte 6 of the row"),
        "{}",
        all[30].why
    );
    let (all, about) = read("a.csv", b"id,stars,text\n5,5,gr\xfc\xdfe aus K\xf6ln\n");
    assert_eq!(
        (about[0].encoding, all[0].item.as_ref().unwrap().body.as_deref()),
        ("Windows-1252", Some("grüße aus Köln"))
    );
}

#[test]
fn a_quote_that_never_closes_costs_one_line() {
    let lines = |text: &str| {
        csv(text)
            .iter()
            .map(|r| (r.line, r.item.is_some()))
            .collect::<Vec<_>>()
    };
    // With so many good quotes they are quotes.
    let good = (0..9).map(|n| format!("g{n},\"a, b\"\n")).collect::<String>();
    let known: Vec<(u64, bool)> = [(2, false), (3, true)]
        .into_iter()
        .chain((4..13).map(|n| (n, true)))
        .collect();
    assert_eq!(lines(&format!("id,text\n1,\"open\n2,fine\n{good}")), known);
}

#[test]
fn a_row_without_end_is_a_bad_row() {
    let long = "x".repeat(LARGEST_ROW + 10);
    for (name, head, good) in [
        ("a.csv", "id,text\n1,a\n", "2,b"),
        (
            "a.jsonl",
            "{\"id\":\"1\",\"text\":\"a\"}\n",
            r#"{"id":"2","text":"b"}"#,
        ),
    ] {
        let (all, _) = read(name, format!("{head}{long}\n{good}\n"));
        assert_eq!(all.len(), 3);
        assert!(
            all[1].raw.len() <= LARGEST_ROW && all[1].why.contains("only its beginning is kept"),
            "{}",
            all[1].why
        );
        assert_eq!(all[2].item.as_ref().unwrap().native_id, "2");
    }
}

#[test]
fn json_lines_are_items_as_in_a_push_and_a_broken_line_is_one_line() {
    let text = "{\"id\":\"1\",\"body\":\"\\ud83d\",\"rating\":{\"value\":8,\"max\":10},\"author\":{\"name\":\"Jo\"}}\r\n\n{\"id\":\"2\",\"id\":\"3\"}\n[]\n{\"id\":4,\"rating\":\"5\"}\nx";
    let (all, _) = read("a.jsonl", text);
    let first = all[0].item.as_ref().unwrap();
    assert_eq!(
        (first.body.as_deref(), first.rating.unwrap().max),
        (Some("\u{fffd}"), 10.0)
    );
    assert_eq!(first.author.name.as_deref(), Some("Jo"));
    assert!(
        all[1].why.starts_with("the key \"id\" stands there twice"),
        "{}",
        all[1].why
    );
    assert_eq!(
        (all[2].line, all[2].why.as_str()),
        (4, "expected an object, found array")
    );
    assert_eq!(all[3].item.as_ref().unwrap().native_id, "4");
    assert!(all[4].why.contains("expected value"), "{}", all[4].why);
}

#[test]
fn documents_of_all_platforms_are_taken_apart() {
    let app_store = r#"{"data":[{"type":"customerReviews","id":"a1","attributes":{"rating":2,"title":"Hm","body":"Stürzt ab.","reviewerNickname":"Kim","createdDate":"2026-11-20T10:00:00-08:00","territory":"DEU"},"relationships":{"response":{"data":{"type":"customerReviewResponses","id":"r1"}}}}],
      "included":[{"type":"customerReviewResponses","id":"r1","attributes":{"responseBody":"Kommt bald.","lastModifiedDate":"2026-11-21T10:00:00Z","state":"PUBLISHED"}}]}"#;
    let (all, about) = read("reviews.json", app_store);
    assert_eq!(about[0].shape, Some("App Store Connect, customer reviews"));
    let item = all[0].item.as_ref().unwrap();
    assert_eq!(
        (item.native_id.as_str(), item.title.as_deref(), stars(item)),
        ("a1", Some("Hm"), Some(2.0))
    );
    assert_eq!(item.published_at, Some(at("2026-11-20T18:00:00Z")));
    assert_eq!(
        (answered(item), item.reply.as_ref().unwrap().at),
        (Some("Kommt bald."), Some(at("2026-11-21T10:00:00Z")))
    );

    let play = r#"{"reviews":[{"reviewId":"gp:1","authorName":"Ada","comments":[{"userComment":{"text":"Gut","lastModified":{"seconds":"1795158764"},"starRating":5,"reviewerLanguage":"de"}},{"developerComment":{"text":"Danke","lastModified":{"seconds":"1795245164"}}}]}]}"#;
    let item = read("r.json", play).0.remove(0).item.unwrap();
    assert_eq!(
        (item.native_id.as_str(), stars(&item), answered(&item)),
        ("gp:1", Some(5.0), Some("Danke"))
    );
    assert_eq!(item.published_at, Some(at("2026-11-20T07:12:44Z")));

    let yotpo = r#"{"status":{"code":200},"response":{"bottomline":{"x":1},"reviews":[{"id":7,"score":4,"content":"Solid.","title":"Ok","created_at":"2026-11-20T07:00:00.000Z","verified_buyer":true,"user":{"user_id":9,"display_name":"Jo D."},"comment":null}]}}"#;
    let item = read("y.json", yotpo).0.remove(0).item.unwrap();
    assert_eq!(
        (item.native_id.as_str(), stars(&item), item.author.name.as_deref()),
        ("7", Some(4.0), Some("Jo D."))
    );

    let feed = r#"{"feed":{"author":{"name":{"label":"iTunes"}},"entry":[{"author":{"name":{"label":"Ann"}},"im:rating":{"label":"3"},"id":{"label":"881"},"title":{"label":"Na ja"},"content":{"label":"Geht so."},"updated":{"label":"2026-11-20T03:00:00-07:00"}}]}}"#;
    let item = read("f.json", feed).0.remove(0).item.unwrap();
    assert_eq!(
        (item.native_id.as_str(), stars(&item), item.author.name.as_deref()),
        ("881", Some(3.0), Some("Ann"))
    );

    let push = r#"{"type":"items","data":[{"id":"p1","rating":1,"body":"Kaputt.","author":{"id":"u","name":"Ben"},"published_at":"2026-11-20T07:00:00Z","reply":{"body":"Oh."}}]}"#;
    let item = read("p.json", push).0.remove(0).item.unwrap();
    assert_eq!(
        (item.native_id.as_str(), stars(&item), answered(&item)),
        ("p1", Some(1.0), Some("Oh."))
    );
}

#[test]
fn tables_of_other_platforms_are_known() {
    let told = |text: &str| {
        let (all, about) = read("x.csv", text);
        let item = all[0].item.clone().unwrap_or_else(|| panic!("{}", all[0].why));
        (about[0].shape.unwrap_or("names"), item)
    };
    let (shape, item) = told(
        "title,body,rating,review_date,source,curated,reviewer_name,reviewer_email,product_id,product_handle,reply,reply_date,picture_urls,location\nTop,Sehr gut,5,2026-11-20 10:00:00 UTC,web,ok,Eva,e@x.example,1,topf,Danke!,2026-11-21 10:00:00 UTC,,Bonn\n",
    );
    assert_eq!(
        (shape, answered(&item), item.author.name.as_deref()),
        ("Judge.me, reviews", Some("Danke!"), Some("Eva"))
    );
    let (shape, item) = told(
        "Review ID,Review Creation Date,Review Title,Review Content,Review Score,Reviewer Display Name,Reviewer Email,Product ID,Product Title,Comment Content\n11,2026-11-20,Ok,Passt.,4,Jo,j@x.example,5,Topf,\n",
    );
    assert_eq!(
        (shape, item.native_id.as_str(), stars(&item)),
        ("Yotpo, reviews", "11", Some(4.0))
    );
    let (shape, item) = told(
        "dateCreated,name,email,body,title,rating,handle,productId,reply\n2026-11-20T10:00:00Z,Jo,j@x.example,Passt.,Ok,4,topf,1,\n",
    );
    assert_eq!(
        (shape, item.subject.unwrap().id.as_str()),
        ("Okendo, reviews", "1")
    );
    let (shape, item) = told(
        "productId,reviewRating,reviewTitle,reviewMessage,author,email,reviewDate,reviewReply\n1,2,Hm,Klein.,Jo,j@x.example,11/20/2026,Sorry.\n",
    );
    assert_eq!(
        (shape, answered(&item), item.published_at),
        (
            "Stamped, reviews",
            Some("Sorry."),
            Some(at("2026-11-20T00:00:00Z"))
        )
    );
    let (shape, item) = told(
        "id,date_created,date_created_gmt,product_id,product_name,status,reviewer,reviewer_email,review,rating,verified\n9,2026-11-20T11:00:00,2026-11-20T10:00:00,5,Topf,approved,Nele,n@x.example,<p>Gut</p>,5,true\n",
    );
    assert_eq!(
        (shape, item.body.as_deref(), item.published_at),
        (
            "WooCommerce, reviews of the API",
            Some("Gut"),
            Some(at("2026-11-20T10:00:00Z"))
        )
    );
    let (shape, item) = told(
        "Guest name,Review date,Review title,Positive review,Negative review,Review score,Property reply,Reservation number\nAnn,2026-11-20,Nice,Quiet,Cold,3.8,Sorry,R1\n",
    );
    assert_eq!(
        (shape, item.rating.unwrap().stars(), item.body.as_deref()),
        ("Booking.com, guest reviews", 2, Some("+ Quiet\n\n– Cold"))
    );
    let (shape, item) = told(
        "reviewerID,asin,reviewerName,helpful,reviewText,overall,summary,unixReviewTime,reviewTime\nA1,B0,Jo,\"[0, 0]\",Fine.,4.0,Ok,1252800000,\"09 13, 2009\"\n",
    );
    assert_eq!(
        (shape, stars(&item), item.published_at),
        (
            "Amazon, public reviews (2018)",
            Some(4.0),
            Some(at("2009-09-13T00:00:00Z"))
        )
    );
}

#[test]
fn anything_else_goes_in_by_its_names() {
    let (all, about) = read(
        "portal.csv",
        "Verfasser|Zeitpunkt|Punkte|Rezension|Stellungnahme|Filiale|Kampagne\nAda|20.11.2026 08:00|3|Naja|Danke|Ost|K7\n",
    );
    let item = all[0].item.as_ref().unwrap();
    assert_eq!(
        (stars(item), item.body.as_deref(), answered(item)),
        (Some(3.0), Some("Naja"), Some("Danke"))
    );
    assert_eq!(item.published_at, Some(at("2026-11-20T07:00:00Z")));
    assert_eq!(about[0].unused, ["Kampagne"]);
    // The same word for stars and for words.
    let (all, _) = read(
        "a.csv",
        "Nr;Sterne;Bewertung;Datum\n1;5;Alles bestens gelaufen;1.11.2026\n",
    );
    assert_eq!(
        all[0].item.as_ref().unwrap().body.as_deref(),
        Some("Alles bestens gelaufen")
    );
    let (all, _) = read(
        "a.csv",
        "Bewertung;Kommentar;Datum\n5;Alles bestens gelaufen;1.11.2026\n",
    );
    assert_eq!(stars(all[0].item.as_ref().unwrap()), Some(5.0));
}

#[test]
fn shops_and_their_systems_are_known() {
    let first = |name: &str| items(name).remove(0);
    let told = |name: &str| {
        let item = first(name);
        let words = item.body.clone().unwrap_or_default();
        (item.native_id.clone(), stars(&item), words, item.published_at)
    };
    let six = items("shopware6.csv");
    assert_eq!(shape("shopware6.csv"), Some("Shopware 6, product reviews"));
    assert_eq!(
        (
            six[0].body.as_deref(),
            answered(&six[0]),
            six[0].author.name.as_deref()
        ),
        (
            Some("Größe fällt zu klein aus, leider."),
            Some("Danke für den Hinweis, wir ergänzen die Maßtabelle."),
            Some("Lea")
        ),
        "the shop's comment is no customer's"
    );
    assert_eq!(six[0].published_at, Some(at("2026-11-19T07:55:12Z")));
    let five = items("shopware5.csv");
    assert_eq!(answered(&five[1]), Some("Das tauschen wir gern um."));
    assert_eq!(
        (stars(&five[2]), five[0].subject.as_ref().unwrap().id.as_str()),
        (Some(2.5), "178")
    );
    assert_eq!(
        told("jtl-shop.csv"),
        (
            "901".into(),
            Some(2.0),
            "Der Reißverschluss klemmt seit dem ersten Tag.".into(),
            Some(at("2026-11-17T00:00:00Z"))
        )
    );
    assert_eq!(answered(&items("jtl-shop.csv")[1]), Some("Freut uns!"));
    assert_eq!(
        told("oxid.csv"),
        (
            "6b6e099c305f591cb39d4314e9a823c1".into(),
            Some(3.0),
            "Das Board läuft ruhig, Bindung wackelt.".into(),
            Some(at("2026-11-14T11:11:09Z"))
        )
    );
    assert_eq!(
        told("peppershop.csv"),
        (
            "118".into(),
            Some(4.0),
            "Fährt sich gut, Lack mit kleinem Kratzer.".into(),
            Some(at("2026-11-04T17:19:09Z"))
        )
    );
    assert_eq!(
        answered(&first("peppershop.csv")),
        Some("Danke, wir polieren nach.")
    );
    let presta = all(&survey(&[given("prestashop.csv")]).unwrap());
    let kept = presta[0].item.as_ref().unwrap();
    assert_eq!((kept.native_id.as_str(), stars(kept)), ("12", Some(2.0)));
    assert_eq!(presta[1].why, "thrown away where it comes from");
    let market = items("market-de.csv");
    assert_eq!(
        (
            stars(&market[0]),
            market[0].author.name.as_deref(),
            answered(&market[1])
        ),
        (Some(2.0), Some("Gerd aus Kiel"), Some("Vielen Dank!"))
    );
}

#[test]
fn who_asks_for_reviews_of_software_or_work_is_known_by_names() {
    let g2 = items("g2.csv");
    assert_eq!(
        (stars(&g2[0]), g2[0].body.as_deref()),
        (
            Some(3.5),
            Some("+ Simple inbox\n\n– Slow search on large accounts")
        )
    );
    let capterra = items("capterra.csv");
    assert_eq!(
        capterra[0].body.as_deref(),
        Some("We like it.\n\n+ Easy to set up\n\n– Price went up twice")
    );
    let bazaarvoice = items("bazaarvoice.csv");
    assert_eq!(
        (
            answered(&bazaarvoice[0]),
            bazaarvoice[0].subject.as_ref().unwrap().name.as_deref()
        ),
        (Some("Please write to us."), Some("Mixer"))
    );
    assert_eq!(
        (
            bazaarvoice[0].language.as_deref(),
            bazaarvoice[1].language.as_deref()
        ),
        (Some("en"), Some("de"))
    );
    let work = items("employer.csv");
    assert_eq!(
        (stars(&work[0]), work[0].published_at, answered(&work[1])),
        (Some(2.4), Some(at("2026-11-01T00:00:00Z")), Some("Danke dir!"))
    );
    assert_eq!(
        work[0].body.as_deref(),
        Some("Mehr Leute einstellen\n\n+ Nette Kolleginnen\n\n– Überstunden")
    );
}

#[test]
fn a_form_has_questions_for_names() {
    let german = items("form-de.csv");
    assert_eq!(
        (
            stars(&german[0]),
            german[0].body.as_deref(),
            german[0].author.name.as_deref()
        ),
        (Some(2.0), Some("Die Hotline war nie erreichbar."), Some("Petra"))
    );
    assert_eq!(german[0].published_at, Some(at("2026-11-20T13:30:12Z")));
    assert_eq!((stars(&german[1]), german[1].body.as_deref()), (Some(5.0), None));
    let english = items("form-en.csv");
    assert_eq!(
        (stars(&english[0]), english[0].body.as_deref()),
        (Some(4.0), Some("Answer the phone faster please"))
    );
    let typed = items("typeform.csv");
    assert_eq!(
        (
            stars(&typed[0]),
            typed[0].body.as_deref(),
            typed[0].author.name.as_deref()
        ),
        (Some(2.0), Some("The delivery came a week late."), Some("Sam"))
    );
    assert_eq!(typed[0].published_at, Some(at("2026-11-20T10:03:40Z")));
    // Where the names say it, nobody guesses.
    let (all, about) = read(
        "a.csv",
        "Datum,Sterne,Text,Wie zufrieden sind Sie insgesamt mit uns?\n1.11.2026,2,Lahm,5\n",
    );
    assert_eq!(stars(all[0].item.as_ref().unwrap()), Some(2.0));
    assert_eq!(about[0].unused, ["Wie zufrieden sind Sie insgesamt mit uns?"]);
}

#[test]
fn who_was_asked_and_said_nothing_is_no_post() {
    let export = survey(&[given("zendesk.json")]).unwrap();
    let all = all(&export);
    let bad = all[0].item.as_ref().unwrap();
    assert_eq!(
        (
            bad.native_id.as_str(),
            bad.rating.unwrap().stars(),
            bad.permalink.as_deref()
        ),
        ("62", 1, None)
    );
    assert_eq!(all[1].item.as_ref().unwrap().rating.unwrap().stars(), 5);
    assert_eq!(all[2].why, "thrown away where it comes from");
}

#[test]
fn school_marks_are_not_taken_for_stars() {
    let export = survey(&[given("school-marks.csv")]).unwrap();
    assert!(
        !export.held().stars,
        "one is the best of six, or the worst of five: nobody knows"
    );
    let mut wish = wish();
    wish.map("rating", "Gesamtnote").unwrap();
    wish.scale(6.0, 1.0);
    let export = Export::survey(&[given("school-marks.csv")], wish, |_| {}).unwrap();
    let stars: Vec<u8> = all(&export)
        .iter()
        .map(|r| r.item.as_ref().unwrap().rating.unwrap().stars())
        .collect();
    assert_eq!(stars, [5, 2]);
}

#[test]
fn what_is_not_known_can_be_said() {
    let folder = Folder::new();
    let path = folder.write("a.csv", "k1,k2,k3,k4\nx,4,Gut,20/11/2026\n");
    let why = survey(std::slice::from_ref(&path)).err().unwrap().to_string();
    assert!(why.contains("k1, k2, k3, k4") && why.contains("--map"), "{why}");
    let mut wish = wish();
    for (field, column) in [
        ("id", "k1"),
        ("rating", "K2"),
        ("body", "k3"),
        ("published_at", "k4"),
    ] {
        wish.map(field, column).unwrap();
    }
    let export = Export::survey(std::slice::from_ref(&path), wish.clone(), |_| {}).unwrap();
    let item = all(&export).remove(0).item.unwrap();
    assert_eq!(
        (item.native_id.as_str(), stars(&item), item.body.as_deref()),
        ("x", Some(4.0), Some("Gut"))
    );
    assert!(matches!(wish.map("colour", "k1"), Err(FileError::NoField { .. })));
    wish.map("title", "no such").unwrap();
    assert!(matches!(
        Export::survey(&[path], wish, |_| {}),
        Err(FileError::NoColumn(_))
    ));
}

#[test]
fn day_and_month_are_told_by_the_whole_column() {
    let dates = |rows: &str| {
        let (all, about) = read("a.csv", format!("id,text,date\n{rows}"));
        let days = all.iter().map(|r| {
            r.item
                .as_ref()
                .unwrap()
                .published_at
                .unwrap()
                .format("%m-%d")
                .to_string()
        });
        (
            days.collect::<Vec<_>>().join(" "),
            about[0].order.as_ref().map(|(order, _)| *order),
        )
    };
    assert_eq!(
        dates("1,a,10/11/2026\n2,b,20/11/2026\n"),
        ("11-10 11-20".into(), Some(Order::DayFirst))
    );
    assert_eq!(
        dates("1,a,11/10/26\n2,b,11/20/26\n"),
        ("11-10 11-20".into(), Some(Order::MonthFirst))
    );
    assert_eq!(
        dates("1,a,11/12/2026\n"),
        ("11-12".into(), Some(Order::MonthFirst)),
        "11 December is not over yet"
    );
    assert_eq!(
        dates("1,a,03/04/2026\n"),
        ("04-03".into(), Some(Order::DayFirst)),
        "the team is in Europe"
    );
}

#[test]
fn folders_archives_and_workbooks_are_opened() {
    let folder = Folder::new();
    folder.write(
        "b/reviews.json",
        std::fs::read(given("takeout-reviews.json")).unwrap(),
    );
    folder.write("b/settings.json", "{\"a\":1}");
    folder.write("a.csv", std::fs::read(given("portal-excel.csv")).unwrap());
    folder.write("a.csv.rejects", "x");
    folder.write("logo.png", b"\x89PNG\r\n");
    let export = survey(std::slice::from_ref(&folder.0)).unwrap();
    assert_eq!(all(&export).len(), 4);
    assert_eq!(export.skipped.len(), 2);

    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut archive = zip::ZipWriter::new(&mut bytes);
    let options =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    for name in ["takeout-reviews.json", "takeout-reviews-AbHRLX.json"] {
        archive.start_file(format!("Takeout/{name}"), options).unwrap();
        std::io::Write::write_all(&mut archive, &std::fs::read(given(name)).unwrap()).unwrap();
    }
    // A hundred megabytes of nothing.
    archive.start_file("bomb.csv", options).unwrap();
    for _ in 0..100 {
        std::io::Write::write_all(&mut archive, &vec![b'0'; 1024 * 1024]).unwrap();
    }
    archive.finish().unwrap();
    let export = survey(&[folder.write("takeout.zip", bytes.into_inner())]).unwrap();
    assert_eq!(all(&export).len(), 3);
    assert!(
        export.skipped[0].why.contains("far larger"),
        "{:?}",
        export.skipped
    );

    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, &std::fs::read(given("amazon-dump.jsonl")).unwrap()).unwrap();
    let export = survey(&[folder.write("dump.jsonl.gz", packed.finish().unwrap())]).unwrap();
    assert_eq!(all(&export).len(), 1);

    let all = items("small.xlsx");
    assert_eq!((all.len(), stars(&all[0])), (2, Some(2.0)));
    assert_eq!(all[0].body.as_deref(), Some("Größe falsch, Rückgabe mühsam"));
    assert_eq!(all[0].published_at, Some(at("2026-10-31T00:00:00Z")));
    assert_eq!(all[1].published_at, Some(at("2026-11-01T13:30:00Z")));
}

/// How a table was saved: the bytes, and what has to be said so that they are read.
fn saved(text: &str, encoding: usize) -> (Vec<u8>, Option<&'static str>) {
    let little = || text.encode_utf16().flat_map(u16::to_le_bytes);
    let big = || text.encode_utf16().flat_map(u16::to_be_bytes);
    // A handful of letters is too little to tell one old encoding from another.
    match encoding {
        0 => (text.as_bytes().to_vec(), None),
        1 => ([b"\xEF\xBB\xBF", text.as_bytes()].concat(), None),
        2 => (little().collect(), None),
        3 => ([0xFF, 0xFE].into_iter().chain(little()).collect(), None),
        4 => (big().collect(), None),
        5 => ([0xFE, 0xFF].into_iter().chain(big()).collect(), None),
        6 => (
            encoding_rs::WINDOWS_1252.encode(text).0.into_owned(),
            Some("windows-1252"),
        ),
        7 => (
            encoding_rs::ISO_8859_15.encode(text).0.into_owned(),
            Some("iso-8859-15"),
        ),
        _ => {
            // What it has no letter for was written otherwise.
            let latin = text.replace('€', "E");
            (
                latin
                    .chars()
                    .map(|c| u8::try_from(u32::from(c)).unwrap())
                    .collect(),
                Some("iso-8859-1"),
            )
        }
    }
}

/// A moment as a file writes it, and which moment that is.
fn dated(local: chrono::NaiveDateTime, form: usize) -> (String, crate::domain::At) {
    use chrono::TimeZone as _;
    let day = local.date().and_time(chrono::NaiveTime::MIN).and_utc();
    let here = Berlin
        .from_local_datetime(&local)
        .earliest()
        .map(|at| at.to_utc());
    let timed = here.unwrap_or_else(|| (local + chrono::TimeDelta::hours(-1)).and_utc());
    let days = [
        "%Y-%m-%d",
        "%d.%m.%Y",
        "%d.%m.%y",
        "%b %d, %Y",
        "%d %B %Y",
        "%Y/%m/%d",
        "%Y%m%d",
        "%d/%m/%Y",
        "%m/%d/%Y",
        "%d-%b-%y",
    ];
    let times = [
        "%Y-%m-%d %H:%M:%S",
        "%d.%m.%Y %H:%M:%S",
        "%d.%m.%Y um %H:%M:%S Uhr",
        "%m/%d/%Y %I:%M:%S %p",
    ];
    match form {
        0..10 => (local.format(days[form]).to_string(), day),
        10..14 => (local.format(times[form - 10]).to_string(), timed),
        14 => (timed.to_rfc3339(), timed),
        15 => (timed.timestamp().to_string(), timed),
        _ => (timed.timestamp_millis().to_string(), timed),
    }
}

proptest! {
    #[test]
    fn a_table_in_any_encoding_and_notation_is_read_back(
        rows in proptest::collection::vec(("[a-zäöüß ,;|\"é€\n\t]{1,20}", 1_u8..6, 0_i64..700 * 86_400), 1..12),
        (delimiter, encoding, form) in (0_usize..4, 0_usize..9, 0_usize..17),
        (quoting, line, names, notation) in (0_usize..3, any::<bool>(), 0_usize..3, 0_usize..3),
    ) {
        let (delimiter, mark) = [(b',', ""), (b';', "sep=;"), (b'\t', ""), (b'|', "")][delimiter];
        let style = [::csv::QuoteStyle::Always, ::csv::QuoteStyle::Necessary, ::csv::QuoteStyle::NonNumeric][quoting];
        let end = if line { ::csv::Terminator::CRLF } else { ::csv::Terminator::Any(b'\n') };
        let mut writer = ::csv::WriterBuilder::new()
            .delimiter(delimiter)
            .quote_style(style)
            .terminator(end)
            .from_writer(Vec::new());
        writer.write_record([
            ["id", "stars", "text", "date"],
            ["Bewertungs-ID", "Sterne", "Kommentar", "Datum"],
            ["Review ID", "Rating", "Review Text", "Review Created At"],
        ][names]).unwrap();
        let begin = chrono::NaiveDate::from_ymd_opt(2024, 12, 1).unwrap().and_time(chrono::NaiveTime::MIN);
        // The day of one tells what comes first in all of them.
        let told = ("Anfang".to_owned(), 3, 24 * 86_400 + 3_600);
        let rows: Vec<(String, u8, i64)> = std::iter::once(told).chain(rows).collect();
        let mut wanted = Vec::new();
        for (n, (text, stars, seconds)) in rows.iter().enumerate() {
            let (date, moment) = dated(begin + chrono::TimeDelta::seconds(*seconds), form);
            let starred = [stars.to_string(), format!("{stars}/5"), format!("{stars} von 5 Sternen")];
            let [plain, of, spoken] = starred;
            writer
                .write_record([format!("n{n}"), [plain, of, spoken][notation].clone(), format!("Wort {text}"), date])
                .unwrap();
            wanted.push((text, *stars, moment));
        }
        let mut text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        if !mark.is_empty() && quoting == 0 {
            text = format!("{mark}\n{text}");
        }
        let (bytes, said) = saved(&text, encoding);
        let folder = Folder::new();
        let mut wish = wish();
        if let Some(said) = said {
            wish.encoding(said).unwrap();
        }
        let export = Export::survey(&[folder.write("a.csv", bytes)], wish, |_| {}).unwrap();
        let all = all(&export);
        prop_assert_eq!(all.len(), wanted.len());
        for (read, (text, stars, moment)) in all.iter().zip(wanted) {
            let item = read.item.as_ref();
            prop_assert!(item.is_some(), "{}", read.why);
            let item = item.unwrap();
            let text = if encoding == 8 { text.replace('€', "E") } else { text.clone() };
            prop_assert_eq!(item.body.clone(), Some(crate::domain::say::words::stored(&format!("Wort {text}"))));
            prop_assert_eq!(item.rating.map(|r| r.value), Some(f64::from(stars)));
            prop_assert_eq!(item.published_at, Some(moment), "form {}", form);
        }
    }

    #[test]
    fn an_old_encoding_is_found_where_words_tell_it(
        rows in proptest::collection::vec(proptest::sample::subsequence(vec![
            "größer", "süß", "über", "Öl", "Ärger", "Rücksendung", "schön", "heiß", "Füße", "völlig", "käuflich", "Maß",
        ], 3..9), 6..20),
        encoding in 6_usize..9, euro in any::<bool>(),
    ) {
        let price = if euro && encoding != 8 { " für 5 €" } else { "" };
        let lines = rows.iter().enumerate().map(|(n, words)| format!("n{n};4;Das ist {}{price};2026-11-01\n", words.join(" ")));
        let text = format!("id;Sterne;Text;Datum\n{}", lines.collect::<String>());
        let (all, _) = read("a.csv", saved(&text, encoding).0);
        for (read, words) in all.iter().zip(&rows) {
            let body = read.item.as_ref().and_then(|i| i.body.clone());
            prop_assert_eq!(body, Some(format!("Das ist {}{price}", words.join(" "))));
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), name in 0_usize..4, head in any::<bool>()) {
        let folder = Folder::new();
        let head = if head { b"id,\"stars\",date,text\n".as_slice() } else { b"" };
        let name = ["a.csv", "a.json", "a.jsonl", "a.zip"][name];
        if let Ok(export) = survey(&[folder.write(name, [head, &bytes].concat())]) {
            let settings = shop();
            let _rows = export.rows("shop", settings.as_ref()).count();
        }
    }

    #[test]
    fn a_document_of_any_objects_gives_each_of_them(texts in proptest::collection::vec("\\PC{0,12}", 1..6), deep in any::<bool>()) {
        let objects: Vec<serde_json::Value> = texts.iter().enumerate()
            .map(|(n, t)| serde_json::json!({ "id": n, "text": format!("x{t}"), "tags": [{ "t": t }, "]"] }))
            .collect();
        let document = if deep { serde_json::json!({ "page": 1, "result": { "reviews": objects } }) } else { serde_json::json!(objects) };
        let (all, _) = read("a.json", serde_json::to_string_pretty(&document).unwrap());
        prop_assert_eq!(all.len(), texts.len());
        for (read, text) in all.iter().zip(&texts) {
            let item = read.item.as_ref();
            prop_assert!(item.is_some(), "{}", read.why);
            let raw = &item.unwrap().raw["text"];
            prop_assert_eq!(raw.as_str().map(str::to_owned), Some(format!("x{text}")));
        }
    }
}

/// Id, stars, what it is about, author, date and answer, as far as they are there.
fn told(item: &Incoming) -> String {
    let rating = item.rating.map(|r| format!("{} of {}", r.value, r.max));
    let subject = item.subject.as_ref();
    let subject = subject.map(|s| format!("[{}]", s.name.as_deref().unwrap_or(&s.id)));
    let reply = item.reply.as_ref().map(|r| {
        let at = r.at.map(|at| at.format(" %m-%d").to_string()).unwrap_or_default();
        format!("-> {}{at}", r.body)
    });
    let parts = [
        Some(item.native_id.clone())
            .filter(|id| id.len() != 24 || !id.bytes().all(|b| b.is_ascii_hexdigit())),
        rating,
        subject,
        item.title.as_ref().map(|t| format!("{t}:")),
        item.body.clone(),
        item.author.name.as_ref().map(|a| format!("({a})")),
        item.published_at.map(|at| at.format("%m-%d %H:%M").to_string()),
        item.language.clone(),
        reply,
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

#[test]
fn nothing_of_what_other_collectors_and_platforms_write_is_lost() {
    let mut faults = Vec::new();
    for (name, wanted) in [
        (
            "kiyoh.json",
            &[
                "5d6c0f6a-0001 4 of 10 [Fietsen Ost] Bel kapot: De bel was na een week kapot, niemand neemt op. (Marit) 11-19 09:14",
                "5d6c0f6a-0002 10 of 10 [Fietsen Ost] Prima: (Joost) 11-17 18:02 -> Dank je wel!",
            ][..],
        ),
        (
            "podium.json",
            &[
                "0f0e0d0c-0000-4000-8000-000000000001 2 of 5 The sofa came with three legs. (Joe Birch) 11-19 23:50 en -> Thanks Joe, the missing leg is on its way. 11-20",
                "0f0e0d0c-0000-4000-8000-000000000002 5 of 5 Quick and friendly. (Ada Elm) 11-18 08:00 en",
            ],
        ),
        (
            "outscraper.csv",
            &[
                "ChdAAA1 1 of 5 [Bäckerei Korn] Brötchen waren steinhart, und niemand wollte sie umtauschen. (Frauke B.) 11-20 07:12 de",
                "ChdAAA2 5 of 5 [Bäckerei Korn] Super Kuchen! (Uwe) 11-18 07:00 de -> Vielen Dank! 11-19",
            ],
        ),
        (
            "maps-places.json",
            &[
                "ChZDSUhNMG9nS0VJQ0FnSUQx 2 of 5 [Café Möwe] Der Kaffee war kalt. (Silke) 11-19 10:11 de -> Das tut uns leid, Silke. 11-20",
                "ChZDSUhNMG9nS0VJQ0FnSUQy 5 of 5 [Café Möwe] (Tom) 11-13 10:11",
                "ChZDSUhNMG9nS0VJQ0FnSUQz 3 of 5 [Café Kutter] Zu laut. (Ada) 11-18 10:00 de",
            ],
        ),
        (
            "maps-reviews.csv",
            &[
                "ChZDQ1 2 of 5 [Café Möwe] Der Kaffee war kalt. (Silke) 11-19 10:11 de -> Das tut uns leid, Silke. 11-20",
            ],
        ),
        (
            "steam.json",
            &[
                "90112233 -1 of 1 Stürzt nach dem Patch beim Laden ab. 11-20 07:12 de",
                "90112234 1 of 1 Lovely little game. 11-18 07:00 en -> Thank you for playing! 11-19",
            ],
        ),
        (
            "powerreviews.csv",
            &[
                "PR-1 2 of 5 [MIX-20] Too loud: Louder than my vacuum cleaner. (Kim) 11-19 00:00 en -> We are sorry to hear that. 11-20",
                "PR-2 4 of 5 [MIX-20] Good: Does what it should. (Lee) 11-18 00:00 en",
            ],
        ),
        (
            "feefo.csv",
            &[
                "2 of 5 [501] Nobody answered my emails.\n\nThe lamp is fine. (Beth) 11-20 00:00 en",
                "5 of 5 [502] Quick. (Carl) 11-19 00:00 en",
            ],
        ),
        (
            "feefo-api.json",
            &[
                "5f1a01 2 of 5 Slow: Nobody answered my emails. (Beth) 11-20 09:00 en",
                "5f1a02 4 of 5 [Lamp 5] Fine: The lamp is fine. (Carl) 11-19 09:00 en",
            ],
        ),
        (
            "tripadvisor.json",
            &[
                "921001 2 of 5 [89575] Nie wieder: Das Zimmer roch nach Farbe. (wandervogel) 11-19 06:40 de -> Wir haben am Tag danach gelüftet. 11-20",
                "921002 5 of 5 [89575] Lovely: Best breakfast in town. (pat) 11-18 06:40 en",
            ],
        ),
        (
            "yelp.jsonl",
            &[
                "KU_O5udG6zpxOg-VcAEodg 2 of 5 [XQfwVwDr-v0ZS3_CbbE5Xw] The soup was cold twice. 11-18 21:09 en",
                "BiTunyQ73aT9WBnpR9DZGw 5 of 5 [XQfwVwDr-v0ZS3_CbbE5Xw] Great noodles. 11-17 11:00 en",
            ],
        ),
        (
            "facebook.json",
            &[
                "5501 -1 of 1 Waited two hours for a call back. (Sam Oak) 11-19 06:40 en",
                "5502 1 of 1 Very kind people. (Pia Ash) 11-18 06:40 en",
            ],
        ),
        (
            "site-reviews.csv",
            &[
                "2 of 5 [321] Zu eng: Der Schuh ist zu eng. (Ilse) 11-19 13:30 de -> Tauschen wir gern.",
                "5 of 5 [321] Top: Passt. (Rolf) 11-18 08:05 de",
            ],
        ),
        (
            "ryviu.csv",
            &[
                "2 of 5 [kanne-1l] Undicht: Tropft am Henkel. (Maren) 11-19 09:00 de -> Wir senden Ersatz. 11-20",
                "5 of 5 [kanne-1l] Top: Hält lange warm. (Olaf) 11-18 09:00 de",
            ],
        ),
        (
            "reviewtrackers.csv",
            &[
                "1 of 5 [Store 12] The line was out the door and one register open. (Dana R.) 11-19 00:00 en",
                "5 of 5 [Store 12] Fast checkout, friendly staff. (Ken) 11-18 00:00 en -> Thank you Ken! 11-19",
            ],
        ),
        (
            "nested-stores.json",
            &[
                "2 of 5 [Ost] Lange Schlange. (Jo) 11-19 00:00 de -> Wir öffnen Kasse zwei. 11-20",
                "5 of 5 [West] Alles da. (Eva) 11-18 00:00",
                "4 of 5 [West] Gut. (Uli) 11-17 00:00 de",
            ],
        ),
        (
            "hotel-suns.csv",
            &[
                "hc-1 5.6 of 6 Schöne Lage: Zimmer sauber, Buffet eintönig. (Ulrike (61-65)) 11-19 00:00 de -> Danke für den Hinweis zum Buffet. 11-20",
                "hc-2 1.8 of 6 Nie wieder: Schimmel im Bad. (Peter (46-50)) 11-18 00:00 de",
                "hc-3 6 of 6 Top: Alles bestens. (Ines (31-35)) 11-17 00:00",
            ],
        ),
        (
            "employer-pro-contra.csv",
            &[
                "3.7 of 5 Nettes Team: Neue Rechner kaufen\n\n+ Gute Stimmung\n\n– Alte Rechner 11-01 00:00 de -> Die sind bestellt. 11-20",
            ],
        ),
        (
            "aliexpress.csv",
            &[
                "2 of 5 Lieferung dauerte sechs Wochen. (A***a) 11-19 09:00 de",
                "5 of 5 Très bien (B***o) 11-18 09:00",
            ],
        ),
        (
            "yext.csv",
            &[
                "8812 2 of 5 [Store 7] Nobody picked up the phone. (Dana R.) 11-19 09:00 en -> We added a line. 11-20",
            ],
        ),
        (
            "market-sterne.csv",
            &[
                "771 2 of 5 [Wasserkocher] Undicht: Tropft am Boden. 11-19 07:15 de -> Bitte senden Sie ihn ein. 11-20",
            ],
        ),
        (
            "dealer.csv",
            &["2 of 5 Zusage nicht eingehalten. (Heinz) 11-19 00:00 de -> Wir melden uns. 11-20"],
        ),
        (
            "shop-grades.csv",
            &[
                "2 of 5 Paket lag im Regen. 11-19 00:00 de -> Tut uns leid. 11-20",
                "5 of 5 Gerne wieder 11-18 00:00 de",
            ],
        ),
        (
            "fera.csv",
            &["2 of 5 [Boots] Too small: Order one size up. (Kim) 11-19 10:00 en -> Thanks for the hint."],
        ),
        (
            "appfigures.csv",
            &["2 of 5 [Recipes] Hm: The search crashes. (Kim) 11-19 00:00 en -> Fix is coming. 11-20"],
        ),
    ] {
        let all: Vec<String> = items(name).iter().map(told).collect();
        for (found, wanted) in all.iter().zip(wanted) {
            if found != wanted {
                faults.push(format!("{name}:\n  {found}\n  {wanted}"));
            }
        }
        assert_eq!(all.len(), wanted.len(), "{name}");
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn what_is_typed_below_a_file_is_understood() {
    let mut wish = wish();
    for line in [
        "",
        "Text = Anmerkung",
        "Sterne: Note",
        "published_at = \"Wann\"",
        "Antwort = -",
        "Skala = 0-10",
        "Tag zuerst",
        "encoding = utf-8",
    ] {
        assert!(wish.said(line), "{line}");
    }
    for line in [
        "Hallo",
        "Farbe = x",
        "Skala = viel",
        "Zeichen = klingonisch",
        "Text =",
    ] {
        assert!(!wish.said(line), "{line}");
    }
    let folder = Folder::new();
    let path = folder.write(
        "a.csv",
        "Note;Anmerkung;Wann;Antwort\n7;Ganz gut soweit;03/04/2026;ja\n",
    );
    let export = Export::survey(&[path], wish, |_| {}).unwrap();
    let item = all(&export).remove(0).item.unwrap();
    assert_eq!(
        (item.rating.unwrap().max, item.body.as_deref(), answered(&item)),
        (10.0, Some("Ganz gut soweit"), None)
    );
    assert_eq!(item.published_at, Some(at("2026-04-03T00:00:00Z")));
}

#[test]
fn each_shape_that_is_named_is_read_whole() {
    let mut faults = Vec::new();
    for (shape, text, wanted) in [
        (
            "eTrusted (Trusted Shops), reviews",
            "id;rating;title;comment;submittedAt;transactionReference;customerFirstName;customerLastName;customerEmail;productName;productSku;replyComment;replyCreatedAt\n\
             rev-1;2;Zu spät;Kam zwei Wochen zu spät.;2026-11-19T10:00:00Z;A-1;Ute;Busch;u@x.example;Kanne;K1;Das tut uns leid.;2026-11-20T10:00:00Z\n",
            "rev-1 2 of 5 [Kanne] Zu spät: Kam zwei Wochen zu spät. (Ute Busch) 11-19 10:00 de -> Das tut uns leid. 11-20",
        ),
        (
            "Trustpilot, reviews of the API",
            r#"{"reviews":[{"id":"tp1","stars":2,"title":"Slow","text":"It took three weeks.","language":"en","createdAt":"2026-11-19T10:00:00Z","updatedAt":null,"consumer":{"id":"c1","displayName":"Ann B.","displayLocation":"Bonn"},"companyReply":{"text":"We are sorry.","createdAt":"2026-11-20T10:00:00Z"},"numberOfLikes":1}]}"#,
            "tp1 2 of 5 Slow: It took three weeks. (Ann B.) 11-19 10:00 en -> We are sorry. 11-20",
        ),
        (
            "Judge.me, reviews of the API",
            r#"{"current_page":1,"per_page":10,"reviews":[{"id":77,"title":"Hm","body":"The lid does not fit.","rating":2,"product_external_id":501,"reviewer":{"id":9,"email":"e@x.example","name":"Eva","phone":null},"source":"web","curated":"ok","published":true,"hidden":false,"verified":"buyer","created_at":"2026-11-19T10:00:00+00:00","updated_at":"2026-11-19T10:00:00+00:00","product_title":"Lid","product_handle":"lid"}]}"#,
            "77 2 of 5 [Lid] Hm: The lid does not fit. (Eva) 11-19 10:00 en",
        ),
        (
            "Loox, reviews",
            "id,handle,rating,author,email,body,created_at,photo_url,verified_purchase\nlx1,kanne,2,Jo,j@x.example,Der Deckel klemmt leider.,2026-11-19T10:00:00Z,,true\n",
            "lx1 2 of 5 [kanne] Der Deckel klemmt leider. (Jo) 11-19 10:00 de",
        ),
        (
            "AppFollow, reviews",
            "Date,App,App ID,Store,Country,Rating,Title,Review,Author,App version,Review ID,Reply,Reply date\n2026-11-19,Rezepte,com.x,gp,de,2,Hm,Die Suche stürzt ab.,Kim,2.1,gp:1,Kommt bald.,2026-11-20\n",
            "gp:1 2 of 5 [Rezepte] Hm: Die Suche stürzt ab. (Kim) 11-19 00:00 de -> Kommt bald. 11-20",
        ),
        (
            "Appbot, reviews",
            "Date,App Name,Store,Country,Rating,Subject,Body,Author,Sentiment,Version,Reply,Reply Date\n2026-11-19,Rezepte,ios,de,2,Hm,Die Suche stürzt ab.,Kim,negative,2.1,Kommt bald.,2026-11-20\n",
            "2 of 5 [Rezepte] Hm: Die Suche stürzt ab. (Kim) 11-19 00:00 de -> Kommt bald. 11-20",
        ),
        (
            "eBay, feedback",
            "Rating,Feedback,From,Date,Item Title,Item Number,Reply\nNegative,Kam nie an.,u***r,19-Nov-26,Lampe,1122,Das prüfen wir.\n",
            "-1 of 1 [Lampe] Kam nie an. (u***r) 11-19 00:00 de -> Das prüfen wir.",
        ),
        (
            "ProvenExpert, reviews",
            "Bewertungsdatum;Umfrage;Gesamtbewertung;Name;Bewertungstext;Kommentar des Anbieters\n19.11.2026;Beratung;2,50;Ute;Lange Wartezeit am Telefon.;Wir stellen ein.\n",
            "2.5 of 5 Lange Wartezeit am Telefon. (Ute) 11-19 00:00 de -> Wir stellen ein.",
        ),
        (
            "a collector for the App Store",
            r#"[{"userName":"Kim","review":"Die Suche stürzt ab.","rating":2,"title":"Hm","isEdited":false,"date":"2026-11-19 10:00:00","developerResponse":{"id":5,"body":"Kommt bald.","modified":"2026-11-20T10:00:00Z"}}]"#,
            "2 of 5 Hm: Die Suche stürzt ab. (Kim) 11-19 09:00 de -> Kommt bald. 11-20",
        ),
        (
            "a collector for Google Play",
            r#"[{"id":"gp:2","userName":"Kim","date":"2026-11-19T10:00:00.000Z","score":2,"scoreText":"2","url":"https://x.example","title":null,"text":"Die Suche stürzt ab.","replyDate":"2026-11-20T10:00:00.000Z","replyText":"Kommt bald.","version":"2.1","thumbsUp":3}]"#,
            "gp:2 2 of 5 Die Suche stürzt ab. (Kim) 11-19 10:00 de -> Kommt bald. 11-20",
        ),
        (
            "Amazon, seller feedback",
            "Date\tRating\tComments\tYour Response\tArrived on Time\tItem as Described\tCustomer Service\tOrder ID\tRater Email\n11/19/26\t2\tArrived broken and late.\tWe are sorry.\tNo\tYes\tNo\t111-1\tx@m.example\n",
            "111-1 2 of 5 Arrived broken and late. 11-19 00:00 en -> We are sorry.",
        ),
        (
            "Amazon, seller feedback",
            "Date\tÉvaluation\tCommentaires\tVotre réponse\tNuméro de la commande\n19/11/26\t2\tColis abîmé.\tDésolé.\t402-1\n",
            "402-1 2 of 5 Colis abîmé. 11-19 00:00 -> Désolé.",
        ),
        (
            "Amazon, seller feedback",
            "Data\tValutazione\tCommenti\tLa tua risposta\tNumero ordine\n19/11/26\t2\tPacco rotto.\tCi dispiace.\t403-1\n",
            "403-1 2 of 5 Pacco rotto. 11-19 00:00 -> Ci dispiace.",
        ),
        (
            "Amazon, seller feedback",
            "Fecha\tCalificación\tComentarios\tTu respuesta\tNúmero de pedido\n19/11/26\t2\tLlegó roto.\tLo sentimos.\t404-1\n",
            "404-1 2 of 5 Llegó roto. 11-19 00:00 -> Lo sentimos.",
        ),
        (
            "Amazon, public reviews (2015)",
            "marketplace\tcustomer_id\treview_id\tproduct_id\tproduct_parent\tproduct_title\tproduct_category\tstar_rating\thelpful_votes\ttotal_votes\tvine\tverified_purchase\treview_headline\treview_body\treview_date\nUS\t1\tR1\tB0\t2\tKettle\tKitchen\t2\t0\t0\tN\tY\tLeaks\tIt leaks when tilted.\t2015-08-31\n",
            "R1 2 of 5 [Kettle] Leaks: It leaks when tilted. 08-31 00:00 en",
        ),
    ] {
        let name = if text.starts_with(['[', '{']) {
            "x.json"
        } else {
            "x.csv"
        };
        let (all, about) = read(name, text);
        let item = all[0].item.as_ref().map_or_else(|| all[0].why.clone(), told);
        let found = about[0].shape.unwrap_or("names");
        if (found, item.as_str()) != (shape, wanted) {
            faults.push(format!(
                "{shape}, {found}:\n  {item}\n  {wanted}\n  unused {:?}",
                about[0].unused
            ));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
