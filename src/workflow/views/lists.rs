//! What a slash command lists, for one person's eyes.

use crate::domain::At;
use crate::domain::action::Listing;
use crate::domain::errand::Errand;
use crate::domain::errand::Offer;
use crate::domain::handling::Handling;
use crate::domain::id::ItemId;
use crate::domain::item::Item;
use crate::domain::person::PersonId;
use crate::domain::row;
use crate::domain::row::Row;
use crate::domain::row::Told;
use crate::domain::rules::Channel;
use crate::domain::text::Arg;
use crate::domain::text::Seg;
use crate::domain::text::Voice;
use crate::store::Tx;
use crate::store::card as cards;
use crate::store::item;
use crate::store::item::Filter;
use crate::store::person;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::base::turn::Turn;

const SHOWN: i64 = row::SHOWN as i64;

impl Desk {
    /// One page, with the buttons to the others.
    pub(in crate::workflow) async fn list(&self, turn: &mut Turn<'_>, of: Page) -> Result<Told> {
        let Turn {
            press, voice, now, ..
        } = *turn;
        let pool = self.store.pool();
        let scope = self.scope(turn, of.everywhere).await?;
        let channels = scope.names();
        let person = press.by.person.to_string();
        let overdue = || Filter::Overdue {
            channels: Some(&channels),
            now,
        };
        let filter = || match of.listing {
            Listing::Folded => Filter::Folded { channels: &channels },
            Listing::Open => Filter::Open {
                channels: Some(&channels),
            },
            Listing::Mine => Filter::HeldBy { person: &person },
            Listing::Overdue => overdue(),
        };
        let title = match of.listing {
            Listing::Open => "list-open",
            Listing::Mine => "list-mine",
            Listing::Overdue => "list-overdue",
            Listing::Folded => "list-folded",
        };
        let total = item::count(pool, filter()).await?;
        let mut text = voice.say(title, &[("n", total.into()), ("where", scope.said(voice))]);
        if total > 0 {
            let late = match of.listing {
                Listing::Open => item::count(pool, overdue()).await?,
                Listing::Mine | Listing::Overdue | Listing::Folded => 0,
            };
            let late = (late > 0).then(|| voice.say("list-late", &[("n", late.into())]));
            text.extend(late.into_iter().flatten());
            text.push(Seg::Text(":".to_owned()));
        }
        // Since the button was drawn, the list may have become shorter.
        let last = u32::try_from((total - 1).max(0) / SHOWN).unwrap_or(0);
        let page = of.page.min(last);
        let items = item::page(pool, filter(), SHOWN, i64::from(page) * SHOWN).await?;
        let mut rows = self.lines(turn, &items).await?;
        if of.everywhere || scope.here.is_none() {
            self.say_rooms(turn, &items, &mut rows).await?;
        }
        let mut after = Vec::new();
        if last > 0 {
            let (page, pages) = (i64::from(page) + 1, i64::from(last) + 1);
            after = voice.say("list-page", &[("page", page.into()), ("pages", pages.into())]);
        }
        let mut offers = pages(voice, page, last, |page| Page { page, ..of }.errand());
        offers.extend(scope.other(of, voice));
        Ok(Told {
            text,
            rows,
            after,
            offers,
            menus: Vec::new(),
        })
    }

    /// A line for each, for the eyes of whoever presses.
    async fn lines(&self, turn: &mut Turn<'_>, items: &[Item]) -> Result<Vec<Row>> {
        let Turn {
            press, voice, now, ..
        } = *turn;
        let me = &press.by.person;
        let facts = self
            .row_facts(turn.tx, items, Some(me), (&press.chat, &press.room))
            .await?;
        let rows = items.iter().zip(facts).map(|(item, known)| Row {
            line: row::line(&known.of(item, voice, now)),
            act: row::at_once(item, Some(me), voice.lang, now),
        });
        Ok(rows.collect())
    }

    /// Behind each line, where it belongs.
    async fn say_rooms(&self, turn: &mut Turn<'_>, items: &[Item], rows: &mut [Row]) -> Result<()> {
        let Turn { press, voice, .. } = *turn;
        let ids: Vec<ItemId> = items.iter().map(|item| item.id).collect();
        let cards = cards::of_items(turn.tx, &ids).await?;
        for (item, row) in items.iter().zip(rows) {
            let mut its = cards.iter().filter(|c| c.item == item.id && c.chat == press.chat);
            let channel = its.find_map(|card| self.rules.channel(&card.channel));
            let said = channel.map(|channel| voice.say("row-in", &[("room", channel.said())]));
            row.line.extend(said.into_iter().flatten());
        }
        Ok(())
    }

    /// What lines need to know that does not stand in the items: where the cards are, and what people are called. `me` is
    /// who reads it.
    pub(in crate::workflow) async fn row_facts(
        &self,
        tx: &mut Tx,
        items: &[Item],
        me: Option<&PersonId>,
        (chat, room): (&str, &str),
    ) -> Result<Vec<Known>> {
        let ids: Vec<ItemId> = items.iter().map(|item| item.id).collect();
        let mut cards = cards::of_items(tx, &ids).await?;
        cards.retain(|card| card.chat == chat && card.message.is_some());
        cards.sort_by_key(|card| card.room != room);
        let others = |item: &Item| match &item.handling {
            Handling::Claimed { by, .. } if Some(by) != me => Some(by.clone()),
            _ => None,
        };
        let owners = items.iter().filter_map(|item| self.owner(item).cloned());
        let people: Vec<PersonId> = items.iter().filter_map(others).chain(owners).collect();
        let names = person::names(&mut **tx, &people).await?;
        let name = |id: &PersonId| names.get(id).cloned().unwrap_or_else(|| id.user.clone());
        let platform = self.chat(chat)?;
        Ok(items
            .iter()
            .map(|item| {
                let card = cards.iter().find(|card| card.item == item.id);
                Known {
                    link: card.and_then(|card| platform.link(&card.room, card.message.as_deref()?)),
                    holder: others(item).map(|id| name(&id)),
                    owner: self.owner(item).map(name),
                }
            })
            .collect())
    }

    /// Where somebody looks from where they press.
    pub(in crate::workflow) async fn scope(
        &self,
        turn: &mut Turn<'_>,
        everywhere: bool,
    ) -> Result<Scope<'_>> {
        let Turn { press, now, .. } = *turn;
        let here = self.rules.channel_of_room(&press.chat, &press.room);
        Ok(Scope {
            here,
            everywhere,
            seen: self.channels_seen(turn.tx, &press.by, now).await?,
        })
    }
}

/// Which page of which list.
#[derive(Debug, Clone, Copy)]
pub(in crate::workflow) struct Page {
    pub listing: Listing,
    /// The first page is 0.
    pub page: u32,
    pub everywhere: bool,
}

impl Page {
    pub fn first(listing: Listing) -> Self {
        Self {
            listing,
            page: 0,
            everywhere: false,
        }
    }

    fn errand(self) -> Errand {
        Errand::List {
            listing: self.listing,
            page: self.page,
            everywhere: self.everywhere,
        }
    }
}

/// The channels that something is looked for in.
pub(in crate::workflow) struct Scope<'a> {
    pub here: Option<&'a Channel>,
    pub everywhere: bool,
    /// Where whoever presses may look.
    pub seen: Vec<&'a Channel>,
}

impl Scope<'_> {
    /// The one room, if it is about one.
    fn one(&self) -> Option<&Channel> {
        self.here.filter(|_| !self.everywhere)
    }

    pub fn names(&self) -> Vec<String> {
        match self.one() {
            Some(channel) => vec![channel.name.clone()],
            None => self.seen.iter().map(|c| c.name.clone()).collect(),
        }
    }

    pub fn said(&self, voice: Voice) -> Arg {
        match (self.one(), self.seen.as_slice()) {
            (Some(channel), _) => channel.said(),
            (None, [only]) => only.said(),
            (None, _) => Arg::Str(voice.lang.text("list-everywhere", &[])),
        }
    }

    /// Whether there is more to see elsewhere.
    pub fn can_widen(&self) -> bool {
        let elsewhere = |channel: &Channel| self.seen.iter().any(|seen| seen.name != channel.name);
        self.one().is_some_and(elsewhere)
    }

    /// The same list everywhere, or of this room again.
    fn other(&self, of: Page, voice: Voice) -> Option<Offer> {
        let goes_by_room = matches!(of.listing, Listing::Open | Listing::Overdue);
        let turned = |everywhere| Page {
            page: 0,
            everywhere,
            ..of
        };
        let (page, key) = match (self.can_widen(), self.everywhere && self.here.is_some()) {
            (true, _) => (turned(true), "button-everywhere"),
            (_, true) => (turned(false), "button-here"),
            _ => return None,
        };
        goes_by_room.then(|| Offer::errand(page.errand(), voice.lang.text(key, &[])))
    }
}

/// What a line says of an item that does not stand in it.
pub(in crate::workflow) struct Known {
    pub link: Option<String>,
    pub holder: Option<String>,
    pub owner: Option<String>,
}

impl Known {
    pub fn of(self, item: &Item, voice: Voice, now: At) -> row::Facts<'_> {
        row::Facts {
            item,
            link: self.link,
            holder: self.holder,
            owner: self.owner,
            voice,
            now,
        }
    }
}

/// The buttons to the pages before and after this one.
pub(in crate::workflow) fn pages(
    voice: Voice,
    page: u32,
    last: u32,
    turn: impl Fn(u32) -> Errand,
) -> Vec<Offer> {
    let back = page.checked_sub(1).map(|page| (page, "button-page-back"));
    let on = (page < last).then(|| (page + 1, "button-page-on"));
    let both = back.into_iter().chain(on);
    both.map(|(page, key)| Offer::errand(turn(page), voice.lang.text(key, &[])))
        .collect()
}
