//! What products are called, asked for once a day and many at a time: reviews carry only their numbers.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::PoisonError;

use chrono::TimeDelta;

use crate::domain::At;
use crate::port::PortError;
use crate::source::woocommerce::api::Api;
use crate::source::woocommerce::wire::Product;
use crate::source::woocommerce::wire::Products;

const KNOWN_FOR: TimeDelta = TimeDelta::hours(24);
/// Whoever has more products has the rest asked for again.
const MOST: usize = 10_000;

#[derive(Default)]
pub struct Shelf {
    known: Mutex<BTreeMap<u64, (At, Product)>>,
}

impl Shelf {
    /// As many of these as the shop knows. Without the right to read products reviews go by their numbers.
    pub async fn of(&self, api: &Api, ids: Vec<u64>, now: At) -> Result<Products, PortError> {
        let missing = self.missing(&ids, now);
        if !missing.is_empty() {
            let found = match api.products(&missing, now).await {
                Ok(found) => found,
                Err(PortError::Denied { .. } | PortError::Gone { .. } | PortError::Never { .. }) => {
                    Products::new()
                }
                Err(error) => return Err(error),
            };
            self.keep(missing, found, now);
        }
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let named = ids
            .into_iter()
            .filter_map(|id| Some((id, known.get(&id)?.1.clone())));
        Ok(named.collect())
    }

    fn missing(&self, ids: &[u64], now: At) -> Vec<u64> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let is_known = |id: &u64| known.get(id).is_some_and(|(at, _)| now - *at < KNOWN_FOR);
        let mut missing: Vec<u64> = ids.iter().copied().filter(|id| !is_known(id)).collect();
        missing.sort_unstable();
        missing.dedup();
        missing
    }

    /// What was asked for and is not there is remembered, too: it would be asked for at each poll.
    fn keep(&self, asked: Vec<u64>, mut found: Products, now: At) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() + asked.len() > MOST {
            known.clear();
        }
        for id in asked {
            known.insert(id, (now, found.remove(&id).unwrap_or_default()));
        }
    }
}
