//! A parsed page, numbered in document order and indexed by class, id, tag and attribute, so that a table with dozens
//! of selectors costs no more than the elements it finds. Names that no table asks for are not kept.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::OnceLock;

use ego_tree::NodeId;
use ego_tree::iter::Edge;
use scraper::{ElementRef, Html, Node};

use super::table::{ATTRIBUTES, Key, Rule, Table, tables};

/// Number of an element in document order.
pub(super) type At = usize;

/// A page's elements in document order.
pub(super) struct Outline<'a> {
    elements: Vec<ElementRef<'a>>,
    /// For each element the number after its last descendant.
    ends: Vec<At>,
    /// For each element the one around it; its own number where there is none.
    parents: Vec<At>,
    /// The elements of each name that a table or this reader asks for, by its number among [`names`].
    named: Vec<Vec<At>>,
}

/// A run of elements in document order; those of one subtree, or of siblings that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: At,
    pub(super) end: At,
}

impl Span {
    pub(super) fn contains(self, at: At) -> bool {
        (self.start..self.end).contains(&at)
    }
}

/// Runs of elements as one sorted list without overlaps, so that a page with very many asks each in a few steps.
#[derive(Default)]
pub(super) struct Spans(Vec<Span>);

impl Spans {
    /// Puts runs together.
    pub(super) fn of(spans: impl IntoIterator<Item = Span>) -> Spans {
        let mut spans: Vec<Span> = spans.into_iter().collect();
        spans.sort_unstable_by_key(|span| span.start);
        let mut merged: Vec<Span> = Vec::new();
        for span in spans {
            match merged.last_mut() {
                Some(last) if span.start < last.end => last.end = last.end.max(span.end),
                _ => merged.push(span),
            }
        }
        Spans(merged)
    }

    /// Whether an element is in one of the runs.
    pub(super) fn contain(&self, at: At) -> bool {
        let after = self.0.partition_point(|span| span.start <= at);
        after > 0 && self.0.get(after - 1).is_some_and(|span| span.contains(at))
    }

    /// Whether a run of elements has a part in common with one of these.
    pub(super) fn meet(&self, own: Span) -> bool {
        let after = self.0.partition_point(|span| span.start < own.end);
        after > 0 && self.0.get(after - 1).is_some_and(|span| span.end > own.start)
    }
}

impl<'a> Outline<'a> {
    /// Numbers a parsed page.
    pub(super) fn of(page: &'a Html) -> Outline<'a> {
        let names = names();
        let mut outline = Outline {
            elements: Vec::new(),
            ends: Vec::new(),
            parents: Vec::new(),
            named: vec![Vec::new(); names.count],
        };
        let mut open: Vec<At> = Vec::new();
        for edge in page.tree.root().traverse() {
            match edge {
                Edge::Open(node) => {
                    if let Some(element) = ElementRef::wrap(node) {
                        let at = outline.elements.len();
                        outline.parents.push(open.last().copied().unwrap_or(at));
                        outline.add(at, element, names);
                        open.push(at);
                    }
                }
                Edge::Close(node) if node.value().is_element() => {
                    let end = outline.elements.len();
                    if let Some(slot) = open.pop().and_then(|at| outline.ends.get_mut(at)) {
                        *slot = end;
                    }
                }
                Edge::Close(_) => {}
            }
        }
        outline
    }

    fn add(&mut self, at: At, element: ElementRef<'a>, names: &Names) {
        self.elements.push(element);
        self.ends.push(at + 1);
        let value = element.value();
        self.note(names.tags.get(value.name()), at);
        for (name, text) in value.attrs() {
            match name {
                "class" => {
                    for class in text.split_ascii_whitespace() {
                        self.note(names.classes.get(class), at);
                    }
                }
                "id" => self.note(names.ids.get(text), at),
                name => self.note(names.attributes.get(name), at),
            }
        }
    }

    fn note(&mut self, number: Option<&usize>, at: At) {
        if let Some(list) = number.and_then(|n| self.named.get_mut(*n))
            && list.last() != Some(&at)
        {
            list.push(at);
        }
    }

    /// The whole page.
    pub(super) fn all(&self) -> Span {
        Span {
            start: 0,
            end: self.elements.len(),
        }
    }

    /// An element and everything in it.
    pub(super) fn subtree(&self, at: At) -> Span {
        Span {
            start: at,
            end: self.ends.get(at).copied().unwrap_or(at),
        }
    }

    /// The element with this number.
    pub(super) fn get(&self, at: At) -> Option<ElementRef<'a>> {
        self.elements.get(at).copied()
    }

    /// The element around this one.
    pub(super) fn parent(&self, at: At) -> Option<At> {
        self.parents.get(at).copied().filter(|parent| *parent != at)
    }

    /// The elements of a span that a rule finds, in document order.
    pub(super) fn find<'s>(&'s self, rule: &'s Rule, span: Span) -> impl Iterator<Item = At> + 's {
        let candidates = if rule.around.iter().all(|key| !self.having(key).is_empty()) {
            self.having(&rule.key)
        } else {
            &[]
        };
        let from = candidates.partition_point(|at| *at < span.start);
        candidates
            .get(from..)
            .unwrap_or_default()
            .iter()
            .copied()
            .take_while(move |at| *at < span.end)
            .filter(|at| self.matches(rule, *at))
    }

    /// The elements that have an id, a class, a tag or an attribute, in document order.
    fn having(&self, key: &Key) -> &[At] {
        let names = names();
        let number = match key {
            Key::Id(id) => names.ids.get(id.as_str()),
            Key::Class(class) => names.classes.get(class.as_str()),
            Key::Tag(tag) => names.tags.get(tag.as_str()),
            Key::Attribute(name) => names.attributes.get(name.as_str()),
        };
        self.numbered(number)
    }

    fn numbered(&self, number: Option<&usize>) -> &[At] {
        debug_assert!(
            number.is_some(),
            "a name that is asked for stands in a table or in ASKED"
        );
        number
            .and_then(|n| self.named.get(*n))
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    /// The last element in front of `before` that a rule finds.
    pub(super) fn find_before(&self, rule: &Rule, before: At) -> Option<At> {
        let found: Vec<At> = self.find(rule, Span { start: 0, end: before }).collect();
        found.last().copied()
    }

    /// Whether a rule's selector matches an element.
    pub(super) fn matches(&self, rule: &Rule, at: At) -> bool {
        self.get(at).is_some_and(|element| rule.selector.matches(&element))
    }

    /// The numbers of the elements with a tag, in document order.
    pub(super) fn tagged_at(&self, tag: &str) -> impl Iterator<Item = At> + '_ {
        self.numbered(names().tags.get(tag)).iter().copied()
    }

    /// The elements with a tag, in document order.
    pub(super) fn tagged(&self, tag: &str) -> impl Iterator<Item = ElementRef<'a>> + '_ {
        self.tagged_at(tag).filter_map(|at| self.get(at))
    }

    /// Whether any element has this id.
    pub(super) fn has_id(&self, id: &str) -> bool {
        !self.numbered(names().ids.get(id)).is_empty()
    }

    /// Whether any element has this class.
    pub(super) fn has_class(&self, class: &str) -> bool {
        !self.numbered(names().classes.get(class)).is_empty()
    }
}

/// The names that are asked for, each with its number.
struct Names {
    classes: NumberOf,
    ids: NumberOf,
    tags: NumberOf,
    attributes: NumberOf,
    count: usize,
}

/// Numbers by name. The names are ours and every page's names are looked up in them, so a plain hash (FNV-1a) does: a
/// page cannot make them collide.
type NumberOf = HashMap<&'static str, usize, BuildHasherDefault<NameHasher>>;

struct NameHasher(u64);

impl Default for NameHasher {
    fn default() -> NameHasher {
        NameHasher(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for NameHasher {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// What is asked for beside the tables: tags, ids and classes.
const ASKED: (&[&str], &[&str], &[&str]) = (
    &["a", "div", "fb:comments", "form", "h1", "link", "meta", "p", "script"],
    &["disqus_thread"],
    &["cmt_iframe_holder", "fb-comments", "g-comments"],
);

fn names() -> &'static Names {
    static NAMES: OnceLock<Names> = OnceLock::new();
    NAMES.get_or_init(|| {
        let mut names = Names {
            classes: NumberOf::default(),
            ids: NumberOf::default(),
            tags: NumberOf::default(),
            attributes: NumberOf::default(),
            count: 0,
        };
        let (tags, ids, classes) = ASKED;
        let asked = [(tags, 0), (ids, 1), (classes, 2), (ATTRIBUTES, 3)]
            .into_iter()
            .flat_map(|(list, kind)| list.iter().map(move |name| (*name, kind)));
        let of_tables = tables().iter().flat_map(Table::rules).flat_map(|rule| {
            rule.around.iter().chain([&rule.key]).map(|key| match key {
                Key::Tag(name) => (name.as_str(), 0),
                Key::Id(name) => (name.as_str(), 1),
                Key::Class(name) => (name.as_str(), 2),
                Key::Attribute(name) => (name.as_str(), 3),
            })
        });
        for (name, kind) in asked.chain(of_tables) {
            let list = match kind {
                0 => &mut names.tags,
                1 => &mut names.ids,
                2 => &mut names.classes,
                _ => &mut names.attributes,
            };
            list.entry(name).or_insert_with(|| {
                names.count += 1;
                names.count - 1
            });
        }
        names
    })
}

/// The text a reader sees in an element: white space collapsed, line breaks and blocks as spaces, without scripts and
/// without the elements that `skip` names.
pub(super) fn text(element: ElementRef<'_>, skip: &dyn Fn(NodeId) -> bool) -> String {
    let mut out = String::new();
    walk_text(element, skip, &mut |piece| push_collapsed(&mut out, piece), true);
    out.truncate(out.trim_end().len());
    out
}

/// The text of an element with the line breaks of the source.
pub(super) fn raw_text(element: ElementRef<'_>) -> String {
    let mut out = String::new();
    walk_text(element, &|_| false, &mut |piece| out.push_str(piece), false);
    out
}

fn walk_text(element: ElementRef<'_>, skip: &dyn Fn(NodeId) -> bool, push: &mut dyn FnMut(&str), blocks: bool) {
    let mut hidden: Option<NodeId> = None;
    for edge in element.traverse() {
        match edge {
            Edge::Open(node) => {
                if hidden.is_some() {
                    continue;
                }
                match node.value() {
                    Node::Text(text) => push(text),
                    Node::Element(e) => {
                        let silent = matches!(e.name(), "script" | "style" | "noscript" | "template");
                        if silent || skip(node.id()) {
                            hidden = Some(node.id());
                        } else if blocks && breaks(e.name()) {
                            push(" ");
                        }
                    }
                    _ => {}
                }
            }
            Edge::Close(node) => {
                if hidden == Some(node.id()) {
                    hidden = None;
                } else if hidden.is_none() && blocks && node.value().as_element().is_some_and(|e| breaks(e.name())) {
                    push(" ");
                }
            }
        }
    }
}

fn breaks(tag: &str) -> bool {
    matches!(
        tag,
        "br" | "p"
            | "div"
            | "li"
            | "ul"
            | "ol"
            | "table"
            | "tr"
            | "td"
            | "th"
            | "blockquote"
            | "pre"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "hr"
            | "dd"
            | "dt"
            | "dl"
            | "center"
            | "section"
            | "article"
    )
}

fn push_collapsed(out: &mut String, piece: &str) {
    for c in piece.chars() {
        if c.is_whitespace() {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        } else {
            out.push(c);
        }
    }
}
