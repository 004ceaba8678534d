//! Markdown for no generator in particular: everything that front matter can hold, under the names that most read.

use super::{Facts, Rules};
use crate::html::Dialect;
use crate::write::markdown::files::{Bundled, MediaRules};
use crate::write::markdown::front_matter::{Fields, Format};
use crate::write::markdown::options::CommentsAs;

pub(super) const RULES: Rules = Rules {
    name: "plain",
    dialect: Dialect::CommonMark,
    formats: &[Format::Yaml, Format::Toml, Format::Json],
    posts: "posts",
    pages: "pages",
    drafts: None,
    has_bundles: true,
    is_named_by_date: false,
    needs_date: false,
    summary_marker: "<!--more-->",
    item_indent: None,
    comments: CommentsAs::Section,
    media: MediaRules {
        folder: "media",
        path: None,
        in_bundles: Bundled::ByName,
    },
    comment_data: None,
    templates: &[],
    sections: &[],
    fields,
    own_address: None,
    shown_at: super::same,
    label_address: None,
    feed: None,
    has_heading_ids: true,
    hints: &[],
};

fn fields<'f>(facts: &'f Facts<'_>) -> Fields<'f> {
    let mut fields = Fields::new();
    fields.put("title", facts.title());
    fields.put_some("date", facts.date());
    fields.put_some("lastmod", facts.modified());
    fields.put("slug", facts.slug);
    fields.put_some("url", facts.url);
    fields.put_list("aliases", facts.aliases.iter().map(String::as_str));
    fields.put_some("type", facts.kind());
    fields.put_flag("draft", !facts.is_public());
    fields.put_some("status", facts.status());
    fields.put_list("authors", facts.authors());
    fields.put_list("tags", facts.post.tags.iter().map(String::as_str));
    fields.put_list("categories", facts.post.categories.iter().map(String::as_str));
    fields.put_some("description", facts.description());
    fields.put_some("image", facts.image);
    fields.put("id", facts.post.id.as_str());
    fields
}
