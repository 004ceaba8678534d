//! HTML that strangers wrote, made fit to be published.

use std::borrow::Cow;
use std::sync::LazyLock;

use ammonia::Builder;

use super::address;
use super::flatten::{DEPTH_LIMIT, flatten_depth};
use super::markdown::{self, Markdown, MarkdownOptions};
use super::nesting;
use super::tags::Tag;
use super::tree::{Attribute, Content, Step, Tree};

/// A fragment without anything that could do harm.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sanitised {
    /// The fragment.
    pub html: String,
    /// How many elements of the source are not in it.
    pub elements_removed: usize,
    /// How many attributes of the source are not in it, those of removed elements among them.
    pub attributes_removed: usize,
}

/// The schemes that an address may have.
const SCHEMES: [&str; 5] = ["http", "https", "mailto", "ftp", "tel"];

static RULES: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut rules = Builder::default();
    rules
        .add_tags(["font", "big", "tt", "u"])
        .url_schemes(SCHEMES.into())
        .attribute_filter(|_, name, value| {
            // Whoever takes a control character out of an address later must not find another scheme in it.
            let is_address = matches!(name, "href" | "src" | "cite");
            let is_other = || address::scheme(value).is_some_and(|scheme| !SCHEMES.contains(&scheme.as_str()));
            (!is_address || !is_other()).then_some(Cow::Borrowed(value))
        })
        .link_rel(None)
        .strip_comments(true);
    rules
});

/// Takes out scripts, frames, forms, event handlers, styles and addresses that are not plain ones (`javascript:`,
/// `data:`, `vbscript:`), by ammonia's list of what is harmless. Text stays, except that of scripts and styles.
pub fn sanitise(fragment: &str) -> Sanitised {
    if !fragment.contains(['<', '&', '>', '\0']) {
        return Sanitised {
            html: fragment.to_owned(),
            ..Sanitised::default()
        };
    }
    if let Some(html) = harmless(fragment) {
        return Sanitised {
            html,
            ..Sanitised::default()
        };
    }
    clean(fragment)
}

/// The long way, which is right for everything.
fn clean(fragment: &str) -> Sanitised {
    let (flat, _) = flatten_depth(fragment, DEPTH_LIMIT);
    let html = RULES.clean(&flat).to_string();
    let before = count(fragment, &flat);
    let after = count(&html, &html);
    Sanitised {
        html,
        elements_removed: before.0.saturating_sub(after.0),
        attributes_removed: before.1.saturating_sub(after.1),
    }
}

/// The Markdown of a stranger's fragment in which there is nothing to take out, as in nearly all comments: that of
/// [`sanitise`]'s HTML, without making and reading that. `None` for all else; a test holds the two equal.
pub(crate) fn harmless_to_markdown(fragment: &str, options: &MarkdownOptions) -> Option<Markdown> {
    let mut tree = nesting::build(fragment, DEPTH_LIMIT)?;
    // What would be read from the HTML in another way: a comment goes, and so does a carriage return that was a reference.
    let is_kept = |content: &Content<'_>| match content {
        Content::Comment(_) => false,
        Content::Text(text) => matches!(text, Cow::Borrowed(_)) || memchr::memchr(b'\r', text.as_bytes()).is_none(),
        Content::Nothing | Content::Element(..) => true,
    };
    if !is_harmless(&tree, is_kept) {
        return None;
    }
    tree.drop_attributes(is_dropped);
    Some(markdown::of_tree(&tree, fragment.len(), options))
}

/// Attributes that go, and nobody is told.
fn is_dropped(attribute: &str) -> bool {
    matches!(attribute, "rel" | "target")
}

/// What ammonia makes of a fragment in which there is nothing to take out, as in nearly all comments: text, line breaks,
/// styled words, links to plain addresses. `None` for all else. A test holds the two equal.
fn harmless(fragment: &str) -> Option<String> {
    let tree = nesting::build(fragment, DEPTH_LIMIT)?;
    if !is_harmless(&tree, |_| true) {
        return None;
    }
    let mut html = String::with_capacity(fragment.len() + fragment.len() / 16);
    for step in tree.walk(tree.top()) {
        match step {
            Step::Enter(id) => match &tree.node(id).content {
                Content::Text(text) => write_escaped(&mut html, text, false),
                Content::Comment(_) | Content::Nothing => {}
                Content::Element(_, name, attributes) => {
                    html.push('<');
                    html.push_str(name);
                    for one in attributes.iter().filter(|one| !is_dropped(&one.name)) {
                        html.push_str(" href=\"");
                        write_escaped(&mut html, &one.value, true);
                        html.push('"');
                    }
                    html.push('>');
                }
            },
            Step::Leave(id) => {
                if let Content::Element(tag, name, _) = &tree.node(id).content
                    && *tag != Tag::Br
                {
                    html.push_str("</");
                    html.push_str(name);
                    html.push('>');
                }
            }
        }
    }
    Some(html)
}

/// Whether nothing in a tree has to be taken out, and all of it is as the caller wants it.
fn is_harmless(tree: &Tree<'_>, is_wanted: impl Fn(&Content<'_>) -> bool) -> bool {
    tree.walk(tree.top()).all(|step| {
        let Step::Enter(id) = step else { return true };
        let content = &tree.node(id).content;
        let is_harmless = match content {
            Content::Text(_) | Content::Comment(_) => true,
            Content::Nothing => false,
            Content::Element(tag, _, attributes) => {
                let is_harmless = |one: &Attribute<'_>| {
                    is_dropped(&one.name) || (*tag == Tag::A && one.name == "href" && is_plain_address(&one.value))
                };
                is_harmless_tag(*tag) && attributes.iter().all(is_harmless)
            }
        };
        is_harmless && is_wanted(content)
    })
}

fn is_harmless_tag(tag: Tag) -> bool {
    matches!(
        tag,
        Tag::A
            | Tag::B
            | Tag::Big
            | Tag::Blockquote
            | Tag::Br
            | Tag::Code
            | Tag::Em
            | Tag::Font
            | Tag::I
            | Tag::Li
            | Tag::Ol
            | Tag::P
            | Tag::Small
            | Tag::Span
            | Tag::Strike
            | Tag::Strong
            | Tag::Tt
            | Tag::U
            | Tag::Ul
    )
}

/// An address of the web with a host that every reader of addresses takes: labels of letters, digits and hyphens, the last
/// of which is no number.
fn is_plain_address(address: &str) -> bool {
    let Some(rest) = address
        .strip_prefix("http://")
        .or_else(|| address.strip_prefix("https://"))
    else {
        return false;
    };
    let host = rest
        .find(['/', '?', '#'])
        .and_then(|end| rest.get(..end))
        .unwrap_or(rest);
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("xn--"))
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let is_name = |label: &str| label.starts_with(|c: char| c.is_ascii_alphabetic());
    host.split('.').all(is_label) && host.rsplit('.').next().is_some_and(is_name)
}

/// Writes text, or the value of an attribute, as browsers serialise it.
fn write_escaped(html: &mut String, text: &str, is_value: bool) {
    let bytes = text.as_bytes();
    // What a no-break space begins with, too.
    let is_odd = |byte: &u8| matches!(*byte, b'&' | b'<' | b'>' | b'"' | 0xC2);
    let (mut done, mut at) = (0, 0);
    while let Some(odd) = bytes.get(at..).and_then(|rest| rest.iter().position(is_odd)) {
        at += odd;
        let (reference, length) = match bytes.get(at..).unwrap_or_default() {
            [b'&', ..] => ("&amp;", 1),
            [b'<', ..] => ("&lt;", 1),
            [b'>', ..] => ("&gt;", 1),
            [b'"', ..] if is_value => ("&quot;", 1),
            [0xC2, 0xA0, ..] => ("&nbsp;", 2),
            _ => {
                at += 1;
                continue;
            }
        };
        html.push_str(text.get(done..at).unwrap_or_default());
        html.push_str(reference);
        at += length;
        done = at;
    }
    html.push_str(text.get(done..).unwrap_or_default());
}

/// Elements and attributes; those that the depth cap took are counted as tags in the source.
fn count(source: &str, flat: &str) -> (usize, usize) {
    let tree = Tree::parse(flat);
    let mut counts = (0, 0);
    for step in tree.walk(tree.top()) {
        if let Step::Enter(id) = step
            && let Content::Element(_, _, attributes) = &tree.node(id).content
        {
            counts.0 += 1;
            // `rel` and `target` say how a link is followed; that they go does no harm and hides none.
            let is_told = |name: &str| !matches!(name, "rel" | "target");
            counts.1 += attributes.iter().filter(|one| is_told(&one.name)).count();
        }
    }
    if source.len() != flat.len() {
        let starts = |html: &str| {
            super::scan::Scanner::new(html)
                .filter(|piece| matches!(piece, super::scan::Piece::Start { .. }))
                .count()
        };
        counts.0 += starts(source).saturating_sub(starts(flat));
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::{Dialect, Newlines, RawHtml, to_markdown};
    use proptest::prelude::*;

    const PIECES: &[&str] = &[
        "<a href=\"",
        "http://a.example",
        "https://B-c.example/x?y=1&amp;z=<>",
        "http://1.2.3.4/",
        "http://xn--a.example/",
        "http://a..b/",
        "http://a.b@c:99999/",
        "javascript:x",
        "\">",
        "\" rel=\"nofollow\" target=_blank>",
        "' onclick='x()'>",
        "</a>",
        "<b>",
        "</b>",
        "<i>",
        "</i>",
        "<p>",
        "</p>",
        "<br />",
        "<blockquote>",
        "</blockquote>",
        "<ul>",
        "<li>",
        "</ul>",
        "<span>",
        "</span>",
        "<font>",
        "</font>",
        "<font color=red>",
        "<script>",
        "</script>",
        "<!-- c -->",
        "<pre>",
        "&amp;",
        "&lt;b&gt;",
        "&nbsp;",
        "\u{a0}",
        "\n",
        "palabra ",
        "\"",
        "'",
        "é",
        ">",
        "&#13;",
        "\r\n",
        "\t",
        "*a_",
        "- x",
        "<u>",
        "</u>",
        "<code>",
        "</code>",
        "<a>",
    ];

    proptest! {
        #![proptest_config(crate::many_cases())]

        #[test]
        fn the_short_way_ends_where_the_long_one_does(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..12)) {
            let fragment = pieces.concat();
            if let Some(html) = harmless(&fragment) {
                let long = clean(&fragment);
                prop_assert_eq!((html, 0, 0), (long.html, long.elements_removed, long.attributes_removed));
            }
            for dialect in Dialect::ALL {
                for (raw_html, newlines) in [(RawHtml::None, Newlines::Space), (RawHtml::default(), Newlines::Break)] {
                    let options = MarkdownOptions { dialect, raw_html, newlines, ..MarkdownOptions::default() };
                    if let Some(markdown) = harmless_to_markdown(&fragment, &options) {
                        prop_assert_eq!(markdown, to_markdown(&clean(&fragment).html, &options), "{:?}: {:?}", dialect, fragment);
                    }
                }
            }
        }
    }

    #[test]
    fn addresses_that_nobody_doubts() {
        for address in [
            "http://a.example",
            "https://b.example/x y",
            "http://b.example?x",
            "http://localhost/",
            "http://a-b.c1.example#",
        ] {
            assert!(is_plain_address(address), "{address}");
        }
        for address in [
            "",
            "http://",
            "ftp://a.example/",
            "http://1.2.3/",
            "http://a.0x1/",
            "http://xn--a.example/",
            "http://a..example/",
            "http://a@b.example/",
            "http://a.example:80/",
            "http://ä.example/",
            "HTTP://a.example/",
            "http:///x",
        ] {
            assert!(!is_plain_address(address), "{address}");
        }
    }

    #[test]
    fn harmless_text_is_not_touched() {
        let html = "Très <b>bien</b>, <a href=\"https://example.org/?a=1&amp;b=2\">ici</a>.";
        assert_eq!(
            sanitise(html),
            Sanitised {
                html: html.to_owned(),
                ..Sanitised::default()
            }
        );
        assert_eq!(sanitise("just words").html, "just words");
    }

    #[test]
    fn harm_is_taken_out_and_counted() {
        let cleaned = sanitise("<b onclick='x()'>a</b><script>steal()</script><a href=' java\nscript:x'>b</a>");
        assert_eq!(cleaned.html, "<b>a</b><a>b</a>");
        assert_eq!((cleaned.elements_removed, cleaned.attributes_removed), (1, 2));
        for scheme in [
            "javascript:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "JaVaScRiPt:x",
            "&#106;avascript:x",
            "ja\u{1}\tvascript:x",
            "java&#7;script:x",
        ] {
            let cleaned = sanitise(&format!("<a href=\"{scheme}\">x</a>"));
            assert_eq!(cleaned.html, "<a>x</a>", "{scheme}");
        }
    }

    #[test]
    fn depth_is_no_matter() {
        let html = format!("{}x", "<i><div>".repeat(50_000));
        let cleaned = sanitise(&html);
        assert!(cleaned.html.contains('x') && cleaned.elements_removed > 90_000);
    }
}
