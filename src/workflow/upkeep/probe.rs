//! Trying rules on what happened lately. Reads a page of items at a time, each in a transaction that cannot write, and
//! keeps figures only: memory does not grow with the time that is looked at.

use std::collections::BTreeMap;

use crate::domain::At;
use crate::domain::id::ItemId;
use crate::domain::item::Item;
use crate::domain::item::event::Event;
use crate::domain::people::person::PersonId;
use crate::domain::promise::backtest::Backtest;
use crate::domain::promise::backtest::Report;
use crate::domain::promise::backtest::past::Past;
use crate::domain::promise::backtest::past::Words;
use crate::domain::promise::practice;
use crate::domain::promise::recipients::Book;
use crate::domain::promise::recipients::Preference;
use crate::domain::promise::rules::Rules;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::event;
use crate::store::item;
use crate::store::preference;
use crate::workflow::Result;

const PAGE: i64 = 500;

/// What these rules would have done with the items that reached us from `from` on, by `until`.
pub async fn probe(store: &Store, rules: &Rules, from: At, until: At) -> Result<Report> {
    let own = own(store).await?;
    let book = Book { rules, own: &own };
    let mut backtest = Backtest::new(book, from, until);
    // Ids are never nil, so this is before every item of that instant.
    let mut after = (from, ItemId(uuid::Uuid::nil()));
    loop {
        let page = Page::read(store, after, until).await?;
        let Some(last) = page.items.last() else { break };
        after = (last.first_seen_at, last.id);
        for item in &page.items {
            backtest.take(&page.past(item));
        }
    }
    Ok(backtest.finish())
}

/// What people have set for themselves today: what they had set then is not kept.
async fn own(store: &Store) -> Result<BTreeMap<PersonId, Preference>> {
    let mut tx = store.begin_reading().await?;
    let people = preference::people(&mut tx).await?;
    let set = preference::of(&mut tx, &people).await?;
    tx.rollback().await.map_err(StoreError::from)?;
    Ok(set)
}

/// Some items with their stories.
pub struct Page {
    pub items: Vec<Item>,
    logs: BTreeMap<ItemId, Vec<Event>>,
    earlier: BTreeMap<ItemId, Vec<Words>>,
}

impl Page {
    pub async fn read(store: &Store, after: (At, ItemId), until: At) -> Result<Self> {
        let mut tx = store.begin_reading().await?;
        let items = item::arrived(&mut tx, after, until, practice::NAME, PAGE).await?;
        let ids: Vec<ItemId> = items.iter().map(|item| item.id).collect();
        let logs = event::of_items(&mut *tx, &ids).await?;
        let mut earlier: BTreeMap<ItemId, Vec<Words>> = BTreeMap::new();
        for (item, words) in item::earlier_words(&mut tx, &ids).await? {
            earlier.entry(item).or_default().push(words);
        }
        tx.rollback().await.map_err(StoreError::from)?;
        Ok(Self { items, logs, earlier })
    }

    pub fn past<'a>(&'a self, item: &'a Item) -> Past<'a> {
        Past {
            item,
            earlier: self.earlier.get(&item.id).map_or(&[], Vec::as_slice),
            log: self.logs.get(&item.id).map_or(&[], Vec::as_slice),
        }
    }
}
