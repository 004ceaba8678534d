//! Paragraphs between blank lines, and the rules by which WordPress takes them away from blocks again.

use super::places::*;

/// Each piece between blank lines becomes a paragraph, except where it holds a block.
pub(super) fn paragraphs(text: &str, tags: Tags) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    // Paragraphs with tags in them, until one without comes: no rule looks over that, unless somebody wrote `<p>` himself.
    let is_written = tags.p;
    let mut tagged = String::new();
    // No rule looks over those either where there is neither a block among them nor a paragraph of nothing.
    let mut is_ruled = is_written;
    let mut has_empty = is_written;
    let mut add = |piece: &str, is_last: bool| {
        let piece_is_plain =
            !is_written && memchr::memchr(b'<', piece.as_bytes()).is_none() && !piece.bytes().all(is_space);
        if !tagged.is_empty() && (piece_is_plain || is_last && piece.is_empty()) {
            if std::mem::replace(&mut is_ruled, is_written) {
                unwrap_blocks(&mut tagged, tags, has_empty);
            }
            has_empty = is_written;
            out.push_str(&tagged);
            tagged.clear();
        }
        if piece.is_empty() {
            return;
        }
        if !piece_is_plain {
            has_empty = has_empty || piece.bytes().all(is_space);
            is_ruled = is_ruled || has_empty || has_block(piece);
        }
        let to = if piece_is_plain { &mut out } else { &mut tagged };
        to.push_str("<p>");
        to.push_str(piece.trim_matches('\n'));
        to.push_str("</p>\n");
        if is_last {
            if is_ruled {
                unwrap_blocks(&mut tagged, tags, has_empty);
            }
            out.push_str(&tagged);
        }
    };
    let mut start = 0;
    let mut at = 0;
    while let Some(found) = text.as_bytes().get(at..).and_then(|rest| memchr::memchr(b'\n', rest)) {
        let newline = at + found;
        let end = skip_space(text, newline);
        // The last newline of the white space that begins here.
        let last = last_newline(text, newline, end).unwrap_or(newline);
        if last > newline {
            add(slice(text, start, newline), false);
            start = last + 1;
        }
        at = end.max(newline + 1);
    }
    add(slice(text, start, text.len()), true);
    out
}

/// Blocks do not stand in paragraphs. `tags` are those of the whole text: a rule that asks for a tag that is nowhere finds
/// nothing.
fn unwrap_blocks(text: &mut String, tags: Tags, has_empty: bool) {
    if has_empty {
        drop_empty(text);
    }
    if tags.container_end {
        close_before_containers(text);
    }
    // Where nothing looks at paragraphs in between, a paragraph's start is taken care of in one go.
    let is_simple = !(tags.p || tags.li || tags.quote);
    if !is_simple {
        drop_before_blocks(text, true, false);
    }
    if tags.li {
        unwrap_items(text);
    }
    if tags.quote {
        move_into_quotations(text);
        replace(text, "</blockquote></p>", "</p></blockquote>");
    }
    // Without a container's end between, what is alone is unwrapped from both its sides.
    drop_before_blocks(text, is_simple && tags.container_end, true);
    drop_behind_blocks(text, "</p>");
}

/// Paragraphs of nothing.
fn drop_empty(text: &mut String) {
    at_each(text, "<p>", |text, at, _| {
        text.get(at..)?.strip_prefix("<p>")?;
        let end = skip_space(text, at + 3);
        text.get(end..)?.starts_with("</p>").then_some(end + 4)
    });
}

/// A paragraph that a container's end cuts short.
fn close_before_containers(text: &mut String) {
    at_each(text, "<p>", |text, at, out| {
        text.get(at..)?.strip_prefix("<p>")?;
        let rest = text.get(at + 3..)?;
        let length = rest.find('<').filter(|length| *length > 0)?;
        let tag = rest.get(length..)?;
        let end = ["</div>", "</address>", "</form>"]
            .into_iter()
            .find(|end| tag.starts_with(end))?;
        let stop = at + 3 + length;
        out.push_str(slice(text, at, stop));
        out.push_str("</p>");
        out.push_str(end);
        Some(stop + end.len())
    });
}

/// A paragraph around an item, if on one line.
fn unwrap_items(text: &mut String) {
    at_each(text, "<p>", |text, at, out| {
        let rest = text.get(at..)?.strip_prefix("<p>")?;
        let item = rest.strip_prefix("<li")?;
        let line = slice(item, 0, memchr::memchr(b'\n', item.as_bytes()).unwrap_or(item.len()));
        let first = line.chars().next()?.len_utf8();
        let length = line.get(first..)?.find("</p>")? + first;
        let start = at + 3;
        let end = start + 3 + length;
        out.push_str(slice(text, start, end));
        Some(end + 4)
    });
}

/// A paragraph around a quotation goes into it.
fn move_into_quotations(text: &mut String) {
    let mut ends = Ends::new();
    at_each_tag(text, |text, at, out| {
        let word = text.get(at..at + 14)?;
        if !word.eq_ignore_ascii_case("<p><blockquote") {
            return None;
        }
        let end = ends.after(text, at + 14)?;
        out.push_str("<blockquote");
        out.push_str(slice(text, at + 14, end));
        out.push_str("<p>");
        Some(end)
    });
}

/// A paragraph around a block's tag alone goes (`lone`), and else its start before such a tag (`start`).
fn drop_before_blocks(text: &mut String, lone: bool, start: bool) {
    let mut ends = Ends::new();
    at_each(text, "<p>", |text, at, out| {
        text.get(at..)?.strip_prefix("<p>")?;
        let tag = skip_space(text, at + 3);
        let end = block_tag(text, tag, &mut ends)?;
        let close = skip_space(text, end);
        let is_lone = lone && text.get(close..)?.starts_with("</p>");
        if !is_lone && !start {
            return None;
        }
        out.push_str(slice(text, tag, end));
        Some(if is_lone { close + 4 } else { end })
    });
}

/// Takes out every `word` that follows a block's tag, with the white space between.
pub(super) fn drop_behind_blocks(text: &mut String, word: &str) {
    let mut out = String::new();
    let mut done = 0;
    for at in places_of(text, word) {
        if at < done {
            continue;
        }
        let end = space_before(text, done, at);
        if ends_in_block(slice(text, done, end)) {
            if done == 0 {
                out.reserve(text.len());
            }
            out.push_str(slice(text, done, end));
            done = at + word.len();
        }
    }
    if done > 0 {
        out.push_str(slice(text, done, text.len()));
        *text = out;
    }
}

/// Whether a text ends with a block's tag: from a `<` on with no `>` between.
pub(super) fn ends_in_block(text: &str) -> bool {
    if text.ends_with("</p>") {
        return true;
    }
    let Some(inside) = text.strip_suffix('>') else {
        return false;
    };
    let tag = inside.get(memchr::memrchr(b'>', inside.as_bytes()).map_or(0, |before| before + 1)..);
    let tag = tag.unwrap_or_default();
    memchr::memchr_iter(b'<', tag.as_bytes()).any(|start| {
        let name = tag.get(start + 1..).unwrap_or_default();
        block_name(name.strip_prefix('/').unwrap_or(name)).is_some()
    })
}
