//! Calendar files as programs write them, and as nobody should.

use proptest::prelude::*;

use super::*;

const BERLIN: Tz = Tz::Europe__Berlin;

fn file(events: &[&str]) -> String {
    let events = events.iter().map(|event| {
        format!(
            "BEGIN:VEVENT\r\n{}\r\nEND:VEVENT\r\n",
            event.replace('\n', "\r\n")
        )
    });
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{}END:VCALENDAR\r\n",
        events.collect::<String>()
    )
}

/// `Anna 2026-11-02T18:00:00 14h Europe/Berlin`, each time it comes in 2026.
fn read(text: &str) -> Vec<String> {
    let ics = parse(text, BERLIN).unwrap();
    assert_eq!(ics.odd, []);
    let year = (
        NaiveDate::from_yo_opt(2026, 1).unwrap().into(),
        NaiveDate::from_yo_opt(2027, 1).unwrap().into(),
    );
    let mut out = vec![];
    for event in ics.events {
        let (starts, rest) = match event.when {
            When::Days { starts, days } => (starts, format!("{days}d")),
            When::Times { starts, zone, length } => (starts, format!("{}h {zone}", length.num_hours())),
        };
        let shown = starts.starts(year.0, year.1).into_iter();
        out.extend(shown.map(|at| format!("{} {} {rest}", event.name, at.format("%m-%d %H:%M"))));
    }
    out
}

fn odd(event: &str) -> String {
    let ics = parse(&file(&[event]), BERLIN).unwrap();
    let [(name, why)] = &ics.odd[..] else {
        panic!("understood: {:?}", ics.events)
    };
    format!("{name}: {why}")
}

#[test]
fn days_and_times_are_read_with_their_zones() {
    assert_eq!(
        read(&file(&[
            "SUMMARY:Heilig\\, Abend\nDTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261227",
            "SUMMARY:One day\nDTSTART;VALUE=DATE:20260501",
            "SUMMARY:Each\nDTSTART;VALUE=DATE:20200229\nRRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=1",
            "SUMMARY:Floating\nDTSTART:20261102T180000\nDTEND:20261103T080000",
            "SUMMARY:Universal\nDTSTART:20261102T180000Z\nDURATION:P1DT12H",
            "SUMMARY:Zoned\nDTSTART;TZID=America/New_York:20261102T180000\nDTEND;TZID=Europe/Berlin:20261103T060000",
            "SUMMARY:Outlook\nDTSTART;TZID=\"W. Europe Standard Time\":20261102T180000\nDURATION:PT2H",
            "SUMMARY:Mozilla\nDTSTART;TZID=/mozilla.org/20050126_1/Europe/Vienna:20261102T180000\nDURATION:PT2H",
            "SUMMARY:Gone\nSTATUS:CANCELLED\nDTSTART;VALUE=DATE:20260501",
        ])),
        [
            "Heilig, Abend 12-24 00:00 3d",
            "One day 05-01 00:00 1d",
            "Each 03-01 00:00 1d",
            "Floating 11-02 18:00 14h Europe/Berlin",
            "Universal 11-02 18:00 36h UTC",
            "Zoned 11-02 18:00 6h America/New_York",
            "Outlook 11-02 18:00 2h Europe/Berlin",
            "Mozilla 11-02 18:00 2h Europe/Vienna",
        ]
    );
}

#[test]
fn a_series_leaves_out_what_was_called_off_moved_or_ended() {
    let series = "UID:1\nSUMMARY:Anna\nDTSTART;TZID=Europe/Berlin:20261102T180000\nDTEND;TZID=Europe/Berlin:20261103T080000\n\
                  RRULE:FREQ=WEEKLY;UNTIL=20261207T170000Z\nEXDATE;TZID=Europe/Berlin:20261109T180000\nEXDATE:20261116T170000Z";
    let swapped = "UID:1\nSUMMARY:Ben\nRECURRENCE-ID;TZID=Europe/Berlin:20261123T180000\n\
                   DTSTART;TZID=Europe/Berlin:20261123T190000\nDTEND;TZID=Europe/Berlin:20261124T080000";
    assert_eq!(
        read(&file(&[series, swapped])),
        [
            "Anna 11-02 18:00 14h Europe/Berlin",
            "Anna 11-30 18:00 14h Europe/Berlin",
            "Anna 12-07 18:00 14h Europe/Berlin",
            "Ben 11-23 19:00 13h Europe/Berlin",
        ]
    );
}

#[test]
fn folded_lines_other_line_ends_and_a_mark_in_front_are_no_trouble() {
    let event =
        "SUMMARY:A long\n  name\nDTSTART;VALUE=DATE:2026\n 0501\nBEGIN:VALARM\nTRIGGER:-PT15M\nEND:VALARM";
    let expected = ["A long name 05-01 00:00 1d"];
    assert_eq!(read(&file(&[event])), expected);
    assert_eq!(
        read(&format!("\u{feff}{}", file(&[event]).replace("\r\n", "\n"))),
        expected
    );
    assert_eq!(read(&file(&[event]).replacen("\r\n", "\n", 5)), expected);
}

#[test]
fn an_event_that_is_not_understood_is_named_with_the_reason() {
    assert_eq!(odd("SUMMARY:A"), "A: it has no start");
    assert_eq!(odd("DTSTART:20261102T180000"), "(no title): it has no end");
    assert_eq!(
        odd("SUMMARY:A\nDTSTART:tomorrow"),
        "A: its DTSTART \"tomorrow\" is not understood"
    );
    assert_eq!(
        odd("SUMMARY:A\nDTSTART;TZID=Moon/Sea:20261102T180000\nDURATION:PT1H"),
        "A: its time zone \"Moon/Sea\" is not known"
    );
    let start = "SUMMARY:A\nDTSTART:20261102T180000\n";
    for (rest, why) in [
        ("DTEND:20261102T180000", "it has no length"),
        ("DTEND:20261102T170000", "it has no length"),
        ("DURATION:P9999D", "one of more than a year"),
        ("DURATION:soon", "its duration"),
        (
            "DTEND;VALUE=DATE:20261103",
            "its start is a day and its end a time",
        ),
        (
            "DURATION:PT1H\nRRULE:FREQ=SECONDLY",
            "its repetition \"FREQ=SECONDLY\"",
        ),
        (
            "DURATION:PT1H\nRRULE:FREQ=DAILY\nRRULE:FREQ=WEEKLY",
            "in several ways",
        ),
        ("DURATION:PT1H\nEXDATE:never", "its EXDATE"),
        (
            "DURATION:PT1H\nRECURRENCE-ID;RANGE=THISANDFUTURE:20261102T180000",
            "all that follow",
        ),
    ] {
        let told = odd(&format!("{start}{rest}"));
        assert!(told.contains(why), "{told}");
    }
    assert!(odd("SUMMARY:A\nDTSTART;VALUE=DATE:00010101").contains("1970"));
}

#[test]
fn what_is_no_calendar_is_refused() {
    for (text, why) in [
        ("", "is no calendar"),
        ("<!DOCTYPE html><html>Sign in</html>", "is no calendar"),
        ("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "holds no event"),
        (
            "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:half a fi",
            "is no calendar",
        ),
    ] {
        assert_eq!(parse(text, BERLIN).err().as_deref(), Some(why), "{text}");
    }
    let nested = "BEGIN:X\r\n".repeat(100_000);
    assert_eq!(
        parse(&nested, BERLIN).err().unwrap(),
        "nests its parts too deeply"
    );
    let many = file(&vec!["DTSTART;VALUE=DATE:20260501"; MOST_EVENTS + 1]);
    assert_eq!(parse(&many, BERLIN).err().unwrap(), "holds more than 5000 events");
}

#[test]
fn a_large_file_is_read_in_moments() {
    let filler = format!(
        "SUMMARY:A\nDTSTART;VALUE=DATE:20260501\nDESCRIPTION:{}",
        "x".repeat(300)
    );
    let text = file(&vec![filler.as_str(); 4_000]).replace("\r\n", "\n");
    let began = std::time::Instant::now();
    assert_eq!(parse(&text, BERLIN).unwrap().events.len(), 4_000);
    assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_file_makes_it_panic(cut in 0..600usize, with in "[A-Z:;=,\\-\\r\\n 0-9é]{0,12}") {
        let whole = file(&[
            "UID:1\nSUMMARY:Anna\nDTSTART;TZID=Europe/Berlin:20261102T180000\nDTEND:20261103T080000Z\nRRULE:FREQ=WEEKLY;COUNT=9\nEXDATE:20261116T170000Z",
            "UID:1\nRECURRENCE-ID:20261123T180000\nDTSTART;VALUE=DATE:20261224\nDURATION:P3D",
        ]);
        let cut = cut % whole.len();
        let _ = parse(&whole[..cut], BERLIN);
        let _ = parse(&format!("{}{with}{}", &whole[..cut], &whole[cut..]), BERLIN);
    }
}
