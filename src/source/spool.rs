//! The spool: one temporary file for everything that cannot be read twice where it is. It has no name and is gone
//! when the program ends, however it ends.

use std::fs::File;
use std::io::{self, IoSlice, Read, Seek, SeekFrom, Write};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::Bytes;

/// A temporary file that only grows.
#[derive(Debug, Default)]
pub struct Spool {
    file: Option<Arc<File>>,
    length: u64,
}

impl Spool {
    /// An empty spool. The file is made when the first byte comes.
    pub fn new() -> Spool {
        Spool::default()
    }

    /// Copies a stream into the spool.
    ///
    /// # Errors
    /// When the stream cannot be read or the temporary file cannot be written.
    pub fn take(&mut self, input: &mut dyn Read) -> io::Result<Bytes> {
        let start = self.length;
        let mut writer = self.writer()?;
        let length = io::copy(input, &mut writer)?;
        self.end(start, length)
    }

    /// A place to write at the end of the spool. What is written counts when [`Spool::end`] is told of it.
    ///
    /// # Errors
    /// When the temporary file cannot be made.
    pub(crate) fn writer(&mut self) -> io::Result<SpoolWriter> {
        let file = match &self.file {
            Some(file) => file,
            None => {
                let file = tempfile::tempfile().map_err(|e| {
                    let why = match e.kind() {
                        io::ErrorKind::NotFound => "it is not there".to_owned(),
                        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                            "it cannot be written to".to_owned()
                        }
                        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "it is full".to_owned(),
                        _ => e.to_string(),
                    };
                    // Of no kind of its own: it is not the input that is missing or forbidden.
                    io::Error::other(format!(
                        "no temporary file can be made in {}: {why}. Set TMPDIR to a folder that can be written",
                        std::env::temp_dir().display()
                    ))
                })?;
                self.file.insert(Arc::new(file))
            }
        };
        let mut writer = file.try_clone()?;
        writer.seek(SeekFrom::Start(self.length))?;
        Ok(SpoolWriter(writer))
    }

    pub(crate) fn end(&mut self, start: u64, length: u64) -> io::Result<Bytes> {
        self.length = start + length;
        let file = self
            .file
            .clone()
            .ok_or_else(|| io::Error::other("the spool was not begun"))?;
        Ok(Bytes::Spool { file, start, length })
    }

    pub(crate) fn length(&self) -> u64 {
        self.length
    }
}

/// A place in the spool to write at.
pub(crate) struct SpoolWriter(File);

impl Write for SpoolWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).map_err(full)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush().map_err(full)
    }
}

/// Where the disk is full it is that of the temporary folder, whatever was read.
fn full(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            io::Error::other(format!(
                "the temporary folder {} is full; make room there, or set TMPDIR to a folder with room",
                std::env::temp_dir().display()
            ))
        }
        _ => error,
    }
}

/// Passes bytes on and takes their SHA-256 and number.
pub(crate) struct Hashing<R> {
    inner: R,
    /// Left out where nobody asks for it.
    hash: Option<Sha256>,
    size: u64,
}

impl<R> Hashing<R> {
    pub(crate) fn new(inner: R) -> Hashing<R> {
        Hashing {
            inner,
            hash: Some(Sha256::new()),
            size: 0,
        }
    }

    /// From now on bytes are counted only.
    pub(crate) fn count_only(&mut self) {
        self.hash = None;
    }

    pub(crate) fn finish(self) -> (String, u64) {
        let (_, sha256, size) = self.into_parts();
        (sha256.unwrap_or_default(), size)
    }

    pub(crate) fn into_parts(self) -> (R, Option<String>, u64) {
        (self.inner, self.hash.map(|h| hex(&h.finalize())), self.size)
    }

    fn passed(&mut self, bytes: Option<&[u8]>) {
        let bytes = bytes.unwrap_or_default();
        if let Some(hash) = &mut self.hash {
            hash.update(bytes);
        }
        self.size += bytes.len() as u64;
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.passed(buffer.get(..n));
        Ok(n)
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.inner.write(bytes)?;
        self.passed(bytes.get(..n));
        Ok(n)
    }

    fn write_vectored(&mut self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        let n = self.inner.write_vectored(pieces)?;
        let mut left = n;
        for piece in pieces {
            let taken = left.min(piece.len());
            self.passed(piece.get(..taken));
            left -= taken;
            if left == 0 {
                break;
            }
        }
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from(if half < 10 { b'0' + half } else { b'a' + half - 10 });
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        text.push(digit(byte >> 4));
        text.push(digit(byte & 15));
    }
    text
}

/// SHA-256 of a file, in lower-case hexadecimal.
///
/// # Errors
/// When it cannot be read.
pub fn hash_file(path: &std::path::Path) -> io::Result<String> {
    let mut stream = Hashing::new(File::open(path)?);
    io::copy(&mut stream, &mut io::sink())?;
    Ok(stream.finish().0)
}
