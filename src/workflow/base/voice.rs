//! How we speak: in a room as its channel says, to one person as they said themselves.

use crate::domain::person::PersonId;
use crate::domain::text::Lang;
use crate::domain::text::Voice;
use crate::store::Reads;
use crate::store::card::CardRow;
use crate::store::person;
use crate::store::preference;
use crate::workflow::Desk;
use crate::workflow::Result;

impl Desk {
    pub(in crate::workflow) fn voice_of(&self, row: &CardRow) -> Voice {
        let channel = self.rules.channel(&row.channel);
        channel.map_or(
            Voice {
                lang: Lang::default(),
                zone: chrono_tz::Tz::UTC,
            },
            |c| c.voice,
        )
    }

    /// How we speak in a room; where it is none of ours, as the chat does elsewhere.
    pub(in crate::workflow) fn voice(&self, chat: &str, room: &str) -> Voice {
        let channel = self.rules.channel_of_room(chat, room);
        channel
            .map(|c| c.voice)
            .or_else(|| self.rules.usual_voice(chat))
            .unwrap_or(Voice {
                lang: Lang::default(),
                zone: chrono_tz::Tz::UTC,
            })
    }

    /// The same where no room says how: as we last spoke with them where others read, else as in the place that it is
    /// about.
    pub(in crate::workflow) async fn private_voice(&self, person: &PersonId, about: Voice) -> Result<Voice> {
        let pool = self.store.pool();
        let lang = person::last_spoken(pool, person).await?.unwrap_or(about.lang);
        self.own_voice(pool, person, Voice { lang, ..about }).await
    }

    /// How we speak to somebody alone: in their own language, if they have set one, and with the clock of where it is.
    pub(in crate::workflow) async fn own_voice(
        &self,
        connection: impl Reads<'_>,
        person: &PersonId,
        voice: Voice,
    ) -> Result<Voice> {
        let own = preference::wishes(connection, person).await?.language;
        Ok(Voice {
            lang: own.unwrap_or(voice.lang),
            ..voice
        })
    }
}
