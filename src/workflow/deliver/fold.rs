//! Keeping a room readable. A card asks its room before it comes; above the room's budget it waits in the fold, and one
//! message is kept up to date for all that wait. The same effect that shows it lets in what the room takes again, so the fold
//! opens by itself. Effects of one room run one after the other on all replicas, so nobody counts beside anybody else.

use chrono::TimeDelta;

use crate::domain::At;
use crate::domain::effect::NewEffect;
use crate::domain::item::Item;
use crate::domain::press::action::Listing;
use crate::domain::press::list_action::ListAction;
use crate::domain::press::list_action::QuickAction;
use crate::domain::promise::rules::Channel;
use crate::domain::say::text::Locale;
use crate::domain::show::fold;
use crate::domain::show::fold::FoldFacts;
use crate::domain::show::row;
use crate::domain::show::row::ListRow;
use crate::port::PortError;
use crate::port::chat::Body;
use crate::port::chat::Page;
use crate::port::chat::Post;
use crate::store::StoreError;
use crate::store::card::CardRow;
use crate::store::card::Entry;
use crate::store::fold as folds;
use crate::store::fold::Fold;
use crate::store::item;
use crate::store::item::Filter;
use crate::store::outbox;
use crate::store::outbox::Leased;
use crate::store::outbox::Settled;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::base::settle::there;
use crate::workflow::change::fold::APART_SECONDS;
use crate::workflow::deliver::post::Posted;
use crate::workflow::views::offers;

/// The message names so many of those that wait; the list has all.
const NAMED: i64 = row::SHOWN as i64;
/// A list in which nothing moves by itself is shown anew this often, for whatever nobody told.
const LISTED_MINUTES: i64 = 60;
/// So many come out at once where no budget keeps them any more.
const UNBOUNDED: i64 = 200;

impl Desk {
    /// Whether the card may be posted now. If not, its effect is settled: the card waits in the fold.
    pub(super) async fn enters(&self, leased: &Leased, row: &CardRow, item: &Item) -> Result<bool> {
        match row.entry {
            Entry::Granted => return Ok(true),
            Entry::Folded => {
                self.settle(leased, Settled::Folded).await?;
                return Ok(false);
            }
            Entry::Open => {}
        }
        let channel = self.rules.channel(&row.channel);
        // What may stand there already is looked for, not folded.
        let Some(budget) = channel.and_then(|c| c.budget).filter(|_| !leased.unclear) else {
            return Ok(true);
        };
        let now = self.now();
        let is_urgent = fold::is_urgent(item, self.owner(item).is_some());
        let since = budget.since(now);
        if folds::enter(self.store.pool(), row, budget.messages, since, is_urgent, now).await? {
            return Ok(true);
        }
        let mut tx = self.store.begin().await?;
        if !folds::put_in(&mut tx, row, item.version, now).await? {
            // Somebody was at it meanwhile, which may have made it urgent.
            tx.rollback().await.map_err(StoreError::from)?;
            self.settle(leased, Settled::Again { at: now }).await?;
            return Ok(false);
        }
        self.fold_changed(&mut tx, [(row.chat.as_str(), row.room.as_str())], now)
            .await?;
        self.settle_in(tx, leased, Settled::Folded).await?;
        Ok(false)
    }

    /// Lets in what the room takes, then shows what still waits. One effect does so as long as the fold lasts.
    pub(super) async fn keep_fold(&self, leased: &Leased, chat: &str, room: &str) -> Result<()> {
        let now = self.now();
        let mut tx = self.store.begin().await?;
        let Some(mut fold) = folds::lock(&mut tx, chat, room).await? else {
            tx.rollback().await.map_err(StoreError::from)?;
            return self.settle(leased, Settled::Done).await;
        };
        let channel = self.rules.channel_of_room(chat, room);
        let budget = channel.and_then(|c| c.budget);
        let (free, since) = match budget {
            Some(budget) => (budget.free(&fold.posted, now), budget.since(now)),
            None => (UNBOUNDED, now),
        };
        let entered = folds::let_in(&mut tx, chat, room, free, since, now).await?;
        let posts = entered.iter().map(|card| NewEffect::post_card(card.named(), now));
        outbox::put(&mut tx, &posts.collect::<Vec<_>>(), now).await?;
        let tones = folds::waiting(&mut tx, chat, room).await?;
        let moves = folds::moves(&mut tx, chat, room).await?;
        // Whatever becomes of the message, these come.
        tx.commit().await.map_err(StoreError::from)?;

        fold.posted.extend(entered.iter().map(|_| now));
        let opens = budget.map_or(now, |budget| budget.opens(&fold.posted, now));
        let kept = Kept {
            chat,
            room,
            is_over: tones.is_empty(),
            // What only stands in the list changes when somebody does something.
            next: match moves {
                true => opens.max(now + TimeDelta::seconds(APART_SECONDS)),
                false => now + TimeDelta::minutes(LISTED_MINUTES),
            },
            fold,
        };
        if kept.is_over && kept.fold.is_over() {
            return self.settle_fold(leased, &kept, None, Settled::Done).await;
        }
        let locale = self.locale(chat, room);
        let first = match channel {
            Some(channel) => self.first_folded(channel, locale, now).await?,
            None => Vec::new(),
        };
        let digest = fold::write(
            &FoldFacts {
                tones,
                first,
                came: kept.fold.came,
                since: kept.fold.began_at.unwrap_or(now),
                opens: budget.map(|budget| (budget, opens)).filter(|_| moves),
                listed: !moves,
            },
            locale,
        );
        let offers = if kept.is_over {
            Vec::new()
        } else {
            let oldest = locale.lang.text("button-oldest", &[]);
            vec![
                offers::list(Listing::Folded, locale.lang),
                QuickAction::list_action(ListAction::Oldest, oldest),
            ]
        };
        let body = Body::Digest(Box::new(Page {
            digest,
            picture: None,
            offers,
        }));
        let lasting = TimeDelta::minutes(budget.map_or(0, |b| b.minutes));
        self.show_fold(leased, &kept, lasting, body).await
    }

    async fn first_folded(&self, channel: &Channel, locale: Locale, now: At) -> Result<Vec<ListRow>> {
        let channels = std::slice::from_ref(&channel.name);
        let items = item::list(self.store.pool(), Filter::Folded { channels }, NAMED).await?;
        let mut tx = self.store.begin_reading().await?;
        let place = (channel.chat.as_str(), channel.room.as_str());
        let known = self.row_facts(&mut tx, &items, None, place).await?;
        tx.rollback().await.map_err(StoreError::from)?;
        let rows = items.iter().zip(known).map(|(item, known)| ListRow {
            line: row::line(&known.of(item, locale, now)),
            act: row::at_once(item, None, locale.lang, now),
        });
        Ok(rows.collect())
    }

    /// One message for each time that a fold lasts; a fold that begins again soon goes on with the last one.
    async fn show_fold(
        &self,
        leased: &Leased,
        kept: &Kept<'_>,
        lasting: TimeDelta,
        body: Body,
    ) -> Result<()> {
        let Kept { chat, room, fold, .. } = kept;
        let key = format!("fold:{chat}:{room}");
        let is_of_another = fold
            .over_at
            .zip(fold.began_at)
            .is_some_and(|(over, began)| over + lasting < began);
        let standing = fold.message.as_deref().filter(|_| !is_of_another);
        if let Some(message) = standing {
            return match self.chat(chat)?.edit(room, message, &key, &body).await {
                Ok(()) => {
                    let shown = Some((message, fold.generation));
                    self.settle_fold(leased, kept, shown, Settled::Done).await
                }
                Err(PortError::Gone { .. }) => {
                    let mut tx = self.store.begin().await?;
                    folds::lost(&mut tx, chat, room, fold.generation).await?;
                    self.settle_in(tx, leased, Settled::Again { at: self.now() })
                        .await
                }
                // Showing the newest state twice is showing it once.
                Err(PortError::Unclear { why }) => self.settle(leased, self.patiently(leased, why)).await,
                Err(e) => {
                    self.heed(leased, &e).await?;
                    self.settle_fold(leased, kept, None, self.verdict(leased, &e))
                        .await
                }
            };
        }
        if kept.is_over {
            return self.settle_fold(leased, kept, None, Settled::Done).await;
        }
        let generation = fold.generation + i32::from(fold.message.is_some());
        let post = Post {
            key,
            generation,
            room: (*room).to_owned(),
            thread: None,
            body,
        };
        match self.post(leased, chat, &post).await? {
            Posted::At(message) => {
                let shown = Some((message.as_str(), generation));
                self.settle_fold(leased, kept, shown, Settled::Done).await
            }
            Posted::Found(message) => {
                let shown = Some((message.as_str(), generation));
                self.settle_fold(leased, kept, shown, there(leased)).await
            }
            // One that nobody can keep up to date. Until somebody can tell where it stands, the list is what there is.
            Posted::Somewhere => self.settle_fold(leased, kept, None, Settled::Done).await,
            Posted::Gone(why) => self.settle(leased, self.patiently(leased, why)).await,
            Posted::Not(how) | Posted::No(how) => self.settle_fold(leased, kept, None, how).await,
        }
    }

    /// What comes next for the fold, decided while nobody can change it.
    async fn settle_fold(
        &self,
        leased: &Leased,
        kept: &Kept<'_>,
        shown: Option<(&str, i32)>,
        how: Settled,
    ) -> Result<()> {
        let Kept { chat, room, .. } = kept;
        let now = self.now();
        let mut tx = self.store.begin().await?;
        let changes = folds::lock(&mut tx, chat, room).await?.map(|fold| fold.changes);
        if let Some((message, generation)) = shown {
            folds::shown(&mut tx, chat, room, message, generation, now).await?;
        }
        let how = match how {
            // A message that the chat does not take keeps no card from coming.
            Settled::Done | Settled::Found | Settled::Dead { .. } if changes > Some(kept.fold.changes) => {
                Settled::Again {
                    at: now + TimeDelta::seconds(APART_SECONDS),
                }
            }
            Settled::Done | Settled::Found | Settled::Dead { .. } if !kept.is_over => {
                Settled::Again { at: kept.next }
            }
            Settled::Done | Settled::Found | Settled::Dead { .. } => {
                folds::over(&mut tx, chat, room, now).await?;
                how
            }
            other => other,
        };
        self.settle_in(tx, leased, how).await
    }
}

/// What one look at a fold found.
struct Kept<'a> {
    chat: &'a str,
    room: &'a str,
    fold: Fold,
    /// None waits any more.
    is_over: bool,
    /// When to look again.
    next: At,
}
