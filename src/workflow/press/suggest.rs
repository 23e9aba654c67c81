//! What may be meant by a number or a name that somebody is typing.

use crate::domain::item::Item;
use crate::domain::people::rights::Role;
use crate::domain::press::action::Ask;
use crate::domain::press::action::Press;
use crate::domain::press::action::Verb;
use crate::domain::show::card;
use crate::store::StoreError;
use crate::store::item;
use crate::store::item::Filter;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::base::turn::Turn;

/// What a chat shows below the field where one types.
const SUGGESTED: usize = 25;
const LOOKED_THROUGH: i64 = 200;

impl Desk {
    /// What may be meant by a number or a name that somebody is typing. Only who may see items gets any.
    pub(super) async fn suggestions(&self, press: &Press, typed: &str) -> Result<Vec<(i64, String)>> {
        let locale = self.locale(&press.chat, &press.room);
        let now = self.now();
        let mut tx = self.store.begin().await?;
        let turn = &mut Turn {
            tx: &mut tx,
            press,
            locale,
            now,
        };
        let refused = self.no_right(turn, Role::Viewer, None).await?;
        let exact = self.numbered(turn, typed).await?;
        tx.rollback().await.map_err(StoreError::from)?;
        if refused.is_some() {
            return Ok(Vec::new());
        }
        let channel = self.rules.channel_of_room(&press.chat, &press.room);
        let channel = channel.map(|c| std::slice::from_ref(&c.name));
        let found = match &press.ask {
            // These are about what is over.
            Ask::Do {
                verb: Verb::Reopen | Verb::ViewReply | Verb::ChangeReply,
                ..
            } => {
                item::closed(
                    self.store.pool(),
                    channel.and_then(|c| c.first()).map(String::as_str),
                    LOOKED_THROUGH,
                )
                .await?
            }
            _ => {
                item::list(
                    self.store.pool(),
                    Filter::Open { channels: channel },
                    LOOKED_THROUGH,
                )
                .await?
            }
        };
        let typed = typed.trim().to_lowercase();
        let others = found
            .iter()
            .filter(|item| exact.as_ref().is_none_or(|exact| exact.id != item.id));
        // Whoever typed a whole number means it, whatever else begins with it.
        let lines = exact.iter().chain(others).map(|item| {
            let head = card::head(item, self.rules.label(&item.source), locale.lang);
            let number = item.number.to_string();
            let line = locale.lang.text(
                "list-line",
                &[("number", number.as_str().into()), ("head", head.into())],
            );
            (item.number, number, line)
        });
        Ok(lines
            .filter(|(_, number, line)| number.starts_with(&typed) || line.to_lowercase().contains(&typed))
            .map(|(number, _, line)| (number, line))
            .take(SUGGESTED)
            .collect())
    }

    /// The item with exactly this number, in whatever state, if this person may see it.
    async fn numbered(&self, turn: &mut Turn<'_>, typed: &str) -> Result<Option<Item>> {
        let Ok(number) = typed.trim().parse() else {
            return Ok(None);
        };
        let Some(id) = item::by_number(self.store.pool(), number).await? else {
            return Ok(None);
        };
        let refused = self.no_right(turn, Role::Viewer, Some(id)).await?;
        Ok(match refused {
            Some(_) => None,
            None => item::get(self.store.pool(), id).await?,
        })
    }
}
