//! The same input gives the same bytes, whoever asks, in whatever order, with however many threads.

use std::path::PathBuf;

use crate::authored;
use crate::desk::{Desk, fixtures};

#[test]
fn the_number_of_jobs_changes_nothing() {
    let desk = Desk::new();
    for input in [
        "blogger-export/garden.xml",
        "takeout/Takeout",
        "blogger-export/bad-utf8.xml",
    ] {
        for to in ["jsonl", "json", "wxr", "markdown"] {
            let outputs: Vec<_> = ["1", "2", "8"]
                .iter()
                .map(|jobs| {
                    let _ = std::fs::remove_dir_all(desk.path("out"));
                    std::fs::create_dir_all(desk.path("out")).unwrap();
                    let args = [
                        "--to",
                        to,
                        "-o",
                        "out/to",
                        "--jobs",
                        jobs,
                        "--report",
                        "out/report.json",
                    ];
                    let done = desk.convert([input], args);
                    assert!(matches!(done.status, 0 | 3));
                    desk.files("out")
                })
                .collect();
            assert!(outputs[0].len() > 1);
            assert_eq!(outputs[0], outputs[1], "{input} to {to} with 2 jobs");
            assert_eq!(outputs[0], outputs[2], "{input} to {to} with 8 jobs");
        }
    }
}

#[test]
fn many_batches_come_in_order() {
    // More posts than one batch takes, so that several threads have something to do.
    let posts = (0..1500)
        .map(|n| authored::MadePost {
            id: format!("{}", 7_000_000 + n),
            is_page: n % 7 == 0,
            is_draft: n % 5 == 0,
            title: format!("Day {n}"),
            body: format!("<p>{}</p>", "snow ".repeat(n % 300)),
            labels: Vec::new(),
            published: format!("20{:02}-{:02}-{:02}T12:00:00.000Z", n % 20, n % 12 + 1, n % 28 + 1),
        })
        .collect();
    let desk = Desk::new();
    desk.put(
        "many.xml",
        authored::MadeBlog {
            posts,
            comments: Vec::new(),
        }
        .export(),
    );
    for to in ["jsonl", "wxr", "markdown"] {
        let runs: Vec<_> = ["1", "8"]
            .iter()
            .map(|jobs| {
                let out = format!("out-{to}-{jobs}");
                std::fs::create_dir_all(desk.path(&out)).unwrap();
                let path = format!("{out}/to");
                desk.convert_here(["many.xml"], ["--to", to, "-o", path.as_str(), "--jobs", jobs])
                    .exits(0);
                desk.files(&out)
            })
            .collect();
        assert!(runs[0] == runs[1], "{to}");
    }
    let archive = desk.archive("out-jsonl-8/to");
    assert_eq!(archive.posts.len(), 1500);
    let keys: Vec<(&str, &str)> = archive
        .posts
        .iter()
        .map(|p| (p["date_published"].as_str().unwrap(), p["id"].as_str().unwrap()))
        .collect();
    assert!(keys.is_sorted());
}

#[test]
fn the_order_of_the_arguments_changes_nothing() {
    let desk = Desk::new();
    let sets: [&[&str]; 4] = [
        &[
            "feeds/posts.atom.xml",
            "feeds/posts.rss.xml",
            "feeds/comments-all.atom.xml",
            "feeds/comments.jsonp",
        ],
        &[
            "takeout/takeout-001.zip",
            "takeout/takeout-002.zip",
            "takeout/damaged-member.zip",
        ],
        &[
            "blogger-export/garden.xml",
            "blogger-export/old-2008.xml",
            "blogger-export/fault-truncated.xml",
        ],
        &["blogger-export/garden.xml", "feeds/posts.json", "takeout/Takeout"],
    ];
    for set in sets {
        for to in ["jsonl", "wxr", "markdown"] {
            let mut first = None;
            for turn in 0..set.len() {
                let mut inputs = set.to_vec();
                inputs.rotate_left(turn);
                if turn % 2 == 1 {
                    inputs.reverse();
                }
                let _ = std::fs::remove_dir_all(desk.path("out"));
                std::fs::create_dir_all(desk.path("out")).unwrap();
                let done = desk.convert(&inputs, ["--to", to, "-o", "out/to"]);
                assert!(matches!(done.status, 0 | 3), "{}", done.stderr);
                let files = desk.files("out");
                match &first {
                    None => first = Some((files, done.stderr)),
                    Some((expected, said)) => {
                        assert_eq!(&files, expected, "{inputs:?} to {to}");
                        assert_eq!(&done.stderr, said, "{inputs:?}: the account differs");
                    }
                }
            }
        }
    }
}

#[test]
fn the_order_of_files_in_a_folder_changes_nothing() {
    // Folders list their files in the order in which they were made, on some systems.
    let names = [
        "posts-page-1.atom.xml",
        "posts-page-2.atom.xml",
        "comments-all.atom.xml",
        "comments-of-lata.atom.xml",
    ];
    let outputs: Vec<Vec<u8>> = [0, 1]
        .iter()
        .map(|turn| {
            let desk = Desk::new();
            let mut order: Vec<PathBuf> = names.iter().map(PathBuf::from).collect();
            if *turn == 1 {
                order.reverse();
            }
            for name in order {
                let bytes = std::fs::read(fixtures().join("feeds").join(&name)).unwrap();
                desk.put(&format!("feeds/{}", name.display()), bytes);
            }
            desk.convert_here(["feeds"], ["--to", "jsonl"]).exits(0).stdout
        })
        .collect();
    assert_eq!(outputs[0], outputs[1]);
}

#[test]
fn the_same_file_twice_is_read_once() {
    let desk = Desk::new();
    desk.copy("blogger-export/garden.xml", "blog.xml");
    desk.copy("blogger-export/garden.xml", "blog (1).xml");
    let once = desk.convert_here(["blog.xml"], ["--to", "jsonl"]).exits(0);
    let twice = desk
        .convert_here(["blog.xml", "blog (1).xml", "blog.xml"], ["--to", "jsonl"])
        .exits(0);
    let twice = twice.says("is the same file as");
    assert_eq!(once.archive().posts.len(), twice.archive().posts.len());
    assert_eq!(twice.archive().head["sources"].as_array().unwrap().len(), 1);
}

#[test]
fn the_time_of_the_run_is_in_the_output_only_when_it_is_fixed() {
    let desk = Desk::new();
    let plain = desk.records(["blogger-export/garden.xml"]);
    assert_eq!(plain.head.get("generated_at"), None);
    let done = desk
        .begin(["blogger-export/garden.xml"], ["--to", "jsonl"])
        .env("SOURCE_DATE_EPOCH", "1330171200")
        .run()
        .exits(0);
    let fixed = done.archive();
    assert_eq!(fixed.head["generated_at"], "2012-02-25T12:00:00Z");
    assert_eq!(fixed.posts, plain.posts);
}
