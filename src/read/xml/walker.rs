//! Goes over one entry, or the head of a document: namespaces resolved, text decoded, and the text of a large element
//! taken in one step. The usual tags are read here, over the bytes; quick-xml reads everything that is written otherwise.

use std::borrow::Cow;

use memchr::{memchr, memmem};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event as Raw};

use super::names::{Namespaces, Ns};
use super::tag::{RawAttributes, end_tag, start_tag};
use super::text::{Decoded, attribute_value, decode, line_ends};

/// What is wrong with a piece of XML, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Byte of the source.
    pub offset: u64,
    /// What is wrong, as the end of a sentence.
    pub what: String,
}

/// What a [`Walker`] meets.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "the large one is the usual one, and a box would ask for memory"
)]
pub enum Event<'a> {
    /// An element begins. Its end comes as an event of its own, also where it closes itself.
    Start {
        /// Its namespace.
        ns: Ns,
        /// Its name without the prefix.
        name: Cow<'a, str>,
        /// Its attributes.
        attributes: Attributes<'a>,
    },
    /// An element ends.
    End,
    /// Text, decoded.
    Text(Cow<'a, str>),
}

/// The attributes of an element.
#[derive(Debug)]
pub struct Attributes<'a>(Values<'a>);

/// Nearly all values are as they are written, and need no place of their own.
#[derive(Debug)]
enum Values<'a> {
    Plain(RawAttributes<'a>),
    Decoded(Vec<(Cow<'a, str>, Cow<'a, str>)>),
}

impl<'a> Attributes<'a> {
    /// The value of the attribute with this name (prefix included), decoded.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(n, _)| *n == name).map(|(_, v)| v)
    }

    /// The same, as a string of its own.
    pub fn owned(&self, name: &str) -> Option<String> {
        self.get(name).map(str::to_owned)
    }

    /// The same, taken out: the value is empty afterwards.
    pub fn take(&mut self, name: &str) -> Option<Cow<'a, str>> {
        match &mut self.0 {
            Values::Plain(list) => {
                let (_, value) = list.iter_mut().find(|(n, _)| *n == name)?;
                Some(Cow::Borrowed(std::mem::take(value)))
            }
            Values::Decoded(list) => {
                let (_, value) = list.iter_mut().find(|(n, _)| n == name)?;
                Some(std::mem::take(value))
            }
        }
    }

    /// Hands out all of them, the last first: of two with one name the first counts.
    pub fn take_all(self, mut meet: impl FnMut(&str, Cow<'a, str>)) {
        match self.0 {
            Values::Plain(list) => list.into_iter().rev().for_each(|(n, v)| meet(n, Cow::Borrowed(v))),
            Values::Decoded(list) => list.into_iter().rev().for_each(|(n, v)| meet(&n, v)),
        }
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let (plain, decoded) = match &self.0 {
            Values::Plain(list) => (list.as_slice(), &[][..]),
            Values::Decoded(list) => (&[][..], list.as_slice()),
        };
        let decoded = decoded.iter().map(|(n, v)| (&**n, &**v));
        plain.iter().copied().chain(decoded)
    }

    /// The prefix that this attribute declares, where it declares one.
    pub(super) fn declared(name: &str) -> Option<&str> {
        match name.strip_prefix("xmlns")? {
            "" => Some(""),
            prefix => prefix.strip_prefix(':'),
        }
    }
}

/// Goes over a piece of XML.
pub struct Walker<'a> {
    text: &'a str,
    /// Where `text` stands in the source.
    offset: u64,
    /// Where the walk is in `text`.
    at: usize,
    open: Vec<Cow<'a, str>>,
    closes_itself: bool,
    declared: &'a Namespaces,
    /// Declarations on elements of the piece itself, with the depth they hold from.
    local: Vec<(usize, Cow<'a, str>, Ns)>,
    /// The first fault of form that cost nothing.
    tolerated: Option<String>,
    /// Everything is left to quick-xml, to compare with.
    #[cfg(test)]
    is_slow: bool,
}

impl<'a> Walker<'a> {
    /// The namespaces that open elements declare.
    pub(super) fn declared_here(&self) -> Namespaces {
        Namespaces(self.local.iter().map(|(_, p, n)| ((&**p).into(), *n)).collect())
    }

    /// Goes on behind a fault, as if nothing had been open: with the next tag. Whether there is one.
    pub fn go_on(&mut self) -> bool {
        self.open.clear();
        self.local.clear();
        self.closes_itself = false;
        let next = self.text.get(self.at..).and_then(|rest| memchr(b'<', rest.as_bytes()));
        self.at = next.map_or(self.text.len(), |next| self.at + next);
        next.is_some()
    }

    /// How far it has come in its text.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// A walk over `text`, which stands at `offset` of a source whose root declares these namespaces.
    pub fn new(text: &'a str, offset: u64, declared: &'a Namespaces) -> Walker<'a> {
        Walker {
            text,
            offset,
            at: 0,
            open: Vec::with_capacity(4),
            closes_itself: false,
            declared,
            local: Vec::new(),
            tolerated: None,
            #[cfg(test)]
            is_slow: false,
        }
    }

    /// How many elements are open.
    pub fn depth(&self) -> usize {
        self.open.len()
    }

    /// A fault of form that was met and cost nothing (an undeclared prefix, an unknown entity).
    pub fn tolerated(&self) -> Option<&str> {
        self.tolerated.as_deref()
    }

    fn fault(&self, what: impl Into<String>) -> Fault {
        Fault {
            offset: self.offset + self.at as u64,
            what: what.into(),
        }
    }

    /// The next event; `None` at the end of the text.
    ///
    /// # Errors
    /// Where the XML is broken.
    pub fn next_event(&mut self) -> Result<Option<Event<'a>>, Fault> {
        if self.closes_itself {
            self.closes_itself = false;
            self.close();
            return Ok(Some(Event::End));
        }
        match self.usual_event() {
            Some(event) => Ok(Some(event)),
            None => self.any_event(),
        }
    }

    /// The next event where it is written as nearly every file writes it.
    fn usual_event(&mut self) -> Option<Event<'a>> {
        #[cfg(test)]
        if self.is_slow {
            return None;
        }
        let rest = self.text.get(self.at..)?;
        match memchr(b'<', rest.as_bytes()) {
            Some(0) => {}
            None if rest.is_empty() => return None,
            end => {
                let raw = rest.get(..end.unwrap_or(rest.len()))?;
                self.at += raw.len();
                return Some(Event::Text(self.decoded(raw)));
            }
        }
        if let Some(length) = self.open.last().and_then(|name| end_tag(rest, name)) {
            self.at += length;
            self.close();
            return Some(Event::End);
        }
        if let Some(inner) = rest.strip_prefix("<![CDATA[") {
            let raw = inner.get(..memmem::find(inner.as_bytes(), b"]]>")?)?;
            self.at += "<![CDATA[]]>".len() + raw.len();
            return Some(Event::Text(line_ends(raw)));
        }
        let tag = start_tag(rest)?;
        self.at += tag.length;
        self.closes_itself = tag.is_empty;
        self.open.push(Cow::Borrowed(tag.name));
        let attributes = if tag.is_plain {
            Values::Plain(tag.attributes)
        } else {
            let decoded = tag.attributes.into_iter();
            Values::Decoded(
                decoded
                    .map(|(name, raw)| (Cow::Borrowed(name), self.value(raw)))
                    .collect(),
            )
        };
        Some(self.started(Cow::Borrowed(tag.name), Attributes(attributes)))
    }

    /// The next event as quick-xml sees it.
    fn any_event(&mut self) -> Result<Option<Event<'a>>, Fault> {
        loop {
            let mut reader = reader(self.text.get(self.at..).unwrap_or_default());
            let raw = reader.read_event();
            self.at += usize::try_from(reader.buffer_position()).unwrap_or(0);
            let raw = raw.map_err(|e| self.fault(e.to_string()))?;
            return Ok(Some(match raw {
                Raw::Start(tag) => self.start(&tag)?,
                Raw::Empty(tag) => {
                    let event = self.start(&tag)?;
                    self.closes_itself = true;
                    event
                }
                Raw::End(tag) => {
                    let name = tag.name();
                    match self.open.last() {
                        Some(open) if **open == *name.as_ref() => {
                            self.close();
                            Event::End
                        }
                        Some(open) => {
                            let what = format!("</{}> stands where </{open}> should be", name.as_ref());
                            return Err(self.fault(what));
                        }
                        // The end of something that began before this piece: the document's root.
                        None => continue,
                    }
                }
                Raw::Text(text) => Event::Text(match text.into_inner() {
                    Cow::Borrowed(raw) => self.decoded(raw),
                    Cow::Owned(raw) => Cow::Owned(self.decoded(&raw).into_owned()),
                }),
                Raw::GeneralRef(reference) => {
                    let whole = format!("&{};", reference.into_inner());
                    Event::Text(Cow::Owned(self.decoded(&whole).into_owned()))
                }
                Raw::CData(data) => Event::Text(match data.into_inner() {
                    Cow::Borrowed(raw) => line_ends(raw),
                    Cow::Owned(raw) => Cow::Owned(line_ends(&raw).into_owned()),
                }),
                Raw::Eof => return Ok(None),
                Raw::Decl(_) | Raw::PI(_) | Raw::Comment(_) | Raw::DocType(_) => continue,
            }));
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>) -> Result<Event<'a>, Fault> {
        let name = tag.name().as_ref().to_owned();
        self.open.push(Cow::Owned(name.clone()));
        let mut list = Vec::new();
        for attribute in tag.attributes().with_checks(false) {
            let attribute = attribute.map_err(|e| self.fault(e.to_string()))?;
            let key: &str = attribute.key.as_ref();
            let value = self.value(&attribute.value).into_owned();
            list.push((Cow::Owned(key.to_owned()), Cow::Owned(value)));
        }
        Ok(self.started(Cow::Owned(name), Attributes(Values::Decoded(list))))
    }

    /// An element began: what it declares holds for itself too.
    fn started(&mut self, qname: Cow<'a, str>, attributes: Attributes<'a>) -> Event<'a> {
        for (name, value) in attributes.iter() {
            if let Some(prefix) = Attributes::declared(name) {
                let ns = Ns::of_uri(value);
                self.local.push((self.open.len(), prefix.to_owned().into(), ns));
            }
        }
        // Names are short: a step a byte finds the colon sooner than a search does.
        let colon = qname.bytes().position(|b| b == b':');
        let ns = self.namespace(colon.and_then(|at| qname.get(..at)).unwrap_or_default());
        let name = match (colon, qname) {
            (None, qname) => qname,
            (Some(at), Cow::Borrowed(qname)) => Cow::Borrowed(qname.get(at + 1..).unwrap_or_default()),
            (Some(at), Cow::Owned(qname)) => Cow::Owned(qname.get(at + 1..).unwrap_or_default().to_owned()),
        };
        Event::Start { ns, name, attributes }
    }

    /// The value of an attribute, decoded.
    fn value<'t>(&mut self, raw: &'t str) -> Cow<'t, str> {
        self.known(attribute_value(raw))
    }

    fn namespace(&mut self, prefix: &str) -> Ns {
        let local = self.local.iter().rev().find(|(_, p, _)| **p == *prefix);
        if let Some((_, _, ns)) = local {
            return *ns;
        }
        match self.declared.get(prefix) {
            Some(ns) => ns,
            None if prefix.is_empty() => Ns::None,
            None => {
                self.tolerated
                    .get_or_insert_with(|| format!("the prefix {prefix:?} is not declared"));
                Ns::of_customary_prefix(prefix)
            }
        }
    }

    fn close(&mut self) {
        self.open.pop();
        let depth = self.open.len();
        self.local.retain(|(from, _, _)| *from <= depth);
    }

    fn decoded<'t>(&mut self, raw: &'t str) -> Cow<'t, str> {
        self.known(decode(raw))
    }

    /// Notes a reference that XML does not know.
    fn known<'t>(&mut self, decoded: Decoded<'t>) -> Cow<'t, str> {
        if let Some(unknown) = decoded.unknown {
            self.tolerated
                .get_or_insert_with(|| format!("{unknown:?} is no reference that XML knows"));
        }
        decoded.text
    }

    /// The text of the element that just began, up to its end; the walk goes on behind it. Markup inside (XHTML)
    /// is given as it is written.
    ///
    /// # Errors
    /// Where the XML is broken.
    pub fn text(&mut self) -> Result<Cow<'a, str>, Fault> {
        if let Some(raw) = self.plain_text() {
            return Ok(self.decoded(raw));
        }
        match self.only_cdata() {
            Some(raw) => Ok(line_ends(raw)),
            None => self.mixed_text(),
        }
    }

    /// Passes over the element that just began; the walk goes on behind its end.
    ///
    /// # Errors
    /// Where the XML is broken.
    pub fn skip(&mut self) -> Result<(), Fault> {
        self.pass().map(|_| ())
    }

    /// Goes to the end of the element that just began, and gives what it passed as it is written; nothing where it holds
    /// more than text.
    ///
    /// # Errors
    /// Where the XML is broken.
    pub fn pass(&mut self) -> Result<&'a str, Fault> {
        match self.plain_text() {
            Some(text) => Ok(text),
            None => {
                self.walk_to_end(|_| {})?;
                Ok("")
            }
        }
    }

    /// The raw text of the element that just began, where it holds nothing else: the usual case, at the speed of
    /// memchr.
    fn plain_text(&mut self) -> Option<&'a str> {
        if self.closes_itself {
            self.closes_itself = false;
            self.close();
            return Some("");
        }
        let rest = self.text.get(self.at..)?;
        let open = memchr(b'<', rest.as_bytes())?;
        let end = end_tag(rest.get(open..)?, self.open.last()?)?;
        self.close();
        self.at += open + end;
        rest.get(..open)
    }

    /// What stands in the one CDATA that is all of the element that just began: how WordPress writes its fields.
    fn only_cdata(&mut self) -> Option<&'a str> {
        let inner = self.text.get(self.at..)?.strip_prefix("<![CDATA[")?;
        let length = memmem::find(inner.as_bytes(), b"]]>")?;
        let end = end_tag(inner.get(length + "]]>".len()..)?, self.open.last()?)?;
        self.close();
        self.at += "<![CDATA[]]>".len() + length + end;
        inner.get(..length)
    }

    fn mixed_text(&mut self) -> Result<Cow<'a, str>, Fault> {
        let from = self.at;
        let mut text = String::new();
        let mut has_markup = false;
        let end = self.walk_to_end(|event| match event {
            Event::Text(piece) => text.push_str(piece),
            Event::Start { .. } => has_markup = true,
            Event::End => {}
        })?;
        Ok(if has_markup {
            line_ends(self.text.get(from..end).unwrap_or_default())
        } else {
            Cow::Owned(text)
        })
    }

    /// Goes to the end of the element that just began; gives where its end tag begins.
    fn walk_to_end(&mut self, mut meet: impl FnMut(&Event<'a>)) -> Result<usize, Fault> {
        let depth = self.depth();
        loop {
            let before = self.at;
            match self.next_event()? {
                Some(Event::End) if self.depth() < depth => return Ok(before),
                Some(event) => meet(&event),
                None => return Err(self.fault("the element is not closed")),
            }
        }
    }
}

fn reader(text: &str) -> Reader<&[u8]> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    // Names are compared here, so that a walk may begin anywhere; and a lone & costs nothing.
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    reader
}

#[cfg(test)]
mod tests {
    use proptest::strategy::Strategy;

    use super::*;

    fn names(text: &str) -> Result<Vec<String>, Fault> {
        let none = Namespaces::default();
        let mut walker = Walker::new(text, 100, &none);
        let mut out = Vec::new();
        while let Some(event) = walker.next_event()? {
            out.push(match event {
                Event::Start { ns, name, .. } => format!("{ns:?}:{name}"),
                Event::End => "/".to_owned(),
                Event::Text(text) => text.into_owned(),
            });
        }
        Ok(out)
    }

    #[test]
    fn resolves_namespaces_where_they_hold() {
        assert_eq!(
            names(
                "<e xmlns='http://www.w3.org/2005/Atom'><a:c xmlns:a='http://purl.org/atom/app#'><a:d/></a:c><a:x/></e>"
            )
            .unwrap(),
            ["Atom:e", "App:c", "App:d", "/", "/", "Other:x", "/", "/"]
        );
    }

    #[test]
    fn takes_customary_prefixes_at_their_word() {
        let none = Namespaces::default();
        let mut walker = Walker::new("<app:draft>yes</app:draft>", 0, &none);
        assert!(matches!(
            walker.next_event(),
            Ok(Some(Event::Start { ns: Ns::App, .. }))
        ));
        assert_eq!(walker.text().unwrap(), "yes");
        assert!(walker.tolerated().unwrap().contains("app"));
    }

    #[test]
    fn takes_text_in_one_step_or_in_many() {
        for (xml, text) in [
            ("<c>a &lt;b&gt;\r\n</c>", "a <b>\n"),
            ("<c><![CDATA[a <b> &amp;]]> &amp; c</c>", "a <b> &amp; & c"),
            ("<c/>", ""),
            ("<c>1<!-- no -->2&amp;3</c >", "12&3"),
            ("<c><p>x &amp; y</p></c>", "<p>x &amp; y</p>"),
        ] {
            let none = Namespaces::default();
            let all = format!("{xml}<d/>");
            let mut walker = Walker::new(&all, 0, &none);
            walker.next_event().unwrap();
            assert_eq!(walker.text().unwrap(), text, "{xml}");
            assert!(matches!(walker.next_event(), Ok(Some(Event::Start { name, .. })) if name == "d"));
        }
    }

    /// What a walk meets, in words; text that comes in several pieces is one.
    fn told(text: &str, is_slow: bool) -> String {
        let none = Namespaces::default();
        let mut walker = Walker::new(text, 7, &none);
        walker.is_slow = is_slow;
        let mut told = String::new();
        let mut was_text = false;
        loop {
            let event = walker.next_event();
            let is_text = matches!(event, Ok(Some(Event::Text(_))));
            if !(is_text && was_text) {
                told.push('\n');
            }
            was_text = is_text;
            match event {
                Ok(Some(Event::Start { ns, name, attributes })) => {
                    told.push_str(&format!("<{ns:?} {name} {:?}", attributes.iter().collect::<Vec<_>>()));
                }
                Ok(Some(Event::End)) => told.push('/'),
                Ok(Some(Event::Text(text))) => told.push_str(&text),
                Ok(None) => break,
                Err(fault) => {
                    told.push_str(&format!("! {fault:?}"));
                    break;
                }
            }
        }
        told.push_str(&format!("\n{} {}", walker.depth(), walker.tolerated().is_some()));
        told
    }

    proptest::proptest! {
        /// The walk over the bytes and quick-xml see the same, whatever the text is.
        #[test]
        fn usual_and_any_events_agree(
            pieces in proptest::collection::vec(
                proptest::prop_oneof![
                    proptest::sample::select(vec![
                        "<a>", "</a>", "<b:c d='1'>", "</b:c>", "<e/>", "<e f=\"x'&amp;>\" g='\n&#10;y'/>", "<a h='1'i='2'>",
                        "<a h = '1'>", "<a h=1>", "<a h>", "<![CDATA[<a>\r\n]]>", "<![CDATA[", "<!-- <a> -->", "<?p q?>", "&lt;",
                        "&nope;", "& ", "text", "\r\n", "ü雨", "<", ">", "</a >", "<a\n>", "<a xmlns='http://www.w3.org/2005/Atom'>",
                        "<x:a xmlns:x='http://purl.org/atom/app#'>", "</x:a>", "</", "<a/ >", "<é>", "'", "]]>",
                    ]).prop_map(str::to_owned),
                    "[a-z<>/='& ]{0,6}",
                ],
                0..12,
            )
        ) {
            let text = pieces.concat();
            proptest::prop_assert_eq!(told(&text, false), told(&text, true), "{}", text);
        }
    }

    #[test]
    fn names_the_place_of_a_fault() {
        let fault = names("<a><b></a></b>").unwrap_err();
        assert!(fault.offset > 100 && fault.what.contains("</b>"), "{fault:?}");
    }
}
