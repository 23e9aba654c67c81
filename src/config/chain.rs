//! What happens step by step when nobody answers.

use crate::config::Names;
use crate::config::chats;
use crate::config::duration;
use crate::config::name;
use crate::config::stars::stars;
use crate::domain::item::Tone;
use crate::domain::people::person::Mention;
use crate::domain::people::person::PersonId;
use crate::domain::promise::chain::Chain;
use crate::domain::promise::chain::Condition;
use crate::domain::promise::chain::Recipient;
use crate::domain::promise::chain::Starts;
use crate::domain::promise::chain::Step;
use crate::domain::promise::rules::Named;
use crate::reader::reading::Placed;
use crate::reader::table::Table;

pub fn read(table: Table, names: &Names) -> Option<Placed<Chain>> {
    let line = table.line;
    let name = name::name(&table);
    let starts = table.choice("starts", &[("due", Starts::Due), ("at_once", Starts::AtOnce)]);
    let rounds = table.integer("rounds", 1..=20);
    let acknowledge = duration::minutes(&table, "acknowledge");
    let steps = table.tables("step");
    if steps.is_empty() {
        let remedy = "write [[chain.step]] with call = [\"channel\"] below it";
        table.reading.fault(table.line, "this chain has no step", remedy);
    }
    let count = steps.len();
    let steps: Vec<Step> = steps.into_iter().filter_map(|table| step(table, names)).collect();
    let is_whole = count > 0 && steps.len() == count;
    // Without a pause between its rounds a chain would call everybody at once, again and again.
    if let Some(first) = steps.first().filter(|_| is_whole)
        && rounds.is_some_and(|n| n > 1)
        && first.wait == 0
    {
        let what = "the chain begins its next round without a pause";
        table.fault("rounds", what, "give its first step a wait, or write rounds = 1");
        table.close();
        return None;
    }
    table.close();
    Some(Placed {
        value: Chain {
            name: name?.value,
            starts: starts?,
            steps: is_whole.then_some(steps)?,
            rounds: u32::try_from(rounds?).ok()?,
            acknowledge_minutes: acknowledge?,
        },
        line,
    })
}

fn step(table: Table, names: &Names) -> Option<Step> {
    let wait = duration::minutes(&table, "wait");
    let given = table.list("call");
    let call = given.map(|given| {
        let all: Vec<Option<Recipient>> = given.iter().map(|one| whom(&table, one, names)).collect();
        all.into_iter().collect::<Option<Vec<Recipient>>>()
    });
    let widen = match table.entry("widen") {
        Some(_) => {
            let name = table.string("widen");
            let name = name.filter(|name| table.refers("widen", "channel", name, &names.channels));
            name.map(|name| Some(name.value))
        }
        None => Some(None),
    };
    let raise = table.flag("raise");
    let webhook = match table.entry("webhook") {
        Some(_) => {
            let name = table.string("webhook");
            let name = name.filter(|name| table.refers("webhook", "webhook", name, &names.webhooks));
            name.map(|name| Some(name.value))
        }
        None => Some(None),
    };
    let wait_for_duty = table.flag("wait_for_duty");
    let on_duty = |whom: &Recipient| matches!(whom, Recipient::OnDuty(_));
    if wait_for_duty == Some(true)
        && call
            .as_ref()
            .is_some_and(|call| !call.iter().flatten().any(on_duty))
    {
        let remedy = "write call = [\"on-call:a-rota\"], or leave wait_for_duty out";
        table.fault(
            "wait_for_duty",
            "this step calls no rota that it could wait for",
            remedy,
        );
    }
    let held = table.choice(
        "if",
        &[
            ("always", None),
            ("unclaimed", Some(false)),
            ("claimed", Some(true)),
        ],
    );
    let tone = table.choices("tone", &Tone::ALL.map(|t| (t.as_str(), t)));
    let stars = stars(&table, "stars");
    let call = call.flatten();
    if call.as_ref().is_some_and(Vec::is_empty)
        && widen.as_ref().is_some_and(Option::is_none)
        && webhook.as_ref().is_some_and(Option::is_none)
        && raise == Some(false)
    {
        let remedy =
            "write call = [\"channel\"], widen = \"a-channel\", webhook = \"a-webhook\" or raise = true";
        table.reading.fault(table.line, "this step does nothing", remedy);
    }
    table.close();
    Some(Step {
        wait: wait?,
        call: call?,
        widen: widen?,
        raise: raise?,
        webhook: webhook?,
        wait_for_duty: wait_for_duty?,
        only: Condition {
            held: held?,
            tone: tone?,
            stars: stars?,
        },
    })
}

/// `holder`, `channel`, `on-call:ROTA`, `user:…`, `group:…`, `role:…`, `direct:…`.
fn whom(table: &Table, given: &Placed<String>, names: &Names) -> Option<Recipient> {
    let id = |id: &str| Placed {
        value: id.to_owned(),
        line: given.line,
    };
    let person = |user: &str| {
        let chat = chats::of_id(user);
        Some((chat.name, chat.ids.person.read(table, &id(user))?))
    };
    let named = |chat: &'static str, named: Named| table.reading.named(given.line, chat, named);
    match given.value.split_once(':') {
        None if given.value == "holder" => Some(Recipient::Holder),
        None if given.value == "channel" => Some(Recipient::Channel),
        Some(("on-call", rota)) => {
            let rota = id(rota.trim());
            let is_known = table.refers("call", "rota", &rota, &names.rotas);
            is_known.then_some(Recipient::OnDuty(rota.value))
        }
        Some(("user", user)) => {
            let (chat, user) = person(user)?;
            named(chat, Named::Person(user.clone()));
            Some(Recipient::Named {
                chat: chat.to_owned(),
                mention: Mention::Person(user),
            })
        }
        Some(("direct", user)) => {
            let (chat, user) = person(user)?;
            named(chat, Named::Confidant(user.clone()));
            Some(Recipient::Direct(PersonId::new(chat, user)))
        }
        Some((word, group)) => {
            let Some(chat) = chats::of_group(word, group) else {
                return unknown(table, given);
            };
            let group = chat.ids.group.read(table, &id(group))?;
            named(chat.name, Named::Group(group.clone()));
            Some(Recipient::Named {
                chat: chat.name.to_owned(),
                mention: Mention::Group(group),
            })
        }
        None => unknown(table, given),
    }
}

fn unknown(table: &Table, given: &Placed<String>) -> Option<Recipient> {
    let usual = &chats::usual().ids;
    let others = chats::each(|chat| format!("\"{}:…\"", chat.ids.group_word));
    let (user, group) = (usual.person.example, usual.group.example);
    let mut words = vec![
        "\"holder\"".to_owned(),
        "\"channel\"".to_owned(),
        "\"on-call:a-rota\"".to_owned(),
        format!("\"user:{user}\""),
        format!("\"{}:{group}\"", usual.group_word),
    ];
    words.extend_from_slice(&others[1..]);
    words.push(format!("\"direct:{user}\""));
    let what = format!("`chain.step.call` does not know {:?}", given.value);
    let remedy = format!("write {}", chats::listed(&words, "or"));
    table.reading.fault(given.line, what, remedy);
    None
}
