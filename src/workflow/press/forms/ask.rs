//! The forms that ask for something else than words to a customer: help, a reason, a time, a colleague.

use std::collections::BTreeSet;

use chrono::Datelike;
use chrono::TimeDelta;

use crate::domain::item::handling::Reason;
use crate::domain::people::person::PersonId;
use crate::domain::press::form::Form;
use crate::domain::press::form::FormPart;
use crate::domain::press::form::FormStep;
use crate::domain::press::form::Lines;
use crate::domain::promise::rules::Target;
use crate::domain::say::text::Locale;
use crate::domain::time::snooze::Days;
use crate::workflow::Desk;
use crate::workflow::press::forms::words::about;
use crate::workflow::press::judge::Case;

/// More days than this are chosen from a calendar or not at all.
const DAYS_AHEAD: usize = 25;

impl Desk {
    /// By whose days something is put aside: those of the room where it is done, else of the item's first one.
    pub(in crate::workflow::press) fn days_of(&self, case: &Case<'_>) -> Days<'_> {
        let rules = self.rules.now();
        let here = rules.channel_of_room(&case.press.chat, &case.press.room);
        let first = || rules.route(&case.locked.route).to.first();
        let channel = here.or_else(|| rules.channel(first()?));
        let calendar = channel.and_then(|channel| channel.calendar.as_ref());
        Days {
            zone: case.locale.zone,
            calendar: calendar.and_then(|name| rules.calendars.get(name)),
        }
    }

    pub(in crate::workflow::press) fn escalate(&self, case: &Case<'_>) -> Vec<FormPart> {
        let lang = case.locale.lang;
        let options: Vec<(String, String)> = self
            .targets(&case.press.chat)
            .into_iter()
            .map(|t| (t.name.clone(), t.label.clone()))
            .collect();
        vec![
            FormPart::Choice {
                key: "to".into(),
                label: lang.text("form-escalate-to", &[]),
                initial: options.first().map(|(name, _)| name.clone()),
                options,
            },
            FormPart::Text {
                key: "why".into(),
                label: lang.text("form-escalate-why", &[]),
                hint: Some(lang.text("form-escalate-why-hint", &[])),
                placeholder: None,
                initial: None,
                lines: Lines::One,
                limit: None,
                required: true,
            },
        ]
    }

    /// To whom, of those who may answer here.
    pub(in crate::workflow::press) fn give_form(
        &self,
        case: &Case<'_>,
        colleagues: &[(PersonId, String)],
    ) -> Form {
        let lang = case.locale.lang;
        let item = &case.locked;
        let mut parts = about(item, case.locale, self.rules.label(&item.source));
        let minutes = ("n", self.rules.claim_minutes.into());
        parts.push(FormPart::Say(case.locale.say("form-give-how", &[minutes])));
        parts.push(FormPart::Choice {
            key: "to".into(),
            label: lang.text("form-give-to", &[]),
            options: colleagues
                .iter()
                .map(|(person, name)| (person.user.clone(), name.clone()))
                .collect(),
            initial: None,
        });
        parts.push(FormPart::Text {
            key: "why".into(),
            label: lang.text("form-give-why", &[]),
            hint: None,
            placeholder: None,
            initial: None,
            lines: Lines::One,
            limit: None,
            required: false,
        });
        Form {
            token: self.token(case, FormStep::HandOver, None),
            title: lang.text("form-give-title", &[]),
            submit: Some(lang.text("form-give-submit", &[])),
            close: lang.text("form-cancel", &[]),
            parts,
        }
    }

    pub(in crate::workflow::press) fn targets(&self, chat: &str) -> Vec<&Target> {
        self.rules.targets.iter().filter(|t| t.chat == chat).collect()
    }
}

pub(in crate::workflow::press) fn handled(locale: Locale) -> Vec<FormPart> {
    let options = Reason::ALL
        .into_iter()
        .map(|r| {
            (
                r.as_str().to_owned(),
                locale.lang.text(&format!("reason-{}", r.as_str()), &[]),
            )
        })
        .collect();
    vec![
        FormPart::Choice {
            key: "reason".into(),
            label: locale.lang.text("form-handled-why", &[]),
            options,
            initial: Some(Reason::NoNeed.as_str().to_owned()),
        },
        FormPart::Text {
            key: "note".into(),
            label: locale.lang.text("form-handled-note", &[]),
            hint: None,
            placeholder: None,
            initial: None,
            lines: Lines::One,
            limit: None,
            required: false,
        },
    ]
}

pub(in crate::workflow::press) fn snooze(case: &Case, days: Days<'_>, can_stand: bool) -> Vec<FormPart> {
    let lang = case.locale.lang;
    let today = case.now.with_timezone(&case.locale.zone);
    let tomorrow = (today + TimeDelta::days(1)).date_naive();
    // This evening is over when it is evening.
    let evening = chrono::Timelike::hour(&today) < 18;
    let due = case.locked.deadline.map(|d| d.due).filter(|due| *due > case.now);
    let mut offered = BTreeSet::new();
    let options: Vec<(String, String)> = ["evening", "morning", "monday", "date"]
        .into_iter()
        .filter(|o| *o != "evening" || evening)
        .filter_map(|o| {
            let at = days.until(o, "", case.now);
            // The same moment under two names (Monday morning on a Sunday) is offered once.
            if at.is_some_and(|at| !offered.insert(at)) {
                return None;
            }
            let mut label = until_label(o, days, case);
            if at.zip(due).is_some_and(|(at, due)| at > due) {
                label.push_str(&lang.text("form-snooze-late", &[]));
            }
            Some((o.to_owned(), label))
        })
        .collect();
    let goes_on = match (case.locked.deadline, due) {
        (Some(_), Some(due)) => {
            let key = if can_stand {
                "form-snooze-due-unless"
            } else {
                "form-snooze-due"
            };
            Some(case.locale.say(key, &[("due", due.into())]))
        }
        (Some(d), None) => Some(case.locale.say("form-snooze-overdue", &[("due", d.due.into())])),
        (None, _) => None,
    };
    let turn = can_stand.then(|| FormPart::Choice {
        key: "waits".into(),
        label: lang.text("form-snooze-waits", &[]),
        options: ["us", "customer"]
            .map(|o| (o.to_owned(), lang.text(&format!("form-snooze-waits-{o}"), &[])))
            .into(),
        initial: Some("us".into()),
    });
    let parts = vec![
        FormPart::Choice {
            key: "until".into(),
            label: lang.text("form-snooze-until", &[]),
            options,
            initial: Some("morning".into()),
        },
        FormPart::Date {
            key: "day".into(),
            label: lang.text("form-snooze-day", &[]),
            coming: coming(tomorrow, case.locale),
            initial: Some(format!(
                "{:04}-{:02}-{:02}",
                tomorrow.year(),
                tomorrow.month(),
                tomorrow.day()
            )),
        },
        FormPart::Text {
            key: "why".into(),
            label: lang.text("form-snooze-why", &[]),
            hint: None,
            placeholder: None,
            initial: None,
            lines: Lines::One,
            limit: None,
            required: false,
        },
    ];
    let goes_on = goes_on.map(FormPart::Say);
    goes_on.into_iter().chain(parts).chain(turn).collect()
}

/// What a choice is called; the next morning on which somebody works, by its day where that is not simply tomorrow at
/// nine.
fn until_label(choice: &str, days: Days<'_>, case: &Case) -> String {
    let lang = case.locale.lang;
    let plain = || lang.text(&format!("form-snooze-{choice}"), &[]);
    match days.next_morning(case.now).filter(|_| choice == "morning") {
        Some(at) if !days.is_tomorrow_at_nine(at, case.now) => {
            lang.text("form-snooze-workday", &[("at", case.locale.moment(at).into())])
        }
        _ => plain(),
    }
}

/// The next days, for chats that have no calendar to choose from.
fn coming(first: chrono::NaiveDate, locale: Locale) -> Vec<(String, String)> {
    let days = first.iter_days().take(DAYS_AHEAD);
    days.map(|day| (day.format("%Y-%m-%d").to_string(), locale.day(day)))
        .collect()
}
