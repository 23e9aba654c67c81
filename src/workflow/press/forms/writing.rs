//! The forms of a reply: writing it, reading it as it will stand there, and the question whether to send it once more.

use crate::domain::item::Item;
use crate::domain::item::caps::Unit;
use crate::domain::item::handling::Handling;
use crate::domain::item::reply::Reply;
use crate::domain::item::reply::ReplyState;
use crate::domain::press::form::Form;
use crate::domain::press::form::FormPart;
use crate::domain::press::form::FormStep;
use crate::domain::press::form::Lines;
use crate::domain::promise::practice;
use crate::domain::say::quoted as said;
use crate::domain::say::text::Arg;
use crate::domain::say::text::Locale;
use crate::domain::say::text::Seg;
use crate::domain::say::words;
use crate::domain::show::card;
use crate::store::Tx;
use crate::store::reply;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::press::forms::BESIDE_UNITS;
use crate::workflow::press::forms::PIECE_UNITS;
use crate::workflow::press::forms::seal;
use crate::workflow::press::forms::words::about;
use crate::workflow::press::forms::words::quoted;
use crate::workflow::press::forms::words::was;
use crate::workflow::press::judge::Case;

/// The customer's words above the field where one answers them.
const QUOTE_UNITS: usize = 1500;

/// How a preview comes about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::workflow::press) enum Preview {
    First,
    /// It was sent, and what it answers had changed: it is asked once more.
    Again,
}

impl Desk {
    /// The form for writing. `notice` says something first.
    pub(in crate::workflow::press) async fn write_form(
        &self,
        tx: &mut Tx,
        case: &Case<'_>,
        changes: Option<&Reply>,
    ) -> Result<Form> {
        let me = &case.press.by.person;
        let item = &case.locked;
        let source = self.rules.label(&item.source);
        let mine = reply::draft_of(tx, item.id, me).await?;
        // What somebody once began about something else does not slip into an answer that stands there.
        let mine = mine.filter(|d| changes.is_none_or(|r| d.changes == Some(r.id)));
        // Nothing of one's own: go on from what the team last wrote and did not get out.
        let team = case.reply.clone().filter(|r| r.state.is_writable());
        let draft = mine.or(team).or_else(|| changes.cloned());
        let mut parts = Vec::new();
        if let Handling::Claimed {
            by,
            until,
            offered: false,
            ..
        } = &item.handling
            && by != me
            && *until > case.now
        {
            let name = self.name(tx, by).await?;
            parts.push(FormPart::Say(case.locale.say(
                "form-reply-taken",
                &[("name", name.into()), ("until", (*until).into())],
            )));
        }
        if let Some(draft) = &draft {
            if let Some(before) = self.before(tx, item, draft.answers).await? {
                parts.push(FormPart::Say(case.locale.say("form-reply-edited", &[])));
                parts.extend(was(&before, case.locale));
                parts.push(FormPart::Say(case.locale.say("form-now", &[])));
            }
            if let ReplyState::Rejected { why } | ReplyState::Failed { why } = &draft.state {
                let source = ("source", Arg::from(source));
                parts.push(FormPart::Say(match said::words(why) {
                    Some(why) => {
                        let why = words::short_line(&why, 300);
                        case.locale
                            .say("form-reply-rejected", &[source, ("why", why.into())])
                    }
                    None => case.locale.say("form-reply-rejected-silent", &[source]),
                }));
            }
        }
        parts.extend(quoted(item, case.locale, source, QUOTE_UNITS));
        parts.push(FormPart::Text {
            key: "text".into(),
            label: case.locale.lang.text("form-reply-label", &[]),
            hint: Some(limit_hint(item, source, case.locale, self.typed(case)?)),
            placeholder: Some(case.locale.lang.text("form-reply-placeholder", &[])),
            initial: draft.as_ref().map(|d| d.body.clone()),
            lines: Lines::Many,
            limit: item.caps.limit,
            required: true,
        });
        let title = if changes.is_some() {
            "form-change-title"
        } else {
            "form-reply-title"
        };
        Ok(Form {
            token: self.token(case, FormStep::Write, changes.map(|r| r.id)),
            title: case.locale.lang.text(title, &[]),
            submit: Some(case.locale.lang.text("form-reply-submit", &[])),
            close: case.locale.lang.text("form-cancel", &[]),
            parts,
        })
    }

    /// What the chat's own field takes: no more can be written, whatever the source would take.
    fn typed(&self, case: &Case<'_>) -> Result<usize> {
        Ok(self.chat(&case.press.by.person.chat)?.can().longest_typed)
    }

    /// The answer exactly as it will stand, beside what it answers. `read` is the version that its author has read.
    pub(in crate::workflow::press) async fn preview_form(
        &self,
        tx: &mut Tx,
        case: &Case<'_>,
        draft: &Reply,
        read: i32,
        how: Preview,
    ) -> Result<Form> {
        let item = &case.locked;
        let source = self.rules.label(&item.source);
        let locale = case.locale;
        let mut parts = Vec::new();
        if let Some(before) = self.before(tx, item, read).await? {
            let key = match how {
                Preview::First => "form-preview-changed",
                Preview::Again => "form-preview-again",
            };
            parts.push(FormPart::Say(locale.say(key, &[])));
            parts.extend(was(&before, locale));
            parts.push(FormPart::Say(locale.say("form-now", &[])));
        }
        parts.extend(quoted(item, locale, source, BESIDE_UNITS));
        parts.push(FormPart::Rule);
        let by_hand = item.permalink.as_ref().filter(|_| item.caps.is_by_hand());
        let as_it_stands = if item.source == practice::NAME {
            locale.say("practice-as", &[])
        } else if let Some(url) = by_hand {
            let (label, url) = (source.to_owned(), url.clone());
            locale.say("form-by-hand-how", &[("link", Arg::Link { label, url })])
        } else {
            let name = card::stands_as(item, source);
            locale.say("reply-as", &[("source", source.into()), ("name", name.into())])
        };
        parts.push(FormPart::Say(as_it_stands));
        parts.extend(
            words::pieces(&draft.body, PIECE_UNITS)
                .into_iter()
                .map(|p| FormPart::Quote(p.to_owned())),
        );
        parts.extend(
            length(item, &draft.body, source, locale, self.typed(case)?)
                .into_iter()
                .map(FormPart::Say),
        );
        parts.extend(
            warnings(&draft.body, source, locale)
                .into_iter()
                .map(FormPart::Say),
        );
        if !item.caps.is_by_hand() {
            let seconds = ("seconds", self.rules.undo_seconds.into());
            parts.push(FormPart::Say(locale.say("form-preview-undo", &[seconds])));
        }
        if item.caps.moderated {
            parts.push(FormPart::Say(
                locale.say("form-preview-moderated", &[("source", source.into())]),
            ));
        }
        let mut token = self.token(case, FormStep::Preview, Some(draft.id));
        token.seal = Some(seal(&draft.body));
        if how == Preview::First {
            token.read = Some(read);
        }
        let (title, submit) = match how {
            _ if item.caps.is_by_hand() => ("form-by-hand-title", "form-by-hand-submit"),
            Preview::First => ("form-preview-title", "form-preview-submit"),
            Preview::Again => ("form-preview-again-title", "form-preview-anyway"),
        };
        Ok(Form {
            token,
            title: locale.lang.text(title, &[]),
            submit: Some(locale.lang.text(submit, &[])),
            close: locale.lang.text("form-preview-back", &[]),
            parts,
        })
    }

    /// "Are you sure", where the chat's buttons cannot ask it themselves, or where what is answered has changed meanwhile.
    pub(in crate::workflow::press) async fn sure_form(
        &self,
        tx: &mut Tx,
        case: &Case<'_>,
        read: i32,
    ) -> Result<Form> {
        let lang = case.locale.lang;
        let item = &case.locked;
        let source = self.rules.label(&item.source);
        let mut parts = Vec::new();
        if let Some(before) = self.before(tx, item, read).await? {
            parts.push(FormPart::Say(case.locale.say("form-preview-again", &[])));
            parts.extend(was(&before, case.locale));
            parts.push(FormPart::Say(case.locale.say("form-now", &[])));
        }
        parts.extend(about(item, case.locale, source));
        parts.push(FormPart::Say(
            case.locale
                .say("confirm-again-text", &[("source", source.into())]),
        ));
        if let Some(ours) = &case.reply {
            let name = card::stands_as(item, source);
            let stands = [("source", source.into()), ("name", name.into())];
            parts.push(FormPart::Rule);
            parts.push(FormPart::Say(case.locale.say("reply-as", &stands)));
            let pieces = words::pieces(&ours.body, PIECE_UNITS).into_iter();
            parts.extend(pieces.map(|piece| FormPart::Quote(piece.to_owned())));
        }
        Ok(Form {
            token: self.token(case, FormStep::SendAgain, None),
            title: lang.text("confirm-again-title", &[]),
            submit: Some(lang.text("confirm-again-yes", &[])),
            close: lang.text("confirm-no", &[]),
            parts,
        })
    }
}

/// How long the answer is, in what people count; in the source's own unit besides where that becomes tight.
fn length(item: &Item, body: &str, source: &str, locale: Locale, typed: usize) -> Vec<Vec<Seg>> {
    let count = ("count", body.chars().count().into());
    let Some(limit) = item.caps.limit else {
        return vec![locale.say("form-preview-length-free", &[count])];
    };
    match limit.unit {
        Unit::Chars => vec![locale.say("form-preview-length", &[count, ("max", limit.max.into())])],
        Unit::Bytes if limit.is_near(body) => {
            let bytes = [
                ("source", source.into()),
                ("count", limit.count(body).into()),
                ("max", limit.max.into()),
            ];
            vec![
                locale.say("form-preview-length-free", &[count]),
                locale.say("form-preview-bytes", &bytes),
            ]
        }
        Unit::Bytes => {
            let max = ("max", limit.room(body).min(typed).into());
            vec![locale.say("form-preview-length-about", &[count, max])]
        }
    }
}

fn limit_hint(item: &Item, source: &str, locale: Locale, typed: usize) -> String {
    if item.source == practice::NAME {
        return locale.lang.text("practice-hint", &[]);
    }
    match item.caps.limit {
        Some(limit) => {
            let room = limit.room("");
            let key = match limit.unit {
                Unit::Bytes if room <= typed => "form-reply-hint-about",
                Unit::Bytes | Unit::Chars => "form-reply-hint",
            };
            let max = ("max", room.min(typed).into());
            locale.lang.text(key, &[max, ("source", source.into())])
        }
        None => locale
            .lang
            .text("form-reply-hint-free", &[("source", source.into())]),
    }
}

/// What a second pair of eyes would say before it is public.
fn warnings(body: &str, source: &str, locale: Locale) -> Vec<Vec<Seg>> {
    let mut out = Vec::new();
    let lower = body.to_lowercase();
    if ["bit.ly/", "t.co/", "tinyurl.com/", "goo.gl/", "ow.ly/"]
        .iter()
        .any(|s| lower.contains(s))
    {
        out.push(locale.say("warn-link", &[]));
    }
    if has_phone(body) {
        out.push(locale.say("warn-phone", &[("source", source.into())]));
    }
    if let Some(found) = placeholder(body) {
        out.push(locale.say(
            "warn-placeholder",
            &[("found", words::short_line(found, 60).into())],
        ));
    }
    out
}

/// Seven digits or more, with nothing but what people put between them.
fn has_phone(body: &str) -> bool {
    let mut digits = 0;
    for c in body.chars() {
        match c {
            '0'..='9' => digits += 1,
            ' ' | '-' | '/' | '(' | ')' | '+' | '.' if digits > 0 => {}
            _ => digits = 0,
        }
        if digits >= 7 {
            return true;
        }
    }
    false
}

/// `{{name}}`, `[Name]`, `<Name>`: left over from a template.
pub(in crate::workflow::press) fn placeholder(body: &str) -> Option<&str> {
    [("{", "}"), ("[", "]"), ("<", ">")]
        .into_iter()
        .find_map(|(open, close)| {
            let start = body.find(open)?;
            let end = body[start..].find(close)? + start;
            let rest = &body[end..];
            let end = end + rest.len() - rest.trim_start_matches(close).len();
            (end - start <= 40).then(|| &body[start..end])
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_number_is_seen_and_a_price_is_not() {
        assert!(has_phone("Ruf an: 089 / 123 45-67"));
        assert!(has_phone("+49 (0)89 1234567"));
        assert!(!has_phone("Sie kostet 129,90 und wiegt 12 kg, seit 2024."));
    }

    #[test]
    fn leftovers_of_a_template_are_seen() {
        assert_eq!(placeholder("Liebe {{name}}, danke"), Some("{{name}}"));
        assert_eq!(placeholder("Hallo [Vorname]!"), Some("[Vorname]"));
        assert_eq!(placeholder("Gut (sehr gut)"), None);
    }
}
