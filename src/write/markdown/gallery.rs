//! WordPress's `[gallery]` as the pictures that it shows, looked up among the attachments of its blog.

use std::collections::{HashMap, HashSet};
use std::fmt::Write;
use std::sync::OnceLock;

use crate::archive::FetchError;
use crate::html::escape_text;
use crate::ledger::{Notice, NoticeCode};
use crate::model::{Media, Post};
use crate::wordpress::{Gallery, GalleryOrder, fold};
use crate::write::Run;

/// Pictures that the galleries of one post show at the most, and the bytes of HTML that they may take: a few words ask
/// for all attachments of a blog.
const MAX_PICTURES: usize = 4_000;
const MAX_HTML: usize = 2 * 1024 * 1024;

const TOO_MANY: &str = "the galleries of this post show too many pictures";

/// Endings of the files that WordPress takes for pictures.
const PICTURES: [&str; 14] = [
    "jpg", "jpeg", "jpe", "png", "gif", "webp", "bmp", "avif", "heic", "heif", "svg", "ico", "tif", "tiff",
];

/// The attachments of an archive, by what galleries call them. Gathered when the first gallery asks.
#[derive(Default)]
pub(super) struct Galleries<'a>(OnceLock<Index<'a>>);

/// Numbers of media records.
struct Index<'a> {
    /// By blog and id.
    by_id: HashMap<&'a str, HashMap<String, u32>>,
    /// By blog and the post they were uploaded to.
    by_post: HashMap<&'a str, HashMap<String, Vec<u32>>>,
    /// Blog and id of the posts that go out.
    posts: HashSet<(&'a str, String)>,
}

impl<'a> Index<'a> {
    fn of(run: Run<'a>) -> Index<'a> {
        let posts = run.plan.posts.iter().filter_map(|number| run.archive.post(*number));
        let mut index = Index {
            by_id: HashMap::new(),
            by_post: HashMap::new(),
            posts: posts
                .filter_map(|card| Some((card.blog()?.id.as_str(), card.id())))
                .collect(),
        };
        for card in run.archive.media_cards() {
            if let Some(post) = card.post() {
                let of_blog = index.by_post.entry(card.blog_id()).or_default();
                of_blog.entry(post).or_default().push(card.number());
            }
            let of_blog = index.by_id.entry(card.blog_id()).or_default();
            of_blog.entry(card.id()).or_insert(card.number());
        }
        index
    }
}

/// The galleries of one post.
pub(super) struct OfPost<'a, 'p> {
    run: Run<'a>,
    index: &'p Galleries<'a>,
    post: &'p Post,
    pictures_left: usize,
    html_left: usize,
    /// What the user should know of them.
    pub(super) notices: Vec<Notice>,
    /// Why a source could not be read.
    pub(super) error: Option<FetchError>,
}

impl<'a, 'p> OfPost<'a, 'p> {
    pub(super) fn new(run: Run<'a>, index: &'p Galleries<'a>, post: &'p Post) -> OfPost<'a, 'p> {
        OfPost {
            run,
            index,
            post,
            pictures_left: MAX_PICTURES,
            html_left: MAX_HTML,
            notices: Vec::new(),
            error: None,
        }
    }

    /// A gallery as HTML; `None`, and a notice, where nothing of it is there.
    pub(super) fn html(&mut self, gallery: &Gallery<'_>) -> Option<String> {
        if self.error.is_some() {
            return None;
        }
        // Before anything is looked up: a body may hold any number of galleries.
        if self.pictures_left == 0 {
            return self.stays(gallery, TOO_MANY);
        }
        let Some(numbers) = self.numbers(gallery) else {
            return self.stays(gallery, "it shows the pictures of a post that is not written");
        };
        if numbers.len() > self.pictures_left {
            self.pictures_left = 0;
            return self.stays(gallery, TOO_MANY);
        }
        self.pictures_left -= numbers.len();
        let mut pictures = match self.run.archive.media(&numbers) {
            Ok(media) => media,
            Err(error) => {
                self.error = Some(error);
                return None;
            }
        };
        pictures.retain(is_shown);
        if pictures.is_empty() {
            return self.stays(gallery, "its pictures are not in the export");
        }
        sort(&mut pictures, gallery);
        let mut html = String::from("\n\n");
        for picture in &pictures {
            push_picture(&mut html, picture, gallery.is_linked);
        }
        if html.len() > self.html_left {
            self.pictures_left = 0;
            return self.stays(gallery, TOO_MANY);
        }
        self.html_left -= html.len();
        self.name_missing(gallery, &pictures);
        Some(html)
    }

    /// The records that a gallery is about, before it is known which of them are pictures; `None` where they belong to a
    /// post that does not go out.
    fn numbers(&self, gallery: &Gallery<'_>) -> Option<Vec<u32>> {
        let index = self.index.0.get_or_init(|| Index::of(self.run));
        let blog = self.post.blog.as_str();
        if let Some(ids) = &gallery.ids {
            let of_blog = index.by_id.get(blog);
            return Some(ids.iter().filter_map(|id| of_blog?.get(*id).copied()).collect());
        }
        let own = self.post.id.as_str();
        let post = gallery.post.unwrap_or(own);
        // WordPress shows nobody the gallery of a post that they may not read.
        if post != own && !index.posts.contains(&(blog, post.to_owned())) {
            return None;
        }
        let all = index.by_post.get(blog).and_then(|posts| posts.get(post));
        let excluded: HashSet<u32> = gallery
            .exclude
            .iter()
            .filter_map(|id| index.by_id.get(blog)?.get(*id).copied())
            .collect();
        let shown = all.into_iter().flatten().filter(|number| !excluded.contains(number));
        Some(shown.copied().collect())
    }

    fn stays(&mut self, gallery: &Gallery<'_>, why: &str) -> Option<String> {
        self.tell(format!("{} stays as text: {why}.", gallery.typed));
        None
    }

    /// Tells which of the numbers that a gallery names are no pictures of the export.
    fn name_missing(&mut self, gallery: &Gallery<'_>, pictures: &[Media]) {
        let there: HashSet<&str> = pictures.iter().map(|picture| picture.id.as_str()).collect();
        let named = gallery.ids.iter().flatten();
        let missing: Vec<&str> = named.copied().filter(|id| !there.contains(id)).collect();
        if !missing.is_empty() {
            self.tell(format!(
                "{} names pictures that are not in the export: {}. The others are shown.",
                gallery.typed,
                missing.join(", ")
            ));
        }
    }

    fn tell(&mut self, message: String) {
        let notice = Notice::new(NoticeCode::HtmlSimplified, message);
        self.notices.push(notice.about_post(&self.post.blog, &self.post.id));
    }
}

/// Whether WordPress shows it in a gallery: a picture with an address that was not put into the bin and is not private.
fn is_shown(media: &Media) -> bool {
    let Some(address) = media.url.as_deref() else {
        return false;
    };
    let is_picture = match &media.mime_type {
        Some(mime) => mime.starts_with("image/"),
        None => {
            let path = address.split(['?', '#']).next().unwrap_or_default();
            let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
            ending.is_some_and(|ending| PICTURES.contains(&ending.as_str()))
        }
    };
    is_picture && matches!(field(media, "status"), "" | "inherit" | "publish")
}

/// Puts the pictures into the order that the gallery asks for.
fn sort(pictures: &mut [Media], gallery: &Gallery<'_>) {
    let number = |media: &Media| media.id.parse::<u64>().unwrap_or(u64::MAX);
    match gallery.order {
        GalleryOrder::Named => {
            let named = gallery.ids.iter().flatten().copied();
            let places: HashMap<&str, usize> = named.zip(0..).collect();
            pictures.sort_by_key(|media| places.get(media.id.as_str()).copied());
        }
        GalleryOrder::Menu => pictures.sort_by_cached_key(|media| {
            let order: i64 = field(media, "order").parse().unwrap_or_default();
            (order, number(media))
        }),
        GalleryOrder::Date => pictures.sort_by_cached_key(|media| (field(media, "date").to_owned(), number(media))),
        GalleryOrder::Title => {
            pictures.sort_by_cached_key(|media| (fold(media.title.as_deref().unwrap_or_default()), number(media)));
        }
        GalleryOrder::Id => pictures.sort_by_key(number),
    }
    if gallery.is_descending {
        pictures.reverse();
    }
}

/// A picture, its caption under it. The link goes to the file: the page that WordPress had for it is not among the
/// posts.
fn push_picture(html: &mut String, media: &Media, is_linked: bool) {
    let one_line = |text: &str| escape_text(&text.split_whitespace().collect::<Vec<_>>().join(" "));
    let address = escape_text(media.url.as_deref().unwrap_or_default().trim());
    let alt = one_line(media.alt.as_deref().unwrap_or_default());
    let image = format!("<img src=\"{address}\" alt=\"{alt}\" />");
    html.push_str("<figure>");
    let _ = match is_linked {
        true => write!(html, "<a href=\"{address}\">{image}</a>"),
        false => write!(html, "{image}"),
    };
    let caption = match field(media, "caption_html") {
        "" => one_line(media.caption.as_deref().unwrap_or_default()),
        // A line break of the text is no paragraph of the body.
        own => own.split_whitespace().collect::<Vec<_>>().join(" "),
    };
    if !caption.is_empty() {
        let _ = write!(html, "<figcaption>{caption}</figcaption>");
    }
    html.push_str("</figure>\n\n");
}

/// What the record has of WordPress's own, as text.
fn field<'m>(media: &'m Media, name: &str) -> &'m str {
    let value = media._source.as_ref().and_then(|source| source.get(name)?.as_str());
    value.unwrap_or_default().trim()
}
