//! The root element of a document, found in its first bytes.

use memchr::memchr;

use super::names::Namespaces;
use super::walker::{Event, Walker};

/// The root of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Root {
    /// Name with its prefix.
    pub qname: String,
    /// Name without its prefix.
    pub name: String,
    /// Namespaces it declares.
    pub namespaces: Namespaces,
    /// Its attributes.
    pub attributes: Vec<(String, String)>,
    /// Where its start tag begins.
    pub at: usize,
    /// Where its start tag ends.
    pub end: usize,
    /// Something that is neither markup nor space stands before it.
    pub has_garbage_before: bool,
}

/// Finds the root element in the start of a document. Text before it, even text with `<` in it, is passed over.
pub fn root(start: &str) -> Option<Root> {
    let mut at = 0;
    let mut has_garbage_before = false;
    while let Some(next) = memchr(b'<', start.get(at..)?.as_bytes()) {
        let between = start.get(at..at + next)?.trim_matches('\u{feff}');
        has_garbage_before |= !between.trim_ascii().is_empty();
        at += next;
        let rest = start.get(at..)?;
        let closing = [("<!--", "-->"), ("<?", "?>"), ("<!", ">")]
            .into_iter()
            .find(|(open, _)| rest.starts_with(open));
        if let Some((open, close)) = closing {
            // An internal subset holds declarations of its own.
            let subset = memchr(b'[', rest.as_bytes()).is_some_and(|at| memchr(b'>', rest.as_bytes()) > Some(at));
            let close = if open == "<!" && subset { "]>" } else { close };
            at += memchr::memmem::find(rest.as_bytes(), close.as_bytes())? + close.len();
            continue;
        }
        if rest.as_bytes().get(1).is_some_and(u8::is_ascii_alphabetic) {
            let none = Namespaces::default();
            let mut walker = Walker::new(rest, 0, &none);
            if let Ok(Some(Event::Start { name, attributes, .. })) = walker.next_event() {
                let qname = walker.innermost().unwrap_or_default().to_owned();
                let namespaces = walker.declared_here();
                return Some(Root {
                    qname,
                    name: name.into_owned(),
                    namespaces,
                    attributes: attributes.iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect(),
                    at,
                    end: at + walker.at(),
                    has_garbage_before,
                });
            }
        }
        has_garbage_before = true;
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_root_behind_anything() {
        let r = |t| root(t).map(|r| (r.name, r.has_garbage_before));
        assert_eq!(r("<?xml version='1.0'?>\n<feed a='>'>"), Some(("feed".into(), false)));
        assert_eq!(r("\u{feff}<!-- <x> --><rss>"), Some(("rss".into(), false)));
        assert_eq!(r("<<<<<<< HEAD\n<?xml?><a:feed>"), Some(("feed".into(), true)));
        assert_eq!(r("<!DOCTYPE f [<!ENTITY e 'x'>]><feed>"), Some(("feed".into(), false)));
        assert_eq!(r("no xml"), None);
    }
}
