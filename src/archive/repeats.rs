//! Comments whose text stands under several posts: what a machine wrote. The survey keeps a hash of every longer body as
//! its source writes it, eight bytes a comment; nothing is read twice for it.

use std::collections::HashMap;

use super::catalogue::Catalogue;
use super::join::Joined;
use crate::html;
use crate::model::{Comment, CommentStatus, SuspectedSpam};
use crate::read::phrases;

/// Under how many posts a text stands before it is said to be repeated.
const MANY: u32 = 3;

/// How many letters and digits a text has at least that nobody writes twice by himself: "Thank you!" is no spam.
const LETTERS: usize = 40;

/// Under how many posts each repeated body stands, by its hash.
pub(super) type Repeats = HashMap<u64, u32>;

/// A hash of a body; 0 for one that is too short to be told from another by chance.
pub(super) fn hash(body: &str) -> u64 {
    let bytes = body.trim_ascii().as_bytes();
    if bytes.len() < LETTERS {
        return 0;
    }
    // This is done for every comment of an export: 32 bytes at a time, in four hashes that need not wait for each other.
    let mix = |hash: u64, word: u64| (hash.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let (words, rest) = bytes.as_chunks::<8>();
    let (blocks, words) = words.as_chunks::<4>();
    let mut hashes = [bytes.len() as u64, 1, 2, 3];
    for block in blocks {
        for (hash, word) in hashes.iter_mut().zip(block) {
            *hash = mix(*hash, u64::from_le_bytes(*word));
        }
    }
    let mut last = [0; 8];
    for (to, from) in last.iter_mut().zip(rest) {
        *to = *from;
    }
    let words = words.iter().chain([&last]).map(|word| u64::from_le_bytes(*word));
    let hash = hashes.into_iter().chain(words).fold(0, mix);
    (hash ^ (hash >> 29)).max(1)
}

/// Counts the posts under which each body stands.
pub(super) fn count(catalogue: &Catalogue, joined: &Joined) -> Repeats {
    let mut seen: Vec<(u64, u64)> = Vec::new();
    for (number, group) in (0..).zip(&joined.posts) {
        // Copies of one page that nothing joins (texts, captures without a number) are one post with its comments, not many.
        let title = catalogue
            .posts
            .get(group.first as usize)
            .map_or(0, |post| post.title.get());
        let post = if title == 0 { number } else { title };
        let first = group.comments_first as usize;
        let comments = joined.comments.get(first..first + group.comments_count as usize);
        for comment in comments.unwrap_or_default() {
            let body = body_of(catalogue, comment.first, comment.count);
            if body != 0 {
                seen.push((body, post));
            }
        }
    }
    seen.sort_unstable();
    seen.dedup();
    seen.chunk_by(|a, b| a.0 == b.0)
        .filter_map(|posts| {
            let count = u32::try_from(posts.len()).unwrap_or(u32::MAX);
            (count >= MANY).then_some((posts.first()?.0, count))
        })
        .collect()
}

/// The body of a comment that was seen at some places: that of the first of them that has one.
pub(super) fn body_of(catalogue: &Catalogue, first: u32, count: u16) -> u64 {
    let sightings = catalogue
        .comments
        .get(first as usize..first as usize + usize::from(count));
    let bodies = sightings.unwrap_or_default().iter();
    bodies
        .filter(|c| matches!(c.marks.status(), CommentStatus::Approved | CommentStatus::Pending))
        .map(|c| c.body.get())
        .find(|body| *body != 0)
        .unwrap_or_default()
}

/// Labels a comment whose text stands under several posts. What the post's author says under many of them is no spam, nor
/// is the platform's sentence in the place of a removed comment.
pub(super) fn label(comment: &mut Comment, posts: Option<&u32>) {
    let Some(posts) = posts else { return };
    if comment.is_post_author == Some(true)
        || !matches!(comment.status, CommentStatus::Approved | CommentStatus::Pending)
    {
        return;
    }
    let text = html::visible_text(comment.content_html.as_deref().unwrap_or_default());
    if text.chars().filter(|c| c.is_alphanumeric()).take(LETTERS).count() < LETTERS || phrases::is_removed(&text) {
        return;
    }
    let reason = format!("the same text under {posts} posts");
    let suspected = comment
        .suspected_spam
        .get_or_insert(SuspectedSpam { reasons: Vec::new() });
    // An archive that is read again has its label.
    if !suspected.reasons.iter().any(|r| r.starts_with("the same text under ")) {
        suspected.reasons.push(reason);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_bodies_are_not_compared() {
        assert_eq!(hash("Thank you!"), 0);
        let long = "You have a wonderful garden and a blog that is a joy to follow.";
        assert_eq!(hash(long), hash(&format!(" {long}\n")));
        assert_ne!(hash(long), hash(&long.replace("joy", "toy")));
        assert_ne!(hash(long), hash(&format!("{long}\0")));
    }
}
