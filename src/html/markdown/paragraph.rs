//! One paragraph: collected as runs of text that share a style and a link, then written as Markdown.
//!
//! Runs are flat: which tags were nested in which no longer matters, so mis-nested tags, bold in bold and empty `<b></b>`
//! need no rules. White space is put off until the next visible thing is known, and so never stands at the edge of a style.

mod writer;

use std::cell::Cell;
use std::collections::BTreeMap;

use super::super::style::Style;
use super::{MarkdownOptions, RawHtml};
use writer::{Scratch, Writer};

/// What a link of the document is.
#[derive(Debug)]
pub(crate) enum Span {
    /// A link: where to, and its title.
    Link { href: String, title: String },
    /// Something that HTML alone can say: the tags around the text.
    Tags { open: String, close: &'static str },
}

/// What was said in HTML, or would have been.
#[derive(Debug, Default)]
pub(crate) struct Account {
    /// HTML was written.
    pub(crate) html: bool,
    /// No HTML was allowed: the elements that only it could have said, with how often.
    unsaid: BTreeMap<&'static str, usize>,
}

impl Account {
    /// Counts one.
    pub(crate) fn add(&mut self, element: &'static str) {
        *self.unsaid.entry(element).or_default() += 1;
    }

    /// What was not said: element and count, in the order of their names.
    pub(crate) fn unsaid(&self) -> impl Iterator<Item = (&'static str, usize)> {
        self.unsaid.iter().map(|(element, count)| (*element, *count))
    }
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
    scratch: Scratch,
    visible: bool,
    /// The item it begins is a task: done or not.
    pub(crate) task: Option<bool>,
    /// It is the first of a list's item.
    pub(crate) begins_item: bool,
}

thread_local! {
    /// The emptied paragraph of the last fragment: comments are short and many, and the next one's text, runs and marks fit
    /// into the same memory.
    static LAST: Cell<Option<Paragraph>> = const { Cell::new(None) };
}

/// Bytes of text up to which a paragraph's memory is kept for the next fragment.
const KEPT: usize = 64 * 1024;

impl Paragraph {
    /// An empty one, in the memory of the last fragment's where there is some.
    pub(crate) fn again() -> Paragraph {
        LAST.take().unwrap_or_default()
    }

    /// Leaves its memory to the next fragment.
    pub(crate) fn leave(mut self) {
        if self.text.capacity().max(self.scratch.out.capacity()) > KEPT {
            return;
        }
        self.text.clear();
        self.runs.clear();
        self.images.clear();
        self.raw.clear();
        LAST.set(Some(Paragraph {
            text: self.text,
            runs: self.runs,
            images: self.images,
            raw: self.raw,
            scratch: self.scratch,
            ..Paragraph::default()
        }));
    }

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
        self.runs
            .iter()
            .rev()
            .find(|run| !matches!(run.kind, Kind::Mark(_)))
            .is_some_and(|run| run.kind == Kind::Break)
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
        let gap = self.gap.get_or_insert(Gap {
            style,
            link,
            no_break: 0,
            newlines: 0,
            others: 0,
        });
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
        self.runs.push(Run {
            kind: Kind::Text,
            start,
            end,
            style,
            link,
        });
    }

    /// Writes the white space that was put off, now that what follows it is known.
    fn settle(&mut self, gap: Gap, next: Option<char>, style: Style, link: u32) {
        let Some(last) = self
            .runs
            .iter()
            .rev()
            .find(|run| !matches!(run.kind, Kind::Mark(_)))
            .copied()
        else {
            return;
        };
        if last.kind == Kind::Break {
            return;
        }
        let before = if last.kind == Kind::Text {
            self.text.chars().next_back()
        } else {
            None
        };
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
        self.runs.push(Run {
            kind: Kind::Space,
            start,
            end,
            style: shared,
            link,
        });
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

    /// Adds markup that shows nothing. In the middle of a link, which it would cut in two, it goes before the link.
    pub(crate) fn mark(&mut self, markup: String, style: Style, link: u32) {
        self.raw.push(markup);
        self.push(Kind::Mark(self.raw.len() as u32 - 1), style, 0);
        if link == 0 {
            return;
        }
        let before = self
            .runs
            .iter()
            .rev()
            .skip(1)
            .take_while(|run| run.link == link)
            .count();
        let start = self.runs.len() - 1 - before;
        if let (Some(place), Some(tail)) = (self.runs.get(start).map(|run| run.start), self.runs.get_mut(start..)) {
            tail.rotate_right(1);
            if let Some(mark) = tail.first_mut() {
                (mark.start, mark.end) = (place, place);
            }
        }
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
        self.runs.push(Run {
            kind,
            start: at,
            end: at,
            style: style.without(Style::CODE),
            link,
        });
    }

    /// Forgets everything, keeps the memory.
    pub(crate) fn reset(&mut self) {
        self.visible = true;
        self.clear();
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
    pub(crate) fn write(
        &mut self,
        spans: &[Span],
        place: Place,
        options: &MarkdownOptions,
        account: &mut Account,
    ) -> String {
        self.gap = None;
        for run in &mut self.runs {
            // White space of other scripts, styled by itself.
            let styled = !run.style.is_empty() || run.link != 0;
            if run.kind == Kind::Text
                && styled
                && self
                    .text
                    .get(run.start..run.end)
                    .is_some_and(|text| text.trim().is_empty())
            {
                run.kind = Kind::Space;
            }
        }
        while let Some(run) = self.runs.last()
            && matches!(run.kind, Kind::Break | Kind::Space)
        {
            self.runs.pop();
        }
        if options.raw_html == RawHtml::None {
            self.forget_tags(spans, account);
        }
        let styled = self.runs.iter().any(|run| !run.style.is_empty() || run.link != 0);
        if styled {
            self.settle_styles(place);
        }
        let scratch = std::mem::take(&mut self.scratch);
        let (text, scratch) = Writer::new(self, spans, place, options, account, scratch).write(styled);
        self.scratch = scratch;
        text
    }

    /// Takes back the memory of what it wrote.
    pub(crate) fn recycle(&mut self, text: String) {
        self.scratch.out = text;
    }

    /// Takes out what tags alone could say, so that nothing is written between pieces that only differ in that.
    fn forget_tags(&mut self, spans: &[Span], account: &mut Account) {
        let mut merged: Vec<Run> = Vec::with_capacity(self.runs.len());
        let (mut style, mut link) = (Style::NONE, 0);
        for mut run in self.runs.drain(..) {
            let begun = run.style.without(style).without(MARKED.with(Style::CODE));
            for bit in (0..Style::MARKS).filter(|bit| begun.has(Style(1 << bit))) {
                account.add(Style::element(bit));
            }
            if run.link != 0
                && run.link != link
                && let Some(Span::Tags { close, .. }) = spans.get(run.link as usize - 1)
            {
                account.add(close.trim_start_matches("</").trim_end_matches('>'));
            }
            (style, link) = (run.style, run.link);
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
                // Pieces of code that touch are one: nothing could part their fences if a style between them had to go.
                Some(last)
                    if last.kind == Kind::Text
                        && run.kind == Kind::Text
                        && last.end == run.start
                        && last.link == run.link
                        && last.style.has(Style::CODE)
                        && run.style.has(Style::CODE) =>
                {
                    last.style = Style::CODE;
                    last.end = run.end;
                }
                _ if matches!(run.kind, Kind::Mark(_)) => {}
                _ => merged.push(run),
            }
        }
        self.runs = merged;
    }

    /// Whether anything of it that a reader could click on belongs to a link.
    pub(crate) fn holds_link(&self, link: u32) -> bool {
        self.runs.iter().any(|run| {
            run.link == link
                && match run.kind {
                    Kind::Text => self
                        .text
                        .get(run.start..run.end)
                        .is_some_and(|text| !text.trim().is_empty()),
                    Kind::Image(_) | Kind::Atom(_) => true,
                    _ => false,
                }
        })
    }

    /// What shows no style of its own takes the one that both its neighbours have.
    fn settle_styles(&mut self, place: Place) {
        if place == Place::Heading {
            // A heading that is bold from end to end is bold by being a heading.
            let all = self
                .runs
                .iter()
                .filter(|run| run.kind == Kind::Text)
                .all(|run| run.style.has(Style::STRONG));
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
                run.style = run.style.and(style).without(if run.kind == Kind::Space {
                    Style::NONE
                } else {
                    Style::CODE
                });
                if matches!(run.kind, Kind::Image(_)) {
                    style = run.style;
                }
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
                if matches!(run.kind, Kind::Image(_)) {
                    style = run.style;
                }
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
    // Up to here, bytes are looked at one by one.
    let mut careful = 0;
    while let Some(&byte) = bytes.get(at) {
        if at >= careful
            && let (Some(block), Some(next)) = (block_at(bytes, at), block_at(bytes, at + 1))
        {
            if is_plain(block, next) {
                at += block.len();
                continue;
            }
            careful = at + block.len();
        }
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

/// Bytes that are looked at together.
pub(super) type Block = [u8; 16];

/// The block at a place.
pub(super) fn block_at(bytes: &[u8], at: usize) -> Option<&Block> {
    bytes.get(at..)?.first_chunk()
}

/// Whether [`plain_length`] would pass over all of a block; `next` is the block one byte on. Looks at each byte without a
/// branch, which compilers make a handful of instructions of.
fn is_plain(block: &Block, next: &Block) -> bool {
    // ASCII first: as signed numbers, all else is below the space.
    let mut odd = 0;
    for (byte, next) in block.iter().zip(next) {
        let (own, after) = (byte.cast_signed(), next.cast_signed());
        // A space is plain before a letter, as `plain_length` has it.
        odd |= u8::from((own < 32) | (own == 127) | (own == 32) & ((after <= 32) | (after == 127)));
    }
    odd == 0 || !block.is_ascii() && is_plain_in_any_script(block, next)
}

fn is_plain_in_any_script(block: &Block, next: &Block) -> bool {
    let mut odd = 0;
    for (byte, next) in block.iter().zip(next) {
        let own = (*byte < b' ') | (*byte == 127) | (*byte == 0xC2) | (*byte == 0xE2) | (*byte == 0xEF);
        // What a letter begins with: none of those above, and no byte that only continues one.
        let letter = (*next > b' ') & (*next < 127) | (*next > 0xC2) & (*next != 0xE2) & (*next != 0xEF);
        let space = (*byte == b' ') & !letter;
        odd |= u8::from(own | space);
    }
    odd == 0
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
        || matches!(
            next,
            Some(':' | ';' | '!' | '?' | '»' | '›' | '%' | '€' | '–' | '—' | '0'..='9')
        )
}

/// Styles that are said with marks, which white space inside would break.
const MARKED: Style = Style(Style::STRONG.0 | Style::EM.0 | Style::DEL.0);
