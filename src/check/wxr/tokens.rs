//! The XML of items as it is nearly always written, read in one step over its characters. Whatever is written in any other
//! way is left to quick-xml. What comes of it is what quick-xml would give; a test holds the two equal.

use memchr::{memchr, memchr2, memchr3};
use quick_xml::Reader;
use quick_xml::events::{BytesCData, BytesEnd, BytesRef, BytesStart, BytesText, Event};

use crate::wordpress::cdata_end;

/// What an XML reader sees of a text, one thing after the other.
pub(super) struct Tokens<'a> {
    text: &'a str,
    at: usize,
    /// Names of the open elements.
    open: Vec<&'a str>,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(text: &'a str) -> Tokens<'a> {
        Tokens {
            text,
            at: 0,
            open: Vec::new(),
        }
    }

    /// How far the reading has come, in bytes.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// The next thing; [`Event::Eof`] at the end of the text.
    ///
    /// # Errors
    /// Where it is no XML.
    pub(super) fn read(&mut self) -> Result<Event<'a>, String> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let (event, length) = match rest.as_bytes() {
            [] => return Ok(Event::Eof),
            [b'<', ..] => match self.usual_markup(rest) {
                Some(usual) => usual,
                None => other(rest)?,
            },
            [b'&', ..] => match usual_reference(rest) {
                Some(usual) => usual,
                None => other(rest)?,
            },
            bytes => {
                let end = memchr2(b'<', b'&', bytes).unwrap_or(rest.len());
                let text = rest.get(..end).unwrap_or_default();
                (Event::Text(BytesText::from_escaped(text)), end)
            }
        };
        match &event {
            Event::Start(tag) => {
                let length = tag.name().as_ref().len();
                self.open.push(rest.get(1..1 + length).unwrap_or_default());
            }
            Event::End(tag) => {
                let name = tag.name();
                let open = self.open.pop();
                if open != Some(name.as_ref()) {
                    let what = open.map_or_else(|| "none was open".to_owned(), |open| format!("<{open}> was open"));
                    return Err(format!("</{}> where {what}", name.as_ref()));
                }
            }
            _ => {}
        }
        self.at += length;
        Ok(event)
    }

    /// A start tag, the end tag of the element that is open, or CDATA, each with its length.
    fn usual_markup(&self, rest: &'a str) -> Option<(Event<'a>, usize)> {
        let inner = rest.get(1..)?;
        if let Some(end) = inner.strip_prefix('/') {
            let name = *self.open.last()?;
            let behind = end.strip_prefix(name)?;
            return (behind.starts_with('>')).then(|| (Event::End(BytesEnd::new(name)), name.len() + "</>".len()));
        }
        if let Some(data) = inner.strip_prefix("![CDATA[") {
            let data = data.get(..cdata_end(data.as_bytes())?)?;
            return Some((Event::CData(BytesCData::new(data)), data.len() + "<![CDATA[]]>".len()));
        }
        let bytes = inner.as_bytes();
        let is_of_name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b':' | b'_' | b'-');
        let name = bytes.iter().position(|b| !is_of_name(b))?;
        let end = match bytes.get(name)? {
            _ if name == 0 => return None,
            b'>' => name,
            b' ' => tag_end(bytes, name)?,
            _ => return None,
        };
        let content = inner.get(..end)?;
        (!content.ends_with('/')).then(|| (Event::Start(BytesStart::from_content(content, name)), end + "<>".len()))
    }
}

/// Where a tag ends whose name has ended at `from`: `>` in a quoted value is no end.
fn tag_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += memchr3(b'>', b'"', b'\'', bytes.get(at..)?)?;
        match *bytes.get(at)? {
            b'>' => return Some(at),
            quote => at += 1 + memchr(quote, bytes.get(at + 1..)?)? + 1,
        }
    }
}

/// One of XML's own references, and its length.
fn usual_reference(rest: &str) -> Option<(Event<'_>, usize)> {
    let name = ["amp", "lt", "gt", "quot"].into_iter().find(|name| {
        let behind = rest.get(1..).and_then(|rest| rest.strip_prefix(name));
        behind.is_some_and(|behind| behind.starts_with(';'))
    })?;
    Some((Event::GeneralRef(BytesRef::new(name)), name.len() + "&;".len()))
}

/// The next thing as quick-xml sees it, and its length.
fn other(rest: &str) -> Result<(Event<'_>, usize), String> {
    let mut reader = Reader::from_str(rest);
    let config = reader.config_mut();
    config.allow_dangling_amp = true;
    config.allow_unmatched_ends = true;
    config.check_end_names = false;
    let event = reader.read_event().map_err(|error| error.to_string())?;
    let length = usize::try_from(reader.buffer_position()).unwrap_or(rest.len());
    Ok((event, length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Everything that is seen up to the end or to where it is no XML any more, and where each thing ends.
    fn seen(text: &str) -> (Vec<(String, usize)>, bool) {
        let mut tokens = Tokens::new(text);
        let mut all = Vec::new();
        loop {
            match tokens.read() {
                Ok(Event::Eof) => return (all, true),
                Ok(event) => all.push((format!("{event:?}"), tokens.at())),
                Err(_) => return (all, false),
            }
        }
    }

    fn seen_by_quick_xml(text: &str) -> (Vec<(String, usize)>, bool) {
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        config.allow_dangling_amp = true;
        config.check_end_names = true;
        let mut all = Vec::new();
        loop {
            match reader.read_event() {
                Ok(Event::Eof) => return (all, true),
                Ok(event) => all.push((format!("{event:?}"), reader.buffer_position() as usize)),
                Err(_) => return (all, false),
            }
        }
    }

    #[test]
    fn an_item_is_seen_as_quick_xml_sees_it() {
        let text = "\t<item>\n\t\t<title><![CDATA[a ]] > <b>]]]]><![CDATA[>]]></title>\n<guid isPermaLink=\"false\">x&amp;y&#65;</guid>\
                    <category domain='a>b' nicename=\"c/\">&lt;</category><br/><!-- c --><a >b & c</a ></item>\n";
        assert_eq!(seen(text), seen_by_quick_xml(text));
        assert!(seen(text).1);
    }

    proptest! {
        #[test]
        fn whatever_stands_there_is_seen_as_quick_xml_sees_it(parts in prop::collection::vec(prop::sample::select(vec![
            "<item>", "</item>", "<wp:a>", "</wp:a>", "</wp:a >", "<a b=\"c\">", "<a b='>'>", "</a>", "<a/>", "<a b=\"/\"/>", "<a\tb>",
            "<![CDATA[", "]]>", "x]]>y", "é", " \n", "&amp;", "&lt;", "&quot;", "&#65;", "&x;", "&", ";", "<", ">", "\"", "'", "/",
            "<!--", "-->", "<?x", "?>", "<!DOCTYPE a>", "<é>", "</é>", "<a<b>", "text",
        ]), 0..24)) {
            let text = format!("<item>{}", parts.concat());
            prop_assert_eq!(seen(&text), seen_by_quick_xml(&text));
        }
    }
}
