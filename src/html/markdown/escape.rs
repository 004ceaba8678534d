//! What Markdown would misread in plain text, and how it is kept from doing so.
//!
//! An escape is written only where the character would be taken for markup. `<` and `&` are written as `&lt;` and `&amp;`
//! because that is understood by every dialect; the rest takes a backslash.

use super::Dialect;
use super::marks::{Mark, Role};
use super::paragraph::{Block, block_at};

/// Whether the text begins with a character reference (`&amp;`, `&#8212;`, `&#x2014;`).
pub(crate) fn begins_entity(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('&') else {
        return false;
    };
    let Some(end) = rest.bytes().take(34).position(|b| b == b';') else {
        return false;
    };
    let name = rest.get(..end).unwrap_or("");
    if let Some(number) = name.strip_prefix('#') {
        return match number.strip_prefix(['x', 'X']) {
            Some(digits) => (1..=6).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_hexdigit()),
            None => (1..=7).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit()),
        };
    }
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// What surrounds a piece of text that is about to be written.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Around {
    /// Inside the text of a link: no address is made a link there.
    pub(crate) in_link: bool,
    /// Square brackets do not pair up in this link's text.
    pub(crate) escape_brackets: bool,
    /// In a table's cell: `|` ends it.
    pub(crate) in_cell: bool,
    /// Markup follows at once.
    pub(crate) markup_follows: bool,
    /// The markup that follows begins with `[`.
    pub(crate) bracket_follows: bool,
    /// Line breaks cannot follow, so that a backslash at the end is harmless.
    pub(crate) last: bool,
    /// In a heading, which may end in attributes.
    pub(crate) in_heading: bool,
    /// Who will read it.
    pub(crate) dialect: Dialect,
}

/// Writes plain text. Runs of `*`, `_`, `~` and `` ` `` go out as they are and are noted in `marks`: whether they need an
/// escape is known only when the whole paragraph is.
pub(crate) fn write_text(out: &mut String, marks: &mut Vec<Mark>, text: &str, around: Around) {
    let bytes = text.as_bytes();
    let mut done = 0;
    let mut at = 0;
    let dialect = around.dialect;
    let urls = !around.in_link && dialect.links_bare_addresses() && may_hold_address(bytes);
    // Up to here, bytes are looked at one by one.
    let mut careful = if urls { usize::MAX } else { 0 };
    while let Some(&byte) = bytes.get(at) {
        if at >= careful
            && let Some(block) = block_at(bytes, at)
        {
            if !holds_special(block) {
                at += block.len();
                continue;
            }
            careful = at + block.len();
        }
        let may_begin_url = urls && matches!(byte, b':' | b'w' | b'W');
        if !(SPECIAL.get(usize::from(byte)).is_some_and(|special| *special) || may_begin_url) {
            at += 1;
            continue;
        }
        let rest = text.get(at..).unwrap_or("");
        let next = bytes.get(at + 1).copied();
        let replacement = match byte {
            b'*' | b'_' | b'~' | b'`' => {
                let length = rest.bytes().take_while(|b| *b == byte).count();
                out.push_str(text.get(done..at).unwrap_or(""));
                marks.push(Mark {
                    at: out.len(),
                    length,
                    byte,
                    role: Role::Text,
                });
                done = at;
                at += length;
                continue;
            }
            b'\\' => match next {
                Some(b) if b.is_ascii_punctuation() => "\\\\",
                None if !around.last => "\\\\",
                _ => "\\",
            },
            b'<' => match next {
                _ if is_referred_to(rest, dialect) => "&lt;",
                None if around.markup_follows => "&lt;",
                _ => "<",
            },
            b'&' if begins_entity(rest) => "&amp;",
            // `[^` begins a footnote's mark, where GFM knows no escapes.
            b'[' if around.escape_brackets || next == Some(b'^') => "\\[",
            b']' if around.escape_brackets || matches!(next, Some(b'(')) => "\\]",
            b'!' if next.is_none() && around.bracket_follows => "\\!",
            b'|' if around.in_cell || dialect.bars_make_tables() => "\\|",
            b'{' if dialect.begins_template(rest) => "&#123;",
            b'{' if begins_attributes(rest, at, around) => "\\{",
            // kramdown's mathematics.
            b'$' if dialect == Dialect::Jekyll && at.checked_sub(1).and_then(|at| bytes.get(at)) == Some(&b'$') => {
                "\\$"
            }
            b'>' if dialect.quotes_with_angles() && next == Some(b'>') => "\\>",
            b':' | b'w' | b'W' => {
                if let Some((start, end)) = address_around(text, done, at, out.chars().next_back()) {
                    let chunk_end = chunk_end(text, at);
                    let chunk = text.get(start..chunk_end).unwrap_or("");
                    let touches = (chunk_end == bytes.len() && around.markup_follows)
                        || text.get(chunk_end..).is_some_and(|rest| is_referred_to(rest, dialect))
                        || (chunk_end + 1 == bytes.len() && around.markup_follows)
                        // Readers differ in whether the white space of other scripts ends an address.
                        || chunk.contains(char::is_whitespace);
                    // GFM makes a link of "www." and a host: with a path it reads as written, alone it would be added to.
                    let bare_host = byte != b':' && !text.get(start..end).unwrap_or("").contains(['/', '?', '#']);
                    if touches || bare_host || chunk.bytes().zip(1..).any(|(b, n)| needs_care(chunk, b, n - 1)) {
                        let address = text.get(start..end).unwrap_or("");
                        let decodes = address
                            .match_indices('&')
                            .any(|(at, _)| begins_entity(address.get(at..).unwrap_or("")));
                        if byte == b':' && decodes {
                            // Readers differ in whether `<…>` knows character references: no link, then.
                            out.push_str(text.get(done..at).unwrap_or(""));
                            out.push_str("\\:");
                            at += 1;
                            done = at;
                            continue;
                        }
                        out.push_str(text.get(done..start).unwrap_or(""));
                        if byte == b':' {
                            let slashes = out.len() - out.trim_end_matches('\\').len();
                            if slashes % 2 == 1 {
                                out.push('\\');
                            }
                            out.push('<');
                            write_verbatim(out, address, around.in_cell);
                            out.push('>');
                            at = end;
                        } else {
                            // "www." is made a link by GFM alone, and not where the dot is escaped.
                            out.push_str(text.get(start..at + 3).unwrap_or(""));
                            out.push_str("\\.");
                            at += 4;
                        }
                        done = at;
                    } else {
                        // Readers that know GFM take the whole chunk for an address.
                        at = end.max(at + 1);
                    }
                    continue;
                }
                at += 1;
                continue;
            }
            _ => {
                at += 1;
                continue;
            }
        };
        if replacement.len() > 1 {
            out.push_str(text.get(done..at).unwrap_or(""));
            out.push_str(replacement);
            done = at + 1;
        }
        at += 1;
    }
    out.push_str(text.get(done..).unwrap_or(""));
}

/// Whether what begins here is a `<` that is written as a reference: it would be taken for a tag, or two of them for a
/// quotation mark.
fn is_referred_to(rest: &str, dialect: Dialect) -> bool {
    rest.starts_with('<') && (begins_tag(rest) || rest.starts_with("<<") && dialect.quotes_with_angles())
}

/// Whether a `<` begins what is read as a tag, or as an address of mail (`<5a@b.example>`).
fn begins_tag(rest: &str) -> bool {
    match rest.as_bytes().get(1) {
        Some(b) if b.is_ascii_alphabetic() || matches!(b, b'/' | b'!' | b'?') => true,
        Some(b) if b.is_ascii_digit() => {
            let word = rest.split_ascii_whitespace().next().unwrap_or("");
            word.contains('@') && word.contains('>')
        }
        _ => false,
    }
}

/// Text inside `<…>`: only what would be decoded is kept from it.
fn write_verbatim(out: &mut String, text: &str, in_cell: bool) {
    for (at, c) in text.char_indices() {
        match c {
            '&' if begins_entity(text.get(at..).unwrap_or("")) => out.push_str("&amp;"),
            '|' if in_cell => out.push_str("%7C"),
            c => out.push(c),
        }
    }
}

/// [`is_special`] of every byte.
#[expect(
    clippy::indexing_slicing,
    reason = "done by the compiler, which says so where it fails"
)]
const SPECIAL: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = is_special(byte as u8);
        byte += 1;
    }
    table
};

/// Whether a block may hold one of them. Looks at each byte without a branch, which compilers make a handful of
/// instructions of; so it takes `}`, `^` and a few others for special, too.
fn holds_special(block: &Block) -> bool {
    let mut special = 0;
    for byte in block {
        // `[ \ ] ^ _ { | } ~`, `@` and a backtick, `*`, `!`, `<` and `>`, `$` and `&`.
        let lower = byte | 0x20;
        let own = (0x7b..=0x7f).contains(&lower) | (lower == b'`') | (*byte == b'*') | (*byte == b'!');
        special |= u8::from(own | (byte | 2 == b'>') | (byte | 2 == b'&'));
    }
    special != 0
}

const fn is_special(byte: u8) -> bool {
    matches!(
        byte,
        b'*' | b'_' | b'~' | b'`' | b'\\' | b'<' | b'>' | b'&' | b'[' | b']' | b'!' | b'|' | b'{' | b'$'
    )
}

/// Whether a `{` at `at` could begin attributes (kramdown, Python-Markdown, headings elsewhere).
fn begins_attributes(rest: &str, at: usize, around: Around) -> bool {
    match around.dialect {
        Dialect::Jekyll if rest.starts_with("{:") => true,
        Dialect::Pelican if at == 0 || around.in_cell => rest.contains('}'),
        dialect => around.in_heading && dialect.headings_have_attributes() && rest.contains('}'),
    }
}

fn may_hold_address(bytes: &[u8]) -> bool {
    memchr::memchr3_iter(b':', b'w', b'W', bytes).any(|at| {
        let rest = bytes.get(at..).unwrap_or_default();
        match rest.first() {
            Some(b':') => rest.starts_with(b"://"),
            _ => rest.get(..4).is_some_and(|word| word.eq_ignore_ascii_case(b"www.")),
        }
    })
}

/// Whether a character of a bare address could be taken for markup, or would have to be escaped.
fn needs_care(chunk: &str, byte: u8, at: usize) -> bool {
    match byte {
        b'*' | b'`' | b'~' | b'\\' | b'[' | b']' | b'|' | b'<' => true,
        b'&' => begins_entity(chunk.get(at..).unwrap_or("")),
        b'_' => {
            let near = |n: Option<usize>| {
                n.and_then(|n| chunk.as_bytes().get(n))
                    .is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_')
            };
            !(near(at.checked_sub(1)) && near(Some(at + 1)))
        }
        _ => false,
    }
}

fn chunk_end(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or("");
    at + rest
        .find(|c: char| c.is_ascii_whitespace() || c == '<')
        .unwrap_or(rest.len())
}

/// The bare address whose `:` (or whose first `w`) is at `at`: where it starts and ends. Nothing before `from`
/// belongs to it; `prior` is the character written last before that.
fn address_around(text: &str, from: usize, at: usize, prior: Option<char>) -> Option<(usize, usize)> {
    let rest = text.get(at..)?;
    let before = text.get(from..at)?;
    let start = if rest.starts_with("://") {
        let length = ["https", "http", "ftp"].iter().find_map(|scheme| {
            let tail = before.len().checked_sub(scheme.len())?;
            before.get(tail..)?.eq_ignore_ascii_case(scheme).then_some(scheme.len())
        })?;
        let prior = before
            .get(..before.len() - length)
            .and_then(|text| text.chars().next_back())
            .or(prior);
        if prior.is_some_and(|c| c.is_ascii_alphabetic()) {
            return None;
        }
        at - length
    } else {
        let word = rest.get(..4)?;
        if !word.eq_ignore_ascii_case("www.")
            || !before
                .chars()
                .next_back()
                .or(prior)
                .is_none_or(|c| c.is_whitespace() || matches!(c, '*' | '_' | '~' | '(' | '['))
        {
            return None;
        }
        at
    };
    let end = chunk_end(text, at);
    let address = text.get(start..end)?;
    let address = address
        .split(|c: char| c == '>' || c == '`' || c.is_whitespace())
        .next()
        .unwrap_or("");
    let kept = address.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '\'', '"']);
    (kept.len() > at - start + 3).then_some((start, start + kept.len()))
}

/// Writes a picture's description: brackets, and everything else that Markdown would take for markup, are escaped.
pub(crate) fn write_alt(out: &mut String, alt: &str, in_cell: bool) {
    let balanced = brackets_balance(alt);
    let mut space = false;
    let mut before = None;
    for (at, c) in alt.char_indices() {
        if matches!(c, '\n' | '\r' | '\t') || c.is_control() || c == ' ' && before.is_none() {
            space = true;
            continue;
        }
        if std::mem::take(&mut space) && before.is_some() {
            out.push(' ');
        }
        let next = alt.get(at + c.len_utf8()..).and_then(|rest| rest.chars().next());
        match c {
            '[' | ']' if !balanced => out.push('\\'),
            ']' if next == Some('(') => out.push('\\'),
            '!' if matches!(next, Some('[') | None) => out.push('\\'),
            '*' | '`' | '~' => out.push('\\'),
            '_' if !(before.is_some_and(char::is_alphanumeric) && next.is_some_and(char::is_alphanumeric)) => {
                out.push('\\');
            }
            '\\' if next.is_none_or(|c| c.is_ascii_punctuation()) => out.push('\\'),
            '|' if in_cell => out.push('\\'),
            '<' => {
                out.push_str("&lt;");
                before = Some(c);
                continue;
            }
            '&' if begins_entity(alt.get(at..).unwrap_or("")) => {
                out.push_str("&amp;");
                before = Some(c);
                continue;
            }
            _ => {}
        }
        out.push(c);
        before = Some(c);
    }
}

/// Writes a title after a destination, with the space before it. Nothing where it is empty.
pub(crate) fn write_title(out: &mut String, title: &str, in_cell: bool) {
    let words: Vec<&str> = title
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|w| !w.is_empty())
        .collect();
    if words.is_empty() {
        return;
    }
    let title = words.join(" ");
    let quote = if title.contains('"') && !title.contains('\'') {
        '\''
    } else {
        '"'
    };
    out.push(' ');
    out.push(quote);
    for (at, c) in title.char_indices() {
        let rest = title.get(at..).unwrap_or("");
        match c {
            '\\' if rest.as_bytes().get(1).is_none_or(u8::is_ascii_punctuation) => out.push_str("\\\\"),
            '&' if begins_entity(rest) => out.push_str("&amp;"),
            '|' if in_cell => out.push_str("\\|"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out.push(quote);
}

/// Whether square brackets pair up.
pub(crate) fn brackets_balance(text: &str) -> bool {
    let mut open = 0_usize;
    for byte in text.bytes() {
        match byte {
            b'[' => open += 1,
            b']' if open == 0 => return false,
            b']' => open -= 1,
            _ => {}
        }
    }
    open == 0
}

/// Whether a paragraph begins as the definition of a link's address does (`[label]: …`): readers would show nothing of it.
pub(crate) fn begins_definition(paragraph: &str) -> bool {
    let Some(label) = paragraph.strip_prefix('[') else {
        return false;
    };
    let mut escaped = false;
    for (at, byte) in label.bytes().enumerate().take(4000) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'[' => return false,
            b']' => return label.as_bytes().get(at + 1) == Some(&b':'),
            _ => {}
        }
    }
    false
}

/// Where a line of a paragraph would be taken for the start of another block: the byte (counted from the line's start)
/// that has to be escaped. `first` is true for the paragraph's first line.
pub(crate) fn block_marker(line: &str, first: bool, dialect: Dialect) -> Option<usize> {
    let bytes = line.as_bytes();
    let old = dialect.pairs_simply();
    let ends_word = |at: usize| bytes.get(at).is_none_or(|b| matches!(b, b' ' | b'\t'));
    match *bytes.first()? {
        b'#' => {
            let level = bytes.iter().take_while(|b| **b == b'#').count();
            (level <= 6 && ends_word(level) || dialect == Dialect::Pelican).then_some(0)
        }
        b'>' => Some(0),
        b'+' | b'*' if ends_word(1) => Some(0),
        // The definition of an abbreviation.
        b'*' if old && bytes.get(1) == Some(&b'[') => Some(0),
        b'{' if dialect == Dialect::Pelican => Some(0),
        b'^' if dialect == Dialect::Jekyll && bytes.len() == 1 => Some(0),
        b'-' if ends_word(1) => Some(0),
        byte @ (b'-' | b'=' | b'_' | b'*')
            if bytes.iter().all(|b| *b == byte || *b == b' ') && (!first || byte != b'=') =>
        {
            let enough = if first || byte != b'=' {
                bytes.len() >= if byte == b'-' && !first { 1 } else { 3 }
            } else {
                true
            };
            enough.then_some(0)
        }
        byte @ (b'`' | b'~') if bytes.iter().take_while(|b| **b == byte).count() >= 3 => Some(0),
        b'|' | b'-' | b':'
            if bytes.iter().all(|b| matches!(b, b'|' | b'-' | b':' | b' ')) && bytes.contains(&b'-') && !first =>
        {
            Some(0)
        }
        b':' if ends_word(1) => Some(0),
        b'0'..=b'9' => {
            let digits = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
            let marks = matches!(bytes.get(digits), Some(b'.')) || !old && matches!(bytes.get(digits), Some(b')'));
            (digits <= 9 && marks && ends_word(digits + 1)).then_some(digits)
        }
        _ => None,
    }
}
