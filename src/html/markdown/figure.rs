//! A picture with its caption as Hugo's `figure`, the one thing Markdown has no word for that Hugo has.

use super::super::address;
use super::super::tags::{Rule, Tag};
use super::super::tree::{Content, NONE, NodeId, Step};
use super::{Converter, Dialect, Place};

/// The parts of a figure.
#[derive(Default)]
struct Parts {
    picture: NodeId,
    caption: NodeId,
}

impl Converter<'_> {
    /// Writes a figure as a shortcode, where Hugo is to read it and a shortcode can say all of it: one picture, perhaps in
    /// a link, and a line of text. Says whether it did.
    pub(super) fn figure_shortcode(&mut self, id: NodeId) -> bool {
        if self.options.dialect != Dialect::Hugo || self.link_now() != 0 {
            return false;
        }
        let Some(shortcode) = self.parts_of(id).and_then(|parts| self.figure_of(id, &parts)) else {
            return false;
        };
        self.flush();
        self.write_block(&shortcode);
        true
    }

    /// The one picture and the one caption; nothing where there is more to a figure.
    fn parts_of(&self, id: NodeId) -> Option<Parts> {
        let mut parts = Parts::default();
        let mut walk = self.tree.walk(id);
        while let Some(step) = walk.next() {
            let Step::Enter(inner) = step else { continue };
            if self.survey.inside(inner).hidden() {
                return None;
            }
            let node = self.tree.node(inner);
            let is_caption =
                node.tag().rule() == Rule::Caption || node.has_class("tr-caption") || node.has_class("wp-caption-text");
            if is_caption {
                if parts.caption != NONE || parts.picture == NONE {
                    return None;
                }
                let inside = self.survey.inside(inner);
                if inside.image() || inside.structure() || inside.pieces > 1 || inside.line_break() {
                    return None;
                }
                parts.caption = inner;
                walk.pass_over();
                continue;
            }
            match (&node.content, node.tag().rule()) {
                (Content::Text(text), _) if text.trim().is_empty() => {}
                (Content::Text(_), _) => return None,
                (Content::Comment(text), _) if !text.trim_start().starts_with("more") => {}
                (Content::Element(..), Rule::Image) if parts.picture == NONE => parts.picture = inner,
                (Content::Element(..), Rule::Link | Rule::Plain | Rule::Break | Rule::Style(_)) => {}
                (Content::Element(..), Rule::Block | Rule::Table | Rule::TablePart | Rule::Cell) => {}
                _ => return None,
            }
        }
        (parts.picture != NONE && parts.caption != NONE).then_some(parts)
    }

    fn figure_of(&mut self, id: NodeId, parts: &Parts) -> Option<String> {
        let picture = self.tree.node(parts.picture);
        let src = address::cleaned(picture.attribute("src")?);
        if src.is_empty() || src.contains(' ') || !address::has_sound_escapes(&src) {
            return None;
        }
        let mut link = None;
        let mut parent = picture.parent;
        while parent != id && parent != NONE {
            let node = self.tree.node(parent);
            if node.tag() == Tag::A {
                // An anchor, or a link that does nothing, is a matter for others.
                let href = address::cleaned(node.attribute("href")?);
                let leads =
                    !href.is_empty() && !address::scheme(&href).is_some_and(|scheme| scheme.ends_with("script"));
                link = Some(leads.then(|| href.into_owned())?);
            }
            parent = node.parent;
        }
        let words = picture.attribute("alt").unwrap_or("").split_whitespace();
        let alt = words.collect::<Vec<_>>().join(" ");
        let words = picture.attribute("title").unwrap_or("").split_whitespace();
        if words.collect::<Vec<_>>().join(" ") != alt
            && picture.attribute("title").is_some_and(|t| !t.trim().is_empty())
        {
            return None;
        }
        // Places that links point at would be lost.
        if !self.survey.targets.is_empty() {
            return None;
        }
        let caption = self.line_of(parts.caption, Place::Heading);
        let mut out = String::from("{{< figure");
        for (name, value) in [
            ("src", Some(&*src)),
            ("alt", Some(&*alt)),
            ("link", link.as_deref()),
            ("caption", Some(&*caption)),
        ] {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                out.push_str(&argument(name, value)?);
            }
        }
        out.push_str(" >}}");
        Some(out)
    }
}

/// An argument with its name. Values with quotation marks or backslashes stand between backquotes, where they mean
/// themselves; with backquotes as well there is no way to write them.
fn argument(name: &str, value: &str) -> Option<String> {
    if value.contains(['\n', '\r']) || value.contains(">}}") || value.contains("{{") {
        return None;
    }
    match (value.contains(['"', '\\']), value.contains('`')) {
        (false, _) => Some(format!(" {name}=\"{value}\"")),
        (true, false) => Some(format!(" {name}=`{value}`")),
        (true, true) => None,
    }
}
