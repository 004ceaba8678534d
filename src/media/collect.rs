//! Gathering files: folders first, then what an earlier run fetched, then the web; then each gets its name and place.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::library::{self, Held, Library, MediaError, Missing, is_strippable, stripped};
use super::local::{Index, Match};
use super::{Asset, Failure, Kept, Store, Wanted, download, names, probe};
use crate::ledger::{Notice, NoticeCode};
use crate::source::hex;

/// How files are gathered.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Folders that are looked through; `None` where that is not asked for.
    pub local: Option<Vec<PathBuf>>,
    /// How the others are fetched; `None` where that is not asked for.
    pub download: Option<download::Options>,
    /// Nothing is fetched that is not there already.
    pub offline: bool,
    /// The folder in which files are kept: what is fetched, and where an output refers to files, those from folders too.
    pub folder: Option<PathBuf>,
    /// Files from folders are copied there as well.
    pub copies_local: bool,
    /// The place where a picture was taken is taken out of it.
    pub strip_location: bool,
    /// Nothing is written.
    pub is_dry: bool,
}

/// Where a file was found.
enum Found {
    Local(Match),
    Kept(Kept, PathBuf),
    Fetched(Kept),
}

/// Gathers all that is wanted. `on_total` is told how many files will be fetched, `on_event` what comes.
///
/// # Errors
/// When a folder cannot be used. That single files are not there is no error: the library says so.
pub fn collect(
    wanted: Wanted,
    options: &Options,
    on_total: &dyn Fn(u64),
    on_event: &(dyn Fn(download::Event) + Sync),
) -> Result<Library, MediaError> {
    let (assets, by_key) = wanted.into_parts();
    let store = match (&options.folder, &options.download) {
        (Some(folder), Some(_)) if !options.is_dry && (!options.offline || folder.is_dir()) => {
            Some(Store::open(folder)?)
        }
        _ => None,
    };
    let mut found: Vec<Result<Found, Missing>> = Vec::with_capacity(assets.len());
    let index = options.local.as_deref().map(Index::of).transpose()?;
    for asset in &assets {
        let local = index.as_ref().map(|index| index.find(asset));
        let found_here = match (local, &store) {
            (Some(Ok(found)), _) => Ok(Found::Local(found)),
            (Some(Err(missing)), _) if options.download.is_none() => Err(missing),
            (_, Some(store)) => whole(store, &asset.key).ok_or_else(|| Missing::new(Failure::Offline, "")),
            (_, None) => Err(Missing::new(Failure::Offline, "")),
        };
        found.push(found_here);
    }
    drop(index);
    if let (Some(store), Some(how), false) = (&store, &options.download, options.offline) {
        let is_wanted = |one: &Result<Found, Missing>| match one {
            Ok(Found::Kept(..)) => how.refresh,
            Ok(_) => false,
            Err(missing) => missing.failure == Failure::Offline,
        };
        let numbers: Vec<usize> = (0..assets.len())
            .filter(|n| found.get(*n).is_some_and(is_wanted))
            .collect();
        let asked: Vec<&Asset> = numbers.iter().filter_map(|n| assets.get(*n)).collect();
        on_total(asked.len() as u64);
        let before: HashMap<&str, String> = asked
            .iter()
            .filter_map(|asset| Some((asset.key.as_str(), store.kept(&asset.key)?.0.sha256)))
            .collect();
        let answers = download::fetch(&asked, store, how, on_event)?;
        for ((number, asset), answer) in numbers.iter().zip(&asked).zip(answers) {
            let outcome = answer.map(|kept| match before.get(asset.key.as_str()) == Some(&kept.sha256) {
                true => {
                    let path = store.path_of(&kept);
                    Found::Kept(kept, path)
                }
                false => Found::Fetched(kept),
            });
            if let Some(place) = found.get_mut(*number) {
                *place = outcome;
            }
        }
    }
    let mut settling = Settling {
        options,
        store: store.as_ref(),
        gathered: Library {
            by_key,
            ..Library::default()
        },
        by_content: HashMap::new(),
        taken: HashSet::new(),
    };
    settling.all(assets, found)?;
    Ok(settling.gathered)
}

/// What an earlier run fetched, if it is still what it was.
fn whole(store: &Store, key: &str) -> Option<Found> {
    let (kept, path) = store.kept(key)?;
    let is_right = download::hash(&path).is_ok_and(|(sha256, _)| sha256 == kept.sha256);
    is_right.then_some(Found::Kept(kept, path))
}

/// Names and places, in the order of the posts, so that they are the same in every run.
struct Settling<'a> {
    options: &'a Options,
    store: Option<&'a Store>,
    gathered: Library,
    /// Numbers of files by their hash.
    by_content: HashMap<String, usize>,
    /// Names that are given, folded.
    taken: HashSet<String>,
}

impl Settling<'_> {
    fn all(&mut self, assets: Vec<Asset>, found: Vec<Result<Found, Missing>>) -> Result<(), MediaError> {
        let stems: Vec<String> = assets
            .iter()
            .map(|a| names::stem(&format!("http://{}", a.key)))
            .collect();
        let shared = names::shared(stems.iter().map(String::as_str));
        self.gathered.tally.found = assets.len() as u64;
        for ((asset, stem), found) in assets.iter().zip(&stems).zip(found) {
            let outcome = match found {
                Ok(found) => self.one(asset, stem, shared.contains_key(&names::folded(stem)), found)?,
                Err(missing) => Err(missing),
            };
            if let Err(missing) = &outcome {
                *self.gathered.tally.missing.entry(missing.failure).or_default() += 1;
                self.gathered.tell_missing(asset, missing);
            }
            self.gathered.outcomes.push(outcome);
        }
        self.gathered.assets = assets;
        Ok(())
    }

    fn one(
        &mut self,
        asset: &Asset,
        stem: &str,
        is_shared: bool,
        found: Found,
    ) -> Result<Result<usize, Missing>, MediaError> {
        let path = match (&found, self.store) {
            (Found::Local(found), _) => found.path.clone(),
            (Found::Kept(_, path), _) => path.clone(),
            (Found::Fetched(kept), Some(store)) => store.path_of(kept),
            (Found::Fetched(_), None) => PathBuf::new(),
        };
        let unreadable = |error: std::io::Error| Ok(Err(Missing::new(Failure::Unreadable, error.to_string())));
        let kind = match probe::type_of_file(&path) {
            Ok(kind) => kind,
            Err(error) => return unreadable(error),
        };
        let to_strip = self.options.strip_location && is_strippable(&path, kind.mime);
        let hashed = match (&found, to_strip) {
            (Found::Kept(kept, _) | Found::Fetched(kept), false) => Ok((kept.sha256.clone(), kept.size)),
            (_, true) => stripped(&path).map(|(bytes, _)| (hex(&Sha256::digest(&bytes)), bytes.len() as u64)),
            (Found::Local(_), false) => download::hash(&path),
        };
        let (sha256, size) = match hashed {
            Ok(hashed) => hashed,
            Err(error) => return unreadable(error),
        };
        match &found {
            Found::Local(found) => {
                self.gathered.tally.local += 1;
                *self.gathered.tally.certainty.entry(found.certainty).or_default() += 1;
                self.gathered
                    .tell_guess(asset, &found.path, found.certainty, found.because);
            }
            Found::Kept(..) => self.gathered.tally.kept += 1,
            Found::Fetched(_) => self.gathered.tally.downloaded += 1,
        }
        if self.options.strip_location && !to_strip && stripped(&path).is_ok_and(|(_, may_have)| may_have) {
            let message = format!(
                "{} may still say where it was taken: that can be taken out of JPEG files only.",
                asset.url
            );
            let notice = Notice::new(NoticeCode::LocationKept, message);
            self.gathered.notices.push(library::about(asset, notice));
        }
        let mut held = Held {
            measures: probe::measures(&path),
            path,
            name: String::new(),
            sha256,
            size,
            mime: kind.mime,
            to_strip,
        };
        if let Some(known) = self.by_content.get(&held.sha256).copied() {
            if let Some(first) = self.gathered.files.get(known) {
                let name = first.name.clone();
                self.note(&found, &name, to_strip, false)?;
            }
            return Ok(Ok(known));
        }
        let ending = names::ending(&format!("http://{}", asset.key), kind.ending);
        held.name = self.name(stem, is_shared, &ending, &held, &found);
        self.taken.insert(names::folded(&held.name));
        self.place(&mut held, &found)?;
        let number = self.gathered.files.len();
        self.by_content.insert(held.sha256.clone(), number);
        self.gathered.files.push(held);
        Ok(Ok(number))
    }

    /// The name that an earlier run gave, else one of the address, else one with the hash.
    fn name(&self, stem: &str, is_shared: bool, ending: &str, held: &Held, found: &Found) -> String {
        let given = match found {
            Found::Kept(kept, _) | Found::Fetched(kept) => kept.file.clone(),
            Found::Local(_) => None,
        };
        let whole_hash = format!("{stem}-{}.{ending}", held.sha256);
        let candidates = [
            given.unwrap_or_default(),
            names::name(stem, is_shared, &held.sha256, ending),
            names::name(stem, true, &held.sha256, ending),
            whole_hash.clone(),
        ];
        let is_free = |name: &&String| {
            !name.is_empty() && !self.taken.contains(&names::folded(name)) && self.is_ours_or_free(name, held)
        };
        candidates.iter().find(is_free).cloned().unwrap_or(whole_hash)
    }

    /// Nothing stands there yet, or the same file.
    fn is_ours_or_free(&self, name: &str, held: &Held) -> bool {
        let Some(folder) = self.folder() else { return true };
        let path = folder.join(name);
        match fs::symlink_metadata(&path) {
            Err(_) => true,
            Ok(there) => {
                there.is_file()
                    && there.len() == held.size
                    && download::hash(&path).is_ok_and(|(sha256, _)| sha256 == held.sha256)
            }
        }
    }

    /// The folder that files are put into.
    fn folder(&self) -> Option<&Path> {
        let folder = self.options.folder.as_deref()?;
        let is_written = self.options.copies_local || self.store.is_some();
        (is_written && !self.options.is_dry).then_some(folder)
    }

    fn place(&self, held: &mut Held, found: &Found) -> Result<(), MediaError> {
        let Some(folder) = self.folder() else { return Ok(()) };
        let is_local = matches!(found, Found::Local(_));
        if is_local && !self.options.copies_local {
            return Ok(());
        }
        let target = folder.join(&held.name);
        let err = |error| MediaError::io(&target, error);
        if held.path == target && !held.to_strip {
            return Ok(());
        }
        if fs::symlink_metadata(&target).is_err() {
            if is_local || held.to_strip {
                fs::create_dir_all(folder).map_err(err)?;
                let mut file = tempfile::Builder::new();
                file.prefix(".blogark-").suffix(".part");
                #[cfg(unix)]
                file.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
                let mut file = file.tempfile_in(folder).map_err(err)?;
                held.write_to(&mut file).map_err(err)?;
                file.flush().map_err(err)?;
                file.persist(&target).map_err(|e| err(e.error))?;
            } else {
                fs::rename(&held.path, &target).map_err(err)?;
            }
        }
        self.note(found, &held.name, held.to_strip, true)?;
        held.path = target;
        held.to_strip = false;
        Ok(())
    }

    /// Notes under which name a fetched file lies now. One that was stripped stays as it came, too, so that it need not
    /// be fetched again.
    fn note(&self, found: &Found, name: &str, is_stripped: bool, is_moved: bool) -> Result<(), MediaError> {
        let (Found::Kept(kept, _) | Found::Fetched(kept), Some(store)) = (found, self.store) else {
            return Ok(());
        };
        if is_stripped || kept.file.as_deref() == Some(name) {
            return Ok(());
        }
        let err = |error| MediaError::io(store.folder(), error);
        store
            .add(Kept {
                file: Some(name.to_owned()),
                ..kept.clone()
            })
            .map_err(err)?;
        if !is_moved && kept.file.is_none() {
            let _ = fs::remove_file(store.whole(&kept.key));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::find::in_fragment;

    const GIF: &[u8] = b"GIF89a\x40\x01\xc8\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x40\x01\xc8\0\0\x02\x01D\0;";

    fn wanted(html: &str) -> Wanted {
        let mut wanted = Wanted::default();
        wanted.add("b", "1", None, in_fragment(html, None));
        wanted
    }

    #[test]
    fn folders_give_what_they_have_and_the_rest_is_named() {
        let place = tempfile::tempdir().unwrap();
        let mirror = place.path().join("mirror/h.example");
        fs::create_dir_all(mirror.join("a")).unwrap();
        fs::create_dir_all(mirror.join("b")).unwrap();
        fs::write(mirror.join("a/Image1.gif"), GIF).unwrap();
        fs::write(mirror.join("b/image1.gif"), [GIF, b"x"].concat()).unwrap();
        fs::write(mirror.join("b/copy.gif"), GIF).unwrap();
        let html = "<img src='http://h.example/a/Image1.gif'><img src='http://h.example/b/image1.gif'>\
            <img src='http://h.example/b/copy.gif'><img src='http://h.example/gone.gif'>";
        let options = Options {
            local: Some(vec![place.path().join("mirror")]),
            folder: Some(place.path().join("out-media")),
            copies_local: true,
            ..Options::default()
        };
        let mut runs = Vec::new();
        for _ in 0..2 {
            let library = collect(wanted(html), &options, &|_| {}, &|_| {}).unwrap();
            let names: Vec<String> = library.files().iter().map(|f| f.name.clone()).collect();
            assert_eq!(library.files()[0].measures, Some((320, 200)));
            assert_eq!(library.file("h.example/b/copy.gif"), Some(0));
            assert_eq!((library.tally.found, library.tally.local), (4, 3));
            assert!(library.tally.balances());
            assert_eq!(library.notices.len(), 1);
            assert!(library.notices[0].message.contains("gone.gif"));
            assert_eq!(library.addresses_to_fetch(), ["http://h.example/gone.gif"]);
            runs.push(names);
        }
        assert_eq!(runs[0], runs[1]);
        assert!(
            runs[0].iter().all(|name| name.to_lowercase().starts_with("image1-")),
            "{runs:?}"
        );
        let there = fs::read_dir(place.path().join("out-media")).unwrap().count();
        assert_eq!(there, 2);
    }
}
