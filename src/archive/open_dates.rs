//! Dates that stay open: the source has a text for one and no day could be read from it. The text is kept, and it is told, since
//! an output that wants a date has none.

use crate::dates::{self, Day, Hints};
use crate::ledger::{Notice, NoticeCode};
use crate::model::{Comment, Date, DateBasis, Post, Provenance};

/// A date of a record as its three fields.
type Field<'a> = (&'static str, &'a Option<Date>, &'a Option<String>, Option<DateBasis>);

/// What there is to tell of a post's dates.
pub(super) fn of_post(post: &Post) -> impl Iterator<Item = Notice> {
    let fields: [Field<'_>; 3] = [
        (
            "date",
            &post.date_published,
            &post.date_published_raw,
            post.date_published_basis,
        ),
        (
            "date of the last change",
            &post.date_modified,
            &post.date_modified_raw,
            post.date_modified_basis,
        ),
        (
            "date of the first draft",
            &post.date_created,
            &post.date_created_raw,
            post.date_created_basis,
        ),
    ];
    let notices = fields.into_iter().filter_map(|field| {
        tell(field, &post.provenance, || {
            match post.title.as_deref().unwrap_or_default() {
                "" => format!("the post {}", post.id),
                title => format!("the post {title:?}"),
            }
        })
    });
    notices.map(|notice| notice.about_post(&post.blog, &post.id))
}

/// What there is to tell of a comment's dates.
pub(super) fn of_comment(comment: &Comment) -> impl Iterator<Item = Notice> {
    let fields: [Field<'_>; 2] = [
        (
            "date",
            &comment.date_published,
            &comment.date_published_raw,
            comment.date_published_basis,
        ),
        (
            "date of the last change",
            &comment.date_modified,
            &comment.date_modified_raw,
            comment.date_modified_basis,
        ),
    ];
    let notices = fields
        .into_iter()
        .filter_map(|field| tell(field, &comment.provenance, || format!("the comment {}", comment.id)));
    notices.map(|notice| notice.about_comment(&comment.id))
}

fn tell(field: Field<'_>, provenance: &[Provenance], whose: impl Fn() -> String) -> Option<Notice> {
    let (what, None, Some(text), basis) = field else {
        return None;
    };
    let text = text.trim();
    if basis == Some(DateBasis::Ambiguous) {
        return Some(Notice::new(
            NoticeCode::AmbiguousDate,
            format!(
                "The {what} {text:?} of {} may mean two days; it was left open, and its text is kept.",
                whose()
            ),
        ));
    }
    // Pages print names and words, or the time alone, where others print a date.
    let is_none = match is_of_page(provenance) {
        true => {
            let has_digits = text.chars().any(char::is_numeric);
            !has_digits || dates::read(text, &Hints::default()).is_some_and(|r| r.day == Day::Absent)
        }
        false => text.is_empty(),
    };
    (!is_none).then(|| {
        Notice::new(
            NoticeCode::UnreadableDate,
            format!(
                "The {what} {text:?} of {} could not be read; its text is kept.",
                whose()
            ),
        )
    })
}

fn is_of_page(provenance: &[Provenance]) -> bool {
    let mut methods = provenance.iter().filter_map(|place| place.method.as_deref());
    methods.any(|method| method == "copied-text" || method.starts_with("html:"))
}
