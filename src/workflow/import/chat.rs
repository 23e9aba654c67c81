//! A file that an admin hands in from a chat. It is fetched once and kept; what it would come to is shown to them alone, and
//! nothing is taken in before they say so. Bytes, decision and progress stand in the database: each step is an effect that any
//! replica can carry out, and carried out twice it changes nothing.

use std::sync::Arc;

use chrono::TimeDelta;

use crate::domain::At;
use crate::domain::action::FormToken;
use crate::domain::action::Outcome;
use crate::domain::action::Press;
use crate::domain::action::Step;
use crate::domain::action::Upload;
use crate::domain::effect::Effect;
use crate::domain::effect::Lane;
use crate::domain::effect::NewEffect;
use crate::domain::errand::Errand;
use crate::domain::errand::Offer;
use crate::domain::form::Form;
use crate::domain::form::Part;
use crate::domain::id::EffectId;
use crate::domain::item::Incoming;
use crate::domain::manner::File;
use crate::domain::manner::Manner;
use crate::domain::rights::Role;
use crate::domain::row::Row;
use crate::domain::row::Told;
use crate::domain::text::Lang;
use crate::domain::text::Seg;
use crate::domain::text::Voice;
use crate::domain::words::short_line;
use crate::port::PortError;
use crate::port::chat::Inbox as _;
use crate::port::export::Export;
use crate::port::export::Exports;
use crate::port::export::Order;
use crate::store::StoreError;
use crate::store::Tx;
use crate::store::import;
use crate::store::import::Progress;
use crate::store::import_file;
use crate::store::import_file::Handed;
use crate::store::import_file::NewFile;
use crate::store::import_file::State;
use crate::store::outbox;
use crate::store::outbox::Leased;
use crate::store::outbox::Settled;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::WorkflowError;
use crate::workflow::act::Judged;
use crate::workflow::import::CARDS;
use crate::workflow::import::preview::Nothing;
use crate::workflow::import::preview::Preview;
use crate::workflow::import::rows::BATCH;
use crate::workflow::import::rows::Batches;

/// More is an export of years, for which there is the terminal.
pub const LARGEST: u64 = 20 * 1024 * 1024;
const MEGABYTES: i64 = 20;
/// Rows in one effect: it has to be over long before its lease.
const AT_A_TIME: u64 = 10_000;
/// What cannot be fetched by then, never will be.
const FETCH_MINUTES: i64 = 10;
/// Where another replica is at the same rows.
const LOOK_AGAIN_SECONDS: i64 = 5;
/// Bad rows that are said at the end.
const REASONS: usize = 5;
/// Of a name, a reason, a list of columns.
const NAME_UNITS: usize = 80;
const WHY_UNITS: usize = 200;
const COLUMNS_UNITS: usize = 300;

/// Fields that have a name in both languages; the others are told by their column alone.
const FIELDS: [&str; 9] = [
    "rating",
    "title",
    "body",
    "author",
    "subject",
    "published_at",
    "edited_at",
    "reply",
    "reply_at",
];

impl Desk {
    /// The form with the field for a file.
    pub(crate) async fn offer_import(
        &self,
        tx: &mut Tx,
        press: &Press,
        voice: Voice,
        now: At,
    ) -> Result<Judged> {
        self.meet(tx, press).await?;
        let Some(exports) = self.exports.clone() else {
            return self.tell(tx, press, voice.say("import-not-here", &[]), now).await;
        };
        let mut sources = Vec::new();
        let mut no = None;
        for source in exports.sources() {
            match self.may_not_import(tx, press, voice, &source, now).await? {
                None => {
                    let label = self.rules.label(&source).to_owned();
                    sources.push((source, label));
                }
                Some(why) => no = Some(why),
            }
        }
        if sources.is_empty() {
            let why = no.unwrap_or_else(|| voice.say("import-not-here", &[]));
            self.whisper(tx, press, why, now).await?;
            return Ok(Judged::told("forbidden"));
        }
        if press.opener.is_none() {
            return self
                .tell(tx, press, voice.say("told-press-again", &[]), now)
                .await;
        }
        let lang = voice.lang;
        let first = sources.first().map(|(name, _)| name.clone());
        let form = Form {
            token: FormToken::about_nothing(Step::Import, &press.room),
            title: lang.text("import-title", &[]),
            submit: Some(lang.text("import-submit", &[])),
            close: lang.text("form-cancel", &[]),
            parts: vec![
                Part::Say(voice.say("import-about", &[])),
                Part::Choice {
                    key: "source".to_owned(),
                    label: lang.text("import-source", &[]),
                    options: sources,
                    initial: first,
                },
                Part::File {
                    key: "file".to_owned(),
                    label: lang.text("import-file", &[]),
                    hint: lang.text("import-hint", &[("mb", MEGABYTES.into())]),
                },
            ],
        };
        Ok(Judged {
            outcome: Outcome::Open(form),
            came_to: "shown",
        })
    }

    /// The form was sent. Nothing is fetched here: whoever waits for an acknowledgement does not wait for a file.
    pub(crate) async fn hand_in(
        &self,
        tx: &mut Tx,
        press: &Press,
        voice: Voice,
        (source, file): (&str, Option<&Upload>),
        now: At,
    ) -> Result<Judged> {
        self.meet(tx, press).await?;
        let known = self.exports.as_ref().map(|e| e.sources()).unwrap_or_default();
        if !known.iter().any(|name| name == source) {
            return self.tell(tx, press, voice.say("import-not-here", &[]), now).await;
        }
        if let Some(no) = self.may_not_import(tx, press, voice, source, now).await? {
            self.whisper(tx, press, no, now).await?;
            return Ok(Judged::told("forbidden"));
        }
        let fault = |key: &str| {
            let sentence = voice.lang.text(key, &[("mb", MEGABYTES.into())]);
            Ok(Judged {
                outcome: Outcome::Faults([("file".to_owned(), sentence)].into()),
                came_to: "refused",
            })
        };
        let Some(file) = file else {
            return fault("fault-no-file");
        };
        if file.size > LARGEST {
            return fault("fault-file-large");
        }
        let name = short_line(&file.name, NAME_UNITS);
        let key = format!("{}:{}", press.chat, press.key);
        let new = NewFile {
            key: &key,
            source,
            name: &name,
            place: &file.place,
            by: &press.by.person,
            room: &press.room,
            thread: press.thread.as_deref(),
            answer_to: press.answer_to.as_deref(),
            at: now,
        };
        if let Some(number) = import_file::put(tx, &new).await? {
            let effect = Effect::ReadFile { file: number };
            let way = step(&format!("read:{number}"), effect, number, now);
            outbox::put(tx, &[way], now).await?;
        }
        self.tell(
            tx,
            press,
            voice.say("import-reading", &[("file", name.into())]),
            now,
        )
        .await
    }

    /// A button below what was shown, or below the report.
    pub(crate) async fn decide_import(
        &self,
        tx: &mut Tx,
        press: &Press,
        voice: Voice,
        errand: Errand,
        now: At,
    ) -> Result<Judged> {
        self.meet(tx, press).await?;
        let number = match errand {
            Errand::BringIn { file } | Errand::LeaveOut { file } | Errand::TakeBack { file } => file,
            _ => return Ok(Judged::done("noted")),
        };
        let Some(mut file) = import_file::lock(tx, number).await? else {
            return self.tell(tx, press, voice.say("import-gone", &[]), now).await;
        };
        if let Some(no) = self.may_not_import(tx, press, voice, &file.source, now).await? {
            self.whisper(tx, press, no, now).await?;
            return Ok(Judged::told("forbidden"));
        }
        let (next, said) = match (errand, file.state) {
            (Errand::BringIn { .. }, State::Shown) => (Some(State::Going), "import-going"),
            (Errand::LeaveOut { .. }, State::Shown) => (Some(State::Left), "import-left"),
            (Errand::TakeBack { .. }, State::Done) => (Some(State::Back), "import-back-going"),
            (_, State::Asked) => (None, "import-reading"),
            (_, State::Shown) => (None, "import-undecided"),
            (_, State::Going) => (None, "import-going-already"),
            (_, State::Done) => (None, "import-in-already"),
            (_, State::Back) => (None, "import-back-already"),
            (_, State::Left | State::Refused) => (None, "import-gone"),
        };
        if let Some(next) = next {
            file.state = next;
            file.by = press.by.person.clone();
            file.room.clone_from(&press.room);
            file.thread.clone_from(&press.thread);
            file.answer_to.clone_from(&press.answer_to);
            import_file::save(tx, &file, now).await?;
            let way = match next {
                State::Going => Some((format!("bring:{number}:0"), Effect::BringIn { file: number })),
                State::Back => Some((format!("back:{number}"), Effect::TakeBack { file: number })),
                _ => None,
            };
            let way = way.map(|(key, effect)| step(&key, effect, number, now));
            outbox::put(tx, way.as_slice(), now).await?;
        }
        let text = voice.say(said, &[("file", file.name.into())]);
        self.whisper(tx, press, text, now).await?;
        Ok(Judged::told(if next.is_some() { "changed" } else { "told" }))
    }

    /// Whoever brings something in puts it before all the people to whom its source may lead.
    async fn may_not_import(
        &self,
        tx: &mut Tx,
        press: &Press,
        voice: Voice,
        source: &str,
        now: At,
    ) -> Result<Option<Vec<Seg>>> {
        let rules = &self.rules;
        let concerned = rules
            .routes
            .iter()
            .filter(|route| route.when.source.is_empty() || route.when.source.iter().any(|s| s == source))
            .chain([&rules.fallback]);
        let mut channels: Vec<String> = concerned.flat_map(|route| route.to.iter().cloned()).collect();
        channels.sort();
        channels.dedup();
        for channel in channels {
            let no = self
                .no_right_in(tx, press, voice, Role::Admin, &[channel], now)
                .await?;
            if no.is_some() {
                return Ok(no);
            }
        }
        Ok(None)
    }

    async fn tell(&self, tx: &mut Tx, press: &Press, text: Vec<Seg>, now: At) -> Result<Judged> {
        self.whisper(tx, press, text, now).await?;
        Ok(Judged::told("told"))
    }

    /// Fetches the file and shows what it would come to.
    pub(crate) async fn read_file(&self, leased: &Leased, number: i64) -> Result<()> {
        let now = self.now();
        let Some((file, bytes)) = self.handed(number).await? else {
            return self.settle(leased, Settled::Done).await;
        };
        if file.state != State::Asked {
            return self.settle(leased, Settled::Done).await;
        }
        let voice = self.voice_for(&file).await?;
        let bytes = match bytes {
            Some(bytes) => bytes,
            None => match self.chat(&file.by.chat)?.fetch(&file.place, LARGEST).await {
                Ok(bytes) => {
                    let mut tx = self.store.begin().await?;
                    import_file::keep_bytes(&mut tx, number, &bytes).await?;
                    tx.commit().await.map_err(StoreError::from)?;
                    bytes
                }
                Err(error) => return self.not_fetched(leased, file, voice, &error).await,
            },
        };
        let name = file.name.as_str();
        let told = match self.look_through(&file, bytes, now).await? {
            Err(what) => {
                let args = [
                    ("file", name.into()),
                    ("what", short_line(&what, WHY_UNITS).into()),
                ];
                (State::Refused, voice.say("import-unread", &args).into(), 0)
            }
            Ok((export, days)) => {
                let past = now - TimeDelta::days(days);
                match self.preview(&export, &file.source, Some(past), true, now).await {
                    Err(WorkflowError::Export(what)) => {
                        let args = [
                            ("file", name.into()),
                            ("what", short_line(&what, WHY_UNITS).into()),
                        ];
                        (State::Refused, voice.say("import-unread", &args).into(), 0)
                    }
                    Err(other) => return Err(other),
                    Ok(preview) => {
                        let source = self.rules.label(&file.source);
                        let shown = Shown {
                            voice,
                            file: &file,
                            source,
                            days,
                        };
                        let told = shown.told(export.as_ref(), &preview);
                        match preview.nothing(export.as_ref()) {
                            None => (State::Shown, told, preview.open),
                            Some(nothing) => (State::Refused, shown.refused(told, &nothing), 0),
                        }
                    }
                }
            }
        };
        let (state, told, open) = told;
        let mut tx = self.store.begin().await?;
        let Some(mut file) = import_file::lock(&mut tx, number).await? else {
            return self.settle_in(tx, leased, Settled::Done).await;
        };
        if file.state == State::Asked {
            file.state = state;
            file.open = open;
            import_file::save(&mut tx, &file, now).await?;
            self.whisper_about(&mut tx, &file, "shown", told, now).await?;
        }
        self.settle_in(tx, leased, Settled::Done).await
    }

    async fn not_fetched(
        &self,
        leased: &Leased,
        file: Handed,
        voice: Voice,
        error: &PortError,
    ) -> Result<()> {
        let now = self.now();
        let late = now - file.handed_at > TimeDelta::minutes(FETCH_MINUTES);
        if !error.is_no() && !late {
            let wait = match error {
                PortError::Later { after, .. } => *after,
                _ => None,
            };
            let why = error.to_string();
            return self
                .settle(
                    leased,
                    Settled::Later {
                        at: self.next(leased, wait),
                        why,
                    },
                )
                .await;
        }
        tracing::warn!(error = %error, "a file that was handed in cannot be fetched");
        let sentence = match error {
            PortError::Denied { .. } => "import-denied",
            _ => "import-unfetched",
        };
        let mut tx = self.store.begin().await?;
        let Some(mut file) = import_file::lock(&mut tx, file.number).await? else {
            return self.settle_in(tx, leased, Settled::Done).await;
        };
        if file.state == State::Asked {
            file.state = State::Refused;
            import_file::save(&mut tx, &file, now).await?;
            let text = voice.say(sentence, &[("file", file.name.as_str().into())]);
            self.whisper_about(&mut tx, &file, "shown", text.into(), now)
                .await?;
        }
        self.settle_in(tx, leased, Settled::Done).await
    }

    /// The next rows of it. Whoever else is at it has come further, and then this one stops.
    pub(crate) async fn bring_in(&self, leased: &Leased, number: i64) -> Result<()> {
        let now = self.now();
        let Some((file, bytes)) = self.handed(number).await? else {
            return self.settle(leased, Settled::Done).await;
        };
        let (State::Going, Some(bytes)) = (file.state, bytes) else {
            return self.settle(leased, Settled::Done).await;
        };
        let voice = self.voice_for(&file).await?;
        let looked = self.look_through(&file, bytes, file.handed_at).await?;
        let brought = match looked {
            Ok((export, days)) => match self.bring_rows(number, &export, days).await {
                Err(WorkflowError::Export(what)) => Err(what),
                brought => Ok(brought?),
            },
            Err(what) => Err(what),
        };
        let mut tx = self.store.begin().await?;
        let Some(mut file) = import_file::lock(&mut tx, number).await? else {
            return self.settle_in(tx, leased, Settled::Done).await;
        };
        if file.state != State::Going {
            return self.settle_in(tx, leased, Settled::Done).await;
        }
        match brought {
            Ok(Brought::More(rows)) => {
                let effect = Effect::BringIn { file: number };
                let next = step(&format!("bring:{number}:{rows}"), effect, number, now);
                outbox::put(&mut tx, &[next], now).await?;
            }
            // Whoever it is may be gone in the next moment; where they ended, this one goes on.
            Ok(Brought::Overtaken) => {
                let at = now + TimeDelta::seconds(LOOK_AGAIN_SECONDS);
                return self.settle_in(tx, leased, Settled::Again { at }).await;
            }
            Ok(Brought::All(progress)) => {
                file.state = State::Done;
                import_file::save(&mut tx, &file, now).await?;
                let told = report(voice, &file, &progress);
                self.whisper_about(&mut tx, &file, "done", told, now).await?;
            }
            Err(what) => {
                file.state = State::Refused;
                import_file::save(&mut tx, &file, now).await?;
                let what = short_line(&what, WHY_UNITS);
                let args = [("file", file.name.as_str().into()), ("what", what.into())];
                let text = voice.say("import-broke-off", &args);
                self.whisper_about(&mut tx, &file, "done", text.into(), now)
                    .await?;
            }
        }
        self.settle_in(tx, leased, Settled::Done).await
    }

    async fn bring_rows(&self, number: i64, export: &Arc<dyn Export>, days: i64) -> Result<Brought> {
        let (file, mut progress) = self.run_of(number, export).await?;
        let run = progress.number;
        let manner = Manner::File(File {
            run,
            as_of: export.as_of().unwrap_or(file.handed_at),
            dates_changes: export.dates_changes(),
            past_before: Some(file.handed_at - TimeDelta::days(days)),
            folded: file.open > CARDS,
        });
        let began = progress.rows;
        let mut batches = Batches::of(export, began, BATCH);
        while let Some(rows) = batches.next().await? {
            let now = self.now();
            let mut tx = self.store.begin().await?;
            let Some(mut file) = import_file::lock(&mut tx, number).await? else {
                return Ok(Brought::Overtaken);
            };
            let there = import::rows(&mut tx, run).await?;
            if file.state != State::Going || there != Some(progress.rows) {
                return Ok(Brought::Overtaken);
            }
            let refused = self
                .take_rows(&mut tx, &file.source, rows, &manner, &mut progress, now)
                .await?;
            for row in refused {
                if file.refused.len() < REASONS {
                    let place = format!("{}:{}", export.label(row.part), row.line);
                    file.refused.push((place, row.why));
                }
            }
            import_file::save(&mut tx, &file, now).await?;
            import::advance(&mut tx, &progress, now).await?;
            tx.commit().await.map_err(StoreError::from)?;
            if progress.rows - began >= AT_A_TIME && progress.rows < export.rows_in_all() {
                return Ok(Brought::More(progress.rows));
            }
        }
        Ok(Brought::All(progress))
    }

    /// The run that this file is brought in by, and how far it is. A file that was in before is read once more: what is known
    /// changes nothing.
    async fn run_of(&self, number: i64, export: &Arc<dyn Export>) -> Result<(Handed, Progress)> {
        let now = self.now();
        let print = export.fingerprint().map_err(WorkflowError::Export)?;
        let mut tx = self.store.begin().await?;
        let Some(mut file) = import_file::lock(&mut tx, number).await? else {
            return Err(WorkflowError::Export("the file is not there any more".to_owned()));
        };
        let pool = self.store.pool();
        let known = import::progress(pool, &file.source, &print).await?;
        let progress = match (file.run, known) {
            (Some(_), Some(progress)) => progress,
            (None, Some(progress)) if progress.rows < export.rows_in_all() => progress,
            _ => Progress {
                number: import::begin_in(&mut tx, &file.source, &print, &file.name, now).await?,
                ..Progress::default()
            },
        };
        file.run = Some(progress.number);
        import_file::save(&mut tx, &file, now).await?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok((file, progress))
    }

    /// What it brought and nobody has touched since goes again.
    pub(crate) async fn take_file_back(&self, leased: &Leased, number: i64) -> Result<()> {
        let Some((file, _)) = self.handed(number).await? else {
            return self.settle(leased, Settled::Done).await;
        };
        let (State::Back, Some(run)) = (file.state, file.run) else {
            return self.settle(leased, Settled::Done).await;
        };
        let voice = self.voice_for(&file).await?;
        let done = self.undo_import(run).await?.unwrap_or_default();
        let name = || ("file", file.name.as_str().into());
        let mut text = voice.say("import-back", &[name(), ("n", done.gone.into())]);
        for (n, key) in [
            (done.closed, "import-back-closed"),
            (done.kept, "import-back-kept"),
        ] {
            if n > 0 {
                line(&mut text, voice.say(key, &[("n", n.into())]));
            }
        }
        let now = self.now();
        let mut tx = self.store.begin().await?;
        self.whisper_about(&mut tx, &file, "back", text.into(), now)
            .await?;
        self.settle_in(tx, leased, Settled::Done).await
    }

    async fn handed(&self, number: i64) -> Result<Option<(Handed, Option<Vec<u8>>)>> {
        let mut tx = self.store.begin().await?;
        let Some(file) = import_file::lock(&mut tx, number).await? else {
            return Ok(None);
        };
        let bytes = import_file::bytes(&mut tx, number).await?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(Some((file, bytes)))
    }

    async fn voice_for(&self, file: &Handed) -> Result<Voice> {
        let voice = self.voice(&file.by.chat, &file.room);
        self.own_voice(self.store.pool(), &file.by, voice).await
    }

    /// What is wrong with it is nothing that fails here.
    async fn look_through(
        &self,
        file: &Handed,
        bytes: Vec<u8>,
        now: At,
    ) -> Result<std::result::Result<(Arc<dyn Export>, i64), String>> {
        let exports: Arc<dyn Exports> = self.exports.clone().ok_or_else(|| WorkflowError::NotConfigured {
            what: "source",
            name: file.source.clone(),
        })?;
        let zone = self.zone_of(&file.source);
        let days = exports.backfill_days(&file.source);
        let (source, name) = (file.source.clone(), file.name.clone());
        let looked =
            tokio::task::spawn_blocking(move || exports.look(&source, &name, bytes.into(), zone, now));
        Ok(match looked.await {
            Ok(looked) => looked.map(|export| (export, days)),
            Err(_) => Err("reading it broke off".to_owned()),
        })
    }

    async fn whisper_about(&self, tx: &mut Tx, file: &Handed, what: &str, told: Told, now: At) -> Result<()> {
        let chat = &file.by.chat;
        let effect = NewEffect {
            id: EffectId::new(now),
            key: format!("whisper:{chat}:file:{}:{what}", file.number),
            effect: Effect::Whisper {
                room: file.room.clone(),
                user: file.by.user.clone(),
                thread: file.thread.clone(),
                answer_to: file.answer_to.clone(),
                told,
            },
            item: None,
            lane: Lane::Urgent,
            serial: format!("whisper:{chat}:{}", file.by.user),
            pace: Some(format!("whisper:{chat}")),
            run_at: now,
        };
        outbox::put(tx, &[effect], now).await?;
        Ok(())
    }
}

/// How far it came.
enum Brought {
    All(Progress),
    More(u64),
    /// Somebody else is at it.
    Overtaken,
}

/// One step of a file at a time.
fn step(key: &str, effect: Effect, number: i64, now: At) -> NewEffect {
    NewEffect {
        id: EffectId::new(now),
        key: format!("file:{key}"),
        effect,
        item: None,
        lane: Lane::Normal,
        serial: format!("file:{number}"),
        pace: None,
        run_at: now,
    }
}

/// What an admin reads before they decide.
struct Shown<'a> {
    voice: Voice,
    file: &'a Handed,
    source: &'a str,
    days: i64,
}

impl Shown<'_> {
    fn told(&self, export: &dyn Export, preview: &Preview) -> Told {
        let voice = self.voice;
        let button = |errand, key: &str| Offer::errand(errand, voice.lang.text(key, &[]));
        let file = self.file.number;
        Told {
            text: self.understood(export),
            rows: preview
                .first
                .iter()
                .map(|post| Row::plain(card(voice, post)))
                .collect(),
            after: self.counted(preview),
            offers: vec![
                button(Errand::BringIn { file }, "button-bring-in"),
                button(Errand::LeaveOut { file }, "button-leave-out"),
            ],
            menus: Vec::new(),
        }
    }

    fn understood(&self, export: &dyn Export) -> Vec<Seg> {
        let voice = self.voice;
        let mut out = Vec::new();
        let about = export.about();
        for file in about.iter().take(2) {
            let shape = file
                .shape
                .map_or_else(|| voice.lang.text("import-by-names", &[]), str::to_owned);
            let rows = i64::try_from(file.rows).unwrap_or(i64::MAX);
            let args = [
                ("file", short_line(&file.label, NAME_UNITS).into()),
                ("source", self.source.into()),
                ("shape", shape.into()),
                ("n", rows.into()),
            ];
            line(&mut out, voice.say("import-understood", &args));
            if !file.encoding.is_empty() {
                let encoding = ("encoding", file.encoding.into());
                line(&mut out, voice.say("import-encoding", &[encoding]));
            }
            let used: Vec<String> = file
                .used
                .iter()
                .map(|(field, column)| used(voice.lang, field, column))
                .collect();
            let columns = |names: &[String]| short_line(&names.join(", "), COLUMNS_UNITS);
            line(
                &mut out,
                voice.say("import-used", &[("columns", columns(&used).into())]),
            );
            if !file.unused.is_empty() {
                let left = columns(&file.unused);
                line(&mut out, voice.say("import-unused", &[("columns", left.into())]));
            }
            match file.order {
                Some((Order::DayFirst, _)) => line(&mut out, voice.say("import-day-first", &[])),
                Some((Order::MonthFirst, _)) => line(&mut out, voice.say("import-month-first", &[])),
                None => {}
            }
            if file.scale != (1.0, 5.0) {
                let best = format!("{}", file.scale.1);
                line(&mut out, voice.say("import-scale", &[("best", best.into())]));
            }
            if file.shortened > 0 {
                line(&mut out, voice.say("import-shortened", &[]));
            }
        }
        let more = about.len().saturating_sub(2) + export.skipped().len();
        if more > 0 {
            line(&mut out, voice.say("import-more-files", &[("n", more.into())]));
        }
        out
    }

    fn counted(&self, preview: &Preview) -> Vec<Seg> {
        let voice = self.voice;
        let mut out = Vec::new();
        let args = [
            ("n", number(preview.items)),
            ("open", number(preview.open)),
            ("answered", number(preview.answered)),
            ("past", number(preview.past)),
        ];
        line(&mut out, voice.say("import-posts", &args));
        let args = [
            ("new", number(preview.new)),
            ("changed", number(preview.changed)),
            ("known", number(preview.known)),
        ];
        line(&mut out, voice.say("import-news", &args));
        for (n, key) in [
            (preview.older, "import-older"),
            (preview.left_out, "import-thrown-away"),
            (preview.bad, "import-bad"),
        ] {
            if n > 0 {
                line(&mut out, voice.say(key, &[("n", number(n))]));
            }
        }
        reasons(voice, &mut out, &preview.reasons);
        // What is there already gets no second card.
        let all_known = preview.known > 0 && preview.new + preview.changed == 0;
        let then = match preview.open {
            _ if all_known => voice.say("import-then-known", &[]),
            0 => voice.say("import-then-nothing", &[]),
            n if n <= CARDS => voice.say("import-then-cards", &[("n", number(n))]),
            n => voice.say("import-then-list", &[("n", number(n))]),
        };
        line(&mut out, then);
        if preview.answered + preview.past > 0 && preview.open > 0 && !all_known {
            line(
                &mut out,
                voice.say("import-then-rest", &[("span", self.days.into())]),
            );
        }
        out
    }

    /// What was understood, without the buttons, and why that is not enough.
    fn refused(&self, told: Told, nothing: &Nothing) -> Told {
        let voice = self.voice;
        let mut after = match nothing {
            Nothing::Unreadable(_) => voice.say("import-nothing-read", &[]),
            Nothing::Empty => voice.say("import-nothing-there", &[]),
            Nothing::Missing(fields) => {
                let names = fields
                    .iter()
                    .map(|field| voice.lang.text(&format!("field-{}", dashed(field)), &[]));
                let names: Vec<String> = names.collect();
                let field = fields.first().copied().unwrap_or("body");
                let args = [("columns", names.join(", ").into()), ("word", field.into())];
                voice.say("import-nothing-of", &args)
            }
        };
        if let Nothing::Unreadable(_) = nothing {
            after.push(Seg::Text("\n".to_owned()));
            after.extend(told.after);
        }
        Told {
            after,
            offers: Vec::new(),
            ..told
        }
    }
}

fn report(voice: Voice, file: &Handed, progress: &Progress) -> Told {
    let counts = progress.counts;
    let mut text = voice.say("import-done", &[("file", file.name.as_str().into())]);
    let args = [
        ("new", number(counts.new)),
        ("changed", number(counts.changed)),
        ("known", number(counts.same)),
    ];
    line(&mut text, voice.say("import-news", &args));
    let closed = counts.answered + counts.past;
    if closed > 0 {
        let args = [
            ("open", number(counts.new.saturating_sub(closed))),
            ("answered", number(counts.answered)),
            ("past", number(counts.past)),
        ];
        line(&mut text, voice.say("import-done-of-which", &args));
    }
    if counts.bad > 0 {
        line(&mut text, voice.say("import-bad", &[("n", number(counts.bad))]));
        reasons(voice, &mut text, &file.refused);
    }
    let mut offers = Vec::new();
    if counts.new > 0 {
        let errand = Errand::TakeBack { file: file.number };
        offers.push(Offer::errand(errand, voice.lang.text("button-take-back", &[])));
    }
    Told {
        text,
        offers,
        ..Told::default()
    }
}

fn reasons(voice: Voice, out: &mut Vec<Seg>, reasons: &[(String, String)]) {
    for (place, why) in reasons {
        let args = [
            ("where", short_line(place, NAME_UNITS).into()),
            ("what", short_line(why, WHY_UNITS).into()),
        ];
        line(out, voice.say("import-reason", &args));
    }
}

/// A post as a line: the stars, what it is about, the beginning of its words, whose, when.
fn card(voice: Voice, post: &Incoming) -> Vec<Seg> {
    let stars = post.rating.map(|rating| {
        let n = usize::from(rating.stars()).min(5);
        format!("{}{}", "★".repeat(n), "☆".repeat(5 - n))
    });
    let words = [post.title.as_deref(), post.body.as_deref()];
    let words: Vec<&str> = words.into_iter().flatten().collect();
    let words = short_line(&words.join(" – "), 100);
    let subject = post.subject.as_ref().map(|s| s.name.as_deref().unwrap_or(&s.id));
    let mut parts: Vec<String> = stars.into_iter().collect();
    parts.extend(subject.map(|s| short_line(s, 40)));
    parts.extend((!words.is_empty()).then(|| voice.lang.text("import-quoted", &[("words", words.into())])));
    parts.extend(post.author.name.as_deref().map(|n| short_line(n, 40)));
    let mut out = vec![Seg::Text(parts.join(" · "))];
    if let Some(at) = post.published_at {
        // The year counts, and a time that the file does not have would be made up.
        let day = at.with_timezone(&voice.zone);
        let day = match voice.lang {
            Lang::De => day.format("%d.%m.%Y"),
            Lang::En => day.format("%-d %b %Y"),
        };
        out.push(Seg::Text(format!(" · {day}")));
    }
    if post.reply.is_some() {
        out.push(Seg::Text(" · ".to_owned()));
        out.extend(voice.say("import-answered", &[]));
    }
    out
}

fn used(lang: Lang, field: &str, column: &str) -> String {
    match FIELDS.contains(&field) {
        true => format!(
            "{} = {column}",
            lang.text(&format!("field-{}", dashed(field)), &[])
        ),
        false => column.to_owned(),
    }
}

fn dashed(field: &str) -> String {
    field.replace('_', "-")
}

fn number(n: u64) -> crate::domain::text::Arg {
    i64::try_from(n).unwrap_or(i64::MAX).into()
}

fn line(out: &mut Vec<Seg>, more: Vec<Seg>) {
    if !out.is_empty() {
        out.push(Seg::Text("\n".to_owned()));
    }
    out.extend(more);
}
