//! The survey: one pass over every source, then joining.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{self, Read};
use std::sync::OnceLock;

use super::blogs::{self, PlaceOf, Settings};
use super::cards::Marks;
use super::catalogue::{Catalogue, Surveyed};
use super::documents::{self, SMALL, Small, Spooled};
use super::error::ArchiveError;
use super::{Archive, SourceIds, join, media, repeats};
use crate::ledger::{Notice, NoticeCode};
use crate::model::{Assumptions, SourceInfo};
use crate::read::blogger::settings;
use crate::read::{Context, DocumentReader, EntryReader, Format, ReadError, read_whole};
use crate::source::{Bytes, HashBeside, Hashing, Opened, Source, Spool};

/// What the user says about the sources.
#[derive(Clone, Copy, Default)]
pub struct SurveyOptions<'a> {
    /// Address of the blog, where the sources do not know it.
    pub base_url: Option<&'a str>,
    /// IANA zone for dates without an offset.
    pub time_zone: Option<&'a str>,
    /// Told how many bytes were read, as they are.
    pub progress: Option<&'a (dyn Fn(u64) + Sync)>,
    /// How many threads read documents; 0 is taken for 1.
    pub jobs: usize,
    /// Nobody asks for the SHA-256 of the sources: where there is one export and no more, it is not taken. (Of several,
    /// it puts them in order.)
    pub without_sha256: bool,
}

impl Archive {
    /// Goes over every source once and makes the catalogue.
    ///
    /// # Errors
    /// When a source cannot be read at all, or an option is no zone or address. Damage inside a source is in the
    /// ledger and the notices.
    pub fn survey(mut opened: Opened, mut options: SurveyOptions<'_>) -> Result<Archive, ArchiveError> {
        let zone = options
            .time_zone
            .map(|name| crate::model::Zone::named(name).ok_or_else(|| ArchiveError::NoSuchZone(name.to_owned())))
            .transpose()?;
        if let Some(url) = options.base_url
            && !(url.starts_with("http://") || url.starts_with("https://"))
        {
            return Err(ArchiveError::BadBaseUrl(url.to_owned()));
        }
        let mut notices = std::mem::take(&mut opened.notices);
        drop_same_files(&mut opened.sources, &mut notices, options.jobs)?;
        options.without_sha256 &= opened.sources.len() == 1;
        let mut survey = Survey {
            catalogue: Catalogue::default(),
            spool: std::mem::take(&mut opened.spool),
            options,
            companions: Vec::new(),
            places: Vec::new(),
            strangers: BTreeMap::new(),
            unreadable: Vec::new(),
            fault: None,
            hash: None,
        };
        survey.all(opened.sources)?;
        if survey.catalogue.sources.len() > 1 {
            // It puts them in order.
            survey.finish_hash()?;
        }
        let Survey {
            mut catalogue,
            hash,
            companions,
            places,
            strangers,
            unreadable,
            fault,
            ..
        } = survey;
        notices.extend(unreadable);
        if catalogue.sources.is_empty() {
            if let Some((shown, error)) = fault {
                return Err(read_error(&shown, error));
            }
            let count = strangers.values().map(Vec::len).sum();
            let first = strangers
                .iter()
                .filter_map(|(what, files)| Some((files.iter().min()?, what)))
                .min();
            let (shown, what) = first.map_or_else(
                || ("the input".to_owned(), "it holds no file".to_owned()),
                |(file, what)| (and_others(file, count), what.clone()),
            );
            return Err(ArchiveError::NothingFound { shown, what });
        }
        for (what, files) in strangers {
            let Some(first) = files.iter().min().cloned() else {
                continue;
            };
            let verb = if files.len() == 1 {
                "holds no post and was"
            } else {
                "hold no posts and were"
            };
            notices.push(
                Notice::new(
                    NoticeCode::NotRecognised,
                    format!("{} {verb} passed over: {what}.", and_others(&first, files.len())),
                )
                .in_source(&first)
                .about_files(files),
            );
        }
        let said = (options.base_url.is_some(), options.time_zone.is_some());
        blogs::pair_settings(&mut catalogue, companions, &places, said);
        blogs::join_by_host(&mut catalogue);

        let ranks = ranks(&catalogue.sources);
        let (blogs, blog_places) = blogs::join(&mut catalogue, &ranks, options.base_url, zone)?;
        let joined = join::join(&mut catalogue, &ranks, &blogs, &blog_places);
        media::settle(&mut catalogue, &ranks);
        let repeats = OnceLock::new();
        if let Some(hash) = hash {
            // While it is taken, there is time for what will be wanted.
            repeats.get_or_init(|| repeats::count(&catalogue, &joined));
            hash.finish(&mut catalogue.sources)?;
        }
        let (infos, source_ids) = source_infos(&catalogue.sources, &ranks);
        let mut archive = Archive {
            ledger: std::mem::take(&mut catalogue.ledger),
            assumptions: (options.base_url.is_some() || options.time_zone.is_some()).then(|| Assumptions {
                time_zone: options.time_zone.map(str::to_owned),
                base_url: options.base_url.map(str::to_owned),
            }),
            catalogue,
            joined,
            repeats,
            blogs,
            blog_places,
            sources: infos,
            source_ids,
            ranks,
            notices: Vec::new(),
        };
        archive.ledger.posts.merged = archive.catalogue.posts.len() as u64 - archive.joined.posts.len() as u64;
        archive.ledger.comments.merged = archive.catalogue.comments.len() as u64 - archive.joined.comments.len() as u64;
        archive.collect_authors();
        archive.collect_notices(notices);
        Ok(archive)
    }

    /// Puts the notices of the survey in an order that does not depend on that of the arguments.
    fn collect_notices(&mut self, opened: Vec<Notice>) {
        let mut ranked: Vec<(u32, Notice)> = Vec::new();
        for mut notice in std::mem::take(&mut self.catalogue.notices) {
            let number = notice.source.take().and_then(|n| n.parse::<usize>().ok());
            let rank = number.and_then(|n| self.ranks.get(n)).copied().unwrap_or(u32::MAX);
            notice.source = number
                .and_then(|n| self.catalogue.sources.get(n))
                .map(|s| s.shown.clone());
            ranked.push((rank, notice));
        }
        ranked.sort_by(|(a, x), (b, y)| (a, x.offset).cmp(&(b, y.offset)));
        self.notices = opened;
        self.notices.sort_by(|a, b| a.message.cmp(&b.message));
        self.notices.extend(ranked.into_iter().map(|(_, n)| n));
        self.joined
            .notices
            .sort_by(|a, b| (&a.blog, &a.post, &a.message).cmp(&(&b.blog, &b.post, &b.message)));
        self.notices.append(&mut self.joined.notices);
        for notice in &self.notices {
            self.ledger.count(notice);
        }
    }
}

/// "page.html", "page.html and 3 other files".
fn and_others(first: &str, count: usize) -> String {
    match count {
        0 | 1 => first.to_owned(),
        2 => format!("{first} and 1 other file"),
        n => format!("{first} and {} other files", n - 1),
    }
}

/// `(1)` of `feed(1).atom`: Takeout numbers the files of blogs with the same title.
fn suffix(name: &str) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    stem.strip_suffix(')')
        .and_then(|s| s.rsplit_once('('))
        .filter(|(_, n)| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
        .map(|(_, n)| n.to_owned())
        .unwrap_or_default()
}

/// The same file given twice is read once.
fn drop_same_files(sources: &mut Vec<Source>, notices: &mut Vec<Notice>, jobs: usize) -> Result<(), ArchiveError> {
    let mut sizes: HashMap<u64, u32> = HashMap::new();
    for source in sources.iter() {
        *sizes.entry(source.size).or_default() += 1;
    }
    hash_those(sources, |s| sizes.get(&s.size).is_some_and(|n| *n > 1), jobs)?;
    // Which of the same files is kept does not depend on the order of the arguments: one that has its settings beside
    // it, else the first by name.
    let place = |s: &Source| (s.folder.clone(), suffix(&s.name));
    let is_companion = |s: &Source| matches!(s.format, Format::Companion(..));
    let settings: HashSet<(String, String)> = sources.iter().filter(|s| is_companion(s)).map(place).collect();
    sources.sort_by_cached_key(|s| (!settings.contains(&place(s)), s.shown.clone()));
    let mut seen: HashMap<(String, String), String> = HashMap::new();
    let mut kept = Vec::new();
    for source in sources.drain(..) {
        if sizes.get(&source.size).is_some_and(|n| *n > 1) {
            let hash = source.sha256.clone().unwrap_or_default();
            // Settings of two blogs may be equal to the byte, and each belongs to its own feed.
            let folder = match source.format {
                Format::Companion(..) => source.folder.clone() + &suffix(&source.name),
                _ => String::new(),
            };
            let key = (hash, folder);
            if let Some(first) = seen.get(&key) {
                notices.push(Notice::new(
                    NoticeCode::SameFile,
                    format!("{} is the same file as {first}; it was read once.", source.shown),
                ));
                continue;
            }
            seen.insert(key, source.shown.clone());
        }
        kept.push(source);
    }
    *sources = kept;
    Ok(())
}

/// Takes the SHA-256 of sources that have none yet, on `jobs` threads.
fn hash_those(
    sources: &mut [Source],
    is_wanted: impl Fn(&Source) -> bool + Sync,
    jobs: usize,
) -> Result<(), ArchiveError> {
    let share = sources.len().div_ceil(jobs.max(1)).max(1);
    let hash = |sources: &mut [Source]| -> Result<(), ArchiveError> {
        for source in sources.iter_mut().filter(|s| s.sha256.is_none() && is_wanted(s)) {
            let mut stream = Hashing::new(open(source)?);
            io::copy(&mut stream, &mut io::sink()).map_err(|e| read_error(&source.shown, e.into()))?;
            source.sha256 = Some(stream.finish().0);
        }
        Ok(())
    };
    if sources.len() <= share {
        return hash(sources);
    }
    std::thread::scope(|scope| {
        let threads: Vec<_> = sources
            .chunks_mut(share)
            .map(|share| scope.spawn(|| hash(share)))
            .collect();
        for thread in threads {
            thread.join().unwrap_or_else(|_| {
                Err(read_error(
                    "a file",
                    ReadError::Unreadable("it could not be hashed".into()),
                ))
            })?;
        }
        Ok(())
    })
}

fn open(source: &Source) -> Result<Box<dyn Read + Send>, ArchiveError> {
    source.bytes.stream().map_err(|e| read_error(&source.shown, e.into()))
}

fn read_error(shown: &str, error: ReadError) -> ArchiveError {
    ArchiveError::Read {
        shown: shown.to_owned(),
        error,
    }
}

/// Passes bytes on and tells how many there were.
struct Told<'a, R> {
    inner: R,
    progress: Option<&'a (dyn Fn(u64) + Sync)>,
}

impl<R: Read> Read for Told<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        if let Some(progress) = self.progress {
            progress(n as u64);
        }
        Ok(n)
    }
}

/// The SHA-256 of a source, while it is taken.
struct SourceHash {
    number: usize,
    shown: String,
    /// So many bytes were surveyed.
    size: u64,
    hash: HashBeside,
}

impl SourceHash {
    fn finish(self, sources: &mut [Surveyed]) -> Result<(), ArchiveError> {
        let sha256 = self
            .hash
            .finish(self.size)
            .map_err(|e| read_error(&self.shown, e.into()))?;
        if let Some(source) = sources.get_mut(self.number) {
            source.info.sha256 = Some(sha256);
        }
        Ok(())
    }
}

/// The survey while it goes on.
struct Survey<'a> {
    catalogue: Catalogue,
    spool: Spool,
    options: SurveyOptions<'a>,
    companions: Vec<Settings>,
    places: Vec<PlaceOf>,
    /// Documents that were found beside others and hold no posts, by what they are.
    strangers: BTreeMap<String, Vec<String>>,
    /// Files that were found and could not be read.
    unreadable: Vec<Notice>,
    /// The first document at which blogark failed.
    fault: Option<(String, ReadError)>,
    /// The SHA-256 of the last source, which nobody needs yet.
    hash: Option<SourceHash>,
}

impl Survey<'_> {
    fn all(&mut self, sources: Vec<Source>) -> Result<(), ArchiveError> {
        let mut small: Vec<Small> = Vec::new();
        for source in sources {
            match source.format {
                Format::Document(reader) if source.size <= SMALL => {
                    small.push((source, reader));
                    continue;
                }
                _ => self.documents(&mut small)?,
            }
            match source.format {
                Format::Entries(reader) => self.entries(source, reader)?,
                Format::Document(reader) => self.large_document(&source, reader)?,
                Format::Companion(..) => self.companion(source)?,
            }
        }
        self.documents(&mut small)
    }

    /// Begins the next source; gives its number.
    fn begin(&mut self) -> u32 {
        let number = u32::try_from(self.catalogue.sources.len()).unwrap_or(u32::MAX);
        self.catalogue.begin_source(number);
        number
    }

    fn end(&mut self, source: &Source, surveyed: Surveyed) {
        self.places
            .push((source.folder.clone(), suffix(&source.name), source.container.clone()));
        self.catalogue.sources.push(surveyed);
    }

    fn entries(&mut self, source: Source, reader: &'static dyn EntryReader) -> Result<(), ArchiveError> {
        self.finish_hash()?;
        let err = |e| read_error(&source.shown, e);
        let number = self.begin();
        let is_hashed = !self.options.without_sha256 && source.sha256.is_none();
        let hash = (is_hashed && source.size >= HashBeside::LARGE)
            .then(|| HashBeside::begin(&source.bytes))
            .transpose()
            .map_err(|e| err(e.into()))?;
        let mut input = Hashing::new(open(&source)?);
        if !is_hashed || hash.is_some() {
            input.count_only();
        }
        let mut stream = Told {
            inner: input,
            progress: self.options.progress,
        };
        let context = match reader.survey(&mut stream, &mut self.catalogue) {
            Ok(context) => context,
            Err(error) => return self.unreadable(&source, error),
        };
        io::copy(&mut stream, &mut io::sink()).map_err(|e| err(e.into()))?;
        let (_, sha256, size) = stream.inner.into_parts();
        self.hash = hash.map(|hash| SourceHash {
            number: self.catalogue.sources.len(),
            shown: source.shown.clone(),
            size,
            hash,
        });
        if context.own_comments {
            for comment in &mut self.catalogue.comments {
                if comment.place.source == number {
                    comment.marks.set(Marks::OWN);
                }
            }
        }
        let adopted = std::mem::take(&mut self.catalogue.adopted);
        let surveyed = surveyed(&source, source.bytes.clone(), sha256, context, adopted);
        self.end(&source, surveyed);
        Ok(())
    }

    /// Waits for the SHA-256 that is being taken.
    fn finish_hash(&mut self) -> Result<(), ArchiveError> {
        match self.hash.take() {
            Some(hash) => hash.finish(&mut self.catalogue.sources),
            None => Ok(()),
        }
    }

    fn documents(&mut self, small: &mut Vec<Small>) -> Result<(), ArchiveError> {
        let documents = std::mem::take(small);
        let (base_url, jobs) = (self.options.base_url, self.options.jobs);
        documents::read_small(&documents, base_url, jobs, |source, result| {
            self.begin();
            let result = result.and_then(|read| documents::spool_small(&mut self.catalogue, read, &mut self.spool));
            self.document(source, result)
        })
    }

    fn large_document(&mut self, source: &Source, reader: &'static dyn DocumentReader) -> Result<(), ArchiveError> {
        self.begin();
        let base_url = self.options.base_url;
        let result = documents::spool_large(&mut self.catalogue, source, reader, base_url, &mut self.spool);
        self.document(source, result)
    }

    fn document(&mut self, source: &Source, result: Result<Spooled, ReadError>) -> Result<(), ArchiveError> {
        if let Some(progress) = self.options.progress {
            progress(source.size);
        }
        match result {
            Ok(Spooled { told, bytes, context }) => {
                let adopted = std::mem::take(&mut self.catalogue.adopted);
                let mut surveyed = surveyed(source, bytes, Some(told.sha256), context, adopted);
                surveyed.info.captured_at = told.captured;
                self.end(source, surveyed);
                Ok(())
            }
            // Beside the pages of a blog lie others: they are counted, and end nothing.
            Err(ReadError::Unreadable(what)) if !source.is_named => {
                self.strangers.entry(what).or_default().push(source.shown.clone());
                Ok(())
            }
            // That is no reason to read nothing else, be it named or not.
            Err(ReadError::Fault(what)) => {
                let message = format!("{} could not be read: {what}.", source.shown);
                let notice = Notice::new(NoticeCode::UnreadableFile, message);
                self.unreadable.push(notice.in_source(&source.shown));
                self.fault.get_or_insert((source.shown.clone(), ReadError::Fault(what)));
                Ok(())
            }
            Err(error) => Err(read_error(&source.shown, error)),
        }
    }

    /// A file that was named ends the run; one that lay in a folder or zip is named, and the others are read.
    fn unreadable(&mut self, source: &Source, error: ReadError) -> Result<(), ArchiveError> {
        match error {
            ReadError::Unreadable(what) if !source.is_named => {
                let message = format!("{} could not be read: {what}.", source.shown);
                let notice = Notice::new(NoticeCode::UnreadableFile, message);
                self.unreadable.push(notice.in_source(&source.shown));
                Ok(())
            }
            error => Err(read_error(&source.shown, error)),
        }
    }

    fn companion(&mut self, source: Source) -> Result<(), ArchiveError> {
        let number = self.begin();
        let mut stream = Hashing::new(open(&source)?);
        let read = read_whole(&mut stream).and_then(|bytes| settings::read(&bytes));
        let (sha256, _) = stream.finish();
        let (blog, personal) = match read {
            Ok(settings) => settings,
            Err(error) => return self.unreadable(&source, error),
        };
        self.companions.push(Settings {
            source: number,
            blog,
            personal,
        });
        let surveyed = surveyed(
            &source,
            source.bytes.clone(),
            Some(sha256),
            Context::default(),
            Vec::new(),
        );
        self.end(&source, surveyed);
        Ok(())
    }
}

fn surveyed(
    source: &Source,
    bytes: Bytes,
    sha256: Option<String>,
    context: Context,
    adopted: Vec<SourceInfo>,
) -> Surveyed {
    Surveyed {
        info: SourceInfo {
            id: String::new(),
            path: Some(source.name.clone()),
            format: source.format.info().name.to_owned(),
            format_version: context.version.clone(),
            sha256: source.sha256.clone().or(sha256),
            size_in_bytes: Some(source.size),
            encoding: source.encoding.map(str::to_owned),
            captured_at: None,
            _container: source.container.clone(),
        },
        shown: source.shown.clone(),
        format: source.format,
        bytes,
        has_true_places: !source.is_translated,
        context,
        adopted,
    }
}

/// The order in which sources are trusted: class, time of capture, SHA-256; never the order of arguments. An archive comes
/// before what it was made from: where two of those disagree it has settled that already, and merging it with one of them
/// once more is to change nothing.
fn ranks(sources: &[Surveyed]) -> Vec<u32> {
    let mut base: Vec<usize> = (0..sources.len()).collect();
    let key = |n: usize| {
        sources.get(n).map(|s| {
            (
                s.format.info().class,
                s.info.captured_at.as_ref().map(|d| d.as_str().to_owned()),
                s.info.sha256.clone(),
                s.info.path.clone(),
                s.shown.clone(),
            )
        })
    };
    base.sort_by_cached_key(|n| key(*n));
    // The archives, those that were made from most first: what was made from all that another was made from precedes it.
    let of = |infos: &'_ [SourceInfo]| infos.iter().filter_map(|i| i.sha256.clone()).collect::<HashSet<_>>();
    let mut made: Vec<(usize, HashSet<String>)> = base
        .iter()
        .filter_map(|n| Some((*n, of(&sources.get(*n)?.adopted))))
        .filter(|(_, from)| !from.is_empty())
        .collect();
    made.sort_by_key(|(_, from)| std::cmp::Reverse(from.len()));
    let mut order = Vec::with_capacity(base.len());
    let mut is_placed = vec![false; base.len()];
    let mut place = |n: usize| {
        if let Some(is_placed) = is_placed.get_mut(n)
            && !std::mem::replace(is_placed, true)
        {
            order.push(n);
        }
    };
    for number in base {
        let own = made.iter().find(|(n, _)| *n == number).map(|(_, from)| from);
        let sha256 = sources.get(number).and_then(|s| s.info.sha256.as_ref());
        for (archive, from) in &made {
            let holds_it = match own {
                Some(own) => own.len() < from.len() && own.is_subset(from),
                None => sha256.is_some_and(|sha256| from.contains(sha256)),
            };
            if holds_it {
                place(*archive);
            }
        }
        place(number);
    }
    let mut ranks = vec![0; sources.len()];
    for (rank, number) in order.into_iter().enumerate() {
        if let Some(place) = ranks.get_mut(number) {
            *place = u32::try_from(rank).unwrap_or(u32::MAX);
        }
    }
    ranks
}

/// The list of sources for the head, best first, and how records refer to it.
fn source_infos(sources: &[Surveyed], ranks: &[u32]) -> (Vec<SourceInfo>, Vec<SourceIds>) {
    let mut order: Vec<usize> = (0..sources.len()).collect();
    order.sort_by_key(|n| ranks.get(*n).copied());
    let mut infos: Vec<SourceInfo> = Vec::new();
    let mut ids = vec![SourceIds::default(); sources.len()];
    let mut add = |info: &SourceInfo| -> String {
        let same = infos.iter().find(|i| {
            i.sha256.is_some() && (&i.sha256, &i.path, &i.format) == (&info.sha256, &info.path, &info.format)
        });
        if let Some(same) = same {
            return same.id.clone();
        }
        let id = format!("s{}", infos.len() + 1);
        infos.push(SourceInfo {
            id: id.clone(),
            ..info.clone()
        });
        id
    };
    for number in order {
        let (Some(source), Some(ids)) = (sources.get(number), ids.get_mut(number)) else {
            continue;
        };
        if source.adopted.is_empty() {
            ids.own = add(&source.info);
        } else {
            // An archive that is read again: what it was made from stands for it.
            let adopted: BTreeMap<_, _> = source.adopted.iter().map(|i| (i.id.clone(), add(i))).collect();
            ids.adopted = adopted;
        }
    }
    (infos, ids)
}
