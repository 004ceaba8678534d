//! Two different entries of one source under one id: hand-made and repaired files have such. Both are kept; the second
//! gets an id made from its date, title and text, as a record without an id does.

use std::collections::HashMap;

use super::cards::Place;
use super::catalogue::Catalogue;
use super::ids::Id;
use crate::ledger::{Notice, NoticeCode};
use crate::read::{Entry, EntryRecords, derived_comment_id, derived_post_id};

/// Gives later entries an id of their own where an earlier one of the same source has theirs and says something else.
/// Sightings come in order of blog, id, rank and place.
pub(super) fn part(catalogue: &mut Catalogue) -> bool {
    let posts: Vec<usize> = catalogue
        .posts
        .windows(2)
        .enumerate()
        .filter_map(|(n, pair)| match pair {
            [a, b] => ((a.blog, a.id, a.place.source) == (b.blog, b.id, b.place.source)
                && a.id != Id::None
                && (a.title, a.published, a.status) != (b.title, b.published, b.status))
                .then_some(n + 1),
            _ => None,
        })
        .collect();
    // Of those of one id that stand in one entry, each is told by how many come before it.
    let mut before = 0;
    let mut comments: Vec<(usize, usize)> = Vec::new();
    for (n, pair) in catalogue.comments.windows(2).enumerate() {
        let [a, b] = pair else { continue };
        let is_one =
            (a.blog, a.post, a.id, a.place.source) == (b.blog, b.post, b.id, b.place.source) && a.id != Id::None;
        let is_in_one_entry = is_one && a.place == b.place;
        before = if is_in_one_entry { before + 1 } else { 0 };
        if is_one && (a.published != b.published || is_in_one_entry) {
            comments.push((n + 1, before));
        }
    }
    for number in &posts {
        let Some((place, id)) = catalogue.posts.get(*number).map(|p| (p.place, p.id)) else {
            continue;
        };
        let own = id.unpack(&catalogue.ids);
        let derived = entries(catalogue, place).iter().find_map(|entry| match entry {
            Entry::Post(post) => Some(derived_post_id(post)),
            _ => None,
        });
        if let Some(derived) = derived {
            let packed = Id::pack(&derived, &mut catalogue.ids);
            if let Some(post) = catalogue.posts.get_mut(*number) {
                post.id = packed;
            }
            tell(
                catalogue,
                place,
                format!("Two different posts have the id {own}. Both were kept; the second is {derived}."),
            );
        }
    }
    // Each entry is read once, and there may be thousands of one.
    comments.sort_by_key(|(number, _)| {
        catalogue
            .comments
            .get(*number)
            .map(|c| (c.place.source, c.place.offset()))
    });
    let mut read: Option<(Place, HashMap<String, Vec<String>>)> = None;
    let mut is_parted = !posts.is_empty();
    for (number, before) in &comments {
        let Some((place, id)) = catalogue.comments.get(*number).map(|c| (c.place, c.id)) else {
            continue;
        };
        let own = id.unpack(&catalogue.ids);
        let derived = match &read {
            Some((at, derived)) if *at == place => derived,
            _ => &read.insert((place, derived_comment_ids(catalogue, place))).1,
        };
        let derived = derived.get(&own).map(Vec::as_slice).unwrap_or_default();
        // What is said twice in one entry is one comment.
        let is_same = *before > 0 && derived.first() == derived.get(*before);
        if let Some(derived) = derived.get(*before).filter(|_| !is_same).cloned() {
            is_parted = true;
            let packed = Id::pack(&derived, &mut catalogue.ids);
            if let Some(comment) = catalogue.comments.get_mut(*number) {
                comment.id = packed;
            }
            tell(
                catalogue,
                place,
                format!("Two different comments have the id {own}. Both were kept; the second is {derived}."),
            );
        }
    }
    is_parted
}

/// The ids that the comments of an entry would have by their content, under those that they have.
fn derived_comment_ids(catalogue: &Catalogue, place: Place) -> HashMap<String, Vec<String>> {
    let entries = entries(catalogue, place);
    let comments = entries.iter().flat_map(|entry| match entry {
        Entry::Comment { comment, .. } => std::slice::from_ref(&**comment),
        Entry::Post(post) => post.comments.as_slice(),
        Entry::Media(_) => &[],
    });
    let mut derived: HashMap<String, Vec<String>> = HashMap::new();
    for comment in comments {
        let of_id = derived.entry(comment.id.clone()).or_default();
        of_id.push(derived_comment_id(comment));
    }
    derived
}

fn tell(catalogue: &mut Catalogue, place: Place, message: String) {
    let mut notice = Notice::new(NoticeCode::SameId, message).at_byte(place.offset());
    notice.source = Some(place.source.to_string());
    catalogue.notices.push(notice);
}

/// What lies at a place. This is read again: it is needed for a handful of broken files only.
fn entries(catalogue: &Catalogue, place: Place) -> EntryRecords {
    let Some(source) = catalogue.sources.get(place.source as usize) else {
        return EntryRecords::new();
    };
    let mut bytes = vec![0; place.length as usize];
    match source.bytes.open().and_then(|b| b.read_at(place.offset(), &mut bytes)) {
        Ok(()) => source
            .reader()
            .entry(&source.context, &bytes, place.offset())
            .unwrap_or_default(),
        Err(_) => EntryRecords::new(),
    }
}
