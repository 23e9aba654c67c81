//! What people set for themselves: the hours in which they are not called, the language in which they are spoken to where
//! nobody else reads, and whether the day's numbers come to them.

use chrono_tz::Tz;

use crate::domain::At;
use crate::domain::action::Press;
use crate::domain::calendar::Quiet;
use crate::domain::daily;
use crate::domain::person::PersonId;
use crate::domain::text::Lang;
use crate::domain::text::Seg;
use crate::domain::text::Voice;
use crate::domain::whom::Preference;
use crate::domain::words;
use crate::store::Reads;
use crate::store::Tx;
use crate::store::digest;
use crate::store::preference;
use crate::workflow::Desk;
use crate::workflow::Result;

impl Desk {
    /// How we speak to somebody alone: in their own language, if they have set one, and with the clock of where it is.
    pub(crate) async fn own_voice(
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

    pub(crate) async fn set_language(
        &self,
        tx: &mut Tx,
        press: &Press,
        voice: Voice,
        lang: Lang,
        now: At,
    ) -> Result<Vec<Seg>> {
        let me = &press.by.person;
        preference::speak(tx, me, lang).await?;
        self.homes_changed(tx, std::slice::from_ref(me), now).await?;
        Ok(Voice { lang, ..voice }.say("speak-set", &[]))
    }

    /// Of the channel where they are, else of the first that they may see.
    pub(crate) async fn set_daily(
        &self,
        tx: &mut Tx,
        press: &Press,
        voice: Voice,
        on: bool,
        now: At,
    ) -> Result<Vec<Seg>> {
        let me = &press.by.person;
        let seen = self.channels_seen(tx, &press.by, now).await?;
        let here = seen.iter().find(|channel| channel.room == press.room);
        let Some(channel) = here.or_else(|| seen.first()).filter(|_| on) else {
            preference::send_daily(tx, me, None).await?;
            self.homes_changed(tx, std::slice::from_ref(me), now).await?;
            return Ok(voice.say("daily-off", &[]));
        };
        preference::send_daily(tx, me, Some(&channel.name)).await?;
        let known = preference::of(tx, std::slice::from_ref(me)).await?;
        let own = known.get(me).copied();
        let zone = own.and_then(|own| own.zone).unwrap_or(channel.voice.zone);
        let quiet = own.and_then(|own| own.quiet);
        digest::wanted_by(tx, daily::NAME, &me.to_string(), zone.name(), now).await?;
        self.homes_changed(tx, std::slice::from_ref(me), now).await?;
        let args = [
            ("channel", channel.name.as_str().into()),
            ("hours", daily::time(quiet).into()),
            ("zone", zone.name().into()),
        ];
        Ok(voice.say("daily-set", &args))
    }

    /// `20:00-07:00`, `20:00-07:00 Europe/Berlin`, `off`, or nothing to be told what is set.
    pub(crate) async fn prefer(
        &self,
        tx: &mut Tx,
        press: &Press,
        voice: Voice,
        typed: &str,
    ) -> Result<Vec<Seg>> {
        let me = &press.by.person;
        let mut words = typed.split_whitespace();
        let set = match (words.next(), words.next()) {
            (None, _) => {
                let known = preference::of(tx, std::slice::from_ref(me)).await?;
                let own = known.get(me).and_then(|p| Some((p.quiet?, p.zone)));
                let channel = self.rules.channel_of_room(&press.chat, &press.room);
                return Ok(match (own, channel.and_then(|c| c.quiet)) {
                    (Some((quiet, zone)), _) => told("quiet-is", quiet, zone.unwrap_or(voice.zone), voice),
                    (None, Some(quiet)) => told("quiet-is-usual", quiet, voice.zone, voice),
                    (None, None) => voice.say("quiet-none", &[]),
                });
            }
            (Some("off" | "aus"), None) => Preference {
                quiet: None,
                zone: None,
            },
            (Some(hours), zone) => {
                let Some(quiet) = Quiet::parse(hours) else {
                    return Ok(voice.say("quiet-odd", &[("typed", words::short_line(typed, 40).into())]));
                };
                let zone = match zone.map(|name| (name, name.parse::<Tz>())) {
                    None => Some(voice.zone),
                    Some((_, Ok(zone))) => Some(zone),
                    Some((name, Err(_))) => {
                        return Ok(
                            voice.say("quiet-odd-zone", &[("zone", words::short_line(name, 40).into())])
                        );
                    }
                };
                Preference {
                    quiet: Some(quiet),
                    zone,
                }
            }
        };
        preference::save(tx, me, set).await?;
        if preference::wishes(&mut **tx, me).await?.digest.is_some() {
            // It may come at another time now.
            let zone = set.zone.unwrap_or(voice.zone);
            digest::wanted_by(tx, daily::NAME, &me.to_string(), zone.name(), self.now()).await?;
        }
        self.homes_changed(tx, std::slice::from_ref(me), self.now())
            .await?;
        Ok(match set.quiet {
            Some(quiet) => told("quiet-set", quiet, set.zone.unwrap_or(voice.zone), voice),
            None => voice.say("quiet-off", &[]),
        })
    }
}

fn told(key: &str, quiet: Quiet, zone: Tz, voice: Voice) -> Vec<Seg> {
    voice.say(
        key,
        &[("hours", quiet.to_string().into()), ("zone", zone.name().into())],
    )
}
