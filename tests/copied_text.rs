//! Every text of `fixtures/copied-text` against `expected.tsv`, through the public API.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};

use blogark::ledger::NoticeCode;
use blogark::read::copied_text;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/copied-text")
}

#[test]
fn every_text_gives_what_its_row_says() {
    let table = fs::read_to_string(folder().join("expected.tsv")).unwrap();
    let mut faults = Vec::new();
    for line in table.lines().skip(1) {
        let mut cells = line.split('\t').chain(std::iter::repeat(""));
        let [file, date, title, claimed, found, replies, authors] =
            std::array::from_fn(|_| cells.next().unwrap());
        let page = copied_text::read(&fs::read(folder().join(file)).unwrap(), None).unwrap();
        let post = &page.posts[0];
        let names: Vec<&str> = post
            .comments
            .iter()
            .filter_map(|c| c.author.as_ref().and_then(|a| a.name.as_deref()))
            .collect();
        let mut check = |field: &str, got: String, expected: &str| {
            if got != expected {
                faults.push(format!("{file}: {field} is {got:?}, expected {expected:?}"));
            }
        };
        check(
            "date",
            post.date_published
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            date,
        );
        check("title", post.title.clone().unwrap_or_default(), title);
        check(
            "claimed",
            post.comment_count_claimed
                .map(|n| n.to_string())
                .unwrap_or_default(),
            claimed,
        );
        check("found", post.comments.len().to_string(), found);
        let replied = post
            .comments
            .iter()
            .filter(|c| c.in_reply_to.is_some())
            .count();
        check(
            "replies",
            replied.to_string(),
            if replies.is_empty() { "0" } else { replies },
        );
        check(
            "authors",
            names.join("; "),
            if authors == "unknown" { "" } else { authors },
        );
        let differs = page
            .notices
            .iter()
            .any(|n| n.code == NoticeCode::CommentCount);
        check(
            "difference named",
            differs.to_string(),
            &(!claimed.is_empty() && claimed != found).to_string(),
        );
        check(
            "text kept",
            (post._source.as_ref().unwrap()["text"]
                == fs::read_to_string(folder().join(file)).unwrap().as_str())
            .to_string(),
            "true",
        );
    }
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

#[test]
fn paragraphs_of_comments_are_kept() {
    let read =
        |file: &str| copied_text::read(&fs::read(folder().join(file)).unwrap(), None).unwrap();
    let paragraphs = |file: &str, at: usize| {
        read(file).posts[0].comments[at]
            .content_html
            .as_deref()
            .unwrap()
            .matches("<p>")
            .count()
    };
    assert_eq!(paragraphs("nummeriert-de.txt", 1), 2);
    assert_eq!(paragraphs("said-en.txt", 0), 2);
    assert_eq!(paragraphs("dijo-es.txt", 2), 2);
    assert_eq!(paragraphs("glued-markers-en.txt", 2), 2);
}

#[test]
fn a_text_that_shows_no_sign_of_a_post_is_not_recognised() {
    let text = fs::read(folder().join("no-comments-en.txt")).unwrap();
    assert!(!copied_text::recognise(&text));
    assert!(copied_text::recognise(
        &fs::read(folder().join("numbered-en.txt")).unwrap()
    ));
}
