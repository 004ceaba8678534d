//! The tokens of a fragment, as the HTML standard cuts it.
//!
//! html5ever's own tokenizer takes its input in pieces, a character at a time, and is more than half of the time that a
//! fragment takes. A fragment is here whole, so this one looks for the next `<`, `"` or `>` and hands over what lies
//! between, borrowed. The tree that comes of it is the same: a test compares the two. What is too rare to be worth the rules
//! (NUL characters, CDATA, scripts in comments in scripts) is left to the other.

use std::borrow::Cow;

use html5ever::interface::TreeSink;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult};
use html5ever::tree_builder::TreeBuilder;
use html5ever::{LocalName, QualName, data, ns};

/// A start tag as it is written.
#[derive(Debug)]
pub(crate) struct StartTag<'h, 'a> {
    /// Its name, in whatever case.
    pub(crate) name: &'h str,
    /// Its attributes, each name once.
    pub(crate) attributes: &'a [RawAttribute<'h>],
    /// It ends in `/>`.
    pub(crate) self_closing: bool,
    /// An attribute was there twice.
    pub(crate) has_duplicates: bool,
}

/// An attribute as it is written: its name in whatever case, its value with the character references in it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RawAttribute<'h> {
    pub(crate) name: &'h str,
    pub(crate) value: &'h str,
}

/// What the content of an element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    /// Tags and text.
    Markup,
    /// Text with character references.
    Text,
    /// Text without.
    Verbatim,
    /// A script.
    Script,
    /// Text to the very end.
    Plain,
}

/// Who takes the tokens. Every answer of `None` says that no more are wanted.
pub(crate) trait Receiver<'h> {
    /// Text; where `references`, character references in it are still to be replaced (see [`decoded`]).
    fn text(&mut self, text: &'h str, references: bool) -> Option<()>;
    /// A comment, without its delimiters.
    fn comment(&mut self, text: &'h str) -> Option<()>;
    /// A document type declaration, whole.
    fn doctype(&mut self, declaration: &'h str) -> Option<()>;
    /// A start tag. Says what the content of the element is.
    fn start(&mut self, tag: &StartTag<'h, '_>) -> Option<Content>;
    /// An end tag, by its name in whatever case.
    fn end(&mut self, name: &'h str) -> Option<()>;
}

/// Whether [`read`] has rules for everything in it.
pub(crate) fn is_known(html: &str) -> bool {
    memchr::memchr2(0, b'\r', html.as_bytes()).is_none() && u32::try_from(html.len()).is_ok()
}

/// Reads a fragment that [`is_known`], to its end. `None`: no more was wanted, or it holds something that is left to
/// html5ever's tokenizer.
pub(crate) fn read<'h>(html: &'h str, receiver: &mut impl Receiver<'h>) -> Option<()> {
    Reader {
        html,
        receiver,
        attributes: Vec::new(),
    }
    .run()
}

struct Reader<'h, 'r, R> {
    html: &'h str,
    receiver: &'r mut R,
    /// Those of the tag that is being read.
    attributes: Vec<RawAttribute<'h>>,
}

/// A tag up to its `>`.
struct Cut<'h> {
    name: &'h str,
    self_closing: bool,
    has_duplicates: bool,
    end: usize,
}

impl<'h, R: Receiver<'h>> Reader<'h, '_, R> {
    fn run(&mut self) -> Option<()> {
        let bytes = self.html.as_bytes();
        let mut at = 0;
        let mut content = Content::Markup;
        let mut element = "";
        while at < bytes.len() {
            match content {
                Content::Markup => {}
                Content::Plain => return self.text(at, bytes.len(), false),
                _ => {
                    let end = self.end_of(element, at);
                    if content == Content::Script && may_hide_its_end(self.html.get(at..end)?) {
                        return None;
                    }
                    self.text(at, end, content == Content::Text)?;
                    at = end;
                    content = Content::Markup;
                    continue;
                }
            }
            // Text up to the next thing that is markup.
            let mut from = at;
            let markup = loop {
                match memchr::memchr(b'<', bytes.get(from..)?) {
                    None => break bytes.len(),
                    Some(found) => {
                        let place = from + found;
                        match bytes.get(place + 1) {
                            Some(b'a'..=b'z' | b'A'..=b'Z' | b'!' | b'?') => break place,
                            Some(b'/') if bytes.get(place + 2).is_some() => break place,
                            _ => from = place + 1,
                        }
                    }
                }
            };
            self.text(at, markup, true)?;
            at = markup;
            let Some(&kind) = bytes.get(at + 1) else { break };
            match (kind, bytes.get(at + 2).copied()) {
                (b'/', Some(b'a'..=b'z' | b'A'..=b'Z')) => {
                    // What the fragment ends in the middle of is no tag.
                    let Some(tag) = self.tag(at + 2, false) else {
                        return Some(());
                    };
                    self.receiver.end(tag.name)?;
                    at = tag.end;
                }
                (b'/', Some(b'>')) => at += 3,
                (b'/' | b'!' | b'?', _) => at = self.comment(at)?,
                _ => {
                    let Some(tag) = self.tag(at + 1, true) else {
                        return Some(());
                    };
                    content = self.receiver.start(&StartTag {
                        name: tag.name,
                        attributes: &self.attributes,
                        self_closing: tag.self_closing,
                        has_duplicates: tag.has_duplicates,
                    })?;
                    element = tag.name;
                    at = tag.end;
                }
            }
        }
        Some(())
    }

    fn text(&mut self, from: usize, to: usize, references: bool) -> Option<()> {
        match self.html.get(from..to) {
            None | Some("") => Some(()),
            Some(text) => self.receiver.text(text, references),
        }
    }

    /// Where the end tag of an element of text is, or the end.
    fn end_of(&self, element: &str, mut from: usize) -> usize {
        let bytes = self.html.as_bytes();
        while let Some(found) = bytes.get(from..).and_then(|rest| memchr::memchr(b'<', rest)) {
            let at = from + found;
            let after = at + 2 + element.len();
            let ends = bytes.get(at + 1) == Some(&b'/')
                && bytes
                    .get(at + 2..after)
                    .is_some_and(|name| name.eq_ignore_ascii_case(element.as_bytes()))
                && bytes
                    .get(after)
                    .is_some_and(|b| is_space(*b) || matches!(b, b'/' | b'>'));
            if ends {
                return at;
            }
            from = at + 1;
        }
        bytes.len()
    }

    /// A comment, a declaration or what is taken for one, beginning at `at`. Gives where it ends.
    fn comment(&mut self, at: usize) -> Option<usize> {
        let rest = self.html.get(at..)?;
        let (text, end) = if let Some(body) = rest.strip_prefix("<!--") {
            let start = at + 4;
            if body.starts_with('>') {
                ("", start + 1)
            } else if body.starts_with("->") {
                ("", start + 2)
            } else {
                let mut from = 0;
                loop {
                    match body.get(from..).and_then(|rest| memchr::memchr(b'>', rest.as_bytes())) {
                        None => {
                            let body = ["--!", "--", "-"]
                                .iter()
                                .find_map(|end| body.strip_suffix(end))
                                .unwrap_or(body);
                            break (body, self.html.len());
                        }
                        Some(found) => {
                            let close = from + found;
                            let before = body.get(..close)?;
                            if let Some(text) = before.strip_suffix("--").or_else(|| before.strip_suffix("--!")) {
                                break (text, start + close + 1);
                            }
                            from = close + 1;
                        }
                    }
                }
            }
        } else {
            let body = rest.get(2..)?;
            let declaration = rest.starts_with("<!");
            if declaration && body.starts_with("[CDATA[") {
                return None;
            }
            let close = memchr::memchr(b'>', body.as_bytes());
            let end = close.map_or(self.html.len(), |close| at + 2 + close + 1);
            if declaration && body.get(..7).is_some_and(|word| word.eq_ignore_ascii_case("doctype")) {
                // Of no meaning in a fragment; in a page it decides how old its tables are.
                self.receiver.doctype(self.html.get(at..end)?)?;
                return Some(end);
            }
            // `<?` is part of the comment it is taken for.
            let body = if rest.starts_with("<?") { rest.get(1..)? } else { body };
            (
                close.map_or(body, |close| {
                    body.get(..close + usize::from(rest.starts_with("<?"))).unwrap_or("")
                }),
                end,
            )
        };
        self.receiver.comment(text)?;
        Some(end)
    }

    /// The tag whose name begins at `start`; nothing where the fragment ends first. Its attributes are in
    /// `self.attributes`, those of an end tag are passed over.
    fn tag(&mut self, start: usize, is_start: bool) -> Option<Cut<'h>> {
        let html = self.html;
        let bytes = html.as_bytes();
        let mut at = start;
        while !is_space(*bytes.get(at)?) && !matches!(bytes.get(at)?, b'/' | b'>') {
            at += 1;
        }
        let mut tag = Cut {
            name: html.get(start..at)?,
            self_closing: false,
            has_duplicates: false,
            end: at,
        };
        self.attributes.clear();
        loop {
            match *bytes.get(at)? {
                byte if is_space(byte) => at += 1,
                b'>' => break,
                b'/' => {
                    at += 1;
                    if *bytes.get(at)? == b'>' {
                        tag.self_closing = true;
                        break;
                    }
                }
                _ => {
                    let (attribute, end) = attribute(html, at)?;
                    at = end;
                    if !is_start {
                        continue;
                    }
                    let is_known = |other: &RawAttribute<'_>| other.name.eq_ignore_ascii_case(attribute.name);
                    if self.attributes.iter().any(is_known) {
                        tag.has_duplicates = true;
                    } else {
                        self.attributes.push(attribute);
                    }
                }
            }
        }
        tag.end = at + 1;
        Some(tag)
    }
}

/// The attribute that begins at `start`, and where it ends.
fn attribute(html: &str, start: usize) -> Option<(RawAttribute<'_>, usize)> {
    let bytes = html.as_bytes();
    let mut at = start + 1;
    while !is_space(*bytes.get(at)?) && !matches!(bytes.get(at)?, b'/' | b'>' | b'=') {
        at += 1;
    }
    let name = html.get(start..at)?;
    while is_space(*bytes.get(at)?) {
        at += 1;
    }
    let mut value = at..at;
    if *bytes.get(at)? == b'=' {
        at += 1;
        while is_space(*bytes.get(at)?) {
            at += 1;
        }
        match *bytes.get(at)? {
            quote @ (b'"' | b'\'') => {
                let length = memchr::memchr(quote, bytes.get(at + 1..)?)?;
                value = at + 1..at + 1 + length;
                at = value.end + 1;
            }
            b'>' => value = at..at,
            _ => {
                let begin = at;
                while !is_space(*bytes.get(at)?) && *bytes.get(at)? != b'>' {
                    at += 1;
                }
                value = begin..at;
            }
        }
    }
    let value = html.get(value)?;
    Some((RawAttribute { name, value }, at))
}

/// Feeds a fragment or a page that [`is_known`] to html5ever's tree builder, until `stop` says that it is enough. `false`:
/// it was stopped, or holds something that is left to html5ever's tokenizer, and the builder is of no use any more.
pub(crate) fn feed<S: TreeSink>(html: &str, builder: &TreeBuilder<S::Handle, S>, stop: impl Fn() -> bool) -> bool {
    let mut feeder = Feeder {
        html,
        all: StrTendril::from_slice(html),
        builder,
        stop,
    };
    if read(html, &mut feeder).is_none() {
        return false;
    }
    let _ = builder.process_token(Token::EOFToken, 1);
    builder.end();
    true
}

struct Feeder<'h, 'b, S: TreeSink, F> {
    html: &'h str,
    all: StrTendril,
    builder: &'b TreeBuilder<S::Handle, S>,
    stop: F,
}

impl<S: TreeSink, F> Feeder<'_, '_, S, F> {
    /// Text of the input, sharing its memory where nothing in it had to be replaced.
    fn piece(&self, text: &str, references: bool, in_attribute: bool) -> StrTendril {
        if references && let Cow::Owned(own) = decoded(text, in_attribute) {
            return StrTendril::from(own);
        }
        let from = (text.as_ptr() as usize).saturating_sub(self.html.as_ptr() as usize);
        match (u32::try_from(from), u32::try_from(text.len())) {
            (Ok(start), Ok(length)) => self
                .all
                .try_subtendril(start, length)
                .unwrap_or_else(|_| StrTendril::from_slice(text)),
            _ => StrTendril::from_slice(text),
        }
    }

    fn give(&self, token: Token) -> TokenSinkResult<S::Handle> {
        self.builder.process_token(token, 1)
    }
}

impl<'h, S: TreeSink, F: Fn() -> bool> Receiver<'h> for Feeder<'h, '_, S, F> {
    fn text(&mut self, text: &'h str, references: bool) -> Option<()> {
        let _ = self.give(Token::CharacterTokens(self.piece(text, references, false)));
        Some(())
    }

    fn comment(&mut self, text: &'h str) -> Option<()> {
        let _ = self.give(Token::CommentToken(StrTendril::from_slice(text)));
        Some(())
    }

    fn doctype(&mut self, declaration: &'h str) -> Option<()> {
        // Of no meaning in a fragment; in a page it decides how old its tables are.
        if let Some(doctype) = super::page::doctype(declaration) {
            let _ = self.give(Token::DoctypeToken(doctype));
        }
        Some(())
    }

    fn start(&mut self, tag: &StartTag<'h, '_>) -> Option<Content> {
        let attribute = |one: &RawAttribute<'h>| html5ever::Attribute {
            name: QualName::new(None, ns!(), local_name(one.name)),
            value: self.piece(one.value, true, true),
        };
        let token = Tag {
            kind: TagKind::StartTag,
            name: local_name(tag.name),
            self_closing: tag.self_closing,
            attrs: tag.attributes.iter().map(attribute).collect(),
            had_duplicate_attributes: tag.has_duplicates,
        };
        let content = match self.give(Token::TagToken(token)) {
            TokenSinkResult::RawData(RawKind::Rcdata) => Content::Text,
            TokenSinkResult::RawData(RawKind::Rawtext) => Content::Verbatim,
            TokenSinkResult::RawData(_) => Content::Script,
            TokenSinkResult::Plaintext => Content::Plain,
            _ => Content::Markup,
        };
        (!(self.stop)()).then_some(content)
    }

    fn end(&mut self, name: &'h str) -> Option<()> {
        let _ = self.give(Token::TagToken(Tag {
            kind: TagKind::EndTag,
            name: local_name(name),
            self_closing: false,
            attrs: Vec::new(),
            had_duplicate_attributes: false,
        }));
        Some(())
    }
}

/// Whether a script's end tag may be none: in a comment inside a script that opens a script of its own.
fn may_hide_its_end(script: &str) -> bool {
    memchr::memmem::find(script.as_bytes(), b"<!--").is_some_and(|at| {
        let rest = script.as_bytes().get(at..).unwrap_or_default();
        memchr::memchr_iter(b'<', rest).any(|at| {
            rest.get(at + 1..at + 7)
                .is_some_and(|name| name.eq_ignore_ascii_case(b"script"))
        })
    })
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\t' | 0x0c | b'\r')
}

fn local_name(name: &str) -> LocalName {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        LocalName::from(name.to_ascii_lowercase())
    } else {
        LocalName::from(name)
    }
}

/// Text with its character references replaced; in an attribute's value fewer are read without their semicolon.
pub(crate) fn decoded(text: &str, in_attribute: bool) -> Cow<'_, str> {
    if memchr::memchr(b'&', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    let mut from = 0;
    while let Some(found) = text.as_bytes().get(from..).and_then(|rest| memchr::memchr(b'&', rest)) {
        let at = from + found;
        from = at + 1;
        let rest = text.get(from..).unwrap_or("");
        let before = out.len();
        out.push_str(text.get(done..at).unwrap_or(""));
        let length = match rest.as_bytes().first() {
            Some(b'#') => numeric(rest, &mut out),
            Some(byte) if byte.is_ascii_alphanumeric() => named(rest, in_attribute, &mut out),
            _ => None,
        };
        match length {
            Some(length) => {
                from += length;
                done = from;
            }
            None => out.truncate(before),
        }
    }
    out.push_str(text.get(done..).unwrap_or(""));
    Cow::Owned(out)
}

/// `#8212;` or `#x2014;`: writes the character, gives the length.
fn numeric(rest: &str, out: &mut String) -> Option<usize> {
    let digits = rest.get(1..)?;
    let (digits, radix, prefix) = match digits.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16, 2),
        None => (digits, 10, 1),
    };
    let mut number = 0_u32;
    let mut count = 0;
    for byte in digits.bytes() {
        let Some(digit) = char::from(byte).to_digit(radix) else {
            break;
        };
        number = number.saturating_mul(radix).saturating_add(digit).min(0x0011_0000);
        count += 1;
    }
    if count == 0 {
        return None;
    }
    let c = match number {
        0 => '\u{fffd}',
        0x80..=0x9f => data::C1_REPLACEMENTS
            .get(number as usize - 0x80)
            .copied()
            .flatten()
            .or_else(|| char::from_u32(number))
            .unwrap_or('\u{fffd}'),
        number => char::from_u32(number).unwrap_or('\u{fffd}'),
    };
    out.push(c);
    let semicolon = digits.as_bytes().get(count) == Some(&b';');
    Some(prefix + count + usize::from(semicolon))
}

/// `amp;`, or `amp` where that is read: writes the characters, gives the length.
fn named(rest: &str, in_attribute: bool, out: &mut String) -> Option<usize> {
    // Nearly all are of these; the table is asked once a letter.
    for (name, character) in [
        ("nbsp;", '\u{a0}'),
        ("amp;", '&'),
        ("quot;", '"'),
        ("lt;", '<'),
        ("gt;", '>'),
    ] {
        if rest.starts_with(name) {
            out.push(character);
            return Some(name.len());
        }
    }
    let mut found = None;
    for length in 1..=rest.len().min(34) {
        // The table knows the beginnings of names too, as 0.
        match rest.get(..length).and_then(|name| data::NAMED_ENTITIES.get(name)) {
            Some((0, _)) => {}
            Some(characters) => found = Some((length, *characters)),
            None => break,
        }
    }
    let (length, (first, second)) = found?;
    let ended = rest.as_bytes().get(length - 1) == Some(&b';');
    if in_attribute && !ended {
        let next = rest.as_bytes().get(length).copied();
        if next.is_some_and(|byte| byte == b'=' || byte.is_ascii_alphanumeric()) {
            return None;
        }
    }
    out.extend(char::from_u32(first));
    if second != 0 {
        out.extend(char::from_u32(second));
    }
    Some(length)
}
