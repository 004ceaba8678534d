//! Eleventy: `content/blog` and `content/pages`, `permalink`, and no template engine before the Markdown.
//! <https://www.11ty.dev/docs/data-configuration/>

use super::{Facts, Rules, When};
use crate::html::Dialect;
use crate::plan::markdown::Named;
use crate::write::markdown::front_matter::{Fields, Format};
use crate::write::markdown::options::CommentsAs;

pub(super) const RULES: Rules = Rules {
    name: "eleventy",
    dialect: Dialect::Eleventy,
    formats: &[Format::Yaml, Format::FencedJson],
    posts: "content/blog",
    pages: "content/pages",
    drafts: None,
    has_bundles: true,
    is_named_by_date: false,
    needs_date: false,
    summary_marker: "<!--more-->",
    item_indent: None,
    comments: CommentsAs::Section,
    comment_data: None,
    templates: &[],
    sections: &[],
    fields,
    own_address: Some(own_address),
    hints: &[
        (
            When::Drafts,
            "Drafts have `draft: true`, and Eleventy publishes them until this line stands in eleventy.config.js: eleventyConfig.addPreprocessor(\"drafts\", \"*\", (data) => (data.draft ? false : undefined));",
        ),
        (
            When::Aliases,
            "Old addresses stand in `aliases`; a template or the rules of your host must make redirects of them.",
        ),
    ],
};

fn fields(facts: &Facts<'_>) -> Fields {
    let mut fields = Fields::default();
    fields.put("title", facts.title());
    fields.put_some("date", facts.date());
    fields.put_some("updated", facts.modified());
    fields.put("slug", facts.slug);
    if let Some(path) = &facts.path {
        // It takes no path whose last part has neither an extension nor a slash.
        let is_folder = !path.rsplit('/').next().unwrap_or_default().contains('.');
        let end = if is_folder && !path.ends_with('/') { "/" } else { "" };
        fields.put("permalink", format!("{path}{end}"));
    }
    fields.put_list("aliases", facts.aliases.clone());
    fields.put_some("type", facts.kind());
    fields.put_flag("draft", !facts.is_public());
    fields.put_some("status", facts.status());
    fields.put_list("authors", facts.authors());
    fields.put_list("tags", facts.post.tags.clone());
    fields.put_list("categories", facts.post.categories.clone());
    fields.put_some("description", facts.description());
    fields.put("id", facts.post.id.as_str());
    fields.put("templateEngineOverride", "md");
    fields
}

fn own_address(post: &Named<'_>) -> String {
    // It takes the date off the name of a file.
    let stem = match post.day {
        Some(day) => post.name.strip_prefix(&day.format("%Y-%m-%d-").to_string()),
        None => None,
    };
    let section = if post.is_page { "pages" } else { "blog" };
    format!("/{section}/{}/", stem.unwrap_or(post.name))
}
