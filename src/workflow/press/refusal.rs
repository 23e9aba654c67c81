//! The sentence for whoever may, but not now.

use crate::domain::item::handling::Refusal;
use crate::domain::say::text::Arg;
use crate::domain::say::text::Seg;
use crate::store::Tx;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::press::judge::Case;

impl Desk {
    pub(super) async fn refusal(&self, tx: &mut Tx, case: &Case<'_>, refusal: &Refusal) -> Result<Vec<Seg>> {
        let source = || Arg::from(self.rules.label(&case.locked.source));
        let locale = case.locale;
        Ok(match refusal {
            Refusal::Taken { by, until } => locale.say(
                "refused-taken",
                &[
                    ("name", self.name(tx, by).await?.into()),
                    ("until", (*until).into()),
                ],
            ),
            Refusal::Answered { by: Some(by), at } => locale.say(
                "refused-answered",
                &[("name", self.name(tx, by).await?.into()), ("at", (*at).into())],
            ),
            Refusal::Answered { by: None, at } => locale.say(
                "refused-answered-elsewhere",
                &[("source", source()), ("at", (*at).into())],
            ),
            Refusal::Handled { by: None, .. } => locale.say("refused-past", &[]),
            Refusal::Handled { by: Some(by), at } => locale.say(
                "refused-handled",
                &[("name", self.name(tx, by).await?.into()), ("at", (*at).into())],
            ),
            Refusal::Removed { at } => {
                locale.say("refused-removed", &[("source", source()), ("at", (*at).into())])
            }
            Refusal::OnItsWay => {
                let me = &case.press.by.person;
                match case.reply.as_ref().map_or(me, |r| &r.by) {
                    by if by == me => locale.say("refused-on-its-way-mine", &[]),
                    by => locale.say("refused-on-its-way", &[("name", self.name(tx, by).await?.into())]),
                }
            }
            Refusal::NothingThere => locale.say("refused-nothing", &[]),
            Refusal::NoReplyHere => locale.say("refused-no-reply", &[("source", source())]),
            Refusal::Stale => locale.say("refused-stale", &[]),
        })
    }
}
