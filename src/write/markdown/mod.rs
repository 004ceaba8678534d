//! Markdown: one file a post, YAML front matter, CommonMark with GFM.
//!
//! Markdown publishes, so what was not public does not come here (the plan sees to that), and what strangers wrote in
//! comments is sanitised.

mod comments;
mod front_matter;

use std::borrow::Cow;
use std::path::Path;

use super::folder::{Folder, Put};
use super::output::WrittenFile;
use super::{Run, WriteError, Written, pipeline};
use crate::html::{HtmlNotice, HtmlNoticeCode, Markdown, MarkdownOptions, Newlines, autop, to_markdown};
use crate::ledger::{Notice, NoticeCode, Reason};
use crate::model::{ContentFormat, Kind, Post, Zone};
use crate::plan::markdown::MarkdownPlan;
use crate::wordpress::shortcodes_to_html;

/// Where comments go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CommentsAs {
    /// As a section at the end of their post.
    #[default]
    Section,
    /// As a JSON file for each post, in the folder `comments`.
    Data,
    /// Nowhere.
    None,
}

/// How the folder is written.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Where comments go.
    pub comments: CommentsAs,
    /// Files that a person changed since the last run are replaced.
    pub overwrite: bool,
}

/// Writes the plan's posts into the folder `root`; nowhere, where there is none.
///
/// # Errors
/// When a source cannot be read or a file cannot be written.
pub fn write(
    run: Run<'_>,
    root: Option<&Path>,
    options: Options,
    written: &mut Written<'_>,
) -> Result<Vec<WrittenFile>, WriteError> {
    let paths = MarkdownPlan::new(run.archive, run.plan);
    let mut folder = match root {
        Some(root) => Folder::begin(root, options.overwrite)?,
        None => Folder::nothing(),
    };
    pipeline::posts(
        run,
        |place, fetched| {
            let mut notices = fetched.notices;
            let card = run.archive.post(fetched.number);
            let blog = card.map(|c| c.blog_place()).unwrap_or_default();
            let name = paths.names.get(place).map_or("post", |n| n);
            let slug = paths.slugs.get(place).map_or("post", |s| s);
            let file = PostFile {
                post: &fetched.post,
                zone: run.archive.zone(blog),
                slug,
            };
            let text = file.text(options.comments, &mut notices);
            notices.extend(not_carried(&fetched.post));
            let data = match options.comments {
                CommentsAs::Data if !fetched.post.comments.is_empty() => {
                    let mut bytes = serde_json::to_vec_pretty(&fetched.post.comments)?;
                    bytes.push(b'\n');
                    Some(bytes)
                }
                _ => None,
            };
            let kind = match &fetched.post.kind {
                Kind::Page => "pages",
                _ => "posts",
            };
            let base = paths.folders.get(blog).filter(|f| !f.is_empty());
            let base = base.map(|f| format!("{f}/")).unwrap_or_default();
            Ok(Rendered {
                path: format!("{base}{kind}/{name}.md"),
                data: data.map(|bytes| (format!("{base}comments/{name}.json"), bytes)),
                text,
                comments: match options.comments {
                    CommentsAs::None => 0,
                    _ => fetched.post.comments.len() as u64,
                },
                post: (fetched.post.blog, fetched.post.id),
                notices,
            })
        },
        |rendered| put(&mut folder, rendered, written),
    )?;
    folder.finish()
}

/// A post as files.
struct Rendered {
    path: String,
    text: String,
    data: Option<(String, Vec<u8>)>,
    comments: u64,
    /// Ids of blog and post.
    post: (String, String),
    notices: Vec<Notice>,
}

fn put(folder: &mut Folder, rendered: Rendered, written: &mut Written<'_>) -> Result<(), WriteError> {
    for notice in &rendered.notices {
        written.notice(notice);
    }
    let mut is_kept = folder.put(&rendered.path, rendered.text.as_bytes())? == Put::Kept;
    let mut path = &rendered.path;
    if let Some((data_path, bytes)) = &rendered.data
        && folder.put(data_path, bytes)? == Put::Kept
    {
        is_kept = true;
        path = data_path;
    }
    if is_kept {
        let (blog, post) = &rendered.post;
        written.notice(
            &Notice::new(
                NoticeCode::FileKept,
                format!("{path} was changed since blogark wrote it, or is not its own; it was left as it is. --overwrite replaces it."),
            )
            .about_post(blog, post),
        );
        written.ledger.posts.leave_out(Reason::FileKept, 1);
        written.ledger.comments.leave_out(Reason::FileKept, rendered.comments);
    } else {
        written.post(rendered.comments);
    }
    Ok(())
}

struct PostFile<'a> {
    post: &'a Post,
    zone: Zone,
    slug: &'a str,
}

impl PostFile<'_> {
    fn text(&self, comments: CommentsAs, notices: &mut Vec<Notice>) -> String {
        let post = self.post;
        let mut text = front_matter::yaml(post, self.zone, self.slug);
        let body = body(post.content_html.as_deref().unwrap_or_default(), post.format());
        for notice in body.notices {
            notices.push(told(notice).about_post(&post.blog, &post.id));
        }
        if !body.text.is_empty() {
            text.push('\n');
            text.push_str(&body.text);
        }
        if comments == CommentsAs::Section && !post.comments.is_empty() {
            text.push('\n');
            comments::section(post, self.zone, &mut text, notices);
        }
        text
    }
}

/// What front matter has no place for.
fn not_carried(post: &Post) -> Option<Notice> {
    let fields: Vec<&str> = [
        ("location", post.location.is_some()),
        ("attachments", !post.attachments.is_empty()),
        ("links of the entry", !post.links.is_empty()),
        ("page above it", post.parent.is_some()),
    ]
    .into_iter()
    .filter_map(|(field, is_there)| is_there.then_some(field))
    .collect();
    (!fields.is_empty()).then(|| {
        Notice::new(
            NoticeCode::FieldNotCarried,
            format!(
                "Front matter has no place for this post's {}. JSON keeps it.",
                fields.join(", ")
            ),
        )
        .about_post(&post.blog, &post.id)
    })
}

/// A body as Markdown, by the rules of its format.
fn body(html: &str, format: ContentFormat) -> Markdown {
    let (html, newlines) = match format {
        ContentFormat::HtmlNewlines => (Cow::Borrowed(html), Newlines::Break),
        ContentFormat::Wpautop => {
            let html = autop(&shortcodes_to_html(html)).into_owned();
            (Cow::Owned(html), Newlines::Space)
        }
        ContentFormat::WpBlocks => (shortcodes_to_html(html), Newlines::Space),
        ContentFormat::Html | ContentFormat::Text => (Cow::Borrowed(html), Newlines::Space),
    };
    to_markdown(
        &html,
        &MarkdownOptions {
            newlines,
            ..MarkdownOptions::default()
        },
    )
}

/// A notice of the converter in the words of the ledger.
fn told(notice: HtmlNotice) -> Notice {
    let code = match notice.code {
        HtmlNoticeCode::DepthFlattened => NoticeCode::HtmlFlattened,
        _ => NoticeCode::HtmlSimplified,
    };
    let what = notice.code.sentence();
    let message = if notice.detail.is_empty() {
        what.to_owned()
    } else {
        format!("{what} ({})", notice.detail)
    };
    Notice::new(code, message)
}
