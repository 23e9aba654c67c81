//! Where an item goes and what is promised for it: the first rule that matches decides.

use crate::domain::item::Incoming;
use crate::domain::item::Item;
use crate::domain::item::ItemKind;
use crate::domain::item::Rating;
use crate::domain::item::Subject;
use crate::domain::item::Tone;
use crate::domain::item::policy::Policy;
use crate::domain::people::person::PersonId;

/// The name of the route for all that no other one names, as it stands with an item.
pub const DEFAULT: &str = "default";

#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    pub name: String,
    pub when: When,
    /// Our names of the channels; several get a card each.
    pub to: Vec<String>,
    pub policy: Policy,
    /// Whom everything that comes this way concerns personally, at once.
    pub owner: Option<PersonId>,
}

/// All that is given must match; an empty list matches everything.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct When {
    pub source: Vec<String>,
    pub tone: Vec<Tone>,
    pub kind: Vec<ItemKind>,
    pub stars: Option<(u8, u8)>,
    pub language: Vec<String>,
    /// Part of the subject's name or its exact id, in any case.
    pub subject: Vec<String>,
    /// A word or phrase in title or body, in any case.
    pub keyword: Vec<String>,
}

/// What a rule looks at.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    pub source: &'a str,
    pub kind: ItemKind,
    pub rating: Option<Rating>,
    pub title: Option<&'a str>,
    pub body: Option<&'a str>,
    pub subject: Option<&'a Subject>,
    pub language: Option<&'a str>,
}

impl<'a> View<'a> {
    /// An item that we know, as it reads now.
    pub fn of(item: &'a Item) -> Self {
        Self {
            source: &item.source,
            kind: item.kind,
            rating: item.rating,
            title: item.title.as_deref(),
            body: item.body.as_deref(),
            subject: item.subject.as_ref(),
            language: item.language.as_deref(),
        }
    }
}

impl When {
    pub fn matches(&self, seen: View) -> bool {
        let stars = seen.rating.map(Rating::stars);
        let tone = Tone::of(seen.kind, seen.rating);
        any(&self.source, |s| s == seen.source)
            && any(&self.tone, |t| *t == tone)
            && any(&self.kind, |k| *k == seen.kind)
            && self
                .stars
                .is_none_or(|(low, high)| stars.is_some_and(|s| (low..=high).contains(&s)))
            && any(&self.language, |l| Some(l.as_str()) == seen.language)
            && any(&self.subject, |s| has_subject(seen.subject, s))
            && any(&self.keyword, |k| has_keyword(seen, k))
    }

    /// The first of its words that somebody wrote.
    pub fn word_in(&self, seen: View) -> Option<&str> {
        let found = self.keyword.iter().find(|k| has_keyword(seen, k));
        found.map(String::as_str)
    }
}

/// The first matching rule; the last resort is the default that configuration always has.
pub fn choose<'a>(
    routes: &'a [Route],
    fallback: &'a Route,
    source: &str,
    item: &Incoming,
    language: Option<&str>,
) -> &'a Route {
    let seen = View {
        source,
        kind: item.kind,
        rating: item.rating,
        title: item.title.as_deref(),
        body: item.body.as_deref(),
        subject: item.subject.as_ref(),
        language,
    };
    choose_for(routes, fallback, seen)
}

/// The same for whatever can be looked at.
pub fn choose_for<'a>(routes: &'a [Route], fallback: &'a Route, seen: View) -> &'a Route {
    let mut routes = routes.iter();
    routes.find(|r| r.when.matches(seen)).unwrap_or(fallback)
}

fn any<T>(wanted: &[T], is: impl FnMut(&T) -> bool) -> bool {
    wanted.is_empty() || wanted.iter().any(is)
}

fn has_subject(subject: Option<&Subject>, wanted: &str) -> bool {
    let wanted = wanted.to_lowercase();
    subject.is_some_and(|s| {
        s.id.to_lowercase() == wanted
            || s.name
                .as_ref()
                .is_some_and(|n| n.to_lowercase().contains(&wanted))
    })
}

/// Whole words, so that "Gas" does not find "Gasse".
fn has_keyword(seen: View, wanted: &str) -> bool {
    let wanted = wanted.to_lowercase();
    [seen.title, seen.body].into_iter().flatten().any(|text| {
        let text = text.to_lowercase();
        text.match_indices(&wanted).any(|(at, found)| {
            let before = text[..at].chars().next_back();
            let after = text[at + found.len()..].chars().next();
            !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::item::Author;
    use crate::domain::item::Details;
    use crate::domain::item::Votes;
    use crate::domain::item::caps::ReplyCaps;

    fn review(stars: f64, body: &str) -> Incoming {
        Incoming {
            scope: "s".into(),
            native_id: "1".into(),
            kind: ItemKind::Review,
            rating: Rating::of_five(stars),
            title: None,
            body: Some(body.into()),
            language: None,
            author: Author::default(),
            subject: Some(Subject {
                kind: "store".into(),
                id: "m-ost".into(),
                name: Some("Filiale München Ost".into()),
                url: None,
            }),
            verified: None,
            details: Details::default(),
            votes: Votes::default(),
            permalink: None,
            published_at: None,
            edited_at: None,
            removed: false,
            caps: ReplyCaps::none(),
            reply: None,
            raw: serde_json::Value::Null,
        }
    }

    fn route(name: &str, when: When) -> Route {
        Route {
            name: name.into(),
            when,
            to: vec!["care".into()],
            policy: Policy::default(),
            owner: None,
        }
    }

    #[test]
    fn the_first_matching_rule_wins() {
        let routes = [
            route(
                "legal",
                When {
                    keyword: vec!["Anwalt".into()],
                    ..When::default()
                },
            ),
            route(
                "bad",
                When {
                    stars: Some((1, 2)),
                    ..When::default()
                },
            ),
            route(
                "munich",
                When {
                    subject: vec!["münchen".into()],
                    language: vec!["de".into()],
                    ..When::default()
                },
            ),
        ];
        let fallback = route("rest", When::default());
        let name = |item: &Incoming, lang| choose(&routes, &fallback, "google", item, lang).name.clone();
        assert_eq!(name(&review(1.0, "Ich gehe zum Anwalt!"), Some("de")), "legal");
        assert_eq!(
            name(&review(1.0, "Anwaltskanzlei"), Some("de")),
            "bad",
            "only whole words"
        );
        assert_eq!(name(&review(5.0, "Super"), Some("de")), "munich");
        assert_eq!(name(&review(5.0, "Great"), Some("en")), "rest");
    }
}
