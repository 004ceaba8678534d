//! Readers: bytes in, records out. One module a format; a reader knows nothing of writers.
//!
//! Two kinds of formats. An **entry format** (exports, feeds, JSON Lines) is a file of many entries that can be cut
//! out and read one by one: its reader surveys the file once, reporting a sighting for each entry, and later turns
//! the bytes of any one entry into records again. A **document format** (a JSON document, a saved page) is read
//! whole, once; what it gives is spooled as JSON Lines.
//!
//! A new format is one new module and one line in [`FORMATS`].

pub mod archive_json;
pub mod archive_lines;
pub mod atom;
pub mod blogger;
pub mod copied_text;
pub mod feed;
mod head;
pub(crate) mod json;
pub mod permalink;
pub(crate) mod phrases;
pub mod saved_page;
mod unknown_fields;
pub mod wxr;
pub mod xml;

use std::borrow::Cow;
use std::io;

use smallvec::SmallVec;

use crate::ledger::Notice;
use crate::model::{Blog, Comment, CommentStatus, Date, IdBasis, Media, Moment, Post, Record, SourceInfo};

/// How many bytes one entry, one line of JSON, one saved page or one copied text may have. No post is that long; what is
/// longer is damage or a trap, and would fill the memory.
pub const MAX_ENTRY: usize = 256 * 1024 * 1024;

/// What a format is.
#[derive(Debug)]
pub struct FormatInfo {
    /// Its name on the command line and in `provenance.method`.
    pub name: &'static str,
    /// Its name in a sentence.
    pub title: &'static str,
    /// What it is and how one gets it.
    pub about: &'static str,
    /// How far it is trusted where several sources hold the same post.
    pub class: Class,
}

/// Which source wins where several hold the same post: the earlier in this list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// An export of the whole blog.
    Export,
    /// A feed.
    Feed,
    /// A saved page or copied text.
    Page,
}

/// A place in a source: bytes from `offset`, as many as `length`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// First byte, counted from 0.
    pub offset: u64,
    /// Number of bytes.
    pub length: u64,
}

/// One thing that an entry holds.
#[derive(Clone, Debug)]
pub enum Entry {
    /// A post or page; comments may stand in it.
    Post(Box<Post>),
    /// A comment of a blog; `comment.post` says whose.
    Comment {
        /// Id of the blog.
        blog: String,
        /// The comment.
        comment: Box<Comment>,
    },
    /// A picture or file.
    Media(Box<Media>),
}

/// Why an entry could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// Byte of the source where it broke.
    pub offset: u64,
    /// What is wrong, as the end of a sentence.
    pub what: String,
    /// What was lost, as far as it can be told.
    pub kind: DamagedKind,
    /// Id of the lost record, where it can be told.
    pub id: Option<String>,
}

/// What a damaged entry was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DamagedKind {
    /// A post or page.
    Post,
    /// A comment.
    Comment,
    /// Neither: a setting, the template.
    Other,
}

/// Whether a reader is to give a record whole or only what the catalogue keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// All of it.
    Record,
    /// Everything but the body, where the id does not depend on it.
    Card,
}

/// What an entry cut out of its document must still know of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// Id of the blog that entries belong to, where they do not say.
    pub blog: String,
    /// Namespaces declared on the root.
    pub namespaces: xml::Namespaces,
    /// Version or generation of the format, where it tells.
    pub version: Option<String>,
    /// Id of the post that a per-post comment feed belongs to.
    pub post: Option<String>,
    /// Entries are comments (a feed of comments).
    pub comments_only: bool,
    /// The comments are the owner's own on other blogs (Takeout's `Comments` folder).
    pub own_comments: bool,
    /// Title of the document, where entries need it.
    pub title: Option<String>,
    /// What the items of a WordPress export need of its head.
    pub wxr: wxr::WxrHead,
}

/// A comment as a survey tells of it: what the catalogue keeps, without a record being made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SeenComment<'a> {
    /// `id` of the record.
    pub id: &'a str,
    /// Id of its post.
    pub post: Option<&'a str>,
    /// Id of the comment that it answers.
    pub in_reply_to: Option<&'a str>,
    /// Whether it was shown.
    pub status: CommentStatus,
    /// When it was written.
    pub published: Option<Moment>,
    /// The source tells the e-mail address of who wrote it.
    pub has_email: bool,
    /// The source tells the IP address of who wrote it.
    pub has_ip: bool,
    /// Its owner wrote it on somebody else's blog.
    pub is_own_elsewhere: bool,
    /// It was found to look like spam before.
    pub is_suspected_spam: bool,
    /// Its body as the source writes it: what comments are compared by, and no more.
    pub body: &'a str,
}

impl<'a> From<&'a Comment> for SeenComment<'a> {
    fn from(comment: &'a Comment) -> SeenComment<'a> {
        let author = comment.author.as_ref();
        SeenComment {
            id: &comment.id,
            post: comment.post.as_deref(),
            in_reply_to: comment.in_reply_to.as_deref(),
            status: comment.status,
            published: comment.date_published.as_ref().map(Date::moment),
            has_email: author.is_some_and(|a| a._email.is_some()),
            has_ip: author.is_some_and(|a| a._ip.is_some()),
            is_own_elsewhere: comment.is_own_elsewhere(),
            is_suspected_spam: comment.suspected_spam.is_some(),
            body: comment.content_html.as_deref().unwrap_or_default(),
        }
    }
}

/// Receives what a survey finds. The archive's catalogue is one.
pub trait Sink {
    /// What the source tells of a blog; several reports about one blog are joined.
    fn blog(&mut self, blog: Blog);
    /// A post was seen.
    fn post(&mut self, span: Span, post: &Post);
    /// A comment was seen; `comment.post` says whose it is.
    fn comment(&mut self, span: Span, blog: &str, comment: SeenComment<'_>);
    /// A media record was seen.
    fn media(&mut self, span: Span, media: &Media);
    /// An entry could not be read.
    fn damaged(&mut self, damage: Damage);
    /// Something the user should know.
    fn notice(&mut self, notice: Notice);
    /// Personal values were left out for good.
    fn redacted(&mut self, field: &'static str, count: u64);
    /// A head of an archive that is read again: its sources stand for this one.
    fn sources(&mut self, sources: Vec<SourceInfo>);
}

/// The records of one entry: nearly always one.
pub type EntryRecords = SmallVec<[Entry; 1]>;

/// Reports what an entry holds to a sink.
pub fn sight(sink: &mut dyn Sink, span: Span, entry: &Entry) {
    match entry {
        Entry::Post(post) => {
            sink.post(span, post);
            for comment in &post.comments {
                sink.comment_of(span, post, comment.into());
            }
        }
        Entry::Comment { blog, comment } => sink.comment(span, blog, comment.as_ref().into()),
        Entry::Media(media) => sink.media(span, media),
    }
}

impl dyn Sink + '_ {
    /// A comment that stands inside its post was seen.
    fn comment_of(&mut self, span: Span, post: &Post, seen: SeenComment<'_>) {
        self.comment(
            span,
            &post.blog,
            SeenComment {
                post: seen.post.or(Some(&post.id)),
                ..seen
            },
        );
    }
}

/// Why a source could not be read at all.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The bytes could not be had.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The source is not what it was taken for.
    #[error("{0}")]
    Unreadable(String),
    /// blogark itself failed at the source.
    #[error("{0}")]
    Fault(String),
}

/// The start of a source, from which formats are told apart. Never more than [`Sample::SIZE`] bytes.
#[derive(Clone, Copy, Debug)]
pub struct Sample<'a> {
    /// The first bytes, in UTF-8 where the source declares another encoding for its XML.
    pub bytes: &'a [u8],
    /// Whether these are all bytes there are.
    pub whole: bool,
}

impl<'a> Sample<'a> {
    /// How many bytes are looked at.
    pub const SIZE: usize = 64 * 1024;

    /// The bytes as text. Every format looks at it, so the check that it is text is the fastest there is.
    pub fn text(&self) -> Cow<'a, str> {
        xml::utf8(self.bytes).0
    }
}

/// Reads a file of many entries.
pub trait EntryReader: Send + Sync {
    /// What the format is.
    fn info(&self) -> &'static FormatInfo;

    /// Whether the source is of this format, by its content.
    fn recognise(&self, sample: Sample<'_>) -> bool;

    /// Whether a source whose beginning is damaged seems to be of this format, by what stands in its entries.
    fn recognise_damaged(&self, _text: &str) -> bool {
        false
    }

    /// Goes over the whole source once and reports everything that is in it, bodies left aside. Damage is reported
    /// to the sink and does not end the survey. Gives what single entries need to be read later.
    ///
    /// # Errors
    /// When the bytes cannot be had, or hold nothing of this format.
    fn survey(&self, input: &mut (dyn io::Read + Send), sink: &mut dyn Sink) -> Result<Context, ReadError>;

    /// Reads one entry from its bytes; `offset` is where they stand in the source.
    ///
    /// # Errors
    /// When the entry is broken.
    fn entry(&self, context: &Context, bytes: &[u8], offset: u64) -> Result<EntryRecords, Damage>;
}

/// What a document reader is told beside the bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hints<'a> {
    /// Path of the document under the folder or zip it came from.
    pub path: Option<&'a str>,
    /// Address that the user gave for the blog.
    pub base_url: Option<&'a str>,
}

/// Receives what a document holds.
pub trait RecordSink {
    /// A record: a blog, a post with its comments, a comment without its post, media. An archive's head stands for
    /// the document's own place in the list of sources.
    ///
    /// # Errors
    /// When the spool cannot be written.
    fn record(&mut self, record: Record) -> io::Result<()>;
    /// A comment of a blog whose post is not in the document.
    ///
    /// # Errors
    /// When the spool cannot be written.
    fn comment(&mut self, blog: &str, comment: Comment) -> io::Result<()>;
    /// A part of the document could not be read.
    fn damaged(&mut self, damage: Damage);
    /// Something the user should know.
    fn notice(&mut self, notice: Notice);
    /// When this copy of the document was made, where it tells.
    fn captured(&mut self, at: Date);
}

/// Reads a document whole, once.
pub trait DocumentReader: Send + Sync {
    /// What the format is.
    fn info(&self) -> &'static FormatInfo;

    /// Whether the source is of this format, by its content.
    fn recognise(&self, sample: Sample<'_>) -> bool;

    /// Whether a source whose beginning is damaged seems to be of this format, by what stands in its entries.
    fn recognise_damaged(&self, _text: &str) -> bool {
        false
    }

    /// Reads everything. Gives the version or generation of the format, where it tells.
    ///
    /// # Errors
    /// When the bytes cannot be had, or hold nothing of this format.
    fn read(
        &self,
        input: &mut dyn io::BufRead,
        hints: Hints<'_>,
        out: &mut dyn RecordSink,
    ) -> Result<Option<String>, ReadError>;
}

/// Does something with one entry or document and outlives a fault of blogark's own in it. Whatever `work` was about counts as
/// damaged then; what it shares with others is changed only by whole records.
///
/// # Errors
/// The words for what happened, as the end of a sentence.
pub(crate) fn outlive<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| {
        "blogark failed at it, which is a fault of blogark; please report it, with what stands above".to_owned()
    })
}

/// What is said of an entry that is longer than [`MAX_ENTRY`].
pub(crate) fn too_long() -> String {
    format!("it is longer than {} MB, which no post is", MAX_ENTRY >> 20)
}

/// Reads a document into memory, where it is not larger than [`MAX_ENTRY`].
///
/// # Errors
/// When the bytes cannot be had, or are too many.
pub(crate) fn read_whole(input: &mut dyn io::Read) -> Result<Vec<u8>, ReadError> {
    use io::Read;
    let mut bytes = Vec::new();
    input.take(MAX_ENTRY as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > MAX_ENTRY {
        return Err(ReadError::Unreadable(too_long()));
    }
    Ok(bytes)
}

/// A format that blogark reads.
#[derive(Clone, Copy)]
pub enum Format {
    /// A file of many entries.
    Entries(&'static dyn EntryReader),
    /// A document that is read whole.
    Document(&'static dyn DocumentReader),
    /// A file that only tells something about the blog beside it.
    Companion(&'static FormatInfo, fn(Sample<'_>) -> bool),
}

impl Format {
    /// What the format is.
    pub fn info(&self) -> &'static FormatInfo {
        match self {
            Format::Entries(reader) => reader.info(),
            Format::Document(reader) => reader.info(),
            Format::Companion(info, _) => info,
        }
    }

    fn recognise(&self, sample: Sample<'_>) -> bool {
        match self {
            Format::Entries(reader) => reader.recognise(sample),
            Format::Document(reader) => reader.recognise(sample),
            Format::Companion(_, recognise) => recognise(sample),
        }
    }
}

/// Every format that blogark reads, in the order in which they are tried.
pub static FORMATS: &[Format] = &[
    Format::Entries(&blogger::export::Export),
    Format::Entries(&blogger::takeout::Takeout),
    Format::Entries(&wxr::Wxr),
    Format::Entries(&feed::atom::AtomFeed),
    Format::Entries(&feed::rss::RssFeed),
    Format::Document(&feed::json::JsonFeed),
    Format::Document(&archive_json::ArchiveJson),
    Format::Entries(&archive_lines::ArchiveLines),
    Format::Companion(&blogger::settings::INFO, blogger::settings::recognise),
    Format::Document(&saved_page::SavedPage),
    Format::Document(&copied_text::CopiedText),
];

/// Id of a blog of which a source tells neither number nor address.
pub(crate) const UNKNOWN_BLOG: &str = "unknown";

/// Gives a post without an id one made from date, title and text.
pub(crate) fn derive_post_id(post: &mut Post) {
    post.id = derived_post_id(post);
    post.id_basis = Some(IdBasis::Derived);
}

/// Gives a comment without an id one made from date and text.
pub(crate) fn derive_comment_id(comment: &mut Comment) {
    comment.id = derived_comment_id(comment);
    comment.id_basis = Some(IdBasis::Derived);
}

/// The id that a post has by its date, title and text.
pub(crate) fn derived_post_id(post: &Post) -> String {
    let date = post.date_published.as_ref().map(|d| d.as_str());
    derived_id(date, post.title.as_deref(), post.content_html.as_deref())
}

/// The id that a comment has by its date and text.
pub(crate) fn derived_comment_id(comment: &Comment) -> String {
    let date = comment.date_published.as_ref().map(|d| d.as_str());
    derived_id(date, None, comment.content_html.as_deref())
}

/// The id of a record whose source gives none: `sha256:` and 16 hexadecimal digits of its date, title and text.
pub fn derived_id(date: Option<&str>, title: Option<&str>, text: Option<&str>) -> String {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    for part in [date, title, text] {
        hash.update(part.unwrap_or_default().as_bytes());
        hash.update([0]);
    }
    let digest = hash.finalize();
    let mut id = String::from("sha256:");
    for byte in digest.iter().take(8) {
        id.push_str(&format!("{byte:02x}"));
    }
    id
}

/// The hexadecimal digits of an id that [`derived_id`] made; none of a source's own, which may begin as it likes.
pub(crate) fn derived_digits(id: &str) -> Option<&str> {
    let is_digit = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    id.strip_prefix("sha256:")
        .filter(|digits| digits.len() == 16 && digits.bytes().all(is_digit))
}

/// Tells what a source is by its content.
pub fn recognise(sample: Sample<'_>) -> Option<Format> {
    // A folder of saved pages has thousands of files that begin with `<html>`, which none of the exports and feeds does.
    let is_page = xml::root(&sample.text())
        .is_some_and(|root| !root.has_garbage_before && root.name.eq_ignore_ascii_case("html"));
    let may_be = |format: &Format| !(is_page && matches!(format, Format::Entries(_)));
    let tried = || FORMATS.iter().copied().filter(may_be);
    // Pages and copied text are known by little: what has lost its beginning must not be taken for one.
    let is_little = |format: &Format| format.info().class == Class::Page;
    tried()
        .find(|format| !is_little(format) && format.recognise(sample))
        .or_else(|| damaged(sample, tried()))
        .or_else(|| tried().find(|format| is_little(format) && format.recognise(sample)))
}

/// The format of a source whose beginning is broken, by what stands behind.
fn damaged(sample: Sample<'_>, mut formats: impl Iterator<Item = Format>) -> Option<Format> {
    let text = sample.text();
    let is_json = text.trim_start_matches('\u{feff}').contains("\":");
    let has_entries = xml::has_entries(&text);
    if !is_json && !has_entries {
        return None;
    }
    formats.find(|format| match format {
        Format::Entries(reader) => reader.recognise_damaged(&text),
        Format::Document(reader) => reader.recognise_damaged(&text),
        Format::Companion(..) => false,
    })
}

/// The format with this name.
pub fn by_name(name: &str) -> Option<Format> {
    FORMATS.iter().copied().find(|f| f.info().name == name)
}
