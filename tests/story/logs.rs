//! What stands in the logs: ids and counts, never a customer's words, a person's name or a secret.

use std::io::Write;
use std::sync::Arc;
use std::sync::Mutex;

use standins::sites::faults::Fault as SiteFault;
use standins::slack::Fault;
use standins::slack::Kind;
use tracing_subscriber::EnvFilter;

use crate::desk::ANNA;
use crate::desk::CARLA;
use crate::desk::Desk;

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_day_with_faults_leaves_no_words_names_or_secrets_in_the_log() {
    let lines = Lines::default();
    let writer = lines.clone();
    // All that we say, and of the libraries what is logged in production.
    let log = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new("warn,zeitnah=trace"))
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let _kept = tracing::subscriber::set_default(log);

    let desk = Desk::open().await;
    desk.slack.fault(Fault::server_error("chat.postMessage", 503));
    desk.review(1, "Apfelkuchengeheimnis, nie wieder.").await;
    desk.seconds(5).await;
    desk.seconds(30).await;
    let card = desk.card();
    // A right is gone for a while, and the source is away.
    desk.slack.fault(Fault::new(Kind::MissingScope).on("chat.update"));
    desk.google.fault(SiteFault::ServerError { status: 500 }, 1);
    desk.minutes(5).await;
    desk.seconds(40).await;
    desk.answer(ANNA, &card, "Birnenkompottantwort von uns.").await;
    desk.minutes(1).await;
    desk.minutes(1).await;
    let odd = reqwest::Client::builder().build().unwrap();
    let refused = odd
        .post(format!("{}/hook/shop", desk.hooks[0]))
        .body("Pflaumenmus")
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status(), 401);
    desk.thread(&card);
    desk.whispers(ANNA);

    let told = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert!(
        told.contains("WARN") || told.contains("ERROR"),
        "the faults were logged: {told}"
    );
    let secret = standins::slack::Settings::default();
    let shop = standins::shop::Settings::default();
    for hidden in [
        "Apfelkuchen",
        "Birnenkompott",
        "Pflaumenmus",
        "Jule",
        "Anna",
        &secret.bot_token,
        &secret.signing_secret,
        &shop.hook_secret,
        &shop.reply_secret,
    ] {
        assert!(!told.contains(hidden), "{hidden} stands in the log:\n{told}");
    }
    // An edit that was refused for lack of a scope was told to whoever can mend it.
    assert_eq!(desk.whispers(CARLA).len(), 1);
    desk.finish().await;
}
