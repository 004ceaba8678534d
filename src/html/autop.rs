//! Paragraphs for classic WordPress content, which stores none: the text has blank lines, and WordPress makes paragraphs
//! of them whenever it shows a post. What it shows is what was published, so its behaviour is kept to the letter, quirks
//! included; its passes are searches for fixed shapes, written here so that each takes linear time.

mod paragraphs;
mod places;

use std::borrow::Cow;

use paragraphs::{drop_behind_blocks, ends_in_block, paragraphs};
use places::*;

/// Elements before which a line break is taken out.
const UNBROKEN: [&str; 11] = ["p", "li", "div", "dl", "dd", "dt", "th", "pre", "td", "ul", "ol"];

const NEWLINE_IN_TAG: &str = " <!-- wpnl --> ";
const NEWLINE_IN_TAG_BARE: &str = "<!-- wpnl -->";
const NEWLINE_KEPT: &str = "<WPPreserveNewline />";

/// Gives classic WordPress content (`content_format` "wpautop") the paragraphs and line breaks that WordPress shows it
/// with.
pub fn autop(content: &str) -> Cow<'_, str> {
    if content.trim_matches(is_trimmed).is_empty() {
        return Cow::Borrowed("");
    }
    let mut text = String::with_capacity(content.len() + content.len() / 8 + 16);
    text.push_str(content);
    text.push('\n');
    let mut tags = Tags::of(&text);
    let mut has_marks = tags.comment;
    let mut kept = Vec::new();
    if tags.pre {
        kept = take_preformatted(&mut text);
        tags = Tags::of(&text);
    }
    if tags.br {
        breaks_to_blank_lines(&mut text);
    }
    if tags.any {
        part_blocks(&mut text);
    }
    if memchr::memchr(b'\r', text.as_bytes()).is_some() {
        replace(&mut text, "\r\n", "\n");
        replace(&mut text, "\r", "\n");
    }
    if tags.comment || tags.open && breaks_in_tag(&text) {
        hide_newlines_in_tags(&mut text);
        has_marks = true;
    }
    tighten(&mut text, tags);
    text = paragraphs(&text, tags);
    break_lines(&mut text, tags);
    for end in ["\n</p>\n", "\n</p>"] {
        if let Some(start) = text.strip_suffix(end) {
            text = format!("{start}{}", &end.trim_start_matches('\n'));
            break;
        }
    }
    if !kept.is_empty() {
        put_back(&mut text, &kept);
    }
    if has_marks {
        replace(&mut text, NEWLINE_IN_TAG, "\n");
        replace(&mut text, NEWLINE_IN_TAG_BARE, "\n");
    }
    Cow::Owned(text)
}

/// Takes `<pre>…</pre>` out and leaves a mark; nothing below may touch it.
fn take_preformatted(text: &mut String) -> Vec<(String, String)> {
    let mut kept = Vec::new();
    let mut out = String::with_capacity(text.len());
    let mut parts = text.split("</pre>").peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            out.push_str(part);
            break;
        }
        match part.split_once("<pre") {
            None => out.push_str(part),
            Some((before, inside)) => {
                let mark = format!("<pre wp-pre-tag-{}></pre>", kept.len());
                out.push_str(before);
                out.push_str(&mark);
                kept.push((mark, format!("<pre{inside}</pre>")));
            }
        }
    }
    *text = out;
    kept
}

fn put_back(text: &mut String, kept: &[(String, String)]) {
    at_each_tag(text, |text, at, out| {
        let rest = text.get(at..)?.strip_prefix("<pre wp-pre-tag-")?;
        let (number, _) = rest.split_once("></pre>")?;
        let (mark, original) = kept.get(number.parse::<usize>().ok()?)?;
        out.push_str(original);
        Some(at + mark.len())
    });
}

/// The end of `<br>`, `<br/>`, `<br />` at `at`.
fn break_tag(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?.strip_prefix("<br")?;
    let mut end = skip_space(text, text.len() - rest.len());
    if text.as_bytes().get(end) == Some(&b'/') {
        end += 1;
    }
    (text.as_bytes().get(end) == Some(&b'>')).then_some(end + 1)
}

/// Two breaks in a row are a paragraph's end.
fn breaks_to_blank_lines(text: &mut String) {
    at_each(text, "<br", |text, at, out| {
        let first = break_tag(text, at)?;
        let second = break_tag(text, skip_space(text, first))?;
        out.push_str("\n\n");
        Some(second)
    });
}

/// Blank lines before a block's start and after its end, and after a rule.
fn part_blocks(text: &mut String) {
    at_each_tag(text, |text, at, out| {
        let rest = text.get(at + 1..)?;
        if let Some(rest) = rest.strip_prefix('/') {
            let name = whole_block_name(rest, |byte| byte == b'>')?;
            let end = at + name.len() + 3;
            out.push_str(slice(text, at, end));
            out.push_str("\n\n");
            return Some(end);
        }
        let name = whole_block_name(rest, |byte| is_space(byte) || matches!(byte, b'/' | b'>'))?;
        out.push_str("\n\n<");
        let mut end = at + 1;
        if name == "hr" {
            let mut close = skip_space(text, at + 3);
            close += usize::from(text.as_bytes().get(close) == Some(&b'/'));
            if text.as_bytes().get(close) == Some(&b'>') {
                end = close + 1;
                out.push_str(slice(text, at + 1, end));
                out.push_str("\n\n");
            }
        }
        Some(end)
    });
}

/// Newlines within tags and comments are no newlines of the text.
fn hide_newlines_in_tags(text: &mut String) {
    let mut ends = Ends::new();
    let mut passed = 0;
    at_each_tag(text, |text, at, out| {
        if at < passed {
            return None;
        }
        let rest = text.get(at..)?;
        passed = if let Some(body) = rest.strip_prefix("<!--") {
            body.find("-->").map_or(text.len(), |end| at + 4 + end + 3)
        } else if let Some(body) = rest.strip_prefix("<![CDATA[") {
            body.find("]]>").map_or(text.len(), |end| at + 9 + end + 3)
        } else {
            ends.after(text, at).unwrap_or(text.len())
        };
        let tag = slice(text, at, passed);
        memchr::memchr(b'\n', tag.as_bytes())?;
        out.push_str(&tag.replace('\n', NEWLINE_IN_TAG));
        Some(passed)
    });
}

/// Whether a tag that is no comment is written on several lines.
fn breaks_in_tag(text: &str) -> bool {
    let mut is_open = false;
    memchr::memchr3_iter(b'<', b'>', b'\n', text.as_bytes()).any(|at| match text.as_bytes().get(at) {
        Some(b'\n') => is_open,
        bracket => {
            is_open = bracket == Some(&b'<');
            false
        }
    })
}

/// Takes out white space before a tag that `before` accepts and after one that `after` does.
fn tighten_at(text: &str, find: impl Fn(&str, usize, &mut Ends) -> Option<(usize, bool, bool)>) -> String {
    let mut ends = Ends::new();
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for at in memchr::memchr2_iter(b'<', b'[', text.as_bytes()) {
        if at < done {
            continue;
        }
        let Some((end, before, after)) = find(text, at, &mut ends) else {
            continue;
        };
        let stop = if before { space_before(text, done, at) } else { at };
        out.push_str(slice(text, done, stop));
        out.push_str(slice(text, at, end));
        done = if after { skip_space(text, end) } else { end };
    }
    out.push_str(slice(text, done, text.len()));
    out
}

/// Line breaks beside options, parameters, sources and captions make no paragraphs.
fn tighten(text: &mut String, tags: Tags) {
    let starts = |text: &str, at: usize, words: &[&str]| {
        words
            .iter()
            .any(|word| text.get(at..).is_some_and(|rest| rest.starts_with(word)))
    };
    if tags.option {
        *text = tighten_at(text, |text, at, _| {
            if starts(text, at, &["<option"]) {
                Some((at + 7, true, false))
            } else if starts(text, at, &["</option>"]) {
                Some((at + 9, false, true))
            } else {
                None
            }
        });
    }
    if tags.object_end {
        *text = tighten_at(text, |text, at, ends| {
            if starts(text, at, &["<object"]) {
                Some((ends.after(text, at + 7)?, false, true))
            } else if starts(text, at, &["</object>"]) {
                Some((at + 9, true, false))
            } else {
                None
            }
        });
        *text = tighten_at(text, |text, at, ends| {
            starts(text, at, &["<param", "</param", "<embed", "</embed"])
                .then(|| ends.after(text, at))?
                .map(|end| (end, true, true))
        });
    }
    if tags.source_or_track {
        *text = tighten_at(text, |text, at, _| {
            if starts(text, at, &["<audio", "<video", "[audio", "[video"]) {
                let end = text.get(at..)?.find(['>', ']'])?;
                Some((at + end + 1, false, true))
            } else if starts(
                text,
                at,
                &["</audio>", "</video>", "[/audio]", "[/video]", "</audio]", "[/audio>"],
            ) {
                Some((at + 8, true, false))
            } else {
                None
            }
        });
        *text = tighten_at(text, |text, at, ends| {
            starts(text, at, &["<source", "<track"])
                .then(|| ends.after(text, at))?
                .map(|end| (end, true, true))
        });
    }
    if tags.figcaption {
        *text = tighten_at(text, |text, at, ends| {
            if starts(text, at, &["<figcaption"]) {
                Some((ends.after(text, at)?, true, false))
            } else if starts(text, at, &["</figcaption>"]) {
                Some((at + 13, false, true))
            } else {
                None
            }
        });
    }
}

/// Newlines that are left are line breaks, except in scripts and the like, and beside a block's tag.
fn break_lines(text: &mut String, tags: Tags) {
    if tags.script {
        keep_newlines_in_scripts(text);
    }
    if tags.br {
        replace(text, "<br>", "<br />");
        replace(text, "<br/>", "<br />");
    }
    // Where no line break but these is about, those beside blocks need not be made first.
    let is_last_word = !(tags.br || tags.script || tags.mark);
    let mut ends = Ends::new();
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    // Up to here, what is written is behind a line break.
    let mut behind = 0;
    let mut done = 0;
    let mut at = 0;
    while let Some(found) = text.as_bytes().get(at..).and_then(|rest| memchr::memchr(b'\n', rest)) {
        // All the white space around the newline.
        let first = space_before(text, at, at + found);
        at = skip_space(text, at + found);
        if let Some(last) = last_newline(text, first, at) {
            let start = first + usize::from(slice(text, 0, first).ends_with("<br />"));
            if start <= last {
                out.push_str(slice(text, done, start));
                let is_beside_block = is_last_word
                    && (ends_in_block(slice(&out, behind, out.len())) || unbroken_tag(text, at, &mut ends).is_some());
                if is_beside_block {
                    behind = out.len();
                    out.push('\n');
                } else {
                    out.push_str("<br />\n");
                }
                done = last + 1;
            }
        }
    }
    out.push_str(slice(text, done, text.len()));
    if tags.script || tags.mark {
        replace(&mut out, NEWLINE_KEPT, "\n");
    }
    *text = out;
    if !is_last_word {
        drop_breaks_at_blocks(text);
    }
}

/// The newlines of scripts and the like are marked, to be put back.
fn keep_newlines_in_scripts(text: &mut String) {
    at_each_tag(text, |text, at, out| {
        let rest = text.get(at + 1..)?;
        let name = ["script", "style", "svg", "math"]
            .into_iter()
            .find(|name| rest.starts_with(name))?;
        let close = format!("</{name}>");
        let end = at + 1 + rest.find(&close)? + close.len();
        out.push_str(&slice(text, at, end).replace('\n', NEWLINE_KEPT));
        Some(end)
    });
}

/// No line break beside a block's tag.
fn drop_breaks_at_blocks(text: &mut String) {
    drop_behind_blocks(text, "<br />");
    let mut ends = Ends::new();
    at_each(text, "<br />", |text, at, out| {
        let end = unbroken_tag(text, skip_space(text, at + 6), &mut ends)?;
        out.push_str(slice(text, at + 6, end));
        Some(end)
    });
}

/// The end of the tag that stands here, of those before which a line break goes.
fn unbroken_tag(text: &str, at: usize, ends: &mut Ends) -> Option<usize> {
    tag_like(text, at, ends, |rest| {
        UNBROKEN.iter().any(|name| rest.starts_with(name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn same(content: &str, shown: &str) {
        assert_eq!(autop(content), shown);
    }

    #[test]
    fn blank_lines_are_paragraphs_and_newlines_breaks() {
        same("Ett\n\nTvå\ntre", "<p>Ett</p>\n<p>Två<br />\ntre</p>\n");
        same("Ett<br><br />Två", "<p>Ett</p>\n<p>Två</p>\n");
        same("  \n ", "");
        same("a<br />\nb", "<p>a<br />\nb</p>\n");
    }

    #[test]
    fn blocks_stand_alone() {
        same("<h2>A</h2>\ntext", "<h2>A</h2>\n<p>text</p>\n");
        same(
            "x\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>\ny",
            "<p>x</p>\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n<p>y</p>\n",
        );
        same("<div>inside</div>", "<div>inside</div>\n");
        same(
            "<blockquote>one\n\ntwo</blockquote>",
            "<blockquote><p>one</p>\n<p>two</p></blockquote>\n",
        );
        same("<!--more-->\n\nrest", "<p><!--more--></p>\n<p>rest</p>\n");
    }

    #[test]
    fn preformatted_text_and_tags_keep_their_newlines() {
        same(
            "a\n\n<pre>1\n\n2\n</pre>\n\nb",
            "<p>a</p>\n<pre>1\n\n2\n</pre>\n<p>b</p>\n",
        );
        same("<a\nhref='x'>y</a>", "<p><a\nhref='x'>y</a></p>\n");
        same("<script>a\n\nb</script>", "<p><script>a</p>\n<p>b</script></p>\n");
    }

    #[test]
    fn many_open_tags_take_linear_time() {
        for piece in ["<p", "<br />", "\n", "</p>", "<div><br />", "<!--", "<p>x</p> ", "a\n<"] {
            let text = piece.repeat(200_000 / piece.len()) + "x";
            assert!(autop(&text).contains('x'));
        }
    }
}
