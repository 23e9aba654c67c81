//! Which routes can never be reached. The first matching rule wins, so a broad rule written too early silently
//! swallows the narrow ones below it: legal, and hardly ever meant.

use std::collections::BTreeSet;

use crate::config::Names;
use crate::config::source::Source;
use crate::domain::item::ItemKind;
use crate::domain::item::Rating;
use crate::domain::item::Tone;
use crate::domain::promise::route::Route;
use crate::domain::promise::route::When;
use crate::reader::reading::Placed;
use crate::reader::reading::Reading;

/// What each source brings, by its name.
pub fn brought(sources: &[Placed<Source>]) -> Vec<(String, &'static [ItemKind])> {
    sources
        .iter()
        .map(|source| (source.value.about.name.clone(), source.value.kind.brings))
        .collect()
}

pub fn check(
    reading: &Reading,
    routes: &[Placed<Route>],
    names: &Names,
    brought: &[(String, &'static [ItemKind])],
) {
    for (i, route) in routes.iter().enumerate() {
        let wanted = moods(&route.value.when);
        if wanted == 0 {
            let what = format!("no item can match route {:?}", route.value.name);
            reading.warn(
                route.line,
                what,
                "its tone, kind and stars exclude each other: take one of them out",
            );
            continue;
        }
        if let Some(kinds) = never_brought(&route.value.when, brought) {
            let what = format!(
                "no item can match route {:?}: what it is for brings {kinds} only",
                route.value.name
            );
            reading.warn(route.line, what, "take its kind out, or name another source");
            continue;
        }
        let mut left = wanted;
        let mut takers = Vec::new();
        for earlier in &routes[..i] {
            let taken = moods(&earlier.value.when) & left;
            if taken != 0 && is_wider(&earlier.value.when, &route.value.when, names) {
                left &= !taken;
                takers.push(format!("{:?} (line {})", earlier.value.name, earlier.line));
            }
        }
        if left == 0 {
            let what = format!(
                "nothing reaches route {:?}: {} takes all of it",
                route.value.name,
                takers.join(" with ")
            );
            reading.warn(
                route.line,
                what,
                "move it further up, or narrow what stands above it",
            );
        }
    }
}

/// What the sources of a route bring, where that is nothing of what it asks for.
fn never_brought(when: &When, brought: &[(String, &'static [ItemKind])]) -> Option<String> {
    let of = |name: &String| when.source.is_empty() || when.source.contains(name);
    let kinds: BTreeSet<ItemKind> = brought
        .iter()
        .filter(|(name, _)| of(name))
        .flat_map(|(_, kinds)| kinds.iter().copied())
        .collect();
    let is_asked = |kind: &ItemKind| when.kind.is_empty() || when.kind.contains(kind);
    let named: Vec<String> = kinds.iter().map(|kind| format!("{:?}", kind.as_str())).collect();
    (!kinds.is_empty() && !kinds.iter().any(is_asked)).then(|| named.join(", "))
}

/// Tone follows from kind and stars, so the three are compared as the set of cases that they let through: one bit for
/// each kind with each rating or none.
fn moods(when: &When) -> u32 {
    let ratings = [None, Some(1), Some(2), Some(3), Some(4), Some(5)];
    let cases = ItemKind::ALL
        .into_iter()
        .flat_map(|kind| ratings.map(|stars| (kind, stars)));
    cases
        .enumerate()
        .filter(|(_, (kind, stars))| lets(when, *kind, *stars))
        .fold(0, |set, (bit, _)| set | (1 << bit))
}

fn lets(when: &When, kind: ItemKind, stars: Option<u8>) -> bool {
    let tone = Tone::of(kind, stars.and_then(|s| Rating::of_five(f64::from(s))));
    (when.tone.is_empty() || when.tone.contains(&tone))
        && (when.kind.is_empty() || when.kind.contains(&kind))
        && when
            .stars
            .is_none_or(|(low, high)| stars.is_some_and(|s| (low..=high).contains(&s)))
}

/// Apart from kind, tone and stars: whatever `narrow` matches, `wide` matches too.
fn is_wider(wide: &When, narrow: &When, names: &Names) -> bool {
    let every_source = names.sources.iter().all(|s| wide.source.contains(s));
    (every_source || holds(&wide.source, &narrow.source))
        && holds(&wide.language, &narrow.language)
        && holds(&lower(&wide.subject), &lower(&narrow.subject))
        && holds(&lower(&wide.keyword), &lower(&narrow.keyword))
}

/// An empty list matches everything.
fn holds(wide: &[String], narrow: &[String]) -> bool {
    wide.is_empty() || (!narrow.is_empty() && narrow.iter().all(|n| wide.contains(n)))
}

fn lower(words: &[String]) -> Vec<String> {
    words.iter().map(|w| w.to_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::item::policy::Policy;

    fn warnings(routes: &[(&str, When)]) -> Vec<String> {
        let reading = Reading::new("z.toml", "", &|_| None);
        let names = Names {
            channels: vec![],
            sources: vec!["google".into(), "shop".into()],
            calendars: vec![],
            rotas: vec![],
            chains: vec![],
            webhooks: vec![],
        };
        let routes: Vec<Placed<Route>> = routes
            .iter()
            .zip(1..)
            .map(|((name, when), line)| Placed {
                value: Route {
                    name: (*name).into(),
                    when: when.clone(),
                    to: vec![],
                    policy: Policy::default(),
                    owner: None,
                },
                line,
            })
            .collect();
        let brought = [
            ("google".to_owned(), [ItemKind::Review].as_slice()),
            ("shop".to_owned(), ItemKind::ALL.as_slice()),
        ];
        check(&reading, &routes, &names, &brought);
        reading.finish().into_iter().map(|f| f.what).collect()
    }

    fn stars(low: u8, high: u8) -> When {
        When {
            stars: Some((low, high)),
            ..When::default()
        }
    }

    fn keyword(words: &[&str]) -> When {
        When {
            keyword: words.iter().map(|w| (*w).into()).collect(),
            ..When::default()
        }
    }

    #[test]
    fn what_an_earlier_rule_takes_is_not_reached() {
        assert_eq!(
            warnings(&[("all", When::default()), ("bad", stars(1, 2))]).len(),
            1
        );
        assert_eq!(warnings(&[("low", stars(1, 3)), ("worst", stars(1, 1))]).len(), 1);
        assert_eq!(
            warnings(&[
                ("law", keyword(&["Anwalt", "Klage"])),
                ("sue", keyword(&["klage"]))
            ])
            .len(),
            1
        );
        let both = When {
            source: vec!["google".into(), "shop".into()],
            ..When::default()
        };
        assert_eq!(
            warnings(&[("both", both), ("bad", stars(1, 2))]).len(),
            1,
            "all sources are everything"
        );
    }

    #[test]
    fn what_an_earlier_rule_leaves_is_reached() {
        assert!(warnings(&[("bad", stars(1, 2)), ("all", When::default())]).is_empty());
        assert!(warnings(&[("worst", stars(1, 1)), ("low", stars(1, 3))]).is_empty());
        let german = When {
            language: vec!["de".into()],
            ..stars(1, 5)
        };
        assert!(warnings(&[("german", german), ("bad", stars(1, 2))]).is_empty());
        assert!(
            warnings(&[
                ("law", keyword(&["Klage"])),
                ("law-too", keyword(&["Anwalt", "Klage"]))
            ])
            .is_empty()
        );
    }

    #[test]
    fn tone_follows_from_stars_and_several_rules_take_together() {
        let complaints = When {
            tone: vec![Tone::Complaint],
            kind: vec![ItemKind::Review],
            ..When::default()
        };
        let bad = When {
            kind: vec![ItemKind::Review],
            ..stars(1, 2)
        };
        assert_eq!(
            warnings(&[("complaints", complaints.clone()), ("bad", bad.clone())]).len(),
            1
        );
        assert_eq!(warnings(&[("bad", bad), ("complaints", complaints)]).len(), 1);
        let found = warnings(&[
            ("low", stars(1, 3)),
            ("high", stars(4, 5)),
            ("rated", stars(1, 5)),
        ]);
        assert_eq!(
            found,
            [r#"nothing reaches route "rated": "low" (line 1) with "high" (line 2) takes all of it"#]
        );
        let praise = When {
            tone: vec![Tone::Praise],
            ..stars(1, 2)
        };
        assert_eq!(warnings(&[("odd", praise)]), [r#"no item can match route "odd""#]);
    }

    #[test]
    fn a_route_for_what_its_sources_never_bring_is_told() {
        let asks = |source: &[&str], kind: &[ItemKind]| When {
            source: source.iter().map(|s| (*s).to_owned()).collect(),
            kind: kind.to_vec(),
            ..When::default()
        };
        let questions = [ItemKind::Question];
        assert_eq!(
            warnings(&[("stores", asks(&["google"], &questions))]),
            ["no item can match route \"stores\": what it is for brings \"review\" only"]
        );
        for fine in [
            asks(&["google"], &[ItemKind::Question, ItemKind::Review]),
            asks(&["google", "shop"], &questions),
            asks(&[], &questions),
            asks(&["google"], &[]),
        ] {
            assert_eq!(warnings(&[("fine", fine)]), Vec::<String>::new());
        }
    }
}
