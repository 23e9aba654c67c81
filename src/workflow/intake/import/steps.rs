//! What becomes of a file that was handed in from a chat, step by step: it is fetched once and shown, brought in by some
//! thousand rows at a time, taken back. Each step is an effect that any replica can carry out, and carried out twice it changes
//! nothing.

use std::sync::Arc;

use chrono::TimeDelta;

use crate::domain::At;
use crate::domain::effect::Effect;
use crate::domain::effect::NewEffect;
use crate::domain::effect::new::Listener;
use crate::domain::item::manner::File;
use crate::domain::item::manner::Manner;
use crate::domain::item::manner::Unanswered;
use crate::domain::say::text::Locale;
use crate::domain::say::words::short_line;
use crate::domain::show::row::Told;
use crate::port::PortError;
use crate::port::export::Export;
use crate::port::export::Exports;
use crate::port::export::Unread;
use crate::store::StoreError;
use crate::store::Tx;
use crate::store::import;
use crate::store::import::Progress;
use crate::store::import_file;
use crate::store::import_file::Handed;
use crate::store::import_file::State;
use crate::store::outbox;
use crate::store::outbox::Leased;
use crate::store::outbox::Settled;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::WorkflowError;
use crate::workflow::intake::import::CARDS;
use crate::workflow::intake::import::rows::BATCH;
use crate::workflow::intake::import::rows::Batches;
use crate::workflow::intake::import::shown::Shown;
use crate::workflow::intake::import::shown::WHY_UNITS;
use crate::workflow::intake::import::shown::line;
use crate::workflow::intake::import::shown::report;

/// Rows in one effect: it has to be over long before its lease.
const AT_A_TIME: u64 = 10_000;
/// What cannot be fetched by then, never will be.
const FETCH_MINUTES: i64 = 10;
/// Where another replica is at the same rows.
const LOOK_AGAIN_SECONDS: i64 = 5;
/// Bad rows that are said at the end.
const REASONS: usize = 5;
/// Bad rows that are kept for whoever mends them, and how much of each. More of them is one mistake in all.
const REJECTED: usize = 500;
const ROW_UNITS: usize = 500;

impl Desk {
    /// Fetches the file and shows what it would come to.
    pub(in crate::workflow) async fn read_file(&self, leased: &Leased, number: i64) -> Result<()> {
        let now = self.now();
        let Some(file) = self.handed(number).await? else {
            return self.settle(leased, Settled::Done).await;
        };
        if file.state != State::Asked {
            return self.settle(leased, Settled::Done).await;
        }
        let locale = self.locale_for(&file).await?;
        let bytes = match import_file::bytes(self.store.pool(), number).await? {
            Some(bytes) => bytes,
            None => match self.chat(&file.by.chat)?.fetch(&file.place, LARGEST).await {
                Ok(bytes) => {
                    let mut tx = self.store.begin().await?;
                    import_file::keep_bytes(&mut tx, number, &bytes).await?;
                    tx.commit().await.map_err(StoreError::from)?;
                    bytes
                }
                Err(error) => return self.not_fetched(leased, file, locale, &error).await,
            },
        };
        let name = file.name.as_str();
        let told = match self.look_through(&file, bytes, now).await? {
            Err(unread) => {
                let args = [
                    ("file", name.into()),
                    ("what", short_line(&unread.why, WHY_UNITS).into()),
                ];
                let mut text = locale.say("import-unread", &args);
                if unread.by_columns {
                    line(&mut text, locale.say("import-say-columns", &[]));
                }
                (State::Refused, text.into(), 0)
            }
            Ok((export, days)) => {
                let past = Unanswered::ByAge.past_before(days, now);
                match self.preview(&export, &file.source, past, true, now).await {
                    Err(WorkflowError::Export(what)) => {
                        let args = [
                            ("file", name.into()),
                            ("what", short_line(&what, WHY_UNITS).into()),
                        ];
                        (State::Refused, locale.say("import-unread", &args).into(), 0)
                    }
                    Err(other) => return Err(other),
                    Ok(preview) => {
                        let source = self.rules.label(&file.source);
                        let shown = Shown {
                            locale,
                            file: &file,
                            source,
                            days,
                        };
                        let told = shown.told(export.as_ref(), &preview);
                        match preview.nothing(export.as_ref()) {
                            None => (State::Shown, told, preview.open),
                            Some(nothing) => (State::Refused, shown.refused(told, &preview, &nothing), 0),
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
        locale: Locale,
        error: &PortError,
    ) -> Result<()> {
        let now = self.now();
        let late = now - file.handed_at > TimeDelta::minutes(FETCH_MINUTES);
        if !error.is_no() && !late {
            let wait = match error {
                PortError::Later { after, .. } => *after,
                _ => None,
            };
            let why = error.to_string().into();
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
            let text = locale.say(sentence, &[("file", file.name.as_str().into())]);
            self.whisper_about(&mut tx, &file, "shown", text.into(), now)
                .await?;
        }
        self.settle_in(tx, leased, Settled::Done).await
    }

    /// The next rows of it. Whoever else is at it has come further, and then this one stops.
    pub(in crate::workflow) async fn bring_in(
        &self,
        leased: &Leased,
        number: i64,
        unanswered: Unanswered,
    ) -> Result<()> {
        let now = self.now();
        let Some(file) = self.handed(number).await? else {
            return self.settle(leased, Settled::Done).await;
        };
        if file.state != State::Going {
            return self.settle(leased, Settled::Done).await;
        }
        let locale = self.locale_for(&file).await?;
        let Some(looked) = self.looked_through(&file).await? else {
            return self.settle(leased, Settled::Done).await;
        };
        let brought = match looked {
            Ok((export, days)) => match self.bring_rows(number, &export, days, unanswered).await {
                Err(WorkflowError::Export(what)) => Err(what),
                brought => Ok(brought?),
            },
            Err(unread) => Err(unread.why),
        };
        if !matches!(brought, Ok(Brought::More(_) | Brought::Overtaken)) {
            self.at_hand.put_away(number);
        }
        let mut tx = self.store.begin().await?;
        let Some(mut file) = import_file::lock(&mut tx, number).await? else {
            return self.settle_in(tx, leased, Settled::Done).await;
        };
        if file.state != State::Going {
            return self.settle_in(tx, leased, Settled::Done).await;
        }
        match brought {
            Ok(Brought::More(rows)) => {
                let effect = Effect::BringIn {
                    file: number,
                    unanswered,
                };
                let next = NewEffect::of_file(number, &format!("bring:{number}:{rows}"), effect, now);
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
                let told = report(locale, &file, &progress);
                self.whisper_about(&mut tx, &file, "done", told, now).await?;
            }
            Err(what) => {
                file.state = State::Refused;
                import_file::save(&mut tx, &file, now).await?;
                let what = short_line(&what, WHY_UNITS);
                let args = [("file", file.name.as_str().into()), ("what", what.into())];
                let text = locale.say("import-broke-off", &args);
                self.whisper_about(&mut tx, &file, "done", text.into(), now)
                    .await?;
            }
        }
        self.settle_in(tx, leased, Settled::Done).await
    }

    async fn bring_rows(
        &self,
        number: i64,
        export: &Arc<dyn Export>,
        days: i64,
        unanswered: Unanswered,
    ) -> Result<Brought> {
        let (file, mut progress) = self.run_of(number, export).await?;
        let run = progress.number;
        let manner = Manner::File(File {
            run,
            as_of: export.as_of().unwrap_or(file.handed_at),
            dates_changes: export.dates_changes(),
            past_before: unanswered.past_before(days, file.handed_at),
            folded: match unanswered {
                // How many of the old ones nobody answered, was not counted.
                Unanswered::Open => export.rows_in_all() > CARDS,
                Unanswered::ByAge | Unanswered::Past => file.open > CARDS,
            },
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
            let kept = usize::try_from(progress.counts.bad).unwrap_or(usize::MAX);
            let kept = kept.saturating_sub(refused.len());
            let mut rejected = Vec::new();
            for row in refused {
                let place = format!("{}:{}", export.label(row.part), row.line);
                if kept + rejected.len() < REJECTED {
                    let raw = short_line(&String::from_utf8_lossy(&row.raw), ROW_UNITS);
                    rejected.push((place.clone(), row.why.clone(), raw));
                }
                if file.refused.len() < REASONS {
                    file.refused.push((place, row.why));
                }
            }
            if !rejected.is_empty() {
                import_file::reject(&mut tx, number, &rejected).await?;
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
        let mut print = export.fingerprint().map_err(WorkflowError::Export)?;
        let mut tx = self.store.begin().await?;
        let Some(mut file) = import_file::lock(&mut tx, number).await? else {
            return Err(WorkflowError::Export("the file is not there any more".to_owned()));
        };
        // Read otherwise it is another file.
        if !file.said.is_empty() {
            print = format!("{print} {}", file.said);
        }
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
    pub(in crate::workflow) async fn take_file_back(&self, leased: &Leased, number: i64) -> Result<()> {
        let Some(file) = self.handed(number).await? else {
            return self.settle(leased, Settled::Done).await;
        };
        let (State::Back, Some(run)) = (file.state, file.run) else {
            return self.settle(leased, Settled::Done).await;
        };
        let locale = self.locale_for(&file).await?;
        let done = self.undo_import(run).await?.unwrap_or_default();
        let name = || ("file", file.name.as_str().into());
        let mut text = locale.say("import-back", &[name(), ("n", done.gone.into())]);
        for (n, key) in [
            (done.closed, "import-back-closed"),
            (done.kept, "import-back-kept"),
        ] {
            if n > 0 {
                line(&mut text, locale.say(key, &[("n", n.into())]));
            }
        }
        let now = self.now();
        let mut tx = self.store.begin().await?;
        self.whisper_about(&mut tx, &file, "back", text.into(), now)
            .await?;
        self.settle_in(tx, leased, Settled::Done).await
    }

    async fn handed(&self, number: i64) -> Result<Option<Handed>> {
        let mut tx = self.store.begin().await?;
        let file = import_file::lock(&mut tx, number).await?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(file)
    }

    /// The file that is being brought in, looked through once for all of its steps that this process carries out. `None`:
    /// its bytes are gone.
    async fn looked_through(
        &self,
        file: &Handed,
    ) -> Result<Option<std::result::Result<(Arc<dyn Export>, i64), Unread>>> {
        if let Some(found) = self.at_hand.get(file.number) {
            return Ok(Some(Ok(found)));
        }
        let Some(bytes) = import_file::bytes(self.store.pool(), file.number).await? else {
            return Ok(None);
        };
        let looked = self.look_through(file, bytes, file.handed_at).await?;
        if let Ok((export, days)) = &looked {
            self.at_hand.keep(file.number, export.clone(), *days);
        }
        Ok(Some(looked))
    }

    async fn locale_for(&self, file: &Handed) -> Result<Locale> {
        let locale = self.locale(&file.by.chat, &file.room);
        self.own_locale(self.store.pool(), &file.by, locale).await
    }

    /// What is wrong with it is nothing that fails here.
    async fn look_through(
        &self,
        file: &Handed,
        bytes: Vec<u8>,
        now: At,
    ) -> Result<std::result::Result<(Arc<dyn Export>, i64), Unread>> {
        let exports: Arc<dyn Exports> = self.exports.clone().ok_or_else(|| WorkflowError::NotConfigured {
            what: "source",
            name: file.source.clone(),
        })?;
        let zone = self.zone_of(&file.source);
        let days = exports.backfill_days(&file.source);
        let (source, name, said) = (file.source.clone(), file.name.clone(), file.said.clone());
        let looked =
            tokio::task::spawn_blocking(move || exports.look(&source, &name, bytes.into(), &said, zone, now));
        Ok(match looked.await {
            Ok(looked) => looked.map(|export| (export, days)),
            Err(_) => Err(Unread {
                why: "reading it broke off".to_owned(),
                by_columns: false,
            }),
        })
    }

    async fn whisper_about(&self, tx: &mut Tx, file: &Handed, what: &str, told: Told, now: At) -> Result<()> {
        let to = Listener {
            chat: &file.by.chat,
            room: &file.room,
            user: &file.by.user,
            thread: file.thread.as_deref(),
            answer_to: file.answer_to.as_deref(),
        };
        let what = format!("file:{}:{what}", file.number);
        let effect = NewEffect::whisper(to, &what, told, now);
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

/// More is an export of years, for which there is the terminal.
pub const LARGEST: u64 = 20 * 1024 * 1024;
pub(in crate::workflow) const MEGABYTES: i64 = 20;
