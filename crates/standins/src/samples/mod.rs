//! Sample customers for the demo: an outdoor and garden shop with stores, its products, and three minutes of what
//! people write. Invented from first to last; no such names, goods or stores are known to us.

mod english;
mod german;
mod past;

pub use self::past::Past;
pub use self::past::past;

use crate::google::Google;
use crate::shop::Kind;
use crate::shop::Product;
use crate::shop::Shop;
use crate::sites::Place;
use crate::sites::Refusal;

/// Where somebody writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Site {
    /// A location.
    Google(&'static str),
    /// A product.
    Shop(&'static str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    pub site: Site,
    pub author: &'static str,
    pub kind: Kind,
    pub stars: Option<u8>,
    pub language: &'static str,
    pub text: &'static str,
    /// Seconds after the demo opens its doors.
    pub after: u32,
}

impl Sample {
    const fn review(after: u32, site: Site, author: &'static str, stars: u8, text: &'static str) -> Sample {
        Sample {
            site,
            author,
            kind: Kind::Review,
            stars: Some(stars),
            language: "de",
            text,
            after,
        }
    }

    const fn question(after: u32, site: Site, author: &'static str, text: &'static str) -> Sample {
        Sample {
            site,
            author,
            kind: Kind::Question,
            stars: None,
            language: "de",
            text,
            after,
        }
    }

    const fn english(self) -> Sample {
        Sample {
            language: "en",
            ..self
        }
    }

    /// The customer writes it; the answer is the id at the site.
    pub fn write(&self, google: &Google, shop: &Shop) -> Result<String, Refusal> {
        match self.site {
            Site::Google(location) => google.write(location, self.author, self.stars.unwrap_or(0), self.text),
            Site::Shop(product) => shop.write(product, self.author, self.kind, self.stars, self.text),
        }
    }
}

/// All of them, in the order of their arrival.
pub fn samples() -> Vec<Sample> {
    let mut all = [german::SAMPLES, english::SAMPLES].concat();
    all.sort_by_key(|s| s.after);
    all
}

const MUENCHEN: Site = Site::Google("88213");
const LEIPZIG: Site = Site::Google("88214");
const HAMBURG: Site = Site::Google("88215");
const BRISTOL: Site = Site::Google("88301");

const HEDGE: Site = Site::Shop("p-igelfreund");
const SECATEURS: Site = Site::Shop("p-zaunkoenig");
const BLENDER: Site = Site::Shop("p-brausewind");
const KETTLE: Site = Site::Shop("p-silberreiher");
const TENT: Site = Site::Shop("p-haubentaucher");
const BACKPACK: Site = Site::Shop("p-gratwander");

pub fn locations() -> Vec<Place> {
    vec![
        Place::new("88213", "Filiale München Ost"),
        Place::new("88214", "Filiale Leipzig Südvorstadt"),
        Place::new("88215", "Filiale Hamburg Altona"),
        Place::new("88301", "Bristol Harbourside"),
    ]
}

pub fn products() -> Vec<Product> {
    let known = [
        ("p-igelfreund", "Akku-Heckenschere Igelfreund 40", "HS-4000"),
        ("p-zaunkoenig", "Gartenschere Zaunkönig", "GS-0118"),
        ("p-brausewind", "Standmixer Brausewind 900", "SM-0900"),
        ("p-silberreiher", "Wasserkocher Silberreiher", "WK-0170"),
        ("p-haubentaucher", "Zelt Haubentaucher 2", "ZT-0200"),
        ("p-gratwander", "Rucksack Gratwander 45", "RS-0045"),
    ];
    known
        .map(|(id, name, sku)| Product {
            id: id.into(),
            name: name.into(),
            url: format!("https://shop.example/{id}"),
            sku: sku.into(),
        })
        .into()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use chrono::DateTime;

    use super::samples;
    use crate::google::Google;
    use crate::shop::Kind;
    use crate::shop::Shop;

    #[test]
    fn every_sample_finds_its_place_within_three_minutes() {
        let now: crate::Now = Arc::new(|| DateTime::from_timestamp(1_790_000_000, 0).unwrap());
        let google = Google::new(now.clone(), Default::default());
        let shop = Shop::new(now, Default::default());
        let all = samples();
        assert_eq!(all.len(), 36);
        assert_eq!(all.iter().filter(|s| s.language == "de").count(), 24);
        assert_eq!(all[0].after, 0);
        assert_eq!(all.iter().filter(|s| s.after <= 20).count(), 5);
        for sample in &all {
            sample
                .write(&google, &shop)
                .unwrap_or_else(|no| panic!("{sample:?}: {no}"));
            assert!(sample.after <= 180);
        }
        assert_eq!(
            all.iter().map(|s| s.after).collect::<BTreeSet<_>>().len(),
            36,
            "one at a time"
        );
        assert!(all.iter().any(|s| s.text.chars().count() > 2500));
        assert!(all.iter().any(|s| s.text.is_empty()));
        assert!(all.iter().filter(|s| s.kind == Kind::Question).count() >= 7);
        assert!(
            all.iter()
                .any(|s| s.text.contains('\u{202e}') && s.text.contains("<!channel>"))
        );
    }
}
