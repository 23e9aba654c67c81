//! `zeitnah init`: a commented configuration file from five answers, typed or given by flags. Each answer is looked at
//! before the next question, and what is written has been read by the same reader that `serve` uses.

mod answer;
mod file;
mod write;

use std::io::BufRead;
use std::path::Path;
use std::sync::LazyLock;

use clap::Args;

use crate::chat::KINDS;
use crate::chat::kind::ChatKind;
use crate::cli::Failure;
use crate::cli::Outcome;
use crate::cli::environment;
use crate::cli::init::answer::First;
use crate::cli::init::file::Answers;
use crate::cli::say;
use crate::cli::tell;
use crate::config::Config;

#[derive(Args)]
pub struct Options {
    #[arg(long, help = channel_help())]
    channel: Option<String>,
    /// The language of cards and buttons: de or en.
    #[arg(long)]
    language: Option<String>,
    /// For deadlines and digests, for example Europe/Berlin.
    #[arg(long)]
    time_zone: Option<String>,
    #[arg(long, help = who_help())]
    who: Option<String>,
    /// Where the first reviews come from: push, google or later.
    #[arg(long)]
    source: Option<String>,
    /// With --source google: ACCOUNT/LOCATION, the two numbers of the business profile.
    #[arg(long)]
    google: Option<String>,
    /// Take the defaults for what is not given.
    #[arg(long)]
    yes: bool,
    /// Replace a file that is there.
    #[arg(long)]
    force: bool,
}

/// What each chat wants to be told, in one sentence.
fn in_each(words: impl Fn(&ChatKind) -> &'static str, between: &str) -> String {
    let each = KINDS.map(|chat| format!("in {} {}", chat.title, words(chat)));
    each.join(between)
}

fn channel_help() -> &'static str {
    static HELP: LazyLock<String> = LazyLock::new(|| {
        format!(
            "The channel that shows the cards: {}",
            in_each(|chat| chat.setup.flag, ", ")
        )
    });
    &HELP
}

fn who_help() -> &'static str {
    static HELP: LazyLock<String> =
        LazyLock::new(|| format!("Who may answer: {}", in_each(|chat| chat.setup.who_flag, "; ")));
    &HELP
}

pub fn run(asked: Option<&Path>, options: Options) -> Outcome {
    let path = Config::path(asked, &environment);
    write::may_be_written(&path, options.force)?;
    refuse_wrong_flags(&options)?;
    let answers = Asking {
        lines: &mut std::io::stdin().lock(),
        options: &options,
    }
    .all()?;
    let text = file::text(&answers);
    let name = path.display().to_string();
    // Every variable counts as set here: whether they are is for `zeitnah check`.
    if let Err(faults) = Config::parse(&name, &text, &|_| Some("set".to_owned())) {
        faults.iter().for_each(|fault| say(&fault.to_string()));
        return Err(Failure::Say(
            "these answers make no configuration; nothing was written".into(),
        ));
    }
    write::write(&path, &text, options.force)?;
    tell(&file::next(&answers, &name));
    Ok(())
}

/// All that is wrong with the flags at once, before anything is asked.
fn refuse_wrong_flags(options: &Options) -> Outcome {
    // Where the channel is wrong, it is said; who may answer is read as for the first chat then.
    let room = options.channel.as_deref().and_then(|t| answer::channel(t).ok());
    let chat = room.map_or(KINDS[0], |room| room.chat);
    let faults = [
        (
            "channel",
            options.channel.as_deref().and_then(|t| answer::channel(t).err()),
        ),
        (
            "language",
            options
                .language
                .as_deref()
                .and_then(|t| answer::language(t).err()),
        ),
        (
            "time-zone",
            options.time_zone.as_deref().and_then(|t| answer::zone(t).err()),
        ),
        (
            "who",
            options.who.as_deref().and_then(|t| answer::who(t, chat).err()),
        ),
        (
            "source",
            options.source.as_deref().and_then(|t| answer::source(t).err()),
        ),
        (
            "google",
            options.google.as_deref().and_then(|t| answer::google(t).err()),
        ),
    ];
    let faults: Vec<String> = faults
        .into_iter()
        .filter_map(|(flag, why)| Some(format!("--{flag}: {}", why?)))
        .collect();
    if faults.is_empty() {
        return Ok(());
    }
    faults.iter().for_each(|fault| say(fault));
    Err(Failure::Said)
}

/// The questions, with somebody who answers line by line.
struct Asking<'a, R> {
    lines: &'a mut R,
    options: &'a Options,
}

impl<R: BufRead> Asking<'_, R> {
    fn all(mut self) -> Result<Answers, Failure> {
        let options = self.options;
        let room = self.ask(
            options.channel.as_ref(),
            &format!(
                "1/5  Which channel shows the cards? I{}.",
                &in_each(|chat| chat.setup.channel, "; ")[1..]
            ),
            None,
            answer::channel,
        )?;
        let speaks = environment("LC_ALL")
            .or_else(|| environment("LANG"))
            .unwrap_or_default();
        let language = self.ask(
            options.language.as_ref(),
            "2/5  In which language are cards and buttons? de or en.",
            Some(if speaks.starts_with("de") { "de" } else { "en" }),
            answer::language,
        )?;
        let zone = self.ask(
            options.time_zone.as_ref(),
            "3/5  In which time zone does the team work?",
            Some(&answer::usual_zone(language, &environment)),
            answer::zone,
        )?;
        let who = self.ask(
            options.who.as_ref(),
            &format!("4/5  Who may answer? {}.", room.chat.setup.who_asked),
            Some("channel"),
            |text| answer::who(text, room.chat),
        )?;
        let source = self.ask(
            options.source.as_ref(),
            "5/5  Where do the first reviews come from? push (your shop sends them), google (Business Profile) or later.",
            Some("later"),
            answer::source,
        )?;
        let google = match (source, &options.google) {
            (First::Google, None) => self.ask(
                None,
                "     The numbers of your business profile, ACCOUNT/LOCATION? Leave it empty to write them in later.",
                Some(""),
                answer::google,
            )?,
            (First::Google, Some(given)) => answer::google(given).map_err(Failure::Say)?,
            (First::Push | First::Later, _) => None,
        };
        Ok(Answers {
            room,
            language,
            zone,
            who,
            source,
            google,
        })
    }

    fn ask<T>(
        &mut self,
        given: Option<&String>,
        question: &str,
        usual: Option<&str>,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<T, Failure> {
        if let Some(given) = given.map(String::as_str).or(usual.filter(|_| self.options.yes)) {
            return read(given).map_err(Failure::Say);
        }
        if self.options.yes {
            return Err(self.nobody());
        }
        loop {
            let default = usual.filter(|u| !u.is_empty());
            say(&format!(
                "{question}{}",
                default.map(|u| format!(" [{u}]")).unwrap_or_default()
            ));
            let mut line = String::new();
            if self.lines.read_line(&mut line)? == 0 {
                return Err(self.nobody());
            }
            let typed = match (line.trim(), usual) {
                ("", Some(usual)) => usual,
                (typed, _) => typed,
            };
            match read(typed) {
                Ok(answer) => return Ok(answer),
                Err(why) => say(&format!("     {why}")),
            }
        }
    }

    /// Which flags would have answered.
    fn nobody(&self) -> Failure {
        let o = self.options;
        let flags = [
            ("--language", &o.language),
            ("--time-zone", &o.time_zone),
            ("--who", &o.who),
            ("--source", &o.source),
        ];
        let open: Vec<&str> = flags
            .iter()
            .filter(|(_, v)| v.is_none())
            .map(|(f, _)| *f)
            .collect();
        let mut needs = Vec::new();
        if o.channel.is_none() {
            let others = &KINDS[1..];
            let others = others
                .iter()
                .map(|chat| format!(" (in {} {})", chat.title, chat.setup.flag));
            let example = KINDS[0].ids.room.example;
            needs.push(format!("--channel {example}{}", others.collect::<String>()));
        }
        if !open.is_empty() && !o.yes {
            needs.push(format!("--yes for the defaults, or each of {}", open.join(", ")));
        }
        Failure::Say(format!(
            "nobody answers the questions here; add {}",
            needs.join(" and ")
        ))
    }
}
