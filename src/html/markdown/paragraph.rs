//! One paragraph: collected as runs of text that share a style and a link, then written as Markdown.
//!
//! Runs are flat: which tags were nested in which no longer matters, so mis-nested tags, bold in bold and empty `<b></b>`
//! need no rules. White space is put off until the next visible thing is known, and so never stands at the edge of a style.

use super::super::address;
use super::super::style::Style;
use super::escape::{self, Around};
use super::marks::{self, Mark, Role, Verdict};
use super::{MarkdownOptions, RawHtml};

/// What a link of the document is.
#[derive(Debug)]
pub(crate) enum Span {
    /// A link: where to, and its title.
    Link { href: String, title: String },
    /// Something that HTML alone can say: the tags around the text.
    Tags { open: String, close: &'static str },
}

/// A picture.
#[derive(Debug)]
pub(crate) struct Image {
    pub(crate) src: String,
    pub(crate) alt: String,
    pub(crate) title: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    /// White space between runs.
    Space,
    /// A line break.
    Break,
    /// A picture: its number.
    Image(u32),
    /// Markup that shows nothing (an anchor): its number.
    Mark(u32),
    /// Markup that shows something (a formula): its number.
    Atom(u32),
}

#[derive(Debug, Clone, Copy)]
struct Run {
    kind: Kind,
    start: usize,
    end: usize,
    style: Style,
    link: u32,
}

/// White space that was met and not yet written.
#[derive(Debug, Clone, Copy)]
struct Gap {
    style: Style,
    link: u32,
    no_break: u32,
    newlines: u32,
    others: u32,
}

/// Where a paragraph is written: what a line break is there, and what must be escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// A paragraph of prose.
    Prose,
    /// One line, with `<br>` where it breaks.
    Heading,
    /// A table's cell.
    Cell,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Paragraph {
    text: String,
    runs: Vec<Run>,
    images: Vec<Image>,
    raw: Vec<String>,
    gap: Option<Gap>,
    visible: bool,
    /// The item it begins is a task: done or not.
    pub(crate) task: Option<bool>,
    /// It is the first of a list's item.
    pub(crate) begins_item: bool,
}

impl Paragraph {
    /// Whether there is anything to see.
    pub(crate) fn visible(&self) -> bool {
        self.visible
    }

    /// Whether there is anything at all, visible or not.
    pub(crate) fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// Whether the last thing that matters is a line break.
    pub(crate) fn ends_in_break(&self) -> bool {
        self.runs.iter().rev().find(|run| !matches!(run.kind, Kind::Mark(_))).is_some_and(|run| run.kind == Kind::Break)
    }

    /// Whether text has just ended, with no white space after it.
    pub(crate) fn ends_in_text(&self) -> bool {
        self.gap.is_none() && self.runs.last().is_some_and(|run| run.kind == Kind::Text)
    }

    /// Whether the last visible thing is a picture.
    pub(crate) fn ends_in_image(&self) -> bool {
        self.runs
            .iter()
            .rev()
            .find(|run| !matches!(run.kind, Kind::Mark(_) | Kind::Break))
            .is_some_and(|run| matches!(run.kind, Kind::Image(_)))
    }

    /// The plain text, for what is not written as Markdown.
    pub(crate) fn plain(&self) -> &str {
        &self.text
    }

    /// Takes a style from all of it.
    pub(crate) fn strip(&mut self, style: Style) {
        for run in &mut self.runs {
            run.style = run.style.without(style);
        }
    }

    /// Adds text. `newlines` tells that a newline is a line break here.
    pub(crate) fn push_text(&mut self, text: &str, style: Style, link: u32, newlines: bool) {
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b' ' | b'\t' | 0x0c | b'\r' => {
                    self.space(style, link).others += 1;
                    at += 1;
                }
                b'\n' => {
                    if newlines {
                        self.line_break(style, link);
                    } else {
                        self.space(style, link).newlines += 1;
                    }
                    at += 1;
                }
                0xC2 if bytes.get(at + 1) == Some(&0xA0) => {
                    self.space(style, link).no_break += 1;
                    at += 2;
                }
                // U+2028, U+2029: lines and paragraphs to some, nothing to browsers.
                0xE2 if matches!(bytes.get(at + 1..at + 3), Some([0x80, 0xA8 | 0xA9])) => {
                    self.space(style, link).others += 1;
                    at += 3;
                }
                0xE2 if bytes.get(at + 1..at + 3) == Some(&[0x80, 0x8B]) => {
                    // U+200B parts words in scripts that write none of their spaces; elsewhere it is an editor's litter.
                    if self.text.chars().next_back().is_some_and(parts_words_invisibly) && self.gap.is_none() {
                        self.add("\u{200b}", style, link);
                    }
                    at += 3;
                }
                0xEF if bytes.get(at + 1..at + 3) == Some(&[0xBB, 0xBF]) => at += 3,
                0..=31 | 127 => at += 1,
                _ => {
                    let end = at + plain_length(bytes.get(at..).unwrap_or(&[]));
                    let end = end.max(at + 1);
                    self.add(text.get(at..end).unwrap_or(""), style, link);
                    at = end;
                }
            }
        }
    }

    fn space(&mut self, style: Style, link: u32) -> &mut Gap {
        let gap = self.gap.get_or_insert(Gap { style, link, no_break: 0, newlines: 0, others: 0 });
        gap.style = gap.style.and(style);
        if gap.link != link {
            gap.link = 0;
        }
        gap
    }

    fn add(&mut self, text: &str, style: Style, link: u32) {
        if let Some(gap) = self.gap.take() {
            self.settle(gap, text.chars().next(), style, link);
        }
        self.visible = true;
        let start = self.text.len();
        self.text.push_str(text);
        let end = self.text.len();
        if let Some(run) = self.runs.last_mut()
            && run.kind == Kind::Text
            && run.style == style
            && run.link == link
        {
            run.end = end;
            return;
        }
        self.runs.push(Run { kind: Kind::Text, start, end, style, link });
    }

    /// Writes the white space that was put off, now that what follows it is known.
    fn settle(&mut self, gap: Gap, next: Option<char>, style: Style, link: u32) {
        let Some(last) = self.runs.iter().rev().find(|run| !matches!(run.kind, Kind::Mark(_))).copied() else { return };
        if last.kind == Kind::Break {
            return;
        }
        let before = if last.kind == Kind::Text { self.text.chars().next_back() } else { None };
        if gap.others == 0 && gap.no_break == 0 && before.is_some_and(is_wide) && next.is_some_and(is_wide) {
            return;
        }
        let kept = gap.no_break == 1 && gap.others == 0 && gap.newlines == 0 && binds(before, next);
        let space = if kept { "\u{a0}" } else { " " };
        let shared = last.style.and(gap.style).and(style);
        let start = self.text.len();
        self.text.push_str(space);
        let end = self.text.len();
        let same_link = last.link == link && gap.link == link;
        if let Some(run) = self.runs.last_mut()
            && run.kind == Kind::Text
            && run.style == style
            && shared == style
            && same_link
            && run.link == link
        {
            run.end = end;
            return;
        }
        let link = if same_link { link } else { 0 };
        self.runs.push(Run { kind: Kind::Space, start, end, style: shared, link });
    }

    /// Adds a line break. Says whether it is one: nothing breaks before the first word, and a second break in a row is
    /// the caller's to judge (see [`Paragraph::ends_in_break`]).
    pub(crate) fn line_break(&mut self, style: Style, link: u32) -> bool {
        self.gap = None;
        if !self.visible {
            return false;
        }
        self.push(Kind::Break, style, link);
        true
    }

    /// Adds a picture.
    pub(crate) fn image(&mut self, image: Image, style: Style, link: u32) {
        if let Some(gap) = self.gap.take() {
            self.settle(gap, None, style, link);
        }
        self.visible = true;
        self.images.push(image);
        self.push(Kind::Image(self.images.len() as u32 - 1), style, link);
    }

    /// Adds markup that shows nothing.
    pub(crate) fn mark(&mut self, markup: String, style: Style, link: u32) {
        self.raw.push(markup);
        self.push(Kind::Mark(self.raw.len() as u32 - 1), style, link);
    }

    /// Adds markup that shows something.
    pub(crate) fn atom(&mut self, markup: String, style: Style, link: u32) {
        if let Some(gap) = self.gap.take() {
            self.settle(gap, None, style, link);
        }
        self.visible = true;
        self.raw.push(markup);
        self.push(Kind::Atom(self.raw.len() as u32 - 1), style, link);
    }

    fn push(&mut self, kind: Kind, style: Style, link: u32) {
        let at = self.text.len();
        self.runs.push(Run { kind, start: at, end: at, style: style.without(Style::CODE), link });
    }

    /// Forgets everything, keeps the memory. Anchors that had nothing to stand before stay for the next paragraph.
    pub(crate) fn clear(&mut self) {
        let kept: Vec<String> = if self.visible {
            Vec::new()
        } else {
            self.runs
                .iter()
                .filter_map(|run| match run.kind {
                    Kind::Mark(number) => self.raw.get(number as usize).cloned(),
                    _ => None,
                })
                .collect()
        };
        self.text.clear();
        self.runs.clear();
        self.images.clear();
        self.raw.clear();
        self.gap = None;
        self.visible = false;
        self.task = None;
        self.begins_item = false;
        for markup in kept {
            self.mark(markup, Style::NONE, 0);
        }
    }

    /// Writes the paragraph as Markdown, lines parted by `\n`, without a final one.
    pub(crate) fn write(&mut self, spans: &[Span], place: Place, options: &MarkdownOptions) -> String {
        self.gap = None;
        for run in &mut self.runs {
            // White space of other scripts, styled by itself.
            let styled = !run.style.is_empty() || run.link != 0;
            if run.kind == Kind::Text && styled && self.text.get(run.start..run.end).is_some_and(|text| text.trim().is_empty()) {
                run.kind = Kind::Space;
            }
        }
        while let Some(run) = self.runs.last()
            && matches!(run.kind, Kind::Break | Kind::Space)
        {
            self.runs.pop();
        }
        if options.raw_html == RawHtml::None {
            self.forget_tags(spans);
        }
        let styled = self.runs.iter().any(|run| !run.style.is_empty() || run.link != 0);
        if styled {
            self.settle_styles(place);
        }
        Writer::new(self, spans, place, options).write(styled)
    }

    /// Takes out what tags alone could say, so that nothing is written between pieces that only differ in that.
    fn forget_tags(&mut self, spans: &[Span]) {
        let mut merged: Vec<Run> = Vec::with_capacity(self.runs.len());
        for mut run in self.runs.drain(..) {
            run.style = run.style.and(MARKED.with(Style::CODE));
            if run.link != 0 && matches!(spans.get(run.link as usize - 1), Some(Span::Tags { .. })) {
                run.link = 0;
            }
            match merged.last_mut() {
                Some(last)
                    if last.kind == Kind::Text
                        && run.kind == Kind::Text
                        && last.end == run.start
                        && last.style == run.style
                        && last.link == run.link =>
                {
                    last.end = run.end;
                }
                _ if matches!(run.kind, Kind::Mark(_)) => {}
                _ => merged.push(run),
            }
        }
        self.runs = merged;
    }

    /// Whether any of it belongs to a link.
    pub(crate) fn holds_link(&self, link: u32) -> bool {
        self.runs.iter().any(|run| run.link == link)
    }

    /// What shows no style of its own takes the one that both its neighbours have.
    fn settle_styles(&mut self, place: Place) {
        if place == Place::Heading {
            // A heading that is bold from end to end is bold by being a heading.
            let all = self.runs.iter().filter(|run| run.kind == Kind::Text).all(|run| run.style.has(Style::STRONG));
            if all {
                for run in &mut self.runs {
                    run.style = run.style.without(Style::STRONG);
                }
            }
        }
        let solid = |run: &Run| run.kind == Kind::Text;
        let linked = |run: &Run| matches!(run.kind, Kind::Text | Kind::Image(_) | Kind::Atom(_));
        let (mut style, mut link) = (Style::NONE, 0);
        for run in &mut self.runs {
            if solid(run) {
                style = run.style;
            } else {
                run.style = run.style.and(style).without(if run.kind == Kind::Space { Style::NONE } else { Style::CODE });
            }
            if linked(run) {
                link = run.link;
            } else if run.link != link {
                run.link = 0;
            }
        }
        (style, link) = (Style::NONE, 0);
        for run in self.runs.iter_mut().rev() {
            if solid(run) {
                style = run.style;
            } else {
                run.style = run.style.and(style);
            }
            if linked(run) {
                link = run.link;
            } else if run.link != link {
                run.link = 0;
            }
        }
    }
}

/// How many bytes go out as they are: up to what [`Paragraph::push_text`] looks at. A single space between words counts.
fn plain_length(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b' ' => match bytes.get(at + 1) {
                Some(33..=126 | 0xC3..=0xE1 | 0xE3..=0xEE | 0xF0..) => at += 1,
                _ => return at,
            },
            0..=31 | 127 => return at,
            0xC2 if bytes.get(at + 1) == Some(&0xA0) => return at,
            0xE2 if matches!(bytes.get(at + 1..at + 3), Some([0x80, 0x8B | 0xA8 | 0xA9])) => return at,
            0xEF if bytes.get(at + 1..at + 3) == Some(&[0xBB, 0xBF]) => return at,
            _ => at += 1,
        }
    }
    at
}

/// Thai, Lao, Myanmar, Khmer.
fn parts_words_invisibly(c: char) -> bool {
    matches!(c, '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}')
}

/// Characters that are written without spaces between them: a newline in the source is not one either.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{312f}' | '\u{3190}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{ff00}'..='\u{ff60}' | '\u{20000}'..='\u{3fffd}')
}

/// Whether a no-break space between these two is typography (French punctuation, numbers with units) and not an
/// editor's way of writing a space.
fn binds(before: Option<char>, next: Option<char>) -> bool {
    matches!(before, Some('«' | '‹' | '–' | '—' | '§' | '№' | '0'..='9'))
        || matches!(next, Some(':' | ';' | '!' | '?' | '»' | '›' | '%' | '€' | '–' | '—' | '0'..='9'))
}

/// Where each style of a run ends.
type Ends = [u32; Style::MARKS + 1];

const LINK: usize = Style::MARKS;

struct Writer<'p> {
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
    /// So much of the next run has been written before the marks that were opened for it.
    skip: usize,
}

impl<'p> Writer<'p> {
    fn new(paragraph: &'p Paragraph, spans: &'p [Span], place: Place, options: &'p MarkdownOptions) -> Writer<'p> {
        Writer {
            paragraph,
            spans,
            place,
            options,
            out: String::with_capacity(paragraph.text.len() + paragraph.text.len() / 8 + 16),
            marks: Vec::new(),
            open: Vec::new(),
            pairs: 0,
            lines: vec![0],
            held: "",
            escape_brackets: false,
            skip: 0,
        }
    }

    fn write(mut self, styled: bool) -> String {
        let runs = &self.paragraph.runs;
        let ends = if styled { ends_of(runs) } else { Vec::new() };
        for (at, run) in runs.iter().enumerate() {
            if styled {
                self.turn(at, run, ends.get(at));
            }
            self.content(at, run);
        }
        self.close_from(0, 0);
        let held = std::mem::take(&mut self.held);
        self.out.push_str(held);
        self.finish()
    }

    /// Closes and opens what has to be between the last run and this one.
    fn turn(&mut self, at: usize, run: &Run, ends: Option<&Ends>) {
        let wanted = |bit: usize, link_now: u32| {
            if bit == LINK { run.link != 0 && run.link == link_now } else { run.style.0 & (1 << bit) != 0 }
        };
        let link_now = at.checked_sub(1).and_then(|at| self.paragraph.runs.get(at)).map_or(0, |run| run.link);
        let mut keep = self.open.iter().position(|(bit, _)| !wanted(*bit, link_now)).unwrap_or(self.open.len());
        let end_of = |bit: usize| ends.and_then(|ends| ends.get(bit)).copied().unwrap_or(0);
        let link_opens = run.link != 0 && !matches!(run.kind, Kind::Space | Kind::Break) && !self.open.iter().take(keep).any(|(bit, _)| *bit == LINK);
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
        let mut opening: Vec<usize> = Vec::new();
        for bit in 0..=LINK {
            let needed = if bit == LINK { run.link != 0 } else { run.style.0 & (1 << bit) != 0 };
            if needed && !self.open.iter().any(|(open, _)| *open == bit) {
                opening.push(bit);
            }
        }
        if opening.is_empty() {
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
        let leading = if run.kind == Kind::Text && run.style.has(MARKED) { leading_space(self.text_of(run)) } else { "" };
        self.out.push_str(leading);
        self.skip = leading.len();
        for bit in opening {
            self.open_style(bit, run, at);
        }
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
                    self.marks.push(Mark { at: self.out.len(), length: 0, byte: b'[', role: Role::LinkOpens });
                    self.out.push('[');
                }
                Some(Span::Tags { open, .. }) if self.options.raw_html != RawHtml::None => self.out.push_str(open),
                _ => {}
            },
            0..=2 => {
                let (byte, length) = DELIMITERS.get(bit).copied().unwrap_or((b'*', 1));
                self.marks.push(Mark { at: self.out.len(), length, byte, role: Role::Open(number) });
                self.out.extend(std::iter::repeat_n(char::from(byte), length));
            }
            _ => {
                if self.options.raw_html != RawHtml::None {
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
                    self.marks.push(Mark { at: self.out.len(), length, byte, role: Role::Close(number) });
                    self.out.extend(std::iter::repeat_n(char::from(byte), length));
                }
                _ => {
                    if self.options.raw_html != RawHtml::None {
                        self.out.push_str("</");
                        self.out.push_str(Style::element(bit));
                        self.out.push('>');
                    }
                }
            }
        }
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
        self.marks.push(Mark { at: self.out.len(), length: 0, byte: b']', role: Role::LinkCloses });
        self.out.push_str("](");
        let in_cell = self.place == Place::Cell;
        address::write_destination(&mut self.out, href, in_cell);
        escape::write_title(&mut self.out, title, in_cell);
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
                (_, RawHtml::None) => self.out.push(' '),
                _ => self.out.push_str("<br>"),
            },
            Kind::Image(number) => {
                let Some(image) = self.paragraph.images.get(number as usize) else { return };
                let in_cell = self.place == Place::Cell;
                self.out.push_str("![");
                escape::write_alt(&mut self.out, &image.alt, in_cell);
                self.out.push_str("](");
                address::write_destination(&mut self.out, &image.src, in_cell);
                escape::write_title(&mut self.out, &image.title, in_cell);
                self.out.push(')');
            }
            Kind::Mark(number) | Kind::Atom(number) => {
                if let Some(markup) = self.paragraph.raw.get(number as usize) {
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
            }) || !self.held.is_empty(),
            bracket_follows: next.is_some_and(|next| next.link != run.link && next.link != 0),
            last: next.is_none() && self.open.is_empty(),
        };
        escape::write_text(&mut self.out, &mut self.marks, text, around);
    }

    fn code(&mut self, text: &str) {
        let mut longest = 0;
        let mut lengths = 0_u64;
        for run in text.split(|c| c != '`').filter(|run| !run.is_empty()) {
            longest = longest.max(run.len());
            lengths |= 1_u64.checked_shl(run.len() as u32).unwrap_or(0);
        }
        let fence = (1..=longest + 1).find(|n| lengths & 1_u64.checked_shl(*n as u32).unwrap_or(0) == 0).unwrap_or(1);
        let pad = text.starts_with('`') || text.ends_with('`');
        let fenced = |writer: &mut Self| {
            writer.marks.push(Mark { at: writer.out.len(), length: fence, byte: b'`', role: Role::Fence });
            writer.out.extend(std::iter::repeat_n('`', fence));
        };
        fenced(self);
        if pad {
            self.out.push(' ');
        }
        for c in text.chars() {
            match c {
                '\u{a0}' => self.out.push(' '),
                '|' if self.place == Place::Cell => self.out.push_str("\\|"),
                c => self.out.push(c),
            }
        }
        if pad {
            self.out.push(' ');
        }
        fenced(self);
    }

    /// Escapes what has to be, now that the whole paragraph is known.
    fn finish(mut self) -> String {
        let mut verdicts = Vec::new();
        while !self.marks.is_empty() {
            verdicts = marks::judge(&self.out, &self.marks, self.options.raw_html != RawHtml::None);
            if !verdicts.contains(&Verdict::Drop) {
                break;
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
                    for offset in 0..mark.length {
                        edits.push((mark.at + offset, 0, "\\".to_owned()));
                    }
                }
                Verdict::Tag => {
                    let slash = if closing { "/" } else { "" };
                    edits.push((mark.at, mark.length, format!("<{slash}{name}>")));
                }
                Verdict::Reference => {
                    let neighbour = if closing {
                        self.out.get(mark.at + mark.length..).and_then(|t| t.chars().next()).map(|c| (mark.at + mark.length, c))
                    } else {
                        self.out.get(..mark.at).and_then(|t| t.chars().next_back()).map(|c| (mark.at - c.len_utf8(), c))
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
            let line = line.split('\n').next().unwrap_or("");
            let line = line.trim_end();
            let box_at = (number == 0 && self.paragraph.begins_item && begins_with_box(line)).then_some(0);
            let defines = (number == 0 && escape::begins_definition(&self.out)).then_some(0);
            let marker = escape::block_marker(line, number == 0).or(box_at).or(defines);
            let Some(offset) = marker else { continue };
            let at = start + offset;
            // Our own marks and fences are no text, and cannot be the start of a block.
            if self.marks.iter().any(|mark| mark.at <= at && at < mark.at + mark.length && mark.role != Role::Text) {
                continue;
            }
            if line.starts_with('[') && self.marks.iter().any(|mark| mark.at == *start && mark.role == Role::LinkOpens) {
                continue;
            }
            // A run is escaped whole: the rest of it would be a run too.
            let length = self.marks.iter().find(|mark| mark.at == at).map_or(1, |mark| mark.length.max(1));
            edits.extend((0..length).map(|offset| (at + offset, 0, "\\".to_owned())));
        }
        if self.place == Place::Heading {
            self.trailing_hashes(&mut edits);
        }
        let task = self.paragraph.task;
        if let Some(done) = task {
            edits.push((0, 0, if done { "[x] ".to_owned() } else { "[ ] ".to_owned() }));
        }
        if edits.is_empty() {
            return self.out;
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
        self.out.clear();
        result
    }

    /// Takes the marks that are dropped out of the text.
    fn take_out(&mut self, verdicts: &[Verdict]) {
        let mut out = String::with_capacity(self.out.len());
        let mut marks = Vec::with_capacity(self.marks.len());
        let mut lines = self.lines.iter().peekable();
        let mut moved = Vec::with_capacity(self.lines.len());
        let mut done = 0;
        for (mark, verdict) in self.marks.iter().zip(verdicts) {
            while let Some(line) = lines.next_if(|line| **line <= mark.at) {
                moved.push(line - (done - out.len()));
            }
            out.push_str(self.out.get(done..mark.at).unwrap_or(""));
            done = mark.at;
            if *verdict == Verdict::Drop {
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
        if kept.len() < self.out.len() && (kept.is_empty() || kept.ends_with(' ')) {
            edits.push((kept.len(), 0, "\\".to_owned()));
        }
    }
}

/// `[ ]` and `[x]` at the start of an item are boxes to GFM.
fn begins_with_box(line: &str) -> bool {
    matches!(line.as_bytes(), [b'[', b' ' | b'x' | b'X', b']', ..])
}

/// Styles that are said with marks, which white space inside would break.
const MARKED: Style = Style(Style::STRONG.0 | Style::EM.0 | Style::DEL.0);

const DELIMITERS: [(u8, usize); 3] = [(b'*', 2), (b'*', 1), (b'~', 2)];

fn leading_space(text: &str) -> &str {
    let rest = text.trim_start_matches(char::is_whitespace);
    text.get(..text.len() - rest.len()).unwrap_or("")
}

/// Whether `<address>` is read as a link to that address.
fn is_autolink(address: &str) -> bool {
    let known = ["http://", "https://", "ftp://"].iter().any(|scheme| {
        address.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)) && address.len() > scheme.len()
    });
    known
        && !address.contains('%')
        && address.chars().all(|c| !c.is_whitespace() && !c.is_control() && !matches!(c, '<' | '>' | '\\' | '|' | '`' | '"'))
        && !address.match_indices('&').any(|(at, _)| escape::begins_entity(address.get(at..).unwrap_or("")))
}

/// For every run, where each of its styles ends: the number of the first run without it.
fn ends_of(runs: &[Run]) -> Vec<Ends> {
    let mut all = vec![[0; Style::MARKS + 1]; runs.len()];
    let mut next: Ends = [0; Style::MARKS + 1];
    let mut next_run: Option<&Run> = None;
    for (at, (run, ends)) in runs.iter().zip(all.iter_mut()).enumerate().rev() {
        let after = at as u32 + 1;
        for (bit, end) in ends.iter_mut().enumerate() {
            let (has, goes_on) = if bit == LINK {
                (run.link != 0, next_run.is_some_and(|next| next.link == run.link))
            } else {
                let flag = 1 << bit;
                (run.style.0 & flag != 0, next_run.is_some_and(|next| next.style.0 & flag != 0))
            };
            if has {
                *end = if goes_on { next.get(bit).copied().unwrap_or(after) } else { after };
            }
        }
        next = *ends;
        next_run = Some(run);
    }
    all
}
