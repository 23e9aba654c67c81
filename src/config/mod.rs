//! `zeitnah.toml`: read once, checked whole, and only then turned into the nouns that the rest works with. Nothing
//! below `config` knows that there is a file, and nobody starts on a file with a fault in it.

mod calendar;
mod chain;
mod channel;
mod chats;
pub mod database;
mod digest;
pub mod duration;
mod escalation;
mod hours;
pub mod http;
mod ics;
pub mod log;
pub mod name;
pub mod overlay;
mod policy;
mod reach;
pub mod reply;
mod role;
mod rota;
mod route;
pub mod source;
mod stars;
#[cfg(test)]
mod tests;
pub mod webhook;
pub mod written;
pub mod zone;

use std::any::Any;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use secrecy::SecretString;
use toml::de::DeTable;

use crate::chat;
use crate::chat::KINDS;
use crate::config::policy::Policies;
use crate::config::source::Source;
use crate::config::written::Written;
use crate::domain::people::rights::Grant;
use crate::domain::promise::chain::Chain;
use crate::domain::promise::rota::Rota;
use crate::domain::promise::route::Route;
use crate::domain::promise::rules::Channel;
use crate::domain::promise::rules::Rules;
use crate::domain::promise::rules::Target;
use crate::domain::show::digest::plan::DigestPlan;
use crate::domain::time::calendar::Calendar;
pub use crate::reader::fault::Fault;
pub use crate::reader::fault::Gravity;
use crate::reader::fault::unread;
pub use crate::reader::reading::Env;
pub use crate::reader::reading::Mentioned;
pub use crate::reader::reading::Placed;
use crate::reader::reading::Reading;
pub use crate::reader::reading::Uses;
use crate::reader::table::Table;

/// Every setting with its default and why. The only place where defaults stand.
pub const DEFAULTS: &str = include_str!("../../config.default.toml");

#[derive(Debug, Clone)]
pub struct Config {
    pub database: database::Database,
    pub http: http::Http,
    /// Those that have a section.
    pub chats: Vec<Arc<dyn chat::Settings>>,
    pub sources: Vec<Source>,
    pub channels: Vec<Channel>,
    pub routes: Vec<Route>,
    pub default_route: Route,
    pub grants: Vec<Grant>,
    pub escalations: Vec<Target>,
    pub chains: Vec<Chain>,
    pub digests: Vec<DigestPlan>,
    pub calendars: Vec<Calendar>,
    pub rotas: Vec<Rota>,
    pub webhooks: Vec<webhook::Webhook>,
    pub reply: reply::Reply,
    pub log: log::Log,
    /// What is legal but hardly meant.
    pub warnings: Vec<Fault>,
    /// What all of this was read from.
    pub written: Written,
}

/// The file section by section, each as far as it could be read: a fault in one does not hide the others from those
/// who look at what the file names.
pub struct Sections {
    pub path: String,
    pub faults: Vec<Fault>,
    pub database: Option<database::Database>,
    pub http: Option<http::Http>,
    pub chats: Vec<Arc<dyn chat::Section>>,
    pub sources: Vec<Placed<Source>>,
    pub channels: Vec<Placed<Channel>>,
    pub digests: Vec<Placed<DigestPlan>>,
    pub calendars: Vec<Placed<Calendar>>,
    pub rotas: Vec<Placed<Rota>>,
    pub webhooks: Vec<Placed<webhook::Webhook>>,
    /// Rooms, groups and people of the chats, and the lines that name them.
    pub named: Vec<Placed<Mentioned>>,
    whole: Option<Config>,
}

/// What other parts of the file may refer to, whether or not it is right itself.
pub struct Names {
    pub channels: Vec<String>,
    pub sources: Vec<String>,
    pub calendars: Vec<String>,
    pub rotas: Vec<String>,
    pub chains: Vec<String>,
    pub webhooks: Vec<String>,
}

impl Config {
    /// `--config`, else ZEITNAH_CONFIG, else zeitnah.toml here.
    pub fn path(asked: Option<&Path>, env: Env) -> PathBuf {
        let named = asked
            .map(Path::to_owned)
            .or_else(|| env("ZEITNAH_CONFIG").filter(|p| !p.is_empty()).map(PathBuf::from));
        named.unwrap_or_else(|| PathBuf::from("zeitnah.toml"))
    }

    /// The file, or all that is wrong with it, warnings included.
    pub fn load(path: &Path, env: Env) -> Result<Self, Vec<Fault>> {
        Self::load_for(path, env, Uses::All)
    }

    /// The same for whoever uses only some of the secrets.
    pub fn load_for(path: &Path, env: Env, uses: Uses) -> Result<Self, Vec<Fault>> {
        Sections::load_for(path, env, uses).whole()
    }

    pub fn parse(file: &str, text: &str, env: Env) -> Result<Self, Vec<Fault>> {
        Sections::parse(file, text, env).whole()
    }

    pub fn rules(&self) -> Rules {
        Rules {
            channels: self
                .channels
                .iter()
                .map(|c| (c.name.clone(), c.clone()))
                .collect(),
            routes: self.routes.clone(),
            fallback: self.default_route.clone(),
            grants: self.grants.clone(),
            targets: self.escalations.clone(),
            digests: self.digests.clone(),
            calendars: self
                .calendars
                .iter()
                .map(|c| (c.name.clone(), c.clone()))
                .collect(),
            rotas: self.rotas.iter().map(|r| (r.name.clone(), r.clone())).collect(),
            labels: self
                .sources
                .iter()
                .map(|s| (s.about.name.clone(), s.about.label.clone()))
                .collect(),
            claim_minutes: self.reply.claim_minutes,
            undo_seconds: self.reply.undo_seconds,
            clock_stops: self.reply.clock_stops,
            chains: self.chains.iter().map(|c| (c.name.clone(), c.clone())).collect(),
            gather_seconds: self.reply.gather_seconds,
            post_every_ms: self.paces().collect(),
            keep: self.database.keep,
        }
    }

    /// The settings of a chat, for whoever knows which.
    pub fn chat<S: chat::Settings>(&self) -> Option<&S> {
        self.chats.iter().find_map(|chat| {
            let chat: &dyn Any = &**chat;
            chat.downcast_ref()
        })
    }

    fn paces(&self) -> impl Iterator<Item = (String, i64)> {
        let chats = self.chats.iter();
        chats.map(|chat| (chat.kind().name.to_owned(), chat.post_every_ms()))
    }
}

impl Sections {
    pub fn load(path: &Path, env: Env) -> Self {
        Self::load_for(path, env, Uses::All)
    }

    pub fn load_for(path: &Path, env: Env, uses: Uses) -> Self {
        let file = path.display().to_string();
        match fs::read_to_string(path) {
            Ok(text) => Self::parse_for(&file, &text, env, uses),
            Err(why) => {
                let reading = Reading::new(&file, "", env);
                reading.fault(0, unread(&why), instead(&why));
                Self::none(&file, reading)
            }
        }
    }

    pub fn parse(file: &str, text: &str, env: Env) -> Self {
        Self::parse_for(file, text, env, Uses::All)
    }

    pub fn parse_for(file: &str, text: &str, env: Env, uses: Uses) -> Self {
        let asked: RefCell<BTreeMap<String, Option<SecretString>>> = RefCell::default();
        let noting = |name: &str| {
            let found = env(name);
            let kept = found.clone().map(SecretString::from);
            asked.borrow_mut().insert(name.to_owned(), kept);
            found
        };
        let reading = Reading::new(file, text, &noting).using(uses);
        let Some(mut sections) = read(&reading, text) else {
            return Self::none(file, reading);
        };
        sections.path = file.to_owned();
        sections.named = reading.take_named();
        sections.faults = reading.finish();
        if let Some(config) = &mut sections.whole {
            config.written = Written {
                file: file.to_owned(),
                text: text.to_owned(),
                env: asked.take(),
                uses,
            };
        }
        sections
    }

    /// The configuration, or all that is wrong with it.
    pub fn whole(self) -> Result<Config, Vec<Fault>> {
        match self.whole {
            Some(config) if self.faults.iter().all(|f| f.gravity == Gravity::Warning) => Ok(Config {
                warnings: self.faults,
                ..config
            }),
            _ => Err(self.faults),
        }
    }

    /// What it was read from, if a configuration came of it.
    pub fn written(&self) -> Option<&Written> {
        let sound = self.faults.iter().all(|f| f.gravity == Gravity::Warning);
        self.whole
            .as_ref()
            .filter(|_| sound)
            .map(|config| &config.written)
    }

    /// Where a line of the file is; what stands in no line has a name.
    pub fn place(&self, line: usize, name: &str) -> String {
        match (line, name) {
            (0, _) => name.to_owned(),
            (_, "") => format!("{}:{line}", self.path),
            _ => format!("{}:{line} ({name})", self.path),
        }
    }

    fn none(file: &str, reading: Reading) -> Self {
        Self {
            path: file.to_owned(),
            faults: reading.finish(),
            database: None,
            http: None,
            chats: vec![],
            sources: vec![],
            channels: vec![],
            digests: vec![],
            calendars: vec![],
            rotas: vec![],
            webhooks: vec![],
            named: vec![],
            whole: None,
        }
    }
}

/// What to do where the file cannot be read.
fn instead(why: &std::io::Error) -> &'static str {
    use std::io::ErrorKind;
    match why.kind() {
        ErrorKind::NotFound => "write one with `zeitnah init`, or name yours by --config or ZEITNAH_CONFIG",
        ErrorKind::PermissionDenied => {
            "let this user read it, or name another one by --config or ZEITNAH_CONFIG"
        }
        ErrorKind::IsADirectory => "name the file in it by --config or ZEITNAH_CONFIG",
        _ => "name yours by --config or ZEITNAH_CONFIG",
    }
}

/// The file over its defaults; `None` when it is no TOML.
fn read(reading: &Reading, text: &str) -> Option<Sections> {
    let (given, broken) = DeTable::parse_recoverable(text);
    // A test holds that the defaults parse.
    let (preset, _) = DeTable::parse_recoverable(DEFAULTS);
    for fault in &broken {
        reading.broken(
            fault.span(),
            format!("this is no TOML: {}", fault.message()),
            "see https://toml.io; the rest is checked once this is mended",
        );
    }
    if !broken.is_empty() {
        // What could not be parsed would be reported as missing.
        return None;
    }
    Some(sections(
        reading,
        Table::root(reading, given.get_ref(), preset.get_ref()),
    ))
}

fn sections<'a>(reading: &'a Reading<'a>, root: Table<'a>) -> Sections {
    let (channels, channel_names) = listed(&root, "channel");
    let (sources, source_names) = listed(&root, "source");
    let (calendars, calendar_names) = listed(&root, "calendar");
    channel::one_room_each(reading, &channels);
    let (rotas, rota_names) = listed(&root, "rota");
    let (chains, chain_names) = listed(&root, "chain");
    let (policies, policy_names) = listed(&root, "policy");
    let (webhooks, webhook_names) = listed(&root, "webhook");
    let names = Names {
        channels: channel_names,
        sources: source_names,
        calendars: calendar_names,
        rotas: rota_names,
        chains: chain_names,
        webhooks: webhook_names,
    };
    let database = database::read(root.section("database"));
    let http = http::read(root.section("http"));
    let chats = KINDS.iter().filter_map(|chat| {
        let section = root.section(chat.name);
        section.is_given().then(|| (chat.read)(section))
    });
    let chats: Vec<Arc<dyn chat::Section>> = chats.collect();
    let sources = all(sources, source::read);
    let channels = all(channels, |table| channel::read(table, &names));
    let calendars = all(calendars, calendar::read);
    let rotas = all(rotas, rota::read);
    let webhooks = all(webhooks, webhook::read);
    let chains = all(chains, |table| chain::read(table, &names));
    let policies = all(policies, |table| policy::read(table, &names));
    let named = Policies {
        names: &policy_names,
        sound: &policies.read,
        all: &names,
    };
    let routes = all(listed(&root, "route").0, |table| {
        route::read(table, &names, &named)
    });
    let default_route = default_route(&root, &names, &named);
    let grants = all(root.tables("role"), |table| role::read(table, &names));
    let escalations = all(listed(&root, "escalation").0, escalation::read);
    let digests = all(listed(&root, "digest").0, |table| {
        digest::read(table, &names, &channels.read)
    });
    let reply = reply::read(root.section("reply"));
    let log = log::read(root.section("log"));
    root.close();
    bare(
        reading,
        !chats.is_empty(),
        sources.is_whole && sources.read.is_empty(),
    );
    let brought = reach::brought(&sources.read);
    reach::check(reading, &routes.read, &names, &brought);
    if grants.is_whole {
        role::somebody_answers(reading, &grants.read, &names);
    }
    let mut out = Sections {
        path: String::new(),
        faults: vec![],
        database: database.clone(),
        http: http.clone(),
        chats: chats.clone(),
        sources: sources.read.clone(),
        channels: channels.read.clone(),
        digests: digests.read.clone(),
        calendars: calendars.read.clone(),
        rotas: rotas.read.clone(),
        webhooks: webhooks.read.clone(),
        named: vec![],
        whole: None,
    };
    out.whole = Every {
        database,
        http,
        chats,
        sources,
        channels,
        routes,
        default_route,
        grants,
        escalations,
        chains,
        digests,
        calendars,
        rotas,
        webhooks,
        reply,
        log,
    }
    .whole();
    if let Some(config) = &out.whole {
        lonely(reading, config);
    }
    out
}

/// All sections, each as it came out.
struct Every {
    database: Option<database::Database>,
    http: Option<http::Http>,
    chats: Vec<Arc<dyn chat::Section>>,
    sources: Listed<Placed<Source>>,
    channels: Listed<Placed<Channel>>,
    routes: Listed<Placed<Route>>,
    default_route: Option<Route>,
    grants: Listed<Grant>,
    escalations: Listed<Placed<Target>>,
    chains: Listed<Placed<Chain>>,
    digests: Listed<Placed<DigestPlan>>,
    calendars: Listed<Placed<Calendar>>,
    rotas: Listed<Placed<Rota>>,
    webhooks: Listed<Placed<webhook::Webhook>>,
    reply: Option<reply::Reply>,
    log: Option<log::Log>,
}

impl Every {
    /// A configuration, if none is missing.
    fn whole(self) -> Option<Config> {
        Some(Config {
            database: self.database?,
            http: self.http?,
            chats: self
                .chats
                .iter()
                .map(|chat| chat.whole())
                .collect::<Option<_>>()?,
            sources: values(self.sources)?,
            channels: values(self.channels)?,
            routes: values(self.routes)?,
            default_route: self.default_route?,
            grants: self.grants.whole()?,
            escalations: values(self.escalations)?,
            chains: values(self.chains)?,
            digests: values(self.digests)?,
            calendars: values(self.calendars)?,
            rotas: values(self.rotas)?,
            webhooks: values(self.webhooks)?,
            reply: self.reply?,
            log: self.log?,
            warnings: vec![],
            written: Written::default(),
        })
    }
}

/// What could be read of a list, and whether that is all of it.
struct Listed<T> {
    read: Vec<T>,
    is_whole: bool,
}

impl<T> Listed<T> {
    fn whole(self) -> Option<Vec<T>> {
        self.is_whole.then_some(self.read)
    }
}

fn all<'a, T>(tables: Vec<Table<'a>>, read: impl Fn(Table<'a>) -> Option<T>) -> Listed<T> {
    let count = tables.len();
    let read: Vec<T> = tables.into_iter().filter_map(read).collect();
    Listed {
        is_whole: read.len() == count,
        read,
    }
}

fn values<T>(listed: Listed<Placed<T>>) -> Option<Vec<T>> {
    Some(listed.whole()?.into_iter().map(|placed| placed.value).collect())
}

/// The entries of a list whose names must differ, and these names.
fn listed<'a>(root: &Table<'a>, key: &'static str) -> (Vec<Table<'a>>, Vec<String>) {
    let tables = root.tables(key);
    let names: Vec<Placed<String>> = tables.iter().filter_map(name::raw).collect();
    root.reading.unique(key, &names);
    (tables, names.into_iter().map(|name| name.value).collect())
}

fn default_route(root: &Table, names: &Names, policies: &Policies) -> Option<Route> {
    let table = root.optional("default_route");
    if table.is_none() {
        let remedy = "write [default_route] with to = [\"a-channel\"]: it takes what no [[route]] names";
        root.reading.fault(0, "[default_route] is missing", remedy);
    }
    route::read_default(table?, names, policies)
}

/// What a file needs to be of any use. Said whatever else is wrong with it: an empty one lacks all of it.
fn bare(reading: &Reading, has_chat: bool, has_no_source: bool) {
    if has_no_source {
        reading.warn(
            0,
            "there is no [[source]], so nothing will arrive",
            "add one; see zeitnah.example.toml",
        );
    }
    if !has_chat {
        let none = chats::each(|chat| format!("no [{}]", chat.name)).join(" and ");
        let add = chats::each(|chat| chat.said.add.to_owned()).join(", or ");
        reading.warn(
            0,
            format!("there is {none}, so nobody will see a card"),
            format!("add {add}"),
        );
    }
}

/// What is there and yet does nothing.
fn lonely(reading: &Reading, config: &Config) {
    let routes = || config.routes.iter().chain([&config.default_route]);
    let is_used = |name: &String| {
        routes().any(|r| r.to.contains(name)) || config.digests.iter().any(|d| d.channel == *name)
    };
    for channel in config.channels.iter().filter(|c| !is_used(&c.name)) {
        let what = format!("no route and no digest leads to channel {:?}", channel.name);
        reading.warn(0, what, "name it in the `to` of a route, or take it out");
    }
    let away = |name: &str| {
        let mut chats = config.chats.iter();
        !config.chats.is_empty() && chats.all(|chat| chat.kind().name != name)
    };
    for channel in config.channels.iter().filter(|c| away(&c.chat)) {
        let what = format!(
            "channel {:?} is in {}, which is not set up",
            channel.name, channel.chat
        );
        reading.warn(
            0,
            what,
            format!("add [{}], or take the channel out", channel.chat),
        );
    }
    for rota in config.rotas.iter().filter(|r| away(&r.chat)) {
        let what = format!(
            "the people of rota {:?} are in {}, which is not set up",
            rota.name, rota.chat
        );
        reading.warn(0, what, format!("add [{}], or take the rota out", rota.chat));
    }
}
