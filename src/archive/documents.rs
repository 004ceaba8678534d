//! Documents (saved pages, copied text, JSON) are read whole, once, on several threads, and spooled as JSON Lines in
//! the order in which they were given.

use std::io::{self, BufReader, Write};
use std::sync::mpsc;

use super::catalogue::Catalogue;
use crate::ledger::Notice;
use crate::model::{Comment, CommentType, Date, Record};
use crate::read::archive_lines::ArchiveLines;
use crate::read::{Context, Damage, DocumentReader, EntryReader, Hints, ReadError, RecordSink, Sink, outlive};
use crate::source::{Bytes, Hashing, Source, Spool};

/// A document that is not larger is read into memory, beside others.
pub(super) const SMALL: u64 = 8 * 1024 * 1024;

/// What a document gave, beside its records.
pub(super) struct Told {
    pub(super) version: Option<String>,
    pub(super) captured: Option<Date>,
    pub(super) sha256: String,
    findings: Vec<Finding>,
}

enum Finding {
    Damage(Damage),
    Notice(Notice),
}

/// A document in the spool.
pub(super) struct Spooled {
    pub(super) told: Told,
    pub(super) bytes: Bytes,
    pub(super) context: Context,
}

/// Writes what a document holds as JSON Lines, and keeps what it says beside.
struct Lines<W> {
    out: W,
    captured: Option<Date>,
    findings: Vec<Finding>,
}

impl<W: Write> RecordSink for Lines<W> {
    fn record(&mut self, record: Record) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, &record)?;
        self.out.write_all(b"\n")
    }

    fn comment(&mut self, blog: &str, mut comment: Comment) -> io::Result<()> {
        comment.record_type = Some(CommentType::Comment);
        comment._blog = Some(blog.to_owned());
        self.record(Record::Comment(Box::new(comment)))
    }

    fn damaged(&mut self, damage: Damage) {
        self.findings.push(Finding::Damage(damage));
    }

    fn notice(&mut self, notice: Notice) {
        self.findings.push(Finding::Notice(notice));
    }

    fn captured(&mut self, at: Date) {
        self.captured = Some(at);
    }
}

/// Reads a document and writes its records to `out`.
fn read(
    source: &Source,
    reader: &'static dyn DocumentReader,
    base_url: Option<&str>,
    out: impl Write,
) -> Result<Told, ReadError> {
    let mut hashing = Hashing::new(source.bytes.stream()?);
    if source.sha256.is_some() {
        hashing.count_only();
    }
    let mut stream = BufReader::with_capacity(64 * 1024, hashing);
    let mut lines = Lines {
        out,
        captured: None,
        findings: Vec::new(),
    };
    let hints = Hints {
        path: source.path.as_deref(),
        base_url,
    };
    let version = outlive(|| reader.read(&mut stream, hints, &mut lines)).map_err(ReadError::Fault)??;
    lines.out.flush()?;
    io::copy(&mut stream, &mut io::sink())?;
    Ok(Told {
        version,
        captured: lines.captured,
        sha256: stream.into_inner().finish().0,
        findings: lines.findings,
    })
}

/// Reads a document of any size, a record at a time, and spools it.
pub(super) fn spool_large(
    catalogue: &mut Catalogue,
    source: &Source,
    reader: &'static dyn DocumentReader,
    base_url: Option<&str>,
    spool: &mut Spool,
) -> Result<Spooled, ReadError> {
    let start = spool.length();
    let mut out = Hashing::new(io::BufWriter::with_capacity(256 * 1024, spool.writer()?));
    let told = read(source, reader, base_url, &mut out)?;
    let (_, length) = out.finish();
    let bytes = spool.end(start, length)?;
    let mut lines = bytes.stream()?;
    let context = ArchiveLines.survey(&mut lines, catalogue)?;
    Ok(tell(catalogue, told, bytes, context))
}

/// A document that was read into memory.
pub(super) type InMemory = Result<(Vec<u8>, Told), ReadError>;

/// Spools a document that was read into memory.
pub(super) fn spool_small(
    catalogue: &mut Catalogue,
    (lines, told): (Vec<u8>, Told),
    spool: &mut Spool,
) -> Result<Spooled, ReadError> {
    let bytes = spool.take(&mut lines.as_slice())?;
    let context = ArchiveLines.survey(&mut lines.as_slice(), catalogue)?;
    Ok(tell(catalogue, told, bytes, context))
}

fn tell(catalogue: &mut Catalogue, mut told: Told, bytes: Bytes, mut context: Context) -> Spooled {
    for finding in told.findings.drain(..) {
        match finding {
            Finding::Damage(damage) => catalogue.damaged(damage),
            Finding::Notice(notice) => catalogue.notice(notice),
        }
    }
    context.version.clone_from(&told.version);
    Spooled { told, bytes, context }
}

/// A small document and its reader.
pub(super) type Small = (Source, &'static dyn DocumentReader);

/// Reads many small documents on `jobs` threads and hands each on, in order. Few are in memory at once, however many
/// there are.
///
/// # Errors
/// The first error of `take`.
pub(super) fn read_small<E>(
    documents: &[Small],
    base_url: Option<&str>,
    jobs: usize,
    mut take: impl FnMut(&Source, InMemory) -> Result<(), E>,
) -> Result<(), E> {
    let one = |(source, reader): &Small| -> InMemory {
        let mut lines = Vec::new();
        let told = read(source, *reader, base_url, &mut lines)?;
        Ok((lines, told))
    };
    let jobs = jobs.min(documents.len());
    if jobs < 2 {
        return documents
            .iter()
            .try_for_each(|document| take(&document.0, one(document)));
    }
    std::thread::scope(|scope| {
        // Document n is worker n mod jobs's, and each has a short queue of its own: the order needs no sorting.
        let mut queues = Vec::with_capacity(jobs);
        for job in 0..jobs {
            let (sender, receiver) = mpsc::sync_channel(4);
            let one = &one;
            scope.spawn(move || {
                for document in documents.iter().skip(job).step_by(jobs) {
                    // The other side hangs up when it failed.
                    if sender.send(one(document)).is_err() {
                        return;
                    }
                }
            });
            queues.push(receiver);
        }
        for (document, queue) in documents.iter().zip(queues.iter().cycle()) {
            let result = queue
                .recv()
                .unwrap_or_else(|_| Err(ReadError::Unreadable("reading it stopped before its end".to_owned())));
            take(&document.0, result)?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::archive::{Archive, ArchiveError, SurveyOptions};
    use crate::ledger::NoticeCode;
    use crate::read::{Class, Format, FormatInfo, Sample};
    use crate::source::{OpenOptions, Opened, open};

    /// A reader with a fault.
    struct Faulty;

    static INFO: FormatInfo = FormatInfo {
        name: "page",
        title: "saved page",
        about: "",
        class: Class::Page,
    };

    impl DocumentReader for Faulty {
        fn info(&self) -> &'static FormatInfo {
            &INFO
        }

        fn recognise(&self, _: Sample<'_>) -> bool {
            true
        }

        fn read(
            &self,
            _: &mut dyn io::BufRead,
            _: Hints<'_>,
            _: &mut dyn RecordSink,
        ) -> Result<Option<String>, ReadError> {
            panic!("on purpose")
        }
    }

    fn opened(names: &[&str], size_of_first: u64) -> Opened {
        let paths: Vec<PathBuf> = names.iter().map(|n| format!("fixtures/{n}").into()).collect();
        let mut opened = open(&paths, &OpenOptions::default()).unwrap();
        opened.sources[0].format = Format::Document(&Faulty);
        opened.sources[0].size += size_of_first;
        opened
    }

    #[test]
    fn a_fault_in_a_reader_costs_one_document() {
        let pages = [
            "saved-pages/garden-blog/2011/03/first-dig.html",
            "saved-pages/garden-blog/2012/09/day-of-geese.html",
            "feeds/posts.json",
        ];
        // In memory, on several threads, and as a stream.
        for (jobs, size) in [(1, 0), (2, 0), (1, SMALL + 1)] {
            let options = SurveyOptions {
                jobs,
                ..SurveyOptions::default()
            };
            let archive = Archive::survey(opened(&pages, size), options).unwrap();
            assert_eq!(archive.sources().len(), 2);
            let told: Vec<&Notice> = archive
                .notices()
                .iter()
                .filter(|n| n.code == NoticeCode::UnreadableFile)
                .collect();
            assert_eq!(told.len(), 1);
            assert!(told[0].message.contains("first-dig.html") && told[0].message.contains("fault of blogark"));
            assert!(archive.ledger().has_losses());
            // There is nothing else to read: that is an error, and says the same.
            let error = Archive::survey(opened(&pages[..1], size), options).err().unwrap();
            assert!(
                matches!(
                    &error,
                    ArchiveError::Read {
                        error: ReadError::Fault(_),
                        ..
                    }
                ),
                "{error}"
            );
        }
    }
}
