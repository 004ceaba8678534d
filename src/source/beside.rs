//! The SHA-256 of a large file, taken on a thread of its own beside whatever else is done with the file. It reads the file by
//! itself, so that neither waits for the other, and is asked for its result as late as may be: it also fills the time in which
//! there is work for one processor only.

use std::io::{self, Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use super::{Bytes, Hashing};

/// Bytes that are read at once.
const BLOCK: usize = 128 * 1024;

/// The SHA-256 of a file, while it is taken.
pub(crate) struct HashBeside {
    thread: Option<JoinHandle<io::Result<(String, u64)>>>,
    is_unwanted: Arc<AtomicBool>,
}

impl HashBeside {
    /// A smaller file is not worth a thread, in bytes.
    pub(crate) const LARGE: u64 = 4 * 1024 * 1024;

    /// Begins.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub(crate) fn begin(bytes: &Bytes) -> io::Result<HashBeside> {
        let input = bytes.stream()?;
        let is_unwanted = Arc::new(AtomicBool::new(false));
        let asked = Arc::clone(&is_unwanted);
        Ok(HashBeside {
            thread: Some(std::thread::spawn(move || hash(input, &asked))),
            is_unwanted,
        })
    }

    /// Waits for it, in lower-case hexadecimal. `size` is how many bytes all others have read.
    ///
    /// # Errors
    /// When the file cannot be read, or has another size by now.
    pub(crate) fn finish(mut self, size: u64) -> io::Result<String> {
        let result = self.thread.take().map(JoinHandle::join);
        let (sha256, hashed) = result
            .and_then(Result::ok)
            .unwrap_or_else(|| Err(io::Error::other("the thread that takes the SHA-256 stopped")))?;
        if hashed != size {
            return Err(io::Error::other("the file was changed while it was read"));
        }
        Ok(sha256)
    }
}

impl Drop for HashBeside {
    /// Nobody waits for it any more.
    fn drop(&mut self) {
        self.is_unwanted.store(true, Ordering::Relaxed);
    }
}

fn hash(mut input: impl Read, is_unwanted: &AtomicBool) -> io::Result<(String, u64)> {
    let mut hashing = Hashing::new(io::sink());
    let mut block = vec![0; BLOCK];
    while !is_unwanted.load(Ordering::Relaxed) {
        match input.read(&mut block) {
            Ok(0) => break,
            Ok(n) => hashing.write_all(block.get(..n).unwrap_or_default())?,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(hashing.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Spool;

    #[test]
    fn is_that_of_the_bytes() {
        for length in [0, 5, BLOCK, 4 * BLOCK + 7] {
            let sample: Vec<u8> = (0..length).map(|n| (n * 7 % 251) as u8).collect();
            let mut here = Hashing::new(io::sink());
            here.write_all(&sample).unwrap();
            let bytes = Spool::new().take(&mut &*sample).unwrap();
            let beside = || HashBeside::begin(&bytes).unwrap();
            let (sha256, size) = here.finish();
            assert_eq!(beside().finish(size).unwrap(), sha256);
            let error = beside().finish(size + 1).unwrap_err();
            assert_eq!(error.to_string(), "the file was changed while it was read");
        }
    }

    #[test]
    fn what_goes_wrong_is_told() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("no"))
            }
        }
        let broken = io::Cursor::new(vec![1; 3 * BLOCK]).chain(Broken);
        let error = hash(broken, &AtomicBool::new(false)).unwrap_err();
        assert_eq!(error.to_string(), "no");
        assert!(HashBeside::begin(&Bytes::File("fixtures/no such file".into())).is_err());
    }
}
