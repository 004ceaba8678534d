//! Years later, someone converts an archive again: blogark's own JSON and JSON Lines are inputs like any other.

use serde_json::{Value, json};

use crate::authored;
use crate::desk::{Archive, Desk, comments_of, fixtures_of, id, sound_inputs};

#[test]
fn lines_give_the_same_lines_again() {
    let desk = Desk::new();
    for input in sound_inputs() {
        let first = desk.convert([&input], ["--to", "jsonl", "-o", "first.jsonl"]);
        assert!([0, 3].contains(&first.status), "{input}: {}", first.stderr);
        desk.convert_here(["first.jsonl"], ["-o", "again.jsonl"]).exits(0);
        assert!(
            desk.bytes("first.jsonl") == desk.bytes("again.jsonl"),
            "{input} changed on the way"
        );
    }
}

#[test]
fn a_document_gives_the_same_document_and_either_form_the_other() {
    let desk = Desk::new();
    for input in [
        "blogger-export/garden.xml",
        "takeout/Takeout",
        "feeds/comments-all.atom.xml",
        "feeds/posts.rss.xml",
    ] {
        desk.convert([input], ["-o", "a.json"]).exits(0);
        desk.convert([input], ["-o", "a.jsonl"]).exits(0);
        for (from, to) in [
            ("a.json", "b.json"),
            ("a.jsonl", "c.json"),
            ("a.json", "b.jsonl"),
            ("a.jsonl", "c.jsonl"),
        ] {
            desk.convert_here([from], ["-o", to]).exits(0);
        }
        for copy in ["b.json", "c.json"] {
            assert!(desk.bytes(copy) == desk.bytes("a.json"), "{input}: {copy}");
        }
        for copy in ["b.jsonl", "c.jsonl"] {
            assert!(desk.bytes(copy) == desk.bytes("a.jsonl"), "{input}: {copy}");
        }
    }
}

#[test]
fn an_archive_becomes_the_same_markdown_as_its_source() {
    let desk = Desk::new();
    for input in [
        "blogger-export/garden.xml",
        "takeout/Takeout",
        "blogger-export/multilingual.xml",
    ] {
        for folder in ["direct", "again"] {
            let _ = std::fs::remove_dir_all(desk.path(folder));
        }
        desk.convert([input], ["-o", "a.jsonl"]).exits(0);
        desk.convert([input], ["--to", "markdown", "-o", "direct"]).exits(0);
        desk.convert_here(["a.jsonl"], ["--to", "markdown", "-o", "again"])
            .exits(0);
        assert_eq!(desk.files("direct"), desk.files("again"), "{input}");
    }
}

#[test]
fn an_archive_through_a_pipe_is_read() {
    let desk = Desk::new();
    let lines = desk
        .convert(["blogger-export/garden.xml"], ["--to", "jsonl"])
        .exits(0)
        .stdout;
    let again = desk
        .blogark(["convert", "-", "--to", "jsonl"])
        .stdin(lines.clone())
        .run()
        .exits(0);
    assert_eq!(again.stdout, lines);
}

#[test]
fn lines_that_another_tool_filtered_are_read() {
    let desk = Desk::new();
    let text = desk
        .convert(["blogger-export/garden.xml"], ["--to", "jsonl"])
        .exits(0)
        .text();
    let whole = Archive::parse(text.as_bytes());

    // As `grep '"type":"post"'` leaves them: no head, no blog.
    let posts: String = text
        .lines()
        .filter(|l| l.starts_with("{\"type\":\"post\""))
        .map(|l| format!("{l}\n"))
        .collect();
    desk.put("posts.jsonl", &posts);
    let read = desk.convert_here(["posts.jsonl"], ["--to", "jsonl"]).exits(0).archive();
    assert_eq!(read.post_ids(), whole.post_ids());
    assert_eq!(read.blogs.len(), 1, "a blog that only posts name is a blog");
    for (read, before) in read.posts.iter().zip(&whole.posts) {
        assert_eq!(read["content_html"], before["content_html"]);
        let ids = |p| comments_of(p).map(id).collect::<Vec<_>>();
        assert_eq!(ids(read), ids(before));
    }

    // As `jq` rewrites them: other key order, one post left, in reverse order.
    let jq: String = text
        .lines()
        .rev()
        .filter(|l| l.contains("\"type\":\"blog\"") || l.contains("\"id\":\"9004417263581195008\""))
        .map(|l| {
            // Keys in the order of the alphabet, as `jq -S` puts them.
            let value: Value = serde_json::from_str(l).unwrap();
            format!("{value}\n")
        })
        .collect();
    assert!(!jq.contains("{\"type\""));
    desk.put("one.jsonl", jq);
    let read = desk.convert_here(["one.jsonl"], ["--to", "jsonl"]).exits(0).archive();
    assert_eq!(read.post_ids(), ["9004417263581195008"]);
    assert_eq!(read.blogs[0]["title"], "Three Beds and a Water Butt");
    assert_eq!(read.head["counts"]["posts"], json!({ "published": 1 }));
}

#[test]
fn two_archives_of_one_blog_are_merged() {
    let desk = Desk::new();
    let args = ["--to", "jsonl"];
    desk.convert(
        ["blogger-export/garden.xml"],
        ["-o", "old.jsonl", "--until", "2011-12-31"],
    )
    .exits(0);
    desk.convert(
        ["blogger-export/garden.xml"],
        ["-o", "new.jsonl", "--since", "2011-06-01"],
    )
    .exits(0);
    let both = desk.convert_here(["new.jsonl", "old.jsonl"], args).exits(0).archive();
    let whole = desk.records(["blogger-export/garden.xml"]);
    assert_eq!(both.titles(), whole.titles());
    assert_eq!(both.comment_count(), whole.comment_count());
    // The same place in the same file is one provenance, not two.
    assert_eq!(both.posts, whole.posts);
}

#[test]
fn a_line_that_is_broken_costs_itself_and_is_named() {
    let desk = Desk::new();
    let text = desk
        .convert(["blogger-export/garden.xml"], ["--to", "jsonl"])
        .exits(0)
        .text();
    let mut lines: Vec<&str> = text.lines().collect();
    let broken = lines[4];
    lines[4] = &broken[..broken.len() / 2];
    desk.put("broken.jsonl", lines.join("\n") + "\n");
    let done = desk
        .convert_here(["broken.jsonl"], ["-o", "out.jsonl", "--report", "report.json"])
        .exits(3);
    assert_eq!(desk.archive("out.jsonl").posts.len(), 10, "{}", done.stderr);
    let report = desk.json("report.json");
    let notice = report["notices"]
        .as_array()
        .unwrap()
        .iter()
        .find(|n| n["code"] == "damaged-entry")
        .unwrap();
    let before: usize = lines[..4].iter().map(|l| l.len() + 1).sum();
    assert!(notice["offset"].as_u64().unwrap() >= before as u64, "{notice}");
    assert!(report["balances"] == true);
}

#[test]
fn a_document_that_breaks_off_before_its_posts_is_no_archive() {
    let desk = Desk::new();
    let bytes = desk
        .convert(["blogger-export/garden.xml"], ["--to", "json"])
        .exits(0)
        .stdout;
    let first = bytes.windows(14).position(|w| w == br#"{"type":"post""#).unwrap();
    desk.put("half.json", &bytes[..first + 20]);
    desk.convert_here(["half.json"], ["-o", "out.jsonl"])
        .exits(1)
        .says("half.json")
        .says("breaks off");
    assert!(!desk.path("out.jsonl").exists());
}

#[test]
fn names_that_a_later_version_adds_are_passed_over() {
    let desk = Desk::new();
    let lines = authored::every_status()
        .replace(
            "\"schema_version\":\"1.0\"",
            "\"schema_version\":\"1.7\",\"mood\":{\"now\":\"calm\"}",
        )
        .replace("\"kind\":\"page\"", "\"kind\":\"page\",\"colour\":[1,2]");
    assert!(lines.contains("colour") && lines.contains("mood"));
    desk.put("later.jsonl", &lines);
    desk.put("now.jsonl", authored::every_status());
    let later = desk.convert_here(["later.jsonl"], ["--to", "jsonl"]).exits(0).archive();
    let now = desk.convert_here(["now.jsonl"], ["--to", "jsonl"]).exits(0).archive();
    assert_eq!(later.post_ids(), now.post_ids());
}

#[test]
fn every_archive_passes_its_own_check() {
    let desk = Desk::new();
    let mut inputs = sound_inputs();
    inputs.extend(fixtures_of("wxr"));
    inputs.push("saved-pages".to_owned());
    for input in inputs {
        for name in ["out.jsonl", "out.json"] {
            let done = desk.convert([&input], ["-o", name]);
            assert!(matches!(done.status, 0 | 3), "{input}: {}", done.stderr);
            let check = desk.blogark(["check", name]).run();
            assert_eq!(check.status, 0, "{input} to {name}: {}{}", check.text(), check.stderr);
        }
    }
}

#[test]
fn an_archive_of_posts_about_feeds_is_an_archive() {
    let desk = Desk::new();
    let post = json!({
        "type": "post", "id": "1", "blog": "b", "kind": "post", "status": "published",
        "content_html": "<pre><rss><channel><item></item></channel></rss>\n<feed xmlns='http://www.w3.org/2005/Atom'><entry/></feed></pre>",
    });
    desk.put("posts.jsonl", format!("{post}\n"));
    for name in ["again.jsonl", "again.json"] {
        desk.convert_here(["posts.jsonl"], ["-o", name]).exits(0);
        let again = desk.convert_here([name], ["--to", "jsonl"]).exits(0).archive();
        assert_eq!(again.posts[0]["content_html"], post["content_html"], "{name}");
    }
}

#[test]
fn records_that_another_program_left_without_ids_are_given_some() {
    let desk = Desk::new();
    let lines = [
        json!({"type": "blog", "id": ""}),
        json!({"type": "post", "id": "", "blog": "", "kind": "post", "status": "published", "content_html": "a",
            "comments": [{"id": "", "status": "approved", "content_html": "c"}]}),
        json!({"type": "comment", "id": "", "post": "7", "status": "approved", "content_html": "d"}),
    ];
    desk.put("empty.jsonl", lines.map(|line| format!("{line}\n")).concat());
    for (from, to) in [("empty.jsonl", "first.json"), ("first.json", "again.jsonl")] {
        desk.convert_here([from], ["-o", to]).exits(0);
        desk.blogark(["check", to]).run().exits(0);
    }
    let archive = desk.archive("again.jsonl");
    assert_eq!(archive.blogs[0]["id"], "unknown");
    assert_eq!(archive.posts[0]["blog"], "unknown");
    assert_eq!(archive.posts[0]["id_basis"], "derived");
    assert_eq!(comments_of(&archive.posts[0]).count(), 1);
}

#[test]
fn fields_that_no_record_has_are_named() {
    let desk = Desk::new();
    for name in ["garden.json", "garden.jsonl"] {
        desk.convert(["blogger-export/garden.xml"], ["-o", name]).exits(0);
        let text = desk.text(name);
        // A later version's field, in a record and in what it holds, and a name that is damaged.
        let later = text
            .replace("\"type\":\"post\",", "\"type\":\"post\",\"mood\":\"calm\",")
            .replacen("\"provenance\":[{", "\"provenance\":[{\"weather\":1,", 1)
            .replacen("\"title\":", "\"tixle\":", 1);
        let again = format!("later-{name}");
        desk.put(&again, &later);
        desk.convert_here([again.as_str()], ["-o", "out.jsonl", "--report", "report.json"])
            .exits(0);
        let report = desk.json("report.json");
        let notices = report["notices"].as_array().unwrap();
        let unknown: Vec<&str> = notices
            .iter()
            .filter(|n| n["code"] == "unknown-field")
            .map(|n| n["message"].as_str().unwrap())
            .collect();
        assert_eq!(unknown.len(), 3, "{name}: {unknown:?}");
        for (field, times) in [
            ("\"mood\"", "11 times"),
            ("provenance.weather", "once"),
            ("tixle", "once"),
        ] {
            let told = unknown.iter().find(|told| told.contains(field));
            assert!(told.is_some_and(|told| told.contains(times)), "{name}: {unknown:?}");
        }
        assert_eq!(desk.archive("out.jsonl").posts.len(), 11);
        let sound = text.replace("\"type\":\"post\",", "\"type\":\"post\",\"mood\":\"calm\",");
        desk.put(&again, sound);
        desk.blogark(["check", again.as_str()]).run().exits(0);
        desk.convert_here([name], ["-o", "same.jsonl", "--report", "report.json"])
            .exits(0);
        assert!(
            desk.json("report.json")["ledger"]["notices"]
                .get("unknown-field")
                .is_none()
        );
    }
}

#[test]
fn comments_of_one_number_in_two_blogs_without_posts_pass_the_check_in_either_form() {
    let desk = Desk::new();
    let comment = |blog: &str| json!({ "type": "comment", "id": "5", "post": "9", "status": "approved", "content_html": blog, "_blog": blog });
    let lines = [
        json!({ "type": "blog", "id": "1" }),
        json!({ "type": "blog", "id": "2" }),
        comment("1"),
        comment("2"),
    ];
    desk.put("in.jsonl", lines.map(|line| format!("{line}\n")).concat());
    for form in ["out.jsonl", "out.json"] {
        desk.convert_here(["in.jsonl"], ["-o", form]).exits(0);
        desk.blogark(["check", form]).run().exits(0);
    }
}
