//! Pelican: articles in `content`, pages in `content/pages`, metadata as bare `Key: value` lines.
//! <https://docs.getpelican.com/en/latest/content.html>

use super::{Facts, Rules, When};
use crate::html::{Dialect, MarkdownOptions, escape_text, to_markdown};
use crate::plan::markdown::Named;
use crate::write::markdown::files::{Bundled, MediaRules};
use crate::write::markdown::front_matter::{Fields, Format, Value};
use crate::write::markdown::options::CommentsAs;

pub(super) const RULES: Rules = Rules {
    name: "pelican",
    dialect: Dialect::Pelican,
    formats: &[Format::Pelican],
    posts: "content",
    pages: "content/pages",
    drafts: None,
    has_bundles: true,
    is_named_by_date: false,
    needs_date: true,
    summary_marker: "<!-- PELICAN_END_SUMMARY -->",
    item_indent: Some(4),
    comments: CommentsAs::Section,
    media: MediaRules {
        folder: "content/images",
        path: Some("/images/"),
        in_bundles: Bundled::No,
    },
    comment_data: None,
    templates: &[],
    sections: &[],
    fields,
    own_address: Some(own_address),
    shown_at: super::same,
    label_address: Some(super::label::pelican),
    feed: Some("/feeds/all.atom.xml"),
    has_heading_ids: false,
    hints: &[(
        When::Aliases,
        "Old addresses stand in `Alias`; the plugin pelican-alias makes pages of them.",
    )],
};

fn fields<'f>(facts: &'f Facts<'_>) -> Fields<'f> {
    let post = facts.post;
    let mut fields = Fields::new();
    fields.put("Title", facts.title_line());
    if facts.is_page() {
        fields.put_some("Date", facts.date());
    } else {
        fields.put("Date", facts.some_date());
    }
    fields.put_some("Modified", facts.modified());
    fields.put("Slug", facts.slug);
    // A draft at its last address would be published.
    if let Some(path) = facts.path.as_deref().filter(|_| facts.is_public()) {
        let path = path.trim_start_matches('/');
        let is_file = path.rsplit('/').next().unwrap_or_default().contains('.');
        let index = match (is_file, path.ends_with('/')) {
            (true, _) => "",
            (false, true) => "index.html",
            (false, false) => "/index.html",
        };
        fields.put("Url", path);
        fields.put("Save_as", format!("{path}{index}"));
    }
    if !facts.aliases.is_empty() {
        fields.put("Alias", facts.aliases.join(","));
    }
    if !facts.is_public() {
        fields.put("Status", "draft");
    }
    fields.put_some("Original_status", facts.status());
    fields.put_list("Authors", parted(facts.authors()));
    fields.put_list("Tags", parted(post.tags.iter().map(String::as_str)));
    match post.categories.first() {
        Some(category) => fields.put("Category", category.as_str()),
        // Else the folder that the file lies in would become one.
        None if !facts.is_page() => fields.put("Category", "misc"),
        None => {}
    }
    if post.categories.len() > 1 {
        // It knows but one.
        fields.put_list("Categories", parted(post.categories.iter().map(String::as_str)));
    }
    // It is read as Markdown.
    fields.put_some("Image", facts.image);
    if let Some(description) = facts.description() {
        let options = MarkdownOptions {
            dialect: Dialect::Pelican,
            ..MarkdownOptions::default()
        };
        fields.put(
            "Summary",
            Value::from(to_markdown(&escape_text(description), &options).text),
        );
    }
    fields.put("Post_id", post.id.as_str());
    fields
}

/// Semicolons part the items of a list, so an item can have none.
fn parted<'i>(items: impl Iterator<Item = &'i str>) -> impl Iterator<Item = String> {
    items.map(|item| item.replace(';', ","))
}

fn own_address(post: &Named<'_>) -> String {
    let folder = if post.is_page { "pages/" } else { "" };
    format!("/{folder}{}.html", post.slug)
}
