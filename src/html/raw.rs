//! Raw HTML as small as it can be: what is kept where Markdown has no word for a thing.

use super::style::{Style, css_of};
use super::survey::Survey;
use super::tags::{Rule, Tag};
use super::tree::{Content, NodeId, Step, Tree};

/// Writes text as HTML.
pub(crate) fn write_escaped(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
}

/// Writes ` name="value"`. Newlines become spaces: a blank line would end the HTML.
pub(crate) fn write_attribute(out: &mut String, name: &str, value: &str) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    for c in value.trim().chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\n' | '\r' | '\t' => out.push(' '),
            c => out.push(c),
        }
    }
    out.push('"');
}

/// Attributes that carry meaning, by element.
fn kept_attributes(tag: Tag) -> &'static [&'static str] {
    match tag {
        Tag::A => &["href", "title"],
        Tag::Img => &["src", "alt", "title"],
        Tag::Td | Tag::Th => &["colspan", "rowspan"],
        Tag::Ol => &["start"],
        Tag::Abbr | Tag::Acronym => &["title"],
        Tag::Iframe => &["src", "width", "height", "title", "allow", "allowfullscreen"],
        Tag::Embed => &["src", "type", "width", "height", "flashvars"],
        Tag::Object => &["data", "type", "width", "height", "class", "id", "contentid"],
        Tag::Video => &["src", "poster", "width", "height", "controls"],
        Tag::Audio => &["src", "controls"],
        _ => &[],
    }
}

/// Writes a start tag with the attributes worth keeping.
pub(crate) fn write_start(out: &mut String, tree: &Tree<'_>, id: NodeId) {
    let node = tree.node(id);
    let Content::Element(tag, name, _) = &node.content else {
        return;
    };
    out.push('<');
    out.push_str(name);
    for one in kept_attributes(*tag) {
        let Some(value) = node.attribute(one) else { continue };
        if matches!(*one, "controls" | "allowfullscreen") {
            out.push(' ');
            out.push_str(one);
        } else if !(*one == "colspan" || *one == "rowspan") || value.trim() != "1" {
            write_attribute(out, one, value);
        }
    }
    out.push('>');
}

/// Writes what is under a node as HTML without presentation: text, links, pictures, structure. `preformatted` keeps white
/// space. Nothing in it ends a block of raw HTML in Markdown.
pub(crate) fn write_inside(out: &mut String, tree: &Tree<'_>, survey: &Survey, top: NodeId, preformatted: bool) {
    let mut closing: Vec<String> = Vec::new();
    let mut pre = u32::from(preformatted);
    // In preformatted text: no text stands on the line yet.
    let mut line_is_empty = true;
    let mut space = true;
    let mut line_due = false;
    let mut walk = tree.walk(top);
    while let Some(step) = walk.next() {
        match step {
            Step::Enter(id) => {
                let node = tree.node(id);
                match &node.content {
                    Content::Text(text) if pre > 0 => {
                        if std::mem::take(&mut line_due) && !line_is_empty {
                            write_lines(out, "\n", preformatted);
                        }
                        write_lines(out, text, preformatted);
                        if !text.is_empty() {
                            line_is_empty = text.ends_with('\n');
                        }
                    }
                    Content::Text(text) => {
                        for c in text.chars() {
                            if c.is_ascii_whitespace() {
                                if !space {
                                    out.push(' ');
                                }
                                space = true;
                            } else {
                                let mut bytes = [0; 4];
                                write_escaped(out, c.encode_utf8(&mut bytes));
                                space = false;
                            }
                        }
                    }
                    Content::Element(tag, name, attributes) => {
                        if survey.inside(id).hidden() {
                            walk.pass_over();
                            continue;
                        }
                        let rule = tag.rule();
                        match rule {
                            Rule::Script | Rule::Input => {
                                walk.pass_over();
                                continue;
                            }
                            Rule::Break if pre > 0 => {
                                if std::mem::take(&mut line_due) && !line_is_empty {
                                    write_lines(out, "\n", preformatted);
                                }
                                write_lines(out, "\n", preformatted);
                                line_is_empty = true;
                                walk.pass_over();
                                continue;
                            }
                            Rule::Image | Rule::Break | Rule::Ruler => {
                                write_start(out, tree, id);
                                space = rule != Rule::Image;
                                if rule == Rule::Ruler {
                                    (line_due, line_is_empty) = (false, true);
                                }
                                walk.pass_over();
                                continue;
                            }
                            Rule::Embed | Rule::Foreign => {
                                write_whole(out, tree, id);
                                space = false;
                                walk.pass_over();
                                continue;
                            }
                            _ => {}
                        }
                        if rule == Rule::Quotation {
                            if std::mem::take(&mut line_due) && !line_is_empty {
                                write_lines(out, "\n", preformatted);
                            }
                            line_is_empty = false;
                        }
                        let mut end = String::new();
                        let css = if attributes.is_empty() {
                            Default::default()
                        } else {
                            css_of(node)
                        };
                        let plain = rule == Rule::Plain
                            || matches!(tag, Tag::Tbody | Tag::Body | Tag::Html | Tag::Rb)
                            || pre > 0 && super::survey::stands_alone(rule)
                            || rule == Rule::Block
                                && survey.inside(node.parent).pieces <= 1
                                && tree.node(node.parent).tag().rule() == Rule::Cell
                            || rule == Rule::Link && node.attribute("href").is_none_or(|href| href.trim().is_empty())
                            || rule == Rule::Abbreviation && node.attribute("title").is_none();
                        if !plain {
                            write_start(out, tree, id);
                            end = format!("</{name}>");
                        }
                        for bit in 0..3 {
                            if css.on.has(Style(1 << bit)) && !matches!(rule, Rule::Style(_)) {
                                out.push_str(&format!("<{}>", Style::element(bit)));
                                end.insert_str(0, &format!("</{}>", Style::element(bit)));
                            }
                        }
                        if super::survey::stands_alone(rule) {
                            space = true;
                            line_due = pre > 0;
                        }
                        pre += u32::from(rule == Rule::Pre);
                        closing.push(end);
                    }
                    _ => {}
                }
            }
            Step::Leave(id) => {
                let rule = tree.node(id).tag().rule();
                if rule == Rule::Quotation {
                    if std::mem::take(&mut line_due) && !line_is_empty {
                        write_lines(out, "\n", preformatted);
                    }
                    line_is_empty = false;
                }
                if super::survey::stands_alone(rule) {
                    if space && pre == 0 && out.ends_with(' ') {
                        out.pop();
                    }
                    space = true;
                    line_due = pre > 0;
                }
                pre -= u32::from(rule == Rule::Pre && pre > 0);
                out.push_str(&closing.pop().unwrap_or_default());
            }
        }
    }
}

/// Preformatted text in raw HTML. `<pre>` itself goes on to its end tag; elsewhere an empty line would end the HTML, and is
/// written so that it does not.
fn write_lines(out: &mut String, text: &str, in_pre: bool) {
    for c in text.chars() {
        if c == '\n' && !in_pre && out.trim_end_matches([' ', '\t']).ends_with('\n') {
            out.push_str("&#10;");
        } else {
            let mut bytes = [0; 4];
            write_escaped(out, c.encode_utf8(&mut bytes));
        }
    }
}

/// Writes an element as it is, with everything in it, on one line.
pub(crate) fn write_whole(out: &mut String, tree: &Tree<'_>, id: NodeId) {
    let open = |out: &mut String, id: NodeId| {
        let node = tree.node(id);
        if let Content::Element(_, name, attributes) = &node.content {
            out.push('<');
            out.push_str(name);
            for one in attributes {
                let name = &*one.name;
                let plain = name
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b':' | b'.'));
                if plain && !name.to_ascii_lowercase().starts_with("on") && name != "style" && name != "class" {
                    write_attribute(out, name, &one.value);
                }
            }
            out.push('>');
        }
    };
    open(out, id);
    for step in tree.walk(id) {
        match step {
            Step::Enter(inner) => match &tree.node(inner).content {
                Content::Text(text) => {
                    let words = text.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
                    if text.starts_with(|c: char| c.is_ascii_whitespace()) && !words.is_empty() {
                        out.push(' ');
                    }
                    write_escaped(out, &words);
                    if text.ends_with(|c: char| c.is_ascii_whitespace()) && !words.is_empty() {
                        out.push(' ');
                    }
                }
                Content::Element(..) => open(out, inner),
                _ => {}
            },
            Step::Leave(inner) => close(out, tree, inner),
        }
    }
    close(out, tree, id);
}

fn close(out: &mut String, tree: &Tree<'_>, id: NodeId) {
    if let Content::Element(_, name, _) = &tree.node(id).content
        && !matches!(
            &**name,
            "br" | "hr" | "img" | "input" | "param" | "source" | "track" | "wbr" | "embed"
        )
    {
        out.push_str("</");
        out.push_str(name);
        out.push('>');
    }
}
