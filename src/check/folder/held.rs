//! What a page holds: the addresses in it, and the places that links can lead to.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::html::{ReferenceKind, anchors, references};

/// What an address is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// To be followed.
    Link,
    /// To be shown or played.
    Shown,
}

/// The addresses and places of a page.
#[derive(Debug, Default)]
pub(super) struct Held {
    pub(super) addresses: Vec<(String, Use)>,
    pub(super) anchors: Vec<String>,
}

impl Held {
    pub(super) fn of_html(html: &str) -> Held {
        let mut held = Held::default();
        held.add_html(html);
        held
    }

    fn add_html(&mut self, html: &str) {
        for reference in references(html) {
            let use_ = match reference.kind {
                ReferenceKind::Link => Use::Link,
                ReferenceKind::Form | ReferenceKind::Source => continue,
                _ => Use::Shown,
            };
            self.addresses.push((reference.address.into_owned(), use_));
        }
        self.anchors.extend(anchors(html).map(String::from));
    }

    pub(super) fn of_markdown(text: &str) -> Held {
        let mut held = Held::default();
        let mut html = String::new();
        let mut heading: Option<String> = None;
        let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_HEADING_ATTRIBUTES;
        for event in Parser::new_ext(body(text), options) {
            match event {
                Event::Start(Tag::Link { dest_url, .. }) => held.addresses.push((dest_url.into_string(), Use::Link)),
                Event::Start(Tag::Image { dest_url, .. }) => held.addresses.push((dest_url.into_string(), Use::Shown)),
                Event::Start(Tag::Heading { id, .. }) => {
                    held.anchors.extend(id.map(|id| id.into_string()));
                    heading = Some(String::new());
                }
                Event::End(TagEnd::Heading(_)) => held.anchors.extend(heading.take().map(|words| heading_id(&words))),
                Event::Text(words) | Event::Code(words) => {
                    if let Some(heading) = &mut heading {
                        heading.push_str(&words);
                    }
                }
                Event::Html(piece) | Event::InlineHtml(piece) => html.push_str(&piece),
                _ => {}
            }
        }
        held.add_html(&html);
        held.add_figures(text);
        held
    }

    /// What Hugo's own `{{< figure src="…" link="…" >}}` shows and leads to.
    fn add_figures(&mut self, text: &str) {
        for piece in text.split("{{< figure ").skip(1) {
            let mut rest = piece.split_once(" >}}").map_or(piece, |(inside, _)| inside);
            while let Some((name, after)) = rest.split_once("=\"") {
                let mut is_escaped = false;
                let end = after.find(|c| {
                    let is_end = c == '"' && !is_escaped;
                    is_escaped = c == '\\' && !is_escaped;
                    is_end
                });
                let Some((value, next)) = end.and_then(|end| after.split_at_checked(end)) else {
                    break;
                };
                match name.trim() {
                    "src" => self.addresses.push((value.to_owned(), Use::Shown)),
                    "link" => self.addresses.push((value.to_owned(), Use::Link)),
                    _ => {}
                }
                rest = next.get(1..).unwrap_or("");
            }
        }
    }
}

/// What stands behind the front matter.
fn body(text: &str) -> &str {
    for fence in ["---", "+++"] {
        if let Some(rest) = text.strip_prefix(fence)
            && let Some(end) = rest.find(&format!("\n{fence}\n"))
        {
            return rest.get(end + fence.len() + 2..).unwrap_or("");
        }
    }
    if text.starts_with('{')
        && let Some(end) = text.find("\n}\n")
    {
        return text.get(end + 3..).unwrap_or("");
    }
    text
}

/// The id that generators give to a heading.
fn heading_id(words: &str) -> String {
    let mut id = String::new();
    for c in words.trim().chars().flat_map(char::to_lowercase) {
        match c {
            ' ' => id.push('-'),
            c if c.is_alphanumeric() || matches!(c, '-' | '_') => id.push(c),
            _ => {}
        }
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_of_hugo_shows_a_picture_and_leads_somewhere() {
        let text = "---\ntitle: x\n---\n{{< figure src=\"/media/a.gif\" caption=\"Größe: \\\" src=\\\"no\\\"\" link=\"/p/ü\" >}}\n\n{{< figure src=\"";
        let held = Held::of_markdown(text);
        assert_eq!(
            held.addresses,
            [("/media/a.gif".to_owned(), Use::Shown), ("/p/ü".to_owned(), Use::Link)]
        );
    }
}
