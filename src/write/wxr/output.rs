//! From an archive and a plan to files: a file a blog, in parts where one would be too large for a host to take.

use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};

use super::{PostCard, WxrFault, WxrOptions, WxrPlan, head, item, tail};
use crate::check::wxr::{CheckOptions, Code, check_wxr};
use crate::ledger::{Ledger, Notice, NoticeCode};
use crate::model::{Blog, Counts, PostAuthor};
use crate::plan::Plan;
use crate::wordpress;
use crate::write::output::{Output, WrittenFile};
use crate::write::{Run, WriteError, Written, pipeline};

/// Where a WXR goes and how.
#[derive(Clone, Copy, Debug, Default)]
pub struct Destination<'a> {
    /// The file; standard output where there is none. Of several blogs each gets a file of its own beside this name,
    /// and so does each part of a large blog.
    pub path: Option<&'a Path>,
    /// Everything but writing.
    pub dry_run: bool,
    /// The size in bytes at which a new part begins. Standard output and devices are never split.
    pub split: Option<u64>,
}

/// Writes the plan's posts as WXR and checks the finished files.
///
/// # Errors
/// When a source cannot be read, an output cannot be written, several blogs should go to one stream, or what was
/// written does not meet the rules of WordPress's importer.
pub fn write(
    run: Run<'_>,
    to: Destination<'_>,
    options: WxrOptions,
    written: &mut Written<'_>,
) -> Result<Vec<WrittenFile>, WriteError> {
    let blogs: Vec<(usize, Blog)> = run.plan.blogs.iter().copied().zip(run.blogs()).collect();
    if to.path.is_none() && !to.dry_run && blogs.len() > 1 {
        return Err(WriteError::InTheWay(
            "a WordPress file holds one blog, and there are several: say which with --blog, or name a file with -o"
                .to_owned(),
        ));
    }
    if blogs.is_empty() {
        return Err(WriteError::InTheWay(
            "there is no blog in the input that could become a WordPress file; JSON keeps what there is".to_owned(),
        ));
    }
    let mut files = Vec::new();
    let mut names = HashSet::new();
    for (place, blog) in &blogs {
        let path = to.path.map(|path| match blogs.len() {
            1 => path.to_owned(),
            _ => beside(path, &name_of(blog, &mut names)),
        });
        let one = Destination {
            path: path.as_deref(),
            ..to
        };
        files.extend(write_blog(run, *place, blog, one, options, written)?);
    }
    Ok(files)
}

/// `blog.xml` with a word behind its name: `blog-1.xml`.
fn beside(path: &Path, word: &str) -> PathBuf {
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push("-");
    name.push(word);
    if let Some(extension) = path.extension() {
        name.push(".");
        name.push(extension);
    }
    path.with_file_name(name)
}

fn name_of(blog: &Blog, taken: &mut HashSet<String>) -> String {
    let title = blog.title.as_deref().map(wordpress::login).unwrap_or_default();
    let own = wordpress::login(&blog.id);
    let mut name = if title.is_empty() { own.clone() } else { title };
    if name.is_empty() || taken.contains(&name) {
        name = format!("{name}-{own}").trim_matches('-').to_owned();
    }
    while !taken.insert(name.clone()) {
        name.push_str("-2");
    }
    name
}

fn write_blog(
    run: Run<'_>,
    place: usize,
    blog: &Blog,
    to: Destination<'_>,
    options: WxrOptions,
    written: &mut Written<'_>,
) -> Result<Vec<WrittenFile>, WriteError> {
    let archive = run.archive;
    let mut numbers: Vec<u32> = run.plan.posts.clone();
    numbers.retain(|n| archive.post(*n).is_some_and(|card| card.blog_place() == place));
    let plan = plan(run, blog, place, options, &numbers);
    // The pipeline goes through the posts in the order of the file.
    let sequence: Vec<usize> = plan.sequence().collect();
    let ordered = Plan {
        selection: run.plan.selection.clone(),
        target: run.plan.target,
        posts: sequence
            .iter()
            .filter_map(|index| numbers.get(*index).copied())
            .collect(),
        comments: Vec::new(),
        blogs: vec![place],
        counts: Counts::default(),
        redactions: Vec::new(),
        ledger: Ledger::default(),
        notices: Vec::new(),
    };
    let ordered_run = Run { plan: &ordered, ..run };
    let files = archive.media().iter().filter(|m| m.blog == blog.id).count();
    if files > 0 {
        let mut notice = Notice::new(
            NoticeCode::FieldNotCarried,
            format!(
                "The records of {files} pictures and files are not in the WordPress file; posts show them from where they lie. JSON keeps the records."
            ),
        );
        notice.blog = Some(blog.id.clone());
        written.notice(&notice);
    }
    let mut parts = Parts::new(head(&plan, blog), to)?;
    pipeline::posts(
        ordered_run,
        |place, mut fetched| {
            let index = sequence.get(place).copied().unwrap_or(usize::MAX);
            let bytes = item(&plan, index, &fetched.post, &mut fetched.notices)?;
            Ok((bytes, fetched.post.comments.len() as u64, fetched.notices))
        },
        |(bytes, comments, notices)| {
            parts.item(&bytes)?;
            written.post(comments);
            for notice in &notices {
                written.notice(notice);
            }
            Ok(())
        },
    )?;
    parts.finish()
}

fn plan(run: Run<'_>, blog: &Blog, place: usize, options: WxrOptions, numbers: &[u32]) -> WxrPlan {
    let archive = run.archive;
    let cards = || numbers.iter().filter_map(|n| archive.post(*n));
    let mut authors: BTreeMap<u32, PostAuthor> = BTreeMap::new();
    let mut tags: BTreeMap<u32, &str> = BTreeMap::new();
    let mut categories: BTreeMap<u32, &str> = BTreeMap::new();
    for card in cards() {
        if let Some((number, author)) = card.author() {
            authors.entry(number).or_insert_with(|| {
                let mut author = author.clone();
                if !run.plan.selection.keeps_emails() {
                    author._email = None;
                }
                author
            });
        }
        for term in card.terms() {
            let list = if term.is_category { &mut categories } else { &mut tags };
            list.insert(term.number, term.name);
        }
    }
    WxrPlan::new(
        blog,
        archive.zone(place),
        options,
        authors.values(),
        tags.into_values(),
        categories.into_values(),
        || {
            cards().map(|card| PostCard {
                id: card.id().into(),
                kind: card.kind(),
                status: card.status(),
                title_fold: card.folded_title(),
                published: card.published(),
                slug: card.name(),
                url: card.address(),
                comments: u32::try_from(card.comments().len()).unwrap_or(u32::MAX),
                has_author: card.author().is_some(),
                parent: card.parent().map(Into::into),
            })
        },
    )
}

/// The parts of one blog's file, one open at a time.
struct Parts<'a> {
    head: Vec<u8>,
    tail: Vec<u8>,
    to: Destination<'a>,
    open: Output,
    shown: String,
    /// Bytes and items of the open part.
    size: u64,
    items: u64,
    done: Vec<WrittenFile>,
}

impl<'a> Parts<'a> {
    fn new(head: Vec<u8>, to: Destination<'a>) -> Result<Parts<'a>, WriteError> {
        let open = match to.path {
            _ if to.dry_run => Output::nothing(),
            Some(path) => Output::file(path)?,
            None => Output::stdout(),
        };
        let shown = to
            .path
            .map_or_else(|| "the output".to_owned(), |p| p.display().to_string());
        let mut parts = Parts {
            head,
            tail: tail(),
            to,
            open,
            shown,
            size: 0,
            items: 0,
            done: Vec::new(),
        };
        parts.begin()?;
        Ok(parts)
    }

    fn push(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        self.size += bytes.len() as u64;
        put(&mut self.open, &self.shown, bytes)
    }

    fn begin(&mut self) -> Result<(), WriteError> {
        self.items = 0;
        self.size = self.head.len() as u64;
        put(&mut self.open, &self.shown, &self.head)
    }

    fn item(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        let whole = self.size + (bytes.len() + self.tail.len()) as u64;
        let splits = self.open.is_file() && self.items > 0 && self.to.split.is_some_and(|max| whole > max);
        if splits && let Some(path) = self.to.path {
            let next = beside(path, &(self.done.len() + 2).to_string());
            if self.done.is_empty() {
                self.open.rename(&beside(path, "1"));
            }
            let next = Output::file(&next)?;
            put(&mut self.open, &self.shown, &self.tail)?;
            let part = std::mem::replace(&mut self.open, next);
            self.done.push(finish(part)?);
            self.begin()?;
        }
        self.items += 1;
        self.push(bytes)
    }

    fn finish(mut self) -> Result<Vec<WrittenFile>, WriteError> {
        put(&mut self.open, &self.shown, &self.tail)?;
        self.done.push(finish(self.open)?);
        Ok(self.done)
    }
}

fn put(open: &mut Output, shown: &str, bytes: &[u8]) -> Result<(), WriteError> {
    open.write_all(bytes).map_err(|e| WriteError::io(shown, e))
}

/// Puts a file in its place and holds it to the rules of WordPress's importer.
fn finish(output: Output) -> Result<WrittenFile, WriteError> {
    let is_file = output.is_file();
    let file = output.finish()?;
    if !is_file {
        return Ok(file);
    }
    let shown = file.path.display().to_string();
    let err = |e| WriteError::io(&shown, e);
    let mut first = None;
    let input = BufReader::new(File::open(&file.path).map_err(err)?);
    check_wxr(input, CheckOptions::default(), &mut |finding| {
        // A kind of post that only a plugin knows is written as such; its notice says so.
        if finding.code.is_error() && finding.code != Code::E03 && first.is_none() {
            first = Some(finding.to_string());
        }
    })
    .map_err(err)?;
    match first {
        None => Ok(file),
        Some(finding) => Err(WriteError::Wxr(WxrFault::File { file: shown, finding })),
    }
}
