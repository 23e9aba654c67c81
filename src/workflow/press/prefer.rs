//! What people set for themselves: the hours in which they are not called, the language in which they are spoken to where
//! nobody else reads, and whether the day's numbers come to them.

use chrono_tz::Tz;

use crate::domain::lang::Lang;
use crate::domain::people::person::PersonId;
use crate::domain::say::text::Locale;
use crate::domain::say::text::Seg;
use crate::domain::say::words;
use crate::domain::show::daily;
use crate::domain::time::calendar::Quiet;
use crate::store::Tx;
use crate::store::digest;
use crate::store::preference;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::base::turn::Turn;

impl Desk {
    pub(super) async fn set_language(&self, turn: &mut Turn<'_>, lang: Lang) -> Result<Vec<Seg>> {
        let Turn {
            press, locale, now, ..
        } = *turn;
        let me = &press.by.person;
        preference::speak(turn.tx, me, lang).await?;
        self.homes_changed(turn.tx, std::slice::from_ref(me), now).await?;
        Ok(Locale { lang, ..locale }.say("speak-set", &[]))
    }

    /// Of the channel where they are, else of the first that they may see.
    pub(super) async fn set_daily(&self, turn: &mut Turn<'_>, on: bool) -> Result<Vec<Seg>> {
        let Turn {
            press, locale, now, ..
        } = *turn;
        let me = &press.by.person;
        let seen = self.channels_seen(turn.tx, &press.by, now).await?;
        let here = seen.iter().find(|channel| channel.room == press.room);
        let Some(channel) = here.or_else(|| seen.first()).filter(|_| on) else {
            preference::send_daily(turn.tx, me, None).await?;
            self.homes_changed(turn.tx, std::slice::from_ref(me), now).await?;
            return Ok(locale.say("daily-off", &[]));
        };
        preference::send_daily(turn.tx, me, Some(&channel.name)).await?;
        let known = preference::of(turn.tx, std::slice::from_ref(me)).await?;
        let own = known.get(me).copied();
        let zone = own.and_then(|own| own.zone).unwrap_or(channel.locale.zone);
        let quiet = own.and_then(|own| own.quiet);
        digest::wanted_by(turn.tx, daily::NAME, &me.to_string(), zone.name(), now).await?;
        self.homes_changed(turn.tx, std::slice::from_ref(me), now).await?;
        let args = [
            ("channel", channel.said()),
            ("hours", daily::time(quiet).into()),
            ("zone", zone.name().into()),
        ];
        Ok(locale.say("daily-set", &args))
    }

    /// `20:00-07:00`, `20:00-07:00 Europe/Berlin`, `off`, or nothing to be told what is set; `zone Europe/Lisbon` or
    /// `Europe/Lisbon` alone for the clock by which one lives.
    pub(super) async fn prefer(&self, turn: &mut Turn<'_>, typed: &str) -> Result<Vec<Seg>> {
        let Turn { press, locale, .. } = *turn;
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
            return Ok(locale.say("help-leftover", &args));
        }
        let known = preference::of(turn.tx, std::slice::from_ref(me)).await?;
        let known = known.get(me).copied();
        let mine = known.and_then(|own| own.zone).unwrap_or(locale.zone);
        let (quiet, zone) = match given {
            (None, _) => {
                let own = known.and_then(|own| own.quiet);
                let channel = self.rules.channel_of_room(&press.chat, &press.room);
                return Ok(match (own, channel.and_then(|c| c.quiet)) {
                    (Some(quiet), _) => told("quiet-is", quiet, mine, locale),
                    (None, Some(quiet)) => told("quiet-is-usual", quiet, mine, locale),
                    (None, None) => locale.say("quiet-none", &[]),
                });
            }
            (Some("zone"), None) => {
                return Ok(locale.say("zone-is", &[("zone", mine.name().into())]));
            }
            (Some("zone"), Some(name)) => return self.set_zone(turn.tx, me, locale, name).await,
            (Some(name), None) if is_zone(name) => return self.set_zone(turn.tx, me, locale, name).await,
            (Some("off" | "aus"), None) => (None, None),
            (Some(hours), zone) => {
                let Some(quiet) = Quiet::parse(hours) else {
                    return Ok(locale.say("quiet-odd", &[("typed", words::short_line(typed, 40).into())]));
                };
                let Ok(zone) = zone.map(str::parse::<Tz>).transpose() else {
                    return Ok(odd_zone(zone.unwrap_or_default(), locale));
                };
                (Some(quiet), zone)
            }
        };
        preference::rest(turn.tx, me, quiet, zone).await?;
        let zone = zone.unwrap_or(mine);
        self.lives_by(turn.tx, me, zone).await?;
        Ok(match quiet {
            Some(quiet) => told("quiet-set", quiet, zone, locale),
            None => locale.say("quiet-off", &[]),
        })
    }

    /// The clock by which somebody lives, wherever the channel is; `off` is the one of their profile again.
    async fn set_zone(&self, tx: &mut Tx, me: &PersonId, locale: Locale, name: &str) -> Result<Vec<Seg>> {
        if matches!(name, "off" | "aus") {
            preference::live_by(tx, me, None).await?;
            let known = preference::of(tx, std::slice::from_ref(me)).await?;
            let zone = known.get(me).and_then(|own| own.zone).unwrap_or(locale.zone);
            self.lives_by(tx, me, zone).await?;
            return Ok(locale.say("zone-off", &[("zone", zone.name().into())]));
        }
        let Ok(zone) = name.parse::<Tz>() else {
            return Ok(odd_zone(name, locale));
        };
        preference::live_by(tx, me, Some(zone)).await?;
        self.lives_by(tx, me, zone).await?;
        Ok(locale.say("zone-set", &[("zone", zone.name().into())]))
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

fn odd_zone(name: &str, locale: Locale) -> Vec<Seg> {
    locale.say("quiet-odd-zone", &[("zone", words::short_line(name, 40).into())])
}

fn told(key: &str, quiet: Quiet, zone: Tz, locale: Locale) -> Vec<Seg> {
    locale.say(
        key,
        &[("hours", quiet.to_string().into()), ("zone", zone.name().into())],
    )
}
