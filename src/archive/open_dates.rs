//! Dates that stay open: the source has a text for one and no day could be read from it. The text is kept, and it is told, since
//! an output that wants a date has none.

use crate::dates::{self, Day, Hints};
use crate::ledger::{Notice, NoticeCode};
use crate::model::{Comment, DateBasis, Post, Provenance};

/// What there is to tell of a post's date of publication.
pub(super) fn of_post(post: &Post) -> Option<Notice> {
    let whose = post.title.as_deref().filter(|title| !title.is_empty());
    let whose = whose.map_or_else(
        || format!("the post {}", post.id),
        |title| format!("the post {title:?}"),
    );
    let date = (post.date_published.is_none()).then_some(post.date_published_raw.as_deref()?)?;
    let notice = tell(date, post.date_published_basis, &post.provenance, &whose)?;
    Some(notice.about_post(&post.blog, &post.id))
}

/// What there is to tell of a comment's date.
pub(super) fn of_comment(comment: &Comment) -> Option<Notice> {
    let date = (comment.date_published.is_none()).then_some(comment.date_published_raw.as_deref()?)?;
    let whose = format!("the comment {}", comment.id);
    let notice = tell(date, comment.date_published_basis, &comment.provenance, &whose)?;
    Some(notice.about_comment(&comment.id))
}

fn tell(date: &str, basis: Option<DateBasis>, provenance: &[Provenance], whose: &str) -> Option<Notice> {
    let date = date.trim();
    if basis == Some(DateBasis::Ambiguous) {
        return Some(Notice::new(
            NoticeCode::AmbiguousDate,
            format!("The date {date:?} of {whose} may mean two days; it was left open, and its text is kept."),
        ));
    }
    let has_digits = date.chars().any(char::is_numeric);
    // Pages print names and words, or the time alone, where others print a date.
    let is_none = match is_of_page(provenance) {
        true => !has_digits || dates::read(date, &Hints::default()).is_some_and(|r| r.day == Day::Absent),
        false => date.is_empty(),
    };
    (!is_none).then(|| {
        Notice::new(
            NoticeCode::UnreadableDate,
            format!("The date {date:?} of {whose} could not be read; its text is kept."),
        )
    })
}

fn is_of_page(provenance: &[Provenance]) -> bool {
    let mut methods = provenance.iter().filter_map(|place| place.method.as_deref());
    methods.any(|method| method == "copied-text" || method.starts_with("html:"))
}
