//! What operators see: whether a replica is ready and why not, its figures, and the story of one item.

use chrono::TimeDelta;
use standins::sites::faults::Fault as SiteFault;
use standins::slack::Fault;
use standins::slack::Kind as SlackKind;
use standins::slack::Mode;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use zeitnah::domain::item::policy::Mark;
use zeitnah::domain::show::closure::Closed;
use zeitnah::domain::show::closure::Closure;
use zeitnah::domain::time::calendar::Quiet;
use zeitnah::port::clock::Clock as _;
use zeitnah::store::outbox;
use zeitnah::telemetry::Scrape;
use zeitnah::telemetry::catalogue;
use zeitnah::telemetry::catalogue::FigureKind;

use crate::desk::ANNA;
use crate::desk::CARE;
use crate::desk::Desk;
use crate::desk::GAST;
use crate::desk::Wish;
use crate::desk::at;

/// A listener for operators beside the first replica's, and the page's collector, which is this thread's.
async fn operators(desk: &mut Desk, scrape: Scrape) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    desk.apps[0].watched_at(Some(listener), scrape);
    let answering = desk.apps[0].answer_operators(CancellationToken::new()).unwrap();
    tokio::spawn(answering);
    address
}

async fn ready(desk: &Desk, at: &str) -> (u16, serde_json::Value) {
    // Whoever asks within the second gets the same answer.
    desk.clock.advance(TimeDelta::seconds(1));
    let answer = desk.http.get(format!("{at}/health/ready")).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn page(desk: &Desk, at: &str) -> String {
    desk.clock.advance(TimeDelta::seconds(1));
    let answer = desk.http.get(format!("{at}/metrics")).send().await.unwrap();
    assert_eq!(
        answer.headers()["content-type"],
        "text/plain; version=0.0.4; charset=utf-8"
    );
    answer.text().await.unwrap()
}

fn reasons(body: &serde_json::Value) -> Vec<String> {
    serde_json::from_value(body["reasons"].clone()).unwrap()
}

#[tokio::test]
async fn a_chat_that_calls_us_is_counted_from_before_its_first_call() {
    let (scrape, recorder) = Scrape::open().unwrap();
    let _collected = metrics::set_default_local_recorder(&recorder);
    let mut desk = Desk::open().await;
    let operators = operators(&mut desk, scrape).await;
    let line = |result: &str, n: u32| {
        format!("zeitnah_chat_calls_total{{chat=\"slack\",result=\"{result}\"}} {n}\n")
    };
    let figures = page(&desk, &operators).await;
    for result in ["taken", "refused", "failed"] {
        assert!(figures.contains(&line(result, 0)), "{result}: {figures}");
    }
    assert!(
        !figures.contains("zeitnah_sockets_connected{"),
        "there is no line that could be lost"
    );
    // Somebody who is not Slack, or Slack after its secret was changed.
    let stranger = desk
        .http
        .post(format!("{}/slack/events", desk.hooks[0]))
        .body("{}");
    assert_eq!(stranger.send().await.unwrap().status().as_u16(), 401);
    desk.review(2, "Die Klinge klemmt.").await;
    let card = desk.card();
    desk.press(ANNA, &card, "Übernehmen").await;
    desk.thread(&card);
    let figures = page(&desk, &operators).await;
    assert!(figures.contains(&line("refused", 1)), "{figures}");
    assert!(figures.contains(&line("taken", 1)), "{figures}");
    desk.finish().await;
}

#[tokio::test]
async fn a_replica_in_order_is_ready_and_tells_its_figures_to_operators_only() {
    let mut desk = Desk::open().await;
    let (scrape, _recorder) = Scrape::open().unwrap();
    let operators = operators(&mut desk, scrape).await;
    desk.minutes(5).await;
    let (status, body) = ready(&desk, &desk.hooks[0]).await;
    assert_eq!(
        (status, body.to_string().as_str()),
        (200, r#"{"ready":true,"reasons":[]}"#)
    );
    let (status, body) = ready(&desk, &operators).await;
    assert_eq!(status, 200);
    assert_eq!(body["outbox"]["due"], 0);
    assert_eq!(body["sources"]["google"]["failures"], 0);
    assert_eq!(
        body["sources"]["shop"],
        serde_json::Value::Null,
        "nobody polls it"
    );
    let hooks = desk
        .http
        .get(format!("{}/metrics", desk.hooks[0]))
        .send()
        .await
        .unwrap();
    assert_eq!(hooks.status().as_u16(), 404, "figures are not for the world");
    desk.finish().await;
}

#[tokio::test]
async fn without_its_database_a_replica_is_not_ready_and_its_figures_say_so() {
    let mut desk = Desk::open().await;
    let (scrape, recorder) = Scrape::open().unwrap();
    let _collected = metrics::set_default_local_recorder(&recorder);
    let operators = operators(&mut desk, scrape).await;
    assert_eq!(ready(&desk, &operators).await.0, 200);
    crate::database::drop(&desk.database).await;
    let (status, body) = ready(&desk, &desk.hooks[0]).await;
    assert_eq!(status, 503);
    assert_eq!(reasons(&body), ["the database does not answer"]);
    let live = desk
        .http
        .get(format!("{}/health/live", desk.hooks[0]))
        .send()
        .await
        .unwrap();
    assert_eq!(
        live.status().as_u16(),
        200,
        "restarting us would not bring it back"
    );
    let page = page(&desk, &operators).await;
    for line in [
        "zeitnah_database_up 0",
        "zeitnah_outbox_age_seconds NaN",
        "zeitnah_effects{state=\"unknown\"} NaN",
    ] {
        assert!(page.contains(line), "{line} is not in\n{page}");
    }
}

#[tokio::test]
async fn an_outbox_that_does_not_move_is_not_ready_but_one_that_waits_its_turn_is() {
    let desk = Desk::open().await;
    desk.question("Kann man die Klinge nachschleifen?").await;
    let card = desk.card();
    assert!(desk.slack.press(ANNA, CARE, &card.ts, "Übernehmen").await.acked);
    desk.worked().await;
    desk.clock.advance(TimeDelta::seconds(118));
    assert_eq!(ready(&desk, &desk.hooks[0]).await.0, 200);
    let (status, body) = ready(&desk, &desk.hooks[0]).await;
    assert_eq!(status, 503);
    assert_eq!(
        reasons(&body),
        ["the outbox is stuck: what could be done 120 s ago is not done"]
    );
    // A far side that asks for patience is no fault of ours.
    let paces: Vec<String> = desk
        .rows("SELECT DISTINCT pace FROM effect WHERE state = 'ready'")
        .await;
    let later = desk.clock.now() + TimeDelta::minutes(10);
    for pace in paces {
        outbox::slow_down(desk.store.pool(), &pace, later).await.unwrap();
    }
    assert_eq!(ready(&desk, &desk.hooks[0]).await.0, 200);
    desk.minutes(11).await;
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn a_replica_whose_sockets_are_down_is_not_ready() {
    let mut desk = Desk::with(Wish {
        socket: true,
        ..Wish::default()
    })
    .await;
    let (scrape, _recorder) = Scrape::open().unwrap();
    let operators = operators(&mut desk, scrape).await;
    let (status, body) = ready(&desk, &operators).await;
    assert_eq!(status, 503);
    assert_eq!(reasons(&body), ["none of 1 sockets to slack is connected"]);
    desk.slack.set_mode(Mode::Socket);
    let line = desk.hold_lines();
    assert!(desk.slack.connected(1).await);
    // The hello is on its way.
    let mut last = ready(&desk, &operators).await;
    for _ in 0..200 {
        if last.0 == 200 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        last = ready(&desk, &operators).await;
    }
    assert_eq!(last.0, 200);
    assert_eq!(last.1["sockets"]["slack"]["up"], 1);
    line.cancel();
    desk.finish().await;
}

#[tokio::test]
async fn whatever_a_chat_keeps_closed_is_shown_with_until_when() {
    use standins::discord;
    let mut desk = Desk::with(crate::seat::Chat::Discord.wish()).await;
    let (scrape, recorder) = Scrape::open().unwrap();
    let _collected = metrics::set_default_local_recorder(&recorder);
    let operators = operators(&mut desk, scrape).await;
    let labels = [("chat", "discord"), ("what", "token")];
    let page_before = page(&desk, &operators).await;
    assert_eq!(value(&page_before, "zeitnah_closed_seconds", &labels), Some(0.0));

    desk.discord
        .fault(discord::Fault::new(discord::Kind::Unauthorized).always());
    desk.review(2, "Eins.").await;
    let (status, body) = ready(&desk, &operators).await;
    assert_eq!(status, 200, "hooks are taken all the same");
    let closed = &body["closed"][0];
    assert_eq!(
        (&closed["chat"], &closed["what"]),
        (&"discord".into(), &"token".into())
    );
    assert!(closed["why"].as_str().unwrap().contains("401"), "{closed}");
    let until: chrono::DateTime<chrono::Utc> = closed["until"].as_str().unwrap().parse().unwrap();
    let left = (until - desk.clock.now()).num_seconds();
    assert!((280..=300).contains(&left), "{left}");
    let page_now = page(&desk, &operators).await;
    let left = value(&page_now, "zeitnah_closed_seconds", &labels).unwrap();
    assert!((280.0..=300.0).contains(&left), "{left}");

    // Somebody had another one before, and put this one in its place.
    let other = Closure {
        chat: "discord".into(),
        what: Closed::Token,
        name: String::new(),
        why: "get user: 401".into(),
    };
    let in_minutes = desk.clock.now() + TimeDelta::minutes(5);
    outbox::shut(desk.store.pool(), "discord:token:other", in_minutes, &other)
        .await
        .unwrap();

    // Whoever starts us may have put it right, and need not wait.
    desk.discord.heal();
    desk.apps[0].greet().await.unwrap();
    let (_, body) = ready(&desk, &operators).await;
    assert_eq!(body["closed"], serde_json::json!([]));
    // Nor does what was told to wait.
    desk.settle().await;
    let seat = crate::seat::Seat::new(&desk, crate::seat::Chat::Discord);
    assert_eq!(seat.all(crate::seat::Room::Care).len(), 1);
    desk.finish().await;
}

#[tokio::test]
async fn what_slack_refused_is_asked_for_again_at_once_when_its_token_is_taken() {
    let desk = Desk::open().await;
    desk.slack.fault(
        Fault::new(SlackKind::RefusedToken)
            .on("chat.postMessage")
            .always(),
    );
    desk.review(2, "Eins.").await;
    desk.minutes(1).await;
    let refused = "SELECT count(*) FROM rate WHERE shut IS NOT NULL";
    assert_eq!(desk.row::<i64>(refused).await, 1);
    desk.slack.heal();
    desk.settle().await;
    assert_eq!(desk.slack.see(CARE).len(), 0, "it waits for its next try");
    assert_eq!(desk.apps[0].desk.reopen("slack").await.unwrap(), 1);
    desk.settle().await;
    assert_eq!(desk.slack.see(CARE).len(), 1);
    assert_eq!(desk.row::<i64>(refused).await, 0);
    desk.whispers(crate::desk::CARLA);
    desk.finish().await;
}

/// A value of the page; the labels in any order.
fn value(page: &str, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
    samples(page)
        .into_iter()
        .find(|s| {
            s.name == name
                && labels.len() == s.labels.len()
                && labels
                    .iter()
                    .all(|(k, v)| s.labels.iter().any(|(a, b)| a == k && b == v))
        })
        .map(|s| s.value)
}

struct Sample {
    name: String,
    labels: Vec<(String, String)>,
    value: f64,
}

/// Our own labels have no quotes, commas or braces in them, which this relies on and would fail on.
fn samples(page: &str) -> Vec<Sample> {
    let lines = page.lines().filter(|l| !l.is_empty() && !l.starts_with('#'));
    lines
        .map(|line| {
            let (series, value) = line.rsplit_once(' ').unwrap();
            let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
            let labels = labels.strip_suffix('}').unwrap();
            let labels = labels.split(',').filter(|l| !l.is_empty());
            Sample {
                name: name.to_owned(),
                labels: labels
                    .map(|l| {
                        let (key, value) = l.split_once('=').unwrap();
                        (key.to_owned(), value.trim_matches('"').to_owned())
                    })
                    .collect(),
                value: value.parse().unwrap(),
            }
        })
        .collect()
}

#[tokio::test]
async fn a_day_with_faults_is_counted_and_the_figures_hold_no_words_names_or_secrets() {
    let (scrape, recorder) = Scrape::open().unwrap();
    let _collected = metrics::set_default_local_recorder(&recorder);
    let mut desk = Desk::open().await;
    let operators = operators(&mut desk, scrape).await;

    desk.slack.fault(Fault::rate_limit("chat.postMessage", 7));
    desk.google.fault(SiteFault::ServerError { status: 500 }, 1);
    let review = desk.review(2, "Apfelkuchengeheimnis, nie wieder.").await;
    desk.minutes(5).await;
    desk.seconds(10).await;
    let card = desk.card();
    desk.press(ANNA, &card, "Übernehmen").await;
    desk.press(GAST, &card, "Eskalieren").await;
    desk.command(ANNA, "gibtsnicht <!channel> Rhabarbergrütze").await;
    desk.google.fault(SiteFault::AnswerLost, 1);
    desk.answer(ANNA, &card, "Birnenkompottantwort von uns.").await;
    desk.minutes(1).await;
    desk.minutes(1).await;
    assert!(desk.google.public(&review).unwrap().reply.is_some());
    let (status, _) = desk
        .deliver(0, "Pflaumenmus{evil=\"1\"}", &[], "Pflaumenmus")
        .await;
    assert_eq!(status, 404);
    assert_eq!(desk.deliver(0, "forum", &[], "Pflaumenmus").await.0, 401);
    // A question that nobody answers in time, and a digest.
    desk.question("Wo bleibt die Quittenmarmelade?").await;
    desk.advance(TimeDelta::hours(22) + TimeDelta::seconds(3)).await;
    desk.advance(TimeDelta::hours(2) + TimeDelta::seconds(1)).await;

    let page = page(&desk, &operators).await;
    let is = |name: &str, labels: &[(&str, &str)]| {
        value(&page, name, labels).unwrap_or_else(|| panic!("no {name} {labels:?} in\n{page}"))
    };
    assert_eq!(
        is(
            "zeitnah_items_received_total",
            &[("source", "google"), ("kind", "review"), ("news", "new")]
        ),
        1.0
    );
    assert_eq!(
        is(
            "zeitnah_items_received_total",
            &[("source", "shop"), ("kind", "question"), ("news", "new")]
        ),
        1.0
    );
    let hook = |source, result| {
        is(
            "zeitnah_hook_deliveries_total",
            &[("source", source), ("result", result)],
        )
    };
    assert_eq!(hook("none", "unknown_source"), 1.0);
    assert_eq!(hook("forum", "unsigned"), 1.0);
    assert_eq!(hook("shop", "taken"), 1.0);
    assert_eq!(
        is(
            "zeitnah_source_polls_total",
            &[("source", "google"), ("result", "failed")]
        ),
        1.0
    );
    let press = |verb, outcome| is("zeitnah_presses_total", &[("verb", verb), ("outcome", outcome)]);
    assert_eq!(press("take", "changed"), 1.0);
    assert_eq!(press("escalate", "forbidden"), 1.0);
    assert_eq!(press("help", "told"), 1.0);
    assert_eq!(press("reply", "changed"), 1.0);
    assert_eq!(press("form_write", "changed"), 1.0);
    assert_eq!(press("form_send", "changed"), 1.0);
    assert_eq!(
        is(
            "zeitnah_press_acknowledged_seconds_count",
            &[("chat", "slack"), ("kind", "form")]
        ),
        2.0
    );
    assert_eq!(
        is(
            "zeitnah_form_opened_seconds_count",
            &[("chat", "slack"), ("result", "opened")]
        ),
        1.0
    );
    let slow = [("far", "slack"), ("method", "chat.postMessage")];
    assert_eq!(is("zeitnah_rate_limits_total", &slow), 1.0);
    assert_eq!(is("zeitnah_rate_limit_wait_seconds_total", &slow), 7.0);
    let tries = |kind, outcome| {
        is(
            "zeitnah_effect_tries_total",
            &[("kind", kind), ("outcome", outcome)],
        )
    };
    assert_eq!(tries("publish_reply", "unknown"), 1.0);
    assert_eq!(tries("publish_reply", "found"), 1.0);
    assert_eq!(
        is(
            "zeitnah_unknown_resolved_total",
            &[("kind", "publish_reply"), ("how", "settled")]
        ),
        1.0
    );
    let late = |part, warning| {
        let name = format!("zeitnah_deadline_lateness_seconds_{part}");
        is(&name, &[("warning", warning)])
    };
    assert_eq!((late("count", "reminder"), late("sum", "reminder")), (1.0, 3.0));
    assert_eq!((late("count", "overdue"), late("sum", "overdue")), (1.0, 4.0));
    assert!(is("zeitnah_timer_lateness_seconds_count", &[("kind", "due")]) >= 1.0);
    assert!(is("zeitnah_digests_total", &[("digest", "morgens")]) >= 1.0);
    assert_eq!(is("zeitnah_items_overdue", &[]), 1.0);
    assert_eq!(is("zeitnah_items_open", &[("state", "open")]), 1.0);
    assert_eq!(is("zeitnah_effects", &[("state", "unknown")]), 0.0);
    assert_eq!(is("zeitnah_outbox_age_seconds", &[]), 0.0);
    assert_eq!(is("zeitnah_database_up", &[]), 1.0);

    for sample in samples(&page) {
        let of = catalogue::ALL.iter().find(|m| named(m, &sample.name));
        let metric = of.unwrap_or_else(|| panic!("{} is not in the catalogue", sample.name));
        let labels: Vec<&str> = sample.labels.iter().map(|(k, _)| k.as_str()).collect();
        let labels: Vec<&str> = labels.into_iter().filter(|l| *l != "le").collect();
        assert_eq!(labels, metric.labels, "{}", sample.name);
        assert!(page.contains(&format!("# HELP {} ", metric.name)));
        for (key, value) in &sample.labels {
            assert!(
                value
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "_-.+".contains(c)),
                "{key}={value:?} is no word of ours"
            );
        }
    }
    let secret = standins::slack::Settings::default();
    for hidden in [
        "Apfelkuchen",
        "Birnenkompott",
        "Pflaumenmus",
        "Quitten",
        "Rhabarber",
        "Jule",
        "Anna",
        "U0ANNA",
        &secret.bot_token,
        &secret.signing_secret,
    ] {
        assert!(!page.contains(hidden), "{hidden} stands in the figures:\n{page}");
    }
    for card in desk.slack.see(CARE) {
        desk.thread(&card);
    }
    desk.whispers(ANNA);
    desk.whispers(GAST);
    desk.finish().await;
}

pub fn named(metric: &catalogue::Metric, sample: &str) -> bool {
    let rest = sample.strip_prefix(metric.name);
    match metric.kind {
        FigureKind::Histogram(_) => matches!(rest, Some("_bucket" | "_sum" | "_count")),
        FigureKind::Counter | FigureKind::Gauge => rest == Some(""),
    }
}

#[tokio::test]
async fn why_tells_a_lost_answer_an_escalation_and_a_rate_limit() {
    let desk = Desk::open().await;
    desk.slack.fault(Fault::rate_limit("chat.postMessage", 30));
    desk.review(2, "Nette Beratung, aber 40 Minuten Wartezeit.").await;
    desk.seconds(31).await;
    let card = desk.card();
    desk.press(ANNA, &card, "Eskalieren").await;
    desk.submit(ANNA, &[("to", "leitung"), ("why", "Kunde droht mit Anwalt")])
        .await;
    desk.minutes(2).await;
    desk.press(ANNA, &card, "Antworten").await;
    desk.submit(ANNA, &[("text", "Hallo Jule, das war zu lang.")])
        .await;
    desk.google.fault(SiteFault::AnswerLost, 1);
    desk.submit(ANNA, &[]).await;
    let under_way = desk.apps[0].desk.story("1").await.unwrap().unwrap();
    insta::assert_snapshot!("why_under_way", steady(under_way));
    desk.seconds(30).await;
    desk.seconds(2).await;
    desk.minutes(1).await;
    let told = desk.apps[0].desk.story("#1").await.unwrap().unwrap();
    insta::assert_snapshot!("why_answered", steady(told));
    assert_eq!(desk.apps[0].desk.story("2").await.unwrap(), None);
    assert_eq!(desk.apps[0].desk.story("' OR 1=1").await.unwrap(), None);
    desk.everything();
    desk.finish().await;
}

/// The story tells what was decided, what was held back, what left and what did not, each with its own time.
#[tokio::test]
async fn why_tells_when_a_reminder_was_held_back_and_when_it_left() {
    let desk = Desk::with(Wish {
        tune: |rules| {
            rules.digests.clear();
            rules.fallback.policy.marks = vec![Mark::Left(23 * 60)];
            for channel in rules.channels.values_mut() {
                channel.quiet = Quiet::parse("10:30-18:00");
            }
        },
        ..Wish::default()
    })
    .await;
    // Due on Saturday at 10:00 in Berlin; the reminder falls into the quiet hours of Friday.
    desk.review(2, "Nette Beratung, aber 40 Minuten Wartezeit.").await;
    let kept = desk.card();
    desk.review(2, "Das wird vorher beantwortet.").await;
    let answered = desk.card();
    desk.jump("2026-11-20T10:05:39Z").await;
    desk.answer(ANNA, &answered, "Das tut uns leid. – Anna").await;
    desk.jump("2026-11-20T17:25:00Z").await;
    desk.minutes(1).await;
    assert_eq!(desk.thread(&kept).len(), 1);
    let mut told = Vec::new();
    for number in ["1", "2"] {
        told.extend(desk.apps[0].desk.story(number).await.unwrap());
    }
    insta::assert_snapshot!(
        "why_held_back",
        told.into_iter().map(steady).collect::<Vec<_>>().join("\n\n")
    );
    desk.everything();
    desk.finish().await;
}

/// What was written two years ago says so.
#[tokio::test]
async fn why_names_the_year() {
    let desk = Desk::open().await;
    desk.clock.set(at("2024-11-01T09:00:00Z"));
    desk.review(2, "Nette Beratung, aber 40 Minuten Wartezeit.").await;
    let card = desk.card();
    desk.press(ANNA, &card, "Übernehmen").await;
    desk.answer(ANNA, &card, "Das tut uns leid. – Anna").await;
    desk.clock.set(at("2026-11-20T09:00:00Z"));
    let story = desk.apps[0].desk.story("1").await.unwrap().unwrap();
    let undated = story
        .iter()
        .filter(|line| line.contains("Nov") && !line.contains("2024"));
    assert_eq!(undated.collect::<Vec<_>>(), Vec::<&String>::new(), "{story:#?}");
    desk.everything();
    desk.finish().await;
}

/// Without what differs from run to run: the id, and the fractions that spread tries out.
fn steady(lines: Vec<String>) -> String {
    let id = |line: &String| line.trim().len() == 36 && line.matches('-').count() == 4;
    let lines = lines.into_iter().filter(|line| !id(line));
    lines.collect::<Vec<_>>().join("\n")
}
