//! Buttons that are about no single item: lists that turn their pages, the oldest to take, one's home. Who may is looked at
//! on each press, and what is found is what is true then.

use crate::domain::At;
use crate::domain::action::ItemRef;
use crate::domain::action::Press;
use crate::domain::action::Verb;
use crate::domain::calendar::Quiet;
use crate::domain::card;
use crate::domain::errand::Errand;
use crate::domain::errand::Offer;
use crate::domain::home::USUAL_QUIET;
use crate::domain::item::Item;
use crate::domain::rights::Role;
use crate::domain::row::Told;
use crate::domain::text::Arg;
use crate::domain::text::Voice;
use crate::store::Tx;
use crate::store::item;
use crate::store::item::Filter;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::press::judge::Deed;
use crate::workflow::press::judge::Judged;
use crate::workflow::views::lists::Page;

/// So many of the oldest are looked through for one that nobody is at.
const LOOKED_THROUGH: i64 = 100;

impl Desk {
    pub(super) async fn run_errand(
        &self,
        tx: &mut Tx,
        press: &Press,
        voice: Voice,
        errand: Errand,
        now: At,
    ) -> Result<Judged> {
        self.meet(tx, press).await?;
        let needed = match errand {
            Errand::Oldest => Verb::Take.needs(),
            Errand::List { .. }
            | Errand::Found { .. }
            | Errand::Wider { .. }
            | Errand::Home
            | Errand::Quiet { .. }
            | Errand::Rest { .. }
            | Errand::Speak { .. }
            | Errand::Daily { .. } => Role::Viewer,
            Errand::BringIn { .. }
            | Errand::LeaveOut { .. }
            | Errand::TakeBack { .. }
            | Errand::Rejected { .. } => Role::Admin,
        };
        // Whoever has a right in one channel has a home, wherever they ask for it; a file is judged by its own channels.
        let own = !matches!(
            errand,
            Errand::Oldest
                | Errand::Found { .. }
                | Errand::List {
                    everywhere: false,
                    ..
                }
        );
        let elsewhere = own && !self.channels_seen(tx, &press.by, now).await?.is_empty();
        let of_file = needed == Role::Admin;
        if !elsewhere
            && !of_file
            && let Some(no) = self.no_right(tx, press, voice, needed, None, now).await?
        {
            self.whisper(tx, press, no, now).await?;
            return Ok(Judged::told("forbidden"));
        }
        match errand {
            Errand::List {
                listing,
                page,
                everywhere,
            } => {
                let page = Page {
                    listing,
                    page,
                    everywhere,
                };
                self.tell_list(tx, press, voice, page, now).await
            }
            Errand::Wider { number } => self.find_wider(tx, press, voice, number, now).await,
            Errand::Found { number, page } => self.turn(tx, press, voice, number, page, now).await,
            Errand::Oldest => self.take_oldest(tx, press, voice, now).await,
            Errand::BringIn { .. } | Errand::LeaveOut { .. } | Errand::TakeBack { .. } => {
                self.decide_import(tx, press, voice, errand, now).await
            }
            Errand::Rejected { file, page } => self.show_rejected(tx, press, voice, (file, page), now).await,
            Errand::Home => {
                let told = self.home(tx, &press.by, voice, now).await?.flat();
                self.whisper_with(tx, press, told, now).await?;
                Ok(Judged::told("told"))
            }
            Errand::Quiet { on } => {
                let quiet = on.then_some(USUAL_QUIET);
                let text = self.set_quiet(tx, press, voice, quiet).await?;
                self.whisper(tx, press, text, now).await?;
                Ok(Judged::told("told"))
            }
            Errand::Rest { hours } => {
                let text = self.set_quiet(tx, press, voice, Some(hours)).await?;
                self.whisper(tx, press, text, now).await?;
                Ok(Judged::told("told"))
            }
            Errand::Speak { lang } => {
                let text = self.set_language(tx, press, voice, lang, now).await?;
                self.whisper(tx, press, text, now).await?;
                Ok(Judged::told("told"))
            }
            Errand::Daily { on } => {
                let text = self.set_daily(tx, press, voice, on, now).await?;
                self.whisper(tx, press, text, now).await?;
                Ok(Judged::told("told"))
            }
        }
    }

    pub(super) async fn tell_list(
        &self,
        tx: &mut Tx,
        press: &Press,
        voice: Voice,
        page: Page,
        now: At,
    ) -> Result<Judged> {
        let told = self.list(tx, press, voice, page, now).await?;
        self.whisper_with(tx, press, told, now).await?;
        Ok(Judged::told("told"))
    }

    async fn set_quiet(
        &self,
        tx: &mut Tx,
        press: &Press,
        voice: Voice,
        quiet: Option<Quiet>,
    ) -> Result<Vec<crate::domain::text::Seg>> {
        let typed = quiet.map_or_else(|| "off".to_owned(), |quiet| quiet.to_string());
        self.prefer(tx, press, voice, &typed).await
    }

    /// What waits the longest and nobody else is at. Whoever is at it already is told so: pressed twice, it is taken once.
    async fn take_oldest(&self, tx: &mut Tx, press: &Press, voice: Voice, now: At) -> Result<Judged> {
        let me = &press.by.person;
        let channels = self.scope(tx, press, false, now).await?.names();
        let filter = Filter::Open {
            channels: Some(&channels),
        };
        let waiting = item::list(self.store.pool(), filter, LOOKED_THROUGH).await?;
        let oldest = waiting.into_iter().find(|item| {
            let snoozed = matches!(item.handling, crate::domain::handling::Handling::Snoozed { .. });
            !snoozed && !item.is_answer_sent && item.handling.holder(now).is_none_or(|holder| holder == me)
        });
        let Some(oldest) = oldest else {
            self.whisper(tx, press, voice.say("told-oldest-none", &[]), now)
                .await?;
            return Ok(Judged::told("told"));
        };
        if oldest.handling.holder(now) == Some(me) {
            return self
                .tell_taken(tx, press, voice, "told-oldest-mine", &oldest, now)
                .await;
        }
        let taken = self
            .act_on(
                tx,
                press,
                voice,
                Deed::Do(Verb::Take),
                ItemRef::Id(oldest.id),
                now,
            )
            .await?;
        if taken.came_to != "changed" {
            return Ok(taken);
        }
        self.tell_taken(tx, press, voice, "told-oldest", &oldest, now)
            .await
    }

    async fn tell_taken(
        &self,
        tx: &mut Tx,
        press: &Press,
        voice: Voice,
        key: &str,
        item: &Item,
        now: At,
    ) -> Result<Judged> {
        let lang = voice.lang;
        let head = card::head(item, self.rules.label(&item.source), lang);
        let number = item.number.to_string();
        let label = lang.text(
            "list-line",
            &[("number", number.as_str().into()), ("head", head.into())],
        );
        let link = match self.link_of(tx, item, &press.chat, &press.room).await? {
            Some(url) => Arg::Link { label, url },
            None => Arg::Str(label),
        };
        let mut offers = Vec::new();
        if item.caps.can_reply() {
            let label = lang.text("button-reply-number", &[("number", number.into())]);
            offers.push(Offer::item(Verb::Reply, item.id, label));
        }
        let text = voice.say(key, &[("link", link)]);
        let told = Told {
            text,
            offers,
            ..Told::default()
        };
        self.whisper_with(tx, press, told, now).await?;
        Ok(Judged::told(if key == "told-oldest" {
            "changed"
        } else {
            "told"
        }))
    }
}
