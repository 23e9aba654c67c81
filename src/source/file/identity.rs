//! Which item a row is, so that the same file, a renamed one, an overlapping one and later polling mean the same item; and so
//! that two people never become one.

use sha2::Digest as _;
use sha2::Sha256;
use url::Url;

use crate::domain::item::fingerprint;

/// The value of a part of a link's query.
pub fn in_link(link: &str, part: &str) -> Option<String> {
    let url = Url::parse(link.trim()).ok()?;
    let found = url.query_pairs().find(|(name, _)| name == part);
    found
        .map(|(_, value)| value.into_owned())
        .filter(|v| !v.trim().is_empty())
}

/// The end of a resource's name: `accounts/1/locations/2/reviews/3` is `3`.
pub fn end_of_path(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path).trim()
}

/// The segment behind another one: of `locations` it is `2`.
pub fn behind<'a>(path: &'a str, segment: &str) -> Option<&'a str> {
    let mut segments = path.split('/');
    segments.find(|s| *s == segment)?;
    segments.next().filter(|s| !s.is_empty())
}

/// What is known of a row that has no id.
#[derive(Debug, Default)]
pub struct IdentityFacts<'a> {
    pub published: Option<String>,
    /// The time stands there too, not only the day.
    pub timed: bool,
    pub author: Option<&'a str>,
    /// Tells people of one name apart.
    pub mail: Option<&'a str>,
    pub subject: Option<&'a str>,
    pub title: Option<&'a str>,
    pub body: Option<&'a str>,
}

impl IdentityFacts<'_> {
    /// An id of what stays the same when a review is changed. Where that could be two people, the words are part of it.
    pub fn id(&self) -> String {
        let someone = self.mail.or(self.author).is_some();
        let apart = self.published.is_some()
            && ((self.timed && (someone || self.subject.is_some()))
                || (self.mail.is_some() && self.subject.is_some()));
        let published = self.published.as_deref();
        let mut parts = vec![published, self.author, self.mail, self.subject];
        let words = fingerprint::said([self.title, self.body]);
        if !apart {
            parts.push(Some(&words));
        }
        digest(&parts)
    }

    /// An id that stands for several people, made one for each by what they say.
    pub fn apart(&self, id: &str) -> String {
        let words = fingerprint::said([self.title, self.body]);
        format!(
            "{id}~{}",
            digest(&[self.published.as_deref(), self.author, Some(&words)])
        )
    }
}

/// 96 bits of what stands there.
pub fn digest(parts: &[Option<&str>]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        let part = part.map(str::trim).unwrap_or_default().to_lowercase();
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hex::encode(&hash.finalize()[..12])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_hide_in_links_and_names() {
        let link = "https://play.google.com/console/x?reviewId=gp%3AAOq7001&corpus=PUBLIC_REVIEWS";
        assert_eq!(in_link(link, "reviewId").as_deref(), Some("gp:AOq7001"));
        assert_eq!(in_link("", "reviewId"), None);
        let name = "accounts/1071/locations/88213/reviews/AbFvQ1";
        assert_eq!(
            (end_of_path(name), behind(name, "locations")),
            ("AbFvQ1", Some("88213"))
        );
    }

    #[test]
    fn an_edit_is_the_same_item_and_two_people_are_two() {
        let facts = |published: &str, timed, author, mail, body| IdentityFacts {
            published: Some(published.to_owned()),
            timed,
            author: Some(author),
            mail,
            subject: Some("schuerze"),
            title: None,
            body: Some(body),
        };
        let day = "2026-11-20";
        assert_eq!(
            facts("t", true, "Eva", None, "Gut.").id(),
            facts("t", true, "Eva", None, "Doch nicht gut.").id()
        );
        assert_eq!(
            facts(day, false, "Eva", Some("e@x"), "Gut.").id(),
            facts(day, false, "Eva", Some("e@x"), "Schlecht.").id()
        );
        assert_ne!(
            facts(day, false, "Anonym", None, "Gut.").id(),
            facts(day, false, "Anonym", None, "Schlecht.").id()
        );
        assert_ne!(
            facts(day, false, "A", None, "x").apart("1E+14"),
            facts(day, false, "A", None, "y").apart("1E+14")
        );
    }
}
