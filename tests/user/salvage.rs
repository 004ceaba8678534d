//! Someone's export was cut off, or a byte of it went wrong: what is whole comes out as if nothing had happened, and the
//! fault is named with its place.

use std::collections::BTreeMap;
use std::fs;

use blogark::archive::{Archive, SurveyOptions};
use blogark::ledger::{Ledger, Notice, NoticeCode};
use blogark::plan::{Plan, Selection, Target};
use blogark::source::{OpenOptions, open};
use blogark::write::{Run, Written, json};
use serde_json::Value;

use crate::desk::{Desk, fixture};
use crate::generator::{self, Blog, Shape};

/// What came of a run in this process.
struct Read {
    /// Every post and comment by kind and id, without what depends on others, with its place in the file.
    records: BTreeMap<String, (Value, u64, u64)>,
    notices: Vec<Notice>,
    ledger: Ledger,
}

/// Every record of a file in the order in which they are written, comments behind their post, and what is told of it; `None`
/// where it holds nothing that can be read, which the program says and ends.
pub(crate) fn given(desk: &Desk, name: &str, bytes: &[u8]) -> Option<(Vec<Value>, Vec<Notice>, Ledger)> {
    let path = desk.path(name);
    fs::write(&path, bytes).unwrap();
    let opened = open(&[path], &OpenOptions::default()).ok()?;
    let archive = Archive::survey(opened, SurveyOptions::default()).ok()?;
    let plan = Plan::new(&archive, Selection::default(), Target::Jsonl).unwrap();
    let mut notices = Vec::new();
    let mut tell = |notice: &Notice| notices.push(notice.clone());
    let mut written = Written::new(&mut tell);
    let run = Run {
        archive: &archive,
        plan: &plan,
        jobs: 1,
        progress: None,
        media: None,
    };
    let mut out = Vec::new();
    json::write_lines(run, &mut out, &mut written).unwrap();
    let mut ledger = plan.ledger.clone();
    ledger.add(&written.ledger);
    assert!(ledger.balances(), "{ledger:?}");
    notices.extend(archive.notices().iter().chain(&plan.notices).cloned());
    let mut records = Vec::new();
    for line in String::from_utf8(out).unwrap().lines() {
        let mut record: Value = serde_json::from_str(line).unwrap();
        let comments = record.get_mut("comments").map(Value::take);
        records.push(record);
        records.extend(
            comments
                .iter()
                .flat_map(|c| c.as_array().into_iter().flatten())
                .cloned(),
        );
    }
    Some((records, notices, ledger))
}

/// Reads a file; `None` as above.
fn read(desk: &Desk, name: &str, bytes: &[u8]) -> Option<Read> {
    let (given, notices, ledger) = given(desk, name, bytes)?;
    let mut records = BTreeMap::new();
    for record in given {
        keep(&mut records, record);
    }
    Some(Read {
        records,
        notices,
        ledger,
    })
}

/// Keeps a record without what other records make of it: its post's name, whether what it answers is there.
fn keep(records: &mut BTreeMap<String, (Value, u64, u64)>, mut record: Value) {
    let Some(provenance) = record.get("provenance").and_then(|p| p.get(0)).cloned() else {
        return;
    };
    let (Some(offset), Some(length)) = (provenance["offset"].as_u64(), provenance["length"].as_u64()) else {
        return;
    };
    let id = alone(&mut record);
    records.insert(id, (record, offset, offset + length));
}

/// Takes from a record what others make of it, and gives its id.
pub(crate) fn alone(record: &mut Value) -> String {
    let fields = record.as_object_mut().unwrap();
    for of_others in [
        "type",
        "post",
        "comments",
        "parent_missing",
        "is_post_author",
        "provenance",
        "_blog",
        "blog",
    ] {
        fields.remove(of_others);
    }
    fields["id"].as_str().unwrap().to_owned()
}

/// Cuts a file at each of `places` and holds what is read against the whole.
fn cut_at(name: &str, bytes: &[u8], places: impl IntoIterator<Item = usize>) {
    let desk = Desk::new();
    let whole = read(&desk, name, bytes).unwrap();
    assert!(!whole.records.is_empty(), "{name}");
    let text_end = bytes.trim_ascii_end().len();
    let first = whole.records.values().map(|r| r.2).min().unwrap();
    for at in places {
        let Some(cut) = read(&desk, name, &bytes[..at]) else {
            assert!(
                (at as u64) < first,
                "{name} cut at {at} gives nothing, and an entry is whole at {first}"
            );
            continue;
        };
        for (id, (record, offset, end)) in &whole.records {
            if *end <= at as u64 {
                let found = cut.records.get(id);
                assert_eq!(
                    found.map(|f| &f.0),
                    Some(record),
                    "{name} cut at {at}: {id} ({offset}..{end}) is not as it was"
                );
            }
        }
        for id in cut.records.keys() {
            assert!(whole.records.contains_key(id), "{name} cut at {at} invents {id}");
        }
        if at < text_end {
            let told = cut
                .notices
                .iter()
                .find(|n| n.code == NoticeCode::Truncated && n.offset.is_some_and(|offset| offset <= at as u64));
            assert!(told.is_some(), "{name} cut at {at} is not told: {:?}", cut.notices);
            assert!(cut.ledger.has_losses(), "{name} cut at {at} ends with status 0");
        } else {
            assert!(!cut.ledger.has_losses(), "{name} cut at {at}: {:?}", cut.notices);
        }
    }
}

/// How many steps a test takes, where more are wanted than a change waits for: `BLOGARK_CUTS=1` cuts at every byte.
pub(crate) fn step(usual: usize) -> usize {
    let asked = std::env::var("BLOGARK_CUTS").ok().and_then(|n| n.parse().ok());
    asked.unwrap_or(usual).max(1)
}

#[test]
fn a_file_cut_anywhere_gives_every_entry_that_is_whole() {
    for (name, usual) in [
        ("blogger-export/old-2008.xml", 61),
        ("blogger-export/cdata.xml", 31),
        ("takeout/Takeout/Blogger/Blogs/Bäckerei Morgenrot/feed.atom", 31),
        ("wxr/classic-1.1.xml", 61),
        ("feeds/posts.atom.xml", 61),
        ("feeds/posts.rss.xml", 31),
    ] {
        let bytes = fixture(name);
        let base = name.rsplit('/').next().unwrap();
        cut_at(base, &bytes, (0..=bytes.len()).step_by(step(usual)));
        // The last bytes are where a cut is easily taken for none.
        cut_at(base, &bytes, bytes.len().saturating_sub(40)..=bytes.len());
    }
}

#[test]
fn a_large_export_cut_anywhere_gives_every_entry_that_is_whole() {
    let mut bytes = Vec::new();
    generator::export(&Blog::new(Shape::of_size(300_000, 5)), &mut bytes).unwrap();
    let count = if std::env::var_os("BLOGARK_CUTS").is_some() {
        2_000
    } else {
        12
    };
    cut_at("large.xml", &bytes, (1..=count).map(|n| bytes.len() * n / (count + 1)));
}

/// The posts of an archive that is read again after a change to its bytes, the codes that are told, and the exit status.
fn archive_again(desk: &Desk, name: &str, bytes: &[u8]) -> (Vec<Value>, Vec<String>, i32) {
    desk.put(name, bytes);
    let done = desk.convert_here([name], ["-o", "again.jsonl", "--report", "again.report"]);
    let report = desk.json("again.report");
    let codes = report["notices"].as_array().unwrap().iter();
    let codes = codes.map(|n| n["code"].as_str().unwrap().to_owned()).collect();
    (desk.archive("again.jsonl").posts, codes, done.status)
}

#[test]
fn an_archive_that_breaks_off_gives_the_records_that_are_whole() {
    let desk = Desk::new();
    for to in ["json", "jsonl"] {
        let name = format!("garden.{to}");
        desk.convert(["blogger-export/garden.xml"], ["-o", &name]).exits(0);
        let bytes = desk.bytes(&name);
        let whole = desk.archive(&name).posts;
        let text = String::from_utf8(bytes.clone()).unwrap();
        // In the middle of the fourth post.
        let fourth = text.find(&format!("\"id\":{}", whole[3]["id"])).unwrap();
        let (posts, codes, status) = archive_again(&desk, &name, &bytes[..fourth + 100]);
        assert_eq!(posts, whole[..3], "{to}");
        assert_eq!(status, 3, "{to}");
        assert!(
            codes.iter().any(|c| c == "truncated" || c == "damaged-entry"),
            "{to}: {codes:?}"
        );
        // One value of it is of the wrong kind: the others are none the worse.
        let wrong = text.replacen(&format!("\"id\":{}", whole[3]["id"]), "\"id\":17", 1);
        let (posts, codes, status) = archive_again(&desk, &name, wrong.as_bytes());
        let others: Vec<&Value> = whole.iter().filter(|p| p["id"] != whole[3]["id"]).collect();
        assert_eq!(posts.iter().collect::<Vec<_>>(), others, "{to}");
        assert!(codes.iter().any(|c| c == "damaged-entry"), "{to}: {codes:?}");
        assert_eq!(status, 3, "{to}");
    }
}

#[test]
fn lines_that_are_gone_are_missed() {
    let desk = Desk::new();
    desk.convert(["blogger-export/garden.xml"], ["-o", "garden.jsonl"])
        .exits(0);
    let text = desk.text("garden.jsonl");
    let lines: Vec<&str> = text.lines().collect();
    let fewer = lines[..lines.len() - 2].join("\n") + "\n";
    let (posts, codes, status) = archive_again(&desk, "fewer.jsonl", fewer.as_bytes());
    assert_eq!((posts.len(), status), (9, 0));
    assert!(codes.iter().any(|c| c == "fewer-records"), "{codes:?}");
    let (_, codes, _) = archive_again(&desk, "whole.jsonl", text.as_bytes());
    assert!(!codes.iter().any(|c| c == "fewer-records"), "{codes:?}");
}

/// A fixture, the name that it is read under, what it gives, and where its first entry begins.
fn opened(desk: &Desk, fixture_name: &'static str) -> (Vec<u8>, &'static str, Read, usize) {
    let bytes = fixture(fixture_name);
    let name = fixture_name.rsplit('/').next().unwrap();
    let whole = read(desk, name, &bytes).unwrap();
    let first = whole.records.values().map(|r| r.1).min().unwrap();
    (bytes, name, whole, usize::try_from(first).unwrap())
}

/// Reads a file with another byte at a place; it always gives something.
fn read_flipped(desk: &Desk, name: &str, bytes: &[u8], at: usize, wrong: u8) -> Read {
    let mut flipped = bytes.to_vec();
    flipped[at] = wrong;
    read(desk, name, &flipped).unwrap_or_else(|| panic!("{name} with {wrong:#x} at {at} gives nothing"))
}

/// Every byte of an entry in turn is another one, and a neighbour is never the worse for it.
#[test]
fn a_byte_that_went_wrong_costs_no_neighbour() {
    let desk = Desk::new();
    for name in [
        "blogger-export/old-2008.xml",
        "wxr/classic-1.1.xml",
        "feeds/posts.rss.xml",
    ] {
        let (bytes, base, whole, first) = opened(&desk, name);
        let closings = memchr::memmem::find_iter(&bytes, "]]>").filter(|at| *at > first);
        for at in (first..bytes.len()).step_by(step(97)).chain(closings) {
            for wrong in [b'<', b'>', b'&', b'"', 0xff, 0] {
                if bytes[at] == wrong {
                    continue;
                }
                let found = read_flipped(&desk, base, &bytes, at, wrong);
                for (id, (record, begin, end)) in &whole.records {
                    let is_touched = (*begin..*end).contains(&(at as u64));
                    let same = found.records.get(id).map(|r| &r.0) == Some(record);
                    assert!(
                        is_touched || same,
                        "{name} with {wrong:#x} at {at}: {id} ({begin}..{end}) is not as it was"
                    );
                }
                // What was touched is there, be it under a changed id, or something is said.
                assert!(
                    found.records.len() >= whole.records.len() || !found.notices.is_empty(),
                    "{name} with {wrong:#x} at {at}: a record is lost in silence"
                );
            }
        }
    }
}

/// Every byte before the first entry in turn is another one, and no entry is the worse for it.
#[test]
fn a_byte_that_went_wrong_in_the_head_costs_no_entry() {
    let desk = Desk::new();
    for name in [
        "blogger-export/old-2008.xml",
        "takeout/Takeout/Blogger/Blogs/Bäckerei Morgenrot/feed.atom",
        "wxr/classic-1.1.xml",
        "feeds/posts.atom.xml",
        "feeds/posts.rss.xml",
    ] {
        let (bytes, base, whole, first) = opened(&desk, name);
        for at in (0..first).step_by(step(41)) {
            for wrong in [b'<', b'>', b'&', b'"', b'=', b'x', 0xff, 0] {
                let found = read_flipped(&desk, base, &bytes, at, wrong);
                for (id, (record, ..)) in &whole.records {
                    let same = found.records.get(id).map(|r| &r.0["content_html"]) == Some(&record["content_html"]);
                    assert!(same, "{name} with {wrong:#x} at {at}: {id} is not as it was");
                }
            }
        }
    }
}
