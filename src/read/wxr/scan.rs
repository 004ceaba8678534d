//! An item as nearly every file writes it, read in one step over its characters: customary prefixes, each value in one
//! CDATA or plain text. Anything else is no item to this module, and is left to the walk over XML. What comes of both is
//! the same; a test holds them equal.

use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::memmem;

use super::Declared;
use super::fields::{Fields, Item, ItemTerm, Meta, WithMetas, meta};
use crate::near;
use crate::read::xml::{Ns, RawAttributes, decode, end_tag, line_ends, name_end, start_tag};
use crate::wordpress::cdata_end;

/// What files call the namespaces.
const CUSTOMARY: [(&str, Option<Ns>); 5] = [
    ("wp", Some(Ns::Wp)),
    ("content", Some(Ns::Content)),
    ("excerpt", Some(Ns::Excerpt)),
    ("dc", Some(Ns::Dc)),
    ("", None),
];

/// What the beginning of a CDATA has in it and nothing else should have.
const SECTION: &[u8] = b"![CDATA[";

/// An item that was read in one step.
pub(super) struct Scanned<'a> {
    pub(super) item: Item<'a>,
    /// No value and no tag has the beginning of a CDATA in it, so none of them ran on into another or lost its own.
    pub(super) has_all_sections: bool,
}

/// Reads an item; `None` where anything in it is not written in the usual way.
pub(super) fn item<'a>(text: &'a str, namespaces: &Declared) -> Option<Scanned<'a>> {
    if CUSTOMARY.iter().any(|(prefix, ns)| namespaces.get(prefix) != *ns) {
        return None;
    }
    let mut scan = Scan {
        text,
        at: 0,
        attributes: RawAttributes::new(),
        has_all_sections: true,
    };
    let mut item = Item::default();
    item.fields.0.reserve(24);
    if scan.open()? != "item" {
        return None;
    }
    while !scan.closes("item") {
        match scan.open()? {
            "item" | "wp:comments" => return None,
            "category" => {
                let value = |name: &str| {
                    let found = scan.attributes.iter().find(|(own, _)| *own == name);
                    Cow::Borrowed(found.map_or("", |(_, value)| *value))
                };
                let (domain, nicename) = (value("domain"), value("nicename"));
                let name = scan.value("category")?;
                item.terms.push(ItemTerm { domain, nicename, name });
            }
            "wp:postmeta" => item.metas.push(scan.meta("wp:postmeta")?),
            "wp:comment" => item.comments.push(scan.comment()?),
            name => item.fields.0.push((Cow::Borrowed(name), scan.value(name)?)),
        }
    }
    scan.rest().is_empty().then_some(Scanned {
        item,
        has_all_sections: scan.has_all_sections,
    })
}

/// Texts up to this length are looked at before a search begins.
const SHORT: usize = 64;

struct Scan<'a> {
    text: &'a str,
    at: usize,
    /// Those of the start tag that was read last.
    attributes: RawAttributes<'a>,
    has_all_sections: bool,
}

impl<'a> Scan<'a> {
    /// What is still to come, without the white space before it.
    fn rest(&mut self) -> &'a str {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let spaces = rest
            .bytes()
            .take_while(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r'))
            .count();
        self.at += spaces;
        rest.get(spaces..).unwrap_or_default()
    }

    /// The name of the start tag that comes next: one that is what it says, with attributes that mean what they say.
    fn open(&mut self) -> Option<&'a str> {
        let rest = self.rest();
        let bytes = rest.as_bytes();
        // Nearly all have no attributes.
        if let Some(end) = name_end(bytes, 1)
            && let (Some(b'<'), Some(b'>')) = (bytes.first(), bytes.get(end))
        {
            self.attributes.clear();
            self.at += end + 1;
            return rest.get(1..end).filter(|name| is_usual_name(name));
        }
        let tag = start_tag(rest)?;
        let is_usual = tag.is_plain && !tag.is_empty && is_usual_name(tag.name);
        self.look_for_section(rest.get(..tag.length)?);
        let declares = tag.attributes.iter().any(|(name, _)| name.starts_with("xmlns"));
        self.at += tag.length;
        self.attributes = tag.attributes;
        (is_usual && !declares).then_some(tag.name)
    }

    /// Whether the end tag of the element with this name comes next; it is passed over then.
    fn closes(&mut self, name: &str) -> bool {
        let length = end_tag(self.rest(), name);
        self.at += length.unwrap_or(0);
        length.is_some()
    }

    /// The value of the element with this name, whose start tag was read.
    fn value(&mut self, name: &str) -> Option<Cow<'a, str>> {
        let rest = self.text.get(self.at..)?;
        let (value, length) = match rest.strip_prefix("<![CDATA[") {
            Some(inner) => {
                let raw = inner.get(..cdata_end(inner.as_bytes())?)?;
                self.look_for_section(raw);
                (line_ends(raw), raw.len() + "<![CDATA[]]>".len())
            }
            None => {
                let raw = rest.get(..memchr::memchr(b'<', rest.as_bytes())?)?;
                self.look_for_section(raw);
                let decoded = decode(raw);
                if decoded.unknown.is_some() {
                    return None;
                }
                (decoded.text, raw.len())
            }
        };
        let end = end_tag(rest.get(length..)?, name)?;
        self.at += length + end;
        Some(value)
    }

    /// Takes note of the beginning of a CDATA where none can be.
    fn look_for_section(&mut self, text: &str) {
        // Made ready once: there are as many texts as fields.
        static MARK: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new(SECTION));
        let bytes = text.as_bytes();
        // Most are short, and have no exclamation mark either.
        let may_be_there = bytes.len() > SHORT || near::find(bytes, [b'!'; 3], 0).is_some();
        if may_be_there && MARK.find(bytes).is_some() {
            self.has_all_sections = false;
        }
    }

    /// The fields of the element with this name, up to its end.
    fn fields(&mut self, name: &str, mut meet: impl FnMut(&mut Self, &'a str) -> Option<()>) -> Option<()> {
        while !self.closes(name) {
            let field = self.open()?;
            meet(self, field)?;
        }
        Some(())
    }

    fn meta(&mut self, element: &str) -> Option<Meta<'a>> {
        let mut fields = Fields::default();
        self.fields(element, |scan, name| {
            fields.0.push((Cow::Borrowed(name), scan.value(name)?));
            Some(())
        })?;
        Some(meta(fields))
    }

    fn comment(&mut self) -> Option<WithMetas<'a>> {
        let mut comment = WithMetas::default();
        comment.fields.0.reserve(12);
        self.fields("wp:comment", |scan, name| {
            match name {
                "wp:commentmeta" => comment.metas.push(scan.meta("wp:commentmeta")?),
                _ => comment.fields.0.push((Cow::Borrowed(name), scan.value(name)?)),
            }
            Some(())
        })?;
        Some(comment)
    }
}

/// Whether a name has no prefix, or one that means what it customarily does.
fn is_usual_name(name: &str) -> bool {
    // They are short, and most have a prefix of two letters.
    let Some(colon) = name.bytes().position(|byte| byte == b':') else {
        return true;
    };
    let (prefix, local) = name.as_bytes().split_at(colon);
    // Nothing begins with a colon.
    let is_customary = colon > 0 && CUSTOMARY.iter().any(|(own, _)| own.as_bytes() == prefix);
    is_customary && !local.iter().skip(1).any(|byte| *byte == b':')
}

#[cfg(test)]
mod tests {
    use super::super::fields::any_item;
    use super::super::salvage::has_lost_sections;
    use super::*;
    use proptest::prelude::*;

    fn declared() -> Declared {
        let root = "<rss xmlns:wp=\"http://wordpress.org/export/1.2/\" xmlns:excerpt=\"http://wordpress.org/export/1.2/excerpt/\"\
                    xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">";
        crate::read::xml::root(root).unwrap().namespaces
    }

    const ITEM: &str = "<item>\n\t<title><![CDATA[Ein <b>\r\nBrot]]></title>\n<link>http://a.example/?p=1&amp;x=2</link>\
        <dc:creator><![CDATA[anna]]></dc:creator><guid isPermaLink=\"false\">x</guid><description></description>\
        <content:encoded><![CDATA[a ]] > b]]></content:encoded><excerpt:encoded><![CDATA[]]></excerpt:encoded>\
        <wp:post_id>7</wp:post_id><wp:own_field>1</wp:own_field>\
        <category domain=\"post_tag\" nicename=\"brot\"><![CDATA[Brot]]></category>\
        <wp:postmeta><wp:meta_key>k</wp:meta_key>\n<wp:meta_value><![CDATA[v]]></wp:meta_value></wp:postmeta>\
        <wp:comment><wp:comment_id>1</wp:comment_id><wp:comment_content><![CDATA[gut]]></wp:comment_content>\
        <wp:commentmeta><wp:meta_key>a</wp:meta_key><wp:meta_value>b</wp:meta_value></wp:commentmeta></wp:comment>\n</item>";

    #[test]
    fn a_usual_item_is_read() {
        let (walked, fault) = any_item(ITEM, &declared());
        assert_eq!(fault, None);
        let Scanned {
            item: scanned,
            has_all_sections,
        } = item(ITEM, &declared()).unwrap();
        assert!(has_all_sections);
        assert_eq!(format!("{scanned:?}"), format!("{walked:?}"));
        assert_eq!(scanned.get("title"), "Ein <b>\nBrot");
        assert_eq!(scanned.comments.len(), 1);
        // Prefixes that mean something else, or nothing.
        assert!(item(ITEM, &Declared::default()).is_none());
    }

    proptest! {
        /// What is read in one step is what the walk reads, and without a fault.
        #[test]
        fn what_is_read_is_what_the_walk_reads(
            changes in prop::collection::vec((any::<prop::sample::Index>(), 0..30usize, prop::sample::select(vec![
                "", "<", ">", "&", "&amp;", "&nbsp;", "]]>", "<![CDATA[", "</item>", "<item>", "<wp:comment>", "</wp:comment>", "/", "\r", " ",
                "<wp:postmeta>", "x:", "xmlns:wp=\"x\"", "<!-- c -->", "<a/>", "é", ":", "\"", "'", "</title>", "text",
            ])), 0..4),
        ) {
            let mut text = ITEM.to_owned();
            for (at, length, put) in changes {
                let at = (0..=at.index(text.len() + 1)).rev().find(|at| text.is_char_boundary(*at)).unwrap();
                let end = (at..=(at + length).min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap();
                text.replace_range(at..end, put);
            }
            let declared = declared();
            if let Some(Scanned { item: scanned, has_all_sections }) = item(&text, &declared) {
                prop_assert!(!has_all_sections || !has_lost_sections(&text, &scanned), "{}", text);
                let (walked, fault) = any_item(&text, &declared);
                prop_assert_eq!(fault, None, "{}", text);
                prop_assert_eq!(format!("{scanned:?}"), format!("{walked:?}"), "{}", text);
            }
        }
    }
}
