//! A fragment of HTML as browsers build it, in a flat arena.
//!
//! Nodes are numbers into one vector, so that a walk needs no recursion, no reference counts and no more memory than the
//! fragment has tags; text and attributes are borrowed from the fragment. The tree knows nothing of Markdown.
//!
//! Most fragments need none of the repair work that makes a browser's parser slow: those are built by [`super::nesting`].
//! The rest go to html5ever ([`super::browser`]). The trees are the same; tests compare them.

use std::borrow::Cow;
use std::cell::Cell;

use super::tags::Tag;
use super::{browser, nesting};

/// The number of a node in its [`Tree`]. Zero is the root and stands for "none" where a neighbour is asked for.
pub(crate) type NodeId = u32;

/// "No such node."
pub(crate) const NONE: NodeId = 0;

/// An attribute of an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attribute<'h> {
    /// Its name, in lower case.
    pub(crate) name: Cow<'h, str>,
    /// Its value, character references replaced.
    pub(crate) value: Cow<'h, str>,
}

/// What a node is.
#[derive(Debug, Clone)]
pub(crate) enum Content<'h> {
    /// The root, or a node that was taken out of the tree.
    Nothing,
    /// Character data.
    Text(Cow<'h, str>),
    /// A comment, without its `<!--` and `-->`.
    Comment(Cow<'h, str>),
    /// An element: what it is to us, and its name as written.
    Element(Tag, Cow<'h, str>, Vec<Attribute<'h>>),
}

/// One node with its neighbours.
#[derive(Debug)]
pub(crate) struct Node<'h> {
    pub(crate) parent: NodeId,
    pub(crate) first: NodeId,
    pub(crate) last: NodeId,
    pub(crate) next: NodeId,
    pub(crate) prev: NodeId,
    /// How many elements it was put into, at most.
    pub(super) depth: u16,
    pub(crate) content: Content<'h>,
}

impl<'h> Node<'h> {
    /// A node that is nothing and stands nowhere.
    pub(super) const EMPTY: Node<'h> = Node {
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
    pub(crate) fn attributes(&self) -> &[Attribute<'h>] {
        match &self.content {
            Content::Element(_, _, attributes) => attributes,
            _ => &[],
        }
    }

    /// The value of an attribute, by its lower-case name.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes()
            .iter()
            .find(|one| one.name == name)
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
pub(crate) struct Tree<'h> {
    nodes: Vec<Node<'h>>,
    /// What a number that was never given out stands for.
    nowhere: Node<'h>,
}

thread_local! {
    /// The memory of the last tree's nodes. Comments come by the thousand, and this is the largest piece that is asked for
    /// each of them.
    static ROOM: Cell<Vec<Node<'static>>> = const { Cell::new(Vec::new()) };
}

/// Nodes whose memory is kept for the next tree.
const KEPT: usize = 1024;

/// An empty list of nodes with room for so many, where there is some in the memory of the last tree's.
pub(super) fn room<'h>(count: usize) -> Vec<Node<'h>> {
    let mut nodes: Vec<Node<'h>> = ROOM.take();
    nodes.reserve(count);
    nodes
}

impl Drop for Tree<'_> {
    fn drop(&mut self) {
        let mut nodes = std::mem::take(&mut self.nodes);
        nodes.clear();
        if nodes.capacity() <= KEPT {
            // Nothing is left that borrows; the list stays where it is.
            ROOM.set(nodes.into_iter().map_while(|_| None).collect());
        }
    }
}

impl<'h> Tree<'h> {
    /// The tree of these nodes, the first of which is the root.
    pub(super) fn of(nodes: Vec<Node<'h>>) -> Tree<'h> {
        Tree {
            nodes,
            nowhere: Node::EMPTY,
        }
    }

    /// Parses a fragment as the content of `<body>`, the way a browser would. Never fails: every input is some tree.
    pub(crate) fn parse(fragment: &'h str) -> Tree<'h> {
        nesting::build(fragment, usize::MAX)
            .or_else(|| browser::build(fragment, u16::MAX))
            .unwrap_or_else(|| browser::build_slowly(fragment))
    }

    /// The same for a fragment that turns out to nest no deeper than `limit`; nothing for others, and for those that
    /// cannot be read quickly.
    pub(crate) fn parse_shallow(fragment: &'h str, limit: usize) -> Option<Tree<'h>> {
        nesting::build(fragment, limit).or_else(|| browser::build(fragment, u16::try_from(limit).unwrap_or(u16::MAX)))
    }

    /// Takes attributes of these names off all elements.
    pub(super) fn drop_attributes(&mut self, is_dropped: impl Fn(&str) -> bool) {
        for node in &mut self.nodes {
            if let Content::Element(_, _, attributes) = &mut node.content {
                attributes.retain(|one| !is_dropped(&one.name));
            }
        }
    }

    /// The node of that number; an empty one where there is none.
    pub(crate) fn node(&self, id: NodeId) -> &Node<'h> {
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

/// See [`Tree::children`].
pub(crate) struct Children<'t> {
    tree: &'t Tree<'t>,
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
    tree: &'t Tree<'t>,
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A tree as text, for comparing.
    fn drawn(tree: &Tree<'_>) -> String {
        let mut text = String::new();
        for step in tree.walk(tree.top()) {
            match step {
                Step::Enter(id) => match &tree.node(id).content {
                    Content::Element(_, name, attributes) => {
                        text.push_str(&format!("<{name}"));
                        for one in attributes {
                            text.push_str(&format!(" {}={:?}", one.name, one.value));
                        }
                        text.push('>');
                    }
                    Content::Text(piece) => text.push_str(&format!("{piece:?}")),
                    Content::Comment(piece) => text.push_str(&format!("<!--{piece:?}-->")),
                    Content::Nothing => text.push_str("nothing"),
                },
                Step::Leave(_) => text.push_str("</>"),
            }
        }
        text
    }

    #[track_caller]
    fn same(fragment: &str) {
        let real = drawn(&browser::build_slowly(fragment));
        assert_eq!(drawn(&Tree::parse(fragment)), real, "{fragment:?}");
        if let Some(tree) = browser::build(fragment, u16::MAX) {
            assert_eq!(drawn(&tree), real, "our tokens: {fragment:?}");
        }
    }

    #[test]
    fn the_next_tree_lies_where_the_last_one_lay() {
        let place = |tree: &Tree<'_>| tree.nodes.as_ptr() as usize;
        let first = Tree::parse("<p>one <b>two</b></p>");
        let at = place(&first);
        drop(first);
        let text = "three <i>four</i>".to_owned();
        assert_eq!(place(&Tree::parse(&text)), at);
        // What is huge is given back.
        let huge = "<br>".repeat(2 * KEPT);
        drop(Tree::parse(&huge));
        assert!(ROOM.take().capacity() <= KEPT);
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

    /// Whole tags in plenty, so that the rules of nesting meet each other.
    const TAGS: &[&str] = &[
        "a",
        "b",
        "i",
        "font",
        "code",
        "nobr",
        "span",
        "x-y",
        "p",
        "div",
        "center",
        "h1",
        "h2",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "table",
        "tbody",
        "thead",
        "tr",
        "td",
        "th",
        "caption",
        "col",
        "object",
        "form",
        "button",
        "pre",
        "textarea",
        "iframe",
        "script",
        "style",
        "title",
        "br",
        "img",
        "hr",
        "input",
        "ruby",
        "rt",
        "rp",
        "rtc",
        "param",
        "select",
        "option",
        "body",
        "html",
        "head",
        "svg",
        "template",
        "blockquote",
        "address",
        "noscript",
        "xmp",
        "meta",
        "P",
        "TD",
        "B",
    ];

    /// A start tag, an end tag or text, each often enough.
    fn piece() -> impl Strategy<Value = String> {
        let tag = proptest::sample::select(TAGS);
        prop_oneof![
            5 => tag.clone().prop_map(|tag| format!("<{tag}>")),
            4 => tag.clone().prop_map(|tag| format!("</{tag}>")),
            1 => tag.prop_map(|tag| format!("<{tag} size=2 Id='x'>")),
            2 => proptest::sample::select(&["x", " ", "\n", "\nx", "&nbsp;", "&#10;", "<!--c-->", "a < b"][..])
                .prop_map(str::to_owned),
        ]
    }

    /// The common tags alone: most of these are built without html5ever.
    fn common_piece() -> impl Strategy<Value = String> {
        let tags = [
            "a",
            "b",
            "i",
            "font",
            "p",
            "div",
            "ul",
            "li",
            "table",
            "tr",
            "td",
            "br",
            "blockquote",
        ];
        let tag = proptest::sample::select(tags.to_vec());
        prop_oneof![
            3 => tag.clone().prop_map(|tag| format!("<{tag}>")),
            3 => tag.prop_map(|tag| format!("</{tag}>")),
            2 => Just("x".to_owned()),
            1 => Just("\n".to_owned()),
        ]
    }

    #[test]
    fn what_is_common_needs_no_html5ever() {
        for fragment in [
            "<p>a<p>b<ul><li>c<li><b>d</b></ul>e",
            "<p><font color=red>a</p><p>b</font></p>c",
            "<div><b><i>x</b></i></div>",
            "<table><tr><td>a<td>b<tr><th>c</table>d",
            "<table><tbody><tr><td><table><tr><td>x</table></table>",
            "<form><input><button>x</button></form><object><param><embed></object>",
            "<pre>\nx</pre><textarea>\ny</textarea><script>a<b</script><iframe src=x></iframe>",
            "</p></td></body><td>x",
            "<IMG SRC='a'/><o:p></o:p><span><p>x</span>y",
        ] {
            assert!(nesting::build(fragment, usize::MAX).is_some(), "{fragment}");
            same(fragment);
        }
        for (fragment, limit) in [("<div><p>x", 3), ("<b>x", 2)] {
            assert!(nesting::build(fragment, limit).is_none(), "{fragment}");
            assert!(nesting::build(fragment, limit + 1).is_some(), "{fragment}");
            assert!(browser::build(fragment, limit as u16).is_none(), "{fragment}");
            assert!(browser::build(fragment, limit as u16 + 1).is_some(), "{fragment}");
        }
    }

    proptest! {
        #![proptest_config(crate::many_cases())]

        #[test]
        fn both_tokenizers_make_one_tree_of_anything(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..24)) {
            same(&pieces.concat());
        }

        #[test]
        fn tags_nest_as_in_browsers(pieces in proptest::collection::vec(piece(), 0..24)) {
            same(&pieces.concat());
        }

        #[test]
        fn common_tags_nest_as_in_browsers(pieces in proptest::collection::vec(common_piece(), 0..24)) {
            same(&pieces.concat());
        }
    }
}
