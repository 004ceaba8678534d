//! What became of the files that posts use: where each lies, what it is, and why others are not there.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::{Asset, Certainty, Failure, MediaTally, location};
use crate::ledger::{Notice, NoticeCode};

/// Why files cannot be gathered at all. Each is a sentence for the user.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// A folder cannot be read or made.
    #[error("{shown} could not be used as a folder of pictures and files: {error}")]
    Folder {
        /// How it is named.
        shown: String,
        /// What went wrong.
        error: io::Error,
    },
    /// A file stands where a folder should.
    #[error(
        "{0} is a file, and pictures are looked for in folders. Where it is a zip, unpack it and give the folder that it becomes"
    )]
    NoFolder(String),
    /// A folder holds more files than blogs have.
    #[error("{0} holds too many files. Give the folders that belong to the blog")]
    TooManyFiles(String),
    /// Two runs would write the same files.
    #[error("another run is fetching into {0}. Wait for its end, or say another --media-folder")]
    InUse(String),
    /// The proxy cannot be used.
    #[error("the proxy cannot be used: {0}. It is given as http://HOST:PORT")]
    Proxy(String),
    /// A file cannot be read or written.
    #[error("{shown} could not be kept: {error}")]
    Io {
        /// How it is named.
        shown: String,
        /// What went wrong.
        error: io::Error,
    },
}

impl MediaError {
    pub(super) fn io(path: &Path, error: io::Error) -> MediaError {
        MediaError::Io {
            shown: path.display().to_string(),
            error,
        }
    }
}

/// Why a file is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The reason.
    pub failure: Failure,
    /// The server's own words, a number, files that could be it.
    pub detail: String,
    /// The address that was asked last, where one was.
    pub address: String,
}

impl Missing {
    /// A reason without an address.
    pub fn new(failure: Failure, detail: impl Into<String>) -> Missing {
        Missing {
            failure,
            detail: detail.into(),
            address: String::new(),
        }
    }
}

/// A file that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Where it lies.
    pub path: PathBuf,
    /// Its name in any output.
    pub name: String,
    /// SHA-256 of what goes out, in lower-case hexadecimal.
    pub sha256: String,
    /// Its size in bytes.
    pub size: u64,
    /// Media type, by its content.
    pub mime: Option<&'static str>,
    /// Width and height, where it is a picture.
    pub measures: Option<(u32, u32)>,
    /// The place where it was taken is still to be taken out.
    pub(super) to_strip: bool,
}

impl Held {
    /// Writes the file as it goes out.
    ///
    /// # Errors
    /// When it cannot be read or written.
    pub fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.to_strip {
            return out.write_all(&stripped(&self.path)?.0);
        }
        io::copy(&mut File::open(&self.path)?, out).map(drop)
    }
}

/// Pictures are read whole to take their place out; larger ones than this there are none.
const LARGEST_PICTURE: u64 = 256 * 1024 * 1024;

/// A picture without the place where it was taken, and whether it may still say one.
pub(super) fn stripped(path: &Path) -> io::Result<(Vec<u8>, bool)> {
    let mut bytes = Vec::new();
    File::open(path)?.take(LARGEST_PICTURE).read_to_end(&mut bytes)?;
    let (clean, _) = location::without_location(&bytes);
    let may_have = location::may_have_location(&clean);
    Ok((clean.into_owned(), may_have))
}

/// Whether a file is one out of which a place can be taken.
pub(super) fn is_strippable(path: &Path, mime: Option<&str>) -> bool {
    mime == Some("image/jpeg") && fs::metadata(path).is_ok_and(|there| there.len() < LARGEST_PICTURE)
}

/// Everything that posts use and what became of it.
#[derive(Debug, Default)]
pub struct Library {
    pub(super) assets: Vec<Asset>,
    /// For each of the assets: the number of its file, or why there is none.
    pub(super) outcomes: Vec<Result<usize, Missing>>,
    pub(super) files: Vec<Held>,
    pub(super) by_key: HashMap<String, usize>,
    /// The account.
    pub tally: MediaTally,
    /// What the user should know, in the order of the posts.
    pub notices: Vec<Notice>,
}

impl Library {
    /// The files that are there; their numbers are places in this list.
    pub fn files(&self) -> &[Held] {
        &self.files
    }

    /// The number of the file that has this key, if it is there.
    pub fn file(&self, key: &str) -> Option<usize> {
        self.outcomes.get(*self.by_key.get(key)?)?.as_ref().ok().copied()
    }

    /// What was wanted and what became of it, in the order of the posts.
    pub fn entries(&self) -> impl Iterator<Item = (&Asset, Result<&Held, &Missing>)> {
        (0..self.assets.len()).filter_map(|place| self.at(place))
    }

    /// What became of one file, by its key.
    pub fn entry(&self, key: &str) -> Option<(&Asset, Result<&Held, &Missing>)> {
        self.at(*self.by_key.get(key)?)
    }

    fn at(&self, place: usize) -> Option<(&Asset, Result<&Held, &Missing>)> {
        let outcome = match self.outcomes.get(place)? {
            Ok(number) => Ok(self.files.get(*number)?),
            Err(missing) => Err(missing),
        };
        Some((self.assets.get(place)?, outcome))
    }

    /// The addresses of what is not there, for programs that fetch lists: the best of each.
    pub fn addresses_to_fetch(&self) -> Vec<String> {
        let wanted = self.entries().filter(|(_, outcome)| {
            outcome.is_err_and(|missing| !matches!(missing.failure, Failure::PrivateAddress | Failure::BadAddress))
        });
        wanted
            .filter_map(|(asset, _)| asset.candidates().into_iter().next())
            .collect()
    }

    /// Tells why a file is not there, about the first post that uses it.
    pub(super) fn tell_missing(&mut self, asset: &Asset, missing: &Missing) {
        let detail = match &*missing.detail {
            "" => String::new(),
            detail => format!(" ({detail})"),
        };
        let what = missing.failure.in_words();
        let more = match asset.posts.len() {
            0 | 1 => String::new(),
            posts => format!(" {posts} posts use it."),
        };
        let code = match missing.failure.was_asked_for() {
            true => NoticeCode::MediaNotFetched,
            false => NoticeCode::MediaMissing,
        };
        let asked = match &*missing.address {
            "" => asset.url.as_str(),
            address => address,
        };
        let message = format!("{asked} could not be had: {what}{detail}. Its address stays in the text.{more}");
        self.notices.push(about(asset, Notice::new(code, message)));
    }

    /// Tells that a file was taken without certainty.
    pub(super) fn tell_guess(&mut self, asset: &Asset, path: &Path, certainty: Certainty, because: &str) {
        let sure = match certainty {
            Certainty::Certain => return,
            Certainty::Likely => "likely",
            Certainty::Possible => "possible, not more",
        };
        let message = format!("{} was taken for {}, by {because}: {sure}.", path.display(), asset.url);
        self.notices
            .push(about(asset, Notice::new(NoticeCode::MediaGuessed, message)));
    }
}

pub(super) fn about(asset: &Asset, notice: Notice) -> Notice {
    match asset.posts.first() {
        Some((blog, post)) => notice.about_post(blog, post),
        None => notice,
    }
}
