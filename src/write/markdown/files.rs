//! Where pictures and files lie in a folder of Markdown, and how its texts call them.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};

use url::Url;

use super::flavor::Rules;
use super::options::Options;
use crate::media::{Library, find, names};
use crate::model::Post;
use crate::plan::markdown::Layout;
use crate::shape::media as shape;
use crate::write::Run;
use crate::write::redirects::list::path_of_site;

/// The folder of pictures and files of a flavour.
#[derive(Clone, Copy, Debug)]
pub(super) struct MediaRules {
    /// In the folder of the site.
    pub(super) folder: &'static str,
    /// The path at which the site serves it; texts of a folder that is no site call files by the way to them.
    pub(super) path: Option<&'static str>,
    /// How a file is called that lies in the folder of the one post that uses it.
    pub(super) in_bundles: Bundled,
}

/// Whether files may lie beside their post, and how its text calls them there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bundled {
    /// They may not.
    No,
    /// By their names.
    ByName,
    /// By the path of the page: one that ends in `.html` has its files in a folder of its name without that, where a bare
    /// name does not lead.
    ByPath,
}

/// The places of files.
pub(super) struct Files<'a> {
    pub(super) gathered: &'a Library,
    rules: &'static MediaRules,
    /// The path of the site's front page without the slash at its end.
    site: String,
    /// Files that are used by one post only, by their numbers: ids of its blog and its own.
    own: HashMap<usize, (&'a str, &'a str)>,
    is_bundled: bool,
}

/// A post that uses files.
#[derive(Clone, Copy, Debug)]
pub(super) struct User<'c> {
    /// Ids of its blog and its own.
    pub(super) ids: (&'c str, &'c str),
    /// Its file in the folder of the site, without extension.
    pub(super) file: &'c str,
    /// The path at which the site shows it.
    pub(super) page: Option<&'c str>,
}

/// A file where a text calls it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Placed {
    /// Its path in the folder of the site.
    pub(super) path: String,
    /// How a text calls it.
    pub(super) address: String,
    /// The path at which the site serves it, from the site's own front page.
    pub(super) served: Option<String>,
    /// It lies beside its only post.
    pub(super) is_own: bool,
}

impl<'a> Files<'a> {
    /// None where texts keep the addresses that they have.
    pub(super) fn new(run: Run<'a>, options: &Options, rules: &'static Rules) -> Option<Files<'a>> {
        let gathered = run.media?.gathered;
        let is_bundled = options.layout == Layout::Bundle && rules.media.in_bundles != Bundled::No;
        let mut users: HashMap<usize, HashSet<(&str, &str)>> = HashMap::new();
        if is_bundled {
            for (asset, _) in gathered.entries() {
                if let Some(number) = gathered.file(&asset.key) {
                    let posts = asset.posts.iter().map(|(blog, post)| (blog.as_str(), post.as_str()));
                    users.entry(number).or_default().extend(posts);
                }
            }
        }
        let only = |(number, posts): (usize, HashSet<(&'a str, &'a str)>)| {
            let mut posts = posts.into_iter();
            let first = posts.next()?;
            posts.next().is_none().then_some((number, first))
        };
        Some(Files {
            gathered,
            rules: &rules.media,
            site: options.new_url.as_deref().map_or("", path_of_site).to_owned(),
            own: users.into_iter().filter_map(only).collect(),
            is_bundled,
        })
    }

    /// The place of a file for a post.
    fn place(&self, number: usize, user: &User<'_>) -> Option<Placed> {
        let name = &self.gathered.files().get(number)?.name;
        let in_address = names::in_address(name);
        let folder = user.file.rsplit_once('/').map_or("", |(folder, _)| folder);
        if self.is_bundled && self.own.get(&number) == Some(&user.ids) {
            let page = user.page.filter(|_| self.rules.in_bundles == Bundled::ByPath);
            let page = page.map(|page| page.strip_suffix(".html").unwrap_or(page).trim_end_matches('/'));
            let served = page.map(|page| format!("{page}/{in_address}"));
            return Some(Placed {
                path: format!("{folder}/{name}"),
                address: served
                    .as_ref()
                    .map_or(in_address, |path| format!("{}{path}", self.site)),
                served,
                is_own: true,
            });
        }
        let served = self.rules.path.map(|path| format!("{path}{in_address}"));
        let address = match &served {
            Some(path) => format!("{}{path}", self.site),
            None => {
                let up = folder.split('/').filter(|part| !part.is_empty()).count();
                format!("{}{}/{in_address}", "../".repeat(up), self.rules.folder)
            }
        };
        Some(Placed {
            path: format!("{}/{name}", self.rules.folder),
            address,
            served,
            is_own: false,
        })
    }
}

/// The texts of one post on their way to calling files where they lie.
pub(super) struct Calling<'c, 'a> {
    files: &'c Files<'a>,
    base: Option<Url>,
    user: User<'c>,
    used: RefCell<BTreeMap<usize, Placed>>,
}

impl<'c, 'a> Calling<'c, 'a> {
    /// For a post that was published at `url`; `home` is the address of its blog.
    pub(super) fn new(files: &'c Files<'a>, user: User<'c>, url: Option<&str>, home: Option<&str>) -> Calling<'c, 'a> {
        Calling {
            files,
            base: find::base(url.or(home)),
            user,
            used: RefCell::default(),
        }
    }

    /// A text with the new addresses; none where it stays as it is.
    pub(super) fn rewritten(&self, html: &str) -> Option<String> {
        let address = |number| self.address(number);
        match shape::rewritten(html, self.base.as_ref(), self.files.gathered, &address) {
            Cow::Owned(changed) => Some(changed),
            Cow::Borrowed(_) => None,
        }
    }

    /// The new address of the picture that stands for the post.
    pub(super) fn image(&self, post: &Post) -> Option<String> {
        self.address(shape::featured(post, self.base.as_ref(), self.files.gathered)?)
    }

    /// Makes sure that what a post offers beside its text comes along.
    pub(super) fn enclosures(&self, post: &Post) {
        for url in post.attachments.iter().filter_map(|one| one.url.as_deref()) {
            let named = find::named_from(self.base.as_ref(), url);
            if let Some(number) = named.and_then(|named| self.files.gathered.file(&named.key)) {
                self.address(number);
            }
        }
    }

    fn address(&self, number: usize) -> Option<String> {
        let mut used = self.used.borrow_mut();
        if let Some(placed) = used.get(&number) {
            return Some(placed.address.clone());
        }
        let placed = self.files.place(number, &self.user)?;
        let address = placed.address.clone();
        used.insert(number, placed);
        Some(address)
    }

    /// The files that the post calls.
    pub(super) fn into_used(self) -> BTreeMap<usize, Placed> {
        self.used.into_inner()
    }
}
