//! The rules for one item and its comments.

mod whole;

use std::collections::HashSet;

use super::file::Value;
use super::{Code, Report};
use whole::{content, dates};

use crate::wordpress::{
    self, CORE_POST_TYPES, MAX_COMMENT_AUTHOR, MAX_COMMENT_CONTENT, MAX_COMMENT_TYPE, MAX_COMMENT_URL, MAX_EMAIL,
    MAX_GUID, MAX_PASSWORD, MAX_SLUG, MAX_TEXT, is_calendar_date, title_fold,
};

/// What is remembered of an item until it ends.
#[derive(Debug, Default)]
pub(super) struct Post {
    title: String,
    title_is_nothing: bool,
    pub(super) fold: u64,
    content_is_nothing: bool,
    excerpt_is_nothing: bool,
    pub(super) creator: String,
    id: String,
    pub(super) date: String,
    date_gmt: String,
    pub(super) name: String,
    status: String,
    pub(super) parent: String,
    pub(super) kind: String,
    guid: String,
    guid_place: u64,
    attachment_url: Option<String>,
    /// Which of the elements that WordPress needs were there.
    seen: [bool; NEEDED.len()],
    has_excerpt: bool,
    pub(super) terms: Vec<(String, String)>,
}

impl Post {
    pub(super) fn is_menu_item(&self) -> bool {
        self.kind == "nav_menu_item"
    }

    /// What findings call it.
    pub(super) fn named(&self) -> String {
        if self.title_is_nothing {
            "an untitled post".to_owned()
        } else {
            format!("{:?}", self.title)
        }
    }
}

/// What there is to know of an item that has ended to hold it to the rest of its file.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) place: u64,
    pub(super) post: Post,
    /// Its number, where that is one.
    pub(super) number: Option<u64>,
    /// Places and numbers of its comments, those left out whose number another of the item has.
    pub(super) comments: Vec<(u64, u64)>,
    /// How many comments it has.
    pub(super) count: u64,
}

/// Elements that an item must have.
const NEEDED: [&str; 9] = [
    "title",
    "dc:creator",
    "content:encoded",
    "excerpt:encoded",
    "wp:post_id",
    "wp:post_date",
    "wp:post_date_gmt",
    "wp:status",
    "wp:post_type",
];

/// A comment until it ends.
#[derive(Debug, Default)]
struct Comment {
    place: u64,
    id: String,
    date: String,
    date_gmt: String,
    approved: String,
    parent: String,
    in_meta: bool,
}

/// How far the elements of an item have come: WordPress's second reader forgets what stands behind the first meta.
#[derive(Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    #[default]
    Fields,
    Meta,
    Comments,
}

/// An item as it is read.
#[derive(Debug, Default)]
pub(super) struct Item {
    place: u64,
    part: Part,
    order_reported: bool,
    post: Post,
    /// The comment that is open, or was.
    comment: Comment,
    in_comment: bool,
    comment_ids: HashSet<u64>,
    /// Places and numbers of its comments.
    comments: Vec<(u64, u64)>,
    /// Comments that answer another: place, own number, the other's.
    answers: Vec<(u64, u64, u64)>,
    count: u64,
}

impl Item {
    pub(super) fn new(place: u64) -> Item {
        Item {
            place,
            post: Post {
                title_is_nothing: true,
                content_is_nothing: true,
                excerpt_is_nothing: true,
                ..Post::default()
            },
            ..Item::default()
        }
    }

    pub(super) fn begin_meta(&mut self, name: &str) {
        if name == "wp:postmeta" {
            self.part = std::mem::take(&mut self.part).max(Part::Meta);
        } else {
            self.comment.in_meta = true;
        }
    }

    pub(super) fn begin_comment(&mut self, place: u64) {
        self.part = Part::Comments;
        self.count += 1;
        self.in_comment = true;
        let comment = &mut self.comment;
        comment.place = place;
        comment.in_meta = false;
        let fields = [&mut comment.id, &mut comment.date, &mut comment.date_gmt];
        for field in fields.into_iter().chain([&mut comment.approved, &mut comment.parent]) {
            field.clear();
        }
    }

    /// A field of the item has ended.
    pub(super) fn field(
        &mut self,
        name: &str,
        value: &Value,
        attributes: Vec<(String, String)>,
        place: u64,
        report: &mut Report<'_>,
    ) {
        if self.part != Part::Fields && !self.order_reported {
            self.order_reported = true;
            report.find(
                Code::E02,
                place,
                format!("<{name}> stands behind a hidden field or a comment of its item: WordPress's second reader does not see it there."),
            );
        }
        let text = value.text.as_str();
        let post = &mut self.post;
        for (seen, needed) in post.seen.iter_mut().zip(NEEDED) {
            *seen |= needed == name;
        }
        let too_long = |report: &mut Report<'_>, length: usize, max: usize, what: &str| {
            if length > max {
                report.find(
                    Code::E08,
                    place,
                    format!("The {what} is {length} long; WordPress takes {max}, and refuses the post or cuts it."),
                );
            }
        };
        if value.references && matches!(name, "title" | "content:encoded" | "excerpt:encoded" | "wp:post_name") {
            report.find(
                Code::W07,
                place,
                format!("<{name}> has references outside CDATA; WordPress's second reader garbles such text."),
            );
        }
        match name {
            "title" => {
                too_long(report, text.len(), MAX_TEXT, "title");
                post.title_is_nothing = is_nothing(text);
                post.fold = title_fold(text);
                post.title = text.chars().take(60).collect();
            }
            "dc:creator" => post.creator = text.to_owned(),
            "guid" => {
                post.guid_place = place;
                if text.starts_with("tag:") {
                    report.find(
                        Code::W01,
                        place,
                        format!("WordPress replaces the guid {text:?}: keep it in a hidden field."),
                    );
                }
                post.guid = text.to_owned();
            }
            "description" if post.has_excerpt && !text.is_empty() => report.find(
                Code::E02,
                place,
                "<description> stands behind <excerpt:encoded>: WordPress's second reader puts it in the excerpt's place.",
            ),
            "description" if post.has_excerpt => report.find(
                Code::E02,
                place,
                "An empty <description> stands behind <excerpt:encoded>: WordPress's second reader empties the excerpt.",
            ),
            "content:encoded" => {
                post.content_is_nothing = is_nothing(text);
                content(text, place, report);
            }
            "excerpt:encoded" => {
                too_long(report, text.len(), MAX_TEXT, "excerpt");
                post.has_excerpt = true;
                post.excerpt_is_nothing = is_nothing(text);
            }
            "wp:post_id" => post.id = text.to_owned(),
            "wp:post_date" => post.date = text.to_owned(),
            "wp:post_date_gmt" => post.date_gmt = text.to_owned(),
            "wp:post_name" => {
                too_long(report, text.len(), MAX_SLUG, "slug");
                if !text.is_empty() && wordpress::slug(text) != text {
                    report.find(
                        Code::W07,
                        place,
                        format!("WordPress stores the slug {text:?} as {:?}.", wordpress::slug(text)),
                    );
                }
                post.name = text.to_owned();
            }
            "wp:status" => post.status = text.to_owned(),
            "wp:post_parent" => post.parent = text.to_owned(),
            "wp:post_type" => post.kind = text.to_owned(),
            "wp:post_password" => too_long(report, text.chars().count(), MAX_PASSWORD, "password"),
            "wp:attachment_url" => post.attachment_url = Some(text.to_owned()),
            "category" => self.category(attributes, place, report),
            _ => {}
        }
    }

    fn category(&mut self, attributes: Vec<(String, String)>, place: u64, report: &mut Report<'_>) {
        let mut attributes = attributes.into_iter();
        match (attributes.next(), attributes.next()) {
            (Some((domain_name, domain)), Some((nicename_name, nicename)))
                if domain_name == "domain"
                    && nicename_name == "nicename"
                    && !domain.is_empty()
                    && !nicename.is_empty() =>
            {
                self.post.terms.push((domain, nicename));
            }
            _ => report.find(
                Code::E10,
                place,
                "A <category> without a domain and a nicename, in this order: WordPress leaves the term out.",
            ),
        }
    }

    /// A field of a comment has ended.
    pub(super) fn comment_field(&mut self, name: &str, value: &Value, place: u64, report: &mut Report<'_>) {
        if !self.in_comment {
            return;
        }
        let comment = &mut self.comment;
        if comment.in_meta {
            report.find(
                Code::E02,
                place,
                format!("<{name}> stands behind a hidden field of its comment: WordPress's second reader does not see it there."),
            );
            comment.in_meta = false;
        }
        let text = value.text.as_str();
        let limit = |report: &mut Report<'_>, length: usize, max: usize, what: &str| {
            if length > max {
                report.find(
                    Code::E08,
                    place,
                    format!("The comment's {what} is {length} bytes long, over the {max} that WordPress takes: the comment is lost without a word."),
                );
            }
        };
        match name {
            "wp:comment_id" => put(&mut comment.id, text),
            "wp:comment_author" => {
                limit(
                    report,
                    text.len() + 4 * bare_ampersands(text),
                    MAX_COMMENT_AUTHOR,
                    "author",
                );
                if is_altered_name(text) {
                    report.find(
                        Code::W07,
                        place,
                        format!(
                            "WordPress changes the name {text:?}: markup, %41-like sequences and double spaces go."
                        ),
                    );
                }
            }
            "wp:comment_author_email" => limit(report, text.len(), MAX_EMAIL, "e-mail address"),
            "wp:comment_author_url" => limit(report, text.len(), MAX_COMMENT_URL, "author's address"),
            "wp:comment_author_IP" => limit(report, text.len(), MAX_EMAIL, "IP address"),
            "wp:comment_date" => put(&mut comment.date, text),
            "wp:comment_date_gmt" => put(&mut comment.date_gmt, text),
            "wp:comment_content" => {
                limit(report, text.len(), MAX_COMMENT_CONTENT, "text");
                if text.contains("<a ") {
                    report.find(
                        Code::W06,
                        place,
                        "WordPress adds rel=\"nofollow ugc\" to the links of this comment.",
                    );
                }
            }
            "wp:comment_approved" => put(&mut comment.approved, text),
            "wp:comment_type" => limit(report, text.len(), MAX_COMMENT_TYPE, "type"),
            "wp:comment_parent" => put(&mut comment.parent, text),
            _ => {}
        }
    }

    pub(super) fn end_comment(&mut self, report: &mut Report<'_>) {
        if !std::mem::take(&mut self.in_comment) {
            return;
        }
        let comment = &self.comment;
        let place = comment.place;
        let mut find = |message: String| report.find(Code::E09, place, message);
        let number = comment.id.trim().parse::<u64>().ok().filter(|n| *n > 0);
        match number {
            None => find(format!("The comment's number {:?} is none.", comment.id)),
            Some(number) if self.comment_ids.insert(number) => self.comments.push((place, number)),
            Some(number) => find(format!(
                "Two comments of this post have the number {number}: the first is lost without a word."
            )),
        }
        match comment.parent.trim() {
            "" | "0" => {}
            text => match (text.parse::<u64>(), number) {
                (Ok(parent), Some(number)) => self.answers.push((place, number, parent)),
                _ => find(format!("The comment answers {text:?}, which is no number.")),
            },
        }
        for (what, date) in [("date", &comment.date), ("UTC date", &comment.date_gmt)] {
            if !is_calendar_date(date) {
                find(format!(
                    "The comment's {what} {date:?} is no date; WordPress shows it as being from the year 0."
                ));
            }
        }
        if !matches!(&*comment.approved, "1" | "0" | "spam" | "trash") {
            find(format!(
                "The comment's status {:?} is none of 1, 0, spam, trash: it is never shown.",
                comment.approved
            ));
        }
    }

    /// The item has ended: what can be judged of it by itself.
    pub(super) fn finish(self, report: &mut Report<'_>) -> Ended {
        let place = self.place;
        for (place, number, parent) in &self.answers {
            if !self.comment_ids.contains(parent) {
                report.find(
                    Code::E09,
                    *place,
                    format!("Comment {number} answers comment {parent}, which is not in this post: the thread breaks."),
                );
            } else if parent >= number {
                report.find(
                    Code::E09,
                    *place,
                    format!("Comment {number} answers comment {parent}, whose number is not smaller: it ends up under another comment or none."),
                );
            }
        }
        let post = self.post;
        // That of an attachment is replaced by the address of the fetched file.
        let guid_length = post.guid.chars().count() + 4 * post.guid.matches('&').count();
        if guid_length > MAX_GUID && post.kind != "attachment" {
            report.find(
                Code::E08,
                post.guid_place,
                format!("The guid is {guid_length} long; WordPress takes {MAX_GUID}, and refuses the post or cuts it."),
            );
        }
        let mut find = |code: Code, message: String| report.find(code, place, message);
        for (seen, needed) in post.seen.iter().zip(NEEDED) {
            if !seen {
                find(
                    Code::E02,
                    format!("{} has no <{needed}>: WordPress takes it for empty.", post.named()),
                );
            }
        }
        let number = post.id.trim().parse::<u64>().ok();
        let number = number.filter(|id| (1..=i64::MAX as u64).contains(id));
        if number.is_none() {
            find(
                Code::E03,
                format!("The number {:?} of {} is no post number.", post.id, post.named()),
            );
        }
        if !CORE_POST_TYPES.contains(&&*post.kind) {
            find(
                Code::E03,
                format!(
                    "{} is of the type {:?}: WordPress skips it unless the plugin that knows this type is active.",
                    post.named(),
                    post.kind
                ),
            );
        }
        if post.status == "auto-draft" {
            find(
                Code::E03,
                format!("{} is an auto-draft, which WordPress skips.", post.named()),
            );
        }
        let is_attachment = post.kind == "attachment";
        let is_nothing = post.title_is_nothing && post.content_is_nothing && post.excerpt_is_nothing;
        if is_nothing && !is_attachment && !post.is_menu_item() {
            find(
                Code::E05,
                "A post without title, text and excerpt: WordPress refuses it.".to_owned(),
            );
        }
        dates(&post, report, place);
        if is_attachment {
            let url = post.attachment_url.as_deref().unwrap_or(&post.guid);
            let path = url.split(['?', '#']).next().unwrap_or_default();
            let last = path.rsplit('/').next().unwrap_or_default();
            let is_complete = url.starts_with("http://") || url.starts_with("https://");
            if !is_complete || !last.contains('.') {
                report.find(
                    Code::W08,
                    place,
                    format!("The file address {url:?} is not complete or has no ending: WordPress may not fetch it."),
                );
            }
        }
        Ended {
            place,
            post,
            number,
            comments: self.comments,
            count: self.count,
        }
    }
}

/// Sets a text and keeps its memory.
fn put(text: &mut String, value: &str) {
    text.clear();
    text.push_str(value);
}

fn is_nothing(text: &str) -> bool {
    matches!(text.trim(), "" | "0")
}

fn bare_ampersands(text: &str) -> usize {
    text.matches('&').count() - text.matches("&amp;").count()
}

/// Whether WordPress cleans a name: markup, percent sequences, white space.
pub(super) fn is_altered_name(name: &str) -> bool {
    let percent = name
        .as_bytes()
        .windows(3)
        .any(|w| matches!(w, [b'%', a, b] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit()));
    percent || name.contains('<') || name.contains("  ") || name.contains(['\n', '\t', '\r']) || name.trim() != name
}
