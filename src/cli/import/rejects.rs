//! `FILE.rejects`: the reason as a comment line, then the row as it came, under the file's own column names.

use std::fs::File;
use std::fs::OpenOptions;
use std::io;
use std::io::Seek as _;
use std::io::SeekFrom;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;

pub struct Rejects {
    pub path: PathBuf,
    /// What the database knows of; the rest belongs to a batch that never was.
    kept: u64,
    file: Option<File>,
    /// Whose rows stand there last.
    part: Option<usize>,
}

impl Rejects {
    pub fn beside(file: &Path, kept: u64) -> Self {
        let mut name = file.file_name().unwrap_or_default().to_owned();
        name.push(".rejects");
        Self {
            path: file.with_file_name(name),
            kept,
            file: None,
            part: None,
        }
    }

    /// `head` is the name of the row's file and its column names.
    pub fn keep(
        &mut self,
        part: usize,
        head: impl FnOnce() -> (String, Option<Vec<u8>>),
        line: u64,
        why: &str,
        raw: &[u8],
    ) -> io::Result<()> {
        let is_begun = self.kept > 0;
        let mut file = match self.file.take() {
            Some(file) => file,
            None => self.open()?,
        };
        if self.part != Some(part) {
            let (label, header) = head();
            if self.part.is_some() || part > 0 {
                writeln!(file, "# {label}")?;
            }
            if let Some(header) = header.filter(|_| !is_begun || self.part.is_some()) {
                file.write_all(&header)?;
                file.write_all(b"\n")?;
            }
            self.part = Some(part);
        }
        writeln!(file, "# line {line}: {}", why.replace('\n', " "))?;
        file.write_all(raw)?;
        file.write_all(b"\n")?;
        self.file = Some(file);
        Ok(())
    }

    fn open(&mut self) -> io::Result<File> {
        let open = |path: &Path| {
            OpenOptions::new()
                .create(true)
                .truncate(false)
                .write(true)
                .open(path)
        };
        let mut file = match open(&self.path) {
            Ok(file) => file,
            // Where the export lies nothing can be written, so it is written here.
            Err(e)
                if matches!(
                    e.kind(),
                    io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem
                ) =>
            {
                self.path = PathBuf::from(self.path.file_name().unwrap_or_default());
                open(&self.path)?
            }
            Err(e) => return Err(e),
        };
        // Somebody may have put a device or a pipe there.
        if file.metadata()?.is_file() {
            file.set_len(self.kept)?;
        }
        file.seek(SeekFrom::End(0))?;
        Ok(file)
    }

    /// Everything is on disk; how much that is.
    pub fn flushed(&mut self) -> io::Result<u64> {
        let Some(file) = &mut self.file else {
            return Ok(self.kept);
        };
        file.sync_data()?;
        self.kept = file.metadata()?.len();
        Ok(self.kept)
    }
}
