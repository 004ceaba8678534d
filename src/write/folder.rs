//! A folder of files: built beside its place and renamed once where it is new, updated file by file where it is there.
//! Its [manifest](super::manifest) tells what is ours.

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

use super::WriteError;
use super::manifest::{List, MANIFEST, Manifest, Noted, Owner};
use super::notes::Notes;
use super::output::WrittenFile;
use super::staging::{self, StagedFile, StagedFolder};
use crate::media::Held;
use crate::source::{Hashing, hash_file, hex};
use sha2::{Digest, Sha256};

/// The files of a folder that was written. There may be as many as comments, so each is told when it is asked for.
pub struct WrittenFolder {
    root: PathBuf,
    files: Notes<Noted>,
}

impl WrittenFolder {
    /// How many files were written.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether none was.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The files, in the order in which they were written; an error where the temporary file of a long list cannot be read.
    pub fn iter(&self) -> impl Iterator<Item = io::Result<WrittenFile>> + '_ {
        self.files.iter().map(|file| {
            let file = file?;
            Ok(WrittenFile {
                path: self.root.join(file.path),
                size: file.size,
                sha256: Some(file.sha256),
            })
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
    list: List,
    overwrite: bool,
    is_dry: bool,
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
            list: List::new(None),
            overwrite,
            is_dry: false,
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
                folder.before = Manifest::of(root).map_err(err)?;
                folder.list = List::new(Some(root));
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
                folder.list = List::new(Some(parent));
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
            list: List::new(Some(&std::env::temp_dir())),
            overwrite: false,
            is_dry: true,
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
            sha256: hex(&Sha256::digest(bytes)),
            owner: owner.cloned(),
        };
        self.put_with(&noted, |out| out.write_all(bytes))
    }

    /// Copies a picture or file to `path`, as [`Folder::put`] writes a text.
    ///
    /// # Errors
    /// When it cannot be read any more, is not what it was, or cannot be written.
    pub(super) fn put_file(&mut self, path: &str, held: &Held, owner: Option<&Owner>) -> Result<Put, WriteError> {
        let noted = Noted {
            path: path.into(),
            size: held.size,
            sha256: held.sha256.clone(),
            owner: owner.cloned(),
        };
        self.put_with(&noted, |out| {
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
        noted: &Noted,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<Put, WriteError> {
        let put = self.try_to_put(noted, write);
        put.map_err(|e| WriteError::io(self.root.join(&noted.path).display().to_string(), e))
    }

    fn try_to_put(&mut self, noted: &Noted, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<Put> {
        let mut put = Put::Written;
        match &self.staging {
            _ if self.is_dry => {}
            Some(staging) => staging.put_with(&noted.path, write)?,
            None => {
                let target = self.root.join(&noted.path);
                self.owners.extend(noted.owner.clone());
                put = self.place_of(&noted.path, &target, &noted.sha256)?;
                match put {
                    Put::Kept => return Ok(Put::Kept),
                    Put::Same => {}
                    Put::Written => {
                        fs::create_dir_all(target.parent().unwrap_or(&self.root))?;
                        replace(&self.root, &target, write)?;
                    }
                }
            }
        }
        self.list.written.push(noted)?;
        Ok(put)
    }

    /// What is to become of a file in a folder that was there before this run: to be written, or left as it lies.
    fn place_of(&mut self, path: &str, target: &Path, sha256: &str) -> io::Result<Put> {
        if !self.is_below_real_folders(path)? {
            return Ok(Put::Kept);
        }
        match fs::symlink_metadata(target) {
            Ok(there) if there.is_file() => {
                let old = hash_file(target)?;
                if old == sha256 {
                    return Ok(Put::Same);
                }
                if self.overwrite || self.before.hash(path) == Some(&old) {
                    return Ok(Put::Written);
                }
                // Ours is remembered as it was, so that the person's version stays known as changed.
                if let Some(old) = self.before.files.get(path) {
                    self.list.kept.insert(path.to_owned(), old.clone());
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
    ///
    /// # Errors
    /// When the temporary file for a long list cannot be written.
    pub(super) fn address(&mut self, base: &str, path: &str, address: &str) -> Result<(), WriteError> {
        let err = |e| WriteError::io(self.root.display().to_string(), e);
        self.list.address(base, path, address).map_err(err)
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
        let is_of_this_run = |(path, entry): &(&String, &String)| {
            let is_ours = Manifest::owner_of(entry).is_some_and(|owner| self.owners.contains(owner));
            is_ours && !self.list.kept.contains_key(*path)
        };
        let files = self.before.files.iter().filter(is_of_this_run);
        let mut stale: BTreeSet<String> = files.map(|(path, _)| path.clone()).collect();
        for file in self.list.written.iter() {
            let file = file.map_err(|e| WriteError::io(self.root.display().to_string(), e))?;
            stale.remove(&file.path);
        }
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
            let list = self.list.with_others(self.before).map_err(err)?;
            match self.staging.take() {
                Some(staging) => {
                    staging.put_with(MANIFEST, |out| list.write(out)).map_err(err)?;
                    staging::sync_below(staging.path()).map_err(err)?;
                    staging.finish(&self.root).map_err(err)?;
                }
                None => {
                    let target = self.root.join(MANIFEST);
                    let mut hashing = Hashing::new(io::sink());
                    list.write(&mut hashing).map_err(err)?;
                    if hash_file(&target).ok() != Some(hashing.finish().0) {
                        replace(&self.root, &target, |out| list.write(out)).map_err(err)?;
                    }
                    staging::sync_below(&self.root).map_err(err)?;
                }
            }
        }
        Ok(WrittenFolder {
            root: self.root,
            files: self.list.written,
        })
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
    fn a_run_that_ends_early_leaves_nothing() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().join("out");
        let mut folder = Folder::begin(&root, false).unwrap();
        folder.put("a.md", b"x", None).unwrap();
        drop(folder);
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
    }
}
