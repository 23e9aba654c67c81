//! Cards, notes, digests and private answers as messages, built with serenity's builders so that their shape is
//! checked when we are built. Nobody is pinged who is not named in `allowed_mentions`, on every message and every edit.

use serde::Serialize;
use serde_json::Value;
use serenity::builder::CreateActionRow;
use serenity::builder::CreateAllowedMentions;
use serenity::builder::CreateButton;
use serenity::builder::CreateEmbed;
use serenity::builder::CreateMessage;
use serenity::builder::CreateSelectMenu;
use serenity::builder::CreateSelectMenuKind;
use serenity::builder::CreateSelectMenuOption;
use serenity::builder::EditMessage;
use serenity::model::application::ButtonStyle;
use serenity::model::channel::MessageFlags;
use serenity::model::channel::MessageReference;
use serenity::model::channel::MessageReferenceKind;
use serenity::model::channel::Nonce;
use serenity::model::id::ChannelId;
use serenity::model::id::MessageId;
use serenity::model::id::RoleId;
use serenity::model::id::UserId;

use crate::chat::discord::markdown;
use crate::chat::discord::token;
use crate::domain::id::ItemId;
use crate::domain::item::Tone;
use crate::domain::people::person::Mention;
use crate::domain::press::list_action::ActionTarget;
use crate::domain::press::list_action::QuickAction;
use crate::domain::say::text::Seg;
use crate::domain::say::text::flat;
use crate::domain::say::words;
use crate::domain::show::card::Button;
use crate::domain::show::card::Card;
use crate::domain::show::row::ListRow;
use crate::domain::show::row::Menu;
use crate::domain::show::row::Told;
use crate::port::chat::Body;
use crate::port::chat::Note;
use crate::port::chat::Page;
use crate::port::chat::Picture;
use crate::port::chat::Post;

const TITLE_UNITS: usize = 256;
pub const EMBED_UNITS: usize = 4096;
const CONTENT_UNITS: usize = 2000;
const BUTTON_UNITS: usize = 80;
const BUTTONS_IN_ROW: usize = 5;
const ROWS: usize = 5;
const OPTIONS: usize = 25;
const OPTION_UNITS: usize = 100;
const PLACEHOLDER_UNITS: usize = 150;
/// A menu by itself asks for nothing; what is chosen in it does.
const MENU: &str = "z1m";
const ALT_UNITS: usize = 1024;
/// What the picture of a digest is called there.
pub const PICTURE: &str = "chart.png";

/// Words say what it is; the colour only helps to find it.
fn colour(tone: Tone) -> u32 {
    match tone {
        Tone::Complaint => 0xD8_3A_3A,
        Tone::Suggestion => 0xE0_A0_30,
        Tone::Praise => 0x3B_A5_5D,
        Tone::Question => 0x3B_7D_D8,
        Tone::Neutral => 0x80_84_8E,
    }
}

pub fn mark(post: &Post) -> String {
    token::mark(&post.key, post.generation)
}

/// The message of a post. `reply_to` is the card, where no thread can be had.
pub fn create(post: &Post, reply_to: Option<&str>) -> Value {
    let mark = mark(post);
    let message = match &post.body {
        Body::Card(card) => quiet().embed(embed(card)).components(below_card(card, &mark)),
        Body::Note(note) => self::note(note, &mark),
        Body::Digest(page) => {
            let mut embed = CreateEmbed::new().description(self::digest(page));
            if page.picture.is_some() {
                embed = embed.image(format!("attachment://{PICTURE}"));
            }
            quiet()
                .embed(embed)
                .components(below_rows(&page.digest.rows, &page.offers, &[], &mark))
        }
    };
    let nonce = Nonce::String(token::nonce(&post.key, post.generation));
    let mut message = message.nonce(nonce).enforce_nonce(true);
    let place = (
        markdown::id_number(&post.room),
        reply_to.and_then(markdown::id_number),
    );
    if let (Some(room), Some(card)) = place {
        let reference = MessageReference::new(MessageReferenceKind::Default, ChannelId::new(room))
            .message_id(MessageId::new(card))
            .fail_if_not_exists(false);
        message = message.reference_message(reference);
    }
    let mut body = json(&message);
    if let Some(picture) = picture(post) {
        // Which of the files that come with it this is, and what it shows.
        body["attachments"] = serde_json::json!([{
            "id": "0",
            "filename": PICTURE,
            "description": words::short_line(&picture.alt, ALT_UNITS),
        }]);
    }
    body
}

/// The first message of a forum's post, where Discord knows no nonce.
pub fn in_post(mut message: Value) -> Value {
    if let Some(message) = message.as_object_mut() {
        message.remove("nonce");
        message.remove("enforce_nonce");
    }
    message
}

/// A sentence of ours and nothing else.
pub fn plain(text: &str) -> Value {
    let text = markdown::fit(&markdown::escape(text), CONTENT_UNITS);
    json(&quiet().content(text))
}

/// What goes with a post as a file.
pub fn picture(post: &Post) -> Option<&Picture> {
    match &post.body {
        Body::Digest(page) => page.picture.as_ref(),
        Body::Card(_) | Body::Note(_) => None,
    }
}

/// Buttons in rows of five; `mark` is what the message is found by.
pub fn offers(offers: &[QuickAction], mark: &str) -> Vec<CreateActionRow> {
    let buttons: Vec<CreateButton> = offers
        .iter()
        .take(BUTTONS_IN_ROW * ROWS)
        .map(|offer| {
            CreateButton::new(token::offer(offer.deed, mark))
                .label(words::short_line(&offer.label, BUTTON_UNITS))
                .style(ButtonStyle::Secondary)
        })
        .collect();
    in_rows(buttons)
}

fn in_rows(buttons: Vec<CreateButton>) -> Vec<CreateActionRow> {
    buttons
        .chunks(BUTTONS_IN_ROW)
        .map(|row| CreateActionRow::Buttons(row.to_vec()))
        .collect()
}

/// The whole message again, with nobody to ping: an edit that does not say so pings by default.
pub fn edit(body: &Body, key: &str) -> Value {
    // A message that is edited is known by its id; the mark has done its work.
    let mark = token::mark(key, 0);
    let message = EditMessage::new().allowed_mentions(CreateAllowedMentions::new());
    json(&match body {
        Body::Card(card) => message.embed(embed(card)).components(below_card(card, &mark)),
        Body::Note(note) => message.content(note_content(note)).components(below(note, &mark)),
        Body::Digest(page) => message
            .embed(CreateEmbed::new().description(self::digest(page)))
            .components(below_rows(&page.digest.rows, &page.offers, &[], &mark)),
    })
}

/// What stands below a list: a menu of what can be done about its lines, then what is about all of them. A line has no room
/// beside it in an embed, and a column of buttons belongs to nothing.
fn below_rows(rows: &[ListRow], offers: &[QuickAction], menus: &[Menu], mark: &str) -> Vec<CreateActionRow> {
    let acts = rows.iter().filter_map(|row| Some((row, row.act.as_ref()?)));
    let (items, list_actions): (Vec<_>, Vec<_>) =
        acts.partition(|(_, act)| matches!(act.offer.deed, ActionTarget::Item(..)));
    let mut out = Vec::new();
    if !items.is_empty() {
        let mut labels: Vec<&str> = items.iter().map(|(_, act)| act.label.as_str()).collect();
        labels.sort();
        labels.dedup();
        let options = items.iter().map(|(row, act)| {
            let line = words::short_line(&flat(&row.line), OPTION_UNITS);
            option(&act.offer).description(line)
        });
        let label = format!("{} …", labels.join(" · "));
        out.push(menu(&label, options.collect(), 0, mark));
    }
    let turning = list_actions.into_iter().map(|(_, act)| act.offer.clone());
    out.extend(self::offers(
        &offers.iter().cloned().chain(turning).collect::<Vec<_>>(),
        mark,
    ));
    for (n, one) in menus.iter().enumerate() {
        out.push(menu(
            &one.label,
            one.offers.iter().map(option).collect(),
            n + 1,
            mark,
        ));
    }
    out.truncate(ROWS);
    out
}

fn option(offer: &QuickAction) -> CreateSelectMenuOption {
    let label = words::short_line(&offer.label, OPTION_UNITS);
    CreateSelectMenuOption::new(label, offer.deed.token())
}

fn menu(label: &str, options: Vec<CreateSelectMenuOption>, n: usize, mark: &str) -> CreateActionRow {
    let options = options.into_iter().take(OPTIONS).collect();
    let kind = CreateSelectMenuKind::String { options };
    let menu = CreateSelectMenu::new(format!("{MENU}.{n}.{mark}"), kind);
    CreateActionRow::SelectMenu(menu.placeholder(words::short_line(label, PLACEHOLDER_UNITS)))
}

/// What is listed, line by line.
fn listed(rows: &[ListRow]) -> Vec<String> {
    rows.iter().map(|row| markdown::text(&row.line)).collect()
}

/// All that one person is told, as the text of an embed.
pub fn told(told: &Told) -> String {
    let mut lines = vec![markdown::text(&told.text)];
    lines.extend(listed(&told.rows));
    lines.extend((!told.after.is_empty()).then(|| markdown::text(&told.after)));
    fitted(&lines.join("\n"))
}

/// What stands below it.
pub fn below_told(told: &Told) -> Vec<CreateActionRow> {
    below_rows(&told.rows, &told.offers, &told.menus, "")
}

/// A message in a conversation with one person.
pub fn direct(told: &Told) -> Value {
    let message = quiet().embed(CreateEmbed::new().description(self::told(told)));
    match below_told(told) {
        rows if rows.is_empty() => json(&message),
        rows => json(&message.components(rows)),
    }
}

/// A line that names a person and nothing else.
pub fn call(user: &str, text: &[Seg]) -> Value {
    let person = Mention::Person(user.to_owned());
    let ping = markdown::ping(&person).unwrap_or_default();
    let content = format!("{ping} {}", markdown::text(text));
    let message = CreateMessage::new()
        .content(markdown::fit(content.trim(), CONTENT_UNITS))
        .allowed_mentions(mentions(std::slice::from_ref(&person)))
        .flags(MessageFlags::SUPPRESS_EMBEDS);
    json(&message)
}

/// A private sentence: an embed neither pings nor shows previews of links.
pub fn said(text: &[Seg]) -> String {
    fitted(&markdown::text(text))
}

fn fitted(text: &str) -> String {
    let text = markdown::fit(text, EMBED_UNITS);
    if text.trim().is_empty() {
        "–".to_owned()
    } else {
        text
    }
}

fn quiet() -> CreateMessage {
    CreateMessage::new().allowed_mentions(CreateAllowedMentions::new())
}

fn mentions(named: &[Mention]) -> CreateAllowedMentions {
    let mut users = Vec::new();
    let mut roles = Vec::new();
    for mention in named {
        match mention {
            Mention::Person(id) => users.extend(markdown::id_number(id).map(UserId::new)),
            Mention::Group(id) => roles.extend(markdown::id_number(id).map(RoleId::new)),
        }
    }
    CreateAllowedMentions::new().users(users).roles(roles)
}

fn embed(card: &Card) -> CreateEmbed {
    let mut lines = vec![markdown::quote(&card.words)];
    if let Some(rest) = &card.rest {
        lines.push(format!("-# {}", markdown::escape(rest)));
    }
    let who: Vec<String> = card.who.iter().map(|part| markdown::text(part)).collect();
    lines.push(format!("-# {}", who.join(" · ")));
    lines.push(String::new());
    lines.push(markdown::text(&card.state));
    CreateEmbed::new()
        .title(markdown::fit(&markdown::escape(&card.head), TITLE_UNITS))
        .description(markdown::fit(&lines.join("\n"), EMBED_UNITS))
        .colour(colour(card.tone))
}

/// Pings stand in front, in the content: in an embed they would call nobody.
fn note(note: &Note, mark: &str) -> CreateMessage {
    let content = note_content(note);
    let message = CreateMessage::new()
        .content(content)
        .allowed_mentions(mentions(&named(note)))
        // There is no embed of ours here; those of links would be somebody else's.
        .flags(MessageFlags::SUPPRESS_EMBEDS);
    match below(note, mark) {
        rows if rows.is_empty() => message,
        rows => message.components(rows),
    }
}

fn below(note: &Note, mark: &str) -> Vec<CreateActionRow> {
    let mut below = match note.item {
        Some(item) => in_rows(note.buttons.iter().map(|b| button(item, b, mark)).collect()),
        None => Vec::new(),
    };
    below.extend(below_rows(&note.each, &[], &[], mark));
    below
}

pub fn note_content(note: &Note) -> String {
    let pings = note.ping.iter().filter_map(markdown::ping);
    let mut parts: Vec<String> = pings.collect();
    parts.push(markdown::text(&note.text));
    let said = parts.join(" ");
    let mut lines = vec![said.trim().to_owned()];
    for quote in &note.quotes {
        lines.extend(quote.label.as_deref().map(markdown::escape));
        lines.push(markdown::quote(&quote.words));
    }
    lines.extend(listed(&note.each));
    markdown::fit(lines.join("\n").trim(), CONTENT_UNITS)
}

fn named(note: &Note) -> Vec<Mention> {
    let inside = note.text.iter().filter_map(|seg| match seg {
        Seg::Ping(mention) => Some(mention.clone()),
        Seg::Text(_) | Seg::Strong(_) | Seg::Time { .. } | Seg::Link { .. } | Seg::Room { .. } => None,
    });
    note.ping.iter().cloned().chain(inside).collect()
}

pub fn digest(page: &Page) -> String {
    let digest = &page.digest;
    let mut lines = vec![format!("**{}**", markdown::text(&digest.headline))];
    lines.extend(digest.lead.iter().map(|line| markdown::text(line)));
    lines.extend(listed(&digest.rows));
    lines.extend(digest.lines.iter().map(|line| markdown::text(line)));
    markdown::fit(&lines.join("\n"), EMBED_UNITS)
}

/// The buttons that matter now in one row, the rarer ones in a menu below it, so that the next card is not pushed out of
/// sight. A link cannot stand in a menu, and a menu of one would only be a longer way.
fn below_card(card: &Card, mark: &str) -> Vec<CreateActionRow> {
    let (links, rest): (Vec<&Button>, Vec<&Button>) = card.more.iter().partition(|b| address(b).is_some());
    let (alone, menu): (&[&Button], &[&Button]) = match rest.as_slice() {
        [_] => (&rest, &[]),
        several => (&[], several),
    };
    let beside = alone.iter().chain(&links).copied();
    let mut rows = in_rows(
        card.buttons
            .iter()
            .chain(beside)
            .map(|b| button(card.item, b, mark))
            .collect(),
    );
    if !menu.is_empty() {
        let options = menu.iter().take(OPTIONS).map(|b| {
            CreateSelectMenuOption::new(
                words::short_line(&b.label, OPTION_UNITS),
                name(card.item, b, mark),
            )
        });
        let kind = CreateSelectMenuKind::String {
            options: options.collect(),
        };
        let menu = CreateSelectMenu::new(token::menu(card.item, mark), kind)
            .placeholder(words::short_line(&card.more_label, PLACEHOLDER_UNITS));
        rows.push(CreateActionRow::SelectMenu(menu));
    }
    rows
}

/// An address that Discord would not take is asked for like anything else, and told in a private sentence.
fn address(button: &Button) -> Option<String> {
    button.url.as_deref().and_then(markdown::address)
}

/// By which it comes back when it is pressed or chosen.
fn name(item: ItemId, button: &Button, mark: &str) -> String {
    match button.confirm {
        Some(_) => token::sure(button.verb, item, mark),
        None => token::press(button.verb, item, mark),
    }
}

fn button(item: ItemId, button: &Button, mark: &str) -> CreateButton {
    let label = words::short_line(&button.label, BUTTON_UNITS);
    if let Some(url) = address(button) {
        return CreateButton::new_link(url).label(label);
    }
    let custom_id = name(item, button, mark);
    let style = if button.stops() {
        ButtonStyle::Danger
    } else if button.main {
        ButtonStyle::Primary
    } else {
        ButtonStyle::Secondary
    };
    CreateButton::new(custom_id).label(label).style(style)
}

/// Whether this message of ours is that post.
pub fn is(message: &Value, post: &Post) -> bool {
    let tail = format!(".{}", mark(post));
    if custom_ids(message).iter().any(|id| id.ends_with(&tail)) {
        return true;
    }
    let text = |pointer: &str| {
        message
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    // Without a button there is no place for a mark; what it says, with the times in it, is what there is to go by.
    match &post.body {
        Body::Card(_) => false,
        Body::Note(note) => {
            note.buttons.is_empty()
                && note.each.is_empty()
                && text("/content").trim() == note_content(note).trim()
        }
        Body::Digest(page) => {
            page.offers.is_empty()
                && page.digest.rows.iter().all(|row| row.act.is_none())
                && text("/embeds/0/description").trim() == self::digest(page).trim()
        }
    }
}

pub fn custom_ids(message: &Value) -> Vec<&str> {
    let rows = message.get("components").and_then(Value::as_array);
    let components = rows
        .into_iter()
        .flatten()
        .filter_map(|row| row.get("components").and_then(Value::as_array));
    components
        .flatten()
        .filter_map(|c| c.get("custom_id").and_then(Value::as_str))
        .collect()
}

/// What its buttons and menus ask for.
pub fn asked(message: &Value) -> Vec<&str> {
    let mut ids = custom_ids(message);
    let rows = message.get("components").and_then(Value::as_array);
    let menus = rows
        .into_iter()
        .flatten()
        .filter_map(|row| row.pointer("/components/0/options"));
    let options = menus.filter_map(Value::as_array).flatten();
    ids.extend(options.filter_map(|option| option.get("value").and_then(Value::as_str)));
    ids
}

/// serenity's builders are plain data: turning them into JSON cannot fail, and an empty body would be refused.
pub fn json(message: &impl Serialize) -> Value {
    serde_json::to_value(message).unwrap_or_default()
}
