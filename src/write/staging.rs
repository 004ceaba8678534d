//! What is being built beside its place: files and folders that get their names only when they are whole.
//!
//! A run that is interrupted takes its own away ([`discard_unfinished`]). One that is killed cannot; what it left is told
//! by nobody holding its lock any more, and the next run into the same folder takes it away.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use tempfile::{NamedTempFile, TempDir};

/// How the names of unfinished things begin and end.
const PREFIX: &str = ".blogark-";
const SUFFIX: &str = ".part";

/// What this run has under way; `None` once it was told to stop.
static UNDER_WAY: Mutex<Option<BTreeSet<PathBuf>>> = Mutex::new(Some(BTreeSet::new()));

/// Takes away every unfinished file and folder of this run, for a program that is told to stop. From then on nothing can
/// be begun or finished: a thread that tries waits for the end of the program.
pub fn discard_unfinished() {
    let paths = UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner).take();
    for path in paths.unwrap_or_default() {
        // Another thread may be putting one last file into a folder that is being emptied.
        for _ in 0..100 {
            let gone = match fs::symlink_metadata(&path) {
                Ok(there) if there.is_dir() => fs::remove_dir_all(&path),
                Ok(_) => fs::remove_file(&path),
                Err(_) => Ok(()),
            };
            if gone.is_ok() {
                break;
            }
        }
    }
}

/// A thing under way, in the list of those that are.
struct Listed(PathBuf);

impl Listed {
    /// Makes something and lists it, as one step.
    fn make<T>(make: impl FnOnce() -> io::Result<T>, path: impl FnOnce(&T) -> &Path) -> io::Result<(T, Listed)> {
        Listed::with_list(|list| {
            let made = make()?;
            let path = path(&made).to_owned();
            list.insert(path.clone());
            Ok((made, Listed(path)))
        })
    }

    /// Gives a thing its name and takes it off the list, as one step.
    fn end<T>(self, end: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        Listed::with_list(|list| {
            let ended = end();
            list.remove(&self.0);
            ended
        })
    }

    fn with_list<T>(work: impl FnOnce(&mut BTreeSet<PathBuf>) -> T) -> T {
        let mut list = UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner);
        match list.as_mut() {
            Some(list) => work(list),
            None => {
                drop(list);
                loop {
                    std::thread::park();
                }
            }
        }
    }
}

/// A file that is not whole yet. Dropped, it is gone.
pub(super) struct StagedFile {
    file: NamedTempFile,
    listed: Listed,
}

impl StagedFile {
    /// Begins a file in `folder`, which is where it will get its name.
    ///
    /// # Errors
    /// When no file can be made there.
    pub(super) fn begin(folder: &Path) -> io::Result<StagedFile> {
        let (file, listed) = Listed::make(
            || {
                let mut builder = tempfile::Builder::new();
                builder.prefix(PREFIX).suffix(SUFFIX);
                // What any program's new file gets: readable as the user's umask allows, unlike a temporary file.
                #[cfg(unix)]
                builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
                let file = builder.tempfile_in(folder)?;
                // Where a file system has no locks, nothing is ever taken for abandoned.
                let _ = file.as_file().try_lock();
                Ok(file)
            },
            NamedTempFile::path,
        )?;
        Ok(StagedFile { file, listed })
    }

    /// Sees that the bytes are on the disk.
    ///
    /// # Errors
    /// When they cannot be put there.
    pub(super) fn sync(&self) -> io::Result<()> {
        self.file.as_file().sync_all()
    }

    /// Gives the file its name. What stood there is replaced.
    ///
    /// # Errors
    /// When it cannot be put there.
    pub(super) fn finish(self, target: &Path) -> io::Result<()> {
        let file = self.file;
        self.listed.end(|| file.persist(target).map(drop).map_err(|e| e.error))
    }
}

impl Write for StagedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// A folder that is not whole yet. Dropped, it is gone with all that is in it.
pub(super) struct StagedFolder {
    folder: TempDir,
    /// Held until the folder has its name; a folder can be locked on Unix only.
    _lock: Option<File>,
    listed: Listed,
}

impl StagedFolder {
    /// Begins a folder in `parent`, which is where it will get its name.
    ///
    /// # Errors
    /// When no folder can be made there.
    pub(super) fn begin(parent: &Path) -> io::Result<StagedFolder> {
        let ((folder, lock), listed) = Listed::make(
            || {
                let mut builder = tempfile::Builder::new();
                builder.prefix(PREFIX).suffix(SUFFIX);
                #[cfg(unix)]
                builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o777));
                let folder = builder.tempdir_in(parent)?;
                let lock = File::open(folder.path()).ok().filter(|f| f.try_lock().is_ok());
                Ok((folder, lock))
            },
            |(folder, _)| folder.path(),
        )?;
        Ok(StagedFolder {
            folder,
            _lock: lock,
            listed,
        })
    }

    /// Where it is built.
    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file in it with `write`. Once the run was told to stop nothing is written any more.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn put_with(&self, path: &str, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        let folder = self.folder.path();
        let mut place = PathBuf::with_capacity(folder.as_os_str().len() + 1 + path.len());
        place.extend([folder, Path::new(path)]);
        Listed::with_list(|_| write(&mut create(&place)?))
    }

    /// Gives the folder its name; an empty folder that stands there is replaced.
    ///
    /// # Errors
    /// When it cannot be put there.
    pub(super) fn finish(self, target: &Path) -> io::Result<()> {
        let folder = self.folder;
        self.listed.end(|| {
            match fs::remove_dir(target) {
                Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
                _ => {}
            }
            fs::rename(folder.path(), target)?;
            // It is at its place now: there is nothing to take away.
            let _ = folder.keep();
            Ok(())
        })
    }
}

/// Makes a file, and first the folder it lies in where that is not there: it nearly always is.
fn create(path: &Path) -> io::Result<File> {
    match (File::create(path), path.parent()) {
        (Err(e), Some(folder)) if e.kind() == io::ErrorKind::NotFound => {
            fs::create_dir_all(folder)?;
            File::create(path)
        }
        (result, _) => result,
    }
}

/// Takes away what runs that were killed left unfinished in `folder`.
pub(super) fn clear_abandoned(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let is_ours = entry
            .file_name()
            .to_str()
            .is_some_and(|name| name.starts_with(PREFIX) && name.ends_with(SUFFIX));
        let Ok(kind) = entry.file_type() else { continue };
        if !is_ours || kind.is_symlink() {
            continue;
        }
        let path = entry.path();
        let is_abandoned = File::open(&path).is_ok_and(|file| file.try_lock().is_ok());
        if is_abandoned {
            // What cannot be taken away is in nobody's way.
            let _ = if kind.is_dir() {
                fs::remove_dir_all(&path)
            } else {
                fs::remove_file(&path)
            };
        }
    }
}

/// Sees that everything written below `folder` is on the disk, where the system can be asked for that at once.
pub(super) fn sync_below(folder: &Path) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    rustix::fs::syncfs(File::open(folder)?)?;
    #[cfg(not(target_os = "linux"))]
    let _ = folder;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_abandoned_goes_and_what_is_under_way_stays() {
        let place = tempfile::tempdir().unwrap();
        let here = place.path();
        fs::write(here.join(".blogark-left.part"), "half").unwrap();
        fs::create_dir(here.join(".blogark-tree.part")).unwrap();
        fs::write(here.join(".blogark-tree.part/a.md"), "half").unwrap();
        fs::write(here.join("mine.part"), "a person's").unwrap();
        let mut file = StagedFile::begin(here).unwrap();
        file.write_all(b"whole").unwrap();
        let folder = StagedFolder::begin(here).unwrap();
        clear_abandoned(here);
        let mut names: Vec<String> = fs::read_dir(here)
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names.len(), 3, "{names:?}");
        assert!(!names.iter().any(|n| n.contains("left") || n.contains("tree")));
        file.finish(&here.join("out")).unwrap();
        folder.put_with("x", |out| out.write_all(b"1")).unwrap();
        folder.finish(&here.join("tree")).unwrap();
        assert_eq!(fs::read_to_string(here.join("out")).unwrap(), "whole");
        assert_eq!(fs::read_to_string(here.join("tree/x")).unwrap(), "1");
    }
}
