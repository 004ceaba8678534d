//! What a check remembers of a file: what its head declares, and in little memory what its items have used. Here stand
//! the rules that concern several items.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::hashes::Hashes;
use super::item::{Ended, Post};
use super::{Code, Report};
use crate::wordpress::is_zero_date;

/// A set of numbers. Runs of neighbours take no more room than one number, and exports count upwards.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    /// First number of a run, and its last.
    runs: BTreeMap<u64, u64>,
}

impl Numbers {
    /// Adds a number; says whether it is new.
    pub(super) fn insert(&mut self, number: u64) -> bool {
        let before = self.runs.range(..=number).next_back().map(|(a, b)| (*a, *b));
        if before.is_some_and(|(_, last)| number <= last) {
            return false;
        }
        let joined = match before {
            Some((first, last)) if last.checked_add(1) == Some(number) => first,
            _ => number,
        };
        let end = number
            .checked_add(1)
            .and_then(|next| self.runs.remove(&next))
            .unwrap_or(number);
        self.runs.insert(joined, end);
        true
    }
}

/// What the head of a file declares.
#[derive(Debug, Default)]
pub(super) struct Head {
    /// Logins, folded, and as they were written.
    pub(super) logins: HashSet<String>,
    pub(super) logins_folded: HashSet<String>,
    /// Declared slugs by taxonomy.
    pub(super) terms: HashMap<String, HashSet<String>>,
}

/// Everything that concerns more than one item.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) head: Head,
    post_ids: Numbers,
    comment_ids: Numbers,
    /// Hashes of type and date; of type, date and title; of type and date of untitled posts.
    dates: Hashes,
    titles: Hashes,
    untitled: Hashes,
    /// Hashes of type, parent and slug.
    slugs: Hashes,
    /// Terms that were reported as undeclared.
    undeclared: HashSet<(String, String)>,
}

impl Known {
    /// Holds the next item of the file to the head and to the items before it.
    pub(super) fn take(&mut self, item: Ended, report: &mut Report<'_>) {
        let place = item.place;
        for (place, number) in item.comments {
            if !self.comment_ids.insert(number) {
                report.find(
                    Code::E09,
                    place,
                    format!(
                        "The comment number {number} is used in another post too; some importers mix their answers up."
                    ),
                );
            }
        }
        let post = item.post;
        if let Some(id) = item.number {
            // Items of two menus may share a number: WordPress takes both.
            if !self.post_ids.insert(id) && !post.is_menu_item() {
                report.find(
                    Code::E03,
                    place,
                    format!(
                        "The post number {id} is used twice: {} is skipped without a word.",
                        post.named()
                    ),
                );
            }
        }
        if !post.is_menu_item() {
            self.duplicates(&post, place, report);
        }
        if !self.head.logins.contains(&post.creator) {
            report.find(
                Code::E07,
                place,
                format!(
                    "{} is by {:?}, who is not declared: it goes to whoever runs the import.",
                    post.named(),
                    post.creator
                ),
            );
        }
        for (domain, nicename) in post.terms {
            let taxonomy = if domain == "tag" { "post_tag" } else { &domain };
            let slugs = self.head.terms.get(taxonomy);
            let is_declared = slugs.is_some_and(|slugs| slugs.contains(&nicename));
            // The formats of posts are WordPress's own.
            if is_declared || taxonomy == "post_format" {
                continue;
            }
            if self.undeclared.insert((taxonomy.to_owned(), nicename.clone())) {
                report.find(
                    Code::E10,
                    place,
                    format!(
                        "The term {nicename:?} of {taxonomy} is used and not declared in the head: a backslash in its name is lost, and its parent."
                    ),
                );
            }
        }
        let kind = if post.kind.is_empty() { "(none)" } else { &post.kind };
        match report.summary.items.get_mut(kind) {
            Some(count) => *count += 1,
            None => {
                report.summary.items.insert(kind.to_owned(), 1);
            }
        }
        report.summary.comments += item.count;
    }

    fn duplicates(&mut self, post: &Post, place: u64, report: &mut Report<'_>) {
        // Without any date WordPress takes the time of the import, which no other post has.
        if !is_zero_date(&post.date) {
            let date = hash((&post.kind, &post.date));
            let shared = !self.dates.insert(date);
            if post.fold == 0 {
                if shared {
                    report.find(
                        Code::E04,
                        place,
                        format!(
                            "An untitled {} of {} shares its date with another: WordPress takes the two for one.",
                            post.kind, post.date
                        ),
                    );
                }
                self.untitled.insert(date);
            } else {
                let is_new = self.titles.insert(hash((&post.kind, &post.date, post.fold)));
                if !is_new || self.untitled.contains(date) {
                    report.find(
                        Code::E04,
                        place,
                        format!(
                            "{} of {} is there twice, or shares its date with an untitled post: WordPress takes the two for one, and the second's comments go to the first.",
                            post.named(),
                            post.date
                        ),
                    );
                }
            }
        }
        let parent = if post.kind == "post" { "0" } else { post.parent.trim() };
        if !post.name.is_empty() && !self.slugs.insert(hash((&post.kind, parent, &post.name))) {
            report.find(
                Code::W02,
                place,
                format!(
                    "The slug {:?} is used twice: WordPress puts a number behind it, and the address of {} changes.",
                    post.name,
                    post.named()
                ),
            );
        }
    }
}

fn hash(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_new_once() {
        let mut numbers = Numbers::default();
        for n in [5, 7, 6, 1, u64::MAX, 0, u64::MAX - 1] {
            assert!(numbers.insert(n), "{n}");
        }
        for n in [0, 1, 5, 6, 7, u64::MAX, u64::MAX - 1] {
            assert!(!numbers.insert(n), "{n}");
        }
        assert_eq!(numbers.runs.len(), 3);
        assert!(numbers.insert(3));
    }
}
