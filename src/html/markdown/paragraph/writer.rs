//! Writing a collected paragraph: which style is opened when, what is escaped, and where marks give way to tags.

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

    /// Escapes what has to be, now that the whole paragraph is known.
    fn finish(&mut self) -> String {
        let mut verdicts = Vec::new();
        let only_links = |mark: &Mark| matches!(mark.role, Role::LinkOpens | Role::LinkCloses);
        while !self.marks.iter().all(only_links) {
            let tags = self.options.raw_html != RawHtml::None;
            verdicts = marks::judge(&self.out, &self.marks, tags, self.options.dialect);
            if !verdicts.contains(&Verdict::Drop) {
                break;
            }
            if self.options.raw_html == RawHtml::None {
                for (mark, _) in self
                    .marks
                    .iter()
                    .zip(&verdicts)
                    .filter(|(mark, verdict)| **verdict == Verdict::Drop && matches!(mark.role, Role::Open(_)))
                {
                    self.account.add(match (mark.byte, mark.length) {
                        (b'~', _) => "del",
                        (_, 2) => "strong",
                        _ => "em",
                    });
                }
            }
            self.take_out(&verdicts);
        }
        let mut edits: Vec<(usize, usize, String)> = Vec::new();
        for (mark, verdict) in self.marks.iter().zip(&verdicts) {
            let (name, closing) = match (mark.byte, mark.length, mark.role) {
                (b'~', _, role) => ("del", matches!(role, Role::Close(_))),
                (_, 2, role) => ("strong", matches!(role, Role::Close(_))),
                (_, _, role) => ("em", matches!(role, Role::Close(_))),
            };
            match verdict {
                Verdict::Keep | Verdict::Drop => {}
                Verdict::Escape => {
                    edits.extend((0..mark.length).map(|offset| self.escape_at(mark.at + offset)));
                }
                Verdict::Tag => {
                    let slash = if closing { "/" } else { "" };
                    self.account.html = true;
                    edits.push((mark.at, mark.length, format!("<{slash}{name}>")));
                }
                Verdict::Reference => {
                    let neighbour = if closing {
                        self.out
                            .get(mark.at + mark.length..)
                            .and_then(|t| t.chars().next())
                            .map(|c| (mark.at + mark.length, c))
                    } else {
                        self.out
                            .get(..mark.at)
                            .and_then(|t| t.chars().next_back())
                            .map(|c| (mark.at - c.len_utf8(), c))
                    };
                    if let Some((at, c)) = neighbour
                        && !c.is_whitespace()
                        && !c.is_ascii_punctuation()
                    {
                        let before = self.out.get(..at).unwrap_or("");
                        let slashes = before.len() - before.trim_end_matches('\\').len();
                        let escape = if slashes % 2 == 1 { "\\" } else { "" };
                        edits.push((at, c.len_utf8(), format!("{escape}&#{};", u32::from(c))));
                    }
                }
            }
        }
        let lines: &[usize] = if self.place == Place::Prose { &self.lines } else { &[] };
        for (number, start) in lines.iter().enumerate() {
            let line = self.out.get(*start..).unwrap_or("");
            let end = memchr::memchr(b'\n', line.as_bytes()).unwrap_or(line.len());
            let line = line.get(..end).unwrap_or("");
            let line = line.trim_end();
            let box_at = (number == 0 && self.paragraph.begins_item && begins_with_box(line)).then_some(0);
            let defines = (number == 0 && escape::begins_definition(&self.out)).then_some(0);
            let marker = escape::block_marker(line, number == 0, self.options.dialect);
            let marker = marker.or(box_at).or(defines);
            let Some(offset) = marker else { continue };
            let at = start + offset;
            // Our own marks and fences are no text, and cannot be the start of a block.
            let next = self.marks.partition_point(|mark| mark.at <= at);
            let here = next.checked_sub(1).and_then(|before| self.marks.get(before));
            let here = here.filter(|mark| at < mark.at + mark.length.max(1));
            if here.is_some_and(|mark| mark.role != Role::Text) {
                continue;
            }
            // A run is escaped whole: the rest of it would be a run too.
            let length = here.filter(|mark| mark.at == at).map_or(1, |mark| mark.length.max(1));
            edits.extend((0..length).map(|offset| self.escape_at(at + offset)));
        }
        if self.place == Place::Heading {
            self.trailing_hashes(&mut edits);
        }
        let task = self.paragraph.task;
        if let Some(done) = task {
            edits.push((0, 0, if done { "[x] ".to_owned() } else { "[ ] ".to_owned() }));
        }
        if edits.is_empty() {
            return std::mem::take(&mut self.out);
        }
        edits.sort_by_key(|edit| (edit.0, edit.1));
        edits.dedup();
        let mut result = String::with_capacity(self.out.len() + edits.len() * 2);
        let mut done = 0;
        for (at, length, text) in edits {
            if at < done {
                continue;
            }
            result.push_str(self.out.get(done..at).unwrap_or(""));
            result.push_str(&text);
            done = at + length;
        }
        result.push_str(self.out.get(done..).unwrap_or(""));
        result
    }

    /// What makes the character at a place plain: a backslash, or the character as a reference.
    fn escape_at(&self, at: usize) -> (usize, usize, String) {
        match self.out.get(at..).and_then(|rest| rest.chars().next()) {
            Some(c) if !self.options.dialect.takes_backslash(c) => (at, c.len_utf8(), format!("&#{};", u32::from(c))),
            _ => (at, 0, "\\".to_owned()),
        }
    }

    /// Takes the marks that are dropped out of the text.
    fn take_out(&mut self, verdicts: &[Verdict]) {
        let mut out = String::with_capacity(self.out.len());
        let mut marks = Vec::with_capacity(self.marks.len());
        let mut lines = self.lines.iter().peekable();
        let mut moved = Vec::with_capacity(self.lines.len());
        let mut done = 0;
        let mut opened = 0_u32;
        for (mark, verdict) in self.marks.iter().zip(verdicts) {
            while let Some(line) = lines.next_if(|line| **line <= mark.at) {
                moved.push(line - (done - out.len()));
            }
            out.push_str(self.out.get(done..mark.at).unwrap_or(""));
            done = mark.at;
            if *verdict == Verdict::Drop {
                done += mark.length;
                continue;
            }
            // Two pieces of code with nothing between them any more are one.
            let joins = mark.role == Role::Fence
                && opened.is_multiple_of(2)
                && marks.last().is_some_and(|last: &Mark| {
                    last.role == Role::Fence && last.length == mark.length && last.at + last.length == out.len()
                });
            opened += u32::from(mark.role == Role::Fence);
            if joins {
                marks.pop();
                out.truncate(out.len() - mark.length);
                done += mark.length;
            } else {
                marks.push(Mark { at: out.len(), ..*mark });
            }
        }
        moved.extend(lines.map(|line| line - (done - out.len())));
        out.push_str(self.out.get(done..).unwrap_or(""));
        self.out = out;
        self.marks = marks;
        self.lines = moved;
    }

    /// `# C #` would lose its last sign.
    fn trailing_hashes(&self, edits: &mut Vec<(usize, usize, String)>) {
        let kept = self.out.trim_end_matches('#');
        if self.options.dialect == Dialect::Pelican {
            // There, they need no space before them.
            edits.extend((kept.len()..self.out.len()).map(|at| self.escape_at(at)));
        } else if kept.len() < self.out.len() && (kept.is_empty() || kept.ends_with(' ')) {
            edits.push((kept.len(), 0, "\\".to_owned()));
        }
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
