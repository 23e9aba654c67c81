//! A form comes back. The text a person typed is in the database before the form may close, whatever else happens;
//! sending is a second, separate step that names exactly what was read in the preview.

pub mod ask;
pub mod writing;

use std::collections::BTreeMap;

use crate::domain::press::action::FormToken;
use crate::domain::press::action::Outcome;
use crate::domain::press::action::Press;
use crate::domain::press::form::FormStep;
use crate::domain::say::words;
use crate::port::chat::Kept;
use crate::store::StoreError;
use crate::store::inbox;
use crate::store::item;
use crate::store::person;
use crate::store::reply;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::base::turn::Turn;
use crate::workflow::press::judge::Judged;
use crate::workflow::press::judge::Opening;
use crate::workflow::press::judge::Verdict;
use crate::workflow::press::submit::ask::handle;
use crate::workflow::press::submit::ask::snooze;
use crate::workflow::press::submit::writing::draft;

pub(in crate::workflow::press) type Values = BTreeMap<String, String>;

impl Desk {
    pub(in crate::workflow::press) async fn submit(
        &self,
        turn: &mut Turn<'_>,
        form: &FormToken,
        values: &Values,
    ) -> Result<Judged> {
        let Turn { press, locale, .. } = *turn;
        self.meet(turn.tx, press).await?;
        if form.step == FormStep::Read {
            return Ok(Judged::done("noted"));
        }
        let verb = form.step.verb();
        if let Some(no) = self.no_right(turn, verb.needs(), Some(form.item)).await? {
            return match form.step {
                // Closing it would throw away what was typed by somebody who had the right a minute ago.
                FormStep::Write => Ok(Judged {
                    outcome: Outcome::Faults(BTreeMap::from([(
                        "text".to_owned(),
                        Self::no_right_plainly(press, locale, verb.needs()),
                    )])),
                    came_to: "forbidden",
                }),
                FormStep::Preview
                | FormStep::Escalate
                | FormStep::Handle
                | FormStep::Snooze
                | FormStep::HandOver
                | FormStep::SendAgain
                | FormStep::Read
                | FormStep::Import => {
                    self.whisper(turn, no).await?;
                    Ok(Judged::told("forbidden"))
                }
            };
        }
        let Some(locked) = item::lock(turn.tx, form.item).await? else {
            self.whisper(turn, locale.say("refused-stale", &[])).await?;
            return Ok(Judged::told("unknown_item"));
        };
        let mut case = self.case(turn, locked).await?;
        let verdict = match form.step {
            FormStep::Write => self.keep_draft(turn.tx, &mut case, form, values).await?,
            FormStep::Preview => self.send(turn.tx, &mut case, form).await?,
            FormStep::Escalate => self.escalate_to(turn.tx, &mut case, values).await?,
            FormStep::Handle => handle(&mut case, values),
            FormStep::Snooze => {
                let days = self.days_of(&case);
                snooze(&mut case, days, values)
            }
            FormStep::HandOver => self.give_by_form(turn.tx, &mut case, values).await?,
            FormStep::SendAgain => self.send_again(turn.tx, &mut case, form.read).await?,
            FormStep::Read | FormStep::Import => return Ok(Judged::done("noted")),
        };
        self.conclude(turn.tx, &mut case, verdict, Opening::Form).await
    }

    /// A form whose sending broke off: its person was told to send it again. Only words that are nowhere else are kept.
    pub(in crate::workflow::press) async fn keep_what_was_typed(
        &self,
        kept: &Kept,
        press: &Press,
        form: &FormToken,
        values: &Values,
    ) -> Result<()> {
        let now = self.now();
        let mut tx = self.store.begin().await?;
        if !inbox::finish(&mut tx, &kept.chat, &kept.key, now, Some("sent in vain")).await? {
            return Ok(());
        }
        let text = words::stored(value(values, "text")).trim().to_owned();
        let me = &press.by.person;
        if form.step == FormStep::Write
            && !text.is_empty()
            && let Some(locked) = item::lock(&mut tx, form.item).await?
            && reply::draft_of(&mut tx, form.item, me).await?.is_none()
        {
            person::met(&mut tx, me, &press.by.name).await?;
            let read = form.read.unwrap_or(locked.revision);
            reply::insert(&mut tx, &draft(&locked, me, text, read, now)).await?;
        }
        tx.commit().await.map_err(StoreError::from)?;
        Ok(())
    }
}

pub(in crate::workflow::press) fn value<'a>(values: &'a Values, key: &str) -> &'a str {
    values.get(key).map_or("", String::as_str)
}

pub(in crate::workflow::press) fn fault(key: &str, sentence: String) -> Verdict {
    Verdict::Faults(BTreeMap::from([(key.to_owned(), sentence)]))
}
