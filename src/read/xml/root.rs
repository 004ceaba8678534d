//! The root element of a document, found in its first bytes, where they are damaged too.

use std::borrow::Cow;

use memchr::{memchr, memmem};

use super::names::Namespaces;
use super::walker::{Event, Walker};

/// The root of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Root {
    /// Name without its prefix.
    pub name: String,
    /// Namespaces it declares.
    pub namespaces: Namespaces,
    /// Where its start tag begins.
    pub at: usize,
    /// Where its start tag ends.
    pub end: usize,
    /// Something that is neither markup nor space stands before it.
    pub has_garbage_before: bool,
    /// Its start tag is broken; what could be told of it is here.
    pub is_damaged: bool,
}

impl Root {
    /// The document from its root on, as a reader of its head takes it: `name` is what the root should be called, and a start
    /// tag that is broken, or of an element that comes later since the root is lost, is written anew.
    pub fn document<'t>(&self, text: &'t str, name: &str) -> Cow<'t, str> {
        if self.is_damaged || self.name != name {
            Cow::Owned(format!("<{name}>{}", text.get(self.end..).unwrap_or_default()))
        } else {
            Cow::Borrowed(text.get(self.at..).unwrap_or_default())
        }
    }

    /// What is wrong with where the document begins, as a sentence; `names` are what its root may be called.
    pub fn fault(&self, names: &[&str]) -> Option<&'static str> {
        if self.is_damaged || !names.contains(&self.name.as_str()) {
            Some("The first element of the document is damaged; what it should be is told by what stands in it.")
        } else if self.has_garbage_before {
            Some("There is text before the XML begins; it was passed over.")
        } else {
            None
        }
    }
}

/// Finds the root element in the start of a document. Text before it, even text with `<` in it, is passed over, but not JSON: what
/// stands in that may tell of XML.
pub fn root(start: &str) -> Option<Root> {
    if is_json(start) {
        return None;
    }
    let mut at = 0;
    let mut has_garbage_before = false;
    while let Some(next) = memchr(b'<', start.get(at..)?.as_bytes()) {
        let between = start.get(at..at + next)?.trim_matches('\u{feff}');
        has_garbage_before |= !between.trim_ascii().is_empty();
        at += next;
        let rest = start.get(at..)?;
        if let Some(length) = aside(rest) {
            at += length;
            continue;
        }
        if rest.as_bytes().get(1).is_some_and(u8::is_ascii_alphabetic) {
            let none = Namespaces::default();
            let mut walker = Walker::new(rest, 0, &none);
            if let Ok(Some(Event::Start { name, attributes, .. })) = walker.next_event()
                // A quotation mark that is lost makes one attribute of two.
                && !attributes.iter().any(|(name, value)| name.starts_with("xmlns") && value.contains(['<', '=', ' ', '\n']))
            {
                let namespaces = walker.declared_here();
                return Some(Root {
                    name: name.into_owned(),
                    namespaces,
                    at,
                    end: at + walker.at(),
                    has_garbage_before,
                    is_damaged: false,
                });
            }
        }
        if let Some(mended) = mended(rest) {
            return Some(Root {
                at,
                end: at + mended.end,
                has_garbage_before,
                ..mended
            });
        }
        has_garbage_before = true;
        at += 1;
    }
    None
}

/// Whether a document begins as JSON does: with the key of an object, or with what a list holds.
fn is_json(start: &str) -> bool {
    let start = start.trim_start_matches('\u{feff}').trim_start();
    let begins = |open: char, next: &[char]| {
        start
            .strip_prefix(open)
            .is_some_and(|rest| rest.trim_start().starts_with(next))
    };
    begins('{', &['"']) || begins('[', &['{', '"', '['])
}

/// Whether what looks like entries in the start of a document can be those of an export or a feed. A page or JSON may tell of
/// them.
pub fn has_entries(start: &str) -> bool {
    let start = start.trim_start_matches('\u{feff}').trim_start();
    let entries = ["<entry", "<item", "<channel"]
        .into_iter()
        .filter_map(|mark| start.find(mark))
        .min();
    let Some(before) = entries.and_then(|at| start.get(..at)) else {
        return false;
    };
    let before = before.to_ascii_lowercase();
    !is_json(start)
        && !["<!doctype html", "<html", "<head", "<body"]
            .iter()
            .any(|mark| before.contains(mark))
}

/// The length of the comment, instruction or declaration that stands at the beginning of `rest`. One whose end is lost is
/// none: the end that is found belongs to another.
fn aside(rest: &str) -> Option<usize> {
    let (open, close) = [("<!--", "-->"), ("<?", "?>"), ("<!", ">")]
        .into_iter()
        .find(|(open, _)| rest.starts_with(open))?;
    // An internal subset holds declarations of its own.
    let subset = memchr(b'[', rest.as_bytes()).is_some_and(|at| memchr(b'>', rest.as_bytes()) > Some(at));
    let close = if open == "<!" && subset { "]>" } else { close };
    let inner = rest.get(open.len()..)?;
    let end = memmem::find(inner.as_bytes(), close.as_bytes())?;
    let inside = inner.get(..end)?.as_bytes();
    let is_lost = match open {
        "<!--" => memmem::find(inside, b"<!--").is_some(),
        "<?" => memchr(b'<', inside).is_some(),
        _ => false,
    };
    (!is_lost).then_some(open.len() + end + close.len())
}

/// A start tag with declarations of namespaces of which a byte or some are wrong: what can be told of it.
fn mended(rest: &str) -> Option<Root> {
    let bytes = rest.as_bytes();
    let is_end = |at: &usize| {
        let behind = rest.get(at + 1..).unwrap_or_default().trim_ascii_start();
        behind.is_empty() || behind.starts_with('<')
    };
    let end = memchr::memchr_iter(b'>', bytes).find(is_end)? + 1;
    // Its own `>` may be what is wrong.
    let next = memchr::memchr_iter(b'<', bytes.get(..end)?)
        .skip(1)
        .find(|at| rest.get(*at..).is_some_and(is_tag));
    let end = next.unwrap_or(end);
    let tag = rest.get(1..end)?;
    memmem::find(tag.as_bytes(), b"xmlns")?;
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '_' | '-' | '.');
    let name = tag.split(|c| !is_of_name(c)).next().unwrap_or_default();
    let mut attributes = Vec::new();
    for (at, _) in tag.match_indices('=') {
        let before = tag.get(..at)?;
        let key = before.rsplit(|c| !is_of_name(c)).next().unwrap_or_default();
        // A quotation mark, or what stands in its place.
        let mut value = tag.get(at + 1..)?.chars();
        value.next();
        let value = value.as_str();
        let is_over = |c: char| matches!(c, '"' | '\'' | '<' | '>') || c.is_ascii_whitespace();
        let value = value.split(is_over).next().unwrap_or_default();
        if !key.is_empty() && !value.is_empty() {
            attributes.push((key, value));
        }
    }
    Some(Root {
        name: name.rsplit(':').next().unwrap_or_default().to_owned(),
        namespaces: Namespaces::declared_by(attributes.into_iter()),
        end,
        is_damaged: true,
        ..Root::default()
    })
}

/// Whether a whole start tag stands at the beginning of `text`.
fn is_tag(text: &str) -> bool {
    let name = text
        .bytes()
        .skip(1)
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b':' | b'_' | b'-'))
        .count();
    name > 0
        && match text.as_bytes().get(1 + name) {
            Some(b'>') => true,
            Some(b'/') => text.as_bytes().get(2 + name) == Some(&b'>'),
            Some(space) => space.is_ascii_whitespace(),
            None => false,
        }
}

#[cfg(test)]
mod tests {
    use super::super::names::Ns;
    use super::*;

    #[test]
    fn finds_the_root_behind_anything() {
        let r = |t| root(t).map(|r| (r.name, r.has_garbage_before));
        assert_eq!(r("<?xml version='1.0'?>\n<feed a='>'>"), Some(("feed".into(), false)));
        assert_eq!(r("\u{feff}<!-- <x> --><rss>"), Some(("rss".into(), false)));
        assert_eq!(r("<<<<<<< HEAD\n<?xml?><a:feed>"), Some(("feed".into(), true)));
        assert_eq!(r("<!DOCTYPE f [<!ENTITY e 'x'>]><feed>"), Some(("feed".into(), false)));
        assert_eq!(r("no xml"), None);
        // Its declaration or a comment before it does not end.
        assert_eq!(r("<?xml version='1.0'?<feed><!-- ?>"), Some(("feed".into(), true)));
        assert_eq!(r("<!-- a --<rss><!-- b -->"), Some(("rss".into(), true)));
        assert_eq!(r("<!-- a <rss>"), Some(("rss".into(), true)));
    }

    #[test]
    fn a_lost_quotation_mark_costs_no_other_declaration() {
        let text = "<rss xmlns:wp=\"http://wordpress.org/export/1.2/<\n xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n<channel>";
        let root = root(text).unwrap();
        assert_eq!(root.namespaces.get("wp"), Some(Ns::Wp));
        assert_eq!(root.namespaces.get("dc"), Some(Ns::Dc));
        assert_eq!(root.document(text, "rss"), "<rss>\n<channel>");
    }

    #[test]
    fn a_root_with_a_wrong_byte_is_told_by_the_others() {
        let whole = r#"<rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/" xmlns:dc="http://purl.org/dc/elements/1.1/">"#;
        let document = format!("<?xml version='1.0'?>\n{whole}\n<channel><title>A &amp; B</title>");
        for at in document.find("<rss").unwrap()..document.find("\n<channel").unwrap() {
            for wrong in ["<", ">", "\"", "'", "=", " ", "q", "\u{fffd}"] {
                let mut text = document.clone();
                text.replace_range(at..=at, wrong);
                let root = root(&text).unwrap();
                let document = root.document(&text, "rss");
                assert!(
                    document.contains("<channel>") || document.starts_with("<rss><title>"),
                    "{text}: {root:?}"
                );
                // At most one of the declarations is lost, where its name or the sign behind it is what is wrong; with the
                // tag's beginning, or where it ends early, all of them.
                let told = [("wp", Ns::Wp), ("dc", Ns::Dc)]
                    .into_iter()
                    .filter(|(prefix, ns)| root.namespaces.get(prefix) == Some(*ns))
                    .count();
                assert!(told > 0 || root.name == "channel" || wrong == ">", "{text}: {root:?}");
            }
        }
    }
}
