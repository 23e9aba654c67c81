//! Buttons that are about no single item: lists that turn their pages, the oldest to take, one's home. Who may is looked at
//! on each press, and what is found is what is true then.

use crate::domain::item::Item;
use crate::domain::people::rights::Role;
use crate::domain::press::action::ItemRef;
use crate::domain::press::action::Verb;
use crate::domain::press::list_action::ListAction;
use crate::domain::press::list_action::QuickAction;
use crate::domain::say::text::Arg;
use crate::domain::show::card;
use crate::domain::show::home::USUAL_QUIET;
use crate::domain::show::row::Told;
use crate::domain::time::calendar::Quiet;
use crate::store::item;
use crate::store::item::Filter;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::base::turn::Turn;
use crate::workflow::press::judge::ItemPress;
use crate::workflow::press::judge::Judged;
use crate::workflow::views::lists::Page;

/// So many of the oldest are looked through for one that nobody is at.
const LOOKED_THROUGH: i64 = 100;

impl Desk {
    pub(super) async fn run_list_action(
        &self,
        turn: &mut Turn<'_>,
        list_action: ListAction,
    ) -> Result<Judged> {
        let Turn {
            press, locale, now, ..
        } = *turn;
        self.meet(turn.tx, press).await?;
        let needed = match list_action {
            ListAction::Oldest => Verb::Take.needs(),
            ListAction::List { .. }
            | ListAction::Found { .. }
            | ListAction::Wider { .. }
            | ListAction::Home
            | ListAction::Quiet { .. }
            | ListAction::Rest { .. }
            | ListAction::Speak { .. }
            | ListAction::Daily { .. } => Role::Viewer,
            ListAction::BringIn { .. }
            | ListAction::LeaveOut { .. }
            | ListAction::TakeBack { .. }
            | ListAction::Rejected { .. } => Role::Admin,
        };
        // Whoever has a right in one channel has a home, wherever they ask for it; a file is judged by its own channels.
        let own = !matches!(
            list_action,
            ListAction::Oldest
                | ListAction::Found { .. }
                | ListAction::List {
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
            return self.tell(turn, no, "forbidden").await;
        }
        match list_action {
            ListAction::List {
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
            ListAction::Wider { number } => self.find_wider(turn, number).await,
            ListAction::Found { number, page } => self.turn(turn, number, page).await,
            ListAction::Oldest => self.take_oldest(turn).await,
            ListAction::BringIn { .. } | ListAction::LeaveOut { .. } | ListAction::TakeBack { .. } => {
                self.decide_import(turn, list_action).await
            }
            ListAction::Rejected { file, page } => self.show_rejected(turn, (file, page)).await,
            ListAction::Home => {
                let told = self.home(turn.tx, &press.by, locale, now).await?.flat();
                self.whisper_with(turn, told).await?;
                Ok(Judged::told("told"))
            }
            ListAction::Quiet { on } => {
                let quiet = on.then_some(USUAL_QUIET);
                let text = self.set_quiet(turn, quiet).await?;
                self.tell(turn, text, "told").await
            }
            ListAction::Rest { hours } => {
                let text = self.set_quiet(turn, Some(hours)).await?;
                self.tell(turn, text, "told").await
            }
            ListAction::Speak { lang } => {
                let text = self.set_language(turn, lang).await?;
                self.tell(turn, text, "told").await
            }
            ListAction::Daily { on } => {
                let text = self.set_daily(turn, on).await?;
                self.tell(turn, text, "told").await
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
    ) -> Result<Vec<crate::domain::say::text::Seg>> {
        let typed = quiet.map_or_else(|| "off".to_owned(), |quiet| quiet.to_string());
        self.prefer(turn, &typed).await
    }

    /// What waits the longest and nobody else is at. Whoever is at it already is told so: pressed twice, it is taken once.
    async fn take_oldest(&self, turn: &mut Turn<'_>) -> Result<Judged> {
        let Turn {
            press, locale, now, ..
        } = *turn;
        let me = &press.by.person;
        let channels = self.scope(turn, false).await?.names();
        let filter = Filter::Open {
            channels: Some(&channels),
        };
        let waiting = item::list(self.store.pool(), filter, LOOKED_THROUGH).await?;
        let oldest = waiting.into_iter().find(|item| {
            let snoozed = matches!(
                item.handling,
                crate::domain::item::handling::Handling::Snoozed { .. }
            );
            !snoozed && !item.is_answer_sent && item.handling.holder(now).is_none_or(|holder| holder == me)
        });
        let Some(oldest) = oldest else {
            return self.tell(turn, locale.say("told-oldest-none", &[]), "told").await;
        };
        if oldest.handling.holder(now) == Some(me) {
            return self.tell_taken(turn, "told-oldest-mine", &oldest).await;
        }
        let taken = self
            .act_on(turn, ItemPress::Do(Verb::Take), ItemRef::Id(oldest.id))
            .await?;
        if taken.came_to != "changed" {
            return Ok(taken);
        }
        self.tell_taken(turn, "told-oldest", &oldest).await
    }

    async fn tell_taken(&self, turn: &mut Turn<'_>, key: &str, item: &Item) -> Result<Judged> {
        let Turn { press, locale, .. } = *turn;
        let lang = locale.lang;
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
            offers.push(QuickAction::item(Verb::Reply, item.id, label));
        }
        let text = locale.say(key, &[("link", link)]);
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
