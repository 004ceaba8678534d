//! Joins sightings of the same record, comments to their posts, and puts comments in thread order.
//!
//! Exact keys only: blog and number; the path of the permalink, where one side has no number. What merely looks alike
//! is never joined.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use chrono::NaiveDate;

use super::BlogEntry;
use super::cards::{CommentSighting, Marks, PackedDate, PostSighting};
use super::catalogue::Catalogue;
use super::ids::Id;
use super::same_ids;
use crate::ledger::{Notice, NoticeCode};
use crate::model::Zone;

/// All sightings of one post, and its comments.
#[derive(Clone, Copy, Debug)]
pub(super) struct PostGroup {
    /// First sighting, the best; the others follow.
    pub(super) first: u32,
    pub(super) count: u32,
    pub(super) comments_first: u32,
    pub(super) comments_count: u32,
}

/// All sightings of one comment.
#[derive(Clone, Copy, Debug)]
pub(super) struct CommentGroup {
    pub(super) first: u32,
    pub(super) count: u16,
    pub(super) flags: u8,
}

impl CommentGroup {
    /// It answers a comment that is not there.
    pub(super) const PARENT_MISSING: u8 = 1;
    /// It answers, over others, itself; the answer was cut here.
    pub(super) const CUT: u8 = 2;
}

/// The catalogue in order.
#[derive(Default)]
pub(super) struct Joined {
    /// By date published in UTC and id, undated last.
    pub(super) posts: Vec<PostGroup>,
    /// Comments of each post in thread order, then those without one.
    pub(super) comments: Vec<CommentGroup>,
    /// Comments without a post, and the owner's own on other blogs.
    pub(super) loose: Range<u32>,
    pub(super) notices: Vec<Notice>,
}

/// Joins everything in the catalogue.
pub(super) fn join(
    catalogue: &mut Catalogue,
    ranks: &[u32],
    blogs: &[BlogEntry],
    blog_places: &[Option<u32>],
) -> Joined {
    let rank = |source: u32| ranks.get(source as usize).copied().unwrap_or(u32::MAX);
    let zone = |blog: u16| {
        blog_places
            .get(usize::from(blog))
            .copied()
            .flatten()
            .and_then(|place| blogs.get(place as usize))
            .map(|b| b.zone)
            .unwrap_or_default()
    };
    join_by_permalink(catalogue, rank);
    sort(catalogue, rank);
    if same_ids::part(catalogue) {
        sort(catalogue, rank);
    }

    let mut joined = Joined {
        posts: group_posts(&catalogue.posts),
        ..Joined::default()
    };
    let groups = group_comments(&catalogue.comments);
    joined.take_comments(catalogue, groups, zone);

    joined.tell_near_matches(catalogue);
    // Dates are made comparable once; a post without one comes last.
    let date = |group: &PostGroup| {
        let mut sightings = sightings_of(&catalogue.posts, group).iter();
        let date = sightings.find_map(|s| s.published.unpack().map(|m| m.sort_key(zone(s.blog))));
        date.unwrap_or(i64::MAX)
    };
    let dates: Vec<i64> = joined.posts.iter().map(date).collect();
    let name = |number: u32| {
        let group = joined.posts.get(number as usize);
        let first = group.and_then(|group| catalogue.posts.get(group.first as usize));
        first.map(|s| (s.id, s.blog)).unwrap_or_default()
    };
    let mut order: Vec<u32> = (0..).take(joined.posts.len()).collect();
    order.sort_by(|a, b| {
        dates.get(*a as usize).cmp(&dates.get(*b as usize)).then_with(|| {
            let ((a, of_a), (b, of_b)) = (name(*a), name(*b));
            let blog = |number: u16| catalogue.blogs.get(u32::from(number));
            a.compare(b, &catalogue.ids).then_with(|| blog(of_a).cmp(blog(of_b)))
        })
    });
    drop(dates);
    put_in_order(&mut joined.posts, order);
    joined
}

/// Puts a list in an order without a second one: at each place will be what is at the place that `order` has there.
fn put_in_order<T: Copy>(list: &mut [T], mut order: Vec<u32>) {
    for start in 0..list.len() {
        let Some(first) = list.get(start).copied() else { return };
        // Round the circle of places that take from each other; each is marked as being in order when it has been.
        let mut place = start;
        while let Some(from) = order.get_mut(place).map(|from| std::mem::replace(from, place as u32))
            && from as usize != place
        {
            let next = from as usize;
            let taken = if next == start {
                Some(first)
            } else {
                list.get(next).copied()
            };
            if let (Some(place), Some(taken)) = (list.get_mut(place), taken) {
                *place = taken;
            }
            if next == start {
                break;
            }
            place = next;
        }
    }
}

/// Sightings of one record beside each other, the best first; comments by their posts.
fn sort(catalogue: &mut Catalogue, rank: impl Fn(u32) -> u32) {
    let number = |id: Id| match id {
        Id::Number(number) => Some(number.get()),
        _ => None,
    };
    let blog = catalogue.posts.first().map_or(0, |post| post.blog);
    let key = |p: &PostSighting| (p.blog, p.id.grouping(), rank(p.place.source), p.place.offset());
    sort_by_numbers(
        &mut catalogue.posts,
        |p| number(p.id).filter(|_| p.blog == blog).map(|id| (id, 0)),
        |a, b| key(a).cmp(&key(b)),
    );
    let blog = catalogue.comments.first().map_or(0, |comment| comment.blog);
    let key = |c: &CommentSighting| {
        (
            c.blog,
            c.post.grouping(),
            c.id.grouping(),
            rank(c.place.source),
            c.place.offset(),
            c.position,
        )
    };
    sort_by_numbers(
        &mut catalogue.comments,
        |c| number(c.post).zip(number(c.id)).filter(|_| c.blog == blog),
        |a, b| key(a).cmp(&key(b)),
    );
}

/// Sorts a list by `order`, in which things that all have two numbers come in the order of these. Nearly all lists are so:
/// one blog, with the platform's numbers. Then only the numbers are sorted, and each thing is moved once.
fn sort_by_numbers<T: Copy>(
    list: &mut [T],
    numbers: impl Fn(&T) -> Option<(u64, u64)>,
    order: impl Fn(&T, &T) -> Ordering,
) {
    if !list.iter().all(|one| numbers(one).is_some()) {
        list.sort_unstable_by(order);
        return;
    }
    let mut keys: Vec<((u64, u64), u32)> = Vec::with_capacity(list.len());
    keys.extend(
        list.iter()
            .zip(0..)
            .filter_map(|(one, place)| Some((numbers(one)?, place))),
    );
    let at = |place: u32| list.get(place as usize);
    keys.sort_unstable_by(|(a, of_a), (b, of_b)| {
        a.cmp(b).then_with(|| match (at(*of_a), at(*of_b)) {
            (Some(a), Some(b)) => order(a, b),
            _ => Ordering::Equal,
        })
    });
    put_in_order(list, keys.into_iter().map(|(_, place)| place).collect());
}

/// The sightings of a post, best first.
pub(super) fn sightings_of<'a>(posts: &'a [PostSighting], group: &PostGroup) -> &'a [PostSighting] {
    let first = group.first as usize;
    posts.get(first..first + group.count as usize).unwrap_or_default()
}

/// Posts without a number take that of the post with the same permalink, if there is one; comments that name their post
/// by its address go to the post that was published there.
fn join_by_permalink(catalogue: &mut Catalogue, rank: impl Fn(u32) -> u32) {
    let is_number = |id: Id| matches!(id, Id::Number(_));
    let needs_none = |catalogue: &Catalogue| {
        catalogue.posts.iter().all(|p| is_number(p.id))
            && catalogue
                .comments
                .iter()
                .all(|c| address_of(c.post, catalogue).is_none())
    };
    if catalogue.sources.len() < 2 || needs_none(catalogue) {
        return;
    }
    // The post with a number, else the one of the best source, gives its id to the others.
    let mut best: HashMap<(u16, String), (bool, u32, Id)> = HashMap::new();
    for post in &catalogue.posts {
        if let Some(path) = catalogue.texts.get(post.address).and_then(|a| permalink_path(&a)) {
            let candidate = (!is_number(post.id), rank(post.place.source), post.id);
            best.entry((post.blog, path))
                .and_modify(|b| {
                    if (candidate.0, candidate.1) < (b.0, b.1) {
                        *b = candidate;
                    }
                })
                .or_insert(candidate);
        }
    }
    let mut renamed: HashMap<(u16, Id), Id> = HashMap::new();
    for post in &mut catalogue.posts {
        if is_number(post.id) {
            continue;
        }
        let path = catalogue.texts.get(post.address).and_then(|a| permalink_path(&a));
        if let Some((_, _, id)) = path.and_then(|p| best.get(&(post.blog, p)))
            && *id != post.id
        {
            renamed.insert((post.blog, post.id), *id);
            post.id = *id;
        }
    }
    for comment in &mut catalogue.comments {
        if let Some(id) = renamed.get(&(comment.blog, comment.post)) {
            comment.post = *id;
        }
    }
    let found = |comment: &CommentSighting| {
        let path = permalink_path(address_of(comment.post, catalogue)?)?;
        best.get(&(comment.blog, path)).map(|(_, _, id)| *id)
    };
    let posts: Vec<Option<Id>> = catalogue.comments.iter().map(found).collect();
    for (comment, post) in catalogue.comments.iter_mut().zip(posts) {
        comment.post = post.unwrap_or(comment.post);
    }
}

/// The address that stands in the place of an id.
fn address_of(id: Id, catalogue: &Catalogue) -> Option<&str> {
    let Id::Text(text) = id else {
        return None;
    };
    Some(catalogue.ids.get(text.get())).filter(|text| text.starts_with("http"))
}

/// The path of a permalink without host, query and fragment; nothing where the path says nothing.
fn permalink_path(address: &str) -> Option<String> {
    let address = address.split(['?', '#']).next()?;
    let path = match address.split_once("://") {
        Some((_, rest)) => rest.find('/').and_then(|at| rest.get(at..))?,
        None => address,
    };
    let path = path.trim_end_matches('/');
    (!path.is_empty()).then(|| path.to_owned())
}

fn group_posts(sightings: &[PostSighting]) -> Vec<PostGroup> {
    let mut groups: Vec<PostGroup> = Vec::new();
    for (number, sighting) in (0u32..).zip(sightings) {
        let same = groups.last_mut().filter(|g| {
            sightings
                .get(g.first as usize)
                .is_some_and(|f| (f.blog, f.id) == (sighting.blog, sighting.id) && f.id != Id::None)
        });
        match same {
            Some(group) => group.count += 1,
            None => groups.push(PostGroup {
                first: number,
                count: 1,
                comments_first: 0,
                comments_count: 0,
            }),
        }
    }
    groups
}

fn group_comments(sightings: &[CommentSighting]) -> Vec<CommentGroup> {
    let mut groups: Vec<CommentGroup> = Vec::new();
    for (number, sighting) in (0u32..).zip(sightings) {
        let same = groups.last_mut().filter(|g| {
            g.count < u16::MAX
                && sightings.get(g.first as usize).is_some_and(|f| {
                    (f.blog, f.post, f.id) == (sighting.blog, sighting.post, sighting.id) && f.id != Id::None
                })
        });
        match same {
            Some(group) => group.count += 1,
            None => groups.push(CommentGroup {
                first: number,
                count: 1,
                flags: 0,
            }),
        }
    }
    groups
}

impl Joined {
    /// Gives comments to their posts. Posts and comments are both in order of blog and id here, so one walk does it.
    fn take_comments(&mut self, catalogue: &Catalogue, groups: Vec<CommentGroup>, zone: impl Fn(u16) -> Zone) {
        let sighting = |group: &CommentGroup| catalogue.comments.get(group.first as usize);
        let key = |group: &CommentGroup| sighting(group).map(|s| (s.blog, s.post.grouping()));
        let mut posts = std::mem::take(&mut self.posts);
        let mut post_at = 0;
        let mut loose = Vec::new();
        self.comments = Vec::with_capacity(groups.len());
        for run in groups.chunk_by(|a, b| key(a) == key(b)) {
            let Some(first) = run.first().and_then(sighting) else {
                continue;
            };
            let run_key = (first.blog, first.post.grouping());
            let post_key = |p: &PostGroup| catalogue.posts.get(p.first as usize).map(|s| (s.blog, s.id.grouping()));
            while posts.get(post_at).is_some_and(|p| post_key(p) < Some(run_key)) {
                post_at += 1;
            }
            let post = posts
                .get_mut(post_at)
                .filter(|p| post_key(p) == Some(run_key) && first.post != Id::None);
            // What the owner wrote elsewhere is never mixed into a blog, even where the post is there.
            let (mut own, mut of_post): (Vec<CommentGroup>, Vec<CommentGroup>) =
                run.iter().partition(|g| is_own(catalogue, g));
            match post {
                Some(post) => {
                    let post_id = first.post.unpack(&catalogue.ids);
                    let blog_id = catalogue.blogs.get(u32::from(first.blog));
                    thread_order(catalogue, &mut of_post, zone(first.blog));
                    self.tell_missing_parents(catalogue, &of_post, |n| n.about_post(blog_id, &post_id));
                    post.comments_first = u32::try_from(self.comments.len()).unwrap_or(u32::MAX);
                    post.comments_count = u32::try_from(of_post.len()).unwrap_or(u32::MAX);
                    self.comments.append(&mut of_post);
                }
                None => {
                    thread_order(catalogue, &mut of_post, zone(first.blog));
                    let post = first.post.unpack(&catalogue.ids);
                    for group in &of_post {
                        let id = sighting(group).map(|s| s.id).unwrap_or_default();
                        let id = id.unpack(&catalogue.ids);
                        let what = if post.is_empty() {
                            format!("Comment {id} does not say which post it belongs to.")
                        } else {
                            format!("Comment {id} belongs to post {post}, which is not there.")
                        };
                        self.notices
                            .push(Notice::new(NoticeCode::PostMissing, what).about_comment(&id));
                    }
                    loose.append(&mut of_post);
                }
            }
            thread_order(catalogue, &mut own, zone(first.blog));
            loose.append(&mut own);
        }
        self.posts = posts;
        let start = u32::try_from(self.comments.len()).unwrap_or(u32::MAX);
        // By the ids as strings: numbers of packed text follow the order of reading.
        loose.sort_by(|a, b| match (sighting(a), sighting(b)) {
            (Some(a), Some(b)) => catalogue
                .blogs
                .get(u32::from(a.blog))
                .cmp(catalogue.blogs.get(u32::from(b.blog)))
                .then_with(|| a.post.compare(b.post, &catalogue.ids)),
            _ => Ordering::Equal,
        });
        self.comments.append(&mut loose);
        self.loose = start..u32::try_from(self.comments.len()).unwrap_or(u32::MAX);
    }

    /// Posts of one day and one title, of which one has no number of its own, may be the same: that is said, and no
    /// more. Two numbers are two posts.
    fn tell_near_matches(&mut self, catalogue: &Catalogue) {
        if catalogue.sources.len() < 2 || catalogue.posts.iter().all(|p| matches!(p.id, Id::Number(_))) {
            return;
        }
        let mut seen: HashMap<(u16, u64, Option<NaiveDate>), &PostSighting> = HashMap::new();
        for post in self.posts.iter().filter_map(|g| catalogue.posts.get(g.first as usize)) {
            if post.title.get() == 0 {
                continue;
            }
            let day = post.published.unpack().map(|m| m.local.date());
            let Some(other) = seen.insert((post.blog, post.title.get(), day), post) else {
                continue;
            };
            if matches!((post.id, other.id), (Id::Number(_), Id::Number(_))) {
                continue;
            }
            let mut ids = [post.id, other.id].map(|id| id.unpack(&catalogue.ids));
            ids.sort();
            let [one, two] = ids;
            self.notices.push(
                Notice::new(
                    NoticeCode::NearMatch,
                    format!("Posts {one} and {two} have the same day and title, and share no number or address. They may be one; both were kept."),
                )
                .about_post(catalogue.blogs.get(u32::from(post.blog)), &one),
            );
        }
    }

    fn tell_missing_parents(
        &mut self,
        catalogue: &Catalogue,
        groups: &[CommentGroup],
        place: impl Fn(Notice) -> Notice,
    ) {
        for group in groups.iter().filter(|g| g.flags != 0) {
            let Some(sighting) = catalogue.comments.get(group.first as usize) else {
                continue;
            };
            let id = sighting.id.unpack(&catalogue.ids);
            let notice = if group.flags & CommentGroup::CUT == 0 {
                Notice::new(
                    NoticeCode::ParentMissing,
                    format!("Comment {id} answers a comment that is not there."),
                )
            } else {
                Notice::new(
                    NoticeCode::ReplyCircle,
                    format!("Comment {id} answers itself over other comments; it was put at the top."),
                )
            };
            self.notices.push(place(notice).about_comment(&id));
        }
    }
}

fn is_own(catalogue: &Catalogue, group: &CommentGroup) -> bool {
    let first = group.first as usize;
    catalogue
        .comments
        .get(first..first + usize::from(group.count))
        .is_some_and(|all| all.iter().all(|c| c.marks.has(Marks::OWN)))
}

/// The comment that a comment answers, by the best source that says it.
pub(super) fn parent_of(catalogue: &Catalogue, group: &CommentGroup) -> Id {
    let first = group.first as usize;
    catalogue
        .comments
        .get(first..first + usize::from(group.count))
        .and_then(|all| all.iter().map(|c| c.parent).find(|p| *p != Id::None))
        .unwrap_or_default()
}

/// Puts the comments of one post depth-first in thread order, siblings by date and id, by position where neither is
/// known. They come in order of their ids.
fn thread_order(catalogue: &Catalogue, groups: &mut Vec<CommentGroup>, zone: Zone) {
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
    use crate::model::Date;

    fn sighting(id: u64, parent: u64, date: &str) -> CommentSighting {
        CommentSighting {
            id: Id::Number(id.into()),
            post: Id::Number(1.into()),
            parent: if parent == 0 {
                Id::None
            } else {
                Id::Number(parent.into())
            },
            place: super::super::cards::Place::new(0, crate::read::Span { offset: id, length: 1 }),
            published: PackedDate::pack(Date::parse(date).map(|d| d.moment())),
            body: 0.into(),
            position: 0,
            blog: 0,
            marks: Marks::new(crate::model::CommentStatus::Approved, 0),
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

    #[test]
    fn a_list_with_numbers_is_sorted_as_any_other() {
        let mut number = 1_u64;
        let mut next = |below: u64| {
            number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (number >> 33) % below
        };
        let list: Vec<(u64, u64, u64)> = (0..3000).map(|_| (next(50), next(40), next(30))).collect();
        let mut wanted = list.clone();
        wanted.sort_unstable();
        for all_have_numbers in [true, false] {
            let mut sorted = list.clone();
            let numbers = |one: &(u64, u64, u64)| (all_have_numbers || one.2 != 7).then_some((one.0, one.1));
            sort_by_numbers(&mut sorted, numbers, Ord::cmp);
            assert_eq!(sorted, wanted);
        }
    }

    #[test]
    fn a_list_is_put_in_order_where_it_lies() {
        let mut list: Vec<u32> = (100..600).collect();
        let mut order: Vec<u32> = (0..500).collect();
        order.sort_by_key(|n| n.wrapping_mul(2_654_435_761) >> 7);
        let wanted: Vec<u32> = order.iter().map(|n| list[*n as usize]).collect();
        put_in_order(&mut list, order);
        assert_eq!(list, wanted);
        put_in_order(&mut list[..3], vec![0, 1, 2]);
        put_in_order(&mut list[..0], Vec::new());
        assert_eq!(list, wanted);
    }

    #[test]
    fn permalinks_are_compared_by_path() {
        let p = |a| permalink_path(a).unwrap_or_default();
        assert_eq!(p("http://x.blogspot.com/2009/05/a.html?m=1#c1"), "/2009/05/a.html");
        assert_eq!(p("/2009/05/a.html"), "/2009/05/a.html");
        assert_eq!(p("https://x.example/"), "");
        assert_eq!(p("https://x.example"), "");
    }
}
