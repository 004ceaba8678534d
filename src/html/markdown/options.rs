//! What may be asked of the conversion, and what it gives back.

use std::borrow::Cow;

/// How things that Markdown cannot say are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RawHtml {
    /// As the smallest possible raw HTML.
    #[default]
    Minimal,
    /// In the nearest plain form (a link for a video), with a notice.
    None,
}

/// What a newline in the text of the fragment means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Newlines {
    /// White space, as HTML has it.
    #[default]
    Space,
    /// A line break: comments in Google Takeout are written so.
    Break,
}

/// Which program will render the Markdown: each has its own short forms for embeds, its own template syntax that text must
/// not set off, and its own departures from CommonMark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Dialect {
    /// CommonMark with GFM, as most programs read it.
    #[default]
    CommonMark,
    /// Goldmark in Hugo, with Hugo's shortcodes.
    Hugo,
    /// kramdown with its GFM parser, in Jekyll.
    Jekyll,
    /// pulldown-cmark in Zola, with Zola's shortcodes.
    Zola,
    /// markdown-it in Eleventy.
    Eleventy,
    /// remark in Astro.
    Astro,
    /// Python-Markdown in Pelican.
    Pelican,
}

impl Dialect {
    /// Every dialect.
    pub const ALL: [Dialect; 7] = [
        Dialect::CommonMark,
        Dialect::Hugo,
        Dialect::Jekyll,
        Dialect::Zola,
        Dialect::Eleventy,
        Dialect::Astro,
        Dialect::Pelican,
    ];
}

/// How a fragment is to be written. [`MarkdownOptions::default`] is plain CommonMark with GFM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkdownOptions {
    /// What becomes of things that Markdown cannot say.
    pub raw_html: RawHtml,
    /// Which program will render it.
    pub dialect: Dialect,
    /// The level of the fragment's highest heading, at least: 2, because the title is above. Headings of a fragment that
    /// starts lower are left where they are; all are moved by the same amount.
    pub first_heading_level: u8,
    /// What a newline in the text means.
    pub newlines: Newlines,
    /// What marks the end of the summary, on a line of its own; `None` drops the mark.
    pub summary_marker: Option<Cow<'static, str>>,
    /// The width of a list's marker with the space after it, where the dialect wants a fixed one (Python-Markdown: 4).
    pub item_indent: Option<usize>,
}

impl Default for MarkdownOptions {
    fn default() -> MarkdownOptions {
        MarkdownOptions {
            raw_html: RawHtml::Minimal,
            dialect: Dialect::CommonMark,
            first_heading_level: 2,
            newlines: Newlines::Space,
            summary_marker: Some(Cow::Borrowed("<!--more-->")),
            item_indent: None,
        }
    }
}

/// A fragment as Markdown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Markdown {
    /// The text; it ends with one newline unless it is empty.
    pub text: String,
    /// There is raw HTML in it (the mark of the summary apart).
    pub raw_html: bool,
    /// What could not be said as it was.
    pub notices: Vec<HtmlNotice>,
}

/// What happened to something that Markdown, or the options, could not keep as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HtmlNoticeCode {
    /// Tags nested deeper than 512 were taken out; their text stays.
    DepthFlattened,
    /// Text that the page did not show was left out.
    HiddenDropped,
    /// A script was left out.
    ScriptDropped,
    /// A link that ran a script became plain text.
    ScriptLinkDropped,
    /// A form's field was left out.
    FormFieldDropped,
    /// A picture named no address.
    ImageWithoutAddress,
    /// Something to play became a link.
    EmbedAsLink,
    /// Something to play named no address that lasts.
    EmbedWithoutAddress,
    /// Raw HTML was not allowed, and what it said is said less well.
    RawHtmlDropped,
    /// A table whose cells span others was written without the spans.
    TableFlattened,
}

impl HtmlNoticeCode {
    /// What happened, in a sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            HtmlNoticeCode::DepthFlattened => "Tags nested deeper than 512 were taken out; their text stays.",
            HtmlNoticeCode::HiddenDropped => "Text that the page did not show was left out.",
            HtmlNoticeCode::ScriptDropped => "A script was left out.",
            HtmlNoticeCode::ScriptLinkDropped => "A link that ran a script became plain text.",
            HtmlNoticeCode::FormFieldDropped => "A form's field was left out.",
            HtmlNoticeCode::ImageWithoutAddress => "A picture named no address.",
            HtmlNoticeCode::EmbedAsLink => "Something to play became a link.",
            HtmlNoticeCode::EmbedWithoutAddress => "Something to play named no address that lasts.",
            HtmlNoticeCode::RawHtmlDropped => "Raw HTML was not allowed, and what it said is said less well.",
            HtmlNoticeCode::TableFlattened => "A table whose cells span others was written without the spans.",
        }
    }

    /// The stable name, for reports.
    pub fn name(self) -> &'static str {
        match self {
            HtmlNoticeCode::DepthFlattened => "html-depth-flattened",
            HtmlNoticeCode::HiddenDropped => "html-hidden-dropped",
            HtmlNoticeCode::ScriptDropped => "html-script-dropped",
            HtmlNoticeCode::ScriptLinkDropped => "html-script-link-dropped",
            HtmlNoticeCode::FormFieldDropped => "html-form-field-dropped",
            HtmlNoticeCode::ImageWithoutAddress => "html-image-without-address",
            HtmlNoticeCode::EmbedAsLink => "html-embed-as-link",
            HtmlNoticeCode::EmbedWithoutAddress => "html-embed-without-address",
            HtmlNoticeCode::RawHtmlDropped => "html-raw-html-dropped",
            HtmlNoticeCode::TableFlattened => "html-table-flattened",
        }
    }
}

/// One thing the reader of the result should know about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HtmlNotice {
    /// What happened.
    pub code: HtmlNoticeCode,
    /// To what: an address, a count.
    pub detail: String,
}
