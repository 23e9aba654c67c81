//! What somebody looks up by typing: items by their words, one item, how the sources do, and the numbers of the last days.
//! All of it for one person's eyes, and only for who may look.

use chrono::TimeDelta;

use crate::domain::At;
use crate::domain::action::ItemRef;
use crate::domain::action::Press;
use crate::domain::card;
use crate::domain::errand::Offer;
use crate::domain::id::ItemId;
use crate::domain::item::Item;
use crate::domain::practice;
use crate::domain::rights::Role;
use crate::domain::rules::Channel;
use crate::domain::text::Arg;
use crate::domain::text::Seg;
use crate::domain::text::Voice;
use crate::domain::words;
use crate::store::Tx;
use crate::store::card as cards;
use crate::store::item;
use crate::store::search;
use crate::store::source;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::act::Judged;
use crate::workflow::digest::Asked;

/// More than this nobody reads; one more word finds less.
const SHOWN: i64 = 10;
/// A shorter word fits too much.
const LEAST_LETTERS: usize = 2;
const MOST_TYPED: usize = 200;
/// So much of the customer's words as tells one find from another.
const WORDS_UNITS: usize = 90;
/// Buttons below one item.
const BUTTONS: usize = 10;
/// A year and a day of numbers at most.
const MOST_DAYS: i64 = 366;

type Told = (Vec<Seg>, Vec<Offer>);

/// What is looked up.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wanted<'a> {
    Words(&'a str),
    Item(ItemRef),
    Sources,
    /// Of so many days, or since the last digest.
    Numbers(Option<i64>),
}

impl Desk {
    pub(crate) async fn look_up(
        &self,
        tx: &mut Tx,
        press: &Press,
        voice: Voice,
        wanted: Wanted<'_>,
        now: At,
    ) -> Result<Judged> {
        let item = match wanted {
            Wanted::Item(ItemRef::Id(id)) => Some(id),
            Wanted::Item(ItemRef::Number(number)) => item::by_number(self.store.pool(), number).await?,
            Wanted::Words(_) | Wanted::Sources | Wanted::Numbers(_) => None,
        };
        if let Some(no) = self.no_right(tx, press, voice, Role::Viewer, item, now).await? {
            self.whisper(tx, press, no, now).await?;
            return Ok(Judged::told("forbidden"));
        }
        let (text, offers) = match wanted {
            Wanted::Words(typed) => self.find(tx, press, voice, typed).await?,
            Wanted::Item(which) => match item {
                Some(id) => self.show(tx, press, voice, id).await?,
                None => (unknown(which, voice), Vec::new()),
            },
            Wanted::Sources => (self.sources(tx, voice).await?, Vec::new()),
            Wanted::Numbers(days) => self.told_numbers(press, voice, days, now).await?,
        };
        self.whisper_with(tx, press, text, offers, now).await?;
        Ok(Judged::told("told"))
    }

    async fn find(&self, tx: &mut Tx, press: &Press, voice: Voice, typed: &str) -> Result<Told> {
        let typed: String = words::short_line(typed, MOST_TYPED);
        if words::graphemes(&typed) < LEAST_LETTERS {
            return Ok((voice.say("find-what", &[]), Vec::new()));
        }
        let channel = self.rules.channel_of_room(&press.chat, &press.room);
        let channel = channel.map(|c| c.name.as_str());
        let asked = || Arg::from(typed.as_str());
        let mut ids = search::by_words(tx, channel, practice::NAME, &typed, SHOWN + 1).await?;
        let mut title = "find-found";
        // Whoever puts it in quotes wants exactly that.
        if ids.is_empty() && !typed.contains('"') {
            ids = search::by_parts(tx, channel, practice::NAME, &typed, SHOWN + 1).await?;
            title = "find-similar";
        }
        if ids.is_empty() {
            return Ok((voice.say("find-nothing", &[("words", asked())]), Vec::new()));
        }
        let more = i64::try_from(ids.len()).is_ok_and(|n| n > SHOWN);
        ids.truncate(usize::try_from(SHOWN).unwrap_or(usize::MAX));
        let mut items = item::of_ids(tx, &ids).await?;
        items.sort_by_key(|item| ids.iter().position(|id| *id == item.id));
        let mut text = voice.say(title, &[("words", asked()), ("n", items.len().into())]);
        for item in &items {
            text.push(Seg::Text("\n".to_owned()));
            text.extend(self.found(tx, press, voice, item).await?);
        }
        if more {
            text.push(Seg::Text("\n".to_owned()));
            text.extend(voice.say("find-more", &[]));
        }
        Ok((text, Vec::new()))
    }

    async fn found(&self, tx: &mut Tx, press: &Press, voice: Voice, item: &Item) -> Result<Vec<Seg>> {
        let lang = voice.lang;
        let link = self.labelled(tx, press, voice, item).await?;
        let state = lang.text(&format!("found-{}", item.handling.as_str()), &[]);
        let said = words::short_line(&card::full_words(item), WORDS_UNITS);
        let key = if said.is_empty() {
            "find-line-silent"
        } else {
            "find-line"
        };
        Ok(voice.say(
            key,
            &[("link", link), ("state", state.into()), ("words", said.into())],
        ))
    }

    /// `Nr. 12 · ★★☆☆☆ Kritik · …`, leading to its card where there is one.
    async fn labelled(&self, tx: &mut Tx, press: &Press, voice: Voice, item: &Item) -> Result<Arg> {
        let head = card::head(item, self.rules.label(&item.source), voice.lang);
        let number = item.number.to_string();
        let label = voice
            .lang
            .text("list-line", &[("number", number.into()), ("head", head.into())]);
        Ok(match self.link_of(tx, item, &press.chat, &press.room).await? {
            Some(url) => Arg::Link { label, url },
            None => Arg::Str(label),
        })
    }

    /// One item as its card shows it, buttons included, wherever one is.
    async fn show(&self, tx: &mut Tx, press: &Press, voice: Voice, id: ItemId) -> Result<Told> {
        let card = cards::of_item(tx, id).await?.into_iter().next();
        let shown = match card {
            Some(row) => self.card(row.id).await?,
            None => None,
        };
        let Some((_, item, card)) = shown else {
            let items = item::of_ids(tx, &[id]).await?;
            return match items.first() {
                // It came answered, so it never had a card.
                Some(item) => Ok((self.found(tx, press, voice, item).await?, Vec::new())),
                None => Ok((unknown(ItemRef::Id(id), voice), Vec::new())),
            };
        };
        let link = self.labelled(tx, press, voice, &item).await?;
        let mut text = voice.say("item-head", &[("link", link)]);
        text.push(Seg::Text(format!("\n{}", card.words)));
        for line in card.who.iter().chain([&card.state]) {
            text.push(Seg::Text("\n".to_owned()));
            text.extend(line.iter().cloned());
        }
        let buttons = card.buttons.iter().chain(&card.more);
        let ours = buttons.filter(|button| button.url.is_none() && button.confirm.is_none());
        let offers = ours
            .take(BUTTONS)
            .map(|button| Offer::item(button.verb, item.id, button.label.clone()));
        Ok((text, offers.collect()))
    }

    /// Each source: whether it can be read, and when it last was.
    async fn sources(&self, tx: &mut Tx, voice: Voice) -> Result<Vec<Seg>> {
        let health = source::health(&mut **tx).await?;
        let mut text = voice.say("sources-title", &[]);
        let names = self.sources.keys().filter(|name| *name != practice::NAME);
        let mut any = false;
        for name in names {
            any = true;
            let label = || Arg::from(self.rules.label(name));
            let known = health.iter().find(|h| h.source == *name);
            text.push(Seg::Text("\n".to_owned()));
            text.extend(match known.map(|h| (h.failures, h.last_ok_at)) {
                Some((1.., Some(since))) => {
                    voice.say("source-trouble", &[("source", label()), ("at", since.into())])
                }
                Some((1.., None)) => voice.say("source-trouble-ever", &[("source", label())]),
                Some((_, Some(at))) => voice.say("source-read", &[("source", label()), ("at", at.into())]),
                Some((_, None)) | None => voice.say("source-waits", &[("source", label())]),
            });
        }
        if !any {
            return Ok(voice.say("sources-none", &[]));
        }
        Ok(text)
    }

    async fn told_numbers(&self, press: &Press, voice: Voice, days: Option<i64>, now: At) -> Result<Told> {
        let Some(channel) = self.channel_for(press) else {
            return Ok((voice.say("numbers-where", &[]), Vec::new()));
        };
        let plans = self
            .rules
            .digests
            .iter()
            .filter(|plan| plan.channel == channel.name);
        let last = plans
            .filter_map(|plan| plan.schedule.latest(now))
            .map(|slot| slot.at)
            .filter(|at| *at < now)
            .max();
        let from = match days {
            Some(days) => now - TimeDelta::days(days.clamp(1, MOST_DAYS)),
            None => last.unwrap_or(now - TimeDelta::days(1)),
        };
        let digest = self
            .write_digest(&Asked {
                channel,
                person: None,
                who_answered: false,
                from,
                to: now,
                usual: None,
                now,
            })
            .await?;
        let mut text = digest.headline;
        for line in digest.lines {
            text.push(Seg::Text("\n".to_owned()));
            text.extend(line);
        }
        Ok((text, self.digest_offers(channel, now).await?))
    }

    /// The room's channel; from elsewhere the only one of this chat.
    fn channel_for(&self, press: &Press) -> Option<&Channel> {
        let here = self.rules.channel_of_room(&press.chat, &press.room);
        let mut all = self.rules.channels.values().filter(|c| c.chat == press.chat);
        here.or_else(|| all.next().filter(|_| all.next().is_none()))
    }
}

pub(crate) fn unknown(item: ItemRef, voice: Voice) -> Vec<Seg> {
    let number = match item {
        ItemRef::Number(number) => number.to_string(),
        ItemRef::Id(_) => "?".to_owned(),
    };
    voice.say("refused-unknown-item", &[("number", number.into())])
}
