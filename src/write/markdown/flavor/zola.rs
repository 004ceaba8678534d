//! Zola: TOML, `content/posts` and `content/pages` as sections, terms in `[taxonomies]`, and everything that it does not
//! know in `[extra]`, because it refuses fields of other names.
//! <https://www.getzola.org/documentation/content/page/>

use super::{Facts, Rules, When};
use crate::html::Dialect;
use crate::plan::markdown::Named;
use crate::write::markdown::files::{Bundled, MediaRules};
use crate::write::markdown::front_matter::{Fields, Format};
use crate::write::markdown::options::CommentsAs;

pub(super) const RULES: Rules = Rules {
    name: "zola",
    dialect: Dialect::Zola,
    formats: &[Format::Toml, Format::Yaml],
    posts: "content/posts",
    pages: "content/pages",
    drafts: None,
    has_bundles: true,
    is_named_by_date: false,
    needs_date: false,
    summary_marker: "<!-- more -->",
    item_indent: None,
    comments: CommentsAs::Section,
    media: MediaRules {
        folder: "static/media",
        path: Some("/media/"),
        in_bundles: Bundled::ByPath,
    },
    comment_data: None,
    templates: &[],
    sections: &[
        (
            "content/posts/_index.md",
            "+++\ntitle = \"Posts\"\nsort_by = \"date\"\n+++\n",
        ),
        (
            "content/pages/_index.md",
            "+++\ntitle = \"Pages\"\nsort_by = \"title\"\nrender = false\n+++\n",
        ),
    ],
    fields,
    own_address: Some(own_address),
    shown_at,
    label_address: Some(super::label::zola),
    feed: None,
    has_heading_ids: true,
    hints: &[
        (
            When::Terms,
            "Zola wants its taxonomies named at the top of config.toml: taxonomies = [{name = \"tags\"}, {name = \"categories\"}]",
        ),
        (
            When::ForeignPaths,
            "Old addresses have letters that Zola changes until config.toml says: slugify.paths = \"safe\"",
        ),
    ],
};

fn fields<'f>(facts: &'f Facts<'_>) -> Fields<'f> {
    let mut fields = Fields::new();
    fields.put("title", facts.title_line());
    fields.put_some("description", facts.description());
    fields.put_some("date", facts.date());
    fields.put_some("updated", facts.modified());
    fields.put("slug", facts.slug);
    // Every page of Zola's is a folder, so a path that ends in `.html` leads to it as a file of its own.
    let path = facts.path.as_deref();
    let mut file = None;
    if let Some(path) = path {
        let plain = path.strip_suffix(".html").or_else(|| path.strip_suffix(".htm"));
        fields.put("path", plain.unwrap_or(path).trim_matches('/'));
        if plain.is_some() {
            file = Some(path);
        }
    }
    let aliases = file.into_iter().chain(facts.aliases.iter().map(String::as_str));
    fields.put_list("aliases", aliases.map(|a| a.trim_start_matches('/')));
    fields.put_flag("draft", !facts.is_public());
    fields.put_list("authors", facts.authors());
    fields.put_list("taxonomies.tags", facts.post.tags.iter().map(String::as_str));
    fields.put_list(
        "taxonomies.categories",
        facts.post.categories.iter().map(String::as_str),
    );
    fields.put_some("extra.image", facts.image);
    fields.put_some("extra.type", facts.kind());
    fields.put_some("extra.status", facts.status());
    fields.put("extra.id", facts.post.id.as_str());
    fields
}

fn own_address(post: &Named<'_>) -> String {
    let section = if post.is_page { "pages" } else { "posts" };
    format!("/{section}/{}/", post.slug)
}

/// A page is a folder; the name of one that ended in `.html` leads to it.
fn shown_at(path: &str) -> String {
    let plain = path
        .strip_suffix(".html")
        .or_else(|| path.strip_suffix(".htm"))
        .unwrap_or(path);
    format!("{}/", plain.trim_end_matches('/'))
}
