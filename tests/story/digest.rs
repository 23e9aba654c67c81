//! What a digest says is what happened: each number is counted once more, by statements that know nothing of the sums
//! that it was read from, after a day on which everything went wrong that can. Told in both chats.

use chrono::TimeDelta;
use standins::sites::faults::Fault;
use zeitnah::domain::people::person::PersonId;
use zeitnah::domain::promise::rules::Rules;
use zeitnah::domain::show::digest::plan::DigestPlan;

use crate::desk::Desk;
use crate::desk::Wish;
use crate::seat::Chat;
use crate::seat::Room;
use crate::seat::Seat;
use crate::seat::Shown;
use crate::seat::Who::Anna;
use crate::seat::Who::Ben;

/// The same digest for two channels, and for Anna alone.
fn three_digests(rules: &mut Rules) {
    let chat = Chat::of(rules);
    let usual = rules.digests[0].clone();
    rules.digests = vec![
        DigestPlan {
            who_answered: true,
            ..usual.clone()
        },
        DigestPlan {
            name: "leitung".into(),
            channel: "leads".into(),
            ..usual.clone()
        },
        DigestPlan {
            name: "anna".into(),
            to: Some(PersonId::new(chat.name(), chat.id(Anna))),
            ..usual
        },
    ];
}

async fn push(desk: &Desk, key: &str, body: serde_json::Value) {
    let (status, said) = desk.push(key, body.to_string()).await;
    assert!((200..300).contains(&status), "{status} {said}");
}

/// All that stands anywhere, direct messages too: the room and the text.
fn said(seat: &Seat) -> Vec<(String, String)> {
    let mut out = Vec::new();
    match seat.chat {
        Chat::Slack => {
            for room in seat.desk.slack.channels() {
                for message in seat.desk.slack.see(&room.id) {
                    seat.desk.slack.see_thread(&room.id, &message.ts);
                    out.push((room.id.clone(), seat.desk.slack.visible_text(&message)));
                }
            }
        }
        Chat::Discord => {
            for room in seat.desk.discord.channels() {
                for message in seat.desk.discord.see(&room.id) {
                    out.push((room.id.clone(), seat.desk.discord.visible_text(&message)));
                }
            }
        }
    }
    out
}

fn digests_in(seat: &Seat, wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let all = said(seat).into_iter();
    all.filter(|(room, text)| wanted(room) && text.contains("Neu insgesamt"))
        .map(|(_, text)| text)
        .collect()
}

/// One channel's numbers in one period, from items, log and cards alone.
struct Recount<'a> {
    desk: &'a Desk,
    channel: &'a str,
    from: &'a str,
    to: &'a str,
}

impl Recount<'_> {
    async fn items(&self, column: &str, and: &str) -> Option<String> {
        let Self {
            channel, from, to, ..
        } = self;
        self.desk
            .row(format!(
                "SELECT ({column})::text FROM item WHERE first_seen_at >= '{from}' AND first_seen_at < '{to}'
                   AND source <> 'practice' AND id IN (SELECT item_id FROM card WHERE channel = '{channel}') AND {and}"
            ))
            .await
    }

    async fn arrived(&self, and: &str) -> i64 {
        self.items("count(*)", and).await.unwrap().parse().unwrap()
    }

    /// Over the answers of the period; `rank` 1 is the first of its item.
    async fn answers(&self, column: &str, and: &str) -> Option<String> {
        let Self {
            channel, from, to, ..
        } = self;
        self.desk
            .row(format!(
                "WITH answer AS (
                     SELECT e.*, rank() OVER (PARTITION BY item_id ORDER BY seq), i.first_seen_at,
                         floor(extract(epoch FROM least(e.at, coalesce((detail ->> 'given')::timestamptz, e.at))
                             - first_seen_at) / 60) AS minutes
                     FROM item_event e JOIN item i ON i.id = e.item_id AND i.source <> 'practice'
                     WHERE what = 'answered_elsewhere' OR (what = 'visible' AND detail ->> 'minutes' IS NOT NULL))
                 SELECT ({column})::text FROM answer WHERE at >= '{from}' AND at < '{to}'
                   AND item_id IN (SELECT item_id FROM card WHERE channel = '{channel}') AND {and}"
            ))
            .await
    }

    async fn answered(&self, and: &str) -> i64 {
        self.answers("count(*)", and).await.unwrap().parse().unwrap()
    }

    async fn percentile(&self, share: &str) -> Option<String> {
        let column = format!("percentile_disc({share}) WITHIN GROUP (ORDER BY minutes)");
        let minutes = self.answers(&column, "rank = 1").await?;
        Some(span(minutes.split('.').next().unwrap().parse().unwrap()))
    }

    async fn mean(&self) -> Option<String> {
        let mean = self
            .items("round(avg((rating ->> 'value')::numeric), 1)", "true")
            .await?;
        Some(mean.replace('.', ","))
    }

    async fn waiting(&self, and: &str) -> i64 {
        let channel = self.channel;
        self.desk
            .row(format!(
                "SELECT count(*) FROM item WHERE handling ->> 'state' IN ('open', 'claimed', 'snoozed')
                   AND source <> 'practice' AND id IN (SELECT item_id FROM card WHERE channel = '{channel}') AND {and}"
            ))
            .await
    }

    async fn handled(&self) -> i64 {
        let Self {
            channel, from, to, ..
        } = self;
        self.desk
            .row(format!(
                "SELECT count(*) FROM item_event e JOIN item i ON i.id = e.item_id
                 WHERE what = 'handled' AND at >= '{from}' AND at < '{to}' AND source <> 'practice'
                   AND item_id IN (SELECT item_id FROM card WHERE channel = '{channel}')"
            ))
            .await
    }

    async fn overdue(&self) -> i64 {
        let Self {
            channel, from, to, ..
        } = self;
        self.desk
            .row(format!(
                "SELECT count(*) FROM item_event e JOIN item i ON i.id = e.item_id
                 WHERE what = 'overdue' AND NOT detail ? 'again' AND at >= '{from}' AND at < '{to}' AND source <> 'practice'
                   AND item_id IN (SELECT item_id FROM card WHERE channel = '{channel}')"
            ))
            .await
    }

    /// What the digest has to say, line by line, after `before`.
    async fn lines(&self, before: &Recount<'_>) -> Vec<String> {
        let mut lines = vec![format!(
            "Neu insgesamt: {}, davor {}",
            self.arrived("true").await,
            before.arrived("true").await
        )];
        for (source, label) in [
            ("google", "Google"),
            ("shop", "Gartenshop"),
            ("forum", "Gartenforum"),
        ] {
            let mut counts = Vec::new();
            for (tone, one, many) in [
                ("praise", "× Lob", "× Lob"),
                ("suggestion", " Vorschlag", " Vorschläge"),
                ("complaint", "× Kritik", "× Kritik"),
                ("question", " Frage", " Fragen"),
                ("neutral", " Beitrag", " Beiträge"),
            ] {
                let n = self
                    .arrived(&format!("source = '{source}' AND tone = '{tone}'"))
                    .await;
                if n > 0 {
                    counts.push(format!("{n}{}", if n == 1 { one } else { many }));
                }
            }
            if !counts.is_empty() {
                lines.push(format!("Neu bei {label}: {}", counts.join(", ")));
            }
        }
        if let Some(mean) = self.mean().await {
            let mut stars = Vec::new();
            for n in (1..=5).rev() {
                let given = self
                    .arrived(&format!("(rating ->> 'value')::numeric = {n}"))
                    .await;
                stars.push(format!("★{n}: {given}"));
            }
            let before = before.mean().await;
            let before = before.map_or(String::new(), |mean| format!(", davor {mean}"));
            lines.push(format!("{mean} von 5 ({}){before}", stars.join(" · ")));
        }
        lines.push(format!(
            "Beantwortet {} (davor {}) · erledigt {} · noch offen {}",
            self.answered("true").await,
            before.answered("true").await,
            self.handled().await,
            self.waiting("true").await,
        ));
        if let (Some(half), Some(most)) = (self.percentile("0.5").await, self.percentile("0.9").await) {
            lines.push(if self.answered("rank = 1").await == 1 {
                format!("Zeit bis zur ersten Antwort: {half}")
            } else {
                format!("Zeit bis zur ersten Antwort: im Median {half}, bei neun von zehn höchstens {most}")
            });
        }
        let kept = self.answered("(detail ->> 'in_time')::boolean").await;
        // Broken when the deadline passed; an answer too late is one only where nobody had noticed that.
        let unnoticed = "NOT (detail ->> 'in_time')::boolean AND NOT EXISTS (
            SELECT FROM item_event o WHERE o.item_id = answer.item_id AND o.what = 'overdue')";
        let all = kept + self.overdue().await + self.answered(unnoticed).await;
        if all > 1 {
            let percent = (kept * 200 + all) / (all * 2);
            lines.push(format!("Frist gehalten: {percent}\u{a0}% ({kept} von {all})"));
        }
        lines
    }

    async fn holds(&self, before: &Recount<'_>, digest: &str, now: &str) {
        for line in self.lines(before).await {
            assert!(digest.contains(&line), "{line:?} is not in\n{digest}");
        }
        let headline = digest.lines().next().unwrap();
        let late = self.waiting(&format!("due_at < '{now}'")).await;
        let late = match late {
            0 => "nichts überfällig".to_owned(),
            1 => "einer überfällig".to_owned(),
            n => format!("{n} überfällig"),
        };
        assert!(headline.contains(&late), "{late:?} is not in {headline:?}");
    }
}

fn span(minutes: i64) -> String {
    let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    let part = |n: i64, unit: &str| (n > 0).then(|| format!("{n} {unit}"));
    let day = if days == 1 { "Tag" } else { "Tage" };
    let parts = if days > 0 {
        [part(days, day), part(hours, "Std.")]
    } else {
        [part(hours, "Std."), part(rest, "Min.")]
    };
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() {
        "weniger als 1 Min.".into()
    } else {
        parts.join(" ")
    }
}

/// Answered, refused, written anew, answered twice, answered elsewhere, handled, edited, removed, only tried.
async fn a_hard_day(desk: &Desk, seat: &Seat<'_>) {
    let angry = desk.review(1, "Mein Anwalt meldet sich bei Ihnen.").await;
    let card = seat.card();
    seat.answer(Anna, &card, "Das tut uns leid.").await;
    desk.google.reject(&angry).unwrap();
    desk.minutes(1).await;
    seat.press(Anna, &card, "Neu schreiben").await;
    seat.submit(Anna, &[("text", "Das tut uns sehr leid.")]).await;
    seat.submit(Anna, &[]).await;
    desk.seconds(30).await;
    desk.google.approve(&angry).unwrap();
    desk.minutes(5).await;

    let kind = desk.review(5, "Prima, gerne wieder.").await;
    let asked = desk.question("Passt der Akku?").await;
    let question = seat.card();
    desk.minutes(50).await;
    seat.answer(Ben, &question, "Ja, passt.").await;
    desk.shop
        .edit(&asked, None, "Passt der Akku auch zur Säge?")
        .unwrap();
    desk.shop.tick().await;
    desk.settle().await;
    desk.minutes(7).await;
    seat.answer(Ben, &question, "Auch zur Säge.").await;
    desk.google.edit(&kind, Some(2), "Doch nicht so gut.").unwrap();
    desk.minutes(5).await;

    let item = |id: &str, rating: i64, up: i64| {
        serde_json::json!({ "id": id, "rating": rating, "body": format!("Text von {id} <!here> @everyone"),
            "votes": { "up": up }, "subject": { "kind": "product", "id": "p1", "name": "Zaunkönig" },
            "published_at": "2026-11-20T08:00:00Z" })
    };
    push(desk, "d1", item("helpful", 5, 3)).await;
    push(desk, "d2", item("more-helpful", 4, 2)).await;
    push(desk, "d3", item("bad", 1, 1)).await;
    push(desk, "d4", item("gone", 3, 90)).await;
    push(desk, "d5", item("answered", 2, 0)).await;
    push(desk, "d6", item("done", 3, 0)).await;
    desk.minutes(20).await;
    // Others find it helpful, and nothing else is new about it.
    push(desk, "d7", item("more-helpful", 4, 12)).await;
    push(desk, "d8", serde_json::json!({ "id": "gone", "removed": true })).await;
    let mut theirs = item("answered", 2, 0);
    theirs["reply"] = serde_json::json!({ "body": "Von uns direkt.", "at": "2026-11-20T10:31:00Z" });
    push(desk, "d9", theirs).await;
    let done = seat.card();
    seat.press(Ben, &done, "Erledigt").await;
    seat.submit(Ben, &[("reason", "other"), ("note", "…")]).await;

    desk.apps[0].desk.practise("care").await.unwrap();
    desk.settle().await;
    let practice: Shown = seat.card();
    seat.answer(Anna, &practice, "Nur geübt.").await;
    desk.apps[0].desk.practise("care").await.unwrap();
    desk.settle().await;
    // This one nobody answers.
    seat.card();
}

async fn every_number_in_it_is_what_a_recount_says(chat: Chat) {
    let desk = Desk::with(Wish {
        replicas: 3,
        held: true,
        tune: three_digests,
        ..chat.wish()
    })
    .await;
    let seat = Seat::new(&desk, chat);
    desk.tick().await;
    a_hard_day(&desk, &seat).await;
    // Some of it is folded, the rest is not.
    desk.apps[1].desk.fold().await.unwrap();
    desk.go("2026-11-20T20:00:00Z", TimeDelta::hours(1)).await;
    desk.question("Wie lange hält er?").await;
    desk.go("2026-11-21T07:00:00Z", TimeDelta::hours(1)).await;

    let (care, leads) = (chat.room(Room::Care), chat.room(Room::Leads));
    let nothing = |channel| Recount {
        desk: &desk,
        channel,
        from: "2026-11-19 07:00Z",
        to: "2026-11-20 07:00Z",
    };
    let first = |channel| Recount {
        desk: &desk,
        channel,
        from: "2026-11-20 07:00Z",
        to: "2026-11-21 07:00Z",
    };
    let told = digests_in(&seat, |room| room == care);
    assert_eq!(told.len(), 1, "three replicas, one digest: {told:#?}");
    insta::assert_snapshot!(chat.named("hard_day"), told[0]);
    first("care")
        .holds(&nothing("care"), &told[0], "2026-11-21 07:00Z")
        .await;
    let names = match chat {
        Chat::Slack => "Ben 2, Anna 1",
        Chat::Discord => "Ben Okafor 2, Anna Berger 1",
    };
    let who = format!("Beantwortet haben: {names}, direkt bei der Quelle 1");
    assert!(told[0].contains(&who), "{}", told[0]);
    assert!(
        told[0].contains("Lob, das 12 Leute hilfreich fanden: „Text von more-helpful <!here> @everyone“"),
        "{}",
        told[0]
    );

    let of_leads = digests_in(&seat, |room| room == leads);
    assert_eq!(of_leads.len(), 1);
    first("leads")
        .holds(&nothing("leads"), &of_leads[0], "2026-11-21 07:00Z")
        .await;
    assert!(
        !of_leads[0].contains("Beantwortet haben"),
        "nobody asked for names there"
    );

    let annas = digests_in(&seat, |room| room != care && room != leads);
    assert_eq!(annas.len(), 1, "to her alone, once");
    first("care")
        .holds(&nothing("care"), &annas[0], "2026-11-21 07:00Z")
        .await;
    assert!(annas[0].contains("Bei dir liegt nichts."), "{}", annas[0]);

    // The next day a number changes that the first digest has told: it is told of that day as it is now.
    push(
        &desk,
        "e1",
        serde_json::json!({ "id": "bad", "rating": 5, "body": "Alles gut inzwischen." }),
    )
    .await;
    desk.review(4, "Sehr schön dort.").await;
    for _ in 0..3 {
        desk.apps[2].desk.fold().await.unwrap();
    }
    let late = seat.card();
    desk.go("2026-11-22T06:00:00Z", TimeDelta::hours(1)).await;
    desk.google.fault(Fault::ServerError { status: 503 }, u32::MAX);
    desk.go("2026-11-22T06:50:00Z", TimeDelta::minutes(10)).await;
    seat.press(Anna, &late, "Übernehmen").await;
    desk.go("2026-11-22T07:00:00Z", TimeDelta::minutes(10)).await;
    desk.google.heal();
    let second = Recount {
        desk: &desk,
        channel: "care",
        from: "2026-11-21 07:00Z",
        to: "2026-11-22 07:00Z",
    };
    let told = digests_in(&seat, |room| room == care);
    assert_eq!(told.len(), 2);
    second.holds(&first("care"), &told[1], "2026-11-22 07:00Z").await;
    let silent = "Google antwortet uns nicht, zuletzt";
    assert!(
        !told[0].contains(silent) && told[1].contains(silent),
        "{}",
        told[1]
    );
    let annas = digests_in(&seat, |room| room != care && room != leads);
    assert!(annas[1].contains("Bei dir liegt ein Beitrag."), "{}", annas[1]);
    let practice: i64 = desk
        .row("SELECT max(number) FROM item WHERE source = 'practice'")
        .await;
    for digest in told.iter().chain(&annas) {
        assert!(!digest.contains(&format!("Nr. {practice}")), "{digest}");
    }
    for who in [Anna, Ben] {
        seat.whispers(who);
    }
    said(&seat);
    desk.finish().await;
}

mod slack {
    #[tokio::test]
    async fn every_number_in_it_is_what_a_recount_says() {
        super::every_number_in_it_is_what_a_recount_says(crate::seat::Chat::Slack).await;
    }
}

mod discord {
    #[tokio::test]
    async fn every_number_in_it_is_what_a_recount_says() {
        super::every_number_in_it_is_what_a_recount_says(crate::seat::Chat::Discord).await;
    }
}

/// One promise was kept, one broke and nobody has answered: it is broken now, and not only once somebody answers. Who
/// answers it later was not late twice.
#[tokio::test]
async fn a_deadline_that_broke_counts_when_it_breaks() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = chat
            .desk(2, |rules| {
                rules.fallback.policy.first_answer = Some(120);
                rules.fallback.policy.marks.clear();
            })
            .await;
        let seat = Seat::new(&desk, chat);
        desk.review(2, "Das wird beantwortet.").await;
        let kept = seat.card();
        seat.answer(Anna, &kept, "Das tut uns leid. – Anna").await;
        desk.review(2, "Das bleibt liegen.").await;
        let broken = seat.card();
        desk.jump("2026-11-20T11:10:00Z").await;
        desk.jump("2026-11-21T07:00:00Z").await;
        let care = chat.room(Room::Care);
        let digests = || digests_in(&seat, |room| room == care);
        let first = digests().remove(0);
        assert!(first.contains("Frist gehalten: 50\u{a0}% (1 von 2)"), "{first}");
        seat.answer(Ben, &broken, "Das tut uns leid. – Ben").await;
        desk.jump("2026-11-22T07:00:00Z").await;
        let second = digests().remove(1);
        assert!(
            second.contains("Beantwortet 1 (davor 1)") && !second.contains("Frist gehalten"),
            "{second}"
        );
        seat.thread(&kept);
        seat.thread(&broken);
        seat.whispers(Anna);
        seat.whispers(Ben);
        desk.finish().await;
    }
}
