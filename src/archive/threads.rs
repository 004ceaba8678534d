//! Threads: the comments of one post, each behind the one it answers.

use std::cmp::Ordering;

use super::catalogue::Catalogue;
use super::ids::Id;
use super::join::CommentGroup;
use crate::model::Zone;

/// The comment that a comment answers, by the best source that says it.
fn parent_of(catalogue: &Catalogue, group: &CommentGroup) -> Id {
    let first = group.first as usize;
    catalogue
        .comments
        .get(first..first + usize::from(group.count))
        .and_then(|all| all.iter().map(|c| c.parent).find(|p| *p != Id::None))
        .unwrap_or_default()
}

/// No comment.
const NONE: u32 = u32::MAX;

/// A comment among those of its post.
struct Node {
    parent: u32,
    date: Option<i64>,
    id: Id,
    position: u32,
    /// The first answer to it.
    first_child: u32,
    /// The next answer to the same comment, or the next that answers none.
    next: u32,
}

/// Puts comments in thread order, post by post, each in the room of the last.
#[derive(Default)]
pub(super) struct Threads {
    ids: Vec<(u8, u64)>,
    nodes: Vec<Node>,
    /// Numbers of the nodes by date.
    by_date: Vec<u32>,
    /// Numbers of the nodes in the order of the thread.
    walked: Vec<u32>,
    groups: Vec<CommentGroup>,
}

impl Threads {
    /// Puts the comments of one post depth-first in thread order, siblings by date and id, by position where neither is
    /// known. They come in order of their ids.
    pub(super) fn order(&mut self, catalogue: &Catalogue, groups: &mut [CommentGroup], zone: Zone) {
        let has_answers = self.meet(catalogue, groups, zone);
        self.sort(catalogue);
        if has_answers {
            self.walk();
            if self.walked.len() < self.nodes.len() {
                self.cut_circles(groups);
                self.walk();
            }
        } else {
            std::mem::swap(&mut self.walked, &mut self.by_date);
        }
        self.groups.clear();
        self.groups
            .extend(self.walked.iter().filter_map(|n| groups.get(*n as usize)));
        groups.copy_from_slice(&self.groups);
    }

    /// Makes the nodes; says whether any of them answers another.
    fn meet(&mut self, catalogue: &Catalogue, groups: &mut [CommentGroup], zone: Zone) -> bool {
        let sighting = |g: &CommentGroup| catalogue.comments.get(g.first as usize);
        let grouping = |g: &CommentGroup| sighting(g).map(|s| s.id.grouping()).unwrap_or_default();
        self.ids.clear();
        self.ids.extend(groups.iter().map(grouping));
        self.nodes.clear();
        let mut has_answers = false;
        for group in groups.iter_mut() {
            let parent = parent_of(catalogue, group);
            let is_answer = parent != Id::None;
            let found = is_answer
                .then(|| self.ids.binary_search(&parent.grouping()).ok())
                .flatten();
            group.flags = if is_answer && found.is_none() {
                CommentGroup::PARENT_MISSING
            } else {
                0
            };
            has_answers |= found.is_some();
            let first = sighting(group);
            self.nodes.push(Node {
                parent: found.and_then(|n| u32::try_from(n).ok()).unwrap_or(NONE),
                date: first.and_then(|s| s.published.sort_key(zone)),
                id: first.map(|s| s.id).unwrap_or_default(),
                position: first.map(|s| s.position).unwrap_or_default(),
                first_child: NONE,
                next: NONE,
            });
        }
        has_answers
    }

    fn sort(&mut self, catalogue: &Catalogue) {
        let before = |a: &Node, b: &Node| {
            (a.date.is_none(), a.date)
                .cmp(&(b.date.is_none(), b.date))
                .then_with(|| match (a.date, a.id, b.id) {
                    // Neither date nor an id of the platform's: the place in the source is all there is.
                    (None, Id::Derived(_) | Id::None, Id::Derived(_) | Id::None) => a.position.cmp(&b.position),
                    _ => a.id.compare(b.id, &catalogue.ids),
                })
        };
        let nodes = &self.nodes;
        self.by_date.clear();
        self.by_date.extend((0..).take(nodes.len()));
        self.by_date
            .sort_by(|a, b| match (nodes.get(*a as usize), nodes.get(*b as usize)) {
                (Some(a), Some(b)) => before(a, b),
                _ => Ordering::Equal,
            });
    }

    fn parent(&self, number: u32) -> Option<u32> {
        let parent = self.nodes.get(number as usize)?.parent;
        (parent != NONE).then_some(parent)
    }

    /// Goes through all that answer nothing, and behind each through the answers to it. What answers itself in a circle is
    /// not met.
    fn walk(&mut self) {
        for node in &mut self.nodes {
            node.first_child = NONE;
        }
        // Each is put in front of those that come later.
        let mut first = NONE;
        for number in self.by_date.iter().rev() {
            let parent = self.parent(*number);
            let list = match parent.and_then(|parent| self.nodes.get_mut(parent as usize)) {
                Some(parent) => &mut parent.first_child,
                None => &mut first,
            };
            let next = std::mem::replace(list, *number);
            if let Some(node) = self.nodes.get_mut(*number as usize) {
                node.next = next;
            }
        }
        self.walked.clear();
        let mut at = first;
        while let Some(node) = self.nodes.get(at as usize) {
            self.walked.push(at);
            at = node.first_child;
            // Behind the last answer comes what stands beside the comment that it answers.
            let mut over = Some(node);
            while at == NONE
                && let Some(done) = over
            {
                at = done.next;
                over = self.nodes.get(done.parent as usize);
            }
        }
    }

    /// What no root leads to answers itself in a circle: it is cut at the oldest, which takes its place among the roots, so
    /// that the same comments without the circle come in the same order.
    fn cut_circles(&mut self, groups: &mut [CommentGroup]) {
        let mut ranks = vec![0; self.nodes.len()];
        for (rank, number) in self.by_date.iter().enumerate() {
            if let Some(place) = ranks.get_mut(*number as usize) {
                *place = rank;
            }
        }
        let rank = |number: u32| ranks.get(number as usize).copied();
        // What leads to a root, or to a circle that was cut.
        let mut is_settled = vec![false; self.nodes.len()];
        let mut settle = |number: u32| {
            let place = is_settled.get_mut(number as usize);
            place.is_none_or(|place| std::mem::replace(place, true))
        };
        for number in &self.walked {
            settle(*number);
        }
        for number in (0..).take(self.nodes.len()) {
            // Up from here until a comment comes a second time: that one is in the circle, unless it was settled before.
            let mut way = vec![number];
            let mut at = number;
            while !settle(at)
                && let Some(above) = self.parent(at)
            {
                at = above;
                way.push(at);
            }
            let Some(begin) = way.iter().position(|n| *n == at).filter(|n| n + 1 < way.len()) else {
                continue;
            };
            let circle = way.get(begin + 1..).unwrap_or_default();
            let Some(oldest) = circle.iter().copied().min_by_key(|n| rank(*n)) else {
                continue;
            };
            if let (Some(group), Some(node)) = (groups.get_mut(oldest as usize), self.nodes.get_mut(oldest as usize)) {
                group.flags = CommentGroup::CUT;
                node.parent = NONE;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::cards::{CommentSighting, Marks, PackedDate, Place};
    use crate::archive::join::group_comments;
    use crate::model::{CommentStatus, Date};
    use crate::read::Span;

    fn sighting(id: u64, parent: u64, date: &str) -> CommentSighting {
        CommentSighting {
            id: Id::Number(id.into()),
            post: Id::Number(1.into()),
            parent: if parent == 0 {
                Id::None
            } else {
                Id::Number(parent.into())
            },
            place: Place::new(0, Span { offset: id, length: 1 }),
            published: PackedDate::pack(Date::parse(date).map(|d| d.moment())),
            body: 0.into(),
            position: 0,
            blog: 0,
            marks: Marks::new(CommentStatus::Approved, 0),
        }
    }

    fn order(list: &[(u64, u64, &str)]) -> Vec<(u64, u8)> {
        let mut catalogue = Catalogue::default();
        catalogue.comments = list.iter().map(|(i, p, d)| sighting(*i, *p, d)).collect();
        catalogue.comments.sort_by_key(|c| c.id.grouping());
        let mut groups = group_comments(&catalogue.comments);
        Threads::default().order(&catalogue, &mut groups, Zone::Utc);
        groups
            .iter()
            .map(|g| match catalogue.comments[g.first as usize].id {
                Id::Number(n) => (n.get(), g.flags),
                _ => unreachable!(),
            })
            .collect()
    }

    #[test]
    fn threads_come_depth_first_by_date() {
        let ids = order(&[
            (10, 0, "2020-01-03"),
            (11, 0, "2020-01-01"),
            (12, 11, "2020-01-05"),
            (13, 11, "2020-01-04"),
            (14, 13, "2020-01-06"),
        ]);
        assert_eq!(ids.iter().map(|i| i.0).collect::<Vec<_>>(), [11, 13, 14, 12, 10]);
    }

    #[test]
    fn a_missing_parent_is_marked() {
        assert_eq!(order(&[(5, 99, "2020-01-01")]), [(5, CommentGroup::PARENT_MISSING)]);
    }

    #[test]
    fn a_circle_is_cut_at_the_oldest() {
        let ids = order(&[
            (1, 0, "2020-01-09"),
            (2, 3, "2020-01-02"),
            (3, 2, "2020-01-01"),
            (4, 4, "2020-01-03"),
            // Older than the circle, and no part of it.
            (5, 2, "2019-01-01"),
        ]);
        assert_eq!(
            ids,
            [(3, CommentGroup::CUT), (2, 0), (5, 0), (4, CommentGroup::CUT), (1, 0)]
        );
    }
}
