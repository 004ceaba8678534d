//! An attachment: a media record. Comments on its page have no post; they stand for themselves.

use serde_json::{Map, Value, json};

use super::comment::comments;
use super::fields::{Item, Meta, WithMetas};
use super::post::{Records, keep, meta, non_empty, provenance};
use super::record::{MEDIA_FIELDS, kept, with_kept};
use crate::model::{Media, MediaStatus, SourceData};
use crate::read::{Context, Entry, Span};
use crate::wordpress::{META_MEDIA, attachment_size, decode_own, plain_text};

/// What an attachment has that no field of the record holds.
const OTHERS: [(&str, &str); 12] = [
    ("guid", "guid"),
    ("link", "link"),
    ("author", "dc:creator"),
    ("description", "content:encoded"),
    ("date", "wp:post_date"),
    ("date_gmt", "wp:post_date_gmt"),
    ("modified", "wp:post_modified"),
    ("modified_gmt", "wp:post_modified_gmt"),
    ("comment_status", "wp:comment_status"),
    ("ping_status", "wp:ping_status"),
    ("slug", "wp:post_name"),
    ("status", "wp:status"),
];

/// The records of an attachment.
pub(super) fn records(
    mut item: Item<'_>,
    metas: Vec<Meta<'_>>,
    raw_comments: Vec<WithMetas<'_>>,
    context: &Context,
    span: Span,
) -> Records {
    let mut records = Records::default();
    let id = item.get("wp:post_id").trim().to_owned();
    let address = |name: &str| {
        Some(item.get(name).trim())
            .filter(|v| v.contains("://"))
            .map(str::to_owned)
    };
    let url = address("wp:attachment_url").or_else(|| address("guid"));
    let value = |key: &str| metas.iter().find(|(k, _)| k == key).map(|(_, v)| v.trim());
    let size = |name: &str| attachment_size(value("_wp_attachment_metadata")?, name);
    let alt = value("_wp_attachment_image_alt").map(|alt| plain_text(decode_own(alt)).into_owned());
    let (width, height) = (size("width"), size("height"));
    let parent = item.get("wp:post_parent").trim();
    let posts = if matches!(parent, "" | "0") {
        Vec::new()
    } else {
        vec![parent.to_owned()]
    };
    let is_ours = context.wxr.is_own;
    let guid = item.get("guid").trim().to_owned();
    let mut source = SourceData::new();
    for (key, name) in OTHERS {
        keep(&mut source, key, item.get(name).trim());
    }
    let order = item.get("wp:menu_order").trim();
    keep(&mut source, "order", if order == "0" { "" } else { order });
    let caption = item.fields.take("excerpt:encoded");
    let title = item.fields.take("title");
    for (key, html) in [("caption_html", &caption), ("title_html", &title)] {
        if html.contains('<') {
            keep(&mut source, key, html);
        }
    }
    if !item.terms.is_empty() {
        let terms = item
            .terms
            .iter()
            .map(|t| json!({ "domain": t.domain, "nicename": t.nicename, "name": plain_text(t.name.trim()) }));
        source.insert("terms".into(), terms.collect());
    }
    let mut own: Option<Map<String, Value>> = None;
    let mut others = Vec::new();
    for (key, value) in metas {
        match &*key {
            META_MEDIA if is_ours => own = kept(&value),
            "_wp_attachment_image_alt" => {}
            "blogger_permalink" if is_ours => {}
            _ => others.push(meta(&key, &value)),
        }
    }
    if !others.is_empty() {
        source.insert("postmeta".into(), Value::Array(others));
    }
    let mut media = Media {
        id: match (&*id, &url) {
            ("", Some(url)) => format!("url:{url}"),
            _ => id.clone(),
        },
        blog: context.blog.clone(),
        url: url.clone(),
        width,
        height,
        title: non_empty(plain_text(title.trim()).into_owned()),
        alt: alt.filter(|a| !a.is_empty()),
        caption: non_empty(plain_text(caption.trim()).into_owned()),
        posts,
        status: Some(MediaStatus::Referenced),
        provenance: vec![provenance(non_empty(guid), span)],
        ..Media::default()
    };
    if let Some(own) = own {
        // What the file says beside was made for WordPress; what the record had stands in the hidden field.
        media = with_kept(media, MEDIA_FIELDS, own);
    } else if !source.is_empty() {
        media._source = Some(source);
    }
    let id = media.id.clone();
    records.attachment = url;
    records.entries.push(Entry::Media(Box::new(media)));
    let comments = comments(raw_comments, None, is_ours, span, &mut records.notices);
    records.entries.extend(comments.into_iter().map(|mut comment| {
        comment.post = Some(id.clone());
        Entry::Comment {
            blog: context.blog.clone(),
            comment: Box::new(comment),
        }
    }));
    records
}
