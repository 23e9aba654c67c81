//! `zeitnah manifest`: what to paste into the platform's console.

use clap::ValueEnum;

use crate::chat::discord;
use crate::cli::Outcome;
use crate::cli::tell;

#[derive(Clone, Copy, ValueEnum)]
pub enum Chat {
    Slack,
    Discord,
}

pub fn run(chat: Chat, application: Option<&str>, commands: bool) -> Outcome {
    match chat {
        Chat::Slack => tell(include_str!("../../bot-manifest.yaml").trim_end()),
        Chat::Discord => {
            tell(&discord_manifest(application));
            if commands {
                tell(&format!("\n# The commands:\n{}", discord_commands()));
            }
        }
    }
    Ok(())
}

/// The invitation with the least that works, and each permission with its reason.
pub fn discord_manifest(application: Option<&str>) -> String {
    let application = application.unwrap_or("YOUR_APPLICATION_ID");
    let mut out = format!(
        "# Invite the bot with this link (the application id is on \"General Information\" in the developer portal):\n\
         https://discord.com/oauth2/authorize?client_id={application}&scope=bot+applications.commands&permissions={}\n\
         \n# What it asks for, and why; no privileged intent is needed:\n",
        discord::permissions()
    );
    for (_, name, why) in discord::PERMISSIONS {
        out.push_str(&format!("#   {name}: {why}\n"));
    }
    out.push_str(
        "\n# With mode = \"http\": set \"Interactions Endpoint URL\" to {public_url}/discord/interactions.\n\
         # With mode = \"gateway\": leave it empty.\n\
         \n# A channel may be a forum: the same permissions do. `zeitnah check` says which tags to make there, or let the bot make\n\
         # them: give its role Manage Channel in that forum alone. Manage Threads there lets it pin its overview.\n\
         \n# There is nothing else to paste: the bot registers its commands itself (--commands prints them).",
    );
    out
}

/// As they are registered.
pub fn discord_commands() -> String {
    serde_json::to_string_pretty(&discord::commands::list()).unwrap_or_default()
}
