//! What holds for every blog: what is written is read back, the number of threads changes nothing, and archives can be
//! merged in any order, as often as one likes.

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use serde_json::Value;

use blogark::archive::{Archive, SurveyOptions};
use blogark::ledger::Ledger;
use blogark::plan::{Plan, Selection, Target};
use blogark::source::{OpenOptions, open};
use blogark::write::wxr::{Destination, WxrOptions};
use blogark::write::{Run, Written, json, markdown, wxr};

use crate::authored::{MadeBlog, blogs};
use crate::desk::Desk;

/// What comes of inputs, and the account.
fn convert(desk: &Desk, inputs: &[PathBuf], target: Target, jobs: usize, name: &str) -> (PathBuf, Ledger) {
    let options = OpenOptions {
        jobs,
        ..OpenOptions::default()
    };
    let options_of_survey = SurveyOptions {
        jobs,
        ..SurveyOptions::default()
    };
    let archive = Archive::survey(open(inputs, &options).unwrap(), options_of_survey).unwrap();
    let plan = Plan::new(&archive, Selection::default(), target).unwrap();
    let run = Run {
        archive: &archive,
        plan: &plan,
        jobs,
        progress: None,
        media: None,
    };
    let mut tell = |_: &_| {};
    let mut written = Written::new(&mut tell);
    let path = desk.path(name);
    let mut bytes = Vec::new();
    match target {
        Target::Jsonl => json::write_lines(run, &mut bytes, &mut written).unwrap(),
        Target::Json => json::write_document(run, &mut bytes, &mut written).unwrap(),
        Target::Markdown => {
            markdown::write(run, Some(&path), &markdown::Options::default(), &mut written).unwrap();
        }
        Target::Wxr => {
            let to = Destination {
                path: Some(&path),
                ..Destination::default()
            };
            wxr::write(run, to, WxrOptions::default(), &mut written).unwrap();
        }
    }
    if !bytes.is_empty() {
        std::fs::write(&path, bytes).unwrap();
    }
    let mut ledger = plan.ledger.clone();
    ledger.add(&written.ledger);
    (path, ledger)
}

/// The records of an archive without what tells where they come from.
fn records(desk: &Desk, path: &Path) -> (Vec<Value>, Vec<Value>) {
    let name = path.file_name().unwrap().to_str().unwrap();
    let mut archive = desk.archive(name);
    let strip = |record: &mut Value| {
        let fields = record.as_object_mut().unwrap();
        fields.remove("provenance");
        fields.remove("field_sources");
    };
    for post in &mut archive.posts {
        strip(post);
        for comment in post["comments"].as_array_mut().into_iter().flatten() {
            strip(comment);
        }
    }
    archive.comments.iter_mut().for_each(strip);
    (archive.posts, archive.comments)
}

/// The first record that is not the same in both.
fn difference(a: &(Vec<Value>, Vec<Value>), b: &(Vec<Value>, Vec<Value>)) -> Option<String> {
    let all =
        |records: &(Vec<Value>, Vec<Value>)| -> Vec<Value> { records.0.iter().chain(&records.1).cloned().collect() };
    let (a, b) = (all(a), all(b));
    if a.len() != b.len() {
        let ids = |records: &[Value]| {
            records
                .iter()
                .map(|r| r["id"].to_string())
                .collect::<Vec<_>>()
                .join(" ")
        };
        return Some(format!("{}\nand {}", ids(&a), ids(&b)));
    }
    let (a, b) = a.into_iter().zip(b).find(|(a, b)| a != b)?;
    Some(format!("{a}\nand {b}"))
}

fn put(desk: &Desk, name: &str, blog: &MadeBlog) -> PathBuf {
    desk.put(name, blog.export())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_back(blog in blogs()) {
        let desk = Desk::new();
        let export = put(&desk, "blog.xml", &blog);
        let (lines, ledger) = convert(&desk, std::slice::from_ref(&export), Target::Jsonl, 1, "1.jsonl");
        prop_assert!(ledger.balances());
        let bytes = std::fs::read(&lines).unwrap();
        // Lines to a document and back.
        let (document, _) = convert(&desk, std::slice::from_ref(&lines), Target::Json, 1, "2.json");
        let (again, _) = convert(&desk, &[document], Target::Jsonl, 1, "3.jsonl");
        prop_assert!(std::fs::read(&again).unwrap() == bytes, "through JSON it differs");
        // (Through WordPress's form: `tests/wxr.rs`.)
    }

    #[test]
    fn the_number_of_threads_changes_no_byte(blog in blogs()) {
        let desk = Desk::new();
        let export = [put(&desk, "blog.xml", &blog)];
        for target in [Target::Jsonl, Target::Json, Target::Wxr, Target::Markdown] {
            if target == Target::Wxr && blog.posts.is_empty() && blog.comments.is_empty() {
                continue;
            }
            let outputs: Vec<_> = [1, 2, 8]
                .map(|jobs| {
                    let folder = format!("{target:?}-{jobs}");
                    std::fs::create_dir(desk.path(&folder)).unwrap();
                    let (_, ledger) = convert(&desk, &export, target, jobs, &format!("{folder}/out"));
                    assert!(ledger.balances());
                    desk.files(&folder)
                })
                .into();
            prop_assert!(outputs[0] == outputs[1] && outputs[1] == outputs[2], "{target:?}");
        }
    }

    /// Two exports of one blog, made at different times, have most of it in common.
    #[test]
    fn merging_knows_no_order_and_no_number_of_times(blog in blogs(), parts in proptest::collection::vec((any::<bool>(), any::<bool>()), 20)) {
        let part = |takes: fn(&(bool, bool)) -> bool| MadeBlog {
            posts: blog.posts.iter().zip(&parts).filter(|(_, p)| takes(p)).map(|(post, _)| post.clone()).collect(),
            comments: blog.comments.iter().zip(parts.iter().rev()).filter(|(_, p)| takes(p)).map(|(comment, _)| comment.clone()).collect(),
        };
        let desk = Desk::new();
        let (a, b) = (put(&desk, "a.xml", &part(|p| p.0)), put(&desk, "b.xml", &part(|p| p.1)));
        let (merged, ledger) = convert(&desk, &[a.clone(), b.clone()], Target::Jsonl, 1, "ab.jsonl");
        prop_assert!(ledger.balances(), "{:?}", ledger);
        let wanted = records(&desk, &merged);
        for (number, more) in [vec![merged.clone(), a.clone()], vec![b.clone(), merged.clone()], vec![merged.clone(), b, a]].iter().enumerate() {
            let (again, ledger) = convert(&desk, more, Target::Jsonl, 1, &format!("again-{number}.jsonl"));
            prop_assert!(ledger.balances(), "{:?}", ledger);
            prop_assert_eq!(&records(&desk, &again), &wanted, "merged again with {}", number);
        }
    }

    /// Two files that disagree about everything, merged, and merged again with one of them or both: nothing changes any more.
    #[test]
    fn a_merge_of_sources_that_disagree_is_settled(mut first in blogs(), mut second in blogs()) {
        let desk = Desk::new();
        // A circle of answers is cut, and an archive says where: it tells more than its source.
        for comment in first.comments.iter_mut().chain(&mut second.comments) {
            comment.answers = comment.answers.take().filter(|answered| *answered < comment.id);
        }
        let (a, b) = (put(&desk, "a.xml", &first), put(&desk, "b.xml", &second));
        let (merged, _) = convert(&desk, &[a.clone(), b.clone()], Target::Jsonl, 1, "ab.jsonl");
        let (alone, _) = convert(&desk, std::slice::from_ref(&a), Target::Json, 1, "a.json");
        let wanted = records(&desk, &merged);
        let (once, _) = convert(&desk, &[a.clone(), merged.clone()], Target::Jsonl, 1, "once.jsonl");
        prop_assert_eq!(difference(&records(&desk, &once), &wanted), None, "merged again with one of them");
        for (number, more) in [vec![merged.clone(), b.clone()], vec![alone, b.clone(), merged], vec![once, a, b]].iter().enumerate() {
            let (again, ledger) = convert(&desk, more, Target::Jsonl, 1, &format!("again-{number}.jsonl"));
            prop_assert!(ledger.balances(), "{:?}", ledger);
            prop_assert_eq!(difference(&records(&desk, &again), &wanted), None, "merged again {}", number);
        }
    }

    /// Two files that disagree about everything: which is believed does not depend on which was named first.
    #[test]
    fn the_order_of_arguments_shows_nowhere(first in blogs(), second in blogs()) {
        let desk = Desk::new();
        let (a, b) = (put(&desk, "a.xml", &first), put(&desk, "b.xml", &second));
        let (merged, ledger) = convert(&desk, &[a.clone(), b.clone()], Target::Jsonl, 1, "ab.jsonl");
        prop_assert!(ledger.balances(), "{:?}", ledger);
        let (turned, _) = convert(&desk, &[b, a], Target::Jsonl, 2, "ba.jsonl");
        prop_assert!(std::fs::read(&merged).unwrap() == std::fs::read(&turned).unwrap(), "the order of the arguments shows");
    }
}

/// Enough for a change; `PROPTEST_CASES` asks for more.
fn cases() -> u32 {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok());
    asked.unwrap_or(16)
}
