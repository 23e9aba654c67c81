//! The README's commands, run in the README's order by somebody who has only read the README. A command that nobody
//! runs here makes the test fail, so none can stand there untried.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::Pid;
use rustix::process::Signal;
use rustix::process::kill_process;
use tokio::io::AsyncBufReadExt;
use tokio::io::AsyncWriteExt;
use tokio::io::BufReader;
use tokio::process::Child;
use tokio::process::Command;
use tokio::time::timeout;
use zeitnah::config::Config;

use crate::setup::Bench;

const README: &str = include_str!("../README.md");

/// Builds and a start on a busy machine.
const PATIENCE: Duration = Duration::from_secs(300);

/// Of the form `KEY=value`, with values that nobody else has.
const PRIVATE: &[&str] = &["DATABASE_URL", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"];

/// What stands in the blocks of one language.
fn blocks(language: &str) -> Vec<String> {
    let fence = format!("```{language}");
    let mut out = Vec::new();
    let mut inside: Option<(usize, String)> = None;
    for line in README.lines() {
        let indent = line.len() - line.trim_start().len();
        match &mut inside {
            None if line.trim() == fence => inside = Some((indent, String::new())),
            None => {}
            Some(_) if line.trim() == "```" => out.extend(inside.take().map(|(_, text)| text)),
            Some((indent, text)) => {
                text.push_str(line.get(*indent..).unwrap_or_default());
                text.push('\n');
            }
        }
    }
    out
}

/// The commands without what is said behind them.
fn commands() -> Vec<String> {
    blocks("sh")
        .iter()
        .flat_map(|block| block.lines())
        .map(|line| line.split(" #").next().unwrap_or(line).trim().to_owned())
        .filter(|line| !line.is_empty())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_command_in_the_readme_works_in_its_order() {
    let bench = Bench::sound().await;
    std::fs::remove_file(bench.folder.join("zeitnah.toml")).unwrap();
    let mut serving: Option<Child> = None;
    let all = commands();
    assert!(all.len() >= 12, "{all:?}");
    for command in all {
        let words: Vec<&str> = command.split_whitespace().collect();
        match words.as_slice() {
            ["script/demo"] => demo(&bench.folder).await,
            ["script/test"] => tests().await,
            // The same sources with the other profile, which takes minutes.
            ["cargo", "build", "--release"] => build(&["build", "--locked"]).await,
            ["export", rest @ ..] => {
                for word in rest {
                    let (name, _) = word.split_once('=').unwrap();
                    assert!(
                        PRIVATE.contains(&name),
                        "{name} is exported and not known to this test"
                    );
                }
            }
            ["zeitnah", "init"] => init(&bench).await,
            ["zeitnah", "serve"] => serving = Some(serve(&bench).await),
            ["zeitnah", "import", "shop", file] => {
                bench.write(file, "id,stars,author,body\nr-1,2,Jule,Die Klinge klemmt.\n");
                works(&bench, &words, "1 new").await;
            }
            ["zeitnah", "card"] => works(&bench, &words, "Card 1 stands in channel care").await,
            ["zeitnah", "check"] => works(&bench, &words, "All good").await,
            ["zeitnah", "check", "--json"] => works(&bench, &words, "\"faults\"").await,
            ["zeitnah", "migrate"] => works(&bench, &words, "up to date").await,
            // What the reader has 42 of.
            ["zeitnah", "why", "42"] => works(&bench, &["zeitnah", "why", "2"], "#2").await,
            ["zeitnah", "digest", "morning", "--preview"] => works(&bench, &words, "beantwortet").await,
            ["zeitnah", "digest", "morning", "--preview", "--png", file] => {
                let said = bench.run(&words[1..]).await;
                assert_eq!(said.code, Some(0), "{words:?}: {said:?}");
                match std::fs::read(bench.folder.join(file)) {
                    Ok(png) => assert!(png.starts_with(b"\x89PNG"), "{file} is a picture"),
                    // Everything here came after the last slot.
                    Err(_) => said.says(&["There is nothing to draw"]),
                }
            }
            ["zeitnah", "settings"] => works(&bench, &words, "What holds").await,
            ["zeitnah", "settings", "--export"] => works(&bench, &words, "[default_route]").await,
            ["zeitnah", "stats", "--check"] => works(&bench, &words, "All sums from").await,
            ["zeitnah", "probe", "--last", "90d"] => works(&bench, &words, "arrived from").await,
            ["zeitnah", "completions", "bash"] => works(&bench, &words, "_zeitnah").await,
            ["zeitnah", "health"] => works(&bench, &words, "ready").await,
            ["zeitnah", "manifest", "slack"] => works(&bench, &words, "oauth_config").await,
            ["zeitnah", "manifest", "discord"] => works(&bench, &words, "oauth2/authorize").await,
            other => panic!("no test runs {other:?}: run it here, or take it out of the README"),
        }
    }
    let mut serving = serving.expect("the README ends up serving");
    end(&serving, Signal::TERM);
    let ended = timeout(PATIENCE, serving.wait()).await.unwrap().unwrap();
    assert!(ended.success(), "{ended}");
    bench.finish().await;
}

/// The example grows a file that works: with each line of it said to be there.
#[test]
fn the_configuration_in_the_readme_is_one() {
    let mut examples = blocks("toml");
    // What has no channel is written below the example before it.
    let mut above = String::new();
    for text in &mut examples {
        if !text.contains("[[channel]]") {
            *text = format!("{above}\n{text}");
        }
        above.clone_from(text);
    }
    assert!(!examples.is_empty());
    for text in examples {
        // A second channel is left to the reader.
        let text = if text.contains("leads") {
            format!("{text}\n[[channel]]\nname = \"leads\"\nslack = \"C0456LEADS\"\n")
        } else {
            text
        };
        if let Err(faults) = Config::parse("README.md", &text, &|_| Some("set".to_owned())) {
            let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
            panic!("{}\n{text}", faults.join("\n"));
        }
    }
}

/// Whatever the README points to is there.
#[test]
fn the_readme_points_to_what_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut links = 0;
    for piece in README.split("](").skip(1) {
        let target = piece.split(')').next().unwrap_or_default();
        if target.starts_with("http") || target.starts_with('#') {
            continue;
        }
        links += 1;
        assert!(root.join(target).exists(), "{target} is not there");
    }
    assert!(links > 5, "{links}");
}

async fn works(bench: &Bench, words: &[&str], says: &str) {
    let said = bench.run(&words[1..]).await;
    assert_eq!(said.code, Some(0), "{words:?}: {said:?}");
    said.says(&[says]);
}

/// Five answers at the prompt, and then the address of the stand-in and ports that are free.
async fn init(bench: &Bench) {
    let mut asking = bench
        .command(&["init"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut prompt = asking.stdin.take().unwrap();
    prompt
        .write_all(b"C0123ABC\nde\nEurope/Berlin\nchannel\npush\n")
        .await
        .unwrap();
    drop(prompt);
    let said = bench.said(asking.wait_with_output().await.unwrap());
    assert_eq!(said.code, Some(0), "{said:?}");
    let written = bench.read("zeitnah.toml");
    let here = format!(
        "[slack]\napi_url = \"{}/slack/api\"\npost_every_ms = 0\n",
        bench.base
    );
    let written = written.replacen("[slack]\n", &here, 1);
    assert!(written.contains("api_url"), "{written}");
    let (listen, operators) = (free().await, free().await);
    bench.write(
        "zeitnah.toml",
        &format!("{written}\n[http]\nlisten = \"{listen}\"\noperator_listen = \"{operators}\"\n"),
    );
}

async fn serve(bench: &Bench) -> Child {
    let running = bench
        .command(&["serve"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let ready = async {
        while bench.run(&["health"]).await.code != Some(0) {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, ready).await.expect("it gets ready");
    running
}

async fn free() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().to_string()
}

fn end(child: &Child, signal: Signal) {
    let pid = child
        .id()
        .and_then(|id| i32::try_from(id).ok())
        .and_then(Pid::from_raw);
    kill_process(pid.expect("it runs"), signal).unwrap();
}

/// A script of ours with a new reader's environment: what this test's own run of cargo has set is not theirs.
fn script(name: &str) -> Command {
    let mut command = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join(name));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).kill_on_drop(true);
    for (key, _) in std::env::vars() {
        let ours = ["CARGO_HOME", "CARGO_TARGET_DIR"].contains(&key.as_str());
        if (key.starts_with("CARGO") && !ours) || key.starts_with("RUST_") || key == "LD_LIBRARY_PATH" {
            command.env_remove(key);
        }
    }
    command
}

/// From the start to the ready line, and its end by Ctrl-C.
async fn demo(folder: &Path) {
    let mut running = script("script/demo")
        .args(["--port", "0", "--dir"])
        .arg(folder.join("demo"))
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(running.stderr.take().unwrap()).lines();
    let ready = async {
        while let Some(line) = lines.next_line().await.unwrap() {
            if line.starts_with("Ready: http://127.0.0.1:") {
                return;
            }
        }
        panic!("the demo ended before it was ready");
    };
    timeout(PATIENCE, ready).await.expect("the demo gets ready");
    end(&running, Signal::INT);
    let rest = async { while lines.next_line().await.unwrap().is_some() {} };
    timeout(PATIENCE, rest).await.expect("the demo ends");
    let ended = running.wait().await.unwrap();
    assert!(ended.success(), "{ended}");
}

/// With a server of its own, as for somebody who has none; of the tests only a few.
async fn tests() {
    let run = script("script/test")
        .args(["--test", "it", "--", "house::"])
        .env_remove("DATABASE_URL")
        .output();
    let done = timeout(PATIENCE, run).await.expect("the tests end").unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(
        done.status.success(),
        "{said}\n{}",
        String::from_utf8_lossy(&done.stderr)
    );
    assert!(said.contains("test result: ok."), "{said}");
}

async fn build(args: &[&str]) {
    let cargo = Command::new("cargo")
        .args(args)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output();
    let done = timeout(PATIENCE, cargo).await.expect("the build ends").unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}
