//! What is judged of a post as a whole, once its item has ended: duplicates, dates, the body.

use super::super::known::Known;
use super::super::{Code, Report};
use super::{Post, hash};
use crate::wordpress::{is_calendar_date, is_zero_date};

pub(super) fn duplicates(post: &Post, named: &str, known: &mut Known, find: &mut impl FnMut(Code, String)) {
    // Without any date WordPress takes the time of the import, which no other post has.
    if !is_zero_date(&post.date) {
        let date = hash((&post.kind, &post.date));
        let shared = !known.dates.insert(date);
        if post.fold == 0 {
            if shared {
                find(
                    Code::E04,
                    format!(
                        "An untitled {} of {} shares its date with another: WordPress takes the two for one.",
                        post.kind, post.date
                    ),
                );
            }
            known.untitled.insert(date);
        } else {
            let is_new = known.titles.insert(hash((&post.kind, &post.date, post.fold)));
            if !is_new || known.untitled.contains(&date) {
                find(
                    Code::E04,
                    format!(
                        "{named} of {} is there twice, or shares its date with an untitled post: WordPress takes the two for one, and the second's comments go to the first.",
                        post.date
                    ),
                );
            }
        }
    }
    let parent = if post.kind == "post" { "0" } else { post.parent.trim() };
    if !post.name.is_empty() && !known.slugs.insert(hash((&post.kind, parent, &post.name))) {
        find(
            Code::W02,
            format!(
                "The slug {:?} is used twice: WordPress puts a number behind it, and the address of {named} changes.",
                post.name
            ),
        );
    }
}

pub(super) fn dates(post: &Post, named: &str, report: &mut Report<'_>, line: u64) {
    let mut find = |code: Code, message: String| report.find(code, line, message);
    let in_drawer = matches!(&*post.status, "draft" | "pending" | "auto-draft" | "");
    let zero = is_zero_date(&post.date);
    let zero_gmt = is_zero_date(&post.date_gmt);
    if !zero && !is_calendar_date(&post.date) {
        find(
            Code::E06,
            format!(
                "The date {:?} of {named} is no date: WordPress refuses the post.",
                post.date
            ),
        );
    } else if zero && zero_gmt && !in_drawer {
        find(Code::E06, format!("{named} has no date: it gets that of the import."));
    }
    if !zero_gmt && !is_calendar_date(&post.date_gmt) {
        find(
            Code::E06,
            format!("The UTC date {:?} of {named} is no date.", post.date_gmt),
        );
    } else if zero_gmt && !zero && !in_drawer {
        find(
            Code::E06,
            format!("{named} has no UTC date: WordPress works it out with its own time zone, which may be another."),
        );
    }
    if let Some(now) = report.options.now
        && post.status == "publish"
        && post.date_gmt > now.format("%Y-%m-%d %H:%M:%S").to_string()
    {
        report.find(
            Code::W11,
            line,
            format!(
                "{named} is published with a date to come ({} UTC): WordPress schedules it.",
                post.date_gmt
            ),
        );
    }
}

/// What WordPress does to a body when it is stored by somebody without all rights, and when it is shown.
pub(super) fn content(text: &str, line: u64, report: &mut Report<'_>) {
    let mut dropped = Vec::new();
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'<', rest.as_bytes()) {
        rest = rest.get(at + 1..).unwrap_or_default();
        for name in ["iframe", "script", "style", "embed", "object", "form"] {
            let found = rest
                .get(..name.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(name))
                && rest
                    .as_bytes()
                    .get(name.len())
                    .is_none_or(|b| !b.is_ascii_alphanumeric());
            if found && !dropped.contains(&name) {
                dropped.push(name);
            }
        }
    }
    if !dropped.is_empty() {
        report.find(
            Code::W03,
            line,
            format!(
                "The text has {}: removed unless an administrator of a single site imports the file.",
                dropped.join(", ")
            ),
        );
    }
    // Few texts have a bracket.
    let may_run = memchr::memchr(b'[', text.as_bytes()).is_some();
    for name in [
        "caption",
        "wp_caption",
        "gallery",
        "playlist",
        "audio",
        "video",
        "embed",
    ]
    .into_iter()
    .filter(|_| may_run)
    {
        let open = format!("[{name}");
        let runs = text.match_indices(&open).any(|(at, _)| {
            let behind = text.as_bytes().get(at + open.len());
            let escaped = at > 0 && text.as_bytes().get(at - 1) == Some(&b'[');
            !escaped && behind.is_some_and(|b| matches!(b, b']' | b' ' | b'/' | b'\n' | b'\t'))
        });
        if runs {
            report.find(
                Code::W04,
                line,
                format!("WordPress runs [{name}] as a shortcode; where it is meant as text it vanishes."),
            );
            break;
        }
    }
    if text.contains('\n') && !text.contains("<!-- wp:") && !text.contains("<pre") {
        report.find(
            Code::W05,
            line,
            "Newlines in a classic post: WordPress shows them as line breaks and paragraphs.",
        );
    }
}
