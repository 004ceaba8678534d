//! The files that Takeout lays beside the pictures of an album: `image.jpg.json` with the name and the time of upload.
//! Numbers are texts in it, and its own name may be cut off.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate};
use serde_json::Value;

/// What is said of a picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sidecar {
    pub(super) filename: Option<String>,
    pub(super) uploaded: Option<NaiveDate>,
}

/// No such file is longer.
const LONGEST: u64 = 64 * 1024;

/// What is said of each of these files, by its path. `files` is sorted.
pub(super) fn all(files: &[PathBuf]) -> HashMap<PathBuf, Sidecar> {
    let mut found = HashMap::new();
    for path in files {
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        let Some(own) = name.strip_suffix(".json") else {
            continue;
        };
        let Some(sidecar) = read(path) else { continue };
        if let Some(picture) = picture_of(files, path, own, &sidecar) {
            found.insert(picture.clone(), sidecar);
        }
    }
    found
}

/// The file that a sidecar is about: its own name without `.json`, the name it says, or the only one that begins so.
fn picture_of<'f>(files: &'f [PathBuf], sidecar_path: &Path, own: &str, said: &Sidecar) -> Option<&'f PathBuf> {
    let folder = sidecar_path.parent()?;
    let there = |name: &str| {
        let path = folder.join(name);
        let at = files.binary_search(&path).ok()?;
        files.get(at)
    };
    // `a.jpg(1).json` is about `a(1).jpg`.
    let numbered = own.strip_suffix(')').and_then(|own| {
        let (name, number) = own.rsplit_once('(')?;
        let (stem, ending) = name.rsplit_once('.')?;
        Some(format!("{stem}({number}).{ending}"))
    });
    if let Some(found) = there(own).or_else(|| there(&numbered?)) {
        return Some(found);
    }
    if let Some(found) = said
        .filename
        .as_deref()
        .filter(|name| !name.contains(['/', '\\']))
        .and_then(there)
    {
        return Some(found);
    }
    let start = folder.join(own);
    let from = files.partition_point(|file| *file < start);
    let begins = |file: &&PathBuf| {
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        file.parent() == Some(folder) && name.starts_with(own) && !name.ends_with(".json")
    };
    let mut fitting = files.get(from..)?.iter().take(8).filter(begins);
    let only = fitting.next()?;
    fitting.next().is_none().then_some(only)
}

fn read(path: &Path) -> Option<Sidecar> {
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(LONGEST).read_to_end(&mut bytes).ok()?;
    let value: Value = serde_json::from_slice(&bytes).ok()?;
    let filename = value.get("filename")?.as_str()?.to_owned();
    let number = value.get("creationTimestampMs").and_then(|ms| match ms {
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_i64(),
    });
    let uploaded = number.and_then(DateTime::from_timestamp_millis);
    Some(Sidecar {
        filename: Some(filename).filter(|name| !name.is_empty()),
        uploaded: uploaded.map(|moment| moment.date_naive()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sidecar_finds_its_picture() {
        let files: Vec<PathBuf> = ["d/a(1).jpg", "d/a.jpg", "d/long-name-cut.jpg", "d/x.png"]
            .iter()
            .map(PathBuf::from)
            .collect();
        let said = |filename: &str| Sidecar {
            filename: Some(filename.to_owned()),
            uploaded: None,
        };
        for (sidecar, filename, expected) in [
            ("a.jpg", "a.jpg", Some("d/a.jpg")),
            ("a.jpg(1)", "a.jpg", Some("d/a(1).jpg")),
            (
                "long-name",
                "long-name-cut-off-in-the-album.jpg",
                Some("d/long-name-cut.jpg"),
            ),
            ("other", "x.png", Some("d/x.png")),
            ("none", "../a.jpg", None),
        ] {
            let path = PathBuf::from(format!("d/{sidecar}.json"));
            let found = picture_of(&files, &path, sidecar, &said(filename));
            assert_eq!(found.and_then(|f| f.to_str()), expected, "{sidecar}");
        }
    }
}
