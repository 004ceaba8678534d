//! Where an address on a page of a site leads.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::html::address::{percent_decoded, scheme};

/// Where an address leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// To another site.
    Elsewhere,
    /// To no page: an e-mail address, a script, the top of the same page.
    Nothing,
    /// To a file of the site, and a place in it.
    File(String, Option<String>),
    /// To a page that the generator of the site will make by itself.
    OfGenerator,
    /// To a file that is not there.
    Missing,
}

/// A folder of Markdown: its files, and where the site will show them.
struct Markdown {
    ours: BTreeMap<String, String>,
    /// Folder of a site, with a slash at the end → address → file.
    sites: Vec<(String, HashMap<String, String>)>,
    has_comment_data: bool,
}

/// The files of a folder and the address at which it lies.
pub(super) struct Site {
    files: BTreeSet<String>,
    host: Option<String>,
    /// The path of the front page without the slash at its end.
    folder: String,
    markdown: Option<Markdown>,
}

/// What blogark's manifest says: files, and addresses by folder of a site and file.
type FromManifest = (BTreeMap<String, String>, BTreeMap<String, BTreeMap<String, String>>);

impl Site {
    pub(super) fn new(url: Option<&str>, files: BTreeSet<String>, manifest: Option<FromManifest>) -> Site {
        let (host, folder) = url.and_then(parted).map_or((None, String::new()), |(host, path)| {
            (Some(host), path.trim_end_matches('/').to_owned())
        });
        let markdown = manifest.map(|(ours, addresses)| Markdown {
            has_comment_data: ours.keys().any(|path| path.contains("data/comments/")),
            ours,
            sites: addresses
                .into_iter()
                .map(|(base, files)| {
                    let base = if base.is_empty() { base } else { format!("{base}/") };
                    let by_address = files.into_iter().map(|(file, address)| (key(&address), file));
                    (base, by_address.collect())
                })
                .collect(),
        });
        Site {
            files,
            host,
            folder,
            markdown,
        }
    }

    pub(super) fn files(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(String::as_str)
    }

    /// Whether the file is to be looked at: in a folder of Markdown, only what blogark wrote.
    pub(super) fn is_ours(&self, path: &str) -> bool {
        self.markdown
            .as_ref()
            .is_none_or(|markdown| markdown.ours.contains_key(path))
    }

    /// Whether a template will make this place, of comments that lie as data.
    pub(super) fn is_comment(&self, anchor: &str) -> bool {
        let number = anchor.strip_prefix('c').unwrap_or_default();
        let is_one = anchor == "comments" || (!number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()));
        is_one && self.markdown.as_ref().is_some_and(|markdown| markdown.has_comment_data)
    }

    /// Where an address leads that stands on the page `from`.
    pub(super) fn place(&self, from: &str, address: &str) -> Place {
        let address = address.trim();
        let (rest, anchor) = address.split_once('#').unwrap_or((address, ""));
        // `#top` is the top of any page, `#:~:text=` a search.
        let is_place = !anchor.is_empty() && !anchor.eq_ignore_ascii_case("top") && !anchor.starts_with(":~:");
        let anchor = is_place.then(|| percent_decoded(anchor).into_owned());
        let rest = rest.split('?').next().unwrap_or("");
        if rest.is_empty() {
            return match anchor {
                Some(anchor) => Place::File(from.to_owned(), Some(anchor)),
                None => Place::Nothing,
            };
        }
        let path = match (parted(rest), scheme(rest)) {
            (Some((host, path)), _) => match &self.host {
                Some(own) if *own == host => path,
                _ => return Place::Elsewhere,
            },
            (None, Some(_)) => return Place::Nothing,
            (None, None) => rest,
        };
        let Some(path) = path.strip_prefix('/').map_or_else(
            || Some(joined(from, path)),
            |_| {
                let below = path.strip_prefix(self.folder.as_str())?;
                (below.is_empty() || below.starts_with('/')).then(|| joined("", below.trim_start_matches('/')))
            },
        ) else {
            // Another site of the same host.
            return Place::Elsewhere;
        };
        let plain = percent_decoded(&path).into_owned();
        match self.file(&plain).or_else(|| self.file_at(from, &plain)) {
            Some(file) => Place::File(file, anchor),
            None if self.is_of_generator(&plain) => Place::OfGenerator,
            None => Place::Missing,
        }
    }

    /// The file that a server gives for a path.
    fn file(&self, path: &str) -> Option<String> {
        if self.files.contains(path) {
            return Some(path.to_owned());
        }
        let folder = path.trim_end_matches('/');
        let index = if folder.is_empty() {
            "index.html".to_owned()
        } else {
            format!("{folder}/index.html")
        };
        self.files.contains(&index).then_some(index)
    }

    /// The file of Markdown that the site will show at a path.
    fn file_at(&self, from: &str, path: &str) -> Option<String> {
        let sites = &self.markdown.as_ref()?.sites;
        let (base, by_address) = sites.iter().rev().find(|(base, _)| from.starts_with(base.as_str()))?;
        let file = by_address.get(&key(path)).map(|file| format!("{base}{file}"))?;
        // What the manifest names may have been deleted since.
        self.files.contains(&file).then_some(file)
    }

    fn is_of_generator(&self, path: &str) -> bool {
        let made = ["tags/", "categories/", "tag/", "category/", "feeds/"];
        self.markdown.is_some()
            && (matches!(path, "" | "index.xml") || made.iter().any(|folder| path.starts_with(folder)))
    }
}

/// An address of a page, to be compared: decoded, without slashes at its ends.
fn key(address: &str) -> String {
    percent_decoded(address).trim_matches('/').to_owned()
}

/// Host and path of a whole address, or one that begins with two slashes.
fn parted(address: &str) -> Option<(String, &str)> {
    let lower = address.get(..8).unwrap_or(address).to_ascii_lowercase();
    let rest = ["https://", "http://", "//"]
        .iter()
        .find(|mark| lower.starts_with(**mark))
        .and_then(|mark| address.get(mark.len()..))?;
    let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    Some((host.to_ascii_lowercase(), if path.is_empty() { "/" } else { path }))
}

/// A relative path as it is from the root, from which no `..` leads out.
fn joined(from: &str, path: &str) -> String {
    let mut parts: Vec<&str> = from
        .rsplit_once('/')
        .map_or(Vec::new(), |(folder, _)| folder.split('/').collect());
    let mut is_folder = true;
    for part in path.split('/') {
        is_folder = matches!(part, "" | "." | "..");
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let mut whole = parts.join("/");
    if is_folder && !whole.is_empty() {
        whole.push('/');
    }
    whole
}
