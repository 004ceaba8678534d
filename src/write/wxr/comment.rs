//! The comments of a post: parents before their answers, every value within what WordPress takes.

use std::borrow::Cow;
use std::collections::HashMap;

use smallvec::SmallVec;

use crate::ledger::{Notice, NoticeCode};
use crate::model::{Comment, CommentAuthor, CommentKind, CommentStatus, ContentFormat, ParentBasis, Precision};
use crate::wordpress::{
    KeptFields, MAX_COMMENT_AUTHOR, MAX_COMMENT_CONTENT, MAX_COMMENT_URL, MAX_EMAIL, META_COMMENT,
    META_ORIGINAL_CONTENT, UNKNOWN_LOGIN, clip, dated_at, encode_own, escape_name, has_sql_date, sql_date, xml_text,
};

use super::content::comment_body;
use super::head::email;
use super::post::{Item, is_number, non_empty, read_text};

/// Writes all comments of the item's post. Ids count on from where the plan put the first.
pub(super) fn write_all(item: &mut Item<'_, '_>) {
    let comments = &item.post.comments;
    let mut at: HashMap<&str, usize> = HashMap::new();
    for (index, comment) in comments.iter().enumerate() {
        at.entry(&comment.id).or_insert(index);
    }
    let parents: Vec<Option<usize>> = comments
        .iter()
        .enumerate()
        .map(|(index, comment)| {
            let parent = at.get(comment.in_reply_to.as_deref()?).copied();
            parent.filter(|parent| *parent != index)
        })
        .collect();
    let (order, cut) = parents_first(&parents);
    let mut ids = vec![0u32; comments.len()];
    for (id, index) in (item.planned.first_comment..).zip(&order) {
        if let Some(slot) = ids.get_mut(*index) {
            *slot = id;
        }
    }
    for index in order {
        let Some(comment) = comments.get(index) else {
            continue;
        };
        let is_cut = cut.contains(&index);
        let parent = parents.get(index).copied().flatten().filter(|_| !is_cut);
        if is_cut {
            note(
                item,
                comment,
                NoticeCode::ReplyCircle,
                "This comment answers one that answers it in turn; it was written as an answer to the post.",
            );
        }
        let id = ids.get(index).copied().unwrap_or(0);
        let parent = parent.map(|p| (ids.get(p).copied().unwrap_or(0), comments.get(p)));
        write_one(item, comment, id, parent);
    }
}

/// An order in which each comment stands behind the one it answers, otherwise that of the record; and the comments
/// where a circle of answers had to be cut.
fn parents_first(parents: &[Option<usize>]) -> (Vec<usize>, Vec<usize>) {
    let mut state = vec![0u8; parents.len()];
    let mut order = Vec::with_capacity(parents.len());
    let mut cut = Vec::new();
    let mut line = Vec::new();
    for start in 0..parents.len() {
        let mut next = Some(start);
        while let Some(index) = next {
            match state.get_mut(index) {
                Some(slot @ 0) => {
                    *slot = 1;
                    line.push(index);
                    next = parents.get(index).copied().flatten();
                }
                // The circle is cut at the comment from which it was entered last: the topmost of the line.
                Some(1) => {
                    cut.extend(line.last());
                    break;
                }
                _ => break,
            }
        }
        for index in line.drain(..).rev() {
            if let Some(slot) = state.get_mut(index) {
                *slot = 2;
            }
            order.push(index);
        }
    }
    (order, cut)
}

fn note(item: &mut Item<'_, '_>, comment: &Comment, code: NoticeCode, message: impl Into<String>) {
    let notice = Notice::new(code, message)
        .about_post(&item.post.blog, &item.post.id)
        .about_comment(&comment.id);
    item.notices.push(notice);
}

fn write_one<'a>(item: &mut Item<'a, '_>, comment: &'a Comment, id: u32, parent: Option<(u32, Option<&Comment>)>) {
    let mut kept = KeptFields::default();
    let mut metas: SmallVec<[(&'static str, Cow<'a, str>); 4]> = SmallVec::new();
    let blog = &*item.post.blog;
    if item.plan.blog.platform.as_deref() == Some("blogger") && is_number(&comment.id) && is_number(&item.post.id) {
        let (post, number) = (&*item.post.id, &*comment.id);
        let internal = ["/feeds/", blog, "/", post, "/comments/default/", number].concat();
        metas.push(("blogger_internal", internal.into()));
        let own = ["tag:blogger.com,1999:blog-", blog, ".post-", number].concat();
        metas.push(("blogger_comment_id", own.into()));
    } else {
        kept.keep("id", &comment.id, &id.to_string());
    }
    kept.keep("id_basis", &comment.id_basis, &None);
    let parent_id = parent.map_or(0, |(id, _)| id);
    let read = parent.and_then(|(_, record)| record).map(|r| r.id.clone());
    kept.keep("in_reply_to", &comment.in_reply_to, &read);
    kept.keep("parent_missing", &comment.parent_missing, &false);
    kept.keep(
        "parent_basis",
        &comment.parent_basis,
        &parent.map(|_| ParentBasis::Explicit),
    );

    item.pieces.open("wp:comment");
    item.pieces.plain("wp:comment_id", id.to_string());
    author(item, comment, &mut kept);
    dates(item, comment, &mut kept);
    let approved = match comment.status {
        CommentStatus::Approved | CommentStatus::Deleted => "1",
        CommentStatus::Pending | CommentStatus::Unknown => "0",
        CommentStatus::Spam => "spam",
        CommentStatus::Trashed => "trash",
    };
    let read = match comment.status {
        CommentStatus::Deleted => CommentStatus::Approved,
        CommentStatus::Unknown => CommentStatus::Pending,
        status => status,
    };
    kept.keep("status", &comment.status, &read);
    kept.keep("deleted_by", &comment.deleted_by, &None);
    kept.keep("suspected_spam", &comment.suspected_spam, &None);
    let body = body(item, comment, &mut kept, &mut metas);
    item.pieces.text("wp:comment_content", body);
    item.pieces.text("wp:comment_approved", approved);
    let (kind, read) = match comment.kind {
        None | Some(CommentKind::Comment) => ("comment", None),
        Some(CommentKind::Pingback) => ("pingback", comment.kind),
        Some(CommentKind::Trackback) => ("trackback", comment.kind),
        Some(CommentKind::Like) => ("like", comment.kind),
        Some(CommentKind::Webmention) => ("webmention", comment.kind),
    };
    kept.keep("kind", &comment.kind, &read);
    item.pieces.text("wp:comment_type", kind);
    item.pieces.plain("wp:comment_parent", number(parent_id));
    let user = item.author.filter(|author| {
        comment.is_post_author == Some(true) && !item.post.authors.is_empty() && author.login != UNKNOWN_LOGIN
    });
    kept.keep("is_post_author", &comment.is_post_author, &user.map(|_| true));
    item.pieces
        .plain("wp:comment_user_id", number(user.map_or(0, |u| u.id)));
    kept.keep("url", &comment.url, &None);
    let of_source = comment
        ._source
        .as_ref()
        .and_then(|s| s.get("commentmeta"))
        .and_then(|v| v.as_array());
    for meta in of_source.into_iter().flatten() {
        let field = |name: &str| meta.get(name).and_then(|v| v.as_str());
        if let (Some(key), Some(value)) = (field("key"), field("value"))
            && (1..=crate::wordpress::MAX_META_KEY).contains(&key.chars().count())
        {
            item.pieces.meta("wp:commentmeta", key, value);
        }
    }
    for (key, value) in metas {
        item.pieces.meta("wp:commentmeta", key, value);
    }
    if let Some(kept) = kept.json() {
        item.pieces.meta("wp:commentmeta", META_COMMENT, kept);
    }
    item.pieces.close("wp:comment");
}

/// A number, which is nearly always none.
fn number(number: u32) -> Cow<'static, str> {
    match number {
        0 => Cow::Borrowed("0"),
        number => Cow::Owned(number.to_string()),
    }
}

fn author<'a>(item: &mut Item<'a, '_>, comment: &'a Comment, kept: &mut KeptFields) {
    let who = comment.author.as_ref();
    let name = escape_name(who.and_then(|w| w.name.as_deref()).unwrap_or_default());
    // The database holds each ampersand as five bytes.
    let name = if stored_length(&name) > MAX_COMMENT_AUTHOR {
        note(
            item,
            comment,
            NoticeCode::ValueClipped,
            format!(
                "The commenter's name is longer than the {MAX_COMMENT_AUTHOR} bytes that WordPress takes; the whole of it stands in the hidden field {META_COMMENT}."
            ),
        );
        let mut cut = clip(&name, MAX_COMMENT_AUTHOR);
        while stored_length(cut) > MAX_COMMENT_AUTHOR {
            cut = clip(cut, cut.len().saturating_sub(1));
        }
        Cow::Owned(cut.to_owned())
    } else {
        name
    };
    // WordPress refuses the whole comment where the address is too long, and empties one that is no web address.
    let url = who.and_then(|w| w.url.as_deref()).filter(|url| is_web_address(url));
    let written_url = url.filter(|url| url.len() <= MAX_COMMENT_URL).unwrap_or_default();
    if url.is_some_and(|url| url.len() > MAX_COMMENT_URL) {
        note(
            item,
            comment,
            NoticeCode::ValueClipped,
            format!(
                "The address of the commenter's page is longer than the {MAX_COMMENT_URL} bytes that WordPress takes; it stands in the hidden field {META_COMMENT}."
            ),
        );
    }
    let mail = email(who.and_then(|w| w._email.as_deref()));
    let ip = who
        .and_then(|w| w._ip.as_deref())
        .filter(|ip| ip.len() <= MAX_EMAIL && ip.bytes().all(|b| b.is_ascii_hexdigit() || matches!(b, b'.' | b':')))
        .unwrap_or_default();
    let read = CommentAuthor {
        name: non_empty(read_text(&name)),
        url: non_empty(written_url.to_owned()),
        avatar: None,
        _email: non_empty(mail.to_owned()),
        _ip: non_empty(ip.to_owned()),
    };
    let read = (read != CommentAuthor::default()).then_some(read);
    kept.keep("author", &comment.author, &read);
    item.pieces.text("wp:comment_author", name);
    item.pieces.text("wp:comment_author_email", mail);
    item.pieces.text("wp:comment_author_url", written_url);
    item.pieces.text("wp:comment_author_IP", ip);
}

fn stored_length(name: &str) -> usize {
    let (name, _) = xml_text(name);
    name.len() + 4 * name.matches('&').count()
}

/// Whether WordPress keeps an address as it is.
fn is_web_address(url: &str) -> bool {
    let is_lost = |b: u8| matches!(b, b'<' | b'>' | b'"' | b'\'' | b'\\' | b'^' | b'`' | b'{' | b'}');
    (url.starts_with("http://") || url.starts_with("https://"))
        && !url.bytes().any(|b| b <= b' ' || b == 0x7f || is_lost(b))
        && (url.is_ascii() || !url.contains(|c: char| c.is_whitespace() || c.is_control()))
}

fn dates<'a>(item: &mut Item<'a, '_>, comment: &'a Comment, kept: &mut KeptFields) {
    let zone = item.plan.zone;
    let moment = comment.date_published.as_ref().map(|d| d.moment());
    let own = moment.map(|m| (m.in_blog_time(zone), m.in_utc(zone)));
    let own = own.filter(|(local, utc)| has_sql_date(*local) && has_sql_date(*utc));
    if moment.is_some_and(|m| m.precision == Precision::Day) {
        note(
            item,
            comment,
            NoticeCode::DayAsMidnight,
            "Only the day of this comment is known; it was written as midnight.",
        );
    }
    let (local, utc) = own.unwrap_or_else(|| {
        note(
            item,
            comment,
            NoticeCode::NoDate,
            "This comment has no date that WordPress can hold; it got that of its post, so that it keeps its place.",
        );
        let (local, utc) = item.dates;
        (local, if has_sql_date(utc) { utc } else { local })
    });
    let read = dated_at(local, utc);
    debug_assert!(has_sql_date(local));
    kept.keep("date_published", &comment.date_published, &read.date);
    kept.keep("date_published_raw", &comment.date_published_raw, &read.raw);
    kept.keep("date_published_basis", &comment.date_published_basis, &read.basis);
    kept.keep("date_modified", &comment.date_modified, &None);
    kept.keep("date_modified_raw", &comment.date_modified_raw, &None);
    kept.keep("date_modified_basis", &comment.date_modified_basis, &None);
    item.pieces.text("wp:comment_date", sql_date(local).unwrap_or_default());
    item.pieces
        .text("wp:comment_date_gmt", sql_date(utc).unwrap_or_default());
}

/// What a link needs besides, and how many links are counted.
const ROOM_OF_LINK: usize = 32;
const MOST_LINKS: usize = 1_000;

/// A comment of so many bytes is taken whatever stands in it: each of its bytes could become three.
const SURELY_TAKEN: usize = (MAX_COMMENT_CONTENT - ROOM_OF_LINK * MOST_LINKS) / 3;

fn body<'a>(
    item: &mut Item<'a, '_>,
    comment: &'a Comment,
    kept: &mut KeptFields,
    metas: &mut SmallVec<[(&'static str, Cow<'a, str>); 4]>,
) -> Cow<'a, str> {
    let html = comment.content_html.as_deref().unwrap_or_default();
    let body = comment_body(html, comment.format());
    kept.keep("content_format", &comment.content_format, &Some(ContentFormat::Wpautop));
    if body.trim().is_empty() {
        if comment.status == CommentStatus::Deleted {
            // Something must stand in the place that a removed comment has in its thread.
            kept.keep("content_html", &comment.content_html, &Some("[removed]".to_owned()));
            return Cow::Borrowed("[removed]");
        }
        kept.keep("content_html", &comment.content_html, &None);
        return body;
    }
    // Nearly all are far from what follows.
    if body.len() <= SURELY_TAKEN {
        return body;
    }
    // WordPress adds rel="nofollow ugc" to each link and only then measures.
    let room = ROOM_OF_LINK * body.matches("<a").count().min(MOST_LINKS);
    let max = MAX_COMMENT_CONTENT - room;
    // What XML cannot hold is replaced by three bytes.
    let max = max.saturating_sub(2 * xml_text(&body).1);
    if body.len() <= max {
        return body;
    }
    note(
        item,
        comment,
        NoticeCode::ValueClipped,
        format!(
            "The comment is longer than the {MAX_COMMENT_CONTENT} bytes that WordPress takes; the whole of it stands in the hidden field {META_ORIGINAL_CONTENT}."
        ),
    );
    let start = clip(&body, max);
    // Not through the middle of a tag.
    let cut = match (start.rfind('<'), start.rfind('>')) {
        (Some(open), close) if close.is_none_or(|close| close < open) => open,
        _ => start.len(),
    };
    let clipped = start.get(..cut).unwrap_or(start).to_owned();
    metas.push((META_ORIGINAL_CONTENT, Cow::Owned(encode_own(&body).into_owned())));
    Cow::Owned(clipped)
}
