//! Blogs out of what several sources tell of them.

use std::collections::{BTreeMap, BTreeSet};

use super::catalogue::{Catalogue, Contribution};
use super::error::ArchiveError;
use super::{Archive, BlogEntry};
use crate::ledger::{Notice, NoticeCode};
use crate::model::{Author, Blog, Zone};
use crate::read::Sink;

/// Takeout's `settings.csv`.
pub(super) struct Settings {
    pub(super) source: u32,
    pub(super) blog: Blog,
    pub(super) personal: u64,
}

/// Folder, number in the name, and zip of a source.
pub(super) type PlaceOf = (String, String, Option<String>);

/// Gives each `settings.csv` to the feed that lies beside it, also across the parts of a split zip. Of a feed without
/// one, what it lacks is told, but for what the user `said`: the blog's address, its time zone.
pub(super) fn pair_settings(
    catalogue: &mut Catalogue,
    settings: Vec<Settings>,
    places: &[PlaceOf],
    (said_address, said_zone): (bool, bool),
) {
    let mut has_settings = vec![false; catalogue.sources.len()];
    for Settings { source, blog, personal } in settings {
        catalogue.begin_source(source);
        catalogue.redacted("setting", personal);
        let place = places.get(source as usize);
        let is_feed = |n: &usize| {
            catalogue
                .sources
                .get(*n)
                .is_some_and(|s| s.format.info().name == "blogger-takeout" && !s.context.own_comments)
        };
        let beside: Vec<usize> = (0..places.len())
            .filter(is_feed)
            .filter(|n| {
                places
                    .get(*n)
                    .zip(place)
                    .is_some_and(|(a, b)| (&a.0, &a.1) == (&b.0, &b.1))
            })
            .collect();
        let same_zip: Vec<usize> = beside
            .iter()
            .copied()
            .filter(|n| places.get(*n).map(|p| &p.2) == place.map(|p| &p.2))
            .collect();
        let feed = match (same_zip.as_slice(), beside.as_slice()) {
            ([one], _) | ([], [one]) => *one,
            _ => {
                catalogue.notice(Notice::new(
                    NoticeCode::NoSettings,
                    "These settings could not be given to any one blog: no feed.atom lies beside them, or several do.",
                ));
                continue;
            }
        };
        if let Some(mark) = has_settings.get_mut(feed) {
            *mark = true;
        }
        let id = catalogue
            .sources
            .get(feed)
            .map(|s| s.context.blog.clone())
            .unwrap_or_default();
        catalogue.contributions.push(Contribution {
            source,
            blog: Blog { id, ..blog },
        });
    }
    let missing = match (said_address, said_zone) {
        (false, false) => {
            "The blog's address and time zone are not in feed.atom. Give the whole Takeout folder (settings.csv lies beside the feed), or say --base-url and --time-zone."
        }
        (true, false) => {
            "The blog's time zone is not in feed.atom. Give the whole Takeout folder (settings.csv lies beside the feed), or say --time-zone."
        }
        (false, true) => {
            "The blog's address is not in feed.atom. Give the whole Takeout folder (settings.csv lies beside the feed), or say --base-url."
        }
        (true, true) => return,
    };
    let without: Vec<u32> = catalogue
        .sources
        .iter()
        .enumerate()
        .filter(|(n, s)| {
            s.format.info().name == "blogger-takeout"
                && !s.context.own_comments
                && !has_settings.get(*n).copied().unwrap_or_default()
        })
        .map(|(n, _)| u32::try_from(n).unwrap_or(u32::MAX))
        .collect();
    for source in without {
        catalogue.begin_source(source);
        catalogue.notice(Notice::new(NoticeCode::NoSettings, missing));
    }
}

/// Makes one blog of all that was told of it, the better source first; in order of their ids.
pub(super) fn join(
    catalogue: &mut Catalogue,
    ranks: &[u32],
    base_url: Option<&str>,
    zone: Option<Zone>,
) -> Result<(Vec<BlogEntry>, Vec<Option<u32>>), ArchiveError> {
    let mut contributions = std::mem::take(&mut catalogue.contributions);
    contributions.sort_by_key(|c| ranks.get(c.source as usize).copied());
    let count = catalogue.blogs.len();
    let mut blogs: Vec<Option<Blog>> = vec![None; count];
    for contribution in contributions {
        let number = catalogue.blogs.intern(&contribution.blog.id) as usize;
        if let Some(place) = blogs.get_mut(number) {
            match place {
                Some(blog) => fill(blog, contribution.blog),
                None => *place = Some(contribution.blog),
            }
        }
    }
    // A blog that only posts name is a blog all the same; one that only the owner's comments elsewhere name is not.
    for post in &catalogue.posts {
        if let Some(place @ None) = blogs.get_mut(usize::from(post.blog)) {
            *place = Some(Blog {
                id: catalogue.blogs.get(u32::from(post.blog)).to_owned(),
                ..Blog::default()
            });
        }
    }
    let found = blogs.iter().flatten().count();
    if base_url.is_some() && found > 1 {
        return Err(ArchiveError::BaseUrlForMany(found));
    }
    let mut order: Vec<usize> = (0..count).filter(|n| matches!(blogs.get(*n), Some(Some(_)))).collect();
    order.sort_by(|a, b| {
        let id = |n: usize| catalogue.blogs.get(u32::try_from(n).unwrap_or(u32::MAX));
        id(*a).cmp(id(*b))
    });
    let mut places = vec![None; count];
    let mut entries = Vec::new();
    for number in order {
        let Some(mut blog) = blogs.get_mut(number).and_then(Option::take) else {
            continue;
        };
        if let Some(url) = base_url
            && let Some(old) = blog.home_page_url.replace(url.to_owned())
            && old.trim_end_matches('/') != url.trim_end_matches('/')
        {
            blog.alternate_urls.insert(0, old);
        }
        blog.alternate_urls.dedup();
        let zone = zone
            .or_else(|| blog.time_zone.as_deref().and_then(Zone::named))
            .unwrap_or_default();
        if let Some(place) = places.get_mut(number) {
            *place = u32::try_from(entries.len()).ok();
        }
        entries.push(BlogEntry { blog, zone });
    }
    Ok((entries, places))
}

/// Takes from `other` what `blog` does not have.
fn fill(blog: &mut Blog, other: Blog) {
    macro_rules! take {
        ($($field:ident),+) => { $(if blog.$field.is_none() { blog.$field = other.$field; })+ };
    }
    take!(
        platform,
        title,
        description,
        home_page_url,
        feed_url,
        language,
        time_zone
    );
    for url in other.alternate_urls {
        if !blog.alternate_urls.contains(&url) {
            blog.alternate_urls.push(url);
        }
    }
    for author in other.authors {
        if !blog
            .authors
            .iter()
            .any(|a| (&a.name, &a.url) == (&author.name, &author.url))
        {
            blog.authors.push(author);
        }
    }
    for category in other.categories {
        if !blog.categories.iter().any(|c| c.name == category.name) {
            blog.categories.push(category);
        }
    }
    for (key, value) in other.settings {
        blog.settings.entry(key).or_insert(value);
    }
    if let Some(source) = other._source {
        let own = blog._source.get_or_insert_default();
        for (key, value) in source {
            own.entry(key).or_insert(value);
        }
    }
}

impl Archive {
    /// Lists the people who wrote posts with their blog, those of the feed itself first.
    pub(super) fn collect_authors(&mut self) {
        let mut seen = std::collections::HashSet::new();
        for post in &self.joined.posts {
            let Some(sighting) = self.catalogue.posts.get(post.first as usize) else {
                continue;
            };
            let blog = self.blog_places.get(usize::from(sighting.blog)).copied().flatten();
            let author = self.catalogue.authors.get(sighting.author as usize);
            let (Some(place), Some(author)) = (blog, author) else {
                continue;
            };
            if !seen.insert((place, sighting.author)) {
                continue;
            }
            let Some(entry) = self.blogs.get_mut(place as usize) else {
                continue;
            };
            let authors = &mut entry.blog.authors;
            let is_known = authors.iter().any(|a| (&a.name, &a.url) == (&author.name, &author.url));
            if !is_known && author.name.as_deref().is_some_and(|n| !n.trim().is_empty()) {
                authors.push(Author {
                    id: author.id.clone(),
                    login: None,
                    name: author.name.clone(),
                    url: author.url.clone(),
                    avatar: author.avatar.clone(),
                    _email: author._email.clone(),
                });
            }
        }
    }
}

/// Gives a blog that is known by its host only (a saved page, a feed without Blogger's id) the number of the blog that
/// was published at that host, where exactly one was.
pub(super) fn join_by_host(catalogue: &mut Catalogue) {
    let is_number = |id: &str| !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit());
    let ids: Vec<String> = (0..catalogue.blogs.len())
        .map(|n| catalogue.blogs.get(u32::try_from(n).unwrap_or(u32::MAX)).to_owned())
        .collect();
    if ids.len() < 2 || ids.iter().all(|id| is_number(id)) {
        return;
    }
    let mut by_host: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    let mut hosts_of: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let told = catalogue.contributions.iter().flat_map(|c| {
        let urls = c.blog.home_page_url.iter().chain(&c.blog.alternate_urls);
        urls.map(|url| (c.blog.id.as_str(), canonical_host(url)))
    });
    for (id, host) in told.chain(ids.iter().map(|id| (id.as_str(), canonical_host(id)))) {
        if let Some(host) = host {
            by_host.entry(host.clone()).or_default().insert(id);
            hosts_of.entry(id).or_default().insert(host);
        }
    }
    let mut renamed: BTreeMap<String, String> = BTreeMap::new();
    for id in ids.iter().filter(|id| !is_number(id)) {
        let same: BTreeSet<&str> = hosts_of
            .get(id.as_str())
            .into_iter()
            .flatten()
            .filter_map(|host| by_host.get(host))
            .flatten()
            .copied()
            .collect();
        let numbers: Vec<&str> = same.iter().copied().filter(|id| is_number(id)).collect();
        match (numbers.as_slice(), same.first()) {
            ([number], _) => {
                renamed.insert(id.clone(), (*number).to_owned());
            }
            // Several hosts without a number: the first by name stands for all.
            ([], Some(first)) if *first != id => {
                renamed.insert(id.clone(), (*first).to_owned());
            }
            _ => {}
        }
    }
    let number = |catalogue: &mut Catalogue, blog: u16| -> u16 {
        let id = catalogue.blogs.get(u32::from(blog));
        match renamed.get(id) {
            Some(new) => u16::try_from(catalogue.blogs.intern(new)).unwrap_or(blog),
            None => blog,
        }
    };
    let numbers: Vec<u16> = (0..ids.len())
        .map(|n| number(catalogue, u16::try_from(n).unwrap_or(u16::MAX)))
        .collect();
    let new = |blog: u16| numbers.get(usize::from(blog)).copied().unwrap_or(blog);
    for post in &mut catalogue.posts {
        post.blog = new(post.blog);
    }
    for comment in &mut catalogue.comments {
        comment.blog = new(comment.blog);
    }
    for contribution in &mut catalogue.contributions {
        if let Some(id) = renamed.get(&contribution.blog.id) {
            contribution.blog.id.clone_from(id);
        }
    }
}

/// The host of an address as it is compared: without `www.` and port, and Blogger's country hosts as the one they stand
/// for.
fn canonical_host(address: &str) -> Option<String> {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#', ':']).next()?.to_ascii_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    // What has no dot between two names is no host, `..` of a mirror neither; what has a space or a comma is a title or
    // a tag.
    if !host.contains('.') || host.starts_with('.') || host.contains([' ', ',', '@']) {
        return None;
    }
    Some(match host.split_once(".blogspot.") {
        Some((name, _)) => format!("{name}.blogspot.com"),
        None => host.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_compared_as_people_do() {
        let h = |a| canonical_host(a).unwrap_or_default();
        assert_eq!(h("https://www.Garden.example:8080/x?y"), "garden.example");
        assert_eq!(h("http://seeds.blogspot.co.uk/2009/"), "seeds.blogspot.com");
        assert_eq!(h("seeds.blogspot.de"), "seeds.blogspot.com");
        assert_eq!(h("123"), "");
        assert_eq!(h("../../"), "");
        assert_eq!(h("tag:blogger.com,1999:blog-1"), "");
    }
}
