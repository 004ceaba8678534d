//! Between HTML and plain text.

use std::borrow::Cow;

use super::flatten::{DEPTH_LIMIT, flatten_depth};
use super::scan::{Piece, Scanner};
use super::style::is_hidden;
use super::survey::stands_alone;
use super::tags::Rule;
use super::tree::{Content, Step, Tree};

/// The text that a reader of the fragment sees: white space as browsers show it, a newline where a line ends, nothing of
/// scripts, styles and hidden elements. For titles, summaries and searching.
pub fn visible_text(fragment: &str) -> String {
    let mut text = String::new();
    if !fragment.contains(['<', '&']) {
        push_collapsed(&mut text, fragment);
        trim_end(&mut text);
        return text;
    }
    let (fragment, _) = flatten_depth(fragment, DEPTH_LIMIT);
    let tree = Tree::parse(&fragment);
    let mut walk = tree.walk(tree.top());
    while let Some(step) = walk.next() {
        let (id, entering) = match step {
            Step::Enter(id) => (id, true),
            Step::Leave(id) => (id, false),
        };
        let node = tree.node(id);
        match &node.content {
            Content::Text(piece) => push_collapsed(&mut text, piece),
            Content::Element(tag, ..) => {
                let rule = tag.rule();
                if entering && (matches!(rule, Rule::Hidden | Rule::Script | Rule::Embed) || is_hidden(node)) {
                    walk.pass_over();
                } else if stands_alone(rule) || entering && rule == Rule::Break {
                    end_line(&mut text);
                }
            }
            _ => {}
        }
    }
    trim_end(&mut text);
    text
}

fn push_collapsed(text: &mut String, piece: &str) {
    for c in piece.chars() {
        match c {
            '\u{200b}' | '\u{feff}' | '\u{ad}' => {}
            c if c.is_whitespace() => {
                if !text.is_empty() && !text.ends_with([' ', '\n']) {
                    text.push(' ');
                }
            }
            c if c.is_control() => {}
            c => text.push(c),
        }
    }
}

fn trim_end(text: &mut String) {
    text.truncate(text.trim_end_matches([' ', '\n']).len());
}

fn end_line(text: &mut String) {
    trim_end(text);
    if !text.is_empty() {
        text.push('\n');
    }
}

/// Plain text as HTML that shows it: `&`, `<`, `>` and quotation marks are escaped, newlines stay newlines (see
/// [`newlines_to_br`]).
pub fn escape_text(plain: &str) -> String {
    let mut html = String::with_capacity(plain.len() + plain.len() / 16);
    for c in plain.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
    }
    html
}

/// Makes the newlines of a fragment the line breaks they were meant as: `<br>` before each, in text only, not within tags,
/// comments, scripts and preformatted text.
pub fn newlines_to_br(fragment: &str) -> Cow<'_, str> {
    if !fragment.contains(['\n', '\r']) {
        return Cow::Borrowed(fragment);
    }
    let mut html = String::with_capacity(fragment.len() + fragment.len() / 8);
    let mut done = 0;
    let mut verbatim = 0_usize;
    let keeps = |name: &str| {
        ["pre", "script", "style", "textarea"]
            .iter()
            .any(|one| name.eq_ignore_ascii_case(one))
    };
    for piece in Scanner::new(fragment) {
        let whole = piece.whole().clone();
        push_broken(&mut html, fragment.get(done..whole.start).unwrap_or(""), verbatim > 0);
        html.push_str(fragment.get(whole.clone()).unwrap_or(""));
        done = whole.end;
        match piece {
            Piece::Start { name, .. } if keeps(fragment.get(name.clone()).unwrap_or("")) => verbatim += 1,
            Piece::End { name, .. } if keeps(fragment.get(name.clone()).unwrap_or("")) => {
                verbatim = verbatim.saturating_sub(1);
            }
            _ => {}
        }
    }
    push_broken(&mut html, fragment.get(done..).unwrap_or(""), verbatim > 0);
    Cow::Owned(html)
}

fn push_broken(html: &mut String, text: &str, verbatim: bool) {
    if verbatim {
        html.push_str(text);
        return;
    }
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\r' => {
                if rest.peek() != Some(&'\n') {
                    html.push_str("<br>\n");
                }
            }
            '\n' => html.push_str("<br>\n"),
            c => html.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_what_is_seen() {
        assert_eq!(visible_text("Tom &amp; Jerry"), "Tom & Jerry");
        assert_eq!(visible_text("  a  plain\n title "), "a plain title");
        assert_eq!(
            visible_text(
                "<p>Første&nbsp;linje<br>den <b>anden</b></p><script>x()</script><div hidden>no</div><ul><li>en<li>to</ul>"
            ),
            "Første linje\nden anden\nen\nto"
        );
        assert_eq!(visible_text("1 < 2"), "1 < 2");
        assert_eq!(visible_text("<p style='display: none'>gone</p>"), "");
    }

    #[test]
    fn plain_text_comes_back() {
        let plain = "<b> & \"quotes\" 'n' more;\n漢字";
        assert_eq!(visible_text(&escape_text(plain)), "<b> & \"quotes\" 'n' more; 漢字");
    }

    #[test]
    fn newlines_become_breaks_in_text_only() {
        assert_eq!(newlines_to_br("uno\ndos\r\ntres"), "uno<br>\ndos<br>\ntres");
        assert_eq!(
            newlines_to_br("<a\nhref='x'>y</a>\n<pre>a\nb</pre>"),
            "<a\nhref='x'>y</a><br>\n<pre>a\nb</pre>"
        );
        assert!(matches!(newlines_to_br("no newline"), Cow::Borrowed(_)));
    }
}
