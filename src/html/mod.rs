//! What is done to a fragment of HTML: reading it as Markdown and as plain text, sanitising, paragraphs for text that has
//! none, addresses in it. Knows no blogs and no files.
//!
//! Everything here is a pure function of its input, takes time in proportion to it, and uses no stack for depth.

pub(crate) mod address;
mod autop;
mod browser;
pub(crate) mod embed;
mod flatten;
pub(crate) mod markdown;
mod nesting;
mod page;
pub(crate) mod raw;
mod references;
mod sanitise;
mod scan;
pub(crate) mod style;
pub(crate) mod survey;
pub(crate) mod tags;
mod text;
mod tokens;
pub(crate) mod tree;

pub use autop::autop;
pub use flatten::{DEPTH_LIMIT, flatten_depth};
pub use markdown::{Dialect, HtmlNotice, HtmlNoticeCode, Markdown, MarkdownOptions, Newlines, RawHtml, to_markdown};
pub(crate) use page::parse_page;
pub use references::{Reference, ReferenceKind, anchors, link_plain_addresses, references, replace_references};
pub(crate) use sanitise::harmless_to_markdown;
pub use sanitise::{Sanitised, sanitise};
pub use text::{escape_text, newlines_to_br, visible_text};
