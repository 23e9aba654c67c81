//! How we speak: in a room as its channel says, to one person as they said themselves.

use crate::domain::lang::Lang;
use crate::domain::people::person::PersonId;
use crate::domain::say::text::Locale;
use crate::store::Reads;
use crate::store::card::CardRow;
use crate::store::person;
use crate::store::preference;
use crate::workflow::Desk;
use crate::workflow::Result;

impl Desk {
    pub(in crate::workflow) fn locale_of(&self, row: &CardRow) -> Locale {
        let channel = self.rules.channel(&row.channel);
        channel.map_or(
            Locale {
                lang: Lang::default(),
                zone: chrono_tz::Tz::UTC,
            },
            |c| c.locale,
        )
    }

    /// How we speak in a room; where it is none of ours, as the chat does elsewhere.
    pub(in crate::workflow) fn locale(&self, chat: &str, room: &str) -> Locale {
        let channel = self.rules.channel_of_room(chat, room);
        channel
            .map(|c| c.locale)
            .or_else(|| self.rules.usual_locale(chat))
            .unwrap_or(Locale {
                lang: Lang::default(),
                zone: chrono_tz::Tz::UTC,
            })
    }

    /// The same where no room says how: as we last spoke with them where others read, else as in the place that it is
    /// about.
    pub(in crate::workflow) async fn private_locale(
        &self,
        person: &PersonId,
        about: Locale,
    ) -> Result<Locale> {
        let pool = self.store.pool();
        let lang = person::last_spoken(pool, person).await?.unwrap_or(about.lang);
        self.own_locale(pool, person, Locale { lang, ..about }).await
    }

    /// How we speak to somebody alone: in their own language, if they have set one, and with the clock of where it is.
    pub(in crate::workflow) async fn own_locale(
        &self,
        connection: impl Reads<'_>,
        person: &PersonId,
        locale: Locale,
    ) -> Result<Locale> {
        let own = preference::wishes(connection, person).await?.language;
        Ok(Locale {
            lang: own.unwrap_or(locale.lang),
            ..locale
        })
    }
}
