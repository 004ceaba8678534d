//! What an item means: a post with its comments, or an attachment. What its comments mean is in `comment.rs`.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::fields::{Item, ItemTerm, Meta};
use super::record::{POST_FIELDS, kept, with_kept};
use super::{attachment, comment};
use crate::ledger::{Notice, NoticeCode};
use crate::model::{
    Attachment, Certainty, CommentsStatus, ContentFormat, Dated, IdBasis, Kind, Location, Post, PostAuthor, Provenance,
    SourceData, Status,
};
use crate::read::{Context, Entry, EntryRecords, Span, Want, derived_id};
use crate::wordpress::{
    META_CONTENT_REST, META_MODIFIED, META_POST, META_PUBLISHED, UNKNOWN_LOGIN, dated, decode_own, is_zero_date,
    plain_text, published_url, slug_as_written,
};

/// What an item gave.
#[derive(Default)]
pub(super) struct Records {
    pub(super) entries: EntryRecords,
    /// Address of the file, where the item is an attachment.
    pub(super) attachment: Option<String>,
    /// Number of the attachment that is the post's picture.
    pub(super) picture: Option<String>,
    /// Passwords that were left out.
    pub(super) passwords: u64,
    pub(super) notices: Vec<Notice>,
}

/// The records of an item. A card has no body where the id does not depend on it, and no hidden fields but those that matter
/// to it.
pub(super) fn records(mut item: Item<'_>, context: &Context, span: Span, want: Want) -> Records {
    let metas = std::mem::take(&mut item.metas);
    let comments = std::mem::take(&mut item.comments);
    if item.get("wp:post_type").trim() == "attachment" {
        return attachment::records(item, metas, comments, context, span);
    }
    let mut records = Records::default();
    let login = item.get("dc:creator").trim().to_owned();
    let status = item.get("wp:status").trim().to_owned();
    let mut post = post(item, context, span, want, &mut records);
    let is_known = post.status != Status::Unknown;
    let own = apply_metas(&mut post, metas, context, want, &mut records);
    let number = context.wxr.author(&login).map(|a| a.number.clone());
    post.comments = comment::comments(
        comments,
        number.as_deref(),
        context.wxr.is_own,
        span,
        &mut records.notices,
    );
    if let Some(own) = own {
        let comments = std::mem::take(&mut post.comments);
        post = with_kept(post, POST_FIELDS, own);
        post.comments = comments;
    }
    if !is_known && post.status == Status::Unknown {
        let message = format!("The status {status:?} is not known; it is not treated as public.");
        let notice = Notice::new(NoticeCode::UnknownStatus, message);
        records.notices.push(notice.about_post(&post.blog, &post.id));
    }
    records.entries.push(Entry::Post(Box::new(post)));
    records
}

fn post(mut item: Item<'_>, context: &Context, span: Span, want: Want, records: &mut Records) -> Post {
    let mut source = SourceData::new();
    let mut post = Post {
        blog: context.blog.clone(),
        ..Post::default()
    };
    let kind = item.get("wp:post_type").trim();
    post.kind = Kind::from(if kind.is_empty() { "post" } else { kind });
    let status = item.get("wp:status").trim().to_ascii_lowercase();
    post.status = match &*status {
        "publish" | "" => Status::Published,
        "draft" | "auto-draft" => Status::Draft,
        "future" => Status::Scheduled,
        "private" => Status::Private,
        "pending" => Status::Pending,
        "trash" => Status::Trashed,
        _ => {
            keep(&mut source, "status", &status);
            Status::Unknown
        }
    };
    if !item.get("wp:post_password").trim().is_empty() {
        post.protected = true;
        records.passwords += 1;
    }
    post.url = published_url(item.get("link"), post.status == Status::Published).map(str::to_owned);
    post.slug = non_empty(slug_as_written(item.get("wp:post_name").trim()));
    let title = item.fields.take("title");
    let plain = plain_text(title.trim());
    if plain.contains('<') || title.contains('<') {
        keep(&mut source, "title_html", &title);
    }
    post.title = non_empty(plain.into_owned());
    let has_number = !matches!(item.get("wp:post_id").trim(), "" | "0");
    if want == Want::Record || !has_number {
        body(&mut post, item.fields.take("content:encoded"), context.wxr.is_own);
    }
    let excerpt = item.fields.take("excerpt:encoded");
    if excerpt.contains('<') {
        keep(&mut source, "excerpt_html", &excerpt);
    }
    post.summary = non_empty(plain_text(excerpt.trim()).into_owned());
    let date = |item: &Item<'_>, local: &str, utc: &str| dated(item.get(local), item.get(utc));
    let mut published = date(&item, "wp:post_date", "wp:post_date_gmt");
    if published.date.is_none() && published.raw.is_none() && !item.fields.has("wp:post_date") {
        published = Dated::rfc2822(item.get("pubDate"));
    }
    post.set_published(published);
    if item.fields.has("wp:post_modified") {
        post.set_modified(date(&item, "wp:post_modified", "wp:post_modified_gmt"));
    }
    let login = item.get("dc:creator").trim();
    if let Some(author) = context.wxr.author(login) {
        post.authors.push(author.who.clone());
    } else if !login.is_empty() && login != UNKNOWN_LOGIN {
        post.authors.push(PostAuthor {
            name: Some(login.to_owned()),
            ..PostAuthor::default()
        });
    }
    terms(&mut post, std::mem::take(&mut item.terms), context, &mut source);
    let number = |name: &str| Some(item.get(name).trim()).filter(|v| !matches!(*v, "" | "0"));
    post.parent = number("wp:post_parent").map(str::to_owned);
    post.order = number("wp:menu_order").and_then(|n| n.parse().ok());
    post.sticky = number("wp:is_sticky") == Some("1");
    post.comments_status = match item.get("wp:comment_status").trim() {
        "open" => Some(CommentsStatus::Open),
        "closed" => Some(CommentsStatus::Closed),
        _ => None,
    };
    for (key, name) in [("ping_status", "wp:ping_status"), ("guid", "guid")] {
        keep(&mut source, key, item.get(name).trim());
    }
    let own_number = item.get("wp:post_id").trim();
    post.id = own_number.to_owned();
    if !has_number {
        post.id = derived_id(
            Some(item.get("wp:post_date")).filter(|d| !is_zero_date(d)),
            post.title.as_deref(),
            post.content_html.as_deref(),
        );
        post.id_basis = Some(IdBasis::Derived);
    } else if context.wxr.repeated.contains(&span.offset) {
        // Two menus may hold items of one number.
        let menu = source.get("terms").and_then(|terms| {
            let terms = terms.as_array()?.iter();
            terms
                .filter(|t| t.get("domain").and_then(|d| d.as_str()) == Some("nav_menu"))
                .find_map(|t| t.get("nicename")?.as_str())
        });
        post.id = format!("{own_number}-{}", menu.unwrap_or_default());
    }
    post.provenance = vec![provenance(non_empty(item.get("guid").trim().to_owned()), span)];
    post._source = (!source.is_empty()).then_some(source);
    post
}

pub(super) fn provenance(record: Option<String>, span: Span) -> Provenance {
    Provenance {
        record,
        offset: Some(span.offset),
        length: Some(span.length),
        method: Some("wxr".into()),
        certainty: Some(Certainty::Exact),
        ..Provenance::default()
    }
}

/// The body, and how it is to be read. One Custom HTML block around all of it is, in a file of blogark's, how HTML that is
/// none of WordPress's was kept as it is.
fn body(post: &mut Post, content: Cow<'_, str>, is_ours: bool) {
    if content.is_empty() {
        return;
    }
    let inner = content
        .strip_prefix("<!-- wp:html -->\n")
        .and_then(|rest| rest.strip_suffix("\n<!-- /wp:html -->"))
        .filter(|inner| is_ours && !inner.contains("<!-- wp:") && !inner.contains("<!-- /wp:"));
    if let Some(inner) = inner {
        post.content_html = Some(inner.to_owned());
        return;
    }
    let has_blocks = memchr::memmem::find(content.as_bytes(), b"<!-- wp:").is_some();
    post.content_format = Some(if has_blocks {
        ContentFormat::WpBlocks
    } else {
        ContentFormat::Wpautop
    });
    post.content_html = Some(content.into_owned());
}

fn terms(post: &mut Post, terms: Vec<ItemTerm<'_>>, context: &Context, source: &mut SourceData) {
    // WXR 1.0 names each term twice, once without its slug.
    let is_told = |term: &ItemTerm<'_>| !term.nicename.is_empty() && !term.domain.is_empty();
    let has_slugs = terms.iter().any(is_told);
    let mut others = Vec::new();
    for term in terms {
        if has_slugs && !is_told(&term) {
            continue;
        }
        let taxonomy = if term.domain == "tag" {
            "post_tag"
        } else {
            &*term.domain
        };
        let declared = context
            .wxr
            .terms
            .get(&(taxonomy.to_owned(), term.nicename.clone().into_owned()))
            .filter(|_| !context.wxr.is_own);
        let shares_name = matches!(declared, Some((_, true)));
        let name = match declared {
            Some((name, _)) => name.clone(),
            None => plain_text(term.name.trim()).into_owned(),
        };
        let name = if name.is_empty() {
            slug_as_written(&term.nicename)
        } else {
            name
        };
        if name.is_empty() {
            continue;
        }
        let list = match &*term.domain {
            "category" | "" => &mut post.categories,
            "post_tag" | "tag" => &mut post.tags,
            _ => {
                others.push(json!({ "domain": term.domain, "nicename": term.nicename, "name": name }));
                continue;
            }
        };
        // Of two terms with one name only the slug tells which is meant.
        let is_there = list.contains(&name);
        if (is_there && declared.is_some()) || shares_name {
            others.push(json!({
                "domain": taxonomy, "nicename": term.nicename, "name": name, "another": is_there
            }));
        }
        if !is_there {
            list.push(name);
        }
    }
    if !others.is_empty() {
        source.insert("terms".into(), Value::Array(others));
    }
}

/// Puts into fields what hidden fields are known to hold; the others stay in `_source`. Gives blogark's own.
fn apply_metas(
    post: &mut Post,
    metas: Vec<Meta<'_>>,
    context: &Context,
    want: Want,
    records: &mut Records,
) -> Option<Map<String, Value>> {
    let mut own = None;
    let mut others = Vec::new();
    let mut keep = |key: &str, value: &str| {
        if want == Want::Record {
            others.push(meta(key, value));
        }
    };
    let mut place = Location::default();
    let mut rest = String::new();
    let is_ours = context.wxr.is_own;
    for (key, value) in metas {
        match &*key {
            META_POST if is_ours => own = kept(&value),
            META_CONTENT_REST if is_ours => rest.push_str(&value),
            META_PUBLISHED if is_ours => post.set_published(Dated::rfc3339(&value)),
            META_MODIFIED if is_ours => post.set_modified(Dated::rfc3339(&value)),
            "blogger_internal" if is_ours => {
                if let Some((blog, id)) = blogger_ids(&value) {
                    post.blog = blog.to_owned();
                    post.id = id.to_owned();
                }
            }
            "blogger_blog" | "blogger_permalink" | "blogger_author" | "_blogger_original_guid" | "_wp_old_slug"
                if is_ours => {}
            "_blogger_search_description" if is_ours => post.summary = Some(decode_own(&value).to_owned()),
            "geo_latitude" => place.latitude = degree(&value),
            "geo_longitude" => place.longitude = degree(&value),
            "geo_address" => place.name = Some(decode_own(&value).to_owned()),
            "geo_public" => {}
            "enclosure" => match enclosure(&value) {
                Some(file) => post.attachments.push(file),
                None => keep(&key, &value),
            },
            "_thumbnail_id" => {
                let number = value.trim();
                post.image = context.wxr.pictures.get(number).cloned();
                records.picture = Some(number.to_owned());
                keep(&key, &value);
            }
            _ => keep(&key, &value),
        }
    }
    if !rest.is_empty() {
        post.content_html.get_or_insert_default().push_str(&rest);
    }
    if place != Location::default() {
        post.location = Some(place);
    }
    if is_ours && let Some(source) = &mut post._source {
        // What the file says there was made for WordPress.
        source.remove("guid");
        source.remove("ping_status");
        if source.is_empty() {
            post._source = None;
        }
    }
    if !others.is_empty() {
        let source = post._source.get_or_insert_default();
        source.insert("postmeta".into(), Value::Array(others));
    }
    own
}

pub(super) fn meta(key: &str, value: &str) -> Value {
    json!({ "key": key, "value": value })
}

/// Blog and post of `/feeds/<blog>/posts/default/<post>`.
fn blogger_ids(path: &str) -> Option<(&str, &str)> {
    let (blog, rest) = path.strip_prefix("/feeds/")?.split_once('/')?;
    let id = rest
        .strip_prefix("posts/default/")
        .or_else(|| rest.strip_prefix("pages/default/"))?;
    Some((blog, id))
}

fn degree(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|d: &f64| d.is_finite())
}

/// WordPress's note of an enclosure: address, length and type, a line each.
fn enclosure(value: &str) -> Option<Attachment> {
    let mut lines = value.lines();
    let url = lines.next().filter(|u| !u.is_empty())?;
    let size = lines.next()?.trim().parse::<u64>().ok();
    let mime = lines.next().map(str::trim).filter(|m| !m.is_empty())?;
    Some(Attachment {
        url: Some(url.to_owned()),
        mime_type: Some(mime.to_owned()),
        size_in_bytes: size.filter(|s| *s > 0),
        ..Attachment::default()
    })
}

pub(super) fn keep(source: &mut SourceData, key: &'static str, value: &str) {
    if !value.is_empty() {
        source.insert(key.into(), Value::String(value.to_owned()));
    }
}

pub(super) fn non_empty(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}
