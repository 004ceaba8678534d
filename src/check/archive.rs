//! Checks an archive: every line or member read strictly by its type, then the rules between records.
//!
//! What one record can say by itself is in the JSON Schema too; what only several records together can break is here
//! alone: ids that repeat, comments that answer nothing, counts that do not add up, an order that is none.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io::{self, BufRead, Read};

use super::Finding;
use crate::ledger::{Notice, NoticeCode};
use crate::model::{Archive, Comment, Counts, Date, DateBasis, IdBasis, Kind, Post, Provenance, Record, Zone};
use crate::read::archive_json::ArchiveJson;
use crate::read::{Damage, DocumentReader, Hints, MAX_ENTRY, ReadError, RecordSink, derived_digits, too_long};

/// What an archive holds, as far as it could be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// Blogs, posts and pages, comments and media that were found.
    pub counts: Counts,
}

/// Checks JSON Lines.
///
/// # Errors
/// When the bytes cannot be had.
pub fn check_lines(input: &mut dyn BufRead, tell: &mut dyn FnMut(Finding)) -> io::Result<Contents> {
    let mut rules = Rules::new(tell);
    let mut line = Vec::new();
    let mut number = 0;
    loop {
        line.clear();
        if (&mut *input).take(MAX_ENTRY as u64).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        number += 1;
        rules.line = Some(number);
        if line.len() == MAX_ENTRY && !line.ends_with(b"\n") {
            rules.find(&format!("The line is no record: {}.", too_long()));
            input.skip_until(b'\n')?;
            continue;
        }
        if number == 1 && line.starts_with(b"\xef\xbb\xbf") {
            rules.find("The file begins with a byte order mark; JSON Lines has none.");
            line.drain(..3);
        }
        match line.strip_suffix(b"\n") {
            None => rules.find("The last line does not end with a newline: the file may be cut off."),
            Some(rest) if rest.ends_with(b"\r") => {
                rules.find("The line ends with CR LF; JSON Lines ends lines with LF.")
            }
            Some(_) => {}
        }
        let text = line.trim_ascii();
        if text.is_empty() {
            rules.find("The line is empty; every line is a record.");
            continue;
        }
        if memchr::memmem::find(text, b"\xe2\x80\xa8").is_some()
            || memchr::memmem::find(text, b"\xe2\x80\xa9").is_some()
        {
            rules.find("U+2028 or U+2029 stands in the line as it is; some programs take it for a line end, so it must be escaped.");
        }
        if let Some(name) = repeated_name(text) {
            rules.find(&format!("The name {name:?} occurs twice in one object."));
        }
        match Record::from_line(text) {
            Ok(record) => rules.record(record),
            Err(e) => rules.find(&format!("The line is no record: {}.", without_place(&e))),
        }
    }
    rules.line = None;
    Ok(rules.finish())
}

/// Checks the JSON document. It is read as a stream, so findings name records, not lines.
///
/// # Errors
/// When the bytes cannot be had.
pub fn check_document(input: &mut dyn BufRead, tell: &mut dyn FnMut(Finding)) -> io::Result<Contents> {
    let mut rules = Rules::new(tell);
    let mut through = Through { rules: &mut rules };
    match ArchiveJson.read(input, Hints::default(), &mut through) {
        Ok(_) => {}
        Err(ReadError::Io(e)) => return Err(e),
        Err(ReadError::Unreadable(what) | ReadError::Fault(what)) => rules.find(&what),
    }
    Ok(rules.finish())
}

struct Through<'a, 'b> {
    rules: &'a mut Rules<'b>,
}

impl RecordSink for Through<'_, '_> {
    fn record(&mut self, record: Record) -> io::Result<()> {
        self.rules.record(record);
        Ok(())
    }

    fn comment(&mut self, blog: &str, mut comment: Comment) -> io::Result<()> {
        comment._blog = Some(blog.to_owned()).filter(|blog| !blog.is_empty());
        self.rules.loose_comment(&comment);
        Ok(())
    }

    fn damaged(&mut self, damage: Damage) {
        self.rules.find(&damage.what);
    }

    fn notice(&mut self, notice: Notice) {
        // What a later version adds is no fault.
        if notice.code != NoticeCode::UnknownField {
            self.rules.find(&notice.message);
        }
    }

    fn captured(&mut self, _: Date) {}
}

/// How far the records have come; they stand in this order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Section {
    Nothing,
    Head,
    Blogs,
    Posts,
    Comments,
    Media,
}

struct Rules<'a> {
    tell: &'a mut dyn FnMut(Finding),
    line: Option<u64>,
    section: Section,
    head: Option<Archive>,
    sources: HashSet<String>,
    blogs: HashMap<String, Zone>,
    posts: HashSet<(u32, String)>,
    blog_numbers: HashMap<String, u32>,
    last: Option<(bool, i64, String)>,
    contents: Contents,
    /// Blog, post and id of the comments without a post.
    loose: HashSet<(String, String, String)>,
}

impl<'a> Rules<'a> {
    fn new(tell: &'a mut dyn FnMut(Finding)) -> Rules<'a> {
        Rules {
            tell,
            line: None,
            section: Section::Nothing,
            head: None,
            sources: HashSet::new(),
            blogs: HashMap::new(),
            posts: HashSet::new(),
            blog_numbers: HashMap::new(),
            last: None,
            contents: Contents::default(),
            loose: HashSet::new(),
        }
    }

    fn find(&mut self, what: &str) {
        (self.tell)(Finding {
            line: self.line,
            code: None,
            is_error: true,
            message: what.to_owned(),
        });
    }

    fn record(&mut self, record: Record) {
        match record {
            Record::Archive(head) => self.head(*head),
            Record::Blog(blog) => {
                self.enter(Section::Blogs);
                self.contents.counts.blogs += 1;
                let zone = blog.time_zone.as_deref().and_then(Zone::named).unwrap_or_default();
                if blog.id.is_empty() {
                    self.find("A blog has an empty id.");
                }
                if self.blogs.insert(blog.id.clone(), zone).is_some() {
                    self.find(&format!("Blog {} is there twice.", blog.id));
                }
            }
            Record::Post(post) => self.post(&post),
            Record::Comment(comment) => self.loose_comment(&comment),
            Record::Media(media) => {
                self.enter(Section::Media);
                self.contents.counts.media += 1;
                if !self.blogs.contains_key(&media.blog) {
                    self.find(&format!(
                        "Media {} belongs to blog {}, which is not there.",
                        media.id, media.blog
                    ));
                }
                self.provenance(&media.provenance, &format!("Media {}", media.id));
            }
        }
    }

    fn enter(&mut self, section: Section) {
        if self.section == Section::Nothing && section != Section::Head {
            self.find("The first record must be the head, of type archive.");
        }
        if section < self.section {
            self.find("The record stands in the wrong place: the head comes first, then blogs, posts, comments without a post, media.");
        }
        self.section = self.section.max(section);
    }

    fn head(&mut self, head: Archive) {
        if self.head.is_some() {
            self.find("There are two heads.");
            return;
        }
        self.enter(Section::Head);
        for source in &head.sources {
            if !self.sources.insert(source.id.clone()) {
                self.find(&format!("Source {} is there twice in the head.", source.id));
            }
        }
        self.head = Some(head);
    }

    fn post(&mut self, post: &Post) {
        self.enter(Section::Posts);
        let name = format!("Post {}", post.id);
        let zone = match self.blogs.get(&post.blog) {
            Some(zone) => *zone,
            None => {
                self.find(&format!("{name} belongs to blog {}, which is not there.", post.blog));
                Zone::Utc
            }
        };
        if post.id.is_empty() {
            self.find("A post has an empty id.");
        }
        let next = u32::try_from(self.blog_numbers.len()).unwrap_or(u32::MAX);
        let number = *self.blog_numbers.entry(post.blog.clone()).or_insert(next);
        if !self.posts.insert((number, post.id.clone())) {
            self.find(&format!("{name} is there twice."));
        }
        self.derived(&post.id, post.id_basis, &name);
        let zone = self.assumed_zone().unwrap_or(zone);
        let date = post.date_published.as_ref().map(|d| d.moment().sort_key(zone));
        let key = (date.is_none(), date.unwrap_or_default(), post.id.clone());
        if self.last.as_ref().is_some_and(|last| *last > key) {
            self.find(&format!("{name} stands before a post that comes after it: posts are in order of their date in UTC and their id, undated last."));
        }
        self.last = Some(key);
        let counts = match post.kind {
            Kind::Page => &mut self.contents.counts.pages,
            _ => &mut self.contents.counts.posts,
        };
        *counts.entry(post.status.as_str().to_owned()).or_default() += 1;
        // A text that may mean two days is said to, and left as it is.
        let is_open = post.date_published_basis == Some(DateBasis::Ambiguous) && post.date_published_raw.is_some();
        if post.date_published.is_none() && post.date_published_basis.is_some() && !is_open {
            self.find(&format!("{name} says how its date is known and has none."));
        }
        self.provenance(&post.provenance, &name);
        let unknown: BTreeSet<String> = post
            .field_sources
            .values()
            .filter(|s| !self.sources.contains(*s))
            .cloned()
            .collect();
        for source in unknown {
            self.find(&format!("{name} names source {source}, which the head does not."));
        }
        self.thread(&post.comments, &name);
    }

    fn assumed_zone(&self) -> Option<Zone> {
        self.head
            .as_ref()?
            .assumptions
            .as_ref()?
            .time_zone
            .as_deref()
            .and_then(Zone::named)
    }

    /// The comments of one post: ids, answers, and thread order (each answer somewhere below what it answers, with
    /// nothing of another thread between).
    fn thread(&mut self, comments: &[Comment], post: &str) {
        let mut all: HashSet<&str> = HashSet::new();
        for comment in comments {
            if !all.insert(&comment.id) {
                self.find(&format!("{post}: comment {} is there twice.", comment.id));
            }
        }
        let mut open: Vec<&str> = Vec::new();
        for comment in comments {
            let name = format!("{post}: comment {}", comment.id);
            self.comment(comment, &name);
            if comment.post.is_some() || comment.record_type.is_some() {
                self.find(&format!(
                    "{name} stands in its post and names a post or type; only comments on lines of their own do."
                ));
            }
            match (comment.in_reply_to.as_deref(), comment.parent_missing) {
                (Some(parent), false) if !all.contains(parent) => {
                    self.find(&format!(
                        "{name} answers {parent}, which is not there, and does not say so."
                    ));
                }
                (Some(parent), true) if all.contains(parent) => {
                    self.find(&format!("{name} says that what it answers is not there, and it is."));
                }
                (None, true) => self.find(&format!(
                    "{name} says that what it answers is not there, and answers nothing."
                )),
                _ => {}
            }
            match comment.in_reply_to.as_deref().filter(|p| all.contains(p)) {
                Some(parent) => {
                    while open.last().is_some_and(|o| *o != parent) {
                        open.pop();
                    }
                    if open.is_empty() {
                        self.find(&format!(
                            "{name} does not stand below what it answers: comments are depth-first in thread order."
                        ));
                    }
                }
                None => open.clear(),
            }
            open.push(&comment.id);
        }
    }

    fn loose_comment(&mut self, comment: &Comment) {
        self.enter(Section::Comments);
        let name = format!("Comment {}", comment.id);
        self.comment(comment, &name);
        let post = comment.post.clone().unwrap_or_default();
        let blog = comment._blog.clone().unwrap_or_default();
        if !self.loose.insert((blog, post.clone(), comment.id.clone())) {
            self.find(&format!("{name} is there twice."));
        }
        let is_there = comment._blog.as_ref().is_some_and(|blog| {
            self.blog_numbers
                .get(blog)
                .is_some_and(|n| self.posts.contains(&(*n, post.clone())))
        });
        if is_there && !comment.is_own_elsewhere() {
            self.find(&format!(
                "{name} stands on a line of its own, and its post {post} is there."
            ));
        }
    }

    fn comment(&mut self, comment: &Comment, name: &str) {
        if comment.id.is_empty() {
            self.find(&format!("{name} has an empty id."));
        }
        *self
            .contents
            .counts
            .comments
            .entry(comment.status.as_str().to_owned())
            .or_default() += 1;
        self.derived(&comment.id, comment.id_basis, name);
        self.provenance(&comment.provenance, name);
    }

    fn derived(&mut self, id: &str, basis: Option<IdBasis>, name: &str) {
        if derived_digits(id).is_some() != (basis == Some(IdBasis::Derived)) {
            self.find(&format!(
                "{name}: id_basis is derived exactly where the id is sha256: and 16 hexadecimal digits."
            ));
        }
    }

    fn provenance(&mut self, provenance: &[Provenance], name: &str) {
        for source in provenance.iter().filter_map(|p| p.source.as_ref()) {
            if !self.sources.contains(source) {
                self.find(&format!("{name} names source {source}, which the head does not."));
            }
        }
    }

    fn finish(mut self) -> Contents {
        let Some(head) = self.head.take() else {
            self.find("There is no head: the archive does not say what it holds.");
            return self.contents;
        };
        let found = self.contents.counts.clone();
        let said = &head.counts;
        for (what, said, found) in [
            ("posts", &said.posts, &found.posts),
            ("pages", &said.pages, &found.pages),
            ("comments", &said.comments, &found.comments),
        ] {
            if said != found {
                self.find(&format!(
                    "The head counts {} {what}, and there are {}.",
                    in_words(said),
                    in_words(found)
                ));
            }
        }
        for (what, said, found) in [("blogs", said.blogs, found.blogs), ("media", said.media, found.media)] {
            if said != found {
                self.find(&format!("The head counts {said} {what}, and there are {found}."));
            }
        }
        self.contents
    }
}

fn in_words(counts: &BTreeMap<String, u64>) -> String {
    if counts.is_empty() {
        return "no".to_owned();
    }
    counts
        .iter()
        .map(|(status, n)| format!("{n} {status}"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// serde's message without its own line and column, which are those of one line only.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(at) => format!("{} (column {})", text.get(..at).unwrap_or_default(), error.column()),
        None => text,
    }
}

/// The first name that occurs twice in one object of a line. Readers disagree about which of the two counts.
fn repeated_name(line: &[u8]) -> Option<String> {
    use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};

    /// Any value, looked at for names only.
    struct Names;

    impl<'de> serde::Deserialize<'de> for Names {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Names, D::Error> {
            deserializer.deserialize_any(Names)
        }
    }

    impl<'de> Visitor<'de> for Names {
        type Value = Names;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("any value")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Names, A::Error> {
            let mut seen = HashSet::new();
            while let Some(name) = map.next_key::<String>()? {
                if seen.contains(&name) {
                    return Err(A::Error::custom(format!("\u{0}{name}\u{0}")));
                }
                seen.insert(name);
                map.next_value::<Names>()?;
            }
            Ok(Names)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Names, A::Error> {
            while seq.next_element::<Names>()?.is_some() {}
            Ok(Names)
        }

        fn visit_bool<E>(self, _: bool) -> Result<Names, E> {
            Ok(Names)
        }

        fn visit_i64<E>(self, _: i64) -> Result<Names, E> {
            Ok(Names)
        }

        fn visit_u64<E>(self, _: u64) -> Result<Names, E> {
            Ok(Names)
        }

        fn visit_f64<E>(self, _: f64) -> Result<Names, E> {
            Ok(Names)
        }

        fn visit_str<E>(self, _: &str) -> Result<Names, E> {
            Ok(Names)
        }

        fn visit_unit<E>(self) -> Result<Names, E> {
            Ok(Names)
        }
    }

    let error = serde_json::from_slice::<Names>(line).err()?.to_string();
    error.split('\u{0}').nth(1).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = r#"{"type":"archive","schema_version":"1.0","sources":[{"id":"s1","format":"atom"}],"counts":{"posts":{"published":1},"comments":{"approved":2},"blogs":1}}"#;
    const BLOG: &str = r#"{"type":"blog","id":"b"}"#;

    fn findings(lines: &[&str]) -> Vec<String> {
        let mut found = Vec::new();
        let text = lines.join("\n") + "\n";
        check_lines(&mut text.as_bytes(), &mut |f| found.push(f.message)).unwrap();
        found
    }

    fn post(comments: &str) -> String {
        format!(r#"{{"type":"post","id":"1","blog":"b","kind":"post","status":"published","comments":[{comments}]}}"#)
    }

    #[test]
    fn a_good_archive_has_no_findings() {
        let post = post(r#"{"id":"2","status":"approved"},{"id":"3","status":"approved","in_reply_to":"2"}"#);
        assert_eq!(findings(&[HEAD, BLOG, &post]), [""; 0]);
    }

    #[test]
    fn rules_between_records_are_checked() {
        let cases: &[(&str, &str)] = &[
            (
                r#"{"id":"3","status":"approved","in_reply_to":"2"},{"id":"2","status":"approved"}"#,
                "depth-first",
            ),
            (
                r#"{"id":"2","status":"approved"},{"id":"2","status":"approved"}"#,
                "twice",
            ),
            (
                r#"{"id":"2","status":"approved"},{"id":"3","status":"approved","in_reply_to":"9"}"#,
                "does not say so",
            ),
            (
                r#"{"id":"2","status":"approved"},{"id":"3","status":"approved","in_reply_to":"2","parent_missing":true}"#,
                "and it is",
            ),
            (r#"{"id":"2","status":"approved"}"#, "The head counts"),
            (
                r#"{"id":"2","status":"approved"},{"id":"sha256:0123456789abcdef","status":"approved"}"#,
                "id_basis",
            ),
            (
                r#"{"id":"2","status":"approved"},{"id":"3","status":"approved","provenance":[{"source":"s9"}]}"#,
                "s9",
            ),
        ];
        for (comments, word) in cases {
            let found = findings(&[HEAD, BLOG, &post(comments)]);
            assert!(found.iter().any(|f| f.contains(word)), "{word}: {found:?}");
        }
    }

    #[test]
    fn comments_of_one_id_in_two_blogs_are_two() {
        let comment =
            |blog: &str| format!(r#"{{"type":"comment","id":"5","post":"9","status":"approved","_blog":"{blog}"}}"#);
        for (other, is_twice) in [("1", true), ("2", false)] {
            let found = findings(&[HEAD, &comment("1"), &comment(other)]);
            assert_eq!(found.iter().any(|f| f.contains("twice")), is_twice, "{found:?}");
        }
    }

    #[test]
    fn names_that_repeat_are_found_at_any_depth() {
        assert_eq!(repeated_name(br#"{"a":[{"b":1,"b":2}]}"#).as_deref(), Some("b"));
        assert_eq!(repeated_name(br#"{"a":{"b":1},"b":[null,true,-1,1.5,"x"]}"#), None);
    }
}
