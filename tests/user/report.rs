//! Someone wants to know, file by file and record by record, what a run did: `--report`.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::desk::{Desk, fixture};

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

#[test]
fn a_report_names_inputs_and_outputs_by_their_hashes() {
    let desk = Desk::new();
    desk.copy("blogger-export/garden.xml", "garden.xml");
    desk.convert_here(["garden.xml"], ["-o", "garden.jsonl", "--report", "report.json"])
        .exits(0);
    let report = desk.json("report.json");
    let input = fixture("blogger-export/garden.xml");
    let output = desk.bytes("garden.jsonl");
    assert_eq!(
        report["inputs"],
        json!([{ "path": "garden.xml", "size_in_bytes": input.len(), "sha256": sha256(&input) }])
    );
    assert_eq!(
        report["outputs"],
        json!([{ "path": "garden.jsonl", "size_in_bytes": output.len(), "sha256": sha256(&output) }])
    );
    assert_eq!(report["type"], "report");
    assert_eq!(report["schema_version"], "1.0");
    assert_eq!(report["output_format"], "jsonl");
    assert_eq!(report["exit_status"], 0);
    assert_eq!(report.get("dry_run"), None);
    assert_eq!(
        report["ledger"]["posts"],
        json!({ "read": 11, "written": 11, "merged": 0, "left_out": {}, "damaged": 0 })
    );
}

#[test]
fn the_head_of_the_archive_names_the_same_file() {
    let archive = Desk::new().records(["blogger-export/garden.xml"]);
    let bytes = fixture("blogger-export/garden.xml");
    assert_eq!(
        archive.head["sources"],
        json!([{ "id": "s1", "path": "garden.xml", "format": "blogger-export", "sha256": sha256(&bytes),
                 "size_in_bytes": bytes.len(), "encoding": "UTF-8" }])
    );
    // In another encoding it is still the file as it lies there.
    let archive = Desk::new().records(["blogger-export/bom-utf16.xml"]);
    let bytes = fixture("blogger-export/bom-utf16.xml");
    assert_eq!(archive.head["sources"][0]["sha256"], sha256(&bytes).as_str());
    assert_eq!(archive.head["sources"][0]["size_in_bytes"], bytes.len());
}

#[test]
fn every_file_of_a_folder_and_every_markdown_file_is_in_it() {
    let desk = Desk::new();
    desk.convert(
        ["takeout/Takeout"],
        ["--to", "markdown", "-o", "out", "--report", "report.json"],
    )
    .exits(0);
    let report = desk.json("report.json");
    let files = desk.markdown("out");
    let outputs: Vec<&Value> = report["outputs"].as_array().unwrap().iter().collect();
    assert_eq!(outputs.len(), files.len());
    for output in outputs {
        let path = output["path"].as_str().unwrap().strip_prefix("out/").unwrap();
        assert_eq!(output["sha256"], sha256(files[path].as_bytes()).as_str(), "{path}");
    }
    let inputs: Vec<&str> = report["inputs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| i["path"].as_str().unwrap())
        .collect();
    assert_eq!(inputs.iter().filter(|i| i.ends_with(".atom")).count(), 7, "{inputs:?}");
    assert_eq!(
        inputs.iter().filter(|i| i.ends_with("settings.csv")).count(),
        4,
        "{inputs:?}"
    );
}

#[test]
fn every_file_that_was_passed_over_is_named_in_it() {
    let desk = Desk::new();
    desk.copy("blogger-export/garden.xml", "blog/garden.xml");
    desk.put("blog/notes.txt", "Buy string.");
    let page = String::from_utf8(fixture("wrong/timetable.html")).unwrap();
    desk.put("blog/b.html", &page);
    desk.put("blog/a.html", page + "<!-- another day -->");
    desk.convert_here(["blog"], ["-o", "out.jsonl", "--report", "report.json"])
        .exits(0);
    let report = desk.json("report.json");
    let files: Vec<&Value> = report["notices"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|n| n["code"] == "not-recognised")
        .map(|n| &n["files"])
        .collect();
    assert_eq!(
        files,
        [&json!(["blog/notes.txt"]), &json!(["blog/a.html", "blog/b.html"])]
    );
}

#[test]
fn notices_come_with_their_place_and_are_as_many_as_counted() {
    let desk = Desk::new();
    for input in [
        "blogger-export/garden.xml",
        "takeout/Takeout",
        "blogger-export/fault-truncated.xml",
        "feeds/comments-all.atom.xml",
    ] {
        desk.convert([input], ["-o", "out.jsonl", "--report", "report.json"]);
        let report = desk.json("report.json");
        let mut counted = serde_json::Map::new();
        for notice in report["notices"].as_array().unwrap() {
            let code = notice["code"].as_str().unwrap();
            let before = counted.get(code).and_then(Value::as_u64).unwrap_or(0);
            counted.insert(code.to_owned(), json!(before + 1));
            let message = notice["message"].as_str().unwrap();
            assert!(
                message.ends_with(['.', '?', ')']) && message.len() > 20,
                "{input}: {message}"
            );
            let has_place = ["post", "comment", "source"].iter().any(|p| notice.get(p).is_some());
            assert!(has_place, "{input}: of what does it speak? {notice}");
        }
        assert_eq!(report["ledger"]["notices"], Value::Object(counted), "{input}");
    }
    // Slugs claims five comments and has three: the notice names the post.
    desk.convert(
        ["blogger-export/garden.xml"],
        ["-o", "out.jsonl", "--report", "report.json"],
    )
    .exits(0);
    let notices = desk.json("report.json")["notices"].clone();
    let notices = notices.as_array().unwrap();
    let of = |code: &str| {
        notices
            .iter()
            .find(|n| n["code"] == code)
            .unwrap_or_else(|| panic!("no {code}: {notices:?}"))
    };
    assert_eq!(notices.len(), 2, "{notices:?}");
    assert_eq!(of("comment-count")["post"], "9004417263581195008");
    let message = of("comment-count")["message"].as_str().unwrap();
    assert!(message.contains('5') && message.contains('3'), "{message}");
    assert_eq!(of("suspected-spam")["comment"], "7300000000000000110");
}

#[test]
fn a_dry_run_writes_the_report_and_nothing_else() {
    let desk = Desk::new();
    for (to, out) in [("jsonl", "out.jsonl"), ("markdown", "out")] {
        let args = ["--to", to, "-o", out, "--report", "dry.json", "--dry-run"];
        let done = desk.convert(["takeout/Takeout"], args).exits(0).says("dry run");
        assert!(done.stdout.is_empty());
        assert!(!desk.path(out).exists(), "{to}");
        let dry = desk.json("dry.json");
        assert_eq!(dry["dry_run"], true);
        // Exactly what a real run would lose.
        desk.convert(["takeout/Takeout"], ["--to", to, "-o", out, "--report", "wet.json"])
            .exits(0);
        let wet = desk.json("wet.json");
        assert_eq!(dry["ledger"], wet["ledger"], "{to}");
        assert_eq!(dry["notices"], wet["notices"], "{to}");
        let hashes = |report: &Value| -> Vec<Value> {
            report["outputs"]
                .as_array()
                .unwrap()
                .iter()
                .map(|o| o["sha256"].clone())
                .collect()
        };
        assert_eq!(hashes(&dry), hashes(&wet), "{to}");
    }
}

#[test]
fn a_report_is_checked_against_the_files_it_names() {
    let desk = Desk::new();
    desk.copy("blogger-export/garden.xml", "garden.xml");
    desk.convert_here(["garden.xml"], ["-o", "garden.jsonl", "--report", "report.json"])
        .exits(0);
    desk.blogark(["check", "report.json"]).run().exits(0);
    let mut bytes = desk.bytes("garden.jsonl");
    let last = bytes.len() - 10;
    bytes[last] ^= 1;
    desk.put("garden.jsonl", bytes);
    let done = desk.blogark(["check", "report.json"]).run().exits(3);
    assert!(done.text().contains("garden.jsonl"), "{}", done.text());
    std::fs::remove_file(desk.path("garden.jsonl")).unwrap();
    let done = desk.blogark(["check", "report.json"]).run().exits(3);
    assert!(done.text().contains("garden.jsonl"), "{}", done.text());
}
