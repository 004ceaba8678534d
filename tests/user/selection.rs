//! Someone wants less than everything, or more than what goes out by default.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::authored::{EVERY_STATUS, every_status};
use crate::desk::{Desk, comments_of, id};

/// The outputs that the table of defaults tells apart. JSON and JSON Lines share a column.
const OUTPUTS: [&str; 4] = ["jsonl", "json", "wxr", "markdown"];

/// Which records of [`every_status`] are in the output, told by the word that each has for a body.
fn written(desk: &Desk, to: &str, args: &[&str]) -> BTreeSet<&'static str> {
    let _ = std::fs::remove_dir_all(desk.path("out"));
    desk.put("in.jsonl", every_status());
    let mut all = vec!["--to", to, "-o", "out/to"];
    all.extend(args);
    std::fs::create_dir_all(desk.path("out")).unwrap();
    let done = desk.convert_here(vec!["in.jsonl"], all).exits(0);
    let bytes: Vec<u8> = desk.files("out").into_values().flatten().collect();
    let text = String::from_utf8(bytes).unwrap();
    // Markdown escapes nothing in these words; what stands in front matter has quotes around it.
    let words: BTreeSet<&str> = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).collect();
    // A removed comment is shown as such in Markdown, without what it said.
    let removed = to == "markdown" && text.contains("This comment was removed");
    let found: BTreeSet<&'static str> = EVERY_STATUS
        .iter()
        .copied()
        .filter(|word| words.contains(word) || (removed && *word == "comment-deleted"))
        .collect();
    assert!(!found.is_empty(), "{to} {args:?}: {}", done.stderr);
    found
}

fn all_but(words: &[&str]) -> BTreeSet<&'static str> {
    EVERY_STATUS.iter().copied().filter(|w| !words.contains(w)).collect()
}

/// What does not go out by default.
fn private(to: &str) -> &'static [&'static str] {
    match to {
        "markdown" => &[
            "post-private",
            "post-protected",
            "post-trashed",
            "post-unknown",
            "comment-pending",
            "comment-spam",
            "comment-trashed",
            "comment-unknown",
        ],
        _ => &[],
    }
}

/// Every word of `--include` and `--exclude`, and the records it is about.
const WORDS: &[(&str, &[&str])] = &[
    ("drafts", &["post-draft", "post-pending"]),
    ("scheduled", &["post-scheduled"]),
    ("private", &["post-private"]),
    ("protected", &["post-protected"]),
    (
        "trashed",
        &["post-trashed", "post-unknown", "comment-trashed", "comment-unknown"],
    ),
    ("pages", &["page-published"]),
    (
        "comments",
        &[
            "comment-approved",
            "comment-pending",
            "comment-spam",
            "comment-trashed",
            "comment-deleted",
            "comment-unknown",
            "comment-suspected-spam",
        ],
    ),
    ("pending", &["comment-pending"]),
    ("spam", &["comment-spam"]),
    ("suspected-spam", &["comment-suspected-spam"]),
    ("deleted", &["comment-deleted"]),
];

#[test]
fn by_default_goes_out_what_the_table_says() {
    let desk = Desk::new();
    for to in OUTPUTS {
        assert_eq!(written(&desk, to, &[]), all_but(private(to)), "{to}");
    }
}

#[test]
fn every_word_excludes_what_it_names_and_nothing_else() {
    let desk = Desk::new();
    for to in OUTPUTS {
        for (word, names) in WORDS {
            let mut missing = private(to).to_vec();
            missing.extend(*names);
            assert_eq!(
                written(&desk, to, &["--exclude", word]),
                all_but(&missing),
                "{to} --exclude {word}"
            );
        }
    }
}

#[test]
fn every_word_includes_what_it_names_and_nothing_else() {
    let desk = Desk::new();
    for to in OUTPUTS {
        for (word, names) in WORDS {
            // Comments are there by default, but the word does not open those that wait or were refused.
            let opened: &[&str] = if *word == "comments" { &[] } else { names };
            let missing: Vec<&str> = private(to).iter().copied().filter(|w| !opened.contains(w)).collect();
            assert_eq!(
                written(&desk, to, &["--include", word]),
                all_but(&missing),
                "{to} --include {word}"
            );
        }
    }
}

#[test]
fn words_can_be_joined() {
    let desk = Desk::new();
    let found = written(
        &desk,
        "markdown",
        &[
            "--include",
            "private,trashed",
            "--include",
            "spam",
            "--exclude",
            "pages,drafts",
        ],
    );
    let missing = [
        "post-protected",
        "comment-pending",
        "page-published",
        "post-draft",
        "post-pending",
    ];
    assert_eq!(found, all_but(&missing));
    // What is asked for both ways stays in.
    let both = written(&desk, "markdown", &["--include", "spam", "--exclude", "spam"]);
    assert_eq!(both, all_but(private("markdown")));
}

#[test]
fn addresses_go_out_only_when_asked_for() {
    let desk = Desk::new();
    desk.put("in.jsonl", every_status());
    let text = |args: &[&str]| {
        let mut all = vec!["--to", "jsonl"];
        all.extend(args);
        desk.convert_here(vec!["in.jsonl"], all).exits(0).text()
    };
    let has = |text: &str| {
        (
            text.contains("ole@") && text.contains("ida@"),
            text.contains("192.0.2.77"),
        )
    };
    assert_eq!(has(&text(&[])), (false, false));
    assert_eq!(has(&text(&["--include", "emails"])), (true, false));
    assert_eq!(has(&text(&["--include", "ips"])), (false, true));
    assert_eq!(
        has(&text(&["--include", "emails,ips", "--exclude", "emails"])),
        (false, true)
    );
    // What was taken out is counted: an address for each of nine posts and seven comments.
    let head: Value = serde_json::from_str(text(&[]).lines().next().unwrap()).unwrap();
    assert_eq!(
        head["redactions"],
        json!([{ "field": "email", "count": 16 }, { "field": "ip", "count": 7 }])
    );
    let head: Value = serde_json::from_str(text(&["--include", "emails"]).lines().next().unwrap()).unwrap();
    assert_eq!(head["redactions"], json!([{ "field": "ip", "count": 7 }]));
}

#[test]
fn what_is_left_out_is_counted_with_its_reason() {
    let desk = Desk::new();
    desk.put("in.jsonl", every_status());
    let left_out = |args: &[&str]| {
        let mut all = vec!["--report", "report.json"];
        all.extend(args);
        desk.convert_here(vec!["in.jsonl"], all).exits(0);
        let report = desk.json("report.json");
        assert_eq!(report["balances"], true, "{args:?}");
        json!([
            report["ledger"]["posts"]["left_out"],
            report["ledger"]["comments"]["left_out"]
        ])
    };
    assert_eq!(left_out(&["-o", "out.jsonl"]), json!([{}, {}]));
    assert_eq!(
        left_out(&["--to", "markdown", "-o", "out"]),
        json!([
            { "private": 1, "protected": 1, "trashed": 1, "unknown-status": 1 },
            { "pending": 1, "spam": 1, "trashed": 1, "unknown-status": 1 },
        ])
    );
    assert_eq!(
        left_out(&["-o", "out.jsonl", "--exclude", "drafts,pages,scheduled,comments"]),
        json!([{ "drafts": 2, "pages": 1, "scheduled": 1 }, { "comments": 7 }])
    );
    assert_eq!(
        left_out(&[
            "-o",
            "out.jsonl",
            "--since",
            "2020-01-02",
            "--exclude",
            "suspected-spam"
        ]),
        json!([{ "dates": 1 }, { "post-left-out": 7 }])
    );
}

#[test]
fn days_are_those_of_the_blog() {
    let desk = Desk::new();
    let of = |args: &[&str]| {
        let mut all = vec!["--to", "jsonl", "--blog", "Mareas y mapas"];
        all.extend(args);
        let done = desk.convert(["takeout/Takeout"], all).exits(0);
        done.archive()
            .post_ids()
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    // Published at 23:10 UTC: in Madrid it is the seventh.
    let untitled = "9000000000000000012";
    assert_eq!(of(&["--since", "2018-01-07", "--until", "2018-01-07"]), [untitled]);
    assert!(!of(&["--until", "2018-01-06"]).contains(&untitled.to_owned()));
    // Both ends belong to it.
    let lighthouse = "9000000000000000010";
    assert_eq!(of(&["--since", "2016-02-29", "--until", "2016-02-29"]), [lighthouse]);
    assert!(of(&["--since", "2016-03-01"]).iter().all(|id| id != lighthouse));
}

#[test]
fn labels_and_authors_are_whole_names() {
    let desk = Desk::new();
    let titles = |args: &[&str]| {
        let mut all = vec!["--to", "jsonl"];
        all.extend(args);
        let archive = desk.convert(["blogger-export/garden.xml"], all).exits(0).archive();
        archive.titles().into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(
        titles(&["--label", "beans, peas & climbers"]),
        ["Beans, peas & other climbers"]
    );
    assert_eq!(titles(&["--label", "bean"]), [] as [&str; 0]);
    assert_eq!(
        titles(&["--label", "winter", "--label", "C#"]),
        ["A watering rota in C#", "The seed catalogue is here"]
    );
    assert_eq!(
        titles(&["--author", "Teo Almagro"]),
        ["Buñuelos de calabaza, o qué hacer con la última"]
    );
    assert_eq!(
        titles(&["--author", "Teo Almagro", "--label", "winter"]),
        [] as [&str; 0]
    );
    assert_eq!(titles(&["--limit", "2"]), ["First dig", "About this plot"]);
    assert_eq!(
        titles(&["--limit", "2", "--exclude", "pages"]),
        ["First dig", "Beans, peas & other climbers"]
    );
    assert_eq!(titles(&["--limit", "0"]), [] as [&str; 0]);
}

#[test]
fn a_filter_of_posts_takes_their_comments_along() {
    let desk = Desk::new();
    let done = desk.convert(
        ["blogger-export/garden.xml"],
        ["--to", "jsonl", "--label", "slugs", "--report", "r.json"],
    );
    let archive = done.exits(0).archive();
    assert_eq!(archive.post_ids(), ["9004417263581195008"]);
    assert_eq!(comments_of(&archive.posts[0]).count(), 3);
    assert_eq!(
        archive.head["counts"]["comments"],
        json!({ "approved": 2, "deleted": 1 })
    );
    let ledger = &desk.json("r.json")["ledger"];
    assert_eq!(ledger["posts"]["left_out"], json!({ "labels": 10 }));
    assert_eq!(ledger["comments"]["left_out"], json!({ "post-left-out": 9 }));
}

#[test]
fn one_blog_of_several_is_chosen_by_id_title_or_address() {
    let desk = Desk::new();
    let of = |blog: &str| {
        let done = desk
            .convert(
                ["takeout/Takeout"],
                ["--to", "jsonl", "--blog", blog, "--report", "r.json"],
            )
            .exits(0);
        let archive = done.archive();
        assert!(
            archive
                .posts
                .iter()
                .all(|p| archive.blogs.iter().any(|b| b["id"] == p["blog"]))
        );
        archive.blogs.iter().map(|b| id(b).to_owned()).collect::<Vec<_>>()
    };
    for name in ["8100000000000000003", "Bäckerei Morgenrot"] {
        assert_eq!(of(name), ["8100000000000000003"], "{name}");
    }
    for name in [
        "https://mareas-y-mapas.blogspot.com/",
        "https://mareas-y-mapas.blogspot.com",
    ] {
        assert_eq!(of(name), ["8100000000000000001"], "{name}");
    }
    let ledger = &desk.json("r.json")["ledger"]["posts"];
    assert_eq!(ledger["left_out"], json!({ "other-blog": 7 }));
    // A title that two blogs have stands for both: neither is dropped in silence.
    assert_eq!(of("Notes"), ["8100000000000000004", "8100000000000000005"]);
}

#[test]
fn a_blog_that_is_not_there_is_answered_with_those_that_are() {
    let done = Desk::new().convert(["takeout/Takeout"], ["--to", "jsonl", "--blog", "Nothing"]);
    assert!(matches!(done.status, 1 | 2), "{}", done.stderr);
    let done = done
        .says("there is no blog \"Nothing\"")
        .says("8100000000000000003")
        .says("Bäckerei Morgenrot");
    assert!(done.stdout.is_empty());
}

#[test]
fn a_word_that_is_none_is_answered_with_those_that_are() {
    for option in ["--include", "--exclude"] {
        let done = Desk::new()
            .convert(["blogger-export/garden.xml"], ["--to", "jsonl", option, "draft"])
            .exits(2);
        done.says("drafts").says("suspected-spam");
    }
}
