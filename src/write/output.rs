//! Where bytes go: standard output, or a file that appears whole or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, IoSlice, Write};
use std::path::{Path, PathBuf};

use super::WriteError;
use super::staging::{self, StagedFile};
use crate::source::Hashing;

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenFile {
    /// Its path; `-` for standard output.
    pub path: PathBuf,
    /// Its size in bytes.
    pub size: u64,
    /// SHA-256, in lower-case hexadecimal, unless it was not wanted.
    pub sha256: Option<String>,
}

/// An output that takes bytes and, at the end, becomes what it was meant to be.
pub struct Output {
    path: PathBuf,
    /// A file that is put in its place at the end.
    is_file: bool,
    to: BufWriter<Hashing<Sort>>,
}

enum Sort {
    /// Built beside its place and renamed at the end.
    File(StagedFile),
    /// A device or a pipe: written into, never renamed over.
    Stream(File),
    Stdout(io::Stdout),
    /// Counted and thrown away.
    Nothing,
}

impl Write for Sort {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Sort::File(file) => file.write(bytes),
            Sort::Stream(file) => file.write(bytes),
            Sort::Stdout(out) => out.write(bytes),
            Sort::Nothing => Ok(bytes.len()),
        }
    }

    fn write_vectored(&mut self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        match self {
            Sort::File(file) => file.write_vectored(pieces),
            Sort::Stream(file) => file.write_vectored(pieces),
            Sort::Stdout(out) => out.write_vectored(pieces),
            Sort::Nothing => Ok(pieces.iter().map(|piece| piece.len()).sum()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Sort::File(file) => file.flush(),
            Sort::Stream(file) => file.flush(),
            Sort::Stdout(out) => out.flush(),
            Sort::Nothing => Ok(()),
        }
    }
}

/// Bytes of small pieces that are written at once.
const BLOCK: usize = 64 * 1024;

impl Output {
    fn new(path: &Path, sort: Sort) -> Output {
        Output {
            path: path.to_owned(),
            is_file: matches!(sort, Sort::File(_)),
            to: BufWriter::with_capacity(BLOCK, Hashing::new(sort)),
        }
    }

    /// Standard output.
    pub fn stdout() -> Output {
        Output::new(Path::new("-"), Sort::Stdout(io::stdout()))
    }

    /// Nowhere: a dry run.
    pub fn nothing() -> Output {
        Output::new(Path::new("-"), Sort::Nothing)
    }

    /// A file at `path`. What stands there now stays until the new file is whole.
    ///
    /// # Errors
    /// When no file can be made there.
    pub fn file(path: &Path) -> Result<Output, WriteError> {
        let err = |e| WriteError::io(path.display().to_string(), e);
        if let Ok(there) = fs::metadata(path) {
            if there.is_dir() {
                return Err(WriteError::InTheWay(format!(
                    "{} is a folder; say the name of a file with -o",
                    path.display()
                )));
            }
            if !there.is_file() {
                let stream = File::options().write(true).open(path).map_err(err)?;
                return Ok(Output::new(path, Sort::Stream(stream)));
            }
            if there.permissions().readonly() {
                return Err(err(io::ErrorKind::PermissionDenied.into()));
            }
        }
        let folder = path
            .parent()
            .filter(|p| !p.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        staging::clear_abandoned(folder);
        let file = StagedFile::begin(folder).map_err(err)?;
        Ok(Output::new(path, Sort::File(file)))
    }

    /// Whether this becomes a file: a device, a pipe or standard output is no file.
    pub(super) fn is_file(&self) -> bool {
        self.is_file
    }

    /// Gives a file that is not finished another name in the same folder. A device or a pipe stays what it is.
    pub(super) fn rename(&mut self, path: &Path) {
        if self.is_file {
            self.path = path.to_owned();
        }
    }

    /// The same output without taking its SHA-256.
    #[must_use]
    pub fn without_hash(mut self) -> Output {
        self.to.get_mut().count_only();
        self
    }

    /// Puts the file in its place.
    ///
    /// # Errors
    /// When the last bytes cannot be written, or the file cannot be put in its place.
    pub fn finish(self) -> Result<WrittenFile, WriteError> {
        let shown = self.path.display().to_string();
        let err = |e| WriteError::io(&shown, e);
        let hashing = self.to.into_inner().map_err(|e| err(e.into_error()))?;
        let (sort, sha256, size) = hashing.into_parts();
        match sort {
            Sort::File(file) => {
                file.sync().map_err(err)?;
                file.finish(&self.path).map_err(err)?;
            }
            Sort::Stream(mut file) => file.flush().map_err(err)?,
            Sort::Stdout(mut out) => out.flush().map_err(err)?,
            Sort::Nothing => {}
        }
        Ok(WrittenFile {
            path: self.path,
            size,
            sha256,
        })
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.to.write(bytes)
    }

    /// Many pieces at once are not copied into the buffer, which is for small ones.
    fn write_vectored(&mut self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        self.to.flush()?;
        self.to.get_mut().write_vectored(pieces)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Writes a small file whole: beside its place, then renamed.
///
/// # Errors
/// When it cannot be written.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<WrittenFile, WriteError> {
    let mut out = Output::file(path)?;
    out.write_all(bytes)
        .map_err(|e| WriteError::io(path.display().to_string(), e))?;
    out.finish()
}
