//! The folder of a private server: made by us, marked as ours, used by one of us at a time. A folder without the
//! mark is never touched, because a wrong `--dir` must not cost anybody anything.

use std::{
    collections::hash_map::RandomState,
    env,
    fs::{self, DirBuilder, File, OpenOptions},
    hash::BuildHasher,
    io::{self, Write},
    os::unix::{
        ffi::OsStrExt,
        fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, chown},
    },
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};

use super::{
    account::Account,
    error::{LaunchError, during},
    pause,
};

const MARK: &str = ".zeitnah-postgres";

/// A socket's path holds 107 bytes on Linux and 103 elsewhere; `/.s.PGSQL.5432` takes its share.
const LONGEST_SOCKET_DIR: usize = 103 - "/.s.PGSQL.5432".len();

#[derive(Clone, Debug)]
pub(super) struct Home {
    folder: PathBuf,
    socket_dir: PathBuf,
    account: Option<Account>,
    /// Locked as long as it is open: it tells a folder in use from one whose user was killed.
    _mark: Arc<File>,
}

impl Home {
    /// Makes `dir/postgres`, or takes it over when it is ours and free.
    pub fn claim(dir: &Path) -> Result<Self, LaunchError> {
        fs::create_dir_all(dir).map_err(during(format!("making {}", dir.display())))?;
        let dir = fs::canonicalize(dir).map_err(during(format!("finding {}", dir.display())))?;
        let folder = dir.join("postgres");

        let owner = owner_of_ours(&folder)?;
        let account = Account::for_server(owner)?;
        if let Some(account) = &account {
            account.can_enter(&dir)?;
        }
        if owner.is_none() && !folder.exists() {
            make_private(&folder, account.as_ref())
                .map_err(during(format!("making {}", folder.display())))?;
        }
        let mark = lock(&folder, account.as_ref())?;
        let socket_dir = socket_dir(&folder)?;
        Ok(Self {
            folder,
            socket_dir,
            account,
            _mark: Arc::new(mark),
        })
    }

    pub fn account(&self) -> Option<&Account> {
        self.account.as_ref()
    }

    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    pub fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    pub fn socket_dir(&self) -> &Path {
        &self.socket_dir
    }

    /// The major version whose data is here.
    pub fn made_with(&self) -> Option<String> {
        fs::read_to_string(self.data().join("PG_VERSION"))
            .ok()
            .map(|text| text.trim().to_owned())
    }

    /// Each start begins a new log: what matters is why this one fails.
    pub fn open_log(&self) -> Result<File, LaunchError> {
        let failing = || during(format!("opening {}", self.log().display()));
        let log = OpenOptions::new()
            .create(true)
            .write(true)
            .truncate(true)
            .mode(0o600)
            .open(self.log());
        let log = log.map_err(failing())?;
        own(&self.log(), self.account()).map_err(failing())?;
        Ok(log)
    }

    /// The lock is ours, so whoever started a server that still runs here is dead, and the server is stopped.
    /// Tells whether the last one here was killed.
    pub fn end_orphan(&self) -> Result<bool, LaunchError> {
        let lock = self.data().join("postmaster.pid");
        let Ok(text) = fs::read_to_string(&lock) else {
            return Ok(false);
        };
        let Some(pid) = text
            .lines()
            .next()
            .and_then(|line| line.trim().parse().ok())
            .and_then(Pid::from_raw)
        else {
            return Ok(false);
        };
        let deadline = Instant::now() + Duration::from_secs(20);
        while runs_in(pid, &self.data()) {
            if Instant::now() > deadline {
                return Err(LaunchError::StillRunning {
                    folder: self.data(),
                    pid: pid.as_raw_nonzero().get(),
                });
            }
            let _ = kill_process(pid, Signal::INT);
            pause(Duration::from_millis(100));
        }
        // The number may belong to somebody else by now, and PostgreSQL would wait for that one.
        if test_kill_process(pid).is_ok() {
            let _ = fs::remove_file(&lock);
        }
        Ok(true)
    }

    pub fn make_socket_dir(&self) -> Result<(), LaunchError> {
        self.remove_socket_dir();
        make_private(&self.socket_dir, self.account())
            .map_err(during(format!("making {}", self.socket_dir.display())))
    }

    pub fn remove_socket_dir(&self) {
        let _ = fs::remove_dir_all(&self.socket_dir);
    }
}

/// Who owns the folder, when it is one that we made earlier.
fn owner_of_ours(folder: &Path) -> Result<Option<(u32, u32)>, LaunchError> {
    let Ok(found) = fs::symlink_metadata(folder) else {
        return Ok(None);
    };
    let entries = fs::read_dir(folder).map_err(during(format!("reading {}", folder.display())))?;
    let ours = folder.join(MARK).is_file();
    if !found.is_dir() || (!ours && entries.count() > 0) {
        return Err(LaunchError::NotOurs {
            folder: folder.to_owned(),
        });
    }
    Ok(Some((found.uid(), found.gid())))
}

fn lock(folder: &Path, account: Option<&Account>) -> Result<File, LaunchError> {
    let path = folder.join(MARK);
    let failing = || during(format!("locking {}", path.display()));
    let mut mark = OpenOptions::new()
        .create(true)
        .read(true)
        .append(true)
        .open(&path)
        .map_err(failing())?;
    if mark.try_lock().is_err() {
        let owner = fs::read_to_string(&path).unwrap_or_default().trim().to_owned();
        return Err(LaunchError::InUse {
            folder: folder.to_owned(),
            owner,
        });
    }
    own(&path, account).map_err(failing())?;
    mark.set_len(0).map_err(failing())?;
    writeln!(mark, "{}", std::process::id()).map_err(failing())?;
    Ok(mark)
}

/// A comma ends a host in `psql`'s eyes, so a folder with one cannot hold the socket either.
fn socket_dir(folder: &Path) -> Result<PathBuf, LaunchError> {
    let beside = folder.join("socket");
    let name = format!("zeitnah-{:016x}", RandomState::new().hash_one(folder));
    let fits = |dir: &Path| {
        let bytes = dir.as_os_str().as_bytes();
        dir.is_absolute() && bytes.len() <= LONGEST_SOCKET_DIR && !bytes.contains(&b',')
    };
    [
        beside.clone(),
        env::temp_dir().join(&name),
        Path::new("/tmp").join(&name),
    ]
    .into_iter()
    .find(|dir| fits(dir))
    .ok_or(LaunchError::PathTooLong { folder: beside })
}

/// Fails when it is there already: in a shared temporary folder somebody else may have made it.
fn make_private(dir: &Path, account: Option<&Account>) -> io::Result<()> {
    DirBuilder::new().mode(0o700).create(dir)?;
    own(dir, account)
}

fn own(path: &Path, account: Option<&Account>) -> io::Result<()> {
    account.map_or(Ok(()), |account| {
        chown(path, Some(account.uid), Some(account.gid))
    })
}

/// Numbers of processes are used again, so a number alone proves nothing: the data folder must be in its command.
fn runs_in(pid: Pid, data: &Path) -> bool {
    let number = pid.as_raw_nonzero().to_string();
    let command = if Path::new("/proc/self").exists() {
        fs::read(format!("/proc/{number}/cmdline"))
    } else {
        let ps = Command::new("ps")
            .args(["-o", "args=", "-p", &number])
            .stderr(Stdio::null())
            .output();
        ps.map(|output| output.stdout)
    };
    let command = command.unwrap_or_default();
    let data = data.as_os_str().as_bytes();
    !data.is_empty() && command.windows(data.len()).any(|part| part == data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_or_odd_folder_gets_its_socket_elsewhere() {
        assert_eq!(
            socket_dir(Path::new("/srv/z")).unwrap(),
            Path::new("/srv/z/socket")
        );
        for odd in ["/srv/a,b".to_owned(), format!("/srv/{}", "x".repeat(90))] {
            let chosen = socket_dir(Path::new(&odd)).unwrap();
            assert!(!chosen.starts_with(&odd), "{}", chosen.display());
            assert!(chosen.as_os_str().len() <= LONGEST_SOCKET_DIR);
        }
    }

    #[test]
    fn a_process_is_known_by_its_data_folder_and_not_by_its_number() {
        let me = rustix::process::getpid();
        assert!(!runs_in(me, Path::new("/no/such/data")));
    }
}
