//! Pictures and files on their way into an output: gathered from the posts before the first is written, named by each as
//! its form wants it.

use super::{Run, WriteError, Written, pipeline};
use crate::ledger::Notice;
use crate::media::find::{self, Role};
use crate::media::{Held, Library, Wanted, names};
use crate::model::{Media as Record, MediaStatus, Post};
use crate::shape::media as shape;

/// The files of a run and how its output refers to them.
#[derive(Clone, Copy)]
pub struct Media<'a> {
    /// What is there and what is not.
    pub gathered: &'a Library,
    /// How the output refers to it.
    pub refer: Refer<'a>,
}

/// How an output refers to files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refer<'a> {
    /// It has places of its own for them and knows how to name those.
    Placed,
    /// They will be at this address, which ends in a slash.
    At(&'a str),
    /// They lie in this folder, seen from the output; texts stay as they are.
    Beside(&'a str),
}

impl Media<'_> {
    /// What is done to a post before any writer sees it.
    pub(super) fn shape(&self, post: &mut Post, home: Option<&str>) {
        match self.refer {
            Refer::Placed => {}
            Refer::At(address) => shape::rewrite_post(post, home, self.gathered, &|number| {
                let held = self.gathered.files().get(number)?;
                Some(format!("{address}{}", names::in_address(&held.name)))
            }),
            Refer::Beside(_) => shape::attach(post, home, self.gathered, &|held| self.path(held)),
        }
    }

    /// Where a file lies, seen from the output.
    fn path(&self, held: &Held) -> String {
        match self.refer {
            Refer::Beside(folder) => format!("{folder}/{}", held.name),
            Refer::Placed | Refer::At(_) => held.name.clone(),
        }
    }

    /// What is known of a file now, in a media record of the source.
    pub(super) fn complete(&self, record: &mut Record) {
        let named = record.url.as_deref().and_then(crate::media::original::named);
        let Some((_, outcome)) = named.and_then(|named| self.gathered.entry(&named.key)) else {
            return;
        };
        if let Refer::At(address) = self.refer {
            if let Ok(held) = outcome {
                record.url = Some(format!("{address}{}", names::in_address(&held.name)));
            }
            return;
        }
        self.fill(record, outcome.ok());
    }

    fn fill(&self, record: &mut Record, held: Option<&Held>) {
        let Some(held) = held else {
            record.status = Some(MediaStatus::Missing);
            return;
        };
        record.status = Some(MediaStatus::Archived);
        record.path = Some(self.path(held));
        record.sha256 = Some(held.sha256.clone());
        record.size_in_bytes = Some(held.size);
        record.mime_type = held.mime.map(str::to_owned).or(record.mime_type.take());
        if let Some((width, height)) = held.measures {
            (record.width, record.height) = (Some(width), Some(height));
        }
    }

    /// Records of the files of which the source has none; `known` are the keys of those that it has.
    pub(super) fn records(&self, known: &std::collections::HashSet<String>) -> Vec<Record> {
        let unknown = self.gathered.entries().filter(|(asset, _)| !known.contains(&asset.key));
        let record = |(asset, outcome): (&crate::media::Asset, Result<&Held, &crate::media::Missing>)| {
            let text = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
            let mut record = Record {
                id: format!("url:{}", asset.url),
                blog: asset.posts.first().map(|(blog, _)| blog.clone()).unwrap_or_default(),
                url: Some(asset.url.clone()),
                alt: text(&asset.alt),
                caption: text(&asset.caption),
                ..Record::default()
            };
            let of_blog = asset.posts.iter().filter(|(blog, _)| *blog == record.blog);
            record.posts = of_blog.map(|(_, post)| post.clone()).collect();
            match outcome {
                Err(missing) if missing.failure.was_asked_for() => record.status = Some(MediaStatus::Referenced),
                outcome => self.fill(&mut record, outcome.ok()),
            }
            record
        };
        unknown.map(record).collect()
    }
}

/// The files that the posts of a run use, and those that its source has records of.
///
/// # Errors
/// When a source cannot be read any more.
pub fn wanted(run: Run<'_>) -> Result<Wanted, WriteError> {
    let quiet = Run { media: None, ..run };
    let mut wanted = Wanted::default();
    // The account is that of the pass that writes, which meets the same posts.
    let mut unheard = |_: &Notice| {};
    pipeline::posts(
        quiet,
        &mut Written::new(&mut unheard),
        |_, fetched| {
            let home = run.home(fetched.number).map(str::to_owned);
            let uses = find::in_post(&fetched.post, home.as_deref());
            let day = fetched.post.date_published.as_ref().map(|d| d.moment().local.date());
            Ok((fetched.post.blog, fetched.post.id, day, uses))
        },
        |(blog, post, day, uses), _| {
            wanted.add(&blog, &post, day, uses);
            Ok(())
        },
    )?;
    let blogs: Vec<&str> = run
        .plan
        .blogs
        .iter()
        .filter_map(|place| Some(run.archive.blogs().nth(*place)?.id.as_str()))
        .collect();
    let cards = run.archive.media_cards().filter(|card| blogs.contains(&card.blog_id()));
    let numbers: Vec<u32> = cards.map(|card| card.number()).collect();
    for numbers in numbers.chunks(512) {
        for record in run.archive.media(numbers)? {
            add_record(&mut wanted, &record);
        }
    }
    Ok(wanted)
}

/// A media record of the source is a file of the blog, unless it was put into the bin or is private.
fn add_record(wanted: &mut Wanted, record: &Record) {
    let source = record._source.as_ref();
    let status = source
        .and_then(|source| source.get("status")?.as_str())
        .unwrap_or_default();
    if matches!(status, "trash" | "private") {
        return;
    }
    let Some(url) = record.url.as_deref() else { return };
    let role = match record.mime_type.as_deref() {
        Some(mime) if mime.starts_with("image/") => Role::Picture,
        Some(_) => Role::File,
        None if crate::media::original::is_picture(url) => Role::Picture,
        None => Role::File,
    };
    let post = record.posts.first().map_or("", String::as_str);
    if let Some(mut one) = find::bare(None, url, role) {
        one.alt = record.alt.clone().unwrap_or_default();
        one.caption = record.caption.clone().unwrap_or_default();
        wanted.add(&record.blog, post, None, vec![one]);
    }
}
