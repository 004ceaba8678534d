//! Cuts a large stream into pieces on a thread of its own, so that the next are found while those before are read here.

use std::io::{self, Read};
use std::sync::mpsc::sync_channel;

use yoke::Yoke;

use super::splitter::{Piece, PieceKind, Plain, Splitter};

/// Batches that wait to be read at the most.
const WAITING: usize = 1;

/// Room that is kept for the next batch at the most: one huge entry must not keep its memory until the end.
const KEPT: usize = 1024 * 1024;

/// Some pieces.
struct Batch<T> {
    /// The pieces, one behind the other, with whatever else is in the room that they were read into; and their text, which is
    /// empty where they are not all text.
    held: Yoke<&'static str, Vec<u8>>,
    pieces: Vec<Cut<T>>,
}

/// A piece without its bytes.
struct Cut<T> {
    kind: PieceKind,
    offset: u64,
    length: usize,
    plain: Plain,
    /// What was seen in it.
    seen: T,
}

impl<T> Batch<T> {
    /// That the bytes are text is found here, on the thread that has more time.
    fn new(bytes: Vec<u8>, pieces: Vec<Cut<T>>) -> Batch<T> {
        let length = pieces.iter().map(|cut| cut.length).sum();
        Batch {
            held: Yoke::attach_to_cart(bytes, |bytes| {
                match bytes.get(..length).map(simdutf8::basic::from_utf8) {
                    Some(Ok(text)) => text,
                    _ => "",
                }
            }),
            pieces,
        }
    }

    /// Hands out all pieces in order; gives the room that they were in.
    fn each(mut self, mut meet: impl FnMut(Piece<'_>, T)) -> Room<T> {
        let text = self.held.get();
        let mut begin = 0;
        for cut in self.pieces.drain(..) {
            let range = begin..begin + cut.length;
            begin = range.end;
            let piece = Piece {
                kind: cut.kind,
                offset: cut.offset,
                plain: cut.plain,
                bytes: self.held.backing_cart().get(range.clone()).unwrap_or_default(),
                known: text.get(range),
            };
            meet(piece, cut.seen);
        }
        let mut bytes = self.held.into_backing_cart();
        if bytes.len() > KEPT {
            bytes = Vec::new();
        }
        Room {
            bytes,
            pieces: self.pieces,
        }
    }
}

/// The memory of a batch that has been read.
struct Room<T> {
    bytes: Vec<u8>,
    pieces: Vec<Cut<T>>,
}

/// Hands every piece of the stream to `meet`, in order, with what `look` sees in it. Where the stream is large, cutting and
/// looking are done ahead, on another thread.
///
/// # Errors
/// When the stream cannot be read.
pub fn each_piece<R: Read + Send, T: Send>(
    mut splitter: Splitter<R>,
    is_large: bool,
    look: impl Fn(&Piece<'_>) -> T + Send,
    mut meet: impl FnMut(Piece<'_>, T),
) -> io::Result<()> {
    if !is_large {
        while let Some(piece) = splitter.next_piece()? {
            let seen = look(&piece);
            meet(piece, seen);
        }
        return Ok(());
    }
    std::thread::scope(|scope| {
        let (full, batches) = sync_channel(WAITING);
        // As many as there can be under way, so that giving one back never waits.
        let (back, used) = sync_channel::<Room<T>>(WAITING + 2);
        let cutting = scope.spawn(move || -> io::Result<()> {
            let mut pieces = Vec::new();
            // Where the splitter goes on when it hands over what it has read.
            let mut room = Vec::new();
            loop {
                let is_over = match splitter.next_piece() {
                    Ok(Some(piece)) => {
                        let seen = look(&piece);
                        pieces.push(Cut {
                            kind: piece.kind,
                            offset: piece.offset,
                            length: piece.bytes.len(),
                            plain: piece.plain,
                            seen,
                        });
                        None
                    }
                    Ok(None) => Some(Ok(())),
                    Err(error) => Some(Err(error)),
                };
                // What was found before the end, or the error, is read all the same.
                let bytes = match is_over {
                    None => splitter.hand_over(&mut room),
                    Some(_) => Some(splitter.give_up()),
                };
                if let Some(bytes) = bytes {
                    let next = used
                        .try_recv()
                        .map(|room| (room.bytes, room.pieces))
                        .unwrap_or_default();
                    room = next.0;
                    let pieces = std::mem::replace(&mut pieces, next.1);
                    if full.send(Batch::new(bytes, pieces)).is_err() {
                        // The other side has stopped.
                        return Ok(());
                    }
                }
                if let Some(end) = is_over {
                    return end;
                }
            }
        });
        for batch in batches {
            let _ = back.try_send(batch.each(&mut meet));
        }
        cutting
            .join()
            .unwrap_or_else(|_| Err(io::Error::other("the thread that cuts the file into entries stopped")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// About what one thread hands to the other.
    const BATCH: usize = 256 * 1024;

    /// A reader that gives so many bytes at a time.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
            let length = self.1.min(room.len());
            self.0.read(&mut room[..length])
        }
    }

    type Of = (PieceKind, u64, Vec<u8>, Plain, usize);

    fn pieces(text: &str, step: usize, is_large: bool) -> Vec<Of> {
        let mut all = Vec::new();
        let splitter = Splitter::new(Slow(text.as_bytes(), step), &["entry"]);
        let look = |piece: &Piece<'_>| piece.bytes.len();
        each_piece(splitter, is_large, look, |piece, length| {
            all.push((piece.kind, piece.offset, piece.bytes.to_vec(), piece.plain, length));
        })
        .unwrap();
        all
    }

    #[test]
    fn gives_the_same_pieces_ahead() {
        let entry = format!("<entry>{}</entry>\n", "dlouhá zima ".repeat(200));
        let huge = format!("<entry>{}</entry>", "x".repeat(KEPT + 3 * BATCH));
        for text in [
            String::new(),
            "<feed/>".to_owned(),
            format!("<feed>{}</feed>", entry.repeat(900)),
            format!("<feed>{entry}{huge}{}<entry>{huge}", entry.repeat(300)),
        ] {
            let here = pieces(&text, usize::MAX, false);
            for (_, _, bytes, plain, _) in &here {
                let mut next = None;
                for (at, byte) in bytes.iter().enumerate().rev() {
                    next = if *byte == b'<' { Some(at) } else { next };
                    assert!(plain.end_of(at).is_none_or(|end| next == Some(end)));
                }
            }
            let is_known = |(_, _, bytes, plain, _): &&Of| plain.end_of(bytes.len() / 2).is_some();
            assert_eq!(here.iter().filter(is_known).count() > 0, text.contains("zima"));
            for step in [usize::MAX, 300_000, 7_001] {
                assert!(pieces(&text, step, true) == here);
            }
        }
    }

    #[test]
    fn hands_on_what_went_wrong() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("no"))
            }
        }
        let text = "<entry></entry>".repeat(BATCH / 5);
        let met = [true, false].map(|is_large| {
            let mut met = 0;
            let splitter = Splitter::new(text.as_bytes().chain(Broken), &["entry"]);
            let told = each_piece(splitter, is_large, |_| (), |_, ()| met += 1);
            assert_eq!(told.unwrap_err().to_string(), "no");
            met
        });
        assert!(met[0] == met[1] && met[0] > BATCH / 6, "{met:?}");
    }
}
