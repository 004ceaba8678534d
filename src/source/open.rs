//! Opens what the user gave: a file, several, a folder, a zip, a gzip, standard input. What it is is told by content,
//! never by file name.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::encoding::Found;
use super::look::{Asked, Look, Start, Stranger, sample};
use super::packed::Allowance;
use super::spool::Hashing;
use super::{Bytes, Source, Spool};
use crate::ledger::{Notice, NoticeCode};
use crate::read::Format;

/// The most files of one folder.
const MAX_FILES: usize = 5_000_000;

/// How inputs are opened.
#[derive(Clone, Debug, Default)]
pub struct OpenOptions {
    /// Name of the format, where the user says it (`blogger` stands for either of Blogger's exports).
    pub from: Option<String>,
    /// How many bytes zip and gzip archives may unpack to, all together; [`MAX_UNPACKED`] where it is left out.
    ///
    /// [`MAX_UNPACKED`]: super::MAX_UNPACKED
    pub max_unpacked: Option<u64>,
    /// How many threads look at the files of a folder; 0 is taken for 1.
    pub jobs: usize,
}

/// A file on disk that was given or found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Its path; `-` for standard input.
    pub path: PathBuf,
    /// Its size in bytes.
    pub size: u64,
    /// SHA-256, where it is already known.
    pub sha256: Option<String>,
}

/// What was opened.
#[derive(Default)]
pub struct Opened {
    /// The files of known formats.
    pub sources: Vec<Source>,
    /// Every file that was read from.
    pub inputs: Vec<Input>,
    /// What the user should know: files that were not recognised or could not be read.
    pub notices: Vec<Notice>,
    /// Where everything lies that cannot be read twice.
    pub spool: Spool,
}

/// Why an input cannot be opened. Each is a sentence for the user.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is no such file.
    #[error("there is no file or folder {0}. Check the name; a path with spaces needs quotes")]
    NotFound(String),
    /// The file may not be read.
    #[error("{0} may not be read: you have no permission. Change its permissions or copy it to a place of your own")]
    Permission(String),
    /// The file is empty.
    #[error("{0} is empty: there is nothing to read. Download the export again")]
    Empty(String),
    /// The file is of no format that blogark reads.
    #[error("{shown} is {what}, which blogark does not read. `blogark formats` lists what it does")]
    NotRecognised {
        /// How the file is named.
        shown: String,
        /// What it looks like.
        what: &'static str,
    },
    /// The file is of another format than the user said.
    #[error("{shown} is {what}, not {asked}. Leave out --from, or give the format's own name")]
    OtherFormat {
        /// How the file is named.
        shown: String,
        /// What it is.
        what: String,
        /// What it was said to be.
        asked: String,
    },
    /// There is no such format.
    #[error("there is no format {0:?}. `blogark formats` lists them")]
    NoSuchFormat(String),
    /// The zip needs a password.
    #[error("{0} is protected by a password. Unpack it with the password first and give the folder to blogark")]
    Encrypted(String),
    /// The zip is broken.
    #[error(
        "{shown} is a damaged zip file: {what}. Download it again, or unpack what can be had and give the folder to blogark"
    )]
    BadZip {
        /// How the file is named.
        shown: String,
        /// What is wrong.
        what: String,
    },
    /// A folder holds more files than a blog has.
    #[error("{0} holds more than {MAX_FILES} files. Give the folders of single blogs to blogark")]
    TooManyFiles(String),
    /// A folder or zip holds nothing of any known format.
    #[error("nothing that blogark reads was found in {0}. `blogark formats` lists what it does")]
    NothingFound(String),
    /// Reading failed.
    #[error("{shown} could not be read: {error}")]
    Io {
        /// How the file is named.
        shown: String,
        /// What went wrong.
        error: io::Error,
    },
}

impl OpenError {
    pub(super) fn io(shown: &str, error: io::Error) -> OpenError {
        match error.kind() {
            io::ErrorKind::NotFound => OpenError::NotFound(shown.to_owned()),
            io::ErrorKind::PermissionDenied => OpenError::Permission(shown.to_owned()),
            _ => OpenError::Io {
                shown: shown.to_owned(),
                error,
            },
        }
    }
}

/// Opens every input; `-` is standard input.
///
/// # Errors
/// When an input that was named cannot be opened or is of no known format. A file *found* in a folder or zip never
/// ends the run: it becomes a notice.
pub fn open(inputs: &[PathBuf], options: &OpenOptions) -> Result<Opened, OpenError> {
    let mut opening = Opening {
        opened: Opened::default(),
        asked: Asked::new(options.from.as_deref())?,
        allowance: Allowance::new(options.max_unpacked),
        jobs: options.jobs.max(1),
        most_files: MAX_FILES,
    };
    for input in inputs {
        if input.as_os_str() == "-" {
            opening.stream(io::stdin().lock(), input, "standard input")?;
            continue;
        }
        let shown = input.display().to_string();
        let metadata = fs::metadata(input).map_err(|e| OpenError::io(&shown, e))?;
        if metadata.is_dir() {
            opening.folder(input)?;
        } else if !metadata.is_file() {
            // A pipe, as a shell makes for `<(…)`, gives its bytes once.
            let stream = File::open(input).map_err(|e| OpenError::io(&shown, e))?;
            opening.stream(stream, input, &shown)?;
        } else {
            let look = opening.asked.look(input, true);
            opening.file(input, look, None, true)?;
        }
    }
    Ok(opening.opened)
}

/// Where a source comes from.
pub(super) struct Origin {
    pub(super) name: String,
    pub(super) shown: String,
    pub(super) container: Option<String>,
    pub(super) path: Option<String>,
    pub(super) folder: String,
}

pub(super) struct Opening {
    pub(super) opened: Opened,
    pub(super) asked: Asked,
    pub(super) allowance: Allowance,
    jobs: usize,
    most_files: usize,
}

impl Opening {
    /// What cannot be read twice: standard input (`-`), a pipe.
    fn stream(&mut self, input: impl Read, path: &Path, shown: &str) -> Result<(), OpenError> {
        let err = |e| OpenError::io(shown, e);
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        let mut input = Hashing::new(input);
        let bytes = self.opened.spool.take(&mut input).map_err(err)?;
        let (sha256, size) = input.finish();
        self.opened.inputs.push(Input {
            path: path.to_owned(),
            size,
            sha256: Some(sha256.clone()),
        });
        let origin = Origin {
            name: name.clone().into_owned(),
            shown: shown.to_owned(),
            container: None,
            path: None,
            folder: String::new(),
        };
        let mut stream = bytes.stream().map_err(err)?;
        let first = sample(&mut *stream).map_err(err)?;
        let start = self.asked.packed_or(&first, true);
        if matches!(start, Start::Zip) {
            let archive = bytes.seekable(size).map_err(err)?;
            return self.zip(archive, shown, &name, true);
        }
        if matches!(start, Start::Gzip) {
            let (unpacked, _) = self.gunzip(bytes.stream().map_err(err)?, size, shown)?;
            return self.bytes(origin, unpacked, size, Some(sha256), true);
        }
        self.known(origin, bytes, size, Some(sha256), true, start)
    }

    /// A file that was named by the user, or found in the folder `root`.
    fn file(&mut self, path: &Path, look: io::Result<Look>, root: Option<&Path>, named: bool) -> Result<(), OpenError> {
        let shown = path.display().to_string();
        let err = |e| OpenError::io(&shown, e);
        let Look { size, start } = look.map_err(err)?;
        self.opened.inputs.push(Input {
            path: path.to_owned(),
            size,
            sha256: None,
        });
        let name = path
            .file_name()
            .map(|n| n.to_string_lossy().into_owned())
            .unwrap_or_default();
        if matches!(start, Start::Zip) {
            let archive = File::open(path).map_err(err)?;
            return self.zip(archive, &shown, &name, named);
        }
        let origin = Origin {
            name,
            shown: shown.clone(),
            container: None,
            path: root
                .and_then(|r| path.strip_prefix(r).ok())
                .map(|p| p.to_string_lossy().into_owned()),
            folder: path
                .parent()
                .map(|p| p.to_string_lossy().into_owned())
                .unwrap_or_default(),
        };
        if matches!(start, Start::Gzip) {
            let packed = Hashing::new(File::open(path).map_err(err)?);
            let (bytes, mut packed) = self.gunzip(packed, size, &shown)?;
            io::copy(&mut packed, &mut io::sink()).map_err(err)?;
            let (sha256, size) = packed.finish();
            if let Some(input) = self.opened.inputs.last_mut() {
                input.sha256 = Some(sha256.clone());
            }
            return self.bytes(origin, bytes, size, Some(sha256), named);
        }
        self.known(origin, Bytes::File(path.to_owned()), size, None, named, start)
    }

    fn folder(&mut self, root: &Path) -> Result<(), OpenError> {
        let shown = root.display().to_string();
        let before = self.opened.sources.len();
        let mut strangers = Strangers::default();
        let mut open = vec![root.to_owned()];
        let mut files = Vec::new();
        while let Some(folder) = open.pop() {
            let entries = match fs::read_dir(&folder) {
                Ok(entries) => entries,
                Err(e) if folder == root => return Err(OpenError::io(&shown, e)),
                Err(e) => {
                    self.unreadable(&folder.display().to_string(), &e.to_string());
                    continue;
                }
            };
            for entry in entries.flatten() {
                let path = entry.path();
                // Links could lead out of the folder or in a circle.
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() => open.push(path),
                    Ok(kind) if kind.is_file() => files.push(path),
                    Ok(kind) if kind.is_symlink() => {
                        strangers.add("a link, which is not followed", path.display().to_string());
                    }
                    Ok(_) => strangers.add("a pipe or a device", path.display().to_string()),
                    Err(e) => self.unreadable(&path.display().to_string(), &e.to_string()),
                }
                if files.len() > self.most_files {
                    return Err(OpenError::TooManyFiles(shown));
                }
            }
        }
        files.sort();
        let looks = self.asked.look_at_all(&files, self.jobs);
        for (path, look) in files.into_iter().zip(looks) {
            match self.file(&path, look, Some(root), false) {
                Ok(()) => {}
                Err(OpenError::NotRecognised { what, .. }) => strangers.add(what, path.display().to_string()),
                Err(OpenError::OtherFormat { .. }) => {
                    strangers.add("of another format", path.display().to_string());
                }
                Err(OpenError::Empty(_)) => strangers.add("an empty file", path.display().to_string()),
                Err(OpenError::Io { error, .. }) => {
                    self.unreadable(&path.display().to_string(), &error.to_string());
                }
                Err(e) => self.unreadable(&path.display().to_string(), &e.to_string()),
            }
        }
        self.finish_container(&shown, before, strangers)
    }

    pub(super) fn bytes(
        &mut self,
        origin: Origin,
        bytes: Bytes,
        size: u64,
        sha256: Option<String>,
        named: bool,
    ) -> Result<(), OpenError> {
        let mut stream = bytes.stream().map_err(|e| OpenError::io(&origin.shown, e))?;
        let first = sample(&mut *stream).map_err(|e| OpenError::io(&origin.shown, e))?;
        let start = self.asked.start_of(&first, named);
        self.known(origin, bytes, size, sha256, named, start)
    }

    /// Takes in a source of which it is known what it is.
    pub(super) fn known(
        &mut self,
        origin: Origin,
        bytes: Bytes,
        size: u64,
        sha256: Option<String>,
        named: bool,
        start: Start,
    ) -> Result<(), OpenError> {
        let shown = origin.shown.clone();
        let (format, found) = match start {
            Start::Known(format, found) => (format, found),
            Start::Empty => return Err(OpenError::Empty(shown)),
            Start::Stranger(Stranger::Other(what)) => {
                let asked = self.asked.words();
                return Err(OpenError::OtherFormat { shown, what, asked });
            }
            Start::Stranger(Stranger::Nothing(what)) if self.asked.is_something() && named => {
                return Err(OpenError::OtherFormat {
                    shown,
                    what: what.to_owned(),
                    asked: self.asked.words(),
                });
            }
            Start::Stranger(Stranger::Nothing(what)) => return Err(OpenError::NotRecognised { shown, what }),
            // Packed twice: not unpacked further.
            Start::Zip | Start::Gzip => {
                let what = "an archive in an archive; unpack it first";
                return Err(OpenError::NotRecognised { shown, what });
            }
        };
        let is_xml = matches!(format, Format::Entries(reader) if !matches!(reader.info().name, "jsonl"));
        let needs_translation = is_xml && found.encoding != encoding_rs::UTF_8;
        let (bytes, sha256) = if needs_translation {
            self.translate(&origin, &bytes, found, sha256)?
        } else {
            (bytes, sha256)
        };
        self.opened.sources.push(Source {
            name: origin.name,
            shown: origin.shown,
            container: origin.container,
            path: origin.path,
            folder: origin.folder,
            format,
            bytes,
            size,
            sha256,
            encoding: is_xml.then(|| found.encoding.name()),
            is_named: named,
            is_translated: needs_translation,
        });
        Ok(())
    }

    /// Copies a source in another encoding into the spool, as UTF-8.
    fn translate(
        &mut self,
        origin: &Origin,
        bytes: &Bytes,
        found: Found,
        sha256: Option<String>,
    ) -> Result<(Bytes, Option<String>), OpenError> {
        let err = |e| OpenError::io(&origin.shown, e);
        let name = found.encoding.name();
        if found.is_undeclared {
            self.opened.notices.push(
                Notice::new(
                    NoticeCode::FormFault,
                    format!("The file says it is UTF-8 and is not; it was read as {name}."),
                )
                .in_source(&origin.name),
            );
        }
        let mut original = Hashing::new(bytes.stream().map_err(err)?);
        let start = self.opened.spool.length();
        let mut writer = self.opened.spool.writer().map_err(err)?;
        let mut decoder = found.encoding.new_decoder();
        let mut block = vec![0; 64 * 1024];
        let mut length = 0;
        let mut has_errors = false;
        loop {
            let n = original.read(&mut block).map_err(err)?;
            let piece = block.get(..n).unwrap_or_default();
            let mut text = String::with_capacity(decoder.max_utf8_buffer_length(n).unwrap_or(4 * n + 16));
            let (_, _, replaced) = decoder.decode_to_string(piece, &mut text, n == 0);
            has_errors |= replaced;
            io::Write::write_all(&mut writer, text.as_bytes()).map_err(err)?;
            length += text.len() as u64;
            if n == 0 {
                break;
            }
        }
        if has_errors {
            self.opened.notices.push(
                Notice::new(
                    NoticeCode::DamagedText,
                    format!("Some bytes are no text in {name}; they were replaced."),
                )
                .in_source(&origin.name),
            );
        }
        let (hash, _) = original.finish();
        let bytes = self.opened.spool.end(start, length).map_err(err)?;
        Ok((bytes, sha256.or(Some(hash))))
    }

    pub(super) fn unreadable(&mut self, shown: &str, what: &str) {
        self.opened.notices.push(
            Notice::new(
                NoticeCode::UnreadableFile,
                format!("{shown} could not be read: {what}."),
            )
            .in_source(shown),
        );
    }

    pub(super) fn finish_container(
        &mut self,
        shown: &str,
        before: usize,
        strangers: Strangers,
    ) -> Result<(), OpenError> {
        if self.opened.sources.len() == before {
            // What could not be read says more than that nothing was found.
            if let Some(notice) = self
                .opened
                .notices
                .iter()
                .find(|n| n.code == NoticeCode::UnreadableFile)
            {
                return Err(OpenError::Io {
                    shown: shown.to_owned(),
                    error: io::Error::other(notice.message.clone()),
                });
            }
            return Err(OpenError::NothingFound(shown.to_owned()));
        }
        strangers.tell(shown, &mut self.opened.notices);
        Ok(())
    }
}

/// Files of a folder or zip that are nothing blogark reads, by what they are.
#[derive(Default)]
pub(super) struct Strangers(std::collections::BTreeMap<&'static str, Vec<String>>);

impl Strangers {
    pub(super) fn add(&mut self, what: &'static str, shown: String) {
        self.0.entry(what).or_default().push(shown);
    }

    /// One notice for all of them, which names them: a Takeout holds thousands of pictures.
    pub(super) fn tell(self, shown: &str, notices: &mut Vec<Notice>) {
        if self.0.is_empty() {
            return;
        }
        let kinds: Vec<String> = self
            .0
            .iter()
            .map(|(what, files)| format!("{} × {what}", files.len()))
            .collect();
        notices.push(
            Notice::new(
                NoticeCode::NotRecognised,
                format!(
                    "Files in {shown} that hold no posts were passed over: {}.",
                    kinds.join(", ")
                ),
            )
            .in_source(shown)
            .about_files(self.0.into_values().flatten().collect()),
        );
    }
}
