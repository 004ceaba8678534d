//! Lists and their items, also those that stand where they should not.

use super::super::tags::{Rule, Tag};
use super::super::tree::{Content, NONE, Node, NodeId};
use super::{Converter, End, Inside, RawHtml};

impl Converter<'_> {
    pub(super) fn list(&mut self, id: NodeId, ordered: bool, inside: Inside) -> End {
        if !inside.visible() || self.state.lines {
            self.line();
            return End::Line;
        }
        self.flush();
        self.state.heading = 0;
        let extra = usize::from(self.blocks.in_list());
        if extra > 0 {
            self.blocks.reopen_item();
        }
        let start = self
            .tree
            .node(id)
            .attribute("start")
            .and_then(|start| start.trim().parse().ok())
            .unwrap_or(1);
        self.begin_list(ordered, start);
        End::Containers(1 + extra)
    }

    fn begin_list(&mut self, ordered: bool, start: i64) {
        if self.blocks.follows_list()
            && let Some(divider) = self.options.dialect.list_divider()
            && (self.options.raw_html != RawHtml::None || !divider.starts_with('<'))
        {
            self.blocks.write(divider);
        }
        self.blocks.open_list(ordered, start);
    }

    pub(super) fn item(&mut self, id: NodeId, inside: Inside) -> Option<End> {
        if self.state.lines {
            self.line();
            return Some(End::Line);
        }
        self.flush();
        self.state.heading = 0;
        let owned = matches!(self.tree.node(self.list_of(id)).tag().rule(), Rule::List(_));
        if owned && self.blocks.in_list() {
            let ordered = matches!(self.tree.node(self.list_of(id)).tag().rule(), Rule::List(true));
            if !inside.visible() && !ordered {
                return Some(End::Line);
            }
            self.blocks.open_item();
            return Some(End::Containers(1));
        }
        // An item without a list: browsers show it as one all the same.
        let mut extra = 0;
        if !self.beside_item(id, |node| node.prev) || !self.blocks.in_list() {
            if self.blocks.in_list() {
                self.blocks.reopen_item();
                extra = 1;
            }
            self.begin_list(false, 1);
        }
        self.blocks.open_item();
        let last = !self.beside_item(id, |node| node.next);
        Some(End::Containers(if last { 2 + extra } else { 1 }))
    }

    /// The element that an item belongs to.
    fn list_of(&self, id: NodeId) -> NodeId {
        let mut parent = self.tree.node(id).parent;
        while matches!(
            self.tree.node(parent).tag(),
            Tag::Div | Tag::Center | Tag::Form | Tag::P
        ) || matches!(self.tree.node(parent).tag().rule(), Rule::Plain | Rule::Style(_)) && parent != NONE
        {
            parent = self.tree.node(parent).parent;
        }
        parent
    }

    fn beside_item(&self, id: NodeId, step: impl Fn(&Node<'_>) -> NodeId) -> bool {
        let mut at = step(self.tree.node(id));
        while at != NONE {
            let node = self.tree.node(at);
            match &node.content {
                Content::Element(tag, ..) => return *tag == Tag::Li,
                Content::Text(text) if !text.trim().is_empty() => return false,
                _ => at = step(node),
            }
        }
        false
    }
}
