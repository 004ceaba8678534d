//! Someone downloads their blogs with Google Takeout and converts the folder, the zip, or both halves of a split zip.

use std::io::{Cursor, Read, Write};

use serde_json::{Value, json};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::desk::{Archive, Desk, comments_of, fixture, fixtures, id, thread};

const MAREAS: &str = "8100000000000000001";
const WALK: &str = "8100000000000000002";
const BAKERY: &str = "8100000000000000003";

/// Records without their provenance, which names the file they were read from.
fn records(archive: &Archive) -> Vec<Value> {
    let mut all: Vec<Value> = archive
        .blogs
        .iter()
        .chain(&archive.posts)
        .chain(&archive.comments)
        .cloned()
        .collect();
    for record in &mut all {
        let record = record.as_object_mut().unwrap();
        record.remove("provenance");
        record.remove("field_sources");
        for comment in record
            .get_mut("comments")
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            comment.as_object_mut().unwrap().remove("provenance");
        }
    }
    all
}

fn of_blog<'a>(archive: &'a Archive, blog: &str) -> Vec<&'a Value> {
    archive.posts.iter().filter(|p| p["blog"] == blog).collect()
}

#[test]
fn a_folder_gives_every_blog_with_its_settings() {
    let archive = Desk::new().records(["takeout/Takeout"]);
    let told: Vec<[&Value; 4]> = archive
        .blogs
        .iter()
        .map(|b| [&b["id"], &b["title"], &b["time_zone"], &b["home_page_url"]])
        .collect();
    assert_eq!(
        json!(told),
        json!([
            [
                MAREAS,
                "Mareas y mapas",
                "Europe/Madrid",
                "https://mareas-y-mapas.blogspot.com/"
            ],
            // Before 2022 the title stood in the settings only.
            [
                WALK,
                "The Long Walk Home: a slow account of one road and what stood beside it",
                "America/Los_Angeles",
                "https://the-long-walk-home-slowly.blogspot.com/"
            ],
            // Nothing in Takeout says which domain a hosted blog is under.
            [BAKERY, "Bäckerei Morgenrot", "Europe/Berlin", null],
            // Two blogs of one title: each feed has the settings of the same number.
            [
                "8100000000000000004",
                "Notes",
                "Europe/London",
                "https://notes-number-one-of-two.blogspot.com/"
            ],
            [
                "8100000000000000005",
                "Notes",
                "Europe/Athens",
                "https://notes-number-two-of-two.blogspot.com/"
            ],
        ])
    );
    assert_eq!(
        archive.blog(BAKERY)["alternate_urls"],
        json!(["https://baeckerei-morgenrot.blogspot.com/"])
    );
    assert_eq!(
        archive.blog(MAREAS)["description"],
        "El mar, visto desde lejos.\nY \"los mapas\", de cerca."
    );
}

#[test]
fn every_status_of_takeout_is_kept() {
    let archive = Desk::new().records(["takeout/Takeout"]);
    let statuses = |id: &str, kind: &str| {
        let mut list: Vec<&str> = of_blog(&archive, id)
            .iter()
            .filter(|p| p["kind"] == kind)
            .map(|p| p["status"].as_str().unwrap())
            .collect();
        list.sort_unstable();
        list
    };
    assert_eq!(
        statuses(MAREAS, "post"),
        [
            "draft",
            "draft",
            "published",
            "published",
            "published",
            "scheduled",
            "trashed"
        ]
    );
    assert_eq!(statuses(MAREAS, "page"), ["draft", "published"]);
    assert_eq!(statuses(WALK, "post"), ["draft", "published", "published"]);
    let status = |id| archive.comment(id)["status"].as_str().unwrap();
    assert_eq!(status("9000000000000000033"), "spam");
    assert_eq!(status("9000000000000000034"), "deleted");
    assert_eq!(status("9000000000000000035"), "pending");
    assert_eq!(
        archive.comment("9000000000000000035")["_source"]["status"],
        "PENDING_COMMENT"
    );
}

#[test]
fn a_post_of_takeout_has_what_only_takeout_knows() {
    let archive = Desk::new().records(["takeout/Takeout"]);
    let lighthouse = archive.post("9000000000000000010");
    // Takeout has file names and no addresses: together with the settings they make the address.
    assert_eq!(
        lighthouse["url"],
        "https://mareas-y-mapas.blogspot.com/2016/02/el-faro-que-cambio-de-sitio.html"
    );
    assert_eq!(lighthouse["date_published"], "2016-02-29T17:30:00Z");
    assert_eq!(lighthouse["tags"], json!(["faros", "mapas, viejos", "C#"]));
    assert_eq!(
        thread(lighthouse),
        [
            ("9000000000000000030", "-"),
            ("9000000000000000031", "9000000000000000030"),
            ("9000000000000000032", "9000000000000000031"),
            ("9000000000000000033", "-"),
        ]
    );
    let first = archive.comment("9000000000000000030");
    assert_eq!(first["content_format"], "html_newlines");
    assert!(
        first["content_html"]
            .as_str()
            .unwrap()
            .starts_with("Yo vi el faro moverse.\nFue un martes.")
    );
    let orphan = archive.comment("9000000000000000037");
    assert_eq!(orphan["in_reply_to"], "9000000000000099999");
    assert_eq!(orphan["parent_missing"], true);
    // A name that is reserved for a draft is no address.
    let draft = archive.post("9000000000000000014");
    assert_eq!(draft["slug"], "borrador-con-nombre-reservado");
    assert_eq!(draft.get("url"), None);
    let with = |field: &str| {
        of_blog(&archive, MAREAS)
            .into_iter()
            .filter(|p| p.get(field).is_some())
            .count()
    };
    assert_eq!(with("location"), 1, "the fixture has one location");
    assert_eq!(with("summary"), 1, "the fixture has one search description");
}

#[test]
fn own_comments_elsewhere_are_lines_of_their_own() {
    let archive = Desk::new().records(["takeout/Takeout"]);
    let own: Vec<&str> = archive.comments.iter().map(id).collect();
    assert_eq!(own, ["4000000000000000001", "4000000000000000002"]);
    for comment in &archive.comments {
        assert_eq!(comment["_source"]["own_comment"], true);
        assert_eq!(comment["_source"]["blog"], "8100000000000000099");
        assert_eq!(comment["_source"]["blog_title"], "Gafas de buceo");
    }
    assert!(
        !archive.blogs.iter().any(|b| b["id"] == "8100000000000000099"),
        "not a blog of the owner's"
    );
    // The owner's comment on the own blog is in Blogs/ and in Comments/: it is one comment, in its place.
    let twice = archive.comment("9000000000000000031");
    assert_eq!(twice["provenance"].as_array().unwrap().len(), 2);

    // By content, not by folder: the same feed under another name, all by itself.
    let desk = Desk::new();
    desk.copy("takeout/Takeout/Blogger/Comments/Gafas de buceo/feed.atom", "saved.xml");
    let alone = desk.convert_here(["saved.xml"], ["--to", "jsonl"]).exits(0).archive();
    assert_eq!(alone.blogs, [] as [Value; 0]);
    assert_eq!(
        records(&alone),
        records(&archive)[archive.blogs.len() + archive.posts.len()..]
    );
}

#[test]
fn two_zips_together_are_the_folder() {
    let desk = Desk::new();
    let folder = desk.convert(["takeout/Takeout"], ["--to", "jsonl"]).exits(0).archive();
    let zips = desk
        .convert(
            ["takeout/takeout-001.zip", "takeout/takeout-002.zip"],
            ["--to", "jsonl"],
        )
        .exits(0)
        .archive();
    assert_eq!(records(&zips), records(&folder));

    // Without the half with the settings the blog is there, and what is missing is told.
    let half = desk
        .convert(["takeout/takeout-001.zip"], ["--to", "jsonl"])
        .exits(0)
        .says("settings.csv");
    let half = half.archive();
    assert_eq!(half.posts.len(), folder.posts.len());
    assert_eq!(half.blog(MAREAS).get("home_page_url"), None);
    assert_eq!(half.post("9000000000000000010").get("url"), None);
    // The user can say what the settings would.
    let told = desk.convert(
        ["takeout/Takeout/Blogger/Blogs/Mareas y mapas/feed.atom"],
        [
            "--to",
            "jsonl",
            "--base-url",
            "https://mareas-y-mapas.blogspot.com/",
            "--time-zone",
            "Europe/Madrid",
            "--report",
            "told.json",
        ],
    );
    let told = told.exits(0).archive();
    assert_eq!(desk.json("told.json")["ledger"]["notices"].get("no-settings"), None);
    assert_eq!(
        told.post("9000000000000000010")["url"],
        "https://mareas-y-mapas.blogspot.com/2016/02/el-faro-que-cambio-de-sitio.html"
    );
    assert_eq!(
        told.head["assumptions"],
        json!({ "time_zone": "Europe/Madrid", "base_url": "https://mareas-y-mapas.blogspot.com/" })
    );
}

#[test]
fn a_bare_feed_is_read_and_what_it_lacks_is_told() {
    let desk = Desk::new();
    let done = desk.convert(
        ["takeout/Takeout/Blogger/Blogs/Bäckerei Morgenrot/feed.atom"],
        ["--to", "jsonl", "--report", "report.json"],
    );
    let archive = done.exits(0).archive();
    assert_eq!(archive.post_ids(), ["6000000000000000002", "6000000000000000001"]);
    let report = desk.json("report.json");
    assert_eq!(report["ledger"]["notices"], json!({ "no-settings": 1 }));
    // Half of it said: only the other half is asked for.
    desk.convert(
        ["takeout/Takeout/Blogger/Blogs/Bäckerei Morgenrot/feed.atom"],
        ["--to", "jsonl", "--time-zone", "Europe/Berlin"],
    )
    .exits(0)
    .says("The blog's address is not in feed.atom");
}

#[test]
fn settings_pair_by_number_in_any_order_of_files() {
    let desk = Desk::new();
    let notes = "takeout/Takeout/Blogger/Blogs/Notes";
    // The names that a browser or an unpacker makes of the same files.
    for (name, as_name) in [
        ("feed.atom", "in/feed.atom"),
        ("feed(1).atom", "in/feed(1).atom"),
        ("settings(1).csv", "in/settings(1).csv"),
        ("settings.csv", "in/settings.csv"),
    ] {
        desk.copy(&format!("{notes}/{name}"), as_name);
    }
    let args = ["--to", "jsonl"];
    let one = desk.convert_here(
        [
            "in/settings(1).csv",
            "in/feed.atom",
            "in/settings.csv",
            "in/feed(1).atom",
        ],
        args,
    );
    let other = desk.convert_here(
        [
            "in/feed(1).atom",
            "in/feed.atom",
            "in/settings.csv",
            "in/settings(1).csv",
        ],
        args,
    );
    assert_eq!(one.stdout, other.stdout);
    let zones: Vec<Value> = one
        .exits(0)
        .archive()
        .blogs
        .iter()
        .map(|b| b["time_zone"].clone())
        .collect();
    assert_eq!(zones, ["Europe/London", "Europe/Athens"]);
}

#[test]
fn a_zip_with_a_password_says_what_to_do() {
    Desk::new()
        .convert(["takeout/encrypted.zip"], ["--to", "jsonl"])
        .exits(1)
        .says("is protected by a password")
        .says("Unpack it");
}

#[test]
fn a_zip_that_was_cut_off_gives_the_members_that_are_there() {
    let desk = Desk::new();
    let whole = fixture("takeout/takeout-001.zip");
    desk.put("whole.zip", &whole);
    let all = desk.convert_here(["whole.zip"], ["--to", "jsonl"]).exits(0).archive();
    // Without the list at its end, every member is still there.
    let list = whole.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
    for cut in [list, list + 30] {
        desk.put("cut.zip", &whole[..cut]);
        let args = ["--to", "jsonl", "--report", "report.json"];
        let cut = desk.convert_here(["cut.zip"], args).exits(3).archive();
        assert_eq!(records(&cut), records(&all));
        let report = desk.json("report.json");
        let codes: Vec<&str> = codes(&report);
        assert!(codes.contains(&"damaged-file"), "{codes:?}");
    }
    // Cut anywhere, nothing comes that was not there, and nothing is lost in silence.
    for part in 1..20 {
        desk.put("cut.zip", &whole[..list * part / 20]);
        let done = desk.convert_here(["cut.zip"], ["--to", "jsonl"]);
        match done.status {
            3 => assert!(done.archive().post_ids().iter().all(|id| all.post_ids().contains(id))),
            status => assert!(status == 1 && done.stdout.is_empty(), "{}", done.stderr),
        }
    }
}

#[test]
fn a_zip_of_nothing_but_a_header_says_what_to_do() {
    let desk = Desk::new();
    desk.put("cut.zip", &fixture("takeout/takeout-001.zip")[..40]);
    desk.convert_here(["cut.zip"], ["--to", "jsonl"])
        .exits(1)
        .says("is a damaged zip file")
        .says("Download it again");
}

#[test]
fn an_archive_that_unpacks_to_too_much_is_stopped() {
    let desk = Desk::new();
    desk.copy("takeout/takeout-001.zip", "takeout.zip");
    desk.convert_here(["takeout.zip"], ["--to", "jsonl", "--max-unpacked", "4KB"])
        .exits(3)
        .says("--max-unpacked SIZE allows more");
    desk.convert_here(["takeout.zip"], ["--to", "jsonl", "--max-unpacked", "10MB"])
        .exits(0);
    desk.convert_here(["takeout.zip"], ["--to", "jsonl", "--max-unpacked", "much"])
        .exits(2);
}

#[test]
fn a_gzip_that_was_cut_off_gives_what_can_be_unpacked() {
    let desk = Desk::new();
    let xml = fixture("blogger-export/garden.xml");
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut packer, &xml).unwrap();
    let packed = packer.finish().unwrap();
    desk.put("garden.xml.gz", &packed[..packed.len() * 2 / 3]);
    let done = desk
        .convert_here(["garden.xml.gz"], ["--to", "jsonl", "--report", "report.json"])
        .exits(3);
    let posts = done.archive().posts.len();
    assert!((1..11).contains(&posts), "{posts}");
    let report = desk.json("report.json");
    assert!(codes(&report).contains(&"damaged-file") && codes(&report).contains(&"truncated"));
}

fn codes(report: &serde_json::Value) -> Vec<&str> {
    let notices = report["notices"].as_array().unwrap();
    notices.iter().map(|n| n["code"].as_str().unwrap()).collect()
}

#[test]
fn what_is_whole_in_a_damaged_zip_is_kept_and_the_rest_is_named() {
    let desk = Desk::new();
    let done = desk
        .convert(
            ["takeout/damaged-member.zip"],
            ["--to", "jsonl", "--report", "report.json"],
        )
        .exits(3);
    assert_eq!(done.archive().post_ids(), ["5000000000000000001"]);
    let report = desk.json("report.json");
    let lost = &report["notices"][0];
    assert_eq!(lost["code"], "damaged-file");
    let message = lost["message"].as_str().unwrap();
    assert!(message.contains("Bäckerei Morgenrot/feed.atom"), "{message}");
    assert_eq!(message.matches("could not be").count(), 1, "said twice: {message}");
}

#[test]
fn a_zip_is_told_by_its_content() {
    let desk = Desk::new();
    desk.copy("takeout/takeout-001.zip", "download");
    let unnamed = desk.convert_here(["download"], ["--to", "jsonl"]).exits(0);
    let named = desk.convert(["takeout/takeout-001.zip"], ["--to", "jsonl"]).exits(0);
    assert_eq!(records(&unnamed.archive()), records(&named.archive()));
    let piped = desk
        .blogark(["convert", "-", "--to", "jsonl"])
        .stdin(fixture("takeout/takeout-001.zip"))
        .run();
    assert_eq!(records(&piped.exits(0).archive()), records(&named.archive()));
}

#[test]
fn names_in_a_zip_lead_nowhere() {
    let feed = std::fs::read(fixtures().join("takeout/Takeout/Blogger/Blogs/Notes/feed.atom")).unwrap();
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for name in ["../../escaped/feed.atom", "/absolute/feed.atom"] {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(&feed).unwrap();
    }
    let desk = Desk::new();
    desk.put("inside/odd.zip", zip.finish().unwrap().into_inner());
    let done = desk.convert_here(["inside/odd.zip"], ["--to", "jsonl"]).exits(0);
    assert_eq!(done.archive().post_ids(), ["5000000000000000001"]);
    assert_eq!(desk.files("").keys().collect::<Vec<_>>(), ["inside/odd.zip"]);
}

#[test]
fn the_split_zips_hold_what_the_folder_holds() {
    // The fixtures are held to their README: the two zips are the folder, in two halves.
    let mut names = Vec::new();
    for half in ["takeout/takeout-001.zip", "takeout/takeout-002.zip"] {
        let mut zip = ZipArchive::new(Cursor::new(fixture(half))).unwrap();
        for n in 0..zip.len() {
            let mut member = zip.by_index(n).unwrap();
            if member.is_dir() {
                continue;
            }
            let name = member.name().unwrap().into_owned();
            let mut bytes = Vec::new();
            member.read_to_end(&mut bytes).unwrap();
            assert_eq!(bytes, fixture(&format!("takeout/{name}")), "{name}");
            names.push(name);
        }
    }
    let all = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), all, "a member is in both halves");
    let mut on_disk = 0;
    let mut folders = vec![fixtures().join("takeout/Takeout")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path)
            } else {
                on_disk += 1
            }
        }
    }
    assert_eq!(all, on_disk);
}

#[test]
fn in_markdown_every_blog_has_a_folder() {
    let desk = Desk::new();
    desk.convert(["takeout/Takeout"], ["--to", "markdown", "-o", "out"])
        .exits(0);
    let files = desk.markdown("out");
    let mut folders: Vec<&str> = files.keys().map(|f| f.split('/').next().unwrap()).collect();
    folders.dedup();
    assert_eq!(folders.len(), 5, "{folders:?}");
    // Two blogs of one title do not share a folder.
    assert_eq!(
        folders.iter().filter(|f| f.starts_with("notes")).count(),
        2,
        "{folders:?}"
    );
    let archive = desk.records(["takeout/Takeout"]);
    let public = archive.posts.iter().filter(|p| p["status"] != "trashed").count();
    assert_eq!(files.len(), public);
    let comments: usize = archive.posts.iter().map(|p| comments_of(p).count()).sum();
    assert!(comments > 10);
}
