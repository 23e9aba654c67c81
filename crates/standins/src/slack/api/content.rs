//! What a message consists of, read and checked the same way for posting, updating, whispering and answering
//! to a response URL.

use serde_json::Value;

use crate::slack::kit::{self, Flaw};
use crate::slack::state::{Handling, World};
use crate::slack::wire::{Args, Refused};

/// Slack cuts there without a word.
const TEXT: usize = 40_000;
/// Not documented; 8 KB is what is remembered.
const METADATA: usize = 8_000;

#[derive(Debug, Clone)]
pub struct Content {
    pub text: Option<String>,
    pub blocks: Option<Vec<Value>>,
    /// `Some(None)` is `{}`: take it away.
    pub metadata: Option<Option<Value>>,
    pub handling: Handling,
    /// Old-style attachments count as content; nothing of them is kept.
    pub attachments: bool,
}

pub fn content(world: &mut World, args: &Args) -> Result<Content, Refused> {
    let blocks = match args.nested("blocks", "invalid_blocks_format")? {
        None => None,
        Some(Value::Array(blocks)) => Some(checked(world, blocks)?),
        Some(_) => return Err("invalid_blocks_format".into()),
    };
    let metadata = match args.nested("metadata", "invalid_metadata_format")? {
        None => None,
        Some(Value::Object(fields)) if fields.is_empty() => Some(None),
        Some(metadata) => Some(Some(labelled(metadata)?)),
    };
    let attachments = args.nested("attachments", "invalid_attachments")?;
    Ok(Content {
        text: args.text("text").map(|text| text.chars().take(TEXT).collect()),
        blocks,
        metadata,
        handling: Handling {
            parse: args.word("parse"),
            link_names: args.flag("link_names").unwrap_or(false),
            plain: args.flag("mrkdwn") == Some(false),
            unfurl_links: args.flag("unfurl_links"),
            unfurl_media: args.flag("unfurl_media"),
        },
        attachments: attachments.is_some_and(|list| list.as_array().is_some_and(|l| !l.is_empty())),
    })
}

impl Content {
    pub fn is_empty(&self) -> bool {
        self.text.as_deref().unwrap_or_default().is_empty()
            && self.blocks.as_deref().unwrap_or_default().is_empty()
            && !self.attachments
    }
}

fn checked(world: &mut World, blocks: Vec<Value>) -> Result<Vec<Value>, Refused> {
    match kit::message(&blocks) {
        Ok(()) => Ok(named(world, blocks)),
        Err(Flaw::TooLong) => Err("msg_blocks_too_long".into()),
        Err(Flaw::Invalid(messages)) => Err(Refused::from("invalid_blocks").messages(messages)),
    }
}

/// Slack gives every block and every element an id when the sender did not.
pub fn named(world: &mut World, blocks: Vec<Value>) -> Vec<Value> {
    let mut blocks = blocks;
    for block in &mut blocks {
        name_field(world, block, "block_id");
        let Some(fields) = block.as_object_mut() else {
            continue;
        };
        let is_actions = fields.get("type").is_some_and(|kind| kind == "actions");
        for key in ["accessory", "element"] {
            if let Some(element) = fields.get_mut(key) {
                name_field(world, element, "action_id");
            }
        }
        if is_actions && let Some(Value::Array(elements)) = fields.get_mut("elements") {
            for element in elements {
                name_field(world, element, "action_id");
            }
        }
    }
    blocks
}

fn name_field(world: &mut World, value: &mut Value, key: &str) {
    if value["type"] == "image" && key == "action_id" {
        return;
    }
    if let Some(fields) = value.as_object_mut()
        && fields.get(key).is_none_or(Value::is_null)
    {
        fields.insert(key.to_owned(), Value::String(world.name("id")));
    }
}

fn labelled(metadata: Value) -> Result<Value, Refused> {
    let kind = metadata["event_type"].as_str().unwrap_or_default();
    let payload = metadata["event_payload"].as_object();
    let flat = payload.is_some_and(|fields| {
        fields
            .values()
            .all(|value| value.is_string() || value.is_number() || value.is_boolean())
    });
    if kind.is_empty() || kind.len() > 255 || !flat {
        return Err("invalid_metadata_format".into());
    }
    if metadata.to_string().len() > METADATA {
        return Err("metadata_too_large".into());
    }
    Ok(metadata)
}
