//! What people set for themselves: the hours in which they are not called, the language in which they are spoken to where
//! nobody else reads, and whether the day's numbers come to them.

use chrono_tz::Tz;

use crate::domain::calendar::Quiet;
use crate::domain::daily;
use crate::domain::person::PersonId;
use crate::domain::text::Lang;
use crate::domain::text::Seg;
use crate::domain::text::Voice;
use crate::domain::words;
use crate::store::Tx;
use crate::store::digest;
use crate::store::preference;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::base::turn::Turn;

impl Desk {
    pub(super) async fn set_language(&self, turn: &mut Turn<'_>, lang: Lang) -> Result<Vec<Seg>> {
        let Turn {
            press, voice, now, ..
        } = *turn;
        let me = &press.by.person;
        preference::speak(turn.tx, me, lang).await?;
        self.homes_changed(turn.tx, std::slice::from_ref(me), now).await?;
        Ok(Voice { lang, ..voice }.say("speak-set", &[]))
    }

    /// Of the channel where they are, else of the first that they may see.
    pub(super) async fn set_daily(&self, turn: &mut Turn<'_>, on: bool) -> Result<Vec<Seg>> {
        let Turn {
            press, voice, now, ..
        } = *turn;
        let me = &press.by.person;
        let seen = self.channels_seen(turn.tx, &press.by, now).await?;
        let here = seen.iter().find(|channel| channel.room == press.room);
        let Some(channel) = here.or_else(|| seen.first()).filter(|_| on) else {
            preference::send_daily(turn.tx, me, None).await?;
            self.homes_changed(turn.tx, std::slice::from_ref(me), now).await?;
            return Ok(voice.say("daily-off", &[]));
        };
        preference::send_daily(turn.tx, me, Some(&channel.name)).await?;
        let known = preference::of(turn.tx, std::slice::from_ref(me)).await?;
        let own = known.get(me).copied();
        let zone = own.and_then(|own| own.zone).unwrap_or(channel.voice.zone);
        let quiet = own.and_then(|own| own.quiet);
        digest::wanted_by(turn.tx, daily::NAME, &me.to_string(), zone.name(), now).await?;
        self.homes_changed(turn.tx, std::slice::from_ref(me), now).await?;
        let args = [
            ("channel", channel.said()),
            ("hours", daily::time(quiet).into()),
            ("zone", zone.name().into()),
        ];
        Ok(voice.say("daily-set", &args))
    }

    /// `20:00-07:00`, `20:00-07:00 Europe/Berlin`, `off`, or nothing to be told what is set; `zone Europe/Lisbon` or
    /// `Europe/Lisbon` alone for the clock by which one lives.
    pub(super) async fn prefer(&self, turn: &mut Turn<'_>, typed: &str) -> Result<Vec<Seg>> {
        let Turn { press, voice, .. } = *turn;
        let me = &press.by.person;
        let mut words = typed.split_whitespace();
        let given = (words.next(), words.next());
        if let Some(odd) = words.next().or(match given {
            (Some("off" | "aus"), odd) => odd,
            (Some(name), odd) if is_zone(name) => odd,
            _ => None,
        }) {
            let good = typed.split_whitespace().take_while(|word| *word != odd);
            let good = format!("quiet {}", good.collect::<Vec<_>>().join(" "));
            let args = [
                ("good", words::short_line(&good, 60).into()),
                ("odd", words::short_line(odd, 40).into()),
            ];
            return Ok(voice.say("help-leftover", &args));
        }
        let known = preference::of(turn.tx, std::slice::from_ref(me)).await?;
        let known = known.get(me).copied();
        let mine = known.and_then(|own| own.zone).unwrap_or(voice.zone);
        let (quiet, zone) = match given {
            (None, _) => {
                let own = known.and_then(|own| own.quiet);
                let channel = self.rules.channel_of_room(&press.chat, &press.room);
                return Ok(match (own, channel.and_then(|c| c.quiet)) {
                    (Some(quiet), _) => told("quiet-is", quiet, mine, voice),
                    (None, Some(quiet)) => told("quiet-is-usual", quiet, mine, voice),
                    (None, None) => voice.say("quiet-none", &[]),
                });
            }
            (Some("zone"), None) => {
                return Ok(voice.say("zone-is", &[("zone", mine.name().into())]));
            }
            (Some("zone"), Some(name)) => return self.set_zone(turn.tx, me, voice, name).await,
            (Some(name), None) if is_zone(name) => return self.set_zone(turn.tx, me, voice, name).await,
            (Some("off" | "aus"), None) => (None, None),
            (Some(hours), zone) => {
                let Some(quiet) = Quiet::parse(hours) else {
                    return Ok(voice.say("quiet-odd", &[("typed", words::short_line(typed, 40).into())]));
                };
                let Ok(zone) = zone.map(str::parse::<Tz>).transpose() else {
                    return Ok(odd_zone(zone.unwrap_or_default(), voice));
                };
                (Some(quiet), zone)
            }
        };
        preference::rest(turn.tx, me, quiet, zone).await?;
        let zone = zone.unwrap_or(mine);
        self.lives_by(turn.tx, me, zone).await?;
        Ok(match quiet {
            Some(quiet) => told("quiet-set", quiet, zone, voice),
            None => voice.say("quiet-off", &[]),
        })
    }

    /// The clock by which somebody lives, wherever the channel is; `off` is the one of their profile again.
    async fn set_zone(&self, tx: &mut Tx, me: &PersonId, voice: Voice, name: &str) -> Result<Vec<Seg>> {
        if matches!(name, "off" | "aus") {
            preference::live_by(tx, me, None).await?;
            let known = preference::of(tx, std::slice::from_ref(me)).await?;
            let zone = known.get(me).and_then(|own| own.zone).unwrap_or(voice.zone);
            self.lives_by(tx, me, zone).await?;
            return Ok(voice.say("zone-off", &[("zone", zone.name().into())]));
        }
        let Ok(zone) = name.parse::<Tz>() else {
            return Ok(odd_zone(name, voice));
        };
        preference::live_by(tx, me, Some(zone)).await?;
        self.lives_by(tx, me, zone).await?;
        Ok(voice.say("zone-set", &[("zone", zone.name().into())]))
    }

    /// What comes to them by the clock may come at another time now.
    async fn lives_by(&self, tx: &mut Tx, me: &PersonId, zone: Tz) -> Result<()> {
        let now = self.now();
        if preference::wishes(&mut **tx, me).await?.digest.is_some() {
            digest::wanted_by(tx, daily::NAME, &me.to_string(), zone.name(), now).await?;
        }
        self.homes_changed(tx, std::slice::from_ref(me), now).await
    }
}

/// `Europe/Lisbon`; an hour like `UTC` alone is not meant by people who type when they rest.
fn is_zone(typed: &str) -> bool {
    typed.contains('/')
}

fn odd_zone(name: &str, voice: Voice) -> Vec<Seg> {
    voice.say("quiet-odd-zone", &[("zone", words::short_line(name, 40).into())])
}

fn told(key: &str, quiet: Quiet, zone: Tz, voice: Voice) -> Vec<Seg> {
    voice.say(
        key,
        &[("hours", quiet.to_string().into()), ("zone", zone.name().into())],
    )
}
