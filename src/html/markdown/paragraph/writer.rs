//! Writing a collected paragraph: which style is opened when, what is escaped, and where marks give way to tags.

mod ending;

use super::super::super::address;
use super::super::super::style::Style;
use super::super::escape::{self, Around};
use super::super::marks::{self, Mark, Role, Verdict};
use super::super::{Dialect, MarkdownOptions, RawHtml};
use super::{Account, Kind, MARKED, Paragraph, Place, Run, Span};

/// Where each style of a run ends.
type Ends = [u32; Style::MARKS + 1];

const LINK: usize = Style::MARKS;

/// Memory that is used again from one paragraph to the next.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    /// What was given out and came back.
    pub(super) out: String,
    /// A second one, for when it is written anew.
    spare: String,
    marks: Vec<Mark>,
    open: Vec<(usize, u32)>,
    lines: Vec<usize>,
    ends: Vec<Ends>,
    opening: Vec<usize>,
}

pub(super) struct Writer<'p> {
    paragraph: &'p Paragraph,
    spans: &'p [Span],
    place: Place,
    options: &'p MarkdownOptions,
    out: String,
    spare: String,
    marks: Vec<Mark>,
    /// Styles that are open: the flag's number (or [`LINK`]) and the number of its pair of marks.
    open: Vec<(usize, u32)>,
    pairs: u32,
    lines: Vec<usize>,
    /// Unicode white space that ends a run: belongs behind the marks that close there.
    held: &'p str,
    escape_brackets: bool,
    account: &'p mut Account,
    /// Where the tag of a style that is open begins.
    tags_at: [usize; Style::MARKS],
    /// So much of the next run has been written before the marks that were opened for it.
    skip: usize,
    ends: Vec<Ends>,
    opening: Vec<usize>,
}

impl<'p> Writer<'p> {
    pub(super) fn new(
        paragraph: &'p Paragraph,
        spans: &'p [Span],
        place: Place,
        options: &'p MarkdownOptions,
        account: &'p mut Account,
        mut scratch: Scratch,
    ) -> Writer<'p> {
        scratch.out.clear();
        scratch
            .out
            .reserve(paragraph.text.len() + paragraph.text.len() / 8 + 16);
        scratch.marks.clear();
        scratch.open.clear();
        scratch.lines.clear();
        scratch.lines.push(0);
        scratch.ends.clear();
        Writer {
            paragraph,
            spans,
            place,
            options,
            out: scratch.out,
            spare: scratch.spare,
            marks: scratch.marks,
            open: scratch.open,
            pairs: 0,
            lines: scratch.lines,
            held: "",
            escape_brackets: false,
            account,
            tags_at: [0; Style::MARKS],
            skip: 0,
            ends: scratch.ends,
            opening: scratch.opening,
        }
    }

    /// Writes the paragraph; gives the memory back.
    pub(super) fn write(mut self, styled: bool) -> (String, Scratch) {
        let runs = &self.paragraph.runs;
        if styled {
            find_ends(runs, &mut self.ends);
        }
        for (at, run) in runs.iter().enumerate() {
            if styled {
                let ends = self.ends.get(at).copied();
                self.turn(at, run, ends.as_ref());
            }
            self.content(at, run);
        }
        self.close_from(0, 0);
        let held = std::mem::take(&mut self.held);
        self.out.push_str(held);
        let text = self.finish();
        let scratch = Scratch {
            out: String::new(),
            spare: self.spare,
            marks: self.marks,
            open: self.open,
            lines: self.lines,
            ends: self.ends,
            opening: self.opening,
        };
        (text, scratch)
    }

    /// Closes and opens what has to be between the last run and this one.
    fn turn(&mut self, at: usize, run: &Run, ends: Option<&Ends>) {
        let wanted = |bit: usize, link_now: u32| {
            if bit == LINK {
                run.link != 0 && run.link == link_now
            } else {
                run.style.0 & (1 << bit) != 0
            }
        };
        let link_now = at
            .checked_sub(1)
            .and_then(|at| self.paragraph.runs.get(at))
            .map_or(0, |run| run.link);
        let mut keep = self
            .open
            .iter()
            .position(|(bit, _)| !wanted(*bit, link_now))
            .unwrap_or(self.open.len());
        let end_of = |bit: usize| ends.and_then(|ends| ends.get(bit)).copied().unwrap_or(0);
        let link_opens = run.link != 0
            && !matches!(run.kind, Kind::Space | Kind::Break)
            && !self.open.iter().take(keep).any(|(bit, _)| *bit == LINK);
        if link_opens {
            // A link is never cut in two: styles that end inside it are opened again within.
            let end = end_of(LINK);
            keep = keep.min(self.open.iter().position(|(bit, _)| end_of(*bit) < end).unwrap_or(keep));
        }
        self.close_from(keep, at);
        if !self.held.is_empty() {
            let held = std::mem::take(&mut self.held);
            self.out.push_str(held);
        }
        if matches!(run.kind, Kind::Space | Kind::Break) {
            // Nothing begins with white space.
            return;
        }
        let mut opening = std::mem::take(&mut self.opening);
        opening.clear();
        for bit in 0..=LINK {
            let needed = if bit == LINK {
                run.link != 0
            } else {
                run.style.0 & (1 << bit) != 0
            };
            if needed && !self.open.iter().any(|(open, _)| *open == bit) {
                opening.push(bit);
            }
        }
        if opening.is_empty() {
            self.opening = opening;
            return;
        }
        // What lasts longest goes outside; the link before all others, ruby before its parts.
        opening.sort_by_key(|bit| {
            let order = match *bit {
                LINK => 0,
                9 => 1,
                0..=2 => 3 + *bit,
                _ => 2,
            };
            (std::cmp::Reverse(end_of(*bit)), order)
        });
        let leading = if run.kind == Kind::Text && run.style.has(MARKED) {
            leading_space(self.text_of(run))
        } else {
            ""
        };
        self.out.push_str(leading);
        self.skip = leading.len();
        for bit in opening.drain(..) {
            self.open_style(bit, run, at);
        }
        self.opening = opening;
    }

    fn text_of(&self, run: &Run) -> &'p str {
        self.paragraph.text.get(run.start..run.end).unwrap_or("")
    }

    fn open_style(&mut self, bit: usize, run: &Run, at: usize) {
        let number = self.pairs;
        self.pairs += 1;
        self.open.push((bit, number));
        match bit {
            LINK => match self.spans.get(run.link as usize - 1) {
                Some(Span::Link { .. }) => {
                    self.escape_brackets = !self.link_balances(at, run.link);
                    self.marks.push(Mark {
                        at: self.out.len(),
                        length: 0,
                        byte: b'[',
                        role: Role::LinkOpens,
                    });
                    self.out.push('[');
                }
                Some(Span::Tags { open, .. }) if self.options.raw_html != RawHtml::None => {
                    self.account.html = true;
                    self.out.push_str(&self.options.dialect.inert_html(open.clone()));
                }
                _ => {}
            },
            0..=2 => {
                let (byte, length) = DELIMITERS.get(bit).copied().unwrap_or((b'*', 1));
                self.marks.push(Mark {
                    at: self.out.len(),
                    length,
                    byte,
                    role: Role::Open(number),
                });
                self.out.extend(std::iter::repeat_n(char::from(byte), length));
            }
            _ => {
                if self.options.raw_html != RawHtml::None {
                    self.account.html = true;
                    if let Some(slot) = self.tags_at.get_mut(bit) {
                        *slot = self.out.len();
                    }
                    self.out.push('<');
                    self.out.push_str(Style::element(bit));
                    self.out.push('>');
                }
            }
        }
    }

    fn close_from(&mut self, keep: usize, at: usize) {
        while self.open.len() > keep {
            let Some((bit, number)) = self.open.pop() else { return };
            match bit {
                LINK => {
                    let link = match at {
                        0 => self.paragraph.runs.last(),
                        at => self.paragraph.runs.get(at - 1),
                    }
                    .map_or(0, |run| run.link);
                    match self.spans.get((link as usize).wrapping_sub(1)) {
                        Some(Span::Link { href, title }) => {
                            self.escape_brackets = false;
                            self.close_link(href, title);
                        }
                        Some(Span::Tags { close, .. }) if self.options.raw_html != RawHtml::None => {
                            self.out.push_str(close);
                        }
                        _ => {}
                    }
                }
                0..=2 => {
                    let (byte, length) = DELIMITERS.get(bit).copied().unwrap_or((b'*', 1));
                    self.marks.push(Mark {
                        at: self.out.len(),
                        length,
                        byte,
                        role: Role::Close(number),
                    });
                    self.out.extend(std::iter::repeat_n(char::from(byte), length));
                }
                _ => {
                    if self.options.raw_html != RawHtml::None {
                        self.ask_for_markdown(bit);
                        self.out.push_str("</");
                        self.out.push_str(Style::element(bit));
                        self.out.push('>');
                    }
                }
            }
        }
    }

    /// Some elements are read as they are by kramdown: where there is Markdown in one, it has to be said.
    fn ask_for_markdown(&mut self, bit: usize) {
        let element = Style::element(bit);
        if !self.options.dialect.reads_verbatim(element) {
            return;
        }
        let Some(at) = self.tags_at.get(bit).map(|at| at + 1 + element.len()) else {
            return;
        };
        let inside = self.out.get(at + 1..).unwrap_or("");
        let is_plain =
            !inside.contains(|c: char| c.is_ascii_punctuation() && !matches!(c, '.' | ',' | ':' | ';' | '?' | '/'));
        if is_plain || self.out.as_bytes().get(at) != Some(&b'>') {
            return;
        }
        const ASKING: &str = " markdown=\"span\"";
        self.out.insert_str(at, ASKING);
        for mark in self.marks.iter_mut().rev().take_while(|mark| mark.at >= at) {
            mark.at += ASKING.len();
        }
        for line in self.lines.iter_mut().rev().take_while(|line| **line >= at) {
            *line += ASKING.len();
        }
    }

    /// Writes what is neither text nor code, with nothing of a template's syntax in it.
    fn push_inert(&mut self, write: impl FnOnce(&mut String)) {
        if !self.options.dialect.has_templates() {
            write(&mut self.out);
            return;
        }
        let mut piece = String::new();
        write(&mut piece);
        self.out.push_str(&self.options.dialect.inert_html(piece));
    }

    /// In a table's cell, or where a `|` would make a table.
    fn minds_bars(&self) -> bool {
        self.place == Place::Cell || self.options.dialect.bars_make_tables()
    }

    fn close_link(&mut self, href: &str, title: &str) {
        // `[http://example.com/](http://example.com/)` is `<http://example.com/>`.
        if let Some(opened) = self.marks.iter().rposition(|mark| mark.role == Role::LinkOpens)
            && let Some(mark) = self.marks.get(opened)
        {
            let text = self.out.get(mark.at + 1..).unwrap_or("");
            if title.is_empty() && opened + 1 == self.marks.len() && text == href && is_autolink(href) {
                let at = mark.at;
                self.marks.truncate(opened);
                self.out.truncate(at);
                self.out.push('<');
                self.out.push_str(href);
                self.out.push('>');
                return;
            }
        }
        self.marks.push(Mark {
            at: self.out.len(),
            length: 0,
            byte: b']',
            role: Role::LinkCloses,
        });
        self.out.push_str("](");
        let bars = self.minds_bars();
        let href = self.options.dialect.destination(href);
        self.push_inert(|out| {
            address::write_destination(out, &href, bars);
            escape::write_title(out, title, bars);
        });
        self.out.push(')');
    }

    /// Whether the square brackets in a link's text pair up, and make nothing of their own.
    fn link_balances(&self, at: usize, link: u32) -> bool {
        let mut open = 0_i64;
        let mut before = 0;
        let runs = self.paragraph.runs.iter().skip(at).take_while(|run| run.link == link);
        for run in runs.filter(|run| run.kind == Kind::Text && !run.style.has(Style::CODE)) {
            for byte in self.text_of(run).bytes() {
                match (before, byte) {
                    (b']', b'(' | b'[') | (b'[', b'^') => return false,
                    (b']', b':') if self.options.dialect.pairs_simply() => return false,
                    (_, b'[') => open += 1,
                    (_, b']') => open -= 1,
                    _ => {}
                }
                before = byte;
                if open < 0 {
                    return false;
                }
            }
        }
        open == 0
    }

    fn content(&mut self, at: usize, run: &Run) {
        match run.kind {
            Kind::Text => self.write_text_run(at, run),
            Kind::Space => {
                let text = self.text_of(run);
                // A space between two pieces of code that are one piece to the reader.
                self.out.push_str(text);
            }
            Kind::Break => match (self.place, self.options.raw_html) {
                (Place::Prose, _) => {
                    self.out.push_str("  \n");
                    self.lines.push(self.out.len());
                }
                (_, RawHtml::None) => {
                    self.account.add("br");
                    self.out.push(' ');
                }
                _ => {
                    self.account.html = true;
                    self.out.push_str("<br>");
                }
            },
            Kind::Image(number) => {
                let Some(image) = self.paragraph.images.get(number as usize) else {
                    return;
                };
                let bars = self.minds_bars();
                let src = self.options.dialect.destination(&image.src);
                self.push_inert(|out| {
                    out.push_str("![");
                    escape::write_alt(out, &image.alt, bars);
                    out.push_str("](");
                    address::write_destination(out, &src, bars);
                    escape::write_title(out, &image.title, bars);
                    out.push(')');
                });
            }
            Kind::Mark(number) | Kind::Atom(number) => {
                if let Some(markup) = self.paragraph.raw.get(number as usize) {
                    self.account.html |= markup.starts_with('<');
                    self.out.push_str(markup);
                }
            }
        }
    }

    fn write_text_run(&mut self, at: usize, run: &Run) {
        let mut text = self.text_of(run);
        if run.style.has(MARKED) {
            text = text.get(std::mem::take(&mut self.skip)..).unwrap_or("");
            let kept = text.trim_end_matches(char::is_whitespace).len();
            self.held = text.get(kept..).unwrap_or("");
            text = text.get(..kept).unwrap_or("");
        }
        if run.style.has(Style::CODE) {
            self.code(text);
            return;
        }
        let next = self.paragraph.runs.get(at + 1);
        let around = Around {
            in_link: run.link != 0 && matches!(self.spans.get(run.link as usize - 1), Some(Span::Link { .. })),
            escape_brackets: self.escape_brackets,
            in_cell: self.place == Place::Cell,
            markup_follows: next.is_some_and(|next| {
                !(next.kind == Kind::Break || next.kind == Kind::Space && self.text_of(next) == " ")
            }) || next.is_none() && !self.open.is_empty()
                || !self.held.is_empty(),
            bracket_follows: next.is_some_and(|next| next.link != run.link && next.link != 0),
            last: next.is_none() && self.open.is_empty(),
            in_heading: self.place == Place::Heading,
            dialect: self.options.dialect,
        };
        escape::write_text(&mut self.out, &mut self.marks, text, around);
    }

    fn code(&mut self, text: &str) {
        let inert = self.options.dialect.inert_code(text);
        let Some(text) = inert.as_deref() else {
            let mut piece = String::new();
            let tags = self.options.raw_html != RawHtml::None;
            self.account.html |= tags;
            piece.push_str(if tags { "<code>" } else { "" });
            crate::html::raw::write_escaped(&mut piece, text);
            piece.push_str(if tags { "</code>" } else { "" });
            self.out.push_str(&self.options.dialect.inert_html(piece));
            return;
        };
        let mut longest = 0;
        let mut lengths = 0_u64;
        for run in text.split(|c| c != '`').filter(|run| !run.is_empty()) {
            longest = longest.max(run.len());
            lengths |= 1_u64.checked_shl(run.len() as u32).unwrap_or(0);
        }
        let shortest = if self.options.dialect.pairs_simply() {
            longest + 1
        } else {
            1
        };
        let fence = (shortest..=longest + 1)
            .find(|n| lengths & 1_u64.checked_shl(*n as u32).unwrap_or(0) == 0)
            .unwrap_or(longest + 1);
        let pad = text.starts_with('`') || text.ends_with('`');
        let fenced = |writer: &mut Self| {
            writer.marks.push(Mark {
                at: writer.out.len(),
                length: fence,
                byte: b'`',
                role: Role::Fence,
            });
            writer.out.extend(std::iter::repeat_n('`', fence));
        };
        fenced(self);
        if pad {
            self.out.push(' ');
        }
        for c in text.chars() {
            match c {
                '\u{a0}' => self.out.push(' '),
                '|' if self.place == Place::Cell && !self.options.dialect.bars_make_tables() => {
                    self.out.push_str("\\|")
                }
                c => self.out.push(c),
            }
        }
        if pad {
            self.out.push(' ');
        }
        fenced(self);
    }
}

/// `[ ]` and `[x]` at the start of an item are boxes to GFM, and `* **` is a rule.
fn begins_with_box(line: &str) -> bool {
    let rule = |byte: u8| !line.is_empty() && line.bytes().all(|b| b == byte || b == b' ');
    if rule(b'*') || rule(b'-') {
        return true;
    }
    matches!(line.as_bytes(), [b'[', b' ' | b'x' | b'X', b']', ..])
}

const DELIMITERS: [(u8, usize); 3] = [(b'*', 2), (b'*', 1), (b'~', 2)];

fn leading_space(text: &str) -> &str {
    let rest = text.trim_start_matches(char::is_whitespace);
    text.get(..text.len() - rest.len()).unwrap_or("")
}

/// Whether `<address>` is read as a link to that address.
fn is_autolink(address: &str) -> bool {
    let known = ["http://", "https://", "ftp://"].iter().any(|scheme| {
        address
            .get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
            && address.len() > scheme.len()
    });
    known
        && !address.contains('%')
        && address
            .chars()
            .all(|c| !c.is_whitespace() && !c.is_control() && !matches!(c, '<' | '>' | '\\' | '|' | '`' | '"'))
        && !address
            .match_indices('&')
            .any(|(at, _)| escape::begins_entity(address.get(at..).unwrap_or("")))
}

/// For every run, where each of its styles ends: the number of the first run without it.
fn find_ends(runs: &[Run], all: &mut Vec<Ends>) {
    all.resize(runs.len(), [0; Style::MARKS + 1]);
    let mut next: Ends = [0; Style::MARKS + 1];
    let mut next_run: Option<&Run> = None;
    for (at, (run, ends)) in runs.iter().zip(all.iter_mut()).enumerate().rev() {
        let after = at as u32 + 1;
        for (bit, end) in ends.iter_mut().enumerate() {
            let (has, goes_on) = if bit == LINK {
                (run.link != 0, next_run.is_some_and(|next| next.link == run.link))
            } else {
                let flag = 1 << bit;
                (
                    run.style.0 & flag != 0,
                    next_run.is_some_and(|next| next.style.0 & flag != 0),
                )
            };
            if has {
                *end = if goes_on {
                    next.get(bit).copied().unwrap_or(after)
                } else {
                    after
                };
            }
        }
        next = *ends;
        next_run = Some(run);
    }
}
