//! A sentence for all in a room, once. It is about no item, and calls nobody.

use crate::domain::say::text::Seg;
use crate::port::chat::Body;
use crate::port::chat::Note;
use crate::port::chat::Post;
use crate::store::outbox::Leased;
use crate::store::outbox::Settled;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::base::settle::there;
use crate::workflow::deliver::post::Posted;

impl Desk {
    pub(super) async fn tell_room(
        &self,
        leased: &Leased,
        chat: &str,
        room: &str,
        text: &[Seg],
    ) -> Result<()> {
        let post = Post {
            key: leased.key.clone(),
            generation: 0,
            room: room.to_owned(),
            thread: None,
            body: Body::Note(Note {
                ping: Vec::new(),
                text: text.to_vec(),
                quotes: Vec::new(),
                buttons: Vec::new(),
                item: None,
                each: Vec::new(),
                about: String::new(),
            }),
        };
        let how = match self.post(leased, chat, &post).await? {
            Posted::At(_) | Posted::Somewhere => Settled::Done,
            Posted::Found(_) => there(leased),
            Posted::Gone(why) => Settled::Dead { why },
            Posted::Not(how) | Posted::No(how) => how,
        };
        self.settle(leased, how).await
    }
}
