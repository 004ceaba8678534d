//! A JSON feed that a script saved, or an archive as JSON, was cut off or changed: what is whole comes out as if nothing had
//! happened, and the fault is named with its place.

use std::collections::BTreeMap;
use std::ops::Range;

use blogark::ledger::{Notice, NoticeCode};
use serde_json::{Value, json};

use crate::desk::{Desk, fixture};
use crate::salvage::{alone, given, step};

/// A document, and where each of its records stands.
struct Document {
    name: &'static str,
    bytes: Vec<u8>,
    places: Vec<(String, Range<usize>)>,
    /// What is behind may go and nothing is missed.
    end: usize,
}

/// What came of a document.
struct Found {
    records: BTreeMap<String, Value>,
    /// How many there are: comments of two posts may have one id.
    count: usize,
    notices: Vec<Notice>,
    has_losses: bool,
}

impl Document {
    /// Finds the records by the words that each begins with; the last ends before `behind`.
    fn new(name: &'static str, text: String, begins: impl Fn(&str) -> String, behind: &str) -> Document {
        let desk = Desk::new();
        let whole = found(&desk, name, text.as_bytes()).unwrap();
        assert!(
            !whole.has_losses && whole.records.len() > 1,
            "{name}: {:?}",
            whole.notices
        );
        let mut places: Vec<(String, usize)> = whole
            .records
            .keys()
            .filter_map(|id| Some((id.clone(), text.find(&begins(id))?)))
            .collect();
        places.sort_by_key(|(_, at)| *at);
        assert!(places.len() > 1, "{name}");
        let ends = places.iter().skip(1).map(|(_, next)| text[..*next].rfind(',').unwrap());
        let last = text.rfind(behind).unwrap();
        let places = places.iter().zip(ends.chain([last]));
        Document {
            name,
            places: places.map(|((id, begin), end)| (id.clone(), *begin..end)).collect(),
            end: text.trim_end().trim_end_matches(';').len(),
            bytes: text.into_bytes(),
        }
    }

    /// Reads it as it is, or with other bytes.
    fn read(&self, desk: &Desk, bytes: &[u8]) -> Option<Found> {
        found(desk, self.name, bytes)
    }
}

fn found(desk: &Desk, name: &str, bytes: &[u8]) -> Option<Found> {
    let (given, notices, ledger) = given(desk, name, bytes)?;
    let is_record = |r: &Value| r.get("id").is_some() && r["type"] != "blog";
    Some(Found {
        count: given.iter().filter(|r| is_record(r)).count(),
        records: given
            .into_iter()
            .filter(is_record)
            .map(|mut record| (alone(&mut record), record))
            .collect(),
        has_losses: ledger.has_losses() || notices.iter().any(|n| n.code.is_loss()),
        notices,
    })
}

/// A feed of three short posts, as JSON or handed to a function.
fn small_feed(is_call: bool) -> String {
    let entry = |n: u32, text: &str| {
        json!({
            "id": { "$t": format!("tag:blogger.com,1999:blog-7.post-{n}") },
            "published": { "$t": format!("2011-0{n}-02T08:30:00.000+02:00") },
            "title": { "$t": text },
            "content": { "$t": "<p class=\"a\">{\"x\": [1]}" },
            "author": [{ "name": { "$t": "Ada" } }],
        })
        .to_string()
    };
    let entries = [entry(1, "Lluvia"), entry(2, "Grüße \\ \"x\""), entry(3, "雪")].join(",");
    let feed = format!(
        "{{\"version\":\"1.0\",\"feed\":{{\"xmlns\":\"http://www.w3.org/2005/Atom\",\
         \"id\":{{\"$t\":\"tag:blogger.com,1999:blog-7\"}},\"title\":{{\"$t\":\"T\"}},\"entry\":[{entries}]}}}}"
    );
    if is_call { format!("show({feed});\n") } else { feed }
}

fn small(is_call: bool) -> Document {
    let name = if is_call { "small.js" } else { "small.json" };
    // serde_json sorts keys, so an entry begins with its author.
    let text = small_feed(is_call);
    let starts: Vec<usize> = text.match_indices("{\"author\":[{\"name\"").map(|(at, _)| at).collect();
    let behind = text.rfind("]}}").unwrap();
    let ends = starts.iter().skip(1).map(|at| at - 1).chain([behind]);
    Document {
        name,
        places: starts
            .iter()
            .zip(ends)
            .enumerate()
            .map(|(n, (begin, end))| ((n + 1).to_string(), *begin..end))
            .collect(),
        end: text.trim_end().trim_end_matches(';').len(),
        bytes: text.into_bytes(),
    }
}

fn fixture_text(name: &str) -> String {
    String::from_utf8(fixture(name)).unwrap()
}

/// The garden as blogark writes it, and the same formed anew by a program that spreads JSON over lines.
fn archive(is_spread: bool) -> Document {
    let desk = Desk::new();
    desk.convert(["blogger-export/garden.xml"], ["-o", "garden.json"])
        .exits(0);
    let text = desk.text("garden.json");
    if is_spread {
        let spread = serde_json::to_string_pretty(&desk.json("garden.json")).unwrap();
        // Its keys are sorted, so the blogs come first and a record has its authors before its id.
        let first = "\n    {\n";
        let text = spread.replacen(
            "{\n",
            &format!("{{\n  \"archive\": {},\n", desk.json("garden.json")["archive"]),
            1,
        );
        let posts = text.find("\"posts\": [").unwrap();
        let starts: Vec<usize> = text[posts..]
            .match_indices(first)
            .map(|(at, _)| posts + at + 5)
            .collect();
        let ends = starts.iter().map(|at| at + text[*at..].find("\n    }").unwrap() + 6);
        let whole: Value = serde_json::from_str(&text).unwrap();
        let ids = whole["posts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|p| p["id"].as_str().unwrap().to_owned());
        return Document {
            name: "spread.json",
            places: ids
                .zip(starts.iter().zip(ends))
                .map(|(id, (b, e))| (id, *b..e))
                .collect(),
            end: text.len(),
            bytes: text.into_bytes(),
        };
    }
    Document::new(
        "garden.json",
        text,
        |id| format!("{{\"type\":\"post\",\"id\":\"{id}\""),
        "],\n\"comments\"",
    )
}

fn feeds() -> [Document; 2] {
    let begins = |id: &str| format!("{{\"id\":{{\"$t\":\"tag:blogger.com,1999:blog-6211009988776655001.post-{id}\"");
    [
        Document::new("posts.json", fixture_text("feeds/posts.json"), begins, "]}}"),
        Document::new("comments.jsonp", fixture_text("feeds/comments.jsonp"), begins, "]}}"),
    ]
}

/// Cuts a document and holds what is read against the whole.
fn cut_at(document: &Document, places: impl IntoIterator<Item = usize>) {
    let desk = Desk::new();
    let whole = document.read(&desk, &document.bytes).unwrap();
    for at in places {
        let name = document.name;
        let Some(cut) = document.read(&desk, &document.bytes[..at]) else {
            let first = document.places[0].1.end;
            assert!(
                at < first,
                "{name} cut at {at} gives nothing, and an entry is whole at {first}"
            );
            continue;
        };
        for (id, place) in &document.places {
            if place.end <= at {
                assert_eq!(
                    cut.records.get(id),
                    whole.records.get(id),
                    "{name} cut at {at}: {id} at {place:?}"
                );
            }
        }
        for id in cut.records.keys() {
            assert!(whole.records.contains_key(id), "{name} cut at {at} invents {id}");
        }
        if at < document.end {
            let mut told = cut.notices.iter().filter(|n| n.code == NoticeCode::Truncated);
            let offset = told.next().and_then(|n| n.offset);
            assert!(
                offset.is_some_and(|offset| offset <= at as u64),
                "{name} cut at {at} is not told: {:?}",
                cut.notices.first()
            );
            assert!(cut.has_losses, "{name} cut at {at} ends with status 0");
        } else {
            assert!(!cut.has_losses, "{name} cut at {at}: {:?}", cut.notices);
        }
    }
}

#[test]
fn json_cut_anywhere_gives_every_record_that_is_whole() {
    for is_call in [false, true] {
        let document = small(is_call);
        cut_at(
            &document,
            (0..=document.bytes.len()).step_by(if is_call { step(7) } else { 1 }),
        );
    }
    for document in feeds() {
        cut_at(&document, (0..=document.bytes.len()).step_by(step(197)));
    }
    for is_spread in [false, true] {
        let document = archive(is_spread);
        cut_at(&document, (0..=document.bytes.len()).step_by(step(1997)));
        let length = document.bytes.len();
        cut_at(&document, length - 6..=length);
    }
}

/// What a byte may have become; the bytes that mean something in JSON do most harm.
const WRONGS: [u8; 12] = [b'"', b'{', b'\\', b'}', b',', b'x', b']', 0xff, b':', 0, b'[', b'1'];

/// Puts other bytes in the place of one from the first record on, and holds the others against the whole.
fn flip(document: &Document, step: usize) {
    let desk = Desk::new();
    let name = document.name;
    let whole = document.read(&desk, &document.bytes).unwrap();
    for (turn, at) in (document.places[0].1.start..document.end).step_by(step).enumerate() {
        for wrong in [
            WRONGS[turn % WRONGS.len()],
            WRONGS[(turn / WRONGS.len() + turn + 5) % WRONGS.len()],
        ] {
            if document.bytes[at] == wrong {
                continue;
            }
            let mut flipped = document.bytes.clone();
            flipped[at] = wrong;
            let Some(found) = document.read(&desk, &flipped) else {
                panic!("{name} with {wrong:#x} at {at} gives nothing");
            };
            for (id, place) in &document.places {
                assert!(
                    place.contains(&at) || found.records.get(id) == whole.records.get(id),
                    "{name} with {wrong:#x} at {at}: {id} at {place:?} is not as it was: {:?}",
                    found.notices.first()
                );
            }
            assert!(
                found.count >= whole.count || found.notices.iter().any(|n| n.offset.is_some()),
                "{name} with {wrong:#x} at {at}: a record is lost in silence"
            );
        }
    }
}

#[test]
fn a_wrong_byte_in_json_costs_no_neighbour() {
    for is_call in [false, true] {
        flip(&small(is_call), step(11));
    }
    for document in feeds() {
        flip(&document, step(397));
    }
    for is_spread in [false, true] {
        flip(&archive(is_spread), step(2997));
    }
}

#[test]
fn a_broken_entry_is_named_with_its_place_and_number() {
    let desk = Desk::new();
    let text = small_feed(false);
    let broken = text.replacen("\"published\":{\"$t\":\"2011-02", "\"published\":{\"$t\":x\"2011-02", 1);
    desk.put("feed.json", &broken);
    let done = desk
        .convert_here(["feed.json"], ["-o", "out.jsonl", "--report", "report.json"])
        .exits(3);
    assert_eq!(desk.archive("out.jsonl").post_ids(), ["1", "3"], "{}", done.stderr);
    let report = desk.json("report.json");
    assert_eq!(report["ledger"]["posts"]["damaged"], 1);
    let notice = &report["notices"][0];
    assert_eq!(
        (&notice["code"], &notice["post"]),
        (&json!("damaged-entry"), &json!("2"))
    );
    assert_eq!(notice["offset"], broken.find("x\"2011").unwrap());
}

#[test]
fn a_broken_record_of_an_archive_is_named_by_its_id() {
    let desk = Desk::new();
    desk.convert(["blogger-export/garden.xml"], ["-o", "garden.json"])
        .exits(0);
    let id = desk.json("garden.json")["posts"][2]["id"].as_str().unwrap().to_owned();
    let text = desk.text("garden.json");
    let status = text.find(&format!("\"id\":\"{id}\"")).unwrap();
    let status = status + text[status..].find("\"status\":").unwrap();
    let mut broken = text.clone();
    broken.insert(status + "\"status\":".len(), 'x');
    desk.put("broken.json", broken);
    desk.convert_here(["broken.json"], ["-o", "out.jsonl", "--report", "report.json"])
        .exits(3);
    let report = desk.json("report.json");
    let notices = report["notices"].as_array().unwrap();
    let damaged = notices.iter().find(|n| n["code"] == "damaged-entry").unwrap();
    assert_eq!(damaged["post"], *id, "{damaged}");
}

#[test]
fn the_version_of_a_feed_is_kept() {
    let desk = Desk::new();
    let text = small_feed(false).replacen('{', "{\"encoding\":\"UTF-8\",", 1);
    let text = text.replacen("\"version\":\"1.0\",", "\"version\":\"1.0\",\"kind\":\"x\",", 1);
    desk.put("feed.json", text);
    desk.convert_here(["feed.json"], ["-o", "out.json"]).exits(0);
    assert_eq!(desk.json("out.json")["archive"]["sources"][0]["format_version"], "1.0");
}

#[test]
fn a_head_that_is_broken_costs_no_entry() {
    let desk = Desk::new();
    for (sound, broken) in [
        ("\"title\":{\"$t\":\"T\"}", "\"title\":{\"$t\":\"T}"),
        ("\"title\":{\"$t\":\"T\"}", "\"title\"{\"$t\":\"T\"}"),
        ("blog-7\"},", "blog-7\"}"),
        ("\"entry\":[", "\"entry\":"),
        ("\"entry\":[", "\"entry\":\""),
        ("blog-7\"},", "blog-7\" ,"),
        ("\"version\":\"1.0\",", "\"version\":\"1.0\"},"),
        ("\"entry\":[", "\"antry\":["),
        ("\"entry\":[", "\"entry:["),
    ] {
        let text = small_feed(false);
        assert!(text.contains(sound));
        desk.put("feed.json", text.replacen(sound, broken, 1));
        let done = desk.convert_here(["feed.json"], ["-o", "out.jsonl", "-q"]);
        assert!(matches!(done.status, 0 | 3), "{broken}: {}", done.stderr);
        assert_eq!(desk.archive("out.jsonl").post_ids(), ["1", "2", "3"], "{broken}");
    }
}

/// Every byte before the first record in turn is another one, and no record is lost.
#[test]
fn a_wrong_byte_in_the_head_of_json_costs_no_record() {
    let desk = Desk::new();
    desk.convert(["blogger-export/garden.xml"], ["-o", "garden.jsonl"])
        .exits(0);
    let of = |name, bytes: Vec<u8>, first: &str| {
        let head = memchr::memmem::find(&bytes, first.as_bytes()).unwrap();
        (name, bytes, head)
    };
    let archive = archive(false).bytes;
    for (name, bytes, head) in [
        of("small.json", small_feed(false).into_bytes(), "{\"author\""),
        of("small.js", small_feed(true).into_bytes(), "{\"author\""),
        of("posts.json", fixture("feeds/posts.json"), "\"entry\""),
        of("garden.json", archive, "\"posts\":[\n"),
        of("garden.jsonl", desk.bytes("garden.jsonl"), "{\"type\":\"blog\""),
    ] {
        let whole: Vec<String> = found(&desk, name, &bytes).unwrap().records.into_keys().collect();
        for at in (0..head).step_by(step(61)) {
            for wrong in WRONGS {
                if bytes[at] == wrong {
                    continue;
                }
                let mut flipped = bytes.clone();
                flipped[at] = wrong;
                let Some(found) = found(&desk, name, &flipped) else {
                    panic!("{name} with {wrong:#x} at {at} gives nothing");
                };
                let found: Vec<String> = found.records.into_keys().collect();
                assert_eq!(found, whole, "{name} with {wrong:#x} at {at}");
            }
        }
    }
}

#[test]
fn bytes_that_are_no_text_are_replaced_and_told() {
    let desk = Desk::new();
    let mut bytes = small_feed(false).into_bytes();
    let at = bytes.windows(6).position(|w| w == b"Lluvia").unwrap();
    bytes[at] = 0xff;
    desk.put("feed.json", &bytes);
    let done = desk
        .convert_here(["feed.json"], ["-o", "out.jsonl", "--report", "r.json"])
        .exits(3);
    assert_eq!(desk.archive("out.jsonl").posts.len(), 3, "{}", done.stderr);
    let report = desk.json("r.json");
    assert_eq!(report["notices"][0]["code"], "damaged-text");
    assert_eq!(report["notices"][0]["offset"], at);
}

#[test]
fn two_feeds_in_one_file_are_not_taken_for_one() {
    let desk = Desk::new();
    let one = small_feed(true);
    desk.put("feeds.js", format!("{one}{one}"));
    desk.convert_here(["feeds.js"], ["-o", "out.jsonl"])
        .exits(3)
        .says("more stands behind the end of the feed");
    assert_eq!(desk.archive("out.jsonl").posts.len(), 3);
}

#[test]
fn a_list_whose_name_went_wrong_is_read() {
    let document = archive(false);
    let text = String::from_utf8(document.bytes).unwrap();
    let desk = Desk::new();
    desk.put("garden.json", text.replacen("\n\"posts\":[", "\n\"pOsts\":[", 1));
    desk.convert_here(["garden.json"], ["-o", "out.jsonl"]).exits(0);
    assert_eq!(desk.archive("out.jsonl").posts.len(), 11);
}

/// Each byte between two lines in turn is another one.
#[test]
fn the_end_of_a_line_that_went_wrong_costs_neither_line() {
    let desk = Desk::new();
    desk.convert(["blogger-export/garden.xml"], ["-o", "garden.jsonl"])
        .exits(0);
    let text = desk.text("garden.jsonl");
    let whole = desk.archive("garden.jsonl");
    for (at, _) in text.match_indices('\n').filter(|(at, _)| at + 1 < text.len()) {
        for wrong in [" ", "x", "\"", "{", "}", ""] {
            desk.put("in.jsonl", format!("{}{wrong}{}", &text[..at], &text[at + 1..]));
            let done = desk.convert_here(["in.jsonl"], ["-o", "out.jsonl"]).exits(0);
            done.says("A fault of form that cost nothing");
            let found = desk.archive("out.jsonl");
            assert_eq!(found.post_ids(), whole.post_ids(), "{wrong:?} at {at}");
            assert_eq!(
                (found.blogs.len(), found.comment_count()),
                (whole.blogs.len(), whole.comment_count())
            );
        }
    }
    // One of the two is broken as well: that one is damaged.
    let third = text.match_indices('\n').nth(2).unwrap().0;
    desk.put("in.jsonl", format!("{}xx{}", &text[..third - 1], &text[third + 1..]));
    desk.convert_here(["in.jsonl"], ["-o", "out.jsonl"])
        .exits(3)
        .says("could not be read");
    assert_eq!(desk.archive("out.jsonl").post_ids(), whole.post_ids()[1..]);
}

#[test]
fn a_field_of_a_feed_whose_name_went_wrong_is_named() {
    let desk = Desk::new();
    let whole = fixture_text("feeds/posts.json");
    let damaged = whole.replacen("\"published\":{", "\"publishex\":{", 1).replacen(
        "\"content\":{\"type\":\"html\",\"$t\"",
        "\"content\":{\"type\":\"html\",\"$x\"",
        1,
    );
    assert_ne!(whole, damaged);
    desk.put("feed.json", &damaged);
    desk.convert_here(["feed.json"], ["-o", "out.jsonl", "--report", "report.json"])
        .exits(0);
    let report = desk.json("report.json");
    let named = |name: &str| {
        let notices = report["notices"].as_array().unwrap();
        notices.iter().any(|notice| {
            notice["code"] == "unknown-field" && notice["message"].as_str().is_some_and(|text| text.contains(name))
        })
    };
    assert!(named("\"publishex\", once"), "{report}");
    assert!(named("\"content.$x\", once"), "{report}");
    assert!(
        desk.text("out.jsonl")
            .contains("\"publishex\":\"2020-12-31T22:50:00.002-03:00\"")
    );
}
