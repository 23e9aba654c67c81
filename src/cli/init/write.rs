//! Writing the file so that nothing is lost: never over one that is there without being told to, and then in one step,
//! so that a full disk leaves the old one whole.

use std::fs;
use std::fs::File;
use std::io;
use std::io::Write as _;
use std::path::Path;

use crate::cli::Failure;
use crate::cli::Outcome;
use crate::cli::trouble;

/// Asked before the questions, so that nobody answers them in vain.
pub fn may_be_written(path: &Path, force: bool) -> Outcome {
    if force || path.symlink_metadata().is_err() {
        return Ok(());
    }
    Err(there(path))
}

pub fn write(path: &Path, text: &str, force: bool) -> Outcome {
    match written(path, text, force) {
        Ok(()) => Ok(()),
        Err(why) if why.kind() == io::ErrorKind::AlreadyExists && !force => Err(there(path)),
        Err(why) => Err(Failure::Say(format!(
            "{} could not be written: {}",
            path.display(),
            trouble::of_io(&why)
        ))),
    }
}

fn written(path: &Path, text: &str, force: bool) -> io::Result<()> {
    let there = fs::metadata(path).ok();
    if there.is_some_and(|m| !m.is_file()) && force {
        return fs::write(path, text);
    }
    if !force {
        let file = File::create_new(path)?;
        return filled(file, text).inspect_err(|_| {
            // Half a file would be taken for one.
            fs::remove_file(path).ok();
        });
    }
    // Beside the file that a link leads to, because only there it can be renamed in one step.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let mut draft = target.clone().into_os_string();
    draft.push(".new");
    let made = File::create(&draft).and_then(|file| filled(file, text));
    made.and_then(|()| fs::rename(&draft, &target)).inspect_err(|_| {
        fs::remove_file(&draft).ok();
    })
}

fn filled(mut file: File, text: &str) -> io::Result<()> {
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn there(path: &Path) -> Failure {
    Failure::Say(format!(
        "{} is there already and was not touched; --force replaces it, --config names another",
        path.display()
    ))
}
