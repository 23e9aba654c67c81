//! A file that an admin hands in from a chat, and what they decide about it. Nothing is fetched and nothing is brought in here:
//! bytes, decision and progress stand in the database, and each step is an effect (`steps.rs`).

use crate::domain::effect::Effect;
use crate::domain::effect::NewEffect;
use crate::domain::item::manner::Unanswered;
use crate::domain::people::rights::Role;
use crate::domain::press::action::FormToken;
use crate::domain::press::action::Outcome;
use crate::domain::press::action::Upload;
use crate::domain::press::form::Form;
use crate::domain::press::form::FormPart;
use crate::domain::press::form::FormStep;
use crate::domain::press::form::Lines;
use crate::domain::press::list_action::ListAction;
use crate::domain::say::text::Seg;
use crate::domain::say::words::short_line;
use crate::store::import_file;
use crate::store::import_file::NewFile;
use crate::store::import_file::State;
use crate::store::outbox;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::base::turn::Turn;
use crate::workflow::intake::import::shown;
use crate::workflow::intake::import::shown::NAME_UNITS;
use crate::workflow::intake::import::shown::REJECTED_SHOWN;
use crate::workflow::intake::import::steps::LARGEST;
use crate::workflow::intake::import::steps::MEGABYTES;
use crate::workflow::press::judge::Judged;

impl Desk {
    /// The form with the field for a file.
    pub(super) async fn offer_import(&self, turn: &mut Turn<'_>) -> Result<Judged> {
        let Turn {
            press, locale, now, ..
        } = *turn;
        self.meet(turn.tx, press).await?;
        let Some(exports) = self.exports.clone() else {
            return self.tell(turn, locale.say("import-not-here", &[]), "told").await;
        };
        // A form has three seconds, and there may be many sources: who is in which circle is read once.
        let circles = self.circles_now(turn.tx, &press.by, now).await?;
        let known = exports.sources();
        let may = |source: &String| {
            let channels = self.concerned(source);
            self.lacking(press, &circles, Role::Admin, &channels).is_none()
        };
        let sources: Vec<(String, String)> = known
            .iter()
            .filter(|source| may(source))
            .map(|source| (source.clone(), self.rules.label(source).to_owned()))
            .collect();
        if sources.is_empty() {
            let no = match known.last() {
                Some(source) => self.may_not_import(turn, source).await?,
                None => None,
            };
            let why = no.unwrap_or_else(|| locale.say("import-not-here", &[]));
            return self.tell(turn, why, "forbidden").await;
        }
        if press.opener.is_none() {
            return self.tell(turn, locale.say("told-press-again", &[]), "told").await;
        }
        let lang = locale.lang;
        // Of several, the wrong one is soon left as it stands.
        let only = match sources.as_slice() {
            [(name, _)] => Some(name.clone()),
            _ => None,
        };
        let form = Form {
            token: FormToken::about_nothing(FormStep::Import, &press.room),
            title: lang.text("import-title", &[]),
            submit: Some(lang.text("import-submit", &[])),
            close: lang.text("form-cancel", &[]),
            parts: vec![
                FormPart::Say(locale.say("import-about", &[])),
                FormPart::Choice {
                    key: "source".to_owned(),
                    label: lang.text("import-source", &[]),
                    options: sources,
                    initial: only,
                },
                FormPart::File {
                    key: "file".to_owned(),
                    label: lang.text("import-file", &[]),
                    hint: lang.text("import-hint", &[("mb", MEGABYTES.into())]),
                },
                // Nearly nobody needs it: what is shown next says what was understood.
                FormPart::Text {
                    key: "said".to_owned(),
                    label: lang.text("import-said", &[]),
                    hint: Some(lang.text("import-said-hint", &[])),
                    placeholder: Some(lang.text("import-said-example", &[])),
                    initial: None,
                    lines: Lines::Many,
                    limit: None,
                    required: false,
                },
            ],
        };
        Ok(Judged {
            outcome: Outcome::Open(form),
            came_to: "shown",
        })
    }

    /// The form was sent. Nothing is fetched here: whoever waits for an acknowledgement does not wait for a file.
    pub(super) async fn hand_in(
        &self,
        turn: &mut Turn<'_>,
        (source, file, said): (&str, Option<&Upload>, &str),
    ) -> Result<Judged> {
        let Turn {
            press, locale, now, ..
        } = *turn;
        self.meet(turn.tx, press).await?;
        let known = self.exports.as_ref().map(|e| e.sources()).unwrap_or_default();
        if !known.iter().any(|name| name == source) {
            return self.tell(turn, locale.say("import-not-here", &[]), "told").await;
        }
        if let Some(no) = self.may_not_import(turn, source).await? {
            return self.tell(turn, no, "forbidden").await;
        }
        let fault = |field: &str, sentence: String| {
            Ok(Judged {
                outcome: Outcome::Faults([(field.to_owned(), sentence)].into()),
                came_to: "refused",
            })
        };
        let Some(file) = file else {
            return fault("file", locale.lang.text("fault-no-file", &[]));
        };
        if file.size > LARGEST {
            let sentence = locale.lang.text("fault-file-large", &[("mb", MEGABYTES.into())]);
            return fault("file", sentence);
        }
        let odd = self.exports.as_ref().and_then(|e| e.not_understood(said));
        if let Some(line) = odd {
            let line = ("line", short_line(&line, NAME_UNITS).into());
            return fault("said", locale.lang.text("fault-said", &[line]));
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
            said: said.trim(),
            at: now,
        };
        if let Some(number) = import_file::put(turn.tx, &new).await? {
            let effect = Effect::ReadFile { file: number };
            let way = NewEffect::of_file(number, &format!("read:{number}"), effect, now);
            outbox::put(turn.tx, &[way], now).await?;
        }
        self.tell(
            turn,
            locale.say("import-reading", &[("file", name.into())]),
            "told",
        )
        .await
    }

    /// A button below what was shown, or below the report.
    pub(super) async fn decide_import(&self, turn: &mut Turn<'_>, list_action: ListAction) -> Result<Judged> {
        let Turn {
            press, locale, now, ..
        } = *turn;
        self.meet(turn.tx, press).await?;
        let number = match list_action {
            ListAction::BringIn { file, .. }
            | ListAction::LeaveOut { file }
            | ListAction::TakeBack { file } => file,
            _ => return Ok(Judged::done("noted")),
        };
        let Some(mut file) = import_file::lock(turn.tx, number).await? else {
            return self.tell(turn, locale.say("import-gone", &[]), "told").await;
        };
        if let Some(no) = self.may_not_import(turn, &file.source).await? {
            return self.tell(turn, no, "forbidden").await;
        }
        let (next, said) = match (list_action, file.state) {
            (ListAction::BringIn { .. }, State::Shown) => (Some(State::Going), "import-going"),
            (ListAction::LeaveOut { .. }, State::Shown) => (Some(State::Left), "import-left"),
            (ListAction::TakeBack { .. }, State::Done) => (Some(State::Back), "import-back-going"),
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
            import_file::save(turn.tx, &file, now).await?;
            let way = match next {
                State::Going => {
                    let unanswered = match list_action {
                        ListAction::BringIn { unanswered, .. } => unanswered,
                        _ => Unanswered::ByAge,
                    };
                    let file = number;
                    Some((format!("bring:{number}:0"), Effect::BringIn { file, unanswered }))
                }
                State::Back => Some((format!("back:{number}"), Effect::TakeBack { file: number })),
                _ => None,
            };
            let way = way.map(|(key, effect)| NewEffect::of_file(number, &key, effect, now));
            outbox::put(turn.tx, way.as_slice(), now).await?;
        }
        let text = locale.say(said, &[("file", file.name.into())]);
        self.whisper(turn, text).await?;
        Ok(Judged::told(if next.is_some() { "changed" } else { "told" }))
    }

    /// The rows that were not taken, with their reasons: they are mended in the file and handed in once more.
    pub(super) async fn show_rejected(
        &self,
        turn: &mut Turn<'_>,
        (number, page): (i64, u32),
    ) -> Result<Judged> {
        let locale = turn.locale;
        let Some(file) = import_file::lock(turn.tx, number).await? else {
            return self
                .tell(turn, locale.say("import-rejected-gone", &[]), "told")
                .await;
        };
        if let Some(no) = self.may_not_import(turn, &file.source).await? {
            return self.tell(turn, no, "forbidden").await;
        }
        let skip = page as usize * REJECTED_SHOWN;
        let (rows, in_all) = import_file::rejected(turn.tx, number, skip, REJECTED_SHOWN).await?;
        let told = shown::rejected(locale, &file, (number, page), &rows, in_all);
        self.whisper_with(turn, told).await?;
        Ok(Judged::told("told"))
    }

    /// Whoever brings something in puts it before all the people to whom its source may lead.
    fn concerned(&self, source: &str) -> Vec<String> {
        let rules = &self.rules;
        let concerned = rules
            .routes
            .iter()
            .filter(|route| route.when.source.is_empty() || route.when.source.iter().any(|s| s == source))
            .chain([&rules.fallback]);
        let mut channels: Vec<String> = concerned.flat_map(|route| route.to.iter().cloned()).collect();
        channels.sort();
        channels.dedup();
        channels
    }

    async fn may_not_import(&self, turn: &mut Turn<'_>, source: &str) -> Result<Option<Vec<Seg>>> {
        let channels = self.concerned(source);
        self.no_right_in_each(turn, Role::Admin, &channels).await
    }
}
