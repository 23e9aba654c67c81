//! Buttons that are about no single item: lists that turn their pages, the oldest to take, one's home. Who may is looked at
//! on each press, and what is found is what is true then.

use crate::domain::action::ItemRef;
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
use crate::store::item;
use crate::store::item::Filter;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::base::turn::Turn;
use crate::workflow::press::judge::Deed;
use crate::workflow::press::judge::Judged;
use crate::workflow::views::lists::Page;

/// So many of the oldest are looked through for one that nobody is at.
const LOOKED_THROUGH: i64 = 100;

impl Desk {
    pub(super) async fn run_errand(&self, turn: &mut Turn<'_>, errand: Errand) -> Result<Judged> {
        let Turn {
            press, voice, now, ..
        } = *turn;
        self.meet(turn.tx, press).await?;
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
        let elsewhere = own && !self.channels_seen(turn.tx, &press.by, now).await?.is_empty();
        let of_file = needed == Role::Admin;
        if !elsewhere
            && !of_file
            && let Some(no) = self.no_right(turn, needed, None).await?
        {
            self.whisper(turn, no).await?;
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
                self.tell_list(turn, page).await
            }
            Errand::Wider { number } => self.find_wider(turn, number).await,
            Errand::Found { number, page } => self.turn(turn, number, page).await,
            Errand::Oldest => self.take_oldest(turn).await,
            Errand::BringIn { .. } | Errand::LeaveOut { .. } | Errand::TakeBack { .. } => {
                self.decide_import(turn, errand).await
            }
            Errand::Rejected { file, page } => self.show_rejected(turn, (file, page)).await,
            Errand::Home => {
                let told = self.home(turn.tx, &press.by, voice, now).await?.flat();
                self.whisper_with(turn, told).await?;
                Ok(Judged::told("told"))
            }
            Errand::Quiet { on } => {
                let quiet = on.then_some(USUAL_QUIET);
                let text = self.set_quiet(turn, quiet).await?;
                self.whisper(turn, text).await?;
                Ok(Judged::told("told"))
            }
            Errand::Rest { hours } => {
                let text = self.set_quiet(turn, Some(hours)).await?;
                self.whisper(turn, text).await?;
                Ok(Judged::told("told"))
            }
            Errand::Speak { lang } => {
                let text = self.set_language(turn, lang).await?;
                self.whisper(turn, text).await?;
                Ok(Judged::told("told"))
            }
            Errand::Daily { on } => {
                let text = self.set_daily(turn, on).await?;
                self.whisper(turn, text).await?;
                Ok(Judged::told("told"))
            }
        }
    }

    pub(super) async fn tell_list(&self, turn: &mut Turn<'_>, page: Page) -> Result<Judged> {
        let told = self.list(turn, page).await?;
        self.whisper_with(turn, told).await?;
        Ok(Judged::told("told"))
    }

    async fn set_quiet(
        &self,
        turn: &mut Turn<'_>,
        quiet: Option<Quiet>,
    ) -> Result<Vec<crate::domain::text::Seg>> {
        let typed = quiet.map_or_else(|| "off".to_owned(), |quiet| quiet.to_string());
        self.prefer(turn, &typed).await
    }

    /// What waits the longest and nobody else is at. Whoever is at it already is told so: pressed twice, it is taken once.
    async fn take_oldest(&self, turn: &mut Turn<'_>) -> Result<Judged> {
        let Turn {
            press, voice, now, ..
        } = *turn;
        let me = &press.by.person;
        let channels = self.scope(turn, false).await?.names();
        let filter = Filter::Open {
            channels: Some(&channels),
        };
        let waiting = item::list(self.store.pool(), filter, LOOKED_THROUGH).await?;
        let oldest = waiting.into_iter().find(|item| {
            let snoozed = matches!(item.handling, crate::domain::handling::Handling::Snoozed { .. });
            !snoozed && !item.is_answer_sent && item.handling.holder(now).is_none_or(|holder| holder == me)
        });
        let Some(oldest) = oldest else {
            self.whisper(turn, voice.say("told-oldest-none", &[])).await?;
            return Ok(Judged::told("told"));
        };
        if oldest.handling.holder(now) == Some(me) {
            return self.tell_taken(turn, "told-oldest-mine", &oldest).await;
        }
        let taken = self
            .act_on(turn, Deed::Do(Verb::Take), ItemRef::Id(oldest.id))
            .await?;
        if taken.came_to != "changed" {
            return Ok(taken);
        }
        self.tell_taken(turn, "told-oldest", &oldest).await
    }

    async fn tell_taken(&self, turn: &mut Turn<'_>, key: &str, item: &Item) -> Result<Judged> {
        let Turn { press, voice, .. } = *turn;
        let lang = voice.lang;
        let head = card::head(item, self.rules.label(&item.source), lang);
        let number = item.number.to_string();
        let label = lang.text(
            "list-line",
            &[("number", number.as_str().into()), ("head", head.into())],
        );
        let link = match self.link_of(turn.tx, item, &press.chat, &press.room).await? {
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
        self.whisper_with(turn, told).await?;
        Ok(Judged::told(if key == "told-oldest" {
            "changed"
        } else {
            "told"
        }))
    }
}
