//! A parsed page, numbered in document order and indexed by class, id, tag and attribute, so that a table with dozens
//! of selectors costs no more than the elements it finds.

use std::collections::HashMap;

use ego_tree::NodeId;
use ego_tree::iter::Edge;
use scraper::{ElementRef, Html, Node};

use super::table::{Key, Rule};

/// Number of an element in document order.
pub(super) type At = usize;

/// A page's elements in document order.
pub(super) struct Outline<'a> {
    elements: Vec<ElementRef<'a>>,
    /// For each element the number after its last descendant.
    ends: Vec<At>,
    /// For each element the one around it; its own number where there is none.
    parents: Vec<At>,
    by_class: HashMap<&'a str, Vec<At>>,
    by_id: HashMap<&'a str, Vec<At>>,
    by_tag: HashMap<&'a str, Vec<At>>,
    by_attribute: HashMap<&'a str, Vec<At>>,
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

impl<'a> Outline<'a> {
    /// Numbers a parsed page. `attributes` are the names by which selectors without a tag, class or id look.
    pub(super) fn of(page: &'a Html, attributes: &[&'static str]) -> Outline<'a> {
        let mut outline = Outline {
            elements: Vec::new(),
            ends: Vec::new(),
            parents: Vec::new(),
            by_class: HashMap::new(),
            by_id: HashMap::new(),
            by_tag: HashMap::new(),
            by_attribute: HashMap::new(),
        };
        let mut open: Vec<At> = Vec::new();
        for edge in page.tree.root().traverse() {
            match edge {
                Edge::Open(node) => {
                    if let Some(element) = ElementRef::wrap(node) {
                        let at = outline.elements.len();
                        outline.parents.push(open.last().copied().unwrap_or(at));
                        outline.add(at, element, attributes);
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

    fn add(&mut self, at: At, element: ElementRef<'a>, attributes: &[&'static str]) {
        self.elements.push(element);
        self.ends.push(at + 1);
        let value = element.value();
        self.by_tag.entry(value.name()).or_default().push(at);
        for (name, text) in value.attrs() {
            match name {
                "class" => {
                    for class in text.split_ascii_whitespace() {
                        let seen = self.by_class.entry(class).or_default();
                        if seen.last() != Some(&at) {
                            seen.push(at);
                        }
                    }
                }
                "id" => self.by_id.entry(text).or_default().push(at),
                name if attributes.contains(&name) => {
                    self.by_attribute.entry(name).or_default().push(at);
                }
                _ => {}
            }
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
        let candidates: &[At] = match &rule.key {
            Key::Id(id) => self.by_id.get(id.as_str()).map(Vec::as_slice),
            Key::Class(class) => self.by_class.get(class.as_str()).map(Vec::as_slice),
            Key::Tag(tag) => self.by_tag.get(tag.as_str()).map(Vec::as_slice),
            Key::Attribute(name) => self.by_attribute.get(name.as_str()).map(Vec::as_slice),
        }
        .unwrap_or_default();
        let from = candidates.partition_point(|at| *at < span.start);
        candidates
            .get(from..)
            .unwrap_or_default()
            .iter()
            .copied()
            .take_while(move |at| *at < span.end)
            .filter(|at| self.matches(rule, *at))
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
        self.by_tag
            .get(tag)
            .map(Vec::as_slice)
            .unwrap_or_default()
            .iter()
            .copied()
    }

    /// The elements with a tag, in document order.
    pub(super) fn tagged(&self, tag: &str) -> impl Iterator<Item = ElementRef<'a>> + '_ {
        self.tagged_at(tag).filter_map(|at| self.get(at))
    }

    /// Whether any element has this id.
    pub(super) fn has_id(&self, id: &str) -> bool {
        self.by_id.contains_key(id)
    }

    /// Whether any element has this class.
    pub(super) fn has_class(&self, class: &str) -> bool {
        self.by_class.contains_key(class)
    }
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
