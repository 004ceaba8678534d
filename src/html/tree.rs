//! A fragment of HTML as browsers build it: html5ever's parser filling a flat arena.
//!
//! Nodes are numbers into one vector, so that a walk needs no recursion, no reference counts and no more memory than the
//! fragment has tags. The tree knows nothing of Markdown.

use std::borrow::Cow;
use std::cell::{Cell, Ref, RefCell};

use html5ever::interface::{ElemName, ElementFlags, NodeOrText, QuirksMode, TreeSink, create_element};
use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::tokenizer::TokenizerOpts;
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};
use html5ever::{Attribute, LocalName, Namespace, ParseOpts, QualName, local_name, ns, parse_fragment};

use super::tags::Tag;
use super::tokens;

/// The number of a node in its [`Tree`]. Zero is the root and stands for "none" where a neighbour is asked for.
pub(crate) type NodeId = u32;

/// "No such node."
pub(crate) const NONE: NodeId = 0;

/// What a node is.
#[derive(Debug)]
pub(crate) enum Content {
    /// The root, or a node that was taken out of the tree.
    Nothing,
    /// Character data.
    Text(StrTendril),
    /// A comment, without its `<!--` and `-->`.
    Comment(StrTendril),
    /// An element: what it is to us, and its name as written.
    Element(Tag, LocalName, Vec<Attribute>),
}

/// One node with its neighbours.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) parent: NodeId,
    pub(crate) first: NodeId,
    pub(crate) last: NodeId,
    pub(crate) next: NodeId,
    pub(crate) prev: NodeId,
    /// How many elements it was put into, at most.
    depth: u16,
    pub(crate) content: Content,
}

impl Node {
    const EMPTY: Node = Node {
        parent: NONE,
        first: NONE,
        last: NONE,
        next: NONE,
        prev: NONE,
        depth: 0,
        content: Content::Nothing,
    };

    /// What element this is; [`Tag::None`] for text and comments.
    pub(crate) fn tag(&self) -> Tag {
        match self.content {
            Content::Element(tag, ..) => tag,
            _ => Tag::None,
        }
    }

    /// The attributes; none for text and comments.
    pub(crate) fn attributes(&self) -> &[Attribute] {
        match &self.content {
            Content::Element(_, _, attributes) => attributes,
            _ => &[],
        }
    }

    /// The value of an attribute, by its lower-case name.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes()
            .iter()
            .find(|one| &*one.name.local == name)
            .map(|one| &*one.value)
    }

    /// Whether `class` lists this word.
    pub(crate) fn has_class(&self, word: &str) -> bool {
        self.attribute("class")
            .is_some_and(|class| class.split_ascii_whitespace().any(|one| one == word))
    }
}

/// A parsed fragment.
#[derive(Debug)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
    /// What a number that was never given out stands for.
    nowhere: Node,
}

impl Tree {
    /// Parses a fragment as the content of `<body>`, the way a browser would. Never fails: every input is some tree.
    pub(crate) fn parse(fragment: &str) -> Tree {
        Tree::parse_quickly(fragment, u16::MAX).unwrap_or_else(|| Tree::parse_slowly(fragment))
    }

    /// The same for a fragment that turns out to nest no deeper than `limit`; nothing for others, and for those that
    /// cannot be read quickly.
    pub(crate) fn parse_shallow(fragment: &str, limit: usize) -> Option<Tree> {
        Tree::parse_quickly(fragment, u16::try_from(limit).unwrap_or(u16::MAX))
    }

    fn parse_quickly(fragment: &str, limit: u16) -> Option<Tree> {
        if !tokens::is_known(fragment) {
            return None;
        }
        let sink = Sink::new(fragment.len(), limit);
        let body = create_element(&sink, body_name(), Vec::new());
        let builder = TreeBuilder::new_for_fragment(sink, body, None, builder_options());
        let fed = tokens::feed(fragment, &builder, || builder.sink.too_deep.get());
        (fed && !builder.sink.too_deep.get()).then(|| builder.sink.finish())
    }

    /// The same by html5ever's own tokenizer.
    pub(crate) fn parse_slowly(fragment: &str) -> Tree {
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

    /// The node of that number; an empty one where there is none.
    pub(crate) fn node(&self, id: NodeId) -> &Node {
        self.nodes.get(id as usize).unwrap_or(&self.nowhere)
    }

    /// How many nodes there are, the root included.
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The fragment's own node: the parent of its top-level nodes.
    pub(crate) fn top(&self) -> NodeId {
        // The parser hangs a fragment under an `html` element of its own.
        let first = self.node(0).first;
        if first != NONE && self.node(first).tag() == Tag::Html {
            first
        } else {
            0
        }
    }

    /// The children of a node.
    pub(crate) fn children(&self, id: NodeId) -> Children<'_> {
        Children {
            tree: self,
            next: self.node(id).first,
        }
    }

    /// The steps of a walk over everything under `top`, in document order.
    pub(crate) fn walk(&self, top: NodeId) -> Walk<'_> {
        Walk {
            tree: self,
            top,
            at: top,
            state: WalkState::Start,
        }
    }
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

/// See [`Tree::children`].
pub(crate) struct Children<'t> {
    tree: &'t Tree,
    next: NodeId,
}

impl Iterator for Children<'_> {
    type Item = NodeId;

    fn next(&mut self) -> Option<NodeId> {
        if self.next == NONE {
            return None;
        }
        let id = self.next;
        self.next = self.tree.node(id).next;
        Some(id)
    }
}

/// One step of a walk. Every `Enter` of an element has its `Leave`, unless its content was skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// A node begins (for text and comments: is met).
    Enter(NodeId),
    /// An element ends.
    Leave(NodeId),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WalkState {
    Start,
    Entered,
    Left,
    Done,
}

/// The stream of events over a part of the tree: iterative, whatever the depth.
pub(crate) struct Walk<'t> {
    tree: &'t Tree,
    top: NodeId,
    at: NodeId,
    state: WalkState,
}

impl Walk<'_> {
    /// The node that was just entered is not descended into, and there will be no `Leave` for it.
    pub(crate) fn pass_over(&mut self) {
        if self.state == WalkState::Entered {
            self.state = WalkState::Left;
        }
    }

    fn enter(&mut self, id: NodeId) -> Option<Step> {
        self.at = id;
        self.state = if self.tree.node(id).tag() == Tag::None {
            WalkState::Left
        } else {
            WalkState::Entered
        };
        Some(Step::Enter(id))
    }
}

impl Iterator for Walk<'_> {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        let node = self.tree.node(self.at);
        match self.state {
            WalkState::Done => None,
            WalkState::Start => {
                if node.first == NONE {
                    self.state = WalkState::Done;
                    return None;
                }
                self.enter(node.first)
            }
            WalkState::Entered => {
                if node.first != NONE {
                    return self.enter(node.first);
                }
                self.state = WalkState::Left;
                Some(Step::Leave(self.at))
            }
            WalkState::Left => {
                if node.next != NONE {
                    return self.enter(node.next);
                }
                if node.parent == self.top {
                    self.state = WalkState::Done;
                    return None;
                }
                self.at = node.parent;
                Some(Step::Leave(node.parent))
            }
        }
    }
}

/// What html5ever holds of a node: its number and its name, so that a name is asked for without a look into the arena.
#[derive(Clone, Debug)]
pub(crate) struct Handle {
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
    nodes: RefCell<Vec<Node>>,
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

    fn add(&self, content: Content) -> NodeId {
        let mut nodes = self.nodes.borrow_mut();
        let id = nodes.len() as NodeId;
        nodes.push(Node { content, ..Node::EMPTY });
        id
    }

    fn nameless(&self, content: Content) -> Handle {
        Handle {
            id: self.add(content),
            namespace: ns!(),
            local: local_name!(""),
        }
    }

    fn detach(nodes: &mut [Node], id: NodeId) {
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

    fn push_last(&self, nodes: &mut [Node], parent: NodeId, id: NodeId) {
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

    fn insert_before(nodes: &mut [Node], sibling: NodeId, id: NodeId) {
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
    type Output = Tree;
    type ElemName<'a> = Name<'a>;

    fn finish(self) -> Tree {
        Tree {
            nodes: self.nodes.into_inner(),
            nowhere: Node::EMPTY,
        }
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

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, _: ElementFlags) -> Handle {
        let tag = Tag::of(&name);
        let (namespace, local) = (name.ns, name.local);
        Handle {
            id: self.add(Content::Element(tag, local.clone(), attributes)),
            namespace,
            local,
        }
    }

    fn create_comment(&self, text: StrTendril) -> Handle {
        self.nameless(Content::Comment(text))
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
                        before.push_tendril(&text);
                        return;
                    }
                }
                let id = self.add(Content::Text(text));
                self.push_last(&mut self.nodes.borrow_mut(), parent.id, id);
            }
        }
    }

    fn append_based_on_parent_node(&self, element: &Handle, previous: &Handle, child: NodeOrText<Handle>) {
        let has_parent = {
            let nodes: Ref<'_, Vec<Node>> = self.nodes.borrow();
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
                        before.push_tendril(&text);
                        return;
                    }
                }
                let id = self.add(Content::Text(text));
                Self::insert_before(&mut self.nodes.borrow_mut(), sibling.id, id);
            }
        }
    }

    fn add_attrs_if_missing(&self, target: &Handle, attributes: Vec<Attribute>) {
        let mut nodes = self.nodes.borrow_mut();
        if let Some(Node {
            content: Content::Element(_, _, present),
            ..
        }) = nodes.get_mut(target.id as usize)
        {
            for one in attributes {
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A tree as text, for comparing.
    fn drawn(tree: &Tree) -> String {
        let mut text = String::new();
        for step in tree.walk(tree.top()) {
            match step {
                Step::Enter(id) => match &tree.node(id).content {
                    Content::Element(_, name, attributes) => {
                        text.push_str(&format!("<{name}"));
                        for one in attributes {
                            text.push_str(&format!(" {}={:?}", one.name.local, &*one.value));
                        }
                        text.push('>');
                    }
                    Content::Text(piece) => text.push_str(&format!("{:?}", &**piece)),
                    Content::Comment(piece) => text.push_str(&format!("<!--{:?}-->", &**piece)),
                    Content::Nothing => text.push_str("nothing"),
                },
                Step::Leave(_) => text.push_str("</>"),
            }
        }
        text
    }

    #[track_caller]
    fn same(fragment: &str) {
        assert_eq!(
            drawn(&Tree::parse(fragment)),
            drawn(&Tree::parse_slowly(fragment)),
            "{fragment:?}"
        );
    }

    #[test]
    fn both_tokenizers_make_one_tree() {
        for fragment in [
            "",
            "<",
            "<a",
            "</",
            "</a",
            "<a b",
            "<a b=",
            "<a b='",
            "<a/>x",
            "<br/ >",
            "<a href=x/>y",
            "</ x>y",
            "</>y",
            "<!>x",
            "<!doctype html>x",
            "<!DOCTYPE a 'b>c'>x",
            "<!-->x",
            "<!--->x",
            "<!---->x",
            "<!-- a --!>x",
            "<!-- a",
            "<!-- a--",
            "<?php x ?>y",
            "<!x>y",
            "&amp;&lt&notit;&notin;&#128;&#x1F600;&#0;&#xD800;&#;&#x;&bogus;&",
            "<a b='&amp;&copy=1&copy;&copyx'>",
            "<a B=1 b=2 C>",
            "<title>&amp;</x></title>y",
            "<textarea>\n&lt;</textarea>",
            "<script>a<b&amp;</script>x",
            "<script><!-- <script> --></script>x",
            "<style></styl></style>x",
            "<xmp><b></XMP>y",
            "<plaintext><b>",
            "<svg><![CDATA[x]]></svg>",
            "<svg viewBox=1><path/></svg>",
            "<pre>\n\nx</pre>",
            "a\r\nb\rc",
            "a\0b",
            "\u{feff}x",
            "<IMG SRC=a>",
            "<a=b c>",
            "<p =x y>",
            "<a'b\"c>",
            "<b>x</b/>y</b a=c>",
            "<noscript><p></noscript>x",
            "<iframe><p></iframe>x",
            "<select><option>a<p>b",
            "<table>x<tr>y<td>z",
            "<math><mi>x</math>",
            "<template><p>x</template>y",
            "<frameset>",
            "<body class=x>y",
            "<html lang=x>y",
        ] {
            same(fragment);
        }
    }

    const PIECES: &[&str] = &[
        "<",
        ">",
        "/",
        "=",
        "\"",
        "'",
        "&",
        ";",
        "#",
        "!",
        "-",
        "--",
        "?",
        " ",
        "\n",
        "a",
        "b",
        "p",
        "x",
        "<a",
        "</a>",
        "<b>",
        "<!--",
        "-->",
        "--!>",
        "<p>",
        "</p>",
        "<div>",
        "<table>",
        "<td>",
        "<li>",
        "<title>",
        "</title>",
        "<textarea>",
        "</textarea>",
        "<script>",
        "</script>",
        "<style>",
        "</style>",
        "<xmp>",
        "</xmp>",
        "<svg>",
        "</svg>",
        "<math>",
        "<iframe>",
        "</iframe>",
        "&amp;",
        "&lt",
        "&not",
        "in;",
        "&#",
        "x41",
        "65",
        "href=",
        "HREF='x'",
        "<IMG ",
        "/>",
        "<!doctype",
        "<![CDATA[",
        "]]>",
        "<?",
        "</",
        "é",
        "日本",
        "\0",
        "\r",
        "\t",
        "<plaintext>",
        "<noscript>",
        "</noscript>",
        "<select>",
        "<option>",
    ];

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: std::env::var("BLOGARK_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(2000),
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        #[test]
        fn both_tokenizers_make_one_tree_of_anything(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..24)) {
            same(&pieces.concat());
        }
    }
}
