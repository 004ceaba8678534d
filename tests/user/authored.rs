//! Inputs that no fixture holds, written by the tests: an archive with a record of every status, and whole Blogger
//! exports that a property test varies.

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

/// A blog in blogark's own JSON Lines with one record of every status. The body of each record is one word that occurs
/// nowhere else: `post-draft`, `comment-spam`, and so on, as listed by [`EVERY_STATUS`]. Every record has a date.
pub(crate) fn every_status() -> String {
    let mut lines = vec![
        json!({ "type": "archive", "schema_version": "1.0",
                "counts": { "posts": {}, "pages": {}, "comments": {}, "media": 0, "blogs": 1 } }),
        json!({ "type": "blog", "id": "1", "platform": "wordpress", "title": "Every status",
                "home_page_url": "https://every-status.example/", "time_zone": "UTC",
                "authors": [{ "id": "7", "login": "ida", "name": "Ida" }] }),
    ];
    let comments: Vec<Value> = ["approved", "pending", "spam", "trashed", "deleted", "unknown"]
        .iter()
        .enumerate()
        .map(|(n, status)| comment(n + 1, status))
        .chain([{
            let mut suspect = comment(9, "approved");
            suspect["content_html"] = json!("comment-suspected-spam");
            suspect["suspected_spam"] = json!({ "reasons": ["sells something"] });
            suspect
        }])
        .collect();
    let statuses = [
        "published",
        "draft",
        "pending",
        "scheduled",
        "private",
        "trashed",
        "unknown",
    ];
    for (n, status) in statuses.iter().enumerate() {
        let mut post = post(n + 1, "post", status, &format!("post-{status}"));
        if *status == "published" {
            post["comments"] = Value::Array(comments.clone());
        }
        lines.push(post);
    }
    let mut protected = post(8, "post", "published", "post-protected");
    protected["protected"] = json!(true);
    lines.push(protected);
    lines.push(post(9, "page", "published", "page-published"));
    let mut text = String::new();
    for line in lines {
        text.push_str(&line.to_string());
        text.push('\n');
    }
    text
}

/// The word of every record of [`every_status`].
pub(crate) const EVERY_STATUS: &[&str] = &[
    "post-published",
    "post-draft",
    "post-pending",
    "post-scheduled",
    "post-private",
    "post-trashed",
    "post-unknown",
    "post-protected",
    "page-published",
    "comment-approved",
    "comment-pending",
    "comment-spam",
    "comment-trashed",
    "comment-deleted",
    "comment-unknown",
    "comment-suspected-spam",
];

fn post(number: usize, kind: &str, status: &str, word: &str) -> Value {
    json!({
        "type": "post", "id": number.to_string(), "blog": "1", "kind": kind, "status": status,
        "title": format!("Number {number}"), "content_html": format!("<p>{word}</p>"),
        "date_published": format!("2020-01-0{number}T10:00:00Z"), "date_published_basis": "utc",
        "authors": [{ "id": "7", "name": "Ida", "_email": "ida@every-status.example" }],
    })
}

fn comment(number: usize, status: &str) -> Value {
    json!({
        "id": format!("10{number}"), "status": status, "content_html": format!("comment-{status}"),
        "author": { "name": "Ole", "_email": "ole@every-status.example", "_ip": "192.0.2.77" },
        "date_published": format!("2020-02-0{number}T10:00:00Z"), "date_published_basis": "utc",
    })
}

/// A post of a made-up blog.
#[derive(Clone, Debug)]
pub(crate) struct MadePost {
    pub(crate) id: String,
    pub(crate) is_page: bool,
    pub(crate) is_draft: bool,
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) labels: Vec<String>,
    pub(crate) published: String,
}

/// A comment of a made-up blog.
#[derive(Clone, Debug)]
pub(crate) struct MadeComment {
    pub(crate) id: String,
    /// Id of its post, which may not be there.
    pub(crate) post: String,
    /// Id of the comment it answers, which may not be there.
    pub(crate) answers: Option<String>,
    pub(crate) body: String,
    pub(crate) author: String,
    pub(crate) published: String,
}

/// A made-up blog: its posts, and its comments in the order in which the file has them.
#[derive(Clone, Debug)]
pub(crate) struct MadeBlog {
    pub(crate) posts: Vec<MadePost>,
    pub(crate) comments: Vec<MadeComment>,
}

impl MadeBlog {
    /// The blog as Blogger's legacy export.
    pub(crate) fn export(&self) -> String {
        let mut xml = String::from(
            "<?xml version='1.0' encoding='UTF-8'?><feed xmlns='http://www.w3.org/2005/Atom' \
             xmlns:gd='http://schemas.google.com/g/2005' xmlns:thr='http://purl.org/syndication/thread/1.0'>\
             <id>tag:blogger.com,1999:blog-42.archive</id><title type='text'>Made up</title>\
             <link rel='alternate' type='text/html' href='http://made-up.blogspot.com/'/>\
             <generator version='7.00' uri='http://www.blogger.com'>Blogger</generator>",
        );
        for post in &self.posts {
            xml.push_str(&post.entry());
        }
        for comment in &self.comments {
            xml.push_str(&comment.entry());
        }
        xml.push_str("</feed>");
        xml
    }
}

const KIND: &str = "<category scheme='http://schemas.google.com/g/2005#kind' \
                    term='http://schemas.google.com/blogger/2008/kind#";

impl MadePost {
    fn entry(&self) -> String {
        let (kind, mark) = if self.is_page {
            ("page", "page")
        } else {
            ("post", "post")
        };
        let draft = if self.is_draft {
            "<app:control xmlns:app='http://purl.org/atom/app#'><app:draft>yes</app:draft></app:control>"
        } else {
            ""
        };
        let labels: String = self
            .labels
            .iter()
            .map(|l| {
                format!(
                    "<category scheme='http://www.blogger.com/atom/ns#' term='{}'/>",
                    escaped(l)
                )
            })
            .collect();
        format!(
            "<entry><id>tag:blogger.com,1999:blog-42.{mark}-{}</id><published>{}</published>\
             <updated>{}</updated>{draft}{KIND}{kind}'/>{labels}<title type='text'>{}</title>\
             <content type='html'>{}</content><author><name>Made Up</name></author></entry>",
            self.id,
            self.published,
            self.published,
            escaped(&self.title),
            escaped(&self.body),
        )
    }
}

impl MadeComment {
    fn entry(&self) -> String {
        let related = self
            .answers
            .iter()
            .map(|id| {
                format!(
                    "<link rel='related' type='application/atom+xml' \
                     href='http://www.blogger.com/feeds/42/{}/comments/default/{id}'/>",
                    self.post
                )
            })
            .collect::<String>();
        format!(
            "<entry><id>tag:blogger.com,1999:blog-42.post-{}</id><published>{}</published>\
             <updated>{}</updated>{KIND}comment'/><title type='text'>…</title><content type='html'>{}</content>\
             {related}<author><name>{}</name></author>\
             <thr:in-reply-to href='http://made-up.blogspot.com/' ref='tag:blogger.com,1999:blog-42.post-{}' \
             type='text/html'/></entry>",
            self.id,
            self.published,
            self.published,
            escaped(&self.body),
            escaped(&self.author),
            self.post,
        )
    }
}

/// Text as XML wants it.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('\'', "&#39;")
}

/// Made-up blogs: up to eight posts, up to twelve comments, some of them under posts or answering comments that are not
/// there, some answering each other in a circle.
pub(crate) fn blogs() -> impl Strategy<Value = MadeBlog> {
    let post = (
        any::<bool>(),
        any::<bool>(),
        text(),
        text(),
        vec(label(), 0..3),
        moment(),
    );
    let comment = (0..10usize, proptest::option::of(0..14usize), text(), name(), moment());
    (vec(post, 0..8), vec(comment, 0..12)).prop_map(|(posts, comments)| {
        let posts: Vec<MadePost> = posts
            .into_iter()
            .enumerate()
            .map(|(n, (is_page, is_draft, title, body, mut labels, published))| {
                labels.dedup();
                MadePost {
                    id: format!("{}", 7_000_000_000_000_000_000 + n as u64),
                    is_page,
                    is_draft,
                    title: title.trim().to_owned(),
                    body,
                    labels,
                    published,
                }
            })
            .collect();
        let comment_id = |n: usize| format!("{}", 300 + n);
        let comments = comments
            .into_iter()
            .enumerate()
            .map(|(n, (post, answers, body, author, published))| MadeComment {
                id: comment_id(n),
                post: posts.get(post).map_or("999".to_owned(), |p| p.id.clone()),
                answers: answers.map(comment_id),
                body,
                author,
                published,
            })
            .collect();
        MadeBlog { posts, comments }
    })
}

/// Text with everything that XML, JSON, YAML and Markdown give a meaning to, and several scripts.
fn text() -> impl Strategy<Value = String> {
    let piece = proptest::sample::select(vec![
        "a",
        "Z",
        " ",
        "  ",
        "\n",
        "<b>",
        "</b>",
        "<br />",
        "&amp;",
        "&",
        "&lt;",
        "]]>",
        "<![CDATA[",
        "\"",
        "'",
        "\\",
        "---",
        "# ",
        "* ",
        "1. ",
        "[x](y)",
        "`",
        "é",
        "日本語",
        "שלום",
        "🌱",
        "\u{2028}",
        "\u{a0}",
        "</entry>",
        "<entry>",
        "</feed>",
        "<!--",
        "-->",
        ": ",
        "{{",
        "<p>",
        "</div>",
        "\t",
        "<script>x</script>",
    ]);
    vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn label() -> impl Strategy<Value = String> {
    proptest::sample::select(vec!["garden", "C#", "a, b", "100%", "été", "雨", "yes", "<tea>"]).prop_map(str::to_owned)
}

fn name() -> impl Strategy<Value = String> {
    proptest::sample::select(vec!["Anonymous", "Liv & Björn", "澪", "*stars*", "نور"]).prop_map(str::to_owned)
}

/// A moment with its offset. A few days only, so that equal ones occur.
fn moment() -> impl Strategy<Value = String> {
    let offset = proptest::sample::select(vec!["Z", "+01:00", "-08:00", "+05:30"]);
    (1..4u32, 0..24u32, offset).prop_map(|(day, hour, offset)| format!("2012-03-0{day}T{hour:02}:30:00.000{offset}"))
}
