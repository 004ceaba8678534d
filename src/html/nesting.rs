//! The tree of a fragment without html5ever, for the many that need none of its repair work.
//!
//! These are the rules of the HTML standard for the content of a body: what closes what, what is opened again after a
//! paragraph ended before its bold text did, which parts of a table nobody wrote. Whatever asks for more (bold text that
//! ends in the middle of a block, text loose in a table, drawings, templates, menus of a form) is not built here: the
//! answer is then `None`, and html5ever has it. Tests hold the two trees equal.

mod body;
mod kinds;
mod table;

use std::borrow::Cow;

use kinds::*;

use super::tags::Tag;
use super::tokens::{self, Content as Inside, Receiver, StartTag, decoded};
use super::tree::{Attribute, Content, NONE, Node, NodeId, Tree, room};

/// The tree of a fragment that is simple enough and nests no deeper than `limit`.
pub(crate) fn build(html: &str, limit: usize) -> Option<Tree<'_>> {
    if !tokens::is_known(html) {
        return None;
    }
    let mut builder = Builder::new(html.len(), limit);
    tokens::read(html, &mut builder)?;
    Some(Tree::of(builder.nodes))
}

/// An element whose end has not come.
#[derive(Debug, Clone, Copy)]
struct Open {
    id: NodeId,
    tag: Tag,
}

/// What is opened again when its surroundings end before it does: the standard's list of active formatting elements.
#[derive(Debug, Clone, Copy)]
enum Formatting {
    /// Nothing before it is opened again: a cell or an object began here.
    Marker,
    Element {
        id: NodeId,
        tag: Tag,
        /// It is among the open elements.
        is_open: bool,
    },
}

struct Builder<'h> {
    nodes: Vec<Node<'h>>,
    open: Vec<Open>,
    formatting: Vec<Formatting>,
    limit: usize,
    /// How many paragraphs are open.
    paragraphs: usize,
    /// How many cells are open.
    cells: usize,
    form: Option<NodeId>,
    /// The newline that comes next is not shown.
    skips_newline: bool,
    /// The text that comes next belongs to an element that holds nothing else.
    in_text: bool,
}

impl<'h> Builder<'h> {
    fn new(length: usize, limit: usize) -> Builder<'h> {
        let mut nodes = room(length / 40 + 8);
        nodes.push(Node::EMPTY);
        let mut builder = Builder {
            nodes,
            open: Vec::with_capacity(16),
            formatting: Vec::new(),
            limit,
            paragraphs: 0,
            cells: 0,
            form: None,
            skips_newline: false,
            in_text: false,
        };
        let root = builder.hang(NONE, Content::Element(Tag::Html, Cow::Borrowed("html"), Vec::new()));
        builder.open.push(Open {
            id: root,
            tag: Tag::Html,
        });
        builder
    }

    /// The innermost open element.
    fn current(&self) -> Open {
        self.open.last().copied().unwrap_or(Open { id: 1, tag: Tag::Html })
    }

    /// Adds a node as the last child of another.
    fn hang(&mut self, parent: NodeId, content: Content<'h>) -> NodeId {
        let id = self.nodes.len() as NodeId;
        let mut prev = NONE;
        if let Some(owner) = self.nodes.get_mut(parent as usize) {
            prev = std::mem::replace(&mut owner.last, id);
            if prev == NONE {
                owner.first = id;
            }
        }
        if prev != NONE
            && let Some(before) = self.nodes.get_mut(prev as usize)
        {
            before.next = id;
        }
        self.nodes.push(Node {
            parent,
            prev,
            content,
            ..Node::EMPTY
        });
        id
    }

    /// Adds a node to the innermost open element. `None`: it would lie too deep.
    fn add(&mut self, content: Content<'h>) -> Option<NodeId> {
        if self.open.len() >= self.limit {
            return None;
        }
        Some(self.hang(self.current().id, content))
    }

    /// Adds text there, to text that is there already.
    fn add_text(&mut self, text: Cow<'h, str>) -> Option<()> {
        let last = self
            .nodes
            .get(self.current().id as usize)
            .map_or(NONE, |node| node.last);
        if last != NONE
            && let Some(Node {
                content: Content::Text(before),
                ..
            }) = self.nodes.get_mut(last as usize)
        {
            before.to_mut().push_str(&text);
            return Some(());
        }
        self.add(Content::Text(text)).map(|_| ())
    }

    fn push(&mut self, id: NodeId, tag: Tag) {
        self.paragraphs += usize::from(tag == Tag::P);
        self.cells += usize::from(matches!(tag, Tag::Td | Tag::Th));
        self.open.push(Open { id, tag });
    }

    fn pop(&mut self) {
        let Some(closed) = self.open.pop() else { return };
        match closed.tag {
            Tag::P => self.paragraphs -= 1,
            Tag::Td | Tag::Th => self.cells -= 1,
            tag if is_formatting(tag) => {
                let own = self.formatting.iter_mut().rev().find_map(|entry| match entry {
                    Formatting::Element { id, is_open, .. } if *id == closed.id => Some(is_open),
                    _ => None,
                });
                if let Some(is_open) = own {
                    *is_open = false;
                }
            }
            _ => {}
        }
    }

    /// Closes elements up to and with the innermost that is meant.
    fn pop_until(&mut self, is_meant: impl Fn(Tag) -> bool) {
        while self.open.len() > 1 {
            let tag = self.current().tag;
            self.pop();
            if is_meant(tag) {
                return;
            }
        }
    }

    /// Adds an element and opens it.
    fn insert(&mut self, tag: Tag, written: &StartTag<'h, '_>) -> Option<NodeId> {
        let id = self.void(tag, written)?;
        self.push(id, tag);
        Some(id)
    }

    /// Adds an element that has no content.
    fn void(&mut self, tag: Tag, written: &StartTag<'h, '_>) -> Option<NodeId> {
        let attributes = written.attributes.iter().map(|one| Attribute {
            name: lower(one.name),
            value: decoded(one.value, true),
        });
        let content = Content::Element(tag, lower(written.name), attributes.collect());
        self.add(content)
    }

    /// Adds an element that nobody wrote and opens it.
    fn insert_unwritten(&mut self, tag: Tag, name: &'static str) -> Option<()> {
        let id = self.add(Content::Element(tag, Cow::Borrowed(name), Vec::new()))?;
        self.push(id, tag);
        Some(())
    }

    /// Whether such an element is open, and nothing between that keeps its end tag from closing it.
    fn in_scope(&self, is_meant: impl Fn(Tag) -> bool, is_boundary: impl Fn(Tag) -> bool) -> bool {
        for open in self.open.iter().rev() {
            if is_meant(open.tag) {
                return true;
            }
            if is_boundary(open.tag) {
                return false;
            }
        }
        false
    }

    fn is_open(&self, tag: Tag) -> bool {
        self.in_scope(|one| one == tag, bounds)
    }

    /// Closes what needs no end tag of its own, but not elements of the name `except`.
    fn close_implied(&mut self, except: Tag) {
        while implies_end(self.current().tag) && self.current().tag != except {
            self.pop();
        }
    }

    fn close(&mut self, tag: Tag) {
        self.close_implied(tag);
        self.pop_until(|one| one == tag);
    }

    fn close_paragraph(&mut self) {
        if self.paragraphs > 0 && self.in_scope(|tag| tag == Tag::P, |tag| bounds(tag) || tag == Tag::Button) {
            self.close(Tag::P);
        }
    }

    fn close_cell(&mut self) {
        self.close_implied(Tag::None);
        self.pop_until(|tag| matches!(tag, Tag::Td | Tag::Th));
        self.forget_to_marker();
    }

    fn forget_to_marker(&mut self) {
        while let Some(Formatting::Element { .. }) = self.formatting.pop() {}
    }

    /// The list from its end to the last marker: places, nodes and names.
    fn formatting(&self) -> impl Iterator<Item = (usize, NodeId, Tag)> {
        self.formatting
            .iter()
            .enumerate()
            .rev()
            .map_while(|(place, entry)| match entry {
                Formatting::Marker => None,
                Formatting::Element { id, tag, .. } => Some((place, *id, *tag)),
            })
    }

    /// Opens again what was closed only because its surroundings were.
    fn reopen(&mut self) -> Option<()> {
        let is_closed = |entry: &Formatting| matches!(entry, Formatting::Element { is_open: false, .. });
        let first = self.formatting.len()
            - self
                .formatting
                .iter()
                .rev()
                .take_while(|entry| is_closed(entry))
                .count();
        for place in first..self.formatting.len() {
            let Some(Formatting::Element { id, tag, .. }) = self.formatting.get(place).copied() else {
                continue;
            };
            let content = self.nodes.get(id as usize)?.content.clone();
            let id = self.add(content)?;
            self.push(id, tag);
            if let Some(entry) = self.formatting.get_mut(place) {
                *entry = Formatting::Element { id, tag, is_open: true };
            }
        }
        Some(())
    }

    fn insert_formatting(&mut self, tag: Tag, written: &StartTag<'h, '_>) -> Option<()> {
        let id = self.void(tag, written)?;
        // Of equal ones, three are opened again and no more.
        let attributes = |id: NodeId| self.nodes.get(id as usize).map(Node::attributes).unwrap_or_default();
        let own = attributes(id);
        let is_equal = |other: NodeId| {
            let other = attributes(other);
            other.len() == own.len() && own.iter().all(|one| other.contains(one))
        };
        let equal = self
            .formatting()
            .filter(|(_, other, name)| *name == tag && is_equal(*other));
        let (mut count, mut earliest) = (0, 0);
        for (place, ..) in equal {
            (count, earliest) = (count + 1, place);
        }
        if count >= 3 {
            self.formatting.remove(earliest);
        }
        self.push(id, tag);
        self.formatting.push(Formatting::Element { id, tag, is_open: true });
        Some(())
    }

    /// The end of bold text and the like: simple where nothing but its own kind was begun in it.
    fn end_formatting(&mut self, tag: Tag, name: &str) -> Option<()> {
        let found = self.formatting().find(|(_, _, own)| *own == tag);
        let current = self.current();
        let is_current = |entry: &Formatting| matches!(entry, Formatting::Element { id, .. } if *id == current.id);
        if current.tag == tag && !self.formatting.iter().any(is_current) {
            self.pop();
            return Some(());
        }
        let Some((place, id, _)) = found else {
            self.end_other(tag, name);
            return Some(());
        };
        let Some(at) = self.open.iter().rposition(|open| open.id == id) else {
            self.formatting.remove(place);
            return Some(());
        };
        let mut above = self.open.iter().skip(at + 1);
        if above.any(|open| is_special(open.tag)) {
            return None;
        }
        while self.open.len() > at {
            self.pop();
        }
        self.formatting.remove(place);
        Some(())
    }

    /// The end of an element that has no rule of its own.
    fn end_other(&mut self, tag: Tag, name: &str) {
        let is_named = |open: &Open| {
            open.tag == tag
                && (tag != Tag::Other
                    || matches!(self.nodes.get(open.id as usize), Some(Node { content: Content::Element(_, own, _), .. }) if own.eq_ignore_ascii_case(name)))
        };
        let mut found = None;
        for (at, open) in self.open.iter().enumerate().rev() {
            if is_named(open) {
                found = Some(at);
                break;
            }
            if is_special(open.tag) {
                return;
            }
        }
        let Some(at) = found else { return };
        while self.open.len() > at {
            self.pop();
        }
    }

    /// Opens an element whose content is text and nothing else.
    fn insert_text_element(&mut self, tag: Tag, written: &StartTag<'h, '_>, inside: Inside) -> Option<Inside> {
        self.insert(tag, written)?;
        self.in_text = true;
        self.skips_newline = tag == Tag::Textarea;
        Some(inside)
    }

    fn is_in_table(&self) -> bool {
        matches!(
            self.current().tag,
            Tag::Table | Tag::Tbody | Tag::Thead | Tag::Tfoot | Tag::Tr
        )
    }
}

impl<'h> Receiver<'h> for Builder<'h> {
    fn text(&mut self, text: &'h str, references: bool) -> Option<()> {
        let skips = std::mem::take(&mut self.skips_newline);
        let mut text = if references {
            decoded(text, false)
        } else {
            Cow::Borrowed(text)
        };
        if skips && text.starts_with('\n') {
            text = match text {
                Cow::Borrowed(text) => Cow::Borrowed(text.get(1..)?),
                Cow::Owned(text) => Cow::Owned(text.get(1..)?.to_owned()),
            };
        }
        if text.is_empty() {
            return Some(());
        }
        if self.in_text {
            return self.add_text(text);
        }
        if self.is_in_table() {
            if !text.bytes().all(|byte| byte.is_ascii_whitespace()) {
                return None;
            }
        } else {
            self.reopen()?;
        }
        self.add_text(text)
    }

    fn comment(&mut self, text: &'h str) -> Option<()> {
        self.skips_newline = false;
        self.add(Content::Comment(Cow::Borrowed(text))).map(|_| ())
    }

    fn doctype(&mut self, _: &'h str) -> Option<()> {
        self.skips_newline = false;
        Some(())
    }

    fn start(&mut self, written: &StartTag<'h, '_>) -> Option<Inside> {
        self.skips_newline = false;
        let tag = Tag::named(written.name);
        loop {
            if self.is_in_table() {
                if let Tag::StyleSheet | Tag::Script = tag {
                    return self.start_in_body(tag, written);
                }
                if self.start_in_table(tag, written)? {
                    return Some(Inside::Markup);
                }
            } else if self.cells > 0 && is_table_part(tag) {
                self.close_cell();
            } else {
                return self.start_in_body(tag, written);
            }
        }
    }

    fn end(&mut self, name: &'h str) -> Option<()> {
        self.skips_newline = false;
        if std::mem::take(&mut self.in_text) {
            self.pop();
            return Some(());
        }
        let tag = Tag::named(name);
        loop {
            if self.is_in_table() {
                if self.end_in_table(tag)? {
                    return Some(());
                }
                continue;
            }
            if self.cells == 0 {
                return self.end_in_body(tag, name);
            }
            match tag {
                Tag::Body | Tag::Caption | Tag::Col | Tag::Colgroup | Tag::Html => return Some(()),
                Tag::Td | Tag::Th => {
                    if self.in_scope(|one| one == tag, |one| one == Tag::Table) {
                        self.close_implied(Tag::None);
                        self.pop_until(|one| one == tag);
                        self.forget_to_marker();
                    }
                    return Some(());
                }
                Tag::Table | Tag::Tbody | Tag::Tfoot | Tag::Thead | Tag::Tr => {
                    if !self.in_scope(|one| one == tag, |one| one == Tag::Table) {
                        return Some(());
                    }
                    self.close_cell();
                }
                _ => return self.end_in_body(tag, name),
            }
        }
    }
}

fn lower(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}
