//! Front matter: what is known of a post, as YAML that YAML 1.1 and 1.2 parsers read alike.

use serde::Serialize;

use crate::model::{Date, Kind, Moment, Post, PostAuthor, Precision, Status, Zone};

#[derive(Serialize)]
struct FrontMatter<'a> {
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lastmod: Option<String>,
    slug: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    draft: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    authors: Vec<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    tags: &'a [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    categories: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    id: &'a str,
}

/// The front matter with its two lines of hyphens.
pub(super) fn yaml(post: &Post, zone: Zone, slug: &str) -> String {
    let date = |date: &Option<Date>| date.as_ref().map(|d| local(d.moment(), d, zone));
    let matter = FrontMatter {
        title: post.title.as_deref().map(str::trim).unwrap_or_default(),
        date: date(&post.date_published),
        lastmod: date(&post.date_modified),
        slug,
        url: post.url.as_deref(),
        kind: (post.kind != Kind::Post).then(|| post.kind.as_str()),
        draft: (post.status != Status::Published).then_some(true),
        status: (!matches!(post.status, Status::Published | Status::Draft)).then(|| post.status.as_str()),
        authors: post.authors.iter().filter_map(name).collect(),
        tags: &post.tags,
        categories: &post.categories,
        description: post.summary.as_deref().map(str::trim).filter(|s| !s.is_empty()),
        id: &post.id,
    };
    // Plain strings and lists are all there is: nothing that YAML could not say.
    let text = serde_saphyr::to_string(&matter).unwrap_or_default();
    format!("---\n{}\n---\n", text.trim_end())
}

fn name(author: &PostAuthor) -> Option<&str> {
    author.name.as_deref().map(str::trim).filter(|n| !n.is_empty())
}

/// A date on the blog's own clock with its offset; a bare day stays one.
fn local(moment: Moment, date: &Date, zone: Zone) -> String {
    let offset = match (moment.precision, moment.offset) {
        (Precision::Day, _) => return date.as_str().to_owned(),
        (_, Some(0)) => zone.offset_at_utc(moment.local),
        (_, Some(_)) => return date.as_str().to_owned(),
        (_, None) => zone.offset_at_local(moment.local),
    };
    Date::from_offset(moment.in_blog_time(zone), offset)
        .map_or_else(|| date.as_str().to_owned(), |d| d.as_str().to_owned())
}
