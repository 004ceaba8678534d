//! What the targets share: bytes read as a format and written in every form, and blogs made of any texts.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use arbitrary::Arbitrary;
use blogark::archive::{Archive, SurveyOptions};
use blogark::check::archive::{check_document, check_lines};
use blogark::ledger::{Ledger, Notice};
use blogark::plan::{Plan, Selection, Target};
use blogark::source::{OpenOptions, open};
use blogark::write::markdown::{Flavor, Options};
use blogark::write::wxr::{Destination, WxrOptions};
use blogark::write::{Run, Written, json, markdown, wxr};
use serde_json::{Value, json};

/// Reads bytes as what they are, or, where they are nothing, as one of these formats; writes what came of it as JSON Lines and
/// in one other form. Which format and which form the bytes themselves decide, so that a run tries all of them and a finding
/// can be repeated. Whatever the bytes are, the account balances and the archive passes its own check.
pub fn read_as(bytes: &[u8], formats: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("input");
    fs::write(&path, bytes).unwrap();
    let choice = bytes.iter().fold(bytes.len(), |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(*byte)));
    let asked = formats.get(choice % formats.len().max(1)).copied().unwrap_or_default();
    let archive = survey(&path, "").or_else(|| (!asked.is_empty()).then(|| survey(&path, asked)).flatten());
    if let Some(archive) = archive {
        lines(&archive);
        write_one(&archive, folder.path(), choice / 7);
    }
}

fn survey(path: &Path, format: &str) -> Option<Archive> {
    let options = OpenOptions {
        from: Some(format.to_owned()).filter(|f| !f.is_empty()),
        max_unpacked: Some(16_000_000),
        jobs: 1,
    };
    let opened = open(&[PathBuf::from(path)], &options).ok()?;
    Archive::survey(opened, SurveyOptions::default()).ok()
}

/// Runs a writer and checks the account.
fn run<T>(archive: &Archive, target: Target, write: impl FnOnce(Run<'_>, &mut Written<'_>) -> T) -> Option<T> {
    let plan = Plan::new(archive, Selection::default(), target).ok()?;
    let mut tell = |notice: &Notice| assert!(!notice.message.is_empty());
    let mut written = Written::new(&mut tell);
    let run = Run {
        archive,
        plan: &plan,
        jobs: 1,
        progress: None,
        media: None,
    };
    let result = write(run, &mut written);
    let mut ledger: Ledger = plan.ledger.clone();
    ledger.add(&written.ledger);
    assert!(ledger.balances(), "{ledger:?}");
    Some(result)
}

fn lines(archive: &Archive) -> Vec<u8> {
    let mut out = Vec::new();
    run(archive, Target::Jsonl, |run, written| json::write_lines(run, &mut out, written).unwrap());
    check_lines(&mut out.as_slice(), &mut |finding| panic!("{finding:?}")).unwrap();
    out
}

fn document(archive: &Archive) -> Vec<u8> {
    let mut out = Vec::new();
    run(archive, Target::Json, |run, written| json::write_document(run, &mut out, written).unwrap());
    check_document(&mut out.as_slice(), &mut |finding| panic!("{finding:?}")).unwrap();
    out
}

/// Writes one of the other forms.
fn write_one(archive: &Archive, folder: &Path, choice: usize) {
    match choice % (Flavor::ALL.len() + 2) {
        0 => drop(document(archive)),
        1 => drop(write_wxr(archive, folder)),
        n => {
            let options = Options {
                flavor: Flavor::ALL[n - 2],
                ..Options::default()
            };
            run(archive, Target::Markdown, |run, written| markdown::write(run, None, &options, written).unwrap());
        }
    }
}

/// Writes WXR, which is held to the importer's rules on the way out. A source without a blog has none.
fn write_wxr(archive: &Archive, folder: &Path) -> Option<PathBuf> {
    let path = folder.join("out.wxr");
    let to = Destination {
        path: Some(&path),
        ..Destination::default()
    };
    let files = run(archive, Target::Wxr, |run, written| wxr::write(run, to, WxrOptions::default(), written))?;
    match files {
        Ok(files) => files.into_iter().next().map(|file| file.path),
        Err(error) => {
            assert!(error.to_string().contains("no blog"), "{error}");
            None
        }
    }
}

/// A blog of any texts.
#[derive(Arbitrary, Debug)]
pub struct AnyBlog {
    title: Option<String>,
    posts: Vec<AnyPost>,
}

#[derive(Arbitrary, Debug)]
struct AnyPost {
    title: Option<String>,
    slug: Option<String>,
    body: String,
    author: Option<String>,
    tags: Vec<String>,
    status: u8,
    is_page: bool,
    minute: u32,
    comments: Vec<AnyComment>,
}

#[derive(Arbitrary, Debug)]
struct AnyComment {
    author: Option<String>,
    body: String,
    answers: u8,
    minute: u32,
}

/// A moment in the time of blogs.
fn moment(minute: u32) -> String {
    let day = minute / 1440 % 28 + 1;
    let (month, year) = (minute / 40_320 % 12 + 1, minute / 483_840 % 25 + 2000);
    format!("{year}-{month:02}-{day:02}T{:02}:{:02}:00Z", minute / 60 % 24, minute % 60)
}

fn put(object: &mut Value, name: &str, value: &Option<String>) {
    if let Some(value) = value {
        object[name] = json!(value);
    }
}

impl AnyBlog {
    /// The blog as JSON Lines.
    fn lines(&self) -> String {
        let mut blog = json!({ "type": "blog", "id": "1", "platform": "blogger" });
        put(&mut blog, "title", &self.title);
        let mut text = format!("{blog}\n");
        for (number, post) in self.posts.iter().take(20).enumerate() {
            let status = ["published", "draft", "scheduled", "private", "pending", "trashed"];
            let comments: Vec<Value> = post
                .comments
                .iter()
                .take(20)
                .enumerate()
                .map(|(place, comment)| {
                    let mut one = json!({
                        "id": format!("{}", 100 * (number + 1) + place),
                        "status": "approved",
                        "content_html": comment.body,
                        "date_published": moment(comment.minute),
                    });
                    if place > 0 && comment.answers % 2 == 1 {
                        one["in_reply_to"] = json!(format!("{}", 100 * (number + 1) + usize::from(comment.answers) % place));
                    }
                    if let Some(author) = &comment.author {
                        one["author"] = json!({ "name": author });
                    }
                    one
                })
                .collect();
            let mut one = json!({
                "type": "post",
                "id": format!("{}", number + 1),
                "blog": "1",
                "kind": if post.is_page { "page" } else { "post" },
                "status": status[usize::from(post.status) % status.len()],
                "content_html": post.body,
                "date_published": moment(post.minute),
                "tags": post.tags,
                "comments": comments,
            });
            put(&mut one, "title", &post.title);
            put(&mut one, "slug", &post.slug);
            if let Some(author) = &post.author {
                one["authors"] = json!([{ "name": author }]);
            }
            text.push_str(&format!("{one}\n"));
        }
        text
    }
}

/// Writes a blog in each form that is read, reads it back and compares.
pub fn write_and_read(blog: &AnyBlog) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("blog.jsonl");
    fs::write(&path, blog.lines()).unwrap();
    let Some(archive) = survey(&path, "jsonl") else { return };
    let first = lines(&archive);
    let again = |bytes: &[u8], name: &str, format: &str| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let archive = survey(&path, format).expect("what was written cannot be read");
        lines(&archive)
    };
    assert_eq!(again(&first, "1.jsonl", "jsonl"), first, "JSON Lines");
    assert_eq!(again(&document(&archive), "1.json", "json"), first, "JSON");
    for flavor in Flavor::ALL {
        let options = Options {
            flavor,
            ..Options::default()
        };
        let site = folder.path().join(flavor.name());
        run(&archive, Target::Markdown, |run, written| {
            markdown::write(run, Some(&site), &options, written).unwrap();
        });
    }
    let inside = fs::read_dir(folder.path()).unwrap().count();
    assert!(inside <= 3 + 7, "something was written beside the folders");
    if let Some(wxr) = write_wxr(&archive, folder.path()) {
        let back = survey(&wxr, "wxr").expect("a WXR that was written cannot be read");
        assert_eq!(counts(&lines(&back)), counts(&first), "WXR");
    }
}

/// How many posts and comments an archive holds.
fn counts(lines: &[u8]) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for line in std::str::from_utf8(lines).unwrap().lines() {
        let record: Value = serde_json::from_str(line).unwrap();
        if record["type"] == "post" {
            *counts.entry("posts").or_default() += 1;
            *counts.entry("comments").or_default() += record["comments"].as_array().map_or(0, Vec::len);
        }
    }
    counts
}
