//! Someone's export is broken: what is whole is kept, the place of the fault is named, and the exit status tells whether it
//! cost anything.

use serde_json::{Value, json};

use crate::desk::{Archive, Desk, comments_of, fixture};

struct Broken {
    archive: Archive,
    notices: Vec<Value>,
    ledger: Value,
}

fn convert(name: &str, status: i32) -> Broken {
    let desk = Desk::new();
    let args = ["-o", "out.jsonl", "--report", "report.json"];
    desk.convert([format!("blogger-export/{name}")], args).exits(status);
    let report = desk.json("report.json");
    Broken {
        archive: desk.archive("out.jsonl"),
        notices: report["notices"].as_array().unwrap().clone(),
        ledger: report["ledger"].clone(),
    }
}

/// Where a stretch of bytes stands in a fixture; it must be there once.
fn place(name: &str, bytes: &[u8]) -> u64 {
    let all = fixture(&format!("blogger-export/{name}"));
    let found: Vec<usize> = (0..all.len()).filter(|at| all[*at..].starts_with(bytes)).collect();
    assert_eq!(found.len(), 1, "{name}");
    found[0] as u64
}

fn codes(notices: &[Value]) -> Vec<&str> {
    notices.iter().map(|n| n["code"].as_str().unwrap()).collect()
}

#[test]
fn an_undeclared_prefix_costs_nothing() {
    let name = "fault-undeclared-prefix.xml";
    let broken = convert(name, 0);
    assert_eq!(broken.archive.titles(), ["Kein Aprilscherz", "Wind aus Westen"]);
    assert_eq!(
        broken.archive.posts[0]["status"], "draft",
        "app:draft was not understood"
    );
    assert_eq!(codes(&broken.notices), ["form-fault"]);
    assert!(broken.notices[0]["message"].as_str().unwrap().contains("\"app\""));
    // The notice leads to the entry with the prefix.
    let offset = usize::try_from(broken.notices[0]["offset"].as_u64().unwrap()).unwrap();
    let bytes = fixture("blogger-export/fault-undeclared-prefix.xml");
    assert!(bytes[offset..].starts_with(b"<entry"), "byte {offset} is no entry");
    let prefix = usize::try_from(place(name, b"<app:control")).unwrap();
    assert!(offset < prefix && !bytes[offset + 1..prefix].windows(6).any(|w| w == b"<entry"));
}

#[test]
fn a_bare_entry_without_declarations_is_read() {
    let broken = convert("bare-entry.xml", 0);
    let post = broken.archive.post("5500000000000000501");
    assert_eq!(post["title"], "Linha 28, às seis");
    assert_eq!(post["comment_count_claimed"], 1, "thr:total was not understood");
    assert!(codes(&broken.notices).contains(&"form-fault"));
}

#[test]
fn a_file_that_breaks_off_gives_what_is_whole() {
    let name = "fault-truncated.xml";
    let broken = convert(name, 3);
    assert_eq!(broken.archive.titles(), ["Botón n.º 3: hueso", "Botón n.º 4: nácar"]);
    assert_eq!(
        broken.ledger["posts"],
        json!({ "read": 3, "written": 2, "merged": 0, "left_out": {}, "damaged": 1 })
    );
    let lost = broken.notices.iter().find(|n| n["code"] == "damaged-entry").unwrap();
    // The entry is named by its id and by where it begins.
    assert!(
        lost["message"].as_str().unwrap().contains("7700000000000000402"),
        "{lost}"
    );
    let bytes = fixture("blogger-export/fault-truncated.xml");
    let begins = bytes.windows(7).rposition(|w| w == b"<entry>").unwrap();
    assert_eq!(lost["offset"], begins);
    let end = broken.notices.iter().find(|n| n["code"] == "truncated").unwrap();
    assert_eq!(end["offset"], bytes.len());
}

#[test]
fn text_before_the_document_costs_nothing() {
    let broken = convert("fault-garbage-first-line.xml", 0);
    assert_eq!(broken.archive.titles(), ["Linha 28, às seis"]);
    assert_eq!(broken.archive.comment_count(), 1);
    assert_eq!(codes(&broken.notices), ["form-fault"]);
    assert_eq!(broken.notices[0]["offset"], 0);
}

#[test]
fn a_control_character_costs_nothing_and_is_told() {
    let broken = convert("fault-control-character.xml", 0);
    assert_eq!(broken.archive.titles(), ["Rosso", "Giallo"]);
    // The character stays in the text, written in JSON as JSON wants it.
    let body = broken.archive.post("1200000000000001202")["content_html"]
        .as_str()
        .unwrap();
    assert_eq!(body, "Incollato da un altro programma:\u{b} e \u{8}qui finisce.");
    assert_eq!(codes(&broken.notices), ["form-fault"]);
    assert_eq!(
        broken.notices[0]["offset"],
        place("fault-control-character.xml", b"\x0b")
    );
}

#[test]
fn entities_of_a_doctype_are_told() {
    let broken = convert("dtd-entities.xml", 0);
    assert_eq!(codes(&broken.notices), ["form-fault"]);
    assert_eq!(broken.notices[0]["offset"], place("dtd-entities.xml", b"<!ENTITY name"));
}

#[test]
fn a_byte_that_is_no_text_is_replaced_and_named() {
    let name = "bad-utf8.xml";
    let broken = convert(name, 3);
    assert_eq!(
        broken.archive.titles(),
        ["Pierwszy dzień", "Drugi dzień", "Trzeci dzień"]
    );
    let body = broken.archive.post("2200000000000000802")["content_html"]
        .as_str()
        .unwrap();
    assert_eq!(body.matches('\u{fffd}').count(), 1, "{body}");
    assert!(
        body.starts_with("Na dworcu grał ktoś walca"),
        "the other letters are right: {body}"
    );
    assert_eq!(codes(&broken.notices), ["damaged-text"]);
    assert_eq!(broken.notices[0]["offset"], place(name, b"\xb3 "));
    let whole: Vec<&Value> = broken
        .archive
        .posts
        .iter()
        .filter(|p| !p.to_string().contains('\u{fffd}'))
        .collect();
    assert_eq!(whole.len(), 2, "the neighbours are whole");
}

#[test]
fn a_broken_entry_costs_itself_and_not_its_neighbours() {
    let xml = String::from_utf8(fixture("blogger-export/garden.xml")).unwrap();
    // A tag in the middle of one post's markup is never closed; another post has lost its end tag.
    let at = xml.find("<title type='text'>Tomato count").unwrap();
    let unclosed = format!("{}<broken>{}", &xml[..at], &xml[at..]);
    let entry = xml.find("<title type='text'>Leaf mould").unwrap();
    let end = entry + xml[entry..].find("</entry>").unwrap();
    let endless = format!("{}{}", &xml[..end], &xml[end + "</entry>".len()..]);
    for (text, id) in [(unclosed, "1388502946617720004"), (endless, "6671520088134907010")] {
        let desk = Desk::new();
        desk.put("broken.xml", &text);
        desk.convert_here(["broken.xml"], ["-o", "out.jsonl", "--report", "report.json"])
            .exits(3);
        let archive = desk.archive("out.jsonl");
        assert_eq!(archive.posts.len(), 10);
        assert!(!archive.post_ids().contains(&id));
        assert_eq!(archive.comment_count(), 12);
        let report = desk.json("report.json");
        assert_eq!(report["ledger"]["posts"]["damaged"], 1);
        let lost = report["notices"]
            .as_array()
            .unwrap()
            .iter()
            .find(|n| n["code"] == "damaged-entry")
            .unwrap();
        assert!(lost["message"].as_str().unwrap().contains(id), "{lost}");
        assert!(lost.get("offset").is_some(), "{lost}");
    }
}

#[test]
fn two_different_posts_of_one_id_are_both_kept() {
    let xml = String::from_utf8(fixture("blogger-export/garden.xml")).unwrap();
    let twice = xml.replace(
        "blog-4071922688314095517.post-6671520088134907010",
        "blog-4071922688314095517.post-9004417263581195008",
    );
    assert_ne!(xml, twice);
    let desk = Desk::new();
    desk.put("twice.xml", twice);
    desk.convert_here(["twice.xml"], ["-o", "out.jsonl", "--report", "report.json"])
        .exits(0);
    let archive = desk.archive("out.jsonl");
    assert_eq!(archive.posts.len(), 11);
    assert!(
        archive.titles().contains(&"Leaf mould, or: waiting") && archive.titles().contains(&"Slugs: 1, lettuce: 0")
    );
    assert_eq!(desk.json("report.json")["ledger"]["notices"]["same-id"], 1);
}

#[test]
fn the_account_on_the_terminal_names_the_place() {
    let done = Desk::new()
        .convert(["blogger-export/fault-truncated.xml"], ["--to", "jsonl"])
        .exits(3);
    let done = done
        .says("3 read, 2 written, 1 damaged")
        .says("7700000000000000402")
        .says("byte ");
    let done = done.says("--report FILE");
    assert!(!done.stderr.contains('\u{1b}'));
}

#[test]
fn a_blog_whose_number_is_lost_is_called_unknown() {
    let desk = Desk::new();
    let feed = "takeout/Takeout/Blogger/Blogs/Bäckerei Morgenrot/feed.atom";
    let xml = String::from_utf8(fixture(feed)).unwrap();
    desk.put(
        "feed.atom",
        xml.replace("tag:blogger.com,1999:blog-", "tag:blogger.com,1999:b-"),
    );
    desk.convert_here(["feed.atom"], ["-o", "out.jsonl"]).exits(0);
    let archive = desk.archive("out.jsonl");
    assert_eq!(archive.blogs.len(), 1);
    assert_eq!(archive.blogs[0]["id"], "unknown");
    assert!(!archive.posts.is_empty());
    desk.blogark(["check", "out.jsonl"]).run().exits(0);
}

#[test]
fn a_head_that_is_lost_makes_no_blog_without_an_id() {
    let xml = String::from_utf8(fixture("blogger-export/garden.xml")).unwrap();
    // The feed's own id is gone, and the only entry is broken.
    let entry = xml.find("<entry>").unwrap();
    let head = xml[..entry].replace("<id>", "<ix>").replace("</id>", "</ix>");
    let desk = Desk::new();
    desk.put("headless.xml", format!("{head}<entry><title></entry></feed>"));
    desk.convert_here(["headless.xml"], ["--from", "blogger", "-o", "out.jsonl"])
        .exits(3);
    assert_eq!(desk.archive("out.jsonl").blogs, Vec::<Value>::new());
    desk.blogark(["check", "out.jsonl"]).run().exits(0);
}

#[test]
fn entries_without_ids_are_given_some() {
    let desk = Desk::new();
    let feed = "takeout/Takeout/Blogger/Blogs/Bäckerei Morgenrot/feed.atom";
    let xml = String::from_utf8(fixture(feed)).unwrap();
    let entry =
        "<entry><blogger:type>POST</blogger:type><blogger:status>LIVE</blogger:status><title>Brot</title></entry>";
    let answer = "<entry><id></id><blogger:type>COMMENT</blogger:type><blogger:status>LIVE</blogger:status><content type='html'>Mehr!</content></entry>";
    let old = String::from_utf8(fixture("blogger-export/old-2008.xml")).unwrap();
    // The ids of entries, not of what comments answer.
    let numberless = old.replace(
        "<id>tag:blogger.com,1999:blog-288104455196637700.post-",
        "<id></id><was>",
    );
    let numberless = numberless.replace("</id><published>", "</was><published>");
    assert!(numberless.contains("<was>") && !numberless.contains("</id></id>"));
    for (name, text) in [
        (
            "feed.atom",
            xml.replace("</feed>", &format!("{entry}{entry}{answer}{answer}</feed>")),
        ),
        ("export.xml", numberless),
    ] {
        desk.put(name, text);
        let done = desk.convert_here([name], ["-o", "out.jsonl"]);
        assert!(done.stderr.contains("read"), "{}", done.stderr);
        desk.blogark(["check", "out.jsonl"]).run().exits(0);
        let archive = desk.archive("out.jsonl");
        assert!(archive.posts.iter().all(|post| post["id"] != ""));
        let derived = archive.posts.iter().filter(|post| post["id_basis"] == "derived");
        assert!(derived.count() > 0, "{name}");
    }
}

/// An export with the comment that begins it in the place of others: date, text, and what else it says.
fn with_comments(xml: &str, comments: &[(&str, &str, &str)]) -> String {
    let begin = xml.find("<wp:comment>").unwrap();
    let end = xml.find("</wp:comment>").unwrap() + "</wp:comment>".len();
    let comments: String = comments
        .iter()
        .map(|(date, text, rest)| {
            format!(
                "<wp:comment><wp:comment_id>5</wp:comment_id><wp:comment_author>Ana</wp:comment_author>\
                 <wp:comment_date>{date}</wp:comment_date><wp:comment_date_gmt>{date}</wp:comment_date_gmt>\
                 <wp:comment_content>{text}</wp:comment_content>{rest}</wp:comment>"
            )
        })
        .collect();
    [&xml[..begin], &comments, &xml[end..]].concat()
}

#[test]
fn comments_of_one_id_in_one_item_are_all_kept() {
    let desk = Desk::new();
    let xml = String::from_utf8(fixture("wxr/classic-1.1.xml")).unwrap();
    let approved = "<wp:comment_approved>1</wp:comment_approved>";
    let pending = "<wp:comment_approved>0</wp:comment_approved>";
    let four = [
        ("2012-02-21 13:00:00", "uno", approved),
        ("2012-02-20 13:00:00", "dos", pending),
        ("2012-02-22 13:00:00", "tres", approved),
        // Of the same second: only its text tells it from the first.
        ("2012-02-21 13:00:00", "cuatro", approved),
    ];
    desk.put("four.xml", with_comments(&xml, &four));
    let whole = desk.records(["wxr/classic-1.1.xml"]);
    let all: usize = whole.posts.iter().map(|post| comments_of(post).count()).sum();
    desk.convert_here(["four.xml"], ["-o", "out.jsonl"]).exits(0);
    desk.blogark(["check", "out.jsonl"]).run().exits(0);
    let archive = desk.archive("out.jsonl");
    let found: Vec<&Value> = archive.posts.iter().flat_map(comments_of).collect();
    assert_eq!(found.len(), all + 3);
    for (_, text, status) in four {
        let comment = found.iter().find(|c| c["content_html"] == text).unwrap();
        let word = if status == approved { "approved" } else { "pending" };
        assert_eq!(comment["status"], word, "{text}");
        assert_eq!(comment["id"] == "5", text == "uno", "{text}");
    }
}

#[test]
fn what_an_item_says_twice_is_one_comment_that_knows_all() {
    let desk = Desk::new();
    let xml = String::from_utf8(fixture("wxr/classic-1.1.xml")).unwrap();
    let date = "2012-02-21 13:00:00";
    let one = "<wp:comment_approved>1</wp:comment_approved><wp:comment_parent>99</wp:comment_parent>";
    let comments = [
        (date, "uno", "<wp:comment_approved>quizás</wp:comment_approved>"),
        (date, "uno", one),
    ];
    desk.put("twice.xml", with_comments(&xml, &comments));
    desk.convert_here(["twice.xml"], ["-o", "out.jsonl"])
        .exits(0)
        .says("1 merged");
    desk.blogark(["check", "out.jsonl"]).run().exits(0);
    let archive = desk.archive("out.jsonl");
    let mut found = archive.posts.iter().flat_map(comments_of);
    let comment = found.find(|c| c["id"] == "5").unwrap();
    assert_eq!(
        (&comment["status"], &comment["in_reply_to"], &comment["parent_missing"]),
        (&json!("approved"), &json!("99"), &json!(true))
    );
}

/// An id that stands in two items of one post, and in one of them beside other comments.
#[test]
fn comments_of_one_id_in_two_items_keep_what_they_say() {
    let desk = Desk::new();
    let xml = String::from_utf8(fixture("wxr/classic-1.1.xml")).unwrap();
    let comment = |id: u32, date: &str, text: &str, parent: u32| {
        format!(
            "<wp:comment><wp:comment_id>{id}</wp:comment_id><wp:comment_date>{date}</wp:comment_date>\
             <wp:comment_date_gmt>{date}</wp:comment_date_gmt><wp:comment_content>{text}</wp:comment_content>\
             <wp:comment_approved>1</wp:comment_approved><wp:comment_parent>{parent}</wp:comment_parent></wp:comment>"
        )
    };
    let item = |comments: String| {
        format!(
            "<item><title>Uno</title><wp:post_id>10</wp:post_id><wp:post_type>post</wp:post_type>\
             <wp:status>publish</wp:status>{comments}</item>"
        )
    };
    let first = xml.find("<item>").unwrap();
    let items = [
        item(comment(70, "2019-03-01 09:00:00", "una", 0)),
        item(
            [
                comment(70, "2019-03-02 09:00:00", "dos", 0),
                comment(71, "2019-03-03 09:00:00", "tres", 70),
                comment(72, "2019-03-04 09:00:00", "cuatro", 71),
                comment(72, "2019-03-05 09:00:00", "cinco", 99),
            ]
            .concat(),
        ),
    ]
    .concat();
    desk.put("in.xml", format!("{}{items}</channel></rss>", &xml[..first]));
    for form in ["out.jsonl", "out.json"] {
        let done = desk.convert_here(["in.xml"], ["-o", form]).exits(0);
        done.says("5 read, 5 written");
        desk.blogark(["check", form]).run().exits(0);
        desk.convert_here([form], ["-o", "again.jsonl", "--overwrite"]).exits(0);
        let archive = desk.archive("again.jsonl");
        let found: Vec<&Value> = archive.posts.iter().flat_map(comments_of).collect();
        for (text, parent) in [
            ("una", Value::Null),
            ("dos", Value::Null),
            ("tres", json!("70")),
            ("cuatro", json!("71")),
            ("cinco", json!("99")),
        ] {
            let comment = found.iter().find(|c| c["content_html"] == text);
            assert_eq!(
                comment.map(|c| c["in_reply_to"].clone()),
                Some(parent),
                "{form}: {text}"
            );
        }
    }
}

/// Thousands of comments of one id in one item are read in the time of one reading, not of thousands.
#[test]
fn many_comments_of_one_id_take_linear_time() {
    let desk = Desk::new();
    let xml = String::from_utf8(fixture("wxr/classic-1.1.xml")).unwrap();
    let texts: Vec<String> = (0..3000).map(|n| format!("número {n}")).collect();
    let comments: Vec<(&str, &str, &str)> = texts
        .iter()
        .map(|text| ("2012-02-21 13:00:00", text.as_str(), ""))
        .collect();
    desk.put("many.xml", with_comments(&xml, &comments));
    desk.convert_here(["many.xml"], ["-o", "out.jsonl"]).exits(0);
    let archive = desk.archive("out.jsonl");
    let found = archive.posts.iter().flat_map(comments_of);
    let of_item = found.filter(|c| {
        c["content_html"]
            .as_str()
            .is_some_and(|text| text.starts_with("número"))
    });
    assert_eq!(of_item.count(), 3000);
}

#[test]
fn the_comments_of_a_post_that_stands_in_three_items_with_other_dates_take_linear_time() {
    let desk = Desk::new();
    let xml = String::from_utf8(fixture("wxr/classic-1.1.xml")).unwrap();
    let (item, end) = (xml.find("<item>").unwrap(), xml.find("</item>").unwrap());
    let items: String = (1..=3)
        .map(|day| {
            let comments: String = (1..=2000)
                .map(|n| {
                    format!(
                        "<wp:comment><wp:comment_id>{n}</wp:comment_id>\
                         <wp:comment_date_gmt>2012-03-0{day} 13:00:00</wp:comment_date_gmt>\
                         <wp:comment_content>número {n}</wp:comment_content></wp:comment>"
                    )
                })
                .collect();
            [&xml[item..end], &comments, "</item>"].concat()
        })
        .collect();
    desk.put(
        "three.xml",
        [&xml[..item], &items, &xml[end + "</item>".len()..]].concat(),
    );
    desk.convert_here(["three.xml"], ["-o", "out.jsonl"]).exits(0);
    let archive = desk.archive("out.jsonl");
    let found = archive.posts.iter().flat_map(comments_of);
    let of_items = found.filter(|c| {
        c["content_html"]
            .as_str()
            .is_some_and(|text| text.starts_with("número"))
    });
    assert_eq!(of_items.count(), 6000);
}

#[test]
fn an_id_of_a_source_may_begin_as_ours_do() {
    let desk = Desk::new();
    let guid = "tag:blogger.com,1999:blog-6211009988776655001.post-6210000000000000104";
    let xml = String::from_utf8(fixture("feeds/posts.rss.xml")).unwrap();
    assert!(xml.contains(guid));
    desk.put("feed.xml", xml.replacen(guid, "sha256:entry-104", 1));
    desk.convert_here(["feed.xml"], ["-o", "out.jsonl"]).exits(0);
    desk.blogark(["check", "out.jsonl"]).run().exits(0);
    assert!(desk.archive("out.jsonl").post_ids().contains(&"sha256:entry-104"));
}

/// The fixture with one stretch in the place of another, as JSON Lines.
fn converted_with(desk: &Desk, name: &str, from: &str, to: &str, status: i32) -> Archive {
    let text = String::from_utf8(fixture(name)).unwrap();
    assert!(text.contains(from), "{name} has no {from}");
    desk.put("in.xml", text.replacen(from, to, 1));
    desk.convert_here(["in.xml"], ["-o", "out.jsonl", "--report", "report.json"])
        .exits(status);
    desk.archive("out.jsonl")
}

fn statuses(archive: &Archive) -> Vec<&str> {
    archive.posts.iter().map(|p| p["status"].as_str().unwrap()).collect()
}

#[test]
fn a_damaged_mark_of_a_draft_publishes_nothing() {
    for (name, from, to) in [
        ("blogger-export/garden.xml", "<app:draft>yes<", "<app:draft>yex<"),
        ("wxr/blocks-1.2.xml", "<![CDATA[draft]]>", "<![CDATA[drafq]]>"),
    ] {
        let desk = Desk::new();
        let archive = converted_with(&desk, name, from, to, 0);
        assert_eq!(
            statuses(&archive).iter().filter(|s| **s == "unknown").count(),
            1,
            "{name}"
        );
        assert!(codes(desk.json("report.json")["notices"].as_array().unwrap()).contains(&"unknown-status"));
        desk.convert_here(["in.xml"], ["--to", "markdown", "-o", "site"]);
        let unknown = archive.posts.iter().find(|p| p["status"] == "unknown").unwrap();
        let id = format!("\nid: {}\n", unknown["id"]);
        let site = desk.files("site");
        let mut texts = site.values().map(|bytes| String::from_utf8_lossy(bytes));
        assert!(!texts.any(|text| text.contains(&id)), "{name}");
        let mut texts = site.values().map(|bytes| String::from_utf8_lossy(bytes));
        assert!(texts.any(|text| text.contains("\nid: ")), "{name}");
    }
}

#[test]
fn a_damaged_kind_makes_no_post_of_a_comment_or_setting() {
    let name = "blogger-export/garden.xml";
    let ids = |archive: &Archive| archive.post_ids().iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
    let desk = Desk::new();
    let whole = converted_with(&desk, name, "<entry>", "<entry>", 0);
    for (from, to) in [
        ("kind#comment'", "kind#commxnt'"),
        ("kind#template'", "kind#templxte'"),
        ("kind#settings'", "kinx#settings'"),
        ("g/2005#kind'", "g/2005#kimd'"),
    ] {
        let desk = Desk::new();
        let archive = converted_with(&desk, name, from, to, 0);
        assert_eq!(ids(&archive), ids(&whole), "{to}");
        let comments = |archive: &Archive| archive.posts.iter().flat_map(comments_of).count();
        assert_eq!(comments(&archive), comments(&whole), "{to}");
    }
}

#[test]
fn a_damaged_tag_in_an_item_costs_no_comment() {
    let desk = Desk::new();
    let name = "wxr/classic-1.1.xml";
    let without_places = |archive: &Archive| {
        let mut posts = archive.posts.clone();
        for post in &mut posts {
            post.as_object_mut().unwrap().remove("provenance");
            for comment in post["comments"].as_array_mut().into_iter().flatten() {
                comment.as_object_mut().unwrap().remove("provenance");
            }
        }
        posts
    };
    let whole = without_places(&converted_with(&desk, name, "<item>", "<item>", 0));
    for (from, to) in [
        ("<wp:post_id>", "<wp:post_ix>"),
        ("</wp:status>", "<xwp:status>"),
        ("<content:encoded>", "<content:encxded>"),
        ("<wp:comment>", "<wp:commxnt>"),
        ("</wp:comment>", "</wp:comment<"),
        ("<wp:comment_id>", "xwp:comment_id>"),
        ("]]></wp:comment_content>", "]x></wp:comment_content>"),
    ] {
        let desk = Desk::new();
        let archive = converted_with(&desk, name, from, to, 0);
        assert_eq!(without_places(&archive), whole, "{to}");
        assert!(
            codes(desk.json("report.json")["notices"].as_array().unwrap()).contains(&"form-fault"),
            "{to}"
        );
    }
}
