//! From an archive and a plan to files: a file a blog, in parts where one would be too large for a host to take.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use super::attachments::{Beside, From, attachment, pictures_of, record};
use super::links::{NewSite, SiteLinks};
use super::parts::{Parts, beside, length, put};
use super::pictures::Shown;
use super::post::{CheckedItem, checked_item};
use super::{AttachmentCard, PostCard, WxrOptions, WxrPlan, head};
use crate::archive::CommentCard;
use crate::ledger::{Ledger, Notice, NoticeCode, Reason};
use crate::model::{Blog, Counts, Post, PostAuthor};
use crate::plan::Plan;
use crate::shape::privacy;
use crate::wordpress;
use crate::write::output::{Output, WrittenFile};
use crate::write::redirects::{About, Form};
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
    /// Nobody asks for the SHA-256 of the files: it is not taken.
    pub without_sha256: bool,
    /// The site that it is for, where that is known: links lead there then.
    pub site: Option<NewSite<'a>>,
    /// For which servers redirects from the old addresses are written, into a folder beside the file.
    pub redirects: &'a [Form],
}

impl Destination<'_> {
    pub(super) fn file(&self, path: &Path) -> Result<Output, WriteError> {
        let output = Output::file(path)?;
        Ok(if self.without_sha256 {
            output.without_hash()
        } else {
            output
        })
    }
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
    let cards = attachment_cards(run, blog, written)?;
    let mut comments: HashMap<String, Vec<u32>> = HashMap::new();
    for card in loose_comments(run, blog) {
        comments.entry(card.post_id()).or_default().push(card.number());
    }
    let mut plan = plan(run, blog, place, options, &numbers, &cards);
    drop(cards);
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
    if options.media_items {
        let quiet = Run {
            progress: None,
            ..ordered_run
        };
        let mut shown: Vec<(usize, Vec<Shown>)> = Vec::new();
        // The account is that of the second pass, which meets the same posts.
        let mut unheard = |_: &Notice| {};
        pipeline::posts(
            quiet,
            &mut Written::new(&mut unheard),
            |place, fetched| Ok((place, pictures_of(&fetched.post))),
            |(place, pictures), _| {
                if !pictures.is_empty() {
                    shown.push((sequence.get(place).copied().unwrap_or(usize::MAX), pictures));
                }
                Ok(())
            },
        )?;
        for (index, pictures) in shown {
            plan.add_pictures(index, &pictures);
        }
    }
    let plan = &plan;
    let links = to.site.map(|site| SiteLinks::new(run, plan, site, &numbers, place));
    let mut files = Files {
        run,
        plan,
        blog: &blog.id,
        parts: Parts::new(head(plan, blog), to)?,
        written_in: HashMap::new(),
        comments,
    };
    pipeline::posts(
        ordered_run,
        written,
        |place, mut fetched| {
            let index = sequence.get(place).copied().unwrap_or(usize::MAX);
            if let Some(links) = &links {
                links.rewrite(index, &mut fetched.post, &mut fetched.notices);
            }
            let item = checked_item(plan, index, &fetched.post, &mut fetched.notices)?;
            let beside = files_beside(plan, index, &fetched.post);
            Ok((index, item, beside, fetched.post.comments.len() as u64, fetched.notices))
        },
        |(index, item, beside, comments, notices), written| {
            files.post(index, item, beside.as_ref(), written)?;
            written.post(comments);
            for notice in &notices {
                written.notice(notice);
            }
            Ok(())
        },
    )?;
    if run.plan.selection.filters_posts().is_none() {
        files.alone(written)?;
    }
    let mut all = files.finish(written)?;
    if let Some(links) = &links {
        all.extend(write_redirects(links, to, written)?);
    }
    Ok(all)
}

/// Writes the redirects from a blog's old addresses into a folder beside its file.
fn write_redirects(
    links: &SiteLinks<'_>,
    to: Destination<'_>,
    written: &mut Written<'_>,
) -> Result<Vec<WrittenFile>, WriteError> {
    let mut files = Vec::new();
    let Some(path) = to.path.filter(|_| !to.redirects.is_empty()) else {
        return Ok(files);
    };
    let folder = beside(&path.with_extension(""), "old-addresses");
    let redirects = links.redirects();
    let about = About {
        hosts: links.hosts(),
        name: String::new(),
        new_url: to.site.map(|site| site.url.to_owned()),
    };
    for form in to.redirects {
        let path = folder.join(form.file());
        let shown = path.display().to_string();
        let made = form.write(&redirects, &about);
        made.tell(*form, &shown, redirects.len(), written);
        if to.dry_run {
            continue;
        }
        let parent = path.parent().unwrap_or(&folder);
        std::fs::create_dir_all(parent).map_err(|error| WriteError::io(&shown, error))?;
        let mut open = Output::file(&path)?;
        put(&mut open, &shown, made.text.as_bytes())?;
        files.push(open.finish()?);
    }
    Ok(files)
}

/// What the attachments that stand beside a post need of it; nothing where there are none.
fn files_beside(plan: &WxrPlan, index: usize, post: &Post) -> Option<Beside> {
    (!plan.attachments.list.is_empty()).then(|| Beside::of(plan, index, post))
}

/// The media records of a blog that WordPress could fetch; the others become a notice.
fn attachment_cards(run: Run<'_>, blog: &Blog, written: &mut Written<'_>) -> Result<Vec<AttachmentCard>, WriteError> {
    let mut comments: HashMap<String, u32> = HashMap::new();
    for card in loose_comments(run, blog) {
        *comments.entry(card.post_id()).or_default() += 1;
    }
    let of_blog = run.archive.media_cards().filter(|card| card.blog_id() == blog.id);
    let numbers: Vec<u32> = of_blog.map(|card| card.number()).collect();
    let mut cards = Vec::with_capacity(numbers.len());
    for numbers in numbers.chunks(512) {
        for (number, mut media) in numbers.iter().zip(run.archive.media(numbers)?) {
            if let Some(files) = &run.media {
                files.complete(&mut media);
            }
            let count = comments.get(&media.id).copied().unwrap_or(0);
            match AttachmentCard::of(*number, &media, count) {
                Some(card) => cards.push(card),
                None => {
                    let mut notice = Notice::new(
                        NoticeCode::FieldNotCarried,
                        format!(
                            "The record of the file {:?} has no web address from which WordPress could fetch it; it is not in the WordPress file. JSON keeps it.",
                            media.title.as_deref().unwrap_or(&media.id)
                        ),
                    );
                    notice.blog = Some(blog.id.clone());
                    written.notice(&notice);
                }
            }
        }
    }
    Ok(cards)
}

/// Comments on the pages of pictures and files.
fn loose_comments<'a>(run: Run<'a>, blog: &'a Blog) -> impl Iterator<Item = CommentCard<'a>> {
    let wanted: HashSet<u32> = run.plan.comments.iter().copied().collect();
    run.archive
        .loose_comments()
        .filter(move |card| wanted.contains(&card.number()) && card.blog_id() == blog.id)
}

/// The files of a blog as they are written: posts, and with each the attachments that belong to it.
struct Files<'a> {
    run: Run<'a>,
    plan: &'a WxrPlan,
    blog: &'a str,
    parts: Parts<'a>,
    /// Attachment → the part in which it stands last, and how often it stands before.
    written_in: HashMap<u32, (usize, u32)>,
    /// Numbers of the comments on attachments, by id of the media record.
    comments: HashMap<String, Vec<u32>>,
}

impl Files<'_> {
    fn post(
        &mut self,
        index: usize,
        item: CheckedItem,
        beside: Option<&Beside>,
        written: &mut Written<'_>,
    ) -> Result<(), WriteError> {
        let Some(beside) = beside else {
            return self.parts.items(vec![item]);
        };
        let own = u32::try_from(index).map_or(&[][..], |index| self.plan.attachments.with_post(index));
        let mut wanted: Vec<u32> = own.to_vec();
        wanted.extend(&beside.used);
        let mut all = vec![item];
        let mut made = self.attachments(&wanted, Some(beside), &mut all)?;
        if !self.parts.has_room_for(length(&all)) {
            self.parts.next()?;
            // What stands in an earlier part is unknown to the import of this one.
            all.truncate(1);
            made = self.attachments(&wanted, Some(beside), &mut all)?;
        }
        self.parts.items(all)?;
        self.note(made, written);
        Ok(())
    }

    /// Attachments of no post.
    fn alone(&mut self, written: &mut Written<'_>) -> Result<(), WriteError> {
        for index in self.plan.attachments.alone() {
            if self.written_in.contains_key(&index) {
                continue;
            }
            let mut items = Vec::new();
            let made = self.attachments(&[index], None, &mut items)?;
            self.parts.items(items)?;
            self.note(made, written);
        }
        Ok(())
    }

    /// The items of those attachments that do not stand in the open part.
    fn attachments(
        &mut self,
        wanted: &[u32],
        beside: Option<&Beside>,
        out: &mut Vec<CheckedItem>,
    ) -> Result<Vec<Made>, WriteError> {
        let part = self.parts.ended();
        let mut made: Vec<Made> = Vec::new();
        for index in wanted {
            let before = self.written_in.get(index).copied();
            if before.is_some_and(|(last, _)| last == part) || made.iter().any(|m| m.index == *index) {
                continue;
            }
            let Some(planned) = self.plan.attachments.get(*index) else {
                continue;
            };
            let again = before.map_or(0, |(_, again)| again + 1);
            let nobody = Beside::default();
            let media = match &planned.from {
                From::Media(number) => {
                    let mut media = self.run.archive.media(&[*number])?.pop();
                    if let (Some(media), Some(files)) = (&mut media, &self.run.media) {
                        files.complete(media);
                    }
                    media
                }
                From::Picture { address, title, .. } => {
                    let beside = beside.unwrap_or(&nobody);
                    let alt = beside.alts.get(index).map_or("", String::as_str);
                    Some(record(address, title, beside, alt, self.blog))
                }
            };
            let Some(media) = media else { continue };
            // Comments stand with the first of several.
            let mut comments = Vec::new();
            let mut notices = Vec::new();
            if again == 0
                && let Some(numbers) = self.comments.get(&media.id)
            {
                for mut fetched in self.run.archive.comments(numbers)? {
                    privacy::comment(&self.run.plan.selection, &mut fetched.comment);
                    comments.push(fetched.comment);
                    notices.append(&mut fetched.notices);
                }
            }
            let mut one = Made {
                index: *index,
                media: media.id.clone(),
                part,
                again,
                comments: comments.len() as u64,
                notices,
            };
            out.push(attachment(
                self.plan,
                planned,
                &media,
                beside,
                comments,
                again,
                &mut one.notices,
            )?);
            made.push(one);
        }
        Ok(made)
    }

    /// Accounts for attachments that were written.
    fn note(&mut self, made: Vec<Made>, written: &mut Written<'_>) {
        for one in made {
            self.written_in.insert(one.index, (one.part, one.again));
            written.ledger.comments.written += one.comments;
            for notice in &one.notices {
                written.notice(notice);
            }
            if one.again == 0 {
                self.comments.remove(&one.media);
            }
        }
    }

    fn finish(self, written: &mut Written<'_>) -> Result<Vec<WrittenFile>, WriteError> {
        let left: usize = self.comments.values().map(Vec::len).sum();
        written.ledger.comments.leave_out(Reason::PostMissing, left as u64);
        self.parts.finish()
    }
}

/// An attachment that was made.
struct Made {
    index: u32,
    /// Id of its media record.
    media: String,
    part: usize,
    again: u32,
    comments: u64,
    notices: Vec<Notice>,
}

fn plan(
    run: Run<'_>,
    blog: &Blog,
    place: usize,
    options: WxrOptions,
    numbers: &[u32],
    attachments: &[AttachmentCard],
) -> WxrPlan {
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
        attachments,
        || {
            cards().map(|card| PostCard {
                id: card.id().into(),
                kind: card.kind(),
                status: card.status(),
                title_fold: card.folded_title(),
                published: card.published(),
                slug: card.name().map(Into::into),
                url: card.address().map(Into::into),
                comments: u32::try_from(card.comments().len()).unwrap_or(u32::MAX),
                has_author: card.author().is_some(),
                parent: card.parent().map(Into::into),
            })
        },
    )
}
