//! What the comments of an item mean: their records, and what a survey tells of them.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::fields::WithMetas;
use super::post::{keep, meta, non_empty, provenance};
use super::record::{COMMENT_FIELDS, kept, with_kept};
use crate::ledger::{Notice, NoticeCode};
use crate::model::{
    Comment, CommentAuthor, CommentKind, CommentStatus, ContentFormat, IdBasis, ParentBasis, SourceData,
};
use crate::read::{SeenComment, Span, derived_id};
use crate::wordpress::{META_COMMENT, META_ORIGINAL_CONTENT, dated, decode_own, plain_text};

/// The comments of an item in its order. `author` is the number of the post's author; `is_ours`: blogark wrote the file.
pub(super) fn comments(
    raw: Vec<WithMetas<'_>>,
    author: Option<&str>,
    is_ours: bool,
    span: Span,
    notices: &mut Vec<Notice>,
) -> Vec<Comment> {
    let mut read: Vec<(Comment, Option<Map<String, Value>>)> = Vec::with_capacity(raw.len());
    // Number in the file → id in the record.
    let mut ids: HashMap<String, String> = HashMap::new();
    let has_answers = raw
        .iter()
        .any(|item| answered(item.fields.get("wp:comment_parent").trim()).is_some());
    for item in raw {
        let number = has_answers.then(|| item.fields.get("wp:comment_id").trim().to_owned());
        let (comment, own) = comment(item, author, is_ours, span, notices);
        if let Some(number) = number {
            let id = own
                .as_ref()
                .and_then(|own| own.get("id"))
                .and_then(|id| id.as_str())
                .unwrap_or(&comment.id);
            ids.entry(number).or_insert_with(|| id.to_owned());
        }
        read.push((comment, own));
    }
    read.into_iter()
        .map(|(mut comment, own)| {
            if let Some(number) = comment.in_reply_to.take() {
                match ids.get(&number) {
                    Some(id) => comment.in_reply_to = Some(id.clone()),
                    None => {
                        comment.in_reply_to = Some(number);
                        comment.parent_missing = true;
                    }
                }
            }
            match own {
                Some(own) => with_kept(comment, COMMENT_FIELDS, own),
                None => comment,
            }
        })
        .collect()
}

/// What the catalogue keeps of a comment, as [`comments`] would say it of those that [`are_seen`].
pub(super) fn seen_comment<'c>(item: &'c WithMetas<'_>) -> SeenComment<'c> {
    let field = |name: &str| item.fields.get(name).trim();
    let date = dated(field("wp:comment_date"), field("wp:comment_date_gmt")).date;
    SeenComment {
        id: field("wp:comment_id"),
        in_reply_to: answered(field("wp:comment_parent")),
        status: status_of(field("wp:comment_approved")),
        published: date.map(|date| date.moment()),
        has_email: !field("wp:comment_author_email").is_empty(),
        has_ip: !field("wp:comment_author_IP").is_empty(),
        body: item.fields.get("wp:comment_content"),
        ..SeenComment::default()
    }
}

/// Whether no record has to be made of comments to know what they are: other programs' with numbers and a known status.
pub(super) fn are_seen(comments: &[WithMetas<'_>], is_ours: bool) -> bool {
    let is_seen = |item: &WithMetas<'_>| {
        let field = |name: &str| item.fields.get(name).trim();
        !field("wp:comment_id").is_empty() && status_of(field("wp:comment_approved")) != CommentStatus::Unknown
    };
    !is_ours && comments.iter().all(is_seen)
}

/// The comment that one answers, by its number.
fn answered(parent: &str) -> Option<&str> {
    Some(parent).filter(|parent| !matches!(*parent, "" | "0"))
}

fn status_of(approved: &str) -> CommentStatus {
    match approved {
        "1" | "approved" | "approve" => CommentStatus::Approved,
        "0" | "hold" | "" => CommentStatus::Pending,
        "spam" => CommentStatus::Spam,
        "trash" | "post-trashed" => CommentStatus::Trashed,
        _ => CommentStatus::Unknown,
    }
}

fn comment(
    item: WithMetas<'_>,
    author: Option<&str>,
    is_ours: bool,
    span: Span,
    notices: &mut Vec<Notice>,
) -> (Comment, Option<Map<String, Value>>) {
    let mut source = SourceData::new();
    let mut fields = item.fields;
    let mut comment = Comment {
        id: fields.get("wp:comment_id").trim().to_owned(),
        ..Comment::default()
    };
    let content = fields.take("wp:comment_content");
    let field = |name: &str| fields.get(name).trim();
    comment.in_reply_to = answered(field("wp:comment_parent")).map(str::to_owned);
    comment.parent_basis = comment.in_reply_to.as_ref().map(|_| ParentBasis::Explicit);
    let approved = field("wp:comment_approved");
    comment.status = status_of(approved);
    if !matches!(approved, "1" | "0" | "spam" | "trash") {
        keep(&mut source, "comment_approved", approved);
    }
    comment.kind = match field("wp:comment_type") {
        "" | "comment" => None,
        "pingback" => Some(CommentKind::Pingback),
        "trackback" => Some(CommentKind::Trackback),
        "like" => Some(CommentKind::Like),
        "webmention" => Some(CommentKind::Webmention),
        own => {
            keep(&mut source, "comment_type", own);
            None
        }
    };
    let user = field("wp:comment_user_id");
    if !matches!(user, "" | "0") {
        if Some(user) == author {
            comment.is_post_author = Some(true);
        } else {
            keep(&mut source, "user_id", user);
        }
    }
    let who = CommentAuthor {
        name: non_empty(plain_text(field("wp:comment_author")).into_owned()),
        url: non_empty(field("wp:comment_author_url").to_owned()),
        avatar: None,
        _email: non_empty(field("wp:comment_author_email").to_owned()),
        _ip: non_empty(field("wp:comment_author_IP").to_owned()),
    };
    comment.author = (who != CommentAuthor::default()).then_some(who);
    comment.set_published(dated(field("wp:comment_date"), field("wp:comment_date_gmt")));
    comment.content_html = non_empty(content.into_owned());
    comment.content_format = Some(ContentFormat::Wpautop);
    if comment.id.is_empty() {
        let date = comment.date_published.as_ref().map(|d| d.as_str());
        comment.id = derived_id(date, None, comment.content_html.as_deref());
        comment.id_basis = Some(IdBasis::Derived);
    }
    let mut own = None;
    let mut others = Vec::new();
    for (key, value) in item.metas {
        match &*key {
            META_COMMENT if is_ours => own = kept(&value),
            META_ORIGINAL_CONTENT if is_ours => comment.content_html = Some(decode_own(&value).to_owned()),
            "blogger_internal" if is_ours => {
                if let Some(id) = blogger_comment(&value) {
                    comment.id = id.to_owned();
                }
            }
            "blogger_comment_id" if is_ours => {}
            _ => others.push(meta(&key, &value)),
        }
    }
    if !others.is_empty() {
        source.insert("commentmeta".into(), Value::Array(others));
    }
    if comment.status == CommentStatus::Unknown && own.is_none() {
        notices.push(
            Notice::new(
                NoticeCode::UnknownStatus,
                format!(
                    "A comment has the status {approved:?}, which blogark does not know; it is not treated as public."
                ),
            )
            .about_comment(&comment.id),
        );
    }
    comment.provenance = vec![provenance(None, span)];
    comment._source = (!source.is_empty()).then_some(source);
    (comment, own)
}

/// Post and comment of `/feeds/<blog>/<post>/comments/default/<comment>`.
fn blogger_comment(path: &str) -> Option<&str> {
    let (_, rest) = path.strip_prefix("/feeds/")?.split_once('/')?;
    rest.split_once("/comments/default/").map(|(_, id)| id)
}

#[cfg(test)]
mod tests {
    use super::super::fields::item;
    use super::*;
    use crate::read::xml;
    use proptest::prelude::*;

    proptest! {
        /// The survey tells of a comment what its record says.
        #[test]
        fn what_is_seen_is_what_is_read(
            values in prop::collection::vec(prop::sample::select(vec![
                "", " ", "0", "1", "7", " 12 ", "hold", "trash", "spam", "odd", "pingback", "a@b.example", "10.0.0.1", "<b>Eva</b> &amp;",
                "2010-05-06 07:08:09", "2010-05-06 09:08:09", "2010-05-06T07:08:09", "0000-00-00 00:00:00", "\n Dobrý den! ",
            ]), 11),
            is_ours: bool,
        ) {
            let names = [
                "id", "parent", "approved", "type", "user_id", "author", "author_email", "author_IP", "date", "date_gmt", "content",
            ];
            let fields: String = names
                .iter()
                .zip(values)
                .map(|(name, value)| format!("<wp:comment_{name}><![CDATA[{value}]]></wp:comment_{name}>"))
                .collect();
            let root = xml::root("<rss xmlns:wp=\"http://wordpress.org/export/1.2/\">").unwrap();
            let text = format!("<item><wp:comment>{fields}</wp:comment></item>");
            let (item, fault) = item(text.as_str().into(), &root.namespaces);
            prop_assert!(fault.is_none());
            if are_seen(&item.comments, is_ours) {
                let seen = seen_comment(&item.comments[0]);
                let read = comments(item.comments.clone(), None, is_ours, Span::default(), &mut Vec::new());
                prop_assert_eq!(seen, SeenComment::from(&read[0]));
            }
        }
    }
}
