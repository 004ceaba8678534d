//! Strangers wrote the titles, names, labels, addresses and comments: their text is data in every output, drives no
//! terminal, runs in no visitor's browser, and makes no file anywhere but in the folder it belongs to.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use scraper::Html;
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;

use blogark::archive::{Archive, SurveyOptions};
use blogark::ledger::Ledger;
use blogark::plan::{Plan, Selection, Target};
use blogark::source::{OpenOptions, open};
use blogark::write::markdown::{CommentsAs, Flavor, Options};
use blogark::write::wxr::{Destination, WxrOptions};
use blogark::write::{Run, Written, json as writer, markdown, wxr};

use crate::desk::{self, Desk};
use crate::markdown_flavours::{id_of, read};

/// What somebody would write who wants out of where his text stands.
const PIECES: &[&str] = &[
    "a",
    "Lata",
    "ß",
    "é",
    "e\u{301}",
    "日本",
    "שלום",
    " ",
    "  ",
    "-",
    "_",
    ".",
    "..",
    "/",
    "\\",
    ":",
    "*",
    "?",
    "\"",
    "'",
    "<",
    ">",
    "|",
    "%2e%2e%2f",
    "%00",
    "~",
    "$(id)",
    "`",
    "\n",
    "\r\n",
    "\n\n",
    "\t",
    "\n---\n",
    "---",
    "\n+++\n",
    "+++",
    "\n...\n",
    "title: x\n",
    "# ",
    "{{ x }}",
    "{% raw %}",
    "{{< y >}}",
    "}}",
    "]]>",
    "<![CDATA[",
    "-->",
    "</item>",
    "</title>",
    "&amp;",
    "&#x0;",
    "\0",
    "\u{1}",
    "\u{8}",
    "\u{b}",
    "\u{c}",
    "\u{1b}[31m",
    "\u{1b}]0;own\u{7}",
    "\u{7f}",
    "\u{85}",
    "\u{9b}2J",
    "\u{2028}",
    "\u{2029}",
    "\u{202e}",
    "\u{2066}",
    "\u{200b}",
    "\u{feff}",
    "\u{fffe}",
    "\u{ffff}",
    "\u{e000}",
    "😀",
    "CON",
    "nul",
    "COM1",
    "aux.txt",
    "index",
    "LPT¹",
    "\u{1f468}\u{200d}",
    ";",
    ",",
    "=",
    "~~",
    "null",
    "1e3",
    "@import",
    "$t",
    "\\u0000",
    "\u{ad}",
];

/// Comments that would run in the browser of whoever reads them.
const ATTACKS: &[&str] = &[
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<a href='&#106;avascript&colon;alert(1)'>x</a>",
    "<a href=\"java\tscript:alert(1)\">x</a>",
    "<a href=' VBScript:x'>x</a>",
    "<a href=\"data:text/html,<script>x</script>\">x</a>",
    "<svg onload=alert(1)>",
    "<svg><script>x</script></svg>",
    "<iframe src=\"javascript:alert(1)\"></iframe>",
    "<math><mi xlink:href=\"javascript:x\">y</mi></math>",
    "<form action=javascript:x>",
    "<body onload=x>",
    "<style>@import 'x'</style>",
    "<b onclick=x>b</b>",
    "<noscript><p title=\"</noscript><img src=x onerror=x>\">",
    "[x](javascript:alert(1))",
    "[x]: javascript:alert(1)\n\n[x]",
    "![x](data:text/html;base64,eA==)",
    "<javascript:alert(1)>",
    "`<script>`",
    "\n\n    <script>",
    "<<script>script>x<</script>/script>",
    "<a href=\"\u{1}javascript:x\">x</a>",
    "<p>ok</p>",
    "\n",
    "```\n",
    "<details open ontoggle=x>",
    "<input autofocus onfocus=x>",
    "<object data=\"data:text/html,x\">",
    "<base href=\"javascript:/\">",
    "<meta http-equiv=refresh content=\"0;url=javascript:x\">",
    "<plaintext>",
    "<!--",
    "<textarea>",
    "<xmp>",
    "]]>",
    "{{ x }}",
    "{% x %}",
];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => vec(select(PIECES), 0..8).prop_map(|pieces| pieces.concat()),
        1 => vec(select(PIECES), 100..400).prop_map(|pieces| pieces.concat()),
    ]
}

fn comment_text() -> impl Strategy<Value = String> {
    vec(prop_oneof![3 => select(ATTACKS), 1 => select(PIECES)], 1..6).prop_map(|pieces| pieces.concat())
}

/// A blog whose every value a stranger chose.
#[derive(Clone, Debug)]
struct Hostile {
    blog: [String; 2],
    posts: Vec<HostilePost>,
}

#[derive(Clone, Debug)]
struct HostilePost {
    title: String,
    slug: String,
    url: String,
    id: String,
    tags: Vec<String>,
    author: String,
    comments: Vec<(String, String)>,
}

fn hostile() -> impl Strategy<Value = Hostile> {
    let comment = (text(), comment_text());
    let post = (
        text(),
        text(),
        text(),
        text(),
        vec(text(), 0..3),
        text(),
        vec(comment, 0..4),
    );
    ((text(), text()), vec(post, 1..6)).prop_map(|((name, host), posts)| Hostile {
        blog: [name, host],
        posts: posts
            .into_iter()
            .enumerate()
            .map(|(n, (title, slug, url, id, tags, author, comments))| HostilePost {
                title,
                slug,
                url: format!("https://b.example/{url}"),
                id: format!("{id}{n}"),
                tags,
                author,
                comments,
            })
            .collect(),
    })
}

impl Hostile {
    fn lines(&self) -> String {
        let [name, address] = &self.blog;
        let mut lines = vec![
            json!({ "type": "blog", "id": "1", "platform": "blogger", "title": name, "home_page_url": format!("https://b.example/{address}") }),
            json!({ "type": "blog", "id": "2", "platform": "blogger", "title": name }),
        ];
        for (number, post) in self.posts.iter().enumerate() {
            let comments: Vec<Value> = post.comments.iter().enumerate().map(|(place, (author, body))| {
                json!({ "id": format!("{number}0{place}"), "status": "approved", "content_html": body,
                        "author": { "name": author, "url": format!("javascript:{author}") }, "date_published": "2012-03-01T10:00:00Z" })
            }).collect();
            lines.push(json!({
                "type": "post", "id": post.id, "blog": if number == 4 { "2" } else { "1" }, "kind": "post", "status": "published",
                "title": post.title, "slug": post.slug, "url": post.url, "tags": post.tags, "authors": [{ "name": post.author }],
                "content_html": "<p>body</p>", "date_published": "2012-03-01T10:00:00Z", "comments": comments,
            }));
        }
        lines.iter().map(|line| format!("{line}\n")).collect()
    }
}

fn survey(path: PathBuf) -> Archive {
    let opened = open(&[path], &OpenOptions::default()).unwrap();
    Archive::survey(opened, SurveyOptions::default()).unwrap()
}

fn run<T>(archive: &Archive, target: Target, write: impl FnOnce(Run<'_>, &mut Written<'_>) -> T) -> (T, Ledger) {
    let plan = Plan::new(archive, Selection::default(), target).unwrap();
    let mut tell = |_: &_| {};
    let mut written = Written::new(&mut tell);
    let run = Run {
        archive,
        plan: &plan,
        jobs: 1,
        progress: None,
        media: None,
    };
    let came = write(run, &mut written);
    let mut ledger = plan.ledger.clone();
    ledger.add(&written.ledger);
    (came, ledger)
}

/// What cannot stand in any form is compared away, and so is what forms make of space.
fn essence(text: &str) -> String {
    let kept = |c: &char| {
        !c.is_control() && !c.is_whitespace() && !matches!(c, '\u{fffd}' | '\u{fffe}' | '\u{ffff}' | '\u{feff}')
    };
    text.chars().filter(kept).collect()
}

/// A path that every system takes.
fn assert_portable(path: &str) -> Result<(), TestCaseError> {
    for name in path.split('/') {
        prop_assert!(!name.is_empty() && name.len() <= 255, "{path:?}");
        prop_assert!(
            name.starts_with(".blogark") || !name.starts_with('.'),
            "{path:?} is hidden"
        );
        prop_assert!(!name.ends_with(['.', ' ']), "{path:?}");
        prop_assert!(
            !name.contains(|c: char| c.is_control() || "\\:*?\"<>|".contains(c)),
            "{path:?}"
        );
        let stem = name.split('.').next().unwrap_or_default().to_uppercase();
        let is_port = |word: &str| {
            stem.strip_prefix(word).is_some_and(|rest| {
                rest.chars().count() == 1 && rest.chars().all(|c| c.is_ascii_digit() || "¹²³".contains(c))
            })
        };
        prop_assert!(
            !["CON", "PRN", "AUX", "NUL"].contains(&&*stem) && !is_port("COM") && !is_port("LPT"),
            "{path:?}"
        );
    }
    Ok(())
}

/// HTML in which nothing runs.
fn assert_harmless(html: &str, of: &str) -> Result<(), TestCaseError> {
    let page = Html::parse_document(html);
    for element in page.tree.nodes().filter_map(|node| node.value().as_element()) {
        let name = element.name();
        let is_ours = matches!(name, "html" | "head" | "body");
        prop_assert!(
            ![
                "script", "iframe", "object", "embed", "form", "style", "base", "meta", "svg", "math", "input"
            ]
            .contains(&name),
            "{name} in {of}"
        );
        for (attribute, value) in element.attrs() {
            prop_assert!(is_ours || !attribute.starts_with("on"), "{attribute} in {of}");
            if ["href", "src", "action", "data", "xlink:href", "formaction"].contains(&attribute) {
                let address: String = value
                    .chars()
                    .filter(|c| *c > ' ')
                    .collect::<String>()
                    .to_ascii_lowercase();
                let runs = ["javascript:", "vbscript:", "data:"]
                    .iter()
                    .any(|scheme| address.starts_with(scheme));
                prop_assert!(!runs, "{value:?} in {of}");
            }
        }
    }
    Ok(())
}

/// A few: each case writes fourteen sites. `PROPTEST_CASES` asks for more.
fn cases() -> u32 {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok());
    asked.unwrap_or(8)
}

fn rendered(markdown: &str) -> String {
    let mut options = comrak::Options::default();
    options.render.r#unsafe = true;
    options.extension.autolink = true;
    options.extension.table = true;
    comrak::markdown_to_html(markdown, &options)
}

/// The files of a site, held to what every folder of Markdown must be.
fn assert_site(desk: &Desk, folder: &str, blog: &Hostile, data: bool) -> Result<(), TestCaseError> {
    let files = desk.files(folder);
    let mut folded = BTreeSet::new();
    for path in files.keys() {
        assert_portable(path)?;
        let as_compared: String = path.nfkc().flat_map(char::to_lowercase).nfc().collect();
        prop_assert!(folded.insert(as_compared), "two files on one path: {path:?}");
    }
    let mut found = 0;
    for (path, bytes) in &files {
        let text = String::from_utf8(bytes.clone()).unwrap();
        if path.ends_with(".md") && text.contains("body") {
            let (matter, body) = read(&text);
            let id = id_of(&matter);
            let post = blog.posts.iter().find(|p| essence(&p.id) == essence(&id));
            let Some(post) = post else {
                return Err(TestCaseError::fail(format!("whose is {id:?} in {folder}/{path}?")));
            };
            found += 1;
            let title = matter["title"].as_str().unwrap_or_default();
            if !essence(&post.title).is_empty() {
                prop_assert_eq!(essence(title), essence(&post.title), "{}/{}", folder, path);
            }
            prop_assert!(body.trim_start().starts_with("body"), "{folder}/{path}: {text:?}");
            assert_harmless(&rendered(&body), path)?;
        } else if data && path.contains("comments") && path.ends_with(".yml") {
            let comment: Value = serde_saphyr::from_str(&text).unwrap();
            assert_harmless(&rendered(comment["message"].as_str().unwrap()), path)?;
            let url = comment["url"].as_str().unwrap_or_default();
            prop_assert!(!url.to_lowercase().contains("script:"), "{url}");
        }
    }
    prop_assert_eq!(found, blog.posts.len(), "posts in {}", folder);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, max_shrink_iters: 60, ..ProptestConfig::default() })]

    #[test]
    fn strangers_text_is_data(blog in hostile()) {
        let desk = Desk::new();
        let archive = survey(desk.put("in/blog.jsonl", blog.lines()));
        let (bytes, ledger) = run(&archive, Target::Jsonl, |run, written| {
            let mut bytes = Vec::new();
            writer::write_lines(run, &mut bytes, written).unwrap();
            bytes
        });
        prop_assert!(ledger.balances());
        prop_assert!(!bytes.iter().any(|b| *b < 0x20 && *b != b'\n'), "a control character in JSON");
        let text = String::from_utf8(bytes.clone()).unwrap();
        prop_assert!(!text.contains(['\u{2028}', '\u{2029}']), "a line end that JSON does not know");
        let records = desk::Archive::parse(&bytes);
        for post in &blog.posts {
            prop_assert_eq!(records.post(&post.id)["title"].as_str().unwrap_or_default(), &post.title);
        }
        for flavor in Flavor::ALL {
            for comments in [CommentsAs::Section, CommentsAs::Data] {
                let data = comments == CommentsAs::Data;
                let options = Options { flavor, comments: Some(comments), ..Options::default() };
                if options.check().is_err() {
                    continue;
                }
                let folder = format!("out/{}-{}", flavor.name(), if data { "data" } else { "section" });
                let root = desk.path(&folder);
                let (_, ledger) = run(&archive, Target::Markdown, |run, written| markdown::write(run, Some(&root), &options, written).unwrap());
                prop_assert!(ledger.balances());
                prop_assert_eq!(ledger.posts.written, blog.posts.len() as u64);
                assert_site(&desk, &folder, &blog, data)?;
            }
        }
        let path = desk.path("out/blog.wxr");
        let to = Destination { path: Some(&path), ..Destination::default() };
        let (files, ledger) = run(&archive, Target::Wxr, |run, written| wxr::write(run, to, WxrOptions::default(), written).unwrap());
        prop_assert!(ledger.balances());
        let mut again = 0;
        for file in files {
            prop_assert_eq!(file.path.parent().unwrap(), path.parent().unwrap());
            assert_portable(file.path.file_name().unwrap().to_str().unwrap())?;
            let xml = std::fs::read_to_string(&file.path).unwrap();
            let allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..);
            prop_assert!(xml.chars().all(allowed), "a character that XML does not allow");
            again += u64::from(survey(file.path.clone()).post_count());
        }
        prop_assert_eq!(again, blog.posts.len() as u64, "posts in WordPress's files");
        // Nothing stands anywhere but in its folder.
        let beside: BTreeSet<String> = desk.files("").into_keys().map(|n| n.split('/').next().unwrap().to_owned()).collect();
        prop_assert_eq!(beside, BTreeSet::from(["in".to_owned(), "out".to_owned()]));
        let roots: BTreeMap<PathBuf, ()> = std::fs::read_dir(desk.path("out")).unwrap().map(|e| (e.unwrap().path(), ())).collect();
        prop_assert!(roots.keys().all(|path| path.file_name().is_some_and(|n| n.to_str().is_some_and(|n| n.contains('-') || n.contains("wxr")))), "{roots:?}");
    }

    /// What is said about a blog on the terminal holds nothing that a terminal would obey.
    #[test]
    fn nothing_drives_the_terminal(blog in hostile()) {
        let desk = Desk::new();
        desk.put("blog.jsonl", blog.lines());
        for args in [&["inspect", "blog.jsonl"][..], &["convert", "blog.jsonl", "-o", "out.wxr"], &["convert", "blog.jsonl", "--to", "markdown", "-o", "site"]] {
            let done = desk.blogark(args).run();
            prop_assert!(matches!(done.status, 0 | 3), "{}", done.stderr);
            let shown = if args[0] == "inspect" { done.text() + &done.stderr } else { done.stderr.clone() };
            let obeyed = |c: char| c.is_control() && c != '\n' || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            prop_assert!(!shown.contains(obeyed), "{shown:?}");
        }
    }
}

/// Members of a zip are names for messages, and never of files.
#[test]
fn members_of_a_zip_write_nothing_by_their_names() {
    use std::io::{Cursor, Write};
    let desk = Desk::new();
    let feed = desk::fixture("takeout/Takeout/Blogger/Blogs/Bäckerei Morgenrot/feed.atom");
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for name in [
        "../../escape/feed.atom",
        "/tmp/absolute.atom",
        "C:\\Windows\\feed.atom",
        "a/\u{1b}[31m\u{202e}.atom",
        "CON/feed.atom",
    ] {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(&feed).unwrap();
        // Each is another file, or all but one would be passed over.
        write!(zip, "<!-- {name:?} -->").unwrap();
    }
    desk.put("in/takeout.zip", zip.finish().unwrap().into_inner());
    let done = desk.convert_here(["in/takeout.zip"], ["--to", "markdown", "-o", "in/site"]);
    assert!(matches!(done.status, 0 | 3), "{}", done.stderr);
    assert!(!done.stderr.contains(['\u{1b}', '\u{202e}']));
    assert!(desk.files("").keys().all(|name| name.starts_with("in/")));
    assert!(!Path::new("/tmp/absolute.atom").exists());
}

/// A device or a pipe is written into, whatever the form, and stays what it is.
#[cfg(unix)]
#[test]
fn a_pipe_is_written_into() {
    use std::os::unix::fs::FileTypeExt;
    let desk = Desk::new();
    let status = std::process::Command::new("mkfifo")
        .arg(desk.path("pipe"))
        .status()
        .unwrap();
    assert!(status.success());
    for to in ["json", "jsonl", "wxr"] {
        let path = desk.path("pipe");
        let reader = std::thread::spawn(move || std::fs::read(path).unwrap());
        desk.convert(["blogger-export/garden.xml"], ["--to", to, "-o", "pipe"])
            .exits(0);
        let taken = reader.join().unwrap();
        desk.convert(["blogger-export/garden.xml"], ["--to", to, "-o", "file"])
            .exits(0);
        assert_eq!(taken, desk.bytes("file"), "{to}");
        assert!(
            std::fs::symlink_metadata(desk.path("pipe"))
                .unwrap()
                .file_type()
                .is_fifo()
        );
        std::fs::remove_file(desk.path("file")).unwrap();
    }
}

/// What takes one byte and is replaced by three counts as three, where WordPress has a limit.
#[test]
fn a_name_of_control_characters_is_cut_to_what_wordpress_takes() {
    let desk = Desk::new();
    let text = |count: usize| "\u{1}".repeat(count);
    let lines = [
        json!({ "type": "blog", "id": "1", "platform": "blogger", "title": "x" }),
        json!({ "type": "post", "id": "2", "blog": "1", "kind": "post", "status": "published", "title": text(40_000), "content_html": "x",
                "date_published": "2012-03-01T10:00:00Z", "comments": [
                    { "id": "3", "status": "approved", "content_html": text(40_000), "author": { "name": text(200) } }] }),
    ];
    desk.put("in.jsonl", lines.map(|line| format!("{line}\n")).concat());
    desk.convert_here(["in.jsonl"], ["-o", "out.wxr", "--report", "report.json"])
        .exits(0);
    let notices = &desk.json("report.json")["ledger"]["notices"];
    assert_eq!(notices["value-clipped"], 3, "{notices}");
    assert!(notices["character-replaced"].as_u64() > Some(0));
    // Read again it is what it was.
    let again = desk.convert_here(["out.wxr"], ["--to", "jsonl"]).exits(0).archive();
    assert_eq!(again.post("2")["title"].as_str().map(str::len), Some(40_000));
}
