//! Hidden fields of an item: what Blogger's importer and redirect plugins read, what the source had, and what the record
//! has and WordPress has no place for.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::ledger::NoticeCode;
use crate::model::{Attachment, Kind, Location, PostAuthor, Status};
use crate::wordpress::{
    MAX_META_KEY, META_CONTENT_REST, META_MODIFIED, META_POST, META_PUBLISHED, UNKNOWN_LOGIN, dated, encode_own,
    sql_date,
};

use super::post::{Item, is_number};
use super::slugs;

impl<'a> Item<'a, '_> {
    pub(super) fn metas(&mut self) {
        let post = self.post;
        let mut written: HashSet<(Cow<'a, str>, Cow<'a, str>)> = HashSet::new();
        if self.is_blogger() {
            self.blogger_metas();
        } else {
            let id = self.planned.post_id.to_string();
            self.kept.keep("id", &post.id, &id);
        }
        self.location();
        self.enclosures();
        for slug in self.old_slugs() {
            written.insert(("_wp_old_slug".into(), slug.clone().into()));
            self.pieces.meta("wp:postmeta", "_wp_old_slug", slug);
        }
        if let Some(date) = &post.date_published {
            let local = sql_date(self.dates.0).unwrap_or_default();
            let status = match post.status {
                Status::Draft | Status::Unknown => "draft",
                Status::Pending => "pending",
                _ => "publish",
            };
            let utc = sql_date(self.dates.1).filter(|_| self.has_utc_date(status));
            if dated(&local, &utc.unwrap_or_default()).date.as_ref() != Some(date) {
                self.pieces.meta("wp:postmeta", META_PUBLISHED, date.as_str());
            }
        }
        if let Some(date) = &post.date_modified {
            self.pieces.meta("wp:postmeta", META_MODIFIED, date.as_str());
        }
        for part in std::mem::take(&mut self.rest) {
            self.pieces.meta("wp:postmeta", META_CONTENT_REST, part);
        }
        self.source_metas(&mut written);
        self.keep_what_has_no_place();
        if let Some(kept) = std::mem::take(&mut self.kept).json() {
            self.pieces.meta("wp:postmeta", META_POST, kept);
        }
    }

    /// The keys that Automattic's own Blogger importer uses, which redirect plugins read.
    fn blogger_metas(&mut self) {
        let post = self.post;
        let home = self.plan.blog.home_page_url.as_deref();
        if let Some(host) = post.url.as_deref().or(home).and_then(host) {
            self.pieces.meta("wp:postmeta", "blogger_blog", host);
        }
        if let Some(path) = post.url.as_deref().and_then(path) {
            self.pieces.meta("wp:postmeta", "blogger_permalink", path);
        }
        if let Some(name) = post.authors.first().and_then(|a| a.name.as_deref()) {
            self.pieces.meta("wp:postmeta", "blogger_author", encode_own(name));
        }
        let (blog, id) = (&post.blog, &post.id);
        if is_number(blog) && is_number(id) {
            let kind = if post.kind == Kind::Page { "page" } else { "post" };
            self.pieces.meta(
                "wp:postmeta",
                "blogger_internal",
                format!("/feeds/{blog}/{kind}s/default/{id}"),
            );
            self.pieces.meta(
                "wp:postmeta",
                "_blogger_original_guid",
                format!("tag:blogger.com,1999:blog-{blog}.{kind}-{id}"),
            );
        } else {
            self.kept.keep("id", id, &self.planned.post_id.to_string());
        }
        if let Some(summary) = post.summary.as_deref().filter(|s| !s.is_empty()) {
            self.pieces
                .meta("wp:postmeta", "_blogger_search_description", encode_own(summary));
        } else {
            self.kept.keep("summary", &post.summary, &None);
        }
    }

    fn location(&mut self) {
        let Some(place) = &self.post.location else {
            return;
        };
        if let Some(latitude) = place.latitude {
            self.pieces.meta("wp:postmeta", "geo_latitude", latitude.to_string());
        }
        if let Some(longitude) = place.longitude {
            self.pieces.meta("wp:postmeta", "geo_longitude", longitude.to_string());
        }
        if let Some(name) = place.name.as_deref() {
            self.pieces.meta("wp:postmeta", "geo_address", encode_own(name));
        }
        self.pieces.meta("wp:postmeta", "geo_public", "1");
        if *place == Location::default() {
            self.kept.keep("location", &self.post.location, &None);
        }
    }

    fn enclosures(&mut self) {
        let mut read = Vec::new();
        for attachment in &self.post.attachments {
            let (Some(url), Some(mime)) = (attachment.url.as_deref(), attachment.mime_type.as_deref()) else {
                continue;
            };
            if [url, mime]
                .iter()
                .any(|v| v.is_empty() || v.trim() != *v || v.contains(['\n', '\r']))
            {
                continue;
            }
            let size = attachment.size_in_bytes.unwrap_or(0);
            self.pieces
                .meta("wp:postmeta", "enclosure", format!("{url}\n{size}\n{mime}\n"));
            read.push(Attachment {
                url: Some(url.to_owned()),
                mime_type: Some(mime.to_owned()),
                size_in_bytes: (size > 0).then_some(size),
                ..Attachment::default()
            });
        }
        self.kept.keep("attachments", &self.post.attachments, &read);
    }

    /// Slugs under which the post was known before: WordPress redirects from them by itself.
    fn old_slugs(&self) -> Vec<String> {
        let post = self.post;
        let (base, now) = slugs::planned(post, self.planned);
        let mut old = Vec::new();
        for slug in std::iter::once(base).chain(post.redirects_from.iter().filter_map(|url| slugs::of_address(url))) {
            if !slug.is_empty() && slug != now && !old.contains(&slug) {
                old.push(slug);
            }
        }
        old
    }

    /// Meta of a post that was read from WordPress.
    fn source_metas(&mut self, written: &mut HashSet<(Cow<'a, str>, Cow<'a, str>)>) {
        let thumbnail = self
            .plan
            .thumbnail(self.post)
            .and_then(|at| self.plan.attachments.get(at));
        if let Some(attachment) = thumbnail {
            self.pieces
                .meta("wp:postmeta", "_thumbnail_id", attachment.id.to_string());
        }
        let metas = self.source("postmeta").and_then(|v| v.as_array()).into_iter().flatten();
        for meta in metas {
            let field = |name: &str| meta.get(name).and_then(|v| v.as_str());
            let (Some(key), Some(value)) = (field("key"), field("value")) else {
                continue;
            };
            match key {
                // Who has the editor open is nothing of the post; who had it last, where nobody knows the number.
                "_edit_lock" => continue,
                "_edit_last" if !self.plan.keeps_author_number(value.trim()) => continue,
                "_thumbnail_id" if thumbnail.is_some() => continue,
                "_thumbnail_id" => {
                    self.note(
                        NoticeCode::FieldNotCarried,
                        "The featured picture is not among the media records, so it is no part of this file: set it again in WordPress.",
                    );
                    continue;
                }
                _ if key.is_empty() || key.chars().count() > MAX_META_KEY => {
                    self.note(
                        NoticeCode::FieldNotCarried,
                        "A hidden field has a name that WordPress does not take; it was left out.",
                    );
                    continue;
                }
                _ => {}
            }
            if written.insert((key.into(), value.into())) {
                self.pieces.meta("wp:postmeta", key, value);
            }
        }
    }

    fn keep_what_has_no_place(&mut self) {
        let post = self.post;
        let kept = &mut self.kept;
        let read: Vec<PostAuthor> = self
            .author
            .filter(|a| a.login != UNKNOWN_LOGIN)
            .map(|a| a.who.clone())
            .into_iter()
            .collect();
        kept.keep("authors", &post.authors, &read);
        kept.keep("id_basis", &post.id_basis, &None);
        kept.keep("redirects_from", &post.redirects_from, &Vec::new());
        kept.keep("language", &post.language, &None);
        kept.keep("image", &post.image, &None);
        kept.keep("comment_count_claimed", &post.comment_count_claimed, &None);
        kept.keep("links", &post.links, &Vec::new());
    }
}

fn host(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    rest.split(['/', '?', '#']).next().filter(|h| !h.is_empty())
}

fn path(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    rest.find('/').and_then(|at| rest.get(at..)).filter(|p| p.len() > 1)
}
