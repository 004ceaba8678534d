//! The manifest of a folder: the hash of every file tells what is ours, so that what a person edited since is never
//! overwritten without being asked to. It also says at which addresses a site shows the files, for `blogark check`.

use std::borrow::{Borrow, Cow};
use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io::{self, Write};
use std::ops::Range;
use std::path::Path;

use serde::ser::{Error as _, SerializeMap, Serializer};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::notes::Notes;
use crate::source::hex;

/// Name of the manifest in the folder.
pub(super) const MANIFEST: &str = ".blogark-manifest.json";

/// The manifest of an earlier run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Manifest {
    /// Path in the folder → hash of the file and, behind a space, what it belongs to.
    pub(super) files: BTreeMap<String, String>,
    /// Folder of a site → file in it → the address at which the site shows it.
    #[serde(default)]
    addresses: BTreeMap<String, BTreeMap<String, String>>,
}

impl Manifest {
    /// The manifest of the folder at `root`; an empty one where there is none, or none that can be understood.
    ///
    /// # Errors
    /// When there is one that cannot be read.
    pub(super) fn of(root: &Path) -> io::Result<Manifest> {
        match fs::read(root.join(MANIFEST)) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes).unwrap_or_default()),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Manifest::default()),
            Err(e) => Err(e),
        }
    }

    /// The hash of a file that is ours.
    pub(super) fn hash(&self, path: &str) -> Option<&str> {
        self.files.get(path)?.split(' ').next()
    }

    /// What a file that is ours belongs to, in hexadecimal digits.
    pub(super) fn owner_of(entry: &str) -> Option<&str> {
        entry.split_once(' ').map(|(_, owner)| owner)
    }
}

/// What a file belongs to: a post, told by a part of the hash of its ids, in hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Owner(Box<str>);

impl Owner {
    /// The post with this id in the blog with that one.
    pub(super) fn post(blog: &str, id: &str) -> Owner {
        let hash = Sha256::digest(format!("{blog}\0{id}"));
        Owner(hex(hash.first_chunk::<8>().map_or(&[], |part| part)).into())
    }
}

impl Borrow<str> for Owner {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// A file of this run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Noted {
    /// Its path in the folder.
    pub(super) path: String,
    pub(super) size: u64,
    /// In lower-case hexadecimal.
    pub(super) sha256: String,
    pub(super) owner: Option<Owner>,
}

/// The same, as it was written down: there are as many as files.
#[derive(Deserialize)]
struct NotedLine<'l> {
    #[serde(borrow)]
    path: Cow<'l, str>,
    /// Digits, which need no copy.
    sha256: &'l str,
    owner: Option<&'l str>,
}

/// What the manifest says of it.
impl Serialize for NotedLine<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.owner {
            Some(owner) => serializer.collect_str(&format_args!("{} {owner}", self.sha256)),
            None => serializer.serialize_str(self.sha256),
        }
    }
}

/// What a run says of its files.
pub(super) struct List {
    /// The files that were written, in that order; none comes twice.
    pub(super) written: Notes<Noted>,
    /// Files in whose place a person's own was left, and what an earlier run said of them.
    pub(super) kept: BTreeMap<String, String>,
    /// Files and the addresses at which their sites show them.
    addresses: Notes<(String, String)>,
    /// Where in these the files of each site are: posts come blog by blog.
    sites: BTreeMap<String, Vec<Range<u64>>>,
}

impl List {
    /// An empty list, which may make temporary files in `folder`.
    pub(super) fn new(folder: Option<&Path>) -> List {
        List {
            written: Notes::new(folder),
            kept: BTreeMap::new(),
            addresses: Notes::new(folder),
            sites: BTreeMap::new(),
        }
    }

    /// Notes at which address the site in the folder `base` (empty, or with a slash at its end) shows a file of it.
    ///
    /// # Errors
    /// When the temporary file cannot be written.
    pub(super) fn address(&mut self, base: &str, path: &str, address: &str) -> io::Result<()> {
        let start = self.addresses.end();
        let file = path.strip_prefix(base).unwrap_or(path);
        self.addresses.push(&(file.to_owned(), address.to_owned()))?;
        let end = self.addresses.end();
        let base = base.trim_end_matches('/');
        match self.sites.get_mut(base).and_then(|stretches| stretches.last_mut()) {
            Some(last) if last.end == start => last.end = end,
            _ => self.sites.entry(base.to_owned()).or_default().push(start..end),
        }
        Ok(())
    }

    /// Puts what an earlier run said of files that this one did not write behind this run's.
    ///
    /// # Errors
    /// When the temporary file cannot be read.
    pub(super) fn with_others(&self, before: Manifest) -> io::Result<WholeList<'_>> {
        let (mut others, mut addresses) = (before.files, before.addresses);
        others.extend(self.kept.clone());
        let mut ours = HashSet::new();
        if !others.is_empty() || !addresses.is_empty() {
            for file in self.written.iter() {
                let path = file?.path;
                others.remove(&path);
                ours.insert(path);
            }
        }
        for (base, site) in &mut addresses {
            let path = |file: &str| match base.as_str() {
                "" => file.to_owned(),
                base => format!("{base}/{file}"),
            };
            for file in self.files_of_site(base) {
                site.remove(&file?.0);
            }
            site.retain(|file, _| ours.contains(&path(file)) || others.contains_key(&path(file)));
        }
        for base in self.sites.keys() {
            addresses.entry(base.clone()).or_default();
        }
        addresses.retain(|base, site| !site.is_empty() || self.sites.contains_key(base));
        Ok(WholeList {
            list: self,
            others,
            addresses,
        })
    }

    /// The files of a site, with their addresses.
    fn files_of_site(&self, base: &str) -> impl Iterator<Item = io::Result<(String, String)>> + '_ {
        let stretches = self.sites.get(base).into_iter().flatten();
        stretches.flat_map(|stretch| self.addresses.stretch(stretch.clone()))
    }
}

/// What a [`Manifest`] will say.
pub(super) struct WholeList<'l> {
    list: &'l List,
    /// Files of earlier runs.
    others: BTreeMap<String, String>,
    /// Every site, with those addresses of its files that this run does not tell.
    addresses: BTreeMap<String, BTreeMap<String, String>>,
}

impl WholeList<'_> {
    /// Writes it without a copy of it in memory.
    ///
    /// # Errors
    /// When it cannot be written, or the temporary file cannot be read.
    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut out = io::BufWriter::with_capacity(64 * 1024, out);
        serde_json::to_writer_pretty(&mut out, self)?;
        out.write_all(b"\n")?;
        out.flush()
    }
}

impl Serialize for WholeList<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut manifest = serializer.serialize_map(None)?;
        manifest.serialize_entry("files", &Files(self))?;
        if !self.addresses.is_empty() {
            manifest.serialize_entry("addresses", &Sites(self))?;
        }
        manifest.end()
    }
}

struct Files<'l>(&'l WholeList<'l>);

impl Serialize for Files<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let written = &self.0.list.written;
        let mut lines = written.lines(0..written.end());
        while let Some(file) = lines.next_note::<NotedLine<'_>>() {
            let file = file.map_err(S::Error::custom)?;
            map.serialize_entry(&file.path, &file)?;
        }
        for (path, entry) in &self.0.others {
            map.serialize_entry(path, entry)?;
        }
        map.end()
    }
}

struct Sites<'l>(&'l WholeList<'l>);

impl Serialize for Sites<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (base, others) in &self.0.addresses {
            let list = self.0.list;
            map.serialize_entry(base, &SiteFiles { list, base, others })?;
        }
        map.end()
    }
}

struct SiteFiles<'l> {
    list: &'l List,
    base: &'l str,
    others: &'l BTreeMap<String, String>,
}

impl Serialize for SiteFiles<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for file in self.list.files_of_site(self.base) {
            let (file, address) = file.map_err(S::Error::custom)?;
            map.serialize_entry(&file, &address)?;
        }
        for (file, address) in self.others {
            map.serialize_entry(file, address)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noted(path: &str, owner: Option<Owner>) -> Noted {
        Noted {
            path: path.to_owned(),
            size: 1,
            sha256: "ab".repeat(32),
            owner,
        }
    }

    #[test]
    fn what_an_earlier_run_said_stays_where_this_one_says_nothing() {
        let before: Manifest = serde_json::from_str(
            r#"{
                "files": {"a/1.md": "old", "a/2.md": "old", "3.md": "old"},
                "addresses": {"a": {"1.md": "/1", "2.md": "/2", "gone.md": "/gone"}, "z": {"gone.md": "/"}}
            }"#,
        )
        .unwrap();
        let mut list = List::new(None);
        let owner = Owner::post("blog", "1");
        list.written.push(&noted("a/1.md", Some(owner.clone()))).unwrap();
        list.written.push(&noted("b/4.md", None)).unwrap();
        list.address("a/", "a/1.md", "/one").unwrap();
        list.address("b/", "b/4.md", "/4").unwrap();
        list.address("a/", "a/5.md", "/5").unwrap();
        let mut bytes = Vec::new();
        list.with_others(before).unwrap().write(&mut bytes).unwrap();
        let after: Manifest = serde_json::from_slice(&bytes).unwrap();
        let files: Vec<(&str, &str)> = after.files.iter().map(|(p, e)| (p.as_str(), e.as_str())).collect();
        let (new, with_owner) = ("ab".repeat(32), format!("{} {}", "ab".repeat(32), owner.0));
        assert_eq!(
            files,
            [
                ("3.md", "old"),
                ("a/1.md", &with_owner),
                ("a/2.md", "old"),
                ("b/4.md", &new)
            ]
        );
        assert_eq!(after.hash("a/1.md"), Some(new.as_str()));
        assert_eq!(
            serde_json::to_value(&after.addresses).unwrap(),
            serde_json::json!({"a": {"1.md": "/one", "2.md": "/2", "5.md": "/5"}, "b": {"4.md": "/4"}})
        );
    }
}
