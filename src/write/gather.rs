//! Pieces of an output that other threads have made, written many at once: none is copied before.

use std::borrow::Cow;
use std::io::{self, IoSlice, Write};

/// Bytes that are written at once, about.
const BLOCK: usize = 256 * 1024;

/// Pieces that wait to be written.
#[derive(Default)]
pub(super) struct Gather {
    pieces: Vec<Cow<'static, [u8]>>,
    size: usize,
}

impl Gather {
    /// Adds a piece behind the others. Where enough have come all are written, and `used` gets what they were in.
    ///
    /// # Errors
    /// When they cannot be written.
    pub(super) fn add(
        &mut self,
        piece: impl Into<Cow<'static, [u8]>>,
        out: &mut dyn Write,
        used: impl FnMut(Vec<u8>),
    ) -> io::Result<()> {
        let piece = piece.into();
        self.size += piece.len();
        self.pieces.push(piece);
        if self.size < BLOCK {
            return Ok(());
        }
        self.write(out, used)
    }

    /// Writes all that wait.
    ///
    /// # Errors
    /// When they cannot be written.
    pub(super) fn write(&mut self, out: &mut dyn Write, mut used: impl FnMut(Vec<u8>)) -> io::Result<()> {
        let mut slices: Vec<IoSlice<'_>> = self.pieces.iter().map(|piece| IoSlice::new(piece)).collect();
        let mut rest = slices.as_mut_slice();
        // Empty ones in front would be taken for an output that takes nothing.
        IoSlice::advance_slices(&mut rest, 0);
        while !rest.is_empty() {
            match out.write_vectored(rest) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => IoSlice::advance_slices(&mut rest, written),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        drop(slices);
        self.size = 0;
        for piece in self.pieces.drain(..) {
            if let Cow::Owned(piece) = piece {
                used(piece);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes so many bytes at a time.
    struct Slow(Vec<u8>, usize);

    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let taken = bytes.len().min(self.1);
            self.0.extend_from_slice(&bytes[..taken]);
            Ok(taken)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn all_come_in_order() {
        for step in [1000, BLOCK, usize::MAX] {
            let mut out = Slow(Vec::new(), step);
            let (mut gather, mut wanted, mut used) = (Gather::default(), Vec::new(), 0);
            for n in 0..300_u32 {
                gather.add(&b""[..], &mut out, |_| used += 1).unwrap();
                let piece = n.to_string().repeat(n as usize * 3).into_bytes();
                wanted.extend_from_slice(&piece);
                gather.add(piece, &mut out, |_| used += 1).unwrap();
                wanted.push(b'\n');
                gather.add(&b"\n"[..], &mut out, |_| used += 1).unwrap();
                assert!(wanted.len() - out.0.len() < BLOCK);
            }
            gather.write(&mut out, |_| used += 1).unwrap();
            gather.write(&mut out, |_| used += 1).unwrap();
            assert!(out.0 == wanted && used == 300, "{step} {used}");
        }
    }

    #[test]
    fn an_output_that_takes_nothing_is_an_error() {
        let mut gather = Gather::default();
        gather.add(&b"x"[..], &mut io::sink(), |_| {}).unwrap();
        let error = gather.write(&mut Slow(Vec::new(), 0), |_| {}).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::WriteZero);
    }
}
