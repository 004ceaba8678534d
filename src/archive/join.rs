//! Joins sightings of the same record, and comments to their posts.
//!
//! Exact keys only: blog and number; the path of the permalink, where one side has no number. What merely looks alike
//! is never joined.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::ops::Range;

use chrono::NaiveDate;

use super::BlogEntry;
use super::cards::{CommentSighting, Marks, PostSighting};
use super::catalogue::Catalogue;
use super::ids::Id;
use super::same_ids;
use super::sorting::{put_in_order, sort_by_numbers};
use super::threads::Threads;
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
        let date = sightings.find_map(|s| s.published.sort_key(zone(s.blog)));
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

/// Sightings of one record beside each other, the best first; comments by their posts.
fn sort(catalogue: &mut Catalogue, rank: impl Fn(u32) -> u32 + Sync) {
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

pub(super) fn group_comments(sightings: &[CommentSighting]) -> Vec<CommentGroup> {
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
        let mut threads = Threads::default();
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
            let mut take = |list: &mut Vec<CommentGroup>, own: bool| {
                let from = list.len();
                list.extend(run.iter().filter(|group| is_own(catalogue, group) == own));
                threads.order(catalogue, list.get_mut(from..).unwrap_or_default(), zone(first.blog));
                from
            };
            match post {
                Some(post) => {
                    let from = take(&mut self.comments, false);
                    post.comments_first = u32::try_from(from).unwrap_or(u32::MAX);
                    post.comments_count = u32::try_from(self.comments.len() - from).unwrap_or(u32::MAX);
                    let taken = self.comments.get(from..).unwrap_or_default();
                    let blog_id = catalogue.blogs.get(u32::from(first.blog));
                    let tell = |notice: Notice| notice.about_post(blog_id, &first.post.unpack(&catalogue.ids));
                    self.notices.extend(missing_parents(catalogue, taken).map(tell));
                }
                None => {
                    let from = take(&mut loose, false);
                    let post = first.post.unpack(&catalogue.ids);
                    for group in loose.get(from..).unwrap_or_default() {
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
                }
            }
            take(&mut loose, true);
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
}

/// What is said of comments whose thread is not whole.
fn missing_parents<'a>(catalogue: &'a Catalogue, groups: &'a [CommentGroup]) -> impl Iterator<Item = Notice> + 'a {
    groups.iter().filter(|g| g.flags != 0).filter_map(|group| {
        let id = catalogue.comments.get(group.first as usize)?.id.unpack(&catalogue.ids);
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
        Some(notice.about_comment(&id))
    })
}

fn is_own(catalogue: &Catalogue, group: &CommentGroup) -> bool {
    let first = group.first as usize;
    catalogue
        .comments
        .get(first..first + usize::from(group.count))
        .is_some_and(|all| all.iter().all(|c| c.marks.has(Marks::OWN)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permalinks_are_compared_by_path() {
        let p = |a| permalink_path(a).unwrap_or_default();
        assert_eq!(p("http://x.blogspot.com/2009/05/a.html?m=1#c1"), "/2009/05/a.html");
        assert_eq!(p("/2009/05/a.html"), "/2009/05/a.html");
        assert_eq!(p("https://x.example/"), "");
        assert_eq!(p("https://x.example"), "");
    }
}
