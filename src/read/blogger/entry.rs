//! What Blogger's Atom entries mean as posts and comments; shared by export, Takeout and feeds.

use std::borrow::Cow;

use serde_json::Value;

use super::{comment_address, number_of};
use crate::ledger::{Notice, NoticeCode};
use crate::model::{
    Attachment, Author, Certainty, Comment, CommentAuthor, CommentStatus, Dated, Link, Location, Moment, Post,
    PostAuthor, Provenance, SourceData,
};
use crate::read::atom::{AtomEntry, AtomPerson};
use crate::read::permalink::slug_of;
use crate::read::{SeenComment, Span, derive_comment_id, derive_post_id};

/// The scheme of the category that tells what an entry is.
pub const KIND_SCHEME: &str = "http://schemas.google.com/g/2005#kind";

/// What the terms of kinds begin with.
const KIND: &str = "http://schemas.google.com/blogger/2008/kind#";

/// The kind of an entry by its category: `post`, `page`, `comment`, `settings`, `template`.
pub fn kind_of<'e>(entry: &'e AtomEntry<'_>) -> Option<&'e str> {
    let kind = entry.term(KIND_SCHEME).or_else(|| {
        // A scheme with a wrong byte must not make a post of a setting.
        let mut terms = entry.categories.iter().filter_map(|c| c.term.as_deref());
        terms.find(|term| term.starts_with(KIND))
    });
    let kind = kind.and_then(|term| term.strip_prefix(KIND).or_else(|| Some(term.rsplit_once('#')?.1)));
    match kind {
        Some("post" | "page" | "comment" | "settings" | "template") => kind,
        // What is neither post nor comment is told by the id, too.
        _ => match entry.id.as_deref() {
            Some(id) if id.contains(".settings.") => Some("settings"),
            Some(id) if id.ends_with(".layout") || id.ends_with(".template") => Some("template"),
            _ => kind,
        },
    }
}

/// The notice of an entry of a kind that Blogger does not have.
pub fn unknown_kind(kind: &str, post: &Post, span: Span) -> Notice {
    Notice::new(
        NoticeCode::UnknownStatus,
        format!("An entry is of the kind {kind:?}, which blogark does not know; it was kept under that kind."),
    )
    .about_post(&post.blog, &post.id)
    .at_byte(span.offset)
}

/// The notice of a status that Blogger does not have.
pub fn unknown_status(status: Option<&str>, span: Span) -> Notice {
    let word = status.unwrap_or_default();
    Notice::new(
        NoticeCode::UnknownStatus,
        format!("The status {word:?} is not known; it is not treated as public."),
    )
    .at_byte(span.offset)
}

/// A post with everything that exports and feeds have in common.
pub fn post(entry: &mut AtomEntry<'_>, blog: &str, method: &'static str, span: Span) -> Post {
    let mut post = Post {
        blog: blog.to_owned(),
        ..Post::default()
    };
    let record = own(entry.id.take());
    post.id = record
        .as_deref()
        .map(|id| number_of(id).unwrap_or(id).to_owned())
        .unwrap_or_default();
    let mut source = entry.leftovers();
    if let Some(title) = entry.title.take() {
        // Blogger's own titles are text; others may be HTML, of which the record keeps the words.
        if matches!(title.form.as_deref(), Some("html" | "xhtml")) && title.text.contains(['<', '&']) {
            post.title = Some(crate::html::visible_text(&title.text));
            source.insert("title_html".into(), Value::String(title.text.into_owned()));
        } else {
            post.title = Some(title.text.into_owned());
        }
    }
    if let Some(content) = entry.content.take() {
        if let Some(src) = content.src {
            source.insert("content_src".into(), Value::String(src.into_owned()));
        }
        post.content_html = Some(content.text.into_owned());
    }
    if let Some(summary) = entry.summary.take() {
        post.summary = Some(match summary.form.as_deref() {
            Some("html" | "xhtml") => crate::html::visible_text(&summary.text),
            _ => summary.text.into_owned(),
        });
    }
    if let Some(meta) = entry.meta_description.take() {
        post.summary = Some(meta.into_owned());
    }
    post.set_published(dated(entry.published.take()));
    post.set_modified(dated(entry.updated.take()));
    post.set_created(dated(entry.created.take()));
    post.authors = entry.authors.drain(..).map(author).collect();
    post.tags = tags(entry);
    post.url = entry.link("alternate").and_then(|l| l.href()).map(str::to_owned);
    post.slug = post.url.as_deref().and_then(slug_of).map(str::to_owned);
    post.comment_count_claimed = entry.total.as_deref().and_then(|t| t.parse().ok());
    post.location = location(entry);
    if let Some(extent) = entry.place_extent.take() {
        source.insert("location_extent".into(), Value::String(extent.into_owned()));
    }
    if let Some(thumbnail) = entry.thumbnail.take() {
        // A crop of 72 pixels that Blogger makes of the first picture: no picture of the post's own.
        source.insert("thumbnail".into(), Value::String(thumbnail.into_owned()));
    }
    keep_properties(entry, &mut source);
    for link in entry.links.drain(..) {
        match link.rel.as_deref() {
            Some("enclosure") => post.attachments.push(Attachment {
                url: own(link.href),
                mime_type: own(link.media_type),
                title: own(link.title),
                size_in_bytes: link.length.and_then(|l| l.parse().ok()),
                ..Attachment::default()
            }),
            // Addresses that follow from the ids.
            None | Some("alternate" | "self" | "edit" | "replies") => {}
            Some(_) => post.links.push(Link {
                rel: own(link.rel),
                href: link.href.unwrap_or_default().into_owned(),
                title: own(link.title),
                media_type: own(link.media_type),
            }),
        }
    }
    post._source = (!source.is_empty()).then_some(source);
    post.provenance = vec![provenance(record, method, span)];
    if post.id.is_empty() {
        derive_post_id(&mut post);
    }
    post
}

/// A comment with everything that exports and feeds have in common. `post` is left out where the entry does not say
/// whose comment it is.
pub fn comment(entry: &mut AtomEntry<'_>, method: &'static str, span: Span) -> Comment {
    let mut comment = Comment::default();
    let seen = place_in_thread(entry);
    comment.id = seen.id.to_owned();
    comment.post = seen.post.map(str::to_owned);
    comment.in_reply_to = seen.in_reply_to.map(str::to_owned);
    comment.status = seen.status;
    let record = own(entry.id.take());
    comment.url = entry.link("alternate").and_then(|l| l.href()).map(str::to_owned);
    comment.author = entry.authors.drain(..).next().map(|person| CommentAuthor {
        name: own(person.name),
        url: own(person.uri),
        avatar: own(person.image.filter(|src| is_picture(src))),
        _email: own(person.email.filter(|e| is_address(e))),
        _ip: None,
    });
    comment.content_html = entry.content.take().map(|c| c.text.into_owned());
    comment.set_published(dated(entry.published.take()));
    comment.set_modified(dated(entry.updated.take()));
    let mut source = entry.leftovers();
    keep_properties(entry, &mut source);
    comment._source = (!source.is_empty()).then_some(source);
    comment.provenance = vec![provenance(record, method, span)];
    if comment.id.is_empty() {
        derive_comment_id(&mut comment);
    }
    comment
}

/// The id that [`comment`] gives to an entry where it has none.
pub fn derived_comment_id_of(entry: &AtomEntry<'_>) -> Option<String> {
    let has_none = entry.id.as_deref().is_none_or(str::is_empty);
    has_none.then(|| comment(&mut entry.clone(), "", Span::default()).id)
}

/// What the catalogue keeps of a comment; [`comment`] says the same of it.
pub fn seen_comment<'e>(entry: &'e AtomEntry<'_>) -> SeenComment<'e> {
    let email = entry.authors.first().and_then(|person| person.email.as_deref());
    SeenComment {
        published: entry.published.as_deref().and_then(|date| Moment::parse(date.trim())),
        has_email: email.is_some_and(is_address),
        body: entry.unread,
        ..place_in_thread(entry)
    }
}

/// Which comment it is, what it answers, and whether it stands.
fn place_in_thread<'e>(entry: &'e AtomEntry<'_>) -> SeenComment<'e> {
    // The address of the comment's own entry names the post, also where the post is a draft.
    let address = entry
        .link("self")
        .or_else(|| entry.link("edit"))
        .and_then(|l| l.href())
        .and_then(comment_address);
    let reference = || entry.in_reply_to.as_deref().map(|r| number_of(r).unwrap_or(r));
    let answered = entry.link("related").and_then(|l| l.href()).and_then(comment_address);
    let is_removed = entry.property("blogger.contentRemoved") == Some("true");
    SeenComment {
        id: entry.id.as_deref().map_or("", |id| number_of(id).unwrap_or(id)),
        post: address.map(|(post, _)| post).or_else(reference),
        in_reply_to: answered.map(|(_, parent)| parent),
        status: if is_removed {
            CommentStatus::Deleted
        } else {
            CommentStatus::Approved
        },
        ..SeenComment::default()
    }
}

fn keep_properties(entry: &mut AtomEntry<'_>, source: &mut SourceData) {
    for (name, value) in entry.properties.drain(..) {
        // Nearly every comment has these two.
        let name = match &*name {
            "blogger.itemClass" => Cow::Borrowed("blogger.itemClass"),
            "blogger.displayTime" => Cow::Borrowed("blogger.displayTime"),
            _ => Cow::Owned(name.into_owned()),
        };
        source.insert(name, Value::String(value.into_owned()));
    }
}

/// Where a record was seen.
pub fn provenance(record: Option<String>, method: &'static str, span: Span) -> Provenance {
    Provenance {
        record,
        offset: Some(span.offset),
        length: Some(span.length),
        method: Some(method.into()),
        certainty: Some(Certainty::Exact),
        ..Provenance::default()
    }
}

fn own(text: Option<Cow<'_, str>>) -> Option<String> {
    text.map(Cow::into_owned)
}

fn dated(text: Option<Cow<'_, str>>) -> Dated {
    text.map(|t| Dated::rfc3339(&t)).unwrap_or_default()
}

fn author(person: AtomPerson<'_>) -> PostAuthor {
    PostAuthor {
        id: None,
        name: own(person.name),
        url: own(person.uri),
        avatar: own(person.image.filter(|src| is_picture(src))),
        _email: own(person.email.filter(|e| is_address(e))),
    }
}

/// The author of a feed, as a member of the blog.
pub fn blog_author(person: &AtomPerson<'_>) -> Author {
    let author = author(person.clone());
    Author {
        id: None,
        login: None,
        name: author.name,
        url: author.url,
        avatar: author.avatar,
        _email: author._email,
    }
}

/// Blogger's stand-ins for people without a picture.
fn is_picture(src: &str) -> bool {
    !(src.is_empty() || src.ends_with("/blank.gif") || src.ends_with("/b16-rounded.gif"))
}

/// A real address, not the stand-in that Blogger writes since 2012.
pub fn is_address(email: &str) -> bool {
    !email.is_empty() && !email.eq_ignore_ascii_case("noreply@blogger.com")
}

fn tags(entry: &AtomEntry<'_>) -> Vec<String> {
    entry
        .categories
        .iter()
        .filter(|c| c.scheme.as_deref() != Some(KIND_SCHEME) && !c.term.as_deref().is_some_and(|t| t.starts_with(KIND)))
        .filter_map(|c| c.term.as_deref())
        .filter(|t| !t.is_empty())
        .map(str::to_owned)
        .collect()
}

fn location(entry: &mut AtomEntry<'_>) -> Option<Location> {
    let name = own(entry.place.take());
    let point = entry.point.take();
    let degree = |t: &str| t.trim().parse::<f64>().ok().filter(|d| d.is_finite());
    let (latitude, longitude) = match &point {
        Some((lat, lon)) => (degree(lat), degree(lon)),
        None => (None, None),
    };
    (name.is_some() || latitude.is_some()).then_some(Location {
        name,
        latitude,
        longitude,
    })
}
