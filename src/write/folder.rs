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
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Name of the manifest in the folder.
const MANIFEST: &str = ".blogark-manifest.json";

/// The files of a folder, by their paths in it: the hash of each and, behind a space, what it belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
struct Manifest {
    files: BTreeMap<String, String>,
    /// Folder of a site → file in it → the address at which the site shows it: for `blogark check`.
    #[serde(default)]
    addresses: BTreeMap<String, BTreeMap<String, String>>,
}

impl Manifest {
    /// The hash of a file that is ours.
    fn hash(&self, path: &str) -> Option<&str> {
        self.files.get(path)?.split(' ').next()
    }
}

/// What a file belongs to: a post, told by a part of the hash of its ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Owner([u8; 8]);

impl Owner {
    /// The post with this id in the blog with that one.
    pub(super) fn post(blog: &str, id: &str) -> Owner {
        let hash = Sha256::digest(format!("{blog}\0{id}"));
        Owner(hash.first_chunk().copied().unwrap_or_default())
    }
}

/// A file of this run, in few bytes: there are as many as posts, or comments.
struct Noted {
    /// Its path in the folder.
    path: Box<str>,
    size: u64,
    hash: [u8; 32],
    owner: Option<Owner>,
}

/// The files of a folder that was written. There may be as many as comments, so each is told when it is asked for.
pub struct WrittenFolder {
    root: PathBuf,
    files: Vec<Noted>,
}

impl WrittenFolder {
    /// How many files were written.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether none was.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The files, in the order in which they were written.
    pub fn iter(&self) -> impl Iterator<Item = WrittenFile> + '_ {
        self.files.iter().map(|file| WrittenFile {
            path: self.root.join(&*file.path),
            size: file.size,
            sha256: Some(hex(&file.hash)),
        })
    }
}

/// A folder that is being written.
pub(super) struct Folder {
    /// Where it will be.
    root: PathBuf,
    /// Where it is built, while it is new.
    staging: Option<StagedFolder>,
    before: Manifest,
    /// Files in whose place a person's own was left, and the addresses of this run.
    kept: Manifest,
    overwrite: bool,
    is_dry: bool,
    written: Vec<Noted>,
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
            kept: Manifest::default(),
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
            kept: Manifest::default(),
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
        let noted = Noted {
            path: path.into(),
            size: bytes.len() as u64,
            hash: Sha256::digest(bytes).into(),
            owner: owner.copied(),
        };
        self.put_with(noted, |out| out.write_all(bytes))
    }

    /// Copies a picture or file to `path`, as [`Folder::put`] writes a text.
    ///
    /// # Errors
    /// When it cannot be read any more, is not what it was, or cannot be written.
    pub(super) fn put_file(&mut self, path: &str, held: &Held, owner: Option<&Owner>) -> Result<Put, WriteError> {
        let noted = Noted {
            path: path.into(),
            size: held.size,
            hash: of_hex(&held.sha256),
            owner: owner.copied(),
        };
        self.put_with(noted, |out| {
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
        })
    }

    /// Puts a file in its place, unless the same lies there or a person changed what does.
    fn put_with(
        &mut self,
        noted: Noted,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<Put, WriteError> {
        if self.is_dry {
            self.written.push(noted);
            return Ok(Put::Written);
        }
        let path = &*noted.path;
        let target = self.root.join(path);
        let err = |e| WriteError::io(target.display().to_string(), e);
        let mut put = Put::Written;
        match &self.staging {
            Some(staging) => staging.put_with(path, write).map_err(err)?,
            None => {
                self.owners.extend(noted.owner);
                put = self.place_of(path, &target, &noted.hash).map_err(err)?;
                match put {
                    Put::Kept => return Ok(Put::Kept),
                    Put::Same => {}
                    Put::Written => {
                        fs::create_dir_all(target.parent().unwrap_or(&self.root)).map_err(err)?;
                        replace(&self.root, &target, write).map_err(err)?;
                    }
                }
            }
        }
        self.written.push(noted);
        Ok(put)
    }

    /// What is to become of a file in a folder that was there before this run: to be written, or left as it lies.
    fn place_of(&mut self, path: &str, target: &Path, hash: &[u8]) -> io::Result<Put> {
        if !self.is_below_real_folders(path)? {
            return Ok(Put::Kept);
        }
        match fs::symlink_metadata(target) {
            Ok(there) if there.is_file() => {
                let old = hash_file(target)?;
                if old == hex(hash) {
                    return Ok(Put::Same);
                }
                if self.overwrite || self.before.hash(path) == Some(&old) {
                    return Ok(Put::Written);
                }
                // Ours is remembered as it was, so that the person's version stays known as changed.
                if let Some(old) = self.before.files.get(path) {
                    self.kept.files.insert(path.to_owned(), old.clone());
                }
                Ok(Put::Kept)
            }
            // A link could lead anywhere, and a folder cannot be replaced by a file.
            Ok(_) => Ok(Put::Kept),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Put::Written),
            Err(e) => Err(e),
        }
    }

    /// Notes at which address the site in the folder `base` (empty, or with a slash at its end) shows a file of it.
    pub(super) fn address(&mut self, base: &str, path: &str, address: &str) {
        let site = self
            .kept
            .addresses
            .entry(base.trim_end_matches('/').to_owned())
            .or_default();
        let path = path.strip_prefix(base).unwrap_or(path);
        site.insert(path.to_owned(), address.to_owned());
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

    /// Takes away what an earlier run wrote of the posts of this run and this one did not: a post that is named
    /// otherwise now would be there twice. What a person changed since stays. How many files are gone.
    ///
    /// # Errors
    /// When a file cannot be read or taken away.
    pub(super) fn remove_moved(&mut self) -> Result<u64, WriteError> {
        if self.is_dry || self.staging.is_some() {
            return Ok(0);
        }
        let written: HashSet<&str> = self.written.iter().map(|file| &*file.path).collect();
        let owners: HashSet<String> = self.owners.iter().map(|Owner(owner)| hex(owner)).collect();
        let is_of_this_run = |(path, entry): &(&String, &String)| {
            let owner = entry.split_once(' ').map(|(_, owner)| owner);
            let is_there = written.contains(path.as_str()) || self.kept.files.contains_key(*path);
            !is_there && owner.is_some_and(|owner| owners.contains(owner))
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
    pub(super) fn finish(mut self) -> Result<WrittenFolder, WriteError> {
        let shown = self.root.display().to_string();
        let err = |e| WriteError::io(&shown, e);
        if !self.is_dry {
            let list = self.list();
            match self.staging.take() {
                Some(staging) => {
                    staging
                        .put_with(MANIFEST, |out| list.write(&self.written, out))
                        .map_err(err)?;
                    staging::sync_below(staging.path()).map_err(err)?;
                    staging.finish(&self.root).map_err(err)?;
                }
                None => {
                    let target = self.root.join(MANIFEST);
                    let mut hashing = Hashing::new(io::sink());
                    list.write(&self.written, &mut hashing).map_err(err)?;
                    if hash_file(&target).ok() != Some(hashing.finish().0) {
                        replace(&self.root, &target, |out| list.write(&self.written, out)).map_err(err)?;
                    }
                    staging::sync_below(&self.root).map_err(err)?;
                }
            }
        }
        Ok(WrittenFolder {
            root: self.root,
            files: self.written,
        })
    }

    /// The list of the folder's files: those of this run, those that were left, and those that an earlier run wrote and this
    /// one did not.
    fn list(&mut self) -> FileList {
        let path_of = |place: u32| self.written.get(place as usize).map_or("", |file| &*file.path);
        // The last file of a path is the one that lies there.
        let mut order: Vec<u32> = (0..u32::try_from(self.written.len()).unwrap_or(u32::MAX))
            .rev()
            .collect();
        order.sort_by(|one, other| path_of(*one).cmp(path_of(*other)));
        order.dedup_by(|one, other| path_of(*one) == path_of(*other));
        let mut others = std::mem::take(&mut self.before.files);
        others.append(&mut self.kept.files);
        for place in &order {
            others.remove(path_of(*place));
        }
        let mut addresses = std::mem::take(&mut self.kept.addresses);
        for (base, site) in std::mem::take(&mut self.before.addresses) {
            let now = addresses.entry(base.clone()).or_default();
            for (file, address) in site {
                let path = match base.as_str() {
                    "" => file.clone(),
                    base => format!("{base}/{file}"),
                };
                let is_ours = order.binary_search_by(|own| path_of(*own).cmp(&*path)).is_ok();
                if is_ours || others.contains_key(&path) {
                    now.entry(file).or_insert(address);
                }
            }
        }
        FileList {
            order,
            others,
            addresses,
        }
    }
}

/// The bytes of a hash that is written in hexadecimal digits.
fn of_hex(text: &str) -> [u8; 32] {
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16)).unwrap_or_default();
    let mut hash = [0; 32];
    for (byte, pair) in hash.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = (digit(pair.first()) << 4 | digit(pair.get(1))) as u8;
    }
    hash
}

/// What a [`Manifest`] will say.
struct FileList {
    /// Places of this run's files in the list of all, in the order of the paths.
    order: Vec<u32>,
    others: BTreeMap<String, String>,
    addresses: BTreeMap<String, BTreeMap<String, String>>,
}

impl FileList {
    /// Writes it without a copy of it in memory.
    fn write(&self, files: &[Noted], out: &mut dyn Write) -> io::Result<()> {
        let manifest = Serialized {
            files: Merged {
                ours: &self.order,
                files,
                others: &self.others,
            },
            addresses: &self.addresses,
        };
        let mut out = io::BufWriter::with_capacity(64 * 1024, out);
        serde_json::to_writer_pretty(&mut out, &manifest)?;
        out.write_all(b"\n")?;
        out.flush()
    }
}

#[derive(Serialize)]
struct Serialized<'a> {
    files: Merged<'a>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    addresses: &'a BTreeMap<String, BTreeMap<String, String>>,
}

/// Two lists of files, each in the order of the paths, as one; no path is in both.
struct Merged<'a> {
    ours: &'a [u32],
    files: &'a [Noted],
    others: &'a BTreeMap<String, String>,
}

impl Serialize for Merged<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.ours.len() + self.others.len()))?;
        let mut others = self.others.iter().peekable();
        let ours = self.ours.iter().filter_map(|place| self.files.get(*place as usize));
        for file in ours {
            while let Some((path, entry)) = others.next_if(|(path, _)| path.as_str() < &*file.path) {
                map.serialize_entry(path, entry)?;
            }
            let hash = hex(&file.hash);
            match file.owner {
                Some(Owner(owner)) => map.serialize_entry(&*file.path, &format!("{hash} {}", hex(&owner)))?,
                None => map.serialize_entry(&*file.path, &hash)?,
            }
        }
        for (path, entry) in others {
            map.serialize_entry(path, entry)?;
        }
        map.end()
    }
}

/// Builds a file in `folder` and renames it to `target`, which lies on the same disk.
fn replace(folder: &Path, target: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut file = StagedFile::begin(folder)?;
    write(&mut file)?;
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
    fn hashes_are_read_as_they_are_written() {
        let hash: [u8; 32] = Sha256::digest("x").into();
        assert_eq!(of_hex(&hex(&hash)), hash);
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
