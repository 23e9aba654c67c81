//! The server outlives us when we are killed with -9, and would stay for ever. A shell holds the other end of a
//! pipe: when we die, whatever the way, the system closes the pipe and the shell stops the server.

use std::{
    io::Write,
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Stdio},
};

use super::{
    account::Account,
    error::{LaunchError, during},
};

const SCRIPT: &str = r#"
read -r _ && exit 0
kill -INT "$1" 2>/dev/null
n=0
while [ "$n" -lt 30 ] && kill -0 "$1" 2>/dev/null; do n=$((n + 1)); sleep 1; done
kill -QUIT "$1" 2>/dev/null
rmdir "$2" 2>/dev/null
"#;

#[derive(Debug)]
pub(super) struct Watchdog(Child);

impl Watchdog {
    pub fn over(server: u32, socket_dir: &Path, account: Option<&Account>) -> Result<Self, LaunchError> {
        Account::command(Path::new("/bin/sh"), account)
            .args(["-c", SCRIPT, "zeitnah-watchdog", &server.to_string()])
            .arg(socket_dir)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map(Self)
            .map_err(during("starting the server's watchdog"))
    }

    /// A line instead of the end of the pipe: the server is gone already.
    pub fn dismiss(&mut self) {
        if let Some(mut pipe) = self.0.stdin.take() {
            let _ = pipe.write_all(b"\n");
        }
        let _ = self.0.wait();
    }
}
