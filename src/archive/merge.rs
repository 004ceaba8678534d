//! Merges sightings of one record, field by field: the better source wins, the others fill in what it lacks.

use std::collections::BTreeMap;

use smallvec::SmallVec;

use crate::ledger::{Notice, NoticeCode};
use crate::model::{Comment, CommentStatus, Post, Provenance, SourceData};
use crate::read::Class;

/// A post as one source gives it.
pub(super) struct Sighted {
    pub(super) record: Box<Post>,
    /// Id of the source in the head.
    pub(super) source: String,
    pub(super) class: Class,
}

/// Makes one post of its sightings, which come best first. Comments are not touched.
pub(super) fn posts(sightings: SmallVec<[Sighted; 1]>, notices: &mut Vec<Notice>) -> Option<Box<Post>> {
    let mut sightings = sightings.into_iter();
    let mut first = sightings.next()?;
    name_source(&mut first);
    let mut rest: Vec<Sighted> = sightings.collect();
    let mut post = first.record;
    if rest.is_empty() {
        return Some(post);
    }
    let mut fields = BTreeMap::new();
    let mut content_class = first.class;
    macro_rules! own {
        ($($field:ident),+) => { $(if post.$field.is_some() {
            fields.insert(stringify!($field).to_owned(), first.source.clone());
        })+ };
    }
    own!(
        url,
        title,
        content_html,
        summary,
        date_published,
        date_modified,
        date_created,
        language,
        image,
        location,
        comment_count_claimed,
        comments_status
    );
    // An archive that was merged before tells itself which source gave what.
    for (field, source) in &mut fields {
        if let Some(told) = post.field_sources.get(field) {
            source.clone_from(told);
        }
    }
    for other in &mut rest {
        name_source(other);
        let record = &mut other.record;
        disagree(&post, record, &other.source, notices);
        macro_rules! fill {
            ($($field:ident),+) => { $(if post.$field.is_none() && record.$field.is_some() {
                post.$field = record.$field.take();
                fields.insert(stringify!($field).to_owned(), other.source.clone());
            })+ };
        }
        macro_rules! fill_date {
            ($($date:ident, $raw:ident, $basis:ident);+) => { $(if post.$date.is_none() && record.$date.is_some() {
                post.$date = record.$date.take();
                post.$raw = record.$raw.take();
                post.$basis = record.$basis.take();
                fields.insert(stringify!($date).to_owned(), other.source.clone());
            })+ };
        }
        macro_rules! fill_list {
            ($($field:ident),+) => { $(if post.$field.is_empty() && !record.$field.is_empty() {
                post.$field = std::mem::take(&mut record.$field);
                fields.insert(stringify!($field).to_owned(), other.source.clone());
            })+ };
        }
        // Among pages the richest body wins: an index page may hold only the beginning.
        let is_richer = content_class == Class::Page
            && other.class == Class::Page
            && record.content_html.as_ref().map(String::len) > post.content_html.as_ref().map(String::len);
        if (post.content_html.is_none() || is_richer) && record.content_html.is_some() {
            post.content_html = record.content_html.take();
            post.content_format = record.content_format;
            content_class = other.class;
            fields.insert("content_html".to_owned(), other.source.clone());
        }
        fill!(
            url,
            slug,
            title,
            summary,
            language,
            image,
            location,
            parent,
            order,
            comments_status
        );
        fill_date!(
            date_published, date_published_raw, date_published_basis;
            date_modified, date_modified_raw, date_modified_basis;
            date_created, date_created_raw, date_created_basis
        );
        fill_list!(authors, tags, categories, attachments);
        for url in std::mem::take(&mut record.redirects_from) {
            if !post.redirects_from.contains(&url) {
                post.redirects_from.push(url);
            }
        }
        for link in std::mem::take(&mut record.links) {
            if !post.links.contains(&link) {
                post.links.push(link);
            }
        }
        post.protected |= record.protected;
        post.sticky |= record.sticky;
        post.comment_count_claimed = post.comment_count_claimed.max(record.comment_count_claimed);
        join_places(&mut post.provenance, &mut record.provenance);
        join_source(&mut post._source, record._source.take());
    }
    let sources: std::collections::BTreeSet<_> = fields.values().collect();
    if sources.len() > 1 || post.provenance.iter().any(|p| p.source.as_ref() != Some(&first.source)) {
        post.field_sources = fields;
    }
    Some(post)
}

/// Makes one comment of its sightings, which come best first.
pub(super) fn comments(mut sightings: SmallVec<[Box<Comment>; 1]>) -> Option<Box<Comment>> {
    // What the owner wrote is in Takeout's `Comments` folder; where the blog itself holds it, it is no comment elsewhere.
    if sightings.iter().any(|s| !s.is_own_elsewhere()) {
        for sighting in &mut sightings {
            sighting.forget_own_elsewhere();
        }
    }
    let mut sightings = sightings.into_iter();
    let mut comment = sightings.next()?;
    for mut record in sightings {
        macro_rules! fill {
            ($($field:ident),+) => { $(if comment.$field.is_none() { comment.$field = record.$field.take(); })+ };
        }
        fill!(
            in_reply_to,
            parent_basis,
            kind,
            deleted_by,
            suspected_spam,
            is_post_author,
            url
        );
        if comment.content_html.is_none() {
            comment.content_html = record.content_html.take();
            comment.content_format = record.content_format;
        }
        if comment.date_published.is_none() {
            comment.date_published = record.date_published.take();
            comment.date_published_raw = record.date_published_raw.take();
            comment.date_published_basis = record.date_published_basis.take();
        }
        if comment.date_modified.is_none() {
            comment.date_modified = record.date_modified.take();
            comment.date_modified_raw = record.date_modified_raw.take();
            comment.date_modified_basis = record.date_modified_basis.take();
        }
        match (&mut comment.author, record.author.take()) {
            (own @ None, other) => *own = other,
            (Some(own), Some(other)) => {
                own.name = own.name.take().or(other.name);
                own.url = own.url.take().or(other.url);
                own.avatar = own.avatar.take().or(other.avatar);
                own._email = own._email.take().or(other._email);
                own._ip = own._ip.take().or(other._ip);
            }
            (Some(_), None) => {}
        }
        if comment.status == CommentStatus::Unknown {
            comment.status = record.status;
        }
        join_places(&mut comment.provenance, &mut record.provenance);
        join_source(&mut comment._source, record._source.take());
    }
    Some(comment)
}

/// An archive that is read again has no source of its own: that of its record stands for it.
fn name_source(sighting: &mut Sighted) {
    if sighting.source.is_empty()
        && let Some(source) = sighting.record.provenance.first().and_then(|p| p.source.as_ref())
    {
        sighting.source.clone_from(source);
    }
}

/// Adds places that are not there yet: two archives may tell of the same one.
fn join_places(own: &mut Vec<Provenance>, other: &mut Vec<Provenance>) {
    for place in other.drain(..) {
        if !own.contains(&place) {
            own.push(place);
        }
    }
}

fn join_source(own: &mut Option<SourceData>, other: Option<SourceData>) {
    if let Some(other) = other {
        let own = own.get_or_insert_default();
        for (key, value) in other {
            own.entry(key).or_insert(value);
        }
    }
}

/// Says where two sources differ in what a reader of the blog would see.
fn disagree(post: &Post, other: &Post, source: &str, notices: &mut Vec<Notice>) {
    let mut fields = Vec::new();
    let differs = |a: &Option<String>, b: &Option<String>| match (a, b) {
        (Some(a), Some(b)) => a.split_whitespace().ne(b.split_whitespace()),
        _ => false,
    };
    if differs(&post.title, &other.title) {
        fields.push("title");
    }
    if let (Some(a), Some(b)) = (&post.date_published, &other.date_published) {
        let (a, b) = (a.moment(), b.moment());
        // A day without a time, or a time without seconds, is less, not different.
        if a.local.date() != b.local.date()
            && a.in_utc(crate::model::Zone::Utc).date() != b.in_utc(crate::model::Zone::Utc).date()
        {
            fields.push("date");
        }
    }
    if post.status != other.status {
        fields.push("status");
    }
    if !fields.is_empty() {
        notices.push(
            Notice::new(
                NoticeCode::SourcesDisagree,
                format!(
                    "Source {source} has another {} than the better source, which was taken.",
                    fields.join(" and ")
                ),
            )
            .about_post(&post.blog, &post.id),
        );
    }
}

#[cfg(test)]
mod tests {
    use smallvec::smallvec;

    use super::*;

    fn sighted(source: &str, class: Class, record: Post) -> Sighted {
        Sighted {
            record: Box::new(record),
            source: source.to_owned(),
            class,
        }
    }

    fn post(title: Option<&str>, body: &str) -> Post {
        Post {
            id: "1".to_owned(),
            title: title.map(str::to_owned),
            content_html: Some(body.to_owned()),
            ..Post::default()
        }
    }

    #[test]
    fn the_better_source_wins_and_the_other_fills_in() {
        let mut notices = Vec::new();
        let merged = posts(
            smallvec![
                sighted("s1", Class::Export, post(None, "short")),
                sighted("s2", Class::Page, post(Some("T"), "a longer body")),
            ],
            &mut notices,
        )
        .unwrap();
        assert_eq!(merged.title.as_deref(), Some("T"));
        assert_eq!(merged.content_html.as_deref(), Some("short"));
        assert_eq!(merged.field_sources["title"], "s2");
        assert_eq!(merged.field_sources["content_html"], "s1");
        assert!(notices.is_empty());
    }

    #[test]
    fn among_pages_the_richest_body_wins() {
        let merged = posts(
            smallvec![
                sighted("s1", Class::Page, post(Some("T"), "the beg…")),
                sighted("s2", Class::Page, post(Some("T"), "the beginning and the end")),
            ],
            &mut Vec::new(),
        )
        .unwrap();
        assert_eq!(merged.content_html.as_deref(), Some("the beginning and the end"));
    }

    #[test]
    fn disagreement_is_told() {
        let mut notices = Vec::new();
        posts(
            smallvec![
                sighted("s1", Class::Export, post(Some("A"), "")),
                sighted("s2", Class::Feed, post(Some("B"), "")),
            ],
            &mut notices,
        );
        assert_eq!(notices[0].code, NoticeCode::SourcesDisagree);
    }
}
