//! The old addresses: which post, label or month each address of a blog leads to, made once from the cards.
//!
//! A blog is known by all its hosts: its own domain, `blogspot.com` and the country forms of it, with and without `www.`,
//! http and https. Posts are found by a hash of their path, which is compared with the card before it is believed, so that
//! no address is kept twice.

mod forms;
mod list;
mod parts;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

pub use list::OldAddress;

use forms::{EDITORS, Form, form, of_editor};
use parts::{Parts, ROOT, as_taken, canonical_host, field, is_whole, of_post, path_key, resolved};

use super::Plan;
use super::numbers::Numbers;
use crate::archive::{Archive, PostCard};
use crate::model::Status;
use crate::wordpress;

/// Where an address leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination<'a> {
    /// Nowhere in this blog.
    Elsewhere,
    /// A post or page.
    Post {
        /// Its number in the archive.
        number: u32,
        /// The place on its page.
        anchor: Anchor<'a>,
    },
    /// The posts of a label, tag or category.
    Label(Label<'a>),
    /// The posts of a year, or of a month of it.
    Archive(i32, Option<u32>),
    /// A feed.
    Feed,
    /// The front page.
    Home,
    /// A list that only the old blog made: a search, older posts.
    Listing,
    /// A picture or file on the blog's own host.
    File,
    /// An address of the blog at which there is no post.
    Missing,
}

/// A place on the page of a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor<'a> {
    /// The whole of it.
    None,
    /// Its comments.
    Comments,
    /// The comment with this id.
    Comment(&'a str),
    /// A place that its author named.
    Place(&'a str),
}

/// A label, tag or category.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label<'a> {
    /// Its name.
    pub name: &'a str,
    /// It is a category.
    pub is_category: bool,
}

/// Which post, label or month each old address leads to.
pub struct OldAddresses<'a> {
    archive: &'a Archive,
    /// Hosts and paths of the front pages of each blog, by its place.
    sites: Vec<Vec<(String, String)>>,
    /// All hosts that an address of each blog can have, by its place: of its front pages and of its posts. Most links lead
    /// to none of them and are done with that.
    hosts: Vec<HashSet<String>>,
    /// Hash of blog and path → number of the post.
    posts: Numbers,
    /// Hash of blog and id → number of the post.
    ids: Numbers,
    /// Place of the blog and folded name, or part of addresses → label.
    labels: HashMap<(usize, String), Label<'a>>,
}

impl<'a> OldAddresses<'a> {
    /// Takes the addresses of all posts of the archive, and the labels of the posts that go out and are public.
    pub fn new(archive: &'a Archive, plan: &Plan) -> OldAddresses<'a> {
        let sites = sites(archive);
        let of_sites = |own: &Vec<(String, String)>| own.iter().map(|(host, _)| host.clone()).collect();
        let mut addresses = OldAddresses {
            archive,
            hosts: sites.iter().map(of_sites).collect(),
            sites,
            posts: Numbers::default(),
            ids: Numbers::default(),
            labels: HashMap::new(),
        };
        let mut posts = Vec::with_capacity(archive.post_count() as usize);
        for card in archive.post_cards() {
            addresses.add(card, &mut posts);
        }
        let is_public = |number| {
            archive
                .post(number)
                .is_some_and(|card| card.status() == Status::Published)
        };
        addresses.posts = Numbers::of(posts, |first, next| match is_public(next) && !is_public(first) {
            // What everybody saw at an address was the public one.
            true => next,
            false => first,
        });
        let ids = archive
            .post_cards()
            .map(|card| (hash(card.blog_place(), &card.id()), card.number()));
        addresses.ids = Numbers::of(ids.collect(), |_, last| last);
        let mut seen = HashSet::new();
        for card in plan.posts.iter().filter_map(|number| archive.post(*number)) {
            if card.status() != Status::Published {
                continue;
            }
            let blog = card.blog_place();
            for term in card.terms() {
                if !seen.insert((blog, term.number, term.is_category)) {
                    continue;
                }
                let label = Label {
                    name: term.name,
                    is_category: term.is_category,
                };
                for name in [folded(term.name), slug_key(&wordpress::term_slug(term.name))] {
                    addresses.labels.entry((blog, name)).or_insert(label);
                }
                let details = card.blog().into_iter().flat_map(|blog| &blog.categories);
                for category in details.filter(|category| category.name == term.name) {
                    if let Some(slug) = &category.slug {
                        addresses.labels.entry((blog, slug_key(slug))).or_insert(label);
                    }
                }
            }
        }
        addresses
    }

    /// Takes the hosts of a post's addresses, and adds the hash of each address to `posts`.
    fn add(&mut self, card: PostCard<'_>, posts: &mut Vec<(u64, u32)>) {
        let blog = card.blog_place();
        for address in card.addresses() {
            let Some(parts) = of_post(&address) else { continue };
            if let (Some(host), Some(hosts)) = (parts.host.as_deref(), self.hosts.get_mut(blog))
                && !hosts.contains(host)
            {
                hosts.insert(host.to_owned());
            }
            if let Some(key) = self.key(blog, &parts) {
                posts.push((key, card.number()));
            }
        }
    }

    /// The hash of blog and address. A host that is not the blog's is part of it.
    fn key(&self, blog: usize, parts: &Parts<'_>) -> Option<u64> {
        self.key_text(blog, parts).map(|key| hash(blog, &key))
    }

    fn key_text(&self, blog: usize, parts: &Parts<'_>) -> Option<String> {
        let path = path_key(&parts.path);
        if path.is_empty() {
            return None;
        }
        Some(match &parts.host {
            Some(host) if self.below(blog, parts).is_none() => format!("{host}{path}"),
            _ => path,
        })
    }

    /// The path below the blog's front page, if the address is the blog's.
    fn below<'p>(&self, blog: usize, parts: &'p Parts<'_>) -> Option<&'p str> {
        let Some(host) = &parts.host else {
            return Some(&parts.path);
        };
        let sites = self.sites.get(blog)?;
        sites.iter().find_map(|(own, folder)| {
            let rest = parts.path.strip_prefix(folder.as_str())?;
            (own == host && (rest.is_empty() || rest.starts_with('/'))).then_some(rest)
        })
    }

    /// Where an address leads that stands in a post of the blog at this place; `page` is the address of that post.
    pub fn destination<'t>(&self, blog: usize, page: Option<&str>, address: &'t str) -> Destination<'t>
    where
        'a: 't,
    {
        let parts = match is_whole(address) {
            true => resolved(None, address).filter(|parts| self.is_host(blog, parts.host.as_deref())),
            false => resolved(self.base(blog, page).as_ref(), address),
        };
        parts.map_or(Destination::Elsewhere, |parts| self.of_parts(blog, &parts))
    }

    /// Whether an address of the blog, or of the place where it is edited, can have this host.
    fn is_host(&self, blog: usize, host: Option<&str>) -> bool {
        host.is_none_or(|host| {
            EDITORS.contains(&host) || self.hosts.get(blog).is_some_and(|hosts| hosts.contains(host))
        })
    }

    /// Whether a whole address of the blog can stand anywhere in a fragment of HTML, in a tag or in a text.
    pub fn may_be_in(&self, blog: usize, fragment: &str) -> bool {
        memchr::memmem::find_iter(fragment.as_bytes(), b"://").any(|at| {
            let rest = fragment.get(at + 3..).unwrap_or("");
            let ends = |c: char| c.is_ascii_whitespace() || matches!(c, '/' | '?' | '#' | '<' | '>' | '"' | '\'');
            let host = rest.split(ends).next().unwrap_or("");
            // What is written with a character reference, or ends in the middle of a sentence, is left to who reads it whole.
            let is_plain = host
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':'));
            !is_plain || canonical_host(host).is_some_and(|host| self.is_host(blog, Some(&host)))
        })
    }

    /// The whole of an address as it stood on the old blog.
    pub fn whole(&self, blog: usize, page: Option<&str>, address: &str) -> Option<String> {
        let parts = resolved(self.base(blog, page).as_ref(), address)?;
        if !is_relative(address) {
            return Some(address.to_owned());
        }
        let home = self.archive.blogs().nth(blog)?.home_page_url.as_deref();
        let origin = [page, home].into_iter().flatten().find_map(origin);
        let end = |mark: &str, text: &str| {
            if text.is_empty() {
                String::new()
            } else {
                format!("{mark}{text}")
            }
        };
        let (query, fragment) = (end("?", &parts.query), end("#", parts.fragment));
        let origin = origin.map_or_else(
            || parts.host.map(|host| format!("http://{host}")),
            |origin| Some(origin.to_owned()),
        )?;
        Some(format!("{origin}{}{query}{fragment}", parts.path))
    }

    /// The page that a relative address is relative to.
    fn base<'p>(&'p self, blog: usize, page: Option<&'p str>) -> Option<Parts<'p>> {
        let home = || {
            let (host, folder) = self.sites.get(blog)?.first()?;
            Some(Parts {
                host: Some(Cow::Borrowed(host.as_str())),
                path: format!("{folder}/").into(),
                query: "".into(),
                fragment: "",
            })
        };
        match page.and_then(of_post) {
            Some(page) if page.host.is_some() => Some(page),
            // Of a post that is known by its path, the host is the blog's.
            Some(page) => Some(Parts {
                host: home().and_then(|home| home.host),
                ..page
            }),
            // Where nobody knows the host, an address without one is still an address of this blog.
            None => home().or(Some(ROOT)),
        }
    }

    fn of_parts<'t>(&self, blog: usize, parts: &Parts<'t>) -> Destination<'t>
    where
        'a: 't,
    {
        if let Some((blog_id, id)) = of_editor(parts) {
            let is_own = self.archive.blogs().nth(blog).is_some_and(|own| own.id == blog_id);
            let found = self.by_id(blog, &id).filter(|_| is_own);
            return found.map_or(Destination::Elsewhere, |number| Destination::Post {
                number,
                anchor: Anchor::None,
            });
        }
        let without_index = || {
            let folder = parts
                .path
                .strip_suffix("index.html")
                .or_else(|| parts.path.strip_suffix("index.php"))?;
            let path = folder.to_owned().into();
            self.by_path(blog, &Parts { path, ..parts.clone() })
        };
        if let Some(number) = self.by_path(blog, parts).or_else(without_index) {
            return Destination::Post {
                number,
                anchor: anchor(parts),
            };
        }
        let Some(below) = self.below(blog, parts) else {
            return Destination::Elsewhere;
        };
        match form(parts, below) {
            Form::Home => match parts.fragment.strip_prefix('!') {
                // Blogger's dynamic views kept the address of a post behind the `#`.
                Some(path) if path.starts_with('/') => {
                    let shown = resolved(Some(parts), path);
                    let number = shown.and_then(|shown| self.by_path(blog, &shown));
                    number.map_or(Destination::Home, |number| Destination::Post {
                        number,
                        anchor: Anchor::None,
                    })
                }
                _ => Destination::Home,
            },
            Form::Label(name) => {
                let spaced = folded(&name.replace('+', " "));
                let found = [folded(&name), spaced]
                    .into_iter()
                    .find_map(|name| self.labels.get(&(blog, name)));
                found.map_or(Destination::Listing, |label| Destination::Label(*label))
            }
            Form::Term(slug) => {
                let found = self.labels.get(&(blog, slug_key(&slug)));
                found.map_or(Destination::Listing, |label| Destination::Label(*label))
            }
            Form::Archive(year, month) => {
                // The posts of Blogger's first years had their place on the page of a month.
                let fragment = parts.fragment.trim_start_matches('a');
                match self.by_id(blog, fragment) {
                    Some(number) => Destination::Post {
                        number,
                        anchor: Anchor::None,
                    },
                    None => Destination::Archive(year, month),
                }
            }
            Form::Id(id) => match self.by_id(blog, &id) {
                Some(number) => Destination::Post {
                    number,
                    anchor: anchor(parts),
                },
                None => Destination::Missing,
            },
            Form::Feed => Destination::Feed,
            Form::Listing => Destination::Listing,
            Form::File => Destination::File,
            Form::Page => Destination::Missing,
        }
    }

    fn by_path(&self, blog: usize, parts: &Parts<'_>) -> Option<u32> {
        let wanted = self.key_text(blog, parts)?;
        let number = self.posts.get(hash(blog, &wanted))?;
        let card = self.archive.post(number)?;
        let is_it =
            |address: String| of_post(&address).and_then(|parts| self.key_text(blog, &parts)).as_ref() == Some(&wanted);
        (card.blog_place() == blog && card.addresses().any(is_it)).then_some(number)
    }

    fn by_id(&self, blog: usize, id: &str) -> Option<u32> {
        let number = self.ids.get(hash(blog, id))?;
        let card = self.archive.post(number)?;
        (!id.is_empty() && card.blog_place() == blog && card.id() == id).then_some(number)
    }
}

/// An address that means something only on the host it stands on.
pub fn is_relative(address: &str) -> bool {
    !is_whole(address) && of_post(address).is_none_or(|parts| parts.host.is_none())
}

/// Scheme and host of an address.
fn origin(address: &str) -> Option<&str> {
    let address = address.trim();
    let start = address.find("://")? + 3;
    let host = address
        .get(start..)?
        .find(['/', '?', '#'])
        .unwrap_or(address.len() - start);
    address.get(..start + host).filter(|_| host > 0)
}

/// The host of an address, as blogs are known by theirs.
pub fn host_of(address: &str) -> Option<String> {
    Some(of_post(address)?.host?.into_owned())
}

/// The place on a page that an address names.
fn anchor<'t>(parts: &Parts<'t>) -> Anchor<'t> {
    let fragment = parts.fragment;
    let is_id = |id: &&str| !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit());
    // `c123` is Blogger's, `comment-123` WordPress's; both have had more in front of it.
    let id = ["comment-c", "comment-", "c"]
        .iter()
        .find_map(|mark| fragment.strip_prefix(mark).filter(is_id));
    match (id, fragment) {
        (Some(id), _) => Anchor::Comment(id),
        (None, "") if field(&parts.query, "showComment").is_some() => Anchor::Comments,
        (None, "" | "more" | "links") => Anchor::None,
        (None, "comments" | "comment-form" | "respond" | "addcomment" | "disqus_thread") => Anchor::Comments,
        (None, other) => match field(&parts.query, "showComment") {
            Some(_) => Anchor::Comments,
            None => Anchor::Place(other),
        },
    }
}

/// The hosts of each blog, with the path of its front page: those that it names, or the one of most of its posts.
fn sites(archive: &Archive) -> Vec<Vec<(String, String)>> {
    let mut sites: Vec<Vec<(String, String)>> = archive
        .blogs()
        .map(|blog| {
            let mut own: Vec<(String, String)> = Vec::new();
            for address in blog.home_page_url.iter().chain(&blog.alternate_urls) {
                if let Some(Parts {
                    host: Some(host), path, ..
                }) = of_post(&as_taken(address))
                {
                    let folder = path.rfind('/').and_then(|at| path.get(..at)).unwrap_or("");
                    let site = (host.into_owned(), folder.to_owned());
                    if !own.contains(&site) {
                        own.push(site);
                    }
                }
            }
            own
        })
        .collect();
    let mut counts: Vec<HashMap<String, u32>> = vec![HashMap::new(); sites.len()];
    for card in archive.post_cards() {
        let host = card.address().and_then(|address| host_of(&address));
        if let (Some(host), Some(counts)) = (host, counts.get_mut(card.blog_place())) {
            *counts.entry(host).or_default() += 1;
        }
    }
    for (own, counts) in sites.iter_mut().zip(counts) {
        let all: u32 = counts.values().sum();
        let most = counts
            .into_iter()
            .max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(&a.0)));
        if let Some((host, count)) = most
            && count > all / 2
            && own.iter().all(|(known, _)| *known != host)
        {
            own.push((host, String::new()));
        }
    }
    sites
}

fn hash(blog: usize, key: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (blog, key).hash(&mut hasher);
    hasher.finish()
}

fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

/// A tag's or category's part of addresses, told from its name.
fn slug_key(slug: &str) -> String {
    let plain = crate::html::address::percent_decoded(slug);
    format!("/{}", plain.to_lowercase())
}
