//! Which subjects are talked about more than usual. One honest statistic: if a subject came at its usual pace, by chance
//! alone (a Poisson distribution), would so many in one period be a surprise? What is usual is its mean over the last
//! four weeks, or four periods where these are longer. Only more is told, not less: less is mostly a weekend.

use crate::domain::item::stats::Counts;

/// Below this many, anything is chance.
const LEAST: i64 = 5;
/// Of so many one can tell what is usual.
const LEAST_KNOWN: i64 = 20;
/// And at least so many times the usual: with large numbers, a small change is sure and yet nobody's concern.
const TIMES: f64 = 2.0;
/// At the usual pace of all subjects, one digest in a hundred names one that is not unusual.
const CHANCE: f64 = 0.01;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unusual {
    /// Its name, or else its id, as the source gave it.
    pub subject: String,
    pub source: String,
    pub n: i64,
    /// What is usual in a period of this length, in tenths.
    pub usual_tenths: i64,
}

impl Unusual {
    /// Less than once in two periods: "about 0.0" says nothing.
    pub fn is_rare(&self) -> bool {
        self.usual_tenths < 5
    }
}

/// Whatever is most surprising first. `share` is how much of the past the period is as long as.
pub fn unusual(now: &Counts, past: &Counts, share: f64) -> Vec<Unusual> {
    // Where hardly anything was ever heard, all that comes is new, and nothing of it unusual.
    if past.new_total() < LEAST_KNOWN {
        return Vec::new();
    }
    let (now, past) = (now.by_subject(), past.by_subject());
    // The more subjects one looks at, the more of them are surprising by chance.
    let chance = CHANCE / now.len().max(1) as f64;
    let mut found: Vec<(f64, Unusual)> = Vec::new();
    for (key, (name, n)) in &now {
        let earlier = past.get(key).map_or(0, |(_, n)| *n) as f64;
        if *n < LEAST || (*n as f64) < TIMES * earlier * share {
            continue;
        }
        // Never seen is not "never comes": it counts as if it had come once.
        let surprise = tail((earlier + 1.0) * share, *n);
        if surprise < chance {
            let (source, _, id) = key;
            let unusual = Unusual {
                subject: name.unwrap_or(id).to_owned(),
                source: (*source).to_owned(),
                n: *n,
                usual_tenths: (earlier * share * 10.0).round() as i64,
            };
            found.push((surprise, unusual));
        }
    }
    found.sort_by(|a, b| {
        a.0.total_cmp(&b.0)
            .then(b.1.n.cmp(&a.1.n))
            .then(a.1.subject.cmp(&b.1.subject))
    });
    found.into_iter().map(|(_, unusual)| unusual).collect()
}

/// The probability of `n` or more where `mean` are usual.
fn tail(mean: f64, n: i64) -> f64 {
    if mean <= 0.0 {
        return if n > 0 { 0.0 } else { 1.0 };
    }
    let log_of_factorial: f64 = (1..=n).map(|k| (k as f64).ln()).sum();
    let mut term = (n as f64 * mean.ln() - mean - log_of_factorial).exp();
    let mut sum = 0.0;
    let mut k = n;
    // Past the mean, each further term is smaller than the one before.
    while term > 0.0 && (k as f64 <= mean || term > sum * 1e-12) {
        sum += term;
        k += 1;
        term *= mean / k as f64;
    }
    sum.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::item::Tone;
    use crate::domain::item::stats::Fact;
    use crate::domain::item::stats::Subject;

    fn counts(subjects: &[(&str, i64)]) -> Counts {
        let mut counts = Counts::default();
        for (id, n) in subjects {
            let subject = Subject {
                source: "shop".into(),
                kind: "product".into(),
                id: (*id).into(),
                name: Some(format!("Name {id}")),
            };
            let fact = Fact::New {
                source: "shop".into(),
                tone: Tone::Complaint,
                stars: 1,
                subject: Some(subject),
            };
            counts.count(fact, *n);
        }
        counts
    }

    #[test]
    fn the_tail_is_what_tables_say() {
        // P(X >= 5 | 2) and P(X >= 10 | 3.5), from any table of the distribution.
        assert!((tail(2.0, 5) - 0.052_653).abs() < 1e-6);
        assert!((tail(3.5, 10) - 0.003_315).abs() < 1e-6);
        assert!((tail(50.0, 30) - 0.999_05).abs() < 1e-4);
        assert!(tail(1000.0, 1000) > 0.5 && tail(1000.0, 1300) < 1e-15);
        assert!((tail(2.0, 0) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn only_a_surprise_is_told() {
        // In 28 days 56 came: two a day.
        let past = counts(&[("mower", 56), ("hose", 560), ("rare", 0)]);
        let day = 1.0 / 28.0;
        let found = |n: &[(&str, i64)]| unusual(&counts(n), &past, day);
        assert_eq!(found(&[("mower", 4), ("hose", 20)]), [], "as always");
        assert_eq!(
            found(&[("mower", 6)]),
            [],
            "three times the usual comes by chance"
        );
        assert_eq!(
            found(&[("hose", 39)]),
            [],
            "sure to be more, and not twice as much"
        );
        assert_eq!(
            found(&[("mower", 12), ("hose", 20)]),
            [Unusual {
                subject: "Name mower".into(),
                source: "shop".into(),
                n: 12,
                usual_tenths: 20
            }]
        );
        assert_eq!(found(&[("rare", 4)]), [], "four of something new");
        assert_eq!(found(&[("rare", 5)]).len(), 1, "five of something new");
        assert!(found(&[("rare", 5)])[0].is_rare() && !found(&[("mower", 12)])[0].is_rare());
        for known in [0, 1, 19] {
            let past = counts(&[("mower", known)]);
            assert_eq!(
                unusual(&counts(&[("rare", 40)]), &past, day),
                [],
                "of {known} ever"
            );
        }
        let order: Vec<String> = found(&[("mower", 12), ("rare", 9)])
            .into_iter()
            .map(|u| u.subject)
            .collect();
        assert_eq!(order, ["Name rare", "Name mower"]);
    }

    #[test]
    fn at_the_usual_pace_hardly_any_digest_names_anything() {
        // A thousand days with fifty subjects of two a day each, by a small generator of our own.
        let mut state = 7_u64;
        let mut random = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64
        };
        let mut poisson = |mean: f64| {
            let (mut n, mut product) = (0, random());
            while product > (-mean).exp() {
                n += 1;
                product *= random();
            }
            n
        };
        let names: Vec<String> = (0..50).map(|n| n.to_string()).collect();
        let past: Vec<(&str, i64)> = names.iter().map(|n| (n.as_str(), 56)).collect();
        let past = counts(&past);
        let mut told = 0;
        for _ in 0..1000 {
            let day: Vec<(&str, i64)> = names.iter().map(|n| (n.as_str(), poisson(2.0))).collect();
            told += usize::from(!unusual(&counts(&day), &past, 1.0 / 28.0).is_empty());
        }
        assert!(told <= 20, "{told} of 1000 days");
    }
}
