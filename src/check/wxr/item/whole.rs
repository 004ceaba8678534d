//! What is judged of a post as a whole: its dates, once its item has ended, and the body.

use super::super::{Code, Report};
use super::Post;
use crate::wordpress::{CORE_SHORTCODES, is_calendar_date, is_zero_date};

pub(super) fn dates(post: &Post, report: &mut Report<'_>, place: u64) {
    let named = || post.named();
    let mut find = |code: Code, message: String| report.find(code, place, message);
    let in_drawer = matches!(&*post.status, "draft" | "pending" | "auto-draft" | "");
    let zero = is_zero_date(&post.date);
    let zero_gmt = is_zero_date(&post.date_gmt);
    if !zero && !is_calendar_date(&post.date) {
        find(
            Code::E06,
            format!(
                "The date {:?} of {} is no date: WordPress refuses the post.",
                post.date,
                named()
            ),
        );
    } else if zero && zero_gmt && !in_drawer {
        find(
            Code::E06,
            format!("{} has no date: it gets that of the import.", named()),
        );
    }
    if !zero_gmt && !is_calendar_date(&post.date_gmt) {
        find(
            Code::E06,
            format!("The UTC date {:?} of {} is no date.", post.date_gmt, named()),
        );
    } else if zero_gmt && !zero && !in_drawer {
        find(
            Code::E06,
            format!(
                "{} has no UTC date: WordPress works it out with its own time zone, which may be another.",
                named()
            ),
        );
    }
    if let Some(now) = report.options.now
        && post.status == "publish"
        && post.date_gmt > now.format("%Y-%m-%d %H:%M:%S").to_string()
    {
        report.find(
            Code::W11,
            place,
            format!(
                "{} is published with a date to come ({} UTC): WordPress schedules it.",
                named(),
                post.date_gmt
            ),
        );
    }
}

/// What WordPress does to a body when it is stored by somebody without all rights, and when it is shown.
pub(super) fn content(text: &str, place: u64, report: &mut Report<'_>) {
    let mut dropped = Vec::new();
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'<', rest.as_bytes()) {
        rest = rest.get(at + 1..).unwrap_or_default();
        let may_drop = rest
            .as_bytes()
            .first()
            .is_some_and(|b| b"isefo".contains(&b.to_ascii_lowercase()));
        if !may_drop {
            continue;
        }
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
            place,
            format!(
                "The text has {}: removed unless an administrator of a single site imports the file.",
                dropped.join(", ")
            ),
        );
    }
    // Few texts have a bracket.
    let may_run = memchr::memchr(b'[', text.as_bytes()).is_some();
    for name in CORE_SHORTCODES.into_iter().filter(|_| may_run) {
        let open = format!("[{name}");
        let runs = text.match_indices(&open).any(|(at, _)| {
            let behind = text.as_bytes().get(at + open.len());
            let escaped = at > 0 && text.as_bytes().get(at - 1) == Some(&b'[');
            !escaped && behind.is_some_and(|b| matches!(b, b']' | b' ' | b'/' | b'\n' | b'\t'))
        });
        if runs {
            report.find(
                Code::W04,
                place,
                format!("WordPress runs [{name}] as a shortcode; where it is meant as text it vanishes."),
            );
            break;
        }
    }
    if text.contains('\n') && !text.contains("<!-- wp:") && !text.contains("<pre") {
        report.find(
            Code::W05,
            place,
            "Newlines in a classic post: WordPress shows them as line breaks and paragraphs.",
        );
    }
}
