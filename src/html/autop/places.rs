//! Finding tags and words in a text, and changing it there, each in one pass.

use memchr::{memchr, memmem};

/// Elements that are not put into a paragraph, by the first letter of their names. Where a name begins with another's,
/// the longer one is first.
pub(super) fn blocks(letter: u8) -> &'static [&'static str] {
    match letter {
        b'a' => &["area", "address", "article", "aside"],
        b'b' => &["blockquote"],
        b'c' => &["caption", "colgroup", "col"],
        b'd' => &["div", "dl", "dd", "dt", "details"],
        b'f' => &["form", "fieldset", "footer", "figure", "figcaption"],
        b'h' => &["h1", "h2", "h3", "h4", "h5", "h6", "hr", "hgroup", "header"],
        b'l' => &["li", "legend"],
        b'm' => &["map", "menu"],
        b'n' => &["nav"],
        b'o' => &["ol"],
        b'p' => &["pre", "p"],
        b's' => &["style", "section", "summary"],
        b't' => &["table", "thead", "tfoot", "tbody", "tr", "td", "th"],
        b'u' => &["ul"],
        _ => &[],
    }
}

/// The name of a block that a text begins with. Any name that begins like a block's counts (`param` as `p`).
pub(super) fn block_name(text: &str) -> Option<&'static str> {
    let names = blocks(*text.as_bytes().first()?);
    names.iter().copied().find(|name| text.starts_with(name))
}

/// Whether a block's tag begins anywhere in a text.
pub(super) fn has_block(text: &str) -> bool {
    memchr::memchr_iter(b'<', text.as_bytes()).any(|at| {
        let rest = text.get(at + 1..).unwrap_or_default();
        let name = rest.strip_prefix('/').unwrap_or(rest);
        // The one that has a rule for capitals too.
        let is_quotation = || {
            name.get(..10)
                .is_some_and(|name| name.eq_ignore_ascii_case("blockquote"))
        };
        block_name(name).is_some() || is_quotation()
    })
}

/// The name of a block that a text begins with, where something follows that `ends` the name.
pub(super) fn whole_block_name(text: &str, ends: impl Fn(u8) -> bool) -> Option<&'static str> {
    let names = blocks(*text.as_bytes().first()?);
    let is_whole = |name: &&str| text.starts_with(*name) && text.as_bytes().get(name.len()).copied().is_some_and(&ends);
    names.iter().copied().find(is_whole)
}

/// Texts up to this length are searched without preparation, which would take longer than the search: comments.
const SHORT: usize = 1024;

/// The places where a word stands in a text, one behind the other.
pub(super) struct Places<'t> {
    text: &'t [u8],
    word: &'t [u8],
    at: usize,
    prepared: Option<memmem::Finder<'t>>,
}

pub(super) fn places_of<'t>(text: &'t str, word: &'t str) -> Places<'t> {
    Places {
        text: text.as_bytes(),
        word: word.as_bytes(),
        at: 0,
        prepared: (text.len() > SHORT && word.len() > 1).then(|| memmem::Finder::new(word)),
    }
}

impl Iterator for Places<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        loop {
            let rest = self.text.get(self.at..)?;
            let found = match &self.prepared {
                Some(finder) => finder.find(rest),
                None => memchr(*self.word.first()?, rest),
            };
            let at = self.at + found?;
            if self.prepared.is_some() || self.text.get(at..)?.starts_with(self.word) {
                self.at = at + self.word.len();
                return Some(at);
            }
            self.at = at + 1;
        }
    }
}

/// Which of the tags that have rules of their own a text has. One that is not told is nowhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tags {
    pub(super) any: bool,
    /// What follows a `<` is not at once a `>`, but another `<`, a line's end or the text's.
    pub(super) open: bool,
    pub(super) br: bool,
    pub(super) comment: bool,
    pub(super) option: bool,
    pub(super) object_end: bool,
    pub(super) source_or_track: bool,
    pub(super) figcaption: bool,
    pub(super) p: bool,
    pub(super) pre: bool,
    pub(super) li: bool,
    /// A quotation's start or end.
    pub(super) quote: bool,
    /// The end of what cuts a paragraph short.
    pub(super) container_end: bool,
    /// One whose line breaks are none of the text: a script, a style, a drawing, a formula.
    pub(super) script: bool,
    /// The mark of such a line break, in the text itself.
    pub(super) mark: bool,
}

impl Tags {
    pub(super) fn of(text: &str) -> Tags {
        let bytes = text.as_bytes();
        let mut tags = Tags::default();
        let mut at = 0;
        while let Some(found) = bytes.get(at..).and_then(|rest| memchr(b'<', rest)) {
            at += found + 1;
            let rest = bytes.get(at..).unwrap_or_default();
            tags.any = true;
            tags.meet(rest);
            let next = memchr::memchr3(b'<', b'>', b'\n', rest).and_then(|next| rest.get(next));
            tags.open |= next != Some(&b'>');
        }
        // One line's end is as good as another.
        tags.open |= tags.any && memchr(b'\r', bytes).is_some();
        tags
    }

    /// Takes note of the tag whose `<` stands before this.
    fn meet(&mut self, rest: &[u8]) {
        let is = |word: &[u8]| rest.starts_with(word);
        let is_quotation = |name: &[u8]| {
            name.get(..10)
                .is_some_and(|name| name.eq_ignore_ascii_case(b"blockquote"))
        };
        match rest.first() {
            Some(b'p') => {
                self.p |= is(b"p>");
                self.pre |= is(b"pre");
            }
            Some(b'b' | b'B') => {
                self.br |= is(b"br");
                self.quote |= is_quotation(rest);
            }
            Some(b'!') => self.comment = true,
            Some(b'o') => self.option |= is(b"option"),
            Some(b'/') => {
                self.p |= is(b"/p>");
                self.object_end |= is(b"/object>");
                self.quote |= is(b"/blockquote");
                self.container_end |= is(b"/div>") || is(b"/address>") || is(b"/form>");
            }
            Some(b's') => {
                self.source_or_track |= is(b"source");
                self.script |= is(b"script") || is(b"style") || is(b"svg");
            }
            Some(b't') => self.source_or_track |= is(b"track"),
            Some(b'f') => self.figcaption |= is(b"figcaption"),
            Some(b'l') => self.li |= is(b"li"),
            Some(b'm') => self.script |= is(b"math"),
            Some(b'W') => self.mark |= is(b"WPPreserveNewline"),
            _ => {}
        }
    }
}

/// Replaces a piece of text wherever it stands. Most pieces stand nowhere, and then nothing is copied.
pub(super) fn replace(text: &mut String, from: &str, to: &str) {
    let mut out = String::new();
    let mut done = 0;
    for at in places_of(text, from) {
        if done == 0 {
            out.reserve(text.len() + text.len() / 8);
        }
        out.push_str(slice(text, done, at));
        out.push_str(to);
        done = at + from.len();
    }
    if done > 0 {
        out.push_str(slice(text, done, text.len()));
        *text = out;
    }
}

/// What PHP's `trim` trims.
pub(super) fn is_trimmed(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\0' | '\x0b')
}

pub(super) fn is_space(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == 0x0b
}

pub(super) fn slice(text: &str, from: usize, to: usize) -> &str {
    text.get(from..to).unwrap_or("")
}

pub(super) fn skip_space(text: &str, mut at: usize) -> usize {
    while text.as_bytes().get(at).copied().is_some_and(is_space) {
        at += 1;
    }
    at
}

/// The last newline in a stretch of white space.
pub(super) fn last_newline(text: &str, from: usize, to: usize) -> Option<usize> {
    let last = slice(text, from, to).bytes().rposition(|byte| byte == b'\n')?;
    Some(from + last)
}

/// Where white space before `at` begins, not before `from`.
pub(super) fn space_before(text: &str, from: usize, mut at: usize) -> usize {
    while at > from && text.as_bytes().get(at - 1).copied().is_some_and(is_space) {
        at -= 1;
    }
    at
}

/// Finds the `>` that ends a tag. Remembers it, so that many `<` before one `>` cost no more than one.
pub(super) struct Ends {
    known: Option<usize>,
    none_left: bool,
}

impl Ends {
    pub(super) fn new() -> Ends {
        Ends {
            known: None,
            none_left: false,
        }
    }

    /// Just past the first `>` from `at` on.
    pub(super) fn after(&mut self, text: &str, at: usize) -> Option<usize> {
        if self.none_left {
            return None;
        }
        match self.known {
            Some(end) if end >= at => Some(end + 1),
            _ => {
                self.known = text
                    .as_bytes()
                    .get(at..)
                    .and_then(|rest| memchr::memchr(b'>', rest))
                    .map(|end| at + end);
                self.none_left = self.known.is_none();
                self.known.map(|end| end + 1)
            }
        }
    }
}

/// The end of a block element's tag at `at`.
pub(super) fn block_tag(text: &str, at: usize, ends: &mut Ends) -> Option<usize> {
    tag_like(text, at, ends, |rest| block_name(rest).is_some())
}

pub(super) fn tag_like(text: &str, at: usize, ends: &mut Ends, is_meant: impl Fn(&str) -> bool) -> Option<usize> {
    let rest = text.get(at..)?.strip_prefix('<')?;
    let rest = rest.strip_prefix('/').unwrap_or(rest);
    if is_meant(rest) {
        ends.after(text, text.len() - rest.len())
    } else {
        None
    }
}

/// Goes through the `<` of a text, see [`at_each`].
pub(super) fn at_each_tag(text: &mut String, act: impl FnMut(&str, usize, &mut String) -> Option<usize>) {
    at_each(text, "<", act);
}

/// Goes through the places where `word` stands in a text. `act` gets the text, the place and what it may write instead, and
/// says up to where it has taken the text over. Where it never does, nothing is copied.
pub(super) fn at_each(text: &mut String, word: &str, mut act: impl FnMut(&str, usize, &mut String) -> Option<usize>) {
    let mut out = String::new();
    let mut written = String::new();
    let mut done = 0;
    for at in places_of(text, word) {
        if at < done {
            continue;
        }
        if let Some(taken) = act(text, at, &mut written) {
            if done == 0 {
                out.reserve(text.len() + text.len() / 8);
            }
            out.push_str(slice(text, done, at));
            out.push_str(&written);
            done = taken;
        }
        written.clear();
    }
    if done > 0 {
        out.push_str(slice(text, done, text.len()));
        *text = out;
    }
}
