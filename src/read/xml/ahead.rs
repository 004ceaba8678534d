//! Cuts a large stream into pieces on a thread of its own, so that the next are found while those before are read here.

use std::io::{self, Read};
use std::sync::mpsc::sync_channel;

use super::splitter::{Piece, PieceKind, Splitter};

/// Batches that wait to be read at the most.
const WAITING: usize = 2;

/// Room that is kept for the next batch at the most: one huge entry must not keep its memory until the end.
const KEPT: usize = 2 * 1024 * 1024;

/// Some pieces.
#[derive(Default)]
struct Batch<T> {
    /// The pieces, one behind the other, and whatever else is in the room that they were read into.
    bytes: Vec<u8>,
    /// Kind, place in the stream and length of each, and what was seen in it.
    pieces: Vec<(PieceKind, u64, usize, T)>,
}

impl<T> Batch<T> {
    /// Hands out all pieces in order, and is empty afterwards.
    fn each(&mut self, mut meet: impl FnMut(Piece<'_>, T)) {
        let mut rest = self.bytes.as_slice();
        for (kind, offset, length, seen) in self.pieces.drain(..) {
            let Some((bytes, behind)) = rest.split_at_checked(length) else {
                break;
            };
            rest = behind;
            meet(Piece { kind, offset, bytes }, seen);
        }
        if self.bytes.len() > KEPT {
            self.bytes = Vec::new();
        }
    }
}

/// Hands every piece of the stream to `meet`, in order, with what `look` sees in it. Where the stream is large, cutting and
/// looking are done ahead, on another thread.
///
/// # Errors
/// When the stream cannot be read.
pub fn each_piece<R: Read + Send, T: Default + Send>(
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
        let (back, used) = sync_channel::<Batch<T>>(WAITING + 2);
        let cutting = scope.spawn(move || -> io::Result<()> {
            let mut pieces = Vec::new();
            // Where the splitter goes on when it hands over what it has read.
            let mut room = Vec::new();
            loop {
                let is_over = match splitter.next_piece() {
                    Ok(Some(piece)) => {
                        let seen = look(&piece);
                        pieces.push((piece.kind, piece.offset, piece.bytes.len(), seen));
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
                    let next = used.try_recv().unwrap_or_default();
                    room = next.bytes;
                    let pieces = std::mem::replace(&mut pieces, next.pieces);
                    if full.send(Batch { bytes, pieces }).is_err() {
                        // The other side has stopped.
                        return Ok(());
                    }
                }
                if let Some(end) = is_over {
                    return end;
                }
            }
        });
        for mut batch in batches {
            batch.each(&mut meet);
            let _ = back.try_send(batch);
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

    fn pieces(text: &str, step: usize, is_large: bool) -> Vec<(PieceKind, u64, Vec<u8>, usize)> {
        let mut all = Vec::new();
        let splitter = Splitter::new(Slow(text.as_bytes(), step), &["entry"]);
        let look = |piece: &Piece<'_>| piece.bytes.len();
        each_piece(splitter, is_large, look, |piece, length| {
            all.push((piece.kind, piece.offset, piece.bytes.to_vec(), length));
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
