//! Bodies as WordPress will show them the way they were: its paragraph maker and its shortcodes kept off.

use std::borrow::Cow;

use memchr::{memchr, memchr2, memmem};

use crate::model::ContentFormat;

use super::WpHtml;

/// The body of a post for WordPress.
pub(super) fn post_body(html: &str, format: ContentFormat, way: WpHtml) -> Cow<'_, str> {
    let html = match format {
        // WordPress wrote it: it knows how to show it.
        ContentFormat::Wpautop | ContentFormat::WpBlocks => return Cow::Borrowed(html),
        ContentFormat::HtmlNewlines => newlines(html, "<br />"),
        ContentFormat::Html | ContentFormat::Text => Cow::Borrowed(html),
    };
    let html = chain(html, escape_shortcodes);
    let has_blocks = |html: &str| html.contains("<!-- wp:") || html.contains("<!-- /wp:");
    match way {
        WpHtml::Block if html.is_empty() => html,
        WpHtml::Block if !has_blocks(&html) => Cow::Owned(format!("<!-- wp:html -->\n{html}\n<!-- /wp:html -->")),
        _ => chain(chain(html, jump_break), |html| newlines(html, " ")),
    }
}

/// Blogger's jump break (`<a name='more'></a>`) as WordPress's. The first of them counts.
fn jump_break(html: &str) -> Cow<'_, str> {
    let is_break = |at: &usize| {
        let before = html.get(..*at)?;
        let name = before.strip_suffix(['"', '\'']).unwrap_or(before).strip_suffix('=')?;
        let tag = name.strip_suffix("name").or_else(|| name.strip_suffix("NAME"))?;
        let open = tag.trim_end_matches([' ', '\n', '\t', '\r']);
        let start = open.strip_suffix("<a").or_else(|| open.strip_suffix("<A"))?.len();
        let after = html.get(at + "more".len()..)?;
        let rest = after.strip_prefix(['"', '\'']).unwrap_or(after).trim_start_matches(' ');
        let rest = match rest.strip_prefix("/>") {
            Some(rest) => rest,
            None => rest.strip_prefix('>')?,
        };
        let rest = rest.strip_prefix("</a>").or_else(|| rest.strip_prefix("</A>"))?;
        (open.len() < tag.len()).then_some((start, html.len() - rest.len()))
    };
    let place = memmem::find_iter(html.as_bytes(), b"more").find_map(|at| is_break(&at));
    match place {
        Some((start, end)) if memmem::find(html.as_bytes(), b"<!--more").is_none() => {
            let (before, after) = (
                html.get(..start).unwrap_or_default(),
                html.get(end..).unwrap_or_default(),
            );
            Cow::Owned(format!("{before}<!--more-->{after}"))
        }
        _ => Cow::Borrowed(html),
    }
}

/// The body of a comment. WordPress makes line breaks of the newlines of every comment.
pub(super) fn comment_body(html: &str, format: ContentFormat) -> Cow<'_, str> {
    match format {
        ContentFormat::Html | ContentFormat::Text => newlines(html, " "),
        ContentFormat::HtmlNewlines | ContentFormat::Wpautop | ContentFormat::WpBlocks => Cow::Borrowed(html),
    }
}

fn chain<'a>(text: Cow<'a, str>, step: impl for<'t> Fn(&'t str) -> Cow<'t, str>) -> Cow<'a, str> {
    match text {
        Cow::Borrowed(text) => step(text),
        Cow::Owned(text) => match step(&text) {
            Cow::Owned(changed) => Cow::Owned(changed),
            Cow::Borrowed(_) => Cow::Owned(text),
        },
    }
}

/// Elements in which newlines mean something.
const VERBATIM: [&str; 4] = ["pre", "textarea", "script", "style"];

/// Replaces each run of newlines outside the elements in which they mean something.
fn newlines<'a>(html: &'a str, by: &str) -> Cow<'a, str> {
    if memchr2(b'\n', b'\r', html.as_bytes()).is_none() {
        return Cow::Borrowed(html);
    }
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(open) = memchr(b'<', rest.as_bytes()) {
        let (text, markup) = rest.split_at(open);
        push_without_newlines(&mut out, text, by);
        let after = markup.get(1..).unwrap_or_default();
        let verbatim = VERBATIM.iter().find(|name| starts_with_tag(after, name));
        let length = if let Some(name) = verbatim {
            let length = end_of_element(markup, name);
            out.push_str(markup.get(..length).unwrap_or_default());
            length
        } else {
            // Markup of any other kind: a newline in a tag or comment is a space, never a line break.
            let length = match after.strip_prefix("!--") {
                Some(comment) => comment.find("-->").map_or(1, |end| end + 7),
                None => memchr(b'>', markup.as_bytes()).map_or(1, |end| end + 1),
            };
            push_without_newlines(&mut out, markup.get(..length).unwrap_or_default(), " ");
            length
        };
        rest = markup.get(length..).unwrap_or_default();
    }
    push_without_newlines(&mut out, rest, by);
    Cow::Owned(out)
}

fn push_without_newlines(out: &mut String, text: &str, by: &str) {
    let mut rest = text;
    while let Some(at) = memchr2(b'\n', b'\r', rest.as_bytes()) {
        let (line, newlines) = rest.split_at(at);
        out.push_str(line);
        let next = newlines.trim_start_matches(['\n', '\r']);
        if by == " " {
            out.push(' ');
        } else {
            // Each line break counts where newlines are line breaks.
            let breaks = newlines.len() - next.len();
            let run = newlines.get(..breaks).unwrap_or_default().replace("\r\n", "\n");
            run.chars().for_each(|_| out.push_str(by));
        }
        rest = next;
    }
    out.push_str(rest);
}

fn starts_with_tag(after: &str, name: &str) -> bool {
    after
        .get(..name.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(name))
        && after
            .as_bytes()
            .get(name.len())
            .is_none_or(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'/'))
}

/// Length of an element whose start tag begins `markup`; one that is never closed goes to the end.
fn end_of_element(markup: &str, name: &str) -> usize {
    let mut at = 0;
    while let Some(found) = markup.get(at..).and_then(|rest| rest.find("</")) {
        at += found + 2;
        let rest = markup.get(at..).unwrap_or_default();
        if starts_with_tag(rest, name) {
            return memchr(b'>', rest.as_bytes()).map_or(markup.len(), |end| at + end + 1);
        }
    }
    markup.len()
}

/// Writes what looks like one of WordPress's own shortcodes in the way that WordPress shows as text.
fn escape_shortcodes(html: &str) -> Cow<'_, str> {
    if memchr(b'[', html.as_bytes()).is_none() {
        return Cow::Borrowed(html);
    }
    let mut out = String::new();
    let mut copied = 0;
    let mut at = 0;
    while let Some(open) = html.get(at..).and_then(|rest| memchr(b'[', rest.as_bytes())) {
        let start = at + open;
        at = start + 1;
        let Some((name, end)) = shortcode(html, start) else {
            continue;
        };
        if name == "embed" {
            // `[[embed]]` is unpacked twice and then run.
            out.push_str(html.get(copied..start).unwrap_or_default());
            out.push_str("&#91;");
            copied = start + 1;
            continue;
        }
        let closer = format!("[/{name}]");
        let end = html
            .get(end..)
            .and_then(|rest| memmem::find(rest.as_bytes(), closer.as_bytes()))
            .map_or(end, |found| end + found + closer.len());
        out.push_str(html.get(copied..start).unwrap_or_default());
        out.push('[');
        out.push_str(html.get(start..end).unwrap_or_default());
        out.push(']');
        copied = end;
        at = end;
    }
    if copied == 0 {
        return Cow::Borrowed(html);
    }
    out.push_str(html.get(copied..).unwrap_or_default());
    Cow::Owned(out)
}

/// The name of the shortcode that begins at a bracket, and where its tag ends.
fn shortcode(html: &str, start: usize) -> Option<(&'static str, usize)> {
    let rest = html.get(start + 1..)?;
    let name = crate::wordpress::CORE_SHORTCODES.into_iter().find(|name| {
        rest.strip_prefix(name).is_some_and(|after| {
            !after
                .bytes()
                .next()
                .is_none_or(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
        })
    })?;
    let end = memchr2(b']', b'<', rest.as_bytes())?;
    (rest.as_bytes().get(end) == Some(&b']')).then_some((name, start + 1 + end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newlines_become_spaces_where_they_mean_nothing() {
        for (html, expected) in [
            ("a\nb", "a b"),
            ("a\r\n\r\nb<br />\nc", "a b<br /> c"),
            ("<p\nclass='x'>a</p>\n", "<p class='x'>a</p> "),
            ("x\n<pre>a\nb</pre>\ny", "x <pre>a\nb</pre> y"),
            ("<SCRIPT>a\nb</Script>\n", "<SCRIPT>a\nb</Script> "),
            ("<prefix>a\nb</prefix>", "<prefix>a b</prefix>"),
            ("<pre>never\nclosed", "<pre>never\nclosed"),
            ("<!-- a\n<pre> -->\nb", "<!-- a <pre> --> b"),
            ("1 < 2\n3", "1 < 2 3"),
            ("<!--\nopen", "<!-- open"),
        ] {
            assert_eq!(newlines(html, " "), expected, "{html}");
        }
    }

    #[test]
    fn newlines_that_are_line_breaks_stay_so() {
        assert_eq!(
            post_body(
                "a\n\nb\n<a\nhref='x'>c</a>",
                ContentFormat::HtmlNewlines,
                WpHtml::Collapse
            ),
            "a<br /><br />b<br /><a href='x'>c</a>"
        );
        assert_eq!(comment_body("a\nb", ContentFormat::HtmlNewlines), "a\nb");
        assert_eq!(comment_body("a\nb", ContentFormat::Html), "a b");
    }

    #[test]
    fn a_jump_break_is_one_in_wordpress() {
        for (html, expected) in [
            ("a<a name='more'></a>b", "a<!--more-->b"),
            (
                "<A NAME=\"more\"></A>b<a name='more'></a>",
                "<!--more-->b<a name='more'></a>",
            ),
            ("<a name=more /></a>", "<!--more-->"),
            ("<a name='more'>b</a>", "<a name='more'>b</a>"),
            ("<a name='more'></a><!--more-->", "<a name='more'></a><!--more-->"),
            (
                "<a name='anymore'></a> name='more'>",
                "<a name='anymore'></a> name='more'>",
            ),
            ("<aname='more'></a>", "<aname='more'></a>"),
            ("more", "more"),
        ] {
            assert_eq!(jump_break(html), expected, "{html}");
        }
        let body = "a<a name='more'></a>b";
        assert_eq!(post_body(body, ContentFormat::Html, WpHtml::Collapse), "a<!--more-->b");
        assert_eq!(post_body(body, ContentFormat::Wpautop, WpHtml::Collapse), body);
        assert!(post_body(body, ContentFormat::Html, WpHtml::Block).contains(body));
    }

    #[test]
    fn a_block_keeps_every_byte() {
        assert_eq!(
            post_body("a\n\nb", ContentFormat::Html, WpHtml::Block),
            "<!-- wp:html -->\na\n\nb\n<!-- /wp:html -->"
        );
        assert_eq!(
            post_body("a\n<!-- /wp:html -->", ContentFormat::Html, WpHtml::Block),
            "a <!-- /wp:html -->"
        );
        assert_eq!(post_body("a\n\nb", ContentFormat::Wpautop, WpHtml::Block), "a\n\nb");
    }

    #[test]
    fn shortcodes_are_shown_not_run() {
        for (html, expected) in [
            ("see [gallery] here", "see [[gallery]] here"),
            ("[video src=\"x\"]y[/video] z", "[[video src=\"x\"]y[/video]] z"),
            ("[galleryx] [1] [other]", "[galleryx] [1] [other]"),
            ("[[gallery]]", "[[[gallery]]]"),
            ("[embed]http://x[/embed]", "&#91;embed]http://x[/embed]"),
            ("[caption", "[caption"),
            ("[audio] and [audio]", "[[audio]] and [[audio]]"),
        ] {
            assert_eq!(escape_shortcodes(html), expected, "{html}");
        }
    }
}
