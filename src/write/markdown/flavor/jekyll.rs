//! Jekyll: `_posts` and `_drafts`, names that begin with the date, `permalink`, and Liquid kept away from the bodies.
//! <https://jekyllrb.com/docs/front-matter/>, <https://github.com/jekyll/jekyll-redirect-from>

use super::{Facts, Rules, When};
use crate::html::Dialect;
use crate::model::Status;
use crate::plan::markdown::Named;
use crate::write::markdown::files::{Bundled, MediaRules};
use crate::write::markdown::front_matter::{Fields, Format, Value};
use crate::write::markdown::options::CommentsAs;

pub(super) const RULES: Rules = Rules {
    name: "jekyll",
    dialect: Dialect::Jekyll,
    formats: &[Format::Yaml],
    posts: "_posts",
    pages: "pages",
    drafts: Some("_drafts"),
    has_bundles: false,
    is_named_by_date: true,
    needs_date: true,
    summary_marker: "<!--more-->",
    item_indent: None,
    comments: CommentsAs::Data,
    media: MediaRules {
        folder: "assets/media",
        path: Some("/assets/media/"),
        in_bundles: Bundled::No,
    },
    comment_data: Some("_data/comments"),
    templates: &[
        (
            "_includes/blogark-comments.html",
            include_str!("templates/jekyll-comments.html"),
        ),
        (
            "_includes/blogark-comment-thread.html",
            include_str!("templates/jekyll-comment-thread.html"),
        ),
    ],
    sections: &[],
    fields,
    own_address: Some(own_address),
    shown_at: super::same,
    label_address: None,
    feed: None,
    has_heading_ids: true,
    hints: &[
        (
            When::CommentData,
            "Comments lie in _data/comments; this line in _layouts/post.html shows them: {% include blogark-comments.html %}",
        ),
        (
            When::Aliases,
            "Old addresses stand in redirect_from; the plugin jekyll-redirect-from makes pages of them.",
        ),
    ],
};

fn fields<'f>(facts: &'f Facts<'_>) -> Fields<'f> {
    let post = facts.post;
    let mut fields = Fields::new();
    fields.put("layout", if facts.is_page() { "page" } else { "post" });
    fields.put("title", facts.title_line());
    if facts.is_page() {
        fields.put_some("date", facts.date());
    } else {
        fields.put("date", facts.some_date());
    }
    fields.put_some("last_modified_at", facts.modified());
    fields.put("slug", facts.slug);
    fields.put_some("permalink", facts.path.as_deref());
    fields.put_list("redirect_from", facts.aliases.iter().map(String::as_str));
    // The folder of drafts says it of drafts.
    let is_apart = matches!(post.status, Status::Draft | Status::Pending) && !facts.is_page();
    if !facts.is_public() && !is_apart {
        fields.put("published", Value::Flag(false));
    }
    fields.put_some("status", facts.status());
    let mut authors = facts.authors();
    match (authors.next(), authors.next()) {
        (Some(only), None) => fields.put("author", only),
        _ => fields.put_list("author", facts.authors()),
    }
    fields.put_list("tags", post.tags.iter().map(String::as_str));
    fields.put_list("categories", post.categories.iter().map(String::as_str));
    fields.put_some("description", facts.description());
    fields.put_some("image", facts.image);
    if facts.has_summary {
        fields.put("excerpt_separator", RULES.summary_marker);
    }
    // `id` is Jekyll's own.
    fields.put("post_id", post.id.as_str());
    fields.put_some("comments_key", facts.comments_key);
    fields.put("render_with_liquid", Value::Flag(false));
    fields
}

fn own_address(post: &Named<'_>) -> String {
    match post.day {
        _ if post.is_page => format!("/pages/{}.html", post.slug),
        Some(day) => format!("/{}/{}.html", day.format("%Y/%m/%d"), post.slug),
        None => format!("/1970/01/01/{}.html", post.slug),
    }
}
