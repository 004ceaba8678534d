//! Reads a large stream ahead on a thread of its own and takes its SHA-256 there, so that the hash costs the survey
//! nothing where there are two cores.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use super::Hashing;

/// Bytes that one thread hands to the other.
const BLOCK: usize = 256 * 1024;

/// Blocks that are under way at the most.
const BLOCKS: usize = 4;

/// What is smaller is read where it is needed.
const LARGE: u64 = 4 * 1024 * 1024;

/// A stream whose SHA-256 is taken on the way.
pub(crate) enum Hashed<R> {
    /// On the same thread.
    Here(Hashing<R>),
    /// On another.
    Ahead(Ahead),
    /// Nobody asks for it.
    Unhashed(R),
}

impl<R: Read + Send + 'static> Hashed<R> {
    /// Begins to read `input`, which has about `size` bytes.
    pub(crate) fn new(input: R, size: u64) -> Hashed<R> {
        if size < LARGE {
            Hashed::Here(Hashing::new(input))
        } else {
            Hashed::Ahead(Ahead::new(input))
        }
    }

    /// Reads what is left and gives the SHA-256 of all, where it was taken.
    ///
    /// # Errors
    /// When it cannot be read to its end.
    pub(crate) fn finish(mut self) -> io::Result<Option<String>> {
        io::copy(&mut self, &mut io::sink())?;
        match self {
            Hashed::Here(hashing) => Ok(Some(hashing.finish().0)),
            Hashed::Ahead(ahead) => ahead.finish().map(Some),
            Hashed::Unhashed(_) => Ok(None),
        }
    }
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Hashed::Here(hashing) => hashing.read(buffer),
            Hashed::Ahead(ahead) => ahead.read(buffer),
            Hashed::Unhashed(input) => input.read(buffer),
        }
    }
}

/// Room for bytes, of which the first `filled` are some.
#[derive(Default)]
struct Block {
    room: Vec<u8>,
    filled: usize,
}

impl Block {
    fn fill(&mut self, input: &mut impl Read) -> io::Result<()> {
        self.filled = 0;
        while let Some(room) = self.room.get_mut(self.filled..).filter(|r| !r.is_empty()) {
            match input.read(room) {
                Ok(0) => break,
                Ok(n) => self.filled += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }
}

/// The near end of a stream that another thread reads.
pub(crate) struct Ahead {
    full: Receiver<io::Result<Block>>,
    empty: SyncSender<Block>,
    block: Block,
    at: usize,
    thread: JoinHandle<String>,
}

impl Ahead {
    fn new(input: impl Read + Send + 'static) -> Ahead {
        let (to_here, full) = sync_channel(BLOCKS);
        let (empty, from_here) = sync_channel(BLOCKS);
        for _ in 0..BLOCKS {
            // There is room for all of them.
            let _ = empty.try_send(Block {
                room: vec![0; BLOCK],
                filled: 0,
            });
        }
        Ahead {
            full,
            empty,
            block: Block::default(),
            at: 0,
            thread: std::thread::spawn(move || read_and_hash(input, &from_here, &to_here)),
        }
    }

    fn finish(self) -> io::Result<String> {
        drop((self.full, self.empty));
        self.thread
            .join()
            .map_err(|_| io::Error::other("the thread that reads the file stopped"))
    }
}

/// The far end: fills blocks as they come back. It ends at the end of the input, at an error, and when nobody listens.
fn read_and_hash(input: impl Read, empty: &Receiver<Block>, full: &SyncSender<io::Result<Block>>) -> String {
    let mut input = Hashing::new(input);
    while let Ok(mut block) = empty.recv() {
        let read = block.fill(&mut input);
        if read.is_ok() && block.filled == 0 {
            break;
        }
        let failed = read.is_err();
        if full.send(read.map(|()| block)).is_err() || failed {
            break;
        }
    }
    input.finish().0
}

impl Read for Ahead {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.block.filled {
            match self.full.recv() {
                Ok(block) => {
                    let done = std::mem::replace(&mut self.block, block?);
                    self.at = 0;
                    if !done.room.is_empty() {
                        // The other side may have ended already and want no more.
                        let _ = self.empty.try_send(done);
                    }
                }
                Err(_) => return Ok(0),
            }
        }
        let rest = self.block.room.get(self.at..self.block.filled).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..count), rest.get(..count)) {
            to.copy_from_slice(from);
        }
        self.at += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(length: usize) -> Vec<u8> {
        (0..length).map(|n| (n * 7 % 251) as u8).collect()
    }

    #[test]
    fn gives_the_same_bytes_and_hash_as_reading_here() {
        for length in [0, 1, BLOCK - 1, BLOCK, BLOCK * 9 + 5] {
            let bytes = sample(length);
            let mut ahead = Ahead::new(io::Cursor::new(bytes.clone()));
            let mut read = Vec::new();
            ahead.read_to_end(&mut read).unwrap();
            assert!(read == bytes);
            let mut here = Hashing::new(io::Cursor::new(bytes));
            io::copy(&mut here, &mut io::sink()).unwrap();
            assert_eq!(ahead.finish().unwrap(), here.finish().0);
        }
    }

    #[test]
    fn hashes_all_even_where_only_the_beginning_was_wanted() {
        let bytes = sample(BLOCK * 30);
        let mut stream = Hashed::new(io::Cursor::new(bytes.clone()), LARGE);
        stream.read_exact(&mut [0; 10]).unwrap();
        assert_eq!(
            stream.finish().unwrap(),
            Hashed::new(io::Cursor::new(bytes), 0).finish().unwrap()
        );
    }

    #[test]
    fn hands_on_what_went_wrong() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("no"))
            }
        }
        let broken = io::Cursor::new(sample(BLOCK * 3)).chain(Broken);
        let mut stream = Hashed::new(broken, LARGE);
        assert_eq!(io::copy(&mut stream, &mut io::sink()).unwrap_err().to_string(), "no");
    }
}
