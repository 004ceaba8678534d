//! The files that all posts together use, one for each, however many addresses it has.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::find::{Role, Use};
use super::original;

/// A file that posts use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asset {
    /// The same for all its addresses.
    pub key: String,
    /// The address by which it was seen first.
    pub url: String,
    /// Its addresses, the largest first; that of the original is not among them unless a post has it.
    pub addresses: Vec<(u32, String)>,
    /// Nothing but a picture will do.
    pub is_picture: bool,
    /// The posts that use it: id of the blog, id of the post.
    pub posts: Vec<(String, String)>,
    /// Alternative text.
    pub alt: String,
    /// Caption.
    pub caption: String,
    /// Width and height of the original, where a post says them.
    pub measures: Option<(u32, u32)>,
    /// The day of the first post that uses it.
    pub day: Option<NaiveDate>,
}

impl Asset {
    /// The addresses to ask for it at, the best first.
    pub fn candidates(&self) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        let written = || self.addresses.iter().map(|(_, address)| address);
        // All hosts of a family have the same pictures.
        let originals = written().filter_map(|address| original::original(address)).take(1);
        for address in originals.chain(written().cloned()) {
            if !all.contains(&address) {
                all.push(address);
            }
        }
        all
    }
}

/// The files that posts use, in the order of the posts.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    assets: Vec<Asset>,
    by_key: HashMap<String, usize>,
}

/// Addresses of one file that are tried at the most, besides that of the original.
const MAX_ADDRESSES: usize = 6;

impl Wanted {
    /// Adds what a post uses.
    pub fn add(&mut self, blog: &str, post: &str, day: Option<NaiveDate>, uses: Vec<Use>) {
        for one in uses {
            let place = *self.by_key.entry(one.named.key.clone()).or_insert_with(|| {
                self.assets.push(Asset {
                    key: one.named.key.clone(),
                    url: one.named.address.clone(),
                    day,
                    ..Asset::default()
                });
                self.assets.len() - 1
            });
            let Some(asset) = self.assets.get_mut(place) else {
                continue;
            };
            if asset.posts.last().is_none_or(|(b, p)| b != blog || p != post) && !post.is_empty() {
                asset.posts.push((blog.to_owned(), post.to_owned()));
            }
            asset.is_picture |= one.role == Role::Picture;
            let address = (one.named.size, one.named.address);
            if !asset.addresses.contains(&address) && asset.addresses.len() < MAX_ADDRESSES {
                asset.addresses.push(address);
                asset.addresses.sort_by_key(|(size, _)| std::cmp::Reverse(*size));
            }
            for (old, new) in [(&mut asset.alt, one.alt), (&mut asset.caption, one.caption)] {
                if old.is_empty() {
                    *old = new;
                }
            }
            asset.measures = asset.measures.or(one.measures);
            asset.day = asset.day.or(day);
        }
    }

    /// The files, in the order in which posts use them.
    pub fn assets(&self) -> &[Asset] {
        &self.assets
    }

    /// Takes the list apart.
    pub(super) fn into_parts(self) -> (Vec<Asset>, HashMap<String, usize>) {
        (self.assets, self.by_key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::find::in_fragment;

    #[test]
    fn a_picture_in_many_sizes_is_one_file() {
        let mut wanted = Wanted::default();
        let html = "<a href='http://1.bp.blogspot.com/-x/s1600-h/a.jpg'><img src='http://2.bp.blogspot.com/-x/s320/a.jpg' alt='tea'></a>";
        wanted.add("b", "1", None, in_fragment(html, None));
        wanted.add("b", "2", NaiveDate::from_ymd_opt(2011, 3, 5), in_fragment(html, None));
        let [asset] = wanted.assets() else { panic!("{wanted:?}") };
        assert_eq!(
            asset.candidates(),
            [
                "http://1.bp.blogspot.com/-x/s0/a.jpg",
                "http://1.bp.blogspot.com/-x/s1600/a.jpg",
                "http://2.bp.blogspot.com/-x/s320/a.jpg"
            ]
        );
        assert_eq!(
            (asset.alt.as_str(), asset.posts.len(), asset.is_picture),
            ("tea", 2, true)
        );
    }
}
