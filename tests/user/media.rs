//! Someone has the pictures of a blog in a folder (a mirror, Takeout's albums, what a browser saved) and wants them in
//! whatever the blog becomes. What is fetched from servers is tested in `tests/media.rs`.

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Value, json};

use crate::desk::Desk;

/// A picture of 320 by 200 points; with other words another one.
fn gif(words: &str) -> Vec<u8> {
    let mut bytes = b"GIF89a\x40\x01\xc8\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x40\x01\xc8\0\0\x02\x01D\0".to_vec();
    bytes.extend([0x21, 0xfe, u8::try_from(words.len()).unwrap()]);
    bytes.extend(words.as_bytes());
    bytes.extend([0, b';']);
    bytes
}

const TOMATOES: &str = "mirror/4.bp.blogspot.com/-bedpicture03/TXJexample3/AAAAAAAAADM/exampleGarden3";
const POPPIES: &str = "mirror/2.bp.blogspot.com/-bedpicture01/TXJexample1/AAAAAAAAABM/exampleGarden1";
const CAFE: &str = "mirror/3.bp.blogspot.com/-bedpicture02/TXJexample2/AAAAAAAAACM/exampleGarden2";

/// A desk with a mirror of the garden's pictures, one of them in two sizes.
fn with_mirror() -> Desk {
    let desk = Desk::new();
    desk.put(&format!("{TOMATOES}/s200/tomatoes.jpg"), gif("small"));
    desk.put(&format!("{TOMATOES}/s1600/tomatoes.jpg"), gif("large, and so longer"));
    desk.put(&format!("{POPPIES}/s320/poppies at six.jpg"), gif("poppies"));
    desk.put(&format!("{CAFE}/s320/Caf%C3%A9.jpg"), gif("café"));
    desk
}

fn names(files: &BTreeMap<String, Vec<u8>>, folder: &str) -> Vec<String> {
    let below = files.keys().filter_map(|path| path.strip_prefix(folder));
    below.map(|name| name.trim_start_matches('/').to_owned()).collect()
}

/// A line each for an archive of one blog.
fn archive(posts: &[Value]) -> String {
    let mut lines = vec![
        json!({"type": "archive", "schema_version": "1.0", "counts": {}}),
        json!({"type": "blog", "id": "1", "title": "Bilder", "home_page_url": "http://bilder.example/"}),
    ];
    for (number, post) in posts.iter().enumerate() {
        let mut whole = json!({
            "type": "post", "id": format!("{}", number + 1), "blog": "1", "kind": "post", "status": "published",
            "url": format!("http://bilder.example/2011/03/p{number}.html"), "title": format!("Nr. {number}"),
            "date_published": "2011-03-05T10:12:00Z",
        });
        whole.as_object_mut().unwrap().extend(post.as_object().unwrap().clone());
        lines.push(whole);
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

#[test]
fn a_site_holds_the_pictures_and_its_texts_call_them() {
    for (flavor, folder, address) in [
        ("hugo", "static/media", "/media/"),
        ("jekyll", "assets/media", "/assets/media/"),
        ("zola", "static/media", "/media/"),
        ("eleventy", "public/media", "/media/"),
        ("astro", "public/media", "/media/"),
        ("pelican", "content/images", "/images/"),
        ("plain", "media", "../media/"),
    ] {
        let desk = with_mirror();
        let args = ["--to", "markdown", "--flavor", flavor, "-o", "site", "--media", "local"];
        desk.convert(
            ["blogger-export/garden.xml"],
            [&args[..], &[desk.path("mirror").to_str().unwrap()]].concat(),
        )
        .exits(0)
        .says("Pictures and files: 3 found, 3 taken from folders.");
        let files = desk.files("site");
        assert_eq!(
            names(&files, folder),
            ["Café.gif", "poppies-at-six.gif", "tomatoes.gif"],
            "{flavor}"
        );
        // The larger of two sizes.
        assert_eq!(
            files[&format!("{folder}/tomatoes.gif")],
            gif("large, and so longer"),
            "{flavor}"
        );
        let texts: String = desk.markdown("site").into_values().collect();
        for name in ["Caf%C3%A9.gif", "poppies-at-six.gif", "tomatoes.gif"] {
            assert!(texts.contains(&format!("{address}{name}")), "{flavor}: {name}");
        }
        assert!(!texts.contains("bp.blogspot.com/-bedpicture"), "{flavor}");
        desk.blogark(["check", "site"]).run().exits(0);
        fs::remove_file(desk.path(format!("site/{folder}/tomatoes.gif"))).unwrap();
        desk.blogark(["check", "site"]).run().exits(3);
        // They are files of the folder like others: the list knows them, and what a person changed stays.
        assert!(desk.text("site/.blogark-manifest.json").contains("tomatoes.gif"));
        desk.put(&format!("site/{folder}/tomatoes.gif"), gif("mine"));
        desk.convert(
            ["blogger-export/garden.xml"],
            [&args[..], &[desk.path("mirror").to_str().unwrap()]].concat(),
        )
        .exits(3);
        assert_eq!(desk.bytes(format!("site/{folder}/tomatoes.gif")), gif("mine"));
    }
}

#[test]
fn with_a_folder_a_post_a_picture_lies_beside_its_post() {
    let desk = Desk::new();
    desk.put("mirror/h.example/own.gif", gif("own"));
    desk.put("mirror/h.example/shared.gif", gif("shared"));
    let shared = "<img src='http://h.example/shared.gif'>";
    let posts = [
        json!({"slug": "eins", "content_html": format!("<img src='http://h.example/own.gif'>{shared}")}),
        json!({"slug": "zwei", "content_html": shared}),
    ];
    desk.put("blog.jsonl", archive(&posts));
    let args = [
        "--flavor",
        "hugo",
        "--layout",
        "bundle",
        "--permalinks",
        "redirect",
        "-o",
        "site",
        "--media",
        "local",
        "mirror",
    ];
    desk.convert_here(["blog.jsonl"], args).exits(0);
    let files = desk.files("site");
    assert!(
        files.contains_key("content/posts/2011-03-05-p0/own.gif"),
        "{:?}",
        files.keys()
    );
    assert!(files.contains_key("static/media/shared.gif"));
    let text = desk.text("site/content/posts/2011-03-05-p0/index.md");
    assert!(
        text.contains("(/posts/p0/own.gif)") && text.contains("(/media/shared.gif)"),
        "{text}"
    );
    // A page with the name of a file has its files in a folder beside it.
    let args = [
        "--flavor", "hugo", "--layout", "bundle", "-o", "kept", "--media", "local", "mirror",
    ];
    desk.convert_here(["blog.jsonl"], args).exits(0);
    let text = desk.text("kept/content/posts/2011-03-05-p0/index.md");
    assert!(text.contains("(/2011/03/p0/own.gif)"), "{text}");
    for folder in ["site", "kept"] {
        desk.blogark(["check", folder]).run().exits(0);
    }
}

#[test]
fn an_archive_says_where_its_files_lie_and_texts_stay_as_they_are() {
    let desk = with_mirror();
    let mirror = desk.path("mirror");
    desk.convert(["blogger-export/garden.xml"], ["-o", "keep.jsonl"])
        .exits(0);
    desk.convert(
        ["blogger-export/garden.xml"],
        [
            "-o",
            "garden.jsonl",
            "--report",
            "report.json",
            "--media",
            "local",
            mirror.to_str().unwrap(),
        ],
    )
    .exits(0);
    // The report has the hash of each file, and the check holds the files to it.
    desk.blogark(["check", "report.json"]).run().exits(0);
    assert_eq!(desk.json("report.json")["outputs"].as_array().unwrap().len(), 4);
    let (with, without) = (desk.archive("garden.jsonl"), desk.archive("keep.jsonl"));
    for (with, without) in with.posts.iter().zip(&without.posts) {
        assert_eq!(with["content_html"], without["content_html"]);
    }
    assert_eq!(with.head["counts"]["media"], 3);
    let media: Vec<[&Value; 5]> = with
        .media
        .iter()
        .map(|m| [&m["path"], &m["status"], &m["mime_type"], &m["width"], &m["height"]])
        .collect();
    assert_eq!(media.len(), 3);
    for record in &media {
        assert_eq!(
            record[1..],
            [&json!("archived"), &json!("image/gif"), &json!(320), &json!(200)]
        );
        let path = record[0].as_str().unwrap();
        assert!(path.starts_with("garden-media/") && desk.path(path).is_file(), "{path}");
    }
    let attached: Vec<&Value> = with
        .posts
        .iter()
        .filter_map(|p| p["attachments"].as_array())
        .flatten()
        .collect();
    assert!(attached.iter().all(|one| one["sha256"].as_str().unwrap().len() == 64));
    desk.blogark(["check", "garden.jsonl"]).run().exits(0);
}

#[test]
fn wordpress_is_told_where_the_files_will_be() {
    let desk = with_mirror();
    let mirror = desk.path("mirror");
    let local = ["--media", "local", mirror.to_str().unwrap()];
    let wxr = ["-o", "garden.wxr"];
    desk.convert(["blogger-export/garden.xml"], [&wxr[..], &local[..]].concat())
        .exits(2)
        .says("--media-url");
    let base = "https://garden.example/old files";
    let args = [&wxr[..], &local[..], &["--media-url", base]].concat();
    desk.convert(["blogger-export/garden.xml"], args)
        .exits(0)
        .says("put the files of garden-media on the web");
    let text = desk.text("garden.wxr");
    for name in ["Caf%C3%A9.gif", "poppies-at-six.gif", "tomatoes.gif"] {
        let address = format!("https://garden.example/old%20files/{name}");
        assert!(
            text.contains(&format!("<wp:attachment_url><![CDATA[{address}]]>")),
            "{name}"
        );
        assert!(text.matches(&address).count() >= 2, "{name}");
    }
    assert!(!text.contains("src=\"http://4.bp.blogspot.com/"));
    assert_eq!(desk.files("garden-media").len(), 3);
}

#[test]
fn what_is_not_there_is_named_and_keeps_its_address() {
    let desk = with_mirror();
    std::fs::remove_file(desk.path(format!("{POPPIES}/s320/poppies at six.jpg"))).unwrap();
    let mirror = desk.path("mirror");
    let args = [
        "--to",
        "markdown",
        "-o",
        "garden",
        "--report",
        "report.json",
        "--media-list",
        "list.txt",
        "--media",
        "local",
    ];
    desk.convert(
        ["blogger-export/garden.xml"],
        [&args[..], &[mirror.to_str().unwrap()]].concat(),
    )
    .exits(3)
    .says("1 file: not in the folders");
    let report = desk.json("report.json");
    assert_eq!(
        report["ledger"]["media"],
        json!({"found": 3, "local": 2, "certainty": {"certain": 2}, "downloaded": 0, "kept": 0, "missing": {"not-in-folders": 1}})
    );
    let texts: String = desk.markdown("garden").into_values().collect();
    assert!(texts.contains("bp.blogspot.com/-bedpicture01"));
    assert_eq!(
        desk.text("list.txt"),
        "http://2.bp.blogspot.com/-bedpicture01/TXJexample1/AAAAAAAAABM/exampleGarden1/s0/poppies%20at%20six.jpg\n"
    );
    desk.blogark(["check", "report.json"]).run().exits(0);
}

#[test]
fn a_dry_run_only_counts() {
    let desk = with_mirror();
    let mirror = desk.path("mirror");
    let args = [
        "--flavor",
        "hugo",
        "-o",
        "site",
        "--dry-run",
        "--media",
        "download",
        "local",
        mirror.to_str().unwrap(),
    ];
    desk.convert(["blogger-export/garden.xml"], args)
        .exits(0)
        .says("3 taken from folders");
    assert!(!desk.path("site").exists() && !desk.path("site-media").exists());
}

#[test]
fn words_that_do_not_go_together_are_refused() {
    let desk = Desk::new();
    desk.put("takeout.zip", "PK");
    for (args, words) in [
        (&["--media", "local", "takeout.zip"][..], "unpack it"),
        (&["--media", "sometimes"], "keep, local FOLDER... or download"),
        (&["--media", "keep", "download"], "say it alone"),
        (&["--media", "local"], "say in which folders"),
        (
            &["--media-list", "x.txt"],
            "say --media local FOLDER or --media download",
        ),
        (&["--media", "local", "no-such-folder"], "no-such-folder"),
    ] {
        let all = [&["--flavor", "hugo", "-o", "site"], args].concat();
        let done = desk.begin(["blogger-export/garden.xml"], all).run();
        assert!(matches!(done.status, 1 | 2), "{args:?}");
        done.says(words);
    }
    let swallowed = desk.blogark(["convert", "--media", "local", "blog.xml"]).run();
    swallowed.exits(2).says("say the inputs before it");
}

#[test]
fn a_place_is_taken_out_of_a_picture_only_when_asked() {
    let desk = Desk::new();
    let mut jpeg = b"\xff\xd8\xff\xe1\0\x3chttp://ns.adobe.com/xap/1.0/\0<x exif:GPSLatitude='52,31N'/>".to_vec();
    jpeg.resize(2 + 2 + 0x3c, b' ');
    jpeg.extend(b"\xff\xda\0\x02points\xff\xd9");
    desk.put("mirror/h.example/home.jpg", &jpeg);
    desk.put(
        "blog.jsonl",
        archive(&[json!({"content_html": "<img src='http://h.example/home.jpg'>"})]),
    );
    let run = |more: &[&str], folder: &str| {
        let args = [
            &["--flavor", "hugo", "-o", folder],
            more,
            &["--media", "local", "mirror"],
        ]
        .concat();
        desk.convert_here(vec!["blog.jsonl"], args).exits(0);
        desk.bytes(format!("{folder}/static/media/home.jpg"))
    };
    assert_eq!(run(&[], "as-it-was"), jpeg);
    assert_eq!(
        run(&["--strip-location"], "without"),
        b"\xff\xd8\xff\xda\0\x02points\xff\xd9"
    );
}

#[test]
fn a_podcast_s_recordings_come_along() {
    let desk = Desk::new();
    desk.put("mirror/bilder.example/audio/one.mp3", b"ID3\x03\0\0\0\0\0\x21 sound");
    let posts = [json!({
        "attachments": [{"url": "http://bilder.example/audio/one.mp3", "mime_type": "audio/mpeg", "duration_in_seconds": 61.0}],
        "content_html": "<audio src=\"/audio/one.mp3\"></audio>"
    })];
    desk.put("blog.jsonl", archive(&posts));
    desk.convert_here(["blog.jsonl"], ["-o", "again.jsonl", "--media", "local", "mirror"])
        .exits(0);
    let again = desk.archive("again.jsonl");
    let attached = again.post("1")["attachments"].as_array().unwrap();
    assert_eq!(attached.len(), 1);
    assert_eq!(attached[0]["duration_in_seconds"], 61.0);
    assert_eq!(attached[0]["path"], "again-media/one.mp3");
}
