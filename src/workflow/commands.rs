//! What a slash command lists, for one person's eyes.

use crate::domain::At;
use crate::domain::action::Ask;
use crate::domain::action::Listing;
use crate::domain::action::Press;
use crate::domain::action::Verb;
use crate::domain::card;
use crate::domain::errand::Errand;
use crate::domain::errand::Offer;
use crate::domain::handling::Handling;
use crate::domain::item::Item;
use crate::domain::person::PersonId;
use crate::domain::rights::Role;
use crate::domain::text::Lang;
use crate::domain::text::Seg;
use crate::domain::text::Voice;
use crate::domain::words;
use crate::port::chat::Inbox as _;
use crate::store::StoreError;
use crate::store::item;
use crate::store::item::Filter;
use crate::store::person;
use crate::workflow::Desk;
use crate::workflow::Result;

/// A list longer than this nobody reads.
const SHOWN: i64 = 15;
/// What a chat shows below the field where one types.
const SUGGESTED: usize = 25;
const LOOKED_THROUGH: i64 = 200;

impl Desk {
    /// What may be meant by a number or a name that somebody is typing. Only who may see items gets any.
    pub(crate) async fn suggestions(&self, press: &Press, typed: &str) -> Result<Vec<(i64, String)>> {
        let voice = self.voice(&press.chat, &press.room);
        let now = self.now();
        let mut tx = self.store.begin().await?;
        let refused = self
            .no_right(&mut tx, press, voice, Role::Viewer, None, now)
            .await?;
        tx.rollback().await.map_err(StoreError::from)?;
        if refused.is_some() {
            return Ok(Vec::new());
        }
        let channel = self
            .rules
            .channel_of_room(&press.chat, &press.room)
            .map(|c| c.name.as_str());
        let found = match &press.ask {
            // These are about what is over.
            Ask::Do {
                verb: Verb::Reopen | Verb::ViewReply | Verb::ChangeReply,
                ..
            } => item::closed(self.store.pool(), channel, LOOKED_THROUGH).await?,
            _ => item::list(self.store.pool(), Filter::Open { channel }, LOOKED_THROUGH).await?,
        };
        let typed = typed.trim().to_lowercase();
        let lines = found.iter().map(|item| {
            let head = card::head(item, self.rules.label(&item.source), voice.lang);
            let number = item.number.to_string();
            let line = voice.lang.text(
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

    /// One page, with the buttons to the others.
    pub(crate) async fn list(
        &self,
        press: &Press,
        voice: Voice,
        listing: Listing,
        page: u32,
    ) -> Result<(Vec<Seg>, Vec<Offer>)> {
        let pool = self.store.pool();
        let channel = self
            .rules
            .channel_of_room(&press.chat, &press.room)
            .map(|c| c.name.as_str());
        let person = press.by.person.to_string();
        let now = self.now();
        let filter = || match listing {
            // Where no channel is, nothing is folded.
            Listing::Folded => Filter::Folded {
                channel: channel.unwrap_or_default(),
            },
            Listing::Open => Filter::Open { channel },
            Listing::Mine => Filter::HeldBy { person: &person },
            Listing::Overdue => Filter::Overdue { channel, now },
        };
        let title = match listing {
            Listing::Open => "list-open",
            Listing::Mine => "list-mine",
            Listing::Overdue => "list-overdue",
            Listing::Folded => "list-folded",
        };
        let total = item::count(pool, filter()).await?;
        let mut out = voice.say(title, &[("n", total.into())]);
        // Since the button was drawn, the list may have become shorter.
        let last = u32::try_from((total - 1).max(0) / SHOWN).unwrap_or(0);
        let page = page.min(last);
        let skipped = i64::from(page) * SHOWN;
        let items = item::page(pool, filter(), SHOWN, skipped).await?;
        let owners: Vec<PersonId> = items.iter().filter_map(|i| self.owner(i)).cloned().collect();
        let names = person::names(pool, &owners).await?;
        for item in &items {
            out.push(Seg::Text("\n".to_owned()));
            if item.raised_at.is_some() {
                out.extend(voice.say("list-urgent", &[]));
            }
            let head = card::head(item, self.rules.label(&item.source), voice.lang);
            let number = item.number.to_string();
            out.extend(match item.deadline {
                Some(d) => voice.say(
                    "list-line-due",
                    &[
                        ("number", number.into()),
                        ("head", head.into()),
                        ("due", d.due.into()),
                    ],
                ),
                None => voice.say("list-line", &[("number", number.into()), ("head", head.into())]),
            });
            if let Some(owner) = self.owner(item) {
                let name = names.get(owner).unwrap_or(&owner.user);
                out.extend(voice.say("state-personal", &[("name", name.as_str().into())]));
            }
        }
        let mut offers: Vec<Offer> = items
            .iter()
            .filter_map(|item| at_once(item, &press.by.person, voice.lang, now))
            .collect();
        if last > 0 {
            out.push(Seg::Text("\n".to_owned()));
            let (page, pages) = (i64::from(page) + 1, i64::from(last) + 1);
            out.extend(voice.say("list-page", &[("page", page.into()), ("pages", pages.into())]));
        }
        let turn = |page| Errand::List { listing, page };
        offers.extend(pages(voice, page, last, turn));
        Ok((out, offers))
    }
}

impl Desk {
    /// Whom an item concerns personally.
    pub(crate) fn owner(&self, item: &Item) -> Option<&PersonId> {
        self.rules.route(&item.route).owner.as_ref()
    }
}

/// What somebody can do at once about one item of a list.
fn at_once(item: &Item, me: &PersonId, lang: Lang, now: At) -> Option<Offer> {
    let verb = match item.handling.holder(now) {
        Some(holder) if holder == me && item.caps.can_reply() => Verb::Reply,
        None if !matches!(item.handling, Handling::Snoozed { .. }) => Verb::Take,
        _ => return None,
    };
    let number = [("number", item.number.to_string().into())];
    let label = lang.text(&format!("button-{}-number", verb.as_str()), &number);
    Some(Offer::item(verb, item.id, label))
}

/// The buttons to the pages before and after this one.
pub(crate) fn pages(voice: Voice, page: u32, last: u32, turn: impl Fn(u32) -> Errand) -> Vec<Offer> {
    let back = page.checked_sub(1).map(|page| (page, "button-page-back"));
    let on = (page < last).then(|| (page + 1, "button-page-on"));
    let both = back.into_iter().chain(on);
    both.map(|(page, key)| Offer::errand(turn(page), voice.lang.text(key, &[])))
        .collect()
}

pub(crate) fn help(voice: Voice, unknown: Option<&str>) -> Vec<Seg> {
    let mut out = Vec::new();
    if let Some(word) = unknown {
        out.extend(voice.say("help-unknown", &[("word", words::short_line(word, 40).into())]));
        out.push(Seg::Text("\n".to_owned()));
    }
    out.extend(voice.say("help-title", &[]));
    for key in [
        "help-open",
        "help-mine",
        "help-overdue",
        "help-home",
        "help-find",
        "help-item",
        "help-stats",
        "help-sources",
        "help-quiet",
        "help-zone",
        "help-settings",
        "help-verbs",
    ] {
        out.push(Seg::Text("\n".to_owned()));
        out.extend(voice.say(key, &[]));
    }
    out
}
