//! Links, the places they point at, and pictures.

use super::super::address;
use super::super::raw;
use super::super::style::Style;
use super::super::survey::stands_alone;
use super::super::tags::Tag;
use super::super::tree::{Content, NONE, NodeId, Step};
use super::paragraph::Image;
use super::{Converter, End, HtmlNoticeCode, Inside, RawHtml, Span};

impl Converter<'_> {
    pub(super) fn image(&mut self, id: NodeId) {
        let node = self.tree.node(id);
        let value = |name: &str| node.attribute(name).unwrap_or("");
        let src = [value("src"), value("data-src"), value("data-original")]
            .into_iter()
            .map(address::cleaned)
            .find(|src| !src.is_empty());
        let Some(src) = src else {
            self.notice(HtmlNoticeCode::ImageWithoutAddress, value("alt").to_owned());
            return;
        };
        let title = value("title").trim();
        let title = if title == value("alt").trim() { "" } else { title };
        if !self.options.dialect.takes_picture_at(&src) {
            self.picture_as_html(&src, value("alt"), value("title"));
            return;
        }
        let image = Image {
            src: src.into_owned(),
            alt: value("alt").to_owned(),
            title: title.to_owned(),
        };
        self.paragraph.image(image, self.state.style, self.link_now());
    }

    /// A picture at an address that Markdown may not name: as HTML, or as a link.
    fn picture_as_html(&mut self, src: &str, alt: &str, title: &str) {
        if self.options.raw_html != RawHtml::None {
            let mut markup = String::from("<img");
            raw::write_attribute(&mut markup, "src", src);
            raw::write_attribute(&mut markup, "alt", alt);
            if !title.trim().is_empty() {
                raw::write_attribute(&mut markup, "title", title);
            }
            markup.push('>');
            self.paragraph.atom(markup, self.state.style, self.link_now());
            return;
        }
        self.notice(HtmlNoticeCode::RawHtmlDropped, src.to_owned());
        let before = self.state.link;
        if before == 0 && self.options.dialect.takes_link_to(src) {
            self.spans.push(Span::Link {
                href: src.to_owned(),
                title: String::new(),
            });
            self.state.link = self.spans.len() as u32;
        }
        let words = if alt.trim().is_empty() { src } else { alt };
        self.paragraph
            .push_text(words, self.state.style, self.link_now(), false);
        self.state.link = before;
    }

    pub(super) fn link(&mut self, id: NodeId, inside: Inside) -> Option<End> {
        let node = self.tree.node(id);
        let href = address::cleaned(node.attribute("href").unwrap_or(""));
        if href.is_empty() {
            if node.attribute("name").is_some_and(|name| name == "more") {
                self.mark_summary();
            }
            return Some(End::Nothing);
        }
        if address::scheme(&href).is_some_and(|scheme| scheme == "javascript" || scheme == "vbscript") {
            self.notice(HtmlNoticeCode::ScriptLinkDropped, href.into_owned());
            return Some(End::Nothing);
        }
        if !inside.visible() {
            return Some(End::Nothing);
        }
        let mut once = false;
        if inside.pieces > 1 && inside.structure() {
            // On lines of its own it can be said with tags, as long as no line is broken that was not.
            let starts = !inside.leads || !self.paragraph.visible() || self.paragraph.ends_in_break();
            let parent = self.tree.node(node.parent).tag().rule();
            let ends = !inside.trails || node.next == NONE && stands_alone(parent);
            once = true;
            if self.options.raw_html != RawHtml::None
                && !self.state.lines
                && starts
                && ends
                && self.options.dialect.has_blocks_in_links()
                && self.survey.targets.is_empty()
                && !self.holds_address(id)
            {
                let mut open = String::from("<a");
                raw::write_attribute(&mut open, "href", &href);
                open.push('>');
                self.flush();
                self.write_html(open);
                return Some(End::Raw("</a>"));
            }
        } else if inside.pieces > 1 {
            self.state.lines = true;
        }
        let title = node.attribute("title").map(str::trim).unwrap_or("");
        let title = if title == href { "" } else { title };
        if self.options.dialect.takes_link_to(&href) {
            self.spans.push(Span::Link {
                href: href.into_owned(),
                title: title.to_owned(),
            });
        } else if self.options.raw_html == RawHtml::None {
            self.notice(HtmlNoticeCode::RawHtmlDropped, href.into_owned());
            return Some(End::Nothing);
        } else {
            let mut open = String::from("<a");
            raw::write_attribute(&mut open, "href", &href);
            open.push('>');
            self.spans.push(Span::Tags { open, close: "</a>" });
        }
        self.state.link = self.spans.len() as u32;
        if once {
            self.once = self.state.link;
        }
        self.state.style = self.state.style.without(Style::UNDERLINE);
        Some(End::Nothing)
    }

    /// Whether the text in an element holds an address that readers make a link by themselves.
    fn holds_address(&self, id: NodeId) -> bool {
        self.tree.walk(id).any(|step| match step {
            Step::Enter(inner) => match &self.tree.node(inner).content {
                Content::Text(text) => text.contains("://") || text.contains('@') || text.contains("www."),
                _ => false,
            },
            Step::Leave(_) => false,
        })
    }

    /// Writes a place that links of the fragment point at.
    pub(super) fn anchor(&mut self, id: NodeId, tag: Tag) {
        if self.survey.targets.is_empty() {
            return;
        }
        let node = self.tree.node(id);
        let names = [
            node.attribute("id"),
            if tag == Tag::A { node.attribute("name") } else { None },
        ];
        let mut written = None;
        for name in names.into_iter().flatten() {
            if written != Some(name) && self.survey.targets.contains(name) {
                if self.options.raw_html == RawHtml::None {
                    self.account.add("a id");
                    return;
                }
                let mut markup = String::from("<a");
                raw::write_attribute(&mut markup, "id", name);
                markup.push_str("></a>");
                self.paragraph.mark(markup, self.state.style, self.link_now());
                written = Some(name);
            }
        }
    }
}
