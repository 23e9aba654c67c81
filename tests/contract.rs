//! What the workflows rely on in any source, tried with the real adapter of each kind against its far side. `far/mod.rs` has
//! the table; what a kind of source is not asked for (who only calls us is never read) is said there, not here.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::OnceLock;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::routing::post;
use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use serde_json::Value;
use tokio::net::TcpListener;
use zeitnah::config::Sections;
use zeitnah::domain::id::ReplyId;
use zeitnah::domain::item::Incoming;
use zeitnah::domain::item::SourceReply;
use zeitnah::domain::item::fingerprint;
use zeitnah::port::PortError;
use zeitnah::port::clock::Clock as _;
use zeitnah::port::clock::FakeClock;
use zeitnah::port::source::CompleteWalk;
use zeitnah::port::source::HookCall;
use zeitnah::port::source::HookNews;
use zeitnah::port::source::HookRefusal;
use zeitnah::port::source::Page;
use zeitnah::port::source::Published;
use zeitnah::port::source::ReplyAction;
use zeitnah::port::source::ReplyCall;
use zeitnah::port::source::ReviewSource;
use zeitnah::port::source::may_resend;
use zeitnah::source::KINDS;

use crate::desk::friday;
use crate::far;
use crate::far::Far;
use crate::far::way::Aim;
use crate::far::way::Trouble;
use crate::far::way::Way;

/// No source has more pages than this in a test: whoever reads on has lost the way.
const MOST_PAGES: usize = 40;

/// A source of one kind and what lies on the other side of it.
struct Bench {
    kind: &'static str,
    far: Arc<dyn Far>,
    way: Arc<Way>,
    clock: FakeClock,
    source: Arc<dyn ReviewSource>,
    cursor: Mutex<Option<Value>>,
    told: Arc<Told>,
}

/// Where the far side calls us.
#[derive(Default)]
struct Told {
    source: OnceLock<Arc<dyn ReviewSource>>,
    items: Mutex<Vec<Incoming>>,
    clock: OnceLock<FakeClock>,
}

impl Bench {
    async fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for (kind, open) in far::ALL {
            all.push(Self::open(kind, *open).await);
        }
        all
    }

    async fn open(kind: &'static str, open: far::Open) -> Self {
        rustls::crypto::ring::default_provider().install_default().ok();
        let clock = FakeClock::at(friday());
        let (reading, told) = (clock.clone(), Arc::new(Told::default()));
        let hooks = Router::new()
            .route("/hook/far", post(hear))
            .with_state(told.clone());
        let far = open(Arc::new(move || reading.now()), &serve(hooks).await);
        let way = Arc::new(Way::default());
        let base = serve(way.before(far.router())).await;
        let text = far.section().replace("BASE", &base);
        let sections = Sections::parse("zeitnah.toml", &text, &|name| far.env(name));
        let [placed] = sections.sources.as_slice() else {
            panic!("{kind}: {:?}", sections.faults)
        };
        let source = placed.value.settings.open(placed.value.about.clone()).unwrap();
        told.source.set(source.clone()).ok();
        told.clock.set(clock.clone()).ok();
        Self {
            kind,
            far,
            way,
            clock,
            source,
            cursor: Mutex::default(),
            told,
        }
    }

    fn is_read(&self) -> bool {
        self.source.poll_every().is_some()
    }

    /// One page, or what the far side told us meanwhile.
    async fn page(&self) -> Result<Page, PortError> {
        self.far.tick().await;
        if !self.is_read() {
            return Ok(Page {
                items: std::mem::take(&mut *self.told.items.lock().unwrap()),
                odd: Vec::new(),
                cursor: Value::Null,
                more: false,
                complete: None,
            });
        }
        let cursor = self.cursor.lock().unwrap().clone();
        let page = self.source.fetch(cursor, self.clock.now()).await?;
        *self.cursor.lock().unwrap() = Some(page.cursor.clone());
        Ok(page)
    }

    /// Everything that there is to read now.
    async fn pages(&self) -> Result<Vec<Page>, PortError> {
        let mut pages = Vec::new();
        loop {
            let page = self.page().await?;
            let more = page.more;
            pages.push(page);
            assert!(pages.len() < MOST_PAGES, "{}: it never ends", self.kind);
            if !more {
                return Ok(pages);
            }
        }
    }

    async fn items(&self) -> Vec<Incoming> {
        let pages = self.pages().await.unwrap();
        pages.into_iter().flat_map(|page| page.items).collect()
    }

    async fn item(&self, id: &str) -> Incoming {
        let found = self.items().await.into_iter().rfind(|item| item.native_id == id);
        let found = found.unwrap_or_else(|| panic!("{}: {id} was not told", self.kind));
        let kind = KINDS.iter().find(|kind| kind.word == self.kind).unwrap();
        assert!(
            kind.brings.contains(&found.kind),
            "{kind:?} brings {:?}",
            found.kind
        );
        found
    }

    /// A later look, as a worker has it.
    fn later(&self) {
        self.clock.advance(TimeDelta::minutes(30));
    }

    fn call(&self, item: &Incoming, body: &str) -> ReplyCall {
        ReplyCall {
            what: ReplyAction::Create {
                body: body.to_owned(),
            },
            key: ReplyId::new(self.clock.now()),
            scope: item.scope.clone(),
            native_id: item.native_id.clone(),
            reply_native_id: None,
            language: item.language.clone(),
            revision: 1,
            raw: item.raw.clone(),
            at: self.clock.now(),
        }
    }

    async fn publish(&self, call: &ReplyCall) -> Result<Published, PortError> {
        let published = self.source.publish(call).await;
        self.far.tick().await;
        published
    }

    /// Written by a customer and told to us.
    async fn written(&self, text: &str) -> Incoming {
        let id = self.far.write(2, text);
        self.item(&id).await
    }
}

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    base
}

async fn hear(State(told): State<Arc<Told>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let headers = headers.iter();
    let call = HookCall {
        token: None,
        headers: headers
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect(),
        body: body.to_vec(),
    };
    let (source, clock) = (told.source.get().unwrap(), told.clock.get().unwrap());
    match source.hook(&call, clock.now()).await.unwrap() {
        HookNews::Items { items, .. } => {
            let items = items.into_iter().map(|(_, item)| item);
            told.items.lock().unwrap().extend(items);
        }
        // What is read is read anyway, and here nobody waits for it.
        HookNews::Named { .. } | HookNews::WakeUp | HookNews::Trial => {}
    }
    StatusCode::NO_CONTENT
}

/// Where the items lie.
fn scope_of(pages: &[Page]) -> String {
    let mut items = pages.iter().flat_map(|page| &page.items);
    items.next().unwrap().scope.clone()
}

/// What a source lists beside the items lies in another scope: questions beside reviews.
fn walks<'a>(pages: &'a [Page], scope: &str) -> impl Iterator<Item = &'a CompleteWalk> {
    let walks = pages.iter().filter_map(|page| page.complete.as_ref());
    walks.filter(move |walk| walk.scope == scope)
}

const WORDS: &str = "Hallo Jule, das war zu lang. Wir stellen um. – Anna";

#[tokio::test]
async fn each_item_is_told_once_and_to_the_end() {
    for bench in Bench::all().await {
        let written: BTreeSet<String> = (0..120)
            .map(|n| {
                bench.clock.advance(TimeDelta::seconds(1));
                bench.far.write(1 + n % 5, &format!("Die {n}. Bewertung"))
            })
            .collect();
        let pages = bench.pages().await.unwrap();
        let told: Vec<String> = pages
            .iter()
            .flat_map(|page| &page.items)
            .map(|item| item.native_id.clone())
            .collect();
        assert_eq!(told.len(), written.len(), "{}", bench.kind);
        assert_eq!(
            told.into_iter().collect::<BTreeSet<_>>(),
            written,
            "{}",
            bench.kind
        );
        for walk in walks(&pages, &scope_of(&pages)) {
            let ids: BTreeSet<String> = walk.ids.iter().cloned().collect();
            assert_eq!(ids, written, "{}: what is left out counts as removed", bench.kind);
        }
        // Nothing new: whatever is told again is what it was.
        bench.later();
        for again in bench.items().await {
            assert!(written.contains(&again.native_id), "{}: {again:?}", bench.kind);
        }
    }
}

#[tokio::test]
async fn a_page_that_repeats_ends_and_nothing_counts_as_removed() {
    for bench in Bench::all().await.into_iter().filter(Bench::is_read) {
        let written: BTreeSet<String> = (0..250)
            .map(|n| {
                bench.clock.advance(TimeDelta::seconds(1));
                bench.far.write(3, &format!("Die {n}. Bewertung"))
            })
            .collect();
        let scope = scope_of(&[bench.page().await.unwrap()]);
        bench.way.strike(Aim::Reads, Trouble::Repeats);
        let pages = bench.pages().await.unwrap();
        for walk in walks(&pages, &scope) {
            let ids: BTreeSet<String> = walk.ids.iter().cloned().collect();
            assert_eq!(ids, written, "{}: it does not know all of them", bench.kind);
        }
        assert!(bench.way.is_clear(), "{}: there was no second page", bench.kind);
    }
}

#[tokio::test]
async fn a_limit_is_told_with_its_wait_and_nothing_was_done() {
    for bench in Bench::all().await {
        if bench.is_read() {
            let id = bench.far.write(2, "Zu lang.");
            bench.way.strike(Aim::Reads, Trouble::Slower(70));
            let refused = bench.page().await;
            assert!(
                matches!(refused, Err(PortError::Later { after: Some(70), .. })),
                "{}: {refused:?}",
                bench.kind
            );
            bench.item(&id).await;
        }
        let item = bench.written("Zu teuer.").await;
        bench.way.strike(Aim::Writes, Trouble::Slower(70));
        let call = bench.call(&item, WORDS);
        let refused = bench.publish(&call).await;
        assert!(
            matches!(refused, Err(PortError::Later { after: Some(70), .. })),
            "{}: {refused:?}",
            bench.kind
        );
        assert_eq!(bench.far.seen(&item.native_id).publications, 0, "{}", bench.kind);
        bench.publish(&call).await.unwrap();
        stands_once(&bench, &item);
    }
}

#[tokio::test]
async fn a_key_that_has_run_out_is_replaced_without_anybody_noticing() {
    // Whoever only calls us signs each call and has no key that runs out.
    let read = Bench::all().await.into_iter().filter(Bench::is_read);
    for bench in read.filter(|bench| bench.far.renews()) {
        let id = bench.far.write(2, "Zu lang.");
        bench.way.strike(Aim::Reads, Trouble::Status(401));
        let item = bench.item(&id).await;
        bench.way.strike(Aim::Writes, Trouble::Status(401));
        bench.publish(&bench.call(&item, WORDS)).await.unwrap();
        stands_once(&bench, &item);
    }
}

#[tokio::test]
async fn a_key_that_is_not_taken_is_a_fault_of_the_account_and_removes_nothing() {
    for bench in Bench::all().await.into_iter().filter(Bench::is_read) {
        let item = bench.written("Zu lang.").await;
        for status in [401, 403] {
            for _ in 0..8 {
                bench.way.strike(Aim::Reads, Trouble::Status(status));
            }
            bench.later();
            let refused = bench.page().await;
            assert!(
                matches!(refused, Err(PortError::Denied { .. })),
                "{}, {status}: {refused:?}",
                bench.kind
            );
            let looked = bench.source.look(&bench.call(&item, WORDS)).await;
            assert!(
                matches!(looked, Err(PortError::Denied { .. })),
                "{}, {status}: {looked:?}",
                bench.kind
            );
            while !bench.way.is_clear() {
                bench.source.look(&bench.call(&item, WORDS)).await.ok();
            }
        }
    }
}

#[tokio::test]
async fn an_answer_that_is_refused_for_one_item_is_a_clear_no_and_the_next_one_goes_out() {
    for bench in Bench::all().await {
        let (one, other) = (bench.written("Zu lang.").await, bench.written("Zu teuer.").await);
        bench.way.strike(Aim::Writes, Trouble::Status(403));
        let refused = bench.publish(&bench.call(&one, WORDS)).await;
        assert!(
            matches!(&refused, Err(error) if error.is_no()),
            "{}: {refused:?}",
            bench.kind
        );
        // What can be read with the same key says that it is this item alone.
        nothing_stands(&bench, &bench.call(&one, WORDS)).await;
        bench.publish(&bench.call(&other, WORDS)).await.unwrap();
        stands_once(&bench, &other);
        assert_eq!(bench.far.seen(&one.native_id).publications, 0, "{}", bench.kind);
    }
}

#[tokio::test]
async fn an_answer_that_is_lost_after_it_was_applied_stands_once() {
    for bench in Bench::all().await {
        let item = bench.written("Zu lang.").await;
        bench.way.strike(Aim::Writes, Trouble::Lost);
        let call = bench.call(&item, WORDS);
        let lost = bench.publish(&call).await;
        assert!(
            matches!(lost, Err(PortError::Unclear { .. })),
            "{}: {lost:?}",
            bench.kind
        );
        bench.later();
        let call = ReplyCall {
            at: bench.clock.now(),
            ..call
        };
        match bench.source.look(&call).await {
            Ok(Some(SourceReply { body, .. })) => assert_eq!(body, WORDS, "{}", bench.kind),
            // Nobody can see what stands there, so a person is asked and nothing is sent.
            Err(PortError::Never { .. }) if !bench.far.shows_answers() && !may_resend(item.caps.retry) => {}
            // It cannot be seen there, so it is sent again only where that does no harm.
            _ if may_resend(item.caps.retry) => drop(bench.publish(&call).await.unwrap()),
            looked => panic!("{}: {looked:?}", bench.kind),
        }
        stands_once(&bench, &item);
        // A person who presses once more, or a replica that did not hear: the same approval again.
        if may_resend(item.caps.retry) {
            bench.publish(&call).await.unwrap();
            assert_eq!(bench.far.seen(&item.native_id).reply.as_deref(), Some(WORDS));
        }
    }
}

#[tokio::test]
async fn a_request_that_never_arrived_is_not_taken_for_one_that_did() {
    for bench in Bench::all().await {
        let item = bench.written("Zu lang.").await;
        bench.way.strike(Aim::Writes, Trouble::Status(502));
        let call = bench.call(&item, WORDS);
        let lost = bench.publish(&call).await;
        assert!(
            matches!(lost, Err(PortError::Unclear { .. })),
            "{}: {lost:?}",
            bench.kind
        );
        nothing_stands(&bench, &call).await;
        assert_eq!(bench.far.seen(&item.native_id).publications, 0, "{}", bench.kind);
    }
}

#[tokio::test]
async fn an_edit_is_the_same_item_with_other_words() {
    for bench in Bench::all().await {
        let before = bench.written("Geht so.").await;
        bench.later();
        bench.far.edit(&before.native_id, 1, "Geht gar nicht.");
        let after = bench.item(&before.native_id).await;
        assert_eq!(
            (&after.scope, after.kind),
            (&before.scope, before.kind),
            "{}",
            bench.kind
        );
        assert!(
            after.body.as_deref().unwrap().contains("gar nicht"),
            "{}",
            bench.kind
        );
        assert_ne!(
            fingerprint::of(&after),
            fingerprint::of(&before),
            "{}",
            bench.kind
        );
        assert!(
            after.edited_at.is_none_or(|at| Some(at) > after.published_at),
            "{}: {after:?}",
            bench.kind
        );
    }
}

/// A colleague's answer on the platform's page changes nothing that the customer wrote.
#[tokio::test]
async fn our_own_answer_comes_back_as_a_reply_and_not_as_an_edit() {
    let read = Bench::all().await.into_iter().filter(Bench::is_read);
    for bench in read.filter(|bench| bench.far.shows_answers()) {
        let before = bench.written("Geht so.").await;
        bench.publish(&bench.call(&before, WORDS)).await.unwrap();
        bench.later();
        bench.far.edit(&before.native_id, 2, "Geht so.");
        let after = bench.item(&before.native_id).await;
        assert_eq!(after.reply.unwrap().body, WORDS, "{}", bench.kind);
        assert_eq!(after.body, before.body, "{}", bench.kind);
    }
}

#[tokio::test]
async fn what_was_removed_is_told_or_found_gone_and_is_never_an_item_without_an_answer() {
    for bench in Bench::all().await {
        let item = bench.written("Zu lang.").await;
        bench.far.remove(&item.native_id);
        bench.later();
        let told = bench.items().await;
        let told = told.iter().find(|again| again.native_id == item.native_id);
        if bench.is_read() {
            assert_eq!(told, None, "{}", bench.kind);
            let looked = bench.source.look(&bench.call(&item, WORDS)).await;
            assert!(
                matches!(looked, Err(PortError::Gone { .. })),
                "{}: {looked:?}",
                bench.kind
            );
        } else {
            assert!(told.is_some_and(|item| item.removed), "{}: {told:?}", bench.kind);
        }
        let refused = bench.publish(&bench.call(&item, WORDS)).await;
        assert!(
            matches!(refused, Err(PortError::Gone { .. })),
            "{}: {refused:?}",
            bench.kind
        );
    }
}

/// Behind a window everything is missing: who takes that for removed clears the desk of what nobody removed.
#[tokio::test]
async fn what_left_a_window_is_not_taken_for_removed() {
    for bench in Bench::all().await {
        let Some(window) = bench.far.window() else {
            continue;
        };
        let item = bench.written("Zu lang.").await;
        for _ in 0..3 {
            bench.clock.advance(window / 2);
            for page in bench.pages().await.unwrap() {
                assert_eq!(page.complete, None, "{}: nothing lists everything", bench.kind);
            }
        }
        let call = bench.call(&item, WORDS);
        for refused in [
            bench.source.look(&call).await.map(drop),
            bench.publish(&call).await.map(drop),
        ] {
            assert!(
                matches!(refused, Err(PortError::Never { .. })),
                "{}: {refused:?}",
                bench.kind
            );
        }
    }
}

/// It is gone for good on the other side, so somebody has to fetch it another way, and must be told.
#[tokio::test]
async fn a_pause_longer_than_a_window_is_told_once() {
    for bench in Bench::all().await {
        let Some(window) = bench.far.window() else {
            continue;
        };
        let before = bench.written("Zu lang.").await;
        let told = |pages: Vec<Page>| -> Vec<String> {
            let odd = pages.into_iter().flat_map(|page| page.odd);
            odd.map(|odd| odd.why).collect()
        };
        bench.clock.advance(window - TimeDelta::hours(1));
        assert_eq!(told(bench.pages().await.unwrap()), [""; 0], "{}", bench.kind);
        bench.clock.advance(TimeDelta::minutes(1));
        let unseen = bench.far.write(1, "Nie wieder.");
        bench.clock.advance(window + TimeDelta::hours(1));
        let pages = bench.pages().await.unwrap();
        let items = pages.iter().flat_map(|page| &page.items);
        let ids: Vec<&str> = items.map(|item| item.native_id.as_str()).collect();
        assert!(
            !ids.contains(&unseen.as_str()),
            "{}: it was too late for it",
            bench.kind
        );
        let told_of = told(pages);
        assert_eq!(told_of.len(), 1, "{}: {told_of:?}", bench.kind);
        bench.later();
        assert_eq!(told(bench.pages().await.unwrap()), [""; 0], "{}", bench.kind);
        bench.item(&bench.far.write(2, &before.body.unwrap())).await;
    }
}

#[tokio::test]
async fn an_empty_answer_is_no_news_and_a_rubbish_one_is_tried_again() {
    for bench in Bench::all().await.into_iter().filter(Bench::is_read) {
        bench.way.strike(Aim::Reads, Trouble::Says(bench.far.nothing()));
        let pages = bench.pages().await.unwrap();
        assert!(
            pages
                .iter()
                .all(|page| page.items.is_empty() && page.odd.is_empty())
        );
        bench.later();
        let id = bench.far.write(2, "Zu lang.");
        for rubbish in [
            "",
            "<html>",
            if bench.far.nothing() == "[]" { "{}" } else { "[]" },
            "5",
            "{\"reviews\": 5, \"data\": 5, \"items\": 5}",
            "{\"reviews\": [{",
        ] {
            bench.way.strike(Aim::Reads, Trouble::Says(rubbish));
            let read = bench.page().await;
            match read {
                Err(PortError::Later { .. } | PortError::Never { .. }) => {}
                read => panic!("{}, {rubbish:?}: {read:?}", bench.kind),
            }
        }
        bench.item(&id).await;
    }
}

#[tokio::test]
async fn words_that_nobody_documented_cost_a_field_and_never_the_item() {
    for bench in Bench::all().await {
        let Some(garble) = bench.far.garble() else {
            continue;
        };
        let id = bench.far.write(2, "Zu lang.");
        let wrote = bench.clock.now();
        bench.way.strike(Aim::Reads, Trouble::Garbles(garble));
        let item = bench.item(&id).await;
        assert_eq!(item.rating, None, "{}: eleven is no number of stars", bench.kind);
        assert_eq!(item.body.as_deref(), Some("Zu lang."), "{}", bench.kind);
        let dated = |at: Option<DateTime<Utc>>| at.is_none_or(|at| at == wrote);
        assert!(
            dated(item.published_at) && dated(item.edited_at),
            "{}: {item:?}",
            bench.kind
        );
    }
}

/// Whoever proves nothing may say where to look, and never what is there.
#[tokio::test]
async fn a_call_that_anybody_could_have_made_is_not_believed() {
    for bench in Bench::all().await {
        let item = bench.written("Geht so.").await;
        for call in bench.far.forged(&item.native_id) {
            let now = bench.clock.now();
            match bench.source.hook(&call, now).await {
                Err(HookRefusal::Unsigned(_) | HookRefusal::NotHere) | Ok(HookNews::WakeUp) => {}
                Ok(HookNews::Named { scopes, ids }) => {
                    assert!(scopes.contains(&item.scope), "{}: {scopes:?}", bench.kind);
                    assert_eq!(ids, [item.native_id.as_str()], "{}", bench.kind);
                    let read = bench.source.read(&ids[0], now).await.unwrap();
                    assert_eq!(read, item, "{}: read on its own it is the same", bench.kind);
                }
                news => panic!("{}: {news:?}", bench.kind),
            }
        }
    }
}

#[tokio::test]
async fn what_is_read_on_its_own_is_gone_when_it_was_removed() {
    for bench in Bench::all().await {
        let item = bench.written("Geht so.").await;
        let now = bench.clock.now();
        match bench.source.read(&item.native_id, now).await {
            Err(PortError::Never { .. }) => continue,
            read => assert_eq!(read, Ok(item.clone()), "{}", bench.kind),
        }
        bench.far.remove(&item.native_id);
        let read = bench.source.read(&item.native_id, now).await;
        assert!(
            matches!(read, Err(PortError::Gone { .. })),
            "{}: {read:?}",
            bench.kind
        );
    }
}

/// No answer can be seen there; where none can ever be seen, looking says that and guesses nothing.
async fn nothing_stands(bench: &Bench, call: &ReplyCall) {
    let looked = bench.source.look(call).await;
    match looked {
        Ok(None) if bench.far.shows_answers() => {}
        Err(PortError::Never { .. }) if !bench.far.shows_answers() => {}
        looked => panic!("{}: {looked:?}", bench.kind),
    }
}

/// Customers read it, and it was made public one time.
fn stands_once(bench: &Bench, item: &Incoming) {
    let seen = bench.far.seen(&item.native_id);
    assert_eq!(
        (seen.reply.as_deref(), seen.publications),
        (Some(WORDS), 1),
        "{}",
        bench.kind
    );
}
