//! The documents say what is: the table of notices, the README's example, its commands and its tables.
//!
//! `UPDATE_DOCS=1 cargo test --test docs` writes `docs/notices.md` anew.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use assert_cmd::cargo::CommandCargoExt;

use blogark::ledger::{NoticeCode, Reason};
use blogark::plan::What;
use blogark::read::FORMATS;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap().replace("\r\n", "\n")
}

/// The fenced blocks of a language in a Markdown document.
fn blocks(document: &str, language: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Option<(bool, String)> = None;
    for line in document.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(word)) => open = Some((word == language, String::new())),
            (Some(_), Some(_)) => {
                if let Some((true, text)) = open.take() {
                    found.push(text);
                }
            }
            (Some((_, text)), None) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    found
}

/// `docs/notices.md` as the program has it.
fn notices() -> String {
    let mut text = String::from(
        "# Notices and reasons\n\n\
         Everything that a user should know of a run is a notice with a stable code. Notices stand in the report (`--report`,\n\
         field `notices`), in the order of the posts; the end of a run prints them in short. A **loss** is a record or a value\n\
         that is not in the output: it turns the exit status to 3. The others cost nothing, or are what was asked for.\n\n\
         | code | loss | meaning |\n| --- | --- | --- |\n",
    );
    for code in NoticeCode::ALL {
        let loss = if code.is_loss() { "yes" } else { "" };
        text.push_str(&format!("| `{code}` | {loss} | {} |\n", code.meaning()));
    }
    text.push_str(
        "\n## Reasons\n\n\
         What was read and is not in the output, and is neither merged nor damaged, was left out for one of these reasons. The\n\
         report counts them in `ledger.posts.left_out` and `ledger.comments.left_out`.\n\n\
         | reason | meaning |\n| --- | --- |\n",
    );
    // The schema is made of the type itself, so no reason can be missing here.
    let schema = schemars::schema_for!(Reason).to_value();
    for reason in schema["oneOf"].as_array().unwrap() {
        let (word, meaning) = (
            reason["const"].as_str().unwrap(),
            reason["description"].as_str().unwrap(),
        );
        text.push_str(&format!("| `{word}` | {meaning} |\n"));
    }
    text
}

#[test]
fn the_table_of_notices_is_the_program_s() {
    let expected = notices();
    let path = root().join("docs/notices.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &expected).unwrap();
    }
    let found = read("docs/notices.md");
    let differs = expected.lines().zip(found.lines()).find(|(a, b)| a != b);
    assert!(
        expected == found,
        "docs/notices.md is not what the program has; UPDATE_DOCS=1 cargo test --test docs writes it. First difference: {differs:?}"
    );
}

#[test]
fn the_readme_s_before_stands_in_the_fixture() {
    let squeezed = |text: &str| text.split_whitespace().collect::<String>();
    let fixture = squeezed(&read("fixtures/blogger-export/garden.xml"));
    let before = blocks(&read("README.md"), "xml");
    assert_eq!(before.len(), 1);
    let mut from = 0;
    for piece in before[0].split("[…]").map(squeezed).filter(|p| !p.is_empty()) {
        for part in piece.split_inclusive("<entry>").filter(|p| !p.is_empty()) {
            let at = fixture[from..].find(part);
            from += at.unwrap_or_else(|| panic!("the fixture has no {part:?} after what stands before it"));
        }
    }
}

#[test]
fn the_readme_s_after_is_what_comes_out() {
    let place = tempfile::tempdir().unwrap();
    let output = Command::cargo_bin("blogark")
        .unwrap()
        .args([
            "convert",
            "fixtures/blogger-export/garden.xml",
            "--to",
            "markdown",
            "-o",
        ])
        .arg(place.path().join("garden"))
        .current_dir(root())
        .output()
        .unwrap();
    let after = blocks(&read("README.md"), "markdown");
    let made = fs::read_to_string(place.path().join("garden/posts/2011-03-05-first-dig.md")).unwrap();
    assert_eq!(after, [made]);
    let said = String::from_utf8(output.stderr).unwrap();
    let shown = &blocks(&read("README.md"), "text")[0];
    assert!(said.starts_with(shown.as_str()), "{said}");
}

/// Splits a command line at spaces; double quotes hold a word together.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (number, piece) in line.split('"').enumerate() {
        match number % 2 {
            0 => words.extend(piece.split_whitespace().map(str::to_owned)),
            _ => words.push(piece.to_owned()),
        }
    }
    words
}

/// A folder with the files that the README's commands name.
fn desk() -> tempfile::TempDir {
    let desk = tempfile::tempdir().unwrap();
    let fixtures = root().join("fixtures");
    for (from, to) in [
        ("blogger-export/garden.xml", "blog-03-14-2013.xml"),
        ("takeout/takeout-001.zip", "takeout-001.zip"),
        ("takeout/takeout-002.zip", "takeout-002.zip"),
        ("takeout/Takeout/Blogger/Blogs/Mareas y mapas/feed.atom", "feed.atom"),
        ("feeds/posts.atom.xml", "posts.atom.xml"),
        ("feeds/comments-all.atom.xml", "comments-all.atom.xml"),
        ("copied-text/numbered-en.txt", "ladder.txt"),
        (
            "saved-pages/garden-blog/2012/09/day-of-geese.html",
            "saved-pages/day-of-geese.html",
        ),
        (
            "saved-pages/garden-blog/2011/03/first-dig.html",
            "saved-pages/first-dig.html",
        ),
    ] {
        let to = desk.path().join(to);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(fixtures.join(from), to).unwrap();
    }
    for (number, picture) in [
        "4.bp.blogspot.com/-bedpicture03/TXJexample3/AAAAAAAAADM/exampleGarden3/s1600/tomatoes.jpg",
        "2.bp.blogspot.com/-bedpicture01/TXJexample1/AAAAAAAAABM/exampleGarden1/s1600/poppies at six.jpg",
        "3.bp.blogspot.com/-bedpicture02/TXJexample2/AAAAAAAAACM/exampleGarden2/s1600/Caf%C3%A9.jpg",
    ]
    .iter()
    .enumerate()
    {
        let to = desk.path().join("mirror").join(picture);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::write(to, format!("GIF89a{number}")).unwrap();
    }
    desk
}

#[test]
fn every_command_of_the_readme_runs() {
    let desk = desk();
    let mut count = 0;
    for line in blocks(&read("README.md"), "sh").iter().flat_map(|b| b.lines()) {
        // Of a pipeline, the first program; the others are not ours.
        let own = line.split(['|', '>']).next().unwrap();
        let mut words = words(own);
        assert_eq!(words.remove(0), "blogark", "{line}");
        if words.iter().any(|word| word == "download") {
            words.push("--offline".to_owned());
        }
        let output = Command::cargo_bin("blogark")
            .unwrap()
            .args(&words)
            .current_dir(desk.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{line}\n{said}");
        if let Some(at) = words.iter().position(|w| w == "-o") {
            let made = PathBuf::from(&words[at + 1]);
            let stem = made.file_stem().unwrap().to_string_lossy().into_owned();
            let is_there = fs::read_dir(desk.path())
                .unwrap()
                .flatten()
                .any(|entry| entry.file_name().to_string_lossy().starts_with(&stem));
            assert!(is_there, "{line} made nothing");
        }
        count += 1;
    }
    assert!(count > 20, "only {count} commands were found");
}

#[test]
fn the_readme_names_every_format_and_every_word() {
    let readme = read("README.md");
    for format in FORMATS {
        let name = format.info().name;
        assert!(readme.contains(&format!("`{name}`")), "{name}");
    }
    for (word, _) in What::ALL {
        assert!(readme.contains(&format!("`{word}`")), "{word}");
    }
}

#[test]
fn every_link_of_the_documents_leads_somewhere() {
    let documents = [
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "SECURITY.md",
        "docs/notices.md",
        "fixtures/README.md",
        "tests/corpus/README.md",
    ];
    for document in documents {
        let folder = root().join(document).parent().unwrap().to_owned();
        let mut inside_block = false;
        for line in read(document).lines() {
            if line.starts_with("```") {
                inside_block = !inside_block;
            }
            for link in line.split("](").skip(1).filter(|_| !inside_block) {
                let target = link.split([')', '#']).next().unwrap();
                let is_file = !target.is_empty() && !target.contains("://");
                assert!(!is_file || folder.join(target).exists(), "{document}: {target}");
            }
        }
    }
}
