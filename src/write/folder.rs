//! A folder of files: built beside its place and renamed once where it is new, updated file by file where it is there.
//!
//! A manifest with the hash of every file tells what is ours: what a person edited since is never overwritten without
//! being asked to.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

use super::WriteError;
use super::output::WrittenFile;
use super::staging::{self, StagedFile, StagedFolder};
use crate::media::Held;
use crate::source::{Hashing, hash_file, hex};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Name of the manifest in the folder.
const MANIFEST: &str = ".blogark-manifest.json";

/// The files of a folder, by their paths in it: the hash of each and, behind a space, what it belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Manifest {
    files: BTreeMap<String, String>,
    /// Folder of a site → file in it → the address at which the site shows it: for `blogark check`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    addresses: BTreeMap<String, BTreeMap<String, String>>,
}

impl Manifest {
    /// The hash of a file that is ours.
    fn hash(&self, path: &str) -> Option<&str> {
        self.files.get(path)?.split(' ').next()
    }
}

/// What a file belongs to: a post, told by a part of the hash of its ids.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Owner(String);

impl Owner {
    /// The post with this id in the blog with that one.
    pub(super) fn post(blog: &str, id: &str) -> Owner {
        let hash = hex(&Sha256::digest(format!("{blog}\0{id}")));
        Owner(hash.get(..16).unwrap_or_default().to_owned())
    }
}

/// A folder that is being written.
pub(super) struct Folder {
    /// Where it will be.
    root: PathBuf,
    /// Where it is built, while it is new.
    staging: Option<StagedFolder>,
    before: Manifest,
    now: Manifest,
    overwrite: bool,
    is_dry: bool,
    written: Vec<WrittenFile>,
    /// Folders below the root that were seen to be no links.
    real: HashSet<PathBuf>,
    /// What files of this run belong to.
    owners: HashSet<Owner>,
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Put {
    /// It was written.
    Written,
    /// It was there, the same to the byte.
    Same,
    /// A file that somebody changed stands in its place and was kept.
    Kept,
}

impl Folder {
    /// Begins a folder at `root`. With `overwrite`, files that a person changed are replaced too.
    ///
    /// # Errors
    /// When `root` is a file, or no folder can be made beside it.
    pub(super) fn begin(root: &Path, overwrite: bool) -> Result<Folder, WriteError> {
        let shown = root.display().to_string();
        let err = |e| WriteError::io(&shown, e);
        let mut folder = Folder {
            root: root.to_owned(),
            staging: None,
            before: Manifest::default(),
            now: Manifest::default(),
            overwrite,
            is_dry: false,
            written: Vec::new(),
            real: HashSet::new(),
            owners: HashSet::new(),
        };
        match fs::metadata(root) {
            Ok(there) if !there.is_dir() => {
                return Err(WriteError::InTheWay(format!(
                    "{shown} is a file; Markdown needs a folder. Say another name with -o"
                )));
            }
            Ok(_) if fs::read_dir(root).map_err(err)?.next().is_some() => {
                staging::clear_abandoned(root);
                match fs::read(root.join(MANIFEST)) {
                    Ok(bytes) => folder.before = serde_json::from_slice(&bytes).unwrap_or_default(),
                    Err(e) if e.kind() == io::ErrorKind::NotFound => {}
                    Err(e) => return Err(err(e)),
                }
            }
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(err(e)),
            _ => {
                let parent = root
                    .parent()
                    .filter(|p| !p.as_os_str().is_empty())
                    .unwrap_or(Path::new("."));
                fs::create_dir_all(parent).map_err(err)?;
                staging::clear_abandoned(parent);
                folder.staging = Some(StagedFolder::begin(parent).map_err(err)?);
            }
        }
        Ok(folder)
    }

    /// A folder that is only counted.
    pub(super) fn nothing() -> Folder {
        Folder {
            root: PathBuf::new(),
            staging: None,
            before: Manifest::default(),
            now: Manifest::default(),
            overwrite: false,
            is_dry: true,
            written: Vec::new(),
            real: HashSet::new(),
            owners: HashSet::new(),
        }
    }

    /// Writes a file at `path`, which is relative to the folder and made of names that every system takes.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn put(&mut self, path: &str, bytes: &[u8], owner: Option<&Owner>) -> Result<Put, WriteError> {
        let hash = hex(&Sha256::digest(bytes));
        let place = self.root.join(path);
        let shown = place.display().to_string();
        if self.is_dry {
            self.note(place, bytes, hash);
            return Ok(Put::Written);
        }
        let err = |e| WriteError::io(&shown, e);
        if let Some(owner) = owner
            && !self.owners.contains(owner)
        {
            self.owners.insert(owner.clone());
        }
        let base = self
            .staging
            .as_ref()
            .map_or(self.root.as_path(), |s| s.path())
            .to_owned();
        let target = base.join(path);
        let mut put = Put::Written;
        if self.staging.is_none() {
            if !self.is_below_real_folders(path).map_err(err)? {
                return Ok(Put::Kept);
            }
            match fs::symlink_metadata(&target) {
                Ok(there) if there.is_file() => {
                    let old = fs::read(&target).map_err(err)?;
                    if old == bytes {
                        put = Put::Same;
                    } else if !self.overwrite && self.before.hash(path) != Some(&hex(&Sha256::digest(&old))) {
                        // Ours is remembered as it was, so that the person's version stays known as changed.
                        if let Some(old) = self.before.files.get(path) {
                            self.now.files.insert(path.to_owned(), old.clone());
                        }
                        return Ok(Put::Kept);
                    }
                }
                // A link could lead anywhere, and a folder cannot be replaced by a file.
                Ok(_) => return Ok(Put::Kept),
                Err(e) if e.kind() == io::ErrorKind::NotFound => {}
                Err(e) => return Err(err(e)),
            }
        }
        if put == Put::Written {
            match &self.staging {
                Some(staging) => staging.put(path, bytes).map_err(err)?,
                None => {
                    fs::create_dir_all(target.parent().unwrap_or(&base)).map_err(err)?;
                    replace(&self.root, &target, bytes).map_err(err)?;
                }
            }
        }
        let entry = match owner {
            Some(Owner(owner)) => format!("{hash} {owner}"),
            None => hash.clone(),
        };
        self.now.files.insert(path.to_owned(), entry);
        self.note(place, bytes, hash);
        Ok(put)
    }

    /// Notes at which address the site in the folder `base` (empty, or with a slash at its end) shows a file of it.
    pub(super) fn address(&mut self, base: &str, path: &str, address: &str) {
        let site = self
            .now
            .addresses
            .entry(base.trim_end_matches('/').to_owned())
            .or_default();
        let path = path.strip_prefix(base).unwrap_or(path);
        site.insert(path.to_owned(), address.to_owned());
    }

    /// Copies a picture or file to `path`, as [`Folder::put`] writes a text.
    ///
    /// # Errors
    /// When it cannot be read any more, is not what it was, or cannot be written.
    pub(super) fn put_file(&mut self, path: &str, held: &Held, owner: Option<&Owner>) -> Result<Put, WriteError> {
        let place = self.root.join(path);
        let shown = place.display().to_string();
        let err = |e| WriteError::io(&shown, e);
        let file = WrittenFile {
            path: place,
            size: held.size,
            sha256: Some(held.sha256.clone()),
        };
        if self.is_dry {
            self.written.push(file);
            return Ok(Put::Written);
        }
        if let Some(owner) = owner
            && !self.owners.contains(owner)
        {
            self.owners.insert(owner.clone());
        }
        let mut put = Put::Written;
        if self.staging.is_none() {
            if !self.is_below_real_folders(path).map_err(err)? {
                return Ok(Put::Kept);
            }
            let target = self.root.join(path);
            match fs::symlink_metadata(&target) {
                Ok(there) if there.is_file() => {
                    let old = hash_file(&target).map_err(err)?;
                    if old == held.sha256 {
                        put = Put::Same;
                    } else if !self.overwrite && self.before.hash(path) != Some(&old) {
                        if let Some(old) = self.before.files.get(path) {
                            self.now.files.insert(path.to_owned(), old.clone());
                        }
                        return Ok(Put::Kept);
                    }
                }
                Ok(_) => return Ok(Put::Kept),
                Err(e) if e.kind() == io::ErrorKind::NotFound => {}
                Err(e) => return Err(err(e)),
            }
        }
        if put == Put::Written {
            let root = &self.root;
            let copy = |out: &mut dyn Write| {
                let mut hashing = Hashing::new(out);
                held.write_to(&mut hashing)?;
                let (sha256, _) = hashing.finish();
                match sha256 == held.sha256 {
                    true => Ok(()),
                    false => Err(io::Error::other(format!(
                        "{} changed while it was copied. Run it again",
                        held.path.display()
                    ))),
                }
            };
            match &self.staging {
                Some(staging) => staging.put_with(path, copy).map_err(err)?,
                None => {
                    let target = root.join(path);
                    fs::create_dir_all(target.parent().unwrap_or(root)).map_err(err)?;
                    let mut new = StagedFile::begin(root).map_err(err)?;
                    copy(&mut new).map_err(err)?;
                    new.finish(&target).map_err(err)?;
                }
            }
        }
        let entry = match owner {
            Some(Owner(owner)) => format!("{} {owner}", held.sha256),
            None => held.sha256.clone(),
        };
        self.now.files.insert(path.to_owned(), entry);
        self.written.push(file);
        Ok(put)
    }

    /// Whether every folder on the way to `path` is one, or is yet to be made: a link could lead anywhere.
    fn is_below_real_folders(&mut self, path: &str) -> io::Result<bool> {
        let mut folder = self.root.clone();
        let parents = path.rsplit_once('/').map_or("", |(parents, _)| parents);
        for name in parents.split('/').filter(|n| !n.is_empty()) {
            folder.push(name);
            if self.real.contains(&folder) {
                continue;
            }
            match fs::symlink_metadata(&folder) {
                Ok(there) if there.is_dir() => {
                    self.real.insert(folder.clone());
                }
                Ok(_) => return Ok(false),
                Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(true),
                Err(e) => return Err(e),
            }
        }
        Ok(true)
    }

    fn note(&mut self, path: PathBuf, bytes: &[u8], sha256: String) {
        self.written.push(WrittenFile {
            path,
            size: bytes.len() as u64,
            sha256: Some(sha256),
        });
    }

    /// Takes away what an earlier run wrote of the posts of this run and this one did not: a post that is named
    /// otherwise now would be there twice. What a person changed since stays. How many files are gone.
    ///
    /// # Errors
    /// When a file cannot be read or taken away.
    pub(super) fn remove_moved(&mut self) -> Result<u64, WriteError> {
        if self.is_dry || self.staging.is_some() {
            return Ok(0);
        }
        let is_of_this_run = |(path, entry): &(&String, &String)| {
            let owner = entry.split_once(' ').map(|(_, owner)| Owner(owner.to_owned()));
            !self.now.files.contains_key(*path) && owner.is_some_and(|owner| self.owners.contains(&owner))
        };
        let stale: Vec<String> = self
            .before
            .files
            .iter()
            .filter(is_of_this_run)
            .map(|(p, _)| p.clone())
            .collect();
        let mut removed = 0;
        for path in stale {
            let target = self.root.join(&path);
            let shown = target.display().to_string();
            let err = |e| WriteError::io(&shown, e);
            // The list lies in the folder, and anybody may have written it.
            let is_inside = Path::new(&path)
                .components()
                .all(|part| matches!(part, Component::Normal(_)));
            if !is_inside || !self.is_below_real_folders(&path).map_err(err)? {
                continue;
            }
            match fs::symlink_metadata(&target) {
                Ok(there) if there.is_file() => {
                    let bytes = fs::read(&target).map_err(err)?;
                    if self.before.hash(&path) != Some(&hex(&Sha256::digest(&bytes))) {
                        continue;
                    }
                    fs::remove_file(&target).map_err(err)?;
                    removed += 1;
                    // Folders that were only there for it.
                    let mut folder = target.parent();
                    while let Some(empty) = folder.filter(|f| *f != self.root && fs::remove_dir(f).is_ok()) {
                        self.real.remove(empty);
                        folder = empty.parent();
                    }
                }
                Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(err(e)),
                _ => {}
            }
            self.before.files.remove(&path);
        }
        Ok(removed)
    }

    /// Puts the folder in its place.
    ///
    /// # Errors
    /// When the manifest cannot be written or the folder cannot be put in its place.
    pub(super) fn finish(mut self) -> Result<Vec<WrittenFile>, WriteError> {
        if self.is_dry {
            return Ok(self.written);
        }
        let shown = self.root.display().to_string();
        let err = |e| WriteError::io(&shown, e);
        // What an earlier run wrote and this one did not stays, and stays known as ours.
        for (path, hash) in std::mem::take(&mut self.before.files) {
            self.now.files.entry(path).or_insert(hash);
        }
        for (base, site) in std::mem::take(&mut self.before.addresses) {
            let now = self.now.addresses.entry(base.clone()).or_default();
            for (file, address) in site {
                let path = if base.is_empty() {
                    file.clone()
                } else {
                    format!("{base}/{file}")
                };
                if self.now.files.contains_key(&path) {
                    now.entry(file).or_insert(address);
                }
            }
        }
        let mut manifest = serde_json::to_vec_pretty(&self.now)?;
        manifest.push(b'\n');
        match self.staging.take() {
            Some(staging) => {
                staging.put(MANIFEST, &manifest).map_err(err)?;
                staging::sync_below(staging.path()).map_err(err)?;
                staging.finish(&self.root).map_err(err)?;
            }
            None => {
                let target = self.root.join(MANIFEST);
                if fs::read(&target).ok().as_deref() != Some(&manifest) {
                    replace(&self.root, &target, &manifest).map_err(err)?;
                }
                staging::sync_below(&self.root).map_err(err)?;
            }
        }
        Ok(self.written)
    }
}

/// Builds a file in `folder` and renames it to `target`, which lies on the same disk.
fn replace(folder: &Path, target: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = StagedFile::begin(folder)?;
    file.write_all(bytes)?;
    file.finish(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(root: &Path, files: &[(&str, &str)], overwrite: bool) -> Vec<Put> {
        let mut folder = Folder::begin(root, overwrite).unwrap();
        let put = files
            .iter()
            .map(|(path, text)| folder.put(path, text.as_bytes(), None).unwrap())
            .collect();
        folder.finish().unwrap();
        put
    }

    #[test]
    fn a_person_s_change_is_kept() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().join("out");
        assert_eq!(
            run(&root, &[("a/1.md", "one"), ("2.md", "two")], false),
            [Put::Written; 2]
        );
        assert_eq!(
            run(&root, &[("a/1.md", "one"), ("2.md", "TWO")], false),
            [Put::Same, Put::Written]
        );
        fs::write(root.join("2.md"), "mine").unwrap();
        assert_eq!(run(&root, &[("2.md", "newer")], false), [Put::Kept]);
        assert_eq!(run(&root, &[("2.md", "newest")], false), [Put::Kept]);
        assert_eq!(run(&root, &[("2.md", "newest")], true), [Put::Written]);
        assert_eq!(fs::read_to_string(root.join("2.md")).unwrap(), "newest");
        assert_eq!(fs::read_to_string(root.join("a/1.md")).unwrap(), "one");
    }

    #[cfg(unix)]
    #[test]
    fn nothing_is_written_through_a_link() {
        let place = tempfile::tempdir().unwrap();
        let (root, elsewhere) = (place.path().join("out"), place.path().join("elsewhere"));
        fs::create_dir(&elsewhere).unwrap();
        fs::write(elsewhere.join("b.md"), "a person's").unwrap();
        run(&root, &[("c.md", "three")], false);
        std::os::unix::fs::symlink(&elsewhere, root.join("posts")).unwrap();
        std::os::unix::fs::symlink(elsewhere.join("b.md"), root.join("b.md")).unwrap();
        let put = run(
            &root,
            &[
                ("posts/deep/a.md", "one"),
                ("posts/b.md", "two"),
                ("b.md", "2"),
                ("c.md", "3"),
            ],
            true,
        );
        assert_eq!(put, [Put::Kept, Put::Kept, Put::Kept, Put::Written]);
        assert_eq!(fs::read_to_string(elsewhere.join("b.md")).unwrap(), "a person's");
        assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 1);
    }

    #[test]
    fn a_run_that_ends_early_leaves_nothing() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().join("out");
        let mut folder = Folder::begin(&root, false).unwrap();
        folder.put("a.md", b"x", None).unwrap();
        drop(folder);
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
    }
}
