//! The team's whole world for a story: a Slack, a Discord, a Google, a shop, one or more replicas of the bot on one database,
//! and a clock that stands still until the story moves it. At the end nothing may be left unread or pending.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use secrecy::SecretString;
use standins::discord::Discord;
use standins::google;
use standins::google::Google;
use standins::shop;
use standins::shop::Shop;
use standins::sites;
use standins::sites::Place;
use standins::slack::Message;
use standins::slack::Slack;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use zeitnah::app::App;
use zeitnah::app::Parts;
use zeitnah::chat::discord;
use zeitnah::chat::slack;
use zeitnah::domain::item::policy::Mark;
use zeitnah::domain::item::policy::Policy;
use zeitnah::domain::item::sla;
use zeitnah::domain::item::sla::Origin;
use zeitnah::domain::lang::Lang;
use zeitnah::domain::people::person::Mention;
use zeitnah::domain::people::rights::Circle;
use zeitnah::domain::people::rights::Grant;
use zeitnah::domain::people::rights::Grantee;
use zeitnah::domain::people::rights::Role;
use zeitnah::domain::promise::route::Route;
use zeitnah::domain::promise::route::When;
use zeitnah::domain::promise::rules::Channel;
use zeitnah::domain::promise::rules::ClockStops;
use zeitnah::domain::promise::rules::Keep;
use zeitnah::domain::promise::rules::Rules;
use zeitnah::domain::promise::rules::Target;
use zeitnah::domain::say::text::Locale;
use zeitnah::domain::show::digest::plan::DigestPlan;
use zeitnah::domain::show::fold::Budget;
use zeitnah::domain::time::schedule::Schedule;
use zeitnah::port::clock::Clock;
use zeitnah::port::clock::FakeClock;
use zeitnah::port::source::ReviewSource;
use zeitnah::store::Store;
use zeitnah::store::event;
use zeitnah::store::inbox;
use zeitnah::store::item;
use zeitnah::store::outbox;
use zeitnah::worker::drain;
use zeitnah::workflow::stats;

use crate::database;
use crate::far;
use crate::far::Far;
use crate::far::way::Way;

pub const CARE: &str = "C0CARE";
pub const LEADS: &str = "C0LEADS";
pub const ANNA: &str = "U0ANNA";
pub const BEN: &str = "U0BEN";
pub const CARLA: &str = "U0CARLA";
pub const GAST: &str = "U0GAST";
pub const TEAM: &str = "S0CARE";
/// The same people and places in Discord.
pub const D_CARE: &str = "1300000000000000101";
pub const D_LEADS: &str = "1300000000000000102";
pub const D_ANNA: &str = "1300000000000000011";
pub const D_BEN: &str = "1300000000000000012";
pub const D_CARLA: &str = "1300000000000000013";
pub const D_GAST: &str = "1300000000000000014";
pub const D_TEAM: &str = "1300000000000000021";
pub const STORE: &str = "88213";
pub const SHEARS: &str = "p-zaunkoenig";
/// The new one and the old one.
pub const FORUM_SECRETS: [&str; 2] = [
    "whsec_Zm9ydW0tbmV3LXNlY3JldC1ub3QtYS1zZWNyZXQ=",
    "whsec_Zm9ydW0tb2xkLXNlY3JldC1ub3QtYS1zZWNyZXQ=",
];

/// Friday, 20 November 2026, 10:00 in Berlin.
pub fn friday() -> DateTime<Utc> {
    at("2026-11-20T09:00:00Z")
}

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Which chats the team has. In `Both`, each item gets a card in each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chats {
    Slack,
    Discord,
    Both,
}

impl Chats {
    fn has_slack(self) -> bool {
        self != Self::Discord
    }

    fn has_discord(self) -> bool {
        self != Self::Slack
    }
}

pub struct Wish {
    pub replicas: usize,
    pub chats: Chats,
    /// Slack's Socket Mode, Discord's gateway; else both call us.
    pub socket: bool,
    pub lang: Lang,
    /// The real pace of a Slack channel.
    pub paced: bool,
    pub held: bool,
    pub history: bool,
    /// Whether Slack knows a repeat by its id, which it does not promise.
    pub repeats_refused: bool,
    /// Another team's rules: rights, deadlines, digests.
    pub tune: fn(&mut Rules),
    /// The team has a file, from which the rules come; only then can some of them be set from a chat.
    pub file: Option<String>,
    /// How far each replica's clock is off, in seconds; those that are not named are right.
    pub skew: &'static [i64],
    /// Methods that this Slack-compatible server does not have.
    pub absent: &'static [&'static str],
    /// Discord's channel of the team is a forum.
    pub forum: bool,
    /// The team has this source and no other.
    pub only: Option<far::Open>,
}

impl Default for Wish {
    fn default() -> Self {
        Self {
            replicas: 1,
            chats: Chats::Slack,
            socket: false,
            lang: Lang::De,
            paced: false,
            held: false,
            history: true,
            repeats_refused: true,
            tune: |_| {},
            file: None,
            skew: &[],
            absent: &[],
            forum: false,
            only: None,
        }
    }
}

/// A replica's clock that is a little off.
struct Skewed {
    right: FakeClock,
    seconds: i64,
}

impl Clock for Skewed {
    fn now(&self) -> DateTime<Utc> {
        self.right.now() + TimeDelta::seconds(self.seconds)
    }
}

pub struct Desk {
    pub clock: FakeClock,
    pub slack: Arc<Slack>,
    pub discord: Arc<Discord>,
    pub google: Arc<Google>,
    pub shop: Arc<Shop>,
    pub apps: Vec<App>,
    /// Where each replica answers.
    pub hooks: Vec<String>,
    pub database: String,
    /// Where new replicas find it, if not there.
    pub line: Option<String>,
    pub store: Store,
    pub base: String,
    /// A stranger who calls us.
    pub http: reqwest::Client,
    /// The far side of the only source, where there is one.
    pub far: Option<Arc<dyn Far>>,
    /// What lies before it.
    pub way: Arc<Way>,
    wish: Wish,
    stop: CancellationToken,
    lives: Vec<CancellationToken>,
    /// The lines that each replica holds.
    holding: Vec<Vec<tokio::task::AbortHandle>>,
}

impl Desk {
    pub async fn open() -> Self {
        Self::with(Wish::default()).await
    }

    pub async fn with(wish: Wish) -> Self {
        rustls::crypto::ring::default_provider().install_default().ok();
        let clock = FakeClock::at(friday());
        let reading = clock.clone();
        let now: standins::Now = Arc::new(move || reading.now());
        let stop = CancellationToken::new();

        let mut scopes: std::collections::BTreeSet<String> = slack::SCOPES
            .iter()
            .map(|(scope, _)| (*scope).to_owned())
            .collect();
        if wish.history {
            scopes.extend(["channels:history", "groups:history", "im:history"].map(str::to_owned));
        }
        let settings = standins::slack::Settings {
            scopes: scopes.into_iter().collect(),
            rate_limits: wish.paced,
            // A story's clock stands still: what takes a while is said by the story that needs it.
            files_take: TimeDelta::zero(),
            refuses_repeats: wish.repeats_refused,
            absent: wish.absent.iter().map(|m| (*m).to_owned()).collect(),
            ..Default::default()
        };
        let slack = Slack::new(now.clone(), settings);
        for (id, name, real) in [
            (ANNA, "Anna", "Anna Berger"),
            (BEN, "Ben", "Ben Okafor"),
            (CARLA, "Carla", "Carla Winter"),
            (GAST, "Gast", "Gisela Gast"),
        ] {
            slack.add_user(id, name, real);
        }
        slack.add_channel(CARE, "care", &[ANNA, BEN, CARLA, GAST]);
        slack.add_channel(LEADS, "leads", &[CARLA]);
        slack.add_group(TEAM, "care-team", &[ANNA, BEN]);

        let discord = discord_server(now.clone(), &wish);

        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        slack.set_base(&base);
        let moderation = if wish.held {
            google::Moderation::Held
        } else {
            google::Moderation::After(TimeDelta::zero())
        };
        let google = Google::new(
            now.clone(),
            google::Settings {
                locations: vec![Place::new(STORE, "Filiale München Ost")],
                moderation,
                ..Default::default()
            },
        );
        let hook = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let first = format!("http://{}", hook.local_addr().unwrap());
        let far = wish.only.map(|open| open(now.clone(), &first));
        let way = Arc::new(Way::default());
        let shop = Shop::new(
            now.clone(),
            shop::Settings {
                hook_url: Some(format!("{first}/hook/shop")),
                ..Default::default()
            },
        );
        let sites = match &far {
            Some(far) => way.before(far.router()),
            None => sites::router(vec![google.clone(), shop.clone()], now),
        };
        let router = standins::slack::router(slack.clone()).merge(sites);
        let router = router.merge(standins::discord::router(discord.clone()));
        let quit = stop.clone();
        tokio::spawn(async move {
            axum::serve(listener, router)
                .with_graceful_shutdown(quit.cancelled_owned())
                .await
                .unwrap();
        });

        let database = database::fresh().await;
        let store = Store::open(&database, 4).await.unwrap();
        let mut desk = Self {
            clock,
            slack,
            discord,
            google,
            shop,
            apps: Vec::new(),
            hooks: Vec::new(),
            database,
            line: None,
            store,
            base,
            http: reqwest::Client::builder()
                .connect_timeout(std::time::Duration::from_secs(5))
                .timeout(std::time::Duration::from_secs(60))
                .build()
                .unwrap(),
            far,
            way,
            wish,
            stop,
            lives: Vec::new(),
            holding: Vec::new(),
        };
        desk.start(hook).await;
        for _ in 1..desk.wish.replicas {
            desk.start(TcpListener::bind("127.0.0.1:0").await.unwrap()).await;
        }
        desk.point_at(0);
        desk
    }

    /// The chats call this replica from now on.
    pub fn point_at(&self, replica: usize) {
        if !self.wish.socket && self.wish.chats.has_discord() {
            let url = format!("{}/discord/interactions", self.hooks[replica]);
            self.discord.set_interactions_url(Some(&url));
        }
        if !self.wish.socket {
            let hook = &self.hooks[replica];
            self.slack.set_request_urls(
                &format!("{hook}/slack/events"),
                &format!("{hook}/slack/interactions"),
                &format!("{hook}/slack/commands"),
            );
        }
    }

    async fn start(&mut self, listener: TcpListener) {
        let hook = format!("http://{}", listener.local_addr().unwrap());
        // Few: each connection has every statement parsed and planned for itself, which was half of what a story cost.
        let store = Store::open(self.line.as_ref().unwrap_or(&self.database), CONNECTIONS)
            .await
            .unwrap();
        let app = App::assemble(Parts {
            store,
            clock: Arc::new(Skewed {
                right: self.clock.clone(),
                seconds: self.wish.skew.get(self.apps.len()).copied().unwrap_or(0),
            }),
            rules: rules(&self.wish),
            rulebook: configured(&self.wish).map(|config| {
                let book: Arc<dyn zeitnah::port::rulebook::Rulebook> = Arc::new(config.written);
                book
            }),
            exports: configured(&self.wish).map(|config| {
                let files: Arc<dyn zeitnah::port::export::Exports> =
                    Arc::new(zeitnah::app::exports::Files::of(&config));
                files
            }),
            sources: self.sources(),
            webhooks: vec![("pager".to_owned(), pager(&self.base))],
            chats: self.chats(),
        })
        .unwrap();
        app.introduce().await.unwrap();
        let life = self.stop.child_token();
        let answering = app.answer(listener, life.clone());
        self.lives.push(life);
        tokio::spawn(async move { answering.await.unwrap() });
        self.apps.push(app);
        self.hooks.push(hook);
    }

    fn sources(&self) -> Vec<Arc<dyn ReviewSource>> {
        if let Some(far) = &self.far {
            let text = far.section().replace("BASE", &self.base);
            return sources(&text, &|name| far.env(name));
        }
        let shop = shop::Settings::default();
        let google = google::Settings::default();
        let text = SOURCES
            .replace("BASE", &self.base)
            .replace("ACCOUNT", &google.account)
            .replace("STORE", STORE);
        sources(&text, &|name| match name {
            "GOOGLE_CLIENT_ID" => Some(google.client_id.clone()),
            "GOOGLE_CLIENT_SECRET" => Some(google.client_secret.clone()),
            "GOOGLE_REFRESH_TOKEN" => Some(google.refresh_token.clone()),
            "SOURCE_SHOP_SECRET" => Some(shop.hook_secret.clone()),
            "SOURCE_SHOP_REPLY_SECRET" => Some(shop.reply_secret.clone()),
            "FORUM_NEW" => Some(FORUM_SECRETS[0].to_owned()),
            "FORUM_OLD" => Some(FORUM_SECRETS[1].to_owned()),
            _ => None,
        })
    }

    fn chats(&self) -> Vec<Arc<dyn zeitnah::chat::Settings>> {
        let mut chats: Vec<Arc<dyn zeitnah::chat::Settings>> = Vec::new();
        if self.wish.chats.has_slack() {
            chats.push(Arc::new(self.slack_settings()));
        }
        if self.wish.chats.has_discord() {
            chats.push(Arc::new(self.discord_settings()));
        }
        chats
    }

    fn slack_settings(&self) -> slack::Settings {
        let sandbox = standins::slack::Settings::default();
        let way = if self.wish.socket {
            slack::settings::Way::Socket {
                app_token: SecretString::from(sandbox.app_token),
                connections: 1,
            }
        } else {
            slack::settings::Way::Http {
                signing_secrets: vec![SecretString::from(sandbox.signing_secret)],
            }
        };
        slack::Settings {
            way,
            api_url: format!("{}/slack/api", self.base),
            bot_token: SecretString::from(sandbox.bot_token),
            read_back: true,
            post_every_ms: 0,
        }
    }

    fn discord_settings(&self) -> discord::Settings {
        let sandbox = self.discord.settings();
        let way = if self.wish.socket {
            discord::settings::Way::Gateway
        } else {
            discord::settings::Way::Http {
                public_key: sandbox.public_key(),
            }
        };
        discord::Settings {
            way,
            api_url: format!("{}/discord/api/v10", self.base),
            bot_token: SecretString::from(sandbox.bot_token),
            server: sandbox.guild_id,
            post_every_ms: 0,
            paced: self.wish.paced,
        }
    }

    /// Everything that is due now happens, on all replicas at once, until nothing is.
    pub async fn settle(&self) {
        loop {
            let mut done = 0;
            self.worked().await;
            let drains = self.apps.iter().map(|app| drain::until_quiet(&app.desk));
            for drained in futures::future::join_all(drains).await {
                done += drained.unwrap();
            }
            if done == 0 {
                return;
            }
        }
    }

    /// Presses that were acknowledged have been judged; what follows from them has not happened yet.
    pub async fn worked(&self) {
        for app in &self.apps {
            app.work.close();
            app.work.wait().await;
            app.work.reopen();
        }
    }

    /// One round of what comes round, on all replicas at once.
    pub async fn tick(&self) {
        let rounds = self.apps.iter().map(|app| async {
            app.desk.follow().await.unwrap();
            for name in app.desk.sources.keys() {
                while app.desk.poll(name).await.unwrap().is_some() {}
                app.desk.look_for_missing(name).await.unwrap();
                app.desk.look_for_silence(name).await.unwrap();
            }
            app.desk.tick().await.unwrap();
            app.desk.schedule().await.unwrap();
            app.desk.pick_up().await.unwrap();
            app.desk.refresh().await.unwrap();
            app.desk.reconcile().await.unwrap();
        });
        futures::future::join_all(rounds).await;
        // What one replica passed by because another one was at its item comes a moment later.
        for app in &self.apps {
            while app.desk.tick().await.unwrap() > 0 {}
        }
        self.settle().await;
    }

    pub async fn advance(&self, by: TimeDelta) {
        self.clock.advance(by);
        self.tick().await;
    }

    pub async fn seconds(&self, n: i64) {
        self.advance(TimeDelta::seconds(n)).await;
    }

    pub async fn minutes(&self, n: i64) {
        self.advance(TimeDelta::minutes(n)).await;
    }

    pub async fn hours(&self, n: i64) {
        self.advance(TimeDelta::hours(n)).await;
    }

    /// The clock is put there, as if nobody had run in between.
    pub async fn jump(&self, to: &str) {
        self.clock.set(at(to));
        self.tick().await;
    }

    /// The clock goes there in steps, as with workers that look every few minutes.
    pub async fn go(&self, to: &str, step: TimeDelta) {
        let to = at(to);
        while self.clock.now() < to {
            self.clock.set((self.clock.now() + step).min(to));
            self.tick().await;
        }
    }

    /// A customer writes on Google, and the next poll sees it.
    pub async fn review(&self, stars: u8, text: &str) -> String {
        let id = self.google.write(STORE, "Jule K.", stars, text).unwrap();
        self.minutes(5).await;
        id
    }

    /// A customer writes in the shop, which pushes it.
    pub async fn question(&self, text: &str) -> String {
        let id = self
            .shop
            .write(SHEARS, "Rolf", shop::Kind::Question, None, text)
            .unwrap();
        self.shop.tick().await;
        self.settle().await;
        id
    }

    /// One signed delivery to `POST /hook/forum`, which takes no replies, and what came back.
    pub async fn push(&self, delivery: &str, body: impl Into<Vec<u8>>) -> (u16, serde_json::Value) {
        let body = body.into();
        let signature = shop::webhook::sign(FORUM_SECRETS[0], delivery, self.clock.now(), &body).unwrap();
        let stamp = self.clock.now().timestamp().to_string();
        self.deliver(
            0,
            "forum",
            &[
                ("webhook-id", delivery),
                ("webhook-timestamp", &stamp),
                ("webhook-signature", &signature),
            ],
            body,
        )
        .await
    }

    /// Any call to `POST /hook/{source}` of any replica.
    pub async fn deliver(
        &self,
        replica: usize,
        source: &str,
        headers: &[(&str, &str)],
        body: impl Into<Vec<u8>>,
    ) -> (u16, serde_json::Value) {
        let mut request = self
            .http
            .post(format!("{}/hook/{source}", self.hooks[replica]))
            .body(body.into());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        let answer = serde_json::from_str(&text).unwrap_or(serde_json::Value::String(text));
        self.settle().await;
        (status, answer)
    }

    /// All that the bot ever wrote: cards, threads, direct messages.
    pub fn everything(&self) -> Vec<Message> {
        let mut all = Vec::new();
        for channel in self.slack.channels() {
            for message in self.slack.see(&channel.id) {
                all.extend(self.slack.see_thread(&channel.id, &message.ts));
                all.push(message);
            }
        }
        all
    }

    /// What the rows themselves say, one value each.
    #[expect(
        clippy::disallowed_methods,
        reason = "a story looks past the store, with statements of its own"
    )]
    pub async fn rows<T>(&self, sql: impl Into<String>) -> Vec<T>
    where
        T: Send + Unpin,
        (T,): for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow>,
    {
        sqlx::query_scalar(sqlx::AssertSqlSafe(sql.into()))
            .fetch_all(self.store.pool())
            .await
            .unwrap()
    }

    pub async fn row<T>(&self, sql: impl Into<String>) -> T
    where
        T: Send + Unpin,
        (T,): for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow>,
    {
        self.rows(sql).await.pop().expect("a row")
    }

    /// Somebody else works on every item until this is let go.
    pub async fn hold_items(&self) -> sqlx::Transaction<'static, sqlx::Postgres> {
        let mut tx = self.store.pool().begin().await.unwrap();
        sqlx::raw_sql("SELECT id FROM item FOR UPDATE")
            .execute(&mut *tx)
            .await
            .unwrap();
        tx
    }

    /// Who was called by anything that the bot ever wrote.
    pub fn notified(&self) -> std::collections::BTreeSet<String> {
        self.everything()
            .iter()
            .flat_map(|m| self.slack.notified(m))
            .collect()
    }

    /// Holds the line of every replica in Socket Mode until it is let go.
    pub fn hold_lines(&mut self) -> CancellationToken {
        let let_go = self.stop.child_token();
        self.holding.clear();
        for app in &mut self.apps {
            let held = app.hold_lines(&let_go);
            let tasks = held
                .into_iter()
                .map(|holding| tokio::spawn(async move { holding.await.unwrap() }).abort_handle());
            self.holding.push(tasks.collect());
        }
        let_go
    }

    /// The newest card in a room, looked at.
    pub fn card_in(&self, room: &str) -> Message {
        self.slack.see(room).last().expect("a card").clone()
    }

    pub fn card(&self) -> Message {
        self.card_in(CARE)
    }

    /// What a card says now, as a person reads it.
    pub fn text(&self, card: &Message) -> String {
        self.slack.visible_text(
            &self
                .slack
                .see_message(&card.channel, &card.ts)
                .expect("the card stands"),
        )
    }

    pub fn buttons(&self, card: &Message) -> Vec<String> {
        self.slack.buttons(
            &self
                .slack
                .message(&card.channel, &card.ts)
                .expect("the card stands"),
        )
    }

    /// The card's thread as lines.
    pub fn thread(&self, card: &Message) -> Vec<String> {
        let lines = self.slack.see_thread(&card.channel, &card.ts);
        lines
            .iter()
            .map(|m| self.slack.visible_text(m).trim().to_owned())
            .collect()
    }

    pub async fn press(&self, who: &str, card: &Message, what: &str) {
        let outcome = self.slack.press(who, &card.channel, &card.ts, what).await;
        assert!(outcome.acked, "{what}: {outcome:?}");
        self.settle().await;
    }

    pub async fn choose(&self, who: &str, card: &Message, what: &str) {
        let outcome = self
            .slack
            .choose(who, &card.channel, &card.ts, "z1.more", what)
            .await;
        assert!(outcome.acked, "{what}: {outcome:?}");
        self.settle().await;
    }

    /// Fills in the form that `who` has open.
    pub async fn submit(&self, who: &str, values: &[(&str, &str)]) {
        let view = self
            .slack
            .view(who)
            .unwrap_or_else(|| panic!("{who} has no form open"));
        let outcome = self.slack.submit(who, &view.id, values).await;
        assert!(outcome.acked, "{outcome:?}");
        self.settle().await;
    }

    pub async fn command(&self, who: &str, text: &str) -> String {
        let outcome = self.slack.command(who, CARE, "/zeitnah", text).await;
        assert!(outcome.acked, "{outcome:?}");
        self.settle().await;
        self.whispers(who).pop().unwrap_or_default()
    }

    /// What only `who` was told, oldest first.
    pub fn whispers(&self, who: &str) -> Vec<String> {
        self.slack
            .see_ephemerals(who)
            .iter()
            .map(|e| self.slack.visible_ephemeral(e).trim().to_owned())
            .collect()
    }

    pub fn form(&self, who: &str) -> String {
        self.slack.visible_view(
            &self
                .slack
                .view(who)
                .unwrap_or_else(|| panic!("{who} has no form open")),
        )
    }

    /// From the card to the published answer, as a person does it.
    pub async fn answer(&self, who: &str, card: &Message, text: &str) {
        self.press(who, card, "Antworten").await;
        self.submit(who, &[("text", text)]).await;
        self.submit(who, &[]).await;
        self.seconds(30).await;
    }

    /// A replica dies without a word: what it had leased stays leased.
    pub fn kill(&mut self, replica: usize) {
        if replica < self.holding.len() {
            for line in self.holding.remove(replica) {
                line.abort();
            }
        }
        drop(self.apps.remove(replica));
        self.lives.remove(replica).cancel();
        self.hooks.remove(replica);
    }

    /// From now on, new replicas have these rules.
    pub fn retune(&mut self, tune: fn(&mut Rules)) {
        self.wish.tune = tune;
    }

    /// From now on, new replicas read this file.
    pub fn rewrite(&mut self, file: String) {
        self.wish.file = Some(file);
    }

    /// A new replica on the same database.
    pub async fn revive(&mut self) {
        self.start(TcpListener::bind("127.0.0.1:0").await.unwrap()).await;
        self.point_at(self.hooks.len() - 1);
    }

    /// What the rows say about deadlines is what the log, the policy and the calendar say.
    async fn deadlines_follow_from_the_log(&self) {
        let Some(app) = self.apps.first() else { return };
        for number in self.rows::<i64>("SELECT number FROM item").await {
            let pool = self.store.pool();
            let id = item::by_number(pool, number).await.unwrap().unwrap();
            let kept = item::get(pool, id).await.unwrap().unwrap();
            let log = event::of_item(pool, id).await.unwrap();
            let terms = app.desk.rules.terms(app.desk.rules.route(&kept.route));
            let origin = Origin {
                published: kept.published_at,
                first_seen: kept.first_seen_at,
            };
            let runs = sla::runs(terms, origin, &log);
            assert_eq!(
                kept.deadline,
                sla::deadline(terms, &runs),
                "item {number}: {log:#?}"
            );
        }
    }

    /// What digests are read from is what a recount says.
    async fn sums_are_what_happened(&self) {
        for day in stats::days(&self.store, self.clock.now()).await.unwrap() {
            assert_eq!(stats::verify(&self.store, day).await.unwrap(), [], "{day}");
        }
    }

    /// Each message in a room is in the room's language. Where it was changed meanwhile, older ones stand in another.
    async fn rooms_are_spoken_to_in_their_language(&self) {
        let changed: i64 = self.row("SELECT count(*) FROM setting").await;
        let Some(app) = self.apps.first().filter(|_| changed == 0) else {
            return;
        };
        let theirs: Vec<String> = self.rows("SELECT body FROM item").await;
        let theirs = theirs.join("\n");
        for channel in app.desk.rules.channels.values().filter(|c| c.chat == "slack") {
            for message in self.slack.see(&channel.room) {
                let mut all = self.slack.see_thread(&channel.room, &message.ts);
                all.push(message);
                for message in all.iter().filter(|m| m.bot_id.is_some() && !m.deleted) {
                    let text = self.slack.visible_text(message);
                    let foreign = crate::tongue::foreign(&text, &theirs, channel.locale.lang);
                    assert_eq!(foreign, None, "in {} stands\n{text}", channel.name);
                }
            }
        }
    }

    /// At the end of a story nothing waits and nothing was posted that nobody looked at.
    pub async fn finish(self) {
        self.settle().await;
        let now = self.clock.now();
        let backlog = outbox::backlog(self.store.pool(), now).await.unwrap();
        assert_eq!(
            (backlog.due, backlog.unknown, backlog.dead),
            (0, 0, 0),
            "effects are left: {backlog:?} {:?}",
            self.rows::<String>(
                "SELECT row(kind, state, pace, run_at, lane, last_error, attempts, looks)::text FROM effect \
                 WHERE state NOT IN ('done', 'ready')"
            )
            .await
        );
        assert_eq!(
            inbox::waiting(self.store.pool()).await.unwrap(),
            0,
            "presses are left"
        );
        let unread = self.slack.unread();
        assert!(unread.is_empty(), "nobody looked at: {unread:#?}");
        let unread = self.discord.unread();
        assert!(unread.is_empty(), "nobody looked at: {unread:#?}");
        assert_eq!(
            self.discord.odd(),
            Vec::<String>::new(),
            "no well-behaved app sends this"
        );
        self.rooms_are_spoken_to_in_their_language().await;
        self.deadlines_follow_from_the_log().await;
        self.sums_are_what_happened().await;
        let waiting: i64 = self
            .row("SELECT count(*) FROM notice WHERE settled_at IS NULL AND not_before <= (SELECT max(created_at) FROM effect)")
            .await;
        assert_eq!(waiting, 0, "somebody was not told");
        let forgotten: i64 = self
            .row("SELECT count(*) FROM card WHERE folded_at IS NOT NULL AND message_id IS NULL AND watched AND NOT EXISTS (SELECT 1 FROM effect e
                      WHERE e.kind = 'keep_fold' AND e.serial = 'room:' || chat || ':' || room AND e.state = 'ready')")
            .await;
        assert_eq!(forgotten, 0, "nobody lets it in");
        self.stop.cancel();
        for app in &self.apps {
            app.desk.store.close().await;
        }
        self.store.close().await;
        database::drop(&self.database).await;
    }
}

fn discord_server(now: standins::Now, wish: &Wish) -> Arc<Discord> {
    let discord = Discord::new(
        now,
        standins::discord::Settings {
            bot_permissions: discord::permissions(),
            rate_limits: wish.paced,
            judge: crate::official::judge(),
            heartbeat: std::time::Duration::from_secs(if wish.socket { 2 } else { 41 }),
            ..Default::default()
        },
    );
    for (id, name, real) in [
        (D_ANNA, "anna", "Anna Berger"),
        (D_BEN, "ben", "Ben Okafor"),
        (D_CARLA, "carla", "Carla Winter"),
        (D_GAST, "gast", "Gisela Gast"),
    ] {
        discord.add_user(id, name, real);
    }
    match wish.forum {
        true => discord.add_forum(D_CARE, "care"),
        false => discord.add_channel(D_CARE, "care"),
    }
    discord.add_channel(D_LEADS, "leads");
    discord.add_role(D_TEAM, "care-team", &[D_ANNA, D_BEN]);
    discord
}

fn pager(base: &str) -> Arc<dyn zeitnah::port::webhook::Webhook> {
    let secret = SecretString::from(shop::Settings::default().reply_secret);
    Arc::new(zeitnah::webhook::open("pager", &format!("{base}/shop/calls"), &secret).unwrap())
}

/// As the team's file has them. The forum takes no replies, and is in the middle of a rotation of secrets.
/// Of a replica to its database.
const CONNECTIONS: u32 = 4;

const SOURCES: &str = r#"
[[source]]
name = "google"
kind = "google"
label = "Google"
account = "ACCOUNT"
locations = [{ id = "STORE", name = "Filiale München Ost" }]
base_url = "BASE/google"
token_url = "BASE/google/token"

[[source]]
name = "shop"
kind = "push"
label = "Gartenshop"
[source.reply]
url = "BASE/shop/replies"
max_chars = 350
edit = true
delete = true

[[source]]
name = "forum"
kind = "push"
label = "Gartenforum"
secrets = [{ env = "FORUM_NEW" }, { env = "FORUM_OLD" }]
"#;

/// The sources of a file.
fn sources(text: &str, env: &dyn Fn(&str) -> Option<String>) -> Vec<Arc<dyn ReviewSource>> {
    let sections = zeitnah::config::Sections::parse("zeitnah.toml", text, env);
    let all = text.matches("[[source]]").count();
    assert_eq!(sections.sources.len(), all, "{:?}", sections.faults);
    let sources = sections.sources.into_iter().map(|placed| placed.value);
    sources
        .map(|source| source.settings.open(source.about).unwrap())
        .collect()
}

pub fn rules(wish: &Wish) -> Rules {
    let mut rules = configured(wish).map_or_else(|| usual(wish), |config| config.rules());
    (wish.tune)(&mut rules);
    rules
}

/// The team's file as it is read, with an environment in which everything is set.
fn configured(wish: &Wish) -> Option<zeitnah::config::Config> {
    let text = wish.file.as_ref()?;
    let config = zeitnah::config::Config::parse("zeitnah.toml", text, &|name| Some(name.to_lowercase()));
    Some(config.unwrap_or_else(|faults| panic!("{faults:#?}")))
}

fn locale(wish: &Wish) -> Locale {
    Locale {
        lang: wish.lang,
        zone: chrono_tz::Tz::Europe__Berlin,
    }
}

/// The rules of a team on Slack, on Discord, or on both: there each place and each right is there twice.
fn usual(wish: &Wish) -> Rules {
    let slack = on_slack(wish);
    match wish.chats {
        Chats::Slack => slack,
        Chats::Discord => on_discord(slack),
        Chats::Both => {
            let mut both = slack.clone();
            let there = on_discord(slack);
            for (name, channel) in there.channels {
                let name = format!("{name}-discord");
                let channel = Channel {
                    name: name.clone(),
                    ..channel
                };
                both.channels.insert(name, channel);
            }
            both.grants.extend(there.grants);
            both.targets
                .extend(there.targets.into_iter().map(|target| Target {
                    name: format!("{}-discord", target.name),
                    ..target
                }));
            for route in both.routes.iter_mut().chain([&mut both.fallback]) {
                let twins: Vec<String> = route.to.iter().map(|name| format!("{name}-discord")).collect();
                route.to.extend(twins);
            }
            both
        }
    }
}

/// Word for word the same, with Discord's ids.
fn on_discord(mut rules: Rules) -> Rules {
    let id = |id: &str| {
        let pairs = [
            (CARE, D_CARE),
            (LEADS, D_LEADS),
            (ANNA, D_ANNA),
            (BEN, D_BEN),
            (CARLA, D_CARLA),
            (GAST, D_GAST),
            (TEAM, D_TEAM),
        ];
        let found = pairs.iter().find(|(slack, _)| *slack == id);
        found.expect("somebody or something of both").1.to_owned()
    };
    let mention = |mention: &Mention| match mention {
        Mention::Person(user) => Mention::Person(id(user)),
        Mention::Group(group) => Mention::Group(id(group)),
    };
    for channel in rules.channels.values_mut() {
        channel.chat = "discord".into();
        channel.room = id(&channel.room);
        channel.responsible = channel.responsible.iter().map(mention).collect();
    }
    for grant in &mut rules.grants {
        grant.chat = "discord".into();
        grant.to = match &grant.to {
            Grantee::Person(user) => Grantee::Person(id(user)),
            Grantee::Circle(circle) => Grantee::Circle(Circle::Group(id(circle.id()))),
        };
    }
    for target in &mut rules.targets {
        target.chat = "discord".into();
        target.ping = target.ping.iter().map(mention).collect();
        target.room = target.room.as_deref().map(id);
    }
    rules
}

fn on_slack(wish: &Wish) -> Rules {
    let locale = locale(wish);
    let day = Policy {
        first_answer: Some(24 * 60),
        marks: vec![Mark::Left(120)],
        ..Policy::default()
    };
    let channel = |name: &str, room: &str| Channel {
        name: name.into(),
        chat: "slack".into(),
        room: room.into(),
        locale,
        responsible: vec![Mention::Group(TEAM.into())],
        calendar: None,
        quiet: None,
        budget: Some(Budget {
            messages: 30,
            minutes: 10,
        }),
    };
    let grant = |role, to| Grant {
        role,
        chat: "slack".into(),
        to,
        channels: vec![],
    };
    Rules {
        channels: [channel("care", CARE), channel("leads", LEADS)]
            .map(|c| (c.name.clone(), c))
            .into(),
        routes: vec![Route {
            name: "ruf".into(),
            when: When {
                keyword: vec!["Anwalt".into()],
                ..When::default()
            },
            to: vec!["care".into(), "leads".into()],
            policy: Policy {
                first_answer: Some(4 * 60),
                marks: vec![Mark::Left(60)],
                ..Policy::default()
            },
            owner: None,
        }],
        fallback: Route {
            name: "alles".into(),
            when: When::default(),
            to: vec!["care".into()],
            policy: day,
            owner: None,
        },
        grants: vec![
            grant(Role::Responder, Grantee::Circle(Circle::Group(TEAM.into()))),
            grant(Role::Admin, Grantee::Person(CARLA.into())),
        ],
        targets: vec![
            Target {
                name: "leitung".into(),
                label: "Leitung".into(),
                chat: "slack".into(),
                ping: vec![Mention::Person(CARLA.into())],
                room: None,
            },
            Target {
                name: "team".into(),
                label: "Care-Team".into(),
                chat: "slack".into(),
                ping: vec![Mention::Group(TEAM.into())],
                room: Some(LEADS.into()),
            },
        ],
        digests: vec![DigestPlan {
            name: "morgens".into(),
            channel: "care".into(),
            schedule: Schedule::parse("0 8 * * *", locale.zone).unwrap(),
            only_if_something: false,
            who_answered: false,
            to: None,
        }],
        calendars: [].into(),
        rotas: [].into(),
        labels: [
            ("google", "Google"),
            ("shop", "Gartenshop"),
            ("forum", "Gartenforum"),
        ]
        .map(|(a, b)| (a.into(), b.into()))
        .into(),
        claim_minutes: 15,
        undo_seconds: 30,
        clock_stops: ClockStops::Visible,
        chains: BTreeMap::new(),
        gather_seconds: 0,
        post_every_ms: ["slack", "discord"]
            .map(|chat| (chat.to_owned(), if wish.paced { 1000 } else { 0 }))
            .into(),
        keep: Keep {
            deliveries: 14,
            history: 90,
        },
    }
}
