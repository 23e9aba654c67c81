//! `/zeitnah` as Discord offers it while one types: a subcommand for each thing that can be done, numbers suggested.
//! It is registered in the server when it is not there as it should be, and left alone when it is.

use reqwest::Method;
use serde_json::Value;
use serde_json::json;
use serenity::builder::CreateCommand;
use serenity::builder::CreateCommandOption;
use serenity::model::application::CommandOptionType;
use serenity::model::application::CommandType;
use serenity::model::application::InstallationContext;
use serenity::model::application::InteractionContext;

use crate::chat::discord::api::Api;
use crate::chat::discord::api::Call;
use crate::chat::discord::message;
use crate::domain::lang::Lang;
use crate::domain::press::action::Verb;
use crate::port::PortError;

const NAME: &str = "zeitnah";
const LISTS: [&str; 8] = [
    "open", "mine", "overdue", "home", "sources", "digest", "import", "help",
];
/// What a card's buttons do, for whoever rather types: Discord has room for 25 in all, so the two decisions after an
/// unclear outcome stay on the card, "seen" stays below the call that it answers, and what only shows something comes with
/// `item`.
const VERBS: [Verb; 11] = [
    Verb::Reply,
    Verb::Take,
    Verb::Release,
    Verb::Escalate,
    Verb::Handle,
    Verb::Snooze,
    Verb::Undo,
    Verb::FullText,
    Verb::Why,
    Verb::ChangeReply,
    Verb::Reopen,
];

/// The whole list, as it is sent and as `zeitnah manifest discord` prints it.
pub fn list() -> Value {
    let mut command = CreateCommand::new(NAME)
        .kind(CommandType::ChatInput)
        .description(Lang::En.text("command-about", &[]))
        .description_localized("de", Lang::De.text("command-about", &[]))
        .contexts(vec![InteractionContext::Guild])
        .integration_types(vec![InstallationContext::Guild]);
    for name in LISTS {
        command = command.add_option(described(CommandOptionType::SubCommand, name, name));
    }
    let hours = described(CommandOptionType::String, "hours", "hours");
    command =
        command.add_option(described(CommandOptionType::SubCommand, "quiet", "quiet").add_sub_option(hours));
    let words = described(CommandOptionType::String, "words", "words").required(true);
    command =
        command.add_option(described(CommandOptionType::SubCommand, "find", "find").add_sub_option(words));
    let days = described(CommandOptionType::String, "days", "days");
    command =
        command.add_option(described(CommandOptionType::SubCommand, "stats", "stats").add_sub_option(days));
    let item = described(CommandOptionType::SubCommand, "item", "item").add_sub_option(number());
    command = command.add_option(item);
    let change = described(CommandOptionType::String, "change", "setting");
    let settings = described(CommandOptionType::SubCommand, "settings", "settings");
    command = command.add_option(settings.add_sub_option(change));
    let give = described(CommandOptionType::SubCommand, Verb::HandOver.as_str(), "give");
    let person = described(CommandOptionType::User, "person", "person");
    command = command.add_option(give.add_sub_option(number()).add_sub_option(person));
    for verb in VERBS {
        let number = number();
        let sub = described(CommandOptionType::SubCommand, verb.as_str(), verb.as_str());
        command = command.add_option(sub.add_sub_option(number));
    }
    Value::Array(vec![message::json(&command)])
}

fn number() -> CreateCommandOption {
    described(CommandOptionType::String, "number", "number")
        .required(true)
        .set_autocomplete(true)
}

fn described(kind: CommandOptionType, name: &str, key: &str) -> CreateCommandOption {
    let key = format!("command-{key}");
    CreateCommandOption::new(kind, name, Lang::En.text(&key, &[]))
        .description_localized("de", Lang::De.text(&key, &[]))
}

/// Two replicas that do this at once write the same thing.
pub async fn register(api: &Api, application: &str, server: &str) -> Result<(), PortError> {
    let path = format!("/applications/{application}/guilds/{server}/commands");
    let query = [("with_localizations", "true".to_owned())];
    let call = Call {
        query: &query,
        ..Call::new(Method::GET, path.clone(), "get commands", server)
    };
    let there = api.call(&call).await?;
    let wanted = list();
    if same(&there, &wanted) {
        return Ok(());
    }
    let call = Call {
        body: Some(&wanted),
        ..Call::new(Method::PUT, path, "put commands", server)
    };
    api.call(&call).await?;
    tracing::info!("the list of commands has changed and was registered");
    Ok(())
}

/// Whether Discord has what we want; it adds ids and defaults of its own.
fn same(there: &Value, wanted: &Value) -> bool {
    essence(there) == essence(wanted)
}

fn essence(value: &Value) -> Value {
    match value {
        Value::Array(list) => Value::Array(list.iter().map(essence).collect()),
        Value::Object(_) => {
            let kept = |key: &str| value.get(key).cloned().unwrap_or(Value::Null);
            let said = |key: &str| value.get(key).filter(|v| **v != json!({})).cloned();
            let is = |key: &str| value.get(key).and_then(Value::as_bool) == Some(true);
            let options = value.get("options").filter(|v| v.is_array());
            json!({
                "type": value.get("type").cloned().unwrap_or(json!(1)),
                "name": kept("name"),
                "description": kept("description"),
                "localized": said("description_localizations"),
                "required": is("required"),
                "autocomplete": is("autocomplete"),
                "options": options.map_or(json!([]), essence),
            })
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_said_in_both_languages_and_fits() {
        let list = list();
        let options = list[0]["options"].as_array().unwrap();
        assert!(options.len() <= 25, "{}", options.len());
        for option in options {
            let inner = option["options"].as_array().into_iter().flatten();
            for described in std::iter::once(option).chain(inner) {
                for text in [
                    &described["description"],
                    &described["description_localizations"]["de"],
                ] {
                    let text = text.as_str().unwrap();
                    assert!(
                        (1..=100).contains(&text.chars().count()) && !text.starts_with("command-"),
                        "{text}"
                    );
                }
            }
        }
    }

    /// `/zeitnah help` is the same in every chat, so what it names has to be there in each.
    #[test]
    fn whatever_help_names_can_be_chosen_here() {
        let list = list();
        let options = list[0]["options"].as_array().unwrap().iter();
        let names: Vec<&str> = options.map(|o| o["name"].as_str().unwrap()).collect();
        let mut named = 0;
        for lang in [Lang::De, Lang::En] {
            for key in [
                "open", "mine", "overdue", "home", "find", "item", "stats", "sources", "quiet", "settings",
                "import",
            ] {
                let text = lang.text(&format!("help-{key}"), &[]);
                let word = text.split_whitespace().nth(1).unwrap().to_owned();
                assert!(names.contains(&word.as_str()), "{word} of {text:?}");
            }
            let verbs = lang.text("help-verbs", &[]);
            let words = verbs.split(|c: char| !c.is_ascii_alphabetic() && c != '-');
            for verb in words.filter_map(Verb::parse) {
                assert!(names.contains(&verb.as_str()), "{} of {verbs:?}", verb.as_str());
                named += 1;
            }
        }
        assert!(named > 20, "{named} verbs were looked for");
    }

    #[test]
    fn what_discord_adds_is_no_change_and_what_we_change_is_one() {
        let wanted = list();
        let mut there = wanted.clone();
        there[0]["id"] = json!("1");
        there[0]["version"] = json!("2");
        there[0]["options"][0]["required"] = json!(false);
        assert!(same(&there, &wanted));
        there[0]["options"][0]["description"] = json!("else");
        assert!(!same(&there, &wanted));
        assert!(!same(&json!([]), &wanted));
    }
}
