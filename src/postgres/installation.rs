//! Where PostgreSQL's programs are. Debian keeps `initdb` and `postgres` out of PATH, one folder a major version.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::{
    Durability, NAME,
    account::Account,
    error::{LaunchError, during},
    home::Home,
};

const DEBIAN: &str = "/usr/lib/postgresql";

/// One folder with both programs that a server needs.
#[derive(Debug)]
pub(super) struct Installation {
    bin: PathBuf,
    major: String,
}

impl Installation {
    /// PATH first, then the newest of the system's; but data is only ever opened by the major version that made it.
    pub fn find(home: &Home) -> Result<Self, LaunchError> {
        let found = candidates().into_iter().filter_map(Self::at).collect();
        Self::fitting(found, home.made_with(), home.data())
    }

    fn fitting(mut found: Vec<Self>, made_with: Option<String>, data: PathBuf) -> Result<Self, LaunchError> {
        let Some(made_with) = made_with else {
            return if found.is_empty() {
                Err(LaunchError::NotInstalled)
            } else {
                Ok(found.swap_remove(0))
            };
        };
        match found.iter().position(|one| one.major == made_with) {
            Some(fitting) => Ok(found.swap_remove(fitting)),
            None if found.is_empty() => Err(LaunchError::NotInstalled),
            None => Err(LaunchError::OtherVersion {
                data,
                made_with,
                found: found
                    .iter()
                    .map(|one| one.major.as_str())
                    .collect::<Vec<_>>()
                    .join(", "),
            }),
        }
    }

    pub fn program(&self, name: &str) -> PathBuf {
        self.bin.join(name)
    }

    /// Makes the data under another name first, so that a half-made one is never taken for a whole one.
    pub fn make_cluster(&self, home: &Home, durability: Durability) -> Result<(), LaunchError> {
        let draft = home.data().with_extension("draft");
        if draft.exists() {
            fs::remove_dir_all(&draft).map_err(during(format!("removing {}", draft.display())))?;
        }
        let mut command = Account::command(&self.program("initdb"), home.account());
        command.arg("-D").arg(&draft).args([
            "-U",
            NAME,
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
        ]);
        if durability == Durability::Tests {
            command.arg("--no-sync");
        }
        let output = command
            .stdin(Stdio::null())
            .output()
            .map_err(during("running initdb"))?;
        if !output.status.success() {
            let output = String::from_utf8_lossy(&output.stderr).trim_end().to_owned();
            return Err(LaunchError::Initdb { output });
        }
        fs::rename(&draft, home.data()).map_err(during(format!("naming {}", home.data().display())))
    }

    fn at(bin: PathBuf) -> Option<Self> {
        if !bin.join("initdb").is_file() {
            return None;
        }
        let output = Command::new(bin.join("postgres"))
            .arg("--version")
            .stderr(Stdio::null())
            .output()
            .ok()?;
        let major = major(&String::from_utf8(output.stdout).ok()?)?;
        Some(Self { bin, major })
    }
}

/// From `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`, also for `17beta1`.
fn major(version: &str) -> Option<String> {
    let number = version
        .split_whitespace()
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    Some(number.chars().take_while(char::is_ascii_digit).collect())
}

fn candidates() -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = env::var_os("PATH")
        .map(|path| env::split_paths(&path).collect())
        .unwrap_or_default();
    all.retain(|dir| dir.is_absolute());
    let mut system: Vec<(u32, PathBuf)> = fs::read_dir(DEBIAN)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            Some((
                entry.file_name().to_str()?.parse().ok()?,
                entry.path().join("bin"),
            ))
        })
        .collect();
    system.sort();
    all.extend(system.into_iter().rev().map(|(_, bin)| bin));
    all.into_iter().map(|dir| real(&dir)).collect()
}

/// `initdb` looks for `postgres` beside itself, so a link in PATH is followed to where both are.
fn real(dir: &Path) -> PathBuf {
    let found = fs::canonicalize(dir.join("initdb")).ok();
    found
        .and_then(|initdb| initdb.parent().map(Path::to_owned))
        .unwrap_or_else(|| dir.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_none_is_installed_it_is_said_how_to_get_one() {
        let data = || PathBuf::from("/var/tmp/demo/data");
        for made_with in [None, Some("15".to_owned())] {
            let fault = Installation::fitting(vec![], made_with, data()).unwrap_err();
            assert_eq!(
                fault.to_string(),
                "PostgreSQL is not installed: no `initdb` in PATH nor below /usr/lib/postgresql. Install it with \
                 `apt-get install postgresql` or set DATABASE_URL."
            );
        }
        let newer = Installation {
            bin: "/usr/bin".into(),
            major: "17".into(),
        };
        let fault = Installation::fitting(vec![newer], Some("15".into()), data()).unwrap_err();
        assert!(
            fault
                .to_string()
                .contains("was made by PostgreSQL 15, but only 17 is installed")
        );
    }

    #[test]
    fn the_major_version_is_read_from_what_the_server_says() {
        assert_eq!(
            major("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n").as_deref(),
            Some("15")
        );
        assert_eq!(major("postgres (PostgreSQL) 17beta1\n").as_deref(), Some("17"));
        assert_eq!(major("something else"), None);
    }
}
