//! The tree of a fragment by html5ever, for whatever is not simple: misnested formatting, text loose in a table, drawings,
//! templates.

use std::borrow::Cow;
use std::cell::{Cell, Ref, RefCell};

use html5ever::interface::{ElemName, ElementFlags, NodeOrText, QuirksMode, TreeSink, create_element};
use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::tokenizer::TokenizerOpts;
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};
use html5ever::{LocalName, Namespace, ParseOpts, QualName, local_name, ns, parse_fragment};

use super::tags::Tag;
use super::tokens;
use super::tree::{Attribute, Content, NONE, Node, NodeId, Tree};

/// The tree, built from our own tokens. Nothing for a fragment that nests deeper than `limit`, and for one that holds
/// something that is left to html5ever's tokenizer.
pub(crate) fn build(fragment: &str, limit: u16) -> Option<Tree<'static>> {
    if !tokens::is_known(fragment) {
        return None;
    }
    let sink = Sink::new(fragment.len(), limit);
    let body = create_element(&sink, body_name(), Vec::new());
    let builder = TreeBuilder::new_for_fragment(sink, body, None, builder_options());
    let fed = tokens::feed(fragment, &builder, || builder.sink.too_deep.get());
    (fed && !builder.sink.too_deep.get()).then(|| builder.sink.finish())
}

/// The same by html5ever alone. Never fails: every input is some tree.
pub(crate) fn build_slowly(fragment: &str) -> Tree<'static> {
    let options = ParseOpts {
        tokenizer: TokenizerOpts {
            exact_errors: false,
            discard_bom: false,
            ..TokenizerOpts::default()
        },
        tree_builder: builder_options(),
    };
    let sink = Sink::new(fragment.len(), u16::MAX);
    parse_fragment(sink, options, body_name(), Vec::new(), false).one(StrTendril::from_slice(fragment))
}

fn body_name() -> QualName {
    QualName::new(None, ns!(html), local_name!("body"))
}

fn builder_options() -> TreeBuilderOpts {
    TreeBuilderOpts {
        exact_errors: false,
        scripting_enabled: true,
        ..TreeBuilderOpts::default()
    }
}

fn own(attribute: html5ever::Attribute) -> Attribute<'static> {
    Attribute {
        name: Cow::Owned(attribute.name.local.to_string()),
        value: Cow::Owned(attribute.value.to_string()),
    }
}

/// What html5ever holds of a node: its number and its name, so that a name is asked for without a look into the arena.
#[derive(Clone, Debug)]
struct Handle {
    id: NodeId,
    namespace: Namespace,
    local: LocalName,
}

#[derive(Debug)]
struct Name<'a>(&'a Handle);

impl ElemName for Name<'_> {
    fn ns(&self) -> &Namespace {
        &self.0.namespace
    }

    fn local_name(&self) -> &LocalName {
        &self.0.local
    }
}

struct Sink {
    nodes: RefCell<Vec<Node<'static>>>,
    limit: u16,
    /// A node was put deeper than the limit.
    too_deep: Cell<bool>,
}

impl Sink {
    fn new(length: usize, limit: u16) -> Sink {
        let mut nodes = Vec::with_capacity(length / 40 + 8);
        nodes.push(Node::EMPTY);
        Sink {
            nodes: RefCell::new(nodes),
            limit,
            too_deep: Cell::new(false),
        }
    }

    fn add(&self, content: Content<'static>) -> NodeId {
        let mut nodes = self.nodes.borrow_mut();
        let id = nodes.len() as NodeId;
        nodes.push(Node { content, ..Node::EMPTY });
        id
    }

    fn nameless(&self, content: Content<'static>) -> Handle {
        Handle {
            id: self.add(content),
            namespace: ns!(),
            local: local_name!(""),
        }
    }

    fn detach(nodes: &mut [Node<'static>], id: NodeId) {
        let Some(node) = nodes.get_mut(id as usize) else { return };
        let (parent, prev, next) = (node.parent, node.prev, node.next);
        (node.parent, node.prev, node.next) = (NONE, NONE, NONE);
        if prev != NONE {
            if let Some(node) = nodes.get_mut(prev as usize) {
                node.next = next;
            }
        } else if let Some(node) = nodes.get_mut(parent as usize)
            && node.first == id
        {
            node.first = next;
        }
        if next != NONE {
            if let Some(node) = nodes.get_mut(next as usize) {
                node.prev = prev;
            }
        } else if let Some(node) = nodes.get_mut(parent as usize)
            && node.last == id
        {
            node.last = prev;
        }
    }

    fn push_last(&self, nodes: &mut [Node<'static>], parent: NodeId, id: NodeId) {
        let Some(owner) = nodes.get_mut(parent as usize) else {
            return;
        };
        let depth = self.deeper(owner.depth);
        let last = std::mem::replace(&mut owner.last, id);
        if last == NONE {
            owner.first = id;
        } else if let Some(node) = nodes.get_mut(last as usize) {
            node.next = id;
        }
        if let Some(node) = nodes.get_mut(id as usize) {
            node.parent = parent;
            node.prev = last;
            node.next = NONE;
            node.depth = depth;
        }
    }

    fn deeper(&self, depth: u16) -> u16 {
        let depth = depth.saturating_add(1);
        if depth > self.limit {
            self.too_deep.set(true);
        }
        depth
    }

    fn insert_before(nodes: &mut [Node<'static>], sibling: NodeId, id: NodeId) {
        let Some(other) = nodes.get_mut(sibling as usize) else {
            return;
        };
        let parent = other.parent;
        let depth = other.depth;
        let prev = std::mem::replace(&mut other.prev, id);
        if prev != NONE {
            if let Some(node) = nodes.get_mut(prev as usize) {
                node.next = id;
            }
        } else if let Some(node) = nodes.get_mut(parent as usize) {
            node.first = id;
        }
        if let Some(node) = nodes.get_mut(id as usize) {
            node.parent = parent;
            node.prev = prev;
            node.next = sibling;
            node.depth = depth;
        }
    }
}

impl TreeSink for Sink {
    type Handle = Handle;
    type Output = Tree<'static>;
    type ElemName<'a> = Name<'a>;

    fn finish(self) -> Tree<'static> {
        Tree::of(self.nodes.into_inner())
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> Handle {
        Handle {
            id: 0,
            namespace: ns!(),
            local: local_name!(""),
        }
    }

    fn elem_name<'a>(&'a self, target: &'a Handle) -> Name<'a> {
        Name(target)
    }

    fn create_element(&self, name: QualName, attributes: Vec<html5ever::Attribute>, _: ElementFlags) -> Handle {
        let tag = Tag::of(&name);
        let (namespace, local) = (name.ns, name.local);
        Handle {
            id: self.add(Content::Element(
                tag,
                Cow::Owned(local.to_string()),
                attributes.into_iter().map(own).collect(),
            )),
            namespace,
            local,
        }
    }

    fn create_comment(&self, text: StrTendril) -> Handle {
        self.nameless(Content::Comment(Cow::Owned(text.to_string())))
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Handle {
        self.nameless(Content::Nothing)
    }

    fn append(&self, parent: &Handle, child: NodeOrText<Handle>) {
        match child {
            NodeOrText::AppendNode(node) => {
                let mut nodes = self.nodes.borrow_mut();
                self.push_last(&mut nodes, parent.id, node.id);
            }
            NodeOrText::AppendText(text) => {
                {
                    let mut nodes = self.nodes.borrow_mut();
                    let last = nodes.get(parent.id as usize).map_or(NONE, |node| node.last);
                    if last != NONE
                        && let Some(Node {
                            content: Content::Text(before),
                            ..
                        }) = nodes.get_mut(last as usize)
                    {
                        before.to_mut().push_str(&text);
                        return;
                    }
                }
                let id = self.add(Content::Text(Cow::Owned(text.to_string())));
                self.push_last(&mut self.nodes.borrow_mut(), parent.id, id);
            }
        }
    }

    fn append_based_on_parent_node(&self, element: &Handle, previous: &Handle, child: NodeOrText<Handle>) {
        let has_parent = {
            let nodes: Ref<'_, Vec<Node<'static>>> = self.nodes.borrow();
            // The fragment's own root has number 1 and hangs under 0, so "no parent" is told by the links around the node.
            nodes.get(element.id as usize).is_some_and(|node| {
                node.parent != NONE
                    || nodes
                        .first()
                        .is_some_and(|root| root.first == element.id || root.last == element.id)
            })
        };
        if has_parent {
            self.append_before_sibling(element, child)
        } else {
            self.append(previous, child)
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    fn get_template_contents(&self, target: &Handle) -> Handle {
        // A template shows nothing, so its content may as well hang under it.
        target.clone()
    }

    fn same_node(&self, x: &Handle, y: &Handle) -> bool {
        x.id == y.id
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &Handle, new_node: NodeOrText<Handle>) {
        match new_node {
            NodeOrText::AppendNode(node) => {
                let mut nodes = self.nodes.borrow_mut();
                Self::detach(&mut nodes, node.id);
                Self::insert_before(&mut nodes, sibling.id, node.id);
            }
            NodeOrText::AppendText(text) => {
                {
                    let mut nodes = self.nodes.borrow_mut();
                    let prev = nodes.get(sibling.id as usize).map_or(NONE, |node| node.prev);
                    if prev != NONE
                        && let Some(Node {
                            content: Content::Text(before),
                            ..
                        }) = nodes.get_mut(prev as usize)
                    {
                        before.to_mut().push_str(&text);
                        return;
                    }
                }
                let id = self.add(Content::Text(Cow::Owned(text.to_string())));
                Self::insert_before(&mut self.nodes.borrow_mut(), sibling.id, id);
            }
        }
    }

    fn add_attrs_if_missing(&self, target: &Handle, attributes: Vec<html5ever::Attribute>) {
        let mut nodes = self.nodes.borrow_mut();
        if let Some(Node {
            content: Content::Element(_, _, present),
            ..
        }) = nodes.get_mut(target.id as usize)
        {
            for one in attributes.into_iter().map(own) {
                if present.iter().all(|other| other.name != one.name) {
                    present.push(one);
                }
            }
        }
    }

    fn remove_from_parent(&self, target: &Handle) {
        Self::detach(&mut self.nodes.borrow_mut(), target.id);
    }

    fn reparent_children(&self, node: &Handle, new_parent: &Handle) {
        let mut nodes = self.nodes.borrow_mut();
        loop {
            let first = nodes.get(node.id as usize).map_or(NONE, |one| one.first);
            if first == NONE {
                return;
            }
            Self::detach(&mut nodes, first);
            self.push_last(&mut nodes, new_parent.id, first);
        }
    }
}
