//! Astro: collections in `src/content/blog` and `src/content/pages`, with the fields of its own blog template, each always
//! of one type, so that a schema holds. <https://docs.astro.build/en/guides/content-collections/>

use super::{Facts, Rules, When};
use crate::html::Dialect;
use crate::plan::markdown::Named;
use crate::write::markdown::files::{Bundled, MediaRules};
use crate::write::markdown::front_matter::{Fields, Format};
use crate::write::markdown::options::CommentsAs;

pub(super) const RULES: Rules = Rules {
    name: "astro",
    dialect: Dialect::Astro,
    formats: &[Format::Yaml, Format::Toml],
    posts: "src/content/blog",
    pages: "src/content/pages",
    drafts: None,
    has_bundles: true,
    is_named_by_date: false,
    needs_date: true,
    summary_marker: "<!--more-->",
    item_indent: None,
    comments: CommentsAs::Section,
    media: MediaRules {
        folder: "public/media",
        path: Some("/media/"),
        in_bundles: Bundled::ByName,
    },
    comment_data: None,
    templates: &[],
    sections: &[],
    fields,
    own_address: Some(own_address),
    shown_at: super::same,
    label_address: None,
    feed: None,
    has_heading_ids: true,
    hints: &[
        (
            When::HtmlPaths,
            "Old addresses end in .html: with build: { format: 'file' } in astro.config.mjs and a route src/pages/[...slug].astro they stay what they were.",
        ),
        (
            When::Drafts,
            "Drafts have `draft: true`, and Astro publishes what a page asks for: getCollection('blog', ({ data }) => !data.draft) leaves them out.",
        ),
        (
            When::Aliases,
            "Old addresses stand in `aliases`; put them into `redirects` of astro.config.mjs.",
        ),
    ],
};

fn fields<'f>(facts: &'f Facts<'_>) -> Fields<'f> {
    let mut fields = Fields::new();
    fields.put("title", facts.title_line());
    fields.put("description", facts.description().unwrap_or_default());
    fields.put_some("image", facts.image);
    fields.put("pubDate", facts.some_date());
    fields.put_some("updatedDate", facts.modified());
    // The id of the entry, which its route is made of.
    let path = facts.path.as_deref().map(|path| {
        let path = path.trim_matches('/');
        path.strip_suffix(".html").unwrap_or(path)
    });
    fields.put("slug", path.unwrap_or(facts.slug));
    fields.put_list("aliases", facts.aliases.iter().map(String::as_str));
    fields.put_some("type", facts.kind());
    fields.put_flag("draft", !facts.is_public());
    fields.put_some("status", facts.status());
    fields.put_list("authors", facts.authors());
    fields.put_list("tags", facts.post.tags.iter().map(String::as_str));
    fields.put_list("categories", facts.post.categories.iter().map(String::as_str));
    fields.put("id", facts.post.id.as_str());
    fields
}

fn own_address(post: &Named<'_>) -> String {
    let collection = if post.is_page { "" } else { "blog/" };
    format!("/{collection}{}/", post.slug)
}
