//! Eleventy: `content/blog` and `content/pages`, `permalink`, and no template engine before the Markdown.
//! <https://www.11ty.dev/docs/data-configuration/>

use super::{Facts, Rules, When};
use crate::html::Dialect;
use crate::plan::markdown::Named;
use crate::write::markdown::files::{Bundled, MediaRules};
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
    media: MediaRules {
        folder: "public/media",
        path: Some("/media/"),
        in_bundles: Bundled::No,
    },
    comment_data: None,
    templates: &[],
    sections: &[],
    fields,
    own_address: Some(own_address),
    shown_at: super::folder_unless_file,
    label_address: None,
    feed: None,
    has_heading_ids: false,
    hints: &[
        (
            When::Files,
            "Pictures and files lie in public/media; this line in eleventy.config.js copies them: eleventyConfig.addPassthroughCopy({ \"./public/\": \"/\" });",
        ),
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

fn fields<'f>(facts: &'f Facts<'_>) -> Fields<'f> {
    let mut fields = Fields::new();
    fields.put("title", facts.title_line());
    fields.put_some("date", facts.date());
    fields.put_some("updated", facts.modified());
    fields.put("slug", facts.slug);
    let path = facts.path.as_ref().or(facts.address.as_ref());
    // It takes no path whose last part has neither an extension nor a slash.
    fields.put_some("permalink", path.map(|path| super::folder_unless_file(path)));
    fields.put_list("aliases", facts.aliases.iter().map(String::as_str));
    fields.put_some("type", facts.kind());
    fields.put_flag("draft", !facts.is_public());
    fields.put_some("status", facts.status());
    fields.put_list("authors", facts.authors());
    fields.put_list("tags", facts.post.tags.iter().map(|tag| collection(tag)));
    fields.put_list("categories", facts.post.categories.iter().map(String::as_str));
    fields.put_some("description", facts.description());
    fields.put_some("image", facts.image);
    fields.put("id", facts.post.id.as_str());
    fields.put("templateEngineOverride", "md");
    fields
}

/// A tag as the name of a collection. Eleventy stops at one that every object of JavaScript has: `constructor`.
fn collection(tag: &str) -> String {
    const OF_EVERY_OBJECT: &[&str] = &[
        "constructor",
        "hasOwnProperty",
        "isPrototypeOf",
        "propertyIsEnumerable",
        "toLocaleString",
        "toString",
        "valueOf",
    ];
    let mut letters = tag.chars();
    match letters.next() {
        Some(first) if OF_EVERY_OBJECT.contains(&tag) => first.to_uppercase().chain(letters).collect(),
        _ => tag.to_owned(),
    }
}

fn own_address(post: &Named<'_>) -> String {
    // It takes the date off the name of a file.
    let stem = match post.day {
        Some(day) => post.name.strip_prefix(&day.format("%Y-%m-%d-").to_string()),
        None => None,
    };
    let section = if post.is_page { "pages" } else { "blog" };
    let stem = match stem.unwrap_or(post.name) {
        // A page at the encoded name of its file would be found at no address.
        name if name.contains('%') => post.slug,
        name => name,
    };
    format!("/{section}/{stem}/")
}
