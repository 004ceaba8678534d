//! Threads: the comments of one post, each behind the one it answers.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use super::cards::PackedDate;
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

/// Puts the comments of one post depth-first in thread order, siblings by date and id, by position where neither is
/// known. They come in order of their ids.
pub(super) fn thread_order(catalogue: &Catalogue, groups: &mut Vec<CommentGroup>, zone: Zone) {
    struct Node {
        parent: Option<usize>,
        date: Option<i64>,
        id: Id,
        position: u32,
    }
    let sighting = |g: &CommentGroup| catalogue.comments.get(g.first as usize);
    let ids: Vec<(u8, u64)> = groups
        .iter()
        .map(|g| sighting(g).map(|s| s.id.grouping()).unwrap_or_default())
        .collect();
    let mut nodes = Vec::with_capacity(groups.len());
    for group in groups.iter_mut() {
        let parent = parent_of(catalogue, group);
        let found = (parent != Id::None)
            .then(|| ids.binary_search(&parent.grouping()).ok())
            .flatten();
        group.flags = if parent != Id::None && found.is_none() {
            CommentGroup::PARENT_MISSING
        } else {
            0
        };
        let first = sighting(group);
        nodes.push(Node {
            parent: found,
            date: first
                .map(|s| s.published)
                .unwrap_or(PackedDate::pack(None))
                .unpack()
                .map(|m| m.sort_key(zone)),
            id: first.map(|s| s.id).unwrap_or_default(),
            position: first.map(|s| s.position).unwrap_or_default(),
        });
    }
    let before = |a: &Node, b: &Node| {
        (a.date.is_none(), a.date)
            .cmp(&(b.date.is_none(), b.date))
            .then_with(|| match (a.date, a.id, b.id) {
                // Neither date nor an id of the platform's: the place in the source is all there is.
                (None, Id::Derived(_) | Id::None, Id::Derived(_) | Id::None) => a.position.cmp(&b.position),
                _ => a.id.compare(b.id, &catalogue.ids),
            })
    };
    let mut order: Vec<usize> = (0..nodes.len()).collect();
    order.sort_by(|a, b| match (nodes.get(*a), nodes.get(*b)) {
        (Some(a), Some(b)) => before(a, b),
        _ => Ordering::Equal,
    });
    if nodes.iter().all(|node| node.parent.is_none()) {
        *groups = order.into_iter().filter_map(|n| groups.get(n).copied()).collect();
        return;
    }
    // Children of each node, each list in order.
    let mut children: HashMap<usize, Vec<usize>> = HashMap::new();
    let mut is_root = vec![false; nodes.len()];
    for number in &order {
        match nodes.get(*number).and_then(|n| n.parent) {
            Some(parent) => children.entry(parent).or_default().push(*number),
            None => {
                if let Some(mark) = is_root.get_mut(*number) {
                    *mark = true;
                }
            }
        }
    }
    let walk = |root: usize, placed: &mut Vec<bool>, result: &mut Vec<usize>| {
        let mut open = vec![root];
        while let Some(number) = open.pop() {
            match placed.get_mut(number) {
                Some(done) if !*done => *done = true,
                _ => continue,
            }
            result.push(number);
            if let Some(list) = children.get(&number) {
                open.extend(list.iter().rev());
            }
        }
    };
    let roots = |is_root: &[bool]| -> Vec<usize> {
        let marked = |n: &usize| is_root.get(*n).copied().unwrap_or_default();
        order.iter().copied().filter(marked).collect()
    };
    let mut placed = vec![false; nodes.len()];
    let mut result = Vec::with_capacity(nodes.len());
    for root in roots(&is_root) {
        walk(root, &mut placed, &mut result);
    }
    if result.len() < nodes.len() {
        // What no root leads to answers itself in a circle: it is cut at the oldest, which takes its place among the
        // roots, so that the same comments without the circle come in the same order.
        let mut rank = vec![0; nodes.len()];
        for (place, number) in order.iter().enumerate() {
            if let Some(rank) = rank.get_mut(*number) {
                *rank = place;
            }
        }
        let parent = |n: usize| nodes.get(n).and_then(|node| node.parent);
        for number in &order {
            if placed.get(*number).copied().unwrap_or(true) {
                continue;
            }
            // Up from here until a comment comes a second time: that one is in the circle.
            let mut seen = HashSet::new();
            let mut at = *number;
            while seen.insert(at)
                && let Some(above) = parent(at)
            {
                at = above;
            }
            let circle = std::iter::successors(parent(at), |n| parent(*n)).take_while(|n| *n != at);
            let oldest = circle.chain([at]).min_by_key(|n| rank.get(*n).copied()).unwrap_or(at);
            if let (Some(group), Some(mark)) = (groups.get_mut(oldest), is_root.get_mut(oldest)) {
                group.flags = CommentGroup::CUT;
                *mark = true;
            }
            walk(oldest, &mut placed, &mut result);
        }
        placed.fill(false);
        result.clear();
        for root in roots(&is_root) {
            walk(root, &mut placed, &mut result);
        }
    }
    *groups = result.into_iter().filter_map(|n| groups.get(n).copied()).collect();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::cards::{CommentSighting, Marks, Place};
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
        thread_order(&catalogue, &mut groups, Zone::Utc);
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
