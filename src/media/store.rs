//! The folder in which fetched files are kept: the files under their names, and a hidden folder with what is under way
//! and a list of what is there, so that a run that was stopped goes on and a second one asks for nothing again.

use std::collections::HashMap;
use std::fs::{self, File, TryLockError};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::library::MediaError;
use crate::source::hex;

/// The hidden folder in it.
const HIDDEN: &str = ".blogark-media";

/// The list of what is there, a line a file.
const LIST: &str = "fetched.jsonl";

/// A file that was fetched.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The same for all addresses of the file.
    pub key: String,
    /// The address that gave it.
    pub address: String,
    /// SHA-256, in lower-case hexadecimal.
    pub sha256: String,
    /// Size in bytes.
    pub size: u64,
    /// What the server calls this version of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// When the server says that it was last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
    /// Its name in the folder; without one it lies in the hidden folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}

/// The folder of fetched files.
pub struct Store {
    folder: PathBuf,
    state: Mutex<State>,
    /// Held while the run lasts.
    _lock: File,
}

struct State {
    kept: HashMap<String, Kept>,
    list: File,
}

impl Store {
    /// Opens the folder, and makes it where it is not there.
    ///
    /// # Errors
    /// When it cannot be made or read, or another run is using it.
    pub fn open(folder: &Path) -> Result<Store, MediaError> {
        let err = |error| MediaError::Folder {
            shown: folder.display().to_string(),
            error,
        };
        if fs::metadata(folder).is_ok_and(|there| !there.is_dir()) {
            return Err(MediaError::NoFolder(folder.display().to_string()));
        }
        let hidden = folder.join(HIDDEN);
        fs::create_dir_all(&hidden).map_err(err)?;
        let lock = File::create(hidden.join("lock")).map_err(err)?;
        if let Err(TryLockError::WouldBlock) = lock.try_lock() {
            return Err(MediaError::InUse(folder.display().to_string()));
        }
        let path = hidden.join(LIST);
        let kept = read_list(&path).map_err(err)?;
        // Written anew, so that a line which was cut off when a run was killed does not spoil the next.
        write_list(&hidden, &path, &kept).map_err(err)?;
        let list = File::options().append(true).open(&path).map_err(err)?;
        Ok(Store {
            folder: folder.to_owned(),
            state: Mutex::new(State { kept, list }),
            _lock: lock,
        })
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What is there of a file, and where it lies. Only its size is looked at.
    pub fn kept(&self, key: &str) -> Option<(Kept, PathBuf)> {
        let kept = self.with_state(|state| state.kept.get(key).cloned())?;
        let path = self.path_of(&kept);
        let there = fs::symlink_metadata(&path).ok()?;
        (there.is_file() && there.len() == kept.size).then_some((kept, path))
    }

    /// Where a file lies that is there.
    pub(super) fn path_of(&self, kept: &Kept) -> PathBuf {
        match &kept.file {
            Some(name) if is_plain(name) => self.folder.join(name),
            _ => self.whole(&kept.key),
        }
    }

    /// Where a file is put when it is whole and has no name yet.
    pub(super) fn whole(&self, key: &str) -> PathBuf {
        self.hidden(key, "")
    }

    /// Where a file is put as it comes.
    pub(super) fn part(&self, key: &str) -> PathBuf {
        self.hidden(key, ".part")
    }

    /// Where it is noted which version of a file a part belongs to.
    pub(super) fn note(&self, key: &str) -> PathBuf {
        self.hidden(key, ".json")
    }

    fn hidden(&self, key: &str, ending: &str) -> PathBuf {
        let hash = hex(&Sha256::digest(key));
        let name = hash.get(..32).unwrap_or(&hash);
        self.folder.join(HIDDEN).join(format!("{name}{ending}"))
    }

    /// Notes that a file is there.
    ///
    /// # Errors
    /// When the list cannot be written.
    pub(super) fn add(&self, kept: Kept) -> io::Result<()> {
        let mut line = serde_json::to_vec(&kept)?;
        line.push(b'\n');
        self.with_state(|state| {
            state.list.write_all(&line)?;
            state.kept.insert(kept.key.clone(), kept);
            Ok(())
        })
    }

    fn with_state<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The list may have been written by anybody: only a bare name stays in the folder.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && !name.contains(['/', '\\', ':']) && name != "." && name != ".."
}

/// The last line of each file counts.
fn read_list(path: &Path) -> io::Result<HashMap<String, Kept>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(HashMap::new()),
        Err(e) => return Err(e),
    };
    let mut kept = HashMap::new();
    for line in BufReader::new(file).split(b'\n') {
        if let Ok(one) = serde_json::from_slice::<Kept>(&line?) {
            kept.insert(one.key.clone(), one);
        }
    }
    Ok(kept)
}

fn write_list(folder: &Path, path: &Path, kept: &HashMap<String, Kept>) -> io::Result<()> {
    let mut all: Vec<&Kept> = kept.values().collect();
    all.sort_by(|a, b| a.key.cmp(&b.key));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    for one in all {
        serde_json::to_writer(&mut file, one)?;
        file.write_all(b"\n")?;
    }
    file.persist(path).map_err(|e| e.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_fetched_is_known_again() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("media");
        let kept = Kept {
            key: "h/a.jpg".to_owned(),
            address: "http://h/a.jpg".to_owned(),
            size: 3,
            ..Kept::default()
        };
        {
            let store = Store::open(&folder).unwrap();
            assert!(Store::open(&folder).is_err());
            fs::write(store.whole(&kept.key), "abc").unwrap();
            store.add(kept.clone()).unwrap();
        }
        let list = folder.join(HIDDEN).join(LIST);
        let mut text = fs::read_to_string(&list).unwrap();
        text.push_str("{\"key\":\"cut o");
        fs::write(&list, text).unwrap();
        let store = Store::open(&folder).unwrap();
        assert_eq!(store.kept("h/a.jpg").unwrap().0, kept);
        fs::write(store.whole(&kept.key), "ab").unwrap();
        assert!(store.kept("h/a.jpg").is_none());
        let elsewhere = Kept {
            file: Some("../x".to_owned()),
            ..kept
        };
        assert!(store.path_of(&elsewhere).starts_with(&folder));
        assert!(!store.path_of(&elsewhere).ends_with("../x"));
    }
}
