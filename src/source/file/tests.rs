//! Exports as people have them, and files that nobody should have.

use std::io::Read;

use proptest::prelude::*;

use crate::domain::caps::Mode;
use crate::domain::item::Kind;
use crate::source::Settings;
use crate::source::file::FileError;
use crate::source::file::Format;
use crate::source::file::LARGEST_ROW;
use crate::source::file::Row;
use crate::source::file::Rows;
use crate::source::google;
use crate::source::push;
use crate::source::tests::at;

fn shop() -> Settings {
    Settings::Push(push::Settings {
        label: "Shop".into(),
        secrets: Vec::new(),
        reply: None,
        scope: None,
    })
}

fn open<R: Read>(file: R, format: Format, resume_at: u64) -> Result<Rows<R>, FileError> {
    Rows::open(file, format, resume_at, "shop", &shop())
}

fn rows(bytes: &[u8], format: Format) -> Vec<Row> {
    open(bytes, format, 0).unwrap().map(Result::unwrap).collect()
}

fn csv(text: &str) -> Vec<Row> {
    rows(text.as_bytes(), Format::Csv)
}

fn why(row: &Row) -> &str {
    row.parsed.as_ref().err().map_or("", String::as_str)
}

#[test]
fn a_spreadsheet_export_is_read_with_its_own_names() {
    let text = "\u{feff}Review ID;Stars;Text;Lang;Reviewer;Product;Helpful;URL;Date;Verified;Filiale\r\n\
                r-1;4,5;\"Gut; aber\r\nlaut \"\"hier\"\"\";de;Jule;S2;3;https://shop.example/r/1;2026-11-21 09:00;ja;Ost\r\n";
    let all = csv(text);
    assert_eq!(
        (all.len(), all[0].line, all[0].end_offset),
        (1, 2, text.len() as u64)
    );
    let item = all[0].parsed.as_ref().unwrap();
    assert_eq!(
        (item.scope.as_str(), item.native_id.as_str(), item.kind),
        ("shop", "r-1", Kind::Review)
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
    assert_eq!(item.caps.mode, Mode::DeepLink);
    assert_eq!(
        (&item.raw["Filiale"], &item.raw["Stars"]),
        (&"Ost".into(), &"4,5".into())
    );
}

#[test]
fn dates_without_an_offset_are_utc() {
    let all =
        csv("id,date\n1,2026-11-21\n2,2026-11-21T09:00:30\n3,2026-11-21T09:00:00+01:00\n4,21.11.2026\n5,\n");
    let when: Vec<_> = all
        .iter()
        .map(|r| r.parsed.as_ref().ok().map(|i| i.published_at))
        .collect();
    let known = [
        "2026-11-21T00:00:00Z",
        "2026-11-21T09:00:30Z",
        "2026-11-21T08:00:00Z",
    ]
    .map(|t| Some(Some(at(t))));
    assert_eq!(when[..3], known);
    assert_eq!(when[4], Some(None));
    assert!(
        why(&all[3]).starts_with("column `date`: expected a date such as"),
        "{}",
        why(&all[3])
    );
}

#[test]
fn a_bad_row_says_what_and_where_and_the_next_one_is_read() {
    let all = rows(
        b"id,stars,text\n1,5\n2,5,a,b\n3,many,x\n,5,x\n\n4,9,x\n5,5,gr\xfc\xdfe\n6,5,\"two\nlines\"\n7,5,ok\n",
        Format::Csv,
    );
    let told: Vec<_> = all.iter().map(|r| (r.line, why(r))).collect();
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
    assert_eq!(told[2], (4, "column `stars`: expected a number, found \"many\""));
    assert_eq!(told[3], (5, "id is missing"));
    assert_eq!(told[4], (7, "rating: 9 does not lie on the scale 1 to 5"));
    assert!(
        told[5].1.starts_with("not UTF-8 at byte 6 of the row"),
        "{told:?}"
    );
    assert_eq!((told[6], told[7]), ((9, ""), (11, "")));
    assert_eq!(
        all[5].raw, b"5,5,gr\xfc\xdfe",
        "the rejects file gets the row as it came"
    );
}

#[test]
fn a_quote_that_never_closes_costs_one_line() {
    let lines = |text: &str| {
        csv(text)
            .iter()
            .map(|r| (r.line, r.parsed.is_ok()))
            .collect::<Vec<_>>()
    };
    let known = [(2, false), (3, true), (4, true)];
    assert_eq!(
        lines("id,text\n1,\"open\n2,fine\n3,\"also\nfine\"\n"),
        known,
        "the next quote is not its end"
    );
    assert_eq!(lines("id,text\n1,\"open\n2,fine\n3,fine\n"), known);
    assert_eq!(
        lines("id,text\n1,\"he said \"hi\" to me\"\n2,fine\n3,5\" wide\n"),
        known
    );
    let all = csv("id,text\n1,\"open\n2,fine\n3,fine\n");
    let told: Vec<_> = all.iter().map(|r| (r.line, r.parsed.is_ok())).collect();
    assert_eq!(told, [(2, false), (3, true), (4, true)]);
    assert_eq!(
        (all[0].raw.as_slice(), why(&all[0]).contains("never closed")),
        (&b"1,\"open"[..], true)
    );
    assert_eq!(
        csv("id,text\n1,\"open")[0].parsed.as_ref().unwrap_err(),
        "a quote is opened and never closed"
    );
}

#[test]
fn a_row_without_end_is_a_bad_row() {
    let long = "x".repeat(LARGEST_ROW + 10);
    for (format, head) in [(Format::Csv, "id,text\n"), (Format::JsonLines, "")] {
        let good = if format == Format::Csv {
            "2,b"
        } else {
            r#"{"id":"2"}"#
        };
        let text = format!("{head}{long}\n{good}\n");
        let all = rows(text.as_bytes(), format);
        assert_eq!(all.len(), 2);
        assert!(all[0].raw.len() <= LARGEST_ROW && why(&all[0]).contains("only its beginning is kept"));
        assert_eq!(all[1].parsed.as_ref().unwrap().native_id, "2");
        assert_eq!(all[1].end_offset, text.len() as u64);
    }
}

#[test]
fn json_lines_are_items_as_in_a_push() {
    let text = "{\"id\":\"1\",\"body\":\"\\ud83d\"}\r\n\n{\"id\":\"2\",\"id\":\"3\"}\n[]\n{\"id\":\"4\",\"rating\":\"5\"}\nx";
    let all = rows(text.as_bytes(), Format::JsonLines);
    assert_eq!(all[0].parsed.as_ref().unwrap().body.as_deref(), Some("\u{fffd}"));
    let told: Vec<_> = all[1..].iter().map(|r| (r.line, why(r))).collect();
    assert!(
        told[0].0 == 3 && told[0].1.starts_with("the key \"id\" stands there twice"),
        "{told:?}"
    );
    assert_eq!(told[1], (4, "the item: expected an object, found array"));
    assert_eq!(
        told[2],
        (5, "rating: expected a number or an object, found string")
    );
    assert_eq!((told[3].0, all[4].end_offset), (6, text.len() as u64));
}

#[test]
fn a_file_that_is_none_says_why() {
    let fault = |bytes: &[u8]| {
        open(bytes, Format::Csv, 0)
            .err()
            .map(|e| e.to_string())
            .unwrap_or_default()
    };
    assert!(fault(b"").contains("empty") && fault(b"\n \n").contains("empty"));
    assert!(fault(b"\xff\xfei\0d\0").contains("UTF-16"));
    assert!(fault(b"name,text\n").contains("no column `id`"));
    assert!(fault(b"id,text,ID\n").contains("`ID` stands there twice"));
    assert!(fault(b"id,t\xe4xt\n").contains("not UTF-8"));
    assert!(matches!(
        open(&b"id\n1\n"[..], Format::Csv, 99),
        Err(FileError::Shorter(99))
    ));
}

#[test]
fn the_format_is_told_by_name_or_beginning() {
    let of = |name: &str, beginning: &str| Format::of(name.as_ref(), beginning.as_bytes());
    assert_eq!(of("a.CSV", "{"), Format::Csv);
    assert_eq!(of("a.jsonl", "id"), Format::JsonLines);
    assert_eq!(of("a.txt", "\u{feff} {\"id\""), Format::JsonLines);
    assert_eq!(of("-", "id,text"), Format::Csv);
}

#[test]
fn an_imported_google_review_belongs_to_its_location() {
    let settings = serde_json::json!({
        "label": "G", "client_id": "c", "client_secret": "s", "refresh_token": "r", "account": "1",
        "locations": [{ "id": "88213" }, { "id": "7" }],
    });
    let settings: google::Settings = serde_json::from_value(settings).unwrap();
    let file = &b"id,subject_id\na,88213\nb,99\nc,\n"[..];
    let rows = Rows::open(file, Format::Csv, 0, "google", &Settings::Google(settings)).unwrap();
    let rows: Vec<_> = rows.map(|r| r.unwrap().parsed).collect();
    let first = rows[0].as_ref().unwrap();
    assert_eq!((first.scope.as_str(), first.caps.mode), ("88213", Mode::Api));
    assert!(
        rows[1..]
            .iter()
            .all(|r| r.as_ref().is_err_and(|e| e.contains("configured locations")))
    );
}

/// Gives one byte at a time, as a slow pipe does.
struct Slow<'a>(&'a [u8]);

impl Read for Slow<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let n = self.0.len().min(into.len()).min(1);
        into[..n].copy_from_slice(&self.0[..n]);
        self.0 = &self.0[n..];
        Ok(n)
    }
}

fn told(rows: impl Iterator<Item = std::io::Result<Row>>) -> Vec<(u64, u64, Vec<u8>, String)> {
    rows.map(|r| r.unwrap())
        .map(|r| (r.line, r.end_offset, r.raw, format!("{:?}", r.parsed)))
        .collect()
}

proptest! {
    #[test]
    fn an_import_resumed_anywhere_reads_the_same_rest(
        body in "([a-c1-3]{0,3}[,\"\n\r]){0,30}",
        json in any::<bool>(),
    ) {
        let format = if json { Format::JsonLines } else { Format::Csv };
        let text = format!("id,text\n{body}");
        let whole = told(open(text.as_bytes(), format, 0).unwrap());
        prop_assert_eq!(&told(open(Slow(text.as_bytes()), format, 0).unwrap()), &whole);
        for (done, row) in whole.iter().enumerate() {
            let rest = told(open(text.as_bytes(), format, row.1).unwrap());
            prop_assert_eq!(rest.as_slice(), &whole[done + 1..]);
        }
    }

    #[test]
    fn what_the_csv_crate_writes_is_read_back(texts in proptest::collection::vec("[a-z\",;\n\t äß]{1,12}", 1..8)) {
        let mut writer = ::csv::Writer::from_writer(Vec::new());
        writer.write_record(["id", "text"]).unwrap();
        for (id, text) in texts.iter().enumerate() {
            writer.write_record([id.to_string().as_str(), text]).unwrap();
        }
        let file = writer.into_inner().unwrap();
        let all = rows(&file, Format::Csv);
        let read: Vec<_> = all.iter().map(|r| r.parsed.as_ref().unwrap().body.clone().unwrap_or_default()).collect();
        let wanted: Vec<_> = texts.iter().map(|t| if t.trim().is_empty() { "" } else { t }).collect();
        prop_assert_eq!(read, wanted);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), json in any::<bool>()) {
        let format = if json { Format::JsonLines } else { Format::Csv };
        let file = [b"id,\"stars\",date\n".as_slice(), &bytes].concat();
        let mut end = 0;
        for row in open(file.as_slice(), format, 0).unwrap() {
            let row = row.unwrap();
            prop_assert!(row.end_offset > end && row.end_offset <= file.len() as u64);
            end = row.end_offset;
        }
        let _header = open(bytes.as_slice(), format, 0).map(|rows| rows.count());
    }
}
