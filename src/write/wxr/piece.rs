//! An item as a list of pieces: written to bytes, and compared with what those bytes read back as.

use std::borrow::Cow;

use quick_xml::events::{BytesStart, Event};

use crate::wordpress::{push_cdata, xml_text};

/// One element of an item, in file order. Values are such as XML can hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// An element with elements in it begins.
    Open(&'static str),
    /// It ends.
    Close(&'static str),
    /// A number, an address, a date: text without CDATA, as WordPress writes it.
    Plain(&'static str, Cow<'a, str>),
    /// Any other value, in one CDATA.
    Text(&'static str, Cow<'a, str>),
    /// A term of the post. The order of the attributes matters to one of WordPress's readers.
    Category {
        domain: Cow<'a, str>,
        nicename: Cow<'a, str>,
        name: Cow<'a, str>,
    },
}

/// Collects pieces; what XML cannot hold is replaced on the way in and counted.
#[derive(Debug, Default)]
pub(super) struct Pieces<'a> {
    pub(super) list: Vec<Piece<'a>>,
    pub(super) replaced: usize,
}

impl<'a> Pieces<'a> {
    /// None yet, and room for so many.
    pub(super) fn with_room(count: usize) -> Pieces<'a> {
        Pieces {
            list: Vec::with_capacity(count),
            replaced: 0,
        }
    }

    pub(super) fn open(&mut self, name: &'static str) {
        self.list.push(Piece::Open(name));
    }

    pub(super) fn close(&mut self, name: &'static str) {
        self.list.push(Piece::Close(name));
    }

    pub(super) fn plain(&mut self, name: &'static str, value: impl Into<Cow<'a, str>>) {
        let value = self.clean(value.into());
        self.list.push(Piece::Plain(name, value));
    }

    pub(super) fn text(&mut self, name: &'static str, value: impl Into<Cow<'a, str>>) {
        let value = self.clean(value.into());
        self.list.push(Piece::Text(name, value));
    }

    pub(super) fn category(
        &mut self,
        domain: impl Into<Cow<'a, str>>,
        nicename: impl Into<Cow<'a, str>>,
        name: impl Into<Cow<'a, str>>,
    ) {
        let piece = Piece::Category {
            domain: self.clean(domain.into()),
            nicename: self.clean(nicename.into()),
            name: self.clean(name.into()),
        };
        self.list.push(piece);
    }

    /// A key with its value, in an element of this name.
    pub(super) fn meta(&mut self, element: &'static str, key: impl Into<Cow<'a, str>>, value: impl Into<Cow<'a, str>>) {
        self.open(element);
        self.text("wp:meta_key", key);
        self.text("wp:meta_value", value);
        self.close(element);
    }

    fn clean(&mut self, value: Cow<'a, str>) -> Cow<'a, str> {
        match value {
            Cow::Borrowed(text) => {
                let (text, replaced) = xml_text(text);
                self.replaced += replaced;
                text
            }
            Cow::Owned(text) => {
                let (clean, replaced) = xml_text(&text);
                self.replaced += replaced;
                match clean {
                    Cow::Borrowed(_) => Cow::Owned(text),
                    Cow::Owned(clean) => Cow::Owned(clean),
                }
            }
        }
    }
}

/// About how many bytes pieces take when they are written: what is escaped in them is little.
fn size(pieces: &[Piece<'_>]) -> usize {
    let own = |piece: &Piece<'_>| match piece {
        Piece::Open(name) | Piece::Close(name) => name.len(),
        Piece::Plain(name, value) | Piece::Text(name, value) => 2 * name.len() + value.len(),
        Piece::Category { domain, nicename, name } => 30 + domain.len() + nicename.len() + name.len(),
    };
    // Signs around names and values, indentation, the end of the line.
    pieces.iter().map(|piece| own(piece) + 22).sum()
}

/// Writes pieces as lines, indented as WordPress's own exporter does it.
pub(super) fn write(pieces: &[Piece<'_>], mut depth: usize, out: &mut Vec<u8>) {
    // Items wait in memory until it is their turn, and a list that grew would take up to twice their size.
    out.reserve_exact(size(pieces));
    for piece in pieces {
        if matches!(piece, Piece::Close(_)) {
            depth = depth.saturating_sub(1);
        }
        out.extend(std::iter::repeat_n(b'\t', depth));
        match piece {
            Piece::Open(name) => {
                push_tag(out, b"<", name, b">");
                depth += 1;
            }
            Piece::Close(name) => push_tag(out, b"</", name, b">"),
            Piece::Plain("guid", value) => {
                out.extend_from_slice(b"<guid isPermaLink=\"false\">");
                push_escaped(out, value);
                out.extend_from_slice(b"</guid>");
            }
            Piece::Plain(name, value) => {
                push_tag(out, b"<", name, b">");
                push_escaped(out, value);
                push_tag(out, b"</", name, b">");
            }
            Piece::Text(name, value) => {
                push_tag(out, b"<", name, b">");
                push_cdata(out, value);
                push_tag(out, b"</", name, b">");
            }
            Piece::Category { domain, nicename, name } => {
                out.extend_from_slice(b"<category domain=\"");
                push_escaped(out, domain);
                out.extend_from_slice(b"\" nicename=\"");
                push_escaped(out, nicename);
                out.extend_from_slice(b"\">");
                push_cdata(out, name);
                out.extend_from_slice(b"</category>");
            }
        }
        out.push(b'\n');
    }
}

fn push_tag(out: &mut Vec<u8>, before: &[u8], name: &str, after: &[u8]) {
    out.extend_from_slice(before);
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(after);
}

fn push_escaped(out: &mut Vec<u8>, text: &str) {
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|b| matches!(b, b'&' | b'<' | b'>' | b'"')) {
        let (plain, special) = rest.split_at(at);
        out.extend_from_slice(plain);
        out.extend_from_slice(match special.first() {
            Some(b'&') => b"&amp;",
            Some(b'<') => b"&lt;",
            Some(b'>') => b"&gt;",
            _ => b"&quot;",
        });
        rest = special.get(1..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
}

/// Holds what an XML reader sees of an item to the pieces that it was written from.
pub(super) struct ReadsBack<'a> {
    pieces: std::slice::Iter<'a, Piece<'a>>,
    /// What is still to come of the value that is being read.
    value: Option<&'a str>,
}

impl<'a> ReadsBack<'a> {
    pub(super) fn new(pieces: &'a [Piece<'_>]) -> ReadsBack<'a> {
        ReadsBack {
            pieces: pieces.iter(),
            value: None,
        }
    }

    /// The next thing that is seen.
    ///
    /// # Errors
    /// What differs.
    pub(super) fn event(&mut self, event: &Event<'_>) -> Result<(), String> {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::Text(text) => self.text(text),
            Event::CData(data) => self.text(data),
            Event::GeneralRef(reference) => self.text(match &**reference {
                "amp" => "&",
                "lt" => "<",
                "gt" => ">",
                "quot" => "\"",
                other => return Err(format!("an unknown reference {other:?}")),
            }),
            Event::End(tag) => {
                let qname = tag.name();
                let name: &str = qname.as_ref();
                match self.value.take() {
                    Some("") => Ok(()),
                    Some(_) => Err(differs(name)),
                    None if matches!(self.pieces.next(), Some(Piece::Close(wanted)) if *wanted == name) => Ok(()),
                    None => Err(format!("</{name}> stands where something else was meant")),
                }
            }
            other => Err(format!("{other:?} stands where no such thing was meant")),
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>) -> Result<(), String> {
        let expected = self.pieces.next().ok_or("more elements than were written")?;
        let qname = tag.name();
        let name: &str = qname.as_ref();
        let value: &str = match expected {
            Piece::Open(wanted) if *wanted == name => return Ok(()),
            Piece::Plain(wanted, value) | Piece::Text(wanted, value) if *wanted == name => value,
            Piece::Category {
                domain,
                nicename,
                name: value,
            } if name == "category" => {
                let found: Result<Vec<_>, _> = tag
                    .attributes()
                    .map(|a| a.map(|a| (a.key.0.to_owned(), a.value.into_owned())))
                    .collect();
                let found = found.map_err(|e| e.to_string())?;
                let matches = matches!(&*found, [(d, dv), (n, nv)]
                    if d == "domain" && dv == domain && n == "nicename" && nv == nicename);
                if !matches {
                    return Err(format!("the attributes of category {nicename:?} differ"));
                }
                value
            }
            _ => return Err(format!("<{name}> stands where {expected:?} was meant")),
        };
        match self.value.replace(value) {
            None => Ok(()),
            Some(_) => Err(format!("<{name}> stands within a value")),
        }
    }

    fn text(&mut self, text: &str) -> Result<(), String> {
        match &mut self.value {
            Some(value) => {
                *value = value.strip_prefix(text).ok_or_else(|| differs(text))?;
                Ok(())
            }
            // Between elements stands what puts each on a line of its own.
            None if text.bytes().all(|b| matches!(b, b'\n' | b'\t')) => Ok(()),
            None => Err(format!("{text:?} stands between elements")),
        }
    }

    /// The bytes have ended.
    ///
    /// # Errors
    /// What is missing.
    pub(super) fn end(mut self) -> Result<(), String> {
        match self.pieces.next() {
            None => Ok(()),
            Some(missing) => Err(format!("{missing:?} is missing")),
        }
    }
}

fn differs(what: &str) -> String {
    let start: String = what.chars().take(60).collect();
    format!("a value differs at {start:?}")
}
