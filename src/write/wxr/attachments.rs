//! Attachments: the media records of the source, and, where they are asked for, the pictures that posts show.
//!
//! They are planned before the posts are written, because posts name them by number; each stands in the same part of a
//! split file as the post that it belongs to, since WordPress forgets its numbers between two imports.

use std::collections::{HashMap, HashSet};

use chrono::{NaiveDateTime, TimeDelta};

use super::WxrFault;
use super::comment;
use super::pictures::{self, Shown};
use super::piece::Pieces;
use super::plan::{FreeNumbers, Planned, WxrPlan, hash, shown_date, small_number};
use super::post::{CheckedItem, Item, non_empty, read_text};
use crate::ledger::Notice;
use crate::media::original;
use crate::model::{Comment, Kind, Media, MediaStatus, Post, SourceData};
use crate::wordpress::{
    self, KeptFields, MAX_META_KEY, MAX_TEXT, META_MEDIA, UNKNOWN_LOGIN, attachment_size, clip, encode_own,
    escape_title, has_sql_date, is_calendar_date, sql_date, title_fold,
};

/// What the plan must know of a media record.
#[derive(Clone, Debug, Default)]
pub struct AttachmentCard {
    /// Its number in the archive.
    pub number: u32,
    /// Id in the record.
    pub id: String,
    /// Address of the file.
    pub url: String,
    /// [`title_fold`] of the title; 0 where there is none.
    pub title_fold: u64,
    /// The date that WordPress shows, where the source has one.
    pub date: Option<NaiveDateTime>,
    /// Id of the post that it belongs to.
    pub post: Option<String>,
    /// How many comments will be written with it.
    pub comments: u32,
}

impl AttachmentCard {
    /// The card of a record; `None` where it has no address from which WordPress could fetch it.
    pub fn of(number: u32, media: &Media, comments: u32) -> Option<AttachmentCard> {
        let url = media.url.as_deref().and_then(pictures::picture)?.address;
        Some(AttachmentCard {
            number,
            id: media.id.clone(),
            url,
            title_fold: title_fold(media.title.as_deref().unwrap_or_default()),
            date: source_date(media, "date"),
            post: media.posts.first().cloned(),
            comments,
        })
    }
}

/// An attachment as planned.
#[derive(Clone, Debug)]
pub(super) struct PlannedAttachment {
    pub(super) id: u32,
    first_comment: u32,
    /// Seconds added to the date.
    shift: u32,
    /// `post_id` of the post that it belongs to, or 0.
    parent: u32,
    pub(super) from: From,
}

/// What an attachment was made of.
#[derive(Clone, Debug)]
pub(super) enum From {
    /// The media record with this number in the archive.
    Media(u32),
    /// A picture that posts show.
    Picture {
        address: Box<str>,
        /// Its title in WordPress; no other picture has it.
        title: Box<str>,
        size: u32,
    },
}

/// All attachments of a plan.
#[derive(Debug, Default)]
pub(super) struct Attachments {
    pub(super) list: Vec<PlannedAttachment>,
    /// By id of the media record.
    by_id: HashMap<Box<str>, u32>,
    /// By what is the same for all sizes of a picture.
    by_picture: HashMap<u64, u32>,
    /// Index of a post's card → attachments that are written with it.
    with_post: HashMap<u32, Vec<u32>>,
    /// Titles of pictures.
    titles: HashSet<u64>,
    pub(super) numbers: FreeNumbers,
    /// Texts name pictures by the addresses of their attachments.
    rewrites: bool,
}

impl Attachments {
    /// Plans media records. `posts` gives the index and number of the post with an id; `next_comment` is the first number that no
    /// comment has.
    pub(super) fn plan(
        &mut self,
        cards: &[AttachmentCard],
        posts: &HashMap<&str, (u32, u32)>,
        mut next_comment: u32,
        mut ids: Vec<Option<u32>>,
    ) {
        let mut shifts = Shifts::default();
        ids.resize(cards.len(), None);
        for (card, id) in cards.iter().zip(ids) {
            let index = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
            let post = card.post.as_deref().and_then(|id| posts.get(id)).copied();
            if let Some((place, _)) = post {
                self.with_post.entry(place).or_default().push(index);
            }
            self.by_id.entry(card.id.as_str().into()).or_insert(index);
            if let Some(picture) = pictures::picture(&card.url) {
                self.by_picture.entry(hash(&picture.key)).or_insert(index);
            }
            self.list.push(PlannedAttachment {
                id: id.unwrap_or_else(|| self.numbers.next()),
                first_comment: next_comment,
                shift: shifts.next(card.date.unwrap_or_default().and_utc().timestamp(), card.title_fold),
                parent: post.map_or(0, |(_, number)| number),
                from: From::Media(card.number),
            });
            next_comment = next_comment.saturating_add(card.comments);
        }
    }

    /// Adds the pictures of the post at an index, which has a number: those that are new get attachments.
    fn add_pictures(&mut self, place: u32, post_id: u32, pictures: &[Shown]) {
        self.rewrites = true;
        for picture in pictures {
            let key = hash(&picture.key);
            if let Some(known) = self.by_picture.get(&key) {
                if let Some(PlannedAttachment {
                    from: From::Picture { address, size, .. },
                    ..
                }) = self.list.get_mut(*known as usize)
                    && picture.size > *size
                {
                    *address = picture.address.as_str().into();
                    *size = picture.size;
                }
                continue;
            }
            let index = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
            let title = self.title(&picture.address);
            self.by_picture.insert(key, index);
            self.with_post.entry(place).or_default().push(index);
            self.list.push(PlannedAttachment {
                id: self.numbers.next(),
                first_comment: 0,
                shift: 0,
                parent: post_id,
                from: From::Picture {
                    address: picture.address.as_str().into(),
                    title: title.into(),
                    size: picture.size,
                },
            });
        }
    }

    /// The name of a file as a title that no other picture has: WordPress would take two of one date for the same.
    fn title(&mut self, address: &str) -> String {
        let name = original::file_name(address);
        let name = name.rsplit_once('.').map_or(name, |(name, _)| name);
        let name = name.split('=').next().unwrap_or_default().replace(['%', '+'], " ");
        let name = clip(name.trim(), 120);
        let name = if title_fold(name) == 0 { "picture" } else { name };
        let mut title = name.to_owned();
        let mut number = 2;
        while !self.titles.insert(title_fold(&title)) {
            title = format!("{name} ({number})");
            number += 1;
        }
        title
    }

    /// The attachment of a picture, in whatever size the address has it.
    pub(super) fn of_picture(&self, address: &str) -> Option<u32> {
        let key = pictures::picture(address)?.key;
        self.by_picture.get(&hash(&key)).copied()
    }

    /// The attachment of a media record.
    pub(super) fn of_media(&self, id: &str) -> Option<u32> {
        self.by_id.get(id).copied()
    }

    pub(super) fn get(&self, index: u32) -> Option<&PlannedAttachment> {
        self.list.get(index as usize)
    }

    /// Those that are written with the post at an index.
    pub(super) fn with_post(&self, index: u32) -> &[u32] {
        self.with_post.get(&index).map_or(&[], Vec::as_slice)
    }

    /// Those that belong to no post of the plan.
    pub(super) fn alone(&self) -> impl Iterator<Item = u32> + '_ {
        let with: HashSet<u32> = self.with_post.values().flatten().copied().collect();
        (0..u32::try_from(self.list.len()).unwrap_or(u32::MAX)).filter(move |index| !with.contains(index))
    }

    /// Whether texts name pictures by the addresses of their attachments.
    pub(super) fn rewrites(&self) -> bool {
        self.rewrites
    }

    /// The address of a picture's attachment.
    pub(super) fn address(&self, key: &str) -> Option<&str> {
        match &self.get(*self.by_picture.get(&hash(key))?)?.from {
            From::Picture { address, .. } => Some(address),
            From::Media(_) => None,
        }
    }
}

/// Seconds by which attachments of one date and title are moved apart.
#[derive(Default)]
struct Shifts {
    /// Of each second: the titles there, and whether one has none.
    taken: HashMap<i64, (HashSet<u64>, bool)>,
    /// Where the search for a free second goes on.
    next: HashMap<i64, u32>,
}

impl Shifts {
    fn next(&mut self, date: i64, fold: u64) -> u32 {
        let is_free = |taken: &HashMap<i64, (HashSet<u64>, bool)>, date: i64| match taken.get(&date) {
            None => true,
            Some((titles, untitled)) => fold != 0 && !untitled && !titles.contains(&fold),
        };
        let mut shift = 0;
        if !is_free(&self.taken, date) {
            let next = self.next.entry(date).or_insert(1);
            while !is_free(&self.taken, date + i64::from(*next)) {
                *next += 1;
            }
            shift = *next;
        }
        let (titles, untitled) = self.taken.entry(date + i64::from(shift)).or_default();
        titles.insert(fold);
        *untitled |= fold == 0;
        shift
    }
}

/// What the posts of a plan show, for [`WxrPlan::add_pictures`].
pub(super) fn pictures_of(post: &Post) -> Vec<Shown> {
    let mut found = pictures::shown(post.content_html.as_deref().unwrap_or_default());
    // Blogger's feeds name a small square cut out of the first picture, which is no picture of its own.
    if let Some(image) = post.image.as_deref().filter(|image| !original::is_crop(image)) {
        found.extend(pictures::picture(image));
    }
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut each: Vec<Shown> = Vec::new();
    for one in found {
        match seen.get(&one.key).and_then(|at| each.get_mut(*at)) {
            Some(known) => {
                if one.size > known.size {
                    known.size = one.size;
                    known.address = one.address;
                }
            }
            None => {
                seen.insert(one.key.clone(), each.len());
                each.push(one);
            }
        }
    }
    each
}

impl WxrPlan {
    /// Adds the pictures that a post shows; `index` is that of its card.
    pub(super) fn add_pictures(&mut self, index: usize, pictures: &[Shown]) {
        let (Ok(place), Some(post_id)) = (u32::try_from(index), self.post_id(index)) else {
            return;
        };
        self.attachments.add_pictures(place, post_id, pictures);
    }
}

/// What an attachment takes from the post with which it is written.
#[derive(Clone, Debug, Default)]
pub(super) struct Beside {
    /// Id of the post in the record, and its number.
    pub(super) post: String,
    pub(super) post_id: u32,
    pub(super) login: String,
    /// Local date and UTC.
    pub(super) dates: (NaiveDateTime, NaiveDateTime),
    /// Alternative texts by attachment.
    pub(super) alts: HashMap<u32, String>,
    /// Attachments that the post names: pictures in its text, its featured picture.
    pub(super) used: Vec<u32>,
}

impl Beside {
    /// What the attachments of a post need of it.
    pub(super) fn of(plan: &WxrPlan, index: usize, post: &Post) -> Beside {
        let shift = plan.posts.get(index).map_or(0, |p| p.shift);
        let moment = post.date_published.as_ref().map(|d| d.moment());
        let local = shown_date(moment, plan.zone) + TimeDelta::seconds(i64::from(shift));
        let offset = moment
            .filter(|m| has_sql_date(m.in_blog_time(plan.zone)))
            .map_or(TimeDelta::zero(), |m| m.in_blog_time(plan.zone) - m.in_utc(plan.zone));
        let mut beside = Beside {
            post: post.id.clone(),
            post_id: plan.post_id(index).unwrap_or(0),
            login: plan
                .author(post.authors.first())
                .map_or(UNKNOWN_LOGIN, |a| &a.login)
                .to_owned(),
            dates: (local, local - offset),
            ..Beside::default()
        };
        beside.used.extend(plan.thumbnail(post));
        if plan.attachments.rewrites() {
            for picture in pictures_of(post) {
                if let Some(attachment) = plan.attachments.of_picture(&picture.address) {
                    beside.used.push(attachment);
                    beside.alts.entry(attachment).or_insert(picture.alt);
                }
            }
        }
        beside
    }
}

impl WxrPlan {
    /// The attachment that is a post's featured picture: the one that a WordPress source names by its number, or the one
    /// with the address that the record has.
    pub(super) fn thumbnail(&self, post: &Post) -> Option<u32> {
        let named = post
            ._source
            .as_ref()
            .and_then(|s| s.get("postmeta")?.as_array())
            .and_then(|metas| {
                metas
                    .iter()
                    .find(|meta| meta.get("key").and_then(|k| k.as_str()) == Some("_thumbnail_id"))
                    .and_then(|meta| meta.get("value")?.as_str())
            });
        named
            .and_then(|number| self.attachments.of_media(number.trim()))
            .or_else(|| self.attachments.of_picture(post.image.as_deref()?))
    }
}

/// The record of a picture that posts show.
pub(super) fn record(address: &str, title: &str, beside: &Beside, alt: &str, blog: &str) -> Media {
    Media {
        id: format!("url:{address}"),
        blog: blog.to_owned(),
        url: Some(address.to_owned()),
        title: non_empty(title.to_owned()),
        alt: non_empty(alt.to_owned()),
        posts: vec![beside.post.clone()],
        status: Some(MediaStatus::Referenced),
        ..Media::default()
    }
}

/// The bytes of an attachment. `again` counts how often it stands in earlier parts of a split file.
///
/// # Errors
/// When the bytes do not read back as they were meant, which would be a fault of this program.
pub(super) fn attachment(
    plan: &WxrPlan,
    planned: &PlannedAttachment,
    media: &Media,
    beside: Option<&Beside>,
    comments: Vec<Comment>,
    again: u32,
    notices: &mut Vec<Notice>,
) -> Result<CheckedItem, WxrFault> {
    let shift = TimeDelta::seconds(i64::from(planned.shift.saturating_add(again)));
    let of_source = source_date(media, "date").map(|local| (local, source_date(media, "date_gmt").unwrap_or(local)));
    let (local, utc) = of_source.or(beside.map(|b| b.dates)).unwrap_or_default();
    let dates = (local + shift, utc + shift);
    let post = Post {
        id: media.id.clone(),
        blog: media.blog.clone(),
        kind: Kind::Other("attachment".to_owned()),
        comments,
        ..Post::default()
    };
    let mut item = Item {
        plan,
        post: &post,
        planned: Planned {
            post_id: planned.id,
            first_comment: planned.first_comment,
            ..Planned::default()
        },
        author: None,
        dates,
        pieces: Pieces::default(),
        rest: Vec::new(),
        kept: KeptFields::default(),
        notices,
    };
    item.pieces.open("item");
    fields(&mut item, planned, media, beside);
    comment::write_all(&mut item);
    item.finish(&media.id)
}

fn fields(item: &mut Item<'_, '_>, planned: &PlannedAttachment, media: &Media, beside: Option<&Beside>) {
    let plan = item.plan;
    let (local, utc) = item.dates;
    let local = sql_date(local).unwrap_or_default();
    let utc = sql_date(utc).unwrap_or_else(|| local.clone());
    let address = media
        .url
        .as_deref()
        .and_then(pictures::picture)
        .map(|p| p.address)
        .unwrap_or_default();
    // A picture that stands in a second part of a split file belongs to the post there.
    let parent = match &planned.from {
        From::Picture { .. } => beside.map_or(planned.parent, |b| b.post_id),
        From::Media(_) => planned.parent,
    };
    let html = |key: &str, text: Option<&str>| {
        let html = source(media, key).filter(|html| Some(&*read_text(html)) == text);
        let whole = html.map_or_else(|| escape_title(text.unwrap_or_default()).into_owned(), str::to_owned);
        clip(&whole, MAX_TEXT).to_owned()
    };
    let title = html("title_html", media.title.as_deref());
    let caption = html("caption_html", media.caption.as_deref());
    let kept = &mut item.kept;
    kept.keep("id", &media.id, &planned.id.to_string());
    kept.keep("url", &media.url, &Some(address.clone()));
    kept.keep("path", &media.path, &None);
    kept.keep("mime_type", &media.mime_type, &None);
    kept.keep("size_in_bytes", &media.size_in_bytes, &None);
    kept.keep("sha256", &media.sha256, &None);
    kept.keep("title", &media.title, &non_empty(read_text(&title)));
    kept.keep("caption", &media.caption, &non_empty(read_text(&caption)));
    if media.alt.as_deref() == Some("") {
        kept.keep("alt", &media.alt, &None);
    }
    let posts: Vec<String> = (parent != 0).then(|| parent.to_string()).into_iter().collect();
    kept.keep("posts", &media.posts, &posts);
    kept.keep("status", &media.status, &Some(MediaStatus::Referenced));
    if media._source.is_none() {
        kept.keep("_source", &None::<SourceData>, &Some(SourceData::new()));
    }
    let packed = source_metas(media)
        .find(|(key, _)| *key == "_wp_attachment_metadata")
        .map(|(_, value)| value);
    let size = |name: &str| packed.and_then(|packed| attachment_size(packed, name));
    kept.keep("width", &media.width, &size("width"));
    kept.keep("height", &media.height, &size("height"));

    let guid = match &planned.from {
        // The importer replaces this in texts, too.
        From::Picture { .. } => pictures::written(&address),
        From::Media(_) => source(media, "guid").map_or_else(|| address.clone(), str::to_owned),
    };
    let login = source(media, "author")
        .map(wordpress::login)
        .filter(|login| plan.authors.iter().any(|a| a.login == *login))
        .or(beside.map(|b| b.login.clone()))
        .or(plan.authors.first().map(|a| a.login.clone()))
        .unwrap_or_else(|| UNKNOWN_LOGIN.to_owned());
    let word = |key: &str, words: &[&'static str]| {
        let own = source(media, key);
        words.iter().copied().find(|w| Some(*w) == own)
    };
    let status = word("status", &["private", "trash", "publish", "draft"]).unwrap_or("inherit");
    let comments = word("comment_status", &["open"]).unwrap_or("closed");
    let pings = word("ping_status", &["open"]).unwrap_or("closed");
    let order = source(media, "order").and_then(|o| o.parse::<i32>().ok()).unwrap_or(0);
    let pieces = &mut item.pieces;
    pieces.text("title", title);
    pieces.plain("link", source(media, "link").unwrap_or_default().to_owned());
    pieces.plain(
        "pubDate",
        item.dates.1.format("%a, %d %b %Y %H:%M:%S +0000").to_string(),
    );
    pieces.text("dc:creator", login);
    pieces.plain("guid", guid);
    pieces.plain("description", "");
    pieces.text(
        "content:encoded",
        source(media, "description").unwrap_or_default().to_owned(),
    );
    pieces.text("excerpt:encoded", caption);
    pieces.plain("wp:post_id", planned.id.to_string());
    pieces.text("wp:post_date", local);
    pieces.text("wp:post_date_gmt", utc);
    for (element, key) in [
        ("wp:post_modified", "modified"),
        ("wp:post_modified_gmt", "modified_gmt"),
    ] {
        if let Some(date) = source(media, key).filter(|d| is_calendar_date(d)) {
            pieces.text(element, date.to_owned());
        }
    }
    pieces.text("wp:comment_status", comments);
    pieces.text("wp:ping_status", pings);
    pieces.text(
        "wp:post_name",
        source(media, "slug").map(wordpress::slug).unwrap_or_default(),
    );
    pieces.text("wp:status", status);
    pieces.plain("wp:post_parent", parent.to_string());
    pieces.plain("wp:menu_order", order.to_string());
    pieces.text("wp:post_type", "attachment");
    pieces.text("wp:post_password", "");
    pieces.plain("wp:is_sticky", "0");
    pieces.text("wp:attachment_url", address.clone());
    let terms = media
        ._source
        .as_ref()
        .and_then(|s| s.get("terms")?.as_array())
        .into_iter()
        .flatten();
    for term in terms {
        let field = |name: &str| term.get(name).and_then(|v| v.as_str()).unwrap_or_default();
        let (taxonomy, slug) = (field("domain"), wordpress::slug(field("nicename")));
        if plan.declares(taxonomy, &slug) {
            pieces.category(
                taxonomy.to_owned(),
                slug,
                wordpress::escape_name(field("name")).into_owned(),
            );
        }
    }
    if let Some(alt) = &media.alt {
        let alt = if read_text(alt) == *alt {
            alt.clone()
        } else {
            escape_title(alt).into_owned()
        };
        pieces.meta("wp:postmeta", "_wp_attachment_image_alt", encode_own(&alt).into_owned());
    }
    if matches!(planned.from, From::Picture { .. }) && plan.blog.platform.as_deref() == Some("blogger") {
        pieces.meta("wp:postmeta", "blogger_permalink", address);
    }
    for (key, value) in source_metas(media) {
        if (1..=MAX_META_KEY).contains(&key.chars().count()) {
            pieces.meta("wp:postmeta", key.to_owned(), value.to_owned());
        }
    }
    let kept = std::mem::take(&mut item.kept).json().unwrap_or_else(|| "{}".to_owned());
    item.pieces.meta("wp:postmeta", META_MEDIA, kept);
}

/// A value of the source's own data that is there.
fn source<'m>(media: &'m Media, key: &str) -> Option<&'m str> {
    media._source.as_ref()?.get(key)?.as_str().filter(|v| !v.is_empty())
}

/// Hidden fields that a WordPress source had.
fn source_metas(media: &Media) -> impl Iterator<Item = (&str, &str)> {
    let metas = media._source.as_ref().and_then(|s| s.get("postmeta")?.as_array());
    metas.into_iter().flatten().filter_map(|meta| {
        let field = |name: &str| meta.get(name).and_then(|v| v.as_str());
        Some((field("key")?, field("value")?)).filter(|(key, _)| *key != "_edit_lock")
    })
}

fn source_date(media: &Media, key: &str) -> Option<NaiveDateTime> {
    let text = source(media, key).filter(|d| is_calendar_date(d))?;
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").ok()
}

/// Numbers that media records want and that no post has.
pub(super) fn own_numbers(cards: &[AttachmentCard], taken: &mut HashSet<u32>) -> Vec<Option<u32>> {
    cards
        .iter()
        .map(|card| small_number(&card.id).filter(|number| taken.insert(*number)))
        .collect()
}
