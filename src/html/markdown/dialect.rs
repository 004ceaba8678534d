//! Where programs depart from CommonMark with GFM: the facts, each with whose documentation or source it comes from.
//!
//! What is done about them stands where the thing is written; here is only what is so.

use std::borrow::Cow;

use super::Dialect;

impl Dialect {
    /// The character belongs to those that a backslash makes plain. Python-Markdown and kramdown have shorter lists than
    /// CommonMark's, and show the backslash before anything else.
    pub(crate) fn takes_backslash(self, c: char) -> bool {
        match self {
            Dialect::Pelican => "\\`*_{}[]()>#+-.!|".contains(c),
            Dialect::Jekyll => "\\.*_+`<>()[]{}#!:|\"'$=-~".contains(c),
            _ => c.is_ascii_punctuation(),
        }
    }

    /// Bare addresses in the text become links.
    pub(crate) fn links_bare_addresses(self) -> bool {
        matches!(self, Dialect::CommonMark | Dialect::Hugo | Dialect::Astro)
    }

    /// `~~` strikes through.
    pub(crate) fn strikes(self) -> bool {
        self != Dialect::Pelican
    }

    /// Two lists in a row are one, whatever their markers, and a number may not be followed by `)`: what keeps them apart.
    pub(crate) fn list_divider(self) -> Option<&'static str> {
        match self {
            // kramdown's end-of-block mark.
            Dialect::Jekyll => Some("^"),
            Dialect::Pelican => Some("<!-- -->"),
            _ => None,
        }
    }

    /// The width of a list's marker with the space after it, where it is fixed.
    pub(crate) fn item_indent(self) -> Option<usize> {
        (self == Dialect::Pelican).then_some(4)
    }

    /// Blocks may stand between lines of `<a>` and `</a>`.
    pub(crate) fn has_blocks_in_links(self) -> bool {
        !matches!(self, Dialect::Jekyll | Dialect::Pelican)
    }

    /// Markdown between tags that stand on lines of their own has to be asked for, by an attribute.
    pub(crate) fn asks_for_markdown_in_html(self) -> bool {
        matches!(self, Dialect::Jekyll | Dialect::Pelican)
    }

    /// Marks pair by their order alone, as Markdown.pl had them, so that stray ones in the text are always escaped.
    pub(crate) fn pairs_simply(self) -> bool {
        matches!(self, Dialect::Jekyll | Dialect::Pelican)
    }

    /// A line of prose with a `|` in it is a table's row (kramdown).
    pub(crate) fn bars_make_tables(self) -> bool {
        self == Dialect::Jekyll
    }

    /// `<<` and `>>` become quotation marks.
    pub(crate) fn quotes_with_angles(self) -> bool {
        matches!(self, Dialect::Hugo | Dialect::Jekyll)
    }

    /// Fences count at the left margin only (Python-Markdown); in lists and quotations code is indented.
    pub(crate) fn indents_nested_code(self) -> bool {
        self == Dialect::Pelican
    }

    /// Tags of blocks, and whatever else plays, may not stand within a line (kramdown shows them as text).
    pub(crate) fn keeps_embeds_apart(self) -> bool {
        self == Dialect::Jekyll
    }

    /// Elements whose content kramdown takes as it is, Markdown or not, unless told otherwise.
    pub(crate) fn reads_verbatim(self, element: &str) -> bool {
        self == Dialect::Jekyll && matches!(element, "u" | "mark" | "kbd")
    }

    /// A heading may end in attributes: `## Title {#id}`.
    pub(crate) fn headings_have_attributes(self) -> bool {
        matches!(self, Dialect::Hugo | Dialect::Zola | Dialect::Jekyll | Dialect::Pelican)
    }

    /// The address is one that links and pictures of Markdown may have. markdown-it refuses some schemes and shows the
    /// Markdown itself.
    pub(crate) fn takes_link_to(self, address: &str) -> bool {
        self != Dialect::Eleventy
            || !super::super::address::scheme(address)
                .is_some_and(|scheme| matches!(scheme.as_str(), "file" | "data" | "javascript" | "vbscript"))
    }

    /// The address is one that a picture of Markdown may have. Astro takes what is neither an address on the web nor a
    /// path from the root for a file beside the post, which has to be there.
    pub(crate) fn takes_picture_at(self, address: &str) -> bool {
        if self != Dialect::Astro {
            return self.takes_link_to(address);
        }
        let is_whole = address.starts_with('/') || super::super::address::scheme(address).is_some();
        is_whole && super::super::address::has_sound_escapes(address)
    }

    /// An address as the destination of a link or picture. Zola looks for the page of what begins with `@/`.
    pub(crate) fn destination(self, address: &str) -> Cow<'_, str> {
        match address.strip_prefix('@') {
            Some(rest) if self == Dialect::Zola => Cow::Owned(format!("%40{rest}")),
            _ => Cow::Borrowed(address),
        }
    }

    /// Template syntax in the text would be set off.
    pub(crate) fn has_templates(self) -> bool {
        matches!(self, Dialect::Hugo | Dialect::Zola)
    }

    /// How a text that the template language would take for its own is kept from it, outside of code: the byte at `at`
    /// begins such a text.
    pub(crate) fn begins_template(self, text: &str) -> bool {
        match self {
            Dialect::Hugo => text.starts_with("{{<") || text.starts_with("{{%"),
            Dialect::Zola => text.starts_with("{%") || text.strip_prefix("{{").is_some_and(is_call),
            _ => false,
        }
    }

    /// Program code with template syntax in it as it has to be written, so that it comes out as it was: `None` where
    /// there is no way to, and the code has to be HTML.
    pub(crate) fn inert_code(self, code: &str) -> Option<Cow<'_, str>> {
        if !self.has_templates() || !(code.contains("{{") || code.contains("{%")) {
            return Some(Cow::Borrowed(code));
        }
        let mut out = String::with_capacity(code.len() + 16);
        let mut rest = code;
        while let Some(at) = rest.find("{{").into_iter().chain(rest.find("{%")).min() {
            let (before, found) = rest.split_at(at);
            out.push_str(before);
            if !self.begins_template(found) {
                out.push('{');
                rest = found.get(1..).unwrap_or("");
                continue;
            }
            let (open, close) = match self {
                Dialect::Hugo if found.starts_with("{{<") => ("{{<", ">}}"),
                Dialect::Hugo => ("{{%", "%}}"),
                _ if found.starts_with("{{") => ("{{", "}}"),
                _ => return None,
            };
            let inner = found.get(open.len()..)?;
            let inner = inner.get(..inner.find(close)?)?;
            if inner.contains("*/") || inner.contains("/*") || inner.contains('\n') || inner.contains("{{") {
                return None;
            }
            out.push_str(open);
            out.push_str("/*");
            out.push_str(inner);
            out.push_str("*/");
            out.push_str(close);
            rest = found.get(open.len() + inner.len() + close.len()..)?;
        }
        out.push_str(rest);
        Some(Cow::Owned(out))
    }

    /// HTML with template syntax in it, made inert.
    pub(crate) fn inert_html(self, html: String) -> String {
        if !self.has_templates() || !(html.contains("{{") || html.contains("{%")) {
            return html;
        }
        let mut out = String::with_capacity(html.len() + 16);
        for (at, c) in html.char_indices() {
            if c == '{' && self.begins_template(html.get(at..).unwrap_or("")) {
                out.push_str("&#123;");
            } else {
                out.push(c);
            }
        }
        out
    }
}

/// What follows `{{` is the call of a shortcode of Zola's, or what makes one inert.
fn is_call(text: &str) -> bool {
    let text = text.trim_start();
    if text.starts_with("/*") {
        return true;
    }
    let rest = text.trim_start_matches(|c: char| c.is_alphanumeric() || matches!(c, '_' | ':'));
    rest.len() < text.len() && rest.trim_start().starts_with('(')
}
