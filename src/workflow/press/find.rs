//! What somebody looks up by typing: items by their words, one item, how the sources do, and the numbers of the last days.
//! All of it for one person's eyes, and only for who may look.

use chrono::TimeDelta;

use crate::domain::id::ItemId;
use crate::domain::id::ReplyId;
use crate::domain::item::Item;
use crate::domain::people::rights::Role;
use crate::domain::press::action::ItemRef;
use crate::domain::press::action::Press;
use crate::domain::press::action::Verb;
use crate::domain::press::list_action::ListAction;
use crate::domain::press::list_action::QuickAction;
use crate::domain::promise::practice;
use crate::domain::promise::rules::Channel;
use crate::domain::say::text::Arg;
use crate::domain::say::text::Locale;
use crate::domain::say::text::Seg;
use crate::domain::say::words;
use crate::domain::show::card;
use crate::domain::show::digest::MOST_DAYS;
use crate::domain::show::home;
use crate::domain::show::row;
use crate::domain::show::row::ListRow;
use crate::domain::show::row::MatchPlace;
use crate::domain::show::row::Told;
use crate::store::Tx;
use crate::store::card as cards;
use crate::store::item;
use crate::store::search;
use crate::store::search::Hit;
use crate::store::search::Search;
use crate::store::source;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::base::turn::Turn;
use crate::workflow::press::judge::Judged;
use crate::workflow::views::digest::Asked;
use crate::workflow::views::lists::pages;

/// A page.
const SHOWN: usize = row::SHOWN;
/// More than this nobody reads through; one more word finds less.
const KEPT: i64 = 100;
/// A shorter word fits too much.
const LEAST_LETTERS: usize = 2;
const MOST_TYPED: usize = 200;
/// Of an answer of ours, around the words.
const EXCERPT_UNITS: usize = 90;
/// A shorter word is like too many others.
const LEAST_MISSPELT: usize = 3;
/// So many words are tried for each that is misspelt, by how many there are; of more than these, none is.
const TRIED: [usize; 4] = [5, 3, 2, 2];
/// Buttons below one item.
const BUTTONS: usize = 10;

/// What is looked up.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wanted<'a> {
    Words(&'a str),
    Item(ItemRef),
    Sources,
    /// Of so many days, or since the last digest.
    Numbers(Option<i64>),
}

impl Desk {
    pub(super) async fn look_up(&self, turn: &mut Turn<'_>, wanted: Wanted<'_>) -> Result<Judged> {
        let locale = turn.locale;
        let item = match wanted {
            Wanted::Item(ItemRef::Id(id)) => Some(id),
            Wanted::Item(ItemRef::Number(number)) => item::by_number(self.store.pool(), number).await?,
            Wanted::Words(_) | Wanted::Sources | Wanted::Numbers(_) => None,
        };
        if let Some(no) = self.no_right(turn, Role::Viewer, item).await? {
            return self.tell(turn, no, "forbidden").await;
        }
        let told = match wanted {
            Wanted::Words(typed) => self.find(turn, (typed, false)).await?,
            Wanted::Item(which) => match item {
                Some(id) => self.show(turn, id).await?,
                None => unknown(which, locale).into(),
            },
            Wanted::Sources => self.sources(turn.tx, locale).await?.into(),
            Wanted::Numbers(days) => self.told_numbers(turn, days).await?,
        };
        self.whisper_with(turn, told).await?;
        Ok(Judged::told("told"))
    }

    async fn find(&self, turn: &mut Turn<'_>, (typed, everywhere): (&str, bool)) -> Result<Told> {
        let Turn {
            press, locale, now, ..
        } = *turn;
        let typed: String = words::short_line(typed, MOST_TYPED);
        if words::graphemes(&typed) < LEAST_LETTERS {
            return Ok(locale.say("find-what", &[]).into());
        }
        let scope = self.scope(turn, everywhere).await?;
        let channels = scope.names();
        let mut meant = typed.clone();
        let mut hits = search::by_words(turn.tx, Some(&channels), &meant, KEPT + 1).await?;
        // Whoever puts it in quotes wants exactly that.
        if hits.is_empty()
            && !typed.contains('"')
            && let Some(near) = nearly(turn.tx, &typed).await?
        {
            hits = search::by_words(turn.tx, Some(&channels), &near, KEPT + 1).await?;
            meant = near;
        }
        let kept = usize::try_from(KEPT).unwrap_or(usize::MAX);
        let more = hits.len() > kept;
        hits.truncate(kept);
        let here = scope.here.filter(|_| !everywhere);
        let mut found = Search {
            number: 0,
            typed,
            meant,
            channel: here.map(|channel| channel.name.clone()),
            hits,
            more,
        };
        let can_widen = scope.can_widen();
        let place = scope.said(locale);
        if found.hits.len() > SHOWN || can_widen {
            found.number = search::keep(turn.tx, &press.by.person, &found, now).await?;
        }
        let mut told = if found.hits.is_empty() {
            let args = [("words", found.typed.as_str().into()), ("where", place)];
            locale.say("find-nothing", &args).into()
        } else {
            self.found_page(turn, &found, 0).await?
        };
        if can_widen {
            let number = found.number;
            let label = locale.lang.text("button-find-everywhere", &[]);
            told.offers
                .push(QuickAction::list_action(ListAction::Wider { number }, label));
        }
        Ok(told)
    }

    /// What somebody looked for last, in all rooms that they may see.
    pub(super) async fn find_wider(&self, turn: &mut Turn<'_>, number: i64) -> Result<Judged> {
        let Turn { press, locale, .. } = *turn;
        let last = search::last(turn.tx, &press.by.person).await?;
        let told = match last.filter(|last| last.number == number) {
            Some(last) => self.find(turn, (&last.typed, true)).await?,
            None => locale.say("find-over", &[]).into(),
        };
        self.whisper_with(turn, told).await?;
        Ok(Judged::told("told"))
    }

    /// Another page of what somebody found last. It is theirs alone: the button says which search it belongs to, and
    /// whose it is says who presses.
    pub(super) async fn turn(&self, turn: &mut Turn<'_>, number: i64, page: u32) -> Result<Judged> {
        let Turn {
            press, locale, now, ..
        } = *turn;
        let last = search::last(turn.tx, &press.by.person).await?;
        let Some(found) = last.filter(|last| last.number == number) else {
            return self.tell(turn, locale.say("find-over", &[]), "told").await;
        };
        // Where it was found is where one has to have the right, also since then: in its channel, or, where it was found
        // in all that one could see, in any that one sees now, and of these it is shown.
        let mut found = found;
        let mut channels: Vec<String> = found.channel.clone().into_iter().collect();
        if channels.is_empty() {
            let seen = self.channels_seen(turn.tx, &press.by, now).await?;
            channels = seen.iter().map(|channel| channel.name.clone()).collect();
            let still = search::by_words(turn.tx, Some(&channels), &found.meant, KEPT + 1).await?;
            found
                .hits
                .retain(|hit| still.iter().any(|still| still.item == hit.item));
        }
        if let Some(no) = self.no_right_in(turn, Role::Viewer, &channels).await? {
            return self.tell(turn, no, "forbidden").await;
        }
        let told = self.found_page(turn, &found, page).await?;
        self.whisper_with(turn, told).await?;
        Ok(Judged::told("told"))
    }

    async fn found_page(&self, turn: &mut Turn<'_>, found: &Search, page: u32) -> Result<Told> {
        let Turn {
            press, locale, now, ..
        } = *turn;
        let last = u32::try_from(found.hits.len().saturating_sub(1) / SHOWN).unwrap_or(0);
        let page = page.min(last);
        let skipped = usize::try_from(page).unwrap_or(usize::MAX).saturating_mul(SHOWN);
        let hits: Vec<Hit> = found.hits.iter().skip(skipped).take(SHOWN).copied().collect();
        let ids: Vec<ItemId> = hits.iter().map(|hit| hit.item).collect();
        let items = item::of_ids(turn.tx, &ids).await?;
        let replies: Vec<ReplyId> = hits.iter().filter_map(|hit| hit.reply).collect();
        let excerpts = search::excerpts(turn.tx, &replies, &found.meant).await?;
        let places = search::places(turn.tx, &ids, &found.meant).await?;
        let title = if found.meant == found.typed {
            "find-found"
        } else {
            "find-similar"
        };
        let everywhere = || Arg::Str(locale.lang.text("list-everywhere", &[]));
        let channel = found.channel.as_deref().and_then(|name| self.rules.channel(name));
        let place = channel.map_or_else(everywhere, |channel| channel.said());
        let text = locale.say(title, &[("words", found.typed.as_str().into()), ("where", place)]);
        let listed: Vec<Item> = hits
            .iter()
            .filter_map(|hit| items.iter().find(|item| item.id == hit.item).cloned())
            .collect();
        let me = &press.by.person;
        let known = self
            .row_facts(turn.tx, &listed, Some(me), (&press.chat, &press.room))
            .await?;
        let rows = listed.iter().zip(known).map(|(item, known)| {
            let hit = hits.iter().find(|hit| hit.item == item.id);
            let ours = excerpts
                .iter()
                .find(|(id, _)| Some(*id) == hit.and_then(|hit| hit.reply));
            let theirs = places.iter().find(|(id, _)| *id == item.id);
            let place = match (ours, theirs) {
                (Some((_, excerpt)), _) => MatchPlace::Ours(words::short_line(excerpt, EXCERPT_UNITS)),
                (None, Some((_, theirs))) => place_of(item, theirs, &found.meant),
                (None, None) => MatchPlace::Start,
            };
            let read = || Some(row::act(Verb::FullText, item, locale.lang));
            ListRow {
                line: row::found(&known.of(item, locale, now), &place),
                act: row::at_once(item, Some(me), locale.lang, now).or_else(read),
            }
        });
        let rows = rows.collect();
        let mut after = Vec::new();
        if last > 0 {
            let (page, pages) = (i64::from(page) + 1, i64::from(last) + 1);
            after.extend(locale.say("list-page", &[("page", page.into()), ("pages", pages.into())]));
        }
        if found.more && page == last {
            after.extend((!after.is_empty()).then(newline));
            after.extend(locale.say("find-more", &[]));
        }
        let number = found.number;
        let turn = |page| ListAction::Found { number, page };
        Ok(Told {
            text,
            rows,
            after,
            offers: pages(locale, page, last, turn),
            menus: Vec::new(),
        })
    }

    /// `Nr. 12 · ★★☆☆☆ Kritik · …`, leading to its card where there is one.
    async fn labelled(&self, turn: &mut Turn<'_>, item: &Item) -> Result<Arg> {
        let Turn { press, locale, .. } = *turn;
        let head = card::head(item, self.rules.label(&item.source), locale.lang);
        let number = item.number.to_string();
        let label = locale
            .lang
            .text("list-line", &[("number", number.into()), ("head", head.into())]);
        Ok(
            match self.link_of(turn.tx, item, &press.chat, &press.room).await? {
                Some(url) => Arg::Link { label, url },
                None => Arg::Str(label),
            },
        )
    }

    /// One item as its card shows it, buttons included, wherever one is.
    async fn show(&self, turn: &mut Turn<'_>, id: ItemId) -> Result<Told> {
        let Turn {
            press, locale, now, ..
        } = *turn;
        let card = cards::of_item(turn.tx, id).await?.into_iter().next();
        let shown = match card {
            Some(row) => self.card_in(row.id, Some(locale)).await?,
            None => None,
        };
        let Some((_, item, card)) = shown else {
            let items = item::of_ids(turn.tx, &[id]).await?;
            return match items.first() {
                // It came answered, so it never had a card.
                Some(item) => {
                    let at = (press.chat.as_str(), press.room.as_str());
                    let known = self
                        .row_facts(turn.tx, &items, Some(&press.by.person), at)
                        .await?;
                    let line = known.into_iter().next();
                    let line = line.map(|known| row::found(&known.of(item, locale, now), &MatchPlace::Start));
                    Ok(line.unwrap_or_default().into())
                }
                None => Ok(unknown(ItemRef::Id(id), locale).into()),
            };
        };
        let link = self.labelled(turn, &item).await?;
        let mut text = locale.say("item-head", &[("link", link)]);
        text.push(Seg::Text(format!("\n{}", card.words)));
        for line in card.who.iter().chain([&card.state]) {
            text.push(Seg::Text("\n".to_owned()));
            text.extend(line.iter().cloned());
        }
        let buttons = card.buttons.iter().chain(&card.more);
        let ours = buttons.filter(|button| button.url.is_none() && button.confirm.is_none());
        let offers = ours
            .take(BUTTONS)
            .map(|button| QuickAction::item(button.verb, item.id, button.label.clone()));
        Ok(Told {
            text,
            offers: offers.collect(),
            ..Told::default()
        })
    }

    /// Each source: whether it can be read, and when it last was.
    async fn sources(&self, tx: &mut Tx, locale: Locale) -> Result<Vec<Seg>> {
        let health = source::health(&mut **tx).await?;
        let mut text = locale.say("sources-title", &[]);
        let names = self.sources.keys().filter(|name| *name != practice::NAME);
        let mut any = false;
        for name in names {
            any = true;
            let label = || Arg::from(self.rules.label(name));
            let known = health.iter().find(|h| h.source == *name);
            text.push(Seg::Text("\n".to_owned()));
            text.extend(match known.map(|h| (h.failures, h.last_ok_at)) {
                Some((1.., Some(since))) => {
                    locale.say("source-trouble", &[("source", label()), ("at", since.into())])
                }
                Some((1.., None)) => locale.say("source-trouble-ever", &[("source", label())]),
                Some((_, Some(at))) => locale.say("source-read", &[("source", label()), ("at", at.into())]),
                Some((_, None)) | None => locale.say("source-waits", &[("source", label())]),
            });
        }
        if !any {
            return Ok(locale.say("sources-none", &[]));
        }
        Ok(text)
    }

    async fn told_numbers(&self, turn: &mut Turn<'_>, days: Option<i64>) -> Result<Told> {
        let Turn {
            press, locale, now, ..
        } = *turn;
        let Some(channel) = self.channel_for(press) else {
            return Ok(locale.say("numbers-where", &[]).into());
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
                reader: Some(&press.by.person),
                who_answered: false,
                from,
                to: now,
                usual: None,
                now,
            })
            .await?;
        let mut text = digest.headline;
        for line in digest.lead {
            text.push(newline());
            text.extend(line);
        }
        let who_has_what = home::load(&self.load(turn.tx, channel, now).await?, locale);
        let mut after = Vec::new();
        for line in digest.lines.into_iter().chain(who_has_what) {
            after.extend((!after.is_empty()).then(newline));
            after.extend(line);
        }
        Ok(Told {
            text,
            rows: digest.rows,
            after,
            offers: self.digest_offers(channel).await?,
            menus: Vec::new(),
        })
    }

    /// The room's channel; from elsewhere the only one of this chat.
    fn channel_for(&self, press: &Press) -> Option<&Channel> {
        let here = self.rules.channel_of_room(&press.chat, &press.room);
        let mut all = self.rules.channels.values().filter(|c| c.chat == press.chat);
        here.or_else(|| all.next().filter(|_| all.next().is_none()))
    }
}

/// Where it was found by, as far as that is not seen anyway. `theirs` is what the database cut out of the customer's words:
/// around those that were looked for, or from the beginning.
fn place_of(item: &Item, theirs: &str, meant: &str) -> MatchPlace {
    let theirs = words::short_line(theirs, EXCERPT_UNITS);
    let seen = words::short_line(&card::full_words(item), row::FOUND_UNITS);
    if !seen.contains(theirs.trim_end_matches('…').trim_end()) {
        return MatchPlace::Further(theirs);
    }
    // `or` and a minus are the search's own, and no words that anybody wrote.
    let meant = meant.to_lowercase();
    let has = |text: Option<&str>| {
        let text = text.unwrap_or_default().to_lowercase();
        let asked = meant.split_whitespace();
        let mut asked = asked.filter(|word| *word != "or" && !word.starts_with('-'));
        asked.any(|word| !word.trim_matches('"').is_empty() && text.contains(word.trim_matches('"')))
    };
    match (
        has(Some(&seen)),
        has(item.author.name.as_deref()),
        has(item.subject_name()),
        has(item.details.order.as_deref()),
    ) {
        (false, true, ..) => MatchPlace::Author,
        (false, false, true, _) => MatchPlace::Subject,
        (false, false, false, true) => MatchPlace::Order,
        _ => MatchPlace::Start,
    }
}

fn newline() -> Seg {
    Seg::Text("\n".to_owned())
}

/// The same with each word as customers wrote it: all that may be meant, in the words of a search. None, where one of them
/// is like nothing that anybody wrote.
async fn nearly(tx: &mut Tx, typed: &str) -> Result<Option<String>> {
    let lower = typed.to_lowercase();
    let letters = lower.split(|c: char| !c.is_alphabetic());
    let misspelt: Vec<&str> = letters
        .filter(|word| words::graphemes(word) >= LEAST_MISSPELT)
        .collect();
    let Some(tried) = misspelt.len().checked_sub(1).and_then(|n| TRIED.get(n)) else {
        return Ok(None);
    };
    let mut all = vec![String::new()];
    for word in misspelt {
        let near = search::near(tx, word).await?;
        let with = |known: &String| {
            let near = near.iter().take(*tried);
            near.map(|word| format!("{known} {word}").trim_start().to_owned())
                .collect::<Vec<_>>()
        };
        all = all.iter().flat_map(with).collect();
    }
    Ok((!all.is_empty()).then(|| all.join(" or ")))
}

pub(super) fn unknown(item: ItemRef, locale: Locale) -> Vec<Seg> {
    let number = match item {
        ItemRef::Number(number) => number.to_string(),
        ItemRef::Id(_) => "?".to_owned(),
    };
    locale.say("refused-unknown-item", &[("number", number.into())])
}
