//! One command about several items: each is judged by itself, and one private answer says what became of each. They are
//! locked in one order, so that two people who name the same ones never wait for each other in a circle.

use crate::domain::id::ItemId;
use crate::domain::press::action::ItemRef;
use crate::domain::press::action::Verb;
use crate::domain::say::text::Seg;
use crate::store::item;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::base::turn::Turn;
use crate::workflow::press::find::unknown;
use crate::workflow::press::judge::Judged;
use crate::workflow::press::judge::Verdict;

impl Desk {
    pub(super) async fn act_on_several(
        &self,
        turn: &mut Turn<'_>,
        verb: Verb,
        numbers: &[i64],
    ) -> Result<Judged> {
        let Turn { press, locale, .. } = *turn;
        self.meet(turn.tx, press).await?;
        let mut meant: Vec<(Option<ItemId>, i64)> = Vec::new();
        for number in numbers {
            meant.push((item::by_number(self.store.pool(), *number).await?, *number));
        }
        let mut in_order = meant.clone();
        in_order.sort();
        let mut fates: Vec<(i64, Vec<Seg>)> = Vec::new();
        let mut any = false;
        for (id, number) in in_order {
            let (changed, fate) = self.one_of_several(turn, verb, (id, number)).await?;
            any |= changed;
            fates.push((number, fate));
        }
        let mut text = Vec::new();
        for number in numbers {
            if !text.is_empty() {
                text.push(Seg::Text("\n".to_owned()));
            }
            text.extend(locale.say("several-number", &[("number", (*number).into())]));
            let fate = fates.iter().find(|(known, _)| known == number);
            text.extend(fate.map(|(_, fate)| fate.clone()).unwrap_or_default());
        }
        self.whisper(turn, text).await?;
        Ok(Judged::told(if any { "changed" } else { "refused" }))
    }

    async fn one_of_several(
        &self,
        turn: &mut Turn<'_>,
        verb: Verb,
        (id, number): (Option<ItemId>, i64),
    ) -> Result<(bool, Vec<Seg>)> {
        let locale = turn.locale;
        if let Some(no) = self.no_right(turn, verb.needs(), id).await? {
            return Ok((false, no));
        }
        let locked = match id {
            Some(id) => item::lock(turn.tx, id).await?,
            None => None,
        };
        let Some(locked) = locked else {
            return Ok((false, unknown(ItemRef::Number(number), locale)));
        };
        let mut case = self.case(turn, locked).await?;
        Ok(match self.decide(turn.tx, &mut case, verb).await? {
            Verdict::Changed(change, _) => {
                self.write(turn.tx, &mut case.locked, *change).await?;
                (true, locale.say(&format!("several-{}", verb.as_str()), &[]))
            }
            Verdict::Refused(refusal) => (false, self.refusal(turn.tx, &case, &refusal).await?),
            Verdict::Say(text) => (false, text),
            Verdict::Repeated => (true, locale.say(&format!("several-{}", verb.as_str()), &[])),
            // Such a verb asks nothing.
            Verdict::Show(_) | Verdict::Faults(_) => (false, locale.say("told-press-again", &[])),
        })
    }
}
