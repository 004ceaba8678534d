//! An element's content written as HTML again, as the HTML standard serialises it, with addresses as they were
//! published and without what the template put into a body.

use std::collections::HashSet;

use ego_tree::NodeId;
use ego_tree::iter::Edge;
use scraper::{ElementRef, Node};

use super::capture::{Addresses, hidden_mail, is_wayback_part};

/// The HTML inside an element. Elements in `without` and everything in them are left out.
pub(super) fn inner_html(element: ElementRef<'_>, without: &HashSet<NodeId>, addresses: &Addresses) -> String {
    let mut out = String::new();
    let mut skipped: Option<NodeId> = None;
    let mut raw = 0_usize;
    for edge in element.traverse() {
        match edge {
            Edge::Open(node) if skipped.is_none() && node.id() != element.id() => match node.value() {
                Node::Text(text) if raw > 0 => out.push_str(text),
                Node::Text(text) => escape(&mut out, text, false),
                Node::Element(value) => {
                    if without.contains(&node.id()) || is_wayback_part(value) {
                        skipped = Some(node.id());
                        continue;
                    }
                    if let Some(mail) = value.attr("data-cfemail").and_then(hidden_mail) {
                        let mail = if value.name() == "a" {
                            format!("<a href=\"mailto:{0}\">{0}</a>", escaped(&mail))
                        } else {
                            escaped(&mail)
                        };
                        out.push_str(&mail);
                        skipped = Some(node.id());
                        continue;
                    }
                    open_tag(&mut out, value, addresses);
                    if is_raw(value.name()) {
                        raw += 1;
                    }
                }
                Node::Comment(comment) => {
                    out.push_str("<!--");
                    out.push_str(comment);
                    out.push_str("-->");
                }
                _ => {}
            },
            Edge::Close(node) => {
                if skipped == Some(node.id()) {
                    skipped = None;
                } else if skipped.is_none()
                    && node.id() != element.id()
                    && let Node::Element(value) = node.value()
                {
                    if is_raw(value.name()) {
                        raw = raw.saturating_sub(1);
                    }
                    if !is_void(value.name()) {
                        out.push_str("</");
                        out.push_str(value.name());
                        out.push('>');
                    }
                }
            }
            Edge::Open(_) => {}
        }
    }
    let trimmed = out.trim();
    if trimmed.len() == out.len() {
        out
    } else {
        trimmed.to_owned()
    }
}

fn open_tag(out: &mut String, element: &scraper::node::Element, addresses: &Addresses) {
    out.push('<');
    out.push_str(element.name());
    for (name, value) in element.attrs() {
        out.push(' ');
        out.push_str(name);
        out.push_str("=\"");
        if matches!(
            name,
            "href" | "src" | "action" | "poster" | "cite" | "longdesc" | "background" | "data"
        ) {
            escape(out, &addresses.original(value), true);
        } else if name == "srcset" {
            let parts: Vec<String> = value
                .split(", ")
                .map(|part| match part.trim().split_once(' ') {
                    Some((address, size)) => format!("{} {size}", addresses.original(address)),
                    None => addresses.original(part),
                })
                .collect();
            escape(out, &parts.join(", "), true);
        } else {
            escape(out, value, true);
        }
        out.push('"');
    }
    out.push('>');
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    escape(&mut out, text, true);
    out.replace('<', "&lt;").replace('>', "&gt;")
}

fn escape(out: &mut String, text: &str, attribute: bool) {
    let mut from = 0;
    for (at, c) in text.char_indices() {
        let entity = match c {
            '&' => "&amp;",
            '\u{00A0}' => "&nbsp;",
            '"' if attribute => "&quot;",
            '<' if !attribute => "&lt;",
            '>' if !attribute => "&gt;",
            _ => continue,
        };
        out.push_str(text.get(from..at).unwrap_or_default());
        out.push_str(entity);
        from = at + c.len_utf8();
    }
    out.push_str(text.get(from..).unwrap_or_default());
}

fn is_void(tag: &str) -> bool {
    matches!(
        tag,
        "area"
            | "base"
            | "basefont"
            | "bgsound"
            | "br"
            | "col"
            | "embed"
            | "frame"
            | "hr"
            | "img"
            | "input"
            | "keygen"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}

fn is_raw(tag: &str) -> bool {
    matches!(
        tag,
        "style" | "script" | "xmp" | "iframe" | "noembed" | "noframes" | "plaintext" | "noscript"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use scraper::{Html, Selector};

    fn inner(html: &str, page: Option<&str>) -> String {
        let document = Html::parse_document(html);
        let body = document.select(&Selector::parse("body").unwrap()).next().unwrap();
        let drop: HashSet<NodeId> = document
            .select(&Selector::parse(".drop").unwrap())
            .map(|e| e.id())
            .collect();
        inner_html(
            body,
            &drop,
            &Addresses {
                page: page.map(str::to_owned),
                mirror: true,
            },
        )
    }

    #[test]
    fn hidden_mail_addresses_are_put_back() {
        // Each byte mixed with 0x2a.
        let digits = "2a4b4e4b6a5e4f4b044f524b475a464f";
        assert_eq!(
            inner(
                &format!(
                    "<p>Write to <a href=\"/cdn-cgi/l/email-protection\" class=\"__cf_email__\" data-cfemail=\"{digits}\">[email&#160;protected]</a> or \
                     <a href=\"/cdn-cgi/l/email-protection#{digits}\">me</a>, <span class=\"__cf_email__\" data-cfemail=\"{digits}\">x</span>.</p>"
                ),
                None
            ),
            "<p>Write to <a href=\"mailto:ada@tea.example\">ada@tea.example</a> or <a href=\"mailto:ada@tea.example\">me</a>, ada@tea.example.</p>"
        );
        let broken = "<a data-cfemail=\"2a4\">[email&nbsp;protected]</a>";
        assert_eq!(inner(broken, None), broken);
    }

    #[test]
    fn writes_what_was_parsed() {
        for html in [
            "a &lt;b&gt; &amp; c&nbsp;d",
            "<p>x<br>y</p><!-- more --><hr>",
            "<a href=\"http://x.example/?a=1&amp;b=2\" title=\"&quot;q&quot;\">t</a>",
            "<pre>a\n  b</pre>",
        ] {
            assert_eq!(inner(html, None), html);
        }
        assert_eq!(
            inner("<p>x</p><script>if (a < b && c) {}</script>", None),
            "<p>x</p><script>if (a < b && c) {}</script>"
        );
    }

    #[test]
    fn leaves_out_the_templates_parts_and_restores_addresses() {
        assert_eq!(inner("<b>a</b><div class=drop><i>x</i></div>", None), "<b>a</b>");
        assert_eq!(
            inner(
                "<a href=../../index.html><img src=/web/20120304123456im_/http://tea.example/c.jpg></a>",
                Some("http://tea.example/2009/05/a.html")
            ),
            "<a href=\"http://tea.example/\"><img src=\"http://tea.example/c.jpg\"></a>"
        );
        assert_eq!(inner("<div id=wm-ipp-base>toolbar</div>text", None), "text");
    }
}
