//! What a file is, by its first bytes, and whether the user takes it.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::describe;
use super::encoding::{self, Found};
use super::open::OpenError;
use crate::read::{self, Format, Sample};

/// What the user says the inputs are.
pub(super) struct Asked {
    formats: Option<Vec<Format>>,
    name: String,
}

/// What a look at the start of a file showed.
pub(super) struct Look {
    pub(super) size: u64,
    pub(super) start: Start,
}

/// What the first bytes of a file are.
pub(super) enum Start {
    Zip,
    Gzip,
    Empty,
    Known(Format, Found),
    Stranger(Stranger),
}

impl Asked {
    /// What a name on the command line stands for; anything, where there is none.
    ///
    /// # Errors
    /// When there is no such format.
    pub(super) fn new(name: Option<&str>) -> Result<Asked, OpenError> {
        Ok(Asked {
            formats: name.map(asked_formats).transpose()?,
            name: name.unwrap_or_default().to_owned(),
        })
    }

    /// Whether the user says anything.
    pub(super) fn is_something(&self) -> bool {
        self.formats.is_some()
    }

    /// Looks at a file.
    pub(super) fn look(&self, path: &Path, named: bool) -> io::Result<Look> {
        let size = fs::metadata(path)?.len();
        let first = sample(&mut File::open(path)?)?;
        Ok(Look {
            size,
            start: self.packed_or(&first, named),
        })
    }

    /// What the first bytes of a file are.
    pub(super) fn packed_or(&self, first: &[u8], named: bool) -> Start {
        if first.starts_with(b"PK\x03\x04") || first.starts_with(b"PK\x05\x06") {
            Start::Zip
        } else if first.starts_with(&[0x1f, 0x8b]) {
            Start::Gzip
        } else {
            self.start_of(first, named)
        }
    }

    /// Looks at files that were found, on several threads, and says of each what it is, in order.
    pub(super) fn look_at_all(&self, paths: &[PathBuf], jobs: usize) -> Vec<io::Result<Look>> {
        let look = |paths: &[PathBuf]| -> Vec<io::Result<Look>> {
            let one = |path: &PathBuf| read::outlive(|| self.look(path, false));
            let looks = paths.iter().map(one);
            looks
                .map(|look| look.unwrap_or_else(|what| Err(io::Error::other(what))))
                .collect()
        };
        if jobs < 2 || paths.len() < 2 * jobs {
            return look(paths);
        }
        let share = paths.len().div_ceil(jobs);
        std::thread::scope(|scope| {
            let threads: Vec<_> = paths
                .chunks(share)
                .map(|share| (share, scope.spawn(move || look(share))))
                .collect();
            threads
                .into_iter()
                .flat_map(|(share, thread)| thread.join().unwrap_or_else(|_| look(share)))
                .collect()
        })
    }

    /// What the first bytes of a file are that is not unpacked any more.
    pub(super) fn start_of(&self, first: &[u8], named: bool) -> Start {
        if first.is_empty() {
            return Start::Empty;
        }
        match self.recognise(first, named) {
            Ok((format, found)) => Start::Known(format, found),
            Err(stranger) => Start::Stranger(stranger),
        }
    }

    /// What the bytes are, where they are of a known format that the user accepts.
    fn recognise(&self, start: &[u8], named: bool) -> Result<(Format, Found), Stranger> {
        let found = encoding::of_xml(start);
        let decoded = found.encoding.decode(start).0;
        let sample = Sample {
            bytes: decoded.as_bytes(),
            whole: start.len() < Sample::SIZE,
        };
        let format = read::recognise(sample);
        match (&self.formats, format) {
            (None, Some(format)) => Ok((format, found)),
            (Some(asked), Some(format)) => {
                if asked.iter().any(|a| a.info().name == format.info().name) {
                    Ok((format, found))
                } else {
                    Err(Stranger::Other(with_article(format.info().title)))
                }
            }
            // Pictures and the like are known by their bytes, text in UTF-16 by its words.
            (asked, None) => match describe(if found.encoding.is_ascii_compatible() {
                Sample { bytes: start, ..sample }
            } else {
                sample
            }) {
                // Of a file that was named the user knows better, where the bytes could be it at all; what merely lies
                // in the same folder is what it looks like.
                what @ ("plain text" | "XML of another kind") => match asked.as_deref() {
                    Some([format, ..]) if named => Ok((*format, found)),
                    _ => Err(Stranger::Nothing(what)),
                },
                what => Err(Stranger::Nothing(what)),
            },
        }
    }

    /// What the user says, in words.
    pub(super) fn words(&self) -> String {
        match self.formats.as_deref() {
            Some([only]) => with_article(only.info().title),
            _ => format!("of the format {:?}", self.name),
        }
    }
}

/// A format's title behind the article that it is spoken with.
fn with_article(title: &str) -> String {
    let is_spoken_with_a_vowel =
        title.starts_with(['A', 'E', 'I', 'O', 'a', 'e', 'i', 'o']) || title.starts_with("RSS");
    format!("{} {title}", if is_spoken_with_a_vowel { "an" } else { "a" })
}

/// A file that is not taken.
pub(super) enum Stranger {
    /// Of no known format; what it looks like.
    Nothing(&'static str),
    /// Of another format than was asked for.
    Other(String),
}

/// The first bytes of a stream, [`Sample::SIZE`] at the most.
pub(super) fn sample(input: &mut (impl Read + ?Sized)) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    input.take(Sample::SIZE as u64).read_to_end(&mut start)?;
    Ok(start)
}

fn asked_formats(name: &str) -> Result<Vec<Format>, OpenError> {
    let names: &[&str] = match name {
        "blogger" => &["blogger-export", "blogger-takeout", "blogger-settings"],
        "feed" => &["atom", "rss", "blogger-json"],
        "takeout" => &["blogger-takeout", "blogger-settings"],
        other => &[other],
    };
    let formats: Vec<Format> = names.iter().filter_map(|n| read::by_name(n)).collect();
    if formats.is_empty() {
        Err(OpenError::NoSuchFormat(name.to_owned()))
    } else {
        Ok(formats)
    }
}
