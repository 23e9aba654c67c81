//! The sentence for whoever may, but not now.

use crate::domain::handling::Refusal;
use crate::domain::text::Arg;
use crate::domain::text::Seg;
use crate::store::Tx;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::press::judge::Case;

impl Desk {
    pub(super) async fn refusal(&self, tx: &mut Tx, case: &Case<'_>, refusal: &Refusal) -> Result<Vec<Seg>> {
        let source = || Arg::from(self.rules.label(&case.locked.0.source));
        let voice = case.voice;
        Ok(match refusal {
            Refusal::Taken { by, until } => voice.say(
                "refused-taken",
                &[
                    ("name", self.name(tx, by).await?.into()),
                    ("until", (*until).into()),
                ],
            ),
            Refusal::Answered { by: Some(by), at } => voice.say(
                "refused-answered",
                &[("name", self.name(tx, by).await?.into()), ("at", (*at).into())],
            ),
            Refusal::Answered { by: None, at } => voice.say(
                "refused-answered-elsewhere",
                &[("source", source()), ("at", (*at).into())],
            ),
            Refusal::Handled { by: None, .. } => voice.say("refused-past", &[]),
            Refusal::Handled { by: Some(by), at } => voice.say(
                "refused-handled",
                &[("name", self.name(tx, by).await?.into()), ("at", (*at).into())],
            ),
            Refusal::Removed { at } => {
                voice.say("refused-removed", &[("source", source()), ("at", (*at).into())])
            }
            Refusal::OnItsWay => {
                let me = &case.press.by.person;
                match case.reply.as_ref().map_or(me, |r| &r.by) {
                    by if by == me => voice.say("refused-on-its-way-mine", &[]),
                    by => voice.say("refused-on-its-way", &[("name", self.name(tx, by).await?.into())]),
                }
            }
            Refusal::NothingThere => voice.say("refused-nothing", &[]),
            Refusal::NoReplyHere => voice.say("refused-no-reply", &[("source", source())]),
            Refusal::Stale => voice.say("refused-stale", &[]),
        })
    }
}
