//! Files that are on disk already: Takeout's albums, a mirror that wget or HTTrack made, the folder that a browser saves
//! beside a page. Matched by address, then by name and date, then by measures.

mod sidecar;

use std::cell::OnceCell;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;

use super::names;
use super::original::file_name;
use super::{Asset, Certainty, Failure, MediaError, Missing, probe};
use crate::html::address::percent_decoded;

/// The most files that are looked at.
const MAX_FILES: usize = 5_000_000;

/// Days between the upload of a picture and the date of its post that still speak for it.
const NEAR: i64 = 31;

/// A file in one of the folders.
struct Local {
    path: PathBuf,
    /// Its path in the folder, folded, with `/`.
    place: String,
    /// When it was uploaded, where a file beside it says so.
    uploaded: Option<NaiveDate>,
    measures: OnceCell<Option<(u32, u32)>>,
}

impl Local {
    fn measures(&self) -> Option<(u32, u32)> {
        *self.measures.get_or_init(|| probe::measures(&self.path))
    }
}

/// The files of some folders, by all that they may be matched with.
pub struct Index {
    files: Vec<Local>,
    /// Numbers of files by the folded name: that on disk, and that which the file beside it says.
    by_name: HashMap<String, Vec<u32>>,
}

/// A file that was found for a post's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// Where it lies.
    pub path: PathBuf,
    /// How sure it is.
    pub certainty: Certainty,
    /// What speaks for it, in a few words.
    pub because: &'static str,
}

impl Index {
    /// Looks through folders. Links are not followed.
    ///
    /// # Errors
    /// When one of them is no folder or cannot be read.
    pub fn of(folders: &[PathBuf]) -> Result<Index, MediaError> {
        let mut index = Index {
            files: Vec::new(),
            by_name: HashMap::new(),
        };
        for folder in folders {
            let shown = || folder.display().to_string();
            let there = fs::metadata(folder).map_err(|error| MediaError::Folder { shown: shown(), error })?;
            if !there.is_dir() {
                return Err(MediaError::NoFolder(shown()));
            }
            index.add(folder)?;
        }
        Ok(index)
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    fn add(&mut self, root: &Path) -> Result<(), MediaError> {
        let mut open = vec![root.to_owned()];
        let mut found = Vec::new();
        while let Some(folder) = open.pop() {
            let entries = fs::read_dir(&folder).map_err(|error| MediaError::Folder {
                shown: folder.display().to_string(),
                error,
            })?;
            for entry in entries.flatten() {
                match entry.file_type() {
                    // What fetching keeps to itself is no file of the blog's.
                    Ok(kind) if kind.is_dir() && entry.file_name() != ".blogark-media" => open.push(entry.path()),
                    Ok(kind) if kind.is_file() => found.push(entry.path()),
                    _ => {}
                }
            }
            if found.len() > MAX_FILES {
                return Err(MediaError::TooManyFiles(root.display().to_string()));
            }
        }
        found.sort();
        let sidecars = sidecar::all(&found);
        for path in found {
            let Ok(relative) = path.strip_prefix(root) else {
                continue;
            };
            let parts: Vec<_> = relative
                .components()
                .map(|part| part.as_os_str().to_string_lossy())
                .collect();
            let place = names::folded(&parts.join("/"));
            let number = u32::try_from(self.files.len()).unwrap_or(u32::MAX);
            let beside = sidecars.get(&path);
            let mut own = vec![name_of(&place).to_owned()];
            if let Some(said) = beside.and_then(|beside| beside.filename.as_deref()) {
                own.push(names::folded(said));
            }
            own.dedup();
            for name in own {
                self.by_name.entry(name).or_default().push(number);
            }
            self.files.push(Local {
                uploaded: beside.and_then(|beside| beside.uploaded),
                path,
                place,
                measures: OnceCell::new(),
            });
        }
        Ok(())
    }

    /// The file that a post's is, if one of these is.
    ///
    /// # Errors
    /// Why none was taken.
    pub fn find(&self, asset: &Asset) -> Result<Match, Missing> {
        let mut named: Vec<u32> = Vec::new();
        let mut by_address: Vec<u32> = Vec::new();
        let mut by_path: Vec<u32> = Vec::new();
        for address in asset.candidates() {
            for name in decoded(file_name(&address)) {
                let numbers = self.by_name.get(&name).map_or(&[][..], Vec::as_slice);
                named.extend(numbers);
            }
            // A mirror keeps the query in the name, and a path without a name under a name of its own.
            by_address.extend(self.at(wanted_by(&address)));
            by_path.extend(self.at(wanted_without_host(&address)));
        }
        for numbers in [&mut named, &mut by_address, &mut by_path] {
            numbers.sort_unstable();
            numbers.dedup();
        }
        let found = |number: &u32, certainty, because| {
            let file = self.files.get(*number as usize)?;
            Some(Match {
                path: file.path.clone(),
                certainty,
                because,
            })
        };
        if let Some(best) = self.largest(&by_address)
            && let Some(found) = found(&best, Certainty::Certain, "its address")
        {
            return Ok(found);
        }
        // Of a mirror without folders of hosts; the path of a picture is long, and often made for it alone.
        if let Some(best) = self.largest(&self.usable(asset, by_path))
            && let Some(found) = found(&best, Certainty::Likely, "its path")
        {
            return Ok(found);
        }
        let named = self.usable(asset, named);
        let one = |numbers: &[u32], certainty, because| match numbers {
            [only] => found(only, certainty, because),
            several => {
                let first = several.first()?;
                // Copies of one file are one.
                self.are_same(several)
                    .then(|| found(first, certainty, because))
                    .flatten()
            }
        };
        let near = self.near(&named, asset.day);
        if let Some(found) = one(&near, Certainty::Likely, "its name and date") {
            return Ok(found);
        }
        let fitting: Vec<u32> = match asset.measures {
            Some(wanted) => named
                .iter()
                .copied()
                .filter(|n| self.measures(*n) == Some(wanted))
                .collect(),
            None => Vec::new(),
        };
        if let Some(found) = one(&fitting, Certainty::Likely, "its name and measures") {
            return Ok(found);
        }
        if let Some(found) = one(&named, Certainty::Possible, "its name") {
            return Ok(found);
        }
        if named.is_empty()
            && let (Some(wanted), Some(_)) = (asset.measures, asset.day)
        {
            let all: Vec<u32> = (0..u32::try_from(self.files.len()).unwrap_or(u32::MAX)).collect();
            let near = self.near(&all, asset.day);
            let fitting: Vec<u32> = near.into_iter().filter(|n| self.measures(*n) == Some(wanted)).collect();
            if let Some(found) = one(&fitting, Certainty::Possible, "its date and measures") {
                return Ok(found);
            }
        }
        let failure = if named.len() > 1 {
            Failure::Ambiguous
        } else {
            Failure::NotInFolders
        };
        let names: Vec<String> = named
            .iter()
            .take(3)
            .filter_map(|n| Some(self.files.get(*n as usize)?.path.display().to_string()))
            .collect();
        Err(Missing::new(failure, names.join(", ")))
    }

    /// Files whose path ends in one of these.
    fn at(&self, wanted: Vec<String>) -> Vec<u32> {
        let mut found = Vec::new();
        for wanted in wanted {
            let wanted = names::folded(&wanted);
            let Some(numbers) = self.by_name.get(name_of(&wanted)) else {
                continue;
            };
            found.extend(numbers.iter().copied().filter(|number| {
                let file = self.files.get(*number as usize);
                file.and_then(|file| file.place.strip_suffix(&wanted))
                    .is_some_and(|before| before.is_empty() || before.ends_with('/') || before.ends_with("www."))
            }));
        }
        found
    }

    /// Of several files under addresses of one picture, the one that is largest.
    fn largest(&self, numbers: &[u32]) -> Option<u32> {
        let size = |number: &u32| {
            let file = self.files.get(*number as usize)?;
            fs::metadata(&file.path).ok().map(|there| there.len())
        };
        numbers.iter().copied().rev().max_by_key(size)
    }

    /// Those that can be what the post has: a picture where it shows one, and no page ever.
    fn usable(&self, asset: &Asset, numbers: Vec<u32>) -> Vec<u32> {
        let fits = |number: &u32| {
            let Some(file) = self.files.get(*number as usize) else {
                return false;
            };
            match probe::type_of_file(&file.path) {
                Ok(found) if asset.is_picture => found.class == probe::Class::Picture,
                Ok(found) => found.class != probe::Class::Page,
                Err(_) => false,
            }
        };
        numbers.into_iter().filter(fits).collect()
    }

    /// Those that were uploaded nearest to a day, where that is near enough.
    fn near(&self, numbers: &[u32], day: Option<NaiveDate>) -> Vec<u32> {
        let Some(day) = day else { return Vec::new() };
        let distance = |number: &u32| {
            let uploaded = self.files.get(*number as usize)?.uploaded?;
            Some((uploaded - day).num_days().abs()).filter(|days| *days <= NEAR)
        };
        let nearest = numbers.iter().filter_map(distance).min();
        let is_nearest = |number: &&u32| nearest.is_some() && distance(number) == nearest;
        numbers.iter().filter(is_nearest).copied().collect()
    }

    fn measures(&self, number: u32) -> Option<(u32, u32)> {
        self.files.get(number as usize)?.measures()
    }

    /// Whether files are the same to the byte.
    fn are_same(&self, numbers: &[u32]) -> bool {
        let hashes = numbers.iter().map(|number| {
            let file = self.files.get(*number as usize)?;
            super::download::hash(&file.path).ok()
        });
        let mut hashes = hashes.take(50);
        let first = hashes.next().flatten();
        first.is_some() && numbers.len() <= 50 && hashes.all(|other| other == first)
    }
}

/// How the path of an address's file ends: `host/path` as mirrors keep it, and the last two parts of a path as a browser
/// does (`Page_files/a.jpg`).
fn wanted_by(address: &str) -> Vec<String> {
    let Some((_, rest)) = address.split_once("://") else {
        return Vec::new();
    };
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let mut wanted: Vec<String> = Vec::new();
    for path in decoded_path(path) {
        let own = path.strip_prefix("www.").map(str::to_owned);
        for path in own.into_iter().chain([path.clone()]) {
            if query.is_empty() {
                wanted.push(path);
            } else {
                wanted.push(format!("{path}?{query}"));
                // As wget writes it for Windows.
                wanted.push(format!("{path}@{query}"));
            }
        }
        // `b.example/2011/03/Page_files/a.jpg`
        let mut parts = path.rsplit('/');
        if let (Some(name), Some(folder)) = (parts.next(), parts.next())
            && query.is_empty()
            && (folder.ends_with("_files") || folder.ends_with(".files") || folder.ends_with("-filer"))
        {
            wanted.push(format!("{folder}/{name}"));
        }
    }
    wanted
}

/// The path of an address where it stands in three folders or more: fewer say nothing without the host.
fn wanted_without_host(address: &str) -> Vec<String> {
    let path = address.split_once("://").and_then(|(_, rest)| rest.split_once('/'));
    let path = path.map(|(_, path)| path).filter(|path| !path.contains('?'));
    let paths = path.map(decoded_path).unwrap_or_default();
    paths
        .into_iter()
        .filter(|path| path.matches('/').count() >= 3)
        .collect()
}

fn name_of(place: &str) -> &str {
    place.rsplit('/').next().unwrap_or(place)
}

/// A name as it may stand on disk, folded: as in the address, decoded, decoded twice, and `+` for a space.
fn decoded(name: &str) -> Vec<String> {
    let once = percent_decoded(name).into_owned();
    let twice = percent_decoded(&once).into_owned();
    let spaced = twice.replace('+', " ");
    let mut all: Vec<String> = [name.to_owned(), once, twice, spaced]
        .iter()
        .filter(|name| !name.is_empty())
        .map(|name| names::folded(name))
        .collect();
    all.sort();
    all.dedup();
    all
}

fn decoded_path(path: &str) -> Vec<String> {
    let once = percent_decoded(path).into_owned();
    let mut all = vec![path.to_owned(), once];
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIF: &[u8] = b"GIF89a\x40\x01\xc8\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x40\x01\xc8\0\0\x02\x01D\0;";

    fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
        let place = tempfile::tempdir().unwrap();
        for (path, bytes) in files {
            let path = place.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        place
    }

    fn asset(address: &str, day: Option<&str>, measures: Option<(u32, u32)>) -> Asset {
        let mut wanted = super::super::Wanted::default();
        let mut uses = super::super::find::in_fragment(&format!("<img src=\"{address}\">"), None);
        uses[0].measures = measures;
        wanted.add("b", "1", day.map(|day| day.parse().unwrap()), uses);
        wanted.assets()[0].clone()
    }

    fn found(place: &tempfile::TempDir, asset: &Asset) -> Result<(String, Certainty, &'static str), Failure> {
        let index = Index::of(&[place.path().to_owned()]).unwrap();
        match index.find(asset) {
            Ok(found) => {
                let path = found.path.strip_prefix(place.path()).unwrap().display().to_string();
                Ok((path, found.certainty, found.because))
            }
            Err(missing) => Err(missing.failure),
        }
    }

    #[test]
    fn a_mirror_without_hosts_is_matched_by_long_paths() {
        let place = folder(&[
            ("-kS2/TlR8/AAAA/s1600/tea.gif", GIF),
            ("-pQ9/TWqQ/AAAA/s1600/tea.gif", b"GIF89a\x01\0\x01\0other"),
            ("-pQ9/TWqQ/AAAA/s1600/page.gif", b"<!DOCTYPE html><title>404</title>"),
            ("pictures/cup.gif", GIF),
            ("old/pictures/cup.gif", b"GIF89a\x01\0\x01\0other"),
        ]);
        let picture = |path: &str| found(&place, &asset(&format!("http://4.bp.blogspot.com/{path}"), None, None));
        for path in ["-kS2/TlR8/AAAA/s1600/tea.gif", "-pQ9/TWqQ/AAAA/s1600/tea.gif"] {
            assert_eq!(picture(path), Ok((path.to_owned(), Certainty::Likely, "its path")));
        }
        assert_eq!(picture("-pQ9/TWqQ/AAAA/s1600/page.gif"), Err(Failure::NotInFolders));
        // A short path is that of many.
        assert_eq!(picture("pictures/cup.gif"), Err(Failure::Ambiguous));
    }

    #[test]
    fn a_mirror_and_a_saved_page_are_matched_by_address() {
        let place = folder(&[
            ("mirror/3.bp.blogspot.com/-x/s1600/a b.gif", GIF),
            ("mirror/3.bp.blogspot.com/-x/s320/a b.gif", &GIF[..26]),
            ("mirror/h.example/pic.php?id=7", GIF),
            ("saved/Page_files/c.gif", GIF),
            ("other/c.gif", b"GIF89a\x01\0\x01\0other"),
        ]);
        for (address, expected) in [
            (
                "http://3.bp.blogspot.com/-x/s320/a%20b.gif",
                "mirror/3.bp.blogspot.com/-x/s1600/a b.gif",
            ),
            ("http://www.h.example/pic.php?id=7", "mirror/h.example/pic.php?id=7"),
            ("http://b.example/2011/03/Page_files/c.gif", "saved/Page_files/c.gif"),
        ] {
            if address.contains("3.bp") {
                let mut both = asset(address, None, None);
                both.addresses
                    .insert(0, (1600, "http://3.bp.blogspot.com/-x/s1600/a%20b.gif".to_owned()));
                assert_eq!(
                    found(&place, &both),
                    Ok((expected.to_owned(), Certainty::Certain, "its address"))
                );
            } else {
                let one = asset(address, None, None);
                assert_eq!(
                    found(&place, &one),
                    Ok((expected.to_owned(), Certainty::Certain, "its address"))
                );
            }
        }
    }

    #[test]
    fn an_album_is_matched_by_name_and_date() {
        let sidecar = |name: &str, seconds: u64| {
            format!("{{\"filename\":\"{name}\",\"creationTimestampMs\":\"{seconds}000\"}}").into_bytes()
        };
        let other = [GIF, b" "].concat();
        let third = [GIF, b"  "].concat();
        let place = folder(&[
            ("Albums/One/image1.gif", GIF),
            ("Albums/One/image1.gif.json", &sidecar("image1.gif", 1_299_283_200)),
            ("Albums/Two/image1.gif", &other),
            ("Albums/Two/image1.gif.json", &sidecar("image1.gif", 1_330_905_600)),
            ("Albums/Two/a-very-long-name-that-was-cut-of.gif", &third),
            (
                "Albums/Two/a-very-long-name-that-was-cut-of.gif.json",
                &sidecar("A very long name that was cut off.gif", 1),
            ),
        ]);
        let address = "http://3.bp.blogspot.com/-x/s320/image1.gif";
        let in_two = (
            "Albums/Two/image1.gif".to_owned(),
            Certainty::Likely,
            "its name and date",
        );
        assert_eq!(found(&place, &asset(address, Some("2012-03-05"), None)), Ok(in_two));
        assert_eq!(
            found(&place, &asset(address, Some("2019-03-05"), None)),
            Err(Failure::Ambiguous)
        );
        assert_eq!(found(&place, &asset(address, None, None)), Err(Failure::Ambiguous));
        let long = asset(
            "http://3.bp.blogspot.com/-x/s320/A%2Bvery%20long%20name+that%20was%20cut%20off.gif",
            None,
            None,
        );
        assert_eq!(found(&place, &long).unwrap().1, Certainty::Possible);
        let nowhere = asset("http://3.bp.blogspot.com/-x/s320/none.gif", Some("2012-03-05"), None);
        assert_eq!(found(&place, &nowhere), Err(Failure::NotInFolders));
    }

    #[test]
    fn what_has_no_name_is_matched_by_date_and_measures() {
        let place = folder(&[
            ("IMG_1.gif", GIF),
            (
                "IMG_1.gif.json",
                b"{\"filename\":\"IMG_1.gif\",\"creationTimestampMs\":\"1299283200000\"}",
            ),
            ("page.html", b"<html>"),
        ]);
        let address = "https://blogger.googleusercontent.com/img/a/AVvX=s320";
        let right = asset(address, Some("2011-03-05"), Some((320, 200)));
        assert_eq!(found(&place, &right).unwrap().1, Certainty::Possible);
        let wrong = asset(address, Some("2011-03-05"), Some((320, 201)));
        assert_eq!(found(&place, &wrong), Err(Failure::NotInFolders));
        assert_eq!(
            found(&place, &asset("http://h.example/page.html.gif", None, None)),
            Err(Failure::NotInFolders)
        );
    }

    #[test]
    fn a_file_is_no_folder() {
        let place = folder(&[("takeout.zip", b"PK")]);
        let error = Index::of(&[place.path().join("takeout.zip")])
            .err()
            .unwrap()
            .to_string();
        assert!(error.contains("is a file") && error.contains("npack"), "{error}");
        assert!(Index::of(&[place.path().join("none")]).is_err());
    }
}
