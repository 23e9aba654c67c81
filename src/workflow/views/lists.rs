//! What a slash command lists, for one person's eyes.

use crate::domain::At;
use crate::domain::id::ItemId;
use crate::domain::item::Item;
use crate::domain::item::handling::Handling;
use crate::domain::people::person::PersonId;
use crate::domain::press::action::Listing;
use crate::domain::press::list_action::ListAction;
use crate::domain::press::list_action::QuickAction;
use crate::domain::promise::rules::Channel;
use crate::domain::say::text::Arg;
use crate::domain::say::text::Locale;
use crate::domain::say::text::Seg;
use crate::domain::show::row;
use crate::domain::show::row::ListRow;
use crate::domain::show::row::Told;
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
            press, locale, now, ..
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
        let mut text = locale.say(title, &[("n", total.into()), ("where", scope.said(locale))]);
        if total > 0 {
            let late = match of.listing {
                Listing::Open => item::count(pool, overdue()).await?,
                Listing::Mine | Listing::Overdue | Listing::Folded => 0,
            };
            let late = (late > 0).then(|| locale.say("list-late", &[("n", late.into())]));
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
            after = locale.say("list-page", &[("page", page.into()), ("pages", pages.into())]);
        }
        let mut offers = pages(locale, page, last, |page| Page { page, ..of }.list_action());
        offers.extend(scope.other(of, locale));
        Ok(Told {
            text,
            rows,
            after,
            offers,
            menus: Vec::new(),
        })
    }

    /// A line for each, for the eyes of whoever presses.
    async fn lines(&self, turn: &mut Turn<'_>, items: &[Item]) -> Result<Vec<ListRow>> {
        let Turn {
            press, locale, now, ..
        } = *turn;
        let me = &press.by.person;
        let facts = self
            .row_facts(turn.tx, items, Some(me), (&press.chat, &press.room))
            .await?;
        let rows = items.iter().zip(facts).map(|(item, known)| ListRow {
            line: row::line(&known.of(item, locale, now)),
            act: row::at_once(item, Some(me), locale.lang, now),
        });
        Ok(rows.collect())
    }

    /// Behind each line, where it belongs.
    async fn say_rooms(&self, turn: &mut Turn<'_>, items: &[Item], rows: &mut [ListRow]) -> Result<()> {
        let Turn { press, locale, .. } = *turn;
        let ids: Vec<ItemId> = items.iter().map(|item| item.id).collect();
        let cards = cards::of_items(turn.tx, &ids).await?;
        for (item, row) in items.iter().zip(rows) {
            let mut its = cards.iter().filter(|c| c.item == item.id && c.chat == press.chat);
            let channel = its.find_map(|card| self.rules.channel(&card.channel));
            let said = channel.map(|channel| locale.say("row-in", &[("room", channel.said())]));
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

    fn list_action(self) -> ListAction {
        ListAction::List {
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

    pub fn said(&self, locale: Locale) -> Arg {
        match (self.one(), self.seen.as_slice()) {
            (Some(channel), _) => channel.said(),
            (None, [only]) => only.said(),
            (None, _) => Arg::Str(locale.lang.text("list-everywhere", &[])),
        }
    }

    /// Whether there is more to see elsewhere.
    pub fn can_widen(&self) -> bool {
        let elsewhere = |channel: &Channel| self.seen.iter().any(|seen| seen.name != channel.name);
        self.one().is_some_and(elsewhere)
    }

    /// The same list everywhere, or of this room again.
    fn other(&self, of: Page, locale: Locale) -> Option<QuickAction> {
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
        goes_by_room.then(|| QuickAction::list_action(page.list_action(), locale.lang.text(key, &[])))
    }
}

/// What a line says of an item that does not stand in it.
pub(in crate::workflow) struct Known {
    pub link: Option<String>,
    pub holder: Option<String>,
    pub owner: Option<String>,
}

impl Known {
    pub fn of(self, item: &Item, locale: Locale, now: At) -> row::RowFacts<'_> {
        row::RowFacts {
            item,
            link: self.link,
            holder: self.holder,
            owner: self.owner,
            locale,
            now,
        }
    }
}

/// The buttons to the pages before and after this one.
pub(in crate::workflow) fn pages(
    locale: Locale,
    page: u32,
    last: u32,
    turn: impl Fn(u32) -> ListAction,
) -> Vec<QuickAction> {
    let back = page.checked_sub(1).map(|page| (page, "button-page-back"));
    let on = (page < last).then(|| (page + 1, "button-page-on"));
    let both = back.into_iter().chain(on);
    both.map(|(page, key)| QuickAction::list_action(turn(page), locale.lang.text(key, &[])))
        .collect()
}
