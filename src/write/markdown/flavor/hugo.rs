//! Hugo: `content/posts` and `content/pages`, `url` and `aliases` as paths (it refuses whole addresses), comments in
//! `data`. <https://gohugo.io/content-management/front-matter/>

use super::{Facts, Rules, When};
use crate::html::Dialect;
use crate::plan::markdown::Named;
use crate::write::markdown::files::{Bundled, MediaRules};
use crate::write::markdown::front_matter::{Fields, Format};
use crate::write::markdown::options::CommentsAs;

pub(super) const RULES: Rules = Rules {
    name: "hugo",
    dialect: Dialect::Hugo,
    formats: &[Format::Yaml, Format::Toml, Format::Json],
    posts: "content/posts",
    pages: "content/pages",
    drafts: None,
    has_bundles: true,
    is_named_by_date: false,
    needs_date: false,
    summary_marker: "<!--more-->",
    item_indent: None,
    comments: CommentsAs::Data,
    media: MediaRules {
        folder: "static/media",
        path: Some("/media/"),
        in_bundles: Bundled::ByPath,
    },
    comment_data: Some("data/comments"),
    templates: &[
        (
            "layouts/partials/blogark-comments.html",
            include_str!("templates/hugo-comments.html"),
        ),
        (
            "layouts/partials/blogark-comment-thread.html",
            include_str!("templates/hugo-comment-thread.html"),
        ),
    ],
    sections: &[],
    fields,
    own_address: Some(own_address),
    shown_at: super::same,
    label_address: Some(super::label::hugo),
    feed: Some("/index.xml"),
    has_heading_ids: true,
    hints: &[
        (
            When::RawHtml,
            "Some posts hold pieces of HTML, which Hugo leaves out until this line stands at the top of hugo.toml: markup.goldmark.renderer.unsafe = true",
        ),
        (
            When::CommentData,
            "Comments lie in data/comments; this line in your template for a single page shows them: {{ partial \"blogark-comments.html\" . }}",
        ),
    ],
};

fn fields<'f>(facts: &'f Facts<'_>) -> Fields<'f> {
    let mut fields = Fields::new();
    fields.put("title", facts.title_line());
    fields.put_some("date", facts.date());
    fields.put_some("lastmod", facts.modified());
    fields.put("slug", facts.slug);
    fields.put_some("url", facts.path.as_deref());
    fields.put_list("aliases", facts.aliases.iter().map(String::as_str));
    fields.put_some("type", facts.kind());
    fields.put_flag("draft", !facts.is_public());
    fields.put_some("status", facts.status());
    fields.put_list("authors", facts.authors());
    fields.put_list("tags", facts.post.tags.iter().map(String::as_str));
    fields.put_list("categories", facts.post.categories.iter().map(String::as_str));
    fields.put_some("description", facts.description());
    fields.put_list("images", facts.image);
    fields.put("id", facts.post.id.as_str());
    fields.put_some("comments_key", facts.comments_key);
    fields
}

fn own_address(post: &Named<'_>) -> String {
    let section = if post.is_page { "pages" } else { "posts" };
    format!("/{section}/{}/", post.slug)
}
