//! The comments of a copied text: numbered ones with "Reply" and "Delete" after each, or blocks that start with
//! "NAME said...".

use crate::dates::{self, Day, Hints};
use crate::fold::fold;
use crate::read::phrases::{self, Action};

use super::lines::{Line, joined};

/// The comments of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Section {
    /// The line at which the post's body ends.
    pub(super) start: usize,
    /// The number that the heading claims.
    pub(super) claimed: Option<u64>,
    pub(super) remarks: Vec<Remark>,
}

/// A comment of a text.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Remark {
    pub(super) author: Option<String>,
    /// Date or time, as written.
    pub(super) date: Option<String>,
    pub(super) text: String,
    /// Place of the comment that it answers.
    pub(super) parent: Option<usize>,
}

/// Finds the comments of a text, if it has any or says that it had.
pub(super) fn find(lines: &[Line<'_>]) -> Option<Section> {
    let headings = lines.iter().enumerate().filter(|(_, line)| is_heading(line.text));
    let mut empty = None;
    for (at, line) in headings {
        let claimed = phrases::claimed(line.text);
        let after = lines.get(at + 1..).unwrap_or_default();
        let numbered = numbered(after);
        let said = said(after, true).map(|(_, remarks)| remarks).unwrap_or_default();
        let remarks = if numbered.len() >= said.len() { numbered } else { said };
        let remarks = if remarks.is_empty() { signed(after) } else { remarks };
        let remarks = if remarks.is_empty() { glued(after) } else { remarks };
        if !remarks.is_empty() {
            return Some(Section {
                start: at,
                claimed,
                remarks,
            });
        }
        if claimed.is_some() && empty.is_none() {
            empty = Some(Section {
                start: at,
                claimed,
                remarks: Vec::new(),
            });
        }
    }
    if let Some((start, remarks)) = said(lines, false) {
        return Some(Section {
            start,
            claimed: None,
            remarks,
        });
    }
    empty
}

/// A heading that counts comments, or the bare word above numbered ones.
fn is_heading(line: &str) -> bool {
    phrases::is_comment_heading(line)
        || matches!(
            fold(line).trim_end_matches(':'),
            "comments"
                | "comentarios"
                | "commentaires"
                | "kommentare"
                | "commenti"
                | "reacties"
                | "kommentarer"
                | "σχολια"
                | "комментарии"
                | "コメント"
        )
}

/// The numbered shape. Numbers alone do not make a comment: at least one "Reply" or "Delete" must stand under one.
fn numbered(lines: &[Line<'_>]) -> Vec<Remark> {
    let mut remarks: Vec<Remark> = Vec::new();
    let mut markers = 0_usize;
    let mut current: Option<Open<'_>> = None;
    let mut top: Option<(usize, u64)> = None;
    let mut last_top = None;
    for line in lines {
        if let Some(action) = phrases::action(line.text) {
            if action != Action::Replies {
                markers += usize::from(current.is_some());
                close(&mut current, &mut remarks);
            }
            continue;
        }
        let begins = number(line.text).and_then(|(number, rest)| match top {
            None => (number == 1).then_some((number, rest, false)),
            Some((indent, last)) if line.indent <= indent => {
                // Inside a comment that is still open a number is one of its own, unless it is the next.
                (current.is_none() && number > last || number == last + 1).then_some((number, rest, false))
            }
            Some(_) => (current.is_none()).then_some((number, rest, true)),
        });
        if let Some((number, rest, reply)) = begins {
            // An empty box for replies, numbered like one.
            if phrases::action(rest).is_some() {
                continue;
            }
            close(&mut current, &mut remarks);
            let place = remarks.len();
            if !reply {
                top = Some((line.indent, number));
                last_top = Some(place);
            }
            current = Some(Open {
                first: rest,
                lines: Vec::new(),
                parent: if reply { last_top } else { None },
            });
            continue;
        }
        match &mut current {
            Some(open) => match phrases::trailing_reply_delete(line.text) {
                Some(text) => {
                    open.lines.push(text);
                    markers += 1;
                    close(&mut current, &mut remarks);
                }
                None => open.lines.push(line.whole),
            },
            None if line.text.is_empty() => {}
            // Text that belongs to no comment: the page goes on with other things.
            None if top.is_some() => break,
            None => {}
        }
    }
    close(&mut current, &mut remarks);
    if markers == 0 { Vec::new() } else { remarks }
}

struct Open<'a> {
    first: &'a str,
    lines: Vec<&'a str>,
    parent: Option<usize>,
}

fn close(current: &mut Option<Open<'_>>, remarks: &mut Vec<Remark>) {
    let Some(open) = current.take() else { return };
    let mut remark = Remark {
        parent: open.parent,
        ..Remark::default()
    };
    let rest = joined(open.lines.iter().copied());
    // Some programs keep the author and the date, run together: `Ada5 May 2009 at 10:00`.
    let mut first = open.first;
    let mut rest = rest;
    if first.is_empty()
        && let Some((line, after)) = rest.clone().split_once('\n')
    {
        if let Some((author, date)) = author_and_date(line.trim()) {
            remark.author = Some(author.to_owned());
            remark.date = Some(date.to_owned());
            rest = after.trim().to_owned();
        }
    } else if let Some((author, date)) = author_and_date(first) {
        remark.author = Some(author.to_owned());
        remark.date = Some(date.to_owned());
        first = "";
    }
    remark.text = match (first.is_empty(), rest.is_empty()) {
        (true, _) => rest,
        (false, true) => first.to_owned(),
        // A blank line after the first one separates paragraphs.
        (false, false) => {
            let gap = open.lines.first().is_some_and(|line| line.trim().is_empty());
            format!("{first}{}{rest}", if gap { "\n\n" } else { "\n" })
        }
    };
    if !remark.text.is_empty() || remark.author.is_some() {
        remarks.push(remark);
    }
}

/// `12. text`: the number and what follows.
fn number(text: &str) -> Option<(u64, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 || digits > 5 {
        return None;
    }
    let (number, rest) = text.split_at_checked(digits)?;
    let rest = rest.strip_prefix('.')?;
    (rest.is_empty() || rest.starts_with(char::is_whitespace)).then_some((number.parse().ok()?, rest.trim()))
}

/// A name and the date and time that stand right behind it.
fn author_and_date(line: &str) -> Option<(&str, &str)> {
    if line.chars().count() > 120 || !line.chars().any(char::is_numeric) {
        return None;
    }
    let mut previous: Option<char> = None;
    for (at, c) in line.char_indices() {
        let starts = match previous {
            Some(before) => {
                (c.is_numeric() && !before.is_numeric() && !matches!(before, ':' | '/' | '.'))
                    || (c.is_uppercase() && before.is_alphabetic())
                    || before.is_whitespace()
            }
            None => false,
        };
        previous = Some(c);
        if !starts {
            continue;
        }
        let (name, date) = line.split_at(at);
        let whole = dates::read(date, &Hints::default())
            .is_some_and(|r| matches!(r.day, Day::Known(_) | Day::Ambiguous) && r.time.is_some() && r.other_words == 0);
        if whole && !name.trim().is_empty() {
            return Some((name.trim(), date.trim()));
        }
    }
    None
}

/// The shape with names. Without a heading a line must look like nothing else: short, ending in the word and its
/// dots, behind at least one paragraph, with text after it.
fn said(lines: &[Line<'_>], after_heading: bool) -> Option<(usize, Vec<Remark>)> {
    let mut starts: Vec<(usize, usize, String)> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        if let Some(name) = said_line(line.text) {
            starts.push((at, at + 1, name.to_owned()));
        } else if is_said_alone(line.text)
            && let Some(name_at) = (0..at)
                .rev()
                .find(|i| lines.get(*i).is_some_and(|l| !l.text.is_empty()))
            && let Some(name) = lines.get(name_at).filter(|l| l.text.chars().count() <= 60)
        {
            starts.push((name_at, at + 1, name.text.to_owned()));
        }
    }
    let first = starts.first()?.0;
    let paragraphs_before = lines.iter().take(first).filter(|l| !l.text.is_empty()).count();
    if !after_heading && paragraphs_before < 2 {
        return None;
    }
    let mut remarks: Vec<Remark> = Vec::new();
    for (i, (_, from, name)) in starts.iter().enumerate() {
        let to = starts.get(i + 1).map_or(lines.len(), |next| next.0);
        let mut text: Vec<&Line<'_>> = Vec::new();
        for line in lines.get(*from..to).unwrap_or_default() {
            if phrases::is_footer(line.text) {
                break;
            }
            text.push(line);
        }
        let mut remark = Remark {
            author: Some(name.clone()),
            ..Remark::default()
        };
        let last = text.iter().rposition(|l| !l.text.is_empty());
        // The line of the time closes a comment. Behind the last one the page goes on with other things.
        let is_last = i + 1 == starts.len();
        let closes_others = remarks.iter().any(|r| r.date.is_some());
        let closing = if is_last && closes_others {
            text.iter().position(|l| is_time(l.text)).or(last)
        } else {
            last
        };
        if let Some(at) = closing.filter(|at| *at > 0)
            && let Some(line) = text.get(at).map(|l| l.text)
            && is_time(line)
        {
            remark.date = Some(line.to_owned());
            text.truncate(at);
        }
        // The time of the comment before may stand in front of the name.
        if let Some((time, name)) = time_and_name(name) {
            if let Some(before) = remarks.last_mut().filter(|before| before.date.is_none()) {
                before.date = Some(time.to_owned());
            }
            remark.author = Some(name.to_owned());
        }
        remark.text = joined(text.iter().map(|l| l.whole));
        remarks.push(remark);
    }
    Some((first, remarks))
}

/// The shape of Classic templates, under a heading only: a comment, then the line that signs it (`By NAME, at 3:10 PM`).
fn signed(lines: &[Line<'_>]) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let mut block: Vec<&str> = Vec::new();
    for line in lines {
        if phrases::is_footer(line.text) {
            break;
        }
        let signature = (line.text.chars().count() <= 120)
            .then(|| phrases::posted_by(line.text).zip(time_in(line.text)))
            .flatten();
        let Some((name, time)) = signature else {
            block.push(line.whole);
            continue;
        };
        let text = joined(block.drain(..));
        // Programs put a bullet in front of the items of a list.
        let text = text
            .strip_prefix(['*', '•', '-'])
            .map_or(text.as_str(), str::trim_start)
            .to_owned();
        let author = Some(name.trim_end_matches([',', ' ']).to_owned());
        remarks.push(Remark {
            author,
            date: Some(time.to_owned()),
            text,
            parent: None,
        });
    }
    remarks
}

/// The shape of a program that leaves the marker out where it stands and puts it in front of what follows:
/// `ReplyDeleteText of the next comment`. Behind two blank lines or more it stands inside a comment instead.
fn glued(lines: &[Line<'_>]) -> Vec<Remark> {
    if !lines
        .iter()
        .any(|line| phrases::leading_reply_delete(line.text).is_some_and(|rest| !rest.is_empty()))
    {
        return Vec::new();
    }
    let mut remarks: Vec<Remark> = Vec::new();
    let mut block: Vec<&str> = Vec::new();
    let mut blank = 0;
    for line in lines {
        if phrases::is_footer(line.text) {
            break;
        }
        match phrases::leading_reply_delete(line.text) {
            Some(rest) => {
                if blank < 2 {
                    remarks.push(Remark {
                        text: joined(block.drain(..)),
                        ..Remark::default()
                    });
                }
                block.push(rest);
            }
            None => block.push(line.whole),
        }
        blank = if line.text.is_empty() { blank + 1 } else { 0 };
    }
    remarks.push(Remark {
        text: joined(block.drain(..)),
        ..Remark::default()
    });
    remarks.retain(|remark| !remark.text.is_empty());
    remarks
}

/// The date or time at the end of a line that signs a comment.
fn time_in(line: &str) -> Option<&str> {
    let starts = line.char_indices().filter(|(at, c)| {
        c.is_numeric()
            && line
                .get(..*at)
                .and_then(|before| before.chars().next_back())
                .is_some_and(char::is_whitespace)
    });
    starts
        .map(|(at, _)| line.get(at..).unwrap_or_default().trim())
        .find(|text| is_time(text))
}

/// The name in a line that is nothing but `NAME said...`.
fn said_line(line: &str) -> Option<&str> {
    let dots = line.ends_with("...") || line.ends_with('…') || line.ends_with(':');
    if !dots || line.chars().count() > 80 || line.starts_with(['*', '•', '-', '"', '“', '«']) {
        return None;
    }
    phrases::said(line)
}

/// `said...` on a line of its own, where an avatar split it from the name.
fn is_said_alone(line: &str) -> bool {
    (line.ends_with("...") || line.ends_with('…'))
        && line.chars().count() <= 20
        && phrases::said(&format!("x {line}")) == Some("x")
}

fn time_and_name(line: &str) -> Option<(&str, &str)> {
    line.starts_with(|c: char| c.is_numeric())
        .then(|| {
            line.match_indices(' ')
                .rev()
                .find(|(at, _)| line.get(..*at).is_some_and(is_time))
        })
        .flatten()
        .map(|(at, _)| {
            (
                line.get(..at).unwrap_or_default(),
                line.get(at..).unwrap_or_default().trim(),
            )
        })
}

fn is_time(line: &str) -> bool {
    line.chars().count() <= 60
        && dates::read(line, &Hints::default()).is_some_and(|r| r.other_words == 0 && r.time.is_some())
}
