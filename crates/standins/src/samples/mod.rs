//! Sample customers for the demo: an outdoor and garden shop with stores, its products, and three minutes of what
//! people write. Invented from first to last; no such names, goods or stores are known to us.

mod elsewhere;
mod english;
mod german;
mod past;

pub use self::past::Past;
pub use self::past::past;

use std::sync::Arc;

use crate::shop::Kind;
use crate::shop::Product;
use crate::sites::Place;
use crate::sites::Refusal;
use crate::sites::site;
use crate::sites::site::Site;
use crate::sites::site::Written;

/// Where somebody writes: the site's word, and the place there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    pub site: &'static str,
    pub place: &'static str,
}

impl Spot {
    const fn google(place: &'static str) -> Self {
        Self {
            site: "google",
            place,
        }
    }

    const fn shop(place: &'static str) -> Self {
        Self { site: "shop", place }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    pub spot: Spot,
    pub author: &'static str,
    pub kind: Kind,
    pub stars: Option<u8>,
    pub language: &'static str,
    pub text: &'static str,
    /// Seconds after the demo opens its doors.
    pub after: u32,
}

impl Sample {
    const fn review(after: u32, spot: Spot, author: &'static str, stars: u8, text: &'static str) -> Sample {
        Sample {
            spot,
            author,
            kind: Kind::Review,
            stars: Some(stars),
            language: "de",
            text,
            after,
        }
    }

    const fn question(after: u32, spot: Spot, author: &'static str, text: &'static str) -> Sample {
        Sample {
            spot,
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

    /// The customer writes it; the answer is the id at the site. None where this site is not.
    pub fn write(&self, sites: &[Arc<dyn Site>]) -> Option<Result<String, Refusal>> {
        let site = site::of(sites, self.spot.site)?;
        Some(site.write(Written {
            place: self.spot.place,
            author: self.author,
            kind: self.kind,
            stars: self.stars,
            text: self.text,
        }))
    }
}

/// All of them, in the order of their arrival.
pub fn samples() -> Vec<Sample> {
    let mut all = [german::SAMPLES, english::SAMPLES, elsewhere::SAMPLES].concat();
    all.sort_by_key(|s| s.after);
    all
}

const MUENCHEN: Spot = Spot::google("88213");
const LEIPZIG: Spot = Spot::google("88214");
const HAMBURG: Spot = Spot::google("88215");
const BRISTOL: Spot = Spot::google("88301");

const HEDGE: Spot = Spot::shop("p-igelfreund");
const SECATEURS: Spot = Spot::shop("p-zaunkoenig");
const BLENDER: Spot = Spot::shop("p-brausewind");
const KETTLE: Spot = Spot::shop("p-silberreiher");
const TENT: Spot = Spot::shop("p-haubentaucher");
const BACKPACK: Spot = Spot::shop("p-gratwander");

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
    use crate::shop::Kind;
    use crate::sites;

    #[test]
    fn every_sample_finds_its_place_within_three_minutes() {
        let now: crate::Now = Arc::new(|| DateTime::from_timestamp(1_790_000_000, 0).unwrap());
        let sites = sites::each(&now);
        let all = samples();
        assert_eq!(all.len(), 43);
        assert_eq!(all.iter().filter(|s| s.language == "de").count(), 31);
        assert_eq!(all[0].after, 0);
        assert_eq!(all.iter().filter(|s| s.after <= 20).count(), 6);
        for sample in &all {
            sample
                .write(&sites)
                .unwrap()
                .unwrap_or_else(|no| panic!("{sample:?}: {no}"));
            assert!(sample.after <= 180);
        }
        assert_eq!(
            all.iter().map(|s| s.after).collect::<BTreeSet<_>>().len(),
            43,
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
