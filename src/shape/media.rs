//! Texts that name files where they lie now, and posts that say which files belong to them.
//!
//! Addresses are replaced by their bytes; everything else of a text stays as it was written. What is not there keeps its
//! old address.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use url::Url;

use crate::html::{ReferenceKind, replace_references};
use crate::media::find::{self, named_from};
use crate::media::{Held, Library};
use crate::model::{Attachment, Post};

/// A text in which files stand under their new addresses: `address` gives that of the file with a number.
pub fn rewritten<'h>(
    html: &'h str,
    base: Option<&Url>,
    library: &Library,
    address: &dyn Fn(usize) -> Option<String>,
) -> Cow<'h, str> {
    replace_references(html, |reference| {
        if matches!(reference.kind, ReferenceKind::Form | ReferenceKind::Source) {
            return None;
        }
        let named = named_from(base, &reference.address)?;
        address(library.file(&named.key)?)
    })
}

/// Puts new addresses into everything of a post that names files: its text, its picture, its enclosures, its comments.
pub fn rewrite_post(post: &mut Post, home: Option<&str>, library: &Library, address: &dyn Fn(usize) -> Option<String>) {
    let base = find::base(post.url.as_deref().or(home));
    let base = base.as_ref();
    let comments = post.comments.iter_mut().map(|comment| &mut comment.content_html);
    for html in comments.chain([&mut post.content_html]).flatten() {
        if let Cow::Owned(new) = rewritten(html, base, library, address) {
            *html = new;
        }
    }
    let enclosures = post.attachments.iter_mut().map(|one| &mut one.url);
    for url in enclosures.chain([&mut post.image]).flatten() {
        let number = named_from(base, url).and_then(|named| library.file(&named.key));
        if let Some(new) = number.and_then(address) {
            *url = new;
        }
    }
}

/// Adds to a post the files that it uses, those that were not to be had with their address only. `place` says where a
/// file lies, seen from the archive.
pub fn attach(post: &mut Post, home: Option<&str>, library: &Library, place: &dyn Fn(&Held) -> String) {
    let base = find::base(post.url.as_deref().or(home));
    let named = |attachment: &Attachment| named_from(base.as_ref(), attachment.url.as_deref()?);
    let own = post.attachments.iter().enumerate();
    let mut own: HashMap<String, usize> = own.filter_map(|(at, one)| Some((named(one)?.key, at))).collect();
    let mut seen: HashSet<String> = HashSet::new();
    for one in find::in_post(post, home) {
        if seen.contains(&one.named.key) {
            continue;
        }
        let Some((asset, held)) = library.entry(&one.named.key) else {
            continue;
        };
        seen.insert(one.named.key.clone());
        let place_of_own = *own.entry(one.named.key).or_insert_with(|| {
            post.attachments.push(Attachment {
                url: Some(asset.url.clone()),
                alt: Some(one.alt).filter(|alt| !alt.is_empty()),
                ..Attachment::default()
            });
            post.attachments.len() - 1
        });
        let Some(own) = post.attachments.get_mut(place_of_own) else {
            continue;
        };
        let Ok(held) = held else { continue };
        own.path = Some(place(held));
        own.sha256 = Some(held.sha256.clone());
        own.size_in_bytes = Some(held.size);
        own.mime_type = held.mime.map(str::to_owned).or(own.mime_type.take());
        own.width = held.measures.map(|m| m.0);
        own.height = held.measures.map(|m| m.1);
    }
}

/// The number of the file that is a post's picture, as its feed or its source names it.
pub(crate) fn featured(post: &Post, base: Option<&Url>, library: &Library) -> Option<usize> {
    let named = named_from(base, post.image.as_deref()?)?;
    library.file(&named.key)
}
