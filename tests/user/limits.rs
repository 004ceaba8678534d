//! Inputs that are made to break whoever reads them, and the limits that hold: each is named in docs/limits.md.

use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};

use crate::desk::{Desk, fixture};

/// Entities that would unfold to three gigabytes, and one that names a file.
fn doctype(secret: &str) -> String {
    let mut entities = String::from("<!ENTITY l0 \"ha\">");
    for level in 1..10 {
        let inner = format!("&l{};", level - 1).repeat(10);
        entities.push_str(&format!("<!ENTITY l{level} \"{inner}\">"));
    }
    format!(
        "<!DOCTYPE x [{entities}<!ENTITY secret SYSTEM \"file://{secret}\"><!ENTITY % p SYSTEM \"file://{secret}\">%p;]>"
    )
}

#[test]
fn entities_of_a_doctype_are_never_expanded() {
    let desk = Desk::new();
    let secret = desk.put("secret.txt", "do not read this");
    for (name, title, hostile) in [
        (
            "blogger-export/garden.xml",
            "<title type='text'>",
            "<title type='text'>&l9;&secret;",
        ),
        ("feeds/posts.rss.xml", "<title>", "<title>&l9;&secret;"),
        ("wxr/classic-1.1.xml", "<title>", "<title>&l9;&secret;"),
        (
            "feeds/posts.atom.xml",
            "<title type='text'>",
            "<title type='text'>&l9;&secret;",
        ),
    ] {
        let xml = String::from_utf8(fixture(name)).unwrap().replace(title, hostile);
        let (head, rest) = xml.split_once("?>").unwrap_or(("<?xml version='1.0'", &xml));
        desk.put(
            "hostile.xml",
            format!("{head}?>{}{rest}", doctype(secret.to_str().unwrap())),
        );
        for to in ["jsonl", "wxr"] {
            let done = desk.convert_here(["hostile.xml"], ["--to", to]);
            assert!(matches!(done.status, 0 | 3), "{name}: {}", done.stderr);
            let text = done.text();
            assert!(
                text.contains("&l9;") || text.contains("&amp;l9;"),
                "{name} to {to}: the reference is gone"
            );
            assert!(
                !text.contains("hahaha") && !text.contains("do not read"),
                "{name} to {to}: it was expanded"
            );
        }
    }
}

#[test]
fn any_depth_of_nesting_is_read() {
    let desk = Desk::new();
    let deep = |open: &str, close: &str| open.repeat(100_000) + "core" + &close.repeat(100_000);
    let bodies = [
        deep("&lt;div&gt;", "&lt;/div&gt;"),
        deep("&lt;b&gt;&lt;ul&gt;&lt;li&gt;", ""),
        deep("<x>", "</x>"),
        deep("&lt;blockquote&gt;", ""),
    ];
    let garden = String::from_utf8(fixture("blogger-export/garden.xml")).unwrap();
    let at = garden.find("<content type='html'>").unwrap() + "<content type='html'>".len();
    for body in &bodies {
        desk.put("deep.xml", format!("{}{body}{}", &garden[..at], &garden[at..]));
        for to in ["jsonl", "markdown", "wxr"] {
            let done = desk.convert_here(["deep.xml"], ["--to", to, "-o", &format!("out-{to}")]);
            assert!(matches!(done.status, 0 | 3), "{}: {}", done.status, done.stderr);
        }
        fs::remove_dir_all(desk.path("out-markdown")).unwrap();
    }
}

#[test]
fn deep_json_costs_its_record_only() {
    let desk = Desk::new();
    desk.convert(["blogger-export/garden.xml"], ["-o", "garden.jsonl"])
        .exits(0);
    let deep = "[".repeat(200_000) + &"]".repeat(200_000);
    let line = format!("{{\"type\":\"post\",\"id\":\"9\",\"blog\":\"1\",\"_source\":{{\"x\":{deep}}}}}\n");
    desk.put("deep.jsonl", desk.text("garden.jsonl") + &line);
    let done = desk.convert_here(["deep.jsonl"], ["-o", "out.jsonl"]).exits(3);
    assert_eq!(desk.archive("out.jsonl").posts.len(), 11, "{}", done.stderr);
    // As a document, what stands before it is read.
    desk.convert(["blogger-export/garden.xml"], ["-o", "garden.json"])
        .exits(0);
    let text = desk.text("garden.json");
    let posts = text.find("\"posts\":[").unwrap() + "\"posts\":[".len();
    let second = posts + text[posts..].find("\n").unwrap_or_default();
    desk.put("deep.json", format!("{}{deep},{}", &text[..second], &text[second..]));
    let done = desk.convert_here(["deep.json"], ["-o", "out2.jsonl"]);
    assert!(matches!(done.status, 1 | 3), "{}", done.stderr);
    desk.put("page.html", "<div>".repeat(300_000));
    desk.put(
        "feed.json",
        format!("{{\"version\":\"1.0\",\"feed\":{{\"xmlns\":\"x\",\"id\":{{\"$t\":\"y\"}},\"entry\":{deep}}}}}"),
    );
    for name in ["page.html", "feed.json"] {
        assert!(
            matches!(desk.convert_here([name], ["--to", "jsonl"]).status, 0 | 1 | 3),
            "{name}"
        );
    }
}

#[cfg(unix)]
#[test]
fn links_lead_neither_out_of_a_folder_nor_in_a_circle() {
    use std::os::unix::fs::symlink;
    let desk = Desk::new();
    desk.copy("blogger-export/garden.xml", "in/garden.xml");
    desk.copy("blogger-export/old-2008.xml", "elsewhere/old.xml");
    symlink("..", desk.path("in/up")).unwrap();
    symlink("circle", desk.path("in/circle")).unwrap();
    symlink(desk.path("elsewhere"), desk.path("in/elsewhere")).unwrap();
    symlink(desk.path("elsewhere/old.xml"), desk.path("in/old.xml")).unwrap();
    assert!(
        std::process::Command::new("mkfifo")
            .arg(desk.path("in/pipe"))
            .status()
            .unwrap()
            .success()
    );
    let done = desk.convert_here(["in"], ["-o", "out.jsonl"]).exits(0);
    let done = done
        .says("4 × a link, which is not followed")
        .says("1 × a pipe or a device");
    assert_eq!(desk.archive("out.jsonl").blogs.len(), 1, "{}", done.stderr);
    // A link that is named is meant.
    desk.convert_here(["in/old.xml"], ["-o", "old.jsonl"]).exits(0);
    let done = desk.convert_here(["in/circle"], ["-o", "circle.jsonl"]).exits(1);
    assert!(!desk.path("circle.jsonl").exists(), "{}", done.stderr);
}

/// Takes 300 MB of memory: `BLOGARK_LARGE=1` asks for it.
#[test]
fn an_entry_of_more_than_256_mb_costs_itself_only() {
    if std::env::var_os("BLOGARK_LARGE").is_none() {
        return;
    }
    let desk = Desk::new();
    let garden = String::from_utf8(fixture("blogger-export/garden.xml")).unwrap();
    let (head, entries) = garden.split_at(garden.find("<entry>").unwrap());
    let mut file = File::create(desk.path("large.xml")).unwrap();
    write!(
        file,
        "{head}<entry><id>tag:blogger.com,1999:blog-1.post-2</id><content>"
    )
    .unwrap();
    // A hole in the file: no disk is needed for it.
    file.seek(SeekFrom::Current(300 << 20)).unwrap();
    write!(file, "</content></entry>{entries}").unwrap();
    drop(file);
    let done = desk
        .convert_here(["large.xml"], ["-o", "out.jsonl", "--report", "report.json"])
        .exits(3);
    let done = done.says("it is longer than 256 MB, which no post is");
    assert_eq!(desk.archive("out.jsonl").posts.len(), 11, "{}", done.stderr);
    assert_eq!(desk.json("report.json")["ledger"]["posts"]["damaged"], 1);
    // A line of JSON, a page.
    desk.convert(["blogger-export/garden.xml"], ["-o", "garden.jsonl"])
        .exits(0);
    let lines = desk.text("garden.jsonl");
    let mut file = File::create(desk.path("large.jsonl")).unwrap();
    write!(
        file,
        "{}{{\"type\":\"post\",\"id\":\"",
        lines.split_inclusive('\n').take(2).collect::<String>()
    )
    .unwrap();
    file.seek(SeekFrom::Current(300 << 20)).unwrap();
    write!(
        file,
        "\"}}\n{}",
        lines.split_inclusive('\n').skip(2).collect::<String>()
    )
    .unwrap();
    drop(file);
    desk.convert_here(["large.jsonl"], ["-o", "again.jsonl"])
        .exits(3)
        .says("longer than 256 MB");
    assert_eq!(desk.archive("again.jsonl").posts.len(), 11);
    let check = desk.blogark(["check", "large.jsonl"]).run().exits(3);
    assert!(check.text().contains("longer than 256 MB"), "{}", check.text());
    // A record of a document.
    desk.convert(["blogger-export/garden.xml"], ["-o", "garden.json"])
        .exits(0);
    let text = desk.text("garden.json");
    let (head, posts) = text.split_at(text.find("{\"type\":\"post\"").unwrap());
    let mut file = File::create(desk.path("large.json")).unwrap();
    write!(file, "{head}{{\"type\":\"post\",\"id\":\"").unwrap();
    file.seek(SeekFrom::Current(300 << 20)).unwrap();
    write!(file, "\"}},\n{posts}").unwrap();
    drop(file);
    desk.convert_here(["large.json"], ["-o", "document.jsonl"])
        .exits(3)
        .says("longer than 256 MB");
    assert_eq!(desk.archive("document.jsonl").posts.len(), 11);
    let mut file = File::create(desk.path("large.html")).unwrap();
    file.write_all(&fixture("saved-pages/garden-blog/2011/03/first-dig.html"))
        .unwrap();
    file.set_len(300 << 20).unwrap();
    drop(file);
    desk.convert_here(["large.html"], ["--to", "jsonl"])
        .exits(1)
        .says("longer than 256 MB");
}
