//! Copied text: what is left of a post when somebody copied it out of the browser, or a program took the text out of
//! its page. A date line, a title, a body, and comments in one of Blogger's two shapes.
//!
//! A text is recognised only where it shows itself to be such a copy: by a date line of its own, or by comments; any
//! other is read as a post only where the user says that it is one. What the text cannot tell (addresses, numbers, authors of numbered comments) stays unknown; the text itself is kept whole
//! in `_source`.

mod comments;
mod lines;
mod reader;

use std::collections::HashMap;

use crate::dates::{self, Day, Hints};
use crate::fold::fold;
use crate::ledger::{Notice, NoticeCode};
use crate::model::{
    Blog, Certainty, Comment, CommentAuthor, CommentStatus, ContentFormat, Date, Dated, IdBasis, ParentBasis, Post,
    PostAuthor, Provenance, SourceData, Status,
};
use crate::read::saved_page::{NotAPage, Page, paragraphs, plain_text, web_host};
use crate::read::{UNKNOWN_BLOG, derived_id, phrases};

pub use self::reader::CopiedText;

use self::comments::{Remark, Section};
use self::lines::Line;

/// Name of the format in `provenance.method`.
const METHOD: &str = "copied-text";

/// Whether the start of a file looks like copied text of a post: plain text with a date line or comments.
pub fn recognise(start: &[u8]) -> bool {
    if start.contains(&0) || crate::read::saved_page::recognise(start) {
        return false;
    }
    let text = plain_text(start).0;
    if text.trim_start().starts_with(['<', '{', '[']) || has_front_matter(&text) {
        return false;
    }
    let lines = lines::lines(&text);
    find_date(&lines, lines.len()).is_some() || comments::find(&lines).is_some()
}

/// Whether a text begins as the files of site generators do: a line `---` or `+++`, fields, and the line again. It was
/// written, or made of a post by some program, and not copied out of a page.
fn has_front_matter(text: &str) -> bool {
    let mut lines = text.trim_start_matches('\u{FEFF}').lines().map(str::trim_end);
    let Some(fence @ ("---" | "+++")) = lines.next() else {
        return false;
    };
    let is_field = |line: &str| {
        let name: &str = line.split([':', '=']).next().unwrap_or_default().trim_end();
        name.len() < line.len() && !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c))
    };
    lines.next().is_some_and(is_field) && lines.any(|line| line == fence)
}

/// Reads copied text. `base_url` is the address that the user gave for the blog. Whether a text is a post at all is
/// [`recognise`]'s question.
///
/// # Errors
/// When the bytes are no text, or hold nothing but white space.
pub fn read(bytes: &[u8], base_url: Option<&str>) -> Result<Page, NotAPage> {
    if bytes.contains(&0) || bytes.trim_ascii().is_empty() {
        return Err(NotAPage::NotRecognised);
    }
    let (text, encoding, damaged) = plain_text(bytes);
    let seen = if lines::is_markdown(&text) {
        lines::without_markdown(&text).into()
    } else {
        std::borrow::Cow::from(&text)
    };
    let lines = lines::lines(&seen);
    let section = comments::find(&lines);
    let body_end = section.as_ref().map_or(lines.len(), |s| s.start);
    let date = find_date(&lines, body_end);
    let host = base_url.and_then(web_host);
    let blog = Blog {
        id: host.unwrap_or(UNKNOWN_BLOG).to_owned(),
        home_page_url: base_url.map(str::to_owned),
        ..Blog::default()
    };
    let mut notices = Vec::new();
    let mut post = post(&text, &lines, date, body_end);
    post.blog.clone_from(&blog.id);
    if let Some(section) = section {
        add_comments(&mut post, section, &mut notices);
    }
    if damaged {
        notices.push(Notice::new(
            NoticeCode::DamagedText,
            format!("some bytes of the text are no valid {encoding}; they stand replaced by the sign U+FFFD"),
        ));
    }
    Ok(Page {
        blog,
        posts: vec![post],
        orphan_comments: Vec::new(),
        notices,
        generation: METHOD,
        captured_at: None,
        url: None,
        encoding,
    })
}

/// The first line in front of the comments that is a day and nothing else.
fn find_date(lines: &[Line<'_>], end: usize) -> Option<(usize, Dated)> {
    lines.iter().enumerate().take(end).find_map(|(at, line)| {
        if line.text.is_empty() || line.text.chars().count() > 60 || !line.text.chars().any(char::is_numeric) {
            return None;
        }
        let reading = dates::read(line.text, &Hints::default())?;
        let is_day = matches!(reading.day, Day::Known(_) | Day::Ambiguous);
        // Numbers alone may be anything: a version, a score, a telephone number.
        let has_name = reading.language.is_some() || line.text.contains(['/', '年', '년']) || is_iso(line.text);
        (is_day && reading.other_words == 0 && has_name).then(|| (at, reading.dated(line.text)))
    })
}

fn is_iso(text: &str) -> bool {
    text.len() >= 10 && text.as_bytes().get(4) == Some(&b'-') && text.as_bytes().get(7) == Some(&b'-')
}

fn post(text: &str, lines: &[Line<'_>], date: Option<(usize, Dated)>, body_end: usize) -> Post {
    let mut post = Post {
        status: Status::Published,
        content_format: Some(ContentFormat::Text),
        ..Post::default()
    };
    let date_at = date.as_ref().map(|(at, _)| *at);
    let title_from = date_at.map_or(0, |at| at + 1);
    // A number alone is the count of comments that some templates print beside the title.
    let is_title = |line: &Line<'_>| !line.text.is_empty() && !line.text.chars().all(char::is_numeric);
    let first_from = |from: usize| (from..body_end).find(|at| lines.get(*at).is_some_and(is_title));
    // Blogger's themes since 2017 have the links for sharing between the title and the date.
    let above = date_at
        .and_then(|at| sharing_before(lines, at))
        .and_then(|start| (0..start).rev().find(|at| lines.get(*at).is_some_and(is_title)));
    let title_at = above.or_else(|| first_from(marked_title(lines, date_at, body_end).unwrap_or(title_from)));
    let title = title_at
        .and_then(|at| lines.get(at))
        .filter(|line| line.text.chars().count() <= 250);
    post.title = title.map(|line| line.text.to_owned());
    let body_from = match (title, title_at) {
        (Some(_), Some(at)) => title_from.max(at + 1),
        _ => title_from,
    };
    let mut body: Vec<&Line<'_>> = lines.iter().take(body_end).skip(body_from).collect();
    let end = body
        .iter()
        .rposition(|line| !line.text.is_empty())
        .map_or(0, |at| at + 1);
    if let Some(start) = sharing_before(&body, end) {
        body.truncate(start);
    }
    let footer = take_footer(&mut body);
    let body = lines::joined(body.iter().map(|line| line.whole));
    if let Some((_, dated)) = date {
        post.set_published(dated);
    }
    if let Some(name) = footer {
        post.authors = vec![PostAuthor {
            name: Some(name),
            ..PostAuthor::default()
        }];
    }
    post.id = derived_id(
        post.date_published.as_ref().map(Date::as_str),
        post.title.as_deref(),
        Some(&body.split_whitespace().collect::<Vec<_>>().join(" ")),
    );
    post.id_basis = Some(IdBasis::Derived);
    post.content_html = Some(paragraphs(&body));
    let mut source = SourceData::new();
    source.insert("text".into(), text.into());
    post._source = Some(source);
    post.provenance = vec![provenance()];
    post
}

/// Where the list of links for sharing begins that ends in front of a line: `Get link`, `Facebook`, `Twitter` … Two names
/// of services make one; the words around them are of any language.
fn sharing_before<'a, L: std::borrow::Borrow<Line<'a>>>(lines: &[L], before: usize) -> Option<usize> {
    let mut services = 0;
    let mut start = None;
    for (at, line) in lines.iter().enumerate().take(before).rev() {
        let line = line.borrow();
        let word = line.text.trim_start_matches(['*', '•', '-', '+', '·']);
        let is_item = word.len() < line.text.len() && word.split_whitespace().count() <= 4;
        match fold(word).trim() {
            "facebook" | "twitter" | "x" | "pinterest" | "google+" => {
                services += 1;
                start = Some(at);
            }
            "" if services == 0 => {}
            // Those below the services, and the one in front of them.
            _ if is_item && services == 0 => {}
            _ => {
                start = start.map(|first| if is_item { at } else { first });
                break;
            }
        }
    }
    start.filter(|_| services >= 2)
}

/// Where the title stands in a text whose headings are marked: the heading behind the date, else the last in front.
fn marked_title(lines: &[Line<'_>], date: Option<usize>, end: usize) -> Option<usize> {
    let from = date.map_or(0, |at| at + 1);
    let heading = |at: &usize| lines.get(*at).is_some_and(|l| l.heading);
    let near = (from..end)
        .filter(|at| lines.get(*at).is_some_and(|l| !l.text.is_empty() || l.heading))
        .take(4)
        .find(heading);
    near.or_else(|| (0..date?).rev().find(heading))
        .or_else(|| (from..end).find(heading))
}

/// Takes a line such as `Posted by NAME at 7:14 AM` and what follows it off the end of a body, and gives the name.
fn take_footer(body: &mut Vec<&Line<'_>>) -> Option<String> {
    let last: Vec<usize> = (0..body.len())
        .rev()
        .filter(|at| body.get(*at).is_some_and(|l| !l.text.is_empty()))
        .take(6)
        .collect();
    let (at, name) = last.into_iter().find_map(|at| {
        let line = body.get(at)?;
        let short = line.text.chars().count() <= 120 && line.text.split_whitespace().count() >= 3;
        let has_time = dates::read(line.text, &Hints::default()).is_some_and(|r| r.time.is_some());
        let name = phrases::posted_by(line.text).filter(|_| short && has_time)?;
        Some((at, name))
    })?;
    body.truncate(at);
    Some(name)
}

fn add_comments(post: &mut Post, section: Section, notices: &mut Vec<Notice>) {
    post.comment_count_claimed = section.claimed;
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut ids: Vec<String> = Vec::new();
    for remark in section.remarks {
        let comment = comment(&remark, &ids, &mut seen);
        ids.push(comment.id.clone());
        post.comments.push(comment);
    }
    let found = post.comments.len() as u64;
    if let Some(claimed) = section.claimed.filter(|claimed| *claimed != found) {
        let title = post.title.as_deref().unwrap_or("the post");
        notices.push(
            Notice::new(
                NoticeCode::CommentCount,
                format!("the text of {title:?} claims {claimed} comments and holds {found}: the program or person that copied it dropped the others, and their numbers are not the original ones"),
            )
            .about_post(&post.blog, &post.id),
        );
    }
}

fn comment(remark: &Remark, ids: &[String], seen: &mut HashMap<String, usize>) -> Comment {
    let mut comment = Comment {
        status: CommentStatus::Approved,
        content_html: Some(paragraphs(&remark.text)),
        content_format: Some(ContentFormat::Text),
        id_basis: Some(IdBasis::Derived),
        provenance: vec![provenance()],
        ..Comment::default()
    };
    if let Some(name) = &remark.author {
        comment.author = Some(CommentAuthor {
            name: Some(name.clone()),
            ..CommentAuthor::default()
        });
    }
    if let Some(date) = &remark.date {
        comment.set_published(dates::dated(date, &Hints::default()));
    }
    if phrases::is_removed(&remark.text) {
        comment.status = CommentStatus::Deleted;
        comment.deleted_by = Some(phrases::remover(&remark.text).into());
    }
    if let Some(parent) = remark.parent.and_then(|place| ids.get(place)) {
        comment.in_reply_to = Some(parent.clone());
        comment.parent_basis = Some(ParentBasis::Nesting);
    }
    let id = |text: &str| {
        derived_id(
            comment.date_published.as_ref().map(Date::as_str),
            remark.author.as_deref(),
            Some(text),
        )
    };
    // The same words twice under one post are two comments.
    let times = seen.entry(id(&remark.text)).or_default();
    *times += 1;
    comment.id = if *times == 1 {
        id(&remark.text)
    } else {
        id(&format!("{}\u{0}{times}", remark.text))
    };
    comment
}

fn provenance() -> Provenance {
    Provenance {
        method: Some(METHOD.into()),
        certainty: Some(Certainty::Inferred),
        ..Provenance::default()
    }
}

#[cfg(test)]
mod tests;
