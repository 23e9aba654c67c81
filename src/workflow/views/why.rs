//! Why a deadline is when it is.

use crate::domain::item::Item;
use crate::domain::item::event::Event;
use crate::domain::item::sla;
use crate::domain::promise::rules::Channel;
use crate::domain::promise::why;
use crate::domain::say::text::Arg;
use crate::domain::say::text::Locale;
use crate::domain::say::text::Seg;
use crate::workflow::Desk;

impl Desk {
    /// Why the deadline is when it is, a line for each thought, for somebody in this chat.
    pub(in crate::workflow) fn reasons(
        &self,
        log: &[Event],
        item: &Item,
        locale: Locale,
        chat: &str,
    ) -> Vec<Vec<Seg>> {
        let terms = self.rules.terms(self.rules.route(&item.route));
        let runs = sla::runs(terms, item.origin(), log);
        let named = self.rules.route(&item.route).to.iter();
        let channels = named.filter_map(|name| self.rules.channel(name));
        let rooms: Vec<Arg> = channels.filter(|c| c.chat == chat).map(Channel::said).collect();
        why::deadline(&why::WhyFacts {
            item,
            source: self.rules.label(&item.source),
            locale,
            now: self.now(),
            terms,
            runs: &runs,
            rooms: &rooms,
        })
    }
}
