//! A programmer reads archives by their schema. The published schemas are the ones the program prints, every output keeps to
//! them, and `blogark check` and the schema agree on what is broken.

use std::path::Path;
use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::authored::every_status;
use crate::desk::{Archive, Desk, sound_inputs};

fn published(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn validator(name: &str) -> Validator {
    let schema: Value = serde_json::from_str(&published(name)).unwrap();
    jsonschema::draft202012::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap()
}

static ARCHIVE: LazyLock<Validator> = LazyLock::new(|| validator("archive-1.schema.json"));
static REPORT: LazyLock<Validator> = LazyLock::new(|| validator("report-1.schema.json"));

#[track_caller]
fn holds(validator: &Validator, value: &Value, what: &str) {
    let errors: Vec<String> = validator
        .iter_errors(value)
        .map(|e| format!("{}: {e}", e.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{what}:\n{}", errors.join("\n"));
}

#[test]
fn the_published_schemas_are_those_the_program_prints() {
    // To renew them: blogark schema archive > schemas/archive-1.schema.json, and the same for the report.
    let desk = Desk::new();
    for name in ["archive", "report"] {
        let printed = desk.blogark(["schema", name]).run().exits(0).text();
        assert!(
            printed == published(&format!("{name}-1.schema.json")),
            "schemas/{name}-1.schema.json is out of date"
        );
    }
}

#[test]
fn the_schemas_are_sound_and_say_what_each_field_is() {
    for name in ["archive-1.schema.json", "report-1.schema.json"] {
        let schema: Value = serde_json::from_str(&published(name)).unwrap();
        assert!(jsonschema::meta::is_valid(&schema), "{name}");
        let mut without = Vec::new();
        for (type_name, definition) in schema["$defs"].as_object().unwrap() {
            for (field, property) in definition["properties"].as_object().into_iter().flatten() {
                if property.get("description").is_none() && property.get("const").is_none() {
                    without.push(format!("{type_name}.{field}"));
                }
            }
        }
        assert_eq!(without, [] as [&str; 0], "{name}");
    }
}

#[test]
fn every_output_keeps_to_the_schema_and_passes_the_check() {
    let desk = Desk::new();
    let mut inputs = sound_inputs();
    inputs.retain(|i| !i.contains("takeout-00"));
    for input in inputs {
        desk.convert([&input], ["-o", "out.jsonl", "--report", "report.json"]);
        desk.convert([&input], ["-o", "out.json"]);
        for line in desk.text("out.jsonl").lines() {
            holds(&ARCHIVE, &serde_json::from_str(line).unwrap(), &input);
        }
        holds(&ARCHIVE, &desk.json("out.json"), &input);
        holds(&REPORT, &desk.json("report.json"), &input);
        desk.blogark(["check", "out.jsonl", "out.json"]).run().exits(0);
    }
    for more in [&["--include", "emails,ips"][..], &["--exclude", "comments,drafts"]] {
        desk.put("in.jsonl", every_status());
        let mut args = vec!["-o", "out.jsonl"];
        args.extend(more);
        desk.convert_here(vec!["in.jsonl"], args).exits(0);
        for line in desk.text("out.jsonl").lines() {
            holds(&ARCHIVE, &serde_json::from_str(line).unwrap(), "every status");
        }
        desk.blogark(["check", "out.jsonl"]).run().exits(0);
    }
}

#[test]
fn every_notice_of_every_fault_keeps_to_the_schema_of_reports() {
    let desk = Desk::new();
    for input in sound_inputs() {
        desk.convert(
            [&input],
            ["--to", "markdown", "-o", "out", "--report", "report.json", "--dry-run"],
        );
        holds(&REPORT, &desk.json("report.json"), &input);
    }
}

/// A sound archive of one post with two comments, to be broken.
fn sound() -> Value {
    json!({
        "archive": {
            "type": "archive", "schema_version": "1.0", "generator": { "name": "blogark", "version": "1" },
            "sources": [{ "id": "s1", "path": "b.xml", "format": "blogger-export" }],
            "counts": { "posts": { "published": 1 }, "pages": {}, "comments": { "approved": 2 }, "media": 0, "blogs": 1 },
        },
        "blogs": [{ "type": "blog", "id": "1", "platform": "blogger", "title": "T" }],
        "posts": [{
            "type": "post", "id": "11", "blog": "1", "kind": "post", "status": "published", "title": "T",
            "content_html": "x", "date_published": "2012-01-01T10:00:00Z", "date_published_basis": "utc",
            "provenance": [{ "source": "s1", "offset": 5, "length": 9 }],
            "comments": [
                { "id": "21", "status": "approved", "content_html": "a" },
                { "id": "22", "status": "approved", "content_html": "b", "in_reply_to": "21" },
            ],
        }],
        "comments": [],
        "media": [],
    })
}

/// The same archive as JSON Lines.
fn lines(document: &Value) -> String {
    let mut text = format!("{}\n", document["archive"]);
    for list in ["blogs", "posts", "comments", "media"] {
        for record in document[list].as_array().into_iter().flatten() {
            text.push_str(&format!("{record}\n"));
        }
    }
    text
}

/// Sets what a JSON pointer leads to; with `None` it is taken away.
fn set(document: &mut Value, pointer: &str, value: Option<Value>) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let object = document.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    match value {
        Some(value) => object.insert(name.to_owned(), value),
        None => object.remove(name),
    };
}

#[test]
fn what_the_schema_refuses_the_check_refuses_too() {
    let desk = Desk::new();
    holds(&ARCHIVE, &sound(), "the sound one");
    desk.put("sound.json", sound().to_string());
    desk.put("sound.jsonl", lines(&sound()));
    desk.blogark(["check", "sound.json", "sound.jsonl"]).run().exits(0);
    let broken: &[(&str, Option<Value>)] = &[
        ("/archive/schema_version", None),
        ("/archive/schema_version", Some(json!("2.0"))),
        ("/archive/schema_version", Some(json!(1.0))),
        ("/archive/counts", None),
        ("/archive/counts/posts", Some(json!({ "published": -1 }))),
        ("/archive/sources/0/size_in_bytes", Some(json!("12"))),
        ("/blogs/0/id", None),
        ("/blogs/0/title", Some(json!(["T"]))),
        ("/posts/0/id", None),
        ("/posts/0/id", Some(json!(11))),
        ("/posts/0/blog", None),
        ("/posts/0/kind", None),
        ("/posts/0/status", None),
        ("/posts/0/status", Some(json!("public"))),
        ("/posts/0/protected", Some(json!("no"))),
        ("/posts/0/title", Some(json!(7))),
        ("/posts/0/content_format", Some(json!("markdown"))),
        ("/posts/0/date_published", Some(json!("1 Jan 2012"))),
        ("/posts/0/date_published", Some(json!("2012-02-30"))),
        ("/posts/0/date_published", Some(json!("2012-13-01T10:00:00Z"))),
        ("/posts/0/date_published", Some(json!("2012-01-01T25:00:00Z"))),
        ("/posts/0/date_published_basis", Some(json!("guessed"))),
        ("/posts/0/tags", Some(json!("garden"))),
        ("/posts/0/comment_count_claimed", Some(json!(-1))),
        ("/posts/0/comment_count_claimed", Some(json!(1.5))),
        ("/posts/0/authors", Some(json!([{ "name": 1 }]))),
        ("/posts/0/location", Some(json!({ "latitude": "52" }))),
        ("/posts/0/provenance/0/offset", Some(json!(-3))),
        ("/posts/0/provenance/0/certainty", Some(json!("maybe"))),
        ("/posts/0/comments/0/id", None),
        ("/posts/0/comments/0/status", None),
        ("/posts/0/comments/0/status", Some(json!("published"))),
        ("/posts/0/comments/0/kind", Some(json!("reaction"))),
        ("/posts/0/comments/0/parent_basis", Some(json!("guess"))),
        ("/posts/0/comments/0/author", Some(json!("Ole"))),
        ("/posts/0/comments/0/deleted_by", Some(json!("nobody"))),
    ];
    for (pointer, value) in broken {
        let mut document = sound();
        set(&mut document, pointer, value.clone());
        let shown = format!("{pointer} = {value:?}");
        assert!(!ARCHIVE.is_valid(&document), "the schema takes {shown}");
        let text = lines(&document);
        let by_line = text
            .lines()
            .all(|l| ARCHIVE.is_valid(&serde_json::from_str(l).unwrap()));
        assert!(!by_line, "line by line the schema takes {shown}");
        desk.put("broken.json", document.to_string());
        desk.put("broken.jsonl", &text);
        for file in ["broken.json", "broken.jsonl"] {
            let done = desk.blogark(["check", file]).run();
            assert_eq!(
                done.status,
                3,
                "check takes {shown} in {file}: {}{}",
                done.text(),
                done.stderr
            );
        }
    }
}

/// Words of the finding, and what brings it about.
type Break = (&'static str, fn(&mut Value));

#[test]
fn what_only_several_records_together_can_break_the_check_refuses() {
    let desk = Desk::new();
    let breaks: &[Break] = &[
        ("twice", |d| {
            let post = d["posts"][0].clone();
            d["posts"].as_array_mut().unwrap().push(post);
            d["archive"]["counts"]["posts"]["published"] = json!(2);
            d["archive"]["counts"]["comments"]["approved"] = json!(4);
        }),
        ("which is not there", |d| d["posts"][0]["blog"] = json!("2")),
        ("is not there, and does not say so", |d| {
            d["posts"][0]["comments"][1]["in_reply_to"] = json!("99")
        }),
        ("is there twice", |d| d["posts"][0]["comments"][1]["id"] = json!("21")),
        ("depth-first", |d| {
            d["posts"][0]["comments"].as_array_mut().unwrap().reverse()
        }),
        ("which the head does not", |d| {
            d["posts"][0]["provenance"][0]["source"] = json!("s9")
        }),
        ("The head counts", |d| {
            d["archive"]["counts"]["comments"]["approved"] = json!(3)
        }),
        ("in order of their date", |d| {
            let mut earlier = d["posts"][0].clone();
            earlier["id"] = json!("12");
            earlier["date_published"] = json!("2011-01-01T10:00:00Z");
            earlier.as_object_mut().unwrap().remove("comments");
            d["posts"].as_array_mut().unwrap().push(earlier);
            d["archive"]["counts"]["posts"]["published"] = json!(2);
        }),
        ("sha256:", |d| d["posts"][0]["id"] = json!("sha256:0123456789abcdef")),
    ];
    for (words, break_it) in breaks {
        let mut document = sound();
        break_it(&mut document);
        // Each record by itself is right.
        holds(&ARCHIVE, &document, words);
        desk.put("broken.json", document.to_string());
        desk.put("broken.jsonl", lines(&document));
        for file in ["broken.json", "broken.jsonl"] {
            let done = desk.blogark(["check", file]).run().exits(3);
            assert!(done.text().contains(words), "{words:?} is not in:\n{}", done.text());
        }
    }
}

#[test]
fn the_check_names_the_line() {
    let desk = Desk::new();
    let mut document = sound();
    document["posts"][0]["status"] = json!("public");
    desk.put("broken.jsonl", lines(&document));
    let done = desk.blogark(["check", "broken.jsonl"]).run().exits(3);
    assert!(done.text().starts_with("broken.jsonl:3: "), "{}", done.text());
    assert!(done.text().contains("public"), "{}", done.text());
}

#[test]
fn lines_are_checked_as_lines() {
    let desk = Desk::new();
    let text = lines(&sound());
    for (bad, words) in [
        (text.trim_end().to_owned(), "cut off"),
        (text.replace('\n', "\r\n"), "CR LF"),
        (format!("\u{feff}{text}"), "byte order mark"),
        (text.replacen('\n', "\n\n", 1), "empty"),
        (text.replace("\"x\"", "\"x\u{2028}y\""), "U+2028"),
        (
            text.replace(
                "\"content_html\":\"x\"",
                "\"content_html\":\"x\",\"content_html\":\"y\"",
            ),
            "twice",
        ),
        (text.lines().skip(1).map(|l| format!("{l}\n")).collect(), "head"),
        (text.lines().rev().map(|l| format!("{l}\n")).collect(), "wrong place"),
    ] {
        desk.put("bad.jsonl", &bad);
        let done = desk.blogark(["check", "bad.jsonl"]).run().exits(3);
        assert!(done.text().contains(words), "{words:?} is not in:\n{}", done.text());
    }
}

#[test]
fn a_file_that_is_nothing_to_check_is_told() {
    let desk = Desk::new();
    desk.copy("wrong/picture.jpg", "photo.jpg");
    desk.blogark(["check", "photo.jpg"])
        .run()
        .exits(1)
        .says("photo.jpg could not be checked")
        .says("a JPEG picture");
    desk.blogark(["check", "nothing.jsonl"])
        .run()
        .exits(1)
        .says("nothing.jsonl");
}

#[test]
fn line_ends_of_other_scripts_are_escaped() {
    let desk = Desk::new();
    desk.put("in.jsonl", every_status().replace("post-draft", "a\u{2028}b\u{2029}c"));
    let text = desk.convert_here(["in.jsonl"], ["--to", "jsonl"]).exits(0).text();
    assert!(!text.contains(['\u{2028}', '\u{2029}']));
    let archive = Archive::parse(text.as_bytes());
    assert_eq!(archive.post("2")["content_html"], "<p>a\u{2028}b\u{2029}c</p>");
}
