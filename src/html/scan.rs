//! The tags of a fragment as they are written, with their places: what is needed to change a fragment without parsing it
//! into a tree and writing it anew. Follows the tokenizer of the HTML standard.

use std::ops::Range;

/// A piece of markup, by its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// A start tag: the whole of it, its name, and whether it ends in `/>`.
    Start {
        whole: Range<usize>,
        name: Range<usize>,
        self_closing: bool,
    },
    /// An end tag.
    End { whole: Range<usize>, name: Range<usize> },
    /// A comment or a declaration, with its delimiters.
    Comment { whole: Range<usize> },
}

impl Piece {
    /// All its bytes.
    pub(crate) fn whole(&self) -> &Range<usize> {
        match self {
            Piece::Start { whole, .. } | Piece::End { whole, .. } | Piece::Comment { whole } => whole,
        }
    }
}

/// An attribute as written: its name and its value, without quotes (empty where it has none).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawAttribute {
    pub(crate) name: Range<usize>,
    pub(crate) value: Range<usize>,
    /// `"`, `'`, or nothing.
    pub(crate) quote: Option<u8>,
}

/// Goes through the markup of a fragment. What is between two pieces is text.
#[derive(Debug)]
pub(crate) struct Scanner<'h> {
    html: &'h str,
    at: usize,
    /// Inside an element whose content is text alone: its name.
    raw_text: Option<&'h str>,
}

/// Elements that have no content and no end tag.
pub(crate) fn is_void(name: &str) -> bool {
    const VOID: [&str; 18] = [
        "area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "img", "input", "keygen", "link",
        "meta", "param", "source", "track", "wbr",
    ];
    name.len() <= 8 && VOID.iter().any(|void| name.eq_ignore_ascii_case(void))
}

/// Elements whose content is text, whatever it looks like.
fn is_raw_text(name: &str) -> bool {
    const RAW: [&str; 10] = [
        "script",
        "style",
        "textarea",
        "title",
        "xmp",
        "iframe",
        "noembed",
        "noframes",
        "noscript",
        "plaintext",
    ];
    name.len() <= 9 && RAW.iter().any(|raw| name.eq_ignore_ascii_case(raw))
}

impl<'h> Scanner<'h> {
    /// Begins at the start of the fragment.
    pub(crate) fn new(html: &'h str) -> Scanner<'h> {
        Scanner {
            html,
            at: 0,
            raw_text: None,
        }
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.html.as_bytes().get(at).copied()
    }

    fn seek(&self, byte: u8, from: usize) -> Option<usize> {
        memchr::memchr(byte, self.html.as_bytes().get(from..)?).map(|at| from + at)
    }

    /// The comment or declaration that begins at `start` (where `<!`, `<?` or `</` stands).
    fn comment(&self, start: usize) -> usize {
        let length = self.html.len();
        let rest = self.html.get(start..).unwrap_or("");
        let Some(body) = rest.strip_prefix("<!--") else {
            return self.seek(b'>', start).map_or(length, |at| at + 1);
        };
        if body.starts_with('>') {
            return start + 5;
        }
        if body.starts_with("->") {
            return start + 6;
        }
        let mut from = start + 4;
        while let Some(at) = self.seek(b'>', from) {
            let before = self.html.get(start + 4..at).unwrap_or("");
            if before.ends_with("--") || before.ends_with("--!") {
                return at + 1;
            }
            from = at + 1;
        }
        length
    }

    /// The end of the tag whose name ends at `at`, and whether it closes itself; `None` where the fragment ends first.
    fn tag_end(&self, mut at: usize) -> Option<(usize, bool)> {
        loop {
            at = self.skip_space(at);
            match self.byte(at)? {
                b'>' => return Some((at + 1, self.byte(at.checked_sub(1)?) == Some(b'/'))),
                b'/' => at += 1,
                _ => at = self.attribute(at)?.1,
            }
        }
    }

    fn skip_space(&self, mut at: usize) -> usize {
        while self.byte(at).is_some_and(|b| b.is_ascii_whitespace()) {
            at += 1;
        }
        at
    }

    /// The attribute that begins at `at`, and where it ends.
    fn attribute(&self, at: usize) -> Option<(RawAttribute, usize)> {
        let mut end = at + 1;
        while !matches!(self.byte(end)?, b'=' | b'>' | b'/') && !self.byte(end)?.is_ascii_whitespace() {
            end += 1;
        }
        let name = at..end;
        let equals = self.skip_space(end);
        if self.byte(equals) != Some(b'=') {
            return Some((
                RawAttribute {
                    name,
                    value: end..end,
                    quote: None,
                },
                end,
            ));
        }
        let start = self.skip_space(equals + 1);
        match self.byte(start)? {
            quote @ (b'"' | b'\'') => {
                let close = self.seek(quote, start + 1)?;
                Some((
                    RawAttribute {
                        name,
                        value: start + 1..close,
                        quote: Some(quote),
                    },
                    close + 1,
                ))
            }
            b'>' => Some((
                RawAttribute {
                    name,
                    value: start..start,
                    quote: None,
                },
                start,
            )),
            _ => {
                let mut end = start;
                while !self.byte(end)?.is_ascii_whitespace() && self.byte(end)? != b'>' {
                    end += 1;
                }
                Some((
                    RawAttribute {
                        name,
                        value: start..end,
                        quote: None,
                    },
                    end,
                ))
            }
        }
    }

    /// The attributes of a start tag, in order.
    pub(crate) fn attributes(html: &str, piece: &Piece) -> Vec<RawAttribute> {
        let Piece::Start { whole, name, .. } = piece else {
            return Vec::new();
        };
        let scanner = Scanner {
            html: html.get(..whole.end).unwrap_or(html),
            at: 0,
            raw_text: None,
        };
        let mut found = Vec::new();
        let mut at = name.end;
        loop {
            at = scanner.skip_space(at);
            match scanner.byte(at) {
                None | Some(b'>') => return found,
                Some(b'/') => at += 1,
                Some(_) => match scanner.attribute(at) {
                    Some((attribute, end)) => {
                        found.push(attribute);
                        at = end;
                    }
                    None => return found,
                },
            }
        }
    }
}

impl Iterator for Scanner<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        loop {
            let start = self.seek(b'<', self.at)?;
            if let Some(name) = self.raw_text {
                // Only its own end tag is markup in here.
                let after = start + 2 + name.len();
                let is_end = self.byte(start + 1) == Some(b'/')
                    && self
                        .html
                        .get(start + 2..after)
                        .is_some_and(|word| word.eq_ignore_ascii_case(name))
                    && self
                        .byte(after)
                        .is_some_and(|b| b.is_ascii_whitespace() || matches!(b, b'/' | b'>'));
                if !is_end {
                    self.at = start + 1;
                    continue;
                }
                self.raw_text = None;
            }
            match self.byte(start + 1) {
                Some(byte) if byte.is_ascii_alphabetic() => {
                    let (name, end, self_closing) = self.named(start + 1)?;
                    let word = self.html.get(name.clone()).unwrap_or("");
                    if is_raw_text(word) {
                        self.raw_text = Some(word);
                        if word.eq_ignore_ascii_case("plaintext") {
                            self.at = self.html.len();
                            return Some(Piece::Start {
                                whole: start..end,
                                name,
                                self_closing,
                            });
                        }
                    }
                    self.at = end;
                    return Some(Piece::Start {
                        whole: start..end,
                        name,
                        self_closing,
                    });
                }
                Some(b'/') if self.byte(start + 2).is_some_and(|b| b.is_ascii_alphabetic()) => {
                    let (name, end, _) = self.named(start + 2)?;
                    self.at = end;
                    return Some(Piece::End {
                        whole: start..end,
                        name,
                    });
                }
                Some(b'!' | b'?' | b'/') => {
                    let end = self.comment(start);
                    self.at = end;
                    return Some(Piece::Comment { whole: start..end });
                }
                _ => self.at = start + 1,
            }
        }
    }
}

impl Scanner<'_> {
    fn named(&self, start: usize) -> Option<(Range<usize>, usize, bool)> {
        let mut end = start;
        while !matches!(self.byte(end)?, b'>' | b'/') && !self.byte(end)?.is_ascii_whitespace() {
            end += 1;
        }
        let (tag_end, self_closing) = self.tag_end(end)?;
        Some((start..end, tag_end, self_closing))
    }
}
