//! The picture of a digest, on its way. Each step at the far side can fail, and none may keep the digest: after a few tries
//! it goes without, and says so. What was brought is written down with the effect, so that another try, by whichever
//! replica, goes on from there; nothing waits here, the effect comes again.

use chrono::TimeDelta;

use crate::domain::show::chart::Chart;
use crate::picture;
use crate::port::PortError;
use crate::port::chat::Picture;
use crate::store::outbox::Leased;
use crate::store::outbox::Settled;
use crate::store::picture as pictures;
use crate::store::picture::Left;
use crate::workflow::Desk;
use crate::workflow::Result;

/// So often a picture is brought before the digest goes without it.
const TRIES: i32 = 3;
/// A chat that has not made anything of it by then never will.
const SHOWABLE_SECONDS: i64 = 20;
const LOOK_EVERY_SECONDS: i64 = 1;

pub(super) enum Illustrated {
    With(Picture),
    /// There is nothing to draw.
    Plain,
    /// It could not be brought.
    Without,
    NotYet(Settled),
}

impl Desk {
    pub(super) async fn illustrate(
        &self,
        leased: &Leased,
        chat: &str,
        chart: Option<Chart>,
    ) -> Result<Illustrated> {
        let Some(chart) = chart else {
            return Ok(Illustrated::Plain);
        };
        let left = pictures::left(self.store.pool(), leased.id).await?;
        if left == Some(Left::Without) {
            return Ok(Illustrated::Without);
        }
        let png = match picture::png(&chart.svg) {
            Ok(png) => png,
            Err(why) => return self.do_without(leased, &why.to_string()).await,
        };
        let mut picture = Picture {
            png: png.into(),
            alt: chart.alt,
            uploaded: None,
        };
        let platform = self.chat(chat)?;
        let (file, at) = match left {
            Some(Left::File { id, at }) => (id, at),
            Some(Left::Without) => return Ok(Illustrated::Without),
            None if !platform.can().pictures_first => return Ok(Illustrated::With(picture)),
            None => match platform.upload(&picture).await {
                Ok(id) => {
                    let at = self.now();
                    let left = Left::File { id: id.clone(), at };
                    pictures::leave(self.store.pool(), leased.id, &left).await?;
                    (id, at)
                }
                Err(e) if e.is_no() || leased.attempts >= TRIES => {
                    return self.do_without(leased, &e.to_string()).await;
                }
                // What nobody was shown may be brought twice: an unclear try is tried again like any other.
                Err(e) => return Ok(Illustrated::NotYet(self.again(leased, e))),
            },
        };
        picture.uploaded = Some(file.clone());
        if leased.unclear {
            // It may stand in the chat already.
            return Ok(Illustrated::With(picture));
        }
        match platform.can_show(&file).await {
            Ok(true) => Ok(Illustrated::With(picture)),
            Ok(false) | Err(PortError::Later { .. } | PortError::Unclear { .. }) => {
                if self.now() - at >= TimeDelta::seconds(SHOWABLE_SECONDS) {
                    return self
                        .do_without(leased, "the chat never made anything of it")
                        .await;
                }
                Ok(Illustrated::NotYet(Settled::Again {
                    at: self.now() + TimeDelta::seconds(LOOK_EVERY_SECONDS),
                }))
            }
            // We may not look: then it shows when the message is sent.
            Err(PortError::Denied { .. }) => Ok(Illustrated::With(picture)),
            Err(e) => self.do_without(leased, &e.to_string()).await,
        }
    }

    /// From now on this message has no picture.
    pub(super) async fn do_without(&self, leased: &Leased, why: &str) -> Result<Illustrated> {
        tracing::warn!(
            effect.key = leased.key,
            error = why,
            "a digest goes without its chart"
        );
        pictures::leave(self.store.pool(), leased.id, &Left::Without).await?;
        Ok(Illustrated::Without)
    }

    fn again(&self, leased: &Leased, error: PortError) -> Settled {
        match self.verdict(leased, &error) {
            Settled::Unknown { why, .. } => self.patiently(leased, why),
            other => other,
        }
    }
}
