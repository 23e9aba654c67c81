//! PostgreSQL refuses to run as root, and containers are root: then the server gets an account that owns little.

use std::{
    ffi::OsStr,
    fs,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::error::LaunchError;

/// Whom the server runs as when that is not ourselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Account {
    pub name: String,
    pub uid: u32,
    pub gid: u32,
}

impl Account {
    /// `None` for an ordinary user, who runs the server itself. `owner` made the data folder that is used again.
    pub fn for_server(owner: Option<(u32, u32)>) -> Result<Option<Self>, LaunchError> {
        if !rustix::process::geteuid().is_root() {
            return Ok(None);
        }
        let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
        if let Some((uid, gid)) = owner.filter(|(uid, _)| *uid != 0) {
            let name = entries(&passwd)
                .find(|a| a.uid == uid)
                .map_or_else(|| uid.to_string(), |a| a.name);
            return Ok(Some(Self { name, uid, gid }));
        }
        ["postgres", "nobody"]
            .into_iter()
            .find_map(|name| entries(&passwd).find(|account| account.name == name && account.uid != 0))
            .map(Some)
            .ok_or(LaunchError::NoAccount)
    }

    /// A command of that account. It starts in `/`: the folder we were called from may be closed to it.
    pub fn command(program: &Path, account: Option<&Self>) -> Command {
        let mut command = Command::new(program);
        command.current_dir("/");
        if let Some(account) = account {
            command.uid(account.uid).gid(account.gid);
        }
        command
    }

    /// Asks the system itself, because mode bits are not the whole truth (access lists, read-only mounts).
    pub fn can_enter(&self, dir: &Path) -> Result<(), LaunchError> {
        if self.enters(dir) {
            return Ok(());
        }
        let mut closed: Vec<PathBuf> = dir.ancestors().map(Path::to_owned).collect();
        closed.reverse();
        let closed = closed
            .into_iter()
            .find(|step| !self.enters(step))
            .unwrap_or_else(|| dir.to_owned());
        Err(LaunchError::Unreachable {
            user: self.name.clone(),
            closed,
        })
    }

    fn enters(&self, dir: &Path) -> bool {
        Self::command(Path::new("/bin/sh"), Some(self))
            .args([
                OsStr::new("-c"),
                OsStr::new("cd -- \"$1\""),
                OsStr::new("sh"),
                dir.as_os_str(),
            ])
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    }
}

fn entries(passwd: &str) -> impl Iterator<Item = Account> {
    passwd.lines().filter_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?.to_owned();
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        Some(Account { name, uid, gid })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_read_and_broken_lines_are_passed_over() {
        let passwd = "root:x:0:0:root:/root:/bin/sh\n# odd\nnobody:x:65534:65533::/:/bin/false\n";
        let found: Vec<Account> = entries(passwd).collect();
        assert_eq!(found.len(), 2);
        assert_eq!(
            found[1],
            Account {
                name: "nobody".into(),
                uid: 65534,
                gid: 65533
            }
        );
    }
}
