//! An Atom document: its entries surveyed, and single ones read again. A broken entry costs itself.

use std::borrow::Cow;
use std::io;
use std::sync::LazyLock;

use memchr::memmem;

use super::{AtomEntry, children, parse_entry};
use crate::ledger::{Notice, NoticeCode};
use crate::read::xml::{
    Namespaces, Ns, Piece, PieceKind, Plain, Root, Splitter, Walker, document_end, each_piece, root, utf8,
};
use crate::read::{
    Context, Damage, DamagedKind, EntryRecords, ReadError, Sample, Sink, Span, Want, head, outlive, too_long,
};

/// What the root may be called.
const ROOTS: &[&str] = &["feed", "entry"];

/// Receives the entries of a feed in a survey.
pub trait Entries {
    /// The feed's own children; comes once, before the first entry.
    fn head(&mut self, feed: &AtomEntry<'_>, sink: &mut dyn Sink);
    /// An entry.
    fn entry(&mut self, span: Span, entry: &mut AtomEntry<'_>, sink: &mut dyn Sink);
    /// Whether this entry's body is needed already in the survey.
    fn needs_content(&self, entry: &AtomEntry<'_>) -> bool {
        entry.id.as_deref().is_none_or(str::is_empty)
    }
}

/// Goes over an Atom document and hands on each entry, bodies left out. Gives the context for single entries.
///
/// # Errors
/// When the bytes cannot be had or are no Atom document.
pub fn survey(
    input: &mut (dyn io::Read + Send),
    sink: &mut dyn Sink,
    entries: &mut dyn Entries,
) -> Result<Context, ReadError> {
    let mut input = io::BufReader::with_capacity(Sample::SIZE, input);
    // The root is looked at before anything is split: it says under which prefix the entries stand.
    let start = String::from_utf8_lossy(io::BufRead::fill_buf(&mut input)?).into_owned();
    let is_large = start.len() >= Sample::SIZE;
    let root = root(&start).unwrap_or_default();
    let prefix = [Ns::Atom, Ns::Atom03]
        .into_iter()
        .find_map(|ns| root.namespaces.prefix_of(ns))
        .unwrap_or_default();
    let entry_name = format!("{prefix}entry");
    let feed = format!("{prefix}feed");
    let entities_at = start.get(..root.at).and_then(|prolog| prolog.find("<!ENTITY"));
    drop(start);

    let namespaces = if root.name == "entry" {
        // A single entry: its own declarations are read with it.
        Namespaces::default()
    } else {
        root.namespaces.clone()
    };
    if let Some(at) = entities_at {
        sink.notice(
            Notice::new(
                NoticeCode::FormFault,
                "The document declares entities of its own. They are not expanded: where one is used, as in &name;, its name stands.",
            )
            .at_byte(at as u64),
        );
    }
    let splitter = Splitter::new(input, &[&entry_name]);
    let mut is_first = true;
    let mut root_is_closed = root.name == "entry";
    let mut end = 0;
    // The last piece outside of entries: where an end tag has no start tag, the lost entry is in it.
    let mut outside = Vec::new();
    let look = |piece: &Piece<'_>| match piece.kind {
        PieceKind::Entry => control_character(piece.bytes),
        _ => None,
    };
    each_piece(splitter, is_large, look, |piece, control_at| {
        end = piece.offset + piece.bytes.len() as u64;
        if std::mem::take(&mut is_first) {
            if piece.kind == PieceKind::Outside {
                read_head(&piece, &root, &namespaces, sink, |feed, sink| entries.head(feed, sink));
            } else {
                head::tell_faults(&root, ROOTS, None, None, sink);
                entries.head(&AtomEntry::default(), sink);
            }
        }
        match piece.kind {
            PieceKind::Outside => {
                if let Some((_, behind)) = document_end(piece.bytes, &feed) {
                    root_is_closed = true;
                    tell_trailing(&piece, behind, sink);
                }
                outside.clear();
                outside.extend_from_slice(piece.bytes);
            }
            PieceKind::Entry => {
                if let Err(what) = outlive(|| survey_entry(&piece, control_at, &namespaces, sink, entries)) {
                    sink.damaged(damage(piece.bytes, piece.offset, what));
                }
            }
            PieceKind::Broken => {
                let is_end_only = piece.bytes.starts_with(b"</");
                sink.damaged(damage(
                    if is_end_only { &outside } else { piece.bytes },
                    piece.offset,
                    "the entry is broken: its beginning or end is missing".to_owned(),
                ));
            }
            PieceKind::TooLong => sink.damaged(damage(piece.bytes, piece.offset, too_long())),
            PieceKind::CutOff => {
                sink.damaged(damage(
                    piece.bytes,
                    piece.offset,
                    "the file ends in the middle of this entry".to_owned(),
                ));
            }
        }
    })?;
    if !root_is_closed {
        sink.notice(
            Notice::new(
                NoticeCode::Truncated,
                "The file ends before it is complete: it was cut off. What is whole was read.",
            )
            .at_byte(end),
        );
    }
    Ok(Context {
        namespaces,
        ..Context::default()
    })
}

/// Whatever stands behind the end of the document is no part of it, and not passed over in silence.
fn tell_trailing(piece: &Piece<'_>, behind: usize, sink: &mut dyn Sink) {
    let behind_bytes = piece.bytes.get(behind..).unwrap_or_default();
    if !behind_bytes.trim_ascii().is_empty() {
        sink.notice(
            Notice::new(
                NoticeCode::FormFault,
                format!(
                    "{} bytes stand behind the end of the document; they were passed over.",
                    behind_bytes.len()
                ),
            )
            .at_byte(piece.offset + behind as u64),
        );
    }
}

fn read_head(
    piece: &Piece<'_>,
    root: &Root,
    namespaces: &Namespaces,
    sink: &mut dyn Sink,
    meet: impl FnOnce(&AtomEntry<'_>, &mut dyn Sink),
) {
    let (text, damaged_at) = piece.text();
    let document = root.document(&text, "feed");
    let mut walker = Walker::new(&document, piece.offset, namespaces);
    let mut feed = AtomEntry::default();
    let _ = walker.next_event();
    let fault = head::read_past_faults(&mut walker, |walker| children(walker, &mut feed, Want::Record));
    head::tell_faults(root, ROOTS, damaged_at, fault.as_ref(), sink);
    meet(&feed, sink);
}

fn survey_entry(
    piece: &Piece<'_>,
    control_at: Option<usize>,
    namespaces: &Namespaces,
    sink: &mut dyn Sink,
    entries: &mut dyn Entries,
) {
    let span = Span {
        offset: piece.offset,
        length: piece.bytes.len() as u64,
    };
    let (text, damaged_at) = piece.text();
    if let Some(at) = damaged_at {
        sink.notice(
            Notice::new(
                NoticeCode::DamagedText,
                "Bytes that are no text were replaced in this entry.",
            )
            .at_byte(piece.offset + at as u64),
        );
    }
    if let Some(at) = control_at {
        sink.notice(
            Notice::new(
                NoticeCode::FormFault,
                "A fault of form that cost nothing: a control character that XML does not allow; it stands in the text.",
            )
            .at_byte(piece.offset + at as u64),
        );
    }
    let mut entry = AtomEntry::default();
    let plain = match text {
        Cow::Borrowed(_) => piece.plain,
        // Its places are others.
        Cow::Owned(_) => Plain::default(),
    };
    let mut parsed = parse_entry(&text, plain, piece.offset, namespaces, Want::Card, &mut entry);
    if parsed.is_ok() && entries.needs_content(&entry) {
        entry = AtomEntry::default();
        parsed = parse_entry(&text, plain, piece.offset, namespaces, Want::Record, &mut entry);
    }
    match parsed {
        Ok(()) => {
            if let Some(tolerated) = &entry.tolerated {
                sink.notice(
                    Notice::new(
                        NoticeCode::FormFault,
                        format!("A fault of form that cost nothing: {tolerated}."),
                    )
                    .at_byte(piece.offset),
                );
            }
            entries.entry(span, &mut entry, sink);
        }
        Err(fault) => {
            let mut damage = damage(piece.bytes, piece.offset, fault.what);
            damage.offset = fault.offset;
            sink.damaged(damage);
        }
    }
}

/// Made ready once: every entry is searched.
static REFERENCE: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new("&#"));

/// So many bytes are looked through at once for control characters.
const BLOCK: usize = 4096;

/// Where the first control character stands that XML does not allow, written out or as a reference.
fn control_character(bytes: &[u8]) -> Option<usize> {
    let is_control = |code: u32| code < 0x20 && !matches!(code, 0x09 | 0x0a | 0x0d);
    // Summed up without a branch a block is looked through at once. Nearly all have no control characters but line feeds, and
    // are passed over by two comparisons a byte.
    let has_any = |block: &[u8]| block.iter().fold(false, |found, b| found | (*b < 0x20 && *b != b'\n'));
    let has_bad = |block: &[u8]| {
        block
            .iter()
            .fold(false, |found, b| found | (*b < 0x20 && !matches!(*b, 9 | 10 | 13)))
    };
    let in_block = |(number, block): (usize, &[u8])| {
        let is_bad = has_any(block) && has_bad(block);
        let at = is_bad.then(|| block.iter().position(|b| is_control(u32::from(*b))));
        at.flatten().map(|at| number * BLOCK + at)
    };
    let written = bytes.chunks(BLOCK).enumerate().find_map(in_block);
    let referred = REFERENCE.find_iter(bytes).find(|at| {
        let digits = bytes.get(at + 2..).unwrap_or_default();
        let end = digits.iter().take(9).position(|b| *b == b';').unwrap_or_default();
        let text = digits
            .get(..end)
            .and_then(|d| std::str::from_utf8(d).ok())
            .unwrap_or_default();
        let code = match text.strip_prefix('x') {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => text.parse().ok(),
        };
        code.is_some_and(is_control)
    });
    match (written, referred) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// Reads one entry that was surveyed before; `meaning` says what it is.
///
/// # Errors
/// When its XML is broken.
pub fn read_entry(
    context: &Context,
    bytes: &[u8],
    offset: u64,
    meaning: impl FnOnce(&mut AtomEntry<'_>, Span) -> EntryRecords,
) -> Result<EntryRecords, Damage> {
    let span = Span {
        offset,
        length: bytes.len() as u64,
    };
    let (text, _) = utf8(bytes);
    let mut entry = AtomEntry::default();
    let read = parse_entry(
        &text,
        Plain::default(),
        offset,
        &context.namespaces,
        Want::Record,
        &mut entry,
    );
    match read {
        Ok(()) => Ok(meaning(&mut entry, span)),
        Err(fault) => Err(Damage {
            offset: fault.offset,
            ..damage(bytes, offset, fault.what)
        }),
    }
}

/// Describes an entry that cannot be read, as far as its bytes tell.
pub fn damage(bytes: &[u8], offset: u64, what: String) -> Damage {
    let has = |needle: &[u8]| memmem::find(bytes, needle).is_some();
    let kind = if has(b"kind#comment") || has(b":type>COMMENT<") {
        DamagedKind::Comment
    } else if has(b"kind#settings") || has(b"kind#template") {
        DamagedKind::Other
    } else {
        DamagedKind::Post
    };
    let id = memmem::find(bytes, b"<id>").and_then(|at| {
        let rest = bytes.get(at + 4..)?;
        let end = memchr::memchr(b'<', rest)?;
        let text = std::str::from_utf8(rest.get(..end)?).ok()?;
        crate::read::blogger::number_of(text).map(str::to_owned)
    });
    Damage { offset, what, kind, id }
}
