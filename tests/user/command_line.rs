//! The words of the command line: where input comes from, where output goes, what is said on the way.

use serde_json::{Value, json};

use crate::desk::{Desk, fixture, fixtures};

const GARDEN: &str = "blogger-export/garden.xml";

#[test]
fn the_name_of_the_output_tells_its_form() {
    let desk = Desk::new();
    for (name, to) in [("a.jsonl", "jsonl"), ("a.ndjson", "jsonl"), ("a.JSON", "json")] {
        desk.convert([GARDEN], ["-o", name]).exits(0);
        let plain = desk.convert([GARDEN], ["--to", to]).exits(0).stdout;
        assert!(desk.bytes(name) == plain, "{name}");
    }
    // What is said outright wins over the name.
    desk.convert([GARDEN], ["-o", "b.jsonl", "--to", "json"]).exits(0);
    assert_eq!(desk.bytes("b.jsonl"), desk.bytes("a.JSON"));
}

#[test]
fn standard_output_carries_data_and_nothing_else() {
    let done = Desk::new().convert([GARDEN], ["--to", "jsonl"]).exits(0);
    assert!(done.text().lines().all(|l| serde_json::from_str::<Value>(l).is_ok()));
    assert!(done.stderr.contains("11 read, 11 written"), "{}", done.stderr);
    assert!(done.stderr.contains("12 read, 12 written"), "{}", done.stderr);
    let desk = Desk::new();
    let dashed = desk.convert([GARDEN], ["--to", "jsonl", "-o", "-"]).exits(0);
    assert_eq!(dashed.text(), done.text());
    assert!(!desk.path("-").exists());
}

#[test]
fn the_account_says_what_was_left_out_and_what_to_do_next() {
    let desk = Desk::new();
    let done = desk
        .convert(["takeout/Takeout"], ["--to", "markdown", "-o", "out"])
        .exits(0);
    let done = done
        .says("16 read, 15 written, 1 left out")
        .says("left out: 1 post: in the bin");
    let done = done
        .says("left out: 2 comments: spam")
        .says("left out: 2 comments: written by the owner on other blogs");
    done.says("kept private: 7 settings").says("Next: open out");
    let done = desk.convert([GARDEN], ["-o", "garden.jsonl"]).exits(0);
    done.says("Next: `blogark check garden.jsonl`");
}

#[test]
fn quiet_says_nothing_but_errors() {
    let desk = Desk::new();
    assert_eq!(desk.convert([GARDEN], ["-o", "a.jsonl", "--quiet"]).exits(0).stderr, "");
    assert_eq!(
        desk.convert(["blogger-export/fault-truncated.xml"], ["-o", "a.jsonl", "-q"])
            .exits(3)
            .stderr,
        ""
    );
    assert_ne!(
        desk.convert(["wrong/empty.xml"], ["-o", "a.jsonl", "-q"])
            .exits(1)
            .stderr,
        ""
    );
}

#[test]
fn standard_input_is_an_input_like_any_other() {
    let desk = Desk::new();
    let file = desk.convert([GARDEN], ["--to", "jsonl"]).exits(0);
    let piped = desk
        .blogark(["convert", "-", "--to", "jsonl"])
        .stdin(fixture(GARDEN))
        .run()
        .exits(0);
    assert_eq!(piped.archive().posts, file.archive().posts);
    assert_eq!(
        piped.archive().head["sources"][0]["sha256"],
        file.archive().head["sources"][0]["sha256"]
    );
    // Together with files.
    let both = desk
        .begin(["feeds/comments-all.atom.xml"], ["-", "--to", "jsonl"])
        .stdin(fixture("feeds/posts.atom.xml"))
        .run()
        .exits(0);
    assert_eq!(both.archive().posts.len(), 4);
    assert_eq!(both.archive().comments, [] as [Value; 0]);
}

#[test]
fn a_folder_is_searched_and_what_is_no_blog_in_it_is_told() {
    let desk = Desk::new();
    desk.copy(GARDEN, "backup/2012/blog-09-02-2012.xml");
    desk.copy("wrong/picture.jpg", "backup/2012/photo.jpg");
    desk.copy("wrong/shopping-list.txt", "backup/list.txt");
    let done = desk
        .convert_here(["backup"], ["--to", "jsonl", "--report", "report.json"])
        .exits(0);
    assert_eq!(done.archive().posts.len(), 11);
    let report = desk.json("report.json");
    assert_eq!(report["ledger"]["notices"]["not-recognised"], 1);
    let notice = report["notices"]
        .as_array()
        .unwrap()
        .iter()
        .find(|n| n["code"] == "not-recognised")
        .unwrap();
    assert!(
        notice["message"].as_str().unwrap().contains("a JPEG picture"),
        "{notice}"
    );
}

#[test]
fn names_with_spaces_and_other_scripts_are_names() {
    let desk = Desk::new();
    desk.copy(GARDEN, "mein Blog – копия (1).xml");
    let done = desk
        .convert_here(["mein Blog – копия (1).xml"], ["-o", "вывод 日本.jsonl"])
        .exits(0);
    done.says("вывод 日本.jsonl");
    assert_eq!(
        desk.archive("вывод 日本.jsonl").head["sources"][0]["path"],
        "mein Blog – копия (1).xml"
    );
}

#[test]
fn the_format_may_be_said() {
    let desk = Desk::new();
    let told = desk.convert([GARDEN], ["--to", "jsonl", "--from", "blogger"]).exits(0);
    let guessed = desk.convert([GARDEN], ["--to", "jsonl"]).exits(0);
    assert_eq!(told.stdout, guessed.stdout);
    for name in ["blogger-export", "blogger"] {
        desk.convert([GARDEN], ["--to", "jsonl", "--from", name]).exits(0);
    }
    desk.convert(["feeds/posts.rss.xml"], ["--to", "jsonl", "--from", "feed"])
        .exits(0);
    desk.convert(["takeout/Takeout"], ["--to", "jsonl", "--from", "takeout"])
        .exits(0);
}

#[test]
fn progress_for_programs_is_a_line_an_event() {
    let done = Desk::new()
        .convert([GARDEN], ["--to", "jsonl", "--progress", "json", "--quiet"])
        .exits(0);
    let events: Vec<Value> = done.stderr.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let last = |step: &str| events.iter().rfind(|e| e["step"] == step).unwrap();
    let size = fixture(GARDEN).len();
    assert_eq!(
        *last("reading"),
        json!({ "event": "progress", "step": "reading", "unit": "bytes", "done": size, "total": size })
    );
    assert_eq!(
        *last("writing"),
        json!({ "event": "progress", "step": "writing", "unit": "posts", "done": 11, "total": 11 })
    );
    // Where standard error is no terminal there is no bar.
    let done = Desk::new()
        .convert([GARDEN], ["--to", "jsonl", "--progress", "auto"])
        .exits(0);
    assert!(!done.stderr.contains("eta") && !done.stderr.contains('\r'));
}

#[test]
fn a_title_cannot_drive_the_terminal() {
    let desk = Desk::new();
    let xml = String::from_utf8(fixture("takeout/Takeout/Blogger/Blogs/Notes/feed.atom")).unwrap();
    let name = "\u{1b}]0;owned\u{7}\u{202e}txt";
    desk.put(&format!("{}.atom", "x\u{1b}[31mred"), &xml);
    let done = desk.convert_here(["x\u{1b}[31mred.atom"], ["--to", "jsonl", "--blog", name]);
    assert_ne!(done.status, 0);
    let done2 = desk.convert_here(["x\u{1b}[31mred.atom"], ["--to", "jsonl"]);
    for said in [&done.stderr, &done2.stderr] {
        assert!(!said.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{said:?}");
    }
}

#[test]
fn inspect_says_what_is_in_it_and_writes_nothing() {
    let desk = Desk::new();
    let path = fixtures().join(GARDEN);
    let done = desk.blogark(["inspect".as_ref(), path.as_os_str()]).run().exits(0);
    let text = done.text();
    for words in [
        "Three Beds and a Water Butt",
        "Europe/London",
        "2.bp.blogspot.com",
        "2011-03-05",
        "2012-09-02",
        "Teo Almagro",
    ] {
        assert!(text.contains(words), "{words} is not in\n{text}");
    }
    let done = desk
        .blogark(["inspect".as_ref(), path.as_os_str(), "--json".as_ref()])
        .run()
        .exits(0);
    let json: Value = serde_json::from_str(&done.text()).unwrap();
    assert_eq!(json["sources"][0]["sha256"].as_str().map(str::len), Some(64));
    let blog = &json["blogs"][0];
    assert_eq!(blog["posts"], json!({ "draft": 1, "published": 9 }));
    assert_eq!(blog["pages"], json!({ "published": 1 }));
    assert_eq!(blog["comments"], json!({ "approved": 11, "deleted": 1 }));
    assert_eq!(blog["authors"], json!({ "Nell Harrow": 10, "Teo Almagro": 1 }));
    assert_eq!(
        (&blog["first_day"], &blog["last_day"]),
        (&json!("2011-03-05"), &json!("2012-09-02"))
    );
    assert_eq!(blog["oddities"]["without a title"], 1);
    assert!(desk.files("").is_empty());

    let done = desk
        .blogark([
            "inspect".as_ref(),
            fixtures().join("takeout/Takeout").as_os_str(),
            "--json".as_ref(),
        ])
        .run();
    let json: Value = serde_json::from_str(&done.exits(0).text()).unwrap();
    assert_eq!(json["blogs"].as_array().unwrap().len(), 5);
    assert_eq!(json["own_comments_elsewhere"], 2);
    let broken = fixtures().join("blogger-export/fault-truncated.xml");
    desk.blogark(["inspect".as_ref(), broken.as_os_str()]).run().exits(3);
}

#[test]
fn formats_lists_what_is_read_and_written() {
    let text = Desk::new().blogark(["formats"]).run().exits(0).text();
    for name in [
        "blogger-export",
        "blogger-takeout",
        "atom",
        "rss",
        "blogger-json",
        "jsonl",
        "json",
        "markdown",
        "wxr",
    ] {
        assert!(
            text.lines().any(|l| l.split_whitespace().next() == Some(name)),
            "{name} is not in\n{text}"
        );
    }
}

#[test]
fn help_completions_and_manual_know_every_command() {
    let desk = Desk::new();
    let help = desk.blogark(["--help"]).run().exits(0).text();
    let manual = desk.blogark(["man"]).run().exits(0).text();
    for command in ["convert", "inspect", "check", "formats", "schema", "completions", "man"] {
        assert!(help.contains(&format!("\n  {command}")), "{command} is not in\n{help}");
        assert!(manual.contains(command), "{command} is not in the manual");
    }
    for option in [
        "--to",
        "--include",
        "--since",
        "--report",
        "--dry-run",
        "--jobs",
        "--progress",
    ] {
        let plain = manual.replace('\\', "");
        assert!(plain.contains(option), "{option} is not in the manual");
    }
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let text = desk.blogark(["completions", shell]).run().exits(0).text();
        assert!(text.contains("dry-run") && text.contains("inspect"), "{shell}");
    }
    let version = desk.blogark(["--version"]).run().exits(0).text();
    assert_eq!(version, format!("blogark {}\n", env!("CARGO_PKG_VERSION")));
}
