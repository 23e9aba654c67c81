//! The file that is written, and the commands that come next. It explains itself, because whoever opens it in half a
//! year was not there.

use chrono_tz::Tz;

use crate::chat::setup::Lines;
use crate::chat::setup::Room;
use crate::chat::setup::Who;
use crate::cli::init::answer::First;
use crate::cli::init::answer::Profile;
use crate::domain::lang::Lang;

pub struct Answers {
    pub room: Room,
    pub language: Lang,
    pub zone: Tz,
    pub who: Who,
    pub source: First,
    pub google: Option<Profile>,
}

pub fn text(answers: &Answers) -> String {
    let Answers { room, zone, who, .. } = answers;
    let language = answers.language.as_str();
    let responsible = match who {
        Who::Group(id) => format!("[\"{}:{id}\"]", room.chat.ids.group_word),
        Who::Person(id) => format!("[\"user:{id}\"]"),
        Who::Channel => "[]".to_owned(),
    };
    let Lines {
        tokens,
        section,
        channel,
        pings,
        circles,
        ..
    } = (room.chat.setup.lines)(room);
    format!(
        r#"# The configuration of zeitnah. `zeitnah check` says everything that is wrong with it, at once.
# Only what differs from the defaults has to stand here; all settings, with their reasons: config.default.toml.
#
# Secrets do not belong here but into the environment, or into files ({{ file = "/run/secrets/name" }}):
#   DATABASE_URL      postgres://user:password@host/database
{tokens}
{secrets}
{section}

# Where cards are shown. For another channel write another [[channel]], and a [[route]] that leads to it.
[[channel]]
name = "care" # our own name for it, used in the rest of this file
{channel}
language = "{language}" # of cards and buttons; what customers write stays as it is
time_zone = "{zone}" # for deadlines and digests
# Who is pinged when a deadline nears and nobody is on it: {pings}.
responsible = {responsible}

# Who may answer. Roles: viewer, responder, approver, admin; to {circles}. Several are possible.
[[role]]
role = "responder"
{who}

{source}
# Where everything goes that no [[route]] names, and what is promised for it.
[default_route]
to = ["care"]
deadline = "24h" # until a customer should be answered: "90m", "24h", "2d", or "none"
warn = ["50%", "80%"] # when half of the time is used up, and 80 %, or so much is left: "2h"

# Narrow rules come first; the first that matches decides. For example:
# [[route]]
# name = "bad"
# stars = "<=2"
# to = ["care"]
# deadline = "8h"

# Monday to Friday at 8:00 in the channel's time zone: minute hour day month weekday.
[[digest]]
name = "morning"
channel = "care"
schedule = "0 8 * * 1-5"
"#,
        secrets = secrets(answers.source),
        who = (room.chat.setup.right)(room, who),
        source = source(answers),
    )
}

fn secrets(source: First) -> &'static str {
    match source {
        First::Push => {
            "#   SOURCE_SHOP_SECRET          whsec_…  what the shop signs its reviews with\n\
             #   SOURCE_SHOP_REPLY_SECRET    whsec_…  only with [source.reply]: what we sign answers with\n"
        }
        First::Google => {
            "#   GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET, GOOGLE_REFRESH_TOKEN\n\
             #                     from the Google Cloud project that was given access to the reviews\n"
        }
        First::Later => "",
    }
}

fn source(answers: &Answers) -> String {
    match (answers.source, &answers.google) {
        (First::Push, _) => r#"# The shop sends what customers write to POST /hook/shop, signed by Standard Webhooks, and so needs our address:
# put a proxy with TLS in front, and write its address into [http] public_url.
[[source]]
name = "shop"
kind = "push"
label = "Shop" # what people call it

# How answers get there. Without this, people answer on the site itself.
# [source.reply]
# url = "https://shop.example.com/reviews/replies"
# max_chars = 2000
"#
        .to_owned(),
        (First::Google, Some((account, location))) => format!(
            r#"# Reviews of stores on Google, read every five minutes. One entry in locations for each store.
[[source]]
name = "google"
kind = "google"
label = "Google" # what people call it
account = "{account}"
locations = [{{ id = "{location}", name = "Store" }}] # the name is what people call it
"#
        ),
        (First::Google, None) => {
            r#"# Reviews of stores on Google, read every five minutes. Write in the numbers and take away the # in front.
# [[source]]
# name = "google"
# kind = "google"
# label = "Google"
# account = "1071" # the digits behind accounts/
# locations = [{ id = "88213", name = "Munich East" }] # the digits behind locations/, and what people call it
"#
            .to_owned()
        }
        (First::Later, _) => {
            r#"# Where reviews come from. Until there is one, `zeitnah card` shows a card to practise with. For example:
# [[source]]
# name = "shop"
# kind = "push" # the shop sends them to POST /hook/shop, signed with SOURCE_SHOP_SECRET
"#
            .to_owned()
        }
    }
}

/// What to type now, in this order.
pub fn next(answers: &Answers, path: &str) -> String {
    let named = if path == "zeitnah.toml" {
        String::new()
    } else {
        format!(" --config {path}")
    };
    let secrets = match (answers.source, &answers.google) {
        (First::Push, _) => "\n  export SOURCE_SHOP_SECRET=whsec_$(openssl rand -base64 32)",
        (First::Google, Some(_)) => {
            "\n  export GOOGLE_CLIENT_ID=… GOOGLE_CLIENT_SECRET=… GOOGLE_REFRESH_TOKEN=…"
        }
        (First::Google, None) | (First::Later, _) => "",
    };
    let Lines { first, exports, .. } = (answers.room.chat.setup.lines)(&answers.room);
    format!(
        "Written: {path}

{first}

Then here, with your own values:
  export DATABASE_URL=postgres://zeitnah@localhost/zeitnah
  export {exports}{secrets}
  zeitnah{named} migrate
  zeitnah{named} check
  zeitnah{named} card
  zeitnah{named} serve"
    )
}
