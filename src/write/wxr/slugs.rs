//! The slugs of posts: WordPress wants them distinct within a type (among pages: within a parent) and would number
//! them by itself; here the number is chosen and known beforehand.

use std::collections::{HashMap, HashSet};

use crate::model::{Kind, Post, Status};
use crate::wordpress;

use super::plan::{Planned, PostCard, hash};

/// A small number for each kind.
#[derive(Debug, Default)]
pub(super) struct Kinds(Vec<String>);

impl Kinds {
    pub(super) fn code(&mut self, kind: &Kind) -> u8 {
        let own = match post_type(kind) {
            "post" => return 0,
            "page" => return 1,
            own => own,
        };
        let at = self.0.iter().position(|k| k == own).unwrap_or_else(|| {
            self.0.push(own.to_owned());
            self.0.len() - 1
        });
        u8::try_from(at + 2).unwrap_or(u8::MAX)
    }
}

/// The type under which a kind is written: its own word where WordPress could have such a type.
pub(super) fn post_type(kind: &Kind) -> &str {
    match kind {
        // An attachment is a file, not a post, and needs one.
        Kind::Other(own) if own == "attachment" || !wordpress::is_post_type(own) => "post",
        kind => kind.as_str(),
    }
}

/// The slug of a post before it is compared with others: its own, else the last part of its address, else one made
/// of its id, which posts in the drawer do without.
fn base(slug: Option<&str>, url: Option<&str>, kind: &Kind, status: Status, post_id: u32) -> String {
    let own = slug.map(wordpress::slug).filter(|s| !s.is_empty());
    own.or_else(|| url.and_then(of_address))
        .unwrap_or_else(|| match status {
            Status::Draft | Status::Pending | Status::Unknown => String::new(),
            _ => format!("{}-{post_id}", if *kind == Kind::Page { "page" } else { "post" }),
        })
}

/// The slug that an address, or the path of one, ends with.
pub(super) fn of_address(url: &str) -> Option<String> {
    let path = url.split(['?', '#']).next()?;
    let path = match path.split_once("://") {
        Some((_, rest)) => rest.split_once('/')?.1,
        None => path,
    };
    let last = path.trim_end_matches('/').rsplit('/').next()?;
    let last = [".html", ".htm", ".php"]
        .iter()
        .find_map(|ending| last.strip_suffix(ending))
        .unwrap_or(last);
    Some(wordpress::slug(last)).filter(|s| !s.is_empty())
}

/// Chooses the numbers behind slugs that several posts share.
pub(super) fn plan<'a, C, I>(posts: &mut [Planned], cards: &C)
where
    C: Fn() -> I,
    I: Iterator<Item = PostCard<'a>>,
{
    let of = |card: &PostCard<'_>, post: &Planned| {
        base(
            card.slug.as_deref(),
            card.url.as_deref(),
            card.kind,
            card.status,
            post.post_id,
        )
    };
    let mut kinds = Kinds::default();
    let mut keys: Vec<(u64, u32)> = Vec::with_capacity(posts.len());
    // Posts that must change: those whose slug WordPress keeps for itself, and all but the first of each slug.
    let mut changed: Vec<u32> = Vec::new();
    for ((index, card), post) in (0u32..).zip(cards()).zip(&mut *posts) {
        let slug = of(&card, post);
        post.slug = mark(&slug);
        if !slug.is_empty() && !is_menu_item(card.kind) {
            keys.push((key(kinds.code(card.kind), post, &slug), index));
            if wordpress::is_reserved(&slug, *card.kind == Kind::Page) {
                changed.push(index);
            }
        }
    }
    keys.sort_unstable();
    for group in keys.chunk_by(|a, b| a.0 == b.0) {
        changed.extend(group.iter().skip(1).map(|(_, index)| *index));
    }
    changed.sort_unstable();
    changed.dedup();
    if changed.is_empty() {
        return;
    }
    let taken = |key: u64| keys.binary_search_by_key(&key, |(k, _)| *k).is_ok();
    let mut added: HashSet<u64> = HashSet::new();
    let mut next: HashMap<u64, u32> = HashMap::new();
    let mut changed = changed.into_iter().peekable();
    for ((index, card), post) in (0u32..).zip(cards()).zip(posts) {
        if changed.next_if_eq(&index).is_none() {
            continue;
        }
        let slug = of(&card, post);
        let code = kinds.code(card.kind);
        let number = next.entry(key(code, post, &slug)).or_insert(2);
        loop {
            let candidate = key(code, post, &wordpress::with_suffix(&slug, *number));
            if !taken(candidate) && added.insert(candidate) {
                break;
            }
            *number += 1;
        }
        post.suffix = *number;
        *number += 1;
    }
}

/// WordPress makes the slugs of menu items by itself; nobody sees them.
fn is_menu_item(kind: &Kind) -> bool {
    matches!(kind, Kind::Other(own) if own == "nav_menu_item")
}

/// A short mark of a slug.
fn mark(slug: &str) -> u32 {
    (hash(slug) >> 32) as u32
}

/// The slug of a post as planned, before and with its number. A slug that the plan could not know, because the card
/// did not tell, gets the post's own number behind it: no other post has that.
pub(super) fn planned(post: &Post, planned: Planned) -> (String, String) {
    let in_drawer = matches!(post.status, Status::Draft | Status::Pending | Status::Unknown);
    let title = post.title.as_deref().filter(|_| post.url.is_none() && !in_drawer);
    let base = base(
        post.slug.as_deref().or(title.map(first_words)),
        post.url.as_deref(),
        &post.kind,
        post.status,
        planned.post_id,
    );
    let name = if base.is_empty() {
        String::new()
    } else if mark(&base) != planned.slug && !in_drawer {
        wordpress::with_suffix(&base, planned.post_id)
    } else if planned.suffix == 0 {
        base.clone()
    } else {
        wordpress::with_suffix(&base, planned.suffix)
    };
    (base, name)
}

/// The slug of a post as planned, with its number, from what its card tells.
pub(super) fn of_card(slug: Option<&str>, url: Option<&str>, kind: &Kind, status: Status, planned: Planned) -> String {
    let base = base(slug, url, kind, status, planned.post_id);
    match planned.suffix {
        0 => base,
        suffix => wordpress::with_suffix(&base, suffix),
    }
}

/// As much of a title as a slug is made of.
fn first_words(title: &str) -> &str {
    let end = title.char_indices().nth(120).map_or(title.len(), |(at, _)| at);
    title.get(..end).unwrap_or(title)
}

fn key(kind: u8, post: &Planned, slug: &str) -> u64 {
    let parent = if kind == 0 { 0 } else { post.parent };
    hash((kind, parent, slug))
}
