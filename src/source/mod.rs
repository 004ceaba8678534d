//! Bytes in: files, folders, zip and gzip archives, standard input; their text encoding; and what they are.
//!
//! Whatever can be read twice at any place stays where it is. What cannot (standard input, what is packed, what is in
//! another encoding) is copied once into the [`Spool`].

mod beside;
mod encoding;
mod kinds;
mod look;
mod open;
mod packed;
mod spool;
mod unpack;

pub(crate) use beside::HashBeside;
pub use kinds::describe;
pub use open::{Input, OpenError, OpenOptions, Opened, open};
pub use packed::MAX_UNPACKED;
pub(crate) use spool::{Hashing, hex};
pub use spool::{Spool, hash_file};

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::Arc;

use crate::read::Format;

/// A file of a known format, ready to be read.
pub struct Source {
    /// Base name.
    pub name: String,
    /// How messages name it: the path as it was given; for a member of a zip, the zip and the member.
    pub shown: String,
    /// Base name of the zip that holds it.
    pub container: Option<String>,
    /// Path under the folder or zip that it came from.
    pub path: Option<String>,
    /// Folder that it lies in; what lies in one folder belongs together, also across the parts of a split zip.
    pub folder: String,
    /// What it is.
    pub format: Format,
    /// Where its bytes are.
    pub bytes: Bytes,
    /// Size of the original in bytes.
    pub size: u64,
    /// SHA-256 of the original, where it is already known.
    pub sha256: Option<String>,
    /// Character encoding, where the source layer knows it.
    pub encoding: Option<&'static str>,
    /// The user named it, or the archive that holds only it; else it was found in a folder or zip.
    pub is_named: bool,
    /// The bytes are a translation into UTF-8, so places in them are not those of the original.
    pub is_translated: bool,
}

/// Where the bytes of a source are.
#[derive(Clone, Debug)]
pub enum Bytes {
    /// In a file of the user's.
    File(PathBuf),
    /// In the spool.
    Spool {
        /// The temporary file.
        file: Arc<File>,
        /// First byte.
        start: u64,
        /// Number of bytes.
        length: u64,
    },
}

impl Bytes {
    /// The bytes from the first to the last.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn stream(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(match self {
            Bytes::File(path) => Box::new(File::open(path)?),
            Bytes::Spool { file, start, length } => Box::new(Stretch::new(file, *start, *length)),
        })
    }

    /// The same bytes for reading at any place, also from several threads.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn open(&self) -> io::Result<Places> {
        Ok(match self {
            Bytes::File(path) => Places {
                file: Arc::new(File::open(path)?),
                start: 0,
            },
            Bytes::Spool { file, start, .. } => Places {
                file: Arc::clone(file),
                start: *start,
            },
        })
    }
}

impl Bytes {
    /// The first `size` bytes for reading here and there, as the directory at the end of a zip wants it.
    pub(crate) fn seekable(&self, size: u64) -> io::Result<impl Read + Seek> {
        Ok(Seekable {
            places: self.open()?,
            at: 0,
            size,
        })
    }
}

struct Seekable {
    places: Places,
    at: u64,
    size: u64,
}

impl Read for Seekable {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.size.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let most = left.min(buffer.len());
        let room = buffer.get_mut(..most).unwrap_or_default();
        self.places.read_at(self.at, room)?;
        self.at += most as u64;
        Ok(most)
    }
}

impl Seek for Seekable {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.size.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}

/// An open file that is read by place.
#[derive(Clone, Debug)]
pub struct Places {
    file: Arc<File>,
    start: u64,
}

impl Places {
    /// Fills `buffer` with the bytes at `offset`.
    ///
    /// # Errors
    /// When the file cannot be read, or ends before: then it was changed while it was read.
    pub fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let mut done = 0;
        while let Some(room) = buffer.get_mut(done..).filter(|r| !r.is_empty()) {
            match read_at(&self.file, self.start + offset + done as u64, room) {
                Ok(0) => {
                    return Err(io::Error::new(
                        io::ErrorKind::UnexpectedEof,
                        "the file became shorter while it was read",
                    ));
                }
                Ok(n) => done += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }
}

#[cfg(unix)]
fn read_at(file: &File, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_at(file: &File, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}

/// A stretch of a temporary file as a stream.
pub(crate) struct Stretch {
    file: Arc<File>,
    at: u64,
    left: u64,
}

impl Stretch {
    /// The `length` bytes from `start` on.
    pub(crate) fn new(file: &Arc<File>, start: u64, length: u64) -> Stretch {
        Stretch {
            file: Arc::clone(file),
            at: start,
            left: length,
        }
    }
}

impl Read for Stretch {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let room = buffer.get_mut(..most).unwrap_or_default();
        let n = read_at(&self.file, self.at, room)?;
        self.at += n as u64;
        self.left -= n as u64;
        Ok(n)
    }
}
