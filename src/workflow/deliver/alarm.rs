//! A room that is closed to us cannot say so on its cards. Whoever can open it again is told, once a day and room,
//! instead of finding out from a customer.

use crate::domain::effect::NewEffect;
use crate::domain::effect::new::Listener;
use crate::domain::people::rights::Grantee;
use crate::domain::people::rights::Role;
use crate::domain::say::words;
use crate::store::StoreError;
use crate::store::outbox;
use crate::store::person;
use crate::workflow::Desk;
use crate::workflow::Result;

impl Desk {
    /// Nothing is said twice: the effect's key is the room and the day.
    pub(super) async fn tell_admins(&self, chat: &str, room: &str, why: &str) -> Result<()> {
        let now = self.now();
        let Some(channel) = self.rules.channel_of_room(chat, room) else {
            return Ok(());
        };
        let mut people = Vec::new();
        let mut circles = Vec::new();
        for grant in self.rules.grants.iter() {
            if grant.chat != chat || grant.role != Role::Admin {
                continue;
            }
            match &grant.to {
                Grantee::Person(user) => people.push(user.clone()),
                Grantee::Circle(circle) => circles.push(circle.key()),
            }
        }
        let mut tx = self.store.begin().await?;
        people.extend(person::members(&mut tx, chat, &circles).await?);
        people.sort();
        people.dedup();
        let text = self.locale(chat, room).say(
            "told-closed",
            &[
                // By the file's name: the chat shows nothing for a room that is gone.
                ("channel", channel.name.as_str().into()),
                ("why", words::short_line(why, 200).into()),
            ],
        );
        let day = now.date_naive();
        let effects: Vec<NewEffect> = people
            .iter()
            .map(|user| {
                let to = Listener {
                    chat,
                    room,
                    user,
                    thread: None,
                    answer_to: None,
                };
                let what = format!("closed:{room}:{day}:{user}");
                NewEffect::whisper(to, &what, text.clone().into(), now)
            })
            .collect();
        outbox::put(&mut tx, &effects, now).await?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(())
    }
}
