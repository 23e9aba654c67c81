//! What people set for themselves by typing it: the hours in which they are not called.

use chrono_tz::Tz;

use crate::domain::action::Press;
use crate::domain::calendar::Quiet;
use crate::domain::text::Seg;
use crate::domain::text::Voice;
use crate::domain::whom::Preference;
use crate::domain::words;
use crate::store::Tx;
use crate::store::preference;
use crate::workflow::Desk;
use crate::workflow::Result;

impl Desk {
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
