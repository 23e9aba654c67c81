//! Cards, notes and digests as Block Kit. A card has the same five kinds of blocks in every state, because Slack
//! refuses to turn some kinds into others.

use serde_json::Value;
use serde_json::json;
use uuid::Uuid;

use crate::chat::slack::plain;
use crate::chat::slack::segments;
use crate::domain::id::ItemId;
use crate::domain::press::action;
use crate::domain::press::list_action::QuickAction;
use crate::domain::say::text::Seg;
use crate::domain::say::words;
use crate::domain::show::card::Button;
use crate::domain::show::card::Card;
use crate::domain::show::home::Home;
use crate::domain::show::row::Act;
use crate::domain::show::row::ListRow;
use crate::domain::show::row::Menu;
use crate::domain::show::row::Told;
use crate::port::chat::Body;
use crate::port::chat::Note;
use crate::port::chat::Page;
use crate::port::chat::Post;

/// Names our messages among all that carry metadata.
const EVENT: &str = "zeitnah";
/// Namespace of the ids by which Slack may recognise a message that it has already.
const REPEATS: Uuid = Uuid::from_u128(0x7a65_6974_6e61_6800_8000_0000_0000_0001);
/// A reader sees at most this many in a row; Slack allows 25.
const BUTTON_UNITS: usize = 75;
const BUTTONS: usize = 25;
const OPTIONS: usize = 100;
const ALT_UNITS: usize = 2000;
const HEADER_UNITS: usize = 150;

/// What travels with a message so that it can be found again.
pub fn mark(post: &Post) -> String {
    format!("{}:{}", post.key, post.generation)
}

pub fn message(post: &Post) -> Value {
    let mark = mark(post);
    let (text, blocks) = said(&post.body);
    let mut message = quiet(json!({
        "channel": post.room,
        "text": text,
        "blocks": blocks,
        "metadata": { "event_type": EVENT, "event_payload": { "k": mark } },
        "client_msg_id": Uuid::new_v5(&REPEATS, mark.as_bytes()),
    }));
    if let Some(thread) = &post.thread {
        message["thread_ts"] = json!(thread);
    }
    message
}

/// The line that stands where no blocks are shown, and the blocks.
fn said(body: &Body) -> (String, Vec<Value>) {
    match body {
        Body::Card(card) => (segments::escape(&card.summary), self::card(card)),
        Body::Note(note) => (plain(&note.text), self::note(note)),
        Body::Digest(page) => (plain(&page.digest.headline), self::digest(page)),
    }
}

/// The whole message again: what is not said would be lost or, worse, read as markup.
pub fn update(room: &str, message: &str, _key: &str, body: &Body) -> Value {
    let (text, blocks) = said(body);
    json!({
        "channel": room,
        "ts": message,
        "text": text,
        "blocks": blocks,
        "parse": "none",
        "link_names": false,
        "unfurl_links": false,
        "unfurl_media": false,
    })
}

pub fn whisper(room: &str, user: &str, thread: Option<&str>, told: &Told) -> Value {
    let mut body = json!({
        "channel": room,
        "user": user,
        "text": plain(&told.text),
        "blocks": self::told(told),
        "parse": "none",
        "link_names": false,
    });
    if let Some(thread) = thread {
        body["thread_ts"] = json!(thread);
    }
    body
}

pub fn answer(told: &Told) -> Value {
    json!({
        "response_type": "ephemeral",
        "replace_original": false,
        "text": plain(&told.text),
        "blocks": self::told(told),
    })
}

pub fn direct(room: &str, told: &Told) -> Value {
    quiet(json!({ "channel": room, "text": plain(&told.text), "blocks": self::told(told) }))
}

/// Nobody is pinged by text, nothing is unfurled, nothing is formatted.
fn quiet(mut message: Value) -> Value {
    message["parse"] = json!("none");
    message["link_names"] = json!(false);
    message["mrkdwn"] = json!(false);
    message["unfurl_links"] = json!(false);
    message["unfurl_media"] = json!(false);
    message
}

pub fn card(card: &Card) -> Vec<Value> {
    let head = json!({ "type": "text", "text": card.head, "style": { "bold": true } });
    let mut words = vec![quote(&card.words)];
    if let Some(rest) = &card.rest {
        words.push(section(vec![
            json!({ "type": "text", "text": rest, "style": { "italic": true } }),
        ]));
    }
    let mut blocks = vec![rich_text(vec![section(vec![head])]), rich_text(words)];
    let who: Vec<Value> = card
        .who
        .iter()
        .filter_map(|part| segments::small(part))
        .take(10)
        .collect();
    blocks.push(json!({ "type": "context", "elements": who }));
    blocks.push(rich_text(vec![section(segments::rich(&card.state))]));
    blocks.extend(actions(card.item, &card.buttons, &card.more));
    blocks
}

pub fn note(note: &Note) -> Vec<Value> {
    let mut elements = Vec::new();
    for ping in note.ping.iter().filter_map(segments::ping) {
        elements.push(ping);
        elements.push(json!({ "type": "text", "text": " " }));
    }
    elements.extend(segments::rich(&note.text));
    let mut said = vec![section(elements)];
    for words in &note.quotes {
        let label = words
            .label
            .as_ref()
            .map(|label| json!({ "type": "text", "text": label }));
        said.extend(label.map(|label| section(vec![label])));
        said.push(quote(&words.words));
    }
    let mut blocks = vec![rich_text(said)];
    if let Some(item) = note.item {
        blocks.extend(actions(item, &note.buttons, &[]));
    }
    blocks.extend(note.each.iter().map(row));
    blocks
}

pub fn digest(page: &Page) -> Vec<Value> {
    let digest = &page.digest;
    let strong = digest.headline.iter().map(|seg| match seg {
        Seg::Text(s) => Seg::Strong(s.clone()),
        other => other.clone(),
    });
    let mut blocks = vec![rich_text(vec![section(segments::rich(
        &strong.collect::<Vec<_>>(),
    ))])];
    if let Some(picture) = &page.picture
        && let Some(file) = &picture.uploaded
    {
        blocks.push(json!({
            "type": "image",
            "slack_file": { "id": file },
            "alt_text": words::short_line(&picture.alt, ALT_UNITS),
        }));
    }
    blocks.extend(lines(&digest.lead));
    blocks.extend(digest.rows.iter().map(row));
    blocks.extend(lines(&digest.lines));
    blocks.extend(offers(&page.offers));
    blocks
}

/// What concerns one person, in the tab that is theirs.
pub fn home(home: &Home) -> Value {
    let mut blocks = Vec::new();
    for part in &home.parts {
        let title = words::short_line(&part.title, HEADER_UNITS);
        blocks.push(json!({ "type": "header", "text": segments::plain_text(&title) }));
        blocks.extend(lines(&part.lines));
        blocks.extend(part.rows.iter().map(row));
        blocks.extend(offers(&part.offers));
        blocks.extend(part.menu.iter().map(menu));
        blocks.push(json!({ "type": "divider" }));
    }
    let small = [&home.answers, &home.as_of];
    let small: Vec<Value> = small.iter().filter_map(|line| segments::small(line)).collect();
    if !small.is_empty() {
        blocks.push(json!({ "type": "context", "elements": small }));
    }
    json!({ "type": "home", "callback_id": "zeitnah-home", "blocks": blocks })
}

fn told(told: &Told) -> Vec<Value> {
    let mut blocks = sentence(&told.text);
    blocks.extend(told.rows.iter().map(row));
    if !told.after.is_empty() {
        blocks.extend(sentence(&told.after));
    }
    blocks.extend(offers(&told.offers));
    blocks.extend(told.menus.iter().map(menu));
    blocks
}

/// Several lines in one block.
fn lines(lines: &[Vec<Seg>]) -> Option<Value> {
    let sections = lines.iter().map(|line| {
        let mut elements = segments::rich(line);
        elements.push(json!({ "type": "text", "text": "\n" }));
        section(elements)
    });
    (!lines.is_empty()).then(|| rich_text(sections.collect()))
}

/// A line with its button beside it. Who does not see the line hears what the button is about.
fn row(row: &ListRow) -> Value {
    let mut block = json!({ "type": "section", "text": segments::marked(&row.line) });
    if let Some(Act { offer, label }) = &row.act {
        let mut beside = offered(offer);
        beside["text"] = segments::plain_text(&words::short_line(label, BUTTON_UNITS));
        beside["accessibility_label"] = json!(words::short_line(&offer.label, BUTTON_UNITS));
        block["accessory"] = beside;
    }
    block
}

fn menu(menu: &Menu) -> Value {
    let options = menu.offers.iter().take(OPTIONS).map(|offer| {
        json!({
            "text": segments::plain_text(&words::short_line(&offer.label, BUTTON_UNITS)),
            "value": offer.deed.token(),
        })
    });
    let menu = json!({
        "type": "static_select",
        "action_id": "z1.menu",
        "placeholder": segments::plain_text(&words::short_line(&menu.label, BUTTON_UNITS)),
        "options": options.collect::<Vec<_>>(),
    });
    json!({ "type": "actions", "elements": [menu] })
}

fn offered(offer: &QuickAction) -> Value {
    json!({
        "type": "button",
        "action_id": offer.deed.token(),
        "text": segments::plain_text(&words::short_line(&offer.label, BUTTON_UNITS)),
    })
}

fn offers(offers: &[QuickAction]) -> Option<Value> {
    let elements: Vec<Value> = offers.iter().take(BUTTONS).map(offered).collect();
    (!elements.is_empty()).then(|| json!({ "type": "actions", "elements": elements }))
}

pub fn sentence(text: &[Seg]) -> Vec<Value> {
    vec![rich_text(vec![section(segments::rich(text))])]
}

pub fn rich_text(elements: Vec<Value>) -> Value {
    json!({ "type": "rich_text", "elements": elements })
}

pub fn section(mut elements: Vec<Value>) -> Value {
    if elements.is_empty() {
        elements.push(json!({ "type": "text", "text": " " }));
    }
    json!({ "type": "rich_text_section", "elements": elements })
}

/// Somebody else's words, exactly.
pub fn quote(text: &str) -> Value {
    let text = if text.is_empty() { " " } else { text };
    json!({ "type": "rich_text_quote", "elements": [{ "type": "text", "text": text }] })
}

fn actions(item: ItemId, buttons: &[Button], more: &[Button]) -> Option<Value> {
    let mut elements: Vec<Value> = buttons.iter().map(|b| button(item, b)).collect();
    if !more.is_empty() {
        let options: Vec<Value> = more.iter().take(5).map(|b| option(item, b)).collect();
        elements.push(json!({ "type": "overflow", "action_id": "z1.more", "options": options }));
    }
    (!elements.is_empty()).then(|| json!({ "type": "actions", "elements": elements }))
}

fn button(item: ItemId, button: &Button) -> Value {
    let mut out = json!({
        "type": "button",
        "action_id": action::token(button.verb, item),
        "text": segments::plain_text(&words::short_line(&button.label, BUTTON_UNITS)),
    });
    if button.stops() {
        out["style"] = json!("danger");
    } else if button.main {
        out["style"] = json!("primary");
    }
    if let Some(url) = button.url.as_deref().filter(|u| segments::is_web(u)) {
        out["url"] = json!(url);
        // Slack reports presses of link buttons too; there is nothing left to do for them.
        out["action_id"] = json!(format!("z1.link.{item}"));
    }
    if let Some(confirm) = &button.confirm {
        out["confirm"] = json!({
            "title": segments::plain_text(&words::short_line(&confirm.title, 100)),
            "text": segments::plain_text(&words::short_line(&confirm.text, 300)),
            "confirm": segments::plain_text(&words::short_line(&confirm.yes, 30)),
            "deny": segments::plain_text(&words::short_line(&confirm.no, 30)),
        });
    }
    out
}

fn option(item: ItemId, button: &Button) -> Value {
    let mut out = json!({
        "text": segments::plain_text(&words::short_line(&button.label, BUTTON_UNITS)),
        "value": action::token(button.verb, item),
    });
    if let Some(url) = button.url.as_deref().filter(|u| segments::is_web(u)) {
        out["url"] = json!(url);
        out["value"] = json!(format!("z1.link.{item}"));
    }
    out
}
