//! Someone converts one export of a blog.

use std::collections::BTreeMap;
use std::io::Write;

use serde_json::{Value, json};

use crate::desk::{Archive, Desk, comments_of, fixture, fixtures, thread};

/// What the table of `fixtures/README.md` says of each export: posts, pages, comments.
fn promised() -> BTreeMap<String, [usize; 3]> {
    let readme = std::fs::read_to_string(fixtures().join("README.md")).unwrap();
    let section = readme.split("## blogger-export/").nth(1).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter_map(|line| {
        let mut cells = line.split('|').map(str::trim).skip(1);
        let file = cells.next()?.trim_matches('`').to_owned();
        let counts = cells.next()?;
        let numbers: Vec<usize> = counts
            .split(|c: char| !c.is_ascii_digit())
            .filter_map(|n| n.parse().ok())
            .collect();
        match numbers.as_slice() {
            [posts, pages, comments] => Some((file, [*posts, *pages, *comments])),
            // "2 whole": posts, of a file that breaks off.
            [posts] => Some((file, [*posts, 0, 0])),
            _ => None,
        }
    });
    rows.collect()
}

#[test]
fn every_export_gives_the_records_that_its_readme_promises() {
    let desk = Desk::new();
    let promised = promised();
    assert!(promised.len() >= 16, "{promised:?}");
    for (file, [posts, pages, comments]) in promised {
        let archive = desk.records([format!("blogger-export/{file}").as_str()]);
        let of_kind = |kind: &str| archive.posts.iter().filter(|p| p["kind"] == kind).count();
        let found = [of_kind("post"), of_kind("page"), archive.comment_count()];
        assert_eq!(found, [posts, pages, comments], "{file}: posts, pages, comments");
        assert_eq!(archive.posts.len(), posts + pages, "{file}: a kind of its own");
    }
}

#[test]
fn the_garden_s_posts_come_in_order_of_their_moments() {
    let archive = Desk::new().records(["blogger-export/garden.xml"]);
    assert_eq!(
        archive.titles(),
        [
            "First dig",
            "About this plot",
            "Beans, peas & other climbers",
            "",
            "Tomato count, week by week",
            "A watering rota in C#",
            "Buñuelos de calabaza, o qué hacer con la última",
            "The seed catalogue is here",
            "Slugs: 1, lettuce: 0",
            "Compost, a confession",
            "Leaf mould, or: waiting",
        ]
    );
    assert_eq!(
        archive.head["counts"],
        json!({
            "posts": { "draft": 1, "published": 9 }, "pages": { "published": 1 },
            "comments": { "approved": 11, "deleted": 1 }, "media": 0, "blogs": 1,
        })
    );
}

#[test]
fn threads_are_put_together_from_comments_out_of_order() {
    let archive = Desk::new().records(["blogger-export/garden.xml"]);
    let of = |id| thread(archive.post(id));
    assert_eq!(
        of("2907713365480916002"),
        [
            ("7300000000000000103", "-"),
            ("7300000000000000104", "7300000000000000103"),
            ("7300000000000000105", "7300000000000000104"),
        ]
    );
    // The removed comment keeps its place, because somebody answered it.
    assert_eq!(
        of("9004417263581195008"),
        [
            ("7300000000000000108", "-"),
            ("7300000000000000109", "7300000000000000108"),
            ("7300000000000000110", "-"),
        ]
    );
    assert_eq!(archive.comment("7300000000000000108")["status"], "deleted");
    // The page's comment says `.post-` and the draft's says nothing of its post but its address.
    assert_eq!(of("2215590347716634011"), [("7300000000000000111", "-")]);
    assert_eq!(of("4480031925577610009"), [("7300000000000000112", "-")]);
    assert_eq!(archive.comments, [] as [Value; 0]);
}

#[test]
fn what_the_export_says_stands_in_the_record_to_the_letter() {
    let archive = Desk::new().records(["blogger-export/garden.xml"]);
    let rota = archive.post("5571230984400176005");
    let xml = String::from_utf8(fixture("blogger-export/garden.xml")).unwrap();
    let raw = xml
        .split("<title type='text'>A watering rota in C#</title><content type='html'>")
        .nth(1)
        .unwrap();
    let raw = raw.split("</content>").next().unwrap();
    let decoded = raw
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&");
    assert_eq!(rota["content_html"], decoded.as_str());
    assert!(
        decoded.contains("List&lt;string&gt;") && decoded.contains("&#8211;"),
        "decoded once too often"
    );
    assert_eq!(rota["tags"], json!(["C#", "gadgets", "100% useful"]));
    assert_eq!(rota["date_published"], "2011-10-30T16:55:00.000Z");
    assert_eq!(rota["date_published_basis"], "utc");
    assert_eq!(rota["slug"], "a-watering-rota-in-c");

    let beans = archive.post("2907713365480916002");
    assert_eq!(beans["tags"], json!(["beans, peas & climbers", "sowing"]));
    assert_eq!(beans["date_published"], "2011-04-17T19:45:00.002+01:00");
    assert_eq!(beans["date_modified"], "2011-05-01T08:03:19.660+01:00");
    assert_eq!(
        beans["url"],
        "http://three-beds-and-a-water-butt.blogspot.com/2011/04/beans-peas-other-climbers.html"
    );

    let draft = archive.post("4480031925577610009");
    assert_eq!(draft["status"], "draft");
    assert_eq!(draft.get("url"), None, "a draft has no address yet");
    assert_eq!(
        archive.post("8450027716643390003")["title"],
        "",
        "an empty title is not the same as none"
    );
    let located: Vec<&Value> = archive.posts.iter().filter_map(|p| p.get("location")).collect();
    assert_eq!(
        located,
        [&json!({ "name": "Allotment Lane, Little Marrow, UK", "latitude": 52.0712345, "longitude": -0.2345678 })]
    );
    assert_eq!(
        archive.post("3306154879270038007")["links"],
        json!([{ "rel": "related", "href": "http://seeds.kitchen-garden.example/2012/spring",
                 "title": "The spring catalogue", "type": "text/html" }])
    );
    assert_eq!(archive.comment("7300000000000000106")["author"]["name"], "Liv & Björn");
    assert_eq!(archive.comment("7300000000000000109")["is_post_author"], true);
    assert_eq!(archive.comment("7300000000000000103").get("is_post_author"), None);
    assert_eq!(archive.post("9004417263581195008")["comment_count_claimed"], 5);
}

#[test]
fn the_blog_has_what_its_settings_say() {
    let archive = Desk::new().records(["blogger-export/garden.xml"]);
    let blog = archive.blog("4071922688314095517");
    assert_eq!(blog["platform"], "blogger");
    assert_eq!(blog["title"], "Three Beds and a Water Butt");
    assert_eq!(blog["language"], "en-GB");
    assert_eq!(blog["time_zone"], "Europe/London");
    let names: Vec<&Value> = blog["authors"].as_array().unwrap().iter().map(|a| &a["name"]).collect();
    assert_eq!(names, ["Nell Harrow", "Teo Almagro"]);
    assert!(blog["_source"]["template"].as_str().unwrap().contains("b:skin"));

    // On a domain of its own, the address is the domain and not the subdomain of the settings.
    let archive = Desk::new().records(["blogger-export/multilingual.xml"]);
    assert_eq!(archive.blogs[0]["home_page_url"], "http://nanatsu-no-mado.example/");
}

#[test]
fn provenance_leads_back_to_the_bytes() {
    let desk = Desk::new();
    for name in [
        "garden.xml",
        "double-quoted-pretty.xml",
        "prefixed-atom.xml",
        "fault-garbage-first-line.xml",
    ] {
        let bytes = fixture(&format!("blogger-export/{name}"));
        let archive = desk.records([format!("blogger-export/{name}").as_str()]);
        let records = archive.posts.iter().chain(archive.posts.iter().flat_map(comments_of));
        for record in records {
            let place = &record["provenance"][0];
            let start = usize::try_from(place["offset"].as_u64().unwrap()).unwrap();
            let length = usize::try_from(place["length"].as_u64().unwrap()).unwrap();
            let entry = std::str::from_utf8(&bytes[start..start + length]).unwrap();
            assert!(entry.starts_with('<') && entry.ends_with("entry>"), "{name}: {entry}");
            assert!(entry.contains(record["id"].as_str().unwrap()), "{name}: another entry");
        }
    }
}

/// Records without the places they were read from, and without the file.
fn content(archive: &Archive) -> Vec<Value> {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(map) => {
                map.remove("provenance");
                map.values_mut().for_each(strip);
            }
            Value::Array(list) => list.iter_mut().for_each(strip),
            _ => {}
        }
    }
    let mut records: Vec<Value> = archive.blogs.iter().chain(&archive.posts).cloned().collect();
    records.iter_mut().for_each(strip);
    records
}

#[test]
fn the_same_blog_in_another_form_gives_the_same_records() {
    let desk = Desk::new();
    let pretty = desk.records(["blogger-export/double-quoted-pretty.xml"]);
    let undeclared = desk.records(["blogger-export/fault-undeclared-prefix.xml"]);
    assert_eq!(content(&pretty), content(&undeclared));

    // The same text in other encodings, and packed.
    let expected = content(&desk.records(["blogger-export/multilingual.xml"]));
    let text = String::from_utf8(fixture("blogger-export/multilingual.xml")).unwrap();
    let utf16 = |to_bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        "\u{feff}"
            .encode_utf16()
            .chain(text.encode_utf16())
            .flat_map(to_bytes)
            .collect()
    };
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text.as_bytes()).unwrap();
    for (name, bytes) in [
        ("utf-8 with a mark", format!("\u{feff}{text}").into_bytes()),
        ("utf-16 little end first", utf16(u16::to_le_bytes)),
        ("utf-16 big end first", utf16(u16::to_be_bytes)),
        ("gzip", gzip.finish().unwrap()),
    ] {
        desk.put("blog.dat", bytes);
        let done = desk.convert_here(["blog.dat"], ["--to", "jsonl"]).exits(0);
        assert_eq!(content(&done.archive()), expected, "{name}");
    }
}

#[test]
fn encodings_and_cdata_are_read() {
    let desk = Desk::new();
    let latin1 = desk.records(["blogger-export/latin1.xml"]);
    assert_eq!(latin1.titles(), ["Déjà la fête"]);
    assert_eq!(
        latin1.posts[0]["content_html"],
        "Un crème, « bien chaud », à 1,80 £ : naïveté du garçon. ¿Qué?"
    );
    let cdata = desk.records(["blogger-export/cdata.xml"]);
    assert_eq!(cdata.titles(), ["첫 잔 & 둘째 잔"]);
    assert_eq!(cdata.posts[0]["tags"], json!(["차 <tea>", "아침"]));
    let body = cdata.posts[0]["content_html"].as_str().unwrap();
    assert!(
        body.contains("<b>뜨겁고</b>, 둘째 잔은 &nbsp;차다. 1 &lt; 2."),
        "{body}"
    );
}

#[test]
fn entities_of_a_doctype_are_neither_expanded_nor_read() {
    let archive = Desk::new().records(["blogger-export/dtd-entities.xml"]);
    assert_eq!(
        archive.post("1100000000000000901")["content_html"],
        "Before &name;, after. Nothing here may grow: &lots;. Nothing here may be read: &local;."
    );
}

#[test]
fn json_and_json_lines_hold_the_same_records() {
    let desk = Desk::new();
    for name in ["garden.xml", "multilingual.xml", "no-posts.xml", "old-2008.xml"] {
        let input = format!("blogger-export/{name}");
        let lines = desk.convert([&input], ["--to", "jsonl"]).exits(0).archive();
        let document = desk.convert([&input], ["--to", "json"]).exits(0).archive();
        assert_eq!(document, lines, "{name}");
    }
}

#[test]
fn lines_come_in_order_and_so_do_their_keys() {
    let lines = Desk::new()
        .convert(["blogger-export/garden.xml"], ["--to", "jsonl"])
        .exits(0)
        .text();
    let types: Vec<&str> = lines.lines().map(|l| l.split('"').nth(3).unwrap()).collect();
    assert_eq!(types[..3], ["archive", "blog", "post"]);
    assert!(types[2..].iter().all(|t| *t == "post"));
    let beans = lines
        .lines()
        .find(|l| l.contains("\"id\":\"2907713365480916002\""))
        .unwrap();
    let keys = [
        "type",
        "id",
        "blog",
        "kind",
        "status",
        "url",
        "slug",
        "title",
        "content_html",
        "date_published",
        "date_published_basis",
        "date_modified",
        "authors",
        "tags",
        "comment_count_claimed",
        "comments",
    ];
    let places: Vec<usize> = keys.iter().map(|k| beans.find(&format!("\"{k}\":")).unwrap()).collect();
    assert!(places.is_sorted(), "{keys:?} stand at {places:?}");
}

#[test]
fn the_garden_as_json_lines() {
    let lines = Desk::new()
        .convert(["blogger-export/garden.xml"], ["--to", "jsonl"])
        .exits(0)
        .text();
    let version = format!("\"version\":\"{}\"", env!("CARGO_PKG_VERSION"));
    insta::assert_snapshot!(
        "garden.jsonl",
        spread(&lines.replacen(&version, "\"version\":\"[version]\"", 1))
    );
}

/// JSON Lines with a line for each value, so that a person can review them; the order of keys stays.
fn spread(lines: &str) -> String {
    let mut text = String::new();
    let mut depth = 0;
    let mut in_string = false;
    let mut escaped = false;
    for c in lines.chars() {
        if in_string {
            text.push(c);
            in_string = c != '"' || escaped;
            escaped = c == '\\' && !escaped;
            continue;
        }
        match c {
            '{' | '[' => depth += 1,
            '}' | ']' => depth -= 1,
            _ => {}
        }
        if matches!(c, '}' | ']') {
            // What is empty stays on its line.
            let end = text.trim_end().len();
            if text[..end].ends_with(['{', '[']) {
                text.truncate(end);
            } else {
                text.push('\n');
                text.push_str(&"  ".repeat(depth));
            }
        }
        text.push(c);
        in_string = c == '"';
        if c == ',' || matches!(c, '{' | '[') {
            text.push('\n');
            text.push_str(&"  ".repeat(depth));
        }
    }
    text
}
