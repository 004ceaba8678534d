//! Nothing is lost in silence: what was read is written, merged, left out or damaged, and the sum is right.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use proptest::prelude::*;
use serde_json::{Value, json};

use blogark::archive::{Archive, SurveyOptions};
use blogark::ledger::Ledger;
use blogark::plan::{Plan, Selection, Target};
use blogark::source::{OpenOptions, open};
use blogark::write::{Run, Written, json as writer, markdown};

use crate::authored::{MadeBlog, blogs};
use crate::desk::{self, Desk, comments_of, id, sound_inputs};

#[test]
fn it_balances_on_every_fixture_and_every_output() {
    let desk = Desk::new();
    for input in sound_inputs() {
        for (to, more) in [
            ("jsonl", &[][..]),
            ("wxr", &["--exclude", "pages"][..]),
            ("json", &["--exclude", "comments"][..]),
            ("markdown", &[][..]),
            ("markdown", &["--comments", "none", "--since", "2013-01-01"][..]),
            ("markdown", &["--comments", "data", "--limit", "1"][..]),
        ] {
            let mut args = vec!["--to", to, "-o", "out", "--report", "report.json"];
            args.extend(more);
            let _ = std::fs::remove_file(desk.path("report.json"));
            let done = desk.convert([&input], args);
            if to == "wxr" && done.stderr.contains("there is no blog in the input") {
                // A WordPress file of nothing is no file.
                assert_eq!((done.status, desk.path("out").exists()), (1, false));
                continue;
            }
            let report = desk.json("report.json");
            assert_eq!(report["balances"], true, "{input} to {to} {more:?}");
            for tally in [&report["ledger"]["posts"], &report["ledger"]["comments"]] {
                let count = |name: &str| tally[name].as_u64().unwrap();
                let left_out: u64 = tally["left_out"]
                    .as_object()
                    .unwrap()
                    .values()
                    .map(|n| n.as_u64().unwrap())
                    .sum();
                let sum = count("written") + count("merged") + left_out + count("damaged");
                assert_eq!(count("read"), sum, "{input} to {to} {more:?}: {tally}");
            }
            assert_eq!(report["exit_status"], done.status, "{input} to {to} {more:?}");
            assert!(!done.stderr.contains("does not add up"), "{}", done.stderr);
            let _ = std::fs::remove_file(desk.path("out"));
            let _ = std::fs::remove_dir_all(desk.path("out"));
        }
    }
}

#[test]
fn what_is_written_is_in_the_output() {
    // The ledger's numbers are those of an independent count of the output.
    let desk = Desk::new();
    for input in sound_inputs() {
        desk.convert([&input], ["-o", "out.jsonl", "--report", "report.json"]);
        let archive = desk.archive("out.jsonl");
        let ledger = &desk.json("report.json")["ledger"];
        assert_eq!(ledger["posts"]["written"], archive.posts.len(), "{input}");
        assert_eq!(ledger["comments"]["written"], archive.comment_count(), "{input}");
        assert_eq!(archive.head["counts"], counted(&archive), "{input}");
    }
}

/// The head's counts, made of the records.
fn counted(archive: &desk::Archive) -> Value {
    let mut posts: BTreeMap<&str, u64> = BTreeMap::new();
    let mut pages = posts.clone();
    let mut comments = posts.clone();
    for post in &archive.posts {
        let counts = if post["kind"] == "page" { &mut pages } else { &mut posts };
        *counts.entry(post["status"].as_str().unwrap()).or_default() += 1;
    }
    for comment in archive.posts.iter().flat_map(comments_of).chain(&archive.comments) {
        *comments.entry(comment["status"].as_str().unwrap()).or_default() += 1;
    }
    json!({
        "posts": posts, "pages": pages, "comments": comments, "media": archive.media.len(), "blogs": archive.blogs.len(),
    })
}

#[test]
fn the_exit_status_tells_what_happened() {
    let desk = Desk::new();
    let status = |input: &str, args: &[&str]| desk.convert([input], args).status;
    // 0: all of it, and a fault of form that cost nothing is no loss.
    assert_eq!(status("blogger-export/garden.xml", &["--to", "jsonl"]), 0);
    assert_eq!(
        status("blogger-export/fault-undeclared-prefix.xml", &["--to", "jsonl"]),
        0
    );
    assert_eq!(status("takeout/Takeout", &["--to", "jsonl"]), 0);
    // What was left out because the user or the output wants it so is no loss either.
    assert_eq!(status("takeout/Takeout", &["--to", "markdown", "-o", "out"]), 0);
    assert_eq!(
        status(
            "blogger-export/garden.xml",
            &["--to", "jsonl", "--exclude", "comments,pages,drafts"]
        ),
        0
    );
    // 1: it could not be done.
    assert_eq!(status("wrong/picture.jpg", &["--to", "jsonl"]), 1);
    // 2: it was asked for in the wrong words.
    assert_eq!(status("blogger-export/garden.xml", &["--to", "papyrus"]), 2);
    // 3: done, and something was damaged or lost.
    assert_eq!(status("blogger-export/fault-truncated.xml", &["--to", "jsonl"]), 3);
    assert_eq!(status("blogger-export/bad-utf8.xml", &["--to", "jsonl"]), 3);
    assert_eq!(
        status("feeds/comments-all.atom.xml", &["--to", "markdown", "-o", "loose"]),
        3
    );
}

/// What came of a run through the public API.
struct Came {
    ledger: Ledger,
    bytes: Vec<u8>,
    files: usize,
}

fn through_the_library(input: PathBuf, target: Target, jobs: usize) -> Came {
    let opened = open(&[input], &OpenOptions::default()).unwrap();
    let archive = Archive::survey(opened, SurveyOptions::default()).unwrap();
    let plan = Plan::new(&archive, Selection::default(), target).unwrap();
    let run = Run {
        archive: &archive,
        plan: &plan,
        jobs,
        progress: None,
        media: None,
    };
    let mut told = |_: &_| {};
    let mut written = Written::new(&mut told);
    let mut bytes = Vec::new();
    let mut files = 0;
    match target {
        Target::Markdown => {
            files = markdown::write(run, None, &markdown::Options::default(), &mut written)
                .unwrap()
                .len()
        }
        Target::Json => writer::write_document(run, &mut bytes, &mut written).unwrap(),
        _ => writer::write_lines(run, &mut bytes, &mut written).unwrap(),
    }
    let mut ledger = plan.ledger.clone();
    ledger.add(&written.ledger);
    Came { ledger, bytes, files }
}

/// A comment's post, where that is there.
fn home<'a>(blog: &'a MadeBlog, post: &str) -> Option<&'a str> {
    blog.posts.iter().find(|p| p.id == post).map(|p| p.id.as_str())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is in a blog: each record comes out once, with its exact text, under its own post.
    #[test]
    fn a_made_up_blog_comes_out_whole(blog in blogs()) {
        let desk = Desk::new();
        let input = desk.put("blog.xml", blog.export());
        let came = through_the_library(input.clone(), Target::Jsonl, 2);
        prop_assert!(came.ledger.balances(), "{:?}", came.ledger);
        let archive = desk::Archive::parse(&came.bytes);
        prop_assert_eq!(came.ledger.posts.written, blog.posts.len() as u64);
        prop_assert_eq!(came.ledger.comments.written, blog.comments.len() as u64);
        prop_assert_eq!(archive.posts.len(), blog.posts.len());
        prop_assert_eq!(archive.comment_count(), blog.comments.len());
        prop_assert_eq!(&archive.head["counts"], &counted(&archive));
        for made in &blog.posts {
            let post = archive.post(&made.id);
            prop_assert_eq!(post["title"].as_str().unwrap(), &made.title);
            prop_assert_eq!(post["content_html"].as_str().unwrap(), &made.body);
            prop_assert_eq!(post["date_published"].as_str().unwrap(), &made.published);
            prop_assert_eq!(&post["kind"], if made.is_page { "page" } else { "post" });
            prop_assert_eq!(&post["status"], if made.is_draft { "draft" } else { "published" });
            let tags: Vec<&str> = post["tags"].as_array().into_iter().flatten().map(|t| t.as_str().unwrap()).collect();
            let labels: BTreeSet<&str> = made.labels.iter().map(String::as_str).collect();
            prop_assert_eq!(tags.into_iter().collect::<BTreeSet<_>>(), labels);
        }
        for made in &blog.comments {
            let comment = archive.comment(&made.id);
            prop_assert_eq!(comment["content_html"].as_str().unwrap(), &made.body);
            prop_assert_eq!(comment["author"]["name"].as_str().unwrap(), &made.author);
            let stands_in = archive.posts.iter().find(|p| comments_of(p).any(|c| id(c) == made.id)).map(id);
            prop_assert_eq!(stands_in, home(&blog, &made.post), "comment {} is in the wrong place", made.id);
            if stands_in.is_none() {
                prop_assert_eq!(comment["post"].as_str().unwrap(), &made.post);
            }
            // Who answered whom is never changed, save where an answer leads back to itself.
            if let Some(answers) = comment["in_reply_to"].as_str() {
                prop_assert_eq!(Some(answers), made.answers.as_deref());
                let is_missing = comment["parent_missing"] == true;
                let is_beside = blog.comments.iter().any(|c| c.id == answers && c.post == made.post);
                prop_assert_eq!(is_missing, !is_beside);
            }
        }
        for post in &archive.posts {
            assert_thread_order(post)?;
        }

        // The archive itself is read back to the same bytes, and Markdown accounts for all of it too.
        let again = desk.put("again.jsonl", &came.bytes);
        prop_assert!(through_the_library(again, Target::Jsonl, 1).bytes == came.bytes, "read again, it differs");
        let markdown = through_the_library(input, Target::Markdown, 2);
        prop_assert!(markdown.ledger.balances(), "{:?}", markdown.ledger);
        prop_assert_eq!(markdown.ledger.posts.written, blog.posts.len() as u64);
        prop_assert_eq!(markdown.files, blog.posts.len(), "two posts on one path");
    }

    /// Cut anywhere: what is whole is kept, what is not is counted, and nothing is kept twice.
    #[test]
    fn a_file_that_is_cut_anywhere_is_accounted_for(blog in blogs(), cut in 0.0..1.0f64) {
        let xml = blog.export();
        let first = xml.find("<entry>").unwrap_or(xml.len());
        let mut at = first + ((xml.len() - first) as f64 * cut) as usize;
        while !xml.is_char_boundary(at) {
            at += 1;
        }
        let whole = xml[..at].matches("</entry>").count();
        prop_assume!(at > first);
        let desk = Desk::new();
        let input = desk.put("blog.xml", &xml[..at]);
        let came = through_the_library(input, Target::Jsonl, 1);
        prop_assert!(came.ledger.balances(), "{:?}", came.ledger);
        let archive = desk::Archive::parse(&came.bytes);
        prop_assert_eq!(archive.posts.len() + archive.comment_count(), whole);
        let is_cut = at < xml.len();
        prop_assert_eq!(came.ledger.has_losses(), is_cut, "{:?}", came.ledger);
    }
}

/// Each answer stands below what it answers, with nothing of another thread between.
fn assert_thread_order(post: &Value) -> Result<(), TestCaseError> {
    let mut open: Vec<&str> = Vec::new();
    let ids: BTreeSet<&str> = comments_of(post).map(id).collect();
    for comment in comments_of(post) {
        match comment["in_reply_to"].as_str().filter(|p| ids.contains(p)) {
            Some(parent) => {
                while open.last().is_some_and(|o| *o != parent) {
                    open.pop();
                }
                prop_assert!(
                    !open.is_empty(),
                    "comment {} stands away from what it answers",
                    id(comment)
                );
            }
            None => open.clear(),
        }
        open.push(id(comment));
    }
    Ok(())
}
