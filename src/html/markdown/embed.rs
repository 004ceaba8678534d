//! Videos, sounds, maps, gists: as the HTML that shows them, or as a link.

use super::super::address;
use super::super::embed::{Embed, embed_in};
use super::super::raw;
use super::super::tags::Tag;
use super::super::tree::NodeId;
use super::{Converter, Dialect, HtmlNoticeCode, RawHtml};

impl Converter<'_> {
    /// Writes something that plays or loads from elsewhere, as a block of its own.
    pub(super) fn embed(&mut self, id: NodeId) {
        let Some(embed) = embed_in(self.tree, id) else {
            let tag = self.tree.node(id).tag();
            self.notice(
                HtmlNoticeCode::EmbedWithoutAddress,
                format!("{tag:?}").to_ascii_lowercase(),
            );
            return;
        };
        let markup = match self.embed_shortcode(&embed) {
            Some(shortcode) => shortcode,
            None if self.options.raw_html == RawHtml::None
                || self.options.dialect.keeps_embeds_apart() && self.state.lines =>
            {
                self.embed_as_link(&embed);
                return;
            }
            None => self.options.dialect.inert_html(self.embed_markup(id, &embed)),
        };
        if !self.options.dialect.keeps_embeds_apart() && !self.state.lines && self.paragraph.ends_in_text() {
            // In the middle of a word, so to speak: a line of its own would part what is not parted.
            // A link of which only one block is made one is kept for what can be clicked on.
            let kept = self.once == self.link_now() && !self.paragraph.holds_link(self.once);
            let link = if kept { 0 } else { self.link_now() };
            self.paragraph.atom(markup, self.state.style, link);
        } else if self.state.lines {
            self.line();
            self.paragraph.atom(markup, self.state.style, self.link_now());
            self.line();
        } else {
            self.flush();
            self.account.html |= markup.starts_with('<');
            self.write_block(&markup);
        }
    }

    fn embed_as_link(&mut self, embed: &Embed) {
        let Some(page) = embed.page() else {
            self.notice(HtmlNoticeCode::EmbedWithoutAddress, format!("{embed:?}"));
            return;
        };
        self.line();
        if address::scheme(&page).is_some_and(|scheme| matches!(scheme.as_str(), "javascript" | "data" | "vbscript")) {
            self.notice(HtmlNoticeCode::EmbedWithoutAddress, page);
            return;
        }
        let before = self.state.link;
        if before == 0 {
            self.spans.push(super::Span::Link {
                href: page.clone(),
                title: String::new(),
            });
            self.state.link = self.spans.len() as u32;
        }
        self.text(&page);
        self.state.link = before;
        self.line();
        self.notice(HtmlNoticeCode::EmbedAsLink, page);
    }

    /// Hugo's own short form, where it has one that needs nothing from elsewhere when the site is built, as those for
    /// posts of X and Instagram do; that for gists is gone since Hugo 0.156.
    fn embed_shortcode(&self, embed: &Embed) -> Option<String> {
        if self.options.dialect != Dialect::Hugo {
            return None;
        }
        match embed {
            Embed::YouTube { id, start: None } => Some(format!("{{{{< youtube {} >}}}}", quoted(id))),
            Embed::YouTube { id, start: Some(start) } => {
                Some(format!("{{{{< youtube id=\"{id}\" start=\"{start}\" >}}}}"))
            }
            Embed::Vimeo { id } => Some(format!("{{{{< vimeo {id} >}}}}")),
            _ => None,
        }
    }

    fn embed_markup(&self, id: NodeId, embed: &Embed) -> String {
        let node = self.tree.node(id);
        let mut out = String::new();
        let size = |out: &mut String| {
            for name in ["width", "height"] {
                if let Some(value) = node.attribute(name).map(str::trim).filter(|value| !value.is_empty()) {
                    raw::write_attribute(out, name, value);
                }
            }
        };
        match (node.tag(), embed) {
            (Tag::Script, Embed::Gist { page }) => {
                out.push_str("<script");
                let source = node.attribute("src").unwrap_or("").trim();
                let source = if source.is_empty() {
                    format!("https://{page}.js")
                } else {
                    source.to_owned()
                };
                raw::write_attribute(&mut out, "src", &source);
                out.push_str("></script>");
            }
            (Tag::Object | Tag::Embed, Embed::YouTube { id, start }) if !self.names_address(node) => {
                out.push_str("<iframe");
                let start = start.map_or(String::new(), |second| format!("?start={second}"));
                raw::write_attribute(&mut out, "src", &format!("https://www.youtube.com/embed/{id}{start}"));
                size(&mut out);
                out.push_str(" allowfullscreen></iframe>");
            }
            (Tag::Object | Tag::Embed, Embed::Vimeo { id }) if !self.names_address(node) => {
                out.push_str("<iframe");
                raw::write_attribute(&mut out, "src", &format!("https://player.vimeo.com/video/{id}"));
                size(&mut out);
                out.push_str(" allowfullscreen></iframe>");
            }
            // The address has to stay as it is; a frame has a better chance with it than the player of the time.
            (Tag::Object | Tag::Embed, Embed::YouTube { .. } | Embed::Vimeo { .. }) => {
                out.push_str("<iframe");
                let address = node.attribute("data").or_else(|| node.attribute("src")).unwrap_or("");
                raw::write_attribute(&mut out, "src", address);
                size(&mut out);
                out.push_str(" allowfullscreen></iframe>");
            }
            (Tag::Object, Embed::Other { address }) if !self.names_address(node) => {
                out.push_str("<embed");
                raw::write_attribute(&mut out, "src", address);
                size(&mut out);
                out.push('>');
            }
            (tag, _) => {
                raw::write_start(&mut out, self.tree, id);
                if matches!(tag, Tag::Audio | Tag::Video) {
                    for child in self.tree.children(id) {
                        let child = self.tree.node(child);
                        if let Some(src) = child.attribute("src").filter(|_| child.tag().is_meaningless()) {
                            out.push_str("<source");
                            raw::write_attribute(&mut out, "src", src);
                            if let Some(kind) = child.attribute("type") {
                                raw::write_attribute(&mut out, "type", kind);
                            }
                            out.push('>');
                        }
                    }
                }
                match tag {
                    Tag::Embed => {}
                    Tag::Object => out.push_str("</object>"),
                    Tag::Audio => out.push_str("</audio>"),
                    Tag::Video => out.push_str("</video>"),
                    _ => out.push_str("</iframe>"),
                }
            }
        }
        out
    }

    /// Whether the element itself names an address, which then has to stay as it is.
    fn names_address(&self, node: &super::super::tree::Node<'_>) -> bool {
        let name = if node.tag() == Tag::Object { "data" } else { "src" };
        node.attribute(name).is_some_and(|value| !value.trim().is_empty())
    }
}

/// An argument of a shortcode: what is not plainly a word is quoted.
fn quoted(id: &str) -> String {
    let plain = id.starts_with(|c: char| c.is_ascii_alphanumeric()) && id.bytes().any(|b| b.is_ascii_alphabetic());
    if plain { id.to_owned() } else { format!("\"{id}\"") }
}
