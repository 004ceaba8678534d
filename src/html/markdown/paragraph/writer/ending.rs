//! The end of a paragraph: which marks hold, and what is escaped, now that the whole of it is known.

use std::borrow::Cow;

use super::*;

/// What is put in the place of so many bytes at a place.
type Edit = (usize, usize, Cow<'static, str>);

impl Writer<'_> {
    /// Escapes what has to be, now that the whole paragraph is known.
    pub(super) fn finish(&mut self) -> String {
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
        let mut edits: Vec<Edit> = Vec::new();
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
                    edits.push((mark.at, mark.length, format!("<{slash}{name}>").into()));
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
                        edits.push((at, c.len_utf8(), format!("{escape}&#{};", u32::from(c)).into()));
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
            edits.push((0, 0, if done { "[x] ".into() } else { "[ ] ".into() }));
        }
        if edits.is_empty() {
            return std::mem::take(&mut self.out);
        }
        edits.sort_by_key(|edit| (edit.0, edit.1));
        edits.dedup();
        let mut result = std::mem::take(&mut self.spare);
        result.clear();
        result.reserve(self.out.len() + edits.len() * 2);
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
        self.spare = std::mem::take(&mut self.out);
        result
    }

    /// What makes the character at a place plain: a backslash, or the character as a reference.
    fn escape_at(&self, at: usize) -> Edit {
        match self.out.get(at..).and_then(|rest| rest.chars().next()) {
            Some(c) if !self.options.dialect.takes_backslash(c) => {
                (at, c.len_utf8(), format!("&#{};", u32::from(c)).into())
            }
            _ => (at, 0, Cow::Borrowed("\\")),
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
    fn trailing_hashes(&self, edits: &mut Vec<Edit>) {
        let kept = self.out.trim_end_matches('#');
        if self.options.dialect == Dialect::Pelican {
            // There, they need no space before them.
            edits.extend((kept.len()..self.out.len()).map(|at| self.escape_at(at)));
        } else if kept.len() < self.out.len() && (kept.is_empty() || kept.ends_with(' ')) {
            edits.push((kept.len(), 0, Cow::Borrowed("\\")));
        }
    }
}
