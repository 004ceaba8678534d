//! Comments as a section at the end of their post: threads as quotations inside each other.

use std::collections::HashMap;

use super::{Writing, told};
use crate::html::{self, Markdown};
use crate::ledger::{Notice, NoticeCode};
use crate::model::{
    Comment, CommentKind, CommentStatus, ContentFormat, DeletedBy, Post, Precision, Zone, push_day, push_minutes,
};

/// Threads deeper than this stay at this depth: no page shows more, and every line would be nothing but marks.
pub(super) const DEPTH: usize = 12;

/// Writes the section; whether there is raw HTML in it.
pub(super) fn section(
    post: &Post,
    zone: Zone,
    writing: &Writing,
    text: &mut String,
    notices: &mut Vec<Notice>,
) -> bool {
    let length = |comment: &Comment| comment.content_html.as_deref().unwrap_or_default().len() + 80;
    text.reserve(post.comments.iter().map(length).sum());
    text.push_str("## Comments\n");
    let mut depths: HashMap<&str, usize> = HashMap::new();
    let mut before = 0;
    let mut has_raw_html = false;
    for comment in &post.comments {
        let depth = comment
            .in_reply_to
            .as_deref()
            .and_then(|parent| depths.get(parent))
            .map_or(0, |d| (d + 1).min(DEPTH));
        depths.insert(&comment.id, depth);
        // The line between two comments belongs to what they share, so that a thread is one quotation.
        line(text, before.min(depth), "");
        let message = message(post, comment, writing, notices);
        has_raw_html |= message.raw_html;
        let heading = heading(comment, zone, writing);
        for own in heading.lines().chain([""]).chain(message.text.lines()) {
            line(text, depth, own);
        }
        before = depth;
    }
    has_raw_html
}

/// A line inside quotations. Space at the end of one is a line break and stays.
fn line(text: &mut String, depth: usize, line: &str) {
    for _ in 0..depth {
        text.push_str("> ");
    }
    if line.is_empty() {
        text.truncate(text.trim_end_matches(' ').len());
    }
    text.push_str(line);
    text.push('\n');
}

/// What a comment says; for one that was removed, that it was.
pub(super) fn message(post: &Post, comment: &Comment, writing: &Writing, notices: &mut Vec<Notice>) -> Markdown {
    if comment.status == CommentStatus::Deleted {
        let text = match comment.deleted_by {
            Some(DeletedBy::Author) => "*This comment was removed by its author.*\n",
            Some(DeletedBy::Admin) => "*This comment was removed by the blog's owner.*\n",
            _ => "*This comment was removed.*\n",
        };
        return Markdown {
            text: text.to_owned(),
            ..Markdown::default()
        };
    }
    let content = comment.content_html.as_deref().unwrap_or_default();
    let (mut markdown, removed) = match writing.harmless(content, comment.format()) {
        Some(markdown) => (markdown, 0),
        None => {
            let clean = html::sanitise(content);
            let markdown = writing.markdown(&clean.html, comment.format());
            (markdown, clean.elements_removed + clean.attributes_removed)
        }
    };
    if removed > 0 {
        notices.push(
            Notice::new(
                NoticeCode::HtmlSanitised,
                format!(
                    "{removed} elements and attributes were taken out of a stranger's comment before it is published."
                ),
            )
            .about_post(&post.blog, &post.id)
            .about_comment(&comment.id),
        );
    }
    for notice in markdown.notices.drain(..) {
        notices.push(told(notice).about_post(&post.blog, &post.id).about_comment(&comment.id));
    }
    markdown
}

/// The name of who wrote a comment.
pub(super) fn name(comment: &Comment) -> &str {
    let name = comment.author.as_ref().and_then(|author| author.name.as_deref());
    name.map(str::trim).filter(|n| !n.is_empty()).unwrap_or("Anonymous")
}

/// The address of who wrote a comment, where it is one that may be linked.
pub(super) fn url(comment: &Comment) -> Option<&str> {
    let url = comment.author.as_ref().and_then(|author| author.url.as_deref());
    let is_of_site = |u: &str| u.starts_with('/') && !u.starts_with("//");
    url.filter(|u| u.starts_with("http://") || u.starts_with("https://") || is_of_site(u))
}

/// The word for what is no comment in the narrow sense.
pub(super) fn kind(kind: CommentKind) -> &'static str {
    match kind {
        CommentKind::Comment => "comment",
        CommentKind::Pingback => "pingback",
        CommentKind::Trackback => "trackback",
        CommentKind::Like => "like",
        CommentKind::Webmention => "webmention",
    }
}

/// `**Name**, 2010-05-04 12:30`: who and when, as far as is known.
fn heading(comment: &Comment, zone: Zone, writing: &Writing) -> String {
    let (name, url) = (name(comment), url(comment));
    let mut heading = plain_name(name, url).unwrap_or_else(|| any_name(name, url, writing));
    if let Some(date) = &comment.date_published {
        let moment = date.moment();
        let time = moment.in_blog_time(zone);
        heading.push_str(", ");
        if push_day(&mut heading, time.date()).is_none() {
            heading.push_str(&time.date().to_string());
        }
        if moment.precision != Precision::Day {
            heading.push(' ');
            push_minutes(&mut heading, time);
        }
    }
    heading
}

/// A name in strong letters, linked where there is an address, through the converter, so that a name full of asterisks is a
/// name and nothing else.
fn any_name(name: &str, url: Option<&str>, writing: &Writing) -> String {
    let strong = format!("<strong>{}</strong>", html::escape_text(name));
    let linked = match url {
        Some(url) => format!("<a href=\"{}\">{strong}</a>", html::escape_text(url)),
        None => strong,
    };
    let markdown = writing.markdown(&linked, ContentFormat::Html);
    markdown.text.trim_end().to_owned()
}

/// The same for words and an address in which nothing means anything to Markdown, as most are; a test holds the two equal.
fn plain_name(name: &str, url: Option<&str>) -> Option<String> {
    let is_word = |word: &str| !word.is_empty() && word.chars().all(char::is_alphanumeric);
    let is_plain = |url: &str| {
        url.starts_with("http")
            && url
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b':' | b'/' | b'.' | b'-'))
    };
    match url {
        _ if !name.split(' ').all(is_word) => None,
        None => Some(format!("**{name}**")),
        Some(url) => is_plain(url).then(|| format!("[**{name}**]({url})")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::{Dialect, RawHtml};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_plain_name_is_written_as_any_other(
            name in "[a-zA-Z0-9 äж日ß١ªก-]{1,12}",
            url in prop::option::of("http(s)?:[a-zA-Z0-9/:.-]{0,12}"),
        ) {
            for dialect in Dialect::ALL {
                let writing = Writing { dialect, raw_html: RawHtml::default(), ..Writing::default() };
                if let Some(plain) = plain_name(&name, url.as_deref()) {
                    prop_assert_eq!(plain, any_name(&name, url.as_deref(), &writing), "{:?}", dialect);
                }
            }
        }
    }

    #[test]
    fn a_name_is_a_name() {
        assert_eq!(plain_name("Anna Öberg", None).as_deref(), Some("**Anna Öberg**"));
        let linked = plain_name("Anna", Some("https://a.example/1")).unwrap();
        assert_eq!(linked, "[**Anna**](https://a.example/1)");
        for url in [
            "https://a.example/?q=(1)",
            "https://a.example/a b",
            "mailto:anna",
            "javascript:x",
        ] {
            assert_eq!(plain_name("Anna", Some(url)), None, "{url:?}");
        }
        for name in ["*", "a  b", " a", "a_b", "", "a.b"] {
            assert_eq!(plain_name(name, None), None, "{name:?}");
        }
    }
}
