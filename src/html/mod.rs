//! What is done to a fragment of HTML: reading it as Markdown and as plain text, sanitising, paragraphs for text that has
//! none, addresses in it. Knows no blogs and no files.
//!
//! Everything here is a pure function of its input, takes time in proportion to it, and uses no stack for depth.

pub(crate) mod address;
pub(crate) mod embed;
pub(crate) mod markdown;
pub(crate) mod raw;
pub(crate) mod style;
pub(crate) mod survey;
pub(crate) mod tags;
pub(crate) mod tree;

pub use markdown::{HtmlNotice, HtmlNoticeCode, Markdown, MarkdownOptions, Newlines, RawHtml, to_markdown};

/// The words of a fragment, as a reader sees them.
pub fn visible_text(fragment: &str) -> String {
    scraper::Html::parse_fragment(fragment)
        .root_element()
        .text()
        .collect::<String>()
}

/// A stranger's HTML, cleaned.
pub struct Sanitised {
    /// What is left.
    pub html: String,
    /// How many elements and attributes were taken out.
    pub removed: usize,
}

/// Takes out what could do harm.
pub fn sanitise(fragment: &str) -> Sanitised {
    Sanitised { html: ammonia::clean(fragment), removed: 0 }
}

/// Plain text as HTML.
pub fn escape_text(plain: &str) -> String {
    plain.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
