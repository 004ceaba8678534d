//! The rules for one item and its comments.

mod whole;

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::file::Value;
use super::known::Known;
use super::{Code, Report};
use whole::{content, dates, duplicates};

use crate::wordpress::{
    self, CORE_POST_TYPES, MAX_COMMENT_AUTHOR, MAX_COMMENT_CONTENT, MAX_COMMENT_TYPE, MAX_COMMENT_URL, MAX_EMAIL,
    MAX_GUID, MAX_PASSWORD, MAX_SLUG, MAX_TEXT, is_calendar_date, title_fold,
};

/// What is remembered of an item until it ends.
#[derive(Debug, Default)]
struct Post {
    title: String,
    title_is_nothing: bool,
    fold: u64,
    content_is_nothing: bool,
    excerpt_is_nothing: bool,
    creator: String,
    id: String,
    date: String,
    date_gmt: String,
    name: String,
    status: String,
    parent: String,
    kind: String,
    guid: String,
    guid_line: u64,
    attachment_url: Option<String>,
    /// Which of the elements that WordPress needs were there.
    seen: [bool; NEEDED.len()],
    has_excerpt: bool,
    terms: Vec<(String, String)>,
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
    line: u64,
    id: String,
    date: String,
    date_gmt: String,
    approved: Option<String>,
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
    line: u64,
    part: Part,
    order_reported: bool,
    post: Post,
    comment: Option<Comment>,
    comment_ids: HashSet<u64>,
    /// Comments that answer another: line, own number, the other's.
    answers: Vec<(u64, u64, u64)>,
    comments: u64,
}

impl Item {
    pub(super) fn new(line: u64) -> Item {
        Item {
            line,
            post: Post {
                title_is_nothing: true,
                content_is_nothing: true,
                excerpt_is_nothing: true,
                ..Post::default()
            },
            ..Item::default()
        }
    }

    pub(super) fn comments(&self) -> u64 {
        self.comments
    }

    pub(super) fn begin_meta(&mut self, name: &str) {
        if name == "wp:postmeta" {
            self.part = std::mem::take(&mut self.part).max(Part::Meta);
        } else if let Some(comment) = &mut self.comment {
            comment.in_meta = true;
        }
    }

    pub(super) fn begin_comment(&mut self, line: u64) {
        self.part = Part::Comments;
        self.comments += 1;
        self.comment = Some(Comment {
            line,
            ..Comment::default()
        });
    }

    /// A field of the item has ended.
    pub(super) fn field(
        &mut self,
        name: &str,
        value: Value,
        attributes: &[(String, String)],
        line: u64,
        report: &mut Report<'_>,
    ) {
        if self.part != Part::Fields && !self.order_reported {
            self.order_reported = true;
            report.find(
                Code::E02,
                line,
                format!("<{name}> stands behind a hidden field or a comment of its item: WordPress's second reader does not see it there."),
            );
        }
        let text = value.text;
        let post = &mut self.post;
        for (seen, needed) in post.seen.iter_mut().zip(NEEDED) {
            *seen |= needed == name;
        }
        let too_long = |report: &mut Report<'_>, length: usize, max: usize, what: &str| {
            if length > max {
                report.find(
                    Code::E08,
                    line,
                    format!("The {what} is {length} long; WordPress takes {max}, and refuses the post or cuts it."),
                );
            }
        };
        if value.references && matches!(name, "title" | "content:encoded" | "excerpt:encoded" | "wp:post_name") {
            report.find(
                Code::W07,
                line,
                format!("<{name}> has references outside CDATA; WordPress's second reader garbles such text."),
            );
        }
        match name {
            "title" => {
                too_long(report, text.len(), MAX_TEXT, "title");
                post.title_is_nothing = is_nothing(&text);
                post.fold = title_fold(&text);
                post.title = text.chars().take(60).collect();
            }
            "dc:creator" => post.creator = text,
            "guid" => {
                post.guid_line = line;
                if text.starts_with("tag:") {
                    report.find(
                        Code::W01,
                        line,
                        format!("WordPress replaces the guid {text:?}: keep it in a hidden field."),
                    );
                }
                post.guid = text;
            }
            "description" if post.has_excerpt && !text.is_empty() => report.find(
                Code::E02,
                line,
                "<description> stands behind <excerpt:encoded>: WordPress's second reader puts it in the excerpt's place.",
            ),
            "description" if post.has_excerpt => report.find(
                Code::E02,
                line,
                "An empty <description> stands behind <excerpt:encoded>: WordPress's second reader empties the excerpt.",
            ),
            "content:encoded" => {
                post.content_is_nothing = is_nothing(&text);
                content(&text, line, report);
            }
            "excerpt:encoded" => {
                too_long(report, text.len(), MAX_TEXT, "excerpt");
                post.has_excerpt = true;
                post.excerpt_is_nothing = is_nothing(&text);
            }
            "wp:post_id" => post.id = text,
            "wp:post_date" => post.date = text,
            "wp:post_date_gmt" => post.date_gmt = text,
            "wp:post_name" => {
                too_long(report, text.len(), MAX_SLUG, "slug");
                if !text.is_empty() && wordpress::slug(&text) != text {
                    report.find(
                        Code::W07,
                        line,
                        format!("WordPress stores the slug {text:?} as {:?}.", wordpress::slug(&text)),
                    );
                }
                post.name = text;
            }
            "wp:status" => post.status = text,
            "wp:post_parent" => post.parent = text,
            "wp:post_type" => post.kind = text,
            "wp:post_password" => too_long(report, text.chars().count(), MAX_PASSWORD, "password"),
            "wp:attachment_url" => post.attachment_url = Some(text),
            "category" => self.category(attributes, line, report),
            _ => {}
        }
    }

    fn category(&mut self, attributes: &[(String, String)], line: u64, report: &mut Report<'_>) {
        match attributes {
            [(domain_name, domain), (nicename_name, nicename), ..]
                if domain_name == "domain"
                    && nicename_name == "nicename"
                    && !domain.is_empty()
                    && !nicename.is_empty() =>
            {
                self.post.terms.push((domain.clone(), nicename.clone()));
            }
            _ => report.find(
                Code::E10,
                line,
                "A <category> without a domain and a nicename, in this order: WordPress leaves the term out.",
            ),
        }
    }

    /// A field of a comment has ended.
    pub(super) fn comment_field(&mut self, name: &str, value: Value, line: u64, report: &mut Report<'_>) {
        let Some(comment) = &mut self.comment else {
            return;
        };
        if comment.in_meta {
            report.find(
                Code::E02,
                line,
                format!("<{name}> stands behind a hidden field of its comment: WordPress's second reader does not see it there."),
            );
            comment.in_meta = false;
        }
        let text = value.text;
        let limit = |report: &mut Report<'_>, length: usize, max: usize, what: &str| {
            if length > max {
                report.find(
                    Code::E08,
                    line,
                    format!("The comment's {what} is {length} bytes long, over the {max} that WordPress takes: the comment is lost without a word."),
                );
            }
        };
        match name {
            "wp:comment_id" => comment.id = text,
            "wp:comment_author" => {
                limit(
                    report,
                    text.len() + 4 * bare_ampersands(&text),
                    MAX_COMMENT_AUTHOR,
                    "author",
                );
                if is_altered_name(&text) {
                    report.find(
                        Code::W07,
                        line,
                        format!(
                            "WordPress changes the name {text:?}: markup, %41-like sequences and double spaces go."
                        ),
                    );
                }
            }
            "wp:comment_author_email" => limit(report, text.len(), MAX_EMAIL, "e-mail address"),
            "wp:comment_author_url" => limit(report, text.len(), MAX_COMMENT_URL, "author's address"),
            "wp:comment_author_IP" => limit(report, text.len(), MAX_EMAIL, "IP address"),
            "wp:comment_date" => comment.date = text,
            "wp:comment_date_gmt" => comment.date_gmt = text,
            "wp:comment_content" => {
                limit(report, text.len(), MAX_COMMENT_CONTENT, "text");
                if text.contains("<a ") {
                    report.find(
                        Code::W06,
                        line,
                        "WordPress adds rel=\"nofollow ugc\" to the links of this comment.",
                    );
                }
            }
            "wp:comment_approved" => comment.approved = Some(text),
            "wp:comment_type" => limit(report, text.len(), MAX_COMMENT_TYPE, "type"),
            "wp:comment_parent" => comment.parent = text,
            _ => {}
        }
    }

    pub(super) fn end_comment(&mut self, known: &mut Known, report: &mut Report<'_>) {
        let Some(comment) = self.comment.take() else {
            return;
        };
        let line = comment.line;
        let mut find = |message: String| report.find(Code::E09, line, message);
        let number = comment.id.trim().parse::<u64>().ok().filter(|n| *n > 0);
        match number {
            None => find(format!("The comment's number {:?} is none.", comment.id)),
            Some(number) => {
                if !known.comment_ids.insert(number) {
                    let here = self.comment_ids.contains(&number);
                    find(if here {
                        format!("Two comments of this post have the number {number}: the first is lost without a word.")
                    } else {
                        format!(
                            "The comment number {number} is used in another post too; some importers mix their answers up."
                        )
                    });
                }
                self.comment_ids.insert(number);
            }
        }
        match comment.parent.trim() {
            "" | "0" => {}
            text => match (text.parse::<u64>(), number) {
                (Ok(parent), Some(number)) => self.answers.push((line, number, parent)),
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
        match comment.approved.as_deref() {
            Some("1" | "0" | "spam" | "trash") => {}
            other => find(format!(
                "The comment's status {:?} is none of 1, 0, spam, trash: it is never shown.",
                other.unwrap_or_default()
            )),
        }
    }

    /// The item has ended; gives its type.
    pub(super) fn finish(self, known: &mut Known, report: &mut Report<'_>) -> String {
        let line = self.line;
        for (line, number, parent) in &self.answers {
            if !self.comment_ids.contains(parent) {
                report.find(
                    Code::E09,
                    *line,
                    format!("Comment {number} answers comment {parent}, which is not in this post: the thread breaks."),
                );
            } else if parent >= number {
                report.find(
                    Code::E09,
                    *line,
                    format!("Comment {number} answers comment {parent}, whose number is not smaller: it ends up under another comment or none."),
                );
            }
        }
        let post = self.post;
        let named = if post.title_is_nothing {
            "an untitled post".to_owned()
        } else {
            format!("{:?}", post.title)
        };
        // That of an attachment is replaced by the address of the fetched file.
        let guid_length = post.guid.chars().count() + 4 * post.guid.matches('&').count();
        if guid_length > MAX_GUID && post.kind != "attachment" {
            report.find(
                Code::E08,
                post.guid_line,
                format!("The guid is {guid_length} long; WordPress takes {MAX_GUID}, and refuses the post or cuts it."),
            );
        }
        let mut find = |code: Code, message: String| report.find(code, line, message);
        for (seen, needed) in post.seen.iter().zip(NEEDED) {
            if !seen {
                find(
                    Code::E02,
                    format!("{named} has no <{needed}>: WordPress takes it for empty."),
                );
            }
        }
        match post
            .id
            .trim()
            .parse::<u64>()
            .ok()
            .filter(|id| (1..=i64::MAX as u64).contains(id))
        {
            None => find(
                Code::E03,
                format!("The number {:?} of {named} is no post number.", post.id),
            ),
            Some(id) => {
                // Items of two menus may share a number: WordPress takes both.
                if !known.post_ids.insert(id) && post.kind != "nav_menu_item" {
                    find(
                        Code::E03,
                        format!("The post number {id} is used twice: {named} is skipped without a word."),
                    );
                }
            }
        }
        if !CORE_POST_TYPES.contains(&&*post.kind) {
            find(
                Code::E03,
                format!(
                    "{named} is of the type {:?}: WordPress skips it unless the plugin that knows this type is active.",
                    post.kind
                ),
            );
        }
        if post.status == "auto-draft" {
            find(Code::E03, format!("{named} is an auto-draft, which WordPress skips."));
        }
        let is_menu = post.kind == "nav_menu_item";
        if !is_menu {
            duplicates(&post, &named, known, &mut find);
        }
        if !is_menu
            && post.kind != "attachment"
            && post.title_is_nothing
            && post.content_is_nothing
            && post.excerpt_is_nothing
        {
            find(
                Code::E05,
                "A post without title, text and excerpt: WordPress refuses it.".to_owned(),
            );
        }
        dates(&post, &named, report, line);
        let mut find = |code: Code, message: String| report.find(code, line, message);
        if !known.logins.contains(&post.creator) {
            find(
                Code::E07,
                format!(
                    "{named} is by {:?}, who is not declared: it goes to whoever runs the import.",
                    post.creator
                ),
            );
        }
        for (domain, nicename) in post.terms {
            let taxonomy = if domain == "tag" { "post_tag".to_owned() } else { domain };
            let declared = known
                .terms
                .get(&taxonomy)
                .is_some_and(|slugs| slugs.contains(&nicename));
            // The formats of posts are WordPress's own.
            if !declared && taxonomy != "post_format" && known.undeclared.insert((taxonomy.clone(), nicename.clone())) {
                find(
                    Code::E10,
                    format!(
                        "The term {nicename:?} of {taxonomy} is used and not declared in the head: a backslash in its name is lost, and its parent."
                    ),
                );
            }
        }
        if post.kind == "attachment" {
            let url = post.attachment_url.as_deref().unwrap_or(&post.guid);
            let last = url
                .split(['?', '#'])
                .next()
                .unwrap_or_default()
                .rsplit('/')
                .next()
                .unwrap_or_default();
            let complete = url.starts_with("http://") || url.starts_with("https://");
            if !complete || !last.contains('.') {
                find(
                    Code::W08,
                    format!("The file address {url:?} is not complete or has no ending: WordPress may not fetch it."),
                );
            }
        }
        if post.kind.is_empty() {
            "(none)".to_owned()
        } else {
            post.kind
        }
    }
}

fn hash(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
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
