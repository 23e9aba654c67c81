//! What several stories change in a team's rules: how much a channel takes, whose shift it is, and chains of calls.

use zeitnah::domain::people::person::Mention;
use zeitnah::domain::promise::chain::Chain;
use zeitnah::domain::promise::chain::Condition;
use zeitnah::domain::promise::chain::Recipient;
use zeitnah::domain::promise::chain::Step;
use zeitnah::domain::promise::rota::Plan;
use zeitnah::domain::promise::rota::Rota;
use zeitnah::domain::promise::rota::Shift;
use zeitnah::domain::promise::rules::Rules;

use crate::seat::Chat;
use crate::seat::Who;

/// Everything has its card at once, however much it is.
pub fn boundless(rules: &mut Rules) {
    for channel in rules.channels.values_mut() {
        channel.budget = None;
    }
}

/// Anna's shift and then Ben's, each day in Berlin; what is left at the end of one is offered for a quarter of an hour.
pub fn shifts(rules: &mut Rules, [begins, changes, ends]: [u16; 3]) {
    rules.digests.clear();
    rules.claim_minutes = 600;
    let chat = Chat::of(rules);
    let shift = |from: u16, to: u16, who: Who| Shift {
        days: [true; 7],
        from: from * 60,
        to: to * 60,
        who: Mention::Person(chat.id(who).into()),
    };
    let rota = Rota {
        name: "schicht".into(),
        chat: chat.name().into(),
        zone: chrono_tz::Tz::Europe__Berlin,
        accept_minutes: Some(15),
        plan: Plan::Shifts(vec![
            shift(begins, changes, Who::Anna),
            shift(changes, ends, Who::Ben),
        ]),
    };
    rules.rotas = [("schicht".to_owned(), rota)].into();
}

/// A step that calls and does nothing else.
pub fn step(wait: i64, call: Vec<Recipient>) -> Step {
    Step {
        wait,
        call,
        widen: None,
        raise: false,
        webhook: None,
        wait_for_duty: false,
        only: Condition::default(),
    }
}

/// An answer is promised within so many minutes, and nobody is called but by this chain.
pub fn watched_by(rules: &mut Rules, minutes: i64, chain: Chain) {
    let policy = &mut rules.fallback.policy;
    policy.first_answer = Some(minutes);
    policy.marks.clear();
    policy.chain = Some(chain.name.clone());
    rules.chains.insert(chain.name.clone(), chain);
}
