//! A folder of a site, built or as Markdown that blogark wrote: every link inside it, every anchor and every file that a
//! page shows must be there.
//!
//! A built site is told by its HTML, a folder of Markdown by blogark's manifest, which also says at which address the site
//! will show each file.

mod held;
mod inside;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::Path;

use serde::Deserialize;

use super::{CheckError, Finding};
use held::{Held, Use};
use inside::{Place, Site};

/// What is known of the folder besides its files.
#[derive(Clone, Debug, Default)]
pub struct FolderOptions {
    /// The address of the site's front page: links to it are links inside.
    pub site_url: Option<String>,
    /// Keep the addresses of links that lead elsewhere.
    pub lists_external: bool,
}

/// What a folder holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FolderContents {
    /// Pages that were read.
    pub pages: u64,
    /// Links, pictures and files inside that are there.
    pub internal: u64,
    /// Links to pages of labels and feeds that a generator will make.
    pub left_to_generator: u64,
    /// Links that lead elsewhere.
    pub external: u64,
    /// Where to, each once; only where it was asked for.
    pub external_addresses: BTreeSet<String>,
}

/// The manifest of a folder that blogark wrote.
#[derive(Debug, Default, Deserialize)]
struct Manifest {
    files: BTreeMap<String, String>,
    /// Folder of a site → file in it → the address at which the site shows it.
    #[serde(default)]
    addresses: BTreeMap<String, BTreeMap<String, String>>,
}

const MANIFEST: &str = ".blogark-manifest.json";

/// Checks a folder, and tells each finding as it comes.
///
/// # Errors
/// When a file cannot be read, or the folder holds neither a built site nor Markdown of blogark's.
pub fn check_folder(
    root: &Path,
    options: &FolderOptions,
    tell: &mut dyn FnMut(Finding),
) -> Result<FolderContents, CheckError> {
    let manifest: Option<Manifest> = match fs::read(root.join(MANIFEST)) {
        Ok(bytes) => serde_json::from_slice(&bytes).ok(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error.into()),
    };
    let files = files_below(root)?;
    let is_markdown = manifest.is_some();
    let is_page = |path: &str| match is_markdown {
        true => has_extension(path, &["md"]),
        false => has_extension(path, &["html", "htm", "xhtml"]),
    };
    if !files.iter().any(|path| is_page(path)) {
        return Err(CheckError::NotCheckable("a folder without pages"));
    }
    let site = Site::new(
        options.site_url.as_deref(),
        files,
        manifest.map(|m| (m.files, m.addresses)),
    );
    let mut check = Check {
        site: &site,
        options,
        contents: FolderContents::default(),
        anchors: HashSet::new(),
        wanted: Vec::new(),
        told: HashMap::new(),
    };
    for path in site.files().filter(|path| is_page(path) && site.is_ours(path)) {
        let text = String::from_utf8_lossy(&fs::read(root.join(path))?).into_owned();
        let held = if is_markdown {
            Held::of_markdown(&text)
        } else {
            Held::of_html(&text)
        };
        check.page(path, &held, tell);
    }
    check.anchors(tell);
    Ok(check.contents)
}

struct Check<'c> {
    site: &'c Site,
    options: &'c FolderOptions,
    contents: FolderContents,
    /// Hashes of page and anchor.
    anchors: HashSet<u64>,
    /// Anchors that links ask for: from, to, anchor.
    wanted: Vec<(String, String, String)>,
    /// Missing addresses that were told of a page already.
    told: HashMap<String, HashSet<String>>,
}

impl Check<'_> {
    fn page(&mut self, path: &str, held: &Held, tell: &mut dyn FnMut(Finding)) {
        self.contents.pages += 1;
        for anchor in &held.anchors {
            self.anchors.insert(hash(path, anchor));
        }
        for (address, use_) in &held.addresses {
            match self.site.place(path, address) {
                Place::Elsewhere => {
                    self.contents.external += 1;
                    if self.options.lists_external {
                        self.contents.external_addresses.insert(address.clone());
                    }
                }
                Place::Nothing => {}
                Place::OfGenerator => self.contents.left_to_generator += 1,
                Place::File(file, anchor) => {
                    self.contents.internal += 1;
                    if let Some(anchor) = anchor {
                        self.wanted.push((path.to_owned(), file, anchor));
                    }
                }
                Place::Missing => {
                    if self.told.entry(path.to_owned()).or_default().insert(address.clone()) {
                        let what = match use_ {
                            Use::Link => "the link to",
                            Use::Shown => "the picture or file",
                        };
                        tell(finding(
                            true,
                            format!("{path}: {what} {address} leads nowhere: there is no such file."),
                        ));
                    }
                }
            }
        }
    }

    fn anchors(&mut self, tell: &mut dyn FnMut(Finding)) {
        let mut told = HashSet::new();
        for (from, to, anchor) in &self.wanted {
            let is_there = self.anchors.contains(&hash(to, anchor)) || self.site.is_comment(anchor);
            if is_there || !told.insert((from, to, anchor)) {
                continue;
            }
            // A place on the same page that is not there was the author's own slip.
            let message = match from == to {
                true => format!(
                    "{from}: a link leads to the place #{anchor} of the same page, which has none of that name."
                ),
                false => format!("{from}: a link leads to #{anchor} of {to}, which has no such place."),
            };
            tell(finding(from != to, message));
        }
    }
}

fn finding(is_error: bool, message: String) -> Finding {
    Finding {
        line: None,
        code: None,
        is_error,
        message,
    }
}

fn hash(page: &str, anchor: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (page, anchor).hash(&mut hasher);
    hasher.finish()
}

fn has_extension(path: &str, extensions: &[&str]) -> bool {
    let extension = path.rsplit_once('.').map(|(_, extension)| extension);
    extension.is_some_and(|own| extensions.iter().any(|one| own.eq_ignore_ascii_case(one)))
}

/// All files below a folder, with slashes, sorted. Links are not followed.
fn files_below(root: &Path) -> io::Result<BTreeSet<String>> {
    let mut files = BTreeSet::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root.join(&folder))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if folder.is_empty() {
                name
            } else {
                format!("{folder}/{name}")
            };
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() {
                files.insert(path);
            }
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(files: &[(&str, &str)], site_url: Option<&str>) -> (FolderContents, Vec<(bool, String)>) {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let options = FolderOptions {
            site_url: site_url.map(str::to_owned),
            lists_external: true,
        };
        let mut found = Vec::new();
        let contents = check_folder(folder.path(), &options, &mut |f| found.push((f.is_error, f.message))).unwrap();
        (contents, found)
    }

    #[test]
    fn what_is_there_is_found() {
        let (contents, found) = checked(
            &[
                (
                    "index.html",
                    "<a href=/a/>a</a> <a href='a/#x'>x</a> <a href=caf%C3%A9.html?m=1>c</a> <a href='#top'>t</a>",
                ),
                (
                    "a/index.html",
                    "<p id=x><a href='../'>up</a> <img src=../p.png srcset='/p.png 2x'> <a href=https://s.example/b/a/>me</a> <a href=mailto:x@s.example>m</a>",
                ),
                ("café.html", "<a href='https://other.example/'>o</a><a href=''>same</a>"),
                ("p.png", "x"),
            ],
            Some("https://s.example/b/"),
        );
        // Links from the root of the host are not below the site's folder.
        assert_eq!(found, [], "{contents:?}");
        assert_eq!((contents.pages, contents.external), (3, 3));
        assert!(contents.external_addresses.contains("https://other.example/"));
    }

    #[test]
    fn what_is_not_there_is_named() {
        let (_, found) = checked(
            &[
                (
                    "index.html",
                    "<a href=/b/>b</a> <a href=/b/>b</a> <img src=q.png> <a href='a.html#y'>y</a> <a href='#z'>z</a>",
                ),
                ("a.html", "<a href='/../../../etc/passwd'>e</a>"),
            ],
            None,
        );
        let texts: Vec<&str> = found.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(found.iter().filter(|(is_error, _)| *is_error).count(), 4, "{texts:?}");
        for words in ["link to /b/", "file q.png", "#y of a.html", "place #z", "etc/passwd"] {
            assert_eq!(
                texts.iter().filter(|text| text.contains(words)).count(),
                1,
                "{words}: {texts:?}"
            );
        }
    }

    #[test]
    fn a_folder_of_markdown_knows_its_addresses() {
        let manifest = r#"{"files":{"content/a.md":"x","content/b.md":"x","data/comments/a/1.yml":"x"},"addresses":{"":{"content/a.md":"/2011/a.html","content/b.md":"/b/"}}}"#;
        let (contents, found) = checked(
            &[
                (MANIFEST, manifest),
                (
                    "content/a.md",
                    "---\ntitle: a\n---\n[b](/b/) [b](/b/#the-end) [t](/tags/x/) `[code](/no/)` <a href=\"/c/\">c</a>\n\n    [code](/no/)\n",
                ),
                (
                    "content/b.md",
                    "# The end\n\n[a](/2011/a.html#c12) [file](a.md) ![p](p.png)\n",
                ),
                ("content/yours.md", "[no](/no/)"),
            ],
            None,
        );
        let texts: Vec<&str> = found.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(texts.len(), 2, "{texts:?}");
        assert!(texts[0].contains("/c/") && texts[1].contains("p.png"), "{texts:?}");
        assert_eq!((contents.pages, contents.left_to_generator), (2, 1));
    }
}
