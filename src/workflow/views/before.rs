//! What a post was when somebody read it, where a person would see a difference to what it is now, and long words cut so that
//! the cut is said.

use crate::domain::item::Item;
use crate::domain::say::text::Locale;
use crate::domain::say::words;
use crate::domain::show::card;
use crate::store::Tx;
use crate::store::item;
use crate::workflow::Desk;
use crate::workflow::Result;

/// What a customer had written when somebody read it, where it reads differently now.
pub(in crate::workflow) struct Before {
    pub(in crate::workflow) stars: Option<u8>,
    pub(in crate::workflow) words: String,
}

impl Desk {
    /// What the post was in the version that somebody read, if a person would see a difference to what it is now.
    pub(in crate::workflow) async fn before(
        &self,
        tx: &mut Tx,
        item: &Item,
        read: i32,
    ) -> Result<Option<Before>> {
        if read >= item.revision {
            return Ok(None);
        }
        // The versions before this one, oldest first, up to the one that this one replaced.
        let earlier = item::earlier_words(tx, &[item.id]).await?;
        let back = usize::try_from(item.revision - read).unwrap_or(usize::MAX);
        let then = earlier.len().checked_sub(back).and_then(|at| earlier.get(at));
        let Some((_, then)) = then else {
            return Ok(None);
        };
        let stars = then.rating.map(|r| r.stars());
        let words = card::joined(then.title.as_deref(), then.body.as_deref());
        let same_stars = stars == item.rating.map(|r| r.stars());
        let same_words = words
            .split_whitespace()
            .eq(card::full_words(item).split_whitespace());
        Ok((!same_stars || !same_words).then_some(Before { stars, words }))
    }
}

pub(in crate::workflow) fn shortened(text: &str, units: usize, locale: Locale) -> String {
    if text.is_empty() {
        return locale.lang.text("no-text", &[]);
    }
    let kept = words::cut(text, units, 30);
    if kept.len() < text.len() {
        format!("{} …", kept.trim_end())
    } else {
        text.to_owned()
    }
}
