//! What makes the stand-ins a demo: customers who write by themselves, a clock that can be moved, faults by name, and
//! a memory on disk, so that a demo that was stopped goes on where it was. What goes on inside the app it is told.

pub mod clock;
mod control;
mod faults;
mod lines;
pub mod page;

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use axum::Router;
use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use serde_json::Value;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

pub use self::clock::Shift;
pub use self::lines::Bot;
pub use self::lines::Leaving;
pub use self::lines::Next;
pub use self::lines::Person;
pub use self::lines::Room;
use crate::domain::say::text::Args;
use crate::domain::show::news::Mood;
use crate::domain::show::news::News;
use standins::discord;
use standins::discord::Discord;
use standins::samples;
use standins::sites;
use standins::sites::hold;
use standins::sites::site::Site;
use standins::slack;
use standins::slack::Slack;

/// A page that was closed in the middle must not keep them away.
const LONGEST_HOLD: i64 = 20;
const ROUND: Duration = Duration::from_millis(500);

/// Where the team sits.
pub struct Chats {
    pub slack: Arc<Slack>,
    pub discord: Arc<Discord>,
}

pub struct Demo {
    pub clock: Arc<Shift>,
    pub slack: Arc<Slack>,
    pub discord: Arc<Discord>,
    pub sites: Vec<Arc<dyn Site>>,
    /// Where the memory is kept.
    pub file: PathBuf,
    board: lines::Board,
    kill: Notify,
    story: Mutex<Story>,
    /// Held while a fault is queued at several places that belong together.
    turn: Mutex<()>,
}

#[derive(Default)]
struct Story {
    /// Samples that were written already.
    written: usize,
    /// For how long the customers have been writing, by the wall clock: a clock that is moved must not make them write
    /// all at once, nor a night in which the demo was off.
    passed: TimeDelta,
    looked: Option<DateTime<Utc>>,
    /// Until when they wait, by the wall clock, because somebody has a case in hand.
    held_until: Option<DateTime<Utc>>,
    /// What customers wrote that was told already.
    known: BTreeSet<String>,
    /// Calls at each site that were looked at already.
    calls: BTreeMap<&'static str, usize>,
    saved: String,
}

impl Demo {
    pub fn new(clock: Arc<Shift>, chats: Chats, sites: Vec<Arc<dyn Site>>, file: PathBuf) -> Arc<Self> {
        Arc::new(Self {
            clock,
            slack: chats.slack,
            discord: chats.discord,
            sites,
            file,
            board: lines::Board::default(),
            kill: Notify::new(),
            story: Mutex::default(),
            turn: Mutex::default(),
        })
    }

    /// Goes on where an earlier demo was. A memory that cannot be read is left alone and told.
    pub fn remember(&self) -> std::io::Result<()> {
        let text = match std::fs::read_to_string(&self.file) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            read => read?,
        };
        let mut memory: Value = serde_json::from_str(&text)?;
        self.slack.import(memory["slack"].take())?;
        // A memory of an earlier release has none.
        if !memory["discord"].is_null() {
            self.discord.import(memory["discord"].take())?;
        }
        for site in &self.sites {
            // A memory of an earlier release has none of a site that came since.
            let known = memory[site.word()].take();
            if !known.is_null() {
                site.import(known)?;
            }
        }
        self.clock.set(memory["shift"].as_i64().unwrap_or(0));
        // A memory of an earlier release has none.
        let lines = serde_json::from_value(memory["lines"].take()).unwrap_or_default();
        self.board.change(|seen| seen.lines = lines);
        let known = self.written();
        let mut story = hold(&self.story);
        story.written = memory["written"]
            .as_u64()
            .and_then(|n| usize::try_from(n).ok())
            .unwrap_or(0);
        story.passed = TimeDelta::milliseconds(memory["passed_ms"].as_i64().unwrap_or(0));
        story.known = known.into_iter().map(|(id, _, _)| id).collect();
        Ok(())
    }

    /// Nothing was ever written here.
    pub fn begins(&self) -> bool {
        self.written().is_empty()
    }

    /// What stands at the sites by now is no news.
    pub fn knows_all(&self) {
        let known = self.written();
        hold(&self.story).known = known.into_iter().map(|(id, _, _)| id).collect();
    }

    /// Writes the memory if it changed; first beside the old one, so that a cut never leaves half of it.
    pub fn save(&self) -> std::io::Result<()> {
        let (written, passed) = {
            let story = hold(&self.story);
            (story.written, story.passed)
        };
        let mut memory = json!({
            "slack": self.slack.export(),
            "discord": self.discord.export(),
            "shift": self.clock.seconds(),
            "written": written,
            // Only how far the story is: time alone is no change.
            "passed_ms": if written < samples::samples().len() { passed.num_milliseconds() } else { 0 },
            "lines": self.board.look().lines,
        });
        for site in &self.sites {
            memory[site.word()] = site.export();
        }
        let memory = memory.to_string();
        let mut story = hold(&self.story);
        if story.saved == memory {
            return Ok(());
        }
        let beside = self.file.with_extension("new");
        std::fs::write(&beside, &memory)?;
        std::fs::rename(&beside, &self.file)?;
        story.saved = memory;
        Ok(())
    }

    fn tell(&self, mood: Mood, key: &str, args: Args) {
        self.news(News::of(self.clock.now(), mood, key, args));
    }

    /// A line for the page.
    pub fn news(&self, news: News) {
        self.board.tell(news);
    }

    pub fn bot_is(&self, bot: Bot) {
        self.board.change(|seen| seen.bot = bot);
        self.look_at_faults();
    }

    pub fn bot(&self) -> Bot {
        self.board.look().bot
    }

    pub fn is_up(&self) -> bool {
        self.bot() == Bot::Up
    }

    pub fn next_is(&self, next: Option<Next>) {
        self.board.change(|seen| seen.next = next);
    }

    pub fn leaving_are(&self, leaving: Vec<Leaving>) {
        self.board.change(|seen| seen.leaving = leaving);
    }

    pub fn rooms_are(&self, rooms: Vec<Room>) {
        self.board.change(|seen| seen.rooms = rooms);
    }

    pub fn people_are(&self, people: Vec<Person>) {
        self.board.change(|seen| seen.people = people);
    }

    /// Somebody on the page wants the app dead.
    pub async fn told_to_kill(&self) {
        self.kill.notified().await;
    }

    pub fn advance(&self, seconds: i64) {
        self.clock.advance(seconds);
        let key = if seconds < 120 {
            ("demo-advanced-seconds", seconds)
        } else {
            ("demo-advanced", seconds / 60)
        };
        self.tell(Mood::Plain, key.0, &[("n", key.1.into())]);
    }

    /// Customers who write by themselves wait for so long: somebody is in the middle of something and shall see what comes
    /// of it.
    pub fn hold(&self, seconds: i64) {
        let until = self.clock.wall() + TimeDelta::seconds(seconds.clamp(0, LONGEST_HOLD));
        let mut story = hold(&self.story);
        story.held_until = story.held_until.max(Some(until));
    }

    /// Serves page and stand-ins, lets customers write and keeps the memory, until stopped.
    pub async fn run(self: Arc<Self>, listener: TcpListener, stop: CancellationToken) -> std::io::Result<()> {
        let router = self.clone().router();
        let served = stop.clone();
        let serving = tokio::spawn(async move {
            // Long polls and open sockets of a page would hold a graceful end up for ever.
            tokio::select! {
                done = axum::serve(listener, router) => done,
                () = served.cancelled() => Ok(()),
            }
        });
        while !stop.is_cancelled() {
            self.round().await;
            tokio::select! {
                () = stop.cancelled() => {}
                () = sleep(ROUND) => {}
            }
        }
        self.save()?;
        serving.await.unwrap_or(Ok(()))
    }

    pub fn router(self: Arc<Self>) -> Router {
        let clock = self.clock.clone();
        let now: standins::Now = Arc::new(move || clock.now());
        slack::router(self.slack.clone())
            .merge(discord::router(self.discord.clone()))
            .merge(sites::router(self.sites.clone(), now))
            .merge(page::router())
            .merge(control::router(self))
    }

    /// Once: whoever is due writes, the sites push what they have, and what can be seen from outside is told.
    pub async fn round(&self) {
        let due = {
            let wall = self.clock.wall();
            let mut story = hold(&self.story);
            let since = story
                .looked
                .replace(wall)
                .map_or(TimeDelta::zero(), |at| wall - at);
            // The doors open when the app is there to hear the first one.
            let open = self.is_up() || story.written > 0;
            if open && story.held_until.is_none_or(|until| until <= wall) {
                story.passed += since;
            }
            let passed = u64::try_from(story.passed.num_seconds()).unwrap_or(0);
            let due: Vec<_> = samples::samples()
                .into_iter()
                .skip(story.written)
                .take_while(|s| open && u64::from(s.after) <= passed)
                .collect();
            story.written += due.len();
            due
        };
        for sample in due {
            self.write(&sample);
        }
        self.tell_what_was_written();
        for site in &self.sites {
            site.tick().await;
        }
        self.discord.let_threads_sleep();
        self.tell_what_struck();
        self.look_at_faults();
        if let Err(error) = self.save() {
            tracing::warn!(error = %error, "the demo's memory could not be written");
        }
    }

    fn write(&self, sample: &samples::Sample) {
        // Whoever shows fewer sites has fewer customers.
        if let Some(Err(no)) = sample.write(&self.sites) {
            tracing::warn!(why = %no, "a sample could not be written");
        }
    }

    /// Everything that customers wrote: its id, by whom and where.
    fn written(&self) -> Vec<(String, String, String)> {
        let all = self.sites.iter().flat_map(|site| {
            let known = site.written().into_iter();
            known.map(|known| {
                (
                    format!("{} {}", site.word(), known.id),
                    known.author,
                    format!("{}, {}", site.name(), known.place),
                )
            })
        });
        all.collect()
    }

    fn tell_what_was_written(&self) {
        // Until the doors open, only what lies behind is put in its place.
        if !self.is_up() && hold(&self.story).written == 0 {
            return;
        }
        for (id, author, place) in self.written() {
            if hold(&self.story).known.insert(id) {
                let author = crate::domain::say::words::short_line(&author, 30);
                self.tell(
                    Mood::Plain,
                    "demo-wrote",
                    &[("author", author.into()), ("place", place.into())],
                );
            }
        }
    }

    fn tell_what_struck(&self) {
        for site in &self.sites {
            let before = hold(&self.story)
                .calls
                .get(site.word())
                .copied()
                .unwrap_or_default();
            let (calls, struck) = site.door().struck_since(before);
            hold(&self.story).calls.insert(site.word(), calls);
            if struck.contains(&"answer_lost") {
                self.tell(
                    Mood::Warn,
                    "demo-struck-answer-lost",
                    &[("source", site.name().into())],
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicI64;
    use std::sync::atomic::Ordering;

    use super::*;

    fn demo(name: &str, wall: Arc<AtomicI64>) -> Arc<Demo> {
        let now: standins::Now =
            Arc::new(move || DateTime::UNIX_EPOCH + TimeDelta::seconds(wall.load(Ordering::Relaxed)));
        let clock = Shift::new(now);
        let reading = clock.clone();
        let now: standins::Now = Arc::new(move || reading.now());
        let slack = Slack::new(now.clone(), Default::default());
        let discord = Discord::new(now.clone(), Default::default());
        let sites = sites::each(&now);
        let file = std::env::temp_dir().join(format!("zeitnah-far-side-{name}-{}.json", std::process::id()));
        std::fs::remove_file(&file).ok();
        Demo::new(clock, Chats { slack, discord }, sites, file)
    }

    #[tokio::test]
    async fn customers_come_within_three_minutes_of_a_bot_that_hears_them() {
        let wall = Arc::new(AtomicI64::new(1_790_000_000));
        let demo = demo("story", wall.clone());
        let later = async |seconds| {
            wall.fetch_add(seconds, Ordering::Relaxed);
            demo.round().await;
        };
        later(0).await;
        later(600).await;
        assert_eq!(demo.written().len(), 0, "nobody hears them yet");
        demo.bot_is(Bot::Up);
        later(1).await;
        assert_eq!(demo.written().len(), 1);
        demo.advance(3600);
        later(1).await;
        assert_eq!(demo.written().len(), 1, "a moved clock does not hurry them");
        demo.hold(15);
        later(14).await;
        assert_eq!(demo.written().len(), 1, "they wait while somebody is busy");
        later(9).await;
        assert_eq!(demo.written().len(), 3, "and come when that is over");
        demo.hold(i64::MAX);
        later(LONGEST_HOLD).await;
        demo.bot_is(Bot::Down);
        for _ in 0..20 {
            later(9).await;
        }
        assert_eq!(demo.written().len(), samples::samples().len());
        let told = demo.board.look().lines.clone();
        assert!(
            told.iter()
                .any(|l| l.de == "Familie Butenschön schreibt bei Google, Filiale Hamburg Altona")
        );

        let memory = std::fs::read_to_string(&demo.file).unwrap();
        later(9).await;
        assert_eq!(
            memory,
            std::fs::read_to_string(&demo.file).unwrap(),
            "nothing new, nothing written"
        );
        demo.remember().unwrap();
        later(9).await;
        assert_eq!(demo.board.look().lines, told, "what was told is not told again");
        std::fs::remove_file(&demo.file).unwrap();
    }

    #[tokio::test]
    async fn a_fault_is_in_force_until_it_struck_or_was_healed() {
        let demo = demo("faults", Arc::new(AtomicI64::new(1_790_000_000)));
        demo.slack.add_channel("C0STIMMEN", "kundenstimmen", &[]);
        demo.discord.add_channel("1310000000000000201", "kundenstimmen");
        demo.bot_is(Bot::Up);
        let active = || demo.board.look().faults.clone();
        let lasting = faults::NAMES
            .into_iter()
            .filter(|name| !name.ends_with("deleted") && !name.ends_with("cut_off") && *name != "bot_killed");
        for name in lasting.filter(|name| !["discord_thread_locked", "rush"].contains(name)) {
            assert!(demo.inject(name).await);
            assert_eq!(active(), [name]);
            demo.heal().await;
            assert!(active().is_empty(), "{name}");
        }
        assert!(demo.inject("discord_thread_locked").await);
        assert!(active().is_empty(), "there is no thread that could be locked");
        assert!(demo.inject("rush").await);
        assert!(active().is_empty(), "they have written, and that is all");
        assert_eq!(demo.written().len(), 40);
        assert!(!demo.inject("nonsense").await);
        demo.inject("answer_lost").await;
        demo.sites[1].door().forget("answer_lost");
        demo.look_at_faults();
        assert!(active().is_empty(), "it was meant for one answer only");
        demo.bot_is(Bot::Down);
        assert_eq!(active(), ["bot_killed"]);
    }
}
