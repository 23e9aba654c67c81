//! Who may do what. Roles come from configuration by group, person or membership of a room, and are looked up on each
//! press; an outsider has none unless configuration names them.

use serde::Deserialize;
use serde::Serialize;

use crate::domain::people::person::PersonId;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Viewer,
    Responder,
    Approver,
    Admin,
}

impl Role {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Responder => "responder",
            Self::Approver => "approver",
            Self::Admin => "admin",
        }
    }
}

/// One line of configuration: who gets which role, everywhere or in some channels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    pub role: Role,
    pub chat: String,
    pub to: Grantee,
    /// Our names of the channels it holds in; empty is everywhere.
    pub channels: Vec<String>,
}

impl Grant {
    pub fn holds_in(&self, channels: &[String]) -> bool {
        self.channels.is_empty() || self.channels.iter().any(|c| channels.contains(c))
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grantee {
    /// A user id.
    Person(String),
    /// Members of a group or a room, by the chat's id: `circle` in the database.
    Circle(Circle),
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Circle {
    Group(String),
    Room(String),
}

impl Circle {
    pub fn key(&self) -> String {
        match self {
            Self::Group(id) => format!("group:{id}"),
            Self::Room(id) => format!("room:{id}"),
        }
    }

    pub fn id(&self) -> &str {
        match self {
            Self::Group(id) | Self::Room(id) => id,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    pub person: PersonId,
    pub name: String,
    /// From another company's workspace.
    pub outsider: bool,
    /// The circles that this person is in, where the delivery itself says so; else what was read before counts.
    pub vouched: Option<Vec<Circle>>,
}

/// The best role that `actor` has in any of `channels`. `in_circle` answers from what is known now; who is not known
/// to be in a circle is not in it.
pub fn role(
    grants: &[Grant],
    actor: &Actor,
    channels: &[String],
    in_circle: impl Fn(&Circle) -> bool,
) -> Option<Role> {
    grants
        .iter()
        .filter(|g| g.chat == actor.person.chat)
        .filter(|g| g.holds_in(channels))
        .filter(|g| match &g.to {
            Grantee::Person(user) => *user == actor.person.user,
            // Being invited into a shared room gives another company's people no right to answer for this one.
            Grantee::Circle(circle) => !actor.outsider && in_circle(circle),
        })
        .map(|g| g.role)
        .max()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor(user: &str, outsider: bool) -> Actor {
        Actor {
            person: PersonId::new("slack", user),
            name: user.into(),
            outsider,
            vouched: None,
        }
    }

    #[test]
    fn the_best_grant_counts_and_outsiders_need_their_name_in_the_file() {
        let care = Circle::Room("C1".into());
        let grants = [
            Grant {
                role: Role::Responder,
                chat: "slack".into(),
                to: Grantee::Circle(care.clone()),
                channels: vec![],
            },
            Grant {
                role: Role::Admin,
                chat: "slack".into(),
                to: Grantee::Person("U1".into()),
                channels: vec![],
            },
            Grant {
                role: Role::Viewer,
                chat: "slack".into(),
                to: Grantee::Person("U9".into()),
                channels: vec!["care".into()],
            },
        ];
        let all = |_: &Circle| true;
        assert_eq!(role(&grants, &actor("U1", false), &[], all), Some(Role::Admin));
        assert_eq!(
            role(&grants, &actor("U2", false), &[], all),
            Some(Role::Responder)
        );
        assert_eq!(
            role(&grants, &actor("U2", false), &[], |_| false),
            None,
            "unknown membership is no membership"
        );
        assert_eq!(role(&grants, &actor("U2", true), &[], all), None);
        let care = ["other".to_owned(), "care".to_owned()];
        assert_eq!(role(&grants, &actor("U9", true), &care, all), Some(Role::Viewer));
        assert_eq!(role(&grants, &actor("U9", true), &care[..1], all), None);
    }
}
